"""What is said of a sweep below its table, and how the table fits a terminal."""

import pytest

from convcalc.render.layout import width
from convcalc.render.script import ASCII, UNICODE
from convcalc.render.sweep import FORMATS, AnsweredSweep, SweepLook, sentences
from convcalc.sweep.answers import NearMiss
from convcalc.sweep.asked import AskedSweep
from convcalc.sweep.question import SweepTally


def sweep(tally, rows=(), conditions=(), front=0, misses=(), is_best=False, **asked):
    question, _ = AskedSweep(("H=1..100", "C=8,16"), **asked).read()
    return AnsweredSweep("Net", question, conditions, rows, tally, front, is_best, nearest=misses)


def told(made, script=UNICODE):
    return list(sentences(made, len(made.rows), script))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (sweep(SweepTally(200, {}, 0, 200), [()] * 200), ["200 points, and the network fits at all of them"]),
        (sweep(SweepTally(1, {}, 0, 1), [()]), ["1 point, and the network fits at all of them"]),
        (
            sweep(SweepTally(200, {"H must be at least 63": 124}, 6, 70), [()] * 20, ("macs <= 5", "C > 3")),
            ["200 points, of which 70 are left", "124 do not fit: H must be at least 63",
             "6 do not meet a condition: macs <= 5 and C > 3", "the first 20 of 70 rows; --limit 0 shows all"],
        ),
        (
            sweep(SweepTally(200, {f"why {place}": place for place in range(1, 8)}, 1, 171), [()] * 171, ("macs <= 5",)),
            ["200 points, of which 171 are left", "28 do not fit:", "  7: why 7", "  6: why 6", "  5: why 5", "  4: why 4",
             "  3: why 3", "  3: 2 other reasons, in --format json", "1 does not meet the condition: macs <= 5"],
        ),
        (
            sweep(SweepTally(50, {}, 0, 50), [()] * 50, sample=50, seed=7, shard=(2, 4)),
            ["50 points, drawn from 200 with --seed 7, part 2 of 4, and the network fits at all of them"],
        ),
        (
            sweep(SweepTally(200, {}, 0, 200), [()] * 3, front=5, pareto="min macs, max H"),
            ["200 points, and the network fits at all of them", "5 of 200 points are on the front of min macs, max H",
             "the first 3 of 5 rows; --limit 0 shows all"],
        ),
        (
            sweep(SweepTally(9, {}, 9, 0), (), ("macs <= 5",), 0,
                  (NearMiss("macs <= 5", 9, {"H": 3, "C": 8}, {"macs": 1234}, False),)),
            ["9 points, of which 0 are left", "9 do not meet the condition: macs <= 5",
             "without macs <= 5: 9 points; the nearest is H=3, C=8 with 1,234 MACs"],
        ),
    ],
)  # fmt: skip
def test_what_became_of_the_points_is_told(made, expected):
    assert told(made) == expected


def test_a_front_of_one_kind_is_told():
    made = sweep(SweepTally(9, {}, 0, 9), [()], front=1, is_best=True, pareto="min macs, min H")
    assert "the best in one of these is the best in all" in told(made)[2]


ROWS = [(100, 8, 1_234_567, 9_876_543_210, 4096, 555), (3, 16, 5, 7, 8, None)]


@pytest.mark.parametrize("form", ["table", "plain", "markdown"])
def test_a_table_has_every_number(form):
    text = "".join(FORMATS[form](sweep(SweepTally(200, {}, 0, 200), ROWS), SweepLook()))
    for word in ("H", "C", "Parameters", "MACs", "Receptive", "1,234,567", "9,876,543,210", "555", "—"):
        assert word in text


@pytest.mark.parametrize("columns", [80, 50, 30])
def test_a_table_is_no_wider_than_its_terminal(columns):
    text = "".join(FORMATS["table"](sweep(SweepTally(200, {}, 0, 200), ROWS), SweepLook(columns)))
    table = text.partition("\n\n")[2].partition("\n\n")[0]
    assert max(map(width, table.splitlines())) <= columns
    assert ("not shown in" in text) == (columns <= 50)
    assert "\x1b" not in text and "\x1b" in "".join(
        FORMATS["table"](sweep(SweepTally(200, {}, 0, 200), ROWS), SweepLook(columns, True))
    )


def test_in_ascii_there_is_ascii_only():
    text = "".join(FORMATS["plain"](sweep(SweepTally(200, {}, 0, 200), ROWS), SweepLook(unicode=False)))
    assert text.isascii() and " x " in text and told(sweep(SweepTally(1, {}, 0, 1), [()]), ASCII)


def test_what_does_not_fit_has_its_reason_in_the_row():
    rows = [(1, 8, None, None, None, None, "H must be at least 5"), (9, 8, 1, 2, 3, 4, None)]
    made = sweep(SweepTally(2, {"H must be at least 5": 1}, 0, 1), rows, keep_invalid=True)
    text = "".join(FORMATS["table"](made, SweepLook(120, True)))
    assert "\x1b[31m" in text and "H must be at least 5" in text.partition("points")[0]
