"""The matrix of a class: a row for each student, a column for each question, a coloured sign where they meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.marks.class_outline import count_text
from convcalc.render.marks.feedback import percent, points
from convcalc.render.marks.web import LOOKS, legend, person
from convcalc.render.web_page import safe

if TYPE_CHECKING:
    from convcalc.handin.classroom import StudentRow
    from convcalc.render.marks.class_outline import Outline

MATRIX_STYLE = """
main > #students { max-width: none; }
.scroll { overflow: auto; width: fit-content; max-width: 100%; max-height: 85vh; border: 1px solid var(--line); }
.matrix { border-collapse: separate; border-spacing: 0; }
.matrix caption { padding: .4em .6em; }
.matrix th, .matrix td { padding: .1em .35em; border-bottom: 1px solid var(--line); text-align: center; }
.matrix tr > :first-child { position: sticky; left: 0; z-index: 1; background: var(--paper); text-align: left;
  min-width: 7em; max-width: 15em; border-right: 1px solid var(--line);
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
@media (max-width: 40rem) { .matrix tr > :first-child { max-width: 9em; } }
.matrix thead th { position: sticky; top: 0; background: var(--paper); height: 1px; }
.matrix thead tr > :first-child { z-index: 2; }
.matrix .q { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); text-align: left;
  white-space: nowrap; max-height: 14em; overflow: hidden; text-overflow: ellipsis; }
.matrix td.n, .matrix th.n { text-align: right; }
.matrix button { all: unset; cursor: pointer; }
.matrix button:focus-visible { outline: 2px solid var(--link); }
.matrix [aria-sort=ascending] button::after { content: " ▲"; }
.matrix [aria-sort=descending] button::after { content: " ▼"; }
.matrix tbody tr:hover > * { border-bottom-color: var(--ink); }
@page wide { size: landscape; margin: 1cm; }
@media print { #students { page: wide; } .scroll { overflow: visible; max-height: none; border: 0; }
  .matrix { font-size: 7pt; } .matrix th, .matrix td { padding: 0 .2em; }
  .matrix tr > :first-child, .matrix thead th { position: static; white-space: normal; } }
"""
# Headings become buttons that sort the rows; the page says all that it says without it.
SORTING = """
for (const table of document.querySelectorAll(".matrix")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0], signs = "✓≈✗?–";
  const collator = new Intl.Collator(undefined, { numeric: true });
  const value = (row, place) => { const text = row.cells[place].textContent.trim(), sign = signs.indexOf(text);
    return text && sign >= 0 ? sign : text; };
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const down = head.getAttribute("aria-sort") == "ascending" ? -1 : 1;
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down > 0 ? "ascending" : "descending");
      const order = (one, other) => { const a = value(one, place), b = value(other, place);
        return down * (isNaN(a) || isNaN(b) ? collator.compare(a, b) : a - b); };
      body.append(...[...body.rows].sort(order));
    };
  });
}
"""


def script_policy() -> str:
    """The one script that a page may run, by its hash."""
    from base64 import b64encode
    from hashlib import sha256

    return f"; script-src 'sha256-{b64encode(sha256(SORTING.encode()).digest()).decode()}'"


def matrix(outline: Outline) -> Iterator[str]:
    """The table, and the script that sorts it."""
    yield f'{legend()}<div class="scroll" tabindex="0" role="region" aria-label="students and questions">\n'
    yield f'<table class="matrix">\n<caption>{caption(outline)}</caption>\n'
    heads = "".join(
        f'<th scope="col" title="{ask}"><span class="q">{ask}</span>'
        for ask in (safe(one.question.ask) for one in outline.standings)
    )
    yield '<thead><tr><th scope="col">Student<th scope="col" class="n">Points<th scope="col" class="n">%'
    yield f"{heads}</thead>\n"
    shares = "".join(f"<td>{percent(one.share, 1).partition('.')[0]}" for one in outline.standings)
    yield f'<tfoot><tr><th scope="row">right, %<td><td>{shares}</tfoot>\n<tbody>\n'
    questions = len(outline.standings)
    for row in outline.rows:
        yield f"<tr><th scope=row>{person(row.student, row.page)}<td class=n>{points(row.score)}"
        yield f"<td class=n>{percent(row.score, row.out_of)}{''.join(cells(row, questions))}\n"
    yield f"</tbody></table></div>\n<script>{SORTING}</script>\n"


def caption(outline: Outline) -> str:
    more, students = outline.more_rows, count_text(len(outline.rows), "student")
    shown = f"{students}, {count_text(len(outline.standings), 'question')}"
    shown += f"; {more:,} more students are in the other reports" if more else ""
    return f"{shown}; what is empty was not asked" if is_ragged(outline) else shown


def is_ragged(outline: Outline) -> bool:
    """Whether some students were not asked everything."""
    full = len(outline.standings)
    return any(len(row.states) < full or "" in row.states for row in outline.rows)


def cells(row: StudentRow, questions: int) -> Iterator[str]:
    """A sign for each question; over a wrong one a mouse shows the answer and the mistakes that lead to it."""
    for column, state in enumerate(row.states):
        if not state:
            yield "<td>"
            continue
        look, title = LOOKS[state], ""
        if column in row.wrong:
            answer, codes = row.wrong[column]
            title = f' title="{safe(": ".join(filter(None, (answer[:40], " + ".join(codes)))))}"'
        yield f"<td class={look.style}{title}>{look.sign}"
    yield "<td>" * (questions - len(row.states))
