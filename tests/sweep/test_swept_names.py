"""What a swept name stands for, which names are letters, and why a network does not fit."""

from fractions import Fraction

import pytest
from sweep_by_points import points
from test_structures import axis

from convcalc.network.load import source_of, spec_of, summarise
from convcalc.problem import Problem, Source
from convcalc.spec.choices import Choices
from convcalc.sweep.network import swept
from convcalc.sweep.points import demand, meets
from convcalc.sweep.question import SweepQuestion
from convcalc.sweep.structures import notes_on, programs

TWO_INPUTS = """
input: {a: 3x32x32, b: 3x16x16}
layers: [{u: conv 8 k3 s2 p1, from: a}, {v: conv 8 k3 p1, from: b}, {add: , from: [u, v]}]
"""
KERAS = """
convention: keras
input: 40x32x3
layers: [conv 8 k3 s2, relu, conv 4 k3 same, maxpool 2, flatten, linear 5]
"""
BATCHED = "input: 16x3x32x32\nlayers: [conv2d 8 k3 s2, relu, maxpool 2]\n"
OWN_BATCH = "input: 3x32x32\nlet: {batch: 4}\nlayers: [conv batch k3]\n"
REPEATED = """
input: 3x32x32
let: {n: 3, c: 4, s: 1, b: yes, k: 3}
blocks: {unit: {params: {c: required}, layers: [conv c k3 p1, relu]}}
layers: [n x unit c, conv c k=k s=s bias=b p=k//2, globalavgpool]
"""


def network_of(text, *names):
    return swept(spec_of(Source("<text>", text) if "\n" in text or "->" in text else source_of(text)), Choices(), names)


def programs_of(text, *axes, columns=("parameters",)):
    return list(programs(network_of(text, *(each.names[0] for each in axes)), SweepQuestion(axes, columns)))


def test_a_variant_is_enumerated_though_its_first_value_is_the_usual_one():
    found = programs_of("resnet", axis("depth", "50", "18"), axis("width", 64, 32))
    assert [(each.fixed, each.names) for each in found] == [
        ({"depth": "50"}, ("width",)),
        ({"depth": "18"}, ("width",)),
    ]


def test_a_choice_is_found_by_its_number():
    found = programs_of("shufflenet_v2", axis("width", Fraction(1, 2), 2), columns=("macs",))
    assert [each.columns["macs"] for each in found] == [
        summarise("shufflenet_v2", Choices(sets={"width": text})).totals.macs for text in ("0.5", "2")
    ]


@pytest.mark.parametrize(
    ("axes", "structures", "letters"),
    [
        ((axis("n", 1, 2, 5), axis("c", 4, 9)), 3, ("c",)),
        ((axis("s", 1, 2), axis("c", 4, 9)), 1, ("s", "c")),
        ((axis("k", 1, 3, 5),), 1, ("k",)),
        ((axis("k", 0, 3), axis("c", 4, 9)), 2, ("c",)),
        ((axis("b", "yes", "no"), axis("c", 4, 9)), 2, ("c",)),
        ((axis("c", 4, 9), axis("batch", 1, 8)), 1, ("c", "batch")),
    ],
)
def test_what_is_a_letter(axes, structures, letters):
    found = programs_of(REPEATED, *axes)
    assert len(found) == structures and {each.names for each in found} == {letters}


def test_what_is_enumerated_is_said():
    axes = (axis("depth", "18", "34"), axis("width", 64, 128), axis("H", 64, 128), axis("dilate4", "no", "yes"))
    network = network_of("resnet", "depth", "width", "H", "dilate4")
    assert notes_on(network, SweepQuestion(axes, ("macs",))) == (
        "H is height and width of the input",
        "depth and dilate4 are enumerated: 4 structures, with closed forms of width and H",
    )


def test_structures_are_built_when_they_are_asked_for():
    axes = (axis("n", *range(1, 10**6)), axis("c", 4, 9))
    first = next(programs(network_of(REPEATED, "n", "c"), SweepQuestion(axes, ("parameters",))))
    assert first.fixed == {"n": 1}


def test_a_network_that_fits_nowhere_on_the_grid_has_its_forms():
    (found,) = programs_of("unet", axis("H", 8, 16, 100))
    assert not found.is_worked_singly
    for _, numbers in points(found):
        unmet = [need.words for need in found.needs if not meets(need.requirement, numbers)]
        assert unmet[0] == "H must be at least 188"


def test_what_fits_nowhere_says_why_once():
    (found,) = programs_of("3x32x32 -> conv C k3 -> dwconv nonsense=2", axis("C", *range(1, 1000)))
    assert found.needs[0].requirement.any_of == () and "nonsense" in found.needs[0].words


@pytest.mark.parametrize(
    ("text", "names", "sides", "notes"),
    [
        ("lenet5", ("H",), {"": ("1", "H", "H")}, ("H is height and width of the input",)),
        ("lenet5", ("H", "W"), {"": ("1", "H", "W")}, ()),
        ("lenet5", ("W",), {"": ("1", "32", "W")}, ()),
        (KERAS, ("H",), {"": ("3", "H", "32")}, ()),
        (BATCHED, ("W", "H"), {"": ("3", "H", "W")}, ()),
        (TWO_INPUTS, ("H2", "W2"), {"b": ("3", "H2", "W2")}, ()),
        (OWN_BATCH, ("batch",), {}, ("batch is the network's own name",)),
        ("efficientnet", ("H",), {"": ("3", "H", "H")}, ("H is height and width of the input",)),
        ("efficientnet", ("resolution",), {}, ()),
    ],
)
def test_the_sides_of_inputs(text, names, sides, notes):
    found = network_of(text, *names)
    assert (found.sides, found.notes) == (sides, notes)


def test_the_batch_of_a_shape_is_that_of_the_memory():
    assert network_of(BATCHED, "H").memory_at({}) == {"batch": 16, "act_bits": 32, "weight_bits": 32}
    assert network_of(OWN_BATCH, "batch").memory_at({"batch": 8})["batch"] == 1


@pytest.mark.parametrize(
    ("axes", "message", "hint"),
    [
        ((axis("clases", 3),), "--over clases: there is no such name", 'did you mean "classes"?'),
        ((axis("Q", 3),), "--over Q: there is no such name", "H, W"),
        ((axis("depth", 18, 19),), '--over depth=19: there is no depth "19"', "one of 18, 34"),
        ((axis("act_bits", 0, 8),), "--over act_bits=0: it is a whole number above 0", "act_bits=8"),
    ],
)
def test_what_is_no_name_or_no_value_of_it(axes, message, hint):
    with pytest.raises(Problem) as caught:
        programs_of("resnet", *axes)
    assert str(caught.value) == message and hint in caught.value.diagnostics[0].hint


def test_what_a_network_has_not_has_no_column_and_is_not_compared():
    (found,) = programs_of("784 -> linear F", axis("F", 4), columns=("parameters", "receptive_field"))
    assert list(found.columns) == ["parameters"]


@pytest.mark.parametrize("name", ["memory_peak", "memory_mcunet", "weights", "flops", "output_width", "rf_stride"])
def test_receptive_fields_ask_for_more_than_other_quantities(name):
    (found,) = programs_of("lenet5", axis("H", 32, 64), columns=(name,))
    assert bool(found.exact) == (name == "rf_stride")


def test_a_program_is_read_anew_at_every_value(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(
        "import torch.nn as nn\nclass Net(nn.Module):\n"
        "    def __init__(self, width=8):\n        super().__init__()\n        self.c = nn.Conv2d(3, width, 3)\n"
        "    def forward(self, x):\n        return self.c(x)\n"
    )
    axes = (axis("width", 8, 16), axis("H", 2, 32), axis("batch", 1, 2))
    choices = Choices(inputs={"": "3x32x32"})
    sweep = swept(spec_of(source_of(str(path)), choices), choices, ("width", "H", "batch"))
    asked = ("parameters", "memory")
    found = list(programs(sweep, SweepQuestion(axes, asked)))
    assert [(each.names, len(each.needs)) for each in found] == [(("batch",), 1), (("batch",), 0)] * 2
    assert sweep.outcome({"width": 16, "H": 32, "batch": 2}, asked) == {
        "parameters": 448, "memory": 16 * 30 * 30 * 2 * 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("H is at least 5", "H must be at least 5"),
        ("h divides 64", "h must divide 64"),
        ("2·K ≤ H", "2·K ≤ H must hold"),
    ],
)
def test_what_is_needed_is_told_as_a_demand(words, told):
    assert demand(words) == told
