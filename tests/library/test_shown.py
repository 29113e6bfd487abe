"""What a notebook shows of networks, layers and the rest, and what text it is elsewhere."""

import re

import pytest

import convcalc


def test_a_network_has_its_volumes_and_its_table():
    shown = convcalc.load("lenet5-lecture")._repr_html_()
    assert shown.count("<svg") == 1 and shown.count("<table") == 1
    assert "1,256,080" in shown


def test_a_long_network_has_a_row_for_each_block():
    shown = convcalc.load("resnet50")._repr_html_()
    assert "layer1" in shown and "layer1.0" not in shown.partition("<table")[2] and "25,557,032" in shown


@pytest.mark.parametrize(
    "value",
    [convcalc.load("3x32x32 -> conv 10 k5 p2"), convcalc.layer("conv 10 k5 p2", "3x32x32")],
    ids=["load", "layer"],
)
def test_a_layer_has_its_windows_and_its_arithmetic(value):
    shown = value._repr_html_()
    assert shown.count("<svg") == 1 and "<math" in shown and "760" in shown


def test_a_layer_within_a_network_is_that_layer():
    shown = convcalc.load("lenet5").layers["C3"]._repr_html_()
    assert "C3" in shown and "C1" not in shown and "2,416" in shown


def test_a_layer_without_windows_has_its_arithmetic():
    shown = convcalc.load("120 -> linear 84")._repr_html_()
    assert "<svg" not in shown and "10,164" in shown


def test_a_part_of_the_layers_has_a_table_with_sums_of_its_own():
    shown = convcalc.load("lenet5").layers[:3]._repr_html_()
    assert "S2" in shown and "C3" not in shown and "61,706" not in shown and re.search(r"Total.*156", shown, re.DOTALL)


VALUES = {
    "a network with letters": convcalc.load("vgg16").symbolic(),
    "a comparison": convcalc.load("vgg16").compare("vgg19"),
    "an explanation": convcalc.load("lenet5").explain("total"),
    "findings": convcalc.load("3x31x31 -> conv 8 k3 -> maxpool 2").lint(),
    "no findings": convcalc.load("vgg16").lint(),
    "solutions": convcalc.solve("3x224x224", "conv 64 k? s? p?", "64x112x112"),
    "a long run of solutions": convcalc.solve("resnet50", width="?", parameters="<= 100M"),
    "no solution": convcalc.solve("resnet50", width="?", parameters="<= 1M"),
    "a formula": convcalc.solve("conv k=K d=D p?"),
    "marks": convcalc.check("lenet5", {"C1": {"parameters": 150}}),
    "a number with letters": convcalc.load("vgg16").symbolic().macs,
    "a drawing": convcalc.load("lenet5").draw("graph"),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_everything_shows_itself_within_a_cell(value):
    shown = value._repr_html_()
    assert shown.startswith(('<div class="convcalc">', "<p>"))
    assert shown.count("<div") == shown.count("</div>") and "<script" not in shown and "<html" not in shown
    assert (
        "object at 0x" not in shown
        and "Poly(" not in shown
        and "None" not in re.sub(r"<svg.*</svg>", "", shown, flags=re.DOTALL)
    )


def test_all_values_of_a_long_run_are_said():
    assert re.search(r"width = 1 to \d+ \(\d+ values\)", VALUES["a long run of solutions"]._repr_html_())
    assert "width = 1" in str(VALUES["no solution"]) and not VALUES["no solution"].solved


def test_names_from_a_file_are_no_html():
    network = convcalc.load(text="name: <b>x</b>\ninput: 3x8x8\nlayers: [conv 8 k3, relu]")
    for shown in (network._repr_html_(), network.compare("lenet5")._repr_html_(), network.explain()._repr_html_()):
        assert "<b>x" not in shown


def test_names_from_a_file_do_not_drive_the_terminal():
    network = convcalc.load({"name": "a\x1b[31mb", "input": "3x9x9", "layers": [{"c\x1b]0;x\x07": "relu"}]})
    for value in (
        network,
        network.layers,
        network.layers[0],
        network.draw("graph"),
        network.explain(),
        network.compare("lenet5"),
    ):
        assert not {"\x1b", "\x07"} & {*repr(value)}
