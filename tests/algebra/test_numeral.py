"""Numbers as people write them, against Python's own fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.algebra.expr import ExprError, evaluate
from convcalc.algebra.parser import amount, numeral, parse
from convcalc.layers.values import plain_zeros
from convcalc.network.load import summarise, summarise_text
from convcalc.spec.choices import Choices


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("010", 10, id="leading zeros"),
        pytest.param("61,706", 61706, id="groups of three"),
        pytest.param("1,061,706.5", Fraction(2123413, 2), id="groups before a point"),
        pytest.param("0.5", Fraction(1, 2), id="a half"),
        pytest.param("0.35", Fraction(7, 20), id="no binary fraction"),
        pytest.param("1.4", Fraction(7, 5), id="above one"),
        pytest.param(".5", Fraction(1, 2), id="without its zero"),
        pytest.param("2.", 2, id="without its places"),
        pytest.param("64.0", 64, id="whole in decimals"),
        pytest.param("1e-3", Fraction(1, 1000), id="a negative power of ten"),
        pytest.param("1.5E+3", 1500, id="a power of ten"),
        pytest.param("1e500", 10**500, id="a large power of ten"),
        *(
            pytest.param(text, None, id=f"no number: {text or 'nothing'}")
            for text in ("", ".", "e3", "1e", "1e+", "50%", "1,5", "1,0000", "1.2.3", "0x10", "1_000", "-1", "٣", "1 0")
        ),
    ],
)
def test_a_numeral_is_read_exactly(text, expected):
    assert numeral(text) == expected
    assert type(numeral(text)) is type(expected)


@given(st.from_regex(r"[0-9]{1,20}(\.[0-9]{0,20})?(e[+-]?[0-9]{1,2})?", fullmatch=True))
def test_a_decimal_is_the_fraction_it_is_written_as(text):
    assert numeral(text) == Fraction(text)
    assert evaluate(parse(plain_zeros(f"({text})/3")), {}) == Fraction(text) / 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5M", 5 * 10**6), ("1.5g", 15 * 10**8), ("1_000", 1000), ("1e6", 10**6), ("0.5k", 500), ("2", 2), ("1,5M", None),
     ("M", None), ("-1", None), ("nan", None), ("inf", None)],
)  # fmt: skip
def test_an_amount_has_a_unit(text, expected):
    assert amount(text) == expected


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999", "9" * 101, "9" * 100_000, "0." + "3" * 200])
def test_a_number_that_is_too_long_is_not_computed(text):
    with pytest.raises(ExprError, match="digits"):
        numeral(text)
    with pytest.raises(ExprError):
        amount(text + "M")


@pytest.mark.parametrize(
    ("width", "parameters"),
    [
        # torchvision's mobilenet_v2(width_mult=…), whose channels are int(v + 4)//8*8, and 8 more where that is below 0.9·v.
        pytest.param("0.35", 1_677_128, id="0.35"),
        pytest.param("0.5", 1_968_680, id="0.5"),
        pytest.param("1/2", 1_968_680, id="1/2"),
        pytest.param("0.75", 2_636_424, id="0.75"),
        pytest.param("1.0", 3_504_872, id="1.0"),
        pytest.param("1.4", 6_108_776, id="1.4"),
    ],
)
def test_a_width_multiplier_is_exact(width, parameters):
    report = summarise("mobilenet_v2", Choices(sets={"width": width}))
    assert not report.errors
    assert report.totals.parameters == parameters


@pytest.mark.parametrize(
    "layer", ["conv 32*0.25 k3", "conv: {filters: 0.5*16, kernel: 6/2}", "conv wide*2 k3", "conv 16*quarter+4 k3.0"]
)
def test_decimals_are_exact_in_layers_and_names(layer):
    report = summarise_text(f"input: 3x8x8\nlet: {{wide: 4.0, quarter: 0.25}}\nlayers:\n  - {layer}\n")
    assert not report.errors
    assert report.output == (8, 6, 6)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("conv 7*0.5 k3", "filters must be a whole number, not 7/2"),
        ("conv 8 k=2.5", "kernel must be a whole number, not 5/2"),
        ("maxpool 2 s=wide", "stride must be a whole number, not 1/2"),
        ("wide x relu", "1/2 is not a whole number"),
        ("zeropad 0.5", "amount must be a whole number, not 1/2"),
    ],
)
def test_where_a_whole_number_is_needed_a_fraction_is_an_error(layer, said):
    report = summarise_text(f"input: 3x8x8\nlet: {{wide: 0.5}}\nlayers:\n  - {layer}\n")
    (error,) = report.errors
    assert said in error.message
    assert error.mark is not None and error.mark.line == 4
