"""The report on a class: shares, mistakes with names, an alarm where the class doubts the key; as a page in a browser too."""

import json
import re
import shutil
import subprocess
from fractions import Fraction
from html.parser import HTMLParser

import jsonschema
import pytest

from convcalc.cli import run
from convcalc.handin.classroom import Classroom, Tally, tally
from convcalc.marking.verdict import Diagnosis, KeyQuestion, MarkedSubmission, Verdict

SIZE = KeyQuestion("C1.output", "C1", "output", expected=(6, 28, 28))
COUNT = KeyQuestion("C3.parameters", "C3", "parameters", points=2, expected=2416)
NO_BIAS = (Diagnosis(("par.no_bias",)),)


def marked(student, *answers):
    """A submission: an answer is a number or shape, None for a blank."""
    verdicts = []
    for question, answer in zip((SIZE, COUNT), answers, strict=False):
        state = "missing" if answer is None else "correct" if answer == question.expected else "wrong"
        score = question.points if state == "correct" else 0
        diagnoses = NO_BIAS if answer == 2400 else ()
        verdicts.append(Verdict(question, str(answer), answer, state, score, diagnoses=diagnoses))
    return MarkedSubmission(student, f"{student}.yaml", tuple(verdicts), sum(each.score for each in verdicts), 3)


def room(*submissions):
    made = Classroom((SIZE, COUNT))
    for one in submissions:
        made.add(tally(one) if isinstance(one, MarkedSubmission) else one)
    return made


CLASS = (
    marked("ada", (6, 28, 28), 2416),
    marked("bob", (6, 28, 28), 2400),
    marked("cas", (6, 27, 27), 2400),
    marked("dee", (6, 28, 28), 2400),
    marked("eve", (6, 28, 28), None),
    Tally("fay", "fay.yaml", "unreadable", "fay.yaml is UTF-16", 0, 3),
)


def test_shares_are_of_those_who_were_marked():
    standings = room(*CLASS).standings()
    assert [(standing.share, standing.answered) for standing in standings] == [(Fraction(4, 5), 5), (Fraction(1, 5), 4)]


def alarms(*tallies):
    return [standing for standing in room(*tallies).standings() if standing.alarms]


def test_an_alarm_where_most_agree_against_the_key():
    assert [(alarm.question.ask, alarm.common, alarm.times, alarm.codes) for alarm in alarms(*CLASS)] == [
        ("C3.parameters", "2400", 3, ("par.no_bias",))
    ]
    assert not alarms(*CLASS[:3])  # two are not enough
    assert not alarms(*CLASS, *(marked(f"s{n}", (6, 28, 28), 2416) for n in range(4)))


MEDIANS = [
    ("an odd number", [0, 3, 1], "1/3"),
    ("an even number", [0, 3, 1, 1], "1/3"),
    ("between two", [0, 3], "1/2"),
    ("one", [2], "2/3"),
    ("none", [], "None"),
]


@pytest.mark.parametrize("scores, expected", [case[1:] for case in MEDIANS], ids=[case[0] for case in MEDIANS])
def test_the_median_is_exact(scores, expected):
    made = room(*(Tally(str(number), "", "marked", "", score, 3) for number, score in enumerate(scores)))
    assert str(made.median()) == expected
    assert sum(made.histogram()) == len(scores)


def test_mistakes_come_with_those_who_made_them():
    (mishap,) = room(*CLASS).mishaps()
    assert mishap == ("par.no_bias", 3, 3, ("bob", "cas", "dee"))


def test_what_is_kept_does_not_grow_with_the_class():
    import tracemalloc

    made = Classroom((SIZE, COUNT))
    sizes = []
    tracemalloc.start()
    for number in range(6000):
        made.add(
            Tally(
                "ada",
                "f",
                "marked",
                "",
                number % 4,
                3,
                ("wrong", "wrong"),
                ((0, str(number), ()), (1, str(number), ("par.no_bias",))),
            )
        )
        if number % 2000 == 1999:
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert sizes[2] - sizes[1] < 20_000


# Written

KEY = "assignment: <Homework> & 3\nspec: lenet5\nquestions: [{ask: C1.output}, {ask: C3.parameters, points: 2}]\n"


@pytest.fixture
def class_report(capsys, tmp_path):
    """The class report of the class above."""
    (tmp_path / "key.yaml").write_text(KEY)
    folder = tmp_path / "in"
    folder.mkdir()
    for one in CLASS[:5]:
        size, count = (verdict.read for verdict in one.verdicts)
        name = one.student if one.student != "eve" else "<b>eve</b>"
        (folder / f"{one.student}.yaml").write_text(
            f"student: {name}\nanswers:\n  C1: {{output: {'x'.join(map(str, size))}}}\n  C3: {{parameters: {count or ''}}}\n"
        )
    (folder / "fay.yaml").write_bytes(b"\xff\xfe\x00")

    def call(*arguments):
        code = run(["check", str(tmp_path / "key.yaml"), str(folder), "--class-report", *map(str, arguments)])
        assert code == 3
        return capsys.readouterr().out

    return call


def test_as_text(class_report):
    out = class_report()
    assert "6 submissions, 5 marked; median 33.3 %, mean 40 %" in out
    assert "C3.parameters: 3 of 4 who answered have 2,400 (what par.no_bias gives), and the key has 2,416" in out
    assert re.search(r"C1\.output +#{16}\.{4} +80 %  4 right, 1 wrong\n", out)
    assert "par.no_bias, 3 students: no bias was counted" in out and "    bob, cas, dee\n" in out
    assert "fay: unreadable: " in out


def test_as_markdown(class_report):
    out = class_report("--format", "markdown")
    assert "> - C3.parameters: 3 of 4 who answered have 2,400" in out
    assert "| C1.output | 80 % | 4 | 0 | 1 | 0 | 0 |" in out
    assert "| `par.no_bias` | 3 students | " in out


def test_as_json(class_report, capsys):
    found = json.loads(class_report("--format", "json"))
    run(["schema", "class"])
    jsonschema.validate(found, json.loads(capsys.readouterr().out))
    assert found["mistakes"][0]["names"] == ["bob", "cas", "dee"] and found["median"] == pytest.approx(1 / 3, abs=1e-6)


class Page(HTMLParser):
    """The tags of a page, with what they load."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.loaded, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loaded += [value for name, value in attrs if name in ("src", "href", "srcset", "action", "data", "poster")]


def test_the_page_stands_by_itself(class_report):
    out = class_report("--format", "html")
    page = Page(out)
    assert page.tags.count("svg") == 3 and "script" not in page.tags and "b" not in page.tags
    assert not page.loaded and "url(" not in out and "@import" not in out
    assert "default-src &#x27;none&#x27;" in out or "default-src 'none'" in out
    assert "&lt;Homework&gt; &amp; 3" in out


def test_the_page_opens_in_a_browser(class_report, tmp_path):
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("chromium is not installed: the class report was opened in no browser")
    page = tmp_path / "class.html"
    page.write_text(class_report("--format", "html"))
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    done = subprocess.run(
        [chromium, *options, "--enable-logging=stderr", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "C3.parameters" in done.stdout and done.stdout.count("<rect") == 10 + 2 + 3
    assert not [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    shot = tmp_path / "class.png"
    subprocess.run(
        [chromium, *options, f"--screenshot={shot}", "--window-size=1000,1200", page.as_uri()],
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert shot.stat().st_size > 10_000
