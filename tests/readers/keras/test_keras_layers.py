"""Every layer of Keras and its functions on tensors, read from the configuration that Keras saves of them.

tests/data/measure_keras_configurations.py wrote what Keras 3.15.1 makes of them.
"""

import json
from pathlib import Path

import pytest
from keras_configurations import called, given, text_of

from convcalc.kinds.classes import classes
from convcalc.network.load import summarise
from convcalc.problem import Source

DATA = Path(__file__).parents[2] / "data" / "keras_configurations.jsonl"
ROWS = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
# Of keras.layers, what has no configuration there: bases and cells, which other layers run, and what needs TensorFlow.
APART = {"LSTMCell", "GRUCell", "SimpleRNNCell", "Equalization"}
# Classes of earlier versions, and of keras.applications.
EARLIER = {
    "CustomScaleLayer", "DropPath", "LayerScale", "StochasticDepth", "DepthwiseConv3D", "SeparableConv3D", "SeparableConvolution3D",
    "LocallyConnected1D", "LocallyConnected2D", "LocallyConnected3D", "ReLU6", "SELU", "CELU", "GELU", "SiLU", "Mish",
    "Sigmoid", "LogSigmoid", "HardSigmoid", "Tanh", "HardTanh", "HardSwish", "Softplus", "Softsign", "LogSoftmax",
    "ThresholdedReLU",
}  # fmt: skip


def network(row):
    """The configuration of a row."""
    inputs = [
        called(given(f"x{index}" if len(row["inputs"]) > 1 or is_layer(row) else "x", *shape))
        for index, shape in enumerate(row["inputs"])
    ]
    layers = [*inputs, *row["layers"]]
    config = {"name": "functional", "layers": layers, "input_layers": row["ends"][0], "output_layers": row["ends"][1]}
    return {"class_name": "Functional", "config": config}


def is_layer(row):
    return row["layers"][0]["module"] == "keras.layers"


def measured(found):
    main = found.layers[found.main].applied.output
    size = [*main[1:], main[0]]
    totals = found.totals
    return size, totals.parameters + totals.buffers, totals.parameters


@pytest.mark.parametrize("row", [pytest.param(row, id=row["code"]) for row in ROWS])
def test_a_configuration_is_read_as_keras_builds_it(row):
    found = summarise(Source("net.json", text_of(network(row))))
    assert not found.errors
    assert measured(found) == (row["output"], row["parameters"], row["learnt"])


def test_all_classes_of_keras_that_are_known_are_among_them():
    tried = {layer["class_name"] for row in ROWS if is_layer(row) for layer in row["layers"]}
    same = {}
    for name, entry in classes("keras").items():
        same.setdefault(entry, set()).add(name)
    missing = {name for names in same.values() if not names & tried for name in names}
    assert missing - APART == EARLIER
