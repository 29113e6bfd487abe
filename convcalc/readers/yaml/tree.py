"""A YAML text becomes a small tree of texts with line and column; what a text means is for its key to say.

The tree is built from `yaml.parse` events only: PyYAML's composer would crash on deep nesting, lose the place of every
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
| Y010 | a key that occurs twice in one mapping |
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
| Y021 | more than MAX_ERRORS of these; reading stops there |
| Y030 | a file that is not there |
| Y031 | a directory |
| Y032 | a file that may not be read, or that the system cannot read |
| Y033 | bytes that are not UTF-8 |
| Y034 | more than MAX_BYTES |
| Y035 | a device |
"""

from __future__ import annotations

import re
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

from convcalc.problem import MAX_ERRORS, Diagnostic, Mark, Problem, Source, problem
from convcalc.readers.files import BREAK
from convcalc.readers.yaml import Mapping, Node, Scalar, Sequence

LOADER: Any  # libyaml's, fifty times faster, where PyYAML has it
if hasattr(yaml, "CSafeLoader"):
    LOADER = yaml.CSafeLoader
else:
    from convcalc.readers.yaml.plain import PlainLoader as LOADER

MAX_DEPTH = 200  # so that whoever walks the tree may recurse
TOO_DEEP = f"lists and mappings are nested more than {MAX_DEPTH} deep here"
FLATTER = "close some brackets or take the nesting apart: blocks: gives a part of a network a name"
MAX_COPIES = 2_000_000  # nodes that aliases add for whoever walks the tree; in memory they are shared
TABS = r'(?m:^[- \t]+)|"(?:[^"\\]|\\[\s\S])*"|(\t)'  # (not in the indentation, behind a dash, in quotes)


SCALARS = frozenset({Scalar})


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
        from convcalc.readers.yaml.syntax import syntax_error

        findings.append(syntax_error(source, error, outer[-1][1].start_mark if outer else None))
    except (yaml.YAMLError, UnicodeEncodeError):
        from convcalc.readers.yaml.syntax import control_character

        findings.append(control_character(source))
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
    """The tree of the only document; what is refused goes to `findings` and a harmless node replaces it.

    `outer` holds the collections around the innermost open one, each with the event that opened the next.
    """

    def refuse(code: str, message: str, hint: str, line: int, column: int, length: int = 1, note: str = "") -> None:
        findings.append(Diagnostic(code, message, hint, Mark(source, line, column, length), note=note))
        if len(findings) == MAX_ERRORS:
            hint = "mend these first; a file with so many may not be a network's at all"
            message = f"there are {MAX_ERRORS} errors up to here: the rest of the file was not read"
            findings.append(Diagnostic("Y021", message, hint, Mark(source, line, column)))
            raise _Enough

    text = source.text
    directive = 0 if text.startswith("%TAG") else text.find("\n%TAG") + 1
    if directive or text.startswith("%TAG"):  # libyaml compares each with all others
        hint = "leave the line out"
        refuse("Y012", "tags are not read, nor is %TAG", hint, len(re.split(BREAK, text[:directive])), 1, 4)
        raise _Enough
    if "\t" in text:
        text = re.sub(TABS, lambda found: " " if found[1] else found[0], text)
    share = dict[str, str]().setdefault  # a key that is repeated in every layer is kept once
    anchors: dict[str, Node | list[Node]] = {}  # a list while the anchored collection is still open
    measured: dict[int, tuple[int, int]] = {}
    copies = documents = line = 0
    nodes: list[Node] = []  # of the innermost open collection; of a mapping: key, value, key, value …
    node: Node

    # The commonest events come first, and an attribute is read only where it is needed: each costs some 2% of the time.
    event: Any
    for event in iter(LOADER(text).get_event, None):
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
                            refuse(
                                "Y013", "a key must be a text, this one is a list or a mapping", hint, *_place_of(key)
                            )
                    keys = tuple(key if type(key) is Scalar else Scalar("", *_place_of(key)) for key in keys)
                names = {key.text for key in keys}
                if len(names) < len(keys) and not split:  # (16, 16, 16, 5) would be blamed twice
                    for finding in _repeated_keys(keys):
                        refuse(*finding)
                if "<<" in names:
                    hint = "write the keys out; defaults: and blocks: are for what layers share"
                    for key in keys:
                        if key.text == "<<" and not key.quoted:
                            refuse("Y011", "the merge key << is not read", hint, *_place_of(key), 2)
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


def _place_of(node: Node) -> tuple[int, int]:
    return node.line, node.column


def _tag(tag: str) -> tuple[str, str, str]:
    written = tag.replace("tag:yaml.org,2002:", "!!")
    hint = "leave it out; a text that begins with ! needs quotes around it"
    return "Y012", f"the tag {short(written)} is not read", hint


def _repeated_keys(keys: tuple[Scalar, ...]) -> list[Finding]:
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
            message = f'"{short(text)}" is a key {times} in one mapping: {where}'
            hint = "keep one; in a list of layers begin every layer with a dash: - "
            note = f"first on line {first.line}, column {first.column}"
            found.append(("Y010", message, hint, *_place_of(others[0]), len(text) or 1, note))
    return found


def _split_values(nodes: list[Node], in_mapping: bool) -> list[Finding]:
    """What YAML cuts at a comma inside […] and {…}, as (16, 5, 5) and 61,706; and kernel:3, which it does not cut."""
    found: list[Finding] = []
    opened, balance = 0, 0  # where a ( has no ), and how many
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
                found.append(_comma(whole, f'put quotes around it: "{short(whole)}"', first, length))
        if not in_mapping:
            continue
        if place % 2 and text.isdigit():
            parts = [text]
            while _continues(nodes[place + 2 * len(parts) - 1 : place + 2 * len(parts) + 1], node.line, end):
                parts.append(nodes[place + 2 * len(parts) - 1].text)  # type: ignore[union-attr]
                end += 4
            if len(parts) > 1:
                hint = f'write {short("".join(parts))}, or put quotes around it: "{short(",".join(parts))}"'
                found.append(_comma(",".join(parts), hint, node, end - node.column))
        elif not place % 2 and not balance and ":" in text.rstrip(":") and _absent(nodes[place + 1]):
            found.append(("Y003", *no_space(*text.split(":", 1)), *_place_of(node), len(text), ""))
    return found


def _absent(node: Node) -> bool:
    return type(node) is Scalar and not node.text and not node.quoted


def _continues(pair: list[Node], line: int, column: int) -> bool:
    """Is this key, without a value, the three digits behind the comma at line and column?"""
    if not pair or type(pair[0]) is not Scalar or not _absent(pair[1]):
        return False
    key = pair[0]
    return _place_of(key) == (line, column + 1) and len(key.text) == 3 and key.text.isdigit()


def _comma(whole: str, hint: str, first: Node, length: int) -> Finding:
    message = f'inside […] and {{…}} YAML splits "{short(whole)}" at its commas'
    return ("Y005", message, hint, *_place_of(first), length, "")


def _measure(node: Node, measured: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many nodes a tree has when its aliases are written out, and how deep it is."""
    if type(node) is Scalar:
        return 1, 0
    if id(node) not in measured:  # every node stays alive in the tree, so an id stays its own
        inner = node.items if type(node) is Sequence else [*node.keys, *node.values]  # type: ignore[union-attr]
        sizes = [_measure(child, measured) for child in inner]
        measured[id(node)] = (1 + sum(size for size, _ in sizes), 1 + max((depth for _, depth in sizes), default=0))
    return measured[id(node)]


def no_space(key: str, value: str) -> tuple[str, str]:
    message = f'there is no space after the colon in "{short(f"{key}:{value}")}"'
    return message, f"write {short(key)}: {short(value)}"


def short(text: str) -> str:
    """At most 60 characters of a text, on one line."""
    text = text.replace("\n", " ")
    return text if len(text) <= 60 else f"{text[:59]}…"
