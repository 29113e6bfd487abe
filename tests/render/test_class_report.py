"""The report on a class: shares, mistakes with names, an alarm where the class doubts the key; as a page in a browser too."""

import json
import re
from fractions import Fraction
from html.parser import HTMLParser

import jsonschema
import pytest
from browser import measured, opened

from convcalc.cli import run
from convcalc.handin.classroom import Classroom, Tally, tally
from convcalc.marking.verdict import Diagnosis, KeyQuestion, MarkedSubmission, Verdict
from convcalc.render import web_page
from convcalc.render.marks import MarkingRun
from convcalc.render.marks.classes import class_report as class_report_pieces
from convcalc.render.marks.web import LOOKS

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
    return [standing for standing in room(*tallies).standings() if standing.contradicts_key]


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
    assert page.tags.count("svg") == 3 and page.tags.count("script") == 1 and "b" not in page.tags
    assert {link[0] for link in page.loaded} == {"#"} and "url(" not in out and "@import" not in out
    assert "default-src &#x27;none&#x27;" in out or "default-src 'none'" in out
    assert "&lt;Homework&gt; &amp; 3" in out


def test_a_browser_has_nothing_to_complain_of(class_report, tmp_path):
    dom, complaints = opened(tmp_path, class_report("--format", "html"))
    assert "C3.<wbr>parameters" in dom and dom.count("<rect") == 10 + 2 + 3
    assert not complaints and dom.count("<button>") == 3 + 2  # the one script that the policy lets run


# Looked at

WIDTHS = {
    "overflow": "document.documentElement.scrollWidth - innerWidth",
    "bars": """[...document.querySelectorAll(".bar")].map(bar => [...bar.children].map(
        part => part.getBoundingClientRect().width / bar.getBoundingClientRect().width))""",
    "widest": """Math.max(...[...document.querySelectorAll("main *:not(.scroll *)")].map(
        one => one.getBoundingClientRect().right)) - innerWidth""",
}
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 5


@pytest.mark.parametrize("width", [500, 1000, 1600])
def test_nothing_overflows_and_bars_are_as_wide_as_their_counts(tmp_path, width):
    many = [KeyQuestion(f"stage{place}.{'deep' * 12}.parameters", "", "parameters", expected=1) for place in range(40)]
    verdicts = [Verdict(each, "2", 2, "wrong", 0) for each in many]
    people = [MarkedSubmission(f"{LONG}{number}", "", tuple(verdicts), 0, 40) for number in range(3)]
    people.append(MarkedSubmission("right", "", tuple(each._replace(state="correct") for each in verdicts), 40, 40))
    widths = ", ".join(f"{name}: {expression}" for name, expression in WIDTHS.items())
    found = measured(tmp_path, page_of(people, many), f"{{{widths}}}", width=width)
    assert found["overflow"] <= 0 and found["widest"] <= 0
    assert len(found["bars"]) == 40
    for right, wrong in found["bars"]:
        assert right == pytest.approx(0.25, abs=0.02) and wrong == pytest.approx(0.75, abs=0.02)


def page_of(people, questions=(SIZE, COUNT), pages=False):
    made = Classroom(questions)
    for one in people:
        made.add(tally(one)._replace(page=f"{one.student}.html" if pages else ""))
    run = MarkingRun("Homework 3", "0123456789ab", tuple(questions), 3)
    return "".join(class_report_pieces("html", made, run))


def test_the_matrix_is_sorted_by_a_click(tmp_path):
    people = [marked("bob", (6, 28, 28), 2416), marked("ada10", (6, 27, 27), 2416), marked("ada9", (6, 27, 27), 1)]
    click = """(name => [1, 2].map(() => { [...document.querySelectorAll(".matrix button")].find(
        one => one.textContent == name).click();
        return [...document.querySelectorAll(".matrix tbody th")].map(one => one.textContent) }))"""
    found = measured(tmp_path, page_of(people), f"[{click}('Student'), {click}('%')]")
    assert found[0] == [["ada9", "ada10", "bob"], ["bob", "ada10", "ada9"]]
    assert found[1] == [["ada9", "ada10", "bob"], ["bob", "ada10", "ada9"]]


def luminance(colour):
    digits = "".join(char * 2 for char in colour) if len(colour) == 3 else colour
    parts = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """As WCAG 2 has it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(theme):
    light, dark = web_page.STYLE.split("@media (prefers-color-scheme: dark)")
    colours = dict(re.findall(r"--([\w-]+): #(\w+);", light if theme == "light" else dark))
    pairs = [(ink, "paper") for ink in ("ink", "soft", "link", "failed")]
    pairs += [(f"{look.style}-ink", look.style) for look in LOOKS.values()]
    assert {(ink, ground): round(contrast(colours[ink], colours[ground]), 1) for ink, ground in pairs
            if contrast(colours[ink], colours[ground]) < 4.5} == {}  # fmt: skip


def test_that_test_knows_black_from_white():
    assert round(contrast("000", "ffffff")) == 21 and contrast("777777", "fff") < 4.5


def test_a_row_leads_to_its_page_and_says_its_states():
    page = page_of([marked("Ada & Bob", (6, 28, 28), 2400)], pages=True)
    assert '<a href="Ada%20%26%20Bob.html"><bdi>Ada &amp; Bob</bdi></a>' in page
    assert '<td class=c>✓<td class=w title="2400: par.no_bias">✗' in page


def alike_class():
    """Eleven who are right, and two who share what nothing explains."""
    questions = [KeyQuestion(ask, *ask.split("."), expected=1) for ask in ("C1.macs", "C1.parameters", "C3.macs")]
    made = Classroom(questions)
    for number in range(13):
        verdicts = [Verdict(each, "7", 7, "wrong", 0) if number in (4, 9) else Verdict(each, "1", 1, "correct", 1)
                    for each in questions]  # fmt: skip
        made.add(tally(MarkedSubmission(f"s_{number}", "", tuple(verdicts), 0, 3))._replace(page=f"{number}.html"))
    return made


ALIKE_IN = {
    "text": "Similar hand-ins\n  s_4, s_9: the same in C1.macs, C1.parameters, C3.macs\n  Noted, and no more than that: ",
    "markdown": "## Similar hand-ins\n\nNoted, and no more than that: ",
    "html": '<li><a href="4.html"><bdi>s_4</bdi></a>, <a href="9.html"><bdi>s_9</bdi></a>: the same in C1.macs, ',
    "json": '"similar": [{"students": ["s_4", "s_9"], "words": "the same in C1.macs, C1.parameters, C3.macs"}]',
}


@pytest.mark.parametrize("form", ALIKE_IN)
def test_similar_hand_ins_are_noted_with_the_rule(form):
    out = "".join(class_report_pieces(form, alike_class(), MarkingRun("", "", (), 3)))
    assert ALIKE_IN[form] in out
    assert form == "json" or "a reason to ask, and no proof." in " ".join(out.split())


def test_names_with_commas_are_told_apart():
    page = page_of([marked(name, (6, 28, 28), 2400) for name in ("Archer, Ada", "Brook, Ben")])
    assert "<bdi>Archer, Ada</bdi>; <bdi>Brook, Ben</bdi>" in page


def test_signs_differ_as_colours_do():
    assert len({look.sign for look in LOOKS.values()}) == len(LOOKS) == len({look.fill for look in LOOKS.values()})


def test_every_heading_has_its_scope_and_every_table_its_caption(class_report):
    out = class_report("--format", "html")
    assert not re.findall(r"<th(?=[ >])(?! scope)", out)
    assert out.count("<table") == out.count("<caption>") == 3


@pytest.mark.parametrize("people", [[], [marked("ada", (6, 28, 28), 2416)]], ids=["nobody", "one"])
def test_a_class_may_be_small(people, tmp_path):
    page = page_of(people)
    assert "median" in page if people else "median" not in page
    assert ("Students and questions" in page, "0 %" in page) == (bool(people), bool(people))
    made = Classroom((SIZE, COUNT))
    for one in people:
        made.add(tally(one))
    text = "".join(class_report_pieces("text", made, MarkingRun("", "", (), 3)))
    assert ("C1.output" in text, "90 to 100 %" in text) == (bool(people), bool(people))


def test_five_hundred_students_and_forty_questions_are_less_than_a_megabyte():
    questions = [KeyQuestion(f"stage{place}.conv1.parameters", "", "parameters", expected=1) for place in range(40)]
    people = []
    for number in range(500):
        verdicts = [
            Verdict(
                each,
                str(number),
                10**6 + number,
                "wrong" if (place + number) % 5 == 0 else "correct",
                1,
                diagnoses=NO_BIAS,
            )
            for place, each in enumerate(questions)
        ]
        people.append(MarkedSubmission(f"Firstname Lastname the {number}th", "", tuple(verdicts), 32, 40))
    assert len(page_of(people, questions, pages=True).encode()) < 1_000_000


def test_questions_of_personal_keys_are_those_of_the_same_name():
    made = Classroom(is_personal=True)
    for number in range(4):
        one = KeyQuestion("C1.parameters", "C1", "parameters", expected=100 + number)
        other = KeyQuestion(f"C{2 + number % 2}.output", "", "output", expected=number)
        wrong = Verdict(one, "", number, "wrong", 0, diagnoses=NO_BIAS)
        right = Verdict(other, "", number, "correct", 1)
        made.add(tally(MarkedSubmission(f"s{number}", "", (wrong, right), 1, 2)))
    assert [standing.question.ask for standing in made.standings()] == ["C1.parameters", "C2.output", "C3.output"]
    page = "".join(class_report_pieces("html", made, MarkingRun("", "", (), 2)))
    assert "C1.parameters: 4 of 4 who answered make the same mistake (par.no_bias)" in page
    assert "what is empty was not asked" in page and "<td class=c>✓<td>\n" in page
