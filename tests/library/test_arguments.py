"""What is given to the library is of the types that are written there, or an error says by name what it has to be."""

import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import convcalc
from convcalc.library.arguments import TYPES

NET = convcalc.load("lenet5")
LETTERS = convcalc.load("3xHxW -> conv 8 k3 -> maxpool 2")
HALF = LETTERS.output[1]
HUGE = 10**5000
HOSTILE = {
    "None": None, "bytes": b"x", "a float": 3.5, "nan": float("nan"), "an object": object(), "a complex number": 3j, "a decimal": Decimal(3),
    "a list of None": [None], "a dict of None": {"a": None}, "a dict of numbers": {1: 2}, "a set of numbers": {1, 2}, "a type": type, "a bool": True,
    "a huge number": HUGE, "a negative one": -HUGE, "nothing": "", "a list that holds itself": [], "letters": HALF,
}  # fmt: skip
HOSTILE["a list that holds itself"].append(HOSTILE["a list that holds itself"])
CALLS = {
    "load": convcalc.load,
    "load, text": lambda value: convcalc.load(text=value),
    "load, input": lambda value: convcalc.load("lenet5", input=value),
    "load, a side": lambda value: convcalc.load("lenet5", input=(1, value, 32)),
    "load, input by name": lambda value: convcalc.load("lenet5", input={"input": value}),
    "load, convention": lambda value: convcalc.load("lenet5", convention=value),
    "load, layout": lambda value: convcalc.load("lenet5", layout=value),
    "load, symbols": lambda value: convcalc.load("lenet5", symbols=value),
    "load, without": lambda value: convcalc.load("lenet5", without=value),
    "load, defaults": lambda value: convcalc.load("lenet5", defaults=value),
    "load, args": lambda value: convcalc.load("lenet5", args=value),
    "load, let": lambda value: convcalc.load("resnet50", let=value),
    "load, a name": lambda value: convcalc.load("3x8x8 -> conv w k3", let={"w": value}),
    "load, a letter": lambda value: convcalc.load("vgg16", H=value),
    "load, a dict": lambda value: convcalc.load({"input": "3x8x8", "layers": value}),
    "load, a dict with a key": lambda value: convcalc.load({"input": "3x8x8", "layers": [{"conv": {"filters": value, "kernel": 3}}]}),
    "at": NET.at,
    "at, a letter": lambda value: LETTERS.at(H=value),
    "a number at": lambda value: HALF.at(H=value),
    "layer": lambda value: convcalc.layer(value, "3x8x8"),
    "layer, a shape": lambda value: convcalc.layer("conv 3 k3", value),
    "layer, a side": lambda value: convcalc.layer("conv 3 k3", (3, value, 8)),
    "layers": lambda value: NET.layers[value],
    "solve": lambda value: convcalc.solve(value, "conv 3 k3 p?", "same"),
    "solve, a layer": lambda value: convcalc.solve("3x8x8", value),
    "solve, a bound": lambda value: convcalc.solve("3x8x8", "conv ? k3", parameters=value),
    "check": lambda value: convcalc.check(value, {}),
    "check, answers": lambda value: convcalc.check("lenet5", value),
    "check, an answer": lambda value: convcalc.check("lenet5", {"C1": {"output": value, "parameters": value}, "C3": value}),
    "check, student": lambda value: convcalc.check("lenet5", {"C1": {"output": 3}}, student=value),
    "check, hints": lambda value: convcalc.check("lenet5", {}, hints=value),
    "explain": NET.explain,
    "explain, quantities": lambda value: NET.explain(quantities=value),
    "explain, work": lambda value: NET.explain(work=value),
    "compare": NET.compare,
    "lint": lambda value: NET.lint(select=value, ignore=value),
    "convert": NET.convert,
    "convert, depth": lambda value: NET.convert("dot", depth=value),
    "to_frame": NET.to_frame,
    "draw": lambda value: NET.draw(value, value, value),
    "draw, layers": lambda value: NET.draw("field", layers=value),
    "write": HALF.write,
}  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_is_no_argument_is_a_problem_or_a_type_error_in_words(call, value, capfd):
    try:
        call(value)
    except convcalc.Problem as problem:
        assert "sys.set_int_max" not in str(problem)
    except (TypeError, IndexError) as error:
        assert "has to be" in str(error) or "a layer has a name or a place" in str(error) or "none at" in str(error)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (lambda: convcalc.load(b"vgg16"), "load(): source has to be a name, a path or a dict, not b'vgg16'"),
        (lambda: convcalc.load("vgg16", H=None), "load(): H has to be a number, a text or a bool, not None"),
        (lambda: convcalc.load("vgg16", input=(3, True, 8)), 'input has to be a shape, such as "3x32x32" or (3, 32, 32), or a dict of them, not (3, True, 8)'),
        (lambda: convcalc.solve("3x8x8", "conv 3 k?", 3), "solve(): words has to be a text or a network, not 3"),
        (lambda: convcalc.layer("relu", "3x8x8", 3.5), "layer(): shapes has to be a shape"),
        (lambda: NET.explain("C1", 3), "explain(): layers has to be a text, not 3"),
        (lambda: NET.explain(quantities=["macs", 3]), "explain(): quantities has to be names, in a text or one by one, not ['macs', 3]"),
        (lambda: NET.draw("field", layers=3), "layers"),
    ],
)  # fmt: skip
def test_the_argument_is_named(work, said):
    with pytest.raises(TypeError) as caught:
        work()
    assert said in str(caught.value)


class Whole:
    """An int that is none, as NumPy has them."""

    def __index__(self):
        return 16

    def __str__(self):
        return "16"


@pytest.mark.parametrize(
    "source",
    [
        {"source": Path(os.fspath("lenet5"))},
        {"source": "lenet5", "input": (side for side in (1, 32, 32))},
        {"source": "lenet5", "input": range(1, 2), "text": ""},
        {"source": "3x8x8 -> conv 3 k3", "input": (3, Whole(), Whole())},
        {"source": "3x8x8 -> conv 3 k3", "input": (3, Fraction(16, 1), 16)},
        {"source": "lenet5", "symbols": iter(())},
        {"source": "lenet5", "defaults": None, "let": None, "args": None},
    ],
)
def test_what_is_like_the_types_is_taken(source):
    try:
        convcalc.load(**source)
    except convcalc.Problem as problem:
        assert "range" in repr(source), problem


def test_every_annotation_that_is_checked_is_one_that_there_is():
    from convcalc.library import loading, marking, network, solving, symbolic, writing

    functions = [loading.load, loading.layer, marking.check, solving.solve, *vars(network.Network).values(), *vars(writing.WritableNetwork).values(),
                 *vars(symbolic.SymbolicNumber).values()]  # fmt: skip
    used = {text for function in functions for text in getattr(function, "__annotations__", {}).values()}
    assert set(TYPES) - {"str | os.PathLike[str]"} <= used


def test_numbers_with_letters_take_floats_and_no_others():
    side = LETTERS.input[1]
    assert side > 0.5 and not side < 0.5 and 2 * side >= 0.25
    for work in (lambda: HALF / 0, lambda: HALF // 0, lambda: HALF / 0.0):
        with pytest.raises(ZeroDivisionError):
            work()
    for odd in (float("nan"), float("inf")):
        for work in (lambda: HALF + odd, lambda: odd > HALF, lambda: odd > HALF, lambda: HALF / odd):  # noqa: B023
            with pytest.raises(ValueError, match="no exact number"):
                work()
