"""The bundled networks, one or two of every family in every run and the rest `slow`, or most of them `exhaustive`."""

import pytest

from convcalc.readers.library import bundled_networks

# The others of a family differ from these in width and depth.
FAMILIES = [
    "alexnet", "alexnet-2012", "bert", "c3d", "capsnet", "convnext_tiny", "crnn", "dcgan", "densenet121", "dla34",
    "efficientnet_b0", "fcn32s", "fcn_resnet50", "googlenet", "inception_v3", "inception_v4",
    "keras_inception_resnet_v2", "keras_nasnet_mobile", "keras_resnet50", "keras_vgg16", "keras_xception", "lenet5",
    "lenet5-1998", "lraspp_mobilenet_v3_large", "m5", "maxvit_t", "mnasnet0_5", "mobilenet_v2", "patchgan",
    "pix2pix", "pointnet", "r3d_18", "regnet_x_400mf", "resnet18", "resnet20", "resnet50", "resnet50_fpn",
    "resunet", "shufflenet_v2_x0_5", "squeezenet1_0", "squeezenet1_1", "srgan", "swin3d_t", "swin_t", "tcn",
    "textcnn", "unet", "unet3d", "unet_same", "vgg11", "vit_b_16", "vit_b_32", "wav2vec2", "wavenet",
    "worldmodels_vae", "yolov3", "zfnet",
]  # fmt: skip

OTHERS = sorted(set(bundled_networks()) - set(FAMILIES))
BUNDLED = [*FAMILIES, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
# Where each takes long: of the others a sixth.
SAMPLED = [
    *FAMILIES,
    *(
        pytest.param(name, marks=pytest.mark.exhaustive if place % 6 else pytest.mark.slow)
        for place, name in enumerate(OTHERS)
    ),
]


def slowly(name):
    """A network of every run as one that is slow."""
    return pytest.param(name, marks=pytest.mark.slow) if isinstance(name, str) else name
