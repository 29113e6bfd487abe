"""Which stretches of layers that follow each other are equal, so that the first of them can be drawn for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from convcalc.layers.applied import Setting
    from convcalc.network.graph import Graph, Node

    Bounds: TypeAlias = tuple[int, int]  # the places of a first layer and of one past a last


class Appearance(NamedTuple):
    """What is seen of a stretch of layers, wherever it lies."""

    keys: tuple[Hashable, ...]
    wiring: tuple[tuple[int, ...], ...]  # what each takes: places within, or −1, −2, … for `sources`
    sources: tuple[int, ...]  # the layers outside that they take


class Repeats:
    """A graph that is asked how often a stretch of it stands behind itself."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.users: list[list[int]] = [[] for _ in graph.nodes]
        for place, node in enumerate(graph.nodes):
            for source in node.inputs:
                self.users[source].append(place)
        for _, place in graph.outputs:
            self.users[place].append(len(graph.nodes))  # whoever takes the network's output
        self.known: dict[int, Hashable] = {}
        self.keys = [self.key(place, node) for place, node in enumerate(graph.nodes)]

    def key(self, place: int, node: Node) -> Hashable:
        """The same for layers with the same settings, shapes and numbers; its own for one that failed."""
        layer = node.applied or node.held
        if layer is None:
            return place
        if id(layer) not in self.known:
            numbers = (layer.parameters, layer.buffers, layer.macs)
            self.known[id(layer)] = (*setting_key(layer.setting), layer.input, layer.output, numbers)
        return self.known[id(layer)]

    def appearance(self, bounds: Bounds) -> Appearance:
        start, stop = bounds
        sources: dict[int, int] = {}
        wiring = tuple(
            tuple(
                place - start if start <= place < stop else sources.setdefault(place, -1 - len(sources))
                for place in node.inputs
            )
            for node in self.graph.nodes[start:stop]
        )
        return Appearance(tuple(self.keys[start:stop]), wiring, tuple(sources))

    def exits(self, bounds: Bounds) -> list[int]:
        """The layers that something outside takes."""
        start, stop = bounds
        return [place for place in range(start, stop) if any(user >= stop for user in self.users[place])]

    def times(self, stretches: Iterable[Bounds]) -> int:
        """How many of these, from the first on, are equal: each takes what the one before it gives and no other does.

        What else they take from outside is the same for them all.
        """
        count, before = 0, (0, 0)
        for bounds in stretches:
            found = self.appearance(bounds)
            if not count:
                first = found
            elif not self.continues(before, bounds, first, found):
                break
            count, before = count + 1, bounds
        return count

    def continues(self, before: Bounds, bounds: Bounds, first: Appearance, found: Appearance) -> bool:
        if before[1] != bounds[0] or (first.keys, first.wiring) != (found.keys, found.wiring):
            return False
        exits = self.exits(before)
        if len(exits) != 1 or any(user >= bounds[1] for user in self.users[exits[0]]):
            return False
        differing = [source for source, other in zip(found.sources, first.sources, strict=True) if source != other]
        return differing == exits and found.sources.count(exits[0]) == 1


def setting_key(setting: Setting) -> tuple[Hashable, ...]:
    return setting.kind, repr(setting.values), setting.dims, setting.convention
