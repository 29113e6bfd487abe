"""Numbers for the letters of a network: it fits with them, and who sets them gets the network."""

import re

import pytest

from convcalc.network.load import Choices, graph_and_report
from convcalc.problem import LINE, Problem, Source
from convcalc.render.pictures import PicturedNetwork, PictureOptions, draw
from convcalc.render.pictures.nominal import nominal_numbers

JOINT = "1xHxW -> conv 2 k3 -> flatten -> linear 5 in_features=128"  # (H − 2)·(W − 2) = 64


def pictured(network, **choices):
    return PicturedNetwork(*graph_and_report(network, Choices(**choices)))


@pytest.mark.parametrize("name", ["capsnet", "vgg16", "unet", "lenet5", "alexnet", "zfnet", "convnext_tiny"])
def test_a_network_fits_with_its_nominal_numbers(name):
    numbers = nominal_numbers(pictured(name, symbolic=True))
    sets = {letter: str(number) for letter, number in numbers.letters.items()}
    assert numbers.fit and not pictured(name, symbolic=True, sets=sets).report.errors


def test_sides_that_meet_a_condition_together_are_found():
    assert nominal_numbers(pictured(Source(LINE, JOINT))).letters == {"H": 10, "W": 10}


def test_where_no_equal_sides_do_it_is_said_and_no_numbers_are_advised():
    numbers = nominal_numbers(pictured(Source(LINE, JOINT.replace("128", "26"))))
    assert not numbers.fit and "which do not fit" in numbers.words
    assert not re.search("=[0-9]", numbers.cure("HW"))


def test_the_cure_of_memory_in_letters_works():
    with pytest.raises(Problem) as error:
        draw("memory", (pictured("capsnet", symbolic=True),), PictureOptions())
    sets = dict(re.findall(r"--set (\w+)=(\d+)", error.value.diagnostics[0].hint))
    assert draw("memory", (pictured("capsnet", symbolic=True, sets=sets),), PictureOptions()).width
