"""What was solved of a network: the values of its unknowns and what comes out, or why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import evaluate
from convcalc.network.quantity import word_of
from convcalc.render.solving.equation import is_constant, number, shape
from convcalc.render.solving.phrases import amount, bounds_in_words, extent, how_many, nearest, rest, runs_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.solving.answer import Answer, Solution
    from convcalc.solving.question import Unknown


def title(found: Answer) -> str:
    asked = found.question
    assert asked.network is not None
    wants = []
    if asked.target is not None:
        output = shape(asked.target, asked.is_whole and asked.channels_last)
        wants.append(f"an output of {output}" + (f" at {found.at}" if found.at else ""))
    wants += bounds_in_words(found)
    if asked.convention == "textbook":
        wants.append("exact division")
    usual = "what its layers need" if asked.network.marks else "the smallest input that every layer accepts"
    return f"{asked.name or 'network'}: {', '.join(wants) or usual}"


def solutions(found: Answer, limit: int) -> Iterator[str]:
    if not found.runs and len(found.unknowns) > 1:
        shown = found.solutions[: limit or None]
        yield from (solution_line(solution, found) for solution in shown)
        yield from rest(found, len(shown))
        yield from extent(found)
        return
    for unknown in found.unknowns:
        if unknown.letter in found.runs or not found.runs:
            yield f"{unknown.name} = {values_in_words(unknown, found)}"
    yield from (f"  {solution_line(solution, found)}" for solution in found.solutions)
    yield from extent(found)
    if found.refusal and not found.question.target and not found.question.bounds:
        where = f'layer "{found.refusal.layer}", ' if found.refusal.layer else ""
        (runs,) = found.runs.values()
        yield f"  {runs[0].first - 1} is too small: {where}{found.refusal.message}"


def values_in_words(unknown: Unknown, found: Answer) -> str:
    """The values of an unknown as runs, those of a multiplier in order with usual fractions."""
    runs = found.runs.get(unknown.letter, ())
    values = [solution.values[unknown.letter] for solution in found.solutions]
    fractions = [value for value in values if not isinstance(value, int)]
    if fractions:
        parts = [(value, str(value)) for value in fractions] + [(run.first, runs_in_words((run,))) for run in runs]
        *before, final = (text for _, text in sorted(parts))
        return f"{', '.join(before)} or {final}" if before else final
    last = runs[-1]
    if last.last is None:
        return runs_in_words(runs)
    if last.last + last.step > found.tried.get(unknown.name, last.last + last.step) and last.size > 2:
        return runs_in_words((*runs[:-1], last._replace(last=None)))  # as far as was tried
    return runs_in_words(runs) + how_many(sum(run.size for run in runs))


def solution_line(solution: Solution, found: Answer) -> str:
    values = ", ".join(f"{letter} = {number(value)}" for letter, value in solution.values.items())
    parts = [shape(solution.look.output, found.question.channels_last)] if solution.look.output else []
    parts += [amount(solution.look.counts[bound.quantity], bound.quantity) for bound in found.question.bounds]
    return f"{values}: {', '.join(parts)}"


def failure(found: Answer) -> Iterator[str]:
    yield failure_line(found)
    yield from nearest(found, solution_line)
    yield from extent(found)


def failure_line(found: Answer) -> str:
    told = []
    for what, _, ((low, tree, high, _), *_), *_ in found.equations:
        value = evaluate(tree, {}) if is_constant(tree) else None
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            wanted = number(low) if low == high and low is not None else "what is wanted"
            told.append(f"{word_of(what)} {value:,}, not {wanted}, whatever the unknown is")
    if found.refusal:
        where = f'layer "{found.refusal.layer}": ' if found.refusal.layer else ""
        told.append(f"{where}{found.refusal.message}" + (f" ({found.refusal.hint})" if found.refusal.hint else ""))
    return "no solution" + "".join(f": {reason}" for reason in dict.fromkeys(told))
