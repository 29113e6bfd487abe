"""An assignment with answers to choose from: a letter stands for one, and one of them is right."""

import pytest

from convcalc.marking.first_look import chosen_text

KEY = """assignment: choices
spec: lenet5
questions:
- {ask: C1.output, choices: [6x27x27, 6x28x28, 1x28x28]}
- {ask: C1.parameters, choices: [150, 156]}
- {ask: S2.output}
"""
ANSWERS = [
    ("a letter", "b", ":) C1.output is 6×28×28"),
    ("a capital", "B", ":) C1.output is 6×28×28"),
    ("in brackets", "(b)", ":) C1.output is 6×28×28"),
    ("in square brackets", "[b]", ":) C1.output is 6×28×28"),
    ("before the answer", "b 6x28x28", ":) C1.output is 6×28×28"),
    ("before another answer", "b 6x27x27", "it says two different things: b) is 6x28x28, not 6x27x27"),
    ("with a bracket", "b)", ":) C1.output is 6×28×28"),
    ("with a full stop", "b.", ":) C1.output is 6×28×28"),
    ("with the answer", "b) 6×28×28", ":) C1.output is 6×28×28"),
    ("with the answer in another spelling", "b: (6, 28, 28)", ":) C1.output is 6×28×28"),
    ("the answer alone", "6@28x28", ":) C1.output is 6×28×28"),
    ("a wrong letter", "a", ":( C1.output: a, read as 6×27×27, is not right"),
    ("an answer that is no choice", "6x26x26", ":( C1.output: 6×26×26 is not right"),
    ("a letter too far", "d", "there is no such letter to choose: d"),
    ("two things", "b) 6x27x27", "it says two different things: b) is 6x28x28, not 6x27x27"),
    ("nothing", "?", "there is no answer in it"),
]


@pytest.mark.parametrize(("text", "said"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS])
def test_what_a_letter_stands_for(convcalc, tmp_path, text, said):
    (tmp_path / "key.yaml").write_text(KEY)
    (tmp_path / "mine.yaml").write_text(f'answers: {{C1: {{output: "{text}"}}}}\n')
    assert said in convcalc("check", tmp_path / "key.yaml", tmp_path / "mine.yaml")[1]


def test_a_letter_is_explained_as_its_answer_is(convcalc, tmp_path):
    (tmp_path / "key.yaml").write_text(KEY)
    (tmp_path / "mine.yaml").write_text("answers: {C1: {output: a, parameters: a}, S2: {output: b}}\n")
    out = convcalc("check", tmp_path / "key.yaml", tmp_path / "mine.yaml")[1]
    assert "(size.no_plus_one)" in out and "(par.no_bias)" in out
    assert '"b" cannot be read' in out  # where there is nothing to choose, a letter means nothing


@pytest.mark.parametrize("text", ["256", "6x28x28", "5*5*6", "bias", "", "a b"])
def test_what_is_no_letter_stays_as_it_is(text):
    assert chosen_text(text, ("1", "2")) == text


WRONG = [
    ("none is right", "[6x27x27, 6x26x26]", "none of the choices is right: C1.output is 6x28x28"),
    ("two are right", "[6x28x28, 6x27x27, 28x28x6]", "6x28x28 and 28x28x6 are both right"),
    ("three are right", "[6x28x28, 28x28x6, 6@28x28]", "6x28x28, 28x28x6, 6@28x28 are all right"),
    ("a single one", "[6x28x28]", "1 choices"),
    ("more than there are letters", str([f"{n}x28x28" for n in range(1, 40)]), "39 choices"),
    ("no list", "6x28x28", "choices are a list"),
    ("lists in a list", "[[6, 28, 28], [6, 27, 27]]", "one value is wanted here"),
]


@pytest.mark.parametrize(("choices", "said"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_choices_that_are_none_are_told_at_their_place(convcalc, tmp_path, choices, said):
    (tmp_path / "key.yaml").write_text(f"spec: lenet5\nquestions:\n- {{ask: C1.output, choices: {choices}}}\n")
    (tmp_path / "mine.yaml").write_text("answers: {C1: {output: a}}\n")
    code, _, err = convcalc("check", tmp_path / "key.yaml", tmp_path / "mine.yaml")
    assert code == 3 and said in err and "key.yaml:3:" in err
