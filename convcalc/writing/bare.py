"""A network as the code of its layers and nothing beside it: no sizes, no counts, no inputs that a layer can infer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.network.load import graph_of, spec_of
from convcalc.problem import Problem
from convcalc.tuples import NamedTuple
from convcalc.writing.asked import with_choices
from convcalc.writing.keras import check_use, input_codes, spec_with_channels_last
from convcalc.writing.keras_functions import FunctionWriter
from convcalc.writing.keras_language import KerasLanguage
from convcalc.writing.program.program import DefinedNetwork, check_numbers
from convcalc.writing.pytorch_classes import ClassWriter
from convcalc.writing.pytorch_language import PyTorch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.layers.record import Shape
    from convcalc.problem import Source
    from convcalc.readers.yaml.nodes import Node
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec
    from convcalc.writing.program.code import GivenArgument, Piece
    from convcalc.writing.program.elements import Leaf
    from convcalc.writing.program.merging import Definition

POOLED = "stride or kernel"  # as forms of poolings have it: left out where it is the window


class BareCode(NamedTuple):
    lines: tuple[str, ...]
    channels_last: bool  # in the sizes that it speaks of


class BarePyTorch(PyTorch):
    """PyTorch without remarks, with every stride of a pooling, and with linear layers that take what they are given."""

    def shape(self, sizes: Shape) -> str:
        return ""

    def module(self, leaf: Leaf) -> str | None:
        form = super().module(leaf)
        return form and form.replace(POOLED, "stride").replace("nn.Linear(c, ", "nn.LazyLinear(")


class BareKeras(KerasLanguage):
    """Keras without remarks, and with every stride of a pooling."""

    def shape(self, sizes: Shape) -> str:
        return ""

    def form(self, leaf: Leaf) -> str | None:
        form = super().form(leaf)
        return form and form.replace(POOLED, "stride")

    def with_name(self, piece: Piece, name: GivenArgument, leaf: Leaf) -> Piece:
        """Layers that can be asked about have their names, also those that no author gave."""
        applied = self.graph.nodes[leaf.node].applied
        counts = applied is not None and (applied.parameters != 0 or applied.input != (applied.output,))
        return super().with_name(piece, name, leaf._replace(is_named=leaf.is_named or counts))


def bare_pytorch(spec: Spec) -> Iterator[str]:
    program = DefinedNetwork(spec, BarePyTorch(spec))
    main = program.network()
    writer = ClassWriter()
    yield from separated_definitions(
        [[*writer.definition(without_words(each))] for each in (*program.definitions, main)]
    )


def bare_keras(spec: Spec) -> Iterator[str]:
    language = BareKeras(spec)
    program = DefinedNetwork(spec, language)
    main = program.network()
    writer = FunctionWriter(language, program.definitions)
    functions = [[*writer.definition(without_words(each))] for each in program.definitions]
    yield from separated_definitions(
        [*functions, [*writer.network(main, [*input_codes(program)], main.name.removeprefix("build_"))]]
    )


def without_words(definition: Definition) -> Definition:
    """A definition without what its author says of it, which may be an answer."""
    definition.about = ""
    return definition


def separated_definitions(definitions: list[list[str]]) -> Iterator[str]:
    for place, lines in enumerate(definitions):
        yield from ["", ""] if place else []
        yield from lines


def bare_code(framework: str, source: Source, choices: Choices, root: Node | None = None) -> BareCode:
    """A network in a framework; a Problem, with its cure, where that cannot say it."""
    spec = spec_of(source, choices, root)
    graph = graph_of(spec, choices)
    spec = with_choices(spec, choices, graph)
    try:
        check_numbers(graph)
        if framework == "keras":
            check_use(graph)
            spec = spec_with_channels_last(spec, graph)
            return BareCode(tuple(bare_keras(spec)), spec.channels_last)
        return BareCode(tuple(bare_pytorch(spec)), False)
    except Problem as error:
        raise Problem(*(each._replace(hint=cure(each.hint)) for each in error.diagnostics)) from None


def cure(hint: str) -> str:
    """The cure of what cannot be written in a framework: another wording, if nothing else helps."""
    said = "--wording shorthand says it"
    hint = re.sub(r"--set (\w+)=(\S+)", r"set: {\1: \2}", hint.replace("give the input: --input ", "write input: "))
    return said if hint == "--to yaml says it" else f"{hint}, or {said}"
