"""A form's CSV, one row a student and one column a question, as a list of submissions.

| code | refused |
|---|---|
| B021 | a form in which no column is a question of the key |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from convcalc.handin.columns import person_columns, person_of
from convcalc.handin.files import printable_name
from convcalc.handin.table import read_table
from convcalc.marking.key import MAX_NAME, canonical_name
from convcalc.marking.person import Person
from convcalc.problem import Problem, Source, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.marking.verdict import KeyQuestion

MAX_CELL = 10_000  # characters


class FormRow(NamedTuple):
    """One student's answers, and where they are."""

    person: Person
    source: Source
    trouble: Problem | None = None


def form_rows(name: str, text: str, questions: Iterable[KeyQuestion]) -> list[FormRow]:
    """The submissions in a form, the last of a student first: it is the one that counts."""
    table = read_table(name, text)
    asks = {name: question.ask for question in questions for name in names_of(question.ask)}
    columns = {index: ask for index, head in enumerate(table.heads) if (ask := question_named(head, asks))}
    if not columns:
        known = ", ".join(list(dict.fromkeys(asks.values()))[:3])
        raise problem("B021", f"no column of {name} is a question of the key", f"its columns are called {known}, …")
    who = person_columns(table.heads, f"no column of {name} says who answers")
    found = []
    for row in table.rows:
        place = f"{name}, line {row.line}"
        person = person_of(row, who) or Person(place, place)
        trouble = table.too_long(row, place) if len(row.cells) > len(table.heads) else None
        answers = {ask: row.cells[index] for index, ask in columns.items() if row.cell(index)}
        found.append(FormRow(person, Source(place, answers_text(answers)), trouble))
    return found[::-1]


def is_answer_table(text: str, questions: Iterable[KeyQuestion]) -> bool:
    """Whether a table has a line for each layer, and is no form with a line for each student."""
    from convcalc.handin.answer_forms.separated import heading_of

    if (found := heading_of(text)) is None:
        return False
    asks = {name: question.ask for question in questions for name in names_of(question.ask)}
    return not any(question_named(head, asks) for head in found.heads)


def question_named(head: str, asks: Mapping[object, str]) -> str:
    """The question that a heading names: `C1.output`, `C1 output`, `Output of … [C1.output]`; empty where none."""
    inner = re.findall(r"[\[(]([^\[\]()]*)[\])]", head[:MAX_CELL])
    return next((asks[name] for text in (head, *inner) for name in names_of(text) if name in asks), "")


def names_of(text: str) -> tuple[object, ...]:
    """What a heading and a question are compared by: the text without spaces, and the name of an answer."""
    return re.sub(r"\s+", "", text).lower(), canonical_name(text[:MAX_NAME])


def answers_text(answers: Mapping[str, str]) -> str:
    """Answers as the text of a submission: JSON is YAML, and a cell cannot get out of its quotes."""
    from json import dumps

    cells = {ask: printable_name(cell, MAX_CELL) for ask, cell in answers.items()}
    return dumps({"answers": cells}, ensure_ascii=False)
