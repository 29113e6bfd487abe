"""The networks that charts are drawn of in tests."""

from families import SAMPLED, slowly

from convcalc.network.load import graph_and_report
from convcalc.problem import LINE, Source
from convcalc.render.pictures import PicturedNetwork
from convcalc.spec.choices import Choices

QUICK = ["lenet5-lecture", "vgg16", "resnet50", "unet", "googlenet", "dcgan", "c3d", "wavenet"]
ALL = [*QUICK, *(slowly(name) for name in SAMPLED if name not in QUICK)]


def pictured(network, **choices):
    """A bundled network, or one as a text."""
    source = Source("net.yaml" if "\n" in network else LINE, network) if " " in network else network
    return PicturedNetwork(*graph_and_report(source, Choices(**choices)))
