"""Answers to choose from: what a student means who writes b), and whether one of them is right."""

from __future__ import annotations

import re
from string import ascii_lowercase
from typing import TYPE_CHECKING

from convcalc.marking.mark import first_look
from convcalc.marking.reading import Unreadable, plain_text, read_answer
from convcalc.marking.verdict import Response
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.marking.key import KeyItem

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
