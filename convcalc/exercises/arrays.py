"""Exercises on arrays: small layers with numbers for which no mistake gives what is right, or what another gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING

from convcalc.arrays.array import Array, array_line
from convcalc.exercises.random_networks import seeded_random
from convcalc.marking.array_questions import ArrayTask, array_task
from convcalc.marking.array_slips import wrong_arrays
from convcalc.problem import problem
from convcalc.spec.choices import Choices
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from random import Random

ARRAYS = "arrays"  # the topic
COUNTS = {1: 3, 2: 4, 3: 5}  # tasks, by level
DRAWS = 400  # of the numbers of a task


class Draft(NamedTuple):
    """A layer or a chain to be given numbers: the sizes of its input and of its weights."""

    layer: str
    input: tuple[int, ...]
    weights: tuple[int, ...] = ()
    biases: int = 0
    lowest: int = 0  # number of the input; below 0 where an activation is to have something to do
    flip: bool = False


class DrawnTask(NamedTuple):
    name: str
    layer: str
    input: Array
    own: Mapping[str, Array]  # weights, bias
    flip: bool
    task: ArrayTask

    @property
    def points(self) -> int:
        return prod(self.task.right.shape)

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """What is given, by name."""
        yield "input", self.input
        yield from self.own.items()


class ArrayExercise(NamedTuple):
    title: str
    seed: str
    tasks: tuple[DrawnTask, ...]
    level: int = 0

    @property
    def topic(self) -> str:
        return ARRAYS


LEVELS: Mapping[int, tuple[Callable[[Random], Draft], ...]] = {
    1: (
        lambda random: Draft("conv 1 k2", (3, random.choice((3, 4))), (2, 2), 1),
        lambda random: Draft("maxpool 2", (4, 4)),
        lambda random: Draft("conv 1 k3 p1", (3, 3), (3, 3)),
        lambda random: Draft("avgpool 2 s1", (3, 3)),
    ),
    2: (
        lambda random: Draft("conv 1 k3 s2 p1", (4, random.choice((4, 5))), (3, 3), 1),
        lambda random: Draft("conv 1 k2 d2", (4, random.choice((4, 5))), (2, 2)),
        lambda random: Draft("maxpool 3 s2 p1", (4, 4)),
        lambda random: Draft("tconv 1 k2", (2, 2), (2, 2)),
        lambda random: Draft("conv 1 k2", (3, 3), (2, 2), 1, 0, True),
    ),
    3: (
        lambda random: Draft("conv 1 k2", (2, 3, 3), (2, 2, 2), 1),
        lambda random: Draft("tconv 1 k3 s2 p1", (2, random.choice((2, 3))), (3, 3), 1),
        lambda random: Draft("conv 1 k2 -> relu", (3, 4), (2, 2), 1, -5),
        lambda random: Draft("conv 1 k3 p1 -> relu -> maxpool 2", (4, 4), (3, 3), 1, -5),
        lambda random: Draft("avgpool 2 s2 p1", (4, 4)),
        lambda random: Draft("conv 2 k2 s2", (4, 4), (2, 2, 2), 2),
    ),
}


def array_exercise(level: int, seed: str, student: str = "", count: int = 0) -> ArrayExercise:
    """Tasks of a level in an order of the seed; the same seed and student give the same ones."""
    random = seeded_random("arrays", level, seed, student)
    order = [*LEVELS[level]]
    random.shuffle(order)
    wanted = count or COUNTS[level]
    drafts = [order[place % len(order)](random) for place in range(wanted)]
    tasks = tuple(draw_task(f"A{number}", draft, random) for number, draft in enumerate(drafts, 1))
    return ArrayExercise(f"Arrays, level {level}", seed, tasks, level)


def draw_task(name: str, draft: Draft, random: Random) -> DrawnTask:
    """The draft with numbers that hide no mistake."""
    for _ in range(DRAWS):
        given = random_array(draft.input, random, draft.lowest)
        own = {"weights": random_array(draft.weights, random, -3, 3)} if draft.weights else {}
        if draft.biases:
            own["bias"] = random_array((draft.biases,), random, 1, 5)
        texts = {option: (array_line(array),) for option, array in own.items()}
        task = array_task(draft.layer, (array_line(given),), texts, Choices(), draft.flip)
        if hides_nothing(task):
            return DrawnTask(name, draft.layer, given, own, draft.flip, task)
    raise problem("G001", f"no numbers were found with which every mistake in {draft.layer} shows", "another --seed")


def random_array(shape: tuple[int, ...], random: Random, lowest: int, highest: int = 9) -> Array:
    return Array(shape, tuple(random.randint(lowest, highest) for _ in range(prod(shape))))


def hides_nothing(task: ArrayTask) -> bool:
    """Whether every mistake for which there is an occasion gives a wrong array, and no two the same one."""
    chain = task.chain
    codes: dict[Array, tuple[str, ...]] = {chain.output: ()}
    return all(codes.setdefault(wrong.output, wrong.codes) == wrong.codes for wrong in wrong_arrays(chain))
