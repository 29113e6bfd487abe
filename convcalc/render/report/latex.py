r"""A booktabs table for LaTeX, ready to be \input; a longtable where it would not fit on a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.render.report.text_table import text_table
from convcalc.render.script import Script, printable

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions
    from convcalc.render.report.text_table import TextTable

ON_A_PAGE = 45  # rows
SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
        ">": r"\textgreater{}", "×": r"$\times$", "−": "$-$", "—": "---", "…": r"\ldots{}", "≈": r"$\approx$",
        "·": r"$\cdot$",
        **{char: f"\\{char}" for char in "&%$#_{}"},
    }
)  # fmt: skip


def escape(text: str) -> str:
    # An accent on nothing, a ligature or a quote would be made of -- and of `` and ''.
    return (
        printable(text)
        .translate(SPECIAL)
        .replace("`", r"\textasciigrave{}")
        .replace("--", "-{}-")
        .replace("--", "-{}-")
    )


LATEX = Script(
    times=r" \times ",
    thousands=r"\,",
    missing="---",
    notation="latex",
    math="$%s$",
    percent=r"\,\%",
    less="$<$",
    text=escape,
    code=r"\texttt{%s}",
    formula="$%s$",
)


def lines(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    yield from latex_table(text_table(report, options, LATEX))


def latex_table(made: TextTable) -> Iterator[str]:
    long = len(made.marks) > ON_A_PAGE
    environment = "longtable" if long else "tabular"
    heads = row(escape(head.title) for head in made.heads)
    yield f"% {made.title}\n% \\usepackage{{booktabs}}{' and longtable' if long else ''}\n"
    yield f"\\begin{{{environment}}}{{{''.join('l' if head.is_left else 'r' for head in made.heads)}}}\n"
    yield f"\\toprule\n{heads}\\midrule\n"
    if long:
        yield "\\endhead\n"
    yield from map(row, made.rows)
    if any(made.total):
        yield f"\\midrule\n{row(made.total)}"
    yield f"\\bottomrule\n\\end{{{environment}}}\n"
    for note in made.notes:
        yield f"% {note.label}: {note.value}{f'; {note.remark}' if note.remark else ''}\n"


def row(cells: Iterable[str]) -> str:
    return f"{' & '.join(cells)} \\\\\n"
