"""A sweep as one query: the grid, a part for every structure, all of them together, their front and their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Extremum, Ratio, children, substitute
from convcalc.closed_forms.table import Requirement, SizeTest
from convcalc.problem import problem
from convcalc.sweep.grid import part_of_grid
from convcalc.sweep.points import Kept, Outcome, outcome
from convcalc.sweep.program import SweepProgram, identifier
from convcalc.sweep.sql.alone import is_in_part, points_alone, too_many
from convcalc.sweep.sql.dialects import DECIMAL, DIALECTS, SqlDialect
from convcalc.sweep.sql.layout import QueryTable, UniqueNames, comment_lines, select, where, with_tables
from convcalc.sweep.sql.structure import StructureQuery
from convcalc.sweep.sql.tables import AxisColumns, axis_table, columns_of_axes, ending, grid_table, numbered_grid_table
from convcalc.sweep.sql.whole import SqlColumn
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.sweep.network import Swept
    from convcalc.sweep.question import Axis, SweepQuestion

SPARK_TABLES = 50  # one on another, that it takes by itself


def sql(programs: Iterable[SweepProgram], question: SweepQuestion, dialect: str, network: Swept | None = None) -> str:
    """The query whose rows are those of a sweep, in their order.

    A Problem where a number may be larger than any type of the dialect holds, and where points have to be worked one
    by one: without the network any, with it many.
    """
    return SweepQuery(tuple(programs), question, DIALECTS[dialect], network).text()


def sql_of_file(programs: Iterable[SweepProgram], question: SweepQuestion, network: Swept) -> str:
    """The query whose rows DuckDB writes to Parquet: no number is too large for a decimal, few have to be sorted."""
    duckdb = DIALECTS["duckdb"]
    *types, widest = duckdb.types
    dialect = duckdb._replace(types=(*types, widest._replace(limit=DECIMAL)))
    return SweepQuery(tuple(programs), question, dialect, network, is_numbered=True).text()


class StructurePart(NamedTuple):
    """The part of a structure: its tables, and what must hold of their rows."""

    structure: StructureQuery
    tables: list[QueryTable]
    conditions: list[str]


class SweepQuery:
    def __init__(
        self, programs: tuple[SweepProgram, ...], question: SweepQuestion, dialect: SqlDialect, network: Swept | None,
        is_numbered: bool = False,
    ):  # fmt: skip
        refuse_what_no_query_has(question)
        self.programs, self.question, self.dialect, self.network = programs, question, dialect, network
        names = UniqueNames([*question.names, *question.columns, "grid", "results", "best", "front", "worked_alone"])
        self.axes = columns_of_axes(question, names)
        self.objectives = [self.objective(number, names) for number in range(len(question.objectives))]
        self.shown = [*question.names, *question.columns]
        hidden = dict.fromkeys([*self.objectives, *(axis.place for axis in self.axes if axis.place)])
        self.hidden = [name for name in hidden if name not in self.shown]
        self.is_numbered = is_numbered  # whether the points come by their number in the grid
        self.alone = 0  # points worked by themselves

    def objective(self, number: int, names: UniqueNames) -> str:
        """The column of an objective: that of a name or a quantity, else one of its own."""
        objective = self.question.objectives[number]
        are_fractions = any(may_be_fraction(program, program.objectives[number]) for program in self.programs)
        if has_fraction(objective.tree) or are_fractions or objective.tree in words_of(self.question):
            message = f"{objective.text}: it need not be a whole number, and a query would round it"
            raise problem("U010", message, "leave out --sql and --engine")
        is_column = all(objective.tree in (*self.question.names, *program.columns) for program in self.programs)
        return str(objective.tree) if is_column else names.add(f"objective_{number + 1}")

    def text(self) -> str:
        dialect = self.dialect
        grids: dict[tuple[tuple[Axis, ...], int], str] = {}
        tables: dict[str, QueryTable] = {}
        parts: list[StructurePart] = []
        rows: list[list[Any]] = []
        for number, program in enumerate(self.programs):
            key = (program.axes, number * self.is_numbered)
            grid = grids.setdefault(key, f"grid_{len(grids) + 1}" if grids else "grid")
            structure = StructureQuery(program, dialect, self.wanted(program), grid, self.places(program))
            rows += self.rows_alone(structure)
            if not is_nowhere(program):
                if grid not in tables:
                    axes = [axis for axis in self.axes if axis.axis in program.axes]
                    if not self.is_numbered:
                        tables.update((axis.table, axis_table(axis, dialect)) for axis in axes)
                    table = numbered_grid_table if self.is_numbered else grid_table
                    tables[grid] = table(grid, axes, dialect)
                made = list(structure.tables())
                parts.append(StructurePart(structure, made, [*self.conditions(structure), *self.part(program)]))
        levels = {
            name: max((part.structure.levels.get(name, 0) for part in parts), default=0)
            for name in [*self.question.columns, *self.objectives]
        }
        query = list(tables.values())
        if len(parts) == 1 and not rows:
            query += [*parts[0].tables, QueryTable("results", self.final(parts[0], levels))]
        else:
            query += self.united(parts, rows, levels, UniqueNames([*tables, "results", "front", "best"]))
        axes = [] if self.comes_in_order(bool(rows)) else self.axes
        fronts, selected = ending(self.question, dialect, self.shown, self.objectives, axes)
        largest = max((part.structure.writer.largest for part in parts), default=0)
        lines = with_tables([*query, *fronts], selected)
        return "\n".join([*self.heading(largest), *self.setting(lines), *lines]) + ";\n"

    def comes_in_order(self, some_are_alone: bool) -> bool:
        """Whether rows come in the order of the grid without a sort; DuckDB mixes those of a union in a file."""
        is_one = len(self.programs) == 1 and not some_are_alone
        return self.is_numbered and is_one and not self.question.pareto and not self.question.sort

    def wanted(self, program: SweepProgram) -> dict[str, Expr]:
        """The columns of a structure: those that are shown, or asked for by an objective or a condition."""
        found: dict[str, Expr] = {}
        for name in self.question.columns:
            if name not in program.columns:
                continue
            found[name] = program.columns[name]
            if may_be_fraction(program, found[name]):
                message = f"{name} need not be a whole number, and a query would round it"
                raise problem("U010", message, f"leave {name} out")
        for name, tree in zip(self.objectives, program.objectives, strict=True):
            if name not in self.question.names:
                found.setdefault(name, program.columns.get(name, tree))
        compared = {part for test in program.where for side in test.sides for part in parts_of(side)}
        for name, tree in program.columns.items():
            if tree in compared and not isinstance(tree, (int, str)) and name not in self.question.names:
                found.setdefault(name, tree)
        return found

    def places(self, program: SweepProgram) -> list[str]:
        """The columns of numbers of values that the grid of a structure has."""
        return [axis.place for axis in self.axes if axis.place and axis.axis in program.axes]

    # Conditions

    def conditions(self, structure: StructureQuery) -> Iterator[str]:
        """Those without which the forms are not the network's, and those of the question, over columns."""
        for requirement in (*structure.alike, *structure.exact):
            yield structure.requirement(requirement, structure.there)
        replaced: dict[Expr, Expr] = {}
        for name, tree in structure.wanted.items():
            if not isinstance(tree, (int, str)):
                replaced[tree] = f"column {name}"
                structure.columns[f"column {name}"] = SqlColumn(self.dialect.name(name), structure.levels[name])
                structure.ranges.known[f"column {name}"] = structure.ranges.of(tree)
        for left, operator, right in structure.program.where:
            changed = SizeTest(substitute(left, replaced), operator, substitute(right, replaced))
            yield structure.requirement(Requirement((changed,)), structure.there)

    def part(self, program: SweepProgram) -> Iterator[str]:
        """That of a part of the grid, by the number of a point in it."""
        if self.question.shard == (1, 1):
            return
        if self.question.size >= 1 << 63:
            raise problem("U010", "the parts of so large a grid are not told apart by a query", "leave out --shard")
        terms, number, stride = [], 0, 1
        for axis in reversed(self.axes):
            if axis.axis in program.axes:
                terms.append(f"{stride} * {self.dialect.name(axis.place)}")
            else:
                number += stride * self.place_of(program, axis)
            stride *= len(axis.axis.points)
        part = part_of_grid(self.question)
        place = " + ".join([*reversed(terms), *([str(number)] if number or not terms else [])])
        yield f"{place} BETWEEN {part.start} AND {part.stop - 1}"

    # Rows

    def final(self, part: StructurePart, levels: Mapping[str, int]) -> list[str]:
        """The rows of a structure, whose types are those of all structures."""
        program, dialect = part.structure.program, self.dialect
        fixed = {name: self.literal(self.value(program, name)) for name in self.question.names
                 if name not in program.names}  # fmt: skip
        fixed |= {axis.place: str(self.place_of(program, axis)) for axis in self.axes
                  if axis.place and axis.axis not in program.axes}  # fmt: skip
        fixed |= {name: dialect.null for name in self.question.columns if name not in program.columns}
        columns = []
        for name in [*self.shown, *self.hidden]:
            written = dialect.name(name)
            if name in fixed:
                columns.append(f"{fixed[name]} AS {written}")
            elif levels.get(name, 0) > part.structure.levels.get(name, 0) and name not in program.names:
                columns.append(f"{dialect.cast(written, levels[name])} AS {written}")
            else:
                columns.append(written)
        return select(columns, "FROM totals", *where(part.conditions))

    def value(self, program: SweepProgram, name: str) -> object:
        """The value of a name that a structure is for, as the question has it."""
        axis = next(axis for axis in self.question.axes if name in axis.names)
        values = [point[axis.names.index(name)] for point in axis.points]
        return next(value for value in values if str(value) == str(program.fixed[name]))

    def place_of(self, program: SweepProgram, axis: AxisColumns) -> int:
        return axis.place_of([program.fixed[name] for name in axis.axis.names])

    def literal(self, value: object, level: int = 0) -> str:
        if value is None:
            return self.dialect.null
        if isinstance(value, int):
            return self.dialect.cast(f"'{value}'" if level else str(value), level)
        return self.dialect.text(str(value))

    def united(
        self, parts: Sequence[StructurePart], rows: Sequence[Sequence[Any]], levels: Mapping[str, int],
        names: UniqueNames,
    ) -> Iterator[QueryTable]:  # fmt: skip
        """A table for each structure, with its tables inside, one for points by themselves, and all together."""
        made = []
        for part in parts:
            fixed = part.structure.program.fixed.items()
            name = self.dialect.name(names.add(identifier("_".join(f"{key}_{value}" for key, value in fixed))))
            words = ", ".join(f"{key} = {value}" for key, value in fixed)
            yield QueryTable(name, with_tables(part.tables, self.final(part, levels)), words)
            made.append(name)
        if rows or not parts:
            yield self.table_of_rows(rows, levels)
            made.append("worked_alone")
        yield QueryTable("results", [line for name in made for line in (f"SELECT * FROM {name}", "UNION ALL")][:-1])

    def outcomes_alone(
        self, structure: StructureQuery, alike: Iterable[Requirement], exact: Iterable[Requirement] = ()
    ) -> Iterator[tuple[dict[str, object], Outcome]]:
        """What becomes of each point by itself; None, too, where it is in another part than the one asked for."""
        program = structure.program
        for point in points_alone(structure, alike, exact):
            if self.network is None:
                raise too_many(program)
            names = {name: point.get(name) or self.value(program, name) for name in self.question.names}
            is_asked = is_in_part(self.question, names)
            yield names, outcome(self.network, self.question, program, names) if is_asked else None

    def rows_alone(self, structure: StructureQuery) -> Iterator[list[Any]]:
        for names, found in self.outcomes_alone(structure, structure.alike, structure.exact):
            self.alone += 1
            if isinstance(found, Kept):
                yield self.row(names, found)

    def row(self, point: Mapping[str, object], kept: Kept) -> list[Any]:
        numbers: dict[str, Any] = {**point, **dict(zip(self.question.columns, kept.columns, strict=True))}
        found = zip(self.objectives, self.question.objectives, (*kept.front, *kept.order), strict=True)
        for name, objective, value in found:
            numbers.setdefault(name, objective.sign * value)
        for axis in self.axes:
            numbers[axis.place] = axis.place_of([point[name] for name in axis.axis.names])
        return [numbers[name] for name in [*self.shown, *self.hidden]]

    def table_of_rows(self, rows: Sequence[Sequence[Any]], levels: Mapping[str, int]) -> QueryTable:
        """Rows as they are; one that is left out again where there is none."""
        names = [*self.shown, *self.hidden]
        words = words_of(self.question)
        lines: list[str] = []
        for row in rows or [[0] * len(names)]:
            values = [str(value) if name in words else value for name, value in zip(names, row, strict=True)]
            cells = [
                f"{self.literal(value, levels.get(name, 0))} AS {self.dialect.name(name)}"
                for name, value in zip(names, values, strict=True)
            ]
            lines += [*(["UNION ALL"] if lines else []), f"SELECT {', '.join(cells)}"]
        comment = "combinations that were worked one by one" if rows else "nothing fits"
        return QueryTable(
            "worked_alone", lines if rows else [f"SELECT * FROM ({lines[0]}) AS no_row WHERE 1 = 0"], comment
        )

    def setting(self, lines: Sequence[str]) -> Iterator[str]:
        """What has to be set for a query of many tables one on another."""
        if self.dialect is DIALECTS["spark"] and sum(line.endswith("AS (") for line in lines) > SPARK_TABLES:
            yield "-- Run before it: SET spark.sql.analyzer.maxIterations = 10000;"

    def heading(self, largest: int) -> list[str]:
        name = f" of {self.network.spec.name}" if self.network is not None and self.network.spec.name else ""
        axes = "; ".join(few_values(axis) for axis in self.question.axes)
        type_ = next(type_ for type_ in self.dialect.types if type_.limit is None or largest < type_.limit)
        words = [
            f"A sweep{name} by convcalc, for {self.dialect.title}: {self.question.size:,} combinations of {axes}.",
            f"Every number is whole and exact: none can be above {largest:,}, which {type_.name} holds.",
        ]
        if self.alone:
            words.append(f"Of these combinations {self.alone:,} have no closed forms and were worked one by one.")
        return [f"-- {line}" for line in comment_lines("\n".join(words))]


def few_values(axis: Axis) -> str:
    values = [" ".join(map(str, point)) for point in axis.points]
    text = ", ".join(values) if len(values) <= 6 else f"{values[0]}, {values[1]}, …, {values[-1]}"
    return f"{', '.join(axis.names)} = {text}"


def words_of(question: SweepQuestion) -> set[str]:
    """The names whose values are not all whole numbers, and are words in a query."""
    return {
        name
        for axis in question.axes
        for place, name in enumerate(axis.names)
        if not all(isinstance(point[place], int) for point in axis.points)
    }


def refuse_what_no_query_has(question: SweepQuestion) -> None:
    if question.sample is not None:
        raise problem("U010", "no query draws the points of --sample", "leave out --sample")
    if question.keep_invalid:
        raise problem("U010", "a query has no rows of networks that do not fit", "leave out --keep-invalid")


def is_nowhere(program: SweepProgram) -> bool:
    """Whether no row follows from the forms."""
    return not all(each.any_of for each in (*(need.requirement for need in program.needs), *program.holds))


def has_fraction(tree: Expr) -> bool:
    return (isinstance(tree, Ratio) and not tree.rounding) or any(map(has_fraction, children(tree)))


def may_be_fraction(program: SweepProgram, tree: Expr) -> bool:
    """Whether a column need not be whole, as the stride of a field: a plain quotient, or the place of one."""
    if isinstance(tree, str):
        place = int(tree) - len(program.names)
        return place >= 0 and may_be_fraction(program, program.forms[place])
    if isinstance(tree, Extremum):
        return any(may_be_fraction(program, option) for option in tree.options)
    return has_fraction(tree)


def parts_of(tree: Expr) -> Iterator[Expr]:
    yield tree
    for child in children(tree):
        yield from parts_of(child)
