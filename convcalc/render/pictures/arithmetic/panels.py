"""One view drawn: the cells that windows slide over, the units they make, and windows in chosen places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from convcalc.render.pictures.arithmetic.axes import MAP, WindowAxis
from convcalc.render.pictures.arithmetic.grids import (
    INPUT,
    MOST,
    OUTPUT,
    CellGrid,
    CellLook,
    Ruler,
    base_look,
    cell_role,
    cell_shape,
    is_reached,
    unit_look,
    visible_stretches,
)
from convcalc.render.pictures.arithmetic.pages import TEXT
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import SOFT, Label, Point, Rectangle, Shape, line, polygon, shift

if TYPE_CHECKING:
    from convcalc.render.pictures.arithmetic.captions import Caption
    from convcalc.render.pictures.arithmetic.grids import Colours, Contents
    from convcalc.render.pictures.arithmetic.views import WindowView

Unit: TypeAlias = "tuple[int, int]"  # its row and its column

GAP, LEAST_GAP, BETWEEN_LINES = 74, 34, 46  # between the two grids, beside each other or one below the other
FAINTLY = 0.45  # the opacity of a window over what is no input
TITLE, ARROW = 18, 22  # heights of a line and of an arrow above a grid
ASIDE, BARS = 62, 18  # widths of an arrow and of bars beside a grid
SIDES = ((9, 26), (14, 22), (20, 18), (99, 15))  # of the cells, where there are at most so many along an axis
LEAST_UNITS = 8  # that are all drawn, however many cells there are
LONGEST, FEW_TAPS = 12, 5  # window that is drawn whole, and taps of a wider one that are all drawn
ARROW_TEXT = 11


class Panel:
    """A view with those of its cells that are drawn: of many, where the windows of `places` are, and both ends."""

    def __init__(
        self, view: WindowView, places: list[Unit], contents: Contents, captions: tuple[Caption, Caption],
        side: float = 0, scale: float = 1, most: int = MOST, is_blank: bool = False, has_strides: bool = True,
    ):  # fmt: skip
        self.view, self.contents, self.captions, self.is_blank = view, contents, captions, is_blank
        self.seen, self.made = (OUTPUT, INPUT) if view.spreads else (INPUT, OUTPUT)
        rows = visible_parts(view.rows, [row for row, _ in places], most)
        columns = visible_parts(view.columns, [column for _, column in places], most)
        most = max(sum(map(len, stretches)) for stretches in (*rows, *columns))
        fitting = (each for limit, each in SIDES if most <= limit or view.is_line)
        self.side = side or next(fitting) * scale
        self.canvas, self.units = (
            CellGrid(Ruler(down, self.side), Ruler(across, self.side))
            for down, across in zip(rows, columns, strict=True)
        )
        down, across = view.rows.stride * has_strides, view.columns.stride * has_strides
        self.strides = (0 if view.is_line or down == across else down, across)
        self.has_above = across > 0 or view.columns.is_uneven
        self.aside = ASIDE if self.strides[0] else BARS if view.rows.is_uneven else 0

    # Where the two grids lie

    @property
    def gap(self) -> float:
        return max(LEAST_GAP, GAP * self.side / SIDES[0][1])

    @property
    def grids(self) -> tuple[CellGrid, CellGrid]:
        """The left or upper one, and the other: the input comes first."""
        return (self.units, self.canvas) if self.view.spreads else (self.canvas, self.units)

    @property
    def canvas_corner(self) -> Point:
        return self.corners[1 if self.view.spreads else 0]

    @property
    def unit_corner(self) -> Point:
        return self.corners[0 if self.view.spreads else 1]

    @cached_property
    def corners(self) -> tuple[Point, Point]:
        """The upper left corners of both grids."""
        first = self.grids[0]
        arrow = ARROW * self.has_above
        tops = [TITLE * sum(map(bool, caption)) + arrow * (grid is self.canvas)
                for caption, grid in zip(self.captions, self.grids, strict=True)]  # fmt: skip
        if self.view.is_line:
            return (0, tops[0]), (0, tops[0] + first.height + BETWEEN_LINES + arrow * self.view.spreads)
        x = 0 if self.view.spreads else self.aside
        right = x + max(first.width, caption_width(self.captions[0])) + self.gap + self.aside * self.view.spreads
        top = max(tops)
        return (x, top), (right, top)

    @property
    def width(self) -> float:
        parts = zip(self.corners, self.grids, self.captions, strict=True)
        return max(x + max(grid.width, caption_width(caption)) for (x, _), grid, caption in parts)

    @property
    def height(self) -> float:
        words = TITLE * sum(map(bool, self.captions[1])) if self.view.is_line else 0
        return max(y + grid.height for (_, y), grid in zip(self.corners, self.grids, strict=True)) + words

    # What does not move

    def base(self) -> Iterator[Shape]:
        """All cells; the units are left out where nothing is to tell how many there are."""
        yield from shift_to(self.canvas.cells(self.canvas_look), self.canvas_corner)
        yield from shift_to(self.canvas.tears(), self.canvas_corner)
        if not self.is_blank:
            yield from shift_to(self.units.cells(self.unit_look), self.unit_corner)
            yield from shift_to(self.units.tears(), self.unit_corner)

    def signs(self) -> Iterator[Shape]:
        """What stands in cells, windows or not."""
        return shift_to(self.canvas.signs(self.canvas_look), self.canvas_corner)

    def canvas_look(self, row: int, column: int) -> CellLook:
        reached = self.is_blank or is_reached(self.view, row, column)
        return base_look(cell_role(self.view, row, column), reached, self.view.spreads, self.contents)

    def unit_look(self, row: int, column: int) -> CellLook:
        return unit_look(self.view, row, column)

    def roles(self) -> set[tuple[str, bool]]:
        """What the cells are that are drawn, and whether a window reaches them."""
        return {
            (cell_role(self.view, row, column), self.is_blank or is_reached(self.view, row, column))
            for row, _ in self.canvas.rows.places()
            for column, _ in self.canvas.columns.places()
        }

    def caption_shapes(self) -> Iterator[Shape]:
        """Above each grid; below the second of two that lie one below the other."""
        for place, ((x, y), grid, caption) in enumerate(zip(self.corners, self.grids, self.captions, strict=True)):
            if place and self.is_blank:
                return
            words = [part for part in caption if part]
            is_below = place == 1 and self.view.is_line
            arrow = ARROW * (self.has_above and grid is self.canvas)
            top = y + grid.height + TITLE - 4 if is_below else y - arrow - TITLE * len(words) + TITLE - 6
            for number, words_of_line in enumerate(words):
                colour = {"colour": SOFT} if number else {"bold": True}
                yield Label(x, top + number * (TITLE - 3), words_of_line, TEXT, "start", **colour)

    # Windows

    def windows(self, place: Unit, is_sequence: bool = False) -> Iterator[Shape]:
        """The window of a unit and the unit itself; in a sequence with those before it."""
        rows, columns = self.taps(place)
        yield from shift_to(self.window_cells(rows, columns, self.seen), self.canvas_corner)
        if is_sequence:
            yield from shift_to(self.units_before(place, self.made.fill), self.unit_corner)
        frame, here = self.frames(place)
        if here:
            here = here._replace(fill=self.made.present)
            yield here
        if frame:
            yield frame
        if frame and here:
            yield from self.fan(frame, here)

    def other_window(self, place: Unit) -> Iterator[Shape]:
        """The window of another unit, only its frame."""
        yield from (frame._replace(thickness=1.5, dashed=True) for frame in self.frames(place) if frame)

    def taps(self, place: Unit) -> tuple[Sequence[int], Sequence[int]]:
        return self.view.rows.taps(place[0]), self.view.columns.taps(place[1])

    def frames(self, place: Unit) -> tuple[Rectangle | None, Rectangle | None]:
        """Around the window of a unit, and around the unit."""
        rows, columns = self.taps(place)
        frame = self.canvas.frame(rows, columns, self.seen.frame) if rows and columns else None
        here = None if self.is_blank else self.units.frame([place[0]], [place[1]], self.made.frame)
        (x, y), (u, v) = self.canvas_corner, self.unit_corner
        return (
            frame and frame._replace(x=frame.x + x, y=frame.y + y),
            here and here._replace(x=here.x + u, y=here.y + v),
        )

    def window_cells(self, rows: Sequence[int], columns: Sequence[int], colours: Colours) -> Iterator[Shape]:
        for row, y in self.canvas.rows.places():
            for column, x in self.canvas.columns.places():
                if row in rows and column in columns:
                    is_map = cell_role(self.view, row, column) == MAP
                    look = self.canvas_look(row, column)._replace(fill=colours.fill, opacity=1 if is_map else FAINTLY)
                    yield cell_shape(x, y, self.side, look)

    def units_before(self, place: Unit, fill: str) -> Iterator[Shape]:
        for row, y in self.units.rows.places():
            for column, x in self.units.columns.places():
                if (row, column) < place:
                    yield Rectangle(x, y, self.side, self.side, fill)

    def fan(self, window: Rectangle, unit: Rectangle) -> Iterator[Shape]:
        """Two lines from a window to the unit that sees it."""
        first, second = (unit, window) if self.view.spreads else (window, unit)
        if self.view.is_line:
            y = first.y + first.height
            yield line(first.x, y, second.x, second.y, SOFT, 0.8)
            yield line(first.x + first.width, y, second.x + second.width, second.y, SOFT, 0.8)
        else:
            x = first.x + first.width
            yield line(x, first.y, second.x, second.y, SOFT, 0.8)
            yield line(x, first.y + first.height, second.x, second.y + second.height, SOFT, 0.8)

    def stride_arrows(self, word: str) -> Iterator[Shape]:
        """From the first window to the next along each axis; once where they are alike."""
        (x, y), (down, across) = self.canvas_corner, self.strides
        first, second = self.view.columns.taps(0), self.view.columns.taps(1) if across else []
        if second and (span := self.canvas.columns.span([first[0], second[0]])):
            start, stop = x + span[0], x + span[1] - self.side
            yield from arrow_shapes((start, y - 7), (stop, y - 7))
            yield Label(stop + 5, y - 3, f"{word} {across}", ARROW_TEXT, "start", SOFT)
        first, second = self.view.rows.taps(0), self.view.rows.taps(1) if down else []
        if second and (span := self.canvas.rows.span([first[0], second[0]])):
            start, stop = y + span[0], y + span[1] - self.side
            yield from arrow_shapes((x - 7, start), (x - 7, stop))
            yield Label(x - 13, (start + stop) / 2 + 4, f"{word} {down}", ARROW_TEXT, "end", SOFT)

    def bars(self) -> Iterator[Shape]:
        """All windows of an axis on which they are not alike, as bars in two rows beside the grid."""
        x, y = self.canvas_corner
        colour = self.seen.frame
        for is_down, axis, ruler in (
            (True, self.view.rows, self.canvas.rows),
            (False, self.view.columns, self.canvas.columns),
        ):
            for unit in range(axis.units) if axis.is_uneven and len(ruler.stretches) == 1 else ():
                span = ruler.span(axis.taps(unit))
                if span:
                    away, (low, high) = 5 + 6 * (unit % 2), (span[0] + 2, span[1] - 2)
                    ends = (
                        (x - away, y + low, x - away, y + high) if is_down else (x + low, y - away, x + high, y - away)
                    )
                    yield line(*ends, colour, 2)


def arrow_shapes(start: Point, stop: Point) -> Iterator[Shape]:
    """An arrow down or to the right, with a bar where it begins."""
    (x, y), (u, v) = start, stop
    yield line(x, y, u, v, SOFT, 1.2)
    if x == u:
        yield line(x - 3, y, x + 3, y, SOFT, 1.2)
        yield polygon(((u, v), (u - 3, v - 6), (u + 3, v - 6)), SOFT, "")
    else:
        yield line(x, y - 3, x, y + 3, SOFT, 1.2)
        yield polygon(((u, v), (u - 6, v - 3), (u - 6, v + 3)), SOFT, "")


def shift_to(shapes: Iterable[Shape], corner: Point) -> Iterator[Shape]:
    return (shift(shape, *corner) for shape in shapes)


def caption_width(caption: Caption) -> float:
    return max(text_width(part, TEXT, True) for part in caption)


def visible_parts(axis: WindowAxis, units: list[int], most: int) -> tuple[tuple[range, ...], tuple[range, ...]]:
    """The stretches that are drawn of the cells, and of the units."""
    wanted = [part for unit in units for part in parts_of_window(axis.taps(unit))]
    if axis.units - 1 in units and axis.taps(axis.units - 1):  # what is behind the last window is looked at
        last = axis.taps(axis.units - 1)[-1]
        wanted.append(range(last, min(last + LONGEST, axis.cells.stop)))
    drawn = visible_stretches(axis.cells, wanted, most)
    most = most if len(drawn) == 1 else max(LEAST_UNITS, sum(map(len, drawn)))
    return drawn, visible_stretches(range(axis.units), [range(unit, unit + 1) for unit in units], most)


def parts_of_window(taps: Sequence[int]) -> list[range]:
    """All of a window, or of a wide one its taps, or its ends."""
    span = range(taps[0], taps[-1] + 1) if taps else range(0)
    if len(span) <= LONGEST:
        return [span]
    if len(taps) <= FEW_TAPS:
        return [range(tap, tap + 1) for tap in taps]
    return [span[: LONGEST // 2], span[-(LONGEST // 2) :]]
