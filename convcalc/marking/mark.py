"""A submission marked: what is right, what is right on the student's own numbers, which mistakes explain the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.marking.answers import AnswerOrigin, Answers
from convcalc.marking.axis_order import one_order
from convcalc.marking.carry_forward import own_numbers, second_look
from convcalc.marking.diagnosis import open_explanations
from convcalc.marking.doubtful import sure_ones
from convcalc.marking.first_look import first_look
from convcalc.marking.habits import charged_once, followed_through, likeliest_first
from convcalc.marking.key import MAX_NAME, TOTAL, AnswerKey, KeyItem, canonical_name
from convcalc.marking.verdict import GOOD, Diagnosis, MarkedSubmission, Response, Verdict
from convcalc.problem import Diagnostic, did_you_mean
from convcalc.questions.errata import errata_of

if TYPE_CHECKING:
    from convcalc.marking.reading import AnswerReading

MAX_FINDINGS = 20
MAP = re.compile(r"\d *[x×@,*] *\d")  # in a shape
MAX_KNOWN = 300  # questions that a stray answer is compared with


def mark(key: AnswerKey, submission: Answers, carry_forward: bool = True) -> MarkedSubmission:
    """The verdicts of a submission, in the order of the questions; `carry_forward` charges one slip once."""
    answers: dict[str, tuple[KeyItem, str]] = {}
    findings = list(submission.findings)
    strays: dict[str, str] = {}
    for name, text in submission.answers.items():
        asked = key.find(name)
        if asked is not None:
            answers[asked.question.ask] = asked, text
        else:
            strays[name] = text
    for asked, text in joined_shapes(key, strays):
        answers.setdefault(asked.question.ask, (asked, text))
    if strays:
        known = tuple(each.question.ask for each in key.asked[:MAX_KNOWN])
        rows = (*key.network.names, TOTAL) if key.network else ()
        for name in list(strays)[:MAX_FINDINGS]:
            is_row = canonical_name(name[:MAX_NAME])[0] in rows
            findings.append(stray(name[:60], known, strays[name][:60] if is_row else ""))
    questions = [asked for asked, _ in answers.values()] if key.is_open else key.asked
    responses, order = one_order(
        [first_look(asked, answers.get(asked.question.ask, (asked, ""))[1]) for asked in questions]
    )
    networks = {id(response.asked.network): response.asked.network for response in responses if response.asked.network}
    theirs = {name: own_numbers(network, responses) for name, network in networks.items()}
    for place, response in enumerate(responses):
        if response.state == "wrong" and response.asked.form in ONLY_BY_ITSELF:
            explain = ONLY_BY_ITSELF[response.asked.form]
            responses[place] = response._replace(diagnoses=tuple(explain(response.asked, response.readings)))
        elif response.state == "wrong" and response.asked.network and response.asked.network.has_shapes:
            responses[place] = second_look(response, theirs[id(response.asked.network)], carry_forward, responses)
        if origin := submission.origins.get(response.asked.question.ask):
            responses[place] = computed_response(responses[place], origin)
    responses = likeliest_first([contradiction(response) for response in responses])
    if carry_forward:
        responses = followed_through(charged_once(responses, theirs), theirs.values())
    responses = sure_ones(responses, theirs)
    alone = [verdict(response) for response in responses]
    verdicts = all_or_nothing(alone, key.all_or_nothing)
    lost = [each.question.ask for each, after in zip(alone, verdicts, strict=True) if each.score and not after.score]
    if lost:
        findings.append(lost_together(lost, key.all_or_nothing))
    status = "marked" if any(response.state != "missing" for response in responses) else "empty"
    score, out_of = sum(each.score for each in verdicts), sum(each.question.points for each in verdicts)
    return MarkedSubmission(
        submission.student, submission.source, tuple(verdicts), score, out_of, status, findings=tuple(findings),
        axis_order=order,
    )  # fmt: skip


def lost_together(lost: list[str], whole: bool) -> Diagnostic:
    """A finding for right answers that do not count, since others that count with them are not right."""
    names = f"{', '.join(lost[:MAX_FINDINGS])}{', …' if len(lost) > MAX_FINDINGS else ''}"
    company = "every answer is" if whole else "all answers of their group are"
    return Diagnostic(
        "H005", f"no points for {names}: what counts together counts if {company} right", severity="warning"
    )


@lru_cache(maxsize=1024)
def stray(name: str, known: tuple[str, ...], of_row: str) -> Diagnostic:
    """A finding for an answer that nobody asked for; `of_row` is what it says of a layer, and not of which quantity."""
    what = "output" if name != TOTAL and MAP.search(of_row) else "parameters"
    hint = f"an answer names a quantity too, write {name}.{what}: {of_row}" if of_row else did_you_mean(name, known)
    return Diagnostic("H004", f'"{name}" is no question of this assignment', hint, severity="warning")


def joined_shapes(key: AnswerKey, strays: dict[str, str]) -> Iterator[tuple[KeyItem, str]]:
    """Shapes whose sides were answered one by one, taken out of the strays."""
    shapes: dict[tuple[str, str], dict[str, str]] = {}
    for name in strays:
        layer, quantity, part = canonical_name(name[:MAX_NAME])
        if quantity == "output" and part:
            shapes.setdefault((layer, quantity), {})[part] = name
    for (layer, quantity), sides in shapes.items():
        asked = key.find(f"{layer}.{quantity}")
        order = [part for part in ("channels", "depth", "height", "width", "length") if part in sides]
        if asked is not None and len(order) == len(asked.right):
            yield asked, "x".join(strays.pop(sides[part]) for part in order)


def array_explained(asked: KeyItem, readings: tuple[AnswerReading, ...]) -> tuple[Diagnosis, ...]:
    from convcalc.marking.array_questions import array_explanations

    return array_explanations(asked, readings[0].value)


# What is explained without the student's other answers.
ONLY_BY_ITSELF = {"open": open_explanations, "array": array_explained}


def contradiction(response: Response) -> Response:
    """An answer that says two things, of which none is right, is neither."""
    doubts = [reading.doubt for reading in response.readings if reading.doubt]
    if response.state != "wrong" or not doubts:
        return response
    return Response(response.asked, response.text, state="unreadable", note="read.contradiction", where=doubts[0])


# The verdict


def verdict(response: Response) -> Verdict:
    question = response.asked.question
    score = question.points if response.state in GOOD else 0
    if response.state == "wrong" and question.partial:
        # Of several mistakes the one that leaves the fewest points counts.
        left = (min((question.partial.get(code, 0) for code in each.codes), default=0) for each in response.diagnoses)
        score = max(left, default=0)
    if response.state == "wrong":
        score = max(score, question.points * response.share)
    value = response.readings[0].value if response.readings else None
    return Verdict(
        question, response.text, value, response.state, score, response.own, response.diagnoses, response.note,
        response.where, erratum_on(response.asked.at_main_layer), response.charged,
    )  # fmt: skip


def erratum_on(asked: KeyItem) -> str:
    """What a slide has wrong of this quantity of this layer."""
    network, what = asked.network, asked.question
    layer = network.layers[asked.index].applied if network and asked.index >= 0 else None
    if network is None or layer is None or what.part == "channels":
        return ""

    def sentence() -> str:
        return next((each.sentence for each in errata_of(layer) if each.quantity == what.quantity), "")

    return network.recall(("erratum", asked.index, what.quantity), sentence)


def all_or_nothing(verdicts: list[Verdict], whole: bool) -> list[Verdict]:
    """Questions of a group count together."""
    failed = {each.question.group for each in verdicts if each.state not in GOOD}
    groups = {each.question.group for each in verdicts} if whole and failed else failed - {""}
    return [each._replace(score=0) if each.question.group in groups else each for each in verdicts]


def computed_response(response: Response, origin: AnswerOrigin) -> Response:
    """A wrong answer that a program gives: settings explain it, or what came before, and no slip of arithmetic."""
    if response.state != "wrong":
        return response
    carried = tuple(each for each in response.diagnoses if each.layers and response.own is not None)
    layers = (response.asked.question.layer,) * len(origin.codes)  # so that it is charged once for each layer
    diagnoses = (Diagnosis(origin.codes, layers),) if origin.codes else carried
    note = "read.program" if response.asked.question.form != "bound" else ""
    return response._replace(diagnoses=diagnoses, note=note, where=origin.place if note else "")
