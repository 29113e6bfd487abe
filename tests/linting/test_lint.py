"""`convcalc lint`: what it writes, its exit codes, and what is told not to be found."""

import json

import jsonschema
import pytest

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
