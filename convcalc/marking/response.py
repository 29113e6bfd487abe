"""An answer to a question on its way from a text to a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.marking.key import KeyItem
    from convcalc.marking.reading import AnswerReading
    from convcalc.marking.verdict import Diagnosis


class Response(NamedTuple):
    """An answer on its way to a verdict."""

    asked: KeyItem
    text: str
    readings: tuple[AnswerReading, ...] = ()
    state: str = "wrong"
    note: str = ""
    own: Any = None
    diagnoses: tuple[Diagnosis, ...] = ()
