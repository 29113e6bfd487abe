"""Answers in a CSV table, separated as a spreadsheet of any language saves it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.handin.answer_forms.collection import CollectedAnswers
from convcalc.handin.answer_forms.table import AnswerTable, add_table, columns_of, no_answer_table
from convcalc.handin.table import SEPARATORS, cells_of, table_rows
from convcalc.marking.answers import MAX_ANSWERS, WHO
from convcalc.problem import Mark, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.marking.answers import Answers
    from convcalc.marking.key import AnswerKey
    from convcalc.problem import Source

MAX_PREAMBLE = 20  # lines before the heading
SAID = re.compile(r"sep=(.)\s*\n", re.IGNORECASE)  # Excel's own first line


class TableHeading(NamedTuple):
    """The heading of a table of answers: how it is separated, and how many lines with text are above it."""

    separator: str
    above: int
    heads: list[str]


def read_answers(source: Source, key: AnswerKey | None) -> Answers:
    """The answers of a CSV table; a Problem where it has none."""
    source = source._replace(text=source.text.lstrip("\ufeff"))
    found = CollectedAnswers(source.name)
    heading = heading_of(source.text)
    if heading is None:
        raise no_answer_table("its first line: layer,output,parameters", Mark(source, 1, 1))
    rows = [row for row in table_rows(source, heading.separator) if any(cell.strip() for cell in row.cells)]
    if len(rows) > MAX_ANSWERS:
        raise problem("H003", f"more than {MAX_ANSWERS:,} lines", "one for each layer is enough")
    for row in rows[: heading.above]:
        words = [cell.strip(" :#") for cell in row.cells if cell.strip()]
        if len(words) > 1 and words[0].lower() in WHO:
            found.add_fact(words[0], words[1])
    table = AnswerTable(source, rows[heading.above], tuple(rows[heading.above + 1 :]))
    add_table(found, table, key)
    if key is not None and not found.known:
        mark = Mark(source, table.heading.line, 1)
        raise problem("H040", "there are no answers below this heading", "a line for each layer: C1,6x28x28,156", mark)
    return found.answers()


def is_comment(head: str) -> bool:
    """Whether a line is a remark, as YAML has it, and # is not the heading of the numbers of lines."""
    return head.strip().startswith("#") and len(head.strip(" #")) > 0


def heading_of(text: str) -> TableHeading | None:
    """The heading of a table of answers; None where a text has none among its first lines."""
    lines = [line for line in text.split("\n", 2 * MAX_PREAMBLE)[: 2 * MAX_PREAMBLE] if line.strip()]
    said = SAID.match(text)
    above = 0
    for line in lines[:MAX_PREAMBLE]:
        for separator in sorted(said[1] if said else SEPARATORS, key=line.count, reverse=True):
            heads = cells_of(line, separator) if separator in line else []
            if columns_of(heads) is not None and not is_comment(heads[0]):
                return TableHeading(separator, above, heads)
        above += bool(line.strip(f"\r{SEPARATORS} "))
    return None
