"""Gradebooks that platforms import as they are: their own columns and ids, points scaled to theirs, nothing executed."""

import csv
import io
import zipfile

import pytest

KEY = """
assignment: Homework 3
spec: lenet5
questions:
  - {ask: C1.output, points: 2}
  - {ask: C3.parameters, points: 3}
"""
RIGHT = "answers: {C1.output: 6x28x28, C3.parameters: 2416}\n"
HALF = "answers: {C1.output: 6x28x28, C3.parameters: 2400}\n"


@pytest.fixture
def place(tmp_path):
    (tmp_path / "key.yaml").write_text(KEY)
    return tmp_path


def hand_in(place, contents):
    for path, text in contents.items():
        (place / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (place / "in" / path).write_text(text, encoding="utf-8")


def gradebook(convcalc, place, form, roster=None, *arguments, encoding="utf-8", files="in"):
    """The rows that a format writes, and what is said beside them."""
    if roster is not None:
        (place / "book.csv").write_text(roster, encoding=encoding)
        arguments = ("--roster", place / "book.csv", *arguments)
    _, out, err = convcalc("check", place / "key.yaml", place / files, "--format", form, *arguments)
    return list(csv.reader(io.StringIO(out))), err


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 2 (70),Homework 3 (71),Final Score\n"
    ",,,,,,Manual Posting,\n    Points Possible,,,,,10.00,10.00,(read only)\n"
    '"Lovelace, Ada",5,S5,alo,"CNN, 1",9.00,,90\n"Bohr, Bob",6,S6,bob,CNN,,4.50,80\n"Weil, Zoe",7,S7,zwe,CNN,,,\n'
    '"Student, Test",9,,b0f,CNN,,,\n'
)


def test_canvas_gets_its_own_columns_and_ids_back(convcalc, place):
    hand_in(place, {"lovelaceada_5_91_a.yaml": RIGHT, "weilzoe_LATE_7_92_a-1.yaml": HALF})
    rows, err = gradebook(convcalc, place, "canvas", CANVAS)
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 3 (71)"],
        ["    Points Possible", "", "", "", "", "10"],
        ["Lovelace, Ada", "5", "S5", "alo", "CNN, 1", "10"],
        ["Weil, Zoe", "7", "S7", "zwe", "CNN", "4"],
        ["Bohr, Bob", "6", "S6", "bob", "CNN", "4.50"],  # who handed in nothing keeps what is there
    ]
    assert err == "note: points are scaled from 5, as the key has them, to 10, as Canvas has them\n"


def test_canvas_may_have_names_apart_and_commas_in_numbers(convcalc, place):
    hand_in(place, {"lovelaceada_5_91_a.yaml": RIGHT})
    book = (
        "LastName;FirstName;ID;SIS Login ID;Section;Homework 3 (71)\n    Points Possible;;;;;12,50\n"
        "Lovelace;Ada;5;alo;CNN;\nStudent;Test;9;b0f;CNN;\n"
    )
    (place / "book.csv").write_text(book)
    out = convcalc("check", place / "key.yaml", place / "in", "--format", "canvas", "--roster", place / "book.csv")[1]
    assert out.splitlines() == [
        "LastName;FirstName;ID;SIS Login ID;Section;Homework 3 (71)",
        "    Points Possible;;;;;12.5",
        "Lovelace;Ada;5;alo;CNN;12.5",
    ]


def test_one_students_files_have_their_row_too(convcalc, place):
    hand_in(place, {"scan.yaml": RIGHT})
    rows, _ = gradebook(convcalc, place, "canvas", CANVAS, "--single", "--student", "zwe")
    assert ["Weil, Zoe", "7", "S7", "zwe", "CNN", "10"] in rows


def test_a_column_that_canvas_does_not_have_is_said_to_be_new(convcalc, place):
    hand_in(place, {"lovelaceada_5_91_a.yaml": RIGHT})
    rows, err = gradebook(convcalc, place, "canvas", CANVAS.replace("Homework 3", "Homework Three"))
    assert rows[0][-1] == "Homework 3" and rows[1][-1] == "5" and rows[2][-1] == "5"
    assert 'so Canvas adds one; did you mean "Homework' in err


COLUMNS = {
    "by its title": ("Homework 2", "Homework 2 (70)", 1),
    "in full": ("Homework 2 (70)", "Homework 2 (70)", 1),
    "in other letters": ("homework2", "Homework 2 (70)", 1),
    "one that is not there": ("Homework 4", "", 3),
}


@pytest.mark.parametrize("title, head, expected", COLUMNS.values(), ids=COLUMNS)
def test_the_column_may_be_named(convcalc, place, title, head, expected):
    hand_in(place, {"lovelaceada_5_91_a.yaml": RIGHT})
    (place / "book.csv").write_text(CANVAS)
    code, out, err = convcalc(
        "check",
        place / "key.yaml",
        place / "in",
        "--format",
        "canvas",
        "--roster",
        place / "book.csv",
        "--column",
        title,
    )
    assert code == expected and out.partition("\n")[0].endswith(head) and ("B060" in err) == (code == 3)


def test_two_columns_of_one_title_are_a_question(convcalc, place):
    hand_in(place, {"lovelaceada_5_91_a.yaml": RIGHT})
    twice = CANVAS.replace("Homework 2", "Homework 3")
    assert "has 2 columns called Homework 3" in gradebook(convcalc, place, "canvas", twice)[1]
    rows, _ = gradebook(convcalc, place, "canvas", twice, "--column", "Homework 3 (70)")
    assert rows[0][-1] == "Homework 3 (70)"


def test_canvas_without_its_gradebook_knows_its_own_numbers_only(convcalc, place):
    hand_in(place, {"lovelaceada_5_91_a.yaml": RIGHT, "Bob Bohr_6_assignsubmission_file_/a.yaml": HALF})
    rows, err = gradebook(convcalc, place, "canvas")
    assert [row[:2] for row in rows[2:]] == [["Bob Bohr", ""], ["lovelaceada", "5"]]  # 6 is a number of Moodle's
    assert "has to find students by name" in err


MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade),"
    "Feedback comments\n"
    'Participant 800,Ada Lovelace,a@x,Submitted for grading,,100.00,Yes,-,\nParticipant 801,Bob Bohr,b@x,,"50,00",100.00,'
    'Yes,-,"well\ndone"\n'
    "Participant 802,Zoe Weil,z@x,,,100.00,Yes,-,\n"
)


def test_moodle_has_its_worksheet_filled_in(convcalc, place):
    hand_in(
        place,
        {
            "Ada Lovelace_800_assignsubmission_file_/a.yaml": HALF,
            "Bob Bohr_801_assignsubmission_onlinetext_/a.yaml": RIGHT,
        },
    )
    rows, err = gradebook(convcalc, place, "moodle", MOODLE, encoding="utf-8-sig")
    assert rows[0] == next(csv.reader(io.StringIO(MOODLE)))
    ada, bob, zoe = rows[1:]
    assert ada[:8] == ["Participant 800", "Ada Lovelace", "a@x", "Submitted for grading", "40", "100.00", "Yes", "-"]
    assert ada[8].startswith("2 of 5 points (40 %): 1 right, 1 wrong<br>C3.parameters: 2,400 is not right<br>no bias")
    assert (bob[4], bob[8]) == ("100", "well\ndone")  # a comment that is there stays
    assert (zoe[4], zoe[8]) == ("", "")
    assert err == "note: points are scaled from 5, as the key has them, to 100, as Moodle has them\n"


def test_moodle_without_its_worksheet_gets_one(convcalc, place):
    hand_in(place, {"Ada Lovelace_800_assignsubmission_file_/a.yaml": HALF})
    rows, err = gradebook(convcalc, place, "moodle")
    assert rows[0][:5] == ["Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)"]
    assert rows[1][:5] == ["Participant 800", "Ada Lovelace", "2", "5", ""]
    assert "which has to be the maximum grade in Moodle" in err


def test_moodle_imports_grades_by_address_and_number_too(convcalc, place):
    hand_in(place, {"Ada Lovelace_800_assignsubmission_file_/a.yaml": HALF})
    rows, _ = gradebook(convcalc, place, "moodle", "Name;Matrikelnummer;E-Mail\nAda Lovelace;17;a@x\n")
    assert [row[:5] for row in rows] == [
        ["Full name", "ID number", "Username", "Email address", "Homework 3"],
        ["Ada Lovelace", "17", "", "a@x", "2"],
    ]


def test_hints_go_no_further_in_comments(convcalc, place):
    hand_in(place, {"Ada Lovelace_800_assignsubmission_file_/a.yaml": HALF})
    comment = gradebook(convcalc, place, "moodle", MOODLE, "--hints", "none")[0][1][8]
    assert "not right" in comment and "bias" not in comment and "2,416" not in comment


BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Availability"\t"Homework 3 [Total Pts: 10 Score] |118"\n'
    '"Lovelace"\t"Ada"\t"alo"\t"S5"\t"Yes"\t""\n"Bohr"\t"Bob"\t"bob"\t"S6"\t"Yes"\t"7"\n'
)


def test_blackboard_gets_tabs_in_utf_16_as_it_gives_them(convcalc, place):
    hand_in(place, {"alo.yaml": HALF})
    (place / "book.xls").write_text(BLACKBOARD, encoding="utf-16")
    convcalc(
        "check", place / "key.yaml", place / "in", "--format", "blackboard", "--roster", place / "book.xls", "-o",
        place / "out",
    )  # fmt: skip
    data = (place / "out" / "blackboard.csv").read_bytes()
    rows = list(csv.reader(io.StringIO(data.decode("utf-16")), delimiter="\t"))
    assert data[:2] in (b"\xff\xfe", b"\xfe\xff") and rows == [
        ["Last Name", "First Name", "Username", "Student ID", "Homework 3 [Total Pts: 10 Score] |118"],
        ["Lovelace", "Ada", "alo", "S5", "4"],
        ["Bohr", "Bob", "bob", "S6", "7"],
    ]


def test_nbgrader_gets_its_header(convcalc, place):
    hand_in(place, {"submitted/alo/hw3/a.yaml": HALF, "submitted/bob/hw3/a.yaml": "{{{"})
    rows, err = gradebook(
        convcalc, place, "nbgrader", "id,first_name,last_name,email\nalo,Ada,van Loon,a@x\nzwe,Zoe,W,z@x\n"
    )
    assert ",".join(rows[0]) == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,"
        "max_score"
    )
    assert rows[1] == ["Homework 3", "", "", "alo", "van Loon", "Ada", "a@x", "2", "0", "2", "5"]
    assert rows[2][3:8] == ["zwe", "W", "Zoe", "z@x", ""]  # a grade that nobody gave is none
    assert len(rows) == 3 and "note: 1 could not be marked and is left out:\n  bob: " in err


@pytest.mark.parametrize("form", ["canvas", "moodle", "nbgrader", "blackboard"])
def test_nothing_in_a_gradebook_is_executed(convcalc, place, form):
    hand_in(place, {"a.yaml": "student: '=HYPERLINK(1)'\n" + RIGHT})
    (place / "key.yaml").write_text(KEY.replace("Homework 3", "'=1+1'"))
    rows, _ = gradebook(convcalc, place, form)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@")) or cell[:2] == "-1"]


def test_a_group_has_a_row_for_each_and_nobody_is_guessed(convcalc, place):
    people = "  - :name: Ada Lovelace\n    :sid: S5\n    :email: a@x\n  - :name: Zoe W\n    :sid: S8\n    :email: z@x\n"
    hand_in(place, {"x/submission_1/a.yaml": RIGHT})
    (place / "in/x/submission_metadata.yml").write_text(f"submission_1:\n  :submitters:\n{people}")
    rows, err = gradebook(convcalc, place, "canvas", CANVAS)
    assert [row[0] for row in rows[2:] if row[-1] == "10"] == ["Lovelace, Ada"]
    assert "  Zoe W, " in err and "1 of 1 who handed in is not in book.csv" in err


def test_of_two_hand_ins_the_one_that_counts_has_a_row(convcalc, place):
    hand_in(place, {"alo.yaml": RIGHT, "a/5.yaml": HALF})
    (place / "more.zip").write_bytes(b"")
    with zipfile.ZipFile(place / "in" / "S5.zip", "w") as archive:
        archive.writestr("answers.yaml", HALF)
    rows, _ = gradebook(convcalc, place, "canvas", CANVAS)
    assert sum(row[1] == "5" for row in rows) == 1
