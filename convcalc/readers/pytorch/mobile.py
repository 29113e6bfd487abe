"""The small networks of torchvision, of inverted residuals and the like, as a program that is read like a file's own.

Tan & Le 2019 and 2021 (EfficientNet), Howard et al. 2019 (MobileNetV3), Tan et al. 2019 (MNASNet), Ma et al. 2018
(ShuffleNet V2), Radosavovic et al. 2020 (RegNet), with the names that torchvision's modules have.
"""

from __future__ import annotations

NAME = "torchvision.models.mobile"
PROGRAM = """
import math
from collections import OrderedDict
from functools import partial
from itertools import groupby
from torch import nn
import torch
from torchvision.ops import StochasticDepth
from torchvision.ops.misc import Conv2dNormActivation, SqueezeExcitation, divisible

class MBConv(nn.Module):
    is_fused = False

    def __init__(self, before, filters, expand_ratio, kernel, stride, stochastic_depth_prob, norm_layer):
        super().__init__()
        hidden = divisible(before * expand_ratio)
        conv = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        project = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=None)
        if not self.is_fused:
            layers = [] if hidden == before else [conv(before, hidden, 1)]
            layers.append(conv(hidden, hidden, kernel, stride, groups=hidden))
            layers.append(SqueezeExcitation(hidden, max(1, before // 4), nn.SiLU))
            layers.append(project(hidden, filters, 1))
        elif hidden == before:
            layers = [conv(before, filters, kernel, stride)]
        else:
            layers = [conv(before, hidden, kernel, stride), project(hidden, filters, 1)]
        self.block, self.out_channels = nn.Sequential(*layers), filters
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.use_res_connect = stride == 1 and before == filters

    def forward(self, input):
        result = self.block(input)
        return self.stochastic_depth(result) + input if self.use_res_connect else result

class FusedMBConv(MBConv):
    is_fused = True

class EfficientNet(nn.Module):
    def __init__(self, inverted_residual_setting, dropout, stochastic_depth_prob=0.2, num_classes=1000,
                 norm_layer=None, last_channel=None):
        super().__init__()
        stages = inverted_residual_setting
        norm_layer = norm_layer or nn.BatchNorm2d
        before, total, done = stages[0][4], sum(stage[-1] for stage in stages), 0
        layers = [Conv2dNormActivation(3, before, 3, 2, norm_layer=norm_layer, activation_layer=nn.SiLU)]
        for block, expand_ratio, kernel, stride, _, filters, count in stages:
            blocks = []
            for index in range(count):
                depth = stochastic_depth_prob * done / total
                blocks.append(block(before, filters, expand_ratio, kernel, 1 if index else stride, depth, norm_layer))
                before, done = filters, done + 1
            layers.append(nn.Sequential(*blocks))
        last = last_channel or 4 * before
        layers.append(Conv2dNormActivation(before, last, 1, norm_layer=norm_layer, activation_layer=nn.SiLU))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(dropout, inplace=True), nn.Linear(last, num_classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

def MBConvConfig(expand_ratio, kernel, stride, input_channels, out_channels, num_layers, width_mult=1.0,
                 depth_mult=1.0, block=MBConv):
    return (block, expand_ratio, kernel, stride, divisible(input_channels * width_mult),
            divisible(out_channels * width_mult), math.ceil(num_layers * depth_mult))

def FusedMBConvConfig(*sizes, **named):
    return MBConvConfig(*sizes, **{"block": FusedMBConv, **named})

def first(width, depth):
    sizes = ((1, 3, 1, 32, 16, 1), (6, 3, 2, 16, 24, 2), (6, 5, 2, 24, 40, 2), (6, 3, 2, 40, 80, 3),
             (6, 5, 1, 80, 112, 3), (6, 5, 2, 112, 192, 4), (6, 3, 1, 192, 320, 1))
    return [MBConvConfig(*stage, width, depth) for stage in sizes]

def second(fused, rest):
    return [FusedMBConvConfig(*stage) for stage in fused] + [MBConvConfig(*stage) for stage in rest]

class InvertedResidual(nn.Module):
    def __init__(self, before, kernel, hidden, filters, use_se, use_hs, stride, dilation, norm_layer):
        super().__init__()
        activation = nn.Hardswish if use_hs else nn.ReLU
        layers = []
        if hidden != before:
            layers.append(Conv2dNormActivation(before, hidden, 1, norm_layer=norm_layer, activation_layer=activation))
        layers.append(Conv2dNormActivation(
            hidden, hidden, kernel, 1 if dilation > 1 else stride, dilation=dilation, groups=hidden,
            norm_layer=norm_layer, activation_layer=activation))
        if use_se:
            layers.append(SqueezeExcitation(hidden, divisible(hidden // 4), scale_activation=nn.Hardsigmoid))
        layers.append(Conv2dNormActivation(hidden, filters, 1, norm_layer=norm_layer, activation_layer=None))
        self.block, self.out_channels, self._is_cn = nn.Sequential(*layers), filters, stride > 1
        self.use_res_connect = stride == 1 and before == filters

    def forward(self, input):
        return input + self.block(input) if self.use_res_connect else self.block(input)

class MobileNetV3(nn.Module):
    def __init__(self, stages, last_channel, num_classes=1000, norm_layer=None, dropout=0.2, width_mult=1.0,
                 reduced_tail=False, dilated=False):
        super().__init__()
        norm_layer, tail, rate = norm_layer or nn.BatchNorm2d, 2 if reduced_tail else 1, 2 if dilated else 1
        adjust = lambda channels: divisible(channels * width_mult)
        before = adjust(16)
        layers = [Conv2dNormActivation(3, before, 3, 2, norm_layer=norm_layer, activation_layer=nn.Hardswish)]
        for index, (kernel, hidden, filters, use_se, use_hs, stride) in enumerate(stages):
            is_last = index >= len(stages) - 3
            hidden = hidden // tail if index > len(stages) - 3 else hidden
            filters = adjust(filters // tail if is_last else filters)
            layers.append(InvertedResidual(before, kernel, adjust(hidden), filters, use_se, use_hs, stride,
                                           rate if is_last else 1, norm_layer))
            before = filters
        wide, last = 6 * before, adjust(last_channel // tail)
        layers.append(Conv2dNormActivation(before, wide, 1, norm_layer=norm_layer, activation_layer=nn.Hardswish))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Linear(wide, last), nn.Hardswish(inplace=True),
                                        nn.Dropout(dropout, inplace=True), nn.Linear(last, num_classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

LARGE = ((3, 16, 16, 0, 0, 1), (3, 64, 24, 0, 0, 2), (3, 72, 24, 0, 0, 1), (5, 72, 40, 1, 0, 2), (5, 120, 40, 1, 0, 1),
         (5, 120, 40, 1, 0, 1), (3, 240, 80, 0, 1, 2), (3, 200, 80, 0, 1, 1), (3, 184, 80, 0, 1, 1),
         (3, 184, 80, 0, 1, 1), (3, 480, 112, 1, 1, 1), (3, 672, 112, 1, 1, 1), (5, 672, 160, 1, 1, 2),
         (5, 960, 160, 1, 1, 1), (5, 960, 160, 1, 1, 1))
SMALL = ((3, 16, 16, 1, 0, 2), (3, 72, 24, 0, 0, 2), (3, 88, 24, 0, 0, 1), (5, 96, 40, 1, 1, 2), (5, 240, 40, 1, 1, 1),
         (5, 240, 40, 1, 1, 1), (5, 120, 48, 1, 1, 1), (5, 144, 48, 1, 1, 1), (5, 288, 96, 1, 1, 2),
         (5, 576, 96, 1, 1, 1), (5, 576, 96, 1, 1, 1))

class _InvertedResidual(nn.Module):
    def __init__(self, before, filters, kernel, stride, expansion):
        super().__init__()
        hidden = before * expansion
        self.apply_residual = before == filters and stride == 1
        self.layers = nn.Sequential(
            nn.Conv2d(before, hidden, 1, bias=False), nn.BatchNorm2d(hidden), nn.ReLU(),
            nn.Conv2d(hidden, hidden, kernel, stride, kernel // 2, groups=hidden, bias=False),
            nn.BatchNorm2d(hidden), nn.ReLU(), nn.Conv2d(hidden, filters, 1, bias=False), nn.BatchNorm2d(filters))

    def forward(self, input):
        return self.layers(input) + input if self.apply_residual else self.layers(input)

class MNASNet(nn.Module):
    def __init__(self, alpha, num_classes=1000, dropout=0.2):
        super().__init__()
        stem, before, *depths = [divisible(depth * alpha) for depth in (32, 16, 24, 40, 80, 96, 192, 320)]
        layers = [
            nn.Conv2d(3, stem, 3, 2, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU(),
            nn.Conv2d(stem, stem, 3, 1, 1, groups=stem, bias=False), nn.BatchNorm2d(stem), nn.ReLU(),
            nn.Conv2d(stem, before, 1, bias=False), nn.BatchNorm2d(before)]
        sizes = ((3, 2, 3, 3), (5, 2, 3, 3), (5, 2, 6, 3), (3, 1, 6, 2), (5, 2, 6, 4), (3, 1, 6, 1))
        for filters, (kernel, stride, expansion, count) in zip(depths, sizes):
            blocks = [_InvertedResidual(before, filters, kernel, stride, expansion)]
            blocks += [_InvertedResidual(filters, filters, kernel, 1, expansion) for _ in range(count - 1)]
            layers.append(nn.Sequential(*blocks))
            before = filters
        layers += [nn.Conv2d(before, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(dropout, inplace=True), nn.Linear(1280, num_classes))

    def forward(self, x):
        return self.classifier(self.layers(x).mean([2, 3]))

class ShuffleUnit(nn.Module):
    def __init__(self, before, filters, stride):
        super().__init__()
        self.stride, half = stride, filters // 2
        depthwise = lambda channels: nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False)
        point = lambda channels: nn.Conv2d(channels, half, 1, bias=False)
        self.branch1 = nn.Sequential() if stride == 1 else nn.Sequential(
            depthwise(before), nn.BatchNorm2d(before), point(before), nn.BatchNorm2d(half), nn.ReLU())
        self.branch2 = nn.Sequential(
            point(half if stride == 1 else before), nn.BatchNorm2d(half), nn.ReLU(), depthwise(half),
            nn.BatchNorm2d(half), point(half), nn.BatchNorm2d(half), nn.ReLU())

    def forward(self, x):
        left, right = x.chunk(2, 1) if self.stride == 1 else (self.branch1(x), x)
        return torch.channel_shuffle(torch.cat((left, self.branch2(right)), 1), 2)

class ShuffleNetV2(nn.Module):
    def __init__(self, stages_repeats, stages_out_channels, num_classes=1000):
        super().__init__()
        before, *stages, last = stages_out_channels
        self.conv1 = nn.Sequential(nn.Conv2d(3, before, 3, 2, 1, bias=False), nn.BatchNorm2d(before), nn.ReLU())
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        for index, (count, filters) in enumerate(zip(stages_repeats, stages), 2):
            units = [ShuffleUnit(before, filters, 2)] + [ShuffleUnit(filters, filters, 1) for _ in range(count - 1)]
            setattr(self, f"stage{index}", nn.Sequential(*units))
            before = filters
        self.conv5 = nn.Sequential(nn.Conv2d(before, last, 1, bias=False), nn.BatchNorm2d(last), nn.ReLU())
        self.fc = nn.Linear(last, num_classes)

    def forward(self, x):
        x = self.stage4(self.stage3(self.stage2(self.maxpool(self.conv1(x)))))
        return self.fc(self.conv5(x).mean([2, 3]))

class ResBottleneckBlock(nn.Module):
    def __init__(self, before, filters, stride, norm_layer, activation, group_width, se_ratio):
        super().__init__()
        conv = partial(Conv2dNormActivation, norm_layer=norm_layer)
        self.proj = None
        if before != filters or stride != 1:
            self.proj = conv(before, filters, 1, stride, activation_layer=None)
        parts = {"a": conv(before, filters, 1, activation_layer=activation),
                 "b": conv(filters, filters, 3, stride, groups=filters // group_width, activation_layer=activation)}
        if se_ratio:
            parts["se"] = SqueezeExcitation(filters, int(round(se_ratio * before)), activation)
        parts["c"] = conv(filters, filters, 1, activation_layer=None)
        self.f, self.activation = nn.Sequential(OrderedDict(parts)), activation(inplace=True)

    def forward(self, x):
        return self.activation((x if self.proj is None else self.proj(x)) + self.f(x))

class RegNet(nn.Module):
    def __init__(self, depth, w_0, w_a, w_m, group_width, se_ratio=None, num_classes=1000, stem_width=32,
                 norm_layer=None, activation=None):
        super().__init__()
        norm_layer, activation, before = norm_layer or nn.BatchNorm2d, activation or nn.ReLU, stem_width
        steps = [round(math.log((w_0 + w_a * index) / w_0) / math.log(w_m)) for index in range(depth)]
        widths = [round(w_0 * w_m ** step / 8) * 8 for step in steps]
        self.stem = Conv2dNormActivation(3, before, 3, 2, norm_layer=norm_layer, activation_layer=activation)
        stages = {}
        for stage, (width, same) in enumerate(groupby(widths), 1):
            group, blocks = min(group_width, width), {}
            width = divisible(width, group)
            for index, _ in enumerate(same):
                blocks[f"block{stage}-{index}"] = ResBottleneckBlock(
                    before, width, 1 if index else 2, norm_layer, activation, group, se_ratio)
                before = width
            stages[f"block{stage}"] = nn.Sequential(OrderedDict(blocks))
        self.trunk_output = nn.Sequential(OrderedDict(stages))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(before, num_classes)

    def forward(self, x):
        return self.fc(self.avgpool(self.trunk_output(self.stem(x))).flatten(start_dim=1))
"""
SECOND = {  # of EfficientNetV2, fused stages and others: ratio, kernel, stride, channels and depth; and the dropout
    "s": (((1, 3, 1, 24, 24, 2), (4, 3, 2, 24, 48, 4), (4, 3, 2, 48, 64, 4)),
          ((4, 3, 2, 64, 128, 6), (6, 3, 1, 128, 160, 9), (6, 3, 2, 160, 256, 15)), 0.2),
    "m": (((1, 3, 1, 24, 24, 3), (4, 3, 2, 24, 48, 5), (4, 3, 2, 48, 80, 5)),
          ((4, 3, 2, 80, 160, 7), (6, 3, 1, 160, 176, 14), (6, 3, 2, 176, 304, 18), (6, 3, 1, 304, 512, 5)), 0.3),
    "l": (((1, 3, 1, 32, 32, 4), (4, 3, 2, 32, 64, 7), (4, 3, 2, 64, 96, 7)),
          ((4, 3, 2, 96, 192, 10), (6, 3, 1, 192, 224, 19), (6, 3, 2, 224, 384, 25), (6, 3, 1, 384, 640, 7)), 0.4),
}  # fmt: skip
SHUFFLED = {"0_5": (48, 96, 192, 1024), "1_0": (116, 232, 464, 1024), "1_5": (176, 352, 704, 1024),
            "2_0": (244, 488, 976, 2048)}  # fmt: skip
REGULAR = {  # RegNet: depth, initial width, slope, quantisation and width of groups
    "x_400mf": (22, 24, 24.48, 2.54, 16), "x_800mf": (16, 56, 35.73, 2.28, 16), "x_1_6gf": (18, 80, 34.01, 2.25, 24),
    "x_3_2gf": (25, 88, 26.31, 2.25, 48), "x_8gf": (23, 80, 49.56, 2.88, 120), "x_16gf": (22, 216, 55.59, 2.1, 128),
    "x_32gf": (23, 320, 69.86, 2.0, 168), "y_400mf": (16, 48, 27.89, 2.09, 8), "y_800mf": (14, 56, 38.84, 2.4, 16),
    "y_1_6gf": (27, 48, 20.71, 2.65, 24), "y_3_2gf": (21, 80, 42.63, 2.66, 24), "y_8gf": (17, 192, 76.82, 2.19, 56),
    "y_16gf": (18, 200, 106.23, 2.48, 112), "y_32gf": (20, 232, 115.89, 2.53, 232),
    "y_128gf": (27, 456, 160.83, 2.52, 264),
}  # fmt: skip
# The functions that make the networks: by name, the class and its first arguments.
MAKERS = {
    **{f"efficientnet_b{number}": f"EfficientNet, first({width}, {depth}), dropout={dropout}"
       for number, (width, depth, dropout) in enumerate((
           (1.0, 1.0, 0.2), (1.0, 1.1, 0.2), (1.1, 1.2, 0.3), (1.2, 1.4, 0.3), (1.4, 1.8, 0.4), (1.6, 2.2, 0.4),
           (1.8, 2.6, 0.5), (2.0, 3.1, 0.5),
       ))},
    **{f"efficientnet_v2_{size}": f"EfficientNet, second({fused}, {rest}), dropout={dropout}, last_channel=1280"
       for size, (fused, rest, dropout) in SECOND.items()},
    "mobilenet_v3_large": "MobileNetV3, LARGE, 1280", "mobilenet_v3_small": "MobileNetV3, SMALL, 1024",
    **{f"mnasnet{alpha}".replace(".", "_"): f"MNASNet, {alpha}" for alpha in (0.5, 0.75, 1.0, 1.3)},
    **{f"shufflenet_v2_x{width}": f"ShuffleNetV2, [4, 8, 4], {[24, *stages]}" for width, stages in SHUFFLED.items()},
    **{f"regnet_{name}": f"RegNet, {str(sizes)[1:-1]}, {0.25 if name[0] == 'y' else None}"
       for name, sizes in REGULAR.items()},
}  # fmt: skip
CLASSES = frozenset((
    "MBConv", "MBConvConfig", "FusedMBConv", "FusedMBConvConfig", "EfficientNet", "MobileNetV3", "MNASNet",
    "ShuffleNetV2", "RegNet",
))  # fmt: skip
