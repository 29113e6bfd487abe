"""What is written at a glyph and said where the pointer rests; what layouts have in common: the drawn part, signs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from convcalc.network.walk import NetworkReport, totals
from convcalc.render.pictures.heading import SIZE, counts_in_words
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import INK, SOFT, Collection, Shape
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import COUNTS, UNICODE, input_shapes, printable, scale_down, shape_text
from convcalc.render.spelling import spell_layer
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.network import Node
    from convcalc.render.pictures.volumes.glyphs import Gallery, Glyph, SlabArc
    from convcalc.render.pictures.volumes.units import UnitGraph

KEPT = re.compile(r"[ksdg]\d")  # kernel, stride, dilation, groups
MAX_KERNELS = 4
MAX_WORD, MAX_FORMULA, MAX_LINES = 126.0, 160.0, 4
ALARM = "alarm"
MAX_TITLES = 12  # layers that are listed where the pointer rests


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
    """What a block does: the kernels on its way to its sum, the paths to its concatenation; else how much is in it."""
    unit, nodes = wiring.units[index], wiring.graph.nodes
    inside = range(unit.start, unit.stop)
    joins = [node for node in nodes[unit.start : unit.stop] if node.applied and node.applied.setting.kind.block]
    paths = len(joins[-1].inputs) if joins and is_concat(joins[-1]) else 0
    if paths > 2 or (paths and len(joins) == 1):
        return f"{paths} paths, concat"
    if len(joins) == 1 and joins[0].applied and joins[0].applied.setting.kind.block == "residual":
        ways = [way_to(wiring, source, inside) for source in joins[0].inputs]
        kernels = [word for node in max(ways, key=len) if (word := kernel_words(node, wiring))]
        if 0 < len(kernels) <= MAX_KERNELS:
            return f"{', '.join(kernels)} + skip"
    more = f", {len(joins)} joins" if len(joins) > 1 else ""
    return f"{layers_in_words(unit.stop - unit.start)}{more}"


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
    """`k3` of a layer that mixes numbers by learnt windows, `k1x7` where its sides differ; empty for others."""
    applied = wiring.graph.nodes[node].applied
    if applied is None or not applied.setting.kind.linear or "kernel" not in applied.values:
        return ""
    sides = [str(axis["k"]) for axis in applied.axes]
    return f"k{sides[0] if len(set(sides)) == 1 else 'x'.join(sides)}"


def is_concat(node: Node) -> bool:
    return node.applied is not None and node.applied.setting.kind.block == "concat"


def title_of(index: int, wiring: UnitGraph) -> str:
    """What is said of a layer where the pointer rests."""
    unit, graph = wiring.units[index], wiring.graph
    nodes = graph.nodes[unit.start : unit.stop]
    last = nodes[-1]
    shape = graph.shape(unit.last)
    shown = shape_text(shape, graph.channels_last) if shape else ""
    if unit.start < len(graph.inputs):
        return f"{unit.name}: input {shown}"
    if shape is None:
        return f"{unit.name}: {graph.why_unknown(last)}"
    sums = totals(node.applied for node in nodes)
    assert last.applied
    what = block_words(index, wiring) if unit.is_block else spell_layer(last.applied.setting, graph.convention.name)
    return "; ".join(filter(None, (f"{unit.name}: {what} → {shown}", ", ".join(counts_in_words(sums)))))


class TextLine(NamedTuple):
    """A line of text below a glyph."""

    text: str
    size: float
    colour: str = INK
    bold: bool = False

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, self.bold)


def lines_of(glyph: Glyph, wiring: UnitGraph) -> tuple[TextLine, ...]:
    """The lines below a glyph."""
    if glyph.shape is None:
        found = [TextLine("not computed", 12, ALARM, True)]
    else:
        sizes = written_order(glyph.shape, wiring.graph.channels_last)
        found = [TextLine(line, 12, INK, True) for line in shape_lines(sizes, 12, True)]
    name = name_of(glyph, wiring)
    if name:
        found.append(TextLine(shorten(name, MAX_WORD, 11), 11))
    found += [TextLine(shorten(text, MAX_WORD, 10.5), 10.5, SOFT) for text in makers(glyph, wiring)]
    return tuple(found)


def shape_lines(sizes: tuple[Value, ...], size: float, bold: bool = False) -> list[str]:
    """A shape, where its formulas are long on several lines, each of which but the last ends in ×."""
    whole = UNICODE.shape(sizes)
    if text_width(whole, size, bold) <= MAX_WORD or len(sizes) == 1:
        return [shorten(whole, MAX_WORD, size, bold)]
    lines = [""]
    for factor in whole.split("×"):
        longer = f"{lines[-1]}×{factor}" if lines[-1] else factor
        if lines[-1] and text_width(longer, size, bold) > MAX_WORD:
            lines[-1] += "×"
            lines.append(factor)
        else:
            lines[-1] = longer
    return [shorten(line, MAX_FORMULA, size, bold) for line in lines]


def name_of(glyph: Glyph, wiring: UnitGraph) -> str:
    """The name of what makes a glyph, that of a block where most of it is in one; empty where it only says the kind."""
    drawn = [slab.unit for slab in glyph.slabs]
    units = [*drawn, *(unit for repeat in glyph.repeats for unit in repeat.last)]
    names = [printable(wiring.units[unit].name) for unit in units]
    if len(names) > 1:
        block = common_block(names)
        if block:
            return block
    if len(drawn) == 1:
        return own_name(names[0], glyph, wiring)
    told = [
        name.partition(".")[0] for name, unit in zip(names, units, strict=True) if not is_only_kind(name, unit, wiring)
    ]
    told = list(dict.fromkeys(told))
    return ", ".join(told) if len(told) < 3 else f"{told[0]} – {told[-1]}"


def own_name(name: str, glyph: Glyph, wiring: UnitGraph) -> str:
    """The name of one layer or block within its block; that of the block where it is all of it and has no other."""
    block, _, own = name.rpartition(".")
    if own.isdigit():
        return name
    first, last = glyph.units[0], glyph.units[-1]
    if not is_only_kind(own, first, wiring):
        return own
    beside = [wiring.units[place].name for place in (first - 1, last + 1) if 0 <= place < len(wiring.units)]
    if not block or any(each.startswith(f"{block}.") for each in beside):
        return ""
    inner = block.rpartition(".")[2]
    return block if inner.isdigit() else inner


def common_block(names: list[str]) -> str:
    """The innermost block that more than half of the names are in."""
    around = Counter(name[:place] for name in names for place, sign in enumerate(name) if sign == ".")
    return max([block for block, count in around.items() if 2 * count > len(names)], key=len, default="")


def is_only_kind(name: str, unit: int, wiring: UnitGraph) -> bool:
    """Whether a name is that of a kind with a number, as a layer has that was given none."""
    applied = wiring.applied(unit)
    if applied is None or wiring.units[unit].is_block:
        return False
    return name.rstrip("0123456789") == applied.setting.kind.name


def makers(glyph: Glyph, wiring: UnitGraph) -> list[str]:
    """The layers that make a glyph, alike ones together."""
    if glyph.shape is None:
        more = len(glyph.units) - 1
        return [f"nor {layers_in_words(more)} behind it"] if more else []
    found: list[tuple[str, int]] = [(maker(unit, wiring), 1) for unit in glyph.lead]
    repeats = {repeat.start + place: (repeat, place) for repeat in glyph.repeats for place in range(repeat.length)}
    for place, slab in enumerate(glyph.slabs):
        word, times = maker(slab.unit, wiring), 1
        if place in repeats:
            repeat, number = repeats[place]
            word, times = first_to_last(word, maker(repeat.last[number], wiring)), repeat.times
        if found and found[-1][0] == word:
            found[-1] = (word, found[-1][1] + times)
        else:
            found.append((word, times))
    lines = [f"{times:,} × {word}" if times != 1 else word for word, times in found if word]
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], f"and {len(lines) - MAX_LINES + 1} more"]
    return lines


def subtitle(report: NetworkReport, room: float) -> str:
    """Inputs, output, parameters and MACs, as many of them as there is room for."""
    output = shape_text(report.output, report.channels_last) if report.output else "?"
    found = f"{', '.join(input_shapes(report))} → {output}"
    for total in counts_in_words(report.totals, amount):
        longer = f"{found}  ·  {total}"
        found = longer if text_width(longer, SIZE) <= room else found
    return shorten(found, room, SIZE)


def amount(value: object) -> str:
    return scale_down(value, 1000, COUNTS) if type(value) is int and value >= 10**6 else UNICODE.number(value)


def first_to_last(first: str, last: str) -> str:
    """What alike layers do whose settings run from the first's to the last's: conv 32 k2 … d512."""
    if first == last:
        return first
    words = first.split(" ")
    return f"{first} … {' '.join(word for word in last.split(' ') if word not in words)}"


# What layouts have in common


class Plate(NamedTuple):
    """The drawn part of a picture, between its title and its caption."""

    shapes: tuple[Shape, ...]
    width: float
    height: float  # from the top of the picture
    has_windows: bool
    remark: str = ""  # for the caption


def titled_glyph(shapes: Iterable[Shape], glyph: Glyph, wiring: UnitGraph) -> Collection:
    """A glyph's shapes, with what its layers are."""
    units = (*glyph.lead, *glyph.units)
    lines = [title_of(unit, wiring) for unit in units[:MAX_TITLES]]
    if len(units) > MAX_TITLES:
        lines.append(f"and {len(units) - MAX_TITLES:,} more")
    return Collection(tuple(shapes), "\n".join(lines), wiring.units[glyph.slabs[0].unit].name)


def sign_at(found: Gallery, arc: SlabArc) -> str:
    """The sign of what happens where an arc ends: + or × of numbers, | of channels; empty where it only goes in."""
    glyph = found.glyphs[arc.end.glyph]
    return glyph.slabs[arc.end.slab].join or ("|" if glyph.parts else "")
