"""What is unknown in a layer or a network, and what is wanted of it, from the words of a question on."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.limits import ExprError
from convcalc.algebra.parser import amount, size_in_bytes
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.network.quantity import QUANTITIES
from convcalc.problem import LINE, Problem, Source, problem
from convcalc.spec.brackets import join_brackets
from convcalc.spec.shapes import OPEN, is_shape
from convcalc.tuples import NamedTuple

EXAMPLE = 'convcalc solve 3x224x224 "conv 64 k7 s2 p?" 64x112x112'

Side: TypeAlias = "int | str"  # a number, a letter that is a symbol, or OPEN

if TYPE_CHECKING:
    from convcalc.spec import Spec, WrittenLayer
    from convcalc.spec.choices import Choices

    Subject: TypeAlias = "WrittenLayer | OpenNetwork"


class Bound(NamedTuple):
    """low ≤ quantity ≤ high; None is no bound."""

    quantity: str  # one of BOUNDED
    low: int | None
    high: int | None
    text: str  # as it was written

    def holds(self, value: object) -> bool:
        return isinstance(value, int) and (
            (self.low is None or self.low <= value) and (self.high is None or value <= self.high)
        )


def bound(quantity: str, text: str) -> Bound:
    """`760`, `= 760`, `<= 1e6`, `> 5M`, `1e6..2e6` as a Bound; a Problem where it is none."""
    plain = text.strip().replace("≤", "<=").replace("≥", ">=")
    first, dots, last = plain.partition("..")
    if dots:
        (least, exact), (most, _) = _amount(quantity, first, text), _amount(quantity, last, text)
        found = Bound(quantity, least if exact else least + 1, most, text)
    else:
        match = re.match(r"(<=|>=|<|>|==?)?\s*(.*)", plain, re.DOTALL)
        assert match is not None
        sign, digits = match.groups()
        whole, exact = _amount(quantity, digits, text)
        up = whole if exact else whole + 1
        low, high = {
            "<=": (None, whole), ">=": (up, None), "<": (None, up - 1), ">": (whole + 1, None),
        }.get(sign or "=", (whole, whole))  # fmt: skip
        if sign in (None, "=", "==") and not exact:
            message = f"{QUANTITIES[quantity].word} {text[:40]} is not a whole number"
            raise problem("V001", message, "for example <= 1.5M")
        found = Bound(quantity, low, high, text)
    if found.low is not None and found.high is not None and found.low > found.high:
        raise problem("V002", f"{QUANTITIES[quantity].word} {text[:40]}: the first number is above the second")
    return found


def _amount(quantity: str, digits: str, text: str) -> tuple[int, bool]:
    """The number rounded down, and whether nothing was cut off: 1.5M is 1,500,000."""
    try:
        number = size_in_bytes(digits) if QUANTITIES[quantity].in_bytes else amount(digits)
    except ExprError as error:
        raise problem("V001", f"{text[:40]}: {error}") from None
    if number is None:
        raise problem("V001", f'"{text[:40]}" is no bound', 'a number with <=, >=, < or > before it: "<= 1e6", 5M')
    return int(number), isinstance(number, int)


def is_target(text: str) -> bool:
    """Whether a word is a shape such as 3x224x224, ?x7x7, 3xHxW or 500, not a layer; `same` is one too."""
    return text.strip().lower() == "same" or is_shape(text)


class Unknown(NamedTuple):
    """A value of a layer, a name of a network or a side of an input; along one axis or (None) along them all."""

    letter: str  # its own in this search: p, or p_0 along the first axis
    name: str  # as an answer calls it
    symbol: str = ""  # as the formulas have it: p
    low: int = 1
    high: int | None = None
    axis: int | None = None
    flag: bool = False
    follows: bool = False  # from the input of its layer, as in_features does
    fractional: bool = False  # a multiplier, for which fractions are usual, too
    choices: tuple[str, ...] = ()  # of a variant: its values are their places

    def spell(self, value: Any) -> Any:
        """A value as an answer has it: of a variant what is chosen."""
        if not self.choices:
            return value
        word = self.choices[min(value, len(self.choices) - 1)]
        return int(word) if word.isdecimal() else word


class OpenNetwork(NamedTuple):
    """A network, and which of its numbers are unknown."""

    spec: Spec
    choices: Choices
    names: tuple[str, ...] = ()  # of `let` and `--set`
    marks: tuple[Unknown, ...] = ()  # in its layers


class Question(NamedTuple):
    """A layer with question marks or an open network, and what is wanted of it."""

    name: str  # the layer as it is written, or the network's name
    subject: Subject
    shape: tuple[Side, ...] | None = None  # of a layer's input; None: any
    target: tuple[Side, ...] | None = None  # None: nothing is wanted of the size
    keeps: bool = False  # the size of the input is wanted back
    bounds: tuple[Bound, ...] = ()
    convention: str = "pytorch"
    until: int = 0  # how far to search where several are unknown; 0: by their number
    channels_last: bool = False  # in the shapes as they are written
    is_whole: bool = False  # the target names the channels too, and not only the sides
    at: str = ""  # the layer of a network whose output is wanted

    @property
    def is_exact(self) -> bool:
        """Whether every window has to fit exactly."""
        return self.convention == "textbook"

    @property
    def network(self) -> OpenNetwork | None:
        return self.subject if isinstance(self.subject, OpenNetwork) else None

    @property
    def layer(self) -> WrittenLayer:
        assert not isinstance(self.subject, OpenNetwork)
        return self.subject


class Wanted(NamedTuple):
    """What is asked of a layer or a network, as it is written."""

    output: str | None = None
    at: str = ""
    amounts: Mapping[str, str] = {}  # bounds by quantity
    smallest: bool = False
    until: int = 0

    @property
    def bounds(self) -> tuple[Bound, ...]:
        return tuple(bound(name, text) for name, text in self.amounts.items())

    @property
    def keeps(self) -> bool:
        """Whether the size of the input is wanted back."""
        return (self.output or "").strip().lower() == "same"


def layer_question(layer: str, shape: str, wanted: Wanted, choices: Choices) -> Question:
    """The question of a layer with a ? in it, on an input of this shape, "" for any."""
    from convcalc.solving.given import layer_shapes
    from convcalc.solving.layer import question

    convention = choices.convention or "pytorch"
    target = "" if wanted.keeps else wanted.output or ""
    read = layer_shapes(layer, shape, target, convention, choices.layout)
    return question(layer, read.shape, read.target, wanted.keeps, wanted.bounds, convention, wanted.until,
                    read.channels_last)  # fmt: skip


def network_question(network: str | Source, wanted: Wanted, choices: Choices) -> Question:
    """The question of a network by its name or text, in which a ? is unknown, as is a name that is set to one."""
    from convcalc.network.load import source_of, spec_of
    from convcalc.solving.given import is_whole, letters_of_inputs, network_target
    from convcalc.spec import Place
    from convcalc.spec.choices import names_used
    from convcalc.spec.layout import is_last

    bounds = wanted.bounds
    names = tuple(name for name, value in choices.sets.items() if value == OPEN)
    choices = choices._replace(sets={name: value for name, value in choices.sets.items() if value != OPEN})
    marks: tuple[Unknown, ...] = ()
    is_line = network.name == LINE if isinstance(network, Source) else "->" in network
    if is_line:
        network, marks = open_line(network, (*choices.sets, *names), choices.convention)
    spec = spec_of(source_of(network, choices), choices)
    fatal = [finding for finding in spec.diagnostics if finding.severity == "error"]
    if fatal:
        from convcalc.network.cures import reading_of
        from convcalc.readers.correction import correct

        reading = reading_of(spec, choices.convention or spec.convention, {name: 1 for name, _, _ in spec.let})
        raise Problem(*(correct(finding, reading) for finding in fatal))
    if spec.gaps:
        raise Problem(*spec.gaps)
    if is_line:  # it has no `let`: its unknowns are declared by being asked for
        known = {*(entry[0] for entry in spec.let), *letters_of_inputs(spec)}
        used = names_used(spec)
        unknown = [*(name for name in names if name in used), *(mark.letter for mark in marks)]
        place = Place(1, 1, len(spec.source.text))
        spec = spec._replace(let=(*spec.let, *((new, OPEN, place) for new in unknown if new not in known)))
    if wanted.keeps:
        raise problem("Q003", "--output same is for a layer", "--output 7x7")
    target = None if wanted.output is None else network_target(wanted.output, spec, choices.layout)
    is_exact = "textbook" in (choices.convention, spec.convention)
    if target is None and not (bounds or wanted.smallest or is_exact or any(mark.follows for mark in marks)):
        options = "--output 7x7, --parameters, --macs, --receptive-field, --exact or --smallest"
        raise problem("Q009", "what is wanted of the network?", options)
    return Question(
        spec.name, OpenNetwork(spec, choices, names, marks), None, target, False, bounds,
        choices.convention or spec.convention, wanted.until, is_last(choices.layout, spec.channels_last),
        is_whole(target or (), spec), wanted.at,
    )  # fmt: skip


def open_line(network: str | Source, taken: tuple[str, ...], convention: str) -> tuple[Source, tuple[Unknown, ...]]:
    """A network in one line with letters for its question marks."""
    from convcalc.solving.marks import open_marks

    text = network.text if isinstance(network, Source) else network
    line, marks = open_marks(text, taken, CONVENTIONS[convention or "pytorch"].classes)
    return Source(LINE, line), marks


class LayerWords(NamedTuple):
    """A layer with a ? in it, the shape of its input and what is to come out; "" where that is not said."""

    shape: str
    layer: str
    target: str


def names_network(word: str) -> bool:
    """Whether the first word is a spec: a chain, a file, or a bundled name, where no layer is called so."""
    if "->" in word or "→" in word:
        return True
    if is_target(word) or " " in word.strip() or "(" in word:
        return False
    from convcalc.kinds import find
    from convcalc.readers import library

    known = library.bundled_path(word) is not None
    return word == "-" or os.path.exists(word) or known or (find(word) is None and OPEN not in word)


def layer_words(words: tuple[str, ...]) -> LayerWords:
    """The layer in quotes or in several words, with the shapes around it; a Problem where it is not clear which."""
    words = join_brackets(words)
    layers = [place for place, word in enumerate(words) if not is_target(word)]
    if not layers:
        raise problem("Q010", "name a layer with a ? in it, in quotes", EXAMPLE)
    first, end = layers[0], layers[-1] + 1
    is_bare = not any(" " in word.strip() for word in words[first:end])
    if len(layers) > 1 and not is_bare:
        raise problem("Q010", f'"{words[layers[1]]}" is a second layer, or no shape', f"for example {EXAMPLE}")
    # A number before the target belongs to the layer, as a ? does: neither is a shape by itself there.
    while is_bare and (words[end : end + 1] == (OPEN,) or (end + 1 < len(words) and words[end].isdecimal())):
        end += 1
    if first > 1 or len(words) - end > 1:
        shapes = [*words[:first], *words[end:]]
        example = EXAMPLE
        if len(shapes) == 2:
            example = f'convcalc solve {shapes[0]} "{" ".join(words[first:end])}" {shapes[1]}'
        raise problem("Q010", "first the input, then the layer in quotes, then the target", example)
    return LayerWords(
        words[0] if first else "", " ".join(words[first:end]), words[end] if end < len(words) else ""
    )  # fmt: skip
