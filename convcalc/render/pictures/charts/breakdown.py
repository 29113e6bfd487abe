"""Where the numbers of a network are: rows of layers, or of blocks and runs of them, with what each adds to a total."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from convcalc.algebra.expr import is_symbolic
from convcalc.kinds.categories import category
from convcalc.network.quantity import NAMES, QUANTITIES, Quantity, find
from convcalc.network.walk import NetworkReport, totals
from convcalc.problem import did_you_mean, problem
from convcalc.render.pictures import PicturedNetwork, PictureOptions
from convcalc.render.pictures.heading import storage_in_words
from convcalc.render.pictures.nominal import NominalNumbers, letters_in, nominal_numbers
from convcalc.render.report.rows import deepest_level, layers_in_words, parts
from convcalc.render.spelling import spell_layer
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

USUAL = ("parameters", "macs", "activations", "receptive_field")
DRAWN_FIELDS = ("receptive_field", "rf_stride")  # of what is measured, what starts from zero
MAX_ROWS, MAX_ASKED = 60, 400  # on a page, and where somebody chose a depth


class Amount(NamedTuple):
    """How much a row has of a quantity."""

    value: Any  # exact; None where it is not known
    number: int  # as it is drawn: the value, of a symbolic one at nominal sizes
    parts: tuple[tuple[str, int], ...]  # what each category of layers adds to that number


class BarRow(NamedTuple):
    name: str
    settings: str  # the layer as a spec writes it, or what a block holds
    shape: tuple[Any, ...]  # of its output; empty where it is not known
    amounts: tuple[Amount, ...]  # of each quantity that is counted
    measures: tuple[tuple[Any, ...], ...]  # of each that is measured, along the axes of the input
    is_failed: bool = False
    is_single: bool = True  # one layer


class Breakdown(NamedTuple):
    counted: tuple[Quantity, ...]
    measured: tuple[Quantity, ...]
    rows: tuple[BarRow, ...]
    totals: tuple[Amount, ...]  # of each that is counted
    categories: tuple[str, ...]  # in the order in which they appear
    nominal: NominalNumbers  # at which it is drawn
    notes: tuple[str, ...]  # what is folded or left out
    storage: str  # of how many numbers of how many bytes the bytes are; empty where there are none


def quantities_of(names: Sequence[str]) -> tuple[Quantity, ...]:
    """The quantities of these names, each once; a Problem for one that has no bars."""
    known = [name for name, each in QUANTITIES.items() if each.value or name in DRAWN_FIELDS]
    found = []
    for name in names:
        quantity = find(name)
        if quantity is None:
            raise problem("U001", f'there is no quantity "{name[:60]}"', did_you_mean(name, NAMES) or ", ".join(known))
        if quantity.name not in known:
            raise problem("U010", f"{quantity.word} has no bars", f"--quantities {','.join(known)}")
        found.append(quantity)
    return tuple(dict.fromkeys(found))


def breakdown(network: PicturedNetwork, options: PictureOptions) -> Breakdown:
    """The rows of a network, folded so far that a page holds them; a Problem where there is nothing to draw."""
    report = network.report
    asked = quantities_of(options.quantities or USUAL)
    counted = tuple(each for each in asked if each.value and count_of(each, report.totals) is not None)
    measured = tuple(each for each in asked if each.measure and any(layer.field for layer in report.layers))
    unknown = [each.word for each in asked if each.value and each not in counted]
    if not counted:
        report.demand_shapes()
        if not measured:
            raise problem("U009", f"{' and '.join(unknown) or 'a receptive field'} cannot be told of this network")
    check_memory_options(counted, options)
    notes = [f"{' and '.join(unknown)} cannot be told: the source has no shapes"] if unknown else []
    batch = options.batch or report.batch or 1
    storage = storage_in_words(options.bits, batch) if any(each.in_bytes for each in counted) else ""
    filled = has_content(report, counted)
    if not any(filled):
        raise problem("U009", f"no layer has {in_words(counted, 'or')}: there is nothing to draw")
    ranges, note = page_of_ranges(report, filled, options.depth)
    if note:
        notes.append(note)
    empty = len(report.layers) - sum(stop - start for _, start, stop in ranges)
    if empty:
        verb = "is" if empty == 1 else "are"
        notes.append(f"{layers_in_words(empty)} without {in_words(counted, 'or')} {verb} left out")
    letters = letters_in(nominal_needs(report, counted, measured))
    numbers = nominal_numbers(network).letters if letters else {}
    nominal = NominalNumbers({letter: number for letter, number in numbers.items() if letter in letters})

    def amount(quantity: Quantity, start: int, stop: int) -> Amount:
        layers = [layer for layer in report.layers[start:stop] if layer.known is not None]
        if not layers:
            return Amount(None, 0, ())
        groups: dict[str, list[Any]] = {}
        for layer in layers:
            assert layer.known is not None
            groups.setdefault(category(layer.known.setting.kind), []).append(layer.known)
        value = quantity.amount(totals(known for group in groups.values() for known in group), options.bits, batch)
        if value is None:
            return Amount(None, 0, ())
        each = {
            name: whole_number(quantity.amount(totals(group), options.bits, batch), nominal)
            for name, group in groups.items()
        }
        return Amount(value, whole_number(value, nominal), tuple((name, part) for name, part in each.items() if part))

    rows = tuple(
        BarRow(
            name, settings_of(report, start, stop), shape_of(report, stop - 1),
            tuple(amount(each, start, stop) for each in counted),
            tuple(report.layers[stop - 1].extents(MEASURES[each.name]) for each in measured),
            all(layer.known is None for layer in report.layers[start:stop]), stop - start == 1,
        )
        for name, start, stop in ranges
    )  # fmt: skip
    whole = tuple(amount(each, 0, len(report.layers)) for each in counted)
    categories = dict.fromkeys(name for row in rows for each in row.amounts for name, _ in each.parts)
    return Breakdown(counted, measured, rows, whole, tuple(categories), nominal, tuple(notes), storage)


MEASURES = {"receptive_field": "size", "rf_stride": "stride"}


def whole_number(value: Any, nominal: NominalNumbers) -> int:
    """A value as it is drawn; a Problem where it has no number."""
    found = nominal.number(value)
    if is_symbolic(found) or found < 0:
        raise problem("U009", f"{value} has no number to draw it with", nominal.cure(nominal.letters))
    return int(found)


def count_of(quantity: Quantity, counts: Any) -> Any:
    assert quantity.value is not None
    return quantity.value(counts)


def check_memory_options(counted: Iterable[Quantity], options: PictureOptions) -> None:
    """A Problem for a type or a batch where no quantity is in bytes."""
    if not any(each.in_bytes for each in counted):
        for option, is_given in (("--dtype", options.bits != 32), ("--batch", options.batch > 1)):
            if is_given:
                raise problem("U010", f"{option} has no say over {in_words(counted, 'and')}", "--quantities memory")


def in_words(quantities: Iterable[Quantity], word: str) -> str:
    """`parameters, MACs and activations`."""
    words = [each.word for each in quantities]
    return f"{', '.join(words[:-1])} {word} {words[-1]}" if len(words) > 1 else "".join(words)


def has_content(report: NetworkReport, counted: Sequence[Quantity]) -> list[bool]:
    """Of each layer, whether it adds to any of the quantities, or could not be computed."""
    found = []
    for layer in report.layers:
        own = totals((layer.known,)) if layer.known else None
        found.append(own is None or not counted or any(count_of(each, own) != 0 for each in counted))
    return found


def nominal_needs(report: NetworkReport, counted: Iterable[Quantity], measured: Iterable[Quantity]) -> list[Any]:
    """The values that have to have a length."""
    found = [count_of(each, report.totals) for each in counted]
    for each in measured:
        found += [
            value for layer in report.layers for value in layer.extents(MEASURES[each.name]) if is_symbolic(value)
        ]
    return found


def page_of_ranges(report: NetworkReport, filled: Sequence[bool], depth: int) -> tuple[list[tuple[str, int, int]], str]:
    """Ranges of layers that a page has rows for, by name, without those that have no content; and what that took."""
    deepest = deepest_level(report.groups)
    most = MAX_ASKED if depth else MAX_ROWS
    tried = [depth] if depth else [deepest + 1, *range(deepest, 0, -1)]
    found: list[tuple[str, int, int]] = []
    for tried_depth in tried:
        found = [
            (group.name if group else report.layers[start].name, start, group.stop if group else start + 1)
            for start, group in parts(report, tried_depth)
        ]
        found = [each for each in found if any(filled[each[1] : each[2]])]
        if len(found) <= most:
            is_folded = not depth and tried_depth <= deepest
            return found, f"blocks below depth {tried_depth} are folded: --depth chooses another" if is_folded else ""
    count = -(-len(found) // MAX_ROWS)
    runs = [found[start : start + count] for start in range(0, len(found), count)]
    stops = [*(run[0][1] for run in runs[1:]), len(report.layers)]  # what has no content goes with what is above it
    joined = [
        (f"{run[0][0]} … {run[-1][0]}" if len(run) > 1 else run[0][0], run[0][1], stop)
        for run, stop in zip(runs, stops, strict=True)
    ]
    return joined, f"{len(found):,} rows are folded into {len(joined)}, {count:,} after one another in each"


def settings_of(report: NetworkReport, start: int, stop: int) -> str:
    layer = report.layers[start]
    if stop - start > 1:
        return layers_in_words(stop - start)
    return spell_layer(layer.known.setting, report.convention) if layer.known else layer.reason


def shape_of(report: NetworkReport, place: int) -> tuple[Any, ...]:
    known_layer = report.layers[place].known
    shape = known_layer.output if known_layer else None
    return tuple(written_order(shape, report.channels_last)) if shape else ()
