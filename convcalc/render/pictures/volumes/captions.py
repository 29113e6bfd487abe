"""What a picture says of itself below: its colours, its windows and its scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.categories import CATEGORIES
from convcalc.render.pictures.heading import SIZE, text_lines
from convcalc.render.pictures.legend import legend
from convcalc.render.pictures.lettering import wrap
from convcalc.render.pictures.shapes import Rectangle
from convcalc.render.pictures.volumes.plate import sign_at

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Shape
    from convcalc.render.pictures.volumes.glyphs import Gallery
    from convcalc.render.pictures.volumes.plate import Plate

SCALES = {
    "log": "heights follow the sides, thicknesses the channels, both on log scales",
    "sqrt": "heights follow the square roots of the sides, thicknesses those of the channels",
    "linear": "heights are proportional to the sides, thicknesses to the channels, down to 3 px",
}
WINDOWS = "a window of the next layer in its place (drawn with at least 3 px), and lines to the number that it gives"
SIGNS = {"+": "+ is a sum", "×": "× a product", "|": "two bars are a concatenation"}


def caption(
    found: Gallery, scale: str, plate: Plate, letters: str, x: float, y: float, width: float
) -> tuple[list[Shape], float]:
    """The lines below a picture from (x, y) on, and their height."""
    shapes: list[Shape] = []
    colours, height = legend(categories(found), x, y, width)
    shapes += colours
    down = y + height
    if plate.has_windows:
        lines, bottom = text_lines(wrap(WINDOWS, width - 15, SIZE), x + 15, down)
        shapes += [Rectangle(x, down + 2, 10, 10, "window-fill", "window", 1), *lines]
        down = bottom
    drawn_with = f"Drawn with {letters}." if letters else ""
    words = " ".join(filter(None, (scale_words(found, scale), drawn_with, plate.remark, signs_words(found))))
    lines, bottom = text_lines(wrap(words, width, SIZE), x, down)
    return [*shapes, *lines], bottom - y


def signs_words(found: Gallery) -> str:
    """What signs and brackets say."""
    tracks = [glyph.track for glyph in found.glyphs]
    signs = {sign_at(found, arc) for arc in found.arcs if tracks[arc.start.glyph] == tracks[arc.end.glyph]}
    words = [word for sign, word in SIGNS.items() if sign in signs]
    told = [f"In a circle {', '.join(words)}."] if words else []
    if any(part.is_copied for glyph in found.glyphs for part in glyph.parts):
        told.append("Pale channels come from a skip.")
    if any(glyph.repeats for glyph in found.glyphs):
        told.append("What is bracketed is drawn once and comes as often as the bracket says.")
    return " ".join(told)


def categories(found: Gallery) -> list[str]:
    """The categories of all slabs and stripes, as they are listed everywhere."""
    seen = {part.category for glyph in found.glyphs for part in glyph.parts}
    for glyph in found.glyphs:
        for slab in glyph.slabs:
            seen.update((*(() if glyph.parts and slab == glyph.slabs[0] else (slab.category,)), *slab.stripes))
    listed = [name for name in CATEGORIES if name in seen]
    return [*listed, *sorted(seen - {*listed, "input", "alarm"})]


def scale_words(found: Gallery, scale: str) -> str:
    """How large things are drawn."""
    words = [SCALES[scale]]
    forms = [glyph.form for glyph in found.glyphs if glyph.shape is not None]
    if any(form.is_column for form in forms):
        words.append("the heights of vectors follow their lengths")
    if any(len(form.sides) == 3 for form in forms):
        words.append("of depth × height × width the faces show height × width")
    return f"Scale: {'; '.join(words)}."
