"""Which layer of a student's network is meant by each layer of the key: by its name, else by its kind and its order.

Of a kind of which there are more or fewer, those are paired that have the same settings, where there is one way only.
What is left is a question, at the layer in the student's own file, and no guess.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate

from convcalc.marking.reference_network import ReferenceNetwork, squeezed_name
from convcalc.tuples import NamedTuple

MAX_PAIRS = 100_000  # that are compared


class OpenPair(NamedTuple):
    """Layers of one kind of which it cannot be told which is which: the key's, and the student's."""

    kind: str
    wanted: tuple[int, ...]
    found: tuple[int, ...]  # empty: the student has none


class Pairing(NamedTuple):
    layers: Mapping[int, int]  # of the key → of the student
    open: tuple[OpenPair, ...] = ()


def pair_layers(key: ReferenceNetwork, own: ReferenceNetwork, wanted: Iterable[int]) -> Pairing:
    """The student's layer for each layer of the key, as far as that is sure, and what is open of those wanted."""
    pairs = pairs_by_name(key, own)
    asked = {*wanted}
    while True:
        known = len(pairs)
        starts = sections(pairs)
        mine, theirs = by_kind(key, pairs.keys(), starts[0]), by_kind(own, pairs.values(), starts[1])
        open_pairs: list[OpenPair] = []
        for place, layers in mine.items():
            found = theirs.get(place, [])
            fresh = pairs_by_order(key, layers, own, found)
            pairs.update(fresh)
            left = tuple(layer for layer in layers if layer not in fresh)
            if asked.intersection(left):
                others = tuple(other for other in found if other not in fresh.values())
                open_pairs.append(OpenPair(place[1], left, others))
        if len(pairs) == known:
            return Pairing(pairs, tuple(open_pairs))


def pairs_by_order(
    key: ReferenceNetwork, layers: list[int], own: ReferenceNetwork, found: list[int]
) -> dict[int, int]:  # fmt: skip
    """The sure pairs of the layers of one kind in one section."""
    if len(found) == len(layers):
        return dict(zip(layers, found, strict=True))
    if len(found) * len(layers) > MAX_PAIRS:
        return {}
    alike = [[not any(differing_settings(key, one, own, other)) for other in found] for one in layers]
    return {layers[one]: found[other] for one, other in sure_pairs(alike)}


def pairs_by_name(key: ReferenceNetwork, own: ReferenceNetwork) -> dict[int, int]:
    """The layers that have the same name: the whole of it, or the last part where only one has that."""
    found: dict[int, int] = {}
    for shorten in (squeezed_name, lambda name: squeezed_name(name.rpartition(".")[2])):
        theirs = unique_names(own, shorten)
        for name, index in unique_names(key, shorten).items():
            other = theirs.get(name)
            if index in found or other is None or other in found.values():
                continue
            if key.layers[index].kind == own.layers[other].kind or not is_numbered(key, index):
                found[index] = other
    return found


def unique_names(network: ReferenceNetwork, shorten: Callable[[str], str]) -> dict[str, int]:
    """The layers whose name no other has; relu2 is no name of what learns nothing."""
    found: dict[str, list[int]] = {}
    for index, layer in enumerate(network.layers):
        if not (is_numbered(network, index) and not learns(network, index)):
            found.setdefault(shorten(layer.name), []).append(index)
    return {name: indices[0] for name, indices in found.items() if len(indices) == 1}


def is_numbered(network: ReferenceNetwork, index: int) -> bool:
    """Whether a layer is called as it would be without a name: relu2."""
    layer = network.layers[index]
    return re.fullmatch(rf"(?:.*\.)?{re.escape(layer.kind)}_?\d*", layer.name) is not None


def learns(network: ReferenceNetwork, index: int) -> bool:
    known = network.layers[index].known
    return known is not None and known.setting.kind.parameters != "0"


def sections(pairs: Mapping[int, int]) -> tuple[list[int], list[int]]:
    """The layers that divide both networks alike: those of all pairs that cross no other."""
    order = sorted(pairs)
    others = [pairs[index] for index in order]
    highest = [-1, *accumulate(others, max)]
    lowest = [*list(accumulate(reversed(others), min))[::-1], len(pairs) + max(others, default=0)][1:]
    straight = [
        place for place, other in enumerate(others) if highest[place] < other < lowest[place]
    ]  # fmt: skip
    return [order[place] for place in straight], [others[place] for place in straight]


def by_kind(network: ReferenceNetwork, paired: Iterable[int], starts: list[int]) -> dict[tuple[int, str], list[int]]:
    """The layers that have no pair yet, by the section that they are in and by kind."""
    found: dict[tuple[int, str], list[int]] = {}
    done = {*paired}
    for index, layer in enumerate(network.layers):
        if index not in done:
            found.setdefault((bisect_right(starts, index), layer.kind), []).append(index)
    return found


def sure_pairs(alike: list[list[bool]]) -> Iterator[tuple[int, int]]:
    """The pairs in every longest way to pair rows with columns in their order, each row with a column alike."""
    rows, columns = len(alike), len(alike[0]) if alike else 0
    if not columns:
        return
    before = longest_ways(alike)
    after = longest_ways([row[::-1] for row in alike[::-1]])
    length, ways = before[rows][columns]
    for one in range(rows):
        for other in range(columns):
            (first, count), (rest, others) = before[one][other], after[rows - 1 - one][columns - 1 - other]
            if alike[one][other] and first + 1 + rest == length and count * others == ways:
                yield one, other


def longest_ways(alike: list[list[bool]]) -> list[list[tuple[int, int]]]:
    """For the first rows and columns of each number, how many can be paired, and in how many ways."""
    columns = len(alike[0])
    found = [[(0, 1)] * (columns + 1) for _ in range(len(alike) + 1)]
    for one, row in enumerate(alike):
        for other, fits in enumerate(row):
            corner, above, left = found[one][other], found[one][other + 1], found[one + 1][other]
            most = max(above[0], left[0], corner[0] + fits)
            # What leaves out both the row and the column is among the ways of each.
            ways = sum(count for length, count in (above, left) if length == most)
            ways += corner[1] * ((fits and corner[0] + 1 == most) - (corner[0] == most))
            found[one + 1][other + 1] = most, ways
    return found


SETTINGS = ("filters", "units", "kernel", "stride", "padding", "dilation", "groups", "bias")
# What a quantity does not depend on.
NOTHING_TO = {
    "output": ("bias", "groups"), "macs": ("bias",), "flops": ("bias",), "activations": ("bias", "groups"),
    "parameters": ("stride", "padding", "dilation"), "receptive_field": ("filters", "padding", "groups", "bias"),
}  # fmt: skip


def differing_settings(
    key: ReferenceNetwork, index: int, own: ReferenceNetwork, other: int, quantity: str = ""
) -> Iterator[str]:  # fmt: skip
    """The codes of what a student's layer has otherwise than the key's, as far as a quantity depends on it."""
    right, theirs = key.layers[index].known, own.layers[other].known
    if right is None or theirs is None:
        return
    if right.setting.kind is not theirs.setting.kind:
        yield "code.kind"
        return
    for name in SETTINGS:
        is_free = name in NOTHING_TO.get(quantity, ())
        if name in right.values and right.values[name] != theirs.values.get(name) and not is_free:
            yield f"code.{name}"
