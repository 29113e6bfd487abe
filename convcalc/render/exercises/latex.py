"""A sheet in LaTeX, as a complete document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.render.exercises import blocks
from convcalc.render.report.latex import escape
from convcalc.render.script import printable
from convcalc.render.working.page import FORMS

if TYPE_CHECKING:
    from convcalc.arrays.array import Array

HEAD = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,array,booktabs,longtable}
\usepackage[margin=2cm%s]{geometry}
\setlength{\parindent}{0pt}
\setlength{\parskip}{\medskipamount}
\begin{document}
"""
ROOM = r"\underline{\hspace{6cm}}"
SMALL_ROOM = r"\underline{\hspace{1.6cm}}"
LINE = r"\rule{0pt}{1.4em}\hrulefill"
MAX_COLUMNS = 8  # of a table on an upright page
COLUMNS = {"l": "l", "r": "r", "w": r">{\raggedright\arraybackslash}p{7cm}", "b": "p{4cm}"}
QUOTES = str.maketrans({"“": "``", "”": "''", "„": r"\quotedblbase{}"})


def latex(sheet: Iterable[blocks.Block]) -> Iterator[str]:
    """The pieces of a document."""
    page = list(sheet)
    is_wide = any(isinstance(block, blocks.SheetTable) and len(block.heads) > MAX_COLUMNS for block in page)
    yield HEAD % (",landscape" if is_wide else "")
    for block in page:
        yield "\n"
        match block:
            case blocks.SheetTitle(words):
                yield f"\\section*{{{plain(words)}}}\n"
            case blocks.SheetHeading(text):
                yield f"\\subsection*{{{inline(text)}}}\n"
            case blocks.NameLine(word, student):
                yield f"{plain(word)}: {plain(student) if student else ROOM}\n"
            case blocks.Paragraph(text):
                yield f"{inline(text)}\n"
            case blocks.SheetTable():
                yield from table(block)
            case blocks.CodeBlock(lines):
                yield "\\begin{verbatim}\n" + "".join(f"{printable(line)}\n" for line in lines) + "\\end{verbatim}\n"
            case blocks.NumberGrids(grids, blank):
                shown = "\\quad\n".join(matrix(name, array) for name, array in grids)
                yield f"\\[\n{shown}\\]\n" + (f"{plain(blank)}:\\vspace{{2cm}}\n" if blank else "")
            case blocks.WorkedLines(rows):
                _, *pieces = FORMS["latex"](rows, True, 0)  # the first says which package it needs
                yield from pieces
            case blocks.Stamp(words):
                yield f"{{\\footnotesize {plain(words)}}}\n"
    yield "\\end{document}\n"


def plain(words: str) -> str:
    return escape(words).translate(QUOTES)


def inline(text: blocks.Text) -> str:
    return blocks.marked_text(text, plain, lambda words: f"\\texttt{{{escape(words)}}}", "\\textbf{{{}}}")


def table(block: blocks.SheetTable) -> Iterator[str]:
    """A table that may go on over several pages; words that are long are set in lines."""
    wide = [max(map(length, column)) for column in zip(*block.rows, strict=True)]
    room = any(isinstance(each, blocks.Blank) and each.is_wide for row in block.rows for each in row)
    limit = 36 if room else 60
    sides = [
        "b" if isinstance(each, blocks.Blank) and each.is_wide else "w" if side == "l" and size > limit else side
        for side, size, each in zip(block.sides, wide, block.rows[0], strict=True)
    ]
    is_wide = len(sides) > MAX_COLUMNS
    yield "{\\small\\setlength{\\tabcolsep}{4pt}\n" if is_wide else ""
    yield f"\\begin{{longtable}}{{{''.join(COLUMNS[side] for side in sides)}}}\n\\toprule\n"
    yield f"{' & '.join(map(plain, block.heads))} \\\\\n\\midrule\n\\endhead\n"
    yield from (f"{' & '.join(map(cell, row))} \\\\\n" for row in block.rows)
    yield "\\bottomrule\n\\end{longtable}" + ("}\n" if is_wide else "\n")


def length(content: blocks.Text | blocks.Blank) -> int:
    return 0 if isinstance(content, blocks.Blank) else len(blocks.words_of(content))


def cell(content: blocks.Text | blocks.Blank) -> str:
    if isinstance(content, blocks.Blank) and content.choices:
        listed = r" \\ ".join(map(plain, content.choices)) + plain(content.behind)
        return rf"\begin{{tabular}}[t]{{@{{}}l@{{}}}}{listed}\end{{tabular}}"
    if isinstance(content, blocks.Blank):
        return LINE if content.is_wide else SMALL_ROOM + plain(content.behind)
    # A bracket behind \\ would be its option.
    return "".join(("{}" if length(content) and inline(content)[:1] in "[*" else "", inline(content)))


def matrix(name: str, array: Array) -> str:
    body = " \\\\ ".join(" & ".join(row) for row in blocks.grid_rows(array))
    return f"\\underset{{\\text{{{plain(name)}}}}}{{\\begin{{pmatrix}}{body}\\end{{pmatrix}}}}\n"
