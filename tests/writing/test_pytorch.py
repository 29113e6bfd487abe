"""Programs of PyTorch: they are read as the network that they are, and look as a person's do."""

import ast

import pytest
from families import BUNDLED
from written import BLOCK, random_uses, shapes, written

from convcalc.network.load import Choices, graph_of, spec_of, summarise
from convcalc.problem import Problem, Source
from convcalc.writing import TARGETS

# What the reader of programs does not follow in them: indices made by functions, lists of indices, and what a function
# freezes.
UNREAD = frozenset((
    "lenet5-1998", "maxvit_t", "mvit_v1_b", "mvit_v2_s", "resnet50_fpn",
    *(f"swin{kind}{size}" for kind in ("", "_v2", "3d") for size in ("", *["_t", "_s", "_b"])),
))  # fmt: skip


def read_again(text, report):
    inputs = {"": "x".join(map(str, next(iter(report.inputs.values()))))} if len(report.inputs) == 1 else {}
    return summarise(Source("net.py", text), Choices(inputs=inputs, layout="channels_first"))


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_network_is_read_again(name):
    text, report = written(name, "pytorch")
    ast.parse(text)
    assert max(map(len, text.splitlines())) <= 88
    if name in UNREAD:
        return
    again = read_again(text, report)
    assert not again.errors
    counts = [(each.totals.parameters, each.totals.buffers, shapes(each)) for each in (again, report)]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["lenet5", "resnet50", "googlenet", "vit_b_16"])
def test_it_looks_as_a_person_would_write_it(name, golden):
    golden(f"{name}.pytorch.txt", written(name, "pytorch")[0])


def network_of(*layers, shape="4x9x9", more=""):
    text = f"{more}\ninput: {shape}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)
    return written(Source("spec", text), "pytorch")


@pytest.mark.parametrize(
    ("layers", "line"),
    [
        (["conv 8 k3 p1x0"], "nn.Conv2d(4, 8, kernel_size=3, padding=(1, 0))"),
        (["conv 8 k3 p=[[0,1],[1,1]]"], "nn.ZeroPad2d((1, 1, 0, 1))"),
        (["dwconv k3 m2 bias=no"], "nn.Conv2d(4, 8, kernel_size=3, groups=4, bias=False)"),
        (["tconv 8 k3 s2 output=20x19"], "4, 8, kernel_size=3, stride=2, output_padding=(1, 0)"),
        (["tconv 8 k5 s3 p1 op2"], "kernel_size=5, stride=3, padding=1, output_padding=2"),
        (["maxpool 3 s2 p1 ceil=yes"], "nn.MaxPool2d(3, stride=2, padding=1)"),
        (["maxpool 2 ceil=yes"], "nn.MaxPool2d(2, ceil_mode=True)"),
        (["batchnorm affine=no track=no"], "nn.BatchNorm2d(4, affine=False, track_running_stats=False)"),
        (["layernorm"], "ChannelsLast(nn.LayerNorm(4))"),
        (["flatten", "layernorm shift=no"], "nn.LayerNorm(324, bias=False)"),
        (["conv 8 k3 norm=spectral"], "nn.utils.parametrizations.spectral_norm("),
        (["conv 8 k3 trainable=no"], "frozen(nn.Conv2d(4, 8, kernel_size=3))"),
        (["a: relu", "softmax", "add: {from: [a, previous]}"], "x = x + self.softmax1(x)  # 4 × 9 × 9"),
        (["residual: [conv 4 k1, relu]"], "x = x + self.main(x)  # 4 × 9 × 9"),
        (["2 x residual: [conv 4 k1, relu]"], "Residual("),
        (["gate: [globalavgpool, conv 4 k1, sigmoid]"], "x = x * self.gate(x)"),
        (["a: relu", "b: tanh", "matmul: {from: [a, b]}"], "x = x @ self.b(x)  # 4 × 9 × 9"),
        (["a: conv 4 k3 p1", "relu", "conv 4 k3 p1 weights=a"], "x = self.a(x)  # 4 × 9 × 9"),
        (["repeat: {times: 3, layers: [conv 4 k3 p1, relu], shared: yes}"], "x = self.conv1s(x)  # 4 × 9 × 9"),
        (["c: parameter 4x9x9", "add: {from: [c, input]}"], "self.c = nn.Parameter(torch.zeros((4, 9, 9)))"),
        (["c: parameter 9", "multiply: {from: [c, input]}"], "x = self.c * x  # 4 × 9 × 9"),
        (["c: parameter 4x9x9", "concat: {from: [c, input]}"], "self.c.expand(len(x), *self.c.shape)"),
        (["c: generated 4x9x9", "add: {from: [c, input]}"], "torch.zeros(len(x), 4, 9, 9, device=x.device)"),
        (["gate: [globalavgpool keep=no, sigmoid]"], "self.gate(x)[..., None, None] * x  # 4 × 9 × 9"),
        (["elementwise sqrt"], "x = x.sqrt()  # 4 × 9 × 9"),
        (["elementwise power"], "x = x**1  # 4 × 9 × 9"),
        (["a: sigmoid", "elementwise: {function: divide, from: [input, a]}"], "x = x / self.a(x)  # 4 × 9 × 9"),
        (["a: sigmoid", "elementwise: {function: where, from: [a, input, a]}"], "torch.where(y > 0, x, y)"),
        (["reduce mean axes=[2,3] keep=yes"], "x = x.mean(dim=(2, 3), keepdim=True)  # 4 × 1 × 1"),
        (["reduce max axes=2"], "x = x.amax(dim=2)  # 4 × 9"),
        (["reduce sum"], "x = x.sum(dim=(1, 2, 3), keepdim=True).flatten(1)  # 1"),
        (["tile [1,2,3]"], "x = x.repeat(1, 1, 2, 3)  # 4 × 18 × 27"),
        (["gap keep=no", "tile [3,1]"], "x[:, None].repeat(1, 3, 1)  # 3 × 4"),
        (["einsum: {equation: 'chw,dhw->cd', from: [input, input]}"], 'torch.einsum("bchw,bdhw->bcd", x, x)  # 4 × 4'),
        (["flatten start=2", "dotattention causal=yes"], "F.scaled_dot_product_attention(x, x, x, is_causal=True)"),
        (["maxunpool 2"], "MaxUnpool2d(2, output_size=(18, 18))"),
        (["repeat: {times: 2, layers: [{permute: {order: [2, 3, 1]}}, relu]}"], "Permute((2, 3, 1))"),
        (["scale shift=yes"], "Scale(4, axes=2, shift=True)"),
        (["batchnorm affine=no factor=yes"], "CaffeBatchNorm2d(4, affine=False)"),
        (["frozenbatchnorm"], "FrozenBatchNorm(4, axes=2)"),
    ],
)
def test_a_layer(layers, line):
    text, report = network_of(*layers)
    assert line in text
    again = read_again(text, report)
    assert not again.errors and again.output == report.output
    if "frozen(" not in line:  # the reader does not follow what a function freezes
        assert (again.totals.parameters, again.totals.buffers) == (report.totals.parameters, report.totals.buffers)


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        ("localconv 8 k3", "conv1 is localconv, which PyTorch does not have".replace("conv1", "localconv1")),
        ("attention 3 head=5", "attention1 is attention"),
        ("softmax axis=[1,2]", "softmax1 is softmax"),
    ],
)
def test_what_pytorch_does_not_have_is_refused(layer, why, convcalc):
    shape = "9x9" if layer.startswith("attention") else "4x9x9"
    code, out, err = convcalc("convert", "-e", f"{shape} -> {layer}", "--to", "pytorch")
    assert (code, out) == (3, "") and why in err and "--to yaml says it" in err


def test_what_leaves_a_block_twice_has_two_names():
    block = "blocks: {both: [a: conv 4 k1, b: conv 6 k1]}"
    text, report = network_of(
        "one: both", "d: conv 2 k1 from=one.a", "e: conv 3 k1 from=one.b", "concat from=d,e", more=block
    )
    again = read_again(text, report)
    assert not again.errors and again.totals == report.totals


def test_a_class_of_the_authors_is_not_one_of_those_written_beside():
    block = "blocks: {attention_block: [attention 3]}"
    text, report = network_of("attention_block", "attention_block", shape="9x9", more=block)
    again = read_again(text, report)
    assert not again.errors and again.totals.parameters == report.totals.parameters


def test_work_grows_with_the_layers(calls):
    def count(times):
        spec = spec_of(Source("spec", "input: 4x9x9\nlayers:\n" + "  - conv 4 k3 p1\n  - relu\n" * times))
        graph = graph_of(spec)
        return calls(lambda: "".join(TARGETS["pytorch"].pieces(spec, graph)), ("call", "c_call"))

    count(5)
    assert count(200) < 2.3 * count(100)


def test_numbers_that_no_layer_says_are_told(convcalc):
    code, out, err = convcalc("convert", "-e", "4x9x9 -> elementwise scale", "--to", "pytorch")
    assert (code, err) == (0, "numbers that the layers do not say are 0 and 1 in the program: of scale\n")
    assert "x = x * 1" in out


@pytest.mark.parametrize("name", ["resnet50", "unet", "siamese_koch", "keras_xception", "m5", "c3d"])
def test_letters_ask_for_an_input_that_fits(name, convcalc):
    code, out, err = convcalc("convert", name, "--symbolic", "--to", "pytorch")
    assert (code, out) == (2, "")
    cure = err.partition("give the input: ")[2].split()
    code, out, err = convcalc("convert", name, "--to", "pytorch", *cure)
    assert (code, err) == (0, "") and out.startswith('"""')


def test_a_letter_of_a_layer_asks_for_its_value(convcalc):
    code, _, err = convcalc("convert", "resnet50", "--symbol", "classes", "--to", "pytorch")
    assert code == 2 and "--set classes=64" in err


@pytest.mark.seeds(3, 30)
def test_blocks_with_other_arguments_are_one_class(seed):
    """A block that is used with numbers at random is read again as the network that it was."""
    text, report = network_of(*random_uses(seed), shape="3x40x40", more=BLOCK)
    again = read_again(text, report)
    assert not again.errors and text.count("class B(") == 1
    assert (again.totals.parameters, again.totals.macs) == (report.totals.parameters, report.totals.macs)
    assert again.output == report.output


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_a_class_that_is_used_stands_in_the_file(kind):
    text, report = network_of(f"{kind} 8", shape="9x4")
    defined = {node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
    assert kind.upper() in defined and read_again(text, report).totals.parameters == report.totals.parameters


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        ("slice 9 axis=2 step=2", "x = x[:, :, 0:9:2]"),
        ("slice axis=3 step=3 start=1", "x = x[:, :, :, 1::3]"),
        ("slice 3 start=1", "x = x.narrow(1, 1, 2)"),
    ],
)
def test_a_slice_takes_every_so_many(layer, line):
    text, report = network_of(layer)
    assert line in text and read_again(text, report).output == report.output


@pytest.mark.parametrize("layers", ["matmul: {from: [a, input], transpose: yes}", "dotattention from=[a, input]"])
def test_what_goes_by_the_order_of_axes_is_not_written_in_another(layers):
    spec = f"convention: keras\nlayout: channels_last\ninput: 10x16\nlayers: [a: relu, {{{layers}}}]\n"
    spec = spec.replace("{dotattention from=[a, input]}", "{dotattention: {from: [a, input]}}")
    with pytest.raises(Problem, match="PyTorch does not have"):
        written(Source("spec", spec), "pytorch")
