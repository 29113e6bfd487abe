"""A layer with question marks: which of its values are unknown, and the layer that any values put in make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.poly import symbol
from convcalc.kinds.conventions import CONVENTIONS, convention_of_class
from convcalc.layers import Kind, key_names
from convcalc.layers.applied import Applied, Setting, apply
from convcalc.layers.values import read
from convcalc.network.quantity import QUANTITIES
from convcalc.problem import problem
from convcalc.readers import shorthand
from convcalc.solving.answer import Solution
from convcalc.solving.constraint import look_at
from convcalc.solving.marks import MOST_CROPPED, UNSOLVED
from convcalc.solving.question import Bound, Question, Side, Unknown
from convcalc.spec import WrittenLayer
from convcalc.spec.brackets import texts
from convcalc.spec.shapes import OPEN

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.values import Raw


def question(
    layer: str, shape: tuple[Side, ...] | None, target: tuple[Side, ...] | None, keeps: bool = False,
    bounds: tuple[Bound, ...] = (), convention: str = "pytorch", until: int = 0, channels_last: bool = False,
) -> Question:  # fmt: skip
    """A Question of a layer's text, `conv 64 k7 s2 p?`; a Problem where nothing in it is unknown, or nothing wanted."""
    written = shorthand.layer(spell_marks(layer), CONVENTIONS[convention].classes)
    convention = convention_of_class(written.framework, convention)
    is_open = OPEN in (shape or ()) or any(OPEN in text for _, raw in written.args for text in texts(raw))
    if not is_open:
        if shape is not None or (target is None and not bounds):
            hint = f"put a ? for a value: {example_layer(written.kind)}"
            raise problem("Q001", f"nothing is unknown in {layer[:60]}", hint)
        shape = open_input(written, target)
    counted = [QUANTITIES[bound.quantity] for bound in bounds if QUANTITIES[bound.quantity].value]
    if shape is None and counted:
        raise problem("Q007", f"how many {counted[0].word} there are depends on the input", "3x32x32 before the layer")
    table = key_names(written.kind)
    follows = any(table[name].type == "check" for name, raw in written.args if OPEN in "".join(texts(raw)))
    if target is None and not bounds and not keeps and convention != "textbook" and not follows:
        keeps = True
    is_whole = shape is not None and target is not None and len(target) == len(shape)
    return Question(layer, written, shape, target, keeps, bounds, convention, until, channels_last, is_whole)


def open_input(written: WrittenLayer, target: tuple[Side, ...] | None) -> tuple[Side, ...]:
    """Open sides; the number of channels matters to no size, as long as the groups divide it."""
    given = dict(written.args)
    channels = next((given[name] for name in ("in_channels", "groups") if name in given), "1")
    count = int(channels) if isinstance(channels, str) and channels.isdecimal() else 1
    return (count, *(OPEN,) * likely_rank(written, target))


def likely_rank(written: WrittenLayer, target: tuple[Side, ...] | None) -> int:
    """How many axes an input has that nobody gave; 112x112 is rather a map's two than channels and a length."""
    return written.dims or {1: 1, 4: 3}.get(len(target or ()), 2)


def example_layer(kind: Kind) -> str:
    key = next((key for key in kind.keys if key.name == "padding"), kind.keys[0] if kind.keys else None)
    return f"{kind.name} … {key.symbol if key and key.symbol else 'p'}?"


MARKS = re.compile(r"(?<=\s)([A-Za-z_]+)\?")


def spell_marks(text: str) -> str:
    """`k?` as `k=?`, the form in which any key takes any value."""
    return MARKS.sub(r"\1=?", text)


class OpenLayer:
    """A question's layer, ready to be applied with any values; `style` says how many unknowns a mark stands for.

    "shared" puts one value along every axis, "single" one per axis, "uneven" pads one cell more after than before.
    """

    def __init__(self, asked: Question, style: str = "shared"):
        self.asked, self.style = asked, style
        self.convention = CONVENTIONS[asked.convention]
        self.names: dict[str, Value] = {}  # letters of the question that stay letters
        self.unknowns: list[Unknown] = []
        self.written = written = asked.layer
        kind, table = written.kind, key_names(written.kind)
        axes = 0 if kind.takes == "features" else likely_rank(written, asked.target)
        shape = ("c", *("n",) * axes) if asked.shape is None else asked.shape
        self.rank = len(shape) - 1
        self.declare(shape)
        self.shape = tuple(self.side(shape, index) for index in range(len(shape)))
        self.fixed: list[tuple[str, Any]] = self.filters_left_out(shape)
        self.open: list[tuple[str, Raw]] = []
        for name, raw in written.args:
            if any(OPEN in text for text in texts(raw)):
                self.open.append((name, self.letter_marks(name, raw)))
            else:
                self.fixed.append((name, read(table[name], raw, self.names)))

    def declare(self, shape: tuple[Side, ...]) -> None:
        """A single letter on this command line is a symbol."""
        words = [side for side in (*shape, *(self.asked.target or ())) if isinstance(side, str) and side != OPEN]
        for _, raw in self.written.args:
            # x separates axes, 3x5, and is no letter here.
            words += [part for text in texts(raw) for part in re.split("[^A-Za-z]+|x", text)]
        self.names.update({word: symbol(word) for word in words if len(word) == 1})

    def filters_left_out(self, shape: tuple[Side, ...]) -> list[tuple[str, Any]]:
        """Filters that nobody gave, as `conv k3 p?` asks of any number of them."""
        asked = self.asked
        key = self.written.kind.keys[0] if self.written.kind.keys else None
        if key is None or key.name != "filters" or key.name in dict(self.written.args) or asked.bounds:
            return []
        whole = len(asked.target or ()) == len(shape)
        wanted = asked.target[0] if asked.target and whole else shape[0]
        return [(key.name, wanted if isinstance(wanted, int) else symbol("f"))]

    def letter(self, wanted: str) -> str:
        taken = self.names.keys() | {unknown.letter for unknown in self.unknowns}
        return wanted if wanted not in taken else f"{wanted}_{wanted}"

    def side(self, shape: tuple[Side, ...], index: int) -> Side:
        if shape[index] != OPEN:
            return shape[index]
        if not index:
            return self.add(Unknown(self.letter("c"), "channels", "c"))
        if self.style != "single" and all(side == OPEN for side in shape[1:]):
            known = next((one.letter for one in self.unknowns if one.name == "input"), "")
            return known or self.add(Unknown(self.letter("n"), "input", "n"))
        return self.add(Unknown(f"n_{index - 1}", "input", "n", axis=index - 1))

    def add(self, unknown: Unknown) -> str:
        self.unknowns.append(unknown)
        return unknown.letter

    def letter_marks(self, name: str, raw: Raw) -> Raw:
        """A raw value with letters for its question marks, each an Unknown."""
        key = key_names(self.written.kind)[name]
        mark, is_flag = key.symbol or key.name, key.type == "flag"
        low = 0 if is_flag else max(key.low, -MOST_CROPPED)
        if isinstance(raw, str) and not key.per_axis:
            parts: tuple[Raw, ...] = (raw,)
        else:
            parts = tuple(raw.replace("×", "x").split("x")) if isinstance(raw, str) else raw
        if any(OPEN in text and text.strip() != OPEN for part in parts for text in texts(part)) or not all(
            isinstance(part, str) for part in parts
        ):
            raise problem("Q002", f"{key.name}: a ? stands for one whole value", f"{mark}? or {mark}=?x3")
        if key.type in UNSOLVED:
            raise problem("Q002", f"{key.name} is nothing that can be solved for", "a ? stands for a whole number")
        if len(parts) == 1 and not (key.per_axis and self.style == "single"):
            letter = self.add(Unknown(self.letter(mark), key.name, mark, low, flag=is_flag))
            is_uneven = self.style == "uneven" and key.type == "padding"
            return ((letter, f"{letter} + 1"),) * self.rank if is_uneven else letter
        places = parts if len(parts) > 1 else parts * self.rank
        return tuple(
            self.add(Unknown(f"{mark}_{axis}", key.name, mark, low, axis=axis))
            if OPEN in "".join(texts(part))
            else part
            for axis, part in enumerate(places)
        )

    def apply(self, values: Mapping[str, Value], free: bool = False, cured: bool = True) -> Applied:
        """The layer with these values; a Problem, `cured` or not, or an ExprError where they will not do."""
        kind = self.written.kind
        names = {**self.names, **values}
        table = key_names(kind)
        read_values = self.fixed + [(name, read(table[name], raw, names)) for name, raw in self.open]
        shape: Shape = tuple(names[side] if isinstance(side, str) else side for side in self.shape)
        setting = Setting(kind, tuple(read_values), self.written.dims)
        return apply(setting, (shape,), self.convention, on_map=len(shape) > 2, cured=cured, free=free)

    def solution(self, values: Mapping[str, Value], applied: Applied) -> Solution:
        """By name: one value, or one per axis."""
        found: dict[str, Any] = {}
        for unknown in self.unknowns:
            value: Any = values[unknown.letter]
            if self.style == "uneven" and unknown.name == "padding":
                value = ((value, value + 1),) * self.rank
            if unknown.axis is None:
                found[unknown.name] = bool(value) if unknown.flag else value
            elif unknown.name == "input":
                found[unknown.name] = tuple(applied.input[0][1:])
            else:
                found[unknown.name] = sides(applied.values.get(unknown.name))
        return Solution(found, look_at(self.asked, applied), applied)


def sides(value: Any) -> Any:
    """Padding as one number per axis where both sides are equal."""
    if isinstance(value, tuple) and all(isinstance(part, tuple) and part[0] == part[1] for part in value):
        return tuple(part[0] for part in value)
    return value
