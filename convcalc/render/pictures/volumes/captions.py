"""What a picture says of itself below: its colours, its windows and its scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.categories import CATEGORIES
from convcalc.render.pictures.legend import legend
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import SOFT, Label, Rectangle

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Shape
    from convcalc.render.pictures.volumes.glyphs import Gallery
    from convcalc.render.pictures.volumes.plate import Plate

SIZE, LINE = 11.0, 16.0
SCALES = {
    "log": "height and thickness on log scales of sides and channels",
    "sqrt": "height and thickness by the square roots of sides and channels",
    "linear": "sides true to scale among each other, and so are channels (those under 3 px widened)",
}


def caption(found: Gallery, scale: str, plate: Plate, x: float, y: float, width: float) -> tuple[list[Shape], float]:
    """The lines below a picture from (x, y) on, and their height."""
    shapes: list[Shape] = []
    colours, height = legend(categories(found), x, y, width)
    shapes += colours
    down = y + height
    if plate.has_windows:
        shapes.append(Rectangle(x, down + 2, 10, 10, "window-fill", "window", 1))
        shapes.append(
            Label(
                x + 15,
                down + 11,
                "a window of the next layer, and lines to the one number that comes of it",
                SIZE,
                "start",
                SOFT,
            )
        )
        down += LINE
    for text in wrap(f"{scale_words(found, scale)} {plate.remark}".strip(), width):
        shapes.append(Label(x, down + 11, text, SIZE, "start", SOFT))
        down += LINE
    return shapes, down - y


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
        words.append("of vectors the height follows their length")
    if any(len(form.sides) == 3 for form in forms):
        words.append("of depth × height × width the faces show height × width")
    return f"Scale: {'; '.join(words)}."


def wrap(text: str, width: float) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, SIZE) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
