"""A mistake that a student makes wherever it shows is one slip: it is charged where it shows first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.marking.likeliest import mistakes_shown
from convcalc.marking.situation import situations
from convcalc.marking.verdict import GOOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from convcalc.layer.record import Kind
    from convcalc.marking.carry_forward import StudentNumbers
    from convcalc.marking.verdict import Response

# Codes of one and the same habit: who counts no bias counts none in a linear layer.
SAME_HABIT = {"par.fc_no_bias": "par.no_bias"}


def charged_once(responses: list[Response], theirs: Mapping[int, StudentNumbers]) -> list[Response]:
    """The responses, where all rows of a habit but the first are consistent with that one."""
    habits: dict[tuple[int, tuple[str, ...]], list[Response]] = {}
    for response in responses:
        if habit := habit_of(response):
            habits.setdefault((id(response.asked.network), habit), []).append(response)
    charged: dict[str, str] = {}  # by what is asked
    for (network, habit), rows in habits.items():
        if len(rows) > 1 and len(habit) == 1:
            avoided = kinds_without(rows, responses, theirs[network])
            rows = [row for row in rows if kind_of(row) not in avoided]
        charged.update((row.asked.question.ask, rows[0].asked.question.ask) for row in rows[1:])
    return [
        row._replace(state="consistent", charged=charged[row.asked.question.ask], own=row.readings[0].value)
        if row.asked.question.ask in charged
        else row
        for row in responses
    ]  # fmt: skip


def habit_of(response: Response) -> tuple[str, ...]:
    """What one mistake explains an answer: its code if it was made here, or all along; else with the layer of it."""
    if response.state != "wrong" or not response.asked.network or not response.diagnoses:
        return ()
    codes, layers, _ = response.diagnoses[0]
    if len(codes) > 1 or len(layers) > 1 or codes[0].startswith("slip."):
        return ()
    return (*codes, *layers) if layers not in ((), ("*",)) else (SAME_HABIT.get(codes[0], codes[0]),)


def kind_of(response: Response) -> Kind | None:
    """Of the layer that was asked about; None of a total."""
    asked = response.asked
    return asked.network.applied(asked.index).setting.kind if asked.network and asked.index >= 0 else None


def kinds_without(rows: list[Response], responses: Iterable[Response], own: StudentNumbers) -> set[Kind | None]:
    """The kinds of layers in which the mistake in these rows was not made wherever it shows: that is no habit."""
    codes = {response.diagnoses[0].codes[0] for response in rows}
    kinds = {kind_of(response) for response in rows}
    found: set[Kind | None] = set()
    for response in responses:
        asked = response.asked
        if response.state in GOOD and asked.network is own.network and asked.is_on_layer:
            kind = kind_of(response)
            if kind in kinds - found:
                at = situations(own, asked.index, asked.question.quantity)[0]
                if codes & mistakes_shown(at, asked.question.quantity):
                    found.add(kind)
    return found
