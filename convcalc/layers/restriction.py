"""What a layer needs, whether it holds, and the error with both numbers and the computed cure where it does not."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError, Mul, Neg, Ratio, Sum, evaluate, is_number, is_symbolic
from convcalc.layers.binding import AXES
from convcalc.layers.case import is_uneven, letters_of, tree
from convcalc.layers.record import compare, sides, sorted_keys
from convcalc.problem import Diagnostic, Problem, problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from convcalc.algebra.expr import Value
    from convcalc.layers.case import Case
    from convcalc.layers.record import Need


def check(case: Case) -> None:
    """Raise for the first need of a case that is not met, on the first axis where it is not."""
    check_lowest(case)
    axes, letters = case.axes, case.letters
    of_axes = axes[0].keys() - letters.keys() if axes else set[str]()
    known = {place: {**letters, **axis} for place, axis in enumerate(axes) if not place or axis != axes[0]}
    for need in case.needs:
        left, _, right = sides(need.condition)
        if of_axes.isdisjoint(letters_of(left) | letters_of(right)):
            meet(case, need, letters, "")
        else:
            for place in known:
                meet(case, need, known[place], AXES[len(axes)][place])


def check_lowest(case: Case) -> None:
    """Raise for a value in letters that is below its key's lowest whatever they are: k=1−K; numbers are read so."""
    for key in sorted_keys(case.kind).counted:
        if key.type not in ("count", "axes", "padding") or type(case.values[key.name]) is int:
            continue
        for value in numbers_in(case.values[key.name]):
            if is_symbolic(value) and not case.holds(key.low, "<=", value):
                raise problem("V002", f"{key.name} must be at least {key.low}, not {value}", f"{key.name}={key.low}")


def numbers_in(value: Any) -> Iterable[Any]:
    """Those of a setting: one, one per axis, or one before and one after along each."""
    if not isinstance(value, tuple):
        return (value,)
    return [number for part in value for number in (part if isinstance(part, tuple) else (part,))]


@lru_cache(maxsize=256)
def words_of(condition: str) -> frozenset[str]:
    return frozenset(condition.split(", "))


def needs(case: Case) -> Iterator[Need]:
    """What a layer needs as it is written: by its convention, for every word that holds of it, and by its kind."""
    kind, values = case.kind, case.values
    words = {kind.rules, f"{kind.name} layer", f"{len(case.axes)}d", case.word.partition("_")[0]}
    listed = (found for condition, found in case.convention.needs.items() if words_of(condition) <= words)
    for need in chain(*listed, kind.needs):
        if not (need.unless and values.get(need.unless)) and (not need.when or values.get(need.when)):
            yield need


def meet(case: Case, need: Need, known: Mapping[str, Value], axis: str) -> None:
    """Raise where a restriction is not met; what only some symbols meet becomes a condition."""
    sided = is_uneven(known)
    if may_be_met(case, need, known, sided):
        return
    found = []
    if case.cured:
        from convcalc.layers.cure import cures

        found = cures(case, need, known, sided)
    if need.hint:
        found.append(fill(need.hint, known, sided))
    raise Problem(
        Diagnostic(
            need.code, fill(need.message, known, sided), ", or ".join(found),
            note=f"input {case.show(case.shape)}", axis=axis,
        )
    )  # fmt: skip


def may_be_met(case: Case, need: Need, known: Mapping[str, Value], sided: bool) -> bool:
    """Whether a need holds, for some symbols at least; one with a letter that is missing here is taken on trust."""
    left_text, operator, right_text = sides(need.condition)
    try:
        match tree(left_text, sided):
            case Sum((number, Neg(Mul((divisor, Ratio(again, _, "floor")))))) if again == number and right_text == "0":
                return case.holds(evaluate(number, known), "%", evaluate(divisor, known))  # number % divisor
        left, right = evaluate(tree(left_text, sided), known), evaluate(tree(right_text, sided), known)
    except ExprError:
        return True
    if is_number(left) and is_number(right):
        return compare(left, operator, right)
    if operator == "<":
        return case.holds(left + 1, "<=", right)
    return case.holds(left, operator, right)


def fill(template: str, known: Mapping[str, Value], sided: bool = False) -> str:
    """A message with its {formulas} evaluated."""

    def value(match: re.Match[str]) -> str:
        try:
            return str(evaluate(tree(match[1], sided), known))
        except ExprError:
            return match[1]

    return re.sub(r"\{([^{}]*)\}", value, template)
