#!/usr/bin/env python3
"""Rotates and asks for keys in a real keyring: GNOME's, on a bus of its own, without a desktop.

    tests/outside/keyring.py PROGRAM

Needs git, Python 3.11 or newer, strace, dbus-daemon, gnome-keyring and libsecret-tools.
"""

import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import sandbox as outside

LOCK = [
    "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets",
    "org.freedesktop.Secret.Service.Lock", "array:objpath:/org/freedesktop/secrets/collection/login",
]


class Account(http.server.BaseHTTPRequestHandler):
    """An account: it answers 401 to keys that were revoked, and 200 to others."""

    revoked = set()

    def do_GET(self):
        self.send_response(401 if self.headers["Api-Key"] in self.revoked else 200)
        self.end_headers()

    def log_message(self, *_):
        """Says nothing."""


class Session:
    """A session with a keyring that is open, and an account."""

    def __init__(self, sandbox):
        self.sandbox, self.count = sandbox, 0
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Account)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        subprocess.run(
            ["gnome-keyring-daemon", "--unlock", "--components=secrets"], input=b"password", env=sandbox.env,
            stdout=subprocess.DEVNULL, check=True,
        )

    def project(self, old):
        """A repository, with a key in a file of environment variables and in an entry of the keyring."""
        self.count += 1
        repo = self.sandbox.repo(f"project {self.count}")
        repo.write(".gitignore", ".env\n*-key\n").stage().sneak()
        repo.write(".env", f"IDEOGRAM_API_KEY={old}\n")
        repo.entry = f"ideogram/project-{self.count}"
        self.store(repo.entry, old)
        return repo

    def words(self, entry):
        service, user = entry.split("/", 1)
        return ["service", service, "username", user]

    def store(self, entry, key):
        """As a user does it."""
        words = ["secret-tool", "store", "--label=Ideogram", *self.words(entry)]
        subprocess.run(words, input=key.encode(), env=self.sandbox.env, check=True)

    def holds(self, entry):
        return self.sandbox.run("secret-tool", "lookup", *self.words(entry)).text

    def rotate(self, repo, *words, new=None, before=()):
        """Runs a rotation, with the new key on standard input if there is one."""
        words = [*before, "ideoguard", "key", "rotate", *words]
        if "--back" not in words:
            words += ["--non-interactive", "--base-url", self.base, *(["--key-stdin"] if new else [])]
        done = subprocess.run(
            words, cwd=repo.path, env=self.sandbox.env, input=(new or "").encode(), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return outside.Ran(words, done.returncode, done.stdout.decode())


def holds_in_file(repo):
    return (repo.path / ".env").read_text().strip().removeprefix("IDEOGRAM_API_KEY=")


def is_going_on(repo):
    return any((repo.path / ".git/ideoguard/rotation").glob("*/state.json"))


def stories(session):
    told = []

    @told.append
    def a_key_in_the_keyring_is_asked_for_and_registered():
        old = outside.key()
        repo = session.project(old)
        words = ["--key-keyring", repo.entry]
        repo.run("ideoguard", "key", "verify", "--base-url", session.base, *words).passes()
        Account.revoked.add(old)
        repo.run("ideoguard", "key", "verify", "--base-url", session.base, *words).fails("dead:")
        whose = ["--environment", "production", "--role", "writer", "--owner", "ops"]
        repo.run("ideoguard", "key", "add", *whose, *words).passes()

    @told.append
    def the_new_key_takes_the_place_of_the_old_one_in_the_keyring_too():
        old, new = outside.key(), outside.key()
        repo = session.project(old)
        first = session.rotate(repo, "--keyring", repo.entry, new=new).fails("it is still alive")
        assert f"replaced it in the keyring: {repo.entry}" in first.text, first.text
        assert (session.holds(repo.entry), holds_in_file(repo)) == (new, new)
        Account.revoked.add(old)
        session.rotate(repo).passes()
        assert (session.holds(repo.entry), is_going_on(repo)) == (new, False)
        said = first.text + (repo.path / ".git/ideoguard/audit.jsonl").read_text()
        assert old[8:40] not in said and new[8:40] not in said
        assert f'"keyring":"{repo.entry}"' in said

    @told.append
    def a_key_that_is_in_the_keyring_alone_is_found_there():
        old, new = outside.key(), outside.key()
        repo = session.project(old)
        (repo.path / ".env").unlink()
        Account.revoked.add(old)
        session.rotate(repo, "--keyring", repo.entry, new=new).passes()
        assert session.holds(repo.entry) == new

    @told.append
    def the_way_back_goes_by_the_keyring():
        old, new = outside.key(), outside.key()
        repo = session.project(old)
        session.rotate(repo, "--keyring", repo.entry, new=new).fails()
        ran = session.rotate(repo, "--back").passes()
        assert f"put it back in the keyring: {repo.entry}" in ran.text, ran.text
        assert (session.holds(repo.entry), holds_in_file(repo), is_going_on(repo)) == (old, old, False)

    @told.append
    def an_entry_that_was_changed_since_is_left_on_the_way_back():
        old, new, third = outside.key(), outside.key(), outside.key()
        repo = session.project(old)
        session.rotate(repo, "--keyring", repo.entry, new=new).fails()
        session.store(repo.entry, third)
        session.rotate(repo, "--back").fails("changed since the new key came", f"{repo.entry} in the keyring")
        assert (session.holds(repo.entry), is_going_on(repo)) == (third, True)
        session.store(repo.entry, new)
        session.rotate(repo, "--back").passes()
        assert session.holds(repo.entry) == old

    @told.append
    def an_entry_that_is_not_there_or_holds_another_key_stops_the_run_before_anything_is_changed():
        old, new, third = outside.key(), outside.key(), outside.key()
        repo = session.project(old)
        other = f"{repo.entry}-other"
        session.store(other, third)
        session.rotate(repo, "--keyring", "ideogram/typo", new=new).fails("has no entry ideogram/typo")
        name = repo.run("ideoguard", "scan", ".env", "--format", "json").text.split('"fingerprint": "', 1)[1].split('"')[0]
        session.rotate(repo, "--keyring", other, "--old", name, new=new).fails("does not hold the old key")
        assert (session.holds(repo.entry), session.holds(other), holds_in_file(repo)) == (old, third, old)

    def killed_at(repo, words, new, call, nth):
        """Runs a rotation that is killed at its nth call of a kind; returns whether it was."""
        inject = f"inject={call}:signal=KILL:when={nth}"
        strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
        ran = session.rotate(repo, *words, new=new, before=strace)
        assert ran.code in (0, 137, -9), f"at {call} {nth}: {ran.code}\n{ran.text}"
        return ran.code != 0

    def at_every_moment(tell):
        """Tells a story for every moment at which a run may be killed: messages to the keyring, changes on disk."""
        moments = 0
        for call in ["sendmsg", "fsync", "rename", "unlink", "mkdir"]:
            nth = 1
            while tell(call, nth):
                nth += 1
            moments += nth - 1
        return moments

    @told.append
    def a_run_that_is_killed_at_any_moment_is_gone_on_with():
        def tell(call, nth):
            old, new = outside.key(), outside.key()
            repo = session.project(old)
            Account.revoked.add(old)
            words = ["--keyring", repo.entry]
            was_killed = killed_at(repo, words, new, call, nth)
            assert session.holds(repo.entry) in (old, new), f"at {call} {nth}"
            if was_killed and (is_going_on(repo) or session.holds(repo.entry) == old):
                session.rotate(repo, *words, new=new).passes()
            ended = (session.holds(repo.entry), holds_in_file(repo), is_going_on(repo))
            assert ended == (new, new, False), f"at {call} {nth}"
            return was_killed

        assert at_every_moment(tell) > 40

    @told.append
    def a_way_back_that_is_killed_at_any_moment_is_gone_on_with():
        def tell(call, nth):
            old, new = outside.key(), outside.key()
            repo = session.project(old)
            session.rotate(repo, "--keyring", repo.entry, new=new).fails()
            was_killed = killed_at(repo, ["--back"], None, call, nth)
            if is_going_on(repo):
                session.rotate(repo, "--back").passes()
            ended = (session.holds(repo.entry), holds_in_file(repo), is_going_on(repo))
            assert ended == (old, old, False), f"at {call} {nth}"
            return was_killed

        assert at_every_moment(tell) > 20

    @told.append
    def no_key_is_in_an_argument_or_goes_over_the_bus_as_it_is():
        old, new = outside.key(), outside.key()
        repo = session.project(old)
        log = repo.path.with_suffix(".calls")
        strace = ["strace", "-f", "-s", "20000", "-v", "-o", str(log), "-e", "trace=execve,sendmsg,recvmsg"]
        session.rotate(repo, "--keyring", repo.entry, new=new, before=strace).fails()
        assert session.holds(repo.entry) == new
        calls = log.read_text(errors="replace")
        assert "SetSecret" in calls
        assert old[8:40] not in calls and new[8:40] not in calls

    # This one locks the keyring for good: nobody is there to type its password.
    @told.append
    def a_locked_keyring_is_said_to_be_locked():
        old, new = outside.key(), outside.key()
        repo = session.project(old)
        session.sandbox.run(*LOCK).passes()
        session.rotate(repo, "--keyring", repo.entry, new=new).fails("it is locked", "unlock it and run this again")
        assert holds_in_file(repo) == old

    @told.append
    def where_there_is_no_keyring_the_way_without_one_is_told():
        repo = session.sandbox.repo("nowhere")
        session.sandbox.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
        ran = repo.run("ideoguard", "key", "verify", "--key-keyring", "ideogram/ann")
        ran.fails("could not open the keyring", "without one, keys go by files and variables")
        assert ran.code == 3, ran.code

    return told


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if "IDEOGUARD_KEYRING_STORY" not in os.environ:
        # A bus that begins and ends with the stories.
        again = ["dbus-run-session", "--", sys.executable, __file__, sys.argv[1]]
        sys.exit(subprocess.run(again, env=os.environ | {"IDEOGUARD_KEYRING_STORY": "1"}).returncode)
    sandbox = outside.Sandbox(sys.argv[1])
    for name in ["DISPLAY", "WAYLAND_DISPLAY"]:
        sandbox.env.pop(name, None)
    home = Path(sandbox.folder) / "home"
    home.mkdir(mode=0o700)
    sandbox.env |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "XDG_DATA_HOME": str(home)}
    try:
        outside.tell(stories(Session(sandbox)))
    finally:
        sandbox.remove()


if __name__ == "__main__":
    main()
