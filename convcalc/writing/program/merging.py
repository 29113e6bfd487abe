"""Units that are alike as one: the same code, with a variable wherever their numbers may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.tuples import NamedTuple
from convcalc.writing.program.code import (
    Atom,
    DefinitionUse,
    GivenArgument,
    Maybe,
    Repeated,
    ShapeRemark,
)

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.writing.program.code import Body
    from convcalc.writing.program.hints import Sizes

Context = tuple[int, ...]  # which of the units, and within that which turn of a loop


class Mismatch(Exception):
    """Units that cannot be one definition."""


class Variable(NamedTuple):
    """An atom of units that are merged: its value and hint in every context."""

    contexts: tuple[Context, ...]
    atoms: tuple[Atom, ...]

    @property
    def pairs(self) -> list[tuple[Context, Atom]]:
        return list(zip(self.contexts, self.atoms, strict=True))


class Text(NamedTuple):
    """A settled atom: its code, and its value in the names of the definition where it is arithmetic."""

    code: str
    value: Value | None = None


class Looped(NamedTuple):
    """Entries of a sequence that are there several times, counted where they say so."""

    entries: tuple[Any, ...]
    times: str
    turn: str  # the name of its number
    note: ShapeRemark


class Optional(NamedTuple):
    """Entries, or a piece, that are there on a condition."""

    piece: Any
    condition: str


class Turns(NamedTuple):
    """Loops that are merged: a turn of them all, or None; and the loops themselves, to be written out where need be."""

    turn: Any
    times: Variable
    note: ShapeRemark
    loops: tuple[Repeated, ...]
    contexts: tuple[Context, ...]


class Param(NamedTuple):
    name: str
    values: tuple[Any, ...]  # one for each unit
    default: Any = None
    is_main: bool = False  # given without its name


class Definition:
    """What several units are, with parameters."""

    def __init__(self, name: str, about: str, body: Body):
        self.name, self.about, self.body = name, about, body
        self.is_network = False
        self.has_names = False  # layers in it have names
        self.params: list[Param] = []
        self.shapes: tuple[Sizes, ...] = ()  # of what it gives, in the names of its parameters


def holds_name(piece: Any) -> bool:
    """Whether a piece has a name, or one in it."""
    if isinstance(piece, GivenArgument):
        return piece.keyword == "name"
    return isinstance(piece, tuple) and any(map(holds_name, piece))


def merge(pieces: list[Any], contexts: list[Context]) -> Any:
    """The same piece of several units, with variables for its atoms; a Mismatch where they differ in more than that."""
    first = pieces[0]
    if isinstance(first, Atom):
        if not all(isinstance(piece, Atom) for piece in pieces):
            raise Mismatch
        return Variable(tuple(contexts), tuple(pieces))
    if any(type(piece) is not type(first) for piece in pieces):
        raise Mismatch
    if isinstance(first, ShapeRemark):
        return first
    if isinstance(first, Repeated):
        turns = [
            (turn, (*context, index))
            for piece, context in zip(pieces, contexts, strict=True)
            for index, turn in enumerate(piece.turns)
        ]
        merged = merge([turn for turn, _ in turns], [context for _, context in turns]) if turns else None
        times = merge([piece.times for piece in pieces], contexts)
        note = next((piece.note for piece in pieces if piece.turns), first.note)
        return Turns(merged, times, note, tuple(pieces), tuple(contexts))
    if isinstance(first, Maybe):
        there = [(one.piece, context) for one, context in zip(pieces, contexts, strict=True) if one.piece is not None]
        merged = merge([piece for piece, _ in there], [context for _, context in there]) if there else None
        return Maybe(merged, merge([piece.condition for piece in pieces], contexts))
    if isinstance(first, DefinitionUse):
        if any(piece.definition is not first.definition for piece in pieces):
            raise Mismatch
        return DefinitionUse(first.definition, merge([piece.arguments for piece in pieces], contexts))
    if isinstance(first, tuple):
        if any(len(piece) != len(first) for piece in pieces):
            raise Mismatch
        fields = [merge([piece[index] for piece in pieces], contexts) for index in range(len(first))]
        return type(first)(*fields) if hasattr(first, "_fields") else tuple(fields)
    if any(piece != first for piece in pieces):
        raise Mismatch
    return first
