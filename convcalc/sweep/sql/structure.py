"""The query of one structure: a table for each layer with its sizes and what it needs, then the counts and totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, Neg, Sum, letters
from convcalc.closed_forms.table import Requirement, SizeTest
from convcalc.sweep.bounds import Ranges
from convcalc.sweep.nest import verdict
from convcalc.sweep.program import COUNTED, SweepProgram, identifier
from convcalc.sweep.sql.layout import QueryTable, UniqueNames, select, where
from convcalc.sweep.sql.whole import SqlColumn, WholeWriter, fold, size
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.sweep.sql.dialects import SqlDialect

SMALL = 12  # leaves and nodes of a form without a title that is written wherever it is used
COUNTS = "counts"  # the table of the layers' counts


class Stage(NamedTuple):
    """A table of the query: the places that it adds, and what must hold in it."""

    name: str
    places: list[str]
    conditions: list[tuple[Requirement, str]]


class StructureQuery:
    """The query of a structure over a table that has the names of its axes as columns, and others that are kept."""

    def __init__(
        self,
        program: SweepProgram,
        dialect: SqlDialect,
        wanted: Mapping[str, Expr],
        grid: str,
        kept: Sequence[str] = (),
    ):
        self.program, self.dialect, self.wanted, self.grid, self.kept = program, dialect, wanted, grid, kept
        self.ranges = Ranges(program)
        self.first = len(program.names)
        self.known: dict[str, Expr] = {}
        for place, form in enumerate(program.forms, self.first):
            folded = fold(form, self.known)
            if isinstance(folded, (int, str)):
                self.known[str(place)] = folded
        self.trees = {
            str(place): fold(form, self.known) for place, form in enumerate(program.forms, self.first)
            if str(place) not in self.known
        }  # fmt: skip
        self.names = UniqueNames([*program.names, *program.fixed, *wanted, *kept])
        self.columns = {str(place): SqlColumn(dialect.name(name)) for place, name in enumerate(program.names)}
        self.writer = WholeWriter(dialect, self.ranges, self.columns)
        self.levels: dict[str, int] = {}  # of the columns wanted, by name
        self.totals = {name: fold(tree, self.known) for name, tree in wanted.items()}
        self.alike, self.exact = (self.open_parts(each) for each in (program.alike, program.exact))
        self.needs = [
            (requirement, f"{need.layer}: {need.words}")
            for need in program.needs
            if (requirement := self.open_part(need.requirement)) is not None
        ]
        self.titles = self.titles_of_places()
        self.there: set[str] = set()  # the names of axes, which are columns of the last table, too

    # What is needed

    def open_parts(self, requirements: Iterable[Requirement]) -> list[Requirement]:
        return [found for each in requirements if (found := self.open_part(each)) is not None]

    def open_part(self, requirement: Requirement) -> Requirement | None:
        """A requirement without comparisons that never hold; None where one always holds."""
        tests = [
            SizeTest(fold(left, self.known), operator, fold(right, self.known))
            for left, operator, right in requirement.any_of
        ]
        verdicts = [self.verdict(test) for test in tests]
        if True in verdicts:
            return None
        return Requirement(tuple(test for test, known in zip(tests, verdicts, strict=True) if known is None))

    def verdict(self, test: SizeTest) -> bool | None:
        """Whether a comparison holds at all points, or at none; None where that is not known."""
        left, operator, right = test
        if operator == "%":
            return left % right == 0 if isinstance(left, int) and isinstance(right, int) and right else None
        return verdict({"<=": ">="}.get(operator, operator), *self.ranges.bounds_of(Sum((right, Neg(left)))))

    def used(self, trees: Iterable[Expr]) -> dict[str, int]:
        """The places that trees are of, through all forms, and how often each is named."""
        counts: dict[str, int] = {}
        waiting = list(trees)
        while waiting:
            for place in letters(waiting.pop()):
                counts[place] = counts.get(place, 0) + 1
                if counts[place] == 1 and place in self.trees:
                    waiting.append(self.trees[place])
        return counts

    def titles_of_places(self) -> dict[str, str]:
        """The columns that tables add, by place, in the order of the places."""
        titles: dict[str, str] = {}
        for number, title in self.program.titles.items():
            known = self.known.get(str(number), str(number))
            if isinstance(known, str):
                titles.setdefault(known, title)
        tests = [test for requirement, _ in self.needs for test in requirement.any_of]
        used = self.used([*self.totals.values(), *(side for test in tests for side in test.sides)])
        found: dict[str, str] = {}
        for place, tree in self.trees.items():
            times = used.get(place, 0)
            if times and (place in titles or (times > 1 and size(self.expanded(tree, found)) > SMALL)):
                found[place] = titles.get(place, "")
        return found

    def expanded(self, tree: Expr, columns: Iterable[str]) -> Expr:
        """A tree over columns that there are; other places are written as their forms."""
        there = set(columns)

        def over(tree: Expr) -> Expr:
            places = set(letters(tree)) - there
            missing = {place: self.trees[place] for place in places if place in self.trees}
            return over(fold(tree, missing)) if missing else fold(tree, self.known)

        return over(tree)

    # Tables

    def stages(self) -> list[Stage]:
        """The tables of the layers, in the order of the network, and that of the counts."""
        stages: dict[str, Stage] = {}
        counts: list[str] = []
        for place, title in self.titles.items():
            layer, _, what = title.rpartition("_")
            if title and what in COUNTED:
                counts.append(place)
                continue
            name = layer or "shared"
            stages.setdefault(name, Stage(name, [], [])).places.append(place)
        order = list(stages)
        before = -1
        for requirement, words in self.needs:
            name = identifier(words.partition(":")[0])
            if name not in stages:
                stages[name] = Stage(name, [], [])
                order.insert(before + 1, name)
            before = order.index(name)
            stages[name].conditions.append((requirement, words))
        found = [stages[name] for name in order]
        return [*found, Stage(COUNTS, counts, [])] if counts else found

    def tables(self) -> Iterator[QueryTable]:
        """The tables, each over the one before it."""
        source, there = self.grid, set(map(str, range(self.first)))
        tables = UniqueNames([self.grid, "totals", "results", "front", "best"])
        for stage in self.stages():
            added = []
            conditions = []
            for requirement, _ in stage.conditions:
                text = self.requirement(requirement, there)
                if text not in conditions:
                    conditions.append(text)
            for place in stage.places:
                text, level = self.writer.expression(self.expanded(self.trees[place], there))
                name = self.names.add(self.titles[place] or f"value_{place}")
                self.columns[place] = SqlColumn(self.dialect.name(name), level)
                added.append(f"{text} AS {self.dialect.name(name)}")
            there.update(stage.places)
            words = "\n".join(dict.fromkeys(words for _, words in stage.conditions))
            name = self.dialect.name(tables.add(stage.name))
            yield QueryTable(name, select(["*", *added], f"FROM {source}", *where(conditions)), words)
            source = name
        names = [self.columns[str(place)].name for place in range(self.first)]
        totals = []
        for name, tree in self.totals.items():
            text, self.levels[name] = self.writer.expression(self.expanded(tree, there))
            if isinstance(tree, int):
                text = self.dialect.cast(text, 0) if not self.levels[name] else text
            totals.append(f"{text} AS {self.dialect.name(name)}")
        extra = [self.dialect.name(name) for name in self.kept]
        yield QueryTable("totals", select([*names, *extra, *totals], f"FROM {source}"))

    def requirement(self, requirement: Requirement, there: Iterable[str]) -> str:
        """A requirement as it is written, over the columns that there are."""
        tests = [
            self.writer.test(SizeTest(self.expanded(left, there), operator, self.expanded(right, there)))
            for left, operator, right in requirement.any_of
        ]
        return "1 = 0" if not tests else tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"
