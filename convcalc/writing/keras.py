"""A network as a program of Keras: a function for each block, and one for the network, that can be run as it is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from convcalc.kinds.keras import goes_by_order
from convcalc.kinds.unsaid import lost_in_keras
from convcalc.network.build import build
from convcalc.network.walk import totals
from convcalc.problem import problem
from convcalc.spec.choices import Choices
from convcalc.writing.facts import lost_settings, outcomes
from convcalc.writing.keras_functions import INDENT, FunctionWriter
from convcalc.writing.keras_language import KerasLanguage
from convcalc.writing.program.heading import heading, is_index, program_text
from convcalc.writing.program.layout import Brackets, Code, lines
from convcalc.writing.program.program import DefinedNetwork, check_numbers

if TYPE_CHECKING:
    from convcalc.network import Graph
    from convcalc.spec import Spec
    from convcalc.writing.program.merging import Definition

# Layers that Keras does not have, as they are written into a program that needs them.
LAYERS = {
    "Numbers": '''
class Numbers(layers.Layer):
    """Numbers of its own, the same for every example."""

    def __init__(self, shape, learnt=True, **options):
        super().__init__(**options)
        self.sizes, self.learnt = shape, learnt

    def build(self, _):
        self.numbers = self.add_weight(
            shape=self.sizes, trainable=self.learnt, name="numbers"
        )

    def call(self, x):
        return ops.broadcast_to(self.numbers, (ops.shape(x)[0], *self.sizes))
''',
    "LayerScale": '''
class LayerScale(layers.Layer):
    """One learnt factor for each channel, behind which there are so many axes."""

    def __init__(self, behind=0, **options):
        super().__init__(**options)
        self.behind = behind

    def build(self, shape):
        sizes = (shape[-1 - self.behind], *[1] * self.behind)
        self.scale = self.add_weight(shape=sizes, initializer="ones", name="scale")

    def call(self, x):
        return x * self.scale
''',
}


def pieces(spec: Spec, graph: Graph) -> Iterator[str]:
    """The program; a Problem where a layer has no form in Keras."""
    check_numbers(graph)
    check_use(graph)
    spec = spec_with_channels_last(spec, graph)
    program = DefinedNetwork(spec, KerasLanguage(spec))
    main = program.network()
    imports = partial(import_lines, spec.channels_last)
    check = check_lines(program, main)
    yield program_text(heading(program, "Keras"), imports, LAYERS, function_lines(program, main), check)


def function_lines(program: DefinedNetwork, main: Definition) -> Iterator[Iterator[str]]:
    writer = FunctionWriter(program.language, program.definitions)
    yield from map(writer.definition, program.definitions)
    yield writer.network(main, list(input_codes(program)), main.name.removeprefix("build_"))


def remarks(_spec: Spec, graph: Graph) -> Iterator[str]:
    yield from lost_settings(graph, "Keras", lost_in_keras)


def spec_with_channels_last(spec: Spec, graph: Graph) -> Spec:
    """The spec with the channels behind the axes, as Keras has them, where it is the same network then."""
    kinds = {node.applied.setting.kind for node in graph.nodes if node.applied}
    is_map = any(len(shape) > 2 for shape in graph.inputs.values()) or any(kind.takes == "map" for kind in kinds)
    if spec.channels_last or not is_map:
        return spec
    laid = ((name, tuple(map(str, (*shape[1:], shape[0]))), place)
            for (name, _, place), shape in zip(spec.inputs, graph.inputs.values(), strict=True))  # fmt: skip
    last = spec._replace(layout="channels_last", channels_last=True, inputs=tuple(laid))
    other = build(last, Choices())
    if (
        other.diagnostics
        or outcomes(other) != outcomes(graph)
        or any(goes_by_order(node.applied) for node in graph.nodes if node.applied)
    ):
        return spec
    return last


def check_use(graph: Graph) -> None:
    """A Problem where something learns, keeps or multiplies that leads to no output: Keras leaves it out of a model."""
    used = [index for _, index in graph.outputs] or [len(graph.nodes) - 1]
    seen = set(used)
    while used:
        new = set(graph.nodes[used.pop()].inputs) - seen
        seen |= new
        used += new
    for index, node in enumerate(graph.nodes):
        applied = node.applied
        if index not in seen and applied and any((applied.parameters, applied.buffers, applied.macs)):
            message = f"{node.name} leads to no output, and Keras leaves out of a model what does not"
            hint = "leave it out, or name it among the outputs"
            raise problem("T002", message, hint, graph.mark(node.place), layer=node.name)


def import_lines(channels_last: bool, text: str) -> Iterator[str]:
    yield "import math"
    yield ""
    yield "import keras"
    yield f"from keras import layers{', ops' if 'ops.' in text else ''}"
    if not channels_last and "D(" in text:
        yield ""
        yield 'keras.config.set_image_data_format("channels_first")'


def input_codes(program: DefinedNetwork) -> Iterator[tuple[str, Code]]:
    """The variable of every input, and what it is."""
    inputs = program.graph.inputs
    for index, (name, shape) in enumerate(inputs.items()):
        sizes = program.language.written_shape(shape)
        parts = [f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"]
        if len(inputs) > 1:
            parts.append(f'name="{program.language.layer_name(name)}"')
        if is_index(program, index):
            parts.append('dtype="int32"')
        variable = "inputs" if len(inputs) == 1 else program.language.name(name)
        yield variable, Brackets("keras.Input(", tuple(parts), ")")


def check_lines(program: DefinedNetwork, main: Definition) -> Iterator[str]:
    """A run that holds what is claimed."""
    graph = program.graph
    found = totals(node.applied for node in graph.nodes)
    outputs = [program.language.written_shape(graph.shape(index) or ()) for index in program.wiring.outputs]
    shapes = [f"({', '.join(map(str, (None, *sizes)))})" for sizes in outputs]
    given: Code = shapes[0] if len(shapes) == 1 else Brackets("[", tuple(shapes), "]")
    yield 'if __name__ == "__main__":'
    yield f"    network = {main.name}()"
    yield from lines(given, INDENT, "assert network.output_shape == ")
    yield "    learnt = sum(math.prod(w.shape) for w in network.trainable_weights)"
    yield "    kept = sum(math.prod(w.shape) for w in network.non_trainable_weights)"
    yield '    print(f"{learnt:,} parameters")'
    yield f"    assert (learnt, kept) == ({found.parameters:_}, {found.buffers:_})"
