"""MathML is well formed and says what its tree says, and JavaScript computes it, in node."""

import json
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import NUMBERS, signed_trees, trees

from convcalc.algebra.expr import ExprError, FunctionOf, Mul, Real, evaluate, letters
from convcalc.algebra.notation import FUNCTIONS_OF_JAVASCRIPT, write
from convcalc.algebra.parser import parse


def value(tree):
    try:
        return evaluate(tree, NUMBERS)
    except ExprError:
        return None


SIGNS = {"·": "*", "−": "-", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"}


def read_back(element):
    """What an element of MathML says, in the language of formulas."""
    parts = [read_back(child) for child in element]
    match element.tag:
        case "mfrac":
            return f"(({parts[0]})/({parts[1]}))"
        case "msup":
            return f"({parts[0]})**({parts[1]})"
        case "msub":
            return "_".join(parts)
        case "msqrt":
            return f"sqrt({''.join(parts)})"
        case "mo":
            return SIGNS.get(element.text, element.text)
        case "mn" | "mi":
            return element.text.replace(",", "")
    return "".join(parts)


@given(signed_trees)
def test_mathml_is_well_formed_and_says_the_tree(tree):
    read = read_back(ElementTree.fromstring(f"<math>{write(tree, 'mathml', thousands=',')}</math>"))
    assert value(parse(read)) == value(tree)


@given(trees)
def test_mathml_keeps_the_letters(tree):
    names = {name: f"<mi>{name}</mi>" for name in NUMBERS}
    found = ElementTree.fromstring(f"<math>{write(tree, 'mathml', names=names)}</math>").iter("mi")
    assert [each.text for each in found if each.text not in ("min", "max")] == list(letters(tree))


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ("floor((n + p)/s)", "<mrow><mo>⌊</mo><mfrac><mrow><mi>n</mi><mo>+</mo><mi>p</mi></mrow><mrow><mi>s</mi></mrow>"
         "</mfrac><mo>⌋</mo></mrow>"),
        ("k**2", "<msup><mrow><mi>k</mi></mrow><mrow><mn>2</mn></mrow></msup>"),
        ("p_l*D1", "<msub><mi>p</mi><mi>l</mi></msub><mo>·</mo><msub><mi>D</mi><mn>1</mn></msub>"),
        (FunctionOf("sqrt", "x"), "<msqrt><mi>x</mi></msqrt>"),
        (Real(0.25), "<mn>0.2500</mn>"),
        (Mul(()), "<mn>1</mn>"),
        ("a<b&c", "<mi>a&lt;b&amp;c</mi>"),
    ],
)  # fmt: skip
def test_mathml_is_that_of_textbooks(tree, expected):
    known = parse(tree) if isinstance(tree, str) and "<" not in tree else tree
    assert write(known, "mathml") == expected


def computed(expressions):
    """What node computes of expressions over NUMBERS; None where that has no value."""
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not installed: what is written in JavaScript was not run")
    bound = "".join(f"const {name} = {number}n;" for name, number in NUMBERS.items())
    tried = ",".join(f"() => {each}" for each in expressions)
    script = (
        f"{FUNCTIONS_OF_JAVASCRIPT}{bound}"
        "const told = each => { try { return String(each()) } catch (error) {"
        " if (error instanceof RangeError) return null; throw error } };"
        f"console.log(JSON.stringify([{tried}].map(told)))"
    )
    done = subprocess.run([node, "-"], input=script, capture_output=True, text=True, timeout=60, check=True)
    return [found and int(found) for found in json.loads(done.stdout)]


@settings(max_examples=6, deadline=None)
@given(st.lists(signed_trees, min_size=40, max_size=80))
def test_javascript_computes_the_same_or_says_that_it_cannot(found):
    told = computed([write(tree, "javascript") for tree in found])
    for tree, number in zip(found, told, strict=True):
        assert number is None or number == value(tree)
        if "exact" not in write(tree, "javascript"):
            assert number == value(tree)


def test_javascript_rounds_down_and_up_whatever_the_signs():
    found = [parse(f"{how}({a}/{b})") for how in ("floor", "ceil") for a in (-7, -6, 7, 6, 0) for b in (-3, -1, 2, 3)]
    assert computed([write(tree, "javascript") for tree in found]) == [value(tree) for tree in found]


@pytest.mark.parametrize("tree", [FunctionOf("sqrt", 2), FunctionOf("exp", "n"), Real(0.5)])
def test_javascript_has_no_inexact_numbers(tree):
    with pytest.raises(ExprError, match="no whole number"):
        write(tree, "javascript")
