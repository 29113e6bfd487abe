"""What the script of a page draws and tells of each layer, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcalc.layers.window import SLIDING, SPREADING
from convcalc.render.script import shape_text

if TYPE_CHECKING:
    from convcalc.network.walk import LayerReport, NetworkReport
    from convcalc.render.page.forms import PageForms
    from convcalc.render.page.graph import PageGraph
    from convcalc.render.page.outline import PageOutline

DRAWN = (SLIDING, SPREADING)
LARGE = 2**53
WINDOW = ("n", "k", "s", "p_l", "p_r", "d")


class SharedValues:
    """Values that many layers share, each once."""

    def __init__(self) -> None:
        self.places: dict[Any, int] = {}

    def place(self, value: Any) -> int:
        return self.places.setdefault(value, len(self.places)) if value is not None else -1

    @property
    def values(self) -> list[Any]:
        return list(self.places)


def page_data(
    report: NetworkReport, shown: PageOutline, works: Mapping[int, tuple[int, ...]], findings: Mapping[int, list[int]],
    forms: PageForms, graphs: list[PageGraph],
) -> dict[str, Any]:  # fmt: skip
    """By layer: the shapes of its inputs, where they come from, its window and field, its works and findings."""
    shapes, windows, fields = SharedValues(), SharedValues(), SharedValues()
    layers: list[Any] = [None] * len(report.layers)
    places = {layer.name: place for place, layer in enumerate(report.layers)}
    for each in shown.rows:
        if each.layer < 0:
            continue
        layer = report.layers[each.layer]
        inputs = layer.applied.input if layer.applied else ()
        text = " + ".join(shape_text(shape, report.channels_last) for shape in inputs)
        layers[each.layer] = [
            [places.get(name, name) for name in layer.inputs], shapes.place(text), windows.place(window_of(layer)),
            fields.place(field_of(layer)), works.get(each.layer, ()), findings.get(each.layer, ()),
        ]  # fmt: skip
    return {
        "inputs": {name: report.sides(name) if numbers(report.sides(name)) else () for name in report.inputs},
        "last": report.channels_last,
        "unfolded": shown.unfolded,
        "sliders": [slider.name for slider in forms.sliders],
        "kinds": forms.kinds,
        "main": report.main,
        "shapes": shapes.values,
        "windows": windows.values,
        "fields": fields.values,
        "layers": layers,
        "graphs": [[graph.depth, graph.hosts] for graph in graphs],
    }


def numbers(values: Any) -> bool:
    """Whether they are whole numbers, which a script has no larger ones of exactly."""
    return all(type(value) is int and abs(value) < LARGE for value in values)


def window_of(layer: LayerReport) -> tuple[Any, ...] | None:
    """Whether it spreads, as a transposed convolution, and n, k, s, the padding, d and the output along each axis."""
    applied = layer.applied
    if applied is None or applied.window.type not in DRAWN or len(applied.output) != len(applied.axes) + 1:
        return None
    found = []
    for axis, size in zip(applied.axes, applied.output[1:], strict=True):
        values = (*(axis.get(letter, 0 if letter[0] == "p" else 1) for letter in WINDOW), size)
        if not numbers(values):
            return None
        found.append(values)
    return (applied.window.type is SPREADING, *found) if found else None


def field_of(layer: LayerReport) -> tuple[Any, ...] | None:
    """The first input that reaches it, and along each axis the first and the last pixel that its middle unit sees."""
    if not layer.field or layer.applied is None:
        return None
    name, axes = next(iter(layer.fields.items()))
    found = []
    for index, field in enumerate(axes.fields):
        units: Any = axes.units(index, layer.applied.output)
        if field.lost or not numbers((units, *field.lows, *field.highs)):
            return None
        ends = field.at((units - 1) // 2)
        if not numbers(ends):
            return None
        found.append(ends)
    return (name, *found)
