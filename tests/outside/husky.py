#!/usr/bin/env python3
"""Runs ideoguard under the real husky.

    tests/outside/husky.py PROGRAM

Needs git, Python 3.11 or newer, node and npm, and npm's registry.
"""

from sandbox import Sandbox, leak, recipe, run_stories


def stories(sandbox):
    told = []
    sandbox.npm("husky@9")

    def repo_of(name):
        """A repository as `husky init` leaves it, without the test that it runs."""
        repo = sandbox.repo(name).write("package.json", "{}\n").write("app.py", "pass\n")
        repo.run("husky", "init").passes()
        (repo.path / ".husky/pre-commit").unlink()
        repo.stage().sneak()
        return repo

    @told.append
    def ideoguard_install_adds_its_lines_and_they_judge():
        repo = repo_of("install").write(".husky/pre-commit", "echo the team has a hook\n")
        repo.run("ideoguard", "install").passes()
        repo.write("app.py", leak()).stage().commit().fails("the team has a hook", "app.py:1:21")
        repo.write("app.py", "pass # clean\n").stage().commit().passes()
        repo.commit(f"use {leak()}").fails("ideogram")

    @told.append
    def husky_may_be_installed_again():
        repo = repo_of("again")
        repo.run("ideoguard", "install").passes()
        repo.run("husky").passes()
        repo.write("app.py", leak()).stage().commit().fails("app.py:1:21")

    @told.append
    def the_lines_of_the_documentation_judge():
        repo = repo_of("by-hand")
        for hook in ["pre-commit", "pre-push"]:
            repo.write(f".husky/{hook}", recipe(f"husky {hook}"))
        repo.run("git", "push", "--quiet", "origin", "main").passes()
        repo.write("app.py", leak()).stage().commit().fails("app.py:1:21")
        repo.sneak()
        repo.run("git", "push", "--quiet", "origin", "main").fails("app.py:1:21")

    @told.append
    def ideoguard_uninstall_leaves_the_teams_own_lines():
        repo = repo_of("uninstall").write(".husky/pre-commit", "echo the team has a hook\n")
        repo.run("ideoguard", "install").passes()
        repo.run("ideoguard", "uninstall").passes()
        repo.write("app.py", leak()).stage()
        assert "the team has a hook" in repo.commit().passes().text

    return told


if __name__ == "__main__":
    run_stories(stories, __doc__)
