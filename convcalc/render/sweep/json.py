"""A sweep as one document of JSON: what was asked, every row, and what became of the points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.render.json_text import json_text
from convcalc.render.sweep import exact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.sweep import AnsweredSweep, SweepLook
    from convcalc.sweep.answers import NearMiss

SCHEMA = "convcalc/sweep/1"


def near_miss(each: NearMiss) -> dict[str, object]:
    values = {name: exact(value) for name, value in {**each.nearest, **each.found}.items()}
    return {"without": each.condition, "points": each.points, "is_sample": each.is_sample, "nearest": values}


def document(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    """Row by row: a long answer is never there as one text."""
    question, tally, columns = sweep.question, sweep.tally, sweep.columns
    asked = {
        "schema": SCHEMA, "convcalc": __version__, "network": sweep.network,
        "axes": [{"names": axis.names, "values": [list(map(exact, point)) for point in axis.points]}
                 for axis in question.axes],
        "where": sweep.conditions, "pareto": [each.text for each in question.pareto],
        "sort": [each.text for each in question.sort], "sample": question.sample, "seed": question.seed,
        "shard": question.shard, "columns": columns,
    }  # fmt: skip
    yield f'{json_text(asked)[:-1]}, "rows": ['
    for place, row in enumerate(sweep.whole_rows()):
        yield f"{',' if place else ''}\n{json_text(dict(zip(columns, row, strict=True)))}"
    told = {
        "tally": {
            "points": tally.points, "unfit": tally.unfit, "excluded": tally.excluded, "kept": tally.kept,
            "unvisited": tally.unvisited, "worked": tally.worked,
        },
        "notes": sweep.notes, "nearest": list(map(near_miss, sweep.nearest)),
    }  # fmt: skip
    yield f"\n], {json_text(told)[1:]}\n"
