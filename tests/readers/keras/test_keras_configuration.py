"""Keras configurations: graphs, weights, inputs and outputs, and what is wrong with them, in both versions."""

import json

import pytest
from keras_configurations import called, functional, given, saved, sequential, tensor, text_of

from convcalc.network.load import Choices, summarise
from convcalc.problem import Source


def report(network, **choices):
    text = network if isinstance(network, str) else text_of(network)
    return summarise(Source("net.json", text), Choices(**choices))


def lines(found):
    """name, output in the order of Keras, parameters of every layer."""
    return [
        (each.name, "x".join(map(str, (*each.applied.output[1:], each.applied.output[0]))), each.applied.parameters)
        for each in found.layers
    ]


LENET = sequential(
    given("picture", 28, 28, 1),
    saved("Conv2D", "C1", filters=6, kernel_size=[5, 5], padding="same", activation="tanh", groups=1),
    saved("AveragePooling2D", "S2", pool_size=[2, 2], strides=[2, 2], padding="valid"),
    saved("Conv2D", "C3", filters=16, kernel_size=[5, 5], padding="valid", activation="tanh"),
    saved("AveragePooling2D", "S4", pool_size=[2, 2], strides=[2, 2]),
    saved("Flatten", "flat"),
    saved("Dense", "F5", units=120, activation="tanh", kernel_regularizer={"class_name": "L2", "config": {"l2": 0.1}}),
    saved("Dense", "F6", units=84, activation="linear"),
    saved("Dense", "out", units=10, activation="softmax", use_bias=True, kernel_constraint=None),
    name="lenet",
)


def test_a_sequential_is_its_layers_with_their_activations():
    found = report(LENET)
    assert not found.errors and found.name == "lenet"
    assert found.totals.parameters == 61_706 and found.totals.macs == 416_520
    assert [name for name, *_ in lines(found)] == [
        "C1", "tanh1", "S2", "C3", "tanh2", "S4", "flat", "F5", "tanh3", "F6", "out", "softmax1"
    ]  # fmt: skip
    assert found.layers[-2].name == "out" and found.inputs == {"picture": (1, 28, 28)}


def test_each_layer_stands_where_its_name_is_in_the_text():
    text = json.dumps(LENET, indent=2)
    source = text.splitlines()
    for layer in report(text).layers:
        if not layer.name[-1].isdigit() or layer.name[0].isupper():
            assert f'"name": "{layer.name}"' in source[layer.line - 1]


BRANCHES = functional(
    "image", "logits",
    called(given("image", 32, 32, 3)),
    called(saved("Conv2D", "a", filters=8, kernel_size=3, padding="same"), "image"),
    called(saved("Conv2D", "b", filters=8, kernel_size=1), "image"),
    called(saved("Add", "sum"), ["a", "b"]),
    called(saved("Concatenate", "cat", axis=-1), ["sum", "a"]),
    called(saved("GlobalAveragePooling2D", "pool", keepdims=False), "cat"),
    called(saved("Dense", "logits", units=3), "pool"),
)  # fmt: skip


def test_a_functional_network_follows_its_inbound_nodes():
    assert lines(report(BRANCHES)) == [
        ("a", "32x32x8", 224), ("b", "32x32x8", 32), ("sum", "32x32x8", 0), ("cat", "32x32x16", 0), ("pool", "16", 0),
        ("logits", "3", 51),
    ]  # fmt: skip


def second_version(network):
    """A functional network as Keras 2 wrote it."""
    config = dict(network["config"], layers=[])
    for layer in network["config"]["layers"]:
        nodes = []
        for node in layer["inbound_nodes"]:
            tensors = node["args"][0] if isinstance(node["args"][0], list) else node["args"]
            nodes.append([[*each["config"]["keras_history"], {}] for each in tensors])
        inner = dict(layer["config"])
        if "batch_shape" in inner:
            inner["batch_input_shape"] = inner.pop("batch_shape")
        entry = {"class_name": layer["class_name"], "config": inner, "name": layer["name"], "inbound_nodes": nodes}
        config["layers"].append(entry)
    return {"class_name": "Functional", "config": config, "keras_version": "2.9.0", "backend": "tensorflow"}


def test_both_versions_of_one_network_are_the_same():
    assert lines(report(second_version(BRANCHES))) == lines(report(BRANCHES))


def test_a_sequential_of_keras_2_says_its_input_in_its_first_layer():
    dense = {
        "class_name": "Dense",
        "config": {"name": "d", "units": 4, "batch_input_shape": [None, 7], "dtype": "float32"},
    }
    for config in ({"name": "s", "layers": [dense]}, [dense]):
        found = report({"class_name": "Sequential", "config": config, "keras_version": "2.0.0", "backend": "theano"})
        assert lines(found) == [("d", "4", 32)]


def test_a_text_that_is_json_twice_and_a_bare_get_config_are_read():
    assert lines(report(json.dumps(text_of(BRANCHES)))) == lines(report(BRANCHES))
    assert lines(report(BRANCHES["config"])) == lines(report(BRANCHES))


ENCODER = sequential(given("code", 5), saved("Dense", "d1", units=4), saved("Dense", "d2", units=3), name="encoder")


def test_layers_and_networks_that_are_called_twice_share_their_weights():
    twins = functional(
        "l r", "both shared",
        called(given("l", 5)), called(given("r", 5)),
        called(saved("Dense", "shared", units=3, activation="relu"), "l", "r"),
        called(ENCODER, "l", "r"),
        called(saved("Concatenate", "both", axis=-1), ["encoder 1", "shared 1"]),
    )  # fmt: skip
    found = report(twins)
    assert not found.errors
    assert found.totals.parameters == 18 + 24 + 15
    assert sum(each.applied.values.get("weights", "") != "" for each in found.layers) == 3
    assert [name for name, _ in found.outputs] == ["both", "shared"]


def test_a_network_inside_is_a_group_with_its_own_inputs_and_outputs():
    inner = functional(
        "x y", "s f",
        called(given("x", 8, 8, 3)), called(given("y", 8, 8, 3)),
        called(saved("Conv2D", "c", filters=4, kernel_size=3), "x"),
        called(saved("Conv2D", "e", filters=4, kernel_size=3), "y"),
        called(saved("Add", "s"), ["c", "e"]),
        called(saved("Flatten", "f"), "x"),
        name="two",
    )  # fmt: skip
    outer = functional(
        "l r", "flat dense",
        called(given("l", 8, 8, 3)), called(given("r", 8, 8, 3)),
        called(inner, ["r", "l"]),
        called(saved("Flatten", "flat"), "two"),
        called(saved("Dense", "dense", units=2), "two 0 1"),
    )  # fmt: skip
    found = report(outer)
    assert not found.errors
    assert [(name, line) for name, line, _ in lines(found)] == [
        ("two.c", "6x6x4"), ("two.e", "6x6x4"), ("two.s", "6x6x4"), ("two.f", "192"), ("flat", "144"), ("dense", "2"),
    ]  # fmt: skip
    assert found.layers[0].inputs == ("r",)


def test_frozen_networks_learn_nothing():
    base = sequential(given("x", 8, 8, 3), saved("Conv2D", "c", filters=4, kernel_size=3), saved("BatchNormalization", "n"),
                      name="base", trainable=False)  # fmt: skip
    outer = sequential(given("x", 8, 8, 3), base, saved("Flatten", "f"), saved("Dense", "d", units=2, trainable=True))
    totals = report(outer).totals
    assert (totals.parameters, totals.buffers) == (288 + 2, 112 + 16)


@pytest.mark.parametrize(
    ("shape", "inputs", "output"),
    [
        ((None, None, 3), {}, "HxWx4"),
        ((None, None, 3), {"": "20x30"}, "20x30x4"),
        ((32, 32, 3), {"": "20x30x3"}, "20x30x4"),
        ((32, 32, 3), {"": "20x30"}, "20x30x4"),
    ],
)
def test_open_sides_are_letters_and_another_input_may_be_given(shape, inputs, output):
    network = sequential(given("x", *shape), saved("Conv2D", "c", filters=4, kernel_size=3, padding="same"))
    assert lines(report(network, inputs=inputs)) == [("c", output, 112)]


def test_channels_first_is_the_layout_where_the_layers_say_so():
    network = sequential(
        given("x", 3, 32, 30),
        saved("Conv2D", "c", filters=4, kernel_size=3, data_format="channels_first"),
        saved("BatchNormalization", "n", axis=1),
    )
    found = report(network)
    assert not found.channels_last
    assert found.layers[-1].applied.output == (4, 30, 28) and found.totals.parameters == 112 + 8


def test_attention_takes_its_tensors_in_the_order_of_its_class():
    network = functional(
        "q v k", "look",
        called(given("q", 10, 16)), called(given("v", 20, 6)), called(given("k", 20, 12)),
        called(saved("MultiHeadAttention", "look", num_heads=2, key_dim=8, value_dim=5), ("q", "v", "k")),
    )  # fmt: skip
    # query 16·16 + 16, key 12·16 + 16, value 6·10 + 10, output 10·16 + 16
    assert lines(report(network)) == [("look", "10x16", 272 + 208 + 70 + 176)]


def test_states_of_recurrent_layers_and_masks_are_no_inputs():
    network = functional(
        "x y", "decoder",
        called(given("x", None, 12)), called(given("y", None, 5)),
        called(saved("LSTM", "encoder", units=8, return_state=True), "x"),
        called(saved("LSTM", "decoder", units=8, return_sequences=True), "y",
               initial_state=[tensor("encoder", 0, 1), tensor("encoder", 0, 2)], mask=None, training=False),
    )  # fmt: skip
    assert lines(report(network)) == [("encoder", "8", 672), ("decoder", "L2x8", 448)]


WRAPPED = {
    "an LSTM in both directions": (
        saved("Bidirectional", "w", merge_mode="concat", layer=saved("LSTM", "l", units=4, return_sequences=True, dropout=0.0),
              backward_layer=saved("LSTM", "b", units=4, return_sequences=True, dropout=0.0, go_backwards=True)),
        (5, 6), "5x8", 352,
    ),
    "a layer for each step": (saved("TimeDistributed", "w", layer=saved("Dense", "d", units=9)), (5, 6), "5x9", 63),
    "a pooling for each step": (
        saved("TimeDistributed", "w", layer=saved("GlobalMaxPooling2D", "d", data_format="channels_last", keepdims=False)),
        (5, 8, 8, 3), "5x3", 0,
    ),
    "a network for each step": (
        saved("TimeDistributed", "w", layer=sequential(
            given("x", 8, 8, 3), saved("Conv2D", "c", filters=4, kernel_size=3), saved("Flatten", "f"),
            saved("Dense", "d", units=7),
        )),
        (5, 8, 8, 3), "5x7", 112 + 1015,
    ),
    "a network with branches for each step": (
        saved("TimeDistributed", "w", layer=functional(
            "x", "s", called(given("x", 8, 8, 3)), called(saved("Conv2D", "c", filters=3, kernel_size=1), "x"),
            called(saved("Add", "s"), ["c", "x"]),
        )),
        (5, 8, 8, 3), "5x8x8x3", 12,
    ),
    "a spectral norm": (
        saved("SpectralNormalization", "w", power_iterations=1, layer=saved("Dense", "d", units=20)), (10,), "20", 220,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRAPPED)
def test_wrappers_go_through_the_rules_of_a_call(case):
    layer, shape, output, parameters = WRAPPED[case]
    found = report(sequential(given("input", *shape), layer))
    assert not found.errors
    *_, (_, last, _) = lines(found)
    assert (last, found.totals.parameters) == (output, parameters)
