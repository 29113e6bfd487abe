"""A submission marked: what is right, what is right on the student's own numbers, which mistakes explain the rest."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.marking.answers import Submission
from convcalc.marking.diagnosis import explanations, of_open
from convcalc.marking.following import Own
from convcalc.marking.key import MAX_NAME, TOTAL, Asked, Key, Rows, canonical
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.reading import Reading, Unreadable, is_blank, layouts, read, same_number, same_shape
from convcalc.marking.totals import own_total
from convcalc.marking.verdict import Diagnosis, Marked, Verdict
from convcalc.problem import Diagnostic, did_you_mean
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.layer.record import Shape
    from convcalc.marking.following import Network

GOOD = frozenset(("correct", "consistent"))
MAX_FINDINGS = 20
MAX_KNOWN = 300  # questions that a stray answer is compared with


class Entry(NamedTuple):
    """An answer on its way to a verdict."""

    asked: Asked
    text: str
    readings: tuple[Reading, ...] = ()
    state: str = "wrong"
    note: str = ""
    own: Any = None
    diagnoses: tuple[Diagnosis, ...] = ()


def mark(key: Key, submission: Submission, carry_forward: bool = True) -> Marked:
    """The verdicts of a submission, in the order of the questions; `carry_forward` charges one slip once."""
    answers: dict[str, tuple[Asked, str]] = {}
    findings = list(submission.findings)
    strays: dict[str, str] = {}
    for name, text in submission.answers.items():
        asked = key.find(name)
        if asked is not None:
            answers[asked.question.ask] = asked, text
        else:
            strays[name] = text
    for asked, text in put_together(key, strays):
        answers.setdefault(asked.question.ask, (asked, text))
    if strays:
        known = tuple(each.question.ask for each in key.asked[:MAX_KNOWN])
        findings += [stray(name[:60], known) for name in list(strays)[:MAX_FINDINGS]]
    questions = [asked for asked, _ in answers.values()] if key.is_open else key.asked
    entries = [first_look(asked, answers.get(asked.question.ask, (asked, ""))[1]) for asked in questions]
    networks = {id(entry.asked.network): entry.asked.network for entry in entries if entry.asked.network}
    theirs = {name: own_numbers(network, entries) for name, network in networks.items()}
    for place, entry in enumerate(entries):
        if entry.state == "wrong" and entry.asked.form == "open":
            entries[place] = entry._replace(diagnoses=tuple(of_open(entry.asked, entry.readings)))
        elif entry.state == "wrong" and entry.asked.network is not None:
            entries[place] = second_look(entry, theirs[id(entry.asked.network)], carry_forward, entries)
    entries = likeliest_first(entries)
    verdicts = [verdict(entry) for entry in entries]
    verdicts = all_or_nothing(verdicts, key.all_or_nothing)
    return Marked(
        submission.student, submission.source, tuple(verdicts), sum(each.score for each in verdicts),
        sum(each.question.points for each in verdicts),
        "marked" if any(entry.state != "missing" for entry in entries) else "empty", findings=tuple(findings),
    )  # fmt: skip


@lru_cache(maxsize=1024)
def stray(name: str, known: tuple[str, ...]) -> Diagnostic:
    """A finding for an answer that nobody asked for."""
    hint = did_you_mean(name, known)
    return Diagnostic("H004", f'"{name}" is no question of this assignment', hint, severity="warning")


def put_together(key: Key, strays: dict[str, str]) -> Iterator[tuple[Asked, str]]:
    """Shapes whose sides were answered one by one; what is used is no stray any more."""
    shapes: dict[tuple[str, str], dict[str, str]] = {}
    for name in strays:
        layer, quantity, part = canonical(name[:MAX_NAME])
        if quantity == "output" and part:
            shapes.setdefault((layer, quantity), {})[part] = name
    for (layer, quantity), sides in shapes.items():
        asked = key.find(f"{layer}.{quantity}")
        order = [part for part in ("channels", "depth", "height", "width", "length") if part in sides]
        if asked is not None and len(order) == len(asked.right):
            yield asked, "x".join(strays.pop(sides[part]) for part in order)


# First by itself


def first_look(asked: Asked, text: str) -> Entry:
    """The answer read, and compared with the key."""
    if is_blank(text):
        return Entry(asked, text, state="missing")
    if asked.form == "symbolic":
        return formula_look(asked, text)
    try:
        readings = read(text, "number" if asked.form == "open" else asked.form)
    except Unreadable as error:
        return Entry(asked, text, state="unreadable", note=error.code)
    for reading in readings:
        note = agreement(asked, reading, asked.right)
        if note is not None:
            return Entry(asked, text, (reading,), "correct", note)
    return Entry(asked, text, readings)


def agreement(asked: Asked, reading: Reading, right: Any) -> str | None:
    """A note ("" for none) where the reading is what is right."""
    if asked.form == "shape":
        return same_shape(reading, right)
    if asked.form == "open":
        return reading.note if solves(asked, reading.value) else None
    if isinstance(right, tuple):
        return reading.note if reading.value == right or (len(right) == 1 and reading.value == right[0]) else None
    return same_number(reading, right, asked.question.tolerance)


def solves(asked: Asked, value: Any) -> bool:
    """Whether a value put for the question mark gives what is wanted."""
    answer = asked.open
    runs = next(iter(answer.runs.values()), ())
    if runs and isinstance(value, int):
        return any(
            run.first <= value and (run.last is None or value <= run.last) and (value - run.first) % run.step == 0
            for run in runs
        )
    what = asked.question.quantity
    return any(value == each.values.get(what) for each in answer.solutions)


def formula_look(asked: Asked, text: str) -> Entry:
    from convcalc.marking.symbolic import compared, mistaken

    try:
        found = compared(text, asked.right)
        codes = () if found and not found[0] else mistaken(text, asked.question.layer, asked.question.quantity)
    except Unreadable as error:
        return Entry(asked, text, state="unreadable", note=error.code)
    if found and not (found[0] and "size.fraction" in asked.question.partial):
        return Entry(asked, text, (Reading(found[1]),), "correct", found[0])
    if found:
        codes = ("size.fraction", *(code for code in codes if code != "size.fraction"))
    return Entry(
        asked,
        text,
        (Reading(found[1] if found else None),),
        note="formula",
        diagnoses=tuple(Diagnosis((code,)) for code in codes),
    )


# Then among the student's other answers


def own_numbers(network: Network, entries: Iterable[Entry]) -> Own:
    """What a student goes on with: their own outputs and fields, right ones too, which put an end to what was wrong."""
    outputs: dict[int, tuple[Shape, ...]] = {}
    fields: dict[int, Any] = {}
    strides: dict[int, Any] = {}
    for entry in entries:
        asked = entry.asked
        what = asked.question.quantity
        if (
            asked.network is not network
            or asked.index < 0
            or asked.question.part
            or entry.state not in ("wrong", "correct")
        ):
            continue
        if what == "output":
            right = network.right[asked.index]
            shapes = (right,) if entry.state == "correct" else usable(entry.readings, len(right))
            if shapes:
                outputs[asked.index] = shapes
        elif what in ("receptive_field", "rf_stride"):
            sides = network.field(asked.index, "size" if what == "receptive_field" else "stride")
            if entry.state == "wrong":
                value = entry.readings[0].value
                sides = value if isinstance(value, tuple) and len(value) == len(sides) else (value,) * len(sides)
            if all(isinstance(side, int) and 0 < side < 10**12 for side in sides):
                (fields if what == "receptive_field" else strides)[asked.index] = sides
    rows = Rows(entry.asked for entry in entries if entry.asked.network is network)
    return Own(network, outputs, fields, strides, rows)


def usable(readings: tuple[Reading, ...], rank: int) -> tuple[Shape, ...]:
    """The shapes, channels first, with which one can go on computing."""
    shapes = [shape for reading in readings for shape, _ in layouts(reading, rank) if len(shape) == rank]
    return tuple(shape for shape in shapes if all(isinstance(side, int) and 0 < side < 10**9 for side in shape))


def second_look(entry: Entry, own: Own, carry_forward: bool, entries: list[Entry]) -> Entry:
    """A wrong answer compared with what follows from the student's own numbers, and explained where it does not."""
    asked = entry.asked
    values = own_values(entry, own, entries)
    for reading in entry.readings:
        for value in values:
            note = agreement(asked, reading, value)
            if note is not None:
                if carry_forward:
                    return entry._replace(readings=(reading,), state="consistent", note=note, own=value)
                return entry._replace(own=value, diagnoses=carried(asked, own, entries))
    return entry._replace(own=values[0] if values else None, diagnoses=explanations(entry, own))


def own_values(entry: Entry, own: Own, entries: list[Entry]) -> list[Any]:
    asked = entry.asked
    what = asked.question.quantity
    if asked.index < 0:
        found = own_total(own, what, entries)
        values = [found] if found is not None else []
    else:
        values = own.values(asked.index, what)
    if asked.question.part or asked.form == "side":
        values = [narrowed(asked, value) for value in values]
    return [value for value in values if value is not None and value != asked.right]


def narrowed(asked: Asked, value: Any) -> Any:
    """The side that is asked for; one number for equal sides."""
    from convcalc.marking.key import along
    from convcalc.problem import Problem

    question = asked.question
    try:
        if question.part:
            return along(value, question.part, question.quantity, question.ask)
    except Problem:
        return None
    if isinstance(value, tuple) and not isinstance(asked.right, tuple):
        return value[0] if len(set(value)) == 1 else None
    return value


def carried(asked: Asked, own: Own, entries: list[Entry]) -> tuple[Diagnosis, ...]:
    """For an answer that follows from earlier ones: what went wrong in those, and where."""
    origins = []
    for entry in entries:
        other = entry.asked
        if other is asked:
            break
        if (
            entry.state == "wrong"
            and other.network is own.network
            and other.question.quantity in ("output", asked.question.quantity)
        ):
            codes = entry.diagnoses[0].codes if entry.diagnoses and not entry.diagnoses[0].layers else ()
            if codes or not entry.diagnoses:
                origins.append((other.question.layer, codes))
    codes = tuple(dict.fromkeys(code for _, each in origins for code in each))
    layers = tuple(dict.fromkeys(layer for layer, _ in origins))
    return (Diagnosis(codes or ("slip.carried",), layers),) if origins else ()


# The verdict


def likeliest_first(entries: list[Entry]) -> list[Entry]:
    """Every entry's explanations, those first that are in the smallest set of codes explaining all of a student's."""
    open_rows = [entry for entry in entries if entry.diagnoses]
    if not open_rows:
        return entries
    chosen: list[str] = []
    left = open_rows
    while left:
        counts: Counter[str] = Counter()
        for entry in left:
            for diagnosis in entry.diagnoses:
                fresh = [code for code in diagnosis.codes if code not in chosen]
                if len(fresh) == 1:
                    counts[fresh[0]] += 0 if len(diagnosis.codes) > 1 and len(entry.diagnoses[0].codes) == 1 else 1
        if not counts:
            chosen += [code for code in left[0].diagnoses[0].codes if code not in chosen]
        else:
            chosen.append(min(counts, key=lambda code: (rank(code) > 9, -counts[code], rank(code), code)))
        left = [entry for entry in left if not any(set(each.codes) <= set(chosen) for each in entry.diagnoses)]
    order = {code: place for place, code in enumerate(chosen)}

    def weight(diagnosis: Diagnosis) -> tuple[Any, ...]:
        codes = diagnosis.codes
        outside = sum(code not in order for code in codes)
        return (
            any(rank(code) > 9 for code in codes), len(codes) + len(diagnosis.layers) * 0.5, outside > 0,
            sum(order.get(code, 99) for code in codes), sum(map(rank, codes)), codes,
        )  # fmt: skip

    return [
        entry._replace(diagnoses=tuple(sorted(entry.diagnoses, key=weight))) if len(entry.diagnoses) > 1 else entry
        for entry in entries
    ]


def rank(code: str) -> int:
    known = MISTAKES.get(code)
    return known.rank if known else 20


def verdict(entry: Entry) -> Verdict:
    question = entry.asked.question
    score: Any = question.points if entry.state in GOOD else 0
    if entry.state == "wrong" and question.partial:
        score = max((credit(question.partial, each) for each in entry.diagnoses), default=0)
    value = entry.readings[0].value if entry.readings else None
    note = "" if entry.note == "formula" else entry.note
    return Verdict(question, entry.text, value, entry.state, score, entry.own, entry.diagnoses, note)


def credit(partial: Any, diagnosis: Diagnosis) -> Any:
    """The points that every one of these mistakes leaves."""
    return min((partial.get(code, 0) for code in diagnosis.codes), default=0)


def all_or_nothing(verdicts: list[Verdict], whole: bool) -> list[Verdict]:
    """Questions of a group count together."""
    failed = {each.question.group for each in verdicts if each.state not in GOOD}
    if not whole and not any(each.question.group for each in verdicts):
        return verdicts
    return [
        each._replace(score=0)
        if (whole and failed) or (each.question.group and each.question.group in failed)
        else each
        for each in verdicts
    ]


__all__ = ["TOTAL", "canonical", "mark"]
