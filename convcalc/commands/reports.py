"""Where reports on homework go: to standard output, or to files in one folder and nowhere else."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TextIO
from unicodedata import normalize

from convcalc.commands.console import Console, encode, say_files, tell
from convcalc.problem import Diagnostic, Problem
from convcalc.render.marks import FORMATS, MarkingRun, MarksWriter
from convcalc.whole_file import file_to_write, unwritten

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom

RESULTS = "results.json"  # Gradescope's
RESERVED = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))
MAX_NAME = 80  # letters of a student's name in that of a file
MAX_NAME_BYTES = 200  # of 255 that a system allows, with room for a number and an ending
MAX_FAILURES = 5  # files that cannot be written and are named


class Reports:
    """Where reports go: to standard output, or to files in a folder and nowhere else."""

    def __init__(self, form: str, folder: str, writer: MarksWriter | None, class_report: bool):
        self.form, self.folder, self.writer, self.class_report = form, folder, writer, class_report
        self.each = writer is not None and FORMATS[form].each
        self.names = Names(("class", "marks", "results"))
        self.count = self.files = 0
        self.last = ""
        self.file: TextIO | Console | None = None
        self.failures: list[Diagnostic] = []
        self.open = ExitStack()

    def __enter__(self) -> Reports:
        if self.folder:
            make(self.folder)
        if self.writer and not self.folder and not self.class_report:
            encode(self.writer.encoding)
            self.file = Console(self.form)
        elif self.writer and self.folder and not self.each:
            self.file = self.open.enter_context(self.opened(FORMATS[self.form].file, self.writer.encoding))
        if self.writer and self.file:
            self.file.write(self.writer.head())
        return self

    def __exit__(self, *error: Any) -> None:
        self.open.__exit__(*error)

    def opened(self, name: str, encoding: str = "utf-8") -> Any:
        self.files += 1
        return file_to_write(os.path.join(self.folder, name), encoding=encoding)

    def store(self, student: str, text: str) -> str:
        """One student's report, and the page it makes; what cannot be written keeps no other from being so."""
        page = ""
        if self.writer is None:
            return page
        if self.each and self.folder:
            self.last = FORMATS[self.form].file.format(student=self.names.of(student))
            try:
                with self.opened(self.last) as file:
                    file.write(text)
                page = self.last if self.form == "html" else ""
            except Problem as error:
                self.failures += error.diagnostics
        elif self.file:
            self.file.write((self.writer.between if self.count else "") + text)
        self.count += 1
        return page

    def close(self, room: Classroom, run: MarkingRun) -> None:
        """What comes at the end of everything; a Problem where a file could not be written."""
        if self.writer and self.file:
            self.file.write(self.writer.tail(room))
        self.open.close()
        if self.form == "gradescope" and self.folder and self.count == 1 and not self.failures:
            self.rename(self.last, RESULTS)
        if self.class_report:
            from convcalc.render.marks.classes import CLASS_FORMATS, class_report

            if self.folder:
                for form, name in CLASS_FORMATS.items():
                    with self.opened(name) as file:
                        file.writelines(class_report(form, room, run))
            else:
                tell(class_report(self.form, room, run), self.form)
        if self.failures:
            named, more = self.failures[:MAX_FAILURES], len(self.failures) - MAX_FAILURES
            raise Problem(
                *named, *([Diagnostic("B040", f"and {more:,} files more", named[0].hint)] if more > 0 else [])
            )

        if self.folder:
            say_files(self.files, self.folder)

    def rename(self, name: str, other: str) -> None:
        try:
            os.replace(os.path.join(self.folder, name), os.path.join(self.folder, other))
        except OSError as error:
            raise unwritten(os.path.join(self.folder, other), "written", error) from None


def make(folder: str) -> None:
    """A folder, unless it is there; a Problem where there can be none."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise unwritten(folder, "made", error) from None


class Names:
    """Names of files for people, so that no two are one on any system, whatever the people are called."""

    def __init__(self, taken: tuple[str, ...] = ()):
        self.numbers = dict.fromkeys(taken, 1)  # in small letters → the last number behind them

    def of(self, student: str) -> str:
        """A name that nobody else has."""
        stem = name = safe(student)
        while (known := fold_name(name)) in self.numbers:
            self.numbers[fold_name(stem)] += 1
            name = f"{stem}-{self.numbers[fold_name(stem)]}"
        self.numbers[known] = 1
        return name


def fold_name(name: str) -> str:
    """A name as systems compare it that tell no small letter from a large one, nor an ü from a u with two dots."""
    return normalize("NFC", normalize("NFC", name).casefold())


def safe(student: str) -> str:
    """Letters, digits and a few signs: nothing that leads out of a folder, or that a system reserves or cuts."""
    kept = "".join(char if char.isalnum() or char in " -_.@+" else "_" for char in student[:MAX_NAME])
    kept = kept.encode()[:MAX_NAME_BYTES].decode(errors="ignore").strip(" .")
    return f"_{kept}" if not kept or kept.lower().partition(".")[0] in RESERVED else kept
