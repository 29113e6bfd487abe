"""Numbers that a symbolic network is drawn with: its letters keep their places in what is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_fraction, is_symbolic
from convcalc.render.pictures import PicturedNetwork
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.condition import Condition

SIDE, CHANNELS, OTHER = 224, 8, 3  # of an input's axes, of its channels, of a window and the like
MOST = 1 << 20  # a side that no network asks for
MOST_TRIED = 1_024  # sides that are tried where a condition has several letters


class NominalNumbers(NamedTuple):
    """A number for each letter of a network with which it fits; without letters every value is itself."""

    letters: Mapping[str, int]
    fit: bool = True  # False: none were found with which it does

    def number(self, value: Any) -> Any:
        """A value with numbers for its letters."""
        if not is_symbolic(value):
            return value
        from convcalc.algebra.substitution import substitute

        found = substitute(value, self.letters)
        return int(found) if is_fraction(found) and found.denominator == 1 else found

    @property
    def words(self) -> str:
        """`H = W = 224`; empty where there is no letter."""
        alike: dict[int, list[str]] = {}
        for letter, number in self.letters.items():
            alike.setdefault(number, []).append(letter)
        said = ", ".join(f"{' = '.join(letters)} = {number:,}" for number, letters in alike.items())
        return said if self.fit else f"{said}, which do not fit"

    def cure(self, letters: Iterable[str]) -> str:
        """The options that give these letters their numbers."""
        known = (f"--set {letter}={self.letters[letter]}" for letter in letters if letter in self.letters)
        return " ".join(known) if self.fit else "--set gives letters numbers with which the network fits"


def nominal_numbers(network: PicturedNetwork) -> NominalNumbers:
    """Numbers for the letters of a network: for sides at least so many that every layer has a cell."""
    least = SIDE
    while True:
        numbers = NominalNumbers(choose(network, least))
        sizes = (size for layer in network.report.layers if layer.applied for size in layer.applied.output)
        if not numbers.letters or least > MOST or all(numbers.number(size) >= 1 for size in sizes):
            return meet_conditions(network, numbers)
        least *= 2


def meet_conditions(network: PicturedNetwork, numbers: NominalNumbers) -> NominalNumbers:
    """The numbers, or others with all sides equal, with which the conditions on several letters are met as well."""
    conditions = dict.fromkeys(
        condition for layer in network.report.layers if layer.applied for condition in layer.applied.conditions
    )
    if all(holds(condition, numbers.letters) for condition in conditions):
        return numbers
    shapes = network.report.inputs
    sides = letters_in(network.report.origins[name].sides(shape) for name, shape in shapes.items())
    for side in range(1, MOST_TRIED + 1):
        letters = {**numbers.letters, **dict.fromkeys(sides, side)}
        if all(holds(condition, letters) for condition in conditions):
            return NominalNumbers(letters)
    return numbers._replace(fit=False)


def holds(condition: Condition, letters: Mapping[str, int]) -> bool:
    from convcalc.algebra.substitution import substitute

    difference: Any = substitute(condition.difference, letters)
    return not is_symbolic(difference) and (difference >= 0 if condition.operator == "<=" else difference == 0)


def choose(network: PicturedNetwork, side: int) -> dict[str, int]:
    """The first numbers from these on with which the network fits, by letter."""
    found: dict[str, int] = {}
    for name, shape in network.report.inputs.items():
        origin = network.report.origins[name]
        sides = set(letters_in(origin.sides(shape)))
        for letter in letters_in(shape):
            found.setdefault(letter, side if letter in sides else CHANNELS)
    for letter in letters_in(network.graph.names.values()):
        found.setdefault(letter, OTHER)
    for letter, least in found.items():
        fitting = network.graph.fitting.get(letter)
        if fitting is not None:
            first = fitting.first_size_from(least)
            found[letter] = first if first is not None else max(fitting.some, default=least)
    return found


def letters_in(values: Iterable[Any]) -> list[str]:
    """The letters of values, in their order, each once."""
    found: dict[str, None] = {}
    for value in values:
        if isinstance(value, tuple):
            found.update(dict.fromkeys(letters_in(value)))
        elif is_symbolic(value):
            from convcalc.algebra.substitution import symbols

            found.update(dict.fromkeys(symbols(value)))
    return list(found)
