"""A network as a sheet describes it: in a spec's lines, in words, in a framework's code, or in a table with blanks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.layers.case import AXES
from convcalc.render.exercises import phrases
from convcalc.render.exercises.blocks import Blank, Block, CodeBlock, CodeSpan, Paragraph, SheetTable, Text, text_of
from convcalc.render.exercises.phrases import question
from convcalc.render.script import input_shapes
from convcalc.render.spelling import spell_layer
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.exercises.handout import HandoutPart
    from convcalc.marking.key import KeyItem
    from convcalc.network.walk import LayerReport, NetworkReport
    from convcalc.render.exercises.languages import SheetLanguage

Numbered: TypeAlias = "tuple[int, KeyItem, Text]"

FRAMEWORKS = {"pytorch": "PyTorch", "keras": "Keras"}
COLUMNS = (
    "filters",
    "kernel",
    "stride",
    "padding",
    "dilation",
    "groups",
    "output_padding",
    "multiplier",
    "bias",
    "ceil",
)


class DescribedNetwork(NamedTuple):
    """A network described, and its questions, unless it is described with room for the answers."""

    blocks: tuple[Block, ...]
    questions: tuple[Numbered, ...]


def described_lines(part: HandoutPart, language: SheetLanguage, solved: bool) -> DescribedNetwork:
    """Each layer as a line of a spec, with the letters explained that are in them."""
    report = report_of(part)
    spelled = {layer.name: spelling(layer, report) for layer in report.layers}
    rules = phrases.line_rules(
        [(layer.applied, spelled[layer.name]) for layer in report.layers if layer.applied], language
    )
    rows = {name: ((CodeSpan(line),),) for name, line in spelled.items()}
    return DescribedNetwork(
        (
            inputs(report, language),
            layer_table(report, language, ("line",), rows),
            rules_of(part, report, language, usual(report, language) + rules),
        ),
        numbered_questions(part, language),
    )


def described_in_words(part: HandoutPart, language: SheetLanguage, solved: bool) -> DescribedNetwork:
    """Each layer as a lecturer reads it aloud."""
    report = report_of(part)
    rows = {
        layer.name: (phrases.layer_in_words(layer.applied, report.convention, language),)
        for layer in report.layers
        if layer.applied
    }
    return DescribedNetwork(
        (
            inputs(report, language),
            layer_table(report, language, ("line",), rows),
            rules_of(part, report, language, usual(report, language) + rules_of_rest(report, language)),
        ),
        numbered_questions(part, language, True),
    )


def described_in_code(framework: str) -> Callable[[HandoutPart, SheetLanguage, bool], DescribedNetwork]:
    """The network as a program of a framework."""

    def described(part: HandoutPart, language: SheetLanguage, solved: bool) -> DescribedNetwork:
        from convcalc.writing.bare import bare_code

        report, network = report_of(part), part.network
        assert network is not None and network.origin is not None
        code = bare_code(framework, *network.origin)
        text = "\n".join(code.lines)
        rules = [language.framework.format(framework=FRAMEWORKS[framework])]
        rules += [language.cropped] if "layers.Cropping" in text else []
        shown = report._replace(channels_last=code.channels_last)
        found = []
        for number, each, words in numbered_questions(part, language):
            layer = report.layers[each.index] if each.index >= 0 else None
            if layer is not None and not re.search(rf"\b{re.escape(layer.name.rpartition('.')[2])}\b", text):
                words = (*words, " (", CodeSpan(spelling(layer, report)), ")")
            found.append((number, in_order(each, code.channels_last), words))
        blocks = (inputs(shown, language), CodeBlock(code.lines), rules_of(part, shown, language, rules))
        return DescribedNetwork(blocks, tuple(found))

    return described


def described_in_table(part: HandoutPart, language: SheetLanguage, solved: bool) -> DescribedNetwork:
    """The lecture's table: a row for each layer with its settings, and room for what is asked."""
    report = report_of(part)
    settings = {layer.name: table_settings(layer, language) for layer in report.layers if layer.applied}
    names = [name for name in COLUMNS if any(known and name in known for known in settings.values())]
    quantities = list(dict.fromkeys((each.question.quantity, each.question.part) for _, each in part.items))
    worth = {each.question.points for _, each in part.items}
    cells = {(each.question.layer, each.question.quantity, each.question.part): each for _, each in part.items}

    def answers(layer: str) -> Iterator[Text | Blank]:
        for quantity in quantities:
            each = cells.get((layer, *quantity))
            if each is None:
                yield ("–",)
            elif solved:
                yield (phrases.right_answer(each, language),)
            else:
                behind = "" if len(worth) == 1 else f" ({phrases.points(each.question.points, language)})"
                yield Blank(behind, False, phrases.lettered_choices(each, language))

    rows: dict[str, tuple[Text | Blank, ...]] = {}
    for layer in report.layers:
        if layer.applied:
            known = settings[layer.name]
            kind = language.kinds.get(layer.kind)
            named: Text = (CodeSpan(spelling(layer, report)),) if known is None or kind is None else (kind[1],)
            values = ((known[name] if known and name in known else "",) for name in names)
            rows[layer.name] = (named, *values, *answers(layer.name))
    if any(layer == "total" for layer, *_ in cells):
        rows[language.columns["network"]] = (("",), *(("",) for _ in names), *answers("total"))
    heads = [head(quantity, side, language) for quantity, side in quantities]
    table = layer_table(report, language, ("type", *names), rows, heads)
    chooses = any(each.question.choices for _, each in part.items)
    same, other = language.choose_in if chooses else language.fill_in
    worths = same.format(points=phrases.points(next(iter(worth)), language)) if len(worth) == 1 else other
    rules = [*usual(report, language), *rules_of_rest(report, language), worths]
    notes = [each for _, each in part.items if each.question.text or each.question.tolerance]
    said = (Paragraph(question(each, language)) for each in notes)
    return DescribedNetwork((inputs(report, language), table, rules_of(part, report, language, rules), *said), ())


def in_order(asked: KeyItem, channels_last: bool) -> KeyItem:
    """A question whose right shape, and those to choose from, are in the order of axes of the code."""
    question = asked.question
    if asked.form != "shape" or not isinstance(asked.right, tuple):
        return asked
    choices = question.choices
    if channels_last and "x".join(map(str, asked.right)) in choices:  # drawn with the channels first
        choices = tuple("x".join(written_order(choice.split("x"), True)) for choice in choices)
    return asked._replace(
        question=question._replace(expected=written_order(asked.right, channels_last), choices=choices)
    )


def head(quantity: str, part: str, language: SheetLanguage) -> str:
    what = language.columns.get(quantity) or language.quantities[quantity]
    return f"{what}, {language.axes.get(part, part)}" if part else what


def table_settings(layer: LayerReport, language: SheetLanguage) -> dict[str, str] | None:
    """The settings of a layer by column: those of a window all, whether usual or not."""
    applied: Any = layer.applied
    known = phrases.spoken_settings(applied)
    if known is None or layer.kind not in language.kinds:
        return None
    found = {name: phrases.plain(value) for name, value in known.items()}
    if "kernel" in known:
        found = {"stride": "1", "padding": "0"} | found
        found["kernel"] = "×".join(map(str, applied.values["kernel"]))
    if "padding" in known and not isinstance(known["padding"], int):
        found["padding"] = padding_cell(known["padding"], language)
    if "units" in found:
        found["filters"] = found.pop("units")
    if "bias" in known:
        found["bias"] = language.settings["no"]
    if "ceil" in known:
        found["ceil"] = language.settings["up"]
    return found


def padding_cell(value: Any, language: SheetLanguage) -> str:
    if value == "same":
        return "same"
    if isinstance(value[0], tuple):
        return "×".join(f"{before}+{after}" for before, after in value)
    return phrases.plain(value)


# What all of them say


def report_of(part: HandoutPart) -> NetworkReport:
    assert part.network is not None
    return part.network.report


def spelling(layer: LayerReport, report: NetworkReport) -> str:
    assert layer.applied is not None
    return spell_layer(layer.applied.setting, report.convention, strides=True)


def numbered_questions(part: HandoutPart, language: SheetLanguage, in_words: bool = False) -> tuple[Numbered, ...]:
    return tuple((number, each, question(each, language, in_words)) for number, each in part.items)


def inputs(report: NetworkReport, language: SheetLanguage) -> Paragraph:
    found = input_shapes(report)
    named = found if len(found) == 1 else [f"{name} {one}" for name, one in zip(report.inputs, found, strict=True)]
    return Paragraph(text_of(language.input[len(found) > 1], shapes=", ".join(named)))


def layer_table(
    report: NetworkReport, language: SheetLanguage, columns: tuple[str, ...],
    rows: Mapping[str, tuple[Text | Blank, ...]], more: list[str] | None = None,
) -> SheetTable:  # fmt: skip
    """A row for each layer, with what it takes where that is not always the layer before it."""
    layers = {layer.name: layer for layer in report.layers}
    names = [layer.name for layer in report.layers]
    before = [tuple(report.inputs), *((name,) for name in names)]
    is_chain = all(layer.inputs == source for layer, source in zip(report.layers, before, strict=False))
    taken = () if is_chain else ("input",)
    heads = [language.columns[name] for name in ("layer", *taken, *columns)] + (more or [])
    found = []
    for name, cells in rows.items():
        sources = layers[name].inputs if name in layers else ()
        named = ", ".join(source or language.arrays["input"] for source in sources)
        found.append(((name,), *(((named,),) if taken else ()), *cells))
    sides = "l" * (len(taken) + 2) + "r" * (len(columns) - 1) + "l" * len(more or [])
    return SheetTable(tuple(heads), tuple(found), sides)


def usual(report: NetworkReport, language: SheetLanguage) -> list[str]:
    """What a layer has where its line says nothing else, if there are such layers."""
    has_windows = any(layer.applied is not None and "stride" in layer.applied.values for layer in report.layers)
    rounding = [language.rounding] if report.convention == "pytorch" else []
    return [language.usual, *rounding] if has_windows else []


def rules_of_rest(report: NetworkReport, language: SheetLanguage) -> list[str]:
    """What the lines say of layers that a language has no words for."""
    found = [layer for layer in report.layers if layer.applied and not phrases.has_words(layer.applied, language)]
    return phrases.line_rules([(layer.applied, spelling(layer, report)) for layer in found if layer.applied], language)


def rules_of(part: HandoutPart, report: NetworkReport, language: SheetLanguage, rules: list[str]) -> Paragraph:
    """How sizes are written, the rules that a wording needs, and what counts."""
    ranks = {len(shape) - 1 for shape in report.inputs.values()}
    axes = [language.axes[name] for name in AXES.get(max(ranks), ())]
    channels = language.axes["channels"]
    order = " × ".join([*axes, channels] if report.channels_last else [channels, *axes])
    found = [language.order.format(axes=order)] if axes else []
    if report.convention != "pytorch":
        found.append(language.convention.format(convention=language.conventions[report.convention]))
    counts = any(each.question.quantity in ("macs", "flops") for _, each in part.items)
    holds = any(each.learnt_and_fixed for _, each in part.items)
    counting = [*([language.products] if counts else []), *([language.all_numbers] if holds else [])]
    return Paragraph((" ".join([*found, *rules, *counting]),))


WORDINGS: dict[str, Callable[[HandoutPart, SheetLanguage, bool], DescribedNetwork]] = {
    "shorthand": described_lines,
    "words": described_in_words,
    "pytorch": described_in_code("pytorch"),
    "keras": described_in_code("keras"),
    "table": described_in_table,
}
