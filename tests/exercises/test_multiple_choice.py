"""Multiple choice: one answer is right, every other one is what marking explains by a mistake, and none is invented."""

import pytest

from convcalc.exercises.exercise import LEVELS, exercise, exercise_on
from convcalc.exercises.multiple_choice import ChoiceQuestions, with_choices
from convcalc.exercises.random_networks import TOPICS
from convcalc.marking.answers import Answers
from convcalc.marking.assignment import read_key
from convcalc.marking.lettered import LETTERS
from convcalc.marking.mark import mark
from convcalc.marking.mistakes import MISTAKES
from convcalc.problem import Source
from convcalc.render.exercises import FORMATS
from convcalc.render.exercises.key import handout_of
from convcalc.render.exercises.sheet import SheetOptions


def written(form, made):
    return "".join(FORMATS[form](handout_of(made), SheetOptions()))


def verdict(key, ask, text):
    """What `convcalc check` says of one answer."""
    [found] = [each for each in mark(key, Answers("", {ask: text})).verdicts if each.question.ask == ask]
    return found


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.seeds(1, 100)
def test_one_choice_is_right_and_the_others_are_mistakes(topic, level, seed):
    made = with_choices(exercise(topic, level, str(seed)), 5)
    key = read_key(Source("key", written("key", made)))
    for ask in made.asks:
        if ask.quantity == "receptive_field" and not ask.choices:
            assert level == 3 and isinstance(key.find(ask.ask).right, tuple)  # two sides, which no one mistake gives
            continue
        assert len(ask.choices) > 1, ask.ask
        assert len({choice.value for choice in ask.choices}) == len(ask.choices) <= 5
        for letter, choice in zip(LETTERS, ask.choices, strict=False):
            for text in (letter, f"{letter.upper()})", choice.plain):
                found = verdict(key, ask.ask, text)
                if choice.mistake is None:
                    assert found.state == "correct", (ask.ask, text)
                else:
                    assert found.state == "wrong", (ask.ask, text)
                    assert found.diagnoses[0].codes == choice.mistake.codes
                    assert not any(code.startswith("slip.") for code in choice.mistake.codes)
        assert [choice.mistake for choice in ask.choices].count(None) == 1


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.seeds(1, 20)
def test_each_side_of_a_shape_has_its_own_mistakes(topic, level, seed):
    made = exercise(topic, level, str(seed))
    questions = ChoiceQuestions(made)
    key = read_key(Source("key", written("key", made)))
    for ask in made.asks:
        sides = questions.sides(ask)
        whole = questions.whole(ask).right.value
        assert tuple(side.right.value for side in sides) == (whole if isinstance(whole, tuple) else (whole,))
        for side in sides:
            single = key._replace(asked=(side.item,), memo={})
            assert verdict(single, side.item.question.ask, side.right.plain).state == "correct"
            for choice in side.wrong:
                found = verdict(single, side.item.question.ask, choice.plain)
                assert (found.state, found.diagnoses[0].codes) == ("wrong", choice.mistake.codes)


def test_the_commonest_mistakes_come_first_and_each_once_before_any_twice():
    made = with_choices(exercise("parameters", 1, "1"), 4)
    for ask in made.asks:
        codes = [choice.mistake.codes for choice in ask.choices if choice.mistake]
        assert len(codes) == len({*codes}) == 3
    [chosen] = [ask.choices for ask in made.asks if ask.ask == "L1.parameters"]
    assert {code for choice in chosen if choice.mistake for code in choice.mistake.codes} >= {
        "par.no_bias",
        "par.no_cin",
    }
    assert all(MISTAKES[code].rank < 4 for choice in chosen if choice.mistake for code in choice.mistake.codes)


def test_the_right_answer_stands_at_any_place_and_always_the_same():
    made = [with_choices(exercise("sizes", 1, str(seed)), 4) for seed in range(12)]
    places = [[choice.mistake for choice in ask.choices].index(None) for each in made for ask in each.asks]
    assert {*places} == {0, 1, 2, 3}
    assert with_choices(exercise("sizes", 1, "3"), 4).asks == made[3].asks


def test_a_question_that_nothing_leads_astray_is_asked_openly(convcalc, tmp_path):
    net = "input: 3x20x20\nlayers: [conv 4 k3 p1, relu, conv 5 k3x5 s2]\n"
    made = with_choices(exercise_on(Source("net", net), 1, "1", count=99), 10)
    counts = {ask.ask: len(ask.choices) for ask in made.asks}
    assert 1 not in counts.values() and min(count for count in counts.values() if count) > 1
    assert counts["conv2.receptive_field"] == 0  # its sides differ, and no one mistake gives two sides
    assert " |  |\n" in written("markdown", made)


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_the_sheet_has_letters(convcalc, form):
    code, out, _ = convcalc("quiz", "--topic", "macs", "--choices", "3", "--format", form)
    assert code == 0 and out.count("a) ") == out.count("c) ") == 6 and "d) " not in out


def test_a_file_with_letters_is_marked(convcalc, tmp_path):
    assert convcalc("quiz", "--topic", "sizes", "--choices", "4", "-o", tmp_path)[0] == 0
    made = with_choices(exercise("sizes", 1, "1"), 4)
    letters = {ask.layer: LETTERS[[choice.mistake for choice in ask.choices].index(None)] for ask in made.asks}
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
