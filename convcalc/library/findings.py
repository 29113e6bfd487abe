"""What the rules of thumb find in a network, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.library.wording import in_python, place
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.library.network import Network
    from convcalc.linting.record import Finding


class LintFinding(NamedTuple):
    """A finding: the `code` of its rule, a warning or a note, of which layer, and the cure, which has been tried.

    >>> convcalc.load("3x31x31 -> conv 8 k3 -> maxpool 2").lint()[0].cure
    'ceil=yes reads all (15 instead of 14)'
    """

    code: str
    level: str  # warning or note
    layer: str
    message: str
    cure: str
    file: str | None
    line: int | None
    column: int | None
    times: int  # of a layer in a block or a repeat: how often it is there

    def __str__(self) -> str:
        cure = f"; {self.cure}" if self.cure else ""
        return f"{self.level}[{self.code}] {self.layer}: {self.message}{cure}"

    def __repr__(self) -> str:
        return f"<{self}>"


class LintReport(tuple[LintFinding, ...]):
    """The findings in the order of the layers: a tuple, which a notebook shows as a table.

    >>> convcalc.load("vgg16").lint()
    <no findings>
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "<no findings>"

    def _repr_html_(self) -> str:
        from convcalc.library.html import records_html

        return records_html(self, ("level", "code", "layer", "message", "cure"), "nothing is found")


def lint_report(network: Network, notes: bool, select: tuple[str, ...], ignore: tuple[str, ...]) -> LintReport:
    """What the rules find; a Problem where a code is none."""
    from convcalc.linting.linter import Selection, known_code, lint

    wanted = Selection(notes, tuple(map(known_code, select)), tuple(map(known_code, ignore)))
    return LintReport(map(public_finding, lint(network._graph, network._report, network._choices, wanted)))


def public_finding(finding: Finding) -> LintFinding:
    mark = place(finding.mark)
    file, line, column = (mark.source.name, mark.line, mark.column) if mark else (None, None, None)
    return LintFinding(
        finding.rule.code, finding.level, finding.layer, finding.message, in_python(finding.remedy.text),
        file, line, column, finding.times,
    )  # fmt: skip
