"""The worked answer below a wrong one ends in the number that the key has, under every convention."""

import pytest

from convcalc.marking.assignment import read_key
from convcalc.problem import Source
from convcalc.readers import library
from convcalc.render.marks.feedback import value, worked_answer

KERAS = """
assignment: held
convention: keras
spec: {layout: channels_last, input: 28x28x3, layers: [conv 32 k3, batchnorm, relu, conv 8 k3, dense 10]}
questions:
  - {ask: [conv1.parameters, batchnorm1.parameters, batchnorm1.trainable, batchnorm1.non_trainable]}
  - {ask: [conv2.parameters, total.parameters, total.trainable, total.non_trainable]}
"""
NETWORKS = {
    "keras": Source("key.yaml", KERAS),
    "pytorch": Source("key.yaml", KERAS.replace("convention: keras\n", "")),
    "lenet5": library.find("lenet5"),
    "keras_mobilenet": library.find("keras_mobilenet"),
}


@pytest.mark.parametrize("source", NETWORKS.values(), ids=NETWORKS)
def test_numbers_held_are_worked_to_the_number_of_the_key(source):
    key = read_key(source)
    held = ("parameters", "trainable_parameters", "buffers")
    asked = [each for each in key.questions if each.quantity in held and each.expected]
    assert len(asked) > 3
    for question in asked:
        *_, last = worked_answer(key, question)
        assert last.endswith(f"= {value(question.expected)}") or last == f"Buffers {value(question.expected)}", (
            question.ask
        )


def test_what_is_learnt_and_what_is_not_are_shown_and_added_up():
    key = read_key(NETWORKS["keras"])
    lines = {question.ask: [*worked_answer(key, question)] for question in key.questions}
    assert lines["batchnorm1.parameters"] == [
        "Parameters 2·e = 2·32 = 64", "Buffers 2·e = 2·32 = 64", "Learnt or not: 64 + 64 = 128",
    ]  # fmt: skip
    assert lines["batchnorm1.trainable_parameters"] == ["Parameters 2·e = 2·32 = 64"]
    assert len(lines["conv1.parameters"]) == 1
