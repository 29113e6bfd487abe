"""Which places of a window are drawn: the first with its neighbour, one that is asked for, or all, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from convcalc.algebra.substitution import symbols
from convcalc.problem import problem
from convcalc.render.pictures.arithmetic.axes import BEYOND
from convcalc.render.pictures.arithmetic.captions import Caption, captions, legend, padding_contents
from convcalc.render.pictures.arithmetic.grids import MOST, cell_role, is_reached
from convcalc.render.pictures.arithmetic.pages import LINE, TEXT, WIDEST, Page
from convcalc.render.pictures.arithmetic.panels import Panel, Unit
from convcalc.render.pictures.arithmetic.views import WindowView, sizes_for
from convcalc.render.pictures.shapes import SOFT, Collection, Frames, Label, Shape, shift
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied

MOST_STEPS = 64
FEW, SMALL, SMALLER = 16, 16, 12  # steps of a strip with cells of one side, and of more with cells of another
BETWEEN = 26.0  # two pictures of a strip
BELOW = 16.0  # a view
SMALLER_SCALE, FEWER = 0.77, 12  # of cells beside text, and how many of an axis are all drawn there


class Manner(NamedTuple):
    """Which places of the window are shown, and how much is said of them."""

    steps: bool = False
    step: int = 0
    strip: bool = False
    is_blank: bool = False  # nothing that tells the size of the output
    is_bare: bool = False  # without a title and formulas
    is_wordless: bool = False  # only numbers and letters, for pages in any language

    @property
    def is_sequence(self) -> bool:
        return self.steps or self.strip or self.step > 0


def add_view(page: Page, name: str, applied: Applied, view: WindowView, manner: Manner) -> None:
    """A view with its legend below it."""
    contents, words = padding_contents(applied, view), captions(applied, view)
    if manner.is_blank:
        view = view._replace(rows=view.rows.without_reach(), columns=view.columns.without_reach())
        words = (Caption(words[0].size), Caption(""))
    if manner.is_wordless:
        words = (Caption(words[0].number), Caption(words[1].number))
    others = ""
    if not manner.is_sequence:
        units = next_units(view, manner.is_blank)
        scale, most = (SMALLER_SCALE, FEWER) if manner.is_bare else (1, MOST)
        panel = Panel(view, [(0, 0), *units], contents, words, scale=scale, most=most, is_blank=manner.is_blank)
        page.place(first_place(panel, units, manner.is_wordless), panel.width, panel.height)
        others = ("", "the next one", "the next one, and the last")[len(units)]
    elif manner.strip:
        places = all_places(name, applied, view)
        side = SMALL if len(places) <= FEW else SMALLER
        panel = Panel(view, places, contents, (Caption(""), Caption("")), side, has_strides=False)
        page.place(*strip(panel, places))
    else:
        places = [place_of_step(name, applied, view, manner.step)] if manner.step else all_places(name, applied, view)
        panel = Panel(view, places, contents, words, has_strides=False)
        frames = [frame(panel, place) for place in places]
        moving = Frames(tuple(frames)) if manner.steps else frames[0]
        shapes = [*panel.base(), *panel.caption_shapes(), *panel.bars(), moving, *panel.signs()]
        page.place(shapes, panel.width, panel.height + LINE)
    page.top += BELOW
    entries = () if manner.is_wordless else legend(applied, panel, manner.is_sequence, others)
    page.legend(entries)
    page.top += BELOW


def first_place(panel: Panel, others: list[Unit], is_wordless: bool = False) -> Iterator[Shape]:
    """The first window, and the frames of others."""
    yield from panel.base()
    yield from panel.caption_shapes()
    yield from panel.windows((0, 0))
    yield from panel.stride_arrows("s =" if is_wordless else "stride") if others else ()
    yield from panel.bars()
    for unit in others:
        yield from panel.other_window(unit)
    yield from panel.signs()


def next_units(view: WindowView, is_blank: bool) -> list[Unit]:
    """The unit after the first, and the last where something is to be seen there."""
    last = (view.rows.units - 1, view.columns.units - 1)
    if last == (0, 0):
        return []
    second = (0, 1) if view.columns.units > 1 else (1, 0)
    return [second, last] if last != second and not is_blank and is_telling(view) else [second]


def is_telling(view: WindowView) -> bool:
    """Whether the last window is worth its frame: cells are left out or unused before it, or it reaches out."""
    axes = (view.rows, view.columns)
    if any(axis.is_lettered for axis in axes):
        return False
    corner = [axis.cells.stop - 1 for axis in axes]
    return not is_reached(view, *corner) or cell_role(view, *corner) == BEYOND


def place_of_step(name: str, applied: Applied, view: WindowView, step: int) -> Unit:
    units = count_places(name, applied, view)
    if step > units:
        raise problem("U009", f"the window of {name} has no step {step:,}", f"--step 1 to --step {units}")
    return divmod(step - 1, view.columns.units)


def all_places(name: str, applied: Applied, view: WindowView) -> list[Unit]:
    units = count_places(name, applied, view)
    if units > MOST_STEPS:
        raise problem(
            "U009", f"the window of {name} has {units:,} steps, and at most {MOST_STEPS} are drawn",
            f"--step 1 to --step {units} draws one of them; a smaller input has fewer",
        )  # fmt: skip
    return list(product(range(view.rows.units), range(view.columns.units)))


def count_places(name: str, applied: Applied, view: WindowView) -> int:
    """How many windows there are; a Problem where that is a formula."""
    if view.rows.is_lettered or view.columns.is_lettered:
        letters = dict.fromkeys(letter for size in applied.input[0] for letter in symbols(size))
        message = f"how many steps the window of {name} takes depends on {' and '.join(letters)}"
        raise problem("U009", message, sizes_for(letters))
    return view.rows.units * view.columns.units


def frame(panel: Panel, place: Unit) -> Collection:
    """The window in one place, with those outputs that were made before."""
    rows, columns = panel.view.rows.units, panel.view.columns.units
    words = f"step {place[0] * columns + place[1] + 1:,} of {rows * columns:,}"
    label = Label(0, panel.height + 16, words, TEXT, "start", SOFT)
    return Collection((*panel.windows(place, True), label))


def strip(panel: Panel, places: list[Unit]) -> tuple[list[Shape], float, float]:
    """All places beside each other, in rows; how wide and how high they are."""
    across, down = panel.width + BETWEEN, panel.height + LINE + BETWEEN / 2
    columns = min(max(1, int((WIDEST + BETWEEN) // across)), len(places))
    shapes: list[Shape] = []
    for number, place in enumerate(places):
        row, column = divmod(number, columns)
        x, y = column * across, row * down
        shapes.append(Label(x, y + 10, str(number + 1), 10, "start", SOFT))
        shapes += [shift(shape, x, y + LINE) for shape in (*panel.base(), *panel.windows(place, True), *panel.signs())]
    return shapes, columns * across - BETWEEN, -(-len(places) // columns) * down
