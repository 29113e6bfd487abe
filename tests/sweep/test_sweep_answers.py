"""The answers of a sweep: which rows, in which order, and what became of the other points."""

import pytest
from test_structures import LENET, axis

from convcalc.closed_forms.table import SizeTest
from convcalc.network.load import spec_of
from convcalc.spec.choices import Choices
from convcalc.sweep.answers import answer
from convcalc.sweep.network import swept
from convcalc.sweep.question import Objective, SweepQuestion

AXES = (axis("C", 4, 9, 2), axis("F", 10, 21), axis("H", 14, 15, 16, 33))


@pytest.fixture(scope="module")
def network():
    return swept(spec_of(LENET), Choices(), ("C", "F", "H"))


def ask(network, **more):
    return answer(network, SweepQuestion(AXES, ("parameters",), **more))


def test_rows_are_in_the_order_of_the_axes(network):
    found = ask(network)
    assert [row[:3] for row in found.rows] == [(c, f, h) for c in (4, 9, 2) for f in (10, 21) for h in (16, 33)]
    assert found.tally[:4] == (24, {"H must be at least 16": 12}, 0, 12)


def test_a_limit_is_of_the_rows_only(network):
    found, every = ask(network, limit=3), ask(network)
    assert found.rows == every.rows[:3]
    assert found.tally[:4] == every.tally[:4]


def test_the_best_come_first(network):
    rows = ask(network, sort=(Objective("max", "parameters", ""),), limit=4).rows
    assert rows == sorted(ask(network).rows, key=lambda row: -row[-1])[:4]


def test_a_condition_excludes(network):
    rows = ask(network).rows
    found = ask(network, where=(SizeTest("parameters", "<=", rows[0][-1]),))
    assert found.rows == [row for row in rows if row[-1] <= rows[0][-1]]
    assert found.tally.excluded == 12 - len(found.rows) > 0


def test_equal_rows_stay_on_a_front(network):
    found = ask(network, pareto=(Objective("min", "C", ""), Objective("max", "F", "")))
    assert [row[:3] for row in found.rows] == [(2, 21, 16), (2, 21, 33)]


def test_the_parts_are_the_whole(network):
    parts = [ask(network, shard=(part, 5)) for part in range(1, 6)]
    assert [row for part in parts for row in part.rows] == ask(network).rows
    assert sum(part.tally.points for part in parts) == 24


def test_points_are_drawn_without_a_repetition(network):
    found = ask(network, sample=7, seed=3, keep_invalid=True)
    assert found == ask(network, sample=7, seed=3, keep_invalid=True)
    assert found.tally.points == 7 == len(set(found.rows))
    assert ask(network, sample=99).rows == ask(network).rows


def test_invalid_points_say_why(network):
    found = ask(network, keep_invalid=True)
    assert len(found.rows) == 24
    assert found.rows[0] == (4, 10, 14, None, "H must be at least 16")
    assert [row[:-1] for row in found.rows if row[-1] is None] == ask(network).rows
