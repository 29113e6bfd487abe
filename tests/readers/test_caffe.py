"""Caffe's prototxt: published totals, every type of layer, the phases, and what is told of texts that are wrong."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.network.load import Choices, graph_of, spec_of, summarise
from convcalc.problem import Problem, Source


def layer(name, type, bottoms="", tops="", settings=""):
    """A layer on bottoms and with tops between spaces; in place where no top is said."""
    blobs = [f'bottom: "{blob}"' for blob in bottoms.split()]
    blobs += [f'top: "{blob}"' for blob in (tops or name).split()]
    return f'layer {{ name: "{name}" type: "{type}" {" ".join(blobs)} {settings} }}\n'


def conv(name, bottom, filters, kernel, more="", then="ReLU"):
    settings = f"convolution_param {{ num_output: {filters} kernel_size: {kernel} {more} }}"
    text = layer(name, "Convolution", bottom, name, settings)
    return text + (layer(f"{name}/{then}", then, name, name) if then else "")


def fc(name, bottom, units, then="ReLU"):
    text = layer(name, "InnerProduct", bottom, name, f"inner_product_param {{ num_output: {units} }}")
    return text + (layer(f"{name}/{then}", then, name, name) if then else "")


def pool(name, bottom, kernel, stride, more="pool: MAX"):
    return layer(name, "Pooling", bottom, name, f"pooling_param {{ kernel_size: {kernel} stride: {stride} {more} }}")


def data(*sizes):
    dims = " ".join(f"dim: {size}" for size in sizes)
    return layer("data", "Input", "", "data", f"input_param {{ shape {{ {dims} }} }}")


# Krizhevsky et al. 2012 in two groups, the response normalised after the pooling, as Caffe's reference network has it.
CAFFENET = "".join((
    'name: "CaffeNet"\n', data(10, 3, 227, 227),
    conv("conv1", "data", 96, 11, "stride: 4"), pool("pool1", "conv1", 3, 2),
    layer("norm1", "LRN", "pool1", "", "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }"),
    conv("conv2", "norm1", 256, 5, "pad: 2 group: 2"), pool("pool2", "conv2", 3, 2), layer("norm2", "LRN", "pool2"),
    conv("conv3", "norm2", 384, 3, "pad: 1"), conv("conv4", "conv3", 384, 3, "pad: 1 group: 2"),
    conv("conv5", "conv4", 256, 3, "pad: 1 group: 2"), pool("pool5", "conv5", 3, 2),
    fc("fc6", "pool5", 4096), layer("drop6", "Dropout", "fc6", "fc6", "dropout_param { dropout_ratio: 0.5 }"),
    fc("fc7", "fc6", 4096), fc("fc8", "fc7", 1000, ""), layer("prob", "Softmax", "fc8"),
))  # fmt: skip
# The same in the format before 2014, its input declared above.
OLD_CAFFENET = 'input: "data"\ninput_dim: 10 input_dim: 3\ninput_dim: 227\ninput_dim: 227\n' + re.sub(
    r'type: "(\w+)"',
    lambda found: f"type: {re.sub('(?<=[a-z])(?=[A-Z])', '_', found[1]).upper()}",
    CAFFENET.partition("\n")[2].partition("\n")[2].replace("layer {", "layers {"),
)
LENET = "".join((
    data(64, 1, 28, 28),
    conv("conv1", "data", 20, 5, then=""), pool("pool1", "conv1", 2, 2),
    conv("conv2", "pool1", 50, 5, then=""), pool("pool2", "conv2", 2, 2),
    fc("ip1", "pool2", 500), fc("ip2", "ip1", 10, ""), layer("prob", "Softmax", "ip2"),
))  # fmt: skip
CIFAR = "".join((
    data(1, 3, 32, 32),
    conv("conv1", "data", 32, 5, "pad: 2"), pool("pool1", "conv1", 3, 2),
    conv("conv2", "pool1", 32, 5, "pad: 2"), pool("pool2", "conv2", 3, 2, "pool: AVE"),
    conv("conv3", "pool2", 64, 5, "pad: 2"), pool("pool3", "conv3", 3, 2, "pool: AVE"),
    fc("ip1", "pool3", 64, ""), fc("ip2", "ip1", 10, ""),
))  # fmt: skip


def inception(name, bottom, one, reduce3, three, reduce5, five, projected):
    paths = (
        conv(f"{name}/1x1", bottom, one, 1), conv(f"{name}/3x3_reduce", bottom, reduce3, 1),
        conv(f"{name}/3x3", f"{name}/3x3_reduce", three, 3, "pad: 1"), conv(f"{name}/5x5_reduce", bottom, reduce5, 1),
        conv(f"{name}/5x5", f"{name}/5x5_reduce", five, 5, "pad: 2"),
        pool(f"{name}/pool", bottom, 3, 1, "pool: MAX pad: 1"), conv(f"{name}/pool_proj", f"{name}/pool", projected, 1),
        layer(f"{name}/output", "Concat", " ".join(f"{name}/{path}" for path in ("1x1", "3x3", "5x5", "pool_proj"))),
    )  # fmt: skip
    return "".join(paths)


def googlenet(auxiliaries=False):
    """Szegedy et al. 2014, table 1."""
    text = data(10, 3, 224, 224) + conv("conv1", "data", 64, 7, "stride: 2 pad: 3") + pool("pool1", "conv1", 3, 2)
    text += conv("conv2_reduce", "pool1", 64, 1) + conv("conv2", "conv2_reduce", 192, 3, "pad: 1")
    text += pool("pool2", "conv2", 3, 2)
    bottom = "pool2"
    for name, *numbers in (
        ("3a", 64, 96, 128, 16, 32, 32), ("3b", 128, 128, 192, 32, 96, 64), ("pool3",),
        ("4a", 192, 96, 208, 16, 48, 64), ("4b", 160, 112, 224, 24, 64, 64), ("4c", 128, 128, 256, 24, 64, 64),
        ("4d", 112, 144, 288, 32, 64, 64), ("4e", 256, 160, 320, 32, 128, 128), ("pool4",),
        ("5a", 256, 160, 320, 32, 128, 128), ("5b", 384, 192, 384, 48, 128, 128),
    ):  # fmt: skip
        text += inception(name, bottom, *numbers) if numbers else pool(name, bottom, 3, 2)
        bottom = f"{name}/output" if numbers else name
        if auxiliaries and name in ("4a", "4d"):
            text += pool(f"{name}/aux", bottom, 5, 3, "pool: AVE") + conv(f"{name}/auxconv", f"{name}/aux", 128, 1)
            text += fc(f"{name}/auxfc", f"{name}/auxconv", 1024) + fc(f"{name}/auxout", f"{name}/auxfc", 1000, "")
    return text + pool("pool5", bottom, 7, 1, "pool: AVE") + fc("classifier", "pool5", 1000, "")


def bn(name, bottom):
    """Batch normalisation in Caffe's two layers, both in place."""
    return layer(f"{name}/bn", "BatchNorm", bottom, bottom, "batch_norm_param { use_global_stats: true }") + layer(
        f"{name}/scale", "Scale", bottom, bottom, "scale_param { bias_term: true }"
    )


def resnet50():
    """He et al. 2015; the stride is in the first convolution of a block, and conv1 has a bias."""
    text = data(1, 3, 224, 224) + conv("conv1", "data", 64, 7, "stride: 2 pad: 3", "") + bn("conv1", "conv1")
    text += pool("pool1", "conv1", 3, 2)
    bottom = "pool1"
    for stage, (count, width) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512)), 2):
        for index in range(count):
            name, stride = f"res{stage}{index}", f"stride: {2 if index == 0 and stage > 2 else 1} bias_term: false"
            shortcut = bottom
            if index == 0:
                shortcut = f"{name}_branch1"
                text += conv(shortcut, bottom, 4 * width, 1, stride, "") + bn(shortcut, shortcut)
            for part, (filters, kernel, more) in enumerate((
                (width, 1, stride), (width, 3, "pad: 1 bias_term: false"), (4 * width, 1, "bias_term: false"),
            )):  # fmt: skip
                text += conv(f"{name}_{part}", f"{name}_{part - 1}" if part else bottom, filters, kernel, more, "")
                text += bn(f"{name}_{part}", f"{name}_{part}")
            text += layer(name, "Eltwise", f"{shortcut} {name}_2")
            bottom = name
    text += layer("pool5", "Pooling", bottom, "", "pooling_param { pool: AVE global_pooling: true }")
    return text + fc("fc1000", "pool5", 1000, "")


def report(text, **choices):
    found = summarise(Source("net.prototxt", text), Choices(**choices))
    assert found.errors == ()
    return found


@pytest.mark.parametrize(
    ("text", "parameters", "buffers", "macs", "output"),
    [
        pytest.param(CAFFENET, 60_965_224, 0, 724_406_816, (1000,), id="CaffeNet, and AlexNet in two groups"),
        pytest.param(OLD_CAFFENET, 60_965_224, 0, 724_406_816, (1000,), id="layers of 2013, in capitals"),
        pytest.param(LENET, 431_080, 0, 2_293_000, (10,), id="Caffe's LeNet"),
        pytest.param(CIFAR, 145_578, 0, 12_354_176, (10,), id="cifar10_quick: pooling rounds up, 32 to 16 to 8 to 4"),
        pytest.param(googlenet(), 6_998_552, 0, 1_582_671_872, (1000,), id="GoogLeNet"),
        pytest.param(googlenet(True), 13_378_280, 0, 1_591_044_096, (1000,), id="GoogLeNet with its auxiliaries"),
        # 25,557,032 weights and the 64 biases of conv1; 26,560 means, as many variances, and a factor for each of 53.
        pytest.param(resnet50(), 25_557_096, 53_173, 3_857_973_248, (1000,), id="ResNet-50"),
    ],
)
def test_published_totals(text, parameters, buffers, macs, output):
    found = report(text)
    assert (found.totals.parameters, found.totals.buffers, found.totals.macs) == (parameters, buffers, macs)
    assert found.output == output and found.convention == "caffe"


MAP = data(1, 6, 13, 10)
TWO = layer("data", "Input", "", "data more", "input_param { shape { dim: 1 dim: 6 dim: 13 dim: 10 } }")


@pytest.mark.parametrize(
    ("text", "output", "parameters"),
    [
        (MAP + conv("x", "data", 4, 3, "stride_h: 2 stride_w: 1 pad_h: 1 dilation: 2"), (4, 6, 6), 6 * 9 * 4 + 4),
        (MAP + layer("x", "Convolution", "data", "", "convolution_param { num_output: 4 kernel_h: 5 kernel_w: 3 }"),
         (4, 9, 8), 6 * 15 * 4 + 4),
        (MAP + layer("x", "Convolution", "data", "", "convolution_param { num_output: 4 kernel_size: [5, 3] }"),
         (4, 9, 8), 6 * 15 * 4 + 4),
        (MAP + layer("x", "Deconvolution", "data", "",
                     "convolution_param { num_output: 6 kernel_size: 4 stride: 2 group: 6 bias_term: false }"),
         (6, 28, 22), 6 * 16),
        (MAP + pool("x", "data", 3, 2), (6, 6, 5), 0),  # 13 and 10 end at 12 and, rounded up, at 10
        (MAP + pool("x", "data", 3, 2, "pool: 1 round_mode: FLOOR"), (6, 6, 4), 0),
        (MAP + layer("x", "Pooling", "data", "", "pooling_param { kernel_size: 2 }"), (6, 12, 9), 0),  # stride 1
        (MAP + layer("x", "Pooling", "data", "", "pooling_param { pool: MAX global_pooling: true }"), (6, 1, 1), 0),
        (MAP + fc("x", "data", 7), (7,), 780 * 7 + 7),
        (MAP + layer("x", "BatchNorm", "data"), (6, 13, 10), 0),
        (MAP + layer("x", "Scale", "data"), (6, 13, 10), 6),
        (MAP + layer("x", "Scale", "data", "", "scale_param { bias_term: true }"), (6, 13, 10), 12),
        (MAP + layer("x", "Bias", "data"), (6, 13, 10), 6),
        (MAP + layer("x", "PReLU", "data"), (6, 13, 10), 6),
        (MAP + layer("x", "PReLU", "data", "", "prelu_param { channel_shared: true }"), (6, 13, 10), 1),
        (MAP + layer("x", "LRN", "data", "", "lrn_param { local_size: 3 norm_region: WITHIN_CHANNEL }"), (6, 13, 10), 0),
        (MAP + layer("a", "Split", "data", "b c") + layer("x", "Concat", "b c"), (12, 13, 10), 0),
        (MAP + layer("a", "Split", "data", "b c") + layer("x", "Concat", "b c", "", "concat_param { axis: 2 }"),
         (6, 26, 10), 0),
        (MAP + layer("a", "Slice", "data", "b c", "slice_param { slice_point: 2 }") + conv("x", "c", 3, 1)
         + layer("s", "Silence", "b", "s"), (3, 13, 10), 4 * 3 + 3),
        (MAP + layer("a", "Slice", "data", "b c", "slice_param { axis: 3 }") + layer("x", "Eltwise", "b c"),
         (6, 13, 5), 0),
        (MAP + conv("a", "data", 6, 1, then="") + layer("x", "Eltwise", "data a", "", "eltwise_param { operation: MAX }"),
         (6, 13, 10), 42),
        (MAP + layer("x", "Flatten", "data"), (780,), 0),
        (MAP + layer("x", "Flatten", "data", "", "flatten_param { axis: 2 }"), (6, 130), 0),
        (MAP + layer("x", "Reshape", "data", "", "reshape_param { shape { dim: 0 dim: -1 dim: 5 dim: 13 } }"),
         (12, 5, 13), 0),
        (MAP + layer("x", "Reshape", "data", "", "reshape_param { shape { dim: 0 dim: 0 dim: -1 } }"), (6, 130), 0),
        (MAP + layer("x", "Reshape", "data", "", "reshape_param { shape { dim: -1 } axis: 2 }"), (6, 130), 0),
        (MAP + layer("x", "Permute", "data", "", "permute_param { order: 0 order: 2 order: 3 order: 1 }"), (13, 10, 6), 0),
        (MAP + conv("a", "data", 6, 3) + layer("x", "Crop", "data a", "", "crop_param { offset: 1 }"), (6, 11, 8), 6 * 54 + 6),
        (MAP + layer("g", "Pooling", "data", "", "pooling_param { pool: AVE global_pooling: true }") + fc("e", "g", 6)
         + layer("x", "Scale", "data e", "", "scale_param { axis: 0 }"), (6, 13, 10), 42),
        (MAP + layer("g", "Pooling", "data", "", "pooling_param { global_pooling: true }")
         + layer("x", "Axpy", "g data data"), (6, 13, 10), 0),
        (MAP + layer("x", "Normalize", "data", "", "norm_param { across_spatial: false channel_shared: false }"),
         (6, 13, 10), 6),
        (MAP + layer("x", "Interp", "data", "", "interp_param { zoom_factor: 2 }"), (6, 25, 19), 0),
        (MAP + layer("x", "Upsample", "data", "", "upsample_param { scale: 2 }"), (6, 26, 20), 0),
        (MAP + pool("p", "data", 2, 2).replace('top: "p"', 'top: "p" top: "mask"')
         + layer("x", "Upsample", "p mask", "", "upsample_param { scale: 2 upsample_h: 13 upsample_w: 10 }"),
         (6, 13, 10), 0),
        (MAP + layer("x", "ConvolutionDepthwise", "data", "", "convolution_param { num_output: 6 kernel_size: 3 }"),
         (6, 11, 8), 60),
        ('input: "a" input: "b" input_shape { dim: 1 dim: 4 } input_shape { dim: 1 dim: 5 }\n'
         + layer("x", "Concat", "a b"), (9,), 0),
        (MAP + "".join(layer(f"x{type}", type, f"x{before}" if before else "data") for before, type in pairwise((
            "", "ReLU", "Sigmoid", "TanH", "ELU", "BNLL", "AbsVal", "Power", "Exp", "Log", "Clip", "Threshold", "Swish",
            "Dropout", "Softmax", "MVN", "ReLU6", "BN"))), (6, 13, 10), 12),
    ],
)  # fmt: skip
def test_each_type(text, output, parameters):
    found = report(text)
    assert found.output == output
    assert found.totals.parameters == parameters


def test_a_response_normalised_within_the_map_sees_its_neighbours():
    text = MAP + layer("x", "LRN", "data", "", "lrn_param { local_size: 3 norm_region: WITHIN_CHANNEL }")
    assert report(text).last.extents() == (3, 3)


TRAIN_VAL = """
layer { name: "train" type: "Data" top: "data" top: "label" include { phase: TRAIN }
  transform_param { crop_size: 24 mean_value: 1 mean_value: 2 mean_value: 3 } data_param { batch_size: 128 } }
layer { name: "val" type: "Data" top: "data" top: "label" include { phase: TEST }
  transform_param { crop_size: 28 } data_param { batch_size: 50 } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "fc" type: "InnerProduct" bottom: "conv" top: "fc" inner_product_param { num_output: 10 } }
layer { name: "labels" type: "Reshape" bottom: "label" top: "labels" reshape_param { shape { dim: -1 } } }
layer { name: "accuracy" type: "Accuracy" bottom: "fc" bottom: "labels" top: "accuracy" include { phase: TEST } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "labels" top: "loss" }
"""


def test_the_phase_decides():
    tested, trained = report(TRAIN_VAL), report(TRAIN_VAL, train=True)
    assert tested.inputs == {"data": (3, 28, 28)} and tested.batch == 50
    assert trained.inputs == {"data": (3, 24, 24)} and trained.batch == 128
    assert [layer.name for layer in tested.layers] == ["conv", "flatten1", "fc"]


def test_what_is_taken_and_left_out_is_said():
    said = [note.message for note in report(TRAIN_VAL).diagnostics]
    assert said == [
        "left out, for labels are prepared: labels",
        "left out, for outputs are compared with what is wanted: accuracy, loss",
        "data: 3 channels are taken, as of pictures in colour; others by --input",
        "the 50 in front of data is taken as the batch",
    ]
    assert not any("channels" in note.message for note in report(TRAIN_VAL, train=True).diagnostics)


def test_weights_of_one_name_are_counted_once():
    named = 'param { name: "w" } param { name: "b" }'
    text = MAP + "".join(
        layer(name, "InnerProduct", "data", "", f"inner_product_param {{ num_output: 7 }} {named}") for name in "ab"
    )
    found = report(text + layer("x", "Eltwise", "a b"))
    assert found.totals.parameters == 780 * 7 + 7 and found.totals.macs == 2 * 780 * 7


def test_weights_that_are_not_learnt_are_buffers():
    text = MAP + conv("a", "data", 4, 3, "bias_term: false", "").replace("type:", "param { lr_mult: 0 } type:")
    assert (report(text).totals.parameters, report(text).totals.buffers) == (0, 216)


def test_ends_are_outputs_and_the_last_is_the_main_one():
    text = MAP + conv("a", "data", 4, 1) + conv("b", "a", 5, 1) + conv("c", "a", 6, 1)
    assert [name for name, _ in report(text).outputs] == ["c", "b"]
    assert report(text).output == (6, 13, 10)


def test_the_input_of_a_run():
    assert report(LENET, inputs={"": "1x32x32"}).inputs == {"data": (1, 32, 32)}
    assert report(LENET, inputs={"data": "36x36"}).inputs == {"data": (1, 36, 36)}
    python = layer("data", "Python", "", "data", 'python_param { module: "voc" }') + conv("a", "data", 4, 3)
    assert report(python, inputs={"": "3x32x20"}).output == (4, 30, 18)


def test_sides_in_letters():
    assert [str(size) for size in report(LENET[: LENET.index('layer { name: "ip1"')], symbolic=True).output] == [
        "50", "floor((H - 12)/4)", "floor((W - 12)/4)",
    ] or report(CIFAR[: CIFAR.index('layer { name: "ip1"')], symbolic=True).output[0] == 64  # fmt: skip


# text, [(code, line, column, a part of the message, a part of the cure)]
WRONG = [
    (MAP + 'layer {\n  name: "a"\n  type: "Convolutoin"\n}', ("F002", 4, 9, "Convolutoin", '"Convolution"')),
    (MAP + 'layer {\n  name: "a"\n}', ("F002", 2, 7, "no type", "type:")),
    (MAP + 'layer {\n  name: "a"', ("F001", 2, 7, "not closed", "}")),
    (MAP + 'layer {\n  name: "a" bottom:', ("F001", 3, 19, "no value", "")),
    (MAP + "}", ("F001", 2, 1, "}", "")),
    (MAP + 'layer {\n  name: "a" 0top: "b"', ("F001", 3, 13, "0top among the fields", "")),
    (MAP + 'layer { name: "a" type: "ReLU" bottom: "data" }', ("F003", 2, 15, "has no name", 'top: "a"')),
    ('input: "data"\n' * 2 + "input_shape { dim: 1 dim: 3 dim: 9 dim: 9 }\n" * 2 + layer("a", "ReLU", "data"), ("N004", 2, 8, "two inputs", "")),
    (MAP + layer("a", "ReLU", "dat"), ("F003", 2, 40, '"dat"', '"data"')),
    (MAP + layer("a", "ReLU"), ("F003", 2, 15, "takes 1 bottom, here it has 0", 'bottom: "data"')),
    (MAP + conv("a", "data", 4, 3, "strid: 2"), ("F004", 2, 119, "strid", '"stride"')),
    (MAP + conv("a", "data", 4, 20), ("C001", 2, 15, "kernel 20 does not fit", "kernel ≤ 13")),
    (MAP + conv("a", "data", "x", 3), ("F004", 2, 95, "x", "num_output: 3")),
    (MAP + conv("a", "data", 4, 3, "kernel_h: 3"), ("F004", 2, 15, "both axes", "")),
    (MAP + pool("a", "data", 3, 2, "pool: MIN"), ("F004", 2, 106, "MIN", "MAX, AVE, STOCHASTIC")),
    (MAP + pool("a", "data", 3, 2, "pad: 3"), ("C006", 2, 0, "padding 3", "")),
    (MAP + conv("a", "data", 4, 1) + layer("b", "Eltwise", "a data"), ("C011", 4, 15, "their channels differ", "")),
    (MAP + layer("a", "Reshape", "data", "", "reshape_param { shape { dim: 0 dim: 7 } }"), ("C015", 2, 15, "780", "")),
    (MAP + layer("a", "Python", "data") + conv("b", "a", 3, 1), ("F005", 2, 15, "Python", "ONNX")),
    (layer("data", "HDF5Data") + conv("a", "data", 4, 3), ("F006", 1, 44, "not in the file", "--input 3x224x224")),
    (TRAIN_VAL.replace("phase: TEST", "phase: TRAIN"), ("F003", 6, 50, '"data"', "--train")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_wrong_texts(text, expected):
    source = Source("net.prototxt", text)
    try:
        (found, *_) = graph_of(spec_of(source)).diagnostics
    except Problem as error:
        (found, *_) = error.diagnostics
    code, line, column, message, cure = expected
    assert found.code == code and message in found.message and cure in found.hint
    assert found.mark.line == line and (not column or found.mark.column == column)


def test_several_errors_at_once():
    text = MAP + layer("a", "Foo", "data") + layer("b", "Bar", "a")
    with pytest.raises(Problem) as caught:
        spec_of(Source("net.prototxt", text))
    assert [found.layer for found in caught.value.diagnostics] == ["a", "b"]


def survives(text):
    """It is read, or refused at a place of it."""
    try:
        found = graph_of(spec_of(Source("net.prototxt", text)))
    except Problem as error:
        assert error.diagnostics and all(each.mark for each in error.diagnostics)
        return
    assert all(each.mark for each in found.diagnostics)


@given(st.integers(0, len(TRAIN_VAL)))
def test_a_text_may_be_cut_anywhere(length):
    survives(TRAIN_VAL[:length] if "layer {" in TRAIN_VAL[:length] else "layer {" + TRAIN_VAL[:length])


@given(st.integers(0, len(TRAIN_VAL) - 1), st.characters(codec="utf-8"))
def test_any_letter_may_be_another(place, letter):
    survives(TRAIN_VAL[:place] + letter + TRAIN_VAL[place + 1 :])


@pytest.mark.parametrize(
    "text",
    ["layer {" * 100_000, "layer { a: [" * 1000, 'layer { name: "a' + "b" * 1_000_000, "layer { " + "a: 1 " * 500_000,
     MAP + "".join(layer(f"a{i}", "ReLU", f"a{i - 1}" if i else "data") for i in range(3000)),
     MAP + conv("a", "data", 10**30, 3), MAP + conv("a", "data", 4, 10**30), data(1, 10**40, 10**40, 3) + fc("a", "data", 9),
     data(*[2] * 50) + layer("a", "ReLU", "data"), "layer { type: \x00 }", "layer {\r\r\r type: 'ReLU' }"],
    ids=range(11),
)  # fmt: skip
def test_hostile_texts(text):
    survives(text)
