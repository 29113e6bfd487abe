"""How large things are drawn: more is never less, and a map keeps its proportions."""

from itertools import pairwise

import pytest

from convcalc.render.pictures.volumes.glyphs import Dimensions
from convcalc.render.pictures.volumes.solids import GlyphRoom, scale_of

SIDES = (1, 2, 3, 7, 14, 28, 55, 112, 224, 572)
CHANNELS = (1, 3, 16, 64, 65, 512, 2048)


def scale(name):
    forms = [Dimensions((side, side), channels) for side in SIDES[1:] for channels in CHANNELS]
    return scale_of([*forms, Dimensions((), 10), Dimensions((), 25088)], name, GlyphRoom(150, 40))


@pytest.mark.parametrize("name", ("log", "sqrt", "linear"))
def test_more_is_never_drawn_as_less(name):
    found = scale(name)
    for one, other in pairwise(SIDES[1:]):
        assert found.box(Dimensions((one, one), 3))[1] <= found.box(Dimensions((other, other), 3))[1]
    for one, other in pairwise(CHANNELS):
        assert found.box(Dimensions((8, 8), one))[0] <= found.box(Dimensions((8, 8), other))[0]
    for one, other in pairwise((1, 10, 84, 120, 4096, 25088)):
        assert found.box(Dimensions((), one))[1] <= found.box(Dimensions((), other))[1]


def test_on_a_log_scale_each_is_larger_than_the_one_before():
    heights = [scale("log").box(Dimensions((side, side), 3))[1] for side in SIDES[1:]]
    assert heights == sorted(set(heights))


def test_true_to_scale_is():
    found = scale("linear")
    assert found.box(Dimensions((572, 572), 3))[1] == pytest.approx(150)
    assert found.box(Dimensions((143, 143), 3))[1] == pytest.approx(150 / 4)


@pytest.mark.parametrize("sides", ((100, 50), (50, 100), (32, 128)))
def test_a_map_keeps_its_proportions(sides):
    _, height, width = scale("log").box(Dimensions(sides, 3))
    assert height / width == pytest.approx(sides[0] / sides[1])


def test_of_three_sides_the_face_has_the_last_two():
    assert Dimensions((16, 112, 56), 3).face == (112, 56)
    assert Dimensions((16000,), 3).face == (16000, 1)
