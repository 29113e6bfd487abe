"""The wrong formulas of a layer: every common mistake put into the right formula, one or two at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, Mul, Ratio, Sum, children, rebuild, substitute
from convcalc.algebra.joint import JointFormulas
from convcalc.algebra.parser import parse
from convcalc.kinds.pooling import without_dilation
from convcalc.layers.case import SIDED, letters_of
from convcalc.layers.window import SLIDING
from convcalc.marking.mistakes import MISTAKES, Mistake, Wrong
from convcalc.marking.reference_network import TRAINABLE
from convcalc.marking.situation import Situation, conditions, conditions_met, first_axis
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Kind

WHOLE = "_"  # in a wrong formula: the right one


class WrongFormula(NamedTuple):
    """A formula with one mistake in it, or two."""

    codes: tuple[str, ...]
    tree: Expr
    is_swapped: bool  # evaluated with the numbers of the other axis


class JointlyWrong(NamedTuple):
    """Wrong formulas, evaluated together."""

    each: tuple[WrongFormula, ...]
    joint: JointFormulas  # in the same order
    swapped: tuple[int, ...]  # the places of those evaluated with the numbers of the other axis


class WrongFormulas:
    """Those that a layer admits for a quantity: they depend on its settings, hardly on its input."""

    def __init__(self, right: Expr, ways: list[tuple[str, str, Wrong]], is_sided: bool):
        self.right, self.ways, self.is_sided = right, ways, is_sided

    @cached_property
    def singles(self) -> JointlyWrong:
        return self.together(
            WrongFormula((code,), rewritten(self.right, text, tuple(wrong.put.items())), wrong.when == "other axis")
            for code, text, wrong in self.ways
        )

    @cached_property
    def doubles(self) -> JointlyWrong:
        return self.together(two_mistakes(self.right, self.ways))

    def together(self, found: Iterable[WrongFormula]) -> JointlyWrong:
        each = tuple(formula._replace(tree=two_sided(formula.tree)) if self.is_sided else formula for formula in found)
        swapped = (place for place, formula in enumerate(each) if formula.is_swapped)
        return JointlyWrong(each, JointFormulas(formula.tree for formula in each), tuple(swapped))


@lru_cache(maxsize=1024)
def names_of(kind: Kind) -> frozenset[str]:
    """A kind's own name, rules and window type, and the groups that it belongs to."""
    names = {"any", kind.name, kind.rules, kind.window.type.name}
    if not kind.storage and not kind.flattens:
        names.add("activation")
    if "K" in letters_of(kind.parameters):
        names.add("weighted")
    return frozenset(names)


def has_parts(kind: Kind, quantity: str, wrong: Wrong) -> bool:
    """Whether the right formula has what is changed in it; of the others only the kinds are asked."""
    right = {"parameters": kind.parameters, "macs": kind.macs, "channels": kind.channels}.get(quantity)
    if right is None:
        return True
    there = set(subtrees(parse(wrong.formula.replace("P", kind.parameters).replace("_", right) or right)))
    return there.issuperset((*map(parse, wrong.put), *wrong.parts.split()))


@lru_cache(maxsize=1024)
def possible(kind: Kind, quantity: str) -> tuple[tuple[Mistake, Wrong], ...]:
    """The ways to go wrong with a quantity of a kind, the commonest first."""
    quantity = {"weights": "parameters", TRAINABLE: "parameters", "flops": "macs"}.get(quantity, quantity)
    found = [
        (mistake, wrong._replace(formula=wrong.formula.replace("P", f"({kind.parameters})")))
        for mistake in sorted(MISTAKES.values(), key=lambda mistake: mistake.rank)
        for wrong in mistake.wrongs
        if (wrong.quantity or mistake.quantity) == quantity
        and not names_of(kind).isdisjoint(wrong.kinds.split())
        and has_parts(kind, quantity, wrong)
    ]
    return tuple(found)


@lru_cache(maxsize=1024)
def conditions_of(kind: Kind, quantity: str) -> tuple[str, ...]:
    """Everything that the ways to go wrong with a quantity of a kind depend on."""
    return tuple(dict.fromkeys(name for _, wrong in possible(kind, quantity) for name in conditions(wrong.when)))


def ways_to_go_wrong(situation: Situation, quantity: str) -> list[tuple[Mistake, Wrong]]:
    """The ways to go wrong in this situation."""
    kind = situation.kind
    return ways_meeting(kind, quantity, conditions_met(situation, conditions_of(kind, quantity)))


def ways_meeting(kind: Kind, quantity: str, holding: tuple[str, ...]) -> list[tuple[Mistake, Wrong]]:
    return [
        (mistake, wrong)
        for mistake, wrong in possible(kind, quantity)
        if all(name in holding for name in conditions(wrong.when))
    ]


# The right formula


def right_text(situation: Situation, quantity: str) -> str:
    """The formula of the record for a quantity."""
    kind = situation.kind
    match quantity:
        case "size":
            return kind.sizes.get("ceil", "") if situation.applied.values.get("ceil") else kind.sizes.get("", "n")
        case "channels":
            return kind.channels
        case "features":
            return "C*H" if kind.flattens else "f"
        case "parameters" if situation.network.counts_state and situation.applied.formulas[1] != "0":
            return " + ".join(situation.applied.formulas)
        case "parameters" | "weights" | "trainable_parameters":
            return situation.applied.formulas[0]
        case "macs":
            return kind.macs
        case "flops":
            return f"2*({kind.macs})"
        case "receptive_field":
            follows = kind.window.type is SLIDING and situation.network.follows_recurrence(situation.place)
            return kind.window.filled(kind.window.type.size) if follows else "r_right"
        case "rf_centre":
            return "a_in"
    return "0"


# Mistakes put into it


def subtrees(tree: Expr) -> Iterator[Expr]:
    """A tree and all that is in it."""
    yield tree
    for child in children(tree):
        yield from subtrees(child)


def wrong_formulas(situation: Situation, quantity: str, is_sided: bool) -> WrongFormulas:
    """The wrong formulas that a layer admits; `is_sided` if its padding differs before and after."""
    kind = situation.kind
    holding = conditions_met(situation, conditions_of(kind, quantity))
    is_dilated = first_axis(situation.applied).get("d") != 1
    return formulas_of(kind, quantity, right_text(situation, quantity), holding, is_dilated, is_sided)


@lru_cache(maxsize=1024)
def formulas_of(
    kind: Kind, quantity: str, right: str, holding: tuple[str, ...], is_dilated: bool, is_sided: bool
) -> WrongFormulas:
    def plain(text: str) -> str:
        return text if is_dilated or not text else without_dilation(text)

    ways = [(mistake.code, plain(wrong.formula), wrong) for mistake, wrong in ways_meeting(kind, quantity, holding)]
    return WrongFormulas(parse(plain(right)), ways, is_sided)


def two_mistakes(right: Expr, ways: list[tuple[str, str, Wrong]]) -> Iterator[WrongFormula]:
    """Every two, where the second changes what is put into the first, or its result."""
    ways = [way for way in ways if way[2].when != "other axis"]
    seen = set()
    for first, text, one in ways:
        inner = rewritten(right, text, tuple(one.put.items()))
        for second, other, two in ways:
            if first == second or not (two.put or WHOLE in two.formula):
                continue
            both = rewritten(inner, other, tuple(two.put.items()))
            codes = tuple(sorted((first, second)))
            if both != inner and (codes, both) not in seen:
                seen.add((codes, both))
                yield WrongFormula(codes, both, False)


@lru_cache(maxsize=4096)
def rewritten(right: Expr, wrong: str, put: tuple[tuple[str, str], ...]) -> Expr:
    """The wrong formula instead of the right one."""
    made = substitute(parse(wrong), {WHOLE: right}) if wrong else right
    return drop_whole_roundings(substitute(made, {parse(old): parse(new) for old, new in put})) if put else made


def drop_whole_roundings(tree: Expr) -> Expr:
    """The tree without roundings of whole numbers: ⌊n/1⌋ is n."""
    if isinstance(tree, Ratio) and tree.bottom == 1:
        return drop_whole_roundings(tree.top)
    return rebuild(tree, drop_whole_roundings)


@lru_cache(maxsize=4096)
def two_sided(tree: Expr) -> Expr:
    return substitute(tree, {**SIDED, Mul((4, "p")): Mul((2, Sum(("p_l", "p_r"))))})
