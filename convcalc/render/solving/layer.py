"""What was solved, as on a board: the equation and what follows from it, the values, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Neg, Ratio, Sum
from convcalc.layer.window import SLIDING, SPREADING
from convcalc.render.layout import pad
from convcalc.render.solving.equation import (
    LISTED,
    brought_out,
    is_constant,
    number,
    relation,
    result,
    shape,
    short,
)
from convcalc.render.solving.reasons import label, reasons
from convcalc.render.spelling import spelled
from convcalc.solving.combinations import is_limited
from convcalc.solving.wanted import QUANTITIES

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layer.applied import Applied
    from convcalc.solving.layer import Solution
    from convcalc.solving.runs import Run
    from convcalc.solving.solve import Answer


# One layer


def lines(found: Answer, limit: int = 10) -> Iterator[str]:
    """An answer in lines; of several unknowns the first `limit` combinations, 0 for all."""
    yield title(found)
    yield ""
    shown = list(equations(found))
    if shown:
        yield from shown
        yield ""
    if not found.solved:
        yield from failure(found)
        return
    if found.symbolic is not None:
        yield from in_letters(found)
        return
    if found.runs and found.solutions:
        yield from of_runs(found)
    else:
        yield from table(found, limit)
    yield from unequal(found)
    yield from ambiguity(found)


def title(found: Answer) -> str:
    asked = found.question
    parts = [asked.text]
    if asked.shape is not None:
        parts.append(f" on {shape(asked.shape, asked.channels_last)}")
    if asked.target is not None:
        parts.append(f" → {shape(asked.target, asked.is_whole and asked.channels_last)}")
    elif asked.keeps:
        parts.append(" that keeps the size")
    elif asked.convention == "textbook":
        parts.append(" that fits exactly")
    parts += [f", {QUANTITIES[bound.quantity]} {bound.text}" for bound in asked.bounds]
    return "".join(parts) + (f" ({asked.convention} convention)" if asked.convention != "pytorch" else "")


def equations(found: Answer) -> Iterator[str]:
    """Each thing that is wanted, as an equation down to the unknown."""
    labels, works = [], []
    if found.symbolic is not None or found.broken is not None:
        left, right = (one.relations[0].tree for one in found.equations) if len(found.equations) == 2 else (None, None)
        value = found.symbolic if found.symbolic is not None else found.broken
        if left is not None and right is not None and value is not None:
            # ⌊y⌋ = t holds where y = t, but not only there.
            sign = "⟸" if "⌊" in short(left) else "⟺"
            yield f"{short(left)} = {short(right)}  {sign}  {found.unknowns[0].symbol} = {short(brought_out(value))}"
        return
    for equation in found.equations:
        steps = equation.relations
        if not steps or is_constant(equation):
            continue
        labels.append(label(found, equation))
        chain = [relation(step) for step in steps]
        chain.append(result(found.unknowns[0].symbol, equation.runs))
        works.append("  ⟺  ".join(dict.fromkeys(chain)))
    if labels:
        wide = pad(labels, True)
        yield from (f"{name}  {work}" for name, work in zip(wide, works, strict=True))


def of_runs(found: Answer) -> Iterator[str]:
    """All values of the one unknown, and the layers that they make."""
    (unknown,) = found.unknowns
    yield f"{unknown.name} = {spoken(found.runs)}{how_many(found.number)}"
    for solution in found.solutions[:LISTED]:
        yield f"  {made(solution, found)}"
    if len(found.solutions) > LISTED:
        yield f"  … {made(found.solutions[-1], found)}"
    if not found.complete:
        yield f"{unknown.name} was tried up to {number(max(found.limits.values(), default=0))}"


def how_many(count: int | None) -> str:
    return f" ({count:,} values)" if count is not None and count > LISTED else ""


def spoken(runs: Iterable[Run]) -> str:
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


def made(solution: Solution, found: Answer) -> str:
    """The layer of a solution, as it can be pasted, with what it gives."""
    applied, is_last = solution.applied, found.question.channels_last
    shapes = " → ".join(shape(sides, is_last) for sides in (applied.input[0], applied.output))
    text = f"{spelled(applied.setting, found.question.convention)}: {shapes}"
    for bound in found.question.bounds:
        text += f", {counted(applied, bound.quantity)}"
    rest = max(solution.unused, default=0)
    if rest:
        what = "column of the padded input is" if rest == 1 else f"{rest} columns of the padded input are"
        text += f"; the last {what} not used"
    return text


def counted(applied: Applied, name: str, word: str | None = None) -> str:
    from convcalc.solving.constraint import quantity

    return amount(quantity(applied, name), name, word)


def amount(count: int, name: str, word: str | None = None) -> str:
    """`760 parameters`, `receptive field 7`."""
    word = QUANTITIES[name] if word is None else word
    return (f"{word} {count:,}" if name == "receptive_field" else f"{count:,} {word}").strip()


def settled(rests: tuple[int, ...]) -> Any:
    return rests[0] if len(set(rests)) == 1 else rests


def table(found: Answer, limit: int) -> Iterator[str]:
    """Combinations, simplest first, and how many more there are."""
    shown = found.solutions[: limit or None]
    columns = [[name, *(value(solution.values[name]) for solution in shown)] for name in shown[0].values]
    layers = [spelled(solution.applied.setting, found.question.convention) for solution in shown]
    columns += [
        ["layer", *layers],
        ["output", *(shape(each.applied.output, found.question.channels_last) for each in shown)],
    ]
    for bound in found.question.bounds:
        counts = [counted(solution.applied, bound.quantity, "") for solution in shown]
        columns.append([QUANTITIES[bound.quantity], *counts])
    if any(any(solution.unused) for solution in shown):
        columns.append(["columns not used", *(value(settled(solution.unused)) for solution in shown)])
    yield from ("  ".join(row).rstrip() for row in zip(*(pad(column, True) for column in columns), strict=True))
    more = len(found.solutions) - len(shown)
    if more:
        yield f"… and {more:,} more{'' if found.complete else ' at least'}: --limit 0 shows them"
    yield from tried(found)


def tried(found: Answer) -> Iterator[str]:
    """How far a search went, and what it left out."""
    for name in found.free:
        yield f"{name} has no effect on what is wanted: any that the layer allows"
    if found.limits:
        names = ", ".join(f"{name} up to {number(most)}" for name, most in found.limits.items())
        yield f"tried: {names}" + ("" if found.complete else ", the simplest first, as far as a search goes")
    if is_limited(found.unknowns):
        larger = "windows larger than the input or " if found.question.kind.window.type is SLIDING else "windows "
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


def unequal(found: Answer) -> Iterator[str]:
    """Padding that differs before and after, where equal padding fails or leaves a column over."""
    if not found.uneven:
        return
    yield "every column is used with" if found.solutions else "one cell more after than before:"
    for solution in found.uneven[:3]:
        before, after = solution.values["padding"][0]
        yield f"  {before} before and {after} after, {made(solution, found)}"


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
        f"a convolution of stride {stride} takes {either(least, least + stride - 1)} to {axis['n']}: "
        f"output_padding, {either(0, stride - 1)}, says which size comes back"
    )


def either(first: int, last: int) -> str:
    return f"{first} and {last}" if last == first + 1 else f"each of {first} to {last}"


def failure(found: Answer) -> Iterator[str]:
    yield "no solution" + "".join(f": {reason}" for reason in reasons(found)[:1])
    yield from (f"  {reason}" for reason in reasons(found)[1:])
    if found.nearest:
        yield "nearest:"
        yield from (f"  {made(solution, found)}" for solution in found.nearest)
    yield from unequal(found)
    yield from tried(found)


# Letters


def in_letters(found: Answer) -> Iterator[str]:
    (unknown,) = found.unknowns
    result = found.symbolic
    assert result is not None
    yield f"{unknown.name} = {short(brought_out(result))}{when(result)}"


def when(result: Value) -> str:
    """For which letters a formula in halves is whole."""
    tree = brought_out(result)
    if not isinstance(tree, Ratio) or tree.rounding:
        return ""
    match tree:
        case Ratio(Sum((str(letter), Neg(1))), 2, "") | Ratio(Sum((str(letter), 1)), 2, ""):
            return f" for odd {letter}"
        case Ratio(top, 2, ""):
            return f" where {short(top)} is even"
    return f" where {short(tree.top)} is a multiple of {short(tree.bottom)}"
