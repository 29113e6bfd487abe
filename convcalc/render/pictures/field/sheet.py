"""A sheet of one input: the frames, what is said of each, their growth, and under them what has to be known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from convcalc.problem import first_names, problem
from convcalc.render.pictures import PicturedNetwork, PictureOptions
from convcalc.render.pictures.field.choosing import FieldsOnInput, asked_places, fields_on_input, sees
from convcalc.render.pictures.field.fan import fan
from convcalc.render.pictures.field.growth import growth_chart, growths, spread
from convcalc.render.pictures.field.plane import FieldPanel, dotted_layer, intervals, plane
from convcalc.render.pictures.field.seen import (
    ENCLOSED,
    NOTHING,
    TOGETHER,
    UNKNOWN,
    common,
    measure,
    point,
    ratio_words,
    size_words,
)
from convcalc.render.pictures.heading import MARGIN, SIZE, TITLE, heading, text_lines
from convcalc.render.pictures.lettering import shorten, text_width, wrap
from convcalc.render.pictures.nominal import nominal_numbers
from convcalc.render.pictures.shapes import INK, SOFT, Collection, Label, Picture, Rectangle, polyline, shift, stack
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.field.seen import SeenField
    from convcalc.render.pictures.shapes import Photograph, Shape

GAP, CHART = 26, 300
LEAST_HEIGHT = 260
LINE, FILM_ROW = 400, 18
ABOUT = (
    "Each {} encloses the part of the input that {} of the layer's output can depend on: its receptive field "
    "in theory, whatever the weights are."
)
NAME, TEXT, LEADING, NOTE_GAP = 12.5, 11, 14.5, 9
WIDEST, GUTTER, CHIP = 300, 34, 10


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


class FieldNote(NamedTuple):
    """The lines of one field, and where its frame is, if it is drawn."""

    seen: SeenField
    lines: tuple[str, ...]  # the first is the layer's name

    @property
    def height(self) -> float:
        return len(self.lines) * LEADING + NOTE_GAP

    @property
    def width(self) -> float:
        widths = (text_width(text, NAME if not index else TEXT, not index) for index, text in enumerate(self.lines))
        return max(widths) + CHIP + 6


def field_note(seen: SeenField, sides: tuple[int, ...], names: tuple[str, ...]) -> FieldNote:
    assert seen.layer.applied is not None
    words = [size_words(seen)]
    if not seen.is_whole and None not in seen.strides and seen.spans:
        words.append(f"stride {common(seen.strides)}")
    lines = [seen.layer.name, " · ".join(words)]
    if seen.spans:
        centre = point(tuple([span.centre if span.centre % 1 else int(span.centre) for span in seen.spans]))
        whose = f"of cell {point(seen.cell)}" if any(count > 1 for count in seen.units) else "of its only cell"
        lines.append(f"centre {centre} {whose} in {measure(seen.units)}".replace("-", "−"))
        if more := ratio_words(seen, sides, names):
            lines.append(more)
    return FieldNote(seen, tuple(lines))


def legend(
    notes: Sequence[FieldNote], anchors: dict[int, tuple[float, float]], edge: float, top: float, bottom: float
) -> tuple[list[Shape], float, float]:
    """The notes to the right of a panel whose right edge this is; their width, and where they end."""
    order = sorted(range(len(notes)), key=lambda index: (anchors.get(index, (0, bottom))[1], -index))
    wanted = [anchors.get(index, (0, bottom))[1] - LEADING / 2 for index in order]
    places = spread(wanted, [notes[index].height for index in order], top, bottom)
    left = edge + GUTTER
    shapes: list[Shape] = []
    for index, place in zip(order, places, strict=True):
        note = notes[index]
        middle = place + NAME / 2 + 2
        if index in anchors:
            x, y = anchors[index]
            points = [(x, y), (edge + 4, y), (left - 6, middle), (left - 2, middle)]
            shapes.append(polyline(points, note.seen.colour, 0.9))
        shapes.append(Collection(tuple(note_shapes(note, left, place)), "", note.seen.layer.name))
    wide = max([min(note.width, WIDEST) for note in notes], default=0)
    end = max([place + notes[index].height for index, place in zip(order, places, strict=True)], default=top)
    return shapes, GUTTER + wide, end


def note_shapes(note: FieldNote, left: float, top: float) -> Iterator[Shape]:
    yield Rectangle(left, top + 3, CHIP, CHIP, "", note.seen.colour, 2)
    for number, text in enumerate(note.lines):
        size, bold, colour = (TEXT, False, SOFT) if number else (NAME, True, INK)
        shown = shorten(text, WIDEST - CHIP - 6, size, bold)
        yield Label(left + CHIP + 6, top + NAME + number * LEADING, shown, size, "start", colour, bold)


def receptive_fields(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """The fields of layers as frames on each input that they see, and how they grow on the way."""
    return stack([sheet(found, options.image) for found in sheets(network, options)])


def sheets(network: PicturedNetwork, options: PictureOptions) -> list[FieldsOnInput]:
    """The fields on each input that the chosen layers see; a Problem where they see none."""
    report = network.report
    asked = asked_places(network, options.layers)
    wanted = [report.layers[place] for place, _ in asked] or report.layers
    for place, _ in asked:
        layer = report.layers[place]
        if layer.applied is None:
            why = network.graph.why_unknown(network.graph.nodes[place + len(network.graph.inputs)])
            raise problem(
                "U010", f"{layer.name} has no field: {why or 'it could not be computed'}", "name a layer before it"
            )
    sources = [name for name in report.inputs if any(sees(layer.fields, name) for layer in wanted)]
    if not sources:
        several = "these layers see nothing" if asked else "no layer sees anything"
        why = f"{wanted[0].name} sees nothing" if len(wanted) == 1 else several
        hint = "name other layers" if asked else "give the input sides, such as 3x32x32"
        raise problem("U010", f"there is no receptive field to draw: {why} of an input with sides", hint)
    numbers = nominal_numbers(network)
    return [fields_on_input(network, name, numbers, asked) for name in sources]
