"""Counts of what windows see, against windows that are really slid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.layers.window import SLIDING, SPREADING, Step
from convcalc.linting.spreading import products_by_place
from convcalc.linting.windows import cells_read, dropped_cells, is_counted, live_taps, live_units, taps


@st.composite
def windows(draw):
    n, k, s, d = draw(st.integers(1, 12)), draw(st.integers(1, 6)), draw(st.integers(1, 5)), draw(st.integers(1, 5))
    before, after = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    reach = d * (k - 1) + 1
    extra = draw(st.integers(0, 1))  # as rounding up has it
    out = max((n + before + after - reach) // s + 1 + extra, 1)
    return Step(SLIDING, reach, s, before, d, n, out)


def places(step):
    """The cells at the taps of every window, those of the padding too."""
    return [
        [unit * step.stride - step.before + tap * step.step for tap in range(taps(step))] for unit in range(step.out)
    ]


def inside(step, place):
    return 0 <= place < step.size


@given(windows())
def test_cells_that_no_window_reads_are_counted(step):
    assert cells_read(step) == len({place for window in places(step) for place in window if inside(step, place)})


@given(windows())
def test_taps_that_only_meet_padding_are_counted(step):
    met = [tap for tap in range(taps(step)) if any(inside(step, window[tap]) for window in places(step))]
    assert live_taps(step) == met


@given(windows())
def test_outputs_that_only_see_padding_are_counted(step):
    assert live_units(step) == sum(any(inside(step, place) for place in window) for window in places(step))


@given(windows())
def test_cells_behind_the_last_window_are_counted(step):
    end = max(place for window in places(step) for place in window)
    expected = sum(place > end for place in range(step.size))
    assert max(0, dropped_cells(step)) == (0 if step.reach < step.stride else expected)


@given(st.integers(1, 8), st.integers(1, 5), st.integers(1, 4))
def test_products_in_an_output_of_a_transposed_convolution_are_counted(k, s, d):
    n = 2 * k * d  # so many that some outputs are away from the edges
    sums = [0] * ((n - 1) * s + d * (k - 1) + 1)
    for source in range(n):
        for tap in range(k):
            sums[source * s + tap * d] += 1
    edge = d * (k - 1)
    inner = sums[edge : len(sums) - edge]
    found = products_by_place(Step(SPREADING, d * (k - 1) + 1, s, 0, d, n, len(sums)))
    assert set(found) == set(inner)


@pytest.mark.parametrize("step", [Step(SLIDING, 10**9, 1, 10**9, 1, 4, 10**9), Step(SLIDING, "K", 1, 0, 1, 4, 4)])
def test_what_has_too_many_taps_or_letters_is_not_counted(step):
    assert not is_counted(step)
