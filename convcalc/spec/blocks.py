"""Blocks and repeats as arithmetic: their parameters bound, and how many layers they stand for before any is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.algebra.limits import MAX_DIGITS, ExprError
from convcalc.layers.values import number
from convcalc.problem import Problem, did_you_mean, problem
from convcalc.spec import BranchItem, BrokenItem, LayerItem, RepeatItem, UseItem, items_within
from convcalc.spec.names import value_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.values import Raw
    from convcalc.spec import Block, Items

MAX_LAYERS = 50_000  # that repeats and blocks make of fewer
MAX_LETTERS = 50_000_000  # of the names of all layers


def repeats(item: RepeatItem, values: Mapping[str, Value]) -> Value:
    """How often a repeat repeats; a Problem unless it is a whole number, 0 or more, or has letters."""
    try:
        times = number(item.times, values)
    except ExprError as error:
        name = getattr(error, "name", "")
        close = did_you_mean(name, values)
        hint = close or ("declare it under `let`" if name else "3 x conv 64 k3")
        message = f"repeat {item.times[:40]} times: {error}"
        raise problem("V001", message, hint, undeclared="" if close else name) from None
    if not is_symbolic(times) and not isinstance(times, int):
        raise problem("V001", f"repeat {item.times[:40]} times: {times} is not a whole number", "3 x conv 64 k3")
    if isinstance(times, int) and times < 0:
        raise problem("V002", f"repeat must be at least 0 times, not {times}")
    return times


def bind(
    block: Block, args: tuple[tuple[str, Raw], ...], values: Mapping[str, Value], network: Mapping[str, Value]
) -> dict[str, Value]:
    """What the layers of a block see: its parameters, read where it is used, over the names of the network."""
    names = [name for name, _ in block.params]
    given: dict[str, Raw] = {}
    known = f"its parameters are {', '.join(names) or 'none'}"
    free = iter(names)
    for name, raw in args:
        if not name:
            name = next((candidate for candidate in free if candidate not in given), "")
            if not name:
                raise problem("L012", f"{block.name} takes {len(names)} parameters, {raw} is one more", known)
        if name not in names:
            hint = did_you_mean(name, names) or known
            raise problem("K002", f'{block.name} has no parameter "{name[:60]}"', hint)
        if name in given:
            raise problem("L010", f"{block.name}: {name} is given twice", "leave one of them out")
        given[name] = raw
    bound = dict(network)
    for name, default in block.params:
        raw = given.get(name)  # type: ignore[assignment]
        text, seen = (raw, values) if raw is not None else (default, bound)
        if text is None:
            raise problem("V006", f"{block.name} needs {name}", f"{block.name} {name}=64")
        if not isinstance(text, str):
            raise problem("V003", f"{block.name}: {name} takes one value, not a list")
        try:
            bound[name] = value_of(text, seen)
        except ExprError as error:
            hint = did_you_mean(getattr(error, "name", ""), seen)
            raise problem("V001", f"{block.name}: {name}={text[:60]}: {error}", hint) from None
    return bound


def check_extent(items: Items, blocks: Mapping[str, Block], values: Mapping[str, Value]) -> None:
    """A Problem where repeats and blocks make too many layers, or names too long; what is written out is no more."""
    layers, letters = Counter(blocks, values).count(items, values)
    if layers > MAX_LAYERS and layers > sum(1 for _ in items_within(items, blocks)):
        shown = f"{layers:,}" if layers < 10**15 else f"about 10^{layers.bit_length() * 30103 // 100000}"
        hint = f"at most {MAX_LAYERS:,} are computed, or as many as are written out"
        raise problem("X001", f"the network would have {shown} layers", hint)
    if letters > MAX_LETTERS:
        message = f"the names of all layers would have {letters:,} letters, more than {MAX_LETTERS:,}"
        raise problem("X004", message, "give layers and blocks shorter names")


class Extent(NamedTuple):
    """How many layers there are, and how many letters their names and those of their inputs have."""

    layers: int = 0
    letters: int = 0

    def plus(self, other: Extent, prefix: str = "", times: int = 1) -> Extent:
        """Together with so many copies of another, a prefix before each of its names."""
        layers = times * other.layers
        return Extent(self.layers + layers, self.letters + times * other.letters + len(prefix) * layers)


class Counter:
    """The extent of a network, before it is built: blocks are counted once for each set of arguments."""

    def __init__(self, blocks: Mapping[str, Block], values: Mapping[str, Value]):
        self.blocks = blocks
        self.values = values
        self.open: list[str] = []
        self.counted: dict[Any, Extent] = {}

    def count(self, items: Items, values: Mapping[str, Value]) -> Extent:
        total, layers, letters = Extent(), 0, 0  # layers by themselves are many: added in the end
        for item in items:
            match item:
                case LayerItem():
                    layers += 1
                    letters += len(item.name) + sum(map(len, item.written.source))
                case BrokenItem():
                    layers += 1
                case RepeatItem():
                    try:
                        repeated = repeats(item, values)
                        times = repeated if isinstance(repeated, int) else 3  # the first, the last, and all between
                    except Problem:
                        times = 1  # noted where it is built
                    inner = self.count(item.items, values)
                    if times > MAX_LAYERS and not inner.layers:
                        inner = Extent(1)
                    total = total.plus(inner, item.name, min(times, 10**MAX_DIGITS))
                case BranchItem():
                    total = total.plus(Extent(1, len(item.name)))
                    for label, path in item.paths:
                        inner = Extent(3) if isinstance(path, str) else self.count(path, values)
                        total = total.plus(inner, item.name + label)
                case UseItem():
                    total = total.plus(self.count_block(item, values), item.name or item.block)
        return total.plus(Extent(layers, letters))

    def count_block(self, item: UseItem, values: Mapping[str, Value]) -> Extent:
        block = self.blocks.get(item.block)
        if block is None:
            return Extent()
        if item.block in self.open:
            path = " → ".join([*self.open[self.open.index(item.block) :], item.block])
            raise problem("X002", f"block {item.block} contains itself: {path}", "a block may only use others")
        if len(self.open) > 150:
            raise problem("X003", "blocks are nested more than 150 deep")
        try:
            bound = bind(block, item.args, values, self.values)
        except Problem:
            return Extent(1)
        key = (item.block, *(bound[name] for name, _ in block.params))
        known = self.counted.get(key)
        if known is None:
            self.open.append(item.block)
            try:
                known = self.counted[key] = self.count(block.items, bound)
            finally:
                self.open.pop()
        return known
