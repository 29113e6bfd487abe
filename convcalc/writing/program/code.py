"""Pieces of a program before their numbers are settled: what is made and called, with atoms for what may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.writing.program.merging import Definition


class Atom(NamedTuple):
    """A value of one place, what it is in the names of its unit where that is known, and what to call it else."""

    value: Any
    hint: Value | None = None
    key: str = "size"


class GivenArgument(NamedTuple):
    """A value that is passed, and with which it need not be."""

    keyword: str
    value: Piece
    default: Piece | None = None


class Make(NamedTuple):
    """A class or a function with arguments: nn.Conv2d(3, 64, kernel_size=7)."""

    head: str
    arguments: tuple[GivenArgument, ...]


class Application(NamedTuple):
    """What is made, and what it is called with where that is more than one input: a template in brackets."""

    make: Piece
    call: Formula


class Formula(NamedTuple):
    """An expression with holes: {x} and {y} for inputs, {xs} for all, {0}, {1} … for atoms."""

    template: str
    atoms: tuple[Piece, ...]


class DefinitionUse(NamedTuple):
    """A definition with arguments."""

    definition: Definition
    arguments: tuple[GivenArgument, ...]


class ShapeRemark(NamedTuple):
    """A remark that may differ between places: the first one is told."""

    text: str


class Entry(NamedTuple):
    """A piece of a sequence, and what comes of it."""

    name: str
    piece: Piece
    note: ShapeRemark


class PieceList(NamedTuple):
    """Pieces that are applied one after another; they have names where the author gave some."""

    entries: tuple[Entry | Repeated, ...]
    has_names: bool = False


class Repeated(NamedTuple):
    """The turns of a loop, each a sequence."""

    turns: tuple[PieceList, ...]
    times: Atom
    note: ShapeRemark


class Combination(NamedTuple):
    """Paths whose ends are joined, as one piece; None is a path without layers."""

    join: str
    paths: tuple[PieceList | None, ...]


class Maybe(NamedTuple):
    """A piece that is there only in some places; with a condition that may say in which."""

    piece: Piece | None
    condition: Atom


class Shared(NamedTuple):
    """A piece that is there already, under the name of the statement."""

    piece: Piece


class Statement(NamedTuple):
    """Values, by numbers within their unit, that come of a piece applied to others."""

    targets: tuple[int, ...]
    name: str  # of the attribute that holds the piece
    piece: Piece
    sources: tuple[int, ...]
    note: ShapeRemark
    tied: str = ""  # the attribute whose weights it uses


class Body(NamedTuple):
    """What a unit does: a sequence, or statements."""

    statements: tuple[Statement, ...]
    sequence: PieceList | None
    inputs: tuple[ShapeRemark, ...]  # what they are called outside
    outputs: tuple[int, ...]


Plain: TypeAlias = "Atom | str | None"
Piece: TypeAlias = (
    "Plain | Make | Application | Formula | DefinitionUse | PieceList | Combination | Maybe | Repeated | "
    "tuple[Piece, ...]"
)
