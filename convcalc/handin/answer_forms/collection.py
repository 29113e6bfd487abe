"""Answers as they are collected from tables and cells, each with its place; one that is given twice is told."""

from __future__ import annotations

from convcalc.marking.answers import MAX_ANSWERS, TWICE, WHO, Answers
from convcalc.marking.key import MAX_NAME, AnswerKey, canonical_name
from convcalc.marking.reading import is_blank
from convcalc.problem import Diagnostic, Mark, problem
from convcalc.tuples import NamedTuple

MAX_TOLD = 20  # answers that are given twice


class PlacedAnswer(NamedTuple):
    name: str
    text: str
    mark: Mark


class CollectedAnswers:
    """The answers of one submission so far."""

    def __init__(self, source: str):
        self.source, self.student = source, ""
        self.known: dict[tuple[str, str, str], PlacedAnswer] = {}
        self.findings: list[Diagnostic] = []
        self.twice = 0

    def add(self, name: str, text: str, mark: Mark) -> None:
        """An answer; one that is left blank gives way to any other."""
        name, text = name.strip(), text.strip()
        asked = canonical_name(name[:MAX_NAME])
        earlier = self.known.get(asked)
        if not text or (earlier and (is_blank(text) or same_text(earlier.text, text))):
            return
        if earlier is None or is_blank(earlier.text):
            if len(self.known) >= MAX_ANSWERS:
                raise problem("H003", f"more than {MAX_ANSWERS:,} answers", "one for each question is enough", mark)
            self.known[asked] = PlacedAnswer(name, text, mark)
            return
        self.known[asked] = earlier._replace(text=f"{earlier.text[:40]}{TWICE}{text[:40]}")
        self.twice += 1
        if self.twice <= MAX_TOLD:
            message = f"{name[:60]} has two answers, {earlier.text[:40]} {place_in(earlier.mark, mark)} and {text[:40]}"
            self.findings.append(Diagnostic("H043", message, "leave one of them", mark, severity="warning"))

    def add_fact(self, name: str, text: str) -> None:
        """What a submission says of itself: who it is from, if `name` says so."""
        if name.strip().lower() in WHO and text.strip() and not self.student:
            self.student = text.strip()[:200]

    def add_document(self, document: Answers, mark: Mark) -> None:
        """What a document of YAML inside the submission says."""
        self.add_fact("student", document.student)
        for name, text in document.answers.items():
            self.add(name, text, mark)

    def answers_any(self, key: AnswerKey | None) -> bool:
        """Whether any of it answers a question of the key."""
        return any(key is None or key.find(each.name) is not None for each in self.known.values())

    def answers(self, beside: str = "") -> Answers:
        """All of it, with a remark on what else there is and was not read."""
        if beside:
            self.findings.append(Diagnostic("H047", f"{beside} was not read", severity="note"))
        known = self.known.values()
        lines = {each.name: each.mark.line for each in known if each.mark.source.name == self.source}
        answers = {each.name: each.text for each in known}
        return Answers(self.student, answers, tuple(self.findings), self.source, lines)


def place_in(earlier: Mark, here: Mark) -> str:
    """Where an earlier answer is, as seen from a later one."""
    if earlier.source.name != here.source.name:
        return f"in {earlier.source.name.rpartition(', ')[2]}"
    return f"on line {earlier.line}"


def same_text(one: str, other: str) -> bool:
    return TWICE not in one and "".join(one.split()).lower() == "".join(other.split()).lower()
