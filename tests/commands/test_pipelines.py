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


SLY = """name: "::error::pwn"
input: 3x8x8
layers:
  - {conv: {filters: 8, kernel: 3}, name: "::warning::x"}
  - {conv: {filters: 8, kernel: 3}, name: "##[error]y"}
"""


@pytest.mark.parametrize("words", ["summary sly.yaml", "explain sly.yaml", "compare sly.yaml lenet5", "summary sly.yaml --totals", "draw sly.yaml",
                                   "summary sly.yaml --max-macs 5"])  # fmt: skip
def test_a_name_is_no_command_to_the_pipeline(convcalc, tmp_path, words):
    """A runner takes a line for a command that begins with ::, blanks aside, or has ##[ in it, on either stream."""
    (tmp_path / "sly.yaml").write_text(SLY)
    code, out, err = convcalc(*words.split(), "--format", "github")
    told = [line for line in f"{out}\n{err}".splitlines() if line.lstrip().startswith("::") or "##[" in line]
    assert all(line.startswith("::error file=sly.yaml") for line in told) and len(told) == (code == 1)
    assert code == ("--max-macs" in words) and "error::pwn" in out + err


def test_a_files_name_in_bytes_is_a_uri(convcalc, tmp_path):
    name = b"a b\xff,\\:\xc3\xa9.yaml".decode("utf-8", "surrogateescape")
    try:
        (tmp_path / name).write_text(BAD)
    except OSError:
        pytest.skip("file names are Unicode here")
    code, out, _ = convcalc("summary", name, "--format", "sarif")
    (result,) = json.loads(out)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert (code, place) == (3, {"uri": "a%20b%FF%2C%5C%3A%C3%A9.yaml"})


@pytest.mark.parametrize("form", ["github", "sarif"])
@pytest.mark.parametrize("words", ["summary bad.yaml", "specs vgg", "explain lenet5", "layer relu 3x4x4", "draw lenet5", "draw bad.yaml",
                                   "sweep lenet5 --over H=32..40:4", "compare lenet5 alexnet", "apply relu 1..4:2x2"])  # fmt: skip
def test_a_file_may_be_called_as_the_format_of_the_log(convcalc, tmp_path, words, form):
    code, out, _ = convcalc(*words.split(), "--format", form)
    path = tmp_path / f"log.{form}"
    again, rest, err = convcalc(*words.split(), "--format", form, "-o", path)
    assert again == code and "bug" not in err
    if form == "sarif":
        assert (rest, path.read_text()) == ("", out)
    else:
        assert (rest == "") == (code == 0)
