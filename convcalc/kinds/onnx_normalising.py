"""Normalisations in ONNX, and factors that layers learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.layers.operators import LayerOperators

    Form = Callable[[LayerOperators], str]

SPACING = 2**-23  # of PyTorch's numbers at 1, which is what it adds where nobody says it
MOMENTUM = 0.9  # ONNX's own, the share of what was before


def factors(o: LayerOperators, *sizes: Any) -> tuple[str, str]:
    """A factor and a summand, each learnt or without effect."""
    scale = o.weight("weight", *sizes, number=1.0) if o.letters["a"] else o.filled(1, *sizes)
    shift = o.weight("bias", *sizes) if o.letters["b"] else o.filled(0, *sizes)
    return scale, shift


def scale_and_shift(o: LayerOperators, x: str, *sizes: Any) -> str:
    """A value times a factor, and with a summand, as far as the layer learns them."""
    x = o("Mul", x, o.weight("weight", *sizes, number=1.0)) if o.letters["a"] else x
    return o("Add", x, o.weight("bias", *sizes)) if o.letters["b"] else x


def batch_norm(o: LayerOperators) -> str:
    count = o.letters["e"]
    if count != o.channels or o.letters.get("r") or o.letters.get("w"):
        raise o.refuse("and ONNX normalises the channels, by a mean and a variance")
    if not o.letters["u"]:
        raise o.refuse("which ONNX needs a mean and a variance of the training for")
    scale, shift = factors(o, count)
    kept = [
        o.weight(role, count, is_learnt=False, number=number)
        for role, number in (("running_mean", 0.0), ("running_var", 1.0))
    ]
    momentum = o.situation.applied.number("momentum")
    kept_share = MOMENTUM if isinstance(momentum, str) else float(1 - momentum)
    attributes = {} if kept_share == MOMENTUM else {"momentum": kept_share}
    return o("BatchNormalization", o.x, scale, shift, *kept, epsilon=o.number("eps"), **attributes)


def frozen_batch_norm(o: LayerOperators) -> str:
    count = o.channels
    kept = [
        o.weight(role, count, is_learnt=False, number=number)
        for role, number in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0))
    ]
    return o("BatchNormalization", o.x, *kept, epsilon=o.number("eps"))


def instance_norm(o: LayerOperators) -> str:
    if o.letters["u"]:
        raise o.refuse("and ONNX keeps no mean of the training for it")
    if o.letters["a"] != o.letters["b"]:
        found = o(
            "InstanceNormalization", o.x, o.filled(1, o.channels), o.filled(0, o.channels), epsilon=o.number("eps")
        )
        return scale_and_shift(o, found, *o.behind_channels(o.rank, o.channels))
    return o("InstanceNormalization", o.x, *factors(o, o.channels), epsilon=o.number("eps"))


def group_norm(o: LayerOperators) -> str:
    """Each group as a channel: ONNX's own operator, before version 21, is taken back."""
    groups = o.letters["g"]
    if o.values.get("axis") is not None and o.axes_of("axis") != [1]:
        raise o.refuse("and ONNX groups the channels")
    apart = o.reshaped(o.x, groups, -1)
    found = o("InstanceNormalization", apart, o.filled(1, groups), o.filled(0, groups), epsilon=o.number("eps"))
    return scale_and_shift(o, o.reshaped(found, *o.shape), *o.behind_channels(o.rank, o.letters["e"]))


def normalised_axes(o: LayerOperators) -> list[int]:
    """The axes over which each example is normalised, with the batch as 0."""
    over, rank = o.values.get("over"), len(o.shape)
    if axes := o.axes_of("axis"):
        return axes
    if over is not None:
        return list(range(rank + 1 - (len(over) if isinstance(over, tuple) else 1), rank + 1))
    first = o.values.get("first")
    if first is not None:
        return list(range(first, rank + 1))
    is_map = o.situation.on_map or bool(o.situation.applied.setting.dims) or o.situation.channels_last
    return [1 if is_map and o.letters["e"] == o.channels else rank]


def layer_norm(o: LayerOperators, normalise: Any) -> str:
    """Over the last axes; others are moved there and back."""
    axes, rank = normalised_axes(o), len(o.shape)
    others = [axis for axis in range(rank + 1) if axis not in axes]
    order = (*others, *axes)
    sizes = [o.shape[axis - 1] for axis in axes]
    found = normalise(o, o.moved(o.x, *order), len(axes), sizes)
    return o.moved(found, *(order.index(axis) for axis in range(rank + 1)))


def by_mean_and_variance(o: LayerOperators, x: str, count: int, sizes: list[Any]) -> str:
    eps = o.number("eps")
    if o.letters["a"]:
        shift = o.weight("bias", *sizes) if o.letters["b"] else ""
        return o("LayerNormalization", x, o.weight("weight", *sizes, number=1.0), shift, axis=-count, epsilon=eps)
    axes = o.list_of(*range(-count, 0))
    centred = o("Sub", x, o("ReduceMean", x, axes, keepdims=1))
    variance = o("ReduceMean", o("Mul", centred, centred), axes, keepdims=1)
    return scale_and_shift(o, o("Div", centred, o("Sqrt", o("Add", variance, o.scalar(eps)))), *sizes)


def by_root_mean_square(o: LayerOperators, x: str, count: int, sizes: list[Any]) -> str:
    mean = o("ReduceMean", o("Mul", x, x), o.list_of(*range(-count, 0)), keepdims=1)
    eps = SPACING if o.values["eps"] is None else o.number("eps")
    found = o("Div", x, o("Sqrt", o("Add", mean, o.scalar(eps))))
    return o("Mul", found, o.weight("weight", *sizes, number=1.0)) if o.letters["a"] else found


def unit_norm(o: LayerOperators) -> str:
    axes = o.axes_of("axis") or [1 if o.situation.on_map or o.rank == 0 else len(o.shape)]
    if len(axes) > 1:
        raise o.refuse("over several axes, which ONNX does not have")
    if o.values["power"] not in ("1", "2"):
        raise o.refuse(f"of the order {o.values['order']}, where ONNX has 1 and 2")
    return o("LpNormalization", o.x, axis=axes[0], p=int(o.values["power"]))


def response_norm(o: LayerOperators) -> str:
    """By the strength of each channel among all."""
    sizes = o.behind_channels(o.rank, o.channels)
    strength = o("ReduceL2", o.x, o.list_of(*range(2, 2 + o.rank)), keepdims=1)
    mean = o("Add", o("ReduceMean", strength, o.list_of(1), keepdims=1), o.scalar(o.number("eps")))
    found = o("Mul", o("Mul", o.x, o("Div", strength, mean)), o.weight("weight", *sizes))
    return o("Add", o("Add", found, o.weight("bias", *sizes)), o.x)


def standardise(o: LayerOperators) -> str:
    """By a mean and a variance that were found before training, with their count beside them."""
    if not o.letters["e"]:
        return o("Identity", o.x)
    axes = o.axes_of("axis")
    sizes = [size if axis in axes else 1 for axis, size in enumerate(o.shape, 1)]
    mean, variance = (
        o.weight(role, *sizes, is_learnt=False, number=number) for role, number in (("mean", 0.0), ("variance", 1.0))
    )
    if o.letters["j"]:
        o.weight("count", 1, is_learnt=False)
    return o("Div", o("Sub", o.x, mean), o("Sqrt", variance))


def local_response_norm(o: LayerOperators) -> str:
    size = o.letters.get("n") or o.values["size"]
    return o("LRN", o.x, size=size, alpha=o.number("alpha"), beta=o.number("beta"), bias=o.number("k"))


def scale(o: LayerOperators) -> str:
    axes = o.axes_of("axis") or [o.situation.applied.channels + 1]
    sizes = [size if axis in axes else 1 for axis, size in enumerate(o.shape, 1)]
    return scale_and_shift(o, o.x, *sizes)


def prelu(o: LayerOperators) -> str:
    count, number = o.letters["e"], o.number("init")
    if count == 1:
        return o("PRelu", o.x, o.weight("weight", 1, number=number))
    shared = o.axes_of("shared_axes")
    sizes = [1 if axis in shared else size for axis, size in enumerate(o.shape, 1)]
    if count == o.channels and not shared:
        sizes = list(o.behind_channels(o.rank, count))
    return o("PRelu", o.x, o.weight("weight", *sizes, number=number))


NORMALISING: dict[str, Form] = {
    "batchnorm": batch_norm, "frozenbatchnorm": frozen_batch_norm, "instancenorm": instance_norm,
    "groupnorm": group_norm, "layernorm": lambda o: layer_norm(o, by_mean_and_variance),
    "rmsnorm": lambda o: layer_norm(o, by_root_mean_square), "l2norm": unit_norm, "grn": response_norm,
    "normalization": standardise, "lrn": local_response_norm, "scale": scale, "prelu": prelu,
}  # fmt: skip
