"""Conditions in whole numbers hold where what was written does, by Python's own fractions; slips are marked."""

import re
from fractions import Fraction
from itertools import product
from random import Random

import pytest

from convcalc.problem import Problem
from convcalc.sweep.asked import read_axes
from convcalc.sweep.conditions import read_conditions, read_objectives
from convcalc.sweep.names import SweepNames
from convcalc.sweep.points import holds, value

NAMES = SweepNames(read_axes(["H=14..64:2", "C=1,2", "a=1/2,1", "z=-3..3", "norm=batch,none"]))
UNITS = {"KiB": 2**10, "MiB": 2**20, "M": 10**6, "k": 10**3}
POINTS = [
    {"H": H, "C": C, "a": a, "z": z, "parameters": parameters, "macs": macs, "memory": 4 * macs}
    for H, C, a, z in product((14, 32), (1, 2), (Fraction(1, 2), 1), (-3, 0, 2))
    for parameters, macs in ((0, 0), (10, 99), (10, 100), (10, 101), (5_000_000, 700_000_000), (5_000_001, 0))
]


def kept(text, point):
    return all(holds(test, point) for condition in read_conditions([text], NAMES) for test in condition.tests)


def meant(text, point):
    """By Python, in fractions; what divides by 0 does not hold."""
    text = re.sub(r"(\d+)(KiB|MiB|M|k)\b", lambda match: str(int(match[1]) * UNITS[match[2]]), text)
    text = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)", r"Fraction('\1')", text).replace("params", "parameters")
    try:
        return bool(eval(text, {"Fraction": Fraction, "floor": lambda x: x.__floor__()}, point))
    except ZeroDivisionError:
        return False


@pytest.mark.parametrize(
    "text",
    [
        "macs <= 100", "macs < 100", "macs > 100", "macs >= 100", "macs == 100", "macs != 100", "params <= 5M",
        "99 <= macs < 101", "macs/parameters >= 10", "macs/parameters < 10", "10 == macs/parameters",
        "macs/z >= 10", "macs/z < -33", "H/3 < C*macs/parameters", "H % 4 == 0", "floor(H*1.5/4) <= 6", "H*a <= 16", "H*a < 16",
        "a < 1", "a != 1", "macs <= 100 or H >= 20", "not macs > 100", "not (macs > 100 and H == 32)", "memory <= 320KiB",
        "(macs <= 100 or C == 2) and H <= 20", "not (macs == 100 or C != 2)", "max(H, macs/C) <= 50", "min(H, 3/C) >= 2", "macs - z*macs > 5",
        "H**2 <= 400", "H/a <= 30", "C/(a*z) > -3", "(H + 2)*C <= 40", "1/z <= 1", "macs/(z*a) <= 100", "(macs <= 100)", "macs/parameters/C >= 5",
    ],
)  # fmt: skip
def test_a_condition_holds_where_what_was_written_does(text):
    outcomes = {point_place: kept(text, point) for point_place, point in enumerate(POINTS)}
    assert outcomes == {place: meant(text, point) for place, point in enumerate(POINTS)}
    assert len(set(outcomes.values())) == 2  # it would not be much of a test


@pytest.mark.parametrize("seed", range(60))
def test_conditions_at_random_do_too(seed):
    random = Random(seed)

    def number(depth):
        if depth == 0 or random.random() < 0.3:
            return random.choice(["H", "C", "a", "macs", "parameters", "z", "2", "10", "1.5", "100"])
        return f"({number(depth - 1)} {random.choice('+-*/')} {number(depth - 1)})"

    def logic(depth):
        if depth == 0:
            return f"{number(2)} {random.choice(['<=', '<', '>=', '>', '==', '!='])} {number(2)}"
        first, second = logic(depth - 1), logic(depth - 1)
        return random.choice([f"({first}) and ({second})", f"({first} and {second})", f"{first} and {second}"])

    text = logic(random.choice((0, 0, 1)))
    try:
        outcomes = [kept(text, point) for point in POINTS]
    except Problem as error:
        assert "divides by 0" in str(error)
        return
    assert outcomes == [meant(text, point) for point in POINTS], text


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("parameters <= 61,706", "parameters <= 61706"),
        ("macs ≤ 1.5e6", "macs <= 1500000"),
        ("macs = 5", "macs == 5"),
        ("MACs <= 5_000", "macs <= 5000"),
        ("rf >= 7", "receptive_field >= 7"),
        ("H^2 <= 400", "H**2 <= 400"),
        ("memory <= 320 KiB", "memory <= 327680"),
        ("memory <= 5MB", "memory <= 5e6"),
        ("macs <= 2·H", "macs <= 2*H"),
    ],
)
def test_a_condition_is_read_as_people_write_it(written, same):
    assert [each.tests for each in read_conditions([written], NAMES)] == [
        each.tests for each in read_conditions([same], NAMES)
    ]


@pytest.mark.parametrize(
    ("text", "marked", "message", "cure"),
    [
        ("parmeters <= 5", "parmeters", "no quantity or swept name parmeters", 'did you mean "parameters"?'),
        ("macs <= 5 and W <= 3", "W", "no quantity or swept name W", "the names are H, C, a"),
        ("macs <=", "<=", "missing", ""),
        ("<= 5", "<=", "missing", ""),
        ("macs <= <= 5", "<=", "missing", ""),
        ("macs <= 5 and", "and", "missing", ""),
        ("or macs <= 5", "or", "missing", ""),
        ("not", "not", "not what?", ""),
        ("macs", "macs", "compares nothing", "macs <= 5M"),
        ("macs + 3", "macs + 3", "compares nothing", ""),
        ("(macs <= 5", "(", "not closed", ""),
        ("macs <= 5)", ")", "closes none", ""),
        ("macs =< 5M", "<", "missing", 'write "<="'),
        ("5M => macs", ">", "missing", 'write ">="'),
        ("macs <= 100 M", "M", "apart from its number", "100M"),
        ("macs <= 5M && H > 3", "&", "cannot be read", '"and"'),
        ("macs <= 5M || H > 3", "|", "cannot be read", '"or"'),
        ("macs <= 5 ; H", ";", "cannot be read", ""),
        ("__import__('os') <= 3", "'", "cannot be read", ""),
        ("macs <= 5Q", "5Q", "is no number", "320KiB"),
        ("macs <= 320KiB", "320KiB", "nothing here is memory", "320K, or compare memory"),
        ("norm == 3", "norm", "norm has words, such as batch", "--over norm="),
        ("H**C <= 3", "H", "an exponent", ""),
        ("macs <= 10**100000", "macs", "too large", ""),
        ("macs <= 1/0", "macs", "division by zero", ""),
        ("floor(macs/parameters) <= 3", "floor", "divided by what may be 0", ""),
        ("macs <= H H", "H", "not arithmetic", ""),
        ("", "", "it is empty", "such as parameters"),
        ("a > 1/2 or a != 1", "a > 1/2 or a != 1", "fractions", "several --where"),
        ("macs <= " + "(" * 300 + "5" + ")" * 300, "(", "not arithmetic", ""),
        ("not " * 240 + "macs", "macs", "compares nothing", ""),
        ("macs <= " + "1 + " * 300 + "1", "m", "at most 1,000 characters", "several --where"),
    ],
)
def test_a_slip_is_marked(text, marked, message, cure):
    with pytest.raises(Problem) as caught:
        read_conditions([text], NAMES)
    (found,) = caught.value.diagnostics
    mark = found.mark
    assert message in found.message and cure in found.hint and found.hint
    if message not in ("too large", "division by zero", "not arithmetic"):
        assert text[mark.column - 1 : mark.column - 1 + mark.length] == marked or not text


def test_conditions_that_and_joins_are_told_one_by_one():
    found = read_conditions(["macs <= 5M and 2 <= H <= 9", "(C = 1 and z <= 0) or H <= 3"], NAMES)
    assert [each.text for each in found] == ["macs <= 5M", "2 <= H <= 9", "(C = 1 and z <= 0) or H <= 3"]


def test_objectives_have_a_direction():
    found = read_objectives("--pareto", "max rf, min macs/parameters", NAMES)
    assert [(each.direction, each.text) for each in found] == [("max", "max rf"), ("min", "min macs/parameters")]
    assert value(found[1].tree, {"macs": 3, "parameters": 2}) == Fraction(3, 2)
    assert [each.direction for each in read_objectives("--sort", "macs, max max(H, C)", NAMES)] == ["min", "max"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("macs", "more or less"), ("max", "max of what"), ("max H, ", "missing"), ("", "empty"), ("min x", "no quantity")],
)
def test_an_objective_without_one_is_told(text, message):
    with pytest.raises(Problem, match=message):
        read_objectives("--pareto", text, NAMES)


@pytest.mark.parametrize(
    ("option", "text"),
    [("--pareto", "maximise macs, min H"), ("--sort", "desc macs"), ("--sort", "H, macs desc"), ("--pareto", "macs")],
)
def test_another_word_for_a_direction_is_told_the_two(option, text):
    with pytest.raises(Problem) as caught:
        read_objectives(option, text, NAMES)
    assert caught.value.diagnostics[0].hint == "max macs, or min macs"
