"""SVG 1.1 that validates, whatever a network and its layers are called; labels as wide as they were computed."""

import re
from xml.etree import ElementTree

import pytest
from browser import measured
from every_shape import HOSTILE, every_shape
from svg_grammar import SVG, dtd_faults, faults

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import Collection, Label, Picture, flatten
from convcalc.render.pictures.svg import svg_pieces
from convcalc.render.pictures.themes import THEMES
from convcalc.render.script import printable


def text_of(picture, theme="light", width=0):
    return "".join(svg_pieces(picture, theme, width))


@pytest.mark.parametrize("theme", THEMES)
def test_every_shape_is_svg_1_1(theme):
    assert list(faults(text_of(every_shape(), theme, 86))) == []


def test_every_shape_is_valid_by_the_dtd(tmp_path):
    files = [tmp_path / f"{theme}.svg" for theme in THEMES]
    for file in files:
        file.write_text(text_of(every_shape(), file.stem), "utf-8")
    said = dtd_faults(files)
    if said is None:
        pytest.skip("xmllint or the DTD of SVG 1.1 (w3c-sgml-lib) is not installed")
    assert all(f"{file} validates" in said or file.name not in said for file in files), said
    (tmp_path / "wrong.svg").write_text(text_of(every_shape()).replace("<text ", '<text colour="x" '), "utf-8")
    assert "colour" in dtd_faults([tmp_path / "wrong.svg"])


@pytest.mark.parametrize(
    "wrong",
    ("<script/>", "<rect onclick='x' width='1' height='1'/>", "<image width='1' height='1'/>", "<title/>",
     "<rect width='nan' height='1'/>", "<g><desc/></g>", "<rect width='1' height='1' fill='url(#nothing)'/>"),
)  # fmt: skip
def test_the_grammar_would_tell(wrong):
    text = text_of(every_shape())
    assert list(faults(text.replace("</svg>", f"{wrong}</svg>")))


def test_names_are_text_only():
    text = text_of(every_shape())
    root = ElementTree.fromstring(text)
    labels = ["".join(each.itertext()) for each in root.iter(SVG + "text")]
    assert [printable(name) for name in HOSTILE] == labels[2 : 2 + len(HOSTILE)]
    assert not re.search(r"<script|on\w+=|javascript:|http://(?!www\.w3\.org/)|https:|@import|url\((?!#)", text)
    assert root.find(SVG + "title").text.startswith(HOSTILE[0])


def test_a_hover_title_keeps_its_lines():
    picture = every_shape()._replace(shapes=(Collection((), "conv1\nrelu1", "conv1"),))
    assert "<title>conv1\nrelu1</title>" in text_of(picture)


def test_a_width_is_in_millimetres_and_the_sides_keep_their_ratio():
    root = ElementTree.fromstring(text_of(every_shape(), width=86))
    assert (root.get("width"), root.get("height")) == ("86mm", "56.5mm") and root.get("viewBox") == "0 0 700 460"


def test_only_the_last_frame_is_seen_where_nothing_moves():
    root = ElementTree.fromstring(text_of(every_shape()))
    seen = [each.get("visibility") for each in root.iter(SVG + "g") if each.get("visibility")]
    assert seen == ["hidden", "visible"]
    assert [each.get("values") for each in root.iter(SVG + "animate")] == ["visible;hidden", "hidden;visible"]


LENGTHS = "[...document.querySelectorAll('text')].map(each => each.getBBox().width)"


FONTS = ("Helvetica, Arial, 'Liberation Sans'", "'DejaVu Serif', serif", "monospace")


def test_a_browser_gives_labels_the_width_that_was_computed_in_any_font(tmp_path):
    texts = [shape for shape in flatten(every_shape().shapes) if isinstance(shape, Label) and shape.text]
    picture = Picture("", 900, 900, (Collection(tuple(each._replace(angle=0) for each in texts)),))
    shown = "".join(re.sub('font-family="[^"]*"', f'font-family="{font}"', text_of(picture)) for font in FONTS)
    widths = measured(tmp_path, f"<!doctype html><html><body>{shown}</body></html>", LENGTHS)
    computed = [text_width(each.text, each.size, each.bold) for each in texts]
    assert widths == pytest.approx(computed * len(FONTS), abs=1.2)
