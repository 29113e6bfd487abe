"""`torchvision.models.maxvit_t()` in a program: the bundled network of that name, as modules that may be replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.readers.pytorch.applying import apply_layer
from convcalc.readers.pytorch.containers import SEQUENTIAL
from convcalc.readers.pytorch.layers import layer_class
from convcalc.readers.pytorch.module import ModuleClass, ModuleObject, module_state, state_of
from convcalc.readers.pytorch.tensor import TensorValue, library_of, on_trace
from convcalc.readers.trace import raw
from convcalc.spec import Place, WrittenLayer
from convcalc.spec.choices import few

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.readers.pytorch.module import Method

    Bundled = Callable[[str, dict[str, str]], Any]  # the graph of a bundled network, with these names set

# What torchvision calls the names that a bundled network lets.
NAMES = {"num_classes": "classes"}
PLACED = ("pretrained", "progress", "num_classes")  # its arguments by position, as it still takes them
# Those of its networks that no program has: of videos, and MaxViT.
NETWORKS = frozenset((
    "maxvit_t", "r3d_18", "mc3_18", "r2plus1d_18", "s3d", "swin3d_t", "swin3d_s", "swin3d_b", "mvit_v1_b", "mvit_v2_s",
))  # fmt: skip
INSTEAD = "write out the layers that take its place, or give one of these"
WITHOUT_EFFECT = frozenset((
    "weights", "pretrained", "progress", "weights_backbone", "pretrained_backbone", "init_weights", "transform_input",
    "zero_init_residual", "dropout", "attention_dropout", "stochastic_depth_prob", "memory_efficient",
))  # fmt: skip


def model(name: str, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> ModuleObject:
    """A bundled network as a module; pretrained or not, its numbers are not read.

    An argument that makes another network of it, and is none of its names, is refused.
    """
    kwargs = dict(zip(PLACED, args, strict=False)) | kwargs
    graph = library_of(run).bundled(name, names_let(run, name, kwargs, place))
    if not all(node.inputs for node in graph.nodes[len(graph.inputs) :]):
        message = f"models.{name} has tokens that it learns, which are not read in a program"
        raise run.refusal("P006", message, place, f"by itself it is bundled: convcalc summary {name}")
    return module_of(graph, name, range(len(graph.inputs), len(graph.nodes)), "", place, name)


def names_let(run: Run, name: str, kwargs: dict[str, Any], place: Place) -> dict[str, str]:
    """The values that a call of torchvision gives the names of a bundled network."""
    lets = {each for each, _, _ in library_of(run).bundled(name, {}).spec.let}
    sets: dict[str, str] = {}
    for key, value in kwargs.items():
        if key in WITHOUT_EFFECT or value is None:
            continue
        if NAMES.get(key) in lets:
            sets[NAMES[key]] = str(int(run.known(value, key, place)))
        elif not is_usual(value):
            hint = f"write the class out, or read it in torchvision's own file, which has {key}"
            raise run.refusal("P006", f"models.{name} is not read with {key}={run.text(value)[:40]}", place, hint)
    return sets


def is_usual(value: Any) -> bool:
    """Whether an argument of torchvision is what it would be anyway: no flag set, one of each, batch normalisation."""
    if isinstance(value, (list, tuple)):
        return not any(value)
    return (value is not True and value in (0, 1)) or getattr(value, "name", "") == "BatchNorm2d"


class BundledClass(ModuleClass):
    """Layers of a bundled network that belong together: all, or those below a name."""

    __slots__ = ("graph", "network", "nodes", "prefix")

    def __init__(self, name: str, graph: Any, nodes: range, prefix: str, network: str):
        super().__init__(name)
        self.graph, self.nodes, self.prefix, self.network = graph, nodes, prefix, network

    def method(self, name: str) -> Method | None:
        """A walk through a network whose layers are not torchvision's would pass by what it looks for."""
        return refuse_walk if name in ("children", "named_children") else super().method(name)

    def lacks(self, name: str, state: Any) -> str:
        return f"{self.description()} has no {name} here: its layers are {few(list(state.children))}"

    def missing(self, instance: Any, name: str, run: Run, place: Place) -> Any:
        found = super().missing(instance, name, run, place)
        if found is NotImplemented and self.method(name) is None:
            raise run.error("AttributeError", self.lacks(name, module_state(instance)), place, INSTEAD)
        return found

    def assigned(self, instance: Any, name: str, value: Any, run: Run, place: Place) -> bool:
        """A module in place of one that is there; what only torchvision's own has would go unused."""
        state = module_state(instance)
        if name not in (*state.children, "forward") and (self.prefix or state_of(value) is not None):
            raise run.refusal("P006", self.lacks(name, state), place, INSTEAD)
        return super().assigned(instance, name, value, run, place)

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        """Every layer on what comes before it; a module that was put in place of others gets what these would."""
        state, graph = module_state(module), self.graph
        results: dict[int, Any] = {}
        for name, below, is_group in parts_of(graph, self.nodes, self.prefix):
            node = graph.nodes[below.start]
            inputs = [results.get(each, args[0]) for each in node.inputs]
            if name in state.children:
                results[below.stop - 1] = run.call(state.children[name], inputs[:1] if is_group else inputs, {}, place)
            elif node.applied.setting.kind.operator and not is_group:
                results[below.start] = apply_node(run, node, inputs, place)
            else:
                raise run.error("AttributeError", f"{self.description()} has no attribute {name}", place)
        return results[self.nodes.stop - 1]


def refuse_walk(module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
    """`for child in model.stage1.children()`."""
    message = f"the layers within models.{module.cls.network} are not read one by one"
    raise run.refusal("P006", message, place, "write its class out, or read it in torchvision's own file")


class KindClass(ModuleClass):
    """A layer that is no class of PyTorch by itself."""

    __slots__ = ()

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        return apply_layer(run, module_state(module), args, place)


def parts_of(graph: Any, nodes: range, prefix: str) -> Iterator[tuple[str, range, bool]]:
    """(name, nodes, whether they are below that name) of what is right below a prefix, one after another."""
    index = nodes.start
    while index < nodes.stop:
        name, dot, _ = graph.nodes[index].name[len(prefix) :].partition(".")
        end = index + 1
        while dot and end < nodes.stop and graph.nodes[end].name.startswith(f"{prefix}{name}."):
            end += 1
        yield name, range(index, end), bool(dot)
        index = end


def module_of(graph: Any, name: str, nodes: range, prefix: str, place: Place, network: str) -> ModuleObject:
    """The module of some nodes of a graph, with a module for each name right below."""
    module = ModuleObject(BundledClass(name, graph, nodes, prefix, network))
    module.state.place = place
    is_chain = True
    for child, below, is_group in parts_of(graph, nodes, prefix):
        node = graph.nodes[below.start]
        if is_group:
            module.state.children[child] = module_of(graph, child, below, f"{prefix}{child}.", place, network)
        elif not node.applied.setting.kind.operator:
            module.state.children[child] = leaf_of(node, place)
        is_chain = is_chain and child.isdecimal() and (below.start == nodes.start or follows(graph, below))
    if is_chain:
        module.cls = SEQUENTIAL
    return module


def follows(graph: Any, nodes: range) -> bool:
    """Whether nodes take nothing but what the node before them gives."""
    return all(each >= nodes.start - 1 for node in graph.nodes[nodes.start : nodes.stop] for each in node.inputs)


def leaf_of(node: Any, place: Place) -> ModuleObject:
    """The layer of a node as a module of its class."""
    applied = node.applied
    kind = applied.setting.kind
    stem = kind.torch[0][0].partition(":")[0] if kind.torch else ""
    cls = layer_class(stem.replace("{n}", str(max(len(applied.axes), len(applied.input[0]) - 1, 1))))
    module = ModuleObject(cls or KindClass(kind.name))
    state = module.state
    state.place = place
    inside, outside = applied.input[0], applied.output
    features = -1 if kind.takes == "features" else 0
    checked = {"in_channels": inside[0], "in_features": inside[features]}  # by which it counts where nothing calls it
    written = written_again(applied)
    args = [(key.name, raw(checked[key.name])) for key in kind.settings if key.name in checked]
    state.written = written._replace(args=(*args, *written.args), dims=len(inside) - 1)
    state.settings.update(
        in_features=inside[features], out_features=outside[features], in_channels=inside[0], out_channels=outside[0],
        num_features=inside[0], **{key: value for key, value in applied.values.items() if key != "weights"},
    )  # fmt: skip
    return module


def written_again(applied: Any) -> WrittenLayer:
    setting = applied.setting
    args = tuple((key, raw(value)) for key, value in setting.values if value is not None)
    return WrittenLayer(setting.kind, setting.dims, args)


def apply_node(run: Run, node: Any, inputs: list[TensorValue], place: Place) -> TensorValue:
    """A sum, a flatten: what is no module in PyTorch."""
    written = written_again(node.applied)
    return on_trace(run, place, inputs, lambda trace, *nodes: trace.add(written, nodes, place))
