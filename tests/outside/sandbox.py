"""What the stories about other programs need: repositories that see nothing of the user's setup, and keys made up on the spot."""

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OTHERS = re.compile(r"^(GIT|PRE_COMMIT|HUSKY|LEFTHOOK|GITHUB|IDEOGUARD|CI$)")


class Ran:
    """What a finished program left behind."""

    def __init__(self, words, code, text):
        self.words, self.code, self.text = words, code, text

    def passes(self):
        assert self.code == 0, f"{self.words} ended with {self.code}:\n{self.text}"
        return self

    def fails(self, *said):
        assert self.code != 0, f"{self.words} passed:\n{self.text}"
        for part in said:
            assert part in self.text, f"{self.words} does not say {part!r}:\n{self.text}"
        return self


class Sandbox:
    """A folder for repositories, with an environment of its own, gone at the end."""

    def __init__(self, program=None):
        self.folder = Path(tempfile.mkdtemp(prefix="ideoguard managers "))
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        if program:
            (self.bin / "ideoguard").symlink_to(Path(program).resolve())
        else:
            self.script("ideoguard", "echo >&2 'this is not the ideoguard that was to be run'; exit 99")
        self.env = {name: value for name, value in os.environ.items() if not OTHERS.match(name)}
        self.env |= {
            "PATH": f"{self.bin}{os.pathsep}{self.env['PATH']}",
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "PRE_COMMIT_HOME": str(self.folder / "pre-commit"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "LC_ALL": "C.UTF-8",
        }
        for who in ["AUTHOR", "COMMITTER"]:
            self.env |= {f"GIT_{who}_NAME": "A U Thor", f"GIT_{who}_EMAIL": "author@example.org"}

    def script(self, name, body):
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def run(self, *words, cwd=None, **env):
        done = subprocess.run(
            [str(word) for word in words], cwd=cwd or self.folder, env=self.env | env, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        return Ran(words, done.returncode, done.stdout)

    def npm(self, package):
        """Installs a package of npm's registry, and puts its programs on PATH, after an ideoguard."""
        words = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", self.folder, package]
        # As the user, whose settings say where the registry is.
        subprocess.run([str(word) for word in words], check=True, cwd=self.folder)
        self.env["PATH"] = os.pathsep.join([str(self.bin), str(self.folder / "node_modules/.bin"), self.env["PATH"]])

    @contextlib.contextmanager
    def without_modules(self):
        """Hides what npm installed."""
        here, aside = self.folder / "node_modules", self.folder / "aside"
        here.rename(aside)
        try:
            yield
        finally:
            aside.rename(here)

    def repo(self, name):
        return Repo(self, self.folder / name)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Repo:
    """A repository with a bare one beside it to push to."""

    def __init__(self, sandbox, path):
        self.sandbox, self.path = sandbox, path
        sandbox.run("git", "init", "--quiet", "--initial-branch=main", path).passes()
        sandbox.run("git", "init", "--quiet", "--bare", f"{path}.git").passes()
        self.git("remote", "add", "origin", f"{path}.git")

    def run(self, *words, **env):
        return self.sandbox.run(*words, cwd=self.path, **env)

    def git(self, *words):
        return self.run("git", *words).passes().text.strip()

    def write(self, name, text):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return self

    def stage(self):
        self.git("add", "--all")
        return self

    def commit(self, message="a change"):
        return self.run("git", "commit", "--quiet", "--allow-empty", "--message", message)

    def sneak(self, message="past the hooks"):
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", message)
        return self.git("rev-parse", "HEAD")


def key():
    """A key as Ideogram issues them, made up: 64 random bytes in base64url."""
    while True:
        text = secrets.token_urlsafe(64)
        if text[0].isalnum():
            return text


def leak():
    """Code with a key in it."""
    return f'IDEOGRAM_API_KEY = "{key()}"\n'


def recipe(name, file="docs/src/hook-managers.md"):
    """What the documentation says below the mark of that name."""
    text = (ROOT / file).read_text()
    found = re.search(rf"^<!-- recipe: {re.escape(name)} -->\n```[\w,]+\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found, f"{file} has no recipe {name}"
    return found[1]


def venv(folder, *packages):
    """Makes a virtual environment with packages in it; returns its folder of programs."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    bin_folder = Path(folder) / "bin"
    subprocess.run([bin_folder / "python", "-m", "pip", "install", "--quiet", *packages], check=True)
    return bin_folder


def tell(stories):
    """Runs stories, says how each ended, and ends the program."""
    failed = 0
    for story in stories:
        start = time.monotonic()
        try:
            story()
            end = "ok"
        except AssertionError as error:
            failed += 1
            end = f"FAILED\n{error}"
        print(f"{story.__name__.replace('_', ' ')} ... {end} ({time.monotonic() - start:.1f} s)", flush=True)
    print(f"\n{len(stories) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def run_stories(stories, usage):
    """Tells the stories that `stories` makes of a sandbox for the program named on the command line."""
    if len(sys.argv) != 2:
        sys.exit(usage)
    sandbox = Sandbox(sys.argv[1])
    try:
        tell(stories(sandbox))
    finally:
        sandbox.remove()
