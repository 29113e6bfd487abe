"""Questions that many numbers answer, and those on any network: what is right, and what a key may not say."""

import pytest

from convcalc.marking.answers import read_answers
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.problem import Problem, Source


def key(*questions, more="spec: lenet5"):
    return read_key(
        Source("key.yaml", "\n".join(["assignment: A", more, "questions:", *(f"  - {each}" for each in questions)]))
    )


def verdict(question, answer, more="spec: lenet5"):
    (found,) = mark(key(question, more=more), read_answers(Source("a", answer))).verdicts
    return found


BOUNDS = [
    ("{ask: total.parameters, at_most: 61706}", "total.parameters: 61,706", "correct"),
    ("{ask: total.parameters, at_most: 61705}", "total.parameters: 61,706", "wrong"),
    ("{ask: total.parameters, at_most: 1M}", "total: {params: 0.9M}", "correct"),
    ("{ask: parameters, at_most: 1M}", "parameters: 900k", "correct"),
    ("{ask: parameters, at_most: 1M}", "total.parameters: 1.1M", "wrong"),
    ("{ask: C1.parameters, at_least: 100, at_most: 156}", "C1.parameters: 5*5*6 + 6", "correct"),
    ("{ask: C1.parameters, at_least: 157}", "C1.parameters: 156", "wrong"),
    ("{ask: total.receptive_field, at_least: 32}", "total.receptive_field: 32x32", "correct"),
    ("{ask: total.receptive_field, at_least: 32}", "total.receptive_field: 32x31", "wrong"),
    ("{ask: C1.output.height, at_least: 2}", "C1.output.height: 2", "correct"),
    ("{ask: total.memory, at_most: 320KiB}", "total.memory: 300 KiB", "correct"),
    ("{ask: parameters, at_most: 1M}", "total.parameters: many", "unreadable"),
    ("{ask: parameters, at_most: 1M}", "total.parameters: ?", "missing"),
]


@pytest.mark.parametrize(("question", "answer", "state"), BOUNDS)
def test_a_number_within_a_bound_is_right(question, answer, state):
    assert verdict(question, answer).state == state


def test_a_bound_is_no_mistake_in_arithmetic():
    found = verdict("{ask: C3.parameters, at_least: 2401}", "C3.parameters: 2400")
    assert (found.state, found.diagnoses, found.question.expected) == ("wrong", (), "at least 2,401")


REQUIRED = [
    ("{ask: total.output, answer: 10}", "total.output: (10,)", "correct"),
    ("{ask: total.output, answer: 6x28x28}", "total.output: 28x28x6", "correct"),
    ("{ask: total.output, answer: 6x28x28}", "total.output: 4704", "wrong"),
    ("{ask: C1.output, answer: 6x28x28}", "C1: {output: 6@28x28}", "correct"),
    ("{ask: conv1.kernel, answer: 5}", "conv1.kernel: 5x5", "correct"),
    ("{ask: weeks, answer: 5}", "weeks: 5", "correct"),
    ("{ask: flops, answer: 20}", "total.flops: 10 MACs", "correct"),
]


@pytest.mark.parametrize(("question", "answer", "state"), REQUIRED)
def test_what_is_right_may_be_in_the_key(question, answer, state):
    assert verdict(question, answer, more="points: 1").state == state


def test_a_shape_in_the_key_is_in_the_order_of_its_convention():
    question = "{ask: total.output, answer: 28x30x6}"
    assert verdict(question, "total.output: 6@28x30", more="convention: keras").state == "correct"
    assert verdict(question, "total.output: 6@28x30", more="convention: pytorch").state == "wrong"


REFUSED = {
    "nothing is in it": ("{ask: parameters, at_least: 2, at_most: 1}", "nothing is from 2 to 1"),
    "a shape": ("{ask: C1.output, at_most: 5}", "a shape has no bound"),
    "no number": ("{ask: parameters, at_most: few}", "it has a letter"),
    "with an answer": ("{ask: parameters, at_most: 5, answer: 5}", "at_most and answer exclude each other"),
    "with a layer of its own": ("{ask: parameters, at_most: 5, layer: conv 1 k1, input: 1x3x3}", "at_most is of a question without layer"),
    "of a formula": ("{ask: conv.output, at_most: 5, form: symbolic}", "at_most is of a question without layer"),
    "of arrays": ('{apply: relu, input: "1 2", at_least: 1}', "at_least is no key of arrays"),
    "of a layer that is not there": ("{ask: C9.parameters, at_most: 5}", 'there is no layer "C9"'),
    "less than nothing": ("{ask: parameters, at_most: -1}", "less than 0"),
}  # fmt: skip


@pytest.mark.parametrize(("question", "words"), REFUSED.values(), ids=REFUSED)
def test_what_a_key_may_not_say_is_told_with_its_line(question, words):
    with pytest.raises(Problem, match=words) as caught:
        key(question)
    assert caught.value.diagnostics[0].mark.line == 4


@pytest.mark.parametrize(
    ("said", "program"), [("no", "no"), ("off", "no"), ("yes", ""), ("Net", "Net"), ("Net(n=3)", "Net(n=3)")]
)
def test_the_key_says_which_program_is_meant(said, program):
    assert key("C1.output", more=f"spec: lenet5\nprogram: {said}").program == program


def test_another_word_for_a_program_is_refused():
    with pytest.raises(Problem, match='"3" is no network of a program'):
        key("C1.output", more="spec: lenet5\nprogram: 3")


def test_what_is_asked_for_stands_below_a_wrong_answer_whatever_the_hints():
    from convcalc.render.marks import HINTS, MarkingRun
    from convcalc.render.marks.feedback import feedback

    keyed = key("{ask: parameters, at_most: 50k}")
    marked = mark(keyed, read_answers(Source("a", "total.parameters: 70k")))
    for hints in HINTS:
        found = feedback(marked.verdicts[0], marked, MarkingRun("A", "", keyed.questions, 1, hints, True))
        assert found.text == "total.parameters: 70k, read as 70,000, is not right\nat most 50,000 is asked for"
