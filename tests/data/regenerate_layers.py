"""Measure random layers in real frameworks: rows as in layers_torch.jsonl and layers_keras.jsonl.

    python tests/data/regenerate_layers.py torch --rows 3000 --seed 7 > more.jsonl
    python tests/data/regenerate_layers.py torch --rows 300 --hostile > refused.jsonl
    python tests/data/regenerate_layers.py torch --again tests/data/layers_torch.jsonl > again.jsonl
    CONVCALC_TORCH_ROWS=more.jsonl pytest tests/test_frameworks.py

Needs torch (2.13 made the files here) or keras (3.15, on the torch backend); no test runs it by default.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

Row = dict[str, Any]
Dice = random.Random
MAX_NUMBERS = 3_000_000  # of one output, so that no row takes long


# What may be said of a window: one number, or one per axis.


def per_axis(dice: Dice, dims: int, choose: Callable[[], int]) -> Any:
    return choose() if dice.random() < 0.5 else [choose() for _ in range(dims)]


def some(dice: Dice, **choices: Callable[[], Any]) -> Row:
    """About half of the keywords, each with a value of its own."""
    return {name: choose() for name, choose in choices.items() if dice.random() < 0.5}


def space(dice: Dice, dims: int) -> list[int]:
    widest = {1: 60, 2: 30, 3: 12}[dims]
    return [dice.randint(1, widest) for _ in range(dims)]


def grouped_channels(dice: Dice) -> tuple[int, int, int]:
    groups = dice.choice([1, 1, 1, 2, 3, 4, 6])
    inputs, outputs = groups * dice.randint(1, 5), groups * dice.randint(1, 5)
    if dice.random() < 0.05:
        inputs += 1
    if dice.random() < 0.05:
        outputs += 1
    return inputs, outputs, groups


def torch_conv(dice: Dice, dims: int) -> Row:
    inputs, outputs, groups = grouped_channels(dice)
    args = {
        "in_channels": inputs,
        "out_channels": outputs,
        "kernel_size": per_axis(dice, dims, lambda: dice.randint(1, 7)),
    }
    args |= some(
        dice,
        stride=lambda: per_axis(dice, dims, lambda: dice.randint(1, 4)),
        padding=lambda: (
            dice.choice(["same", "valid", "SAME", "causal", per_axis(dice, dims, lambda: dice.randint(0, 9))])
            if dice.random() < 0.4
            else per_axis(dice, dims, lambda: dice.randint(0, 4))
        ),
        dilation=lambda: per_axis(dice, dims, lambda: dice.randint(1, 4)),
        bias=lambda: dice.random() < 0.5,
    )
    if groups > 1:
        args["groups"] = groups
    if dice.random() < 0.2:
        args["padding_mode"] = dice.choice(["zeros", "reflect", "replicate", "circular"])
    channels = inputs + (dice.random() < 0.03)
    return {"layer": f"Conv{dims}d", "args": args, "input": [channels, *space(dice, dims)]}


def torch_tconv(dice: Dice, dims: int) -> Row:
    inputs, outputs, groups = grouped_channels(dice)
    args = {
        "in_channels": inputs,
        "out_channels": outputs,
        "kernel_size": per_axis(dice, dims, lambda: dice.randint(1, 6)),
    }
    args |= some(
        dice,
        stride=lambda: per_axis(dice, dims, lambda: dice.randint(1, 4)),
        padding=lambda: per_axis(dice, dims, lambda: dice.randint(0, 4)),
        dilation=lambda: per_axis(dice, dims, lambda: dice.randint(1, 3)),
        bias=lambda: dice.random() < 0.5,
        output_padding=lambda: per_axis(dice, dims, lambda: dice.randint(0, 2)),
    )
    if groups > 1:
        args["groups"] = groups
    if dice.random() < 0.05:
        args["padding"] = dice.choice(["same", "valid"])
    row: Row = {"layer": f"ConvTranspose{dims}d", "args": args, "input": [inputs, *space(dice, dims)]}
    if dice.random() < 0.2:
        args.pop("output_padding", None)
        asked_sizes(dice, row, dims)
    return row


def asked_sizes(dice: Dice, row: Row, dims: int) -> None:
    """An output_size near the usual one."""
    args = row["args"]

    def at(name: str, axis: int, usual: int) -> int:
        value = args.get(name, usual)
        return value[axis] if isinstance(value, list) else value

    sizes = []
    for axis, n in enumerate(row["input"][1:]):
        k = at("kernel_size", axis, 1)
        s = at("stride", axis, k if row["layer"].startswith("MaxUnpool") else 1)
        p, d = at("padding", axis, 0), at("dilation", axis, 1)
        if isinstance(p, str):
            p = 0
        sizes.append((n - 1) * s - 2 * p + d * (k - 1) + 1 + dice.randint(-1, 2))
    row["forward_args"] = {"output_size": sizes}


def torch_pool(dice: Dice, dims: int) -> Row:
    kind = dice.choice(["MaxPool", "MaxPool", "AvgPool", "LPPool"])
    args: Row = {"kernel_size": per_axis(dice, dims, lambda: dice.randint(1, 6))}
    args |= some(
        dice, stride=lambda: per_axis(dice, dims, lambda: dice.randint(1, 6)), ceil_mode=lambda: dice.random() < 0.7
    )
    if kind == "LPPool" and dims == 1:  # PyTorch's cannot take a tuple
        args = {name: value[0] if isinstance(value, list) else value for name, value in args.items()}
    if kind == "LPPool":
        args["norm_type"] = dice.choice([1, 2, 3])
    else:
        args |= some(dice, padding=lambda: per_axis(dice, dims, lambda: dice.randint(0, 3)))
    if kind == "MaxPool":
        args |= some(dice, dilation=lambda: per_axis(dice, dims, lambda: dice.randint(1, 4)))
    if kind == "AvgPool":
        args |= some(dice, count_include_pad=lambda: dice.random() < 0.5)
    if dice.random() < 0.02 and kind != "LPPool":
        args["padding"] = dice.choice(["same", "valid"])
    return {"layer": f"{kind}{dims}d", "args": args, "input": [dice.randint(1, 8), *space(dice, dims)]}


def torch_adaptive(dice: Dice, dims: int) -> Row:
    output: Any = dice.randint(1, 12)
    if dice.random() < 0.6:
        output = [dice.choice([None, dice.randint(1, 12)]) for _ in range(dims)]
    layer = f"Adaptive{dice.choice(['Avg', 'Max'])}Pool{dims}d"
    if dims == 1 and isinstance(output, list) and output[0] is None:
        output = [3]
    return {"layer": layer, "args": {"output_size": output}, "input": [dice.randint(1, 8), *space(dice, dims)]}


def torch_unpool(dice: Dice, dims: int) -> Row:
    args: Row = {"kernel_size": per_axis(dice, dims, lambda: dice.randint(1, 4))}
    args |= some(dice, stride=lambda: per_axis(dice, dims, lambda: dice.randint(1, 4)))
    if dice.random() < 0.3:
        args["padding"] = per_axis(dice, dims, lambda: dice.randint(0, 2))
    row = {"layer": f"MaxUnpool{dims}d", "args": args, "input": [dice.randint(1, 4), *space(dice, dims)]}
    if dice.random() < 0.4:
        asked_sizes(dice, row, dims)
    return row


def torch_upsample(dice: Dice, dims: int) -> Row:
    modes = {1: ["linear"], 2: ["bilinear", "bicubic"], 3: ["trilinear"]}[dims]
    args: Row = {"mode": dice.choice(["nearest", "nearest-exact", "area", *modes, *modes])}
    if dice.random() < 0.5:
        args["size"] = dice.randint(1, 40) if dice.random() < 0.4 else [dice.randint(1, 40) for _ in range(dims)]
    else:

        def scale() -> float:
            return dice.choice(
                [
                    2,
                    3,
                    1.5,
                    0.5,
                    4 / 3,
                    2 / 3,
                    1.1,
                    0.29,
                    0.7,
                    1.7,
                    2.9999999,
                    round(dice.uniform(0.1, 4), dice.randint(1, 9)),
                ]
            )

        args["scale_factor"] = scale() if dice.random() < 0.6 else [scale() for _ in range(dims)]
        if dice.random() < 0.2:
            args["recompute_scale_factor"] = True
    if args["mode"].endswith(("linear", "cubic")) and dice.random() < 0.4:
        args["align_corners"] = dice.random() < 0.6
    return {"layer": "Upsample", "args": args, "input": [dice.randint(1, 4), *space(dice, dims)]}


def torch_pad(dice: Dice, dims: int) -> Row:
    kind = dice.choice(["ZeroPad", "ConstantPad", "ReflectionPad", "ReplicationPad", "CircularPad"])
    low = -4 if dice.random() < 0.4 else 0
    amounts: Any = dice.randint(low, 5) if dice.random() < 0.4 else [dice.randint(low, 8) for _ in range(2 * dims)]
    args: Row = {"padding": amounts}
    if kind == "ConstantPad":
        args["value"] = 1.5
    return {"layer": f"{kind}{dims}d", "args": args, "input": [dice.randint(1, 4), *space(dice, dims)]}


def torch_shuffle(dice: Dice, dims: int) -> Row:
    r = dice.randint(1, 4)
    match dice.choice(["PixelShuffle", "PixelUnshuffle", "ChannelShuffle"]):
        case "PixelShuffle":
            channels = r * r * dice.randint(1, 4) + (dice.random() < 0.2)
            return {"layer": "PixelShuffle", "args": {"upscale_factor": r}, "input": [channels, *space(dice, 2)]}
        case "PixelUnshuffle":
            sides = [r * dice.randint(1, 6) + (dice.random() < 0.1) for _ in range(2)]
            return {"layer": "PixelUnshuffle", "args": {"downscale_factor": r}, "input": [dice.randint(1, 6), *sides]}
    channels = r * dice.randint(1, 6) + (dice.random() < 0.2)
    return {"layer": "ChannelShuffle", "args": {"groups": r}, "input": [channels, *space(dice, dims)]}


def torch_fold(dice: Dice, dims: int) -> Row:
    args: Row = {"kernel_size": per_axis(dice, 2, lambda: dice.randint(1, 4))}
    args |= some(
        dice,
        stride=lambda: per_axis(dice, 2, lambda: dice.randint(1, 3)),
        padding=lambda: per_axis(dice, 2, lambda: dice.randint(0, 2)),
        dilation=lambda: per_axis(dice, 2, lambda: dice.randint(1, 3)),
    )
    size = space(dice, 2)
    if dice.random() < 0.5:
        return {"layer": "Unfold", "args": args, "input": [dice.randint(1, 6), *size]}
    sides = {name: value if isinstance(value, list) else [value] * 2 for name, value in args.items()}
    windows, cells = 1, 1
    for axis, n in enumerate(size):
        k, s = sides["kernel_size"][axis], sides.get("stride", [1, 1])[axis]
        p, d = sides.get("padding", [0, 0])[axis], sides.get("dilation", [1, 1])[axis]
        windows, cells = windows * max((n + 2 * p - d * (k - 1) - 1) // s + 1, 1), cells * k
    wrong = dice.random()
    channels = cells * dice.randint(1, 4) + (wrong < 0.1)
    return {"layer": "Fold", "args": {**args, "output_size": size}, "input": [channels, windows + (wrong > 0.9)]}


def torch_norm(dice: Dice, dims: int) -> Row:
    shape = [dice.randint(1, 24), *space(dice, dims)]
    flags = some(dice, affine=lambda: dice.random() < 0.5, track_running_stats=lambda: dice.random() < 0.5)
    match dice.choice(["BatchNorm", "InstanceNorm", "GroupNorm", "LayerNorm", "RMSNorm", "LocalResponseNorm"]):
        case "GroupNorm":
            groups = dice.choice([1, 2, 3, 4, 8])
            channels = groups * dice.randint(1, 4) + (dice.random() < 0.1)
            flags.pop("track_running_stats", None)
            if dice.random() < 0.3:
                shape = [0, *[1] * dims] if dice.random() < 0.5 else [0]
            return {
                "layer": "GroupNorm",
                "args": {"num_groups": groups, "num_channels": channels, **flags},
                "input": [channels, *shape[1:]],
            }
        case "LayerNorm" | "RMSNorm" as layer:
            over: Any = shape[-dice.randint(1, len(shape)) :]
            if len(over) == 1 and dice.random() < 0.5:
                over = over[0]
            if dice.random() < 0.1:
                shape = [*shape[:-1], shape[-1] + 1]
            args = {"normalized_shape": over, **some(dice, elementwise_affine=lambda: dice.random() < 0.5)}
            if layer == "LayerNorm":
                args |= some(dice, bias=lambda: dice.random() < 0.5)
            return {"layer": layer, "args": args, "input": shape}
        case "LocalResponseNorm":
            return {"layer": "LocalResponseNorm", "args": {"size": dice.randint(1, 7)}, "input": shape}
        case kind:
            features = shape[0] + (dice.random() < 0.05)
            if dims == 1 and kind == "BatchNorm" and dice.random() < 0.3:
                shape = shape[:1]
            elif dice.random() < 0.1:
                shape = [shape[0], *[1] * dims]
            return {"layer": f"{kind}{dims}d", "args": {"num_features": features, **flags}, "input": shape}


def torch_dense(dice: Dice, dims: int) -> Row:
    steps, features = dice.randint(1, 12), dice.randint(1, 40)
    match dice.choice(["Linear", "Bilinear", "Embedding", "RNN", "GRU", "LSTM", "MultiheadAttention"]):
        case "Linear":
            shape = [dice.randint(1, 9) for _ in range(dice.randint(0, 3))]
            args = {
                "in_features": features,
                "out_features": dice.randint(1, 60),
                **some(dice, bias=lambda: dice.random() < 0.5),
            }
            return {"layer": "Linear", "args": args, "input": [*shape, features + (dice.random() < 0.1)]}
        case "Bilinear":
            second, shape = dice.randint(1, 20), [steps] if dice.random() < 0.4 else []
            args = {
                "in1_features": features,
                "in2_features": second,
                "out_features": dice.randint(1, 20),
                **some(dice, bias=lambda: False),
            }
            return {
                "layer": "Bilinear",
                "args": args,
                "input": [*shape, features],
                "input2": [*shape, second + (dice.random() < 0.1)],
            }
        case "Embedding":
            args = {"num_embeddings": dice.randint(1, 300), "embedding_dim": features}
            return {
                "layer": "Embedding",
                "args": args,
                "input": [dice.randint(1, 20) for _ in range(dice.randint(1, 2))],
            }
        case "MultiheadAttention":
            heads = dice.choice([1, 2, 4])
            wide = heads * dice.randint(1, 8) + (dice.random() < 0.1)
            args = {"embed_dim": wide, "num_heads": heads, "batch_first": True}
            args |= some(
                dice,
                bias=lambda: dice.random() < 0.5,
                add_bias_kv=lambda: dice.random() < 0.3,
                add_zero_attn=lambda: dice.random() < 0.3,
                kdim=lambda: dice.randint(1, 30),
                vdim=lambda: dice.randint(1, 30),
            )
            return {"layer": "MultiheadAttention", "args": args, "input": [steps, wide], "key_len": dice.randint(1, 10)}
        case kind:
            args = {"input_size": features, "hidden_size": dice.randint(1, 40), "batch_first": True}
            args |= some(
                dice,
                num_layers=lambda: dice.randint(1, 3),
                bias=lambda: dice.random() < 0.5,
                bidirectional=lambda: dice.random() < 0.5,
            )
            if kind == "LSTM" and dice.random() < 0.3:
                args["proj_size"] = dice.randint(0, args["hidden_size"] + 1)
            return {"layer": kind, "args": args, "input": [steps, features + (dice.random() < 0.1)]}


def torch_other(dice: Dice, dims: int) -> Row:
    shape = [dice.randint(1, 12), *space(dice, dims)][: dice.randint(1, dims + 1)]
    match dice.choice(["Flatten", "Unflatten", "PReLU", "GLU", "activation"]):
        case "Flatten":
            return {
                "layer": "Flatten",
                "args": some(
                    dice,
                    start_dim=lambda: dice.choice([1, 2, 3, -1, -len(shape)]),
                    end_dim=lambda: dice.choice([-1, 1, 2, 3]),
                ),
                "input": shape,
            }
        case "Unflatten":
            sizes = [dice.randint(1, 5) for _ in range(dice.randint(1, 3))]
            shape[0] = 1
            for size in sizes:
                shape[0] *= size
            if dice.random() < 0.3:
                sizes[dice.randrange(len(sizes))] = -1
            return {
                "layer": "Unflatten",
                "args": {"dim": 1, "unflattened_size": sizes},
                "input": [shape[0] + (dice.random() < 0.1), *shape[1:]],
            }
        case "PReLU":
            return {
                "layer": "PReLU",
                "args": some(dice, num_parameters=lambda: dice.choice([1, shape[0], 3])),
                "input": shape,
            }
        case "GLU":
            return {"layer": "GLU", "args": some(dice, dim=lambda: dice.choice([1, -1, 2])), "input": shape}
    return {
        "layer": dice.choice(
            [
                "ReLU",
                "ELU",
                "GELU",
                "SiLU",
                "Mish",
                "Tanh",
                "Softplus",
                "LogSigmoid",
                "Hardswish",
                "Identity",
                "Dropout",
            ]
        ),
        "args": {},
        "input": shape,
    }


TORCH = (
    torch_conv, torch_conv, torch_tconv, torch_tconv, torch_pool, torch_pool, torch_adaptive, torch_unpool,
    torch_upsample, torch_upsample, torch_pad, torch_shuffle, torch_fold, torch_norm, torch_dense, torch_other,
)  # fmt: skip


def keras_conv(dice: Dice, dims: int) -> Row:
    kind = dice.choice(["Conv{n}D", "Conv{n}D", "Conv{n}DTranspose", "DepthwiseConv{n}D", "SeparableConv{n}D"])
    if dims == 3 and kind[0] in "DS":
        dims = 2
    inputs, outputs, groups = grouped_channels(dice)
    args: Row = {"kernel_size": per_axis(dice, dims, lambda: dice.randint(1, 6))}
    args |= some(
        dice,
        strides=lambda: dice.randint(1, 4) if dice.random() < 0.7 else [dice.randint(1, 3) for _ in range(dims)],
        padding=lambda: dice.choice(["same", "same", "valid", "causal", "SAME"]),
        use_bias=lambda: dice.random() < 0.5,
    )
    if kind[0] == "D":
        args["depth_multiplier"] = dice.randint(1, 3)
    else:
        args["filters"] = outputs
    if kind[0] == "S":
        args["depth_multiplier"] = dice.randint(1, 3)
    if kind == "Conv{n}D" and groups > 1:
        args["groups"] = groups
    if dice.random() < 0.25:
        args["dilation_rate"] = per_axis(dice, dims, lambda: dice.randint(1, 3))
    if "Transpose" in kind and dice.random() < 0.4:
        args["output_padding"] = dice.randint(0, 2)
    if kind[0] in "DS" and isinstance(args.get("strides"), list):
        args["strides"] = args["strides"][0]
    return keras_row(dice, kind.replace("{n}", str(dims)), args, inputs, space(dice, dims))


def keras_row(dice: Dice, layer: str, args: Row, channels: int, sides: list[int]) -> Row:
    if dice.random() < 0.4:
        return {"layer": layer, "args": {**args, "data_format": "channels_first"}, "input": [channels, *sides]}
    return {"layer": layer, "args": args, "input": [*sides, channels]}


def keras_pool(dice: Dice, dims: int) -> Row:
    kind = dice.choice(["MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling"])
    args: Row = some(dice, keepdims=lambda: dice.random() < 0.5)
    if kind[0] != "G":
        args = {"pool_size": per_axis(dice, dims, lambda: dice.randint(1, 6))}
        args |= some(
            dice,
            strides=lambda: dice.randint(1, 5),
            padding=lambda: dice.choice(["same", "valid", "same", "SAME", "causal"]),
        )
    return keras_row(dice, f"{kind}{dims}D", args, dice.randint(1, 8), space(dice, dims))


def keras_resize(dice: Dice, dims: int) -> Row:
    kind = dice.choice(["UpSampling", "ZeroPadding", "Cropping"])
    if kind == "UpSampling":
        args: Row = {"size": dice.randint(1, 4) if dims == 1 else per_axis(dice, dims, lambda: dice.randint(1, 4))}
    else:
        amount: Any = dice.choice(
            [
                dice.randint(0, 4),
                [dice.randint(0, 4) for _ in range(dims)],
                [[dice.randint(0, 4), dice.randint(0, 4)] for _ in range(dims)],
            ]
        )
        if dims == 1 and isinstance(amount, list):
            amount = [dice.randint(0, 4), dice.randint(0, 4)]
        args = {"padding" if kind == "ZeroPadding" else "cropping": amount}
    row = keras_row(dice, f"{kind}{dims}D", args, dice.randint(1, 8), space(dice, dims))
    if dims == 1 and kind in ("UpSampling", "Cropping") and row["args"].pop("data_format", None):
        row["input"] = row["input"][::-1]
    return row


def keras_other(dice: Dice, dims: int) -> Row:
    shape = [*space(dice, dims), dice.randint(1, 24)][-dice.randint(1, dims + 1) :]
    steps = [dice.randint(1, 10), dice.randint(1, 24)]
    kind = dice.choice(
        [
            "BatchNormalization",
            "LayerNormalization",
            "GroupNormalization",
            "PReLU",
            "Dense",
            "Flatten",
            "Reshape",
            "Permute",
            "Embedding",
            "GRU",
            "LSTM",
            "SimpleRNN",
        ]
    )
    match kind:
        case "BatchNormalization":
            args = some(
                dice,
                scale=lambda: dice.random() < 0.5,
                center=lambda: dice.random() < 0.5,
                trainable=lambda: dice.random() < 0.5,
                axis=lambda: dice.choice([-1, 1, 2]),
            )
            return {"layer": kind, "args": args, "input": shape}
        case "LayerNormalization":
            return {
                "layer": kind,
                "args": some(dice, scale=lambda: dice.random() < 0.5, center=lambda: dice.random() < 0.5),
                "input": shape,
            }
        case "GroupNormalization":
            groups = dice.choice([-1, 1, 2, 4, 8])
            return {
                "layer": kind,
                "args": {"groups": groups},
                "input": [*steps, abs(groups) * dice.randint(1, 4) + (dice.random() < 0.2)],
            }
        case "PReLU":
            return {
                "layer": kind,
                "args": some(dice, shared_axes=lambda: [dice.randint(1, len(shape))]),
                "input": shape,
            }
        case "Dense":
            return {
                "layer": kind,
                "args": {"units": dice.randint(1, 50), **some(dice, use_bias=lambda: False)},
                "input": shape,
            }
        case "Flatten":
            return {"layer": kind, "args": {}, "input": shape}
        case "Reshape":
            shape, (a, b) = [dice.randint(1, 6) for _ in range(3)], (dice.randint(1, 6), dice.randint(1, 6))
            return {
                "layer": kind,
                "args": {
                    "target_shape": dice.choice(
                        [[-1], [-1, shape[2]], [shape[0], -1], [a, b], [shape[0] * shape[1], shape[2]]]
                    )
                },
                "input": shape,
            }
        case "Permute":
            order = list(range(1, len(shape) + 1))
            dice.shuffle(order)
            return {"layer": kind, "args": {"dims": order}, "input": shape}
        case "Embedding":
            return {
                "layer": kind,
                "args": {"input_dim": dice.randint(1, 300), "output_dim": dice.randint(1, 60)},
                "input": [steps[0]],
            }
    args = {
        "units": dice.randint(1, 30),
        **some(dice, return_sequences=lambda: dice.random() < 0.7, use_bias=lambda: dice.random() < 0.5),
    }
    if kind == "GRU":
        args |= some(dice, reset_after=lambda: dice.random() < 0.5)
    return {"layer": kind, "args": args, "input": steps}


KERAS = (keras_conv, keras_conv, keras_conv, keras_pool, keras_resize, keras_other)


# Measuring.


def tuples(value: Any) -> Any:
    """JSON has lists only; the frameworks want tuples."""
    return tuple(map(tuples, value)) if isinstance(value, list) else value


def keywords(row: Row) -> Row:
    return {name: tuples(value) for name, value in row["args"].items()}


def measured_torch(row: Row) -> Row:
    import torch

    torch.set_num_threads(1)
    asked = keywords(row)
    result: Row = {
        **row,
        "output": None,
        "params": None,
        "trainable": None,
        "buffers": None,
        "macs": None,
        "error": None,
    }
    stage = "construct"
    try:
        layer = getattr(torch.nn, row["layer"])(**asked)
        stage = "forward"
        batch = 2 if row["layer"].startswith("BatchNorm") else 1
        shape = (batch, *row["input"])
        given: list[Any] = [torch.zeros(shape, dtype=torch.long) if row["layer"] == "Embedding" else torch.zeros(shape)]
        if row["layer"].startswith("MaxUnpool"):
            given.append(torch.zeros(shape, dtype=torch.long))
        if "input2" in row:
            given.append(torch.zeros(batch, *row["input2"]))
        if "key_len" in row:
            wide = asked["embed_dim"]
            given += [torch.zeros(batch, row["key_len"], asked.get(name) or wide) for name in ("kdim", "vdim")]
        with torch.no_grad():
            out = layer(*given, **row.get("forward_args", {}))
        out = out[0] if isinstance(out, tuple) else out
    except Exception as error:
        return {**result, "error": f"{type(error).__name__}: {error}".split("\n")[0], "stage": stage}
    result["output"] = list(out.shape[1:])
    result["params"] = sum(weight.numel() for weight in layer.parameters())
    result["trainable"] = sum(weight.numel() for weight in layer.parameters() if weight.requires_grad)
    result["buffers"] = sum(buffer.numel() for buffer in layer.buffers())
    positions = 1
    for size in row["input"][1:] if "Transpose" in row["layer"] else result["output"][1:]:
        positions *= size
    if row["layer"].startswith("Conv"):
        result["macs"] = positions * layer.weight.numel()
    elif row["layer"] == "Linear":
        result["macs"] = out.numel() // out.shape[-1] * layer.weight.numel()
    return result


def measured_keras(row: Row) -> Row:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    result: Row = {
        **row,
        "output": None,
        "params": None,
        "trainable": None,
        "non_trainable": None,
        "macs": None,
        "error": None,
    }
    stage = "construct"
    try:
        layer = getattr(keras.layers, row["layer"])(**keywords(row))
        stage = "forward"
        kind = "int32" if row["layer"] == "Embedding" else "float32"
        out = layer(keras.KerasTensor((1, *row["input"]), dtype=kind))
    except Exception as error:
        return {**result, "error": f"{type(error).__name__}: {error}".split("\n")[0], "stage": stage}
    result["output"] = list(out.shape[1:])
    result["params"] = layer.count_params()
    result["trainable"] = sum(int(weight.value.numel()) for weight in layer.trainable_weights)
    result["non_trainable"] = result["params"] - result["trainable"]
    return result


# What nobody means: values out of range, lists of other lengths, words, nothing at all.
HOSTILE = (
    -1, 0, 1, 2, 3, 7, -0.1, 0.5, 1.5, 2.5, "same", "causal", None, [], [1], [1, 1], [2, 1, 1], [1, 2, 1, 2], [-1, 1],
    [0, 1], [[1, 2]], [[1, 1], [1, 1]],
)  # fmt: skip
# Layers that are no random rows above.
PLAIN = {
    "torch": [
        *({"layer": name, "args": {}, "input": [4, 5, 5]} for name in ("Dropout", "Dropout2d", "AlphaDropout", "ELU")),
        {"layer": "Softmax", "args": {"dim": 1}, "input": [4, 5]},
        {"layer": "LogSoftmax", "args": {"dim": 1}, "input": [4, 5]},
        {"layer": "LocalResponseNorm", "args": {"size": 3}, "input": [4, 5, 5]},
        {"layer": "ChannelShuffle", "args": {"groups": 2}, "input": [4, 5, 5]},
        {"layer": "LPPool2d", "args": {"norm_type": 2, "kernel_size": 2}, "input": [4, 6, 6]},
        {"layer": "MultiheadAttention", "args": {"embed_dim": 8, "num_heads": 2}, "input": [5, 8], "key_len": 5},
    ],
    "keras": [
        *({"layer": name, "args": {"rate": 0.5}, "input": [4, 4, 5]} for name in ("Dropout", "SpatialDropout2D")),
        {"layer": "RMSNormalization", "args": {}, "input": [5, 4]},
        {"layer": "UpSampling2D", "args": {"size": 2}, "input": [5, 5, 4]},
        {"layer": "ZeroPadding2D", "args": {"padding": 1}, "input": [5, 5, 4]},
        {"layer": "Cropping1D", "args": {"cropping": 1}, "input": [5, 4]},
        {"layer": "PReLU", "args": {"shared_axes": [1]}, "input": [5, 5, 4]},
    ],
}
# Of no effect on shapes and counts, and read no further; flags, of which the frameworks take whatever is true or false.
UNREAD = frozenset((
    "activation", "add_bias_kv", "add_zero_attn", "affine", "align_corners", "alpha", "approximate", "args",
    "batch_first", "beta", "bias", "bidirectional", "ceil_mode", "center", "count_include_pad", "data_format",
    "device", "divisor_override", "dtype", "elementwise_affine", "eps", "epsilon", "generator", "go_backwards",
    "init", "inplace", "interpolation", "k", "keepdims", "kwargs", "lora_alpha", "lora_rank", "max_norm", "momentum",
    "name", "noise_shape", "nonlinearity", "norm_type", "padding_idx", "padding_mode", "quantization_config",
    "recompute_scale_factor", "recurrent_activation", "renorm", "renorm_clipping", "renorm_momentum", "reset_after",
    "return_indices", "return_sequences", "return_state", "scale", "scale_grad_by_freq", "seed", "self", "sparse",
    "stateful", "synchronized", "track_running_stats", "trainable", "unit_forget_bias", "unroll", "use_bias",
    "use_cudnn", "value", "weights",
))  # fmt: skip


def hostile(framework: str, dice: Dice) -> Row:
    """A row with a value that nobody means in the place of one argument."""
    if framework == "torch":
        from torch import nn as classes
    else:
        os.environ.setdefault("KERAS_BACKEND", "torch")
        from keras import layers as classes
    row = dice.choice(GENERATORS[framework])(dice, dice.choice([1, 2, 2, 3]))
    if dice.random() < 0.3:
        row = json.loads(json.dumps(dice.choice(PLAIN[framework])))
    known = inspect.signature(getattr(classes, row["layer"]).__init__).parameters
    ends = ("initializer", "regularizer", "constraint", "dropout")
    names = [name for name in known if name not in UNREAD and name[0] != "_" and not name.endswith(ends)]
    if names:
        row["args"][dice.choice(names)] = dice.choice(HOSTILE)
    return row


MEASURE = {"torch": measured_torch, "keras": measured_keras}
GENERATORS = {"torch": TORCH, "keras": KERAS}


def random_rows(framework: str, count: int, seed: int, is_hostile: bool) -> Iterator[Row]:
    dice = random.Random(seed)
    for _ in range(count):
        yield (
            hostile(framework, dice)
            if is_hostile
            else dice.choice(GENERATORS[framework])(dice, dice.choice([1, 2, 2, 3]))
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("framework", choices=MEASURE)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--hostile", action="store_true", help="with one argument that nobody means")
    parser.add_argument("--again", metavar="FILE", help="measure the rows of a file once more")
    asked = parser.parse_args()
    if asked.again:
        with open(asked.again) as file:
            rows: Iterator[Row] = iter([json.loads(line) for line in file])
    else:
        rows = random_rows(asked.framework, asked.rows, asked.seed, asked.hostile)
    for row in rows:
        kept = {
            name: row[name]
            for name in ("layer", "args", "input", "input2", "key_len", "forward_args", "tag")
            if name in row
        }
        sys.stdout.write(json.dumps(MEASURE[asked.framework](kept)) + "\n")


if __name__ == "__main__":
    main()
