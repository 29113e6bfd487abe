"""A class with a key for each student: everybody is paired with their own, whoever lacks one is a row with its reason."""

import csv
import io
import json

import pytest

ROSTER = "name,sid,email\nAda Lovelace,1,a@x\nAlex Kim,2,k2@x\nAlex Kim,3,k3@x\nQuinn O'Neil,4,q@x\nZoe Weil,5,z@x\n"


def numbers(convcalc, key):
    """The right answers to a key, by what `check` reveals."""
    empty = key.parent / "empty.txt"
    empty.write_text("answers: {L1.output: 7x7x7}\n")
    out = convcalc("check", key, empty, "--single", "--format", "json", "--reveal")[1]
    empty.unlink()
    found = json.loads(out)["submissions"][0]["answers"]
    return {each["ask"]: "x".join(map(str, each["expected"])) for each in found}


@pytest.fixture
def course(convcalc, tmp_path):
    """Quizzes, and a right hand-in of everybody's but Zoe's, as Moodle has them."""
    (tmp_path / "roster.csv").write_text(ROSTER)
    arguments = ("--topic", "sizes", "--students", tmp_path / "roster.csv", "-o", tmp_path / "quiz")
    assert convcalc("quiz", *arguments)[0] == 0
    for number, key in enumerate(sorted((tmp_path / "quiz" / "keys").iterdir())):
        if key.stem != "Zoe Weil":
            template = (tmp_path / "quiz" / key.stem / "answers.yaml").read_text()
            answers = json.dumps(numbers(convcalc, key))
            place = tmp_path / "in" / f"s{number}.yaml"
            place.parent.mkdir(exist_ok=True)
            place.write_text(template.partition("answers:")[0] + f"answers: {answers}\n")
    return tmp_path


def rows(convcalc, course, *options):
    code, out, err = convcalc("check", course / "quiz" / "keys", course / "in", "--format", "csv", *options)
    return code, {row["student"]: row for row in csv.DictReader(io.StringIO(out))}, err


def test_everybody_is_marked_with_their_own_key(convcalc, course):
    code, found, err = rows(convcalc, course, "--roster", course / "roster.csv")
    assert {name: (row["percent"], row["status"]) for name, row in found.items()} == {
        "points possible": ("100", ""),
        "Ada Lovelace": ("100", "marked"),
        "Alex Kim (2)": ("100", "marked"),
        "Alex Kim (3)": ("100", "marked"),
        "Quinn O'Neil": ("100", "marked"),
        "Zoe Weil": ("0", "missing"),
    }
    assert found["Zoe Weil"]["remarks"] == f"nothing was handed in for {course}/quiz/keys/Zoe Weil.yaml"
    assert (code, err) == (1, "")


def test_keys_are_found_by_what_a_file_says_too(convcalc, course):
    """Without a roster, by the name in the file; what it is called does not matter."""
    found = rows(convcalc, course)[1]
    assert {row["status"] for row in found.values()} == {"", "marked", "missing"}
    assert found["Alex Kim (2)"]["percent"] == found["Quinn O'Neil"]["percent"] == "100"


def test_a_student_without_a_key_is_a_row_with_its_reason(convcalc, course):
    (course / "in" / "stranger.yaml").write_text("answers: {L1.output: 1x1x1}\n")
    (course / "quiz" / "keys" / "Ada Lovelace.yaml").write_text("assignment: x\nquestions: [{ask: nothing}]\n")
    code, found, _ = rows(convcalc, course)
    assert code == 3 and found["stranger"]["status"] == found["Ada Lovelace"]["status"] == "no_key"
    assert found["stranger"]["remarks"] == f"there is no key for stranger in {course}/quiz/keys"
    assert "Ada Lovelace.yaml:2: " in found["Ada Lovelace"]["remarks"]


def test_two_keys_of_one_name_are_nobodys(convcalc, course):
    (course / "quiz" / "keys" / "Ada_Lovelace.yaml").write_bytes((course / "quiz/keys/Zoe Weil.yaml").read_bytes())
    found = rows(convcalc, course)[1]
    assert found["Ada Lovelace"]["status"] == "no_key" and "two keys" in found["Ada Lovelace"]["remarks"]


def test_the_class_is_one_by_the_names_of_its_questions(convcalc, course):
    code, out, _ = convcalc("check", course / "quiz" / "keys", course / "in", "--class-report", "--format", "json")
    found = json.loads(out)
    assert code == 1 and found["title"] == "Sizes, level 1: the class" and found["alarms"] == []
    assert all(each["correct"] == 4 for each in found["questions"]) and len(found["questions"]) == 3


def test_the_worked_answer_is_that_of_the_own_key(convcalc, course):
    for path in (course / "in").iterdir():
        path.write_text(path.read_text().partition("answers:")[0] + "answers: {L1.output: 7x7x7}\n")
    out = convcalc("check", course / "quiz" / "keys", course / "in", "--hints", "full")[1]
    for key, path in zip(sorted((course / "quiz" / "keys").iterdir()), sorted((course / "in").iterdir()), strict=False):
        alone = convcalc("check", key, path, "--hints", "full")[1].splitlines()[1:-2]
        assert "the right answer is" in "\n".join(alone) and "\n".join(alone) in out


def test_questions_that_only_some_are_asked_are_blank_for_the_others(convcalc, tmp_path):
    for name, asks in (("ada", "{ask: C1.output, points: 1}"), ("bob", "{ask: C1.output, points: 2}, {ask: C3.macs}")):
        (tmp_path / "keys").mkdir(exist_ok=True)
        (tmp_path / "keys" / f"{name}.yaml").write_text(
            f"assignment: HW for {name}\nspec: lenet5\nquestions: [{asks}]\n"
        )
        (tmp_path / f"{name}.yaml").write_text("answers: {C1.output: 6x28x28, C3.macs: 240000}\n")
    arguments = ("check", tmp_path / "keys", tmp_path / "ada.yaml", tmp_path / "bob.yaml", "--format")
    table = list(csv.DictReader(io.StringIO(convcalc(*arguments, "csv")[1])))
    assert [(row["C1.output"], row["C3.macs"], row["total"]) for row in table] == [
        ("", "1", "3"), ("1", "", "1"), ("2", "1", "3"),
    ]  # fmt: skip
    found = json.loads(convcalc(*arguments, "json")[1])
    assert [each["points"] for each in found["questions"]] == [None, 1] and found["assignment"] == "HW"
    grades = list(csv.DictReader(io.StringIO(convcalc(*arguments, "nbgrader")[1])))
    assert [(row["raw_score"], row["max_score"]) for row in grades] == [("3", "3"), ("3", "3")]  # out of the same


def test_keys_are_found_in_the_folder_that_quiz_writes(convcalc, course):
    results = [convcalc("check", course / place, course / "in") for place in ("quiz", "quiz/keys")]
    assert [code for code, *_ in results] == [1, 1] and results[0][1] == results[1][1]


def test_a_folder_without_keys_is_said_to_be(convcalc, tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "a.yaml").write_text("answers: {x: 1}")
    code, _, err = convcalc("check", tmp_path / "keys", tmp_path / "a.yaml")
    assert code == 3 and "B050" in err and "there are no keys in" in err
