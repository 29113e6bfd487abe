"""Every command takes the same road with the same options: the same faults are told with the same cures."""

import ast
import json
import re
from collections import defaultdict

import pytest
from structure import PACKAGE

from convcalc.render.report.columns import COLUMNS

SPEC = "name: net\ninput: 3x28x28\nlet: {width: 8, free: 1}\nlayers:\n"
# What is wrong: the layers, the options beside them, and a part of the cure.
FAULTS = [
    pytest.param("conv 8 k29", "", "a network input ≥ 29 (it is 28)", id="a window that does not fit"),
    pytest.param("conv 8 k5", "--input 3x4x4", "a network input ≥ 5 (it is 4)", id="another input that is too small"),
    pytest.param("conv 8 k5, conv 8 k30", "--input 3x30x30", "input ≥ 34 (it is 30)", id="a second window"),
    pytest.param("cnov 8 k3", "", 'did you mean "conv"?', id="a kind that is none"),
    pytest.param("conv widht k3", "", 'did you mean "width"?', id="a name that is none"),
    pytest.param("conv 7 k3 g3", "", "groups must divide 3 and 7", id="groups that do not divide"),
    pytest.param("conv width k3", "--set widht=4", 'did you mean "width"?', id="--set of no name"),
    pytest.param("conv width k3", "--set width=4+", "for example --set width=8", id="--set to no number"),
    pytest.param("conv 8 k3", "--input image=3x8x8", "the inputs are input", id="--input of no input"),
    pytest.param("conv 8 k3", "--without cnov", "nothing in the network is marked", id="--without of nothing"),
    pytest.param("conv 8 k3 p=same s2", "", "padding=1, or convention: keras", id="what PyTorch refuses"),
    pytest.param("conv 8 k3 s2", "--convention textbook", "convention: pytorch rounds down", id="no exact fit"),
    pytest.param("conv 8 k3", "--input 224x224x3", "--layout channels_last", id="the channels last"),
]  # fmt: skip
COMMAND_LINES = [
    "summary SPEC", "explain SPEC", "compare SPEC lenet5", "compare SPEC lenet5 --json", "solve SPEC --set free=? --macs 5",
    "solve SPEC --set free=? --macs 5 --json",
]  # fmt: skip
CHECKS = ["check SPEC SPEC", "check SPEC SPEC --json"]  # a key itself says what it asks for: no options


def run(convcalc, line, path, options):
    """The exit code, and what is told as one line, of a command on a network."""
    words = [str(path) if word == "SPEC" else word for word in line.split()]
    code, out, err = convcalc(*words, *options.split())
    told = json.dumps(json.loads(out), ensure_ascii=False).replace('\\"', '"') if "--json" in words else out + err
    return code, " ".join(told.split())


CASES = [
    pytest.param(*fault.values, line, id=f"{fault.id}: {line}")
    for fault in FAULTS
    for line in (COMMAND_LINES if fault.values[1] else COMMAND_LINES + CHECKS)
]


@pytest.mark.parametrize(("layers", "options", "cure", "line"), CASES)
def test_every_command_tells_the_same_fault_with_the_same_cure(convcalc, tmp_path, layers, options, cure, line):
    path = tmp_path / "net.yaml"
    path.write_text(SPEC + "".join(f"  - {layer}\n" for layer in layers.split(", ")))
    code, out, _ = convcalc("summary", path, "--json", *options.split())
    right = json.loads(out)["error"]
    assert cure in right["hint"]
    other, told = run(convcalc, line, path, options)
    assert other == code or (line.startswith("solve") and other == 4)
    assert right["message"] in told and right["hint"] in told


def declared():
    """Every option of the commands by name, with the places where it is declared."""
    found = defaultdict(list)
    for path in sorted((PACKAGE / "commands").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "option":
                words = [word.value for word in node.args if isinstance(word, ast.Constant)]
                if name := next((word for word in words if word.startswith("-")), ""):  # else made from a table
                    found[name].append(path.name)
    return found


# One word for two things, each in a command of its own.
HOMONYMS = {
    "--at": "the layer where a shape is asked for, and the number of an array",
    "--columns": "of layers, and of the points of a sweep",
    "--depth": "of tables, and of pictures",
    "--layers": "how many a random network has, and which of a network",
    "--notation": "of symbolic values, and the letters of a source",
    "--output": "a shape that comes out, and a folder to write to",
    "--seed": "a text for exercises, a number for arrays",
    "--sort": "of the rows of a sweep, and of the bundled networks",
    "--steps": "the windows of an array, and of a layer",
    "--student": "whose answers they are, and for whom an exercise is",
    "--work": "of formulas, with what is substituted, and of arrays",
}


def test_an_option_is_declared_once():
    assert {name for name, places in declared().items() if len(places) > 1} == set(HOMONYMS)


def test_where_there_is_json_there_is_an_option_for_it(convcalc):
    for name in ("summary", "compare", "solve", "check"):
        _, out, _ = convcalc(name, "--help")
        assert re.search(r"^ +--json", out, re.M), name


@pytest.mark.parametrize("line", ["summary lenet5", "compare lenet5 vgg16", "check lenet5 -", "solve lenet5 --macs 1"])
def test_json_and_another_format_exclude_each_other(convcalc, line):
    known = {"summary": "plain"}
    form = known.get(line.split()[0], "text")
    code, out, _ = convcalc(*line.split(), "--json", "--format", form)
    assert code == 2 and json.loads(out)["error"]["message"] == f"--json and --format {form} exclude each other"


OPTIONS = {
    ("--default", "conv=6 k3", "--default", "pool=2", "--default", "fc=10"): "linear 10",
    ("--default", "CONV=conv 6 k3", "--default", "POOL=maxpool 2", "--default", "FC=linear 10"): "conv 6 k3",
    ("--default", "conv=C k3", "--symbol", "C", "--default", "pool=2", "--default", "fc=10"): "conv C k3",
    ("--default", "CONV=C k3", "--set", "C=6", "--default", "maxpool=2", "--default", "linear=K", "--symbol", "K"): "conv 6 k3",
}  # fmt: skip


@pytest.mark.parametrize(("options", "line"), OPTIONS.items())
def test_a_pattern_of_the_lectures_has_its_sizes_from_options(convcalc, options, line):
    chain = "INPUT -> [CONV -> RELU -> POOL]*2 -> FC"
    code, table, errors = convcalc("summary", "-e", chain, "--input", "1x28x28", *options)
    assert (code, errors) == (0, "")
    assert any(line in row for row in table.splitlines())


def test_a_name_of_let_stays_a_letter_where_it_is_asked_to(convcalc):
    _, table, _ = convcalc("summary", "vgg16", "--symbol", "classes")
    assert "4,097·classes + 134,260,544" in table


MISUSED = {
    ("--symbol", "zz"): "--symbol zz: there is no such name",
    ("--default", "convv=3"): '--default convv=3: unknown kind "convv"',
    ("--default", "conv=k3 q7"): '--default conv=k3 q7: filters: unknown name "q7"',
    ("--default", "conv=k3 zz=1"): '--default conv=k3 zz=1: conv has no key "zz"',
    ("--symbol", "3"): '"3" is not a name',
    ("--default", "conv"): '"conv" is not NAME=VALUE',
}


@pytest.mark.parametrize(("options", "message"), MISUSED.items())
def test_symbols_and_defaults_that_mean_nothing(convcalc, options, message):
    code, _, errors = convcalc("summary", "-e", "3x8x8 -> conv 8 k3", *options)
    assert code == 2
    assert message in errors


def test_every_column_is_listed(convcalc):
    listed = [line.split()[0] for line in convcalc("summary", "--columns", "help")[1].splitlines()]
    assert listed == [column.key for column in COLUMNS]
