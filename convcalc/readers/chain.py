"""Chains such as `[conv 64 -> relu]*2 -> pool`: layers between arrows, and repeats of them."""

from __future__ import annotations

import re

from convcalc.problem import problem
from convcalc.spec.brackets import matching, split
from convcalc.tuples import NamedTuple


def is_line(text: str) -> bool:
    """Whether a text is a network in one line with arrows, or in several that brackets join, and no YAML."""
    if text.startswith(("{", "input:")) or not ("->" in text or "→" in text):
        return False
    if "\n" in text and re.search(
        r"^[ \t]*(?:import \w|from [\w.]+ import |class \w[^\n]*:|def \w+\()", text, re.MULTILINE
    ):
        return False  # a program, whose annotations have arrows
    if "\n" in text and re.search(r"^(?:layers|base|spec|questions):(?:\s|$)", text, re.MULTILINE):
        return False  # YAML, whose quotes have escapes
    return next(split(text, "\n"))[1] == text


def is_chain(text: str) -> bool:
    if "->" in text or "→" in text:
        return len(list(split(text.replace("→", "->"), "->"))) > 1 or text.lstrip().startswith("[")
    return text[:1] == "[" or text[-1:] == "?"


class Chain(NamedTuple):
    """Items between arrows; `times` is the raw text of a repeat, `optional` a question mark after it."""

    items: tuple[Chain | tuple[int, str, bool], ...]  # a layer: where it starts, its text, whether it is optional
    times: str = "1"
    optional: bool = False


def chain(text: str, start: int = 0, depth: int = 0) -> Chain:
    """The items of `a -> [b -> c]*2 -> d?`, nested as the brackets are."""
    if depth > 100:
        raise problem("L020", "brackets are nested more than 100 deep")
    items: list[Chain | tuple[int, str, bool]] = []
    for offset, part in split(text.replace("→", "->"), "->"):
        stripped = part.strip()
        at = start + offset + len(part) - len(part.lstrip())
        if not stripped:
            raise problem("L021", "there is nothing between two arrows, or at the end of one", "a -> b -> c")
        if stripped[0] == "[":
            close = matching(stripped)
            if close < 0:
                raise problem("L022", f"the bracket of {stripped[:30]} is not closed", "[a -> b]*2")
            rest = stripped[close + 1 :].strip()
            optional = rest.endswith("?")
            rest = rest.rstrip("?").strip()
            if rest and rest[0] not in "*×":
                raise problem("L022", f"after a bracket comes *2 or ?, not {rest[:20]}", "[a -> b]*2")
            inner = chain(stripped[1:close], at + 1, depth + 1)
            items.append(inner._replace(times=rest[1:].strip() if rest else "1", optional=optional))
        else:
            optional = stripped.endswith("?")
            items.append((at, stripped.rstrip("?").strip() if optional else stripped, optional))
    return Chain(tuple(items))
