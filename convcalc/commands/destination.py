"""Where a command writes: into a file that is whole in the end, and what is wrong into the log of a pipeline."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

from convcalc.cli import exit_code
from convcalc.commands.console import complain, overheard, say, tell
from convcalc.problem import Problem, problem
from convcalc.readers.library import ENTRY
from convcalc.tuples import NamedTuple
from convcalc.whole_file import file_to_write

# What an ending stands for that is not a format's name; the first that a command has.
ENDINGS = {
    "": (), "txt": ("text", "plain"), "log": ("text", "plain"), "md": ("markdown",), "tex": ("latex",),
    "htm": ("html",), "yml": ("yaml",),
}  # fmt: skip

Work: TypeAlias = "Callable[[str, dict[str, Any]], int | None]"


class Formats(NamedTuple):
    """The formats of a command."""

    own: tuple[str, ...]
    logs: tuple[str, ...]  # those of what is wrong
    default: str | Callable[[], str] | None
    endings: Mapping[str, str] = {}  # beside the usual ones; where "" is one, any

    def usual(self) -> Any:
        return self.default() if callable(self.default) else self.default

    def by_ending(self, path: str) -> str:
        """The format that a file's name asks for, or "" where it asks for none; a Problem for an unknown ending."""
        ending = os.path.splitext(path)[1][1:].lower()
        if "" in self.endings:
            return self.endings[""]
        names = (self.endings[ending],) if ending in self.endings else ENDINGS.get(ending, (ending,))
        found = next((name for name in names if name in (*self.own, *self.logs)), "")
        if names and not found and ending not in ("txt", "log"):
            known = ", ".join(self.own)
            raise problem("U010", f"this is not written as .{ending[:40]}", f"--format {known}")
        return found


class Destination(NamedTuple):
    """A file, or standard output where there is none, and the format that was chosen or is to follow from the name."""

    path: str | None
    form: str  # "": none was chosen
    formats: Formats
    writes_file: bool = False  # the command puts the file in its place itself

    def run(self, work: Work) -> int | None:
        """Do the work of a command; its exit code."""
        form = self.form or (self.formats.by_ending(self.path) if self.path else "")
        if form not in self.formats.logs:
            return self.write(work, form)
        with overheard() as found:
            try:
                code = self.work_unseen(work) if form == "sarif" else self.work_in_log(work)
            except Problem as error:
                complain(error.diagnostics)
                code = exit_code(error)
        from convcalc.render.annotations import FORMATS, of_diagnostic

        pieces = FORMATS[form](map(of_diagnostic, found))
        with into(self.path if form == "sarif" else None):
            tell(pieces, form)
        return code

    def work_unseen(self, work: Work) -> int | None:
        """Only what is told meanwhile counts."""
        with into(os.devnull):
            return self._replace(path=None).write(work, "")

    def work_in_log(self, work: Work) -> int | None:
        """What is written beside annotations: what a person would read in the log."""
        form = self.formats.by_ending(self.path) if self.path else ""
        return self.write(work, "" if form in self.formats.logs else form)

    def write(self, work: Work, form: str) -> int | None:
        if self.writes_file:
            return work(form or self.formats.usual(), {"path": self.path})
        try:
            with into(self.path):
                code = work(form or self.formats.usual(), {})
                if code and self.path is not None and sys.stdout.seekable() and not sys.stdout.tell():
                    raise NothingWritten
        except NothingWritten:
            return code
        return code


def refuse_what_is_read(path: str) -> None:
    """A Problem where a command would write over the file that it reads."""
    if any(is_same_file(path, name) for name in files_read()):
        raise problem("B040", f"{path} is what is read, and would be written over", "name another file")


def files_read() -> Iterator[str]:
    """The words of a command line that stand for networks, homework and the like; of a program without its entry."""
    from click import get_current_context

    context = get_current_context()
    for param in context.command.params:
        if re.search("SPEC|KEY|ANSWERS|A B", param.metavar or ""):
            given = context.params.get(param.name or "") or ()
            for name in (given,) if isinstance(given, str) else given:
                entry = re.match(ENTRY, name)
                yield entry[1] if entry else name


def is_same_file(path: str, name: str) -> bool:
    try:
        return os.path.isfile(path) and os.path.samefile(path, name)
    except (OSError, ValueError):
        return False


class NothingWritten(Exception):
    """There is nothing but an exit code, so that a file that is there already stays as it is."""


@contextmanager
def into(path: str | None) -> Iterator[None]:
    """What is written to standard output meanwhile goes into a file, where one is named, which is said."""
    if path is None:
        yield
        return
    with file_to_write(path) as file:
        before, sys.stdout = sys.stdout, file
        try:
            yield
        finally:
            sys.stdout = before
    if os.path.isfile(path):
        say(f"wrote {path}")
