"""Frames against windows that are really slid, and what a sheet says, holds and refuses."""

from __future__ import annotations

import random
import re
from itertools import combinations

import pytest
from slid_windows import random_chain

from convcalc.network.load import graph_and_report
from convcalc.problem import Problem, Source
from convcalc.render.pictures import PicturedNetwork, PictureOptions, draw
from convcalc.render.pictures.field.choosing import fields_on_input, join_cells
from convcalc.render.pictures.field.fan import Connections
from convcalc.render.pictures.field.seen import seen_field
from convcalc.render.pictures.field.sheet import spread
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.nominal import nominal_numbers
from convcalc.render.pictures.shapes import Collection, Label, Photograph, Picture, Rectangle, flatten
from convcalc.spec.choices import Choices


def pictured(network: str, choices: Choices | None = None) -> PicturedNetwork:
    source = Source("<text>", network) if " " in network else network
    return PicturedNetwork(*graph_and_report(source, choices or Choices()))


def drawn(network: str, choices: Choices | None = None, **options) -> Picture:
    return draw("field", (pictured(network, choices),), PictureOptions(**options))


def words(picture: Picture) -> str:
    return "\n".join(shape.text for shape in flatten(picture.shapes) if isinstance(shape, Label))


def collections(shapes) -> list[Collection]:
    inner = [shape for shape in shapes if isinstance(shape, Collection)]
    return [*inner, *(each for one in inner for each in collections(one.shapes))]


def framed(picture: Picture, layer: str) -> Collection:
    return next(each for each in collections(picture.shapes) if each.name == layer and " to " in each.title)


def spans_told(picture: Picture, layer: str) -> list[tuple[int, int]]:
    """First and last pixel along each axis, as the frame's hover title has them."""
    found = re.findall(r"(-?\d+) to (-?\d+)", framed(picture, layer).title.replace("−", "-"))
    return [(int(first), int(last)) for first, last in found]


def frame(picture: Picture, layer: str) -> Rectangle:
    (found,) = framed(picture, layer).shapes
    assert isinstance(found, Rectangle)
    return found


def input_box(picture: Picture) -> Rectangle:
    return next(each for each in flatten(picture.shapes) if isinstance(each, Rectangle) and each.fill == "input")


def plain_chains(seed: int, count: int):
    """Chains whose axes stay axes: input size, text, and the cells of the last layer."""
    dice = random.Random(seed)
    while count:
        n, chain, cells = random_chain(dice)
        text = " -> ".join(made.text for made in chain)
        if "permute" not in text:
            count -= 1
            yield n, text, cells


@pytest.mark.seeds(10, 60)
def test_the_cells_that_lead_to_one_are_those_that_slid_windows_meet(seed: int) -> None:
    compared = 0
    for n, text, cells in plain_chains(seed, 12):
        connections = Connections(pictured(f"4x{n} -> {text}").graph, 0)
        for unit, cell in enumerate(cells):
            found = connections.leading_to(len(connections.graph.nodes) - 1, unit)
            if found is not None and cell.whole:
                assert found.get(0, frozenset()) == cell.pixels, f"unit {unit} of {text}"
                compared += 1
    assert compared > 20


@pytest.mark.seeds(10, 60)
def test_a_frame_is_drawn_round_the_pixels_that_slid_windows_meet(seed: int) -> None:
    dice = random.Random(seed)
    compared = 0
    for n, text, cells in plain_chains(seed, 12):
        row, column = dice.randrange(len(cells)), dice.randrange(len(cells))
        if not all(cells[unit].whole and cells[unit].pixels for unit in (row, column)):
            continue
        network = pictured(f"4x{n}x{n} -> {text.replace('mode=linear', 'mode=bilinear')}")
        name = network.report.layers[-1].name
        picture = draw("field", (network,), PictureOptions(layers=(f"{name}@{row}", str(column))))
        wanted = [(min(cells[unit].pixels), max(cells[unit].pixels)) for unit in (row, column)]
        assert spans_told(picture, name) == wanted, text
        box, inside = frame(picture, name), input_box(picture)
        pixel = inside.width / n
        for start, length, (first, last), origin in (
            (box.y, box.height, wanted[0], inside.y),
            (box.x, box.width, wanted[1], inside.x),
        ):
            if length > 3.01:
                assert start == pytest.approx(origin + first * pixel)
                assert length == pytest.approx((last - first + 1) * pixel)
        compared += 1
    assert compared


def test_what_lies_in_the_padding_is_drawn_in_full_and_hatched() -> None:
    vgg = drawn("vgg16", Choices(inputs={"": "3x32x32"}), layers=("stage5.maxpool1",))
    assert "212×212" in words(vgg) and "6.6 × the input" in words(vgg) and "Hatched" in words(vgg)
    box, inside = frame(vgg, "stage5.maxpool1"), input_box(vgg)
    assert box.width / inside.width == pytest.approx(212 / 32)
    assert box.x >= 0 and box.x + box.width <= vgg.width and box.y >= 0 and box.y + box.height <= vgg.height
    hatched = [each for each in flatten(vgg.shapes) if isinstance(each, Rectangle) and each.hatch and not each.stroke]
    area = sum(each.width * each.height for each in hatched)
    assert area == pytest.approx(box.width * box.height - inside.width * inside.height)
    assert "Hatched" not in words(drawn("vgg16", layers=("stage1.conv1",)))


NETWORKS = (
    "lenet5-lecture", "vgg16", "resnet50", "unet", "googlenet", "dcgan", "c3d", "wavenet", "eegnet", "gpt2", "vit",
)  # fmt: skip


def label_boxes(picture: Picture) -> list[tuple[float, float, float, float, str]]:
    found = []
    for label in flatten(picture.shapes):
        if isinstance(label, Label):
            wide = text_width(label.text, label.size, label.bold)
            left = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
            found.append((left, left + wide, label.y - 0.72 * label.size, label.y + 0.2 * label.size, label.text))
    return found


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("symbolic", (False, True), ids=("numbers", "letters"))
def test_no_label_lies_over_another_or_leaves_the_sheet(name: str, symbolic: bool) -> None:
    picture = drawn(name, Choices(symbolic=symbolic))
    boxes = label_boxes(picture)
    for left, right, top, bottom, text in boxes:
        assert left >= 0 and right <= picture.width and top >= 0 and bottom <= picture.height, text
    for one, other in combinations(boxes, 2):
        apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
        assert apart, (one[4], other[4])
    assert min(shape.size for shape in flatten(picture.shapes) if isinstance(shape, Label)) >= 9


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("vgg16", ["5×5", "14×14", "40×40", "92×92", "196×196", "212×212"]),
        ("resnet50", ["7×7", "35×35", "91×91", "267×267", "427×427"]),
        ("wavenet", ["2", "9", "33", "129", "513", "1,025"]),
        ("c3d", ["3×3×3", "5×8×8", "14×26×26", "32×62×62", "68×134×134", "76×150×150"]),
    ],
)
def test_one_layer_a_stage_is_drawn(name: str, sizes: list[str]) -> None:
    network = pictured(name)
    fields = fields_on_input(network, "input", nominal_numbers(network), ())
    assert ["×".join(f"{size:,}" for size in seen.sizes) for seen in fields.chosen] == sizes


def test_cells_that_see_differently_are_told_apart() -> None:
    assert "188×188, other cells up to 204×204" in words(drawn("unet"))


def test_each_input_has_a_panel() -> None:
    text = words(
        drawn(
            "input: {left: 1x20x30, right: 1x40x60}\n"
            "layers:\n- a: conv 4 k3 p1 from=left\n- b: conv 4 k5 p2 s2 from=right\n"
            "- concat: {from: [a, b]}\n- conv 3 k3"
        )
    )
    assert "1×20×30 (left)" in text and "1×40×60 (right)" in text and "9×9 · stride 2" in text


def test_letters_keep_their_place_and_the_numbers_are_told() -> None:
    text = words(drawn("vgg16", Choices(symbolic=True)))
    assert "The input is 3×H×W, drawn as if H = W = 224." in text


def test_branches_that_are_not_aligned_are_told() -> None:
    assert "meet at sum1" in words(drawn("wavenet"))
    assert "meet at" not in words(drawn("resnet50"))


def test_units_that_see_nothing_are_told() -> None:
    text = words(drawn("4x8x8 -> unpool 2 mode=bed_of_nails", layers=("unpool1@1", "1")))
    assert "sees nothing of the input" in text


def test_what_could_not_be_computed_is_marked() -> None:
    picture = drawn("3x32x32 -> conv 8 k3 -> conv 8 k50 -> relu")
    alarm = [shape for shape in flatten(picture.shapes) if isinstance(shape, Label) and shape.colour == "alarm"]
    assert [label.text for label in alarm] == [
        "conv2 and 1 more could not be computed, and nothing is drawn of what depends on it."
    ]
    with pytest.raises(Problem, match="conv2 has no field"):
        drawn("3x32x32 -> conv 8 k3 -> conv 8 k50 -> relu", layers=("conv2",))


@pytest.mark.parametrize(
    ("layers", "message", "hint"),
    [
        (("stage1.conf1",), 'there is no layer "stage1.conf1"', 'did you mean "stage1.conv1"?'),
        (("stage1.conv1@224", "0"), "stage1.conv1 has no cell 224,0", "stage1.conv1@0,0 to stage1.conv1@223,223"),
        (("stage1.conv1@5",), "stage1.conv1 has no cell 5", "stage1.conv1@0,0 to stage1.conv1@223,223"),
        (("stage1.conv1@x",), "stage1.conv1@x has no cell", "stage1.conv1@0,2"),
        (("stage1.conv1",) * 25, "25 fields", "at most 24"),
    ],
)
def test_what_is_no_layer_and_no_cell_has_a_cure(layers: tuple[str, ...], message: str, hint: str) -> None:
    with pytest.raises(Problem) as caught:
        drawn("vgg16", layers=layers)
    assert message in caught.value.diagnostics[0].message and hint in caught.value.diagnostics[0].hint


def test_without_sides_there_is_nothing_to_draw() -> None:
    with pytest.raises(Problem, match="there is no receptive field to draw"):
        drawn("784 -> linear 10")


def test_an_image_keeps_its_aspect_and_is_darkened_outside_of_the_field() -> None:
    image = Photograph(0, 0, 320, 240, b"", "image/png")
    picture = drawn("vgg16", layers=("stage4.conv3",), image=image)
    (laid,) = [shape for shape in flatten(picture.shapes) if isinstance(shape, Photograph)]
    assert laid.width / laid.height == pytest.approx(320 / 240)
    assert "320×240 pixels" in words(picture)
    box = frame(picture, "stage4.conv3")
    dark = [each for each in flatten(picture.shapes) if isinstance(each, Rectangle) and each.fill == "shade"]
    assert len(dark) == 4
    inside = box._replace(x=box.x + 0.01, y=box.y + 0.01, width=box.width - 0.02, height=box.height - 0.02)
    for each in dark:
        beside = each.x + each.width <= inside.x or each.x >= inside.x + inside.width
        assert beside or each.y + each.height <= inside.y or each.y >= inside.y + inside.height
    with pytest.raises(Problem, match="one axis"):
        drawn("wavenet", image=image)


def test_a_comma_lies_between_layers_and_in_a_cell() -> None:
    assert join_cells(("a", "conv3@0", "2", "b@1", "c")) == ["a", "conv3@0,2", "b@1", "c"]


def test_labels_are_spread_where_they_would_overlap() -> None:
    assert spread([0, 1, 50], [10, 10, 10], 0, 100) == [0, 10, 50]
    assert spread([90, 95, 99], [10, 10, 10], 0, 100) == [70, 80, 90]
    assert spread([5, 5, 5], [40, 40, 40], 0, 60) == [0, 40, 80]


def test_a_deep_network_is_drawn() -> None:
    text = words(drawn("3x64x64 -> " + " -> ".join(["conv 4 k3 p1", "relu"] * 2000)))
    assert "4001×4001" in text and "62.5 × the input" in text


@pytest.mark.parametrize("name", ("resnet50", "googlenet", "unet", "wavenet", "densenet121", "mobilenet_v2", "dcgan"))
def test_the_cells_of_branches_reach_as_far_as_their_field(name: str) -> None:
    network = pictured(name)
    numbers = nominal_numbers(network)
    connections = Connections(network.graph, len(network.report.layers[0].field) - 1)
    compared = 0
    for place, layer in enumerate(network.report.layers):
        seen = seen_field(place, layer, "input", numbers) if "input" in layer.fields else None
        if seen is None or not seen.spans or not 1 < seen.spans[-1].size < 70:
            continue
        found = connections.leading_to(place + 1, seen.cell[-1])
        if found is not None:
            assert (min(found[0]), max(found[0])) == seen.spans[-1], layer.name
            compared += 1
    assert compared > 5


@pytest.mark.parametrize("name", ("resunet", "vnet"))
def test_sizes_that_are_half_a_letter_are_whole_numbers(name: str) -> None:
    assert "drawn as if" in words(drawn(name, Choices(symbolic=True)))


def test_the_numbers_of_a_ruler_keep_apart_where_the_input_is_small() -> None:
    picture = drawn("3x64x64 -> " + " -> ".join(["conv 4 k3 p1"] * 600))
    for one, other in combinations(label_boxes(picture), 2):
        apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
        assert apart, (one[4], other[4])
    assert "layers between these are left out" in words(picture)


def test_a_block_is_its_last_layer() -> None:
    assert "stage2.maxpool1" in words(drawn("vgg16", layers=("stage2",)))


def test_a_long_name_stays_in_the_picture():
    long = "x" * 300
    picture = drawn(f"{{name: {long}, input: 3x16x16, layers: [{long}: conv 4 k3, b: conv 4 k3, {long}2: conv 4 k3]}}")
    labels = [shape for shape in flatten(picture.shapes) if isinstance(shape, Label) and "…" in shape.text]
    assert len(labels) > 3
    assert all(
        each.x + text_width(each.text, each.size, each.bold) <= picture.width
        for each in labels
        if each.anchor == "start"
    )


def test_that_no_layer_sees_anything_is_said_so():
    with pytest.raises(Problem, match="no layer sees anything of an input with sides"):
        drawn("{input: 8, layers: [linear 4, linear 2]}")
