"""A layer by itself, where its input is not known: its settings, and the numbers that it holds all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.poly import symbol
from convcalc.layers.applied import lettered_case, numbers_held, reported_values, trained_numbers
from convcalc.layers.case import check, needs
from convcalc.problem import Problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.expr import Value
    from convcalc.layers import Convention, Shape
    from convcalc.layers.applied import Setting

SIDES = ("H", "W", "D")  # of an input of which only the channels are known
CHANNELS = ("in_channels", "in_features", "count")  # the keys that say how many these are


class Held(NamedTuple):
    """What of a layer does not depend on its input; of a class that is not known, nothing but its name."""

    setting: Setting
    values: dict[str, Any]
    axes: tuple[dict[str, Value], ...] = ()
    letters: Mapping[str, Value] = {}
    formulas: tuple[str, str] = ("0", "0")
    parameters: Value | None = None
    biases: Value | None = None
    buffers: Value | None = None
    # What does depend on it.
    macs: None = None
    connections: None = None
    activations: None = None
    layers: int = 1  # for which it stands
    input: tuple[Shape, ...] = ()
    output: Shape | None = None  # as the table of a tool may say it


def hold(setting: Setting, convention: Convention) -> Held:
    """A layer by itself; a Problem where its settings contradict each other."""
    kind = setting.kind
    if not kind.parameters:
        return Held(setting, {})
    try:
        case = lettered_case(setting, own_inputs(setting), convention)
    except Problem:
        if kind.parameters == kind.buffers == "0":  # an axis, say, that only its input has
            return Held(setting, dict(setting.values), parameters=0, biases=0, buffers=0)
        raise
    case.needs = tuple(needs(case))
    check(case)
    numbers, formulas = numbers_held(kind, case)
    return Held(setting, reported_values(case), case.axes, case.letters, formulas, *trained_numbers(case, numbers))


def own_inputs(setting: Setting) -> tuple[Shape, ...]:
    """The shapes of its inputs as far as a layer says them itself, with letters for the rest."""
    values = dict(setting.values)
    rank = setting.dims or (2 if setting.kind.takes == "map" or "in_channels" in values else 0)
    channels = next((values[name] for name in CHANNELS if name in values), symbol("C"))
    first: Shape = (*values.get("over", (channels,)), *map(symbol, SIDES[:rank]))
    return (first, (values["in2_features"],)) if "in2_features" in values else (first,)
