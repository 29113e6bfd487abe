"""What is written at a glyph: its shape, its name and the layers that make it, in as few words as a reader needs."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from convcalc.network.walk import totals
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.script import COUNTS, UNICODE, printable, scale_down
from convcalc.render.spelling import spell_layer
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layer.applied import Applied
    from convcalc.network.walk import NetworkReport
    from convcalc.render.pictures.volumes.glyphs import Glyph
    from convcalc.render.pictures.volumes.units import UnitGraph

MAX_WORD, MAX_LINES, MAX_KERNELS = 126.0, 3, 4
KEPT = re.compile(r"[ksdg]\d")  # kernel, stride, dilation, groups


class TextLine(NamedTuple):
    """A line of text below a glyph."""

    text: str
    size: float
    colour: str = "ink"
    bold: bool = False

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, self.bold)


def lines_of(glyph: Glyph, wiring: UnitGraph) -> tuple[TextLine, ...]:
    """The lines below a glyph."""
    shape = (
        "not computed" if glyph.shape is None else UNICODE.shape(written_order(glyph.shape, wiring.graph.channels_last))
    )
    found = [TextLine(shorten(shape, MAX_WORD, 12, True), 12, "alarm" if glyph.shape is None else "ink", True)]
    name = name_of(glyph, wiring)
    if name:
        found.append(TextLine(shorten(name, MAX_WORD, 11), 11))
    found += [TextLine(shorten(text, MAX_WORD, 10.5), 10.5, "soft") for text in makers(glyph, wiring)]
    return tuple(found)


def name_of(glyph: Glyph, wiring: UnitGraph) -> str:
    """The name of what makes a glyph, that of a block where most of it is in one; empty where it only says the kind."""
    units = [wiring.units[slab.unit] for slab in glyph.slabs]
    names = [printable(unit.name) for unit in units]
    around = Counter(name.rpartition(".")[0] for name in names)
    block, count = around.most_common(1)[0]
    if block and (count > 1 or glyph.repeats):
        return block
    if len(names) == 1:
        own = names[0].rpartition(".")[2]
        return names[0] if own.isdigit() else "" if is_only_kind(own, glyph.slabs[0].unit, wiring) else own
    own_names = [
        name for name, slab in zip(names, glyph.slabs, strict=True) if not is_only_kind(name, slab.unit, wiring)
    ]
    if len(own_names) < 2:
        return "".join(own_names)
    return ", ".join(own_names) if len(own_names) == 2 else f"{own_names[0]} – {own_names[-1]}"


def is_only_kind(name: str, unit: int, wiring: UnitGraph) -> bool:
    """Whether a name is that of a kind with a number, as a layer has that was given none."""
    applied = wiring.applied(unit)
    return (
        applied is not None
        and not wiring.units[unit].is_block
        and name.rstrip("0123456789") == applied.setting.kind.name
    )


def makers(glyph: Glyph, wiring: UnitGraph) -> list[str]:
    """The layers that make a glyph, alike ones together."""
    if glyph.shape is None:
        return []
    words = [maker(unit, wiring) for unit in glyph.lead] + [maker(slab.unit, wiring) for slab in glyph.slabs]
    found: list[list[object]] = []
    for word in filter(None, words):
        if found and found[-1][0] == word:
            found[-1][1] += 1  # type: ignore[operator]
        else:
            found.append([word, 1])
    lines = [f"{times} × {word}" if times != 1 else str(word) for word, times in found]
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], f"and {len(lines) - MAX_LINES + 1} more"]
    return lines


def maker(index: int, wiring: UnitGraph) -> str:
    unit, applied = wiring.units[index], wiring.applied(index)
    if unit.is_block:
        return block_words(index, wiring)
    return short_layer(applied, wiring) if applied else ""


def short_layer(applied: Applied, wiring: UnitGraph) -> str:
    """`conv 64 k3 s2`: kind, filters, kernel, stride."""
    first, *words = spell_layer(applied.setting, wiring.graph.convention.name).split(" ")
    kept = [word for place, word in enumerate(words) if KEPT.match(word) or (place == 0 and "=" not in word)]
    return " ".join((first, *kept))


def block_words(index: int, wiring: UnitGraph) -> str:
    """What a block does: the kernels on its way to a sum, its paths to a concatenation; else how many layers it has."""
    unit, nodes = wiring.units[index], wiring.graph.nodes
    inside = range(unit.start, unit.stop)
    joins = [node for node in nodes[unit.start : unit.stop] if node.applied and node.applied.setting.kind.block]
    last = joins[-1] if joins else None
    if last is not None and last.applied and last.applied.setting.kind.block == "concat":
        return f"{len(last.inputs)} paths, concat"
    if last is not None and len(joins) == 1 and last.applied and last.applied.setting.kind.block == "residual":
        kernels = [word for node in way_to(wiring, last.inputs[0], inside) if (word := kernel_words(node, wiring))]
        if 0 < len(kernels) <= MAX_KERNELS:
            return f"{', '.join(kernels)} + skip"
    return f"{unit.stop - unit.start:,} layers"


def way_to(wiring: UnitGraph, end: int, inside: range) -> list[int]:
    """The nodes of a block that lead to one of them, first inputs only."""
    found = []
    while end in inside:
        found.append(end)
        sources = wiring.graph.nodes[end].inputs
        if not sources:
            break
        end = sources[0]
    return found[::-1]


def kernel_words(node: int, wiring: UnitGraph) -> str:
    """`k3` of a layer that mixes numbers by learnt windows; empty for others."""
    applied = wiring.graph.nodes[node].applied
    if applied is None or not applied.setting.kind.linear or "kernel" not in applied.values:
        return ""
    words = short_layer(applied, wiring).split(" ")
    return next((word for word in words if word[0] == "k"), "k1")


def title_of(index: int, wiring: UnitGraph) -> str:
    """What is said of a layer where the pointer rests."""
    unit, graph = wiring.units[index], wiring.graph
    nodes = graph.nodes[unit.start : unit.stop]
    last = nodes[-1]
    shape = graph.shape(unit.last)
    shown = UNICODE.shape(written_order(shape, graph.channels_last)) if shape else ""
    if unit.start < len(graph.inputs):
        return f"{unit.name}: input {shown}"
    if shape is None:
        return f"{unit.name}: {last.reason or 'not computed'}"
    sums = totals(node.applied for node in nodes)
    assert last.applied
    what = block_words(index, wiring) if unit.is_block else spell_layer(last.applied.setting, graph.convention.name)
    return (
        f"{unit.name}: {what} → {shown}; {UNICODE.number(sums.parameters)} parameters, {UNICODE.number(sums.macs)} MACs"
    )


def subtitle(report: NetworkReport) -> str:
    """Inputs, output, parameters and MACs, in one line."""
    last = report.channels_last
    inputs = ", ".join(UNICODE.shape(written_order(shape, last)) for shape in report.inputs.values())
    output = UNICODE.shape(written_order(report.output, last)) if report.output else "?"
    numbers = [f"{inputs} → {output}", f"{amount(report.totals.parameters)} parameters"]
    if report.totals.macs:
        numbers.append(f"{amount(report.totals.macs)} MACs")
    return "  ·  ".join(numbers)


def amount(value: object) -> str:
    return scale_down(value, 1000, COUNTS) if type(value) is int and value >= 10**6 else UNICODE.number(value)
