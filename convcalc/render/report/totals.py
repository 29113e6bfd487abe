"""Networks below one another, a row each with its totals, in every format that has tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.network.quantity import counts_of, find
from convcalc.problem import problem
from convcalc.render.report import ReportOptions, refuse_in_json
from convcalc.render.report.columns import COLUMNS, NAMED, Column, column_texts, named_columns, view
from convcalc.render.report.text_table import Head, table_of_rows
from convcalc.render.script import ASCII, UNICODE
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.problem import Diagnostic
    from convcalc.render.report.text_table import TextTable
    from convcalc.render.script import Script

SHOWN = ("output", "parameters", "macs", "activations", "rf")  # of the columns of reports, in a table
ALWAYS = ("network", "input")
ALL = tuple(column.key for column in COLUMNS if find(column.key))  # those of quantities


class TotalsRow(NamedTuple):
    """A network as it was named, and its report; without one, or with an incomplete one, what is wrong with it."""

    spec: str
    report: NetworkReport | None
    errors: tuple[Diagnostic, ...] = ()
    options: Any = None  # ReportOptions, with the batch that the network itself says

    @property
    def name(self) -> str:
        return (self.report.name if self.report else "") or self.spec

    @property
    def error(self) -> str:
        more = f", and {len(self.errors) - 1:,} more" if len(self.errors) > 1 else ""
        return f"{self.errors[0].message}{more}" if self.errors else ""


def render_totals(rows: Sequence[TotalsRow], form: str, options: ReportOptions, wide: bool) -> Iterator[str]:
    """The pieces of a table of networks; a Problem for what it has no room for."""
    refuse_beside(form, options)
    if form in ("json", "jsonl"):
        return json_pieces(rows, form)
    if form == "csv":
        return csv_pieces(rows, wide, columns_of(options, ALL))
    return TABLES[form](rows, options)


def refuse_beside(form: str, options: ReportOptions) -> None:
    if form not in FORMATS:
        hint = "convcalc draw --as compare" if form == "svg" else f"--format {' or '.join(TABLES)}"
        raise problem("U010", f"--totals is not written as {form}", hint)
    asked = (
        ("style", options.style), ("depth", options.depth), ("bars", options.bars), ("count", options.tools),
        ("memory", options.memory),
    )  # fmt: skip
    refuse_in_json(form, options, "columns")
    for option, is_given in asked:
        if is_given:
            raise problem("U010", f"--{option} has no say over --totals, which has a row for each network")


def columns_of(options: ReportOptions, usual: Iterable[str]) -> tuple[Column, ...]:
    """The columns that were chosen, each of which is a total, or the usual ones."""
    chosen = named_columns(options.columns or usual)
    for column in chosen:
        if column.key not in (*ALWAYS, *ALL):
            raise problem("U010", f"{column.key} is a column of layers, --totals has none", f"choose {', '.join(ALL)}")
    return tuple(column for column in chosen if column.key in ALL)


# As data


def json_pieces(rows: Sequence[TotalsRow], form: str) -> Iterator[str]:
    from convcalc.render.json_text import json_document, json_text

    if form == "json":
        yield from json_document("totals", networks=list(map(record, rows)))
        return
    yield from (f"{json_text({'schema': 'convcalc/totals/1', 'networks': [record(row)]})}\n" for row in rows)


def record(row: TotalsRow) -> dict[str, Any]:
    from convcalc.render.report.json import diagnostic, field, shape

    report = row.report
    found: dict[str, Any] = {"spec": row.spec, "name": report.name if report else None}
    if report is None or row.errors:
        return {**found, "errors": list(map(diagnostic, row.errors))}
    seen = view(report, row.options)
    last = report.last.field if report.last else ()
    return {
        **found,
        "convention": report.convention,
        "inputs": {name: shape(sizes, report.channels_last) for name, sizes in report.inputs.items()},
        "output": shape(report.output, report.channels_last),
        "layers": len(report.layers),
        **counts_of(report.totals),
        "memory": NAMED["memory"].value(seen.total, seen),
        "receptive_field": field(last),
    }


def csv_pieces(rows: Sequence[TotalsRow], wide: bool, columns: tuple[Column, ...]) -> Iterator[str]:
    """The totals, exact; with `wide` a column for each side."""
    from convcalc.render.report.csv import BARE, csv_lines
    from convcalc.render.report.wide import AXES, common, sizes, wide_cells, wide_names

    inputs = ["inputs", *(f"input_{axis}" for axis in ("c", *AXES))] if wide else ["input"]
    heads = [name for column in columns for name in (wide_names(column) if wide else [column.header])]

    def cells(row: TotalsRow) -> Iterator[str]:
        yield from map(BARE.text, (row.name, row.spec))
        if row.report is None or row.errors:
            yield from ("" for _ in (*inputs, "layers", *heads))
            yield BARE.text(row.error)
            return
        seen = view(row.report, row.options)
        given = tuple(row.report.inputs.values())
        yield from [str(len(given)), *sizes(common(given), seen.total)] if wide else [input_text(row.report, BARE)]
        yield str(len(row.report.layers))
        for column in columns:
            yield from wide_cells(column, seen.total, seen) if wide else column_texts(column, [seen.total], seen, BARE)
        yield ""

    yield from csv_lines([["network", "spec", *inputs, "layers", *heads, "error"], *map(cells, rows)])


def input_text(report: NetworkReport, script: Script) -> str:
    """The shape of the input; of several each with its name."""
    several = len(report.inputs) > 1
    shapes = [
        (f"{name} " if several else "") + script.writer("shape")(written_order(sizes, report.channels_last))
        for name, sizes in report.inputs.items()
    ]
    return script.between.join(shapes)


# As tables


def totals_table(rows: Sequence[TotalsRow], options: ReportOptions, script: Script) -> TextTable:
    """A row for each network; a broken one has its reason, and where networks are files these are named too."""
    script = script.spoken(options.notation)
    columns = columns_of(options, SHOWN)
    are_files = any(row.spec != row.name and ("." in row.spec or "/" in row.spec) for row in rows)
    is_broken = any(row.errors for row in rows)
    heads = [
        Head("Network", "network", may_shrink=True),
        *([Head("Spec", "spec", True, 6, True)] if are_files else []),
        Head("Input", "input", True, 3),
        Head("Layers", "layers", False, 5),
        *(
            Head(each.title, each.header, each.is_left, 0 if options.columns else rank)
            for rank, each in enumerate(columns, 1)
        ),
        *([Head("Error", "error", True, 1, True)] if is_broken else []),
    ]
    cells = []
    for row in rows:
        shown = [script.text(row.name), *([script.text(row.spec)] if are_files else [])]
        if row.report is None or row.errors:
            shown += [script.missing] * (2 + len(columns))
        else:
            seen = view(row.report, row.options)
            shown += [input_text(row.report, script), script.number(len(row.report.layers))]
            shown += [column_texts(each, [seen.total], seen, script)[0] for each in columns]
        cells.append([*shown, *([script.text(row.error)] if is_broken else [])])
    number = f"{len(rows):,} network{'s' * (len(rows) != 1)}"
    return table_of_rows(number, tuple(heads), cells, [], ["failed" if row.errors else "layer" for row in rows])


def plain_lines(rows: Sequence[TotalsRow], options: ReportOptions) -> Iterator[str]:
    from convcalc.render.report.plain import plain_table

    yield plain_table(totals_table(rows, options, UNICODE if options.unicode else ASCII), options.unicode)


def painted_lines(rows: Sequence[TotalsRow], options: ReportOptions) -> Iterator[str]:
    """As wide as a terminal; what it has no room for is named."""
    if not options.terminal:
        return plain_lines(rows, options)
    from convcalc.render.report.table import painted_table

    made = totals_table(rows, options, UNICODE if options.unicode else ASCII)
    return painted_table(made, options.width, options.colour, options.unicode)


def markdown_lines(rows: Sequence[TotalsRow], options: ReportOptions) -> Iterator[str]:
    from convcalc.render.report.markdown import markdown_script, markdown_table

    return markdown_table(totals_table(rows, options, markdown_script(options)))


def latex_lines(rows: Sequence[TotalsRow], options: ReportOptions) -> Iterator[str]:
    from convcalc.render.report.latex import LATEX, latex_table

    return latex_table(totals_table(rows, options, LATEX))


def html_lines(rows: Sequence[TotalsRow], options: ReportOptions) -> Iterator[str]:
    from convcalc.render.report.html import HTML, table_page

    return table_page(totals_table(rows, options, HTML))


TABLES: dict[str, Callable[[Sequence[TotalsRow], Any], Iterator[str]]] = {
    "table": painted_lines, "plain": plain_lines, "markdown": markdown_lines, "latex": latex_lines, "html": html_lines,
}  # fmt: skip
FORMATS = (*TABLES, "csv", "json", "jsonl")
