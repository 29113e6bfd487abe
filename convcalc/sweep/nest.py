"""A loop nest as the text of a Python function, made from nodes of forms only.

What a loop does not change is worked outside of it; what depends on the axis of an inner loop by itself is worked
once for each of its values, as a column of a table that the loop goes through; the rest is a sum of such columns,
each times what the outer loops fix.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import divide, evaluate
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.sweep.nodes import FormNodes

INDENT = "    "
MANY = 12  # values of an axis from which on it is bisected


class NodeTest(NamedTuple):
    """A node that is at least 0 (">="), is 0 ("=="), or that is a multiple of another ("%"); or the opposite."""

    operator: str
    node: int
    other: int = 0


class NodeTests(NamedTuple):
    """Tests of which one must hold, on which axes they depend, and how the only one goes along each, if proved."""

    any_of: tuple[NodeTest, ...]
    mask: int
    trends: tuple[int | None, ...] | None = None


def nodes_of(tests: Iterable[NodeTests]) -> list[int]:
    return [test.node for each in tests for test in each.any_of]


DENIED = {">=": "<", "<": ">=", "==": "!=", "!=": "==", "%": "!%", "!%": "%"}


def deny(tests: NodeTests) -> Iterator[NodeTests]:
    """What holds where none of some tests does."""
    for test in tests.any_of:
        yield NodeTests((test._replace(operator=DENIED[test.operator]),), tests.mask)


MET: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda low, high: bool(low >= 0),
    "<": lambda low, high: bool(high < 0),
    "==": lambda low, high: bool(low == high == 0),
    "!=": lambda low, high: bool(low > 0 or high < 0),
}  # whether all numbers from one to another do, by the test


def verdict(operator: str, low: Any, high: Any) -> bool | None:
    """Whether all numbers of a range meet a test, or none; None where some may."""
    return True if MET[operator](low, high) else False if MET[DENIED[operator]](low, high) else None


class LoopCode:
    """The lines of a nest of loops over some axes, the outermost first; level 0 is outside of them all."""

    def __init__(self, nodes: FormNodes, order: Sequence[int], lasting: dict[str, Any]):
        self.nodes, self.order, self.lasting = nodes, tuple(order), lasting
        self.level_of_axis = {axis: level for level, axis in enumerate(order, 1)}
        self.lines: list[list[str]] = [[] for _ in range(len(order) + 1)]
        self.headers = [""] * (len(order) + 1)
        self.names: dict[int, str] = {}
        self.columns: list[dict[str, int | None]] = [{} for _ in range(len(order) + 1)]  # by variable
        self.lists: dict[str, tuple[int, str]] = {}  # columns by themselves: level, variable
        self.has_offsets = False

    def level(self, mask: int) -> int:
        return max((level for axis, level in self.level_of_axis.items() if mask >> axis & 1), default=0)

    def add(self, level: int, line: str) -> None:
        self.lines[level].append(line)

    def bit(self, level: int) -> int:
        return 1 << self.order[level - 1]

    def constant(self, value: object) -> str:
        """A value as a literal, or as a name for it where it has none."""
        if type(value) is int:
            return str(value) if value >= 0 else f"({value})"
        if value is None:
            return "None"
        name = f"k{len(self.lasting)}"
        self.lasting[name] = value
        return name

    def ref(self, node: int) -> str:
        """The variable of a node, which is worked at the outermost level that fixes it."""
        name = self.names.get(node)
        if name is None:
            name = self.names[node] = self.place(node)
        return name

    def place(self, node: int) -> str:
        record, mask = self.nodes.records[node], self.nodes.masks[node]
        if record[0] == "number":
            return self.constant(record[1])
        level = self.level(mask)
        if record[0] == "letter":
            self.columns[level][f"a{record[1]}"] = None
            return f"a{record[1]}"
        if level > 1 and mask == self.bit(level):
            self.columns[level][f"v{node}"] = node
        else:
            self.add(level, f"v{node} = {self.expression(node, level)}")
        return f"v{node}"

    def expression(self, node: int, level: int) -> str:
        nodes = self.nodes
        if level and nodes.masks[node] != self.bit(level) and nodes.records[node][0] in ("sum", "product"):
            groups = nodes.grouped(node, self.bit(level))
            if groups != [(node, nodes.one)]:
                return self.sum_of_products(groups)
        return self.form(nodes.records[node])

    def sum_of_products(self, groups: list[tuple[int, int]]) -> str:
        return " + ".join("*".join(self.ref(part) for part in pair if part != self.nodes.one) or "1" for pair in groups)

    def form(self, record: tuple[Any, ...]) -> str:
        match record:
            case ("sum", constant, terms):
                parts = [f"{self.constant(times)}*{self.ref(part)}" if times != 1 else self.ref(part)
                         for part, times in terms]  # fmt: skip
                return " + ".join([*parts, self.constant(constant)] if constant else parts)
            case ("product", factors):
                return "*".join(
                    f"{self.ref(part)}**{power}" if power > 3 else "*".join([self.ref(part)] * power)
                    for part, power in factors
                )
            case ("quotient", rounding, top, bottom):
                above, below = self.ref(top), self.ref(bottom)
                if rounding == "":
                    return f"divide({above}, {below})"
                quotient = f"{above}//{below}" if rounding == "floor" else f"-(-{above}//{below})"
                safe = self.nodes.number_of(bottom) is not None
                return quotient if safe else f"({quotient} if {below} else 0)"
            case ("extremum", name, options):
                found = [self.ref(option) for option in options]
                if len(found) > 2:
                    return f"{name}({', '.join(found)})"
                return f"({found[0]} if {found[0]} {'>=' if name == 'max' else '<='} {found[1]} else {found[1]})"
            case ("opaque", tree, places, parts):
                pairs = ", ".join(f"{place!r}: {self.ref(part)}" for place, part in zip(places, parts, strict=True))
                return f"evaluate({self.constant(tree)}, {{{pairs}}})"
        raise AssertionError(record[0])

    # Tests

    def condition(self, tests: NodeTests) -> str:
        """What holds where one of the tests does."""
        found = [self.comparison(test, self.level(tests.mask)) for test in tests.any_of]
        return " or ".join(found) if found else "False"

    def comparison(self, test: NodeTest, level: int) -> str:
        if "%" in test.operator:
            left, right = self.ref(test.node), self.ref(test.other)
            return f"{'not ' if '!' in test.operator else ''}({right} and not {left} % {right})"
        if test.operator == ">=" and level and self.nodes.masks[test.node] & self.bit(level):
            outer, groups = self.split(test.node, level)
            if groups != [(test.node, self.nodes.one)]:
                return f"{self.sum_of_products(groups)} >= {self.ref(self.nodes.sum([(outer, -1)]))}"
        return f"{self.ref(test.node)} {test.operator} 0"

    def split(self, node: int, level: int) -> tuple[int, list[tuple[int, int]]]:
        """A node as what a level does not change, and products of what it does."""
        groups = self.nodes.grouped(node, self.bit(level))
        fixed = [(core, self.nodes.number_of(inner)) for inner, core in groups if not self.nodes.masks[inner]]
        return self.nodes.sum(fixed), [pair for pair in groups if self.nodes.masks[pair[0]]]

    def column(self, node: int, level: int) -> str:
        """The list of the values of a node along the axis of a level, the only one that changes them."""
        name = f"q{node}"
        self.lists[name] = (level, self.ref(node))
        return name

    # The whole

    def text(self, name: str, before: list[str], returned: str) -> str:
        """The function: it takes a list of (offset, values …) for every axis, and what the lines need besides."""
        lines = [f"def {name}({', '.join([*(f'x{axis}' for axis in self.order), 'state'])}):"]
        for level in range(2, len(self.order) + 1):
            if self.headers[level] or any(own == level for own, _ in self.lists.values()):
                lines += [INDENT + line for line in self.table(level)]
        depth = 1
        lines += [INDENT + line for line in before]
        for level, header in enumerate(self.headers):
            if header:
                lines.append(INDENT * depth + header.format(self.head(level) if level else ""))
                depth += 1
            lines += [INDENT * depth + line for line in self.lines[level]]
        lines += [INDENT + returned] if returned else []
        return "\n".join(lines) + "\n"

    def head(self, level: int) -> str:
        """What a loop goes through: its variables, as the entries of its table have them."""
        if level == 1:
            return self.whole_entry(level)
        return ", ".join(self.entry(level)) + ("," if len(self.entry(level)) == 1 else "")

    def whole_entry(self, level: int) -> str:
        """The offset of a value of an axis, and the letters that are part of it."""
        return ", ".join([f"o{level}", *(f"a{place}" for place in self.nodes.places_of(self.order[level - 1]))])

    def entry(self, level: int) -> list[str]:
        offsets = [f"o{level}"] if self.has_offsets or not self.columns[level] else []
        return [*offsets, *self.columns[level]]

    def table(self, level: int) -> Iterator[str]:
        """The lines that make the table of an axis."""
        axis = self.order[level - 1]
        code = LoopCode(self.nodes, (axis,), self.lasting)
        for node in self.columns[level].values():
            if node is not None:
                code.ref(node)
        yield from code.lines[0]
        yield f"t{level} = []"
        yield f"for {self.whole_entry(level)} in x{axis}:"
        yield from (INDENT + line for line in code.lines[1])
        yield f"{INDENT}t{level}.append(({', '.join(self.entry(level))},))"
        for name, (own, variable) in self.lists.items():
            if own == level:
                yield f"{name} = [entry[{self.entry(level).index(variable)}] for entry in t{level}]"

    def function(self, text: str, name: str) -> Callable[..., Any]:
        scope = {"divide": divide, "evaluate": evaluate, "bisect_left": bisect_left, "bisect_right": bisect_right}
        space: dict[str, Any] = {**scope, **self.lasting}
        exec(compile(text, "<nest>", "exec"), space)
        return space[name]  # type: ignore[no-any-return]
