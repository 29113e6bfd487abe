"""What the layers of a graph are called: the paths of the modules that they come from, where the file tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from convcalc.readers.onnx.records import OnnxGraph, Operation, note_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.onnx.wire import Wire

    Path: TypeAlias = tuple[str, ...]

SCOPES = "pkg.torch.onnx.name_scopes"  # under which PyTorch's exporter notes the modules around a node
RULES = "pkg.onnxscript.rewriter.rule_name"  # and how it changed the node
FUSED = "FuseBatchNorm"
FOLDED = "pkg.onnxscript.optimizer.folded_from"  # and of which tensors it computed one
# What exporters call tensors that had no name.
NAMELESS = re.compile(r"val_\d+|onnx::\w+|/.*|\d+|.*(_output_\d+|_fold_opt__\d+)")
WEIGHT = re.compile(r"(.+)[./](weight|bias|kernel|gamma|W|w)(_quantized|:0)?")
OUTERMOST = "StatefulPartitionedCall"  # around everything that TensorFlow saves


def module_of(weight: str) -> str:
    """The module that a tensor of weights belongs to, by its name; "" where this tells none."""
    found = None if is_nameless(weight) else WEIGHT.fullmatch(weight)
    return found[1] if found else ""


def source_of(graph: OnnxGraph, wire: Wire, name: str) -> str:
    """What a stored tensor was called before the exporter turned or stretched it; its own name otherwise."""
    declared = graph.values.get(name)
    if not graph.signature or declared is None or name in graph.signature:
        return name
    origins = re.findall(r"'([^']*)'", note_of(wire, declared.notes, FOLDED))
    named = [each for each in origins if not is_nameless(each)]
    return named[0] if len(named) == 1 and named[0] in graph.signature else name


def is_nameless(tensor: str) -> bool:
    """Whether an exporter made a tensor's name, and not the author of the network."""
    return NAMELESS.fullmatch(tensor) is not None


class GivenName(NamedTuple):
    """The groups around a layer, from the outside in, and its own name in them; "" where it has none."""

    groups: Path
    own: str


def given_names(graph: OnnxGraph, wire: Wire, layers: Sequence[Operation]) -> dict[int, GivenName]:
    """By the line of each operation that makes a layer, what it is called.

    A module that makes one layer gives it its name; where it makes several in a row, they are a group.
    """
    paths = {each.line: module_path(each, graph, wire) for each in layers}
    outer = {path[:depth] for path in paths.values() for depth in range(1, len(path))}
    found: dict[int, GivenName] = {}
    for path, together in groupby(layers, lambda each: paths[each.line]):
        run = list(together)
        is_group = path in outer or len(run) > 1
        for each in run:
            own = "" if is_group or not path else path[-1]
            found[each.line] = GivenName(path if is_group else path[:-1], own or plain_name(each))
    return found


def module_path(node: Operation, graph: OnnxGraph, wire: Wire) -> Path:
    """The module of a node, by its weights, by what the exporter noted, or by its own name; () where none tells it."""
    scopes = re.findall(r"'([^']*)'", note_of(wire, node.notes, SCOPES))
    if len(scopes) > 1 and FUSED not in note_of(wire, node.notes, RULES):  # else they are those of another module
        return parts_of(scopes[-2].split("."))
    for name in node.inputs[1:2]:
        if name in graph.stored and (module := module_of(name)):
            return parts_of(re.split("[./]", module))
    *modules, _ = node.name.strip("/").split("/")
    path: list[str] = []
    before = ""
    for module in modules:  # /layer1/layer1.0/conv1: those in a list have its name before theirs
        path.append(module.removeprefix(f"{before}.") if before else module)
        before = module
    return parts_of(path)


def parts_of(parts: Iterable[str]) -> Path:
    words = (re.sub(r"[^\w-]+", "_", part).strip("_") for part in parts)
    return tuple(word for word in words if word and word != OUTERMOST)


def plain_name(node: Operation) -> str:
    """A node's own name where a person may have given it, and not the exporter with a number."""
    name = node.name
    is_word = re.fullmatch(r"[A-Za-z_][\w-]*", name) is not None
    return name if is_word and not re.fullmatch(rf"(node_)?{node.operator}_?\d*|node_.*", name, re.IGNORECASE) else ""
