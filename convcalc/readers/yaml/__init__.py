"""What a YAML text consists of: texts, lists and mappings, each with its line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from convcalc.spec import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from convcalc.problem import Mark, Source


class Scalar:
    """A text as it was written, without its quotes; `line` and `column` count from 1."""

    __slots__ = ("column", "line", "quoted", "text")

    def __init__(self, text: str, line: int, column: int, quoted: bool = False):
        self.text = text
        self.line = line
        self.column = column
        self.quoted = quoted  # '…', "…", | or >

    @property
    def place(self) -> Place:
        """Its first line, with its quotes."""
        return self.place_of()

    def place_of(self, values: Callable[[], Iterable[tuple[str, Place]]] = tuple) -> Place:
        """As its place; of a key, with what tells where the values below it are."""
        length = len(self.text.partition("\n")[0]) + 2 * self.quoted
        return Place(self.line, self.column, length or 1, None, values, int(self.quoted))


class Sequence:
    """A list, in brackets or with dashes."""

    __slots__ = ("column", "items", "line")

    def __init__(self, items: list[Node], line: int, column: int):
        self.items = items
        self.line = line
        self.column = column

    @property
    def place(self) -> Place:
        return Place(self.line, self.column)


class Mapping:
    """Keys, each once, with their values, in the order they were written."""

    # Two tuples take half the memory of a list of pairs.
    __slots__ = ("column", "keys", "line", "values")

    def __init__(self, keys: tuple[Scalar, ...], values: tuple[Node, ...], line: int, column: int):
        self.keys = keys
        self.values = values
        self.line = line
        self.column = column

    @property
    def place(self) -> Place:
        return Place(self.line, self.column)

    def places(self) -> list[tuple[str, Place]]:
        """Where the value of each key is."""
        return [(key.text, value.place) for key, value in zip(self.keys, self.values, strict=True)]

    @property
    def pairs(self) -> list[tuple[Scalar, Node]]:
        return list(zip(self.keys, self.values, strict=True))

    def get(self, key: str) -> Node | None:
        """The value of a key, or None; a mapping is searched from the front, as most have a handful of keys."""
        for name, value in zip(self.keys, self.values, strict=True):
            if name.text == key:
                return value
        return None


Node: TypeAlias = Scalar | Sequence | Mapping


def mark(source: Source, node: Node) -> Mark:
    return node.place.mark(source)
