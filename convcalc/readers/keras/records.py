"""A Keras configuration as records, whichever version wrote it: networks, their layers, and the calls of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.problem import Problem, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.keras.configuration import Places
    from convcalc.spec import Place, WrittenLayer

    Json: TypeAlias = Any  # what a JSON text holds
    WholeShape: TypeAlias = tuple[int | None, ...]  # with the batch in front

LIBRARIES = ("keras", "tf_keras", "tensorflow")  # whose modules have Keras's own classes
INPUT = "InputLayer"
FUNCTION_LAYERS = frozenset(("TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty"))
NETWORKS = frozenset(("Sequential", "Functional", "Model"))
MAX_DEPTH = 20  # of networks inside one another
MAX_LAYERS = 20_000  # of a file, and those that networks inside it make each time that they are called
CONSTANT = "_CONSTANT_VALUE"  # in place of a layer's name, where Keras 2 calls a function of a number


class KerasTensor(NamedTuple):
    """An output of a layer: of which of its calls, and which of several."""

    layer: str
    call: int
    output: int
    shape: WholeShape | None = None  # with the batch, where the file has it


class KerasArray(NamedTuple):
    """Numbers that a network holds, of which only their shape matters."""

    shape: tuple[int, ...]


class KerasCall(NamedTuple):
    """The arguments of one call: numbers, texts and lists, with records for what is none of them."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


class KerasLayer(NamedTuple):
    """A layer, or an operation: its class, and what it was made with."""

    name: str  # by which calls mean it
    class_name: str
    place: Place
    title: str = ""  # what it is called in the table, where that is another
    package: str = ""  # where its class is from; empty where Keras itself has it
    function: str = ""  # that it is, and no layer: `expand_dims`, of Keras 2 `math.reduce_mean`
    config: Mapping[str, Json] = MappingProxyType({})
    calls: Mapping[int, KerasCall] = MappingProxyType({})  # by the number that tensors mean them by
    network: KerasNetwork | None = None  # that it is
    inner: Mapping[str, KerasLayer] = MappingProxyType({})  # layers that it was made with, by parameter
    shape: WholeShape | None = None  # of an input; of another layer, what it was built for
    identity: int = 0  # of an object that several records are of: they share its weights
    written: WrittenLayer | None = None  # that it is, where it was read already

    @property
    def label(self) -> str:
        return self.title or self.name

    @property
    def key(self) -> int:
        return self.identity or id(self)


class KerasNetwork(NamedTuple):
    name: str
    layers: tuple[KerasLayer, ...]
    inputs: tuple[KerasTensor, ...]
    outputs: tuple[tuple[str, KerasTensor], ...]  # with the names that they have of their own
    trainable: bool
    place: Place


class RecordReader:
    """Reads the objects of a configuration, each with its place in the text."""

    def __init__(self, places: Places):
        self.places = places
        self.count = 0

    def fail(self, message: str, hint: str = "", place: Place | None = None) -> Problem:
        mark = (place or self.places.last).mark(self.places.source)
        return problem("Y051", message, hint or 'save the model again: model.save("net.keras")', mark)

    def network(self, data: Json, depth: int = 0) -> KerasNetwork:
        """The network that an object is: with its class, or only what `get_config` gives of it."""
        data = self.mapping(data, "a network")
        if text_of(data.get("keras_version")).startswith(("0.", "1.")):
            message = f"the configuration is of Keras {data['keras_version'][:9]}, whose arguments had other names"
            raise self.fail(message, "load it in Keras 2, and write it again: model.to_json()")
        config = data.get("config", data)
        if isinstance(config, list):  # as Keras 2.0 wrote a Sequential
            config = {"layers": config}
        config = self.mapping(config, "the configuration of a network")
        name = text_of(config.get("name")) or "model"
        place = self.places.of(name)
        listed = config.get("layers")
        class_name = text_of(data.get("class_name")).rpartition(">")[2]
        if "layers" not in config and class_name not in ("", *NETWORKS):
            message = (
                f"{class_name[:60]} is a class of a program, which makes its layers itself: they are not in the file"
            )
            raise self.fail(message, "read the program: convcalc summary net.py", place)
        if not isinstance(listed, list) or not listed:
            raise self.fail(f"{name[:60]} has no list of layers", place=place)
        names = [name_of(each) for each in listed]
        if twice := next((name for name, count in Counter(names).items() if count > 1), ""):
            raise self.fail(f'two layers are called "{twice[:60]}"', "give one of them another name", place)
        trainable = config.get("trainable") is not False
        if "input_layers" not in config:
            layers = tuple(self.layer(each, frozenset(), depth) for each in listed)
            return sequence_of(name, layers, shape_of(config.get("build_input_shape")), trainable, place)
        known = frozenset(names)
        layers = tuple(self.layer(each, known, depth) for each in listed)
        inputs, outputs = (tuple(self.ends(config.get(key), known, place)) for key in ("input_layers", "output_layers"))
        return KerasNetwork(name, layers, tuple(end for _, end in inputs), outputs, trainable, place)

    def layer(self, data: Json, known: frozenset[str], depth: int) -> KerasLayer:
        """A layer with its calls, which name layers that are known."""
        self.count += 1
        if self.count > MAX_LAYERS:
            raise self.fail(f"more than {MAX_LAYERS:,} layers")
        if depth > MAX_DEPTH:
            raise self.fail(
                f"layers lie more than {MAX_DEPTH} deep in one another", "save the inner ones by themselves"
            )
        data = self.mapping(data, "a layer")
        class_name, name = text_of(data.get("class_name")), name_of(data)
        if not class_name:
            raise self.fail("a layer has no class_name")
        place = self.places.of(name)
        config, network = data.get("config"), None
        if class_name in NETWORKS or is_network(config):
            network = self.network(data, depth + 1)
            config = {}
        module, registered = text_of(data.get("module")), text_of(data.get("registered_name"))
        package, _, bare = class_name.rpartition(">")
        if "module" in data and module.partition(".")[0] not in LIBRARIES:
            package = registered.rpartition(">")[0] or module or "__main__"
        config = self.mapping(config, f"the config of {class_name[:60]}")
        built = data.get("build_config")
        shapes = (
            config.get("batch_shape"),
            config.get("batch_input_shape"),
            (built or {}).get("input_shape") if isinstance(built, dict) else None,
        )
        return KerasLayer(
            name, bare, place, "", package, function_name(bare, module, config), config,
            dict(enumerate(self.calls(data.get("inbound_nodes"), known, place))), network,
            {key: self.layer(each, frozenset(), depth + 1) for key, each in config.items() if is_layer(key, each)},
            next(filter(None, map(shape_of, shapes)), None),
        )  # fmt: skip

    # Calls

    def calls(self, nodes: Json, known: frozenset[str], place: Place) -> Iterator[KerasCall]:
        """The calls of a layer: Keras 3 has their arguments, Keras 2 lists of tensors."""
        for node in nodes if isinstance(nodes, list) else ():
            if isinstance(node, dict) and isinstance(node.get("args"), list):
                kwargs = self.mapping(node.get("kwargs", {}), "the arguments of a call")
                args, named = map(value_of, node["args"]), {name: value_of(each) for name, each in kwargs.items()}
                yield KerasCall(tuple(args), named)
            else:
                yield self.listed_call(node, known, place)

    def listed_call(self, node: Json, known: frozenset[str], place: Place) -> KerasCall:
        """`[["a", 0, 0, {}], ["b", 0, 0, {}]]`, and of a function `["a", 0, 0, {"y": ["b", 0, 0]}]`."""
        kwargs: dict[str, Any] = {}

        def tensors(value: Json) -> Any:
            if isinstance(value, dict):
                value = list(value.values())
            if not isinstance(value, list):
                raise self.fail("a call names no layers", place=place)
            if len(value) not in (3, 4) or not isinstance(value[0], str):
                return [tensors(each) for each in value]
            if len(value) == 4 and isinstance(value[3], dict):
                kwargs.update({name: with_tensors(each, known) for name, each in value[3].items()})
            return value_of(value[2]) if value[0] == CONSTANT else self.tensor(value[:3], known, place)

        found = tensors(node)
        return KerasCall((found[0] if isinstance(found, list) and len(found) == 1 else found,), kwargs)

    def tensor(self, value: Json, known: frozenset[str], place: Place) -> KerasTensor:
        found = tensor_of(value)
        if found is None or found.layer not in known:
            name = text_of(value[0]) if isinstance(value, list) and value else ""
            raise self.fail(f'there is no layer "{name[:60]}"', place=place)
        return found

    def ends(self, data: Json, known: frozenset[str], place: Place) -> Iterator[tuple[str, KerasTensor]]:
        """The inputs or outputs of a network: `["a", 0, 0]`, a list of those, or of some by their names."""
        if isinstance(data, dict):
            for name, each in data.items():
                for _, tensor in self.ends(each, known, place):
                    yield name, tensor
        elif isinstance(data, list) and data and isinstance(data[0], str):
            yield "", self.tensor(data[:3], known, place)
        elif isinstance(data, list):
            for each in data:
                yield from self.ends(each, known, place)
        else:
            raise self.fail("an input or output is no layer", place=place)

    def mapping(self, data: Json, what: str) -> Mapping[str, Json]:
        if not isinstance(data, dict):
            raise self.fail(f"{what} is no object in braces")
        return data


def sequence_of(
    name: str, layers: tuple[KerasLayer, ...], shape: WholeShape | None, trainable: bool, place: Place
) -> KerasNetwork:
    """A Sequential as the network that it is: each layer is called with what the one before it gives."""
    first = layers[0]
    if first.class_name != INPUT:
        if first.network is not None:
            shape = shape or shape_before(first.network)
        layers = (first._replace(name="input", class_name=INPUT, network=None, shape=shape or first.shape), *layers)
    ends = [KerasTensor(layer.name, 0, 0) for layer in layers]
    called = (
        layer._replace(calls={0: KerasCall((end,), {})}) for layer, end in zip(layers[1:], ends[:-1], strict=True)
    )
    return KerasNetwork(name, (layers[0], *called), (ends[0],), (("", ends[-1]),), trainable, place)


def shape_before(network: KerasNetwork) -> WholeShape | None:
    """The shape of a network's first input."""
    first = network.inputs[0].layer if network.inputs else ""
    return next((layer.shape for layer in network.layers if layer.name == first), None)


def is_network(config: Json) -> bool:
    """Whether a configuration is that of a network, whatever its class is called."""
    return isinstance(config, dict) and isinstance(config.get("layers"), list) and "input_layers" in config


def function_name(class_name: str, module: str, config: Mapping[str, Json]) -> str:
    """The function that an object calls: Keras 3 has a class for each, Keras 2 two for all."""
    if class_name in FUNCTION_LAYERS:
        return text_of(config.get("function")) or "__operators__.getitem"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower() if ".ops." in module else ""


def is_layer(key: str, value: Json) -> bool:
    """Whether an argument is a layer: what else is an object has no name, but the type of the numbers."""
    config = value.get("config") if isinstance(value, dict) and "class_name" in value else None
    return isinstance(config, dict) and ("name" in config or is_network(config)) and key != "dtype"


def name_of(data: Json) -> str:
    """The name of a layer, which a Sequential has in its configuration only."""
    if not isinstance(data, dict):
        return ""
    config = data.get("config")
    inner = config.get("name") if isinstance(config, dict) else None
    return text_of(data.get("name")) or text_of(inner) or text_of(data.get("class_name")).lower()


def text_of(value: Json) -> str:
    return value if isinstance(value, str) else ""


def shape_of(value: Json) -> WholeShape | None:
    """A shape with its batch, where a value is one."""
    is_shape = isinstance(value, list) and all(size is None or type(size) is int for size in value)
    return tuple(value) if is_shape and len(value) <= 8 else None


def tensor_of(value: Json, shape: Json = None) -> KerasTensor | None:
    """`["conv1", 0, 0]` as the tensor that it names."""
    if isinstance(value, list) and [type(part) for part in value] == [str, int, int] and min(value[1:]) >= 0:
        return KerasTensor(value[0], value[1], value[2], shape_of(shape))
    return None


def with_tensors(value: Json, known: frozenset[str]) -> Any:
    """An argument of Keras 2, in which a list may name a layer."""
    found = tensor_of(value)
    if found is not None and found.layer in known:
        return found
    if isinstance(value, list):
        return [with_tensors(each, known) for each in value]
    return value_of(value)


def value_of(value: Json) -> Any:
    """A value with a record or a value of Python for each object that stands for one."""
    if isinstance(value, list):
        return [value_of(each) for each in value]
    if not isinstance(value, dict):
        return value
    word, config = value.get("class_name"), value.get("config")
    if word == "__tuple__":
        items = config.get("items") if isinstance(config, dict) else value.get("items")
        return [value_of(each) for each in items] if isinstance(items, list) else value
    if word == "__ellipsis__":
        return ...
    if value.keys() == {"start", "stop", "step"}:
        return slice(*map(value_of, value.values()))
    if not isinstance(config, dict):
        return {name: value_of(each) for name, each in value.items()}
    if word == "__keras_tensor__":
        return tensor_of(config.get("keras_history"), config.get("shape")) or value
    if word == "__slice__":
        return slice(*(value_of(config.get(part)) for part in ("start", "stop", "step")))
    if word in ("__numpy__", "__tensor__"):
        return KerasArray(array_shape(config.get("value")))
    return {name: value_of(each) for name, each in value.items()}


def array_shape(value: Json) -> tuple[int, ...]:
    """The shape of nested lists."""
    found: list[int] = []
    while isinstance(value, (list, tuple)):
        found.append(len(value))
        value = value[0] if value else None
    return tuple(found)
