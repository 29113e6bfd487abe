"""The bundled networks against torchvision's own, layer by layer, and against the totals their authors publish."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from places import DATA

from convcalc.network.load import spec_of, summarise
from convcalc.problem import Problem
from convcalc.readers import library
from convcalc.spec.choices import Choices


def golden(name):
    return {(row := json.loads(line))["model"].partition("[")[0]: row for line in (DATA / name).open()}


# Measured with torchvision 0.28: every leaf module in the order it ran, shapes without the batch.
TORCHVISION = golden("models_torchvision.jsonl")

KINDS = {
    "Conv2d": "conv", "Conv3d": "conv", "Conv3DSimple": "conv", "BatchNorm2d": "batchnorm", "BatchNorm3d": "batchnorm",
    "MaxPool2d": "maxpool", "AvgPool2d": "avgpool", "AdaptiveAvgPool2d": "adaptiveavgpool",
    "AdaptiveAvgPool3d": "adaptiveavgpool", "StochasticDepth": "droppath", "LayerNorm2d": "layernorm",
    "CNBlock": "scale",  # ConvNeXt's block itself holds the factors of its layer scale
}  # fmt: skip
SAME = {"dwconv": "conv", "globalavgpool": "adaptiveavgpool"}  # one module in torch, two kinds here

# Rows here that are functions in torch, never modules.
JOINTS = ("add", "multiply", "concat", "flatten", "split", "shuffle", "upsample")
# … and those that torchvision calls as functions (F.relu, F.max_pool2d, Tensor.mean) in some of its networks.
FUNCTIONS = {
    "googlenet": r"relu\d+$",
    "inception_v3": r"relu\d+$|branch_pool\.(max|avg)pool1$|Mixed_[67]a.*maxpool1$",
    "densenet": r"^relu2$|^globalavgpool1$",  # those after the last batch normalisation
    "mobilenet_v2": r"^globalavgpool1$",
    "mnasnet": r"^globalavgpool1$",
    "shufflenet": r"^globalavgpool1$",
}


@cache
def report(name):
    return summarise(name)


def is_function(model, name):
    return any(model.startswith(family) and re.search(pattern, name) for family, pattern in FUNCTIONS.items())


def our_layers(model):
    """(kind, input, output, parameters, MACs, settings of a convolution) of what is a module in torch."""
    for layer in report(model).layers:
        if layer.kind in JOINTS or is_function(model, layer.name):
            continue
        applied = layer.applied
        yield (
            SAME.get(layer.kind, layer.kind),
            applied.input[0],
            applied.output,
            applied.parameters,
            applied.macs,
            our_settings(applied) if layer.kind in ("conv", "dwconv") else None,
        )


def our_settings(applied):
    values = applied.values
    groups = values.get("groups", applied.input[0][0])  # of dwconv: as many as channels
    padding = tuple(side[0] for side in values["padding"])
    return tuple(values["kernel"]), tuple(values["stride"]), padding, tuple(values["dilation"]), groups, values["bias"]


def their_layers(model):
    rows = [row for row in TORCHVISION[model]["layers"] if row["type"] not in ("Permute", "Flatten")]
    for index, row in enumerate(rows):
        if row["type"] == "CNBlock":  # listed when its forward ends, though its factors come before the dropped path
            rows[index - 1], rows[index] = rows[index], rows[index - 1]
    if model.startswith("regnet"):
        rows = projection_last(rows)
    for row in rows:
        kind = KINDS.get(row["type"], row["type"].lower())
        before, after = tuple(row["in"]), tuple(row["out"])
        if row["type"] in ("LayerNorm", "Linear", "GELU") and len(before) == 3:  # ConvNeXt, channels last
            before, after = (before[-1], *before[:-1]), (after[-1], *after[:-1])
            kind = "conv" if kind == "linear" else kind
        yield kind, before, after, row["params"], row["macs"], their_settings(row) if kind == "conv" else None


def projection_last(rows):
    """RegNet computes a block's shortcut first; a residual here lists its main path first."""
    block = lambda row: row["name"].rpartition(".proj.")[0] or row["name"].rpartition(".f.")[0]  # noqa: E731
    for first in range(len(rows)):
        if rows[first]["name"].endswith(".proj.0"):
            stop = max(i for i, row in enumerate(rows) if block(row) == block(rows[first])) + 1
            rows[first:stop] = rows[first + 2 : stop] + rows[first : first + 2]
    return rows


def their_settings(row):
    config, rank = row["config"], len(row["in"]) - 1
    if row["type"] == "Linear":  # as the 1×1 convolution that it is
        return (1,) * rank, (1,) * rank, (0,) * rank, (1,) * rank, 1, config["bias"]
    axes = (tuple(config[key]) for key in ("kernel_size", "stride", "padding", "dilation"))
    return (*axes, config["groups"], config["bias"])


@pytest.mark.parametrize("model", TORCHVISION)
def test_a_network_has_the_totals_measured_in_torchvision(model):
    theirs, ours = TORCHVISION[model], report(model)
    assert not ours.errors
    assert list(*ours.inputs.values()) == theirs["input"]
    assert list(ours.output) == theirs["output"]
    totals = ours.totals
    assert (totals.parameters, totals.buffers, totals.macs) == (theirs["parameters"], theirs["buffers"], theirs["macs"])


@pytest.mark.parametrize("model", TORCHVISION)
def test_every_layer_is_torchvisions_in_its_order(model):
    assert list(our_layers(model)) == list(their_layers(model))


# `num_params` and `_ops` of torchvision's weight metadata (pytorch.org/vision/stable/models.html); its "GFLOPS" are
# multiply–accumulates.
PUBLISHED = """
alexnet             61,100,840    .714   convnext_base      88,591,464 15.355   convnext_large    197,767,336 34.361
convnext_small      50,223,688   8.684   convnext_tiny      28,589,128  4.456   densenet121         7,978,856  2.834
densenet161         28,681,000   7.728   densenet169        14,149,480  3.360   densenet201        20,013,928  4.291
efficientnet_b0      5,288,548    .386   efficientnet_b1     7,794,184   .687   efficientnet_b2     9,109,994  1.088
efficientnet_b3     12,233,232   1.827   efficientnet_b4    19,341,616  4.394   efficientnet_b5    30,389,784 10.266
efficientnet_b6     43,040,704  19.068   efficientnet_b7    66,347,960 37.746   efficientnet_v2_s  21,458,488  8.366
efficientnet_v2_m   54,139,356  24.582   efficientnet_v2_l 118,515,272 56.080   googlenet           6,624,904  1.498
mnasnet0_5           2,218,512    .104   mnasnet0_75         3,170,208   .215   mnasnet1_0          4,383,312   .314
mnasnet1_3           6,282,256    .526   mobilenet_v2        3,504,872   .301   mobilenet_v3_large  5,483,032   .217
mobilenet_v3_small   2,542,856    .057   resnet18           11,689,512  1.814   resnet34           21,797,672  3.664
resnet50            25,557,032   4.089   resnet101          44,549,160  7.801   resnet152          60,192,808 11.514
resnext50_32x4d     25,028,904   4.230   resnext101_32x8d   88,791,336 16.414   resnext101_64x4d   83,455,272 15.460
shufflenet_v2_x0_5   1,366,792    .040   shufflenet_v2_x1_0  2,278,604   .145   shufflenet_v2_x1_5  3,503,624   .296
shufflenet_v2_x2_0   7,393,996    .583   squeezenet1_0       1,248,424   .819   squeezenet1_1       1,235,496   .349
vgg11              132,863,336   7.609   vgg11_bn          132,868,840  7.609   vgg13             133,047,848 11.308
vgg13_bn           133,053,736  11.308   vgg16             138,357,544 15.470   vgg16_bn          138,365,992 15.470
vgg19              143,667,240  19.632   vgg19_bn          143,678,248 19.632   wide_resnet50_2    68,883,240 11.398
wide_resnet101_2   126,886,696  22.753   regnet_x_400mf      5,495,976   .414   regnet_x_800mf      7,259,656   .800
regnet_x_1_6gf       9,190,136   1.603   regnet_x_3_2gf     15,296,552  3.177   regnet_x_8gf       39,572,648  7.995
regnet_x_16gf       54,278,536  15.941   regnet_x_32gf     107,811,560 31.736   regnet_y_400mf      4,344,144   .402
regnet_y_800mf       6,432,512    .834   regnet_y_1_6gf     11,202,430  1.612   regnet_y_3_2gf     19,436,338  3.176
regnet_y_8gf        39,381,472   8.473   regnet_y_16gf      83,590,140 15.912   regnet_y_32gf     145,046,770 32.280
r3d_18              33,371,472  40.697   mc3_18             11,695,440 43.343   r2plus1d_18        31,505,325 40.519
vit_b_16            86,567,656  17.564   vit_b_32           88,224,232  4.409   vit_l_16          304,326,632 61.555
vit_l_32           306,535,400  15.378   vit_h_14          632,045,800 167.295
regnet_y_128gf     644,812,894 127.518   swin_t              28,288,354   4.491   swin_s              49,606,258   8.741
swin_b              87,768,224  15.431   swin_v2_t           28,351,570   5.940   swin_v2_s           49,737,442  11.546
swin_v2_b           87,930,848  20.325   swin3d_t            28,158,070  43.882   swin3d_s            49,816,678  82.841
swin3d_b            88,048,984 140.667   maxvit_t            30,919,624   5.558   s3d                  8,320,048  17.979
mvit_v1_b           36,610,672  70.599   mvit_v2_s           34,537,744  64.224
"""
# Inception v3's published 27,161,264 count the auxiliary head, its MACs do not.
PUBLISHED_MACS_ALONE = {"inception_v3": "5.713"}


def published():
    words = PUBLISHED.split()
    return list(zip(words[::3], words[1::3], words[2::3], strict=True))


@pytest.mark.parametrize(("model", "parameters", "gmacs"), published())
def test_a_network_has_its_published_totals(model, parameters, gmacs):
    totals = report(model).totals
    assert f"{totals.parameters:,}" == parameters
    assert f"{totals.macs / 10**9:.3f}".removeprefix("0") == gmacs


def test_inception_v3_has_its_published_macs():
    assert f"{report('inception_v3').totals.macs / 10**9:.3f}" == PUBLISHED_MACS_ALONE["inception_v3"]


# Measured with torchvision 0.28: parameters, buffers without the counters of batches, MACs (half of what torch's
# FlopCounterMode counts), and the outputs; resnet50_fpn is its resnet_fpn_backbone. `aux=1` is aux_loss or aux_logits
# in training; dilate2, 3 and 4 are replace_stride_with_dilation.
MEASURED_IN_TORCHVISION = """
regnet_y_128gf |  | 644,812,894 415,072 127,517,815,680 | 1000
swin_t |  | 28,288,354 28,812 4,490,566,656 | 1000
swin_s |  | 49,606,258 57,624 8,740,875,264 | 1000
swin_b |  | 87,768,224 57,624 15,430,946,816 | 1000
swin_v2_t |  | 28,351,570 54,552 5,939,690,496 | 1000
swin_v2_s |  | 49,737,442 109,104 11,545,857,024 | 1000
swin_v2_b |  | 87,930,848 109,104 20,325,134,336 | 1000
swin3d_t |  | 28,158,070 1,843,968 43,882,229,760 | 400
swin3d_s |  | 49,816,678 3,687,936 82,841,284,608 | 400
swin3d_b |  | 88,048,984 3,687,936 140,666,617,856 | 400
maxvit_t |  | 30,919,624 100,438 5,558,046,720 | 1000
s3d |  | 8,320,048 21,216 17,978,771,456 | 400
lraspp_mobilenet_v3_large |  | 3,221,538 24,656 2,086,219,688 | 21x520x520
deeplabv3_mobilenet_v3_large |  | 11,025,477 27,984 10,436,350,688 | 21x520x520
resnet50_fpn |  | 26,799,296 106,240 88,381,440,000 | 0:256x200x200 1:256x100x100 2:256x50x50 3:256x25x25 pool:256x13x13
mvit_v1_b |  | 36,610,672 0 70,599,407,808 | 400
mvit_v2_s |  | 34,537,744 0 64,223,815,872 | 400
googlenet | aux=1 | 13,004,888 15,072 1,506,748,416 | logits:1000 aux_logits2:1000 aux_logits1:1000
inception_v3 | aux=1 | 27,161,264 36,224 5,718,899,296 | logits:1000 aux_logits:1000
fcn_resnet50 | aux=1 | 35,322,218 54,656 152,716,512,000 | out:21x520x520 aux:21x520x520
fcn_resnet101 | aux=1 | 54,314,346 106,880 232,737,606,400 | out:21x520x520 aux:21x520x520
deeplabv3_resnet50 | aux=1 | 42,004,074 57,216 178,721,945,088 | out:21x520x520 aux:21x520x520
deeplabv3_resnet101 | aux=1 | 60,996,202 109,440 258,743,039,488 | out:21x520x520 aux:21x520x520
deeplabv3_mobilenet_v3_large | aux=1 | 11,029,328 28,004 10,452,447,938 | out:21x520x520 aux:21x520x520
resnet50 | dilate4=yes | 25,557,032 53,120 6,208,618,496 | 1000
resnet50 | dilate3=yes dilate4=yes | 25,557,032 53,120 19,079,364,608 | 1000
resnet50 | dilate2=yes dilate3=yes dilate4=yes | 25,557,032 53,120 73,645,162,496 | 1000
resnext50_32x4d | dilate3=yes dilate4=yes | 25,028,904 68,224 18,705,252,352 | 1000
wide_resnet101_2 | dilate4=yes | 126,886,696 137,856 28,764,536,832 | 1000
"""


def measured_in_torchvision():
    for line in MEASURED_IN_TORCHVISION.strip().splitlines():
        model, choices, counts, outputs = (part.strip() for part in line.split("|"))
        yield model, choices, counts, [output.rpartition(":")[::2] for output in outputs.split()]


@pytest.mark.parametrize(("model", "choices", "counts", "outputs"), list(measured_in_torchvision()))
def test_a_network_and_its_variants_have_the_totals_measured_in_torchvision(model, choices, counts, outputs):
    found = summarise(model, Choices(sets=dict(choice.split("=") for choice in choices.split())))
    totals = found.totals
    assert not found.errors
    assert f"{totals.parameters:,} {totals.buffers:,} {totals.macs:,}" == counts
    named = found.outputs if len(outputs) > 1 else [("", found.last)]
    assert [(name, "x".join(map(str, layer.applied.output))) for name, layer in named] == outputs
    if choices == "aux=1":
        assert counts.split()[0] in report(model).about


# MACs of torchvision's models at inputs that do not come out even, measured likewise; Swin pads its maps.
ODD_INPUTS = {
    ("swin_t", "3x240x200"): 5_223_257_088, ("swin_t", "3x300x301"): 9_287_458_176,
    ("swin_v2_t", "3x240x200"): 5_006_208_000, ("swin_v2_t", "3x300x301"): 10_202_463_744,
    ("swin3d_t", "3x7x100x130"): 7_057_539_072, ("swin3d_t", "3x3x224x224"): 9_289_089_024,
    ("swin3d_t", "3x20x112x112"): 18_021_888_000, ("fcn_resnet50", "3x333x417"): 75_169_706_304,
    ("lraspp_mobilenet_v3_large", "3x333x417"): 1_087_742_360,
    ("deeplabv3_mobilenet_v3_large", "3x333x417"): 5_435_297_672, ("resnet50_fpn", "3x427x641"): 38_836_213_888,
    ("mvit_v1_b", "3x16x112x112"): 15_530_867_904, ("mvit_v2_s", "3x32x224x224"): 157_401_551_040,
}  # fmt: skip


@pytest.mark.parametrize(("model", "shape"), ODD_INPUTS)
def test_a_network_has_the_macs_of_other_inputs(model, shape):
    found = summarise(model, Choices(inputs={"": shape}))
    assert not found.errors
    assert found.totals.macs == ODD_INPUTS[model, shape]


# Parameters as others have published or measured them; their source beside them.
MEASURED = {
    "inception_v4": 42_679_816,  # timm
    "unet3d": 19_069_955,  # the paper
}


@pytest.mark.parametrize(("model", "parameters"), MEASURED.items())
def test_a_network_has_the_parameters_that_others_measured(model, parameters):
    assert report(model).totals.parameters == parameters


def test_the_common_u_net_has_the_parameters_that_everyone_reports():
    assert summarise("unet_same", Choices(sets={"channels": "3"})).totals.parameters == 31_037_698


def test_mobilenet_v2_has_the_multiply_adds_of_its_width_multipliers():
    """The table of keras.applications.mobilenet_v2, in millions at 224×224; at width 1 it rounds 300.8 down."""
    published = {"7/5": 582, "13/10": 509, "3/4": 209, "1/2": 97, "7/20": 59}
    for width, millions in published.items():
        macs = summarise("mobilenet_v2", Choices(sets={"width": width})).totals.macs
        assert round(macs / 10**6) == millions


# `min_size` of torchvision's weight metadata: the smallest input that runs; one pixel less fails in torch, too.
SMALLEST = {
    "alexnet": 63, "vgg11": 32, "vgg16": 32, "vgg19_bn": 32, "densenet121": 29, "densenet201": 29, "googlenet": 15,
    "inception_v3": 75, "squeezenet1_0": 21, "squeezenet1_1": 17, "resnet50": 1, "mobilenet_v2": 1,
    "efficientnet_b0": 1, "shufflenet_v2_x1_0": 1, "mnasnet1_0": 1,
}  # fmt: skip


@pytest.mark.parametrize(("model", "size"), list(SMALLEST.items()))
def test_the_smallest_input_runs_and_one_pixel_less_names_the_layer_that_fails(model, size):
    assert not summarise(model, Choices(inputs={"": f"3x{size}x{size}"})).errors
    if size > 1:
        refused = summarise(model, Choices(inputs={"": f"3x{size - 1}x{size - 1}"})).errors
        assert refused and all(error.layer in {layer.name for layer in report(model).layers} for error in refused)


# The specs themselves

SPECS = library.bundled_networks()


# Where the branches of a sum are not aligned, and ought not to be.
UNALIGNED = {
    "dla34": "a shortcut that takes the larger of two pixels, beside a convolution of stride 2",
    "tcn": "a causal convolution sees only what came before, the shortcut the present",
    "wavenet": "likewise",
    "keras_xception": "`same` pads an even map at its end only where the stride is 2, a 1×1 convolution not at all",
    "keras_nasnet_mobile": "a factorised reduction joins two grids that lie a pixel apart",
    "keras_nasnet_large": "likewise",
}


@pytest.mark.parametrize("name", SPECS)
def test_a_bundled_spec_is_sound_and_says_what_it_is(name):
    found = report(name)
    expected = {"W001"} if name in UNALIGNED else set()
    assert {finding.code for finding in found.diagnostics} <= expected, found.diagnostics
    assert found.name
    assert len(found.about) > 30
    assert re.search(r"\b(19|20)\d\d\b", found.about), "its source has a year"


# Families


def members():
    """(member, the spec it is one of, what it chooses) of every spec that is but a name for a choice."""
    for name, path in SPECS.items():
        text = Path(path).read_text()
        if set(re.findall(r"^(\w+):", text, re.MULTILINE)) == {"base", "name", "about", "let"}:
            base = re.search(r"^base: (\S+)$", text, re.MULTILINE)[1]
            chosen = re.search(r"^let: \{(.*)\}$", text, re.MULTILINE)[1]
            yield name, base, dict(pair.split(": ") for pair in chosen.split(", "))


MEMBERS = list(members())


def test_the_members_of_the_families_are_found():
    families = {base for _, base, _ in MEMBERS}
    assert len(MEMBERS) > 60
    assert families >= {
        "resnet", "vgg", "densenet", "mobilenet_v3", "efficientnet", "efficientnet_v2", "convnext", "mnasnet",
        "shufflenet_v2", "regnet", "squeezenet", "video_resnet", "vit", "keras_resnet", "swin", "swin_v2", "swin3d",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "base", "chosen"), MEMBERS, ids=[name for name, *_ in MEMBERS])
def test_a_member_is_what_set_makes_of_its_family(name, base, chosen):
    member, made = report(name), summarise(base, Choices(sets=chosen))
    shown = lambda found: [(layer.name, layer.applied.output, layer.applied.parameters) for layer in found.layers]  # noqa: E731
    assert not made.errors
    assert shown(made) == shown(member)
    assert (made.inputs, made.totals) == (member.inputs, member.totals)


@pytest.mark.parametrize("name", [name for name, *_ in MEMBERS])
def test_a_member_of_a_family_is_a_few_lines(name):
    assert len(Path(SPECS[name]).read_text().splitlines()) <= 7


@pytest.mark.parametrize("name", [name for name, path in SPECS.items() if "\nvariants:" in Path(path).read_text()])
def test_every_choice_of_a_family_can_be_made(name):
    source = library.find(name)
    (variant,) = spec_of(source).variants
    found = {}
    for choice, _ in variant.choices:
        made = summarise(name, Choices(sets={variant.name: choice}))
        assert not made.errors
        found[choice] = made.totals
    assert len(set(found.values())) == len(found) > 1, "two choices are the same"


def test_a_choice_that_a_family_does_not_have_names_those_it_has():
    with pytest.raises(Problem) as raised:
        summarise("resnet", Choices(sets={"depth": "51"}))
    (error,) = raised.value.diagnostics
    assert "one of 18, 34, 50, 101, 152" in error.hint


@pytest.mark.parametrize("name", [name for name, path in SPECS.items() if Path(path).read_text().startswith("base:")])
def test_a_variant_is_smaller_than_what_it_builds_upon(name):
    text = Path(SPECS[name]).read_text()
    base = re.search(r"^base: (\S+)$", text, re.MULTILINE)[1]
    assert len(text.splitlines()) < len(Path(SPECS[base]).read_text().splitlines())


CLAIM = r"(\d[\d,]*\d)\s+parameters"


@pytest.mark.parametrize("name", [name for name, path in SPECS.items() if re.search(CLAIM, Path(path).read_text())])
def test_the_parameters_that_a_spec_claims_are_those_it_has(name):
    """Keras counts what is not trained too."""
    totals = report(name).totals
    counts = {totals.parameters, totals.parameters + totals.buffers * name.startswith("keras")}
    assert {f"{count:,}" for count in counts} & set(re.findall(CLAIM, report(name).about))


@pytest.mark.parametrize("model", [name for name in TORCHVISION if re.match("(wide_)?resne", name)])
def test_the_layers_of_a_resnet_are_called_as_in_torchvision(model):
    theirs = [row["name"] for row in TORCHVISION[model]["layers"] if row["params"]]
    ours = [layer.name for layer in report(model).layers if layer.applied.parameters]
    names = {"shortcut.conv": "downsample.0", "shortcut.batchnorm": "downsample.1"}
    assert [re.sub(r"shortcut\.\w+$", lambda found: names[found[0]], name) for name in ours] == theirs


@pytest.mark.parametrize("name", SPECS)
def test_no_two_layers_of_a_spec_share_a_name(name):
    names = [layer.name for layer in report(name).layers]
    assert len(set(names)) == len(names)


def test_a_family_takes_another_number_of_classes():
    resnet = summarise("resnet50", Choices(sets={"classes": "10"}))
    assert (resnet.output, resnet.totals.parameters) == ((10,), 25557032 - 2049 * 990)


def test_the_scaling_of_a_family_can_be_set():
    """EfficientNet-B4 is B0, 1.4 times as wide and 1.8 times as deep."""
    scaled = summarise("efficientnet", Choices(sets={"width": "7/5", "depth": "9/5"}))
    assert scaled.totals.parameters == report("efficientnet_b4").totals.parameters
