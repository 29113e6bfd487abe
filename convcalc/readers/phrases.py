"""A layer in words, `conv with 100 filters of size 3 x 3, stride 1`: every number has the word that says what it is."""

from __future__ import annotations

import re

from convcalc.layer.record import key_names
from convcalc.readers import shorthand

VALUE = r"(\d+(?:x\d+){0,2})"
PHRASES = tuple(
    (key, re.compile(pattern))
    for key, pattern in (
        ("main", r"(\d+) (?:filters?|kernels?|(?:output )?(?:feature maps|channels?)|units?|neurons?)(?! \d)"),
        ("kernel", rf"(?:(?:filter|kernel|window|pool) ?)?size (?:of )?{VALUE}"),
        ("kernel", rf"(?:filters?|kernels?|windows?) (?:of )?{VALUE}"),
        ("kernel", r"(\d+(?:x\d+){1,2})(?: (?:filters?|kernels?|windows?))?"),
        ("stride", rf"strides? (?:of )?{VALUE}"),
        ("padding", rf"(?:zero[- ])?pad(?:ding)? (?:of )?({VALUE[1:-1]}|same|valid)"),
        ("padding", r"(same|valid) padding"),
        ("dilation", rf"dilation (?:rate )?(?:of )?{VALUE}"),
        ("groups", r"(\d+) groups?"),
        ("bias", r"(no|without)(?: a)? bias(?:es)?"),
        ("", r"([a-z]{1,2}\d+(?:x\d+)*|[a-z_]+=[^ ,]+)"),  # the shorthand's own
    )
)
BETWEEN = re.compile(r",? (?:and |with |of |using |a )*|,")
HEAD = re.compile(r"[a-z0-9]+(?:[ -][a-z]+){0,2}")


def line_of_phrases(text: str) -> str:
    """The line of the shorthand that a plain text says in words; "" where anything in it is no such phrase."""
    head, resolved, place = head_of(text)
    if resolved is None:
        return ""
    table, main = key_names(resolved.kind), shorthand.main_key(resolved.kind)
    said: dict[str, str] = {}
    first = re.compile(r" (\d+)(?=[ ,]|$)").match(text, place)
    if first and main and main.name != "kernel" and not PHRASES[0][1].match(text, first.start(1)):
        said[main.name], place = first[1], first.end()
    words = [head]
    while place < len(text):
        between = BETWEEN.match(text, place)
        if not between:
            return ""
        place = between.end()
        for name, pattern in PHRASES:
            found = pattern.match(text, place)
            if found and (found.end() == len(text) or text[found.end()] in " ,"):
                break
        else:
            return ""
        name = main.name if name == "main" and main and main.name != "kernel" else name
        if name == "":
            words.append(found[1])
        elif name in said or name not in table:
            return ""
        said[name] = "no" if name == "bias" else found[1]
        place = found.end()
    said.pop("", "")
    return " ".join([*words, *(f"{name}={value}" for name, value in said.items())])


def head_of(text: str) -> tuple[str, shorthand.Resolved | None, int]:
    """The kind that a text begins with, perhaps in up to three words, and where it ends."""
    ends = [found.end() for found in re.finditer(r"(?<=[a-z])(?=[ ]|$)", text)][:3]
    for end in reversed(ends):
        words = re.sub(r" layer$|al layer$", "", text[:end])
        found = shorthand.known_name("".join(words.split()))
        if found:
            return found.kind.name, found, end
    return "", None, 0
