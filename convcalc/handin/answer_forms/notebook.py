"""Answers in the cells of a notebook: Markdown tables, YAML, or dicts of Python; several cells are one submission.

A notebook without any that has a network is a program.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.handin.answer_forms import RULE
from convcalc.handin.answer_forms.collection import CollectedAnswers
from convcalc.marking.answers import Answers
from convcalc.marking.answers import read_answers as read_yaml
from convcalc.problem import Mark, Problem, Source, problem
from convcalc.readers.python.notebook import notebook_cells, plain_python

if TYPE_CHECKING:
    from convcalc.marking.key import AnswerKey

DOCUMENT = re.compile(r"^(?:student|answers|name)[^\S\n]*:(?:[^\S\n]|$)", re.MULTILINE)
CODE = re.compile(r"^[^\S\n]*(?:import|from|class|def|return|for)\b.|^[^\S\n]*[\w.\[\]\"']+[^\S\n]*=[^=]", re.MULTILINE)
MAGIC = re.compile(r"\A\s*%%[^\n]*\n")
NETWORK = r"\b(?:torch|keras|nn)\b"
HINT = 'answers = {"C1": {"output": (6, 28, 28), "parameters": 156}}'


def read_answers(source: Source, key: AnswerKey | None) -> Answers:
    """The answers in the cells of a notebook, or those that its network gives; a Problem where there are none."""
    found = CollectedAnswers(source.name)
    cells = notebook_cells(source)
    for kind, cell in cells:
        if kind != "code" or not add_code(found, cell):
            add_text(found, cell, key, kind)
    has_network = any(kind == "code" and re.search(NETWORK, cell.text) for kind, cell in cells)
    if found.answers_any(key):
        return found.answers(beside="the network in it" if has_network else "")
    if has_network:
        from convcalc.handin.answer_forms.program import program_answers

        return program_answers(source, key, found.student)
    if found.known:
        return found.answers()
    raise problem("H044", "no cell of this notebook has answers in it", HINT)


def add_code(found: CollectedAnswers, cell: Source) -> bool:
    """Collect the dicts of answers in a cell of Python; whether it has any."""
    from convcalc.handin.answer_forms.code import add_literals
    from convcalc.readers.python.syntax import tree_of

    code = cell._replace(text=plain_python(cell.text))
    try:
        tree = tree_of(code)
    except Problem:
        return False
    return add_literals(found, tree, code)


def add_text(found: CollectedAnswers, cell: Source, key: AnswerKey | None, kind: str) -> None:
    """Collect the tables and the YAML of a cell."""
    text = cell.text
    if kind == "markdown" or RULE.search(text):
        from convcalc.handin.answer_forms.markdown import add_markdown

        if add_markdown(found, cell, key):
            return
    start = DOCUMENT.search(text)
    if start is not None and (kind != "code" or not CODE.search(text)):
        above = "\n" * text.count("\n", 0, start.start())
        body = f"{above}{text[start.start() :]}" if kind == "markdown" else MAGIC.sub("\n", text)
        try:
            document = read_yaml(cell._replace(text=body))
        except Problem as error:
            found.findings += [each._replace(severity="warning") for each in error.diagnostics]
            return
        found.findings += document.findings
        found.add_document(document, Mark(cell, 1, 1))
