"""The tops that a layer of Caffe makes of its bottoms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import floor_divide
from convcalc.kinds.joining import ADD, MULTIPLY
from convcalc.kinds.normalising import SCALE
from convcalc.readers.caffe.layer import CaffeLayer, args_of, whole_number
from convcalc.readers.trace import BATCH, Size, Tensor, Trace

if TYPE_CHECKING:
    Rule: TypeAlias = "Callable[[Trace, CaffeLayer, list[Tensor]], list[Tensor]]"


def tops_of(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """The tensors of a layer's tops; a Problem where it has no such bottoms, or cannot be read."""
    return RULES.get(layer.type.name, usual_layer)(trace, layer, bottoms)


def layer_on(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor], **more: Any) -> Tensor:
    """The layer of the kind that its type is, with some settings more than are written."""
    args, place = args_of(layer)
    if layer.is_frozen:
        args["trainable"] = False
    return trace.layer(layer.kind, {**args, **more}, bottoms, place, layer.name, weights=layer.weights)


def usual_layer(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    found = layer_on(trace, layer, bottoms)
    return [found] * max(len(layer.tops), 1)  # a pooling's second are the places of the largest


def axis_of(layer: CaffeLayer, bottom: Tensor, usual: int, name: str = "axis") -> int:
    """The axis that a setting names, with the batch as 0."""
    axis, rank = layer.number(name, usual), len(bottom.shape)
    if not -rank <= axis < rank:
        hint = f"{name}: {-rank} to {rank - 1}"
        raise layer.problem("F004", f"there is no axis {axis}: the bottom has {rank}", hint, name)
    return axis % rank


def demand_axis(layer: CaffeLayer, bottom: Tensor, usual: int = 1) -> None:
    """A Problem where a layer acts on another axis than it usually does."""
    if axis_of(layer, bottom, usual) != usual:
        message = f"{layer.type.name} along axis {layer.number('axis', usual)} has no kind here"
        raise layer.problem("F005", message, f"axis: {usual}, with a Permute before it", "axis")


def windows(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    demand_axis(layer, bottoms[0])
    return usual_layer(trace, layer, bottoms)


def depthwise(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    channels, filters = bottoms[0].sizes[0], layer.number("num_output", 1)
    if not isinstance(channels, int) or filters % channels:
        message = f"{filters} outputs of {channels} channels, each with filters of its own"
        raise layer.problem("F004", message, f"num_output: {channels}", "num_output")
    return [layer_on(trace, layer, bottoms, multiplier=filters // channels)]


def pooling(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    if "global" in layer.type.words:
        return usual_layer(trace, layer, bottoms)
    stride = {} if any(field.name.startswith("stride") for field in layer.settings.fields) else {"stride": 1}
    rounds = {"ceil": False} if layer.settings.text("round_mode") in ("FLOOR", "1") else {}
    return [layer_on(trace, layer, bottoms, **stride, **rounds)] * max(len(layer.tops), 1)


def inner_product(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """Every number behind its axis is a feature."""
    (bottom,) = bottoms
    axis = axis_of(layer, bottom, 1)
    if len(bottom.shape) > axis + 1:
        bottom = trace.reshape(bottom, (*bottom.shape[:axis], -1), layer.place)
    return [layer_on(trace, layer, [bottom])]


def embedding(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    if layer.flag("bias_term", True):
        raise layer.problem("F005", "an Embed with a bias has no kind here", "bias_term: false", "bias_term")
    return usual_layer(trace, layer, bottoms)


def scale(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """Learnt factors, or the second bottom's, stretched over the axes that it lacks."""
    if len(bottoms) == 1:
        demand_axis(layer, bottoms[0])
        if layer.number("num_axes", 1) != 1:
            raise layer.problem("F005", "factors over several axes have no kind here", "num_axes: 1", "num_axes")
        return usual_layer(trace, layer, bottoms)
    join = MULTIPLY if layer.type.name == "Scale" else ADD
    return [stretched_join(trace, layer, join, bottoms[0], bottoms[1], axis_of(layer, bottoms[0], 1))]


def stretched_join(trace: Trace, layer: CaffeLayer, join: Any, first: Tensor, second: Tensor, axis: int) -> Tensor:
    after = len(first.shape) - axis - len(second.shape)
    sizes = (*(1,) * (axis if second.batch is None else 0), *second.shape, *(1,) * max(after, 0))
    if len(sizes) > len(second.shape):
        second = trace.reshape(second, sizes, layer.place)
    return trace.layer(join, {}, [first, second], layer.place, layer.name)


def scaled_sum(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """Axpy: a·x + y, with a factor for each channel."""
    factors, first, second = bottoms
    product = stretched_join(trace, layer, MULTIPLY, first, factors, 0)
    return [trace.layer(ADD, {}, [product, second], layer.place)]


def along_axis(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """Along the channels or another axis, which old files of a Concat call otherwise."""
    name = "concat_dim" if layer.type.name == "Concat" and layer.settings.field("concat_dim") else "axis"
    axis = axis_of(layer, bottoms[0], 1, name)
    return [layer_on(trace, layer, bottoms, axis=None if axis == 1 else axis)]


def slices(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """Parts of the channels or of another axis, each a layer that is called as its top."""
    axis = axis_of(layer, bottoms[0], 1, "slice_dim" if layer.settings.field("slice_dim") else "axis")
    points, size = layer.numbers("slice_point"), bottoms[0].shape[axis]
    if not points:
        parts = len(layer.tops)
        if not isinstance(size, int) or size % parts:
            message = f"{size} cannot be sliced into {parts} equal parts"
            raise layer.problem("F004", message, "slice_point: …, where each but the first begins")
        points = list(range(size // parts, size, size // parts))
    if len(points) != len(layer.tops) - 1:
        message = f"{len(points)} slice points for {len(layer.tops)} tops"
        hint = "one before each top but the first, or none for equal parts"
        raise layer.problem("F004", message, hint, "slice_point")
    along = {} if axis == 1 else {"axis": axis}
    ranges = zip((0, *points), (*points, size), layer.tops, strict=True)
    return [
        trace.layer(layer.kind, {"start": start, "stop": stop, **along}, bottoms, layer.place, top)
        for start, stop, top in ranges
    ]


def reshape(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """The sizes from `axis` on are replaced: 0 stays as it is, −1 follows."""
    shape = bottoms[0].shape
    dims = [whole_number(layer.source, field) for field in layer.settings.message("shape").all("dim")]
    start = layer.number("axis", 0)
    start += len(shape) + 1 if start < 0 else 0
    count = layer.number("num_axes", -1)
    stop = len(shape) if count < 0 else start + count
    sizes: list[Size] = []
    for index, size in enumerate(dims):
        if size == 0 and start + index >= len(shape):
            raise layer.problem("F004", f"there is no axis {start + index} whose size stays", "dim: -1")
        sizes.append(shape[start + index] if size == 0 else size)
    whole: list[Size] = [*shape[:start], *sizes, *shape[stop:]]
    if whole and whole[0] in (1, -1) and BATCH not in whole:  # a batch of one, or the rest
        whole[0] = BATCH
    return [trace.reshape(bottoms[0], whole, layer.place, layer.name)]


def permute(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    rank, order = len(bottoms[0].shape), layer.numbers("order")
    order += [axis for axis in range(rank) if axis not in order]
    if sorted(order) != list(range(rank)):
        raise layer.problem("F004", f"{order} does not order {rank} axes", f"each of 0 to {rank - 1} once", "order")
    return [trace.permute(bottoms[0], order, layer.place, layer.name)]


def crop(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """To the sides of the second bottom, from an offset on that is 0 unless given."""
    first, second = bottoms
    axis, rank = axis_of(layer, first, 2), len(first.shape)
    offsets = layer.numbers("offset") or [0]
    offsets = offsets * (rank - axis) if len(offsets) == 1 else offsets
    if axis < 2 or len(second.shape) != rank or len(offsets) != rank - axis:
        hint = "axis: 2, with one offset for all axes"
        raise layer.problem("F005", "only the sides of equal maps are cropped here", hint)
    sides, wanted = first.sizes[1:], second.sizes[1:]
    before = [0] * (axis - 2) + offsets
    cut = [
        (start, size - start - side if index >= axis - 2 else 0)
        for index, (start, size, side) in enumerate(zip(before, sides, wanted, strict=True))
    ]
    return [trace.layer(layer.kind, {"amount": cut}, [first], layer.place, layer.name)]


def normalize(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """Over the channels of each place, or over all; then learnt factors."""
    rank = len(bottoms[0].shape)
    axes = range(1, rank) if layer.flag("across_spatial", True) else (1,)
    if layer.flag("channel_shared", True):
        message = "one factor for all channels has no kind here"
        raise layer.problem("F005", message, "channel_shared: false", "channel_shared")
    return [trace.layer(SCALE, {}, [layer_on(trace, layer, bottoms, axis=tuple(axes))], layer.place)]


def interpolation(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """Sides as given, or each (n − 1)/shrink·zoom + 1, so that the corners stay."""
    zoom, shrink = layer.number("zoom_factor", 1), layer.number("shrink_factor", 1)
    cut = layer.number("pad_beg", 0) + layer.number("pad_end", 0)
    sides = [(floor_divide(size + cut - 1, shrink)) * zoom + 1 for size in bottoms[0].sizes[1:]]
    given = (layer.number("height", 0), layer.number("width", 0))
    return [layer_on(trace, layer, bottoms[:1], output=given if all(given) else tuple(sides))]


def upsample(trace: Trace, layer: CaffeLayer, bottoms: list[Tensor]) -> list[Tensor]:
    """Pixels repeated; or put back where a pooling found them, where it says so with a second bottom."""
    given = (layer.number("upsample_h", 0), layer.number("upsample_w", 0))
    if not all(given):
        return [layer_on(trace, layer, bottoms[:1])]
    usual = {} if "mask" in layer.type.words else {"scale": None}
    return [layer_on(trace, layer, bottoms[:1], output=given, **usual)]


MANY = 10_000
# How many bottoms a type takes, where that is not one.
BOTTOMS = {
    "Axpy": (3, 3), "Bias": (1, 2), "Concat": (1, MANY), "Crop": (2, 2), "Eltwise": (2, MANY), "Interp": (1, 2),
    "Scale": (1, 2), "Upsample": (1, 2),
}  # fmt: skip
RULES: dict[str, Rule] = {
    "Axpy": scaled_sum, "Bias": scale, "Concat": along_axis, "Convolution": windows, "ConvolutionDepthwise": depthwise,
    "Crop": crop, "Deconvolution": windows, "DepthwiseConvolution": windows, "Embed": embedding,
    "InnerProduct": inner_product, "Interp": interpolation, "Normalize": normalize, "Permute": permute,
    "Pooling": pooling, "Reshape": reshape, "Scale": scale, "Slice": slices, "Softmax": along_axis,
    "Split": lambda trace, layer, bottoms: bottoms * len(layer.tops), "Upsample": upsample,
}  # fmt: skip
