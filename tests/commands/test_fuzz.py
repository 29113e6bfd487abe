"""Whatever is typed, a command ends soon, small, with an exit code of the table, and says a word."""

import sys
from random import Random

import pytest
from command_lines import Case, command_line
from fuzz import Finding, finding, isolated, outcome
from hypothesis import given
from hypothesis import strategies as st

from convcalc.commands import COMMANDS

SECONDS = 10  # of processor time, a guard: what hangs is not waited for


@pytest.mark.parametrize("command", COMMANDS)
@given(seed=st.integers(0, 10**9))
def test_any_command_line_ends_well(command, seed):
    case = command_line(command, Random(f"{command} {seed}"))
    assert finding(case, outcome(case, SECONDS)) is None, (
        f"{case}\n(python tests/fuzz.py --command {command} --seed {seed})"
    )


# Command lines that did not: exit 70, no word, or no end.
FOUND = [
    Case(("summary", "net.yaml"), (("net.yaml", "{input: 3x4x4, blocks: {b: ceil(7/2)}, layers: [b]}"),)),
    Case(("summary", "net.yaml"), (("net.yaml", "{input: 3x4x4, blocks: {a: x, b: [relu, a]}, layers: [b]}"),)),
    Case(("explain", "net.yaml"), (("net.yaml", "{input: 3x4x4, blocks: {basic: relu}, layers: [basic]}"),)),
    Case(("explain", "net.yaml"), (("net.yaml", 'input: 1x16\nblocks: {a: null}\nlayers: [a]'),)),
    Case(("check", "key.yaml"), (("key.yaml", '{"input": "3", "blocks": {"0", "a"}, "layers": [{"repeat": {"times": "1", "layers": ["4 x a"]}},]}'),)),
    Case(("solve", "maxpool ? s3 ceil=yes")),
    Case(("explain", "net.yaml", "--input", "1"), (("net.yaml", "s:"),)),
    Case(("solve", "conv k5 d?")),
    Case(("solve", "8x7x2", "convlstm k? b=yes")),
    Case(("solve", "7x7", "embedding ? units=1", "2x2")),
    Case(("solve", "-e", "<:", "--set", "relu=?")),
    Case(("solve", "-e", "INPUT -> conv ? k3", "--parameters", "> 5")),
    Case(("layer", "", "1")),
    Case(("summary", "-e", "1x8 -> conv 1 k2 p=[[0,1],[1,0]]", "--convention", "onnx")),
    Case(("summary", "-e", "1x8 -> nn.ZeroPad1d(((0,1),(2,3)))")),
    Case(("explain", "net.yaml"), (("net.yaml", "{input: 3x27, layers: [depthwise 9, input: 1]}"),)),
    Case(("explain", "net.yaml"), (("net.yaml", "{input: 3x9x9, layers: [a: conv 3 k3, b: relu, a: flatten, linear 2, b: conv 3 k3, conv 3 k3]}"),)),
    Case(("explain", "-e", "3x64 -> [relu -> conv 3 k3 p1]*24000")),
    Case(("summary", "net.yaml", "--format", "html"), (("net.yaml", "{input: 1x300x300, layers: [1000000 x flatten, linear 300*300]}"),)),
]  # fmt: skip


@pytest.mark.parametrize("case", FOUND, ids=str)
def test_what_once_did_not_end_well_does(case):
    (found,) = isolated([case], SECONDS)
    assert finding(case, found) is None


# The judge itself


@pytest.mark.parametrize(
    ("program", "fault"),
    [
        ("raise KeyError('x')", "KeyError"),
        ("while True: pass", "TooLong"),
        ("bytearray(200 * 10**6)", "over"),
        ("pass", "exit code 0 and not a word"),
        ("print('a bug in convcalc')", "a traceback"),
        ("sys.exit(70)", "SystemExit"),
        ("print('fine')", None),
    ],
)
def test_the_judge_sees_what_is_wrong(program, fault, monkeypatch):
    monkeypatch.setattr("fuzz.run", lambda _: exec(program, {"sys": sys}) or 0)
    case = Case(("specs",))
    (found,) = isolated([case], 1)
    judged = finding(case, found)
    assert (judged and judged.what.split(":")[0][: len(fault or "")]) == fault
    assert judged is None or isinstance(judged, Finding)
