"""Forms as a graph in which equal parts are one node: sums and products flattened, numbers put together.

A node is a number: its place among the records, which are tuples of a word and what it takes.  A sum keeps a number
and its terms with their coefficients, a product its factors with their exponents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import (
    Extremum,
    Mul,
    Neg,
    Power,
    Ratio,
    Real,
    Sum,
    ceil_divide,
    divide,
    evaluate,
    floor_divide,
    letters,
)
from convcalc.algebra.limits import lowest_terms

if TYPE_CHECKING:
    from convcalc.algebra.expr import Expr, Number
    from convcalc.sweep.question import Axis

    Terms = dict[int, Any]  # nodes with their coefficients or exponents

MAX_SPREAD = 4  # terms of a sum that a sum takes over
MAX_TERMS = 24  # into which something is taken apart
ROUNDED = {"": divide, "floor": floor_divide, "ceil": ceil_divide}


class FormNodes:
    """The nodes of forms over places, of which the first are the names of axes."""

    def __init__(self, axes: tuple[Axis, ...], forms: tuple[Expr, ...]):
        self.forms = forms
        self.axis_of = [index for index, axis in enumerate(axes) for _ in axis.names]  # by place
        self.records: list[tuple[Any, ...]] = []
        self.masks: list[int] = []  # on which axes it depends: a bit each
        self.places: dict[tuple[Any, ...], int] = {}
        self.known: dict[Expr, int] = {}
        self.parts: dict[tuple[int, int], Terms] = {}
        self.one = self.number(1)
        self.zero = self.number(0)

    def places_of(self, axis: int) -> list[int]:
        return [place for place, other in enumerate(self.axis_of) if other == axis]

    def add(self, record: tuple[Any, ...], mask: int) -> int:
        node = self.places.get(record)
        if node is None:
            node = self.places[record] = len(self.records)
            self.records.append(record)
            self.masks.append(mask)
        return node

    def number(self, number: Number) -> int:
        return self.add(("number", number, type(number).__name__), 0)

    def letter(self, place: int) -> int:
        return self.add(("letter", place), 1 << self.axis_of[place])

    def number_of(self, node: int) -> Any:
        """The number that a node is; None where it depends on an axis."""
        record = self.records[node]
        return record[1] if record[0] == "number" else None

    # Trees

    def of(self, tree: Expr) -> int:
        """The node of a tree over places."""
        node = self.known.get(tree)
        if node is None:
            node = self.known[tree] = self.work(tree)
        return node

    def work(self, tree: Expr) -> int:
        match tree:
            case int():
                return self.number(tree)
            case str():
                place = int(tree)
                first = len(self.axis_of)
                return self.letter(place) if place < first else self.of(self.forms[place - first])
            case Sum(terms):
                return self.sum((self.of(term), 1) for term in terms)
            case Neg(term):
                return self.sum([(self.of(term), -1)])
            case Mul(factors):
                return self.product((self.of(factor), 1) for factor in factors)
            case Power(base, int() as exponent) if exponent >= 0:
                return self.product([(self.of(base), exponent)])
            case Ratio(top, bottom, rounding) if self.number_of(self.of(bottom)) != 0:
                return self.quotient(self.of(top), self.of(bottom), rounding)
            case Extremum(name, options):
                return self.extremum(name, tuple(self.of(option) for option in options))
        return self.opaque(tree)

    def opaque(self, tree: Expr) -> int:
        """What is left to `evaluate`: a function, or a number that is not exact."""
        places = tuple(dict.fromkeys(letters(tree)))
        parts = tuple(self.of(place) for place in places)
        if isinstance(tree, Real):
            return self.number(tree.value)  # type: ignore[arg-type]
        if not self.mask(parts):
            return self.number(
                evaluate(tree, {place: self.number_of(part) for place, part in zip(places, parts, strict=True)})
            )
        return self.add(("opaque", tree, places, parts), self.mask(parts))

    def mask(self, nodes: Iterable[int]) -> int:
        mask = 0
        for node in nodes:
            mask |= self.masks[node]
        return mask

    def sum(self, terms: Iterable[tuple[int, Any]], constant: Any = 0) -> int:
        """Nodes times numbers, and a number."""
        found: Terms = {}
        for node, times in terms:
            record = self.records[node]
            if record[0] == "number":
                constant += times * record[1]
            elif record[0] == "sum" and (len(record[2]) <= MAX_SPREAD):
                constant += times * record[1]
                for part, coefficient in record[2]:
                    found[part] = found.get(part, 0) + times * coefficient
            else:
                found[node] = found.get(node, 0) + times
        constant = lowest_terms(constant)
        items = tuple(sorted((node, times) for node, times in found.items() if times))
        if not items:
            return self.number(constant)
        if constant == 0 and len(items) == 1 and items[0][1] == 1:
            return items[0][0]
        return self.add(("sum", constant, items), self.mask(node for node, _ in items))

    def scaled(self, node: int) -> tuple[Any, int]:
        """A number and a node of which the product is a node."""
        record = self.records[node]
        if record[0] == "number":
            return record[1], self.one
        if record[0] == "sum" and record[1] == 0 and len(record[2]) == 1:
            ((part, times),) = record[2]
            return times, part
        return 1, node

    def product(self, factors: Iterable[tuple[int, int]]) -> int:
        """The product of nodes with exponents."""
        times: Any = 1
        found: Terms = {}
        for node, exponent in factors:
            number, core = self.scaled(node)
            times *= number**exponent
            record = self.records[core]
            for part, power in record[1] if record[0] == "product" else ((core, 1),):
                found[part] = found.get(part, 0) + power * exponent
        found.pop(self.one, None)
        items = tuple(sorted((node, power) for node, power in found.items() if power))
        if not items or times == 0:
            return self.number(lowest_terms(times))
        if len(items) == 1 and items[0][1] == 1:
            core = items[0][0]
        else:
            core = self.add(("product", items), self.mask(node for node, _ in items))
        return core if times == 1 else self.sum([(core, times)])

    def quotient(self, top: int, bottom: int, rounding: str) -> int:
        above, below = self.number_of(top), self.number_of(bottom)
        if below == 1 and rounding == "":
            return top
        if above is not None and below is not None:
            return self.number(ROUNDED[rounding](above, below))  # type: ignore[arg-type]
        return self.add(("quotient", rounding, top, bottom), self.mask((top, bottom)))

    def extremum(self, name: str, options: tuple[int, ...]) -> int:
        numbers = [self.number_of(option) for option in options]
        choose = min if name == "min" else max
        known = [number for number in numbers if number is not None]
        rest = tuple(dict.fromkeys(each for each, number in zip(options, numbers, strict=True) if number is None))
        if known:
            rest = (*rest, self.number(choose(known)))
        return rest[0] if len(rest) == 1 else self.add(("extremum", name, rest), self.mask(rest))

    # What is done to nodes

    def replace(self, node: int, numbers: Mapping[int, Number]) -> int:
        """A node with numbers put in for letters, by place."""
        known: dict[int, int] = {}

        def change(part: int) -> int:
            if part not in known:
                record = self.records[part]
                is_given = record[0] == "letter" and record[1] in numbers
                known[part] = self.number(numbers[record[1]]) if is_given else self.rebuild(part, change)
            return known[part]

        return change(node)

    def rebuild(self, node: int, change: Callable[[int], int]) -> int:
        """A node of changed ones."""
        match self.records[node]:
            case ("sum", constant, terms):
                return self.sum([(change(part), times) for part, times in terms], constant)
            case ("product", factors):
                return self.product([(change(part), power) for part, power in factors])
            case ("quotient", rounding, top, bottom):
                return self.quotient(change(top), change(bottom), rounding)
            case ("extremum", name, options):
                return self.extremum(name, tuple(map(change, options)))
            case ("opaque", tree, places, parts):
                parts = tuple(map(change, parts))
                return self.add(("opaque", tree, places, parts), self.mask(parts))
        return node

    def take_apart(self, node: int, bit: int) -> Terms:
        """A node as a sum of products: what depends on one axis, by itself as a rule, with what does not."""
        parts = self.parts.get((node, bit))
        if parts is None:
            parts = self.parts[node, bit] = self.separate(node, bit)
        return parts

    def separate(self, node: int, bit: int) -> Terms:
        record = self.records[node]
        if not self.masks[node] & bit:
            return {self.one: node}
        found: dict[int, list[tuple[int, Any]]] = {}
        match record:
            case ("sum", constant, terms) if self.masks[node] != bit or len(terms) == 1:
                found[self.one] = [(self.one, constant)] if constant else []
                for part, times in terms:
                    for inner, outer in self.take_apart(part, bit).items():
                        found.setdefault(inner, []).append((outer, times))
            case ("product", factors) if self.masks[node] != bit:
                products: Terms = {self.one: self.one}
                for factor, power in factors:
                    parts = self.take_apart(factor, bit)
                    for _ in range(power if len(parts) > 1 else 1):
                        products = self.multiply(products, parts, 1 if len(parts) > 1 else power)
                    if len(products) > MAX_TERMS:
                        return {node: self.one}
                return products
            case _:
                return {node: self.one}
        if len(found) > MAX_TERMS:
            return {node: self.one}
        sums = {inner: self.sum(outers) for inner, outers in found.items()}
        return {inner: outer for inner, outer in sums.items() if outer != self.zero}

    def multiply(self, one: Terms, other: Terms, power: int) -> Terms:
        found: dict[int, list[tuple[int, Any]]] = {}
        for inner, outer in one.items():
            for more, less in other.items():
                inner_times, core = self.scaled(self.product([(inner, 1), (more, power)]))
                found.setdefault(core, []).append((self.product([(outer, 1), (less, power)]), inner_times))
        return {inner: self.sum(outers) for inner, outers in found.items()}

    def grouped(self, node: int, bit: int) -> list[tuple[int, int]]:
        """A node as few products of what depends on one axis and what does not."""
        found: dict[int, list[tuple[int, Any]]] = {}
        for inner, outer in self.take_apart(node, bit).items():
            times, core = self.scaled(outer)
            found.setdefault(core, []).append((inner, times))
        return [(self.sum(inners), core) for core, inners in found.items()]
