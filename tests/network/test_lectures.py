"""Every claim of five lectures (tests/data/lectures.yaml): what is right, and for their errata where they are wrong.

`claims` takes entries for a test, and the last test looks for any that nobody took.
"""

import json
import re
from fractions import Fraction
from itertools import product
from math import prod
from random import Random

import pytest
import yaml
from places import DATA

from convcalc.algebra.expr import evaluate
from convcalc.algebra.inversion import Range, solve
from convcalc.algebra.parser import parse
from convcalc.algebra.poly import symbol
from convcalc.algebra.substitution import substitute
from convcalc.kinds import find
from convcalc.network.load import Choices, summarise, summarise_text

SECTIONS = yaml.safe_load((DATA / "lectures.yaml").read_text(encoding="utf-8"))
CLAIMS = {
    claim["id"]: {**claim, "section": section}
    for section, claims in SECTIONS.items()
    if section != "sources"
    for claim in claims
}
TAKEN = set()
CONV, TCONV = (find(kind).kind.sizes[""] for kind in ("conv", "tconv"))


def claims(*ids, section="", where=lambda claim: True):
    """Parametrise a test over entries: those named, or those of a section that `where` picks."""
    chosen = [CLAIMS[each] for each in ids]
    chosen += [claim for claim in CLAIMS.values() if claim["section"] == section and where(claim)]
    assert chosen
    TAKEN.update(claim["id"] for claim in chosen)
    return pytest.mark.parametrize("claim", [pytest.param(claim, id=claim["id"]) for claim in chosen])


def read(text, **known):
    """The value of a formula as a lecture prints it, `2P` for 2·P; letters without a number stay symbols."""
    tree = parse(re.sub(r"(?<![A-Za-z])(\d+)(?=[A-Z])", r"\1*", text.replace("^", "**")))
    names = set(re.findall(r"[A-Za-z]\w*", text)) - {"floor"}
    return evaluate(tree, {name: known.get(name, symbol(name)) for name in names} | known)


# Layers as lectures.yaml has them, and as a spec has them.
KINDS = {
    "zero_pad": lambda given: {"zeropad": {"amount": given}},
    "conv": lambda given: {"conv": {"filters": 1, **given}},
    "maxpool": lambda given: {"maxpool": given},
    "upsample": lambda given: {"upsample": given},
    "unpool": lambda given: {"unpool": given},
    "conv_transpose": lambda given: {"tconv": {"filters": 1, **given}},
    "locally_connected": lambda given: {"localconv": given},
    "flatten": lambda given: {"flatten": {}},
    "linear": lambda given: [{"flatten": {}}, {"linear": given}],
    "fully_connected_to": lambda given: [{"flatten": {}}, {"linear": {"units": prod(given)}}],
}


def network(given, **more):
    layers = []
    for key, value in given.items():
        if key in KINDS:
            layer = KINDS[key](value)
            layers += layer if isinstance(layer, list) else [layer]
    keras = {"layout": "channels_last", "convention": "keras"} if "layout" in given else {}
    spec = {"input": given["input"], "layers": layers, **keras, **more}
    if given.get("bias") is False:
        spec["defaults"] = {"linear": "bias=no"}
    return summarise_text(json.dumps(spec))


def shown(report):
    """The output's sizes in the order of the layout."""
    channels, *space = report.output
    return [*space, channels] if report.channels_last else [channels, *space]


def right(claim):
    return claim.get("correct", claim["stated"])


# Sizes


def has_numbers(claim):
    return isinstance(claim["stated"], list) and "input" in claim["given"] and "batch" not in claim["given"]


@claims(section="output_size", where=has_numbers)
def test_sizes(claim):
    report = network(claim["given"])
    assert not report.errors
    output = shown(report)
    assert right(claim) in (output, output[1:])  # without channels, where the lecture has one channel and says none


@claims("intro-batch")
def test_a_batch_goes_before_the_shape(claim):
    assert [claim["given"]["batch"], *shown(network(claim["given"]))] == claim["stated"]


@claims("xmu-dilated")
def test_erratum_the_slide_multiplies_the_whole_kernel_by_the_dilation(claim):
    """It writes d·k − 1 where the effective kernel is d·(k − 1) + 1; its own PyTorch example needs the right one."""
    slide = "floor((n + 2*p - (d*k - 1) - 1)/s + 1)"
    n, letters = 11, {"p": 1, "s": 2, "d": 2, "k": 3}
    assert evaluate(parse(slide), {"n": n, **letters}) == claim["stated"][1] == 4
    assert evaluate(parse(CONV), {"n": n, **letters}) == claim["correct"][1] == shown(network(claim["given"]))[1] == 5
    assert len(range(0, n + 2 - 2 * 2, 2)) == 5  # the places where five cells fit into thirteen, two apart
    own = {"n": 50, "p": 4, "s": 2, "d": 3, "k": 3}
    assert evaluate(parse(CONV), own) == CLAIMS["xmu-torch-3"]["stated"][1] == 26
    assert evaluate(parse(slide), own) == 25


@claims("xmu-keras-rule")
def test_keras_refuses_stride_with_dilation_and_pytorch_does_not(claim):
    (error,) = network(claim["given"]).errors
    assert error.code == "C022"
    assert not network(claim["given"], convention="pytorch").errors


@claims("xmu-pool-75")
def test_two_by_two_pooling_discards_three_quarters(claim):
    report = network(claim["given"])
    assert 1 - Fraction(report.totals.activations, prod(claim["given"]["input"])) == Fraction(75, 100)


@claims("cnn4-7-s3")
def test_what_does_not_fit_is_rounded_down_by_frameworks_and_refused_by_textbooks(claim):
    assert "2.33" in claim["stated"]
    assert Fraction(7 - 3, 3) + 1 == Fraction(7, 3)  # 2.33
    report = network(claim["given"])
    assert shown(report) == [1, 2, 2]
    assert report.layers[0].field[0].at(1) == (3, 5)  # the last row, 6, is seen by nobody
    (error,) = network(claim["given"], convention="textbook").errors
    assert error.code == "C021"
    hinted = set(re.findall(r"\d+", error.hint))
    assert "6" in hinted or "9" in hinted  # the nearest sizes that fit are 6 and 9


@claims("cnn4-shrink")
def test_a_volume_shrinks_with_every_convolution_that_is_not_padded(claim):
    report = summarise_text("3x32x32 -> conv 6 k5 -> conv 10 k5")
    sizes = [report.inputs["input"][1], *(layer.applied.output[1] for layer in report.layers)]
    assert " -> ".join(map(str, sizes)) == claim["stated"]


SYMBOLIC = {
    "intro-valid": ("1xW", "K", "conv 1 k=K"),
    "intro-padded": ("1xW", "K, P", "conv 1 k=K p=P"),
    "intro-strided": ("1xW", "K, P, S", "conv 1 k=K p=P s=S"),
    "intro-poolsym": ("1xH", "K, S", "maxpool K s=S"),
    "cnn4-tconvsym": ("1xW", "F, S, P, OP", "tconv 1 k=F s=S p=P op=OP"),
}


def symbolic(shape, names, *layers):
    report = summarise_text(json.dumps({"input": shape, "symbols": names.split(", "), "layers": layers}))
    assert not report.errors
    return report


@claims(*SYMBOLIC)
def test_sizes_in_letters_are_the_lectures_formulas(claim):
    shape, names, layer = SYMBOLIC[claim["id"]]
    size = symbolic(shape, names, layer).output[1]
    # What the lecture divides, it takes to be whole: a convolution rounds down.
    assert size == read(re.sub(r"(\(.*\)/\w)", r"floor(\1)", claim["stated"]))
    draw = Random(claim["id"])
    for _ in range(50):
        numbers = {name: draw.randint(1, 4) for name in names.split(", ")} | {shape[-1]: draw.randint(20, 40)}
        report = summarise_text(json.dumps({"input": shape, "let": numbers, "layers": [layer]}))
        if report.output:
            assert report.output[1] == substitute(size, numbers)


@claims("cnn4-tconvsym")
def test_the_term_of_a_dilated_transposed_convolution(claim):
    note = claim["note"]
    assert "D*(F - 1)" in note
    size = symbolic("1xW", "F, S, P, OP, D", "tconv 1 k=F s=S p=P op=OP d=D").output[1]
    assert size == read("(W - 1)*S - 2*P + D*(F - 1) + 1 + OP")


# Up-sampling


@claims("cnn4-nearest", "cnn4-nails")
def test_upsampling(claim):
    assert shown(network(claim["given"]))[1:] == claim["stated"]


@claims("cnn4-tconv")
def test_erratum_the_drawing_leaves_its_output_padding_out(claim):
    letters = {"n": 2, "k": 3, "s": 2, "p": 1, "d": 1}
    assert shown(network(claim["given"]))[1:] == claim["correct"]
    assert evaluate(parse(TCONV), letters | {"op": 0}) == claim["correct"][0] == 3
    assert evaluate(parse(TCONV), letters | {"op": 1}) == claim["stated"][0] == 4
    padded = {**claim["given"], "conv_transpose": {**claim["given"]["conv_transpose"], "output_padding": 1}}
    assert shown(network(padded))[1:] == claim["stated"]
    assert solve(parse(TCONV), "op", letters, 4) == [Range(1, 1)]


# Solving


@claims("cnn4-same-3", "cnn4-same-5", "cnn4-same-7")
def test_the_padding_that_keeps_the_size(claim):
    kernel = int(claim["ask"].split()[-1])
    for n in (7, 32, 224):
        known = {"n": n, "k": kernel, "s": 1, "d": 1}
        assert solve(parse(CONV), "p", known, n) == [Range(claim["stated"], claim["stated"])]


@claims("cnn4-same-sym")
def test_the_padding_that_keeps_the_size_in_letters(claim):
    padding = read(claim["stated"])
    kept = evaluate(parse(CONV), {"n": symbol("W"), "k": symbol("F"), "p": padding, "s": 1, "d": 1})
    assert kept == symbol("W")
    for kernel in range(1, 16):
        found = solve(parse(CONV), "p", {"n": 32, "k": kernel, "s": 1, "d": 1}, 32)
        half = substitute(padding, {"F": kernel})
        assert found == ([Range(half, half)] if kernel % 2 else [])  # an even kernel cannot keep the size


@claims("cnn4-fits")
def test_whatever_fits(claim):
    """F = 5, S = 2 on 32: 27 + 2P is odd, so that no padding fits exactly; 2 halves it, dropping one column."""
    assert claim["ask"].startswith("F = 5, S = 2")
    for padding in range(10):
        chain = f"1x32 -> conv 1 k5 s2 p{padding}"
        assert not summarise_text(chain).errors
        assert [error.code for error in summarise_text(chain, Choices(convention="textbook")).errors] == ["C021"]
    assert solve(parse(CONV), "p", {"n": 32, "k": 5, "s": 2, "d": 1}, 16) == [Range(2, 2)]
    halved = summarise_text("1x32 -> conv 1 k5 s2 p=[[1,2]]", Choices(convention="textbook"))
    assert not halved.errors
    assert halved.output == (1, 16)


# Parameters and multiply–accumulates


def counts_parameters(claim):
    return (
        isinstance(claim["stated"], int)
        and "input" in claim["given"]
        and not claim["given"].keys() & {"ask", "flatten"}
    )


@claims(section="parameters", where=lambda claim: "given" in claim and counts_parameters(claim))
def test_parameters(claim):
    assert network(claim["given"]).totals.parameters == claim["stated"]


@claims(*(name for name, entry in CLAIMS.items() if "worked" in entry and entry["section"] == "parameters"))
def test_the_work_shown_gives_the_number_stated(claim):
    assert evaluate(parse(claim["worked"]), {}) == claim["stated"]


@claims("xmu-ratios")
def test_how_many_times_fewer_parameters_sharing_takes(claim):
    """3,025 and 75,425.5, which the slide rounds to 3,000 and 75,400."""
    full, local, shared = (
        network(CLAIMS[name]["given"]).totals.parameters for name in ("xmu-fc", "xmu-local", "xmu-shared")
    )
    assert [Fraction(local, shared), round(full / shared, 1)] == claim["correct"]
    assert [round(local / shared, -3), round(full / shared, -2)] == claim["stated"]


@claims("guilan-units")
def test_erratum_the_units_of_a_table_whose_weights_are_right(claim):
    """28·28·6 is 4,704; the slide's 4,368 is 28·26·6. Its 14,450,688 weights are 3,072 times 4,704."""
    assert network(claim["given"]).totals.activations == claim["correct"] == 28 * 28 * 6
    assert claim["stated"] == 28 * 26 * 6
    assert CLAIMS["guilan-fcw"]["stated"] == 3072 * claim["correct"]


@claims("cnn4-sym")
def test_parameters_in_letters(claim):
    report = symbolic("D1xHxW", "F, K", "conv K k=F")
    assert report.totals.parameters == read(claim["stated"])


@claims("xmu-stack")
def test_three_small_filters_against_a_large_one(claim):
    small, large = claim["stated"]
    stack = symbolic("CxHxW", "C", *["conv C k3 bias=no"] * 3)
    one = symbolic("CxHxW", "C", "conv C k7 bias=no")
    assert (stack.totals.parameters, one.totals.parameters) == (read(small), read(large))
    assert stack.output == one.output


@claims("guilan-sym")
def test_full_and_convolutional_layers_in_letters(claim):
    stated = {name: text.replace("W'", "V").replace("H'", "U") for name, text in claim["stated"].items()}
    full = symbolic("JxHxW", "U, V, I", "flatten", "linear U*V*I bias=no")
    shared = symbolic("JxHxW", "K, I", "conv I k=K bias=no")
    assert full.totals.parameters == read(stated["fc"])
    assert full.output == (read(stated["units"]),)
    assert shared.totals.parameters == read(stated["conv"])
    _, height, width = shared.output
    assert shared.totals.activations == read(stated["units"], U=height, V=width)


@claims("utd-307k")
def test_a_picture_flattened(claim):
    assert network(claim["given"]).output == (claim["stated"],)


@claims("intro-196m")
def test_a_thousand_units_on_a_picture(claim):
    parameters = network(claim["given"]).totals.parameters
    assert parameters == 196_608_000
    assert f"{parameters // 10**6} million" == claim["stated"]


@claims("intro-pool")
@pytest.mark.parametrize("pool", ["maxpool 2", "maxpool 3 s2 p1", "avgpool 2", "adaptiveavgpool 7x7", "globalavgpool"])
def test_pooling_has_nothing_to_learn(claim, pool):
    assert summarise_text(f"64x56x56 -> {pool}").totals.parameters == claim["stated"] == 0


@claims("intro-bn")
def test_batch_normalisation_learns_two_numbers_a_channel_and_keeps_two(claim):
    assert "2*D learnable" in claim["note"]
    totals = symbolic("DxHxW", "D", "batchnorm").totals
    assert (totals.parameters, totals.buffers) == (read("2*D"), read("2*D"))


@claims(section="macs")
def test_multiply_accumulates(claim):
    assert network(claim["given"]).totals.macs == claim["stated"]
    assert evaluate(parse(re.sub(r"outputs|each", "", claim["worked"])), {}) == claim["stated"]


# Receptive fields


@claims("intro-rf-l")
def test_the_receptive_field_of_equal_layers(claim):
    for layers in range(1, 9):
        (field,) = symbolic("1xN", "K", *["conv 1 k=K"] * layers).layers[-1].field
        assert field.size == read(claim["stated"], L=layers)


@claims("intro-rf")
def test_the_receptive_field_of_any_layers(claim):
    """RF_L = RF_(L−1) + D_L·(K_L − 1)·S_1 … S_(L−1); with a layer's own stride in the product it would be too large."""
    assert "stops before the current layer's own stride" in claim["note"]
    draw, wrong = Random(5), 0
    for _ in range(200):
        chosen = [(draw.randint(1, 5), draw.randint(1, 3), draw.randint(1, 2)) for _ in range(draw.randint(1, 5))]
        report = summarise_text("1x2000 -> " + " -> ".join(f"conv 1 k{k} s{s} d{d}" for k, s, d in chosen))
        size, too_far, jump = 1, 1, 1
        for layer, (k, s, d) in zip(report.layers, chosen, strict=True):
            size += d * (k - 1) * jump
            too_far += d * (k - 1) * jump * s
            jump *= s
            assert (layer.field[0].size, layer.field[0].stride) == (size, jump)
        wrong += too_far != size
    assert wrong > 100


@claims("xmu-rf-stack")
def test_three_small_filters_see_what_a_large_one_sees(claim):
    assert "7 x 7" in claim["stated"]
    stack = summarise_text("1x32x32 -> [conv 1 k3]*3").layers[-1].field
    assert stack == summarise_text("1x32x32 -> conv 1 k7").layers[-1].field
    assert [field.size for field in stack] == [7, 7]


# Architectures


@claims("intro-lenet")
def test_lenet_as_taught_row_by_row(claim):
    report = summarise("lenet5-lecture")
    assert not report.errors
    layers = [layer.applied for layer in report.layers]
    printed = [" x ".join(map(str, layer.output)) for layer in layers]
    assert ["1 x 28 x 28", *printed] == [size for _, size, _ in claim["rows"]]
    weights = [evaluate(parse(text.replace("x", "*")), {}) for _, _, text in claim["rows"]]
    assert [0, *(layer.parameters for layer in layers)] == weights
    assert [number for number in weights if number] == claim["parameters"]
    assert report.totals.parameters == sum(claim["parameters"]) == claim["total"]


@claims("intro-lenet")
def test_the_rows_of_the_lecture_are_themselves_a_network(claim):
    rows = [name for name, _, _ in claim["rows"][1:]]
    pasted = summarise_text(json.dumps({"input": claim["input"], "layers": rows}))
    spec = summarise("lenet5-lecture")
    assert not pasted.errors
    assert [layer.applied.output for layer in pasted.layers] == [layer.applied.output for layer in spec.layers]
    assert pasted.totals == spec.totals


NETWORKS = {
    "guilan-lenet": {"lenet5-1998": 60_000},
    "guilan-alexnet": {"alexnet-2012": 60_965_224, "alexnet": 61_100_840},
    "cnn4-vgg16": {"vgg16": 138_357_544},
    "guilan-googlenet": {"googlenet": 6_624_904},
}


@claims(*NETWORKS)
def test_networks_that_the_lectures_name(claim):
    for spec, parameters in NETWORKS[claim["id"]].items():
        assert summarise(spec).totals.parameters == parameters
        told = re.findall(r"\d[\d,]{3,}", f"{claim.get('note')} {right(claim)}")
        assert parameters in {int(each.replace(",", "")) for each in told}


def test_vgg_pads_by_one_throughout():
    kernels = {
        (layer.applied.values["kernel"], layer.applied.values["padding"])
        for layer in summarise("vgg16").layers
        if layer.kind == "conv"
    }
    assert kernels == {((3, 3), ((1, 1), (1, 1)))}


def test_googlenet_has_one_linear_layer_after_global_pooling():
    kinds = [layer.kind for layer in summarise("googlenet").layers]
    assert kinds.count("linear") == 1
    before = kinds[: kinds.index("linear")]
    assert {"globalavgpool", "adaptiveavgpool"} & set(before)
    assert kinds.count("concat") == 9  # inception modules


@claims("xmu-gap")
def test_global_pooling_needs_a_fraction_of_the_weights_of_flattening(claim):
    assert "instead of flattening" in claim["network"]
    flat = summarise_text("512x7x7 -> flatten -> linear 1000")
    pooled = summarise_text("512x7x7 -> globalavgpool -> flatten -> linear 1000")
    assert (flat.totals.parameters, pooled.totals.parameters) == (7 * 7 * 512_000 + 1000, 512_000 + 1000)


@claims("xmu-deform")
@pytest.mark.parametrize("kernel, groups", [((3, 3), 1), ((5, 3), 1), ((3, 3), 2)])
def test_the_offsets_of_a_deformable_convolution_are_counted(claim, kernel, groups):
    assert "2*kh*kw" in claim["note"]
    sides = "x".join(map(str, kernel))
    deformed = summarise_text(f"16x32x32 -> deformconv 8 k{sides} p1 offset_groups={groups}").totals
    offsets = summarise_text(f"16x32x32 -> conv {2 * prod(kernel) * groups} k{sides} p1").totals
    plain = summarise_text(f"16x32x32 -> conv 8 k{sides} p1").totals
    assert deformed.parameters == plain.parameters + offsets.parameters
    assert deformed.macs == plain.macs + offsets.macs


@claims("xmu-ndim")
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_a_filter_has_as_many_axes_as_its_input(claim, dims):
    assert "C_out x C_in x K x K x K" in claim["note"]
    for kind in ("conv", f"conv{dims}d"):
        report = summarise_text(f"4x{'x'.join(['9'] * dims)} -> {kind} 6 k3")
        assert report.totals.parameters == 6 * (4 * 3**dims + 1)
        assert report.output == (6, *[7] * dims)
    (error,) = summarise_text(f"4x{'x'.join(['9'] * dims)} -> conv{dims % 3 + 1}d 6 k3").errors
    assert error.code == "C010"


@claims("cnn4-groups")
def test_both_channel_counts_are_divisible_by_the_groups(claim):
    assert "divisible by groups" in claim["note"]
    for c, f, g in product((4, 6, 12), (4, 6, 12), (1, 2, 3, 4, 6)):
        report = summarise_text(f"{c}x8x8 -> conv {f} k3 g{g} bias=no")
        if c % g or f % g:
            assert {error.code for error in report.errors} == {"C002"}
        else:
            assert report.totals.parameters == f * (c // g) * 3 * 3
    depthwise, grouped = (summarise_text(f"12x8x8 -> {layer}") for layer in ("dwconv 3 m2", "conv 24 k3 g12"))
    assert depthwise.totals == grouped.totals


@claims("utd-deeper")
@pytest.mark.parametrize("name", ["zfnet", "vgg11", "vgg19", "googlenet", "resnet18", "resnet152"])
def test_further_networks_that_the_lectures_name_are_bundled(claim, name):
    family = re.match(r"[a-z]+", name)[0]
    assert family in claim["network"].lower()
    assert not summarise(name).errors


# Patterns: INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC

DEFAULTS = "defaults: {conv: 8 k3 p1, pool: 2, fc: 10}"
EXPECTED = {
    "xmu-pattern-0": "FC",
    "xmu-pattern-1": "CONV RELU FC",
    "xmu-pattern-2": "CONV RELU POOL CONV RELU POOL FC RELU FC",
    "xmu-pattern-3": "CONV RELU CONV RELU POOL " * 3 + "FC RELU FC RELU FC",
    "xmu-pattern-g": "CONV RELU CONV RELU CONV RELU POOL " * 2 + "FC RELU FC",
}
KIND = {"CONV": "conv", "RELU": "relu", "POOL": "maxpool", "FC": "linear"}


def pattern(text, shape="3x32x32", defaults=DEFAULTS, more="", without=()):
    spec = f"input: {shape}\nlet: {{N: 3, M: 2, K: 1}}\n{defaults}\n{more}layers:\n  - {json.dumps(text)}\n"
    return summarise_text(spec, Choices(without=without))


def kinds(report):
    return [layer.kind for layer in report.layers if layer.kind != "flatten"]


@claims(section="patterns")
def test_a_pattern_is_a_network_where_a_fully_connected_layer_is_said_to_flatten(claim):
    blocks = "blocks: {FC: [flatten, linear 10]}\n"
    report = pattern(claim["pattern"], defaults="defaults: {conv: 8 k3 p1, pool: 2}", more=blocks)
    assert not report.errors
    assert kinds(report) == [KIND[word] for word in EXPECTED[claim["id"]].split()]
    assert report.output == (10,)


@claims(section="patterns")
@pytest.mark.parametrize("flatten", ["", "FLATTEN -> "], ids=["as written", "flattened by hand"])
def test_a_pattern_is_a_network_with_defaults(claim, flatten):
    head, arrow, tail = (
        claim["pattern"].partition("[FC") if "[FC" in claim["pattern"] else claim["pattern"].partition("FC")
    )
    report = pattern(f"{head}{flatten}{arrow}{tail}")
    assert not report.errors
    words = EXPECTED[claim["id"]].split()
    assert kinds(report) == [KIND[word] for word in words]
    sizes = [layer.applied.output for layer in report.layers]
    side = 32
    for layer, size in zip(report.layers, sizes, strict=True):
        side //= 2 if layer.kind == "maxpool" else 1
        assert size in ((8, side, side), (10,), (8 * side * side,), (3 * 32 * 32,))
    assert report.totals.parameters == parameters(words)


def parameters(words):
    """Of a pattern on 3 x 32 x 32 with 8 filters and 10 units, counted along it."""
    total, channels, side, features = 0, 3, 32, 0
    for word in words:
        if word == "CONV":
            total, channels = total + 8 * (9 * channels + 1), 8
        elif word == "POOL":
            side //= 2
        elif word == "FC":
            total, features = total + 10 * ((features or channels * side * side) + 1), 10
    return total


@claims(section="patterns", where=lambda claim: "CONV" in claim["pattern"])
def test_outside_a_pattern_a_linear_layer_straight_after_a_map_is_an_error_whose_cure_is_flatten(claim):
    report = pattern(claim["pattern"].removeprefix("INPUT -> "))
    assert report.errors, report.output
    error = report.errors[0]
    assert (error.code, "flatten" in error.hint) == ("C031", True)


@claims("xmu-pattern-g")
def test_optional_items_of_a_pattern_are_left_out_on_demand(claim):
    text = claim["pattern"].replace("-> [FC", "-> FLATTEN -> [FC")
    kept = kinds(pattern(text))
    for name in ("pool", "POOL", "maxpool", "all"):
        dropped = pattern(text, without=(name,))
        assert kinds(dropped) == [kind for kind in kept if kind != "maxpool"], name
        assert dropped.totals.parameters == 8 * 28 + 5 * 8 * 73 + 10 * (8 * 32 * 32 + 1) + 10 * 11


# Arrays worked by hand


def padded(rows, p):
    empty = [0] * (len(rows[0]) + 2 * p)
    return [*[empty] * p, *([0] * p + row + [0] * p for row in rows), *[empty] * p]


def slid(rows, height, width, s, work):
    return [
        [work([row[x : x + width] for row in rows[y : y + height]]) for x in range(0, len(rows[0]) - width + 1, s)]
        for y in range(0, len(rows) - height + 1, s)
    ]


def cross_correlation(entry):
    kernel = entry["kernel"]

    def work(window):
        return sum(
            a * b for row, weights in zip(window, kernel, strict=True) for a, b in zip(row, weights, strict=True)
        )

    rows = padded(entry["input"], entry.get("padding", 0))
    return slid(rows, len(kernel), len(kernel[0]), entry.get("stride", 1), work)


def block(value, scale, filled):
    return [[value if filled or (y, x) == (0, 0) else 0 for x in range(scale)] for y in range(scale)]


def enlarged(entry):
    scale, filled = entry["scale"], entry["op"] == "upsample_nearest"
    return [
        [cell for value in row for cell in block(value, scale, filled)[y]]
        for row in entry["input"]
        for y in range(scale)
    ]


OPERATIONS = {
    "cross_correlation": (cross_correlation, lambda entry: "conv 1 k{}x{} p{} s{}".format(
        len(entry["kernel"]), len(entry["kernel"][0]), entry.get("padding", 0), entry.get("stride", 1))),
    "maxpool": (lambda entry: slid(entry["input"], entry["kernel"], entry["kernel"], entry["stride"],
                                   lambda window: max(map(max, window))),
                lambda entry: f"maxpool {entry['kernel']} s{entry['stride']}"),
    "upsample_nearest": (enlarged, lambda entry: f"upsample {entry['scale']}"),
    "bed_of_nails": (enlarged, lambda entry: f"unpool {entry['scale']} mode=bed_of_nails"),
}  # fmt: skip


@claims(section="numeric")
def test_arrays_worked_by_hand_have_these_values_and_the_shape_foretold(claim):
    work, layer = OPERATIONS[claim["op"]]
    result = work(claim)
    assert claim.get("stated", result) == result
    assert claim.get("stated_top_row", result[0]) == result[0]
    rows = claim["input"]
    report = summarise_text(f"1x{len(rows)}x{len(rows[0])} -> {layer(claim)}")
    assert report.output == (1, len(result), len(result[0]))


def test_a_window_of_nails_sees_what_it_was_made_of_and_nothing_between():
    (field, _) = summarise_text("1x2x2 -> unpool 2 mode=bed_of_nails").layers[0].field
    assert [field.at(unit) for unit in range(4)] == [(0, 0), (None, None), (1, 1), (None, None)]


# Nothing is left out


def test_every_entry_of_the_lectures_has_a_test():
    """The rules of thumb are the linter's, and tested with it."""
    assert sum(len(claims) for section, claims in SECTIONS.items() if section != "sources") == len(CLAIMS)
    rules = {name for name, claim in CLAIMS.items() if claim["section"] == "rules_of_thumb"}
    assert CLAIMS.keys() - rules == TAKEN
