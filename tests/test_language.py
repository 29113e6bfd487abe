"""Every way to write a network means the same: shorthand, mappings, pasted calls, arrows, blocks, names."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcalc.poly import substitute
from convcalc.summary import Choices, summarise, summarise_text

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
    return summarise_text(f"{keys}input: {shape}\nlayers:\n{entries}")


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
        "nn.Conv2d(in_channels=3, out_channels=8, kernel_size=3, stride=2, padding=1, bias=False, padding_mode='zeros')",
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
        "conv 6 k3 s2", "conv1d 6 k3 s2", "conv 6 k=[3] s=(2,)", "nn.Conv1d(4, 6, 3, 2)", "layers.Conv1D(6, 3, strides=2)",
        "Conv1d: {in_channels: 4, out_channels: 6, kernel_size: 3, stride: 2}", "conv: {filters: 6, kernel: [3], stride: 2}",
    ]),
    "a convolution of a film": ("2x8x16x16", (4, 6, 7, 14), 4 * (2 * 27 + 1), [
        "conv 4 k3 s1x2x1", "conv3d 4 k3x3x3 s1x2x1", "nn.Conv3d(2, 4, 3, stride=(1, 2, 1))",
        "layers.Conv3D(4, (3, 3, 3), strides=(1, 2, 1))", "conv: {filters: 4, kernel: 3, stride: [1, 2, 1]}",
        "conv 4 k3 s1×2×1 p0x0x0" if False else "conv 4 k3 s1×2×1 p=0",
    ]),
    "a convolution that keeps the size": ("3x9x9", (4, 9, 9), 4 * 76, [
        "conv 4 k5 p2", "conv 4 k5 p=same", "conv 4 k5 same", "conv 4 k5 padding=same_lower", "nn.Conv2d(3, 4, 5, padding='same')",
        'layers.Conv2D(4, 5, padding="same")', "conv: {filters: 4, kernel: 5, padding: same}",
    ]),
    "a depthwise convolution": ("6x9x9", (12, 7, 7), 120, [
        "dwconv 3 m2", "dwconv k3 m2", "depthwise 3 multiplier=2", "dwconv2d 3 m2", "DepthwiseConv2D(3, depth_multiplier=2)",
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
        "maxpool 3 s2", "maxpool k3 s2", "pool 3 s2", "MaxPool 3 s2", "max_pool 3 s2", "maxpool2d 3 s2", "maxpool: 3 s2",
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
        "layers.Dense(10)", "Dense(units=10)", "Linear (784 -> 10)", "Linear(784 -> 10)", "dense: {units: 10, use_bias: yes}",
        "Linear: {in_features: 784, out_features: 10}",
    ]),
    "batch normalisation": ("6x9x9", (6, 9, 9), 12, [
        "batchnorm", "bn", "BatchNorm", "batchnorm2d", "batchnorm affine=yes", "batchnorm:", "batchnorm: {track: yes}",
        "nn.BatchNorm2d(6)", "nn.BatchNorm2d(6, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
        "layers.BatchNormalization()", "BatchNorm2d: {num_features: 6}", "batch_norm",
    ]),
    "batch normalisation that learns nothing": ("6x9x9", (6, 9, 9), 0, [
        "batchnorm affine=no", "nn.BatchNorm2d(6, affine=False)", "batchnorm: {affine: false}",
    ]),
    "group normalisation": ("6x9x9", (6, 9, 9), 12, [
        "groupnorm 3", "groupnorm groups=3", "nn.GroupNorm(3, 6)", "groupnorm: {groups: 3}", "groupnorm: {num_groups: 3}",
    ]),
    "layer normalisation": ("5x64", (5, 64), 128, [
        "layernorm", "nn.LayerNorm(64)", "layernorm: {normalized_shape: 64}", "LayerNorm: {normalized_shape: [64]}", "ln",
    ]),
    "up-sampling": ("4x5x7", (4, 10, 14), 0, [
        "upsample 2", "upsample scale=2", "upsample r2", "upsample 2x2", "upsample 2 mode=nearest", "upsample 4/2",
        "upsample 2.0", "upsample output=10x14" if False else "upsample: {scale: 2}", "nn.Upsample(scale_factor=2)",
        "nn.Upsample(None, 2)", "layers.UpSampling2D(2)", "layers.UpSampling2D(size=(2, 2))", "interpolate 2",
    ]),
    "up-sampling to a size": ("4x5x7", (4, 9, 9), 0, [
        "upsample size=9x9 mode=bilinear", "upsample output=9 mode=bilinear", "nn.Upsample((9, 9), mode='bilinear')",
        "nn.Upsample(size=9, mode='bilinear', align_corners=True)", "upsample: {size: [9, 9], mode: bilinear}",
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
        "relu", "ReLU", "RELU", "nn.ReLU()", "nn.ReLU(inplace=True)", "layers.ReLU()", "relu:", "ReLU()", "nn.ReLU(True)",
    ]),
    "dropout": ("64", (64,), 0, [
        "dropout 0.5", "dropout p=0.5", "dropout rate=0.5", "nn.Dropout(0.5)", "nn.Dropout(p=0.5)", "layers.Dropout(0.5)",
        "dropout: {rate: 0.5}", "dropout: 0.5", "Dropout: {p: 0.5}",
    ]),
    "the mean of a map": ("3x5x5", (3, 1, 1), 0, [
        "globalavgpool", "gap", "global_avg_pool", "globalavgpool keep=yes", "GlobalAvgPool",
    ]),
    "words in place of numbers": ("10", (10, 6), 60, [
        "embedding 10 6" if False else "embedding: {count: 10, units: 6}", "nn.Embedding(10, 6)",
        "layers.Embedding(10, 6)" if False else "Embedding: {num_embeddings: 10, embedding_dim: 6}",
    ]),
}  # fmt: skip


def forms():
    for what, (shape, expected, parameters, ways) in FORMS.items():
        for way in ways:
            yield pytest.param(shape, expected, parameters, ways[0], way, id=f"{what}: {way}")


@pytest.mark.parametrize("shape, expected, parameters, first, way", forms())
def test_every_form_of_a_layer_is_the_same_layer(shape, expected, parameters, first, way):
    report = good(network(shape, way))
    assert (report.output, report.totals.parameters) == (expected, parameters)
    assert facts(report) == facts(network(shape, first))
