"""The order in which `model.layers` has the layers of a network: by how far they are from its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.readers.keras.network import tensors_in
from convcalc.readers.keras.records import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.readers.keras.records import KerasLayer, KerasNetwork

    Node = tuple[str, int]  # a layer, and which of its calls


def layers_by_depth(network: KerasNetwork) -> list[KerasLayer]:
    """The farthest first; those that are equally far as they are met on the way back from the outputs."""
    layers = {layer.name: layer for layer in network.layers}
    nodes, met = nodes_in_order(network, layers)
    depths: dict[Node, int] = {}
    farthest = {end.layer: 0 for end in network.inputs}
    for node, before in reversed(nodes.items()):
        farthest[node[0]] = depth = max(depths.get(node, 0), farthest.get(node[0], 0))
        for each in before:
            depths[each] = max(depth + 1, depths.get(each, 0))
    names = sorted(farthest, key=lambda name: (-farthest[name], met.get(name, -1)))
    return [layers[name] for name in names if not layers[name].function]


def nodes_in_order(
    network: KerasNetwork, layers: dict[str, KerasLayer]
) -> tuple[dict[Node, list[Node]], dict[str, int]]:
    """The calls after those that they need, each with them; and the layers, numbered as they are first met."""

    def needed(node: Node) -> list[Node]:
        layer = layers[node[0]]
        if layer.class_name == INPUT:
            return []
        call = layer.calls[node[1]]
        return [(end.layer, end.call) for end in tensors_in((call.args, call.kwargs))]

    found: dict[Node, list[Node]] = {}
    met: dict[str, int] = {}
    for _, end in network.outputs:
        stack: list[tuple[Node, list[Node], Iterator[Node]]] = []
        waiting: Node | None = (end.layer, end.call)
        while waiting or stack:
            if waiting:
                met.setdefault(waiting[0], len(met))
                before = needed(waiting)
                stack.append((waiting, before, iter(before)))
            node, before, left = stack[-1]
            waiting = next((each for each in left if each not in found), None)
            if waiting is None:
                found.setdefault(node, before)
                stack.pop()
    return found, met
