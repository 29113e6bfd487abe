"""The table as a picture: valid, nothing missing of what the plain table says, numbers at the right, nothing elsewhere."""

import re

import pytest
from browser import measured
from every_shape import HOSTILE
from looked_over import faults_of_labels, faults_of_shapes
from svg_grammar import faults
from test_every_picture import LOOK, network

from convcalc.network.load import summarise_text
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import Label, Path
from convcalc.render.report import STYLES, ReportOptions, render
from convcalc.render.report.picture import table_picture, text_lines
from convcalc.render.report.text_table import table_of_rows, text_table
from convcalc.render.script import UNICODE, printable

OPTIONS = ({}, {"depth": 1}, {"style": "full"}, *({"style": style, "depth": 1} for style in STYLES))


QUICK, OTHERS = ("symbolic", "broken", "hostile"), ("sound", "two inputs", "small", "lenet5-lecture", "googlenet")
NETWORKS = QUICK + OTHERS


def report_of(name):
    return network(name).report


def made(name, **options):
    return table_picture(text_table(report_of(name), ReportOptions(**options), UNICODE))


def labels_of(picture):
    return [shape for shape in picture.shapes if isinstance(shape, Label)]


def right(label):
    return label.x + text_width(label.text, label.size, label.bold)


def words_of(picture):
    return [word for label in labels_of(picture) for word in printable(label.text).split()]


@pytest.mark.parametrize("name", (*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)))
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_its_texts_lie_apart_and_within(name, options):
    picture = made(name, **options)
    assert [*faults_of_labels(picture), *faults_of_shapes(picture)] == []
    assert [*faults("".join(render(report_of(name), "svg", ReportOptions(**options))))] == []


@pytest.mark.parametrize("name", NETWORKS)
def test_it_says_what_the_plain_table_says(name):
    plain = "".join(render(report_of(name), "plain", ReportOptions()))
    said = re.sub(r"[─\s]+", " ", plain).split()
    assert sorted(words_of(made(name))) == sorted(said)


def test_numbers_end_where_their_column_ends():
    table = text_table(report_of("lenet5-lecture"), ReportOptions(), UNICODE)
    picture = table_picture(table)
    place = next(index for index, head in enumerate(table.heads) if head.title == "Parameters")
    (end,) = {round(right(each), 2) for each in labels_of(picture) if each.text == "Parameters" and each.bold}
    numbers = [text for text in (*table.cells[place], table.total[place]) if text]
    ending = [each.text for each in labels_of(picture) if abs(right(each) - end) < 0.01]
    assert ending == ["Parameters", *numbers] and len(numbers) > 8
    rules = [shape for shape in picture.shapes if isinstance(shape, Path)]
    assert [rule.thickness for rule in rules] == [1.4, 0.7, 0.7, 1.4]


def test_hostile_names_are_text():
    rows = [(printable(name), str(place)) for place, name in enumerate(HOSTILE)]
    heads = text_table(report_of("small"), ReportOptions(), UNICODE).heads
    picture = table_picture(table_of_rows(HOSTILE[0], (heads[0], heads[3]), rows, []))
    assert [*faults_of_labels(picture)] == []
    assert sorted(words_of(picture)) == sorted(
        word
        for text in (HOSTILE[0], heads[0].title, heads[3].title, *sum(rows, ()))
        for word in printable(text).split()
    )


def test_a_long_word_has_a_line_of_its_own_and_is_whole():
    word = "x" * 400
    assert text_lines(f"a {word} b", 100) == ["a", word, "b"]


@pytest.mark.slow
def test_chromium_finds_its_texts_apart(tmp_path):
    shown = "".join("".join(render(report_of(name), "svg", ReportOptions())) for name in NETWORKS)
    assert measured(tmp_path, f"<!doctype html><html><body>{shown}</body></html>", LOOK) == []


def test_nothing_is_fetched():
    text = "".join(render(summarise_text("3x8x8 -> conv 4 k3"), "svg", ReportOptions()))
    assert not re.search(r"@font-face|https?://(?!www\.w3\.org/)|url\(", text)
