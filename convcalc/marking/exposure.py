"""Which mistakes show in the numbers of a layer, and which give the right number anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.marking.mistakes import no_occasion
from convcalc.marking.wrong_formulas import ways_to_go_wrong
from convcalc.marking.wrong_values import wrong_values

if TYPE_CHECKING:
    from convcalc.marking.situation import Situation

# What each quantity is diagnosed as.
PARTS = {
    "output": ("size", "channels"),
    "parameters": ("parameters",),
    "macs": ("macs",),
    "receptive_field": ("receptive_field",),
}
ROUNDING = frozenset(("size.fraction", "size.round_up_conv", "size.floor_ceil_mixed"))


def common_mistakes(at: Situation, quantity: str, level: int) -> set[str]:
    """The codes of the mistakes that many make with a quantity of such a layer: the rarer, the higher the level."""
    return {
        mistake.code
        for part in PARTS[quantity]
        for mistake, wrong in ways_to_go_wrong(at, part)
        if mistake.rank <= level and (wrong.formula or wrong.put)
    }


def visible_mistakes(at: Situation, quantity: str) -> set[str]:
    """The codes of those that lead to a wrong number here."""
    places = range(max(1, len(at.applied.output) - 1))
    found = (each for part in PARTS[quantity] for place in places for each in wrong_values(at, part, place).all())
    return {code for each in found for code in each.codes}


def absorbed_mistakes(at: Situation, quantity: str, level: int) -> set[str]:
    """The mistakes that can be made in this layer and give the right number anyway."""
    return {
        code for code in common_mistakes(at, quantity, level) - visible_mistakes(at, quantity) if can_be_made(code, at)
    }


def can_be_made(code: str, at: Situation) -> bool:
    """Whether a layer gives occasion for a mistake: padding cannot be forgotten if there is none."""
    axes = at.applied.axes
    stride: Any = max((axis.get("s", 1) for axis in axes), default=1)  # type: ignore[type-var]  # no symbols get here
    if code in no_occasion(at.kind.name):
        return False
    if code == "size.pad_once":
        return any(axis.get("p_l", axis.get("p", 0)) for axis in axes)
    if code in ROUNDING:
        return bool(stride > 1)
    if code == "size.plus_one_inside":
        return bool(stride > 2)  # by 2 it leaves a rest in the one place or in the other
    if code == "mac.in_hw":
        return bool(at.applied.output[1:] != at.applied.input[0][1:])
    return not code.startswith("rf.")  # these depend on the layers before
