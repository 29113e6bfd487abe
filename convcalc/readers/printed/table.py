"""A table that torchinfo, torchsummary or Keras prints of a network: its rows and its totals."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING

from convcalc.problem import Mark, Source, problem
from convcalc.spec.blocks import MAX_LAYERS
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.spec import Spec
    from convcalc.spec.choices import Choices

MAX_LINE = 1_000  # characters of a row
MAX_NAME = 200  # of a name that goes on in the next line
TOLD = 10_000  # characters below its header that tell whose table it is
MAX_DIGITS = 100  # of a number
HEADER = re.compile(r"^(?=.*Param #).*\bLayer \(type.*$", re.MULTILINE)
COLUMNS = ("Input Shape", "Output Shape", "Param #", "Param %", "Kernel Shape", "Mult-Adds", "Trainable")
TOTAL = re.compile(r"^\W*(Total|Trainable|Non-trainable) params: *(\d[\d.,]*)")
MULT_ADDS = re.compile(r"^Total mult-adds \((?:Units\.)?(\w?)\w*\): *([\d.,]+)")
UNITS = {"": 0, "N": 0, "K": 3, "M": 6, "G": 9, "T": 12}
# A row of torchsummary; of torchinfo; of Keras without a box, and a name in it with its class.
NUMBERED = re.compile(r"\s*(\S+-\d+)\s+(\[.*\])\s+(\d[\d.,]*)\s*$")
NESTED = re.compile(r"([\s│|├└─+]*)([A-Za-z_][\w.]*)(?: \(([^)]*)\))?(?:: (\d+)-\d+)?(?=\s\s|$)")
CELL = re.compile(r"\[[^\]]*\]|\(recursive\)|--|[\d.,]+%|\d[\d.,]*|True|False|Partial")
OPEN_ROW = re.compile(r"(\s*\S.*?)\s+(\[?\([^()]*\)(?:, *\([^()]*\))*\]?|multiple|\?)\s+(\d[\d.,]*)(?:\s.*)?$")
NAMED = re.compile(r"[\s│└─]*([^\s()]+) *\(([^\s()]*)")
SIZES = re.compile(r"[\[(]([^\[\]()]*)[\])]")
THOUSANDS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")  # as people in most countries group them
BRANCH = re.compile(r"^(?:\s*├─|\+ )\w", re.MULTILINE)  # of the tree that torchinfo draws
BATCH = re.compile(r"\[(\d{1,9}), ")
NUMBER = re.compile(r"None|-?\d+")


class PrintedRow(NamedTuple):
    """A row: its name, its class as it is printed, its output without the batch, and its parameters."""

    name: str
    kind: str
    output: tuple[int, ...] | None
    parameters: int | None
    line: int
    depth: int = 0


class PrintedTable(NamedTuple):
    tool: str
    rows: tuple[PrintedRow, ...]
    parameters: int
    buffers: int | None = None  # what Keras counts as not trainable
    mult_adds: tuple[str, int] | None = None  # as it is printed, and the power of ten behind it
    batch: int = 1


def read_spec(source: Source, choices: Choices) -> Spec:
    """No table is a network: the Problem says what it is, and what it is good for."""
    tool = tool_of(source.text)
    file = source.name if os.path.exists(source.name) else "-"
    code = "model.to_json()" if tool == "Keras" else "print(model)"
    hint = f"convcalc compare {file} SPEC compares it with a network; {code} gives the network itself"
    raise problem("P020", f"this is a table printed by {tool}, not a network", hint, header_mark(source))


def header_of(text: str) -> re.Match[str]:
    found = HEADER.search(text)
    assert found is not None
    return found


def header_mark(source: Source) -> Mark:
    found = header_of(source.text)
    line = found[0]
    start = len(line) - len(line.lstrip())
    return Mark(source, source.text.count("\n", 0, found.start()) + 1, start + 1, len(line.strip()))


def read_table(source: Source) -> PrintedTable:
    """The table in a text; a Problem where there are several, or none of its rows can be read."""
    found = header_of(source.text)
    tool, header, text = tool_of(source.text), found[0], source.text[found.end() :]
    first = source.text.count("\n", 0, found.end()) + 1
    usual = boxed_rows if "┃" in header else open_rows
    read = {"torchsummary": numbered_rows, "torchinfo": nested_rows}.get(tool, usual)
    rows = []
    for row in read(enumerate(StringIO(text), first), header):
        rows.append(row)
        if len(rows) > MAX_LAYERS:
            message = f"the table has more than {MAX_LAYERS:,} rows"
            raise problem("P021", message, "cut it to the part that is meant", Mark(source, row.line, 1))
    if not rows:
        message = f"no row of this table can be read as {tool} prints it"
        raise problem("P021", message, "paste all of it", header_mark(source))
    if again := HEADER.search(text):
        line = first + text.count("\n", 0, again.start())
        raise problem("P011", "there are several tables", "leave one of them", Mark(source, line, 1))
    return with_totals(PrintedTable(tool, tuple(rows), 0), text)


def tool_of(text: str) -> str:
    """Who printed a table: torchinfo draws a tree, torchsummary numbers its layers."""
    found = header_of(text)
    header, text = found[0], text[found.end() : found.end() + TOLD]
    if "┃" in header:
        return "Keras"
    if "depth-idx" in header or BRANCH.search(text):
        return "torchinfo"
    rows = (NUMBERED.match(line) for line in text.split("\n") if len(line) < MAX_LINE)
    return "torchsummary" if any(rows) else "Keras"


# Rows, each with its line


def numbered_rows(lines: Iterable[tuple[int, str]], header: str) -> Iterator[PrintedRow]:
    """torchsummary's: `Conv2d-1   [-1, 6, 28, 28]   156`."""
    for number, line in lines:
        if len(line) < MAX_LINE and (row := NUMBERED.match(line)):
            yield PrintedRow(row[1], row[1].rpartition("-")[0], sizes(row[2]), count(row[3]), number)


def nested_rows(lines: Iterable[tuple[int, str]], header: str) -> Iterator[PrintedRow]:
    """torchinfo's: `│    └─Conv2d (conv1): 2-1   [1, 64, 56, 56]   36,864`, in the columns that its header names."""
    shown = sorted((header.index(title), title) for title in COLUMNS if title in header)
    path: list[str] = []
    for number, line in lines:
        row = NESTED.match(line) if len(line) < MAX_LINE else None
        cells = dict(zip((title for _, title in shown), CELL.findall(line, row.end()), strict=False)) if row else {}
        if row is None or "Param #" not in cells:
            continue
        lines_before, kind, own, told = row.groups()
        depth = int(told) if told else (len(lines_before) + 3) // 5
        path[max(depth - 1, 0) :] = [own or f"{kind}-{number}"] if depth else []
        name = ".".join(path) if own and depth else row[0].strip(" │|├└─+")
        output = sizes(cells.get("Output Shape", ""))
        yield PrintedRow(name, kind, output, count(cells["Param #"]), number, depth)


def boxed_rows(lines: Iterable[tuple[int, str]], header: str) -> Iterator[PrintedRow]:
    """Those of Keras 3, whose cells may take several lines: between │ and │, and from one rule to the next."""
    parts: list[list[str]] = []
    first = 0
    for number, line in lines:
        text = line.strip()
        if text[:1] == "│" and len(line) < MAX_LINE:
            first = first if parts else number
            parts.append([cell.strip() for cell in text.strip("│").split("│")])
        elif parts and text[:1] in ("├", "└"):
            cells = [" ".join(filter(None, column)) for column in zip(*parts, strict=False)]
            parts = []
            if len(cells) > 2 and (named := NAMED.match(cells[0])):
                yield PrintedRow(named[1], named[2], sizes(cells[1]), count(cells[2]), first)


def open_rows(lines: Iterable[tuple[int, str]], header: str) -> Iterator[PrintedRow]:
    """The rows of Keras 2, whose names may continue on the next line."""
    width = header.find("Output Shape")
    waiting: tuple[int, str, str, str] | None = None
    for number, line in chain(lines, ((0, "="),)):
        row = OPEN_ROW.match(line) if len(line) < MAX_LINE else None
        if row is None and waiting and line.strip() and line.strip()[:1] not in "=_":
            name = waiting[1] + line[:width].strip() if len(waiting[1]) < MAX_NAME else waiting[1]
            waiting = (waiting[0], name, *waiting[2:])
            continue
        if (row or line.strip()[:1] in ("=", "_")) and waiting:
            if named := NAMED.match(waiting[1]):
                yield PrintedRow(named[1], named[2], sizes(waiting[2]), count(waiting[3]), waiting[0])
            waiting = None
        if row:
            waiting = (number, row[1].strip(), row[2], row[3])


def sizes(text: str) -> tuple[int, ...] | None:
    """The first shape in a text, without its batch; None where it has letters or none."""
    found = SIZES.search(text)
    numbers = NUMBER.findall(found[1]) if found else []
    if len(numbers) < 2 or any(not number.isdecimal() for number in numbers[1:]):
        return None
    return tuple(map(int, numbers[1:]))


def count(text: str) -> int | None:
    digits = re.sub("[.,]", "", text) if THOUSANDS.fullmatch(text) else text
    return int(digits) if digits.isdecimal() and len(digits) < MAX_DIGITS else None


# Totals


def with_totals(table: PrintedTable, text: str) -> PrintedTable:
    """The table with what stands below it; without totals there, the sum of its rows."""
    totals: dict[str, int] = {}
    adds: tuple[str, int] | None = None
    for line in StringIO(text):
        if (total := TOTAL.match(line[:MAX_LINE])) and (number := count(total[2])) is not None:
            totals.setdefault(total[1], number)
        elif found := MULT_ADDS.match(line[:MAX_LINE]):
            adds = found[2].replace(",", ""), UNITS.get(found[1], 0)
    parameters = totals.get("Total", sum(row.parameters or 0 for row in table.rows))
    if table.tool == "Keras" and "Non-trainable" in totals:
        return table._replace(parameters=totals.get("Trainable", parameters), buffers=totals["Non-trainable"])
    return table._replace(parameters=parameters, mult_adds=adds, batch=batch_of(text))


def batch_of(text: str) -> int:
    """The number in front of the first shape."""
    found = BATCH.search(text)
    return int(found[1]) if found else 1
