"""What was solved, as on a board: the equations and what follows from them, the values, or why there are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Neg, Ratio, Sum, letters
from convcalc.layers.window import SLIDING, SPREADING
from convcalc.network.quantity import QUANTITIES
from convcalc.render.layout import pad, paragraphs
from convcalc.render.script import UNICODE
from convcalc.render.solving import phrases
from convcalc.render.solving.phrases import result
from convcalc.render.spelling import spell_layer

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.solving.answer import Answer, Solution
    from convcalc.solving.question import Unknown


def lines(found: Answer, limit: int = 10) -> Iterator[str]:
    """An answer in lines; of several unknowns the first `limit` combinations, 0 for all."""
    is_layer = found.question.network is None
    # Where several have one name, which letter is which.
    named = (f"{one.letter}: {one.name}" for one in found.unknowns if " of " in one.name)
    solutions = (layer_solutions if is_layer else network_solutions)(found, limit)
    return paragraphs(
        [layer_title(found) if is_layer else network_title(found)],
        [*equations(found), *named],
        solutions if found.solved else failure(found),
    )


def equations(found: Answer) -> Iterator[str]:
    """Each thing that is wanted, as an equation down to the unknown."""
    value = found.symbolic if found.symbolic is not None else found.broken
    if value is not None:
        if len(found.equations) == 2:
            left, right = (phrases.short(one.relations[0].tree) for one in found.equations)
            # ⌊y⌋ = t holds where y = t, but not only there.
            sign = "⟸" if "⌊" in left else "⟺"
            yield f"{left} = {right}  {sign}  {found.unknowns[0].symbol} = {phrases.formula(value)}"
        return
    labels, works = [], []
    for equation in found.equations:
        if not equation.relations or phrases.is_constant(equation.relations[0].tree):
            continue
        labels.append(phrases.label(found, equation))
        chain = [phrases.relation(step) for step in equation.relations]
        end = result(next(letters(equation.relations[0].tree)), equation.runs)
        is_new = end not in chain if found.question.network is None else equation.runs
        works.append("  ⟺  ".join([*dict.fromkeys(chain), *([end] if is_new else [])]))
    if labels:
        yield from (f"{name}  {work}" for name, work in zip(pad(labels, True), works, strict=True))


def layer_title(found: Answer) -> str:
    asked = found.question
    parts = [asked.name]
    if asked.shape is not None:
        parts.append(f" on {phrases.shape(asked.shape, asked.channels_last)}")
    if asked.target is not None:
        parts.append(f" → {phrases.shape(asked.target, asked.is_whole and asked.channels_last)}")
    elif asked.keeps:
        parts.append(" that keeps the size")
    elif asked.is_exact:
        parts.append(" that fits exactly")
    parts += [f", {wish}" for wish in bounds_in_words(found)]
    return "".join(parts) + (f" ({asked.convention} convention)" if asked.convention != "pytorch" else "")


def network_title(found: Answer) -> str:
    asked = found.question
    assert asked.network is not None
    wants = []
    if asked.target is not None:
        output = phrases.shape(asked.target, asked.is_whole and asked.channels_last)
        wants.append(f"an output of {output}" + (f" at {found.at}" if found.at else ""))
    wants += bounds_in_words(found)
    if asked.is_exact:
        wants.append("exact division")
    usual = "what its layers need" if asked.network.marks else "the smallest input that every layer accepts"
    return f"{UNICODE.text(asked.name) or 'network'}: {', '.join(wants) or usual}"


def bounds_in_words(found: Answer) -> list[str]:
    """The bounds of a question: `parameters <= 1e6`."""
    return [f"{QUANTITIES[bound.quantity].word} {bound.text}" for bound in found.question.bounds]


def layer_solutions(found: Answer, limit: int) -> Iterator[str]:
    if found.symbolic is not None:
        yield f"{found.unknowns[0].name} = {phrases.formula(found.symbolic)}{proviso(found.symbolic)}"
        return
    yield from lines_of_runs(found) if found.runs else table(found, limit)
    yield from uneven_lines(found)
    yield from ambiguity(found)


def network_solutions(found: Answer, limit: int) -> Iterator[str]:
    if not found.runs and (len(found.unknowns) > 1 or found.unknowns[0].choices):
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


def solution_line(solution: Solution, found: Answer) -> str:
    """The layer of a solution, as it can be pasted, or the values in a network, with what it gives."""
    applied, look, is_last = solution.applied, solution.look, found.question.channels_last
    counts = [phrases.amount(look.counts[bound.quantity], bound.quantity) for bound in found.question.bounds]
    if applied is None:
        values = ", ".join(
            f"{letter} = {value if isinstance(value, str) else phrases.number(value)}"
            for letter, value in solution.values.items()
        )
        output = [phrases.shape(look.output, is_last)] if look.output else []
        return f"{values}: {', '.join([*output, *counts])}"
    shapes = " → ".join(phrases.shape(sides, is_last) for sides in (applied.input[0], applied.output))
    text = f"{spell_layer(applied.setting, found.question.convention)}: {', '.join([shapes, *counts])}"
    unused = max(solution.unused, default=0)
    if unused:
        what = "column of the padded input is" if unused == 1 else f"{unused} columns of the padded input are"
        text += f"; the last {what} not used"
    return text


def failure(found: Answer) -> Iterator[str]:
    if found.question.network is None:
        first, *more = phrases.reasons(found) or [""]
        yield phrases.verdict(found) + (first and f": {first}")
        yield from (f"  {reason}" for reason in more)
    else:
        yield phrases.network_failure(found)
    if found.nearest:
        yield "nearest:"
        yield from (f"  {solution_line(solution, found)}" for solution in found.nearest)
    yield from uneven_lines(found)
    yield from extent(found)


def extent(found: Answer) -> Iterator[str]:
    """How far a search went, and what it left out."""
    is_layer = found.question.network is None
    for name in found.free:
        yield f"{name} has no effect on what is wanted: any that the {'layer allows' if is_layer else 'layers allow'}"
    choices = {one.name: one.choices for one in found.unknowns if one.choices}
    parts = [f"{name} {', '.join(of[: found.tried.get(name, len(of)) + 1])}" for name, of in choices.items()]
    parts += [f"{name} up to {phrases.number(most)}" for name, most in found.tried.items() if name not in choices]
    if found.multipliers:
        parts = parts or [f"every whole {found.unknowns[0].name}"]
        parts.append(", ".join(map(str, found.multipliers)))
    if parts:
        cut = is_layer and not found.complete
        yield f"tried: {', '.join(parts)}" + (", the simplest first, as far as a search goes" if cut else "")
    if found.is_sensible:
        is_sliding = found.question.layer.kind.window.type is SLIDING
        larger = "windows larger than the input or " if is_sliding else "windows "
        yield f"left out: {larger}all in the padding"


def rest(found: Answer, shown: int) -> Iterator[str]:
    """How many solutions are not shown."""
    more = len(found.solutions) - shown
    if more:
        cut = found.question.network is None and not found.complete
        yield f"… and {more:,} more{' at least' if cut else ''}: --limit 0 shows them"


# A layer


def lines_of_runs(found: Answer) -> Iterator[str]:
    """All values of the one unknown, and the layers that they make."""
    (unknown,) = found.unknowns
    yield f"{unknown.name} = {phrases.runs_in_words(found.runs[unknown.letter])}{phrases.how_many(found.number)}"
    for solution in found.solutions[: phrases.LISTED]:
        yield f"  {solution_line(solution, found)}"
    if len(found.solutions) > phrases.LISTED:
        yield f"  … {solution_line(found.solutions[-1], found)}"
    if not found.complete:
        yield f"{unknown.name} was tried up to {phrases.number(max(found.tried.values(), default=0))}"


def table(found: Answer, limit: int) -> Iterator[str]:
    """Combinations, simplest first, and how many more there are."""
    shown = found.solutions[: limit or None]
    columns = [[name, *(value(solution.values[name]) for solution in shown)] for name in shown[0].values]
    layers = [spell_layer(solution.applied.setting, found.question.convention) for solution in shown]
    columns += [
        ["layer", *layers],
        ["output", *(phrases.shape(each.applied.output, found.question.channels_last) for each in shown)],
    ]
    for bound in found.question.bounds:
        counts = [phrases.amount(solution.look.counts[bound.quantity], bound.quantity, "") for solution in shown]
        columns.append([QUANTITIES[bound.quantity].word, *counts])
    if any(any(solution.unused) for solution in shown):
        rests = (solution.unused for solution in shown)
        columns.append(["columns not used", *(value(each[0] if len(set(each)) == 1 else each) for each in rests)])
    yield from ("  ".join(row).rstrip() for row in zip(*(pad(column, True) for column in columns), strict=True))
    yield from rest(found, len(shown))
    yield from extent(found)


def value(of: Any) -> str:
    match of:
        case bool():
            return "yes" if of else "no"
        case tuple() if any(isinstance(part, tuple) for part in of):
            return "[" + ", ".join(f"[{', '.join(map(str, part))}]" for part in of) + "]"
        case tuple():
            return "×".join(map(str, of))
        case int():
            return phrases.number(of)
    return phrases.short(of)


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


def proviso(result: Value) -> str:
    """For which letters a formula in halves is whole."""
    tree = phrases.letters_before_brackets(result)
    if not isinstance(tree, Ratio) or tree.rounding:
        return ""
    match tree:
        case Ratio(Sum((str(letter), Neg(1))), 2, "") | Ratio(Sum((str(letter), 1)), 2, ""):
            return f" for odd {letter}"
        case Ratio(top, 2, ""):
            return f" where {phrases.short(top)} is even"
    return f" where {phrases.short(tree.top)} is a multiple of {phrases.short(tree.bottom)}"


# A network


def values_in_words(unknown: Unknown, found: Answer) -> str:
    """The values of an unknown as runs, those of a multiplier in order with usual fractions."""
    runs = found.runs.get(unknown.letter, ())
    values = [solution.values[unknown.letter] for solution in found.solutions]
    fractions = [value for value in values if not isinstance(value, int)]
    if fractions:
        parts = [(value, str(value)) for value in fractions]
        parts += [(run.first, phrases.runs_in_words((run,))) for run in runs]
        *before, final = (text for _, text in sorted(parts))
        return f"{', '.join(before)} or {final}" if before else final
    last = runs[-1]
    if last.last is None:
        return phrases.runs_in_words(runs)
    if last.last + last.step > found.tried.get(unknown.name, last.last + last.step) and last.size > 2:
        return phrases.runs_in_words((*runs[:-1], last._replace(last=None)))  # as far as was tried
    return phrases.runs_in_words(runs) + phrases.how_many(sum(run.size for run in runs))
