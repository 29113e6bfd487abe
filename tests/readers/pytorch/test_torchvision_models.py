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
        "squeezenet1_1", "densenet121", "densenet161", "densenet169", "densenet201", "mobilenet_v2", "resnet18", "resnet34",
        "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d", "wide_resnet50_2", "swin_t",
        "efficientnet_b0", "inception_v3",
    ],
)  # fmt: skip
def test_a_network_of_torchvision_has_the_totals_of_the_bundled_one(summary_of_program, convcalc, name):
    alone = "aux_logits=False" if name == "inception_v3" else ""
    code, found = summary_of_program(f"from torchvision import models\nnet = models.{name}({alone})\n", *IMAGE)
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


CALLED = """\
from torch import nn
from torchvision import models
from torchvision.models.segmentation import fcn_resnet50
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = {call}
    def forward(self, x):
        return self.net(x){part}
"""


# What torchvision 0.28 counts; auxiliary heads are run in training only, but for maps.
@pytest.mark.parametrize(
    ("call", "part", "size", "parameters", "output"),
    [
        ("models.resnet50(width_per_group=128)", "", 224, 68_883_240, [1000]),
        ("models.resnet50(groups=32, width_per_group=4)", "", 224, 25_028_904, [1000]),
        ("models.resnet18(norm_layer=nn.BatchNorm2d)", "", 224, 11_689_512, [1000]),
        ("models.resnet18(replace_stride_with_dilation=[False, False, False])", "", 224, 11_689_512, [1000]),
        ("models.resnet18(norm_layer=nn.InstanceNorm2d)", "", 224, 11_679_912, [1000]),
        ("models.resnet50(replace_stride_with_dilation=[0, 1, 1])", "", 224, 25_557_032, [1000]),
        ("models.googlenet()", "", 224, 13_004_888, [1000]),
        ("models.googlenet(pretrained=True)", "", 224, 6_624_904, [1000]),
        ("models.googlenet(aux_logits=False)", "", 224, 6_624_904, [1000]),
        ("models.googlenet(False, True)", "", 224, 13_004_888, [1000]),
        ("models.googlenet(True)", "", 224, 6_624_904, [1000]),
        ("models.inception_v3()", "", 299, 27_161_264, [1000]),
        ("models.inception_v3(aux_logits=False)", "", 299, 23_834_568, [1000]),
        ("fcn_resnet50(num_classes=2)", "['out']", 520, 32_947_266, [2, 520, 520]),
        ("fcn_resnet50(False, True, 2)", "['out']", 520, 32_947_266, [2, 520, 520]),
    ],
)
def test_the_arguments_of_torchvision(summary_of_program, call, part, size, parameters, output):
    """All but the number of classes were ignored."""
    code, found = summary_of_program(CALLED.format(call=call, part=part), "--input", f"3x{size}x{size}")
    assert code == 0 and (found["totals"]["parameters"], found["output"]) == (parameters, output)


@pytest.mark.parametrize(
    ("call", "size", "what"),
    [
        ("models.shufflenet_v2_x1_0(norm_layer=nn.InstanceNorm2d)", 224, "is not read with norm_layer="),
        ("models.mobilenet_v3_large(reduced_tail=True)", 224, "not read with reduced_tail=True"),
        ("fcn_resnet50()", 256, "models.fcn_resnet50 takes 520x520 in a program"),
    ],
)
def test_arguments_that_make_another_network_are_refused(summary_of_program, call, size, what):
    code, found = summary_of_program(CALLED.format(call=call, part=""), "--input", f"3x{size}x{size}")
    assert code == 3 and what in found["error"]["message"]


INNER = """\
import torch.nn as nn
from torchvision import models
m = models.{name}()
{change}
"""


# What torchvision 0.28 counts: parameters, and running means and variances.
@pytest.mark.parametrize(
    ("change", "parameters", "buffers"),
    [
        ("m.layer2[0].downsample = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(64, 128, 1, bias=False), nn.BatchNorm2d(128))",
         11_689_512, 9_600),
        ("m.layer1[0].relu = nn.PReLU(64)\nm.relu = nn.PReLU()", 11_689_577, 9_600),
        ("m.layer3[0].conv1.stride = (1, 1)\nm.layer3[0].downsample[0].stride = (1, 1)", 11_689_512, 9_600),
        ("setattr(m, 'fc', nn.Linear(512, 10))", 11_181_642, 9_600),
    ],
)  # fmt: skip
def test_an_inner_part_of_a_resnet_that_is_replaced_takes_effect(summary_of_program, change, parameters, buffers):
    """The old part stayed, and the new one was counted beside it."""
    code, found = summary_of_program(INNER.format(name="resnet18", change=change), *IMAGE)
    assert code == 0 and (found["totals"]["parameters"], found["totals"]["buffers"]) == (parameters, buffers)
    assert "never used" not in str(found["warnings"])


SWAP = """\
import torch.nn as nn
from torchvision import models
def swap(module):
    for name, child in module.named_children():
        if isinstance(child, {old}):
            setattr(module, name, {new})
        else:
            swap(child)
m = models.{name}()
swap(m)
"""


@pytest.mark.parametrize(
    ("name", "old", "new", "parameters", "buffers"),
    [
        ("resnet18", "nn.BatchNorm2d", "nn.GroupNorm(8, child.num_features)", 11_689_512, 0),
        ("resnet18", "nn.ReLU", "nn.PReLU()", 11_689_521, 9_600),
        ("vgg11", "nn.ReLU", "nn.PReLU()", 132_863_346, 0),
    ],
)
def test_layers_that_a_function_swaps_throughout(summary_of_program, name, old, new, parameters, buffers):
    """The call was not run, because only setattr changes what the function is given."""
    code, found = summary_of_program(SWAP.format(name=name, old=old, new=new), *IMAGE)
    assert code == 0 and (found["totals"]["parameters"], found["totals"]["buffers"]) == (parameters, buffers)


@pytest.mark.parametrize(
    ("name", "part", "layer"),
    [
        ("shufflenet_v2_x1_0", "stage2[0].downsample", "nn.Conv2d(24, 116, 1)"),
        ("convnext_tiny", "stage1[0].stochastic", "2"),
    ],
)
def test_an_inner_name_that_the_bundled_network_lacks_is_refused(summary_of_program, name, part, layer):
    code, found = summary_of_program(HEADED.format(name=name, part=part, layer=layer), *IMAGE)
    assert code == 3 and " here: its layers are" in found["error"]["message"] and found["error"]["line"] == 7


@pytest.mark.parametrize(
    ("name", "old", "new", "parameters", "buffers"),
    [
        ("efficientnet_b0", "nn.BatchNorm2d", "nn.GroupNorm(1, child.num_features)", 5_288_548, 0),
        ("efficientnet_b0", "nn.SiLU", "nn.PReLU()", 5_288_597, 42_016),
        ("shufflenet_v2_x1_0", "nn.BatchNorm2d", "nn.GroupNorm(1, child.num_features)", 2_278_604, 0),
    ],
)
def test_layers_of_a_bundled_network_that_are_swapped(summary_of_program, name, old, new, parameters, buffers):
    """A normalisation of maps was one of sequences."""
    code, found = summary_of_program(SWAP.format(name=name, old=old, new=new), *IMAGE)
    assert code == 0 and (found["totals"]["parameters"], found["totals"]["buffers"]) == (parameters, buffers)


@pytest.mark.parametrize("name", ["swin_t", "convnext_tiny", "googlenet"])
def test_a_walk_through_a_network_with_other_layers_than_torchvision_is_refused(summary_of_program, name):
    """Of its linear layers the walk saw the head alone: the others are convolutions of kernel 1 here."""
    text = SWAP.format(name=name, old="nn.Linear", new="nn.Identity()").partition("m = ")[0]
    text += f"""\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = models.{name}()
        swap(self.model)
    def forward(self, x):
        return self.model(x)
"""
    code, found = summary_of_program(text, *IMAGE)
    assert code == 3 and f"the layers within models.{name} are not read" in found["error"]["message"]
    assert found["error"]["line"] == 4


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (
            "def swap(block):\n    block.relu = nn.PReLU()\ndef change(m):\n    for block in m.layer1:\n        swap(block)",
            2,
        ),
        ("def change(m):\n    block = m.layer1[0]\n    block.relu = nn.PReLU()", 1),
        ("def change(m):\n    m.layer1[0].__setattr__('relu', nn.PReLU())", 1),
    ],
)
def test_a_function_that_changes_a_part_of_a_network(summary_of_program, function, parameters):
    """It was not run: what it changes has another name than what it is given."""
    text = f"import torch.nn as nn\nfrom torchvision import models\n{function}\nm = models.resnet18()\nchange(m)\n"
    code, found = summary_of_program(text, *IMAGE)
    assert code == 0 and found["totals"]["parameters"] == 11_689_512 + parameters


@pytest.mark.parametrize(
    ("name", "part", "lacks"),
    [
        ("efficientnet_b0", "classifier[1]", "nn.efficientnet_b0 has no classifier here: its layers are"),
        ("googlenet", "fc", "nn.googlenet has no fc here: its layers are"),
    ],
)
def test_why_a_network_at_the_top_level_cannot_be_changed_is_told(summary_of_program, name, part, lacks):
    """It ended in `there is no network in this file`."""
    lines = ("from torch import nn", "from torchvision import models", f"model = models.{name}()")
    code, found = summary_of_program("\n".join((*lines, f"model.{part} = nn.Linear(1280, 10)\n")), *IMAGE)
    assert code == 3 and lacks in found["error"]["message"]


@pytest.mark.parametrize(
    ("name", "change", "parameters"),
    [
        ("inception_v3", "AuxLogits.fc = nn.Linear(768, 6)", 26_396_878),
        ("inception_v3", "AuxLogits.conv1 = nn.Identity()", 24_702_128),
        ("googlenet", "aux1.fc2 = nn.Linear(1024, 6)", 11_986_038),
    ],
)
def test_a_part_of_an_auxiliary_head_is_replaced(summary_of_program, name, change, parameters):
    """It was added beside the one that was there; the figures are torch's."""
    text = f"from torch import nn\nfrom torchvision import models\nnet = models.{name}()\nnet.{change}\n"
    code, found = summary_of_program(text, "--input", "3x299x299")
    assert code == 0 and found["totals"]["parameters"] == parameters
