"""The picture of a sweep: a dot for each point, and a line along those that no other beats."""

import re

import pytest

from convcalc.network.load import source_of, spec_of
from convcalc.problem import Problem
from convcalc.render.pictures.charts.scatter import scatter_chart
from convcalc.render.pictures.shapes import Collection, Label, Path, flatten
from convcalc.spec.choices import Choices
from convcalc.sweep import scatter as scatters
from convcalc.sweep.answers import answer
from convcalc.sweep.asked import AskedSweep
from convcalc.sweep.network import swept
from convcalc.sweep.scatter import has_one_best, scatter


def found(network, *over, pareto=None, **asked):
    question, _ = AskedSweep(over, pareto=pareto, **asked).read()
    sweep = swept(spec_of(source_of(network)), Choices(), question.names)
    return scatter(sweep, question, answer(sweep, question._replace(limit=1)).tally)


def numbers(points):
    return [(point.x, point.y) for point in points]


@pytest.mark.parametrize("pareto", [None, "min macs, max H", "max rf, min macs/parameters, min H"])
def test_the_front_is_what_no_other_beats(pareto):
    plot = found("lenet5", "H=32..64:2", "W=32,40", pareto=pareto)
    signs = [1 if each.direction == "min" else -1 for each in (plot.across, plot.up)]
    measured = {(signs[0] * x, signs[1] * y) for x, y in numbers(plot.points)}
    best = {one for one in measured if not any(a <= one[0] and b <= one[1] for a, b in measured - {one})}
    assert {(signs[0] * x, signs[1] * y) for x, y in numbers(plot.front)} == best
    assert len(plot.points) == plot.kept == 34
    assert [signs[0] * point.x for point in plot.front] == sorted(signs[0] * point.x for point in plot.front)


def test_every_point_has_a_dot_and_the_front_its_line_and_names():
    plot = found("lenet5", "H=32..44:4", pareto="min macs, max H")
    picture = scatter_chart("LeNet-5", plot)
    dots = [shape for shape in picture.shapes if isinstance(shape, Path) and shape.opacity == 0.45]
    corners = [shape for shape in picture.shapes if isinstance(shape, Collection)]
    (front,) = [shape for shape in picture.shapes if isinstance(shape, Path) and shape.dashed]
    assert len(dots) == 4 and len(corners) == 4 and len(front.segments) == 7
    assert corners[0].title == "H=32: 32 H, 416,520 MACs"
    texts = [shape.text for shape in flatten(picture.shapes) if isinstance(shape, Label)]
    assert {"H=32", "H=36", "H=40", "H=44"} <= set(texts)
    assert "4 points. Both axes are logarithmic." in texts


def test_points_of_equal_numbers_are_one_corner():
    plot = found("lenet5", "H=32,36", "W=32,36")
    picture = scatter_chart("LeNet-5", plot)
    assert len(plot.front) == 1
    assert any(
        "The large dot is the one point" in shape.text for shape in flatten(picture.shapes) if isinstance(shape, Label)
    )


def test_of_many_points_some_are_drawn_and_that_is_told(monkeypatch):
    monkeypatch.setattr(scatters, "MOST", 20)
    plot = found("lenet5", "H=1..200")
    assert len(plot.points) < 40 < plot.kept == 169
    picture = scatter_chart("LeNet-5", plot)
    assert re.fullmatch(r"\d+ points, at random, are drawn of 169; the front is that of all", picture.notes[0])
    assert numbers(plot.front) == [(416520, 61706)]


def test_what_logarithms_cannot_show_is_told():
    with pytest.raises(Problem, match="no point has"):
        scatter_chart("x", found("lenet5", "H=32,36", pareto="min macs - macs, max H"))


def test_whether_one_is_best_in_everything():
    question, _ = AskedSweep(("H=32,36",), pareto="min macs, min parameters").read()
    assert has_one_best(question, [(32, 5, 7, 0, 1), (33, 5, 7, 0, 2)])
    assert not has_one_best(question, [(32, 5, 7, 0, 1), (33, 6, 7, 0, 1)])
