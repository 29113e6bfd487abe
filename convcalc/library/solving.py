"""The inverse question: what to put for the unknowns, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from convcalc.library.frozen import FrozenMapping, FrozenValue, entry_point
from convcalc.library.loading import check_choices, input_texts, names_of, printable, setting_texts, shape_as_text
from convcalc.library.network import Network
from convcalc.library.symbolic import Number, public
from convcalc.network.quantity import BOUNDED
from convcalc.problem import problem
from convcalc.solving.answer import Answer, Solution, answer
from convcalc.solving.question import Question, Wanted, layer_question, layer_words, names_network, network_question
from convcalc.spec.choices import Choices
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.library.layers import Shape
    from convcalc.library.loading import InputShape, Names, Setting


class SolvedValues(NamedTuple):
    """What to put for the unknowns, and what comes of it.

    `values` are by name, `layer` is the line of a spec that they make (empty for a network), `counts` what is known of
    parameters, MACs and what else was asked for; `unused` are the columns that no window reaches, along each axis.

    >>> found = convcalc.solve("3x32x32", "conv ? k5 p2", parameters=760)[0]
    >>> found.layer, found.output, found.counts["macs"]
    ('conv 10 k5 p2', (10, 32, 32), 768000)
    """

    values: FrozenMapping[Any]
    layer: str
    output: Shape
    counts: FrozenMapping[Number]
    unused: tuple[int, ...]


class SolvedRun(NamedTuple):
    """The values first, first + step, … up to last; None is no end.

    >>> convcalc.solve("resnet50", output="7x7").runs
    {'input': (SolvedRun(first=193, last=224, step=1),)}
    """

    first: int
    last: int | None
    step: int


class Solutions(FrozenValue, Sequence[SolvedValues]):
    """The solutions of a question, simplest first: every one was put in and computed.  Empty where there is none.

    >>> found = convcalc.solve("3x224x224", "conv 64 k7 s2 p?", "64x112x112")
    >>> found[0].values, found.unknowns, found.number
    ({'padding': 3}, ('padding',), 1)
    >>> convcalc.solve("3x224x224", "conv 64 k? s2 p0", "64x113x113").why
    ('k = 0 would do, but kernel is at least 1',)
    """

    __slots__ = ("_asked", "_found")
    _found: Answer
    _asked: tuple[Any, ...]

    @property
    def solved(self) -> bool:
        """Whether there is a solution."""
        return self._found.solved

    @property
    def unknowns(self) -> tuple[str, ...]:
        """The names of what is unknown: settings of a layer, or names of a network."""
        return tuple(dict.fromkeys(unknown.name for unknown in self._found.unknowns))

    @property
    def number(self) -> int | None:
        """How many solutions there are; None where they have no end."""
        return self._found.number

    @property
    def complete(self) -> bool:
        """Whether all were looked for: False where the search stopped at its limits."""
        return self._found.complete

    @property
    def runs(self) -> FrozenMapping[tuple[SolvedRun, ...]]:
        """All values of each unknown, where they do not depend on each other."""
        names = {unknown.letter: unknown.name for unknown in self._found.unknowns}
        return FrozenMapping(
            {names[letter]: tuple(SolvedRun(*run) for run in runs) for letter, runs in self._found.runs.items()}
        )

    @property
    def formula(self) -> Number | None:
        """The unknown as a formula, where the question has letters."""
        found: Number | None = public(self._found.symbolic)
        return found

    @property
    def nearest(self) -> tuple[SolvedValues, ...]:
        """Where there is no solution, what comes nearest."""
        return tuple(map(self._values, self._found.nearest))

    @property
    def asymmetric(self) -> tuple[SolvedValues, ...]:
        """Solutions with one cell of padding more after than before."""
        return tuple(map(self._values, self._found.uneven))

    @property
    def why(self) -> tuple[str, ...]:
        """Why there is no solution, in sentences."""
        from convcalc.render.solving.json import why

        return tuple(why(self._found))

    @property
    def work(self) -> tuple[str, ...]:
        """The equations, each worked down to the unknown."""
        from convcalc.render.solving.lines import equations

        return tuple(equations(self._found))

    def _values(self, solution: Solution) -> SolvedValues:
        from convcalc.render.spelling import spell_layer

        asked, applied = self._found.question, solution.applied
        names = {unknown.letter: unknown.name for unknown in self._found.unknowns}
        values = FrozenMapping({names.get(key, key): public(value) for key, value in solution.values.items()})
        output = public(written_order(solution.look.output or (), asked.channels_last))
        counts = FrozenMapping({name: public(value) for name, value in solution.look.counts.items()})
        if applied is None:
            return SolvedValues(values, "", output, counts, ())
        own = {name: public(getattr(applied, name)) for name in ("parameters", "macs")}
        line = spell_layer(applied.setting, asked.convention)
        return SolvedValues(values, line, output, FrozenMapping({**own, **counts}), solution.unused)

    def __len__(self) -> int:
        return len(self._found.solutions)

    @overload
    def __getitem__(self, place: int) -> SolvedValues: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[SolvedValues, ...]: ...
    def __getitem__(self, place: int | slice) -> SolvedValues | tuple[SolvedValues, ...]:
        if isinstance(place, slice):
            return tuple(map(self._values, self._found.solutions[place]))
        return self._values(self._found.solutions[place])

    def __iter__(self) -> Iterator[SolvedValues]:
        return map(self._values, self._found.solutions)

    def _facts(self) -> tuple[Any, ...]:
        return tuple(self), self.number, self.complete, self.runs, self.formula, self.why

    def __reduce__(self) -> tuple[Any, ...]:
        return solutions_of, self._asked

    def __str__(self) -> str:
        from convcalc.render.solving.lines import lines

        return "\n".join(lines(self._found, 0))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from convcalc.library.html import solutions_html

        return solutions_html(self)


@entry_point
def solve(
    *words: str | Network,
    output: InputShape = "",
    at: str = "",
    smallest: bool = False,
    up_to: int = 0,
    exact: bool = False,
    input: InputShape | Mapping[str, InputShape] = "",
    convention: str = "",
    layout: str = "",
    symbols: Names = (),
    without: Names = (),
    defaults: Mapping[str, str] | None = None,
    let: Mapping[str, Setting] | None = None,
    parameters: str | int = "",
    macs: str | int = "",
    flops: str | int = "",
    activations: str | int = "",
    memory: str | int = "",
    receptive_field: str | int = "",
    **values: Setting,
) -> Solutions:
    """Which values of what is unknown give what is wanted: the inverse question, of a layer or of a network.

    The `words` are an input, a layer with a ? in it and a target, as `convcalc solve` takes them, or a network: a
    Network, or what `load` takes as a text.  Of a network a ? in its line, in `input`, or given to one of its names is
    unknown.  Wanted are an `output`, of the layer `at` if one is named, the `smallest` input, or bounds of counts:
    760, "<= 5M", "1e6..2e6"; `memory` in bytes, `receptive_field` in pixels.  `exact` is the textbook convention,
    `up_to` how far values are tried.  Further keywords are values of names, as in `load`.

    A Problem where the question is wrong; no solution is none: the result is empty, and says why.

    >>> convcalc.solve("3x32x32", "conv ? k5 p2", parameters=760)[0].values
    {'filters': 10}
    >>> convcalc.solve("resnet50", output="7x7")[0].output
    (2048, 7, 7)
    >>> convcalc.solve("alexnet", smallest=True)[0].values
    {'input': 63}
    """
    given = {
        "parameters": parameters, "macs": macs, "flops": flops, "activations": activations, "memory": memory,
        "receptive_field": receptive_field,
        **{each.name: values.pop(each.name) for each in BOUNDED if each.name in values},
    }  # fmt: skip
    choices = Choices(
        input_texts(input), setting_texts({**(let or {}), **values}), convention, names_of(without), False, layout,
        names_of(symbols), dict(defaults or {}),
    )  # fmt: skip
    check_choices(choices)
    if exact and convention not in ("", "textbook"):
        raise problem("U010", f"exact is the textbook convention, {convention} another", "leave one of them out")
    if exact:
        choices = choices._replace(convention="textbook")
    amounts = {name: str(printable(amount)) for name, amount in given.items() if amount != ""}
    wanted = Wanted(shape_as_text(output) or None, at, amounts, smallest, up_to)
    return solutions_of(words, wanted, choices)


def solutions_of(words: tuple[str | Network, ...], wanted: Wanted, choices: Choices) -> Solutions:
    """The solutions of a question in words."""
    return Solutions((words, wanted, choices), answer(question(words, wanted, choices), wanted.smallest))


def question(words: tuple[str | Network, ...], wanted: Wanted, choices: Choices) -> Question:
    """What is asked, of a network or of a layer."""
    if not words:
        raise problem("Q010", "name a layer with a ? in it, or a network", 'solve("3x32x32", "conv 8 k? p1", "same")')
    first, *rest = words
    if isinstance(first, Network) or names_network(first):
        if rest:
            raise problem("Q010", f'"{rest[0]}" is one word too many', "say what is wanted with output=")
        if isinstance(first, str):
            return network_question(first, wanted, choices)
        own = first._choices
        return network_question(first._origin.source, wanted, merge(own, choices))
    if not all(isinstance(word, str) for word in words):
        raise problem("Q010", "a network is asked about by itself", "solve(network, output=…)")
    for name, is_given in (("at", wanted.at), ("input", choices.inputs), ("without", choices.without),
                           ("smallest", wanted.smallest)):  # fmt: skip
        if is_given:
            raise problem("Q010", f"{name} is for a network", "name one")
    for name in choices.sets:
        raise problem("U004", f"there is no keyword {name}", "names are those of networks")
    shape, layer, target = layer_words(tuple(map(str, words)))
    return layer_question(layer, shape, wanted._replace(output=target or wanted.output), choices)


def merge(own: Choices, asked: Choices) -> Choices:
    """What a network was loaded with, and what is asked of it now."""
    return own._replace(
        inputs=asked.inputs or own.inputs, sets={**own.sets, **asked.sets}, symbolic=False,
        convention=asked.convention or own.convention, layout=asked.layout or own.layout,
        without=asked.without or own.without, symbols=(*own.symbols, *asked.symbols),
        defaults={**own.defaults, **asked.defaults},
    )  # fmt: skip
