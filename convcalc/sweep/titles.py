"""What is at the places of a network's forms, as identifiers: conv1_h, conv1_macs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.closed_forms.table import UNKNOWN
from convcalc.spec.layout import SIDES

if TYPE_CHECKING:
    from convcalc.closed_forms.layers import LayerForms
    from convcalc.closed_forms.letters import Lettered
    from convcalc.closed_forms.table import FormTable

COUNTED = ("parameters", "biases", "buffers", "macs", "connections", "activations")


def titles_of(table: FormTable, lettered: Lettered, rows: list[LayerForms]) -> dict[int, str]:
    """The titles of places that are sizes of outputs or counts, each after the first layer that has it."""
    titles: dict[int, str] = {}
    for layer, row in zip(lettered.layers, rows, strict=True):
        sides = ("c", *(side.lower() for side in SIDES.get(len(row.output) - 1, ())))
        if len(sides) < len(row.output):
            sides = tuple(f"size{number}" for number in range(1, len(row.output) + 1))
        for place, side in zip(row.output, sides, strict=False):
            if place != UNKNOWN:
                titles.setdefault(place, f"{identifier(layer.name)}_{side}")
    for layer in lettered.layers:
        for name in COUNTED if layer.applied else ():
            place = table.places.get(getattr(layer.applied, name), UNKNOWN)
            if place != UNKNOWN:
                titles.setdefault(place, f"{identifier(layer.name)}_{name}")
    return {place: title for place, title in titles.items() if place >= len(table.letters)}


def identifier(words: str) -> str:
    """Words as a name of small letters: layer1.0.conv1 as layer1_0_conv1."""
    found = re.sub(r"\W+", "_", words.lower(), flags=re.ASCII).strip("_") or "part"
    return f"n{found}" if found[0].isdigit() else found
