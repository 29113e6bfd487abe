"""Feedback as a page for each student: every question with their answer, the verdict, and the hints as asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.render.marks import MarksWriter
from convcalc.render.marks.feedback import feedback, points, remark, shorten, source, state_counts, summary, value
from convcalc.render.marks.web import bar, marks_page_head, person, question_name, sign
from convcalc.render.web_page import safe

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


class HtmlMarks(MarksWriter):
    def body(self, marked: MarkedSubmission) -> str:
        return "".join(self.page(marked))

    def page(self, marked: MarkedSubmission) -> Iterator[str]:
        before = f"{safe(self.run.title)}: " if self.run.title else ""
        heading = f"{before}{person(marked.student)}"
        yield from marks_page_head(f"{before}{safe(marked.student)}", heading, STUDENT_STYLE)
        if marked.status == "marked":
            yield f"<p>{safe(summary(marked))}</p>\n{bar(state_counts(marked), 'the same as a bar')}\n"
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
            yield f'<tr><th scope="row"{rows}>{question_name(question.ask)}<td>{safe(shorten(verdict.given))}'
            yield f"<td>{sign(verdict.state)} {safe(verdict_words(verdict, marked))}"
            yield f'<td class="n">{points(verdict.score)} of {points(question.points)}\n'
            if hints:
                yield f'<tr class="hints"><td colspan="3">{hints}\n'
        yield "</tbody></table>\n"

    def hints(self, verdict: Verdict, marked: MarkedSubmission) -> str:
        """The hints as a list, and the work below it."""
        shown = items(feedback(verdict, marked, self.run._replace(answers=None)).below)
        if self.run.answers and verdict.state != "correct" and (work := self.run.answers(verdict.question)):
            shown += f'<p class="work">{"<br>".join(map(safe, work))}</p>'
        return shown


def verdict_words(verdict: Verdict, marked: MarkedSubmission) -> str:
    """The verdict in words, for a cell beside the answer."""
    match verdict.state:
        case "correct":
            note = remark(verdict)
            return f"right ({note})" if note else "right"
        case "consistent":
            return f"follows from your {source(verdict, marked)}, and is consistent with it"
        case "wrong":
            read, given = shorten(value(verdict.read)), verdict.given
            is_plain = NUMBERS(read.replace(",", "")) in (NUMBERS(given), NUMBERS(given.replace(",", "")))
            return "not right" if is_plain or verdict.read is None else f"not right; read as {read}"
        case "missing":
            return "no answer"
    return "cannot be read"


def items(lines: Iterable[str]) -> str:
    listed = "".join(f"<li>{safe(line)}" for line in lines)
    return f"<ul>{listed}</ul>" if listed else ""
