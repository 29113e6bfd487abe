"""Simulated classes: no right answer is marked wrong and no wrong one right, and mistakes are found by their codes."""

import random

import pytest
from simulate_class import key_of, simulate, together
from simulated_class.networks import NETWORKS
from simulated_class.student import CODES, student

LARGE = pytest.mark.slow
REPORTED, FIRST, CARRIED = 0.995, 0.88, 0.99


@pytest.mark.parametrize("name", NETWORKS)
def test_the_networks_of_the_classes_are_those_of_the_keys(name):
    answers, truths = student(name, random.Random(0), 0)
    key = key_of(name)
    assert {ask: key.find(ask).right for ask in answers} == answers
    assert {truth.state for truth in truths.values()} == {"right"}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("students", [20, pytest.param(300, marks=LARGE)])
def test_nothing_right_is_marked_wrong_and_nothing_wrong_right(name, students):
    assert not simulate(students, 3, (name,)).forbidden
    assert not simulate(students, 4, (name,), habits=0.5).forbidden


@pytest.mark.parametrize("habits", [0.0, 1.0], ids=["once", "habits"])
@pytest.mark.parametrize("students", [40, pytest.param(500, marks=LARGE)])
def test_mistakes_are_found_and_what_follows_them_counts(students, habits):
    report = together(simulate(students, 11, (name,), habits) for name in NETWORKS)
    assert report.visible > students
    assert report.reported >= REPORTED * report.visible
    assert report.first >= FIRST * report.visible
    assert report.carried >= CARRIED


def test_the_classes_make_the_mistakes_of_the_list():
    assert len(CODES) >= 70
