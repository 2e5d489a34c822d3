#!/usr/bin/env python3
"""Lints what other people's programs read: the action, workflows, the GitLab template, the manifests, the Dockerfile.

    python tests/outside/lint.py

Needs Python 3.11 or newer with the packages of tests/requirements.txt, and shellcheck.
"""

import subprocess
import sysconfig
import tempfile
from pathlib import Path

from sandbox import ROOT, recipe

SCRIPTS = Path(sysconfig.get_path("scripts"))


def run(*words):
    print("+", *words, flush=True)
    subprocess.run([str(word) for word in words], check=True, cwd=ROOT, stdin=subprocess.DEVNULL)


def main():
    workflows = sorted((ROOT / ".github/workflows").glob("*.yml"))
    run(SCRIPTS / "zizmor", "--offline", "--no-progress", "--persona", "pedantic", "action.yml", *workflows)
    run(SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")
    run(SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    run(SCRIPTS / "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job = folder / "gitlab-ci.yml"
        job.write_text((ROOT / "templates/ideoguard.yml").read_text().split("\n---\n")[1])
        run(SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", job)
        example = folder / "example.yml"
        example.write_text(recipe("github", "docs/src/ci.md"))
        run(SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", example)
        run(SCRIPTS / "actionlint", *workflows, example)
    run(SCRIPTS / "hadolint", "Dockerfile")


if __name__ == "__main__":
    main()
