"""Simulated classes: no right answer is marked wrong and no wrong one right, and mistakes are found by their codes."""

import random

import pytest
from simulate_class import key_of, simulate, table, together
from simulated_class.networks import NETWORKS
from simulated_class.student import CODES, student

REPORTED, CARRIED = 0.995, 0.98
FIRST = {0.0: 0.88, 0.5: 0.94, 1.0: 0.94}  # by the share of habits: of mistakes made once only chance tells some apart


@pytest.mark.parametrize("name", NETWORKS)
def test_the_networks_of_the_classes_are_those_of_the_keys(name):
    answers, truths = student(name, random.Random(0), 0)
    key = key_of(name)
    assert {ask: key.find(ask).right for ask in answers} == answers
    assert {truth.state for truth in truths.values()} == {"right"}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("students", [15, pytest.param(300, marks=pytest.mark.slow)])
def test_nothing_right_is_marked_wrong_and_nothing_wrong_right(name, students):
    assert not simulate(students, 3, (name,)).forbidden
    assert not simulate(students, 4, (name,), habits=0.5).forbidden
    assert not simulate(students, 5, (name,), habits=0.5, skipped=0.4).forbidden


@pytest.mark.parametrize("habits", FIRST)
@pytest.mark.parametrize("students", [40, pytest.param(300, marks=pytest.mark.slow)])
def test_mistakes_are_found_and_what_follows_them_counts(students, habits):
    report = together(simulate(students, 11, (name,), habits) for name in NETWORKS)
    assert report.visible > students
    assert report.reported >= REPORTED * report.visible
    assert report.first >= FIRST[habits] * report.visible
    assert report.carried >= CARRIED
    untied = report.visible - report.tied
    assert report.first - report.tied_first >= 0.98 * untied


def test_the_classes_make_the_mistakes_of_the_list():
    assert len(CODES) >= 70


def test_the_table_shows_what_is_off_the_diagonal():
    report = simulate(10, 1, ("lenet5",))
    report.answers["right", "wrong"] += 3
    lines = [*table({"all": report})]
    assert lines[2].split()[-1] == "3"
    assert "  all: 3 right marked wrong" in lines
