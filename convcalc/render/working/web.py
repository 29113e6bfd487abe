"""Worked lines as HTML with formulas in MathML, in another page or as a page of its own: one file without links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, letters
from convcalc.algebra.notation import write
from convcalc.render.pictures.themes import page_colours
from convcalc.render.web_page import POLICY, page_head, safe
from convcalc.render.working import page
from convcalc.render.working.cells import CellRow, Grid, Grids, parts_of_sum

if TYPE_CHECKING:
    from convcalc.render.working.words import Sentence

EQUALS, PLUS, ABOUT = "<mo>=</mo>", "<mo>+</mo>", "<mo>≈</mo>"
BLANK = '<span class="blank">____</span>'

# Of what these functions write; the colours are those of web_page.
WORKED_STYLE = """
.works { margin: .4em 0; } .works dt { color: var(--soft); } .works dt.part { margin-left: 1.2em; }
.works dd { margin: .1em 0 .5em 1.2em; } .works dd.remark { color: var(--soft); font-style: italic; }
.works math, .legend math { white-space: nowrap; }
.grids { display: flex; flex-wrap: wrap; gap: .8em 1.6em; align-items: flex-end; } .grids figure { margin: 0; }
.grid td { border: 1px solid var(--line); padding: .1em .5em; text-align: right; }
.grid td.padding { color: var(--soft); border-style: dashed; }
"""
PAGE_STYLE = """
body { max-width: 62rem; }
h2 code { font-size: .95em; }
figure { margin: .8em 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; }
math { font-size: 1.08em; }
@media print { h2 { break-after: avoid; } figure, dd { break-inside: avoid; } }
"""


def html(items: Iterable[page.Item], unicode: bool = True, limit: int = 0) -> Iterator[str]:
    """Headings, lists of quantities with their equations, and tables of numbers."""
    is_list = False
    for item in items:
        listed = isinstance(item, (page.WorkedRow, page.SentenceBelow, CellRow))
        if listed != is_list:
            yield '<dl class="works">\n' if listed else "</dl>\n"
            is_list = listed
        match item:
            case page.Title(words):
                yield f"<h1>{safe(words)}</h1>\n"
            case page.Heading(name, spelled, shapes, like):
                yield f"<h2>{page.join(': ', safe(name), f'<code>{safe(spelled)}</code>' if spelled else '')}</h2>\n"
                said = page.join(", ", safe(shapes), f"as {safe(like)}" if like else "")
                yield f"<p>{said}</p>\n" if said else ""
            case page.WorkedRow(label):
                part = ' class="part"' if label.startswith("  ") else ""
                yield f"<dt{part}>{safe(label.strip())}</dt>\n<dd>{equations(item)}</dd>\n"
            case CellRow(label):
                yield f"<dt>{safe(label)}</dt>\n<dd>{cell_equations(item)}</dd>\n"
            case page.SentenceBelow(sentence):
                yield f'<dd class="remark">{inline(sentence)}</dd>\n'
            case Grids(grids, caption):
                yield f"<p>{safe(caption)}</p>\n" if caption else ""
                yield f'<div class="grids">{"".join(map(grid_table, grids))}</div>\n'
            case page.Figure(picture):
                from convcalc.render.pictures.svg import svg_pieces
                from convcalc.render.pictures.themes import PAGE_THEME

                yield f"<figure>\n{''.join(svg_pieces(picture, PAGE_THEME))}</figure>\n"
            case page.Legend(known, source):
                said = "; ".join(f"{math(formula(letter))} {safe(meaning)}".rstrip() for letter, meaning in known)
                yield f'<p class="legend">Letters: {said}.{f" As in {safe(source)}." if source else ""}</p>\n'
    if is_list:
        yield "</dl>\n"


def math(inside: str) -> str:
    return f"<math>{inside}</math>"


def formula(tree: Expr, thousands: bool = True) -> str:
    """A tree as what stands in <math>; a word keeps its underscores."""
    names: dict[str, str] = {}
    if not isinstance(tree, int):
        names = {letter: f"<mi>{safe(letter)}</mi>" for letter in letters(tree) if page.is_word(letter)}
    return write(tree, "mathml", thousands="," if thousands else "", names=names)


def breakable(parts: Iterable[str], sign: str = EQUALS) -> str:
    """Formulas that a line may be broken between, before the sign that joins them."""
    return " ".join(math(sign * (number > 0) + part) for number, part in enumerate(parts))


def equations(row: page.WorkedRow) -> str:
    parts = [formula(tree, row.thousands) for tree in row.trees]
    if row.shape:
        parts.append(f"<mtext>{safe(row.shape)}</mtext>")
    shown = breakable(parts)
    if row.blank:
        shown += f"{f' {math(EQUALS)} ' if parts else ''}{BLANK}"
    asides = "".join(f" ({safe(page.sentence_text(aside, 'text'))})" for aside in row.asides)
    return f"{shown}{f' {safe(row.unit)}' if row.unit else ''}{asides}"


def cell_equations(row: CellRow) -> str:
    """How a number is worked; a long sum may be broken between its parts."""
    if row.tree is None:
        return BLANK
    is_long = len(write(row.tree)) > page.LONG_FORMULA
    shown = breakable(parts_of_sum(row.tree, row.terms, "mathml") if is_long else [formula(row.tree)], PLUS)
    if row.value is not None:
        shown += f" {math(EQUALS + formula(row.value))}"
    return f"{shown} {math(f'{ABOUT}<mn>{safe(row.decimals)}</mn>')}" if row.decimals else shown


def inline(sentence: Sentence) -> str:
    return "".join(safe(part) if isinstance(part, str) else breakable(map(formula, part)) for part in sentence)


def grid_table(grid: Grid) -> str:
    """An array of two axes with its title; cells of padding are marked."""
    (top, left), (bottom, right) = grid.before, grid.after
    rows = []
    for y, row in enumerate(grid.rows):
        cells = []
        for x, number in enumerate(row):
            is_inside = top <= y < len(grid.rows) - bottom and left <= x < len(row) - right
            shown = BLANK if number is None else math(formula(number))
            padded = "" if is_inside else ' class="padding"'
            cells.append(f"<td{padded}>{shown}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<figure><figcaption>{safe(grid.title)}</figcaption><table class="grid">{"".join(rows)}</table></figure>'


def document(items: Iterable[page.Item]) -> Iterator[str]:
    """A page with the name of the network, or of the only layer, as its title."""
    rest = iter(items)
    first = next(rest, None)
    named = [] if first is None else [first]
    yield from document_head(safe(title_of(first)))
    yield from html(chain(named, rest))
    yield "</body>\n</html>\n"


def document_head(title: str, style: str = "", language: str = "en") -> Iterator[str]:
    """Up to what the page shows; the title is HTML already."""
    yield from page_head(title, f"{page_colours(in_print=True)}{WORKED_STYLE}{PAGE_STYLE}{style}", POLICY, language)
    yield "<body>\n"


def title_of(item: page.Item | None) -> str:
    match item:
        case page.Title(words):
            return words
        case page.Heading(name, spelled, _, _):
            return name or spelled
    return "convcalc"
