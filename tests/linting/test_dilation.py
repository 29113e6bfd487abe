"""Holes in the field of dilated convolutions, against cells that are really followed."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.layers.window import SLIDING, Step
from convcalc.linting.dilation import Comb, comb_through, dense_dilations

LAYERS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5)), min_size=1, max_size=4)  # (taps, dilation)


def cells_seen(layers):
    """The cells of the input that unit 0 of a stack sees, going back from it."""
    seen = {0}
    for taps, dilation in reversed(layers):
        seen = {cell + tap * dilation for cell in seen for tap in range(taps)}
    return seen


@given(LAYERS)
def test_a_comb_is_what_a_unit_sees(layers):
    comb = Comb(1, 0)
    for taps, dilation in layers:
        comb = comb.slid(Step(SLIDING, dilation * (taps - 1) + 1, 1, 0, dilation, 99, 99))
    seen = cells_seen(layers)
    assert {bit for bit in range(comb.reach) if comb.teeth >> bit & 1} == seen
    assert comb.has_holes == (len(seen) < max(seen) + 1)


@given(LAYERS, LAYERS, st.integers(-3, 3))
def test_branches_see_together_what_each_sees(layers, others, moved):
    one, other = (
        Comb(sum(1 << cell for cell in cells_seen(each)), first) for each, first in ((layers, 0), (others, moved))
    )
    both = one.union(other)
    cells = cells_seen(layers) | {cell + moved for cell in cells_seen(others)}
    assert {both.first + bit for bit in range(both.reach) if both.teeth >> bit & 1} == cells


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), min_size=1, max_size=3))
def test_dilations_that_are_proposed_are_dense_and_reach_as_far(layers):
    taps, given_dilations = map(list, zip(*layers, strict=True))
    found = dense_dilations(taps, given_dilations)
    wanted = sum((k - 1) * d for k, d in layers)
    every = [
        each for each in product(range(1, wanted + 2), repeat=len(taps))
        if sum((k - 1) * d for k, d in zip(taps, each, strict=True)) == wanted
        and cells_seen(list(zip(taps, each, strict=True))) == set(range(wanted + 1))
    ]  # fmt: skip
    if found is None:
        dilated = [[d for d, k in zip(each, taps, strict=True) if k > 1] for each in every]
        assert not [each for each in dilated if each == sorted(each)]
    else:
        assert sum((k - 1) * d for k, d in zip(taps, found, strict=True)) == wanted
        assert cells_seen(list(zip(taps, found, strict=True))) == set(range(wanted + 1))


@pytest.mark.parametrize(
    ("dilations", "read", "reach"), [((2, 2, 2), 7, 13), ((1, 2, 5), 17, 17), ((1, 2, 3), 13, 13), ((4, 4), 5, 17)]
)
def test_known_runs_of_3_taps(dilations, read, reach):
    teeth = 1
    for dilation in dilations:
        teeth = comb_through(teeth, 3, dilation)
    assert (teeth.bit_count(), teeth.bit_length()) == (read, reach)  # 7² = 49 of 13² = 169 on a map
