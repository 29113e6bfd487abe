"""Arrays on a page: grids side by side, and the numbers of an output worked one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcalc.algebra.expr import Expr, Neg, Sum
from convcalc.algebra.notation import NOTATIONS, write
from convcalc.render.layout import width
from convcalc.render.script import plainly
from convcalc.tuples import NamedTuple

BLANK = "__"
BLANKS = {"text": "____", "ascii": "____", "latex": r"\underline{\qquad}"}
ABOUT = {"text": "≈", "ascii": "~", "latex": r"\approx"}
PAGE_WIDTH = 78  # where nothing says how wide a page is
GAP = 4  # between grids side by side


class Grid(NamedTuple):
    """An array of two axes: its title, and its rows, None for a blank to fill in.

    A frame of padding around what is inside is `before` and `after` each axis.
    """

    title: str
    rows: tuple[tuple[Expr | None, ...], ...]
    before: tuple[int, int] = (0, 0)
    after: tuple[int, int] = (0, 0)


class Grids(NamedTuple):
    """Grids side by side, and what they are."""

    grids: tuple[Grid, ...]
    caption: str = ""


class CellRow(NamedTuple):
    """A number of an output: its place, how it is worked, what it is, and in decimals where that does not tell them."""

    label: str
    symbol: str  # in LaTeX
    tree: Expr | None  # None: a blank to fill in
    value: Expr | None = None  # None: the tree is all there is to say
    decimals: str = ""
    terms: int = 4  # of a long sum on one line


def cell_lines(row: CellRow, notation: str, room: int | None) -> list[str]:
    """How a number is worked, on one line, or on several where that would be wider than the room."""
    if row.tree is None:
        return [BLANKS[notation]]
    end = f" = {write(row.value, notation)}" if row.value is not None else ""
    end += f" {ABOUT[notation]} {row.decimals}" if row.decimals else ""
    whole = f"{write(row.tree, notation)}{end}"
    if room is None or len(f"{write(row.tree)}{end}") <= room:
        return [whole]
    first, *others = parts_of_sum(row.tree, row.terms, notation)
    lines = [first, *(f"+ {part}" for part in others)]
    return [*lines[:-1], lines[-1] + end]


def parts_of_sum(tree: Expr, terms: int, notation: str) -> list[str]:
    """A long sum in parts: the sums of its channels in brackets, or so many terms each."""
    if not isinstance(tree, Sum) or any(isinstance(term, Neg) for term in tree.terms):
        return [write(tree, notation)]
    if any(isinstance(term, Sum) for term in tree.terms):
        group = NOTATIONS[notation].group
        return [
            group % write(term, notation) if isinstance(term, Sum) else write(term, notation) for term in tree.terms
        ]
    parts = range(0, len(tree.terms), terms)
    return [write(Sum(tree.terms[start : start + terms]), notation) for start in parts]


def grid_lines(grid: Grid, notation: str) -> list[str]:
    """The rows of a grid in columns, with lines around what is inside of a padding."""
    texts = [[BLANK if number is None else write(number, notation) for number in row] for row in grid.rows]
    wide = [max(map(width, column)) for column in zip(*texts, strict=True)]
    (top, left), (bottom, right) = grid.before, grid.after
    bars = {left: left > 0, len(wide) - right: right > 0}
    lines = []
    for row in texts:
        cells = [text.rjust(size) for text, size in zip(row, wide, strict=True)]
        lines.append("".join(f"{' |' if bars.get(place) else ''}  {cell}" for place, cell in enumerate(cells))[2:])
    rule = "".join(f"{'-+' if bars.get(place) else ''}--{'-' * size}" for place, size in enumerate(wide))[2:]
    if bottom:
        lines.insert(len(lines) - bottom, rule)
    if top:
        lines.insert(top, rule)
    return lines


def side_by_side(grids: Iterable[Grid], notation: str, unicode: bool, limit: int) -> Iterator[str]:
    """Titles and rows of grids beside each other, as many as a line has room for."""
    blocks = [[plainly(grid.title, unicode), *grid_lines(grid, notation)] for grid in grids]
    wide = [max(map(width, block)) for block in blocks]
    start = 0
    while start < len(blocks):
        stop = start + 1
        while stop < len(blocks) and sum(wide[start : stop + 1]) + GAP * (stop - start) <= limit:
            stop += 1
        if start:
            yield ""
        for row in range(max(map(len, blocks[start:stop]))):
            cells = [block[row] if row < len(block) else "" for block in blocks[start:stop]]
            padded = map(str.ljust, cells, wide[start:stop])
            yield (" " * GAP).join(padded).rstrip()
        start = stop


def matrix(grid: Grid) -> str:
    rows = [" & ".join(r"\_" if number is None else write(number, "latex") for number in row) for row in grid.rows]
    body = r" \\ ".join(rows)
    return rf"\begin{{pmatrix}}{body}\end{{pmatrix}}"
