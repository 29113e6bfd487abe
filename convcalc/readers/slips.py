"""A layer's text that cannot be read, as the person meant it: in their own words, and read again before it is told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TypeAlias

from convcalc.algebra import parser
from convcalc.kinds import NAMES, plain
from convcalc.kinds.classes import classes
from convcalc.kinds.keys import IGNORED
from convcalc.layers import key_names
from convcalc.layers.values import sides_or_number
from convcalc.problem import nearest
from convcalc.readers import shorthand
from convcalc.readers.line import BODY_WORDS
from convcalc.readers.wording import Reading, layer_of_words
from convcalc.spec.brackets import balance, matching, parts_of
from convcalc.spec.shapes import is_shape

Rewrite: TypeAlias = tuple[str | re.Pattern[str], str | Callable[[re.Match[str]], str]]  # a pattern, its replacement
Attempt: TypeAlias = Callable[[str, Reading], list[str]]  # the lines that a text may mean

CALLED = re.compile(r"((?:[A-Za-z_][\w.]*\s*=+\s*)?)([A-Za-z_][\w.]*(?: (?=[A-Z]|[123]d)\w+)*)\s*[(\[](.*)")
NAMED = re.compile(r"([A-Za-z_][\w-]*)\s*[=:]+\s*(.+)|([A-Za-z_]\w*)\s+(.+)|([A-Za-z_]+)(\d.*)")
UNIT = re.compile(r"-?(\d+(?:x\d+)*)(?:x|px|\.0)?")
WORDS = {"true": "True", "false": "False", "none": "None"}  # as Python spells them
LOOKALIKES = str.maketrans("–—−‐‑×✕✖“”„″‘’′", '-----xxx""""\'\'\'')
LABELLED = re.compile(r"([A-Za-z_]\w*)\s*:\s*(\S.*)")
LISTED = re.compile(r"(?:(\w+) ?[x*] ?)?\[([^\[\]]*)\](?:\s*[x*]\s*(\w+))?")
BULLETS = re.compile(r"^(?:[-–—*•+]\s*|\d+[.)]\s+)+")  # what people begin the entry of a list with
ARROWS = re.compile(r"\s*(?:=+>|-{2,}>|[→⇒⟶⟹➔➜↦])\s*|\s+(?:-|>|\|)\s+")  # what people write for `->`
PRODUCT = re.compile(r"(?<!\d)\d{1,6}(?:\*\d{1,6}){1,2}(?!\d)|\d{1,6}\*\*[23](?!\d)")
SEPARATORS = ",;|+/>&.-"  # what people write between layers, where each part begins with one
MAX_FAILURES = 40  # parts of one network's text that are given up
TIMES = re.compile(r"(x ?)?(\d+)(\s*(?:[x*]|times\b)\s*|\s+)(?=[A-Za-z(\[])")
AGAIN = re.compile(r"(.*?)(?:\s+[x*]\s*(\d+)|\*(\d+)|\s+\(x ?(\d+)\))")  # `conv 64 k3 x 2`
DECORATIONS: tuple[str | re.Pattern[str], ...] = (
    r"^(?:>>>|\.\.\.|In ?\[\d*\]:|\$|%|#|->|>|\(\d+\):|\d+[:)]|return\b|layer\b|print\b)\s*",
    r"\s*(?:->|>|\\\\)$",
    r"\s*(?://|#)(?!.*->).*$",
    r"\s*[,;.:]+$",
    r"(?<=[\w)])\s*\(\w\)$",
    r"^(?:\w+\s*=\s*|(?:F|nn|torch\.nn(?:\.functional)?|tf\.keras\.layers|keras\.layers)\.)(?=[a-z]\w*(?:\s|$|:))",
    r"^[\"'`„“”«»]+|[\"'`„“”«»]+$",
    BULLETS,
)  # what stands around a layer and says nothing of it: a prompt, an assignment, a comment, a bullet
ADDED = r"^(?:\w+\s*=\s*)?model\.add\((.*?)\)?[,;]?$"
REWRITES: tuple[Rewrite, ...] = (
    *((pattern, "") for pattern in DECORATIONS),
    (ADDED, r"\1"),  # model.add(nn.ReLU())
    (r"(?<![\w,])0,(?=\d+$)", "0."),  # dropout 0,5
    (r"(?<=\w)\s+=\s+(?=\w)|(?<=\w)\s+=(?=\w)|(?<=\w)=\s+(?=\w)", "="),  # conv 6 kernel = 5
    (r"(?<!\w)(\d+)%", lambda found: f"{int(found[1]) / 100:g}"),  # dropout 50%
)
WRAPPED = (r"^([A-Za-z]\w*)\s*(?:[\[<{](.*)[\]>}]|=+\s*(.*))$", r"\1 \2\3")  # conv[6, k5], conv = 6 k5
GLUED = (r"(?<=\s)([A-Za-z_]{4,})(\d[\dx]*)(?!\S)", r"\1=\2")  # conv 6 kernel5
SIZED = (r"\s+\(\d+(?:[x, ]+\d+)+\)$", "")  # conv 6 k5 (28x28): the size of its output, as people note it


def arrows_mended(text: str) -> str:
    """A network in one line, `3x32x32 => conv 8 k3, relu`, with its right arrows; "" for anything else."""
    line = ARROWS.sub(" -> ", text)
    first = line.partition(" -> ")[0].strip()
    if line != text and (first.lower() == "input" or is_shape(first)):
        return line
    for sign in SEPARATORS:
        first, *others = parts_of(text, sign)
        if others and is_shape(first) and all(map(begins_layer, others)):
            return " -> ".join((first, *others))
    return ""


def begins_layer(text: str, framework: str = "torch") -> bool:
    return shorthand.known_name(re.split(r"[\s(]", text, maxsplit=1)[0], framework) is not None


def plain_signs(text: str) -> str:
    """A text with the signs of a keyboard: a typesetter's dashes, quotes and spaces replaced."""
    text = unicodedata.normalize("NFKC", parser.plain_signs(text)).translate(LOOKALIKES).strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def likely_lines(text: str, reading: Reading) -> list[str]:
    """The lines that a person may have meant by a text, none where nobody can tell."""
    text = plain_signs(text)
    tried = reading.tried if reading.tried is not None else {}
    key = text, reading.labels, reading.axes
    if key not in tried:
        if sum(not lines for lines in tried.values()) > MAX_FAILURES:
            return []
        tried[key] = []  # until it is known: no attempt leads back to its own text
        tried[key] = [text] if reading.reads(text) else first_lines(text, reading._replace(tried=tried))
    return tried[key]


def first_lines(text: str, reading: Reading) -> list[str]:
    """What the first attempt that leads anywhere makes of a text."""
    for attempt in ATTEMPTS:
        lines = [line for line in dict.fromkeys(attempt(text, reading)) if reading.reads(line)]
        if lines:
            return lines
    return []


def only_line(text: str, reading: Reading) -> str:
    """The only line that a text can mean, or nothing."""
    lines = likely_lines(text, reading)
    return lines[0] if len(lines) == 1 else ""


def labelled_layer(text: str, reading: Reading) -> list[str]:
    """`C1:conv 6 k5`, `conv:6 k5`."""
    found = LABELLED.fullmatch(text)
    if not found:
        return []
    label, rest = found.groups()
    inner = only_line(rest, reading)
    if inner:
        first, arrow, others = inner.partition(" -> ")  # the rest of a line may stand behind its layer
        return [f"{label}: {inner}" if reading.labels else f"{first} name={label}{arrow}{others}"]
    return layer_of_words(f"{label} {rest.strip('{}')}", reading)


def missing_colon(text: str, reading: Reading) -> list[str]:
    """`C1 conv 6 k5`: a name that nothing parts from its layer."""
    name, _, rest = text.partition(" ")
    return labelled_layer(f"{name}: {rest}", reading) if begins_layer(rest, reading.framework) else []


def sides_or_product(text: str, reading: Reading) -> list[str]:
    """`conv 6 k5*5`, `reshape 12*256`: two sides, one number, or at the end how often."""
    for found in PRODUCT.finditer(text):
        before, numbers, after = text[: found.start()], found[0].split("*"), text[found.end() :]
        lines = [f"{before}{value}{after}" for value in sides_or_number([found[0]])]
        if not after and len(set(numbers)) == 2 == len(numbers):
            lines.append(f"{numbers[1]} x {before}{numbers[0]}")
        if any(map(reading.reads, lines)):
            return lines
    return []


def rewriting(*rewrites: Rewrite) -> Attempt:
    """The attempt to read a text in which the first of these patterns that it has is replaced."""

    def attempt(text: str, reading: Reading) -> list[str]:
        for pattern, right in rewrites:
            line = re.sub(pattern, right, text).strip()
            if line and line != text:
                return likely_lines(line, reading)
        return []

    return attempt


def kind_first(text: str, reading: Reading) -> list[str]:
    """`6 conv k5`, `3x3 conv, 64`: a value before its kind."""
    words = text.replace(",", " ").split()
    if len(words) < 2 or not shorthand.known_name(words[1], reading.framework):
        return []
    return layer_of_words(" ".join([words[1], words[0], *words[2:]]), reading)


def repeated_list(text: str, reading: Reading) -> list[str]:
    """`3 x [conv 512, relu]`, `[conv 512, relu]*3`: commas for arrows."""
    found = LISTED.fullmatch(f"[{text[1:].replace(')', ']', 1)}" if text[:1] == "(" else text)
    if not found:
        return []
    inner = found[2] if "->" in found[2] else found[2].replace(",", "->")
    links = [only_line(part, reading) for part in parts_of(inner, "->")]
    body, times = f"[{' -> '.join(links)}]", found[1] or found[3]
    return [f"{body}*{times}" if times else body] if all(links) else []


def chain_of_layers(text: str, reading: Reading) -> list[str]:
    """A chain with a slip in some of its layers, or layers with other signs between them: `relu|maxpool 2`."""
    parts = parts_of(ARROWS.sub(" -> ", text), "->")
    if len(parts) < 2 and "[" not in text:
        splits = [each for sign in SEPARATORS if len(each := parts_of(text, sign)) > 1]
        parts = next((each for each in splits if all(begins_layer(part, reading.framework) for part in each)), [])
    if len(parts) < 2:
        return []
    lines = [only_line(part, reading) for part in parts]
    return [" -> ".join(lines)] if all(lines) else []


def missing_arrow(text: str, reading: Reading) -> list[str]:
    """`conv 6 k5 relu`: two layers without an arrow."""
    words = text.split()
    for end in range(len(words) - 1, 0, -1):
        first, rest = " ".join(words[:end]), " ".join(words[end:])
        if reading.reads(first) and shorthand.known_name(words[end], reading.framework):
            others = [rest] if reading.reads(rest) else missing_arrow(rest, reading)
            return [f"{first} -> {others[0]}"] if others else []
    return []


def repeated_layer(text: str, reading: Reading) -> list[str]:
    """`3x conv 64 k3`, `3*(conv 64 k3)`, `2 conv 64 k3`, `conv 64 k3 *3`; `k3 x 5` may be two sides, too."""
    again = AGAIN.fullmatch(text)
    if again and reading.reads(again[1]) and (" " in again[1] or not takes_value(again[1], reading)):
        sides = layer_of_words(text, reading) if " x " in text else []
        return [f"{again[2] or again[3] or again[4]} x {again[1]}", *sides]
    found = TIMES.match(text)
    if not found:
        return []
    rest, sign = text[found.end() :], found[1] or found[3].strip()
    if rest[:1] == "(" and matching(rest) == len(rest) - 1:
        rest = rest[1:-1].strip()
    inner = only_line(rest, reading) if sign else rest if " " in rest and reading.reads(rest) else ""
    return [f"{found[2]} x {inner}"] if inner else []


def takes_value(name: str, reading: Reading) -> bool:
    resolved = shorthand.known_name(name, reading.framework)
    return resolved is not None and shorthand.main_key(resolved.kind) is not None


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
    kind = "" if word.lower() in BODY_WORDS else nearest(plain(word), NAMES, 0.75)
    modules = {"torch": "nn", "keras": "layers"}
    module = (prefix if prefix == prefix.lower() and prefix.isalpha() else modules[framework]) if dot else ""
    return [f"{module}{dot}{close}"] * bool(close) + [kind] * bool(kind and not dot)


def mended_argument(part: str, resolved: shorthand.Resolved) -> str:
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


def published_form(text: str, reading: Reading) -> list[str]:
    """`Conv / s1`, `maxpool 3x3/2`: a notation of the papers that does not say everything."""
    from convcalc.readers.notations import lines_of_notation

    return [line for line in lines_of_notation(text) if line != text]


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


ATTEMPTS = (
    published_form,
    sides_or_product,
    rewriting(*REWRITES),
    values_in_words,
    labelled_layer,
    repeated_list,
    chain_of_layers,
    repeated_layer,
    mended_call,
    rewriting(WRAPPED),
    layer_of_words,
    kind_first,
    missing_arrow,
    rewriting(SIZED),
    rewriting(GLUED),
    missing_colon,
)
