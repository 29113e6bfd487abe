"""The picture of volumes: nothing overlaps, nothing is outside, and the same network is always drawn alike."""

import pytest

from convcalc.network.load import graph_and_report
from convcalc.problem import LINE, Problem, Source
from convcalc.render.pictures import PicturedNetwork, PictureOptions
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import Label, Path, Rectangle, flatten
from convcalc.render.pictures.volumes import volumes
from convcalc.spec.choices import Choices

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


@pytest.mark.parametrize("name", NETWORKS)
def test_no_label_overlaps_another(name):
    boxes = [(box(label), label.text) for label in labels(pictured(name))]
    for number, ((left, top, right, bottom), text) in enumerate(boxes):
        for (a, b, c, d), other in boxes[number + 1 :]:
            assert right <= a or c <= left or bottom <= b or d <= top, (text, other)


@pytest.mark.parametrize("name", NETWORKS)
def test_all_is_inside_the_picture(name):
    picture = pictured(name)
    for left, top, right, bottom in map(box, labels(picture)):
        assert left >= 0 and right <= picture.width and top >= 0 and bottom <= picture.height
    for shape in flatten(picture.shapes):
        assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in points(shape)), shape


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
