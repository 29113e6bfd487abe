"""The residual networks of torchvision and the classes they are made of, as a program that is read like a file's own.

He et al. 2016 (ResNet), Xie et al. 2017 (ResNeXt), Zagoruyko & Komodakis 2016 (Wide ResNet), with the names that
torchvision's modules have, because programs replace them at any depth: `m.layer2[0].downsample = nn.Sequential(…)`.
"""

from __future__ import annotations

NAME = "torchvision.models.resnet"
PROGRAM = """
import torch
from torch import nn

def conv1x1(in_planes, out_planes, stride=1):
    return nn.Conv2d(in_planes, out_planes, 1, stride, bias=False)

def conv3x3(in_planes, out_planes, stride=1, groups=1, dilation=1):
    return nn.Conv2d(in_planes, out_planes, 3, stride, dilation, dilation, groups, bias=False)

class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inplanes, planes, stride=1, downsample=None, groups=1, base_width=64, dilation=1,
                 norm_layer=None):
        super().__init__()
        norm = norm_layer or nn.BatchNorm2d
        if groups != 1 or base_width != 64:
            raise ValueError("BasicBlock has groups=1 and base_width=64")
        if dilation > 1:
            raise NotImplementedError("BasicBlock has no dilation")
        self.conv1, self.bn1 = conv3x3(inplanes, planes, stride), norm(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2, self.bn2 = conv3x3(planes, planes), norm(planes)
        self.downsample, self.stride = downsample, stride

    def forward(self, x):
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))

class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inplanes, planes, stride=1, downsample=None, groups=1, base_width=64, dilation=1,
                 norm_layer=None):
        super().__init__()
        norm, width = norm_layer or nn.BatchNorm2d, int(planes * (base_width / 64)) * groups
        self.conv1, self.bn1 = conv1x1(inplanes, width), norm(width)
        self.conv2, self.bn2 = conv3x3(width, width, stride, groups, dilation), norm(width)
        self.conv3, self.bn3 = conv1x1(width, planes * self.expansion), norm(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample, self.stride = downsample, stride

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn3(self.conv3(self.relu(self.bn2(self.conv2(out)))))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))

class ResNet(nn.Module):
    def __init__(self, block, layers, num_classes=1000, zero_init_residual=False, groups=1, width_per_group=64,
                 replace_stride_with_dilation=None, norm_layer=None):
        super().__init__()
        self._norm_layer = norm_layer or nn.BatchNorm2d
        self.inplanes, self.dilation, self.groups, self.base_width = 64, 1, groups, width_per_group
        dilate = replace_stride_with_dilation or [False, False, False]
        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = self._norm_layer(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], 2, dilate[0])
        self.layer3 = self._make_layer(block, 256, layers[2], 2, dilate[1])
        self.layer4 = self._make_layer(block, 512, layers[3], 2, dilate[2])
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        norm, downsample, before = self._norm_layer, None, self.dilation
        if dilate:
            self.dilation, stride = self.dilation * stride, 1
        wide = planes * block.expansion
        if stride != 1 or self.inplanes != wide:
            downsample = nn.Sequential(conv1x1(self.inplanes, wide, stride), norm(wide))
        layers = [block(self.inplanes, planes, stride, downsample, self.groups, self.base_width, before, norm)]
        self.inplanes = wide
        layers += [block(wide, planes, groups=self.groups, base_width=self.base_width, dilation=self.dilation,
                         norm_layer=norm) for _ in range(1, blocks)]
        return nn.Sequential(*layers)

    def _forward_impl(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))

    def forward(self, x):
        return self._forward_impl(x)

class IntermediateLayerGetter(nn.ModuleDict):
    def __init__(self, model, return_layers):
        names = [name for name, _ in model.named_children()]
        last = max(names.index(name) for name in return_layers)
        super().__init__({name: getattr(model, name) for name in names[:last + 1]})
        self.return_layers = dict(return_layers)

    def forward(self, x):
        found = {}
        for name, module in self.items():
            x = module(x)
            if name in self.return_layers:
                found[self.return_layers[name]] = x
        return found
"""
# The functions that make the networks: by name, the class and its first arguments.
MAKERS = {
    "resnet18": "ResNet, BasicBlock, [2, 2, 2, 2]", "resnet34": "ResNet, BasicBlock, [3, 4, 6, 3]",
    "resnet50": "ResNet, Bottleneck, [3, 4, 6, 3]", "resnet101": "ResNet, Bottleneck, [3, 4, 23, 3]",
    "resnet152": "ResNet, Bottleneck, [3, 8, 36, 3]",
    "resnext50_32x4d": "ResNet, Bottleneck, [3, 4, 6, 3], groups=32, width_per_group=4",
    "resnext101_32x8d": "ResNet, Bottleneck, [3, 4, 23, 3], groups=32, width_per_group=8",
    "resnext101_64x4d": "ResNet, Bottleneck, [3, 4, 23, 3], groups=64, width_per_group=4",
    "wide_resnet50_2": "ResNet, Bottleneck, [3, 4, 6, 3], width_per_group=128",
    "wide_resnet101_2": "ResNet, Bottleneck, [3, 4, 23, 3], width_per_group=128",
}  # fmt: skip
CLASSES = frozenset(("BasicBlock", "Bottleneck", "ResNet", "IntermediateLayerGetter", "conv1x1", "conv3x3"))
