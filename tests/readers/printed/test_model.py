"""Printed PyTorch models: parameters as PyTorch counts them, shapes where the order is certain, and what is asked else."""

import json
import re
from random import Random

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.algebra.notation import write_shape
from convcalc.network.load import Choices, summarise, summarise_text
from convcalc.problem import Problem, Source


def printed(*children, kind="Net"):
    """A model as PyTorch prints it, of modules that are printed already."""
    lines = [line for name, child in children for line in f"({name}): {child}".splitlines()]
    return "\n".join([f"{kind}(", *(f"  {line}" for line in lines), ")"])


def chain(*children):
    return printed(*enumerate(children), kind="Sequential")


CONV = "Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))"
LENET = printed(
    ("conv1", "Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))"),
    ("conv2", "Conv2d(6, 16, kernel_size=(5, 5), stride=(1, 1))"),
    ("fc1", "Linear(in_features=400, out_features=120, bias=True)"),
    ("fc2", "Linear(in_features=120, out_features=84, bias=True)"),
    ("fc3", "Linear(in_features=84, out_features=10, bias=True)"),
    kind="LeNet",
)
ATTENTION = """MultiheadAttention(
  (out_proj): NonDynamicallyQuantizableLinear(in_features=64, out_features=64, bias={})
)"""
NORMED = """ParametrizedConv2d(
  3, 8, kernel_size=(3, 3), stride=(1, 1)
  (parametrizations): ModuleDict(
    (weight): ParametrizationList(
      (0): {}()
    )
  )
)"""

# What PyTorch 2.13 prints, and what it counts: parameters, and buffers but for the batch counters.
COUNTED = [
    ("Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1))", 112, 0),
    ("Conv1d(3, 4, kernel_size=(3,), stride=(1,), padding=same, padding_mode=reflect)", 40, 0),
    ("Conv3d(2, 4, kernel_size=(1, 3, 3), stride=(1, 1, 1), groups=2, bias=False)", 36, 0),
    ("ConvTranspose2d(3, 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), dilation=(2, 2), "
     "output_padding=(1, 1), bias=False)", 108, 0),
    ("Linear(in_features=3, out_features=4, bias=True)", 16, 0),
    ("NonDynamicallyQuantizableLinear(in_features=3, out_features=4, bias=False)", 12, 0),
    ("Conv1D(nf=2304, nx=768)", 2304 * 769, 0),
    ("Bilinear(in1_features=3, in2_features=4, out_features=5, bias=True)", 65, 0),
    ("BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)", 128, 128),
    ("BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)", 128, 128),
    ("BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)", 0, 0),
    ("SyncBatchNorm(4, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)", 8, 8),
    ("InstanceNorm2d(4, eps=1e-05, momentum=0.1, affine=True, track_running_stats=False)", 8, 0),
    ("InstanceNorm2d(4, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False)", 0, 0),
    ("GroupNorm(2, 4, eps=1e-05, affine=True)", 8, 0),
    ("GroupNorm(4, 4, eps=1e-05, affine=True, bias=True)", 8, 0),
    ("LayerNorm((768,), eps=1e-12, elementwise_affine=True)", 1536, 0),
    ("LayerNorm((3, 4), eps=1e-05, elementwise_affine=True, bias=False)", 12, 0),
    ("LayerNorm2d((96,), eps=1e-06, elementwise_affine=True)", 192, 0),
    ("RMSNorm((64,), eps=None, elementwise_affine=True)", 64, 0),
    ("FrozenBatchNorm2d(64, eps=1e-05)", 0, 256),
    ("LlamaRMSNorm((4096,), eps=1e-06)", 4096, 0),
    ("LSTM(28, 64, num_layers=2, batch_first=True, bidirectional=True)", 147456, 0),
    ("LSTM(28, 64, proj_size=5, bias=False)", 8768, 0),
    ("GRUCell(3, 4)", 108, 0),
    ("Embedding(1000, 64, padding_idx=0)", 64000, 0),
    ("EmbeddingBag(10, 3, mode='mean')", 30, 0),
    ("BartLearnedPositionalEmbedding(1026, 768)", 787968, 0),
    ("PReLU(num_parameters=1)", 1, 0),
    ("PReLU(num_parameters=8)", 8, 0),
    ("Conv2dSame(3, 32, kernel_size=(3, 3), stride=(2, 2), bias=False)", 864, 0),
    (ATTENTION.format(True), 16640, 0),
    (ATTENTION.format(False), 16384, 0),
    (NORMED.format("_WeightNorm"), 232, 0),
    (NORMED.format("_SpectralNorm"), 224, 8 + 27),
    ("ParameterList(\n    (0): Parameter containing: [torch.float32 of size 3x4]\n"
     "    (1): Parameter containing: [torch.FloatTensor of size 5 (cuda:0)]\n)", 17, 0),
    ("ParameterDict(  (a): Parameter containing: [torch.FloatTensor of size ])", 1, 0),
    ("ModuleList(\n  (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)\n)", 18, 0),
    ("Sequential(\n  (2): Linear(in_features=2, out_features=2, bias=True)\n  (3-4): 2 x Sequential(\n"
     "    (0): Linear(in_features=2, out_features=3, bias=True)\n    (1): ReLU()\n  )\n)", 24, 0),
    ("BatchNormAct2d(\n  64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True\n"
     "  (drop): Identity()\n  (act): ReLU(inplace=True)\n)", 128, 128),
    ("Sequential()", 0, 0),
    *[(text, 0, 0) for text in (
        "ReLU(inplace=True)", "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
        "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))", "AdaptiveAvgPool2d(output_size=(None, 5))",
        "Dropout(p=0.5, inplace=False)", "Upsample(scale_factor=2.0, mode='bilinear')", "GELU(approximate='none')",
        "Upsample(size=(3, 4), mode='nearest')", "PixelShuffle(upscale_factor=2)", "ZeroPad2d((1, 1, 1, 1))",
        "Unflatten(dim=1, unflattened_size=(2, 3))", "Flatten(start_dim=1, end_dim=-1)", "Softmax(dim=1)",
        "LeakyReLU(negative_slope=0.2)", "Hardtanh(min_val=-1.0, max_val=1.0)", "LocalResponseNorm(5, alpha=0.0001)",
        "StochasticDepth(p=0.2, mode=row)", "DropPath(drop_prob=0.100)", "GLU(dim=-1)", "CrossEntropyLoss()",
        "LPPool2d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)", "NewGELUActivation()", "Permute()",
        "MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))", "CosineSimilarity()",
        "Fold(output_size=(4, 4), kernel_size=2, dilation=1, padding=0, stride=1)",
    )],
]  # fmt: skip


def codes(report):
    return [finding.code for finding in report.diagnostics]


@pytest.mark.parametrize(("text", "parameters", "buffers"), COUNTED, ids=[text.split("\n")[0] for text, *_ in COUNTED])
def test_a_printed_layer_holds_what_pytorch_counts(text, parameters, buffers):
    found = summarise_text(printed(("a", CONV), ("b", text))).totals
    assert (found.parameters - 224, found.buffers) == (parameters, buffers)
    assert (found.macs, found.activations) == (None, None)


def test_a_printed_network_has_its_parameters_and_says_why_it_has_no_shapes(convcalc, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text(LENET)
    code, out, errors = convcalc("summary", path)
    assert (code, errors) == (0, "")
    assert re.search(r"^fc1 +linear 120 +48,120$", out, re.MULTILINE)
    assert re.search(r"^Parameters +61,706 ", out, re.MULTILINE)
    why = "the order in which the layers are computed is not printed: --in-order takes them one after another"
    assert re.search(rf"^Note +{why}$", out, re.MULTILINE)
    assert re.search("^Note +what LeNet may hold beyond what is printed is not counted$", out, re.MULTILINE)


def test_what_is_not_known_is_null(convcalc, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text(printed(("a", CONV), ("b", "T5LayerNorm()")))
    code, out, _ = convcalc("summary", path, "--json")
    report = json.loads(out)
    jsonschema.validate(report, json.loads(convcalc("schema", "summary")[1]))
    first, second = report["layers"]
    known = {"parameters": 224, "weights": 216, "biases": 8, "buffers": 0}
    assert {key: value for key, value in first.items() if value is None} == dict.fromkeys(
        ("input", "output", "macs", "flops", "connections", "activations", "receptive_field")
    )
    assert {key: first[key] for key in known} == known
    assert (second["kind"], second["parameters"]) == ("T5LayerNorm", None)
    assert (code, report["totals"]["parameters"], report["totals"]["macs"]) == (0, 224, None)
    assert [each["code"] for each in report["warnings"]] == ["P001", "P002"]


@pytest.mark.parametrize("form", ["csv", "markdown", "latex", "html", "svg", "plain", "jsonl"])
def test_every_format_has_a_network_without_shapes(convcalc, tmp_path, form):
    path = tmp_path / "net.txt"
    path.write_text(LENET)
    for depth in ((), ("--depth", "1")):
        code, out, _ = convcalc("summary", path, "--format", form, *depth)
        assert code == 0
        assert "48" in out


# One plain chain


FLAT = chain(CONV, "ReLU()", "MaxPool2d(kernel_size=2, stride=2)", "Flatten(start_dim=1, end_dim=-1)",
             "Linear(in_features=2048, out_features=10, bias=True)")  # fmt: skip


def test_a_chain_has_shapes_for_any_input():
    report = summarise(Source("<text>", FLAT), Choices(symbolic=True))
    assert write_shape(report.inputs["input"]) == "3×H×W"
    assert report.output == (10,)
    assert report.totals.parameters == 224 + 20490  # whatever the size of the input
    assert codes(report) == ["W002", "W002"]


def test_the_input_that_only_fits_a_chain_is_found_and_said():
    report = summarise_text(FLAT)
    assert (report.inputs["input"], report.totals.macs) == ((3, 32, 32), 32 * 32 * 216 + 20480)
    (note,) = report.diagnostics
    assert note.message.startswith("input 3x32x32, the smallest square size for which 4 gets the 2048 that it takes")
    assert summarise(Source("<text>", FLAT), Choices(inputs={"": "33x33"})).inputs["input"] == (3, 33, 33)


@pytest.mark.parametrize(
    ("children", "shape"),
    [
        ([CONV], "3×H×W"),
        (["Conv1d(4, 4, kernel_size=(3,), stride=(1,))"], "4×L"),
        (["Conv3d(2, 4, kernel_size=(3, 3, 3), stride=(1, 1, 1))"], "2×D×H×W"),
        (["Dropout(p=0.5, inplace=False)", "Linear(in_features=7, out_features=2, bias=True)"], "7"),
        (["MaxPool2d(kernel_size=2, stride=2)", "BatchNorm2d(5, eps=1e-05)"], "5×H×W"),
        (["Embedding(10, 4)", "Linear(in_features=4, out_features=2, bias=True)"], "L"),
        (["LSTM(28, 64, batch_first=True)"], "L×28"),
    ],
)  # fmt: skip
def test_the_first_layers_say_the_input_of_a_chain(children, shape):
    assert write_shape(summarise_text(chain(*children)).inputs["input"]) == shape


CHAINS = [
    ("a sequence in a sequence", chain(chain(CONV, "ReLU()"), "ReLU()")),
    ("a class around one sequence", printed(("net", chain(CONV, "ReLU()")))),
    ("in parallel", printed(("module", chain(CONV, "ReLU()")), kind="DataParallel")),
    ("torchvision's", chain(printed((0, CONV), (1, "ReLU()"), kind="Conv2dNormActivation"))),
]
UNORDERED = [
    ("a class of two layers", printed(("a", CONV), ("b", "ReLU()"))),
    ("a class of two sequences", printed(("a", chain(CONV)), ("b", chain("ReLU()")))),
    ("a class in a sequence", chain(CONV, printed(("a", "ReLU()"), ("b", "ReLU()")))),
    ("a list", printed(("layers", printed((0, CONV), kind="ModuleList")))),
]


@pytest.mark.parametrize("text", [text for _, text in CHAINS], ids=[name for name, _ in CHAINS])
def test_a_plain_chain_is_computed_as_it_is_printed(text):
    report = summarise(Source("<text>", text), Choices(inputs={"": "3x16x16"}))
    assert (report.output, report.totals.macs) == ((8, 16, 16), 16 * 16 * 216)


@pytest.mark.parametrize("text", [text for _, text in UNORDERED], ids=[name for name, _ in UNORDERED])
def test_the_order_of_anything_else_is_asked_for(text):
    report = summarise_text(text)
    assert (report.inputs, report.output, report.totals.parameters) == ({}, None, 224)
    assert codes(report)[0] == "P001"
    told = summarise(Source("<text>", text), Choices(in_order=True, inputs={"": "3x16x16"}))
    assert (told.output, told.totals.macs) == ((8, 16, 16), 16 * 16 * 216)
    assert "P003" in codes(told)


def test_in_order_a_map_is_flattened_before_a_linear_layer():
    text = printed(("conv", CONV), ("fc", "Linear(in_features=2048, out_features=10, bias=True)"))
    report = summarise(Source("<text>", text), Choices(in_order=True, inputs={"": "3x16x16"}))
    assert [layer.name for layer in report.layers] == ["conv", "flatten1", "fc"]
    assert report.totals.parameters == 224 + 20490


def test_in_order_a_linear_layer_that_does_not_fit_has_its_cure_in_the_printed_line(convcalc, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text(LENET)
    code, _, errors = convcalc("summary", path, "--in-order", "--input", "1x32x32")
    assert code == 3
    assert f"{path}:4:10" in errors
    assert "help: write: Linear(in_features=9216, out_features=120, bias=True)" in errors


def test_numbers_that_a_network_holds_stand_beside_its_layers():
    held = "ParameterList(  (0): Parameter containing: [torch.float32 of size 1x768])"
    text = printed(("conv", CONV), ("pos", held), ("act", "ReLU()"))
    report = summarise(Source("<text>", text), Choices(in_order=True, inputs={"": "3x16x16"}))
    assert [(layer.name, layer.inputs) for layer in report.layers] == [
        ("pos.0", ()), ("conv", ("input",)), ("act", ("conv",)),
    ]  # fmt: skip
    assert report.totals.parameters == 224 + 768


def test_behind_a_class_that_is_not_known_there_are_no_shapes():
    report = summarise_text(chain(CONV, "MyActivation()", CONV))
    outputs = [layer.applied and write_shape(layer.applied.output) for layer in report.layers]
    assert outputs == ["8×H×W", None, None]
    assert (report.totals.parameters, report.totals.macs) == (448, None)
    assert [finding.message for finding in report.diagnostics if finding.code == "P001"] == [
        "what MyActivation makes of its input is not known"
    ]


def test_a_chain_that_does_not_say_its_input_asks_for_it():
    text = chain("Flatten(start_dim=1, end_dim=-1)", "Linear(in_features=784, out_features=10, bias=True)")
    report = summarise_text(text)
    assert (report.totals.parameters, report.inputs) == (7850, {})
    assert [finding.message for finding in report.diagnostics] == ["the shape of the input is not printed"]
    given_ = summarise(Source("<text>", text), Choices(inputs={"": "1x28x28"}))
    assert (given_.output, given_.totals.macs) == ((10,), 7840)


def test_weights_that_two_layers_may_share_are_named():
    text = printed(("wte", "Embedding(100, 8)"), ("head", "Linear(in_features=8, out_features=100, bias=False)"))
    assert [finding.message for finding in summarise_text(text).diagnostics if finding.code == "P004"] == [
        "wte and head are taken to have weights of their own: whether they share them is not printed"
    ]


# What stands around it

NET = printed(
    ("features", chain(CONV, "ReLU(inplace=True)")), ("fc", "Linear(in_features=8, out_features=2, bias=True)")
)


def each_line(prefix, text=NET):
    return "\n".join(f"{prefix}{line}" for line in text.splitlines())


AROUND = {
    "a session": f">>> import torchvision\n>>> print(net)\n{NET}\n>>> net.eval()\n{NET}\n",
    "one line of a log": f"2024-05-01 12:03:11,204 INFO loaded (ok)\n2024-05-01 12:03:12,009 INFO {NET}\nepoch 1: 0.3",
    "every line of a log": each_line("2024-05-01 12:03:12,009 INFO model: "),
    "every line at another time": "\n".join(
        f"[12:03:{second:02}] {line}" for second, line in enumerate(NET.splitlines())
    ),
    "a quotation": each_line("> "),
    "indented": each_line("    "),
    "numbered lines": "".join(f"{number:3}  {line}\n" for number, line in enumerate(NET.splitlines(), 7)),
    "one line": " ".join(NET.split()),
    "one line behind others": f"Net(depth=3)\nmodel: {' '.join(NET.split())} on cuda\n",
    "Windows": NET.replace("\n", "\r\n"),
    "parallel": printed(("module", NET), kind="DistributedDataParallel"),
    "compiled": printed(("_orig_mod", NET), kind="OptimizedModule"),
    "an assignment": f"model = {NET}",
    "wrapped lines": NET.replace(" stride=(1, 1), ", "\n    stride=(1, 1), ").replace("out_features", "\nout_features"),
}


@pytest.mark.parametrize("name", AROUND)
def test_a_model_is_found_in_what_stands_around_it(convcalc, tmp_path, name):
    path = tmp_path / "run.log"
    path.write_text(AROUND[name], newline="")
    code, out, _ = convcalc("summary", path, "--json")
    report = json.loads(out)
    assert (code, report["totals"]["parameters"]) == (0, 224 + 18)
    assert [layer["name"] for layer in report["layers"]] == ["features.0", "features.1", "fc"]


REFUSED = [
    ("cut off", NET[:-2], "the text ends within Net, whose bracket opens here", 1),
    ("cut in a line", NET[: NET.index("stride")], "the text ends within Conv2d, whose bracket opens here", 3),
    ("without its beginning", NET.partition("\n")[2], "the beginning of the model is missing", 1),
    ("from its middle", "\n".join(NET.splitlines()[2:4]), "the beginning of the model is missing", 1),
    ("left out", NET.replace("(fc)", "...\n  (fc)"), "this is neither a module in Net nor its closing bracket", 6),
    ("left out first", NET.replace("(features)", "...\n  (features)"), "modules of Net are left out here", 2),
    ("two models", f"{NET}\n{LENET}", "there are several models: Net on line 1, LeNet on line 8", 8),
    ("another number", NET.replace("(fc): ", "(0-2): 4 x "), "(0-2) are not 4 modules", 6),
    ("an argument misspelt", NET.replace("bias", "bais"), 'linear has no key "bais"', 6),
    ("groups", NET.replace("1, 1))\n", "1, 1), groups=5)\n"), "3 input channels cannot be divided into 5 groups", 3),
    ("too many", NET.replace("(fc): ", "(0-99999): 100000 x "), "the network has more than 50,000 modules", 6),
]


@pytest.mark.parametrize(("text", "message", "line"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_less_or_more_than_a_model_is_refused_at_its_place(convcalc, tmp_path, text, message, line):
    path = tmp_path / "net.txt"
    path.write_text(text)
    code, _, errors = convcalc("summary", path)
    assert code == 3
    assert message in errors
    assert f"{path}:{line}:" in errors


# Other commands


COMMANDS = [
    (("summary", "--max-parameters", "50k"), 1, "61,706 parameters are 11,706 over the budget"),
    (("summary", "--max-macs", "1k"), 3, "--in-order takes them one after another"),
    (("summary", "--count", "torchinfo"), 3, "--in-order takes them one after another"),
    (("summary", "--style", "vgg"), 3, "--in-order takes them one after another"),
    (("summary", "--input", "1x32x32"), 2, "--in-order takes them one after another"),
    (("explain", "fc1"), 0, "(400 + 1)·120"),
    (("explain", "total"), 0, "61,706"),
    (("explain", "fc1", "--quantity", "macs"), 3, "--in-order takes them one after another"),
    (("solve", "--output", "10"), 3, "--in-order takes them one after another"),
    (("quiz",), 3, "--in-order takes them one after another"),
    (("compare", "lenet5"), 0, "61,706"),
]


@pytest.mark.parametrize(("command", "expected", "said"), COMMANDS, ids=[" ".join(command) for command, *_ in COMMANDS])
def test_every_command_has_its_parameters_and_asks_for_its_order(convcalc, tmp_path, command, expected, said):
    path = tmp_path / "net.txt"
    path.write_text(LENET)
    code, out, errors = convcalc(command[0], path, *command[1:])
    assert code == expected
    assert said in (errors if expected else out)


def test_parameters_of_a_printed_model_are_marked(convcalc, tmp_path):
    (tmp_path / "net.txt").write_text(LENET)
    key = tmp_path / "key.yaml"
    key.write_text("spec: net.txt\nquestions: [{ask: fc1.parameters}, {ask: total.parameters}]\n")
    answers = tmp_path / "ada.yaml"
    answers.write_text("answers: {fc1: {parameters: 48000}, total: {parameters: 61706}}\n")
    code, out, _ = convcalc("check", key, answers, "--format", "json")
    assert code == 1
    assert [each["state"] for each in json.loads(out)["submissions"][0]["answers"]] == ["wrong", "correct"]
    key.write_text("spec: net.txt\nquestions: [{ask: fc1.output}]\n")
    code, _, errors = convcalc("check", key, answers)
    assert code == 3
    assert "--in-order takes them one after another" in errors


# Any model, and any text


def pick(draw, *values):
    return draw(st.sampled_from(values))


@st.composite
def layers(draw):
    """A layer as it is printed, and its parameters."""
    c, f, k = (draw(st.integers(1, 40)) for _ in "cfk")
    match pick(draw, "conv", "linear", "batchnorm", "layernorm", "embedding", "nothing"):
        case "conv":
            dims, bias, groups = draw(st.integers(1, 3)), draw(st.booleans()), draw(st.integers(1, 4))
            c, f, sides = c * groups, f * groups, ", ".join([str(k)] * dims) + "," * (dims == 1)
            more = (f", groups={groups}" if groups > 1 else "") + ("" if bias else ", bias=False")
            ones = ", ".join(["1"] * dims) + "," * (dims == 1)
            text = f"Conv{dims}d({c}, {f}, kernel_size=({sides}), stride=({ones}){more})"
            return text, (k**dims * c // groups + bias) * f
        case "linear":
            bias = draw(st.booleans())
            return f"Linear(in_features={c}, out_features={f}, bias={bias})", (c + bias) * f
        case "batchnorm":
            affine = draw(st.booleans())
            return (
                f"BatchNorm2d({c}, eps=1e-05, momentum=0.1, affine={affine}, track_running_stats=True)",
                2 * c * affine,
            )
        case "layernorm":
            return f"LayerNorm(({c}, {f}), eps=1e-05, elementwise_affine=True)", 2 * c * f
        case "embedding":
            return f"Embedding({c}, {f})", c * f
    return pick(draw, "ReLU()", "Dropout(p=0.5, inplace=False)", "Identity()"), 0


@st.composite
def modules(draw, depth=3):
    """A module as it is printed, and its parameters; some stand several times."""
    if not depth or draw(st.booleans()):
        return draw(layers())
    children, number, total = [], 0, 0
    for _ in range(draw(st.integers(1, 4))):
        (text, parameters), times = draw(modules(depth=depth - 1)), draw(st.integers(1, 3))
        name = f"({number}): " if times == 1 else f"({number}-{number + times - 1}): {times} x "
        children.append(name + text.replace("\n", "\n  "))
        number, total = number + times, total + times * parameters
    return "\n".join(
        [f"{pick(draw, 'Sequential', 'Block', 'ModuleList')}(", *(f"  {child}" for child in children), ")"]
    ), total


@given(modules())
def test_parameters_of_any_printed_model_are_those_of_its_layers(module):
    text, parameters = module
    found = summarise(
        Source(
            "net.txt",
            printed(("net", text), ("head", CONV)),
        ),
        Choices(),
    ).totals
    assert found.parameters == parameters + 224


MODELS = (NET, LENET, printed(("a", ATTENTION.format(True)), ("b", NORMED.format("_WeightNorm"))))


@pytest.mark.seeds(150, 1_000)
def test_a_damaged_model_is_refused_or_has_a_right_number(seed, quick_errors):
    """No text makes an error without a place; one that is only cut is never read as a smaller network."""
    random = Random(seed)
    text = random.choice(MODELS)
    place, more = random.randrange(len(text)), random.randrange(1, 30)
    cut = random.random() < 0.4
    damaged = (
        text[:place]
        if cut
        else text[:place] + random.choice(("", "(", ")", "x", ": ", "\n", "0")) + text[place + more :]
    )
    try:
        report = summarise(Source("net.txt", damaged))
    except Problem as error:
        assert all(finding.mark for finding in error.diagnostics)
        return
    if cut:
        assert report.errors or report.totals == summarise(Source("net.txt", text)).totals


HOSTILE = {
    "nested": "\n".join(f"{'  ' * min(depth, 40)}(a): Sequential(" for depth in range(100_000)),
    "nested with a root": "Net(\n" + "\n".join("(a): Sequential(" for _ in range(100_000)),
    "a million lines": "Net(\n" + "  (a): ReLU()\n" * 1_000_000 + ")",
    "a million roots": "Net(\n" * 1_000_000 + "(a): ReLU()",
    "brackets": "Net(\n  (a): Conv2d(" + "(" * 1_000_000 + "\n",
    "closed": "Net(\n  (a): Conv2d(" + "()" * 500_000 + ")\n)",
    "one word": "Net(\n  (a): " + "A" * 1_000_000 + "(\n",
    "names": "Net(\n  (" + "a" * 1_000_000 + "): ReLU()\n)",
    "copies of copies": "Net(\n" + "".join(f"{'  ' * n}(0-999): 1000 x Sequential(\n" for n in range(1, 50)),
    "digits": f"Net(\n  (0-{'9' * 5000}): {'9' * 5000} x ReLU()\n)",
    "NUL": "Net(\n  (a): Conv2d(\0, 3, kernel_size=(1, 1), stride=(1, 1))\n)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused_in_few_steps(name, calls):
    def read():
        try:
            assert summarise(Source("net.txt", HOSTILE[name])).layers is not None
        except Problem as error:
            assert error.diagnostics[0].message

    assert calls(read) < 2_000_000


def test_a_model_whose_bracket_closes_too_early_is_no_empty_network(tmp_path, convcalc):
    (tmp_path / "net.txt").write_text(
        "LeNet(\n  5): Conv2d(1, 6, kernel_size=(5, 5)))\n  (fc): Linear(in_features=2)\n"
    )
    code, out, errors = convcalc("summary", tmp_path / "net.txt")
    assert code == 3 and errors.startswith("error["), out
