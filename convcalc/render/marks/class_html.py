"""The report on a class as a page of its own: figures, questions, mistakes, students, and whose hand-ins are alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.marks.class_outline import MAX_NAMES, separator, wrong_in_words
from convcalc.render.marks.classes import ALIKE, NOTES
from convcalc.render.marks.feedback import percent, states_in_words
from convcalc.render.marks.matrix_html import MATRIX_STYLE, matrix, script_policy
from convcalc.render.marks.web import LOOKS, bar, counts_in_words, marks_page_head, person, question_name
from convcalc.render.web_page import safe

if TYPE_CHECKING:
    from convcalc.handin.classroom import Standing
    from convcalc.render.marks.class_outline import Outline, Slip

CLASS_STYLE = """
.questions td:last-child { width: 65%; }
.mistakes td:first-child { min-width: 6em; }
"""
COLUMN, TALL = 56, 140  # of the histogram


def pieces(outline: Outline) -> Iterator[str]:
    yield from marks_page_head(safe(outline.title), "", MATRIX_STYLE + CLASS_STYLE, script_policy())
    yield from figures(outline)
    parts = {
        "questions": ("Questions", questions(outline) if outline.rows else ()),
        "mistakes": ("Commonest mistakes", mistakes(outline) if outline.slips else ()),
        "points": ("Share of the points", histogram(outline.histogram) if outline.rows else ()),
        "students": ("Students and questions", matrix(outline) if outline.rows else ()),
        "alike": ("Similar hand-ins", alike(outline) if outline.alike else ()),
        "left": ("Not marked", unmarked_items(outline) if outline.left else ()),
        "notes": (NOTES, note_items(outline) if outline.notes else ()),
    }
    links = (f'<a href="#{name}">{title}</a>' for name, (title, shown) in parts.items() if shown)
    yield f'<nav aria-label="on this page">{" ".join(links)}</nav>\n'
    if outline.alarms:
        yield '<section class="alarm"><h2>Most of the class agree against the key</h2>\n'
        yield "<p>Look at these questions first:</p>\n<ul>\n"
        yield from (f"<li>{safe(text)}\n" for text in outline.alarms)
        yield "</ul></section>\n"
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
        yield f'<tr><th scope="row">{question_name(standing.question.ask)}<td class="n">{percent(standing.share, 1)} %'
        yield f"<td>{answers(standing)}\n"
    yield "</tbody></table>\n"


def answers(standing: Standing) -> str:
    """A bar, the same in words, and the wrong answer that most gave."""
    counts, common = states_in_words(standing.states), wrong_in_words(standing)
    behind = f'<br><span class="soft">{safe(common)}</span>' if common else ""
    label = safe(f"{standing.question.ask}: {counts}")
    return f"{bar(standing.states, label)}{counts_in_words(standing.states)}{behind}"


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
    people, between = [person(name) for name in slip.mishap.names], separator(slip.mishap.names)
    listed = f'<span class="soft">{between.join(people[:MAX_NAMES])}</span>'
    if slip.mishap.students <= MAX_NAMES:
        return listed
    rest, unnamed = between.join(people[MAX_NAMES:]), slip.mishap.students - len(people)
    rest += f" and {unnamed} more" if unnamed else ""
    more = f"and {slip.mishap.students - MAX_NAMES} more"
    return f'{listed}<details class="soft"><summary>{more}</summary>{rest}</details>'


def histogram(counts: tuple[int, ...]) -> Iterator[str]:
    """Columns of ten per cent each, with the number of students on top."""
    most, fill = max(counts, default=0) or 1, LOOKS["consistent"].fill
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
    yield f"<p>{safe(ALIKE.format(few=outline.few))}</p>\n<ul>\n"
    for one in outline.alike:
        people = [person(row.student, row.page) for row in one.rows]
        yield f"<li>{separator(row.student for row in one.rows).join(people)}: {safe(one.words)}\n"
    yield "</ul>\n"


def unmarked_items(outline: Outline) -> Iterator[str]:
    yield "<ul>\n"
    yield from (f"<li>{person(one.student, one.page)}: {safe(one.reason)}\n" for one in outline.left)
    yield "</ul>\n"


def note_items(outline: Outline) -> Iterator[str]:
    yield "<ul>\n"
    yield from (f"<li>{safe(note)}\n" for note in outline.notes)
    yield "</ul>\n"
