"""Worked quantities on a page: in full, without the formulas in letters, only the results, or blank to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, letters
from convcalc.algebra.notation import write
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import BINARY, DECIMAL, UNICODE, scale_down, shape_text
from convcalc.render.spelling import spell_layer
from convcalc.render.working.page import FORMS, Figure, Heading, Item, Legend, SentenceBelow, Title, WorkedRow
from convcalc.render.working.words import ASIDES, SAID, label, meaning, remark_sentence
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.network.walk import LayerReport, NetworkReport
    from convcalc.questions.explain import Explained, Section
    from convcalc.questions.work import Worked

WORKS = ("full", "substituted", "result", "blank")
# No thousands, as in shapes.
SIZES = frozenset(("size", "grid", "channels", "features", "rows", "windows", "padding", "shape"))
BYTES = frozenset(("memory", "parameter_memory"))


class WorkedOptions(NamedTuple):
    """How worked quantities are to look."""

    work: str = "full"  # one of WORKS
    form: str = "text"  # one of FORMS
    unicode: bool = True
    width: int = 0
    legend: bool = True  # what the letters mean, below


def render(explained: Explained, manner: WorkedOptions | None = None) -> Iterator[str]:
    """The pieces of a page."""
    chosen = manner or WorkedOptions()
    return FORMS[chosen.form](items(explained, chosen), chosen.unicode, chosen.width)


def items(explained: Explained, manner: WorkedOptions) -> Iterator[Item]:
    report = explained.report
    if explained.is_network:
        shapes = [f"{name} {shape(report, sizes)}" for name, sizes in report.inputs.items()]
        yield Title(", ".join([f"{report.name or 'network'} ({report.convention} convention)", *shapes]))
    used: dict[tuple[str, str], None] = {}
    for section in explained.sections:
        yield from section_items(section, report, manner)
        if manner.legend and manner.work in ("full", "blank"):
            used.update(dict.fromkeys(letters_of(section)))
    if explained.totals:
        yield Heading("Total")
        yield from rows(explained.totals, manner)
    if used:
        yield Legend(tuple(used), explained.book.source if explained.book else "")


def section_items(section: Section, report: NetworkReport, manner: WorkedOptions) -> Iterator[Item]:
    """A layer, or the layers like it on one line."""
    layer = section.layer
    if layer is None:
        yield Heading(section.name, "", layers_in_words(section.size), section.like)
        yield from rows(section.works, manner)
        return
    applied: Any = layer.known
    line = spell_layer(applied.setting, report.convention)
    sizes = [shape(report, each) for each in applied.input]
    before = " + ".join(sizes)
    if layer.held:
        change = ""
    elif section.is_plain:
        change = f"{sizes[0]} as its input"
    else:
        change = f"{before} → {shape(report, applied.output)}"
    if manner.work == "blank" and not layer.held:  # shapes are answers, but for the input of a layer on its own
        is_given = not section.name and set(layer.inputs) <= report.inputs.keys()
        change = f"on {before}" if is_given else ""
    yield Heading(section.name, line, change, section.like)
    if manner.form == "html" and not (section.like or layer.held):
        yield from figures(layer, report, manner)
    yield from rows(section.works, manner)


def figures(layer: LayerReport, report: NetworkReport, manner: WorkedOptions) -> Iterator[Figure]:
    """The windows of a layer in their places; on a worksheet, without what they make."""
    from convcalc.render.pictures.arithmetic.layers import window_figure

    picture = window_figure(layer, report, manner.work == "blank")
    if picture is not None:
        yield Figure(picture)


def rows(works: tuple[Worked, ...], manner: WorkedOptions) -> Iterator[Item]:
    """The quantities of a layer as far as they are asked for, and the remarks below each."""
    names = frozenset(work.name for work in works)
    blank = manner.work == "blank"
    for work in works:
        unit = ""
        if work.name in BYTES:
            unit = "bytes"
            if not blank and isinstance(work.value, int) and work.value >= 1000:
                unit = f"bytes ({scale_down(work.value, 1000, DECIMAL)}, {scale_down(work.value, 1024, BINARY)})"
        held = UNICODE.shape(work.value) if work.name == "shape" and not blank else ""
        remarks = () if manner.work in ("blank", "result") else work.remarks
        said = [(remark.code, remark_sentence(remark, work.axes)) for remark in remarks if remark.code in SAID]
        asides = tuple(sentence for code, sentence in said if code in ASIDES)
        trees = shown_trees(work, manner.work)
        yield WorkedRow(label(work, names), trees, work.name not in SIZES, blank, unit, held, asides)
        yield from (SentenceBelow(sentence) for code, sentence in said if code not in ASIDES)


def shown_trees(work: Worked, mode: str) -> tuple[Expr, ...]:
    """The steps of a work: all, those with numbers, the last, or only the formula."""
    if mode == "blank":
        return (work.formula,) if work.is_lettered and work.formula is not None else ()
    steps = work.steps
    if mode == "full" or not steps:
        return steps
    if mode == "result":
        return steps[-1:]
    numbers = steps[1:] if work.is_lettered and len(steps) > 1 else steps
    return tuple({write(step): step for step in (numbers[0], numbers[-1])}.values())


def letters_of(section: Section) -> Iterator[tuple[str, str]]:
    """The letters of a layer's formulas with their meaning."""
    applied = section.layer.known if section.layer else None
    if applied is None:
        return
    for work in section.works:
        if work.formula is None or not work.bindings:
            continue
        for letter in letters(work.formula):
            known, _ = meaning(work.ours.get(letter, letter), applied.setting.kind)
            if known:
                yield letter, known


def shape(report: NetworkReport, sizes: Shape) -> str:
    """A shape in the order of the network's layout."""
    return shape_text(sizes, report.channels_last)
