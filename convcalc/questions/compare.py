"""Networks side by side: totals with their exact ratios, and the layers that are in one but not in the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import divide
from convcalc.network.quantity import COUNTED
from convcalc.network.walk import LayerReport, NetworkReport, count_layers
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value

MAX_MATCHED = 4_000  # layers of two networks that are matched; more of them are compared place by place


class Total(NamedTuple):
    """A quantity of every network, and its ratio to that of the one compared with: None where that is 0.

    What is not known of a network is None.
    """

    name: str
    values: tuple[Value | None, ...]
    ratios: tuple[Value | None, ...]


class Change(NamedTuple):
    """A layer of the network compared with, and what another has in its place; None where there is nothing."""

    base: LayerReport | None
    other: LayerReport | None


class Difference(NamedTuple):
    """How another network differs, layer by layer, and how many layers are the same."""

    place: int  # of the other network
    same: int
    changes: tuple[Change, ...]
    silent: int = 0  # layers without parameters that a table has no row for


class Comparison(NamedTuple):
    reports: tuple[NetworkReport, ...]
    totals: tuple[Total, ...]
    fields: tuple[tuple[Value, ...], ...]  # receptive field of the last layer, along each axis
    differences: tuple[Difference, ...]  # of every network but the base
    base: int = 0  # the place of the network that the others are compared with


def layers_of(report: NetworkReport) -> Value | None:
    return None if report.table else count_layers(layer.applied for layer in report.layers)


def compare(reports: tuple[NetworkReport, ...], base: int = 0) -> Comparison:
    """Two or more networks compared with one of them."""
    totals = [total(name, tuple(count(report.totals) for report in reports), base) for name, count in COUNTED.items()]
    totals.append(total("layers", tuple(layers_of(report) for report in reports), base))
    if any(report.table for report in reports):
        from convcalc.questions.table_rows import mult_adds

        totals += [total("rounded_mult_adds", values, base) for values in mult_adds(reports)]
    fields = tuple(report.last.extents() if report.last else () for report in reports)
    if all(fields) and all(len(set(sizes)) == 1 for sizes in fields):
        totals.append(total("receptive_field", tuple(sizes[0] for sizes in fields), base))
    others = [place for place in range(len(reports)) if place != base]
    differences = tuple(difference(reports[base], reports[place], place) for place in others)
    return Comparison(reports, tuple(totals), fields, differences, base)


def total(name: str, values: tuple[Value | None, ...], base: int) -> Total:
    return Total(name, values, tuple(ratio(value, values[base]) for value in values))


def ratio(value: Value | None, to: Value | None) -> Value | None:
    """value/to, exactly; 1 where both are 0."""
    if value is None or to is None:
        return None
    if value == to:
        return 1
    return divide(value, to) if to else None


def difference(base: NetworkReport, other: NetworkReport, place: int) -> Difference:
    if base.table or other.table:
        from convcalc.questions.table_rows import compare_rows

        return compare_rows(base, other, place)
    changes: list[Change] = []
    same = 0
    with_shapes = not any(layer.held for report in (base, other) for layer in report.layers)
    left, right = ([identity(layer, with_shapes) for layer in report.layers] for report in (base, other))
    for start, stop, begin, end, is_same in stretches(left, right):
        if is_same:
            same += stop - start
            continue
        ours, theirs = base.layers[start:stop], other.layers[begin:end]
        shared = min(len(ours), len(theirs))
        changes += [Change(a, b) for a, b in zip(ours[:shared], theirs[:shared], strict=True)]
        changes += [Change(layer, None) for layer in ours[shared:]]
        changes += [Change(None, layer) for layer in theirs[shared:]]
    return Difference(place, same, tuple(changes))


def identity(layer: LayerReport, with_shapes: bool) -> Any:
    """What makes two layers the same: kind, settings and shapes, whatever their names; without shapes, parameters."""
    applied: Any = layer.known
    if applied is None:
        return (layer.name, layer.reason)
    if not with_shapes:
        return (applied.setting.kind.name, tuple(applied.values.items()), applied.parameters)
    return (applied.setting.kind.name, tuple(applied.values.items()), applied.input, applied.output)


def stretches(left: list[Any], right: list[Any]) -> Iterator[tuple[int, int, int, int, bool]]:
    """Stretches of layers, in both networks, that are the same or not: (from, to, from, to, same)."""
    if len(left) + len(right) > MAX_MATCHED:
        for place in range(max(len(left), len(right))):
            start, stop = min(place, len(left)), min(place + 1, len(left))
            begin, end = min(place, len(right)), min(place + 1, len(right))
            yield start, stop, begin, end, left[start:stop] == right[begin:end]
        return
    from difflib import SequenceMatcher

    numbers: dict[Any, int] = {}
    a, b = ([numbers.setdefault(each, len(numbers)) for each in side] for side in (left, right))
    for tag, start, stop, begin, end in SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes():
        yield start, stop, begin, end, tag == "equal"
