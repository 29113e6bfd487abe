"""A long run: how far it is, in a line on standard error where that is a terminal, and how it is broken off."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar

Result = TypeVar("Result")


class Progress:
    """Drawn when the work takes long, and wiped when it is done."""

    PATIENCE, EVERY = 0.5, 0.1  # seconds

    def __init__(self, total: int, work: str = "marking", is_silent: bool = False, patience: float | None = None):
        self.total, self.work = total, work
        is_free = is_silent or not sys.stdout.isatty()  # of other lines
        self.shows = sys.stderr is not None and sys.stderr.isatty() and is_free and total > 1
        self.drawn, self.due = False, monotonic() + (self.PATIENCE if patience is None else patience)

    def over(self, results: Iterable[Result]) -> Iterator[Result]:
        try:
            for count, result in enumerate(results, 1):
                yield result
                self.advance(count)
        finally:
            self.wipe()

    def advance(self, count: int) -> None:
        """So many are done."""
        if self.shows and monotonic() >= self.due:
            self.draw(count)
            self.drawn, self.due = True, monotonic() + self.EVERY

    def wipe(self) -> None:
        if self.drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def draw(self, count: int) -> None:
        full = 30 * count // self.total
        sys.stderr.write(f"\r\x1b[K{self.work} [{'#' * full}{'.' * (30 - full)}] {count:,} of {self.total:,}")
        sys.stderr.flush()


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM, as `timeout` sends it, breaks a run off as Ctrl-C does: by an exception, which leaves nothing behind.

    So does the end of the terminal, unless `nohup` has it ignored.
    """

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    known = {number: signal.getsignal(number) for number in numbers}
    for number, handler in known.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)
