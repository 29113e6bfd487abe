"""Who is in a course: rosters as registrars and platforms save them, slips told by line, nobody matched by likeness."""

import csv
import io
import json
import shutil

import jsonschema
import pytest

from convcalc.handin.roster import Lookalikes, read_roster
from convcalc.marking.verdict import Person
from convcalc.problem import Problem
from convcalc.render.errors import diagnostics_text

ADA = ("Ada Lovelace", "17", "ada@x.org")
ROSTERS = {
    "a byte order mark": "\ufeffname,sid,email\nAda Lovelace,17,ada@x.org\n".encode(),
    "semicolons": b"Name;Matrikelnummer;E-Mail\nAda Lovelace;17;ada@x.org\n",
    "tabs in UTF-16": "Last Name\tFirst Name\tStudent ID\tEmail\nLovelace\tAda\t17\tada@x.org\n".encode("utf-16"),
    "a newline in quotes": b'name,note,sid,email\nAda Lovelace,"two\nlines",17,ada@x.org\n',
    "a newline in the heading": b'name,"student\nid",email\r\nAda Lovelace,17,ada@x.org\r\n',
    "commas in a heading of semicolons": b'"name, in full";"student";"sid";"email"\nx;Ada Lovelace;17;ada@x.org\n',
    "blank rows and short ones": b"name,sid,email,team\n\n,,,\nAda Lovelace,17,ada@x.org\n",
    "first and last name": b"first_name,last_name,student_id,email\nAda,Lovelace,17,ada@x.org\n",
    "Moodle's worksheet": b"Identifier,Full name,Email address,Grade\nParticipant 17,Ada Lovelace,ada@x.org,-\n",
    "Canvas's own rows": (
        b"Student,ID,Email,Section,HW (7)\n    Points Possible,,,,10\nAda Lovelace,17,ada@x.org,1,\n"
        b'"Student, Test",99,,1,\n'
    ),
}


@pytest.mark.parametrize("data", ROSTERS.values(), ids=ROSTERS)
def test_a_roster_is_read_however_it_is_saved(data):
    (person,) = read_roster("roster.csv", data).people
    assert (person.name, person.id, person.email) == ADA


SLIPS = {
    "a name with a comma": ("name,sid\nAda,1\nLovelace, Ada,2\n", ["B022"], "line 3 has 3 cells and the heading 2"),
    "two with one id": ("name,sid\nAda,1\nBob,1\nZoe,2\n", ["B024"], "Bob has the id 1, and so has Ada on line 2"),
    "two of a name": ("name,team\nAda,red\nAda,blue\n", ["B024"], "another Ada on line 2"),
    "several": ("name,sid\nAda,1\nBob,1\nCas,1,2\n", ["B024", "B022", "B024"], "Cas has the id 1"),
    "very many": ("name,sid\n" + "".join(f"p{n},1\n" for n in range(50)), ["B024"] * 6, "and there is more"),
    "a quote that is open": ('name,sid\nAda,1\n"Bob,2\nZoe,3\n', ["B020"], "a quote is not closed"),
    "no column with names": ("age,shoe\n3,42\n", ["B020"], "no column of roster.csv says who"),
    "nobody": ("name,sid\n", ["B020"], "there is nobody"),
    "nothing": ("", ["B020"], "roster.csv is empty"),
}


@pytest.mark.parametrize("text, codes, words", SLIPS.values(), ids=SLIPS)
def test_a_slip_of_a_roster_is_told_with_its_line(text, codes, words):
    with pytest.raises(Problem) as error:
        read_roster("roster.csv", text)
    assert [each.code for each in error.value.diagnostics] == codes
    assert words in diagnostics_text(error.value.diagnostics, False)


def test_the_line_is_that_of_the_file_below_quoted_newlines():
    with pytest.raises(Problem) as error:
        read_roster("roster.csv", 'name,sid\n"Ada\nLovelace",1\nBob,1\n')
    assert error.value.diagnostics[0].mark.line == 4


def test_a_student_in_two_sections_is_one():
    assert len(read_roster("r.csv", "name,sid,section\nAda,1,a\nAda,1,b\nBob,2,a\n").people) == 2


def test_fifty_thousand_people_are_a_roster():
    rows = "".join(f'"Last{n}, First{n}",{n},p{n}@x.org,team {n % 7}\n' for n in range(50_000))
    known = read_roster("roster.csv", f"name,sid,email,team\n{rows}")
    assert len(known.people) == 50_000
    assert known.find(Person("First49999 Last49999", "x")).id == "49999" and known.find(Person("team 3", "y")) is None


FOUND = {
    "the other way round": Person("Jörg Müller", "a"),
    "an ü of two signs": Person("Mu\u0308ller, Jo\u0308rg", "a"),
    "an address": Person("x", "JM@x.org"),
    "a login": Person("jmueller.yaml", "jmueller.yaml"),
    "a number": Person("x", "4711"),
    "the number of a registrar": Person("x", "88001"),
}
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Email,Section,HW (7)\n"
    '"Müller, Jörg",4711,88001,jmueller,jm@x.org,1,17\n"Kim, Alex",4712,88002,akim,ak@x.org,1,9\n'
)


@pytest.mark.parametrize("person", FOUND.values(), ids=FOUND)
def test_a_roster_knows_people_by_what_is_theirs_alone(person):
    assert read_roster("c.csv", CANVAS).find(person).name == "Müller, Jörg"


@pytest.mark.parametrize("word", ["17", "9", "1", "joerg.mueller", "Mueller", "Jörg", ""])
def test_and_by_no_mark_and_no_likeness(word):
    assert read_roster("c.csv", CANVAS).find(Person(word, word)) is None


PEOPLE = [
    Person(name, str(number), email=email)
    for number, (name, email) in enumerate(
        [
            ("Müller, Jörg", "jm1@x.org"),
            ("Ada Lovelace", "ada@x.org"),
            ("Lars Muller", "lm@x.org"),
            ("Zoë Ångström", "za@x.org"),
            ("Li Wei", "lw@x.org"),
            ("Wei Li", "wl@x.org"),
            ("Alex Kim", "akim5@x.org"),
            ("Alex Kim", "akim6@x.org"),
        ]
    )
]
GUESSES = [
    ("joerg.mueller", "Müller, Jörg"),
    ("Jorg Muller", "Müller, Jörg"),
    ("jmueller", "Müller, Jörg"),
    ("adalovelace", "Ada Lovelace"),
    ("Ada Lovlace", "Ada Lovelace"),
    ("zoe.angstrom", "Zoë Ångström"),
    ("akim6", "Alex Kim"),
    ("alex kim", None),
    ("li wei", None),
    ("mueller", None),
    ("answers", None),
    ("stranger", None),
    ("", None),
]


@pytest.mark.parametrize("name, expected", GUESSES, ids=[name or "nothing" for name, _ in GUESSES])
def test_who_may_be_meant_is_guessed(name, expected):
    found = Lookalikes(PEOPLE).guess(Person(name, name))
    assert (found and found.name) == expected and (name != "akim6" or found.email == "akim6@x.org")


# On the command line

KEY = "assignment: HW\nspec: lenet5\nquestions:\n  - {ask: C1.output, points: 2}\n"
RIGHT = "answers: {C1.output: 6x28x28}\n"


@pytest.fixture
def place(tmp_path):
    (tmp_path / "key.yaml").write_text(KEY)
    for name in ("ada.yaml", "joerg.mueller.yaml", "17/a.yaml"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(RIGHT)
    (tmp_path / "roster.csv").write_text('name,sid,email\nAda,1,ada@x.org\n"Müller, Jörg",2,jm@x.org\nZoe,3,z@x.org\n')
    return tmp_path


def check(convcalc, place, *arguments):
    return convcalc("check", place / "key.yaml", place / "in", "--roster", place / "roster.csv", *arguments)


def test_who_is_not_in_the_roster_is_listed_with_a_guess(convcalc, place):
    err = check(convcalc, place)[2]
    assert "note: 2 of 3 who handed in are not in roster.csv:\n" in err
    assert f"  joerg.mueller, {place}/in/joerg.mueller.yaml; perhaps Müller, Jörg (2)\n" in err
    assert f"  17, {place}/in/17/a.yaml\n" in err


def test_and_in_json_where_ids_are_too(convcalc, place):
    found = json.loads(check(convcalc, place, "--format", "json")[1])
    jsonschema.validate(found, json.loads(convcalc("schema", "check")[1]))
    submissions = {each["student"]: each for each in found["submissions"]}
    assert (submissions["Ada"]["id"], submissions["Ada"]["email"]) == ("1", "ada@x.org")
    assert submissions["Müller, Jörg"]["status"] == "missing"  # nobody is matched by likeness
    guesses = {each["student"]: each["guess"] for each in found["not_in_roster"]}
    assert guesses == {"17": None, "joerg.mueller": {"name": "Müller, Jörg", "id": "2", "email": "jm@x.org"}}


def test_csv_has_ids_where_they_are_known(convcalc, place):
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(check(convcalc, place, "--format", "csv")[1]))}
    assert [rows["Ada"][name] for name in ("id", "email")] == ["1", "ada@x.org"] and rows["17"]["id"] == ""


def test_a_file_may_name_its_author_by_what_the_roster_has(convcalc, place):
    (place / "in" / "joerg.mueller.yaml").write_text("student: jm@x.org\n" + RIGHT)
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(check(convcalc, place, "--format", "csv")[1]))}
    assert rows["Müller, Jörg"]["total"] == "2" and rows["Müller, Jörg"]["id"] == "2"


def test_who_handed_in_what_cannot_be_read_is_not_said_to_have_handed_in_nothing(convcalc, place):
    (place / "in" / "ada.yaml").write_text("{{{")
    out = check(convcalc, place, "--format", "csv")[1]
    assert [row["status"] for row in csv.DictReader(io.StringIO(out)) if row["student"] == "Ada"] == ["unreadable"]


def test_two_of_one_name_are_told_apart(convcalc, place):
    (place / "roster.csv").write_text("name,sid\nAlex Kim,1\nAlex Kim,2\n")
    for number in "12":
        (place / "in" / f"{number}.yaml").write_text(RIGHT)
    for form, names in (("text", ["Alex Kim (1)", "Alex Kim (2)"]), ("markdown", ["Alex Kim (1)"])):
        out = check(convcalc, place, "--format", form)[1]
        assert all(name in out for name in names)
    check(convcalc, place, "--format", "markdown", "--output", place / "out")
    assert {"Alex Kim _1_.md", "Alex Kim _2_.md"} < {path.name for path in (place / "out").iterdir()}


def test_a_workbook_is_said_to_be_none(convcalc, place):
    (place / "roster.csv").write_bytes(b"PK\x03\x04\x00\x00")
    code, _, err = check(convcalc, place)
    assert code == 3 and "is a workbook" in err and "save the sheet as CSV" in err


def test_names_with_commas_are_listed_apart(convcalc, place):
    (place / "roster.csv").write_text('name,sid\n"Weil, Zoe",1\n"Bohr, Bob",2\n')
    for number in "12":
        (place / "in" / f"{number}.yaml").write_text("answers: {C1.output: 6x27x27}\n")
    assert "  Bohr, Bob; Weil, Zoe\n" in check(convcalc, place, "--class-report")[1]


TWO_OF_A_NAME = (
    'name,sid,email\n"Ann Lee",1,ann@x.edu\n"Bob Ray",2,bob@x.edu\n"Kim Lee",3,k3@x.edu\n"Kim Lee",4,k4@x.edu\n'
)


@pytest.mark.parametrize(
    "student, ids",
    [
        ("Lee, Ann", {"1"}),
        ("{name: Ann Lee, id: 1}", {"1"}),
        ("{id: 2}", {"2"}),
        ("Kim Lee (4)", {"4"}),
        ("[Ann Lee, Bob Ray]", {"1", "2"}),
        ('["Lee, Ann", {name: Kim Lee, id: 3}]', {"1", "3"}),
    ],
)
def test_who_a_file_says_that_it_is_from_is_found(convcalc, place, student, ids):
    (place / "roster.csv").write_text(TWO_OF_A_NAME)
    shutil.rmtree(place / "in")
    (place / "in").mkdir()
    (place / "in" / "x.yaml").write_text(f"student: {student}\nanswers: {{C1.output: 6x28x28}}\n")
    out = check(convcalc, place, "--format", "json")[1]
    missing = {each["id"] for each in json.loads(out)["submissions"] if each["status"] == "missing"}
    assert missing == {"1", "2", "3", "4"} - ids


def test_a_name_with_the_id_of_somebody_else_is_nobody(convcalc, place):
    (place / "roster.csv").write_text(TWO_OF_A_NAME)
    (place / "in" / "x.yaml").write_text("student: Ann Lee (2)\nanswers: {C1.output: 6x28x28}\n")
    assert "Ann Lee (2), " in check(convcalc, place)[2]


def test_of_two_of_one_name_it_is_said_how_to_tell_them_apart(convcalc, place):
    (place / "roster.csv").write_text(TWO_OF_A_NAME)
    shutil.rmtree(place / "in")
    (place / "in").mkdir()
    (place / "in" / "x.yaml").write_text("student: Kim Lee\nanswers: {C1.output: 6x28x28}\n")
    err = check(convcalc, place)[2]
    assert "2 in roster.csv are called so: write student: 3 or student: 4 into the file" in err
    assert "add a column" not in err


@pytest.mark.parametrize("said, remark", [("Tom Brontë", False), ("tom bronte", False), ("Tom Bronto", True)])
def test_a_name_that_agrees_is_not_remarked_on(convcalc, place, said, remark):
    folder = place / "in" / "Brontë, Tom_9917_assignsubmission_file_"
    folder.mkdir()
    (folder / "a.yaml").write_text(f"student: {said}\nanswers: {{C1.output: 6x28x28}}\n")
    assert ("the file says that it is from" in check(convcalc, place)[1]) == remark
