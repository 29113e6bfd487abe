"""What was solved as JSON, see the schema `convcalc/solve/1`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.render.json_text import library_text
from convcalc.render.solving.lines import equations
from convcalc.render.solving.phrases import network_failure, reasons
from convcalc.render.spelling import spell_layer
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.solving.answer import Answer, Solution

SCHEMA = "convcalc/solve/1"


def document(found: Answer) -> str:
    asked, is_layer = found.question, found.question.network is None
    names = {unknown.letter: unknown.name for unknown in found.unknowns}
    runs: Any = {
        names[letter]: [dict(zip(run._fields, run, strict=True)) for run in runs] for letter, runs in found.runs.items()
    }
    shown = {key: [solution_json(each, found, names) for each in solutions] for key, solutions in (
        ("solutions", found.solutions), ("asymmetric", found.uneven), ("nearest", found.nearest),
    )}  # fmt: skip
    entries = {
        "schema": SCHEMA, "convcalc": __version__, "layer": asked.name, "network": asked.name,
        "convention": asked.convention, "input": sides(asked.shape, asked.channels_last),
        "target": "same" if asked.keeps else sides(asked.target, asked.is_whole and asked.channels_last),
        "at": found.at or None, "bounds": {bound.quantity: [bound.low, bound.high] for bound in asked.bounds},
        "unknowns": list(dict.fromkeys(names.values()) if is_layer else names.values()), "solved": found.solved,
        "count": found.number, "complete": found.complete, "tried": dict(found.tried),
        "multipliers": list(map(str, found.multipliers)), "free": list(found.free),
        "runs": next(iter(runs.values()), []) if is_layer else runs,
        "formula": None if found.symbolic is None else str(found.symbolic),
        **shown, "why": why(found), "work": list(equations(found)),
    }  # fmt: skip
    without = {"network", "at", "multipliers"} if is_layer else {"layer", "input", "formula", "asymmetric"}
    kept = {key: value for key, value in entries.items() if key not in without}
    return library_text(kept, ensure_ascii=False) + "\n"


def why(found: Answer) -> list[str]:
    if found.solved or found.symbolic is not None:
        return []
    return reasons(found) if found.question.network is None else [network_failure(found)]


def sides(shape: Iterable[Any] | None, channels_last: bool = False) -> tuple[Any, ...] | None:
    return written_order(shape, channels_last) if shape else None


def solution_json(solution: Solution, found: Answer, names: dict[str, str]) -> dict[str, Any]:
    is_last, applied = found.question.channels_last, solution.applied
    values = {names.get(key, key): value for key, value in solution.values.items()}
    if applied is None:
        return {"values": values, "output": sides(solution.look.output, is_last), **solution.look.counts}
    return {
        "values": values, "layer": spell_layer(applied.setting, found.question.convention),
        "input": sides(applied.input[0], is_last), "output": sides(applied.output, is_last),
        "parameters": applied.parameters, "macs": applied.macs, "unused": list(solution.unused),
    }  # fmt: skip
