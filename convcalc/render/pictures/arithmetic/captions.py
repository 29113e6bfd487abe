"""What is written at a view: the sizes of its grids, the formulas that give them, and what the looks of cells mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.layers.window import CUTTING, SHIFTING, SLIDING, SPREADING, Step
from convcalc.questions.working import LayerWork
from convcalc.render.pictures.arithmetic.axes import BEYOND, CUT, EXTRA, MAP, PADDING, ZERO
from convcalc.render.pictures.arithmetic.grids import UNUSED, CellLook, Contents, base_look
from convcalc.render.pictures.arithmetic.views import WindowView, is_turned, paddings_after, window_steps
from convcalc.render.pictures.shapes import PAPER
from convcalc.render.script import UNICODE
from convcalc.render.working.page import SentenceBelow, WorkedRow, equations, sentence_text
from convcalc.render.working.works import WorkedOptions, rows
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.render.pictures.arithmetic.panels import Panel

SIZES = ("padding", "size", "grid")  # the works of a layer that tell how large its output is
# By what a kind sees beyond the edges of its map.
PADDINGS = {
    "zeros": "padding: zeros",
    "reflect": "padding: the map, reflected at its edge",
    "replicate": "padding: the edge, repeated",
    "circular": "padding: the map, from its other side",
    "nothing": "padding: it takes no part",
}
WORDS = {
    MAP: "input",
    ZERO: "zero between inputs",
    EXTRA: "added by the output padding",
    BEYOND: "beyond the padded input: nothing is there",
    CUT: "cut off: the padding of a transposed convolution",
}
FLOOR, BETWEEN = "⌊…⌋ drops them", "they lie between those that windows see"


class Caption(NamedTuple):
    """A size, and what surrounds it."""

    size: str
    around: str = ""

    @property
    def number(self) -> str:
        """The size without a word."""
        return self.size.partition(" ")[2]


class SizeEquation(NamedTuple):
    """What is worked out, equal formulas, and what is to be said of them."""

    label: str
    parts: list[str]
    sentences: list[str]


def sides(sizes: Iterable[Any]) -> str:
    return UNICODE.shape(tuple(sizes))


def captions(applied: Applied, view: WindowView) -> tuple[Caption, Caption]:
    """Of the input and of the output."""
    found, after = window_steps(applied), paddings_after(applied)
    given, made = [step.size for step in found], [step.out for step in found]
    if view.spreads:
        whole = list(map(uncut_size, found))
        return Caption(f"input {sides(given)}"), around("output", made, "with what is cut off", whole)
    if found[0].type is SPREADING:
        whole = [step.out + step.reach - 1 for step in found]
        words = "with zeros and padding" if any(step.stride != 1 for step in found) else "padded"
        return around("input", given, words, whole), Caption(f"output {sides(made)}")
    whole = [step.size + step.before + end for step, end in zip(found, after, strict=True)]
    is_padded = found[0].type in (SLIDING, SHIFTING)
    return around("input", given, "padded", whole if is_padded else given), Caption(f"output {sides(made)}")


def uncut_size(step: Step) -> Any:
    """All cells of an output before its padding is cut off."""
    spread = (step.size - 1) * step.stride + step.reach
    return max(step.before + step.out, spread) if isinstance(spread, int) else spread


def around(name: str, sizes: list[Any], words: str, whole: list[Any]) -> Caption:
    return Caption(f"{name} {sides(sizes)}", f"{words} {sides(whole)}" if whole != sizes else "")


def size_equations(applied: Applied, channels_last: bool = False) -> list[SizeEquation]:
    """The sizes of the output as `explain` works them: in letters, with numbers, and what they come to."""
    works = tuple(work for work in LayerWork(applied, channels_last).outputs() if work.name in SIZES)
    found: list[SizeEquation] = []
    for item in rows(works, WorkedOptions()):
        match item:
            case WorkedRow():
                parts = equations(item, "text")
                parts = list(dict.fromkeys([*parts[:2], parts[-1]]))
                parts[-1] += "".join(f" ({sentence_text(aside, 'text')})" for aside in item.asides)
                found.append(SizeEquation(item.label.strip(), parts, []))
            case SentenceBelow(sentence):
                found[-1].sentences.append(sentence_text(sentence, "text"))
    return found


# The legend


class LegendEntry(NamedTuple):
    """A line of a legend."""

    look: CellLook
    words: str


def padding_contents(applied: Applied, view: WindowView) -> Contents:
    """What the cells around the map hold; around the input of a transposed convolution there are zeros."""
    is_stretched = window_steps(applied)[0].type is SPREADING and not view.spreads
    beyond = "zeros" if is_stretched else applied.setting.kind.beyond(applied)
    if beyond == "constant":
        value = str(applied.values.get("value", "0"))
        return Contents(value if len(value) < 4 else "", f"padding: {value}")
    return Contents("0" if beyond == "zeros" else "", PADDINGS[beyond])


def legend(applied: Applied, panel: Panel, is_sequence: bool, others: str) -> Iterator[LegendEntry]:
    """Windows and units first, then the cells by what they are; `others` are windows of which there is the frame."""
    view, seen, made = panel.view, panel.seen, panel.made
    if view.spreads:
        yield LegendEntry(CellLook(made.present, made.frame), "one input")
        yield LegendEntry(CellLook(seen.fill, seen.frame), "the outputs that it adds to")
    else:
        yield LegendEntry(CellLook(seen.fill, seen.frame), "the window")
        if not panel.is_blank:
            yield LegendEntry(CellLook(made.present, made.frame), "the output it makes")
    if is_sequence:
        yield LegendEntry(CellLook(made.fill), "inputs before it" if view.spreads else "outputs before it")
    if others:
        yield LegendEntry(CellLook(PAPER, seen.frame, True), others)
    if any(axis.is_uneven for axis in (view.rows, view.columns)):
        yield LegendEntry(CellLook(seen.frame, seen.frame), "bars: all windows along an axis")
    cells = panel.roles()
    roles = {role for role, _ in cells}
    for role, words in {**WORDS, PADDING: panel.contents.words}.items():
        if role in roles and not (view.spreads and role == MAP):
            yield LegendEntry(base_look(role, True, view.spreads, panel.contents), words)
    if any(not reached for _, reached in cells):
        yield LegendEntry(CellLook(UNUSED), unused_words(applied, panel))


def unused_words(applied: Applied, panel: Panel) -> str:
    """Why no window reaches some cells."""
    view = panel.view
    if view.spreads:
        return f"no input reaches these: they are 0{', or the bias' if is_turned(applied) else ''}"
    type = window_steps(applied)[0].type
    if type in (CUTTING, SHIFTING):
        return "cut off"
    axes = ((view.rows, panel.canvas.rows), (view.columns, panel.canvas.columns))
    unused = [(axis, cell) for axis, ruler in axes for cell, _ in ruler.places() if not axis.is_reached(cell)]
    are_behind = {cell > axis.taps(axis.units - 1)[-1] for axis, cell in unused}
    reasons = [*([FLOOR] * (True in are_behind)), *([BETWEEN] * (False in are_behind))]
    return f"no window reaches these: {', or '.join(reasons)}" if type is SLIDING else "no window reaches these"
