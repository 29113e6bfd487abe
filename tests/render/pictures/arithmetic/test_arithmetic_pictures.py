"""Pictures of windows in their places: nothing meets or leaves the page, steps are all places, and what is refused says why."""

from itertools import combinations

import pytest

from convcalc.network.load import graph_and_report
from convcalc.problem import LINE, Problem, Source
from convcalc.render.pictures import PicturedNetwork, PictureOptions, draw
from convcalc.render.pictures.arithmetic.grids import MOST
from convcalc.render.pictures.arithmetic.layers import window_figure
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import Collection, Frames, Label, Rectangle, flatten
from convcalc.render.pictures.svg import svg_pieces
from convcalc.render.pictures.themes import THEMES

LAYERS = [
    "1x5x5 -> conv 1 k3 s2 p1", "1x6x6 -> conv 1 k3 s2 p1", "1x7x7 -> conv 1 k3 d2", "1x9x11 -> conv 1 k5 s[2,3] p[2,1]",
    "1x2x2 -> tconv 1 k3 s2", "1x3x3 -> tconv 1 k3 s2 p1 op1", "1x6x6 -> tconv 1 k4 p2", "1x4x4 -> tconv 1 k1 s2 p0 op1",
    "1x3x4 -> tconv 1 k3x5 s2x1 p1", "1x5x5 -> maxpool 2", "1x6x6 -> maxpool 3 s2 ceil=yes", "1x5x8 -> adaptiveavgpool 3",
    "1x7x7 -> globalavgpool", "1x3x3 -> upsample 2 mode=bilinear", "1x5x5 -> crop 1", "1x4x4 -> pad 2 mode=reflect",
    "1x3x3 -> pad 1 mode=constant value=7.5", "2x7x7 -> unfold 3 s2", "1x3x3 -> unpool 2", "1x9 -> conv 1 k3 s2",
    "1x5 -> tconv 1 k3 s2", "3x224x224 -> conv 64 k7 s2 p3", "3x16x112x112 -> conv 8 k3 p1", "1xHxW -> conv 1 k3 s2 p1",
    "1xHxW -> tconv 1 k4 s2 p1", "1x65x65 -> conv 1 k3 d12 p12", "3x227x227 -> conv 9 k31 s4", "1x20000 -> conv 1 k4000 s1000",
    "1x1x1 -> conv 1 k1", "1x3x5 -> conv 1 k[3,5]", "1x8x1 -> conv 1 k[3,1] p[1,0]", "1x5x5 -> adaptivemaxpool 7",
]  # fmt: skip


def pictured(line, **options):
    graph, report = graph_and_report(line if " " not in line else Source(LINE, line))
    return draw("arithmetic", (PicturedNetwork(graph, report),), PictureOptions(**options))


def box(label):
    width = text_width(label.text, label.size, label.bold)
    left = {"start": label.x, "middle": label.x - width / 2, "end": label.x - width}[label.anchor]
    return left, label.y - 0.72 * label.size, left + width, label.y + 0.2 * label.size


def words(picture):
    return [shape.text for shape in flatten(picture.shapes) if isinstance(shape, Label)]


@pytest.mark.parametrize("line", LAYERS)
def test_labels_stand_free_on_the_page(line):
    picture = pictured(line)
    boxes = [(box(each), each.text) for each in flatten(picture.shapes) if isinstance(each, Label)]
    for (left, top, right, bottom), text in boxes:
        assert left >= 0 and right <= picture.width and top >= 0 and bottom <= picture.height, text
    for (one, text), (other, another) in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (text, another)
    assert all(each.size >= 9 for each in flatten(picture.shapes) if isinstance(each, Label))


@pytest.mark.parametrize("line", LAYERS)
def test_every_shape_is_on_the_page_in_a_colour_of_each_theme(line):
    picture = pictured(line)
    for each in flatten(picture.shapes):
        if isinstance(each, Rectangle):
            assert each.x >= 0 and each.x + each.width <= picture.width + 0.01
            assert each.y >= 0 and each.y + each.height <= picture.height + 0.01
    for theme in THEMES:
        text = "".join(svg_pieces(picture, theme))
        assert text == "".join(svg_pieces(pictured(line), theme)) and "<script" not in text


def test_sizes_and_the_formula_are_those_of_the_layer():
    found = words(pictured("1x6x6 -> conv 1 k3 s2 p1"))
    assert {"input 6×6", "padded 8×8", "output 3×3", "stride 2"} <= set(found)
    assert "⌊(n + 2·p − k)/s⌋ + 1 = ⌊(6 + 2·1 − 3)/2⌋ + 1 = 3" in found
    assert "no window reaches these: ⌊…⌋ drops them" in found
    assert "5/2 = 2.5 is rounded down: the last row and column of the padded input" in " ".join(found)


@pytest.mark.parametrize(("line", "said"), [
    ("1x5x5 -> conv 1 k3 s2 p1", None),
    ("1x5x5 -> maxpool 2", "⌊…⌋ drops them"),
    ("1x8x8 -> conv 1 k2 s3", "they lie between those that windows see"),
    ("1x9x9 -> conv 1 k2 s3", "⌊…⌋ drops them, or they lie between those that windows see"),
    ("1x9x9 -> conv 1 k3 s2 d2", "they lie between those that windows see"),
    ("1x3x3 -> tconv 1 k2 s3", "no input reaches these: they are 0, or the bias"),
    ("1x5x5 -> crop 1", "cut off"),
])  # fmt: skip
def test_why_no_window_reaches_some_cells(line, said):
    unused = {"no window reaches these", "no input reaches these", "cut off"}
    found = [each for each in words(pictured(line)) if each.partition(":")[0] in unused]
    assert not found if said is None else found[0].removeprefix("no window reaches these: ") == said


def test_where_the_last_rows_depend_on_letters_that_is_said():
    assert any("depends on the letters" in each for each in words(pictured("1xHxW -> conv 1 k3 s2 p1")))
    assert not any("depends on the letters" in each for each in words(pictured("1xHxW -> conv 1 k3 p1")))


@pytest.mark.parametrize(
    ("line", "count"), [("1x5x5 -> conv 1 k3 s2 p1", 9), ("1x3x3 -> tconv 1 k3 s2 p1", 25), ("1x9 -> conv 1 k3", 7)]
)
def test_steps_are_all_places_and_the_last_has_all_outputs(line, count):
    (group,) = pictured(line, steps=True).shapes
    assert isinstance(group, Collection)
    (frames,) = [each for each in group.shapes if isinstance(each, Frames)]
    assert len(frames.frames) == count
    made = [sum(isinstance(each, Rectangle) and each.fill in ("result", "result-fill") for each in frame.shapes)
            for frame in frames.frames]  # fmt: skip
    assert made == list(range(1, count + 1))
    strip = list(flatten(pictured(line, strip=True).shapes))
    assert (
        sum(isinstance(each, Rectangle) and each.fill == "result" for each in strip) == count + 1
    )  # one of the legend
    assert f"step {count} of {count}" in words(pictured(line, step=count))


@pytest.mark.parametrize(
    "line", ["1x64x64 -> conv 1 k3 p1", "3x224x224 -> conv 64 k7 s2 p3", "1xHxW -> conv 1 k3", "1x999 -> avgpool 5"]
)
def test_of_a_large_map_some_twenty_cells_a_side_are_drawn(line):
    shapes = list(flatten(pictured(line).shapes))
    cells = [each for each in shapes if isinstance(each, Rectangle) and each.fill and each.width == each.height > 13]
    places = [len({each.x for each in cells}), len({each.y for each in cells})]
    assert 5 < max(places) <= 2 * (MOST + 6)


@pytest.mark.parametrize(("line", "options", "message"), [
    ("1x5x5 -> conv 1 k3", {"layers": ("total",)}, 'there is no layer "total"'),
    ("1x64x64 -> conv 1 k3", {"steps": True}, "3,844 steps, and at most 64"),
    ("1x64x64 -> conv 1 k3", {"step": 4000}, "no step 4,000"),
    ("1x5x5 -> conv 1 k3", {"step": 1, "strip": True}, "--step draws one step"),
    ("1xHxW -> conv 1 k3", {"steps": True}, "depends on H and W"),
    ("1xHxW -> adaptiveavgpool 3", {}, "depends on H and W"),
    ("1x5x5 -> relu -> flatten -> linear 3", {}, "no layer has a window"),
    ("1x5x5 -> conv 1 k3 -> relu", {"layers": ("relu1",)}, "relu1 has no window"),
    ("1x5x5 -> conv 1 k3 -> relu", {"layers": ("conv2",)}, 'no layer "conv2"'),
    ("1x5x5 -> conv 1 k3 -> conv 1 k9", {"layers": ("conv2",)}, "conv2 could not be computed"),
    ("1x5x5 -> relu -> conv 1 k9", {}, "no layer that could be computed has a window"),
])  # fmt: skip
def test_what_cannot_be_drawn_says_why_with_a_cure(line, options, message):
    with pytest.raises(Problem) as error:
        pictured(line, **options)
    assert message in str(error.value)
    assert error.value.diagnostics[0].hint


def test_of_a_network_the_first_window_is_drawn_unless_layers_are_named():
    whole = pictured("lenet5")
    assert whole.title.startswith("C1:") and "C1, S2, C3, S4, C5" in whole.notes[0]
    named = pictured("lenet5", layers=("S2", "C3"))
    assert named.title.startswith("S2:") and "C3:" in named.title and named.notes == ()
    block = pictured("resnet50", layers=("layer1",))
    assert any("layer1.0.conv2" in each for each in words(block)) and not any("relu" in each for each in words(block))


def test_names_are_text():
    report = '{"input": "3x8x8", "layers": [{"<script>alert(1)</script>": "conv 4 k3"}]}'
    graph, found = graph_and_report(Source("x.json", report))
    picture = draw("arithmetic", (PicturedNetwork(graph, found),), PictureOptions())
    assert "<script" not in "".join(svg_pieces(picture))


@pytest.mark.parametrize("line", ["1x6x6 -> conv 1 k3 s2 p1", "1x6x6 -> maxpool 3 s2 ceil=yes", "1x9 -> conv 1 k2 s3"])
def test_a_blank_picture_tells_nothing_of_the_output(line):
    _, report = graph_and_report(Source(LINE, line))
    picture = window_figure(report.layers[0], report, True)
    shapes = list(flatten(picture.shapes))
    fills = {each.fill for each in shapes if isinstance(each, Rectangle)}
    strokes = {each.stroke for each in shapes if isinstance(each, Rectangle)}
    assert not {"unused", "result", "result-fill"} & fills and "alarm" not in strokes
    assert not any("output" in each or "beyond" in each or "padded" in each for each in words(picture))
    assert "→" not in picture.about + picture.shapes[0].title


@pytest.mark.parametrize("line", ["1x1000000000 -> conv 1 k900000000", "1x1000000000 -> maxpool 3 s1000000 ceil=yes",
                                  "1x100000000x9 -> conv 1 k[30000000,3] s[7,1]", "1x900000000 -> globalavgpool", "1x99000000 -> tconv 1 k9 s900000"])  # fmt: skip
def test_what_is_drawn_of_a_giant_takes_no_longer(line, calls):
    small = calls(lambda: pictured("1x30x30 -> conv 1 k20 s3"))
    assert calls(lambda: pictured(line)) < 10 * small


def test_what_unpooling_does_is_said():
    assert "Each input goes to one cell of its window; the others are 0" in words(pictured("1x2x2 -> maxunpool 2"))
    assert any(each == "no input reaches these: they are 0" for each in words(pictured("1x2x2 -> unpool 2 s3")))
