"""The engine of loop nests is as the slow one on programs at random, whatever is asked, pruned or not."""

from itertools import product
from random import Random

import pytest
import sweep_by_points

from convcalc.algebra.expr import ExprError, Extremum, Mul, Neg, Power, Ratio, Sum, substitute
from convcalc.closed_forms.table import Requirement, SizeTest
from convcalc.sweep import engine as engines
from convcalc.sweep import parts
from convcalc.sweep.answers import answer_by
from convcalc.sweep.engine import SweepEngine
from convcalc.sweep.network import Unfit
from convcalc.sweep.points import numbers_at, value
from convcalc.sweep.program import FitNeed, SweepProgram
from convcalc.sweep.question import Axis, Objective, SweepQuestion, point_of

NAMES = ("a", "b", "c", "d")
COLUMNS = ("p", "q")
MOVED = 1000  # by which what is worked by itself differs from the forms


class FakeNetwork:
    """A network whose forms are those of a program; one of its axes has a structure for every value."""

    def __init__(self, program, enumerated):
        self.program, self.enumerated = program, enumerated
        self.memory = {}

    def outcome(self, point, names):
        numbers = numbers_at(self.program, {name: point[name] for name in self.program.names})
        columns = {name: value(tree, numbers) + MOVED for name, tree in self.program.columns.items()}
        if columns["p"] % 3 == 0:
            return Unfit("", "by itself")
        return columns


class FakeStructures:
    def __init__(self, network, question):
        self.network, self.question = network, question

    def axes(self):
        free = tuple(axis for axis in self.question.axes if axis.names[0] not in self.network.enumerated)
        return free, tuple(axis for axis in self.question.axes if axis not in free)

    def programs_of(self, axes, fixed):
        """The program with numbers for the names that are fixed."""
        program = self.network.program
        left = [name for axis in axes for name in axis.names]
        places = {}
        for place, name in enumerate(program.names):
            places[str(place)] = str(left.index(name)) if name in left else fixed[name]
        for place in range(len(program.forms)):
            places[str(len(program.names) + place)] = str(len(left) + place)

        def change(part):
            if isinstance(part, SizeTest):
                return SizeTest(change(part.left), part.operator, change(part.right))
            if isinstance(part, Requirement):
                return Requirement(tuple(map(change, part.any_of)))
            return substitute(part, places)

        yield program._replace(
            axes=tuple(axes),
            forms=tuple(map(change, program.forms)),
            needs=tuple(need._replace(requirement=change(need.requirement)) for need in program.needs),
            alike=tuple(map(change, program.alike)),
            exact=tuple(map(change, program.exact)),
            columns={name: change(tree) for name, tree in program.columns.items()},
            where=tuple(map(change, program.where)),
            objectives=tuple(map(change, program.objectives)),
            fixed=dict(fixed),
        )

    def programs(self):
        free, enumerated = self.axes()
        for chosen in product(*(axis.points for axis in enumerated)):
            fixed = point_of(enumerated, chosen)
            yield from self.programs_of(free, fixed)


@pytest.fixture(scope="module", autouse=True)
def faked():
    patch = pytest.MonkeyPatch()
    patch.setattr(parts, "Structures", FakeStructures)
    patch.setattr(sweep_by_points, "programs", lambda network, question: FakeStructures(network, question).programs())
    yield
    patch.undo()


def tree(random, leaves, size, rises):
    """A form as those of layers are, sums, products and floors, if it rises; otherwise any."""
    if size <= 1 or random.random() < 0.15:
        return random.choice(leaves) if random.random() < 0.8 else random.randint(0 if rises else -5, 9)
    parts = tuple(tree(random, leaves, size // 2, rises) for _ in range(random.choice((2, 2, 3))))
    ways = [
        lambda: Sum(parts), lambda: Mul(parts), lambda: Sum(parts), lambda: Mul(parts),
        lambda: Ratio(parts[0], random.randint(1, 4), random.choice(("floor", "ceil"))),
        lambda: Power(parts[0], 2), lambda: Extremum(random.choice(("min", "max")), parts),
    ]  # fmt: skip
    others = [
        lambda: Neg(parts[0]), lambda: Sum((parts[0], Neg(parts[1]))),
        lambda: Ratio(parts[0], parts[1], random.choice(("", "floor", "ceil"))),
    ]  # fmt: skip
    return random.choice(ways if rises else ways + others)()


class Draft:
    """A program and a question about it at random."""

    def __init__(self, seed):
        self.random = random = Random(seed)
        self.rises = random.random() < 0.7
        count = random.choice((1, 2, 2, 3, 3, 4))
        axes = [Axis((name,), tuple((value,) for value in self.values())) for name in NAMES[:count]]
        if count == 2 and random.random() < 0.5:
            axes[1] = Axis(("b", "c"), tuple(zip(self.values(), self.values(), strict=False)))
        self.axes = tuple(axes)
        self.letters = [str(place) for place in range(sum(len(axis.names) for axis in axes))]
        self.forms = []
        for _ in range(random.randint(0, 4)):
            self.forms.append(self.tree())
        self.program = SweepProgram(self.axes, tuple(self.forms), (), (), {})

    def values(self):
        random = self.random
        values = random.sample(range(1, 25), random.choice((1, 2, 4, 7, 15, 20)))
        return sorted(values) if random.random() < 0.7 else values

    def tree(self):
        places = [*self.letters, *(str(len(self.letters) + place) for place in range(len(self.forms)))]
        return tree(self.random, places, self.random.choice((2, 4, 6, 8)), self.rises)

    def at_a_point(self, tree):
        """What a tree comes to somewhere, so that budgets are met in a part of the grid."""
        point = point_of(self.axes, [self.random.choice(axis.points) for axis in self.axes])
        return value(tree, numbers_at(self.program, point)) // 1

    def test(self):
        form, way = self.tree(), self.random.choice(("<=", "<=", "<=", "<=", ">=", ">=", "==", "!=", "%"))
        number = self.at_a_point(form)
        if way == ">=":
            return SizeTest(number, "<=", form)
        return SizeTest(form, way, self.random.randint(1, 4) if way == "%" else number)

    def tests(self, most):
        return [self.test() for _ in range(self.random.randint(0, most))]

    def goal(self):
        return self.tree() if self.random.random() < 0.7 else Ratio(self.tree(), self.random.choice(self.letters), "")

    def asked(self):
        random = self.random
        need = [Requirement((test, *self.tests(1)) if random.random() < 0.3 else (test,)) for test in self.tests(2)]
        with_holds = random.random() < 0.25
        goals = (
            [] if with_holds else [(random.choice(("min", "max")), self.tree()) for _ in range(random.randint(0, 3))]
        )
        where = () if with_holds else tuple(self.tests(2))
        fronts = random.randint(0, len(goals))
        names = dict(zip(self.letters, self.program.names, strict=True))
        program = self.program._replace(
            needs=tuple(FitNeed(each, "layer", f"need {number}") for number, each in enumerate(need)),
            alike=tuple(Requirement((test,)) for test in (self.tests(1) if with_holds else ())),
            exact=tuple(Requirement((test,)) for test in (self.tests(1) if with_holds else ())),
            columns={name: self.tree() for name in COLUMNS},
            where=where,
            objectives=tuple(goal for _, goal in goals),
        )
        objectives = [Objective(way, substitute(goal, names), "") for way, goal in goals]
        question = SweepQuestion(
            self.axes, COLUMNS, where, tuple(objectives[:fronts]), tuple(objectives[fronts:]),
            random.choice((None, 1, 5)), random.choice((None, None, None, 30)), 3,
            random.choice(((1, 1), (1, 1), (2, 3), (3, 7))), random.random() < 0.3,
        )  # fmt: skip
        return FakeNetwork(program, random.choice(((), (), ("a",), ("b",)))), question


def compare(seeds, answer):
    """That an answer is the slow engine's; how many questions have one, with rows and with excluded points."""
    told = 0
    for seed in seeds:
        try:
            network, question = Draft(seed).asked()
            if question.size > 5_000:
                continue
            expected = sweep_by_points.answer_slowly(network, question)
        except (ExprError, ZeroDivisionError):
            continue
        found = answer(network, question)
        assert (seed, found.tally[:4]) == (seed, expected.tally[:4])
        assert (seed, found.rows) == (seed, expected.rows)
        told += bool(expected.rows and expected.tally.excluded)
    return told


@pytest.mark.parametrize("is_pruned", [True, False])
@pytest.mark.seeds(4, 40)
def test_every_answer_is_that_of_the_slow_engine(seed, is_pruned):
    def answer(network, question):
        return answer_by(SweepEngine(network, question, is_pruned), question)

    assert compare(range(50 * seed, 50 * seed + 50), answer) > 2


def test_in_pieces_it_is_the_same(monkeypatch):
    monkeypatch.setattr(engines, "WORTH_SHARING", 2)
    monkeypatch.setattr(engines, "spread", map)
    assert compare(range(5000, 5060), lambda network, question: answer_by(SweepEngine(network, question), question)) > 2
