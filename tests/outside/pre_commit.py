#!/usr/bin/env python3
"""Runs ideoguard under the real pre-commit framework.

    tests/outside/pre_commit.py PROGRAM [--build ideoguard] [--build ideoguard-rust]

PROGRAM is the ideoguard of the hook ids that take it from PATH. With --build an id that builds
it is run as well, as pre-commit does for a user: the wheel by `pip install .`, the other by
`cargo install --path .`; both are builds for release and take minutes. CARGO_TARGET_DIR may name
a folder of earlier builds, and MATURIN_PEP517_ARGS="--profile dev" makes the wheel a quick one.
Needs git, Python 3.11 or newer with the packages of tests/requirements.txt; with --build Rust
and the package registries.
"""

import argparse
import subprocess
import sys

from sandbox import ROOT, Sandbox, leak, tell

STAGES = ["pre-commit", "pre-merge-commit", "pre-push", "commit-msg"]
FRAMEWORK = [sys.executable, "-m", "pre_commit"]


class World:
    """The framework, ideoguard's own repository as users name it, and an ideoguard on PATH."""

    def __init__(self, program):
        self.sandbox = Sandbox(program)
        self.hooks = self.sandbox.repo("hooks")
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                self.hooks.write(name, "")
                (self.hooks.path / name).write_bytes((ROOT / name).read_bytes())
                (self.hooks.path / name).chmod((ROOT / name).stat().st_mode)
        self.release = self.hooks.stage().sneak("release")

    def repo(self, name, *ids):
        """A repository whose commits the framework guards with some of our hooks."""
        repo = self.sandbox.repo(name)
        hooks = ", ".join(f"{{id: {one}}}" for one in ids)
        ours = f"  - repo: {self.hooks.path}\n    rev: {self.release}\n    hooks: [{hooks}]\n"
        repo.write(".pre-commit-config.yaml", f"repos:\n{ours}" if ids else "repos: []\n")
        repo.write("README", "a project\n").stage().sneak("root")
        types = [word for stage in STAGES for word in ("--hook-type", stage)]
        repo.run(*FRAMEWORK, "install", *types).passes()
        return repo

    def guarded(self, name):
        return self.repo(name, "ideoguard-system", "ideoguard-system-message")


def stories(world):
    """Stories about the ids that take ideoguard from PATH."""
    told = []

    @told.append
    def the_manifest_is_valid():
        world.sandbox.run(*FRAMEWORK, "validate-manifest", ROOT / ".pre-commit-hooks.yaml").passes()

    @told.append
    def a_leak_is_refused_and_a_clean_commit_passes():
        repo = world.guarded("commit")
        repo.write("app.py", leak()).stage().commit().fails("app.py:1:21", "ideogram")
        repo.write("app.py", "pass\n").stage().commit().passes()

    @told.append
    def what_is_judged_is_what_is_staged():
        repo = world.guarded("staged")
        repo.write("app.py", leak()).stage().write("app.py", "pass\n").commit().fails("app.py:1:21")
        repo.stage().write("app.py", leak()).commit().passes()

    @told.append
    def an_old_secret_on_an_untouched_line_does_not_block():
        repo = world.guarded("old")
        repo.write("app.py", leak()).stage().sneak()
        repo.write("app.py", (repo.path / "app.py").read_text() + "pass\n").stage().commit().passes()

    @told.append
    def a_leak_in_a_message_is_refused():
        world.guarded("message").commit(f"use {leak()}").fails("ideogram")

    @told.append
    def what_a_merge_adds_of_its_own_is_refused():
        repo = world.guarded("merge")
        repo.git("switch", "--quiet", "--create", "topic")
        repo.write("topic.py", "pass\n").stage().sneak()
        repo.git("switch", "--quiet", "main")
        repo.write("main.py", "pass\n").stage().sneak()
        repo.git("merge", "--quiet", "--no-commit", "topic")
        repo.write("main.py", leak()).stage().commit().fails("main.py:1:21")
        repo.git("merge", "--abort")
        ran = repo.run("git", "merge", "--no-edit", "topic").passes()
        assert "Passed" in ran.text, ran.text

    @told.append
    def all_files_are_the_tracked_files():
        repo = world.guarded("all")
        repo.write("old.py", leak()).stage().sneak()
        repo.write("scratch.py", leak())
        ran = repo.run(*FRAMEWORK, "run", "--all-files").fails("old.py:1:21")
        assert "scratch.py" not in ran.text, ran.text

    @told.append
    def all_files_are_looked_at_although_something_is_staged():
        repo = world.guarded("both")
        repo.write("old.py", leak()).stage().sneak()
        repo.write("new.py", "pass\n").stage()
        repo.run(*FRAMEWORK, "run", "--all-files").fails("old.py:1:21")

    @told.append
    def all_files_of_a_clean_repository_pass():
        repo = world.guarded("clean").write("scratch.py", leak())
        ran = repo.run(*FRAMEWORK, "run", "--all-files", "--verbose").passes()
        assert "Passed" in ran.text and "Skipped" not in ran.text, ran.text

    @told.append
    def a_range_is_what_its_commits_add():
        repo = world.guarded("range")
        base = repo.git("rev-parse", "HEAD")
        repo.write("app.py", leak()).stage().sneak()
        repo.write("app.py", "pass\n").stage().sneak()
        clean = repo.git("rev-parse", "HEAD")
        repo.write("ok.py", "pass\n").stage().sneak()
        # Gone again at the end of the range, but pushed with it all the same.
        repo.run(*FRAMEWORK, "run", "--from-ref", base, "--to-ref", "HEAD").fails("app.py:1:21")
        repo.run(*FRAMEWORK, "run", "--from-ref", clean, "--to-ref", "HEAD").passes()
        repo.run(*FRAMEWORK, "run", "--from-ref", "HEAD", "--to-ref", "HEAD").passes()

    @told.append
    def the_manual_stage_looks_at_all_tracked_files():
        repo = world.guarded("manual")
        repo.write("old.py", leak()).stage().sneak()
        repo.run(*FRAMEWORK, "run", "--hook-stage", "manual").fails("old.py:1:21")

    @told.append
    def a_push_of_a_leak_is_refused():
        repo = world.guarded("push")
        repo.write("app.py", "pass\n").stage().sneak()
        repo.run("git", "push", "--quiet", "origin", "main").passes()
        repo.write("app.py", leak()).stage().sneak()
        repo.write("app.py", "pass\n").stage().sneak()
        repo.run("git", "push", "--quiet", "origin", "main").fails("app.py:1:21")
        repo.run("git", "push", "--quiet", "origin", "main:topic").fails("app.py:1:21")

    @told.append
    def a_first_push_is_judged_whole():
        repo = world.guarded("first")
        repo.write("app.py", leak()).stage().sneak()
        repo.write("app.py", "pass\n").stage().sneak()
        repo.run("git", "push", "--quiet", "origin", "main").fails("app.py:1:21")

    @told.append
    def a_branch_may_be_set_back():
        repo = world.guarded("back")
        repo.write("app.py", "pass\n").stage().sneak()
        repo.run("git", "push", "--quiet", "origin", "main").passes()
        repo.run("git", "push", "--quiet", "--force", "origin", "HEAD~1:main").passes()

    @told.append
    def ideoguard_install_finds_its_place_beside_the_framework():
        repo = world.repo("beside")
        repo.run("ideoguard", "install").passes()
        repo.write("app.py", leak()).stage().commit().fails("app.py:1:21")
        # The framework keeps it when it is installed again, and leaves it when it goes.
        repo.run(*FRAMEWORK, "install").passes()
        repo.commit().fails("app.py:1:21")
        repo.run(*FRAMEWORK, "uninstall").passes()
        repo.commit().fails("app.py:1:21")
        repo.run("ideoguard", "uninstall").passes()
        repo.commit().passes()

    return told


def builds(world, ids):
    """Stories about ids that build ideoguard; the one on PATH is a stand-in that fails."""

    def story(id):
        def blocks():
            repo = world.repo(id, id)
            repo.write("app.py", leak()).stage().commit().fails("app.py:1:21", "ideogram")
            repo.write("app.py", "pass\n").stage().commit().passes()

        blocks.__name__ = f"{id} builds its own program, and that judges"
        return blocks

    return [story(id) for id in ids]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program")
    arguments.add_argument("--build", action="append", choices=["ideoguard", "ideoguard-rust"], default=[])
    told = arguments.parse_args()
    world = World(told.program)
    all_stories = stories(world)
    builder = World(None) if told.build else None
    if builder:
        all_stories += builds(builder, told.build)
    try:
        tell(all_stories)
    finally:
        world.sandbox.remove()
        if builder:
            builder.sandbox.remove()


if __name__ == "__main__":
    sys.exit(main())
