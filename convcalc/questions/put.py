"""A question as a run puts it: the words of a layer or the text of a network, and what is wanted of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.problem import Problem, Source, problem
from convcalc.solving.wanted import OPEN, QUANTITIES, Bound, bound
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.solving.layer import Question as LayerQuestion
    from convcalc.solving.marks import OpenValue
    from convcalc.solving.network import Question as NetworkQuestion
    from convcalc.spec.choices import Choices


class Wanted(NamedTuple):
    """What is asked of a layer or a network, as it is written."""

    output: str | None = None
    at: str = ""
    parameters: str | None = None
    macs: str | None = None
    receptive_field: str | None = None
    smallest: bool = False
    until: int = 0

    @property
    def bounds(self) -> tuple[Bound, ...]:
        return tuple(bound(name, text) for name in QUANTITIES if (text := getattr(self, name)) is not None)

    @property
    def keeps(self) -> bool:
        """Whether the size of the input is wanted back."""
        return (self.output or "").strip().lower() == "same"


def layer_question(layer: str, shape: str, wanted: Wanted, choices: Choices) -> LayerQuestion:
    """The question of a layer with a ? in it, on an input of this shape, "" for any."""
    from convcalc.solving.given import beside_layer
    from convcalc.solving.layer import question

    convention = choices.convention or "pytorch"
    target = "" if wanted.keeps else wanted.output or ""
    read = beside_layer(layer, shape, target, convention, choices.layout)
    asked = question(layer, read.shape, read.target, wanted.keeps, wanted.bounds, convention, wanted.until)
    return asked._replace(channels_last=read.channels_last)


def network_question(network: str | Source, wanted: Wanted, choices: Choices) -> NetworkQuestion:
    """The question of a network by its name or text, in which a ? is unknown, as is a name that is set to one."""
    from convcalc.network.load import source_of, spec_of
    from convcalc.solving.given import beside_network
    from convcalc.solving.network import Question
    from convcalc.spec.model import Place

    bounds = wanted.bounds
    names = tuple(name for name, value in choices.sets.items() if value == OPEN)
    choices = choices._replace(sets={name: value for name, value in choices.sets.items() if value != OPEN})
    marks: tuple[OpenValue, ...] = ()
    if is_line := isinstance(network, Source) or "->" in network:
        network, marks = opened_line(network, (*choices.sets, *names), choices.convention)
    spec = spec_of(source_of(network), choices)
    fatal = [finding for finding in spec.diagnostics if finding.severity == "error"]
    if fatal:
        from convcalc.network.cures import reading_of
        from convcalc.readers.correction import corrected

        reading = reading_of(spec, choices.convention or spec.convention, {name: 1 for name, _, _ in spec.let})
        raise Problem(*(corrected(finding, reading) for finding in fatal))
    if is_line:  # it has no `let`: its unknowns are declared by being asked for
        known = {entry[0] for entry in spec.let}
        unknown = [*names, *(mark.letter for mark in marks)]
        place = Place(1, 1, len(spec.source.text))
        spec = spec._replace(let=(*spec.let, *((new, OPEN, place) for new in unknown if new not in known)))
    if wanted.keeps:
        raise problem("Q003", "--output same is for a layer", "--output 7x7")
    output = None if wanted.output is None else beside_network(wanted.output, spec, choices.layout)
    asked = Question(spec, choices, names, marks, output, wanted.at, bounds, wanted.until)
    is_exact = "textbook" in (choices.convention, spec.convention)
    if output is None and not (bounds or wanted.smallest or is_exact or any(mark.follows for mark in marks)):
        options = "--output 7x7, --parameters, --macs, --receptive-field, --exact or --smallest"
        raise problem("Q009", "what is wanted of the network?", options)
    return asked


def opened_line(network: str | Source, taken: tuple[str, ...], convention: str) -> tuple[Source, tuple[OpenValue, ...]]:
    """A network in one line with letters for its question marks."""
    from convcalc.readers.library import LINE
    from convcalc.solving.marks import opened

    text = network.text if isinstance(network, Source) else network
    line, marks = opened(text, taken, CONVENTIONS[convention or "pytorch"].classes)
    return Source(LINE, line), marks
