"""The names of a sweep: those of its axes, and of the quantities that it computes for a whole network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.network.quantity import OF_NETWORKS, TABLE
from convcalc.problem import Problem, did_you_mean
from convcalc.spec.choices import few, misuse
from convcalc.spec.layout import NAMES as SIDES
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.sweep.question import Axis

MEASURED = ("receptive_field", "rf_stride")  # of a field, what is a whole number: the largest along any axis
SWEPT = {
    quantity.name: quantity
    for quantity in (*TABLE, *OF_NETWORKS)
    if quantity.value or quantity.together or quantity.name in MEASURED
}
OUTPUTS = {f"output_{side}": f"Output {side}" for sides in SIDES.values() for side in ("channels", *sides.split(" x "))}
BY_WORD = {word: each.name for each in SWEPT.values() for word in (*each.aliases, each.name)}
TITLES = {name: f"{each.title}, bytes" if each.in_bytes else each.title for name, each in SWEPT.items()} | OUTPUTS
IN_BYTES = frozenset(name for name, each in SWEPT.items() if each.in_bytes)


def column_name(word: str) -> str:
    """The name of a quantity, however it is spelled; "" where there is none."""
    name = word.strip().lower().replace("-", "_").replace(" ", "_")
    return name if name in OUTPUTS else BY_WORD.get(name, "")


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
        return tuple(name for name in (*SWEPT, *OUTPUTS) if name not in self.swept)

    def find(self, word: str) -> str:
        """The name of an axis or a quantity that a word is, by its aliases; "" where it is none."""
        if word in self.swept:
            return word
        name = column_name(word)
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
        name = names.find(word)
        if not word:
            raise misuse("U002", "--columns", text, "a name is missing", "such as macs,parameters", (start, 1))
        if not name:
            raise names.unknown("--columns", text, word, (start, max(len(item), 1)))
        if name not in names.swept and name not in found:
            found.append(name)
        start += len(item) + 1
    return tuple(found)
