"""Formulas in the letters that people use, in plain signs and in LaTeX, against those of the records."""

import pytest

from convcalc.marking.reading import Unreadable
from convcalc.marking.symbolic import compare_formula, formula

RIGHT, WRONG = True, False
ROWS = [
    ("conv macs", "H_out*W_out*k*k*C_in*C_out", RIGHT),
    ("conv macs", "H_out × W_out × k × k × C_in × C_out", RIGHT),
    ("conv macs", "H_out*H_in*k*k*C_in*C_out", WRONG),
    ("conv macs", "D_K*D_K*M*N*D_F*D_F", RIGHT),
    ("conv macs", "k_h*k_w*C_in*C_out*H_o*W_o", RIGHT),
    ("conv macs", "H_out*W_out*C_in*C_out", WRONG),
    ("dwconv parameters", "(k*k+1)*c", RIGHT),
    ("dwconv parameters", "k*k*c + c", RIGHT),
    ("dwconv parameters", "(k*k+1)*c*c", WRONG),
    ("dwconv parameters", "m*c*(k*k+1)", RIGHT),
    ("sepconv parameters", "k*k*c + c*f + f", RIGHT),
    ("sepconv parameters", "k*k*c + c*f + c", WRONG),
    ("sepconv parameters", "k*k*C_in + C_in*C_out + C_out", RIGHT),
    ("maxpool output", "(W-F)/S+1", RIGHT),
    ("maxpool output", "floor((W-F+2P)/S)+1", RIGHT),
    ("maxpool output", "(W-F)/S", WRONG),
    ("conv output", "(W-F)/S+1", WRONG),
    ("conv output", "(W - F + 2P)/S + 1", RIGHT),
    ("conv receptive_field", "r + (k-1)*j", RIGHT),
    ("conv receptive_field", "r_in + (k-1)*d*j_in", RIGHT),
    ("conv receptive_field", "r0 + (K-1)*S", RIGHT),
    ("conv receptive_field", r"r_{l-1} + (k_l - 1) \cdot j_{l-1}", RIGHT),
    ("conv receptive_field", "r + k*j", WRONG),
    ("conv receptive_field", "r + (k-1)*j*s", WRONG),
    ("conv receptive_field", "r + (k-1)", WRONG),
    ("linear parameters", "in*out + out", RIGHT),
    ("linear parameters", "in*out + in", WRONG),
    ("linear parameters", "(in+1)*out", RIGHT),
    ("linear macs", "in*out", RIGHT),
    ("linear parameters", "n*m+m", RIGHT),
    ("conv output", r"\lfloor \frac{W-K+2P}{S} \rfloor + 1", RIGHT),
    ("conv output", r"$\left\lfloor \frac{W - K + 2 \cdot P}{S} \right\rfloor + 1$", RIGHT),
    ("conv output", r"W_{out} = \left\lfloor\dfrac{W_{in} + 2p - k}{s}\right\rfloor + 1", RIGHT),
    ("conv output", r"\lfloor \frac{W-K+P}{S} \rfloor + 1", WRONG),
    ("conv parameters", r"(F \times F \times C_{in} + 1) \times C_{out}", RIGHT),
    ("conv parameters", r"(F \times F \times C_{\text{in}} + 1) K", RIGHT),
    ("conv parameters", "(3x3xC + 1)*K", WRONG),
    ("batchnorm parameters", "2*C", RIGHT),
    ("batchnorm parameters", "4C", WRONG),
    ("tconv output", "S(n-1) + k - 2p", RIGHT),
    ("conv output", "floor((h - k_h + 2*p_h)/s_h) + 1", RIGHT),
]


@pytest.mark.parametrize(("asked", "text", "verdict"), ROWS)
def test_a_formula_is_right_if_its_letters_can_consistently_be_ours(asked, text, verdict):
    kind, quantity = asked.split()
    assert (compare_formula(text, kind, quantity) is not None) is verdict


@pytest.mark.parametrize(
    ("text", "note"),
    [("r0 + (K-1)*S", "read.stride_product"), ("r + (k-1)*j", ""), ("r + d(k - 1) j_in", "")],
)
def test_a_stride_that_has_to_be_that_of_all_layers_is_remarked(text, note):
    assert compare_formula(text, "conv", "receptive_field")[0] == note


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (r"\lfloor \frac{W-K+2P}{S \rfloor + 1", r'at "\frac{W-K+2P}{S \rfl"'),
        ("(W - K + 2P/S + 1", 'the "(" of "(W - K + 2P/S + 1" is not closed'),
        ("(W - K + 2P))/S + 1", 'the ")" after "(W - K + 2P)" closes nothing'),
        ("(W - K +* 2P)/S + 1", 'at "W-K+*"'), ("(W - K + 2P)/", 'at the end, "*P)/"'), ("W & 3", 'at "&"'),
    ],
)  # fmt: skip
def test_where_a_formula_cannot_be_read(text, where):
    with pytest.raises(Unreadable) as caught:
        formula(text)
    assert (caught.value.code, caught.value.where) == ("read.formula", where)


def test_a_letter_that_means_nothing_is_named():
    with pytest.raises(Unreadable) as caught:
        compare_formula("(W - Q + 2P)/S + 1", "conv", "output")
    assert (caught.value.code, caught.value.where) == ("read.letter", '"Q"')
