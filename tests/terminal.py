"""What a run shows in a terminal of its own."""

import os
import pty
import sys

from places import ROOT


def in_terminal(columns, *arguments, **environment):
    """What a terminal of so many columns shows."""
    pid, handle = pty.fork()
    if not pid:
        os.environ.update(COLUMNS=str(columns), TERM="xterm-256color", PYTHONPATH=str(ROOT), **environment)
        os.execv(sys.executable, [sys.executable, "-m", "convcalc", *arguments])
    pieces = []
    while True:
        try:
            piece = os.read(handle, 65536)
        except OSError:
            break
        if not piece:
            break
        pieces.append(piece)
    assert os.waitpid(pid, 0)[1] == 0
    return b"".join(pieces).decode()
