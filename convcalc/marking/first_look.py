"""An answer on its own: read, and compared with the key; a letter stands for one of the answers to choose from."""

from __future__ import annotations

import re
from string import ascii_lowercase
from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide
from convcalc.marking.agreement import agreement
from convcalc.marking.reading import OPERATIONS, AnswerReading, Unreadable, is_blank, plain_text, read_answer
from convcalc.marking.verdict import Diagnosis, Response
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.marking.key import KeyItem


def first_look(asked: KeyItem, text: str) -> Response:
    """The answer read, and compared with the key."""
    if is_blank(text):
        return Response(asked, text, state="missing")
    if asked.question.choices:
        return chosen_look(asked, text)
    if asked.form == "symbolic":
        return formula_look(asked, text)
    if asked.form == "array":
        from convcalc.marking.array_questions import array_look

        return array_look(asked, text)
    try:
        readings = read_answer(text, "number" if asked.form == "open" else asked.form)
    except Unreadable as error:
        return Response(asked, text, state="unreadable", note=error.code, where=error.where)
    if asked.question.quantity in OPERATIONS:
        readings = tuple(counted_in(reading, OPERATIONS[asked.question.quantity]) for reading in readings)
    for reading in readings:
        note = agreement(asked, reading, asked.right)
        if note is not None:
            return Response(asked, text, (reading,), "correct", note)
    return Response(asked, text, readings)


def counted_in(reading: AnswerReading, operations: int) -> AnswerReading:
    """A reading in operations of which a MAC counts so many: 235,200 FLOPs are 117,600 MACs."""
    if reading.operations in (0, operations):
        return reading
    value, unit = (divide(each * operations, reading.operations) for each in (reading.value, reading.unit))
    return reading._replace(value=value, unit=unit, note="read.multiple")


def formula_look(asked: KeyItem, text: str) -> Response:
    from convcalc.marking.symbolic import compare_formula, mistakes_made

    try:
        found = compare_formula(text, asked.question.layer, asked.question.quantity)
        lacks_floor = found is not None and found[0] == "read.no_floor"
        codes = () if found and not lacks_floor else mistakes_made(text, asked.question.layer, asked.question.quantity)
    except Unreadable as error:
        return Response(asked, text, state="unreadable", note=error.code, where=error.where)
    if found and not (lacks_floor and "size.fraction" in asked.question.partial):
        return Response(asked, text, (AnswerReading(found[1]),), "correct", found[0])
    if found:
        codes = ("size.fraction", *(code for code in codes if code != "size.fraction"))
    reading = AnswerReading(found[1] if found else None)
    return Response(asked, text, (reading,), diagnoses=tuple(Diagnosis((code,)) for code in codes))


# Answers to choose from

LETTERS = ascii_lowercase
MAX_CHOICES = len(LETTERS)
LETTER = re.compile(r"[(\[]?(?P<letter>[a-z])(?:(?:[)\].:] *| (?=[\d(\[]))(?P<answer>.*))?", re.IGNORECASE)


def chosen_text(text: str, choices: tuple[str, ...]) -> str:
    """The answer that a letter stands for: 6x28x28 for b, (b) and b) 6x28x28; any other text as it is."""
    found = LETTER.fullmatch(plain_text(text))
    if found is None:
        return text
    place = LETTERS.index(found["letter"].lower())
    if place >= len(choices):
        raise Unreadable("read.no_choice", found["letter"])
    meant, written = choices[place], found["answer"]
    if written and not is_same(written, meant):
        raise Unreadable("read.contradiction", f"{found['letter']}) is {meant}, not {written}")
    return meant


def chosen_look(asked: KeyItem, text: str) -> Response:
    """The answer read that a letter stands for, or that is written out, and compared with the key."""
    try:
        meant = chosen_text(text, asked.question.choices)
    except Unreadable as error:
        return Response(asked, text, state="unreadable", note=error.code, where=error.where)
    plain = asked._replace(question=asked.question._replace(choices=()))
    return first_look(plain, meant)._replace(asked=asked, text=text)


def is_same(one: str, other: str) -> bool:
    """Whether two texts are the same number or the same shape."""
    form = "shape" if re.search(r"\d *[x×,]", other) else "number"
    try:
        return bool(read_answer(one, form)[0].value == read_answer(other, form)[0].value)
    except Unreadable:
        return False


def check_choices(item: KeyItem) -> None:
    """A Problem where there is nothing to choose, or nothing right."""
    choices = item.question.choices
    if not choices:
        return
    if not 1 < len(choices) <= MAX_CHOICES:
        raise problem("H018", f"{len(choices)} choices", f"2 to {MAX_CHOICES} of them: choices: [6x28x28, 6x27x27]")
    right = [choice for choice in choices if first_look(item, choice).state == "correct"]
    if len(right) > 1:
        message = f"{' and '.join(right)} are both right" if len(right) == 2 else f"{', '.join(right)} are all right"
        raise problem("H022", f"{item.question.ask}: {message}", "leave only one of them among the choices")
    if not right:
        raise problem(
            "H022", f"none of the choices is right: {item.question.ask} is {right_text(item)}", "put it among them"
        )


def right_text(item: KeyItem) -> str:
    right = item.question.expected
    return "x".join(map(str, right)) if isinstance(right, tuple) else str(right)
