"""What pictures show, as JSON by the schema convcalc/draw/1: their numbers without their shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from convcalc.problem import problem
from convcalc.render.json_text import json_document
from convcalc.render.pictures import SUBJECTS, PicturedNetwork, PictureOptions, refuse_idle
from convcalc.render.report.json import diagnostic
from convcalc.spec.layout import written_order

MAX_WINDOWS = 100_000  # of a layer along one axis


def document(name: str, networks: tuple[PicturedNetwork, ...], options: PictureOptions) -> Iterator[str]:
    """The numbers of a picture of networks; a Problem for options that it has no say over."""
    refuse_idle(SUBJECTS[name], options)
    if name == "compare":
        found = compare_totals(networks, options)
    else:
        make = DATA[name]
        found = [{"network": each.report.name or None, **make(each, options)} for each in networks]
    warnings = [
        diagnostic(finding) for each in networks for finding in each.report.diagnostics if finding.severity != "error"
    ]
    return json_document("draw", picture=name, pictures=found, warnings=warnings)


def volumes(network: PicturedNetwork, options: PictureOptions) -> dict[str, Any]:
    """Each tensor that is drawn as a body, with the layers that make it."""
    from convcalc.render.pictures.nominal import nominal_numbers
    from convcalc.render.pictures.volumes.choice import choose

    drawing = choose(network.graph, network.report, options, nominal_numbers(network).number)
    units = drawing.wiring.units
    last_first = network.graph.channels_last
    return {
        "volumes": [
            {
                "layers": [units[unit].name for unit in glyph.units],
                "shape": None if glyph.shape is None else written_order(glyph.shape, last_first),
                "track": glyph.track,
            }
            for glyph in drawing.gallery.glyphs
        ]
    }


def graph(network: PicturedNetwork, options: PictureOptions) -> dict[str, Any]:
    """Nodes, as far as blocks are not folded, and the tensors between them."""
    from convcalc.render.pictures.graph.folding import outline_of
    from convcalc.render.pictures.graph.outline import nodes_of

    outline = outline_of(network, options.depth)
    nodes = list(nodes_of(outline.items))
    sums = {node.number: outline.subtotals(node.layers) for node in nodes}
    return {
        "nodes": [
            {
                "id": node.number,
                "type": node.mark,
                "name": node.title or node.name,
                "layers": [network.graph.nodes[place].name for place in node.layers],
                "times": node.times,
                **{name: getattr(sums[node.number], name, None) for name in ("parameters", "macs")},
            }
            for node in nodes
        ],
        "edges": [
            {"from": edge.source, "to": edge.target, "shape": outline.shape(edge.tensor)} for edge in outline.edges
        ],
    }


def field(network: PicturedNetwork, options: PictureOptions) -> dict[str, Any]:
    """What one cell of each chosen layer sees of each input, in pixels from 0."""
    from convcalc.render.pictures.field.sheet import sheets

    return {
        "inputs": [
            {
                "name": sheet.source,
                "sides": sheet.sides,
                "axes": sheet.names,
                "fields": [
                    {
                        "layer": seen.layer.name,
                        "cell": seen.cell,
                        "cells": seen.units,
                        "first": [span.first for span in seen.spans],
                        "last": [span.last for span in seen.spans],
                        "size": seen.largest,
                        "stride": seen.strides,
                        "is_whole": seen.is_whole,
                    }
                    for seen in sheet.chosen
                ],
            }
            for sheet in sheets(network, options)
        ]
    }


def arithmetic(network: PicturedNetwork, options: PictureOptions) -> dict[str, Any]:
    """Of each chosen layer along each axis, the cells that every window sees; those in front of 0 are padding."""
    from convcalc.render.pictures.arithmetic.axes import window_axis
    from convcalc.render.pictures.arithmetic.views import choose_layers, paddings_after, window_steps

    found = []
    for layer in choose_layers(network.report, options.layers).layers:
        applied: Any = layer.applied
        axes = list(map(window_axis, window_steps(applied), paddings_after(applied)))
        if any(axis.units > MAX_WINDOWS for axis in axes):
            raise problem("U008", f"{layer.name} has more than {MAX_WINDOWS:,} windows", "--layers names another layer")
        found.append(
            {
                "layer": layer.name,
                "input": [axis.size for axis in axes],
                "padded": [[axis.cells.start, axis.cells.stop - 1] for axis in axes],
                "output": [axis.units for axis in axes],
                "windows": [[list(axis.taps(unit)) for unit in range(axis.units)] for axis in axes],
            }
        )
    return {"layers": found}


def bars(network: PicturedNetwork, options: PictureOptions) -> dict[str, Any]:
    """A row for each layer or block, with its amount of each quantity."""
    from convcalc.render.pictures.charts.breakdown import breakdown

    found = breakdown(network, options)
    names = [each.name for each in found.counted]
    return {
        "rows": [
            {
                "name": row.name,
                "layer": row.settings,
                "output": written_order(row.shape, network.report.channels_last) if row.shape else None,
                **{name: amount.value for name, amount in zip(names, row.amounts, strict=True)},
                **{each.name: measure or None for each, measure in zip(found.measured, row.measures, strict=True)},
            }
            for row in found.rows
        ],
        "totals": {name: amount.value for name, amount in zip(names, found.totals, strict=True)},
    }


def memory(network: PicturedNetwork, options: PictureOptions) -> dict[str, Any]:
    """Bytes at each step, and every tensor from the step in which it is written to the last that reads it."""
    from convcalc.render.pictures.charts.memory import history_of

    history = history_of(network, options)
    numbers = history.lives.numbers()
    return {
        "steps": [
            {"step": step, "layer": history.name(step), "bytes": history.size(number)}
            for step, number in enumerate(numbers)
        ],
        "tensors": [
            {
                "name": each.name, "bytes": history.size(each.numbers), "first": each.birth,
                "last": min(each.death, len(numbers) - 1),
            }
            for each in history.lives.tensors
        ],
        "peak": {"layer": history.peak, "bytes": history.most},
        "budget": options.budget or None,
    }  # fmt: skip


def compare_totals(networks: tuple[PicturedNetwork, ...], options: PictureOptions) -> list[dict[str, Any]]:
    """Each network that is a circle: its two totals, and its peak in bytes."""
    from convcalc.render.pictures.charts.comparison import axes_of, rate

    across, up = axes_of(options)
    rated, _ = rate(networks, (across, up), options)
    if not rated:
        raise problem("U009", "there is nothing to compare", "convcalc compare sets symbolic networks side by side")
    return [
        {"network": name, across.name: each.x, up.name: each.y, "memory_peak": each.peak}
        for each in rated
        for name in each.names
    ]


DATA: dict[str, Callable[[PicturedNetwork, PictureOptions], dict[str, Any]]] = {
    "volumes": volumes, "graph": graph, "field": field, "arithmetic": arithmetic, "bars": bars, "memory": memory,
}  # fmt: skip
