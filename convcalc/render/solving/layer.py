"""What was solved of a layer: its values and the layers that they make, or why there are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Neg, Ratio, Sum
from convcalc.layer.window import SLIDING, SPREADING
from convcalc.network.quantity import QUANTITIES
from convcalc.render.layout import pad
from convcalc.render.solving.equation import LISTED, letters_before_brackets, number, shape, short
from convcalc.render.solving.phrases import amount, bounds_in_words, extent, how_many, nearest, rest, runs_in_words
from convcalc.render.solving.reasons import reasons
from convcalc.render.spelling import spell_layer
from convcalc.solving.combinations import is_limited

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.solving.answer import Answer, Solution


def title(found: Answer) -> str:
    asked = found.question
    parts = [asked.name]
    if asked.shape is not None:
        parts.append(f" on {shape(asked.shape, asked.channels_last)}")
    if asked.target is not None:
        parts.append(f" → {shape(asked.target, asked.is_whole and asked.channels_last)}")
    elif asked.keeps:
        parts.append(" that keeps the size")
    elif asked.convention == "textbook":
        parts.append(" that fits exactly")
    parts += [f", {wish}" for wish in bounds_in_words(found)]
    return "".join(parts) + (f" ({asked.convention} convention)" if asked.convention != "pytorch" else "")


def solutions(found: Answer, limit: int) -> Iterator[str]:
    if found.symbolic is not None:
        yield f"{found.unknowns[0].name} = {short(letters_before_brackets(found.symbolic))}{proviso(found.symbolic)}"
        return
    yield from lines_of_runs(found) if found.runs else table(found, limit)
    yield from uneven_lines(found)
    yield from ambiguity(found)


def lines_of_runs(found: Answer) -> Iterator[str]:
    """All values of the one unknown, and the layers that they make."""
    (unknown,) = found.unknowns
    yield f"{unknown.name} = {runs_in_words(found.runs[unknown.letter])}{how_many(found.number)}"
    for solution in found.solutions[:LISTED]:
        yield f"  {solution_line(solution, found)}"
    if len(found.solutions) > LISTED:
        yield f"  … {solution_line(found.solutions[-1], found)}"
    if not found.complete:
        yield f"{unknown.name} was tried up to {number(max(found.tried.values(), default=0))}"


def solution_line(solution: Solution, found: Answer) -> str:
    """The layer of a solution, as it can be pasted, with what it gives."""
    applied, is_last = solution.applied, found.question.channels_last
    shapes = " → ".join(shape(sides, is_last) for sides in (applied.input[0], applied.output))
    text = f"{spell_layer(applied.setting, found.question.convention)}: {shapes}"
    for bound in found.question.bounds:
        text += f", {amount(solution.look.counts[bound.quantity], bound.quantity)}"
    rest = max(solution.unused, default=0)
    if rest:
        what = "column of the padded input is" if rest == 1 else f"{rest} columns of the padded input are"
        text += f"; the last {what} not used"
    return text


def one_or_all(rests: tuple[int, ...]) -> Any:
    return rests[0] if len(set(rests)) == 1 else rests


def table(found: Answer, limit: int) -> Iterator[str]:
    """Combinations, simplest first, and how many more there are."""
    shown = found.solutions[: limit or None]
    columns = [[name, *(value(solution.values[name]) for solution in shown)] for name in shown[0].values]
    layers = [spell_layer(solution.applied.setting, found.question.convention) for solution in shown]
    columns += [
        ["layer", *layers],
        ["output", *(shape(each.applied.output, found.question.channels_last) for each in shown)],
    ]
    for bound in found.question.bounds:
        counts = [amount(solution.look.counts[bound.quantity], bound.quantity, "") for solution in shown]
        columns.append([QUANTITIES[bound.quantity].word, *counts])
    if any(any(solution.unused) for solution in shown):
        columns.append(["columns not used", *(value(one_or_all(solution.unused)) for solution in shown)])
    yield from ("  ".join(row).rstrip() for row in zip(*(pad(column, True) for column in columns), strict=True))
    yield from rest(found, len(shown))
    yield from tried_line(found)


def tried_line(found: Answer) -> Iterator[str]:
    yield from extent(found)
    if is_limited(found.unknowns):
        is_sliding = found.question.layer.kind.window.type is SLIDING
        larger = "windows larger than the input or " if is_sliding else "windows "
        yield f"left out: {larger}all in the padding"


def value(of: Any) -> str:
    match of:
        case bool():
            return "yes" if of else "no"
        case tuple() if any(isinstance(part, tuple) for part in of):
            return "[" + ", ".join(f"[{', '.join(map(str, part))}]" for part in of) + "]"
        case tuple():
            return "×".join(map(str, of))
        case int():
            return number(of)
    return short(of)


def uneven_lines(found: Answer) -> Iterator[str]:
    """Padding that differs before and after, where equal padding fails or leaves a column over."""
    if not found.uneven:
        return
    yield "every column is used with" if found.solutions else "one cell more after than before:"
    for solution in found.uneven[:3]:
        before, after = solution.values["padding"][0]
        yield f"  {before} before and {after} after, {solution_line(solution, found)}"


def ambiguity(found: Answer) -> Iterator[str]:
    """What output_padding decides: the sizes that a strided convolution takes to the same one."""
    best = found.solutions[0].applied if found.solutions else None
    if best is None or best.setting.kind.window.type is not SPREADING or "op" not in best.axes[0]:
        return
    axis = best.axes[0]
    stride, size, added = axis["s"], best.output[1], axis["op"]
    if not (isinstance(stride, int) and isinstance(size, int) and isinstance(added, int)) or stride < 2:
        return
    least = size - added
    yield (
        f"a convolution of stride {stride} takes {both_or_each(least, least + stride - 1)} to {axis['n']}: "
        f"output_padding, {both_or_each(0, stride - 1)}, says which size comes back"
    )


def both_or_each(first: int, last: int) -> str:
    return f"{first} and {last}" if last == first + 1 else f"each of {first} to {last}"


def failure(found: Answer) -> Iterator[str]:
    first, *more = reasons(found)
    yield f"no solution: {first}"
    yield from (f"  {reason}" for reason in more)
    yield from nearest(found, solution_line)
    yield from uneven_lines(found)
    yield from tried_line(found)


def proviso(result: Value) -> str:
    """For which letters a formula in halves is whole."""
    tree = letters_before_brackets(result)
    if not isinstance(tree, Ratio) or tree.rounding:
        return ""
    match tree:
        case Ratio(Sum((str(letter), Neg(1))), 2, "") | Ratio(Sum((str(letter), 1)), 2, ""):
            return f" for odd {letter}"
        case Ratio(top, 2, ""):
            return f" where {short(top)} is even"
    return f" where {short(tree.top)} is a multiple of {short(tree.bottom)}"
