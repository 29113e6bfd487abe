"""What is handed in is found whatever it comes in, and nothing that is in it stops a batch or leaves its folder."""

import io
import os
import zipfile

import pytest

from convcalc.handin import batch, files
from convcalc.handin.course_folders import choose_file, files_by_person
from convcalc.handin.form import form_rows, question_named
from convcalc.handin.keys import one_key
from convcalc.handin.roster import read_roster
from convcalc.handin.submission import mark_submission
from convcalc.marking.assignment import read_key
from convcalc.marking.verdict import KeyQuestion
from convcalc.parallel import spread
from convcalc.problem import Problem, Source

GOOD = "answers: {C1: {output: 6x28x28}}\n"
QUESTIONS = (KeyQuestion("C1.output", "C1", "output"), KeyQuestion("C1.parameters", "C1", "parameters"))


def tree(root, contents):
    """A folder with files: {path: text or bytes}."""
    for path, content in contents.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(root)


def zipped(contents):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in contents.items():
            archive.writestr(path, content)
    return held.getvalue()


def people(*places, **how):
    return [entry.person.name for entry in batch.hand_ins(places, QUESTIONS, **how)]


def sheets(*places, **how):
    return [batch.open_hand_in(entry) for entry in batch.hand_ins(places, QUESTIONS, **how)]


LAYOUTS = {
    "plain files": ({"alice.yaml": GOOD, "bob.yml": GOOD}, ["alice", "bob"]),
    "a folder a student": ({"alice/answers.yaml": GOOD, "bob/a/b/answers.yaml": GOOD}, ["alice", "bob"]),
    "Moodle": (
        {
            "Ada Lovelace_123456_assignsubmission_file_/answers.yaml": GOOD,
            "Bob Ross_123457_assignsubmission_file/answers.yaml": GOOD,
        },
        ["Ada Lovelace", "Bob Ross"],
    ),
    "Gradescope": (
        {
            "assignment_1_export/submission_2/answers.yaml": GOOD,
            "assignment_1_export/submission_10/answers.yaml": GOOD,
            "assignment_1_export/submission_metadata.yml": (
                "---\nsubmission_10:\n  :submitters:\n  - :name: Ada\n    :sid: '17'\n    :email: ada@x.org\n"
                "  :created_at: 2020-09-10 16:08:26.397110000 Z\n  :score: 0.0\n  :results: !ruby/hash:Hash {}\n"
                "submission_2:\n  :submitters:\n  - :name: Zoe\n    :sid:\n    :email: zoe@x.org\n"
                "  - :name: Bob\n    :sid: '18'\n    :email: bob@x.org\n"
            ),
        },
        ["Ada", "Zoe, Bob"],
    ),
    "nbgrader": (
        {"submitted/alice/ps1/answers.yaml": GOOD, "submitted/alice/timestamp.txt": "2020", "source/ps1/x.yaml": ""},
        ["alice"],
    ),
    "Canvas": (
        {"lovelaceada_LATE_123_456_answers.yaml": GOOD, "rossbob_124_457_answers-2.yaml": GOOD},
        ["lovelaceada", "rossbob"],
    ),
    "numbers in names by their value": ({"s10.yaml": GOOD, "s9.yaml": GOOD, "s1.yaml": GOOD}, ["s1", "s9", "s10"]),
    "what systems leave behind": (
        {"alice.yaml": GOOD, ".DS_Store": "", "__MACOSX/._alice.yaml": "", "Thumbs.db": ""},
        ["alice"],
    ),
}


@pytest.mark.parametrize("contents, expected", LAYOUTS.values(), ids=LAYOUTS)
def test_a_folder_or_archive_is_read_by_its_layout(contents, expected, tmp_path):
    folder = tree(tmp_path / "in", contents)
    assert people(folder) == expected
    assert all(sheet.source for sheet in sheets(folder))
    archive = tmp_path / "all.zip"
    archive.write_bytes(zipped(contents))
    assert people(str(archive)) == expected
    assert all(sheet.source for sheet in sheets(str(archive)))


def test_an_archive_may_have_its_folder_in_it(tmp_path):
    archive = tmp_path / "all.zip"
    archive.write_bytes(zipped({"hw/alice.yaml": GOOD, "hw/bob.yaml": GOOD}))
    assert people(str(archive)) == ["alice", "bob"]


def test_a_student_may_hand_in_an_archive(tmp_path):
    folder = tree(tmp_path, {"alice.zip": zipped({"deep/answers.yaml": GOOD}), "bob/b.zip": zipped({"a.yaml": GOOD})})
    assert people(folder) == ["alice", "bob"]
    assert [sheet.source.text for sheet in sheets(folder)] == [GOOD, GOOD]


def test_nbgrader_has_all_assignments_of_a_student_in_one_folder(tmp_path):
    folder = tree(tmp_path, {"submitted/alice/ps1/a.yaml": "1", "submitted/alice/ps 2/a.yaml": "2"})
    assert [sheet.source.text for sheet in sheets(folder, course="PS-2")] == ["2"]


CHOICES = [
    ("answers before notes", ["answers.yaml", "notes.yaml"], "answers.yaml"),
    ("YAML before text", ["answers.txt", "mine.yaml"], "mine.yaml"),
    ("the last of Canvas's versions", ["ada_1_2_answers.yaml", "ada_1_3_answers-2.yaml"], "ada_1_3_answers-2.yaml"),
    ("nothing in a PDF", ["answers.pdf"], None),
]


@pytest.mark.parametrize("names, expected", [case[1:] for case in CHOICES], ids=[case[0] for case in CHOICES])
def test_of_several_files_the_likeliest_is_marked(names, expected):
    found, _ = choose_file([files.File((name,), name, lambda limit: b"") for name in names])
    assert (found.path[-1] if found else None) == expected


def test_the_file_that_is_passed_over_is_named(tmp_path):
    folder = tree(tmp_path, {"alice/answers.yaml": GOOD, "alice/old.yaml": GOOD})
    assert sheets(folder)[0].remarks == ("old.yaml beside it was not read",)


# A form


FORM = 'Timestamp,Email Address,Name,"Output of C1 [C1.output]",c1 params\n1,a@x,Ada,"(6, 28, 28)","1,024"\n2,b@x,Bob,,156\n'


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_form_has_a_row_a_student(separator, tmp_path):
    import csv

    table = list(csv.reader(io.StringIO(FORM)))
    with open(tmp_path / "form.csv", "w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=separator).writerows(table)
    found = sheets(str(tmp_path / "form.csv"))
    assert [sheet.person.name for sheet in found] == ["Ada", "Bob"]
    from convcalc.marking.answers import read_answers

    answers = [read_answers(sheet.source).answers for sheet in found]
    assert answers == [{"C1.output": "(6, 28, 28)", "C1.parameters": "1,024"}, {"C1.parameters": "156"}]


def test_the_last_row_of_a_student_comes_first(tmp_path):
    (tmp_path / "f.csv").write_text("name,C1.output\nAda,1\nBob,2\nAda,3\n")
    assert [sheet.name[-6:] for sheet in sheets(str(tmp_path / "f.csv"))] == ["line 4", "line 2", "line 3"]


BAD_FORMS = {
    "empty": ("", "B020"),
    "without questions": ("name,age\nAda,3\n", "B021"),
    "without names": ("C1.output,x\n1,2\n", "B020"),
}


@pytest.mark.parametrize("text, code", BAD_FORMS.values(), ids=BAD_FORMS)
def test_a_form_that_is_none_says_so(text, code, tmp_path):
    (tmp_path / "f.csv").write_text(text)
    with pytest.raises(Problem) as error:
        batch.hand_ins([str(tmp_path / "f.csv")], QUESTIONS)
    assert error.value.diagnostics[0].code == code


def test_a_row_with_too_many_cells_is_a_row_with_a_reason(tmp_path):
    (tmp_path / "f.csv").write_text("name,C1.output\nAda,(6,28,28)\nBob,6x28x28\n")
    found = sheets(str(tmp_path / "f.csv"))
    assert "4 cells" in found[0].reason and found[1].source


def test_a_roster_knows_people_by_whatever_is_in_their_row(tmp_path):
    folder = tree(tmp_path, {"s17.yaml": GOOD, "zoe@x.org/a.yaml": GOOD, "stranger.yaml": GOOD})
    known = read_roster(
        "roster.csv", "Name,SID,email\nAda Lovelace,S17,ada@x.org\nZoe,S18,zoe@x.org\nYan,S19,yan@x.org\n"
    )
    assert people(folder, known=known) == ["Ada Lovelace", "stranger", "Zoe"]
    assert [person.name for person in known.absent(["s17", "s18"])] == ["Yan"]


def test_a_roster_does_not_know_people_by_what_several_have_in_their_row(tmp_path):
    text = "name,sid,team\nAda,1,blue\nBob,2,blue\nAda,3,red\n"
    known = read_roster("roster.csv", text)
    folder = tree(tmp_path, {"blue.yaml": GOOD, "ada.yaml": GOOD, "3.yaml": GOOD, "red/a.yaml": GOOD})
    assert people(folder, known=known) == ["Ada", "Ada", "ada", "blue"]
    assert len(read_roster("roster.csv", text + "Ada,1,blue\n").people) == 3


def test_a_wide_form_costs_two_looks_for_each_column():
    """However many questions there are: 200 of them, and 100,000 columns."""

    class Counted(dict):
        looked = 0

        def __contains__(self, key):
            Counted.looked += 1
            return super().__contains__(key)

    asks = Counted({f"q{number}": f"q{number}" for number in range(200)})
    heads = ["Q7", "x [q8] (y)", *(f"column {number}" for number in range(10_000))]
    assert [ask for head in heads if (ask := question_named(head, asks))] == ["q7", "q8"] and Counted.looked < 22_000
    wide = "name,C1.output," + "x," * 100_000 + "\nAda,1\n"
    (row,) = form_rows("f.csv", wide, QUESTIONS)
    assert row.source.text == '{"answers": {"C1.output": "1"}}'


# Standard input


@pytest.mark.parametrize(
    "data, expected",
    [
        (GOOD.encode(), ["standard input"]),
        (zipped({"alice.yaml": GOOD, "bob.yaml": GOOD}), ["alice", "bob"]),
        (FORM.encode(), ["Ada", "Bob"]),
    ],
    ids=["one student's answers", "an archive", "a form"],
)
def test_standard_input_may_be_anything(data, expected, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert people("-") == expected


# Hostile files


class Huge:
    """A file of 100 MB that takes no room."""

    def __new__(cls, path):
        with open(path, "wb") as file:
            file.truncate(100_000_000)


def refused(path):
    return [sheet.reason for sheet in sheets(str(path)) if sheet.source is None]


def test_a_huge_file_is_not_read(tmp_path):
    Huge(tmp_path / "mallory.yaml")
    (tmp_path / "alice.yaml").write_text(GOOD)
    assert people(str(tmp_path)) == ["alice", "mallory"]
    (reason,) = refused(tmp_path)
    assert "more than 1,000,000 bytes" in reason


BYTES = {
    "binary": (b"\x00\x01\x02", "not a text file"),
    "UTF-16": ("answers: {}".encode("utf-16")[:-1], "damaged UTF-16"),
    "none": (b"student: J\xfcrgen \x1b\x02\n", "0xFC on line 1"),
}


@pytest.mark.parametrize("data, words", BYTES.values(), ids=BYTES)
def test_what_is_no_text_is_a_row_with_a_reason(data, words, tmp_path):
    (tmp_path / "mallory.yaml").write_bytes(data)
    assert words in refused(tmp_path)[0]


@pytest.mark.parametrize("encoding, said", [("cp1252", "Latin-1"), ("utf-16", "UTF-16")])
def test_other_encodings_are_read_and_said(encoding, said, tmp_path):
    text = "student: Jörg\nanswers: {C1: {output: 6×28×28}}\n"
    (sheet,) = sheets(tree(tmp_path, {"a.yaml": text.encode(encoding)}))
    assert sheet.source.text == text and sheet.remarks == (f"read as {said}, as it is not UTF-8",)


def test_utf_8_with_some_damage_is_not_read_as_something_else(tmp_path):
    (sheet,) = sheets(tree(tmp_path, {"a.yaml": "6×28×28 ".encode() + b"\xd7\n"}))
    assert sheet.source is None and "not UTF-8" in sheet.reason


def test_links_and_pipes_are_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(GOOD)
    folder = tmp_path / "in"
    folder.mkdir()
    os.symlink(secret, folder / "a.yaml")
    os.symlink(tmp_path, folder / "b")
    os.mkfifo(folder / "c.yaml")
    reasons = refused(folder)
    assert len(reasons) == 3 == len(people(str(folder)))
    assert "is a link" in reasons[0] and "no regular file" in reasons[2]


def test_an_archive_cannot_name_files_outside_of_itself(tmp_path):
    archive = tmp_path / "a.zip"
    archive.write_bytes(
        zipped({"../../evil.yaml": GOOD, "/etc/evil2.yaml": GOOD, "..\\evil3.yaml": GOOD, "good.yaml": GOOD})
    )
    found = {sheet.name.rpartition("/")[2]: sheet for sheet in sheets(str(archive))}
    assert len(found) == 4 and found["good.yaml"].source
    assert sum("leads out of the archive" in sheet.reason for sheet in found.values()) == 3
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip"]


def test_a_bomb_does_not_go_off(tmp_path):
    import tracemalloc

    bomb = zipped({"answers.yaml": b"a" * 200_000_000})
    assert len(bomb) < 300_000
    tree(
        tmp_path,
        {
            "mallory.zip": bomb,
            "nested.zip": zipped({"a.zip": zipped({"b.zip": zipped({"c.yaml": GOOD})})}),
            "alice.yaml": GOOD,
        },
    )
    tracemalloc.start()
    reasons = refused(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(reasons) == 2 and "more than 1,000,000 bytes" in reasons[0] and "inside an archive" in reasons[1]
    assert peak < 20_000_000


def test_an_archive_is_opened_when_its_student_is_marked_and_once(tmp_path, monkeypatch):
    inner = zipped({f"notes{number}.txt": GOOD for number in range(40)} | {"answers.yaml": GOOD})
    contents = {name: zipped({"a.zip": inner, "b.txt": GOOD}) for name in ("ada.zip", "bob.zip")}
    made = []
    original = zipfile.ZipFile.__init__
    monkeypatch.setattr(zipfile.ZipFile, "__init__", lambda self, file: (made.append(file), original(self, file))[1])
    found = batch.hand_ins([tree(tmp_path, contents)], QUESTIONS)
    assert made == []
    sheet = batch.open_hand_in(found[0])
    assert len(made) == 2 and sheet.source.text == GOOD and sheet.name.endswith("ada.zip/a.zip/answers.yaml")
    assert sheet.remarks[-1] == "and 38 more were not"


LIMITS = {
    "files in an archive": ({f"{number}.txt": "" for number in range(1001)}, "more than 1,000 files"),
    "bytes": ({"a.zip": b"\0" * 60_000_000}, "more than 50,000,000 bytes"),
    "bytes of several": ({f"{name}.zip": b"\0" * 30_000_000 for name in "ab"}, "no zip archive"),
}


@pytest.mark.parametrize("contents, words", LIMITS.values(), ids=LIMITS)
def test_archives_of_a_student_have_limits_together(contents, words, tmp_path):
    folder = tree(tmp_path, {"mallory.zip": zipped(contents), "alice.yaml": GOOD})
    assert words in refused(folder)[0] and people(folder) == ["alice", "mallory"]


def test_what_is_inside_a_limit_is_read_beside_what_is_not(tmp_path):
    folder = tree(tmp_path, {"eve/a.yaml": GOOD, "eve/big.zip": zipped({f"{n}.txt": "" for n in range(1001)})})
    (sheet,) = sheets(folder)
    assert sheet.source.text == GOOD and sheet.remarks == ("big.zip beside it was not read",)


def test_several_archives_of_a_student_share_their_limits(tmp_path):
    part = zipped({f"{number}.txt": "" for number in range(600)})
    found = list(files.Unpacking().expand(files.files_of_folder(tree(tmp_path, {"a.zip": part, "b.zip": part}))))
    assert len(found) == 601
    with pytest.raises(Problem, match="more than 1,000 files"):
        found[-1].data()


def test_files_of_an_archive_are_counted_before_they_are_listed(tmp_path, monkeypatch):
    """However many there are, and whatever its end says of their number."""
    listed = []
    monkeypatch.setattr("zipfile.ZipFile._RealGetContents", lambda self: listed.append(self))
    tree(tmp_path, {"mallory.zip": zipped({f"{number}.txt": "" for number in range(2000)})})
    assert "more than 1,000 files" in refused(tmp_path)[0] and not listed


def test_of_two_archives_that_canvas_has_the_last_is_marked(tmp_path):
    later, former = zipped({"a.yaml": GOOD}), zipped({"a.yaml": "answers: {}\n"})
    folder = tree(tmp_path, {"ada_1_2_hw.zip": former, "ada_1_3_hw-1.zip": later})
    assert [sheet.source.text for sheet in sheets(folder)] == [GOOD]


def test_a_device_is_no_archive(tmp_path):
    os.symlink("/dev/zero", tmp_path / "x.zip")
    with pytest.raises(Problem, match="no regular file"):
        batch.hand_ins([str(tmp_path / "x.zip")], QUESTIONS)
    assert "is a link" in refused(tmp_path)[0]


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_nor_does_one_that_is_packed_in_another_way(packing, tmp_path):
    import tracemalloc

    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", packing) as archive:
        archive.writestr("answers.yaml", b"a" * 12_000_000)
    tree(tmp_path, {"mallory.zip": bomb.getvalue()})
    tracemalloc.start()
    assert "an ordinary zip file" in refused(tmp_path)[0]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_damaged_and_locked_archives_are_rows_with_a_reason(tmp_path):
    good = zipped({"answers.yaml": GOOD * 100})
    damaged = bytearray(good)
    damaged[60:70] = b"\xff" * 10
    locked = bytearray(good)
    at = good.index(b"PK\x01\x02")
    locked[6] |= 1
    locked[at + 8] |= 1
    tree(tmp_path, {"a.zip": good[:50], "b.zip": bytes(damaged), "c.zip": bytes(locked), "d.zip": zipped({})})
    reasons = refused(tmp_path)
    for words, reason in zip(["no zip archive", "damaged", "password", "empty archive"], reasons, strict=True):
        assert words in reason


def test_names_are_shown_without_what_steers_a_terminal(tmp_path):
    tree(tmp_path, {"\x1b[2Jalice.yaml": GOOD})
    assert people(str(tmp_path)) == ["·[2Jalice"]


def test_a_file_that_is_not_there_is_a_problem():
    sheet = sheets("/nowhere/alice.yaml")[0]
    assert "No such file" in sheet.reason
    with pytest.raises(Problem):
        batch.hand_ins(["/nowhere/all.zip"], QUESTIONS)


# Whatever goes wrong with one submission


KEY = read_key(Source("key", "assignment: a\nspec: lenet5\nquestions: [{ask: C1.output}, {ask: total.output}]"))


def statuses(folder):
    called = {entry.person.name for entry in batch.hand_ins([folder], QUESTIONS)}
    return [mark_submission(sheet, one_key(KEY), called=called) for sheet in sheets(folder)]


BAD = {
    "nothing but a brace": "mish: {",
    "answers that end at once": "answers: {",
    "a brace in a list": "answers:\n  - {",
    "braces of braces": "{" * 500,
    "no answers": "42",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_submission_that_cannot_be_read_is_one_row(text, tmp_path):
    found = statuses(tree(tmp_path, {"ada.yaml": GOOD, "bob.yaml": text, "eve.yaml": GOOD}))
    assert [one.status for one in found] == ["marked", "unreadable", "marked"] and found[1].reason
    assert "bug" not in found[1].reason


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), AssertionError(), MemoryError(), RecursionError()])
@pytest.mark.parametrize("step", ["convcalc.marking.answers.read_answers", "convcalc.marking.mark.mark"])
def test_no_error_of_ours_stops_a_class_either(error, step, tmp_path, monkeypatch):
    folder = tree(tmp_path, {"ada.yaml": GOOD, "bob.yaml": GOOD})
    calls = []

    def failing(*arguments, **options):
        calls.append(arguments)
        raise error

    monkeypatch.delenv("CONVCALC_DEBUG", raising=False)
    monkeypatch.setattr(step, failing)
    found = statuses(folder)
    assert [one.status for one in found] == ["unreadable"] * 2 == ["unreadable"] * len(calls)
    assert type(error).__name__ in found[0].reason


WHOSE = {
    "a folder's name": ({"bob/a.yaml": "student: zoe\n" + GOOD, "zoe/a.yaml": GOOD}, ["bob", "zoe"], 'from "zoe"'),
    "another one's file": ({"bob.yaml": "student: zoe\n" + GOOD, "zoe.yaml": GOOD}, ["bob", "zoe"], 'from "zoe"'),
    "their own name": ({"hw1.yaml": "student: zoe\n" + GOOD}, ["zoe"], ""),
    "their own name in capitals": ({"zoe/a.yaml": "student: ZOE\n" + GOOD}, ["ZOE"], ""),
    "their own for the second time": ({"zoe.yaml": GOOD, "zoe2.yaml": "student: zoe\n" + GOOD}, ["zoe", "zoe"], ""),
}


@pytest.mark.parametrize("contents, names, remark", WHOSE.values(), ids=WHOSE)
def test_a_file_cannot_be_handed_in_in_the_name_of_somebody_else(contents, names, remark, tmp_path):
    found = statuses(tree(tmp_path, contents))
    assert [one.student for one in found] == names
    assert remark in " ".join(found[0].remarks) and bool(remark) == bool(found[0].remarks)


# In several processes


@pytest.mark.parametrize("count", [0, 10, 64, 500])
def test_work_is_done_in_order(count):
    assert list(spread(lambda number: number * number, range(count), 2)) == [number * number for number in range(count)]


def test_few_items_are_under_way_at_a_time():
    taken = []

    def items():
        for number in range(1000):
            taken.append(number)
            yield number

    results = spread(str, items(), 2)
    assert next(results) == "0" and len(taken) < 200
    assert list(results)[-1] == "999"


def test_there_are_no_more_processes_than_processors(monkeypatch):
    monkeypatch.setattr("convcalc.parallel.processors", lambda: 3)
    forked, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: forked.append(1) or fork())
    assert list(spread(str, range(100), 200)) == list(map(str, range(100))) and len(forked) == 3


@pytest.mark.parametrize("last", [0, 50, 99])
def test_processes_that_all_die_are_made_up_for(last):
    here = os.getpid()

    def work(number):
        if number >= last and os.getpid() != here:
            os._exit(1)
        return number

    assert list(spread(work, range(200), 2)) == list(range(200))


def test_where_no_process_can_be_had_the_work_is_done_here(monkeypatch):
    def fork():
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", fork)
    assert list(spread(str, range(100), 2)) == list(map(str, range(100)))


def test_what_is_broken_off_leaves_no_process():
    results = spread(lambda number: os.getpid(), range(1000), 2)
    workers = {next(results) for _ in range(40)}
    results.close()
    for worker in workers - {os.getpid()}:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_a_process_that_dies_is_made_up_for():
    here = os.getpid()

    def work(number):
        if number == 70 and os.getpid() != here:
            os._exit(1)
        return number

    assert list(spread(work, range(200), 2)) == list(range(200))


def test_hands_of_one_person_come_together():
    found = files_by_person([files.File(("alice", name), name, lambda limit: b"") for name in ("a.yaml", "b.yaml")])
    assert len(found) == 1 and len(found[0].files) == 2
