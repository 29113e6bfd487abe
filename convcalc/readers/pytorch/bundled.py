"""`torchvision.models.resnet18()` in a program: the bundled network of that name, as modules that may be replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.readers.pytorch.applying import apply_layer
from convcalc.readers.pytorch.containers import SEQUENTIAL
from convcalc.readers.pytorch.layers import layer_class
from convcalc.readers.pytorch.module import ModuleClass, ModuleObject, module_state, state_of
from convcalc.readers.pytorch.tensor import TensorValue, library_of, on_trace
from convcalc.readers.trace import raw
from convcalc.spec.choices import few
from convcalc.spec.model import WrittenLayer

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

    Bundled = Callable[[str, dict[str, str]], Any]  # the graph of a bundled network, with these names set

CLASSES = "classes"  # the name that a bundled network has for what torchvision calls num_classes


def model(run: Run, name: str, kwargs: dict[str, Any], place: Place) -> ModuleObject:
    """A bundled network as a module; pretrained or not, its numbers are not read."""
    sets = {}
    if kwargs.get("num_classes") is not None:
        sets[CLASSES] = str(run.known(kwargs["num_classes"], "num_classes", place))
    graph = library_of(run).bundled(name, sets)
    if not all(node.inputs for node in graph.nodes[len(graph.inputs) :]):
        message = f"models.{name} has tokens that it learns, which are not read in a program"
        raise run.refusal("P006", message, place, f"by itself it is bundled: convcalc summary {name}")
    return module_of(graph, name, range(len(graph.inputs), len(graph.nodes)), "", place)


class BundledClass(ModuleClass):
    """Layers of a bundled network that belong together: all, or those below a name."""

    __slots__ = ("graph", "nodes", "prefix")

    def __init__(self, name: str, graph: Any, nodes: range, prefix: str):
        super().__init__(name)
        self.graph, self.nodes, self.prefix = graph, nodes, prefix

    def assigned(self, instance: Any, name: str, value: Any, run: Run, place: Place) -> bool:
        """A module in place of one that is there; under a name that only torchvision's own has, it would go unused."""
        state = module_state(instance)
        is_ours = not self.prefix and "layer1" not in state.children  # ResNets have the names of torchvision
        if is_ours and name not in state.children and state_of(value) is not None:
            known = few(list(state.children))
            message = f"{self.description()} has no {name} here: its layers are {known}"
            raise run.refusal("P006", message, place, "write out the layers that take its place, or give one of these")
        return super().assigned(instance, name, value, run, place)

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        """Every layer on what comes before it; a module that was put in place of others gets what these would."""
        state = module_state(module)
        results: dict[int, Any] = {}
        for name, below, is_group in parts_of(self.graph, self.nodes, self.prefix):
            node = self.graph.nodes[below.start]
            inputs = [results.get(each, args[0]) for each in node.inputs]
            if name in state.children:
                results[below.stop - 1] = run.call(state.children[name], inputs[:1] if is_group else inputs, {}, place)
            elif node.applied.setting.kind.operator and not is_group:
                results[below.start] = apply_node(run, node, inputs, place)
            else:
                raise run.error("AttributeError", f"{self.description()} has no attribute {name}", place)
        return results[self.nodes.stop - 1]


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


def module_of(graph: Any, name: str, nodes: range, prefix: str, place: Place) -> ModuleObject:
    """The module of some nodes of a graph, with a module for each name right below."""
    module = ModuleObject(BundledClass(name, graph, nodes, prefix))
    module.state.place = place
    is_chain = True
    for child, below, is_group in parts_of(graph, nodes, prefix):
        node = graph.nodes[below.start]
        if is_group:
            module.state.children[child] = module_of(graph, child, below, f"{prefix}{child}.", place)
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
    cls = layer_class(stem.replace("{n}", str(max(len(applied.axes), 1))))
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
