"""The report on a class as a page of its own: figures, questions, mistakes, students, and whose hand-ins are alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.marks import web
from convcalc.render.marks.classes import ALIKE, MAX_NAMES, NOTES, Outline, Slip, count_text, separator, wrong_in_words
from convcalc.render.marks.feedback import percent, points, states_in_words
from convcalc.render.web_page import digest, safe

if TYPE_CHECKING:
    from convcalc.handin.classroom import Standing, StudentRow

CLASS_STYLE = """
.questions td:last-child { width: 65%; }
.mistakes td:first-child { min-width: 6em; }
"""
COLUMN, TALL = 56, 140  # of the histogram
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


def pieces(outline: Outline) -> Iterator[str]:
    yield from web.marks_page_head(
        safe(outline.title), "", MATRIX_STYLE + CLASS_STYLE, f"; script-src {digest(SORTING)}"
    )
    yield from figures(outline)
    parts = {
        "questions": ("Questions", questions(outline) if outline.rows else ()),
        "mistakes": ("Commonest mistakes", mistakes(outline) if outline.slips else ()),
        "points": ("Share of the points", histogram(outline.histogram) if outline.rows else ()),
        "students": ("Students and questions", matrix(outline) if outline.rows else ()),
        "alike": ("Similar hand-ins", alike(outline) if outline.alike else ()),
        "left": ("Not marked", unmarked_items(outline) if outline.left else ()),
        "notes": (NOTES, (web.item_list(map(safe, outline.notes)), "\n") if outline.notes else ()),
    }
    links = (f'<a href="#{name}">{title}</a>' for name, (title, shown) in parts.items() if shown)
    yield f'<nav aria-label="on this page">{" ".join(links)}</nav>\n'
    if outline.alarms:
        yield '<section class="alarm"><h2>Most of the class agree against the key</h2>\n'
        yield f"<p>Look at these questions first:</p>\n{web.item_list(map(safe, outline.alarms))}</section>\n"
    for name, (title, shown) in parts.items():
        if shown:
            yield f'<section id="{name}"><h2>{title}</h2>\n'
            yield from shown
            yield "</section>\n"
    yield f"</main>\n<footer><p>{safe(outline.stamp)}</p></footer>\n</html>\n"


def figures(outline: Outline) -> Iterator[str]:
    shown = "".join(f"<div><dt>{name}<dd>{value}</div>" for name, value in outline.figures)
    yield f'<dl class="figures">{shown}</dl>\n'


def questions(outline: Outline) -> Iterator[str]:
    yield '<table class="questions">\n<caption>How the class did</caption>\n'
    yield '<thead><tr><th scope="col">Question<th scope="col" class="n">Right'
    yield '<th scope="col">Answers</thead>\n<tbody>\n'
    for standing in outline.standings:
        yield f'<tr><th scope="row">{web.question_name(standing.question.ask)}'
        yield f'<td class="n">{percent(standing.share, 1)} %<td>{answers(standing)}\n'
    yield "</tbody></table>\n"


def answers(standing: Standing) -> str:
    """A bar, the same in words, and the wrong answer that most gave."""
    counts, common = states_in_words(standing.states), wrong_in_words(standing)
    behind = f'<br><span class="soft">{safe(common)}</span>' if common else ""
    label = safe(f"{standing.question.ask}: {counts}")
    return f"{web.bar(standing.states, label)}{web.counts_in_words(standing.states)}{behind}"


def mistakes(outline: Outline) -> Iterator[str]:
    yield '<table class="mistakes">\n<caption>What leads to the wrong numbers, and who did it</caption>\n'
    yield '<thead><tr><th scope="col">Who<th scope="col">What</thead>\n<tbody>\n'
    for slip in outline.slips:
        yield f"<tr><td>{safe(slip.often)}<td>{safe(slip.words)} <code>{safe(slip.mishap.code)}</code>"
        yield f"<br>{names(slip)}\n"
    yield "</tbody></table>\n"
    if outline.more_slips:
        yield f"<p>and {outline.more_slips} more</p>\n"


def names(slip: Slip) -> str:
    """Those who made a mistake; the many behind a line that opens."""
    people, between = [web.person(name) for name in slip.mishap.names], separator(slip.mishap.names)
    listed = f'<span class="soft">{between.join(people[:MAX_NAMES])}</span>'
    if slip.mishap.students <= MAX_NAMES:
        return listed
    rest, unnamed = between.join(people[MAX_NAMES:]), slip.mishap.students - len(people)
    rest += f" and {unnamed} more" if unnamed else ""
    more = f"and {slip.mishap.students - MAX_NAMES} more"
    return f'{listed}<details class="soft"><summary>{more}</summary>{rest}</details>'


def histogram(counts: tuple[int, ...]) -> Iterator[str]:
    """Columns of ten per cent each, with the number of students on top."""
    most, fill = max(counts, default=0) or 1, web.LOOKS["consistent"].fill
    wide, base = COLUMN * len(counts), TALL + 20
    label = "students by their share of the points, in per cent: " + ", ".join(
        f"{10 * index} to {10 * index + 10}: {count}" for index, count in enumerate(counts)
    )
    yield f'<svg width="{wide}" height="{TALL + 46}" viewBox="0 0 {wide} {TALL + 46}" role="img" aria-label="{label}">'
    for index, count in enumerate(counts):
        left, tall = index * COLUMN, TALL * count / most
        middle, top = left + COLUMN / 2, base - tall
        yield (
            f'<rect x="{left + 4}" y="{top:.1f}" width="{COLUMN - 8}" height="{tall:.1f}" fill="{fill}"/>'
            f'<text x="{middle}" y="{top - 5:.1f}" text-anchor="middle">{count or ""}</text>'
            f'<text x="{middle}" y="{TALL + 38}" text-anchor="middle">{10 * index}–{10 * index + 10}</text>'
        )
    yield f'<line x1="0" x2="{wide}" y1="{base}" y2="{base}" stroke="currentColor"/></svg>\n'


def alike(outline: Outline) -> Iterator[str]:
    yield f"<p>{safe(ALIKE.format(few=outline.few))}</p>\n"
    found = []
    for one in outline.alike:
        people = [web.person(row.student, row.page) for row in one.rows]
        found.append(f"{separator(row.student for row in one.rows).join(people)}: {safe(one.words)}")
    yield f"{web.item_list(found)}\n"


def unmarked_items(outline: Outline) -> Iterator[str]:
    yield f"{web.item_list(f'{web.person(one.student, one.page)}: {safe(one.reason)}' for one in outline.left)}\n"


def matrix(outline: Outline) -> Iterator[str]:
    """The table, and the script that sorts it."""
    yield f'{web.legend()}<div class="scroll" tabindex="0" role="region" aria-label="students and questions">\n'
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
        yield f"<tr><th scope=row>{web.person(row.student, row.page)}<td class=n>{points(row.score)}"
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
        look, title = web.LOOKS[state], ""
        if column in row.wrong:
            answer, codes = row.wrong[column]
            title = f' title="{safe(": ".join(filter(None, (answer[:40], " + ".join(codes)))))}"'
        yield f"<td class={look.style}{title}>{look.sign}"
    yield "<td>" * (questions - len(row.states))
