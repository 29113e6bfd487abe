"""What became of the points of a sweep, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.network.quantity import word_of
from convcalc.render.sweep import exact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.script import Script
    from convcalc.render.sweep import AnsweredSweep
    from convcalc.sweep.answers import NearMiss

FEW = 5  # reasons that are told one by one
MANY = 100_000  # points of a grid of which it is said how many were not looked at


def sentences(sweep: AnsweredSweep, shown: int, script: Script) -> Iterator[str]:
    """How many points there are, why some do not fit, how many a condition excludes, and what is left and shown."""
    yield from tally_sentences(sweep, script)
    tally, question = sweep.tally, sweep.question
    aims = ", ".join(each.text for each in question.pareto)
    if sweep.front:
        yield f"{sweep.front:,} of {points(tally.kept)} {'is' if sweep.front == 1 else 'are'} on the front of {aims}"
        if sweep.has_one_best and tally.kept > sweep.front:
            hint = "a front has more where objectives pull apart: min macs, max receptive_field"
            told = "the best in one of these is the best in all" if len(question.pareto) > 1 else "it is one objective"
            yield f"{told}; {hint}"
    whole = sweep.front or tally.kept
    if shown < whole:
        yield f"the first {shown:,} of {whole:,} rows; --limit 0 shows all"
    yield from map(script.text, sweep.notes)
    yield from (script.text(near_miss(each, script)) for each in sweep.nearest)
    if not tally.kept and tally.excluded and not sweep.nearest and len(sweep.conditions) > 1:
        yield "no condition is to blame by itself: without any one of them no point is left either"


def tally_sentences(sweep: AnsweredSweep, script: Script) -> Iterator[str]:
    tally, question = sweep.tally, sweep.question
    whole = points(tally.points)
    if question.sample is not None and tally.points < question.size:
        whole += f", drawn from {question.size:,} with --seed {question.seed}"
    if question.shard[1] > 1:
        whole += f", part {question.shard[0]} of {question.shard[1]}"
    unfit = sum(tally.unfit.values())
    if not tally.points:
        yield whole
    elif not unfit and not tally.excluded:
        yield f"{whole}, and the network fits at all of them"
    else:
        yield f"{whole}, of which {tally.kept:,} {'is' if tally.kept == 1 else 'are'} left"
    if unfit:
        reasons = sorted(tally.unfit.items(), key=lambda pair: -pair[1])
        if len(reasons) == 1:
            yield f"{unfit:,} {do_not(unfit)} fit: {script.text(reasons[0][0])}"
        else:
            yield f"{unfit:,} {do_not(unfit)} fit:"
            yield from (f"  {number:,}: {script.text(reason)}" for reason, number in reasons[:FEW])
            if len(reasons) > FEW:
                rest = sum(number for _, number in reasons[FEW:])
                yield f"  {rest:,}: {len(reasons) - FEW:,} other reasons, in --format json"
    if tally.excluded:
        each = "the condition" if len(sweep.conditions) == 1 else "a condition"
        yield f"{tally.excluded:,} {do_not(tally.excluded)} meet {each}: {script.text(' and '.join(sweep.conditions))}"
    if tally.unvisited and tally.points >= MANY:
        yield f"{tally.unvisited:,} of these were decided without a look at each"


def near_miss(each: NearMiss, script: Script) -> str:
    """Without a condition so many points, and the one that misses it least."""
    there = ", ".join(f"{name}={exact(value)}" for name, value in each.nearest.items())
    numbers = " and ".join(
        f"{script.number(value)} {word}"
        if (word := word_of(name)).endswith("s")
        else f"{name} = {script.number(value)}"
        for name, value in each.found.items()
    )
    sample = " of a sample" if each.is_sample else ""
    return (
        f"without {each.condition}: {points(each.points)}{sample}; the nearest is {there}"
        f"{f' with {numbers}' if numbers else ''}"
    )


def points(number: int) -> str:
    return f"{number:,} point{'' if number == 1 else 's'}"


def do_not(number: int) -> str:
    return "does not" if number == 1 else "do not"
