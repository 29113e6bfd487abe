"""The columns of a sweep: the quantities of a network in numbers, and as trees over the places of its forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, Extremum, Neg, Ratio, Sum, is_symbolic
from convcalc.closed_forms.counts import place_of_count
from convcalc.closed_forms.table import UNKNOWN, FormTable, SizeTest, product
from convcalc.layers.case import product as product_of
from convcalc.spec.layout import NAMES as SIDES
from convcalc.sweep.names import MEASURED, OUTPUTS, SWEPT, column_name
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number, Value
    from convcalc.closed_forms.layers import LayerForms
    from convcalc.closed_forms.letters import Lettered
    from convcalc.layers.applied import Applied
    from convcalc.network.quantity import Quantity
    from convcalc.network.walk import NetworkReport


def needs_fields(names: Iterable[str]) -> bool:
    """Whether a column rests on receptive fields."""
    return any(column_name(name) in MEASURED for name in names)


# In numbers


def number_of(report: NetworkReport, name: str, memory: Mapping[str, int]) -> Number | None:
    """What a network has of a quantity; None where it has none."""
    name = column_name(name)
    if name in OUTPUTS:
        return sizes_of_output(report).get(name)  # type: ignore[return-value]
    quantity = SWEPT[name]
    found: Number | None = quantity.amount_of(report, memory[bits_of(quantity)], memory["batch"])
    return found


def bits_of(quantity: Quantity) -> str:
    return "act_bits" if quantity.of_outputs else "weight_bits"


def sizes_of_output(report: NetworkReport) -> dict[str, Value]:
    """The sizes of the main output by name."""
    shape = report.output or ()
    sides = SIDES.get(len(shape) - 1, "").split(" x ")
    return {f"output_{name}": size for name, size in zip(("channels", *sides), shape, strict=False)}


# In letters


class ColumnForms(NamedTuple):
    """A network in letters, whose quantities become trees over places; tests that hold where they are its own."""

    table: FormTable
    lettered: Lettered
    report: NetworkReport  # in letters
    rows: list[LayerForms]
    memory: Mapping[str, Expr]  # the places or numbers of the batch and the bits

    def column(self, name: str) -> Expr | None:
        """A quantity; None where there is none, or no form of it."""
        name = column_name(name)
        if name in OUTPUTS:
            size = sizes_of_output(self.report).get(name)
            return None if size is None else self.table.leaf(size)
        quantity = SWEPT[name]
        if quantity.measure is not None:
            row = self.rows[self.report.main]
            return self.longest(row.size if name == "receptive_field" else row.stride)
        tree = self.peak(quantity) if quantity.together else self.counted(name)
        return self.in_memory(tree, quantity) if tree is not None and quantity.in_bytes else tree

    def longest(self, places: list[int]) -> Expr | None:
        if not places or UNKNOWN in places:
            return None
        found = list(dict.fromkeys(self.table.tree_at(place) if is_number(self.table, place) else str(place)
                                   for place in places))  # fmt: skip
        return Extremum("max", tuple(found)) if len(found) > 1 else found[0]

    def counted(self, name: str) -> Expr | None:
        """The sum over layers; where it is made of other counts, of these."""
        match name:
            case "weights":
                return difference(self.counted("parameters"), self.counted("biases"))
            case "flops":
                macs = self.counted("macs")
                return product([2, macs]) if macs is not None else None
            case "parameter_memory":
                parts = [self.counted("parameters"), self.counted("buffers")]
                return None if None in parts else sum_of_trees(part for part in parts if part is not None)
            case "memory":
                return self.counted("activations")
        times: dict[int, int] = {}
        for applied in self.layers():
            if name != "activations" or applied.setting.kind.storage:
                place = place_of_count(self.table, applied, name)
                times[place] = times.get(place, 0) + 1
        return self.sum(times)

    def layers(self) -> Iterator[Applied]:
        return (layer.applied for layer in self.lettered.layers if layer.applied)

    def sum(self, times: Mapping[int, int]) -> Expr:
        """The sum of what is at places, so many times each; numbers as one."""
        number = 0
        terms: list[Expr] = []
        for place, count in times.items():
            if is_number(self.table, place):
                number += count * int(self.table.numbers[str(place)])
            else:
                terms.append(product([count, str(place)]))
        return sum_of_trees([*terms, number])

    def peak(self, quantity: Quantity) -> Expr | None:
        """The largest of the sums of what is in memory together, but for those that are part of another."""
        for applied in self.layers():  # as products of their sizes
            self.table.place_of_product(applied.activations, applied.output)
        for shape in self.report.inputs.values():
            self.table.place_of_product(product_of(shape), shape)
        found = quantity.numbers_together(self.report)
        if found is None:
            return None
        sets: dict[frozenset[tuple[int, int]], dict[int, int]] = {}
        for sizes in found:
            times: dict[int, int] = {}
            for place in map(self.table.place, sizes):
                times[place] = times.get(place, 0) + 1
            sets[frozenset(times.items())] = times
        largest = [one for one in sets.values() if not any(is_part(one, other) for other in sets.values())]
        sums = list(dict.fromkeys(map(self.sum, largest)))
        numbers = [tree for tree in sums if isinstance(tree, int)]
        options = [*(tree for tree in sums if not isinstance(tree, int)), *([max(numbers)] if numbers else [])]
        return Extremum("max", tuple(options)) if len(options) > 1 else options[0]

    def in_memory(self, tree: Expr, quantity: Quantity) -> Expr:
        """Whole bytes for so many numbers."""
        bits = self.memory[bits_of(quantity)]
        numbers = product([tree, self.memory["batch"]]) if quantity.of_outputs else tree
        if isinstance(bits, int) and bits % 8 == 0:
            return product([bits // 8, numbers])
        return Ratio(product([numbers, bits]), 8, "ceil")

    def holds(self, name: str) -> Iterator[SizeTest]:
        """Without what a quantity is another: a convolution with as many groups as channels is depthwise."""
        if column_name(name) != "memory_mcunet":
            return
        for applied in self.layers():
            groups, channels = applied.letters.get(applied.setting.kind.groups), applied.letters.get("c")
            if groups is None or channels is None or not applied.axes or applied.setting.kind.macs == "0":
                continue
            other = 1 if groups == channels else channels
            if is_symbolic(groups) or is_symbolic(other):
                yield SizeTest(self.table.leaf(groups), "!=", self.table.leaf(other))


def is_number(table: FormTable, place: int) -> bool:
    """Whether the same number is at a place for all letters."""
    return isinstance(table.tree_at(place), int)


def is_part(one: Mapping[int, int], other: Mapping[int, int]) -> bool:
    """Whether a collection is part of another that is larger."""
    return one is not other and len(one) <= len(other) and all(other.get(place, 0) >= one[place] for place in one)


def sum_of_trees(terms: Iterable[Expr]) -> Expr:
    found = [term for term in terms if term != 0]
    return Sum(tuple(found)) if len(found) > 1 else found[0] if found else 0


def difference(left: Expr | None, right: Expr | None) -> Expr | None:
    if left is None or right is None:
        return None
    if isinstance(left, int) and isinstance(right, int):
        return left - right
    return left if right == 0 else Sum((left, Neg(right)))
