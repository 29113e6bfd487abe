"""Completion in the shells themselves: what a line becomes by a TAB, and what click is told to offer."""

import os
import subprocess
import time

import click
import pytest
from places import ROOT
from shells import Terminal, path_with_convcalc, shell

from convcalc.cli import run
from convcalc.commands import COMMANDS, cli
from convcalc.commands.completion import EPILOG, SHELLS
from convcalc.commands.shells import read_line
from convcalc.commands.suggestions import suggester

SPEC = """\
let: {width: 8}
input: 3x32x32
layers:
  - first conv: conv width k3
  - head: [flatten, linear 10]
"""
# What is typed, and the line after a TAB; | is the end of it, before which there may be a space.
LINES = [
    ("expl", "explain "),
    ("explain googl", "explain googlenet "),
    ("explain lenet5 C", "explain lenet5 C"),
    ("explain lenet5 S2 li", "explain lenet5 S2 linear1 "),
    ("explain lenet5 to", "explain lenet5 total "),
    ("explain lenet5 --wo", "explain lenet5 --work "),
    ("explain lenet5 --work bl", "explain lenet5 --work blank "),
    ("explain lenet5 --work=bl", "explain lenet5 --work=blank "),
    ("explain lenet5 --work 'bl", "explain lenet5 --work 'blank' "),
    ("googlen", "googlenet "),
    ("summary net.yaml --set wi", "summary net.yaml --set width="),
    ("summary net.yaml --set=wi", "summary net.yaml --set=width="),
    ("summary resnet --set depth=15", "summary resnet --set depth=152 "),
    ("sweep resnet --over depth=18,3", "sweep resnet --over depth=18,34 "),
    ("summary vgg16 --columns kind,para", "summary vgg16 --columns kind,parameters "),
    ("summary nets/my", "summary nets/my\\ net.yaml "),
    ("summary 'nets/my", "summary 'nets/my net.yaml' "),
    ("explain net.yaml fir", "explain net.yaml first\\ conv "),
    ("summary net.py:Ne", "summary net.py:Net "),
    ("lint --select check", "lint --select checkerboard "),
    ("layer sepc", "layer sepconv "),
    ("formulas rece", "formulas receptive_field "),
    ("help answ", "help answers "),
    ("draw resnet50 --layers layer1.0.d", "draw resnet50 --layers layer1.0.d"),
    ("explain resnet50 layer4.2.conv3", "explain resnet50 layer4.2.conv3 "),
    ("explain broken.yaml C", "explain broken.yaml C"),
    ("nothing at all --x", "nothing at all --x"),
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "nets").mkdir()
    (tmp_path / "net.yaml").write_text(SPEC)
    (tmp_path / "nets" / "my net.yaml").write_text(SPEC)
    (tmp_path / "broken.yaml").write_text("layers: [")
    (tmp_path / "net.py").write_text("import torch.nn as nn\n\nclass Net(nn.Module):\n    pass\n")
    return tmp_path


@pytest.fixture
def terminal(request, folder):
    found = Terminal(request.param, folder, f'eval "$(convcalc completion {request.param})"')
    yield found
    found.close()


@pytest.mark.parametrize("terminal", ["bash", "zsh"], indirect=True)
def test_a_line_is_completed_at_a_key(terminal):
    found = {line: terminal.completed(f"convcalc {line}").removeprefix("convcalc ") for line, _ in LINES}
    assert found == dict(LINES)


def test_fish_is_told_words_and_what_they_mean(folder):
    path, environment = shell("fish"), {**os.environ, "PATH": path_with_convcalc(folder), "HOME": str(folder)}
    script = "convcalc completion fish | source\n" + "".join(
        f'complete -C "convcalc {line}"; echo ====\n' for line, _ in LINES if "'" not in line
    )
    done = subprocess.run([path, "-c", script], capture_output=True, text=True, cwd=folder, env=environment, check=True)
    found = dict(zip([line for line, _ in LINES if "'" not in line], done.stdout.split("====\n"), strict=False))
    assert found["expl"] == f"explain\t{COMMANDS['explain']}\n"
    assert found["explain lenet5 C"] == "C1\tconv, 6x28x28\nC3\tconv, 16x10x10\nC5\tconv, 120x1x1\n"
    assert found["explain lenet5 --work=bl"] == "--work=blank\n"
    assert found["summary resnet --set depth=15"] == "depth=152\n"
    assert found["summary nets/my"] == "nets/my net.yaml\n"
    assert found["nothing at all --x"] == found["explain broken.yaml C"] == "" == done.stderr


def test_zsh_finds_the_script_where_it_looks_for_completions(folder):
    where = "mkdir fns; convcalc completion zsh > fns/_convcalc; fpath=($PWD/fns $fpath); autoload -Uz compinit; compinit -u"
    terminal = Terminal("zsh", folder, where)
    try:
        assert terminal.completed("convcalc expl") == "convcalc explain "
        assert terminal.completed("convcalc explain lenet5 --wo") == "convcalc explain lenet5 --work "
    finally:
        terminal.close()


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_a_new_shell_completes_once_the_environment_is_active(folder, name):
    """The line that installs it needs convcalc once; a shell that starts without it finds nothing to complain of."""
    (line,) = (each for each in EPILOG.splitlines() if f"completion {name}" in each)
    environment = {"PATH": path_with_convcalc(folder), "HOME": str(folder)}
    subprocess.run(["sh", "-c", line], env=environment, cwd=folder, check=True)
    started = f'active=$PATH; PATH=/usr/bin:/bin; source ~/.{name}rc && command -v convcalc || PATH="$active"'
    terminal = Terminal(name, folder, started)
    try:
        assert terminal.completed("convcalc expl") == "convcalc explain "
    finally:
        terminal.close()


def test_bash_of_old_completes_too(folder):
    """Without `compopt`, and with a `complete` that knows no -o nosort, as 3.2 is."""
    old = 'enable -n compopt; complete() { [[ $* != *nosort* ]] && builtin complete "$@"; }; '
    terminal = Terminal("bash", folder, f'{old}eval "$(convcalc completion bash)"')
    try:
        assert terminal.completed("convcalc expl") == "convcalc explain "
        assert terminal.completed("convcalc explain lenet5 --wo") == "convcalc explain lenet5 --work "
    finally:
        terminal.close()
    assert not {"mapfile", "readarray", "declare -A", ",,}", "^^}", "|&"} & set(SHELLS["bash"].source_template.split())


@pytest.mark.parametrize("name", SHELLS)
def test_the_script_is_printed_by_the_command_and_as_click_asks_for_it(convcalc, monkeypatch, capsys, name):
    code, out, errors = convcalc("completion", name)
    assert (code, errors) == (0, "") and "convcalc completion" in out and "_CONVCALC_COMPLETE" in out
    monkeypatch.setenv("_CONVCALC_COMPLETE", f"{name}_source")
    assert run() == 0 and capsys.readouterr().out == out


# Values that nobody can list: numbers, texts of one's own.
FREE = {
    "activations", "against", "args", "at", "batch", "bias", "budget", "choices", "column", "depth", "fail_under",
    "flops", "inputs", "layers", "level", "limit", "macs", "master", "mean", "memory", "min_macs", "min_parameters",
    "names", "output", "parameters", "pareto", "places", "processes", "questions", "receptive_field", "sample", "seed", "shard", "step", "student",
    "text", "texts", "times", "until", "variance", "where", "width",
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_what_can_be_listed_is(name):
    for param in cli.get_command(click.Context(cli), name).params:
        is_flag = isinstance(param, click.Option) and param.is_flag
        if not (is_flag or isinstance(param.type, click.Choice) or param.name.startswith("max_")):
            assert param.name in FREE or suggester(param), f"{name} {param.opts}"


READ = [
    ("convcalc ", (("convcalc",), "", "", 0)),
    ("convcalc 'a b", (("convcalc",), "a b", "'", 0)),
    ('convcalc --set="a\\"b', (("convcalc",), '--set=a"b', '"', 6)),
    ("a\\ b c\\", (("a b",), "c", "", 0)),
    ('x "" ', (("x", ""), "", "", 0)),
]


@pytest.mark.parametrize(("line", "found"), READ, ids=[line for line, _ in READ])
def test_a_line_is_read_as_a_shell_reads_it(line, found):
    assert read_line(line) == found


def asked(monkeypatch, capsys, line):
    monkeypatch.setenv("_CONVCALC_COMPLETE", "fish_complete")
    monkeypatch.setenv("_CONVCALC_LINE", f"convcalc {line}")
    assert run() == 0
    captured = capsys.readouterr()
    assert not captured.err
    return [row.partition(" ")[2].partition("\t")[0] for row in captured.out.splitlines() if row]


OFFERED = [
    ("summary -e '3xHxW -> conv C k3' --symbol C --set ", {"H=", "W=", "C="}),
    ("summary resnet --set depth=", {"depth=18", "depth=50"}),
    ("draw lenet5 --layers C1,", {"C1,C3"}),
    ("sweep vgg16 --over ", {"H=", "W="}),
    ("sweep resnet --columns ma", {"macs"}),
    ("summary inception_v3 --without ", {"all"}),
    ("solve lenet5 --at C", {"C1", "C3"}),
    ("apply --weights sob", {"sobel-x", "sobel-y"}),
    ("check key.yaml ", {"tests/", "README.md"}),
    ("help C00", {"C001"}),
    ("init ", {"answers", "assignment"}),
    ("init answers --from lenet5-19", {"lenet5-1998"}),
    ("man swee", {"sweep"}),
    ("specs --show vgg16_", {"vgg16_bn"}),
    ("quiz --students tests/", {"tests/data/"}),
    ("summary --default ", {"conv="}),
    ("summary --count fv", {"fvcore"}),
    ("-", {"--help", "--version"}),
]


@pytest.mark.parametrize(("line", "some"), OFFERED, ids=[line for line, _ in OFFERED])
def test_what_belongs_there_is_offered(monkeypatch, capsys, line, some):
    monkeypatch.chdir(ROOT)
    found = asked(monkeypatch, capsys, line)
    assert some <= {*found} and len(found) == len({*found})


NOTHING = [
    "explain - ",
    "explain no_such_network C",
    "summary --set ",
    "draw --layers ",
    "explain /dev/zero C",
]


@pytest.mark.parametrize("line", NOTHING)
def test_where_nothing_is_known_nothing_is_said(monkeypatch, capsys, line):
    found = asked(monkeypatch, capsys, line)
    assert not [word for word in found if not word.endswith("total")]


def test_what_would_take_long_to_read_is_left_alone(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("net.py")
    os.mkfifo("net.yaml")
    (tmp_path / "long.yaml").write_text("input: 3x8x8\nlayers:\n" + "  - conv 3 k1\n" * 40_000)
    started = time.perf_counter()
    found = [
        asked(monkeypatch, capsys, line) for line in ("summary net.py:", "explain net.yaml C", "explain long.yaml c")
    ]
    assert not any(any(words) for words in found) and time.perf_counter() - started < 5
