"""The forms in which answers are handed in beside YAML and JSON, recognised by their content; each has its own reader.

A reader is a module with `read_answers(source, key) -> Answers`, which is imported only for a text of its form.
Without a key, which says what goes into a program and which columns of a table are asked for, it says who answers.

| code | told |
|---|---|
| H040 | a table without answers, or without a column that it needs |
| H041 | a row that cannot be told apart: it has too many cells, or names no layer |
| H042 | a column that was not read |
| H043 | a question that is answered twice, differently |
| H044 | a notebook without answers |
| H045 | a program where none is wanted, or that does not say what goes in |
| H046 | layers of a program that may be any of several |
| H047 | what a program's layers were taken for, and its input where that is another |
"""

from __future__ import annotations

import os
import re
from importlib import import_module
from typing import TYPE_CHECKING

from convcalc.marking import answers

if TYPE_CHECKING:
    from convcalc.marking.answers import Answers
    from convcalc.marking.key import AnswerKey
    from convcalc.problem import Source

NOTEBOOK = r"\A\s*\{(?=[\s\S]*\"cells\"\s*:)(?=[\s\S]*\"(?:nbformat|cell_type)\"\s*:)"
DASHES = r"[^\S\n]*:?-+:?[^\S\n]*"
RULE = re.compile(rf"^(?:[^\S\n]*\|)?{DASHES}(?:[|+]{DASHES})+(?:\|[^\S\n]*)?$", re.MULTILINE)
IMPORTS = r"^(?:>>> )?(?:import|from)[^\S\n]+(?:torch|tensorflow|tf_keras|keras)\b"
MADE = (  # a network, or a dict of answers
    r"^class[^\S\n]+\w+\([^\n]*\b(?:Module|Model|Layer)\):|\bSequential\(|\bModel\("
    r"|^\w*(?:answer|solution)s?[^\S\n]*=[^=]"
)
DATA = (".yaml", ".yml", ".json")  # in which nothing is a program
TEXTS, TABLES = (".md", ".markdown"), (".csv", ".tsv")
DOCUMENT = r"^(?:student|answers)[^\S\n]*:"
HEADING = re.compile(r"^[^:\n]*[,;\t][^:\n]*$", re.MULTILINE)  # as no line of YAML with a key is
HEAD = 4_000  # characters in which a table has its heading


def answer_form(source: Source) -> str:
    """The module that reads a text; "" for YAML, for JSON and for all that is in no form that is known."""
    text, suffix = source.text, os.path.splitext(source.name)[1].lower()
    if suffix == ".ipynb" or (text.lstrip()[:1] == "{" and re.match(NOTEBOOK, text)):
        return "notebook"
    if suffix == ".py" or (suffix not in DATA and is_program(text)):
        return "code"
    if suffix in TEXTS or ("--" in text and RULE.search(text) and (suffix not in DATA or has_table(source))):
        return "markdown"
    return "table" if suffix in TABLES or has_heading(text) else ""


def is_program(text: str) -> bool:
    found = re.search(f"{IMPORTS}|{MADE}", text, re.MULTILINE | re.IGNORECASE)
    return found is not None and not re.search(DOCUMENT, text, re.MULTILINE)


def has_table(source: Source) -> bool:
    from convcalc.handin.answer_forms import markdown

    return markdown.has_table(source)


def has_heading(text: str) -> bool:
    """Whether one of the first lines is the heading of a table."""
    if not HEADING.search(text, 0, HEAD):
        return False
    from convcalc.handin.answer_forms.table import heading_of

    return heading_of(text[:HEAD].lstrip("\ufeff")) is not None


def has_answers(source: Source) -> bool:
    """Whether a text has something to mark in a form of its own, among other files of a student."""
    form = answer_form(source)
    if form == "markdown":
        return has_table(source)
    if form == "table":
        return has_heading(source.text)
    return re.search(MADE, source.text, re.MULTILINE | re.IGNORECASE) is not None if form == "code" else bool(form)


def read_answers(source: Source, key: AnswerKey | None = None) -> Answers:
    """The answers of a text in any form; a Problem where there is nothing to mark."""
    form = answer_form(source)
    if not form:
        return answers.read_answers(source)
    found: Answers = import_module(f"{__name__}.{form}").read_answers(source, key)
    return found if key else found._replace(needs_key=True)
