"""Marked submissions as text: each format is a writer of a head, of submissions one by one, and of a tail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.handin.roster import Roster
    from convcalc.marking.verdict import KeyQuestion, MarkedSubmission


class Form(NamedTuple):
    """Where the writer of a format lives, and the file that it makes: one for everybody, or one for each student."""

    writer: str
    file: str
    each: bool = False


FORMATS = {
    "text": Form("text:TextMarks", "marks.txt"),
    "json": Form("json:JsonMarks", "marks.json"),
    "csv": Form("gradebook:CsvMarks", "marks.csv"),
    "markdown": Form("text:MarkdownMarks", "{student}.md", True),
    "html": Form("web:HtmlMarks", "{student}.html", True),
    "junit": Form("junit:JunitMarks", "marks.xml"),
    "gradescope": Form("json:GradescopeMarks", "{student}.json", True),
    "check50": Form("json:Check50Marks", "{student}.json", True),
    "github": Form("text:Annotations", "annotations.txt"),
    "classroom": Form("json:ClassroomMarks", "{student}.json", True),
    "canvas": Form("gradebooks:CanvasGradebook", "canvas.csv"),
    "moodle": Form("gradebooks:MoodleGradebook", "moodle.csv"),
    "nbgrader": Form("gradebooks:NbgraderGrades", "grades.csv"),
    "blackboard": Form("gradebooks:BlackboardGradebook", "blackboard.csv"),
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
    answers: Callable[[KeyQuestion], tuple[str, ...]] | None = None  # worked, in lines, for --hints full
    roster: Roster | None = None
    column: str = ""  # of a gradebook
    systems: frozenset[str] = frozenset()  # that the submissions come from

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


class MarksWriter:
    """Writes the marks of a run in one format."""

    between = ""  # two submissions
    encoding = "utf-8"

    def __init__(self, run: MarkingRun):
        self.run = run

    def head(self) -> str:
        return ""

    def body(self, marked: MarkedSubmission) -> str:
        return "".join(f"{line}\n" for line in self.lines(marked))

    def lines(self, marked: MarkedSubmission) -> Iterable[str]:
        """Of the body, for a format of lines."""
        raise NotImplementedError

    def tail(self, room: Classroom) -> str:
        return ""

    def remarks(self, room: Classroom) -> Iterable[str]:
        """What is to be said beside the marks."""
        return ()


def marks_writer(form: str, run: MarkingRun) -> MarksWriter:
    """The writer of a format, one of FORMATS."""
    module, _, name = FORMATS[form].writer.partition(":")
    writer: MarksWriter = getattr(import_module(f"{__name__}.{module}"), name)(run)
    return writer
