"""What is written in YAML is read as the network that it was, and once written does not change any more."""

import json

import pytest
from families import BUNDLED
from hypothesis import given
from kind_rows import ROWS
from random_specs import specs
from written import facts, written

from convcalc.exercises.random_networks import TOPICS, networks, seeded_random
from convcalc.kinds import KINDS
from convcalc.network.load import Choices, summarise
from convcalc.problem import Source


def assert_written(network, choices=Choices()):  # noqa: B008
    text, report = written(network, "yaml", choices)
    again, read = written(Source("again.yaml", text), "yaml")
    assert facts(read) == facts(report)
    assert again == text
    return text


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_network(name):
    assert_written(name)


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("resnet", {"sets": {"depth": "18", "n1": "3"}}),
        ("resnet", {"sets": {"unit": "basic"}}),
        ("resnet50", {"sets": {"dilate4": "yes"}, "inputs": {"": "512x512"}}),
        ("resnet50", {"symbols": ("classes",)}),
        ("vgg16", {"sets": {"bn": "yes"}, "symbolic": True}),
        ("vgg16", {"defaults": {"conv": "bias=no"}}),
        ("efficientnet", {"inputs": {"": "300x300"}}),
        ("efficientnet", {"symbolic": True}),
        ("deeplabv3_resnet50", {"sets": {"H": "224"}}),
        ("deeplabv3_resnet50", {"symbolic": True}),
        ("googlenet", {"sets": {"aux": "1"}}),
        ("googlenet", {"convention": "caffe"}),
        ("unet", {"inputs": {"": "1x400x380"}, "sets": {"width": "16"}}),
        ("keras_mobilenet_v3", {"without": ("rescaling",)}),
        ("keras_nasnet_mobile", {"symbolic": True}),
        ("keras_xception", {"layout": "channels_first", "inputs": {"": "3x300x300"}}),
        ("squeezenet", {"layout": "channels_last", "inputs": {"": "300x300x3"}}),
        ("bert", {"sets": {"steps": "128", "size": "large"}}),
        ("siamese_koch", {"inputs": {"left": "1x99x99", "right": "1x99x99"}}),
        ("siamese_koch", {"symbolic": True}),
        ("mvit_v2_s", {"inputs": {"": "3x16x256x256"}}),
        ("pointnet", {"symbols": ("points",)}),
    ],
)
def test_what_a_run_asks_for_is_in_the_spec(name, choices):
    assert_written(name, Choices(**choices))


LINES = [
    "3x32x32 -> [conv 32 k3 p1 -> relu]*2 -> maxpool 2 -> flatten -> linear 10",
    "3xHxW -> conv 64 k7 s2 p3 -> maxpool 3 s2 p1",
    "3x32x32 -> nn.Sequential(nn.utils.spectral_norm(nn.Conv2d(3, 64, 3)), nn.LeakyReLU(0.2))",
    "3x224x224 -> CONV3-64 -> CONV3-64 -> POOL2 -> FC-4096 -> FC-1000",
    "16x100 -> conv1d 8 k3 -> conv 4 k3?",
    "10x32 -> Bidirectional(LSTM(64, return_sequences=True)) -> TimeDistributed(Dense(10))",
    "16x3x32x32 -> nn.Conv2d(3, 8, 3) -> gap -> flatten -> linear 10",
    "64x64x64 -> nn.Conv2d(64, 8, 3)",
    "64x64 -> nn.Conv1d(64, 8, 3)",
    "3x16x224x224 -> Conv3d(3, 8, 3)",
    "3x8x8 -> nn.Linear(8, 4) -> nn.LayerNorm([8, 4])",
    "4x9x9 -> nn.ReflectionPad2d((1, 2, 0, 3)) -> nn.ZeroPad2d(1)",
    "3x32x32 -> nn.Conv2d(3, 6, 3, padding='same') -> nn.BatchNorm2d(6, affine=False) -> nn.LayerNorm([6, 32, 32])",
    "128 -> nn.Unflatten(1, (8, 4, 4)) -> nn.ConvTranspose2d(8, 4, 4, 2, 1) -> nn.Upsample(scale_factor=2)",
    "12x64 -> nn.MultiheadAttention(64, 8) -> nn.TransformerEncoderLayer(64, 8)",
    "3x32x32 -> SqueezeExcitation(3, 1) -> Conv2dNormActivation(3, 16, 3, stride=2)",
    "32x32x3 -> layers.Conv2D(8, 3, strides=2, padding='same', activation='relu') -> MaxPooling2D() -> Flatten()",
    "3x32x32 -> conv filters=(2+1)*2 k3 -> relu -> conv max(2,4) k3",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line(line):
    assert_written(Source("-e", line))


@pytest.mark.parametrize("layers", ["conv 8 k3 -> FC 10", "[CONV 8 k3 -> RELU]*2 -> [FC 10]*2", "FC 10 -> FC 10"])
def test_a_pattern_that_flattens_by_itself(layers):
    assert_written(Source("-e", f"INPUT -> {layers}"), Choices(inputs={"": "1x28x28"}))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind(kind):
    for row in ROWS.get(kind.name, ()):
        convention, _, last = row.convention.partition(" ")
        layout = "channels_last" if last else "channels_first"
        shape = "[" + ", ".join(row.input.split("x")) + "]"
        text = f"convention: {convention}\nlayout: {layout}\ninput: {shape}\nlayers: [{json.dumps(row.layer)}]\n"
        assert_written(Source("row", text))
    layer, *shapes = kind.worked_example
    names = [f"input{index}" for index in range(len(shapes))]
    text = {"input": dict(zip(names, shapes, strict=True)), "layers": [f"{layer} from={','.join(names)}"]}
    if not kind.constant:
        assert_written(Source("example", json.dumps(text)))


SPECS = [
    # Names that are kinds, blocks and words of the language.
    'input: 4x8x8\nlayers: [relu: conv 4 k1, {repeat: {times: 1, layers: [conv 4 k1], name: pool}}, conv: {residual: [conv 4 k1]}, "a b: c": relu]',
    'input: 4x8x8\nlayers: [{repeat: conv 4 k1}, {relu: {name: "residual"}}, {conv: {filters: 4, kernel: 1, name: "x?"}}]',
    "input: 4x8x8\nblocks: {conv: ['nn.Conv2d(4, 8, 3)'], b: {params: [c], layers: ['nn.Conv2d(8, c, 3)']}}\nlayers: [conv, b 4]",
    "input: 4x8x8\nblocks: {b: [relu]}\nlayers: [b, {b: b}, {x: 2 x b}, {b1: [b, b]}]",
    # What is optional, shared, named from elsewhere.
    'input: 4x8x8\nlayers: [a?: conv 4 k1, "relu?", "b?": [relu, tanh], {residual?: [conv 4 k1]}, "[relu -> tanh]?"]',
    "input: 4x8x8\nlayers: [a: conv 4 k1, relu, conv 4 k1 weights=a, {repeat: {times: 3, layers: [conv 4 k1], shared: yes}}]",
    "input: 4x8x8\nlayers: [a: relu, tanh, {gate: [gap, sigmoid], from: a}, 2 x relu from=a, {add: {from: [a, previous]}}]",
    "input: 4x8x8\nlayers: [a: relu, {repeat: {times: 2, layers: [relu from=a, tanh]}}, {repeat: {times: 2, layers: [tanh from=a]}}]",
    "input: 4x8x8\nlayers: [a: relu, {concat: {x: [relu], y: identity, axis: 2}, from: a}, {concat: [[relu], tanh, []]}]",
    "input: 4x8x8\nlayers: [0 x relu, {x: 0 x relu}, {y: 1 x relu}, 2 x residual: [relu], relu]",
    # Defaults, kinds of its own, a batch in front, two outputs.
    "input: 4x8x8\ndefaults: {conv: k3 p1 bias=no}\nlayers: [conv 4, conv 4 k1 p0 bias=yes, 'nn.Conv2d(4, 4, 1)']",
    "input: 4x8x8\nkinds: {half: {keys: 'kernel k=2', size: n/k, doc: 'a half', aliases: [h]}}\nlayers: [half, h 4]",
    "input: (5, 4, 8, 8)\nlayers: ['nn.Conv2d(4, 4, 1)', a: relu]\noutputs: {x: a, y: conv1}",
    "name: 'on'\nabout: \"a\\n b: #\\tc \\u0085\"\ninput: {left: 4x8, right: [4, n]}\nlet: {n: 8}\nlayers: [{add: {from: [left, right]}}]",
    "convention: keras\ninput: 8x8x4\nlayers: ['Conv2D(4, 3, padding=\"same\")', MaxPooling2D, 'nn.MaxPool2d(3)', globalavgpool]",
    "convention: keras\ninput: 8x8x4\nlayers: ['nn.AvgPool2d(3, ceil_mode=True)', {nn.Conv2d: {in_channels: 4, out_channels: 2, kernel_size: 3}}]",
]


@pytest.mark.parametrize("text", SPECS)
def test_a_spec(text):
    assert_written(Source("spec", text))


def test_a_person_would_write_it_so(convcalc):
    code, out, err = convcalc("convert", "-e", "3x32x32 -> nn.Conv2d(3, 8, (3, 3), stride=(2, 2), padding=0) -> 2 x relu",
                              "--to", "yaml")  # fmt: skip
    assert (code, err) == (0, "")
    assert out == "input: 3x32x32\nlayers:\n  - conv 8 k3 s2\n  - 2 x relu\n"


@pytest.mark.seeds(2, 20)
def test_a_network_drawn_at_random(seed):
    for name, topic in TOPICS.items():
        assert_written(Source("drawn", next(networks(topic, 1 + seed % 3, seeded_random(name, seed), 4))))


@given(specs())
def test_a_random_network_of_branches_and_blocks(text):
    source = Source("random", text)
    if not summarise(source).errors:
        assert_written(source)
