"""--format github and sarif: what is wrong, for the log of a pipeline, whichever command finds it."""

import json

import jsonschema
import pytest

from convcalc.commands import COMMANDS

BAD = "input: 3x8x8\nlayers:\n  - conv 8 k3\n  - conv 4 k9\n"
PLACE = "file=bad.yaml,line=4,col=5,endColumn=13,title=C001"
ON_SPECS = ["summary bad.yaml", "explain bad.yaml", "lint bad.yaml", "draw bad.yaml", "compare lenet5 bad.yaml",
            "convert bad.yaml --to yaml", "sweep bad.yaml --over H=8..9"]  # fmt: skip
RIGHT = ["summary lenet5", "explain lenet5", "compare lenet5 alexnet", "layer relu 3x4x4", "kinds conv", "help keys",
         "solve resnet50 --output 7x7", "apply relu 1..4:2x2", "specs --names", "convert lenet5 --to chain"]  # fmt: skip


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "key.yaml").write_text("assignment: H\nspec: lenet5\nquestions: [{ask: C1.output}]\n")
    (tmp_path / "ada.yaml").write_text("student: Ada\nanswers: {C1: {output: 6x28x28}}\n")
    monkeypatch.chdir(tmp_path)


def commands_in(text):
    return [line for line in text.splitlines() if line.startswith("::")]


@pytest.mark.parametrize("words", ON_SPECS)
def test_a_spec_that_does_not_fit_is_annotated_at_its_line(convcalc, words):
    plain = convcalc(*words.split())
    code, out, err = convcalc(*words.split(), "--format", "github")
    (told,) = commands_in(out)
    assert told.startswith(f"::error {PLACE}::kernel 9 does not fit: the padded input is only 6 wide: kernel ≤ 6")
    assert (code, err) == (plain[0], plain[2])


@pytest.mark.parametrize("words", ON_SPECS)
def test_a_spec_that_does_not_fit_is_a_result(convcalc, words):
    code, out, _ = convcalc(*words.split(), "--format", "sarif")
    (run,) = json.loads(out)["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert code == 3 and (result["ruleId"], result["level"]) == ("C001", "error")
    assert place["artifactLocation"]["uri"] == "bad.yaml"
    assert place["region"] == {"startLine": 4, "startColumn": 5, "endColumn": 14}
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "C001"
    assert not run["invocations"][0]["executionSuccessful"]


@pytest.mark.parametrize("words", RIGHT)
def test_where_nothing_is_wrong_a_log_has_the_text_and_sarif_an_empty_run(convcalc, words):
    plain = convcalc(*words.split())
    assert convcalc(*words.split(), "--format", "github") == plain
    code, out, _ = convcalc(*words.split(), "--format", "sarif")
    (run,) = json.loads(out)["runs"]
    assert (code, run["results"], run["invocations"][0]) == (
        0,
        [],
        {"executionSuccessful": True, "toolExecutionNotifications": []},
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_wrong_usage_is_told_in_the_format_asked_for(convcalc, command):
    code, out, err = convcalc(command, "--nonsense", "--format", "github")
    assert code == 2 and err and commands_in(out) == [out.strip()] and out.startswith("::error title=U013::")
    code, out, err = convcalc(command, "--nonsense", "--format", "sarif")
    (told,) = json.loads(out)["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert code == 2 and err and told["descriptor"] == {"id": "U013"} and "--nonsense" in told["message"]["text"]


def test_a_budget_that_is_exceeded_is_annotated(convcalc, tmp_path):
    (tmp_path / "net.yaml").write_text("input: 3x8x8\nbudget: {parameters: 100}\nlayers: [conv 8 k3]\n")
    code, out, _ = convcalc("summary", "net.yaml", "--format", "github", "--max-macs", "5")
    assert code == 1 and "conv 8 k3" in out
    assert [line.partition("::")[2].partition("::")[0] for line in commands_in(out)] == [
        "error file=net.yaml,line=2,col=22,endColumn=24,title=O001", "error file=net.yaml,line=1,col=1,endColumn=1,title=O001",
    ]  # fmt: skip
    code, out, _ = convcalc("summary", "net.yaml", "--format", "sarif", "--max-macs", "5")
    assert code == 1 and [each["ruleId"] for each in json.loads(out)["runs"][0]["results"]] == ["O001", "O001"]


def test_sarif_goes_into_a_file_with_the_errors(convcalc, tmp_path):
    code, out, _ = convcalc("summary", "bad.yaml", "--format", "sarif", "-o", "t.sarif")
    assert (code, out) == (3, "")
    found = json.loads((tmp_path / "t.sarif").read_text())
    jsonschema.validate(found["runs"][0]["results"], {"type": "array", "minItems": 1})


def test_check_marks_beside_it(convcalc):
    assert convcalc("check", "key.yaml", "ada.yaml", "--format", "sarif")[0] == 0
    code, out, _ = convcalc("check", "bad.yaml", "ada.yaml", "--format", "sarif")
    assert code == 3 and json.loads(out)["runs"][0]["results"][0]["ruleId"] == "C001"
