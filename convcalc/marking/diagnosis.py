"""A wrong answer explained: by wrong formulas, on the student's own numbers and on the right ones, then by slips."""

from __future__ import annotations

import math
from itertools import product as combinations
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate, letters
from convcalc.algebra.formula import Formula, Work
from convcalc.algebra.parser import parse
from convcalc.layer.binding import AXES
from convcalc.layer.case import product
from convcalc.marking.following import quantity_of
from convcalc.marking.reading import Reading, gives, layouts, same_number
from convcalc.marking.totals import wrong_totals
from convcalc.marking.upstream import chain_values, upstream_values
from convcalc.marking.verdict import Diagnosis
from convcalc.marking.wrong_values import WHEN, Situation, conditions, diagnosis, paired_values, possible, wrong_values
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from convcalc.layer.applied import Applied
    from convcalc.layer.record import Shape
    from convcalc.marking.following import Network, Own
    from convcalc.marking.key import Asked
    from convcalc.marking.wrong_values import Found

    Lookup = Callable[[Situation, str, int], tuple[Found, ...]]

MAX_DIAGNOSES = 12
FORMULAS = {
    "parameters": "parameters", "weights": "weights", "macs": "macs", "flops": "flops",
    "receptive_field": "receptive_field", "rf_centre": "rf_centre",
}  # fmt: skip
UNITS = (1000, 1024, 10**6, 2**20, 10**9, 2**30, 4, 8, 32)


def explanations(entry: Any, own: Own) -> tuple[Diagnosis, ...]:
    """Every explanation that gives exactly this answer."""
    asked: Asked = entry.asked.of_layer
    found: dict[Any, Diagnosis] = {}
    for each in made(asked, entry.readings, own):
        found.setdefault((each.codes, each.layers), each)
        if len(found) >= MAX_DIAGNOSES:
            break
    return tuple(found.values())


def made(asked: Asked, readings: tuple[Reading, ...], own: Own) -> Iterator[Diagnosis]:
    if any(step == asked.right for reading in readings for step in reading.steps[-1:] if reading.value != step):
        yield Diagnosis(("slip.arithmetic",))
    count = 0
    if asked.index < 0:
        explained = of_total(asked, readings, own)
    elif asked.form == "shape":
        explained = of_shape(asked, readings, own)
    else:
        explained = of_number(asked, readings, own)
    for each in explained:
        count += 1
        yield each
    yield from slips(asked, readings, own, bool(count))


def situations(own: Own, index: int, quantity: str) -> list[Situation]:
    """The layer on the student's own inputs, then on the right ones; counted on their own output, then on its own."""
    network = own.network
    found: dict[Any, Situation] = {}
    flatten = network.flattened(index) if network.applied(index).setting.kind.takes == "features" else None
    if network.applied(index).setting.kind.flattens:
        flatten = index
    pooling = network.pooled(flatten) if flatten is not None and flatten == index else None
    for shapes, field, stride, applied in (
        (
            own.shapes,
            own.field_before(index),
            own.stride_before(index),
            own.applied(index) or network.loosely(index, own.input(index)),
        ),
        (
            network.right,
            network.field(network.sources[index][0]),
            network.field(network.sources[index][0], "stride"),
            network.applied(index),
        ),
    ):
        if applied is None:
            continue
        flat = before(network, shapes, flatten) if flatten is not None else ()
        unpooled = before(network, shapes, pooling) if pooling is not None else ()
        if quantity not in ("receptive_field", "rf_centre"):
            field = stride = ()
        base = Situation(network, index, applied, field, stride, 0, flat, unpooled)
        given = own.shapes[index]
        if (
            index in own.written
            and quantity in ("macs", "flops", "parameters")
            and applied.axes
            and len(given) == len(applied.output)
            and given[1:] != applied.output[1:]
        ):
            counted = base._replace(positions=product(given[1:]))
            found.setdefault(counted.key, counted)
        found.setdefault(base.key, base)
    return list(found.values())


def before(network: Network, shapes: list[Shape], index: int) -> Shape:
    source = network.sources[index][0]
    return shapes[source] if source >= 0 else network.inputs[source]


def fitting(values: Iterable[Found], readings: tuple[Reading, ...]) -> Iterator[Found]:
    for reading in readings:
        if isinstance(reading.value, tuple) and len(set(reading.value)) > 1:
            continue
        for each in values:
            if gives(reading, each.value):
                yield each


# A number


def of_number(asked: Asked, readings: tuple[Reading, ...], own: Own) -> Iterator[Diagnosis]:
    quantity, place = asked.question.quantity, 0
    if asked.question.part:
        names = AXES.get(len(own.network.applied(asked.index).axes), ())
        if quantity == "output":
            quantity = "channels" if asked.question.part == "channels" else "size"
            if own.network.applied(asked.index).setting.kind.flattens:
                quantity = "features"
        place = names.index(asked.question.part) if asked.question.part in names else 0
    elif quantity not in FORMULAS:
        yield from hidden(asked, readings, own)
        return
    views = situations(own, asked.index, quantity)
    count = 0
    for view in views:
        for each in fitting(wrong_values(view, quantity, place), readings):
            count += 1
            yield diagnosis(view, each)
    if quantity == "receptive_field":
        for diagnosed in chain_values(own, asked.index, readings):
            count += 1
            yield diagnosed
    for diagnosed in hidden(asked, readings, own):
        count += 1
        yield diagnosed
    if not count:
        for view in views:
            for each in fitting(paired_values(view, quantity, place), readings):
                yield diagnosis(view, each)


def hidden(asked: Asked, readings: tuple[Reading, ...], own: Own) -> Iterator[Diagnosis]:
    """Mistakes in earlier layers whose output was not asked or not answered."""
    for value, code, layer in upstream_values(own, asked.index, asked.question.quantity):
        for reading in readings:
            if not isinstance(value, tuple) and gives(reading, value):
                yield Diagnosis((code,), (layer,))


# A shape


def of_shape(asked: Asked, readings: tuple[Reading, ...], own: Own) -> Iterator[Diagnosis]:
    index = asked.index
    if asked.question.quantity != "output":
        return
    views = situations(own, index, "output")
    found = [*shapes_explained(views, readings, wrong_values), *hidden_shapes(own, index, readings)]
    yield from found or shapes_explained(views, readings, paired_values)


def shapes_explained(views: list[Situation], readings: tuple[Reading, ...], lookup: Lookup) -> Iterator[Diagnosis]:
    for view in views:
        right = view.applied.output
        for reading in readings:
            for shape, _ in layouts(reading, len(right)):
                if len(shape) == len(right):
                    yield from sides_explained(view, shape, right, lookup)


def hidden_shapes(own: Own, index: int, readings: tuple[Reading, ...]) -> Iterator[Diagnosis]:
    for value, code, layer in upstream_values(own, index, "output"):
        for reading in readings:
            if any(shape == value for shape, _ in layouts(reading, len(value))):
                yield Diagnosis((code,), (layer,))


def sides_explained(view: Situation, shape: Shape, right: Shape, lookup: Lookup) -> Iterator[Diagnosis]:
    """Mistakes that give every side that differs; one that gives them all comes before several."""
    kind = view.kind
    options: list[dict[tuple[str, ...], Found]] = []
    for place, (given, side) in enumerate(zip(shape, right, strict=True)):
        if given == side:
            continue
        quantity = "features" if kind.flattens else "channels" if place == 0 else "size"
        axis = max(place - 1, 0)
        possible = wrong_values(view, quantity, axis)
        if lookup is paired_values:
            possible += paired_values(view, quantity, axis)
        values: dict[tuple[str, ...], Found] = {}
        for each in possible:
            if each.value == given:
                values.setdefault(each.codes, each)
        if not values:
            return
        options.append(values)
    if not options:
        return
    shared = [codes for codes in options[0] if all(codes in each for each in options)]
    for codes in shared:
        yield diagnosis(view, options[0][codes])
    if not shared and math.prod(map(len, options)) <= 64:
        for chosen in combinations(*options):
            codes = tuple(dict.fromkeys(code for each in chosen for code in each))
            if len(codes) <= 2:
                yield diagnosis(view, options[0][chosen[0]])._replace(codes=codes)


# A total


def of_total(asked: Asked, readings: tuple[Reading, ...], own: Own) -> Iterator[Diagnosis]:
    for each in wrong_totals(own.network, asked.question.quantity):
        for reading in readings:
            if not isinstance(reading.value, tuple) and gives(reading, each.value) and each.value != asked.right:
                yield Diagnosis(each.codes, each.layers)


# A layer that was to be solved


def of_open(asked: Asked, readings: tuple[Reading, ...]) -> Iterator[Diagnosis]:
    """What a student put for the question mark: half a formula, or one off."""
    applied = asked.open.solutions[0].applied
    what = asked.question.quantity
    known = {**applied.letters, **(applied.axes[0] if applied.axes else {})}
    view: Any = OpenSituation(applied)
    for mistake, wrong in possible(applied.setting.kind, what):
        if all(WHEN[word](view) for word in conditions(wrong.when)):
            value = evaluate(parse(wrong.formula), known)
            if value != asked.right and any(reading.value == value for reading in readings):
                letters_used = {letter: known[letter] for letter in letters(parse(wrong.formula))}
                yield Diagnosis(
                    (mistake.code,), (), Work(what, Formula(mistake.code, wrong.formula), letters_used, value)
                )
    if any(
        isinstance(reading.value, int) and isinstance(asked.right, int) and abs(reading.value - asked.right) == 1
        for reading in readings
    ):
        yield Diagnosis(("slip.off_by_one",))


class OpenSituation(NamedTuple):
    """As much of a situation as a condition on the settings of a layer asks for."""

    applied: Applied


# Slips


def slips(asked: Asked, readings: tuple[Reading, ...], own: Own, explained: bool) -> Iterator[Diagnosis]:
    """What a hand does wrong, not a head; the weaker ones only where nothing else explains the answer."""
    right = asked.right
    values = [right]
    if asked.index >= 0:
        values += [value for value in own.values(asked.index, asked.question.quantity) if type(value) is type(right)]
    for reading in readings:
        given = reading.value
        if asked.form == "shape":
            for value in values:
                if sorted(map(repr, given)) == sorted(map(repr, value)):
                    yield Diagnosis(("slip.layout",))
                if len(value) > 1 and given == value[1:]:
                    yield Diagnosis(("slip.no_channels",))
        elif not isinstance(given, tuple) and not isinstance(right, tuple):
            for value in values:
                if given and any(given * unit == value or given == value * unit for unit in UNITS):
                    yield Diagnosis(("slip.unit",))
                if reading.unit and any(
                    same_number(reading._replace(value=given * unit, unit=reading.unit * unit), value) is not None
                    for unit in UNITS
                ):
                    yield Diagnosis(("slip.unit",))
    yield from transcribed(asked, readings, own)
    if explained:
        return
    for reading in readings:
        for value in values:
            if asked.form == "shape":
                shapes = [shape for shape, _ in layouts(reading, len(value)) if len(shape) == len(value)]
                if any(off_by_one(shape, value) for shape in shapes):
                    yield Diagnosis(("slip.off_by_one",))
                elif any(side_miscopied(shape, value) for shape in shapes):
                    yield Diagnosis(("slip.digits",))
            elif isinstance(reading.value, int) and isinstance(value, int):
                if abs(reading.value - value) == 1:
                    yield Diagnosis(("slip.off_by_one",))
                elif len(str(value)) > 2 and miscopied(str(reading.value), str(value)):
                    yield Diagnosis(("slip.digits",))


def side_miscopied(shape: Any, right: Any) -> bool:
    """A digit missing or one too many in a single side."""
    wrong = [(str(side), str(other)) for side, other in zip(shape, right, strict=True) if side != other]
    return len(wrong) == 1 and len(wrong[0][0]) != len(wrong[0][1]) and miscopied(*wrong[0])


def off_by_one(shape: Any, right: Any) -> bool:
    return all(
        isinstance(side, int) and isinstance(other, int) and abs(side - other) <= 1
        for side, other in zip(shape, right, strict=True)
    )


def transcribed(asked: Asked, readings: tuple[Reading, ...], own: Own) -> Iterator[Diagnosis]:
    """The answer to another question: of a row next to it, or of another column of its row."""
    network, quantity = asked.network, asked.question.quantity
    if network is None or asked.index < 0:
        return
    for other in own.rows.answered(reading.value for reading in readings):
        if other.right in (0, asked.right) or other.form != asked.form:
            continue
        if other.index == asked.index and other.question.quantity != quantity:
            yield Diagnosis(("slip.column",))
        elif other.question.quantity == quantity and own.rows.are_next(asked, other):
            yield Diagnosis(("slip.neighbour",), (other.question.layer,))
    if quantity in ("parameters", "weights", "macs", "flops", "activations"):
        for what in ("parameters", "macs", "activations", "connections"):
            value = quantity_of(network.applied(asked.index), what)
            if value not in (0, asked.right) and any(reading.value == value for reading in readings):
                yield Diagnosis(("slip.column",))
                return


def miscopied(given: str, right: str) -> bool:
    """A digit missing, one too many, or two neighbours swapped."""
    if abs(len(given) - len(right)) > 1:
        return False
    if len(given) == len(right):
        wrong = [place for place in range(len(right)) if given[place] != right[place]]
        return (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and given[wrong[0]] == right[wrong[1]]
            and given[wrong[1]] == right[wrong[0]]
        )
    longer, shorter = (given, right) if len(given) > len(right) else (right, given)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
