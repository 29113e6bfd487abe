"""The first and the last tables of a query: the values of every axis and their cross join, the front and its order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.problem import problem
from convcalc.sweep.program import identifier
from convcalc.sweep.sql.layout import QueryTable, UniqueNames, indent, select, where
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.sweep.question import Axis, SweepQuestion
    from convcalc.sweep.sql.dialects import SqlDialect

SIGNS = {"min": "<", "max": ">"}


class AxisColumns(NamedTuple):
    """An axis in a query: its table, and the column by which its values come in their order."""

    axis: Axis
    table: str
    order: str
    falls: bool  # from the largest to the least
    place: str  # the column of the numbers of its values; "" where there is none

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.axis.names, *([self.place] if self.place else []))

    def place_of(self, point: Sequence[object]) -> int:
        """The number of some values of its names."""
        return [tuple(map(str, each)) for each in self.axis.points].index(tuple(map(str, point)))


def columns_of_axes(question: SweepQuestion, names: UniqueNames) -> list[AxisColumns]:
    """The axes of a question; where values do not rise or fall, or a part is asked for, they are numbered."""
    found = []
    for axis in question.axes:
        firsts: Any = [point[0] for point in axis.points]
        are_numbers = all(isinstance(value, int) for value in firsts)
        rises = are_numbers and all(one < other for one, other in pairwise(firsts))
        falls = are_numbers and all(one > other for one, other in pairwise(firsts)) and not rises
        is_numbered = question.shard != (1, 1) or not (rises or falls)
        place = names.add(f"{identifier(axis.names[0])}_place") if is_numbered else ""
        table = names.add(f"{identifier('_'.join(axis.names))}_values")
        found.append(AxisColumns(axis, table, place or axis.names[0], falls and not place, place))
    return found


def axis_table(columns: AxisColumns, dialect: SqlDialect) -> QueryTable:
    """The values of an axis: a series where they are one."""
    axis = columns.axis
    type_, limit, _ = dialect.types[0]
    if any(not -limit < value < limit for point in axis.points for value in point):  # type: ignore[operator]
        message = f"{', '.join(axis.names)}: the values are too large for a column of {dialect.title}"
        raise problem("U010", message, "leave out --sql and --engine")
    values: Any = [point[0] for point in axis.points]
    step = values[1] - values[0] if len(values) > 2 else 0
    if step and columns.names == axis.names[:1] and all(other - one == step for one, other in pairwise(values)):
        line = dialect.series.format(
            name=dialect.name(axis.names[0]), first=values[0], last=values[-1], after=values[-1] + step, step=step,
            count=len(values),
        )  # fmt: skip
        return QueryTable(columns.table, [line])
    written = list(map(dialect.name, columns.names))
    rows = [
        f"({', '.join(map(str, (*point, number)[: len(written)]))})" for number, point in enumerate(axis.points)
    ]  # fmt: skip
    line = dialect.values.format(
        casts=", ".join(f"CAST({each} AS {type_}) AS {each}" for each in written),
        columns=", ".join(f"column{number} AS {each}" for number, each in enumerate(written, 1)),
        names=", ".join(written),
        typed=", ".join(f"{each} {type_}" for each in written),
        rows=", ".join(rows),
    )
    return QueryTable(columns.table, [line])


def numbered_grid_table(name: str, axes: Sequence[AxisColumns], dialect: SqlDialect) -> QueryTable:
    """The same, each from its number in the grid, so that they come in its order."""
    stride = size = prod(len(each.axis.points) for each in axes)
    if size >= 1 << 63:
        raise problem("U010", "the points of so large a grid are not numbered by a query", "fewer --over, or --where")
    columns = []
    for each in axes:
        number, stride = len(each.axis.points), stride // len(each.axis.points)
        place = f"numbers.point // {stride} % {number}"
        values = [*zip(*each.axis.points, strict=True), range(number)][: len(each.names)]
        columns += [
            f"{value_at(place, list(column))} AS {dialect.name(name)}"
            for name, column in zip(each.names, values, strict=True)
        ]
    return QueryTable(name, select(columns or ["1 AS point"], f"FROM range(0, {size}) AS numbers(point)"))


def value_at(place: str, values: Sequence[Any]) -> str:
    """The value at a place, in 64 bits: a sum where they are equally far apart, else from their list."""
    step = values[1] - values[0] if len(values) > 1 else 0
    if all(other - one == step for one, other in pairwise(values)):
        return f"CAST({values[0]} + {step} * ({place}) AS BIGINT)"
    return f"CAST([{', '.join(map(str, values))}][1 + {place}] AS BIGINT)"


def grid_table(name: str, axes: Iterable[AxisColumns], dialect: SqlDialect) -> QueryTable:
    """All combinations of the values of axes."""
    axes = list(axes)
    if not axes:
        return QueryTable(name, ["SELECT 1 AS point"])
    columns = [dialect.name(each) for axis in axes for each in axis.names]
    first, *others = (axis.table for axis in axes)
    return QueryTable(name, [*select(columns, f"FROM {first}"), *(f"CROSS JOIN {other}" for other in others)])


def front_tables(directions: Mapping[str, str]) -> list[QueryTable]:
    """The tables of the front: of objectives, by the written name of their column, whether the least is the best."""
    *others, (last, direction) = directions.items()
    alike = [name for name, _ in others]
    grouped = [f"GROUP BY {', '.join(alike)}"] if alike else []
    least = f"{direction.upper()}({last}) AS {last}"
    nowhere_worse = [f"other.{name} {SIGNS[each]}= one.{name}" for name, each in directions.items()]
    better = " OR ".join(f"other.{name} {SIGNS[each]} one.{name}" for name, each in directions.items())
    beaten = where([*nowhere_worse, f"({better})" if alike else better])
    return [
        QueryTable("best", [f"SELECT {', '.join([*alike, least])}", "FROM results", *grouped],
              f"the best {last}{' of rows with the same ' + ', '.join(alike) if alike else ''}"),
        QueryTable("front", [f"SELECT {', '.join(f'one.{name}' for name in directions)}", "FROM best AS one",
                        "WHERE NOT EXISTS (", *indent(["SELECT 1 FROM best AS other", *beaten]), ")"],
              "what no other beats: nowhere worse, and better somewhere"),
    ]  # fmt: skip


def ending(
    question: SweepQuestion, dialect: SqlDialect, shown: Sequence[str], objectives: Sequence[str],
    axes: Sequence[AxisColumns],
) -> tuple[list[QueryTable], list[str]]:  # fmt: skip
    """The tables of the front, and what is selected in the end."""
    columns = [dialect.name(name) for name in shown]
    tables: list[QueryTable] = []
    prefix = ""
    lines = select(columns, "FROM results")
    if question.pareto:
        names = [dialect.name(name) for name in objectives[: len(question.pareto)]]
        tables = front_tables({name: each.direction for name, each in zip(names, question.pareto, strict=True)})
        prefix = "results."
        same = " AND ".join(f"results.{name} = front.{name}" for name in dict.fromkeys(names))
        lines = select([f"results.{name} AS {name}" for name in columns], "FROM results", f"JOIN front ON {same}")
    sorts = zip(objectives[len(question.pareto) :], question.sort, strict=True)
    order = [f"{prefix}{dialect.name(name)}{' DESC' if each.direction == 'max' else ''}" for name, each in sorts]
    order += [f"{prefix}{dialect.name(axis.order)}{' DESC' if axis.falls else ''}" for axis in axes]
    if order:
        lines.append(f"ORDER BY {', '.join(dict.fromkeys(order))}")
    return tables, [*lines, *([f"LIMIT {question.limit}"] if question.limit is not None else [])]
