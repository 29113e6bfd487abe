"""Which layers of a report a name stands for: a layer, all of a block, or the layer of an output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.problem import did_you_mean, problem

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.problem import Problem

MAX_LISTED = 20  # names that a message has


def layers_called(report: NetworkReport, name: str) -> list[int]:
    """The places of the layers that a name stands for, none where nothing is called so."""
    hits = [index for index, layer in enumerate(report.layers) if layer.name == name]
    hits = hits or [index for group in report.groups if group.name == name for index in range(group.start, group.stop)]
    hits = hits or [index for index, layer in enumerate(report.layers) if layer.name.startswith(f"{name}.")]
    return hits or [place for output, place in report.places if output == name]


def find_layers(report: NetworkReport, name: str) -> list[int]:
    """The places of the layers that a name stands for; a Problem where nothing is called so."""
    places = layers_called(report, name)
    if not places:
        raise unknown_layer(report, name)
    return places


def unknown_layer(report: NetworkReport, name: str, hint: str = "") -> Problem:
    """The Problem of a name that nothing has."""
    known = [*(layer.name for layer in report.layers), *(group.name for group in report.groups)]
    listed = ", ".join(known[:MAX_LISTED]) + (", …" if len(known) > MAX_LISTED else "")
    hint = hint or did_you_mean(name, known) or f"the layers are {listed}"
    return problem("U001", f'there is no layer "{name[:60]}"', hint)
