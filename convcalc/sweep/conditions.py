"""Conditions and objectives as they are written, as trees over the names of axes and quantities.

`parameters <= 5M and macs/parameters >= 10` becomes comparisons of whole numbers: quotients are multiplied out, `or` is
the least of several differences, `and` within it the largest.  Nothing of the text is ever run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, ExprError, Extremum, Mul, Neg, Power, Ratio, Sum, children, evaluate, letters
from convcalc.algebra.parser import amount, numeral_text, parse, size_in_bytes
from convcalc.closed_forms.counts import joined_factors as product
from convcalc.closed_forms.table import SizeTest
from convcalc.sweep.names import IN_BYTES, SweepNames
from convcalc.sweep.question import Objective
from convcalc.sweep.tokens import EXAMPLE, SAME, ConditionToken, OptionText, is_in_brackets
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number
    from convcalc.problem import Problem

MAX_POWER = 64
JOINING = ("and", "or", "not")
FUNCTIONS = ("floor", "ceil", "min", "max")
ORDERS = ("asc", "ascending", "desc", "descending", "maximise", "maximize", "minimise", "minimize")


class WrittenCondition(NamedTuple):
    """A condition as it was written, and what has to hold for it."""

    text: str
    tests: tuple[SizeTest, ...]


def read_conditions(texts: Sequence[str], names: SweepNames) -> tuple[WrittenCondition, ...]:
    """The conditions of several --where, those that `and` joins one by one."""
    found = []
    for text in texts:
        reader = ConditionReader(OptionText("--where", text), names)
        for tokens in reader.source.split(reader.source.tokens(), "and"):
            found.append(WrittenCondition(reader.source.words(tokens), tuple(reader.tests(tokens))))
    return tuple(found)


def read_objectives(option: str, text: str, names: SweepNames) -> tuple[Objective, ...]:
    """`max receptive_field, min macs`; what is sorted by is small first where nothing is said."""
    reader = ConditionReader(OptionText(option, text), names)
    found = []
    for tokens in reader.source.split(reader.source.tokens(), ","):
        first, is_call = tokens[0], len(tokens) > 1 and tokens[1].text == "("
        has_direction = first.text.lower() in ("min", "max") and not is_call
        orders = [each for each in (first, tokens[-1]) if len(tokens) > 1 and each.text.lower() in ORDERS]
        if orders or (not has_direction and option != "--sort"):
            named = tokens[1:] if first in orders else tokens[: len(tokens) - len(orders)]
            hint = f"max {reader.source.words(named)}, or min {reader.source.words(named)}"
            at = orders[0] if orders else first
            raise reader.slip("say what is better: more or less of it", hint, at.part)
        direction = first.text.lower() if has_direction else "min"
        rest = tokens[1:] if has_direction else tokens
        if not rest:
            raise reader.slip(f"{direction} of what?", f"{direction} macs", first.part)
        found.append(Objective(direction, reader.tree(rest), f"{direction} {reader.source.words(rest)}"))
    return tuple(found)


class ConditionReader(NamedTuple):
    """Reads one text of an option."""

    source: OptionText
    names: SweepNames

    def slip(self, message: str, hint: str, part: tuple[int, int]) -> Problem:
        return self.source.slip(message, hint, part)

    # Which conditions hold together

    def tests(self, tokens: Sequence[ConditionToken]) -> list[SizeTest]:
        """What holds where these tokens do: comparisons that all have to hold."""
        alternatives = list(self.source.split(tokens, "or"))
        if len(alternatives) > 1:
            return [self.any_of([self.tests(each) for each in alternatives])]
        conjuncts = list(self.source.split(tokens, "and"))
        if len(conjuncts) > 1:
            return [test for each in conjuncts for test in self.tests(each)]
        if tokens[0].kind == "name" and tokens[0].text.lower() == "not":
            if len(tokens) == 1:
                raise self.slip("not what?", "not macs > 5M", tokens[0].part)
            return [self.any_of([self.opposite(test) for test in self.tests(tokens[1:])])]
        if is_in_brackets(tokens) and self.is_logic(tokens[1:-1]):
            return self.tests(tokens[1:-1])
        return list(self.comparisons(tokens))

    def is_logic(self, tokens: Sequence[ConditionToken]) -> bool:
        """Whether what is in brackets is a condition, and no number."""
        return any(token.kind == "compare" or token.text.lower() in JOINING for token in tokens)

    def opposite(self, test: SizeTest) -> list[SizeTest]:
        left, operator, right = test
        if operator == "<=":
            return self.below(right, left)
        return [SizeTest(left, "!=" if operator == "==" else "==", right)]

    def any_of(self, alternatives: list[list[SizeTest]]) -> SizeTest:
        """One comparison that holds where all those of an alternative do."""
        largest = []
        for tests in alternatives:
            slacks = tuple(map(self.slack, tests))
            largest.append(Extremum("max", slacks) if len(slacks) > 1 else slacks[0])
        return SizeTest(Extremum("min", tuple(largest)) if len(largest) > 1 else largest[0], "<=", 0)

    def slack(self, test: SizeTest) -> Expr:
        """What is 0 or less where a comparison of whole numbers holds."""
        left, operator, right = test
        difference = Sum((left, Neg(right))) if right != 0 else left
        if operator == "<=":
            return difference
        if not self.is_whole(difference):
            message = "of a name with fractions only <= and >= are read within or and not"
            raise self.slip(message, "give it in several --where, which all have to hold", (0, len(self.source.text)))
        apart = Extremum("max", (difference, Neg(difference)))
        return apart if operator == "==" else Sum((1, Neg(apart)))

    def is_whole(self, tree: Expr) -> bool:
        return all(map(self.names.is_whole, letters(tree)))

    # Comparisons

    def comparisons(self, tokens: Sequence[ConditionToken]) -> Iterator[SizeTest]:
        """Those of a chain: 1M <= macs <= 2M has two."""
        places = [place for place, token in enumerate(tokens) if token.kind == "compare"]
        if not places:
            start, end = tokens[0].start, tokens[-1].start + len(tokens[-1].text)
            hint = f"{self.source.words(tokens)} <= 5M, say"
            raise self.slip("it compares nothing", hint, (start, end - start))
        sides = []
        for start, end in zip((-1, *places), (*places, len(tokens)), strict=True):
            if end == start + 1:
                at = tokens[min(end, len(tokens) - 1)]
                pair = tokens[start].text + at.text if start >= 0 and at.kind == "compare" else ""
                hint = f'write "{pair[::-1]}"' if pair in ("=<", "=>") else EXAMPLE
                raise self.slip(f'something is missing beside "{at.text}"', hint, at.part)
            sides.append(tokens[start + 1 : end])
        in_bytes = any(self.names.find(token.text) in IN_BYTES for token in tokens if token.kind == "name")
        trees = [self.tree(side, in_bytes) for side in sides]
        for place, side, (left, right) in zip(places, sides, pairwise(trees), strict=False):
            operator = tokens[place].text
            yield from self.compared(left, SAME.get(operator, operator), right, side)

    def compared(self, left: Expr, operator: str, right: Expr, at: Sequence[ConditionToken]) -> Iterator[SizeTest]:
        """A comparison without quotients: a/b ≤ c/d as ad ≤ cb where b and d are above 0, else times bd once more."""
        divisors: list[Expr] = []
        (a, b), (c, d) = self.quotient(left, divisors, at), self.quotient(right, divisors, at)
        for divisor in dict.fromkeys(divisors):
            if not self.is_above_0(divisor):
                is_count = self.is_natural(divisor) and self.is_whole(divisor)
                yield SizeTest(1, "<=", divisor) if is_count else SizeTest(divisor, "!=", 0)
        a, c = product(a, d), product(c, b)
        if not self.is_natural(product(b, d)):
            a, c = product(a, b, d), product(c, b, d)
        match operator:
            case "<=":
                yield SizeTest(a, "<=", c)
            case ">=":
                yield SizeTest(c, "<=", a)
            case "<":
                yield from self.below(a, c)
            case ">":
                yield from self.below(c, a)
            case _:
                yield SizeTest(a, operator, c)

    def below(self, left: Expr, right: Expr) -> list[SizeTest]:
        """left < right."""
        if not self.is_whole(Sum((left, right))):
            return [SizeTest(left, "<=", right), SizeTest(left, "!=", right)]
        if isinstance(right, int):
            return [SizeTest(left, "<=", right - 1)]
        return [SizeTest(left + 1 if isinstance(left, int) else Sum((left, 1)), "<=", right)]

    # Numbers

    def tree(self, tokens: Sequence[ConditionToken], in_bytes: bool = False) -> Expr:
        """The tree of a side, with amounts as plain numbers and names as they are called here."""
        pieces: list[str] = []
        starts: list[tuple[int, ConditionToken]] = []
        length = 0
        for place, token in enumerate(tokens):
            before = tokens[place - 1] if place else token
            if before.kind == "number" and token.kind == "name" and amount(before.text + token.text) is not None:
                hint = f"without the space: {before.text}{token.text}"
                raise self.slip(f"{token.text} stands apart from its number", hint, token.part)
            following = tokens[place + 1].text if place + 1 < len(tokens) else ""
            piece = f"{self.piece(token, following, in_bytes)} "
            starts.append((length, token))
            pieces.append(piece)
            length += len(piece)
        try:
            return parse("".join(pieces).strip())
        except ExprError as error:
            token = next((each for start, each in reversed(starts) if start <= error.column), tokens[0])
            raise self.slip(str(error), EXAMPLE, token.part) from None

    def piece(self, token: ConditionToken, following: str, in_bytes: bool) -> str:
        if token.kind == "number":
            return f"({numeral_text(self.number(token, in_bytes))})"
        if token.kind != "name":
            return SAME.get(token.text, token.text)
        if token.text.lower() in JOINING:
            raise self.slip(f'"{token.text}" joins conditions, and not numbers', EXAMPLE, token.part)
        if token.text in FUNCTIONS and following == "(":
            return token.text
        name = self.names.find(token.text)
        if not name:
            raise self.names.unknown(self.source.option, self.source.text, token.text, token.part)
        words = [value for value in self.names.values_of(name) if isinstance(value, str)]
        if words:
            hint = f"leave values out of --over {name}=… instead"
            raise self.slip(f"{name} has words, such as {words[0]}, and is no number", hint, token.part)
        return name

    def number(self, token: ConditionToken, in_bytes: bool) -> Number:
        """An amount, in bytes where something in memory is compared."""
        text = token.text.replace(",", "")
        if text[-1] in "bB" and text[-2:-1].isalpha() and not in_bytes:
            hint = f"{text[:-1].removesuffix('i')}, or compare memory, in bytes: memory_peak <= {text}"
            raise self.slip("bytes are of memory, and nothing here is memory", hint, token.part)
        try:
            found = size_in_bytes(text) if in_bytes else amount(text)
        except ExprError as error:
            raise self.slip(str(error), "1e6, 5M or 320KiB", token.part) from None
        if found is None:
            raise self.slip(f'"{token.text}" is no number', "1e6, 5M or 320KiB", token.part)
        return found

    def quotient(self, tree: Expr, divisors: list[Expr], at: Sequence[ConditionToken]) -> tuple[Expr, Expr]:
        """A tree as one quotient of trees without; what it divides by is added to the divisors."""
        if not any(letters(tree)):
            number = self.value(tree, at)
            return number.numerator, number.denominator
        match tree:
            case Ratio(top, bottom, rounding):
                (a, b), (c, d) = self.quotient(top, divisors, at), self.quotient(bottom, divisors, at)
                whole, divisor = product(a, d), product(b, c)
                if not rounding:
                    if not isinstance(c, int):
                        divisors.append(c)
                    elif c <= 0:
                        raise self.slip("it divides by 0 or less", "multiply it out", at[0].part)
                    return whole, divisor
                if not self.is_above_0(divisor):
                    hint = "divide by a number, or by a swept name whose values are above 0"
                    raise self.slip("what is rounded is divided by what may be 0 or less", hint, at[0].part)
                return Ratio(whole, divisor, rounding) if divisor != 1 else whole, 1
            case Neg(term):
                top, bottom = self.quotient(term, divisors, at)
                return Neg(top), bottom
            case Mul(factors):
                parts = [self.quotient(factor, divisors, at) for factor in factors]
                return product(*(top for top, _ in parts)), product(*(bottom for _, bottom in parts))
            case Power(base, exponent):
                if not isinstance(exponent, int) or not 0 <= exponent <= MAX_POWER:
                    raise self.slip(f"an exponent is a whole number up to {MAX_POWER}", "H**2", at[0].part)
                top, bottom = self.quotient(base, divisors, at)
                return Power(top, exponent), Power(bottom, exponent) if bottom != 1 else 1
            case Sum(parts) | Extremum(_, parts):
                pairs = [self.quotient(part, divisors, at) for part in parts]
                below = product(*dict.fromkeys(bottom for _, bottom in pairs if bottom != 1))
                if isinstance(tree, Extremum) and not self.is_natural(below):
                    raise self.slip("what is compared is divided by what may be below 0", "multiply it out", at[0].part)
                tops = tuple(product(top, *dict.fromkeys(other for _, other in pairs if other not in (1, bottom)))
                             for top, bottom in pairs)  # fmt: skip
                return Extremum(tree.name, tops) if isinstance(tree, Extremum) else Sum(tops), below
        return tree, 1

    def value(self, tree: Expr, at: Sequence[ConditionToken]) -> Number:
        try:
            number: Number = evaluate(tree, {})
        except ExprError as error:
            raise self.slip(str(error), "1e6, 5M or 320KiB", at[0].part) from None
        return number

    def is_natural(self, tree: Expr) -> bool:
        """Whether it is 0 or more by its form."""
        match tree:
            case int():
                return tree >= 0
            case str():
                return not self.names.values_of(tree) or self.names.is_positive(tree)
            case Sum() | Mul() | Power() | Extremum() | Ratio():
                return all(map(self.is_natural, children(tree)))
        return False

    def is_above_0(self, tree: Expr) -> bool:
        match tree:
            case int():
                return tree > 0
            case str():
                return self.names.is_positive(tree)
            case Mul() | Power():
                return all(map(self.is_above_0, children(tree)))
        return False
