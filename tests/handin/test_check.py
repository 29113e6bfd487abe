"""`convcalc check`: formats, exit codes, hints; hostile answers are rows with a reason, and reruns are identical."""

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as XML
from pathlib import Path

import jsonschema
import pytest
from places import ROOT

from convcalc.commands.reports import Names, safe
from convcalc.parallel import processors
from convcalc.problem import Problem
from convcalc.render.marks import FORMATS
from convcalc.render.marks.gradebook import harmless
from convcalc.render.marks.junit import safe as in_xml
from convcalc.whole_file import file_to_write

GRADEBOOKS = ("canvas", "moodle", "nbgrader", "blackboard")  # they say what their rows lack
KEY = """
assignment: Homework 3
spec: lenet5
questions:
  - {ask: C1.output, points: 1}
  - {ask: S2.output, points: 1}
  - {ask: C3.parameters, points: 2, partial: {par.no_bias: 1}}
  - {ask: C3.macs, points: 1}
  - {ask: F6.parameters, points: 1}
"""
RIGHT = """
student: ada
answers:
  C1: {output: 6x28x28}
  S2: {output: 6@14x14}
  C3: {parameters: "2,416", macs: 5*5*6*16*10*10}
  F6: {parameters: 10164}
"""
WRONG = """
student: bob
answers:
  C1: {output: 6x27x27}
  S2: {output: 6x13x13}
  C3: {parameters: 5*5*6*16, macs: }
  F6: {parameters: ten thousand}
"""


@pytest.fixture
def place(tmp_path):
    """A key, a folder with a right, a wrong and an unreadable submission, and where to write."""
    (tmp_path / "key.yaml").write_text(KEY)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "ada.yaml").write_text(RIGHT)
    (folder / "bob.yaml").write_text(WRONG)
    (folder / "carl.yaml").write_bytes(b"\xff\xfe\x00")
    return tmp_path


def check(convcalc, place, *arguments, files="in"):
    return convcalc("check", place / "key.yaml", place / files, *arguments)


# Text


def test_the_text_is_in_the_manner_people_know(convcalc, place):
    code, out, err = check(convcalc, place, files="in/bob.yaml")
    lines = out.splitlines()
    assert (code, err, lines[0]) == (1, "", "bob, Homework 3")
    assert lines[1] == ":( C1.output: 6×27×27 is not right"
    assert re.match(r"    the \+ 1 is missing: .* = 27; .* \(size\.no_plus_one\)$", lines[2])
    assert ":| S2.output follows from your C1.output and is consistent with it" in lines
    assert ":( C3.parameters: 5*5*6*16 = 2,400 is not right" in lines
    assert any(re.match(r"    no bias was counted: 5·5·6·16 = 2,400; .*\(par\.no_bias\)$", line) for line in lines)
    assert "    1 of 2 points for it" in lines
    assert ':( F6.parameters: "ten thousand" cannot be read' in lines
    assert ":| no answer to C3.macs" in lines
    assert "2 of 6 points (33.3 %): 1 consistent, 2 wrong, 1 without an answer, 1 unreadable" in lines
    assert re.search(r"\(convcalc \S+, key [0-9a-f]{12}\)", lines[-1])


def test_what_is_right_is_said_to_be(convcalc, place):
    code, out, _ = check(convcalc, place, files="in/ada.yaml")
    assert code == 0
    assert ":) S2.output is 6×14×14\n:) C3.parameters is 2,416\n:) C3.macs is 240,000\n" in out
    assert "6 of 6 points (100 %): 5 right" in out


def test_without_carrying_forward_every_row_stands_for_itself(convcalc, place):
    assert ":( S2.output" in check(convcalc, place, "--no-carry-forward", files="in/bob.yaml")[1]


HINTS = {
    "none": (False, False, False),
    "where": (False, True, False),
    "why": (True, False, False),
    "full": (True, False, True),
}


@pytest.mark.parametrize("hints", HINTS)
def test_hints_go_as_far_as_is_wanted(convcalc, place, hints):
    code, on_page, _ = check(convcalc, place, "--hints", hints, files="in/bob.yaml")
    why, where, answer = HINTS[hints]
    assert code == 1
    assert ("par.no_bias" in on_page) == why
    assert ("the slip is in this row" in on_page) == where == ("    6 is right; look again at the rest" in on_page)
    assert ("2,416" in on_page) == answer == ("10,164" in on_page)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("hints", ["none", "where"])
def test_no_format_tells_more_than_it_may(convcalc, place, form, hints):
    on_page = check(convcalc, place, "--hints", hints, "--format", form, files="in/bob.yaml")[1]
    assert "2,416" not in on_page and "2416" not in on_page
    assert form == "csv" or "par.no_bias" not in on_page  # the table is the teacher's


def test_reveal_says_what_is_right(convcalc, place):
    assert "the right answer is 2,416" in check(convcalc, place, "--reveal", files="in/bob.yaml")[1]


def test_the_full_answer_is_worked(convcalc, place):
    on_page = check(convcalc, place, "--hints", "full", files="in/bob.yaml")[1]
    assert "(5·5·6 + 1)·16 = " in on_page and "= 2,416" in on_page


def test_a_class_is_marked_one_after_another(convcalc, place):
    code, out, _ = check(convcalc, place)
    assert code == 3
    assert [line for line in out.splitlines() if line.endswith(", Homework 3")] == [
        f"{name}, Homework 3" for name in ("ada", "bob", "carl")
    ]
    assert ":( not marked: " in out and "UTF-16" in out
    assert "2 of 3 submissions marked, 1 not" in out


# Exit codes

EXITS = [
    ("all right", ["in/ada.yaml"], [], 0),
    ("something wrong", ["in/bob.yaml"], [], 1),
    ("enough points", ["in/bob.yaml"], ["--fail-under", "33"], 0),
    ("too few points", ["in/bob.yaml"], ["--fail-under", "34"], 1),
    ("something unreadable", ["in/ada.yaml", "in/carl.yaml"], [], 3),
    ("a file that is not there", ["in/zoe.yaml"], [], 3),
    ("an unknown format", ["in/ada.yaml"], ["--format", "docx"], 2),
    ("a class report in CSV", ["in/ada.yaml"], ["--format", "csv", "--class-report"], 2),
    ("a share that is no number", ["in/ada.yaml"], ["--fail-under", "nan"], 2),
    ("a student without --single", ["in/ada.yaml"], ["--student", "Ada"], 2),
]


@pytest.mark.parametrize("files, options, expected", [case[1:] for case in EXITS], ids=[case[0] for case in EXITS])
def test_the_exit_code_says_how_it_went(convcalc, place, files, options, expected):
    assert convcalc("check", place / "key.yaml", *(place / name for name in files), *options)[0] == expected


def test_a_bad_key_is_3_with_its_place(convcalc, place):
    (place / "key.yaml").write_text("assignment: x\nspec: lenet5\nquestions: [{ask: C9.output}]\n")
    code, out, err = check(convcalc, place)
    assert (code, out) == (3, "") and "key.yaml:3" in err and "C9" in err


# Formats


def test_json_follows_its_schema(convcalc, place):
    found = json.loads(check(convcalc, place, "--format", "json")[1])
    jsonschema.validate(found, json.loads(convcalc("schema", "check")[1]))
    assert [one["student"] for one in found["submissions"]] == ["ada", "bob", "carl"]
    assert [one["status"] for one in found["submissions"]] == ["marked", "marked", "unreadable"]
    bob = {answer["ask"]: answer for answer in found["submissions"][1]["answers"]}
    assert bob["C3.parameters"]["diagnoses"][0]["codes"] == ["par.no_bias"]
    assert bob["C3.parameters"]["read"] == 2400 and bob["C1.output"]["read"] == [6, 27, 27]
    assert {answer["state"] for answer in bob.values()} == {"wrong", "consistent", "missing", "unreadable"}


def test_csv_has_the_points_first_and_a_row_a_student(convcalc, place):
    rows = list(csv.DictReader(io.StringIO(check(convcalc, place, "--format", "csv")[1])))
    assert [row["student"] for row in rows] == ["points possible", "ada", "bob", "carl"]
    assert (rows[0]["C3.parameters"], rows[0]["total"]) == ("2", "6")
    assert (rows[1]["total"], rows[1]["percent"], rows[1]["status"]) == ("6", "100", "marked")
    assert (rows[2]["C3.parameters"], rows[2]["total"], rows[2]["percent"]) == ("1", "2", "33.3")
    assert "C3.parameters par.no_bias" in rows[2]["mistakes"]
    assert (rows[3]["total"], rows[3]["status"]) == ("0", "unreadable") and "UTF-16" in rows[3]["remarks"]
    assert rows[0]["remarks"].startswith("convcalc ")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "|cmd", "＝1"])
def test_a_spreadsheet_executes_no_cell(text):
    assert harmless(text) == "'" + text.strip()
    assert harmless("Ada") == "Ada" and harmless("3.5") == "3.5"


def test_markdown_escapes_what_would_be_more_than_text(convcalc, place):
    (place / "in" / "bob.yaml").write_text(WRONG.replace("bob", "'<script>[x](http://y)</script>'"))
    on_page = check(convcalc, place, "--format", "markdown", files="in/bob.yaml")[1]
    assert "\\<script\\>" in on_page and not re.search(r"(?<!\\)[<\]](?!sub|/sub)", on_page)
    assert "- ✗ C3.parameters: 5\\*5\\*6\\*16 = 2,400 is not right" in on_page


def test_junit_is_xml_with_a_suite_a_student(convcalc, place):
    root = XML.fromstring(check(convcalc, place, "--format", "junit")[1])
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["ada", "bob", "carl"]
    counts = [suites["bob"].get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == ["5", "2", "1", "1"]
    assert "par.no_bias" in [failure.get("type") for failure in suites["bob"].iter("failure")]
    assert suites["carl"].find("testcase/error").get("type") == "unreadable"
    assert {prop.get("name"): prop.get("value") for prop in suites["ada"].find("properties")}["score"] == "6"


def test_xml_has_no_character_that_it_forbids():
    assert in_xml('a\x00\x1b<"&\ufffe\ud800') == "a&lt;&quot;&amp;"


def test_gradescope_gets_what_it_reads(convcalc, place):
    code, out, _ = check(convcalc, place, "--format", "gradescope", files="in/bob.yaml")
    found = json.loads(out)
    assert (code, found["score"], found["output_format"]) == (1, 2, "md")
    tests = {test["name"]: test for test in found["tests"]}
    assert tests["C3.parameters"]["score"] == 1 and tests["C3.parameters"]["max_score"] == 2
    assert tests["C3.parameters"]["status"] == "failed" and tests["C3.parameters"]["tags"] == ["par.no_bias"]
    assert tests["S2.output"]["status"] == "passed"
    assert [test["number"] for test in found["tests"]] == ["1", "2", "3", "4", "5"]


def test_check50_has_three_states(convcalc, place):
    found = json.loads(check(convcalc, place, "--format", "check50", files="in/bob.yaml")[1])
    passed = {result["name"]: result["passed"] for result in found["results"]}
    assert passed == {
        "C1.output": False,
        "S2.output": True,
        "C3.parameters": False,
        "C3.macs": None,
        "F6.parameters": False,
    }
    cause = found["results"][2]["cause"]
    assert cause["actual"] == "5*5*6*16" and cause["expected"] is None and "par.no_bias" in cause["help"]


def test_github_annotates_and_a_message_is_one_line(convcalc, place):
    (place / "in" / "bob.yaml").write_text(WRONG.replace("ten thousand", '"1%\\n::error::x"'))
    lines = check(convcalc, place, "--format", "github", files="in/bob.yaml")[1].splitlines()
    assert lines[0].startswith(
        f"::error file={place}/in/bob.yaml,line=4,title=C1.output::C1.output: 6×27×27 is not right%0A"
    )
    assert sum(line.startswith("::error") for line in lines) == 3
    assert sum(line.startswith("::warning") for line in lines) == 1
    assert not any(line.startswith("::error::x") for line in lines)


def test_github_classroom_gets_its_json(convcalc, place):
    found = json.loads(check(convcalc, place, "--format", "classroom", files="in/bob.yaml")[1])
    assert (found["version"], found["status"], found["max_score"]) == (1, "fail", 6)
    assert [test["status"] for test in found["tests"]] == ["fail", "pass", "fail", "fail", "error"]


def test_scores_are_numbers_where_there_are_no_points(convcalc, place):
    (place / "key.yaml").write_text(
        KEY.replace("points: 1}", "points: 0}").replace("points: 2", "points: 0").replace(": 1}}", ": 0}}")
    )
    for form in FORMATS:
        code, out, _ = check(convcalc, place, "--format", form, files="in/bob.yaml")
        assert code == 1 and "nan" not in out.lower()


# Files


@pytest.mark.parametrize("form", FORMATS)
def test_files_go_into_the_folder_named_and_are_the_same_each_time(convcalc, place, form):
    def written(name):
        check(convcalc, place, "--format", form, "--output", place / name, "--class-report", "--processes", "1")
        return {path.name: path.read_bytes() for path in sorted((place / name).iterdir())}

    first, second = written("out1"), written("out2")
    assert first == second
    assert {"class.txt", "class.md", "class.html", "class.json"} < set(first)
    if FORMATS[form].each:
        assert {FORMATS[form].file.format(student=name) for name in ("ada", "bob", "carl")} < set(first)
    else:
        assert FORMATS[form].file in first
    if form != "markdown":
        assert all(b"convcalc" in first[name] for name in first if name.startswith(("marks", "class")))


NAMES = ["../../evil", "a/b", "C:\\x", "con", "..", "", "\x1b[2J", "x" * 500, "Ünï çødé", "nul.txt", ".hidden", "a\nb"]


def test_names_do_not_lead_out_of_the_folder(convcalc, place):
    folder = place / "hostile"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        (folder / f"{number:02}.yaml").write_text(RIGHT.replace("ada", json.dumps(name)))
    before = set(place.rglob("*"))
    check(convcalc, place, "--format", "markdown", "--output", place / "out", files="hostile")
    fresh = set(place.rglob("*")) - before
    assert all(path == place / "out" or path.parent == place / "out" for path in fresh)
    assert len(fresh) == 1 + len(NAMES)
    assert not Path(place.parent / "evil.md").exists()


def test_a_safe_name_is_that_of_a_file():
    for name in NAMES:
        kept = safe(name)
        assert kept and "/" not in kept and "\\" not in kept and kept[0] != "." and len(kept) < 90
    assert safe("Ada Lovelace") == "Ada Lovelace"


def test_two_of_one_name_are_two_files(convcalc, place):
    (place / "in" / "x.yaml").write_text(RIGHT.replace("ada", "a/da"))
    (place / "in" / "y.yaml").write_text(RIGHT.replace("ada", "a_da"))
    check(convcalc, place, "--format", "markdown", "--output", place / "out")
    assert {"a_da.md", "a_da-2.md"} <= {path.name for path in (place / "out").iterdir()}


def test_a_file_may_be_called_anything_that_a_system_allows(convcalc, place):
    (place / "in" / "class.yaml").write_text(RIGHT.replace("student: ada", ""))
    with open(os.fsencode(place / "in") + b"/\xff\n.yaml", "w") as file:
        file.write(RIGHT.replace("student: ada", ""))
    for form in FORMATS:
        assert check(convcalc, place, "--format", form, "--output", place / form, "--class-report")[0] == 3
    assert {"class.md", "class-2.md", "_.md"} <= {path.name for path in (place / "markdown").iterdir()}


NAMESAKES = [
    "a/da",
    "a:da",
    "a_da",
    "A_DA",
    "Z\u00fce",
    "Zu\u0308e",
    "class",
    "Class",
    "results",
    "da" * 100,
    "da" * 101,
]


def test_names_of_files_are_told_apart_by_every_system():
    import unicodedata

    names = Names(("class", "results"))
    made = [names.of(name) for name in NAMESAKES] + [names.of(name) for name in NAMESAKES]
    assert len({unicodedata.normalize("NFD", name).casefold() for name in made} | {"class", "results"}) == 2 + len(made)


LONG = {
    "four bytes a letter": "\U00020000" * 90,
    "two bytes a letter": "\u00fc" * 300,
    "one": "x" * 300,
    "dots": ". " * 200,
}


@pytest.mark.parametrize("name", LONG.values(), ids=LONG)
def test_a_name_of_any_length_is_cut_to_what_a_system_allows(name):
    names = Names()
    made = [names.of(name) for _ in range(1200)]
    assert len(set(made)) == 1200 and max(len(f"{each}.json".encode()) for each in made) <= 255


def test_many_of_one_name_cost_no_more_than_many_of_different_names():
    """Each asks for one number more: it is not counted up from 2 for everybody."""

    class Counted(dict):
        looked = 0

        def __contains__(self, key):
            Counted.looked += 1
            return super().__contains__(key)

    names = Names()
    names.numbers = Counted()
    assert len({names.of("ada") for _ in range(5000)}) == 5000 and Counted.looked < 20_000


def test_a_file_that_cannot_be_written_keeps_no_other_from_being_so(convcalc, place):
    (place / "out" / "bob.md").mkdir(parents=True)
    code, _, err = check(convcalc, place, "--format", "markdown", "--output", place / "out")
    assert code == 3 and "B040" in err and "bob.md cannot be written: Is a directory" in err
    assert {path.name for path in (place / "out").iterdir()} == {"ada.md", "bob.md", "carl.md"}


def test_a_file_is_there_whole_or_not_at_all(tmp_path):
    (tmp_path / "marks.csv").write_text("old")
    with pytest.raises(KeyboardInterrupt), file_to_write(str(tmp_path / "marks.csv")) as file:
        file.write("half")
        file.flush()
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["marks.csv"]
    assert (tmp_path / "marks.csv").read_text() == "old"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full disk to be had")
def test_a_full_disk_is_said_to_be_one(tmp_path, monkeypatch):
    monkeypatch.setattr("builtins.open", lambda path, *more, open=open, **how: open("/dev/full", "w"))
    with (
        pytest.raises(Problem, match="cannot be written: No space left"),
        file_to_write(str(tmp_path / "a.csv")) as file,
    ):
        file.write("x" * 100_000)


def test_a_folder_that_cannot_be_written_is_said_to_be(convcalc, place):
    code, _, err = check(convcalc, place, "--output", place / "key.yaml")
    assert code == 3 and "B040" in err


def test_a_second_submission_is_a_row_with_a_reason(convcalc, place):
    (place / "in" / "ada2.yaml").write_text(RIGHT)
    rows = list(csv.DictReader(io.StringIO(check(convcalc, place, "--format", "csv")[1])))
    assert [row["status"] for row in rows[1:]] == ["marked", "duplicate", "marked", "unreadable"]
    assert "marked already" in rows[2]["remarks"] and rows[2]["total"] == "0"


def test_who_has_handed_in_nothing_is_in_the_roster(convcalc, place):
    (place / "roster.csv").write_text("student,email\nada,ada@x\nzoe,zoe@x\n")
    rows = list(
        csv.DictReader(io.StringIO(check(convcalc, place, "--format", "csv", "--roster", place / "roster.csv")[1]))
    )
    assert [(row["student"], row["status"]) for row in rows[1:]][-1] == ("zoe", "missing")


# Hostile answers

HOSTILE = {
    "code": "answers: {C1: {output: \"__import__('os').system('touch /tmp/pwned')\"}}",
    "a tower of powers": "answers: {C1: {output: 9**9**9**9}, C3: {parameters: 9**9**9**9}}",
    "a long number": "answers: {C3: {parameters: " + "9" * 100_000 + "}}",
    "control characters": 'answers: {C1: {output: "\\e[2J\\a6x28x28"}, C3: {parameters: "\\0"}}',
    "an alias bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
    ) + "answers: {C1: {output: *j}}",
    "deep nesting": "answers: " + "[" * 50_000 + "]" * 50_000,
    "deep arithmetic": "answers: {C3: {parameters: '" + "(" * 900 + "1" + ")" * 900 + "'}}",
    "a hundred thousand keys": "answers:\n" + "".join(f"  k{n}: 1\n" for n in range(90_000)),
    "tags": "answers: !!python/object/apply:os.system ['touch /tmp/pwned']",
    "a list": "[1, 2, 3]",
    "no answers": "student: x\n",
    "not YAML": "{{{ :",
    "one key a thousand times": "answers: {" + ", ".join(["C1: 1"] * 1000) + "}",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_submission_is_a_row_and_the_batch_goes_on(convcalc, place, name, monkeypatch):
    monkeypatch.delenv("CONVCALC_DEBUG", raising=False)
    (place / "in" / "mallory.yaml").write_text(HOSTILE[name])
    code, out, _ = check(convcalc, place, "--format", "csv")
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(out))}
    mallory = rows.get("mallory") or rows["x"]
    assert code == 3 and mallory["total"] == "0" and rows["bob"]["total"] == "2"
    assert "a bug in convcalc" not in out
    assert not os.path.exists("/tmp/pwned")
    for form in FORMATS:
        assert all(char.isprintable() or char == "\n" for char in check(convcalc, place, "--format", form)[1])


def test_a_bug_is_one_row_too(convcalc, place, monkeypatch):
    from convcalc.marking.mark import mark as true

    def mark(key, submission, carry_forward):
        if submission.student == "bob":
            raise ZeroDivisionError("oh")
        return true(key, submission, carry_forward)

    monkeypatch.delenv("CONVCALC_DEBUG", raising=False)
    monkeypatch.setattr("convcalc.marking.mark.mark", mark)
    code, out, _ = check(convcalc, place, "--format", "csv")
    assert code == 3 and "a bug in convcalc: ZeroDivisionError: oh" in out and ",6,100,marked," in out


# Many


def test_a_class_in_several_processes_is_the_same(convcalc, place):
    for number in range(150):
        (place / "in" / f"s{number}.yaml").write_text(
            WRONG.replace("bob", f"s{number}").replace("27x27", f"{number}x27")
        )
    outputs = {check(convcalc, place, "--format", "json", "--processes", count)[1] for count in (1, 2, 3)}
    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())["submissions"]) == 153


@pytest.mark.parametrize("to_files", [False, True], ids=["a pipe", "a folder"])
def test_a_long_run_shows_how_far_it_is(place, to_files):
    for number in range(300):
        (place / "in" / f"s{number}.yaml").write_text(WRONG.replace("bob", f"s{number}"))
    program = (
        "import sys\nfrom convcalc.commands.progress import Progress\nProgress.PATIENCE = Progress.EVERY = 0\n"
        "from convcalc.cli import run\nsys.exit(run(sys.argv[1:]))"
    )
    pid, handle = pty.fork()
    if not pid:
        if not to_files:
            os.dup2(os.open(place / "marks.csv", os.O_WRONLY | os.O_CREAT), 1)
        os.environ.update(PYTHONPATH=str(ROOT))
        os.execv(
            sys.executable,
            [
                sys.executable, "-c", program, "check", str(place / "key.yaml"), str(place / "in"), "--format", "csv",
                *(["-o", str(place)] if to_files else []),
            ],
        )  # fmt: skip
    shown = b""
    while True:
        try:
            piece = os.read(handle, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.waitpid(pid, 0)
    assert b"marking [" in shown and b" of 303" in shown
    assert b"wrote 1 file" in shown.rpartition(b"\r\x1b[K")[2] if to_files else shown.endswith(b"\r\x1b[K")
    assert (place / "marks.csv").read_text().count("\n") == 305


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="processes are looked up in /proc")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_batch_that_is_broken_off_leaves_nothing_behind(place, sent):
    """Neither processes, nor their tracebacks, nor half a file; Ctrl-C goes to all processes of a terminal."""
    for number in range(1500):
        sides = f"{number % 97 + 2}x{number % 89 + 3}x{number % 83 + 5}"
        (place / "in" / f"s{number}.yaml").write_text(WRONG.replace("bob", f"s{number}").replace("6x27x27", sides))
    command = [sys.executable, "-m", "convcalc", "check", place / "key.yaml", place / "in", "--format", "json"]
    with subprocess.Popen(
        [*command, "-o", place / "out", "--processes", "200"], cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:  # fmt: skip
        group, processes = running.pid, in_group(running.pid)
        while not list((place / "out").glob(".convcalc*")):
            assert running.poll() is None
        while len(processes) < (1 + processors() if processors() > 1 else 1):
            assert running.poll() is None
            processes = in_group(group)
        (os.killpg if sent is signal.SIGINT else os.kill)(group, sent)
        assert running.wait(30) == 130 and running.stderr.read().strip() == b""
    assert len(processes) <= 1 + processors()
    assert in_group(group) == [] and list((place / "out").iterdir()) == []


def in_group(group):
    """The processes of a group, by their ids."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def test_a_spec_is_a_key_for_what_a_class_has_answered(convcalc, place):
    rows = list(csv.reader(io.StringIO(convcalc("check", "lenet5", place / "in", "--format", "csv")[1])))
    assert rows[0][3:8] == ["C1.output", "S2.output", "C3.parameters", "C3.macs", "F6.parameters"]
    assert rows[2][-6:-3] == ["5", "100", "marked"]


# Autograders


def autograder(tmp_path):
    """Gradescope's folders, with this convcalc in the place of the one that setup.sh installs."""
    source = tmp_path / "source"
    (source / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "submission").mkdir()
    (tmp_path / "results").mkdir()
    program = source / "venv" / "bin" / "convcalc"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m convcalc "$@"\n')
    program.chmod(0o755)
    (source / "key.yaml").write_text((ROOT / "examples" / "gradescope" / "key.yaml").read_text())
    return tmp_path


def graded(place):
    script = ROOT / "examples" / "gradescope" / "run_autograder"
    done = subprocess.run(
        [script], env={**os.environ, "AUTOGRADER": str(place)}, capture_output=True, text=True, check=True
    )
    assert done.stderr.count("Traceback") == 0
    return json.loads((place / "results" / "results.json").read_text())


SUBMITTED = {
    "answers and a PDF": (
        {"my answers.yaml": "student: Ada\nanswers: {C1: {output: 6x28x28}}\n", "scan.pdf": "%PDF"},
        1,
        "1 right",
    ),
    "nothing": ({}, 0, "no answers were handed in"),
    "a PDF alone": ({"scan.pdf": "%PDF"}, 0, "there is no file with answers"),
    "a broken file": ({"answers.yaml": "{{{"}, 0, "Not marked"),
    "the empty form": ({"answers.yaml": (ROOT / "examples/gradescope/answers.yaml").read_text()}, 0, "no answer"),
}


@pytest.mark.parametrize("files, score, words", SUBMITTED.values(), ids=SUBMITTED)
def test_gradescope_always_gets_results(tmp_path, files, score, words):
    place = autograder(tmp_path)
    for name, text in files.items():
        (place / "submission" / name).write_text(text)
    found = graded(place)
    assert found["score"] == score and words in found["output"] and found["tests"]


def test_gradescope_gets_results_even_with_a_broken_key(tmp_path):
    place = autograder(tmp_path)
    (place / "source" / "key.yaml").write_text("assignment: x\nquestions: [{ask: nothing}]\n")
    found = graded(place)
    assert found["score"] == 0 and "could not mark" in found["output"]


def test_the_autograder_is_three_lines():
    assert len((ROOT / "examples" / "gradescope" / "run_autograder").read_text().splitlines()) == 3
    for name in ("run_autograder", "setup.sh"):
        path = ROOT / "examples" / "gradescope" / name
        assert os.access(path, os.X_OK)
        subprocess.run(["bash", "-n", path], check=True)


def test_the_github_workflow_runs_as_it_stands(tmp_path):
    import yaml

    folder = ROOT / "examples" / "github-classroom"
    workflow = yaml.safe_load((folder / ".github" / "workflows" / "classroom.yml").read_text())
    program = tmp_path / "bin" / "convcalc"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m convcalc "$@"\n')
    program.chmod(0o755)
    for name in ("key.yaml", "answers.yaml"):
        (tmp_path / name).write_text((folder / name).read_text())
    env = {
        **os.environ,
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    codes = {}
    for step in workflow["jobs"]["mark"]["steps"]:
        if "convcalc check" in step.get("run", ""):
            codes[step["name"]] = subprocess.run(
                ["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=env, check=False
            ).returncode
    assert list(codes.values()) == [0, 1]
    assert (tmp_path / "summary.md").read_text().startswith("# LeNet-5 by hand")


# Questions of every form

FORMS = """
assignment: Formulas
questions:
  - {ask: conv.output, form: symbolic, points: 2}
  - {ask: padding, layer: conv 64 k7 s2 p?, input: 3x224x224, output: 64x112x112, name: Q2}
  - {ask: output, layer: conv 10 k5 p2, input: 3x32x32, name: Q3}
  - {ask: Q4, answer: 42}
"""
ANSWERS = [
    (
        "answers: {conv.output: (W - K + 2P)/S + 1, Q2: 3, Q3: 10x32x32, Q4: 42}",
        0,
        ":) conv.output is (W - K + 2P)/S + 1",
    ),
    ("answers: {conv.output: (W - K + 2P)/S, Q2: 2, Q3: 10x30x30, Q4: 41}", 1, "(size.no_plus_one)"),
]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("text, expected, words", ANSWERS, ids=["right", "wrong"])
def test_formulas_and_single_layers_are_written_too(convcalc, tmp_path, form, text, expected, words):
    (tmp_path / "key.yaml").write_text(FORMS)
    (tmp_path / "a.yaml").write_text(text)
    code, out, err = convcalc("check", tmp_path / "key.yaml", tmp_path / "a.yaml", "--format", form, "--hints", "full")
    assert (code, err if form not in GRADEBOOKS else "") == (expected, "") and out
    assert form != "text" or words in out


# Lines

LINED = {
    "as a mapping": "answers:\n  C1:\n    output: 6x27x27\n  C3: {parameters: 2400}\n",
    "by their whole names": "student: bob\n\nC1.output: 6x27x27\nC3.parameters: 2400\n",
    "as no YAML": "answers:\n  C1:\n    output: 6x27x27 ]: [\n  C3: {parameters: 2400\n",
}


@pytest.mark.parametrize("text", LINED.values(), ids=LINED)
def test_an_annotation_is_on_the_line_of_the_answer(convcalc, place, text):
    (place / "in" / "bob.yaml").write_text(text)
    lines = check(convcalc, place, "--format", "github", files="in/bob.yaml")[1].splitlines()
    found = dict(re.findall(r"line=(\d+),title=([\w.]+)", "\n".join(lines)))
    assert found == {"3": "C1.output", "4": "C3.parameters"}
    tests = json.loads(check(convcalc, place, "--format", "classroom", files="in/bob.yaml")[1])["tests"]
    assert {test["name"]: test["line_no"] for test in tests} == {
        "C1.output": 3, "S2.output": None, "C3.parameters": 4, "C3.macs": None, "F6.parameters": None,
    }  # fmt: skip


def test_an_answer_of_a_form_is_on_the_line_of_its_student(convcalc, place):
    (place / "form.csv").write_text('name,C1.output\nada,6x28x28\n"b\nob",6x27x27\n')
    out = check(convcalc, place, "--format", "github", files="form.csv")[1]
    assert f"::error file={place}/form.csv,line=3,title=C1.output" in out


# What was written


@pytest.mark.parametrize(
    "options, words",
    [
        (["--format", "markdown"], "wrote 3 files into {}/out"),
        (["--format", "csv"], "wrote 1 file into {}/out"),
        (["--format", "csv", "--class-report"], "wrote 5 files into {}/out"),
    ],
    ids=["a file a student", "one", "the class too"],
)
def test_what_was_written_is_said_in_one_line(convcalc, place, options, words):
    out, err = check(convcalc, place, "--output", place / "out", *options)[1:]
    assert (out, err) == ("", f"{words.format(place)}\n")
    assert len(list((place / "out").iterdir())) == int(words.split()[1])
