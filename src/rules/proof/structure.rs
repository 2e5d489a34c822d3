//! What tokens decode to, where their issuers put something readable inside.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::{Cut, Proven};

/// Checks that a `PyPI` token is a macaroon made for `PyPI`: version 2, then its location as first field.
pub(super) fn pypi(token: &[u8]) -> Proven {
    let body = token.strip_prefix(b"pypi-").unwrap_or(token);
    match decode(&URL_SAFE_NO_PAD, &body[..body.len().min(40)]).as_slice() {
        [2, 1, 8, rest @ ..] if rest.starts_with(b"pypi.") => Proven::Holds("it is a macaroon of PyPI"),
        [2, 1, 13, rest @ ..] if rest.starts_with(b"test.pypi.") => Proven::Holds("it is a macaroon of TestPyPI"),
        _ => Proven::Fails("it is no macaroon of PyPI"),
    }
}

/// Checks whether an AWS key id holds an account's number, as those with a letter from Q on do.
pub(super) fn aws_key_id(token: &[u8]) -> Proven {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const LARGEST_ACCOUNT: u64 = 999_999_999_999;
    let digits = token.iter().skip(4).take(10);
    let bits = digits.map(|byte| ALPHABET.iter().position(|digit| digit == byte));
    let Some(bits) = bits.collect::<Option<Vec<_>>>() else {
        return Proven::Unproven;
    };
    let value = bits.iter().fold(0_u64, |sum, digit| sum << 5 | *digit as u64);
    // 50 bits: a mark, 40 bits of account number, the start of the key's own number.
    let (mark, account) = (value >> 49, value >> 9 & 0xff_ffff_ffff);
    if mark == 1 && account <= LARGEST_ACCOUNT { Proven::Holds("it names an AWS account") } else { Proven::Unproven }
}

/// Checks that an Amazon Bedrock key decodes to the name of the service.
pub(super) fn bedrock(token: &[u8]) -> Proven {
    let body = token.strip_prefix(b"ABSK").or(token.strip_prefix(b"bedrock-api-key-")).unwrap_or(token);
    let text = decode(&STANDARD_NO_PAD, &body[..body.len().min(40)]);
    let named = text.starts_with(b"BedrockAPIKey-") || text.starts_with(b"bedrock.amazonaws.com");
    if named { Proven::Holds("it decodes to the name of the service") } else { Proven::Fails("it is no Bedrock key") }
}

/// Looks for the eight characters that stand in every key of `OpenAI` so far: base64 of `OpenAI`.
pub(super) fn openai(token: &[u8]) -> Proven {
    let marked = token.windows(8).any(|window| window == b"T3BlbkFJ");
    if marked { Proven::Holds("it has OpenAI's marker inside") } else { Proven::Unproven }
}

/// Checks that the first part of a bot's token is the number of its account: a snowflake of 17 to 20 digits.
pub(super) fn discord(token: &[u8]) -> Proven {
    let first = token.split(|byte| *byte == b'.').next().unwrap_or_default();
    let number = URL_SAFE_NO_PAD.decode(first).unwrap_or_default();
    let is_snowflake = (17..=20).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
    if is_snowflake { Proven::Holds("it names an account of Discord") } else { Proven::Fails("it names no account") }
}

/// Checks that an access token of Intercom decodes to `tok:`.
pub(super) fn intercom(token: &[u8]) -> Proven {
    let known = decode(&STANDARD_NO_PAD, &token[..token.len().min(8)]).starts_with(b"tok:");
    if known { Proven::Holds("it decodes to a token of Intercom") } else { Proven::Fails("it does not decode") }
}

/// Checks a JSON Web Token: `None` when it is no signed one.
pub(super) fn jwt(token: &[u8], cut: Cut) -> Option<Proven> {
    let mut parts = token.split(|byte| *byte == b'.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next());
    let header = decode(&URL_SAFE_NO_PAD, header);
    let payload = decode(&URL_SAFE_NO_PAD, payload);
    let algorithm = text_field(&header, b"alg")?;
    if !payload.starts_with(b"{") || (signature.is_none() && cut == Cut::Whole) {
        return None;
    }
    Some(judge_claims(algorithm, &payload))
}

/// Judges what a JSON Web Token claims: samples and public tokens are nobody's secret.
fn judge_claims(algorithm: &[u8], payload: &[u8]) -> Proven {
    let is = |name: &[u8], value: &[u8]| text_field(payload, name) == Some(value);
    if algorithm.eq_ignore_ascii_case(b"none") {
        return Proven::Fails("it is not signed");
    }
    if is(b"sub", b"1234567890") || is(b"name", b"John Doe") || is(b"iss", b"joe") || is(b"some", b"payload") {
        return Proven::Fails("it is a sample from public documentation");
    }
    if is(b"role", b"anon") {
        return Proven::Fails("it is meant to be public: its role is `anon`");
    }
    Proven::Holds("its header decodes to JSON with an algorithm")
}

/// Checks a token that holds base64 of the JSON object that its issuer writes.
pub(super) fn json_payload(token: &[u8]) -> Proven {
    let body = token.windows(3).position(|window| window == b"eyJ").map_or(token, |place| &token[place..]);
    let length = body.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).count();
    let text = decode(&STANDARD_NO_PAD, &body[..length]);
    // Grafana Cloud: organisation and name; Sentry: time of issue and host; Mapbox and Tinybird: user; 1Password: address.
    let named = [b"\"o\"".as_slice(), b"\"n\"", b"\"iat\"", b"\"url\"", b"\"u\"", b"\"signInAddress\""];
    let known = text.starts_with(b"{") && named.iter().any(|name| contains(&text, name));
    if known { Proven::Holds("it decodes to JSON of its issuer") } else { Proven::Fails("it does not decode") }
}

/// Checks that what stands in base64 behind the last `_` is not made of letters alone, as random bytes never are.
pub(super) fn no_letters(token: &[u8]) -> Proven {
    let body = token.rsplit(|byte| *byte == b'_').next().unwrap_or(token);
    let text = unpadded(body);
    let is_words = !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b' ');
    if is_words { Proven::Fails("it decodes to words") } else { Proven::Unproven }
}

/// Decodes as much of unpadded base64 as makes whole groups; nothing when a character does not fit.
pub(in crate::rules) fn decode(engine: &impl Engine, text: &[u8]) -> Vec<u8> {
    engine.decode(&text[..text.len() / 4 * 4]).unwrap_or_default()
}

/// Decodes standard base64 without the padding at its end.
pub(super) fn unpadded(text: &[u8]) -> Vec<u8> {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    decode(&STANDARD_NO_PAD, &text[..end])
}

/// Returns the text of a string field of a JSON object, as it is written.
fn text_field<'json>(json: &'json [u8], name: &[u8]) -> Option<&'json [u8]> {
    let quoted = [b"\"", name, b"\""].concat();
    let place = json.windows(quoted.len()).position(|window| window == quoted)?;
    let rest = json[place + quoted.len()..].trim_ascii_start().strip_prefix(b":")?;
    let rest = rest.trim_ascii_start().strip_prefix(b"\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    Some(&rest[..end])
}

/// Says whether a part stands anywhere in a text.
fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds a token of the given parts, each encoded.
    fn token(header: &str, payload: &str, signature: &str) -> Vec<u8> {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let parts = [encode(header), encode(payload), signature.to_owned()];
        parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(".").into_bytes()
    }

    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
    const CLAIMS: &str = r#"{"sub":"u-83123", "admin":true}   "#;

    #[test]
    fn a_signed_token_with_an_algorithm_is_one() {
        let proof = jwt(&token(HEADER, CLAIMS, "c2lnbmF0dXJl"), Cut::Whole);

        assert_eq!(proof, Some(Proven::Holds("its header decodes to JSON with an algorithm")));
    }

    #[test]
    fn a_token_without_signature_is_none_unless_it_was_cut() {
        assert_eq!(jwt(&token(HEADER, CLAIMS, ""), Cut::Whole), None);
        assert!(matches!(jwt(&token(HEADER, CLAIMS, ""), Cut::Short), Some(Proven::Holds(_))));
    }

    #[test]
    fn a_header_without_algorithm_or_a_payload_that_is_no_object_is_none() {
        assert_eq!(jwt(&token(r#"{"typ":"JWT"}    "#, CLAIMS, "c2ln"), Cut::Whole), None);
        assert_eq!(jwt(&token(HEADER, "hello world!", "c2ln"), Cut::Whole), None);
        assert_eq!(jwt(b"eyJ", Cut::Whole), None);
    }

    #[test]
    fn an_unsigned_a_sample_and_a_public_token_fail() {
        let none = token(r#"{"alg":"none"}    "#, CLAIMS, "c2ln");
        let sample = token(HEADER, r#"{"sub":"1234567890","name":"John Doe"}"#, "c2ln");
        let public = token(HEADER, r#"{"iss":"supabase","role":"anon"}   "#, "c2ln");

        assert!(matches!(jwt(&none, Cut::Whole), Some(Proven::Fails(_))));
        assert!(matches!(jwt(&sample, Cut::Whole), Some(Proven::Fails(_))));
        assert!(matches!(jwt(&public, Cut::Whole), Some(Proven::Fails(_))));
    }

    #[test]
    fn a_macaroon_of_pypi_names_pypi() {
        let encode = |bytes: &[u8]| [b"pypi-".as_slice(), URL_SAFE_NO_PAD.encode(bytes).as_bytes()].concat();

        assert!(matches!(pypi(&encode(b"\x02\x01\x08pypi.xyz\x02\x24")), Proven::Holds(_)));
        assert!(matches!(pypi(&encode(b"\x02\x01\x0dtest.pypi.xyz\x02\x24")), Proven::Holds(_)));
        assert!(matches!(pypi(&encode(b"\x02\x01\x08evil.org\x02\x24")), Proven::Fails(_)));
    }

    #[test]
    fn a_newer_aws_key_id_names_its_account() {
        // From a public note on the format, which reads account 609629065308 out of it.
        assert!(matches!(aws_key_id(&[b"ASIA".as_slice(), b"Y34FZKBOKMUTVV7A"].concat()), Proven::Holds(_)));
    }

    #[test]
    fn an_older_aws_key_id_names_none() {
        assert_eq!(aws_key_id(&[b"AKIA".as_slice(), b"IOSFODNN7EXAMPLE"].concat()), Proven::Unproven);
        assert_eq!(aws_key_id(b"AKIA"), Proven::Unproven);
    }

    #[test]
    fn words_in_base64_are_no_random_bytes() {
        let of = |bytes: &[u8]| no_letters(format!("whsec_{}", STANDARD_NO_PAD.encode(bytes)).as_bytes());

        assert!(matches!(of(b"somebody wrote this for a test"), Proven::Fails(_)));
        assert_eq!(of(b"not 1etters alone, and so taken for random"), Proven::Unproven);
    }

    #[test]
    fn a_json_payload_is_read_from_behind_the_prefix() {
        let json = STANDARD_NO_PAD.encode(r#"{"iat":1,"url":"https://sentry.io"}"#);

        assert!(matches!(json_payload(format!("sntrys_{json}_x").as_bytes()), Proven::Holds(_)));
        assert!(matches!(json_payload(b"sntrys_eyJhYWFhYWFhYWFh_x"), Proven::Fails(_)));
    }
}
