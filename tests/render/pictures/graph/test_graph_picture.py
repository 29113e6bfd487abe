"""The picture of a graph: what it says to somebody who sees it for the first time, and of what it could not compute."""

import re
from itertools import combinations

import pytest
from families import SAMPLED
from graph_geometry import faults, outline, overlap, pictured

from convcalc.render.pictures import PictureOptions, draw, write_picture
from convcalc.render.pictures.graph import graph_alone
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import Collection, Label, flatten

BROKEN = """
name: '<script>alert("x")</script>'
input: 3x32x32
layers:
  - '<b>&amp;': conv 16 k3 p1
  - relu
  - residual:
      main: [conv 32 k3 p1]
      shortcut: identity
  - relu
"""


def picture(network, choices=None, **options):
    return draw("graph", (pictured(network, **(choices or {})),), PictureOptions(**options))


def texts(found):
    return [shape.text for shape in flatten(found.shapes) if isinstance(shape, Label)]


def collections(shapes):
    for shape in shapes:
        if isinstance(shape, Collection):
            yield shape
            yield from collections(shape.shapes)


def rectangle(label):
    width = text_width(label.text, label.size, label.bold)
    left = {"start": 0, "middle": width / 2, "end": width}[label.anchor]
    return label.x - left, label.y - label.size * 0.7, width, label.size * 0.7


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("name", SAMPLED)
def test_no_words_lie_over_others_or_leave_the_picture(name, direction):
    found = picture(name, direction=direction)
    labels = [rectangle(shape) for shape in flatten(found.shapes) if isinstance(shape, Label)]
    assert all(x >= 0 and x + width <= found.width + 0.1 for x, _, width, _ in labels)
    assert all(y >= 0 and y + height <= found.height for _, y, _, height in labels)
    labels.sort(key=lambda each: each[1])
    near = [pair for pair in combinations(labels, 2) if abs(pair[0][1] - pair[1][1]) < 20]
    assert [pair for pair in near if overlap(*pair)] == []


def test_it_says_what_it_shows():
    found = picture("lenet5-lecture")
    said = texts(found)
    assert found.title == "LeNet-5 as taught" == said[0]
    assert said[1] == "1,256,080 parameters · 6,522,000 MACs"
    assert "10 layers" in found.about
    for words in ("conv1", "conv 20 k5 p2", "520 parameters", "392,000 MACs", "relu", "20×28×28", "input", "1×28×28"):
        assert words in said
    assert any("sizes of what goes along it" in words for words in said)
    assert {"convolution", "pooling", "fully connected"} <= set(said)


def test_every_layer_is_found_by_its_name():
    found = picture("resnet18")
    names = {each.name for each in collections(found.shapes)}
    assert {"conv1", "bn1", "relu", "layer1", "layer1.0", "layer1.0.conv1", "layer2.0.shortcut.conv", "fc"} <= names
    titles = {each.name: each.title for each in collections(found.shapes)}
    assert titles["conv1"] == (
        "conv1 · conv 64 k7 s2 p3 bias=no, batchnorm, relu · gives 64×112×112 · 9,536 parameters · 118,013,952 MACs"
    )
    assert "2 equal ones" in titles["layer1.0"] or "× 2" in titles["layer1.0"]


def test_what_is_folded_and_repeated_is_said():
    found = picture("resnet50", depth=2)
    assert any("--depth 3 unfolds" in note for note in found.notes)
    assert any("drawn once" in note for note in found.notes)
    said = texts(found)
    assert "layer3.1" in said and "× 5" in said and "10 layers each, to layer3.5" in said and "in all 5" in said
    assert "× n: n equal ones follow each other" in " ".join(said)
    assert "× n" not in " ".join(texts(picture("lenet5")))


def test_a_network_that_is_cut_short_says_so():
    layers = " -> ".join(f"conv {8 + place % 200} k1" for place in range(1000))
    found = picture(f"8x8x8 -> {layers}")
    assert any("941 layers in the middle are one node" in note for note in found.notes)
    assert "… 941 layers" in texts(found)


def test_errors_are_shown_where_they_are():
    found = picture(BROKEN)
    said = texts(found)
    assert "2 layers could not be computed, and no total has them." in said
    assert any("cannot add 32×32×32 and 16×32×32" in words for words in said)
    alarmed = [shape.text for shape in flatten(found.shapes) if isinstance(shape, Label) and shape.colour == "alarm"]
    assert "add1" in alarmed and "conv1" not in alarmed
    folded = picture("3x8x8 -> conv 4 k3 -> relu -> conv 8 k9 -> relu")
    assert "2 layers could not be computed, and no total has them." in texts(folded)


def test_names_are_text():
    svg = "".join(write_picture(picture(BROKEN), "svg", "light"))
    assert "<script" not in svg and "&lt;script&gt;" in svg and "&lt;b&gt;&amp;amp;" in svg


PRINTED = """Net(
  (features): Sequential(
    (0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1))
    (1): ReLU(inplace=True)
  )
  (head): Linear(in_features=100, out_features=10, bias=True)
  (odd): Strange()
)
"""


def test_layers_that_nothing_joins_are_a_column():
    found = picture(PRINTED)
    said = texts(found)
    assert found.width < 400 and "output" not in said and "1,010 parameters" in said
    assert any("What takes what is not known" in words for words in said)
    assert faults(outline(PRINTED)) == [] == faults(outline(PRINTED), True)
    assert not outline(PRINTED).edges


def test_letters_stay_letters():
    found = texts(picture("unet", {"symbolic": True}))
    assert "1×H×W" in found and "64×(H − 2)×(W − 2)" in found
    assert not any("…" in words and words.endswith("parameters") for words in found)


def test_several_inputs_and_outputs():
    said = texts(picture("siamese_koch"))
    assert {"left", "right"} <= set(said)
    assert sum(words.startswith("output ") for words in texts(picture("resnet50_fpn"))) == 5


def test_a_graph_goes_down_or_right():
    down, right = (graph_alone(outline("vgg16"), is_right) for is_right in (False, True))
    assert down.height > 5 * down.width and right.width > 5 * right.height


def test_two_networks_are_drawn_below_each_other():
    found = draw("graph", (pictured("lenet5"), pictured("alexnet")), PictureOptions())
    assert {"LeNet-5", "AlexNet"} <= set(texts(found))


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_it_is_drawn_in_every_theme_and_the_same_every_time(theme):
    first, second = ("".join(write_picture(picture("keras_nasnet_mobile"), "svg", theme)) for _ in range(2))
    assert first == second and re.match(r"<svg [^>]*>", first)


@pytest.mark.parametrize("form", ["svg", "pdf", "tikz"])
def test_every_format_takes_it(form):
    assert all(list(write_picture(picture("googlenet"), form, "light")))


def test_the_work_grows_with_the_network(calls):
    """Drawn small, whatever the network: what is looked at for every layer is all that grows."""
    networks = [pictured(f"8x8x8 -> [conv 8 k3 p1 -> relu]*{size}") for size in (500, 2000)]
    few, many = (calls(lambda each=each: draw("graph", (each,), PictureOptions())) for each in networks)
    assert many < 4.5 * few
