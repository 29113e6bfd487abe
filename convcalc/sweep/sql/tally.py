"""What becomes of the points of a sweep, as queries that count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.sweep.grid import part_of_grid
from convcalc.sweep.points import outcome
from convcalc.sweep.question import SweepTally
from convcalc.sweep.sql.alone import is_in_part, points_alone
from convcalc.sweep.sql.axes import axis_table, grid_table
from convcalc.sweep.sql.dialects import DIALECTS
from convcalc.sweep.sql.layout import where, with_tables
from convcalc.sweep.sql.query import SweepQuery
from convcalc.sweep.sql.structure import StructureQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from convcalc.sweep.program import SweepProgram
    from convcalc.sweep.question import SweepQuestion
    from convcalc.sweep.structures import Swept

    Rows = Callable[[str], Iterable[Sequence[Any]]]  # of a query


def tally_by(
    programs: Sequence[SweepProgram], question: SweepQuestion, dialect: str, network: Swept, rows: Rows, given: int
) -> SweepTally:
    """How many points of a sweep do not fit, are excluded and kept, as a database counts them that gave some rows."""
    plain = question._replace(pareto=(), sort=(), limit=None)
    query = SweepQuery(
        tuple(program._replace(objectives=()) for program in programs), plain, DIALECTS[dialect], network
    )
    text = query.text().rstrip().rstrip(";")
    kept = given
    if question.pareto or question.limit is not None:
        kept = int(next(iter(rows(f"SELECT COUNT(*) FROM (\n{text}\n) AS kept")))[0])
    unfit: dict[str, int] = {}
    for program in programs:
        for words, number in unfit_in(query, program, rows):
            unfit[words] = unfit.get(words, 0) + number
    points = len(part_of_grid(question))
    return SweepTally(points, unfit, points - kept - sum(unfit.values()), kept, worked=query.alone)


def unfit_in(query: SweepQuery, program: SweepProgram, rows: Rows) -> Iterable[tuple[str, int]]:
    """Why points of a structure do not fit, and how many of them."""
    structure = StructureQuery(program, query.dialect, {}, "grid", query.places(program))
    for point in points_alone(structure, structure.alike):
        names = {name: point.get(name) or query.value(program, name) for name in query.question.names}
        if query.network is not None and is_in_part(query.question, names):
            becomes = outcome(query.network, query.question, program, names)
            if isinstance(becomes, str):
                yield becomes, 1
    needs = [(found, need.words) for need in program.needs
             if (found := structure.open_part(need.requirement)) is not None]  # fmt: skip
    if not needs or program.is_worked_singly:
        return
    cases = [
        f"WHEN NOT ({structure.requirement(requirement, structure.there)}) THEN {number}"
        for number, (requirement, _) in enumerate(needs)
    ]
    conditions = [*(structure.requirement(each, structure.there) for each in structure.alike), *query.part(program)]
    axes = [axis for axis in query.axes if axis.axis in program.axes]
    tables = [*(axis_table(axis, query.dialect) for axis in axes), grid_table("grid", axes, query.dialect)]
    counted = [f"SELECT CASE {' '.join(cases)} ELSE -1 END AS reason", "FROM grid", *where(conditions)]
    lines = ["SELECT reason, COUNT(*) FROM (", *counted, ") AS told", "GROUP BY reason"]
    for reason, number in rows("\n".join(with_tables(tables, lines))):
        if int(reason) >= 0:
            yield needs[int(reason)][1], int(number)
