"""The networks of the papers, against the numbers that were printed of them."""

from fractions import Fraction
from functools import lru_cache

import pytest

from convcalc.network.load import Choices, summarise


@lru_cache
def network(name):
    report = summarise(name)
    assert not report.errors
    return report


def layer(report, name):
    return next(each for each in report.layers if each.name == name)


def table(name, *quantities):
    """{layer: (quantity, …)} of the layers that have any."""
    rows = ((each.name, tuple(getattr(each.applied, what) for what in quantities)) for each in network(name).layers)
    return {row: numbers for row, numbers in rows if any(numbers)}


CLASSICS = (
    "lenet5-1998", "alexnet-2012", "zfnet", "mobilenet_v1", "unet", "fcn32s", "dcgan", "wavenet", "tcn", "c3d",
)  # fmt: skip


@pytest.mark.parametrize("name", CLASSICS)
def test_a_classic_has_no_errors_and_says_where_it_is_from(name):
    report = summarise(name)
    assert not report.errors
    assert report.name
    assert any(f" {year}" in report.about for year in range(1998, 2019))


# The paper's own counts, section II-B: parameters and connections of every layer.
LENET = {
    "C1": (156, 122_304),
    "S2": (12, 5_880),
    "C3": (1_516, 151_600),
    "S4": (32, 2_000),
    "C5": (48_120, 48_120),
    "F6": (10_164, 10_164),
    "output": (0, 840),
}


def test_lenet_of_1998_has_the_parameters_and_connections_that_the_paper_counts():
    assert table("lenet5-1998", "parameters", "connections") == LENET
    totals = network("lenet5-1998").totals
    assert (totals.parameters, totals.connections, totals.buffers) == (60_000, 340_908, 840)


def test_the_connection_table_of_lenet_is_table_I_of_the_paper():
    rows = layer(network("lenet5-1998"), "C3").applied.values["table"]
    assert len(rows) == 16
    assert len(set(rows)) == 16
    # "The first six take inputs from every contiguous subset of three, the next six of four, the next three from
    # discontinuous subsets of four, the last from all."  Contiguous is meant on a ring of six.
    ring = [tuple(sorted((start + step) % 6 for step in range(width))) for width in (3, 4) for start in range(6)]
    assert sorted(rows[:12]) == sorted(ring)
    assert [len(row) for row in rows] == [3] * 6 + [4] * 9 + [6]
    assert not set(rows[12:15]) & set(ring)
    assert [sum(map_ in row for row in rows) for map_ in range(6)] == [10] * 6  # every map of S2 is seen ten times


def test_full_connections_would_give_lenet_the_parameters_of_its_modern_reading():
    assert layer(network("lenet5"), "C3").applied.parameters == 2_416 == 1_516 + (96 - 60) * 25


TOTALS = [
    pytest.param("alexnet-2012", {"parameters": 60_965_224, "macs": 724_406_816},
                 id="AlexNet: netscope's table (HewlettPackard/dlcookbook-dlbs) for Caffe's bvlc_alexnet, two groups"),
    pytest.param("zfnet", {"parameters": 62_357_608}, id="ZFNet: imgclsmob's table of models"),
    pytest.param("mobilenet_v1", {"parameters": 4_231_976, "buffers": 21_888, "macs": 568_740_352},
                 id="MobileNet: Keras (4,253,864 in all), the paper's 569 million multiply-adds"),
    pytest.param("proxylessnas", {"parameters": 4_080_512}, id="ProxylessNAS Mobile: imgclsmob's table of models"),
    pytest.param("unet", {"parameters": 31_030_658}, id="U-Net: Keras's summary of the paper's figure, two classes"),
    pytest.param("fcn32s", {"parameters": 14_714_688 + 102_764_544 + 16_781_312 + 86_037 + 1_806_336},
                 id="FCN-32s: VGG-16's convolutions, fc6, fc7, 21 scores of 4096 + 1, 21*21 windows of 64*64"),
    pytest.param("dcgan", {"parameters": 3_576_704, "macs": 104_628_224}, id="DCGAN: PyTorch's example, counted"),
    pytest.param("c3d", {"parameters": 79_991_015}, id="C3D: Keras's summary, 487 classes (C3D_Sport1M_keras)"),
    pytest.param("tcn", {"parameters": 66_510}, id="TCN: counted by hand: 200 + 50 + 15*4400 + 260"),
    pytest.param("wavenet", {"parameters": 16_416 + 10 * (4_160 + 16_896) + 9 * 1_056 + 262_656 + 131_328},
                 id="WaveNet: counted by hand: start, ten units and skips, nine sums, the two layers after them"),
    pytest.param("resnet20", {"parameters": 269_722, "macs": 40_551_040},
                 id="ResNet-20 for CIFAR: Y. Idelbayev's table of pytorch_resnet_cifar10; the paper's 0.27 M"),
    pytest.param("dqn", {"parameters": 1_693_362}, id="DQN with 18 actions: Keras's summaries of it"),
    pytest.param("vggish", {"parameters": 72_141_184}, id="VGGish: counted in harritaylor's torchvggish"),
    pytest.param("wav2vec2", {"parameters": 4_210_176}, id="wav2vec 2.0: transformers' encoder with layer norms, counted"),
    pytest.param("worldmodels-vae", {"parameters": 4_348_547}, id="World Models: the paper's table, 4,348,547"),
    pytest.param("eegnet", {"parameters": 2_388, "buffers": 80}, id="EEGNet-8,2: Keras's summary, 2,468 in all"),
    pytest.param("crnn", {"parameters": 8_331_301}, id="CRNN: meijieru's crnn.pytorch, counted"),
    pytest.param("gpt2", {"parameters": 124_439_808}, id="GPT-2: OpenAI's small weights, transformers' gpt2"),
    pytest.param("bert-base", {"parameters": 109_482_240}, id="BERT: transformers' bert-base-uncased"),
    pytest.param("capsnet", {"parameters": 6_804_224}, id="CapsNet: Keras's summary of X. Guo's, before the decoder"),
    pytest.param("siamese-koch", {"parameters": 38_951_745}, id="Koch's towers: Keras's summaries of them"),
    pytest.param("lenet-caffe", {"parameters": 20 * 26 + 50 * 501 + 500 * 801 + 10 * 501},
                 id="Caffe's LeNet: by hand; 431 K in Han et al. 2015, table 3"),
    pytest.param("cifar10-quick", {"parameters": 145_578}, id="Caffe's quick net for CIFAR-10: netscope"),
    pytest.param("wide_resnet28_10", {"parameters": 36_479_194, "buffers": 17_952},
                 id="WRN-28-10: imgclsmob's table; the paper's 36.5 M"),
    pytest.param("preact_resnet18", {"parameters": 11_171_146}, id="Pre-activation ResNet-18: pytorch-cifar, counted"),
    pytest.param("dla34", {"parameters": 15_742_104, "buffers": 15_488, "macs": 3_060_043_776}, id="DLA-34: timm's dla34"),
    pytest.param("senet154", {"parameters": 115_088_984, "buffers": 247_552, "macs": 20_688_363_520}, id="SENet-154: timm's legacy_senet154"),
    pytest.param("se_resnet50", {"parameters": 28_088_024, "buffers": 53_120, "macs": 3_860_488_192},
                 id="SE-ResNet-50: timm's legacy_seresnet50"),
    pytest.param("darknet53", {"parameters": 41_609_928, "buffers": 35_712, "macs": 9_285_115_904}, id="Darknet-53: timm's darknet53"),
    pytest.param("yolov1", {"parameters": 271_703_550}, id="YOLOv1: torchsummary of the paper's figure 3"),
    pytest.param("yolov2-tiny", {"parameters": 11_232_057, "buffers": 5_088},
                 id="Tiny YOLOv2: yolov2-tiny.weights, 44,948,600 bytes less a header of 20"),
    pytest.param("yolov3", {"parameters": 61_949_149, "buffers": 52_608, "macs": 32_932_037_632},
                 id="YOLOv3: yolov3.weights, 248,007,048 bytes less a header of 20; darknet's 65.864 BFLOPs"),
    pytest.param("segnet", {"parameters": 29_449_355}, id="SegNet: built and counted in torch"),
    pytest.param("vnet", {"parameters": 65_175_314}, id="V-Net: built and counted in torch"),
    pytest.param("pix2pix", {"parameters": 54_413_955}, id="pix2pix: what its authors' code prints, 54.414 M"),
    pytest.param("patchgan", {"parameters": 2_768_705, "buffers": 1_792},
                 id="PatchGAN: what its authors' code prints, 2.769 M"),
    pytest.param("srgan", {"parameters": 1_549_462}, id="SRGAN: built and counted in torch; 1.5 M in Lim et al. 2017"),
    pytest.param("srgan_discriminator", {"parameters": 23_565_505}, id="SRGAN's judge: built and counted in torch"),
    pytest.param("espcn", {"parameters": 1_664 + 18_464 + 2_601}, id="ESPCN: 64*26 + 32*(9*64 + 1) + 9*(9*32 + 1)"),
    pytest.param("srcnn", {"parameters": 8_032 + 97}, id="SRCNN 9-1-5: the paper's 8,032 weights, and 97 biases"),
    pytest.param("alphazero", {"parameters": 23_483_212}, id="AlphaZero for chess: built and counted in torch"),
    pytest.param("m5", {"parameters": 559_114}, id="M5: built and counted in torch; the paper's 0.5 M"),
    pytest.param("textcnn", {"parameters": 18_765 * 300 + 360_300 + 602},
                 id="TextCNN: 18,765 words of 300; 100 filters of 3, 4 and 5 of them; two classes"),
    pytest.param("pointnet", {"parameters": 3_480_049}, id="PointNet: built and counted in torch; the paper's 3.5 M"),
]  # fmt: skip


@pytest.mark.parametrize("name, expected", TOTALS)
def test_totals_are_the_published_ones(name, expected):
    totals = network(name).totals
    assert {quantity: getattr(totals, quantity) for quantity in expected} == expected


MCUNET_ZOO = [  # the table of mit-han-lab/mcunet: millions of MACs and of parameters
    ("mcunet_mbv2", "23.5", "0.75"), ("mcunet_proxyless", "38.3", "0.75"),
    ("mcunet_in0", "6.4", "0.75"), ("mcunet_in1", "12.8", "0.64"), ("mcunet_in2", "67.3", "0.73"),
    ("mcunet_in3", "81.8", "0.74"), ("mcunet_in4", "125.9", "1.73"),
    ("mcunet_vww0", "6.0", "0.37"), ("mcunet_vww1", "11.6", "0.43"), ("mcunet_vww2", "55.8", "0.64"),
]  # fmt: skip


@pytest.mark.parametrize("name, macs, parameters", MCUNET_ZOO)
def test_mcunets_are_those_of_the_zoo(name, macs, parameters):
    totals = network(name).totals
    assert (f"{totals.macs / 1e6:.1f}", f"{totals.parameters / 1e6:.2f}") == (macs, parameters)


VARIANTS = [
    pytest.param("c3d", {"classes": "101"}, 78_409_573, id="C3D on UCF101 (torchsummary, pytorch-video-recognition)"),
    pytest.param("c3d", {"classes": "51"}, 78_204_723, id="C3D on HMDB51 (pytorch-video-recognition)"),
    pytest.param("unet", {"classes": "3"}, 31_030_658 + 65, id="one more class of a U-Net is 64 weights and a bias"),
    pytest.param("wide_resnet_cifar", {"classes": "100"}, 36_536_884 + 17_952, id="WRN-28-10, 100 classes (imgclsmob)"),
    pytest.param("wide_resnet_cifar", {"depth": "40", "k": "8"}, 35_748_314 + 21_536, id="WRN-40-8 (imgclsmob)"),
    pytest.param("preact_resnet", {"depth": "34"}, 21_279_306 + 14_208, id="pre-activation ResNet-34 (pytorch-cifar)"),
    pytest.param("preact_resnet", {"depth": "50"}, 23_509_066 + 41_344, id="pre-activation ResNet-50 (torch)"),
    pytest.param("senet", {"depth": "101"}, 49_326_872 + 105_344, id="SE-ResNet-101 (timm)"),
    pytest.param("senet", {"depth": "152"}, 66_821_848 + 151_424, id="SE-ResNet-152 (timm)"),
    pytest.param("yolov2_tiny", {"data": "voc"}, 15_867_885, id="yolov2-tiny-voc.weights: 63,471,556 bytes less 16"),
    pytest.param("patchgan", {"depth": "1"}, 139_585 + 256, id="PatchGAN of 16 (its authors' code)"),
    pytest.param("patchgan", {"depth": "4"}, 6_964_033 + 2_816, id="PatchGAN of 142 (its authors' code)"),
    pytest.param("srcnn", {"middle": "5"}, 57_184 + 97, id="SRCNN 9-5-5: the paper's 57,184 weights, and 97 biases"),
    pytest.param("m5", {"depth": "11"}, 1_786_442 + 4_480, id="M11 (torch; the paper says 1.8 M)"),
    pytest.param("resnet_cifar", {"depth": "32"}, 464_154 + 2_272, id="ResNet-32 for CIFAR (Y. Idelbayev)"),
    pytest.param("resnet_cifar", {"depth": "44"}, 658_586 + 3_168, id="ResNet-44 for CIFAR (Y. Idelbayev)"),
    pytest.param("resnet_cifar", {"depth": "56"}, 853_018 + 4_064, id="ResNet-56 for CIFAR (Y. Idelbayev)"),
    pytest.param("resnet_cifar", {"depth": "110"}, 1_727_962 + 8_096, id="ResNet-110 for CIFAR (Y. Idelbayev)"),
    pytest.param("resnet_cifar", {"shortcut": "B"}, 272_474 + 1_568, id="ResNet-20 for CIFAR, option B (torch)"),
    pytest.param("wav2vec2", {"norm": "group"}, 4_200_448, id="wav2vec 2.0 base (transformers, counted)"),
    pytest.param("gpt2", {"size": "medium"}, 354_823_168, id="GPT-2 medium (transformers)"),
    pytest.param("gpt2", {"size": "large"}, 774_030_080, id="GPT-2 large (transformers)"),
    pytest.param("gpt2", {"size": "xl"}, 1_557_611_200, id="GPT-2 XL (transformers)"),
    pytest.param("bert", {"size": "large"}, 335_141_888, id="BERT large (transformers)"),
    pytest.param("capsnet", {"decoder": "1"}, 8_215_568, id="CapsNet with its decoder (X. Guo's Keras summary)"),
    pytest.param("mobilenet_v1", {"width": "3/4"}, 2_601_976, id="0.75 MobileNet (Keras)"),
    pytest.param("mobilenet_v1", {"width": "1/2"}, 1_342_536, id="0.50 MobileNet (Keras)"),
    pytest.param("mobilenet_v1", {"width": "1/4"}, 475_544, id="0.25 MobileNet (Keras)"),
]


@pytest.mark.parametrize("name, sets, expected", VARIANTS)
def test_variants_have_the_published_parameters(name, sets, expected):
    report = summarise(name, Choices(sets=sets))
    assert not report.errors, report.errors[0].message
    assert report.totals.parameters + report.totals.buffers == expected


# Howard et al. 2017, tables 6 and 7, in millions of multiply-adds.
@pytest.mark.parametrize("width, side, millions", [
    ("1", 224, 569), ("3/4", 224, 325), ("1/2", 224, 149), ("1/4", 224, 41),
    ("1", 192, 418), ("1", 160, 290), ("1", 128, 186),
])  # fmt: skip
def test_mobilenets_multiply_adds_are_those_of_the_paper(width, side, millions):
    report = summarise("mobilenet_v1", Choices({"": f"3x{side}x{side}"}, {"width": width}))
    assert not report.errors, report.errors[0].message
    assert abs(report.totals.macs - millions * 10**6) < 10**6  # the paper rounds some down


PARAMETERS = {
    # the table of ZFNet's parameters at newlib.net/nw_rd992225/p14
    "zfnet": {
        "conv1": 14_208, "conv2": 614_656, "conv3": 885_120, "conv4": 1_327_488, "conv5": 884_992,
        "fc6": 37_752_832, "fc7": 16_781_312, "fc8": 4_097_000,
    },
    # the paper's text: conv2 sees 48 maps, conv4 and conv5 see 192
    "alexnet-2012": {
        "conv1": 96 * (11 * 11 * 3 + 1), "conv2": 256 * (5 * 5 * 48 + 1), "conv3": 384 * (3 * 3 * 256 + 1),
        "conv4": 384 * (3 * 3 * 192 + 1), "conv5": 256 * (3 * 3 * 192 + 1),
        "fc6": 4096 * (9216 + 1), "fc7": 4096 * (4096 + 1), "fc8": 1000 * (4096 + 1),
    },
    # Keras's summary in litao1381/C3D_Sport1M_keras
    "c3d": {
        "conv1a": 5_248, "conv2a": 221_312, "conv3a": 884_992, "conv3b": 1_769_728, "conv4a": 3_539_456,
        "conv4b": 7_078_400, "conv5a": 7_078_400, "conv5b": 7_078_400,
        "fc6": 33_558_528, "fc7": 16_781_312, "fc8": 1_995_239,
    },
    # without a bias: 4*4 times the channels on either side
    "dcgan": {
        "project": 819_200, "batchnorm1": 1_024, "up1": 2_097_152, "batchnorm2": 512, "up2": 524_288,
        "batchnorm3": 256, "up3": 131_072, "batchnorm4": 128, "picture": 3_072,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_layer_by_layer(name):
    assert {row: number for row, (number,) in table(name, "parameters").items()} == PARAMETERS[name]


MACS = {
    "dcgan": {"project": 819_200, "up1": 33_554_432, "up2": 33_554_432, "up3": 33_554_432, "picture": 3_145_728},
    # CS231n's and others' tables, in millions: 105, 224, 150, 112, 75, 38, 17, 4
    "alexnet-2012": {
        "conv1": 105_415_200, "conv2": 223_948_800, "conv3": 149_520_384, "conv4": 112_140_288, "conv5": 74_760_192,
        "fc6": 37_748_736, "fc7": 16_777_216, "fc8": 4_096_000,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", MACS)
def test_multiply_accumulates_layer_by_layer(name):
    assert {row: number for row, (number,) in table(name, "macs").items()} == MACS[name]


SHAPES = [
    pytest.param("lenet5-1998", {
        "C1": (6, 28, 28), "S2": (6, 14, 14), "C3": (16, 10, 10), "S4": (16, 5, 5), "C5": (120, 1, 1), "F6": (84,),
        "output": (10,),
    }, id="LeNet-5: figure 2"),
    pytest.param("alexnet-2012", {
        "conv1": (96, 55, 55), "pool1": (96, 27, 27), "conv2": (256, 27, 27), "pool2": (256, 13, 13),
        "conv3": (384, 13, 13), "conv4": (384, 13, 13), "conv5": (256, 13, 13), "pool5": (256, 6, 6),
        "fc6": (4096,), "fc8": (1000,),
    }, id="AlexNet: figure 2, both towers together"),
    pytest.param("zfnet", {
        "conv1": (96, 110, 110), "pool1": (96, 55, 55), "conv2": (256, 26, 26), "pool2": (256, 13, 13),
        "conv3": (384, 13, 13), "conv4": (384, 13, 13), "conv5": (256, 13, 13), "pool5": (256, 6, 6), "fc6": (4096,),
    }, id="ZFNet: figure 3"),
    pytest.param("mobilenet_v1", {
        "conv1": (32, 112, 112), "conv2.depthwise": (32, 112, 112), "conv2.pointwise": (64, 112, 112),
        "conv3.pointwise": (128, 56, 56), "conv5.pointwise": (256, 28, 28), "conv7.pointwise": (512, 14, 14),
        "conv8.4.pointwise": (512, 14, 14), "conv9.pointwise": (1024, 7, 7), "conv10.pointwise": (1024, 7, 7),
        "globalavgpool1": (1024, 1, 1), "softmax1": (1000,),
    }, id="MobileNet: table 1"),
    pytest.param("unet", {
        "down1.conv1": (64, 570, 570), "down1.conv2": (64, 568, 568), "maxpool1": (64, 284, 284),
        "down2.conv1": (128, 282, 282), "down2.conv2": (128, 280, 280), "maxpool2": (128, 140, 140),
        "down3.conv1": (256, 138, 138), "down3.conv2": (256, 136, 136), "maxpool3": (256, 68, 68),
        "down4.conv1": (512, 66, 66), "down4.conv2": (512, 64, 64), "maxpool4": (512, 32, 32),
        "bottom.conv1": (1024, 30, 30), "bottom.conv2": (1024, 28, 28), "up4": (512, 56, 56), "concat1": (1024, 56, 56),
        "right4.conv1": (512, 54, 54), "right4.conv2": (512, 52, 52), "concat2": (512, 104, 104),
        "right3.conv1": (256, 102, 102), "right3.conv2": (256, 100, 100), "concat3": (256, 200, 200),
        "right2.conv1": (128, 198, 198), "right2.conv2": (128, 196, 196), "concat4": (128, 392, 392),
        "right1.conv1": (64, 390, 390), "right1.conv2": (64, 388, 388), "segmentation": (2, 388, 388),
    }, id="U-Net: figure 1"),
    pytest.param("fcn32s", {
        "conv1_1": (64, 698, 698), "pool1": (64, 349, 349), "pool2": (128, 175, 175), "pool3": (256, 88, 88),
        "pool4": (512, 44, 44), "pool5": (512, 22, 22), "fc6": (4096, 16, 16), "score_fr": (21, 16, 16),
        "upscore": (21, 544, 544), "score": (21, 500, 500),
    }, id="FCN-32s: voc-fcn32s on 500 x 500"),
    pytest.param("dcgan", {
        "project": (512, 4, 4), "up1": (256, 8, 8), "up2": (128, 16, 16), "up3": (64, 32, 32), "picture": (3, 64, 64),
    }, id="DCGAN: figure 1, half as wide as drawn"),
    pytest.param("c3d", {
        "conv1a": (64, 16, 112, 112), "pool1": (64, 16, 56, 56), "pool2": (128, 8, 28, 28), "pool3": (256, 4, 14, 14),
        "pool4": (512, 2, 7, 7), "conv5b": (512, 2, 7, 7), "pool5": (512, 1, 4, 4), "flatten1": (8192,),
    }, id="C3D: Keras's summary"),
    pytest.param("wavenet", {"sum0": (32, 16000), "skips": (512, 16000), "softmax1": (256, 16000)},
                 id="WaveNet: as many samples out as in"),
    pytest.param("tcn", {"level1.add1": (25, 784), "last": (25, 1), "linear1": (10,)}, id="TCN: ten digits"),
]  # fmt: skip


@pytest.mark.parametrize("name, expected", SHAPES)
def test_shapes_are_those_of_the_figure(name, expected):
    report = network(name)
    assert {row: layer(report, row).applied.output for row in expected} == expected


def test_the_neurons_of_alexnet_are_those_of_its_figure_but_for_the_first_layer():
    """Figure 2: 253,440–186,624–64,896–64,896–43,264–4096–4096–1000; 253,440 cannot be 96 maps of 55 x 55."""
    report = network("alexnet-2012")
    rows = ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8")
    assert [layer(report, row).applied.activations for row in rows] == [
        290_400, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000,
    ]  # fmt: skip


FIELDS = [
    pytest.param("lenet5-1998", "C5", 32, 4, id="C5 of LeNet-5 sees the whole 32 x 32 (LeCun et al. 1998)"),
    pytest.param("alexnet-2012", "pool5", 195, 32, id="pool5 of AlexNet sees 195 x 195 (Girshick et al. 2014, R-CNN)"),
    pytest.param("zfnet", "conv5", 139, 16, id="conv5 of ZFNet sees 139, 16 apart (He et al. 2014, SPP-net)"),
    pytest.param("zfnet", "pool5", 171, 32, id="3x3 on conv5 of ZFNet sees 171 (Ren et al. 2015, Faster R-CNN)"),
    pytest.param("fcn32s", "fc7", 404, 32, id="fc7 of VGG-16 sees 404, 32 apart (Long et al. 2015, table 1)"),
    pytest.param("unet", "bottom.conv2", 140, 16, id="the bottom of the U-Net sees 140, 16 apart"),
    pytest.param("wavenet", "unit10.multiply1", 1 + 1 + 1023, 1, id="WaveNet: 1 + 1023 of the stack, 1 before it"),
    pytest.param("patchgan", "verdicts", 70, 8, id="PatchGAN judges patches of 70 (Isola et al. 2017)"),
    pytest.param("wav2vec2", "short.1.gelu1", 400, 320, id="wav2vec 2.0: 25 ms of sound every 20 ms (Baevski et al. 2020)"),
    pytest.param("tcn", "level8.relu3", 1 + 2 * 6 * 255, 1, id="TCN: 1 + 2(k - 1)(2^8 - 1)"),
]  # fmt: skip


@pytest.mark.parametrize("name, row, size, stride", FIELDS)
def test_receptive_fields_are_the_published_ones(name, row, size, stride):
    for field in layer(network(name), row).field:
        assert (field.size, field.stride) == (size, stride)


def test_a_causal_network_sees_nothing_of_the_future():
    for name in ("wavenet", "tcn"):
        for each in network(name).layers:
            for field in each.field:
                step = 783 if each.name in ("last", "flatten1") else 0  # the first unit there is the last step
                if field.stride == 1:
                    assert field.at(0)[1] == step, each.name


@pytest.mark.parametrize("depth", range(1, 11))
def test_each_layer_of_wavenet_doubles_what_the_stack_sees(depth):
    """van den Oord et al. 2016: dilations 1, 2, 4, …, 512 see 1,024 samples."""
    (field,) = layer(network("wavenet"), f"unit{depth}.multiply1").field
    assert field.size - 1 == 2**depth  # less the one of the first causal convolution


def test_the_crop_of_fcn32s_puts_every_score_on_its_own_pixel():
    """Score u stands over unit (u + 19 − 31.5)/32 of fc7, whose unit 0 is centred on 12.5: together on pixel u."""
    report = network("fcn32s")
    for field, (before, after) in zip(
        layer(report, "score_fr").field, layer(report, "score").applied.values["amount"], strict=True
    ):
        assert field.centre + field.stride * (before - Fraction(63, 2)) / 32 == 0
        assert 544 - before - after == 500


class Units(list):
    """One row of a map, each unit as the first and last pixel that it sees: a U-Net carried out on intervals."""

    def window(self, k, s):
        return Units(
            (min(low for low, _ in self[i : i + k]), max(high for _, high in self[i : i + k]))
            for i in range(0, len(self) - k + 1, s)
        )

    def double(self):
        return self.window(3, 1).window(3, 1)

    def up(self, skip):
        wide = [unit for unit in self for _ in range(2)]
        cut = (len(skip) - len(wide)) // 2
        return Units((min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(wide, skip[cut : cut + len(wide)], strict=True))


def test_the_receptive_field_of_the_unet_is_what_carrying_out_one_row_of_it_finds():
    units, skips = Units((pixel, pixel) for pixel in range(572)).double(), []
    for _ in range(4):
        skips.append(units)
        units = units.window(2, 2).double()
    for skip in reversed(skips):
        units = units.up(skip).double()
    assert len(units) == 388
    report = network("unet")
    for field in layer(report, "segmentation").field:
        assert [field.at(unit) for unit in range(388)] == units
        assert field.size == max(high - low + 1 for low, high in units)


# Other sizes that the code of these networks takes: what goes in, and the main output.
OTHER_SIZES = {
    ("resnet20", "3x64x48"): (10,),
    ("darknet53", "3x224x224"): (1000,),
    ("dla34", "3x512x512"): (1000,),
    ("senet154", "3x320x320"): (1000,),
    ("yolov2_tiny", "3x608x320"): (425, 19, 10),
    ("yolov3", "3x608x320"): (255, 19, 10),
    ("segnet", "3x123x170"): (11, 123, 170),
    ("vnet", "1x64x96x32"): (2, 64, 96, 32),
    ("pix2pix", "3x512x256"): (3, 512, 256),
    ("patchgan", "6x70x286"): (1, 6, 33),
    ("srgan", "3x100x75"): (3, 400, 300),
    ("espcn", "1x100x75"): (1, 300, 225),
    ("srcnn", "1x100x75"): (1, 88, 63),
    ("m5", "1x16000"): (10,),
    ("wav2vec2", "1x400"): (512, 1),
    ("wav2vec2", "1x160000"): (512, 499),
    ("crnn", "1x32x160"): (41, 37),
    ("pointnet", "3x2500"): (40,),
    ("gpt2", "77"): (77, 50_257),
    ("textcnn", "30"): (2,),
}


@pytest.mark.parametrize("name, shape", OTHER_SIZES)
def test_a_network_takes_other_sizes_with_the_same_parameters(name, shape):
    report = summarise(name, Choices({"": shape}))
    assert not report.errors, report.errors[0].message
    assert report.output == OTHER_SIZES[name, shape]
    assert report.totals.parameters == network(name).totals.parameters


LETTERS = {
    ("patchgan", "6xHxW"): ("1", "floor(H/8) - 2", "floor(W/8) - 2"),
    ("yolov3", "3xHxW"): ("255", "floor((H + 31)/32)", "floor((W + 31)/32)"),
    ("segnet", "3xHxW"): ("11", "H", "W"),
    ("vnet", "1xDxHxW"): ("2", "D", "H", "W"),
    ("espcn", "1xHxW"): ("1", "3*H", "3*W"),
    ("wav2vec2", "1xL"): ("512", "floor((L + 240)/320) - 1"),
    ("crnn", "1x32xL"): ("floor(L/4) + 1", "37"),
    ("gpt2", "T"): ("T", "50257"),
}


@pytest.mark.parametrize("name, shape", LETTERS)
def test_a_network_in_letters(name, shape):
    report = summarise(name, Choices({"": shape}))
    assert not report.errors, report.errors[0].message
    assert tuple(map(str, report.output)) == LETTERS[name, shape]
    assert report.totals.parameters == network(name).totals.parameters


def test_networks_with_several_outputs_name_them():
    for name, outputs in {
        "yolov3": {"large": (255, 13, 13), "medium": (255, 26, 26), "small": (255, 52, 52)},
        "alphazero": {"policy": (73, 8, 8), "value": (1,)},
        "worldmodels_vae": {"frame": (3, 64, 64), "mean": (32,), "log_variance": (32,)},
        "bert": {"pooled": (768,), "words": (512, 768)},
    }.items():
        assert {which: each.applied.output for which, each in network(name).outputs} == outputs


@pytest.mark.parametrize("depth, size", [("1", 16), ("2", 34), ("3", 70), ("4", 142), ("5", 286)])
def test_the_patches_of_a_patchgan(depth, size):
    """Isola et al. 2017, appendix 6.1.2: discriminators of 16, 70 and 286 pixels; those between from the same code."""
    assert {field.size for field in summarise("patchgan", Choices(sets={"depth": depth})).last.field} == {size}
