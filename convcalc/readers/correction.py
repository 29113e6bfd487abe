"""The cure of an error in a spec's text: the person's own line, corrected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.layers import key_names
from convcalc.problem import Diagnostic, Mark, lines
from convcalc.readers import shorthand
from convcalc.readers.code import CallPart, call_in, is_call
from convcalc.readers.readings import orders, spell_shorthand
from convcalc.readers.slips import BULLETS, likely_lines
from convcalc.readers.wording import Reading, swaps
from convcalc.spec.brackets import balance, is_chain, matching, split
from convcalc.spec.shapes import is_shape

if TYPE_CHECKING:
    from convcalc.readers.shorthand import Resolved

WIDEST = 160  # characters of a line that is told whole
TURNED = re.compile(r"\w+ x $|\[[^\]]*$")  # before a layer that is repeated
MISSPELT = frozenset(("K001", "K002", "L003", "N001", "N002"))  # whose cure is a word for another
LONGEST = 300  # characters of a layer with a slip: nobody types more
DEEPEST = 20  # lines of a layer's mapping
NUMBERS = re.compile(r"\d+")
CURED = re.compile("write(?:, for example)?: ")
SUGGESTION = re.compile(r'did you mean "(.+)"\?')
UNSAFE = re.compile(r"""^[\[{"'*&!|>%@`#]|\s#|:\s""")  # what YAML does not take for plain text


def correct(finding: Diagnostic, reading: Reading) -> Diagnostic:
    """An error whose cure is the line to write, where one can be given; a binary file has no lines to write."""
    mark = finding.mark
    if (
        mark is None
        or mark.source.path
        or finding.severity != "error"
        or finding.code in ("K003", "L017", "L031")
        or CURED.search(finding.hint)
    ):
        return finding
    rows = lines(mark.source.text)
    if not 1 <= mark.line <= len(rows) or mark.length > LONGEST:
        return finding
    row, start = rows[mark.line - 1], mark.column - 1
    text = row[start : start + mark.length]
    quote = text[0] if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] else ""
    text = text[1:-1] if quote else text
    reading = reading._replace(labels=not quote and len(rows) > 1)
    if finding.right:
        return put_right(finding, text, quote, rows, reading)
    if not quote and start + mark.length > len(row) and (goes_on := continuation(finding, rows, reading)):
        return goes_on
    if finding.code == "C031" and reading.reads(text):
        advice, line = flattened_before(finding, row, text)
        hint = finding.hint.replace("put `flatten` before it", advice)
        return finding._replace(hint=hint if line == text else f"{hint}; write: {whole(mark, row, line, quote)}")
    if finding.code == "L026" and row[start + mark.length :].startswith(": {") and row.endswith("}"):
        found = swaps(["1", "2"], reading.axes)  # transpose: {order: 1x2}
        return finding._replace(hint=f"write: - {', or: - '.join(found)}") if found else finding
    told = SUGGESTION.fullmatch(finding.hint)
    candidates = respell(finding, text, told[1], reading) if told else []
    rest = row[start + mark.length :].strip()
    if not candidates and rest == ":" and reading.reads(text):  # `- conv 6 k5:`
        mark = mark._replace(length=row.index(":", start + mark.length) + 1 - start)
        return finding._replace(hint=f"write: {whole(mark, row, text, quote)}", mark=mark)
    is_input = is_shape(text) or finding.message.endswith(" is not a shape")
    is_layer = rest[:1] != ":" and not joins(row[:start]) and not is_input
    if not candidates and (finding.code[0] in "KLV" or finding.undeclared) and is_layer:
        candidates = [line for line in likely_lines(text, reading) if line != text]
    if not candidates:
        return finding
    written = ", or: ".join(whole(mark, row, one, quote) for one in candidates)
    given = set(NUMBERS.findall(f"{text} {finding.message}"))
    guessed = any(set(NUMBERS.findall(one)) - given for one in candidates)
    said = f"{finding.hint} " if told and any(told[1] in one for one in candidates) else ""
    return finding._replace(hint=f"{said}write{', for example' * guessed}: {written}", undeclared="")


def joins(before: str) -> bool:
    """Whether what stands before a text is `add:` or another join, whose value is no layer."""
    key = re.search(r"(\w+):\s*$", before[-LONGEST:])
    resolved = shorthand.known_name(key[1]) if key else None
    return resolved is not None and resolved.kind.inputs == 0


def respell(finding: Diagnostic, text: str, right: str, reading: Reading) -> list[str]:
    """The text with the word that a suggestion replaces: a key, a name, or a block's, which only the spec knows."""
    wrong = re.search(r'"([^"]+)"', finding.message)
    if not wrong or finding.code not in MISSPELT or (finding.code == "K001" and shorthand.known_name(right)):
        return []
    if text == wrong[1] and (glued := re.fullmatch(r"\w+(?:\s*[=:]\s*|\s+)(\w+)", text)):  # {kernel=5, stride: 2}
        return [f"{right}: {glued[1]}"]
    found = re.sub(rf"(?<![\w-]){re.escape(wrong[1])}(?![\w-])", right, text, count=1)
    if set(NUMBERS.findall(text)) - set(NUMBERS.findall(found)):
        return []
    alone = found == right  # a key of a mapping
    return [found] if found != text and (alone or reading.reads(found)) else []


def put_right(finding: Diagnostic, text: str, quote: str, rows: list[str], reading: Reading) -> Diagnostic:
    """An error of one value that follows from the input, with the line that has the right one."""
    assert finding.mark and finding.right
    mark = finding.mark
    call = call_over_lines(text, rows[mark.line : mark.line + DEEPEST])
    if call != text:
        after = replace_value(call, *finding.right, reading)
        changed = (new for new, old in zip(after.split("\n"), call.split("\n"), strict=False) if new != old)
        line = next(changed, "").strip()
        return finding._replace(hint=f"write: {line}") if line else finding
    found = replace_value(text, *finding.right, reading)
    if found and TURNED.search(rows[mark.line - 1][: mark.column - 1][-LONGEST:]) and finding.right[0] == "in_channels":
        layer = reading.layer(text)  # one number cannot be right for every turn of a repeat
        args = tuple((name, raw) for name, raw in layer.args if name != "in_channels") if layer else ()
        found = spell_shorthand(layer._replace(args=args)) if layer else found
    if not found:
        line = mapping_line(text, *finding.right, rows[mark.line - 1 : mark.line + DEEPEST], reading)
        return finding._replace(hint=f"write: {line}") if line else finding
    row, advice = rows[mark.line - 1], ""
    if finding.hint.startswith("put `flatten`"):
        advice, found = flattened_before(finding, row, found)
        advice += "; "
    return finding._replace(hint=f"{advice}write: {whole(mark, row, found, quote)}")


def call_over_lines(text: str, below: list[str]) -> str:
    """A call with the lines that close its bracket; any other text as it is."""
    opened = re.match(r"[\w.]+\(", text)
    for count in range(len(below) + 1 if opened else 0):
        whole = "\n".join((text, *below[:count]))
        if opened and (end := matching(whole[opened.end() - 1 :])) >= 0:
            return whole[: opened.end() + end] if count else text
    return text


def flattened_before(finding: Diagnostic, row: str, text: str) -> tuple[str, str]:
    """What to do so that a layer's input is flattened, in words, and the layer's line after that."""
    if not finding.also:
        return "put `flatten` before it", f"flatten -> {text}"
    assert finding.mark
    if row[: finding.mark.column - 1].rstrip().endswith("="):  # self.fc = nn.Linear(…), which is called elsewhere
        return "put torch.flatten(x, 1) before its call", text
    return "put nn.Flatten() before it", f"nn.Flatten(), {text}"


def mapping_line(kind: str, name: str, value: str, rows: list[str], reading: Reading) -> str:
    """The line of a layer's mapping that holds a key, with another value."""
    resolved = shorthand.known_name(kind, reading.framework)
    if resolved is None:
        return ""
    table, sets = key_names(resolved.kind), resolved.signature.sets if resolved.signature else {}
    for row in rows:
        for found in re.finditer(r"(\w+)\s*:\s*([\w'\"]+)", row):
            key = table.get(sets.get(found[1], found[1]))
            if key is not None and key.name == name:
                return f"{row[: found.start(2)]}{value}{row[found.end(2) :]}".strip()
    return ""


def whole(mark: Mark, row: str, text: str, quote: str) -> str:
    """The line of a list with a corrected text in it, without a remark; only the text where the line holds more."""
    before, after = row[: mark.column - 1], re.sub(r"\s+#[^\"']*$", "", row[mark.column - 1 + mark.length :])
    if not quote and UNSAFE.search(text) and (text[:1] == "[" or not re.match(r"\w+: ", text)) and before.strip():
        quote = "'" if '"' in text else '"'
    line = f"{before}{quote}{text}{quote}{after}".strip()
    if not before.strip() and BULLETS.match(row[mark.column - 1 :]):
        return f"- {text}"
    is_whole = before.lstrip().startswith("- ") or (not before and after[:1] == ":")
    return line if is_whole and len(line) <= WIDEST else text


def continuation(finding: Diagnostic, rows: list[str], reading: Reading) -> Diagnostic | None:
    """A line that YAML reads as part of the one above: too far right, without its dash, or below one without."""
    assert finding.mark
    number = finding.mark.line
    above, below = rows[number - 1], next((index for index in range(number, len(rows)) if rows[index].strip()), None)
    if below is None:
        return None
    text, dash = rows[below].strip(), len(above) - len(above.lstrip())
    entry, first = BULLETS.sub("", text), BULLETS.sub("", above.strip())
    line, column, length = below + 1, len(rows[below]) - len(rows[below].lstrip()) + 1, len(text)
    message = f"line {line} continues line {number}: begin it with `- `"
    hint = f"write: - {entry}"
    if text.count("]") > text.count("[") or text.count("}") > text.count("{"):
        message = f"line {line} continues line {number}: a comma is missing between them"
        hint = f"write: {above.strip()},"
    elif not above.lstrip().startswith("- ") and not above[: finding.mark.column - 1].strip():
        if not (reading.reads(first) or likely_lines(first, reading)):
            return None
        message, hint = f"line {number} is no entry of a list: begin it with `- `", f"write: - {first}"
        line, column, length = number, dash + 1, len(above.strip())
    elif not (reading.reads(entry) or likely_lines(entry, reading)):
        return None
    elif text.startswith("- "):
        message = f"line {line} continues line {number}: begin it in column {dash + 1}, as line {number}"
        hint = f"write: {' ' * dash}- {entry}"
    mark = Mark(finding.mark.source, line, column, length)
    return finding._replace(code="L027", message=message, hint=hint, mark=mark, layer="", work="", axis="")


def replace_value(text: str, name: str, value: str, reading: Reading) -> str:
    """A layer's text with another value for one key, in the person's own spelling."""
    if is_chain(text) or balance(text):
        return ""
    for key, start, end in arguments(text, reading):
        if key == name:
            opened, closed = text[start], text[end - 1]
            value = f"{opened}{value.replace('x', ', ')}{closed}" if opened in "([" else value
            return f"{text[:start]}{value}{text[end:]}"
    return ""


def arguments(text: str, reading: Reading) -> Iterator[tuple[str, int, int]]:
    """Every value of a layer's text: its key, its start and its end."""
    is_called = is_call(text)
    head, parts = call_in(text)[1:] if is_called else (text.partition(" ")[0].rpartition("=")[2].strip(), ())
    resolved = shorthand.known_name(head, reading.framework)
    if resolved is None:
        return
    if is_called:
        for order in [resolved] if resolved.signature else orders(resolved, head):
            yield from call_values(parts, order)
        return
    main = shorthand.main_key(resolved.kind)
    for start, word in split(text, " "):
        name, value = shorthand.key_and_value(resolved.kind, word)
        if start and word:
            end = start + len(word)
            yield name or (main.name if main else ""), end - len(value if name else word), end


def call_values(parts: tuple[CallPart, ...], resolved: Resolved) -> Iterator[tuple[str, int, int]]:
    signed, table = resolved.signature, key_names(resolved.kind)
    names = shorthand.named_values(resolved, [part.whole for part in parts])
    for part, (name, _) in zip(parts, names, strict=True):
        target = signed.sets.get(name, name) if signed else name
        if "->" in part.text and resolved.kind.takes_flat:  # the lectures' Linear (2450 -> 500)
            yield "in_features", part.begin, part.begin + len(part.text.partition("->")[0].rstrip())
        elif target in table:
            yield table[target].name, part.begin, part.begin + len(part.text)
