"""What a run asks for that the spec does not have is wrong usage, in every command, and no table follows."""

import json
import shlex

import pytest

from convcalc.cli import run
from convcalc.network.load import summarise, summarise_text
from convcalc.problem import Problem
from convcalc.spec.choices import Choices
from convcalc.spec.names import circles

LINE = "3x32x32 -> conv N k3"
SPEC = """\
input: 3x32x32
let: {width: 16}
layers:
  - conv width k3
  - aux: conv 4 k1?
  - relu?
"""


def outcome(capsys, *args):
    code = run(list(args))
    streams = capsys.readouterr()
    return code, streams.out, streams.err


@pytest.mark.parametrize(
    ("args", "said", "cure"),
    [
        pytest.param(["--set", "widht=32"], "--set widht: there is no such name", '"width"', id="a name misspelt"),
        pytest.param(["--set", "width=abc"], "--set width=abc: unknown name abc", "--set width=16", id="a word"),
        pytest.param(["--set", "width=yes"], "--set width=yes: width is a number", "--set width=16", id="a flag"),
        pytest.param(["--set", "width=16,32"], "--set width=16,32: only numbers", "--set width=16", id="two values"),
        pytest.param(["--set", "width=2**9999"], "more than 1,000 digits", "--set width=16", id="an endless number"),
        pytest.param(["--set", "width="], '"width=" is empty', "give a value", id="no value"),
        pytest.param(["--set", "width=width"], "it needs itself: width → width", "--set width=16", id="itself"),
        pytest.param(["--without", "foo"], "--without foo: nothing is called so", "aux", id="nothing so called"),
        pytest.param(["--without", "auxx"], "--without auxx", '"aux"', id="an optional layer misspelt"),
        pytest.param(["--without", "tanh"], "--without tanh", "aux", id="a kind that is not there"),
        pytest.param(["--set", "n" * 100_000 + "=1"], "there is no such name", "width", id="a name without end"),
    ],
)
@pytest.mark.parametrize("command", ["summary", "explain", "compare"])
def test_an_option_that_cannot_be_used_is_wrong_usage(command, args, said, cure, tmp_path, capsys):
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    names = [str(path)] * (2 if command == "compare" else 1)
    code, out, errors = outcome(capsys, command, *names, *args)
    assert (code, out) == (2, "")
    assert said in errors
    assert cure in errors
    assert len(errors) < 1_000


def test_a_name_that_is_also_a_word_for_a_flag_may_be_set():
    spec = "let: {n: 3, no: 8}\ninput: 3x8x8\nlayers: [conv n k3]"
    assert summarise_text(spec, Choices(sets={"n": "no"})).totals.parameters == 3 * 9 * 8 + 8


def test_set_gives_a_role_to_another_block():
    blocks = {f"n{stage}": "2" for stage in range(1, 5)}
    resnet18 = summarise("resnet", Choices(sets={"unit": "basic", **blocks}))
    assert resnet18.totals.parameters == 11_689_512


def test_a_role_is_for_a_block(capsys):
    code, out, errors = outcome(capsys, "summary", "resnet", "--set", "unit=32")
    assert (code, out) == (2, "")
    assert '--set unit=32: there is no block "32"' in errors and "= help: one of basic, bottleneck" in errors


@pytest.mark.parametrize("args", [["--set", "widht=32"], ["--set", "width=abc"]])
def test_solve_has_the_same_names(args, tmp_path, capsys):
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    code, out, errors = outcome(capsys, "solve", str(path), "--output", "7x7", *args)
    assert (code, out) == (2, "")
    assert "--set" in errors


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        pytest.param("3x32x32 -> conv n k3", "--set n=8", id="filters"),
        pytest.param("3x4x4 -> maxpool n", "--set n=2", id="a window that fits"),
        pytest.param("3x32x32 -> conv n/4 k=m", "--set m=8 --set n=8", id="two names"),
        pytest.param(
            "3x32x32 -> [conv n k3]*m -> conv 2*q k3", "--set m=8 --set n=8 --set q=8", id="one hides another"
        ),
        pytest.param("3x8x8 -> [conv 6 k3 p1 g=n]*3", "--set n=3", id="groups that divide"),
    ],
)
@pytest.mark.parametrize("command", ["summary", "explain", "compare"])
def test_a_line_has_no_let_but_the_option(command, text, cure, capsys):
    line = [command, *["-e", text] * (2 if command == "compare" else 1)]
    code, _, errors = outcome(capsys, *line)
    assert code == 3 and f"= help: {cure}\n" in errors and "`let`" not in errors
    assert outcome(capsys, *line, *cure.split())[::2] == (0, "")


PATTERN = "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC"


@pytest.mark.parametrize(
    ("text", "args", "cure"),
    [
        (PATTERN, [],
         '--input 3x224x224 --default CONV="64 k3" --default POOL=2 --default FC=10 --set K=2 --set M=2 --set N=2'),
        (PATTERN, ["--input", "3x32x32", "--default", "conv=32 k3 p1"],
         "--default POOL=2 --default FC=10 --set K=2 --set M=2 --set N=2"),
        (PATTERN, ["--input", "3x32x32", "--default", "conv=32 k3 p1", "--without", "pool"],
         "--default FC=10 --set K=8 --set M=8 --set N=8"),
        (PATTERN, ["--input", "3x32x32", "--set", "N=1", "--set", "M=2", "--set", "K=0"],
         '--default CONV="64 k3" --default POOL=2 --default FC=10'),
        ("INPUT -> CONV -> RELU -> FC", [], '--input 3x224x224 --default CONV="64 k3" --default FC=10'),
        ("INPUT -> FC", ["--input", "3x32x32"], "--default FC=10"),
        ("INPUT -> [CONV 8 k3 -> RELU]*N -> FC 10", ["--input", "3x32x32"], "--set N=8"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["summary", "explain", "convert"])
def test_what_a_pattern_of_the_lectures_leaves_open_is_asked_for_all_at_once(command, text, args, cure, capsys):
    line = [command, "-e", text, *args, *(["--to", "yaml"] if command == "convert" else [])]
    code, _, errors = outcome(capsys, *line)
    cures = {row.partition("= help: ")[2] for row in errors.splitlines() if "= help: " in row}
    assert code == 3 and cures == {cure}
    assert outcome(capsys, *line, *shlex.split(cure))[::2] == (0, "")


def test_a_pattern_of_the_lectures_is_the_network_written_out(capsys):
    """Convolutions keep the size, a pooling halves it, every FC sees the whole map."""
    for pool, without in ((" -> maxpool 2", []), ("", ["--without", "POOL"])):
        stage = "conv 32 k3 p1 -> relu -> conv 32 k3 p1 -> relu" + pool
        out = [outcome(capsys, "summary", "--json", *args)[1] for args in (
            ["-e", PATTERN, "--input", "3x32x32", "--default", "conv=32 k3 p1", "--default", "pool=2", *without,
             "--default", "fc=100", "--set", "N=2", "--set", "M=3", "--set", "K=1"],
            ["-e", PATTERN.replace("*N", "*2").replace("*M", "*3").replace("*K", "*1"), "--input", "3x32x32", *without,
             "--default", "conv=32 k3 p1", "--default", "pool=2", "--default", "fc=100"],
            ["-e", f"3x32x32 -> [{stage}]*3 -> flatten -> linear 100 -> relu -> linear 100"],
        )]  # fmt: skip
        totals = [json.loads(each)["totals"] for each in out]
        assert totals[0] == totals[1] == totals[2]
        side = 4 if pool else 32
        features = 32 * side * side
        convs = 3 * 9 * 32 + 32 + 5 * (32 * 9 * 32 + 32)
        assert totals[0]["parameters"] == convs + (features + 1) * 100 + 101 * 100


def test_a_file_has_let(tmp_path, capsys):
    path = tmp_path / "net.yaml"
    path.write_text("{input: 3x8x8, layers: [conv n k3]}")
    assert "declare it under `let` or `symbols`" in outcome(capsys, "summary", str(path))[2]


def test_a_layer_on_the_command_line_has_letters(capsys):
    assert "a number, or a single letter, in its place" in outcome(capsys, "layer", "conv width k3", "3x8x8")[2]
    assert outcome(capsys, "layer", "conv w k3", "3x8x8")[0] == 0


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        pytest.param(LINE, "N", 56, id="the filters of a line"),
        pytest.param("3x32x32 -> [conv 4 k1]*N", "N", 16 + 20, id="the times of a repeat"),
        pytest.param("{input: 3x8x8, layers: [N x conv 3 k1]}", "N", 24, id="a repeat in a file"),
        pytest.param(
            "{input: 3x8x8, blocks: {b: {params: {c: N}, layers: [conv c k1]}}, layers: [b]}", "N", 8, id="a default"
        ),
        pytest.param(
            "{input: 3x8x8, blocks: {b: {params: {c: 1}, layers: [conv c k1]}}, layers: [b c=N]}", "N", 8, id="a block"
        ),
        pytest.param("3xNx8 -> conv 2 k1", "N", 8, id="a side of the input"),
    ],
)
def test_set_declares_a_name_that_is_used(text, name, parameters):
    report = summarise_text(text, Choices(sets={name: "2"}))
    assert not report.errors
    assert report.totals.parameters == parameters
    with pytest.raises(Problem) as error:
        summarise_text(text, Choices(sets={"nothing": "2"}))
    assert error.value.diagnostics[0].code == "U004"


def test_what_is_not_optional_stays_and_that_is_said(capsys):
    code, out, errors = outcome(capsys, "summary", "-e", "3x8x8 -> conv 4 k1 -> relu?", "--without", "conv")
    assert code == 0
    assert "conv1" in out
    assert "--without conv: it stays, for it is not optional" in errors


@pytest.mark.parametrize("word", ["aux", "conv", "relu", "all", "AUX", "conv2d"])
def test_what_is_optional_is_left_out_by_name_or_kind(word):
    kinds = [layer.kind for layer in summarise_text(SPEC, Choices(without=(word,))).layers]
    assert kinds == {"relu": ["conv", "conv"], "all": ["conv"]}.get(word, ["conv", "relu"])


@pytest.mark.parametrize(
    ("choice", "left_out", "optional"), [("plain", "relu", "relu"), ("extra", "aux", "aux, conv, tanh")]
)
def test_what_is_optional_in_the_block_that_a_variant_chooses_is_found_there(choice, left_out, optional):
    text = """
input: 3x8x8
let: {size: plain}
variants: {size: {plain: {body: few}, extra: {body: many}}}
blocks: {few: [conv 4 k3, relu?], many: [conv 4 k3, aux: conv 4 k1?, tanh?]}
layers: [body: body]
"""
    sets = {"size": choice}
    every, some = (
        len(summarise_text(text, Choices(sets=sets, without=without)).layers) for without in ((), (left_out,))
    )
    assert every == some + 1
    with pytest.raises(Problem, match="--without softmax: nothing is called so") as raised:
        summarise_text(text, Choices(sets=sets, without=("softmax",)))
    assert raised.value.diagnostics[0].hint == f"optional are {optional}"


def test_names_are_worked_out_in_the_order_of_their_needs():
    """Each of 5,000 names once: in any other order a chain takes a pass for each name."""
    count = 5_000
    chain = ", ".join(f"a{index}: a{index + 1} + 1" for index in range(count))
    report = summarise_text(f"{{input: 3x8x8, let: {{{chain}, a{count}: 1}}, layers: [conv a0 k1]}}")
    assert not report.errors
    assert report.output == (count + 1, 8, 8)


def test_only_the_first_unknown_names_are_told():
    names = ", ".join(f"a{index}: b{index}" for index in range(5_000))
    report = summarise_text(f"{{input: 3x8x8, let: {{{names}}}, layers: [conv 1 k1]}}")
    assert len(report.errors) == 100


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({"a": {"a"}}, [["a"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}}, [["a", "b", "c"]]),
        ({"d": {"a"}, "a": {"b"}, "b": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"a"}, "c": {"c"}}, [["a", "b"], ["c"]]),
    ],
)
def test_a_circle_of_names_is_told_once(needs, expected):
    assert circles(needs) == expected
