"""A network in one line is read as the layers that it was, and a network that is no chain says which layer it is."""

import pytest
from families import BUNDLED
from written import facts, written

from convcalc.network.load import Choices, spec_of, summarise
from convcalc.problem import Problem, Source


def options_of(remark):
    """The choices that a remark names."""
    words = remark.split()
    said = {words[index][2:]: words[index + 1] for index in range(len(words) - 1) if words[index].startswith("--")}
    symbols = tuple(words[index + 1] for index in range(len(words) - 1) if words[index] == "--symbol")
    return Choices(convention=said.get("convention", ""), layout=said.get("layout", ""), symbols=symbols)


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_network(name, convcalc):
    code, line, err = convcalc("convert", name, "--to", "chain")
    if code:
        assert code == 3 and "is no chain" in err and "--to yaml" in err
        return
    again = summarise(Source("-e", line.strip()), options_of(err))
    _, report = written(name, "yaml")
    assert facts(again, names=False) == facts(report, names=False)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "vgg16",
            "3x224x224 -> [conv 64 k3 p1 -> relu]*2 -> maxpool 2 -> [conv 128 k3 p1 -> relu]*2 -> maxpool 2"
            " -> [conv 256 k3 p1 -> relu]*3 -> [maxpool 2 -> [conv 512 k3 p1 -> relu]*3]*2 -> maxpool 2"
            " -> adaptiveavgpool 7x7 name=avgpool -> flatten -> linear 4096 name=fc1 -> relu -> dropout"
            " -> linear 4096 name=fc2 -> relu -> dropout -> linear 1000 name=fc3\n",
        ),
        ("srcnn", "1x33x33 -> conv 64 k9 -> relu -> conv 32 k1 -> relu -> conv 1 k5\n"),
    ],
)
def test_what_repeats_is_said_once(name, line):
    assert written(name, "chain")[0] == line.replace("7x7", "7")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("input: 4x8x8\nlayers: [a: relu, residual: [tanh]]", "add1 takes tanh1 and a"),
        ("input: {a: 4x8x8, b: 4x8x8}\nlayers: [add: {from: [a, b]}]", "it has 2 inputs"),
        ("input: 4x8x8\nlayers: [a: relu, tanh]\noutputs: {x: a}", "its outputs are x"),
        ("input: 4x8x8\nlayers: [a b: relu]", "a b cannot be said in one line"),
        ("input: 4x8x8\nlayers: [c: parameter 4x8x8]", "c takes nothing"),
    ],
)
def test_what_is_no_chain_says_so(text, why):
    with pytest.raises(Problem, match=why):
        written(Source("spec", text), "chain")


def test_the_options_that_a_line_needs_are_told(convcalc):
    code, line, err = convcalc("convert", "-e", "8x8xC -> Conv2D(C, 3, padding='same', strides=2)", "--symbol", "C",
                               "--convention", "keras", "--layout", "channels_last", "--to", "chain")  # fmt: skip
    assert (code, line) == (0, "C@8x8 -> conv C k3 s2 p=same\n")
    assert err == "read the line with --convention keras --layout channels_last --symbol C\n"
    assert spec_of(Source("-e", line.strip()), options_of(err)).channels_last
