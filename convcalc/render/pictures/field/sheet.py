"""A sheet of one input: the frames, what is said of each, their growth, and under them what has to be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.problem import first_names, problem
from convcalc.render.pictures.field.fan import fan
from convcalc.render.pictures.field.growth import growth_chart, growths
from convcalc.render.pictures.field.legend import field_note, legend
from convcalc.render.pictures.field.plane import dotted_layer, intervals, plane
from convcalc.render.pictures.field.seen import ENCLOSED, NOTHING, TOGETHER, UNKNOWN
from convcalc.render.pictures.heading import MARGIN, SIZE, TITLE, heading, text_lines
from convcalc.render.pictures.lettering import shorten, wrap
from convcalc.render.pictures.shapes import Picture, shift

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.pictures.field.choosing import FieldsOnInput
    from convcalc.render.pictures.field.plane import FieldPanel
    from convcalc.render.pictures.shapes import Photograph, Shape

GAP, CHART = 26, 300
LEAST_HEIGHT = 260
LINE, FILM_ROW = 400, 18
ABOUT = (
    "Each {} encloses the part of the input that {} of the layer's output can depend on: its receptive field "
    "in theory, whatever the weights are."
)


def sheet(fields: FieldsOnInput, image: Photograph | None) -> Picture:
    """The picture of one input."""
    report = fields.network.report
    if image is not None and len(fields.sides) == 1:
        raise problem("U010", "an image lies on rows and columns, and the input has one axis", "leave out --image")
    title = f"Receptive fields of {report.name}" if report.name else "Receptive fields"
    panels = list(panels_of(fields, image))
    notes = [field_note(seen, fields.sides, fields.names) for seen in fields.chosen]
    wide = max(panel.width for panel in panels)
    said, said_width, ends = legend(notes, panels[0].anchors, wide, 16, panels[0].height)
    high = max(LEAST_HEIGHT, panels[0].height, ends)
    width = MARGIN + wide + said_width + GAP + CHART + MARGIN
    which = "one cell" if fields.is_asked else "the cell in the middle"
    mark = "frame" if len(fields.sides) > 1 else "bar"
    head = f"{ABOUT.format(mark, which)} The input is {fields.shape_words}{input_words(fields)}."
    room = width - 2 * MARGIN
    shapes, top = heading(shorten(title, room, TITLE, True), wrap(head, room, SIZE))
    top += 14
    shapes += move_all(chart(fields, high), MARGIN + wide + said_width + GAP, top)
    bottom = top
    for number, panel in enumerate(panels):
        shapes += move_all(panel.shapes, MARGIN, bottom)
        bottom += (high if not number else panel.height) + GAP
    shapes += move_all(said, MARGIN, top)
    if (rows := fan(fields, room)) is not None:
        shapes += move_all(rows.shapes, MARGIN, bottom)
        bottom += rows.height + GAP
    below, bottom = text_lines(wrap(" ".join(remarks(fields, panels, image)), room, SIZE), MARGIN, bottom - 12)
    shapes += below
    failed = [layer.name for layer in report.layers if layer.applied is None]
    if failed:
        text = f"{first_names(failed, 1)} could not be computed, and nothing is drawn of what depends on it."
        warning, bottom = text_lines((text,), MARGIN, bottom, "alarm")
        shapes += warning
    about = "; ".join([f"{note.lines[0]}: {note.lines[1]}" for note in notes])
    return Picture(title, width, bottom - 4 + MARGIN, tuple(shapes), f"{head} {about}.")


def move_all(shapes: list[Shape], dx: float, dy: float) -> Iterator[Shape]:
    return (shift(shape, dx, dy) for shape in shapes)


def input_words(fields: FieldsOnInput) -> str:
    """Which input of several it is, and which numbers its letters are drawn as."""
    which = f" ({fields.source})" if len(fields.network.report.inputs) > 1 else ""
    return f"{which}, drawn as if {fields.numbers.words}" if fields.numbers.letters else which


def panels_of(fields: FieldsOnInput, image: Photograph | None) -> Iterator[FieldPanel]:
    """The plane of the last two axes, and a panel for each axis before them; of one axis its intervals."""
    axes = len(fields.sides)
    if axes == 1:
        row = max(field_note(seen, fields.sides, fields.names).height for seen in fields.chosen)
        yield intervals(fields.chosen, 0, fields.sides[0], fields.names[0], LINE, row)
        return
    yield plane(fields.chosen, (fields.sides[-2], fields.sides[-1]), (fields.names[-2], fields.names[-1]), image)
    for axis in range(axes - 2):
        yield intervals(fields.chosen, axis, fields.sides[axis], fields.names[axis], LINE, FILM_ROW)


def chart(fields: FieldsOnInput, height: float) -> list[Shape]:
    along = range(len(fields.sides))
    sizes = [
        [None if (size := fields.numbers.number(seen.largest[axis])) is None else int(size) for seen in fields.path]
        for axis in along
    ]
    lines = growths(fields.names, sizes, fields.sides)
    places = {seen.place: index for index, seen in enumerate(fields.path)}
    marks = {places[seen.place]: seen.colour for seen in fields.chosen if seen.place in places}
    return list(growth_chart(lines, marks, CHART, height, "pixels" if len(fields.sides) > 1 else "steps"))


def remarks(fields: FieldsOnInput, panels: list[FieldPanel], image: Photograph | None) -> Iterator[str]:
    """What has to be known to read it, where it occurs."""
    sides = fields.sides
    yield "Pixels and cells are counted from 0." if len(sides) > 1 else "Steps and cells are counted from 0."
    if any(
        span.first < 0 or span.last >= side
        for seen in fields.chosen
        for span, side in zip(seen.spans, sides, strict=False)
    ):
        yield "Hatched: beyond the input, in the padding."
    if len(sides) > 1 and (dotted := dotted_layer(fields.chosen, (sides[-2], sides[-1]))):
        yield f"Dots: centres of the cells of {dotted.layer.name}."
    if image is not None:
        yield "The image is darkened outside of the largest field."
        if abs(image.width * sides[-2] - image.height * sides[-1]) * 100 > image.width * sides[-2]:
            own = f"{image.width:,.0f}×{image.height:,.0f}"
            yield f"It has {own} pixels, and lies in the middle of the input with its own aspect."
    if met := fields.unaligned:
        yield f"Branches that differ in stride or centre meet at {first_names(met, 1)}: what is drawn encloses all."
    known = {seen.knowledge for seen in fields.chosen}
    if known & {ENCLOSED, TOGETHER}:
        yield "Dashed: it can only be told what encloses the field, or what all cells see together."
    if UNKNOWN in known or NOTHING in known:
        yield "A layer without a frame has its reason beside it."
    for panel in panels:
        yield from (f"Not to scale: {remark}." for remark in panel.remarks)
