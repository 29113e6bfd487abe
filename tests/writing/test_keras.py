"""Programs of Keras: they are read as the network that they are, and look as a person's do."""

import ast

import pytest
from families import BUNDLED
from written import BLOCK, random_uses, shapes, written

from convcalc.network.load import summarise
from convcalc.problem import Problem, Source
from convcalc.spec.layout import written_order

# The bundled networks that Keras cannot say, by the kind of their first layer that it does not have.
REFUSED = {
    name: kind
    for kind, names in {
        "avgpool": "cifar10_quick",  # rounds up: its last means are of fewer numbers
        "lrn": "alexnet-2012 zfnet",
        "lstm": "crnn",  # with two biases for each gate
        "maxunpool": "segnet",
        "linear": "gpt2",  # with the weights of its embedding
        "lppool": "capsnet",
        "poolattention": "mvit_v1_b mvit_v2_s",
        "subsample": "lenet5-1998",
        "windowattention": "maxvit_t swin swin3d swin3d_b swin3d_s swin3d_t swin_b swin_s swin_t swin_v2 swin_v2_b "
        "swin_v2_s swin_v2_t",
    }.items()
    for name in names.split()
}


def counts(report):
    outputs = [sorted(shape) for shape in shapes(report)]  # Keras has the features of steps last
    return report.totals.parameters, report.totals.buffers, report.totals.macs, outputs, weighted(report)


def weighted(report):
    """The layers that learn or multiply something, in their order."""
    each = ((layer.applied.parameters, layer.applied.buffers, layer.applied.macs) for layer in report.layers)
    return [found for found in each if any(found)]


def read_again(text):
    found = summarise(Source("net.py", text))
    assert not found.errors
    return found


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_network_is_read_again(name):
    if name in REFUSED:
        with pytest.raises(Problem, match=f"is {REFUSED[name]}, "):
            written(name, "keras")
        return
    text, report = written(name, "keras")
    ast.parse(text)
    assert max(map(len, text.splitlines())) <= 88
    assert counts(read_again(text)) == counts(report)


@pytest.mark.parametrize("name", ["lenet5", "resnet50", "googlenet", "siamese_koch", "textcnn"])
def test_it_looks_as_a_person_would_write_it(name, golden):
    golden(f"{name}.keras.txt", written(name, "keras")[0])


def network_of(*layers, shape="4x9x9", more=""):
    text = f"{more}\ninput: {shape}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)
    return written(Source("spec", text), "keras")


def is_in(line, text):
    """Whether a program has it, over however many lines."""
    return "".join(line.split()) in "".join(text.split()).replace(",)", ")")


LAYERS = [
    (["conv 8 k3 p1"], 'layers.Conv2D(8, kernel_size=3, padding="same")'),
    (["conv 8 k3 s2 p1"], "layers.ZeroPadding2D(1)"),  # `same` would add a cell at the end only
    (["conv 8 k3 p1x0"], "layers.ZeroPadding2D((1, 0)),"),
    (["conv 8 k3 p=[[0,1],[1,1]]"], "layers.ZeroPadding2D(((0, 1), (1, 1)))"),
    (["conv 8 k3 d2 p2 g2 bias=no"], 'padding="same", dilation_rate=2, groups=2, use_bias=False'),
    (["conv 8 k3 g4"], "layers.DepthwiseConv2D(kernel_size=3, depth_multiplier=2)"),
    (["dwconv k3 m2 bias=no"], "layers.DepthwiseConv2D(kernel_size=3, depth_multiplier=2, use_bias=False)"),
    (["sepconv 8 k3 m2"], "layers.SeparableConv2D(8, kernel_size=3, depth_multiplier=2)"),
    (["tconv 8 k4 s2 p1"], 'layers.Conv2DTranspose(8, kernel_size=4, strides=2, padding="same")'),
    (["tconv 8 k3 s2 p1 op1"], "layers.Cropping2D(((1, 0), (1, 0)))"),
    (["tconv 8 k3 s2 output=20x19"], "output_padding=(1, 0)"),
    (["tconv 8 k2 s3"], "layers.Cropping2D(((0, 1), (0, 1)))"),
    (["maxpool 2 ceil=yes"], 'layers.MaxPooling2D(2, padding="same")'),
    (["relu", "maxpool 3 s2 p1"], 'layers.MaxPooling2D(3, strides=2, padding="same")'),
    (["maxpool 3 s3 p1"], 'constant_values=float("-inf"))'),
    (["relu", "maxpool 3 s3 p1"], "layers.ZeroPadding2D(1)"),
    (["avgpool 3 s1 p1"], "layers.ZeroPadding2D(1)"),  # PyTorch's mean is of the zeros too
    (["batchnorm affine=no"], "layers.BatchNormalization(momentum=0.9, epsilon=1e-5, center=False, scale=False)"),
    (["instancenorm"], "layers.GroupNormalization(groups=-1, epsilon=1e-5, center=False, scale=False)"),
    (["groupnorm 2"], "layers.GroupNormalization(groups=2, epsilon=1e-5)"),
    (["layernorm"], "layers.LayerNormalization(epsilon=1e-5)"),
    (["flatten", "layernorm shift=no"], "layers.LayerNormalization(epsilon=1e-5, center=False)"),
    (["conv 8 k3 trainable=no"], "layers.Conv2D(8, kernel_size=3, trainable=False)"),
    (["relu6"], "layers.ReLU(max_value=6)"),
    (["hardswish"], 'layers.Activation("hard_swish")'),
    (["prelu", "prelu count=4"], "layers.PReLU(shared_axes=(1, 2))"),
    (["upsample 2 mode=bilinear"], 'layers.UpSampling2D(2, interpolation="bilinear")'),
    (["adaptiveavgpool 2"], "layers.AdaptiveAveragePooling2D(2)"),
    (["shuffle 2"], "layers.Permute((1, 2, 4, 3))"),
    (["pixelshuffle 2"], "layers.Permute((1, 4, 2, 5, 3))"),
    (["split 2 part=1"], "ops.split("),
    (["slice 3 start=1"], "x = inputs[:, :, :, 1:3]"),
    (["a: relu", "softmax", "add: {from: [a, previous]}"], "layers.Add()([a, x])"),
    (["residual: [conv 4 k1, relu]"], "x = layers.Add()([x, inputs])"),
    (["9 x residual: [conv 4 k1, relu]"], "for _ in range(9):"),
    (["gate: [globalavgpool, conv 4 k1, sigmoid]"], "x = layers.Multiply()([x, inputs])"),
    (["concat: {a: [conv 4 k1], b: [identity]}"], "layers.Concatenate()("),
    (["a: conv 4 k3 p1", "relu", "conv 4 k3 p1 weights=a"], "x = a(x)  # 9 × 9 × 4"),
    (["repeat: {times: 3, layers: [conv 4 k3 p1, relu], shared: yes}"], "x = conv1s(x)  # 9 × 9 × 4"),
    (["conv 8 k3 p1 padding_mode=reflect"], 'mode="reflect")'),
    (["zeropad 1x2 mode=reflect"], 'ops.pad(inputs, ((0, 0), (1, 1), (2, 2), (0, 0)), mode="reflect")'),
    (["c: parameter 4x9x9", "add: {from: [c, input]}"], 'Numbers((4, 9, 9), name="c")(inputs)'),
    (["c: buffer 4x9x9", "add: {from: [c, input]}"], 'Numbers((4, 9, 9), learnt=False, name="c")'),
    (["conv 8 k1", "scale"], "LayerScale()"),
    (["conv2d: conv 4 k1", "conv 4 k1"], 'name="conv1"'),  # which Keras would call conv2d, as the first one is called
]


@pytest.mark.parametrize(("layers", "line"), LAYERS)
def test_a_layer(layers, line):
    text, report = network_of(*layers)
    assert is_in(line, text)
    assert counts(read_again(text))[:3] == counts(report)[:3]


STEPS = [
    (["lstm 8 bias=no"], "layers.LSTM(8, return_sequences=True, use_bias=False)"),
    (["gru 8"], "layers.GRU(8, return_sequences=True)"),
    (["gru 8 bidirectional=yes layers=2"], "layers.Bidirectional(layers.GRU(8, return_sequences=True))"),
    (["rnn 8 bias=no sequences=no"], "layers.SimpleRNN(8, use_bias=False)"),
    (["attention 4"], "layers.MultiHeadAttention(num_heads=4, key_dim=8)("),
    (["attention 4 causal=yes"], "use_causal_mask=True)"),
    (["a: linear 32", "attention 4 from=[input, a]"], "(inputs, x)"),
    (["select -1"], "x = inputs[:, -1]"),
    (["permute [2,1]"], "layers.Permute((2, 1))"),
    (["linear 8", "reduce mean axes=[1]"], "ops.mean("),
    (
        ["a: linear 8", "b: linear 8", "matmul: {from: [a, b], transpose: yes}"],
        "ops.matmul(a, ops.swapaxes(x, -2, -1))",
    ),
]


@pytest.mark.parametrize(("layers", "line"), STEPS)
def test_a_layer_of_steps(layers, line):
    text, report = network_of(*layers, shape="10x32")
    assert is_in(line, text)
    again = read_again(text)
    assert counts(again)[:3] == counts(report)[:3]
    assert written_order(again.output, True) == report.output  # Keras has the features last


def test_what_goes_by_the_order_of_axes_keeps_it():
    text, report = network_of("conv 8 k3", "reshape 8x49", "permute [2,1]", "linear 5")
    assert 'keras.config.set_image_data_format("channels_first")' in text
    assert read_again(text).output == report.output == (49, 5)


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        ("localconv 8 k3", "localconv1 is localconv, which Keras does not have"),
        ("conv 8 k3 s2 d2", "conv1 is conv, with a stride and a dilation, which Keras refuses together"),
        ("conv 4 k3 p1 padding_mode=circular", "conv1 is conv, padded by mode=circular, and Keras pads with zeros"),
        ("conv 4 k3 norm=spectral", "conv1 is conv, whose weights are made by norm=spectral"),
        ("tconv 8 k3 g2", "tconv1 is tconv, in 2 groups"),
        ("avgpool 2 ceil=yes", "avgpool1 is avgpool, whose last means, rounding up, are of fewer numbers"),
        ("maxpool 2 d2", "maxpool1 is maxpool, with a dilation"),
        ("upsample 2 mode=bilinear corners=yes", "upsample1 is upsample, with its corners kept"),
        ("batchnorm track=no", "batchnorm1 is batchnorm, that keeps no running mean and variance"),
        ("zeropad 1 mode=replicate", "zeropad1 is zeropad, padded by mode=replicate"),
        ("lrn 5", "lrn1 is lrn, which Keras does not have"),
    ],
)
def test_what_keras_does_not_have_is_refused(layer, why, convcalc):
    code, out, err = convcalc("convert", "-e", f"4x9x9 -> {layer}", "--to", "keras")
    assert (code, out) == (3, "") and why in err and "help: " in err


def test_what_leads_to_no_output_is_refused(convcalc):
    text = "input: 4x9x9\nlayers: [a: conv 4 k1, b: conv 8 k3, c: {conv: 2 k1, from: a}]"
    with pytest.raises(Problem, match="b leads to no output, and Keras leaves out of a model what does not"):
        written(Source("spec", text), "keras")
    text = f"{text}\noutputs: [b, c]"
    assert "keras.Model(inputs, [b, x]" in written(Source("spec", text), "keras")[0].replace("b2", "b")


def test_two_biases_of_a_gate_are_refused(convcalc):
    code, out, err = convcalc("convert", "-e", "10x32 -> lstm 8", "--to", "keras")
    assert (code, out) == (3, "") and "lstm1 is lstm, with 2 biases for each gate, where Keras has 1" in err
    assert convcalc("convert", "-e", "10x32 -> lstm 8 bias=no", "--to", "keras")[0] == 0
    assert convcalc("convert", "-e", "10x32 -> lstm 8", "--convention", "keras", "--to", "keras")[0] == 0


@pytest.mark.parametrize("name", ["resnet50", "unet", "m5"])
def test_letters_ask_for_an_input_that_fits(name, convcalc):
    code, out, err = convcalc("convert", name, "--symbolic", "--to", "keras")
    assert (code, out) == (2, "")
    code, out, err = convcalc("convert", name, "--to", "keras", *err.partition("give the input: ")[2].split())
    assert (code, err) == (0, "") and out.startswith('"""')


def test_parameters_of_blocks_and_layers_may_be_called_like_variables():
    block = """blocks:
  layers:
    params: {x: required, name: 3, c: required, input: 1}
    layers:
      - conv: {filters: x, kernel: name, padding: name//2, name: c}
      - d: conv c k=input
      - y: conv c k1
      - add: {from: [d, y]}
      - concat: {from: [c, y]}
"""
    text, report = network_of("layers x=4 c=5", "first: layers x=6 name=5 c=3 input=1", more=block)
    assert counts(read_again(text)) == counts(report)
    ast.parse(text)


@pytest.mark.seeds(3, 30)
def test_blocks_with_other_arguments_are_one_function(seed):
    """A block that is used with numbers at random is read again as the network that it was."""
    text, report = network_of(*random_uses(seed), shape="3x40x40", more=BLOCK)
    assert text.count("def b(") == 1
    assert counts(read_again(text)) == counts(report)


def test_an_axis_that_is_named_is_the_one_that_is_meant():
    text, report = network_of("conv 5 k1", "softmax axis=1")
    assert 'set_image_data_format("channels_first")' in text and "layers.Softmax(axis=1)" in text
    assert counts(read_again(text)) == counts(report)


def test_a_sum_over_all_axes_is_one_number():
    text, report = network_of("reduce sum axes=1x2x3")
    assert "keepdims=True" in text and "layers.Reshape((1,))" in text
    assert counts(read_again(text)) == counts(report)
