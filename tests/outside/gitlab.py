#!/usr/bin/env python3
"""Runs the job of templates/ideoguard.yml as GitLab would, for simulated pipelines.

    tests/outside/gitlab.py PROGRAM

Needs git, Python 3.11 or newer and the packages of tests/requirements.txt.
"""

import json
import re

import yaml

from sandbox import ROOT, Sandbox, leak, run_stories

ZEROS = "0" * 40


def job(inputs):
    """Returns the job of the component, with inputs filled in."""
    header, body = (ROOT / "templates/ideoguard.yml").read_text().split("\n---\n")
    known = yaml.safe_load(header)["spec"]["inputs"]
    values = {name: told.get("default") for name, told in known.items()} | inputs
    assert None not in values.values(), values
    filled = re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: values[found[1]], body)
    [job] = yaml.safe_load(filled).values()
    assert not any("$[[" in line for line in job["script"]), "inputs never become part of a script"
    return job


def run(repo, source, **variables):
    """Runs the job's script in a checkout; returns how it ended, and the report."""
    told = job({"image": "none", "program": str(repo.sandbox.bin / "ideoguard")})
    env = told["variables"] | {"CI_PIPELINE_SOURCE": source, "CI_DEFAULT_BRANCH": "main"} | variables
    for name in ["ideoguard.json", "gl-secret-detection-report.json"]:
        (repo.path / name).unlink(missing_ok=True)
    ran = repo.run("sh", "-c", "\n".join(told["script"]), CI_COMMIT_SHA=repo.git("rev-parse", "HEAD"), **env)
    report = repo.path / told["artifacts"]["reports"]["secret_detection"]
    return ran, json.loads(report.read_text()) if report.exists() else None


def stories(sandbox):
    told = []

    def branch(name, *texts):
        """A checkout of a branch with a commit for each text of app.py; also returns where it began."""
        desk = sandbox.repo(name).write("app.py", "pass\n").stage()
        base = desk.sneak("root")
        desk.git("push", "--quiet", "origin", "main")
        desk.git("fetch", "--quiet", "origin")
        for text in texts:
            desk.write("app.py", text).stage().sneak()
        return desk, base

    @told.append
    def a_leak_in_a_merge_request_is_in_gitlabs_report():
        desk, base = branch("leak", leak(), "pass # clean\n")
        ran, report = run(desk, "merge_request_event", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
        assert ran.code == 1, ran.text
        [found] = report["vulnerabilities"]
        assert found["location"]["file"] == "app.py" and found["location"]["start_line"] == 1, found
        assert "app.py:1:21" in ran.text, ran.text

    @told.append
    def a_clean_merge_request_passes():
        desk, base = branch("clean", "pass # clean\n")
        ran, report = run(desk, "merge_request_event", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
        assert ran.code == 0 and report["vulnerabilities"] == [], ran.text

    @told.append
    def a_push_brings_what_was_not_there_before():
        desk, base = branch("push", leak(), "pass # clean\n")
        assert run(desk, "push", CI_COMMIT_BEFORE_SHA=desk.git("rev-parse", "HEAD~1"))[0].code == 0
        assert run(desk, "push", CI_COMMIT_BEFORE_SHA=base)[0].code == 1
        # A new branch, and one whose past is gone.
        assert run(desk, "push", CI_COMMIT_BEFORE_SHA=ZEROS)[0].code == 1
        assert run(desk, "push", CI_COMMIT_BEFORE_SHA="1" * 40)[0].code == 1

    @told.append
    def the_default_branch_itself_is_judged_whole():
        desk, _ = branch("default", leak(), "pass # clean\n")
        desk.git("push", "--quiet", "origin", "main")
        assert run(desk, "push", CI_COMMIT_BEFORE_SHA=ZEROS)[0].code == 1

    @told.append
    def a_push_that_brings_nothing_passes():
        desk, _ = branch("nothing")
        ran, report = run(desk, "push", CI_COMMIT_BEFORE_SHA=desk.git("rev-parse", "HEAD"))
        assert ran.code == 0 and report is None and "nothing to judge" in ran.text, ran.text

    @told.append
    def a_schedule_judges_all_that_was_ever_committed():
        desk, _ = branch("schedule", leak(), "pass # clean\n")
        assert run(desk, "schedule")[0].code == 1

    @told.append
    def without_a_program_nothing_passes():
        desk, base = branch("program", "pass # clean\n")
        ran, _ = run(desk, "push", CI_COMMIT_BEFORE_SHA=base, IDEOGUARD_PROGRAM="/nowhere/ideoguard")
        assert ran.code not in (0, 1), ran.text

    return told


if __name__ == "__main__":
    run_stories(stories, __doc__)
