"""Names of layers: those that a layer can see, and the next one that is free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.spec.model import Items


class Scope:
    """Names that a layer can see: its own block's first, then those around it."""

    __slots__ = ("counts", "numbered", "prefix", "taken", "values")

    def __init__(
        self, prefix: str, values: Mapping[str, Value], taken: frozenset[str] = frozenset(), numbered: bool = False
    ):
        self.numbered = numbered  # nameless blocks are called 0, 1, … here
        self.prefix = prefix
        self.values = values  # of let, --set and block parameters
        self.counts: dict[str, int] = {}
        self.taken = taken  # names that the author gave here, so that no automatic one repeats them

    def fresh(self, stem: str, named: Mapping[str, int]) -> str:
        """conv1, conv2, …, relu6_1: the next automatic name that nothing else here has."""
        separator = "_" if stem[-1:].isdigit() else ""
        while True:
            self.counts[stem] = count = self.counts.get(stem, 0) + 1
            name = f"{stem}{separator}{count}"
            if name not in self.taken and self.prefix + name not in named:
                return name

    def next_number(self) -> str:
        """0, 1, …: the name of a nameless block in a named list, as the stages of a network are numbered."""
        while True:
            count = self.counts.get("", 0)
            self.counts[""] = count + 1
            if str(count) not in self.taken:
                return str(count)

    def path_name(self, given: str, name: str, label: str) -> str:
        """What precedes the names of a path: only its label where a nameless concat is the first to use it."""
        path = f"{given}.{label}" if given else label if f"{label}." not in self.counts else f"{name}.{label}"
        self.counts[f"{path}."] = 1
        return path


def given_names(items: Items) -> frozenset[str]:
    """The names that an author gave on this level."""
    return frozenset([item.name for item in items if item.name])
