"""The figure that LeNet, AlexNet and VGG are known by: each tensor a body whose sides follow its sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from convcalc.kinds.categories import CATEGORIES
from convcalc.render.pictures import PicturedNetwork, PictureOptions
from convcalc.render.pictures.heading import SIZE, heading, legend, name_in_words, text_lines
from convcalc.render.pictures.lettering import wrap
from convcalc.render.pictures.nominal import nominal_numbers
from convcalc.render.pictures.shapes import Picture, Rectangle, Shape
from convcalc.render.pictures.volumes.chain import chain_plate
from convcalc.render.pictures.volumes.choice import Rendition, choose
from convcalc.render.pictures.volumes.glyphs import MAX_TRACKS, Gallery
from convcalc.render.pictures.volumes.layout import MARGIN
from convcalc.render.pictures.volumes.texts import Plate, sign_at, subtitle
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import printable, shape_text

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.network.walk import NetworkReport

TOP, LEAST_WIDTH = 64.0, 520.0
MAX_SHAPES = 12  # that the description lists
SCALES = {
    "log": "heights follow the sides, thicknesses the channels, both on log scales",
    "sqrt": "heights follow the square roots of the sides, thicknesses those of the channels",
    "linear": "heights are proportional to the sides, thicknesses to the channels, down to 3 px",
}
WINDOWS = "a window of the next layer in its place (drawn with at least 3 px), and lines to the number that it gives"
SIGNS = {"+": "+ is a sum", "×": "× a product", "|": "two bars are a concatenation"}


def volumes(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """A network as rows of bodies, or as a U where its graph is one."""
    graph, report = network.graph, network.report
    numbers = nominal_numbers(network)
    drawing = choose(graph, report, options, numbers.number)
    plate = drawn_plate(drawing, options.scale, numbers.number)
    width = max(plate.width, LEAST_WIDTH)
    room = width - 2 * MARGIN
    below, height = caption(drawing.gallery, options.scale, plate, numbers.words, MARGIN, plate.height + 6, room)
    above, _ = heading(name_in_words(report, room), (subtitle(report, room),), MARGIN)
    shapes = (*above, *plate.shapes, *below)
    title = printable(report.name or "network")
    return Picture(title, width, plate.height + height + MARGIN, shapes, about(drawing), notes(drawing, report))


def drawn_plate(drawing: Rendition, scale: str, number: Callable[[Value], int]) -> Plate:
    """A U where the network is one and the page holds it, else rows."""
    if drawing.levels:
        from convcalc.render.pictures.volumes.u_plate import u_plate

        plate = u_plate(drawing.gallery, drawing.wiring, drawing.levels, scale, number, TOP)
        if plate is not None:
            return plate
    return chain_plate(drawing.gallery, drawing.wiring, scale, number, TOP)


def about(drawing: Rendition) -> str:
    """What is seen, in a sentence."""
    shapes = [
        shape_text(glyph.shape, drawing.wiring.graph.channels_last)
        for glyph in drawing.gallery.glyphs
        if glyph.shape is not None
    ]
    if len(shapes) > MAX_SHAPES:
        shapes = [*shapes[: MAX_SHAPES // 2], "…", *shapes[-MAX_SHAPES // 2 :]]
    form = "as a U" if drawing.levels else "from the input to the output"
    return f"The tensors of the network as bodies, {form}: {' → '.join(shapes)}."


def notes(drawing: Rendition, report: NetworkReport) -> tuple[str, ...]:
    """What is folded or left out, for the person who asked for the picture."""
    found = []
    if any(unit.is_block for unit in drawing.wiring.units):
        layers = layers_in_words(len(report.layers))
        more = "--depth N or --layers A,B take others apart"
        found.append(
            f"{layers} are drawn as {drawing.glyphs} volume{'s' * (drawing.glyphs != 1)}, blocks folded; {more}"
        )
    left = len(drawing.tracks.paths) - MAX_TRACKS
    if left > 0:
        found.append(f"{left:,} further ways beside the main one are not drawn; --layers A,B chooses others")
    return tuple(found)


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
