"""Compute random small layers in PyTorch, in float64: rows as in arrays_torch.jsonl.

    python tests/data/regenerate_arrays.py --rows 24 --seed 1 > tests/data/arrays_torch.jsonl
    python tests/data/regenerate_arrays.py --rows 500 --seed 2 > more.jsonl
    CONVCALC_ARRAY_ROWS=more.jsonl pytest tests/arrays/test_computed.py

A row has the layer as PyTorch writes it, what it is computed of, and what comes out; so many rows of each family.
Needs torch (2.13 made the file here); no test runs it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

Row = dict[str, Any]
Dice = random.Random
MAX_NUMBERS = 120  # of one output, so that a row stays short


def digits(dice: Dice, *shape: int, low: int = -4, high: int = 5) -> torch.Tensor:
    count = 1
    for size in shape:
        count *= size
    return torch.tensor([dice.randint(low, high) for _ in range(count)], dtype=torch.float64).reshape(shape)


def sides(dice: Dice, dims: int) -> list[int]:
    widest = {1: 12, 2: 6, 3: 4}[dims]
    return [dice.randint(2, widest) for _ in range(dims)]


def per_axis(dice: Dice, dims: int, low: int, high: int) -> Any:
    if dice.random() < 0.5:
        return dice.randint(low, high)
    return tuple(dice.randint(low, high) for _ in range(dims))


def dimension(dice: Dice) -> int:
    return dice.choice([1, 2, 2, 2, 2, 3])


def numbers(tensor: torch.Tensor) -> Any:
    """Nested lists, whole numbers as such and others with 12 digits."""
    if tensor.dim():
        return [numbers(part) for part in tensor]
    value = tensor.item()
    return int(value) if value == int(value) else float(f"{value:.13g}")


def call(name: str, *placed: Any, **named: Any) -> str:
    given = [*map(repr, placed), *(f"{word}={value!r}" for word, value in named.items())]
    return f"nn.{name}({', '.join(given)})"


def module_row(text: str, given: torch.Tensor, weights: Any = None, bias: Any = None, **more: Any) -> Row:
    """A row of a module: its weights and bias are set, and it is run on one example."""
    module = eval(text, {"nn": nn}).double()
    module.eval()
    with torch.no_grad():
        if weights is not None:
            module.weight.copy_(weights.reshape(module.weight.shape))
        if getattr(module, "bias", None) is not None:
            module.bias.copy_(bias if bias is not None else torch.zeros_like(module.bias))
        for name in ("mean", "variance"):
            if name in more:
                getattr(module, f"running_{name[:4].replace('vari', 'var')}").copy_(more[name])
        output = module(given.unsqueeze(0)).squeeze(0)
    row = {"layer": text, "input": numbers(given)}
    for name, value in (("weights", weights), ("bias", bias), *more.items()):
        if value is not None:
            row[name] = numbers(value)
    return row | {"output": numbers(output)}


def some(dice: Dice, **choices: Callable[[], Any]) -> dict[str, Any]:
    return {name: choose() for name, choose in choices.items() if dice.random() < 0.5}


def convolution(dice: Dice, modes: bool = False) -> Row:
    dims, groups = dimension(dice), dice.choice([1, 1, 1, 2])
    inputs, outputs = groups * dice.randint(1, 2), groups * dice.randint(1, 2)
    kernel = per_axis(dice, dims, 1, 3)
    named = some(
        dice, stride=lambda: per_axis(dice, dims, 1, 3), padding=lambda: per_axis(dice, dims, 0, 2),
        dilation=lambda: per_axis(dice, dims, 1, 2), bias=lambda: dice.random() < 0.5,
    )  # fmt: skip
    if groups > 1:
        named["groups"] = groups
    if modes:
        named["padding_mode"] = dice.choice(["reflect", "replicate", "circular"])
        named["padding"] = per_axis(dice, dims, 0, 2)
    if dice.random() < 0.15 and "stride" not in named:
        named["padding"] = dice.choice(["same", "valid"])
    text = call(f"Conv{dims}d", inputs, outputs, kernel, **named)
    window = (kernel,) * dims if isinstance(kernel, int) else kernel
    weights = digits(dice, outputs, inputs // groups, *window)
    bias = digits(dice, outputs) if named.get("bias", True) and dice.random() < 0.7 else None
    return module_row(text, digits(dice, inputs, *sides(dice, dims)), weights, bias)


def depthwise(dice: Dice) -> Row:
    dims, channels, times = dice.choice([1, 2, 2]), dice.randint(1, 3), dice.randint(1, 2)
    kernel, stride, padding = dice.randint(1, 3), dice.randint(1, 2), dice.randint(0, 1)
    text = call(f"Conv{dims}d", channels, channels * times, kernel, stride=stride, padding=padding, groups=channels)
    weights = digits(dice, channels * times, 1, *(kernel,) * dims)
    row = module_row(text, digits(dice, channels, *sides(dice, dims)), weights, digits(dice, channels * times))
    row["layer"] = f"dwconv{dims}d k{kernel} s{stride} p{padding} m{times}"
    row["weights"] = numbers(weights.squeeze(1))
    return row


def transposed(dice: Dice) -> Row:
    dims, groups = dimension(dice), dice.choice([1, 1, 1, 2])
    inputs, outputs = groups * dice.randint(1, 2), groups * dice.randint(1, 2)
    kernel = per_axis(dice, dims, 1, 3)
    named = some(
        dice, stride=lambda: per_axis(dice, dims, 1, 3), padding=lambda: per_axis(dice, dims, 0, 1),
        dilation=lambda: per_axis(dice, dims, 1, 2), output_padding=lambda: per_axis(dice, dims, 0, 1),
        bias=lambda: dice.random() < 0.5,
    )  # fmt: skip
    if groups > 1:
        named["groups"] = groups
    text = call(f"ConvTranspose{dims}d", inputs, outputs, kernel, **named)
    window = (kernel,) * dims if isinstance(kernel, int) else kernel
    weights = digits(dice, inputs, outputs // groups, *window)
    bias = digits(dice, outputs) if named.get("bias", True) and dice.random() < 0.7 else None
    return module_row(text, digits(dice, inputs, *(min(size, 4) for size in sides(dice, dims))), weights, bias)


def max_pooling(dice: Dice) -> Row:
    dims = dimension(dice)
    named = some(
        dice, stride=lambda: per_axis(dice, dims, 1, 3), padding=lambda: per_axis(dice, dims, 0, 1),
        dilation=lambda: per_axis(dice, dims, 1, 2), ceil_mode=lambda: dice.random() < 0.7,
    )  # fmt: skip
    text = call(f"MaxPool{dims}d", per_axis(dice, dims, 1, 3), **named)
    return module_row(text, digits(dice, dice.randint(1, 2), *sides(dice, dims), low=-9, high=9))


def mean_pooling(dice: Dice) -> Row:
    dims = dimension(dice)
    named = some(
        dice, stride=lambda: per_axis(dice, dims, 1, 3), padding=lambda: per_axis(dice, dims, 0, 1),
        ceil_mode=lambda: dice.random() < 0.7, count_include_pad=lambda: dice.random() < 0.5,
    )  # fmt: skip
    if dims > 1 and dice.random() < 0.2:
        named["divisor_override"] = dice.randint(1, 5)
    text = call(f"AvgPool{dims}d", per_axis(dice, dims, 1, 3), **named)
    return module_row(text, digits(dice, dice.randint(1, 2), *sides(dice, dims)))


def adaptive_pooling(dice: Dice) -> Row:
    dims, output = dice.choice([1, 2, 2]), dice.randint(1, 4)
    kind = dice.choice(["Avg", "Max"])
    given = digits(dice, dice.randint(1, 2), *sides(dice, dims))
    if output == 1 and dice.random() < 0.7:
        row = module_row(call(f"Adaptive{kind}Pool{dims}d", 1), given)
        return row | {"layer": f"global{kind.lower()}pool"}
    return module_row(call(f"Adaptive{kind}Pool{dims}d", output), given)


def upsampling(dice: Dice, *modes: str) -> Row:
    mode = dice.choice(modes)
    dims = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}.get(mode) or dice.choice([1, 2, 2])
    named: dict[str, Any] = {"mode": mode}
    if mode.endswith(("linear", "cubic")) and dice.random() < 0.5:
        named["align_corners"] = dice.random() < 0.6
    if dice.random() < 0.5:
        named["size"] = tuple(dice.randint(1, 6) for _ in range(dims))
    else:
        named["scale_factor"] = dice.choice([2, 3, 1.5, 0.5, 2.5] if dims < 3 else [2, 1.5])
    given = digits(
        dice, dice.randint(1, 2) if dims < 3 else 1, *(min(size, 5 if dims < 3 else 2) for size in sides(dice, dims))
    )
    return module_row(call("Upsample", **named), given)


def unpooling(dice: Dice) -> Row:
    dims, kernel, stride = dice.choice([1, 2, 2]), dice.randint(1, 3), dice.randint(1, 3)
    padding = dice.randint(0, kernel // 2)
    given = digits(dice, dice.randint(1, 2), *sides(dice, dims), low=-9, high=9)
    pool = eval(call(f"MaxPool{dims}d", kernel, stride, padding, return_indices=True), {"nn": nn})
    values, places = pool(given.unsqueeze(0))
    unpool = eval(call(f"MaxUnpool{dims}d", kernel, stride, padding), {"nn": nn})
    output = unpool(values, places, output_size=given.shape[1:])
    sizes = "x".join(map(str, given.shape[1:]))
    text = f"maxunpool{dims}d {kernel} s{stride} p{padding} output={sizes}"
    if dice.random() < 0.5:
        chain = f"{call(f'MaxPool{dims}d', kernel, stride, padding)} -> {text}"
        return {"layer": chain, "input": numbers(given), "output": numbers(output.squeeze(0))}
    return {
        "layer": text, "input": numbers(values.squeeze(0)), "places": numbers(places.squeeze(0)),
        "output": numbers(output.squeeze(0)),
    }  # fmt: skip


ACTIVATIONS = {
    "ReLU": {}, "ReLU6": {}, "LeakyReLU": {"negative_slope": [0.1, 0.2, 0.01]}, "ELU": {"alpha": [1.0, 0.5, 2.0]},
    "SELU": {}, "CELU": {"alpha": [1.0, 0.5, 2.0]}, "GELU": {"approximate": ["none", "tanh"]}, "SiLU": {}, "Mish": {},
    "Sigmoid": {}, "LogSigmoid": {}, "Hardsigmoid": {}, "Tanh": {}, "Hardtanh": {"min_val": [-2.0, -1.0], "max_val": [1.0, 3.0]},
    "Hardswish": {}, "Softplus": {"beta": [1.0, 2.0]}, "Softsign": {}, "Softshrink": {"lambd": [0.5, 2.0]}, "Tanhshrink": {},
    "RReLU": {}, "Identity": {}, "Dropout": {},
}  # fmt: skip


def activation(dice: Dice) -> Row:
    name = dice.choice(list(ACTIVATIONS))
    named = some(
        dice, **{word: lambda values=values: dice.choice(values) for word, values in ACTIVATIONS[name].items()}
    )
    return module_row(call(name, **named), digits(dice, dice.randint(1, 2), *sides(dice, dice.choice([1, 2]))))


def softmax(dice: Dice) -> Row:
    name = dice.choice(["Softmax", "Softmax", "Softmin", "LogSoftmax"])
    shape = [dice.randint(1, 4) for _ in range(dice.randint(1, 3))]
    return module_row(call(name, dim=dice.choice([-1, dice.randint(1, len(shape))])), digits(dice, *shape))


def batch_norm(dice: Dice) -> Row:
    dims, channels = dice.choice([1, 2, 2]), dice.randint(1, 3)
    affine = dice.random() < 0.7
    text = call(f"BatchNorm{dims}d", channels, **some(dice, eps=lambda: dice.choice([1e-5, 0.01, 1.0])), affine=affine)
    more = {"mean": digits(dice, channels), "variance": digits(dice, channels, low=1, high=9)}
    own = (digits(dice, channels), digits(dice, channels)) if affine else (None, None)
    return module_row(text, digits(dice, channels, *sides(dice, dims)), *own, **more)


def own_norm(dice: Dice) -> Row:
    """Normalisations by the statistics of the numbers themselves."""
    dims, channels = dice.choice([1, 2, 2]), 2 * dice.randint(1, 2)
    given = digits(dice, channels, *sides(dice, dims))
    eps = some(dice, eps=lambda: dice.choice([1e-5, 0.01, 1.0]))
    name = dice.choice(["LayerNorm", "LayerNorm", "InstanceNorm", "GroupNorm", "RMSNorm"])
    if name in ("LayerNorm", "RMSNorm"):
        last = given.shape[-1]
        over = last if dice.random() < 0.6 else tuple(given.shape[-dice.randint(1, given.dim()) :])
        learnt = over == last and dice.random() < 0.5
        own = (digits(dice, last), digits(dice, last) if name == "LayerNorm" else None) if learnt else (None, None)
        eps = {"eps": 0.5} if name == "RMSNorm" else eps
        return module_row(call(name, over, **eps), given, *own)
    own = (digits(dice, channels), digits(dice, channels))
    if name == "GroupNorm":
        return module_row(call(name, dice.choice([1, 2]), channels, **eps), given, *own)
    affine = dice.random() < 0.5
    return module_row(call(f"{name}{dims}d", channels, **eps, affine=affine), given, *(own if affine else (None, None)))


def learnt_slope(dice: Dice) -> Row:
    channels = dice.randint(1, 3)
    count = dice.choice([1, channels])
    given = digits(dice, channels, *sides(dice, 2))
    return module_row(call("PReLU", count), given, digits(dice, count))


def linear(dice: Dice) -> Row:
    shape = [dice.randint(1, 3) for _ in range(dice.randint(0, 2))]
    inputs, outputs = dice.randint(1, 6), dice.randint(1, 5)
    bias = digits(dice, outputs) if dice.random() < 0.7 else None
    return module_row(
        call("Linear", inputs, outputs, bias=True), digits(dice, *shape, inputs), digits(dice, outputs, inputs), bias
    )


def reshaping(dice: Dice) -> Row:
    shape = [dice.randint(1, 3) for _ in range(3)]
    if dice.random() < 0.5:
        return module_row(call("Flatten"), digits(dice, *shape))
    return module_row(call("Unflatten", 1, (shape[0], shape[1])), digits(dice, shape[0] * shape[1], shape[2]))


def joining(dice: Dice) -> Row:
    shape = [dice.randint(1, 3) for _ in range(3)]
    name = dice.choice(["add", "add", "multiply", "subtract", "maximum", "minimum", "average", "concat", "concat"])
    count = 2 if name == "subtract" else dice.choice([2, 2, 3])
    if name == "concat":
        arrays = [digits(dice, dice.randint(1, 2), *shape[1:]) for _ in range(count)]
        output = torch.cat(arrays)
    else:
        arrays = [digits(dice, *shape) for _ in range(count)]
        if dice.random() < 0.3:
            arrays[-1] = digits(dice, shape[0], 1, 1)
        output = arrays[0]
        for other in arrays[1:]:
            output = {
                "add": torch.add, "average": torch.add, "multiply": torch.mul, "subtract": torch.sub,
                "maximum": torch.maximum, "minimum": torch.minimum,
            }[name](output, other)  # fmt: skip
        output = output / count if name == "average" else output
    return {"layer": name, "inputs": [numbers(array) for array in arrays], "output": numbers(output)}


def padding(dice: Dice) -> Row:
    dims = dice.choice([1, 2, 2])
    kind = dice.choice(["ZeroPad", "ZeroPad", "ReflectionPad", "ReplicationPad", "CircularPad"])
    low = -1 if kind == "ZeroPad" else 0
    amounts = tuple(dice.randint(low, 2) for _ in range(2 * dims))
    return module_row(call(f"{kind}{dims}d", amounts), digits(dice, dice.randint(1, 2), *sides(dice, dims)))


FAMILIES: dict[str, Callable[[Dice], Row]] = {
    "convolution": convolution, "padding modes": lambda dice: convolution(dice, True), "depthwise": depthwise,
    "transposed": transposed, "max pooling": max_pooling, "mean pooling": mean_pooling,
    "adaptive and global pooling": adaptive_pooling,
    "nearest": lambda dice: upsampling(dice, "nearest", "nearest-exact", "area"),
    "interpolation": lambda dice: upsampling(dice, "linear", "bilinear", "bilinear", "bilinear", "trilinear", "bicubic"),
    "max unpooling": unpooling, "activation": activation, "softmax": softmax, "batch normalisation": batch_norm, "other normalisations": own_norm, "learnt slopes": learnt_slope,
    "linear": linear, "reshaping": reshaping, "joining": joining, "padding layers": padding,
}  # fmt: skip


def size(nested: Any) -> int:
    return sum(map(size, nested)) if isinstance(nested, list) else 1


def rows(family: str, count: int, seed: int) -> Any:
    """So many rows of a family; settings that PyTorch refuses are tried anew."""
    dice, found = random.Random(f"{family} {seed}"), 0
    while found < count:
        try:
            row = FAMILIES[family](dice)
        except (RuntimeError, ValueError, NotImplementedError):
            continue
        if 0 < size(row["output"]) <= MAX_NUMBERS and size(row.get("input", row.get("inputs"))) <= MAX_NUMBERS:
            found += 1
            yield {"family": family, **row}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=24, help="of each family")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    for family in FAMILIES:
        for row in rows(family, chosen.rows, chosen.seed):
            sys.stdout.write(json.dumps(row, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
