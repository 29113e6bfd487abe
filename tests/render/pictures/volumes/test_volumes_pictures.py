"""The picture of volumes: nothing overlaps, nothing is outside, and the same network is always drawn alike."""

from pathlib import Path as FilePath

import pytest

from convcalc.network.load import graph_and_report
from convcalc.problem import LINE, Problem, Source
from convcalc.render.pictures import PicturedNetwork, PictureOptions
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import Collection, Label, Path, Rectangle, flatten
from convcalc.render.pictures.volumes import volumes
from convcalc.spec.choices import Choices

SPECS = FilePath(__file__).parents[4] / "specs"
NETWORKS = (
    "lenet5", "lenet5-lecture", "alexnet", "vgg16", "resnet18", "resnet50", "googlenet", "unet", "unet3d", "dcgan",
    "c3d", "wavenet", "textcnn", "siamese_koch", "mobilenet_v2", "densenet121", "segnet", "m5", "crnn", "eegnet",
)  # fmt: skip


def pictured(network, choices=None, **options):
    return volumes(PicturedNetwork(*graph_and_report(network, choices or Choices())), PictureOptions(**options))


def line(text):
    return Source(LINE, text)


def labels(picture):
    return [shape for shape in flatten(picture.shapes) if isinstance(shape, Label)]


def box(label):
    """Left, top, right and bottom of a label that is not turned."""
    width = text_width(label.text, label.size, label.bold)
    left = label.x - {"start": 0, "middle": width / 2, "end": width}[label.anchor]
    if label.angle == -90:
        height = label.size * 0.75
        return label.x - height, label.y - width / 2, label.x, label.y + width / 2
    return left, label.y - label.size * 0.75, left + width, label.y + label.size * 0.2


def points(shape):
    match shape:
        case Rectangle(x, y, width, height):
            return [(x, y), (x + width, y + height)]
        case Path(segments):
            return [(each[at], each[at + 1]) for each in segments for at in range(1, len(each), 2)]
    return []


def check_labels(picture):
    """No label overlaps another."""
    boxes = [(box(label), label.text) for label in labels(picture)]
    for number, ((left, top, right, bottom), text) in enumerate(boxes):
        for (a, b, c, d), other in boxes[number + 1 :]:
            assert right <= a or c <= left or bottom <= b or d <= top, (text, other)


def check_inside(picture):
    for left, top, right, bottom in map(box, labels(picture)):
        assert min(left, top) >= 0 and right <= picture.width and bottom <= picture.height
    for shape in flatten(picture.shapes):
        assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in points(shape)), shape


@pytest.mark.parametrize("name", NETWORKS)
def test_no_label_overlaps_another_and_all_is_inside(name):
    picture = pictured(name)
    check_labels(picture)
    check_inside(picture)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_page_is_as_wide_as_a_thesis_holds_and_no_letter_is_too_small(name):
    picture = pictured(name)
    assert picture.width <= 1160
    assert min(label.size for label in labels(picture)) >= 9


def test_the_same_network_is_drawn_alike():
    assert pictured("unet") == pictured("unet")


def test_the_shapes_are_those_of_the_report():
    texts = [label.text for label in labels(pictured("vgg16"))]
    for shape in ("3×224×224", "64×224×224", "64×112×112", "512×14×14", "512×7×7", "25088", "4096", "1000"):
        assert shape in texts


def test_letters_are_drawn_as_a_usual_size_and_written_as_they_are():
    texts = [label.text for label in labels(pictured(line("3xHxW -> conv 8 k3 p1 -> maxpool 2")))]
    assert {"3×H×W", "8×H×W", "8×⌊H/2⌋×⌊W/2⌋"} <= set(texts)


def test_an_unknown_layer_is_told_with_a_near_one():
    with pytest.raises(Problem, match="conv9") as caught:
        pictured("alexnet", layers=("conv9",))
    assert caught.value.diagnostics[0].hint


def test_only_the_layers_that_are_asked_for_are_drawn():
    texts = [label.text for label in labels(pictured("alexnet", layers=("conv1", "conv5")))]
    assert "64×55×55" in texts and "256×13×13" in texts and "192×27×27" not in texts


def test_a_name_is_text():
    spec = Source("net.yaml", "name: <script>\ninput: 3x8x8\nlayers: [conv 4]\n")
    assert any(label.text == "<script>" for label in labels(pictured(spec)))


def test_very_many_layers_are_folded_and_that_is_said():
    picture = pictured(line("1x8x8 -> [conv 4 k3 p1 -> conv 8 k1]*5000"))
    assert len(labels(picture)) < 120
    assert "10,000 layers" in picture.notes[0]


def texts_of(network, choices=None, **options):
    return [label.text for label in labels(pictured(network, choices, **options))]


def titles(shapes):
    for shape in shapes:
        if isinstance(shape, Collection):
            yield shape.title
            yield from titles(shape.shapes)


@pytest.mark.parametrize(
    ("name", "words"),
    (
        ("vgg16", ("2 × conv 64 k3", "3 × conv 512 k3", "2 × linear 4096")),
        ("resnet34", ("6 × conv 64 k3", "7 × conv 128 k3", "11 × conv 256 k3", "5 × conv 512 k3", "×3", "×5")),
        ("resnet50", ("×3", "×4", "×6", "k1, k3, k1 + skip", "layer1", "256×56×56", "2048×7×7")),
        ("mobilenet_v2", ("4 × 8 layers", "3 × 8 layers", "×2", "×3")),
        ("wavenet", ("9 × conv 32 k2 … d256", "9 × conv 32 k1", "conv 32 k2 d512", "×9")),
        ("googlenet", ("4 paths, concat", "inception3a", "256×28×28", "inception5b", "1024×7×7")),
        ("siamese_koch", ("left", "right", "distance", "9216")),
        ("lenet5", ("C1", "6×28×28", "S2", "C3", "16×10×10", "C5", "120×1×1", "F6", "84", "10")),
    ),
)
def test_what_is_alike_is_counted_and_named(name, words):
    texts = texts_of(name)
    for word in words:
        assert any(text == word or f"{word} …" in text or text.endswith(f"× {word}") for text in texts), word


def test_each_map_of_lenet_is_a_sheet():
    rectangles = [shape for shape in flatten(pictured("lenet5").shapes) if isinstance(shape, Rectangle)]
    assert len([each for each in rectangles if each.width > 40]) == 1 + 6 + 6 + 16 + 16


def test_each_sum_of_a_residual_network_has_its_sign():
    picture = pictured("resnet18")
    circles = [shape for shape in flatten(picture.shapes) if isinstance(shape, Path) and shape.fill == "paper"]
    assert len([each for each in circles if each.segments[1][0] == "C"]) == 8
    assert any("+ is a sum" in label.text for label in labels(picture))


@pytest.mark.parametrize(
    ("name", "options", "words"),
    (
        ("alexnet", {}, "both on log scales"),
        ("alexnet", {"scale": "linear"}, "proportional to the sides"),
        ("alexnet", {"scale": "sqrt"}, "square roots of the sides"),
        ("c3d", {}, "the faces show height × width"),
        ("unet", {}, "Below each volume its channels and its sides."),
        (Source(LINE, "3xHxW -> conv 8 k3"), {}, "Drawn with H = W = 224."),
    ),
)
def test_a_picture_says_how_it_is_drawn(name, options, words):
    assert words in " ".join(texts_of(name, **options))


def test_of_a_network_with_errors_what_could_be_computed_is_drawn_and_the_rest_marked():
    picture = pictured(line("3x32x32 -> conv 16 k3 -> conv 8 k99 -> relu -> conv 4 k3"))
    texts = [label.text for label in labels(picture)]
    assert {"16×30×30", "not computed", "nor 2 layers behind it"} <= set(texts)
    assert any(shape.stroke == "alarm" for shape in flatten(picture.shapes) if isinstance(shape, Rectangle))
    assert any("kernel 99" in title for title in titles(picture.shapes))


def test_where_the_pointer_rests_are_the_numbers_of_a_layer():
    found = "\n".join(titles(pictured("alexnet").shapes))
    assert "conv1: conv 64 k11 s4 p2 → 64×55×55; 23,296 parameters, 70,276,800 MACs" in found


def test_what_lies_between_layers_that_are_asked_for_is_dashed():
    picture = pictured("vgg16", layers=("stage1", "fc1"))
    assert any(shape.dashed for shape in flatten(picture.shapes) if isinstance(shape, Path))
    assert not any(shape.dashed for shape in flatten(pictured("vgg16").shapes) if isinstance(shape, Path))


def test_blocks_are_folded_below_the_depth_that_is_asked_for():
    assert "stage1" in texts_of("vgg16", depth=1) and "5 layers" in texts_of("vgg16", depth=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.stem for path in SPECS.glob("*.yaml")))
def test_of_all_bundled_networks_no_label_overlaps_and_all_is_inside(name):
    try:
        graph, report = graph_and_report(name)
    except Problem:
        pytest.skip("it is the base of others")
    picture = volumes(PicturedNetwork(graph, report), PictureOptions())
    check_labels(picture)
    check_inside(picture)
    assert picture.width <= 1160 and picture.height < 1500


def test_a_network_of_very_many_outputs_shows_a_few_and_says_so():
    layers = "".join(f"  - o{number}: linear {number + 1} from=a\n" for number in range(40))
    outputs = ", ".join(f"o{number}" for number in range(40))
    picture = pictured(Source("net.yaml", f"input: 8\nlayers:\n  - a: linear 4\n{layers}outputs: [{outputs}]\n"))
    assert any("31 further ways" in note for note in picture.notes)
    check_labels(picture)


def test_long_formulas_are_on_several_lines():
    texts = texts_of("unet", choices=Choices(symbolic=True))
    assert "(4·⌊(H + 4)/16⌋ − 44)×" in texts and "(4·⌊(W + 4)/16⌋ − 44)" in texts


def test_an_input_is_a_glyph_of_its_own():
    texts = texts_of(line("16x8x8 -> conv 16 k3 p1 -> relu"))
    assert texts.count("16×8×8") == 2 and "conv 16 k3" in texts


@pytest.mark.parametrize(("name", "depth"), (("swin3d_t", 2), ("shufflenet_v2_x0_5", 5), ("s3d", 5)))
def test_where_ways_from_other_rows_began_is_told_within_their_column(name, depth):
    picture = pictured(name, depth=depth)
    assert any(label.text.startswith("from ") for label in labels(picture))
    check_labels(picture)
    check_inside(picture)
