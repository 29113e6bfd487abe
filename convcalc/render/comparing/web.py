"""A comparison as a page: the totals with bars, and the layers that differ, network by network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.comparing.comparison import legend, names, row_label, rows, sections
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import UNICODE
from convcalc.render.web_page import POLICY, page_head, safe

if TYPE_CHECKING:
    from convcalc.questions.compare import Comparison

STYLE = """
.soft, caption { color: var(--soft); }
.scroll { overflow-x: auto; }
td, th { white-space: nowrap; }
td { background: linear-gradient(var(--k), var(--k)) right / var(--part, 0) 100% no-repeat; }
td.ratio { padding-left: 2em; }
td:not(.n) { font-variant-numeric: normal; }
.base { font-weight: 600; }
details { margin: 1.2rem 0; }
summary { cursor: pointer; font-weight: 600; font-size: 1.1em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
@media (max-width: 40rem) { body { margin: 1rem; } td, th { padding: .15em .5em; } .layers td { white-space: normal; } }
@media print { body { margin: 0; font-size: 10pt; } tr { break-inside: avoid; } }
"""


def comparison_page(found: Comparison, limit: int = 20) -> Iterator[str]:
    script = UNICODE._replace(text=safe)
    titles = list(map(safe, names(found)))
    yield from page_head(" and ".join(titles), STYLE, POLICY)
    yield f"<main>\n<h1>{', '.join(titles[:-1])} and {titles[-1]}</h1>\n"
    for line in legend(found, script):
        yield f"<p class=soft>{line}</p>\n"
    yield from totals(found, titles)
    for said, shown, more in sections(found, titles, script, limit):
        yield from differing_layers(said, shown, more)
    yield "</main>\n</html>\n"


def totals(found: Comparison, titles: list[str]) -> Iterator[str]:
    """Every quantity of every network, with a bar for its share of the largest, and the ratios."""
    head, *body = rows(found, UNICODE)
    count = len(titles)
    amounts = {row_label(total.name): total.values for total in found.totals}
    yield '<div class="scroll" tabindex="0" role="region" aria-label="totals">\n<table>\n'
    yield f"<caption>Totals; the others are compared with {titles[found.base]}</caption>\n<thead>\n<tr><td>"
    for place, title in enumerate(titles):
        yield f'<th scope="col" class="n{" base" if place == found.base else ""}">{title}'
    yield "".join(f'<th scope="col">{safe(title)}' for title in head[count + 1 :])
    yield "\n</thead>\n<tbody>\n"
    for label, *cells in body:
        values = amounts.get(label, ())
        numbers = [value for value in values if isinstance(value, int)]
        most = max(numbers) if numbers and len(numbers) == count else 0
        yield f'<tr><th scope="row">{safe(label)}'
        for place, text in enumerate(cells[:count]):
            part = f' style="--part:{100 * numbers[place] / most:.1f}%"' if most else ""
            yield f'<td class="n"{part}>{safe(text)}'
        yield "".join(f'<td class="ratio">{safe(text)}' for text in cells[count:]) + "\n"
    yield "</tbody>\n</table>\n</div>\n"


def differing_layers(said: str, shown: list[list[str]], more: int) -> Iterator[str]:
    """What two networks have in each other's place, behind a line that opens."""
    if not shown:
        yield f"<p>{said}.</p>\n"
        return
    heads, *body = shown
    yield f"<details open>\n<summary>{said}</summary>\n"
    yield '<div class="scroll" tabindex="0" role="region" aria-label="layers that differ">\n<table class="layers">\n'
    yield f'<thead><tr>{"".join(f"""<th scope="col">{title}""" for title in heads)}</thead>\n<tbody>\n'
    yield from (f"<tr>{''.join(f'<td>{text}' for text in row)}\n" for row in body)
    yield "</tbody>\n</table>\n</div>\n"
    yield f"<p class=soft>and {layers_in_words(more)} more, which --limit 0 shows</p>\n" if more else ""
    yield "</details>\n"
