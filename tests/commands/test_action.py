"""The GitHub Action: its file is right by its schema, and its steps do in Bash what they do on a runner."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from places import ROOT
from shells import path_with_convcalc

from convcalc.network.quantity import BUDGETED

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
EXAMPLE = ROOT / "examples" / "github-action"
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
FITS = "name: Fits\ninput: 3x32x32\nlayers: [conv 8 k3, relu]\n"
SLIP = "name: Slip\ninput: 3x32x32\nlayers: [conv 8 k3, batchnorm]\n"
BROKEN = "name: Broken\ninput: 3x32x32\nlayers: [conv 8 k33]\n"
KEY = "assignment: One\nspec: nets/fits.yaml\nquestions:\n  - {ask: conv1.parameters}\n"
FILES = {
    "nets/fits.yaml": FITS, "nets/deep/in a folder.yaml": FITS, "bad/slip.yaml": SLIP, "bad/broken.yaml": BROKEN,
    "key.yaml": KEY, "right.yaml": "answers: {conv1.parameters: 224}\n", "wrong.yaml": "answers: {conv1.parameters: 216}\n",
}  # fmt: skip


def run_step(name, folder, given, environment):
    """Run a step as a runner does: (exit code, output)."""
    step = STEPS[name]
    inputs = {key: value.get("default", "") for key, value in ACTION["inputs"].items()} | given

    def value_of(expression):
        return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], expression)

    script = folder / f"{name}.sh"
    script.write_text(step["run"])
    values = {key: value_of(text) for key, text in step.get("env", {}).items()}
    assert "${{" not in step["run"], "what somebody else has written is never part of a script"
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", script]
    done = subprocess.run(
        shell,
        cwd=folder / "work",
        env=environment | values,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout


@pytest.fixture
def runner(tmp_path):
    """A folder with networks, and what a runner has in its environment."""
    for name, text in FILES.items():
        path = tmp_path / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "temp").mkdir()
    environment = {
        **os.environ, "RUNNER_TEMP": str(tmp_path / "temp"), "GITHUB_ENV": str(tmp_path / "env"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "PYTHONUTF8": "1",
    }  # fmt: skip
    return tmp_path, environment


RUNS = [
    ("networks that fit", {"files": "nets/**/*.yaml"}, 0, "", "| conv1"),
    ("a name with a space", {"files": "nets/deep/in a folder.yaml\nnets/fits.yaml\n"}, 0, "", "| conv1"),
    ("a folder", {"files": "nets"}, 0, "", "| conv1"),
    ("a layer that does not fit", {"files": "bad/*.yaml"}, 3, "::error file=bad/broken.yaml,line=3,", "Slip"),
    ("a budget", {"files": "nets/fits.yaml", "max-parameters": "200"}, 1, "::error file=nets/fits.yaml,line=1,", "| conv1"),
    ("a budget that is kept", {"files": "nets/fits.yaml", "max-memory-peak": "1MB"}, 0, "", "| conv1"),
    ("a slip", {"files": "bad/slip.yaml", "command": "lint"}, 1, "::warning file=bad/slip.yaml,line=3", ""),
    ("options", {"files": "bad/slip.yaml", "command": "lint", "args": "--ignore bias-before-norm"}, 0, "", ""),
    ("a right answer", {"files": "right.yaml", "command": "check", "key": "key.yaml"}, 0, "", "1 of 1"),
    ("a wrong answer", {"files": "wrong.yaml", "command": "check", "key": "key.yaml"}, 1, "::error file=wrong.yaml,line=1", "0 of 1"),
    ("no key", {"files": "wrong.yaml", "command": "check"}, 2, "::error::check marks with a key", ""),
    ("no file", {"files": "no/*.yaml"}, 2, "::error::no file is called no/*.yaml", ""),
    ("no name at all", {"files": " \n"}, 2, "::error::no file is named", ""),
    ("a command in two lines", {"files": "nets", "command": "rm\r\n::warning::100%"}, 2, "::error::there is no command rm%0D%0A::warning::100%25;", ""),
    ("a file in two lines", {"files": "no\r::warning::*.yaml"}, 2, "::error::no file is called no%0D::warning::*.yaml", ""),
    ("another command", {"files": "nets/*", "command": "rm"}, 2, "::error::there is no command rm", ""),
    ("a budget of lint", {"files": "nets/*.yaml", "command": "lint", "max-macs": "1"}, 2, "::error::--max-macs goes with", ""),
    ("no option", {"files": "--version"}, 3, "::error title=Y030::", ""),
    ("no script", {"files": "nets/fits.yaml\n$(touch owned)", "args": "; touch owned"}, 3, "::error title=Y030::", ""),
]  # fmt: skip


@pytest.mark.parametrize(("given", "code", "said", "page"), [row[1:] for row in RUNS], ids=[row[0] for row in RUNS])
def test_it_does_what_its_inputs_say(runner, given, code, said, page):
    folder, environment = runner
    program = Path(path_with_convcalc(folder).partition(":")[0]) / "convcalc"
    found, out = run_step("Run convcalc", folder, given, environment | {"CONVCALC": str(program)})
    assert found == code, out
    assert said in out
    assert ("::error" in out) == (said.startswith("::error"))
    summary = Path(environment["GITHUB_STEP_SUMMARY"])
    assert page in (summary.read_text("utf-8") if summary.exists() else "")
    assert not (folder / "work" / "owned").exists()


NAMES = ("::stop-commands::mine", "  ::add-mask::e", "a ##[add-mask]e")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layer", ["conv 8 k3", "conv 8 k33", "tconv"])
def test_no_word_of_a_file_is_a_command_to_the_runner(runner, name, layer):
    folder, environment = runner
    program = Path(path_with_convcalc(folder).partition(":")[0]) / "convcalc"
    hostile = {
        "name": name,
        "input": "3x9x9",
        "layers": [{name: layer}, {f"{name}2": f"{name} 3"}, "conv 8 k3", "batchnorm"],
    }
    (folder / "work" / "bad" / "hostile.yaml").write_text(yaml.safe_dump(hostile))
    (folder / "work" / "right.yaml").write_text(yaml.safe_dump({"student": name, "conv1.parameters": name}))
    for given in (
        {"files": "bad"},
        {"files": "bad", "command": "lint"},
        {"files": "right.yaml", "command": "check", "key": "key.yaml"},
    ):
        _, out = run_step("Run convcalc", folder, given, environment | {"CONVCALC": str(program)})
        said = [line for line in out.splitlines() if line.lstrip().startswith("::") or "##[" in line]
        assert said and all(re.match("::(error|warning|notice) .*title=", line) for line in said)


@pytest.mark.slow
def test_it_installs_itself_from_its_own_checkout(runner):
    folder, environment = runner
    parts = ("convcalc", "specs", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
    for part in parts:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        (folder / "action").mkdir(exist_ok=True)
        copy(ROOT / part, folder / "action" / part)
    environment["GITHUB_ACTION_PATH"] = str(folder / "action")
    code, out = run_step("Install convcalc", folder, {}, environment)
    assert code == 0, out
    name, _, program = (folder / "env").read_text().strip().partition("=")
    assert name == "CONVCALC"
    code, out = run_step("Run convcalc", folder, {"files": "nets/fits.yaml"}, environment | {name: program})
    assert (code, "Fits" in out) == (0, True)


def test_it_has_every_budget():
    budgets = {f"max-{name.replace('_', '-')}" for name in BUDGETED}
    assert {name for name in ACTION["inputs"] if name.startswith("max-")} == budgets
    words = re.search(r"for budget in ([A-Z_ ]+);", STEPS["Run convcalc"]["run"])[1].split()
    assert {f"max-{word.lower().replace('_', '-')}" for word in words} == budgets


def schema_checker():
    path = shutil.which("check-jsonschema", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if not path:
        pytest.skip("check-jsonschema is not installed")
    return path


WORKFLOWS = sorted(ROOT.glob("examples/*/.github/workflows/*.yml"))


def test_the_action_and_the_workflows_are_right_by_their_schemas(tmp_path):
    checker = schema_checker()
    subprocess.run([checker, "--builtin-schema", "vendor.github-actions", ROOT / "action.yml"], check=True)
    assert WORKFLOWS
    subprocess.run([checker, "--builtin-schema", "vendor.github-workflows", *WORKFLOWS], check=True)
    wrong = tmp_path / "action.yml"
    wrong.write_text((ROOT / "action.yml").read_text("utf-8").replace("using: composite", "using: composed"))
    assert subprocess.run([checker, "--builtin-schema", "vendor.github-actions", wrong]).returncode == 1


def test_the_example_uses_inputs_that_there_are():
    workflow = yaml.safe_load((EXAMPLE / ".github" / "workflows" / "networks.yml").read_text("utf-8"))
    used = [step for step in workflow["jobs"]["networks"]["steps"] if "convcalc@" in step.get("uses", "")]
    assert len(used) == 2 and all(step["with"].keys() <= ACTION["inputs"].keys() for step in used)
