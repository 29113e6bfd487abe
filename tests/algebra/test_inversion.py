import random
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from random_trees import NUMBERS, signed_trees

from convcalc.algebra.expr import ExprError, UnknownName, evaluate
from convcalc.algebra.interval import Range
from convcalc.algebra.inversion import CAP, TooWide, solve, solve_inequality
from convcalc.algebra.parser import parse

CONV = "floor((n + 2*p - d*(k - 1) - 1)/s) + 1"
TRANSPOSED = "(n - 1)*s - 2*p + d*(k - 1) + op + 1"
POOL = "min(ceil((n + 2*p - d*(k - 1) - 1)/s) + 1, ceil((n + p)/s))"
WEIGHTS = "(k*k*c/g + b)*f"
ROOM = "n + 2*p - d*(k - 1) - 1"

# The same formulas in Python's own arithmetic: an oracle that knows neither trees nor intervals.
ORACLES = {
    CONV: lambda n, p, d, k, s: (n + 2 * p - d * (k - 1) - 1) // s + 1,
    TRANSPOSED: lambda n, p, d, k, s, op: (n - 1) * s - 2 * p + d * (k - 1) + op + 1,
    POOL: lambda n, p, d, k, s: min(-((d * (k - 1) + 1 - n - 2 * p) // s) + 1, -((-n - p) // s)),
    WEIGHTS: lambda k, c, g, b, f: Fraction(k * k * c * f, g) + b * f,
    ROOM: lambda n, p, d, k: n + 2 * p - d * (k - 1) - 1,
}
USUAL = {"n": (1, 40), "p": (0, 6), "d": (1, 4), "k": (1, 9), "s": (1, 5), "op": (0, 3)}
USUAL |= {"c": (1, 6), "g": (1, 3), "b": (0, 1), "f": (1, 9)}
LOW, HIGH = -8, 45
CASES = 100  # for each letter of each formula and each seed

questions = [
    pytest.param(text, oracle, unknown, id=f"{unknown} of {text}")
    for text, oracle in ORACLES.items()
    for unknown in oracle.__code__.co_varnames
]


def numbers(ranges):
    return [x for first, last in ranges for x in range(first, last + 1)]


def cases(oracle, unknown, seed):
    """Random numbers for the other letters, and the formula's values for x from LOW to HIGH."""
    draw = random.Random(f"{unknown} {seed}")
    for _ in range(CASES):
        bindings = {letter: draw.randint(*USUAL[letter]) for letter in oracle.__code__.co_varnames if letter != unknown}
        values = {}
        for x in range(LOW, HIGH + 1):
            with suppress(ZeroDivisionError):
                values[x] = oracle(**bindings, **{unknown: x})
        yield draw, bindings, values


@pytest.mark.seeds(1, 5)
@pytest.mark.parametrize("text, oracle, unknown", questions)
def test_solving_finds_what_trying_every_number_finds(text, oracle, unknown, seed):
    tree, some, none = parse(text), 0, 0
    for draw, bindings, values in cases(oracle, unknown, seed):
        target = draw.choice([draw.randint(-3, 60), *draw.sample(sorted(values), 2)])
        target = values.get(target, target) if draw.random() < 0.8 else target
        expected = [x for x, value in values.items() if value == target]
        assert numbers(solve(tree, unknown, bindings, target, LOW, HIGH)) == expected, (bindings, target)
        some, none = some + bool(expected), none + (not expected)
    assert some > CASES // 4 and none


@pytest.mark.seeds(1, 5)
@pytest.mark.parametrize("text, oracle, unknown", questions)
def test_solving_an_inequality_finds_what_trying_every_number_finds(text, oracle, unknown, seed):
    tree = parse(text)
    for _, bindings, values in cases(oracle, unknown, seed):
        expected = [x for x, value in values.items() if value >= 0]
        assert numbers(solve_inequality(tree, unknown, bindings, LOW, HIGH)) == expected, bindings


@pytest.mark.seeds(1, 5)
@pytest.mark.parametrize("text, oracle, unknown", questions)
def test_the_ends_of_a_range_are_ends(text, oracle, unknown, seed):
    """Without a `high`, solutions reach as far as they are said to: one step further is none, an open end has none."""
    tree = parse(text)

    def holds(bindings, x, target):
        try:
            return oracle(**bindings, **{unknown: x}) == target
        except ZeroDivisionError:
            return False

    for draw, bindings, values in cases(oracle, unknown, seed):
        target = values[draw.choice([x for x in values if x >= 0])]
        ranges = solve(tree, unknown, bindings, target)
        assert ranges
        for first, last in ranges:
            assert holds(bindings, first, target)
            assert first == 0 or not holds(bindings, first - 1, target)
            if last is None:
                assert all(holds(bindings, first + 10**exponent, target) for exponent in range(20))
            else:
                assert holds(bindings, last, target)
                assert not holds(bindings, last + 1, target)


@pytest.mark.parametrize("unknown", "npdks")
def test_sympy_finds_the_same_number_where_it_can(unknown):
    tree, draw = parse(TRANSPOSED), random.Random(unknown)
    for _ in range(20):
        bindings = {letter: draw.randint(*USUAL[letter]) for letter in ("n", "p", "d", "k", "s", "op")}
        target = evaluate(tree, bindings) + draw.randint(0, 1)
        del bindings[unknown]
        roots = sympy.solve(sympy.sympify(TRANSPOSED).subs(bindings) - target, sympy.Symbol(unknown))
        if len(roots) == 1:  # else the unknown has dropped out, and sympy says [] for every number as for none
            expected = [int(roots[0])] if roots[0].is_integer else []
            assert numbers(solve(tree, unknown, bindings, target, -(10**6), 10**6)) == expected


@given(signed_trees, st.sampled_from(sorted(NUMBERS)), st.integers(-6, 6), st.booleans())
def test_any_tree_is_solved_as_by_trying_every_number(tree, unknown, origin, inequality):
    bindings = {**NUMBERS, "op": Fraction(3, 2)}
    values = {}
    for x in range(-9, 13):
        with suppress(ExprError):
            values[x] = evaluate(tree, {**bindings, unknown: x})
    if inequality:
        expected = [x for x, value in values.items() if value >= 0]
        found = solve_inequality(tree, unknown, bindings, -9, 12)
    else:
        target = values.get(origin, origin)
        expected = [x for x, value in values.items() if value == target]
        found = solve(tree, unknown, bindings, target, -9, 12)
    assert numbers(found) == expected
    assert all(left.last + 1 < right.first for left, right in pairwise(found))


@pytest.mark.parametrize(
    "text, unknown, bindings, target, expected",
    [
        pytest.param(
            CONV,
            "k",
            {"n": 224, "p": 3, "d": 1, "s": 2},
            112,
            [Range(7, 8)],
            id="kernels that halve 224 with padding 3",
        ),
        pytest.param(CONV, "p", {"n": 32, "d": 1, "k": 5, "s": 1}, 32, [Range(2, 2)], id="padding that keeps the size"),
        pytest.param(CONV, "p", {"n": 32, "d": 1, "k": 4, "s": 1}, 32, [], id="no padding keeps it for an even kernel"),
        pytest.param(
            CONV, "s", {"n": 32, "p": 2, "d": 1, "k": 5}, 1, [Range(32, None)], id="every stride from 32 leaves one"
        ),
        pytest.param(
            CONV, "d", {"n": 32, "p": 0, "k": 1, "s": 1}, 32, [Range(0, None)], id="dilation of a 1 x 1 kernel is free"
        ),
        pytest.param(
            WEIGHTS, "k", {"c": 3, "g": 1, "b": 1, "f": 10}, 760, [Range(5, 5)], id="the kernel of 760 weights"
        ),
        pytest.param(
            WEIGHTS, "f", {"k": 5, "c": 3, "g": 1, "b": 1}, 76 * 10**12, [Range(10**12, 10**12)], id="beyond any cap"
        ),
        pytest.param("F*F*c*f + f", "f", {"F": 5, "c": 3}, 760, [Range(10, 10)], id="like terms"),
        pytest.param("n*n*n", "n", {}, 10**30, [Range(10**10, 10**10)], id="a cube root beyond any cap"),
        pytest.param("2**n", "n", {}, 1024, [Range(10, 10)], id="an exponent"),
        pytest.param(
            "x**n", "n", {"x": Fraction(3, 2)}, Fraction(27, 8), [Range(3, 3)], id="an exponent of a fraction"
        ),
        pytest.param("n**0", "n", {}, 1, [Range(0, None)], id="the power 0"),
        pytest.param("n**k", "n", {"k": -1}, 1, [], id="an exponent that is refused"),
        pytest.param("12/n", "n", {}, 0, [], id="a quotient that never is 0"),
        pytest.param("0/n", "n", {}, 0, [Range(1, None)], id="0/n is 0, but 0/0 is not"),
        pytest.param("5/n - 5/n", "n", {}, 0, [Range(1, None)], id="a difference of like quotients"),
        pytest.param("floor(n*x)", "n", {"x": Fraction(3, 2)}, 10, [Range(7, 7)], id="scaled by a fraction"),
        pytest.param("n*(n + 1)", "n", {}, 42 * 43, [Range(42, 42)], id="unlike factors, searched"),
        pytest.param("n*n + 3*n", "n", {}, 40, [Range(5, 5)], id="unlike terms, searched"),
        pytest.param("n*n + n", "n", {}, CAP * (CAP + 1), [Range(CAP, CAP)], id="searched as far as the cap"),
        pytest.param("n*n + n", "n", {}, (CAP + 1) * (CAP + 2), [], id="searched no further than the cap"),
        pytest.param("7", "n", {}, 7, [Range(0, None)], id="a formula without the unknown that holds"),
        pytest.param("n/s", "n", {"s": 0}, 7, [], id="a formula that has no value"),
    ],
)
def test_solving(text, unknown, bindings, target, expected):
    assert solve(parse(text), unknown, bindings, target) == expected


@pytest.mark.parametrize(
    "unknown, expected",
    [
        pytest.param("k", [Range(0, 4)], id="kernel at most 4"),
        pytest.param("p", [Range(1, None)], id="padding at least 1"),
        pytest.param("n", [Range(5, None)], id="input at least 5"),
        pytest.param("d", [Range(0, 0)], id="no dilation"),
    ],
)
def test_what_would_make_a_kernel_of_5_fit_an_input_of_4(unknown, expected):
    assert solve_inequality(parse(ROOM), unknown, {"n": 4, "p": 0, "d": 1, "k": 5}) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        pytest.param("n**3 + 27", [Range(-3, 9)], id="a cube keeps its sign"),
        pytest.param("9 - n*n", [Range(-3, 3)], id="a square loses it"),
        pytest.param("2**n - 8", [Range(3, 9)], id="an exponent"),
        pytest.param("2**(n/2) + n", [Range(n, n) for n in (0, 2, 4, 6, 8)], id="a power of a half is refused"),
        pytest.param("5/n - 1", [Range(1, 5)], id="a quotient"),
        pytest.param("ceil(5/n) + 1", [Range(-9, -3), Range(1, 9)], id="a quotient on both sides of 0"),
        pytest.param("max(n, -n) - 7", [Range(-9, -7), Range(7, 9)], id="a distance"),
    ],
)
def test_an_inequality_below_0_too(text, expected):
    assert solve_inequality(parse(text), "n", {}, -9, 9) == expected


def test_the_input_that_a_chain_of_layers_needs():
    """LeNet's 5 x 5 kernels and 2 x 2 poolings leave a third kernel of 5 room from an input of 32."""
    room = "floor((floor((n - 4)/2) - 4)/2) - 5"
    assert solve_inequality(parse(room), "n", {}) == [Range(32, None)]


def test_a_letter_without_a_value_is_an_error():
    with pytest.raises(UnknownName, match="unknown name p"):
        solve(parse("n + p"), "n", {}, 3)


def test_a_search_without_end_is_refused():
    with pytest.raises(TooWide, match="give a narrower range"):
        solve(parse("n % 2"), "n", {}, 0)
    assert solve(parse("n % 2"), "n", {}, 0, high=4) == [Range(0, 0), Range(2, 2), Range(4, 4)]


@pytest.mark.parametrize("unknown", "npdks")
def test_solving_takes_few_steps(unknown, calls):
    tree, bindings = parse(CONV), {"n": 224, "p": 3, "d": 1, "k": 7, "s": 2}
    assert calls(lambda: solve(tree, unknown, bindings, 112)) < 1000


@pytest.mark.parametrize("seed", range(4))
def test_sums_of_roundings_that_grow_are_found_wherever_they_are(seed):
    """⌊(n + 6)/2⌋ − n lies between two lines, so that all its solutions are few, and none is beyond the search."""
    draw, some = random.Random(seed), 0
    for _ in range(150):
        parts = [
            (draw.choice([-3, -1, 1, 2]), draw.choice(["floor", "ceil"]), draw.randint(-9, 9), draw.randint(1, 5))
            for _ in range(draw.randint(1, 3))
        ]
        text = " + ".join(f"{times}*{name}((n + {add})/{by})" for times, name, add, by in parts) + " - n"
        tree = parse(text)
        values = {n: evaluate(tree, {"n": n}) for n in range(LOW, HIGH + 1)}
        target = draw.choice(list(values.values()))
        if sum(Fraction(times, by) for times, _, _, by in parts) == 1:
            continue
        assert numbers(solve(tree, "n", {}, target, LOW, HIGH)) == [n for n in values if values[n] == target], text
        less = parse(f"{text} - {target}")
        assert numbers(solve_inequality(less, "n", {}, LOW, HIGH)) == [n for n in values if values[n] >= target], text
        some += 1
    assert some > 100


def test_a_sum_of_roundings_is_solved_beyond_any_search():
    assert solve(parse("floor((n + 3)/2) - n"), "n", {}, -(10**30)) == [Range(2 * 10**30 + 2, 2 * 10**30 + 3)]
