"""Comma-separated values: exact numbers without thousands, shapes as 6x28x28, every column unless some are chosen."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from convcalc.render.report import LECTURES
from convcalc.render.report.columns import COLUMNS
from convcalc.render.report.text_table import stream_rows, text_table
from convcalc.render.script import Script

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions

BARE = Script(times="x", thousands="", missing="", between=";", notation="", readable=False)


class LineBuffer:
    """A file of one line, for the csv writer to write to."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def lines(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    if not options.columns and options.style in ("", "full"):
        options = options._replace(columns=tuple(column.key for column in COLUMNS), style="")
    if options.style in LECTURES:
        made = text_table(report, options, BARE)
        keys, rows = [head.key for head in made.heads], iter(made.rows)
    else:
        keys, rows = stream_rows(report, options, BARE)
    line = LineBuffer()
    writer = csv.writer(line, lineterminator="\n")
    for row in chain((keys,) if options.header else (), rows):
        writer.writerow(row)
        yield line.text
