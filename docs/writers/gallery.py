"""A few pictures that `convcalc draw` makes, in light and dark."""

from __future__ import annotations

from writers.markdown import block, page, picture
from writers.running import drawn

PICTURES = (
    ("lenet5", "LeNet-5 as a row of volumes", "convcalc draw lenet5-lecture"),
    ("alexnet", "AlexNet", "convcalc draw alexnet"),
    ("unet", "U-Net, the way down and the way up", "convcalc draw unet"),
    ("resnet", "A small ResNet as a graph", "convcalc draw resnet_cifar --set depth=8 --as graph"),
    ("field", "What cells of VGG-11 see of a picture", "convcalc draw vgg11 --as field"),
    ("window", "A window of stride 2 in its places", 'convcalc draw "conv 1 k3 s2 p1" 1x6x6'),
    ("dilated", "A dilated window, step by step", 'convcalc draw "conv 1 k3 d2" 1x6x6 --steps'),
    ("transposed", "A transposed convolution", 'convcalc draw "tconv 1 k3 s2 p1" 1x3x3'),
    ("bars", "Where parameters, MACs and activations of LeNet-5 are", "convcalc draw lenet5 --as bars"),
    (
        "memory",
        "Memory of MobileNetV2 at inference",
        "convcalc draw mobilenet_v2 --as memory --dtype int8 --budget 1MiB",
    ),
    (
        "compare",
        "Networks by parameters and MACs",
        "convcalc draw resnet18 resnet50 vgg16 googlenet mobilenet_v2 squeezenet",
    ),
)
ABOUT = (
    "Drawn at every build, with the numbers of `convcalc summary`. [Pictures](../../pictures.md) tells how they are "
    "made for a thesis or a slide."
)


def pages() -> dict[str, str]:
    found: dict[str, str] = {}
    parts = []
    for name, title, command in PICTURES:
        pictures = drawn(name, command)
        assert pictures, command
        found |= pictures
        parts.append(f"## {title}\n\n{picture(name, title)}\n{block('sh', f'{command} -o {name}.svg')}")
    return {"index.md": page("Gallery", ABOUT, *parts), **found}
