"""A form's CSV, one row a student and one column a question, as a list of submissions.

The question of a column is in its heading: by its name, in the key's own words, or as a quantity of a layer.

C1.output   Output size of C1 [1 point]   3. C1 - output   How many parameters does C1 have?   Parameters [C1]

| code | refused |
|---|---|
| B021 | a form in which no column is a question of the key |
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from convcalc.handin.course_folders import bare_word
from convcalc.handin.files import printable_name
from convcalc.handin.table import FIRST, IDENTIFYING, LAST, Spreadsheet, person_columns, person_of, read_table
from convcalc.marking.answers import TWICE
from convcalc.marking.key import MAX_NAME, TOTAL, canonical_name
from convcalc.marking.verdict import KeyQuestion, Person
from convcalc.problem import Problem, Source, first_names, problem
from convcalc.tuples import NamedTuple

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
    from convcalc.handin.answer_forms.table import heading_of

    if (found := heading_of(text)) is None:
        return False
    asks = known_names(questions)
    return not any(question_named(head, asks) for head in found.heads)


def answers_text(answers: Mapping[str, str]) -> str:
    """Answers as the text of a submission: JSON is YAML, and a cell cannot get out of its quotes."""
    from json import dumps

    cells = {ask: printable_name(cell, MAX_CELL) for ask, cell in answers.items()}
    return dumps({"answers": cells}, ensure_ascii=False)


# Headings

BRACKET = re.compile(r"[\[(]([^\[\]()]*)[\])]")
SIDE = r"(?:channels?|height|width|[cnhwd])"
POINTS = re.compile(  # or the order of the sides
    rf"\s*[\[(]\s*(?:\d+(?:[.,/]\d+)?\s*(?:p|pts?|points?|marks?|punkte?)\.?|required|{SIDE}(?:\s*[x×,@]\s*{SIDE})+)\s*[\])]",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^\s*(?:(?:question\s*|q)?\d+\s*[.:)]|[a-z]\))\s+", re.IGNORECASE)  # Canvas: 4711: C1 output
ASKED = re.compile(
    r"^(?:(?:what (?:is|are)|how many|give|state|compute|calculate|determine|find|write down)\s+)?(?:the\s+)?",
    re.IGNORECASE,
)
NETWORK = re.compile(r"(?:whole |entire |full )?(?:network|net|model)|total|overall", re.IGNORECASE)
# A layer and a quantity, whichever comes first.
PHRASES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<what>.+) (?:of|for|in|at|after) (?:the )?(?:layer )?(?P<layer>.+)",
        r"(?P<what>.+?) (?:does|do) (?:the )?(?:layer )?(?P<layer>.+) have",
        r"(?:layer )?(?P<layer>\S+?)(?:\s+[-–—]|\s*[,:;/|>→])\s*(?P<what>.+)",
        r"(?P<what>.+?)(?:\s+[-–—]|\s*[,:;/|>→])\s*(?:layer )?(?P<layer>\S+)",
        r"(?:layer )?(?P<layer>\S+) (?P<what>.+)",
        r"(?P<what>.+) (?P<layer>\S+)",
        r"(?P<layer>[^\[(]+?)\s*[\[(](?P<what>[^\[\]()]+)[\])]",
        r"(?P<what>[^\[(]+?)\s*[\[(](?P<layer>[^\[\]()]+)[\])]",
    )
)
# What forms and platforms have beside answers, of which nothing is said.
ASIDE = frozenset(
    (*IDENTIFYING, *FIRST, *LAST, "timestamp", "zeitstempel", "date", "time", "starttime", "completiontime",
     "startedon", "completed", "timetaken", "state", "status", "score", "totalscore", "totalpoints", "points", "grade",
     "section", "sectionid", "sectionsisid", "submitted", "attempt", "ncorrect", "nincorrect", "lastmodifiedtime")
)  # fmt: skip


class FormColumns(NamedTuple):
    """Which question each column of a form answers, by its place, and the other columns."""

    asks: dict[int, str]
    unread: tuple[int, ...]


def known_names(questions: Iterable[KeyQuestion]) -> dict[object, str]:
    """The questions by all that a heading may call them; by its words only one that no other question has."""
    asked = tuple(questions)
    words = [question.text for question in asked if question.text]
    texts = {
        name: question.ask
        for question in asked if question.text and words.count(question.text) == 1
        for name in names_of(question.text)
    }  # fmt: skip
    return texts | {name: question.ask for question in asked for name in names_of(question.ask)}


def names_of(text: str) -> tuple[object, ...]:
    """What a heading and a question are compared by: the text without spaces, and the name of an answer."""
    return re.sub(r"\s+", "", text).lower().strip(".:?*"), canonical_name(text[:MAX_NAME])


def columns_asked(heads: Sequence[str], asks: Mapping[object, str]) -> FormColumns:
    """The columns of a form; one that names a question takes it from those that only speak of it."""
    found = {place: ask for place, head in enumerate(heads) if (ask := question_named(head, asks))}
    named = {*found.values()}
    rest = [place for place in range(len(heads)) if place not in found]
    spoken = {place: ask for place in rest if (ask := question_spoken_of(heads[place], asks)) and ask not in named}
    found |= spoken
    unread = (place for place in rest if place not in spoken and not is_aside(heads[place]))
    return FormColumns(dict(sorted(found.items())), tuple(unread))


def question_named(head: str, asks: Mapping[object, str]) -> str:
    """The question that a heading names: `C1.output [1 point]`, `C1 output`, `… [C1.output]`; empty where none."""
    head = head[: 10 * MAX_NAME]
    texts = dict.fromkeys((head, POINTS.sub("", head), NUMBER.sub("", POINTS.sub("", head)), *BRACKET.findall(head)))
    return next((asks[name] for text in texts for name in names_of(text) if name in asks), "")


def question_spoken_of(head: str, asks: Mapping[object, str]) -> str:
    """The one question on whose quantity and layer a heading is; empty where none, or several, may be meant."""
    from convcalc.handin.answer_forms.table import answer_column

    text = ASKED.sub("", NUMBER.sub("", POINTS.sub("", head[:MAX_NAME])).strip(" .:?*\t\n"))
    found: dict[str, None] = {}
    for match in filter(None, (phrase.fullmatch(" ".join(text.split())) for phrase in PHRASES)):
        layer, what = match["layer"].strip(), match["what"].strip()
        column = None if "(" in what or "[" in what or "(" in layer else answer_column(what)
        if column:
            name = canonical_name(f"{TOTAL if NETWORK.fullmatch(layer) else layer}.{column.asked}")
            found.update({asks[name]: None} if name in asks else {})
    return next(iter(found)) if len(found) == 1 else ""


def is_aside(head: str) -> bool:
    """Whether a column has no answers: who and when, or, below a number, Canvas's points."""
    plain = bare_word(head)
    return not plain or plain in ASIDE or plain.isdecimal()
