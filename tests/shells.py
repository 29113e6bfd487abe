"""Shells in terminals of their own, in which lines are typed with TAB."""

import os
import pty
import select
import shutil
import sys
import time

import pytest
from places import ROOT

PATIENCE = 30  # seconds
SHOW = "\x18l"  # the keys at which a shell is made to show the line as it is
SETUPS = {
    "bash": """PS1='$ '; bind 'set bell-style none'; bind -x '"\\C-xl": printf "<<%s>>" "$READLINE_LINE"'\n""",
    "zsh": """unsetopt beep; show() { print -rn -- "<<$BUFFER>>" }; zle -N show; bindkey '^Xl' show\n""",
}
INTERACTIVE = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}


def shell(name):
    """The path of a shell; without it the test is skipped."""
    path = shutil.which(name)
    if not path:
        pytest.skip(f"{name} is not installed")
    return path


def path_with_convcalc(folder):
    """A search path on which `convcalc` is the one that is tested, whatever is installed."""
    place = folder / "bin"
    place.mkdir(exist_ok=True)
    program = place / "convcalc"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m convcalc "$@"\n')
    program.chmod(0o755)
    return f"{place}:{os.environ['PATH']}"


class Listener:
    """What a program writes, as far as it was waited for."""

    def __init__(self, handle):
        self.handle, self.text = handle, ""

    def wait(self, text):
        """Read until a text is there; what came before it."""
        end = time.monotonic() + PATIENCE
        while text not in self.text:
            assert select.select([self.handle], [], [], max(0, end - time.monotonic()))[0], self.text
            piece = os.read(self.handle, 65536)
            assert piece, f"it ended with {self.text}"
            self.text += piece.decode(errors="replace")
        before, _, self.text = self.text.partition(text)
        return before


class Terminal(Listener):
    """A shell that believes in somebody at a keyboard."""

    def __init__(self, name, folder, setup=""):
        path, environment = shell(name), {"PATH": path_with_convcalc(folder), "HOME": str(folder), "TERM": "dumb"}
        environment |= {"LC_ALL": "C.UTF-8"}
        self.pid, handle = pty.fork()
        if not self.pid:
            os.chdir(folder)
            os.execve(path, [path, *INTERACTIVE[name]], environment)
        super().__init__(handle)
        self.type(f"{SETUPS[name]}{setup}\necho re''ady\n")
        self.wait("ready")

    def type(self, keys):
        os.write(self.handle, keys.encode())

    def completed(self, line):
        """What a line becomes by a TAB."""
        self.type(f"{line}\t{SHOW}")
        self.wait("<<")
        found = self.wait(">>")
        self.type("\x15" if line else "")
        return found

    def close(self):
        os.close(self.handle)
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
