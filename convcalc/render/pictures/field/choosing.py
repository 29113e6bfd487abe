"""What a sheet shows of one input: the fields that are asked for, or one for each stage of the way to the output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.layers.case import AXES
from convcalc.network.selection import find_layers
from convcalc.problem import problem
from convcalc.render.pictures import PicturedNetwork
from convcalc.render.pictures.field.seen import ENCLOSED, EXACT, SeenField, seen_field
from convcalc.render.script import shape_text
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.nominal import NominalNumbers

MOST, FEWEST = 7, 4  # frames, where none are asked for
MOST_ASKED = 24
COLOURS = tuple(f"field-{number}" for number in range(1, 8))


def path_to(network: PicturedNetwork, place: int, source: str, numbers: NominalNumbers) -> list[int]:
    """The layers from an input to one of them, through whichever branch sees most of it."""
    graph, layers = network.graph, network.report.layers
    count = len(graph.inputs)

    def extent(node: int) -> tuple[int, int]:
        """How much it sees; of equals the one that was written first."""
        if node < count:
            return (0, -node) if list(graph.inputs)[node] == source else (-1, 0)
        axes = layers[node - count].fields.get(source)
        if axes is None:
            return -1, 0
        return sum(int(numbers.number(field.size) or 0) for field in axes.fields), -node

    found: list[int] = []
    node = place + count
    while node >= count:
        found.append(node - count)
        inputs = graph.nodes[node].inputs
        if not inputs:
            break
        node = max(inputs, key=extent)
    return found[::-1]


def last_place(network: PicturedNetwork, source: str) -> int | None:
    """The main output, or else the last layer that sees the input; None where none does."""
    layers = network.report.layers
    main = network.report.main
    if main >= 0 and sees(layers[main].fields, source):
        return main
    return next((place for place in reversed(range(len(layers))) if sees(layers[place].fields, source)), None)


def sees(fields: dict[str, Any], source: str) -> bool:
    return source in fields and bool(fields[source].fields)


def usual_places(path: list[SeenField]) -> list[int]:
    """Of the layers on a path, those where the field grew last before the resolution changes; some seven at most."""
    told = [seen for seen in path if seen.knowledge in (EXACT, ENCLOSED)] or path
    maps = [seen for seen in told if not seen.is_whole]
    growing = [seen for seen, before in zip(maps, (None, *maps), strict=False) if grows(seen, before)]
    if len(growing) < FEWEST:
        growing += [seen for seen in told if seen.is_whole][:1]
    if len(growing) <= MOST:
        return [seen.place for seen in growing]
    stages = [seen for seen, after in zip(growing, (*growing[1:], None), strict=True) if ends(seen, after)]
    if len(stages) < FEWEST:
        stages = list(doublings(growing))
    if len(stages) > MOST:
        stages = [stages[index * (len(stages) - 1) // (MOST - 1)] for index in range(MOST)]
    return [seen.place for seen in stages]


def grows(seen: SeenField, before: SeenField | None) -> bool:
    return before is None or (seen.largest, seen.sizes) != (before.largest, before.sizes)


def ends(seen: SeenField, after: SeenField | None) -> bool:
    return after is None or seen.strides != after.strides


def doublings(growing: list[SeenField]) -> Iterator[SeenField]:
    """Those at which the field is twice as large as at the one before, and the last."""
    wanted = 0.0
    least = (sum(growing[-1].sizes) / max(1, sum(growing[0].sizes))) ** (1 / (MOST - 1))
    for seen in growing[:-1]:
        if sum(seen.sizes) >= wanted:
            yield seen
            wanted = sum(seen.sizes) * max(2, least)
    yield growing[-1]


def asked_places(network: PicturedNetwork, words: tuple[str, ...]) -> list[tuple[int, tuple[int, ...]]]:
    """The layers asked for by name, each with the cell behind its @; of a block the last layer."""
    found: list[tuple[int, tuple[int, ...]]] = []
    for word in join_cells(words):
        name, at, cell = word.partition("@")
        places = find_layers(network.report, name)
        if at and not all(part.isdecimal() for part in cell.split(",")):
            raise problem("U010", f"{word[:60]} has no cell behind its @", f"{name}@0,2 for row 0 and column 2")
        place = max(places)
        found.append((place, tuple(map(int, cell.split(","))) if at else ()))
    if len(found) > MOST_ASKED:
        raise problem("U010", f"{len(found)} fields are more than a picture holds", f"at most {MOST_ASKED} layers")
    return found


def join_cells(words: tuple[str, ...]) -> list[str]:
    """A cell is written with a comma, which also lies between layers: conv3@0 and 2 are conv3@0,2."""
    found: list[str] = []
    for word in words:
        if found and "@" in found[-1] and word.isdecimal():
            found[-1] += f",{word}"
        else:
            found.append(word)
    return found


def demand_cell(seen: tuple[int, ...], units: tuple[int, ...], name: str) -> None:
    """Raise where a layer's output has no such cell."""
    if seen and (len(seen) != len(units) or any(one >= count for one, count in zip(seen, units, strict=True))):
        asked, last = ",".join(map(str, seen)), ",".join(str(count - 1) for count in units)
        first = ",".join("0" for _ in units)
        raise problem("U010", f"{name} has no cell {asked}", f"its cells are {name}@{first} to {name}@{last}")


class FieldsOnInput(NamedTuple):
    network: PicturedNetwork
    source: str  # the name of the input
    numbers: NominalNumbers
    sides: tuple[int, ...]
    names: tuple[str, ...]  # of its axes
    path: tuple[SeenField, ...]  # from the input to the last chosen layer, through the branches that see most
    chosen: tuple[SeenField, ...]
    is_asked: bool

    @property
    def shape_words(self) -> str:
        """The input's shape as the tables have it."""
        report = self.network.report
        return shape_text(report.inputs[self.source], report.channels_last)

    @property
    def unaligned(self) -> list[str]:
        """The layers on the way at which branches meet whose fields differ in stride or centre."""
        found = {each.layer for each in self.network.report.diagnostics if each.code == "W001"}
        return [seen.layer.name for seen in self.path if seen.layer.name in found]


def fields_on_input(
    network: PicturedNetwork, source: str, numbers: NominalNumbers, asked: Sequence[tuple[int, tuple[int, ...]]]
) -> FieldsOnInput:
    """The fields on one input of the layers that were asked for, or of one for each stage."""
    layers = network.report.layers
    of_source = [(place, cell) for place, cell in asked if sees(layers[place].fields, source)]
    end = max([place for place, _ in of_source], default=last_place(network, source))
    assert end is not None  # some layer sees it
    path = [
        seen_field(place, layers[place], source, numbers)
        for place in path_to(network, end, source, numbers)
        if sees(layers[place].fields, source)
    ]
    if not asked:
        of_path = {seen.place: seen for seen in path}
        chosen = [of_path[place] for place in usual_places(path)]
    else:
        chosen = []
        for place, cell in of_source:
            middle = seen_field(place, layers[place], source, numbers)
            demand_cell(cell, middle.units, layers[place].name)
            chosen.append(seen_field(place, layers[place], source, numbers, cell) if cell else middle)
    chosen.sort(key=lambda seen: (sum(seen.sizes), seen.place))
    coloured = [seen._replace(colour=COLOURS[index % len(COLOURS)]) for index, seen in enumerate(chosen)]
    sides = tuple([numbers.number(side) for side in network.report.sides(source)])
    names = AXES.get(len(sides), tuple(f"axis {index + 1}" for index in range(len(sides))))
    return FieldsOnInput(network, source, numbers, sides, names, tuple(path), tuple(coloured), bool(asked))
