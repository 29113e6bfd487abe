"""Networks of torchvision in programs: taken apart by torchvision's names, their totals those of the bundled ones."""

import json

import pytest

HEADED = """\
import torch.nn as nn
from torchvision import models
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = models.{name}(pretrained=True)
        self.model.{part} = {layer}
    def forward(self, x):
        return self.model(x)
"""
IMAGE = ("--input", "3x224x224")


def totals(report):
    return {name: report["totals"][name] for name in ("parameters", "biases", "buffers", "macs")}


@pytest.mark.parametrize(
    "name",
    [
        "alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn", "squeezenet1_0",
        "squeezenet1_1", "densenet121", "densenet161", "densenet169", "densenet201", "mobilenet_v2", "resnet18", "swin_t",
        "efficientnet_b0", "inception_v3",
    ],
)  # fmt: skip
def test_a_network_of_torchvision_has_the_totals_of_the_bundled_one(summary_of_program, convcalc, name):
    code, found = summary_of_program(f"from torchvision import models\nnet = models.{name}()\n", *IMAGE)
    bundled = json.loads(convcalc("summary", name, *IMAGE, "--json")[1])
    assert code == 0 and totals(found) == totals(bundled) and found["output"] == [1000]
    assert found["totals"]["receptive_field"] == bundled["totals"]["receptive_field"]


# Totals of torchvision's networks less their own head, and with one for ten classes.
@pytest.mark.parametrize(
    ("name", "part", "layer", "parameters"),
    [
        ("vgg16", "classifier[6]", "nn.Linear(4096, 10)", 138_357_544 - 4_097_000 + 40_970),
        ("vgg16", "classifier", "nn.Linear(512 * 49, 10)", 14_714_688 + 250_890),
        ("alexnet", "classifier[6]", "nn.Linear(4096, 10)", 61_100_840 - 4_097_000 + 40_970),
        ("densenet121", "classifier", "nn.Linear(1024, 10)", 7_978_856 - 1_025_000 + 10_250),
        ("mobilenet_v2", "classifier[1]", "nn.Linear(1280, 10)", 3_504_872 - 1_281_000 + 12_810),
        ("squeezenet1_1", "classifier[1]", "nn.Conv2d(512, 10, 1)", 1_235_496 - 513_000 + 5_130),
        ("resnet50", "fc", "nn.Linear(2048, 10)", 25_557_032 - 2_049_000 + 20_490),
    ],
)
def test_a_head_that_is_replaced(summary_of_program, name, part, layer, parameters):
    code, found = summary_of_program(HEADED.format(name=name, part=part, layer=layer), *IMAGE)
    assert code == 0 and found["totals"]["parameters"] == parameters and found["output"] == [10]


@pytest.mark.parametrize(
    ("name", "part"), [("efficientnet_b0", "classifier"), ("googlenet", "fc"), ("inception_v3", "fc")]
)
def test_a_head_under_a_name_that_the_bundled_network_lacks_is_refused(summary_of_program, name, part):
    """It went unused, and the table had the 1,000 outputs of the network's own head."""
    code, found = summary_of_program(HEADED.format(name=name, part=part, layer="nn.Linear(1280, 10)"), *IMAGE)
    assert code == 3 and f"nn.{name} has no {part} here: its layers are" in found["error"]["message"]


def test_the_first_features_of_vgg(summary_of_program):
    """What style transfer looks at: as far as relu4_1 of VGG-19."""
    text = """\
from torch import nn
from torchvision.models import vgg19
class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.ModuleList(list(vgg19(pretrained=True).features)[:21])
    def forward(self, x):
        for layer in self.features:
            x = layer(x)
        return x
"""
    code, found = summary_of_program(text, *IMAGE)
    assert code == 0 and found["output"] == [512, 28, 28]
    assert found["totals"]["parameters"] == 38_720 + 221_440 + 295_168 + 3 * 590_080 + 1_180_160


def test_a_network_with_learnt_tokens_is_refused_with_what_is_bundled(summary_of_program):
    code, found = summary_of_program(HEADED.format(name="vit_b_16", part="heads", layer="nn.Linear(768, 10)"), *IMAGE)
    assert code == 3 and found["error"]["hint"] == "by itself it is bundled: convcalc summary vit_b_16"
