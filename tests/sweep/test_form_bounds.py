"""No form leaves its bounds, and none falls along an axis of which that is denied: on trees at random."""

from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_trees import branches

from convcalc.algebra.expr import ExprError, Extremum, Mul, Neg, Power, Ratio, Sum, evaluate
from convcalc.sweep.bounds import Ranges
from convcalc.sweep.program import SweepProgram
from convcalc.sweep.question import Axis


def program_of(axes, forms):
    return SweepProgram(tuple(axes), tuple(forms), (), (), {})


values = st.integers(-9, 9)
axes_of_two = st.tuples(
    st.lists(st.tuples(values), min_size=1, max_size=4), st.lists(st.tuples(values, values), min_size=1, max_size=4)
).map(lambda points: (Axis(("a",), tuple(points[0])), Axis(("b", "c"), tuple(points[1]))))
trees = st.recursive(st.integers(-5, 12) | st.sampled_from("012"), branches, max_leaves=8)


@given(axes_of_two, trees, st.recursive(st.integers(0, 5) | st.sampled_from("0123"), branches, max_leaves=6))
@settings(max_examples=400, deadline=None)
def test_no_proof_is_wrong(axes, first, second):
    program = program_of(axes, (first, second))
    try:
        known = Ranges(program)
        ranges, whole = ([of(str(place)) for place in range(5)] for of in (known.of, known.bounds_of))
    except ExprError:
        assume(False)
    seen = {}
    points = [sorted(axis.points) for axis in axes]
    for i, j in product(*(range(len(each)) for each in points)):
        numbers = dict(zip("012", (*points[0][i], *points[1][j]), strict=True))
        try:
            for place, form in (("3", first), ("4", second)):
                numbers[place] = evaluate(form, numbers)
        except ExprError:
            continue
        seen[i, j] = numbers
        for place, (low, high) in enumerate(whole):
            assert low <= numbers[str(place)] <= high
    for (i, j), (k, m) in product(seen, seen):
        for axis in (0, 1) if len(seen) > 1 else ():
            if (j == m and i <= k) if axis == 0 else (i == k and j <= m):
                for place, range_ in enumerate(ranges):
                    step = seen[k, m][str(place)] - seen[i, j][str(place)]
                    trend = range_.trends[axis]
                    assert trend is None or (step == 0 if trend == 0 else step * trend >= 0)


AXES = (Axis(("n",), tuple((n,) for n in range(16, 65))), Axis(("c",), ((3,), (1,), (8,))))


@pytest.mark.parametrize(
    ("tree", "low", "high", "trends"),
    [
        ("0", 16, 64, (1, 0)),
        (Neg("1"), -8, -1, (0, -1)),
        (Ratio(Sum(("0", 1)), 2, "floor"), 8, 32, (1, 0)),
        (Mul(("1", Power(Sum(("0", Neg(4))), 2))), 144, 28800, (1, 1)),
        (Ratio("0", "1", "ceil"), 2, 64, (1, -1)),
        (Extremum("max", ("0", Mul((20, "1")))), 20, 160, (1, 1)),
        (Sum((Mul(("0", "0")), Neg("0"))), 192, 4080, (None, 0)),
        (Sum(("0", Neg("1"))), 8, 63, (1, -1)),
        (Power(Sum(("0", Neg(40))), 2), 0, 576, (None, 0)),
    ],
)
def test_what_is_proved(tree, low, high, trends):
    range_ = Ranges(program_of(AXES, ())).of(tree)
    assert range_ == (low, high, trends)


def test_every_tree_in_a_tree_has_bounds():
    tree = Sum((Mul(("0", "1")), Neg(5)))
    expected = {tree: (11, 507), Mul(("0", "1")): (16, 512), "0": (16, 64), "1": (1, 8), Neg(5): (-5, -5), 5: (5, 5)}
    assert {part: Ranges(program_of(AXES, ())).bounds_of(part) for part in expected} == expected
