"""A YAML text becomes a small tree of texts with line and column; what a text means is for its key to say.

The tree is built from `yaml.parse` events alone: PyYAML's composer would crash on deep nesting, lose the place of every
value, keep the last of two equal keys in silence, and read `010` as 8 and `no` as false.

| code | refused |
|---|---|
| Y001 | any other text that is not YAML |
| Y002 | a tab where YAML allows only spaces |
| Y003 | a colon inside an unquoted text, a colon without the space after it, or none at all |
| Y004 | text after a closing bracket or quote: `[conv 64 -> relu]*2` |
| Y005 | a value that a comma splits: `{output: (16, 5, 5)}` |
| Y006 | a bracket or quote that is not closed, or a comma missing inside one |
| Y007 | an indentation that fits nothing above it |
| Y010 | a key that stands twice in one mapping |
| Y011 | the merge key `<<` |
| Y012 | a tag: `!!int`, `!!python/object` |
| Y013 | a key that is a list or a mapping |
| Y014 | an alias without an anchor above it |
| Y015 | an alias inside its own anchor |
| Y016 | aliases that multiply beyond MAX_COPIES nodes |
| Y017 | nesting deeper than MAX_DEPTH |
| Y018 | more than one document |
| Y019 | an empty document |
| Y020 | a character that no text file has: NUL, escape … |
| Y021 | more than MAX_FINDINGS of these; reading stops there |
| Y030 | a file that is not there |
| Y031 | a directory |
| Y032 | a file that may not be read, or that the system cannot read |
| Y033 | bytes that are not UTF-8 |
| Y034 | more than MAX_BYTES |
| Y035 | a device |
"""

from __future__ import annotations

import codecs
import os
import re
import stat
import sys
from typing import Any, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from convcalc.problem import Diagnostic, Mark, Problem, Source, did_you_mean, problem

LOADER: Any  # libyaml's, fifty times faster, where PyYAML has it
if hasattr(yaml, "CSafeLoader"):
    LOADER = yaml.CSafeLoader
else:
    from convcalc.language.plainyaml import PlainLoader as LOADER

MAX_BYTES = 256_000_000  # some two million layers
MAX_DEPTH = 200  # so that whoever walks the tree may recurse
MAX_COPIES = 2_000_000  # nodes that aliases add for whoever walks the tree; in memory they are shared
MAX_FINDINGS = 100
MAX_LINE = 160  # characters of a line that is told whole as a cure

TOO_DEEP = f"lists and mappings are nested more than {MAX_DEPTH} deep here"
FLATTER = "close some brackets or take the nesting apart: blocks: gives a part of a network a name"
TAB = "\t"
QUOTE = "put quotes around the whole text"  # the commonest cure


class Scalar:
    """A text as it was written, without its quotes; `line` and `column` count from 1."""

    __slots__ = ("column", "line", "quoted", "text")

    def __init__(self, text: str, line: int, column: int, quoted: bool = False):
        self.text = text
        self.line = line
        self.column = column
        self.quoted = quoted  # '…', "…", | or >

    def __repr__(self) -> str:
        return f"Scalar({self.text!r}, {self.line}, {self.column}, {self.quoted})"


class Sequence:
    """A list, in brackets or with dashes."""

    __slots__ = ("column", "items", "line")

    def __init__(self, items: list[Node], line: int, column: int):
        self.items = items
        self.line = line
        self.column = column

    def __repr__(self) -> str:
        return f"Sequence({self.items!r}, {self.line}, {self.column})"


class Mapping:
    """Keys, each once, with their values, in the order they were written."""

    # Two tuples take half the memory of a list of pairs.
    __slots__ = ("column", "keys", "line", "values")

    def __init__(self, keys: tuple[Scalar, ...], values: tuple[Node, ...], line: int, column: int):
        self.keys = keys
        self.values = values
        self.line = line
        self.column = column

    @property
    def pairs(self) -> list[tuple[Scalar, Node]]:
        return list(zip(self.keys, self.values, strict=True))

    def get(self, key: str) -> Node | None:
        """The value of a key, or None; a mapping is searched from the front, as most have a handful of keys."""
        for name, value in zip(self.keys, self.values, strict=True):
            if name.text == key:
                return value
        return None

    def __repr__(self) -> str:
        return f"Mapping({self.keys!r}, {self.values!r}, {self.line}, {self.column})"


Node: TypeAlias = Scalar | Sequence | Mapping
SCALARS = frozenset({Scalar})


def mark(source: Source, node: Node) -> Mark:
    """Where a node stands: a scalar's first line with its quotes, the first character of anything longer."""
    if type(node) is not Scalar:
        return Mark(source, node.line, node.column)
    length = len(node.text.partition("\n")[0]) + 2 * node.quoted
    return Mark(source, node.line, node.column, length or 1)


def load(source: Source) -> Node:
    """The tree of a text; raises a Problem with everything in it that is refused, in reading order."""
    findings: list[Diagnostic] = []
    outer: Outer = []
    root = None
    try:
        root = _tree(source, findings, outer)
    except _Enough:
        pass
    except yaml.MarkedYAMLError as error:
        findings.append(_syntax(source, error, outer[-1][1].start_mark if outer else None))
    except (yaml.YAMLError, UnicodeEncodeError):
        findings.append(_control_character(source))
    if findings:
        raise Problem(*sorted(findings, key=lambda finding: finding.mark[1:3] if finding.mark else (0, 0)))
    if root is None or _absent(root):
        hint = "write a network: input: 1x32x32, then layers: and a list of them"
        raise problem("Y019", f"{source.name} is empty", hint, Mark(source, 1, 1))
    return root


class _Enough(Exception):
    """What follows is not worth reading."""


Outer: TypeAlias = list[tuple[list["Node"], Any]]


def _tree(source: Source, findings: list[Diagnostic], outer: Outer) -> Node | None:
    """The tree of the only document; what is refused goes to `findings` and a harmless node stands in for it.

    `outer` holds the collections around the innermost open one, each with the event that opened the next.
    """

    def refuse(code: str, message: str, hint: str, line: int, column: int, length: int = 1, note: str = "") -> None:
        findings.append(Diagnostic(code, message, hint, Mark(source, line, column, length), note=note))
        if len(findings) == MAX_FINDINGS:
            hint = "mend these first; a file with so many may not be a network's at all"
            message = f"there are {MAX_FINDINGS} errors up to here: the rest of the file was not read"
            findings.append(Diagnostic("Y021", message, hint, Mark(source, line, column)))
            raise _Enough

    text = source.text
    directive = 0 if text.startswith("%TAG") else text.find("\n%TAG") + 1
    if directive or text.startswith("%TAG"):  # libyaml compares each with all others
        hint = "leave the line out"
        refuse("Y012", "tags are not read, nor is %TAG", hint, len(re.split(_BREAK, text[:directive])), 1, 4)
        raise _Enough
    if "\t" in text:
        text = re.sub(_TABS, _tab_to_space, text)
    share = dict[str, str]().setdefault  # a key that is repeated in every layer is kept once
    anchors: dict[str, Node | list[Node]] = {}  # a list while the anchored collection is still open
    measured: dict[int, tuple[int, int]] = {}
    copies = documents = line = 0
    nodes: list[Node] = []  # of the innermost open collection; of a mapping: key, value, key, value …
    node: Node

    # The commonest events come first, and an attribute is read only where it is needed: each costs some 2% of the time.
    event: Any
    for event in yaml.parse(text, Loader=LOADER):
        kind = type(event)
        if kind is ScalarEvent:
            start = event.start_mark
            if start.line + 1 != line:  # else the same int object serves the key and its value
                line = start.line + 1
            text = event.value
            node = Scalar(share(text, text), line, start.column + 1, bool(event.style))
            nodes.append(node)
            if event.anchor is not None:
                anchors[event.anchor] = node
            if event.tag is not None:
                refuse(*_tag(event.tag), node.line, node.column)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            outer.append((nodes, event))
            nodes = []
            if event.anchor is not None:
                anchors[event.anchor] = nodes
            if event.tag is not None:
                refuse(*_tag(event.tag), event.start_mark.line + 1, event.start_mark.column + 1)
            if len(outer) > MAX_DEPTH:
                start = event.start_mark
                refuse("Y017", TOO_DEEP, FLATTER, start.line + 1, start.column + 1)
                raise _Enough
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            inner = nodes
            nodes, begin = outer.pop()
            start = begin.start_mark
            split = _split_values(inner, kind is MappingEndEvent) if begin.flow_style else ()
            for finding in split:
                refuse(*finding)
            if kind is SequenceEndEvent:
                node = Sequence(inner, start.line + 1, start.column + 1)
            else:
                keys: Any = tuple(inner[::2])
                if not SCALARS.issuperset(map(type, keys)):
                    for key in keys:
                        if type(key) is not Scalar:
                            hint = "write the key as one word, or put quotes around it"
                            refuse("Y013", "a key must be a text, this one is a list or a mapping", hint, *_at(key))
                    keys = tuple(key if type(key) is Scalar else Scalar("", *_at(key)) for key in keys)
                names = {key.text for key in keys}
                if len(names) < len(keys) and not split:  # (16, 16, 16, 5) would be blamed twice
                    for finding in _repeated(keys):
                        refuse(*finding)
                if "<<" in names:
                    hint = "write the keys out; defaults: and blocks: are for what layers share"
                    for key in keys:
                        if key.text == "<<" and not key.quoted:
                            refuse("Y011", "the merge key << is not read", hint, *_at(key), 2)
                node = Mapping(keys, tuple(inner[1::2]), start.line + 1, start.column + 1)
            nodes.append(node)
            if begin.anchor is not None and anchors[begin.anchor] is inner:
                anchors[begin.anchor] = node
        elif kind is AliasEvent:
            name, start = event.anchor, event.start_mark
            spot = (start.line + 1, start.column + 1, len(name) + 1)
            known = anchors.get(name)
            node = Scalar("", *spot[:2])
            if known is None:
                hint = f"write &{name} before the first use, or put quotes around a text that begins with *"
                refuse("Y014", f"*{name} repeats what is called &{name}, and nothing above is", hint, *spot)
            elif type(known) is list:
                hint = f"take *{name} out, or move it below the end of &{name}"
                refuse("Y015", f"*{name} stands inside &{name}, so it would contain itself without end", hint, *spot)
            else:
                size, depth = _measure(known, measured)  # type: ignore[arg-type]
                copies += size
                if copies > MAX_COPIES:
                    message = f"with *{name} the aliases of this file add {copies:,} nodes, more than {MAX_COPIES:,}"
                    refuse("Y016", message, "use fewer aliases of aliases; repeat: repeats layers", *spot)
                    raise _Enough
                if len(outer) + depth > MAX_DEPTH:
                    message = f"*{name} makes the nesting {len(outer) + depth} deep; at most {MAX_DEPTH} is read"
                    refuse("Y017", message, "use fewer aliases of aliases", *spot)
                else:
                    node = known  # type: ignore[assignment]
            nodes.append(node)
        elif kind is DocumentStartEvent:
            documents += 1
            if documents > 1:
                start = event.start_mark
                hint = "keep one; give each network a file of its own"
                refuse("Y018", "a second document begins here", hint, start.line + 1, start.column + 1, 3)
                raise _Enough
    return nodes[0] if nodes else None


Finding: TypeAlias = tuple[str, str, str, int, int, int, str]  # code, message, hint, line, column, length, note


def _at(node: Node) -> tuple[int, int]:
    return node.line, node.column


def _tag(tag: str) -> tuple[str, str, str]:
    written = tag.replace("tag:yaml.org,2002:", "!!")
    hint = "leave it out; a text that begins with ! needs quotes around it"
    return "Y012", f"the tag {_short(written)} is not read", hint


def _repeated(keys: tuple[Scalar, ...]) -> list[Finding]:
    """One finding for every text that is a key more than once, with all of its lines."""
    places: dict[str, list[Scalar]] = {}
    for key in keys:
        places.setdefault(key.text, []).append(key)
    found = []
    for text, (first, *others) in places.items():
        if others:
            same_line = first.line == others[-1].line
            numbers = [str(key.column if same_line else key.line) for key in (first, *others)]
            where = f"{', '.join(numbers[:-1][:9])}{', …' if len(numbers) > 10 else ''} and {numbers[-1]}"
            where = f"on line {first.line}, columns {where}" if same_line else f"on lines {where}"
            times = "twice" if len(numbers) == 2 else f"{len(numbers):,} times"
            message = f'"{_short(text)}" is a key {times} in one mapping: {where}'
            hint = "keep one; in a list of layers begin every layer with a dash: - "
            note = f"first on line {first.line}, column {first.column}"
            found.append(("Y010", message, hint, *_at(others[0]), len(text) or 1, note))
    return found


def _split_values(nodes: list[Node], in_mapping: bool) -> list[Finding]:
    """What YAML cuts at a comma inside […] and {…}, as (16, 5, 5) and 61,706; and kernel:3, which it does not cut."""
    found: list[Finding] = []
    opened, balance = 0, 0  # where a ( stands without its ), and how many
    for place, node in enumerate(nodes):
        if type(node) is not Scalar or node.quoted:
            continue
        text, end = node.text, node.column + len(node.text)
        if balance and in_mapping and not place % 2 and not _absent(nodes[place + 1]):
            balance = 0  # a key with a value of its own is no part of what was opened
        if "(" in text or ")" in text:
            opened = opened if balance else place
            balance = max(0, balance + text.count("(") - text.count(")"))
            if place > opened and not balance:
                parts = [part.text for part in nodes[opened : place + 1] if type(part) is Scalar and part.text]
                first, whole = nodes[opened], ", ".join(parts)
                length = end - first.column if first.line == node.line else 1
                found.append(_comma(whole, f'put quotes around it: "{_short(whole)}"', first, length))
        if not in_mapping:
            continue
        if place % 2 and text.isdigit():
            parts = [text]
            while _continues(nodes[place + 2 * len(parts) - 1 : place + 2 * len(parts) + 1], node.line, end):
                parts.append(nodes[place + 2 * len(parts) - 1].text)  # type: ignore[union-attr]
                end += 4
            if len(parts) > 1:
                hint = f'write {_short("".join(parts))}, or put quotes around it: "{_short(",".join(parts))}"'
                found.append(_comma(",".join(parts), hint, node, end - node.column))
        elif not place % 2 and not balance and ":" in text.rstrip(":") and _absent(nodes[place + 1]):
            found.append(("Y003", *_no_space(*text.split(":", 1)), *_at(node), len(text), ""))
    return found


def _absent(node: Node) -> bool:
    return type(node) is Scalar and not node.text and not node.quoted


def _continues(pair: list[Node], line: int, column: int) -> bool:
    """Is this key, without a value, the three digits behind the comma at line and column?"""
    if not pair or type(pair[0]) is not Scalar or not _absent(pair[1]):
        return False
    key = pair[0]
    return _at(key) == (line, column + 1) and len(key.text) == 3 and key.text.isdigit()


def _comma(whole: str, hint: str, first: Node, length: int) -> Finding:
    message = f'inside […] and {{…}} YAML splits "{_short(whole)}" at its commas'
    return ("Y005", message, hint, *_at(first), length, "")


def _short(text: str) -> str:
    """At most 60 characters of a text, on one line."""
    text = text.replace("\n", " ")
    return text if len(text) <= 60 else f"{text[:59]}…"


def _measure(node: Node, measured: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many nodes a tree has when its aliases are written out, and how deep it is."""
    if type(node) is Scalar:
        return 1, 0
    if id(node) not in measured:  # every node stays alive in the tree, so an id stays its own
        inner = node.items if type(node) is Sequence else [*node.keys, *node.values]  # type: ignore[union-attr]
        sizes = [_measure(child, measured) for child in inner]
        measured[id(node)] = (1 + sum(size for size, _ in sizes), 1 + max((depth for _, depth in sizes), default=0))
    return measured[id(node)]


# Patterns stay texts until an error needs them: compiling all would take 1 ms of every start.
_BREAK = "\r\n|[\n\r\x85\u2028\u2029]"  # YAML's line ends
_CONTROL = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_TABS = r'(?m:^[- \t]+)|"(?:[^"\\]|\\[\s\S])*"|(\t)'  # (not in the indentation, behind a dash, in quotes)
_KEY = r"\s*(?:- +)*(?P<key>[^\s:#]+):(?P<value>[^\s:].*)"  # `key:value`, whose colon lacks its space
_LAST_BRACKET = r"(?:\[[^][]*\]|\{[^}{]*\})\s*$"
_LISTED = r"\[[^][>]*\] *\* *\w+"  # [conv 64, relu]*2, which would be [conv 64 -> relu]*2
_BULLETS = r"(?:[-–—*•+]\s*|\d+[.)]\s+)+"  # what people begin the entry of a list with
_ENTRY = r"\s*(?:- +)*(?:[^\s:]+: +)?"  # what stands before the value of a line


def _tab_to_space(found: re.Match[str]) -> str:
    """Between two words a tab is a space, for libyaml and PyYAML's own scanner alike."""
    return " " if found[1] else found[0]


def _control_character(source: Source) -> Diagnostic:
    found = re.search(_CONTROL, source.text)
    if not found:
        return Diagnostic("Y001", f"{source.name} cannot be read as YAML", "save it as plain text in UTF-8")
    lines = re.split(_BREAK, source.text[: found.start()])
    message = f"the character U+{ord(found[0]):04X} has no place in a text file"
    hint = "delete it; or is this no text file?"
    return Diagnostic("Y020", message, hint, Mark(source, len(lines), len(lines[-1]) + 1))


class _Page:
    """The lines of a source, to look at and to point into; rows and columns count from 0, as PyYAML has them."""

    def __init__(self, source: Source):
        self.source = source
        self.lines = re.split(_BREAK, source.text)

    def line(self, row: int) -> str:
        return self.lines[row] if row < len(self.lines) else ""

    def above(self, row: int) -> int | None:
        """The next line above with anything but a comment."""
        return next((n for n in range(row - 1, -1, -1) if self.lines[n].split("#")[0].strip()), None)

    def found(self, code: str, message: str, hint: str, row: int, column: int, length: int = 1) -> Diagnostic:
        row = min(row, len(self.lines) - 1)
        column = min(column, len(self.lines[row]))
        return Diagnostic(code, message, hint, Mark(self.source, row + 1, column + 1, length or 1))


def _syntax(source: Source, error: yaml.MarkedYAMLError, opened: Any) -> Diagnostic:
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

    indentation = line[: len(line) - len(line.lstrip())]
    if rest.startswith("\t") or ("mapping values" in said and "\t" in indentation):
        tab = column if rest.startswith("\t") else line.index("\t")
        length = len(line[tab:]) - len(line[tab:].lstrip("\t"))
        hint = f"write spaces instead, two for a level; write: {_short(line.replace(TAB, '  ').rstrip())}"
        return page.found("Y002", "a tab stands where YAML allows only spaces", hint, row, tab, length)
    for each in (since.line, row):
        margin = re.match(r"\s*", page.line(each))[0]  # type: ignore[index]  # it matches any line
        if strange := re.search(r"[^ \t]", margin):
            message = f"U+{ord(strange[0]):04X}, which is no space to YAML, stands in the indentation"
            hint = f"write: {' ' * len(margin)}{_short(page.line(each).strip())}"
            return page.found("Y002", message, hint, each, strange.start(), len(margin) - strange.start())
    if "quoted scalar" in context or "double-quoted" in context:
        return _quoted(page, said, row, column, since)
    if "mapping values" in said:
        return _colon_too_many(page, row, column)
    if "simple key" in context:
        return _no_key(page, since.line, since.column)
    if "expected" in said and last and last in "]}\"'" and rest.strip() and rest[0] not in "]}:":
        if "flow" in context and last in "\"'":
            message = f"after a closing {last} a comma or a bracket must follow"
            return page.found("Y004", message, f"write a comma between two values, or {QUOTE}", row, column)
        whole = line[re.match(_ENTRY, line).end() :].strip()  # type: ignore[union-attr]  # it matches any line
        if "flow" in context and (bracket := re.search(_LAST_BRACKET, before)):
            whole = bracket[0] + re.split("[],}]", rest)[0]
        whole = re.sub(r"\]\s*[x×*]\s*(?=\w+$)", "]*", whole)
        if re.fullmatch(_LISTED, whole):
            whole = whole.replace(",", " ->")
        hint = f'{QUOTE}: "{_short(whole)}"'
        if "flow" not in context and line.lstrip().startswith("- ") and len(whole) < MAX_LINE:
            start = re.match(_ENTRY, line).end()  # type: ignore[union-attr]
            hint = f'{QUOTE}; write: {line[:start].strip()} "{whole}"'
        if last in "\"'":
            hint = f"{QUOTE}, of the other kind, or write a quote inside '…' twice"
        message = f"YAML takes what ends in {last} for the whole value, but the text goes on"
        return page.found("Y004", message, hint, row, column, len(rest.rstrip()))
    ended = not rest.strip() and not any(map(str.strip, page.lines[row + 1 :]))
    if "flow" in context and (ended or ("expected" in said and "content" not in said)):
        return _bracket(page, row, column, opened or since, ended)
    if ("block collection" in context or "block mapping" in context) and not before.strip(" -"):
        what = "list" if "collection" in context else "mapping"
        message = f"this line begins in column {column + 1}; the {what} that began on line {since.line + 1}"
        message += f" has its entries in column {since.column + 1}"
        hint = f"begin it in column {since.column + 1}, or where the entries of an outer list or mapping begin"
        if entry := _entry(page, row):
            message, hint = entry
        if column == since.column:
            if rest.startswith("- ") and column:  # the line that began the mapping has no dash
                message = f"line {since.line + 1} is no entry of a list: begin it with `- `"
                hint = f"write: - {_short(page.line(since.line).strip())}"
                return page.found("Y007", message, hint, since.line, column)
            message = f"the list that began on line {since.line + 1} goes on here without a dash"
            missing = "write a dash and a space before it, or a key above the list, as layers:"
            hint = f"begin it with `- `; {hint}" if entry else missing
        return page.found("Y007", message, hint, row, column)
    if line.lstrip().startswith("* "):
        hint = f"write: - {_short(line.lstrip('* ').rstrip())}"
        return page.found("Y001", "an entry of a list begins with a dash", hint, row, column)
    if (
        "document start" in said
        and (outer := next((n for n in range(row) if page.lines[n][:1] == " "), None)) is not None
    ):
        message = f"line {outer + 1} begins further right than line {row + 1}"
        return page.found("Y007", message, f"write: {_short(page.line(outer).strip())}", outer, 0)
    first = page.line(since.line)[since.column : since.column + 1]
    for words, code, message, hint in SAID:
        if words in f"{context}\n{said}":
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
        return f"{message} in column {dash + 1}", f"write: {' ' * dash}- {_short(bare)}"
    if column < dash and re.match(r"\w+:(?:\s|$)", text):  # a key of what the list stands in
        return None
    return f"line {row + 1} continues line {above + 1}: begin it with `- `", f"write: - {_short(bare)}"


def _quoted(page: _Page, said: str, row: int, column: int, since: Any) -> Diagnostic:
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
    if ": " in line[:column] or above is None:
        start = re.match(_ENTRY, line).end()  # type: ignore[union-attr]  # it matches any line
        message = "this is the second colon with a space after it in one text"
        hint = _one_line(line) or f'put quotes around the value: "{_short(line[start:].strip())}"'
        return page.found("Y003", message, hint, row, column)
    if glued := re.match(_KEY, page.lines[above]):
        return _glued(page, above, glued)
    text, indent = page.lines[above].strip(), len(line) - len(line.lstrip())
    margin = len(page.lines[above]) - len(page.lines[above].lstrip())
    if text.startswith("- ") and (entry := _entry(page, row)):
        return page.found("Y007" if ": " in text else "Y003", *entry, row, indent, len(line.strip()))
    if ": " in text and indent > margin:
        message = f'this line is indented below "{_short(text)}" (line {above + 1}), which has a value already'
        return page.found("Y007", message, f"begin it in the same column as line {above + 1}", row, indent)
    key, _, value = text.partition(" ")
    hint = f"write: {_short(key)}: {_short(value.strip())}".rstrip()
    return page.found("Y003", f'"{_short(text)}" is no key, as it has no colon', hint, above, margin, len(text))


def _no_key(page: _Page, row: int, column: int) -> Diagnostic:
    """A line that should be `key: value`, and has no colon with a space after it."""
    if glued := re.match(_KEY, page.line(row)):
        return _glued(page, row, glued)
    text = page.line(row)[column:].strip()
    message = f'"{_short(text)}" is neither a key nor an entry of a list'
    hint = "write a colon and a space after the key, or a dash and a space before an entry of a list"
    if len(text) > 1024:
        message, hint = f"a key may have 1,024 characters, this line has {len(text):,}", "shorten the key"
    elif text.startswith("-"):
        message, hint = f'there is no space after the dash in "{_short(text)}"', f"write: - {_short(text[1:].strip())}"
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
    from convcalc.language.readings import AnyName
    from convcalc.language.slips import Reading, meant

    found = re.match(r"\s*(- )?(\w+: .*)", line)
    layers = meant(found[2], Reading("torch", AnyName(), {}, frozenset())) if found else []
    return f"write: {found[1] or ''}{layers[0]}" if found and len(layers) == 1 else ""


def _glued(page: _Page, row: int, glued: re.Match[str]) -> Diagnostic:
    key, value = glued["key"], glued["value"].strip()
    return page.found("Y003", *_no_space(key, value), row, glued.start("key"), len(key) + 1 + len(value))


def _no_space(key: str, value: str) -> tuple[str, str]:
    message = f'there is no space after the colon in "{_short(f"{key}:{value}")}"'
    return message, f"write {_short(key)}: {_short(value)}"


def read(path: str) -> Source:
    """The text of a file, or of standard input where the path is "-"; raises a Problem that says why there is none."""
    name = "standard input" if path == "-" else path
    try:
        if path == "-":
            if sys.stdin is None:
                raise problem("Y032", "there is no standard input", "name a file")
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            _refuse_special(path, os.stat(path))
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        hint = did_you_mean(os.path.basename(path), _neighbours(path))
        hint = hint or "check the path; convcalc specs lists the networks that need none"
        raise problem("Y030", f"there is no file {path}", hint) from None
    except PermissionError:
        raise problem("Y032", f"{name} may not be read", "ask its owner for permission, or copy it") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        reason = getattr(error, "strerror", None) or str(error)
        raise problem("Y032", f"{name} cannot be read: {reason}", "check the path") from None
    if len(data) > MAX_BYTES:
        raise _too_large(name, f"more than {MAX_BYTES:,}")
    return _decode(name, data)


def _refuse_special(path: str, status: os.stat_result) -> None:
    kind = status.st_mode
    if stat.S_ISDIR(kind):
        raise problem("Y031", f"{path} is a directory", f"name a file in it: {os.path.join(path, 'net.yaml')}")
    if stat.S_ISREG(kind) and status.st_size > MAX_BYTES:
        raise _too_large(path, f"{status.st_size:,}")
    if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind) or _is_terminal(path, kind)):
        raise problem("Y035", f"{path} is a device, not a text file", "name a file, or - for standard input")


def _is_terminal(path: str, kind: int) -> bool:
    """/dev/stdin is a terminal when nothing is piped in; /dev/zero never ends."""
    if not stat.S_ISCHR(kind):
        return False
    with open(path, "rb", buffering=0) as file:
        return file.isatty()


def _too_large(name: str, size: str) -> Problem:
    hint = "repeat: and blocks: say the same with fewer lines"
    return problem("Y034", f"{name} has {size} bytes; at most {MAX_BYTES:,} are read", hint)


def _neighbours(path: str) -> list[str]:
    """Some names from the folder of a path."""
    try:
        with os.scandir(os.path.dirname(path) or ".") as entries:
            return [entry.name for entry, _ in zip(entries, range(1000))]  # noqa: B905 - the first 1,000 of them
    except OSError:
        return []


def _decode(name: str, data: bytes) -> Source:
    hint = "save the file as UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise problem("Y033", f"{name} is UTF-16; only UTF-8 is read", hint)
    skipped = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    try:
        return Source(name, data[skipped:].decode() if skipped else data.decode())
    except UnicodeDecodeError as error:
        place = error.start
        before = re.split(_BREAK, data[skipped : skipped + place].decode())
        # As much of the text as an excerpt shows.
        shown = data[skipped : skipped + place + 100].decode(errors="replace")
        where = f"line {len(before)}, column {len(before[-1]) + 1}"
        byte = f"byte {skipped + place:,} (counted from 0; {where}) is 0x{error.object[place]:02X}"
        mark = Mark(Source(name, shown), len(before), len(before[-1]) + 1)
        raise problem("Y033", f"{name} is not UTF-8: {byte}", hint, mark) from None
