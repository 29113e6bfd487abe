"""Darknet's cfg: totals that Darknet itself gives, every section, and what is told of texts that are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.network.load import Choices, graph_of, spec_of, summarise
from convcalc.problem import Problem, Source


def section(name, **options):
    return f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in options.items()) + "\n"


def net(side, channels=3):
    return section("net", batch=1, height=side, width=side, channels=channels, learning_rate=0.001)


def conv(filters, size=3, stride=1, activation="leaky", **options):
    return section(
        "convolutional", batch_normalize=1, filters=filters, size=size, stride=stride, pad=1, activation=activation,
        **options,
    )  # fmt: skip


def plain(filters, size=1, activation="linear", **options):
    return section("convolutional", size=size, stride=1, pad=1, filters=filters, activation=activation, **options)


def pool(size=2, stride=2):
    return section("maxpool", size=size, stride=stride)


def route(*layers, **options):
    return section("route", layers=",".join(map(str, layers)), **options)


def yolo(mask, boxes, classes=80):
    return section("yolo", mask=mask, anchors="10,13, 16,30", classes=classes, num=boxes, jitter=0.3)


def darknet53(side):
    """Redmon & Farhadi 2018, table 1, without its classifier."""
    text = net(side) + conv(32)
    for filters, count in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        text += conv(filters, stride=2)
        for _ in range(count):
            text += conv(filters // 2, 1) + conv(filters) + section("shortcut", **{"from": -3}, activation="linear")
    return text


def yolov3(side):
    """Three heads; two take what is above again, and join it with an earlier map."""

    def head(filters, mask):
        return (conv(filters, 1) + conv(2 * filters)) * 3 + plain(255) + yolo(mask, 9)

    text = darknet53(side) + head(512, "6,7,8")
    text += route(-4) + conv(256, 1) + section("upsample", stride=2) + route(-1, 61) + head(256, "3,4,5")
    return text + route(-4) + conv(128, 1) + section("upsample", stride=2) + route(-1, 36) + head(128, "0,1,2")


def yolov3_tiny():
    text = net(416)
    for filters in (16, 32, 64, 128, 256):
        text += conv(filters) + pool()
    text += conv(512) + pool(2, 1) + conv(1024) + conv(256, 1) + conv(512) + plain(255) + yolo("3,4,5", 6)
    text += route(-4) + conv(128, 1) + section("upsample", stride=2) + route(-1, 8) + conv(256) + plain(255)
    return text + yolo("0,1,2", 6)


def darknet19_features():
    text = conv(32) + pool() + conv(64) + pool()
    for filters, count in ((128, 3), (256, 3), (512, 5), (1024, 5)):
        text += "".join(conv(filters // (1 + index % 2), 3 - 2 * (index % 2)) for index in range(count))
        text += pool() if filters < 1024 else ""
    return text


def darknet19():
    """Redmon & Farhadi 2016, table 6."""
    ending = section("avgpool") + section("softmax", groups=1) + section("cost", type="sse")
    return net(224) + darknet19_features() + plain(1000) + ending


def yolov2():
    """Its passthrough: pixels of the last map of 26 × 26 side by side with those of 13 × 13."""
    text = net(416) + darknet19_features() + conv(1024) * 2
    text += route(-9) + conv(64, 1) + section("reorg", stride=2) + route(-1, -4) + conv(1024) + plain(425)
    return text + section("region", anchors="0.57,0.67", classes=80, coords=4, num=5)


def yolov1():
    """Redmon et al. 2015, figure 3, with the locally connected layer that Darknet has it with."""
    text = net(448) + conv(64, 7, 2) + pool() + conv(192) + pool()
    text += conv(128, 1) + conv(256) + conv(256, 1) + conv(512) + pool()
    text += (conv(256, 1) + conv(512)) * 4 + conv(512, 1) + conv(1024) + pool()
    text += (conv(512, 1) + conv(1024)) * 2 + conv(1024) + conv(1024, stride=2) + conv(1024) * 2
    text += section("local", size=3, stride=1, pad=1, filters=256, activation="leaky") + section(
        "dropout", probability=0.5
    )
    text += section("connected", output=1715, activation="linear")
    return text + section("detection", classes=20, coords=4, side=7, num=3)


def vgg16():
    text = net(224)
    for filters, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        text += plain(filters, 3, "relu") * count + pool()
    for units, activation in ((4096, "relu"), (4096, "relu"), (1000, "linear")):
        text += section("connected", output=units, activation=activation)
    return text + section("softmax", groups=1)


def report(text, **choices):
    found = summarise(Source("net.cfg", text), Choices(**choices))
    assert found.errors == ()
    return found


# All numbers: what a file of weights holds, without its header; BFLOPs: those of the convolutions, as Darknet prints
# them, with both of its operations.
@pytest.mark.parametrize(
    ("text", "numbers", "parameters", "bflops", "heads"),
    [
        pytest.param(darknet53(256), None, 40_584_928, 18.568, [], id="Darknet-53"),
        pytest.param(yolov3(416), 62_001_757, 61_949_149, 65.864, [(255, 13, 13), (255, 26, 26), (255, 52, 52)], id="YOLOv3-416"),
        pytest.param(yolov3(608), 62_001_757, 61_949_149, 140.692, [(255, 19, 19), (255, 38, 38), (255, 76, 76)], id="YOLOv3-608"),
        pytest.param(yolov3_tiny(), 8_858_734, 8_852_366, 5.565, [(255, 13, 13), (255, 26, 26)], id="YOLOv3-tiny"),
        pytest.param(yolov2(), 50_983_561, 50_962_889, 29.464, [(425, 13, 13)], id="YOLOv2-416"),
        pytest.param(darknet19(), 20_856_776, 20_842_376, 5.582, [], id="Darknet-19"),
        pytest.param(yolov1(), 197_328_243, 197_301_875, None, [(1715,)], id="YOLOv1"),
        pytest.param(vgg16(), 138_357_544, 138_357_544, None, [], id="VGG-16"),
    ],
)  # fmt: skip
def test_published_totals(text, numbers, parameters, bflops, heads):
    found = report(text)
    assert found.totals.parameters == parameters
    assert numbers is None or found.totals.parameters + found.totals.buffers == numbers
    assert bflops is None or round(2 * found.totals.macs / 10**9, 3) == bflops
    assert [layer.applied.output for _, layer in found.outputs] == (heads if len(heads) > 1 else [])
    assert found.output in (heads or [found.output])


MAP = section("net", channels=6, height=13, width=10)


@pytest.mark.parametrize(
    ("text", "output", "parameters"),
    [
        (MAP + plain(4, 3), (4, 13, 10), 6 * 9 * 4 + 4),
        (MAP + section("convolutional", filters=4, size=3), (4, 11, 8), 6 * 9 * 4 + 4),  # neither pad nor padding
        (MAP + section("convolutional", filters=4, size=4, pad=1), (4, 14, 11), 6 * 16 * 4 + 4),
        (MAP + section("conv", filters=4, size=3, padding=2, stride=2), (4, 8, 6), 6 * 9 * 4 + 4),
        (MAP + plain(4, 3, stride_x=2, stride_y=1), (4, 13, 5), 6 * 9 * 4 + 4),
        (MAP + plain(4, 3, dilation=2), (4, 13, 10), 6 * 9 * 4 + 4),
        (MAP + plain(6, 3, groups="3 # of 2"), (6, 13, 10), 6 * 9 * 2 + 6),
        (MAP + pool(), (6, 7, 5), 0),  # (13 + 1 − 2)/2 + 1
        (MAP + pool(5, 1), (6, 13, 10), 0),
        (MAP + section("maxpool", size=3, stride=2, padding=0), (6, 6, 4), 0),
        (MAP + section("local_avgpool", size=2, stride=2), (6, 7, 5), 0),
        (MAP + section("avgpool"), (6, 1, 1), 0),
        (MAP + section("avgpool") + section("connected", output=7, batch_normalize=1), (7,), 6 * 7 + 14),
        (MAP + section("deconvolutional", filters=4, size=4, stride=2, padding=1), (4, 26, 20), 6 * 16 * 4 + 4),
        (MAP + section("local", filters=2, size=3, pad=1), (2, 13, 10), 130 * (6 * 9 + 1) * 2),
        (MAP + section("upsample", stride=3), (6, 39, 30), 0),
        (MAP + plain(4) + plain(8) + route(-2, 1), (12, 13, 10), 28 + 40),
        (MAP + plain(4) + route(0, groups=2, group_id=1) + plain(3), (3, 13, 10), 28 + 9),
        (MAP + plain(8) + plain(8) + section("shortcut", **{"from": -2}, activation="swish"), (8, 13, 10), 56 + 72),
        # A shortcut from a map of other sides and channels takes every other pixel, and the channels that there are.
        (section("net", channels=3, height=8, width=8) + conv(4) + conv(6, stride=2)
         + section("shortcut", **{"from": -2}), (6, 4, 4), 3 * 9 * 4 + 8 + 4 * 9 * 6 + 12),
        (MAP + section("avgpool") + plain(6) + section("scale_channels", **{"from": 0}), (6, 1, 1), 42),
        (MAP + plain(6) + section("avgpool") + section("scale_channels", **{"from": -2}), (6, 13, 10), 42),
        (MAP + plain(6) + plain(6) + section("sam", **{"from": -2}), (6, 13, 10), 84),
        (MAP + section("crop", crop_height=9, crop_width=8), (6, 9, 8), 0),
        (section("net", channels=4, height=8, width=6) + section("reorg3d", stride=2), (16, 4, 3), 0),
        (section("net", channels=4, height=8, width=6) + section("reorg", stride=2, reverse=1), (1, 16, 12), 0),
        (MAP + section("batchnorm") + section("normalization") + section("activation", activation="mish"), (6, 13, 10), 12),
        (MAP + plain(6, 3) + plain(6, 3, share_index=0), (6, 13, 10), 6 * 54 + 6),
        (section("net", inputs=256) + section("gru", output=256) * 3 + section("connected", output=256), (256,), 1_250_048),
        (section("net", inputs=256) + section("rnn", output=64), (64,), (256 + 1) * 64 + 2 * (64 + 1) * 64),
        (section("net", inputs=256) + section("lstm", output=64), (64,), 4 * ((256 + 1) * 64 + (64 + 1) * 64)),
    ],
)  # fmt: skip
def test_each_section(text, output, parameters):
    found = report(text)
    assert found.output == output
    assert found.totals.parameters == parameters


def test_a_layer_is_called_as_its_section_and_its_number():
    text = MAP + conv(4) + pool() + route(-1) + conv(8)
    names = [
        "conv0.conv",
        "conv0.batchnorm",
        "conv0.leakyrelu",
        "maxpool1",
        "conv3.conv",
        "conv3.batchnorm",
        "conv3.leakyrelu",
    ]
    assert [layer.name for layer in report(text).layers] == names


def test_what_is_left_out_is_said():
    (note,) = report(darknet19()).diagnostics
    assert note.message == "left out, for nothing is computed there: [cost]" and note.severity == "note"


def test_the_input_of_a_run():
    assert report(yolov3_tiny(), inputs={"": "608x608"}).outputs[1][1].applied.output == (255, 38, 38)
    assert report(section("net", batch=1) + plain(4), inputs={"": "3x20x20"}).output == (4, 20, 20)


# text, [(code, line, column, a part of the message, a part of the cure)]
WRONG = [
    (MAP + section("convolutoinal"), ("F002", 6, 1, "convolutoinal", '"convolutional"')),
    (MAP + "filters\n", ("F001", 6, 1, "filters", "filters=64")),
    ("filters=3\n" + MAP, ("F001", 1, 1, "neither", "")),
    (plain(3) + MAP, ("F002", 1, 1, "convolutional", "[net]")),
    (MAP, ("F003", 1, 1, "no layer", "")),
    (section("net", batch=1) + plain(4), ("F006", 1, 1, "no inputs", "--input 3x416x416")),
    (section("net", height=3, width=3) + plain(4), ("F006", 1, 1, "no channels", "channels=3")),
    (MAP + plain(4, "x"), ("F004", 7, 6, "whole", "size=1")),
    (MAP + plain(4, strid=2), ("F004", 12, 7, "strid", '"stride"')),
    (MAP + plain(4, 20, padding=0).replace("pad=1", ""), ("C001", 6, 1, "kernel 20 does not fit", "")),
    (MAP + plain(4, activation="leeky"), ("F004", 11, 12, "leeky", '"leaky"')),
    (MAP + plain(4) + route(3), ("F003", 14, 8, "no section 3", "0 to 0")),
    (MAP + plain(4) + route(-2), ("F003", 14, 8, "no section -2", "-1")),
    (MAP + plain(4) + section("shortcut", activation="linear"), ("F003", 13, 1, "no from", "from=-1")),
    (MAP + plain(4) + pool() + route(-1, -2), ("C011", 17, 1, "sizes differ", "")),
    (MAP + plain(5, groups=4), ("C002", 6, 1, "6 input channels", "")),
    (MAP + plain(84) + yolo("0,1,2", 9, 20), ("F007", 13, 1, "84 channels go into [yolo]", "filters=75")),
    (MAP + section("crnn", output=3), ("F005", 6, 1, "crnn", "")),
    (MAP + section("route"), ("F003", 6, 1, "no layers", "")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_wrong_texts(text, expected):
    try:
        (found, *_) = graph_of(spec_of(Source("net.cfg", text))).diagnostics
    except Problem as error:
        (found, *_) = error.diagnostics
    code, line, column, message, cure = expected
    assert found.code == code and message in found.message and cure in found.hint
    assert (found.mark.line, found.mark.column) == (line, column)


def test_every_head_is_checked():
    found = graph_of(spec_of(Source("net.cfg", yolov3_tiny().replace("filters=255", "filters=18")))).diagnostics
    assert [(each.code, each.layer) for each in found] == [("F007", "yolo16"), ("F007", "yolo23")]


def survives(text):
    """It is read, or refused at a place of it."""
    try:
        found = graph_of(spec_of(Source("net.cfg", text)))
    except Problem as error:
        assert error.diagnostics and all(each.mark for each in error.diagnostics)
        return
    assert all(each.mark for each in found.diagnostics)


TEXT = yolov3_tiny()


@given(st.integers(6, len(TEXT)))
def test_a_text_may_be_cut_anywhere(length):
    survives(TEXT[:length])


@given(st.integers(6, len(TEXT) - 1), st.characters(codec="utf-8"))
def test_any_letter_may_be_another(place, letter):
    survives(TEXT[:place] + letter + TEXT[place + 1 :])


@pytest.mark.parametrize(
    "text",
    ["[net]\n" * 300_000, "[net]\n" + "a=1\n" * 300_000, "[net]\nheight=" + "9" * 5000, MAP + plain(10**9, 3),
     MAP + plain("9" * 20), MAP + route(*[-1] * 1000), MAP + plain(3) + route(*[0] * 20_000), MAP + plain(3, 10**9),
     MAP + section("upsample", stride=10**9) * 60, MAP + section("maxpool", size=0, stride=0), MAP + plain(3, 0),
     MAP + plain(4) + section("shortcut", **{"from": "-1,-1,,"}), MAP + section("connected", output=0),
     MAP + plain(4) + section("avgpool") + section("connected", output=3) + section("shortcut", **{"from": -3}),
     MAP + section("yolo", mask=","), MAP + section("upsample", stride=-2), "[net]\r\nheight=3\r\nwidth = 3 \r\nchannels=1\r\n[softmax]"],
    ids=range(17),
)  # fmt: skip
def test_hostile_texts(text):
    survives(text)
