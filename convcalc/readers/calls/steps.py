"""Keras's wrappers of what goes along the steps of a series: `Bidirectional(…)`, `TimeDistributed(…)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.layers.record import key_names
from convcalc.layers.values import NO, NOTHING
from convcalc.layers.window import EXTENDING, NORMALISING, POINTWISE
from convcalc.spec.brackets import as_list
from convcalc.spec.model import BrokenItem, Item, Items, LayerItem, RepeatItem

if TYPE_CHECKING:
    from convcalc.layers.record import Key
    from convcalc.layers.values import Raw
    from convcalc.problem import Problem
    from convcalc.readers.calls.wrapping import Wrapping

ALIKE = (POINTWISE, EXTENDING, NORMALISING)  # windows that are the same for each step of a series


def bidirectional(wrapping: Wrapping) -> Items:
    """A recurrent layer that reads its steps in both directions."""
    part = wrapping.given.get("backward_layer")
    if part is not None and part.value.lower() not in NOTHING:
        raise wrapping.refuse("Bidirectional with a backward_layer of its own is not read", "leave it out", part.place)
    mode = wrapping.value("merge_mode", "concat")
    if mode.lower() in NOTHING:
        message = "merge_mode=None gives two outputs, one of each direction, and a layer has one"
        raise wrapping.refuse(message, 'merge_mode="concat" joins them', wrapping.given["merge_mode"].place)

    def changed(item: LayerItem) -> Items:
        if "bidirectional" not in key_names(item.written.kind):
            message = f"Bidirectional is read around an LSTM, a GRU or an RNN, not around {item.written.kind.name}"
            raise wrapping.refuse(message, f"write: {wrapping.inner_text}")
        merged = {} if mode == "concat" else {"merge": mode}
        return (wrapping.with_values(item, bidirectional="yes", **merged),)

    return wrapping.around(changed)


def time_distributed(wrapping: Wrapping) -> Items:
    """Layers that do the same to each step of a series: their windows do not slide along the steps."""
    return wrapping.name_items(tuple(step for item in wrapping.inner() for step in by_step(wrapping, item)))


def by_step(wrapping: Wrapping, item: Item) -> Items:
    if isinstance(item, RepeatItem):
        return (item._replace(items=tuple(step for inner in item.items for step in by_step(wrapping, inner))),)
    if isinstance(item, BrokenItem):
        return (item,)
    kind = item.written.kind if isinstance(item, LayerItem) else None
    if not isinstance(item, LayerItem) or kind is None:
        raise wrapping.refuse("TimeDistributed goes around layers, not around branches or blocks")
    written = item.written
    said = dict(written.args)
    if kind.by_step and all(is_usual(raw) for raw in said.values()):
        return (*same_by_step(wrapping, item),)
    refused = wrapping.refuse(
        f"what {kind.name} does to each step of a series cannot be said in one layer",
        f"for one step by itself write: {wrapping.inner_text}",
    )
    if kind.takes == "map":
        return (one_axis_more(wrapping, item, refused),)
    is_learnt = kind.parameters != "0" and kind.takes == "any" and kind.window.type is not EXTENDING
    if (
        kind.window.type not in ALIKE
        or said.get("axis", "-1") != "-1"
        or (
            is_learnt and "axis" not in key_names(kind)  # what it learns may be one number for each of its input
        )
    ):
        raise refused
    return (wrapping.with_values(item, **({"data_format": "channels_last"} if is_learnt else {})),)


def is_usual(raw: Raw) -> bool:
    """Whether an argument says what Keras takes for granted: channels last, no axes kept."""
    return isinstance(raw, str) and (raw == "channels_last" or raw.lower() in NO)


def same_by_step(wrapping: Wrapping, item: LayerItem) -> Iterator[Item]:
    """The layers that a kind's record has for each step of a series, as those of the class that was called."""
    written = item.written
    text = written.kind.by_step.replace("{sides}", "x".join("1" * (written.dims or 2)))
    found = wrapping.reader.chained(text, item.place)
    for each in found:
        assert isinstance(each, LayerItem)
        dims = written.dims + 1 if each.written.kind.takes == "map" else 0
        name = item.name if each is found[-1] else ""
        yield each._replace(written=each.written._replace(framework=written.framework, dims=dims), name=name)


def one_axis_more(wrapping: Wrapping, item: LayerItem, refused: Problem) -> LayerItem:
    """A layer of windows with one more axis in front, along which they are 1 wide."""
    written, kind = item.written, item.written.kind
    counts = f"{kind.parameters} {kind.buffers}"  # of a layer with other weights at every place they would differ
    if written.dims not in (1, 2) or re.search(r"\b[NM]\b", counts) or not any(key.per_axis for key in kind.keys):
        raise refused
    args = {name: wider_value(key_names(kind)[name], raw, written.dims) for name, raw in written.args}
    if "causal" in args.values() or args.setdefault("data_format", "channels_last") != "channels_last":
        raise refused
    return item._replace(written=written._replace(args=tuple(args.items()), dims=written.dims + 1))


def wider_value(key: Key, raw: Raw, dims: int) -> Raw:
    """A value per axis with one more in front: 1, or no cells."""
    if not key.per_axis or raw in key.words:
        return raw
    parts = as_list(raw) if isinstance(raw, str) else raw
    if isinstance(parts, str):
        parts = tuple(parts.split("x")) if re.fullmatch(r"\d+(x\d+)+", parts) else (parts,) * dims
    return ("-" if key.type == "output" else "0" if key.type == "padding" else "1", *parts)
