"""What was solved as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from json import JSONEncoder
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.render.solving import network as solved_network
from convcalc.render.solving.layer import equations
from convcalc.render.solving.reasons import reasons
from convcalc.render.spelling import spelled
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.solving.layer import Solution
    from convcalc.solving.runs import Run
    from convcalc.solving.solve import Answer
    from convcalc.solving.solve_network import Answer as NetworkAnswer
    from convcalc.solving.solve_network import Solution as NetworkSolution

SCHEMA = "convcalc/solve/1"
encode = JSONEncoder(default=str, ensure_ascii=False).encode


def layer(found: Answer) -> str:
    """An answer as JSON, see the schema `convcalc/solve/1`."""
    asked = found.question
    return encode(
        {
            "schema": SCHEMA, "convcalc": __version__, "layer": asked.text, "convention": asked.convention,
            "input": sides(asked.shape, asked.channels_last),
            "target": "same" if asked.keeps else sides(asked.target, asked.is_whole and asked.channels_last),
            "bounds": {bound.quantity: [bound.low, bound.high] for bound in asked.bounds},
            "unknowns": list(dict.fromkeys(unknown.name for unknown in found.unknowns)),
            "solved": found.solved, "count": found.number, "complete": found.complete, "tried": dict(found.limits),
            "free": list(found.free),
            "runs": [run_json(run) for run in found.runs],
            "formula": None if found.symbolic is None else str(found.symbolic),
            "solutions": [solution_json(solution, found) for solution in found.solutions],
            "asymmetric": [solution_json(solution, found) for solution in found.uneven],
            "nearest": [solution_json(solution, found) for solution in found.nearest],
            "why": [] if found.solutions or found.symbolic is not None else reasons(found),
            "work": list(equations(found)),
        }
    ) + "\n"  # fmt: skip


def sides(shape: Iterable[Any] | None, channels_last: bool = False) -> list[Any] | None:
    return listed(written_order(shape, channels_last)) if shape else None


def run_json(run: Run) -> dict[str, Any]:
    return {"first": run.first, "last": run.last, "step": run.step}


def solution_json(solution: Solution, found: Answer) -> dict[str, Any]:
    applied = solution.applied
    return {
        "values": {name: listed(value) for name, value in solution.values.items()},
        "layer": spelled(applied.setting, found.question.convention),
        "input": sides(applied.input[0], found.question.channels_last),
        "output": sides(applied.output, found.question.channels_last), "parameters": applied.parameters,
        "macs": applied.macs, "unused": list(solution.unused),
    }  # fmt: skip


def listed(value: Any) -> Any:
    if isinstance(value, tuple):
        return [listed(part) for part in value]
    return value if isinstance(value, (int, str)) else str(value)


def network(found: NetworkAnswer) -> str:
    asked = found.question
    return encode(
        {
            "schema": SCHEMA, "convcalc": __version__, "network": asked.spec.name,
            "convention": asked.choices.convention or asked.spec.convention,
            "target": sides(asked.output, asked.is_whole and asked.channels_last),
            "at": found.at or None, "bounds": {bound.quantity: [bound.low, bound.high] for bound in asked.bounds},
            "unknowns": list(found.letters.values()), "solved": found.solved, "count": found.number,
            "complete": not found.tried, "tried": named(found.tried, found),
            "multipliers": list(map(str, found.multipliers)), "free": [found.letters[letter] for letter in found.free],
            "runs": {found.letters[letter]: [run_json(run) for run in runs] for letter, runs in found.runs.items()},
            "solutions": [network_solution(solution, found) for solution in found.solutions],
            "nearest": [network_solution(solution, found) for solution in found.nearest],
            "why": [] if found.solved else list(solved_network.failure(found))[:1],
            "work": list(solved_network.equations(found)),
        }
    ) + "\n"  # fmt: skip


def named(values: Mapping[str, int], found: NetworkAnswer) -> dict[str, int]:
    return {found.letters[letter]: value for letter, value in values.items()}


def network_solution(solution: NetworkSolution, found: NetworkAnswer) -> dict[str, Any]:
    counts = {name: listed(value) for name, value in solution.look.counts.items()}
    return {
        "values": named(solution.values, found),
        "output": sides(solution.look.output, found.question.channels_last),
        **counts,
    }
