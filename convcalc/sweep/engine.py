"""The default engine: loop nests over the parts of a grid, in whole numbers, on all processors where that pays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Ratio
from convcalc.parallel import spread
from convcalc.sweep.front import BestRows, ParetoFront
from convcalc.sweep.grid import boxes, draw, in_few_loops, part_of_grid
from convcalc.sweep.loops import NestGoal
from convcalc.sweep.nest import NodeTests, deny, nodes_of
from convcalc.sweep.parts import FittingPart, GridPart, GridSurvey, goal_row
from convcalc.sweep.points import Kept, outcome
from convcalc.sweep.question import Axis, SweepQuestion, SweepTally, point_of

if TYPE_CHECKING:
    from convcalc.sweep.network import Swept

    PlacedRow = tuple[int, tuple[Any, ...]]
    Progress = Callable[[int, int], None]  # how many points of how many are done

WORTH_SHARING = 5_000_000  # points from which on several processes work
PIECES = 64


class SweepEngine:
    """A question about a network, its grid taken apart."""

    def __init__(
        self, network: Swept, question: SweepQuestion, is_pruned: bool = True, progress: Progress | None = None
    ):
        self.network, self.question, self.is_pruned = network, question, is_pruned
        self.progress, self.done = progress, 0
        self.survey = GridSurvey(network, question)
        self.size = 0
        if question.sample is None:
            self.take_boxes()
        else:
            self.take_sample()
        self.outcomes = {place: outcome(network, question, program, question.point(place))
                         for place, program in sorted(self.survey.worked.items())}  # fmt: skip

    def take_boxes(self) -> None:
        part, sizes = part_of_grid(self.question), [len(axis.points) for axis in self.question.axes]
        self.size = part.stop - part.start
        free, enumerated = self.survey.structures.axes()
        for ranges in boxes(sizes, part.start, part.stop):
            entries: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
            for index, (axis, own) in enumerate(zip(self.question.axes, ranges, strict=True)):
                stride = prod(sizes[index + 1 :])
                entries[axis.names] = [(place * stride, *axis.points[place]) for place in own]
            for chosen in product(*(entries[axis.names] for axis in enumerated)):
                fixed = point_of(enumerated, (entry[1:] for entry in chosen))
                axes, points = in_few_loops(free, [entries[axis.names] for axis in free])
                self.survey.look_at(axes, points, fixed, sum(entry[0] for entry in chosen))

    def take_sample(self) -> None:
        """The points drawn, of each structure as the points of one axis with all names."""
        question = self.question
        places = draw(part_of_grid(question), question.sample or 0, question.seed)
        self.size = len(places)
        free, enumerated = self.survey.structures.axes()
        groups: dict[tuple[str, ...], list[int]] = {}
        points = {place: question.point(place) for place in places}
        for place, point in points.items():
            groups.setdefault(tuple(str(point[name]) for axis in enumerated for name in axis.names), []).append(place)
        for own in groups.values():
            fixed = {name: points[own[0]][name] for axis in enumerated for name in axis.names}
            for program in self.survey.structures.programs_of(free, fixed):
                wanted = tuple(program.fixed.values())
                here = [place for place in own if tuple(points[place][name] for name in program.fixed) == wanted]
                own = [place for place in own if place not in set(here)]
                if not here:
                    continue
                if not program.axes:
                    for place in here:
                        self.survey.take(GridPart(program, place, []))
                    continue
                entries = [(place, *(points[place][name] for name in program.names)) for place in here]
                axis = Axis(program.names, tuple(entry[1:] for entry in entries))
                self.survey.take(GridPart(program._replace(axes=(axis,)), 0, [entries]))

    # What became of the points

    def tally(self, kept: int | None = None) -> SweepTally:
        """Counted; where the nests gave all that is kept, their number is known."""
        unfit: Counter[str] = Counter()
        for part, words in self.survey.unfit:
            unfit[words] += part.size
        for part, needs, _ in self.survey.fitting:
            left = part.size
            for number, (_, words) in enumerate(needs, 1):
                before, left = left, part.count([test for test, _ in needs[:number]], True)[0]
                if before != left:
                    unfit[words] += before - left
        unfit.update(found for found in self.outcomes.values() if isinstance(found, str))
        unvisited = 0
        if kept is None:
            counts = [self.count(fitting) for fitting in self.survey.fitting]
            kept = sum(n for n, _ in counts) + len(list(self.worked()))
            unvisited = self.size - sum(visited for _, visited in counts) - len(self.outcomes)
            if self.question.objectives:  # what is kept is looked at for these
                unvisited -= kept
        excluded = self.size - sum(unfit.values()) - kept
        return SweepTally(self.size, unfit, excluded, kept, max(0, unvisited), len(self.outcomes))

    def count(self, fitting: FittingPart) -> tuple[int, int]:
        """How many points of a part are kept, and how many were visited for that."""
        if not all(test.any_of for test in fitting.tests):
            return 0, 0
        part, order, work = fitting.part.counting(fitting.tests, self.is_pruned)
        found = list(self.run(part, order, work))
        return sum(n for n, _ in found), sum(s for _, s in found) if self.is_pruned else part.size

    def run(self, part: GridPart, order: Sequence[int], work: Callable[[GridPart], Any]) -> Iterator[Any]:
        """Work on a part, or on pieces of it by several processes."""
        for piece, found in zip(*self.share(part, order, work), strict=True):
            yield found
            self.advance(piece.size)

    def share(
        self, part: GridPart, order: Sequence[int], work: Callable[[GridPart], Any]
    ) -> tuple[list[GridPart], Iterator[Any]]:
        """The pieces of a part, and what they come to."""
        if part.size < WORTH_SHARING or len(order) < 2:
            return [part], map(work, [part])
        pieces = [part]
        for axis in order[:-1]:
            entries = part.entries[axis]
            many = min(len(entries), -(-PIECES // len(pieces)))
            cuts = [len(entries) * number // many for number in range(many + 1)]
            pieces = [piece.restrict(axis, entries[one:other]) for piece in pieces for one, other in pairwise(cuts)]
        return pieces, spread(work, pieces)

    def advance(self, points: int) -> None:
        """Tell how far it is: counted and searched, every point is passed twice."""
        self.done += points
        if self.progress:
            passes = 2 if self.question.objectives else 1
            self.progress(min(self.done // passes, self.size), self.size)

    # Rows

    def rows(self) -> Iterator[PlacedRow]:
        """All rows that are kept, and with them those that are asked for where the network does not fit, in order."""
        sources = sorted(self.sources(), key=lambda source: source[:2])
        while sources:
            last, together = sources[0][1], [sources.pop(0)[2]]
            while sources and sources[0][0] <= last:
                _, further, rows = sources.pop(0)
                last = max(last, further)
                together.append(rows)
            yield from together[0] if len(together) == 1 else merge(*together, key=lambda row: row[0])

    def sources(self) -> Iterator[tuple[int, int, Iterator[PlacedRow]]]:
        """Rows in order, with the places of the first and the last that there may be."""
        for fitting in self.survey.fitting:
            part = fitting.part
            yield *ends(part), self.part_rows(fitting, goal_row(self.question, part), fitting.tests)
        if self.outcomes:
            yield min(self.outcomes), max(self.outcomes), self.worked_rows()
        if self.question.keep_invalid:
            for part, words in self.survey.unfit:
                yield *ends(part), self.unfit_rows(part, words)
            for fitting in self.survey.fitting:
                met: list[NodeTests] = []
                for test, words in fitting.needs:
                    row = goal_row(self.question, fitting.part)[: len(self.question.names)]
                    row = (*row, *((False, None),) * len(self.question.columns), (False, words))
                    yield *ends(fitting.part), self.part_rows(fitting, row, [*met, *deny(test)])
                    met.append(test)

    def part_rows(
        self, fitting: FittingPart, row: tuple[tuple[bool, Any], ...], tests: Sequence[NodeTests]
    ) -> Iterator[PlacedRow]:
        part = fitting.part
        if all(test.any_of for test in tests):
            order = range(len(part.entries))
            nest = part.nest(order, tests, NestGoal("rows", row), self.is_pruned)
            yield from nest(*part.entries, (part.base,))

    def worked_rows(self) -> Iterator[PlacedRow]:
        question = self.question
        for place, found in self.outcomes.items():
            if isinstance(found, Kept):
                yield place, self.worked_row(place, found)
            elif found is not None and question.keep_invalid:
                yield place, (*question.point(place).values(), *(None for _ in question.columns), found)

    def worked_row(self, place: int, found: Kept) -> tuple[Any, ...]:
        reason = (None,) if self.question.keep_invalid else ()
        return (*self.question.point(place).values(), *found.columns, *reason)

    def unfit_rows(self, part: GridPart, words: str) -> Iterator[PlacedRow]:
        question = self.question
        for chosen in product(*part.entries):
            values = {**part.program.fixed, **point_of(part.program.axes, (entry[1:] for entry in chosen))}
            row = (*(values[name] for name in question.names), *(None for _ in question.columns), words)
            yield part.base + sum(entry[0] for entry in chosen), row

    # The best

    def best(self, limit: int) -> BestRows:
        """So many rows in the order that is asked for."""
        wanted = range(len(self.question.pareto), len(self.question.objectives))
        found: BestRows = self.gather("best", wanted, lambda: BestRows(limit))
        for place, kept in self.worked():
            found.offer((*(-key for key in kept.order), -place), self.worked_row(place, kept))
        return found

    def front(self, limit: int | None) -> ParetoFront:
        """The rows that no other beats, each with the numbers to sort it by behind it."""
        count = len(self.question.pareto)
        found: ParetoFront = self.gather("front", range(count), lambda: ParetoFront(count, limit))
        found.merge((kept.front, place, (*self.worked_row(place, kept), *kept.order)) for place, kept in self.worked())
        return found

    def gather(self, kind: str, wanted: range, start: Callable[[], Any]) -> Any:
        """The best of all parts that the nests have."""
        found = start()
        for fitting in self.survey.fitting:
            for entries in self.search(fitting, kind, wanted, start):
                found.merge(entries)
        return found

    def worked(self) -> Iterator[tuple[int, Kept]]:
        """What is kept of the points that are worked by themselves, by place."""
        return ((place, found) for place, found in self.outcomes.items() if isinstance(found, Kept))

    def notes(self, front: ParetoFront) -> Iterator[str]:
        """That objectives do not compete, where that is proved: a front is one corner then."""
        ways = [self.way_to_corner(fitting.part) for fitting in self.survey.fitting]
        way = dict(sorted({pair for each in ways for pair in each}))
        if (
            len(front.points) == 1 < len(self.question.pareto)
            and all(ways)
            and all(set(each) <= set(way.items()) for each in ways)
        ):
            ends = [f"{name} {'are' if ' and ' in name else 'is'} {end}" for name, end in words_of_ends([*way.items()])]
            yield f"the objectives do not compete: each is best where {' and '.join(ends)}"

    def way_to_corner(self, part: GridPart) -> tuple[tuple[str, int], ...]:
        """The axes along which all objectives rise, or fall; empty where one does not, or two do not agree."""
        objectives = [self.objective(part, index)[1] for index in range(len(self.question.pareto))]
        found = []
        for index, axis in enumerate(part.program.axes):
            ways = {trends[index] if trends else None for trends in objectives} - {0}
            if len(ways) > 1 or None in ways:
                return ()
            found += [(axis.names[0], way) for way in ways if way]
        return tuple(found)

    def search(
        self, fitting: FittingPart, kind: str, wanted: range, start: Callable[[], Any]
    ) -> Iterator[Sequence[Any]]:
        """The best rows of a part, or its front."""
        tests = fitting.tests
        if not all(test.any_of for test in tests):
            return
        part = fitting.part.ascending()
        objectives = tuple(self.objective(part, index) for index in wanted)
        quotient = self.quotient(part, wanted[0]) if kind == "best" else None
        aims = quotient or tuple(node for node, _ in objectives)
        order = part.order(tests, [*nodes_of(tests), *aims], False)
        row = goal_row(self.question, part)
        if kind == "front":
            row += tuple(
                (True, self.objective(part, len(wanted) + index)[0]) for index in range(len(self.question.sort))
            )
        nest = part.nest(order, tests, NestGoal(kind, row, objectives, quotient), self.is_pruned)

        def work(piece: GridPart) -> list[Any]:
            state = start()
            nest(*(piece.entries[axis] for axis in order), (piece.base, state))
            return list(state.entries())

        yield from self.run(part, order, work)

    def objective(self, part: GridPart, index: int) -> tuple[int, tuple[int | None, ...] | None]:
        """What is to be least, as a node, and how it goes along axes."""
        tree, sign = part.program.objectives[index], self.question.objectives[index].sign
        _, _, trends = part.range(tree)
        if trends is not None:
            trends = tuple(None if trend is None else sign * trend for trend in trends)
        return part.nodes.sum([(part.nodes.of(tree), sign)]), trends

    def quotient(self, part: GridPart, index: int) -> tuple[int, int] | None:
        """The parts of an objective that is one number over another, which is above 0."""
        tree = part.program.objectives[index]
        if not isinstance(tree, Ratio) or tree.rounding:
            return None
        low, _, _ = part.range(tree.bottom)
        if low is None or low <= 0:
            return None
        sign = self.question.objectives[index].sign
        return part.nodes.sum([(part.nodes.of(tree.top), sign)]), part.nodes.of(tree.bottom)


def ends(part: GridPart) -> tuple[int, int]:
    """The places of the first and the last point of a part."""
    offsets = [[entry[0] for entry in own] for own in part.entries]
    return part.base + sum(map(min, offsets)), part.base + sum(map(max, offsets))


def words_of_ends(way: Sequence[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """The names that are to be least, and those that are to be largest."""
    for sign, word in ((1, "least"), (-1, "largest")):
        names = [name for name, own in way if own == sign]
        if names:
            yield " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])), word
