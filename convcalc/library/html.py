"""What a notebook shows of the library's values: tables, pictures and typeset arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem
from convcalc.render.web_page import safe

if TYPE_CHECKING:
    from convcalc.library.layers import Layer, Layers
    from convcalc.library.network import Network
    from convcalc.library.solving import Solutions
    from convcalc.network.walk import NetworkReport
    from convcalc.questions.compare import Comparison
    from convcalc.questions.explain import ExplanationRequest

STYLE = """
.convcalc table { font-variant-numeric: tabular-nums; }
.convcalc .n { text-align: right; }
.convcalc :is(th, td, caption):not(.n) { text-align: left; }
.convcalc .scroll, .convcalc .picture { overflow-x: auto; }
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
        picture = f'<div class="picture">{network.draw()}</div>\n'
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
        return block(f'<div class="picture">{layer.draw()}</div>\n', worked)
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

    some = found[:MOST_ROWS]
    names = list(some[0].values)
    counts = list(some[0].counts)
    heads = [*names, *(["layer"] if some[0].layer else []), "output", *counts]
    cells = [
        [
            *(cell_text(each.values[name]) for name in names), *([each.layer] if each.layer else []),
            shape_text(each.output), *(number_text(each.counts[name]) for name in counts),
        ]
        for each in some
    ]  # fmt: skip
    more = found.number is None or found.number > len(some)
    rest = f"<p>{'and more' if found.number is None else f'{found.number:,} in all'}</p>" if more else ""
    return block(rows_html(heads, cells), rest)
