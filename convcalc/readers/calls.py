"""A call with a slip, `nn.Cnv2d(3, 64, kernal_size: 5x`: its class, its arguments and its brackets one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.kinds import NAMES, plain
from convcalc.kinds.classes import classes
from convcalc.kinds.keys import IGNORED
from convcalc.layer.record import key_names
from convcalc.problem import nearest
from convcalc.readers import shorthand
from convcalc.readers.wording import layer_of_words
from convcalc.spec.brackets import balance, parts_of

if TYPE_CHECKING:
    from convcalc.readers.shorthand import Resolved
    from convcalc.readers.wording import Reading

CALLED = re.compile(r"((?:[A-Za-z_][\w.]*\s*=+\s*)?)([A-Za-z_][\w.]*(?: (?=[A-Z]|[123]d)\w+)*)\s*[(\[](.*)")
NAMED = re.compile(r"([A-Za-z_][\w-]*)\s*[=:]+\s*(.+)|([A-Za-z_]\w*)\s+(.+)|([A-Za-z_]+)(\d.*)")
UNIT = re.compile(r"-?(\d+(?:x\d+)*)(?:x|px|\.0)?")
WORDS = {"true": "True", "false": "False", "none": "None"}  # as Python spells them


def mended_call(text: str, reading: Reading) -> list[str]:
    """`nn.Conv2d(3; 6; kernel 5`, `nn.cnv2d(3, 6, 5)`: the calls that it can be."""
    found = CALLED.match(text)
    if not found or "->" in text:
        return []
    target, head, inner = found[1].replace("==", "="), found[2].replace(" ", ""), found[3].rstrip(",;.: ")
    inner = inner[:-1] if inner[-1:] in (")", "]") and balance(inner) < 0 else inner
    inner += ")" * (inner.count("(") - inner.count(")"))
    parts = list(filter(None, parts_of(re.sub(r";\s*|(?<=\w)\.\s+|,,+|(?<=[\d)])\s+(?=[\w(])", ", ", inner), ",")))
    lines = []
    for name in [head] if shorthand.known_name(head, reading.framework) else spellings(head, reading):
        resolved = shorthand.known_name(name, reading.framework)
        if resolved:
            arguments = (part if part in reading.names else mended_argument(part, resolved) for part in parts)
            lines.append(f"{target}{name}({', '.join(arguments)})")
    return lines


def spellings(head: str, reading: Reading) -> list[str]:
    """The class that a misspelt one is, with what is in front of it; else the kind."""
    prefix, dot, word = head.rpartition(".")
    framework = shorthand.framework_of(prefix.lower()) or reading.framework
    known = {plain(name): name for name in classes(framework)}
    close = known.get(nearest(plain(word), known, 0.75), "")
    kind = nearest(plain(word), NAMES, 0.75)
    modules = {"torch": "nn", "keras": "layers"}
    module = (prefix if prefix == prefix.lower() and prefix.isalpha() else modules[framework]) if dot else ""
    return [f"{module}{dot}{close}"] * bool(close) + [kind] * bool(kind and not dot)


def mended_argument(part: str, resolved: Resolved) -> str:
    """`kernal_size: 5px` as `kernel_size=5`; a value by itself as it is."""
    found = NAMED.fullmatch(part)
    if not found:
        return mended_value(part)
    name, value = next((found[group], found[group + 1]) for group in (1, 3, 5) if found[group])
    table, signed = key_names(resolved.kind), resolved.signature
    known = {*table, *IGNORED, *(signed.sets if signed else ()), *(signed.order if signed else ())}
    if name not in known:
        name = nearest(name.replace("-", "_").lower(), known, 0.75) if len(name) > 1 else ""
    return f"{name}={mended_value(value)}" if name else part


def mended_value(value: str) -> str:
    if value.lower() in WORDS:
        return WORDS[value.lower()]
    number = UNIT.fullmatch(value)
    return number[1] if number else value


def values_in_words(text: str, reading: Reading) -> list[str]:
    """`transpose(1, 2)`, `view(-1, 192)`: the values of a list as those of a call; `Conv2d 3, 6, 5` the other way."""
    found = re.fullmatch(r"(?:\w+\.)*([a-z]\w*) ?\(([-\w\s,;*]+)\)", text)
    if not found or not shorthand.known_name(found[1], reading.framework):
        bare = re.fullmatch(r"((?:\w+\s*=\s*)?[\w.]*[A-Z]\w*)\s+(.*?)\)?", text)
        if bare and "->" in text:
            return []
        return [f"{bare[1]}({bare[2]})", f"{bare[1]}({re.sub(r',? +', ', ', bare[2])})"] if bare else []
    first, *others = (value.strip() for value in re.split(r"[,;*]", found[2]))
    lines = layer_of_words(" ".join((found[1], first, *others)), reading)
    return [f"{found[1]} {'x'.join(others)}", *lines] if first == "-1" and others else lines
