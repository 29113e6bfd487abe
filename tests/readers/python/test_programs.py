"""What the interpreter makes of a program is what Python itself makes of it."""

import pytest
from evaluation import evaluate
from hypothesis import given
from hypothesis import strategies as st
from programs import PROGRAMS

from convcalc.readers.python.values import Opaque


def by_python(code, expression):
    names = {"__name__": "net"}
    exec(compile(code, "net.py", "exec"), names)
    return eval(expression, names)


@pytest.mark.parametrize(("code", "expression"), PROGRAMS)
def test_a_program_means_what_it_means_to_python(code, expression):
    if "numpy" in code:
        pytest.importorskip("numpy")
    expected = by_python(code, expression)
    found = evaluate(code, expression)
    assert found == expected
    assert repr(found) == repr(expected) or isinstance(expected, (dict, set))


@pytest.mark.parametrize("function", ["sum", "prod", "max", "min", "mean", "cumsum"])
def test_what_an_array_is_along_one_of_its_axes_is_not_known(function):
    table = evaluate("import numpy as np", f"np.{function}([[1, 2], [3, 40]], axis=0)")
    assert table.reason == "sums along an axis of an array are not read"
    assert not isinstance(evaluate("import numpy as np", f"np.{function}([1, 2], axis=0)"), Opaque)


NUMBERS = st.one_of(st.integers(-20, 20), st.sampled_from([0.5, -1.5, 2.0, 1e3]), st.booleans()).map(repr)
BINARY = ["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or"]
WHOLE = ["&", "|", "^", "<<", ">>", "**", "+", "-", "*", "//", "%"]


def joined(inner, signs):
    return st.tuples(inner, st.sampled_from(signs), inner).map(lambda parts: "({} {} {})".format(*parts))


ARITHMETIC = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        joined(inner, BINARY),
        inner.map("(-{})".format),
        inner.map("(not {})".format),
        st.tuples(inner, inner, inner).map(lambda parts: "({} if {} else {})".format(*parts)),
        st.tuples(st.sampled_from(["abs", "int", "float", "bool", "round", "str"]), inner).map(
            lambda p: "{}({})".format(*p)
        ),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda p: "{}({}, {})".format(*p)),
    ),
    max_leaves=12,
)
INTEGERS = st.recursive(st.integers(-9, 9).map(lambda n: f"({n})"), lambda inner: joined(inner, WHOLE), max_leaves=6)
LISTS = st.recursive(
    st.lists(st.integers(-5, 5), max_size=4).map(repr),
    lambda inner: st.one_of(
        joined(inner, ["+"]),
        st.tuples(inner, st.integers(-1, 3)).map(lambda p: "({} * {})".format(*p)),
        st.tuples(inner, st.integers(-4, 4), st.integers(-4, 4), st.sampled_from([-2, -1, 1, 2])).map(
            lambda p: "{}[{}:{}:{}]".format(*p)
        ),
        st.tuples(inner, st.integers(-4, 4)).map(lambda p: "[{}[{}]]".format(*p)),
        inner.map("[v * 2 for v in {} if v]".format),
        inner.map("[v + 1 for w in [{0}, {0}] for v in w]".format),
        inner.map("sorted({})".format),
        inner.map("list(reversed({}))".format),
        inner.map("[len({0}), sum({0}), {0}.count(1), *{0}, max({0})]".format),
        inner.map("sorted(set({}))".format),
        inner.map("[w for _, w in enumerate({})]".format),
        inner.map("[a + b for a, b in zip({0}, {0}[1:])]".format),
        inner.map("list(dict.fromkeys({}))".format),
        inner.map("(lambda a, *b, c=[1]: [a, *b, *c])(*{})".format),
        inner.map("[int(c) for c in ','.join(str(v) for v in {}).split(',') if c]".format),
        inner.map("[int(f'{{v:+3d}}') for v in {}]".format),
    ),
    max_leaves=8,
)


def outcome(function, expression):
    """The value of an expression, or the kind of the error."""
    try:
        value = function("", expression)
    except Exception as error:  # of Python itself, or a Problem that names its kind
        return getattr(getattr(error, "kind", None), "name", type(error).__name__)
    return value, type(value)


@pytest.mark.hypothesis
@given(st.one_of(ARITHMETIC, INTEGERS, LISTS))
def test_an_expression_is_what_it_is_to_python(expression):
    expected = outcome(by_python, expression)
    found = outcome(evaluate, expression)
    if found == "Problem":  # beyond the bounds
        return
    if not isinstance(expected, tuple) or expected[1] is not complex:
        assert found == expected
