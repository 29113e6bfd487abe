"""Every way to write a network means the same: shorthand, mappings, pasted calls, arrows, blocks, names."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from convcalc.algebra.substitution import substitute
from convcalc.network.load import Choices, summarise, summarise_text
from convcalc.problem import Problem

QUANTITIES = ("output", "parameters", "biases", "buffers", "macs", "connections", "activations")


def facts(report):
    """Everything that is known of each layer but its name."""
    return [
        (layer.kind, layer.applied and (layer.applied.values, *(getattr(layer.applied, each) for each in QUANTITIES)),
         layer.field)
        for layer in report.layers
    ]  # fmt: skip


def network(shape, *layers, **more):
    """The report of a spec whose layers are entries as a person would write them: `conv 8 k3`, `conv: {filters: 8}`."""
    entries = "".join(f"  - {layer}\n" for layer in layers)
    keys = "".join(f"{key}: {value}\n" for key, value in more.items())
    layout = "" if "layout" in more else "layout: channels_first\n"
    return summarise_text(f"{keys}input: {shape}\nlayers:\n{entries}{layout}")


def good(report):
    assert not report.errors, [(error.code, error.message) for error in report.errors]
    return report


def names(report):
    return [layer.name for layer in report.layers]


def output(report):
    return good(report).output


def code(report):
    """The code of the only error."""
    (error,) = report.errors
    return error.code


# One layer in many forms: the input, what it must come to (output, parameters), and the forms.
FORMS = {
    "a convolution": ("3x32x32", (8, 16, 16), 216, [
        "conv 8 k3 s2 p1 bias=no",
        "conv2d 8 k3 s2 p1 bias=no",
        "conv_2d 8 k3 s2 p1 bias=no",
        "CONV 8 K3 S2 P1 bias=no",
        "Convolution 8 k3 s2 p1 bias=false",
        "conv 8 bias=no p1 s2 k3",
        "conv f8 k3 s2 p1 bias=no",
        "conv 8 k3x3 s2x2 p1x1 d1x1 g1 bias=no",
        "conv 8 k3×3 s2×2 p1×1 bias=no",
        "conv 8 k=3 s=2 p=1 b=no",
        "conv 8 k=[3,3] s=(2,2) p=[[1,1],[1,1]] bias=no",
        "conv filters=8 kernel=3 stride=2 padding=1 bias=no",
        "conv out_channels=8 kernel_size=3 strides=2 pad=1 use_bias=no in_channels=3",
        "conv 08 k03 s02 p01 bias=no",
        "conv 4*2 k1+2 s2 p1 bias=no",
        "conv: 8 k3 s2 p1 bias=no",
        "conv2d: 8 k3 s2 p1 bias=no",
        "conv: {filters: 8, kernel: 3, stride: 2, padding: 1, bias: false}",
        "conv: {filters: 8, kernel: [3, 3], stride: [2, 2], padding: [[1, 1], [1, 1]], bias: no}",
        "conv: {filters: 8, kernel: 3x3, stride: 2x2, padding: 1x1, dilation: 1, groups: 1, bias: off}",
        "conv: {c_out: 8, K: 3, S: 2, P: 1, bias: no}",
        "{conv: {out_channels: 8, kernel_size: 3, strides: 2, padding: 1, use_bias: False}}",
        "Conv2d: {in_channels: 3, out_channels: 8, kernel_size: [3, 3], stride: 2, padding: [1, 1], bias: False}",
        "nn.Conv2d: {out_channels: 8, kernel_size: 3, stride: 2, padding: 1, bias: False}",
        "Conv2d(3, 8, 3, 2, 1, bias=False)",
        "nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)",
        "nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False),",
        "torch.nn.Conv2d(3, 8, (3, 3), (2, 2), (1, 1), 1, 1, False)",
        "nn.Conv2d(in_channels=3, out_channels=8, kernel_size=3, stride=2, padding=1, bias=False, device=None)",
        "Conv(C_out=8, K=3, P=1, S=2, bias=no)",
        "Conv (C_out=8, K=3, P=1, S=2, bias=no)",
        '"conv 8 k3 s2 p1 bias=no"',
        '"[conv 8 k3 s2 p1 bias=no]"',
        '"[conv 8 k3 s2 p1 bias=no]*1"',
        '"conv 8 k3 s2 p1 bias=no?"',
        "[conv 8 k3 s2 p1 bias=no]",
        "1 x conv 8 k3 s2 p1 bias=no",
        "1 x conv: {filters: 8, kernel: 3, stride: 2, padding: 1, bias: no}",
        "repeat: {times: 1, layers: [conv 8 k3 s2 p1 bias=no]}",
    ]),
    "a convolution that is not padded, as Keras has it": ("3x32x32", (8, 15, 15), 224, [
        "conv 8 k3 s2",
        "conv 8 k3 s2 p=valid",
        "conv 8 k3 s2 padding=0",
        "layers.Conv2D(8, 3, strides=2)",
        "keras.layers.Conv2D(8, (3, 3), 2, 'valid')",
        'layers.Conv2D(filters=8, kernel_size=(3, 3), strides=(2, 2), padding="valid", use_bias=True, name=None)',
        "tf.keras.layers.Conv2D(8, 3, 2)(x)",
        "Conv2D: {filters: 8, kernel_size: 3, strides: 2}",
        "Conv2D(8, 3, 2)",
        "Convolution2D(8, 3, 2)",
        "nn.Conv2d(3, 8, 3, 2)",
        "Conv(C_out=8, K=3, S=2)",
    ]),
    "a convolution with sides of its own": ("16x50x100", (33, 26, 100), 33 * (16 * 15 + 1), [
        "conv 33 k3x5 s2x1 p4x2 d3x1",
        "conv: {filters: 33, kernel: [3, 5], stride: [2, 1], padding: [4, 2], dilation: [3, 1]}",
        "nn.Conv2d(16, 33, (3, 5), stride=(2, 1), padding=(4, 2), dilation=(3, 1))",
        "Conv2d: {in_channels: 16, out_channels: 33, kernel_size: [3, 5], stride: [2, 1], padding: [4, 2], "
        "dilation: [3, 1]}",
        "conv 33 k3×5 s2×1 p4×2 d3×1",
        "conv 33 k=(3,5) s=[2,1] p=[[4,4],[2,2]] d=3x1",
    ]),
    "a convolution of a sequence": ("4x100", (6, 49), 78, [
        "conv 6 k3 s2", "conv1d 6 k3 s2", "conv 6 k=[3] s=(2,)", "nn.Conv1d(4, 6, 3, 2)",
        "layers.Conv1D(6, 3, strides=2)",
        "Conv1d: {in_channels: 4, out_channels: 6, kernel_size: 3, stride: 2}",
        "conv: {filters: 6, kernel: [3], stride: 2}",
    ]),
    "a convolution of a film": ("2x8x16x16", (4, 6, 7, 14), 4 * (2 * 27 + 1), [
        "conv 4 k3 s1x2x1", "conv3d 4 k3x3x3 s1x2x1", "nn.Conv3d(2, 4, 3, stride=(1, 2, 1))",
        "layers.Conv3D(4, (3, 3, 3), strides=(1, 2, 1))", "conv: {filters: 4, kernel: 3, stride: [1, 2, 1]}",
        "conv 4 k3 s1×2×1 p=0",
    ]),
    "a convolution that keeps the size": ("3x9x9", (4, 9, 9), 4 * 76, [
        "conv 4 k5 p2", "conv 4 k5 p=same", "conv 4 k5 same", "conv 4 k5 padding=same_lower",
        "nn.Conv2d(3, 4, 5, padding='same')",
        'layers.Conv2D(4, 5, padding="same")', "conv: {filters: 4, kernel: 5, padding: same}",
    ]),
    "a depthwise convolution": ("6x9x9", (12, 7, 7), 120, [
        "dwconv 3 m2", "dwconv k3 m2", "depthwise 3 multiplier=2", "dwconv2d 3 m2",
        "DepthwiseConv2D(3, depth_multiplier=2)",
        "layers.DepthwiseConv2D((3, 3), depth_multiplier=2)", "dwconv: {kernel: 3, multiplier: 2}",
        "depthwiseconv: {kernel_size: [3, 3], depth_multiplier: 2}",
    ]),
    "a separable convolution": ("6x9x9", (12, 7, 7), 6 * 9 + 7 * 12, [
        "sepconv 12 k3", "separable 12 k3", "sepconv2d 12 k3", "layers.SeparableConv2D(12, 3)",
        "sepconv: {filters: 12, kernel: 3}", "SeparableConv2D: {filters: 12, kernel_size: 3}",
    ]),
    "a transposed convolution": ("8x7x7", (4, 14, 14), 8 * 4 * 9 + 4, [
        "tconv 4 k3 s2 p1 op1", "conv_transpose 4 k3 s2 p1 op1", "deconv 4 k3 s2 p1 op1", "tconv2d 4 k3 s2 p1 op1",
        "tconv 4 k3 s2 p1 output_padding=1", "tconv: {filters: 4, kernel: 3, stride: 2, padding: 1, output_padding: 1}",
        "nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1, output_padding=1)", "nn.ConvTranspose2d(8, 4, 3, 2, 1, 1)",
        "ConvTranspose2d: {in_channels: 8, out_channels: 4, kernel_size: 3, stride: 2, padding: 1, output_padding: 1}",
    ]),
    "maximum pooling": ("4x13x13", (4, 6, 6), 0, [
        "maxpool 3 s2", "maxpool k3 s2", "pool 3 s2", "MaxPool 3 s2", "max_pool 3 s2", "maxpool2d 3 s2",
        "maxpool: 3 s2",
        "maxpool: {kernel: 3, stride: 2}", "maxpool: {pool_size: [3, 3], strides: 2}", "nn.MaxPool2d(3, 2)",
        "nn.MaxPool2d(kernel_size=3, stride=2, padding=0, ceil_mode=False)", "layers.MaxPooling2D((3, 3), strides=2)",
        "layers.MaxPool2D(pool_size=3, strides=2)", "MaxPool(K=3, S=2)", "MaxPool2d: {kernel_size: 3, stride: 2}",
        "maxpool 3 s2 p0 d1 ceil=no",
    ]),
    "pooling with the stride of its kernel": ("4x12x12", (4, 4, 6), 0, [
        "avgpool 3x2", "avgpool k3x2", "avgpool 3x2 s3x2", "avgpool: {kernel: [3, 2]}", "nn.AvgPool2d((3, 2))",
        "averagepool 3x2", "layers.AveragePooling2D((3, 2))", "AvgPool2d: {kernel_size: [3, 2]}",
        "nn.AvgPool2d((3, 2), stride=None, count_include_pad=False)",
    ]),
    "pooling rounded up": ("4x12x12", (4, 6, 6), 0, [
        "maxpool 3 s2 ceil=yes", "maxpool 3 s2 ceil_mode=true", "nn.MaxPool2d(3, 2, ceil_mode=True)",
        "maxpool: {kernel: 3, stride: 2, ceil: yes}", "maxpool: {kernel: 3, stride: 2, ceil_mode: True}",
    ]),
    "pooling of a sequence": ("4x12", (4, 6), 0, [
        "maxpool 2", "maxpool1d 2", "nn.MaxPool1d(2)", "layers.MaxPooling1D(2)", "maxpool: {kernel: 2}", "MaxPool(K=2)",
    ]),
    "pooling of a film": ("4x8x8x8", (4, 8, 4, 4), 0, [
        "maxpool 1x2x2", "maxpool3d 1x2x2", "nn.MaxPool3d((1, 2, 2))", "layers.MaxPooling3D((1, 2, 2))",
        "maxpool: {kernel: [1, 2, 2]}",
    ]),
    "adaptive pooling": ("4x13x13", (4, 7, 7), 0, [
        "adaptiveavgpool 7", "adaptiveavgpool 7x7", "adaptiveavgpool output=7x7", "nn.AdaptiveAvgPool2d(7)",
        "nn.AdaptiveAvgPool2d((7, 7))", "adaptiveavgpool: {output: [7, 7]}", "adaptiveavgpool: {output_size: 7}",
    ]),
    "adaptive pooling along one axis": ("4x13x13", (4, 13, 5), 0, [
        "adaptivemaxpool -x5", "nn.AdaptiveMaxPool2d((None, 5))", "adaptivemaxpool: {output: [none, 5]}",
        'adaptivemaxpool: {output: ["-", 5]}',
    ]),
    "a fully connected layer": ("784", (10,), 7850, [
        "linear 10", "fc 10", "dense 10", "FC 10", "linear: 10", "linear: {units: 10}", "linear units=10 bias=yes",
        "linear: {in_features: 784, out_features: 10}", "nn.Linear(784, 10)", "nn.Linear(784, 10, bias=True)",
        "layers.Dense(10)", "Dense(units=10)", "Linear (784 -> 10)", "Linear(784 -> 10)",
        "dense: {units: 10, use_bias: yes}",
        "Linear: {in_features: 784, out_features: 10}",
    ]),
    "batch normalisation": ("6x9x9", (6, 9, 9), 12, [
        "batchnorm", "bn", "BatchNorm", "batchnorm2d", "batchnorm affine=yes", "batchnorm:", "batchnorm: {track: yes}",
        "nn.BatchNorm2d(6)", "nn.BatchNorm2d(6, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
        "layers.BatchNormalization(momentum=0.9, epsilon=1e-5)", "BatchNorm2d: {num_features: 6}", "batch_norm",
    ]),
    "batch normalisation that learns nothing": ("6x9x9", (6, 9, 9), 0, [
        "batchnorm affine=no", "nn.BatchNorm2d(6, affine=False)", "batchnorm: {affine: false}",
    ]),
    "group normalisation": ("6x9x9", (6, 9, 9), 12, [
        "groupnorm 3", "groupnorm groups=3", "nn.GroupNorm(3, 6)", "groupnorm: {groups: 3}",
        "groupnorm: {num_groups: 3}",
    ]),
    "layer normalisation": ("5x64", (5, 64), 128, [
        "layernorm", "ln", "layernorm:", "layer_norm affine=yes", "layers.LayerNormalization(epsilon=1e-5)",
    ]),
    "layer normalisation over axes that are named": ("5x64", (5, 64), 640, [
        "nn.LayerNorm((5, 64))", "layernorm: {normalized_shape: [5, 64]}", "LayerNorm: {normalized_shape: [5, 64]}",
        "nn.LayerNorm([5, 64])", "layernorm 5x64",
    ]),
    "up-sampling": ("4x5x7", (4, 10, 14), 0, [
        "upsample 2", "upsample scale=2", "upsample r2", "upsample 2x2", "upsample 2 mode=nearest", "upsample 4/2",
        "upsample 2.0", "upsample: {scale: 2}", "nn.Upsample(scale_factor=2)",
        "nn.Upsample(None, 2)", "layers.UpSampling2D(2)", "layers.UpSampling2D(size=(2, 2))", "interpolate 2",
    ]),
    "up-sampling to a size": ("4x5x7", (4, 9, 9), 0, [
        "upsample size=9x9 mode=bilinear", "upsample output=9 mode=bilinear", "nn.Upsample((9, 9), mode='bilinear')",
        "nn.Upsample(size=9, mode='bilinear', recompute_scale_factor=None)", "upsample: {size: [9, 9], mode: bilinear}",
    ]),
    "trading channels for pixels": ("12x5x5", (3, 10, 10), 0, [
        "pixelshuffle 2", "pixel_shuffle r2", "pixelshuffle factor=2", "nn.PixelShuffle(2)", "depth_to_space 2",
        "PixelShuffle: {upscale_factor: 2}",
    ]),
    "zeros around a map": ("3x5x5", (3, 9, 8), 0, [
        "zeropad [[1,3],[2,1]]", "zeropad: {amount: [[1, 3], [2, 1]]}", "nn.ZeroPad2d((2, 1, 1, 3))",
        "layers.ZeroPadding2D(((1, 3), (2, 1)))", "layers.ZeroPadding2D(padding=((1, 3), (2, 1)))", "pad [[1,3],[2,1]]",
    ]),
    "a vector of a map": ("3x5x5", (75,), 0, [
        "flatten", "Flatten", "nn.Flatten()", "layers.Flatten()", "flatten:", "flatten: {}", "nn.Flatten(start_dim=1)",
    ]),
    "an activation": ("3x5x5", (3, 5, 5), 0, [
        "relu", "ReLU", "RELU", "nn.ReLU()", "nn.ReLU(inplace=True)", "layers.ReLU()", "relu:", "ReLU()",
        "nn.ReLU(True)",
    ]),
    "dropout": ("64", (64,), 0, [
        "dropout 0.5", "dropout p=0.5", "dropout rate=0.5", "nn.Dropout(0.5)", "nn.Dropout(p=0.5)",
        "layers.Dropout(0.5)",
        "dropout: {rate: 0.5}", "dropout: 0.5", "Dropout: {p: 0.5}",
    ]),
    "the mean of a map": ("3x5x5", (3, 1, 1), 0, [
        "globalavgpool", "gap", "global_avg_pool", "globalavgpool2d", "GlobalAvgPool",
    ]),
    "words in place of numbers": ("10", (10, 6), 60, [
        "embedding 10 units=6", "embedding: {count: 10, units: 6}", "nn.Embedding(10, 6)", "layers.Embedding(10, 6)",
        "Embedding: {num_embeddings: 10, embedding_dim: 6}",
    ]),
}  # fmt: skip


def forms():
    for what, (shape, expected, parameters, ways) in FORMS.items():
        for way in ways:
            yield pytest.param(shape, expected, parameters, ways[0], way, id=f"{what}: {way}")


@pytest.mark.parametrize("shape, expected, parameters, first, way", list(forms()))
def test_every_form_of_a_layer_is_the_same_layer(shape, expected, parameters, first, way):
    report = good(network(shape, way))
    assert (report.output, report.totals.parameters) == (expected, parameters)
    assert facts(report) == facts(network(shape, first))


# The same network in many forms

LENET = summarise("lenet5")
NETWORKS = {
    "layers in a list": """
input: 1x32x32
layers: [conv 6 k5, tanh, avgpool 2, conv 16 k5, tanh, avgpool 2, conv 120 k5, tanh, flatten, linear 84, tanh,
  linear 10]
""",
    "arrows": """
input: 1x32x32
layers: conv 6 k5 -> tanh -> avgpool 2 -> conv 16 k5 -> tanh -> avgpool 2 -> conv 120 k5 -> tanh -> flatten ->
  linear 84 -> tanh -> linear 10
""",
    "arrows in some of the entries, INPUT at the head": """
input: 1×32×32
layers:
  - INPUT → CONV 6 k5 → TANH → avgpool 2
  - [conv 16 k5 -> tanh, avgpool 2]
  - conv 120 k5 -> [tanh -> flatten -> FC 84]*1
  - tanh
  - FC 10
""",
    "one line for a command":
        "1x32x32 -> conv 6 k5 -> tanh -> avgpool 2 -> conv 16 k5 -> tanh -> avgpool 2 -> conv 120 k5 -> tanh -> flatten"
        " -> linear 84 -> tanh -> linear 10",
    "the modules of a PyTorch class": """
input: [1, 32, 32]
layers:
  - self.conv1 = nn.Conv2d(1, 6, 5)
  - nn.Tanh()
  - nn.AvgPool2d(2)
  - self.conv2 = nn.Conv2d(6, 16, 5)
  - nn.Tanh()
  - nn.AvgPool2d(2)
  - self.conv3 = nn.Conv2d(16, 120, kernel_size=5)
  - nn.Tanh()
  - nn.Flatten()
  - self.fc1 = nn.Linear(120, 84)
  - nn.Tanh()
  - self.fc2 = nn.Linear(84, 10)
""",
    "a Keras model, whose activations become layers": """
input: 1@32x32
layers:
  - layers.Conv2D(6, 5, activation="tanh")
  - layers.AveragePooling2D(2)
  - layers.Conv2D(16, 5, activation="tanh")
  - layers.AveragePooling2D(2)
  - layers.Conv2D(120, 5, activation="tanh")
  - layers.Flatten()
  - layers.Dense(84, activation="tanh")
  - layers.Dense(10)
""",
    "the lectures' notation": """
input: (1, 32, 32)
layers:
  - Conv(C_out=6, K=5) -> Tanh -> AvgPool(K=2, S=2)
  - Conv(C_out=16, K=5) -> Tanh -> AvgPool(K=2, S=2)
  - Conv(C_out=120, K=5) -> Tanh -> Flatten
  - Linear(120 -> 84) -> Tanh -> Linear(84 -> 10)
""",
    "blocks and defaults": """
input: 1x32x32
defaults: {conv: k5, avgpool: 2}
blocks:
  stage: {params: {c: required}, layers: [conv c, tanh, avgpool]}
layers:
  - stage 6
  - stage: {c: 16}
  - conv 120
  - tanh
  - flatten
  - linear 84
  - tanh
  - linear 10
""",
    "JSON": json.dumps({
        "input": [1, 32, 32],
        "layers": [
            {"conv": {"filters": 6, "kernel": 5}}, "tanh", {"avgpool": {"kernel": 2}},
            {"conv": {"filters": 16, "kernel": 5}}, "tanh", {"avgpool": {"kernel": 2}},
            {"conv": {"filters": 120, "kernel": 5}}, "tanh", "flatten", {"linear": {"units": 84}}, "tanh",
            {"linear": 10},
        ],
    }),
    "the bundled one as a base": "base: lenet5\n",
}  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(text, id=what) for what, text in NETWORKS.items()])
def test_every_form_of_a_network_is_the_same_network(text):
    report = good(summarise_text(text))
    assert facts(report) == facts(LENET)
    assert report.totals.parameters == 61_706


# Inputs and numbers


@pytest.mark.parametrize("written", [
    "3x32x32", "3×32×32", "[3, 32, 32]", "(3, 32, 32)", "3@32x32", "3 x 32 x 32", '"3x32x32"', "03x032x0032",
    "{image: 3x32x32}", "{image: [3, 32, 32]}",
])  # fmt: skip
def test_an_input_can_be_written_in_many_ways(written):
    report = good(network(written, "conv 6 k5"))
    assert report.output == (6, 28, 28)
    assert list(report.inputs.values()) == [(3, 32, 32)]


@pytest.mark.parametrize("layer, expected", [
    pytest.param("linear 010", (10,), id="010 is ten, not eight"),
    pytest.param("linear: {units: 010}", (10,), id="010 is ten in a mapping too"),
    pytest.param("linear 0010", (10,), id="0010 is ten"),
    pytest.param("linear 08", (8,), id="08 is eight"),
    pytest.param("linear 61,706", (61_706,), id="61,706 is one number"),
    pytest.param('linear: {units: "61,706"}', (61_706,), id="61,706 is one number in a mapping"),
    pytest.param("linear 010+2", (12,), id="010 is ten in a sum"),
    pytest.param("linear (3+1)*2", (8,), id="brackets are arithmetic"),
    pytest.param("linear 7//2", (3,), id="whole division"),
    pytest.param("linear 2**5", (32,), id="a power"),
    pytest.param("linear 100%7", (2,), id="a remainder"),
    pytest.param("linear max(3,5)", (5,), id="a maximum"),
])  # fmt: skip
def test_numbers_are_read_as_they_are_written(layer, expected):
    assert output(network("64", layer)) == expected


@pytest.mark.parametrize("shape, layer, expected", [
    pytest.param("1x9x9", "conv 1 k3 p1x0", (1, 9, 7), id="p1x0"),
    pytest.param("1x9x9", "conv 1 k3 p0x1", (1, 7, 9), id="p0x1 is 0 and 1, not a hexadecimal 1"),
    pytest.param("1x9x9", "conv 1 k3 p=0x2", (1, 7, 11), id="p=0x2 is 0 and 2"),
    pytest.param("1x9x9", "conv: {filters: 1, kernel: 3, padding: 0x1}", (1, 7, 9), id="padding: 0x1"),
    pytest.param("1x9x9x9", "conv 1 k3 p0x1x2", (1, 7, 9, 11), id="p0x1x2"),
    pytest.param("1x9x9", "tconv 1 k3 s2 op0x1", (1, 19, 20), id="op0x1"),
])  # fmt: skip
def test_a_list_of_axes_may_begin_with_zero(shape, layer, expected):
    assert output(network(shape, layer)) == expected


@pytest.mark.parametrize("layer, error", [
    pytest.param("linear 1:30", "V001", id="1:30 is no number"),
    pytest.param("linear 1.5", "V001", id="a fraction is no number of units"),
    pytest.param("linear 0", "V002", id="nothing cannot be asked for"),
    pytest.param("linear -3", "V002", id="nor less than nothing"),
    pytest.param("linear 0b11", "V001", id="binary is not how people count units"),
    pytest.param("linear 3x10", "V001", id="a list of axes is no number of units"),
    pytest.param("linear 0x10", "V001", id="nor is it when it begins with zero: 0x10 is not sixteen"),
    pytest.param("linear many", "N001", id="a word that nobody declared"),
    pytest.param("linear 4*width", "N001", id="a name in an expression that nobody declared"),
    pytest.param("linear 10 bias=perhaps", "V005", id="yes or no"),
    pytest.param("linear 10 20", "L011", id="a second bare value"),
    pytest.param("linear 10 units=10", "L010", id="a key twice"),
    pytest.param("linear 10 filtres=3", "K002", id="a key that is none"),
    pytest.param("linaer 10", "K001", id="a kind that is none"),
    pytest.param("linear", "V006", id="a key that is needed"),
    pytest.param("linear __import__('os').getpid()", "V001", id="nothing is ever executed"),
])  # fmt: skip
def test_what_is_no_layer_is_one_error(layer, error):
    report = network("64", layer)
    assert code(report) == error
    assert report.errors[0].mark.line == 3


@pytest.mark.parametrize(
    "wrong, right", [("linaer 10", "linear"), ("conv 3 kernal=3", "kernel"), ("maxpol 2", "maxpool")]
)
def test_an_error_names_what_was_meant(wrong, right):
    assert f'"{right}"' in network("3x9x9", wrong).errors[0].hint


# A call whose class is not known, on 3×32×32: what it is, or the lines that it may be.
CALLS = [
    ("Conv(C_out=20, K=5, P=2, S=1)", "conv 20 k5 p2"),
    ("Conv(20, K=5)", "conv 20 k5"),
    ("conv(6, 5)", "conv 6 k5"),
    ("conv2d(6, (3, 5))", "conv 6 k3x5"),
    ("conv2d(3, 6, kernel_size=5)", "conv 6 k5"),
    ("conv2d(6, 3, padding=same)", "conv 6 k3 p1"),
    ("maxpool2d(3, 2, 1)", "maxpool 3 s2 p1"),
    ("MaxPool(2, 2)", "maxpool 2"),
    ("zeropad(2)", "zeropad 2"),
    ("batchnorm2d(3)", "batchnorm"),
    ("relu(True)", "relu"),
    ("dropout(0.5)", "dropout 0.5"),
    ("flatten(1)", "flatten"),
    ("Conv(3, 64, 3, 2)", ["conv 3 k64 s3 p2", "conv 64 k3 s2 in_channels=3"]),
    ("conv2d(3, 6, 5)", ["conv 3 k6 s5", "nn.Conv2d(3, 6, 5)"]),
    ("conv(3, 6, 5)", ["conv 3 k6 s5", "conv 6 k5 in_channels=3"]),
    ("convtranspose2d(3, 6, 2, 2)", ["tconv 3 k6 s2 p2", "nn.ConvTranspose2d(3, 6, 2, 2)"]),
    ("upsample(2)", ["upsample 2", "nn.Upsample(2)"]),
]  # fmt: skip


@pytest.mark.parametrize(("call", "expected"), CALLS, ids=[call for call, _ in CALLS])
def test_a_call_of_no_known_class_is_read_only_where_every_order_agrees(call, expected):
    report = network("3x32x32", call)
    if isinstance(expected, str):
        assert facts(good(report))[0][1][1:] == facts(good(network("3x32x32", expected)))[0][1][1:]
    else:
        (error,) = report.errors
        assert (error.code, error.hint) == ("L026", f"write: {', or: '.join(expected)}")
        for line in expected:
            assert "L026" not in [each.code for each in network("3x32x32", line).errors]


def test_a_linear_layer_in_small_letters_has_the_order_of_its_class():
    report = good(network("400", "linear(400, 10)"))
    assert (report.output, report.totals.parameters) == ((10,), 4010)


# Names


def test_layers_without_a_name_are_numbered_by_kind():
    report = good(
        network(
            "3x32x32",
            "conv 4 k3",
            "relu",
            "conv 4 k3",
            "relu",
            "maxpool 2",
            "Conv2d: {out_channels: 2, kernel_size: 3}",
        )
    )
    assert names(report) == ["conv1", "relu1", "conv2", "relu2", "maxpool1", "conv3"]


@pytest.mark.parametrize("entry", [
    "C1: conv 6 k5", "C1: {conv: 6 k5}", "C1: {conv: {filters: 6, kernel: 5}}", "conv 6 k5 name=C1",
    "C1: nn.Conv2d(3, 6, 5)",
    "conv: {filters: 6, kernel: 5, name: C1}", "{conv: 6 k5, name: C1}", "C1 = nn.Conv2d(3, 6, 5)",
    "self.C1 = nn.Conv2d(3, 6, 5)", 'layers.Conv2D(6, 5, name="C1")', "Conv(C_out=6, K=5, name=C1)",
])  # fmt: skip
def test_a_layer_may_carry_a_name(entry):
    report = good(network("3x32x32", entry, "relu", "conv 2 k1 from=C1"))
    assert names(report) == ["C1", "relu1", "conv1"]
    assert report.layers[2].inputs == ("C1",)
    assert facts(report)[0] == facts(network("3x32x32", "conv 6 k5"))[0]


def test_an_automatic_name_is_never_one_that_the_author_gave():
    report = good(network("3x32x32", "conv 4 k3", "conv1: conv 4 k3", "conv 4 k3"))
    assert len(set(names(report))) == 3
    assert names(report)[1] == "conv1"


def test_automatic_names_of_different_kinds_are_different():
    """The first relu6 and the sixty-first relu are not one layer."""
    report = good(summarise_text("3x4x4 -> relu6 -> [relu]*61"))
    assert len(set(names(report))) == 62


@pytest.mark.parametrize("kind", ["depthwise", "dense", "scale", "pool", "pad", "split", "residual", "gate", "repeat"])
@pytest.mark.parametrize("value", ["conv 4 k3", "{conv: 4 k3}", "{nn.Conv2d: {out_channels: 4, kernel_size: 3}}"])
def test_a_layer_may_be_named_like_a_kind(kind, value):
    if kind in ("residual", "gate", "repeat") and value[0] == "{":
        pytest.skip("the layers of a branch are a mapping")
    report = good(network("3x9x9", f"{kind}: {value}", "relu", f"conv 2 k1 from={kind}"))
    assert names(report) == [kind, "relu1", "conv1"]
    assert output(report) == (2, 7, 7)


def test_a_key_of_a_layer_is_no_layer_of_that_name():
    assert names(good(network("8x9", "lstm: {units: 3, dropout: 0.5}", "lstm: {units: 3}"))) == ["lstm1", "lstm2"]


def test_a_kind_that_ends_in_a_digit_is_numbered_behind_a_line():
    assert names(good(network("3x9x9", "relu6", "relu6"))) == ["relu6_1", "relu6_2"]


@pytest.mark.parametrize("layer", [
    'c1: Conv2D(8, 3, activation="relu")', 'Conv2D(8, 3, activation="relu", name="c1")',
    "c1: {Conv2D: {filters: 8, kernel_size: 3, activation: relu}}",
])  # fmt: skip
def test_a_layer_with_an_activation_is_named_with_it(layer):
    report = good(network("3x9x9", layer, "tanh", "flatten: {from: c1}", convention="keras", layout="channels_first"))
    assert [(each.name, each.inputs) for each in report.layers] == [
        ("c1", ("input",)), ("relu1", ("c1",)), ("tanh1", ("relu1",)), ("flatten1", ("relu1",)),
    ]  # fmt: skip


def test_an_automatic_name_stands_for_the_activation_too():
    report = good(
        network(
            "9x9x3", 'Conv2D(8, 3, activation="relu")', "tanh from=conv1", convention="keras", layout="channels_last"
        )
    )
    assert report.layers[-1].inputs == ("relu1",)


def test_a_name_stands_once():
    assert code(network("3x32x32", "a: conv 4 k3", "a: conv 4 k3")) == "N004"


# Repeats


REPEATS = [
    "3 x conv 8 k3 p1",
    "3 x conv: {filters: 8, kernel: 3, padding: 1}",
    "repeat: {times: 3, layers: [conv 8 k3 p1]}",
    "repeat: {times: n, layers: [conv 8 k3 p1]}",
    "n x conv 8 k3 p1",
    '"[conv 8 k3 p1]*3"',
    '"[conv 8 k3 p1]×3"',
    '"[conv 8 k3 p1]*n"',
    '"[conv 8 k3 p1 -> conv 8 k3 p1] -> conv 8 k3 p1"',
    '"conv 8 k3 p1 -> [conv 8 k3 p1]*(n-1)"',
    "[conv 8 k3 p1, conv 8 k3 p1, conv 8 k3 p1]",
    "three",
    "3 x one",
    "3 x [conv 8 k3 p1]",
    "repeat: {times: 3, layers: conv 8 k3 p1}",
]
BLOCKS = "{three: [conv 8 k3 p1, 2 x conv 8 k3 p1], one: {layers: [conv 8 k3 p1]}}"


@pytest.mark.parametrize("way", REPEATS)
def test_every_form_of_a_repeat_is_the_same(way):
    report = good(network("3x16x16", way, blocks=BLOCKS, let="{n: 3}"))
    assert facts(report) == facts(network("3x16x16", *["conv 8 k3 p1"] * 3))
    assert report.totals.parameters == 224 + 2 * 584


@pytest.mark.parametrize("way", [
    "repeat: {times: 2, layers: [conv 8 k3, relu]}", '"[conv 8 k3 -> relu]*2"', "2 x [conv 8 k3 -> relu]",
    "2 x pair", '"[[conv 8 k3 -> relu]*1]*2"',
])  # fmt: skip
def test_a_repeat_of_several_layers(way):
    report = good(network("3x16x16", way, blocks="{pair: [conv 8 k3, relu]}"))
    assert facts(report) == facts(network("3x16x16", "conv 8 k3", "relu", "conv 8 k3", "relu"))


def test_layers_of_a_named_repeat_are_known_by_its_name():
    blocks = "{basic: {params: {c: required}, layers: [conv c k3 p1, relu]}}"
    report = good(
        network("3x16x16", "stage1: {repeat: {times: 2, layers: [basic 8]}}", "stage2: 2 x basic 4", blocks=blocks)
    )
    assert names(report) == [
        f"{stage}.{index}.{layer}" for stage in ("stage1", "stage2") for index in (0, 1) for layer in ("conv1", "relu1")
    ]


def test_a_repeat_of_nothing_is_nothing():
    report = good(network("3x16x16", "0 x conv 8 k3", "relu"))
    assert names(report) == ["relu1"]


@pytest.mark.parametrize(
    "way", ["x x conv 8 k3", "-1 x conv 8 k3", "3/2 x conv 8 k3", '"[conv 8 k3]*n"', '"[conv 8 k3"']
)
def test_a_repeat_needs_a_whole_number(way):
    assert network("3x16x16", way).errors


# Blocks in short


@pytest.mark.parametrize(
    "block", ["conv 8 k3", "[conv 8 k3]", "{layers: conv 8 k3}", "{conv: 8 k3}", "{conv: {filters: 8, kernel: 3}}",
              '"conv 8 k3"', "nn.Conv2d(3, 8, 3)"],
)  # fmt: skip
def test_a_block_may_be_one_layer(block):
    report = good(summarise_text(f"input: 3x8x8\nblocks:\n  b: {block}\nlayers: [b]\n"))
    assert (names(report), output(report)) == (["b1.conv1"], (8, 6, 6))


def test_a_block_may_be_one_branch():
    report = good(summarise_text("input: 3x8x8\nblocks: {b: {residual: [conv 3 k3 p1]}}\nlayers: [b]\n"))
    assert names(report) == ["b1.conv1", "b1.add1"]


# let, --set, symbols, expressions


def test_names_stand_for_numbers_and_are_set_for_a_run():
    text = "let: {width: 64, classes: 1000, k: 3, wide: 2*width}\ninput: 3x32x32\nlayers:\n" + "".join(
        f"  - {layer}\n"
        for layer in ("conv width k=k p=k//2", "conv wide k1", "conv 4*width k1", "gap", "flatten", "linear classes")
    )
    channels = [layer.applied.output[0] for layer in good(summarise_text(text)).layers]
    assert channels == [64, 128, 256, 256, 256, 1000]
    chosen = Choices(sets={"width": "8", "classes": "10", "k": "5"})
    report = good(summarise_text(text, chosen))
    assert [layer.applied.output[0] for layer in report.layers] == [8, 16, 32, 32, 32, 10]
    assert report.layers[0].applied.parameters == 8 * (3 * 25 + 1)
    with pytest.raises(Problem) as error:
        summarise_text(text, Choices(sets={"widht": "8"}))
    assert [(each.code, '"width"' in each.hint) for each in error.value.diagnostics] == [("U004", True)]


def test_a_fraction_of_a_width_may_be_a_whole_number():
    report = network("3x8x8", "conv 32*width k3", let="{width: 3/4}")
    assert output(report) == (24, 6, 6)
    assert code(network("3x8x8", "conv 33*width k3", let="{width: 3/4}")) == "V001"


def test_a_flag_may_be_a_name():
    for word, parameters in (("yes", 216 + 8), ("no", 216)):
        report = network("3x8x8", "conv 8 k3 bias=biased", let=f"{{biased: {word}}}")
        assert good(report).totals.parameters == parameters


def test_a_name_of_the_input_stays_a_symbol():
    report = good(network("3xHxW", "conv 8 k3 s2 p1", "gap", "flatten", "linear 10"))
    size = report.layers[0].applied.output[1]
    for height in range(1, 40):
        assert substitute(size, {"H": height}) == (height + 2 - 3) // 2 + 1
    assert report.output == (10,)
    assert report.totals.parameters == 224 + 90


def test_a_declared_symbol_stays_one_all_the_way_through():
    report = good(network("CxHxW", "conv 2*C k=K bias=no", symbols="[C, K]"))
    c, k = 5, 7
    assert substitute(report.totals.parameters, {"C": c, "K": k}) == 2 * c * c * k * k
    numeric = good(network("5x20x30", "conv 2*C k=K bias=no", let="{C: 5, K: 7}"))
    assert substitute(report.totals.macs, {"C": 5, "K": 7, "H": 20, "W": 30}) == numeric.totals.macs


@pytest.mark.parametrize("layer", ["conv C k3", "conv 8 k=K", "conv 8 k3 s=S", "2 x conv n k3", "n x conv 8 k3"])
def test_an_undeclared_name_is_an_error_and_never_a_symbol(layer):
    assert network("3x16x16", layer).errors


# Blocks and defaults


BASIC = """
input: 3x32x32
blocks:
  basic:
    about: two convolutions and a way around them
    params: {c: required, s: 1, biased: no}
    layers:
      - residual:
          main: [conv c k3 s=s p1 bias=biased, batchnorm, relu, conv c k3 p1 bias=no, batchnorm]
          shortcut: auto
      - relu
layers:
"""


@pytest.mark.parametrize("use", [
    "basic 8 2", "basic 8 s=2", "basic c=8 s=2", "basic s=2 c=8", "basic: {c: 8, s: 2}", "basic: 8 s=2",
    "basic: c=8 s=2",
    "a: basic 8 2", "a: {basic: {c: 8, s: 2}}", "basic 4*2 1+1", "basic c=8 s=2 biased=no", "1 x basic 8 2",
])  # fmt: skip
def test_a_block_takes_its_parameters_in_many_ways(use):
    report = good(summarise_text(f"{BASIC}  - {use}\n"))
    assert report.output == (8, 16, 16)
    assert report.totals.parameters == 216 + 16 + 576 + 16 + 24 + 16
    assert [layer.kind for layer in report.layers] == [
        "conv", "batchnorm", "relu", "conv", "batchnorm", "conv", "batchnorm", "add", "relu",
    ]  # fmt: skip


def test_a_parameter_that_is_not_given_has_its_default():
    report = good(summarise_text(f"{BASIC}  - basic 3\n"))
    assert report.output == (3, 32, 32)
    assert [layer.kind for layer in report.layers].count("conv") == 2  # the shape is kept: an identity around them
    biased = good(summarise_text(f"{BASIC}  - basic 3 biased=yes\n"))
    assert biased.totals.parameters == report.totals.parameters + 3


@pytest.mark.parametrize("use, error", [
    ("basic", "V006"), ("basic 8 2 0 1", "L012"), ("basic c=8 c=9", "L010"), ("basic 8 stride=2", "K002"),
    ("basic c=d", "V001"), ("basci 8", "K001"),
])  # fmt: skip
def test_a_block_is_used_as_it_is_declared(use, error):
    assert summarise_text(f"{BASIC}  - {use}\n").errors[0].code == error


def test_a_block_may_use_blocks_and_names_of_the_network():
    inner = "inner: {params: [c], layers: [conv c k3, relu]}"
    blocks = f"{{{inner}, outer: {{params: {{c: width}}, layers: [inner c, 2 x inner 2*c]}}}}"
    report = good(network("3x32x32", "outer", "outer 5", blocks=blocks, let="{width: 4}"))
    channels = [layer.applied.output[0] for layer in report.layers if layer.kind == "conv"]
    assert channels == [4, 8, 8, 5, 10, 10]
    assert names(report)[:4] == [
        "outer1.inner1.conv1",
        "outer1.inner1.relu1",
        "outer1.inner2.conv1",
        "outer1.inner2.relu1",
    ]


def test_a_block_cannot_contain_itself():
    assert network("3x8x8", "a", blocks="{a: [b], b: [a]}").errors[0].code == "X002"


def test_names_are_local_to_their_block():
    blocks = "{b: [stem: conv 3 k1, relu, {conv: {filters: 3, kernel: 1, from: stem}}]}"
    report = good(network("3x8x8", "b", "b", blocks=blocks))
    assert [layer.inputs for layer in report.layers if layer.name.endswith("conv1")] == [("b1.stem",), ("b2.stem",)]
    assert network("3x8x8", "b", "relu from=stem", blocks=blocks).errors[0].code == "N002"


@pytest.mark.parametrize("layers, name", [
    (("b", "relu from=b1.stem"), "b1.stem"),
    (("unit: b", "relu from=unit.stem"), "unit.stem"),
    (("stage1: 2 x b", "relu from=stage1.0.stem"), "stage1.0.stem"),
    (("stage1: 2 x b", "relu from=stage1.1.relu1"), "stage1.1.relu1"),
    (("head: [stem: conv 3 k1, relu]", "relu from=head.stem"), "head.stem"),
])  # fmt: skip
def test_the_outside_sees_into_a_block_by_the_whole_name(layers, name):
    report = network("3x8x8", *layers, blocks="{b: [stem: conv 3 k1, relu]}")
    assert good(report).layers[-1].inputs == (name,)


def test_the_outside_sees_a_block_by_its_name_as_its_last_layer():
    report = good(network("3x8x8", "a: b", "relu", "conv 4 k1 from=a", blocks="{b: [conv 3 k1, tanh]}"))
    assert report.layers[-1].inputs == ("a.tanh1",)


def test_defaults_hold_where_a_layer_says_nothing():
    layers = ("conv 8", "conv 8 k5 bias=yes", "maxpool", "pool 2 s1", "conv: {filters: 4, padding: 0}")
    report = network("3x32x32", *layers, defaults="{conv: k3 p1 bias=no, maxpool: k3 s2}")
    assert [layer.applied.output for layer in good(report).layers] == [
        (8, 32, 32), (8, 30, 30), (8, 14, 14), (8, 13, 13), (4, 11, 11),
    ]  # fmt: skip
    assert [layer.applied.parameters for layer in report.layers] == [216, 1608, 0, 0, 288]


@pytest.mark.parametrize(
    "defaults", ["{conv: 8 k3 p1}", "{CONV: {filters: 8, kernel: 3, padding: 1}}", "{conv2d: 8 k3 p1}"]
)
def test_defaults_are_written_as_layers_are(defaults):
    assert output(network("3x32x32", '"INPUT -> CONV"', defaults=defaults)) == (8, 32, 32)


# Branches


def residual(*layers, **more):
    return good(network("8x16x16", *layers, **more))


@pytest.mark.parametrize("way", [
    "residual: [conv 8 k3 p1, relu, conv 8 k3 p1]",
    "residual: {main: [conv 8 k3 p1, relu, conv 8 k3 p1]}",
    "residual: {main: [conv 8 k3 p1, relu, conv 8 k3 p1], shortcut: identity}",
    "residual: {main: [conv 8 k3 p1, relu, conv 8 k3 p1], shortcut: auto}",
    "residual: {main: [conv 8 k3 p1, relu, conv 8 k3 p1], shortcut: []}",
    "residual: {shortcut: identity, main: [conv 8 k3 p1, relu, conv 8 k3 p1]}",
    'residual: {main: "conv 8 k3 p1 -> relu -> conv 8 k3 p1"}',
])  # fmt: skip
def test_a_residual_with_an_identity(way):
    report = residual(way)
    assert [layer.kind for layer in report.layers] == ["conv", "relu", "conv", "add"]
    assert report.layers[-1].inputs == ("conv2", "input")
    assert report.totals.parameters == 2 * 584


def test_the_same_residual_by_names():
    report = residual("start: identity", "conv 8 k3 p1", "relu", "end: conv 8 k3 p1", "add: {from: [end, start]}")
    assert report.layers[-1].inputs == ("end", "start")
    assert facts(report)[1:] == facts(residual("residual: [conv 8 k3 p1, relu, conv 8 k3 p1]"))


@pytest.mark.parametrize("main, shortcut", [
    pytest.param("conv 16 k3 s2 p1", "[conv 16 k1 s2]", id="without normalisation a biased convolution"),
    pytest.param("conv 16 k3 s2 p1 bias=no, batchnorm", "[conv 16 k1 s2 bias=no, batchnorm]", id="with it one without"),
    pytest.param("conv 16 k3 p1", "[conv 16 k1]", id="more channels alone"),
    pytest.param("conv 8 k3 s3x2 p1", "[conv 8 k1 s3x2]", id="a stride an axis"),
])  # fmt: skip
def test_an_automatic_shortcut_is_the_one_by_one_convolution_that_fits(main, shortcut):
    auto = residual(f"residual: {{main: [{main}], shortcut: auto}}")
    assert facts(auto) == facts(residual(f"residual: {{main: [{main}], shortcut: {shortcut}}}"))
    assert auto.layers[-1].kind == "add"


@pytest.mark.parametrize("defaults, parameters", [
    ("conv: bias=no", [16 * 9 * 8, 2 * 16, 16 * 8, 2 * 16]),
    ("conv: bias=no p1, batchnorm: trainable=no", [16 * 9 * 8, 0, 16 * 8, 0]),
    ("conv: trainable=no", [0, 2 * 16, 0, 2 * 16]),
])  # fmt: skip
def test_an_automatic_shortcut_learns_what_the_defaults_let_it_learn(defaults, parameters):
    residual = "residual: {main: [conv 16 k3 s2 p1, batchnorm], shortcut: auto}"
    report = summarise_text(f"input: 8x9x9\ndefaults: {{{defaults}}}\nlayers:\n- {residual}\n")
    assert not report.errors
    assert [layer.applied.parameters for layer in report.layers if layer.kind in ("conv", "batchnorm")] == parameters


@pytest.mark.parametrize("shape, layout, shown", [
    ("8x16x16", "channels_first", "8×16×16 to 2048"),
    ("Wx65", "channels_first", "W×65 to 65·W"),
    ("16x17x8", "channels_last", "16×17×8 to 2176"),
])  # fmt: skip
def test_no_automatic_shortcut_leads_to_another_number_of_axes(shape, layout, shown):
    text = f"input: {shape}\nlayout: {layout}\nlayers:\n- residual: {{main: [flatten], shortcut: auto}}"
    (found,) = summarise_text(text).diagnostics
    assert (found.code, found.message) == ("C033", f"no 1×1 convolution leads from {shown}")


@pytest.mark.parametrize("layer, message, work, hint", [
    ("nn.Linear(7, 5)", "in_features is 7, the input has 8·(H − 2)·(W − 2) features", "", "nn.Linear(8*(H - 2)*(W - 2), 5)"),
    ("reshape 4x5", "4×5 holds 20 numbers, the input 8·(H − 2)·(W − 2)", "", "-1 for a size that follows"),
])  # fmt: skip
def test_letters_in_a_message_are_printed_as_in_a_table_and_typed_in_a_cure(layer, message, work, hint):
    (error,) = network("3xHxW", "conv 8 k3", "flatten", layer).errors
    assert (error.message, error.work) == (message, work)
    assert hint in error.hint


def test_what_a_message_prints_can_be_pasted():
    assert network("3xHxW", "conv 8 k3", "flatten", "nn.Linear(8·(H − 2)·(W − 2), 5)").output == (5,)


def test_paths_that_do_not_fit_are_an_error():
    report = network("8x16x16", "residual: [conv 16 k3 p1]")
    assert code(report) == "C011"


@pytest.mark.parametrize("way", [
    "concat: {1x1: [conv 4 k1], 3x3: [conv 2 k1, conv 6 k3 p1], pool: [maxpool 3 s1 p1]}",
    "concat: [[conv 4 k1], [conv 2 k1, conv 6 k3 p1], [maxpool 3 s1 p1]]",
    'concat: ["conv 4 k1", "conv 2 k1 -> conv 6 k3 p1", "maxpool 3 s1 p1"]',
    "concat: [conv 4 k1, [conv 2 k1, conv 6 k3 p1], maxpool 3 s1 p1]",
    "concat: {1x1: conv 4 k1, 3x3: conv 2 k1 -> conv 6 k3 p1, pool: maxpool 3 s1 p1}",
    "module: {concat: {1x1: [conv 4 k1], 3x3: [conv 2 k1, conv 6 k3 p1], pool: [maxpool 3 s1 p1]}}",
])  # fmt: skip
def test_a_concatenation_of_named_or_unnamed_paths(way):
    report = residual(way)
    assert report.output == (4 + 6 + 8, 16, 16)
    assert facts(report) == facts(residual("concat: [[conv 4 k1], [conv 2 k1, conv 6 k3 p1], [maxpool 3 s1 p1]]"))


def test_paths_that_are_named_name_their_layers():
    report = residual("concat: {1x1: [conv 4 k1], 3x3: [conv 2 k1, conv 6 k3 p1]}")
    assert names(report)[:3] == ["1x1.conv1", "3x3.conv1", "3x3.conv2"]


@pytest.mark.parametrize("way", [
    ("a: conv 4 k1", "b: conv 6 k1 from=input", "concat: {from: [a, b]}"),
    ("a: conv 4 k1", "b: {conv: {filters: 6, kernel: 1, from: input}}", "concat from=[a,b]"),
    ("a: conv 4 k1", "b: {conv: 6 k1, from: input}", "{concat: , from: [a, b]}"),
    ("start: identity", "a: conv 4 k1", "b: conv 6 k1 from=start", "both: concat from=[a,b]"),
])  # fmt: skip
def test_a_concatenation_by_names(way):
    report = residual(*way)
    assert report.layers[-1].inputs == ("a", "b")
    assert report.output == (10, 16, 16)


def test_concatenation_along_another_axis():
    report = residual("a: conv 8 k1", "b: maxpool 1x2 from=input", "concat: {from: [a, b], axis: 3}")
    assert report.output == (8, 16, 24)
    branches = residual("concat: {a: [conv 8 k1], b: [maxpool 1x2], axis: -1}")
    assert branches.output == (8, 16, 24)


def test_a_gate_weighs_its_input():
    report = residual("gate: [globalavgpool, conv 2 k1, relu, conv 8 k1, sigmoid]")
    assert report.output == (8, 16, 16)
    assert report.layers[-1].kind == "multiply"
    assert report.totals.parameters == 2 * 9 + 8 * 3
    dense = residual("gate: [globalavgpool, flatten, linear 2, relu, linear 8, sigmoid]")
    assert (dense.output, dense.totals.parameters) == (report.output, report.totals.parameters)
    named = residual(
        "start: identity", "gap", "conv 2 k1", "relu", "conv 8 k1", "w: sigmoid", "multiply from=[w,start]"
    )
    assert facts(named)[1:] == facts(report)


@pytest.mark.parametrize("layers, error", [
    (("relu from=later", "later: relu"), "N005"),
    (("a: relu from=a",), "N005"),
    (("relu from=nobody",), "N002"),
    (("add: {from: [input]}",), "C030"),
    (("add",), "C030"),
    (("a: relu", "conv: {filters: 4, kernel: 3, from: [a, input]}"), "C030"),
])  # fmt: skip
def test_from_names_what_stands_above_and_as_many_as_are_needed(layers, error):
    assert network("8x16x16", *layers).errors[0].code == error


def test_several_inputs():
    report = good(network("{image: 3x8x8, depth: 1x8x8}", "a: conv 4 k3 p1 from=image", "b: conv 4 k3 p1 from=depth",
                          "concat: {from: [a, b]}", "conv 2 k3"))  # fmt: skip
    assert report.inputs == {"image": (3, 8, 8), "depth": (1, 8, 8)}
    assert report.output == (2, 6, 6)
    assert set(report.layers[-1].fields) == {"image", "depth"}
    assert [field.size for field in report.layers[-1].fields["depth"].fields] == [5, 5]
    bilinear = good(network("{a: 20, b: 30}", "bilinear: {units: 5, from: [a, b]}"))
    assert bilinear.totals.parameters == 5 * (20 * 30 + 1)
    given = summarise_text("input: {a: 3x8x8, b: 3x8x8}\nlayers:\n  - add: {from: [a, b]}\n",
                           Choices({"a": "3x9x9", "b": "3x9x9"}))  # fmt: skip
    assert output(given) == (3, 9, 9)


# User kinds, bases, layouts, conventions, options


INVOLUTION = """
kinds:
  involution:
    doc: every channel has one filter of its own
    keys: kernel k, stride s=1, padding p=0, bias b=no
    size: floor((n + 2*p - k)/s) + 1
    weights: (K + b)*c
    macs: N*K*c
"""


@pytest.mark.parametrize("settings", ["3", "3 s2 p1", "k5 p2", "3x5 s2x1 p1x2", "3 p=same", "3 bias=yes"])
def test_a_user_kind_is_as_good_as_a_built_in_one(settings):
    settings = settings if "bias" in settings else f"{settings} bias=no"
    mine, built_in = (
        good(summarise_text(f"{INVOLUTION}input: 6x20x20\nlayers:\n  - {kind} {settings}\n")).layers[0]
        for kind in ("involution", "dwconv")
    )
    for quantity in QUANTITIES:
        assert getattr(mine.applied, quantity) == getattr(built_in.applied, quantity), quantity
    assert mine.field == built_in.field


@pytest.mark.parametrize("way", [
    "involution k3", "Involution 3", "involution: 3", "involution: {kernel: 3}", "a: involution 3", "2 x involution 3",
    '"involution 3 -> relu"',
])  # fmt: skip
def test_a_user_kind_is_written_in_the_same_ways(way):
    report = good(summarise_text(f"{INVOLUTION}input: 6x20x20\nlayers:\n  - {way}\n"))
    assert report.layers[0].kind == "involution"
    assert report.layers[0].applied.parameters == 54


WEIGHED = {  # fields of a user kind, and what 1x24x24 -> mine 16 k3 bias=yes has: weights, biases
    "both": ({"weights": 100, "biases": 7}, (100, 7)),
    "a ConvLSTM": ({"weights": "4*f*(c + f)*K", "biases": "4*f"}, (9_792, 64)),
    "weights alone": ({"weights": "K*c*f"}, (144, 0)),
    "weights with a letter for the bias": ({"weights": "(K*c + b)*f"}, (144, 16)),
    "biases alone": ({"biases": "f"}, (0, 16)),
    "all of them": ({"parameters": "(K*c + b)*f"}, (144, 16)),
    "all of them and which are biases": ({"parameters": "(K*c + 2)*f", "biases": "2*f"}, (144, 32)),
    "none": ({}, (0, 0)),
}


@pytest.mark.parametrize(("fields", "expected"), WEIGHED.values(), ids=WEIGHED)
def test_weights_and_biases_of_a_user_kind_are_what_they_say(fields, expected):
    kind = {"keys": "filters f, kernel k, bias b", "channels": "f", **fields}
    spec = {"input": "1x24x24", "kinds": {"mine": kind}, "layers": ["mine 16 k3 bias=yes"]}
    applied = good(summarise_text(json.dumps(spec))).layers[0].applied
    weights, biases = expected
    assert (applied.parameters, applied.biases) == (weights + biases, biases)
    assert applied.connections == (16 * 24 * 24 if biases else 0)


MISTAKEN_KINDS = {
    "k of a whole layer": ({"weights": "k*k*c*f"}, "V012", "K is their product"),
    "n of a whole layer": ({"macs": "n*n*f"}, "V012", "M is their product"),
    "a padding of a whole layer": ({"macs": "p*f"}, "V012", "products over the axes"),
    "an unknown letter": ({"weights": "K*z"}, "N001", "declare it under keys"),
    "an unknown letter in the size": ({"size": "n - q"}, "N001", "declare it under keys"),
    "N in the size": ({"size": "n - N"}, "N001", "declare it under keys"),
    "weights and parameters": ({"weights": 1, "parameters": 2}, "V009", "one of the two"),
    "a word for takes": ({"takes": "mapp"}, "V004", "map"),
    "a word for storage": ({"storage": "maybe"}, "V004", "yes, no"),
}


@pytest.mark.parametrize(("fields", "code", "hint"), MISTAKEN_KINDS.values(), ids=MISTAKEN_KINDS)
def test_a_user_kind_that_is_mistaken_says_so(fields, code, hint):
    kind = {"keys": "filters f, kernel k, padding p", "channels": "f", **fields}
    report = summarise_text(json.dumps({"input": "1x24x24", "kinds": {"mine": kind}, "layers": ["conv 1 k1"]}))
    (diagnostic,) = report.errors
    assert diagnostic.code == code
    assert hint in diagnostic.hint


def test_a_user_kind_may_act_on_features_and_need_no_storage():
    kind = {
        "keys": "units f",
        "channels": "f",
        "weights": "c*f",
        "takes": "features",
        "makes": "features",
        "storage": "no",
    }
    report = good(summarise_text(json.dumps({"input": "5x16", "kinds": {"mine": kind}, "layers": ["mine 3"]})))
    assert (report.output, report.totals.parameters, report.totals.activations) == ((5, 3), 48, 0)


def test_a_base_is_built_upon(tmp_path):
    base = "let: {width: 8, classes: 10}\ninput: 3x16x16\ndefaults: {conv: k3}\nblocks: {pair: [conv width, relu]}\n"
    (tmp_path / "base.yaml").write_text(base + "layers: [pair, pair, gap, flatten, linear classes]\n", encoding="utf-8")
    (tmp_path / "wide.yaml").write_text("base: base.yaml\nname: wide\nlet: {width: 16}\n", encoding="utf-8")
    (tmp_path / "deep.yaml").write_text("base: wide\ninput: 1x20x20\nlayers: [3 x pair]\n", encoding="utf-8")
    plain, wide, deep = (good(summarise(str(tmp_path / f"{name}.yaml"))) for name in ("base", "wide", "deep"))
    assert [layer.applied.output[0] for layer in plain.layers] == [8, 8, 8, 8, 8, 8, 10]
    assert [layer.applied.output[0] for layer in wide.layers] == [16, 16, 16, 16, 16, 16, 10]
    assert (deep.inputs, deep.output) == ({"input": (1, 20, 20)}, (16, 14, 14))
    assert (wide.name, deep.name) == ("wide", "wide")


def test_channels_last_reads_the_input_the_other_way_round():
    last = good(network("32x24x3", "conv 8 k3x5", "flatten", "linear 10", layout="channels_last"))
    first = good(network("3x32x24", "conv 8 k3x5", "flatten", "linear 10"))
    assert facts(last) == facts(first)
    assert last.channels_last
    marked = good(network("3@32x24", "conv 8 k3x5", "flatten", "linear 10", layout="channels_last"))
    assert facts(marked) == facts(first)


@pytest.mark.parametrize("convention, layer, expected", [
    pytest.param("pytorch", "maxpool 2 s2", (1, 3, 3), id="PyTorch rounds down"),
    pytest.param("keras", "maxpool 2 s2", (1, 3, 3), id="Keras rounds down"),
    pytest.param("caffe", "maxpool 2 s2", (1, 4, 4), id="Caffe rounds pooling up"),
    pytest.param("caffe", "conv 1 k2 s2", (1, 3, 3), id="Caffe rounds convolutions down"),
    pytest.param("onnx", "maxpool 2", (1, 6, 6), id="ONNX's strides are 1"),
    pytest.param("pytorch", "maxpool 2", (1, 3, 3), id="PyTorch's pooling strides are its kernel"),
    pytest.param("keras", "conv 1 k3 s2 p=same", (1, 4, 4), id="`same` with a stride is Keras's"),
    pytest.param("onnx", "conv 1 k3 s2 p=same", (1, 4, 4), id="and ONNX's"),
    pytest.param("keras", "tconv 1 k2 s3", (1, 21, 21), id="Keras's transposed convolution fills its strides"),
    pytest.param("pytorch", "tconv 1 k2 s3", (1, 20, 20), id="PyTorch's does not"),
    pytest.param("keras", "tconv 1 k3 s2 p=same", (1, 14, 14), id="Keras's `same` doubles"),
    pytest.param("keras", "gap", (1,), id="Keras's global pooling leaves channels alone"),
    pytest.param("pytorch", "gap", (1, 1, 1), id="PyTorch's keeps the axes"),
    pytest.param("textbook", "conv 1 k3 s2", (1, 3, 3), id="a textbook's fits exactly"),
])  # fmt: skip
def test_a_convention_settles_what_the_textbook_leaves_open(convention, layer, expected):
    assert output(network("1x7x7", layer, convention=convention)) == expected
    assert output(summarise_text(f"1x7x7 -> {layer}", Choices(convention=convention))) == expected


@pytest.mark.parametrize("convention, layer, error", [
    ("textbook", "conv 1 k3 s3", "C021"), ("textbook", "maxpool 2", "C021"), ("pytorch", "conv 1 k3 s2 p=same", "C020"),
    ("keras", "conv 1 k3 s2 d2", "C022"), ("pytorch", "maxpool 2 p2", "C006"), ("caffe", "maxpool 2 p2", "C006"),
])  # fmt: skip
def test_a_convention_refuses_what_its_framework_refuses(convention, layer, error):
    assert code(network("1x7x7", layer, convention=convention)) == error


OPTIONAL = '"INPUT -> conv 4 k3 p1 -> bn? -> relu -> [conv 4 k3 p1 -> relu]? -> maxpool 2? -> flatten -> linear 2"'


@pytest.mark.parametrize("without, kinds", [
    ((), "conv batchnorm relu conv relu maxpool flatten linear"),
    (("batchnorm",), "conv relu conv relu maxpool flatten linear"),
    (("bn",), "conv relu conv relu maxpool flatten linear"),
    (("maxpool",), "conv batchnorm relu conv relu flatten linear"),
    (("MaxPool",), "conv batchnorm relu conv relu flatten linear"),
    (("pool",), "conv batchnorm relu conv relu flatten linear"),
    (("batchnorm", "maxpool"), "conv relu conv relu flatten linear"),
    (("all",), "conv relu flatten linear"),
    (("relu",), "conv batchnorm relu conv relu maxpool flatten linear"),
])  # fmt: skip
def test_optional_items_are_kept_unless_a_run_leaves_them_out(without, kinds):
    report = summarise_text(f"input: 3x8x8\nlayers:\n  - {OPTIONAL}\n", Choices(without=without))
    assert [layer.kind for layer in good(report).layers] == kinds.split()


def test_an_optional_layer_is_left_out_by_its_name():
    report = summarise_text("input: 3x8x8\nlayers:\n  - extra: conv 4 k3?\n  - relu\n", Choices(without=("extra",)))
    assert [layer.kind for layer in good(report).layers] == ["relu"]


# Random chains, written in every form


whole = st.integers(1, 4)


@st.composite
def convolution(draw, rank):
    axes = {
        "kernel": st.integers(1, 4),
        "stride": st.integers(1, 3),
        "padding": st.integers(0, 2),
        "dilation": st.integers(1, 2),
    }
    values = {key: draw(each | st.lists(each, min_size=rank, max_size=rank)) for key, each in axes.items()}
    return "conv", {"filters": draw(st.integers(1, 9)), **values, "bias": draw(st.booleans())}


@st.composite
def pooling(draw, rank):
    kernel = draw(whole | st.lists(whole, min_size=rank, max_size=rank))
    values = {"kernel": kernel, "stride": draw(whole), "ceil": draw(st.booleans())}
    return draw(st.sampled_from(["maxpool", "avgpool"])), values


@st.composite
def transposed(draw, rank):
    stride = draw(st.integers(2, 3))
    values = {"kernel": draw(st.integers(1, 4)), "stride": stride, "padding": draw(st.integers(0, 1))}
    return "tconv", {"filters": draw(st.integers(1, 9)), **values, "output_padding": draw(st.integers(0, stride - 1))}


@st.composite
def chains(draw, least=6, most=24):
    rank = draw(st.integers(1, 3))
    shape = [draw(st.integers(1, 5)), *draw(st.lists(st.integers(least, most), min_size=rank, max_size=rank))]
    simple = st.sampled_from(
        [("relu", {}), ("batchnorm", {}), ("upsample", {"scale": 2}), ("tanh", {}), ("dropout", {})]
    )
    layers = draw(st.lists(convolution(rank) | pooling(rank) | transposed(rank) | simple, min_size=1, max_size=5))
    if draw(st.booleans()):
        layers += [("flatten", {}), ("linear", {"units": draw(st.integers(1, 20)), "bias": draw(st.booleans())})]
    return shape, layers


LETTER = {"kernel": "k", "stride": "s", "padding": "p", "dilation": "d", "output_padding": "op"}
TORCH = {
    "conv": "Conv{}d", "tconv": "ConvTranspose{}d", "maxpool": "MaxPool{}d", "avgpool": "AvgPool{}d", "relu": "ReLU",
    "batchnorm": "BatchNorm{}d", "upsample": "Upsample", "tanh": "Tanh", "dropout": "Dropout", "flatten": "Flatten",
    "linear": "Linear",
}  # fmt: skip
TORCH_KEYS = {
    "filters": "out_channels", "kernel": "kernel_size", "ceil": "ceil_mode", "units": "out_features",
    "scale": "scale_factor",
}  # fmt: skip


def listed(value, left="[", right="]"):
    return left + ", ".join(map(str, value)) + right if isinstance(value, list) else str(value)


def word(value):
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else listed(value).replace(" ", "")


def shorthand(kind, values, rank):
    parts = [kind]
    for key, value in values.items():
        if key in ("filters", "units", "scale"):
            parts.append(str(value))
        elif key in LETTER and isinstance(value, list) and value[0]:
            parts.append(LETTER[key] + "x".join(map(str, value)))
        elif key in LETTER and not isinstance(value, list):
            parts.append(f"{LETTER[key]}{value}")
        else:
            parts.append(f"{key}={word(value)}")
    return " ".join(parts)


def mapping(kind, values, rank):
    return f"{kind}: {json.dumps(values)}"


def keyed(kind, values, rank):
    return " ".join(
        [
            f"{kind}{rank}d" if kind in ("conv", "tconv") else kind,
            *(f"{key}={word(value)}" for key, value in values.items()),
        ]
    )


def torch_class(kind, values, rank):
    settings = {TORCH_KEYS.get(key, key): value for key, value in values.items()}
    return f"{TORCH[kind].format(rank)}: {json.dumps(settings)}"


def torch_call(kind, values, rank):
    if kind == "batchnorm":  # its call needs num_features, which its mapping does not
        return torch_class(kind, values, rank)
    arguments = (f"{TORCH_KEYS.get(key, key)}={listed(value, '(', ',)')}" for key, value in values.items())
    return f"nn.{TORCH[kind].format(rank)}({', '.join(arguments)})"


WRITERS = (shorthand, mapping, keyed, torch_class, torch_call)


@given(chains())
def test_a_random_chain_is_the_same_in_every_form(chain):
    shape, layers = chain
    rank, text = len(shape) - 1, "x".join(map(str, shape))
    first = network(text, *(mapping(*layer, rank) for layer in layers))
    reports = [network(text, *(write(*layer, rank) for layer in layers)) for write in WRITERS]
    arrows = " -> ".join(shorthand(*layer, rank) for layer in layers)
    reports += [
        summarise_text(f"{text} -> {arrows}"),
        network(text, json.dumps(arrows)),
        network(text, f'"[{arrows}]*1"'),
    ]
    for report in reports:
        assert facts(report) == facts(first)
        assert report.totals == first.totals
        assert [error.code for error in report.errors] == [error.code for error in first.errors]


@given(chains(), st.lists(st.integers(6, 40), min_size=3, max_size=3), st.integers(1, 6))
def test_a_symbolic_network_evaluated_is_the_numeric_one(chain, sizes, channels):
    shape, layers = chain
    rank = len(shape) - 1
    letters = "HWD"[:rank]
    put_in = dict(zip(letters, sizes, strict=False)) | {"C": channels}
    entries = [shorthand(*layer, rank) for layer in layers]
    numeric = network("x".join(map(str, (channels, *sizes[:rank]))), *entries)
    symbolic = network("x".join(("C", *letters)), *entries)
    assume(not numeric.errors)  # symbols are taken on trust
    good(symbolic)
    for said, computed in zip(symbolic.layers, numeric.layers, strict=True):
        for quantity in QUANTITIES[1:]:
            value = substitute(getattr(said.applied, quantity), put_in)
            assert value == getattr(computed.applied, quantity), (said.name, quantity)
        assert tuple(substitute(size, put_in) for size in said.applied.output) == computed.applied.output
    assert substitute(symbolic.totals.parameters, put_in) == numeric.totals.parameters


def test_decimals_are_read_exactly():
    for scale in ("1.5", "3/2", "1.50"):
        assert output(network("1x10x10", f"upsample {scale}")) == (1, 15, 15)
    assert output(network("1x10x10", "upsample 1.1")) == (1, 11, 11)  # in floating point 10·1.1 is a little more


@pytest.mark.parametrize(
    ("text", "output"),
    [("conv 8 k3 -> relu", (8, 30, 30)), ("[conv 8 k3 -> relu]*2 -> relu", (8, 28, 28)), ("INPUT -> conv 8 k5", (8, 28, 28)),
     ("nn.Conv2d(3, 8, 3) -> relu", (8, 30, 30)), ("3x9x9 -> conv 8 k3", (8, 30, 30))],
)  # fmt: skip
def test_a_chain_that_begins_with_a_layer_leaves_the_input_to_the_option(text, output):
    assert summarise_text(text, Choices({"": "3x32x32"})).output == output


def test_a_size_that_is_half_a_cell_is_refused_and_told_of_letters():
    network = "input: 4x{side}\nkinds: {{half: {{keys: kernel k, size: n/2}}}}\nlayers: [half 2]\n"
    (error,) = summarise_text(network.format(side=7)).errors
    assert (error.code, error.message) == ("C004", "the output would be 4×7/2")
    assert summarise_text(network.format(side=8)).output == (4, 4)
    (found,) = summarise_text(network.format(side="H")).diagnostics
    assert found.message == "the network fits when H is even"
