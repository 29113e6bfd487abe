"""What is said of a unit: the layer in as few words as a reader needs, what a block does, and all where one asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.network.walk import totals
from convcalc.render.pictures.heading import counts_in_words
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import shape_text
from convcalc.render.spelling import spell_layer

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.network.graph import Node
    from convcalc.render.pictures.volumes.units import UnitGraph

KEPT = re.compile(r"[ksdg]\d")  # kernel, stride, dilation, groups
MAX_KERNELS = 4


def maker(index: int, wiring: UnitGraph) -> str:
    unit, applied = wiring.units[index], wiring.applied(index)
    if unit.is_block:
        return block_words(index, wiring)
    return short_layer(applied, wiring) if applied else ""


def short_layer(applied: Applied, wiring: UnitGraph) -> str:
    """`conv 64 k3 s2`: kind, filters, kernel, stride."""
    first, *words = spell_layer(applied.setting, wiring.graph.convention.name).split(" ")
    kept = [word for place, word in enumerate(words) if KEPT.match(word) or (place == 0 and "=" not in word)]
    return " ".join((first, *kept))


def block_words(index: int, wiring: UnitGraph) -> str:
    """What a block does: the kernels on its way to its sum, the paths to its concatenation; else how much is in it."""
    unit, nodes = wiring.units[index], wiring.graph.nodes
    inside = range(unit.start, unit.stop)
    joins = [node for node in nodes[unit.start : unit.stop] if node.applied and node.applied.setting.kind.block]
    paths = len(joins[-1].inputs) if joins and is_concat(joins[-1]) else 0
    if paths > 2 or (paths and len(joins) == 1):
        return f"{paths} paths, concat"
    if len(joins) == 1 and joins[0].applied and joins[0].applied.setting.kind.block == "residual":
        ways = [way_to(wiring, source, inside) for source in joins[0].inputs]
        kernels = [word for node in max(ways, key=len) if (word := kernel_words(node, wiring))]
        if 0 < len(kernels) <= MAX_KERNELS:
            return f"{', '.join(kernels)} + skip"
    more = f", {len(joins)} joins" if len(joins) > 1 else ""
    return f"{layers_in_words(unit.stop - unit.start)}{more}"


def way_to(wiring: UnitGraph, end: int, inside: range) -> list[int]:
    """The nodes of a block that lead to one of them, first inputs only."""
    found = []
    while end in inside:
        found.append(end)
        sources = wiring.graph.nodes[end].inputs
        if not sources:
            break
        end = sources[0]
    return found[::-1]


def kernel_words(node: int, wiring: UnitGraph) -> str:
    """`k3` of a layer that mixes numbers by learnt windows, `k1x7` where its sides differ; empty for others."""
    applied = wiring.graph.nodes[node].applied
    if applied is None or not applied.setting.kind.linear or "kernel" not in applied.values:
        return ""
    sides = [str(axis["k"]) for axis in applied.axes]
    return f"k{sides[0] if len(set(sides)) == 1 else 'x'.join(sides)}"


def is_concat(node: Node) -> bool:
    return node.applied is not None and node.applied.setting.kind.block == "concat"


def title_of(index: int, wiring: UnitGraph) -> str:
    """What is said of a layer where the pointer rests."""
    unit, graph = wiring.units[index], wiring.graph
    nodes = graph.nodes[unit.start : unit.stop]
    last = nodes[-1]
    shape = graph.shape(unit.last)
    shown = shape_text(shape, graph.channels_last) if shape else ""
    if unit.start < len(graph.inputs):
        return f"{unit.name}: input {shown}"
    if shape is None:
        return f"{unit.name}: {graph.why_unknown(last)}"
    sums = totals(node.applied for node in nodes)
    assert last.applied
    what = block_words(index, wiring) if unit.is_block else spell_layer(last.applied.setting, graph.convention.name)
    return "; ".join(filter(None, (f"{unit.name}: {what} → {shown}", ", ".join(counts_in_words(sums)))))
