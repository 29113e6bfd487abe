"""What has changed in a network since it was last looked at: totals and layers, from → to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.algebra.expr import is_number
from convcalc.questions.compare import Change, compare
from convcalc.render.comparing.comparison import layout_text, row_label
from convcalc.render.layout import clip, pad
from convcalc.render.script import ASCII, UNICODE, Script
from convcalc.render.spelling import spell_layer

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.layers.held import Held
    from convcalc.network.walk import LayerReport, NetworkReport

SHOWN = ("parameters", "buffers", "macs", "activations", "receptive_field", "layers")  # the rest follows from them
MAX_LAYERS = 20  # that are listed
SIGNS = {"text": ("→", "−"), "ascii": ("->", "-")}  # by notation: what comes of it, and what is less or gone


def change_lines(before: NetworkReport, after: NetworkReport, unicode: bool = True) -> Iterator[str]:
    """The totals that differ, then the layers; nothing where none does."""
    script = UNICODE if unicode else ASCII
    found = compare((before, after))
    totals = list(total_rows(before, after, script))
    totals += [
        [row_label(total.name), *from_to(script.number(total.values[0]), script.number(total.values[1]), script),
         growth(total.values, script)]
        for total in found.totals
        if total.name in SHOWN and None not in total.values and total.values[0] != total.values[1]
    ]  # fmt: skip
    yield from table_lines(totals, right=1)
    changes = found.differences[0].changes
    yield from table_lines([layer_row(change, before, after, script) for change in changes[:MAX_LAYERS]])
    if len(changes) > MAX_LAYERS:
        yield f"  and {len(changes) - MAX_LAYERS:,} layers more\n"


def total_rows(before: NetworkReport, after: NetworkReport, script: Script) -> Iterator[list[str]]:
    """The shapes that go in and come out, where they differ."""
    for name in dict.fromkeys((*before.inputs, *after.inputs)):
        old, new = (layout_text(report, report.inputs.get(name), script) for report in (before, after))
        if old != new:
            yield [name, *from_to(old, new, script), ""]
    old, new = (layout_text(report, report.output, script) for report in (before, after))
    if old != new:
        yield ["output", *from_to(old, new, script), ""]


def from_to(old: str, new: str, script: Script) -> list[str]:
    return [old, f"{SIGNS[script.notation][0]} {new}"]


def growth(values: tuple[Value | None, ...], script: Script) -> str:
    """How much more or less it is, where that is a number."""
    old, new = values
    if old is None or new is None or not (is_number(old) and is_number(new)):
        return ""
    minus = SIGNS[script.notation][1]
    return f"({'+' if new > old else minus}{script.number(abs(new - old))})"


def layer_row(change: Change, before: NetworkReport, after: NetworkReport, script: Script) -> list[str]:
    """A layer that is gone, is new, or is another: how it is written, its output and its parameters."""
    old, new = change.base, change.other
    if old is None or new is None:
        layer, report = (new, after) if new else (old, before)
        assert layer is not None
        sign = "+" if new else SIGNS[script.notation][1]
        return [f"{sign} {script.text(layer.name)}", spelled_layer(layer, report, script)]
    names = [script.text(layer.name) for layer in (old, new)]
    texts = [spelled_layer(layer, report, script) for layer, report in ((old, before), (new, after))]
    parts = [" ".join(from_to(texts[0], texts[1], script)) if texts[0] != texts[1] else texts[1]]
    if old.known and new.known:
        parts += differences(old.known, new.known, before, after, script)
    name = names[1] if names[0] == names[1] else " ".join(from_to(names[0], names[1], script))
    return [f"  {name}", ", ".join(parts)]


def differences(
    old: Applied | Held, new: Applied | Held, before: NetworkReport, after: NetworkReport, script: Script
) -> Iterator[str]:
    """Its output and its parameters, where they differ."""
    shapes = [layout_text(report, known.output, script) for known, report in ((old, before), (new, after))]
    if shapes[0] != shapes[1]:
        yield " ".join(from_to(shapes[0], shapes[1], script))
    if old.parameters != new.parameters:
        numbers = from_to(script.number(old.parameters), script.number(new.parameters), script)
        yield f"{' '.join(numbers)} parameters"


def spelled_layer(layer: LayerReport, report: NetworkReport, script: Script) -> str:
    known = layer.known
    return clip(script.text(spell_layer(known.setting, report.convention))) if known else layer.reason


def table_lines(rows: list[list[str]], right: int = -1) -> Iterator[str]:
    """Rows in columns, of which one stands at the right of its place."""
    columns = [pad(list(column), place != right) for place, column in enumerate(zip(*rows, strict=True))]
    yield from (f"  {'  '.join(row).rstrip()}\n" for row in zip(*columns, strict=True))
