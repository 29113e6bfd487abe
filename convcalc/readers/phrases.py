"""A layer in words, `conv with 100 filters of size 3 x 3, stride 1`: every number has the word that says what it is."""

from __future__ import annotations

import re

from convcalc.layers.record import key_names
from convcalc.readers import shorthand

VALUE = r"\d+(?:x\d+){0,2}"
MAIN = "main"  # the key of the first value, whatever the kind calls it
SHORT = "short"  # a word of the shorthand itself, whose key it names
PHRASES = tuple(
    (key, re.compile(rf"(?:{pattern})(?=[ ,]|$)"))
    for key, pattern in (
        (MAIN, r"(\d+) (?:filters?|kernels?|(?:output )?(?:feature maps|channels?)|units?|neurons?)(?! \d)"),
        ("kernel", rf"(?:(?:filter|kernel|window|pool) ?)?size (?:of )?({VALUE})"),
        ("kernel", rf"(?:filters?|kernels?|windows?) (?:of )?({VALUE})"),
        ("kernel", r"(\d+(?:x\d+){1,2})(?: (?:filters?|kernels?|windows?))?"),
        ("stride", rf"strides? (?:of )?({VALUE})"),
        ("padding", rf"(?:zero[- ])?pad(?:ding)? (?:of )?({VALUE}|same|valid)"),
        ("padding", r"(same|valid) padding"),
        ("dilation", rf"dilation (?:rate )?(?:of )?({VALUE})"),
        ("groups", r"(\d+) groups?"),
        ("bias", r"(no|without) (?:a )?bias(?:es)?"),
        (SHORT, r"([a-z]{1,2}\d+(?:x\d+){0,2}|[a-z_]+=[^ ,]+)"),
    )
)
BETWEEN = re.compile(r",? (?:and |with |of |using |a )*|,")
FIRST = re.compile(r" (\d+)(?=[ ,]|$)")


def line_of_phrases(text: str) -> str:
    """The line of the shorthand that a plain text says in words; "" where anything in it is no such phrase."""
    head, resolved, place = head_of(text)
    if resolved is None:
        return ""
    table, main = key_names(resolved.kind), shorthand.main_key(resolved.kind)
    name_of_main = main.name if main and main.name != "kernel" else ""
    said: dict[str, str] = {}
    words = [head]
    first = FIRST.match(text, place)
    if first and name_of_main and not PHRASES[0][1].match(text, first.start(1)):
        said[name_of_main], place = first[1], first.end()
    while place < len(text):
        between = BETWEEN.match(text, place)
        key, value, place = phrase_at(text, between.end()) if between else ("", "", 0)
        key = name_of_main if key == MAIN else key
        if key == SHORT:
            words.append(value)
        elif key in said or key not in table:
            return ""
        else:
            said[key] = "no" if key == "bias" else value
    return " ".join([*words, *(f"{key}={value}" for key, value in said.items())]) if said else ""


def phrase_at(text: str, place: int) -> tuple[str, str, int]:
    """(key, value, where it ends) of the phrase at a place; no key where there is none."""
    for key, pattern in PHRASES:
        if found := pattern.match(text, place):
            return key, found[1], found.end()
    return "", "", place


def head_of(text: str) -> tuple[str, shorthand.Resolved | None, int]:
    """The kind that a text begins with, in up to three words, and where it ends: `max pooling layer`."""
    ends = [found.end() for found in re.finditer(r"(?<=[a-z])(?= |$)", text)][:3]
    for end in reversed(ends):
        words = re.sub(r"(?:al)? layer$", "", text[:end])
        if found := shorthand.known_name("".join(words.split())):
            return found.kind.name, found, end
    return "", None, 0
