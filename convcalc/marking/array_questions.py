"""An array that was asked for: read, compared number by number, and explained by what common mistakes make of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.arrays.array import Array
from convcalc.arrays.given import own_arrays
from convcalc.arrays.network import ChainNumbers, work_out
from convcalc.arrays.reading import read_array
from convcalc.marking.agreement import same_number
from convcalc.marking.array_slips import WrongArray, two_mistakes, wrong_arrays
from convcalc.marking.reading import AnswerReading
from convcalc.marking.verdict import Diagnosis, Response
from convcalc.problem import Problem, Source

if TYPE_CHECKING:
    from convcalc.arrays.array import Place
    from convcalc.marking.key import KeyItem
    from convcalc.spec.choices import Choices

OPTIONS = ("weights", "bias", "mean", "variance", "places")
OPTION = re.compile(rf"--({'|'.join(OPTIONS)}|flip) ")
MAX_LENGTH = 2_000, 40  # characters of an answer, and for each of its numbers
MAX_PLACES = 4  # decimals of a number whose last one is taken to be rounded


class ArrayTask:
    """A chain on arrays, and, as they are first needed, the wrong arrays that it may be taken for."""

    def __init__(self, chain: ChainNumbers):
        self.chain, self.right = chain, chain.shown(chain.output)

    @cached_property
    def single_mistakes(self) -> tuple[WrongArray, ...]:
        return self.distinct(wrong_arrays(self.chain))

    @cached_property
    def two_mistakes(self) -> tuple[WrongArray, ...]:
        return self.distinct(two_mistakes(self.chain, self.single_mistakes))

    def distinct(self, found: Iterable[WrongArray]) -> tuple[WrongArray, ...]:
        """Without those that nobody could tell from what is right."""
        shown = (each._replace(output=self.chain.shown(each.output)) for each in found)
        return tuple(dict.fromkeys(each for each in shown if each.output != self.right))


def array_task(
    layer: str, inputs: Sequence[str], own: Mapping[str, tuple[str, ...]], choices: Choices, flip: bool
) -> ArrayTask:
    """The task of a layer or a chain on arrays; a Problem in the words of a key where it cannot be."""
    try:
        read = [read_array(Source("input", text)) for text in inputs]
        return ArrayTask(work_out(layer, read, own_arrays(own, 0, is_safe=True), choices, flip))
    except Problem as error:
        found = [each._replace(hint=OPTION.sub(r"\1: ", each.hint)) for each in error.diagnostics]
        raise Problem(*found) from None


# An answer


def array_look(asked: KeyItem, text: str) -> Response:
    """An answer read and compared; the share of its numbers that are right."""
    right, tolerance = asked.right, asked.question.tolerance
    if len(text) > MAX_LENGTH[0] + MAX_LENGTH[1] * len(right.numbers):
        return Response(asked, text, state="unreadable", note="read.too_long")
    try:
        given = as_shown(read_array(Source("answer", text)).array, right)
    except Problem:
        return Response(asked, text, state="unreadable", note="read.array")
    reading = (AnswerReading(given),)
    if given.shape != right.shape:
        return Response(asked, text, reading)
    missed = places_wrong(right, given, tolerance)
    if not missed:
        return Response(asked, text, reading, "correct", "" if given == right else "read.rounded")
    return Response(asked, text, reading, share=1 - Fraction(len(missed), prod(right.shape)))


def as_shown(given: Array, right: Array) -> Array:
    """Without axes of size 1 in front that the right one does not have; with those that it has."""
    shape, wanted = given.shape, right.shape
    while len(shape) > len(wanted) and shape[0] == 1:
        shape = shape[1:]
    while len(shape) < len(wanted) and wanted[len(wanted) - len(shape) - 1] == 1:
        shape = (1, *shape)
    return given.reshaped(*shape)


def places_wrong(right: Array, given: Array, tolerance: Any = 0) -> list[Place]:
    """Where an array of the same shape has another number."""
    numbers = zip(right.places(), right.numbers, given.numbers, strict=True)
    return [place for place, number, other in numbers if not agrees(other, number, tolerance)]


def agrees(given: Any, right: Any, tolerance: Any = 0) -> bool:
    """Whether a number is right at the precision written: 0.11 for 1/9."""
    if given == right:
        return True
    exact = Fraction(right) if isinstance(right, float) else right
    return same_number(AnswerReading(given, last_place(given)), exact, tolerance) is not None


def last_place(number: Any) -> Any:
    """The last decimal of a number, 1/100 of 0.25; 0 of a whole number, and of what decimals do not tell."""
    for places in range(1, MAX_PLACES + 1) if number.denominator != 1 else ():
        if 10**places % number.denominator == 0:
            return Fraction(1, 10**places)
    return 0


def array_explanations(asked: KeyItem, given: Array) -> tuple[Diagnosis, ...]:
    """The mistakes that give this array; else those that give every wrong number of it; else two of them together."""
    task = asked.arrays
    assert task is not None
    is_whole = [wrong for wrong in task.single_mistakes if same_array(wrong.output, given)]
    found = is_whole or [wrong for wrong in task.single_mistakes if gives_the_wrong(wrong.output, given, task.right)]
    found = found or [wrong for wrong in task.two_mistakes if same_array(wrong.output, given)]
    several = len(task.chain.layers) > 1
    return tuple(dict.fromkeys(Diagnosis(each.codes, each.layers if several else ()) for each in found))


def same_array(wrong: Array, given: Array) -> bool:
    given = as_shown(given, wrong)
    return wrong.shape == given.shape and not places_wrong(wrong, given)


def gives_the_wrong(wrong: Array, given: Array, right: Array) -> bool:
    """Whether a mistake gives all numbers that are wrong, though the others are right in spite of it."""
    if not wrong.shape == given.shape == right.shape:
        return False
    return all(agrees(given.at(place), wrong.at(place)) for place in places_wrong(right, given))
