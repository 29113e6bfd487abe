"""A network in one line with arrows, `3x32x32 -> conv 64 k3 -> relu`, as a Spec."""

from __future__ import annotations

import re

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.problem import Source
from convcalc.readers.line import LineReader
from convcalc.readers.shorthand import known_name
from convcalc.spec.model import Items, Place, Spec
from convcalc.spec.shapes import is_shape


def is_line(text: str) -> bool:
    """Whether a text is a network in one line with arrows, and no YAML."""
    return "\n" not in text and ("->" in text or "→" in text) and not text.startswith(("{", "input:"))


def chain_spec(source: Source, convention: str = "") -> Spec:
    """The Spec of one line, `3x32x32 -> conv 64 k3 -> relu`: its first item is the input, unless it is a layer."""
    text = source.text
    reader = LineReader(source, convention)
    reader.framework = CONVENTIONS[convention or "pytorch"].classes
    first, arrow, rest = text.partition("->") if "->" in text else text.partition("→")
    whole = Place(1, 1, max(len(text), 1))
    if arrow and not is_shape(first.strip()) and first.strip().lower() != "input":
        reader.refuse_other_arrows(text, whole)
    is_layer = arrow and known_name(re.split(r"[\s([]", first.lstrip("[ "), maxsplit=1)[0]) is not None
    layers = text if is_layer else rest
    place = Place(1, 1 + len(text.rstrip()) - len(layers.strip()), len(layers.strip()) or 1)
    shape = first.strip()
    inputs: tuple[tuple[str, str, Place], ...] = ()
    if shape.lower() != "input" and not is_layer:
        inputs = (("input", shape, Place(1, 1 + len(first) - len(first.lstrip()), max(len(shape), 1))),)
    items: Items = ()
    if not arrow or not rest.strip():
        message = "a network in one line is an input and its layers"
        reader.refuse(whole, "L018", message, '-e "3x32x32 -> conv 64 k3 -> relu"')
    else:
        items = reader.line(layers.strip(), place)
    return Spec(source, "", "", inputs, (), (), (), {}, {}, {}, "pytorch", "", False, items, tuple(reader.findings))
