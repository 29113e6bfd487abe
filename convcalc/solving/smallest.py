"""The smallest input that every layer of a network accepts: by its conditions in letters, proved by building it."""

from __future__ import annotations

from convcalc.algebra.sizes import EVERY
from convcalc.network.smallest import smallest_side
from convcalc.problem import problem
from convcalc.solving.answer import Answer
from convcalc.solving.network import Network
from convcalc.solving.question import Question
from convcalc.solving.runs import Run
from convcalc.solving.solve_network import MAX_SIDE


def smallest_input(asked: Question) -> Answer:
    """The smallest side of the input that every layer accepts, and what fails below it."""
    network = Network(asked)
    found = Answer(asked, tuple(network.unknowns.values()))
    unknown = next(iter(network.unknowns.values()), None)
    if unknown is None or len(network.unknowns) > 1 or unknown.name not in ("input", "length"):
        if len(network.shape) == 1:
            hint = "name a network with an input such as 3x32x32"
            raise problem("Q006", "the input is a vector: it has no sides", hint)
        raise problem("Q006", "the smallest input is one with equal sides", "leave --set, --input and other ? out")
    letter = unknown.letter
    if network.form() is None and (error := network.general_error()):
        return found._replace(refusal=error)
    sizes = network.fitting.get(letter, EVERY)
    side = None
    tried = 0
    while tried < MAX_SIDE and side is None and not network.budget.is_spent:
        tried += 1
        if tried in sizes and network.look({letter: tried}) is not None:
            side = tried
    if side is None:  # a network that accepts a side does mostly accept a larger one
        side = smallest_side(network.builder({letter: tried}).build(), network.choices)
    solution = None if side is None else network.solution({letter: side})
    if side is None or solution is None:
        return found._replace(complete=False, tried={unknown.name: tried}, refusal=network.refusal({letter: tried}))
    seen = tried + 1 >= side
    return found._replace(
        runs={letter: (Run(side, side),)}, solutions=(solution,), number=1, complete=seen,
        tried={} if seen else {unknown.name: tried}, refusal=network.refusal({letter: side - 1}) if side > 1 else None,
    )  # fmt: skip
