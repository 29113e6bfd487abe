"""Values, counts and the extent of a search in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.network.quantity import QUANTITIES
from convcalc.render.solving.equation import LISTED, number

if TYPE_CHECKING:
    from convcalc.solving.answer import Answer, Solution
    from convcalc.solving.runs import Run


def how_many(count: int | None) -> str:
    return f" ({count:,} values)" if count is not None and count > LISTED else ""


def runs_in_words(runs: Iterable[Run]) -> str:
    """`7 or 8`, `1 to 13,157`, `0, 1, 2, …`, `140, 156, 172, … 508`."""
    parts: list[str] = []
    for run in runs:
        first = [number(run.first + place * run.step) for place in range(3)]
        if run.last is None:
            parts.append(", ".join(first) + ", …")
        elif run.size <= 4:
            parts += [number(value) for value in range(run.first, run.last + 1, run.step)]
        elif run.step == 1:
            parts.append(f"{number(run.first)} to {number(run.last)}")
        else:
            parts.append(f"{', '.join(first)}, … {number(run.last)}")
    if len(parts) > 2 * LISTED:
        parts[LISTED:-1] = ["…"]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"


def amount(count: int, name: str, word: str | None = None) -> str:
    """`760 parameters`, `receptive field 7`."""
    word = QUANTITIES[name].word if word is None else word
    return (f"{word} {count:,}" if name == "receptive_field" else f"{count:,} {word}").strip()


def bounds_in_words(found: Answer) -> list[str]:
    """The bounds of a question: `parameters <= 1e6`."""
    return [f"{QUANTITIES[bound.quantity].word} {bound.text}" for bound in found.question.bounds]


def nearest(found: Answer, line: Callable[[Solution, Answer], str]) -> Iterator[str]:
    if found.nearest:
        yield "nearest:"
        yield from (f"  {line(solution, found)}" for solution in found.nearest)


def extent(found: Answer) -> Iterator[str]:
    """How far a search went, and what it left out."""
    is_layer = found.question.network is None
    for name in found.free:
        yield f"{name} has no effect on what is wanted: any that the {'layer allows' if is_layer else 'layers allow'}"
    parts = [f"{name} up to {number(most)}" for name, most in found.tried.items()]
    if found.multipliers:
        parts = parts or [f"every whole {found.unknowns[0].name}"]
        parts.append(", ".join(map(str, found.multipliers)))
    if parts:
        cut = is_layer and not found.complete
        yield f"tried: {', '.join(parts)}" + (", the simplest first, as far as a search goes" if cut else "")


def rest(found: Answer, shown: int) -> Iterator[str]:
    """How many solutions are not shown."""
    more = len(found.solutions) - shown
    if more:
        cut = found.question.network is None and not found.complete
        yield f"… and {more:,} more{' at least' if cut else ''}: --limit 0 shows them"
