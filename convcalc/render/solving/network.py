"""What was solved of a network: its closed form and what follows from it, the values, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.equation import Relation, has
from convcalc.algebra.expr import evaluate
from convcalc.layer.binding import AXES
from convcalc.render.layout import pad
from convcalc.render.solving.equation import number, relation, result, shape
from convcalc.render.solving.layer import amount, how_many, spoken
from convcalc.solving.wanted import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.solving.runs import Run
    from convcalc.solving.solve_network import Answer, Solution


def lines(found: Answer, limit: int = 10) -> Iterator[str]:
    """A network's answer in lines."""
    asked = found.question
    yield title(found)
    yield ""
    shown = list(equations(found))
    # Where several have one name, which letter is which.
    shown += [f"{letter}: {name}" for letter, name in found.letters.items() if " of " in name]
    if shown:
        yield from shown
        yield ""
    if not found.solved:
        yield from failure(found)
        return
    if not found.runs and len(found.letters) > 1:
        yield from combinations(found, limit)
        return
    for letter, runs in found.runs.items() or dict.fromkeys(found.letters, ()).items():
        yield f"{found.letters[letter]} = {spoken_of(letter, runs, found)}"
    for solution in found.solutions:
        yield f"  {described(solution, found)}"
    yield from tried(found)
    if found.refusal and not asked.output and not asked.bounds:
        where = f'layer "{found.refusal.layer}", ' if found.refusal.layer else ""
        (letter,) = found.letters
        yield f"  {found.runs[letter][0].first - 1} is too small: {where}{found.refusal.message}"


def spoken_of(letter: str, runs: tuple[Run, ...], found: Answer) -> str:
    """The values of an unknown as runs, those of a multiplier in order with usual fractions."""
    fractions = [value for solution in found.solutions if not isinstance(value := solution.values[letter], int)]
    if fractions:
        parts = [(value, str(value)) for value in fractions] + [(run.first, spoken((run,))) for run in runs]
        *before, final = (text for _, text in sorted(parts))
        return f"{', '.join(before)} or {final}" if before else final
    last = runs[-1]
    if last.last is None:
        return spoken(runs)
    if last.last + last.step > found.tried.get(letter, last.last + last.step) and last.size > 2:
        return spoken((*runs[:-1], last._replace(last=None)))  # as far as was tried
    return spoken(runs) + how_many(sum(run.size for run in runs))


def tried(found: Answer) -> Iterator[str]:
    """How far the search went."""
    for letter in found.free:
        yield f"{found.letters[letter]} has no effect on what is wanted: any that the layers allow"
    parts = [f"{found.letters[letter]} up to {number(most)}" for letter, most in found.tried.items()]
    if found.multipliers:
        (name,) = found.letters.values()
        parts = parts or [f"every whole {name}"]
        parts.append(", ".join(map(str, found.multipliers)))
    if parts:
        yield f"tried: {', '.join(parts)}"


def title(found: Answer) -> str:
    asked = found.question
    name = asked.spec.name or "network"
    wants = []
    if asked.output is not None:
        wants.append(
            f"an output of {shape(asked.output, asked.is_whole and asked.channels_last)}"
            + (f" at {found.at}" if found.at else "")
        )
    wants += [f"{QUANTITIES[bound.quantity]} {bound.text}" for bound in asked.bounds]
    convention = asked.choices.convention or asked.spec.convention
    if convention == "textbook":
        wants.append("exact division")
    usual = "what its layers need" if asked.marks else "the smallest input that every layer accepts"
    return f"{name}: {', '.join(wants) or usual}"


def equations(found: Answer) -> Iterator[str]:
    seen: dict[str, list[str]] = {}
    axes = AXES.get(len(found.question.output or ()) - (found.question.output is not None and has_channels(found)), ())
    for what, axis, want in found.equations:
        text = relation(Relation(want.low, want.tree, want.high))
        letters = [letter for letter in found.letters if has(want.tree, letter)]
        if not letters:
            continue
        if len(letters) == 1 and letters[0] in found.runs and what == "size":
            ranges = want.ranges(letters[0], {}, 1)
            text += f"  ⟺  {result(letters[0], ranges)}"
        name = QUANTITIES.get(what, what)
        if axis is not None:
            name = axes[axis] if axis < len(axes) else "size"
        seen.setdefault(text, []).append(name)
    if seen:
        labels = pad([", ".join(names) for names in seen.values()], True)
        yield from (f"{name}  {text}" for name, text in zip(labels, seen, strict=True))


def has_channels(found: Answer) -> bool:
    return any(what == "channels" for what, _, _ in found.equations) or any(
        len(solution.look.output or ()) == len(found.question.output or ()) for solution in found.solutions
    )


def described(solution: Solution, found: Answer) -> str:
    values = ", ".join(f"{letter} = {number(value)}" for letter, value in solution.values.items())
    parts = [shape(solution.look.output, found.question.channels_last)] if solution.look.output else []
    parts += [amount(solution.look.counts[bound.quantity], bound.quantity) for bound in found.question.bounds]
    return f"{values}: {', '.join(parts)}"


def combinations(found: Answer, limit: int) -> Iterator[str]:
    shown = found.solutions[: limit or None]
    yield from (described(solution, found) for solution in shown)
    more = len(found.solutions) - len(shown)
    if more:
        yield f"… and {more:,} more: --limit 0 shows them"
    yield from tried(found)


def failure(found: Answer) -> Iterator[str]:
    told = []
    for what, _, want in found.equations:
        if not any(has(want.tree, letter) for letter in found.letters):
            value = evaluate(want.tree, {})
            if (want.low is not None and value < want.low) or (want.high is not None and value > want.high):
                wanted = number(want.low) if want.low == want.high and want.low is not None else "what is wanted"
                told.append(f"{QUANTITIES.get(what, what)} {value:,}, not {wanted}, whatever the unknown is")
    if found.refusal:
        where = f'layer "{found.refusal.layer}": ' if found.refusal.layer else ""
        told.append(f"{where}{found.refusal.message}" + (f" ({found.refusal.hint})" if found.refusal.hint else ""))
    yield "no solution" + "".join(f": {reason}" for reason in dict.fromkeys(told))
    if found.nearest:
        yield "nearest:"
        yield from (f"  {described(solution, found)}" for solution in found.nearest)
    yield from tried(found)
