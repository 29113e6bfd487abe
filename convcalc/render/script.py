"""A script says how values are written: one table of signs and one escape a format, the same writers for them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_number
from convcalc.layers.field import Half
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.network.walk import NetworkReport


class Aside(NamedTuple):
    """A number that the total leaves out."""

    number: Value


class Untold(NamedTuple):
    """What cannot be told."""

    def __str__(self) -> str:
        return "?"


class Share(NamedTuple):
    part: int
    whole: int


class Whole(NamedTuple):
    """A receptive field that takes in all of the input."""

    size: tuple[Any, ...]


class Sources(NamedTuple):
    """The names of a layer's inputs, and its own."""

    own: str
    names: tuple[str, ...]


JOINERS = "\u200c\u200d"  # which letters of Persian, Hindi and others need between them


def printable(text: str) -> str:
    """Control characters made visible, so that a name from a file cannot steer a terminal."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in JOINERS else ascii(char)[1:-1] for char in text)


class Script(NamedTuple):
    times: str = "×"
    thousands: str = ","
    missing: str = "—"
    between: str = ", "
    notation: str = "text"  # of symbolic values, see convcalc.algebra.notation
    math: str = "%s"  # around what holds symbols or `times`
    percent: str = " %"
    less: str = "<"
    text: Callable[[str], str] = printable  # escapes what the format would take for a sign of its own
    readable: bool = True  # units, asides and the like; False: bare exact values
    code: str = "%s"  # around what is to be pasted into a program
    formula: str = "%s"  # around LaTeX
    tuples: bool = False  # a shape is (6, 28, 28)

    def number(self, value: Any) -> str:
        if type(value) is int:
            return f"{value:,}".replace(",", self.thousands) if self.thousands != "," else f"{value:,}"
        if isinstance(value, Aside):
            return f"({self.number(value.number)})" if self.readable else self.number(value.number)
        if isinstance(value, (Half, Untold)) or is_number(value):
            return str(value)
        return self.math % self.symbolic(value)

    def symbolic(self, value: Any) -> str:
        from convcalc.algebra.notation import write

        # A comma in a formula is followed by a space, unless it is in braces.
        thousands = "{,}" if self.notation == "latex" and self.thousands == "," else self.thousands
        return write(value, self.notation, thousands=thousands) if self.notation else str(value)

    def spoken(self, notation: str) -> Script:
        """The script with another notation of symbolic values: text, or code to paste."""
        if not notation or notation == self.notation:
            return self
        if notation.startswith(("python", "sql")):
            return self._replace(notation=notation, thousands="", math=self.code, between="; ", tuples=True)
        if notation == "latex":
            return self._replace(notation=notation, math=self.formula, times=r" \times ")
        return self._replace(notation=notation)

    def shape(self, sizes: tuple[Any, ...]) -> str:
        if self.tuples and None not in sizes:
            listed = ", ".join(map(self.plain, sizes))
            return self.math % (f"({listed})" if len(sizes) > 1 else listed)
        for size in sizes:
            if type(size) is not int and len(sizes) == 1 and size is not None:
                return self.number(size)
            if type(size) is not int:
                return self.math % self.times.join(map(self.factor, sizes))
        joined = self.times.join(map(str, sizes))
        return self.math % joined if len(sizes) > 1 else joined

    def plain(self, value: Any) -> str:
        return str(value) if isinstance(value, Untold) or is_number(value) else self.symbolic(value)

    def factor(self, value: Any) -> str:
        """A value as part of a product."""
        if value is None:
            return "-"
        if isinstance(value, (Half, Untold)) or is_number(value):
            return str(value)
        return f"({self.symbolic(value)})" if is_loose(value) else self.symbolic(value)

    def shapes(self, values: tuple[tuple[Any, ...], ...]) -> str:
        return self.between.join(map(self.shape, values))

    def sources(self, value: Sources) -> str:
        """Where a layer's inputs come from; a reader needs no prefix that the layer itself has."""
        if not self.readable:
            return self.text(self.between.join(value.names))
        *around, _ = value.own.split(".")
        return self.between.join([self.text(relative(name, around)) for name in value.names])

    def sides(self, pairs: tuple[Any, ...]) -> str:
        """Padding: 2×2, or 0+1×0+1 where it differs before and after."""
        parts = [
            self.factor(before) if before == after else f"{self.factor(before)}+{self.factor(after)}"
            for before, after in pairs
        ]
        joined = self.times.join(parts)
        return self.math % joined if self.times in joined else joined

    def point(self, values: tuple[Any, ...]) -> str:
        if not self.readable or len(values) == 1:
            return self.times.join(map(self.factor, values))
        return f"({', '.join(map(self.number, values))})"

    def of_inputs(self, one: Callable[[Any], str]) -> Callable[[Any], str]:
        """A value for each network input; a single one needs no name."""

        def write(values: dict[str, Any]) -> str:
            if len(values) == 1 and "" in values:
                return one(values[""])
            return self.between.join(f"{self.text(name)} {one(value)}" for name, value in values.items())

        return write

    def extent(self, value: Any) -> str:
        if isinstance(value, Whole):
            return self.shape(value.size) + (" all" if self.readable else "")
        return self.shape(value)

    def bytes(self, value: Any) -> str:
        if isinstance(value, Aside):
            return f"({self.bytes(value.number)})" if self.readable else self.bytes(value.number)
        if not self.readable:
            return self.number(value)
        return scale_down(value, 1000, DECIMAL) if type(value) is int else f"{self.number(value)} bytes"

    def share(self, value: Share) -> str:
        """In percent."""
        if not self.readable:
            millionths = nearest(value.part * 10**8, value.whole)
            return f"{millionths // 10**6}.{millionths % 10**6:06}"
        tenths = nearest(value.part * 1000, value.whole)
        if value.part and not tenths:
            return f"{self.less}0.1{self.percent}"
        return f"{tenths // 10}.{tenths % 10}{self.percent}"

    def flag(self, value: bool) -> str:
        return "yes" if value else "no"

    def strides(self, sizes: Any) -> str:
        """As a shape; where every unit sees the same, neighbours have no distance to speak of."""
        return self.missing if self.readable and not any(sizes) else self.shape(sizes)

    def writer(self, type: str) -> Callable[[Any], str]:
        if type in ("extents", "strides", "points"):
            inner = {"extents": self.extent, "strides": self.strides, "points": self.point}[type]
            return self.of_inputs(inner)
        found: Callable[[Any], str] = getattr(self, type)
        return found


UNICODE = Script()
ASCII = Script(times="x", missing="-", notation="ascii", text=lambda text: to_ascii(printable(text)))


def is_loose(value: Any) -> bool:
    """Whether a value needs brackets as part of a product: a sum, a difference, a quotient."""
    if type(value) is int:
        return value < 0
    from convcalc.algebra.expr import Neg, Ratio, Sum
    from convcalc.algebra.notation import to_tree

    tree = to_tree(value)
    return isinstance(tree, (Sum, Neg)) or (isinstance(tree, Ratio) and not tree.rounding)


def relative(name: str, around: list[str]) -> str:
    """A name without the blocks that it shares with the reader: basic1.relu2 for layer1.basic1.relu2 in layer1."""
    parts = name.split(".")
    shared = 0
    while shared < min(len(parts) - 1, len(around)) and parts[shared] == around[shared]:
        shared += 1
    return ".".join(parts[shared:])


SIGNS = str.maketrans(
    {
        "×": "x", "—": "-", "–": "-", "−": "-", "─": "-", "·": "*", "…": "...", "→": "->", "≈": "~", "≠": "!=",
        "≤": "<=", "≥": ">=", "⟺": "<=>", "⟹": "=>", "⟸": "<==", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")",
        "²": "^2", "³": "^3", "“": '"', "”": '"', "‘": "'", "’": "'",
    }
)  # fmt: skip


def to_ascii(text: str) -> str:
    return text.translate(SIGNS).encode("ascii", "backslashreplace").decode()


COUNTS = ("", "k", "M", "G", "T", "P", "E")
DECIMAL = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")
BINARY = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def nearest(top: Any, bottom: int) -> int:
    """top/bottom as a whole number, halves up."""
    return int((2 * top + bottom) // (2 * bottom))


def scale_down(value: int, base: int, units: tuple[str, ...]) -> str:
    """61.7 k, 246.8 kB, 241.0 KiB: one decimal, rounded exactly whatever the size."""
    if value < base:
        return f"{value:,} {units[0]}".rstrip()
    for power, unit in enumerate(units[1:], 1):
        tenths = nearest(value * 10, base**power)
        if tenths < base * 10 or unit == units[-1]:
            return f"{tenths // 10:,}.{tenths % 10} {unit}"
    raise AssertionError(units)


def plainly(words: str, unicode: bool) -> str:
    """Words without control characters, and in ASCII where that is all there is."""
    return (UNICODE if unicode else ASCII).text(words)


def shape_text(shape: Iterable[Any], channels_last: bool) -> str:
    """A shape (channels first) in the order in which it is written: 3×224×224."""
    from convcalc.spec.layout import written_order

    return UNICODE.shape(written_order(shape, channels_last))


def input_shapes(report: NetworkReport) -> list[str]:
    """The shapes of a network's inputs."""
    return [shape_text(shape, report.channels_last) for shape in report.inputs.values()]
