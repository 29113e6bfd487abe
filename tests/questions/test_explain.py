"""Worked quantities: every printed line is evaluated again, by a reader of its own, and gives what the report has."""

import json
import random
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from families import BUNDLED
from kind_rows import ROWS
from places import ROOT
from worked_lines import check, equations, is_lettered, read

from convcalc.algebra.expr import evaluate, letters
from convcalc.algebra.notation import write
from convcalc.kinds import KINDS
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.network.load import summarise, summarise_text
from convcalc.problem import Problem
from convcalc.questions.explain import QUANTITIES, ExplanationRequest, explain, explain_layers
from convcalc.questions.textbooks import TEXTBOOKS
from convcalc.render.working.page import FORMS
from convcalc.render.working.works import WORKS, WorkedOptions, render

ALL = tuple(QUANTITIES)


def network(layer, *shapes, **more):
    """A network of one layer."""
    if len(shapes) == 1 and not more:
        return summarise_text(f"{shapes[0]} -> {layer}")
    inputs = {f"i{index}": shape for index, shape in enumerate(shapes)} if len(shapes) > 1 else shapes[0]
    source = f" from={','.join(inputs)}" if len(shapes) > 1 else ""
    said = {"layout": "channels_first", **more}
    return summarise_text(json.dumps({"input": inputs, "layers": [layer + source], **said}))


def lines(report, question=None, manner=None):
    return "".join(render(explain_layers(report, question or ExplanationRequest(ALL)), manner)).splitlines()


def quantities(text):
    """Lines that state a quantity: indented, and no sentence or legend."""
    body = text.split("\nLetters")[0].splitlines()
    return [line for line in body if re.match(r"  (  )?\S", line) and not line.startswith(" " * 8)]


def is_sentence(line):
    return line.startswith(" " * 8)


# What is printed is true


def layers_of(report):
    """The name of every quantity with its value, as the report has it."""
    (layer,) = report.layers
    applied = layer.applied
    found = {
        "Parameters": applied.parameters, "  weights": applied.parameters - applied.biases, "  biases": applied.biases,
        "Buffers": applied.buffers, "MACs": applied.macs, "Connections": applied.connections,
        "Activations": applied.activations, "Activations in memory": applied.activations * 4,
    }  # fmt: skip
    if layer.field and len(layer.fields) == 1 and len(set(layer.field)) == 1:
        field = layer.field[0]
        found |= {"Receptive field": field.size, "  stride": field.stride, "  offset": field.offset}
        found["  centre"] = field.centre
    return found


def agree(report):
    """Every worked line of a layer is right in itself and has the value of the report; how many there were."""
    expected, checked = layers_of(report), 0
    (layer,) = report.layers
    for line in lines(report):
        if not line.startswith("  ") or is_sentence(line) or line.startswith("  of ") or line.endswith(" ?"):
            continue
        label = re.split(r"  +", line[2:].replace("  ", "", 1) if line.startswith("    ") else line[2:], maxsplit=1)[0]
        label = f"  {label}" if line.startswith("    ") else label
        found = check(line)
        if found is None:
            continue
        checked += 1
        if label in expected:
            assert found == expected[label], line
        elif label.startswith("Output"):
            assert found in layer.applied.output, line
    return checked


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_every_line_of_every_kind_gives_the_report_s_numbers(kind):
    layer, *shapes = next(each for each in KINDS if each.name == kind).worked_example
    assert agree(network(layer, *shapes)) >= 3
    for row in ROWS.get(kind, ()):
        convention, _, last = row.convention.partition(" ")
        more = {"convention": convention} | ({"layout": "channels_last"} if last else {})
        report = network(row.layer, row.input, **more)
        assert not report.errors
        agree(report)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_the_counts_of_every_kind_are_worked_and_not_only_stated(kind):
    """A formula that is left out because it has another value than the report would be a bug in hiding."""
    layer, *shapes = next(each for each in KINDS if each.name == kind).worked_example
    found = explain_layers(network(layer, *shapes), ExplanationRequest(ALL))
    for work in found.sections[0].works:
        if work.name in ("parameters", "weights", "biases", "buffers", "macs", "connections", "size", "channels"):
            assert work.formula is not None, work.name


MORE = [  # beside each kind's example, its words and its flags
    ("upsample 3", "4x8x8"), ("upsample 3/2", "4x8x8"), ("upsample size=5", "4x8x8"), ("upsample 1/2", "4x8x8"),
    ("upsample 3 mode=bilinear", "4x8x8"), ("upsample 2 mode=bilinear corners=yes", "4x8x8"),
    ("upsample size=13 mode=bilinear", "4x8x8"), ("upsample 1/2 mode=bilinear", "4x8x8"),
    ("upsample 5 mode=bicubic", "4x8x8"), ("upsample 2 mode=linear", "4x12"), ("upsample 2 mode=trilinear", "4x5x6x7"),
    ("tconv 4 k3 s2 d2", "4x8x8"), ("tconv 4 k5 s3 p1 op1", "4x8x8"), ("adaptiveavgpool 3", "4x8x8"),
    ("adaptiveavgpool 5x7", "4x8x8"), ("maxpool 3 s2 ceil=yes", "4x8x8"), ("avgpool 3 s2 p1 ceil=yes", "4x8x8"),
    ("conv 4 k3 p=[[1,2],[0,1]]", "4x8x8"), ("maxunpool 2 s3", "4x8x8"), ("unpool 2 s3", "4x8x8"),
    ("glu axis=-1", "7x8"), ("glu axis=2", "7x8x5"), ("zeropad [[1,2],[3,4]]", "4x8x8"), ("crop output=4", "4x8x8"), ("unfold 3 s2 p1", "4x8x8"),
]  # fmt: skip


def variations():
    """A layer of every kind, with every word and either value of every flag, and those above."""
    for kind in KINDS:
        layer, *shapes = kind.worked_example
        yield layer, tuple(shapes)
        for key in kind.keys:
            for word in (*key.words, *(("yes", "no") if key.type == "flag" else ())):
                yield f"{layer} {key.name}={word}", tuple(shapes)
    yield from ((layer, (shape,)) for layer, shape in MORE)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_no_quantity_is_silently_without_work(convention):
    tried = set()
    for layer, shapes in variations():
        report = network(layer, *shapes, convention=convention)
        if report.errors:
            continue
        tried.add(report.layers[0].kind)
        (section,) = explain_layers(report, ExplanationRequest(ALL)).sections
        worked_out = {work.name for work in section.works if work.formula is not None}
        for work in section.works:
            again = work.name == "shape" and worked_out & {"features", "channels"}  # said once more as a whole
            assert work.formula is not None or work.remarks or again, (layer, shapes, work.name)
    assert len(tried) > 0.9 * len(KINDS)


INTERPOLATED = [  # taps on either side of the place (u + ½)/r − ½: one, or two
    ("bilinear", "r_in + j_in = 1 + 1 = 2", "j_in/r = 1/2 = 0.5", "a_in + ⌊(1/r − 1)/2⌋·j_in = 0 + ⌊(1/2 − 1)/2⌋·1"),
    ("bicubic", "r_in + 3·j_in = 1 + 3·1 = 4", "j_in/r = 1/2 = 0.5", "a_in + (⌊(1/r − 1)/2⌋ − 1)·j_in"),
]


@pytest.mark.parametrize(("mode", "size", "stride", "offset"), INTERPOLATED)
def test_the_field_of_an_interpolation_is_worked(mode, size, stride, offset):
    text = "\n".join(lines(network(f"upsample 2 mode={mode}", "1x8x8")))
    for line in (size, stride, offset):
        assert line in text


def random_layer(draw):
    sizes = [draw.randint(12, 40) for _ in range(draw.choice((1, 2, 2, 2, 3)))]
    channels = draw.choice((2, 4, 6, 8))
    kind = draw.choice(("conv", "conv", "dwconv", "sepconv", "tconv", "localconv", "maxpool", "avgpool", "deformconv"))
    rank = len(sizes)

    def each(low, high):
        if draw.random() < 0.5:
            return draw.randint(low, high)
        return "x".join(str(draw.randint(low, high)) for _ in range(rank))

    settings = [f"k{each(1, 4)}", f"s{each(1, 3)}"]
    if kind not in ("maxpool", "avgpool"):
        settings += [f"d{each(1, 2)}", draw.choice(("bias=yes", "bias=no"))]
        pads = [[draw.randint(0, 3), draw.randint(0, 3)] for _ in sizes]
        settings.append(f"p={json.dumps(pads).replace(' ', '')}" if draw.random() < 0.4 else f"p{each(0, 2)}")
    elif draw.random() < 0.5:
        settings.append("ceil=yes")
    if kind == "dwconv":
        settings.append(f"m{draw.randint(1, 3)}")
    if kind in ("conv", "sepconv", "tconv", "localconv", "deformconv"):
        settings.insert(0, str(draw.choice((2, 4, 8, 16))))
    if kind in ("conv", "tconv", "localconv"):
        settings.append(f"g{draw.choice((1, 2))}")
    return f"{kind} {' '.join(settings)}", f"{channels}x{'x'.join(map(str, sizes))}"


@pytest.mark.seeds(5, 20)
def test_every_line_of_random_layers(seed):
    draw = random.Random(seed)
    checked = layers = 0
    while layers < 30:
        layer, shape = random_layer(draw)
        report = network(layer, shape)
        if not report.errors:
            layers += 1
            checked += agree(report)
    assert checked > 8 * layers


def test_the_reader_finds_what_is_wrong():
    assert read("⌊(32 + 2·2 − 1·(5 − 1) − 1)/1⌋ + 1") == 32
    assert read("min(3, 1,024) + 2³ − −1.5") == 12.5
    assert check("  Parameters  (K·c + 1)·f = (5·5·3 + 1)·10 = 76·10 = 760") == 760
    with pytest.raises(AssertionError):
        check("  Parameters  (K·c + 1)·f = (5·5·3 + 1)·10 = 76·10 = 750")


@pytest.mark.parametrize("name", BUNDLED)
def test_every_line_of_every_bundled_network(name):
    report = summarise(name)
    text = "".join(render(explain(report)))
    for line in quantities(text):
        check(line)
    total = text.split("\nTotal\n")[1]
    for label, value in (("Parameters", report.totals.parameters), ("MACs", report.totals.macs)):
        (line,) = [line for line in total.splitlines() if line.strip().startswith(label + " ")]
        assert check(line) == value


# What is left out, and what is said


def remarks(layer, *shapes):
    return [
        line.strip() for line in lines(network(layer, *shapes), ExplanationRequest(("output",))) if is_sentence(line)
    ]


@pytest.mark.parametrize(
    ("layer", "shape", "said"),
    [
        ("conv 1 k7 s2", "1x224x224",
         "217/2 = 108.5 is rounded down: the last row and column of the input are not used"),
        ("conv 1 k7 s2 p3", "1x224x224",
         "223/2 = 111.5 is rounded down: the last row and column of the padded input are not used; they are padding"),
        ("maxpool 3", "1x7", "4/3 = 1 + 1/3 is rounded down: the last cell of the input is not used"),
        ("conv 1 k2 s4 p=[[0,1],[0,1]]", "1x8x8",
         "7/4 = 1.75 is rounded down: the last 3 rows and columns of the padded input are not used; "
         "1 of them is padding, 2 of the input itself"),
        ("maxpool 3 ceil=yes", "1x7",
         "4/3 = 1 + 1/3 is rounded up: the last window reaches 2 cells beyond the padded input"),
        ("maxpool 3 s2 p1 ceil=yes", "1x4x4",
         "3/2 = 1.5 is rounded up: the last window reaches 1 row and column beyond the padded input"),
        ("maxpool 2 s2 p1 ceil=yes", "1x3x3", "one window more would start in the padding, and is left out"),
    ],
    ids=["no padding", "padding alone", "thirds", "padding and input", "rounding up", "rounding up with padding",
         "a window in the padding"],
)  # fmt: skip
def test_what_rounding_leaves_out_is_said(layer, shape, said):
    assert said in remarks(layer, shape)


def test_what_is_said_to_be_left_out_is_what_a_sliding_window_leaves_out():
    draw = random.Random(4)
    found = 0
    for _ in range(400):
        n, k, s, d = draw.randint(5, 30), draw.randint(1, 5), draw.randint(1, 6), draw.randint(1, 2)
        before, after = draw.randint(0, 3), draw.randint(0, 3)
        report = network(f"conv 1 k{k} s{s} d{d} p=[[{before},{after}]]", f"1x{n}")
        if report.errors:
            continue
        reach, width = d * (k - 1) + 1, n + before + after
        starts = [start for start in range(0, width, s) if start + reach <= width]
        unused = range(starts[-1] + reach, width)
        padding = sum(cell >= before + n for cell in unused)
        (section,) = explain_layers(report, ExplanationRequest(("output",))).sections
        said = [remark.facts for work in section.works for remark in work.remarks if remark.code == "dropped"]
        assert [(facts["cells"], facts["padding"]) for facts in said] == ([(len(unused), padding)] if unused else [])
        found += bool(unused)
    assert found > 50


def test_equal_axes_are_shown_once_and_unequal_ones_apart():
    labels = [
        line for line in lines(network("conv 4 k3", "3x8x8"), ExplanationRequest(("output",))) if "Output" in line
    ]
    assert len(labels) == 2 and "height and width" in labels[0]
    labels = [
        line for line in lines(network("conv 4 k3x5", "3x8x8"), ExplanationRequest(("output",))) if "Output" in line
    ]
    assert len(labels) == 3 and "height" in labels[0] and "width" in labels[1]


TRIVIAL = [
    ("conv 10 k5 p2", "3x32x32", "Parameters", "(K·c + 1)·f = (5·5·3 + 1)·10 = 76·10 = 760"),
    ("conv 10 k5 p2 bias=no", "3x32x32", "Parameters", "K·c·f = 5·5·3·10 = 750"),
    ("conv 10 k5 p2", "3x32x32", "MACs", "N·K·c·f = 32·32·5·5·3·10 = 768,000"),
    ("conv 10 k5 p2", "3x32x32", "Output height and width",
     "⌊(n + 2·p − k)/s⌋ + 1 = ⌊(32 + 2·2 − 5)/1⌋ + 1 = ⌊31/1⌋ + 1 = 32"),
    ("conv 10 k5 p2 d2", "3x32x32", "Output height and width",
     "⌊(n + 2·p − d·(k − 1) − 1)/s⌋ + 1 = ⌊(32 + 2·2 − 2·(5 − 1) − 1)/1⌋ + 1 = ⌊27/1⌋ + 1 = 28"),
    ("conv 10 k3 p=same", "3x32x32", "Padding in all", "k − 1 = 3 − 1 = 2 (1 before, 1 after)"),
    ("tconv 1 k3 s2 p1 op1", "1x2x2", "Output height and width",
     "(n − 1)·s − 2·p + k + op = (2 − 1)·2 − 2·1 + 3 + 1 = 1·2 − 2·1 + 3 + 1 = 4"),
    ("maxpool 3 s2 ceil=yes", "3x32x32", "Output height and width",
     "⌈(n + 2·p − k)/s⌉ + 1 = ⌈(32 + 2·0 − 3)/2⌉ + 1 = ⌈29/2⌉ + 1 = ⌈14.5⌉ + 1 = 16"),
    ("conv 10 k5 p2", "3x32x32", "Receptive field", "r_in + (k − 1)·j_in = 1 + (5 − 1)·1 = 1 + 4·1 = 5"),
    ("conv 256 k5 p2 g2", "96x27x27", "Parameters", "(K·c/g + 1)·f = (5·5·96/2 + 1)·256 = 1,201·256 = 307,456"),
    ("dwconv k3 p1", "32x9x9", "Output channels", "c = 32"),
    ("dwconv k3 p1 m2", "32x9x9", "Output channels", "c·m = 32·2 = 64"),
    ("flatten", "50x7x7", "Output features", "C_in·H_in·W_in = 50·7·7 = 2450"),
    ("linear 84", "120", "MACs", "c·f = 120·84 = 10,080"),
    ("batchnorm", "64x56x56", "Parameters", "2·e = 2·64 = 128"),
    ("batchnorm", "64x56x56", "Buffers", "2·e = 2·64 = 128"),
    ("lstm 64", "10x32", "  biases", "4·f·w = 4·64·2 = 512"),
    ("globalavgpool", "512x7x7", "Output height and width", "1 (one window takes in all 7)"),
    ("upsample 2", "64x28x28", "Output height and width", "n·r = 28·2 = 56"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "shape", "label", "line"), TRIVIAL, ids=[f"{row[0]}: {row[2]}" for row in TRIVIAL])
def test_what_is_trivial_is_dropped_as_a_lecturer_would(layer, shape, label, line):
    found = dict(re.match(r"  (  \S[^ ]*|\S+(?: \S+)*)  +(.*)", text).groups() for text in lines(network(layer, shape))
                 if re.match(r"  (  )?\S", text) and not is_sentence(text) and "  " in text.strip())  # fmt: skip
    assert found[label] == line


def test_branches_show_their_union():
    report = summarise("resnet18")
    text = "".join(render(explain(report, ExplanationRequest(layers=("layer1.0.add1",)))))
    assert "max(13, 5) − min(−13, −5) + 1 = 27" in text
    assert "layer1.0.bn2 sees 27 pixels, −13 to 13; maxpool sees 11 pixels, −5 to 5" in text


def test_same_padding_is_worked():
    report = network("conv 8 k3 s2 p=same", "3x224x224", convention="keras")
    text = "\n".join(lines(report, ExplanationRequest(("output",))))
    assert "⌈n/s⌉ = ⌈224/2⌉ = 112" in text and "= 1 (0 before, 1 after)" in text


# The network


def test_what_repeats_is_shown_once():
    found = explain(summarise("resnet18"))
    folded = {section.name: (section.like, section.size) for section in found.sections if section.layer is None}
    assert folded == {
        f"layer{stage}.1": (f"layer{stage}.0", 7) for stage in (1,)
    } or folded["layer1.1"][0] == "layer1.0"  # fmt: skip
    names = [section.name for section in found.sections]
    assert not any(name.startswith("layer1.1.") for name in names)
    like = {section.name: section.like for section in found.sections if section.like}
    assert like["layer1.0.conv2"] == "layer1.0.conv1"


def test_every_layer_is_shown_or_stands_for():
    for name in ("resnet50", "vgg16", "densenet121", "googlenet"):
        report = summarise(name)
        found = explain(report)
        assert sum(section.size for section in found.sections) == len(report.layers)
        shown = {section.name for section in found.sections} | {group.name for group in report.groups}
        assert all(section.like in shown for section in found.sections if section.like)


def test_the_layers_named_alone_are_shown(convcalc):
    code, out, _ = convcalc("explain", "lenet5", "C3", "F6")
    assert code == 0 and re.findall(r"^(\w+): ", out, re.MULTILINE)[:-1] == ["C3", "F6"] and "\nTotal" not in out
    code, out, _ = convcalc("explain", "resnet18", "layer1.1")
    assert out.count("layer1.1.conv1: conv 64 k3 p1") == 1
    code, _, err = convcalc("explain", "lenet5", "C9")
    assert code == 2 and 'no layer "C9"' in err and "C1" in err


@pytest.mark.parametrize(
    ("word", "cure"), [("C3.params", "write C3 --quantity params"), ("macs", "write --quantity macs")]
)
def test_a_quantity_among_the_layers_is_told_its_option(convcalc, word, cure):
    code, _, err = convcalc("explain", "lenet5", word)
    assert code == 2 and cure in err
    assert convcalc("explain", "lenet5", *cure.split()[1:])[0] == 0


def test_totals_are_sums(convcalc):
    out = convcalc("explain", "lenet5", "total")[1]
    assert "156 + 2,416 + 48,120 + 10,164 + 850 = 61,706" in out
    assert "117,600 + 240,000 + 48,000 + 10,080 + 840 = 416,520" in out
    assert "4,704 + 1,176 + 1,600 + 400 + 120 + 84 + 10 = 8,094" in out


def test_symbols_stay_letters():
    text = "\n".join(lines(summarise_text("3xHxW -> conv 64 k7 s2 p3")))
    assert "⌊(H + 2·3 − 7)/2⌋ + 1 = ⌊(H + 1)/2⌋" in text
    assert "7·7·3 + 1)·64 = 148·64 = 9,472" in text


# How far the work is shown


def test_a_worksheet_has_no_number_of_the_answers():
    for name in ("lenet5", "alexnet", "resnet18", "mobilenet_v2"):
        report = summarise(name)
        answers = {layer.applied.output[1:2] for layer in report.layers}
        page = "".join(render(explain(report, ExplanationRequest(ALL)), WorkedOptions("blank")))
        body = page.split("\n", 1)[1].split("\nLetters")[0]
        for line in body.splitlines():
            if line.startswith("  "):
                assert "____" in line
                rest = line.split("  ")[-1].replace("____", "")
                assert not re.search(r"\d{2,}", rest), line
        assert answers and "→" not in body and "×" not in body


def test_substituted_and_result_show_less():
    report = network("conv 10 k5 p2", "3x32x32")
    question = ExplanationRequest(("parameters",))
    texts = {work: "".join(render(explain_layers(report, question), WorkedOptions(work))) for work in WORKS}
    assert "Parameters  (K·c + 1)·f = (5·5·3 + 1)·10 = 76·10 = 760" in texts["full"]
    assert "Parameters  (5·5·3 + 1)·10 = 760" in texts["substituted"] and "K" not in texts["substituted"]
    assert "Parameters  760" in texts["result"]
    assert "Parameters  (K·c + 1)·f = ____" in texts["blank"]


# The letters of the sources

GRID = [
    f"{kind} k{k} s{s} p{p}{more}"
    for kind, k, s, p in product(("conv 4", "maxpool", "avgpool", "tconv 4"), (1, 2, 3, 5, 7), (1, 2, 3), (0, 1, 2))
    for more in (("", " d2") if kind in ("conv 4", "tconv 4") else ("",))
    if kind.endswith("4") or 2 * p <= k
]


@pytest.mark.parametrize("n", [13, *(pytest.param(n, marks=pytest.mark.slow) for n in (12, 15, 28))])
@pytest.mark.parametrize("book", list(TEXTBOOKS))
def test_a_source_s_formulas_give_the_same_on_a_grid(book, n):
    worked = 0
    for layer in GRID:
        report = network(layer, f"2x{n}x{n}")
        if report.errors:
            continue
        for line in lines(report, ExplanationRequest(("output", "parameters", "macs"), notation=book)):
            if line.startswith("  ") and not is_sentence(line):
                worked += check(line) is not None
        (section,) = explain_layers(report, ExplanationRequest(("output",), notation=book)).sections
        for work in section.works:
            assert work.formula is not None
            assert evaluate(work.formula, work.bindings) == work.value
            assert not {"n", "k"} & set(letters(work.formula)) or book == "dumoulin"
    assert worked > 250


@pytest.mark.parametrize("book", list(TEXTBOOKS))
def test_no_version_of_a_source_is_dead(book):
    """Each is the one that holds for some layer: of the grid, rounding up, or with `same` padding."""
    seen = set()
    more = [
        "upsample 2",
        "upsample 3/2",
        "subsample 2",
        "subsample 3",
        "maxpool 3 s2 ceil=yes",
        "avgpool 3 s2 ceil=yes",
    ]
    cases = [(layer, n, "pytorch") for layer, n in product([*GRID, *more], (12, 13))]
    cases += [(f"{kind} k{k} s{s}{pad}", 13, "keras") for kind, k, s, pad in product(
        ("conv 4", "maxpool", "avgpool", "tconv 4"), (2, 3), (1, 2, 3), ("", " p=same"))]  # fmt: skip
    cases += [(f"maxpool {k} s2 p1 d2", 13, "pytorch") for k in (2, 3)]
    cases += [("maxpool 3 s2 d2 ceil=yes", 13, "pytorch")]
    for layer, n, convention in cases:
        report = network(layer, f"4x{n}x{n}", convention=convention)
        if report.errors:
            continue
        for work in explain_layers(report, ExplanationRequest(("output",), notation=book)).sections[0].works:
            if work.name == "size":
                seen.add(write(work.formula))
    from convcalc.algebra.parser import parse

    told = {write(parse(text)) for versions in TEXTBOOKS[book].sizes.values() for text in versions}
    assert not told - seen, told - seen


SOURCES = [
    # By notation: without a dilation, and with one.
    ("", "⌊(n + 2·p − k)/s⌋ + 1", "⌊(n + 2·p − d·(k − 1) − 1)/s⌋ + 1"),
    ("pytorch", "⌊(H_in + 2·padding − kernel_size)/stride + 1⌋",
     "⌊(H_in + 2·padding − dilation·(kernel_size − 1) − 1)/stride + 1⌋"),
    ("cs231n", "(W − F + 2·P)/S + 1", "(W − (d·(F − 1) + 1) + 2·P)/S + 1"),
    ("eecs498", "(W − K + 2·P)/S + 1", "(W − D·(K − 1) − 1 + 2·P)/S + 1"),
    ("dumoulin", "⌊(i + 2·p − k)/s⌋ + 1", "⌊(i + 2·p − k − (k − 1)·(d − 1))/s⌋ + 1"),
    ("keras", "⌈(rows − kernel_size + 1)/strides⌉", "⌈(rows − (kernel_size − 1)·dilation_rate)/strides⌉"),
]  # fmt: skip


def test_every_source_is_tried():
    assert [book for book, *_ in SOURCES] == ["", *TEXTBOOKS]


@pytest.mark.parametrize(("book", "plain", "dilated"), SOURCES)
def test_a_source_s_own_letters_and_order(book, plain, dilated):
    request = ExplanationRequest(("output", "parameters"), notation=book)
    for layer, formula, other in (("conv 4 k3", plain, dilated), ("conv 4 k3 d2", dilated, plain)):
        text = "\n".join(lines(network(layer, "3x227x227"), request))
        assert f"  {formula} = " in text and other not in text
        assert not book or TEXTBOOKS[book].source in " ".join(text.split())


def test_a_division_with_a_rest_is_rounded_and_one_without_is_not_in_the_lectures_letters(convcalc):
    """W, K, P, S, C_in and C_out, as EECS 498 writes them."""
    for layer, shape, line in (
        ("conv 96 k11 s4", "3x227x227", "(W − K + 2·P)/S + 1 = (227 − 11 + 2·0)/4 + 1 = 216/4 + 1 = 55"),
        ("conv 10 k5 s2 p2", "3x32x32", "⌊(W − K + 2·P)/S⌋ + 1 = ⌊(32 − 5 + 2·2)/2⌋ + 1 = ⌊31/2⌋ + 1 = "),
        ("conv 10 k5 p2", "3x32x32", "(K·K·C_in + 1)·C_out = (5·5·3 + 1)·10 = 76·10 = 760"),
        ("conv 10 k5 p2", "3x32x32", "H'·W'·K·K·C_in·C_out = 32·32·5·5·3·10 = 768,000"),
        ("maxpool 2 s2", "1x4x4", "(W − K)/S + 1 = (4 − 2)/2 + 1 = 2/2 + 1 = 2"),
        ("conv 4 k3 s2", "3xHxH", "⌊(W − K + 2·P)/S⌋ + 1 = ⌊(H − 3 + 2·0)/2⌋ + 1 = ⌊(H + 1)/2⌋ − 1"),
        ("conv 4 k3", "3xHxH", "(W − K + 2·P)/S + 1 = (H − 3 + 2·0)/1 + 1 = H − 2"),
        ("tconv 1 k3 s2 p1 op1", "1x2x2", "(W − 1)·S − 2·P + (K − 1) + 1 + OP = (2 − 1)·2 − 2·1 + (3 − 1) + 1 + 1 = "),
        ("conv 4 k3x5", "3x9x9", "(K_h·K_w·C_in + 1)·C_out = (3·5·3 + 1)·4"),
    ):
        assert f" {line}" in convcalc("layer", layer, shape, "--notation", "eecs498")[1]
    page = convcalc("layer", "conv 10 k5 p2", "3x32x32", "--notation", "eecs498", "--format", "latex")[1]
    assert r"\frac{W - K + 2 \cdot P}{S} + 1 = " in page and r"&= H' \cdot W' \cdot K" in page


def test_other_letters_for_everything(convcalc):
    out = convcalc("layer", "conv 10 k5 p2", "3x32x32", "--notation", "cs231n")[1]
    assert "(F·F·D1 + 1)·K = (5·5·3 + 1)·10 = 76·10 = 760" in out
    out = convcalc("layer", "conv 33 k3x5 s2x1 p4x2", "16x50x100", "--notation", "pytorch")[1]
    assert "(kernel_size[0]·kernel_size[1]·in_channels + 1)·out_channels" in out
    assert "⌊(W_in + 2·padding" in out and "⌊(H_in + 2·padding" in out


# Formats


def formulas_of(page):
    """What is between the signs of mathematics in LaTeX."""
    found = re.findall(r"(\\begin\{align\*\}.*?\\end\{align\*\})", page, re.DOTALL)
    rest = re.sub(r"\\begin\{align\*\}.*?\\end\{align\*\}", "", page, flags=re.DOTALL)
    return found + re.findall(r"(?<!\\)\$(.+?)(?<!\\)\$", rest)


PAGES = [
    (name, work, book)
    for name, work, book in product(("lenet5", "alexnet", "resnet18", "unet", "dcgan"), WORKS, ("", *TEXTBOOKS))
    if work == "full" or (work == "blank" and not book)
]


def tex_page(name, work, book, form):
    return "".join(render(explain(summarise(name), ExplanationRequest(ALL, notation=book)), WorkedOptions(work, form)))


def katex():
    """Where KaTeX is installed, or None."""
    node = shutil.which("node")
    if not node:
        return None
    for place in (ROOT / "node_modules", ROOT / ".node" / "node_modules", *map(Path, sys_paths())):
        if (place / "katex").is_dir():
            return node, place
    return None


def sys_paths():
    import os

    return [path for path in os.environ.get("NODE_PATH", "").split(os.pathsep) if path]


CHECKER = """
const katex = require('katex');
const found = JSON.parse(require('fs').readFileSync(0, 'utf8'));
for (const text of found) {
  try { katex.renderToString(text, {displayMode: true, throwOnError: true, strict: 'error'}); }
  catch (error) { console.log(JSON.stringify([text, String(error)])); }
}
"""


def test_the_latex_is_accepted_by_a_real_engine(tmp_path):
    pages = [tex_page(name, work, book, "latex") for name, work, book in PAGES]
    engine = next((name for name in ("tectonic", "pdflatex") if shutil.which(name)), None)
    if engine:
        head = "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n"
        (tmp_path / "page.tex").write_text(head + "\n".join(pages) + "\\end{document}\n", encoding="utf-8")
        quiet = [] if engine == "tectonic" else ["-interaction=nonstopmode", "-halt-on-error"]
        done = subprocess.run([engine, *quiet, "page.tex"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:]
    found = katex()
    if found:
        node, place = found
        pages += [tex_page(name, work, book, "markdown") for name, work, book in PAGES]
        every = [formula for page in pages for formula in formulas_of(page)]
        assert len(every) > 1000
        done = subprocess.run(
            [node, "-e", CHECKER], input=json.dumps(every), capture_output=True, text=True, cwd=place.parent, check=True
        )
        assert done.stdout == ""
        broken = subprocess.run(
            [node, "-e", CHECKER], input=json.dumps([r"\frac{1}{"]), capture_output=True, text=True, cwd=place.parent
        )
        assert "ParseError" in broken.stdout  # the test would see it
    if not engine and not found:
        pytest.skip("no LaTeX was compiled: neither KaTeX (npm install katex) nor tectonic nor pdflatex is here")


@pytest.mark.parametrize("form", ["latex", "markdown"])
def test_braces_and_environments_are_balanced(form):
    for name, work, book in PAGES:
        page = tex_page(name, work, book, form)
        plain = re.sub(r"\\[{}]", "", page)
        assert plain.count("{") == plain.count("}")
        assert page.count(r"\left") == page.count(r"\right")
        assert page.count(r"\begin{align*}") == page.count(r"\end{align*}")


def test_ascii_where_the_terminal_can_show_no_more(convcalc):
    for arguments in (["layer", "conv 10 k5 s2 p2", "3x32x32"], ["explain", "resnet18"], ["layer", "gru 8", "3x8"]):
        out = convcalc(*arguments, "--ascii", "-q", "all")[1]
        assert out.isascii()
        for line in quantities(out):
            check(line)
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "convcalc", "layer", "conv 10 k5 s2 p2", "3x32x32"], capture_output=True, env=environment
    )
    assert done.returncode == 0 and b"floor((32 + 2*2 - 5)/2) + 1" in done.stdout


def test_golden_pages(golden):
    report = network("conv 64 k7 s2 p3 bias=no", "3x224x224")
    golden("layer.txt", "".join(render(explain_layers(report, ExplanationRequest()))))
    lenet = summarise("lenet5")
    golden("lenet5-worked.txt", "".join(render(explain(lenet))))
    golden("lenet5-worksheet.txt", "".join(render(explain(lenet), WorkedOptions("blank"))))
    for form, suffix in (("latex", "tex"), ("markdown", "md")):
        question = ExplanationRequest(("output", "parameters"))
        golden(f"lenet5-worked.{suffix}", "".join(render(explain(lenet, question), WorkedOptions(form=form))))


# The commands


@pytest.mark.parametrize(
    "layer",
    ["nn.Conv2d(3, 64, 7, stride=2, padding=3)", "Conv(C_out=64, K=7, P=3, S=2)",
     "layers.Conv2D(64, 7, strides=2, padding='same', activation='relu')", "conv1 = nn.Conv2d(3, 64, 7, 2, 3)"],
)  # fmt: skip
def test_pasted_calls(convcalc, layer):
    code, out, err = convcalc("layer", layer, "224x224x3" if layer.startswith("layers") else "3x224x224")
    assert (code, err) == (0, "") and "= 9,472" in out and "112" in out


def test_several_inputs_and_the_other_layout(convcalc):
    assert "64 + 32 = 96" in convcalc("layer", "concat", "64x28x28", "32x28x28")[1]
    assert "28×28×1 → 24×24×32" in convcalc("layer", "conv 32 k5", "28x28x1", "--layout", "channels_last")[1]


def test_a_narrow_terminal_has_an_equation_a_line():
    report = network("conv 64 k7 s2 p3", "3x224x224")
    page = "".join(render(explain_layers(report, ExplanationRequest(("output",))), WorkedOptions(width=80)))
    assert max(map(len, page.splitlines())) <= 80
    assert re.search(r"\+ 1\n +=  ?⌊\(224|\n +⌊?= ⌊\(224", page)


def test_of_a_few_quantities_only_the_layers_that_have_them_are_shown(convcalc):
    out = convcalc("explain", "lenet5", "-q", "parameters")[1]
    assert re.findall(r"^(\w+): ", out, re.MULTILINE)[:-1] == ["C1", "C3", "C5", "F6", "linear1"]
    assert "Parameters               0" in convcalc("explain", "lenet5", "S2")[1]


def test_a_layer_that_is_refused_is_an_error_as_everywhere(convcalc):
    code, out, err = convcalc("layer", "conv 8 k9", "3x4x4")
    assert code == 3 and not out and "error[C001]: kernel 9 does not fit" in err and "help: kernel ≤ 4" in err
    code, _, err = convcalc("explain", "-e", "3x8x8 -> conv 8 k3 -> conv 8 k9")
    assert code == 3 and "C001" in err
    assert convcalc("layer", "conv 8 k3")[0] == 2
    assert convcalc("explain")[0] == 2
    code, _, err = convcalc("layer", "conv 8 k3", "3x8x8", "-q", "wieght")
    assert code == 2 and 'did you mean "weights"' in err


def test_quantities_may_be_chosen_and_have_other_names(convcalc):
    out = convcalc("layer", "conv 8 k3", "3x8x8", "-q", "params", "--quantity", "rf_stride")[1]
    labels = [re.split("  +", line.strip())[0] for line in quantities(out)]
    assert labels == ["Parameters", "Receptive field stride"]


def test_memory_follows_dtype_and_batch(convcalc):
    out = convcalc("layer", "conv 10 k5 p2", "3x32x32", "-q", "memory", "--dtype", "float16", "--batch", "8")[1]
    assert "10,240·8·2 = 163,840 bytes (163.8 kB, 160.0 KiB)" in out and "760·2 = 1,520 bytes" in out
    assert "⌈30·4/8⌉ = ⌈120/8⌉ = 15 bytes" in convcalc("layer", "relu", "30", "-q", "memory", "--dtype", "int4")[1]


def test_other_inputs_and_values(convcalc):
    out = convcalc("explain", "lenet5", "C1", "--input", "1x28x28")[1]
    assert "⌊(28 + 2·0" in out
    code, out, _ = convcalc("explain", "resnet", "total", "--set", "depth=18", "-q", "params")
    assert code == 0 and "= 11,689,512" in out


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_the_reference_has_every_kind(convcalc, kind):
    code, out, err = convcalc("formulas", kind)
    assert (code, err) == (0, "") and "Example: " in out
    code, page, err = convcalc("kinds", kind)
    assert (code, err) == (0, "") and "Example: " in page
    table = out.partition("\nLetters\n")[2].partition("\n\n")[0]
    for line in table.splitlines():
        assert len(line.split("  ")) > 2 or len(line.split()) > 1, f"{kind}: a letter without a meaning: {line}"


def test_the_reference_of_a_quantity(convcalc):
    out = convcalc("formulas", "macs")[1]
    assert "N·K·c/g·f" in out and "conv" in out
    assert convcalc("formulas", "conv.macs")[1].count("MACs") == 2
    assert "⌊(n + 2·p − d·(k − 1) − 1)/s⌋ + 1" in convcalc("formulas")[1]
    code, _, err = convcalc("formulas", "nonsense")
    assert code == 2 and "no formulas" in err
    assert convcalc("formulas", "conv.nonsense")[0] == 2


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_example_is_of_its_own_kind(kind):
    assert kind.worked_example[0].split()[0] == kind.name


def test_every_format_shows_every_quantity():
    report = network("conv 10 k5 p2", "3x32x32")
    for form in FORMS:
        page = "".join(render(explain_layers(report, ExplanationRequest(ALL)), WorkedOptions(form=form)))
        assert all(number in page.replace("{,}", ",") for number in ("760", "768,000", "10,240", "40,960"))


def test_a_receptive_field_with_a_fraction_is_exact():
    report = network("upsample 2 mode=bilinear", "3x8x8")
    (line,) = [line for line in lines(report) if line.startswith("    stride") and is_lettered(line)]
    assert read(equations(line)[-1]) == Fraction(1, 2)


@pytest.mark.parametrize(
    "spec",
    ["{name: t, inputs: 3x8x8, layers: [relu]}", "{name: t, input: 3x8q, layers: [relu]}", "{name: t, layers: [relu]}"],
    ids=["another key", "no shape", "no input"],
)
@pytest.mark.parametrize("form", FORMS)
def test_without_an_input_there_is_only_the_error(convcalc, tmp_path, spec, form):
    path = tmp_path / "net.yaml"
    path.write_text(spec)
    code, out, err = convcalc("explain", str(path), "--format", form)
    assert (code, out) == (3, "") and err.startswith("error[")


@pytest.mark.parametrize(
    "layers, name, formula",
    [
        # ⅔ is both 1/r and (n − 1)/(o − 1) here, and what it is worked by is the latter.
        ("4x7x11 -> upsample 3/2 mode=bilinear corners=yes", "rf_stride", "j_in·(n − 1)/(o − 1)"),
        ("4x7x11 -> upsample 3/2 mode=bilinear", "rf_stride", "j_in/r"),
        ("4x7x11 -> upsample size=5x17 mode=bilinear", "rf_stride", "j_in·n/o"),
        ("4x8x8 -> adaptiveavgpool 4", "receptive_field", "r_in + (n/o − 1)·j_in"),
        ("4x7x7 -> adaptiveavgpool 3", "receptive_field", "r_in + ⌊n/o⌋·j_in"),
        ("4x8x8 -> adaptiveavgpool 3", "receptive_field", "r_in + ⌈n/o⌉·j_in"),
        ("4x8x8 -> upsample 3 mode=bicubic", "receptive_field", "r_in + 3·j_in"),
        ("4x8x8 -> crop 2", "rf_offset", "a_in + p_l·j_in"),
        # A nail is one cell, however large the bed.
        ("4x8x8 -> unpool 5 s2 mode=bed_of_nails", "receptive_field", "r_in + (⌈1/s⌉ − 1)·j_in"),
        # Units see one pixel or two, whatever ⌈n/o⌉ is: no formula leads there.
        ("4x7x11 -> upsample 3/2 -> adaptiveavgpool 4", "receptive_field", None),
    ],
)
def test_a_field_is_worked_by_the_formula_of_its_window(layers, name, formula):
    section = explain_layers(summarise_text(layers), ExplanationRequest(ALL)).sections[-1]
    work = next(work for work in section.works if work.name == name)
    assert (None if work.formula is None else write(work.formula)) == formula


def test_too_many_layers_are_counted_before_any_is_worked(monkeypatch):
    monkeypatch.setattr("convcalc.questions.explain.Explainer.section", None)
    with pytest.raises(Problem, match="over 4,000 layers") as refusal:
        explain(summarise_text(f"CxHxW -> {' -> '.join(['relu'] * 4_001)}"))
    assert refusal.value.diagnostics[0].hint == "name some: relu1 total"
