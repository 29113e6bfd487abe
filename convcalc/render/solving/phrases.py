"""What a solver says in a line: formulas, relations, values and counts, and why there is no solution."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Mul, Sum, divide, evaluate, is_number, letters, rebuild
from convcalc.algebra.notation import BOARD, to_tree, write
from convcalc.layers.case import AXES
from convcalc.network.quantity import QUANTITIES, word_of
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.algebra.equation import Relation
    from convcalc.algebra.expr import Value
    from convcalc.algebra.interval import Range
    from convcalc.solving.answer import Answer, Equation
    from convcalc.solving.runs import ValueRun

LISTED = 8  # values named one by one


def reasons(found: Answer) -> list[str]:
    """Of a layer: sentences, the most telling first."""
    told = []
    if found.odds:
        letter, constant, factor, step = found.odds
        top = short(Sum((constant, Mul((factor, letter))) if factor else (constant,)))
        is_odd = step % 2 == 0 and factor % 2 == 0 and constant % 2
        told.append(
            f"{top} is odd: an even step never lands" if is_odd else f"{top} is never a multiple of {step}, the step"
        )
    if found.broken is not None:
        (unknown,) = found.unknowns
        is_small = is_number(found.broken) and found.broken < unknown.low
        why = f", but {unknown.name} is at least {unknown.low}" if is_small else shortcoming(found)
        told.append(f"{unknown.symbol} would be {formula(found.broken)}{why}")
    for equation in found.equations:
        if found.odds or found.broken is not None:
            break
        told += filter(None, [reason(equation, found)])
    if found.refusal:
        hint = f" ({found.refusal.hint})" if found.refusal.hint else ""
        told.append(f"{found.refusal.message}{hint}")
    if not told and found.is_proof:
        own = {symbol: result(symbol, ranges) for symbol, ranges in found.ranges.items()}
        never = next((own[symbol] for symbol, ranges in found.ranges.items() if not ranges), "")
        if len([one for one in found.equations if one.runs]) > 1:
            told.append("each of these has solutions, but none in common")
        elif never or not own:
            told.append(f"{never or 'no value'} will do")
        else:
            told.append(f"no combination of {', '.join(own.values())} will do")
    return told


def shortcoming(found: Answer) -> str:
    """Which side would be wrong with the only value that makes another one right."""
    if found.missed is None:
        return ""
    side, size, wanted = found.missed
    rank = len(found.question.shape or ()) - 1
    shown, right = (short(to_tree(value)) for value in (size, wanted))
    if not side:
        return f", with {shown} {'channel' if rank else 'feature'}{'' if size == 1 else 's'}, not {right}"
    return f", with {AXES[rank][side - 1] if rank in AXES else 'size'} {shown}, not {right}"


def reason(equation: Equation, found: Answer) -> str:
    """Why one equation has no whole solution."""
    if equation.runs or not equation.relations:
        return ""
    last = equation.relations[-1]
    own = {*letters(equation.relations[0].tree)}
    unknown = next((one for one in found.unknowns if one.symbol in own), found.unknowns[0])
    if is_constant(equation.relations[0].tree):
        value = evaluate(last.tree, {})
        wanted = f"not {last.low}" if last.low == last.high else f"and {relation(last)} is wanted"
        name = label(found, equation)
        said = f"{name} {value}" if equation.what == "size" else f"{value} {name}"
        free = f"{unknown.symbol} is" if len(found.unknowns) == 1 else "the unknowns are"
        return f"{said} whatever {free}, {wanted}"
    if equation.below:
        first, end = equation.below[-1]
        best = number(first if end is None else end)
        return f"{unknown.symbol} = {best} would do, but {unknown.name} is at least {unknown.low}"
    line = line_of(last.tree, unknown.symbol)
    if line is None or last.low is None or last.high is None:
        return f"no whole {unknown.symbol} makes {relation(equation.relations[0])} true"
    constant, factor = line
    low, high = (short(to_tree(end)) for end in sorted(divide(end - constant, factor) for end in (last.low, last.high)))
    return f"{unknown.symbol} would {f'be {low}' if low == high else f'lie between {low} and {high}'}"


def label(found: Answer, equation: Equation) -> str:
    if equation.what != "size":
        return word_of(equation.what)
    names = AXES.get(rank(found), ())  # the output may have more axes
    return ", ".join(names[axis] for axis in equation.axes) if max(equation.axes, default=-1) < len(names) else "size"


def rank(found: Answer) -> int:
    """The number of axes of what is wanted."""
    asked = found.question
    if asked.network is None:
        return len(asked.shape or ()) - 1
    sides = len(asked.target or ())
    outputs = [solution.look.output or () for solution in found.solutions]
    has_channels = any(one.what == "channels" for one in found.equations) or sides in map(len, outputs)
    return sides - (asked.target is not None and has_channels)


def line_of(tree: Expr, letter: str) -> tuple[int, int] | None:
    """(b, a) where a tree is a·x + b."""
    at = [evaluate(tree, {letter: place}) for place in (1, 2, 3)]
    slope = at[1] - at[0]
    if not all(isinstance(one, int) for one in at) or at[2] - at[1] != slope or not slope:
        return None
    return at[0] - slope, slope  # type: ignore[return-value]


def network_failure(found: Answer) -> str:
    """Of a network: everything in one line."""
    told = []
    for what, _, ((low, tree, high, _), *_), *_ in found.equations:
        value = evaluate(tree, {}) if is_constant(tree) else None
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            wanted = number(low) if low == high and low is not None else "what is wanted"
            told.append(f"{word_of(what)} {value:,}, not {wanted}, whatever the unknown is")
    if found.refusal:
        where = f'layer "{found.refusal.layer}": ' if found.refusal.layer else ""
        told.append(f"{where}{found.refusal.message}" + (f" ({found.refusal.hint})" if found.refusal.hint else ""))
    return verdict(found) + "".join(f": {reason}" for reason in dict.fromkeys(told))


def verdict(found: Answer) -> str:
    """That there is none is said only where every value was looked at."""
    return "no solution" if found.is_proof else "none found"


def shape(sides: Iterable[Any], channels_last: bool = False) -> str:
    """A shape (channels first) as text, in the order in which it was asked."""
    return "×".join(
        f"({text})" if " " in (text := short(side)) else text for side in written_order(sides, channels_last)
    )


def short(tree: Expr) -> str:
    return write(tree, BOARD)


def is_constant(tree: Expr) -> bool:
    return next(letters(tree), None) is None


def relation(step: Relation) -> str:
    middle = short(step.tree)
    if step.low is not None and step.low == step.high:
        return f"{middle} = {number(step.low)}"
    left = "" if step.low is None else f"{number(step.low)} ≤ "
    right = "" if step.high is None else f" {'<' if step.below else '≤'} {number(step.high)}"
    return f"{left}{middle}{right}"


def number(value: int) -> str:
    return f"{value:,}".replace("-", "−") if abs(value) > 9_999 else str(value).replace("-", "−")


def result(symbol: str, ranges: Iterable[Range]) -> str:
    """`p = 3`, `7 ≤ k ≤ 8`, `s ≥ 4`."""
    parts = []
    for first, last in ranges:
        if last is None:
            parts.append(f"{symbol} ≥ {number(first)}")
        elif first == last:
            parts.append(f"{symbol} = {number(first)}")
        else:
            parts.append(f"{number(first)} ≤ {symbol} ≤ {number(last)}")
    if len(parts) > LISTED:
        parts[LISTED:] = ["…"]
    return " or ".join(parts) or f"no whole {symbol}"


def letters_before_brackets(result: Value) -> Expr:
    """D·K − D as D·(K − 1): letters before brackets, as the lectures write it."""
    return letters_first(to_tree(result))


def formula(result: Value) -> str:
    return short(letters_before_brackets(result))


def letters_first(tree: Expr) -> Expr:
    if isinstance(tree, Mul):
        return Mul(
            tuple(sorted(map(letters_first, tree.factors), key=lambda factor: not isinstance(factor, (int, str))))
        )
    return rebuild(tree, letters_first)


def how_many(count: int | None) -> str:
    return f" ({count:,} values)" if count is not None and count > LISTED else ""


def runs_in_words(runs: Iterable[ValueRun]) -> str:
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
