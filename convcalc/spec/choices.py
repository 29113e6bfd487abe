"""What a run asks for beside the spec."""

from __future__ import annotations

from collections.abc import Mapping

from convcalc.tuples import NamedTuple


class Choices(NamedTuple):
    """What a run asks for beside a spec: other inputs, values and rules, and what is left out."""

    inputs: Mapping[str, str] = {}  # by name; "" is the first
    sets: Mapping[str, str] = {}
    convention: str = ""
    without: tuple[str, ...] = ()
    symbolic: bool = False
    layout: str = ""

    @property
    def left_out(self) -> frozenset[str]:
        """The words of --without, in small letters."""
        return frozenset(map(str.lower, self.without))
