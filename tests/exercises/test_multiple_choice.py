"""Multiple choice: one answer is right, every other one is what marking explains by a mistake, and none is invented."""

import re

import pytest

from convcalc.exercises.exercise import LEVELS, exercise
from convcalc.exercises.multiple_choice import ChoiceQuestions, with_choices
from convcalc.exercises.random_networks import TOPICS
from convcalc.marking.answers import Answers
from convcalc.marking.first_look import LETTERS
from convcalc.marking.mark import mark
from convcalc.marking.mistakes import MISTAKES
from convcalc.render.exercises.key import handout_of


def verdict(key, ask, text):
    """What `convcalc check` says of one answer."""
    [found] = [each for each in mark(key, Answers("", {ask: text})).verdicts if each.question.ask == ask]
    return found


def key_of(made):
    return handout_of(made).key


def right_places(made):
    """Where among its choices the right one of each question stands."""
    key = key_of(made)
    return {ask.ask: [verdict(key, ask.ask, text).state for text in ask.choices].index("correct") for ask in made.asks}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.seeds(1, 8)
def test_one_choice_is_right_and_the_others_are_mistakes(topic, level, seed):
    made = with_choices(exercise(topic, level, str(seed)), 5)
    key = key_of(made)
    for ask in made.asks:
        assert 1 < len({*ask.choices}) == len(ask.choices) <= 5, ask.ask
        states = []
        for letter, text in zip(LETTERS, ask.choices, strict=False):
            found = verdict(key, ask.ask, text)
            states.append(found.state)
            for other in (letter, f"{letter.upper()})"):
                by_letter = verdict(key, ask.ask, other)
                assert by_letter._replace(given="") == found._replace(given="")
            if found.state == "wrong":
                assert not any(code.startswith("slip.") for code in found.diagnoses[0].codes), (ask.ask, text)
        assert sorted(states) == ["correct", *["wrong"] * (len(states) - 1)], ask.ask


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.seeds(1, 5)
def test_each_side_of_a_shape_has_its_own_mistakes(topic, level, seed):
    key = key_of(exercise(topic, level, str(seed)))
    questions = ChoiceQuestions(key)
    for item in key.asked:
        sides = questions.sides(item)
        assert "x".join(side.right.text for side in sides) == questions.whole(item).right.text
        for side in sides:
            single = key._replace(asked=(side.item,), memo={})
            assert verdict(single, side.item.question.ask, side.right.text).state == "correct"
            for choice in side.wrong:
                found = verdict(single, side.item.question.ask, choice.text)
                assert (found.state, found.diagnoses[0].codes) == ("wrong", choice.mistake.codes)


def test_the_commonest_mistakes_come_first_and_each_once_before_any_twice():
    made = with_choices(exercise("parameters", 1, "1"), 4)
    key = key_of(made)
    codes = {ask.ask: [verdict(key, ask.ask, text).diagnoses for text in ask.choices] for ask in made.asks}
    first = {ask: [found[0].codes for found in each if found] for ask, each in codes.items()}
    assert all(len({*each}) == len(each) == 3 for each in first.values())
    assert {("par.no_bias",), ("par.no_cin",)} <= {*first["L1.parameters"]}
    assert all(MISTAKES[code].rank < 4 for each in first["L1.parameters"] for code in each)


def test_the_right_answer_stands_at_any_place_and_always_the_same():
    made = [with_choices(exercise("sizes", 1, str(seed)), 4) for seed in range(12)]
    assert {place for each in made for place in right_places(each).values()} == {0, 1, 2, 3}
    assert with_choices(exercise("sizes", 1, "3"), 4).asks == made[3].asks


def test_a_question_that_nothing_leads_astray_is_asked_openly(convcalc, tmp_path):
    (tmp_path / "net.yaml").write_text("input: 3x20x20\nlayers: [conv 4 k3 p1, zeropad 2, conv 5 k3 s2]\n")
    code, out, _ = convcalc("quiz", tmp_path / "net.yaml", "--choices", 10, "--questions", 99)
    assert code == 0 and " a) " in out and " b) " in out
    assert re.search(r"output size of zeropad1 \| 1 \|  ?\|", out)  # no mistake is known with it
    assert "Write the letters" in convcalc("quiz", tmp_path / "net.yaml", "--choices", 3, "--format", "yaml")[1]


def test_a_field_with_two_sides_has_choices_too(convcalc, tmp_path):
    (tmp_path / "net.yaml").write_text("input: 3x40x40\nlayers: [conv 4 k3, conv 5 k3x5 s2]\n")
    code, out, _ = convcalc("quiz", tmp_path / "net.yaml", "--choices", 4, "--questions", 99, "--format", "key")
    [choices] = re.findall(r"conv2.receptive_field.*choices: \[(.*)\]", out)
    assert code == 0 and "5x7" in choices.split(", ") and len(choices.split(", ")) == 4


def test_choices_are_in_the_order_of_the_network(convcalc, tmp_path):
    """A network of Keras has its channels last: answers to choose from have them there too."""
    net = "convention: keras\ninput: 32x32x3\nlayers: [conv 6 k5, maxpool 2]\n"
    (tmp_path / "net.yaml").write_text(net)
    code, out, err = convcalc("quiz", tmp_path / "net.yaml", "--choices", 4, "--questions", 99, "--format", "key")
    assert code == 0 and "28x28x6" in out and "6x28x28" not in out, out + err


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_the_sheet_has_letters(convcalc, form):
    code, out, _ = convcalc("quiz", "--topic", "macs", "--choices", "3", "--format", form)
    assert code == 0 and out.count("a) ") == out.count("c) ") == 6 and "d) " not in out


def test_a_file_with_letters_is_marked(convcalc, tmp_path):
    assert convcalc("quiz", "--topic", "sizes", "--choices", "4", "-o", tmp_path)[0] == 0
    places = right_places(with_choices(exercise("sizes", 1, "1"), 4))
    letters = {ask.partition(".")[0]: LETTERS[place] for ask, place in places.items()}
    text = (tmp_path / "answers.yaml").read_text()
    assert "letters of your choices" in text
    for layer, letter in letters.items():
        text = text.replace(f"{layer}:\n    output:", f"{layer}:\n    output: {letter}")
    (tmp_path / "mine.yaml").write_text(text)
    code, out, err = convcalc("check", tmp_path / "key.yaml", tmp_path / "mine.yaml")
    assert code == 0 and "(100 %)" in out, out + err


def test_arrays_have_no_choices(convcalc):
    code, _, err = convcalc("quiz", "--topic", "arrays", "--choices", "3")
    assert code == 2 and "--choices" in err
