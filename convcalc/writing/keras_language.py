"""Keras as a language of programs: the form of each layer, and what the names in it stand for."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from convcalc.kinds.keras import form_of
from convcalc.kinds.keras_windows import WHY, grown_sides
from convcalc.layers.situation import LayerSituation, floor_pads
from convcalc.spec.layout import written_order
from convcalc.writing.program.code import Application, Atom, GivenArgument, Make, Piece, PieceList
from convcalc.writing.program.elements import Junction, Leaf, applied_layer, elements_within
from convcalc.writing.program.language import Language, python_value

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.spec import Spec
    from convcalc.writing.program.making import Maker

KEYS = {"f": "filters", "c": "in_channels", "h": "heads", "e": "key_dim", "v": "count"}
# What a function is not called, so that it is no variable where it is used, and no module.
TAKEN = frozenset((
    "filters", "kernel", "stride", "padding", "dilation", "groups", "multiplier", "units", "rate", "label", "n",
    "i", "j", "turn", "size", "growth", "shortcut", "in_channels", "in_features", "network",
))  # fmt: skip
VARIABLES = frozenset(("keras", "layers", "ops", "math", "name", "inputs", "x", "y", "z"))
AROUND = ("layers.ZeroPadding", "layers.Cropping")  # what stands before or behind a layer in its own form
JOINS = {"residual": "layers.Add()", "gate": "layers.Multiply()", "concat": "layers.Concatenate()"}


class KerasLanguage(Language):
    title = "Keras"
    keys = KEYS
    variables = VARIABLES
    ties_weights = False
    names_layers = True

    def __init__(self, spec: Spec):
        super().__init__(spec)
        self.authors: frozenset[str] | None = None  # the names of layers that an author gave

    # Names

    def definition_name(self, text: str) -> str:
        """`DoubleConv` as double_conv; network where nothing has a name."""
        is_title = text == self.spec.name
        words = re.findall(r"[A-Za-z0-9]+" if is_title else r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", text)
        name = re.sub(r"_(?=\d)", "", "_".join(words).lower()) or "build_network"
        return self.name(name if not name[0].isdigit() else f"network_{name}")

    def layer_name(self, text: str) -> str:
        return re.sub(r"\W+", "_", text).strip("_")

    def reserved_names(self, spec: Spec) -> set[str]:
        params = {name for block in spec.blocks.values() for name, _ in block.params}
        return params.union(TAKEN, VARIABLES, dir(builtins), KEYS.values())

    def with_name(self, piece: Piece, name: GivenArgument, leaf: Leaf) -> Piece:
        """A layer with its name, and whether it is trained; without one, where Keras would not give it another's."""
        if isinstance(piece, Application):
            return piece._replace(make=self.with_name(piece.make, name, leaf))
        if isinstance(piece, PieceList):
            entries: list[Any] = list(piece.entries)
            place = [place for place, entry in enumerate(entries) if not is_around(entry.piece)][-1]
            entries[place] = entries[place]._replace(piece=self.with_name(entries[place].piece, name, leaf))
            return piece._replace(entries=tuple(entries))
        if not isinstance(piece, Make):
            return piece
        more = (name,) if leaf.is_named or self.is_taken(piece.head) else ()
        applied = self.graph.nodes[leaf.node].applied
        if applied and applied.values.get("trainable") is False:
            more = (GivenArgument("trainable", Atom(False)), *more)
        return piece._replace(arguments=(*piece.arguments, *more))

    def is_taken(self, head: str) -> bool:
        """Whether an author gave a name that Keras gives by itself to layers of a class."""
        if self.authors is None:
            leaves = (each for each in elements_within(self.elements) if isinstance(each, Leaf) and each.is_named)
            self.authors = frozenset(self.layer_name(self.graph.nodes[leaf.node].name) for leaf in leaves)
        stem = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "_", head.rpartition(".")[2]).lower()
        return any(re.fullmatch(rf"{stem}(_\d+)?", name) for name in self.authors)

    def written_shape(self, shape: Shape) -> Shape:
        return written_order(shape, self.spec.channels_last)

    # Forms

    def module(self, leaf: Leaf) -> str | None:
        return self.form(leaf) if len(self.graph.nodes[leaf.node].inputs) == 1 else None

    def function(self, leaf: Leaf) -> str | None:
        return self.form(leaf) if len(self.graph.nodes[leaf.node].inputs) != 1 else None

    def form(self, leaf: Leaf) -> str | None:
        found = form_of(self.situation(leaf))
        return None if not found or found.startswith(WHY) else found

    def reason(self, leaf: Leaf) -> tuple[str, ...]:
        found = form_of(self.situation(leaf))
        return tuple(found.removeprefix(WHY).split(" | ")) if found.startswith(WHY) else ()

    def combination(self, leaf: Leaf, junction: Junction) -> str:
        applied = applied_layer(leaf, self.graph)
        axis = applied.along
        is_last = axis is None or self.situation(leaf).place(axis) == len(applied.output)
        return "" if any(junction.is_auto) or not is_last else JOINS.get(applied.setting.kind.block, "")

    # Values

    def atom(self, maker: Maker, leaf: Leaf, text: str) -> Atom:
        if text not in VALUES:
            return super().atom(maker, leaf, text)
        value = VALUES[text](self.situation(leaf))
        return self.padding_atom(maker, leaf, value) if text in ("cells", "filled") else Atom(value, None, text)


def is_around(piece: Any) -> bool:
    return not isinstance(piece, (Make, Application)) or (isinstance(piece, Make) and piece.head.startswith(AROUND))


def cells(pads: Iterable[tuple[Any, Any]]) -> Any:
    """Cells before and behind every axis: one number where all are equal, one for each axis where its sides are."""
    pairs = tuple(pads)
    if all(before == behind for before, behind in pairs):
        return python_value(tuple(before for before, _ in pairs))
    return pairs[0] if len(pairs) == 1 else pairs


def all_widths(situation: LayerSituation, pads: tuple[tuple[Any, Any], ...]) -> tuple[tuple[Any, Any], ...]:
    """Cells before and behind every axis as it is written, the batch too."""
    return ((0, 0), *situation.written_shape(((0, 0), *pads)))  # type: ignore[arg-type]


def channel_widths(situation: LayerSituation) -> tuple[tuple[Any, Any], ...]:
    more = situation.values["channels"]
    pads = ((more[0], more[-1]), *((0, 0) for _ in situation.shape[1:]))
    return ((0, 0), *situation.written_shape(pads))  # type: ignore[arg-type]


def grouped_shape(situation: LayerSituation) -> tuple[Any, ...]:
    """The shape with the channels as groups of channels."""
    groups, (channels, *space) = situation.values["groups"], situation.shape
    return (*space, groups, channels // groups) if situation.channels_last else (groups, channels // groups, *space)


def blocks(situation: LayerSituation) -> tuple[Any, ...]:
    """The shape with the channels as blocks of channels, rows and columns."""
    factor, (channels, *space) = situation.values["factor"], situation.shape
    parts = channels // factor**2, factor, factor
    return (*space, *parts) if situation.channels_last else (*parts, *space)


def swapped_order(situation: LayerSituation) -> tuple[int, ...]:
    """The order of the axes in which two have changed places."""
    rank = len(situation.shape)
    order = list(range(1, rank + 1))
    first, second = (axis - 1 if axis > 0 else axis + rank for axis in situation.values["axes"])
    order[first], order[second] = order[second], order[first]
    return tuple(order)


def times(situation: LayerSituation) -> Any:
    pairs = zip(situation.shape[1:], situation.applied.output[1:], strict=True)
    return python_value(tuple(size // before for before, size in pairs))


def share_of_the_old(situation: LayerSituation) -> Any:
    """What Keras calls the momentum of an average; None where all batches count alike."""
    momentum = situation.applied.number("momentum")
    return None if isinstance(momentum, str) else python_value(1 - momentum)


VALUES: dict[str, Callable[[LayerSituation], Any]] = {
    "decay": share_of_the_old,
    "cells": lambda situation: cells(situation.pads),
    "filled": lambda situation: cells(floor_pads(situation.applied)),
    "widths": lambda situation: all_widths(situation, floor_pads(situation.applied)),
    "around": lambda situation: all_widths(situation, situation.pads),
    "more_channels": channel_widths,
    "cut": lambda situation: cells(grown_sides(situation)[1]),
    "grown": lambda situation: python_value(grown_sides(situation)[0]),
    "sizes": lambda situation: python_value(situation.applied.output[1:]),
    "tall": lambda situation: situation.applied.output[1],
    "wide": lambda situation: situation.applied.output[2],
    "multiples": times,
    "scaled": lambda situation: bool(situation.letters["a"]),
    "shifted": lambda situation: bool(situation.letters["b"]),
    "tied": lambda situation: bool(situation.letters["a"]),
    "every": lambda situation: len(situation.applied.output) > 1,
    "laid": lambda situation: situation.written_shape(situation.applied.output),
    "grouped": grouped_shape,
    "blocks": blocks,
    "order": lambda situation: tuple(situation.values["order"]),
    "swapped": swapped_order,
}
