"""Similar hand-ins are noted where the likeness is rare, and never for what many share or a known mistake explains."""

from itertools import count
from random import Random

import pytest
import simulate_class

from convcalc.handin.classroom import Classroom, tally
from convcalc.handin.likeness import FEW, SMALL, likenesses
from convcalc.marking.answers import Answers
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.marking.verdict import Diagnosis, KeyQuestion, MarkedSubmission, Verdict
from convcalc.readers import library

ASKS = ("C1.output", "C1.parameters", "C1.macs", "C3.output", "C3.parameters", "C3.macs")
QUESTIONS = [KeyQuestion(ask, *ask.split("."), expected=100 + place) for place, ask in enumerate(ASKS)]
NUMBERS = count(1000)


def student(name, answers=(), code="", spellings=(), choices=()):
    """Somebody whose first answers are these; all others are right and written as everybody writes them."""
    verdicts = []
    for place, question in enumerate(QUESTIONS):
        question = question._replace(choices=choices)
        read = answers[place] if place < len(answers) and answers[place] else question.expected
        given = spellings[place] if place < len(spellings) else str(read)
        state = "correct" if read == question.expected else "wrong"
        diagnoses = tuple(Diagnosis(tuple(codes.split())) for codes in code.split(",") if codes and state == "wrong")
        verdicts.append(Verdict(question, given, read, state, state == "correct", diagnoses=diagnoses))
    return MarkedSubmission(name, f"{name}.yaml", tuple(verdicts), 0, len(QUESTIONS))


def found(*students, others=20):
    """The names in each likeness among some students and others who are all right, with the questions in question."""
    room = Classroom(QUESTIONS)
    for one in (*students, *(student(f"other{number}") for number in range(others))):
        room.add(tally(one))
    return [
        ("".join(room.rows[row].student for row in one.rows), [ASKS[column] for column in one.columns])
        for one in likenesses(room.rows, room.questions)
    ]


ODD = (7, 8, 9)
SUMS = ("100", "5*5*1*6 + 6", "28*28 * 150", "6*5*5*16", "2400+16 - 1", "10*10")
CASES = [
    ("three odd numbers", [student("a", ODD), student("b", ODD)], ["ab"]),
    ("two are chance", [student("a", (7, 8)), student("b", (7, 8))], []),
    ("three of one sort are one misunderstanding", [student(name, (7, 0, 0, 9)) for name in "ab"], []),
    ("others are different", [student("a", (7, 8, 9)), student("b", (7, 8, 1))], []),
    ("a known mistake explains them", [student("a", ODD, "par.no_bias"), student("b", ODD, "par.no_bias")], []),
    ("two mistakes at once are odd", [student(name, ODD, "par.no_bias par.one_k") for name in "ab"], ["ab"]),
    ("two at once, or one", [student(name, ODD, "par.no_bias par.one_k,par.no_cin") for name in "ab"], []),
    ("chosen from a few", [student(name, ODD, choices=("7", "100")) for name in "ab"], []),
    ("a slip is odd", [student("a", ODD, "slip.digit"), student("b", ODD, "slip.digit")], ["ab"]),
    ("a group", [student(name, ODD) for name in "abcd"], ["abcd"]),
    ("what more have is no longer rare", [student(name, ODD) for name in "abcde"], []),
    ("one has it from two", [student("a", ODD), student("b", (7, 8, 9, 6, 5, 4)), student("c", (0, 0, 0, 6, 5, 4))], ["abc"]),
    ("arithmetic letter for letter", [student("a", (), "", SUMS), student("b", (), "", SUMS)], ["ab"]),
    ("a space makes a difference", [student("a", (), "", SUMS), student("b", (), "", (*SUMS[:5], "10 * 10"))], []),
    ("right numbers are alike by nature", [student("a"), student("b")], []),
    ("common arithmetic", [student(name, (), "", SUMS) for name in "abcde"], []),
]  # fmt: skip


@pytest.mark.parametrize("students, groups", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_likeness_is_noted_where_it_is_rare(students, groups):
    assert [names for names, _ in found(*students)] == groups


def test_it_names_the_questions():
    assert found(student("a", ODD), student("b", ODD)) == [("ab", list(ASKS[:3]))]


def test_in_a_small_class_nothing_is_rare():
    pair = student("a", ODD), student("b", ODD)
    assert found(*pair, others=SMALL - 2) and not found(*pair, others=SMALL - 3)


def test_in_a_large_class_one_in_a_hundred_is_few():
    six = [student(f"s{number}", ODD) for number in range(FEW + 2)]
    assert not found(*six, others=500) and found(*six, others=600)


def test_a_class_of_the_same_mistakes_takes_no_time(calls):
    """Pairs are made of what few have, never of what many have."""
    room = Classroom(QUESTIONS)
    for number in range(2000):
        room.add(tally(student(f"s{number}", (7, 8, 9, next(NUMBERS)))))
    assert calls(lambda: likenesses(room.rows, room.questions)) < 40_000


def simulated_class(count, seed):
    """Students who make common mistakes and slips, each on their own, and their marks."""
    key = read_key(library.find("lenet5"))
    rng, sheets = Random(seed), []
    while len(sheets) < count:
        if made := simulate_class.student("lenet5", rng, rng.randint(0, 6)):
            answers = {name: simulate_class.written(value, rng) for name, value in made[0].items()}
            for name in rng.sample(sorted(answers), rng.choice([0, 0, 1, 2])):
                answers[name] = str(rng.randint(1, 999))
            sheets.append(answers)
    return key, sheets


@pytest.mark.parametrize("seed", [1, 2])
def test_who_works_alone_is_never_noted_and_who_copies_is(seed):
    key, sheets = simulated_class(150, seed)
    room, copied = Classroom(key.questions), Classroom(key.questions)
    for number, answers in enumerate(sheets):
        room.add(tally(mark(key, Answers(f"s{number}", answers))))
    assert not likenesses(room.rows, key.questions)
    own = {**sheets[7], "C3.output": "16x11x9", "C5.macs": "50127", "F6.parameters": "10339"}
    for number, answers in enumerate([*sheets[:60], own, sheets[61], own, *sheets[63:]]):
        copied.add(tally(mark(key, Answers(f"s{number}", answers))))
    assert [one.rows for one in likenesses(copied.rows, key.questions)] == [(60, 62)]
