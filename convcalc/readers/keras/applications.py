"""`keras.applications.VGG16(include_top=False)` in a program: the bundled network of that name, as a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.kinds import FLATTEN, activating
from convcalc.kinds.classes import classes
from convcalc.kinds.normalising import LAYERNORM
from convcalc.kinds.pooling import GLOBALAVGPOOL
from convcalc.problem import problem
from convcalc.readers.keras.graph import SymbolicTensor, library_of, record_call
from convcalc.readers.keras.makers import make_input
from convcalc.readers.keras.objects import LAYER, MODEL, KerasObject, class_of_name, make_functional
from convcalc.readers.keras.records import KerasLayer
from convcalc.readers.python.values import Foreign, Opaque
from convcalc.readers.pytorch.bundled import written_again

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

# The parameters of the functions, in order, and what some are called in the bundled networks.
PARAMETERS = ("include_top", "weights", "input_tensor", "input_shape", "pooling", "classes")
SETS = {"classes": "classes", "alpha": "width"}
# The classes by which programs pick layers.
CLASSES = ("BatchNormalization", "Conv2D", "DepthwiseConv2D", "Dense", "LayerNormalization")
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
    library = library_of(run)
    graph = library.bundled(name, sets)
    shape = shape_of_input(run, graph, given.get("input_shape"), has_top, place)
    begin = given.get("input_tensor")
    if not isinstance(begin, SymbolicTensor):
        begin = make_input(run, [], {"shape": library.shapes.get(len(library.inputs), shape)}, place)
    output = output_of_graph(run, graph, begin, has_top, name.startswith("VGG"), place)
    pooling = given.get("pooling")
    if isinstance(pooling, str) and not has_top:
        cls = class_of_name("GlobalMaxPooling2D" if pooling == "max" else "GlobalAveragePooling2D")
        assert cls is not None
        output = run.call(cls.call(run, [], {}, place), [output], {}, place)
    found = KerasObject(MODEL, place)
    found.state.name = given["name"] if isinstance(given.get("name"), str) else name.lower()
    make_functional(found, found.state, run, begin, output, place)
    library.backbones.append(found)
    return found


def shape_of_input(run: Run, graph: Any, given: Any, has_top: bool, place: Place) -> tuple[Any, ...]:
    """What goes in, channels last: as it is said, else as it is with the layers on top, else any sides."""
    if given is not None:
        return tuple(run.iterate(run.known(given, "input_shape", place), place))
    channels, *sides = next(iter(graph.inputs.values()))
    return (*sides, channels) if has_top else (*(None for _ in sides), channels)


def output_of_graph(
    run: Run, graph: Any, begin: SymbolicTensor, has_top: bool, is_named: bool, place: Place
) -> SymbolicTensor:
    """What a graph gives, each of its layers called; without what is on top of the last map, if that is not asked for.

    Where a network is named as Keras names it, an activation is part of the layer before it.
    """
    library = library_of(run)
    tensors, end, last = {0: begin}, graph.main if has_top else last_map(graph), begin
    owner: Any = None
    made: Any = {classes("keras")[name][0].name: class_of_name(name) for name in CLASSES}
    for index in range(1, graph.main + 1) if has_top else body(graph):
        node = graph.nodes[index]
        inputs = [tensors[each] for each in node.inputs] if has_top or index <= end else [last]
        kind = node.applied.setting.kind
        name, written = library.unique(node.name), written_again(node.applied)
        layer = KerasLayer(name, kind.name, place, node.name, written=written, identity=-library.taken)
        if owner is None or not is_named or kind not in activating.KINDS:
            owner = BundledLayer(made.get(kind.name, LAYER), place)
            owner.state.name = name_in_keras(node.name) if is_named else ""
        library.objects[layer.name] = owner
        (last,) = record_call(run, layer, [inputs], {}, place)
        tensors[index] = owner.state.output = last
    return last


def name_in_keras(name: str) -> str:
    """`block1_pool` for block1.maxpool1 of a VGG."""
    return name.replace(".maxpool1", "_pool").replace(".", "_").replace(f"{FLATTEN.name}1", FLATTEN.name)


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


class BundledLayer(KerasObject):
    """A layer of a bundled network; where its name is not that in Keras, it is not known."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        is_known = self.state.name or name != "name"
        return super().attribute(name, run, place) if is_known else Opaque("the name of a bundled layer", place, name)


class BundledLayers(Foreign):
    """The layers of a model with those of a bundled network, of which nobody knows which one a number means."""

    __slots__ = ("objects",)
    called = "the layers of a bundled network"

    def __init__(self, objects: list[Any]):
        self.objects = objects

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        return iter(self.objects)

    def item(self, index: Any, run: Run, place: Place) -> Any:
        """The last bundled layer and those behind it are known, by numbers from the end."""
        behind = [is_unnamed(each) for each in reversed([*self.objects, None])].index(True) - 1
        if type(index) is int and (index == 0 or -behind - 1 <= index < 0):
            return self.objects[index]
        if isinstance(index, slice) and index.step is None:
            ends = [end for end in (index.start or None, index.stop) if end is not None]
            if all(type(end) is int and -behind <= end < 0 for end in ends):
                return BundledLayers(self.objects[index])
        hint = "take all of it: base.output, base.trainable = False"
        raise run.refusal("P004", "which layers of a bundled network are meant is not known", place, hint)


def is_unnamed(value: Any) -> bool:
    return isinstance(value, BundledLayer) and not value.state.name
