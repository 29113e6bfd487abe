"""What PyYAML says of a text that is no YAML, in words that help; its own scanner and libyaml differ in them."""

from __future__ import annotations

import re
from typing import Any

import yaml

from convcalc.problem import Diagnostic, Mark, Source
from convcalc.readers.files import BREAK
from convcalc.readers.yaml.tree import FLATTER, TOO_DEEP, no_space, short

MAX_LINE = 160  # characters of a line that is told whole as a cure

TAB = "\t"
QUOTE = "put quotes around the whole text"  # the commonest cure

# Patterns stay texts until an error needs them: compiling all would take 1 ms of every start.
_CONTROL = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_KEY = r"\s*(?:- +)*(?P<key>[^\s:#]+):(?P<value>[^\s:].*)"  # `key:value`, whose colon lacks its space
_MAPPING = r"\s*- (?:\W*|.*[^\w.])([\w.]+):\s\{(.*\})\s*$"
_LAST_BRACKET = r"(?:\[[^][]*\]|\{[^}{]*\})\s*$"
_LISTED = r"\[[^][>]*\] *\* *\w+"  # [conv 64, relu]*2, which would be [conv 64 -> relu]*2
_BULLETS = r"(?:[-–—*•+]\s*|\d+[.)]\s+)+"  # what people begin the entry of a list with
_ENTRY = r"\s*(?:- +)*(?:[^\s:]+: +)?"  # what precedes the value of a line


def control_character(source: Source) -> Diagnostic:
    found = re.search(_CONTROL, source.text)
    if not found:
        return Diagnostic("Y001", f"{source.name} cannot be read as YAML", "save it as plain text in UTF-8")
    lines = re.split(BREAK, source.text[: found.start()])
    message = f"the character U+{ord(found[0]):04X} has no place in a text file"
    hint = "delete it; or is this no text file?"
    return Diagnostic("Y020", message, hint, Mark(source, len(lines), len(lines[-1]) + 1))


class _Page:
    """The lines of a source, to look at and to point into; rows and columns count from 0, as PyYAML has them."""

    def __init__(self, source: Source):
        self.source = source
        self.lines = re.split(BREAK, source.text)

    def line(self, row: int) -> str:
        return self.lines[row] if row < len(self.lines) else ""

    def above(self, row: int) -> int | None:
        """The next line above with anything but a comment."""
        return next((n for n in range(row - 1, -1, -1) if self.lines[n].split("#")[0].strip()), None)

    def found(self, code: str, message: str, hint: str, row: int, column: int, length: int = 1) -> Diagnostic:
        row = min(row, len(self.lines) - 1)
        column = min(column, len(self.lines[row]))
        return Diagnostic(code, message, hint, Mark(self.source, row + 1, column + 1, length or 1))


def syntax_error(source: Source, error: yaml.MarkedYAMLError, opened: Any) -> Diagnostic:
    """What PyYAML says, in words that help; `opened` is where the innermost list or mapping begins, if any does.

    PyYAML's own scanner and libyaml differ in wording, seldom in place.
    """
    page = _Page(source)
    at: Any = error.problem_mark or error.context_mark
    since: Any = error.context_mark or at
    context, said = error.context or "", error.problem or "it cannot be read"
    row, column = at.line, at.column
    line = page.line(row)
    before, rest = line[:column], line[column:]
    last = before.rstrip()[-1:]

    if found := _strange_space(page, row, column, since.line, "mapping values" in said):
        return found
    if "quoted scalar" in context or "double-quoted" in context:
        return _quoted_line(page, said, row, column, since)
    if "mapping values" in said:
        return _colon_too_many(page, row, column)
    if "simple key" in context:
        return _no_key(page, since.line, since.column)
    if "expected" in said and last and last in "]}\"'" and rest.strip() and rest[0] not in "]}:":
        return _text_goes_on(page, row, column, "flow" in context)
    ended = not rest.strip() and not any(map(str.strip, page.lines[row + 1 :]))
    if "flow" in context and (ended or ("expected" in said and "content" not in said)):
        return _bracket(page, row, column, opened or since, ended)
    if ("block collection" in context or "block mapping" in context) and not before.strip(" -"):
        return _other_column(page, row, column, since, "list" if "collection" in context else "mapping")
    if line.lstrip().startswith("* "):
        hint = f"write: - {short(line.lstrip('* ').rstrip())}"
        return page.found("Y001", "an entry of a list begins with a dash", hint, row, column)
    outer = next((n for n in range(row) if page.lines[n][:1] == " "), None) if "document start" in said else None
    if outer is not None:
        message = f"line {outer + 1} begins further right than line {row + 1}"
        return page.found("Y007", message, f"write: {short(page.line(outer).strip())}", outer, 0)
    first = page.line(since.line)[since.column : since.column + 1]
    for words, code, message, hint in SAID:
        if words in f"{context}\n{said}":
            if hint.startswith(QUOTE):
                hint = _one_line(page.line(since.line)) or hint
            return page.found(code, message.format(char=rest[:1], first=first), hint, row, column)
    return page.found("Y001", f"this is not YAML: {said}", f"{QUOTE} if it has one of : # , [ ] {{ }}", row, column)


SAID = (  # a part of what PyYAML says, and what is said instead
    ("maximum nesting depth", "Y017", TOO_DEEP, FLATTER),
    ("cannot start any token", "Y001", "a text may not begin with {char}", QUOTE),
    ("sequence entries", "Y007", "a list with dashes may not begin on its key's line", "begin it on the next line"),
    ("unexpected ':'", "Y003", "there is no space after this colon", "write a space after it"),
    ("scanning an alias", "Y001", "a text that begins with * is an alias to YAML", QUOTE),
    ("scanning an anchor", "Y001", "a text that begins with & is an anchor to YAML", QUOTE),
    ("block scalar", "Y001", "a text that begins with {first} is a block of lines to YAML", QUOTE),
    (" tag", "Y012", "a text that begins with ! is a tag to YAML", f"{QUOTE}, or leave the tag out"),
    ("node content", "Y006", "{char} stands where a value should", f"write the value before it, or {QUOTE}"),
    ("document start", "Y004", "the text ended above, and this is left over", f"take it out, or {QUOTE}"),
    ("incompatible", "Y001", "this version of YAML is not read", "write %YAML 1.1, or leave the line out"),
    ("directive", "Y001", "a line that begins with % is a directive to YAML", f"leave the line out, or {QUOTE}"),
)


def _strange_space(page: _Page, row: int, column: int, since: int, wants_key: bool) -> Diagnostic | None:
    """A tab, or another space that is none to YAML, in the indentation."""
    line = page.line(row)
    if line[column:].startswith("\t") or (wants_key and "\t" in line[: len(line) - len(line.lstrip())]):
        tab = column if line[column:].startswith("\t") else line.index("\t")
        length = len(line[tab:]) - len(line[tab:].lstrip("\t"))
        hint = f"write spaces instead, two for a level; write: {short(line.replace(TAB, '  ').rstrip())}"
        return page.found("Y002", "a tab stands where YAML allows only spaces", hint, row, tab, length)
    for each in (since, row):
        margin = re.match(r"\s*", page.line(each))[0]  # type: ignore[index]  # it matches any line
        if strange := re.search(r"[^ \t]", margin):
            message = f"U+{ord(strange[0]):04X}, which is no space to YAML, stands in the indentation"
            hint = f"write: {' ' * len(margin)}{short(page.line(each).strip())}"
            return page.found("Y002", message, hint, each, strange.start(), len(margin) - strange.start())
    return None


def _text_goes_on(page: _Page, row: int, column: int, in_flow: bool) -> Diagnostic:
    """Text behind a closing bracket or quote: `[conv 64 -> relu]*2`."""
    line = page.line(row)
    before, rest = line[:column], line[column:]
    last = before.rstrip()[-1]
    if in_flow and last in "\"'":
        message = f"after a closing {last} a comma or a bracket must follow"
        return page.found("Y004", message, f"write a comma between two values, or {QUOTE}", row, column)
    start = re.match(_ENTRY, line).end()  # type: ignore[union-attr]  # it matches any line
    whole = line[start:].strip()
    if in_flow and (bracket := re.search(_LAST_BRACKET, before)):
        whole = bracket[0] + re.split("[],}]", rest)[0]
    whole = re.sub(r"\]\s*[x×*]\s*(?=\w+$)", "]*", whole)
    if re.fullmatch(_LISTED, whole):
        whole = whole.replace(",", " ->")
    hint = f'{QUOTE}: "{short(whole)}"'
    if not in_flow and line.lstrip().startswith("- ") and len(whole) < MAX_LINE:
        hint = f'{QUOTE}; write: {line[:start].strip()} "{whole}"'
    if last == "}" and (mapping := re.match(_MAPPING, before)):
        times = re.fullmatch(r"\s*[x*×]\s*(\d+)", rest.rstrip())
        hint = f"write: - {f'{times[1]} x ' if times else ''}{mapping[1]}: {{{mapping[2]}"
    if last in "\"'":
        hint = f"{QUOTE}, of the other kind, or write a quote inside '…' twice"
    message = f"YAML takes what ends in {last} for the whole value, but the text goes on"
    return page.found("Y004", message, hint, row, column, len(rest.rstrip()))


def _other_column(page: _Page, row: int, column: int, since: Any, what: str) -> Diagnostic:
    """A line that is no entry of the list or mapping that it follows."""
    first, entry = since.line + 1, _entry(page, row)
    hint = f"begin it in column {since.column + 1}, or where the entries of an outer list or mapping begin"
    if column != since.column:
        message = f"this line begins in column {column + 1}; the {what} that began on line {first}"
        return page.found(
            "Y007", *(entry or (f"{message} has its entries in column {since.column + 1}", hint)), row, column
        )
    if column and page.line(row)[column:].startswith("- "):
        head = page.line(since.line)
        if "-" in head[:column]:
            return _list_among_keys(page, row, column, since.line, head[:column].rindex("-"))
        message, hint = f"line {first} is no entry of a list: begin it with `- `", short(page.line(since.line).strip())
        return page.found("Y007", message, f"write: - {hint}", since.line, column)
    missing = "write a dash and a space before it, or a key above the list, as layers:"
    hint = f"begin it with `- `; {entry[1]}" if entry else missing
    return page.found("Y007", f"the list that began on line {first} goes on here without a dash", hint, row, column)


def _list_among_keys(page: _Page, row: int, column: int, since: int, dash: int) -> Diagnostic:
    """An entry below the keys of the one above: of the same list, or of a list of its own that has no key."""
    if re.search(r":\s*(#.*)?$", page.line(since)):
        message = f"a list stands among the keys of line {since + 1}"
        return page.found("Y007", message, "write its key above it, such as main: or layers:", row, column)
    message = f"line {row + 1} is an entry like line {since + 1}: begin it in column {dash + 1}"
    return page.found("Y007", message, f"write: {' ' * dash}{short(page.line(row).strip())}", row, column)


def _entry(page: _Page, row: int) -> tuple[str, str] | None:
    """What to say of a line that was meant as the next entry of the list right above it, and that entry."""
    line, above = page.line(row), page.above(row)
    text, column = line.strip(), len(line) - len(line.lstrip())
    bare = re.sub(f"^{_BULLETS}", "", text)
    if above is None or not page.lines[above].lstrip().startswith("- ") or not bare:
        return None
    dash = page.lines[above].index("-")
    if text.startswith("- "):
        message = f"this line begins in column {column + 1}; the list of line {above + 1} has its entries"
        return f"{message} in column {dash + 1}", f"write: {' ' * dash}- {short(bare)}"
    if column < dash and re.match(r"\w+:(?:\s|$)", text):  # a key of what the list is in
        return None
    return f"line {row + 1} continues line {above + 1}: begin it with `- `", f"write: - {short(bare)}"


def _quoted_line(page: _Page, said: str, row: int, column: int, since: Any) -> Diagnostic:
    if "end of stream" not in said and "document" not in said:
        line = page.line(row)
        half = re.search(r"\\u[dD][89a-fA-F]", line)
        slash = half.start() if half else max(line.rfind("\\", 0, column + 1), 0)
        if line[slash + 1 : slash + 2] in ("u", "U", "x"):  # JSON may write one character as two halves, YAML not
            message, hint = f"{line[slash : slash + 6]} is not the number of a character", "write the character itself"
        else:
            message = f"{line[slash : slash + 2]} means nothing inside double quotes"
            hint = "use single quotes, in which a backslash is only itself"
        return page.found("Y001", message, hint, row, slash, 2)
    quote = page.line(since.line)[since.column : since.column + 1]
    hint = f"write {quote} at the end of the text; a text with an apostrophe goes into double quotes"
    return page.found("Y006", f"the {quote} opened here is never closed", hint, since.line, since.column)


def _colon_too_many(page: _Page, row: int, column: int) -> Diagnostic:
    """`a: b: c`; or the first key of a line, when the line above was still being read."""
    line, above = page.line(row), page.above(row)
    if len(key := line[:column].strip("- ")) > 1024 and ": " not in key:
        message = f"a key may have 1,024 characters, this one has {len(key):,}"
        return page.found("Y003", message, "shorten the key", row, line.index(key), len(key))
    if (glued := re.match(_KEY, line)) and glued["value"][0] in "[{" and len(line) < MAX_LINE:
        hint = f"write: {line[: glued.start('value')].strip()} {glued['value'].strip()}"
        return _glued_line(page, row, glued)._replace(hint=hint)
    if ": " in line[:column] or above is None:
        start = re.match(_ENTRY, line).end()  # type: ignore[union-attr]  # it matches any line
        message = "this is the second colon with a space after it in one text"
        hint = _one_line(line) or f'put quotes around the value: "{short(line[start:].strip())}"'
        return page.found("Y003", message, hint, row, column)
    if glued := re.match(_KEY, page.lines[above]):
        return _glued_line(page, above, glued)
    text, indent = page.lines[above].strip(), len(line) - len(line.lstrip())
    margin = len(page.lines[above]) - len(page.lines[above].lstrip())
    if text.startswith("- ") and (entry := _entry(page, row)):
        return page.found("Y007" if ": " in text else "Y003", *entry, row, indent, len(line.strip()))
    if ": " in text and indent > margin:
        message = f'this line is indented below "{short(text)}" (line {above + 1}), which has a value already'
        return page.found("Y007", message, f"begin it in the same column as line {above + 1}", row, indent)
    key, _, value = text.partition(" ")
    hint = f"write: {short(key)}: {short(value.strip())}".rstrip()
    return page.found("Y003", f'"{short(text)}" is no key, as it has no colon', hint, above, margin, len(text))


def _no_key(page: _Page, row: int, column: int) -> Diagnostic:
    """A line that should be `key: value`, and has no colon with a space after it."""
    if glued := re.match(_KEY, page.line(row)):
        return _glued_line(page, row, glued)
    text = page.line(row)[column:].strip()
    message = f'"{short(text)}" is neither a key nor an entry of a list'
    hint = "write a colon and a space after the key, or a dash and a space before an entry of a list"
    if len(text) > 1024:
        message, hint = f"a key may have 1,024 characters, this line has {len(text):,}", "shorten the key"
    elif text.startswith("-"):
        message, hint = f'there is no space after the dash in "{short(text)}"', f"write: - {short(text[1:].strip())}"
    elif entry := _entry(page, row):
        message, hint = entry
    elif page.line(row + 1).lstrip().startswith("- ") and text.isidentifier():
        hint = f"write: {text}:"
    return page.found("Y003", message, hint, row, column, len(text))


def _bracket(page: _Page, row: int, column: int, since: Any, ended: bool) -> Diagnostic:
    opening = page.line(since.line)[since.column : since.column + 1]
    closing = {"[": "]", "{": "}"}.get(opening, opening)
    if ended:
        hint = f"write {closing} where it ends"
        return page.found("Y006", f"the {opening} opened here is never closed", hint, since.line, since.column)
    line = page.lines[row]
    if line[column:].startswith(":") and since.line == row and ": " in line[since.column : column].rpartition(",")[2]:
        message = "this is the second colon with a space after it in one text"
        hint = "put quotes around the value, or a comma between two entries"
        return page.found("Y003", message, hint, row, column)
    where = f"line {since.line + 1}, column {since.column + 1}"
    message = f"a comma or {closing} is missing before this: the {opening} of {where} is still open"
    return page.found("Y006", message, f"close it with {closing}, or write a comma between two entries", row, column)


def _one_line(line: str) -> str:
    """The cure of `- conv: 6, k: 5`, where that is a layer with its keys."""
    from convcalc.readers.readings import AnyName
    from convcalc.readers.slips import likely_lines
    from convcalc.readers.wording import Reading

    found = re.match(r"\s*(- )?(\w+: .*|\W.*)", line) if len(line) < MAX_LINE else None
    layers = likely_lines(found[2], Reading("torch", AnyName(), {}, frozenset())) if found else []
    return f"write: {found[1] or ''}{layers[0]}" if found and len(layers) == 1 else ""


def _glued_line(page: _Page, row: int, glued: re.Match[str]) -> Diagnostic:
    key, value = glued["key"], glued["value"].strip()
    return page.found("Y003", *no_space(key, value), row, glued.start("key"), len(key) + 1 + len(value))
