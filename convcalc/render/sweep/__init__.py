"""Sweeps as text: one module a format, the same rows for them all; each is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_fraction
from convcalc.algebra.parser import numeral_text
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.sweep.answers import NearMiss
    from convcalc.sweep.question import SweepQuestion, SweepTally

# A format is a function of (sweep, look) that yields pieces of text: where it lives.
FORMATS = {
    "table": "convcalc.render.sweep.tables:painted_table",
    "plain": "convcalc.render.sweep.tables:plain_lines",
    "csv": "convcalc.render.sweep.rows:csv",
    "jsonl": "convcalc.render.sweep.rows:jsonl",
    "json": "convcalc.render.sweep.json:document",
    "markdown": "convcalc.render.sweep.tables:markdown_lines",
}
WITH_TALLY = ("table", "plain", "json", "markdown")  # formats that have room for what became of the points


class AnsweredSweep(NamedTuple):
    """The rows of a sweep as they are shown, and what there is to say of them."""

    network: str
    question: SweepQuestion
    conditions: tuple[str, ...]  # as they were written
    rows: Iterable[tuple[object, ...]]  # which may be there once only
    tally: SweepTally
    front: int = 0  # points that no other beats, where these were asked for
    has_one_best: bool = False  # all of these have the same numbers
    notes: tuple[str, ...] = ()  # in sentences
    commands: tuple[str, ...] = ()  # that have `summary` work each row, where these were asked for
    nearest: tuple[NearMiss, ...] = ()  # where no point is left: what would leave some

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.question.shown, *(("command",) if self.commands else ()))

    def whole_rows(self) -> Iterator[tuple[object, ...]]:
        """The rows with their commands, if they have any; fractions as they are written."""
        if self.commands:
            for row, command in zip(self.rows, self.commands, strict=True):
                yield (*map(exact, row), command)
        else:
            for row in self.rows:
                yield tuple(map(exact, row))


class SweepLook(NamedTuple):
    """What text is written to."""

    width: int = 0  # columns; 0: as many as it takes
    colour: bool = False
    unicode: bool = True


def exact(value: object) -> object:
    """A value as a program reads it: whole numbers, words, and 0.25 or 1/3 as text."""
    return numeral_text(value) if is_fraction(value) else value


def render(sweep: AnsweredSweep, form: str, look: SweepLook) -> Iterator[str]:
    """The pieces of a sweep's text in one of FORMATS."""
    module, _, function = FORMATS[form].partition(":")
    pieces: Any = getattr(import_module(module), function)(sweep, look)
    return pieces  # type: ignore[no-any-return]
