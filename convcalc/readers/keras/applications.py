"""`keras.applications.VGG16(include_top=False)` in a program: the bundled network of that name, as a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.kinds import FLATTEN
from convcalc.kinds.normalising import LAYERNORM
from convcalc.kinds.pooling import GLOBALAVGPOOL
from convcalc.problem import problem
from convcalc.readers.keras.calling import call_network
from convcalc.readers.keras.graph import SymbolicTensor, library_of
from convcalc.readers.keras.makers import make_input
from convcalc.readers.keras.objects import MODEL, KerasObject, class_of_name
from convcalc.readers.keras.records import INPUT, KerasCall, KerasLayer, KerasNetwork, KerasTensor
from convcalc.readers.python.values import Foreign, Opaque
from convcalc.readers.pytorch.bundled import written_again

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

# The parameters of the functions, in order, and what some are called in the bundled networks.
PARAMETERS = ("include_top", "weights", "input_tensor", "input_shape", "pooling", "classes")
SETS = {"classes": "classes", "alpha": "width"}
OF_VALUES = frozenset(("weights", "classifier_activation", "name", "include_preprocessing"))


def application(run: Run, name: str, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """The model that a function of keras.applications makes."""
    given = {**dict(zip(PARAMETERS, args, strict=False)), **kwargs}
    for word, value in given.items():
        if word not in (*PARAMETERS, *SETS, *OF_VALUES) and value is not None:
            return Opaque(f"{name} with {word} is not read", place, name)
    has_top = given.get("include_top", True) is not False
    sets = {SETS[word]: str(run.known(value, word, place)) for word, value in given.items()
            if word in SETS and (has_top or word != "classes") and value is not None}  # fmt: skip
    graph = library_of(run).bundled(name, sets)
    title = given["name"] if isinstance(given.get("name"), str) else name.lower()
    library = library_of(run)
    shape = shape_of_input(run, graph, given.get("input_shape"), has_top, place)
    shape = library.shapes.get(len(library.inputs), shape)
    found = KerasObject(MODEL, place)
    found.state.name = title
    found.state.network = network_of_graph(run, graph, title, shape, has_top, place)
    begin = given.get("input_tensor")
    if not isinstance(begin, SymbolicTensor):
        begin = make_input(run, [], {"shape": shape}, place)
    found.state.inputs = begin
    found.state.output = SymbolicTensor(found.state.network.outputs[0][1], None, place)  # its place in the structure
    output = call_network(found, run, [begin], {}, place)
    pooling = given.get("pooling")
    if isinstance(pooling, str) and not has_top:
        cls = class_of_name("GlobalMaxPooling2D" if pooling == "max" else "GlobalAveragePooling2D")
        assert cls is not None
        output = run.call(cls.call(run, [], {}, place), [output], {}, place)
    found.state.output = output
    return found


def shape_of_input(run: Run, graph: Any, given: Any, has_top: bool, place: Place) -> tuple[Any, ...]:
    """What goes in, channels last: as it is said, else as it is with the layers on top, else any sides."""
    if given is not None:
        return tuple(run.iterate(run.known(given, "input_shape", place), place))
    channels, *sides = next(iter(graph.inputs.values()))
    return (*sides, channels) if has_top else (*(None for _ in sides), channels)


def network_of_graph(
    run: Run, graph: Any, title: str, shape: tuple[Any, ...], has_top: bool, place: Place
) -> KerasNetwork:
    """The records of a graph, each with its layer; without what is on top of the last map, if that is not asked for."""
    library = library_of(run)
    names = [library.unique(node.name) for node in graph.nodes]
    first = KerasLayer(names[0], INPUT, place, "input", shape=(None, *shape))
    layers, end = [first], graph.main if has_top else last_map(graph)
    for index in range(1, graph.main + 1) if has_top else body(graph):
        node = graph.nodes[index]
        inputs = [names[each] for each in node.inputs] if has_top or index <= end else [layers[-1].name]
        calls = {0: KerasCall(([KerasTensor(each, 0, 0) for each in inputs],), {})}
        kind, written = node.applied.setting.kind.name, written_again(node.applied)
        layer = KerasLayer(names[index], kind, place, node.name, calls=calls, written=written)
        library.objects[layer.name] = KerasObject(MODEL, place)
        layers.append(layer)
    outputs = (("", KerasTensor(layers[-1].name, 0, 0)),)
    return KerasNetwork(title, tuple(layers), (KerasTensor(names[0], 0, 0),), outputs, True, place)


def body(graph: Any) -> Iterator[int]:
    """The nodes without those on top; Keras normalises the last map where a normalisation is behind its pooling."""
    end = last_map(graph)
    yield from range(1, end + 1)
    behind = end + 2
    if behind < len(graph.nodes) and graph.nodes[behind].applied.setting.kind is LAYERNORM:
        yield behind


def last_map(graph: Any) -> int:
    """The node whose map is pooled as a whole, or laid out, behind all others: what is on top begins there."""
    for kind in (GLOBALAVGPOOL, FLATTEN):
        for node in reversed(graph.nodes):
            if node.applied is not None and node.applied.setting.kind is kind:
                return int(node.inputs[0])
    raise problem("P004", "where the layers on top begin is not known", "include_top=True")


class BundledLayers(Foreign):
    """The layers of a bundled network, of which nobody knows which one a number of Keras's means."""

    __slots__ = ("objects",)
    called = "the layers of a bundled network"

    def __init__(self, objects: list[Any]):
        self.objects = objects

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        return iter(self.objects)

    def item(self, index: Any, run: Run, place: Place) -> Any:
        if index in (-1, slice(None)):
            return self.objects[-1] if index == -1 else self
        hint = "freeze all of it, base.trainable = False, or none"
        raise run.refusal("P004", "which layers of a bundled network are meant is not known", place, hint)
