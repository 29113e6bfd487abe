"""A wrong answer explained: by wrong formulas, on the student's own numbers and on the right ones, then by slips."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product as combinations
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate, letters
from convcalc.algebra.parser import parse
from convcalc.layers.case import AXES
from convcalc.marking.agreement import gives, layouts, shapes_of_rank
from convcalc.marking.reading import AnswerReading
from convcalc.marking.reference_network import TRAINABLE
from convcalc.marking.situation import Situation, settings_meet, situations
from convcalc.marking.slips import slips
from convcalc.marking.totals import wrong_totals
from convcalc.marking.upstream import chain_values, upstream_values, values_all_along
from convcalc.marking.verdict import Diagnosis, Response
from convcalc.marking.wrong_formulas import possible
from convcalc.marking.wrong_values import WrongValue, diagnosis, wrong_values

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.marking.carry_forward import StudentNumbers
    from convcalc.marking.key import KeyItem

MAX_DIAGNOSES = 12
FORMULAS = frozenset(("parameters", TRAINABLE, "weights", "macs", "flops", "receptive_field", "rf_centre"))


def explanations(response: Response, own: StudentNumbers) -> tuple[Diagnosis, ...]:
    """Every explanation that gives exactly this answer."""
    asked = response.asked.at_main_layer
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], Diagnosis] = {}
    for each in every_explanation(asked, response.readings, own):
        found.setdefault((each.codes, each.layers), each)
        if len(found) >= MAX_DIAGNOSES:
            break
    return tuple(found.values())


def every_explanation(asked: KeyItem, readings: tuple[AnswerReading, ...], own: StudentNumbers) -> Iterator[Diagnosis]:
    if any(step == asked.right for reading in readings for step in reading.steps[-1:] if reading.value != step):
        yield Diagnosis(("slip.arithmetic",))
    explain = (
        total_explanations if asked.index < 0 else shape_explanations if asked.form == "shape" else number_explanations
    )
    explained = list(explain(asked, readings, own))
    yield from explained
    yield from slips(asked, readings, own, bool(explained))


# A number


def number_explanations(
    asked: KeyItem, readings: tuple[AnswerReading, ...], own: StudentNumbers
) -> Iterator[Diagnosis]:
    quantity, place = quantity_explained(asked, own)
    if not quantity:
        yield from upstream_mistakes(asked, readings, own)
        return
    at_layer = situations(own, asked.index, quantity)
    if isinstance(asked.right, tuple):
        yield from fields_explained(at_layer, readings, asked.right)
    views = [(view, wrong_values(view, quantity, place)) for view in at_layer]

    def here(in_twos: bool) -> Iterator[Diagnosis]:
        for view, values in views:
            for reading in readings:
                for each in values.match(reading, in_twos):
                    yield diagnosis(view, each)

    found = [*here(False)]
    if quantity == "receptive_field":
        found += chain_values(own, asked.index, readings)
    found += upstream_mistakes(asked, readings, own)
    yield from found or here(True)


def quantity_explained(asked: KeyItem, own: StudentNumbers) -> tuple[str, int]:
    """As which quantity of its layer a number goes wrong, and along which axis; "" where no formula gives it."""
    quantity = asked.question.quantity
    if not asked.question.part:
        return (quantity if quantity in FORMULAS else ""), 0
    applied = own.network.applied(asked.index)
    names = AXES.get(len(applied.axes), ())
    if quantity == "output":
        quantity = "channels" if asked.question.part == "channels" else "size"
        if applied.setting.kind.flattens:
            quantity = "features"
    return quantity, names.index(asked.question.part) if asked.question.part in names else 0


def fields_explained(
    views: list[Situation], readings: tuple[AnswerReading, ...], right: tuple[Any, ...]
) -> Iterator[Diagnosis]:
    """Single mistakes that give every differing side of a field that is not square."""
    for view in views:
        for given in (reading.value for reading in readings):
            if not isinstance(given, tuple) or len(given) != len(right) or given == right:
                continue
            options = [
                {each.codes: each for each in wrong_values(view, "receptive_field", place).equal(side)}
                for place, (side, true) in enumerate(zip(given, right, strict=True))
                if side != true
            ]
            for codes, found in options[0].items():
                if all(codes in each for each in options):
                    yield diagnosis(view, found)


def upstream_mistakes(asked: KeyItem, readings: tuple[AnswerReading, ...], own: StudentNumbers) -> Iterator[Diagnosis]:
    """Mistakes in earlier layers whose output was not asked or not answered: in one of them, or in every one."""
    found = False
    for value, code, layer in upstream_values(own, asked.index, asked.question.quantity):
        if any(is_given(asked, reading, value) for reading in readings):
            found = True
            yield Diagnosis((code,), (layer,))
    if not found:
        for value, code in values_all_along(own, asked.index, asked.question.quantity):
            if any(is_given(asked, reading, value) for reading in readings):
                yield Diagnosis((code,), ("*",))


def is_given(asked: KeyItem, reading: AnswerReading, value: Any) -> bool:
    """Whether an answer can be this value."""
    if asked.form == "shape":
        return any(shape == value for shape, _ in layouts(reading, len(value)))
    return not isinstance(value, tuple) and value is not None and gives(reading, value)


# A shape


def shape_explanations(asked: KeyItem, readings: tuple[AnswerReading, ...], own: StudentNumbers) -> Iterator[Diagnosis]:
    index = asked.index
    if asked.question.quantity != "output":
        return
    views = situations(own, index, "output")
    rank = len(views[-1].applied.output)
    shapes = shapes_of_rank(readings, rank)
    found = [*shapes_explained(views, shapes, False), *upstream_mistakes(asked, readings, own)]
    yield from found or shapes_explained(views, shapes, True)


def shapes_explained(views: list[Situation], shapes: list[Shape], in_twos: bool) -> Iterator[Diagnosis]:
    for view in views:
        right = view.applied.output
        for shape in shapes:
            if len(shape) == len(right) and shape != right:
                yield from sides_explained(view, shape, right, in_twos)


def sides_explained(view: Situation, shape: Shape, right: Shape, in_twos: bool) -> Iterator[Diagnosis]:
    """Mistakes that give every differing side; a single one that gives them all comes before several."""
    kind = view.kind
    options: list[dict[tuple[str, ...], WrongValue]] = []
    for place, (given, side) in enumerate(zip(shape, right, strict=True)):
        if given == side:
            continue
        quantity = "features" if kind.flattens else "channels" if place == 0 else "size"
        axis = max(place - 1, 0)
        values: dict[tuple[str, ...], WrongValue] = {}
        found = wrong_values(view, quantity, axis)
        for twos in (False, True)[: 1 + in_twos]:
            for each in found.equal(given, twos):
                values.setdefault(each.codes, each)
        if not values:
            return
        options.append(values)
    shared = [codes for codes in options[0] if all(codes in each for each in options)]
    for codes in shared:
        yield diagnosis(view, options[0][codes])
    if not shared and math.prod(map(len, options)) <= 64:
        for chosen in combinations(*options):
            codes = tuple(dict.fromkeys(code for each in chosen for code in each))
            if len(codes) <= 2:
                yield diagnosis(view, options[0][chosen[0]])._replace(codes=codes)


# A total


def total_explanations(asked: KeyItem, readings: tuple[AnswerReading, ...], own: StudentNumbers) -> Iterator[Diagnosis]:
    for value, found in wrong_totals(own.network, asked.question.quantity):
        if value != asked.right:
            yield from (found for reading in readings if not isinstance(reading.value, tuple) and gives(reading, value))


# A layer that was to be solved


def open_explanations(asked: KeyItem, readings: tuple[AnswerReading, ...]) -> Iterator[Diagnosis]:
    """What a student put for the question mark: half a formula, or one off."""
    assert asked.open is not None
    applied = asked.open.solutions[0].applied
    known = {**applied.letters, **(applied.axes[0] if applied.axes else {})}
    for mistake, wrong in possible(applied.setting.kind, asked.question.quantity):
        if settings_meet(applied, wrong.when):
            formula = parse(wrong.formula)
            value = evaluate(formula, known)
            if value != asked.right and any(reading.value == value for reading in readings):
                yield Diagnosis((mistake.code,), (), (formula, {letter: known[letter] for letter in letters(formula)}))
    numbers = [reading.value for reading in readings if isinstance(reading.value, int)]
    if isinstance(asked.right, int) and any(abs(number - asked.right) == 1 for number in numbers):
        yield Diagnosis(("slip.off_by_one",))
