"""The rows of a sweep for programs, one after another: comma-separated, or an object of JSON a line."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from convcalc.render.json_text import json_text
from convcalc.render.report.csv import csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.sweep import AnsweredSweep, SweepLook


def csv(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    return csv_lines(chain((sweep.columns,), sweep.whole_rows()))


def jsonl(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    columns = sweep.columns
    for row in sweep.whole_rows():
        yield f"{json_text(dict(zip(columns, row, strict=True)))}\n"
