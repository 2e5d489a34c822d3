#!/usr/bin/env python3
"""Prints the vectors of `vectors.json`, made with Python's cryptography and hashlib alone."""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TIME = 1767225600


def key(number):
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"a key of the tests %d" % number).digest())


def jwk(number):
    raw = key(number).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "key-%d" % number, "x": x}


def ideogram(number, generation, user, body):
    message = "\n".join([generation, user, str(TIME), hashlib.sha256(body).hexdigest()])
    return {
        "key": number,
        "generation": generation,
        "user": user,
        "body": base64.b64encode(body).decode(),
        "signature": key(number).sign(message.encode()).hex(),
    }


def shared(secret, body):
    def sign(text):
        return hmac.new(secret, text, hashlib.sha256).hexdigest()

    return {
        "secret": secret.decode(),
        "body": base64.b64encode(body).decode(),
        "plain": sign(body),
        "timed": sign(b"%d." % TIME + body),
    }


rsa = {"kty": "RSA", "kid": "another", "n": "AQAB", "e": "AQAB"}
bodies = [b"", b'{"status":"done"}', bytes(range(256)), b"line\r\nline\n", "größe".encode()]
print(
    json.dumps(
        {
            "time": TIME,
            "jwks": [{"keys": [rsa, jwk(0), jwk(1)]}, {"keys": [jwk(2)]}],
            "ideogram": [
                ideogram(at % 2, "generation-%d" % at, "user %d" % at, body) for at, body in enumerate(bodies)
            ],
            "rotated": ideogram(2, "generation", "user", b"{}"),
            "shared": [shared(b"not a secret, but a test of %d" % at, body) for at, body in enumerate(bodies)],
        },
        indent=1,
    )
)
