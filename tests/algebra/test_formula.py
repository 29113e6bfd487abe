import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from random_trees import trees

from convcalc.algebra import poly
from convcalc.algebra.expr import ExprError, Mul, UnknownName, evaluate
from convcalc.algebra.formula import steps, values_of
from convcalc.algebra.notation import chain, write
from convcalc.algebra.parser import parse

CONV = "floor((n + 2*p - d*(k - 1) - 1)/s) + 1"  # Dumoulin & Visin 2016, 1603.07285
POOL = "min(ceil((n + 2*p - d*(k - 1) - 1)/s) + 1, ceil((n + p)/s))"
TRANSPOSED = "(n - 1)*s - 2*p + d*(k - 1) + op + 1"
WEIGHTS = "(K*c/g + b)*f"
FRACTION = "(n - k + 2*p)/s + 1"


@pytest.mark.parametrize(
    "formula, bindings, expected",
    [
        pytest.param(
            CONV,
            {"n": 32, "p": 2, "d": 1, "k": 5, "s": 1},
            "⌊(32 + 2·2 − 1·(5 − 1) − 1)/1⌋ + 1 = ⌊31/1⌋ + 1 = 32",
            id="a stride of 1 is shown",
        ),
        pytest.param(
            CONV,
            {"n": 224, "p": 3, "d": 1, "k": 7, "s": 2},
            "⌊(224 + 2·3 − 1·(7 − 1) − 1)/2⌋ + 1 = ⌊223/2⌋ + 1 = ⌊111.5⌋ + 1 = 112",
            id="the half that is dropped is seen",
        ),
        pytest.param(
            CONV,
            {"n": 10, "p": 0, "d": 1, "k": 3, "s": 3},
            "⌊(10 + 2·0 − 1·(3 − 1) − 1)/3⌋ + 1 = ⌊7/3⌋ + 1 = 3",
            id="a third has no decimals to show",
        ),
        pytest.param(
            CONV,
            {"n": 2, "p": 0, "d": 1, "k": 4, "s": 2},
            "⌊(2 + 2·0 − 1·(4 − 1) − 1)/2⌋ + 1 = ⌊−2/2⌋ + 1 = 0",
            id="a kernel that does not fit",
        ),
        pytest.param(
            POOL,
            {"n": 5, "p": 0, "d": 1, "k": 2, "s": 2},
            "min(⌈(5 + 2·0 − 1·(2 − 1) − 1)/2⌉ + 1, ⌈(5 + 0)/2⌉) = min(⌈3/2⌉ + 1, ⌈5/2⌉) = min(⌈1.5⌉ + 1, ⌈2.5⌉)"
            " = min(3, 3) = 3",
            id="pooling that rounds up",
        ),
        pytest.param(
            TRANSPOSED,
            {"n": 2, "s": 2, "p": 1, "d": 1, "k": 3, "op": 1},
            "(2 − 1)·2 − 2·1 + 1·(3 − 1) + 1 + 1 = 1·2 − 2·1 + 1·2 + 1 + 1 = 4",
            id="a transposed convolution",
        ),
        pytest.param(
            FRACTION,
            {"n": 32, "k": 5, "p": 2, "s": 1},
            "(32 − 5 + 2·2)/1 + 1 = 31/1 + 1 = 32",
            id="a plain fraction that is whole",
        ),
        pytest.param(
            FRACTION,
            {"n": 7, "k": 3, "p": 0, "s": 3},
            "(7 − 3 + 2·0)/3 + 1 = 4/3 + 1 = 7/3",
            id="a plain fraction that does not fit",
        ),
        pytest.param(
            FRACTION,
            {"n": 7, "k": 2, "p": 0, "s": 2},
            "(7 − 2 + 2·0)/2 + 1 = 5/2 + 1 = 3.5",
            id="a plain fraction that has decimals",
        ),
        pytest.param(
            "floor((n - (d*k - 1))/s + 1)",
            {"n": 11, "d": 2, "k": 3, "s": 2},
            "⌊(11 − (2·3 − 1))/2 + 1⌋ = ⌊6/2 + 1⌋ = 4",
            id="a floor round the whole formula",
        ),
        pytest.param(
            "floor((floor((n - 1)/2) + 3)/2) + 1",
            {"n": 12},
            "⌊(⌊(12 − 1)/2⌋ + 3)/2⌋ + 1 = ⌊(⌊11/2⌋ + 3)/2⌋ + 1 = ⌊(⌊5.5⌋ + 3)/2⌋ + 1 = ⌊8/2⌋ + 1 = 5",
            id="a floor within a floor",
        ),
        pytest.param("floor(n*x)", {"n": 7, "x": Fraction(3, 2)}, "⌊7·1.5⌋ = ⌊10.5⌋ = 10", id="scaled by 1.5"),
        pytest.param(
            "floor(n*x)",
            {"n": 16, "x": Fraction(3, 2)},
            "⌊16·1.5⌋ = 24",
            id="scaled by 1.5 to a whole",
        ),
        pytest.param(
            "floor(n*x)",
            {"n": 4, "x": Fraction(1, 3)},
            "⌊4·(1/3)⌋ = ⌊4/3⌋ = 1",
            id="scaled by a third",
        ),
        pytest.param(
            WEIGHTS,
            {"K": Mul((5, 5)), "c": 3, "g": 1, "b": 1, "f": 10},
            "(5·5·3/1 + 1)·10 = 76·10 = 760",
            id="parameters of the lecture's first layer",
        ),
        pytest.param(
            "(K*c + 1)*f",
            {"K": Mul((5, 5)), "c": 3, "f": 10},
            "(5·5·3 + 1)·10 = 76·10 = 760",
            id="parameters without groups",
        ),
        pytest.param(
            "N*K*c*f",
            {"N": Mul((32, 32)), "K": Mul((5, 5)), "c": 3, "f": 10},
            "32·32·5·5·3·10 = 768000",
            id="a plain product goes straight to the result",
        ),
        pytest.param(
            "k*k*c + (c + 1)*f",
            {"k": 3, "c": 3, "f": 64},
            "3·3·3 + (3 + 1)·64 = 3·3·3 + 4·64 = 283",
            id="a depthwise layer and its pointwise one",
        ),
        pytest.param("27*C**2", {"C": 64}, "27·64² = 110592", id="three 3 x 3 layers"),
        pytest.param("K**2 + 1", {"K": Mul((2, 3))}, "(2·3)² + 1 = 37", id="a product put where it needs brackets"),
        pytest.param("n - k + 1 + 2*p", {"n": 3, "k": 5, "p": 0}, "3 − 5 + 1 + 2·0 = −1", id="a negative result"),
        pytest.param("a - b", {"a": 2, "b": -4}, "2 − (−4) = 6", id="a negative number put in"),
    ],
)
def test_a_formula_is_worked(formula, bindings, expected):
    tree = parse(formula)
    letters, *numbers = steps(tree, bindings)
    assert letters == tree
    assert chain(numbers) == expected
    assert write(evaluate(tree, values_of(bindings))) == expected.rsplit(" = ", 1)[-1]


def test_no_step_repeats_where_nothing_changes():
    assert steps(7, {}) == [7]
    assert steps("n", {"n": 3}) == ["n", 3]
    assert chain(steps(parse("1 + 2"), {})) == "1 + 2 = 3"


def test_symbols_are_put_in_and_the_result_follows():
    bindings = {"n": poly.symbol("H"), "p": 2, "d": 1, "k": 5, "s": 1}
    assert chain(steps(parse(CONV), bindings)[1:]) == "⌊H + 2·2 − 1·(5 − 1) − 1⌋ + 1 = H"


@pytest.mark.parametrize(
    "bindings, error, message",
    [
        pytest.param({"a": 1}, UnknownName, "unknown name b", id="a letter without a value"),
        pytest.param({"a": 1, "b": "c"}, UnknownName, "unknown name c", id="a letter standing for a letter"),
        pytest.param({"a": 1, "b": 0}, ExprError, "division by zero", id="a division by zero"),
    ],
)
def test_a_formula_without_a_value_is_an_error(bindings, error, message):
    quotient = parse("a/b")
    with pytest.raises(error, match=message):
        evaluate(quotient, values_of(bindings))
    with pytest.raises(error, match=message):
        steps(quotient, bindings)


bound = (
    st.integers(-9, 40)
    | st.fractions(-3, 3, max_denominator=12)
    | st.tuples(st.integers(1, 9), st.integers(1, 9)).map(Mul)
)


@given(trees, st.fixed_dictionaries(dict.fromkeys(["n", "k", "op", "p_l"], bound)))
def test_every_step_has_the_same_value_and_its_own_look(tree, bindings):
    values = {letter: evaluate(value, {}) if isinstance(value, Mul) else value for letter, value in bindings.items()}
    try:
        value = evaluate(tree, values)
    except ExprError:
        assume(False)
    worked = steps(tree, bindings)
    assert worked[0] == tree
    assert [evaluate(step, values) for step in worked] == [value] * len(worked)
    assert len({write(step) for step in worked}) == len(worked)
    assert write(worked[-1]) == write(value)


def test_importing_formulas_loads_nothing_heavy():
    heavy = "'dataclasses', 'decimal', 'fractions', 'convcalc.algebra.poly'"
    script = f"import sys, convcalc.algebra.formula, convcalc.algebra.inversion; print({{{heavy}}} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "set()\n"
