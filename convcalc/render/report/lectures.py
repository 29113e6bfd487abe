"""The tables of the lectures, rebuilt: LeNet's three columns, CS231n's lines for VGG, EECS 498's for AlexNet.

A kind's templates are filled in as the lectures write layers: `MaxPool(K=2, S=2)`, `20 x (1 x 5 x 5 + 1)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError, evaluate, letters
from convcalc.algebra.parser import parse
from convcalc.layers.case import product
from convcalc.layers.window import ADAPTIVE, SLIDING
from convcalc.render.report.rows import ReportRow, report_rows
from convcalc.render.report.sums import Note, amount, bytes_in_words
from convcalc.render.report.text_table import Head, TextTable, heading, table_of_rows
from convcalc.render.script import Script, is_loose, nearest
from convcalc.render.spelling import spell_layer
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.network.walk import LayerReport, NetworkReport
    from convcalc.render.report import ReportOptions

BYTES = 4  # of a number in these tables
PROSE = "{}: {}  memory: {}  weights: {}"
HOLE = re.compile(r"\{([^{}]*)\}")
UNSAID = "pdg"  # settings that a label leaves out while they are what they usually are


def lecture(report: NetworkReport, options: ReportOptions, script: Script) -> TextTable:
    """The table of a style; signs are the lectures' own, in every format."""
    report.demand_shapes()
    table = {"lenet": lenet, "vgg": vgg, "alexnet": alexnet}[options.style]
    return table(report, report_rows(report, options.depth), script)


def lecture_table(
    report: NetworkReport, script: Script, heads: tuple[Head, ...], table: Sequence[tuple[str, ...]],
    rows: list[ReportRow], notes: list[Note], total: list[str] | None = None, prose: str = "",
) -> TextTable:  # fmt: skip
    cells = [tuple(map(script.text, row)) for row in table]
    notes += [Note("Error", script.text(row.name), script.text(row.error)) for row in rows if row.error]
    return table_of_rows(heading(report, script), heads, cells, notes, [row.mark for row in rows], total, prose)


def lenet(report: NetworkReport, shown: list[ReportRow], script: Script) -> TextTable:
    """Layer, output size and weight size, each as its arithmetic."""
    table = [lenet_row(row, report) for row in shown]
    heads = (Head("Layer", "layer"), Head("Output Size", "output_size"), Head("Weight Size", "weight_size"))
    notes = [Note("Parameters", amount(report.totals.parameters, script))]
    return lecture_table(report, script, heads, table, shown, notes)


def lenet_row(row: ReportRow, report: NetworkReport) -> tuple[str, ...]:
    size = product_text(written_order(row.output or (), report.channels_last), " x ") or "-"
    if row.mark == "input":
        return "Input" if len(report.inputs) == 1 else f"Input {row.name}", size, "0"
    if row.layer:
        words = label(row.layer, spell_layer(row.layer.setting, report.convention))
        return words, size, parameter_arithmetic(row.layer)
    weights = str(row.numbers.parameters) if row.numbers else "-"
    return f"{row.name} ({row.kind})", size, weights


def product_text(sizes: tuple[Any, ...], times: str) -> str:
    return times.join(map(bracketed_sum, sizes)) if len(sizes) > 1 else "".join(map(str, sizes))


def vgg(report: NetworkReport, shown: list[ReportRow], script: Script) -> TextTable:
    """One line for each layer; weights without biases; what needs no memory of its own is left out, as in the notes."""
    above = {layer.name: layer for layer in report.layers}
    kept = [row for row in shown if not is_left_out(row)]
    table = [(vgg_name(row), vgg_size(row), floats(row), vgg_weights(row, above)) for row in kept]
    memory: Any = sum(map(stored_numbers, kept))
    total: Any = sum(row.numbers.parameters - row.numbers.biases for row in kept if row.numbers)
    heads = (Head("Layer", "layer"), Head("Size", "size"), Head("Memory", "memory"), Head("Weights", "weights"))
    bytes = f"numbers, each of {BYTES} bytes: {bytes_in_words(memory * BYTES, script)} for one image"
    biased = f"with biases {script.number(report.totals.parameters)} parameters"
    notes = [Note("TOTAL memory", amount(memory, script), bytes), Note("TOTAL weights", amount(total, script), biased)]
    return lecture_table(report, script, heads, table, kept, notes, prose=PROSE)


def is_left_out(row: ReportRow) -> bool:
    """Activations, dropout and flattening, and an adaptive pooling that changes nothing."""
    layer = row.layer
    if layer is None:
        return False
    idle = layer.setting.kind.window.type is ADAPTIVE and layer.output == layer.input[0]
    return idle or (not layer.setting.kind.storage and layer.parameters == 0)


def channels_last(shape: Any) -> tuple[Any, ...]:
    """224x224x64, as the notes have it; a vector is 1x1x4096."""
    return (*shape[1:], shape[0]) if shape and len(shape) > 1 else (1, 1, *(shape or ()))


def vgg_name(row: ReportRow) -> str:
    """CONV3-64, POOL2, FC; other kinds by their name."""
    layer = row.layer
    if layer is None:
        return "INPUT" if row.mark == "input" else row.name
    kind = layer.setting.kind
    kernel = axes_text("k", layer) if layer.axes and "k" in layer.axes[0] else ""
    return (kind.line or "{kind}").format(kind=kind.name.upper(), k=kernel, o=layer.output[0])


def vgg_size(row: ReportRow) -> str:
    return f"[{product_text(channels_last(row.output), 'x') if row.output else row.error}]"


def stored_numbers(row: ReportRow) -> Any:
    """Numbers that a row keeps in memory: its output, or for a block everything that its layers store."""
    if row.mark == "block" and row.numbers:
        return row.numbers.activations
    return product(row.output) if row.output else 0


def floats(row: ReportRow) -> str:
    """224*224*64=3.2M; only the number for a vector, and for the sum of a block."""
    shape, number = row.output, stored_numbers(row)
    if not shape:
        return "-"
    if row.mark == "block" and isinstance(number, int):
        return two_digits(number)
    if row.mark == "block" or len(shape) == 1:
        return str(number)
    text = product_text(channels_last(shape), "*")
    return f"{text}={two_digits(number)}" if isinstance(number, int) else text


def two_digits(number: int) -> str:
    """3.2M, 800K, 25K: two significant digits, as the notes round; below a thousand all of them."""
    if number < 1000:
        return str(number)
    power = 10 ** (len(str(number)) - 2)
    number = nearest(number, power) * power
    unit, suffix = next(each for each in ((10**9, "G"), (10**6, "M"), (1000, "K")) if number >= each[0])
    whole, tenths = divmod(number * 10 // unit, 10)
    return f"{whole}.{tenths}{suffix}" if tenths else f"{whole}{suffix}"


def vgg_weights(row: ReportRow, above: dict[str, LayerReport]) -> str:
    """(3*3*3)*64 = 1,728, or 7*7*512*4096 = 102,760,448 where a map was flattened."""
    if row.numbers is None:
        return "0" if row.mark == "input" else "-"
    weights = row.numbers.parameters - row.numbers.biases
    if not isinstance(weights, int):
        return str(weights)
    layer = row.layer
    if layer and weights:
        text, value = factors(layer, row.sources, above)
        if value == weights:
            return f"{text} = {weights:,}"
    return f"{weights:,}"


def factors(layer: Applied, sources: tuple[str, ...], above: dict[str, LayerReport]) -> tuple[str, Any]:
    """The weights as a product, and what it comes to."""
    known = layer.letters
    kind = layer.setting.kind
    if kind.window.type is SLIDING and "f" in known and layer.axes:
        inner = [*(axis["k"] for axis in layer.axes), layer.input[0][0]]
        if known.get("g", 1) != 1 and isinstance(inner[-1], int):
            inner[-1] //= known["g"]
        return f"({product_text(tuple(inner), '*')})*{known['f']}", product((*inner, known["f"]))
    if kind.takes == "features" and "f" in known:
        shape = flattened_map(sources, above) or (known["c"],)
        sizes = (*(channels_last(shape) if len(shape) > 1 else shape), known["f"])
        return product_text(sizes, "*"), product(sizes)
    return "", None


def flattened_map(sources: tuple[str, ...], above: dict[str, LayerReport]) -> Any:
    """The shape of the map that was flattened on the way here, if one was."""
    while len(sources) == 1 and sources[0] in above:
        layer = above[sources[0]]
        if layer.applied is None or layer.applied.setting.kind.storage:
            return None
        if layer.applied.setting.kind.flattens:
            return layer.applied.input[0]
        sources = layer.inputs
    return None


# Titles as on the slide; the names of CSV tell its two C and H/W apart.
ALEXNET = (
    ("Layer", "layer"), ("C", "input_c"), ("H/W", "input_hw"), ("filters", "filters"), ("kernel", "kernel"),
    ("stride", "stride"), ("pad", "pad"), ("C", "output_c"), ("H/W", "output_hw"), ("memory (KB)", "memory_kib"),
    ("params (k)", "params_k"), ("flop (M)", "flop_m"),
)  # fmt: skip


def alexnet(report: NetworkReport, shown: list[ReportRow], script: Script) -> TextTable:
    """Input, settings, output and cost of every layer that the slide would list."""
    kept = [
        row
        for row in shown
        if row.mark != "input" and (not is_left_out(row) or (row.layer and row.layer.setting.kind.flattens))
    ]
    costs = list(map(costs_of, kept))
    table = []
    for row, cost in zip(kept, costs, strict=True):
        written = map(whole_units, cost, UNITS) if cost else [script.missing] * len(UNITS)
        before = sides(row.input[0] if row.input else None)
        table.append((row.name, *before, *settings(row), *sides(row.output), *written))
    heads = tuple(Head(title, key, key == "layer") for title, key in ALEXNET)
    sums = map(sum, zip((0, 0, 0), *filter(None, costs), strict=True))
    total = ["Total", *[""] * 8, *map(whole_units, sums, UNITS)]
    notes = [
        Note("memory (KB)", "1 KB = 1024 bytes", f"at {BYTES} bytes a number: the layer's output"),
        Note("flop (M)", "one multiply-accumulate counts as one", "as on the slide"),
    ]
    return lecture_table(report, script, heads, table, kept, notes, total)


UNITS = (1024, 1000, 1_000_000)


def costs_of(row: ReportRow) -> tuple[Any, Any, Any] | None:
    """Bytes of the output, parameters, MACs."""
    if row.numbers is None or row.output is None:
        return None
    return stored_numbers(row) * BYTES, row.numbers.parameters, row.numbers.macs


def whole_units(value: Any, unit: int) -> str:
    """Rounded to whole units as on the slide; what would round to less than one keeps two digits."""
    if not isinstance(value, int):
        return f"{bracketed_sum(value)}/{unit}"
    if 0 < value < unit:
        hundredths = nearest(value * 100, unit)
        return f"{hundredths // 100}.{hundredths % 100:02}" if hundredths else "<0.01"
    return f"{nearest(value, unit):,}"


def sides(shape: Any) -> tuple[str, str]:
    """Channels, and one side of a square map, or all of them."""
    if not shape:
        return "", ""
    channels, *space = shape
    square = len(space) > 1 and all(side == space[0] for side in space)
    return str(channels), product_text(tuple(space[:1] if square else space), "x")


def settings(row: ReportRow) -> tuple[str, ...]:
    """Filters, kernel, stride and padding, each where the layer has it."""
    layer = row.layer
    if layer is None:
        return "", "", "", ""
    letters = layer.axes[0] if layer.axes and "k" in layer.axes[0] else {}
    window = [axes_text(letter, layer) if letter in letters else "" for letter in "ksp"]
    return str(layer.letters.get("f", "")), *window


# Templates


def fill(template: str, applied: Applied, in_product: bool = False) -> str:
    """The template with its {formulas} evaluated; an ExprError where a letter has no value here.

    {k} is one number, or 3x5 where axes differ; {K} the sides written out, 5 x 5; { + b} vanishes where it is 0.
    As part of a product a symbolic sum is put in brackets.
    """

    def value(hole: re.Match[str]) -> str:
        text = hole[1]
        if text.startswith(" + "):
            found = evaluate(parse(text[3:]), applied.letters)
            return "" if found == 0 else f" + {found}"
        if text == "K":
            return " x ".join(str(axis["k"]) for axis in applied.axes)
        return axes_text(text, applied, bracketed_sum if in_product else str)

    return HOLE.sub(value, template)


def bracketed_sum(value: Any) -> str:
    """A value as part of a product: a sum in brackets."""
    return f"({value})" if is_loose(value) else str(value)


def axes_text(text: str, applied: Applied, write: Callable[[Any], str] = str) -> str:
    """A formula's value: once, or once per axis where they differ."""
    tree = parse(text)
    if applied.axes and any(letter in applied.axes[0] for letter in letters(tree) if letter not in applied.letters):
        found = [one_side(text, axis) or write(evaluate(tree, {**applied.letters, **axis})) for axis in applied.axes]
        return found[0] if all(each == found[0] for each in found) else "x".join(found)
    return write(evaluate(tree, applied.letters))


def one_side(text: str, axis: dict[str, Any]) -> str:
    """Padding that differs before and after: 0+1."""
    return f"{axis['p_l']}+{axis['p_r']}" if text == "p" and axis["p_l"] != axis["p_r"] else ""


def label(applied: Applied, otherwise: str) -> str:
    """The layer in the lecture's words, with the settings that its template leaves out where they matter."""
    template = applied.setting.kind.label or applied.setting.kind.class_name
    try:
        text = fill(template, applied) or otherwise
    except ExprError:
        return otherwise
    if "=" in template and text.endswith(")"):
        usual = {key.symbol: key.default for key in applied.setting.kind.keys}
        for symbol in UNSAID:
            if f"{{{symbol}}}" not in template and symbol in usual:
                shown = axes_text(symbol, applied)
                if shown != str(usual[symbol]):
                    text = f"{text[:-1]}, {symbol.upper()}={shown})"
    return text


def parameter_arithmetic(applied: Applied) -> str:
    """The arithmetic of the layer's parameters, or their number where no template has it."""
    if applied.parameters == 0 or not applied.setting.kind.drawn:
        return str(applied.parameters)
    try:
        return fill(applied.setting.kind.drawn, applied, in_product=True)
    except ExprError:
        return str(applied.parameters)
