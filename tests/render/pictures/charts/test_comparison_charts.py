"""Networks lie where their logarithms are, with areas of their peaks and labels that meet nothing."""

import random
from math import hypot, log10

import pytest
from chart_networks import QUICK, pictured
from label_boxes import check_labels, label_boxes

from convcalc.problem import Problem
from convcalc.readers.library import bundled_networks
from convcalc.render.pictures import PictureOptions, draw
from convcalc.render.pictures.charts.comparison import RatedNetwork, front
from convcalc.render.pictures.charts.placing import Bounds, Spot, line_to, place_labels
from convcalc.render.pictures.shapes import Collection, Path
from convcalc.render.pictures.ticks import log_scale, tick_text
from convcalc.tools.memory import own_memory


def compare(*networks, **options):
    return draw("compare", tuple(pictured(name) for name in networks), PictureOptions(**options))


def circles(picture):
    """The middle and the radius of each network's circle."""
    found = {}
    for each in picture.shapes:
        if isinstance(each, Collection) and each.name:
            (path,) = each.shapes
            xs = [point[0] for _, *point in path.segments[:-1]]
            first = path.segments[0]
            found[each.name] = (first[1] - (max(xs) - min(xs)) / 2, first[2], (max(xs) - min(xs)) / 2)
    return found


def test_places_are_logarithms_and_areas_the_peaks():
    picture = compare("vgg16", "unet", "resnet50")
    found = circles(picture)
    reports = {network.report.name: network.report for network in map(pictured, ("vgg16", "unet", "resnet50"))}
    (ax, ay, ar), (bx, by, br), (cx, cy, _) = (found[name] for name in reports)
    a, b, c = reports.values()
    across = [log10(each.totals.macs) for each in (a, b, c)]
    up = [log10(each.totals.parameters) for each in (a, b, c)]
    assert (bx - ax) / (cx - ax) == pytest.approx((across[1] - across[0]) / (across[2] - across[0]))
    assert (by - ay) / (cy - ay) == pytest.approx((up[1] - up[0]) / (up[2] - up[0]))
    peaks = [{item.key: item.bytes for item in own_memory(each).items}["peak_inference"] for each in (a, b)]
    assert (ar / br) ** 2 == pytest.approx(peaks[0] / peaks[1])


def test_quantities_choose_the_axes():
    picture = compare("vgg16", "unet", quantities=("params", "activations"))
    assert picture.title == "2 networks: activations against parameters"
    found = circles(picture)
    assert found["VGG-16"][0] > found["U-Net"][0] and found["VGG-16"][1] > found["U-Net"][1]


def test_labels_of_the_usual_networks_are_all_there():
    picture = compare(*QUICK)
    check_labels(picture)
    shown = {text for text, _ in label_boxes(picture)}
    assert set(circles(picture)) <= shown
    assert picture.notes == ()


@pytest.mark.slow
def test_every_bundled_network_at_once():
    picture = compare(*bundled_networks())
    check_labels(picture)
    assert any("have no label: there is no room" in note for note in picture.notes)
    shown = {text for text, _ in label_boxes(picture)}
    assert {"EEGNet", "3D U-Net", "V-Net"} <= shown


def test_what_has_no_place_is_left_out_and_that_is_said():
    picture = compare("lenet5", "3xHxW -> conv 8 k3", "3x8x8 -> relu")
    assert picture.notes == (
        "left out: 3xHxW -> conv 8 k3, whose MACs depend on H and W",
        "left out: 3x8x8 -> relu, whose MACs are 0",
    )
    with pytest.raises(Problem, match="there is nothing to compare"):
        compare("3x8x8 -> relu")
    with pytest.raises(Problem, match="two totals are compared"):
        compare("lenet5", quantities=("macs",))


def test_equal_networks_share_a_circle():
    picture = compare("vgg", "vgg16")
    assert len(circles(picture)) == 1
    assert picture.notes == ("1 network shares the circle of one with equal numbers",)


def test_the_front_has_none_of_which_another_has_less():
    seeded = random.Random(7)
    rated = [RatedNetwork((str(n),), seeded.randrange(1, 50), seeded.randrange(1, 50), 1, "") for n in range(80)]
    found = {(rated[place].x, rated[place].y) for place in front(rated)}
    expected = {
        (each.x, each.y)
        for each in rated
        if not any(
            other.x <= each.x and other.y <= each.y and (other.x, other.y) != (each.x, each.y) for other in rated
        )
    }
    assert found == expected
    assert any(isinstance(each, Path) and each.dashed for each in compare("mobilenet_v2", "squeezenet1_0").shapes)


@pytest.mark.seeds(3, 20)
def test_labels_keep_off_circles_each_other_and_lines(seed):
    seeded = random.Random(seed)
    page = Bounds(0, 0, 700, 500)
    spots = [
        Spot(seeded.uniform(20, 680), seeded.uniform(20, 480), seeded.uniform(2, 20), seeded.uniform(20, 120), 13)
        for _ in range(50)
    ]
    found = place_labels(spots, range(50), frozenset(range(50)), page)
    assert len(found) > 25
    boxes = [place.bounds for place in found.values()]
    for place, box in enumerate(boxes):
        assert box.lies_in(page)
        assert not any(box.meets(other) for other in boxes[:place])
        assert all(box.distance(spot.x, spot.y) >= spot.radius for spot in spots)
    for number, place in found.items():
        if place.is_far:
            (x1, y1), (x2, y2) = line_to(spots[number], place)
            assert hypot(x1 - spots[number].x, y1 - spots[number].y) == pytest.approx(spots[number].radius)
            points = [(x1 + (x2 - x1) * part / 50, y1 + (y2 - y1) * part / 50) for part in range(51)]
            others = [other.bounds for key, other in found.items() if key != number]
            assert all(other.distance(*point) > 0 for other in others for point in points)


def test_ticks_are_written_with_their_unit():
    assert [tick_text(number) for number in (0, 5, 500, 2000, 10**6, 5 * 10**10, 10**21)] == [
        "0", "5", "500", "2 k", "1 M", "50 G", "1,000 E",
    ]  # fmt: skip


@pytest.mark.parametrize("numbers", [[1], [5, 5], [1, 10**18], [10**400, 10**401]])
def test_a_scale_holds_its_numbers(numbers):
    scale = log_scale(numbers, 0, 100)
    assert all(0 < scale.place(number) < 100 for number in numbers)
