"""The hooks, run by pre-commit itself from a clone, on a repository of somebody's own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

from convcalc.commands import COMMANDS

PARTS = ("convcalc", "specs", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
GIT = ("git", "-c", "user.name=convcalc", "-c", "user.email=convcalc@example.org", "-c", "commit.gpgsign=false")
FILES = {
    "nets/fits.yaml": "name: Fits\ninput: 3x32x32\nlayers: [conv 8 k3, relu]\n",
    "nets/large.yaml": "name: Large\ninput: 3x32x32\nlayers: [conv 80 k3, relu]\n",
    "nets/broken.yaml": "name: Broken\ninput: 3x32x32\nlayers: [conv 8 k33]\n",
    "src/small.net.yaml": "name: Small\ninput: 3x32x32\nlayers: [conv 2 k3, batchnorm]\n",
    "ci.yaml": "on: push\n",
    "nets/notes.txt": "no network\n",
    "key.yaml": "assignment: One\nspec: nets/fits.yaml\nquestions:\n  - {ask: conv1.parameters}\n",
    "answers/alice.yaml": "student: Alice\nanswers: {conv1.parameters: 224}\n",
    "answers/bob.yaml": "student: Bob\nanswers: {conv1.parameters: 216}\n",
}
HOOKS = """
      - id: convcalc-summary
        args: [--max-parameters=1k]
      - id: convcalc-lint
      - id: convcalc-check
        args: [key.yaml]
"""


def git(folder, *arguments):
    done = subprocess.run([*GIT, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def committed(folder):
    """A repository of all that is in a folder; its commit."""
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory):
    """A repository with the checkout as it is, and its commit."""
    folder = tmp_path_factory.mktemp("convcalc")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    return folder, committed(folder)


@pytest.fixture(scope="module")
def repository(hooks, tmp_path_factory):
    """What pre-commit says, a text for each hook, of a repository that uses them."""
    program = shutil.which("pre-commit", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if not program:
        pytest.skip("pre-commit is not installed")
    folder = tmp_path_factory.mktemp("nets")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    place, commit = hooks
    (folder / ".pre-commit-config.yaml").write_text(f"repos:\n  - repo: {place}\n    rev: {commit}\n    hooks:{HOOKS}")
    committed(folder)
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("home")), "PRE_COMMIT_COLOR": "never"}
    run = [program, "run", "--all-files", "--verbose"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, env=environment)
    texts = re.split(r"^(convcalc \w+)\.+", done.stdout, flags=re.MULTILINE)
    assert texts[0].count("Installing environment") == 1, done.stdout + done.stderr
    return dict(zip(texts[1::2], texts[2::2], strict=True))


@pytest.mark.slow
def test_a_network_that_does_not_fit_or_is_too_large_stops_a_commit(repository):
    said = repository["convcalc summary"]
    assert said.startswith("Failed") and "exit code: 3" in said
    assert "--> nets/broken.yaml:3:10" in said and "Large: 2,240 parameters are 1,240 over the budget" in said
    assert "Small" in said and "ci.yaml" not in said and "notes.txt" not in said


@pytest.mark.slow
def test_a_slip_stops_it(repository):
    said = repository["convcalc lint"]
    assert said.startswith("Failed") and "bias-before-norm" in said and "src/small.net.yaml:3" in said


@pytest.mark.slow
def test_a_wrong_answer_stops_it(repository):
    said = repository["convcalc check"]
    assert said.startswith("Failed") and "exit code: 1" in said
    assert "bob" in said.lower() and "alice" in said.lower() and "bias" in said


def test_every_hook_is_a_command():
    import yaml

    found = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in found] == ["convcalc-summary", "convcalc-lint", "convcalc-check"]
    for hook in found:
        program, command, *_ = hook["entry"].split()
        assert program == "convcalc" and command in COMMANDS and hook["language"] == "python"
        assert re.search(hook["files"], "nets/a.yaml" if command != "check" else "hw1/answers/alice.yaml")
        assert not re.search(hook["files"], ".github/workflows/ci.yaml")
        assert not re.search(hook["files"], "internets/compose.yaml")
