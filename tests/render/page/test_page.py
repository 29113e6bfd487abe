"""The page that explains a network, in a real browser: choose, fold, sort, on any screen, and nothing from elsewhere."""

import json
import re

import pytest
from driven import FAINT, OVERFLOW, Page

from convcalc.commands.page import page_of
from convcalc.network.load import Choices, graph_and_report
from convcalc.problem import LINE, Problem, Source
from convcalc.render.page.outline import outline
from convcalc.render.report import ReportOptions

NAMES = ["lenet5-lecture", "vgg16", "resnet50", "unet", "googlenet", "wavenet"]
ODD = ["convnext", "darknet53", "efficientnet_b1"]  # blocks that their graph calls otherwise


def page_text(network, **options):
    graph, report = graph_and_report(network, Choices())
    return "".join(page_of(graph, report, Choices(), ReportOptions(alone=True, **options)))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")

    def file(name):
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(page_text(name), "utf-8")
        return path

    return file


@pytest.fixture
def opened(chromium, files):
    """Opens the page of a network; in the end it must have complained of nothing and asked for nothing."""
    pages = []

    def opening(name, *window, **more):
        page = Page(chromium).open(files(name), *window, **more)
        pages.append(page)
        return page

    yield opening
    for page in pages:
        assert page.complaints == []
        assert [url for url in page.requests if not url.startswith("file:")] == []


def opened_text(chromium, folder, text, *window):
    path = folder / "page.html"
    path.write_text(text, "utf-8")
    return Page(chromium).open(path, *window)


def texts(selector):
    return f"[...document.querySelectorAll({json.dumps(selector)})].map(each => each.textContent)"


SHOWN = "[...document.querySelectorAll('#table tbody tr')].filter(row => row.offsetParent).map(row => row.cells[0].textContent)"
CHOSEN = "document.querySelector('#chosen h2').textContent"


def row_of(name):
    """The selector of the row of a layer, by its place."""
    return f'#table [data-layer="{name}"] .pick'


# ---- choosing


def test_a_click_in_the_table_shows_the_layer(opened):
    page = opened("lenet5-lecture")
    page.click(row_of(3))
    assert page.get(CHOSEN) == "conv2"
    assert page.get(texts("#table .chosen .pick")) == ["conv2"]
    assert page.get("document.querySelector('[aria-current]').textContent") == "conv2"
    worked = " ".join(page.get(texts("#works > .shown dd")))
    assert "25,050" in worked and "4,900,000" in worked
    assert page.get("document.querySelectorAll('#works > .shown math').length") > 5
    assert page.get("document.querySelectorAll('#chosen figure svg').length") == 2


def test_arrow_keys_move_through_the_layers_and_fold_blocks(opened):
    page = opened("resnet50")
    page.click(row_of(3))
    page.press("ArrowDown")
    assert page.get(CHOSEN) == "layer1"
    page.press("ArrowDown", "ArrowRight", "ArrowDown")
    assert page.get(CHOSEN) == "layer1.0.conv1"
    page.press("ArrowLeft")
    assert page.get(CHOSEN) == "layer1.0"
    page.press("ArrowLeft")
    page.press("ArrowDown")
    assert page.get(CHOSEN) == "layer1.1"
    page.press("Home")
    assert page.get(CHOSEN) == "conv1"
    page.press("End")
    assert page.get(CHOSEN) == "fc"
    assert page.get("document.activeElement.textContent") == "fc"


def test_a_source_leads_to_its_layer(opened):
    page = opened("lenet5-lecture")
    page.click(row_of(3))
    page.click("#chosen .from button")
    assert page.get(CHOSEN) == "maxpool1"


def test_every_layer_shows_what_it_is_and_its_own_receptive_field(opened, files):
    page = opened("resnet50")
    _, report = graph_and_report("resnet50")
    found = page.get(
        "data.layers.map((_, place) => { choose(rowOfLayer.get(place)); return ["
        f"{CHOSEN}, [...document.querySelectorAll('#works > .shown dd')].map(each => each.textContent).join(' ')]; }})"
    )
    for layer, (name, worked) in zip(report.layers, found, strict=True):
        assert name == layer.name
        if layer.applied.parameters:
            assert f"{layer.applied.parameters:,}" in worked
        if layer.applied.axes and layer.applied.axes[0].get("k", 1) > 1:
            assert re.search(rf"=\s*{layer.field[0].size}\b", worked)


# ---- the graph


@pytest.mark.parametrize("name", [*NAMES, *ODD])
def test_every_layer_and_block_has_its_place_in_the_graph(opened, name):
    page = opened(name)
    for depth in ("#fold", "#unfold"):
        page.get(f"document.querySelector('{depth}')?.click()")
        assert page.get("rows.filter(row => names.has(row) && !shownBy(row)).map(nameOf)") == []


def node_of(name):
    return f'#graph svg:not([hidden]) [data-name="{name}"]'


MARKED = "[...document.querySelectorAll('#graph svg:not([hidden]) .chosen')].map(each => each.dataset.name)"


def test_a_click_in_the_graph_shows_the_layer_and_its_row(opened):
    page = opened("vgg16")
    page.click(node_of("stage1.conv2"))
    assert page.get(CHOSEN) == "stage1.conv2"
    assert page.get(texts("#table .chosen .pick")) == ["conv2"]
    assert page.get(MARKED) == ["stage1.conv2"]


def test_a_layer_chosen_in_the_table_is_marked_and_seen_in_the_graph(opened):
    page = opened("vgg16")
    page.click(row_of(39))
    assert page.get(MARKED) == ["fc3"]
    place = page.get(
        "(box => [box.top, box.bottom, innerHeight])(document.querySelector('#graph .chosen').getBoundingClientRect())"
    )
    assert 0 < place[0] < place[1] < place[2]


def test_a_layer_of_a_block_that_is_drawn_once_is_marked_where_that_is(opened):
    page = opened("resnet50")
    page.click("#unfold")
    page.get("choose(rowOfName.get('layer1.2.conv2'))")
    assert page.get(MARKED) == ["layer1.1.conv2"]
    page.click("#fold")
    assert page.get(MARKED) == ["layer1"]


def test_blocks_unfold_in_the_graph(opened):
    page = opened("resnet50")
    page.click("#fold")
    page.click(node_of("layer2"))
    assert page.get(CHOSEN) == "layer2"
    assert page.get(f"document.querySelector('{node_of('layer2.0')}')") is None
    page.click(node_of("layer2"))
    assert page.get(f"document.querySelectorAll('{node_of('layer2.0')}').length") == 1
    assert page.get(SHOWN)[6:9] == ["layer2", "0", "1"]


def test_arrow_keys_move_through_the_graph(opened):
    page = opened("lenet5-lecture")
    page.get("document.querySelector('#graph').focus()")
    page.press("Home")
    page.press("ArrowDown", "ArrowDown", "ArrowDown")
    assert page.get(CHOSEN) == "conv2"
    assert page.get("document.activeElement.id") == "graph"
    page = opened("resnet50")
    page.click("#fold")
    page.get("document.querySelector('#graph').focus()")
    page.press("Home", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown")
    assert page.get(CHOSEN) == "layer1"
    page.press("Enter")
    assert page.get(f"document.querySelectorAll('{node_of('layer1.0')}').length") == 1


# ---- folding


def test_blocks_fold_and_unfold(opened):
    page = opened("resnet50")
    assert len(page.get(SHOWN)) == 28
    page.click("#unfold")
    assert len(page.get(SHOWN)) == 196
    page.click("#fold")
    assert page.get(SHOWN) == ["input", "conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4",
                               "avgpool", "flatten1", "fc"]  # fmt: skip
    fold = '#table [data-start="4"][data-stop="36"] .fold'
    page.click(fold)
    assert page.get(SHOWN)[5:9] == ["layer1", "0", "1", "2"]
    assert page.get(f"document.querySelector('{fold}').getAttribute('aria-expanded')") == "true"


def test_a_depth_that_is_asked_for_is_how_far_it_is_open(chromium, tmp_path):
    page = opened_text(chromium, tmp_path, page_text("resnet50", depth=1))
    assert len(page.get(SHOWN)) == 12


# ---- sorting


def test_columns_sort_both_ways_and_not_at_all(opened):
    page = opened("resnet50")
    before = page.get(SHOWN)
    button = '#table [data-key="parameters"] button'
    page.click(button)
    assert page.get(f"document.querySelector('{button}').parentNode.getAttribute('aria-sort')") == "descending"
    largest = page.get(SHOWN)[1:4]
    assert largest[0] == "layer4.0.conv2" and all("." in name for name in largest[:3])
    page.click(button)
    amounts = page.get(f"rows.length && {texts('#table tbody tr:not(.folded) td:nth-child(5)')}")
    counts = [int(text.replace(",", "")) for text in amounts if text]
    assert counts == sorted(counts) and len(counts) == 175
    page.click(button)
    assert page.get(SHOWN) == before
    assert page.get("document.querySelectorAll('[aria-sort]').length") == 0


def test_shapes_sort_by_how_many_numbers_they_hold(opened):
    page = opened("lenet5-lecture")
    page.click('#table [data-key="output"] button')
    assert page.get(SHOWN)[1] == "linear2"


# ---- what it shows


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_are_those_of_the_report(opened, name):
    page = opened(name)
    _, report = graph_and_report(name)
    found = page.get(
        "data.layers.map((_, place) => ['output', 'parameters', 'macs'].map(key => cell(rowOfLayer.get(place), key).textContent))"
    )
    for layer, (output, parameters, macs) in zip(report.layers, found, strict=True):
        assert output == "×".join(map(str, layer.applied.output))
        assert parameters == f"{layer.applied.parameters:,}"
        assert macs == f"{layer.applied.macs:,}"


@pytest.mark.parametrize(("name", "most"), [("resnet50", 300_000), ("vgg16", 300_000), ("resnet152", 700_000)])
def test_a_page_is_small(name, most):
    assert len(page_text(name).encode()) < most


def test_without_scripts_everything_is_there_to_read(chromium, files):
    page = Page(chromium)
    page.send("Emulation.setScriptExecutionDisabled", value=True)
    page.open(files("lenet5-lecture"))
    page.send("Emulation.setScriptExecutionDisabled", value=False)
    assert page.get("document.querySelectorAll('.work').length") == page.get(
        "[...document.querySelectorAll('.work')].filter(each => each.offsetParent).length"
    )
    assert page.get("[...document.querySelectorAll('form, .tools')].filter(each => each.offsetParent).length") == 0


def test_on_paper_everything_is_unfolded_and_there_are_no_controls(opened):
    page = opened("resnet50")
    page.click("#fold")
    page.resize(1000, 900, media="print")
    assert len(page.get(SHOWN)) == 196
    seen = "[...document.querySelectorAll('%s')].filter(each => each.getClientRects().length).length"
    assert page.get(seen % "#works > .work") == page.get("document.querySelectorAll('#works > .work').length")
    assert page.get(seen % ".tools, .fold, #chosen") == 0
    assert page.get("document.documentElement.scrollWidth") <= 1000


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_it_fits_every_screen_and_can_be_read_on_it(opened, name, is_dark):
    page = opened(name, 1600, 900, is_dark)
    for width in (500, 1000, 1600):
        page.resize(width, 900, is_dark)
        page.get("document.querySelectorAll('#unfold').forEach(each => each.click())")
        assert page.get(OVERFLOW) == width
        assert page.get(FAINT) == []


def test_the_test_of_contrast_sees_a_faint_text(opened):
    page = opened("lenet5-lecture")
    page.get("document.querySelector('h1').style.setProperty('color', '#aaaaaa')")
    assert [tag for tag, *_ in page.get(FAINT)] == ["H1"]


def test_a_reader_with_keys_or_ears_finds_everything(opened):
    page = opened("resnet50")
    assert (
        page.get("document.querySelector('#table').tHead.rows[0].querySelectorAll('th[scope=col] button').length") == 7
    )
    assert page.get("[...document.querySelectorAll('#table tbody th')].every(each => each.scope === 'row')")
    assert page.get(
        "[...document.querySelectorAll('button')].every(each => each.getAttribute('aria-label') || each.textContent)"
    )
    assert page.get("[...document.querySelectorAll('[tabindex]')].every(each => each.tabIndex === 0 && each.ariaLabel)")
    page.get("document.querySelector('.pick').focus()")
    page.press("Tab")
    assert page.get("getComputedStyle(document.activeElement).outlineStyle") == "solid"


# ---- names, errors, findings, size


def test_names_are_text(chromium, tmp_path):
    text = "input: 3x8x8\nname: '<script>alert(1)</script>'\nlayers:\n  - {'<img src=x onerror=alert(1)>': conv 4 k3}\n  - relu\n"
    page = opened_text(chromium, tmp_path, page_text(Source("net.yaml", text)))
    assert page.get(texts("h1")) == ["<script>alert(1)</script>"]
    assert page.get(CHOSEN) == "<img src=x onerror=alert(1)>"
    assert page.get("document.querySelectorAll('img').length") == 0
    assert page.complaints == [] and len(page.requests) == 1


def test_a_network_with_errors_shows_what_could_be_computed(chromium, tmp_path):
    text = "input: 1x28x28\nlayers:\n  - C1: conv 6 k5\n  - C3: conv 6 k99\n  - linear 10\n"
    page = opened_text(chromium, tmp_path, page_text(Source("net.yaml", text)))
    assert page.get("cell(rowOfLayer.get(0), 'output').textContent") == "6×24×24"
    page.click(row_of(1))
    said = page.get("document.querySelector('#works > .shown').textContent")
    assert "Error C001" in said and "kernel 99" in said
    assert page.get("document.querySelector('[data-layer=\"1\"] .mark').getAttribute('aria-label')") == "error"


def test_what_a_rule_says_is_a_note_at_its_layer(chromium, tmp_path):
    text = "input: 3x32x32\nlayers:\n  - conv 8 k3\n  - conv 8 k3\n  - flatten\n  - linear 10\n"
    page = opened_text(chromium, tmp_path, page_text(Source("net.yaml", text)))
    marked = page.get("[...document.querySelectorAll('.mark')].map(each => each.closest('tr').dataset.layer)")
    assert marked
    page.click(row_of(marked[0]))
    assert "Warning linear-stack" in page.get("document.querySelector('#works > .finding.shown').textContent")


@pytest.mark.parametrize("network", [
    "1000x1000 -> relu", "16 -> linear 4 -> relu", "3x8x8x8 -> conv 4 k3 -> maxpool 2", "CxHxW -> conv F k3 s2 -> relu",
    "3x224x224 -> conv 8 k7 s2 -> conv 4 k3 d9 -> upsample 2",
])  # fmt: skip
def test_any_network_has_a_page(network, chromium, tmp_path):
    page = opened_text(chromium, tmp_path, page_text(Source(LINE, network)))
    page.get("data.layers.forEach((_, place) => choose(rowOfLayer.get(place)))")
    assert page.complaints == []


def test_blocks_of_a_deep_network_fold_by_themselves(chromium, tmp_path):
    blocks = "".join(f"  - b{number}: 200 x relu\n" for number in range(100))
    text = page_text(Source("net.yaml", f"input: 3x8x8\nlayers:\n{blocks}"))
    assert len(text) < 2_000_000
    page = opened_text(chromium, tmp_path, text)
    assert "20,000 layers are in blocks" in page.get("document.querySelector('.left-out').textContent")
    page.get("choose(rows.at(-1))")
    assert page.get(CHOSEN) == "b99"
    assert page.complaints == []


def test_a_network_without_blocks_that_is_too_large_is_refused():
    _, report = graph_and_report(Source("net.yaml", "input: 3x8x8\nlayers:\n  - 20000 x relu\n"))
    with pytest.raises(Problem) as caught:
        outline(report)
    assert caught.value.diagnostics[0].code == "U008"
