"""Answers in the tables of a Markdown text, with prose around them; YAML between fences is read too."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.handin.answer_forms import RULE
from convcalc.handin.answer_forms.collection import CollectedAnswers
from convcalc.handin.answer_forms.table import AnswerTable, add_table, columns_of, no_answer_table
from convcalc.handin.table import TableRow
from convcalc.marking.answers import MAX_ANSWERS, Answers
from convcalc.marking.answers import read_answers as read_yaml
from convcalc.marking.reading import MAX_TEXT
from convcalc.problem import Mark, Problem, Source, problem

if TYPE_CHECKING:
    from convcalc.marking.key import AnswerKey

PIPE = re.compile(r"(?<!\\)\|")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")  # any sign of ASCII
EMPHASIS = re.compile(r"(\*{1,3}|_{1,3}|`+|\$+|~~)(?=\S)(.*\S)\1")
BREAK = re.compile(r"<br */?>", re.IGNORECASE)
FENCE = re.compile(r"^ {0,3}(?:```|~~~)[^\S\n]*(?P<word>\w*)[^\n]*\n(?P<body>.*?)^ {0,3}(?:```|~~~)", re.M | re.S)
AUTHOR = re.compile(r"[\s>#*_-]*(?P<who>student|name|author|id|sid|email)[*_]*\s*[:=][*_]*\s*(?P<text>\S.*)", re.I)
MAX_PREAMBLE = 20  # lines in which it is said who answers
HINT = "begin it with | layer | output | parameters | and |---|---|---| in the line below"


def read_answers(source: Source, key: AnswerKey | None) -> Answers:
    """The answers of a Markdown text; a Problem where it has none."""
    found = CollectedAnswers(source.name)
    add_markdown(found, source, key)
    if found.known or key is None:
        return found.answers()
    if place := RULE.search(source.text):
        line = max(source.text.count("\n", 0, place.start()), 1)
        raise no_answer_table(HINT, Mark(source, line, 1))
    try:
        return read_yaml(source)  # YAML, whatever the file is called
    except Problem:
        raise problem("H040", "there is no table of answers in this text", HINT) from None


def add_markdown(found: CollectedAnswers, source: Source, key: AnswerKey | None) -> bool:
    """Collect the answers of a Markdown text; whether there are any."""
    before = len(found.known)
    for table in tables_of(source):
        add_table(found, table, key)
    for body, line in fenced_texts(source.text):
        found.add_document(read_yaml(Source(source.name, "\n" * line + body)), Mark(source, line + 1, 1))
    for text_line in source.text.split("\n", MAX_PREAMBLE)[:MAX_PREAMBLE]:
        if said := AUTHOR.match(text_line[:400]):
            found.add_fact(said["who"].lower(), plain_cell(said["text"]))
    return len(found.known) > before


def has_table(source: Source) -> bool:
    """Whether a text has a table of answers, or YAML between fences."""
    known = any(columns_of(table.heading.cells) for table in tables_of(source))
    return known or next(fenced_texts(source.text), None) is not None


def tables_of(source: Source) -> Iterator[AnswerTable]:
    """The tables of a text: each a heading, a row of dashes, and rows up to the first line without a pipe."""
    lines = source.text.splitlines()
    place = 1
    while place < len(lines):
        if "|" in lines[place - 1] and len(lines[place]) < 2000 and RULE.fullmatch(lines[place]):
            heading = TableRow(place, cells_between_pipes(lines[place - 1]))
            rows: list[TableRow] = []
            place += 1
            while place < len(lines) and "|" in lines[place] and len(rows) <= MAX_ANSWERS:
                if not RULE.fullmatch(lines[place][:2000]):
                    rows.append(TableRow(place + 1, cells_between_pipes(lines[place])))
                place += 1
            yield AnswerTable(source, heading, tuple(rows))
        place += 1


def cells_between_pipes(line: str) -> list[str]:
    """The cells between the pipes of a line."""
    text = line.strip()
    cells = PIPE.split(text)
    if text.startswith("|"):
        cells = cells[1:]
    if text.endswith("|") and not text.endswith("\\|") and len(cells) > 1:
        cells = cells[:-1]
    return list(map(plain_cell, cells))


def plain_cell(text: str) -> str:
    """What a cell says, without its marks: **156**, `6x28x28`, 5\\*5\\*6, 6&times;28."""
    text = BREAK.sub(" ", text).strip()
    while len(text) <= MAX_TEXT and (found := EMPHASIS.fullmatch(text)):
        text = found[2]
    return html.unescape(ESCAPED.sub(r"\1", text)).strip()


def fenced_texts(text: str) -> Iterator[tuple[str, int]]:
    """YAML and JSON between fences, and how many lines are before them."""
    for fence in FENCE.finditer(text) if "```" in text or "~~~" in text else ():
        is_yaml = fence["word"].lower() in ("yaml", "yml", "json")
        if is_yaml or (not fence["word"] and re.match(r"\s*(?:student|answers)\s*:", fence["body"])):
            yield fence["body"], text.count("\n", 0, fence.start("body"))
