"""Networks written out in other languages, each by a module of its own, which is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.network.graph import Graph
    from convcalc.spec.model import Spec


class Target(NamedTuple):
    """A language, and the module that writes it."""

    name: str
    doc: str

    def pieces(self, spec: Spec, graph: Graph) -> Iterator[str]:
        """The text of a network: a spec that says itself all that was asked, and its graph, which is right."""
        found: Iterator[str] = import_module(f"convcalc.writing.{self.name}").pieces(spec, graph)
        return found


TARGETS = {
    target.name: target
    for target in (Target("yaml", "the language of convcalc, as a person would write it"),)
}  # fmt: skip
