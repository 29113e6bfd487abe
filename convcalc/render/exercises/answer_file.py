"""The file that a student fills in."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps
from typing import TYPE_CHECKING

from convcalc.render.exercises.key import plain
from convcalc.render.exercises.questions import is_text
from convcalc.render.exercises.sheet import title_of

if TYPE_CHECKING:
    from convcalc.exercises.handout import Handout
    from convcalc.marking.key import KeyItem
    from convcalc.render.exercises.sheet import SheetOptions


def answer_file(handout: Handout, options: SheetOptions) -> Iterator[str]:
    """A line for every answer, those of a layer together; how they are written, in a remark."""
    asked, language = handout.key.asked, options.language
    numbers = language.fill_letters if any(each.question.choices for each in asked) else language.fill_numbers
    rules = [numbers] if any(each.arrays is None for each in asked) else []
    rules += [language.fill_arrays] if any(each.arrays is not None for each in asked) else []
    yield f"# {title_of(handout, options)}. {' '.join(rules)}\n"
    yield f"student: {dumps(handout.student, ensure_ascii=False) if handout.student else ''}\nanswers:\n"
    layers: dict[str, list[KeyItem]] = {}
    for each in asked:
        layers.setdefault(each.question.layer, []).append(each)
    for layer, questions in layers.items():
        yield f"  {plain(layer)}:\n"
        if questions[0].arrays is None and not is_text(questions[0]):
            yield from (f"    {row(each)}:\n" for each in questions)


def row(asked: KeyItem) -> str:
    """What is asked of a layer: output, or output.height."""
    question = asked.question
    return f"{question.quantity}.{question.part}" if question.part else question.quantity
