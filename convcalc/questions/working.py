"""One layer worked: for every quantity its formula, what is put into it, its value, and what rounding leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Mul, Neg, Ratio, Sum, children, evaluate, letters, substitute
from convcalc.algebra.notation import to_tree
from convcalc.algebra.parser import parse
from convcalc.algebra.simplify import simplify, slope
from convcalc.layers.case import AXES, is_uneven, letters_of, product, tree
from convcalc.layers.window import (
    ADAPTIVE,
    CONTRACTING,
    ENTIRE,
    GATHERING,
    MULTIPLYING,
    PICKING,
    REDUCING,
    SLIDING,
    TILED,
)  # fmt: skip
from convcalc.questions.textbooks import Textbook, translate
from convcalc.questions.work import Remark, Worked, group_axes, times, without_work, work_of_bytes, work_out
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied


# Letters that say nothing where they are 1: groups, multipliers, layers, directions, biases per gate.
MULTIPLICITIES = frozenset("gmqlwj")
CHANNELS = {1: "L", 2: "HW", 3: "DHW"}

# Of a layer that stands for several, what is of the last of them, and no sum.
SIZES_OF_TURNS = frozenset(("size", "channels", "padding", "receptive_field", "rf_stride", "rf_offset", "rf_centre"))
# What an output of other sizes has of its input, where the kind's own rule makes it.
MADE = {PICKING: "picked", TILED: "tiled out", GATHERING: "looked up", REDUCING: "reduced", CONTRACTING: "summed"}


class LayerWork:
    """A layer to be worked: its letters with their numbers, products still shown as products.

    Of one whose input is not known there is the work of what it holds.
    """

    def __init__(self, applied: Applied | Any, channels_last: bool = False, book: Textbook | None = None):
        self.applied, self.book, self.channels_last = applied, book, channels_last
        self.kind = applied.setting.kind
        self.layers = applied.layers
        self.axes = AXES.get(len(applied.axes), ()) if applied.axes else ()
        self.letters: dict[str, Any] = {**applied.letters, **self.products()}
        # What a lecturer leaves out: no bias, one group, no second direction.
        flags = {key.symbol for key in self.kind.keys if key.type == "flag" and key.symbol} | {"b"}
        known = applied.letters
        self.trivial: dict[str, Any] = {letter: known[letter] for letter in flags if known.get(letter) in (0, 1)}
        self.trivial.update({letter: known[letter] for letter in MULTIPLICITIES if known.get(letter) in (0, 1)})
        if not applied.axes and known.get("N") == 1:
            self.trivial["N"] = 1

    def products(self) -> dict[str, Expr]:
        """K = 5·5, N = 32·32, M: where the product of the sides is what the layer was computed with."""
        applied, known = self.applied, self.applied.letters
        sides: dict[str, Iterable[Value]] = {}
        if applied.axes:
            for letter, single in (("K", "k"), ("S", "s"), ("A", "d"), ("M", "n")):
                if single in applied.axes[0]:
                    sides[letter] = [axis[single] for axis in applied.axes]
            if applied.output is not None:
                sides["N"] = self.grid()
        elif applied.output is not None:
            sides["N"] = applied.output[1:] if applied.features_first else applied.output[:-1]
        found: dict[str, Expr] = {}
        for letter, factors in sides.items():
            factors = tuple(factors)
            are_numbers = all(isinstance(factor, int) for factor in factors)
            if are_numbers and len(factors) > 1 and letter in known and product(factors) == known[letter]:
                found[letter] = Mul(factors)
        return found

    def grid(self) -> list[Value]:
        """The positions of the windows along each axis."""
        return [evaluate(formula, {**self.applied.letters, **axis}) for formula, axis in self.size_formulas()]

    def size_formulas(self) -> Iterator[tuple[Expr, Mapping[str, Value]]]:
        for text, axis in zip(self.applied.sizes, self.applied.axes, strict=True):
            yield axis_formula(text, axis), axis

    # A quantity

    def work(
        self, name: str, formula: Expr | str, value: Value, more: Mapping[str, Any] | None = None, *, text: str = "",
        axes: tuple[str, ...] = (), remarks: tuple[Remark, ...] = (),
    ) -> Worked:  # fmt: skip
        """A formula of this layer with its steps; without them where they do not lead to the value."""
        asked = parse(formula) if isinstance(formula, str) else formula
        known: dict[str, Any] = {**self.letters, **(more or {})}
        wanted = dict.fromkeys(letters(asked))
        if not wanted.keys() <= known.keys():
            return without_work(name, value, axes, remarks)
        if self.layers != 1 and name not in SIZES_OF_TURNS:  # a sum over them all
            return without_work(name, value, axes, (*remarks, Remark("several", {"layers": self.layers})))
        bindings: Mapping[str, Any] = {letter: known[letter] for letter in wanted}
        ours: Mapping[str, str] = {}
        if self.book and bindings:
            asked, bindings, ours = translate(self.book, self.applied, asked, bindings, text, axes)
        return work_out(name, asked, bindings, value, axes, remarks, ours)

    def light(self, formula: str) -> Expr:
        """A formula of the record without what does nothing in this layer: (K·c + 1)·f for one group and a bias."""
        return light_formula(formula, tuple(self.trivial.items()))

    # The output

    def outputs(self) -> Iterator[Worked]:
        applied, kind, output = self.applied, self.kind, self.applied.output
        if kind.flattens:
            yield self.flattened()
        elif kind.inputs != 1 and applied.along is not None:
            yield self.joined(applied.along)
        elif applied.along and kind.outputs:  # what is said of the channels is done along another axis
            formula = substitute(parse(kind.outputs["channels"]), {"c": "n"})
            yield self.work("features", formula, output[applied.along], {"n": applied.input[0][applied.along]})
            yield Worked("shape", written_order(output, self.channels_last))
        elif kind.outputs:
            yield from self.owned(kind.outputs)
        elif kind.shape is None and applied.axes:
            yield from self.paddings()
            if len(output) == len(applied.axes) + 1:
                yield from self.sizes()
            dropped = () if len(output) > 1 else (Remark("dropped axes"),)
            yield self.work("channels", self.light(kind.channels), output[0], remarks=dropped)
        else:
            yield Worked("shape", written_order(output, self.channels_last), remarks=tuple(self.alike()))

    def alike(self) -> Iterator[Remark]:
        """What an output has of its input: all of it, its numbers, or sizes of 1 that are stretched."""
        applied = self.applied
        if not applied.input:
            yield Remark("held")
        elif self.kind.window.type is MULTIPLYING:
            yield Remark("multiplied")
        elif self.kind.window.type in MADE:
            yield Remark(MADE[self.kind.window.type])
        elif applied.input[:1] == (applied.output,):
            yield Remark("unchanged")
        elif any(applied.activations == product(given) for given in applied.input[:1]):
            yield Remark("rearranged", {"numbers": applied.activations})
        elif len(applied.input) > 1:
            yield Remark("stretched")

    def sizes(self, formula: str = "") -> Iterator[Worked]:
        """The output along every axis, equal ones once."""
        found = []
        for index, (own, axis) in enumerate(self.size_formulas()):
            text = formula or self.applied.sizes[index]
            asked = axis_formula(formula, axis) if formula else own
            value = self.grid()[index] if self.kind.lays_out_windows else self.applied.output[index - len(self.axes)]
            bindings = {letter: axis[letter] for letter in letters(asked) if letter in axis}
            if isinstance(asked, Ratio) and asked.bottom == 1 and evaluate(asked.top, {**axis}) == value:
                asked, text = asked.top, ""  # nothing is rounded: twice 28 is whole
            found.append((asked, text, bindings, value, tuple(remarks_on(self, axis, value, asked))))
        for axes, (asked, text, bindings, value, remarks) in group_axes(self.axes, found):
            name = "grid" if self.kind.lays_out_windows else "size"
            yield self.work(name, asked, value, bindings, text=text, axes=axes, remarks=remarks)

    def paddings(self) -> Iterator[Worked]:
        """What a padding word comes to."""
        total = self.applied.padded
        if not total:
            return
        found = []
        for axis in self.applied.axes:
            formula = axis_formula(total, axis)
            bindings = {letter: axis[letter] for letter in letters(formula)}
            sides = Remark("sides", {"before": axis["p_l"], "after": axis["p_r"]})
            found.append((formula, bindings, axis["p_l"] + axis["p_r"], (sides,)))
        for axes, (formula, bindings, value, remarks) in group_axes(self.axes, found):
            several = axes if len(axes) < len(self.axes) else ()
            yield self.work("padding", formula, value, bindings, axes=several, remarks=remarks)

    def owned(self, own: Mapping[str, str]) -> Iterator[Worked]:
        applied, output = self.applied, self.applied.output
        features = output[0] if applied.features_first else output[-1]
        values = {"channels": output[applied.channels], "rows": output[0], "windows": output[-1], "features": features}
        settings: dict[str, Any] = {name: value for name, value in applied.values.items() if isinstance(value, int)}
        if "stop" in own.get("channels", ""):
            settings = {"start": 0, "stop": applied.input[0][0], **settings}
        if "size" in own or self.kind.lays_out_windows:
            yield from self.sizes(own.get("size", ""))
        for name, text in own.items():
            if name != "size":
                yield self.work(name, self.light(text), values[name], settings)
        if self.kind.rank or ("features" in own and len(output) > 1):
            yield Worked("shape", written_order(output, self.channels_last))

    def flattened(self) -> Worked:
        """C·H·W, in the order of the layout."""
        shape = self.applied.input[0]
        if len(self.applied.output) > 1 or len(shape) - 1 not in CHANNELS:
            return Worked("shape", written_order(self.applied.output, self.channels_last))
        names = [f"{letter}_in" for letter in f"C{CHANNELS[len(shape) - 1]}"]
        order = [*range(1, len(shape)), 0] if self.channels_last else range(len(shape))
        sizes = dict(zip(names, shape, strict=True))
        return self.work("features", Mul(tuple(names[index] for index in order)), self.applied.output[0], sizes)

    def joined(self, along: int) -> Worked:
        """The sizes that a concatenation adds up."""
        applied = self.applied
        if len(applied.input) < 2:
            return Worked("shape", written_order(applied.output, self.channels_last))
        parts = [shape[along] for shape in applied.input]
        names = [f"c_{index}" for index in range(1, len(parts) + 1)]
        name = "channels" if along == 0 and len(applied.output) > 1 else "features"
        return self.work(name, Sum(tuple(names)), applied.output[along], dict(zip(names, parts, strict=True)))

    # What is counted

    def parameters(self) -> Iterator[Worked]:
        applied, kind = self.applied, self.kind
        if applied.values.get("trainable") is False:
            yield Worked("parameters", 0, steps=(0,), remarks=(Remark("frozen"),))
            return
        if "weights" in applied.values:
            held = (Remark("held elsewhere", {"layer": applied.values["weights"]}),)
            yield Worked("parameters", applied.parameters, steps=(to_tree(applied.parameters),), remarks=held)
            return
        yield self.work("parameters", self.light(applied.formulas[0]), applied.parameters)
        if applied.biases == 0 or applied.biases == applied.parameters:
            return
        if kind.biases:
            weights = applied.parameters - applied.biases
            if kind.weights:
                yield self.work("weights", self.light(kind.weights), weights)
            else:
                yield work_out("weights", Sum((to_tree(applied.parameters), Neg(to_tree(applied.biases)))), {}, weights)
            yield self.work("biases", self.light(kind.biases), applied.biases)
            return
        formula = parse(applied.formulas[0])
        without = simplify(formula, {**self.trivial, "b": 0})
        yield self.work("weights", without, applied.parameters - applied.biases)
        yield self.work("biases", simplify(slope(formula, "b"), self.trivial), applied.biases)

    def buffers(self) -> Iterator[Worked]:
        if "weights" in self.applied.values:
            return
        parameters, text = self.applied.formulas
        if self.applied.values.get("trainable") is False and parameters != "0":
            text = parameters if text == "0" else f"{text} + {parameters}"
        yield self.work("buffers", self.light(text), self.applied.buffers)

    def macs(self) -> Iterator[Worked]:
        yield self.work("macs", self.light(self.kind.macs), self.applied.macs)

    def flops(self) -> Iterator[Worked]:
        formula = self.light(f"2*({self.kind.macs})") if self.applied.macs != 0 else 0
        yield self.work("flops", formula, 2 * self.applied.macs)

    def connections(self) -> Iterator[Worked]:
        applied, kind = self.applied, self.kind
        if kind.connections:
            yield self.work("connections", self.light(kind.connections), applied.connections)
        elif applied.connections == applied.macs:
            yield self.work("connections", self.light(kind.macs), applied.connections)
        else:  # every output uses its bias once
            parts = (to_tree(applied.macs), to_tree(applied.activations))
            yield work_out("connections", Sum(parts), {}, applied.connections, (), (Remark("biased"),))

    def activations(self) -> Iterator[Worked]:
        output = self.applied.output
        if self.layers != 1:
            yield self.work("activations", 0, self.applied.activations)
            return
        kept = () if self.kind.storage else (Remark("not stored"),)
        shape = written_order(output, self.channels_last)
        yield work_out("activations", times(*map(to_tree, shape)), {}, self.applied.activations, (), kept)

    def memory(self, bits: int, batch: int) -> Iterator[Worked]:
        applied = self.applied
        held = applied.parameters + applied.buffers
        yield work_of_bytes("memory", applied.activations, bits, batch)
        if held != 0:
            yield work_of_bytes("parameter_memory", held, bits, 1)


def axis_formula(text: str, axis: Mapping[str, Value]) -> Expr:
    """A formula along an axis; without the dilation where there is none: k instead of d(k − 1) + 1."""
    sided = is_uneven(axis)
    return undilated_formula(text, sided) if axis.get("d") == 1 else tree(text, sided)


@lru_cache(maxsize=1024)
def light_formula(text: str, trivial: tuple[tuple[str, Value], ...]) -> Expr:
    """A formula with these values put in where they say nothing."""
    return simplify(parse(text), dict(trivial))


@lru_cache(maxsize=256)
def undilated_formula(text: str, sided: bool) -> Expr:
    return simplify(tree(text, sided), {"d": 1}) if "d" in letters_of(text) else tree(text, sided)


def remarks_on(layer_work: LayerWork, axis: Mapping[str, Any], size: Any, formula: Expr) -> Iterator[Remark]:
    """Which cells a window never reaches, at the end or between windows, and where the last one goes beyond."""
    window = layer_work.kind.window
    if window.type is ADAPTIVE:
        whole = isinstance(size, int) and isinstance(axis["n"], int) and axis["n"] % size == 0
        yield Remark("adaptive", {"side": axis["n"] // size} if whole else {})
    if window.type is ENTIRE and formula == 1:
        yield Remark("global", {"side": axis["n"]})
    if window.type is not SLIDING or "s" not in axis or layer_work.kind.lays_out_windows:
        return
    known = {**layer_work.applied.letters, **axis}
    before, after = axis.get("p_l", 0), axis.get("p_r", 0)
    reach: Any = evaluate(tree(window.reach), known)
    stride: Any = evaluate(tree(window.stride), known)
    if not all(isinstance(number, int) for number in (reach, stride, before, after, size, axis["n"])):
        return
    free = axis["n"] + before + after - reach
    left = free - (size - 1) * stride
    if rounds(formula, "floor") and left > 0:
        facts = {"free": free, "stride": stride, "cells": left, "padding": min(left, after), "padded": before + after}
        yield Remark("dropped", facts)
    if rounds(formula, "ceil") and free % stride and "k" in set(letters(formula)):
        if left < 0:
            yield Remark("beyond", {"free": free, "stride": stride, "cells": -left})
        else:
            yield Remark("clipped")
    if stride > reach and size > 1:
        yield Remark("gaps", {"cells": stride - reach, "stride": stride})


def rounds(formula: Expr, rounding: str) -> bool:
    if isinstance(formula, Ratio) and formula.rounding == rounding:
        return True
    return any(rounds(child, rounding) for child in children(formula))
