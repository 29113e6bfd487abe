"""Trees over columns as expressions of a dialect, each in the smallest type that is proved to hold all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import TRUNCATED, Expr, Extremum, Mul, Neg, Power, Ratio, Sum, children, rebuild
from convcalc.algebra.notation import write
from convcalc.algebra.truncation import add, as_one_quotient, multiply, truncating
from convcalc.problem import problem
from convcalc.sweep.sql.dialects import WIDE, SqlDialect
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.closed_forms.table import SizeTest
    from convcalc.sweep.bounds import Ranges

SIGNS = {"==": "=", "!=": "<>", "<=": "<="}


class SqlColumn(NamedTuple):
    """A column of a query: how it is written, and which of the dialect's types it has."""

    name: str
    level: int = 0


class WholeWriter:
    """Writes trees over places that have columns; what it is asked to write has to fit a type of the dialect."""

    def __init__(self, dialect: SqlDialect, ranges: Ranges, columns: dict[str, SqlColumn]):
        self.dialect, self.ranges, self.columns = dialect, ranges, columns
        self.names: dict[str, str] = {}
        self.largest = 0  # of all that was proved to fit

    def expression(self, tree: Expr) -> tuple[str, int]:
        """A tree as it is written, and its type."""
        whole = truncating(tree, lambda part: self.ranges.bounds_of(part)[0])
        fitted, level = self.fit(rebuild_exact(as_one_quotient(whole)))
        return self.text(fitted), level

    def text(self, tree: Expr) -> str:
        return write(tree, self.dialect.notation._replace(truncates=False), names=self.names)

    def test(self, size_test: SizeTest) -> str:
        """A comparison as it is written, a number on the right."""
        left, operator, right = size_test
        if operator == "%":
            return f"{self.operand(left)} % {self.operand(right)} = 0"
        if isinstance(left, int) and not isinstance(right, int):
            return f"{self.side(right)} {'>=' if operator == '<=' else SIGNS[operator]} {self.side(left)}"
        return f"{self.side(left)} {SIGNS[operator]} {self.side(right)}"

    def side(self, tree: Expr) -> str:
        return self.expression(tree)[0]

    def operand(self, tree: Expr) -> str:
        text = self.side(tree)
        return text if isinstance(tree, (str, int)) else f"({text})"

    # Types

    def level_of(self, tree: Expr) -> int:
        """The first type that holds all values of a tree; a Problem where none does."""
        largest = max(map(abs, self.ranges.bounds_of(tree)))
        self.largest = max(self.largest, largest)
        is_quotient = isinstance(tree, Ratio)
        for level, type_ in enumerate(self.dialect.types):
            limit = type_.quotients if is_quotient and type_.quotients else type_.limit
            if limit is None or largest < limit:
                return level
        type_ = self.dialect.types[-1]
        message = f"a number in it may be as large as {largest:,}, and {self.dialect.title} has none above {type_.name}"
        raise problem("U010", message, "give smaller values, or leave out --sql and --engine: there is no limit then")

    def fit(self, tree: Expr) -> tuple[Expr, int]:
        """The tree with what has to be wider, and its type; one after another, as terms and factors are taken."""
        match tree:
            case int():
                level = self.level_of(tree)
                return (self.token(tree, level), level) if level else (tree, 0)
            case str():
                self.names[tree] = self.columns[tree].name
                return tree, self.columns[tree].level
            case Neg(term):
                fitted, level = self.fit(term)
                return Neg(fitted), level
            case Power(base, int(exponent)):
                return self.fit(multiply(*[base] * exponent))
            case Sum(parts) | Mul(parts):
                fitted_parts, levels = map(list, zip(*map(self.fit, parts), strict=True))
                needed = max(self.level_of(type(tree)(parts[:end])) for end in range(1, len(parts) + 1))
                if needed > levels[0]:
                    fitted_parts[0] = self.widen(fitted_parts[0], needed)
                return type(tree)(tuple(fitted_parts)), max(needed, *levels)
            case Extremum(name, options):
                if len(options) > self.dialect.options:
                    message = f"{self.dialect.title} does not work the {name}imum of {len(options)} numbers right"
                    raise problem("U010", message, "--sql duckdb")
                fitted_options, levels = map(list, zip(*map(self.fit, options), strict=True))
                return Extremum(name, tuple(fitted_options)), max(levels)
            case Ratio(top, bottom, rounding):
                (above, level), (below, other) = self.fit(top), self.fit(bottom)
                level = max(level, other)
                if level and WIDE in self.dialect.notation.ratio:
                    self.level_of(tree)
                    rounding = WIDE if rounding == TRUNCATED else rounding
                return Ratio(above, below, rounding), level
        raise problem("U010", "it has a function that gives no whole numbers", "leave out --sql and --engine")

    def widen(self, tree: Expr, level: int) -> Expr:
        """The tree in a wider type, by the first of what it is of."""
        match tree:
            case int() | str():
                return self.token(tree, level)
            case Sum((first, *others)) | Mul((first, *others)):
                return type(tree)((self.widen(first, level), *others))
            case Neg(term):
                return Neg(self.widen(term, level))
            case Extremum(name, (first, *others)):
                return Extremum(name, (self.widen(first, level), *others))
            case Ratio(top, bottom, rounding):
                wide = WIDE if rounding == TRUNCATED and WIDE in self.dialect.notation.ratio else rounding
                return Ratio(self.widen(top, level), bottom, wide)
        raise AssertionError(tree)

    def token(self, leaf: int | str, level: int) -> str:
        """A letter that is written as a number or a column in a wider type."""
        token = f"{leaf} wide {level}"
        text = f"'{leaf}'" if isinstance(leaf, int) else self.names.get(leaf) or self.columns[leaf].name
        self.names[token] = self.dialect.cast(text, level)
        return token


def rebuild_exact(tree: Expr) -> Expr:
    """Plain quotients, which leave nothing over where the network fits, as the truncated ones that they are."""
    tree = rebuild(tree, rebuild_exact)
    if (
        isinstance(tree, Ratio)
        and isinstance(tree.top, int)
        and isinstance(tree.bottom, int)
        and tree.top % tree.bottom
    ):
        raise problem("U010", f"{tree.top}/{tree.bottom} is no whole number", "leave out --sql and --engine")
    return Ratio(tree.top, tree.bottom, TRUNCATED) if isinstance(tree, Ratio) and not tree.rounding else tree


def fold(tree: Expr, known: Mapping[str, Expr]) -> Expr:
    """The tree with known places put in, and its numbers as one in every sum and product."""
    if isinstance(tree, str):
        return known.get(tree, tree)
    tree = rebuild(tree, lambda child: fold(child, known))
    match tree:
        case Sum(terms):
            return add(*terms)
        case Mul(factors):
            return multiply(*factors)
        case Neg(int(number)):
            return -number
        case Power(int(base), int(exponent)):
            return int(base**exponent)
        case Ratio(int(top), int(bottom), rounding) if bottom and (rounding or top % bottom == 0):
            return -(-top // bottom) if rounding == "ceil" else top // bottom
        case Ratio(top, 1, _):
            return top
        case Extremum(name, options) if all(isinstance(option, int) for option in options):
            return (min if name == "min" else max)(options)  # type: ignore[type-var]
        case Extremum(_, (only,)):
            return only
    return tree


def size(tree: Expr) -> int:
    """How many leaves and nodes it has."""
    return 1 + sum(map(size, children(tree)))
