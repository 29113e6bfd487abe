"""Why there is no solution: what was wanted worked down to what cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, Mul, Sum, divide, evaluate, is_number, letters
from convcalc.algebra.notation import to_tree
from convcalc.layers.case import AXES
from convcalc.network.quantity import word_of
from convcalc.render.solving.phrases import is_constant, letters_before_brackets, number, relation, result, short

if TYPE_CHECKING:
    from convcalc.solving.answer import Answer, Equation


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
        told.append(f"{unknown.symbol} would be {short(letters_before_brackets(found.broken))}{why}")
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
