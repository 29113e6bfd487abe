"""Networks as values: what `convcalc.load` gives, and what a notebook shows of it."""

import subprocess
import sys

import pytest

import convcalc


def test_a_network_says_what_it_is():
    assert repr(convcalc.load("vgg16")) == ("<VGG-16: 3×224×224 → 1000, 138,357,544 parameters, 15,470,264,320 MACs>")
    network = convcalc.load("3x32x32 -> conv 10 k5 p2")
    assert network.output == (10, 32, 32) and network.totals.parameters == 760


def test_inputs_and_names_have_other_values():
    assert convcalc.load("vgg16", input="3x64x64").report.inputs == {"input": (3, 64, 64)}
    halved, usual = (
        convcalc.load(text="let: {w: 8}\ninput: 3x8x8\nlayers: [conv w k3]", **sets) for sets in ({"w": 4}, {})
    )
    assert halved.output == (4, 6, 6) and usual.output == (8, 6, 6)
    assert "H" in repr(convcalc.load("vgg16", symbolic=True))


@pytest.mark.parametrize(
    "network, said", [("vgg61", "vgg16"), ("3x4x4 -> conv 8 k7", "7"), ("3x4x4 -> cnov 8", "conv")]
)
def test_what_is_wrong_is_a_problem(network, said):
    with pytest.raises(convcalc.Problem) as error:
        convcalc.load(network)
    first = error.value.diagnostics[0]
    assert said in f"{first.message} {first.hint}"


def test_a_notebook_shows_a_network_with_its_volumes_and_its_table():
    shown = convcalc.load("lenet5-lecture")._repr_html_()
    assert shown.count("<svg") == 1 and shown.count("<table") == 1
    assert "1,256,080" in shown and "<script" not in shown and "<html" not in shown


def test_a_long_network_has_a_row_for_each_block():
    shown = convcalc.load("resnet50")._repr_html_()
    assert "layer1" in shown and "layer1.0" not in shown.partition("<table")[2] and "25,557,032" in shown


def test_a_notebook_shows_a_layer_with_its_windows_and_its_arithmetic():
    shown = convcalc.load("3x32x32 -> conv 10 k5 p2")._repr_html_()
    assert shown.count("<svg") == 1 and "<math" in shown and "760" in shown


def test_a_layer_without_windows_has_its_arithmetic():
    shown = convcalc.load("120 -> linear 84")._repr_html_()
    assert "<svg" not in shown and "10,164" in shown


def test_pictures_are_drawn():
    network = convcalc.load("lenet5-lecture")
    assert network.draw("bars", theme="dark").startswith("<svg")
    assert network.draw("volumes", "pdf").startswith(b"%PDF")
    with pytest.raises(convcalc.Problem, match="no say"):
        network.draw("bars", steps=True)
    for wrong in (("bar",), ("graph", "dot"), ("bars", "svg", "drak")):
        with pytest.raises(convcalc.Problem, match=f'there is no "{wrong[-1]}"'):
            network.draw(*wrong)


def test_to_import_the_package_imports_nothing_of_it():
    program = "import sys, convcalc\nprint([name for name in sys.modules if name.startswith('convcalc.')])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_package_has_nothing_else():
    with pytest.raises(AttributeError, match="lode"):
        convcalc.lode  # noqa: B018
