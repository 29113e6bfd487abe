"""Whoever follows only what a sheet says gets the numbers of its key, whatever the wording."""

import re

import pytest
from sheet_reader import answers

from convcalc.exercises.exercise import LEVELS, exercise
from convcalc.exercises.multiple_choice import with_choices
from convcalc.exercises.random_networks import TOPICS
from convcalc.marking.answers import Answers
from convcalc.marking.mark import mark
from convcalc.render.exercises import FORMATS
from convcalc.render.exercises.key import handout_of
from convcalc.render.exercises.sheet import SheetOptions
from convcalc.render.exercises.wordings import WORDINGS


def test_a_sheet_and_its_solutions_have_one_order_of_axes():
    handout = handout_of(with_choices(exercise("sizes", 3, "1"), 3))
    for wording in WORDINGS:
        sheet = "".join(FORMATS["markdown"](handout, SheetOptions(wording, solved=True)))
        shapes = [tuple(map(int, shape.split("×"))) for shape in re.findall(r"[a-c]\) ([\d×]+)", sheet)]
        height, width = handout.key.network.report.layers[0].applied.output[1:]
        assert height != width and len(shapes) > 10
        sides = [shape[:2] if wording == "keras" else shape[1:] for shape in shapes]
        assert (height, width) in sides and "Answer: **" in sheet
        answer = re.search(r"Answer: \*\*\w\) ([\d×]+)\*\*", sheet)[1]
        right = handout.key.asked[0].right
        assert answer == "×".join(map(str, (*right[1:], right[0]) if wording == "keras" else right))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.seeds(2, 10)
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
