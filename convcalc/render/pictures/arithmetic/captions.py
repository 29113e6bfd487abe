"""The sizes that are written at the grids of a view, and the formulas that give them, worked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.layers.window import SHIFTING, SLIDING, SPREADING
from convcalc.questions.working import LayerWork
from convcalc.render.pictures.arithmetic.views import paddings_after, window_steps
from convcalc.render.script import UNICODE
from convcalc.render.working.page import SentenceBelow, WorkedRow, equations, sentence_text
from convcalc.render.working.works import WorkedOptions, rows
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.layers.applied import Applied
    from convcalc.layers.window import Step
    from convcalc.render.pictures.arithmetic.views import WindowView

SIZES = ("padding", "size", "grid")  # the works of a layer that tell how large its output is


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
