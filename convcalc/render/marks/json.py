"""Marks as JSON: by the schema convcalc/check/1, or one student's for check50, GitHub Classroom or Gradescope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.arrays.array import Array
from convcalc.marking.verdict import GOOD, MarkedSubmission, Person, Verdict
from convcalc.render.json_text import json_text
from convcalc.render.marks import MarksWriter
from convcalc.render.marks import feedback as words
from convcalc.render.marks.feedback import feedback, shorten, summary
from convcalc.render.script import UNICODE
from convcalc.render.working.page import escape_markdown

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom

SCHEMA = "convcalc/check/1"
PASSED = {"correct": True, "consistent": True, "wrong": False, "unreadable": False, "missing": None}


class JsonMarks(MarksWriter):
    between = ",\n"

    def head(self) -> str:
        run = self.run
        questions = [
            {"ask": question.ask, "points": number_if_known(question.points), "form": question.form}
            for question in run.questions
        ]
        facts = {
            "schema": SCHEMA, "convcalc": __version__, "assignment": run.title, "key": run.key,
            "out_of": number(run.out_of), "questions": questions,
        }  # fmt: skip
        return f'{json_text(facts)[:-1]}, "submissions": [\n'

    def body(self, marked: MarkedSubmission) -> str:
        facts = {
            "student": marked.student, **ids(marked.person), "source": marked.source, "status": marked.status,
            "reason": marked.reason, "remarks": list(marked.remarks), "score": number(marked.score),
            "out_of": number(marked.out_of), "answers": [self.answer(verdict, marked) for verdict in marked.verdicts],
        }  # fmt: skip
        return json_text(facts)

    def tail(self, room: Classroom) -> str:
        if self.run.roster is None:
            return "\n]}\n"
        unlisted = [
            {
                "student": each.person.shown, **ids(each.person), "source": each.source,
                "guess": {"name": each.guess.name, **ids(each.guess)} if each.guess else None,
            }
            for each in room.unlisted
        ]  # fmt: skip
        return f'\n], "not_in_roster": {json_text(unlisted)}}}\n'

    def answer(self, verdict: Verdict, marked: MarkedSubmission) -> dict[str, Any]:
        found = feedback(verdict, marked, self.run)
        facts: dict[str, Any] = {
            "ask": verdict.question.ask, "given": verdict.given, "read": value(verdict.read), "state": verdict.state,
            "score": number(verdict.score), "points": number(verdict.question.points),
            "message": found.line, "hints": list(found.below), "note": verdict.note,
        }  # fmt: skip
        if self.run.tells_why:
            facts["diagnoses"] = [
                {"codes": list(each.codes), "layers": list(each.layers)} for each in verdict.diagnoses
            ]
        if self.run.tells_all:
            facts["expected"] = value(verdict.question.expected)
        return facts


def value(read: Any) -> Any:
    """A number or a list of them; a fraction or a formula as a string."""
    if isinstance(read, Array):
        return value(read.nested())
    if isinstance(read, (tuple, list)):
        return [value(part) for part in read]
    return read if read is None or type(read) in (int, str) else UNICODE.number(read)


def ids(person: Person | None) -> dict[str, str]:
    """What identifies somebody, as far as it is known."""
    known = {"id": person.number, "email": person.email, "login": person.login} if person else {}
    return {name: value for name, value in known.items() if value}


def number_if_known(points: Any) -> int | float | None:
    """The points of a question; None where personal keys differ in them."""
    return None if points is None else number(points)


def number(score: Any) -> int | float:
    """Points as a JSON number, never NaN."""
    return int(score) if getattr(score, "denominator", 1) == 1 else round(float(score), 6)


class Check50Marks(MarksWriter):
    def body(self, marked: MarkedSubmission) -> str:
        results = [self.result(verdict, marked) for verdict in marked.verdicts]
        facts: dict[str, Any] = {"slug": self.run.title, "version": __version__, "results": results}
        if marked.status != "marked":
            facts["error"] = {"type": marked.status, "value": marked.reason, "traceback": [], "actions": {}, "data": {}}
        facts["data"] = {
            "student": marked.student, "key": self.run.key, "score": number(marked.score),
            "out_of": number(marked.out_of),
        }  # fmt: skip
        return json_text(facts) + "\n"

    def result(self, verdict: Verdict, marked: MarkedSubmission) -> dict[str, Any]:
        found = feedback(verdict, marked, self.run)
        passed = PASSED[verdict.state]
        cause: dict[str, Any] | None = None
        if not passed:
            cause = {"rationale": found.line, "help": "\n".join(found.below) or None}
            if verdict.state == "wrong":
                cause["expected"] = words.value(verdict.question.expected) if self.run.tells_all else None
                cause["actual"] = shorten(verdict.given)
        points = number(verdict.question.points)
        return {
            "name": verdict.question.ask,
            "description": found.line if passed else f"{verdict.question.ask} is right",
            "passed": passed,
            "log": [],
            "cause": cause,
            "data": {"state": verdict.state, "score": number(verdict.score), "points": points},
            "dependency": None,
        }


class ClassroomMarks(MarksWriter):
    def body(self, marked: MarkedSubmission) -> str:
        tests: list[dict[str, Any]] = [
            {
                "name": verdict.question.ask,
                "status": "pass" if verdict.state in GOOD else "error" if verdict.state == "unreadable" else "fail",
                "score": number(verdict.score),
                "max_score": number(verdict.question.points),
                "message": feedback(verdict, marked, self.run).text,
                "line_no": words.file_and_line(marked, verdict.question.ask)[1] or None,
            }
            for verdict in marked.verdicts
        ]
        if marked.status == "marked":
            status = "pass" if all(each["status"] == "pass" for each in tests) else "fail"
        else:
            status = "error"
            tests.append(
                {"name": "the answers", "status": status, "score": 0, "message": marked.reason, "line_no": None}
            )
        facts = {"version": 1, "status": status, "max_score": number(self.run.out_of), "tests": tests}
        return json_text(facts) + "\n"


class GradescopeMarks(MarksWriter):
    def body(self, marked: MarkedSubmission) -> str:
        whole = summary(marked) if marked.status == "marked" else f"Not marked: {marked.reason}"
        results = {
            "score": number(marked.score),
            "output": "\n\n".join(map(escape_markdown, (whole, *marked.remarks, self.run.stamp))),
            "output_format": "md",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "tests": [self.test(index, verdict, marked) for index, verdict in enumerate(marked.verdicts, 1)],
            "extra_data": {"status": marked.status, "convcalc": __version__, "key": self.run.key},
        }
        if not marked.verdicts:
            # An autograder without tests shows no score: one says why.
            results["tests"] = [
                {
                    "score": 0, "max_score": number(self.run.out_of), "status": "failed", "name": "the answers",
                    "number": "1", "output": whole, "output_format": "text", "visibility": "visible",
                }
            ]  # fmt: skip
        return json_text(results) + "\n"

    def test(self, index: int, verdict: Verdict, marked: MarkedSubmission) -> dict[str, Any]:
        shows = self.run.tells_why and verdict.diagnoses
        return {
            "score": number(verdict.score),
            "max_score": number(verdict.question.points),
            "status": "passed" if verdict.state in GOOD else "failed",
            "name": verdict.question.ask,
            "number": str(index),
            "output": feedback(verdict, marked, self.run).text,
            "output_format": "text",
            "tags": list(verdict.diagnoses[0].codes) if shows else [],
            "visibility": "visible",
            "extra_data": {"state": verdict.state},
        }
