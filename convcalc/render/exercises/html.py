"""A sheet as a page of its own, with the windows of layers drawn: one file, which asks for nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcalc.render.exercises import blocks
from convcalc.render.pictures.svg import svg_pieces
from convcalc.render.pictures.themes import PAGE_THEME
from convcalc.render.web_page import safe
from convcalc.render.working import web
from convcalc.render.working.web import document_head

STYLE = """
.sheet td, .sheet th { border: 1px solid var(--line); padding: .25em .7em; }
.sheet .answer { min-width: 9em; } .sheet ol { margin: 0; padding: 0; list-style: none; }
.room { display: inline-block; min-width: 14em; border-bottom: 1px solid; }
footer { margin-top: 2em; font-size: .85em; color: var(--soft); }
"""
NUMBERED = ' class="n"'


def html(sheet: Iterable[blocks.Block], language: str) -> Iterator[str]:
    """The pieces of a sheet."""
    for place, block in enumerate(sheet):
        if not place:
            title = safe(block.text) if isinstance(block, blocks.SheetTitle) else ""
            yield from document_head(title, STYLE, language)
        yield from element(block)
    yield "</body>\n</html>\n"


def element(block: blocks.Block) -> Iterator[str]:
    match block:
        case blocks.SheetTitle(words):
            yield f"<h1>{safe(words)}</h1>\n"
        case blocks.SheetHeading(text):
            yield f"<h2>{inline(text)}</h2>\n"
        case blocks.NameLine(word, student):
            yield f"<p>{safe(word)}: {safe(student) or room()}</p>\n"
        case blocks.Paragraph(text):
            yield f"<p>{inline(text)}</p>\n"
        case blocks.SheetTable(heads, rows, sides):
            titles = "".join(f"<th>{safe(head)}</th>" for head in heads)
            yield f'<table class="sheet"><thead><tr>{titles}</tr></thead>\n'
            yield from (f"<tr>{''.join(map(cell, row, sides))}</tr>\n" for row in rows)
            yield "</table>\n"
        case blocks.CodeBlock(lines):
            code = "\n".join(map(safe, lines))
            yield f"<pre><code>{code}</code></pre>\n"
        case blocks.NumberGrids(grids, blank):
            yield '<div class="grids">'
            yield from (grid_figure(name, blocks.grid_rows(array)) for name, array in grids)
            yield f"<figure><figcaption>{safe(blank)}</figcaption>{room()}</figure></div>\n" if blank else "</div>\n"
        case blocks.WorkedLines(rows):
            yield from web.html(rows)
        case blocks.LayerFigure(caption, picture):
            drawn = "".join(svg_pieces(picture, PAGE_THEME))
            yield f"<figure><figcaption>{inline(caption)}</figcaption>\n{drawn}</figure>\n"
        case blocks.Stamp(words):
            yield f"<footer>{safe(words)}</footer>\n"


def grid_figure(name: str, rows: Iterable[Iterable[str]]) -> str:
    shown = "".join(f"<tr>{''.join(f'<td>{safe(number)}</td>' for number in row)}</tr>" for row in rows)
    return f'<figure><figcaption>{safe(name)}</figcaption><table class="grid">{shown}</table></figure>'


def room() -> str:
    return '<span class="room">&nbsp;</span>'


def inline(text: blocks.Text) -> str:
    return blocks.text_in_html(text, safe)


def cell(content: blocks.Text | blocks.Blank, side: str) -> str:
    if not isinstance(content, blocks.Blank):
        return f"<td{NUMBERED if side == 'r' else ''}>{inline(content)}</td>"
    choices = "".join(f"<li>{safe(choice)}</li>" for choice in content.choices)
    shown = f"<ol>{choices}</ol>" if choices else ""
    return f'<td class="answer">{shown}{safe(content.behind)}</td>'
