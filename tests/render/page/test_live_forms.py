"""What a page computes when its sliders are moved is what `summary` says of the same values."""

import pytest
from families import SAMPLED
from live_numbers import Live, slid

QUICK = [
    "lenet5", "lenet5-1998", "vgg16", "resnet50", "unet", "googlenet", "dcgan", "c3d", "wavenet", "bert",
    "regnet_x_400mf", "video_resnet", "swin_t", "mvit_v2_s", "senet", "vit_b_16", "capsnet",
]  # fmt: skip


def test_numbers_after_sliding_are_those_of_the_summary():
    networks = [Live(name) for name in QUICK]
    for network, found in zip(networks, slid([(each.forms, each.cases) for each in networks]), strict=True):
        network.check(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLED)
def test_every_bundled_network_slides_exactly(name):
    network = Live(name, 1, 16)
    if network.forms.sliders:
        (found,) = slid([(network.forms, network.cases)])
        network.check(found)
    else:
        assert network.forms.reason
