"""The files that a piece of work reads, and whether one of them has changed since."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from convcalc.readers.library import PACKAGE

PAUSE = 0.3  # seconds between two looks
SETTLED = 0.05  # seconds in which nothing more is written
OWN = tuple(os.path.join(place, "") for place in (PACKAGE, sys.prefix, sys.base_prefix) if place != os.sep)


class WatchedFiles:
    """Files, whoever opens them: a spec and its base, a program and what it imports.

    Their folders are watched too, for what is missing may come.
    """

    def __init__(self, path: str):
        self.path = os.path.abspath(path)
        self.states: dict[str, tuple[int, ...]] = {}
        self.is_recording = False
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Python tells of every file before it is opened."""
        if self.is_recording and event == "open" and isinstance(arguments[0], str):
            path = os.path.abspath(arguments[0])
            if not path.startswith(OWN):
                self.add(path)

    def add(self, path: str) -> None:
        for each in (path, os.path.dirname(path)):
            if each not in self.states:
                self.states[each] = state(each)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What is opened meanwhile is watched from then on."""
        self.states = {}
        self.add(self.path)
        self.is_recording = True
        try:
            yield
        finally:
            self.is_recording = False

    def now(self) -> dict[str, tuple[int, ...]]:
        return {path: state(path) for path in self.states}

    def wait(self) -> None:
        """Until one has changed, and is written to its end."""
        while self.now() == self.states:
            time.sleep(PAUSE)
        last = self.states
        while (found := self.now()) != last:
            last = found
            time.sleep(SETTLED)


def state(path: str) -> tuple[int, ...]:
    """What tells that a file is another one; of a folder, that something came or went."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (found.st_mtime_ns,) if os.path.isdir(path) else (found.st_mtime_ns, found.st_size, found.st_ino)
