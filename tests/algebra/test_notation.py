import re
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from random_trees import NUMBERS, signed_trees, trees

from convcalc.algebra.expr import Exact, ExprError, Mul, Neg, Power, Ratio, Sum, evaluate, letters
from convcalc.algebra.notation import BOARD, NOTATIONS, chain, write
from convcalc.algebra.parser import parse

CONV = "floor((n + 2*p - d*(k - 1) - 1)/s) + 1"


def value(tree):
    try:
        return evaluate(tree, NUMBERS)
    except ExprError:
        return None


@pytest.mark.parametrize(
    "tree, expected",
    [
        pytest.param(
            CONV,
            {
                "text": "⌊(n + 2·p − d·(k − 1) − 1)/s⌋ + 1",
                "ascii": "floor((n + 2*p - d*(k - 1) - 1)/s) + 1",
                "python": "(n + 2*p - d*(k - 1) - 1)//s + 1",
                "latex": r"\left\lfloor \frac{n + 2 \cdot p - d \cdot \left(k - 1\right) - 1}{s} \right\rfloor + 1",
            },
            id="a convolution's size",
        ),
        pytest.param(
            "min(ceil((n + p)/s), 2)",
            {
                "text": "min(⌈(n + p)/s⌉, 2)",
                "ascii": "min(ceil((n + p)/s), 2)",
                "python": "min(-(-(n + p)//s), 2)",
                "latex": r"\min\left(\left\lceil \frac{n + p}{s} \right\rceil, 2\right)",
            },
            id="a minimum, and a ceiling that Python has no operator for",
        ),
        pytest.param(
            "27*C**2",
            {"text": "27·C²", "ascii": "27*C^2", "python": "27*C**2", "latex": r"27 \cdot C^{2}"},
            id="a square",
        ),
        pytest.param(
            "2**(k + 1)",
            {"text": "2^(k + 1)", "ascii": "2^(k + 1)", "python": "2**(k + 1)", "latex": "2^{k + 1}"},
            id="an exponent that is no number",
        ),
        pytest.param(
            "n + p_l + p_right + pad_left + D1 + op",
            {
                "text": "n + p_l + p_right + pad_left + D1 + op",
                "latex": r"n + p_{l} + p_{\mathrm{right}} + \mathrm{pad}_{\mathrm{left}} + D_{1} + \mathrm{op}",
            },
            id="long names are upright and stand on subscripts",
        ),
        pytest.param(
            "k*k*c/g*f",
            {"text": "k·k·c/g·f", "latex": r"\frac{k \cdot k \cdot c}{g} \cdot f"},
            id="a quotient among factors",
        ),
        pytest.param(
            "a*(b/c)", {"text": "a·(b/c)", "latex": r"a \cdot \frac{b}{c}"}, id="a quotient as a right factor"
        ),
        pytest.param("a/(b*c)", {"text": "a/(b·c)", "latex": r"\frac{a}{b \cdot c}"}, id="a product as divisor"),
        pytest.param("(a/b)**2", {"text": "(a/b)²", "latex": r"\left(\frac{a}{b}\right)^{2}"}, id="a squared quotient"),
        pytest.param("(a*b)**2", {"text": "(a·b)²", "python": "(a*b)**2"}, id="a squared product"),
        pytest.param(
            "(2**k)**n",
            {"text": "(2^k)^n", "python": "(2**k)**n", "latex": r"\left(2^{k}\right)^{n}"},
            id="a power of a power",
        ),
        pytest.param("(a + b)**k", {"text": "(a + b)^k"}, id="a power of a sum"),
        pytest.param("floor(n/2**k)", {"text": "⌊n/2^k⌋", "python": "n//2**k"}, id="a power as divisor"),
        pytest.param("min(n + 1, 2)*c", {"text": "min(n + 1, 2)·c"}, id="a minimum brings its own brackets"),
        pytest.param("ceil(n/2)*c", {"text": "⌈n/2⌉·c", "python": "(-(-n//2))*c"}, id="a ceiling as a factor"),
        pytest.param("a - (b - c)", {"text": "a − (b − c)"}, id="a difference taken away"),
        pytest.param("a + (b + c)", {"text": "a + (b + c)"}, id="the author's own grouping of a sum"),
        pytest.param("(a + b) + c", {"text": "a + b + c"}, id="a grouping that says nothing"),
        pytest.param("(W*H)*(w*h)", {"text": "W·H·(w·h)"}, id="the author's own grouping of a product"),
        pytest.param("floor(n/2/s)", {"text": "⌊n/2/s⌋"}, id="a quotient of a quotient"),
        pytest.param("floor(n*f)", {"text": "⌊n·f⌋", "ascii": "floor(n*f)"}, id="a floor that was given no divisor"),
        pytest.param("floor((n - k)/s + 1)", {"text": "⌊(n − k)/s + 1⌋"}, id="a floor round the whole formula"),
        pytest.param("floor(31/1) + 1", {"text": "⌊31/1⌋ + 1"}, id="the stride 1 that was put in"),
        pytest.param(Neg(Mul((2, "k"))), {"text": "−2·k", "ascii": "-(2*k)"}, id="minus a product"),
        pytest.param(Neg(Sum((2, "k"))), {"text": "−(2 + k)"}, id="minus a sum"),
        pytest.param(Neg(Ratio("a", 2, "floor")), {"text": "−⌊a/2⌋", "python": "-(a//2)"}, id="minus a floor"),
        pytest.param(Neg(Neg("a")), {"text": "−(−a)"}, id="minus minus"),
        pytest.param(Mul((Neg("a"), "b")), {"text": "(−a)·b"}, id="a negative letter as a factor"),
        pytest.param(Mul((-3, 5, -2)), {"text": "(−3)·5·(−2)", "ascii": "(-3)*5*(-2)"}, id="negative factors"),
        pytest.param(Sum((-3, -5, Neg(-2))), {"text": "−3 + (−5) − (−2)"}, id="negative terms"),
        pytest.param(Ratio(-1, 2, "floor"), {"text": "⌊−1/2⌋", "python": "-1//2"}, id="a negative number divided"),
        pytest.param(Sum((5, Ratio(-1, 2, ""))), {"text": "5 + (−1/2)"}, id="a negative quotient added"),
        pytest.param(Power(-3, 2), {"text": "(−3)²", "python": "(-3)**2"}, id="the square of a negative number"),
        pytest.param(Fraction(223, 2), {"text": "111.5", "latex": "111.5", "python": "223/2"}, id="half a number"),
        pytest.param(Fraction(-1, 64), {"text": "−0.015625"}, id="one part in the stride of a deep network"),
        pytest.param(Fraction(7, 3), {"text": "7/3", "latex": r"\frac{7}{3}"}, id="a third has no decimals"),
        pytest.param(Fraction(1, 128), {"text": "1/128"}, id="a seventh decimal place is one too many"),
        pytest.param(Fraction(1, 2**40), {"text": "1/1099511627776"}, id="decimals too long to read"),
        pytest.param(Mul((16, Exact(3, 2, ""))), {"text": "16·1.5"}, id="a decimal as a factor"),
        pytest.param(Mul((16, Exact(1, 3, ""))), {"text": "16·(1/3)"}, id="a third as a factor"),
        pytest.param(Fraction(4, 1), {"text": "4"}, id="a fraction that is whole"),
        pytest.param(Sum(()), {"text": "0"}, id="the empty sum"),
        pytest.param(Mul(()), {"text": "1"}, id="the empty product"),
    ],
)
def test_a_tree_is_written(tree, expected):
    tree = parse(tree) if isinstance(tree, str) else tree
    assert {notation: write(tree, notation) for notation in expected} == expected


def test_thousands_are_separated_on_demand():
    tree = Sum((2635670400, Mul((1000, 999)), Exact(2000001, 2, "")))
    assert write(tree) == "2635670400 + 1000·999 + 1000000.5"
    assert write(tree, thousands=",") == "2,635,670,400 + 1,000·999 + 1,000,000.5"
    assert write(-1234, "latex", thousands="{,}") == "-1{,}234"


def test_letters_are_renamed_as_a_lecture_names_them():
    assert write(parse("(n - k)/s + 1"), names={"n": "W", "k": "F"}) == "(W − F)/s + 1"
    assert write(parse("n*m"), "latex", names={"m": "W'"}) == r"n \cdot W'"


def test_equal_trees_are_chained():
    assert chain([Mul((2, 3)), 6], "latex") == r"2 \cdot 3 = 6"


def test_a_notation_of_ones_own_is_a_changed_table():
    assert write(parse("a*b - c"), NOTATIONS["text"]._replace(times="×")) == "a×b − c"


def test_an_unknown_notation_is_a_key_error():
    with pytest.raises(KeyError):
        write("n", "klingon")


@given(signed_trees)
def test_python_reads_back_the_same_value(tree):
    assert value(parse(write(tree, "python"))) == value(tree)


@given(trees, st.sampled_from(["ascii", "python"]))
def test_what_the_parser_read_is_read_back_as_the_same_tree(tree, notation):
    read = parse(write(tree, notation).replace("^", "**"))
    assert parse(write(read, notation).replace("^", "**")) == read


@given(signed_trees)
def test_python_itself_computes_the_same(tree):
    written = write(tree, "python")
    assume(not re.search(r"(?<!/)/(?!/)", written))  # a plain / of Python's is a float
    try:
        computed = eval(written, {}, dict(NUMBERS))
    except ZeroDivisionError:
        computed = None
    assert computed == value(tree)


MEANINGS = str.maketrans({"⌊": "floor(", "⌈": "ceil(", "⌋": ")", "⌉": ")", "·": "*", "−": "-"})
PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@given(signed_trees)
def test_a_reader_of_the_text_gets_the_same_value(tree):
    plain = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: "**" + power[0].translate(PLAIN_DIGITS), write(tree))
    assert value(parse(plain.translate(MEANINGS))) == value(tree)


@given(signed_trees)
def test_latex_brackets_close(tree):
    written = write(tree, "latex")
    assert written.count(r"\left") == written.count(r"\right")
    assert written.count("{") == written.count("}")


@given(trees, st.sampled_from(["text", "ascii", "latex"]))
def test_letters_keep_their_order(tree, notation):
    names = {name: f"<{name}>" for name in NUMBERS}
    assert re.findall(r"<(\w+)>", write(tree, notation, names=names)) == list(letters(tree))


ON_A_BOARD = [
    pytest.param("2*p", "2p", id="a number before a letter"),
    pytest.param("2*(k - 1)", "2(k − 1)", id="a number before a bracket"),
    pytest.param("d*(k - 1)", "d(k − 1)", id="a letter before a bracket"),
    pytest.param("216*(n - 2)**2", "216(n − 2)²", id="a number before a power"),
    pytest.param("3*n**2", "3n²", id="a number before a letter's power"),
    pytest.param("3*3*8*(n - 2)", "3·3·8·(n − 2)", id="only the first of several numbers"),
    pytest.param("2*k*d", "2k·d", id="letters stay apart"),
    pytest.param("2*width", "2·width", id="a word stays apart"),
    pytest.param("2*f_2", "2·f_2", id="a letter with an index stays apart"),
    pytest.param("2*5", "2·5", id="numbers stay apart"),
    pytest.param("2*floor(n/2)", "2·⌊n/2⌋", id="a floor stays apart"),
]


@pytest.mark.parametrize(("text", "expected"), ON_A_BOARD)
def test_factors_on_a_board_abut(text, expected):
    assert write(parse(text), BOARD) == expected
