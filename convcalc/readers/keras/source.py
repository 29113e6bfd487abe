"""A Keras program as a Spec: its model is found, made and recorded as a configuration would have it."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, Source, problem
from convcalc.readers.entry import check_arguments, network_of, no_network
from convcalc.readers.factories import words_in
from convcalc.readers.inputs import shapes_of_run
from convcalc.readers.keras.calling import call_own
from convcalc.readers.keras.configuration import all_layers
from convcalc.readers.keras.graph import SymbolicTensor, input_tensor, network_between
from convcalc.readers.keras.library import Keras
from convcalc.readers.keras.network import DeclaredInput, NetworkTracer, declared_inputs, open_sides
from convcalc.readers.keras.objects import KerasObject, known_state, named_tensors, object_state, title_of
from convcalc.readers.keras.structure import call_sequence, shape_said
from convcalc.readers.python.run import Run
from convcalc.readers.python.syntax import parse
from convcalc.readers.python.values import Instance
from convcalc.spec import Spec
from convcalc.spec.layout import LAYOUTS

if TYPE_CHECKING:
    from convcalc.readers.keras.records import KerasLayer, KerasNetwork
    from convcalc.readers.python.namespace import ModuleNames
    from convcalc.spec.choices import Choices

SETTER = "set_image_data_format"
CONDITIONAL = (ast.If, ast.IfExp, ast.Try, ast.While, ast.For)


class Evaluation:
    """One evaluation of a program: the network that it makes."""

    def __init__(self, source: Source, choices: Choices, layout: str, graphs: Any, shapes: dict[int, tuple[Any, ...]]):
        self.library = Keras(source, choices, layout, graphs, shapes)
        self.run = Run(source, self.library, choices.args)
        module = self.run.module()
        self.source = self.library.source = self.library.scratch.source = module.source
        self.library.scratch.trace.source = module.source
        self.model = network_of(self.run, module, source.entry)
        self.choices = choices
        run_freezing(self.run, self.run.main or module)
        if not self.library.is_network(self.model) and object_state(self.model) is None:
            raise no_network(self.run, self.model)
        self.network = with_flags(self.whole_network(), self.library)

    def whole_network(self) -> KerasNetwork:
        """The model as a network: as it is, or followed on its inputs."""
        state = known_state(self.model)
        if state.network is not None:
            return state.network
        run, place = self.run, state.place
        declared = self.declared()
        shapes = self.library.shapes
        if not all(shape for _, shape in declared) and not shapes:
            raws = [DeclaredInput(name, shape and (None, *shape), place) for name, shape in declared]
            shapes = dict(enumerate(shapes_asked(self.source, raws, self.choices, self.library.layout)))
        inputs = [
            input_tensor(run, name, (None, *shapes.get(index, shape or ())), place)
            for index, (name, shape) in enumerate(declared)
        ]
        self.library.inputs = [tensor.end.layer for tensor in inputs]
        call = call_sequence if isinstance(self.model, KerasObject) else call_own
        outputs = named_tensors(call(self.model, run, list(inputs), {}, place))
        if not outputs:
            raise run.error("TypeError", "the model gives no tensor", place)
        return network_between(run, title_of(self.model, run), inputs, outputs, place)

    def declared(self) -> list[tuple[str, tuple[Any, ...] | None]]:
        """The inputs of a model that is no functional one: as its first layer says, or as its `call` names them."""
        state = known_state(self.model)
        first = state.layers[0] if state.layers else None
        shape = shape_said(first) if first is not None else None
        if shape is not None:
            name = self.library.calls[first.end.layer, 0].layer.label if isinstance(first, SymbolicTensor) else "input"
            return [(name, shape)]
        if not self.choices.inputs:
            if (shape := self.shape_built()) is not None:
                return [("input", shape)]
            raise self.run.refusal("P032", "what goes into the network is not known", state.place, "--input 28x28x1")
        names = [name for name in self.choices.inputs if name]
        return [(name, None) for name in (names if "" not in self.choices.inputs else ("input", *names))]

    def shape_built(self) -> tuple[int, ...] | None:
        """The shape without the batch that the program builds its model for: `model.build((None, 28, 28, 1))`."""
        module = self.run.module()
        outside = [node for node in module.code.tree.body if not isinstance(node, (ast.ClassDef, ast.FunctionDef))]
        for node in (each for statement in outside for each in ast.walk(statement)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "build":
                given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "input_shape")]
                with suppress(Problem):
                    shape = self.run.expression(given[0], module) if given else ()
                    if isinstance(shape, (list, tuple)) and shape[1:] and all(type(size) is int for size in shape[1:]):
                        return tuple(shape[1:])
        return None


def run_freezing(run: Run, module: ModuleNames) -> None:
    """Run what a program says of what is learnt, of whichever parts: the model may be made before."""
    statements = module.top.statements
    freezing = {"trainable"}
    freezing |= {
        node.name for node in statements if isinstance(node, ast.FunctionDef) and "trainable" in words_in(node)
    }
    for index, names in module.top.changing.items():
        if not freezing.isdisjoint(words_in(statements[index])):
            for name in names:
                run.lookup(module, name)


def with_flags(network: KerasNetwork, library: Keras) -> KerasNetwork:
    """The network with what is learnt and what is not, as it is when the program is over."""

    def changed(layer: KerasLayer) -> KerasLayer:
        state = object_state(library.objects.get(layer.name))
        inner = layer.network
        if inner is not None:
            inner = with_flags(inner, library)
            inner = inner._replace(trainable=inner.trainable and (state is None or state.trainable))
        frozen = {"trainable": False} if state is not None and not state.trainable else {}
        return layer._replace(network=inner, config={**layer.config, **frozen})

    return network._replace(layers=tuple(map(changed, network.layers)))


def read_spec(source: Source, choices: Choices, graphs: Any = None) -> Spec:
    """The network that a program defines; with other inputs the program is evaluated again."""
    layout = layout_set(source)
    found = Evaluation(source, choices, layout, graphs, {})
    said = (layer.config.get("data_format") for layer in all_layers(found.network))
    if (first := next((order for order in said if order in LAYOUTS), layout)) != layout:
        layout = first
        found = Evaluation(source, choices, layout, graphs, {})
    is_open = any(None in (each.shape or ())[1:] for each in declared_inputs(found.network))
    if choices.inputs or choices.symbolic or is_open:
        found = Evaluation(source, choices, layout, graphs, other_shapes(found, choices, layout))
    state = known_state(found.model)
    name = found.model.cls.name if isinstance(found.model, Instance) else state.name
    tracer = NetworkTracer(found.source, choices, layout)
    spec = tracer.spec(found.network)
    check_arguments(found.run, found.model, tracer.reading.used)
    return spec._replace(name=name, notes=(*spec.notes, *found.run.assumed.values()))


def other_shapes(found: Evaluation, choices: Choices, layout: str) -> dict[int, tuple[Any, ...]]:
    """The shapes that a run has for inputs, by their number in the program."""
    made = found.library.inputs
    numbers = [made.index(end.layer) for end in found.network.inputs]
    shapes = shapes_asked(found.source, declared_inputs(found.network), choices, layout)
    return dict(zip(numbers, shapes, strict=True))


def shapes_asked(source: Source, declared: list[DeclaredInput], choices: Choices, layout: str) -> list[tuple[Any, ...]]:
    """The shapes that a run has for its inputs, in the order of the layout."""
    last = layout == LAYOUTS[1]
    raws = tuple((each.name, open_sides(each.shape, index), each.place) for index, each in enumerate(declared))
    asked = Spec(source, inputs=raws, convention="keras", layout=layout, channels_last=last)
    return shapes_of_run(asked, choices, {})


def layout_set(source: Source) -> str:
    """The order of axes that the program sets for all of its layers, read before any of it runs.

    Keras's own order where it sets none, a Problem where only running it would tell.
    """
    if SETTER not in source.text:
        return LAYOUTS[1]
    program = parse(source)
    nodes = list(ast.walk(program.tree))
    uncertain = {inner for node in nodes if isinstance(node, CONDITIONAL) for inner in ast.walk(node)}
    calls = [node for node in nodes if isinstance(node, ast.Call) and called_name(node) == SETTER]
    said = {None if node in uncertain else order_given(node) for node in calls}
    if len(said) > 1 or None in said:
        message = "the program sets the order of axes to both that there are, or which it sets is not known"
        hint = f'keep one call of {SETTER}("{LAYOUTS[0]}"), in no condition: {LAYOUTS[1]} is what Keras has by itself'
        raise problem("P034", message, hint, program.place(calls[-1]).mark(source))
    return said.pop() or LAYOUTS[1] if said else LAYOUTS[1]


def called_name(node: ast.Call) -> str:
    found: str = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return found


def order_given(node: ast.Call) -> str | None:
    given = [*node.args, *(each.value for each in node.keywords)]
    order = given[0].value if len(given) == 1 and isinstance(given[0], ast.Constant) else None
    return order if order in LAYOUTS else None
