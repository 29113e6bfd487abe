"""What a sheet says of a network and its questions, whatever it is written in."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.algebra.notation import decimal, to_tree
from convcalc.handin.files import printable_name
from convcalc.network.quantity import QUANTITIES
from convcalc.render.script import UNICODE
from convcalc.render.spelling import spell_layer

if TYPE_CHECKING:
    from convcalc.exercises.arrays import ArrayExercise
    from convcalc.exercises.exercise import Ask, Exercise

WORDS = {"output": "output size", "macs": "multiply–accumulates"}  # where a sheet says it at greater length
LETTERS = "k kernel, s stride, p padding on each side, d dilation, g groups, op output padding"
HOW = (
    "Sizes are channels × height × width. Convolutions have biases unless bias=no is said; "
    "stride is 1 and padding 0 unless given."
)


def question(ask: Ask) -> str:
    """The output size of L1."""
    what = WORDS.get(ask.quantity) or QUANTITIES[ask.quantity].word
    return f"{what} of {'the whole network' if ask.layer == 'total' else ask.layer}"


def network(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """The layers by name, each in a line of a spec."""
    report = exercise.report
    for layer in report.layers:
        if layer.applied is not None:
            yield layer.name, spell_layer(layer.applied.setting, report.convention)


def choice(value: Any) -> str:
    """An answer to choose, as it is printed: 4,704, 6×28×28, 18.5."""
    if isinstance(value, tuple):
        return UNICODE.shape(value)
    return decimal(to_tree(value)) or UNICODE.number(value)


def lettered_choices(ask: Ask) -> Iterator[str]:
    """The answers to choose from: a) 6×28×28, b) 6×27×27."""
    for letter, each in zip(ascii_lowercase, ask.choices, strict=False):
        yield f"{letter}) {choice(each.value)}"


def inputs(exercise: Exercise) -> str:
    return ", ".join(UNICODE.shape(shape) for shape in exercise.report.inputs.values())


def stamp(exercise: Exercise | ArrayExercise) -> str:
    return f"convcalc {__version__}, seed {printable_name(exercise.seed)}"
