"""What a run writes to: how wide it is, which signs it has, and what becomes of a stream that takes nothing more."""

from __future__ import annotations

import os
import sys
from codecs import register_error
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.problem import Diagnostic

BLOCK = 1 << 16  # characters written at a time
FOR_PEOPLE = ("text", "plain", "table")  # in the console's own encoding; programs read UTF-8 everywhere
STAND_IN = "convcalc.stand_in"
USUAL_COLUMNS = 80  # of a terminal that does not say how wide it is


def attend() -> None:
    """Streams that can be written to, whatever the shell has closed, with substitutes for signs that they lack."""
    if sys.stdout is None:  # closed: what is written fails when it is flushed
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    register_error(STAND_IN, stand_in)
    for stream in (sys.stdout, sys.stderr):
        reconfigure(stream, errors=STAND_IN)


def reconfigure(stream: Any, **settings: str) -> None:
    if hasattr(stream, "reconfigure"):  # not where a test or another program has put its own
        stream.reconfigure(**settings)


def stand_in(error: UnicodeError) -> tuple[str, int]:
    """x for ×, - for —, and escapes of what has no likeness."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from convcalc.render.script import to_ascii

    return to_ascii(error.object[error.start : error.end]), error.end


def speak(form: str = "text") -> bool:
    """Whether × and ⌊ can be written in this format; standard output becomes UTF-8 where programs read it."""
    if getattr(sys.stdout, "encoding", None) == "utf-8":
        return True
    if form not in FOR_PEOPLE:
        reconfigure(sys.stdout, encoding="utf-8")
    try:
        "×—⌊".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def encode(encoding: str) -> None:
    """Have standard output in the encoding of the program that reads it."""
    if encoding != "utf-8":
        reconfigure(sys.stdout, encoding=encoding)


def width(stream: Any = None) -> int:
    """Columns of the terminal; 0 where there is none: as wide as it takes."""
    stream = stream or sys.stdout
    if not stream.isatty():
        return 0
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    # What shutil has for this takes a fortieth of a run to import.
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_COLUMNS
    except (OSError, ValueError):  # a terminal that is none of the system's, as tests have it
        return USUAL_COLUMNS


def colours_on(stream: Any) -> bool:
    """Colour on a terminal, unless NO_COLOR asks for none (no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def fold(pieces: Iterable[str], columns: int) -> Iterable[str]:
    """Lines no longer than a terminal is wide, where there is one."""
    if not columns:
        return pieces
    from convcalc.render.layout import fold_all

    return fold_all(pieces, columns)


def tell(pieces: Iterable[str], form: str = "text") -> None:
    """Write data, in blocks: a line at a time is slow where output is not buffered.  A terminal has words whole."""
    pieces = fold(pieces, width() if form in FOR_PEOPLE else 0)
    block: list[str] = []
    size = 0
    for piece in pieces:
        block.append(piece)
        size += len(piece)
        if size > BLOCK:
            sys.stdout.write(for_readers("".join(block), form))
            block.clear()
            size = 0
    if size:
        sys.stdout.write(for_readers("".join(block), form))
        sys.stdout.flush()


def send(pieces: Iterable[bytes]) -> None:
    """Write bytes to standard output."""
    sys.stdout.buffer.writelines(pieces)
    sys.stdout.buffer.flush()


class Console(NamedTuple):
    """Standard output as a file of one format."""

    form: str

    def write(self, text: str) -> None:
        tell((text,), self.form)


def say(message: str) -> None:
    """Write a message, after the data; where nobody can read it, it is lost."""
    sys.stdout.flush()
    text = for_readers("".join(fold((f"{message}\n",), width(sys.stderr))))
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


def say_files(count: int, folder: str) -> None:
    """What a run has written, and where."""
    say(f"wrote {count:,} file{'' if count == 1 else 's'} into {folder}")


RUNNERS: list[str] = []  # pipelines that take lines of what is written for commands


@contextmanager
def runner_reads() -> Iterator[None]:
    """What is written meanwhile goes to a runner of GitHub, which obeys commands in it."""
    RUNNERS.append("github")
    try:
        yield
    finally:
        RUNNERS.pop()


def for_readers(text: str, form: str = "text") -> str:
    """A text in which nothing that comes from a file, such as a name, is a command to who reads it."""
    if not RUNNERS:
        return text
    import re

    return re.sub(r"##(?=\[)" if form in RUNNERS else r"(?m)^\s*:(?=:)|##(?=\[)", r"\g<0> ", text)


LISTENERS: list[list[Diagnostic]] = []


@contextmanager
def overheard() -> Iterator[list[Diagnostic]]:
    """The diagnostics that are told meanwhile, for who reads them otherwise."""
    heard: list[Diagnostic] = []
    LISTENERS.append(heard)
    try:
        yield heard
    finally:
        LISTENERS.remove(heard)


def listen(findings: Iterable[Diagnostic]) -> None:
    for heard in LISTENERS:
        heard += findings


def object_to(finding: Diagnostic) -> None:
    """Say in a line that something is over its bounds."""
    listen((finding,))
    say(finding.message)


def complain(findings: tuple[Diagnostic, ...]) -> None:
    """Write what was found, if anything was."""
    if not findings:
        return
    listen(findings)
    from convcalc.render.errors import diagnostics_text

    say(diagnostics_text(findings, colours_on(sys.stderr), width(sys.stderr)))
