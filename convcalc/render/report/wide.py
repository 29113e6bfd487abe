"""CSV for programs: a column for each side of a shape, named by its axis, and every number as a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_fraction
from convcalc.layers.field import Half
from convcalc.problem import problem
from convcalc.render.report.columns import COLUMNS, Column, named_columns, view
from convcalc.render.report.csv import BARE, csv_lines
from convcalc.render.report.rows import ReportRow, report_rows
from convcalc.render.script import Aside, Share, Sources, Untold, Whole

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions
    from convcalc.render.report.columns import View

AXES = ("l", "d", "h", "w")  # length, depth, height, width
AXES_OF = {1: ("l",), 2: ("h", "w"), 3: ("d", "h", "w")}  # by how many there are
MAX_FLOAT = 2**53  # above which a float has no place for a fraction
NAMES = {"rf": "receptive_field"}  # columns that are called otherwise here


def wide_lines(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    """The rows of a report, their sides each in a column of its own; empty where a row has none."""
    picked = named_columns(options.columns) if options.columns else COLUMNS
    head = [name for column in picked for name in wide_names(column)]
    seen = view(report, options)
    rows = (
        [cell for column in picked for cell in wide_cells(column, row, seen)]
        for row in report_rows(report, options.depth)
    )
    yield from csv_lines(chain((head,) if options.header else (), rows))


def wide_names(column: Column) -> list[str]:
    """The names of a column's parts; its own where it has none."""
    name = NAMES.get(column.key, column.key)
    if column.type in ("shape", "shapes") and column.key in ("input", "output"):
        several = [f"{name}s"] if column.type == "shapes" else []
        return [*several, *(f"{name}_{axis}" for axis in ("c", *AXES))]
    if column.type == "sides":
        return [f"{name}{side}_{axis}" for side in ("", "_before", "_after") for axis in AXES]
    if column.type in ("shape", "extents", "strides", "points"):
        return [f"{name}_{axis}" for axis in AXES]
    return [column.header]


def wide_cells(column: Column, row: ReportRow, seen: View) -> list[str]:
    """The texts of those parts for one row, channels first whatever the layout."""
    if column.key == "input":
        return [str(len(row.input) or ""), *sizes(common(row.input), row)]
    if column.key == "output":
        return sizes(row.output, row)
    value = column.value(row, seen)
    if column.type == "sides":
        pairs = value or ()
        return [
            *by_axis([before if before == after else None for before, after in pairs], row),
            *by_axis([before for before, _ in pairs], row),
            *by_axis([after for _, after in pairs], row),
        ]
    if column.type in ("extents", "strides", "points"):
        found = [each.size if isinstance(each, Whole) else each for each in (value or {}).values()]
        return by_axis(common(found), row)
    if column.type == "shape":
        return by_axis(value, row)
    return [cell(value)]


def common(values: Iterable[Any]) -> Any:
    """What several inputs have in common, side by side; nothing where they differ."""
    values = tuple(values)
    if len({len(each) for each in values}) != 1:
        return None
    return tuple(sides[0] if sides.count(sides[0]) == len(sides) else None for sides in zip(*values, strict=True))


def sizes(shape: Any, row: ReportRow) -> list[str]:
    """Channels, or features where there is nothing else, then the sides."""
    return [cell(shape[0]) if shape else "", *by_axis(shape[1:] if shape else (), row)]


def by_axis(values: Any, row: ReportRow) -> list[str]:
    """The texts of values along axes, each in the column of its axis."""
    values = values or ()
    if len(values) > len(AXES_OF):
        message = f"{row.name} has {len(values)} axes, and --wide has columns for up to {len(AXES_OF)}"
        raise problem("U008", message, "--format json, or CSV without --wide")
    found = dict(zip(AXES_OF.get(len(values), ()), values, strict=True))
    return [cell(found.get(axis)) for axis in AXES]


def cell(value: Any) -> str:
    """A number as programs read it; a symbolic one as a formula."""
    if isinstance(value, Aside):
        value = value.number
    if value is None or isinstance(value, Untold):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Share):
        return str(round(100 * value.part / value.whole, 4))
    if isinstance(value, Sources):
        return BARE.sources(value)
    if type(value) is Half:
        return f"{'-' * (value.top < 0)}{abs(value.top) // 2}.5"
    if is_fraction(value):
        return str(float(value) if abs(value) < MAX_FLOAT else round(value))
    return BARE.text(value) if isinstance(value, str) else BARE.number(value)
