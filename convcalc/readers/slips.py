"""A layer's text that cannot be read, as the person meant it: in their own words, and read again before it is told."""

from __future__ import annotations

import re
import unicodedata
from math import prod

from convcalc.readers import shorthand
from convcalc.readers.wording import Reading, layer_of_words
from convcalc.spec.brackets import split
from convcalc.spec.shapes import is_shape

LOOKALIKES = str.maketrans("–—−‐‑×✕✖“”„″‘’′", '-----xxx""""\'\'\'')
LABELLED = re.compile(r"([A-Za-z_]\w*)\s*:\s*(\S.*)")
LISTED = re.compile(r"(?:(\w+) ?[x*] ?)?\[([^\[\]]*)\](?:\s*[x*]\s*(\w+))?")
BULLETS = re.compile(r"^(?:[-–—*•+]\s*|\d+[.)]\s+)+")  # what people begin the entry of a list with
ARROWS = re.compile(r"\s*(?:=+>|-{2,}>|[→⇒⟶⟹➔➜↦])\s*|\s+(?:-|>|\|)\s+")  # what people write for `->`
PRODUCT = re.compile(r"(?<!\d)\d{1,6}(?:\*\d{1,6}){1,2}(?!\d)")
TIMES = re.compile(r"(\d+)\s*[x*]\s*(?=[A-Za-z])")


def arrows_mended(text: str) -> str:
    """A network in one line, `3x32x32 => conv 8 k3 > relu`, with its right arrows; "" for anything else."""
    line = ARROWS.sub(" -> ", text)
    first = line.partition(" -> ")[0].strip()
    return line if line != text and (first.lower() == "input" or is_shape(first)) else ""


def plain_signs(text: str) -> str:
    """A text with the signs of a keyboard: a typesetter's dashes, quotes and spaces replaced."""
    text = unicodedata.normalize("NFKC", text).translate(LOOKALIKES).strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def likely_lines(text: str, reading: Reading) -> list[str]:
    """The lines that a person may have meant by a text, none where nobody can tell."""
    text = plain_signs(text)
    if reading.reads(text):
        return [text]
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
        return [f"{label}: {inner}" if reading.labels else f"{inner} name={label}"]
    return layer_of_words(f"{label} {rest.strip('{}')}", reading)


def sides_or_product(text: str, reading: Reading) -> list[str]:
    """`conv 6 k5*5`, `reshape 12*256`: two sides, one number, or at the end how often."""
    for found in PRODUCT.finditer(text):
        before, numbers, after = text[: found.start()], found[0].split("*"), text[found.end() :]
        values = ["x".join(numbers), str(prod(map(int, numbers)))]
        lines = [f"{before}{value}{after}" for value in values]
        if not after and len(set(numbers)) == 2 == len(numbers):
            lines.append(f"{numbers[1]} x {before}{numbers[0]}")
        if any(map(reading.reads, lines)):
            return lines
    return []


def closed_call(text: str, reading: Reading) -> list[str]:
    """`nn.Conv2d(3, 6, 5`, `nn.Conv2d(3 6 5)`."""
    if not re.match(shorthand.CALL, text):
        return []
    whole = text.rstrip(",; ") + ")" * (text.count("(") - text.count(")"))
    head, opened, values = whole.partition("(")
    return [whole, head + opened + re.sub(r"(?<=[\w)])\s+(?=[\w(])", ", ", values)]


def called_list(text: str, reading: Reading) -> list[str]:
    """`transpose(1, 2)`, `view(-1, 192)`: the values of a list as those of a call."""
    found = re.fullmatch(r"(?:\w+\.)*([a-z]\w*)\(([-\w\s,]+)\)", text)
    if not found or not shorthand.known_name(found[1], reading.framework):
        return []
    first, *others = (value.strip() for value in found[2].split(","))
    lines = layer_of_words(" ".join((found[1], first, *others)), reading)
    return [f"{found[1]} {'x'.join(others)}", *lines] if first == "-1" and others else lines


def decimal_value(text: str, reading: Reading) -> list[str]:
    """`dropout 0,5`, `dropout 50%`."""
    point = re.sub(r"(?<![\w,])0,(?=\d+$)", "0.", text)
    percent = re.sub(r"(?<!\w)(\d+)%", lambda found: f"{int(found[1]) / 100:g}", text)
    return [line for line in (point, percent) if line != text]


def unwrapped_values(text: str, reading: Reading) -> list[str]:
    """`conv[6, k5]`, `conv = 6 k5`."""
    found = re.fullmatch(r"([A-Za-z]\w*)\s*(?:[\[<{](.*)[\]>}]|=+\s*(.*))", text)
    return layer_of_words(f"{found[1]} {found[2] or found[3]}", reading) if found else []


def kind_first(text: str, reading: Reading) -> list[str]:
    """`6 conv k5`: a value before its kind."""
    words = text.split()
    if len(words) < 2 or not shorthand.known_name(words[1], reading.framework):
        return []
    return layer_of_words(" ".join([words[1], words[0], *words[2:]]), reading)


def repeated_list(text: str, reading: Reading) -> list[str]:
    """`3 x [conv 512, relu]`, `[conv 512, relu]*3`: commas for arrows."""
    found = LISTED.fullmatch(f"[{text[1:].replace(')', ']', 1)}" if text[:1] == "(" else text)
    if not found:
        return []
    inner = found[2] if "->" in found[2] else found[2].replace(",", "->")
    links = [only_line(part.strip(), reading) for _, part in split(inner, "->")]
    body, times = f"[{' -> '.join(links)}]", found[1] or found[3]
    return [f"{body}*{times}" if times else body] if all(links) else []


def chain_of_layers(text: str, reading: Reading) -> list[str]:
    """A chain with a slip in some of its layers, or a list of layers with commas."""
    parts = [part.strip() for _, part in split(ARROWS.sub(" -> ", text), "->")]
    if len(parts) < 2 and "[" not in text:
        parts = [part.strip() for _, part in split(text, ",")]
        if len(parts) > 1 and not all(
            shorthand.known_name(part.partition(" ")[0], reading.framework) for part in parts
        ):
            return []
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
    """`3x conv 64 k3`, `3*conv 64 k3`, `conv 64 k3 *3`."""
    after = re.fullmatch(r"(.*?)\s+\*\s*(\d+)", text)
    text = f"{after[2]} x {after[1]}" if after else text
    found = TIMES.match(text)
    inner = only_line(text[found.end() :], reading) if found else ""
    return [f"{found[1]} x {inner}"] if found and inner else []


def text_without_bullet(text: str, reading: Reading) -> list[str]:
    """`-conv 6 k5`, `1. conv 6 k5`."""
    bare = re.sub(BULLETS, "", text)
    return likely_lines(bare, reading) if bare != text else []


ATTEMPTS = (
    sides_or_product,
    closed_call,
    called_list,
    decimal_value,
    labelled_layer,
    repeated_list,
    chain_of_layers,
    repeated_layer,
    text_without_bullet,
    unwrapped_values,
    layer_of_words,
    kind_first,
    missing_arrow,
)
