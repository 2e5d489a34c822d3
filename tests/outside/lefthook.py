#!/usr/bin/env python3
"""Runs ideoguard under the real lefthook.

    tests/outside/lefthook.py PROGRAM

Needs git, Python 3.11 or newer, node and npm, and npm's registry.
"""

from sandbox import Sandbox, leak, recipe, run_stories

# Later releases ask for builds for every platform when they are installed.
LEFTHOOK = "lefthook@2.2.1"


def stories(sandbox):
    told = []
    sandbox.npm(LEFTHOOK)

    def guarded(name):
        """A repository whose lefthook.yml is what the documentation says."""
        repo = sandbox.repo(name).write("lefthook.yml", recipe("lefthook")).write("app.py", "pass\n")
        repo.stage().sneak()
        repo.run("lefthook", "install").passes()
        return repo

    @told.append
    def a_leak_is_refused_and_a_clean_commit_passes():
        repo = guarded("commit")
        repo.write("app.py", leak()).stage().commit().fails("app.py:1:21", "ideogram")
        repo.write("app.py", "pass # clean\n").stage().commit().passes()

    @told.append
    def a_leak_in_a_message_is_refused():
        guarded("message").commit(f"use {leak()}").fails("ideogram")

    @told.append
    def a_push_of_a_leak_is_refused():
        repo = guarded("push")
        repo.run("git", "push", "--quiet", "origin", "main").passes()
        repo.write("app.py", leak()).stage().sneak()
        repo.run("git", "push", "--quiet", "origin", "main").fails("app.py:1:21")

    @told.append
    def ideoguard_install_sees_that_lefthook_runs_it():
        ran = guarded("placed").run("ideoguard", "install").passes()
        assert "lefthook runs ideoguard in pre-commit already" in ran.text, ran.text

    @told.append
    def the_lines_that_ideoguard_install_asks_for_work():
        repo = sandbox.repo("asked").write("lefthook.yml", "pre-commit:\n  commands:\n    x:\n      run: 'true'\n")
        repo.stage().sneak()
        repo.run("lefthook", "install").passes()
        asked = repo.run("ideoguard", "install").fails("lefthook writes the hooks")
        lines = asked.text.split("\n\n", 1)[1].split("\nhint:")[0]
        repo.write("lefthook.yml", lines).stage().sneak()
        repo.run("lefthook", "install").passes()
        repo.run("ideoguard", "install").passes()
        repo.write("app.py", leak()).stage().commit().fails("app.py:1:21")

    @told.append
    def a_commit_without_lefthook_is_refused():
        repo = guarded("gone")
        (repo.path / "app.py").write_text("pass # again\n")
        with sandbox.without_modules():
            repo.stage().commit().fails("lefthook")

    return told


if __name__ == "__main__":
    run_stories(stories, __doc__)
