"""Layers that change nothing: what comes out of them is what goes in, whatever that is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.layers.window import APPENDING, SLIDING
from convcalc.linting.record import WARNING, LintRule, Trait
from convcalc.spec import LayerItem, RepeatItem, items_within

if TYPE_CHECKING:
    from convcalc.layers import Span
    from convcalc.layers.applied import Applied
    from convcalc.linting.network import LintedNetwork

ONCE = r"\s*1\s*[x×*]\s|repeat"  # how a repeat of one turn is written
NAMES = r"\w+\s*=(?!=)|\b(?:True|False|None)\b"  # of arguments, and what is no name
ZERO, ONE = r"(?<![\d.])0(?:\.0*)?(?![\d.])", r"(?<![\d.])1(?![\d.])"


def useless_layers(network: LintedNetwork) -> Iterator[Trait]:
    yield from activations_again(network)
    yield from layers_of_one(network)
    yield from repeats_of_one(network)


def activations_again(network: LintedNetwork) -> Iterator[Trait]:
    for index, applied in network.layers():
        keeps = applied.setting.kind.keeps
        if keeps is None or is_altered(applied):
            continue
        before = network.before(index)
        while before >= 0 and keeps_signs(network, before) and keeps == (0, None):
            before = network.before(before)
        kind = network.kind(before) if before >= 0 else None
        altered = kind is not None and is_altered(network.nodes[before].applied)
        if kind and kind.gives and not altered and lies_in(kind.gives, keeps):
            message = f"it changes nothing after {network.nodes[before].name}, which gives {span_text(kind.gives)}"
            yield Trait(index, message, leave_out(network, index))


def is_altered(applied: Applied | None) -> bool:
    """Whether a setting that is usually off makes other numbers of a layer than its kind gives: a slope of a relu."""
    return applied is not None and any(
        key.type == "decimal" and key.default in (None, "0") and applied.values.get(key.name) not in (None, "0")
        for key in applied.setting.kind.keys
    )


def keeps_signs(network: LintedNetwork, index: int) -> bool:
    """Whether of numbers that are none below 0 a layer makes such again: one that it takes from them, or means."""
    kind = network.kind(index)
    return kind is not None and kind.parameters == "0" and (kind.view or kind.pools)


def lies_in(span: Span, other: Span) -> bool:
    """Whether all numbers of a span are in another."""
    (low, high), (least, most) = span, other
    return (least is None or (low is not None and low >= least)) and (
        most is None or (high is not None and high <= most)
    )


def span_text(span: Span) -> str:
    low, high = span
    return f"nothing below {low:g}" if high is None else f"numbers from {low:g} to {high:g}"


def layers_of_one(network: LintedNetwork) -> Iterator[Trait]:
    """Dropout of nothing, pooling of one cell, a concatenation of one; only where that is written, not computed."""
    several: set[Any] = set()
    found: list[Trait] = []
    for index, applied in network.layers():
        kind, node = applied.setting.kind, network.nodes[index]
        if applied.values.get("rate") == 0 and kind.view and is_written(network, index, ZERO):
            yield Trait(index, "it drops nothing: its rate is 0", leave_out(network, index))
        elif kind.pools and kind.parameters == "0" and pools_nothing(network, index):
            yield Trait(index, "windows of one cell, one apart, give what they take", leave_out(network, index))
        elif kind.gives and not kind.activates and applied.letters.get("e") == 1 and is_of_one_unit(network, index):
            cure = f"sigmoid instead of {node.name}, or an output for each of two classes before it"
            yield Trait(index, "of one number it gives 1, whatever that is", cure)
        elif (kind.broadcasts or kind.window.type is APPENDING) and len(set(node.inputs)) < len(node.inputs):
            if not network.is_foreign:
                again = network.nodes[max(node.inputs, key=node.inputs.count)].name
                yield Trait(index, f"it takes {again} more than once", f"another input for {node.name}, or none of it")
        elif kind.window.type is APPENDING and kind.inputs == 0:
            if len(node.inputs) > 1:
                several.add(node.place)
            found.append(Trait(index, "there is nothing to join: it has one input", leave_out(network, index)))
    for trait in found:
        if network.nodes[trait.node].place not in several:
            yield trait


def pools_nothing(network: LintedNetwork, index: int) -> bool:
    applied = network.layer(index)
    windows = network.windows(index)
    own = applied.setting.kind.window.type is SLIDING and applied.output == applied.input[0]
    return own and all((step.reach, step.stride) == (1, 1) for step in windows) and is_written(network, index, ONE)


def is_written(network: LintedNetwork, index: int, pattern: str) -> bool:
    """Whether a number is in the text of a layer itself, beside no name, which may have another value."""
    _, call, rest = network.text(index).partition("(")
    values = re.sub(NAMES, "", rest) if call else network.text(index).partition(" ")[2]
    words = re.findall(r"[^\W\d]\w*" if call else r"(?:^|=|\s)[^\W\d][^\W\d]*(?=$|\s)", values)
    return not words and re.search(pattern, values) is not None


def repeats_of_one(network: LintedNetwork) -> Iterator[Trait]:
    spec = network.graph.spec
    for item in items_within(spec.items, spec.blocks):
        if isinstance(item, RepeatItem) and item.times == "1" and re.match(ONCE, network.text_at(item.place)):
            inside = next((each for each in items_within(item.items, {}) if isinstance(each, LayerItem)), None)
            index = network.node_at(inside.place) if inside else -1
            if index >= 0:
                shared = "; its weights are shared with nothing" if item.shared else ""
                message = f"a repeat of one turn is what it repeats{shared}"
                yield Trait(index, message, f"write {network.nodes[index].name} without the repeat", place=item.place)


def leave_out(network: LintedNetwork, index: int) -> str:
    return f"leave {network.nodes[index].name} out"


def is_of_one_unit(network: LintedNetwork, index: int) -> bool:
    """Whether it is a layer with one output that a layer reads, and no map that is small on such an input."""
    before = network.before(index)
    applied = network.applied(before) if before >= 0 else None
    return applied is not None and applied.setting.kind.linear == "mixes" and applied.letters.get("f") == 1


RULES = (
    LintRule(
        "twice-activated",
        WARNING,
        "a layer that changes nothing: relu after relu, dropout 0, pooling of 1, a repeat or join of one",
        "An activation changes nothing where all that comes in is what it leaves as it is: relu after relu or sigmoid. "
        "A rate or a size that is computed, or stands under a name, may have another value and is not reported.",
        "Leave it out.",
        "arithmetic",
        "3x8x8 -> conv 8 k3 -> relu -> relu",
        useless_layers,
    ),
)  # fmt: skip
