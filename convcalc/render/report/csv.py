"""Comma-separated values: exact numbers without thousands, shapes as 6x28x28, every column unless some are chosen."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from convcalc.render.report import LECTURES
from convcalc.render.report.columns import COLUMNS
from convcalc.render.report.text_table import stream_rows, text_table
from convcalc.render.script import Script, printable

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions

EXECUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def guard(cell: str) -> str:
    """A text that a spreadsheet shows and does not execute; a dash alone stands for nothing."""
    return f"'{cell}" if cell.startswith(EXECUTED) and cell != "-" else cell


def name_in_csv(name: str) -> str:
    return guard(printable(name))


BARE = Script(times="x", thousands="", missing="", between=";", notation="", text=name_in_csv, readable=False)


def csv_lines(rows: Iterable[Iterable[Any]], separator: str = ",") -> Iterator[str]:
    """Rows as lines, one after another."""
    line: list[str] = []
    writer = csv.writer(SimpleNamespace(write=line.append), delimiter=separator, lineterminator="\n")
    for row in rows:
        writer.writerow(row)
        yield line.pop()


def lines(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    if options.wide:
        from convcalc.render.report.wide import wide_lines

        yield from wide_lines(report, options)
        return
    if not options.columns and options.style in ("", "full"):
        options = options._replace(columns=tuple(column.key for column in COLUMNS), style="")
    if options.style in LECTURES:
        made = text_table(report, options, BARE)
        keys, rows = [head.key for head in made.heads], iter(made.rows)
    else:
        keys, rows = stream_rows(report, options, BARE)
    yield from csv_lines(chain((keys,) if options.header else (), rows))
