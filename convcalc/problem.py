"""What is wrong, where, and how to mend it: errors are values, collected and shown at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from convcalc.tuples import NamedTuple

MAX_WORD = 60  # letters of a word that may be a near miss
MAX_ERRORS = 100  # of one text that are told
MAX_KNOWN = 1_000  # words that it is compared with


class Source(NamedTuple):
    """A text that was read, and the name to call it by; of a file that holds no text, where it is."""

    name: str
    text: str
    entry: str = ""  # which network in it is meant: `Net(num_classes=10)` of `net.py:Net(num_classes=10)`
    path: str = ""  # of a binary file, which its reader opens itself
    data: bytes = b""  # what standard input holds, where that is no text
    is_alone: bool = False  # the files beside it are others' and are not read


# Sources that are no files: a network and a layer on the command line itself, and, before a file's name, a bundled one.
LINE, LAYER, BUNDLED = "-e", "layer", "convcalc:"


@lru_cache(maxsize=4)
def lines(text: str) -> list[str]:
    """The lines of a text, split once however many errors point into it."""
    return text.splitlines()


class Mark(NamedTuple):
    """A place in a source: `line` and `column` count from 1; `length` characters are meant."""

    source: Source
    line: int
    column: int
    length: int = 1


class Diagnostic(NamedTuple):
    """One finding: a stable `code`, a `message` with both numbers, a `hint` with the cure, and the `layer` it is of.

    `severity` is error, warning, note, condition or remark; `file`, `line` and `column` say where it is written.

    >>> convcalc.load("3xHxW -> conv 8 k3").warnings[0]
    <condition W002 at <line>:1:10: the network fits when H and W are at least 3>
    """

    code: str
    message: str
    hint: str = ""
    mark: Mark | None = None
    layer: str = ""  # the layer's name, or "" where the finding concerns the whole file
    note: str = ""  # what is shown beside the carets
    work: str = ""  # the arithmetic that failed
    axis: str = ""  # height, width …, where one of them is concerned
    severity: str = "error"
    right: tuple[str, str] | None = None  # (key, value) that would be right, for its cure
    also: Mark | None = None  # another place that has part in it: where what is written here is used
    undeclared: str = ""  # a name that nothing declares, and that resembles no other

    @property
    def file(self) -> str | None:
        """The file, or what else the text is called; None where no place is concerned."""
        return self.mark.source.name if self.mark else None

    @property
    def line(self) -> int | None:
        """The line, counted from 1."""
        return self.mark.line if self.mark else None

    @property
    def column(self) -> int | None:
        """The column, counted from 1."""
        return self.mark.column if self.mark else None

    def __repr__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"<{self.severity} {self.code}{f' at {place}' if place else ''}: {self.message}>"


class Problem(Exception):
    """Raised with the diagnostics that stop a computation; as text, all of them with their places and cures.

    >>> try:
    ...     convcalc.load("3x4x4 -> conv 8 k7")
    ... except convcalc.Problem as problem:
    ...     print(problem.diagnostics[0].code, problem.diagnostics[0].line, problem.diagnostics[0].column)
    C001 1 10
    """

    located = ""  # the text with places, where somebody has asked for it

    def __init__(self, *diagnostics: Diagnostic):
        super().__init__("; ".join(d.message for d in diagnostics))
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return self.located or super().__str__()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.diagnostics, {"located": self.located}


def problem(code: str, message: str, hint: str = "", mark: Mark | None = None, **more: Any) -> Problem:
    """A Problem of one diagnostic."""
    return Problem(Diagnostic(code, message, hint, mark, **more))


def sort_by_lines(diagnostics: list[Diagnostic]) -> None:
    """Put the errors of a program, which is made and used in different places, in the order of its lines."""
    if any(finding.also for finding in diagnostics):
        diagnostics.sort(key=lambda finding: (finding.mark.line, finding.mark.column) if finding.mark else (0, 0))


def is_usage(diagnostics: Sequence[Diagnostic]) -> bool:
    """Whether it is the command line that is wrong, not what it names."""
    return diagnostics[0].code[0] in "UQ"


def first_names(names: Sequence[str], most: int) -> str:
    """The first names of a list for a message, and how many more there are: C1, C3 and 5 more."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean "conv"?` for a near miss among the known words, else an empty string."""
    from itertools import islice

    if len(word) > MAX_WORD:
        return ""
    by_lower = {name.lower(): name for name in islice(known, MAX_KNOWN) if len(name) <= MAX_WORD}
    close = nearest(word.lower(), by_lower, 0.6)
    return f'did you mean "{by_lower[close]}"?' if close else ""


def slip_of(word: str, known: Iterable[str]) -> str:
    """The known name that another is but for capitals, underscores, or letters swapped; "" where there is none."""
    plain = {name.replace("_", "").lower(): name for name in known}
    return plain.get(nearest(word.replace("_", "").lower(), plain, 0.93), "") if len(word) <= MAX_WORD else ""


def nearest(word: str, known: Iterable[str], likeness: float) -> str:
    """The word that another is a slip of: one with two neighbours swapped before any other, since fingers do that."""
    return nearest_of(word, tuple(known), likeness)


@lru_cache(maxsize=4096)
def nearest_of(word: str, known: tuple[str, ...], likeness: float) -> str:
    import difflib

    swaps = {f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}" for at in range(len(word) - 1)}
    swapped = [name for name in known if name in swaps]
    close = difflib.get_close_matches(word, swapped or known, n=1, cutoff=0 if swapped else likeness)
    return close[0] if close else ""
