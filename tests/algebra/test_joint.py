"""Formulas evaluated together have the values that each has by itself."""

import pytest

from convcalc.algebra.expr import ExprError, evaluate
from convcalc.algebra.joint import WORTH, JointFormulas
from convcalc.algebra.parser import parse
from convcalc.algebra.poly import symbol

TEXTS = (
    "floor((n + 2*p - k)/s) + 1", "floor((n + 2*p - k)/s)", "(n + 2*p - k)/s + 1", "ceil((n - k)/s) + 1", "n", "7",
    "K*c*f + f", "(K*c + b)*f", "max(n, k, 5)", "min(n - k, p)", "-n", "k**2", "n % s", "n/0", "missing + 1", "2**n**n",
    "(n/3)*3", "k**(1/2)",
)  # fmt: skip
LETTERS = (
    {"n": 32, "p": 1, "k": 3, "s": 2, "K": 9, "c": 3, "f": 64, "b": 1},
    {"n": 7, "p": 0, "k": 7, "s": 0, "K": 49, "c": 0, "f": 1, "b": 0},
    {"n": symbol("H"), "p": 1, "k": 3, "s": 2, "K": 9, "c": symbol("C"), "f": 64, "b": 1},
    {},
)


def alone(text, known):
    try:
        return evaluate(parse(text), known)
    except (ExprError, TypeError, ZeroDivisionError):
        return None


@pytest.mark.parametrize("known", LETTERS, ids=["a layer", "a stride of 0", "letters", "nothing known"])
def test_together_as_each_alone(known):
    assert JointFormulas(map(parse, TEXTS)).values(known) == [alone(text, known) for text in TEXTS]


def test_a_shared_part_is_worked_out_once():
    apart = sum(len(JointFormulas([parse(text)]).steps) for text in TEXTS[:3])
    assert len(JointFormulas(map(parse, TEXTS[:3])).steps) < apart


@pytest.mark.parametrize("known", LETTERS, ids=["a layer", "a stride of 0", "letters", "nothing known"])
def test_what_is_evaluated_often_gives_the_same(known):
    """After WORTH times by a program of its own, which gives way where something has no value."""
    whole = tuple(text for text in TEXTS if alone(text, LETTERS[0]) is not None and "/0" not in text)
    for texts in (TEXTS, whole):
        formulas = JointFormulas(map(parse, texts))
        expected = [alone(text, known) for text in texts]
        assert all(formulas.values(known) == expected for _ in range(WORTH + 3))
    assert formulas.program(*map(LETTERS[0].get, formulas.names)) == [alone(text, LETTERS[0]) for text in whole]
