"""One layer solved for what is unknown in it: the values, the work, and where there are none the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.algebra.equation import Relation, insert_values, isolate
from convcalc.algebra.expr import ExprError, has, is_number, letters
from convcalc.algebra.notation import to_tree
from convcalc.algebra.poly import Poly, symbol
from convcalc.layers.case import tree
from convcalc.problem import Problem, problem
from convcalc.solving.answer import Answer, Equation, Solution, axes_together
from convcalc.solving.combinations import Table, axes_apart, has_alike_axes, rank
from convcalc.solving.constraint import SYMBOLS_FAIL, Constraint, look_at, wanted_sizes
from convcalc.solving.layer import OpenLayer
from convcalc.solving.layer_search import LayerSearch, is_met, wants_of
from convcalc.solving.reasons import (
    effectless,
    find_odds,
    first_common_value,
    has_runs,
    impossible_equations,
    nearest_solutions,
    work_equations,
)
from convcalc.solving.runs import FAR, number_of

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.solving.question import Question, Unknown


def layer_answer(asked: Question) -> Answer:
    """All that is known of a question's unknowns; a Problem where the question itself is wrong."""
    layer = OpenLayer(asked)
    if layer.names:
        return solve_in_letters(asked, layer)
    search = LayerSearch(layer)
    if len(search.plain) == 1 and not any(unknown.flag for unknown in layer.unknowns):
        return add_reasons(solve_one(asked, search), search)
    return solve_several(asked, search)


def solve_one(asked: Question, search: LayerSearch) -> Answer:
    """The values of the only unknown."""
    layer = search.layer
    _, applied, _ = search.cases[0]
    if applied is not None and (odds := find_odds(applied, layer.unknowns[0])):
        return Answer(asked, tuple(layer.unknowns), odds=odds)
    runs, solutions, complete = search.runs()
    (unknown,) = layer.unknowns
    tried = {} if complete else {unknown.name: unknown.low + FAR}
    found = Answer(
        asked, (unknown,), tuple(solutions), {unknown.letter: tuple(runs)} if runs else {}, number_of(runs),
        complete, tried,
    )  # fmt: skip
    return found if solutions else solve_by_axis(found, search)


def solve_several(asked: Question, search: LayerSearch) -> Answer:
    table = Table(search)
    if asked.keeps and search.plain and table.wanted.isdisjoint(one.letter for one in search.plain):
        raise effectless(search.plain[0], asked, search.cases[0][1])
    solutions = tuple(sorted(search.found, key=rank))
    found = Answer(
        asked, tuple(search.layer.unknowns), solutions, {}, len(solutions), search.complete, table.limits,
        free=tuple(one.name for one in table.free), is_sensible=table.is_sensible,
    )  # fmt: skip
    if not solutions:
        found = solve_by_axis(found, search)
    if found.solutions:
        return found
    ranges = {one.symbol: table.ranges[one.letter] for one in search.plain if one.letter in table.ranges}
    return found._replace(refusal=search.refusal(), ranges=ranges, equations=impossible_equations(found, search))


def solve_by_axis(found: Answer, search: LayerSearch) -> Answer:
    """Where no value does along every axis: each axis by itself, and then all together."""
    if search.layer.rank < 2 or all(map(has_alike_axes, search.cases)):
        return found
    apart = LayerSearch(OpenLayer(found.question, "single"), search.budget)
    unknowns = apart.layer.unknowns
    if all(unknown.axis is None for unknown in unknowns):
        return found
    limits = dict(found.tried)
    solutions, complete = axes_apart(apart, limits)
    return found._replace(
        solutions=tuple(sorted(solutions, key=rank)),
        number=len(solutions),
        complete=complete and found.complete,
        tried=limits,
        unknowns=tuple(unknowns),
    )


def solve_in_letters(asked: Question, layer: OpenLayer) -> Answer:
    """The unknown as a formula in the other letters, put in to prove it."""
    unknowns = tuple(layer.unknowns)
    if len(unknowns) != 1 or unknowns[0].flag:
        hint = "numbers for the letters, or for all question marks but one"
        if asked.shape is None:
            hint = f'an input: 3x32x32 "{asked.name[:60]}"'
        raise problem("Q004", f"with letters left, one value can be unknown, not {len(unknowns)}", hint)
    (unknown,) = unknowns
    try:
        applied = layer.apply({unknown.letter: symbol(unknown.letter)})
    except SYMBOLS_FAIL:
        raise problem("Q004", f"{asked.layer.kind.name} has no formula in letters", "numbers for the letters") from None
    wants = [want for want in wants_of(asked, applied) if has(want.tree, unknown.letter)]
    if not wants:
        raise effectless(unknown, asked, applied)
    want = wants[0]
    if want.low != want.high or want.low is None:
        raise problem("Q004", "with letters left, a bound cannot be solved", "numbers for the letters")
    blank = Answer(asked, unknowns, equations=tuple(symbolic_equation(asked, applied, unknown, want)))
    try:
        value = unknown_formula(asked, applied, unknown, want)
    except ExprError:
        hint = "numbers for the letters, or an input: 3x32x32"
        raise problem("Q004", f"{unknown.symbol} cannot be brought out of this formula in letters", hint) from None
    if isinstance(value, int) and value < unknown.low:
        return blank._replace(broken=value)
    try:
        proof = layer.apply({unknown.letter: value})
    except (Problem, *SYMBOLS_FAIL):
        proof = None
    if proof is not None and is_met(asked, proof) and isinstance(value, int | Poly):
        solution = Solution({unknown.name: value}, look_at(asked, proof), proof)
        return blank._replace(solutions=(solution,), symbolic=value, number=1)
    uneven = uneven_solutions(asked) if is_number(value) and unknown.name == "padding" else ()
    return blank._replace(uneven=uneven, broken=value, missed=None if proof is None else wrong_side(asked, proof))


def wrong_side(asked: Question, proof: Applied) -> tuple[int, Value, Value] | None:
    """The first side of an output that is not what was wanted."""
    sides = zip(proof.output, wanted_sizes(asked, proof.output, proof.input[0]), strict=True)
    return next(((axis, size, want) for axis, (size, want) in enumerate(sides) if want not in (None, size)), None)


def unknown_formula(asked: Question, applied: Applied, unknown: Unknown, want: Constraint) -> Value:
    """The unknown brought out of the formula of a size, else out of its normal form."""
    if want.axis is not None and sizes_by_axis(applied):
        text, axis = applied.sizes[want.axis], applied.axes[want.axis]
        known = {letter: value for letter, value in {**applied.letters, **axis}.items() if letter != unknown.symbol}
        target = wanted_sizes(asked, applied.output, applied.input[0])[1 + want.axis]
        try:
            return isolate(tree(text), unknown.symbol, known, target)
        except ExprError:
            pass
    return from_normal_form(want, unknown)


def from_normal_form(want: Constraint, unknown: Unknown) -> Value:
    names = {letter: symbol(letter) for letter in letters(want.tree) if letter != unknown.letter}
    return isolate(want.tree, unknown.letter, names, want.low or 0)


def sizes_by_axis(applied: Applied) -> bool:
    """Whether each axis of the output has its size by the formula of that axis."""
    return 0 < len(applied.axes) == len(applied.output) - 1


def symbolic_equation(asked: Question, applied: Applied, unknown: Unknown, want: Constraint) -> Iterator[Equation]:
    if want.axis is None or not sizes_by_axis(applied):
        return
    shown = {letter: to_tree(value) for letter, value in {**applied.letters, **applied.axes[want.axis]}.items()}
    shown[unknown.symbol] = unknown.symbol
    target = wanted_sizes(asked, applied.output, applied.input[0])[1 + want.axis]
    for what, side in (("size", insert_values(tree(applied.sizes[want.axis]), shown)), ("target", to_tree(target))):
        yield Equation(what, (want.axis,), (Relation(None, side, None),))


def uneven_solutions(asked: Question) -> tuple[Solution, ...]:
    """Solutions with one more cell of padding after than before; none where the padding is not all that is unknown."""
    layer = OpenLayer(asked, "uneven")
    if [unknown.name for unknown in layer.unknowns] != ["padding"] or not layer.rank:
        return ()
    if layer.names:
        unknown = layer.unknowns[0]
        applied = layer.apply({unknown.letter: symbol(unknown.letter)})
        want = next(want for want in wants_of(asked, applied) if has(want.tree, unknown.letter))
        try:
            value = from_normal_form(want, unknown)
            proof = layer.apply({unknown.letter: value})
        except (Problem, *SYMBOLS_FAIL):
            return ()
        fits = isinstance(value, int) and value >= 0 and is_met(asked, proof)
        return (layer.solution({unknown.letter: value}, proof),) if fits else ()
    try:
        return tuple(LayerSearch(layer).runs()[1][:8])
    except Problem:
        return ()


def add_reasons(found: Answer, search: LayerSearch) -> Answer:
    """The equations worked; where there is no solution, why, and what comes nearest."""
    (unknown,) = search.plain
    _, applied, wants = search.cases[0]
    if applied is None:
        return found if found.solutions else found._replace(refusal=search.refusal())
    if found.question.keeps and not any(has(want.tree, unknown.letter) for want in wants):
        raise effectless(unknown, found.question, applied)
    found = found._replace(equations=axes_together(work_equations(found, applied, wants, unknown)))
    if unknown.name == "padding" and all(any(solution.unused) for solution in found.solutions):
        better = uneven_solutions(found.question)
        if found.solutions:
            better = tuple(solution for solution in better if solution.unused and not any(solution.unused))
        found = found._replace(uneven=better)
    if found.solutions:
        return found
    # A value that meets one equation but not another is near to nothing.
    together = first_common_value(found, unknown)
    aims = {(want.tree, want.low): want for want in wants if together is not None or not has_runs(found, want)}
    nearest = [solution for want in aims.values() for solution in nearest_solutions(search, unknown, want)]
    if together is not None and not search.refused:
        search.refused = {unknown.letter: together}
    refusal = search.refusal() if together is not None and not found.odds else None
    return found._replace(nearest=tuple(nearest[:4]), refusal=refusal)
