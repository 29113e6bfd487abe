"""A report as a table of texts, which every tabular format writes in its own signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from convcalc.network.quantity import word_of
from convcalc.problem import problem
from convcalc.render.report import LECTURES, columns
from convcalc.render.report.rows import report_rows
from convcalc.render.report.sums import Note, notes
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions
    from convcalc.render.script import Script


STRETCH = 5_000  # rows


class Head(NamedTuple):
    """The heading of a column, and how the column is laid out."""

    title: str
    key: str
    is_left: bool = True
    rank: int = 0
    may_shrink: bool = False


class TextTable(NamedTuple):
    title: str
    heads: tuple[Head, ...]
    cells: list[list[str]]  # column by column
    marks: list[str]  # of the rows: "input", "layer", "failed", "block"
    total: list[str]  # one cell a column, or none at all
    notes: list[Note]
    asked: bool = False  # whether somebody chose the columns
    prose: str = ""  # where text has a sentence for every row instead of columns: its template

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return list(zip(*self.cells, strict=True))


def table_of_rows(
    title: str, heads: tuple[Head, ...], rows: Sequence[Sequence[str]], notes: list[Note],
    marks: list[str] | None = None, total: list[str] | None = None, prose: str = "",
) -> TextTable:  # fmt: skip
    """A table of its own, whose columns nobody chooses."""
    cells = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in heads]
    return TextTable(title, heads, cells, marks or ["layer"] * len(rows), total or [], notes, True, prose)


def text_table(report: NetworkReport, options: ReportOptions, script: Script, is_roomy: bool = False) -> TextTable:
    """The report's columns as texts, or the table of the lecture whose style was asked for; with room, more of them."""
    script = script.spoken(options.notation)
    if options.style in LECTURES:
        if options.columns:
            raise problem("U003", f"--columns has no say over the {options.style} style", "leave one of them out")
        from convcalc.render.report.lectures import lecture

        return lecture(report, options, script)
    shown, seen = report_rows(report, options.depth), columns.view(report, options)
    picked = columns.chosen_columns(report, options, shown, is_roomy)
    cells = [columns.column_texts(each, shown, seen, script) for each in picked]
    if options.bars:
        from convcalc.render.report.bars import share_texts

        for place, each in enumerate(picked):
            if each.type == "share":
                shares = [each.value(row, seen) for row in shown]
                cells[place] = share_texts(shares, options.width, options.unicode)
    return TextTable(
        heading(report, script, options),
        tuple(head(each, columns.rank(each, place, options), options) for place, each in enumerate(picked)),
        cells,
        [row.mark for row in shown],
        [] if is_empty(report) else [total_text(each, seen, script) for each in picked],
        notes(report, options, script),
        bool(options.columns or options.style),
    )


def stream_rows(
    report: NetworkReport, options: ReportOptions, script: Script
) -> tuple[list[str], Iterator[tuple[str, ...]]]:
    """The keys of a table's columns, and its rows one after another: a long table is never in memory as a whole."""
    shown, seen = report_rows(report, options.depth), columns.view(report, options)
    picked = columns.chosen_columns(report, options, shown, is_roomy=False)

    def texts() -> Iterator[tuple[str, ...]]:
        for start in range(0, len(shown), STRETCH):
            part = shown[start : start + STRETCH]
            yield from zip(*[columns.column_texts(each, part, seen, script) for each in picked], strict=True)
        if options.totals:
            yield tuple(total_text(each, seen, script) for each in picked)

    return [head(each, 0, options).key for each in picked], texts()


def head(column: columns.Column, rank: int, options: ReportOptions) -> Head:
    title, key = column.title, column.header
    if column.key == "macs" and options.counter:
        title, key = f"{options.unit}s by {options.counter}", f"{key}_{options.counter}"
    if options.bars and column.type == "share":
        title = f"Share of {word_of(column.key.removeprefix('share_'))}"
    return Head(title, key, column.is_left, rank, column.may_shrink)


def heading(report: NetworkReport, script: Script, options: ReportOptions | None = None) -> str:
    counted = f"; {options.unit}s as {options.counter} counts them" if options and options.counter else ""
    return f"{script.text(report.name or 'network')} ({report.convention} convention{counted})"


def is_empty(report: NetworkReport) -> bool:
    """Whether layers failed and the rest has nothing to add up."""
    totals = report.totals
    return totals.parameters == 0 == totals.macs and any(layer.known is None for layer in report.layers)


def total_text(column: columns.Column, seen: columns.View, script: Script) -> str:
    if not (column.total or column.key in ("layer", "kind", "output")):
        return ""
    (text,) = columns.column_texts(column, [seen.total], seen, script)
    return text
