"""`convcalc watch`: every way in which a file can change, and nothing where none has."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from itertools import count

import pytest
from places import ROOT
from shells import Listener

from convcalc.commands import watch as watching
from convcalc.commands.watch import WatchedFiles

SPEC = "input: 3x32x32\nlayers:\n  - conv 8 k3\n  - relu\n  - flatten\n  - linear 10\n"
WIDER = SPEC.replace("8 k3", "16 k3")
CHANGED = re.compile(r"Since [\d:]{8}:\n((?:  .*\n)+)")
PROGRAM = """\
import torch.nn as nn
from blocks import WIDTH

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, WIDTH, 3)

    def forward(self, x):
        return self.conv(x)
"""


class Watcher(Listener):
    """A run of `convcalc watch` whose output is a pipe, or a terminal."""

    def __init__(self, folder, *arguments, terminal=False):
        command = [sys.executable, "-m", "convcalc", "watch", *arguments]
        ours, theirs = pty.openpty() if terminal else os.pipe()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "PYTHONUTF8": "1", "TERM": "xterm"}
        self.run = subprocess.Popen(command, cwd=folder, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        super().__init__(ours)

    def end(self):
        """The exit code after Ctrl-C."""
        self.run.send_signal(signal.SIGINT)
        code = self.run.wait(30)
        os.close(self.handle)
        return code


@pytest.fixture
def watch(tmp_path):
    runs = []

    def start(*arguments, **options):
        runs.append(Watcher(tmp_path, *arguments, **options))
        return runs[-1]

    yield start
    for each in runs:
        each.run.kill()
        each.run.wait()


def write_in_place(path, text):
    path.write_text(text)


def write_by_rename(path, text):
    """As editors do that keep the old file until the new one is whole."""
    other = path.with_name(f".{path.name}.new")
    other.write_text(text)
    os.replace(other, path)


def write_after_deletion(path, text):
    path.unlink()
    time.sleep(0.5)
    path.write_text(text)


def write_slowly(path, text):
    with open(path, "w") as file:
        for line in text.splitlines(keepends=True):
            file.write(line)
            file.flush()
            time.sleep(0.01)


WAYS = [write_in_place, write_by_rename, write_after_deletion, write_slowly]


@pytest.mark.parametrize("write", WAYS, ids=[way.__name__ for way in WAYS])
def test_what_has_changed_is_shown(watch, tmp_path, write):
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    run = watch("net.yaml")
    assert "72,234" in run.wait("Receptive field  32×32")  # 8·27 + 8 + 10·(8·30·30 + 1)
    write(path, WIDER)
    run.wait("Since ")
    changed = run.wait("linear 10, 72,010 → 144,010 parameters")
    assert re.search(r"parameters +72,234 +→ 144,458 +\(\+72,224\)", changed)
    assert "conv 8 k3 → conv 16 k3, 8×30×30 → 16×30×30, 224 → 448 parameters" in changed
    assert run.end() == 130


def test_a_broken_file_is_told_and_the_last_that_was_right_compared_with(watch, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    run = watch("net.yaml")
    run.wait("Receptive field  32×32")
    path.write_text(SPEC.replace("relu", "rleu"))
    assert "--> net.yaml:4:5" in run.wait("The last that was right is of ")
    path.write_text(SPEC.replace("8 k3", "8 k40"))
    assert "--> net.yaml:3:5" in run.wait("The last that was right is of ")
    path.unlink()
    assert "there is no file net.yaml" in run.wait("The last that was right is of ")
    path.write_text(WIDER)
    run.wait("Since ")
    assert "72,234  → 144,458" in run.wait("linear1")
    assert run.end() == 130


def test_what_is_right_again_is_as_it_was(watch, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("layers: [")
    run = watch("net.yaml")
    assert "Y006" in run.wait("write ] where it ends")
    path.write_text(SPEC)
    run.wait("Receptive field  32×32")
    path.write_text("layers: [")
    run.wait("what comes next is compared with it")
    path.write_text(SPEC)
    run.wait("As it was at ")


def test_nothing_is_shown_where_the_network_is_the_same(watch, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    run = watch("net.yaml", "--lint")
    run.wait("Receptive field  32×32")
    path.write_text(f"{SPEC}# a comment\n")
    (tmp_path / ".net.yaml.swp").write_text("of an editor")
    time.sleep(1)
    path.write_text(WIDER)
    assert run.wait("Since ").count("net.yaml, ") == 1


def test_the_base_of_a_spec_is_watched_even_before_it_is_there(watch, tmp_path):
    (tmp_path / "net.yaml").write_text("base: parent\n")
    run = watch("net.yaml")
    run.wait('there is no "parent" beside net.yaml')
    (tmp_path / "parent.yaml").write_text(SPEC)
    run.wait("Receptive field  32×32")
    write_by_rename(tmp_path / "parent.yaml", WIDER)
    run.wait("72,234  → 144,458")


def test_what_a_program_imports_is_watched(watch, tmp_path):
    (tmp_path / "net.py").write_text(PROGRAM)
    (tmp_path / "blocks.py").write_text("WIDTH = 8\n")
    run = watch("net.py:Net", "--input", "3x32x32")
    run.wait("Receptive field  3×3")
    (tmp_path / "blocks.py").write_text("WIDTH = 16\n")
    assert "224  → 448" in run.wait("parameters\n")


def test_a_terminal_is_cleared_and_a_pipe_is_not(watch, tmp_path):
    (tmp_path / "net.yaml").write_text(SPEC)
    run = watch("net.yaml", terminal=True)
    assert run.wait("Ctrl-C ends").startswith("\x1b[H\x1b[2Jnet.yaml, ")
    run.wait("Receptive field")
    (tmp_path / "net.yaml").write_text(WIDER)
    run.wait("\x1b[H\x1b[2Jnet.yaml, ")
    run.wait("Since ")
    run.wait("parameters")
    piped = watch("net.yaml", "--times", "1")
    assert "\x1b" not in piped.wait("Receptive field")


def test_it_ends_after_so_many_tables_with_the_last_exit_code(convcalc, tmp_path, monkeypatch):
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    assert convcalc("watch", path, "--times", "1", "--columns", "layer,macs")[0] == 0
    code, out, errors = convcalc("watch", path, "--times", "1", "--max-parameters", "70k")
    assert code == 1 and "72,234" in out and "over the budget" in errors
    monkeypatch.setattr(WatchedFiles, "wait", lambda _: path.write_text("layers: ["))
    assert convcalc("watch", path, "--times", "2")[0] == 3


NO_FILES = [
    ("vgg16", 2, '"vgg16" is no file that could change'),
    ("-", 2, "is no file that could change"),
    (".", 2, "is no file that could change"),
    ("/dev/null", 2, "is no file that could change"),
    ("3x8x8 -> relu", 2, "is no file that could change"),
    ("missing.yaml", 3, "there is no file missing.yaml"),
]


@pytest.mark.parametrize(("name", "code", "said"), NO_FILES, ids=[name for name, *_ in NO_FILES])
def test_what_cannot_change_is_refused(convcalc, name, code, said):
    found, out, errors = convcalc("watch", name)
    assert (found, out) == (code, "") and said in errors


def test_it_sleeps_between_two_looks(tmp_path, monkeypatch):
    path = tmp_path / "net.yaml"
    path.write_text("a")
    files = WatchedFiles(str(path))
    with files.reading():
        path.read_text()
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 5:
            path.write_text("other")

    monkeypatch.setattr(watching.time, "sleep", sleep)
    looks = count()
    monkeypatch.setattr(watching.os, "stat", lambda path, stat=os.stat: (next(looks), stat(path))[1])
    files.wait()
    assert pauses[:5] == [watching.PAUSE] * 5 and next(looks) < 50


def test_what_changes_while_it_is_read_is_seen(tmp_path):
    path, other = tmp_path / "net.yaml", tmp_path / "base.yaml"
    path.write_text("a")
    other.write_text("a")
    files = WatchedFiles(str(path))
    with files.reading():
        other.read_text()
        other.write_text("longer")
    assert files.now() != files.states
