"""What a command line holds itself, as a Spec: a network in one line with arrows, or one layer and its shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from convcalc.kinds import plain
from convcalc.layers import key_names
from convcalc.layers.values import read
from convcalc.problem import Problem, Source
from convcalc.readers.line import LineReader
from convcalc.readers.shorthand import Resolved, known_name, resolve, shorthand
from convcalc.spec import PREVIOUS, Item, Items, LayerItem, Place, RepeatItem, Spec, items_within
from convcalc.spec.brackets import texts
from convcalc.spec.choices import Choices, declared_names, misuse
from convcalc.spec.shapes import is_shape
from convcalc.tuples import NamedTuple


class Stretch(NamedTuple):
    """Words of a line that belong together, and where they are in it."""

    text: str
    place: Place


def chain_spec(source: Source, convention: str = "") -> Spec:
    """The Spec of one line, `3x32x32 -> conv 64 k3 -> relu`: its first item is the input, unless it is a layer."""
    text = source.text
    reader = LineReader(source, convention)
    first, arrow, rest = text.partition("->") if "->" in text else text.partition("→")
    whole = Place(1, 1, max(len(text), 1))
    shape = first.strip()
    if arrow and not is_shape(shape) and shape.lower() != "input":
        reader.refuse_other_arrows(text, whole)
        shape = listed_input(shape) or shape
    is_layer = arrow and known_name(re.split(r"[\s([]", first.lstrip("[ "), maxsplit=1)[0]) is not None
    is_pattern = shape.lower() == "input"
    layers = (text if is_layer or is_pattern else rest).strip()
    inputs: tuple[tuple[str, str, Place], ...] = ()
    if not is_pattern and not is_layer:
        inputs = (("input", shape, Place(1, 1 + len(first) - len(first.lstrip()), max(len(shape), 1))),)
    items: Items = ()
    if not arrow or not rest.strip():
        message = "a network in one line is an input and its layers"
        reader.refuse(whole, "L018", message, '-e "3x32x32 -> conv 64 k3 -> relu"')
    else:
        items = reader.line(layers, Place(1, 1 + len(text.rstrip()) - len(layers), len(layers)))
    items, given = reader.connect(items, ("input",))
    return Spec(
        source, inputs=inputs or given, defaults=reader.beside, items=items,
        diagnostics=tuple(reader.findings), notes=tuple(reader.notes),
    )  # fmt: skip


def listed_input(text: str) -> str:
    """The shape of CS231n's `INPUT: [224x224x3]  memory: …`, which names its channels last; "" for anything else."""
    if not text.lower().startswith("input: ["):
        return ""
    from convcalc.readers.notations import LISTED, channels_first

    found = LISTED.fullmatch(" ".join(text.split()))
    return "x".join(map(str, channels_first(found[2]))) if found else ""


def with_defaults(spec: Spec, choices: Choices) -> Spec:
    """The Spec with what a run gives the layers of a kind where they say nothing else: `--default conv="k3 p1"`."""
    defaults = dict(spec.defaults)
    names = dict.fromkeys((*declared_names(spec), *choices.symbols, *choices.sets), 1)
    for word, text in choices.defaults.items():
        mine = spec.kinds.get(plain(word))
        try:
            meant = Resolved(mine.kind, mine.dims) if mine else resolve(word)
            first, _, rest = text.strip().partition(" ")
            again = known_name(first)  # the kind may be said in its text once more: POOL="maxpool 2"
            written = shorthand(meant, rest if again and again.kind is meant.kind else text)
            for key, raw in written.args:
                read(key_names(written.kind)[key], raw, names)
        except Problem as error:
            finding = error.diagnostics[0]
            raise misuse("U008", "--default", f"{word}={text}", finding.message, finding.hint) from None
        defaults[written.kind.name] = tuple({**dict(defaults.get(written.kind.name, ())), **dict(written.args)}.items())
    return spec._replace(defaults=defaults)


def layer_spec(source: Source, layer: Stretch, shapes: tuple[Stretch, ...], convention: str = "") -> Spec:
    """The network of one layer on inputs of these shapes; a single letter in it stays one."""
    reader = LineReader(source, convention)
    items = reader.line(layer.text, layer.place) if layer.text else ()
    names = ("input",) if len(shapes) == 1 else tuple(f"input{index}" for index in range(1, len(shapes) + 1))
    items, _ = reader.connect(items, names[:1])
    if len(names) > 1 and items and isinstance(items[0], LayerItem):
        first = items[0]
        items = (first._replace(written=first.written._replace(source=names)), *items[1:])
    elif len(others := other_inputs(items)) == len(names) - 1:
        names = ("input", *others)
    inputs = tuple((name, shape.text, shape.place) for name, shape in zip(names, shapes, strict=True))
    letters = sorted({letter for item in items_within(items, {}) for letter in letters_of(item)})
    return Spec(
        source, inputs=inputs, symbols=tuple(letters), items=items,
        diagnostics=tuple(reader.findings), notes=tuple(reader.notes),
    )  # fmt: skip


def other_inputs(items: Items) -> tuple[str, ...]:
    """The inputs that layers name beside the one before them, as the memory of a decoder."""
    layers = (item for item in items_within(items, {}) if isinstance(item, LayerItem))
    return tuple(dict.fromkeys(name for layer in layers for name in layer.written.source if name != PREVIOUS))


def letters_of(item: Item) -> Iterator[str]:
    """The single letters in a layer's values, and in how often it is repeated; x separates axes."""
    values = [raw for _, raw in item.written.args] if isinstance(item, LayerItem) else []
    values += [item.times] if isinstance(item, RepeatItem) else []
    for raw in values:
        for text in texts(raw):
            for word in re.findall(r"[A-Za-z_]\w*", text):
                yield from (part for part in word.split("x") if len(part) == 1 and part.isalpha())
