"""The front of a set of points is what comparing each with each leaves."""

import random

import pytest

from convcalc.sweep.front import ParetoFront, unbeaten


def beats(one, other):
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def front(points):
    return {point for point in points if not any(beats(other, point) for other in points)}


@pytest.mark.parametrize("objectives", range(1, 6))
@pytest.mark.parametrize("values", [2, 5, 1000])
def test_the_front_is_that_of_each_against_each(objectives, values):
    generator = random.Random(objectives * values)
    for count in (0, 1, 2, 30, 150):
        points = {tuple(generator.randrange(values) for _ in range(objectives)) for _ in range(count)}
        found = unbeaten(list(points))
        assert len(found) == len(set(found)) and set(found) == front(points)


@pytest.mark.parametrize("objectives", range(1, 5))
def test_a_stream_of_points_has_the_same_front(objectives, monkeypatch):
    monkeypatch.setattr("convcalc.sweep.front.MANY", 20)
    generator = random.Random(objectives)
    points = [tuple(generator.randrange(30) for _ in range(objectives)) for _ in range(800)]
    found = ParetoFront(objectives)
    for place, point in enumerate(points):
        if not found.beaten(point):
            found.add(point, place, ())
    wanted = front(points)
    assert [(point, place) for point, place, _ in found.rows()] == [
        (point, place) for place, point in enumerate(points) if point in wanted
    ]
