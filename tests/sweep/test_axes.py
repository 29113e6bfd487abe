"""Values as they are written: lists, ranges, factors and words, each slip with a cure that can be pasted."""

from fractions import Fraction

import pytest

from convcalc.problem import Problem
from convcalc.sweep.asked import MAX_VALUES, read_axes


def values(text):
    (axis,) = read_axes([f"a={text}"])
    return [value for (value,) in axis.points]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18,34,50", [18, 34, 50]),
        ("8..32:8", [8, 16, 24, 32]),
        ("8..31:8", [8, 16, 24]),
        ("3..1:-1", [3, 2, 1]),
        ("5..7", [5, 6, 7]),
        ("5..5:-3", [5]),
        ("8..100*2", [8, 16, 32, 64]),
        ("8..30*1.5", [8, 12, 18, 27]),
        ("1..2*3/2", [1, Fraction(3, 2)]),
        ("1/4..1:0.25", [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), 1]),
        ("0.25, 1/2,1", [Fraction(1, 4), Fraction(1, 2), 1]),
        ("-1..1", [-1, 0, 1]),
        ("basic,bottleneck", ["basic", "bottleneck"]),
        ("yes,no", ["yes", "no"]),
        ("8..24:8,32,16", [8, 16, 24, 32]),
        ("1k,5M", [1000, 5_000_000]),
        ("1..3*2,10", [1, 2, 10]),
    ],
)
def test_values_are_read(text, expected):
    found = values(text)
    assert found == expected and list(map(type, found)) == list(map(type, expected))


def slip(*over, zips=()):
    with pytest.raises(Problem) as caught:
        read_axes(over, zips)
    return caught.value.diagnostics[0]


@pytest.mark.parametrize(
    ("text", "marked", "message", "cure"),
    [
        ("a=9,8..1", "8..1", "do not lead from 8 to 1", "a=9,1..8:1"),
        ("a=1..5:-2", "1..5:-2", "steps of -2 do not lead from 1 to 5", "a=1..5:2"),
        ("a=1..5:0,9", "1..5:0", "a step of 0 leads nowhere", "a=1..5,9"),
        ("a=5..1:0", "5..1:0", "a step of 0 leads nowhere", "a=5..1:-1"),
        ("a=0.25..1.5", "0.25..1.5", "takes its step", "a=0.25..1.5:1/4"),
        ("a=64..8*2", "64..8*2", "factors of 2 do not lead from 64 to 8", "a=8..64*2"),
        ("a=8..64*1", "8..64*1", "a factor has to be above 1", ""),
        ("a=0..64*2", "0..64*2", "what it multiplies above 0", ""),
        ("a=", " ", "a value is missing", ""),
        ("a=1,,2", " ", "a value is missing", ""),
        ("a=1,2 3", "2 3", '"2 3" is no value', ""),
        ("a=1/0", "1/0", '"1/0" is no value', ""),
        ("a=1..", "1..", "a value is missing", ""),
        ("a=1...5", "1...5", "two dots", ""),
        ("a=1..1e30", "1..1e30", f"at most {MAX_VALUES:,} values", ""),
        ("a=1..1e99*1.0000001", "1..1e99*1.0000001", "too large", ""),
        ("a", "a", "is not NAME=VALUES", ""),
        ("=3", "=3", "is not NAME=VALUES", ""),
        ("2a=3", "2a=3", "is not NAME=VALUES", ""),
    ],
)
def test_a_slip_is_marked_and_its_cure_can_be_pasted(text, marked, message, cure):
    found = slip(text)
    mark = found.mark
    assert message in found.message and found.hint
    assert text[mark.column - 1 : mark.column - 1 + mark.length].strip() in (marked, ",") or marked == " "
    if cure:
        assert found.hint == f"--over {cure}"
        assert read_axes([cure])


def test_names_that_go_together_are_one_axis():
    axes = read_axes(["a=1,2,2", "H=8,16", "b=5,6,6"], ["a,b"])
    assert [axis.names for axis in axes] == [("a", "b"), ("H",)]
    assert axes[0].points == ((1, 5), (2, 6))  # a point that is there twice is one


@pytest.mark.parametrize(
    ("zips", "message"),
    [
        (["a,b"], "a has 2 and b has 3 values"),
        (["a,d"], "no --over has the values of d"),
        (["a"], "two names or more"),
        (["a,a"], "each once"),
        (["a,c", "c,b"], "c goes with others already"),
        (["a,"], "an empty name"),
    ],
)
def test_names_that_cannot_go_together_are_told(zips, message):
    assert message in slip("a=1,2", "b=1,2,3", "c=7,8", zips=zips).message


def test_a_name_is_swept_once():
    assert "a is swept twice" in slip("a=1", "a=2").message
