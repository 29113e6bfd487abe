"""Layers that move numbers, or choose some, in ONNX; orders are those in which the network writes its axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.layers.operators import LayerOperators

    Form = Callable[[LayerOperators], str]


def as_the_text_has_it(o: LayerOperators, index: int = 0) -> str:
    """An input with its channels last, where the network has them so."""
    x, rank = o.inputs[index], len(o.situation.applied.input[index])
    return o.moved(x, 0, *range(2, rank + 1), 1) if o.situation.channels_last and rank > 1 else x


def with_channels_first(o: LayerOperators, x: str) -> str:
    rank = len(o.output)
    return o.moved(x, 0, rank, *range(1, rank)) if o.situation.channels_last and rank > 1 else x


def text_order(o: LayerOperators, shape: Any) -> tuple[Any, ...]:
    return (*shape[1:], shape[0]) if o.situation.channels_last and len(shape) > 1 else tuple(shape)


def reshape(o: LayerOperators) -> str:
    return with_channels_first(o, o.reshaped(as_the_text_has_it(o), *text_order(o, o.output)))


def flatten(o: LayerOperators) -> str:
    return o("Flatten", as_the_text_has_it(o), axis=1) if len(o.output) == 1 else reshape(o)


def permute(o: LayerOperators) -> str:
    return with_channels_first(o, o.moved(as_the_text_has_it(o), 0, *o.values["order"]))


def swap(o: LayerOperators) -> str:
    order = list(range(len(o.shape) + 1))
    first, second = (axis % len(order) for axis in o.values["axes"])
    order[first], order[second] = order[second], order[first]
    return with_channels_first(o, o.moved(as_the_text_has_it(o), *order))


def part(o: LayerOperators, start: Any, size: Any, axis: int, step: Any = 1) -> str:
    steps = [o.list_of(step)] if step != 1 else []
    stop = start + (size - 1) * step + 1
    return o("Slice", o.x, o.list_of(start), o.list_of(stop), o.list_of(axis), *steps)


def split(o: LayerOperators) -> str:
    """The parts are as large as the first, but for the last."""
    return part(o, o.values["part"] * (-(-o.shape[0] // o.values["parts"])), o.output[0], 1)


def slice_of(o: LayerOperators) -> str:
    along = o.situation.applied.along or 0
    start = o.values.get("start") or 0
    start = start + o.shape[along] if start < 0 else start
    return part(o, start, o.output[along], along + 1, o.values.get("step") or 1)


def select(o: LayerOperators) -> str:
    (axis,) = o.axes_of("axis") or [1]
    return o("Gather", o.x, o.scalar(o.values["index"]), axis=axis)


def repeat(o: LayerOperators) -> str:
    if o.situation.channels_last:
        return o("Tile", o.reshaped(o.x, *o.shape, 1), o.list_of(1, 1, o.values["times"]))
    return o("Tile", o.reshaped(o.x, 1, *o.shape), o.list_of(1, o.values["times"], 1))


def tile(o: LayerOperators) -> str:
    own = (*(1,) * (len(o.output) - len(o.shape)), *o.shape)
    x = o.reshaped(o.x, *own) if len(own) > len(o.shape) else o.x
    return o("Tile", x, o.list_of(1, *(size // side for size, side in zip(o.output, own, strict=True))))


def shuffle(o: LayerOperators) -> str:
    groups, channels = o.letters["g"], o.channels
    apart = o.reshaped(o.x, groups, channels // groups, *o.shape[1:])
    return o.reshaped(o.moved(apart, 0, 2, 1, *range(3, 3 + o.rank)), *o.output)


MOVING: dict[str, Form] = {
    "flatten": flatten, **dict.fromkeys(("reshape", "unflatten", "squeeze", "unsqueeze"), reshape),
    "permute": permute, "swap": swap, "split": split, "slice": slice_of, "select": select, "repeatvector": repeat,
    "tile": tile, "shuffle": shuffle,
}  # fmt: skip
