"""Axes are marked at round numbers, of which no more fit than there is room for."""

from convcalc.render.pictures.ticks import linear_ticks, log_ticks, round_step


def test_ticks_are_round():
    assert linear_ticks(0) == [0]
    assert linear_ticks(7) == [0, 2, 4, 6]
    assert linear_ticks(1_000_000) == [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]
    assert log_ticks(900, 22_000, (1, 2, 5)) == [1000, 2000, 5000, 10_000, 20_000]


def test_the_smallest_round_step_is_taken_of_which_no_more_fit():
    for span in (0.5, 1, 4, 5, 6, 99, 100, 101, 3_000_000):
        for most in (1, 2, 5, 9):
            step = round_step(span, most)
            round_numbers = [digit * 10**power for power in range(9) for digit in (1, 2, 5)]
            assert step == next(number for number in round_numbers if number * most >= span)
