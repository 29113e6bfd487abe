"""Marked submissions as text: a format is a module with a head, a tail, and the lines or the body of a submission."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.marking.verdict import KeyQuestion, MarkedSubmission


class Form(NamedTuple):
    """Where a format lives, and the file that it makes: one for everybody, or one for each student."""

    module: str
    file: str
    each: bool = False


FORMATS = {
    "text": Form("text", "marks.txt"),
    "json": Form("json", "marks.json"),
    "csv": Form("csv", "marks.csv"),
    "markdown": Form("markdown", "{student}.md", True),
    "junit": Form("junit", "marks.xml"),
    "gradescope": Form("gradescope", "{student}.json", True),
    "check50": Form("check50", "{student}.json", True),
    "github": Form("github", "annotations.txt"),
    "classroom": Form("classroom", "{student}.json", True),
}
HINTS = ("none", "where", "why", "full")


class MarkingRun(NamedTuple):
    """What all reports of one run have in common: the key, and how much they reveal."""

    title: str
    key: str  # a hash of the key
    questions: tuple[KeyQuestion, ...]
    out_of: Any
    hints: str = "why"  # one of HINTS
    reveal: bool = False  # what the key has
    colour: bool = False
    unicode: bool = True
    several: bool = False  # whether there is more than one submission
    answers: Any = None  # a function: question → its worked answer in lines, for --hints full

    @property
    def tells_all(self) -> bool:
        """Whether a missing answer has feedback too."""
        return self.reveal or self.hints == "full"

    @property
    def tells_why(self) -> bool:
        """Whether mistakes are named."""
        return self.hints in ("why", "full")

    @property
    def stamp(self) -> str:
        return f"convcalc {__version__}, key {self.key}"


class Writer:
    """Writes the marks in one format."""

    def __init__(self, form: str, run: MarkingRun):
        self.module = import_module(f"{__name__}.{FORMATS[form].module}")
        self.run = run

    def head(self) -> str:
        return self.part("head", self.run)

    def body(self, marked: MarkedSubmission) -> str:
        if hasattr(self.module, "lines"):
            return "".join(f"{line}\n" for line in self.module.lines(marked, self.run))
        return self.part("body", marked, self.run)

    def tail(self, room: Classroom) -> str:
        return self.part("tail", self.run, room)

    @property
    def between(self) -> str:
        return getattr(self.module, "BETWEEN", "")

    def part(self, name: str, *arguments: Any) -> str:
        function = getattr(self.module, name, None)
        return function(*arguments) if function else ""
