"""`convcalc lint`: what it writes, its exit codes, and what is told not to be found."""

import json

import jsonschema
import pytest
from structure import imported_by

from convcalc.linting.linter import RULES
from convcalc.network.load import summarise_text
from convcalc.render.reference.schemas import SCHEMAS

SPEC = """\
input: 64x8x8
layers:
  - up1: tconv 32 k3 s2 p1 op1      # {comment}
  - relu
  - conv 16 k3 p1
  - batchnorm
"""


@pytest.fixture
def spec(tmp_path):
    def write(comment="", more=""):
        path = tmp_path / "net.yaml"
        path.write_text(SPEC.format(comment=comment) + more)
        return path

    return write


def codes(convcalc, *arguments):
    code, out, err = convcalc("lint", *arguments, "--json")
    assert not err
    found = [finding["code"] for finding in json.loads(out)["findings"]]
    assert code == bool(found)
    return found


def test_a_finding_is_shown_in_its_place(convcalc, spec):
    path = spec()
    code, out, err = convcalc("lint", path)
    assert (code, err) == (1, "")
    assert f'--> {path}:3:10  (layer "up1")' in out and "^^^" in out
    assert out.endswith("2 warnings in 1 network\n")


def test_json_is_by_its_schema(convcalc, spec):
    path = spec()
    _, out, _ = convcalc("lint", path, "--json")
    document = json.loads(out)
    jsonschema.validate(document, SCHEMAS["lint"])
    assert document["findings"][0] == {
        "code": "checkerboard", "level": "warning", "layer": "up1", "file": str(path), "line": 3, "column": 10,
        "message": "outputs are sums of 1 or 2 products along an axis (1, 2 or 4 on the map): kernel 3 is no multiple "
        "of stride 2",
        "cure": "k4 op0: as many products everywhere, and the same size", "times": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("comment", "more", "options", "found"),
    [
        ("", "", (), ["checkerboard", "bias-before-norm"]),
        ("lint: ignore checkerboard", "", (), ["bias-before-norm"]),
        ("lint: ignore bias-before-norm, Checkerboard", "", (), ["bias-before-norm"]),
        ("lint: ignore", "", (), ["bias-before-norm"]),
        ("two GPUs. # lint: ignore checkerboard", "", (), ["bias-before-norm"]),
        ("do not lint: ignore checkerboard", "", (), ["checkerboard", "bias-before-norm"]),
        ("", "lint: {ignore: [checkerboard]}\n", (), ["bias-before-norm"]),
        ("", "lint: {ignore: checkerboard, }\n", (), ["bias-before-norm"]),
        ("", "lint:\n  ignore:\n    - bias_before_norm\n    - checkerboard\n", (), []),
        ("", "", ("--ignore", "checkerboard"), ["bias-before-norm"]),
        ("", "", ("--ignore", "checkerboard,bias-before-norm"), []),
        ("", "", ("--select", "checkerboard"), ["checkerboard"]),
        ("", "", ("--select", "dead-taps"), []),
    ],
)
def test_a_finding_may_be_ignored(convcalc, spec, comment, more, options, found):
    assert codes(convcalc, spec(comment, more), *options) == found


@pytest.mark.parametrize(
    ("more", "options", "exit_code", "text"),
    [
        ("", ("--select", "checkerbord"), 2, 'did you mean "checkerboard"?'),
        ("lint: {ignore: [checkerbord]}\n", (), 3, ":7:17"),
        ("lint: {ignor: [checkerboard]}\n", (), 3, 'did you mean "ignore"?'),
        ("lint: checkerboard\n", (), 3, "lint: {ignore: [dense-heavy]}"),
    ],
)
def test_what_is_no_rule_is_said(convcalc, spec, more, options, exit_code, text):
    code, out, err = convcalc("lint", spec("", more), *options)
    assert (code, out) == (exit_code, "") and text in err


def test_what_is_written_once_is_told_once(convcalc):
    _, out, _ = convcalc("lint", "vgg16_bn", "--json")
    (finding,) = json.loads(out)["findings"]
    assert finding["times"] == 13 and "in all 13, 4,224 biases" in finding["message"]


def test_a_bad_spec_does_not_keep_the_next_from_being_linted(convcalc, spec, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("input: 3x8x8\nlayers: [conv 4 k9]\n")
    code, out, err = convcalc("lint", bad, spec())
    assert code == 3 and "checkerboard" in out and "C001" in err
    code, out, err = convcalc("lint", bad, spec(), "--json")
    document = json.loads(out)
    jsonschema.validate(document, SCHEMAS["lint"])
    assert code == 3 and not err and len(document["findings"]) == 2 and document["errors"][0]["code"] == "C001"
    code, out, err = convcalc("lint", bad, "--json")
    assert code == 3 and not err and json.loads(out)["error"]["code"] == "C001"


def test_a_network_without_findings_is_fine(convcalc):
    assert convcalc("lint", "lenet5") == (0, "no warnings in 1 network\n", "")


def test_a_program_is_linted_where_it_is_written(convcalc, tmp_path):
    path = tmp_path / "net.py"
    path.write_text(
        "import torch.nn as nn\n\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.up = nn.ConvTranspose2d(8, 8, 3, stride=2)\n"
        "        self.down = nn.MaxPool2d(2)  # lint: ignore dropped-input\n\n"
        "    def forward(self, x):\n"
        "        return self.down(self.up(x))\n"
    )
    code, out, _ = convcalc("lint", path, "--input", "8x8x8", "--json")
    (finding,) = json.loads(out)["findings"]
    assert code == 1 and (finding["code"], finding["line"], finding["column"]) == ("checkerboard", 6, 19)


PROGRAM = """\
import torch.nn as nn
class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(3, 8, 3)
        self.spare = nn.Conv2d(3, 8, 5)
        self.auxiliary = nn.Linear(8, 2)
    def forward(self, x):
        x = self.c(x)
        return (x, self.auxiliary(x.mean((2, 3)))) if self.training else x
class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(3, 8, 1, padding=1)
    def forward(self, x):
        return self.c(x)
"""


def test_every_network_of_a_program_is_linted_and_what_it_never_uses_is_found(convcalc, tmp_path):
    path = tmp_path / "two.py"
    path.write_text(PROGRAM)
    code, out, _ = convcalc("lint", path, "--input", "3x8x8", "--json")
    found = {(each["code"], each["layer"]): each for each in json.loads(out)["findings"]}
    assert code == 1 and set(found) == {("unused", "spare.parameters"), ("padding-only", "c")}
    assert found["unused", "spare.parameters"]["line"] == 6
    assert (
        found["unused", "spare.parameters"]["message"] == "nothing uses what spare learns: 608 parameters for nothing"
    )
    assert found["padding-only", "c"]["cure"].startswith("padding=0 ")
    assert "2 warnings in 2 networks" in convcalc("lint", path, "--input", "3x8x8")[1]


def test_a_comment_that_names_no_rule_is_told(convcalc, spec):
    code, out, err = convcalc("lint", spec("lint: ignore chekerboard"))
    assert code == 1 and "checkerboard" in out
    assert 'note[W013]: there is no rule "chekerboard" to ignore' in err and 'did you mean "checkerboard"?' in err


# Formats


def test_github_has_a_line_for_each_with_its_place(convcalc, spec):
    path = spec()
    code, out, err = convcalc("lint", path, "--format", "github")
    first, second, total = out.splitlines()
    assert total == "2 warnings in 1 network"
    assert (code, err) == (1, "")
    assert first.startswith(
        f"::warning file={path},line=3,col=10,endColumn=30,title=checkerboard::up1: outputs are sums"
    )
    assert "%0Ak4 op0" in first and second.startswith(f"::warning file={path},line=5,col=5,")


def test_github_escapes_what_would_end_a_command(convcalc, tmp_path):
    path = tmp_path / "a,b:c%d\n.yaml"
    path.write_text(SPEC.format(comment=""))
    out = convcalc("lint", path, "--format", "github", "--select", "checkerboard")[1]
    line, _ = out.splitlines()
    assert "a%2Cb%3Ac%25d%0A.yaml,line=3" in line


def test_github_has_notes_and_errors(convcalc, tmp_path, spec):
    bad = tmp_path / "bad.yaml"
    bad.write_text("input: 3x8x8\nlayers: [conv 4 k9]\n")
    code, out, _ = convcalc("lint", bad, spec(), "--format", "github", "--notes")
    assert code == 3 and {line.split()[0] for line in out.splitlines()[:-1]} == {"::error", "::warning", "::notice"}


def sarif(convcalc, *arguments):
    code, out, _ = convcalc("lint", *arguments, "--format", "sarif")
    return code, json.loads(out)


# What SARIF 2.1.0 requires of the parts that are written (OASIS standard, sections 3.13 to 3.30).
REGION = {
    "type": "object",
    "required": ["startLine"],
    "additionalProperties": False,
    "properties": {name: {"type": "integer", "minimum": 1} for name in ("startLine", "startColumn", "endColumn")},
}
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LOCATIONS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["physicalLocation"],
        "properties": {
            "physicalLocation": {
                "type": "object",
                "required": ["artifactLocation", "region"],
                "properties": {
                    "artifactLocation": {"properties": {"uri": {"type": "string", "pattern": "^[^ \\\\<>]*$"}}},
                    "region": REGION,
                },
            }
        },
    },
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {
                                                "shortDescription": MESSAGE,
                                                "fullDescription": MESSAGE,
                                                "help": MESSAGE,
                                                "defaultConfiguration": {"properties": {"level": LEVEL}},
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "invocations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["executionSuccessful"],
                            "properties": {
                                "toolExecutionNotifications": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "required": ["message"],
                                        "properties": {"message": MESSAGE, "locations": LOCATIONS},
                                    },
                                }
                            },
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "properties": {
                                "message": MESSAGE,
                                "level": LEVEL,
                                "locations": LOCATIONS,
                                "ruleIndex": {"type": "integer", "minimum": -1},
                                "occurrenceCount": {"type": "integer", "minimum": 1},
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_sarif_has_what_the_standard_requires(convcalc, spec, tmp_path):
    bad = tmp_path / "bad spec.yaml"
    bad.write_text("input: 3x8x8\nlayers: [conv 4 k9]\n")
    for arguments in ((spec(),), (bad, spec(), "--notes"), ("lenet5",), ("-e", "1x31x31 -> maxpool 2")):
        code, log = sarif(convcalc, *arguments)
        jsonschema.validate(log, SARIF)
        (run,) = log["runs"]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert [rules[result["ruleIndex"]] for result in run["results"]] == [each["ruleId"] for each in run["results"]]
        assert run["invocations"][0]["executionSuccessful"] is (code < 2)


def test_sarif_points_behind_the_last_column(convcalc, spec):
    _, log = sarif(convcalc, spec(), "--select", "checkerboard")
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 10, "endColumn": 31}


# Folders and patterns


def test_folders_and_patterns_stand_for_their_files(convcalc, spec, tmp_path):
    spec()
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "other.yaml").write_text("input: 1x31x31\nlayers: [maxpool 2]\n")
    (tmp_path / "below" / "notes.md").write_text("no network")
    both = ["dropped-input", "checkerboard", "bias-before-norm"]
    assert codes(convcalc, tmp_path) == both
    assert codes(convcalc, f"{tmp_path}/**/*.yaml") == both
    assert codes(convcalc, f"{tmp_path}/n?t.yaml") == both[1:]
    assert codes(convcalc, tmp_path / "below") == both[:1]


@pytest.mark.parametrize("name", ["nothing/*.yaml", "."])
def test_a_folder_without_networks_is_an_error(convcalc, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    code, out, err = convcalc("lint", name)
    assert code == 3 and not out and "there is no file of a network" in err


# Cures written

STACKED = ("--ignore", "linear-stack")  # two layers that only serve to show an edit


FIXED = [
    ("up: tconv 32 k3 s2", "up: tconv 32 k4 s2"),
    ("tconv 32 kernel=3 s2", "tconv 32 kernel=4 s2"),
    ("'tconv 32 k3 s2'", "'tconv 32 k4 s2'"),
    ("tconv: 32 k3 s2", "tconv: 32 k4 s2"),
    ("tconv: {filters: 32, kernel: 3, stride: 2}", "tconv: {filters: 32, kernel: 4, stride: 2}"),
    ("nn.ConvTranspose2d(64, 32, 3, stride=2)", "nn.ConvTranspose2d(64, 32, 4, stride=2)"),
    ("tconv 32 k3 s2 -> relu", "tconv 32 k4 s2 -> relu"),
    ('"[tconv 64 k3 s2 -> relu]*2"', '"[tconv 64 k4 s2 -> relu]*2"'),
    ("conv 8 k3 p3", "conv 8 k3 p2"),
    ("2 x conv 8 k3 p3", "2 x conv 8 k3 p2"),
    ("maxpool 3", "maxpool 3 ceil=yes"),
    ("conv 8 k3 p1 -> batchnorm", "conv 8 k3 p1 bias=no -> batchnorm"),
    ("conv: {filters: 8, kernel: 3}\n  - batchnorm", "conv: {filters: 8, kernel: 3, bias: no}\n  - batchnorm"),
    ("nn.Conv2d(64, 8, 3)\n  - batchnorm", "nn.Conv2d(64, 8, 3, bias=False)\n  - batchnorm"),
]


@pytest.mark.parametrize(("line", "cured"), FIXED, ids=[line for line, _ in FIXED])
def test_a_cure_of_one_value_is_written(convcalc, tmp_path, line, cured):
    path = tmp_path / "net.yaml"
    text = "# mine\ninput: 64x8x8   # of a map\n\nlayers:\n  - {}   # here\r\n  - flatten  # é\n"
    path.write_text(text.format(line), newline="")
    assert convcalc("lint", path, *STACKED)[0] == 1
    code, out, _ = convcalc("lint", path, "--diff", *STACKED)
    assert code == 1 and path.read_bytes() == text.format(line).encode()
    changed = cured.partition("\n")[0]
    assert f"+  - {changed}" in out and f"-  - {line.partition(chr(10))[0]}" in out
    code, out, _ = convcalc("lint", path, "--fix", *STACKED)
    assert f"+  - {changed}" in out and path.read_bytes() == text.format(cured).encode()
    assert (code, out.splitlines()[-1]) == (0, "no warnings in 1 network, 1 cure written")
    assert not summarise_text(path.read_text()).errors


UNFIXED = [
    "tconv 32 k=side s2",  # under a name
    "conv 64 k3\n  - conv 128 k3",  # no single value
]


@pytest.mark.parametrize("line", UNFIXED)
def test_other_cures_are_only_told(convcalc, tmp_path, line):
    path = tmp_path / "net.yaml"
    text = f"input: 64x8x8\nlet: {{side: 3}}\nlayers:\n  - {line}\n"
    path.write_text(text)
    code, out, _ = convcalc("lint", path, "--fix")
    assert code == 1 and path.read_text() == text and "@@" not in out


def test_a_file_keeps_its_permissions_and_its_mark_of_utf8(convcalc, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_bytes(b"\xef\xbb\xbfinput: 64x8x8\nlayers: [tconv 32 k3 s2]\n")
    path.chmod(0o640)
    assert convcalc("lint", path, "--fix")[0] == 0
    assert path.read_bytes() == b"\xef\xbb\xbfinput: 64x8x8\nlayers: [tconv 32 k4 s2]\n"
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("arguments", [("vgg16_bn",), ("-e", "1x31x31 -> maxpool 2")])
def test_what_is_no_file_is_not_written(convcalc, arguments):
    code, out, _ = convcalc("lint", *arguments, "--fix")
    assert code == 1 and "@@" not in out and "1 warning in 1 network" in out


def test_fix_is_text(convcalc, spec):
    code, _, err = convcalc("lint", spec(), "--fix", "--format", "sarif")
    assert code == 2 and "--fix is shown as text" in err


# Rules


def test_the_rules_are_listed(convcalc):
    code, out, _ = convcalc("lint", "--rules")
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()] == [[rule.code, rule.level] for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_a_page_with_an_example_that_is_worked(convcalc, rule):
    code, out, _ = convcalc("lint", "--explain", rule.code)
    assert code == 0 and out.startswith(f"{rule.code} ({rule.level}): {rule.sentence}")
    assert f"{rule.level}[{rule.code}]" in out and f"# lint: ignore {rule.code}" in out
    assert " ".join(rule.law.split()) in " ".join(out.split()) and "= help: " in out


# In a summary


def test_a_summary_has_the_findings_among_its_warnings(convcalc, spec):
    code, out, _ = convcalc("summary", spec(), "--json", "--lint")
    document = json.loads(out)
    jsonschema.validate(document, SCHEMAS["summary"])
    assert code == 0 and [each["code"] for each in document["warnings"]] == ["checkerboard", "bias-before-norm"]
    assert json.loads(convcalc("summary", spec(), "--json")[1])["warnings"] == []


def test_a_table_on_a_terminal_says_how_many_there_are(convcalc, monkeypatch):
    network = ("-e", "1x31x31 -> maxpool 2")
    assert "convcalc lint" not in convcalc("summary", *network)[1]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert convcalc("summary", *network)[1].endswith("\n\n1 warning: convcalc lint -e '1x31x31 -> maxpool 2'\n")
    shown = convcalc("summary", *network, "--input", "1x9x9", "--train")[1]
    assert shown.endswith("\n\n1 warning: convcalc lint -e '1x31x31 -> maxpool 2' --input 1x9x9 --train\n")
    assert "convcalc lint" not in convcalc("summary", "lenet5")[1]


def test_a_summary_without_a_terminal_imports_no_rules():
    assert not {name for name in imported_by("summary", "vgg16_bn") if name.startswith("convcalc.linting")}
    assert "convcalc.linting.linter" in imported_by("summary", "vgg16_bn", "--lint")
