"""Where reports on homework go: to standard output, or to files in one folder and nowhere else."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from convcalc.problem import problem
from convcalc.render.marks import FORMATS
from convcalc.render.marks.classes import CLASS_FORMATS, class_report

if TYPE_CHECKING:
    from convcalc.marking.classroom import Classroom
    from convcalc.render.marks import Run, Writer

RESULTS = "results.json"  # Gradescope's
RESERVED = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))


class Shelf:
    """Where reports go: to standard output, or to files in a folder and nowhere else."""

    def __init__(self, form: str, folder: str, writer: Writer | None, class_report: bool):
        self.form, self.folder, self.writer, self.class_report = form, folder, writer, class_report
        self.each = writer is not None and FORMATS[form].each
        self.names = {"class", "marks", "results"}  # no student's
        self.count = 0
        self.last = ""
        self.file: Any = None
        if self.folder:
            make(self.folder)
        if writer and not self.each and not (class_report and not self.folder):
            self.file = self.opened(FORMATS[form].file) if self.folder else sys.stdout
            self.file.write(writer.head())
        elif writer and not self.folder and not class_report:
            self.file = sys.stdout

    def opened(self, name: str) -> Any:
        return written(os.path.join(self.folder, name))

    def put(self, student: str, text: str) -> None:
        """One student's report."""
        if self.writer is None:
            return
        if self.each and self.folder:
            self.last = self.named(student)
            with self.opened(self.last) as file:
                file.write(text)
        elif self.file:
            self.file.write((self.writer.between if self.count else "") + text)
        self.count += 1

    def named(self, student: str) -> str:
        """A file name for a student, that no other has, whatever the student is called."""
        pattern = FORMATS[self.form].file
        stem = safe(student)
        name, number = stem, 1
        while name.casefold() in self.names:
            number += 1
            name = f"{stem}-{number}"
        self.names.add(name.casefold())
        return pattern.format(student=name)

    def close(self, room: Classroom, run: Run) -> None:
        if self.writer and self.file:
            self.file.write(self.writer.tail(room))
        if self.file is not None and self.file is not sys.stdout:
            self.file.close()
        if self.form == "gradescope" and self.folder and self.count == 1:
            os.replace(os.path.join(self.folder, self.last), os.path.join(self.folder, RESULTS))
        if self.class_report:
            if self.folder:
                for form, name in CLASS_FORMATS.items():
                    with self.opened(name) as file:
                        file.writelines(class_report(form, room, run))
            else:
                sys.stdout.writelines(class_report(self.form, room, run))
        sys.stdout.flush()


def make(folder: str) -> None:
    """A folder, unless it is there; a Problem where there can be none."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise problem("B040", f"{folder} cannot be made: {error.strerror}", "name another folder") from None


def written(path: str) -> Any:
    """A file to write to; a Problem where that is not allowed."""
    try:
        return open(path, "w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise problem("B040", f"{path} cannot be written: {error.strerror}", "name another folder") from None


def safe(student: str) -> str:
    """Letters, digits and a few signs: nothing that leads out of a folder, or that a system reserves."""
    kept = "".join(char if char.isalnum() or char in " -_.@+" else "_" for char in student)[:80].strip(" .")
    return f"_{kept}" if not kept or kept.lower().partition(".")[0] in RESERVED else kept
