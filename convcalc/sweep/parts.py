"""A grid as parts on which one program of closed forms holds, with what is left to test there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, ExprError, Mul, Neg, Ratio, Sum
from convcalc.problem import problem
from convcalc.sweep.bounds import Ranges
from convcalc.sweep.loops import LoopNest, NestGoal, order_of_loops
from convcalc.sweep.nest import LoopCode, NodeTest, NodeTests, nodes_of, verdict
from convcalc.sweep.nodes import FormNodes
from convcalc.sweep.question import Axis, SweepQuestion, point_of
from convcalc.sweep.structures import Structures
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.closed_forms.table import Requirement, SizeTest
    from convcalc.sweep.network import Swept
    from convcalc.sweep.program import SweepProgram

    Entry = tuple[Any, ...]  # how far it moves the place in the grid, and the values
    Entries = list[Entry]

MAX_WORKED = 10_000  # points that are worked by themselves
MAX_STRUCTURES = 10_000
FEW = 3  # points that are not worth a structure of their own


class GridPart:
    """A program on some values of its axes; `base` is the place of the first of all values in the grid."""

    def __init__(self, program: SweepProgram, base: int, entries: Sequence[Entries], nodes: FormNodes | None = None):
        axes = tuple(
            Axis(axis.names, tuple(entry[1:] for entry in own)) for axis, own in zip(program.axes, entries, strict=True)
        )
        self.program = program._replace(axes=axes)
        self.base, self.entries = base, list(entries)
        self.nodes = nodes or FormNodes(axes, program.forms)
        self.known_ranges: Ranges | None = None

    @property
    def size(self) -> int:
        return prod(map(len, self.entries))

    def restrict(self, axis: int, entries: Entries) -> GridPart:
        if len(entries) == len(self.entries[axis]):
            return self
        own = [entries if index == axis else each for index, each in enumerate(self.entries)]
        return GridPart(self.program, self.base, own, self.nodes)

    def nothing(self) -> GridPart:
        """No point of it."""
        if self.entries:
            return self.restrict(0, [])
        return GridPart(self.program._replace(axes=(Axis((), ()),)), self.base, [[]], self.nodes)

    def places(self) -> Iterator[int]:
        for chosen in product(*self.entries):
            yield self.base + sum(entry[0] for entry in chosen)

    # Tests

    def tests(self, any_of: Iterable[SizeTest]) -> NodeTests | bool:
        """Some tests of which one must hold, of nodes; or whether that is so at every point."""
        found = []
        trends = None
        for left, operator, right in any_of:
            if operator == "%":
                test = NodeTest("%", self.nodes.of(left), self.nodes.of(right))
                numbers = [self.nodes.number_of(node) for node in test[1:]]
                if None not in numbers:
                    if numbers[1] and not numbers[0] % numbers[1]:
                        return True
                    continue
            else:
                tree = self.difference(left, right)
                test = NodeTest({"<=": ">="}.get(operator, operator), self.nodes.of(tree))
                low, high, own = self.range(self.multiple_of_letter(test.node) or tree)
                if self.nodes.number_of(test.node) is not None:
                    low = high = self.nodes.number_of(test.node)
                known = None if low is None else verdict(test.operator, low, high)
                if known:
                    return True
                if known is False:
                    continue
                trends = own
            found.append(test)
        if not found:
            return False
        alone = len(found) == 1 and found[0].operator == ">="
        mask = self.nodes.mask(
            node for test in found for node in (test.node, test.other if test.operator == "%" else test.node)
        )
        return NodeTests(tuple(found), mask, trends if alone else None)

    def difference(self, left: Expr, right: Expr) -> Expr:
        """What is at least 0 where one tree is at most another; by what is above 0 it is multiplied, not divided."""
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Ratio) and not one.rounding:
                low, _, _ = self.range(one.bottom)
                if low is not None and low > 0:
                    sides = (one.top, Mul((other, one.bottom)))
                    return self.difference(*(sides if one is left else sides[::-1]))
        return Sum((right, Neg(left)))

    def multiple_of_letter(self, node: int) -> Expr:
        """The tree of what is a number times an axis's own, as 4·width − 2·width is; 0 where it is none."""
        times, part = self.nodes.scaled(node)
        record = self.nodes.records[part]
        return Mul((times, str(record[1]))) if record[0] == "letter" else 0

    def range(self, tree: Expr) -> tuple[Any, Any, Any]:
        if not self.size:
            return None, None, None
        self.known_ranges = self.known_ranges or Ranges(self.program)
        try:
            return self.known_ranges.of(tree)
        except ExprError:
            return None, None, None

    def axis_of(self, tests: NodeTests) -> int | None:
        """The only axis that tests depend on."""
        return tests.mask.bit_length() - 1 if tests.mask.bit_count() == 1 else None

    def separate(self, axis: int, tests: NodeTests) -> tuple[GridPart, GridPart]:
        """The part where tests of one axis hold, and the one where they do not."""
        code = LoopCode(self.nodes, (axis,), {})
        condition = code.condition(tests)
        code.add(1, f"yield {condition}")
        code.headers[1] = f"for {{}} in x{axis}:"
        met = list(code.function(code.text("nest", [], ""), "nest")(self.entries[axis], None))
        good, bad = ([entry for entry, holds in zip(self.entries[axis], met, strict=True) if bool(holds) == wanted]
                     for wanted in (True, False))  # fmt: skip
        return self.restrict(axis, good), self.restrict(axis, bad)

    # Nests

    def nest(
        self, order: Sequence[int], tests: Sequence[NodeTests], goal: NestGoal, is_pruned: bool
    ) -> Callable[..., Any]:
        points = [[entry[1:] for entry in own] for own in self.entries]
        return LoopNest(self.nodes, points, order, goal, is_pruned).function(tests)

    def count(self, tests: Sequence[NodeTests], is_pruned: bool) -> tuple[int, int]:
        """How many points meet all of some tests, and how many of them were visited."""
        if not self.size or not all(test.any_of for test in tests):
            return 0, 0
        part, _, work = self.counting(tests, is_pruned)
        n, s = work(part)
        return n, s if is_pruned else self.size

    def counting(
        self, tests: Sequence[NodeTests], is_pruned: bool
    ) -> tuple[GridPart, list[int], Callable[[GridPart], tuple[int, int]]]:
        """The part to count, its axes in the order of the loops, and what counts it or a piece of it."""
        part = self.ascending()
        order = part.order(tests, nodes_of(tests), is_pruned)
        nest = part.nest(order, tests, NestGoal("count"), is_pruned)
        return part, order, lambda piece: nest(*(piece.entries[axis] for axis in order), None)

    def ascending(self) -> GridPart:
        """With the values of every axis in their order."""
        entries = [sorted(own, key=lambda entry: entry[1:]) for own in self.entries]
        return GridPart(self.program, self.base, entries, self.nodes)

    def order(self, tests: Sequence[NodeTests], nodes: Sequence[int], is_pruned: bool) -> list[int]:
        """The axes for loops; those that nothing depends on are the innermost."""
        mask = self.nodes.mask(nodes)
        used = {axis: len(own) for axis, own in enumerate(self.entries) if mask >> axis & 1}
        order = order_of_loops(self.nodes, used, nodes, is_pruned and all(test.trends for test in tests))
        return order + [axis for axis in range(len(self.entries)) if axis not in used]


NEVER = NodeTests((), 0)


class FittingPart(NamedTuple):
    """Where single axes leave nothing against it, the tests that the network fits with their words, and conditions."""

    part: GridPart
    needs: tuple[tuple[NodeTests, str], ...]
    where: tuple[NodeTests, ...]

    @property
    def tests(self) -> tuple[NodeTests, ...]:
        return (*(test for test, _ in self.needs), *self.where)


class GridSurvey:
    """The parts of a grid: those that fit, those that do not, and points to be worked by themselves."""

    def __init__(self, network: Swept, question: SweepQuestion):
        self.network, self.question = network, question
        self.structures = Structures(network, question)
        self.unfit: list[tuple[GridPart, str]] = []
        self.fitting: list[FittingPart] = []
        self.worked: dict[int, SweepProgram] = {}
        self.built = 0

    def look_at(self, axes: Sequence[Axis], entries: Sequence[Entries], fixed: Mapping[str, object], base: int) -> None:
        """Take apart the grid of some axes, with the entries of each, where the other names have one value."""
        seen: dict[tuple[object, ...], int] = {}
        own = tuple(
            Axis(axis.names, tuple(entry[1:] for entry in each)) for axis, each in zip(axes, entries, strict=True)
        )
        for program in self.structures.programs_of(own, fixed):
            self.built += 1
            if self.built > MAX_STRUCTURES:
                raise too_many(f"these values give more than {MAX_STRUCTURES:,} different structures of the network")
            choices, kept = [], []
            for axis, each in zip(own, entries, strict=True):
                if axis in program.axes:
                    kept.append(each)
                else:
                    values = tuple(program.fixed[name] for name in axis.names)
                    choices.append([entry[0] for entry in each if entry[1:] == values])
            key = tuple(map(str, program.fixed.values()))
            offsets = list(product(*choices))[seen.setdefault(key, 0)]
            seen[key] += 1
            self.take(GridPart(program, base + sum(offsets), kept))

    def take(self, part: GridPart) -> None:
        """What holds on a part, and what fits."""
        known = self.with_forms(part, part.program.alike)
        needs: list[tuple[NodeTests, str]] = []
        for need in part.program.needs:
            tests = known.tests(need.requirement.any_of) if known.size else True
            axis = known.axis_of(tests) if isinstance(tests, NodeTests) else None
            if tests is False and not needs:
                self.unfit.append((known, need.words))
                return
            if isinstance(tests, NodeTests) and axis is not None and not needs:
                known, bad = known.separate(axis, tests)
                if bad.size:
                    self.unfit.append((bad, need.words))
            elif tests is not True:
                needs.append((tests or NEVER, need.words))
        known = self.with_forms(known, part.program.exact)
        if known.size:
            conditions = [known.tests((each,)) for each in part.program.where]
            where = tuple(each or NEVER for each in conditions if each is not True)
            self.fitting.append(FittingPart(known, tuple(needs), where))

    def with_forms(self, part: GridPart, requirements: Iterable[Requirement]) -> GridPart:
        """A part without the points at which the forms are not the network's: these are looked at by themselves."""
        for requirement in requirements:
            tests = part.tests(requirement.any_of) if part.size else True
            if not tests:
                self.work(part)
                return part.nothing()
            if isinstance(tests, NodeTests):
                axis = part.axis_of(tests)
                axis, part, bad = self.failing(part, tests) if axis is None else (axis, *part.separate(axis, tests))
                for entry in bad.entries[axis] if bad.size else ():
                    self.split(bad, axis, entry)
        return part

    def failing(self, part: GridPart, tests: NodeTests) -> tuple[int, GridPart, GridPart]:
        """The axis of which the fewest values do not meet tests everywhere, without these values and with them."""
        best: tuple[int, Entries] | None = None
        axes = [axis for axis in range(len(part.entries)) if tests.mask >> axis & 1]
        for axis in axes:
            bad = []
            own = [each if other in axes else each[:1] for other, each in enumerate(part.entries)]
            whole = GridPart(part.program, part.base, own, part.nodes).ascending()
            order = whole.restrict(axis, whole.entries[axis][:1]).order([tests], nodes_of([tests]), True)
            nest = whole.nest(order, [tests], NestGoal("count"), True)
            for entry in part.entries[axis]:
                one = whole.restrict(axis, [entry])
                if nest(*(one.entries[each] for each in order), None)[0] < one.size:
                    bad.append(entry)
                if best is not None and len(bad) >= len(best[1]):
                    break
            else:
                best = (axis, bad)
        assert best is not None
        axis, bad = best
        good = [entry for entry in part.entries[axis] if entry not in bad]
        return axis, part.restrict(axis, good), part.restrict(axis, bad)

    def split(self, part: GridPart, axis: int, entry: Entry) -> None:
        """A part at one value of an axis, with forms of its own."""
        program = part.program
        rest = [index for index in range(len(part.entries)) if index != axis]
        entries = [part.entries[index] for index in rest]
        own = [[(0, *entry[1:])] if index == axis else each for index, each in enumerate(part.entries)]
        here = GridPart(program, part.base + entry[0], own, part.nodes)
        if here.size <= FEW:
            return self.work(here)
        fixed = {**program.fixed, **point_of([program.axes[axis]], [entry[1:]])}
        return self.look_at([program.axes[index] for index in rest], entries, fixed, part.base + entry[0])

    def work(self, part: GridPart) -> None:
        """Every point of a part by itself."""
        if len(self.worked) + part.size > MAX_WORKED:
            raise too_many(f"{part.size:,} points have to be worked one by one, and no more than {MAX_WORKED:,} are")
        self.worked.update(dict.fromkeys(part.places(), part.program))


def too_many(message: str) -> Exception:
    return problem("U008", message, "a narrower range, or --sample")


def goal_row(question: SweepQuestion, part: GridPart) -> tuple[tuple[bool, Any], ...]:
    """The values of a row: of the names of axes, then of columns."""
    program, nodes = part.program, part.nodes
    letters = {name: place for place, name in enumerate(program.names)}
    row: list[tuple[bool, Any]] = [
        (True, nodes.letter(letters[name])) if name in letters else (False, program.fixed[name])
        for name in question.names
    ]
    row += [(True, nodes.of(program.columns[name])) if name in program.columns else (False, None)
            for name in question.columns]  # fmt: skip
    return (*row, (False, None)) if question.keep_invalid else tuple(row)
