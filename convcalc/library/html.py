"""What a notebook shows of the library's values: tables, pictures and typeset arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem
from convcalc.render.web_page import safe

if TYPE_CHECKING:
    from convcalc.library.layers import Layer, Layers
    from convcalc.library.marking import Marks
    from convcalc.library.network import Network
    from convcalc.library.solving import Solutions
    from convcalc.network.walk import NetworkReport
    from convcalc.questions.compare import Comparison
    from convcalc.questions.explain import ExplanationRequest

# Of a cell, whose notebook has a style of its own that is not to win: hence the class twice.
STYLE = """
.convcalc.convcalc { overflow-x: auto; }
.convcalc.convcalc table { font-variant-numeric: tabular-nums; margin: .5em 0; }
.convcalc.convcalc .n { text-align: right; white-space: nowrap; }
.convcalc.convcalc :is(th, td, caption):not(.n) { text-align: left; }
.convcalc.convcalc tfoot td { font-weight: bold; }
.convcalc.convcalc svg { max-width: 100%; height: auto; }
.convcalc.convcalc :is(h1, h2) { font-size: 1.1em; margin: 1em 0 .3em; }
.convcalc.convcalc dl { display: grid; grid-template-columns: max-content 1fr; gap: .25em 1.5em; margin: .5em 0; }
.convcalc.convcalc dl > dt { grid-column: 1; float: none; width: auto; margin: 0; white-space: pre; }
.convcalc.convcalc dl > dt { font-weight: normal; opacity: .75; }
.convcalc.convcalc dl > dt.part { margin-left: 1.2em; }
.convcalc.convcalc dl > dd { grid-column: 2; float: none; width: auto; margin: 0; }
.convcalc.convcalc :is(dd.remark, dd span, .legend) { opacity: .75; }
"""
MOST_ROWS = 60  # of a table whose blocks are not folded


def block(*parts: str) -> str:
    """Parts of a cell, with the style that they share."""
    return f'<div class="convcalc"><style>{STYLE}</style>\n{"".join(parts)}</div>'


def network_html(network: Network) -> str:
    """Its volumes and its table; of a single layer its windows and its arithmetic."""
    report = network._report
    if len(report.layers) == 1:
        return layer_html(network.layers[0])
    try:
        picture = f"{network.draw()}\n"
    except Problem:  # its sizes are not known
        picture = ""
    folds = len(report.layers) > MOST_ROWS and report.groups
    return block(picture, table(report, 1 if folds else 0))


def table(report: NetworkReport, depth: int = 0) -> str:
    from convcalc.render.report import ReportOptions
    from convcalc.render.report.html import HTML
    from convcalc.render.report.html import table as rows
    from convcalc.render.report.text_table import text_table

    return "".join(rows(text_table(report, ReportOptions(depth=depth), HTML)))


def layers_html(layers: Layers) -> str:
    """The table, of a part of a network without its totals."""
    from convcalc.network.walk import totals

    report = layers._network._report
    if len(layers) == len(report.layers):
        return block(table(report))
    some = [report.layers[place] for place in layers._places]
    part = report._replace(
        layers=some, groups=(), places=(), totals=totals(layer.applied or layer.held for layer in some), diagnostics=()
    )
    return block(table(part))


def layer_html(layer: Layer) -> str:
    """Its windows and its arithmetic."""
    from convcalc.questions.explain import ExplanationRequest, explain_layers

    network = layer._network
    report = network._report._replace(layers=[layer._report])
    worked = worked_html(explain_layers(report, ExplanationRequest()), "full")
    try:
        return block(f"{layer.draw()}\n", worked)
    except Problem:  # it has no windows
        return block(worked)


def worked_html(explained: Any, work: str) -> str:
    from convcalc.render.working.web import html
    from convcalc.render.working.works import WorkedOptions, items

    return "".join(html(items(explained, WorkedOptions(work))))


def explanation_html(network: Network, request: ExplanationRequest, work: str) -> str:
    from convcalc.questions.explain import explain

    return block(worked_html(explain(network._report, request), work))


def comparison_html(found: Comparison) -> str:
    """The table of the totals."""
    from convcalc.render.comparing.comparison import rows
    from convcalc.render.script import UNICODE

    heads, *cells = rows(found, UNICODE)
    return block(rows_html(heads, cells, range(1, len(heads))))


def records_html(records: Iterable[Any], names: tuple[str, ...], nothing: str) -> str:
    """A table of some fields of records; a sentence where there are none."""
    cells = [[cell_text(getattr(record, name)) for name in names] for record in records]
    return block(rows_html([name.replace("_", " ") for name in names], cells) if cells else f"<p>{safe(nothing)}</p>")


def cell_text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else f"{value:,}" if type(value) is int else str(value)


def rows_html(heads: Iterable[str], cells: Iterable[Iterable[str]], right: Iterable[int] = ()) -> str:
    """A table of texts; the columns on the right are numbers."""
    numbers = frozenset(right)

    def row(tag: str, texts: Iterable[str]) -> str:
        sides = ((text, ' class="n"' if place in numbers else "") for place, text in enumerate(texts))
        return "".join(f"<{tag}{side}>{safe(text)}" for text, side in sides)

    body = "".join(f"<tr>{row('td', each)}\n" for each in cells)
    return (
        f'<div class="scroll"><table>\n<thead><tr>{row("th", heads)}\n</thead>\n<tbody>\n{body}</tbody></table></div>\n'
    )


def solutions_html(found: Solutions) -> str:
    """A row for each of the first solutions, or why there is none."""
    if not found.solved:
        reasons = found.why or (str(found),)
        return block("".join(f"<p>{safe(reason)}</p>\n" for reason in reasons))
    from convcalc.library.layers import number_text, shape_text
    from convcalc.render.solving.lines import values_in_words

    some = found[:MOST_ROWS]
    counts = list(some[0].counts)
    heads = [*some[0].values, *(["layer"] if some[0].layer else []), "output", *counts]
    cells = [
        [
            *map(cell_text, each.values.values()), *([each.layer] if each.layer else []),
            shape_text(each.output), *(number_text(each.counts[name]) for name in counts),
        ]
        for each in some
    ]  # fmt: skip
    more = found.number is None or found.number > len(some)
    unknowns = [each for each in found._found.unknowns if more and each.letter in found._found.runs]
    runs = [f"{each.name} = {values_in_words(each, found._found)}" for each in unknowns]
    if more and not runs:
        runs = ["and more" if found.number is None else f"{found.number:,} in all"]
    first = len(heads) - len(counts)
    return block(*(f"<p>{safe(run)}</p>\n" for run in runs), rows_html(heads, cells, range(first, len(heads))))


def marks_html(marks: Marks) -> str:
    """The score, and a row for each answer with what is said of it."""
    if marks.status != "marked":
        return block(f"<p>{safe(str(marks))}</p>\n")
    who = f"{marks.student}: " if marks.student else ""
    heads = ("question", "answer", "verdict", "points", "")
    cells = [
        (each.ask, each.given, each.state, f"{each.score} of {each.points}", "; ".join(each.hints))
        for each in marks.answers
    ]
    remarks = "".join(f"<p>{safe(remark)}</p>\n" for remark in marks.remarks)
    return block(
        f"<p><b>{safe(f'{who}{marks.score} of {marks.out_of} points')}</b></p>\n",
        rows_html(heads, cells, (3,)),
        remarks,
    )


def number_html(value: Any) -> str:
    """A number with letters in MathML; a long sum may be broken between its terms."""
    from convcalc.algebra.notation import to_tree
    from convcalc.render.working.cells import parts_of_sum
    from convcalc.render.working.web import PLUS, breakable

    return block(breakable(parts_of_sum(to_tree(value), 1, "mathml"), PLUS))
