"""Layers that move numbers without changing them: flatten, reshape, permute, split, slice, shuffle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import ceil_divide, divide
from convcalc.kinds.keys import AXIS, GROUPS
from convcalc.layers import Key, Kind
from convcalc.layers.case import product
from convcalc.layers.window import (
    GATHERING,
    INTERLEAVING,
    PARTING,
    PERMUTING,
    PICKING,
    PREPENDING,
    RESHAPING,
    TILED,
    Window,
)  # fmt: skip
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.case import Case

RESHAPED, PERMUTED, PART, INTERLEAVED = map(Window, (RESHAPING, PERMUTING, PARTING, INTERLEAVING))


def flat_shape(case: Case) -> Shape:
    shape, values = case.to_layout(case.shape), case.values
    first, last = case.place(values["start"], "start"), case.place(values["end"], "end")
    case.channels = 0
    if first > last:
        raise problem("C014", f"start axis {values['start']} comes after end axis {values['end']}", "start first")
    return case.from_layout((*shape[:first], product(shape[first : last + 1]), *shape[last + 1 :]))


FLATTEN = Kind(
    "flatten",
    "Lay a map out as one vector.",
    keys=(
        Key("start", "", "first axis joined", "integer", 1, aliases=("start_dim",), quiet=True, bare=False),
        Key("end", "", "last axis joined", "integer", -1, aliases=("end_dim",), quiet=True),
    ),
    shape=flat_shape,
    outputs={"features": "C_in*H_in*W_in"},  # of two axes, in the order of the layout
    by_step="flatten start=2",
    flattens=True,
    linear="keeps",
    makes="features",
    window=RESHAPED,
    cells={"": "x"},
    storage=False,
    torch=(("Flatten", "start_dim end_dim"),),
    keras=(("Flatten", "data_format"),),
    onnx=(("Flatten", "axis:start=1"),),
    counted_as="free",
    operator=True,
    view=True,
    example=("flatten", "50x7x7"),
)


def filled_sizes(case: Case, sizes: Shape, numbers: Value) -> Shape:
    """The sizes with one -1 worked out, so that they hold as many numbers."""
    unknown = [index for index, size in enumerate(sizes) if size == -1]
    if len(unknown) > 1:
        raise problem("C015", "only one size may be -1")
    if not unknown:
        if not case.holds(numbers, "==", product(sizes)):
            if len(sizes) == 1:
                given = "×".join(map(format, case.to_layout(case.shape)))
                message = f"{sizes[0]} numbers are asked for, the input {given} has {numbers}"
                raise problem("C015", message, f"{numbers} in place of {sizes[0]}")
            shown = "×".join(map(format, sizes))
            raise problem(
                "C015", f"{shown} holds {product(sizes)} numbers, the input {numbers}", "-1 for a size that follows"
            )
        return sizes
    known = product(tuple(size for size in sizes if size != -1))
    case.demand_multiple(numbers, known, "numbers", f"the other sizes hold {known}")
    index = unknown[0]
    return (*sizes[:index], divide(numbers, known), *sizes[index + 1 :])


def unflattened_shape(case: Case) -> Shape:
    case.channels = 0
    shape, index = case.to_layout(case.shape), case.place(case.values["axis"])
    sizes = filled_sizes(case, case.values["shape"], shape[index])
    return case.from_layout((*shape[:index], *sizes, *shape[index + 1 :]))


def new_shape(case: Case) -> Shape:
    case.channels = 0
    return case.from_layout(filled_sizes(case, case.values["shape"], product(case.shape)))


def permuted_shape(case: Case) -> Shape:
    """The axes in their new order; that of the channels moves with them."""
    order, shape = case.values["order"], case.to_layout(case.shape)
    rank = len(shape)
    if len(order) == rank + 1 and order[0] == 0:
        order = case.values["order"] = order[1:]  # the batch stays first
    if set(order) != set(range(1, rank + 1)) or len(order) != rank:
        raise problem(
            "C016",
            f"{', '.join(map(str, order))} does not order {rank} axes",
            f"name each of 1 to {rank} once; the batch axis stays first",
        )
    places = case.to_layout(tuple(range(rank)))
    case.channels = case.from_layout(tuple(places[axis - 1] for axis in order)).index(case.channels)
    return case.from_layout(tuple(shape[axis - 1] for axis in order))


UNFLATTEN = Kind(
    "unflatten",
    "Fold one axis into several.",
    keys=(
        Key(
            "shape", "", "the sizes it becomes; one may be -1", "shape", aliases=("unflattened_size", "size", "output")
        ),
        Key("axis", "", "the axis folded; 1 is the first after the batch", "integer", 1, aliases=("dim",), quiet=True),
    ),
    shape=unflattened_shape,
    makes="map",
    window=RESHAPED,
    cells={"": "x"},
    storage=False,
    torch=(("Unflatten", "dim* unflattened_size"),),
    counted_as="free",
    operator=True,
    view=True,
    example=("unflatten 50x7x7", "2450"),
)

RESHAPE = UNFLATTEN._replace(
    name="reshape",
    doc="The same numbers in another shape.",
    keys=(Key("shape", "", "the new sizes; one may be -1", "shape", aliases=("target_shape", "size", "output")),),
    aliases=("view",),
    shape=new_shape,
    makes="features",
    torch=(),
    keras=(("Reshape", "target_shape"),),
    example=("reshape 16x25", "400"),
)

PERMUTE = UNFLATTEN._replace(
    cells={},
    name="permute",
    doc="Axes in another order; 1 is the first after the batch.",
    keys=(Key("order", "", "the axes in their new order", "shape", aliases=("dims", "axes")),),
    aliases=("transpose",),
    shape=permuted_shape,
    makes="features",
    window=PERMUTED,
    torch=(("Permute", "dims*"),),
    keras=(("Permute", "dims"),),
    onnx=(("Transpose", "perm*:order"),),
    example=("permute [2,1]", "10x64"),
)


REPEATVECTOR = UNFLATTEN._replace(
    cells={},
    name="repeatvector",
    doc="A vector as often as is said, one step after another.",
    keys=(Key("times", "", "how often", aliases=("n",)),),
    aliases=(),
    shape=lambda case: case.from_layout((case.values["times"], *case.to_layout(case.shape))),
    outputs={"features": "c"},
    makes="features",
    window=Window(PREPENDING),
    storage=True,
    torch=(),
    keras=(("RepeatVector", "n*"),),
    view=False,
    example=("repeatvector 10", "64"),
)


def part_shape(case: Case) -> Shape:
    channels, parts = case.shape[0], case.values["parts"]
    case.demand_multiple(channels, parts, "channels", f"{parts} equal parts", "parts")
    if not case.holds(case.values["part"] + 1, "<=", parts):
        raise problem("C017", f"there is no part {case.values['part']} of {parts}", f"0 to {parts - 1}")
    return (divide(channels, parts), *case.shape[1:])


SPLIT = Kind(
    "split",
    "One of several equal parts of the channels.",
    keys=(
        Key("parts", "", "how many parts there are", default=2, aliases=("chunks",)),
        Key("part", "", "which of them, from 0", default=0, low=0, aliases=("index",)),
    ),
    aliases=("chunk",),
    shape=part_shape,
    outputs={"channels": "c/parts"},
    window=PART,
    storage=False,
    counted_as="free",
    operator=True,
    view=True,
    label="Split",
)


def slice_shape(case: Case) -> Shape:
    """The axis from start to stop: the channels, unless another is named."""
    values = case.values
    place = case.place_or_channels(values["axis"])
    axis = case.axis_of(place)
    size, start, stop, step = case.shape[axis], values["start"], values["stop"], values["step"]
    stop = size if stop is None else stop
    if not (case.holds(start + 1, "<=", stop) and case.holds(stop, "<=", size)):
        what = "cells" if axis else "channels"
        raise problem("C017", f"{what} {start} to {stop} of {size}", f"start below stop, stop at most {size}")
    case.along = axis
    length = stop - start if step == 1 else ceil_divide(stop - start, step)
    return (*case.shape[:axis], length, *case.shape[axis + 1 :])


SLICE = SPLIT._replace(
    name="slice",
    doc="Some of the channels, or of another axis: start up to, but not with, stop.",
    keys=(
        Key("stop", "", "the first channel left out", "count", None, aliases=("end", "channels")),
        Key("start", "", "the first channel taken", default=0, low=0),
        AXIS._replace(doc="the axis, with the batch as 0; the channels, if none is named", aliases=("dim",)),
        Key("step", "", "every so many of them", default=1, quiet=True),
    ),
    aliases=(),
    shape=slice_shape,
    outputs={},
    label="Slice",
)


def picked_shape(case: Case) -> Shape:
    place = case.place(case.values["axis"])
    case.along, case.channels = case.axis_of(place), 0
    size, index, shape = case.shape[case.along], case.values["index"], case.to_layout(case.shape)
    if not case.holds(-index if index < 0 else index + 1, "<=", size):
        raise problem("C017", f"there is no {index} of {size}", f"0 to {size - 1}, or -1 to -{size} from the end")
    return case.from_layout((*shape[:place], *shape[place + 1 :]) or (1,))


SELECT = SLICE._replace(
    name="select",
    doc="One of an axis, which is gone: the last step, the class token.",
    keys=(
        Key("index", "", "which, from 0, or from the end with -1", "integer"),
        AXIS._replace(doc="the axis, with the batch as 0", default=1, aliases=("dim",)),
    ),
    shape=picked_shape,
    makes="features",
    window=Window(PICKING),
    label="Select",
    example=("select 0", "197x768"),
)


def tiled_shape(case: Case) -> Shape:
    times, shape = case.values["times"], case.to_layout(case.shape)
    if len(times) < len(shape):
        raise problem("V007", f"times has {len(times)} values for {len(shape)} axes", f"{len(shape)} or more values")
    more = len(times) - len(shape)
    case.channels = 0
    return case.from_layout(tuple(size * time for size, time in zip((*(1,) * more, *shape), times, strict=True)))


TILE = RESHAPE._replace(
    cells={},
    name="tile",
    doc="The numbers repeated along axes: so many times along each.",
    keys=(Key("times", "", "how often along each axis; more values than axes make new ones in front", "shape"),),
    aliases=("expand",),
    shape=tiled_shape,
    keras=(),
    window=Window(TILED),
    storage=True,
    view=False,
    example=("tile [1,4,4]", "64x1x1"),
)


GATHER = RESHAPE._replace(
    cells={},
    name="gather",
    doc="Numbers looked up by their places, in a shape that the places have.",
    shape=lambda case: case.from_layout(case.values["shape"]),
    aliases=(),
    keras=(),
    window=Window(GATHERING),
    storage=True,
    view=False,
    example=("gather 49x49x3", "169x3"),
)


def check_groups(case: Case) -> None:
    """Raise unless the groups divide the channels."""
    groups = case.values["groups"]
    case.demand_multiple(case.shape[0], groups, "channels", f"{groups} groups", "groups")


SHUFFLE = Kind(
    "shuffle",
    "Interleave the channels of the groups.",
    keys=(GROUPS,),
    aliases=("channelshuffle", "channel_shuffle"),
    takes="map",
    window=INTERLEAVED,
    check=check_groups,
    torch=(("ChannelShuffle", "groups*"),),
    counted_as="free",
    operator=True,
    label="ChannelShuffle({g})",
    example=("shuffle 4", "64x28x28"),
    sources=("Zhang et al. 2017, ShuffleNet",),
)

KINDS = (FLATTEN, UNFLATTEN, RESHAPE, PERMUTE, REPEATVECTOR, SPLIT, SLICE, SELECT, TILE, GATHER, SHUFFLE)
