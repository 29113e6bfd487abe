"""The end of a query: the front among its results, their order, how many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.sweep.sql.layout import QueryTable, indent, select, where

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.sweep.question import SweepQuestion
    from convcalc.sweep.sql.axes import AxisColumns
    from convcalc.sweep.sql.dialects import SqlDialect

SIGNS = {"min": "<", "max": ">"}


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
