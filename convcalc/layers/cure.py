"""The cure of a restriction that is not met: what each letter would have to be, found by the solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, ExprError, Neg, Sum, is_symbolic
from convcalc.algebra.interval import Range, intersect
from convcalc.layers import sides
from convcalc.layers.case import letters_of, may_be_met, tree

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Need
    from convcalc.layers.case import Case

NAMES = {"n": "input", "c": "input channels"}
NEAR = 1_000  # values on either side that are tried for one that meets an equation


def cures(case: Case, need: Need, known: Mapping[str, Value], sided: bool) -> list[str]:
    """`kernel ≤ 4`, `padding ≥ 1`: for each letter that may change, the values that meet this need and the others."""
    if any(map(is_symbolic, known.values())):
        return []
    known_letters = {key.symbol for key in case.kind.keys} | NAMES.keys()

    def cure(letter: str, both: Sequence[Need]) -> str:
        if letter == "p" and case.convention.pads_in_words:
            return "padding=same"
        if letter not in known or letter not in known_letters or (sided and letter == "p"):
            return ""
        return letter_cure(case, [one for one in both if mentions(one, letter)], known, sided, letter)

    letters = need.cures.split()
    found = [cure(letter, case.needs) for letter in letters]
    if not any(found):  # nothing by itself mends everything: a larger input, or this need by itself
        found = [cure("n", case.needs) if mentions(need, "n") else ""] + [cure(letter, [need]) for letter in letters]
    return [text for text in found if text]


def mentions(need: Need, letter: str) -> bool:
    left, _, right = sides(need.condition)
    return letter in letters_of(left) or letter in letters_of(right)


def letter_cure(case: Case, needs: Sequence[Need], known: Mapping[str, Value], sided: bool, letter: str) -> str:
    from convcalc.algebra.inversion import solve_inequality

    key = next((key for key in case.kind.keys if key.symbol == letter), None)
    low, name = (key.low, key.name) if key else (1, NAMES.get(letter, letter))
    equations = [need for need in needs if " == " in need.condition]
    try:
        ranges = [Range(low, None)]
        for need in needs:
            if need not in equations:
                # There are no symbols here.
                spans = solve_inequality(slack(need, sided), letter, known, low)  # type: ignore[arg-type]
                ranges = intersect(ranges, spans)
        if equations:
            return nearest_cure(case, name, ranges, equations, sided, letter, known)
        return range_cure(name, ranges, low)
    except ExprError:
        return ""


def slack(need: Need, sided: bool) -> Expr:
    """What is 0 or more where an inequality is met."""
    left, operator, right = sides(need.condition)
    terms: tuple[Expr, ...] = (tree(right, sided), Neg(tree(left, sided)))
    return Sum(terms if operator == "<=" else (*terms, Neg(1)))


def range_cure(name: str, ranges: Sequence[Range], low: int) -> str:
    """One range as a condition; none or several are no cure that a person could use."""
    if len(ranges) != 1:
        return ""
    first, last = ranges[0]
    if last is None:
        return f"{name} ≥ {first}" if first > low else ""
    if first == last:
        return f"{name} = {first}"
    return f"{name} ≤ {last}" if first <= low else f"{name} from {first} to {last}"


def nearest_cure(
    case: Case, name: str, ranges: list[Range], equations: Sequence[Need], sided: bool, letter: str,
    known: Mapping[str, Value],
) -> str:  # fmt: skip
    """The nearest values on either side that are in a range and meet the equations, which repeat with the stride."""
    here = known[letter]
    assert isinstance(here, int)

    def first(candidates: Iterable[int]) -> list[int]:
        for value in islice(candidates, NEAR):
            if all(may_be_met(case, need, {**known, letter: value}, sided) for need in equations):
                return [value]
        return []

    furthest = max([here, *(span.first for span in ranges)]) + NEAR
    spans = [range(span.first, (furthest if span.last is None else span.last) + 1) for span in ranges]
    below = (value for span in reversed(spans) for value in reversed(span[: max(0, here - span.start)]))
    above = (value for span in spans for value in span[max(0, here + 1 - span.start) :])
    found = first(below) + first(above)
    return f"{name} = {' or '.join(map(str, found))}" if found else ""
