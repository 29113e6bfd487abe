"""Whoever follows only what a sheet says gets the numbers of its key, whatever the wording."""

import pytest
from sheet_reader import answers

from convcalc.exercises.exercise import LEVELS, exercise
from convcalc.exercises.random_networks import TOPICS
from convcalc.marking.answers import Answers
from convcalc.marking.mark import mark
from convcalc.render.exercises import FORMATS
from convcalc.render.exercises.key import handout_of
from convcalc.render.exercises.sheet import SheetOptions
from convcalc.render.exercises.wordings import WORDINGS


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.seeds(2, 200)
def test_who_follows_the_sheet_gets_the_numbers_of_the_key(topic, level, seed):
    handout = handout_of(exercise(topic, level, str(seed)))
    for wording in WORDINGS:
        sheet = "".join(FORMATS["markdown"](handout, SheetOptions(wording)))
        found = {f"{layer}.{quantity}": text for (layer, quantity), text in answers(sheet, wording).items()}
        assert {*found} == {each.question.ask for each in handout.key.asked}
        marked = mark(handout.key, Answers("", found))
        wrong = [
            (each.question.ask, each.given, each.question.expected)
            for each in marked.verdicts
            if each.state != "correct"
        ]
        assert not wrong, (wording, sheet)
