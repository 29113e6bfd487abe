"""What has changed in a network, line by line."""

import pytest

from convcalc.network.load import summarise_text
from convcalc.render.comparing.changes import MAX_LAYERS, change_lines

LENET = "input: 1x32x32\nlayers: [c1: conv 6 k5, relu, maxpool 2, flatten, fc: linear 10]"
CASES = [
    ("nothing", ("", ""), []),
    ("a name alone", ("c1:", "c2:"), []),
    ("a layer more", ("relu, ", "relu, dropout, "), ["  layers  5  → 6  (+1)", "  + dropout1  dropout"]),
    ("a layer less", ("relu, ", ""), ["  layers  5  → 4  (−1)", "  − relu1  relu"]),
    ("another kind", ("relu", "tanh"), ["    relu1 → tanh1  relu → tanh"]),
    ("without biases", ("10]", "10 bias=no]"), ["  parameters  11,926  → 11,916  (−10)",
     "    fc  linear 10 → linear 10 bias=no, 11,770 → 11,760 parameters"]),
    ("an input", ("32x32", "30x30"), ["  input        1×32×32  → 1×30×30"]),
    ("letters", ("1x32x32", "1xHxH"), ["  input  1×32×32  → 1×H×H"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "lines"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_has_changed(change, lines):
    found = "".join(change_lines(summarise_text(LENET), summarise_text(LENET.replace(*change)))).splitlines()
    assert {" ".join(line.split()) for line in lines} <= {" ".join(line.split()) for line in found}
    assert bool(lines) == bool(found)


def test_in_ascii_it_is_ascii():
    found = "".join(change_lines(summarise_text(LENET), summarise_text(LENET.replace("6 k5", "4 k3")), False))
    assert found.isascii() and "conv 6 k5 -> conv 4 k3" in found and "(-" in found


def test_many_layers_are_counted():
    before, after = (summarise_text(f"{{input: 3x8x8, layers: [40 x conv {n} k1]}}") for n in (3, 4))
    *listed, last = change_lines(before, after)
    assert last == "  and 20 layers more\n" and sum("conv 3 k1" in line for line in listed) == MAX_LAYERS
