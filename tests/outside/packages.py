#!/usr/bin/env python3
"""Makes each package of a program, installs it as a newcomer does, and lets it refuse a first leak.

    tests/outside/packages.py [TARGET]

The program is that of `cargo build --release --locked`, and maturin finds that build. With TARGET,
Rust's name of a platform such as x86_64-unknown-linux-musl, it is that of the same with `--target
TARGET`, and two more stories are told: the Debian package, which needs cargo-deb and dpkg, and an
empty system, which needs a static build and root, for chroot.

Needs git, Rust, node, npm, Python 3.11 or newer with the packages of tests/requirements.txt.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import time
import tomllib
from pathlib import Path

from sandbox import ROOT, Sandbox, leak, tell, venv

MATURIN = Path(sysconfig.get_path("scripts")) / "maturin"
MACHINES = {"x86_64": ("x64", "amd64"), "aarch64": ("arm64", "arm64")}


class Packages:
    """Where what is packed lies, and a desk for each newcomer."""

    def __init__(self, target):
        self.words = ["--target", target] if target else []
        self.target = target or f"{platform.machine()}-unknown-linux-gnu"
        folder = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
        self.program = folder / (target or "") / "release/ideoguard"
        if not self.program.is_file():
            sys.exit(f"there is no {self.program}: {' '.join(['cargo build --release --locked', *self.words])}")
        # The one on PATH must not be the one that judges.
        self.sandbox = Sandbox()
        self.dist = self.sandbox.folder / "dist"
        self.dist.mkdir()
        self.cargo = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
        self.node, self.debian = MACHINES[platform.machine()]

    def make(self, *words):
        """Runs a program as the user, whose settings say where registries are."""
        env = os.environ | {"MATURIN": str(MATURIN)}
        words = [str(word) for word in words]
        subprocess.run(words, check=True, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def newcomer(self, name, bin_folder, start):
        """Installs the hooks with the ideoguard of a folder, and has a leak refused; says how long all took."""
        repo = self.sandbox.repo(name).write("app.py", "pass\n")
        path = os.pathsep.join([str(bin_folder), self.sandbox.env["PATH"]])
        repo.run("ideoguard", "install", PATH=path).passes()
        # From here on the hooks know where the program is.
        repo.write("app.py", leak()).stage().commit().fails("app.py:1:21", "ideogram")
        print(f"  {name}: {time.monotonic() - start:.1f} s from the package to the first refused commit")
        repo.write("app.py", "pass # clean\n").stage().commit().passes()


def stories(packages):
    told = []
    sandbox, dist = packages.sandbox, packages.dist

    @told.append
    def the_wheel_installs_into_an_empty_environment():
        if packages.words:
            packages.make("packaging/wheel.sh", packages.target, dist)
        else:
            packages.make(MATURIN, "build", "--release", "--locked", "--quiet", "--out", dist)
        [wheel] = dist.glob("*.whl")
        start = time.monotonic()
        packages.newcomer("wheel", venv(sandbox.folder / "venv", "--no-index", wheel), start)

    @told.append
    def the_npm_packages_install_into_an_empty_project():
        packages.make("node", "packaging/npm.mjs", packages.program, f"linux-{packages.node}", dist)
        project = sandbox.folder / "npm project"
        project.mkdir()
        version = packages.cargo["version"]
        files = [dist / f"ideoguard-linux-{packages.node}-{version}.tgz", dist / f"ideoguard-{version}.tgz"]
        start = time.monotonic()
        # The other platforms' programs are in no registry yet: --omit leaves out what is optional.
        packages.make("npm", "install", "--silent", "--no-audit", "--no-fund", "--omit=optional", "--prefix", project, *files)
        packages.newcomer("npm", project / "node_modules/.bin", start)

    @told.append
    def the_npm_package_without_its_program_says_so():
        project = sandbox.folder / "npm without"
        file = dist / f"ideoguard-{packages.cargo['version']}.tgz"
        packages.make("npm", "install", "--silent", "--no-audit", "--no-fund", "--omit=optional", "--prefix", project, file)
        ran = sandbox.run(project / "node_modules/.bin/ideoguard", "scan").fails("the package ideoguard-linux")
        assert ran.code == 2, ran.code

    @told.append
    def the_archive_is_what_cargo_binstall_looks_for():
        packages.make("packaging/archive.sh", packages.program, packages.target, dist)
        told = packages.cargo["metadata"]["binstall"]
        values = {"name": "ideoguard", "version": packages.cargo["version"], "target": packages.target, "bin": "ideoguard"}

        def filled(text):
            for name, value in values.items():
                text = text.replace(f"{{ {name} }}", value)
            return text

        archive = dist / filled(told["pkg-url"]).rsplit("/", 1)[1]
        start = time.monotonic()
        with tarfile.open(archive) as packed:
            packed.extractall(sandbox.folder / "unpacked", filter="data")
        program = sandbox.folder / "unpacked" / filled(told["bin-dir"])
        packages.newcomer("archive", program.parent, start)
        sums = archive.with_name(f"{archive.name}.sha256").read_text().split()
        assert sums == [hashlib.sha256(archive.read_bytes()).hexdigest(), archive.name], sums

    @told.append
    def the_archive_is_the_same_each_time():
        packages.make("packaging/archive.sh", packages.program, packages.target, dist / "again")
        [one], [other] = dist.glob("*.tgz.sha256"), (dist / "again").glob("*.tgz.sha256")
        assert one.read_text() == other.read_text()

    return told


def stories_of_targets(packages):
    """Those that need a static build, or more than everybody has."""
    told = []
    sandbox, dist = packages.sandbox, packages.dist

    @told.append
    def the_debian_package_installs_into_a_root_of_its_own():
        if not shutil.which("cargo-deb"):
            raise AssertionError("cargo-deb is missing: cargo install --locked cargo-deb")
        packages.make("packaging/deb.sh", packages.target, dist)
        [package] = dist.glob("*.deb")
        start = time.monotonic()
        root = sandbox.folder / "debian"
        packages.make("dpkg-deb", "--extract", package, root)
        packages.newcomer("deb", root / "usr/bin", start)
        fields = sandbox.run("dpkg-deb", "--field", package, "Package", "Architecture", "Depends").passes().text
        assert f"Architecture: {packages.debian}" in fields and "git" in fields, fields
        for file in ["man/man1/ideoguard.1.gz", "bash-completion/completions/ideoguard", "doc/ideoguard/copyright"]:
            assert (root / "usr/share" / file).is_file(), file

    @told.append
    def a_static_program_runs_in_an_empty_system():
        root = sandbox.folder / "empty"
        repo = sandbox.repo("empty/repo").write("app.py", leak()).stage()
        repo.sneak()
        repo.write("app.py", "pass\n").stage().sneak()
        shutil.copy2(packages.program, root / "ideoguard")
        where = ["chroot", "--userspec=65534:65534", root, "/ideoguard", "-C", "/repo"]
        for path, folders, files in os.walk(root):
            for name in [".", *folders, *files]:
                os.chown(Path(path) / name, 65534, 65534, follow_symlinks=False)
        sandbox.run(*where, "scan").passes()
        sandbox.run(*where, "scan", "--history", "--no-store").fails("app.py:1:21")

    return told


def main():
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    target = sys.argv[1] if len(sys.argv) == 2 else None
    packages = Packages(target)
    try:
        tell(stories(packages) + (stories_of_targets(packages) if target else []))
    finally:
        packages.sandbox.remove()


if __name__ == "__main__":
    main()
