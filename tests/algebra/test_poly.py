"""Symbolic integers: known normal forms, and random formulas against plain arithmetic and sympy."""

import copy
import operator
import pickle
import subprocess
import sys
from fractions import Fraction
from functools import reduce
from math import gcd

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from convcalc.algebra.bounds import extremum, is_nonnegative, least
from convcalc.algebra.expr import (
    ExprError,
    Extremum,
    Mul,
    Neg,
    Power,
    Ratio,
    Sum,
    divide,
    evaluate,
    is_fraction,
    is_number,
    is_symbolic,
    sum_of,
)
from convcalc.algebra.limits import UNLIMITED, TooInvolved, budget, lowest_terms
from convcalc.algebra.monomial import Floor
from convcalc.algebra.notation import to_tree, write
from convcalc.algebra.parser import parse
from convcalc.algebra.poly import Poly, symbol
from convcalc.algebra.substitution import substitute, symbols

NAMES = ("a", "b", "c")
SYMBOLS = {name: symbol(name) for name in (*NAMES, *"nmskpHWCKPS")}
H, W, C, n, s, k, p = (SYMBOLS[name] for name in "HWCnskp")


def value(text):
    return evaluate(parse(text), SYMBOLS)


def conv(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


# Networks.


def vgg(size):
    for _ in range(5):
        size = conv(conv(conv(size, 3, 1, 1), 3, 1, 1), 2, 2)
    return size


def resnet_stem(size):
    return conv(conv(size, 7, 2, 3), 3, 2, 1)


def resnet(size):
    size = resnet_stem(size)
    for stride in (1, 2, 2, 2):
        size = conv(conv(size, 3, stride, 1), 3, 1, 1)
    return size


def alexnet(size):
    size = conv(conv(size, 11, 4, 2), 3, 2)
    size = conv(conv(size, 5, 1, 2), 3, 2)
    for _ in range(3):
        size = conv(size, 3, 1, 1)
    return conv(size, 3, 2)


def lenet(size):
    return conv(conv(conv(conv(size, 5), 2, 2), 5), 2, 2)


NETWORKS = [
    pytest.param(vgg, "floor(H/32)", 224, 7, id="VGG's five poolings are one division by 32"),
    pytest.param(resnet_stem, "floor((H + 3)/4)", 224, 56, id="a ResNet's stem rounds up to quarters"),
    pytest.param(resnet, "floor((H + 31)/32)", 224, 7, id="a whole ResNet rounds up to 32nds"),
    pytest.param(alexnet, "floor((H + 1)/32) - 1", 224, 6, id="AlexNet's features lose a border"),
    pytest.param(lenet, "floor(H/4) - 3", 32, 5, id="LeNet's two valid blocks"),
]


@pytest.mark.parametrize(("network", "text", "size", "output"), NETWORKS)
def test_a_network_has_the_published_size_in_normal_form(network, text, size, output):
    assert to_tree(network(H)) == parse(text)
    assert network(H) == value(text)
    assert network(size) == output


NORMAL_FORMS = [
    # arithmetic
    pytest.param("(H + 1)*(H - 1)", "(H - 1)*(H + 1)", id="a product is multiplied out, and written in factors"),
    pytest.param("H - H", "0", id="what cancels is the number 0"),
    pytest.param("3*C*9*C", "27*C**2", id="powers are collected"),
    pytest.param("2*P - K + W", "W + 2*P - K", id="a plus comes first"),
    pytest.param("3 - H", "3 - H", id="a plus comes first even when it is a constant"),
    pytest.param("5 + H - 3*H**2 + H**2*W", "H**2*W - 3*H**2 + H + 5", id="the degree descends"),
    pytest.param("-H - W", "-H - W", id="only minuses"),
    pytest.param("3*H/2", "3*H/2", id="a fraction is one ratio"),
    pytest.param("H/2 + 1/2", "(H + 1)/2", id="one ratio a denominator"),
    pytest.param("H/2 + H/2", "H", id="halves add up to a whole"),
    # exact quotients
    pytest.param("K*C/C", "K", id="a symbol cancels"),
    pytest.param("(W - K + 2*P)/S + 1", "(W + 2*P - K)/S + 1", id="a quotient by a symbol stays one"),
    pytest.param("H/(C + 1)*(C + 1)", "H", id="a sum cancels"),
    pytest.param("(H*C + H)/(2*C + 2)", "H/2", id="a sum with a content cancels"),
    pytest.param("H/(1 - C) + H/(C - 1)", "0", id="divisors that differ in sign"),
    pytest.param("1/(1/(C + 1))", "C + 1", id="twice the inverse"),
    pytest.param("(H + W)/(1/(C + 1))", "(C + 1)*(H + W)", id="an inverse sum divides every term"),
    pytest.param("H/(C/(C + W))", "H*W/C + H", id="a quotient divides"),
    pytest.param("(C**2 - 1)/(C + 1)", "C - 1", id="a polynomial is divided"),
    pytest.param("C/(C + 1) + 1/(C + 1)", "1", id="quotients of the same sum add up"),
    pytest.param("(1/(C + 1))**2 + 1", "1/(C + 1)/(C + 1) + 1", id="a square of a sum divides twice"),
    # floors by a number
    pytest.param("floor((4*H + 9)/4)", "H + 2", id="multiples leave the floor"),
    pytest.param("floor((6*H + 9)/4)", "H + floor(H/2) + 2", id="6H + 9 over 4 keeps the half alone"),
    pytest.param("floor((2*H + 5)/6)", "floor((H + 2)/3)", id="a common factor leaves the floor"),
    pytest.param("floor((floor(H/2) + 1)/3)", "floor((H + 2)/6)", id="nested floors merge"),
    pytest.param("floor((H - 1)/4)", "floor((H + 3)/4) - 1", id="the constant is between 0 and the divisor"),
    pytest.param("ceil(H/4)", "floor((H + 3)/4)", id="a ceiling is a floor"),
    pytest.param("ceil(3*H/4)", "floor((3*H + 3)/4)", id="a ceiling of a multiple is a floor"),
    pytest.param("floor(-H/4)", "-floor((H + 3)/4)", id="a floor of a negative is a ceiling"),
    pytest.param("floor(H/-4)", "-floor((H + 3)/4)", id="a negative divisor"),
    pytest.param("floor(H/2 + 1/3)", "floor(H/2)", id="fractions are cleared"),
    pytest.param("floor(floor(H/2)*2/4)", "floor(H/4)", id="up by 2 and down by 4 is down by 2"),
    pytest.param("floor(3*floor(H/2)/2)", "floor(H/2) + floor(H/4)", id="up by 3 and down by 2 splits"),
    pytest.param("floor(3*floor(H/2)/4)", "floor(3*floor(H/2)/4)", id="up by 3 and down by 4 stays nested"),
    pytest.param("floor(floor(H/2)*floor(W/2)/2)", "floor(floor(H/2)*floor(W/2)/2)", id="a product stays inside"),
    # floors by symbols
    pytest.param("floor((3*s + n)/s)", "floor(n/s) + 3", id="whole multiples of a symbol leave the floor"),
    pytest.param("floor(s*n/s)", "n", id="a symbol cancels under a floor"),
    pytest.param("floor((n*s + n)/(s + 1))", "n", id="a sum cancels under a floor"),
    pytest.param("floor((2*n + 3)/(2*s))", "floor((n + 1)/s)", id="a common factor with a symbolic divisor"),
    pytest.param("floor((s - 1)/s)", "0", id="less than the divisor is 0"),
    pytest.param("floor(1/(s + 1))", "0", id="1 over more than 1 is 0"),
    pytest.param("floor(1/s)", "floor(1/s)", id="1 over a symbol may be 1"),
    pytest.param("floor(-1/s)", "-1", id="just below 0"),
    pytest.param("floor((n - k)/s)", "floor((n - k)/s)", id="a kernel's letter keeps its minus"),
    pytest.param("ceil((n - k + 1)/s)", "floor((n - k)/s) + 1", id="a ceiling of symbols is a floor"),
    pytest.param("ceil((W - K + 2*P + 1)/S)", "floor((W + 2*P - K)/S) + 1", id="the textbook's two forms agree"),
    pytest.param("floor(floor(n/2)/s)", "floor(n/(2*s))", id="numbers merge with symbols"),
    pytest.param("floor(floor(n/s)/2)", "floor(n/(2*s))", id="symbols merge with numbers"),
    pytest.param("floor((n - k)/s + 1)", "floor((n - k)/s) + 1", id="the 1 may stand inside"),
    pytest.param("floor(n/(k - 5))", "floor(n/(k - 5))", id="a divisor of unknown sign stays"),
    pytest.param("floor(-n/(k - 5))", "floor(-n/(k - 5))", id="no ceiling by a divisor of unknown sign"),
    pytest.param("floor(floor(n/2)/(k - 5))", "floor(floor(n/2)/(k - 5))", id="no merging by an unknown sign"),
    pytest.param("floor((2*n + 1)/(2*k - 10))", "floor((2*n + 1)/(2*k - 10))", id="no factor by an unknown sign"),
    pytest.param("floor(min(H, W)/(k - 5))", "floor(min(H, W)/(k - 5))", id="no minimum by an unknown sign"),
    pytest.param("floor(min(C/W, 1/H)/(k - 5))", "floor(min(C/W, 1/H)/(k - 5))", id="nor a minimum of fractions"),
    # extrema
    pytest.param("min(H, H + 1)", "H", id="a constant apart"),
    pytest.param("max(H, 1)", "H", id="every symbol is at least 1"),
    pytest.param("max(H, C*H, 0)", "C*H", id="every factor is at least 1"),
    pytest.param("min(floor((H + 1)/2), floor(H/2))", "floor(H/2)", id="a floor is monotone"),
    pytest.param("max(floor(H/2) + 1, floor((H + 2)/2))", "floor(H/2) + 1", id="equal options are one"),
    pytest.param("min(floor((H + 7)/s) + 1, floor((H + 2)/s))", "floor((H + 2)/s)", id="monotone in any divisor"),
    pytest.param("min(min(H, W), C, min(W, 4))", "min(C, H, W, 4)", id="nested minima are one"),
    pytest.param("min(W, H) - min(H, W)", "0", id="the order of options is free"),
    pytest.param("min(H + 2, W + 2)", "min(H, W) + 2", id="what the options share stands outside"),
    pytest.param("min(6*H, 4*W)", "2*min(3*H, 2*W)", id="a common factor stands outside"),
    pytest.param("max(H - 5, 0)", "max(H, 5) - 5", id="no option has a negative constant"),
    pytest.param("floor(min(H, 7)/2)", "min(floor(H/2), 3)", id="a floor goes into a minimum"),
    pytest.param("floor(-min(H, 7)/2)", "-min(floor((H + 1)/2), 4)", id="a ceiling goes into a minimum"),
    pytest.param("floor((H + W)/(H + min(H, W)))", "floor((W - min(H, W))/(H + min(H, W))) + 1", id="a minimum below"),
    pytest.param("floor(min(H, 1)/2)", "0", id="a minimum decided before the floor"),
    pytest.param("floor(min(H, 3)/4)", "0", id="a minimum decided by the floor"),
]


@pytest.mark.parametrize(("text", "expected"), NORMAL_FORMS)
def test_normal_form(text, expected):
    assert value(text) == value(expected)
    assert write(value(text), "ascii") == write(parse(expected), "ascii")


UNEQUAL = [
    pytest.param("floor(H/32)", "floor((H + 31)/32)", id="they differ unless 32 divides"),
    pytest.param("2*floor(H/2)", "H", id="an odd size loses a row"),
    pytest.param("floor(2*H/3)", "2*floor(H/3)", id="a factor does not leave a floor"),
    pytest.param("floor((H + W)/2)", "floor(H/2) + floor(W/2)", id="a sum does not leave a floor"),
    pytest.param("min(H, W)", "max(H, W)", id="least and greatest"),
    pytest.param("H/C", "C/H", id="a quotient and its inverse"),
]


@pytest.mark.parametrize(("left", "right"), UNEQUAL)
def test_different_functions_differ(left, right):
    assert value(left) != value(right)
    letters = {"H": 5, "W": 3, "C": 2}
    assert reckon(parse(left), letters) != reckon(parse(right), letters)


# Random formulas against plain arithmetic.


def reckon(tree, letters):
    """The oracle: the same tree in Fractions, with Python's own min and max."""
    match tree:
        case int():
            return Fraction(tree)
        case str():
            return Fraction(letters[tree])
        case Sum(terms):
            return sum((reckon(term, letters) for term in terms), Fraction(0))
        case Mul(factors):
            product = Fraction(1)
            for factor in factors:
                product *= reckon(factor, letters)
            return product
        case Neg(term):
            return -reckon(term, letters)
        case Power(base, exponent):
            return reckon(base, letters) ** exponent
        case Ratio(top, bottom, rounding):
            quotient = reckon(top, letters) / reckon(bottom, letters)
            return {"": quotient, "floor": Fraction(quotient // 1), "ceil": -Fraction(-quotient // 1)}[rounding]
        case Extremum(name, options):
            return {"min": min, "max": max}[name](reckon(option, letters) for option in options)
    raise TypeError(tree)


def trees(divisors, rationals=True):
    leaves = st.one_of(st.sampled_from(NAMES), st.integers(-9, 9))
    roundings = ("", "floor", "ceil") if rationals else ("floor", "ceil")

    def grow(inner):
        bottom = st.one_of(st.sampled_from((2, 3, 4, 6, 8, -2)), *([inner] if divisors else []))
        return st.one_of(
            st.builds(lambda x, y: Sum((x, y)), inner, inner),
            st.builds(lambda x, y: Sum((x, Neg(y))), inner, inner),
            st.builds(lambda x, y: Mul((x, y)), inner, inner),
            st.builds(lambda x, y, rounding: Ratio(x, y, rounding), inner, bottom, st.sampled_from(roundings)),
            st.builds(lambda x, y: Ratio(x, y, "floor"), inner, st.sampled_from((2, 3, 4))),
            st.builds(lambda name, x, y: Extremum(name, (x, y)), st.sampled_from(("min", "max")), inner, inner),
            st.builds(lambda x: Power(x, 2), inner),
        )

    return st.recursive(leaves, grow, max_leaves=9)


LETTERS = st.fixed_dictionaries({name: st.integers(1, 40) for name in NAMES})
FORMULAS = st.one_of(trees(divisors=False), trees(divisors=True), trees(divisors=False, rationals=False))


def symbolic(tree):
    """The value of a tree for all symbols, where no divisor vanishes for all of them."""
    try:
        return evaluate(tree, SYMBOLS)
    except (ExprError, ZeroDivisionError):
        assume(False)


def sampled(tree, letters):
    try:
        return reckon(tree, letters)
    except ZeroDivisionError:
        assume(False)


@given(FORMULAS, LETTERS)
def test_symbols_with_numbers_put_in_give_what_the_numbers_give(tree, letters):
    expected = sampled(tree, letters)
    assert substitute(symbolic(tree), letters) == expected


@given(FORMULAS, LETTERS)
def test_putting_in_one_symbol_at_a_time_gives_the_same(tree, letters):
    expected = sampled(tree, letters)
    result = symbolic(tree)
    for name in NAMES:
        try:
            result = substitute(result, {name: letters[name]})
        except (ExprError, ZeroDivisionError):
            assume(False)
        assert name not in symbols(result)
    assert result == expected


@given(FORMULAS, LETTERS)
def test_a_printed_value_reads_back_with_the_same_value(tree, letters):
    """Reading may decide more than the first time, an extremum say, so it is the values that must agree."""
    expected = sampled(tree, letters)
    assert substitute(evaluate(to_tree(symbolic(tree)), SYMBOLS), letters) == expected


@given(FORMULAS, LETTERS)
def test_what_is_printed_can_be_typed(tree, letters):
    expected = sampled(tree, letters)
    for shown in (tree, symbolic(tree)):
        assert substitute(evaluate(parse(write(shown)), SYMBOLS), letters) == expected


@given(FORMULAS)
def test_a_value_without_symbols_is_a_plain_number_in_lowest_terms(tree):
    result = symbolic(tree)
    assert isinstance(result, Poly) == bool(symbols(result))
    numbers = result.terms.values() if isinstance(result, Poly) else ()
    assert all(number and (type(number) is int or number.denominator > 1) for number in numbers)


@given(FORMULAS, st.lists(LETTERS, min_size=1, max_size=5))
def test_a_proved_sign_and_a_proved_bound_hold_for_samples(tree, samples):
    result = symbolic(tree)
    sign, low = is_nonnegative(result), least(result)
    for letters in (*samples, dict.fromkeys(NAMES, 1)):
        try:
            number = reckon(tree, letters)
        except ZeroDivisionError:
            continue
        assert sign in (None, number >= 0)
        assert low is None or low <= number


@given(st.sampled_from(("min", "max")), st.lists(FORMULAS, min_size=1, max_size=4), LETTERS)
def test_an_extremum_is_the_extremum_of_samples(name, options, letters):
    expected = {"min": min, "max": max}[name](sampled(tree, letters) for tree in options)
    result = extremum(name, [symbolic(tree) for tree in options])
    assert substitute(result, letters) == expected


@given(st.lists(st.one_of(FORMULAS, st.integers(-9, 9)), max_size=5))
def test_a_sum_of_many_is_what_adding_them_one_by_one_gives(trees):
    values = [symbolic(tree) for tree in trees]
    assert sum_of(values) == reduce(operator.add, values, 0)


@given(st.lists(FORMULAS, min_size=2, max_size=4))
def test_an_extremum_is_one_value_whatever_the_order_of_undecided_options(options):
    values = [symbolic(tree) for tree in options]
    assume(all(x == y or not proved_order(x, y) for x in values for y in values))
    assert extremum("min", values) == extremum("min", values[::-1])


def proved_order(x, y):
    return is_nonnegative(x - y) or is_nonnegative(y - x)


SIGNS = [
    pytest.param("H", True, id="a symbol"),
    pytest.param("H - 1", True, id="a symbol is at least 1"),
    pytest.param("H - 2", None, id="a symbol may be 1"),
    pytest.param("-H", False, id="a negative symbol"),
    pytest.param("1 - H", None, id="1 - H is 0 or negative"),
    pytest.param("-3", False, id="a negative number"),
    pytest.param("0", True, id="zero"),
    pytest.param("floor(H/4)", True, id="a floor of a size"),
    pytest.param("floor(H/4) - 1", None, id="a floor may vanish"),
    pytest.param("floor((H + 3)/4) - 1", True, id="a ceiling is at least 1"),
    pytest.param("H - floor((H + 1)/2)", True, id="half is no more than the whole"),
    pytest.param("floor(H/2) - H", False, id="half is less than the whole"),
    pytest.param("floor(H/2) + floor((H + 1)/2) - H", True, id="two halves make a whole"),
    pytest.param("H - floor(H/2) - floor((H + 1)/2)", True, id="two halves make no more than a whole"),
    pytest.param("27*C*floor(H/2)*floor(W/2)", True, id="a product of sizes"),
    pytest.param("H*W - floor(H/2)*floor(W/2)", True, id="a smaller map"),
    pytest.param("H**2 - 2*H + 1", True, id="a square, by its expansion around 1"),
    pytest.param("max(H - 5, 0)", True, id="a maximum with 0"),
    pytest.param("min(H, 5) - 6", False, id="a minimum below"),
    pytest.param("5 - min(H, 5)", True, id="a minimum is no more than its options"),
    pytest.param("floor((H + 1)/s) - floor(H/s)", True, id="a monotone floor by a symbol"),
    pytest.param("H - floor(H/s)", True, id="a quotient by a symbol"),
    pytest.param("floor((H + 4)/s) - 1", None, id="a large symbol leaves 0"),
    pytest.param("H - 5 - floor((H - 5)/s)", None, id="a negative quotient is above its top"),
    pytest.param("H/C", True, id="a quotient"),
    pytest.param("H - 1/C", True, id="an inverse is at most 1"),
]


@pytest.mark.parametrize(("text", "expected"), SIGNS)
def test_sign(text, expected):
    assert is_nonnegative(value(text)) is expected


# Chains.

STEPS = st.lists(st.tuples(st.sampled_from(("down", "up")), st.integers(1, 6), st.integers(-12, 12)), max_size=12)


@given(STEPS)
def test_a_chain_of_windows_and_up_samplings_has_the_form_of_one_floor(steps):
    size, scale, offset, step, shift = n, 1, 0, 1, 0  # scale·⌊(n + offset)/step⌋ + shift
    for direction, factor, change in steps:
        if direction == "up":
            size = size * factor + change
            scale, shift = scale * factor, shift * factor + change
            continue
        if gcd(scale, factor) not in (scale, factor):
            continue
        size = (size + change) // factor
        if scale % factor == 0:
            scale, shift = scale // factor, (shift + change) // factor
        else:
            offset += step * ((shift + change) // scale)
            step, scale, shift = step * (factor // scale), 1, 0
            shift, offset = offset // step, offset % step
    if step == 1:
        assert size == scale * n + (shift + scale * offset)
    else:
        assert size == Poly({((Floor(n + offset if offset else n, step), 1),): scale}) + shift


@given(STEPS, st.integers(1, 500))
def test_any_chain_gives_what_the_numbers_give(steps, size):
    symbolic_size, number = n, size
    for direction, factor, change in steps:
        symbolic_size = symbolic_size * factor + change if direction == "up" else (symbolic_size + change) // factor
        number = number * factor + change if direction == "up" else (number + change) // factor
    assert substitute(symbolic_size, {"n": size}) == number


# sympy.


def polynomials():
    leaves = st.one_of(st.sampled_from(NAMES), st.integers(-5, 5))

    def grow(inner):
        return st.one_of(
            st.builds(lambda x, y: Sum((x, y)), inner, inner),
            st.builds(lambda x, y: Sum((x, Neg(y))), inner, inner),
            st.builds(lambda x, y: Mul((x, y)), inner, inner),
            st.builds(lambda x, y: Power(x, y), inner, st.integers(0, 3)),
            st.builds(lambda x, y: Ratio(x, y, ""), inner, st.integers(1, 4)),
        )

    return st.recursive(leaves, grow, max_leaves=8)


def in_sympy(tree):
    match tree:
        case Sum(terms):
            return sympy.Add(*map(in_sympy, terms))
        case Mul(factors):
            return sympy.Mul(*map(in_sympy, factors))
        case Neg(term):
            return -in_sympy(term)
        case Power(base, exponent):
            return in_sympy(base) ** exponent
        case Ratio(top, bottom, ""):
            return in_sympy(top) / in_sympy(bottom)
    return sympy.Symbol(tree) if isinstance(tree, str) else sympy.Integer(tree)


@given(polynomials())
def test_polynomials_have_the_coefficients_that_sympy_finds(tree):
    result = evaluate(tree, SYMBOLS)
    expected = sympy.Poly(in_sympy(tree), *map(sympy.Symbol, NAMES)).as_dict()
    terms = result.terms if isinstance(result, Poly) else {(): result} if result else {}
    found = {tuple(dict(monomial).get(name, 0) for name in NAMES): number for monomial, number in terms.items()}
    assert found == {powers: Fraction(int(x.p), int(x.q)) for powers, x in expected.items() if x}


@given(polynomials(), polynomials(), polynomials())
def test_quotients_by_one_sum_are_equal_when_sympy_says_so(left, right, bottom):
    divisor = evaluate(bottom, SYMBOLS)
    assume(divisor)
    x, y = (divide(evaluate(tree, SYMBOLS), divisor) for tree in (left, right))
    expected = sympy.cancel((in_sympy(left) + in_sympy(right)) / in_sympy(bottom))
    assert sympy.cancel(in_sympy(to_tree(x + y)) - expected) == 0
    assert (x + y) * divisor == evaluate(Sum((left, right)), SYMBOLS)


# The type.


def test_numbers_may_stand_on_either_side():
    half = Fraction(1, 2)
    assert 2 + H == H + 2 == value("H + 2")
    assert 2 - H == -(H - 2) == value("2 - H")
    assert half * H == H * half == H / 2 == value("H/2")
    assert half + H == H + half == value("(2*H + 1)/2")
    assert value("floor(7/H)") == 7 // H
    assert half // H == value("floor(1/(2*H))")
    assert value("6/H") == 6 / H
    assert half / H == value("1/(2*H)")
    assert H * 0 == 0 * H == H - H == 0
    assert H**0 == 1
    assert H**-1 == 1 / H


INEXACT = [lambda: H + 0.5, lambda: "2" * H, lambda: H / 0.5, lambda: H // "2", lambda: 0.5 - H, lambda: H**0.5]


@pytest.mark.parametrize("operate", INEXACT)
def test_only_exact_numbers_combine(operate):
    with pytest.raises(TypeError):
        operate()


@pytest.mark.parametrize("operate", [lambda: H / 0, lambda: H // 0, lambda: H // (W - W), lambda: 1 / (H - H)])
def test_division_by_zero_is_refused(operate):
    with pytest.raises((ZeroDivisionError, ExprError)):
        operate()


def test_a_polynomial_is_frozen_hashable_and_copied():
    size = value("floor((H + 3)/4)*W/(C + 1) + min(H, W)")
    with pytest.raises(AttributeError):
        size.terms = {}
    assert {size: 1}[value("min(W, H) + W*floor((H + 3)/4)/(1 + C)")] == 1
    assert pickle.loads(pickle.dumps(size)) == copy.deepcopy(size) == size
    assert size != H
    assert H != 1
    assert bool(H)


def test_no_polynomial_passes_for_a_fraction():
    assert lowest_terms(H) is H
    assert divide(4 * H, 2) == 2 * H
    assert divide(H * W, H) == W


@pytest.mark.parametrize("text", ["(a + b + c)**900", "((2*a)**1000)**1000", "((a + b)**30*(a + c)**30)**30"])
def test_what_would_take_forever_is_refused(text):
    with pytest.raises(ExprError, match="too"):
        value(text)


def test_an_inner_power_too_large_is_refused_when_numbers_are_put_in():
    with pytest.raises(ExprError, match="too large"):
        substitute(value("(H**1000)**1000"), {"H": 224})


def test_symbols_are_found_everywhere_and_sorted():
    assert symbols(value("floor(n/s) + min(k, W) + C/(H + p)")) == ("C", "H", "W", "k", "n", "p", "s")
    assert symbols(7) == ()


def test_a_symbol_may_be_replaced_by_a_size():
    assert substitute(vgg(H), {"H": 2 * W}) == value("floor(W/16)")
    assert substitute(H + W, {"H": W, "W": H}) == H + W
    assert substitute(5, {"H": 2}) == 5


def test_a_quotient_by_what_becomes_zero_is_an_error():
    with pytest.raises(ExprError, match="division by zero"):
        substitute(value("n/(k - 5)"), {"k": 5})
    with pytest.raises(ExprError, match="division by zero"):
        substitute(value("floor(n/(k - 5))"), {"k": 5})


def test_sizes_need_no_fractions_and_fractions_are_found_when_needed():
    program = (
        "import sys; from convcalc.algebra.poly import symbol; from convcalc.algebra.notation import to_tree; n = symbol('n');"
        "to_tree(((n + 3)//4*9 + n//2)*n); print('fractions' in sys.modules); n/2; print('fractions' in sys.modules)"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert output.split() == ["False", "True"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("floor((H + 3)/4)", "floor((H + 3)/4)", id="a floor"),
        pytest.param("27*C*C", "27*C^2", id="a power"),
    ],
)
def test_a_value_prints_as_plain_text(text, expected):
    assert str(value(text)) == expected


# Bounds: a formula of a few hundred characters may have a normal form that nobody can wait for.


def nested(template, times, last):
    for _ in range(times):
        last = template.format(f"({last})")
    return last


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(nested("floor(({} + k)/s)", 40, "W"), id="forty floors"),
        pytest.param(nested("(W + k)/(p + {})", 30, "s"), id="a continued fraction"),
        pytest.param("(W + k + p + s)**20", id="a twentieth power of a sum"),
        pytest.param("(W + k + p + s)**(10**90)", id="an endless power of a sum"),
    ],
)
def test_a_formula_that_is_too_involved_is_refused(text):
    with pytest.raises(TooInvolved, match="too involved"):
        value(text)


def test_a_budget_is_shared_by_what_is_worked_out_in_it():
    with budget(2_000):
        with pytest.raises(TooInvolved):
            for _ in range(1_000):
                value("(W + k)*(W - k)")
        with pytest.raises(TooInvolved):
            value("W + k")
    assert value("W + k - k") == W


def test_a_budget_inside_another_takes_from_it():
    with budget(1_000):
        with pytest.raises(TooInvolved), budget(10):
            value("(W + k + p)**3")
        assert 900 < budget.left < 1_000
    assert budget.left == UNLIMITED


@pytest.mark.parametrize(
    "text",
    ["(3*W)**1000*(3*W)**1000*(3*W)**1000", "((1/3)**2000)**2000", "2**4000", "((2/3)**1100)**2", "W*10**600*10**600"],
)
def test_a_number_of_more_than_a_thousand_digits_is_refused(text):
    with pytest.raises(ExprError, match="more than 1,000 digits"):
        value(text)


def test_a_deep_expression_is_refused():
    with pytest.raises(TooInvolved, match="nested too deeply"):
        value("-" * 500 + "W")
    assert value("-" * 90 + "W") == W


WHAT_IT_IS = [
    pytest.param(3, (True, False, False), id="a whole number"),
    pytest.param(Fraction(3, 2), (True, True, False), id="a fraction"),
    pytest.param(W, (False, False, True), id="a symbol"),
    pytest.param(Sum(("W", 1)), (False, False, False), id="a formula is no value"),
    pytest.param("W", (False, False, False), id="nor is its text"),
    pytest.param(None, (False, False, False), id="nor is nothing"),
]


@pytest.mark.parametrize(("value", "expected"), WHAT_IT_IS)
def test_what_a_value_is(value, expected):
    assert (is_number(value), is_fraction(value), is_symbolic(value)) == expected
