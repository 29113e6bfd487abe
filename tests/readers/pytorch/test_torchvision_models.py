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
        "efficientnet_b0", "efficientnet_b5", "efficientnet_v2_s", "inception_v3", "googlenet", "mobilenet_v3_large",
        "mobilenet_v3_small", "mnasnet0_75", "shufflenet_v2_x1_5", "regnet_x_1_6gf", "regnet_y_800mf", "convnext_small",
        "vit_b_32", "maxvit_t",
    ],
)  # fmt: skip
def test_a_network_of_torchvision_has_the_totals_of_the_bundled_one(summary_of_program, convcalc, name):
    alone = "aux_logits=False" if name in ("inception_v3", "googlenet") else ""
    code, found = summary_of_program(f"from torchvision import models\nnet = models.{name}({alone})\n", *IMAGE)
    bundled = json.loads(convcalc("summary", name, *IMAGE, "--json")[1])
    assert code == 0 and totals(found) == totals(bundled) and found["output"] == [1000]
    if name != "swin_t":  # what its windows do to a receptive field is not followed through their reshapes
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
        ("efficientnet_b0", "classifier[1]", "nn.Linear(self.model.classifier[1].in_features, 10)", 4_007_548 + 12_810),
        ("efficientnet_b7", "classifier[-1]", "nn.Linear(2560, 10)", 66_347_960 - 2_561_000 + 25_610),
        ("efficientnet_v2_s", "classifier", "nn.Linear(1280, 10)", 21_458_488 - 1_281_000 + 12_810),
        ("mobilenet_v3_large", "classifier[3]", "nn.Linear(1280, 10)", 5_483_032 - 1_281_000 + 12_810),
        ("mobilenet_v3_small", "classifier[3]", "nn.Linear(1024, 10)", 2_542_856 - 1_025_000 + 10_250),
        ("mnasnet1_0", "classifier[1]", "nn.Linear(1280, 10)", 4_383_312 - 1_281_000 + 12_810),
        ("shufflenet_v2_x1_0", "fc", "nn.Linear(self.model.fc.in_features, 10)", 2_278_604 - 1_025_000 + 10_250),
        ("regnet_y_400mf", "fc", "nn.Linear(440, 10)", 4_344_144 - 441_000 + 4_410),
        ("convnext_tiny", "classifier[2]", "nn.Linear(768, 10)", 28_589_128 - 769_000 + 7_690),
        ("swin_t", "head", "nn.Linear(self.model.head.in_features, 10)", 28_288_354 - 769_000 + 7_690),
        ("swin_v2_t", "head", "nn.Linear(768, 10)", 28_351_570 - 769_000 + 7_690),
        ("vit_b_32", "heads.head", "nn.Linear(768, 10)", 88_224_232 - 769_000 + 7_690),
        ("vit_b_32", "heads", "nn.Linear(768, 10)", 88_224_232 - 769_000 + 7_690),
        ("googlenet", "fc", "nn.Linear(1024, 10)", 6_624_904 - 1_025_000 + 10_250),
        ("inception_v3", "fc", "nn.Linear(2048, 10)", 27_161_264 - 2_049_000 + 20_490),
    ],
)
def test_a_head_that_is_replaced(summary_of_program, name, part, layer, parameters):
    code, found = summary_of_program(HEADED.format(name=name, part=part, layer=layer), *IMAGE)
    assert code == 0 and found["totals"]["parameters"] == parameters and found["output"] == [10]


DROPPED = """\
import torch.nn as nn
from torchvision import models
def build():
    m = models.{name}()
    return {part}
net = build()
"""
ALL_BUT_LAST = "nn.Sequential(*list(m.children())[:-1])"


# What torchvision 0.28 counts.
@pytest.mark.parametrize(
    ("name", "part", "parameters", "output"),
    [
        ("efficientnet_b0", ALL_BUT_LAST, 4_007_548, [1280, 1, 1]),
        ("efficientnet_b0", "m.features", 4_007_548, [1280, 7, 7]),
        ("efficientnet_b0", "m.features[:4]", 65_730, [40, 28, 28]),
        ("mobilenet_v3_small", ALL_BUT_LAST, 927_008, [576, 1, 1]),
        ("mnasnet0_5", ALL_BUT_LAST, 937_512, [1280, 7, 7]),
        ("shufflenet_v2_x0_5", "nn.Sequential(*list(m.children())[:-2])", 143_136, [192, 7, 7]),
        ("regnet_y_400mf", "nn.Sequential(*[child for _, child in m.named_children()][:-1])", 3_903_144, [440, 1, 1]),
        ("convnext_tiny", ALL_BUT_LAST, 27_818_592, [768, 1, 1]),
        ("convnext_tiny", "nn.Sequential(*list(m.features.children())[:4])", 1_235_040, [192, 28, 28]),
        ("swin_t", ALL_BUT_LAST, 27_519_354, [768]),
        ("swin_t", "m.features", 27_517_818, [7, 7, 768]),
    ],
)
def test_a_network_is_taken_apart_as_torchvision_groups_it(summary_of_program, name, part, parameters, output):
    """The parts were the bundled network's own, and the numbers others, with nothing said."""
    code, found = summary_of_program(DROPPED.format(name=name, part=part), *IMAGE)
    assert code == 0 and (found["totals"]["parameters"], found["output"]) == (parameters, output)


@pytest.mark.parametrize("walk", [ALL_BUT_LAST, "nn.Sequential(*[child for _, child in m.named_children()])"])
def test_a_walk_through_a_network_that_no_program_has_is_refused(summary_of_program, walk):
    code, found = summary_of_program(DROPPED.format(name="maxvit_t", part=walk), *IMAGE)
    assert code == 3 and found["error"]["message"] == "the layers within models.maxvit_t are not read one by one"


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


def test_a_network_with_learnt_tokens_that_no_program_has_is_refused_with_what_is_bundled(summary_of_program):
    text = CALLED.format(call="models.video.mvit_v2_s()", part="")
    code, found = summary_of_program(text, "--input", "3x16x224x224")
    assert code == 3 and found["error"]["hint"] == "by itself it is bundled: convcalc summary mvit_v2_s"


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
        ("fcn_resnet50(weights='DEFAULT')", "['aux']", 256, 35_322_218, [21, 256, 256]),
        (
            "fcn_resnet50(weights=models.segmentation.FCN_ResNet50_Weights.DEFAULT)",
            "['aux']",
            64,
            35_322_218,
            [21, 64, 64],
        ),
        ("models.googlenet(models.GoogLeNet_Weights.DEFAULT)", "", 224, 6_624_904, [1000]),
        ("models.segmentation.deeplabv3_mobilenet_v3_large()", "['out']", 256, 11_025_477, [21, 256, 256]),
        ("models.segmentation.lraspp_mobilenet_v3_large(num_classes=2)", "['out']", 320, 3_218_308, [2, 320, 320]),
        ("models.mobilenet_v3_large(reduced_tail=True)", "", 224, 2_569_352, [1000]),
        ("models.shufflenet_v2_x1_0(num_classes=7)", "", 224, 1_260_779, [7]),
        ("models.vit_b_32(image_size=256)", "", 256, 88_235_752, [1000]),
        ("models.swin_t(stochastic_depth_prob=0.1)", "", 224, 28_288_354, [1000]),
        ("models.get_model('resnet18', weights=None, num_classes=5)", "", 224, 11_179_077, [5]),
        ("models.get_model('fcn_resnet50', num_classes=2)", "['out']", 64, 32_947_266, [2, 64, 64]),
    ],
)
def test_the_arguments_of_torchvision(summary_of_program, call, part, size, parameters, output):
    """All but the number of classes were ignored."""
    code, found = summary_of_program(CALLED.format(call=call, part=part), "--input", f"3x{size}x{size}")
    assert code == 0 and (found["totals"]["parameters"], found["output"]) == (parameters, output)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("models.shufflenet_v2_x1_0(norm_layer=nn.InstanceNorm2d)", "norm_layer"),
        ("models.video.s3d(norm_layer=nn.InstanceNorm3d)", "models.s3d is not read with norm_layer="),
        ("models.get_model('resnet17')", 'models.get_model("resnet17") is not known'),
    ],
)
def test_arguments_that_make_another_network_are_refused(summary_of_program, call, message):
    code, found = summary_of_program(CALLED.format(call=call, part=""), *IMAGE)
    assert code == 3 and message in found["error"]["message"]


@pytest.mark.parametrize(
    ("call", "line", "message"),
    [
        ("models.resnet18(num_class=3)", 7, "ResNet.__init__() has no parameter num_class"),
        ("models.efficientnet_b0(num_class=3)", 7, "EfficientNet.__init__() has no parameter num_class"),
        ("models.vit_b_16()", 9, "the input must be 224x224, as image_size says"),
    ],
)
def test_what_is_wrong_with_a_call_is_told_where_it_is(summary_of_program, call, line, message):
    """It was told in the program that torchvision's network is here, which nobody sees."""
    code, found = summary_of_program(CALLED.format(call=call, part=""), "--input", "3x128x128")
    assert code == 3 and (found["error"]["message"], found["error"]["line"]) == (message, line)


def test_what_is_wrong_with_a_call_of_an_imported_function_is_told(summary_of_program):
    """It ended in `there is no network in this file`."""
    code, found = summary_of_program("from torchvision.models import resnet18\nnet = resnet18(num_class=3)\n", *IMAGE)
    assert code == 3 and (found["error"]["code"], found["error"]["line"]) == ("P006", 2)


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


def test_an_inner_name_that_the_bundled_network_lacks_is_refused(summary_of_program):
    code, found = summary_of_program(HEADED.format(name="maxvit_t", part="head", layer="nn.Linear(512, 10)"), *IMAGE)
    assert code == 3 and " here: its layers are" in found["error"]["message"] and found["error"]["line"] == 7


@pytest.mark.parametrize(
    ("name", "old", "new", "parameters", "buffers"),
    [
        ("efficientnet_b0", "nn.BatchNorm2d", "nn.GroupNorm(1, child.num_features)", 5_288_548, 0),
        ("efficientnet_b0", "nn.SiLU", "nn.PReLU()", 5_288_597, 42_016),
        ("shufflenet_v2_x1_0", "nn.BatchNorm2d", "nn.GroupNorm(1, child.num_features)", 2_278_604, 0),
        ("convnext_tiny", "nn.GELU", "nn.PReLU()", 28_589_146, 0),
        ("googlenet", "nn.BatchNorm2d", "nn.Identity()", 12_989_816, 0),
    ],
)
def test_layers_within_blocks_that_are_swapped(summary_of_program, name, old, new, parameters, buffers):
    """A normalisation of maps was one of sequences."""
    code, found = summary_of_program(SWAP.format(name=name, old=old, new=new), *IMAGE)
    assert code == 0 and (found["totals"]["parameters"], found["totals"]["buffers"]) == (parameters, buffers)


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
    ("statements", "parameters"),
    [("for block in m.layer1:\n    swap(block)", 2), ("if True:\n    b = m.layer1[0]\n    b.relu = nn.PReLU()", 1)],
)
def test_a_part_is_changed_by_a_name_within_a_statement(summary_of_program, statements, parameters):
    text = "import torch.nn as nn\nfrom torchvision import models\ndef swap(block):\n    block.relu = nn.PReLU()\n"
    code, found = summary_of_program(f"{text}m = models.resnet18()\n{statements}\n", *IMAGE)
    assert code == 0 and found["totals"]["parameters"] == 11_689_512 + parameters


def test_why_a_network_at_the_top_level_cannot_be_changed_is_told(summary_of_program):
    """It ended in `there is no network in this file`."""
    lines = ("from torch import nn", "from torchvision import models", "model = models.maxvit_t()")
    code, found = summary_of_program("\n".join((*lines, "model.head = nn.Linear(512, 10)\n")), *IMAGE)
    assert code == 3 and "nn.maxvit_t has no head here: its layers are" in found["error"]["message"]


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


WRAPPED = """\
import torch.nn as nn
from torchvision import models
net = nn.DataParallel(models.resnet18())
{change}
"""


@pytest.mark.parametrize(
    "change",
    [
        "net.module.fc = nn.Linear(512, 10)",
        "net = net.module if hasattr(net, 'module') else net\nnet.fc = nn.Linear(512, 10)",
    ],
)
def test_the_network_within_a_wrapper(summary_of_program, change):
    """`.module` was no attribute of it, with a hint at `__module__`."""
    code, found = summary_of_program(WRAPPED.format(change=change), *IMAGE)
    assert code == 0 and found["totals"]["parameters"] == 11_181_642


EXTRACTED = """\
from torchvision import models
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.feature_extraction import create_feature_extractor
features = {call}
"""


def test_a_feature_extractor_is_refused_with_what_is_read(summary_of_program):
    call = "create_feature_extractor(models.resnet18(), return_nodes=['layer2'])"
    code, found = summary_of_program(EXTRACTED.format(call=call), *IMAGE)
    cure = "IntermediateLayerGetter(model, {'layer2': 'layer2'})"
    assert code == 3 and found["error"]["hint"] == f"write: {cure}, of torchvision.models._utils"
    code, found = summary_of_program(EXTRACTED.format(call=cure.replace("model", "models.resnet18()")), *IMAGE)
    assert code == 0 and (found["totals"]["parameters"], found["output"]) == (683_072, [128, 28, 28])
