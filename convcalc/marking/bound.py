"""A question that many numbers answer: those that are at most so many, at least so many, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.marking.key import TOTAL, KeyItem, canonical_name, form_of, network_item, quantity_named
from convcalc.marking.reading import read_answer
from convcalc.marking.reference_network import plain_name
from convcalc.marking.verdict import KeyQuestion
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from convcalc.marking.reference_network import ReferenceNetwork


class AnswerBound(NamedTuple):
    """The least and the most that is right; None where there is no such limit."""

    least: int | Fraction | None
    most: int | Fraction | None

    def holds(self, value: Any) -> bool:
        """Whether a number is within it; of sides every one."""
        if isinstance(value, tuple):
            return all(map(self.holds, value))
        return not (
            (self.least is not None and value < self.least) or (self.most is not None and value > self.most)
        )  # fmt: skip

    def __str__(self) -> str:
        if self.least is None:
            return f"at most {self.most:,}"
        return f"at least {self.least:,}" if self.most is None else f"from {self.least:,} to {self.most:,}"


def requirement_name(ask: str) -> tuple[str, str, str]:
    """(layer, quantity, part) of what is required of any network: `parameters` is that of the whole."""
    layer, what, part = canonical_name(ask)
    if not what and (alone := quantity_named(plain_name(ask))):
        return TOTAL, alone, part
    return layer, what, part


def bound_item(
    network: ReferenceNetwork | None, ask: str, bound: AnswerBound, name: str, more: dict[str, Any]
) -> KeyItem:
    """`{ask: total.parameters, at_most: 1M}`: any number within the bound is right."""
    if bound.least is not None and bound.most is not None and not bound.holds(bound.least):
        raise problem("H018", f"nothing is {bound}", "at_least is the smaller one")
    if network is not None and "." in ask:
        network_item(network, ask, {})  # it is refused if the network has nothing of the kind
    _, what, part = requirement_name(ask)
    if form_of(what, part) == "shape":
        raise problem("H018", f"{ask[:60]}: a shape has no bound", f"ask: {ask[:60]}.height")
    return required_item(ask, bound, str(bound), name, {**more, "form": "bound"})


def answer_item(ask: str, text: str, name: str, more: dict[str, Any], channels_last: bool) -> KeyItem:
    """`{ask: total.output, answer: 10}`: what is right is written in the key."""
    _, what, part = requirement_name(ask)
    form = form_of(what, part)
    right = read_answer(text, form)[0].value
    shown = right
    if form == "shape" and channels_last and len(right) > 1:
        right = (right[-1], *right[:-1])
    return required_item(ask, right, shown, name, more)


def required_item(ask: str, right: Any, shown: Any, name: str, more: dict[str, Any]) -> KeyItem:
    layer, what, part = requirement_name(ask)
    full = f"{layer}.{what}{f'.{part}' if part else ''}" if what and layer == TOTAL else ask
    question = KeyQuestion(full, layer if what else ask, what, part, expected=shown, **more)
    return KeyItem(question, None, right=right, form=form_of(what, part), names=(name, ask))
