"""Paths that do not fit where they meet: the layers of each since they parted, and what would make them fit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.algebra.limits import ExprError
from convcalc.algebra.notation import write_shape
from convcalc.layers import key_names
from convcalc.layers.applied import Setting, apply
from convcalc.layers.window import APPENDING
from convcalc.network.build import shortcut_strides
from convcalc.problem import Problem
from convcalc.problem import lines as source_lines
from convcalc.spec import LayerItem, items_within
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcalc.layers import Kind, Shape
    from convcalc.network.assembly import Assembly
    from convcalc.spec import Place

UNUSUAL = 2  # a rank of changes
LONGEST = 5  # layers of a path that are named
MAX_LAYERS = 32  # of a path, from its end, that are tried with other values
WITH_SHORTCUT = "it with both paths: residual: {main: […], shortcut: auto}"
MAX_ERRORS = 10  # behind so many of a network paths are followed no more
TRIED = {"stride": range(1, 9), "padding": range(9)}
CHECKS = ("in_channels", "count", "over")
# A projection by language: of maps, of vectors.
PROJECTIONS = {
    "torch": ("nn.Conv{n}d({c}, {f}, 1{stride})", "nn.Linear({c}, {f})", ", stride={s}"),
    "keras": ("layers.Conv{n}D({f}, 1{stride})", "layers.Dense({f})", ", strides={s}"),
    "": ("conv {f} k1{stride}", "linear {f}", " s{s}"),
}  # fmt: skip


class Skip(NamedTuple):
    """A node from which paths part, and the nodes of each path behind it."""

    parting: int
    paths: tuple[tuple[int, ...], ...]


def with_paths(
    assembly: Assembly, error: Problem, kind: Kind, inputs: Sequence[int], place: Place | None
) -> Problem:  # fmt: skip
    """An error of shapes that do not fit, with the paths that they come by, and a cure of one of these."""
    if len(assembly.graph.diagnostics) >= MAX_ERRORS or [each.code for each in error.diagnostics] != ["C011"]:
        return error
    skip = skip_of(assembly, inputs)
    if skip is None:
        return error
    (finding,) = error.diagnostics
    told = " and ".join(path_text(assembly, skip.parting, path) for path in skip.paths)
    work = f"from {layer_text(assembly, skip.parting)}: {told}"
    hint = cure(assembly, kind, inputs, skip, place) if len(inputs) == 2 else ""
    return Problem(finding._replace(work=work, hint=hint or finding.hint))


class LayerChange(NamedTuple):
    """Another value of a key of a layer; how far it is from what networks usually have."""

    node: int
    key: str
    value: Any
    rank: int


# The paths


def skip_of(assembly: Assembly, inputs: Sequence[int]) -> Skip | None:
    """Where paths that end in these nodes part; None where they have no layer in common."""
    reached = [ancestors(assembly, end) for end in inputs]
    common = frozenset.intersection(*reached)
    if not common:
        return None
    parting = max(common)
    return Skip(parting, tuple(path_between(assembly, parting, end) for end in inputs))


def ancestors(assembly: Assembly, index: int) -> frozenset[int]:
    """A node and all that it depends on."""
    found: set[int] = set()
    waiting = [index]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += assembly.graph.nodes[each].inputs
    return frozenset(found)


def path_between(assembly: Assembly, start: int, end: int) -> tuple[int, ...]:
    """The nodes from behind one to another, by the first input that leads there."""
    nodes = assembly.graph.nodes
    reached = {start}
    for index in range(start + 1, end + 1):
        if not reached.isdisjoint(nodes[index].inputs):
            reached.add(index)
    found: list[int] = []
    while end != start:
        found.append(end)
        end = next(each for each in nodes[end].inputs if each in reached)
    return tuple(reversed(found))


def path_text(assembly: Assembly, parting: int, path: tuple[int, ...]) -> str:
    """Its layers: those that change the shape, and the last."""
    if not path:
        return "nothing"
    before = (parting, *path)
    told = [
        (index, assembly.graph.shape(index) != assembly.graph.shape(previous))
        for previous, index in zip(before, path, strict=False)
    ]
    parts: list[str] = []
    for index, changes in told:
        if changes or index == path[-1]:
            parts.append(layer_text(assembly, index))
        elif parts[-1:] != ["…"]:
            parts.append("…")
    if len(parts) > LONGEST:
        parts = [*parts[:2], "…", *parts[-2:]]
    return " → ".join(parts)


def layer_text(assembly: Assembly, index: int) -> str:
    return f"{assembly.graph.nodes[index].name} {shape_text(assembly, assembly.graph.shape(index) or ())}"


def shape_text(assembly: Assembly, shape: Shape) -> str:
    return write_shape(written_order(shape, assembly.graph.channels_last))


# Cures


def cure(assembly: Assembly, kind: Kind, inputs: Sequence[int], skip: Skip, place: Place | None) -> str:
    """One value of a layer, padding, or a projection with which one path fits the other: the shorter one first."""
    graph, appends = assembly.graph, kind.window.type is APPENDING
    pairs = [(path, end, graph.shape(other) or ())
             for path, end, other in zip(skip.paths, inputs, reversed(inputs), strict=True)]  # fmt: skip
    pairs.sort(key=lambda pair: len(pair[0]))
    found = [each for path, _, wanted in pairs for each in changes(assembly, path, wanted, int(appends))]
    best = min(found, key=lambda change: change.rank, default=None)
    if best is not None and best.rank < UNUSUAL:
        return layer_with(assembly, best)
    for path, _, wanted in pairs:
        if names := padded_layers(assembly, skip.parting, path, wanted, int(appends)):
            return f"give {' and '.join(names)} padding=same"
    for path, end, wanted in pairs if not appends else ():
        before = graph.shape(end) or ()
        strides = shortcut_strides(before, wanted)
        if strides is not None:
            if not path and text_at(assembly, place) == "residual":
                return f"write {WITH_SHORTCUT if is_list(assembly, place) else 'in it: shortcut: auto'}"
            return f"put {projection(assembly, before, wanted, strides)} behind {graph.nodes[end].name}"
    return layer_with(assembly, best) if best else ""


def changes(assembly: Assembly, path: tuple[int, ...], wanted: Shape, start: int) -> Iterator[LayerChange]:
    """Layers of a path with another value of one key that gives the wanted sizes, from an axis on."""
    nodes = assembly.graph.nodes
    checked = False
    for index in reversed(path[-MAX_LAYERS:]):
        applied = nodes[index].applied
        if applied is None or len(applied.input) != 1 or len(wanted) != len(applied.output):
            return
        setting = applied.setting
        names = {key.name for key in setting.kind.keys}
        tried: dict[str, Any] = {key: values for key, values in TRIED.items() if key in names}
        if "filters" in names and not start and not checked:
            tried["filters"] = (wanted[0],)
        for key, values in tried.items():
            for value in values:
                output = with_value(assembly, setting, applied.input, key, value)
                if output[start:] == wanted[start:]:
                    keeps = key == "padding" and output[1:] == applied.input[0][1:]
                    steps = key == "stride" and value > 1
                    yield LayerChange(index, key, value, 0 if keeps else 1 if steps or key == "filters" else UNUSUAL)
        if applied.output != applied.input[0]:
            return
        checked = checked or any(name in CHECKS for name, _ in setting.values)


def padded_layers(
    assembly: Assembly, parting: int, path: tuple[int, ...], wanted: Shape, start: int
) -> list[str]:  # fmt: skip
    """The layers of a path that lose sides, where it gives the wanted sizes once they keep them."""
    if len(path) > MAX_LAYERS:
        return []
    names, shape = [], assembly.graph.shape(parting) or ()
    for index in path:
        node = assembly.graph.nodes[index]
        if node.applied is None or len(node.applied.input) != 1:
            return []
        setting = node.applied.setting
        values = dict(setting.values)
        found = with_value(assembly, setting, (shape,), "", None)
        if found[1:] != shape[1:] and any(key.name == "padding" for key in setting.kind.keys):
            found = with_value(assembly, setting, (shape,), "padding", "same")
            names.append(node.name)
        if not found or values.get("stride", 1) not in (1, (1,) * len(shape[1:])):
            return []
        shape = found
    return names if shape[start:] == wanted[start:] else []


def with_value(assembly: Assembly, setting: Setting, shapes: tuple[Shape, ...], key: str, value: Any) -> Shape:
    """The output of a layer with another value of a key; () where it has none."""
    values = tuple({**dict(setting.values), **({key: value} if key else {})}.items())
    try:
        return apply(setting._replace(values=values), shapes, assembly.convention_of(setting)).output
    except (Problem, ExprError):
        return ()


def layer_with(assembly: Assembly, change: LayerChange) -> str:
    """What to write for a layer so that it has another value."""
    index, key, value, _ = change
    from convcalc.network.cures import reading_of
    from convcalc.readers.code import is_call
    from convcalc.readers.correction import arguments, replace_value

    graph, node = assembly.graph, assembly.graph.nodes[index]
    plain = f"give {node.name} {key} {value}"
    text = text_at(assembly, node.place)
    reading = reading_of(graph.spec, graph.convention.name, graph.names)
    spans = {name: text[begin:end] for name, begin, end in arguments(text, reading)}
    if key in spans:
        found = replace_value(text, key, str(value), reading) if spans[key].strip("kspfd ").isdigit() else ""
    else:
        word = key_names(node.applied.setting.kind)[key].symbol if node.applied else ""
        keras = "s" * (key == "stride" and "keras" in language(assembly))
        found = f"{text[:-1]}, {key}{keras}={value})" if is_call(text) else f"{text} {word}{value}"
        found = found if text and (not is_call(text) or text.endswith(")")) else ""
    return f"write: {found}, in line {node.place.line}" if found and node.place else plain


def text_at(assembly: Assembly, place: Place | None) -> str:
    """What is written at a place, as far as its line goes."""
    mark = assembly.graph.mark(place)
    if mark is None or mark.source.path:
        return ""
    rows = source_lines(mark.source.text)
    return rows[mark.line - 1][mark.column - 1 :][: mark.length] if 0 < mark.line <= len(rows) else ""


def is_list(assembly: Assembly, place: Place | None) -> bool:
    """Whether a list stands behind the key at a place, on its line or below."""
    mark = assembly.graph.mark(place)
    assert mark is not None
    below = "\n".join(source_lines(mark.source.text)[mark.line - 1 : mark.line + 9])[mark.column - 1 + mark.length :]
    return re.match(r":\s*(#.*\n\s*)*[-\[]", below) is not None


def projection(assembly: Assembly, before: Shape, after: Shape, strides: tuple[int, ...]) -> str:
    maps, vectors, stepping = PROJECTIONS[language(assembly)]
    if len(after) == 1:
        return vectors.format(c=before[0], f=after[0])
    alike = len(set(strides)) == 1
    step = strides[0] if alike else "x".join(map(str, strides)) if language(assembly) == "" else strides
    stride = stepping.format(s=step) if set(strides) != {1} else ""
    return maps.format(n=len(after) - 1, c=before[0], f=after[0], stride=stride)


def language(assembly: Assembly) -> str:
    """The framework in whose words the layers are written, where they are."""
    spec = assembly.graph.spec
    items = items_within(spec.items, spec.blocks)
    return next(
        (each.written.framework for each in items if isinstance(each, LayerItem) and each.written.framework), ""
    )
