"""The colours of pictures by their names, and slanted lines over fills where a theme has too few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil, cos, floor, radians, sin

from convcalc.render.pictures.shapes import Path, Rectangle
from convcalc.tuples import NamedTuple

# The categories of layers have the hues of Okabe and Ito's palette, moved apart until readers with any kind of colour
# blindness tell each from each other; ink can be read on all of them.
LIGHT = {
    "paper": "#ffffff", "ink": "#1b1f24", "soft": "#57606a", "faint": "#9aa5b1", "wash": "#f3f5f7",
    "window": "#9f5e00", "window-fill": "#ffe9ad", "result": "#1f6fb2", "result-fill": "#c9e3fb",
    "padding": "#e6ebf0", "unused": "#f2a65e", "alarm": "#b3261e", "good": "#2c7a4b",
    "input": "#f2f2f2", "convolution": "#80bcf5", "pooling": "#f4ad5a", "dense": "#74b38d", "resampling": "#c5e9ff",
    "normalising": "#dfbcd5", "activating": "#f6f09c", "joining": "#b0b0b0", "rearranging": "#caddc1",
    "recurrent": "#ab80c5", "attending": "#e67d61", "other": "#8e97a2",
    "field-1": "#0072b2", "field-2": "#d55e00", "field-3": "#00825f", "field-4": "#a3428a",
    "field-5": "#a87400", "field-6": "#2d93cc", "field-7": "#1b1f24", "shade": "#000000", "texture": "#9aa5b1",
}  # fmt: skip
DARK = {
    **LIGHT,
    "paper": "#14171a", "ink": "#e8ebee", "soft": "#a3acb5", "faint": "#5d6771", "wash": "#1d2226",
    "window": "#ffb347", "window-fill": "#5a4310", "result": "#7dbdf0", "result-fill": "#12405f",
    "padding": "#262d33", "unused": "#9c5310", "alarm": "#ff9d92", "good": "#7fd6a0",
    "input": "#292c2f", "convolution": "#136cad", "pooling": "#7b4730", "dense": "#496d53", "resampling": "#213c4d",
    "normalising": "#73527c", "activating": "#6d6810", "joining": "#66696e", "rearranging": "#393427",
    "recurrent": "#542972", "attending": "#6e1d05", "other": "#4e5056",
    "field-1": "#56b4e9", "field-2": "#ff8a3d", "field-3": "#2fcf9f", "field-4": "#e39ac8",
    "field-5": "#e6b23c", "field-6": "#9dd3f5", "field-7": "#e8ebee",
}  # fmt: skip
PRINT = {
    **LIGHT,
    "ink": "#000000", "soft": "#404040", "faint": "#808080", "wash": "#f4f4f4",
    "window": "#000000", "window-fill": "#bcbcbc", "result": "#000000", "result-fill": "#d9d9d9",
    "padding": "#ededed", "unused": "#909090", "alarm": "#000000", "good": "#404040",
    "input": "#ffffff", "convolution": "#c2c2c2", "pooling": "#8c8c8c", "dense": "#e0e0e0", "resampling": "#f8f8f8",
    "normalising": "#f8f8f8", "activating": "#f8f8f8", "joining": "#a8a8a8", "rearranging": "#d8d8d8",
    "recurrent": "#d8d8d8", "attending": "#d8d8d8", "other": "#c0c0c0",
    "field-1": "#000000", "field-2": "#606060", "field-3": "#303030", "field-4": "#7a7a7a",
    "field-5": "#484848", "field-6": "#909090", "field-7": "#000000",
    "texture": "#a0a0a0",
}  # fmt: skip
THEMES: Mapping[str, Mapping[str, str]] = {"light": LIGHT, "dark": DARK, "print": PRINT}
# Where greys do not suffice, lines over a fill tell it from others: the angle that they are turned by from upright.
TEXTURES: Mapping[str, Mapping[str, float]] = {
    "print": {
        "resampling": 45, "attending": 45, "normalising": 135, "recurrent": 135, "activating": 0, "rearranging": 0,
        "other": 90,
    },
}  # fmt: skip
TEXTURE = "texture"  # the colour of those lines
# Inside of a page, whose own colours they are: light or dark, and black on white on paper.
PAGE_THEME = ""
COLOURS = {**THEMES, PAGE_THEME: {name: f"var(--{name})" for name in LIGHT}}
LINE = 0.8  # how thick one is
SLANT, PITCH, FINE = 45, 6, 4  # of a shape's own hatch; the pitch of a theme's, which squares of a legend show


def page_colours(in_print: bool = False) -> str:
    """The colours of pictures as variables of a page, light and dark; on paper its own where they are to be."""
    light, dark, paper = (
        " ".join(f"--{name}: {colour};" for name, colour in theme.items() if theme is LIGHT or colour != LIGHT[name])
        for theme in (LIGHT, DARK, PRINT)
    )
    screen = f"\n:root {{ {light} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    return f"{screen}@media print {{ :root {{ {paper} }} }}\n" if in_print else screen


class Hatch(NamedTuple):
    colour: str
    angle: float = SLANT  # at 0 degrees the lines stand; they turn clockwise
    pitch: float = PITCH  # from line to line


def hatches_of(shape: Rectangle | Path, theme: str) -> list[Hatch]:
    """What a theme lays over the fill of a shape, then what the shape itself asks for."""
    textures = TEXTURES.get(theme, {})
    found = [Hatch(TEXTURE, textures[shape.fill], FINE)] if shape.fill in textures else []
    return [*found, Hatch(shape.hatch)] if shape.hatch else found


def hatch_lines(shape: Rectangle | Path, hatch: Hatch) -> Iterator[tuple[float, float, float, float]]:
    """The two ends of each line over the box of a shape; those of neighbours go on in each other."""
    corners = corners_of(shape)
    across, down = cos(radians(hatch.angle)), sin(radians(hatch.angle))
    places = [x * across + y * down for x, y in corners]
    along = [y * across - x * down for x, y in corners]
    start, end = min(along), max(along)
    for count in range(floor(min(places) / hatch.pitch), ceil(max(places) / hatch.pitch)):
        place = count * hatch.pitch + LINE / 2
        yield (
            place * across - start * down, place * down + start * across,
            place * across - end * down, place * down + end * across,
        )  # fmt: skip


def corners_of(shape: Rectangle | Path) -> list[tuple[float, float]]:
    """Those of the box that a shape lies in."""
    if isinstance(shape, Rectangle):
        xs, ys = [shape.x, shape.x + shape.width], [shape.y, shape.y + shape.height]
    else:
        xs = [number for _, *numbers in shape.segments for number in numbers[::2]]
        ys = [number for _, *numbers in shape.segments for number in numbers[1::2]]
    return [(x, y) for x in (min(xs), max(xs)) for y in (min(ys), max(ys))]
