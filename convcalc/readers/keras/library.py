"""One evaluation of a Keras program: all calls of layers that it makes, and the shapes that they give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.readers.keras.makers import make_input
from convcalc.readers.keras.modules import USUAL, KerasModule, canonical_name
from convcalc.readers.keras.network import NetworkTracer
from convcalc.readers.keras.objects import MODEL, KerasClass, ObjectState, class_of_name, object_state
from convcalc.readers.library import find_bundled
from convcalc.readers.python.run import whole_names
from convcalc.readers.python.values import Class, Foreign, Instance, LibraryFunction
from convcalc.readers.trace import BATCH, Tensor
from convcalc.spec.names import symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.problem import Source
    from convcalc.readers.keras.graph import GraphCall
    from convcalc.readers.python.run import Run
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Place


class Keras:
    """The library of one evaluation: all calls of layers, and the shapes that they give."""

    def __init__(self, source: Source, choices: Choices, layout: str, graphs: Any, shapes: dict[int, tuple[Any, ...]]):
        self.source, self.layout = source, layout
        self.train, self.graphs = choices.train, graphs
        self.shapes = shapes  # of inputs by their number, in place of those that the program says
        self.scratch = NetworkTracer(source, choices, layout)
        self.calls: dict[tuple[str, int], GraphCall] = {}
        self.outputs: dict[tuple[str, int], Any] = {}
        self.counts: dict[str, int] = {}  # of calls, by layer
        self.objects: dict[str, Any] = {}  # by the name of their record
        self.names: dict[int, tuple[str, ObjectState]] = {}
        self.titles: dict[str, int] = {}
        self.taken = 0
        self.inputs: list[str] = []  # the names of inputs, in the order in which they were made

    # Names

    def unique(self, word: str) -> str:
        """A name that no other record has."""
        self.taken += 1
        return f"{word} {self.taken}"

    def name_of(self, state: ObjectState) -> str:
        found = self.names.get(id(state))
        if found is None:
            found = self.names[id(state)] = self.unique("layer"), state
        return found[0]

    def title(self, word: str) -> str:
        """conv2d, conv2d_1, …: as Keras calls what has no name."""
        # MaxPool2D and Convolution2D are other names of MaxPooling2D and Conv2D.
        word = re.sub("Pool(?=[123]D)", "Pooling", re.sub("Convolution(?=[123]D)", "Conv", word))
        word = word.replace("AvgPool", "AveragePool")
        word = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", word)).lower()
        count = self.titles.get(word, 0)
        self.titles[word] = count + 1
        return f"{word}_{count}" if count else word

    # Networks

    def is_network(self, value: Any) -> bool:
        """Whether a value is a model, not a layer."""
        state = object_state(value)
        if state is None:
            return False
        return self.is_network_class(value.cls.library if isinstance(value.cls, Class) else value.cls)

    def main_networks(self, made: dict[str, Any]) -> list[str]:
        """Those whose layers are not all part of another's."""
        return whole_names({name: self.parts(value) for name, value in made.items()})

    def chain_of(self, layers: list[tuple[str, Any]], run: Run, place: Place) -> Any:
        return None

    def parts(self, value: Any) -> frozenset[int]:
        """The layers of a model and of those in it."""
        state = object_state(value)
        if state is None:
            return frozenset()
        inside = [*state.layers, *state.inner.values()]
        if isinstance(value, Instance):
            inside += value.attributes.values()
        if state.network is not None:
            inside += [self.objects.get(layer.name) for layer in state.network.layers]
        return frozenset((id(state), *(part for each in inside for part in self.parts(each)))) - (
            {id(state)} if inside else set()
        )

    def is_network_class(self, value: Any) -> bool:
        return isinstance(value, KerasClass) and (value is MODEL or value.name == "Sequential")

    def scratch_input(self, title: str, shape: Sequence[Any], place: Place) -> Tensor:
        trace = self.scratch.trace
        sizes = [
            trace.names.setdefault(f"{title}_{index}", symbol(f"{title}_{index}")) if size is None else size
            for index, size in enumerate(shape[1:])
        ]
        return trace.input(title, (BATCH, *sizes), place)

    # Modules

    makers = frozenset(("Model", "Sequential", "Functional"))
    example = "a keras.Sequential, a keras.Model, or a function that makes one"

    def usual(self, name: str) -> Any:
        if name in USUAL:
            return KerasModule(USUAL[name])
        return LibraryFunction(name, make_input) if name == "Input" else class_of_name(name)

    def import_of(self, name: str) -> str:
        if name in ("keras", "tf"):
            return "import keras" if name == "keras" else "import tensorflow as tf"
        room = "keras" if name in ("Input", "Sequential", "Model") else "keras.layers"
        above, _, last = USUAL.get(name, f"{room}.{name}").rpartition(".")
        return f"from {above} import {last}" + f" as {name}" * (last != name)

    def bundled(self, name: str, sets: dict[str, str]) -> Any:
        """The graph of a bundled network, by its name in keras.applications."""
        assert self.graphs is not None
        return self.graphs(f"keras.applications.{name}", sets)

    def has_bundled(self, name: str) -> bool:
        return self.graphs is not None and find_bundled(f"keras.applications.{name}") is not None

    def lookup(self, dotted: str) -> Foreign | None:
        known = canonical_name(dotted)
        return KerasModule(known) if known else None
