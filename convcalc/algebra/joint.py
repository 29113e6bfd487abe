"""Many formulas evaluated at once: a part that several of them share is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from operator import add, floordiv, mul, sub
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ROUND, Expr, Extremum, Mul, Neg, Power, Ratio, Sum, children, extremum, letters, power
from convcalc.algebra.limits import ExprError, lowest_terms

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value

    Operation = Callable[[Any, Any], Any]

OPERATIONS: dict[str, Operation] = {
    **ROUND, "floor": floordiv, "min": partial(extremum, "min"), "max": partial(extremum, "max"),
}  # fmt: skip
WORTH = 50  # evaluations that take as long as to compile
SIGNS: dict[Operation, str] = {add: "+", sub: "-", mul: "*", floordiv: "//"}


class JointFormulas:
    """A straight-line program for formulas: leaves first, then each distinct operation on two of what precedes it."""

    def __init__(self, trees: Iterable[Expr]):
        trees = tuple(trees)
        self.names = tuple(dict.fromkeys(letter for tree in trees for letter in letters(tree)))
        self.numbers = tuple(dict.fromkeys((0, *(number for tree in trees for number in numbers_in(tree)))))
        self.steps: list[tuple[Operation, int, int]] = []
        operands: list[Expr] = [*self.names, *self.numbers]
        leaves = {leaf: place for place, leaf in enumerate(operands)}
        known: dict[tuple[Operation, int, int], int] = {}

        def step(function: Operation, one: int, other: int) -> int:
            made = function, one, other
            if made not in known:
                known[made] = len(leaves) + len(self.steps)
                self.steps.append(made)
            return known[made]

        def place(tree: Expr) -> int:
            match tree:
                case int() | str():
                    return leaves[tree]
                case Neg(term):
                    return step(sub, leaves[0], place(term))
                case Ratio(top, bottom, rounding):
                    return step(OPERATIONS[rounding], place(top), place(bottom))
                case Power(base, exponent):
                    return step(power, place(base), place(exponent))
            joined = OPERATIONS[tree.name] if isinstance(tree, Extremum) else mul if isinstance(tree, Mul) else add
            first, *rest = children(tree)
            total = place(first)
            for part in rest:
                if isinstance(tree, Sum) and isinstance(part, Neg):
                    total = step(sub, total, place(part.term))
                else:
                    total = step(joined, total, place(part))
            return total

        self.results = list(map(place, trees))
        self.times = 0  # that they were evaluated

    @cached_property
    def program(self) -> Callable[..., list[Any]]:
        """The steps as one function of the letters, for numbers that are all there and divide: a third of the time."""
        places = len(self.names) + len(self.numbers)
        terms = [*(f"v{place}" for place in range(len(self.names))), *map(str, self.numbers)]
        lines = [f"def program({', '.join(terms[: len(self.names)])}):"]
        functions: dict[str, Operation] = {}
        for place, (function, one, other) in enumerate(self.steps, places):
            terms.append(f"v{place}")
            first, second = terms[one], terms[other]
            sign = SIGNS.get(function)
            if sign is None:
                functions.setdefault(f"f{place}", function)
                work = f"f{place}({first}, {second})"
                if function is ROUND[""]:  # mostly whole, which takes no call
                    work = f"{first} // {second} if not {first} % {second} else {work}"
            else:
                work = f"{first} {sign} {second}"
            lines.append(f"    {terms[place]} = {work}")
        lines.append(f"    return [{', '.join(terms[place] for place in self.results)}]")
        exec("\n".join(lines), functions)
        return functions["program"]

    def values(self, known: Mapping[str, Value]) -> list[Value | None]:
        """The value of each formula, as `evaluate` has it; None where it has none."""
        given = [*map(known.get, self.names)]
        self.times += 1
        try:
            found = self.program(*given) if self.times > WORTH else self.step_by_step(given)
        except (ExprError, TypeError, ZeroDivisionError):
            found = self.step_by_step(given)
        return [value if type(value) is int else value_or_none(value) for value in found]

    def step_by_step(self, given: list[Any]) -> list[Any]:
        """The values of those formulas that have one; of what has no value, nothing has one."""
        found: list[Any] = [*given, *self.numbers]
        append = found.append
        for function, one, other in self.steps:
            try:
                append(function(found[one], found[other]))
            except (ExprError, TypeError, ZeroDivisionError):
                append(None)
        return [found[place] for place in self.results]


def value_or_none(value: Any) -> Value | None:
    try:
        return None if value is None else lowest_terms(value)
    except ExprError:
        return None


def numbers_in(tree: Expr) -> Iterator[int]:
    if isinstance(tree, int):
        yield tree
    for child in children(tree):
        yield from numbers_in(child)
