"""The networks of torchvision that are `features` and a `classifier`, as a program that is read like a file's own.

Simonyan & Zisserman 2015 (VGG), Krizhevsky 2014 (AlexNet), Iandola et al. 2016 (SqueezeNet), Huang et al. 2017
(DenseNet), Sandler et al. 2018 (MobileNetV2), with the names and the order that torchvision's modules have, because
programs take them apart: `vgg16().features[:16]`, `model.classifier[6] = nn.Linear(4096, 10)`.
"""

from __future__ import annotations

NAME = "torchvision.models.features"
PROGRAM = """
import torch
from torch import nn
import torch.nn.functional as F

class AlexNet(nn.Module):
    def __init__(self, num_classes=1000, dropout=0.5):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(),
            nn.Dropout(dropout), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, num_classes),
        )

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

class VGG(nn.Module):
    def __init__(self, features, num_classes=1000, init_weights=True, dropout=0.5):
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(dropout), nn.Linear(4096, num_classes),
        )

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

def stages(counts, batch_norm):
    layers, before = [], 3
    for count, filters in zip(counts, (64, 128, 256, 512, 512)):
        for _ in range(count):
            layers.append(nn.Conv2d(before, filters, 3, padding=1))
            layers += [nn.BatchNorm2d(filters), nn.ReLU()] if batch_norm else [nn.ReLU()]
            before = filters
        layers.append(nn.MaxPool2d(2, 2))
    return nn.Sequential(*layers)

class Fire(nn.Module):
    def __init__(self, inplanes, squeeze_planes, expand1x1_planes, expand3x3_planes):
        super().__init__()
        self.squeeze, self.squeeze_activation = nn.Conv2d(inplanes, squeeze_planes, 1), nn.ReLU()
        self.expand1x1, self.expand1x1_activation = nn.Conv2d(squeeze_planes, expand1x1_planes, 1), nn.ReLU()
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, 3, padding=1)
        self.expand3x3_activation = nn.ReLU()

    def forward(self, x):
        x = self.squeeze_activation(self.squeeze(x))
        one, three = self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))
        return torch.cat([one, three], 1)

class SqueezeNet(nn.Module):
    def __init__(self, version="1_0", num_classes=1000, dropout=0.5):
        super().__init__()
        fires = [Fire(before, s, e, e) for before, s, e in (
            (96 if version == "1_0" else 64, 16, 64), (128, 16, 64), (128, 32, 128), (256, 32, 128),
            (256, 48, 192), (384, 48, 192), (384, 64, 256), (512, 64, 256),
        )]
        stem = nn.Conv2d(3, 96, 7, 2) if version == "1_0" else nn.Conv2d(3, 64, 3, 2)
        pools = [nn.MaxPool2d(3, 2, ceil_mode=True) for _ in range(3)]
        first, second = (3, 7) if version == "1_0" else (2, 4)
        self.features = nn.Sequential(
            stem, nn.ReLU(), pools[0], *fires[:first], pools[1], *fires[first:second], pools[2], *fires[second:],
        )
        final = nn.Conv2d(512, num_classes, 1)
        self.classifier = nn.Sequential(nn.Dropout(dropout), final, nn.ReLU(), nn.AdaptiveAvgPool2d((1, 1)))

    def forward(self, x):
        return torch.flatten(self.classifier(self.features(x)), 1)

class _DenseLayer(nn.Module):
    def __init__(self, before, growth_rate, bn_size, drop_rate):
        super().__init__()
        self.norm1, self.relu1 = nn.BatchNorm2d(before), nn.ReLU()
        self.conv1 = nn.Conv2d(before, bn_size * growth_rate, 1, bias=False)
        self.norm2, self.relu2 = nn.BatchNorm2d(bn_size * growth_rate), nn.ReLU()
        self.conv2 = nn.Conv2d(bn_size * growth_rate, growth_rate, 3, padding=1, bias=False)
        self.drop_rate = float(drop_rate)

    def forward(self, x):
        features = [x] if isinstance(x, torch.Tensor) else x
        x = self.conv1(self.relu1(self.norm1(torch.cat(features, 1))))
        x = self.conv2(self.relu2(self.norm2(x)))
        return F.dropout(x, self.drop_rate, self.training) if self.drop_rate > 0 else x

class _DenseBlock(nn.ModuleDict):
    def __init__(self, num_layers, before, bn_size, growth_rate, drop_rate):
        super().__init__()
        for i in range(num_layers):
            layer = _DenseLayer(before + i * growth_rate, growth_rate, bn_size, drop_rate)
            self.add_module("denselayer%d" % (i + 1), layer)

    def forward(self, x):
        features = [x]
        for name, layer in self.items():
            features.append(layer(features))
        return torch.cat(features, 1)

class _Transition(nn.Sequential):
    def __init__(self, before, filters):
        super().__init__()
        self.norm, self.relu = nn.BatchNorm2d(before), nn.ReLU()
        self.conv, self.pool = nn.Conv2d(before, filters, 1, bias=False), nn.AvgPool2d(2, 2)

class DenseNet(nn.Module):
    def __init__(self, growth_rate=32, block_config=(6, 12, 24, 16), num_init_features=64, bn_size=4, drop_rate=0,
                 num_classes=1000, memory_efficient=False):
        super().__init__()
        before = num_init_features
        self.features = nn.Sequential()
        self.features.add_module("conv0", nn.Conv2d(3, before, 7, 2, 3, bias=False))
        self.features.add_module("norm0", nn.BatchNorm2d(before))
        self.features.add_module("relu0", nn.ReLU())
        self.features.add_module("pool0", nn.MaxPool2d(3, 2, 1))
        for i, count in enumerate(block_config):
            block = _DenseBlock(count, before, bn_size, growth_rate, drop_rate)
            self.features.add_module("denseblock%d" % (i + 1), block)
            before += count * growth_rate
            if i != len(block_config) - 1:
                self.features.add_module("transition%d" % (i + 1), _Transition(before, before // 2))
                before //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(before))
        self.classifier = nn.Linear(before, num_classes)

    def forward(self, x):
        x = F.relu(self.features(x))
        return self.classifier(torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1))

def conv_bn(before, filters, kernel=3, stride=1, groups=1):
    conv = nn.Conv2d(before, filters, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(filters), nn.ReLU6())

class InvertedResidual(nn.Module):
    def __init__(self, inp, oup, stride, expand_ratio):
        super().__init__()
        hidden = int(round(inp * expand_ratio))
        layers = [conv_bn(inp, hidden, 1)] if expand_ratio != 1 else []
        layers += [conv_bn(hidden, hidden, 3, stride, hidden), nn.Conv2d(hidden, oup, 1, bias=False)]
        self.conv = nn.Sequential(*layers, nn.BatchNorm2d(oup))
        self.use_res_connect = stride == 1 and inp == oup

    def forward(self, x):
        return x + self.conv(x) if self.use_res_connect else self.conv(x)

def divisible(value):
    found = max(8, int(value + 4) // 8 * 8)
    return found + 8 if found < 0.9 * value else found

class MobileNetV2(nn.Module):
    def __init__(self, num_classes=1000, width_mult=1.0, dropout=0.2):
        super().__init__()
        before, last = divisible(32 * width_mult), divisible(1280 * max(1.0, width_mult))
        features = [conv_bn(3, before, stride=2)]
        for t, c, n, s in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
                           (6, 320, 1, 1)):
            for i in range(n):
                features.append(InvertedResidual(before, divisible(c * width_mult), s if i == 0 else 1, t))
                before = divisible(c * width_mult)
        self.last_channel = last
        self.features = nn.Sequential(*features, conv_bn(before, last, 1))
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(last, num_classes))

    def forward(self, x):
        return self.classifier(torch.flatten(F.adaptive_avg_pool2d(self.features(x), (1, 1)), 1))
"""
DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
# The functions that make the networks: by name, the class and its first arguments.
MAKERS = {
    "alexnet": "AlexNet", "squeezenet1_0": 'SqueezeNet, "1_0"', "squeezenet1_1": 'SqueezeNet, "1_1"',
    "mobilenet_v2": "MobileNetV2",
    "densenet121": "DenseNet, 32, (6, 12, 24, 16), 64", "densenet161": "DenseNet, 48, (6, 12, 36, 24), 96",
    "densenet169": "DenseNet, 32, (6, 12, 32, 32), 64", "densenet201": "DenseNet, 32, (6, 12, 48, 32), 64",
    **{f"vgg{depth}{ending}": f"VGG, stages({counts}, {bool(ending)})"
       for depth, counts in DEPTHS.items() for ending in ("", "_bn")},
}  # fmt: skip
CLASSES = frozenset(("AlexNet", "VGG", "SqueezeNet", "DenseNet", "MobileNetV2"))
