"""Groups of layers by paths, as files name them that list their layers one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from convcalc.readers.trace import Trace
    from convcalc.spec import Place


class GroupPath:
    """The groups of a trace that are open, from the outside in."""

    def __init__(self, trace: Trace):
        self.trace = trace
        self.groups: list[tuple[str, AbstractContextManager[str]]] = []

    def enter(self, path: Sequence[str], place: Place) -> None:
        """Leave the groups that a path is not in, and enter those that it is."""
        common = 0
        while common < min(len(path), len(self.groups)) and self.groups[common][0] == path[common]:
            common += 1
        while len(self.groups) > common:
            self.groups.pop()[1].__exit__(None, None, None)
        for name in path[common:]:
            group = self.trace.group(name, place)
            group.__enter__()
            self.groups.append((name, group))
