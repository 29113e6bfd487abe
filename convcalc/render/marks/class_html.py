"""The report on a class as a page of its own: charts drawn in SVG, no script, and nothing is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from convcalc.render.marks.classes import states_in_words
from convcalc.render.marks.feedback import STATES_SAID, percent
from convcalc.render.script import printable

if TYPE_CHECKING:
    from convcalc.handin.classroom import Standing
    from convcalc.render.marks.classes import Outline

# Colours that people who see no red or green tell apart (Okabe and Ito).
FILL = {
    "correct": "#009e73", "consistent": "#56b4e9", "wrong": "#d55e00", "unreadable": "#cc79a7", "missing": "#bbbbbb",
}  # fmt: skip
STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 2em; }
.alarm { border-left: .3rem solid #d55e00; padding: .2rem 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2em .9em .2em 0; vertical-align: top; font-weight: inherit; }
thead th { border-bottom: 1px solid; font-weight: 600; }
.n { text-align: right; white-space: nowrap; }
.names, footer { opacity: .7; }
svg { display: block; max-width: 100%; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
.key span { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
WIDE, HIGH = 240, 14  # a bar
COLUMN, TALL = 56, 140  # of the histogram


def pieces(outline: Outline) -> Iterator[str]:
    title = safe(outline.title)
    yield f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width">\n'
    yield f"<style>{STYLE}</style>\n<h1>{title}</h1>\n<p>{safe(outline.heading)}</p>\n"
    if outline.alarms:
        yield '<section class="alarm"><h2>Most of the class agree against the key</h2>\n'
        yield "<p>Look at these questions first:</p>\n<ul>\n"
        yield from (f"<li>{safe(text)}\n" for text in outline.alarms)
        yield "</ul></section>\n"
    yield '<h2>Questions</h2>\n<p class="key">'
    yield from (f'<span style="background:{FILL[state]}"></span>{said}' for state, said in STATES_SAID.items())
    yield "</p>\n<table>\n"
    yield '<thead><tr><th>Question<th class="n">Right<th><th>Answers</thead>\n<tbody>\n'
    for standing in outline.standings:
        yield f'<tr><th scope="row">{safe(standing.question.ask)}<td class="n">{percent(standing.share, 1)} %'
        yield f"<td>{bar(standing)}<td>{safe(states_in_words(standing))}\n"
    yield "</tbody></table>\n"
    if outline.slips:
        yield "<h2>Commonest mistakes</h2>\n<table>\n<thead><tr><th>Who<th>What</thead>\n<tbody>\n"
        for slip in outline.slips:
            yield f'<tr><td class="n">{safe(slip.often)}<td>{safe(slip.words)} <code>{safe(slip.mishap.code)}</code>'
            yield f'<br><span class="names">{safe(slip.names)}</span>\n'
        yield "</tbody></table>\n"
        if outline.more_slips:
            yield f"<p>and {outline.more_slips} more</p>\n"
    yield f"<h2>Share of the points</h2>\n{histogram(outline.histogram)}\n"
    if outline.left:
        yield "<h2>Not marked</h2>\n<ul>\n"
        yield from (f"<li>{safe(student)}: {safe(reason)}\n" for student, reason in outline.left)
        yield "</ul>\n"
    yield f"<footer><p>{safe(outline.stamp)}</p></footer>\n</html>\n"


def safe(text: str) -> str:
    return escape(printable(text))


def bar(standing: Standing) -> str:
    """Answers side by side, by their state."""
    whole = sum(standing.states.values()) or 1
    parts, start = [], 0.0
    for state, colour in FILL.items():
        wide = WIDE * standing.states[state] / whole
        if wide:
            parts.append(f'<rect x="{start:.2f}" width="{wide:.2f}" height="{HIGH}" fill="{colour}"/>')
        start += wide
    label = safe(f"{standing.question.ask}: {states_in_words(standing)}")
    return f'<svg width="{WIDE}" height="{HIGH}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def histogram(counts: tuple[int, ...]) -> str:
    """Columns of ten per cent each, with the number of students on top."""
    most = max(counts, default=0) or 1
    parts = []
    for index, count in enumerate(counts):
        left, tall = index * COLUMN, TALL * count / most
        top = 20 + TALL - tall
        middle = left + COLUMN / 2
        parts.append(
            f'<rect x="{left + 4}" y="{top:.1f}" width="{COLUMN - 8}" height="{tall:.1f}" fill="{FILL["consistent"]}"/>'
            f'<text x="{middle}" y="{top - 5:.1f}" text-anchor="middle">{count or ""}</text>'
            f'<text x="{middle}" y="{TALL + 38}" text-anchor="middle">{10 * index}–{10 * index + 10}</text>'
        )
    wide = COLUMN * len(counts)
    axis = f'<line x1="0" x2="{wide}" y1="{TALL + 20}" y2="{TALL + 20}" stroke="currentColor"/>'
    label = "students by their share of the points, in per cent"
    return f'<svg width="{wide}" height="{TALL + 46}" role="img" aria-label="{label}">{"".join(parts)}{axis}</svg>'
