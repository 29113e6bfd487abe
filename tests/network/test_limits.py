"""Whatever a network asks for, its work is bounded: in digits, in depth, in layers and in symbolic steps."""

import re
from contextlib import redirect_stderr, redirect_stdout
from fractions import Fraction
from io import StringIO
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcalc.algebra.limits import MAX_STEPS_OF_NETWORK, UNLIMITED, ExprError, budget
from convcalc.algebra.substitution import substitute
from convcalc.cli import run
from convcalc.layers.values import number
from convcalc.network.load import summarise, summarise_text
from convcalc.spec import blocks
from convcalc.spec.choices import Choices

DIGITS = "this number is too large: more than 1,000 digits"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("3x8x8 -> conv 2**20000 k1", DIGITS, id="filters"),
        pytest.param("1x32x32 -> conv 1 k3 d=2**20000", DIGITS, id="a dilation"),
        pytest.param("1x32x32 -> conv 1 k3 d22**10000", DIGITS, id="a dilation in shorthand"),
        pytest.param("3x8x8 -> conv 8*(((1/3)**1000)**1000)**1000 k1", DIGITS, id="a tower of fractions"),
        pytest.param("3x8x8 -> conv 10**700 k1 -> conv 10**700 k1", DIGITS, id="a product of what is in bounds"),
        pytest.param("3x8x8 -> [conv 8 k3 s2 p1]*3400", DIGITS, id="the stride of thousands of layers"),
        pytest.param("3x8x8 -> conv " + "-" * 500 + "8 k1", "nested too deeply", id="minus signs"),
        pytest.param("3x8x8 -> conv " + "(" * 150 + "8" + ")" * 150 + " k1", "", id="brackets"),
        pytest.param("CxHxW -> conv (C+1)**200*(C+2)**200 k1", "too involved", id="a product of powers"),
        pytest.param("3x8x8 -> [relu]*2000000", "2,000,000 layers", id="a repeat"),
        pytest.param(
            "{input: 3xNx8, let: {N: 10**500}, layers: [upsample 1.3]}", "write the scale as a fraction", id="a double"
        ),
        pytest.param("{input: 4x7, kinds: {half: {size: n/2}}, layers: [half]}", "4×7/2", id="half a pixel"),
    ],
)
def test_what_goes_beyond_the_limits_is_an_error(text, said):
    report = summarise_text(text)
    if said:
        assert said in report.errors[0].message
        assert report.errors[0].mark is not None
    assert all(len(error.message) < 1_000 for error in report.errors)


@pytest.mark.parametrize("sides", ["8x10x10", "3xHxW"])
def test_half_a_pixel_may_be_whole(sides):
    report = summarise_text(f"{{input: {sides}, kinds: {{half: {{size: n/2}}}}, layers: [half]}}")
    assert not report.errors
    if "H" in sides:
        assert any("even" in each.message for each in report.diagnostics)
    else:
        assert report.output == (8, 5, 5)


@pytest.mark.parametrize(
    "text",
    [
        "1x28x28 -> [conv 8 k3 s2 d2]*60 -> groupnorm 2",
        "8xHxW -> [upsample 3 -> avgpool 2]*40",
        "8xHxW -> [maxpool 3 s2 ceil=yes -> upsample 3]*12",
        "CxHxW -> [conv 2*C+1 k3 p1]*40",
    ],
)
def test_the_symbols_of_a_network_take_bounded_steps(text):
    allowed = 2 * MAX_STEPS_OF_NETWORK
    with budget(allowed):
        report = summarise_text(text, Choices(symbolic=True))
        assert budget.left > 0
    assert budget.left == UNLIMITED
    assert all("too involved" in error.message or error.mark for error in report.errors)


def test_totals_in_letters_are_sums_whatever_their_length():
    report = summarise_text("8x6x1 -> [pool 2 -> conv 8 k2]*255", Choices(symbolic=True))
    assert not report.errors
    assert report.totals.parameters == 255 * (8 * 8 * 2 * 2 + 8)
    large = {"H": 2**260, "W": 2**261}
    for name in ("macs", "activations"):
        total, *counts = (
            substitute(getattr(counted, name), large)
            for counted in (report.totals, *(layer.applied for layer in report.layers))
        )
        assert total == sum(counts)


def test_the_networks_that_are_taught_need_a_fraction_of_the_steps():
    with budget(MAX_STEPS_OF_NETWORK // 10):
        assert not summarise("densenet121", Choices(symbolic=True)).errors


def test_layers_that_are_written_out_are_never_too_many(monkeypatch):
    monkeypatch.setattr(blocks, "MAX_LAYERS", 100)
    assert not summarise_text("input: 3x8x8\nlayers:\n" + "  - relu\n" * 101).errors
    twice = summarise_text("3x8x8 -> [relu -> tanh]*51")
    assert "102 layers" in twice.errors[0].message
    assert "at most 100 are computed" in twice.errors[0].hint


EXPRESSIONS = st.recursive(
    st.sampled_from(
        ["W", "0", "1", "2.5", "1e3", ".75", "7/3", "2**9999", "-3", "9" * 90, "nothing", "x" * 500, "1e", "("]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "**", ","]), inner).map(
            "({0[0]}{0[1]}{0[2]})".format
        ),
        inner.map("floor({})".format),
        inner.map("-({})".format),
        st.tuples(inner, inner).map("max({0[0]}, {0[1]})".format),
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS, st.sampled_from(["-e", "--set", "let"]))
def test_any_expression_is_a_number_or_an_error(text, way):
    """Exit code 0, 2 or 3, and never an exception: run() would make 70 of it."""
    quoted = text.replace("'", "")
    network = {
        "-e": f"3x8xW -> conv {text.replace(' ', '')} k1",
        "--set": "3x8xW -> conv N k1",
        "let": f"{{input: 3x8xW, let: {{N: '{quoted}'}}, layers: [conv N k1]}}",
    }[way]
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as errors:
        code = run(["summary", "-e", network, *(["--set", f"N={text}"] if way == "--set" else [])])
    assert code in (0, 2, 3), errors.getvalue()
    assert len(errors.getvalue()) < 3_000
    assert out.getvalue() or code


def closed(text):
    """Python's own value of an expression of numbers, as fractions."""
    fractions = re.sub(r"(?<![\w.])(\d+\.?\d*|\.\d+)", r"Fraction('\1')", text)
    return eval(fractions, {"Fraction": Fraction, "floor": lambda value: Fraction(floor(value)), "max": max})


NUMBERS = st.recursive(
    st.one_of(st.integers(0, 99).map(str), st.sampled_from(["0.5", "1.25", ".1", "2.", "0.35"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner).map("({0[0]}{0[1]}{0[2]})".format),
        inner.map("floor({})".format),
        st.tuples(inner, inner).map("max({0[0]}, {0[1]})".format),
    ),
    max_leaves=10,
)


@given(NUMBERS)
def test_an_expression_has_the_value_that_python_gives_it(text):
    try:
        expected = closed(text)
    except ZeroDivisionError:
        with pytest.raises(ExprError, match="division by zero"):
            number(text, {})
        return
    assert number(text, {}) == expected
