"""Sheets as pages: all that the sheet says, the windows of layers, and nothing that answers a question."""

import re
from html import unescape

import pytest
from browser import measured, opened

from convcalc.exercises.arrays import array_exercise
from convcalc.exercises.exercise import exercise
from convcalc.exercises.multiple_choice import with_choices
from convcalc.exercises.random_networks import TOPICS
from convcalc.render.exercises import FORMATS
from convcalc.render.exercises.blocks import LayerFigure, words_of
from convcalc.render.exercises.key import handout_of
from convcalc.render.exercises.languages import LANGUAGES
from convcalc.render.exercises.sheet import SheetOptions, sheet
from convcalc.render.exercises.wordings import WORDINGS
from convcalc.render.pictures.shapes import Label, Rectangle, flatten


def handout(topic, seed="1", level=2):
    return handout_of(array_exercise(3, seed) if topic == "arrays" else exercise(topic, level, seed), "")


def page(made, **options):
    return "".join(FORMATS["html"](made, SheetOptions(**options)))


def without_pictures(text):
    return re.sub(r"<figure><figcaption><strong>.*?</figure>|<style>.*?</style>", "", text, flags=re.S)


def shown(text):
    """What a reader reads, without the pictures."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", without_pictures(text))).split())


def figures(made, **options):
    return [block for block in sheet(made, SheetOptions(drawn=True, **options)) if isinstance(block, LayerFigure)]


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("topic", [*TOPICS, "arrays"])
def test_a_page_says_what_the_sheet_in_markdown_says(topic, wording):
    made = handout(topic)
    text = shown(page(made, wording=wording))
    for line in "".join(FORMATS["markdown"](made, SheetOptions(wording=wording))).replace("```python", "").splitlines():
        for word in re.findall(r"\b[a-z]{4,}\b", line):
            assert word in text, word


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("seed", "12345")
def test_a_sheet_draws_no_output_and_only_layers_whose_input_is_given(topic, seed):
    made = handout(topic, seed)
    inputs = {shape[1:] for part in made.key.asked for shape in part.network.report.inputs.values()}
    for figure in figures(made):
        shapes = list(flatten(figure.picture.shapes))
        assert not {each.fill for each in shapes if isinstance(each, Rectangle)} & {"result", "result-fill", "unused"}
        words = [each.text for each in shapes if isinstance(each, Label)]
        sizes = {tuple(map(int, re.findall(r"\d+", each))) for each in words if each.startswith("input ")}
        assert sizes <= inputs and not any("output" in each for each in words)


def test_each_size_is_drawn_in_solutions():
    made = handout("sizes", "3")
    drawn = figures(made, solved=True)
    assert [words_of(each.caption)[0] for each in drawn] == ["1", "2", "3", "4"]
    assert len(figures(made)) == 1
    assert all(
        any("output" in each.text for each in flatten(one.picture.shapes) if isinstance(each, Label)) for one in drawn
    )


def test_a_german_page_has_pictures_without_words():
    made = handout("sizes", "3")
    text = page(made, language=LANGUAGES["de"], solved=True)
    assert '<html lang="de">' in text
    for one in figures(made, language=LANGUAGES["de"], solved=True):
        words = " ".join(each.text for each in flatten(one.picture.shapes) if isinstance(each, Label))
        assert not re.search(r"[a-z]{2}", words) and one.picture.about == ""


def test_choices_are_a_list_and_the_right_one_is_not_marked():
    made = handout_of(with_choices(exercise("sizes", 2, "1"), 4), "")
    text = page(made)
    assert text.count("<li>") == 4 * len(made.key.asked) and "<strong>" not in without_pictures(text)


def test_the_command_writes_pages_only_where_they_are_asked_for(convcalc, tmp_path):
    code, out, _ = convcalc("quiz", "--topic", "sizes", "--format", "html", "--solutions")
    assert code == 0 and out.startswith("<!doctype html>") and "<svg" in out
    assert convcalc("quiz", "--topic", "sizes", "--format", "html", "-o", tmp_path / "pages")[0] == 0
    assert convcalc("quiz", "--topic", "sizes", "-o", tmp_path / "usual")[0] == 0
    pages = {"sheet.html", "solutions.html"}
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {
        path.name for path in (tmp_path / "usual").iterdir()
    } | pages


def test_a_browser_shows_a_sheet_in_the_width_of_a_phone(tmp_path):
    text = page(handout("sizes", "3"), solved=True)
    assert "<script" not in text and opened(tmp_path, text)[1] == []
    wide, window = measured(tmp_path, text, "[document.documentElement.scrollWidth, innerWidth]", width=500)
    assert wide <= window
