"""Worked arrays as JSON, see the schema `convcalc/apply/1`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.algebra.notation import write
from convcalc.render.arrays.pages import spreads
from convcalc.render.json_text import json_text

if TYPE_CHECKING:
    from convcalc.arrays.array import Array, Place
    from convcalc.arrays.computing import LayerNumbers
    from convcalc.arrays.network import ChainNumbers

SCHEMA = "convcalc/apply/1"


def document(chain: ChainNumbers, at: Place = (), with_work: bool = True) -> Iterator[str]:
    """The document; whole numbers are integers, fractions strings, what is not exact a number with a point."""
    last = chain.layers[-1]
    shown = list(cells(chain, last, at, with_work))  # all of which are the output, so that it is computed once
    weighted = [layer for layer in chain.layers if layer.given.weights]
    head: dict[str, Any] = {
        "schema": SCHEMA, "convcalc": __version__, "layer": chain.text,
        "operation": operation(chain),
        "input": only([as_lists(chain, array) for array in chain.inputs]),
        "weights": own_weights(chain, weighted[0]) if len(weighted) == 1 else None,
        "output": as_lists(chain, chain.output),
    }  # fmt: skip
    yield json_text(head)[:-1]
    if with_work:
        yield f', "cells": [{"".join(shown)}]'
    if len(chain.layers) > 1:
        yield ', "layers": ['
        for place, layer in enumerate(chain.layers):
            entry = {
                "name": layer.name, "input": only([as_lists(chain, array) for array in layer.inputs]),
                "weights": own_weights(chain, layer), "output": as_lists(chain, layer.output),
            }  # fmt: skip
            yield f'{", " if place else ""}{json_text(entry)[:-1]}, "cells": ['
            yield from shown if layer is last else cells(chain, layer, (), with_work)
            yield "]}"
        yield "]"
    yield "}\n"


def cells(chain: ChainNumbers, layer: LayerNumbers, at: Place, with_work: bool) -> Iterator[str]:
    if not with_work:
        return
    for number, cell in enumerate(layer.cells([at] if at else None)):
        entry = {"at": chain.shown_place(cell.at, layer), "work": write(cell.tree), "value": cell.value}
        yield f"{', ' if number else ''}{json_text(entry)}"


def operation(chain: ChainNumbers) -> str | None:
    if not any(layer.slides_kernel and not spreads(layer) for layer in chain.layers):
        return None
    return "convolution" if chain.flip else "cross-correlation"


def as_lists(chain: ChainNumbers, array: Array) -> Any:
    return chain.shown(array).nested()


def own_weights(chain: ChainNumbers, layer: LayerNumbers) -> Any:
    """As they were given, not flipped; a single filter of a single channel is its rows."""
    weights = layer.given.weights
    if weights is None:
        return None
    rank = len(layer.applied.axes)
    weights = weights.flipped(rank) if chain.flip else weights
    alone = chain.bare and rank and all(size == 1 for size in weights.shape[:-rank])
    return (weights.reshaped(*weights.shape[-rank:]) if alone else weights).nested()


def only(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
