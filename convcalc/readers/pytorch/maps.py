"""The networks of torchvision.models.segmentation, as a program that is read like a file's own.

Long, Shelhamer & Darrell 2015 (FCN), Chen et al. 2017 (DeepLabv3), Howard et al. 2019 (LR-ASPP), with the names that
torchvision's modules have: `model.classifier[4] = nn.Conv2d(512, 2, 1)`.
"""

from __future__ import annotations

NAME = "torchvision.models.segmentation"
PROGRAM = """
import torch
from torch import nn
import torch.nn.functional as F
from torchvision.models import mobilenet_v3_large, resnet50, resnet101
from torchvision.models._utils import IntermediateLayerGetter

class _SimpleSegmentationModel(nn.Module):
    def __init__(self, backbone, classifier, aux_classifier=None):
        super().__init__()
        self.backbone, self.classifier, self.aux_classifier = backbone, classifier, aux_classifier

    def forward(self, x):
        size, features = x.shape[-2:], self.backbone(x)
        found = {"out": F.interpolate(self.classifier(features["out"]), size=size, mode="bilinear")}
        if self.aux_classifier is not None:
            found["aux"] = F.interpolate(self.aux_classifier(features["aux"]), size=size, mode="bilinear")
        return found

class FCN(_SimpleSegmentationModel):
    pass

class FCNHead(nn.Sequential):
    def __init__(self, before, channels):
        half = before // 4
        super().__init__(nn.Conv2d(before, half, 3, padding=1, bias=False), nn.BatchNorm2d(half), nn.ReLU(),
                         nn.Dropout(0.1), nn.Conv2d(half, channels, 1))

class DeepLabV3(_SimpleSegmentationModel):
    pass

class DeepLabHead(nn.Sequential):
    def __init__(self, before, num_classes, atrous_rates=(12, 24, 36)):
        super().__init__(ASPP(before, atrous_rates), nn.Conv2d(256, 256, 3, padding=1, bias=False),
                         nn.BatchNorm2d(256), nn.ReLU(), nn.Conv2d(256, num_classes, 1))

class ASPPConv(nn.Sequential):
    def __init__(self, before, filters, dilation):
        super().__init__(nn.Conv2d(before, filters, 3, padding=dilation, dilation=dilation, bias=False),
                         nn.BatchNorm2d(filters), nn.ReLU())

class ASPPPooling(nn.Sequential):
    def __init__(self, before, filters):
        super().__init__(nn.AdaptiveAvgPool2d(1), nn.Conv2d(before, filters, 1, bias=False), nn.BatchNorm2d(filters),
                         nn.ReLU())

    def forward(self, x):
        return F.interpolate(super().forward(x), size=x.shape[-2:], mode="bilinear")

class ASPP(nn.Module):
    def __init__(self, before, atrous_rates, filters=256):
        super().__init__()
        point = nn.Sequential(nn.Conv2d(before, filters, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU())
        convs = [ASPPConv(before, filters, rate) for rate in atrous_rates]
        self.convs = nn.ModuleList([point, *convs, ASPPPooling(before, filters)])
        self.project = nn.Sequential(nn.Conv2d(len(self.convs) * filters, filters, 1, bias=False),
                                     nn.BatchNorm2d(filters), nn.ReLU(), nn.Dropout(0.5))

    def forward(self, x):
        return self.project(torch.cat([conv(x) for conv in self.convs], dim=1))

class LRASPP(nn.Module):
    def __init__(self, backbone, low_channels, high_channels, num_classes, inter_channels=128):
        super().__init__()
        self.backbone = backbone
        self.classifier = LRASPPHead(low_channels, high_channels, num_classes, inter_channels)

    def forward(self, input):
        found = self.classifier(self.backbone(input))
        return {"out": F.interpolate(found, size=input.shape[-2:], mode="bilinear")}

class LRASPPHead(nn.Module):
    def __init__(self, low_channels, high_channels, num_classes, inter_channels):
        super().__init__()
        self.cbr = nn.Sequential(nn.Conv2d(high_channels, inter_channels, 1, bias=False),
                                 nn.BatchNorm2d(inter_channels), nn.ReLU())
        self.scale = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(high_channels, inter_channels, 1, bias=False),
                                   nn.Sigmoid())
        self.low_classifier = nn.Conv2d(low_channels, num_classes, 1)
        self.high_classifier = nn.Conv2d(inter_channels, num_classes, 1)

    def forward(self, input):
        low, high = input["low"], input["high"]
        x = F.interpolate(self.cbr(high) * self.scale(high), size=low.shape[-2:], mode="bilinear")
        return self.low_classifier(low) + self.high_classifier(x)

def made(cls, head, backbone, filters, layers, aux_filters, num_classes, aux_loss):
    classifier = head(filters, num_classes)
    aux = FCNHead(aux_filters, num_classes) if aux_loss else None
    return cls(IntermediateLayerGetter(backbone, dict(zip(layers, ("out", "aux") if aux_loss else ("out",)))),
               classifier, aux)

def of_resnet(cls, head, resnet, num_classes=21, aux_loss=None, weights_backbone=None, pretrained_backbone=None):
    backbone = resnet(replace_stride_with_dilation=[False, True, True])
    return made(cls, head, backbone, 2048, ("layer4", "layer3"), 1024, num_classes or 21, aux_loss)

def ends_of_stages(layers):
    return [0, *[index for index, layer in enumerate(layers) if getattr(layer, "_is_cn", False)], len(layers) - 1]

def of_mobilenet(num_classes=21, aux_loss=None, weights_backbone=None, pretrained_backbone=None):
    layers = mobilenet_v3_large(dilated=True).features
    aux = ends_of_stages(layers)[-4]
    return made(DeepLabV3, DeepLabHead, layers, layers[-1].out_channels, (str(len(layers) - 1), str(aux)),
                layers[aux].out_channels, num_classes or 21, aux_loss)

def lite(num_classes=21, weights_backbone=None, pretrained_backbone=None):
    layers = mobilenet_v3_large(dilated=True).features
    *_, low, _, _, high = ends_of_stages(layers)
    backbone = IntermediateLayerGetter(layers, {str(low): "low", str(high): "high"})
    return LRASPP(backbone, layers[low].out_channels, layers[high].out_channels, num_classes or 21)
"""
AUXILIARY = "aux_loss=is_trained"
# The functions that make the networks: by name, what makes it and its first arguments.
MAKERS = {
    **{f"fcn_{resnet}": f"of_resnet, FCN, FCNHead, {resnet}, {AUXILIARY}" for resnet in ("resnet50", "resnet101")},
    **{f"deeplabv3_{resnet}": f"of_resnet, DeepLabV3, DeepLabHead, {resnet}, {AUXILIARY}"
       for resnet in ("resnet50", "resnet101")},
    "deeplabv3_mobilenet_v3_large": f"of_mobilenet, {AUXILIARY}", "lraspp_mobilenet_v3_large": "lite",
}  # fmt: skip
CLASSES = frozenset(("FCN", "FCNHead", "DeepLabV3", "DeepLabHead", "ASPP", "LRASPP", "LRASPPHead"))
