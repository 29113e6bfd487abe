"""Measure every network of keras.applications: rows as in models_keras.jsonl.

    KERAS_BACKEND=torch python tests/data/regenerate_keras_models.py > more.jsonl
    KERAS_BACKEND=jax python tests/data/regenerate_keras_models.py NASNetMobile

Needs keras (3.15.1 made the file here); no test runs it. Of every layer that has weights: the shape of its
output, the weights that are trained and those that are not, and its multiply–accumulates, which are the numbers in its
kernels times the positions of its output.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from math import prod
from typing import Any

import keras

USUAL = (224, 224, 3)  # of MobileNetV3, whose default is any size
OTHERS = ((203, 270, 3), (256, 193, 3))  # odd maps and uneven ones
Layer = tuple[tuple[int, ...], int, int, int]


def leaves(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from leaves(layer)
        else:
            yield layer


def numbers(weights: list[Any]) -> int:
    return sum(prod(weight.shape) for weight in weights)


def measured(layer: Any) -> Layer:
    output = layer.output.shape[1:]
    kernels = [weight for weight in layer.weights if weight.path.rpartition("/")[2].endswith("kernel")]
    macs = numbers(kernels) * prod(output[:-1])
    return output, numbers(layer.trainable_weights), numbers(layer.non_trainable_weights), macs


def layers_of(model: Any) -> list[Layer]:
    layers = [measured(layer) for layer in leaves(model) if layer.weights]
    assert sum(trained + fixed for _, trained, fixed, _ in layers) == model.count_params()
    return layers


def totals(layers: list[Layer]) -> dict[str, int]:
    _, *columns = zip(*layers, strict=True)
    return dict(zip(("trainable", "non_trainable", "macs"), map(sum, columns), strict=True))


def build(name: str, shape: tuple[int, ...] | None = None) -> Any:
    without_memory = keras.device("meta") if keras.backend.backend() == "torch" else nullcontext()
    with without_memory:
        return getattr(keras.applications, name)(weights=None, input_shape=shape)


def elsewhere(name: str, shape: tuple[int, ...]) -> dict[str, Any]:
    model = build(name, shape)
    last = next(layer for layer in reversed(model.layers) if "Pooling" in type(layer).__name__)
    return {"input": shape, "last_map": last.input.shape[1:], **totals(layers_of(model))}


def row(name: str) -> dict[str, Any]:
    model = build(name)
    if None in model.input_shape[1:]:
        model = build(name, USUAL)
    layers = layers_of(model)
    return {
        "model": name,
        "input": model.input_shape[1:],
        "output": model.output_shape[1:],
        **totals(layers),
        "layers": [(times, *layer) for layer, times in Counter(layers).items()],
        "elsewhere": [elsewhere(name, shape) for shape in OTHERS],
    }


if __name__ == "__main__":
    networks = [
        name for name in dir(keras.applications) if name[0].isupper() and name != "NASNetMobile"
    ]  # not on torch
    for each in sys.argv[1:] or networks:
        print(json.dumps(row(each), separators=(",", ":")), flush=True)
