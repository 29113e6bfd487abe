"""The networks of keras.applications against Keras's own: totals, every layer that has weights, other sizes of input."""

import json
from collections import Counter
from functools import cache

import pytest
from places import DATA

from convcalc.network.load import spec_of, summarise
from convcalc.problem import Problem
from convcalc.readers import library
from convcalc.readers.library import bundled_path
from convcalc.spec.choices import Choices

# Measured with keras 3.15.1 by tests/data/regenerate_keras_models.py, which says how.
KERAS = {(row := json.loads(line))["model"]: row for line in (DATA / "models_keras.jsonl").open()}
EVERY_NETWORK = pytest.mark.parametrize("model", KERAS)


@cache
def report(model):
    return summarise(f"keras.applications.{model}")


def channels_last(shape):
    """A shape as it is stored, with the channels first, as Keras has it."""
    return [*shape[1:], shape[0]] if len(shape) > 1 else list(shape)


def totals(ours):
    """Keras's total is what is trained and what is not: our parameters and buffers."""
    return {
        "trainable": ours.totals.parameters, "non_trainable": ours.totals.buffers, "macs": ours.totals.macs
    }  # fmt: skip


def test_all_of_keras_applications_is_bundled():
    assert len(KERAS) == 40
    assert len({bundled_path(f"keras.applications.{model}") for model in KERAS}) == 40


@EVERY_NETWORK
def test_a_network_has_the_totals_measured_in_keras(model):
    theirs, ours = KERAS[model], report(model)
    assert not ours.errors
    assert (ours.convention, ours.channels_last) == ("keras", True)
    assert channels_last(*ours.inputs.values()) == theirs["input"]
    assert list(ours.output) == theirs["output"]
    assert totals(ours) == {total: theirs[total] for total in totals(ours)}


@EVERY_NETWORK
def test_what_a_network_says_of_itself_is_its_total(model):
    theirs, about = KERAS[model], report(model).about
    assert f"{theirs['trainable'] + theirs['non_trainable']:,}" in about
    assert not theirs["non_trainable"] or f"{theirs['non_trainable']:,}" in about


@EVERY_NETWORK
def test_the_layers_with_weights_are_those_of_keras(model):
    """As many of each output, trained and other weights, and MACs; in which order depends on who walks the graph."""
    ours = Counter()
    for layer in report(model).layers:
        applied = layer.applied
        if applied.parameters or applied.buffers:
            output = tuple(channels_last(applied.output))
            ours[output, applied.parameters, applied.buffers, applied.macs] += 1
    assert ours == {(tuple(output), *numbers): times for times, output, *numbers in KERAS[model]["layers"]}


@EVERY_NETWORK
def test_a_network_is_that_of_keras_at_other_sizes(model):
    for theirs in KERAS[model]["elsewhere"]:
        ours = summarise(f"keras.applications.{model}", Choices(inputs={"": "x".join(map(str, theirs["input"]))}))
        assert not ours.errors
        *_, last = (layer.applied.input[0] for layer in ours.layers if layer.kind.endswith("pool"))
        assert channels_last(last) == theirs["last_map"]
        assert totals(ours) == {total: theirs[total] for total in totals(ours)}


def test_mobilenet_pads_an_odd_map_at_its_end_alone():
    """Keras pads ((0, 1), (0, 1)) whatever the size, where `same` would pad an odd map on both sides."""
    ours = summarise("keras_mobilenet", Choices(inputs={"": "225x225x3"}))
    maps = [layer.applied.output[1:] for layer in ours.layers if layer.kind == "dwconv"]
    assert [sizes[0] for sizes in maps] == [113, 56, 56, 28, 28, 14, 14, 14, 14, 14, 14, 7, 7]


# The rows of the input on which units of a map depend, as the gradients of keras 3.15.1 have it where every weight is
# positive, the layer scale 1 and the batch normalisations change nothing.
FIELDS = [
    ("MobileNet", 224, "separable5.conv1", {0: (0, 28), 13: (90, 132), 27: (202, 223)}),
    ("MobileNet", 225, "separable5.conv1", {0: (0, 27), 13: (89, 131), 27: (201, 224)}),
    ("MobileNetV2", 224, "stage4.0.conv_bn1.conv1", {0: (0, 52), 6: (74, 148), 13: (186, 223)}),
    ("EfficientNetV2S", 224, "features.stage3.add3", {0: (0, 54), 13: (64, 158), 27: (176, 223)}),
    ("EfficientNetV2B3", 203, "features.stage3.add2", {0: (0, 37), 13: (71, 141), 25: (167, 202)}),
    ("ConvNeXtTiny", 224, "stage2.2.conv2", {0: (0, 115), 13: (0, 219), 27: (108, 223)}),
]


@pytest.mark.parametrize(("model", "size", "row", "expected"), FIELDS)
def test_a_unit_sees_the_rows_that_its_gradient_reaches(model, size, row, expected):
    ours = summarise(f"keras.applications.{model}", Choices(inputs={"": f"{size}x{size}x3"}))
    (field, *_) = next(layer.field for layer in ours.layers if layer.name == row)
    reached = {unit: field.at(unit) for unit in expected}
    assert {unit: (max(0, low), min(size - 1, high)) for unit, (low, high) in reached.items()} == expected


@pytest.mark.parametrize(("model", "preprocessing"), [
    ("MobileNetV3Small", ["rescaling"]),
    ("ConvNeXtTiny", ["normalization"]),
    ("EfficientNetV2S", ["rescaling"]),
    ("EfficientNetV2B0", ["rescaling", "normalization"]),
])  # fmt: skip
def test_preprocessing_can_be_left_out(model, preprocessing):
    bare = summarise(f"keras.applications.{model}", Choices(without=preprocessing))
    kinds = [layer.kind for layer in report(model).layers]
    assert kinds[: len(preprocessing)] == preprocessing
    assert [layer.kind for layer in bare.layers] == kinds[len(preprocessing) :]
    assert totals(bare) == totals(report(model))


# Model.summary() of other members of a family.
MEMBERS = [("keras_mobilenet_v2", "width=7/5", 6_156_712), ("keras_mobilenet", "width=1/2", 1_342_536)]


@pytest.mark.parametrize(("family", "choice", "parameters"), MEMBERS)
def test_a_member_of_a_keras_family_has_its_published_parameters(family, choice, parameters):
    ours = totals(summarise(family, Choices(sets=dict([choice.split("=")]))))
    assert ours["trainable"] + ours["non_trainable"] == parameters


@pytest.mark.parametrize(("model", "macs"), [("NASNetMobile", "564 M"), ("NASNetLarge", "23.8 G")])
def test_a_nasnet_has_the_multiply_adds_of_its_paper(model, macs):
    number, unit = macs.split()
    size = {"M": 10**6, "G": 10**9}[unit]
    assert float(number) == round(report(model).totals.macs / size, len(number.partition(".")[2]))


NAMES = {
    ("keras.applications.ResNet50", ""): "ResNet50 (Keras)",
    ("tf.keras.applications.MobileNetV2", ""): "MobileNetV2 (Keras)",
    ("ResNet50V2", ""): "ResNet50V2 (Keras)",
    ("resnet50-v2", ""): "ResNet50V2 (Keras)",
    ("ResNet50", "keras"): "ResNet50 (Keras)",
    ("ResNet50", ""): "ResNet-50",
    ("resnet50", "keras"): "ResNet-50",
    ("torchvision.models.resnet50", ""): "ResNet-50",
    ("LeNet5", "keras"): "LeNet-5",
}


@pytest.mark.parametrize(("name", "convention"), NAMES)
def test_a_network_is_found_by_its_name_in_its_framework(name, convention):
    assert spec_of(library.find(name, convention)).name == NAMES[name, convention]


def test_a_module_of_another_name_is_no_framework():
    with pytest.raises(Problem, match="no bundled network"):
        library.find("mine.resnet50")
