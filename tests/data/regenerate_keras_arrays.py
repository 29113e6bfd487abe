"""Compute random small layers in Keras, in its float32: rows as in arrays_keras.jsonl, channels first.

    KERAS_BACKEND=torch python tests/data/regenerate_keras_arrays.py --rows 90 --seed 1 > tests/data/arrays_keras.jsonl

Needs keras (3.15 on the torch backend made the file here); no test runs it.  Of mean poolings with `same` only those
are tried that add as many cells before as behind: on that backend others repeat the edge, where TensorFlow leaves it out.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers
from regenerate_arrays import MAX_NUMBERS, size

Row = dict[str, Any]
Dice = random.Random
PADDINGS = ["same", "same", "valid"]


def digits(dice: Dice, *shape: int, low: int = -4, high: int = 5) -> Any:
    return np.array([dice.randint(low, high) for _ in range(int(np.prod(shape)))], dtype=np.float64).reshape(shape)


def sides(dice: Dice, least: int = 2, most: int = 6) -> list[int]:
    return [dice.randint(least, most) for _ in range(2)]


def numbers(array: Any) -> Any:
    if array.ndim:
        return [numbers(part) for part in array]
    return int(array) if array == int(array) else float(f"{float(array):.13g}")


def layer_row(text: str, given: Any, own: tuple[Any, ...] = (), **named: Any) -> Row:
    """A row of a layer, whose weights are set as Keras has them."""
    layer = eval(text, {"layers": layers})
    given_last = np.moveaxis(given, 0, -1)[None]
    layer(given_last)
    if own:
        layer.set_weights(list(own))
    output = keras.ops.convert_to_numpy(layer(given_last))[0]
    output = np.moveaxis(output, -1, 0) if output.ndim > 1 else output
    row = {"family": "Keras", "convention": "keras", "layer": text, "input": numbers(given)}
    return row | {name: numbers(value) for name, value in named.items()} | {"output": numbers(output)}


def convolution(dice: Dice) -> Row:
    channels, filters, kernel, stride = (dice.randint(1, most) for most in (2, 2, 4, 3))
    weights, bias = digits(dice, filters, channels, kernel, kernel), digits(dice, filters)
    text = f"layers.Conv2D({filters}, {kernel}, strides={stride}, padding={dice.choice(PADDINGS)!r})"
    own = (weights.transpose(2, 3, 1, 0), bias)
    return layer_row(text, digits(dice, channels, *sides(dice)), own, weights=weights, bias=bias)


def signal(dice: Dice) -> Row:
    channels, filters, kernel, dilation = (dice.randint(1, most) for most in (2, 2, 4, 2))
    weights, bias = digits(dice, filters, channels, kernel), digits(dice, filters)
    padding = dice.choice(["same", "causal", "valid"])
    text = f"layers.Conv1D({filters}, {kernel}, dilation_rate={dilation}, padding={padding!r})"
    given = digits(dice, channels, dice.randint(7, 10))
    return layer_row(text, given, (weights.transpose(2, 1, 0), bias), weights=weights, bias=bias)


def depthwise(dice: Dice) -> Row:
    channels, times, kernel, stride = (dice.randint(1, most) for most in (2, 2, 3, 2))
    weights, bias = digits(dice, channels * times, kernel, kernel), digits(dice, channels * times)
    padding = dice.choice(PADDINGS)
    text = f"layers.DepthwiseConv2D({kernel}, strides={stride}, padding={padding!r}, depth_multiplier={times})"
    own = (weights.reshape(channels, times, kernel, kernel).transpose(2, 3, 0, 1), bias)
    return layer_row(text, digits(dice, channels, *sides(dice, 3)), own, weights=weights, bias=bias)


def transposed(dice: Dice) -> Row:
    channels, filters, kernel, stride = (dice.randint(1, most) for most in (2, 2, 4, 3))
    weights, bias = digits(dice, channels, filters, kernel, kernel), digits(dice, filters)
    text = f"layers.Conv2DTranspose({filters}, {kernel}, strides={stride}, padding={dice.choice(PADDINGS)!r})"
    own = (weights.transpose(2, 3, 1, 0), bias)
    return layer_row(text, digits(dice, channels, *sides(dice, 1, 3)), own, weights=weights, bias=bias)


def pooling(dice: Dice) -> Row:
    kernel, given = dice.randint(1, 3), digits(dice, dice.randint(1, 2), *sides(dice, 3), low=-9, high=9)
    text = f"layers.MaxPooling2D({kernel}, strides={dice.choice([None, 1, 2, 3])}, padding={dice.choice(PADDINGS)!r})"
    if dice.random() < 0.4:
        text = dice.choice([
            "layers.AveragePooling2D(3, strides=1, padding='same')", f"layers.AveragePooling2D({kernel})",
            "layers.GlobalAveragePooling2D(keepdims=True)", "layers.GlobalMaxPooling2D()",
        ])  # fmt: skip
    return layer_row(text, given)


def plain(dice: Dice) -> Row:
    """Layers without weights."""
    text = dice.choice([
        f"layers.UpSampling2D({dice.randint(2, 3)}, interpolation={dice.choice(['nearest', 'bilinear'])!r})",
        "layers.LeakyReLU()", "layers.LeakyReLU(0.1)", "layers.ELU()", "layers.ReLU(max_value=3.0)",
        "layers.ReLU(negative_slope=0.5)", "layers.Activation('hard_sigmoid')", "layers.Activation('leaky_relu')",
        "layers.Activation('swish')", "layers.ZeroPadding2D(((1, 0), (2, 1)))", "layers.Cropping2D(((1, 0), (0, 1)))",
    ])  # fmt: skip
    return layer_row(text, digits(dice, dice.randint(1, 2), *sides(dice, 2, 4)))


FAMILIES: tuple[Callable[[Dice], Row], ...] = (
    convolution, convolution, signal, depthwise, transposed, transposed, pooling, plain,
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    dice, found = random.Random(chosen.seed), 0
    while found < chosen.rows:
        try:
            row = dice.choice(FAMILIES)(dice)
        except ValueError:  # that Keras refuses
            continue
        if 0 < size(row["output"]) <= MAX_NUMBERS:
            found += 1
            sys.stdout.write(json.dumps(row, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
