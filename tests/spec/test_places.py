"""A Spec is records: a reader of any form makes one, and what is wrong is told where that reader says it is."""

import pytest

from convcalc.kinds import find
from convcalc.network.load import graph_of, summarise_spec
from convcalc.problem import Mark, Source
from convcalc.spec import LayerItem, Place, Spec, WrittenLayer

SOURCE = Source("net.py", "stem = Conv2d(\n    3, 8,\n    kernel_size=K,\n)\n")


def made(kernel):
    """A network of one layer, as a reader of Python would make it: the layer is on line 1, its kernel on line 3."""
    place = Place(1, 8, 6, values=lambda: (("kernel", Place(3, 5, 13)),))
    layer = LayerItem(WrittenLayer(find("conv").kind, 2, (("filters", "8"), ("kernel", kernel))), "stem", place)
    inputs = (("input", "3x32x32", Place(1, 1)),)
    return Spec(SOURCE, inputs=inputs, items=(layer,))


def test_a_network_needs_no_text():
    report = summarise_spec(made("5"))
    assert (report.output, [layer.name for layer in report.layers]) == ((8, 28, 28), ["stem"])


@pytest.mark.parametrize(
    ("kernel", "code", "mark"),
    [
        pytest.param("0", "V002", Mark(SOURCE, 3, 5, 13), id="a value is told where it is"),
        pytest.param("K", "N001", Mark(SOURCE, 3, 5, 13), id="so is a name that is none"),
        pytest.param("33", "C001", Mark(SOURCE, 1, 8, 6), id="what does not fit is told at its layer"),
    ],
)
def test_an_error_is_where_the_reader_says(kernel, code, mark):
    (found,) = graph_of(made(kernel)).diagnostics
    assert (found.code, found.mark) == (code, mark)


def test_a_part_of_a_text_is_that_many_characters_in():
    quoted = Place(4, 3, 12, inset=1)
    assert quoted.part(0, 5) == Place(4, 4, 5) and quoted.part(6, 0) == Place(4, 10, 1)
    assert Place(4, 3, 12).part(0, 5) == Place(4, 3, 12)
