"""Networks with letters for their sizes: the forms, the conditions under which they fit, and what they are as numbers."""

import itertools
import json
import sqlite3
from functools import lru_cache

import pytest
from families import BUNDLED, FAMILIES
from hypothesis import given, settings
from hypothesis import strategies as st

from convcalc.algebra.condition import Condition, sizes
from convcalc.algebra.expr import evaluate
from convcalc.algebra.notation import write
from convcalc.algebra.parser import parse
from convcalc.algebra.periodic import value_at
from convcalc.algebra.poly import Poly, symbol
from convcalc.algebra.sizes import EVERY, Sizes, intersection, sizes_from, sizes_where
from convcalc.algebra.substitution import substitute, symbols
from convcalc.network.load import graph_of, spec_of, summarise, summarise_text
from convcalc.network.walk import walk
from convcalc.problem import Source
from convcalc.readers import library
from convcalc.spec.choices import Choices

QUANTITIES = ("parameters", "biases", "buffers", "macs", "connections", "activations")
LETTERS = {name: symbol(name) for name in "CDFGHKLNPSTW"}


def value(text):
    return evaluate(parse(text), LETTERS)


def spec(shape, *layers, names="", convention="pytorch"):
    symbols_of = {"symbols": names.split()} if names else {}
    return json.dumps({"input": shape, "convention": convention, **symbols_of, "layers": layers})


def shown(*values):
    return " × ".join(write(value) for value in values)


def put_in(value, numbers):
    return tuple(put_in(part, numbers) for part in value) if isinstance(value, tuple) else substitute(value, numbers)


# How a value is written.

FORMS = [
    pytest.param("3*C*9*C", "27·C²", id="a number times a square"),
    pytest.param("16*(floor(H/4) - 3)**2", "16·(⌊H/4⌋ − 3)²", id="a square is not multiplied out"),
    pytest.param("75*floor((H + 1)/2)*floor((W + 1)/2)", "75·⌊(H + 1)/2⌋·⌊(W + 1)/2⌋", id="a convolution's MACs"),
    pytest.param("150*(H - 4)*(W - 4)", "150·(H − 4)·(W − 4)", id="sides with a border are brackets"),
    pytest.param("7*(D + 1)*(H + 1)*(W + 1)", "7·(D + 1)·(H + 1)·(W + 1)", id="three axes"),
    pytest.param("(K**2*C + 1)*F", "(K²·C + 1)·F", id="a convolution's parameters, kernels first"),
    pytest.param("F*C*K**2*(H - K + 1)*(W - K + 1)", "K²·C·F·(H − K + 1)·(W − K + 1)", id="brackets that share a letter"),
    pytest.param("floor((W - K + 2*P)/S) + 1", "⌊(W + 2·P − K)/S⌋ + 1", id="sizes, paddings, kernels: the textbook's order"),
    pytest.param("floor((W + 2*P - D*(K - 1) - 1)/S) + 1", "⌊(W + 2·P − D·(K − 1) − 1)/S⌋ + 1", id="the reach of a dilated kernel"),
    pytest.param("1 + L*(K - 1)", "L·(K − 1) + 1", id="a receptive field that grows layer by layer"),
    pytest.param("6*(H - 4)*(W - 4) + 16*(floor(H/2) - 6)*(floor(W/2) - 6) + 84", "6·(H − 4)·(W − 4) + 16·(⌊H/2⌋ − 6)·(⌊W/2⌋ − 6) + 84", id="a total is a sum of products, stage by stage"),
    pytest.param("9*floor((H + 15)/16) + 9*floor((H + 1)/2)", "9·⌊(H + 1)/2⌋ + 9·⌊(H + 15)/16⌋", id="floors by their divisor"),
    pytest.param("2*floor((H + 4)/16) - 16", "2·⌊(H + 4)/16⌋ − 16", id="a size stays a sum"),
    pytest.param("4*H*W - 12*H - 12*W + 37", "4·(H − 3)·(W − 3) + 1", id="a rectangle is completed"),
    pytest.param("24*H*W + 8*H + 8*W", "24·H·W + 8·H + 8·W", id="unless the border would be a fraction"),
    pytest.param("(H - 4)/6", "(H − 4)/6", id="fractions of one denominator"),
    pytest.param("H*W/4", "H·W/4", id="a quarter"),
    pytest.param("(W - K)/S + 1", "(W − K)/S + 1", id="a symbolic divisor"),
    pytest.param("-3*(H - 1)*(W - 2)", "−3·(H − 1)·(W − 2)", id="a minus before a product"),
    pytest.param("H + W - 2*H*W", "H + W − 2·H·W", id="a plus first"),
    pytest.param("max(H - 3, W) + 1", "max(H, W + 3) − 2", id="an extremum"),
    pytest.param("3 - H", "3 − H", id="a constant first where the rest is taken away"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "text"), FORMS)
def test_a_value_is_written_as_a_person_would(formula, text):
    assert write(value(formula)) == text
    assert value(write(value(formula), "ascii").replace("^", "**")) == value(formula)


@st.composite
def values(draw):
    """Sums of products of what networks have: letters, borders and floors."""
    atoms = ["H", "W", "C", "K", "(H - 4)", "(W + 3)", "(H + 2*P - K + 1)", "floor(H/2)", "(floor((W + 3)/4) - 1)",
             "floor((W - K)/S)", "max(H - 7, 2)", "(C*K**2 + 1)", "(H/2 - 3)", "1/S"]  # fmt: skip
    terms = draw(
        st.lists(st.tuples(st.integers(-9, 9), st.lists(st.sampled_from(atoms), max_size=4)), min_size=1, max_size=4)
    )
    return value(" + ".join("*".join([f"({number})", *factors]) for number, factors in terms))


@given(values(), st.lists(st.integers(8, 40), min_size=6, max_size=6))
def test_every_notation_says_the_value(tree, numbers):
    known = dict(zip("CHKPSW", numbers, strict=True))
    assert value(write(tree, "ascii").replace("^", "**")) == tree
    result = put_in(tree, known)
    from fractions import Fraction

    assert eval(write(tree, "python"), {name: Fraction(number) for name, number in known.items()}) == result
    assert by_sqlite(write(tree, "sql"), known) == pytest.approx(float(result), rel=1e-9, abs=1e-6)


@lru_cache
def database():
    found = sqlite3.connect(":memory:")
    from math import floor

    # Functions that SQLite may have been built without, as every larger database has them.
    found.create_function("FLOOR", 1, floor)
    found.create_function("GREATEST", -1, max)
    found.create_function("LEAST", -1, min)
    return found


def by_sqlite(text, known):
    columns = ", ".join(f"{number} AS {name}" for name, number in known.items())
    return database().execute(f"SELECT {text} FROM (SELECT {columns or '1'})").fetchone()[0]


# Sizes of networks.

NETWORKS = [
    pytest.param("lenet5", "C3", "16 × ⌊H/2⌋ − 6 × ⌊W/2⌋ − 6", id="LeNet's second convolution"),
    pytest.param("lenet5", "S4", "16 × ⌊H/4⌋ − 3 × ⌊W/4⌋ − 3", id="LeNet's second pooling"),
    pytest.param("alexnet", "maxpool3", "256 × ⌊(H + 1)/32⌋ − 1 × ⌊(W + 1)/32⌋ − 1", id="torchvision's AlexNet"),
    pytest.param("resnet50", "layer4.2.relu", "2048 × ⌊(H + 31)/32⌋ × ⌊(W + 31)/32⌋", id="a ResNet rounds up to 32nds"),
    pytest.param("vgg16", "stage5.maxpool1", "512 × ⌊H/32⌋ × ⌊W/32⌋", id="VGG's five poolings"),
    pytest.param("unet_same", "bottom.conv2", "1024 × H/16 × W/16", id="a U-Net's sizes under its condition"),
    pytest.param("unet_same", "up4", "512 × H/8 × W/8", id="and on its way up"),
    pytest.param("unet", "bottom.conv2", "1024 × ⌊(H + 4)/16⌋ − 8 × ⌊(W + 4)/16⌋ − 8", id="the U-Net of the paper"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "layer", "text"), NETWORKS)
def test_a_layer_has_the_published_form(name, layer, text):
    found = {one.name: one for one in symbolic(name)[0].layers}
    close = [key for key in found if key == layer or key.startswith(layer)]
    assert shown(*found[close[-1]].applied.output) == text


def one(text):
    (*_, layer) = summarise_text(text).layers
    return layer.applied


def test_three_small_kernels_against_a_large_one():
    stack = summarise_text(spec("CxHxW", *["conv C k3 p1 bias=no"] * 3, names="C")).totals
    large = summarise_text(spec("CxHxW", "conv C k7 p3 bias=no", names="C")).totals
    assert (write(stack.parameters), write(large.parameters)) == ("27·C²", "49·C²")
    assert (write(stack.macs), write(large.macs)) == ("27·C²·H·W", "49·C²·H·W")


def test_letters_go_all_the_way_through():
    conv = one(spec("CxW", "conv F k=K s=S p=P", names="F K S P"))
    assert shown(*conv.output) == "F × ⌊(W + 2·P − K)/S⌋ + 1"
    assert write(conv.parameters) == "(K·C + 1)·F"
    square = one(spec("CxHxW", "conv F k=K p=P", names="F K P"))
    assert write(square.parameters) == "(K²·C + 1)·F"
    assert write(square.macs) == "K²·C·F·(H + 2·P − K + 1)·(W + 2·P − K + 1)"
    assert write(one(spec("CxW", "conv F k=K d=D p=P", names="F K D P")).output[1]) == "W + 2·P − D·(K − 1)"


# Conditions.


@lru_cache
def symbolic(name, **choices):
    graph = graph_of(spec_of(library.find(name)), Choices(symbolic=True))
    return walk(graph), graph.fitting


def conditions(report):
    return [
        finding.message.removeprefix("the network fits when ")
        for finding in report.diagnostics
        if finding.code == "W002"
    ]


RESIDUAL = [
    pytest.param(["{maxpool 2, upsample 2}"], "L is even", id="once down and up"),
    pytest.param(["{maxpool 4, upsample 4}"], "L is a multiple of 4", id="down by four"),
    pytest.param(["{maxpool 2, maxpool 2, upsample 2, upsample 2}"], "L is a multiple of 4", id="twice down and up"),
    pytest.param(["{maxpool 2, {maxpool 2, {maxpool 2, upsample 2}, upsample 2}, upsample 2}"], "L is a multiple of 8", id="the strongest of three that are nested"),
    pytest.param(["{maxpool 2, upsample 2}", "{maxpool 3, upsample 3}"], "L is a multiple of 6", id="two beside each other"),
    pytest.param(["conv 4 k2", "{maxpool 2, upsample 2}"], "L is odd, at least 3", id="after a border"),
    pytest.param(["maxpool 3 s2 p1 ceil=yes", "{maxpool 2, upsample 2}"], "L = 2 or 3 mod 4", id="two remainders are left"),
    pytest.param(["{conv 4 k3 s2 p1, upsample 2}"], "L is even", id="a padded stride"),
    pytest.param(["{conv 4 k4 s4, tconv 4 k4 s4}"], "L is a multiple of 4", id="a transposed convolution"),
    pytest.param(["conv 4 k5", "conv 4 k5", "maxpool 2", "maxpool 2"], "L is at least 12", id="a smallest size"),
    pytest.param(["pixelunshuffle 4"], "L is a multiple of 4", id="pixels shuffled into channels"),
    pytest.param(["upsample output=20", "{upsample output=20}"], "", id="no condition where sizes are given"),
    pytest.param(["maxpool 2", "{crop output=7}"], "L = 14 or 15", id="a size that is demanded"),
    pytest.param(["zeropad p2", "{maxpool 8, upsample 8}"], "L = 4 mod 8", id="a padding before"),
    pytest.param(["maxpool 2 s1", "{avgpool 3 s3 p1 ceil=yes, upsample 3, crop 1}"], "L = 2 mod 3", id="a crop behind"),
    pytest.param(["maxpool 5 s3 p2 ceil=yes", "{maxpool 2, upsample 2}"], "L = 2 to 4 mod 6", id="three remainders"),
]  # fmt: skip


def layers_of(texts):
    """`{a, b}` as a branch beside the identity, their results joined."""
    return [residual(text) if text.startswith("{") else text for text in texts]


def residual(text):
    parts, depth, start = [], 0, 1
    for index, char in enumerate(text):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if (char == "," and depth == 1) or depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return {"concat": {"a": layers_of(parts), "b": ["identity"]}}


def fits(text, numbers):
    return not summarise_text(text.replace("xL", f"x{numbers}")).errors


@pytest.mark.parametrize(("texts", "condition"), RESIDUAL)
def test_a_condition_is_exactly_when_the_numbers_fit(texts, condition):
    text = spec("4xL", *layers_of(texts))
    graph = graph_of(spec_of(Source("test", text)))
    report = walk(graph)
    assert not report.errors
    assert conditions(report) == ([condition] if condition else [])
    fitting = graph.fitting.get("L", EVERY)
    for size in range(1, 200):
        assert (size in fitting) == fits(text, size), size
        if size in fitting:
            assert_same(report, summarise_text(text.replace("xL", f"x{size}")), {"L": size})


NEVER = [
    pytest.param("4xL", [{"residual": ["conv 4 k3"]}], "C011", id="a border is lost whatever the size"),
    pytest.param("4xL", [{"residual": ["maxpool 2", "upsample 2"]}, "conv 4 k2", {"residual": ["maxpool 2", "upsample 2"]}], "C034", id="even above, odd below"),
    pytest.param("4xL", [{"residual": ["conv 8 k1"]}], "C011", id="channels that differ"),
    pytest.param("3xHxW", ["reshape 16x2"], "C015", id="a multiple of 3 that is 32"),
    pytest.param("2xHxW", ["maxpool 2", "flatten", "linear 10 in_features=401"], "C012", id="an odd number of features of two channels"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "layers", "code"), NEVER)
def test_what_never_fits_is_an_error(shape, layers, code):
    assert [error.code for error in summarise_text(spec(shape, *layers)).errors] == [code]


EQUATIONS = [
    pytest.param("CxHxW", "F", [{"residual": ["conv F k3 p1"]}], "C = F", id="channels and filters"),
    pytest.param("4xW", "K P", [{"residual": ["conv 4 k=K p=P"]}], "K = 2·P + 1", id="the padding that keeps the size"),
    pytest.param("CxW", "G", ["conv 6 k1 g=G"], "C is a multiple of G", id="groups"),
    pytest.param("16xHxW", "", ["maxpool 2", "flatten", "linear 10 in_features=400"], "⌊H/2⌋·⌊W/2⌋ = 25", id="a classifier that fixes the size"),
    pytest.param("4xHxW", "", ["reshape 16x2"], "H·W = 8", id="numbers that are fixed, as far as that goes"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "names", "layers", "condition"), EQUATIONS)
def test_several_letters_make_an_equation(shape, names, layers, condition):
    assert condition in conditions(summarise_text(spec(shape, *layers, names=names)))


def test_a_rest_that_is_whole_is_one_condition():
    assert conditions(summarise_text(spec("3xHxW", "reshape [16, -1]"))) == ["3·H·W is a multiple of 16"]


def test_textbook_divisions_are_conditions():
    text = spec("3xL", "conv 3 k7 s3", "maxpool 2", convention="textbook")
    graph = graph_of(spec_of(Source("test", text)))
    assert conditions(walk(graph)) == ["L = 4 mod 6, at least 10"]
    assert [size for size in range(1, 80) if fits(text, size)] == [
        size for size in range(1, 80) if size in graph.fitting["L"]
    ]


def test_a_condition_is_a_note_at_its_layer():
    (finding,) = [finding for finding in symbolic("unet_same")[0].diagnostics if finding.code == "W002"]
    assert finding.message == "the network fits when H and W are multiples of 16"
    assert (finding.layer, finding.severity, finding.mark.line) == ("concat4", "condition", 34)
    assert "concat1: H = 0 to 7 mod 16" in finding.hint


# Sets of sizes.

SETS = [
    pytest.param(lambda n: n % 16 == 0, 1, 16, "H is a multiple of 16", "H and W are multiples of 16", id="multiples"),
    pytest.param(lambda n: n % 2 == 1, 1, 4, "H is odd", "H and W are odd", id="odd, in the shortest period"),
    pytest.param(lambda n: n % 4 < 2, 1, 8, "H = 0 or 1 mod 4", "H and W = 0 or 1 mod 4", id="two remainders"),
    pytest.param(lambda n: n >= 32, 40, 1, "H is at least 32", "H and W are at least 32", id="from a start on"),
    pytest.param(lambda n: n in (3, 5) or n > 7, 10, 1, "H is 3 or 5, or at least 8", "H and W are 3 or 5, or at least 8", id="some smaller ones"),
    pytest.param(lambda n: n % 16 == 0 and n > 20, 30, 16, "H is a multiple of 16, at least 32", "H and W are multiples of 16, at least 32", id="multiples from a start on"),
    pytest.param(lambda n: 571 < n < 588, 700, 1, "H = 572 to 587", "H and W are each 572 to 587", id="a range"),
    pytest.param(lambda n: n == 224, 300, 1, "H = 224", "H and W are each 224", id="one size"),
    pytest.param(lambda n: n == 7 or (n % 16 == 0 and n > 20), 30, 16, "H is a multiple of 16 from 32 on, or is 7", "H and W are multiples of 16 from 32 on, or are 7", id="one that stands apart"),
]  # fmt: skip


@pytest.mark.parametrize(("holds", "start", "period", "single", "plural"), SETS)
def test_a_set_of_sizes_in_words(holds, start, period, single, plural):
    found = sizes_where(holds, start, period)
    assert (found.in_words("H"), found.in_words("H and W", True)) == (single, plural)
    assert [size for size in range(1, 800) if size in found] == list(filter(holds, range(1, 800)))
    assert sizes_where(lambda size: size in found, start + 5, 3 * period) == found


@given(
    *[st.tuples(st.integers(1, 12), st.integers(1, 12), st.sets(st.integers(0, 11)), st.sets(st.integers(1, 12)))] * 2
)
def test_the_common_part_of_two_sets(first, second):
    sets = [
        sizes_where(lambda n, it=it: n % it[1] in it[2] if n >= it[0] else n in it[3], it[0], it[1])
        for it in (first, second)
    ]
    common = intersection(*sets)
    assert [n for n in range(1, 200) if n in common] == [n for n in range(1, 200) if n in sets[0] and n in sets[1]]


SIZES = ["H", "floor(H/2)", "2*floor((H + 3)/4) - 1", "floor((H + 5)/6) - 2", "3*floor(H/3)", "12", "H - 9", "max(H - 7, 2)",
         "min(floor(H/2), floor((H + 9)/3))", "max(floor((5 - H)/3) + 4, floor(H/4))", "H/2"]  # fmt: skip


@pytest.mark.parametrize("operator", ["==", "<="])
@pytest.mark.parametrize(("left", "right"), list(itertools.permutations(SIZES, 2)))
def test_a_condition_of_one_letter_is_decided_exactly(left, operator, right):
    condition = Condition(value(left), operator, value(right))
    if not isinstance(condition.difference, Poly):
        return
    found = sizes(condition)
    for size in range(1, 300):
        difference = value_at(condition.difference, size)
        assert (size in found) == (difference == 0 if operator == "==" else difference >= 0), size


# Symbols and numbers.


def assert_same(said, computed, numbers):
    for layer, other in zip(said.layers, computed.layers, strict=True):
        assert put_in(layer.applied.output, numbers) == other.applied.output, layer.name
        for quantity in QUANTITIES:
            assert put_in(getattr(layer.applied, quantity), numbers) == getattr(other.applied, quantity), (
                layer.name,
                quantity,
            )
    for quantity in QUANTITIES:
        assert put_in(getattr(said.totals, quantity), numbers) == getattr(computed.totals, quantity), quantity


def assert_same_fields(said, computed, numbers):
    """Equal, but that pooling or resizing to a given size has no form: what cannot be told is not claimed."""
    for layer, other in zip(said.layers, computed.layers, strict=True):
        for name, axes in layer.fields.items():
            for field, exact in zip(axes.fields, other.fields[name].fields, strict=True):
                for what in ("size", "stride", "offset"):
                    value = getattr(field, what)
                    if exact.advance == 0 and not (field.lost or field.advance == 0):
                        continue  # one unit made larger: its copies all see the same
                    if what == "size" and exact.extent is not None:  # fewer units than a pattern has may see less
                        assert value is None or put_in(value, numbers) >= exact.size, layer.name
                    elif value is not None:
                        assert put_in(value, numbers) == getattr(exact, what), (layer.name, what)
                    else:
                        assert field.lost, layer.name


def sides(report):
    """The letters of the inputs' sides."""
    return sorted({name for shape in report.inputs.values() for size in shape[1:] for name in symbols(size)})


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_network_is_the_same_with_letters_and_with_numbers(name):
    said, fitting = symbolic(name)
    assert not said.errors
    letters = sides(said)
    usual = summarise(name)
    given = {
        letter: size
        for shape, numbers in zip(said.inputs.values(), usual.inputs.values(), strict=True)
        for symbol_, size in zip(shape[1:], numbers[1:], strict=True)
        for letter in symbols(symbol_)
    }
    assert_same(said, usual, given)
    equations = [text for text in conditions(said) if "·" in text]
    for number in (32, 75, 224, 583):
        numbers = {letter: number + 3 * index for index, letter in enumerate(letters)} if not equations else given
        numbers = {letter: nearest(fitting.get(letter, EVERY), size) for letter, size in numbers.items()}
        computed = at_sizes(name, numbers)
        assert not computed.errors, numbers
        assert_same(said, computed, numbers)
        assert_same_fields(said, computed, numbers)


def at_sizes(name, numbers):
    """The run with every letter given its number."""
    return summarise(name, Choices(sets={letter: str(size) for letter, size in numbers.items()}, symbolic=True))


def nearest(fitting, size):
    return min(
        (near for near in range(max(1, size - 1000), size + 1000) if near in fitting), key=lambda near: abs(near - size)
    )


SOME = {1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64}


@pytest.mark.parametrize("some", [set(), pytest.param(SOME, marks=pytest.mark.slow)], ids=["at the edges", "at more"])
@pytest.mark.parametrize("name", FAMILIES)
def test_a_bundled_network_fits_exactly_where_it_says(name, some):
    said, fitting = symbolic(name)
    for letter in sides(said):
        found = fitting.get(letter, EVERY)
        around = some or {1} | {
            size for edge in (found.start, *found.some) for size in range(edge - 2, edge + 2) if size > 0
        }
        for size in sorted(around):
            numbers = {other: nearest(fitting.get(other, EVERY), 224) for other in sides(said)} | {letter: size}
            fits = size in found and equations_hold(said, numbers)
            assert (not at_sizes(name, numbers).errors) == fits, (letter, size)


def equations_hold(report, numbers):
    """What several letters have to meet together."""
    sides_of = (text.split(" = ") for text in conditions(report) if "·" in text)
    return all(len({evaluate(parse(side), numbers) for side in pair}) == 1 for pair in sides_of)


LAYER = st.sampled_from(
    ["conv 4 k3", "conv 4 k3 p1", "conv 4 k5 s2 p1", "conv 4 k2 s2", "maxpool 2", "maxpool 3 s2 p1", "avgpool 3 s2 ceil=yes",
     "maxpool 3 s2 p1 ceil=yes", "upsample 2", "upsample 3", "tconv 4 k2 s2", "tconv 4 k3 s2 p1 op=1", "relu", "conv 4 k3 d2 p2",
     "zeropad p1", "crop 1", "conv 4 k1 s3"]
)  # fmt: skip
ITEM = st.recursive(
    LAYER,
    lambda items: st.lists(items, min_size=1, max_size=4).map(
        lambda main: {"concat": {"a": main, "b": ["identity"]}}
    ).map(lambda item: {"block": item}) | st.tuples(LAYER, LAYER, st.sampled_from(["upsample 2", "upsample 4", "tconv 4 k2 s2"])).map(list),
    max_leaves=6,
)  # fmt: skip


def flat(items):
    """Items as a spec has them; a concat is followed by a convolution back to four channels."""
    for item in items:
        if isinstance(item, list):
            yield from item
        elif isinstance(item, dict):
            paths = item["block"]["concat"]
            yield {"concat": {"a": list(flat(paths["a"])), "b": ["identity"]}}
            yield "conv 4 k1"
        else:
            yield item


@given(st.lists(ITEM, min_size=1, max_size=5))
def test_a_random_network_fits_exactly_where_it_says(items):
    text = spec("4xL", *flat(items))
    graph = graph_of(spec_of(Source("test", text)))
    said = walk(graph)
    fitting = graph.fitting.get("L", EVERY)
    if said.errors:
        assert not any(fits(text, size) for size in range(1, 49))
        return
    for size in (*range(1, 49), 96, 144, 240):
        assert (size in fitting) == fits(text, size), (size, fitting)
        if size in fitting:
            assert_same(said, summarise_text(text.replace("xL", f"x{size}")), {"L": size})


# At the command line.


def test_json_has_the_condition_and_the_forms(convcalc):
    code, out, _ = convcalc("summary", "resnet50", "--symbolic", "--json")
    found = json.loads(out)
    assert code == 0 and found["warnings"] == []
    assert found["layers"][3]["output"] == [64, "floor((H + 3)/4)", "floor((W + 3)/4)"]
    _, out, _ = convcalc("summary", "unet_same", "--symbolic", "--json")
    (warning,) = json.loads(out)["warnings"]
    assert (warning["code"], warning["message"]) == ("W002", "the network fits when H and W are multiples of 16")
    assert warning["layer"] == "concat4" and warning["line"]


@pytest.mark.parametrize("notation", ["python", "sql"])
def test_every_value_can_be_pasted(convcalc, notation):
    _, out, _ = convcalc("summary", "googlenet", "--symbolic", "--json", "--notation", notation)
    found, numbers = json.loads(out), {"H": 231, "W": 197}
    computed = json.loads(convcalc("summary", "googlenet", "--input", "3x231x197", "--json")[1])
    run = (lambda text: eval(text, dict(numbers))) if notation == "python" else (lambda text: by_sqlite(text, numbers))
    for layer, other in zip(found["layers"], computed["layers"], strict=True):
        for key in ("macs", "activations", "parameters", "connections"):
            assert (run(layer[key]) if isinstance(layer[key], str) else layer[key]) == other[key], (layer["name"], key)
        assert [run(size) if isinstance(size, str) else size for size in layer["output"]] == other["output"]
    assert run(found["totals"]["macs"]) == computed["totals"]["macs"]


def test_a_shape_in_python_is_a_tuple(convcalc):
    _, out, _ = convcalc("summary", "lenet5", "--symbolic", "--notation", "python")
    assert "(16, H//4 - 3, W//4 - 3)" in out
    assert "2400*(H//2 - 6)*(W//2 - 6)" in out
    _, out, _ = convcalc("summary", "lenet5", "--symbolic", "--format", "markdown", "--notation", "sql")
    assert "`(16, (H - H % 4) / 4 - 3, (W - W % 4) / 4 - 3)`" in out


def test_a_letter_is_given_its_number(convcalc):
    for name, letters in (("lenet5", ("H=32", "W=32")), ("unet_same", ("H=512", "W=512"))):
        _, plain, _ = convcalc("summary", name)
        _, letters_set, _ = convcalc("summary", name, "--symbolic", "--set", letters[0], "--set", letters[1])
        assert letters_set == plain
    _, half, _ = convcalc("summary", "lenet5", "--symbolic", "--set", "H=32")
    assert "16×5×(⌊W/4⌋ − 3)" in half and "Fits when        W is at least 32" in half


def test_two_inputs_of_other_sizes_have_other_letters():
    text = json.dumps({"input": {"a": "3x64x64", "b": "3x32x32", "c": "3x64x64"}, "layers": [
        {"p": {"maxpool": {"kernel": 2, "from": "a"}}}, {"concat": {"from": ["p", "b"]}}]})  # fmt: skip
    report = summarise_text(text)
    assert not report.errors
    report = summarise_text(text, Choices(symbolic=True))
    assert [shown(*shape) for shape in report.inputs.values()] == ["3 × H × W", "3 × H2 × W2", "3 × H × W"]
    assert conditions(report) == ["H and W are at least 2", "H2 = ⌊H/2⌋", "W2 = ⌊W/2⌋"]


STRIDED = [
    pytest.param("conv 8 k3 s2 d2", 9, 2045, id="nine dilated strides"),
    pytest.param("conv 8 k3 s2 d2", 10, 4093, id="ten, beyond what is tried"),
    pytest.param("conv 8 k3 s2 d2", 255, 2**257 - 3, id="hundreds"),
    pytest.param("maxpool 3 s3", 40, 3**40, id="pooling by three"),
    pytest.param("avgpool 5000", 1, 5000, id="one large window"),
    pytest.param("conv 8 k4 s3 p1", 20, (3**20 + 1) // 2, id="padding and stride"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "count", "least"), STRIDED)
def test_the_smallest_size_of_a_chain_has_as_many_digits_as_it_takes(layer, count, least):
    found = graph_of(spec_of(Source("test", f"8xL -> [{layer}]*{count}")), Choices(symbolic=True)).fitting
    assert found["L"] == sizes_from(least)


LAYERS = st.one_of(
    st.builds("conv 8 k{} s{} d{} p{}".format, st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.integers(0, 1)),
    st.builds("maxpool {0} s{1} ceil={2}".format, st.integers(1, 5), st.integers(1, 4), st.sampled_from(("yes", "no"))),
    st.builds("tconv 8 k{} s{} p{}".format, st.integers(1, 4), st.integers(1, 3), st.integers(0, 2)),
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.lists(LAYERS, min_size=1, max_size=4), st.integers(1, 30))
def test_a_chain_works_from_its_smallest_size_on_and_not_below(layers, count):
    chain = " -> ".join((layers * count)[:30])
    graph = graph_of(spec_of(Source("test", f"8xL -> {chain}")), Choices(symbolic=True))
    least = 1
    if graph.fitting:
        left = graph.fitting["L"]
        least = left.start
        assert left == sizes_from(least)
    for size in {least, least + 1, 2 * least + 7}:
        assert not summarise_text(f"8x{size} -> {chain}").errors
    if least > 1:
        assert summarise_text(f"8x{least - 1} -> {chain}").errors


def test_an_inequality_that_is_not_solved_is_told_as_it_is():
    """Up to 10,001: sizes below a number are told one by one, and these are too many."""
    found = conditions(summarise_text("1xL -> tconv 8 k3 s2 output=20001"))
    assert found == ["L is at least 10,000", "2·L + 1 ≤ 20001"]


def test_a_long_period_of_one_remainder_is_no_equation():
    """127·131: two sets of one remainder each meet in few steps."""
    layers = [{"concat": {"a": ["maxpool 127", "upsample 127"], "b": ["identity"]}}, {"concat": {"a": ["maxpool 131", "upsample 131"], "b": ["identity"]}}]  # fmt: skip
    found = conditions(summarise_text(spec("1xL", *layers)))
    assert found == ["L is a multiple of 16,637"]


def test_a_set_knows_its_remainder():
    assert Sizes(frozenset(), 1, 4, frozenset((3,))).residue == 3
    assert sizes_where(lambda n: n % 4 == 3 or n == 5, 6, 4).residue is None


@pytest.mark.parametrize(
    ("layers", "conditions"),
    [
        pytest.param("maxpool 9, conv 8 k=K", ["H and W are at least 9", "K ≤ ⌊H/9⌋", "K ≤ ⌊W/9⌋"], id="a window"),
        pytest.param("conv 8 k=K, maxpool 2", ["K + 1 ≤ H", "K + 1 ≤ W"], id="the stronger of two"),
        pytest.param("conv 8 k=K s2 p1", ["K ≤ H + 2", "K ≤ W + 2"], id="padding"),
        pytest.param("conv 2 k=K, conv 2 k=K", ["K ≤ H", "K ≤ W", "2·K ≤ H + 1", "2·K ≤ W + 1"], id="two windows"),
    ],
)
def test_inequalities_of_several_letters_are_told_and_decide(layers, conditions):
    def graph(**values):
        text = f"{{input: 1xHxW, symbols: [K], layers: [{layers}]}}"
        return graph_of(
            spec_of(Source("<text>", text)), Choices(sets={name: str(value) for name, value in values.items()})
        )

    told = [finding.message.removeprefix("the network fits when ") for finding in graph().conditions]
    assert told == conditions
    for height in (9, 11, 20):
        for kernel in range(1, 12):
            values = {"H": height, "W": 20, "K": kernel}
            holds = all(holds_for(text, values) for text in told)
            assert holds == (not graph(**values).diagnostics), values


def holds_for(text, values):
    if " at least " in text:
        return min(values["H"], values["W"]) >= int(text.rpartition(" ")[2])
    python = text.replace("·", "*").replace("⌊", "(").replace("⌋", ")").replace("/", "//").replace("≤", "<=")
    return eval(python, {}, values)


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        pytest.param("conv 8 k=K-3", ["K = 4 to 35"], id="a kernel"),
        pytest.param("conv 8 k3 s=K-2", ["K is at least 3"], id="a stride"),
        pytest.param("conv 8 k3 p=K-4", ["K is at least 4"], id="a padding"),
        pytest.param("conv K-3 k3", ["K is at least 4"], id="filters"),
        pytest.param("maxpool floor(K/2)", ["K = 2 to 65"], id="a size divided by it"),
        pytest.param("conv 8 k=K p=K", [], id="a letter is at least 1"),
    ],
)
def test_a_value_in_letters_is_not_below_its_lowest(layer, told):
    text = f"{{input: 3x32x32, symbols: [K], layers: [{layer}]}}"
    graph = graph_of(spec_of(Source("<text>", text)), Choices())
    assert [each.message.removeprefix("the network fits when ") for each in graph.conditions][: len(told)] == told


@pytest.mark.parametrize(("layer", "condition"), [
    ("conv 8 k=K/2", f"K = {', '.join(map(str, range(2, 63, 2)))} or 64"), ("conv K/3 k3", "K is a multiple of 3"), ("maxpool 2 s=K/2", "K is even"),
])  # fmt: skip
def test_what_counts_is_whole(layer, condition):
    assert conditions(summarise_text(f"input: 3x32x32\nsymbols: [K]\nlayers: [{layer}]"))[-1] == condition


@pytest.mark.parametrize(("chain", "condition", "residue", "period"), [
    ("conv 4 k3 s2 -> " * 99 + "relu", f"H = {{}} mod {{}}, at least {2**100 - 1:,}", 2**99 - 1, 2**99),
    (" -> ".join(f"conv 4 k{k} s{k} -> upsample {k}" for k in (3, 2, 5, 7, 11, 13, 17)), "H is a multiple of {1}", 0, 510_510),
])  # fmt: skip
def test_the_congruences_of_a_chain_are_one(chain, condition, residue, period):
    """By the Chinese remainder theorem, however large the modulus."""
    text = "{} -> " + chain
    report = summarise_text(text.format("3xH"), Choices(convention="textbook"))
    (said,) = conditions(report)
    assert said == condition.format(f"{residue:,}", f"{period:,}")
    fits = residue + period
    assert not summarise_text(text.format(f"3x{fits}"), Choices(convention="textbook")).errors
    assert summarise_text(text.format(f"3x{fits + period // 2}"), Choices(convention="textbook")).errors


def test_what_is_never_whole_is_an_error():
    (error,) = summarise_text("input: 3x32x32\nsymbols: [K]\nlayers: [conv 8 k=K+1/2]").errors
    assert (error.code, error.message) == ("V001", "kernel must be a whole number, not K + 1/2")


def test_a_value_that_is_below_its_lowest_whatever_its_letters_are():
    graph = graph_of(spec_of(Source("<text>", "{input: 3x32x32, symbols: [K], layers: [conv 8 k=1-K]}")), Choices())
    (error,) = [each for each in graph.diagnostics if each.severity == "error"]
    assert (error.code, error.message, error.hint) == ("V002", "kernel must be at least 1, not 1 − K", "kernel=1")


# A name that stands in an input is what the run gives there, a number or a letter.
GIVEN = {
    "as written": ({}, 20),
    "another number": ({"inputs": {"": "1x9"}}, 9),
    "--set": ({"sets": {"steps": "9"}}, 9),
    "a letter": ({"inputs": {"": "1xT"}}, "T"),
    "--symbolic": ({"symbolic": True}, "L"),
    "--symbolic --set": ({"symbolic": True, "sets": {"steps": "9"}}, 9),
    "--symbolic, and its letter": ({"symbolic": True, "sets": {"L": "9"}}, 9),
}


@pytest.mark.parametrize("case", GIVEN)
def test_the_name_of_a_side_is_its_size(case):
    choices, steps = GIVEN[case]
    text = "let: {steps: 20}\ninput: [1, steps]\nlayers:\n- crop [[steps-1, 0]]\n- flatten\n- linear 5"
    report = summarise(Source("<text>", text), Choices(**choices))
    assert not report.errors, report.errors
    assert [str(size) for size in report.inputs["input"]] == ["1", str(steps)]
    assert report.totals.parameters == 10


def test_a_name_that_stands_for_two_letters_keeps_its_number():
    text = "let: {side: 8}\ninput: [3, side, side]\nlayers: [globalavgpool, flatten, linear side]"
    for choices, units in [
        (Choices(), 8),
        (Choices({"": "3x5x5"}), 5),
        (Choices({"": "3xNxN"}), "N"),
        (Choices(symbolic=True), 8),
        (Choices({"": "3x5x5"}, symbolic=True), 5),
    ]:
        assert [str(size) for size in summarise(Source("<text>", text), choices).output] == [str(units)]


def test_what_follows_from_a_side_follows_from_its_letter():
    text = "let: {steps: 20, half: steps//2}\ninput: [1, steps]\nlayers: [flatten, linear half]"
    report = summarise(Source("<text>", text), Choices(symbolic=True))
    assert [str(size) for size in report.output] == ["floor(L/2)"]


@pytest.mark.parametrize(
    ("shape", "layer", "names", "condition"),
    [
        ("CxHxW", "slice 8", "", "C is at least 8"),
        ("CxHxW", "slice 8 axis=2 start=4", "", "H is at least 8"),
        ("8xW", "slice S axis=1", "S", "S = 1 to 8"),
        ("LxC", "select 3 axis=1", "", "L is at least 4"),
        ("LxC", "select -3 axis=1", "", "L is at least 3"),
        ("CxW", "pad P mode=reflect", "P", "P + 1 ≤ W"),
        ("CxW", "pad -P", "P", "2·P + 1 ≤ W"),
    ],
)
def test_what_a_layer_takes_of_an_axis_is_a_condition_on_its_letter(shape, layer, names, condition):
    assert condition in conditions(summarise_text(spec(shape, layer, names=names)))


@pytest.mark.parametrize(("size", "shown"), [("3.5", "7/2"), ("0", "0"), ("-7/2", "-7/2"), ("2-5", "-3")])
def test_a_letter_of_a_side_is_no_fraction_and_at_least_1(convcalc, size, shown):
    code, out, err = convcalc("summary", "resnet50", "--symbolic", "--set", f"H={size}", "--set", "W=224")
    assert (code, out) == (3, "") and f"input H: a size must be a whole number, at least 1, not {shown}" in err
