"""Why a layer has the solutions it has, or none: its equations worked, and what comes nearest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from convcalc.algebra.equation import Relation, insert_values, relations
from convcalc.algebra.expr import Expr, ExprError, Mul, Power, evaluate, has, letters, substitute
from convcalc.algebra.interval import Range, intersect
from convcalc.algebra.inversion import TooWide, solve, solve_inequality
from convcalc.algebra.notation import to_tree
from convcalc.algebra.poly import symbol
from convcalc.algebra.simplify import drop_rounding
from convcalc.kinds.conventions import EXACT
from convcalc.layers import sides
from convcalc.layers.case import tree
from convcalc.problem import Problem, problem
from convcalc.solving.answer import Answer, Equation, Odds, Solution, axes_together
from convcalc.solving.constraint import Constraint, difference, example_target, is_possible
from convcalc.solving.runs import FAR, LOOK

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.solving.layer_search import LayerSearch
    from convcalc.solving.question import Question, Unknown


def effectless(unknown: Unknown, asked: Question, applied: Applied | None) -> Problem:
    """Nothing that is wanted depends on the unknown; a size cannot be kept where there are other sides than before."""
    before, after = (len(applied.input[0]), len(applied.output)) if applied else (3, 3)
    message = f"{unknown.name} has no effect on {'what is wanted' if asked.bounds else 'the size'}"
    if asked.keeps and before != after:
        message = f"{asked.layer.kind.name} makes {after} of {before} sides: it cannot keep the size"
    hint = f"give a target, such as {example_target(after)}, or --parameters, --macs, --receptive-field"
    return problem("Q005", message, hint)


def first_common_value(found: Answer, unknown: Unknown) -> int | None:
    """The first value that meets all the equations, where there is one: something else refuses it."""
    ranges = [Range(unknown.low, None)]
    for equation in found.equations:
        ranges = intersect(ranges, list(equation.runs))
    return ranges[0].first if ranges else None


def has_runs(found: Answer, want: Constraint) -> bool:
    """Whether what is wanted has solutions by itself."""
    own = [one for one in found.equations if one.what == want.what and (want.axis is None or want.axis in one.axes)]
    return any(one.runs for one in own)


def work_equations(found: Answer, applied: Applied, wants: list[Constraint], unknown: Unknown) -> Iterator[Equation]:
    """One equation for each thing wanted that depends on the unknown, or cannot be."""
    for want in wants:
        depends = has(want.tree, unknown.letter)
        if want.what == "condition" or (not depends and is_possible(want)):
            continue
        runs = tuple(want.ranges(unknown.letter, {}, unknown.low)) if depends else ()
        below: tuple[Range, ...] = ()
        if depends and not runs:
            with suppress(TooWide):
                below = tuple(each for each in want.ranges(unknown.letter, {}, -FAR) if each.first < unknown.low)
        named: dict[Expr, Expr] = {unknown.letter: unknown.symbol}
        steps = tuple(
            step._replace(tree=substitute(step.tree, named)) for step in formula_steps(found, applied, want, unknown)
        )
        if found.question.is_exact and steps and steps[-1].low == steps[-1].high and steps[-1].low is not None:
            last = steps[-1]
            runs = tuple(solve(last.tree, unknown.symbol, {}, last.low or 0, unknown.low)) if runs else ()
        axes = () if want.axis is None else (want.axis,)
        yield Equation(want.what, axes, steps, runs, below)


def impossible_equations(found: Answer, search: LayerSearch) -> tuple[Equation, ...]:
    """Of several unknowns what no value of one of them meets, whatever the others are."""
    (_, applied, wants), *others = search.cases
    equations: list[Equation] = []
    if applied is None or others:
        return ()
    for unknown in search.plain:
        own = [want for want in wants if {*letters(want.tree)} <= {unknown.letter}]
        try:
            equations += [each for each in work_equations(found, applied, own, unknown) if not each.runs]
        except TooWide:
            continue
    return axes_together(equations)


def formula_steps(found: Answer, applied: Applied, want: Constraint, unknown: Unknown) -> Iterator[Relation]:
    """The formula of what is wanted with its numbers put in, and what follows for the unknown."""
    kind = applied.setting.kind
    example = found.solutions[0].applied if found.solutions else applied
    values: dict[str, Any] = dict(applied.letters)
    texts = {
        "channels": kind.channels, "features": kind.channels, "receptive_field": kind.window.reach,
        "parameters": example.formulas[0], "macs": kind.macs, "flops": f"2*({kind.macs})",
    }  # fmt: skip
    text = texts.get(want.what, "")
    if want.what == "parameters" and not values.get("b", 1):
        values["b"] = 0
    if want.axis is not None or want.what == "receptive_field":
        axis = want.axis or 0  # of the output, which has one without a formula where steps come first
        text = text or (example.sizes[axis] if axis < len(example.sizes) else "")
        values.update(applied.axes[axis] if axis < len(applied.axes) else {})
    trees: dict[str, Expr] = {letter: to_tree(value) for letter, value in values.items()}
    for letter, whole in (("k", "K"), ("s", "S"), ("n", "M")):
        if whole in trees and applied.axes and letter in applied.axes[0]:
            factors = [to_tree(axis[letter]) for axis in applied.axes]
            alike = len(factors) > 1 and isinstance(factors[0], str) and len(set(factors)) == 1
            trees[whole] = Power(factors[0], len(factors)) if alike else Mul(tuple(factors))
    if "N" in trees and len(applied.output) > 1:
        trees["N"] = Mul(tuple(map(to_tree, applied.output[1:])))
    try:
        left = insert_values(tree(text), trees)
        same = text and set(letters(left)) <= {unknown.letter} and agrees(left, want, unknown)
        if found.question.is_exact:
            left = drop_rounding(left)
    except (ExprError, KeyError):
        same = False
    if not same:
        left = want.tree
    if want.low is not None and want.low == want.high and has(left, unknown.letter):
        with suppress(ExprError):
            yield from relations(left, unknown.letter, want.low, found.question.is_exact)
            return
    yield Relation(want.low, left, want.high)


def agrees(left: Expr, want: Constraint, unknown: Unknown) -> bool:
    """Whether a formula as it is shown is the one that was solved."""
    own = {unknown.letter: symbol(unknown.letter)}
    return bool(evaluate(left, own) == evaluate(want.tree, own))


def find_odds(applied: Applied, unknown: Unknown) -> Odds | None:
    """Why no value at all fits exactly: n + 2p − k is never a multiple of the stride."""
    conditions = [sides(need.condition)[0] for need in applied.needs if need.code == EXACT.code]
    for axis in applied.axes if conditions else ():
        stride = axis.get("s")
        if not isinstance(stride, int) or stride < 2:
            continue
        known = {letter: to_tree(value) for letter, value in {**applied.letters, **axis}.items()}
        top = insert_values(tree(conditions[0].rpartition(" % ")[0]), known)
        base, following, third = (evaluate(top, {unknown.letter: number}) for number in (0, 1, 2))
        factor = following - base
        if not isinstance(base, int) or not isinstance(factor, int) or third - following != factor:
            continue
        if all((base + factor * number) % stride for number in range(stride)):
            return Odds(unknown.symbol, base, factor, stride)
    return None


def nearest_solutions(search: LayerSearch, unknown: Unknown, want: Constraint) -> list[Solution]:
    """What the last value below what is wanted gives, and the first above, where they make a layer at all."""
    if not has(want.tree, unknown.letter):
        return []
    starts: list[tuple[int, int]] = []  # a value, and the direction in which to look for one that is allowed
    slacks = [] if want.low is None else [difference(want.low, want.tree)]
    slacks += [] if want.high is None else [difference(want.tree, want.high)]
    for slack in slacks:
        with suppress(TooWide):
            for first, last in solve_inequality(slack, unknown.letter, {}, unknown.low):
                starts += [(first, 1)] + ([(last, -1)] if last is not None else [])
    aim = want.low if want.low is not None else want.high
    assert aim is not None
    found: dict[int, tuple[Any, Solution]] = {}
    for start, step in starts:
        for value in range(start, start + step * LOOK, step):
            if value < unknown.low:
                break
            try:
                applied = search.layer.apply({unknown.letter: value}, cured=False)
            except (Problem, ExprError):
                continue
            reached: Any = evaluate(want.tree, {unknown.letter: value})
            found[value] = (abs(reached - aim), value), search.layer.solution({unknown.letter: value}, applied)
            break
    return [solution for _, solution in sorted(found.values(), key=lambda entry: entry[0])[:2]]
