"""Pictures of worked arrays: one for each position, well-formed, with the window where its numbers are."""

from itertools import combinations
from xml.etree import ElementTree

import pytest

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.themes import LIGHT

NINE = ("conv 1 k2", "1..9:3x3", "--weights", "1 -2; 3 4", "--format", "svg")
SVG = "{http://www.w3.org/2000/svg}"


def texts(document):
    return [each.text for each in ElementTree.fromstring(document).iter(f"{SVG}text")]


def test_a_picture_has_the_numbers_and_their_products(convcalc):
    code, out, _ = convcalc("apply", *NINE, "--at", "0,1")
    assert code == 0
    found = texts(out)
    assert "2·1 + 3·(−2) + 5·3 + 6·4 = 35" in " ".join(found)
    assert {"×1", "×(−2)", "×3", "×4", "3·(−2) = −6", "kernel 2×2"} <= set(found)


def test_the_window_is_on_the_padded_grid(convcalc):
    out = convcalc("apply", "conv 1 k2 p1", "1 2; 3 4", "--weights", "1 2; 3 4", "--format", "svg", "--at", "0,0")[1]
    marked = [
        each.attrib for each in ElementTree.fromstring(out).iter(f"{SVG}rect") if each.get("stroke") == LIGHT["window"]
    ]
    (left, top), side = min((float(each["x"]), float(each["y"])) for each in marked), float(marked[0]["width"])
    places = {(round((float(each["x"]) - left) / side), round((float(each["y"]) - top) / 36)) for each in marked[:4]}
    assert places == {(0, 0), (1, 0), (0, 1), (1, 1)}
    assert left == 20


def test_steps_are_pages_below_each_other_or_files(convcalc, tmp_path):
    pages = [text for text in texts(convcalc("apply", *NINE, "--steps")[1]) if text and text.startswith("conv1:")]
    assert len(pages) == 4
    assert convcalc("apply", *NINE, "--steps", "-o", tmp_path / "step.svg")[0] == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["step-1.svg", "step-2.svg", "step-3.svg", "step-4.svg"]
    pages = [texts((tmp_path / name).read_text()) for name in names]
    assert [("29" in page, "35" in page) for page in pages] == [(True, False), (True, True), (True, True), (True, True)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("maxpool 2", "1..16:4x4"), ("linear 2", "1 2 3", "--weights", "1..6:2x3"), ("add", "1 2; 3 4", "1 2; 3 4"),
        ("tconv 1 k3 s2", "1 2; 3 4", "--weights", "1..9:3x3"), ("upsample 2 mode=bilinear", "1 2; 3 4"),
        ("softmax", "1 2 3"), ("flatten", "1 2; 3 4"), ("conv 1 k1x1x1", "1..8:1x2x2x2", "--weights", "2"),
        ("batchnorm", "1 2; 3 4", "--mean", "1", "--variance", "4"), ("maxpool 2 -> maxunpool 2", "1..16:4x4"),
    ],
)  # fmt: skip
def test_every_kind_is_drawn(convcalc, arguments):
    code, out, err = convcalc("apply", *arguments, "--format", "svg", "--steps")
    assert code == 0 and not err and texts(out)


def test_what_is_too_large_is_not_drawn(convcalc):
    code, _, err = convcalc("apply", "relu", "zeros:100x100", "--format", "svg")
    assert code == 3 and "too many to be drawn" in err


@pytest.mark.parametrize("numbers", ["1 2; 3 4", "100000 -2; 3 4", "1/3 2/7; 3 123456.75", "11111111 1; 1 1"])
@pytest.mark.parametrize("layer", ["conv 1 k2", "avgpool 2", "conv 1 k2 p1"])
def test_labels_stay_in_their_cells_apart_and_on_the_picture(convcalc, layer, numbers):
    weights = () if "pool" in layer else ("--weights", "1000000 -2; 1/3 4")
    picture = ElementTree.fromstring(convcalc("apply", layer, numbers, *weights, "--format", "svg", "--at", "0,0")[1])
    cells = [tuple(float(each.get(name)) for name in ("x", "y", "width", "height")) for each in picture.iter(f"{SVG}rect")
             if each.get("x") and each.get("fill") != "none"]  # fmt: skip
    boxes = []
    for label in picture.iter(f"{SVG}text"):
        x, y, size = (float(label.get(name)) for name in ("x", "y", "font-size"))
        width = text_width(label.text or "", size, label.get("font-weight") == "bold")
        left = {"start": x, "middle": x - width / 2, "end": x - width}[label.get("text-anchor")]
        assert left >= 0 and left + width <= float(picture.get("width")) + 0.1, label.text
        for cell_x, cell_y, wide, high in cells:
            if cell_x < x < cell_x + wide and cell_y < y < cell_y + high:
                assert cell_x <= left and left + width <= cell_x + wide, label.text
        boxes.append((left, y - 0.7 * size, left + width, y, label.text))
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], (one[4], other[4])
