"""Sliders: the numbers of a page after sliding are those that `summary` has for the same sizes and names."""

import pytest
from driven import Page, browser

from convcalc.commands.page import page_of
from convcalc.network.load import Choices, graph_and_report
from convcalc.problem import LINE, Source
from convcalc.render.report import ReportOptions


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture
def opened(chromium, tmp_path):
    pages = []

    def opening(network, width=1600):
        graph, report = graph_and_report(network, Choices())
        path = tmp_path / "page.html"
        path.write_text("".join(page_of(graph, report, Choices(), ReportOptions(alone=True))), "utf-8")
        pages.append(Page(chromium).open(path, width))
        return pages[-1]

    yield opening
    for page in pages:
        assert page.complaints == []


def slide(page, **values):
    """Moves sliders as typed into their fields."""
    for name, value in values.items():
        place = page.get("data.sliders").index(name)
        page.type(f".slider:nth-of-type({place + 1}) [type=number]", str(value))
    page.get("new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))")


def choices_of(report, values):
    """The options of the command line for the values of sliders: sides of the input, and names."""
    sides, names = {}, {name: str(value) for name, value in values.items() if name not in "HWL"}
    for name, shape in report.inputs.items():
        letters = {2: "CL", 3: "CHW"}[len(shape)]
        sizes = [values.get(letter, size) for letter, size in zip(letters, shape, strict=True)]
        if sizes != list(shape):
            sides[name] = "x".join(map(str, sizes))
    return Choices(sets=names, inputs=sides)


def times(sizes):
    return "×".join(map(str, sizes))


CASES = [
    ("lenet5-lecture", {"H": 31, "W": 30}),
    ("vgg16", {"H": 300, "W": 197}),
    ("vgg16", {"classes": 10}),
    ("resnet50", {"H": 65}),
    ("resnet50", {"width": 96, "classes": 7}),
    ("unet", {"H": 604, "W": 700}),
    ("googlenet", {"H": 97, "classes": 12}),
    ("wavenet", {"L": 8001, "residual": 5, "skip": 77}),
]  # fmt: skip


@pytest.mark.parametrize(("network", "values"), CASES)
def test_what_slides_is_what_summary_has(opened, network, values):
    page = opened(network)
    slide(page, **values)
    _, usual = graph_and_report(network)
    _, report = graph_and_report(network, choices_of(usual, values))
    assert not report.errors
    found = page.get(
        "data.layers.map((_, place) => ['output', 'parameters', 'macs', 'activations', 'rf']"
        ".map(key => cell(rowOfLayer.get(place), key).textContent.trim()))"
    )
    for layer, (output, parameters, macs, activations, field) in zip(report.layers, found, strict=True):
        applied = layer.applied
        assert output == times(applied.output)
        assert (parameters, macs) == (f"{applied.parameters:,}", f"{applied.macs:,}")
        assert activations.strip("()") == f"{applied.activations:,}"
        assert field in (times(layer.extents()), "?")
    keys = ("parameters", "macs", "activations")
    totals = page.get(f"{list(keys)}.map(key => find(`[data-total=${{key}}]`).firstChild.data)")
    assert totals == [f"{getattr(report.totals, key):,}" for key in keys]
    assert page.get("find('[data-total=input]').textContent") == times(next(iter(report.inputs.values())))
    assert page.get("find('#fits').textContent") == ""


def test_reset_brings_everything_back(opened):
    page = opened("resnet50")
    before = page.get("[table.innerHTML, find('#totals').innerHTML]")
    slide(page, H=64, width=32)
    assert page.get("find('[data-total=parameters]').textContent") != "25,557,032 25.6 M"
    page.click("[type=reset]")
    page.get("new Promise(go => setTimeout(go, 50))")
    assert page.get("[table.innerHTML, find('#totals').innerHTML]") == before
    assert page.get("find('[type=reset]').disabled")


def test_a_slider_and_its_field_say_the_same(opened):
    page = opened("lenet5-lecture")
    page.type("[type=range]", "52")
    assert page.get("find('[type=number]').value") == "52"
    page.type("[type=number]", "36")
    assert page.get("find('[type=range]').value") == "36"
    page.type("[type=number]", "0")
    assert page.get("[find('[type=range]').value, find('[type=number]').value]") == ["36", "36"]


def test_the_layer_where_a_network_no_longer_fits_is_marked(opened):
    page = opened("vgg16")
    slide(page, H=16)
    _, report = graph_and_report("vgg16", Choices(inputs={"input": "3x16x224"}))
    name = report.errors[0].layer
    assert page.get("[...document.querySelectorAll('.broken')].map(nameOf)") == [name]
    assert f"from {name} on" in page.get("find('#fits').textContent")
    failed = [layer.name for layer in report.layers if layer.applied is None]
    marked = page.get(
        "rows.filter(row => layerOf(row) >= 0 && cell(row, 'output').textContent === 'does not fit').map(nameOf)"
    )
    assert marked == failed
    for layer in report.layers:
        if layer.applied:
            output = page.get(f"cell(rowOfName.get('{layer.name}'), 'output').textContent")
            assert output == times(layer.applied.output)
    assert page.get("find('[data-total=macs]').textContent") == "does not fit"
    slide(page, H=224)
    assert page.get("document.querySelectorAll('.broken, .nofit').length") == 0


def test_nothing_of_the_spec_is_shown_beside_other_numbers(opened):
    page = opened("resnet50")
    slide(page, width=32)
    assert (
        page.get("cell(rowOfName.get('layer1.0.conv2'), 'kind').textContent")
        == "conv groups*width k3 p1 groups=groups bias=no"
    )
    page.get("choose(rowOfName.get('layer1.0.conv2'))")
    shown = page.get("find('#panel').innerText")
    assert "200,704" not in shown and "36,864" not in shown and "9,216" in shown
    page.click("#unfold")
    told = page.get(
        "all('text', picture).map(text => [text, COUNTED.exec(text.textContent)]).filter(([, found]) => found)"
        ".map(([text, [all, word]]) => [all, `${cell(rowOfName.get(text.closest('[data-name]').dataset.name), "
        "word.toLowerCase()).textContent} ${word}`])"
    )
    assert len(told) > 50 and all(drawn == now for drawn, now in told)
    texts = page.get("all('text', picture).map(text => text.textContent)")
    assert not [text for text in texts if "×" in text and text[0].isdigit()]
    assert "conv groups*width k3 p1 groups=groups bias=no" in texts
    page.click("[type=reset]")
    page.get("new Promise(go => setTimeout(go, 50))")
    assert "64×56×56" in page.get("all('text', picture).map(text => text.textContent)")


def test_an_empty_field_is_the_slider_beside_it(opened):
    page = opened("vgg16")
    slide(page, H=300)
    page.get("(each => { each.value = ''; each.dispatchEvent(new Event('input')); })(find('[type=number]'))")
    slide(page, W=200)
    assert page.get("find('[data-total=input]').textContent") == "3×300×200"


def test_sorting_follows_what_slides(opened):
    page = opened("alexnet")
    page.click('#table [data-key="macs"] button')
    slide(page, H=100, W=100)
    first = page.get("[...body.rows].filter(pickOf).map(row => amountOf(cell(row, 'macs').textContent))")
    assert first == sorted(first, reverse=True)


@pytest.mark.parametrize("network", ["CxHxW -> conv 4 k3", "3x8x8 -> conv 4 k3 -> relu"])
def test_a_line_has_sliders_or_says_why_not(opened, network):
    page = opened(Source(LINE, network))
    sliders = page.get("document.querySelectorAll('#sliders [type=range]').length")
    assert sliders or "letters already" in page.get("find('header').textContent")


@pytest.mark.parametrize("width", [500, 1000, 1600])
def test_sliders_fit_every_screen(opened, width):
    page = opened("resnet50", width)
    slide(page, H=300)
    assert page.get("document.documentElement.scrollWidth") == width
