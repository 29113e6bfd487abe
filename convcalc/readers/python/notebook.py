"""A notebook's cells, and those of code joined in order; a place in them is a cell and a line in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from convcalc.problem import Source, problem
from convcalc.readers.python.syntax import Program, tree_of
from convcalc.tuples import NamedTuple

MAX_BRACKETS = 400_000  # each is a list or a mapping: some 50 MB

COMMAND = re.compile(r"(\s*)(?:[%!?]|\w+\s*=\s*[%!]).*|(\s*)[\w.]+\?{1,2}\s*$")
WHOLE = re.compile(r"\s*%%(?!time|timeit|capture|prun|python|debug)\w+")  # the cell is in another language


class NotebookCell(NamedTuple):
    """One cell: code, markdown or raw, and its text, which is called by its number among those of its kind."""

    kind: str
    source: Source


def join_cells(source: Source) -> Program:
    """The code of a notebook, without its magics and shell commands."""
    sources = tuple(cell.source for cell in notebook_cells(source) if cell.kind == "code")
    first_lines, line = [], 1
    for cell in sources:
        first_lines.append(line)
        line += cell.text.count("\n") + 1
    text = "\n".join(plain_python(cell.text) for cell in sources)
    joined = Source(source.name, text, source.entry)
    return Program(joined, tree_of(joined), text.split("\n"), sources, tuple(first_lines))


def notebook_cells(source: Source) -> list[NotebookCell]:
    """The cells of a notebook that are not empty; a Problem where it is none."""
    if source.text.count("[") + source.text.count("{") > MAX_BRACKETS:
        message = f"{source.name} has more than {MAX_BRACKETS:,} brackets, and is not read"
        raise problem("P001", message, "clear its outputs, and save it again")
    try:
        return list(cells_of(source.name, json.loads(source.text)))
    except RecursionError:
        reason = "it is nested too deep"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = str(error)
    raise problem("P001", f"{source.name} is no notebook: {reason}", "save it again, or export it as .py")


def cells_of(name: str, notebook: Any) -> Iterator[NotebookCell]:
    sheets = notebook.get("worksheets", [notebook])  # version 3 has them
    count: Counter[str] = Counter()
    for cell in (cell for sheet in sheets for cell in sheet["cells"]):
        kind = str(cell.get("cell_type", ""))[:20]
        count[kind] += 1
        if (text := cell_text(cell)).strip():
            which = f"cell {count[kind]}" if kind == "code" else f"{kind} cell {count[kind]}"
            yield NotebookCell(kind, Source(f"{name}, {which}", text))


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
