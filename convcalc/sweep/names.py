"""The names of a sweep: those of its axes, and of the quantities that it computes for a whole network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.network.quantity import TABLE
from convcalc.problem import did_you_mean
from convcalc.spec.choices import few, misuse
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.problem import Problem
    from convcalc.sweep.question import Axis

KNOWN = tuple(each for each in TABLE if each.value or each.name == "receptive_field")
BY_WORD = {word: each.name for each in KNOWN for word in (*each.aliases, each.name)}
TITLES = {each.name: f"{each.title}, bytes" if each.in_bytes else each.title for each in KNOWN}
IN_BYTES = frozenset(each.name for each in KNOWN if each.in_bytes)


class SweepNames(NamedTuple):
    """What a name in a condition may be: one of an axis comes first."""

    axes: tuple[Axis, ...]

    def values_of(self, name: str) -> tuple[object, ...]:
        """The values of a swept name; none of a quantity."""
        for axis in self.axes:
            if name in axis.names:
                place = axis.names.index(name)
                return tuple(point[place] for point in axis.points)
        return ()

    @property
    def swept(self) -> tuple[str, ...]:
        return tuple(name for axis in self.axes for name in axis.names)

    @property
    def quantities(self) -> tuple[str, ...]:
        return tuple(each.name for each in KNOWN if each.name not in self.swept)

    def find(self, word: str) -> str:
        """The name of an axis or a quantity that a word is, by its aliases; "" where it is none."""
        if word in self.swept:
            return word
        name = BY_WORD.get(word.lower().replace("-", "_"), "")
        return name if name in self.quantities else ""

    def is_whole(self, name: str) -> bool:
        return all(isinstance(value, int) for value in self.values_of(name))

    def is_positive(self, name: str) -> bool:
        """Whether it is above 0 everywhere; a quantity may be 0."""
        values = self.values_of(name)
        return bool(values) and all(value > 0 for value in values)  # type: ignore[operator]  # numbers

    def unknown(self, option: str, text: str, word: str, part: tuple[int, int]) -> Problem:
        """What is wrong with a word that is no name here."""
        known = f"the names are {few((*self.swept, *self.quantities))}"
        hint = did_you_mean(word, (*self.swept, *self.quantities, *BY_WORD)) or known
        return misuse("U004", option, text, f"there is no quantity or swept name {word[:40]}", hint, part)


def read_columns(text: str, names: SweepNames) -> tuple[str, ...]:
    """The quantities of --columns, in their order; a swept name is shown anyway."""
    found: list[str] = []
    start = 0
    for item in text.split(","):
        word = item.strip()
        name = names.find(word) if word else ""
        if not name:
            raise names.unknown("--columns", text, word, (start, max(len(item), 1)))
        if name not in names.swept and name not in found:
            found.append(name)
        start += len(item) + 1
    return tuple(found)
