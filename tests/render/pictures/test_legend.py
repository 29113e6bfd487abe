"""The legend: every category once, its words within the width that it has."""

from itertools import pairwise

import pytest

from convcalc.kinds.categories import CATEGORIES, category_title
from convcalc.render.pictures.heading import legend
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import Label, Rectangle


@pytest.mark.parametrize("width", (60, 200, 900))
def test_a_legend_flows_over_the_lines_that_it_needs(width):
    shapes, height = legend((*CATEGORIES, "convolution", "other"), 10, 20, width)
    labels = [shape for shape in shapes if isinstance(shape, Label)]
    assert len(labels) == len(CATEGORIES) + 1
    ends = [(label.x, label.x + text_width(label.text, label.size), label.y) for label in labels]
    assert all(start >= 10 and end <= 10 + width + 0.01 and 20 < y < 20 + height for start, end, y in ends)
    for (_, end, line), (start, _, next_line) in pairwise(ends):
        assert line < next_line or (line == next_line and end < start)


def test_a_square_is_filled_with_its_category_beside_its_title():
    shapes, height = legend(["pooling"], 0, 0, 300)
    square, label = shapes
    assert isinstance(square, Rectangle) and square.fill == "pooling" and square.x + square.width < label.x
    assert label.text == category_title("pooling") and height == 18
    assert legend((), 0, 0, 300) == ([], 0)
