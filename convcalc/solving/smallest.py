"""The smallest input that every layer of a network accepts: by its conditions in letters, proved by building it."""

from __future__ import annotations

from convcalc.algebra.sizes import EVERY
from convcalc.network.smallest import smallest_side
from convcalc.problem import problem
from convcalc.solving.network import Network, Question
from convcalc.solving.runs import Run
from convcalc.solving.solve_network import MAX_SIDE, Answer, Solution


def smallest(asked: Question) -> Answer:
    """The smallest side of the input that every layer accepts, and what fails below it."""
    network = Network(asked)
    found = Answer(asked, network.titles())
    letter = next(iter(network.unknowns), "")
    if len(network.unknowns) != 1 or network.unknowns[letter].name not in ("input", "length"):
        if len(network.shape) == 1:
            raise problem(
                "Q006", "the input is a vector: it has no sides", "name a network with an input such as 3x32x32"
            )
        raise problem("Q006", "the smallest input is one with equal sides", "leave --set, --input and other ? out")
    form = network.form()
    if form is None and (error := network.general_error()):
        return found._replace(refusal=error)
    sizes = EVERY if form is None else form.fitting.get(letter, EVERY)
    side = None
    tried = 0
    while tried < MAX_SIDE and side is None and not network.budget.is_spent:
        tried += 1
        if tried in sizes and network.look({letter: tried}) is not None:
            side = tried
    if side is None:  # a network that accepts a side does mostly accept a larger one
        side = smallest_side(network.builder({letter: tried}).build(), network.choices)
    look = None if side is None else network.look({letter: side})
    if side is None or look is None:
        return found._replace(tried={letter: tried}, refusal=network.refusal({letter: tried}))
    below = network.refusal({letter: side - 1}) if side > 1 else None
    return found._replace(
        runs={letter: (Run(side, side),)}, solutions=(Solution({letter: side}, look),), number=1, refusal=below,
        tried={} if tried + 1 >= side else {letter: tried},
    )  # fmt: skip
