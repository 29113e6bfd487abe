"""Where output goes: consoles of other encodings, streams that are closed, full or left by their reader, signals."""

import io
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from places import ROOT

from convcalc.cli import run
from convcalc.commands import console
from convcalc.render import layout

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
CONVCALC = f"{shlex.quote(sys.executable)} -m convcalc"

# (what the shell does, the command, its exit code, what standard error begins with)
STREAMS = [
    ("a full disk", "summary lenet5 >/dev/full", 74, "error: standard output: No space left on device"),
    ("a full disk under a mark", "check lenet5 lenet5 >/dev/full", 74, "error: standard output: No space left"),
    ("a full disk under a picture", "summary lenet5 --format svg >/dev/full", 74, "error: standard output: No space"),
    ("a full disk under the help", "--help >/dev/full", 74, "error: standard output: No space"),
    ("a full disk that nothing is written to", "summary nothing >/dev/full", 3, "error[Y030]"),
    ("a full disk for messages", "summary nothing 2>/dev/full", 3, ""),
    ("a full disk for wrong usage", "summary 2>/dev/full", 2, ""),
    ("output closed", "summary lenet5 >&-", 74, "error: standard output: Bad file descriptor"),
    ("output closed, and nothing to write", "summary nothing >&-", 3, "error[Y030]"),
    ("messages closed", "summary lenet5 2>&- >/dev/null", 0, ""),
    ("messages closed with an error to tell", "summary nothing 2>&-", 3, ""),
    ("both closed", "summary lenet5 >&- 2>&-", 74, ""),
    ("input closed", "summary - <&-", 3, "error[Y032]: there is no standard input"),
    ("a reader that reads nothing", "summary vgg16 vgg16 | true", 0, ""),
    ("a reader that has gone after a line", "specs | head -1 >/dev/null", 0, ""),
    ("a reader of JSON that has gone", "summary resnet152 --json | head -c 1 >/dev/null", 0, ""),
    ("a reader of the help that has gone", "summary --help | true", 0, ""),
    ("a reader of marks that has gone", "quiz lenet5 | true", 0, ""),
    ("a reader of messages that has gone", "summary nothing 2>&1 | true", 3, ""),
]  # fmt: skip


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize(("line", "code", "said"), [case[1:] for case in STREAMS], ids=[case[0] for case in STREAMS])
def test_a_stream_that_takes_nothing_more_is_no_bug(line, code, said):
    command = f"set -o pipefail; {CONVCALC} {line}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith(said)
    assert bool(done.stderr) == bool(said)
    assert "Traceback" not in done.stderr and "bug" not in done.stderr


@pytest.mark.parametrize(("number", "codes"), [(signal.SIGINT, (130, -2)), (signal.SIGTERM, (143, -15))])
def test_a_signal_ends_a_run_at_once_and_without_a_traceback(number, codes, tmp_path):
    """Standard input is left open: the run waits for a spec until the signal comes.

    The signal may be ignored where the tests themselves run, in the background of a shell: not in the run.
    """
    running = subprocess.Popen(
        [sys.executable, "-m", "convcalc", "summary", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        stdout=subprocess.PIPE, env=ENVIRONMENT, preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )  # fmt: skip
    waiting = Path(f"/proc/{running.pid}/wchan")
    deadline = time.monotonic() + 20
    while waiting.exists() and "read" not in waiting.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    if not waiting.exists():
        time.sleep(1)
    running.send_signal(number)
    out, errors = running.communicate(timeout=20)
    assert running.returncode in codes
    assert (out, b"Traceback" in errors) == (b"", False)


ENCODINGS = ["cp1252", "latin-1", "cp437", "koi8-r", "cp932", "ascii"]
NETWORK = "3xHx8 -> conv 4 k3 s2 -> [relu]*2 -> upsample 2"
FOR_PEOPLE = [
    ("a table", ["summary", "lenet5"]),
    ("a table with formulas", ["summary", "-e", NETWORK]),
    ("every column", ["summary", "unet", "--style", "full"]),
    ("what tools count", ["summary", "lenet5", "--count", "all", "--memory", "all"]),
    ("the lecture's table", ["summary", "lenet5", "--style", "lenet"]),
    ("the columns", ["summary", "--columns", "help"]),
    ("an error", ["summary", "-e", "3x8x8 -> conv 4 k9"]),
    ("a layer", ["layer", "conv 10 k5 p2 s3", "3x32x32"]),
    ("a network worked", ["explain", "lenet5"]),
    ("an answer", ["solve", "3x224x224", "conv 64 k7 s2 p?", "64x112x112"]),
    ("a formula for an unknown", ["solve", "conv k=K d=D p?"]),
    ("a comparison", ["compare", "vgg16", "unet", "wavenet"]),
    ("networks", ["specs", "--names"]),
    ("kinds", ["kinds"]),
    ("a kind", ["kinds", "tconv"]),
    ("formulas", ["formulas"]),
    ("formulas of a quantity", ["formulas", "output"]),
    ("marks", ["check", "lenet5", "{answers}", "--hints", "full"]),
    ("the help", ["--help"]),
    ("the help of a command", ["summary", "--help"]),
    ("wrong usage", ["summary", "lenet5", "--columns", "größe×"]),
    ("no such network", ["summary", "größe×"]),
]  # fmt: skip
FOR_PROGRAMS = [
    *((f"a table as {form}", ["summary", "-e", NETWORK, "--format", form]) for form in ("json", "jsonl", "csv", "markdown", "latex", "html", "svg")),
    ("a spec", ["specs", "--show", "unet3d"]),
    ("a schema", ["schema", "summary"]),
    ("a layer in Markdown", ["layer", "conv 10 k5", "3x32x32", "--format", "markdown"]),
    ("a layer in LaTeX", ["layer", "conv 10 k5", "3x32x32", "--format", "latex"]),
    ("a comparison in JSON", ["compare", "unet3d", "unet", "--json"]),
    ("a comparison in Markdown", ["compare", "unet3d", "unet", "--format", "markdown"]),
    ("a comparison in CSV", ["compare", "shufflenet_v2_x0_5", "unet", "--format", "csv"]),
    ("an answer in JSON", ["solve", "conv k=K d=D p?", "--json"]),
    ("an error in JSON", ["summary", "größe×", "--json"]),
    *((f"marks as {form}", ["check", "lenet5", "{answers}", "--format", form, "--hints", "full"])
      for form in ("csv", "json", "junit", "gradescope", "markdown", "check50", "html")),
    ("an exercise", ["quiz", "lenet5", "--student", "Zoë"]),
    ("a key", ["quiz", "lenet5", "--student", "Zoë", "--format", "key"]),
]  # fmt: skip


@pytest.fixture
def on_console(monkeypatch, tmp_path):
    """Run a command line on a console of some encoding: (exit code, bytes of output, bytes of messages)."""
    answers = tmp_path / "zoë.yaml"
    answers.write_text("student: Zoë\nanswers:\n  C1: {output: 6x28x28, parameters: 150}\n", encoding="utf-8")

    def call(encoding, arguments):
        streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n") for _ in range(2)]
        monkeypatch.setattr(sys, "stdout", streams[0])
        monkeypatch.setattr(sys, "stderr", streams[1])
        console.attend()
        code = run([argument.replace("{answers}", str(answers)) for argument in arguments])
        found = []
        for stream in streams:
            stream.flush()
            found.append(stream.buffer.getvalue())
        return code, *found

    return call


@pytest.mark.parametrize("arguments", [case[1] for case in FOR_PEOPLE], ids=[case[0] for case in FOR_PEOPLE])
def test_text_has_stand_ins_for_signs_that_a_console_lacks(on_console, arguments):
    expected, plain, plain_errors = on_console("utf-8", arguments)
    for encoding in ENCODINGS:
        code, out, errors = on_console(encoding, arguments)
        assert (code, bool(out), bool(errors)) == (expected, bool(plain), bool(plain_errors)), encoding
        assert "bug" not in errors.decode(encoding)
        if encoding == "ascii":
            assert (out + errors).isascii()


@pytest.mark.parametrize("arguments", [case[1] for case in FOR_PROGRAMS], ids=[case[0] for case in FOR_PROGRAMS])
def test_what_programs_read_is_utf8_on_every_console(on_console, arguments):
    expected = on_console("utf-8", arguments)[:2]
    assert expected[0] != 70 and expected[1].decode("utf-8")
    for encoding in ENCODINGS:
        assert on_console(encoding, arguments)[:2] == expected, encoding


STAND_INS = [
    ("signs with a likeness", "3×4 — 5·6 … 7", b"3x4 - 5*6 ... 7"),
    ("floors and arrows", "⌊a⌋ → ⌈b⌉ ≈ c", b"floor(a) -> ceil(b) ~ c"),
    ("a letter without one", "größe", b"gr\\xf6\\xdfe"),
    ("half of a pair, as in a file's name that is no UTF-8", "\udcff", b"\\udcff"),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in STAND_INS], ids=[case[0] for case in STAND_INS])
def test_stand_ins(monkeypatch, text, expected):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    console.attend()
    console.tell([text])
    assert raw.getvalue() == expected


def test_a_console_keeps_the_signs_that_it_has(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252"))
    console.attend()
    console.tell(["größe × — ⌊n⌋"])
    assert raw.getvalue().decode("cp1252") == "größe × — floor(n)"


class Terminal(io.TextIOWrapper):
    def isatty(self):
        return True


@pytest.fixture
def in_terminal(monkeypatch, tmp_path):
    """Run a command line in a terminal of so many columns: everything that it shows, in the order of showing."""
    answers = tmp_path / "zoe.yaml"
    answers.write_text("student: Zoe\nanswers:\n  C1: {output: 6x28x28, parameters: 150}\n  C3: {macs: 5*5*6*16}\n")
    monkeypatch.setenv("NO_COLOR", "1")

    def call(columns, arguments):
        raw = io.BytesIO()
        screen = Terminal(raw, encoding="utf-8", newline="\n")
        monkeypatch.setattr(sys, "stdout", screen)
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.setenv("COLUMNS", str(columns))
        run([argument.replace("{answers}", str(answers)) for argument in arguments])
        screen.flush()
        return raw.getvalue().decode()

    return call


NARROW = [
    ("kinds", ["kinds"]),
    ("a kind", ["kinds", "conv"]),
    ("a kind with long formulas", ["kinds", "attention"]),
    ("formulas", ["formulas"]),
    ("a layer", ["layer", "conv", "10", "k5", "p2", "d2", "s3", "3x32x32"]),
    ("a layer in letters", ["layer", "conv f k=K p=P s=S d=D", "CxHxW"]),
    ("a network worked", ["explain", "googlenet", "total"]),
    ("a comparison", ["compare", "vgg16", "resnet50", "alexnet"]),
    ("what tools count", ["summary", "lenet5", "--count", "all", "--memory", "all"]),
    ("marks", ["check", "lenet5", "{answers}", "--hints", "full"]),
    ("a class", ["check", "lenet5", "{answers}", "--class-report"]),
    ("a lecture's lines", ["summary", "vgg16", "--style", "vgg"]),
    ("an error", ["summary", "-e", "3x8x8 -> conv 4 k3 -> [conv 4 k3 -> relu -> conv 16 k1 -> batchnorm]*2 -> conv 4 k9 -> dropout"]),
    ("an unknown layer", ["explain", "vgg16", "conv1_1"]),
    ("an unknown column", ["summary", "lenet5", "--columns", "xyzzy"]),
    ("an unknown command", ["xyzzy"]),
    ("an answer", ["solve", "3x224x224", "conv 64 k7 s2 p?", "64x112x112"]),
]  # fmt: skip


@pytest.mark.parametrize("columns", [80, 60])
@pytest.mark.parametrize("arguments", [case[1] for case in NARROW], ids=[case[0] for case in NARROW])
def test_a_terminal_breaks_lines_at_words_only(in_terminal, arguments, columns):
    lines = in_terminal(columns, arguments).splitlines()
    whole = in_terminal(400, arguments).split()
    assert [line for line in lines if layout.width(line) > columns and " " in line.strip()] == []
    assert {word for line in lines for word in line.split() if word.isalpha()} <= {
        *whole,
        *["not", "shown", "in", "shortened", "to", "columns", "plain"],
    }


def test_the_error_is_the_last_thing_on_the_screen(in_terminal):
    screen = in_terminal(80, ["summary", "-e", "3x8x8 -> conv 4 k3 -> conv 4 k9"])
    table, _, error = screen.partition("error[C001]")
    assert "conv1" in table and "Total" in table and error.rstrip().splitlines()[-1].startswith("  = help: ")
    assert "Total" not in in_terminal(80, ["summary", "-e", "3x8x8 -> conv 4 k9"])
    for command in (["layer", "conv 4 k9", "3x8x8"], ["explain", "-e", "3x8x8 -> relu -> conv 4 k9"]):
        assert in_terminal(80, command).rstrip().splitlines()[-1].startswith("  = help: ")


FOLDS = [
    ("a line that fits", "a b", 10, ["a b"]),
    ("a sentence", "one two three four", 9, ["one two", "  three", "  four"]),
    ("below the last column", "k3  sides of the window", 16, ["k3  sides of the", "    window"]),
    ("a last column too far right goes below", "a long label here  a + b", 20, ["a long label here", "    a + b"]),
    ("an indented line", "    one two three", 12, ["    one two", "      three"]),
    ("a word that is too long stays whole", "see https://a.very/long/address now", 12,
     ["see", "  https://a.very/long/address", "  now"]),
    ("colours take no room", "\x1b[31mone\x1b[0m two", 7, ["\x1b[31mone\x1b[0m two"]),
    ("wide letters take two cells", "層層 層層", 8, ["層層", "  層層"]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "limit", "lines"), [case[1:] for case in FOLDS], ids=[case[0] for case in FOLDS])
def test_folding(line, limit, lines):
    assert layout.fold(line, limit) == lines
    assert "".join(layout.fold_all([line[:3], line[3:], "\n", "x"], limit)) == "\n".join(lines) + "\nx"


NAMING = ["summary {0}", "summary {0} --style lenet", "explain {0}", "compare {0} {1}", "solve {0} --smallest"]


@pytest.mark.parametrize("command", NAMING)
def test_a_name_never_reaches_the_terminal_as_it_is(command, convcalc, tmp_path):
    """A control sequence in a name is shown, not sent."""
    specs = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    for spec, filters in zip(specs, (4, 5), strict=True):
        spec.write_text(f'name: "a\\x1b[31mb{filters}"\ninput: 3x8x8\nlayers: [conv {filters} k3]\n')
    code, out, err = convcalc(*command.format(*specs).split())
    assert code == 0
    assert "\x1b" not in out + err


def test_a_command_is_one_line_on_a_narrow_terminal():
    command = f"convcalc summary net.yaml{' --set width=24' * 9}\n"
    told = f"{'word ' * 30}\n"
    lines = "".join(layout.fold_all([told, command], 80)).splitlines()
    assert lines[-1] == command.rstrip("\n")
    assert len(lines) > 2 and all(len(line) <= 80 for line in lines[:-1])
