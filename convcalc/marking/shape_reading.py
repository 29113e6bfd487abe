"""An answer read as a shape: 6x28x28, 6@28x28, (28, 28, 6), C=6 H=28 W=28, 28x28x6 (HWC), 26*26*32 = 21632."""

from __future__ import annotations

import math
import re
from typing import Any

from convcalc.marking.reading import GROUPED, AnswerReading, Unreadable, arithmetic, numbers
from convcalc.spec.brackets import balance, matching

MAX_SIDES = 8
NAMED = re.compile(r"(?:torch\.size|tensorshape|shape|size|output|tuple|array)\b *[:=]?", re.IGNORECASE)
LABEL = re.compile(r"\b(?:c|h|w|d|l|channels|height|width|depth|length) *[=:] *", re.IGNORECASE)
BATCH = frozenset(("none", "n", "b", "batch", "-1", "?", "bs", "*"))
SEPARATORS = (r" ?[x] ?| by ", r" ?[,;|] ?", r" ?(?<!\*)\*(?!\*) ?", r" ")
MAPS = "(?:channels?|feature maps?|maps?|filters?|planes?)"
CHANNEL_WORDS = re.compile(rf"(\d+) ?{MAPS}(?: of(?: size)?)?,?(?: each)? ?", re.IGNORECASE)
MAPPED = re.compile(
    rf"(?P<map>\d+(?: ?x ?\d+)+)(?: ?(?:pixels?|px))?(?:,| x|x| with|) ?(?P<maps>\d+) {MAPS}", re.IGNORECASE
)
FLAT_WORDS = re.compile(r"(?<=\d) (?:features|classes|units|neurons|values|numbers|outputs|elements|activations)$")
LONE = re.compile(r"(\d+)[,;:] (\d+(?: ?x ?\d+)+)")  # 16, 10x10
EQUAL_SIDES = re.compile(r"\b([hwdl]) ?= ?(?=(?:[hwdl] ?= ?)+(\d+))")  # H=W=20
POWER = re.compile(r"(\d+) ?\*\* ?([2-4])")


def shapes(text: str) -> tuple[AnswerReading, ...]:
    """Readings of a shape."""
    text = EQUAL_SIDES.sub(r"\1=\2, ", FLAT_WORDS.sub("", text.lower()))
    if shape := mapped_shape(text):
        return (shape,)
    if "=" in text and not LABEL.search(text):
        *_, before, text = text.split("=")
        if both := shape_and_product(before.strip(), text.strip()):
            return both
    text = NAMED.sub("", text).strip()
    if LABEL.search(text):
        return (labelled_shape(text),)
    text = CHANNEL_WORDS.sub(r"\1@", text)
    bare = text
    while bare[:1] in ("(", "[", "{") and matching(bare) == len(bare) - 1:
        bare = bare[1:-1].strip(" ,")
    if "x" in bare:
        bare = LONE.sub(r"\1@\2", bare)
    if "@" in bare:
        return (shape_with_at_sign(bare),)
    found = (
        [sides(parts(bare))] if not GROUPED.fullmatch(bare) else [(int(bare.replace(",", "")),), sides(bare.split(","))]
    )
    readings = [AnswerReading(*((each[1:], 0, "read.batch") if each[0] is None else (each,))) for each in found]
    if POWER.search(bare):  # 6x28² is 6x28x28
        spread = POWER.sub(lambda power: "x".join([power[1]] * int(power[2])), bare)
        readings.insert(0, AnswerReading(sides(parts(spread.replace("*", "x")))))
    if len(readings[0].value) > 1 and "*" in bare and not re.search("[x,;]", bare):
        readings.append(AnswerReading((arithmetic(bare).value,)))  # 16*5*5 of a flattened map
    return tuple(readings)


def mapped_shape(text: str) -> AnswerReading | None:
    """28x28, 6 channels; None for anything else."""
    if found := MAPPED.fullmatch(text):
        return AnswerReading((int(found["maps"]), *map(int, re.findall(r"\d+", found["map"]))), layout="channels_first")
    return None


def shape_and_product(first: str, second: str) -> tuple[AnswerReading, ...]:
    """26*26*32 = 21632, either way round: a shape, and how many numbers that is; nothing where it is not so many."""
    for written, product in ((first, second), (second, first)):
        try:
            number, shape = shapes(product)[0], shapes(written)[0]
        except Unreadable:
            continue
        sides = shape.value
        if len(number.value) == 1 < len(sides) and math.prod(sides) == number.value[0]:
            return (shape, number)
    return ()


def channels_first(reading: AnswerReading, order: str) -> AnswerReading:
    """A shape whose axes are named behind it, 28x28x6 (HWC), with the channels first."""
    letters = order[-len(reading.value) :]
    values = dict(zip(letters, reading.value, strict=False))
    if len(values) != len(reading.value) or "c" not in values:
        return reading
    return reading._replace(value=tuple(values[axis] for axis in "cdlhw" if axis in values), layout="channels_first")


def parts(text: str) -> list[str]:
    """The sides of a shape, at the first kind of separator outside brackets that there is."""
    for separator in SEPARATORS:
        found = [match for match in re.finditer(separator, text) if not balance(text[: match.start()])]
        if found:
            starts, ends = (0, *(match.end() for match in found)), (*(match.start() for match in found), None)
            return [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return [text]


def sides(written: list[str]) -> tuple[Any, ...]:
    """Each side as a number; None for a batch that has no number."""
    if len(written) > MAX_SIDES:
        raise Unreadable("read.shape")
    found: list[Any] = []
    for index, part in enumerate(written):
        part = part.strip()
        if part.lower() in BATCH and index == 0 and len(written) > 1:
            found.append(None)
        elif part:
            found.append(numbers(part)[0].value)
    if not found or found == [None]:
        raise Unreadable("read.shape")
    return tuple(found)


def shape_with_at_sign(text: str) -> AnswerReading:
    """6@28x28, or 28x28@6."""
    if text.count("@") > 1:
        raise Unreadable("read.shape")
    first, second = (sides(parts(part.strip("() ["))) for part in text.split("@"))
    if len(first) > 1 and len(second) == 1:
        first, second = second, first
    if len(first) > 1:
        raise Unreadable("read.shape")
    return AnswerReading((*first, *second), layout="channels_first")


def labelled_shape(text: str) -> AnswerReading:
    """C=6, H=28, W=28 in any order."""
    found = re.findall(r"([a-z])[a-z]* *[=:] *(\d[\d,]*\d|\d)", text, re.IGNORECASE)
    values = {letter.lower(): int(digits.replace(",", "")) for letter, digits in found if len(digits) < 100}
    order = [letter for letter in "cdlhw" if letter in values]
    if not order or len(found) != len(order):
        raise Unreadable("read.shape")
    return AnswerReading(tuple(values[letter] for letter in order), layout="channels_first")
