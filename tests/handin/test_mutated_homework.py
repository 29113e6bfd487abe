"""Whatever is wrong with a key or a submission ends in a verdict or a reason, in every format of marks."""

import random

import mutated_homework
import pytest

from convcalc.marking.assignment import read_key
from convcalc.problem import Source

KNOWN = mutated_homework.keys()


@pytest.fixture(autouse=True)
def errors_are_raised(monkeypatch):
    """Not told as the reason of a submission."""
    monkeypatch.setenv("CONVCALC_DEBUG", "1")


@pytest.mark.seeds(4, 40)
def test_no_slip_ends_in_anything_but_a_verdict_or_a_reason(seed):
    for number in range(60 * seed, 60 * (seed + 1)):
        _, act = mutated_homework.trial(KNOWN, random.Random(number))
        act()


@pytest.mark.parametrize("number", range(len(KNOWN)))
def test_right_answers_are_right_whatever_is_wrong_beside_them(number):
    """Full points for the key's own answers, in any order, among answers to what is not asked."""
    key, rng = KNOWN[number], random.Random(number)
    rows = {asked.question.ask: plainly(asked.right) for asked in key.asked if asked.form != "symbolic"}
    rows |= {"nothing": "1", "total.nothing": "x"}
    names = rng.sample(sorted(rows), len(rows))
    text = "answers:\n" + "".join(f"  {name}: '{rows[name]}'\n" for name in names)
    verdicts = mutated_homework.verdicts(key, text)
    assert {verdict.state for verdict in verdicts if verdict.state != "missing"} == {"correct"}


def plainly(right):
    return "x".join(map(str, right)) if isinstance(right, tuple) else str(right)


def test_the_oracle_notices_an_error(monkeypatch):
    monkeypatch.setattr("convcalc.marking.mark.second_look", lambda *entry: 1 / 0)
    key = read_key(Source("key", "assignment: a\nspec: lenet5\nquestions: [{ask: C1.output}]"))
    with pytest.raises(ZeroDivisionError):
        mutated_homework.written(key, "answers: {C1: {output: 6x27x27}}")
