"""Marks as pages: what they all share, and the page of one student with the feedback."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from convcalc.render.marks import MarksWriter, feedback
from convcalc.render.web_page import POLICY, page_head, safe
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.marking.verdict import MarkedSubmission, Verdict

NUMBERS = re.compile(r"\d+").findall
STUDENT_STYLE = """
.answers { width: 100%; }
.answers tbody th { width: 20%; }
.answers tbody tr:not(.hints) > * { border-top: 1px solid var(--line); padding-top: .5em; padding-bottom: .4em; }
.answers .hints td { padding-bottom: .7em; }
.answers .hints ul { margin: 0; }
.answers .n { padding-right: 0; }
.work { font-family: ui-monospace, monospace; font-size: .9em; margin: .3em 0 0; padding-left: 1.3em; }
"""


class StateLook(NamedTuple):
    """How a state looks: a sign, a class of the style sheet, and the fill of a bar, which the colour-blind can tell."""

    sign: str
    style: str
    fill: str  # of Okabe and Ito's palette


LOOKS = {
    "correct": StateLook("✓", "c", "#009e73"),
    "consistent": StateLook("≈", "k", "#56b4e9"),
    "wrong": StateLook("✗", "w", "#d55e00"),
    "unreadable": StateLook("?", "u", "#cc79a7"),
    "missing": StateLook("–", "m", "#9aa3ab"),
}
TINTS = "\n".join(
    f".{look.style} {{ background: var(--{look.style}); color: var(--{look.style}-ink); }}" for look in LOOKS.values()
)
INKS = "\n".join(f".{look.style}f {{ color: {look.fill}; }}" for look in LOOKS.values())  # of what explains a bar
STYLE = f"""
body {{ overflow-wrap: anywhere; }}
main > * {{ max-width: 66rem; }}
th, td {{ padding: .25em .9em .25em 0; vertical-align: top; }}
ul {{ padding-left: 1.2em; }}
ul ul, td ul {{ margin: .2em 0; }}
tbody th[scope=row] {{ min-width: 6em; }}
.alarm {{ margin: 1.5rem 0; border-left: .3rem solid {LOOKS["wrong"].fill}; padding: .1rem 1rem; }}
.alarm h2 {{ margin-top: .5em; }}
.soft, caption, footer {{ color: var(--soft); }}
.figures {{ display: flex; flex-wrap: wrap; gap: .4rem 2.2rem; margin: 1rem 0; }}
.figures dt {{ color: var(--soft); }}
.figures dd {{ margin: 0; font-size: 1.35em; }}
nav a {{ margin-right: 1.2em; }}
svg {{ display: block; max-width: 100%; height: auto; }}
svg text {{ font: 12px system-ui, sans-serif; fill: currentColor; }}
.bar {{ width: 100%; min-width: 7rem; max-width: 22rem; height: .95em; margin: .25em 0; }}
.bar rect {{ stroke: var(--paper); stroke-width: 1px; vector-effect: non-scaling-stroke; }}
.key {{ list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3em 1.4em; }}
.s, .c, .k, .w, .u, .m {{ -webkit-print-color-adjust: exact; print-color-adjust: exact; }}
.s {{ display: inline-block; min-width: 1.5em; text-align: center; border-radius: .2em; }}
{TINTS}
{INKS}
:focus-visible {{ outline: 2px solid var(--link); outline-offset: 1px; }}
@media (max-width: 40rem) {{ body {{ margin: 1rem; }} th, td {{ padding-right: .6em; }} }}
@media print {{ body {{ margin: 0; max-width: none; font-size: 10pt; }} nav {{ display: none; }}
  tr, li {{ break-inside: avoid; }} thead {{ display: table-header-group; }} }}
"""


def marks_page_head(title: str, heading: str = "", style: str = "", scripts: str = "") -> Iterator[str]:
    """A page of marks up to its heading, which may have more in it than the title."""
    yield from page_head(title, STYLE + style, POLICY + scripts)
    yield f"<main>\n<h1>{heading or title}</h1>\n"


def sign(state: str) -> str:
    """The coloured sign of a state, as one that its words follow."""
    look = LOOKS[state]
    return f'<span class="s {look.style}" aria-hidden="true">{look.sign}</span>'


def counts_in_words(counts: Mapping[str, int]) -> str:
    """6 right, 1 consistent, 31 wrong: each behind the colour that it has in a bar."""
    return ", ".join(
        f'<span class="{look.style}f" aria-hidden="true">■</span> {counts[state]:,} {feedback.STATES_SAID[state]}'
        for state, look in LOOKS.items()
        if counts[state]
    )


def legend() -> str:
    shown = "".join(f"<li>{sign(state)} {feedback.STATES_SAID[state]}\n" for state in LOOKS)
    return f'<ul class="key" aria-label="signs">\n{shown}</ul>\n'


def item_list(items: Iterable[str]) -> str:
    """Items, which are HTML already, as a list."""
    shown = "".join(f"<li>{item}\n" for item in items)
    return f"<ul>\n{shown}</ul>"


def question_name(ask: str) -> str:
    """A question's name, which may break at its dots and underscores."""
    return safe(ask).replace(".", ".<wbr>").replace("_", "_<wbr>")


def bar(counts: Mapping[str, int], label: str) -> str:
    """Counts of states side by side; it grows and shrinks with the page, and its parts with it."""
    parts, start = [], 0
    for state, look in LOOKS.items():
        if wide := counts.get(state, 0):
            parts.append(f'<rect x="{start}" width="{wide}" height="1" fill="{look.fill}"/>')
        start += wide
    box = f'viewBox="0 0 {start or 1} 1" preserveAspectRatio="none"'
    return f'<svg class="bar" {box} role="img" aria-label="{label}">{"".join(parts)}</svg>'


def person(name: str, page: str = "") -> str:
    """A name, in its own direction, that leads to the page with its feedback."""
    shown = f"<bdi>{safe(name)}</bdi>"
    return f'<a href="{quote(page)}">{shown}</a>' if page else shown


# The page of one student


class HtmlMarks(MarksWriter):
    def body(self, marked: MarkedSubmission) -> str:
        return "".join(self.page(marked))

    def page(self, marked: MarkedSubmission) -> Iterator[str]:
        before = f"{safe(self.run.title)}: " if self.run.title else ""
        heading = f"{before}{person(marked.student)}"
        yield from marks_page_head(f"{before}{safe(marked.student)}", heading, STUDENT_STYLE)
        if marked.status == "marked":
            counts = feedback.state_counts(marked)
            yield f"<p>{safe(feedback.summary(marked))}</p>\n{bar(counts, 'the same as a bar')}\n"
            yield from self.table(marked)
        else:
            yield f'<section class="alarm"><p>Not marked: {safe(marked.reason)}</p></section>\n'
        if marked.remarks:
            yield f"<h2>Remarks</h2>\n{items(marked.remarks)}\n"
        yield f"</main>\n<footer><p>{safe(self.run.stamp)}</p></footer>\n</html>\n"

    def table(self, marked: MarkedSubmission) -> Iterator[str]:
        yield '<table class="answers">\n<caption>Your answers, one by one</caption>\n'
        yield '<thead><tr><th scope="col">Question<th scope="col">Your answer'
        yield '<th scope="col">Verdict<th scope="col" class="n">Points</thead>\n<tbody>\n'
        for verdict in marked.verdicts:
            question, hints = verdict.question, self.hints(verdict, marked)
            rows = ' rowspan="2"' if hints else ""
            yield f'<tr><th scope="row"{rows}>{question_name(question.ask)}<td>{safe(feedback.shorten(verdict.given))}'
            yield f"<td>{sign(verdict.state)} {safe(verdict_words(verdict, marked))}"
            yield f'<td class="n">{feedback.points(verdict.score)} of {feedback.points(question.points)}\n'
            if hints:
                yield f'<tr class="hints"><td colspan="3">{hints}\n'
        yield "</tbody></table>\n"

    def hints(self, verdict: Verdict, marked: MarkedSubmission) -> str:
        """The hints as a list, and the work below it."""
        shown = items(feedback.feedback(verdict, marked, self.run._replace(answers=None)).below)
        if self.run.answers and verdict.state != "correct" and (work := self.run.answers(verdict.question)):
            shown += f'<p class="work">{"<br>".join(map(safe, work))}</p>'
        return shown


def verdict_words(verdict: Verdict, marked: MarkedSubmission) -> str:
    """The verdict in words, for a cell beside the answer."""
    match verdict.state:
        case "correct":
            note = feedback.remark(verdict)
            return f"right ({note})" if note else "right"
        case "consistent":
            return f"follows from your {feedback.source(verdict, marked)}, and is consistent with it"
        case "wrong":
            read, given = feedback.shorten(feedback.value(verdict.read)), verdict.given
            is_plain = NUMBERS(read.replace(",", "")) in (NUMBERS(given), NUMBERS(given.replace(",", "")))
            return "not right" if is_plain or verdict.read is None else f"not right; read as {read}"
        case "missing":
            return "no answer"
    return "cannot be read"


def items(lines: Iterable[str]) -> str:
    listed = "".join(f"<li>{safe(line)}" for line in lines)
    return f"<ul>{listed}</ul>" if listed else ""
