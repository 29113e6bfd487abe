"""A spec in YAML, as a person would write it: short lists and mappings in brackets, long ones in lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from convcalc.kinds import find, plain
from convcalc.layers import key_names
from convcalc.network.budget import read_budget
from convcalc.network.load import graph_of, spec_of
from convcalc.problem import Source
from convcalc.spec import Block, Item, LayerItem, Spec, map_items
from convcalc.spec.choices import Choices
from convcalc.spec.inputs import read_inputs
from convcalc.spec.layout import evidence, settle, written_order
from convcalc.spec.names import declare
from convcalc.spec.shapes import read_shape
from convcalc.writing.facts import Facts, outcomes
from convcalc.writing.items import Entry, ItemWriter
from convcalc.writing.shorthand import value_text, words_of

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.network import Graph

WIDTH = 100
TEXT_WIDTH = 120  # of a long text
# What needs no quotes: nothing that YAML takes for a sign of its own, nor that splits a text.
PLAIN = re.compile(r"(?:[^\W_]|[_(./+]|-(?=[\w.]))(?: ?[^\s:#,\[\]{}\"'?])*")
PLAIN_IN_LINE = re.compile(r"(?:[^\W_]|[_(./+]|-(?=[\w.]))(?: ?[^\s:#])*")


def pieces(spec: Spec, graph: Graph) -> Iterator[str]:
    """The text of a spec that was read, and is right; it is read again before it is given out."""
    text = "".join(f"{line}\n" for line in lines(spec, graph))
    again = graph_of(spec_of(Source("", text)))
    if outcomes(again) != outcomes(graph):
        raise AssertionError("what is written is another network")
    yield text


def lines(spec: Spec, graph: Graph) -> Iterator[str]:
    shapes = {name: input_entry(raw, spec) for name, raw, _ in spec.inputs}
    spec = spec._replace(inputs=tuple((name, raw_of(shapes[name]), place) for name, _, place in spec.inputs))
    writer = ItemWriter(spec, Facts(graph))
    top: dict[str, Entry] = {
        "convention": spec.convention if spec.convention != "pytorch" else "",
        "layout": layout_text(spec),
        "input": dict(shapes) if [*shapes] != ["input"] else shapes["input"],
        "let": {name: text for name, text, _ in spec.let},
        "symbols": list(spec.symbols),
        "variants": {
            variant.name: {choice: dict(names) for choice, names in variant.choices} for variant in spec.variants
        },
        "kinds": {name: dict(fields) for name, fields in spec.kind_fields.items()},
        "defaults": defaults(spec),
        "blocks": {name: block_entry(block, writer) for name, block in spec.blocks.items()},
    }
    for head, text in (("name", spec.name), ("about", spec.about)):
        if text:
            yield from folded_text(head, text)
    for key, value in top.items():
        if value:
            yield from entry_lines(f"{key}: ", value, "  ")
    yield "layers:"
    for each in writer.entries(spec.items):
        yield from entry_lines("  - ", each, "    ")
    if spec.outputs:
        yield from entry_lines("outputs: ", outputs(spec), "  ")
    if spec.budget:
        allowed: Entry = {line.quantity.name: line.text for line in read_budget(spec).lines}
        yield from entry_lines("budget: ", allowed, "  ")
    if spec.ignored:
        yield from entry_lines("lint: ", {"ignore": list(dict.fromkeys(code for code, _ in spec.ignored))}, "  ")


def layout_text(spec: Spec) -> str:
    """The layout, where it would be taken for the other one, or the shapes of the inputs would be questioned."""
    if spec.channels_last == (spec.convention == "keras"):
        bare = spec._replace(layout="", items=map_items(spec.items, bare_item), blocks={})
        if not read_inputs(bare, Choices(), dict(declare(spec, Choices()).values)).problems:
            return ""
    return "channels_last" if spec.channels_last else "channels_first"


def bare_item(item: Item) -> Item:
    """A layer without what is not written of it: the number of its axes, and what is only checked."""
    if not isinstance(item, LayerItem):
        return item
    table = key_names(item.written.kind)
    args = tuple(pair for pair in item.written.args if table[pair[0]].type != "check")
    return item._replace(written=item.written._replace(dims=0, args=args, framework=""))


def raw_of(shape: Entry) -> Raw:
    return shape if isinstance(shape, str) else tuple(map(str, shape))


def input_entry(raw: Raw, spec: Spec) -> Entry:
    """A shape, without a batch: `3x224x224`, or a list where it holds longer names."""
    parts = written_order(settle(read_shape(raw), spec.channels_last, evidence(spec, {})).parts, spec.channels_last)
    if all(part.isdecimal() or (len(part) == 1 and part not in "xX×") for part in parts):
        return "x".join(parts)
    return list(parts)


def outputs(spec: Spec) -> Entry:
    pairs = {name: layer for name, layer, _ in spec.outputs}
    return list(pairs) if all(name == layer for name, layer in pairs.items()) else dict(pairs)


def defaults(spec: Spec) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for name, args in spec.defaults.items():
        named = spec.kinds.get(plain(name)) or find(name)
        assert named is not None
        table = key_names(named.kind)
        found[name] = " ".join(words_of(named.kind, {key: value_text(table[key], raw) for key, raw in args}))
    return found


def block_entry(block: Block, writer: ItemWriter) -> Entry:
    layers = writer.entries(block.items)
    if not (block.params or block.about):
        return layers
    about: dict[str, Entry] = {"about": block.about} if block.about else {}
    params: dict[str, Entry] = {name: "required" if text is None else text for name, text in block.params}
    return {**about, **({"params": params} if params else {}), "layers": layers}


# Texts, lists and mappings


def scalar(text: str, in_brackets: bool = False) -> str:
    """A text, in quotes where it needs them."""
    pattern = PLAIN if in_brackets else PLAIN_IN_LINE
    return text if text.isprintable() and pattern.fullmatch(text) else quote(text)


def quote(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)
    if escaped.isprintable():
        return escaped
    return "".join(char if char.isprintable() else code(char) for char in escaped)


def code(char: str) -> str:
    number = ord(char)
    return f"\\x{number:02x}" if number < 1 << 8 else f"\\u{number:04x}" if number < 1 << 16 else f"\\U{number:08x}"


def in_brackets(value: Entry) -> str:
    """A list or a mapping in one line."""
    if isinstance(value, str):
        return scalar(value, True)
    if isinstance(value, list):
        return f"[{', '.join(map(in_brackets, value))}]"
    return f"{{{', '.join(f'{scalar(key, True)}: {in_brackets(part)}' for key, part in value.items())}}}"


def is_short(value: Entry) -> bool:
    """Whether a list or a mapping holds only texts, and lists of them."""
    parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return all(isinstance(part, str) or (isinstance(part, list) and is_short(part)) for part in parts)


def fits(value: Entry, column: int) -> bool:
    """Whether a list or a mapping stands in one line, behind so many columns."""
    return (is_short(value) or not value) and column + len(in_brackets(value)) <= WIDTH


def value_lines(value: Entry, indent: str = "", column: int = 0) -> Iterator[str]:
    """The lines of a value, the first to stand behind what has so many columns."""
    if isinstance(value, str):
        yield scalar(value)
        return
    if fits(value, column):
        yield in_brackets(value)
    elif isinstance(value, list):
        yield ""
        for part in value:
            yield from entry_lines(f"{indent}- ", part, f"{indent}  ")
    else:
        yield ""
        for key, part in value.items():
            yield from entry_lines(f"{indent}{scalar(key)}: ", part, f"{indent}  ")


def entry_lines(head: str, value: Entry, indent: str) -> Iterator[str]:
    """The lines of an entry of a list or a mapping."""
    if head.endswith("- ") and isinstance(value, dict):  # its first key stands in the line of the dash
        for key, part in value.items():
            yield from entry_lines(f"{head}{scalar(key)}: ", part, f"{indent}  ")
            head = indent
        return
    if head.endswith("- ") and isinstance(value, list) and value and not fits(value, len(head)):
        for part in value:  # its first entry stands in the line of the dash
            yield from entry_lines(f"{head}- ", part, f"{indent}  ")
            head = indent
        return
    first, *others = value_lines(value, indent, len(head))
    yield (head + first).rstrip()
    yield from others


def folded_text(head: str, text: str) -> Iterator[str]:
    """A long text in lines."""
    is_plain = text.isprintable() and "  " not in text and text == text.strip() and text
    if not is_plain or len(head) + len(text) <= TEXT_WIDTH:
        yield f"{head}: {scalar(text)}"
        return
    yield f"{head}: >-"
    for line in wrap(text, TEXT_WIDTH - 2, break_long_words=False, break_on_hyphens=False):
        yield f"  {line}"
