"""Feedback on an answer as plain text: the verdict on one line, and hints below it, as many as are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice, takewhile, zip_longest
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, is_fraction
from convcalc.algebra.formula import steps
from convcalc.algebra.notation import chain, to_tree, write
from convcalc.arrays.array import Array, array_line, shape_text
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.reading import REMARKS
from convcalc.render.marks import MarkingRun
from convcalc.render.script import UNICODE, printable
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.computing import LayerNumbers
    from convcalc.arrays.network import ChainNumbers
    from convcalc.marking.key import AnswerKey, KeyItem
    from convcalc.marking.verdict import Diagnosis, KeyQuestion, MarkedSubmission, Verdict
    from convcalc.questions.work import Worked

MAX_GIVEN = 80  # characters of an answer that are repeated
MAX_CELLS = 8  # places of an array that are listed
MAX_WORKED = 64  # numbers of an array whose work is shown


class Feedback(NamedTuple):
    """A verdict in words."""

    state: str
    line: str
    below: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join((self.line, *self.below))


def feedback(verdict: Verdict, marked: MarkedSubmission, run: MarkingRun) -> Feedback:
    """A verdict on one of a student's answers, among the others."""
    if verdict.charged:
        line = f"{verdict.question.ask} goes the same way as your {verdict.charged}, where it is charged"
    elif verdict.state == "consistent":
        line = f"{verdict.question.ask} follows from your {source(verdict, marked)} and is consistent with it"
    else:
        line = LINES[verdict.state](verdict.question.ask, verdict)
    return Feedback(verdict.state, line, tuple(dict.fromkeys(hint_lines(verdict, run))))


def all_feedback(marked: MarkedSubmission, run: MarkingRun) -> Iterator[Feedback]:
    """Every verdict in words; blanks in one line where nothing is said of them."""
    shown = [verdict for verdict in marked.verdicts if verdict.state != "missing" or run.tells_all]
    yield from (feedback(verdict, marked, run) for verdict in shown)
    if len(shown) < len(marked.verdicts):
        asks = [verdict.question.ask for verdict in marked.verdicts if verdict.state == "missing"]
        yield Feedback("missing", f"no answer to {', '.join(asks)}")


def source(verdict: Verdict, marked: MarkedSubmission) -> str:
    """The earlier wrong answer that another one follows from: of a sum, its last row; of a field, the one before."""
    question = verdict.question
    sums_or_fields = question.layer == "total" or question.quantity.startswith(("receptive", "rf_"))
    before = takewhile(lambda other: other is not verdict, marked.verdicts)
    wrong = [other.question for other in before if other.state == "wrong"]
    same = [each.ask for each in wrong if sums_or_fields and each.quantity == question.quantity]
    return (same or [each.ask for each in wrong if each.quantity == "output"] or ["earlier work"])[-1]


def file_and_line(marked: MarkedSubmission, ask: str = "") -> tuple[str, int]:
    """Where an answer is, or the submission; line 0 where it is in no line of the file."""
    file, _, row = marked.source.rpartition(", line ")  # of a form, which has an answer of each question in a row
    return (file, int(row)) if file and row.isdecimal() else (marked.source, marked.lines().get(ask, 0))


def is_right(ask: str, verdict: Verdict) -> str:
    note = remark(verdict)
    as_given = verdict.question.form == "symbolic" or verdict.note in ("read.rounded", "read.tolerance")
    shown = shorten(verdict.given) if as_given else value(verdict.read)
    return f"{ask} is {shown}" + (f" ({note})" if note else "")


UNDECIDED = {"read.vague": "is not exact enough", "read.doubled": "can mean two things"}
LINES: dict[str, Callable[[str, Verdict], str]] = {
    "correct": is_right,
    "wrong": lambda ask, verdict: f"{ask}: {quote(verdict)} is not right",
    "missing": lambda ask, verdict: f"{ask} has no answer",
    "unreadable": lambda ask, verdict: (
        f'{ask}: "{shorten(verdict.given)}" {UNDECIDED.get(verdict.note, "cannot be read")}'
    ),
}


def hint_lines(verdict: Verdict, run: MarkingRun) -> Iterator[str]:
    """The hints that are wanted; a right answer needs none."""
    state = verdict.state
    if state != "correct" and (note := remark(verdict)):
        yield note
    if state == "wrong" and verdict.question.form == "bound":
        yield f"{verdict.question.expected} is asked for"
    if state == "wrong" and run.hints == "where":
        yield from where(verdict)
    if verdict.charged and run.tells_why:
        yield explanation_lines(verdict.diagnoses[0])
    if state == "wrong" and run.tells_why:
        yield from why(verdict)
        if verdict.score > 0:
            yield f"{points(verdict.score)} of {points(verdict.question.points)} points for it"
    if state in ("correct", "wrong") and run.tells_why and verdict.erratum:
        yield verdict.erratum
    if state == "correct":
        return
    if run.tells_all and not (state == "wrong" and verdict.question.form == "bound"):
        yield f"the right answer is {value(verdict.question.expected)}"
    if run.hints == "full" and run.answers:
        yield from run.answers(verdict.question)


def remark(verdict: Verdict) -> str:
    """How an answer was read if that differs from what was written, or why it could not be read."""
    return ": ".join(filter(None, (REMARKS.get(verdict.note, ""), verdict.where)))


def where(verdict: Verdict) -> Iterator[str]:
    """Where to look again, without what is wrong."""
    question, read = verdict.question, verdict.read
    layers = [layer for found in verdict.diagnoses[:1] for layer in found.layers if layer and layer != question.layer]
    if layers:
        yield f"look again at {place(layers[0])}: what goes wrong there ends up here"
    elif isinstance(read, Array):
        yield cells(read, question)
    elif isinstance(read, tuple) and isinstance(question.expected, tuple):
        yield sides(read, question.expected)
    elif isinstance(read, tuple) and question.form == "number":
        yield "it is one and the same number along every axis"
    elif verdict.diagnoses:
        yield "the slip is in this row, not in one before it"


def cells(read: Array, question: KeyQuestion) -> str:
    """How many numbers of an array are right, and where the others are."""
    from convcalc.marking.array_questions import places_wrong

    right: Array = question.expected
    if read.shape != right.shape:
        return f"it should be {shape_text(right.shape)}, and this is {shape_text(read.shape)}"
    missed, count = places_wrong(right, read, question.tolerance), len(right.numbers)
    shown = ", ".join(f"[{', '.join(map(str, place))}]" for place in missed[:MAX_CELLS])
    more = f" and {len(missed) - MAX_CELLS} more" if len(missed) > MAX_CELLS else ""
    if len(missed) == count:
        return "none of the numbers is right" if count > 1 else "work it out again"
    left = count - len(missed)
    return f"{left} of {count} numbers {'is' if left == 1 else 'are'} right; not {shown}{more}"


def sides(read: tuple[Any, ...], expected: tuple[Any, ...]) -> str:
    """Which numbers of a shape are right, in whichever layout most of them are."""
    if len(read) != len(expected):
        wanted = "1 number" if len(expected) == 1 else f"{len(expected)} numbers"
        return f"there should be {wanted}, and {'this is' if len(read) == 1 else 'these are'} {len(read)}"
    if sorted(map(str, read)) == sorted(map(str, expected)):
        return "the numbers are right, and their order is not"
    rotated = (*expected[1:], expected[0])
    equal = max(
        ([own for own, right in zip(read, layout, strict=True) if own == right] for layout in (expected, rotated)),
        key=len,
    )
    if not equal:
        return "none of the numbers is right"
    return f"{' and '.join(map(str, equal))} {'is' if len(equal) == 1 else 'are'} right; look again at the rest"


def place(layer: str) -> str:
    return {"total": "the sum over all layers", "*": "all layers before"}.get(layer, layer)


def why(verdict: Verdict) -> Iterator[str]:
    """Every explanation of a wrong number, the likeliest first."""
    for number, diagnosis in enumerate(verdict.diagnoses):
        yield ("or: " if number else "") + explanation_lines(diagnosis)
    if verdict.diagnoses and isinstance(verdict.read, Array):
        yield cells(verdict.read, verdict.question)
    if not verdict.diagnoses and verdict.question.form != "bound":
        yield from where(verdict)
        if not isinstance(verdict.read, tuple) and verdict.note != "read.program":
            yield "no common mistake leads to it: work it out again"


def explanation_lines(diagnosis: Diagnosis) -> str:
    """What was done, the line of arithmetic that leads to the student's number, and what is right."""
    slips, cures = [], []
    for code, layer in zip_longest(diagnosis.codes, diagnosis.layers, fillvalue=""):
        known = MISTAKES.get(code)
        slip = known.slip if known else code
        if code.startswith("slip."):
            slips.append(f"{slip}, {layer}" if layer else slip)
        else:
            slips.append(f"{'all along the network' if layer == '*' else f'in {layer}'}, {slip}" if layer else slip)
        cures.append(known.cure if known else "")
    shown = work(diagnosis)
    cure = "; ".join(filter(None, dict.fromkeys(cures)))
    return f"{', and '.join(slips)}{f': {shown}' if shown else ''}; {cure} ({' + '.join(diagnosis.codes)})"


def work(diagnosis: Diagnosis) -> str:
    """5·5·6·16 = 2,400."""
    if diagnosis.work is None:
        return ""
    worked = steps(*diagnosis.work)
    return chain(worked[1:] if len(worked) > 1 else worked, thousands=",")


def value(read: Any) -> str:
    """A number or a shape as it is read out: 2,416 and 6×28×28."""
    if isinstance(read, Array):
        return array_line(read)
    if isinstance(read, tuple):
        return "×".join(str(side) if type(side) is int else value(side) for side in read)
    if read is None or isinstance(read, str):
        return read or "—"
    if is_fraction(read) and read.denominator != 1:
        return write(to_tree(read), thousands=",")
    return UNICODE.number(read)


def quote(verdict: Verdict) -> str:
    """The answer as it was read; with what was written where that looks different."""
    given, read = shorten(verdict.given), shorten(value(verdict.read))
    if verdict.read is None:
        return given
    if squeeze(given if verdict.note != "read.program" else given.partition(" (")[0]) == squeeze(read):
        return read
    if any(sign in given for sign in "+*/^·"):
        return f"{given} = {read}"
    return f"{given}, read as {read},"


def squeeze(text: str) -> str:
    return "".join(char for char in text.replace("×", "x").lower() if char.isalnum() or char in ".-/")


def shorten(text: str) -> str:
    shown = printable(" ".join(text.split()))
    return shown if len(shown) <= MAX_GIVEN else shown[: MAX_GIVEN - 1] + "…"


def points(score: Any) -> str:
    """2, 1.5, 0.333: points are shown to three places."""
    if getattr(score, "denominator", 1) == 1:
        return str(int(score))
    return f"{float(score):.3f}".rstrip("0").rstrip(".")


def percent(score: Any, out_of: Any) -> str:
    """85.7, or nothing if no points can be earned."""
    if not out_of:
        return ""
    tenths = (2000 * score + out_of) // (2 * out_of)  # rounded half up, exactly
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")


# Counts of states

STATES_SAID = {
    "correct": "right", "consistent": "consistent", "wrong": "wrong", "missing": "without an answer",
    "unreadable": "unreadable",
}  # fmt: skip


def state_counts(marked: MarkedSubmission) -> dict[str, int]:
    """How many of the answers are in each state."""
    return {state: sum(verdict.state == state for verdict in marked.verdicts) for state in STATES_SAID}


def states_in_words(counts: Mapping[str, int]) -> str:
    """6 right, 1 consistent, 31 wrong."""
    return ", ".join(f"{count} {STATES_SAID[state]}" for state, count in counts.items() if count)


def summary(marked: MarkedSubmission) -> str:
    """12 of 14 points (85.7 %): 10 right, 1 consistent, 3 wrong."""
    listed = states_in_words(state_counts(marked))
    share = percent(marked.score, marked.out_of)
    noun = "point" if marked.out_of == 1 else "points"
    got = f"{points(marked.score)} of {points(marked.out_of)} {noun}" + (f" ({share} %)" if share else "")
    return f"{got}: {listed}" if listed else got


# The worked answer


def worked_answer(key: AnswerKey, question: KeyQuestion) -> Iterator[str]:
    """Lines of arithmetic as `convcalc explain` has them; none for what is not worked out, or is of no network."""
    from convcalc.render.working.page import text
    from convcalc.render.working.works import WorkedOptions, rows

    asked = key.find(question.ask)
    if asked is not None and asked.arrays:
        for place, trees in worked_cells(asked.arrays.chain):
            yield f"{place}  {' = '.join(dict.fromkeys(map(write, trees)))}"
    if asked is None or asked.network is None:
        return
    for line in "".join(text(rows(quantity_works(asked), WorkedOptions()))).splitlines():
        yield " ".join(line.split())
    if parts := asked.learnt_and_fixed:
        yield f"Learnt or not: {' + '.join(map(value, parts))} = {value(sum(parts))}"


def worked_cells(chain: ChainNumbers, layer: LayerNumbers | None = None) -> Iterator[tuple[str, tuple[Expr, ...]]]:
    """The first numbers of what a layer of a chain gives, or its last: each with its place, its work and its value."""
    from convcalc.arrays.cells import number_tree

    for cell in islice((layer or chain.layers[-1]).cells(), MAX_WORKED):
        place = ", ".join(map(str, chain.shown_place(cell.at, layer)))
        yield f"[{place}]", (cell.tree, number_tree(cell.value))


def quantity_works(asked: KeyItem) -> tuple[Worked, ...]:
    """The work of a quantity of a layer, or of the sum over all."""
    from convcalc.marking.reference_network import TRAINABLE
    from convcalc.network.quantity import QUANTITIES
    from convcalc.questions.explain import Explainer, ExplanationRequest

    quantity = {TRAINABLE: "parameters"}.get(asked.question.quantity, asked.question.quantity)
    if asked.network is None or quantity not in QUANTITIES:
        return ()
    wanted = (quantity, "buffers") if asked.learnt_and_fixed else (quantity,)
    report, index = asked.network.report, asked.at_main_layer.index
    explainer = Explainer(report, ExplanationRequest(wanted), wanted, True)
    return tuple(explainer.totals()) if index < 0 else explainer.works(report.layers[index])
