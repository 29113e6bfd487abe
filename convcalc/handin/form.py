"""A form's CSV, one row a student and one column a question, as a list of submissions.

| code | refused |
|---|---|
| B021 | a form in which no column is a question of the key |
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from convcalc.handin.columns import person_columns, person_of
from convcalc.handin.files import printable_name
from convcalc.handin.headings import columns_asked, known_names, question_named
from convcalc.handin.table import read_table
from convcalc.marking.answers import TWICE
from convcalc.marking.person import Person
from convcalc.problem import Problem, Source, first_names, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.headings import FormColumns
    from convcalc.handin.table import Spreadsheet
    from convcalc.marking.verdict import KeyQuestion

MAX_CELL = 10_000  # characters
MAX_SHOWN, MAX_LISTED = 60, 20  # characters of a heading, and headings that are named


class FormRow(NamedTuple):
    """One student's answers, and where they are."""

    person: Person
    source: Source
    trouble: Problem | None = None
    notes: tuple[str, ...] = ()  # on the whole form


def form_rows(name: str, text: str, questions: Iterable[KeyQuestion]) -> list[FormRow]:
    """The submissions in a form, the last of a student first: it is the one that counts."""
    table = read_table(name, text)
    questions = tuple(questions)
    columns = columns_asked(table.heads, known_names(questions))
    if not columns.asks:
        known = ", ".join([question.ask for question in questions[:3]])
        raise problem("B021", f"no column of {name} is a question of the key", f"its columns are called {known}, …")
    who = person_columns(table.heads, f"no column of {name} says who answers")
    notes = tuple(form_notes(table, columns, questions))
    found = []
    for row in table.rows:
        place = f"{name}, line {row.line}"
        person = person_of(row, who) or Person(place, place)
        trouble = table.too_long(row, place) if len(row.cells) > len(table.heads) else None
        answers: dict[str, dict[str, None]] = {}
        for index, ask in columns.asks.items():
            if cell := row.cell(index):
                answers.setdefault(ask, {})[cell] = None
        text = answers_text({ask: TWICE.join(cells) for ask, cells in answers.items()})
        found.append(FormRow(person, Source(place, text), trouble, notes))
    return found[::-1]


def form_notes(table: Spreadsheet, columns: FormColumns, questions: Iterable[KeyQuestion]) -> Iterator[str]:
    """What is told of a form: the columns with something in them that were not read, and questions without a column."""
    name = os.path.basename(table.source.name)
    unread = {index for index in columns.unread if any(row.cell(index) for row in table.rows)}
    if unread:
        heads = [printable_name(table.heads[index]) for index in sorted(unread)]
        what = first_names([f'"{head[:MAX_SHOWN]}"' for head in heads], MAX_LISTED)
        yield f"{name}: not read: the column{'s' if len(heads) > 1 else ''} {what}"
    if missing := [question.ask for question in questions if question.ask not in columns.asks.values()]:
        listed = first_names(missing, MAX_LISTED)
        yield f"{name} has no column for {listed}; a column is called as its question is: {missing[0]}"


def is_answer_table(text: str, questions: Iterable[KeyQuestion]) -> bool:
    """Whether a table has a line for each layer, and is no form with a line for each student."""
    from convcalc.handin.answer_forms.separated import heading_of

    if (found := heading_of(text)) is None:
        return False
    asks = known_names(questions)
    return not any(question_named(head, asks) for head in found.heads)


def answers_text(answers: Mapping[str, str]) -> str:
    """Answers as the text of a submission: JSON is YAML, and a cell cannot get out of its quotes."""
    from json import dumps

    cells = {ask: printable_name(cell, MAX_CELL) for ask, cell in answers.items()}
    return dumps({"answers": cells}, ensure_ascii=False)
