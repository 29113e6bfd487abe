"""The loop nests of a sweep: one that counts, one that gives rows, one that keeps the best, one that keeps a front.

Where it is proved which way a test goes along axes, values that cannot meet it are not visited: an outer loop is cut
where the best corner of what is inside fails, and the innermost one is bisected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from operator import le
from typing import TYPE_CHECKING, Any

from convcalc.sweep.nest import MANY, LoopCode, NodeTests
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.sweep.nodes import FormNodes

Trends = tuple[int | None, ...]


class NestGoal(NamedTuple):
    """What the innermost loop does with a point that meets the tests: "count", "rows", "best" or "front"."""

    kind: str
    row: tuple[tuple[bool, Any], ...] = ()  # whether it is a node, and the node or the value
    objectives: tuple[tuple[int, Trends | None], ...] = ()  # the least is the best
    quotient: tuple[int, int] | None = None  # the parts of the first objective, of which the second is above 0


class LoopNest:
    """A nest being written, over the points of each axis in the order of the loops."""

    def __init__(
        self, nodes: FormNodes, points: Sequence[Sequence[tuple[Any, ...]]], order: Sequence[int], goal: NestGoal,
        is_pruned: bool,
    ):  # fmt: skip
        self.nodes, self.order, self.goal, self.is_pruned = nodes, tuple(order), goal, is_pruned
        self.code = LoopCode(nodes, order, {})
        self.last = len(order)
        self.sizes = list(map(len, points))
        self.are_sorted = [all(map(le, own, own[1:])) for own in points]
        self.ends = [(min(own), max(own)) for own in points]
        self.places = [nodes.places_of(axis) for axis in range(len(points))]

    def function(self, tests: Sequence[NodeTests]) -> Callable[..., Any]:
        return self.code.function(self.text(tests), "nest")

    def text(self, tests: Sequence[NodeTests]) -> str:
        code, kind = self.code, self.goal.kind
        by_level: list[list[NodeTests]] = [[] for _ in range(self.last + 1)]
        for test in tests:
            by_level[code.level(test.mask)].append(test)
        inside = (
            self.last
            if kind != "count"
            else max((level for level in range(self.last + 1) if by_level[level]), default=0)
        )
        code.has_offsets = kind != "count"
        before = self.prologue(inside)
        if not inside and kind != "count":
            code.headers[0] = "for p0 in (base,):"
        for level in range(1, inside + 1):
            code.headers[level] = f"for {{}} in {'x' + str(self.order[0]) if level == 1 else f't{level}'}:"
        for level in range(inside + 1):
            rest = by_level[level]
            if level == inside and level > 1:
                rest = self.bisect(level, rest)
            for test in rest:
                left = self.leave(level, test.trends) if level else "return 0, 0"
                code.add(level, f"if not ({code.condition(test)}): {left}")
            if level < inside and level:
                self.add_cuts(level, inside, [test for deeper in by_level[level + 1 :] for test in deeper])
            if level and code.has_offsets:
                code.add(level, f"p{level} = {f'p{level - 1}' if level > 1 else 'base'} + o{level}")
        self.finish(inside)
        return code.text("nest", before, "return n, s" if kind == "count" else "")

    def prologue(self, inside: int) -> list[str]:
        kind, lines = self.goal.kind, ["n = s = 0"]
        if kind == "count":
            rest = [f"len(x{axis})" for axis in self.order[inside:]]
            lines.append(f"m{inside} = {'*'.join(rest) or '1'}")
            lines += [f"m{level} = len(x{self.order[level]})*m{level + 1}" for level in range(inside - 1, 0, -1)]
        else:
            lines.append("base = state[0]")
        if kind == "best":
            lines += ["offer, w = state[1].offer, state[1].worst"]
            lines += ["wn, wd = parts_of(w)"] if self.goal.quotient else []
        if kind == "front":
            lines += ["beaten, add = state[1].beaten, state[1].add"]
            lines += [f"b{index} = float('inf')" for index in range(len(self.goal.objectives))]
        return lines

    def is_ascending(self, level: int) -> bool:
        return self.are_sorted[self.order[level - 1]]

    def leave(self, level: int, trends: Trends | None) -> str:
        """How a loop is left where a test fails: for good, if the values that follow can only be worse."""
        worse = self.is_pruned and trends and trends[self.order[level - 1]] == -1 and self.is_ascending(level)
        return "break" if worse else "continue"

    def corner(self, node: int, trends: Trends | None, level: int, best: bool) -> int | None:
        """A node with the values of the axes inside of a level at which it is largest, or least; None if unproved."""
        numbers: dict[int, Any] = {}
        for axis in self.order[level:]:
            if self.nodes.masks[node] >> axis & 1:
                trend = trends[axis] if trends else None
                if trend is None:
                    return None
                end = self.ends[axis][(trend == 1) == best]
                numbers.update(zip(self.places[axis], end, strict=True))
        return self.nodes.replace(node, numbers)

    def add_cuts(self, level: int, inside: int, tests: Sequence[NodeTests]) -> None:
        """What spares the loops inside of a level."""
        code, bit = self.code, self.code.bit(level)
        if not self.is_pruned:
            return
        for test in tests:
            corner = self.corner(test.any_of[0].node, test.trends, level, True) if test.trends else None
            if corner is not None and self.nodes.masks[corner] & bit:
                code.add(level, f"if {code.ref(corner)} < 0: {self.leave(level, test.trends)}")
        if self.goal.kind == "count" and level < inside - 1:
            worst = [
                self.corner(test.any_of[0].node, test.trends, level, False) if test.trends else None for test in tests
            ]
            if None not in worst:
                met = " and ".join(f"{code.ref(node)} >= 0" for node in worst if node is not None)
                code.add(level, f"if {met}: n += m{level}; continue")
        if self.goal.kind not in ("best", "front"):
            return
        corners = [self.corner(node, trends, level, False) for node, trends in self.goal.objectives]
        if self.goal.kind == "best" and corners[0] is not None and self.nodes.masks[corners[0]] & bit:
            falls = tuple(None if trend is None else -trend for trend in self.goal.objectives[0][1] or ())
            code.add(level, f"if {code.ref(corners[0])} > w: {self.leave(level, falls)}")
        if self.goal.kind == "front" and None not in corners:
            values = ", ".join(code.ref(node) for node in corners if node is not None)
            code.add(level, f"if beaten(({values},)): continue")

    def bisect(self, level: int, tests: Sequence[NodeTests]) -> list[NodeTests]:
        """The tests of the innermost loop that are left, when the values that meet the others are looked up."""
        axis = self.order[level - 1]
        if not (self.is_pruned and self.is_ascending(level)):
            return list(tests)
        ends: dict[int, list[str]] = {1: [], -1: []}
        rest = []
        for test in tests:
            trend = test.trends[axis] if test.trends else None
            end = self.end(level, test, trend) if trend else None
            if end:
                ends[-trend].append(end)  # type: ignore[operator]
            else:
                rest.append(test)
        if not ends[1] and not ends[-1]:
            return rest
        code = self.code
        highs, lows = ends[1], ends[-1]
        high = highs[0] if len(highs) == 1 else f"min({', '.join(highs)})" if highs else f"len(t{level})"
        low = lows[0] if len(lows) == 1 else f"max({', '.join(lows)})" if lows else "0"
        if self.goal.kind == "count" and not rest:
            code.headers[level] = ""
            code.add(level - 1, f"h, i = {high}, {low}")
            code.add(level - 1, "s += 1")
            code.add(level - 1, f"if h > i: n += (h - i)*m{level}")
        else:
            code.headers[level] = f"for {{}} in t{level}[{low}:{high}]:"
        return rest

    def end(self, level: int, test: NodeTests, trend: int) -> str | None:
        """A variable for how many values, from the first on, meet a test that falls; or, where it rises, do not."""
        code, nodes = self.code, self.nodes
        node = test.any_of[0].node
        outer, groups = code.split(node, level)
        own = code.bit(level)
        if any(nodes.masks[inner] != own for inner, _ in groups):
            return None
        name = f"e{node}"
        if len(groups) == 1 and self.is_whole(groups[0][0]):
            inner, core = groups[0]
            first, final = (nodes.number_of(self.at(inner, level, end)) for end in (0, 1))
            rises = final > first
            if rises == (trend == 1):
                sign, column = "", inner
            else:
                sign, column = "-", nodes.sum([(inner, -1)])
            o, c = code.ref(outer), f"{sign}{code.ref(core)}"
            if trend == -1:
                values = code.column(nodes.sum([(column, -1)]), level)
                found = f"bisect_right({values}, {o} // c)"
            else:
                values = code.column(column, level)
                found = f"bisect_left({values}, -({o} // c))"
            all_of, none = (f"len({values})", "0") if trend == -1 else ("0", f"len({values})")
            past = f"{o} {'-' if trend == -1 else '+'} c*{values}[0] >= 0"
            code.add(level - 1, f"c = {c}")
            code.add(level - 1, f"{name} = {found} if c > 0 else {all_of} if {past} else {none}")
            return name
        if self.sizes[self.order[level - 1]] < MANY:
            return None
        parts = []
        for inner, core in groups:
            values = code.column(inner, level)
            parts.append(f"{values}[i]" if core == nodes.one else f"{values}[i]*{code.ref(core)}")
        holds = f"{' + '.join(parts)} >= {code.ref(nodes.sum([(outer, -1)]))}"
        code.add(level - 1, f"{name}, h = 0, len(t{level})")
        code.add(level - 1, f"while {name} < h:")
        code.add(level - 1, f"    i = ({name} + h) >> 1")
        code.add(level - 1, f"    if {holds if trend == -1 else f'not {holds}'}: {name} = i + 1")
        code.add(level - 1, "    else: h = i")
        return name

    def at(self, node: int, level: int, end: int) -> int:
        """A node of an axis at its first value, or its last."""
        axis = self.order[level - 1]
        return self.nodes.replace(node, dict(zip(self.places[axis], self.ends[axis][end], strict=True)))

    def is_whole(self, node: int) -> bool:
        """Whether a node is whole for whole letters, by its form."""
        match self.nodes.records[node]:
            case ("number", number, _):
                return isinstance(number, int)
            case ("letter", _):
                return True
            case ("sum", constant, terms):
                numbers = (constant, *(times for _, times in terms))
                return all(isinstance(each, int) for each in numbers) and all(self.is_whole(part) for part, _ in terms)
            case ("product", factors):
                return all(self.is_whole(factor) for factor, _ in factors)
            case ("quotient", rounding, _, _):
                return bool(rounding)
            case ("extremum", _, options):
                return all(map(self.is_whole, options))
        return False

    def finish(self, inside: int) -> None:
        """What the innermost loop does with a point."""
        code, goal = self.code, self.goal
        if goal.kind == "count":
            if code.headers[inside] or not inside:
                code.add(inside, f"n += m{inside}")
            if code.headers[inside] and inside and self.is_pruned:
                code.add(inside - 1, f"s += len(x{self.order[inside - 1]})")
            return
        if goal.kind == "best":
            if goal.quotient:  # a/b > c/d as ad > cb: a fraction is only made of what is taken
                code.lasting["parts_of"] = parts_of
                top, bottom = map(code.ref, goal.quotient)
                code.add(inside, f"if {top}*wd > wn*{bottom}: continue")
            keys = [code.ref(node) for node, _ in goal.objectives]
            code.add(inside, f"if {keys[0]} > w: continue")
            given = f"w = offer(({', '.join(f'-{key}' for key in keys)}, -p{inside}), ({{}}))"
        elif goal.kind == "front":
            keys = [code.ref(node) for node, _ in goal.objectives]
            bars = [f"b{index}" for index in range(len(keys))]
            worse = " and ".join(f"{key} >= {bar}" for key, bar in zip(keys, bars, strict=True))
            other = " or ".join(f"{key} != {bar}" for key, bar in zip(keys, bars, strict=True))
            code.add(inside, f"if {worse} and ({other}): continue")
            code.add(inside, f"d = beaten(({', '.join(keys)},))")
            code.add(inside, f"if d: {', '.join(bars)}, = d; continue")
            given = f"add(({', '.join(keys)},), p{inside}, ({{}}))"
        else:
            given = f"yield p{inside}, ({{}})"
        row = [code.ref(value) if is_node else code.constant(value) for is_node, value in goal.row]
        code.add(inside, given.format("".join(f"{value}, " for value in row)))
        if goal.quotient:
            code.add(inside, "wn, wd = parts_of(w)")


def parts_of(number: Any) -> tuple[Any, Any]:
    """The parts of a fraction, of which infinity is one over nothing."""
    return (1, 0) if number == inf else (-1, 0) if number == -inf else (number.numerator, number.denominator)


def order_of_loops(nodes: FormNodes, sizes: Mapping[int, int], wanted: Sequence[int], is_pruned: bool) -> list[int]:
    """The axes so that the innermost loops do little at every step, or are long where they are bisected."""
    left, order = dict(sizes), list[int]()
    parts = set(wanted)
    while left:
        costs = {}
        for axis, size in left.items():
            groups = [nodes.grouped(node, 1 << axis) for node in parts]
            is_looked_up = is_pruned and all(
                nodes.masks[inner] in (0, 1 << axis) for each in groups for inner, _ in each
            )
            costs[axis] = (40 + sum(map(len, groups)) * (10 if is_looked_up else size)) / size
        axis = min(costs, key=lambda each: (costs[each], -left[each]))
        parts = {core for node in parts for _, core in nodes.grouped(node, 1 << axis) if nodes.masks[core]}
        order.insert(0, axis)
        del left[axis]
    return order
