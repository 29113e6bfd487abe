"""Exercises from courses, exams, books and papers (tests/data/homework.jsonl), answered from the printed page alone.

Every answer is read off what `explain` prints, each of whose lines is evaluated again on the way.  Where the published
number is wrong, the test has ours, and the arithmetic by which the published one came about.
"""

import json
import re
from fractions import Fraction
from math import prod

import pytest
from places import DATA
from worked_lines import check, equations, read

from convcalc.algebra.expr import evaluate
from convcalc.algebra.parser import parse
from convcalc.algebra.poly import symbol
from convcalc.network.load import summarise, summarise_text
from convcalc.questions.explain import QUANTITIES, Explained, ExplanationRequest, explain, explain_layers
from convcalc.render.working.works import WorkedOptions, render

LINES = (DATA / "homework.jsonl").read_text(encoding="utf-8").splitlines()
ENTRIES = {entry["id"]: entry for entry in map(json.loads, LINES)}
ALL = tuple(QUANTITIES)

# Networks


def layer_of(given):
    """A layer of the file as a spec has it."""
    kind = {"pad": "zeropad", "locally_connected": "localconv"}.get(given["type"], given["type"])
    keys = {key: value for key, value in given.items() if key not in ("type", "name", "causal", "note", "pad")}
    if "output_size" in keys:
        keys["output"] = keys.pop("output_size")
    if kind == "tconv":
        keys.setdefault("filters", 1)
    if kind == "zeropad":
        keys["amount"] = keys.pop("padding")
    if kind == "fc":
        keys["units"] = keys.pop("filters")
    if given.get("causal"):
        keys["padding"] = "causal"
    return {kind: keys}


def structured(entry, **more):
    given = entry["given"]
    shape = given["input"] if isinstance(given["input"], list) else [1, 64, 64]
    return summarise_text(json.dumps({"input": shape, "layers": list(map(layer_of, given["layers"])), **more}))


def chain(shape, *layers):
    report = summarise_text(" -> ".join([shape, *layers]))
    assert not report.errors
    return report


def spec(shape, layers, **more):
    report = summarise_text(json.dumps({"input": shape, "layers": layers, **more}))
    assert not report.errors
    return report


def inception(shape, ones, reduce3, threes, reduce5, fives, pooled):
    paths = {
        "1x1": [f"conv {ones} k1 bias=no"],
        "3x3": [f"conv {reduce3} k1 bias=no", f"conv {threes} k3 p1 bias=no"],
        "5x5": [f"conv {reduce5} k1 bias=no", f"conv {fives} k5 p2 bias=no"],
        "pool": ["maxpool 3 s1 p1", f"conv {pooled} k1 bias=no"],
    }
    return Page(spec(shape, [{"concat": paths}]))


def fire(shape, squeeze, expand, bias="yes"):
    sides = [f"conv {expand} k1 bias={bias}"], [f"conv {expand} k3 p1 bias={bias}"]
    return Page(spec(shape, [f"conv {squeeze} k1 bias={bias}", {"concat": list(sides)}]))


# What is printed


class Page:
    """The layers of a network as their worked pages print them."""

    def __init__(self, report):
        self.report = report
        assert not report.errors, report.errors
        explained = explain_layers(report, ExplanationRequest(ALL))
        self.layers = [Layer(explained, section) for section in explained.sections]
        totals = "".join(render(explain(report, ExplanationRequest(ALL, ("total",)))))
        self.totals = values(totals.split("\nTotal\n")[-1]) if "\nTotal\n" in totals else {}

    def each(self, name):
        return [getattr(layer, name) for layer in self.layers]

    def counted(self, name):
        """Values of the layers where they are not 0."""
        return [value for value in self.each(name) if value]

    def total(self, name):
        label = {"parameters": "Parameters", "macs": "MACs", "activations": "Activations"}[name]
        return self.totals.get(label, getattr(self.layers[0], name))

    @property
    def last(self):
        return self.layers[-1]


class Layer:
    def __init__(self, explained, section):
        self.text = "".join(render(explained._replace(sections=(section,)), WorkedOptions(legend=False)))
        assert isinstance(explained, Explained)
        self.values = values(self.text)
        self.out = self.output()
        self.side = self.out[-1]
        self.parameters = self.values.get("Parameters")
        self.biases = self.values.get("biases", 0)
        self.weights = self.values.get("weights", self.parameters)
        self.macs = self.values.get("MACs")
        self.activations = self.values.get("Activations")
        self.field = self.values.get("Receptive field", self.values.get("Receptive field, width"))
        self.jump = self.values.get("stride", self.values.get("stride, width"))

    def output(self):
        stated = re.search(r"^  Output  +([\d×]+)", self.text, re.MULTILINE)
        if stated:
            return [int(size) for size in stated[1].split("×")]
        if "Output features" in self.values:
            return [self.values["Output features"]]
        if "Output rows" in self.values:
            return [self.values["Output rows"], self.values["Output columns"]]
        sizes = {}
        for label, value in self.values.items():
            if label.startswith("Output ") and label != "Output channels":
                sizes.update(dict.fromkeys(re.findall("depth|height|width|length", label), value))
        order = [axis for axis in ("depth", "height", "width", "length") if axis in sizes]
        return [self.values.get("Output channels"), *(sizes[axis] for axis in order)]

    def line(self, label):
        (found,) = re.findall(rf"^  {re.escape(label)}  +(.*)$", self.text, re.MULTILINE)
        return found


def values(text):
    found = {}
    for line in text.splitlines():
        if line.startswith("  ") and not line.startswith(" " * 8) and re.match(r"  (  )?\S+(?: \S+)*  ", line):
            label = re.split(r"  +", line.strip(), maxsplit=1)[0]
            if set(line) & set("×"):
                continue
            number = check(line)
            if number is not None:
                found.setdefault(label, int(number) if number.denominator == 1 else number)
    return found


def arithmetic(text):
    """A sum of the file, without letters."""
    return read(text)


# Exercises whose layers stand in the file, and what of the page answers them.

STRAIGHT = {
    "parameters": """
        dls-c4w1-fc-300 dls-c4w1-conv-100x5x5 dls-c4w2-1x1 anvith-576 modernage-160 clawdemy-150528 cs231n-fc-3072
        cs231n-fc-120000 cs231n-unshared alexnet-conv2-grouped alexnet-8194 csc671-pool csc671-linear dnn-4864 hse-2100
        datacamp-15782 unicamp-4500 brpuneet-2432 leyaa-280 mcai-45 androidkt-896 mbadry-76typo
    """,
    "macs": "ng-inception-120M ng-mobilenet-2160",
    "out": """
        dls-c4w1-maxpool codeshala-121-4x4s3 codeshala-pad1 ng-1x1 datahacker-pool1 dnn-26 nptel-1022 leyaa-2 leyaa-3
    """,
    "side": """
        ccmath-midterm-pad2 cs231n-11-5-2 rmit-pool dumoulin-conv-i5k4s1p2 dumoulin-conv-i5k3s2p0 dumoulin-conv-i5k3s2p1
        dumoulin-conv-i6k3s2p1 dumoulin-tconv-i2k3s1p0a0 dumoulin-tconv-i6k4s1p2a0 dumoulin-tconv-i5k3s1p1a0
        dumoulin-tconv-i2k3s2p0a0 dumoulin-tconv-i3k3s2p1a0 dumoulin-tconv-i3k3s2p1a1 flux-ct-203 dnn-pool13
        studymate-1.5 nptel-60 nptel-none
    """,
    "field": "rmit-lenet-rf fangyh-rf3d scutan-dil-5",
}
STRAIGHT = {each: name for name, ids in STRAIGHT.items() for each in ids.split()}


@pytest.mark.parametrize("id", STRAIGHT)
def test_one_number(id):
    entry, asked = ENTRIES[id], STRAIGHT[id]
    page = Page(structured(entry))
    answer = page.total(asked) if asked in ("parameters", "macs") else getattr(page.last, asked)
    assert answer == entry["recomputed"]


# Exercises with several numbers, or whose network the file only describes.


def sizes_of(page, count=None):
    return [layer.side for layer in page.layers[:count]]


def outs(page):
    return [layer.out if len(layer.out) > 1 else layer.out[0] for layer in page.layers]


def percent(part, whole):
    return round(100 * float(1 - Fraction(part, whole)), 1)


def vgg(name):
    """Convolutions and poolings of a bundled VGG, in order."""
    page = Page(summarise(name))
    return [(layer, kind) for layer, kind in zip(page.layers, (each.kind for each in page.report.layers), strict=True)]


def convolutions(name):
    return [layer for layer, kind in vgg(name) if kind == "conv"]


def dilated(kernel, dilations, shape="1x16000"):
    return Page(chain(shape, *(f"conv 1 k{kernel} d{dilation}" for dilation in dilations)))


GOOGLENET = """
    conv 1 k7 s2 p3 -> maxpool 3 s2 p1 -> conv 1 k3 p1 -> maxpool 3 s2 p1 -> [conv 1 k5 p2]*2 -> maxpool 3 s2 p1
    -> [conv 1 k5 p2]*5 -> maxpool 3 s2 p1 -> [conv 1 k5 p2]*2 -> avgpool 7
""".strip()


def googlenet():
    return Page(chain("1x224x224", " ".join(GOOGLENET.split()))).each("field")


def resnet_main(units):
    """TF-slim's: the last unit of a block, but for the last block, has the stride."""
    layers = ["conv 1 k7 s2 p3", "maxpool 3 s2 p1"]
    for block, count in enumerate(units):
        layers += ["conv 1 k3 p1"] * (count - 1) + [f"conv 1 k3 p1 s{1 if block == 3 else 2}"]
    return Page(chain("1x1024x1024", *layers)).last.field


def unet(levels=4):
    down = [layer for _ in range(levels) for layer in ("conv 1 k3", "conv 1 k3", "maxpool 2")]
    up = [layer for _ in range(levels) for layer in ("tconv 1 k2 s2", "conv 1 k3", "conv 1 k3")]
    return Page(chain("1x572x572", *down, "conv 1 k3", "conv 1 k3", *up))


def same_padding(entry):
    """Half of what `same` adds in all."""
    return Page(structured(entry)).last.values["Padding in all"] / 2


def inside_symbols(shape, layers, symbols):
    return spec(shape, layers, symbols=symbols)


def total_line(report, label):
    """The last part of a total, in letters."""
    text = "".join(render(explain(report, ExplanationRequest(("parameters",), ("total",)))))
    (line,) = [line for line in text.splitlines() if line.strip().startswith(label)]
    return equations(line)[-1]


def polynomial(text, names):
    """A printed polynomial: 27·C², 9·C·K + 2·C."""
    plain = text.replace("·", "*").replace("−", "-").replace("²", "**2")
    return evaluate(parse(plain), {name: symbol(name) for name in names})


def mobilenet(entry):
    page = Page(structured(entry))
    return page.total("macs"), page.total("parameters")


def separable(shape, filters):
    page = Page(chain(shape, f"sepconv {filters} k3 p1 bias=no"))
    return [round(page.total("macs") / 1e6, 1), round(page.total("parameters") / 1e6, 2)]


def thousands(page, base=1024):
    return [round(page.total("parameters") / base, 1), round(page.total("macs") / 1e6, 1)]


COMPUTED = {
    "codeshala-same5": same_padding,
    "gaviki-pad2": same_padding,
    "ng-simple-39": lambda e: outs(Page(structured(e))),
    "ng-lenet-slide-original": lambda e: dict(
        zip(e["recomputed"], Page(structured(e)).counted("parameters"), strict=True)
    ),
    "ng-inception-12.4M": lambda e: {
        **dict(zip(("l1", "l2"), Page(structured(e)).each("macs"), strict=True)),
        "total": Page(structured(e)).total("macs"),
    },
    "scribd-cnn-numerical-1": lambda e: {
        "sizes": sizes_of(Page(structured(e))), "params": Page(structured(e)).each("parameters"),
    },
    "modernage-28": lambda e: Page(structured(e)).each("out"),
    "cs231n-invalid-4.5": lambda e: {
        "strict": float(read("(10 − 3)/2 + 1")), "floor": Page(structured(e)).last.side,
    },
    "cs231n-alexnet-conv1": lambda e: {
        "out": Page(structured(e)).last.out, "neurons": Page(structured(e)).last.activations,
    },
    "cs231n-shared-34944": lambda e: [Page(structured(e)).last.weights, Page(structured(e)).last.parameters],
    "cs231n-im2col": lambda e: [
        Page(chain("3x227x227", "unfold 11 s4")).last.out,
        [Page(structured(e)).last.out[0], Page(chain("3x227x227", "unfold 11 s4")).last.out[0]],
        [Page(structured(e)).last.out[0], prod(Page(structured(e)).last.out[1:])],
    ],
    "cs231n-fc2conv": lambda e: {"F": 7, "out": Page(structured(e)).each("out")},
    "cs231n-384": lambda e: (lambda page: [page.layers[4].side, page.last.side, prod(page.last.out[1:])])(
        Page(chain("3x384x384", "[maxpool 2]*5", "conv 4096 k7", "conv 4096 k1", "conv 1000 k1"))
    ),
    "cs231n-three3x3-rf": lambda e: Page(spec("Cx32x32", ["3 x conv C k3"], symbols=["C"])).last.field,
    "cs231n-dilation0": lambda e: {
        "notes_d1_equals_pytorch_d2": dilated(3, [2]).last.field, "pytorch_d1": dilated(3, [1]).last.field,
    },
    "cs231n-vgg-weights": lambda e: Page(structured(e)).counted("weights"),
    "vgg-paper-81pct": lambda e: int(100 * (Fraction(*seven_against_three()) - 1)),
    "programmerink-4489": lambda e: percent(*seven_against_three()[::-1]),
    "brenoav-3x9248": lambda e: [Page(structured(e)).last.parameters, Page(structured(e)).total("parameters")],
    "alexnet-224-vs-227": lambda e: {
        "strict": float(read("(224 − 11)/4 + 1")), "floor": Page(structured(e)).last.side,
        "at227": Page(chain("3x227x227", "conv 96 k11 s4")).last.side,
    },
    "alexnet-neurons": lambda e: [
        layer.activations for layer in Page(structured(e)).layers if layer.parameters and len(layer.out) > 1
    ],
    "scutan-zfnet-params": lambda e: Page(structured(e)).counted("parameters"),
    "scutan-zfnet-sizes": lambda e: sizes_of(Page(structured(e))),
    "scutan-nin": lambda e: {
        "params": Page(structured(e)).counted("parameters"), "sizes": sizes_of(Page(structured(e)), -1),
    },
    "scutan-inception-8960": lambda e: Page(
        spec("16x28x28", [{"concat": [[f"conv 16 k{k} p{k // 2} bias=no"] for k in (1, 3, 5)]}])
    ).total("parameters"),
    "vgg16-rf-arith": lambda e: [layer.field for layer, kind in vgg("vgg16") if kind == "maxpool"][0:3:2],
    "csdn-rf-7layer": lambda e: Page(
        chain("1x64x64", *(f"{kind}" for kind in ("conv 1 k3", "maxpool 2", "conv 1 k3", "maxpool 2", "conv 1 k3",
                                                  "conv 1 k3", "maxpool 2")))
    ).each("field"),
    "densebox-vgg19-rf": lambda e: densebox(),
    "sfd-conv3_3": lambda e: [
        convolutions("vgg16")[6].field,
        Page(chain("3x64x64", "[conv 1 k3]*2", "maxpool 2", "[conv 1 k3]*2", "maxpool 2", "[conv 1 k3]*3", "conv 1 k3"))
        .last.field,
    ],
    "googlenet-rf-eva": lambda e: googlenet(),
    "googlenet-rf-hardesh": lambda e: [googlenet()[0], googlenet()[-1]],
    "googlenet-rf-mountyapp": lambda e: googlenet()[4:6],
    "grf-readme-table": lambda e: [
        Page(chain("3x224x224", "conv 1 k11 s4", "maxpool 3 s2", "conv 1 k5 p2", "maxpool 3 s2", "[conv 1 k3 p1]*3",
                   "maxpool 3 s2")).last.field,
        [layer.field for layer, kind in vgg("vgg16") if kind == "maxpool"][-1],
    ],
    "grf-mobilenet": lambda e: Page(
        chain("1x224x224", "conv 1 k3 s2 p1", *(f"dwconv k3 p1 s{s}" for s in (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)))
    ).last.field,
    "grf-resnet-50": lambda e: resnet_main((3, 4, 6, 3)),
    "grf-resnet-101": lambda e: resnet_main((3, 4, 23, 3)),
    "fangyh-rf": lambda e: [[layer.side, layer.jump, layer.field] for layer in Page(structured(e)).layers],
    "kaggle-pool-14": lambda e: Page(chain("1x32x32", "[conv 1 k3]*3", "maxpool 2")).last.field,
    "chaopan-26": lambda e: [
        Page(structured(e)).last.parameters,
        Page(chain("1x300x300", "flatten", "linear 90000 bias=no")).total("parameters"),
    ],
    "yukoltun-rf": lambda e: dilated(3, (1, 2, 4, 8), "1x64x64").each("field"),
    "wavenet-1024": lambda e: dilated(2, [2**i for i in range(10)]).last.field,
    "wavenet-3072": lambda e: dilated(2, [2**i for i in range(10)] * 3).last.field,
    "wavenet-1025": lambda e: dilated(2, [1, *(2**i for i in range(10))]).last.field,
    "pywavenet-14-general": lambda e: dilated(3, [1, 2, 1, 2]).last.field,
    "edifice-tcn": lambda e: [two_in_a_block(3, n) for n in (4, 6, 8)],
    "edifice-tcn-181": lambda e: two_in_a_block(7, 4),
    "kerastcn-192": lambda e: {
        "one_conv": dilated(8, [1, 2, 4, 8] * 3).last.field,
        "two_conv": dilated(8, [d for d in (1, 2, 4, 8) for _ in range(2)] * 3).last.field,
    },
    "mcmap-tcn-conv1d": lambda e: (lambda page: {
        "params": page.counted("parameters"), "total": page.total("parameters"), "rf": page.layers[1].field,
    })(Page(chain("2x200", "conv 5 k5 d2 p=causal", "conv 5 k5 d4 p=causal", "conv 1 k1"))),
    "dil-discuss-30": lambda e: [
        Page(structured(e)).last.side,
        Page(chain("1x32x32", "conv 1 k3 d2 p=same")).last.values["Padding in all"] // 2,
    ],
    "flux-ct-104": lambda e: {"size": Page(structured(e)).last.side, "params": Page(structured(e)).last.parameters},
    "flux-ct-300": lambda e: Page(
        spec("3x100x100", ["tconv 7 k5 s3 p=same"], convention="keras", layout="channels_first")
    ).last.side,
    "flux-ct1d": lambda e: {"params": Page(structured(e)).last.parameters, "length": Page(structured(e)).last.side},
    "lasagne-711": lambda e: sizes_of(Page(structured(e))),
    "tico-32": lambda e: sizes_of(Page(structured(e))),
    "pytorch-75889": lambda e: (lambda base, page: {
        "base": base.last.out[1:], "requested": page.last.out[1:],
        "op_needed": [a - b for a, b in zip(page.last.out[1:], base.last.out[1:], strict=True)],
    })(Page(chain("1x15x13", "tconv 1 k16 s16 p7")), Page(structured(e))),
    "dcgan-pytorch": lambda e: {
        "sizes": sizes_of(Page(structured(e))), "channels": [layer.out[0] for layer in Page(structured(e)).layers],
    },
    "d2l-240": lambda e: (lambda page: [page.last.side, percent(page.last.side**2, 240**2)])(
        Page(chain("1x240x240", "[conv 1 k5]*10"))
    ),
    "d2l-8x8-ex": lambda e: Page(structured(e)).last.out[1:],
    "d2l-lenet-30": lambda e: percent(Page(chain("1x32x32", "conv 1 k5")).last.activations, 32**2),
    "d2l-tconv16": lambda e: sizes_of(Page(structured(e))),
    "m7-4x4": lambda e: [Page(structured(e)).last.side, Page(chain("1x4x4", "conv 1 k3 p1")).last.side],
    "m7-18mults": lambda e: Page(chain("2x3x3", "conv 1 k3")).last.macs,
    "m7-gap": lambda e: prod(Page(structured(e)).last.out),
    "m7-lenet28": lambda e: (lambda page: {
        "sizes": sizes_of(page, 4), "flat": page.layers[4].out[0], "params": page.counted("parameters"),
        "total": page.total("parameters"),
    })(Page(structured(e))),
    "studymate-16": lambda e: {
        "out": Page(structured(e)).each("out"), "params": Page(structured(e)).total("parameters"),
    },
    "mc-gap": lambda e: [
        Page(structured(e)).total("parameters"), Page(chain("512x7x7", "gap", "flatten", "linear 1000")).total("parameters"),
    ],
    "aibt-816": lambda e: {"out": Page(structured(e)).last.out, "params": Page(structured(e)).last.parameters},
    "askfilo-bn": lambda e: (lambda page: [
        page.layers[0].weights, page.layers[0].biases, page.layers[1].parameters, page.total("parameters"),
    ])(Page(structured(e))),
    "jimmy-1d": lambda e: [Page(chain("1x6", f"conv 1 k3 s{s}")).last.side for s in (1, 2)],
    "chase2learn": lambda e: [3, 1, 0] if Page(chain("3x224x224", "conv 1 k3 s1 p0")).last.side == 222 else None,
    "mobilenet-paper-t4": lambda e: (lambda macs, weights: [round(macs / 1e6), round(weights / 1e6, 1)])(*mobilenet(e)),
    "mobilenet-paper-conv": lambda e: (lambda macs, weights: [round(macs / 1e6), round(weights / 1e6, 1)])(
        *mobilenet(e)
    ),
    "mobilenet-paper-t3": lambda e: [
        (lambda page: [round(page.total("macs") / 1e6), round(page.total("parameters") / 1e6, 2)])(
            Page(chain("512x14x14", "conv 512 k3 p1 bias=no"))
        ),
        separable("512x14x14", 512), separable("384x14x14", 384), separable("384x10x10", 384),
    ],
    "fastai-4608": lambda e: [
        Page(chain("16x1x1", f"{kind} 32 k3 p1 bias=no")).total("parameters") for kind in ("conv", "sepconv")
    ],
    "dlai-3584": lambda e: (lambda plain, page: [
        plain, *page.each("parameters"), page.total("parameters"), round(page.total("parameters") / plain, 2),
    ])(Page(structured(e)).last.parameters, Page(chain("3x8x8", "dwconv k3", "conv 128 k1"))),
    "ecomnet-72": lambda e: [
        Page(structured(e)).last.macs, Page(chain("1x5x5", "conv 1 k3x1", "conv 1 k1x3")).total("macs"),
    ],
    "googlenet-table1-3a-K1024": lambda e: thousands(inception("192x28x28", 64, 96, 128, 16, 32, 32))[0],
    "googlenet-table1-3a-ops": lambda e: round(thousands(inception("192x28x28", 64, 96, 128, 16, 32, 32))[1]),
    "googlenet-4a": lambda e: thousands(inception("480x14x14", 192, 96, 208, 16, 48, 64)),
    "googlenet-5a": lambda e: thousands(inception("832x7x7", 256, 160, 320, 32, 128, 128)),
    "googlenet-conv2-ops": lambda e: round(Page(structured(e)).total("macs") / 1e6),
    "googlenet-linear": lambda e: [
        Page(structured(e)).last.weights // 1024, round(Page(structured(e)).last.macs / 1e6),
    ],
    "resnet-paper-34": lambda e: giga("resnet34"),
    "resnet-paper-50": lambda e: giga("keras_resnet50"),
    "resnet-paper-101": lambda e: giga("keras_resnet101"),
    "resnet-paper-152": lambda e: giga("keras_resnet152"),
    "resnet-paper-vgg": lambda e: [
        int(sum(layer.macs for layer in convolutions("vgg16")) / 1e8) / 10, giga("vgg19"),
    ],
    "grf-flops-vgg16": lambda e: round(
        sum(2 * layer.macs + layer.activations for layer in convolutions("vgg16")) / 1e9, 2
    ),
    "obsidian-fire": lambda e: [
        fire("256x16x16", 32, 256, "no").total("parameters"),
        Page(chain("256x16x16", "conv 512 k3 bias=no")).total("parameters"),
    ],
    "ji-c2": lambda e: Page(chain("5x7x60x40", "dwconv k3x7x7 m2")).last.parameters,
    "ji-s3": lambda e: Page(chain("46x54x34", "subsample 2")).last.parameters,
    "ji-s5": lambda e: Page(chain("78x21x12", "subsample 3")).last.parameters,
    "c3d": lambda e: [
        layer.out
        for layer, given in zip(Page(structured(e)).layers, e["given"]["layers"], strict=True)
        if given["type"] == "maxpool"
    ],
    "unet-572": lambda e: [unet().last.side, 572 - unet().last.side],
    "tds-unet-64": lambda e: unet().layers[13].side,
    "dqn-13": lambda e: (lambda page: {
        "out": page.each("out")[:2], "neurons": page.layers[0].activations,
        "per_neuron": page.layers[0].parameters // 16, "params": page.layers[0].parameters, "flat": page.last.out[0],
    })(Page(structured(e))),
    "burden-vgg16": lambda e: [round(number / 2**20) for number in vgg_memory()],
    "edifice-rf-product": lambda e: two_in_a_block(3, 4),
    "vgg-rf-three-5x5": lambda e: Page(chain("1x64x64", "[conv 1 k5]*3")).last.field,
    "vgg16-bias-total": lambda e: (lambda p: {
        "blocks": [sum(p[:2]), sum(p[2:4]), *(sum(p[i : i + 3]) for i in (4, 7, 10))], "fc": p[13:], "total": sum(p),
    })(Page(structured(e)).counted("parameters")),
}  # fmt: skip


def seven_against_three():
    three = Page(chain("8x32x32", "[conv 8 k3 bias=no]*3")).total("parameters")
    return Page(chain("8x32x32", "conv 8 k7 bias=no")).total("parameters"), three


def two_in_a_block(kernel, blocks):
    return dilated(kernel, [2**i for i in range(blocks) for _ in range(2)]).last.field


def densebox():
    """conv3_4, pool3, conv4_1 to conv4_4."""
    fields = [layer.field for layer, kind in vgg("vgg19") if kind in ("conv", "maxpool")]
    return fields[9:15]  # 2 and a pool, 2 and a pool, 4 and a pool, 4


def giga(name):
    return round(Page(summarise(name)).total("macs") / 1e9, 1)


def vgg_memory():
    report = summarise("vgg16")
    totals = "".join(render(explain(report, ExplanationRequest(("memory",), ("total",)))))
    found = values(totals.split("\nTotal\n")[1])
    return [found["Parameters in memory"], found["Activations in memory"]]


@pytest.mark.parametrize("id", COMPUTED)
def test_several_numbers(id):
    entry = ENTRIES[id]
    answer, expected = COMPUTED[id](entry), entry["recomputed"]
    assert answer == expected


# Those with an answer in words or letters.


def test_vgg_s_activations_are_not_24_million():
    entry = ENTRIES["cs231n-vgg-memory"]
    page = Page(structured(entry))
    stored = sum(layer.activations for layer in page.layers if layer.out != [25088])
    assert page.total("activations") == stored
    assert stored + 3 * 224 * 224 == entry["recomputed"]["values"]  # the notes count the input too
    assert "60,348,320 bytes (60.3 MB, 57.6 MiB)" in "".join(
        render(explain(page.report, ExplanationRequest(("memory",))))
    )


def test_27_against_49_c_squared():
    for layers, expected in ((["3 x conv C k3 bias=no"], "27*C**2"), (["conv C k7 bias=no"], "49*C**2")):
        report = spec("Cx32x32", [*layers, "relu"], symbols=["C"])
        assert polynomial(total_line(report, "Parameters"), "C") == evaluate(parse(expected), {"C": symbol("C")})
    assert ENTRIES["cs231n-27v49"]["recomputed"].endswith("27C^2; 49C^2")


def test_three_layers_in_letters():
    """The page of the exercise has 3·C·K for the last layer's 9·C·K."""
    report = spec("Cx32x32", ["2 x conv C k3", "conv K k3"], symbols=["C", "K"])
    ours = polynomial(total_line(report, "Parameters"), "CK")
    right = ENTRIES["brenoav-formula"]["recomputed"]
    assert right == "9*C*K + 2*9*C^2 + 2C + K"
    names = {name: symbol(name) for name in "CK"}
    assert ours == evaluate(parse("9*C*K + 2*9*C**2 + 2*C + K"), names)
    assert ours != evaluate(parse("3*C*K + 2*9*C**2 + 3*C"), names)


@pytest.mark.parametrize(("id", "kernel"), [("cs231n-samepad", "F"), ("d2l-conv-pad-odd", "k")])
def test_the_padding_that_keeps_a_size_in_letters(id, kernel):
    report = spec("1x32x32", [f"conv 1 k={kernel} p=same"], symbols=[kernel])
    (section,) = explain_layers(report, ExplanationRequest(("output",))).sections
    (total,) = [work.value for work in section.works if work.name == "padding"]
    assert total == symbol(kernel) - 1
    assert ENTRIES[id]["recomputed"].replace(" ", "").startswith(("(F-1)/2", "k-1"))


def test_the_receptive_field_of_a_stack_in_letters():
    for id, kernel, count in (("hw-nf", "F", 3), ("mlentropy-rf", "3", 5)):
        layers = [f"{count} x conv 1 k={kernel}"]
        report = spec("1x32x32", layers, symbols=["F"])
        size = report.layers[-1].field[0].size
        assert size == count * ((symbol("F") if kernel == "F" else 3) - 1) + 1
        assert ENTRIES[id]["agree"]
    assert [Page(chain("1x64x64", f"[conv 1 k3]*{count}")).last.field for count in range(1, 6)] == [3, 5, 7, 9, 11]


def test_two_strided_convolutions():
    """fast.ai's formula, size + (size − k + 2p)·(s − 1), is wrong and gives the right 7."""
    assert Page(chain("1x64x64", "[conv 1 k3 s2]*2")).last.field == 7
    assert "jump" in ENTRIES["fastai-rf-bogus"]["recomputed"]


def test_the_centre_of_a_feature():
    entry = ENTRIES["grf-center"]
    assert entry["published"] == "-pad + f*stride + (rf-1)/2"
    for layer in Page(structured(ENTRIES["fangyh-rf"])).layers:
        centre, offset = layer.values["centre"], layer.values["offset"]
        assert centre == offset + Fraction(layer.field - 1, 2)


def test_a_dot_product_of_n_numbers_has_n_macs():
    report = spec("n", ["linear 1 bias=no", "relu"], symbols=["n"])
    assert report.totals.macs == symbol("n")
    assert "n MACs" in ENTRIES["stats-n+1"]["recomputed"]


def test_lecun_s_c3_and_the_full_one():
    entry = ENTRIES["sidesshmore-c3"]
    assert Page(structured(entry)).last.parameters == 2416
    lenet = Page(summarise("lenet5-1998"))
    (c3,) = [layer for layer, each in zip(lenet.layers, lenet.report.layers, strict=True) if each.name == "C3"]
    assert c3.parameters == 1516 == arithmetic("6·76 + 9·101 + 151")
    assert "1516; full: 2416" in entry["recomputed"]
    assert arithmetic("5·5·6·10 + 16") == 1516  # by chance


def test_a_fire_module():
    entry = ENTRIES["javashuo-fire"]
    assert fire("96x16x16", 16, 64).total("parameters") == entry["recomputed"][1] == 11920
    assert arithmetic("96·16 + 16·64 + 16·64·9/3") == entry["recomputed"][0] == 5632


def test_the_expression_that_lost_its_brackets():
    entry = ENTRIES["ccmath-320"]
    line = Page(structured(entry)).last.line("Parameters")
    assert line == "(K·c + 1)·f = (3·3·1 + 1)·32 = 10·32 = 320"
    assert arithmetic("3·3·1 + 1·32") == 41


def test_the_activations_of_four_filters():
    entry = ENTRIES["codelabs-28"]
    assert Page(structured(entry)).last.line("Activations") == "4·28·28 = 3,136"
    assert "3136" in entry["recomputed"]


# How the published number came about: arithmetic that gives it, in the order of the published ones.
ERRATA = {
    "ng-lenet-slide-original": ["(5·5 + 1)·8", "(5·5 + 1)·16", "400·120 + 1", "120·84 + 1", "84·10 + 1"],
    "anvith-576": ["3·3·64"],  # one input channel
    "ccmath-midterm-pad2": ["⌊(5 + 2·1 − 3)/1⌋ + 1"],  # p = 1
    "alexnet-224-vs-227": ["⌊(227 − 11)/4⌋ + 1"],
    "alexnet-neurons": ["55·48·96", "27·27·256", "13·13·384", "13·13·384", "13·13·256"],
    "scutan-zfnet-sizes": ["⌊(224 + 2·1 − 7)/2⌋ + 1", "⌈(110 − 3)/2⌉ + 1", "⌊(55 − 5)/2⌋ + 1", "⌈(26 − 3)/2⌉ + 1"],
    "vgg16-rf-arith": ["5 + (2 − 1)·2", "40 + (2 − 1)·8"],  # the pool's own stride is in the jump
    "googlenet-rf-mountyapp": [f"27 + {count}·16" for count in range(1, 8)],  # parallel branches in a row
    "kaggle-pool-14": ["2·7"],
    "wavenet-3072": ["3·1,024"],
    "pywavenet-14-general": ["2·2²·(3 − 1) − (3 − 2) − 2 + 1"],
    "edifice-tcn": ["1 + (3 − 1)·(2⁴ − 1)", "1 + (3 − 1)·(2⁶ − 1)", "1 + (3 − 1)·(2⁸ − 1)"],  # one a block
    "kerastcn-192": ["3·8·8"],
    "studymate-1.5": ["⌊(3 − 2)/1⌋ + 1"],  # stride 1
    "mcai-45": ["5·3·3"],
    "mbadry-76typo": ["5·5·3 + 1"],
    "obsidian-fire": ["256·64 + 64·256 + 64·256·9", "3·3·256·512"],  # 64 squeezed
    "javashuo-fire": ["16·64 + 16·64·9/3"],  # its first term is lost
    "tds-unet-64": ["(((572 − 4)/2 − 4)/2 − 4)/2 − 4"],  # the fourth level, before its pooling
    "edifice-rf-product": ["4·3·8"],
}  # fmt: skip
# Published numbers that no arithmetic here gives: slips of the pen, other sources, a bug of a framework.
UNEXPLAINED = {
    "cs231n-vgg-memory": "the rows of the table itself sum to 15.2 M",
    "datahacker-pool1": "pooling keeps the channels",
    "googlenet-rf-eva": "4d is 363; the other fifteen agree",
    "googlenet-rf-hardesh": "3 for a kernel of 7",
    "pytorch-75889": "a bug of the framework",
    "aibt-816": "the size is right",
    "codelabs-28": "14 for 4 channels",
    "googlenet-4a": "367 K and 73.6 M, published 364 and 73",
    "googlenet-5a": "the paper's table does not fit its own numbers",
    "sidesshmore-c3": "the right number by another road",
    "ccmath-320": "brackets left out",
    "brenoav-formula": "3 for 9",
    "fastai-rf-bogus": "a wrong formula that gives the right number",
    "stats-n+1": "n multiplications and n − 1 additions",
    "nptel-none": "60x60 is listed",
}


@pytest.mark.parametrize("id", ERRATA)
def test_where_a_published_number_comes_from(id):
    published = ENTRIES[id]["published"]
    numbers = list(published.values()) if isinstance(published, dict) else published
    numbers = numbers if isinstance(numbers, list) else [numbers]
    assert [arithmetic(text) for text in ERRATA[id]] == numbers
    assert not ENTRIES[id]["agree"]


def test_the_pixels_that_a_convolution_takes_away():
    """30 % is what 32² is more than 28²; 28² is 23.4 % less than 32²."""
    assert int(float(arithmetic("100·(32²/28² − 1)"))) == ENTRIES["d2l-lenet-30"]["published"]


def test_the_window_that_would_have_fitted():
    (section,) = explain_layers(structured(ENTRIES["cs231n-invalid-4.5"]), ExplanationRequest(("output",))).sections
    (said,) = [remark.facts for work in section.works for remark in work.remarks]
    assert (said["free"], said["stride"], said["cells"]) == (7, 2, 1)
    (error,) = structured(ENTRIES["cs231n-invalid-4.5"], convention="textbook").errors
    assert error.code == "C021"


IN_WORDS = {
    "cs231n-vgg-memory", "cs231n-27v49", "brenoav-formula", "cs231n-samepad", "d2l-conv-pad-odd", "hw-nf",
    "mlentropy-rf", "fastai-rf-bogus", "grf-center", "stats-n+1", "sidesshmore-c3", "javashuo-fire", "ccmath-320",
    "codelabs-28",
}  # fmt: skip
NOT_HERE = {
    "dls-c4w3-yolo": "no layer is given: anchors times box numbers",
    "ng-same-stride-symbolic": "an inverse question in letters: `solve`",
    "unet-inverse": "which inputs fit: `solve`",
    "ji-c6": "one bias for every pair of maps: no kind counts so",
}


def test_every_exercise_is_here():
    taken = {*STRAIGHT, *COMPUTED, *IN_WORDS}
    assert not taken & set(NOT_HERE)
    assert taken | set(NOT_HERE) == set(ENTRIES)
    wrong = {id for id, entry in ENTRIES.items() if not entry["agree"]}
    assert wrong == {*ERRATA, *UNEXPLAINED, "d2l-lenet-30"}
    print(f"\n{len(taken)} of {len(ENTRIES)} exercises, {len(wrong)} errata of which {len(ERRATA) + 1} explained")
