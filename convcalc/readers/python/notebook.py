"""A notebook's code cells, joined in order; a place in them is a cell and a line in it."""

from __future__ import annotations

import json
import re
from typing import Any

from convcalc.problem import Source, problem
from convcalc.readers.python.syntax import Program, tree_of

COMMAND = re.compile(r"(\s*)(?:[%!?]|\w+\s*=\s*[%!]).*|(\s*)[\w.]+\?{1,2}\s*$")
WHOLE = re.compile(r"\s*%%(?!time|timeit|capture|prun|python|debug)\w+")  # the cell is in another language


def join_cells(source: Source) -> Program:
    """The code of a notebook, without its magics and shell commands."""
    texts = enumerate(map(cell_text, code_cells(source)), 1)
    sources = tuple(Source(f"{source.name}, cell {number}", text) for number, text in texts if text.strip())
    first_lines, line = [], 1
    for cell in sources:
        first_lines.append(line)
        line += cell.text.count("\n") + 1
    text = "\n".join(plain_python(cell.text) for cell in sources)
    joined = Source(source.name, text, source.entry)
    return Program(joined, tree_of(joined), text.split("\n"), sources, tuple(first_lines))


def code_cells(source: Source) -> list[dict[str, Any]]:
    try:
        notebook = json.loads(source.text)
        if "worksheets" in notebook:  # version 3
            notebook = {"cells": [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]}
        return [cell for cell in notebook["cells"] if cell.get("cell_type") == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise problem("P001", f"{source.name} is no notebook: {error}", "save it again, or export it as .py") from None


def cell_text(cell: dict[str, Any]) -> str:
    text = cell.get("source", cell.get("input", ""))
    return "".join(line for line in text if isinstance(line, str)) if isinstance(text, list) else str(text)


def plain_python(text: str) -> str:
    """A cell's text, its commands replaced by `pass`, line by line."""
    if WHOLE.match(text):
        return "\n" * text.count("\n")
    return "\n".join(plain_line(line) for line in text.split("\n"))


def plain_line(line: str) -> str:
    found = COMMAND.fullmatch(line)
    return f"{found[1] or found[2] or ''}pass" if found else line
