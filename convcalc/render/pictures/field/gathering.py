"""All that a sheet shows of one input: the fields of the chosen layers, and of those on the way to the last of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.layers.binding import AXES
from convcalc.render.pictures.field.choosing import demand_cell, last_place, path_to, sees, usual_places
from convcalc.render.pictures.field.seen import seen_field
from convcalc.render.script import shape_text
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.render.pictures import PicturedNetwork
    from convcalc.render.pictures.field.seen import SeenField
    from convcalc.render.pictures.nominal import NominalNumbers

COLOURS = tuple(f"field-{number}" for number in range(1, 8))


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
