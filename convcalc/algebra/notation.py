"""A notation is a table of strings: one tree is written as text, a program, LaTeX or MathML, in its author's order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import (
    Exact,
    Expr,
    ExprError,
    Extremum,
    FunctionOf,
    Mul,
    Neg,
    Power,
    Ratio,
    Real,
    Sum,
    TreeNode,
    is_number,
    is_whole,
)
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value

# How tightly a written piece holds together: a piece looser than its place asks for is put in parentheses.
SUM, SIGN, PRODUCT, POWER, ATOM = range(5)

MAX_PLACES = 6  # a stride of 64 leaves six decimal places; longer fractions stay fractions


class Rule(NamedTuple):
    """How two operands are joined: a template, the tightness each must have, and that of the whole."""

    template: str
    first: int
    second: int
    whole: int


class Notation(NamedTuple):
    plus: str
    minus: str
    sign: str
    signed: int  # what a leading minus may stand before: Python reads -a*b as (-a)*b
    times: str
    ratio: Mapping[str, Rule]  # by rounding; a rounding that has no rule is a bracket round the plain ratio
    bracket: Mapping[str, str]
    power: Rule
    superscripts: bool
    group: str
    call: str
    decimals: bool
    repeats: bool = False  # a power is written as a product of its base
    abuts: bool = False  # 2·p is 2p, and p·(k − 1) is p(k − 1)
    calls: Mapping[str, str] = {}  # names that functions have here, where these are others
    root: str = "sqrt(%s)"
    number: str = "%s"  # around the digits of each
    letter: str = "%s"
    long_letter: str = "%s"
    subscript: str = ""  # of a letter and its index; empty: a name is written as it is
    escapes: Mapping[str, str] = {}  # of signs in names
    comma: str = ", "
    is_exact: bool = False  # it has whole numbers only: a function that gives others cannot be written
    truncates: bool = False  # its division of whole numbers drops what is left over, towards 0


DIVISION = Rule("%s/%s", SIGN, POWER, PRODUCT)

TEXT = Notation(
    plus=" + ", minus=" − ", sign="−", signed=PRODUCT, times="·",
    ratio={"": DIVISION}, bracket={"floor": "⌊%s⌋", "ceil": "⌈%s⌉"},
    power=Rule("%s^%s", ATOM, ATOM, POWER), superscripts=True,
    group="(%s)", call="%s(%s)", decimals=True, root="√(%s)",
)  # fmt: skip

ASCII = TEXT._replace(
    minus=" - ",
    sign="-",
    signed=POWER,
    times="*",
    bracket={"floor": "floor(%s)", "ceil": "ceil(%s)"},
    superscripts=False,
    root="sqrt(%s)",
)

PYTHON = ASCII._replace(
    ratio={
        "": DIVISION,
        "floor": Rule("%s//%s", SIGN, POWER, PRODUCT),
        "ceil": Rule("-(-%s//%s)", POWER, POWER, SIGN),  # ⌈a/b⌉ = −⌊−a/b⌋
    },
    bracket={},
    power=Rule("%s**%s", ATOM, ATOM, POWER),
    decimals=False,
)

# Of BigInt; `exact` has no value where a division leaves something over.
JAVASCRIPT = ASCII._replace(
    signed=ATOM,  # -a**b is an error there
    ratio={
        "": Rule("exact(%s, %s)", SUM, SUM, ATOM),
        "floor": Rule("floor(%s, %s)", SUM, SUM, ATOM),
        "ceil": Rule("ceil(%s, %s)", SUM, SUM, ATOM),
    },
    bracket={},
    power=Rule("%s**%s", ATOM, ATOM, POWER),
    decimals=False,
    number="%sn",
    is_exact=True,
)

# What JAVASCRIPT calls.
FUNCTIONS_OF_JAVASCRIPT = """
const floor = (a, b) => a / b - (a % b !== 0n && (a < 0n) !== (b < 0n) ? 1n : 0n);
const ceil = (a, b) => -floor(-a, b);
const min = (...numbers) => numbers.reduce((a, b) => (a < b ? a : b));
const max = (...numbers) => numbers.reduce((a, b) => (a > b ? a : b));
const exact = (a, b) => { if (a % b) throw new RangeError("no whole number"); return a / b; };
"""

LATEX = Notation(
    plus=" + ", minus=" - ", sign="-", signed=PRODUCT, times=r" \cdot ",
    ratio={"": Rule(r"\frac{%s}{%s}", SUM, SUM, POWER)},
    bracket={"floor": r"\left\lfloor %s \right\rfloor", "ceil": r"\left\lceil %s \right\rceil"},
    power=Rule("%s^{%s}", ATOM, SUM, POWER), superscripts=False,
    group=r"\left(%s\right)", call=r"\%s\left(%s\right)", decimals=True,
    calls={"log": "ln", "erf": "operatorname{erf}"}, root=r"\sqrt{%s}", long_letter=r"\mathrm{%s}", subscript="%s_{%s}",
)  # fmt: skip

# What stands in <math>.
MATHML = Notation(
    plus="<mo>+</mo>", minus="<mo>−</mo>", sign="<mo>−</mo>", signed=PRODUCT, times="<mo>·</mo>",
    ratio={"": Rule("<mfrac><mrow>%s</mrow><mrow>%s</mrow></mfrac>", SUM, SUM, POWER)},
    bracket={"floor": "<mrow><mo>⌊</mo>%s<mo>⌋</mo></mrow>", "ceil": "<mrow><mo>⌈</mo>%s<mo>⌉</mo></mrow>"},
    power=Rule("<msup><mrow>%s</mrow><mrow>%s</mrow></msup>", ATOM, SUM, POWER), superscripts=False,
    group="<mrow><mo>(</mo>%s<mo>)</mo></mrow>", call="<mrow><mi>%s</mi><mo>(</mo>%s<mo>)</mo></mrow>", decimals=True,
    calls={"log": "ln"}, root="<msqrt>%s</msqrt>", number="<mn>%s</mn>", letter="<mi>%s</mi>",
    long_letter="<mi>%s</mi>", subscript="<msub>%s%s</msub>",
    escapes={"&": "&amp;", "<": "&lt;", ">": "&gt;"}, comma="<mo>,</mo>",
)  # fmt: skip

# As on a board; only shown, for it cannot be read back.
BOARD = TEXT._replace(abuts=True)

NOTATIONS = {
    "text": TEXT, "ascii": ASCII, "python": PYTHON, "javascript": JAVASCRIPT, "latex": LATEX,
    "mathml": MATHML,
}  # fmt: skip

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def write(
    tree: Expr | Value,
    notation: str | Notation = "text",
    *,
    thousands: str = "",
    names: Mapping[str, str] | None = None,
) -> str:
    """The tree in a notation, with as few parentheses as its reading needs.

    `thousands` separates the digits of long numbers ("," or, for LaTeX, "{,}"); `names` renames letters, and a new
    name is written as it is.  An unknown notation is a KeyError.
    """
    table = table_of(notation)
    return _Writer(table, thousands, names or {}).text_at(prepare(tree, table), SUM)


def table_of(notation: str | Notation) -> Notation:
    """A notation by its name; those of SQL are made when they are asked for."""
    if isinstance(notation, str) and notation.startswith("sql"):
        from convcalc.algebra.sql import DIALECTS

        return DIALECTS[notation]
    return NOTATIONS[notation] if isinstance(notation, str) else notation


def prepare(tree: Expr | Value, table: Notation) -> Expr:
    """The tree as it is to be written in a notation."""
    if not table.truncates:
        return to_tree(tree)
    from convcalc.algebra.truncation import as_one_quotient, least_of_letters, truncating

    return as_one_quotient(truncating(to_tree(tree), least_of_letters))


def write_shape(sizes: Iterable[Value], times: str = "×") -> str:
    """Sizes as a shape, each as a factor: 8×(H − 2)×W."""
    writer = _Writer(NOTATIONS["text"], "", {})
    return times.join(str(size) if is_number(size) else writer.text_at(to_tree(size), PRODUCT) for size in sizes)


def chain(trees: Iterable[Expr | Value], notation: str | Notation = "text", *, thousands: str = "") -> str:
    """Trees of one value as a chain of equations: `⌊31/1⌋ + 1 = 32`."""
    return " = ".join(write(tree, notation, thousands=thousands) for tree in trees)


def write_factor(tree: Expr | Value, notation: str | Notation = "text") -> str:
    """The tree as it stands in a product: in brackets where that needs them."""
    table = table_of(notation)
    return _Writer(table, "", {}).text_at(prepare(tree, table), POWER)


def to_tree(value: Expr | Value) -> Expr:
    """A value as a tree: a whole number stays itself, a Fraction becomes `Exact`, a symbolic size its own formula."""
    if isinstance(value, (int, str, TreeNode)):
        return value
    if is_number(value):
        return value.numerator if value.denominator == 1 else Exact(value.numerator, value.denominator, "")
    from convcalc.algebra.readable import value_tree

    return value_tree(value)


def decimal(number: Expr) -> str | None:
    """A fraction in decimals, -0.5; None for a whole number, and where `MAX_PLACES` would not be exact."""
    match number:
        case Exact(int(top), int(bottom)):
            for places in range(1, MAX_PLACES + 1):
                if top * 10**places % bottom == 0:
                    whole, part = divmod(abs(top) * 10**places // bottom, 10**places)
                    return f"{'-' if top < 0 else ''}{whole}.{part:0{places}}"
    return None


def decimal_digits(value: float) -> str:
    """A number that is not exact in four decimal places, or as many digits where it is smaller or very large."""
    if not value:
        return "0"
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e9 else f"{value:.4g}"


def shows_bottom(ratio: Ratio) -> bool:
    """Whether ⌊a/1⌋ is written with its 1.

    The parser has one tree for floor(a) and floor(a/1).  Nobody rounds what is whole already, so the 1 is a stride
    put in where `a` is whole-number arithmetic, and was never written where letters or fractions remain.
    """
    return ratio.bottom != 1 or is_whole(ratio.top, lambda letter: False)


def abuts(factor: Expr, following: str, leads: bool) -> bool:
    """Whether a factor needs no dot: a number that leads before a letter or a bracket, a letter before a bracket."""
    bracket = following.startswith("(")
    if isinstance(factor, str):
        return bracket and len(factor) == 1
    letter = following[0].isalpha() and not (following[1:2].isalpha() or following[1:2] == "_")
    return isinstance(factor, int) and leads and (bracket or letter)


class _Writer(NamedTuple):
    table: Notation
    thousands: str
    names: Mapping[str, str]

    def text_at(self, tree: Expr, place: int) -> str:
        text, tightness = self.piece(tree)
        return text if tightness >= place else self.table.group % text

    def piece(self, tree: Expr) -> tuple[str, int]:
        """The written tree, and how tightly it holds together."""
        table = self.table
        match tree:
            case int():
                return self.number(tree < 0, abs(tree))
            case str():
                return self.names.get(tree) or self.name(tree), ATOM
            case Sum((only,)) | Mul((only,)):
                return self.piece(only)
            case Sum((first, *others)):
                text = self.text_at(first, SIGN)
                for term in others:
                    match term:
                        case Neg(less):
                            text += table.minus + self.text_at(less, PRODUCT)
                        case more:
                            text += table.plus + self.text_at(more, PRODUCT)
                return text, SUM
            case Neg(term):
                return table.sign + self.text_at(term, table.signed), SIGN
            case Mul((first, *others)):
                text, before = self.text_at(first, PRODUCT), first
                for factor in others:
                    following = self.text_at(factor, POWER)
                    dot = "" if table.abuts and abuts(before, following, before is first) else table.times
                    text, before = text + dot + following, factor
                return text, PRODUCT
            case Exact() if table.decimals and (digits := decimal(tree)):
                whole, _, part = digits.partition(".")
                return self.number(digits[0] == "-", int(whole.lstrip("-")), "." + part)
            case Ratio(top, bottom, rounding):
                bracket = table.bracket.get(rounding)
                if bracket and not shows_bottom(tree):
                    return bracket % self.text_at(top, SUM), ATOM
                text, tightness = self.join(table.ratio["" if bracket else rounding], top, bottom)
                return (bracket % text, ATOM) if bracket else (text, tightness)
            case Power(base, int(exponent)) if table.repeats and exponent > 0:
                return table.times.join([self.text_at(base, POWER)] * exponent), PRODUCT if exponent > 1 else POWER
            case Power(base, int(exponent)) if table.superscripts and exponent >= 0:
                return self.text_at(base, ATOM) + str(exponent).translate(SUPERSCRIPT), POWER
            case Power(base, exponent):
                return self.join(table.power, base, exponent)
            case Extremum(name, options):
                written = table.comma.join(self.text_at(option, SUM) for option in options)
                return table.call % (table.calls.get(name, name), written), ATOM
            case FunctionOf() | Real() if table.is_exact:
                raise ExprError("this is no whole number")
            case FunctionOf("exp", exponent):
                return self.join(table.power, "e", exponent)
            case FunctionOf("sqrt", square):
                return table.root % self.text_at(square, SUM), ATOM
            case FunctionOf(name, argument):
                return table.call % (table.calls.get(name, name), self.text_at(argument, SUM)), ATOM
            case Real(value):
                digits = table.number % decimal_digits(abs(value))
                return (table.sign + digits, SIGN) if value < 0 else (digits, ATOM)
        return table.number % ("1" if isinstance(tree, Mul) else "0"), ATOM  # the empty product and the empty sum

    def number(self, negative: bool, whole: int, decimals: str = "") -> tuple[str, int]:
        digits = self.table.number % (f"{whole:,}".replace(",", self.thousands) + decimals)
        return (self.table.sign + digits, SIGN) if negative else (digits, ATOM)

    def join(self, rule: Rule, first: Expr, second: Expr) -> tuple[str, int]:
        """−a/b is (−a)/b without parentheses, but then as loose as its sign."""
        left, tightness = self.piece(first)
        if tightness < rule.first:
            left, tightness = self.table.group % left, ATOM
        bound = tightness if rule.whole == PRODUCT else rule.whole
        right = self.text_at(second, rule.second)
        operands = {"a": left, "b": right} if "%(" in rule.template else (left, right)
        return rule.template % operands, min(rule.whole, bound)

    def name(self, letter: str) -> str:
        """p_l as p_{l}, D1 as D_{1}, pad_left as \\mathrm{pad}_{\\mathrm{left}}, where the notation has subscripts."""
        if not self.table.subscript:
            return self.table.letter % letter
        base = letter.partition("_")[0].rstrip("0123456789") or letter
        below = letter[len(base) :].strip("_").replace("_", ",")
        return self.table.subscript % (self.word(base), self.word(below)) if below else self.word(base)

    def word(self, name: str) -> str:
        """A name, a number in an index, or a word, which stands upright."""
        table = self.table
        shown = "".join(table.escapes.get(char, char) for char in name) if table.escapes else name
        template = table.number if name.isdigit() else table.letter if len(name.rstrip("'")) < 2 else table.long_letter
        return template % shown
