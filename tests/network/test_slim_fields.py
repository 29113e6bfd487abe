"""Receptive fields of the TF-Slim networks, as TensorFlow's receptive_field library prints them (Araujo et al. 2019).

Its `effective padding` is minus our offset.  `same` is TensorFlow's: the odd cell of padding stands at the end.
Numbers of filters play no part and are small here; windows, strides and branches are those of the networks.
"""

import csv
from functools import lru_cache

import pytest
from places import DATA

from convcalc.network.load import summarise, summarise_text

ROWS = list(csv.DictReader((DATA / "receptive_fields.csv").open(encoding="utf-8")))
HEAD = "convention: keras\nlayout: channels_first\ninput: 3x{input}x{input}\ndefaults: {{conv: k1 p=same}}\n"

ALEXNET = """
layers:
  - conv1: conv 4 k11 s4 p=valid
  - pool1: maxpool 3 s2
  - conv2: conv 4 k5
  - pool2: maxpool 3 s2
  - conv3: conv 4 k3
  - conv4: conv 4 k3
  - conv5: conv 4 k3
  - pool5: maxpool 3 s2
"""


def vgg(*depths):
    lines = ["layers:"]
    for block, depth in enumerate(depths, 1):
        lines += [f"  - conv{block}_{index}: conv 4 k3" for index in range(1, depth + 1)]
        lines.append(f"  - pool{block}: maxpool 2")
    return "\n".join(lines) + "\n"


INCEPTION_V2 = """
blocks:
  inception:
    - concat:
        - [conv 2]
        - [conv 2, conv 2 k3]
        - [conv 2, conv 2 k3, conv 2 k3]
        - [avgpool 3 s1 p=same, conv 2]
  reduction:
    - concat:
        - [conv 2, conv 2 k3 s2]
        - [conv 2, conv 2 k3, conv 2 k3 s2]
        - [maxpool 3 s2 p=same]
layers:
  - Conv2d_1a_7x7: sepconv 4 k7 s2 p=same m=8
  - MaxPool_2a_3x3: maxpool 3 s2 p=same
  - Conv2d_2b_1x1: conv 4
  - Conv2d_2c_3x3: conv 4 k3
  - MaxPool_3a_3x3: maxpool 3 s2 p=same
  - Mixed_3b: inception
  - Mixed_3c: inception
  - Mixed_4a: reduction
  - Mixed_4b: inception
  - Mixed_4c: inception
  - Mixed_4d: inception
  - Mixed_4e: inception
  - Mixed_5a: reduction
  - Mixed_5b: inception
  - Mixed_5c: inception
"""

INCEPTION_V3 = """
blocks:
  a:
    - concat:
        - [conv 2]
        - [conv 2, conv 2 k5]
        - [conv 2, conv 2 k3, conv 2 k3]
        - [avgpool 3 s1 p=same, conv 2]
  b:
    - concat:
        - [conv 2]
        - [conv 2, conv 2 k1x7, conv 2 k7x1]
        - [conv 2, conv 2 k7x1, conv 2 k1x7, conv 2 k7x1, conv 2 k1x7]
        - [avgpool 3 s1 p=same, conv 2]
  c:
    - concat:
        - [conv 2]
        - [conv 2, concat: [[conv 2 k1x3], [conv 2 k3x1]]]
        - [conv 2, conv 2 k3, concat: [[conv 2 k1x3], [conv 2 k3x1]]]
        - [avgpool 3 s1 p=same, conv 2]
layers:
  - Conv2d_1a_3x3: conv 4 k3 s2 p=valid
  - Conv2d_2a_3x3: conv 4 k3 p=valid
  - Conv2d_2b_3x3: conv 4 k3
  - MaxPool_3a_3x3: maxpool 3 s2
  - Conv2d_3b_1x1: conv 4 p=valid
  - Conv2d_4a_3x3: conv 4 k3 p=valid
  - MaxPool_5a_3x3: maxpool 3 s2
  - Mixed_5b: a
  - Mixed_5c: a
  - Mixed_5d: a
  - Mixed_6a:
      - concat:
          - [conv 2 k3 s2 p=valid]
          - [conv 2, conv 2 k3, conv 2 k3 s2 p=valid]
          - [maxpool 3 s2]
  - Mixed_6b: b
  - Mixed_6c: b
  - Mixed_6d: b
  - Mixed_6e: b
  - Mixed_7a:
      - concat:
          - [conv 2, conv 2 k3 s2 p=valid]
          - [conv 2, conv 2 k1x7, conv 2 k7x1, conv 2 k3 s2 p=valid]
          - [maxpool 3 s2]
  - Mixed_7b: c
  - Mixed_7c: c
"""


def resnet(*depths, before=(), after=("batchnorm", "relu")):
    """Bottlenecks whose stride stands in the last unit of a block, on a convolution that is padded by hand."""
    unit = ", ".join([
        *before, "conv 2", "batchnorm", "relu", "zeropad 1", "conv 2 k3 s=s p=valid", "batchnorm", "relu", "conv f",
        *after[:1],
    ])  # fmt: skip
    lines = [
        f"blocks: {{unit: {{params: {{f: required, s: 1}}, layers: [residual: {{main: [{unit}], shortcut: auto}}]}}}}",
        "layers:",
        "  - zeropad 3",
        "  - conv1: conv 4 k7 s2 p=valid",
        "  - pool1: maxpool 3 s2 p=same",
    ]
    for block, depth in enumerate(depths, 1):
        stride = 2 if block < 4 else 1
        lines += [
            f"  - block{block}:",
            f"      - {depth - 1} x unit {4 * block}",
            f"      - unit {4 * block} s={stride}",
        ]
    return "\n".join(lines) + "\n"


PREACTIVATED = {"before": ("batchnorm", "relu"), "after": ()}
NETWORKS = {
    "alexnet_v2": ALEXNET,
    "vgg_a": vgg(1, 1, 2, 2, 2),
    "vgg_16": vgg(2, 2, 3, 3, 3),
    "inception_v2": INCEPTION_V2,
    "inception_v3": INCEPTION_V3,
    "resnet_v1_50": resnet(3, 4, 6, 3),
    "resnet_v1_101": resnet(3, 4, 23, 3),
    "resnet_v1_152": resnet(3, 8, 36, 3),
    "resnet_v2_50": resnet(3, 4, 6, 3, **PREACTIVATED),
}
# The bundled MobileNet, whose first pair of layers Slim counts as 1, is the same network.
POINTWISE = ["conv1", *(f"conv{n}.pointwise" for n in range(2, 8)), *(f"conv8.{n}.pointwise" for n in range(5)),
             "conv9.pointwise", "conv10.pointwise"]  # fmt: skip


@lru_cache
def report_of(model, side):
    if model == "mobilenet_v1":
        report = summarise(model)
        assert report.inputs["input"] == (3, int(side), int(side))
    else:
        report = summarise_text(HEAD.format(input=side) + NETWORKS[model])
    assert not report.errors
    return report


@lru_cache
def ends(model, side):
    """The receptive field at the end of every layer, block and repeat, by its name."""
    report = report_of(model, side)
    fields = {layer.name: layer.field for layer in report.layers}
    fields |= {group.name: report.layers[group.stop - 1].field for group in report.groups}
    if model == "mobilenet_v1":
        points = ["Conv2d_0", *(f"Conv2d_{index}_pointwise" for index in range(1, 14))]
        fields |= {point: fields[name] for point, name in zip(points, POINTWISE, strict=True)}
    return fields


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row['model']} {row['end_point']}") for row in ROWS])
def test_the_receptive_field_at_an_end_point(row):
    for field in ends(row["model"], row["input"])[row["end_point"].split("/")[-1]]:
        assert (field.size, field.stride, -field.offset) == tuple(
            map(int, (row["size"], row["stride"], row["padding"]))
        )


def test_every_network_of_the_table_is_built_here():
    assert {row["model"] for row in ROWS} == {*NETWORKS, "mobilenet_v1"}
    assert len(ROWS) == 96


@pytest.mark.parametrize("model", NETWORKS)
def test_the_branches_of_a_network_are_aligned(model):
    """Araujo et al.: aligned, so that one size, stride and padding say all."""
    assert all(field.aligned for layer in report_of(model, "224").layers for field in layer.field)
