"""A network as the code of its layers and nothing beside it: no sizes, no counts, no inputs that a layer can infer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from convcalc.network.load import graph_of, spec_of
from convcalc.problem import Problem, Source
from convcalc.tuples import NamedTuple
from convcalc.writing.conversion import with_choices
from convcalc.writing.keras import check_use, function_lines, spec_with_channels_last
from convcalc.writing.keras_language import KerasLanguage
from convcalc.writing.program.program import DefinedNetwork, check_numbers
from convcalc.writing.pytorch import class_lines
from convcalc.writing.pytorch_language import PyTorch

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.readers.yaml import Node
    from convcalc.spec.choices import Choices
    from convcalc.writing.program.code import GivenArgument, Piece
    from convcalc.writing.program.elements import Leaf
    from convcalc.writing.program.merging import Definition

    DefinitionLines: TypeAlias = Callable[[DefinedNetwork, Definition], Iterable[Iterable[str]]]

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


def bare_lines(program: DefinedNetwork, lines_of: DefinitionLines) -> tuple[str, ...]:
    """The definitions of a network without what their authors say of them, which may be an answer."""
    main = program.network()
    for definition in program.definitions:
        definition.about = ""
    first, *others = lines_of(program, main)
    return (*first, *(line for lines in others for line in ("", "", *lines)))


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
            return BareCode(bare_lines(DefinedNetwork(spec, BareKeras(spec)), function_lines), spec.channels_last)
        return BareCode(bare_lines(DefinedNetwork(spec, BarePyTorch(spec)), class_lines), False)
    except Problem as error:
        raise Problem(*(each._replace(hint=cure(each.hint)) for each in error.diagnostics)) from None


def cure(hint: str) -> str:
    """The cure of what cannot be written in a framework: another wording, if nothing else helps."""
    said = "--wording shorthand says it"
    hint = re.sub(r"--set (\w+)=(\S+)", r"set: {\1: \2}", hint.replace("give the input: --input ", "write input: "))
    return said if hint == "--to yaml says it" else f"{hint}, or {said}"
