"""Slips in a single number: what is one, and what is none."""

import pytest

from convcalc.marking.slips import number_slip


@pytest.mark.parametrize(
    ("given", "right", "slip"),
    [
        (61707, 61706, "slip.off_by_one"),
        (6176, 61706, "slip.digits"),
        (61760, 61706, "slip.digits"),
        (2 * 61706, 61706, "slip.doubled"),
        (30853, 61706, "slip.doubled"),
        (61306, 61706, "slip.digit_changed"),
        (17, 61706, ""),
        (99, 31, ""),
        (0, 0, ""),
        (5, 10**400, ""),  # no float is so large
        (2**59, 2**60 + 1, ""),  # nor exact
        (2**59, 2**60, "slip.doubled"),
    ],
)
def test_a_slip_of_a_number_is_named(given, right, slip):
    assert number_slip(given, right) == slip
