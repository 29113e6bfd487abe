"""How torchvision's code writes its networks, where that changes what a tool sees: functions are no modules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport


class At(NamedTuple):
    """The layers of a kind, or those of them in one place."""

    kind: str
    after: str = ""  # the kind of the last convolution above it
    before: str = ""  # the kind of a layer that takes its output
    last: bool = False  # only the last of its kind
    pointwise: bool = False  # only windows of one cell


class Code(NamedTuple):
    """What torchvision's module of a network does that its layers do not show."""

    network: str  # its name: a regular expression
    functions: tuple[At, ...] = ()  # called as torch.nn.functional has them: hooks on modules do not see these
    means: tuple[At, ...] = ()  # poolings written as Tensor.mean, that no tool knows for one
    linears: tuple[At, ...] = ()  # 1×1 convolutions that are linear layers on maps with the channels last
    ends: tuple[At, ...] = ()  # an output here is also that of a module around: a block lists it once more
    crashes: tuple[tuple[str, str], ...] = ()  # (tool, why it fails)


# Functions and means as the modules measured in torchvision 0.28 leave them over.  tests/test_counting.py holds to
# measured totals what they rest on: not the ends of GoogLeNet and Inception, the means, or ConvNeXt's linear layers.
CODES = (
    Code("(Wide )?ResNe[Xx]?t-.*", ends=(At("add"),)),
    Code("SqueezeNet.*", ends=(At("concat"),)),
    Code("GoogLeNet", functions=(At("relu"),), ends=(At("relu"), At("concat"))),
    Code(
        "Inception v3",
        functions=(At("relu"), At("avgpool"), At("maxpool", before="concat")),
        ends=(At("relu"), At("concat")),
    ),
    Code(
        "DenseNet-.*",
        functions=(At("relu", last=True), At("globalavgpool")),
        crashes=(("torchsummary", "its hook asks a list of tensors for its size: a dense layer takes one"),),
    ),
    Code("MobileNetV2", functions=(At("globalavgpool"),), ends=(At("conv", after="dwconv"),)),
    Code("M[Nn][Aa][Ss]N[Ee][Tt].*", means=(At("globalavgpool"),)),
    Code("ShuffleNetV2.*", means=(At("globalavgpool"),)),
    Code("ConvNeXt.*", linears=(At("conv", pointwise=True),)),
)
NONE = Code("")


def code_of(report: NetworkReport) -> Code:
    """What is known of a network by its name; nothing of one that is none of torchvision's."""
    return next((code for code in CODES if re.fullmatch(code.network, report.name)), NONE)


def roles_of(report: NetworkReport, code: Code) -> dict[int, str]:
    """By index, the layers that are no modules of their own kind: "function", "mean" or "linear"."""
    found: dict[int, str] = {}
    for role, places in (("function", code.functions), ("mean", code.means), ("linear", code.linears)):
        for place in places:
            found.update(dict.fromkeys(places_of(report, place), role))
    return found


def places_of(report: NetworkReport, place: At) -> Iterator[int]:
    """The indices of the layers that a place names."""
    layers = report.layers
    kinds = [layer.kind for layer in layers]
    takers: dict[str, set[str]] = {}
    if place.before:
        for layer in layers:
            for name in layer.inputs:
                takers.setdefault(name, set()).add(layer.kind)
    above = ""
    for index, (layer, kind) in enumerate(zip(layers, kinds, strict=True)):
        fits = (
            kind == place.kind
            and place.after in ("", above)
            and (not place.before or place.before in takers.get(layer.name, ()))
            and not (place.last and kind in kinds[index + 1 :])
            and (not place.pointwise or (layer.applied is not None and layer.applied.letters.get("K") == 1))
        )
        if fits:
            yield index
        if kind in ("conv", "dwconv"):
            above = kind
