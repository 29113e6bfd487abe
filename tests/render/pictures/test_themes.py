"""Themes: ink can be read on every fill, and colour-blind readers and printers tell the categories apart."""

from itertools import combinations

import pytest
from colour_vision import VISIONS, contrast, distance, lab, luminance

from convcalc.kinds.categories import CATEGORIES, OTHER
from convcalc.render.pictures.shapes import Rectangle
from convcalc.render.pictures.themes import TEXTURES, THEMES, Hatch, hatches_of

FILLS = (*CATEGORIES, OTHER, "input")
CELLS = ("paper", "window-fill", "result-fill", "padding", "unused")  # of the arithmetic of a layer
LETTERS = ("ink", "soft", "window", "result", "alarm", "good")


def test_the_distance_is_that_of_the_published_examples():
    published = (
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    )
    assert [distance(one, two) for one, two, _ in published] == pytest.approx([each[2] for each in published], abs=1e-4)
    assert contrast("#000000", "#ffffff") == pytest.approx(21) and luminance("#ffffff") == pytest.approx(1)


def too_near(names, theme, least):
    """Pairs that some reader may take for each other, with the distance that they see."""
    colours, textures = THEMES[theme], TEXTURES.get(theme, {})
    for one, two in combinations(names, 2):
        seen = min(distance(lab(colours[one], vision), lab(colours[two], vision)) for vision in VISIONS)
        if seen < least and textures.get(one) == textures.get(two):
            yield one, two, round(seen, 1)


@pytest.mark.parametrize(("theme", "least"), (("light", 8), ("dark", 8), ("print", 6)))
def test_every_reader_tells_the_categories_apart(theme, least):
    assert list(too_near(FILLS, theme, least)) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_cells_of_a_window_are_told_apart(theme):
    assert list(too_near(CELLS, theme, 3.5)) == []


@pytest.mark.parametrize("theme", THEMES)
def test_ink_can_be_read_on_every_fill_and_every_letter_on_paper(theme):
    colours = THEMES[theme]
    fills = (*FILLS, *CELLS, "wash")
    assert [name for name in fills if contrast(colours["ink"], colours[name]) < 4.5] == []
    assert [name for name in LETTERS for on in ("paper", "wash") if contrast(colours[name], colours[on]) < 4.5] == []


def test_print_has_no_colours():
    assert all(len({colour[1:3], colour[3:5], colour[5:7]}) == 1 for colour in THEMES["print"].values())


def test_themes_have_the_same_names():
    assert {frozenset(colours) for colours in THEMES.values()} == {frozenset(THEMES["light"])}
    assert set(CATEGORIES) | {OTHER} <= set(THEMES["light"])


def test_a_texture_lies_below_what_a_shape_asks_for():
    shape = Rectangle(0, 0, 9, 9, "pooling", hatch="window")
    assert hatches_of(shape, "print") == [Hatch("window")]
    assert [hatch.colour for hatch in hatches_of(shape._replace(fill="attending"), "print")] == ["texture", "window"]
    assert hatches_of(shape._replace(fill="attending", hatch=""), "light") == []
