"""What ten tools count, to the digit, and the memory that two of them print; all from shared/facts/counting.md."""

import json

import pytest
from places import DATA
from structure import HEAVY, imported_by

from convcalc.algebra.expr import evaluate
from convcalc.algebra.parser import parse
from convcalc.cli import run
from convcalc.kinds import KINDS
from convcalc.network.liveness import kept_numbers, peak_numbers
from convcalc.network.load import summarise, summarise_text
from convcalc.render.report import ReportOptions, render
from convcalc.spec.choices import Choices
from convcalc.tools.counting import tool_count
from convcalc.tools.counts import COUNTS
from convcalc.tools.memory import own_memory, torchinfo, torchsummary
from convcalc.tools.torchvision import CODES, At, Code, code_of, roles_of

TOOLS = "torchvision torchinfo fvcore ptflops ptflops-aten thop torchscan torchscan-flops calflops flopcounter".split()  # noqa: SIM905

# Measured by running every tool, batch 1, on torchvision's networks (LeNet-5 with tanh and average pooling, 32×32).
TOTALS = {
    "lenet5": "416,520 423,038 416,520 435,646 423,038 418,096 421,248 876,816 845,768 833,040",
    "alexnet": "714,188,480 714,682,664 714,197,696 716,441,128 714,682,664 714,206,912 714,383,552 1,429,078,528"
    " 1,429,741,184 1,428,376,960",
    "vgg16": "15,470,264,320 15,483,821,032 15,470,289,408 15,523,225,576 15,483,821,032 15,470,314,496 15,471,844,864"
    " 30,955,673,088 30,973,778,432 30,940,528,640",
    "vgg16_bn": "15,470,264,320 15,483,829,480 15,497,384,448 15,550,320,616 15,483,821,032 15,524,504,576"
    " 15,498,939,904 31,009,871,616 31,000,873,472 30,940,528,640",
    "resnet18": "1,814,073,344 1,814,083,944 1,819,065,856 1,825,313,768 1,814,074,344 1,824,033,792 1,819,467,776"
    " 3,638,342,528 3,636,250,112 3,628,146,688",
    "resnet50": "4,089,184,256 4,089,238,376 4,111,512,576 4,132,436,968 4,089,185,256 4,133,742,592 4,111,916,032"
    " 8,221,876,096 8,211,108,352 8,178,368,512",
    "mobilenet_v2": "300,774,272 300,809,384 314,193,216 320,300,008 300,775,272 327,486,720 314,130,496 633,829,856"
    " 614,967,488 601,548,544",
    "densenet121": "2,834,161,664 2,834,246,312 2,865,546,752 2,899,843,048 2,834,162,664 2,897,007,104 2,866,424,832"
    " 5,740,723,136 5,716,881,152 5,668,323,328",
    "googlenet": "1,498,376,192 1,498,391,752 1,504,878,688 1,513,907,448 1,498,377,192 1,511,332,032 1,507,673,888"
    " 3,009,291,824 3,009,356,752 2,996,752,384",
}


def number(text):
    return int(text.replace(",", ""))


@pytest.mark.parametrize("network", TOTALS)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_tools_count_of_a_network_is_what_it_prints(network, tool):
    found = tool_count(summarise(network), COUNTS[tool])
    assert found.value == number(TOTALS[network].split()[TOOLS.index(tool)])
    assert sum(found.layers) == found.value
    assert not found.unknown


# What tools publish themselves, in thousands of millions: the README of ptflops (pytorch, aten), torchvision's weights.
PUBLISHED = [
    ("ptflops", "alexnet", 0.72), ("ptflops", "resnet18", 1.83), ("ptflops", "resnet50", 4.13),
    ("ptflops", "vgg16", 15.52), ("ptflops", "squeezenet1_0", 0.84), ("ptflops", "inception_v3", 5.75),
    ("ptflops-aten", "alexnet", 0.71), ("ptflops-aten", "resnet18", 1.81), ("ptflops-aten", "resnet50", 4.09),
    ("ptflops-aten", "vgg16", 15.48), ("ptflops-aten", "squeezenet1_0", 0.82), ("ptflops-aten", "inception_v3", 5.71),
    ("torchinfo", "resnet18", 1.81), ("torchinfo", "resnet152", 11.51),
    ("thop", "resnet18", 1.82), ("thop", "resnet34", 3.68), ("thop", "densenet121", 2.90),
    ("thop", "mobilenet_v2", 0.33),
    ("torchvision", "vgg19", 19.63), ("torchvision", "convnext_tiny", 4.46), ("torchvision", "mnasnet1_0", 0.31),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "network", "billions"), PUBLISHED)
def test_a_tools_published_table(tool, network, billions):
    assert round(tool_count(summarise(network), COUNTS[tool]).value / 1e9, 2) == billions


# Known errors, measured on single layers: 16 × 16 × 16 in, no bias.
TRANSPOSED = {
    "tconv 8 k4 s2 p1 bias=no": {
        "torchvision": 524_288, "torchinfo": 2_097_152, "thop": 2_097_152, "torchscan": 2_097_160, "fvcore": 524_288,
        "ptflops": 524_288, "calflops": 2 * 524_288, "flopcounter": 2 * 524_288,
    },
    "tconv 16 k3 s2 p1 op1 g16 bias=no": {
        "torchvision": 36_864, "torchinfo": 147_456, "thop": 147_456, "torchscan": 147_464, "fvcore": 36_864,
        "ptflops": 36_864, "calflops": 0, "flopcounter": 2 * 36_864,
    },
}  # fmt: skip
TOLD = {"torchinfo": "s² times too many", "thop": "s² times too many", "torchscan": "s² times too many"}


@pytest.mark.parametrize(
    ("layer", "tool", "count"), [(layer, tool, n) for layer, counts in TRANSPOSED.items() for tool, n in counts.items()]
)
def test_a_transposed_convolution_is_counted_as_wrongly_as_the_tool_does(layer, tool, count):
    found = tool_count(summarise_text(f"{{input: 16x16x16, layers: [{layer}]}}"), COUNTS[tool])
    assert found.value == count
    told = TOLD.get(tool) or ("0 where it is depthwise" if not count else None)
    assert (told in found.known_errors[0]) if told else not found.known_errors


@pytest.mark.parametrize(
    ("tool", "network", "error"),
    [
        ("thop", "densenet121", "1 globalavgpool"),
        ("torchscan-flops", "googlenet", "57 relu"),
        ("ptflops", "resnet50", "twice"),
        ("calflops", "mobilenet_v2", "misses ReLU6"),
        ("torchinfo", "convnext_tiny", "counts a linear layer once"),
        ("torchscan-flops", "vgg16", "dropout"),
    ],
)
def test_a_known_error_is_told_where_it_shows(tool, network, error):
    assert any(error in told for told in tool_count(summarise(network), COUNTS[tool]).known_errors)


@pytest.mark.parametrize("tool", ["torchvision", "torchinfo", "fvcore", "thop", "torchscan"])
def test_a_tool_has_no_known_error_where_none_shows(tool):
    plain = "3x8x8 -> conv 4 k3 -> batchnorm -> relu -> flatten -> linear 2"
    assert not tool_count(summarise_text(plain), COUNTS[tool]).known_errors


# Keras, Total params of keras.applications (keras.io/api/applications).
KERAS = {"keras_vgg16": 138_357_544, "keras_vgg19": 143_667_240, "keras_resnet50": 25_636_712,
         "keras_resnet101": 44_707_176, "keras_resnet152": 60_419_944, "keras_inception_v3": 23_851_784,
         "keras_mobilenet": 4_253_864, "keras_densenet121": 8_062_504}  # fmt: skip


@pytest.mark.parametrize("network", KERAS)
def test_keras_counts_moving_averages_as_parameters(network):
    found = tool_count(summarise(network), COUNTS["keras"])
    assert (found.value, found.by.unit) == (KERAS[network], "parameter")


# LeNet-5 by layer, torchinfo's column Mult-Adds; C1 is LeCun's 122,304 connections.
def test_torchinfos_rows_of_lenet5():
    found = tool_count(summarise("lenet5"), COUNTS["torchinfo"])
    assert [count for count in found.layers if count] == [122_304, 241_600, 48_120, 10_164, 850]


README_CNN = """{input: 1x28x28, layers: [conv 10 k5, maxpool 2, relu, conv 20 k5, dropout, maxpool 2, relu, flatten,
    linear 50, relu, dropout, linear 10, logsoftmax]}"""


def test_torchinfos_readme():
    report = summarise_text(README_CNN)
    rows = [7 * count for count in tool_count(report, COUNTS["torchinfo"]).layers if count]
    assert rows == [1_048_320, 2_248_960, 112_350, 3_570]
    assert sizes(torchinfo(report, batch=7), 1000) == "22.01 397.60 87.36 506.97"
    assert sizes(torchinfo(report, batch=2), 1000) == "6.33 113.60 87.36 207.29"


def test_torchsummarys_readme(monkeypatch):
    """The same network: ReLU, pooling and the second dropout are functions there, which its hooks do not see."""
    report = summarise_text(README_CNN)._replace(name="README")
    assert sizes(torchsummary(report)) == "0.00 0.09 0.08 0.18"
    functions = (At("relu"), At("maxpool"), At("dropout", last=True), At("logsoftmax"))
    monkeypatch.setattr("convcalc.tools.torchvision.CODES", (Code("README", functions=functions),))
    assert sizes(torchsummary(report)) == "0.00 0.06 0.08 0.15"


def sizes(table, unit=0):
    return " ".join(f"{item.bytes / (unit or table.unit):.2f}" for item in table.items)


# input, forward/backward, params, total: torchinfo (MB = 10⁶ bytes), torchsummary (MB = 2²⁰ bytes); measured, batch 1.
MEMORY = {
    "lenet5": ("0.00 0.05 0.25 0.30", "0.00 0.11 0.24 0.35"),
    "alexnet": ("0.60 3.95 244.40 248.96", "0.57 8.38 233.08 242.03"),
    "vgg11": ("0.60 59.48 531.45 591.54", "0.57 125.37 506.83 632.78"),
    "vgg16": ("0.60 108.45 553.43 662.49", "0.57 218.78 527.79 747.15"),
    "vgg19": ("0.60 118.89 574.67 694.16", "0.57 238.69 548.05 787.31"),
    "resnet18": ("0.60 39.75 46.76 87.11", "0.57 62.79 44.59 107.96"),
    "resnet34": ("0.60 59.82 87.19 147.61", "0.57 96.29 83.15 180.01"),
    "resnet50": ("0.60 177.83 102.23 280.66", "0.57 286.56 97.49 384.62"),
    "resnet101": ("0.60 259.72 178.20 438.52", "0.57 429.73 169.94 600.25"),
    "resnet152": ("0.60 360.87 240.77 602.25", "0.57 606.59 229.62 836.78"),
    "mobilenet_v2": ("0.60 106.86 14.02 121.48", "0.57 152.87 13.37 166.81"),
    "squeezenet1_0": ("0.60 34.77 4.99 40.37", "0.57 91.80 4.76 97.14"),
    "densenet121": ("0.60 180.54 31.92 213.06", ""),
}


@pytest.mark.parametrize("network", MEMORY)
@pytest.mark.parametrize("tell", [torchinfo, torchsummary])
def test_a_tools_memory_of_a_network_is_what_it_prints(network, tell):
    assert sizes(tell(summarise(network))) == MEMORY[network][tell is torchsummary]


def test_torchsummary_fails_on_a_dense_network():
    assert "fails on this network" in torchsummary(summarise("densenet121")).known_errors[0]


# torchinfo's own expected outputs (tests/test_output) at other sizes and batches.
GOLDEN = [
    ("resnet18", "3x64x64", 1, "148.57 M", "0.05 3.25 46.76 50.06"),
    ("resnet18", "3x224x224", 1, "1.81 G", "0.60 39.75 46.76 87.11"),
    ("resnet50", "3x224x224", 2, "8.18 G", "1.20 355.66 102.23 459.10"),
    ("resnet152", "3x224x224", 1, "11.51 G", "0.60 360.87 240.77 602.25"),
]


@pytest.mark.parametrize(("network", "size", "batch", "multiply_adds", "memory"), GOLDEN)
def test_torchinfos_expected_outputs(network, size, batch, multiply_adds, memory):
    report = summarise(network, Choices({"": size}))
    shown, prefix = multiply_adds.split()
    scale = {"M": 1e6, "G": 1e9}[prefix]
    assert f"{batch * tool_count(report, COUNTS['torchinfo']).value / scale:.2f}" == shown
    assert sizes(torchinfo(report, batch=batch)) == memory


def test_torchinfos_googlenet_apart_from_the_auxiliary_heads_that_do_not_run():
    report = summarise("googlenet", Choices({"": "3x112x112"}))
    assert round(tool_count(report, COUNTS["torchinfo"]).value / 1e6, 2) == 384.08
    assert sizes(torchinfo(report)).split()[:2] == ["0.15", "13.05"]


# Ours, by hand.  LeNet-5 at its peak holds C1's 4,704 activations and S2's 1,176; at C1 it is 1,024 + 4,704.
# Backward needs the input, the tanhs' outputs, and what C3 and C5 take from S2 and S4.
PEAKS = [
    ("lenet5", 4704 + 1176, 1024 + 4704 + 1176 + 1600 + 400 + 120 + 84),
    ("4x2x2 -> relu", 32, 16),  # the caller's input is not overwritten
    ("4x2x2 -> conv 8 k1 -> relu", 16 + 32, 16 + 32),
    ("4x2x2 -> conv 8 k1 -> silu", 16 + 32, 16 + 32),  # its input, not its output
    ("4x2x2 -> flatten -> linear 2", 16 + 2, 16),  # a view
    ("{input: 4x2x2, layers: [residual: [conv 4 k1, relu]]}", 16 + 16 + 16, 16 + 16),  # the sum needs a tensor
    ("{input: 4x2x2, layers: [conv 4 k1, residual: [relu]]}", 16 + 16 + 16, 16 + 16),  # wanted again: not in place
]


@pytest.mark.parametrize(("network", "most", "kept"), PEAKS, ids=[row[0] for row in PEAKS])
def test_our_own_memory(network, most, kept):
    report = summarise_text(network) if " " in network else summarise(network)
    assert (peak_numbers(report), kept_numbers(report)) == (most, kept)


def test_memory_counts_in_bytes_of_the_type_and_batch():
    once = {item.key: item.bytes for item in own_memory(summarise("resnet50")).items}
    half = {item.key: item.bytes for item in own_memory(summarise("resnet50"), 16, 6).items}
    for key, size in once.items():
        assert half[key] == (size // 2 if key in ("parameters", "buffers") else 3 * size)


def test_a_symbolic_network_has_symbolic_counts_and_no_peak():
    layers = "[conv 8 k3 p1, batchnorm, relu, maxpool 2, avgpool 3 s1, tconv 4 k3 s2, globalavgpool]"
    report = summarise_text(f"{{input: 3xHxW, layers: {layers}}}")
    fixed = summarise_text(f"{{input: 3x32x48, layers: {layers}}}")
    for count in COUNTS.values():
        found = evaluate(parse(str(tool_count(report, count).value)), {"H": 32, "W": 48})
        assert found == tool_count(fixed, count).value
    assert peak_numbers(report) is None


# Every kind that is a module of PyTorch, alone, as each tool counts it: torchinfo 1.8.0, fvcore 0.1.5, ptflops 0.7.5,
# thop 0.1.1, torchscan 0.1.2, calflops 0.3.2 and PyTorch 2.13's FlopCounterMode; null where it fails, or where the
# count hangs on the device.  Attention is called as Transformer layers call it, without its weights.
LAYERS = [json.loads(line) for line in (DATA / "layers_tools.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", LAYERS, ids=lambda row: f"{row['input']} {row['layer']}")
def test_a_tools_count_of_a_layer_is_what_it_prints(row):
    if row["layer"].startswith("bilinear"):
        report = summarise_text('{input: {a: [12], b: [4]}, layers: ["bilinear 3 from=a,b"]}')
    else:
        report = summarise_text(json.dumps({"input": row["input"], "layers": [row["layer"]]}))
    assert not report.errors
    for tool, expected in row.items():
        if tool in COUNTS:
            found = tool_count(report, COUNTS[tool])
            assert (None if found.unknown else found.value) == expected, tool


TRANSFORMER = """
input: 512x128
layers:
- residual: [attention 8]
- layernorm
- residual: [linear 256, relu, linear 128]
- layernorm
"""


def test_torchinfo_sees_nothing_of_attention():
    """nn.TransformerEncoderLayer(128, 8, 256): 33,024 + 32,896 and two norms of 256."""
    found = tool_count(summarise_text(TRANSFORMER), COUNTS["torchinfo"])
    assert found.value == 66_432
    assert any("attention" in error for error in found.known_errors)


@pytest.mark.parametrize("layer", ["localconv 8 k3", "deformconv 8 k3", "subsample 2", "mine 8 k3 p1"])
@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_not_known_of_a_tool_is_no_number(layer, tool):
    kind = {
        "mine": {"keys": "filters f, kernel k, padding p=0", "channels": "f", "weights": "K*c*f", "macs": "N*K*c*f"}
    }
    report = summarise_text(json.dumps({"input": "8x9x9", "kinds": kind, "layers": [layer, "conv 4 k3"]}))
    found = tool_count(report, COUNTS[tool])
    known = tool == "torchvision"
    assert found.unknown == (() if known else (layer.split()[0],))
    assert isinstance(found.value, int) == known
    assert found.value - sum(found.layers) == 0


def test_what_is_not_known_is_marked_in_the_table(capsys):
    _, found = shown(capsys, "-e", "8x9x9 -> localconv 8 k3 -> conv 4 k3", "--count", "torchinfo")
    cells = {line.split()[0]: line for line in found.out.splitlines() if line[:1].isalpha()}
    assert " ? " in cells["localconv1"]
    assert "? + 7,300" in cells["Total"]
    assert "? stands for what it counts for localconv: not known" in found.out


@pytest.mark.parametrize("network", ["resnet50", "densenet121", "googlenet", "inception_v3", "mobilenet_v2",
                                     "mnasnet1_0", "shufflenet_v2_x1_0", "squeezenet1_0", "convnext_tiny"])  # fmt: skip
def test_what_is_known_of_torchvisions_code_finds_its_network(network):
    """The names of networks are what ties the table to them."""
    report = summarise(network)
    code = code_of(report)
    assert code in CODES
    assert len(roles_of(report, code)) > 0 or not (code.functions or code.means or code.linears)


def shown(capsys, *arguments):
    code = run(["summary", *arguments])
    return code, capsys.readouterr()


def test_all_tools_side_by_side(capsys):
    code, found = shown(capsys, "resnet50", "--count", "all")
    lines = found.out.splitlines()
    assert code == 0
    for tool, count in zip(TOOLS, TOTALS["resnet50"].split(), strict=True):
        assert any(line.split()[:2] in ([tool, count], [tool, count + "*"]) for line in lines)
    assert "ptflops" in found.out.split("\n\n")[-1]
    assert "twice" in found.out.split("\n\n")[-1]


def test_one_tools_count_in_the_table(capsys):
    _, found = shown(capsys, "lenet5", "--count", "torchinfo")
    assert found.out.startswith("LeNet-5 (pytorch convention; MACs as torchinfo counts them)")
    assert "MACs by torchinfo" in found.out
    assert "423,038" in found.out
    assert "416,520" not in found.out
    _, found = shown(capsys, "lenet5", "--count", "calflops", "--format", "csv", "--columns", "layer,macs")
    assert found.out.splitlines()[:3] == ["layer,macs_calflops", "input,", "C1,239904"]


def test_counts_in_json(capsys):
    _, found = shown(capsys, "dcgan", "--count", "torchinfo", "--json")
    report = json.loads(found.out)
    assert report["totals"]["macs"] == 104_628_224
    (error,) = report["counts"]["torchinfo"].pop("known_errors")
    assert "s²" in error
    assert report["counts"] == {
        "torchinfo": {
            "value": tool_count(summarise("dcgan"), COUNTS["torchinfo"]).value,
            "unit": "MAC",
            "counts": "conv and linear with biases; parameters of other layers once",
            "assumed": [],
        }
    }
    _, found = shown(capsys, "vgg16", "--count", "all", "--format", "jsonl")
    assert list(json.loads(found.out)["counts"]) == list(COUNTS)


def test_memory_in_json_and_as_text(capsys):
    _, found = shown(capsys, "vgg16", "--memory", "torchsummary", "--json")
    memory = json.loads(found.out)["memory"]
    assert memory["torchsummary"]["printed"] == {
        "input": "0.57", "forward_backward": "218.78", "parameters": "527.79", "total": "747.15"
    }  # fmt: skip
    assert memory["ours"]["parameters"] == 4 * 138_357_544
    _, found = shown(capsys, "densenet121", "--memory", "all")
    assert "kept for backward" in found.out
    assert "Estimated Total Size" in found.out
    assert "213.06" in found.out
    assert "fails on this network" in found.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--count", "torchinf"), "torchinfo"),
        (("--count", "all", "--format", "csv"), "text or JSON"),
        (("--memory", "torchinfo", "--format", "latex"), "text or JSON"),
        (("--count", "fvcore", "--style", "lenet"), "no say"),
    ],
)
def test_wrong_usage(capsys, arguments, message):
    code, found = shown(capsys, "lenet5", *arguments)
    assert (code, found.out) == (2, "")
    assert message in found.err


def test_a_narrow_terminal_has_what_is_counted_below():
    report = summarise("resnet50")
    found = "".join(render(report, "table", ReportOptions(terminal=True, width=80, tools="all")))
    _, table, notes, _ = found.split("\n\n")
    assert max(map(len, table.splitlines())) <= 80
    assert "fvcore           conv and linear; batch norm 2" in notes


def test_layers_that_could_not_be_computed_are_named(capsys):
    code, found = shown(capsys, "-e", "3x8x8 -> conv 4 k3 -> conv 4 k9", "--count", "all", "--memory", "torchinfo")
    assert code == 3
    assert found.out.count("Not counted") == 3
    assert "3,888" in found.out


@pytest.mark.parametrize("arguments", [("--count", "all"), ("--memory", "all"), ("--count", "thop")])
def test_counting_imports_nothing_heavy(arguments):
    assert not HEAVY & imported_by("summary", "resnet50", *arguments)


INVOLUTION = """
input: 16x32x32
kinds:
  involution:
    keys: kernel k, stride s=1, padding p=0, groups g=1
    size: "floor((n + 2*p - k)/s) + 1"
    weights: "c*c/4 + c/4*K*g"
    macs: "N*(c*c/4 + c/4*K*g + K*c)"
layers: [involution k3 p1]
"""


@pytest.mark.parametrize("tool", [name for name, count in COUNTS.items() if not count.knows_all])
def test_a_kind_of_the_spec_is_no_convolution_for_a_tool(tool):
    found = tool_count(summarise_text(INVOLUTION), COUNTS[tool])
    assert (found.unknown, found.known_errors) == (("involution",), ())


def test_how_tools_count_a_kind_is_known_but_of_those_that_are_no_modules():
    unknown = {kind.name for kind in KINDS if not kind.counted_as}
    assert unknown >= {"localconv", "deformconv", "tableconv", "subsample", "rbf"}
