"""Bars are as long as their numbers, shares are of the total, and rows are folded until a page holds them."""

from xml.etree import ElementTree

import pytest
from chart_networks import ALL, QUICK, pictured
from label_boxes import check_labels

from convcalc.kinds.categories import CATEGORIES
from convcalc.network.quantity import QUANTITIES
from convcalc.problem import Problem
from convcalc.render.pictures import PictureOptions, draw, write_picture
from convcalc.render.pictures.charts.bars import BAR, THICK
from convcalc.render.pictures.charts.breakdown import MAX_ROWS, breakdown
from convcalc.render.pictures.shapes import Collection, Label, Rectangle, flatten


def bars(network, choices=None, **options):
    return draw("bars", (pictured(network, **(choices or {})),), PictureOptions(**options))


def drawn_bars(picture):
    """The lengths of the bars in each row of each panel, from left to right, segments of one bar together."""
    colours = {*CATEGORIES, "other"}
    found = {}
    for each in flatten(picture.shapes):
        if isinstance(each, Rectangle) and each.height == THICK and each.fill in colours:
            found.setdefault(each.y, []).append(each)
    return found


@pytest.mark.parametrize("name", ALL)
def test_the_rows_add_up_to_the_totals_of_the_report(name):
    network = pictured(name)
    found = breakdown(network, PictureOptions(quantities=("parameters", "macs", "activations", "buffers")))
    totals = network.report.totals
    for place, quantity in enumerate(found.counted):
        values = [row.amounts[place].value for row in found.rows]
        assert sum(values) == getattr(totals, quantity.name) == found.totals[place].value
        assert all(sum(part for _, part in row.amounts[place].parts) == row.amounts[place].number for row in found.rows)
    assert 0 < len(found.rows) <= MAX_ROWS


@pytest.mark.parametrize("name", QUICK)
def test_bars_are_as_long_as_their_numbers(name):
    network = pictured(name)
    picture = draw("bars", (network,), PictureOptions(quantities=("macs",)))
    numbers = [row.amounts[0].number for row in breakdown(network, PictureOptions(quantities=("macs",))).rows]
    rows = drawn_bars(picture)
    assert len(rows) == sum(number > 0 for number in numbers)
    lengths = [sum(each.width for each in rows[y]) for y in sorted(rows)]
    assert max(lengths) == pytest.approx(BAR)
    assert lengths == pytest.approx([BAR * number / max(numbers) for number in numbers if number])


@pytest.mark.parametrize("name", ALL)
def test_labels_meet_no_other_and_stay_in_the_picture(name):
    check_labels(bars(name))


@pytest.mark.parametrize("network", ["unet", "resnet18", "CxHxW -> conv C k3 -> relu -> globalavgpool -> linear K"])
def test_a_symbolic_network_is_drawn_at_sizes_that_are_told(network):
    symbols = ("C", "K") if " " in network else ()
    picture = bars(network, {"symbolic": True, "symbols": symbols})
    texts = [each.text for each in flatten(picture.shapes) if isinstance(each, Label)]
    assert any("H = W = 224" in text for text in texts)
    check_labels(picture)


def test_a_formula_is_a_label_and_its_number_the_length():
    found = breakdown(pictured("3xHxW -> conv 8 k3 -> conv 4 k3"), PictureOptions(quantities=("macs",)))
    assert [str(row.amounts[0].value) for row in found.rows] == ["216*(H - 2)*(W - 2)", "288*(H - 4)*(W - 4)"]
    assert [row.amounts[0].number for row in found.rows] == [216 * 222 * 222, 288 * 220 * 220]


def test_a_size_that_does_not_fit_is_not_drawn_at():
    text = "{input: 3xHxW, layers: [maxpool 2, residual: [maxpool 2, tconv 3 k2 s2]]}"
    assert breakdown(pictured(text), PictureOptions()).nominal.letters["H"] % 4 == 0


def test_layers_without_any_of_the_quantities_are_left_out_and_that_is_said():
    picture = bars("3x8x8 -> conv 4 k3 -> relu -> dropout -> linear 2")
    rows = [each.name for each in picture.shapes if isinstance(each, Collection) and each.name]
    assert rows == ["conv1", "linear1"]
    assert picture.notes == ("2 layers without parameters, MACs or activations are left out",)


def test_a_network_of_20_000_layers_has_a_page_of_runs():
    text = "name: Deep\ninput: 2x4x4\nlayers:\n" + "- conv 2 k3 p1\n- relu\n" * 10_000
    picture = bars(text)
    rows = [each.name for each in picture.shapes if isinstance(each, Collection) and each.name]
    assert (len(rows), rows[0], rows[-1]) == (60, "conv1 … conv167", "conv9854 … conv10000")
    assert "10,000 rows are folded into 60, 167 after one another in each" in picture.notes
    check_labels(picture)


def test_a_depth_folds_the_blocks_that_lie_below_it():
    rows = [row.name for row in breakdown(pictured("resnet50"), PictureOptions(depth=1)).rows]
    assert rows == ["conv1", "bn1", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool", "fc"]


def test_what_could_not_be_computed_is_marked():
    network = "name: Bad\ninput: 3x8x8\nlayers:\n- conv 4 k3\n- conv 4 k99\n- linear 2\n"
    picture = bars(network)
    alarmed = [each.text for each in flatten(picture.shapes) if isinstance(each, Label) and each.colour == "alarm"]
    assert alarmed == ["conv2", "linear1"]


@pytest.mark.parametrize(
    ("network", "macs"),
    [("1000000000 -> linear 1000000000 bias=no", 10**18), ("1 -> linear 1 bias=no", 1)],
    ids=["very many", "one"],
)
def test_large_and_small_numbers_are_exact(network, macs):
    picture = bars(network)
    assert f"{macs:,}" in {each.text for each in flatten(picture.shapes) if isinstance(each, Label)}
    check_labels(picture)


REFUSED = [
    ("3x8x8 -> relu", {}, "no layer has parameters, MACs or activations: there is nothing to draw"),
    ("lenet5", {"quantities": ("macks",)}, 'there is no quantity "macks"'),
    ("lenet5", {"quantities": ("rf_offset",)}, "receptive field offset has no bars"),
    ("lenet5", {"bits": 8}, "--dtype has no say over parameters, MACs and activations"),
    ("lenet5", {"batch": 8}, "--batch has no say over parameters, MACs and activations"),
    ("lenet5", {"layers": ("C1",)}, "--layers has no say over the picture bars"),
]


@pytest.mark.parametrize(("network", "options", "message"), REFUSED, ids=[row[2] for row in REFUSED])
def test_what_cannot_be_drawn_is_refused(network, options, message):
    with pytest.raises(Problem, match=message):
        bars(network, **options)


def test_a_quantity_has_all_its_names():
    for name, quantity in QUANTITIES.items():
        if quantity.value:
            for alias in (name, *quantity.aliases):
                assert breakdown(pictured("resnet18"), PictureOptions(quantities=(alias,))).counted == (quantity,)


def test_bytes_are_of_the_type_and_the_batch():
    found = breakdown(pictured("lenet5"), PictureOptions(quantities=("memory",), bits=16, batch=3))
    assert found.totals[0].value == 8_094 * 2 * 3
    said = "for one example; bytes for a batch of 3, 2 bytes a number."
    picture = bars("lenet5", quantities=("macs", "memory"), bits=16, batch=3)
    assert any(said in each.text for each in flatten(picture.shapes) if isinstance(each, Label))


def test_shapes_are_in_the_order_of_the_network():
    texts = [each.text for each in flatten(bars("keras_vgg16").shapes) if isinstance(each, Label)]
    assert any(text.startswith("Input 224×224×3") for text in texts)
    assert "112×112×64" in texts


def test_long_names_do_not_make_a_picture_wide():
    text = f"name: {'N' * 5000}\ninput: 3x8x8\nlayers:\n- {'l' * 1000}: conv 4 k3\n"
    picture = bars(text)
    assert picture.width < 1200
    check_labels(picture)


def test_hostile_names_are_text_and_bytes_are_always_the_same():
    name = "<script>alert(1)</script>"
    text = f'name: "{name}"\ninput: 3x8x8\nlayers:\n- "a<b>&c": conv 4 k3\n- linear 2\n'
    svg = "".join(write_picture(bars(text), "svg", "light"))
    assert "<script" not in svg
    assert name in "".join(ElementTree.fromstring(svg).itertext())
    assert svg == "".join(write_picture(bars(text), "svg", "light"))
