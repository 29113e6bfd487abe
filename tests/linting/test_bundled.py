"""What is found in the bundled networks: every warning is true of the network, and known."""

from collections import Counter
from functools import lru_cache

import pytest

from convcalc.linting.linter import Selection, groups
from convcalc.linting.network import LintedNetwork
from convcalc.network.load import Choices, graph_of, source_of, spec_of
from convcalc.network.walk import walk
from convcalc.readers.library import bundled_networks

BIASES = "the paper's code, or its port, has biases before batch normalisation"
RESNET = (
    "version 1 strides in the first 1×1 convolution of the main path and in the shortcut: nobody reads 3 of 4 cells"
)
VALID = "a convolution without padding on an even side leaves the last row over"
TWO_CLASSES = "160 channels without an activation become two scores"
# {rule: times} of a network, and why that is so.
KNOWN = {
    "capsnet": ({"dropped-input": 1}, "9×9 windows, 2 apart, on 20×20: the paper has 6×6"),
    "cifar10_quick": ({"linear-stack": 1}, "Caffe's quick network has nothing between its two linear layers"),
    "crnn": ({"bias-before-norm": 3}, BIASES),
    "deeplabv3_mobilenet_v3_large": (
        {"dead-taps": 1, "norm-on-one": 1},
        "rate 36 on 33×33: DeepLabv3, section 3.3, says that such a kernel is 1×1; its pooled branch is normalised",
    ),
    "deeplabv3_resnet50": ({"norm-on-one": 1}, "the pooled branch is normalised: torchvision fails with one example"),
    "deeplabv3_resnet101": ({"norm-on-one": 1}, "the pooled branch is normalised: torchvision fails with one example"),
    "dla34": ({"misaligned": 1}, "a shortcut of 2×2 pooling meets 3×3 convolutions: half a cell apart"),
    "fcn32s": ({"padding-only": 1}, "the paper pads by 100"),
    "keras_nasnet_mobile": ({"dropped-input": 1}, VALID),
    **{
        name: ({"never-seen": 6, "bias-before-norm": times}, f"{RESNET}; {BIASES}")
        for name, times in (
            ("keras_resnet", 53), ("keras_resnet50", 53), ("keras_resnet101", 104), ("keras_resnet152", 155),
        )
    },
    "keras_xception": ({"misaligned": 1}, "`same` pads an even side at its end only, the shortcut's 1×1 not at all"),
    "m5": ({"bias-before-norm": 4}, BIASES),
    "mcunet_in0": ({"dead-taps": 1}, "a 5×5 kernel on the last 2×2"),
    "mcunet_vww0": ({"dead-taps": 3, "linear-stack": 1}, f"7×7 on 4×4, 5×5 and 7×7 on the last 2×2; {TWO_CLASSES}"),
    "mcunet_vww1": ({"dead-taps": 1, "linear-stack": 1}, f"a 7×7 kernel on the last 3×3; {TWO_CLASSES}"),
    "mcunet_vww2": ({"linear-stack": 1}, TWO_CLASSES),
    "pix2pix": ({"dead-taps": 1}, "4×4 windows on the last 2×2: 12 taps lie in the padding"),
    "pointnet": ({"bias-before-norm": 17}, BIASES),
    "resunet": ({"bias-before-norm": 14}, BIASES),
    "se_resnet50": ({"never-seen": 6}, RESNET),
    "segnet": ({"dropped-input": 1, "bias-before-norm": 25}, f"360 rows are 45 before the fourth pooling; {BIASES}"),
    **{name: ({"dropped-input": 1}, VALID) for name in ("squeezenet", "squeezenet1_0", "squeezenet1_1")},
    "srgan": ({"bias-before-norm": 33}, BIASES),
    "srgan_discriminator": ({"bias-before-norm": 7}, BIASES),
    "unet3d": ({"bias-before-norm": 14}, BIASES),
    **{
        name: ({"bias-before-norm": times}, "torchvision keeps the biases")
        for name, times in (("vgg11_bn", 8), ("vgg13_bn", 10), ("vgg16_bn", 13), ("vgg19_bn", 16))
    },
    "wav2vec2": ({"dropped-input": 2}, "16,000 samples leave an odd number of steps twice"),
    "worldmodels_vae": (
        {"dropped-input": 1, "checkerboard": 1},
        "4×4 windows, 2 apart, on 31×31; 5×5 transposed convolutions of stride 2",
    ),
}  # fmt: skip


@lru_cache
def warnings():
    found = {}
    for name in bundled_networks():
        graph = graph_of(spec_of(source_of(name)))
        network = LintedNetwork(graph, Choices(), walk(graph))
        counts = Counter()
        for rule, _, traits in groups(network, Selection()):
            counts[rule.code] += len(traits)
        if counts:
            found[name] = dict(counts)
    return found


def test_every_warning_is_known_and_nothing_else_is_found():
    assert warnings() == {name: counts for name, (counts, _) in KNOWN.items()}
    assert all(reason for _, reason in KNOWN.values())


@pytest.mark.parametrize(
    "name",
    ["lenet5", "lenet5-1998", "lenet5-lecture", "alexnet", "alexnet-2012", "zfnet", "vgg16", "vgg19", "resnet18",
     "resnet34", "resnet50", "resnet101", "resnet152", "mobilenet_v2", "unet_same", "unet"],
)  # fmt: skip
def test_a_classic_has_no_warnings(name):
    assert name.replace("-", "_") not in {known.replace("-", "_") for known in warnings()}
