"""What is wrong with a network, in the formats that pipelines read and show beside the lines of a change."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from convcalc.problem import BUNDLED, LAYER, LINE
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.linting.record import LintRule
    from convcalc.problem import Diagnostic, Mark

FORMATS = {
    "github": "convcalc.render.annotations.github:lines",
    "sarif": "convcalc.render.annotations.sarif:lines",
}
LEVELS = {"error": "error", "warning": "warning"}  # by severity; everything else is a note


class FileAnnotation(NamedTuple):
    """A sentence about a place in a file."""

    code: str
    level: str  # error, warning or note
    message: str
    cure: str = ""
    mark: Mark | None = None
    times: int = 1
    rule: LintRule | None = None  # that found it

    @property
    def place(self) -> Mark | None:
        """Where it is in a file; None for what is on the command line, bundled or typed."""
        return self.mark if self.mark and is_file(self.mark.source.name) else None


def is_file(name: str) -> bool:
    return name not in (LINE, LAYER, "standard input") and not name.startswith(BUNDLED)


def of_diagnostic(finding: Diagnostic) -> FileAnnotation:
    return FileAnnotation(
        finding.code, LEVELS.get(finding.severity, "note"), finding.message, finding.hint, finding.mark
    )


def render(found: Iterable[FileAnnotation], form: str) -> Iterator[str]:
    """The pieces of a text of annotations; `form` is one of FORMATS."""
    module, _, function = FORMATS[form].partition(":")
    pieces: Iterator[str] = getattr(import_module(module), function)(list(found))
    return pieces
