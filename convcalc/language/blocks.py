"""Blocks and repeats as arithmetic: their parameters bound, and how many layers they stand for before any is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.limits import MAX_DIGITS, ExprError
from convcalc.kinds.values import number
from convcalc.language.names import value_of
from convcalc.language.spec import BranchItem, BrokenItem, LayerItem, RepeatItem, UseItem
from convcalc.problem import Problem, did_you_mean, problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.kinds.values import Raw
    from convcalc.language.spec import Block, Items

MAX_LAYERS = 2_000_000


def repeats(item: RepeatItem, values: Mapping[str, Value]) -> int:
    """How often a repeat repeats; a Problem unless it is a whole number, 0 or more."""
    try:
        times = number(item.times, values)
    except ExprError as error:
        hint = (
            did_you_mean(getattr(error, "name", ""), values) or "declare it under `let`"
            if hasattr(error, "name")
            else "3 x conv 64 k3"
        )
        raise problem("V001", f"repeat {item.times[:40]} times: {error}", hint) from None
    if not isinstance(times, int):
        raise problem(
            "V001",
            f"repeat {item.times[:40]} times: {times} is not a whole number",
            "the number of layers cannot be symbolic",
        )
    if times < 0:
        raise problem("V002", f"repeat must be at least 0 times, not {times}")
    return times


def bind(
    block: Block, args: tuple[tuple[str, Raw], ...], values: Mapping[str, Value], network: Mapping[str, Value]
) -> dict[str, Value]:
    """What the layers of a block see: its parameters, read where it is used, over the names of the network."""
    names = [name for name, _ in block.params]
    given: dict[str, Raw] = {}
    free = iter(names)
    for name, raw in args:
        if not name:
            name = next((candidate for candidate in free if candidate not in given), "")
            if not name:
                raise problem(
                    "L012",
                    f"{block.name} takes {len(names)} parameters, {raw} is one more",
                    f"its parameters are {', '.join(names) or 'none'}",
                )
        if name not in names:
            raise problem(
                "K002",
                f'{block.name} has no parameter "{name[:60]}"',
                did_you_mean(name, names) or f"its parameters are {', '.join(names) or 'none'}",
            )
        if name in given:
            raise problem("L010", f"{block.name}: {name} is given twice", "leave one of them out")
        given[name] = raw
    bound = dict(network)
    for name, default in block.params:
        raw = given.get(name)  # type: ignore[assignment]
        text, known = (raw, values) if raw is not None else (default, bound)
        if text is None:
            raise problem("V006", f"{block.name} needs {name}", f"{block.name} {name}=64")
        if not isinstance(text, str):
            raise problem("V003", f"{block.name}: {name} takes one value, not a list")
        try:
            bound[name] = value_of(text, known)
        except ExprError as error:
            hint = did_you_mean(getattr(error, "name", ""), known) if hasattr(error, "name") else ""
            raise problem("V001", f"{block.name}: {name}={text[:60]}: {error}", hint) from None
    return bound


class Counter:
    """How many layers a network has, before it is built: blocks are counted once for each set of arguments."""

    def __init__(self, blocks: Mapping[str, Block], values: Mapping[str, Value]):
        self.blocks = blocks
        self.values = values
        self.open: list[str] = []
        self.counted: dict[Any, int] = {}

    def count(self, items: Items, values: Mapping[str, Value] | None = None) -> int:
        known = self.values if values is None else values
        total = 0
        for item in items:
            match item:
                case LayerItem() | BrokenItem():
                    total += 1
                case RepeatItem():
                    try:
                        times = repeats(item, known)
                    except Problem:
                        times = 1  # noted where it is built
                    inner = self.count(item.items, known)
                    total += min(times, 10**MAX_DIGITS) * max(inner, 1 if times > MAX_LAYERS else 0)
                case BranchItem():
                    total += 1 + sum(3 if isinstance(path, str) else self.count(path, known) for _, path in item.paths)
                case UseItem():
                    total += self.count_block(item, known)
        return total

    def count_block(self, item: UseItem, values: Mapping[str, Value]) -> int:
        block = self.blocks.get(item.block)
        if block is None:
            return 0
        if item.block in self.open:
            path = " → ".join([*self.open[self.open.index(item.block) :], item.block])
            raise problem("X002", f"block {item.block} contains itself: {path}", "a block may only use others")
        if len(self.open) > 150:
            raise problem("X003", "blocks are nested more than 150 deep")
        try:
            bound = bind(block, item.args, values, self.values)
        except Problem:
            return 1
        key = (item.block, *(bound[name] for name, _ in block.params))
        known = self.counted.get(key)
        if known is None:
            self.open.append(item.block)
            try:
                known = self.counted[key] = self.count(block.items, bound)
            finally:
                self.open.pop()
        return known
