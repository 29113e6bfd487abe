"""A file of Python: the answers that it writes down as a dict, or those that its network gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.handin.answer_forms.collection import CollectedAnswers
from convcalc.handin.answer_forms.literal import add_literals
from convcalc.handin.answer_forms.program import program_answers
from convcalc.problem import Problem
from convcalc.readers.python.syntax import tree_of
from convcalc.readers.pytorch.pasted import plain_source

if TYPE_CHECKING:
    from convcalc.marking.answers import Answers
    from convcalc.marking.key import AnswerKey
    from convcalc.problem import Source


def read_answers(source: Source, key: AnswerKey | None) -> Answers:
    """The answers that a program holds or computes; a Problem where it does neither."""
    found = CollectedAnswers(source.name)
    plain = plain_source(source)
    try:
        tree = tree_of(plain)
    except Problem:  # which the reader of networks tells
        return program_answers(source, key)
    add_literals(found, tree, plain)
    return found.answers() if found.answers_any(key) else program_answers(source, key, found.student)
