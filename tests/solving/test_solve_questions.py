"""Questions to `convcalc solve` as people put them, with the right answer; and those that once took minutes."""

import json
import random
import shlex
from itertools import product

import pytest

from convcalc.cli import run
from convcalc.network.load import Choices, summarise, summarise_text
from convcalc.network.quantity import BOUNDED
from convcalc.solving import layer_search, network_search
from convcalc.solving.marks import open_marks
from convcalc.solving.search import shells


@pytest.fixture
def solve(capsys):
    """The exit code of a command line, and what it says."""

    def ask(line):
        code = run(["solve", *shlex.split(line)])
        captured = capsys.readouterr()
        return code, captured.out or captured.err

    return ask


@pytest.fixture
def solved(solve):
    return lambda line: json.loads(solve(f"{line} --json")[1])


# Solutions that are there

FIRST = [
    pytest.param('3x224x224 "conv ? k? s? p?" 64x112x112', [(64, 3, 2, 1), (64, 5, 2, 2), (64, 7, 2, 3)],
                 id="filters are those of the target"),
    pytest.param("64x7x7 'tconv 32 k? s? p? op?' 14x14", [(2, 2, 0, 0), (4, 2, 1, 0), (3, 2, 1, 1)],
                 id="doubling as it is taught comes first"),
    pytest.param('64x56x56 "maxpool ? s? p?" 28x28', [(2, 2, 0), (3, 2, 1)], id="pooling as it is taught comes first"),
    pytest.param('64x7x7 "tconv ? k4 s2 p?" 32x14x14', [(32, 1)], id="filters of a transposed convolution"),
    pytest.param('"?x?x?" flatten 255', [(255, 1)], id="more channels than are tried one by one"),
    pytest.param('9216 "nn.Linear(?, 128)"', [(9216,)], id="in_features of a layer"),
    pytest.param('3x32x32 "nn.Conv2d(?, 64, 3)"', [(3,)], id="in_channels of a layer"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "first"), FIRST)
def test_the_first_solutions(line, first, solved):
    found = [tuple(solution["values"].values()) for solution in solved(line)["solutions"]]
    assert found[: len(first)] == first


# A layer's receptive field is that of the same layer in a network: (input, layer, bound, the values that do)

FIELDS = [
    ("3x15x15", "tconv 4 k? s2", "3", [5, 6]),
    ("3x15x27", "tconv 4 k? s3", "1", [1, 2, 3]),
    ("3x15x15", "tconv 4 k? s2 d2", "2", [2]),
    ("1x7", "unfold ? p3", "3", [3]),
    ("3x16x16", "adaptiveavgpool ?", "4", [4, 5, 6, 7]),
    ("3x16x16", "adaptivemaxpool ?", "16", [1]),
    ("16x8x8", "pixelunshuffle ?", "2..4", [2, 4]),
]


@pytest.mark.parametrize(("shape", "layer", "bound", "values"), FIELDS)
def test_a_receptive_field_is_that_of_the_layer(shape, layer, bound, values, solved):
    answer = solved(f'{shape} "{layer}" --output {"x".join("?" * len(shape.split("x")))} --receptive-field {bound}')
    assert [value for solution in answer["solutions"] for value in solution["values"].values()] == values


@pytest.mark.parametrize(
    ("line", "amount"), [("--output ?x?x? --memory '>= 3968'", 4), ("1x25x26", 1), ("1x21x22", -1)]
)
def test_padding_is_found_though_less_than_none_is_cropping(line, amount, solved):
    assert solved(f'1x23x24 "zeropad ?" {line}')["solutions"][0]["values"] == {"amount": amount}


COUNTED = [
    ('3x32x32 "conv ? k? p?" --macs 884736', {"filters": 32, "kernel": 3, "padding": 1}),
    ('3x224x224 "conv ? k? s? p?" --macs 118013952', {"filters": 64, "kernel": 7, "stride": 2, "padding": 3}),
    ('3x224x224 "conv ? k? s? p?" --flops 236027904', {"filters": 64, "kernel": 7, "stride": 2, "padding": 3}),
    ('3x224x224 "conv ? k? s? p? d? g?" --macs 118013952',
     {"filters": 64, "kernel": 7, "stride": 2, "padding": 3, "dilation": 1, "groups": 1}),
    ('3x224x224 "conv ? k? s? p? bias=?" ?x112x112 --parameters 9408',
     {"filters": 64, "kernel": 7, "stride": 2, "padding": 3, "bias": False}),
    ('3x32x32 "conv ? k? p?" --memory "512KiB..513KiB"', {"filters": 128, "kernel": 3, "padding": 1}),
    ('3x32x32 "conv ? k? p?" --macs ">= 884736" --parameters "<= 896"', {"filters": 32, "kernel": 3, "padding": 1}),
    ('3x32x32 "conv ? k? g?" --macs "111e6..112e6" --parameters "129000..129100"',
     {"filters": 4608, "kernel": 3, "groups": 1}),
    ('3x?x? "conv ? k3" --macs 884736', {"input": 34, "filters": 32}),
    ('16x32x32 "localconv ? k? p?" --parameters 1484800', {"filters": 10, "kernel": 3, "padding": 1}),
    ('128 "linear ?" --parameters 129000000', {"units": 1_000_000}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "values"), COUNTED, ids=[line for line, _ in COUNTED])
def test_a_count_gives_the_filters_by_division(line, values, solved):
    """However many they are, and beside any other unknown."""
    found = solved(f"{line} --limit 0")["solutions"]
    assert values in [solution["values"] for solution in found]


NETWORKS = [
    pytest.param("-e '1x28x28 -> conv 32 k3 -> conv 64 k3 -> maxpool 2 -> flatten -> nn.Linear(?, 128)'",
                 {"in_features": 9216}, id="in_features of PyTorch's own example"),
    pytest.param("-e '512x7x7 -> flatten -> nn.Linear(?, 4096)' --output 4096", {"in_features": 25088},
                 id="in_features of VGG"),
    pytest.param("-e '3x32x32 -> conv ? k5 -> flatten -> linear 10' --parameters '= 7926'", {"filters": 1},
                 id="a bare mark is called by its key"),
    pytest.param("-e '8x9x9 -> conv 8 k3 p?' --output 9x9", {"p": 1}, id="a mark with its letter keeps it"),
    pytest.param("-e '8x9x9 -> conv 8 k3 p? -> conv 8 k3' --output 5x5", {"p": 0}, id="nothing is a padding too"),
    pytest.param("-e '1x9x9 -> [conv 1 k3]*?' --output 3x3", {"times": 3}, id="a number of layers"),
    pytest.param("-e '1x?x? -> [conv 8 k3 s2 d2]*255' --exact", {"input": 2**257 - 3}, id="far beyond what is counted"),
    pytest.param("-e '3x?x? -> conv n k3' --output 7x7 --set n=5", {"input": 9}, id="a letter of the text is no side"),
    pytest.param("-e '3x?x? -> [conv 8 k3]*n' --output 7x7 --set n=2", {"input": 11}, id="nor is a number of layers"),
    pytest.param("-e '3xnxn -> conv n k3' --parameters '<= 84'", {"input": 3}, id="a side that is a number of filters"),
    pytest.param("-e 'CxHxW -> conv 1 k3' --parameters 28", {"channels": 3, "input": 3}, id="letters of an input"),
]  # fmt: skip

LETTERS = [
    ("-e '3xHx32 -> conv 8 k3 -> flatten -> linear 10' --set H=? --parameters 77034", {"H": 34}),
    ("-e '3xHxW -> conv 8 k3' --set H=? --set W=32 --output 8x30x30", {"H": 32}),
    ("-e '3xHxW -> conv 8 k3' --set W=32 --output 8x20x30", {"height": 22}),
    ("-e '3xHx32 -> conv 8 k3' --output 8x20x30", {"height": 22}),
    ("-e 'CxHxW -> conv 8 k3' --set C=? --set H=32 --set W=32 --parameters 224", {"C": 3}),
    ("-e '3xHxH -> conv 8 k3' --set H=? --output 8x30x30", {"H": 32}),
    ("-e '3xHxW -> conv H k3' --set H=? --set W=9 --output 5x3x7", {"H": 5}),
    ("-e 'HxWx3 -> conv 8 k3' --set W=? --set H=9 --layout channels_last --output 7x20x8", {"W": 22}),
    ("-e 'CxL -> conv 8 k3' --set L=? --set C=2 --output 8x30", {"L": 32}),
    ("letters.yaml --set H=? --set W=32 --output 8x20x30", {"H": 22}),
    ("letters.yaml --set H=? --set W=? --output 8x20x30", {"H": 22, "W": 32}),
    ("resnet --set depth=? --parameters 21797672", {"depth": 34}),
    ("resnet --set depth=? --set classes=? --parameters '<= 11177025'", {"depth": 18, "classes": 1}),
    ("convnext --set size=? --macs 15e9..16e9", {"size": "base"}),
]


@pytest.mark.parametrize(("line", "values"), LETTERS, ids=[line for line, _ in LETTERS])
def test_a_letter_or_a_variant_is_unknown_by_its_own_name(line, values, solved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letters.yaml").write_text("input: 3xHxW\nlayers: [conv 8 k3]\n")
    assert values in [solution["values"] for solution in solved(line)["solutions"]]


def test_every_choice_of_a_variant_is_tried(solve):
    code, said = solve("resnet --set depth=? --parameters '< 1e6'")
    assert code == 4 and "no solution\ntried: depth 18, 34, 50, 101, 152\n" in said


@pytest.mark.parametrize(("line", "values"), NETWORKS)
def test_the_values_of_a_network(line, values, solved):
    assert solved(line)["solutions"][0]["values"] == values


def test_marks_of_one_name_are_told_apart_by_their_layers(solve, solved):
    line = "-e '3x32x32 -> conv ? k5 -> conv ? k3 -> flatten -> linear 10' --parameters '<= 7000'"
    assert solved(line)["solutions"][0]["values"] == {"filters of conv1": 1, "filters of conv2": 1}
    assert "f: filters of conv1\nf_2: filters of conv2\n" in solve(line)[1]


def test_a_count_is_written_as_a_summary_writes_it(solve):
    code, out = solve('-e "3x?x? -> conv 8 k3" --macs "<= 1e6"')
    assert code == 0
    assert "216(n − 2)² ≤ 1,000,000" in out  # summary: 216·(n − 2)²


def test_the_equation_of_a_network_says_the_value_that_solves_it(solve):
    assert "2p + 5 = 5  ⟺  p = 0" in solve("-e '8x9x9 -> conv 8 k3 p? -> conv 8 k3' --output 5x5")[1]


def test_the_unknown_is_said_by_its_name(solve):
    code, out = solve("-e '3x32x32 -> conv ? k5 -> flatten -> linear 10' --parameters '<= 100000'")
    assert code == 0 and "filters = 1 to 12 (12 values)" in out


@pytest.mark.parametrize("bound", ["2e6", "5e6"])
def test_widths_are_usual_fractions_too(bound, solve, solved):
    line = f'mobilenet_v2 --set "width=?" --parameters "<= {bound}"'
    found = {solution["values"]["width"]: solution["parameters"] for solution in solved(line)["solutions"]}
    assert found["1/2"] == 1_968_680
    for width in ("1/4", "7/20", "1/2", "3/4", "1", "7/5"):
        total = summarise("mobilenet_v2", Choices(sets={"width": width})).totals.parameters
        name = int(width) if width.isdecimal() else width
        assert found.get(name) == (total if total <= float(bound) else None)
    assert "7/20" in solve(line)[1].partition("tried: ")[2]


# What summary refuses is no solution

NONE = [
    pytest.param("-e '3x?x? -> conv 8 k3 s2 p=same' --output 16x16", 4, "PyTorch refuses it", id="same with a stride"),
    pytest.param("-e '3xHxW -> conv 16 k3 g2' --smallest", 4, "cannot be divided into 2 groups", id="groups"),
    pytest.param("-e '3x?x? -> conv 16 k3 g2' --output 16x16", 4, "cannot be divided into 2 groups",
                 id="groups that never divide"),
    pytest.param("-e '3x32x32 -> conv 16 k1 g2' --output 16x16x16", 4, "cannot be divided into 2 groups",
                 id="groups on an input of its own"),
    pytest.param("vgg16 --smallest --input 5x5x5x16", 2, "equal sides", id="an input without an open side"),
    pytest.param("alexnet --smallest --input 7x7", 2, "equal sides", id="sides alone"),
    pytest.param("-e '64 -> conv 16 k1' --smallest", 2, "it has no sides", id="a vector"),
    pytest.param("-e '3x8x8 -> conv 4 k?' --output 4xHxW", 2, "is a letter", id="a letter in a network's target"),
    pytest.param('1x224x3 "dwconv k? p1" 3xHxW', 4, "k would be 227 − H, with 1 channel, not 3", id="letters in a target"),
    pytest.param('3x8x8 "conv 4 k? p1" 3xHxW', 4, "k would be 11 − H, with 4 channels, not 3", id="other channels than letters leave"),
    pytest.param('3x8x8 "conv 4 k? p1" 4xHxW', 4, "k would be 11 − H, with width H, not W", id="two letters for one size"),
    pytest.param('HxH "linear ?" 5xW', 4, "f would be W, with H channels, not 5", id="a letter for a number"),
    pytest.param('"?x?x?" flatten 64x112x112', 2, "= help: one number: 64", id="three sides for one"),
    pytest.param('3x8x8 "conv 4 k? p1" 4xHxH', 0, "kernel = 11 − H", id="one letter for a size"),
    pytest.param('3xHxW "rbf units=?"', 0, "units = W", id="a layer on the last axis"),
    pytest.param('3xHxW "rbf units=?" 5x32', 4, "f would be 32, with height H, not 5", id="a target of another size"),
    pytest.param('x "unfold ?" 255', 3, "channels and at least one axis", id="the letter x on its own"),
    pytest.param('x "conv 4 k? p1" 32', 3, "channels and at least one axis", id="x as a vector"),
    pytest.param('CxHxW "conv 64 k? s2 p1" x', 2, "x has 1 side,", id="x as a target"),
    pytest.param('100x5x16 "conv ? k? s?" --receptive-field "= 0"', 4, "no solution", id="an impossible field"),
    pytest.param('"?x?x?" flatten', 2, "it cannot keep the size\n  = help: give a target, such as 64, or", id="nothing that is wanted"),
    pytest.param('"conv 8 k? p? d?"', 2, "an input: 3x32x32", id="an input is missing"),
    pytest.param(f"-e '3x9x9 {'-> conv ? k? ' * 300}' --output 3x3", 2, "more than 12 values", id="600 unknowns"),
    pytest.param(f"-e '3x9x9 -> conv {'? ' * 20_000}' --output 3x3", 3, "second bare value", id="20,000 marks in a layer"),
    pytest.param('64x12x12 "nn.Linear(?, 128)"', 3, "put `flatten` before it: 9216 features", id="a map before a linear layer"),
    pytest.param("-e '4x10x12 -> conv 4 k? -> reshape 10x-1 -> linear 3' --receptive-field '>= 5'", 4,
                 'none found: layer "linear1": the receptive field cannot be told', id="a field that cannot be told"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "message"), NONE)
def test_what_has_no_solution_says_so(line, code, message, solve):
    found, said = solve(line)
    assert (found, message in said) == (code, True), said


UNQUOTED = [
    ("3x32x32 conv 8 k3 p? 8x32x32", '3x32x32 "conv 8 k3 p?" 8x32x32'),
    ("3x32x32 conv ? k5 p2 --parameters 760", '3x32x32 "conv ? k5 p2" --parameters 760'),
    ("3x32x32 maxpool ? 3x16x16", '3x32x32 "maxpool ?" 3x16x16'),
    ("3x32x32 conv k? 8 8x30x30", '3x32x32 "conv k? 8" 8x30x30'),
    ("9216 nn.Linear(?, 128)", '9216 "nn.Linear(?, 128)"'),
    ("conv k=K d=D p?", '"conv k=K d=D p?"'),
]


@pytest.mark.parametrize(("bare", "quoted"), UNQUOTED, ids=[bare for bare, _ in UNQUOTED])
def test_a_layer_needs_no_quotes(bare, quoted, solve):
    assert solve(bare) == solve(quoted)


UNDECLARED = [
    pytest.param("-e '3x32x32 -> conv n k3 -> flatten -> linear 10' --parameters '<= 1e5'", id="filters"),
    pytest.param("-e '3x?x? -> conv n k?' --output 7x7", id="beside what is unknown"),
    pytest.param("-e '3x?x? -> [conv 8 k3]*n' --output 7x7", id="a number of layers"),
    pytest.param("-e '3x?x? -> conv n k3' --smallest", id="of the smallest input"),
]


@pytest.mark.parametrize("line", UNDECLARED)
def test_a_name_that_nobody_declared_is_an_error_with_its_cure(line, solve):
    code, said = solve(line)
    assert code == 3 and "unknown name" in said and "--set n=?" in said, said
    assert solve(f"{line} --set 'n=?'")[0] == 0 or "--smallest" in line
    assert solve(f"{line} --set n=2")[0] == 0


REASONS = [
    pytest.param('3x32x32 "conv 8 k3 p?" 8x31x31', ["p would be 0.5"], id="half a padding, not the channels, which fit"),
    pytest.param('3x32x32 "conv 8 k2 p?" 8x32x32', ["p would be 0.5"], id="an even kernel keeps no size"),
    pytest.param('3x32x32 "conv 8 k? s2" 8x31x31', ["k = −28 would do, but kernel is at least 1"], id="a negative kernel"),
    pytest.param('3x31x31 "maxpool 2 s2 p?" 3x31x31',
                 ["padding 16 is more than half the window 2 (padding ≤ 1, or kernel from 32 to 63)"],
                 id="a restriction is the reason where the channels fit"),
    pytest.param('3x32x32 "conv 8 k3 p?" 9x32x32', ["8 channels whatever p is, not 9"], id="channels that do not fit"),
    pytest.param('3x32x32 "conv 8 k3 p?" 9x31x31', ["8 channels whatever p is, not 9", "p would be 0.5"],
                 id="neither channels nor size fit"),
    pytest.param('3x32x32 "conv ? k5" 64x32x28', ["height 28 whatever f is, not 32"], id="one axis does not fit"),
    pytest.param('3x32x32 "maxpool 2 s2 p?" 3x16x18', ["each of these has solutions, but none in common"],
                 id="each axis for itself"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "why"), REASONS)
def test_every_reason_is_true(line, why, solved):
    assert solved(line)["why"] == why


PROVED = [
    ('3x8x8 "conv ? k? g?" 4x90x90', "no solution: k = −81 would do, but kernel is at least 1"),
    ('3x8x8 "conv 4 k? s?" --parameters 5', "no solution: no whole k makes 4(3k² + 1) = 5 true"),
    ('3x8x8 "conv 4 k? p?" 8x8x8', "no solution: 4 channels whatever the unknowns are, not 8"),
    ('3x8x8 "conv 4 k? s?" 4x5x5 --parameters 112', "no solution: no combination of k = 3, s ≥ 1 will do"),
    ('3x4x4 "conv 8 k? s? bias=?" --parameters 80', "no solution: no whole k will do"),
]
ENDED = [
    ('64x32x32 "conv ? k? g?" --parameters 600', "none found: 120 filters", "\ntried: kernel up to 40, groups up to "),
    ("-e '1x28x28 -> [conv 8 k3 s2 d2]*255' --smallest", "none found: ", "\ntried: input up to 1024\n"),
    ('mobilenet_v2 --set "width=?" --parameters "<= 1e6"', "none found", "\ntried: every whole width, 1/10, "),
]


@pytest.mark.parametrize(("line", "why"), PROVED, ids=[line for line, _ in PROVED])
def test_that_there_is_none_is_said_with_its_proof(line, why, solve):
    code, said = solve(line)
    assert code == 4 and why in said and "tried: " not in said, said


@pytest.mark.parametrize(("line", "verdict", "tried"), ENDED, ids=[line for line, *_ in ENDED])
def test_a_search_that_ended_says_only_what_it_tried(line, verdict, tried, solve):
    code, said = solve(line)
    assert code == 4 and verdict in said and tried in said and "no solution" not in said, said


def test_what_is_left_out_is_shown_where_there_is_nothing_else(solve):
    line = '3x4x4 "conv 8 k? p?" 8x1x1 --receptive-field '
    assert "conv 8 k8 p2" in (said := solve(line + "8")[1]) and "left out" not in said
    assert "left out" in solve(line + "4")[1]


def test_what_is_left_out_is_said_truly(solve):
    assert "left out: windows all in the padding" in solve("64x7x7 'tconv 32 k? s? p? op?' 14x14 --limit 0")[1]
    assert "left out: windows larger than the input" in solve("64x7x7 'conv 32 k? s? p?' 7x7 --limit 0")[1]


# Bounded work

COSTLY = [
    "dcgan --exact", "unet --exact", "vgg16 --exact", "densenet161 --exact", "densenet161 --smallest",
    '"?x?x?" "conv 1 k? s2 p3"', '3x32x32 "conv 8 k? p? d?" --up-to 1000',
    '3x224x224 "conv ? k? s? p? d?" 64x112x112 --up-to 1000', '3x32x32 "conv 64 k? s4 p2 d?" --macs 5..1e6',
    '-e "3x?x? -> conv ? k? s? -> maxpool ?" --output 7x7', '-e "1x28x28 -> [conv 8 k3 s2 d2]*255" --exact',
    '-e "28x4x1 -> maxpool 1 -> rbf 16 -> layers.Dense(?) -> conv 5 k? p? -> maxunpool ?" --output 16x32 --macs ">= 1e12"',
    '3x224x224 "maxpool ? s? p? d? ceil=yes" 7x7', '3x8x8 "tconv 8 k? s? p? op? d?" 64x64',
    '3x224x224 "conv ? k? s? p? d? g?" --parameters "<= 1e9" --up-to 1000',
    f'resnet18 --output {10**12}x{10**12}', '-e "3x9x9 -> [conv 8 k3 p1]*n" --set "n=?" --parameters ">= 1e12"',
]  # fmt: skip


@pytest.mark.parametrize("line", COSTLY)
def test_a_question_takes_a_bounded_number_of_steps(line, solve, monkeypatch):
    """Layers applied and networks built, whatever is asked: no more than the budget and what verifies the answer."""
    applied = [0]
    monkeypatch.setattr(layer_search, "STEPS", 500)
    monkeypatch.setattr(network_search, "STEPS", 1_500)
    for module, name in ((network_search.Builder, "apply"), (layer_search.LayerSearch, "solution")):
        original = getattr(module, name)

        def counting(*arguments, original=original):
            applied[0] += 1
            return original(*arguments)

        monkeypatch.setattr(module, name, counting)
    code, said = solve(line)
    assert code in (0, 4) and said
    assert applied[0] < 500 + 1_500 + 3_000


ODD = [
    "16x8x5 'tconv filters=? kernel=? padding=4' 3x32x100 --parameters '<= 100000' --macs 5..1e6",
    "5x224x64 'conv 2 kernel=? padding=? groups=?' same --parameters '>= 1e12' --exact",
    "28x3x1 'unfold k? s16' 16 --macs '>= 1e12' --up-to 1 --limit 0",
    "xx28 'conv ? kernel=? dilation=?' same --json",
    "-e '7x8x? -> globalavgpool -> [unfold kernel=? padding=4 -> unfold ?]*2' --output 2x8 --receptive-field '< 65536'",
    "-e '5xnx100 -> globalmaxpool -> localconv 3 kernel=? bias=no -> [crop ? -> softplus]*25' --receptive-field '<1e30'",
    "-e '28x4x1 -> maxpool 1 -> rbf 16 -> layers.Dense(?) -> conv 5 k? p?' --output 16x32 --set 'k=?' --exact",
    "-e '3x64x64 -> avgpool 16 s2 -> adaptiveavgpool ?' --receptive-field 760",
]  # fmt: skip


@pytest.mark.parametrize("line", ODD)
def test_odd_questions_get_an_answer(line, solve, monkeypatch):
    """Found by asking at random: letters of other axes, runs without end, names that are also marks."""
    monkeypatch.setenv("CONVCALC_DEBUG", "1")
    monkeypatch.setattr(layer_search, "STEPS", 500)
    monkeypatch.setattr(network_search, "STEPS", 1_500)
    code, said = solve(line)
    assert code in (0, 2, 3, 4) and said


def test_ctrl_c_is_heard_during_a_search(solve, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(layer_search.LayerSearch, "solution", interrupted)
    assert solve('3x224x224 "conv 64 k? s? p?" 64x112x112')[0] == 130


# Small parts

CHOICES = [[range(3), [5], range(4)], [range(2)], [[1], [2]], [], [[], [1]], [range(5), range(2), range(3)]]


@pytest.mark.parametrize("choices", CHOICES, ids=str)
def test_shells_are_all_combinations_the_near_ones_first(choices):
    found = list(shells(choices))
    assert sorted(values for _, values in found) == sorted(product(*choices))
    assert [shell for shell, _ in found] == sorted(
        max((list(choice).index(value) for choice, value in zip(choices, values, strict=True)), default=0)
        for _, values in found
    )


def test_shells_of_more_combinations_than_there_is_memory_for():
    assert next(shells([range(10**6)] * 9)) == (0, (0,) * 9)


OPENED = [
    ("3x9x9 -> conv ? k? -> relu?", "3x9x9 -> conv f k=k -> relu?"),
    ("3x9x9 -> [conv 8 k? -> relu]*?", "3x9x9 -> [conv 8 k=k -> relu]*times"),
    ("3x9x9->conv 8 k=?x3->dropout 0.5?", "3x9x9->conv 8 k=kx3->dropout 0.5?"),
    ("3x9x9 -> nn.Conv2d(?, 8, kernel_size=(?, 3))", "3x9x9 -> nn.Conv2d(in_channels, 8, kernel_size=(k, 3))"),
    ("3x9x9 -> conv 8 k? -> conv 8 k?", "3x9x9 -> conv 8 k=k -> conv 8 k=k_2"),
    ("3xkxk -> conv k k?", "3xkxk -> conv k k=k_2"),
]


@pytest.mark.parametrize(("chain", "letters"), OPENED, ids=[chain for chain, _ in OPENED])
def test_question_marks_become_letters(chain, letters):
    assert open_marks(chain)[0] == letters


# Networks against trying every value

UNTIL = 7


def random_question(draw):
    """A chain with one or two unknown values, and the chain with numbers for them."""
    layers, marks = [], draw.randint(1, 2)
    count = draw.randint(1, 3)
    for _ in range(count):
        k, s, p, f = draw.randint(1, 4), draw.choice([1, 1, 2, 3]), draw.randint(0, 2), draw.choice([2, 4, 6])
        layers.append(draw.choice([
            ["conv", f"{f}", f"k{k}", f"s{s}", f"p{p}"], ["maxpool", f"{k}", f"s{s}"], ["tconv", f"{f}", f"k{k}", f"s{s}"],
            ["conv", f"{f}", f"k{k}", "g2"],
        ]))  # fmt: skip
    places = [(row, place) for row, layer in enumerate(layers) for place in range(1, len(layer))]
    chosen = draw.sample(places, marks)

    def text(values):
        written = [list(layer) for layer in layers]
        for (row, place), value in zip(chosen, values, strict=True):
            head = written[row][place].rstrip("0123456789")
            written[row][place] = f"{head}{value}"
        return " -> ".join(" ".join(layer) for layer in written)

    lows = [0 if layers[row][place][0] == "p" else 1 for row, place in sorted(chosen)]
    chosen.sort()
    return text(["?"] * marks), text, lows


@pytest.mark.parametrize("seed", range(6))
def test_networks_against_every_value(seed, solved):
    """No value up to 7 is missed and none is wrong, for one or two unknowns anywhere in a chain."""
    draw, some = random.Random(seed), 0
    for _ in range(12):
        chain, text, lows = random_question(draw)
        side = draw.randint(6, 14)
        reports = {}
        for values in product(*(range(low, UNTIL + 1) for low in lows)):
            report = summarise_text(f"2x{side}x{side} -> {text(values)}")
            if not report.errors:
                reports[values] = report
        if not reports:
            continue
        goal = draw.choice(list(reports.values())).output
        truth = {values for values, report in reports.items() if report.output == goal}
        found = solved(f"-e '2x{side}x{side} -> {chain}' --output {'x'.join(map(str, goal))} --up-to {UNTIL}")
        if found["runs"]:
            each = [
                [
                    value
                    for run in runs
                    for value in range(run["first"], UNTIL + 1, run["step"])
                    if run["last"] is None or value <= run["last"]
                ]
                for runs in found["runs"].values()
            ]
            values = set(product(*each))
        else:
            rows = {tuple(solution["values"].values()) for solution in found["solutions"]}
            values = {row for row in rows if max(row) <= UNTIL}
        assert values == truth, (chain, side, goal)
        some += 1
    assert some > 6


def test_limits_are_said_where_a_search_ends(solved, monkeypatch):
    monkeypatch.setattr(layer_search, "STEPS", 600)
    found = solved('3x32x32 "conv 8 k? p? d?" --up-to 1000')
    assert not found["complete"] and 10 < found["tried"]["kernel"] == found["tried"]["dilation"] < 1000
    assert layer_search.MAX_FOUND > len(found["solutions"]) > 10


REPEATED = (
    "input: 3x8x8\nvariants: {size: {small: {n: 1}, big: {n: 3}}}\nlet: {size: small}\nlayers: [n x conv 3 k3 p1]\n"
)


@pytest.mark.parametrize(
    ("bound", "answer"),
    [("<= 500", "\nn = 1 to 5"), (">= 500", "n = 6, 7, 8, …")],
    ids=["at most", "at least"],
)
def test_how_often_a_variant_repeats_is_no_closed_form(convcalc, tmp_path, bound, answer):
    spec = tmp_path / "repeated.yaml"
    spec.write_text(REPEATED)  # 84 parameters a layer
    code, out, _ = convcalc("solve", spec, "--set", "n=?", "--parameters", bound)
    assert (code, answer in out) == (0, True), out


@pytest.mark.parametrize("words", ["3x32x32 'conv 8 k?' 8x28x28", "lenet5-lecture"])
@pytest.mark.parametrize("quantity", [each.name for each in BOUNDED])
def test_every_quantity_with_a_bound_can_be_asked_for(solve, words, quantity):
    """What a layer by itself does not have, such as the peak of memory, is no option."""
    code, said = solve(f"{words} --{quantity.replace('_', '-')} '>= 1'")
    assert code in (0, 2) and "bug" not in said, said
    code, said = solve(f"{words} --memory-peak 5..8")
    assert code == 2 and "No such option" in said
