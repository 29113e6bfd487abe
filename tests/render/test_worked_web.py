"""Worked lines as HTML: well formed, complete, with formulas that a browser typesets."""

from xml.etree import ElementTree

import pytest
from browser import measured

from convcalc.network.load import summarise, summarise_text
from convcalc.questions.explain import QUANTITIES, ExplanationRequest, explain
from convcalc.render.web_page import page_head
from convcalc.render.working.cells import CellRow, Grid, Grids
from convcalc.render.working.page import WorkedRow
from convcalc.render.working.web import WORKED_STYLE, html
from convcalc.render.working.works import WORKS, WorkedOptions, items

NAMES = ["lenet5", "unet", "googlenet", "wavenet", "bert", "c3d"]


def found_items(name, work="full"):
    explained = explain(summarise(name), ExplanationRequest(tuple(QUANTITIES)))
    return list(items(explained, WorkedOptions(work)))


def parsed(found):
    return ElementTree.fromstring(f"<page>{''.join(html(found))}</page>")


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_there_in_elements_that_close(name, work):
    found = found_items(name, work)
    page = parsed(found)
    labels = [each.label.strip() for each in found if isinstance(each, WorkedRow)]
    assert [each.text for each in page.iter("dt")] == labels
    assert {each.tag for each in page} <= {"h1", "h2", "p", "dl"}
    if work != "blank":
        assert all("".join(each.itertext()).strip() for each in page.iter("dd"))


def test_a_result_stands_behind_its_formula():
    page = parsed(found_items("lenet5"))
    parts = ["".join(each.itertext()) for each in page.find(".//dd")]
    assert parts == ["⌊n+2·p−ks⌋+1", "=⌊32+2·0−51⌋+1", "=⌊271⌋+1", "=28"]


def test_names_are_text():
    report = summarise_text('{"input": "3x8x8", "layers": [{"<script>alert(1)</script>": "conv 4 k3"}, "relu"]}')
    page = "".join(html(items(explain(report, ExplanationRequest(())), WorkedOptions())))
    assert "<script" not in page and "&lt;script&gt;" in page


def test_arrays_are_tables():
    grid = Grid("padded <input>", ((0, 0, 0), (0, 7, 0), (0, None, 0)), (1, 1), (0, 1))
    page = parsed([Grids((grid,), "An array:"), CellRow("y[0, 0]", "y_{0,0}", None), CellRow("y[0, 1]", "y", 7)])
    assert page.find(".//figcaption").text == "padded <input>"
    inside = [each for each in page.iter("td") if not each.get("class")]
    assert ["".join(each.itertext()) for each in inside] == ["7", "____"]
    assert [each.text for each in page.iter("dt")] == ["y[0, 0]", "y[0, 1]"]


def test_a_fraction_is_typeset(tmp_path):
    page = "".join((*page_head("worked", WORKED_STYLE), *html(found_items("lenet5")), "</html>"))
    heights = "[...document.querySelectorAll('mfrac')].slice(0, 9).map(each => each.getBoundingClientRect().height)"
    line = "document.querySelector('mn').getBoundingClientRect().height"
    found, plain = measured(tmp_path, page, f"[{heights}, {line}]")
    assert found and all(height > 1.5 * plain for height in found)
