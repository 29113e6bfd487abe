"""Reports as text: golden renderings, printed columns added up again, and the lectures' tables cell for cell."""

import csv
import io
import json
import re
import subprocess
import sys
from fractions import Fraction
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from convcalc.network.load import Choices, summarise, summarise_text
from convcalc.network.walk import Group
from convcalc.problem import Problem
from convcalc.render.layout import NARROW, pad, width
from convcalc.render.report import FORMATS, STYLES, ReportOptions, render
from convcalc.render.report.columns import COLUMNS, named_columns
from convcalc.render.report.rows import levels, report_rows
from convcalc.render.report.table import shorten_name
from convcalc.render.script import ASCII, BINARY, COUNTS, DECIMAL, JOINERS, UNICODE, scale_down
from convcalc.render.spelling import spell_layer

NETWORKS = {
    "chain": """
name: A chain | with_odd & characters
input: 3x32x32
layers:
  - stem: conv 16 k5 p2
  - relu
  - maxpool 3 s2 p1
  - conv 32 k3x5 p=[[1, 1], [2, 2]] g4 bias=no
  - batchnorm
  - flatten
  - linear 10
""",
    "branches": """
name: Branches
input: 16x28x28
blocks:
  basic:
    params: {c: required, s: 1}
    layers:
      - residual:
          main: [conv c k3 s=s p1 bias=no, batchnorm, relu, conv c k3 p1 bias=no, batchnorm]
          shortcut: auto
      - relu
layers:
  - stage1: 2 x basic c=16
  - stage2: 2 x basic c=32 s=2
  - concat:
      1x1: [conv 8 k1, relu]
      pool: [maxpool 3 s1 p1, conv 4 k1]
  - globalavgpool
  - flatten
  - linear 10
""",
    "symbolic": """
name: Symbolic
input: 3xHxW
layers:
  - conv 8 k3 s2 p1
  - maxpool 2
  - tconv 4 k3 s2
  - globalavgpool
  - flatten
  - linear 10
""",
    "failed": """
name: Failed
input: 3x32x32
layers:
  - conv 8 k5
  - maxpool 2
  - broken: conv 8 k50
  - relu
  - conv 4 k3
""",
    "channels last": """
name: Channels last
convention: keras
layout: channels_last
input: 28x28x1
layers:
  - conv 32 k3 s2 p=same
  - relu
  - flatten
  - linear 10
""",
    "sound": """
name: Sound
input: 16x100
layers:
  - conv 8 k3 s2 p1 g4
  - conv 8 k3 p=[[0, 1]]
  - maxpool 2
""",
    "film": """
name: Film
input: 3x16x112x112
layers:
  - conv 8 k3x5x5 s1x2x2 p1x2x2
  - maxpool 2
  - batchnorm
""",
    "two inputs": """
name: Two inputs
input: {image: 3x32x32, depth: 1x32x32}
layers:
  - a: conv 8 k3 p1 from=image
  - b: conv 8 k5 p2 from=depth
  - add: {from: [a, b]}
  - flatten
  - linear 10
""",
    "vector": """
name: Vector
input: 784
layers:
  - linear 100
  - relu
  - linear 10
  - softmax
""",
}


def report_of(name):
    return summarise_text(NETWORKS[name]) if name in NETWORKS else summarise(name)


def shown(name, form, **options):
    report = report_of(name) if isinstance(name, str) else name
    return "".join(render(report, form, ReportOptions(**options)))


def plain_of(text):
    """A terminal's text without its colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


# ---- golden renderings

TERMINAL = {"terminal": True, "colour": True}
GOLDEN = {
    **{f"{name.replace(' ', '-')}.txt": (name, "plain", {}) for name in NETWORKS},
    "lenet5-80.ansi": ("lenet5", "table", {**TERMINAL, "width": 80}),
    "branches-80.ansi": ("branches", "table", {**TERMINAL, "width": 80}),
    "branches-160.ansi": ("branches", "table", {**TERMINAL, "width": 160}),
    "branches-depth1.ansi": ("branches", "table", {**TERMINAL, "width": 100, "depth": 1}),
    "branches-depth2.txt": ("branches", "plain", {"depth": 2}),
    "failed-72.ansi": ("failed", "table", {**TERMINAL, "width": 72}),
    "symbolic-ascii.txt": ("symbolic", "plain", {"unicode": False}),
    "film-full.txt": ("film", "plain", {"style": "full"}),
    "sound-fields.txt": ("sound", "plain", {"columns": ("layer", "rf", "rf_stride", "rf_offset", "rf_centre")}),
    "chain-batch.txt": ("chain", "plain", {"batch": 32, "dtype": "float16", "bits": 16}),
    "branches.csv": ("branches", "csv", {}),
    "failed.csv": ("failed", "csv", {}),
    "symbolic.csv": ("symbolic", "csv", {}),
    "two-inputs.csv": ("two inputs", "csv", {"totals": True}),
    "chain.md": ("chain", "markdown", {}),
    "symbolic.md": ("symbolic", "markdown", {}),
    "chain.tex": ("chain", "latex", {}),
    "symbolic.tex": ("symbolic", "latex", {}),
    "branches.html": ("branches", "html", {"depth": 1}),
    "lenet5-lecture.txt": ("lenet5-lecture", "plain", {"style": "lenet"}),
    "lenet5-lecture.tex": ("lenet5-lecture", "latex", {"style": "lenet"}),
    "chain-vgg.txt": ("chain", "plain", {"style": "vgg"}),
    "branches-vgg.txt": ("branches", "plain", {"style": "vgg", "depth": 1}),
    "chain-vgg.csv": ("chain", "csv", {"style": "vgg"}),
    "chain-alexnet.txt": ("chain", "plain", {"style": "alexnet"}),
    "lenet5-alexnet.md": ("lenet5", "markdown", {"style": "alexnet"}),
}  # fmt: skip


@pytest.mark.parametrize("file", GOLDEN)
def test_a_rendering_is_the_golden_one(file, golden):
    name, form, options = GOLDEN[file]
    golden(file, shown(name, form, **options))


# ---- printed columns, read back and added up

SUMMED = {"Parameters": "parameters", "MACs": "macs", "Activations": "activations"}


def printed_sums(text, titles):
    """Title → (sum of the numbers printed under it, the printed total); a number in brackets does not count."""
    lines = plain_of(text).split("\n")
    first, last = (index for index, line in enumerate(lines) if line and set(line) <= {"─", "-"})
    heads = lines[first - 1]
    found = {}
    for title in titles:
        edge = heads.index(title) + len(title)
        cells = [
            re.search(r"(?:^|\s)(\(?[\d,]+\)?|—)?$", line[:edge].ljust(edge))[1] for line in lines[first + 1 : last]
        ]
        numbers = [int(cell.replace(",", "")) for cell in cells if cell and cell[0] not in "(—"]
        total = re.search(r"[\d,]+$", lines[last + 1][:edge])[0]
        found[title] = sum(numbers), int(total.replace(",", ""))
    return found


NUMERIC = [name for name in NETWORKS if name != "symbolic"] + ["lenet5", "vgg16", "resnet18", "googlenet"]


@pytest.mark.parametrize("depth", (0, 1, 2))
@pytest.mark.parametrize("form", ("plain", "table"))
@pytest.mark.parametrize("name", NUMERIC)
def test_printed_columns_add_up_to_the_printed_totals(name, form, depth):
    report = report_of(name)
    columns = ("layer", "kind", "parameters", "macs", "activations")
    text = shown(report, form, depth=depth, columns=columns, terminal=True, colour=True)
    for title, (added, printed) in printed_sums(text, SUMMED).items():
        assert added == printed == getattr(report.totals, SUMMED[title])


def test_a_wrong_number_in_a_column_would_be_noticed():
    text = shown("lenet5", "plain").replace("2,416", "2,417")
    added, printed = printed_sums(text, ("Parameters",))["Parameters"]
    assert added == printed + 1


@pytest.mark.parametrize("name", NUMERIC)
def test_csv_gives_back_the_exact_numbers(name):
    report = report_of(name)
    read = list(csv.DictReader(io.StringIO(shown(report, "csv"))))
    read = read[len(report.inputs) :]
    assert [row["layer"] for row in read] == [layer.name for layer in report.layers]
    for row, layer in zip(read, report.layers, strict=True):
        assert row["network"] == report.name
        assert row["from"].split(";") == list(layer.inputs)
        if layer.applied is None:
            assert row["error"] == layer.reason
            assert row["parameters"] == row["output"] == row["rf"] == ""
            continue
        shape = layer.applied.output
        shape = (*shape[1:], shape[0]) if report.channels_last else shape
        assert tuple(map(int, row["output"].split("x"))) == shape
        for quantity in ("parameters", "biases", "buffers", "macs", "connections", "activations"):
            assert int(row[quantity]) == getattr(layer.applied, quantity)
        if layer.field and len(report.inputs) == 1:
            assert [Fraction(part) for part in row["rf_centre"].split("x")] == [axis.centre for axis in layer.field]
    stored = sum(int(row["activations"]) for row in read if row["stored"] == "yes")
    assert stored == report.totals.activations


def test_csv_has_its_header_and_totals_only_where_asked():
    assert shown("chain", "csv").count("\n") == 1 + 1 + 7
    assert shown("chain", "csv", header=False).startswith("A chain | with_odd & characters,input,")
    last = shown("chain", "csv", totals=True, columns=("layer", "parameters")).splitlines()[-1]
    assert last == f"Total,{report_of('chain').totals.parameters}"


@pytest.mark.parametrize("depth", (1, 2, 3, 4))
@pytest.mark.parametrize("name", ("branches", "resnet18", "vgg16", "lenet5"))
def test_folding_changes_no_total(name, depth):
    report = report_of(name)
    found = report_rows(report, depth)
    for quantity in ("parameters", "macs", "buffers", "connections"):
        assert sum(getattr(row.numbers, quantity) for row in found if row.numbers) == getattr(report.totals, quantity)


# ---- folding


def test_blocks_fold_at_the_depth_asked_for():
    def names(depth):
        return [row.name for row in report_rows(report_of("branches"), depth)]

    assert names(1)[:3] == ["input", "stage1", "stage2"]
    assert names(2)[:5] == ["input", "stage1.0", "stage1.1", "stage2.0", "stage2.1"]
    assert names(9) == names(0)


def test_a_folded_block_says_what_it_holds_and_where_it_comes_from():
    stage2 = report_rows(report_of("branches"), 1)[2]
    assert (stage2.kind, stage2.sources, stage2.output) == ("18 layers", ("stage1",), (32, 7, 7))
    after = report_rows(report_of("branches"), 1)[3]
    assert after.sources == ("stage2",)


def test_a_block_with_a_broken_layer_says_so():
    report = summarise_text(
        "input: 3x8x8\nblocks:\n  b:\n    layers: [conv 4 k3, conv 4 k9, relu]\nlayers:\n  - one: b\n  - relu\n"
    )
    _, one, _ = report_rows(report, 1)
    assert (one.mark, one.error, one.output) == ("block", "2 of 3 layers could not be computed", None)
    assert one.numbers.parameters == 4 * (3 * 9 + 1)


@pytest.mark.parametrize(
    ("groups", "expected"),
    (
        ([("a", 0, 2), ("b", 2, 4)], {"a": 1, "b": 1}),
        ([("a.0", 0, 2), ("a.1", 2, 4), ("a", 0, 4)], {"a": 1, "a.0": 2, "a.1": 2}),
        ([("a.0", 0, 4), ("a", 0, 4)], {"a": 1, "a.0": 2}),
        ([("empty", 1, 1), ("a", 1, 3)], {"a": 1}),
    ),
    ids=("side by side", "nested", "nested over the same layers", "an empty block is none"),
)
def test_levels(groups, expected):
    assert {group.name: level for group, level in levels(tuple(Group(*group) for group in groups))} == expected


# ---- the lectures' tables

# intro-lenet of the lecture "Introduction to Deep Learning and CNNs", as printed.
INTRO_LENET = [
    ["Input", "1 x 28 x 28", "0"],
    ["Conv (C_out=20, K=5, P=2, S=1)", "20 x 28 x 28", "20 x (1 x 5 x 5 + 1)"],
    ["ReLU", "20 x 28 x 28", "0"],
    ["MaxPool(K=2, S=2)", "20 x 14 x 14", "0"],
    ["Conv (C_out=50, K=5, P=2, S=1)", "50 x 14 x 14", "50 x (20 x 5 x 5 + 1)"],
    ["ReLU", "50 x 14 x 14", "0"],
    ["MaxPool(K=2, S=2)", "50 x 7 x 7", "0"],
    ["Flatten", "2450", "0"],
    ["Linear (2450 -> 500)", "500", "(2450 x 500) + 500"],
    ["ReLU", "500", "0"],
    ["Linear (500 -> 10)", "10", "(500 x 10) + 10"],
]


def test_the_lenet_style_is_the_lecture_cell_for_cell():
    head, *body = csv.reader(io.StringIO(shown("lenet5-lecture", "csv", style="lenet")))
    assert head == ["layer", "output_size", "weight_size"]
    assert body == INTRO_LENET
    text = shown("lenet5-lecture", "plain", style="lenet")
    lines = [re.split(r"\s{2,}", line.strip()) for line in text.split("\n") if "  " in line.strip()]
    assert lines[: 1 + len(INTRO_LENET)] == [["Layer", "Output Size", "Weight Size"], *INTRO_LENET]
    assert "1,256,080" in text


def test_drawn_weights_come_to_the_parameters():
    for layer, (_, _, weights) in zip(report_of("lenet5-lecture").layers, INTRO_LENET[1:], strict=True):
        assert eval(weights.replace("x", "*")) == layer.applied.parameters


DRAWN = {
    "16x20 -> conv 4 k3": ("Conv (C_out=4, K=3, P=0, S=1)", "4 x (16 x 3 + 1)"),
    "4x9x9 -> conv 4 k3x5 bias=no": ("Conv (C_out=4, K=3x5, P=0, S=1)", "4 x (4 x 3 x 5)"),
    "4x9x9 -> conv 4 k3 g2 d2": ("Conv (C_out=4, K=3, P=0, S=1, D=2, G=2)", "4 x (2 x 3 x 3 + 1)"),
    "4x9x9 -> maxpool 3 s2 p1": ("MaxPool(K=3, S=2, P=1)", "0"),
    "4x9x9 -> batchnorm": ("BatchNorm", "2 x 4"),
    "4x9x9 -> batchnorm affine=no": ("BatchNorm", "0"),
    "4x9x9 -> globalavgpool": ("GlobalAvgPool", "0"),
    "4x9x9 -> upsample output=18x18": ("upsample output=18", "0"),
    "9 -> linear 2 bias=no": ("Linear (9 -> 2)", "(9 x 2)"),
    "CxHxW -> conv 4 k3": ("Conv (C_out=4, K=3, P=0, S=1)", "4 x (C x 3 x 3 + 1)"),
}


@pytest.mark.parametrize("chain", DRAWN)
def test_layers_in_the_words_of_the_lecture(chain):
    _, _, row = csv.reader(io.StringIO(shown(summarise_text(chain), "csv", style="lenet")))
    assert (row[0], row[2]) == DRAWN[chain]


# CS231n, "Convolutional neural networks", the case study of VGGNet.
CS231N = """\
INPUT: [224x224x3]  memory: 224*224*3=150K  weights: 0
CONV3-64: [224x224x64]  memory: 224*224*64=3.2M  weights: (3*3*3)*64 = 1,728
CONV3-64: [224x224x64]  memory: 224*224*64=3.2M  weights: (3*3*64)*64 = 36,864
POOL2: [112x112x64]  memory: 112*112*64=800K  weights: 0
CONV3-128: [112x112x128]  memory: 112*112*128=1.6M  weights: (3*3*64)*128 = 73,728
CONV3-128: [112x112x128]  memory: 112*112*128=1.6M  weights: (3*3*128)*128 = 147,456
POOL2: [56x56x128]  memory: 56*56*128=400K  weights: 0
CONV3-256: [56x56x256]  memory: 56*56*256=800K  weights: (3*3*128)*256 = 294,912
CONV3-256: [56x56x256]  memory: 56*56*256=800K  weights: (3*3*256)*256 = 589,824
CONV3-256: [56x56x256]  memory: 56*56*256=800K  weights: (3*3*256)*256 = 589,824
POOL2: [28x28x256]  memory: 28*28*256=200K  weights: 0
CONV3-512: [28x28x512]  memory: 28*28*512=400K  weights: (3*3*256)*512 = 1,179,648
CONV3-512: [28x28x512]  memory: 28*28*512=400K  weights: (3*3*512)*512 = 2,359,296
CONV3-512: [28x28x512]  memory: 28*28*512=400K  weights: (3*3*512)*512 = 2,359,296
POOL2: [14x14x512]  memory: 14*14*512=100K  weights: 0
CONV3-512: [14x14x512]  memory: 14*14*512=100K  weights: (3*3*512)*512 = 2,359,296
CONV3-512: [14x14x512]  memory: 14*14*512=100K  weights: (3*3*512)*512 = 2,359,296
CONV3-512: [14x14x512]  memory: 14*14*512=100K  weights: (3*3*512)*512 = 2,359,296
POOL2: [7x7x512]  memory: 7*7*512=25K  weights: 0
FC: [1x1x4096]  memory: 4096  weights: 7*7*512*4096 = 102,760,448
FC: [1x1x4096]  memory: 4096  weights: 4096*4096 = 16,777,216
FC: [1x1x1000]  memory: 1000  weights: 4096*1000 = 4,096,000
"""


@pytest.mark.parametrize("form", ("plain", "table"))
def test_the_vgg_style_is_the_notes_line_for_line(form):
    text = plain_of(shown("vgg16", form, style="vgg", **TERMINAL, width=80))
    assert CS231N in text
    assert "15,237,608" in text and "138,344,128" in text and "138,357,544" in text
    assert "24" not in text.partition("TOTAL")[2].partition("\n")[0]  # the notes' own total, 24M, is wrong


def test_the_vgg_lines_come_to_their_totals():
    memory = [eval(line.split("memory: ")[1].split("=")[0].split()[0]) for line in CS231N.splitlines()]
    weights = [line.split("weights: ")[1].split(" = ") for line in CS231N.splitlines()]
    assert sum(memory) == 15_237_608
    assert all(eval(text[0]) == int(text[-1].replace(",", "")) for text in weights)
    assert sum(eval(text[0]) for text in weights) == 138_344_128


# EECS 498-007, lecture 8; parameters there leave out some biases of the linear layers, here none is left out.
EECS_ALEXNET = """
input: 3x227x227
layers:
  - conv1: conv 64 k11 s4 p2
  - relu
  - pool1: maxpool 3 s2
  - conv2: conv 192 k5 p2
  - relu
  - pool2: maxpool 3 s2
  - conv3: conv 384 k3 p1
  - relu
  - conv4: conv 256 k3 p1
  - relu
  - conv5: conv 256 k3 p1
  - relu
  - pool5: maxpool 3 s2
  - flatten: flatten
  - dropout
  - fc6: linear 4096
  - relu
  - fc7: linear 4096
  - relu
  - fc8: linear 1000
"""
EECS_ROWS = """\
conv1,3,227,64,11,4,2,64,56,784,23,73
pool1,64,56,,3,2,0,64,27,182,0,0
conv2,64,27,192,5,1,2,192,27,547,307,224
pool2,192,27,,3,2,0,192,13,127,0,0
conv3,192,13,384,3,1,1,384,13,254,664,112
conv4,384,13,256,3,1,1,256,13,169,885,150
conv5,256,13,256,3,1,1,256,13,169,590,100
pool5,256,13,,3,2,0,256,6,36,0,0
flatten,256,6,,,,,9216,,36,0,0
fc6,9216,,4096,,,,4096,,16,"37,753",38
fc7,4096,,4096,,,,4096,,16,"16,781",17
fc8,4096,,1000,,,,1000,,4,"4,097",4
"""


def test_the_alexnet_style_is_the_slide():
    text = shown(summarise_text(EECS_ALEXNET), "csv", style="alexnet")
    assert text.partition("\n")[2] == EECS_ROWS


def test_a_style_has_columns_of_its_own():
    with pytest.raises(Problem) as caught:
        shown("lenet5", "plain", style="lenet", columns=("macs",))
    assert caught.value.diagnostics[0].code == "U003"


# ---- every format, every network


@pytest.mark.parametrize("style", ("", *STYLES))
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_format_renders_every_network(name, form, style):
    text = shown(name, form, style=style, terminal=True, width=100, depth=1 if style else 0)
    assert text
    if form in ("json", "jsonl"):
        read = json.loads(text)
        assert read["name"] == report_of(name).name
        assert text.endswith("\n") == (form == "jsonl")
        assert form == "json" or text.count("\n") == 1
    elif form == "csv":
        table = list(csv.reader(io.StringIO(text)))
        assert len({len(row) for row in table}) == 1
    elif form == "svg":
        ElementTree.fromstring(text)
    elif form == "html":
        HTMLParser().feed(text)
        assert text.count("<table>") == text.count("</table>") == 1
    assert "\x1b" not in text  # no colour unless it is asked for


@pytest.mark.parametrize("name", NETWORKS)
def test_markdown_rows_have_the_same_number_of_cells(name):
    table = [line for line in shown(name, "markdown").split("\n") if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1


@pytest.mark.parametrize("style", ("", *STYLES))
@pytest.mark.parametrize("name", [*NETWORKS, "resnet18"])
def test_latex_is_balanced_and_escaped(name, style):
    text = shown(name, "latex", style=style)
    body = [line for line in text.split("\n") if not line.startswith("%")]
    table = [line for line in body if line.endswith(r"\\")]
    assert len({len(re.findall(r"(?<!\\)&", line)) for line in table}) == 1
    for line in table:
        bare = re.sub(r"\\.", "", line)
        assert bare.count("{") == bare.count("}")
        assert bare.count("$") % 2 == 0
        outside = re.sub(r"\$[^$]*\$", "", bare)
        assert not re.search(r"[#%_^~<>×—−…]", outside)
    (begun,), (ended,) = (re.findall(rf"\\{word}{{(\w+)}}", text) for word in ("begin", "end"))
    assert begun == ended == ("longtable" if len(table) > 47 else "tabular")


HOSTILE = 'input: 3x8x8\nname: "a|b & 100%_{x}~^ \\\\ <i> `c` \\e[31m"\nlayers:\n  - "l|_&1": conv 4 k3\n'


def test_names_cannot_break_out_of_a_format():
    try:
        report = summarise_text(HOSTILE)
    except Problem:
        report = summarise_text(HOSTILE.replace("l|_&1", "l1"))
    for form in FORMATS:
        text = shown(report, form, terminal=True, width=100)
        assert "\x1b" not in text
        assert "<i>" not in text or form not in ("html", "svg")
    assert r"100\%\_\{x\}\textasciitilde{}\textasciicircum{}" in shown(report, "latex")
    assert r"a\|b" in shown(report, "markdown")


@pytest.mark.parametrize("form", ("plain", "table", "markdown"))
@pytest.mark.parametrize("name", NETWORKS)
def test_without_unicode_everything_is_ascii(name, form):
    assert plain_of(shown(name, form, unicode=False, **TERMINAL, width=60)).isascii()


def test_colour_is_the_only_difference_on_a_terminal():
    for name in NETWORKS:
        coloured = shown(name, "table", terminal=True, colour=True, width=100)
        assert "\x1b[" in coloured
        assert plain_of(coloured) == shown(name, "table", terminal=True, width=100)


# ---- widths


def numbers_in(text):
    return set(re.findall(r"\d[\d,]*", text))


@pytest.mark.parametrize("name", [*NETWORKS, "lenet5", "vgg16", "resnet18", "googlenet"])
def test_a_narrow_terminal_cuts_no_number_and_says_what_is_missing(name):
    report = report_of(name)
    everything = plain_of(shown(report, "table", terminal=True, width=10_000))
    known = numbers_in(everything)
    longest = {}
    for limit in (24, 40, 60, 72, 80, 100, 120, 160):
        text = shown(report, "table", terminal=True, width=limit)
        table, after, *_ = (*re.split("not shown in|shortened to", text, maxsplit=1), "")
        assert numbers_in(table) <= known
        lines = table.split("\n")
        end = lines.index("", 2)
        longest[limit] = max(map(width, lines[:end]))
        for title in ("Output", "Kind", "MACs"):
            assert title in "\n".join(lines[:end]) or title in after
    assert all(wide <= limit for limit, wide in longest.items() if limit >= 60)


@pytest.mark.parametrize("name", ["resnet50", "efficientnet_b0", "googlenet", "densenet121", "mobilenet_v3_small"])
def test_at_eighty_columns_every_stride_is_there_and_folding_is_named(name):
    report = report_of(name)
    text = shown(report, "table", terminal=True, width=80)
    rows = text.split("\n")[: text.split("\n").index("", 2)]
    assert all(width(row) <= 80 for row in rows)
    assert len(re.findall(r"(?:conv \d+|maxpool \d|dwconv) (?:k\S+ )?s\d", "\n".join(rows))) == sum(
        any(word[0] == "s" and word[1:2].isdigit() for word in spell_layer(layer.applied.setting, "pytorch").split())
        for layer in report.layers
    )
    assert "--depth 1" in text
    assert "--depth 1" not in shown(report, "table", terminal=True, width=80, depth=1)


NAMES = [
    ("a name that fits", "layer1.0.conv1", 14, "layer1.0.conv1"),
    ("as much of it as fits", "layer1.0.shortcut.batchnorm", 19, "…shortcut.batchnorm"),
    ("the first block rather than nothing", "layer1.0.shortcut.batchnorm", 16, "layer1…batchnorm"),
    ("the layer rather than its blocks", "layer1.0.shortcut.batchnorm", 12, "…batchnorm"),
    ("a name without blocks", "a_very_long_name", 10, "a_very_lo…"),
    ("a layer's name that is too long itself", "layer1.a_very_long_name", 10, "…a_very_l…"),
]


@pytest.mark.parametrize(("name", "wide", "short"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES])
def test_a_name_gives_way_in_its_middle(name, wide, short):
    assert shorten_name(name, wide, "…") == short


def test_a_wide_terminal_shows_more():
    narrow, wide = (shown("branches", "table", terminal=True, width=limit) for limit in (80, 200))
    assert "From" in wide and "Activations" in wide and "From" not in narrow
    assert "not shown" not in wide
    assert "batchnorm2, input" in wide  # names as a reader in that block knows them


def test_columns_that_were_asked_for_are_named_where_they_do_not_fit():
    text = shown("vgg16", "table", terminal=True, width=40, columns=("layer", "macs", "rf", "parameters"))
    table, _, after = text.partition("not shown in 40 columns: ")
    assert after == "Receptive field, Parameters\n  --columns layer,rf,parameters\n"
    assert "15,470,264,320" in table  # what was asked for first stays


def test_long_formulas_stand_below_the_table_once():
    text = shown("symbolic", "plain")
    assert re.search(r"tconv1? +tconv 4 k3 s2 +\[1\] ", text)
    assert "\n[1]  4×(2·⌊(H + 1)/4⌋ + 1)×(2·⌊(W + 1)/4⌋ + 1)\n" in text


def test_a_very_long_network_is_written_plainly_even_on_a_terminal():
    report = summarise_text("input: 1x64x64\nlayers:\n  - 1001 x relu\n")
    assert shown(report, "table", **TERMINAL, width=40) == shown(report, "plain")


@pytest.mark.parametrize(
    ("text", "cells"), (("abc", 3), ("3×5", 3), ("卷积", 4), ("e\u0301", 1), ("—⌊⌋…", 4)), ids=repr
)
def test_widths_on_a_terminal(text, cells):
    assert width(text) == cells
    assert {width(each) for each in pad([text, "x" * 6], True)} == {6}


# ---- columns


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_every_column_renders_every_network(column):
    assert column.doc and column.title
    for name in NETWORKS:
        text = shown(name, "plain", columns=("layer", column.key))
        assert column.title in text


def test_columns_come_in_the_order_asked_for_once_and_by_any_of_their_names():
    found = named_columns(("MACs", "params", "memory_bytes", "receptive-field", "macs"))
    assert [column.key for column in found] == ["macs", "parameters", "memory", "rf"]


def test_an_unknown_column_is_an_error_with_a_suggestion():
    with pytest.raises(Problem) as caught:
        named_columns(("paramters",))
    (found,) = caught.value.diagnostics
    assert found.code == "U001"
    assert 'did you mean "parameters"?' in found.hint


def test_columns_are_described():
    assert {column.key: column.doc for column in COLUMNS}["macs"] == "multiply-accumulates"


def test_the_names_of_columns_are_unambiguous():
    names = [name for column in COLUMNS for name in {column.key, column.header, *column.aliases}]
    assert len(names) == len(set(names))


def test_shares_come_to_a_hundred_percent():
    for name in ("lenet5", "branches"):
        read = csv.DictReader(io.StringIO(shown(name, "csv")))
        assert abs(sum(Fraction(row["share_macs_percent"] or 0) for row in read) - 100) < Fraction(1, 1000)


# ---- settings in the spec's own shorthand

SPELLED = {
    "conv 64 k7 s2 p3 bias=no": "3x64x64",
    "conv 8 k3x5 p1x2": "3x64x64",
    "conv 8 k3 p=same": "3x64x64",
    "conv 8 k3 p=[[0,1],[0,1]]": "3x64x64",
    "conv 8 k3 p=[[0,1],2]": "3x64x64",
    "conv 8 k3 p=causal": "3x64",
    "conv 64 k3 d2 g2 reflect": "4x64x64",
    "tconv 8 k3 s2 p1 op1": "4x8x8",
    "dwconv k3 m2": "4x8x8",
    "linear 10": "20",
    "linear 10 bias=no": "20",
    "maxpool 3 s2 p1": "3x64x64",
    "maxpool 2": "3x64x64",
    "maxpool 3x2 s2x1 ceil=yes": "3x64x64",
    "adaptiveavgpool 7": "3x64x64",
    "adaptiveavgpool -x7": "3x64x64",
    "upsample 2 bilinear": "3x64x64",
    "upsample 1.5": "3x64x64",
    "upsample output=20": "3x64x64",
    "zeropad 2 reflect": "3x64x64",
    "zeropad [[1,2],[0,3]]": "3x64x64",
    "dropout 0.5": "3x64x64",
    "dropout": "3x64x64",
    "batchnorm affine=no": "3x64x64",
    "groupnorm 4": "8x64x64",
    "reshape 3x4096": "3x64x64",
    "reshape [3,-1]": "3x64x64",
    "permute 2x3x1": "3x64x64",
    "lstm 8 l2 bidirectional=yes": "5x20",
    "relu": "3x64x64",
}


def applied(shape, text, convention=""):
    report = summarise_text(f"input: {shape}\nlayers:\n  - {json.dumps(text)}\n", Choices(convention=convention))
    assert not report.errors, report.errors
    return report.layers[0].applied


@pytest.mark.parametrize("text", SPELLED)
def test_a_layer_is_spelled_as_a_spec_writes_it(text):
    assert spell_layer(applied(SPELLED[text], text).setting, "pytorch") == text


@pytest.mark.parametrize(
    ("call", "text"),
    (
        ("nn.Conv2d(3, 64, (7, 7), stride=(2, 2), padding=3, bias=False)", "conv 64 k7 s2 p3 bias=no"),
        ("conv 8 k3 s1 p0 d1 g1 bias=yes", "conv 8 k3"),
        ("maxpool 2 s2", "maxpool 2"),
        ("nn.MaxPool2d(3, 2, ceil_mode=True)", "maxpool 3 s2 ceil=yes"),
    ),
)
def test_defaults_are_left_out(call, text):
    assert spell_layer(applied("3x64x64", call).setting, "pytorch") == text


@pytest.mark.parametrize("name", ("lenet5-1998", "googlenet", "mobilenet_v3_small", "unet", "wavenet", "dcgan", "c3d"))
def test_what_is_printed_can_be_pasted_back(name):
    report = report_of(name)
    seen = set()
    for layer in report.layers:
        setting, shapes = layer.applied.setting, layer.applied.input
        text = spell_layer(setting, report.convention)
        if len(shapes) != 1 or "=[" in text or (text, shapes) in seen or setting.kind.takes == "features":
            continue
        seen.add((text, shapes))
        again = applied("x".join(map(str, shapes[0])), text, report.convention)
        assert (again.output, again.parameters, again.macs) == (
            layer.applied.output, layer.applied.parameters, layer.applied.macs,
        ), text  # fmt: skip
    assert seen


# ---- units


@pytest.mark.parametrize(
    ("value", "base", "units", "text"),
    (
        (0, 1000, COUNTS, "0"),
        (999, 1000, COUNTS, "999"),
        (1000, 1000, COUNTS, "1.0 k"),
        (61_706, 1000, COUNTS, "61.7 k"),
        (999_949, 1000, COUNTS, "999.9 k"),
        (999_950, 1000, COUNTS, "1.0 M"),
        (138_357_544, 1000, COUNTS, "138.4 M"),
        (10**24, 1000, COUNTS, "1,000,000.0 E"),
        (246_824, 1000, DECIMAL, "246.8 kB"),
        (246_824, 1024, BINARY, "241.0 KiB"),
        (1023, 1024, BINARY, "1,023 bytes"),
    ),
)
def test_readable_units(value, base, units, text):
    assert scale_down(value, base, units) == text


def test_memory_follows_type_and_batch():
    (row,) = list(csv.DictReader(io.StringIO(shown("lenet5", "csv", bits=16, batch=3))))[1:2]
    assert int(row["memory_bytes"]) == 4704 * 2 * 3
    text = shown("lenet5", "plain", dtype="int4", bits=4, batch=2)
    assert "30.9 kB (30.1 KiB)" in text and "int4, batch of 2" in text  # 61,706 halves of a byte
    assert "8.1 kB (7.9 KiB)" in text


def test_macs_are_never_given_as_flops():
    text = shown("lenet5", "plain")
    assert text.count("FLOP") == 1 and "one MAC is two FLOPs" in text
    assert f"{2 * 416_520:,}" not in text


def test_the_receptive_field_says_stride_offset_or_whole():
    assert re.search(
        r"Receptive field +9×9 +stride 2, offset -1",
        shown(summarise_text("3x64x64 -> conv 8 k7 p1 -> maxpool 3 s2"), "plain"),
    )
    assert "sees the whole input" in shown("lenet5", "plain")
    assert "sees the whole input" not in shown("sound", "plain")


@pytest.mark.parametrize(("script", "text"), ((UNICODE, "—×"), (ASCII, "-x")))
def test_a_script_has_its_own_signs(script, text):
    assert script.missing + script.times == text


# ---- what is imported

PROBE = """
import sys
from convcalc.network.load import summarise
from convcalc.render.report import ReportOptions, render
form, terminal = sys.argv[1:]
"".join(render(summarise("lenet5"), form, ReportOptions(terminal=terminal == "yes", width=80, depth=1)))
print(*sorted(name for name in sys.modules if name.partition(".")[0] == "rich"))
"""


def rich_modules(form, terminal):
    found = subprocess.run(
        [sys.executable, "-c", PROBE, form, terminal], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return found.stdout.split()


@pytest.mark.parametrize("form", ("plain", "csv", "json", "jsonl", "markdown", "latex", "html"))
def test_rich_is_not_imported_for(form):
    assert rich_modules(form, "yes") == []


def test_a_table_that_is_piped_does_not_import_rich():
    assert rich_modules("table", "no") == []


def test_a_table_on_a_terminal_does_import_rich_so_that_the_test_above_can_fail():
    found = rich_modules("table", "yes")
    assert "rich.color" in found
    assert "rich.console" not in found  # 8 ms that a table does without


LONG = "input: 3x8x8\nlayers:\n  - stage: 3 x relu\n  - 4 x relu\n"


@pytest.mark.parametrize("form", ["plain", "html", "markdown", "latex", "svg"])
def test_a_page_without_end_is_refused_with_the_way_round(form, monkeypatch):
    monkeypatch.setattr("convcalc.render.report.MAX_ON_PAGE", 5)
    monkeypatch.setattr("convcalc.render.report.MAX_PICTURED", 5)
    report = summarise_text(LONG)
    with pytest.raises(Problem) as caught:
        render(report, form, ReportOptions())
    (finding,) = caught.value.diagnostics
    assert finding.code == "U008" and "7 rows" in finding.message and "5" in finding.message
    assert finding.hint == "--depth 1, or --format csv or jsonl, which have no end"
    assert "".join(render(report, form, ReportOptions(depth=1)))


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_formats_of_rows_have_no_end(form, monkeypatch):
    monkeypatch.setattr("convcalc.render.report.MAX_ON_PAGE", 5)
    assert "relu4" in "".join(render(summarise_text(LONG), form, ReportOptions()))


@pytest.mark.parametrize("name", ["branches", "symbolic", "failed", "resnet18"])
def test_csv_is_the_same_in_stretches(name, monkeypatch):
    report = report_of(name)
    whole = [
        shown(report, "csv", **options)
        for options in ({}, {"totals": True}, {"depth": 1}, {"columns": ("layer", "rf")})
    ]
    monkeypatch.setattr("convcalc.render.report.text_table.STRETCH", 2)
    assert whole == [
        shown(report, "csv", **options)
        for options in ({}, {"totals": True}, {"depth": 1}, {"columns": ("layer", "rf")})
    ]


def test_one_long_name_does_not_make_every_row_as_wide():
    text = f"input: 3x8x8\nlayers:\n  - relu: {{name: {'n' * 5_000}}}\n  - 50 x relu\n"
    for form in ("plain", "table"):
        lines = shown(summarise_text(text), form, terminal=True).splitlines()
        assert max(map(width, lines)) < 1_200
    assert "n" * 5_000 in shown(summarise_text(text), "csv")


def test_signs_that_need_no_table_of_unicode_are_one_cell_wide():
    from unicodedata import combining, east_asian_width

    for first, last in NARROW:
        for char in map(chr, range(ord(first), ord(last) + 1)):
            assert not combining(char) and char not in JOINERS and east_asian_width(char) not in "WF", ascii(char)
