"""A U is told by its graph, not by its name."""

import pytest

from convcalc.network.load import graph_and_report
from convcalc.problem import LINE, Source
from convcalc.render.pictures import PicturedNetwork, PictureOptions
from convcalc.render.pictures.nominal import nominal_numbers
from convcalc.render.pictures.volumes.choice import choose

PLAIN = """
name: anything
input: 1x64x64
layers:
  - a: conv 8 k3 p1
  - maxpool 2
  - b: conv 16 k3 p1
  - maxpool 2
  - conv 32 k3 p1
  - c: upsample 2
  - concat: {from: [b, c]}
  - conv 16 k3 p1
  - d: upsample 2
  - concat: {from: [a, d]}
  - conv 8 k3 p1
"""


def chosen(network, **options):
    graph, report = graph_and_report(network)
    return choose(graph, report, PictureOptions(**options), nominal_numbers(PicturedNetwork(graph, report)).number)


@pytest.mark.parametrize(
    ("name", "levels"), (("unet", 5), ("unet_same", 5), ("unet3d", 4), ("vnet", 5), ("resunet", 4), ("pix2pix", 8))
)
def test_a_u_has_a_level_for_each_skip_and_a_bottom(name, levels):
    found = chosen(name)
    assert len(found.levels) == levels
    places = [index for level in found.levels for index in level.down]
    places += [index for level in reversed(found.levels) for index in level.up]
    assert places == list(range(found.glyphs))
    for level in found.levels[:-1]:
        assert level.skip.start.glyph == level.down[-1] and level.skip.end.glyph in level.up


@pytest.mark.parametrize("name", ("vgg16", "resnet50", "resnet18", "segnet", "dcgan", "wavenet", "densenet121"))
def test_other_networks_are_none(name):
    assert chosen(name).levels == ()


def test_a_u_is_one_whatever_it_is_called():
    assert len(chosen(Source("net.yaml", PLAIN)).levels) == 3


def test_one_skip_makes_no_u():
    text = "1x8x8 -> conv 8 k3 p1 -> maxpool 2 -> conv 8 k3 p1 -> upsample 2"
    assert chosen(Source(LINE, text)).levels == ()
