"""What the result of a layer keeps: the formula of each axis, and everything that it needs."""

import pytest

from convcalc.kinds import find
from convcalc.kinds.conventions import CONVENTIONS, SAME_STRIDE
from convcalc.kinds.pooling import CLIPPED_SIZE, without_dilation
from convcalc.layers.applied import Setting, apply
from convcalc.readers import shorthand
from convcalc.solving.layer import OpenLayer, question


def applied(text, shape, convention="pytorch"):
    written = shorthand.layer(text)
    values = shorthand.values_of(written.kind, dict(written.args), {})[0]
    return apply(Setting(written.kind, tuple(values.items()), written.dims), (shape,), CONVENTIONS[convention])


def test_every_axis_keeps_its_own_formula():
    """Height has no padding and windows that overlap: rounded up; width is padded: its last window is looked at."""
    sizes = find("avgpool").kind.sizes
    assert applied("avgpool 3 s2 p0x1 ceil=yes", (4, 6, 6)).sizes == (sizes["ceil"], without_dilation(CLIPPED_SIZE))


@pytest.mark.parametrize(
    "text, convention, padded",
    [
        ("conv 8 k3 p=same", "pytorch", "d*(k - 1)"),
        ("conv 8 k3 p1", "pytorch", ""),
        ("conv 8 k3 p=valid", "keras", ""),
        ("maxpool 3 s2 p=same", "keras", "max((ceil(n/s) - 1)*s + d*(k - 1) + 1 - n, 0)"),
    ],
)
def test_a_padding_word_keeps_its_formula(text, convention, padded):
    assert applied(text, (4, 9, 9), convention).padded == padded


@pytest.mark.parametrize(
    "known, open, convention",
    [
        ("conv 8 k3 s1 p=same", "conv 8 k3 s? p=same", "pytorch"),
        ("conv 8 k3 s2 p1", "conv 8 k? s2 p1", "textbook"),
        ("maxpool 3 s2 ceil=yes", "maxpool ? s2 ceil=yes", "pytorch"),
        ("avgpool 2 s2", "avgpool ? s2", "caffe"),
        ("tconv 8 k3 s2 p1", "tconv 8 k? s2 p1", "keras"),
    ],
)
def test_solve_asks_for_what_summary_asks_for(known, open, convention):
    layer = OpenLayer(question(open, (4, 9, 9), None, keeps=True, convention=convention))
    solved = layer.apply({layer.unknowns[0].letter: 3}, free=True)
    assert solved.needs == applied(known, (4, 9, 9), convention).needs


def test_solve_knows_that_same_refuses_a_stride():
    layer = OpenLayer(question("conv 8 k3 s? p=same", (4, 9, 9), None, keeps=True))
    assert SAME_STRIDE in layer.apply({"s": 2}, free=True).needs
