#!/usr/bin/env python3
"""Runs the steps of action.yml as GitHub would, for simulated events and checkouts.

    tests/outside/github.py PROGRAM

Needs git, bash, Python 3.11 or newer and the packages of tests/requirements.txt.
"""

import json
import re

import yaml

from sandbox import ROOT, Sandbox, leak, run_stories

ZEROS = "0" * 40
PATHS = re.compile(r"\b(github|inputs|steps)((?:\.[\w-]+)+)")


class Step:
    """What a run of the action left behind."""

    def __init__(self, ran, folder, repo):
        self.ran, self.text = ran, ran.text
        self.summary = (folder / "summary").read_text()
        self.outputs = dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines())
        self.sarif = json.loads((repo.path / "ideoguard.sarif").read_text()) if "sarif" in self.outputs else None

    def ends(self, code):
        assert self.ran.code == code, f"ended with {self.ran.code}, not {code}:\n{self.text}"
        return self


class Origin:
    """A repository at GitHub with a clean main branch, and desks that push to it past all hooks."""

    def __init__(self, sandbox, name, files=()):
        self.sandbox = sandbox
        self.desk = sandbox.repo(name).write("app.py", "pass\n")
        for file, text in files:
            self.desk.write(file, text)
        self.desk.stage()
        self.base = self.desk.sneak("root")
        self.bare = f"{self.desk.path}.git"
        self.desk.git("push", "--quiet", "origin", "main")
        # GitHub gives whoever asks any commit that it shows.
        sandbox.run("git", "-C", self.bare, "config", "uploadpack.allowAnySHA1InWant", "true").passes()

    def branch(self, *texts, files=()):
        """Pushes a branch with a commit for each text of app.py; returns its tip."""
        self.desk.git("switch", "--quiet", "--force-create", "topic", self.base)
        for name, text in files:
            self.desk.write(name, text)
        for text in texts:
            tip = self.desk.write("app.py", text).stage().sneak("a change")
        self.desk.git("push", "--quiet", "--force", "origin", "topic")
        return tip

    def merge(self):
        """Pushes what a pull request would be merged to, as GitHub does; returns its id."""
        self.desk.git("switch", "--quiet", "--detach", "main")
        self.desk.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
        self.desk.git("push", "--quiet", "--force", "origin", "HEAD:refs/pull/1/merge")
        return self.desk.git("rev-parse", "HEAD")

    def checkout(self, commit, *words):
        """Checks a commit out, as actions/checkout does."""
        repo = self.sandbox.repo(f"runner-{commit}-{len(list(self.sandbox.folder.iterdir()))}")
        repo.git("remote", "set-url", "origin", f"file://{self.bare}")
        repo.git("fetch", "--quiet", "--no-tags", *words, "origin", "+refs/heads/*:refs/remotes/origin/*", commit)
        repo.git("checkout", "--quiet", "--detach", commit)
        return repo


def evaluate(expression, world):
    """Evaluates an expression of a workflow: names, `||`, `&&`, `!=`, `null` and `false`."""
    names = {"null": "None", "false": "False", "||": " or ", "&&": " and "}
    code = PATHS.sub(lambda found: f"look({found[0]!r})", expression)
    code = re.sub(r"null|false|\|\||&&", lambda found: names[found[0]], code)

    def look(path):
        value = world
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    value = eval(code, {"look": look})
    return {None: "", True: "true", False: "false"}.get(value, str(value))


def act(repo, event, tools="", **inputs):
    """Runs the action's steps in a checkout, for an event."""
    sandbox, action = repo.sandbox, yaml.safe_load((ROOT / "action.yml").read_text())
    folder = sandbox.folder / f"step-{len(list(sandbox.folder.iterdir()))}"
    folder.mkdir()
    for file in ["summary", "output"]:
        (folder / file).write_text("")
    defaults = {name: told["default"] for name, told in action["inputs"].items()}
    world = {
        "github": {"event": event, "repository": "team/app"},
        "inputs": defaults | {"program": str(sandbox.bin / "ideoguard")} | inputs,
        "steps": {},
    }
    runner = {
        "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_OUTPUT": str(folder / "output"), "GITHUB_REF": "refs/heads/topic",
        "GITHUB_STEP_SUMMARY": str(folder / "summary"), "RUNNER_TEMP": str(folder), "RUNNER_TOOL_CACHE": tools,
    }
    for step in action["runs"]["steps"]:
        assert "${{" not in step["run"], "what comes from outside never becomes part of a script"
        env = {
            name: re.sub(r"\$\{\{(.*?)\}\}", lambda found: evaluate(found[1].strip(), world), value)
            for name, value in step["env"].items()
        }
        ran = repo.run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"], **runner, **env)
        outputs = dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines())
        world["steps"][step["id"]] = {"outputs": outputs}
        if ran.code != 0:
            break
    return Step(ran, folder, repo)


def pull_request(origin, tip, owner="team"):
    head = {"sha": tip, "repo": {"full_name": f"{owner}/app"}}
    return {"pull_request": {"base": {"sha": origin.base}, "head": head}, "repository": {"default_branch": "main"}}


def push(before, after):
    return {"before": before, "after": after, "repository": {"default_branch": "main"}}


def allowing(repo):
    """The lines of an allow file that allow what was found."""
    finding = json.loads((repo.path / "ideoguard.json").read_text())["findings"][0]
    return f'[[allow]]\nfingerprints = ["{finding["fingerprint"]}"]\nreason = "made up"\n'


def stories(sandbox):
    told = []

    def judged(name, *texts, words=()):
        """A pull request with these texts of app.py, judged."""
        origin = Origin(sandbox, name)
        tip = origin.branch(*texts)
        repo = origin.checkout(origin.merge(), *words)
        return act(repo, pull_request(origin, tip)), tip

    @told.append
    def a_leak_in_a_pull_request_is_marked_at_its_line():
        text = f"pass\n{leak()}"
        step, tip = judged("leak", text)
        step.ends(1)
        assert f"::error file=app.py,line=2,endLine=2" in step.text and tip in step.text, step.text
        assert "Ideogram API key" in step.summary, step.summary
        [result] = step.sarif["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "app.py", result
        assert step.outputs["exit-code"] == "1", step.outputs
        secret = text.split('"')[1]
        assert not any(secret in shown for shown in [step.text, step.summary, json.dumps(step.sarif)])

    @told.append
    def a_clean_pull_request_passes():
        step = judged("clean", "pass # clean\n")[0].ends(0)
        assert "::error" not in step.text and step.sarif["runs"][0]["results"] == [], step.text
        assert "no leaks" in step.text, step.text

    @told.append
    def what_a_pull_request_takes_back_was_pushed_all_the_same():
        judged("back", leak(), "pass # clean\n")[0].ends(1)

    @told.append
    def a_checkout_of_one_commit_is_completed():
        judged("shallow", leak(), "pass # clean\n", words=["--depth=1"])[0].ends(1)
        judged("shallow-clean", "pass # clean\n", words=["--depth=1"])[0].ends(0)

    @told.append
    def history_that_cannot_be_had_fails():
        origin = Origin(sandbox, "gone")
        tip = origin.branch("pass # clean\n")
        repo = origin.checkout(origin.merge(), "--depth=1")
        repo.git("remote", "set-url", "origin", str(sandbox.folder / "nowhere"))
        assert "fetch-depth: 0" in act(repo, pull_request(origin, tip)).ends(2).text

    @told.append
    def an_allow_file_counts_from_a_branch_and_not_from_a_fork():
        origin, text = Origin(sandbox, "fork"), leak()
        tip = origin.branch(text)
        repo = origin.checkout(origin.merge())
        act(repo, pull_request(origin, tip)).ends(1)
        tip = origin.branch(text, files=[(".ideoguard.toml", allowing(repo))])
        repo = origin.checkout(origin.merge())
        act(repo, pull_request(origin, tip)).ends(0)
        act(repo, pull_request(origin, tip, owner="stranger")).ends(1)

    @told.append
    def an_allow_file_that_extends_another_counts_for_a_fork():
        files = [(".ideoguard.toml", 'extend = ["team.toml"]\n'), ("team.toml", "")]
        origin = Origin(sandbox, "extend", files)
        tip = origin.branch("pass # clean\n", files=[("team.toml", "this is no TOML")])
        act(origin.checkout(origin.merge()), pull_request(origin, tip, owner="stranger")).ends(0)
        tip = origin.branch(leak())
        act(origin.checkout(origin.merge()), pull_request(origin, tip, owner="stranger")).ends(1)

    @told.append
    def a_push_brings_what_was_not_there_before():
        origin = Origin(sandbox, "push")
        old = origin.branch(leak())
        new = origin.branch(leak(), "pass # clean\n", "pass # again\n")
        repo = origin.checkout(new)
        # The second commit on top of a leak that was there.
        act(repo, push(origin.desk.git("rev-parse", f"{new}~1"), new)).ends(0)
        act(repo, push(ZEROS, new)).ends(1)
        # Pushed by force: what was there before is fetched, or is gone and everything counts.
        act(repo, push(old, new)).ends(1)
        act(repo, push("1" * 40, new)).ends(1)

    @told.append
    def a_push_that_brings_nothing_passes():
        origin = Origin(sandbox, "nothing")
        tip = origin.branch("pass # clean\n")
        repo = origin.checkout(tip)
        assert "nothing to judge" in act(repo, push(tip, origin.base)).ends(0).text
        assert "nothing to judge" in act(repo, push(tip, ZEROS)).ends(0).text

    @told.append
    def any_other_event_judges_all_that_was_ever_committed():
        origin = Origin(sandbox, "schedule")
        repo = origin.checkout(origin.branch(leak(), "pass # clean\n"))
        step = act(repo, {"schedule": "0 0 * * *"}).ends(1)
        assert "app.py" in step.text, step.text

    @told.append
    def a_range_that_is_given_counts():
        origin = Origin(sandbox, "given")
        tip = origin.branch(leak(), "pass # clean\n")
        repo = origin.checkout(tip)
        act(repo, pull_request(origin, tip), range="HEAD~1..HEAD").ends(0)
        act(repo, pull_request(origin, tip), range="no-such-branch..HEAD").ends(2)

    @told.append
    def a_program_is_built_once_and_kept():
        origin = Origin(sandbox, "built")
        tip = origin.branch(leak())
        log, cache = sandbox.folder / "cargo.log", str(sandbox.folder / "tools")
        # The build itself is that of install.sh.
        sandbox.script("cargo", f"""
            echo "$*" >>'{log}'
            while [ "$1" != --root ]; do shift; done
            mkdir -p "$2/bin" && cp '{sandbox.bin / "ideoguard"}' "$2/bin/"
        """)
        for _ in range(2):
            act(origin.checkout(tip), pull_request(origin, tip), tools=cache, program="").ends(1)
        [call] = log.read_text().splitlines()
        assert call.startswith("install --quiet --locked --path "), call

    @told.append
    def without_a_program_nothing_passes():
        origin = Origin(sandbox, "program")
        tip = origin.branch("pass # clean\n")
        step = act(origin.checkout(tip), pull_request(origin, tip), program="/nowhere/ideoguard")
        assert step.ran.code != 0, step.text

    return told


if __name__ == "__main__":
    run_stories(stories, __doc__)
