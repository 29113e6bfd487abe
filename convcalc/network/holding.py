"""Layers whose input is not known, added to a graph with what they hold by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.network import UNKNOWN_INPUT, Node
from convcalc.problem import Problem

if TYPE_CHECKING:
    from convcalc.layers.applied import Setting
    from convcalc.network.assembly import Assembly


def add_held(assembly: Assembly, setting: Setting, inputs: tuple[int, ...], name: str, place: Any) -> int:
    """Add a layer by itself; equal ones are computed once, and what contradicts itself is noted."""
    from convcalc.layers.held import hold

    full, kind = assembly.scopes[-1].prefix + name, setting.kind.name
    held = assembly.holdings.get(id(setting))
    if held is None:
        try:
            held = hold(setting, assembly.convention_of(setting))
        except Problem as error:
            held = error
        assembly.holdings[id(setting)] = held
    if isinstance(held, Problem):
        assembly.note(held, place, full)
        return assembly.fail(name, inputs, place, "see its error", kind)
    return assembly.add(Node(full, inputs, None, place, UNKNOWN_INPUT, kind, held), name)
