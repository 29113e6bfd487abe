"""All that is known of the unknowns of a question, of a layer or of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcalc.solving.answer import Answer
    from convcalc.solving.question import Question


def answer(asked: Question, smallest: bool = False) -> Answer:
    """Every solution, or the `smallest` input of a network; a Problem where the question itself is wrong."""
    if asked.network is None:
        from convcalc.solving.solve_layer import layer_answer

        return layer_answer(asked)
    if smallest:
        from convcalc.solving.smallest import smallest_input

        return smallest_input(asked)
    from convcalc.solving.solve_network import network_answer

    return network_answer(asked)
