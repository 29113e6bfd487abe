"""Quizzes for learning platforms: what each format says is read back, and marked by the key of the same exercise."""

import io
import re
import subprocess
import sys
import zipfile
from fractions import Fraction

import pytest
from places import ROOT
from platform_readers import READERS, words_of

from convcalc.exercises.arrays import array_exercise
from convcalc.exercises.exercise import LEVELS, exercise, exercise_on
from convcalc.exercises.multiple_choice import with_choices
from convcalc.exercises.random_networks import TOPICS
from convcalc.marking.answers import Answers
from convcalc.marking.assignment import read_key
from convcalc.marking.key import network_item
from convcalc.marking.mark import mark
from convcalc.problem import Source
from convcalc.render.exercises import BINARY, PLATFORMS, platform_file
from convcalc.render.exercises.canvas import canvas
from convcalc.render.exercises.gift import gift
from convcalc.render.exercises.key import handout_of, handout_of_assignment
from convcalc.render.exercises.lms import lms_quiz
from convcalc.render.exercises.moodle import moodle
from convcalc.render.exercises.qti import qti
from convcalc.render.exercises.sheet import SheetOptions
from convcalc.render.exercises.wordings import WORDINGS

PLAIN = SheetOptions()
WRITERS = {"moodle": moodle, "gift": gift, "qti": qti, "canvas": canvas}
CODES = re.compile(r" \(([\w. +]+)\)$")


def written(form, handout, options=PLAIN):
    pieces = list(platform_file(form, handout, options))
    return b"".join(pieces) if form in BINARY else "".join(pieces)


def read(form, handout, options=PLAIN):
    return READERS[form](written(form, handout, options))


def verdict(key, item, text):
    """What `convcalc check` says of an answer by itself."""
    ask = item.question.ask
    [found] = [each for each in mark(key, Answers("", {ask: text})).verdicts if each.question.ask == ask]
    return found


def codes_in(said):
    """The codes at the end of a feedback."""
    found = CODES.search(said)
    return tuple(found[1].split(" + ")) if found else ()


def check_choices(asked, item, key):
    rights = [is_right for is_right, _ in asked.choices.values()]
    assert rights.count(True) == 1 and len(rights) == len(item.question.choices)
    for shown, (is_right, said) in asked.choices.items():
        found = verdict(key, item, shown)
        assert found.state == ("correct" if is_right else "wrong"), (item.question.ask, shown)
        assert said == "Right." if is_right else codes_in(said) == found.diagnoses[0].codes


def check_blanks(blanks, item, key):
    """The numbers of an answer: together they are right, and each wrong one is what marking says of that side."""
    assert all(len(blank.right) == 1 and blank.tolerances == {"0"} for blank in blanks)
    assert verdict(key, item, "x".join(blank.right[0] for blank in blanks)).state == "correct", item.question.ask
    names = ("channels", "height", "width") if item.form == "shape" else ("height", "width")
    for name, blank in zip(names, blanks, strict=False):
        side, single = item, key
        if len(blanks) > 1:
            side = network_item(item.network, f"{item.question.ask}.{name}", {})
            single = key._replace(asked=(side,), memo={})
        assert verdict(single, side, blank.right[0]).state == "correct"
        for number, said in blank.wrong.items():
            found = verdict(single, side, number)
            assert found.state == "wrong" and codes_in(said) == found.diagnoses[0].codes


def grouped(form, quiz, key):
    """The questions of the key with what a platform asks of each; GIFT asks number by number."""
    questions = list(quiz.questions)
    for item in key.asked:
        count = len(item.right) if form == "gift" and isinstance(item.right, tuple) else 1
        taken, questions = (
            questions[: 1 if item.question.choices else count],
            questions[count:] if not (item.question.choices) else questions[1:],
        )
        yield item, taken
    assert not questions


def check_quiz(form, handout, quiz=None):
    quiz, key = quiz or read(form, handout), handout.key
    idents = [each.ident for each in quiz.questions]
    assert len({each.title for each in quiz.questions}) == len(idents)
    assert form == "gift" or len({*idents}) == len(idents)
    for item, asked in grouped(form, quiz, key):
        assert all(item.question.layer in each.text for each in asked if item.question.layer != "total")
        if item.question.choices:
            check_choices(asked[0], item, key)
        else:
            check_blanks([blank for each in asked for blank in each.blanks], item, key)
    return quiz


def what_is_asked(quiz):
    """What all formats have: choices and blanks with what is said of them."""
    return (
        quiz.title,
        [each.choices for each in quiz.questions if each.choices],
        [(blank.right, blank.wrong) for each in quiz.questions for blank in each.blanks],
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.seeds(1, 4)
def test_what_a_platform_counts_is_what_check_counts(topic, level, seed):
    made = exercise(topic, level, str(seed))
    for handout in (handout_of(made), handout_of(with_choices(made, 2 + seed % 5))):
        quiz = lms_quiz(handout, PLAIN)
        found = {}
        for form, write in WRITERS.items():
            pieces = list(write(quiz))
            found[form] = READERS[form](b"".join(pieces) if form in BINARY else "".join(pieces))
            assert what_is_asked(found[form]) == what_is_asked(found["moodle"]), form
        check_quiz("gift", handout, found["gift"])
        for form in BINARY:
            assert [(each.ident, each.title) for each in found[form].questions] == [
                (each.ident, each.title) for each in found["moodle"].questions
            ]


def test_a_name_is_of_one_question_and_stays():
    """A platform that imports a name again overwrites what it has under it."""
    made = exercise("sizes", 1, "1")
    drawn = [made, exercise("sizes", 1, "2"), exercise("sizes", 2, "1"), *(with_choices(made, n) for n in (3, 4))]
    names = [each.ident for one in drawn for each in read("qti", handout_of(one)).questions]
    assert len({*names}) == len(names)
    later = handout_of(made)._replace(stamp="another version, seed 1")
    assert [each.ident for each in read("qti", later).questions] == names[: len(made.asks)]


def test_points_keep_their_proportions():
    """Moodle has whole marks for each blank of a shape, so that a number is worth three marks beside it."""
    handout = handout_of(exercise("parameters", 1, "1"))
    assert {each.points for each in read("moodle", handout).questions} == {3}
    assert {each.points for form in BINARY for each in read(form, handout).questions} == {1}
    only = handout_of(exercise("receptive-field", 1, "1"))
    assert {each.points for each in read("moodle", only).questions} == {1}


@pytest.mark.parametrize("form", PLATFORMS)
@pytest.mark.parametrize("wording", WORDINGS)
def test_every_wording_is_a_question_by_itself(form, wording):
    handout = handout_of(exercise("sizes", 1, "1"))
    quiz = read(form, handout, SheetOptions(wording))
    lines = {"shorthand": "conv 16", "words": "16 filters", "pytorch": "nn.Conv2d(", "keras": "layers.Conv2D("}
    for each in quiz.questions:
        assert lines.get(wording, "conv 16") in each.text and "output size of l" in each.text.lower()


# Hostile names

HOSTILE = [
    ("markup", "<script>alert(1)</script>"),
    ("the end of CDATA", "]]> <![CDATA[ ]]>"),
    ("quotes", "\"double\" 'single' &quot; &amp;"),
    ("signs of GIFT", "~wrong =right #said {#1} :: \\n \\= // $CATEGORY: x %50%"),
    ("a cloze question", "{1:NUMERICAL:=3#yes~4#no} {#1}"),
    ("slashes", "/a//b/ ///c"),
    ("emoji", "Zoë 😀 \u202e 李"),
    ("control characters", "a\x00b\x07c\x1bd\x85"),
    ("lines", "a\nb\r\nc\n\n::x::{}"),
    ("surrogates", "\ud83d \udcff"),
    ("no characters", "\ufffe\uffff"),
]


@pytest.mark.parametrize("form", PLATFORMS)
@pytest.mark.parametrize("name", [case[1] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_names_are_text(convcalc, form, name, tmp_path):
    made = exercise("sizes", 1, "1")
    handout = handout_of(made)._replace(student=name, stamp=f"convcalc, seed {name}")
    plain, quiz = read(form, handout_of(made)), read(form, handout)
    assert [each._replace(ident="") for each in quiz.questions] == [each._replace(ident="") for each in plain.questions]
    assert quiz.title.startswith("Sizes, level 1 for ")
    if name.isprintable() and "/" not in name:
        assert " ".join(quiz.title.split()) == " ".join(f"Sizes, level 1 for {name}".split())


LAYERS = [name for _, name in HOSTILE if name.isprintable()]


@pytest.mark.parametrize("form", PLATFORMS)
@pytest.mark.parametrize("choices", [0, 3])
@pytest.mark.parametrize("name", LAYERS)
def test_names_of_layers_are_text_too(convcalc, form, name, choices):
    quoted = "'" + name.replace("'", "''") + "'"
    net = f"name: {quoted}\ninput: 3x32x32\nlayers:\n- {quoted}: conv 4 k3 p1\n- conv 8 k5 s2\n"
    made = exercise_on(Source("net", net), 1, "1", count=99)
    quiz = check_quiz(form, handout_of(with_choices(made, choices) if choices else made))
    assert all(" ".join(name.split()) in each.text for each in quiz.questions)


# What an author asks

OWN = """assignment: Homework / 1
questions:
- {name: Q1, ask: output, layer: conv 10 k5 p2, input: 3x32x32, points: 2}
- {name: Q2, ask: padding, layer: conv 64 k7 s2 p?, input: 3x224x224, output: 64x112x112}
- {name: Q3, ask: conv.parameters, form: symbolic}
- {name: Q4, ask: speed, answer: 1000, tolerance: 5%, text: "How many per second?"}
- {name: Q5, apply: conv 1 k2, input: "1 2 3; 4 5 6; 7 8 9", weights: "1 0; 0 1", points: 4}
- {name: Q6, apply: avgpool 3, input: "1 2 3; 4 5 6; 7 8 10"}
- {name: Q7, ask: parameters, layer: conv 10 k5 p2, input: 3x32x32, choices: [760, 750, 260], points: 1/2}
- {name: Q8, ask: linear.parameters, form: symbolic, choices: ["(c + 1)*f", "c*f"]}
"""


@pytest.mark.parametrize("form", PLATFORMS)
def test_the_tolerance_of_a_key_is_that_of_the_platform(form):
    """And what lies within it is no wrong answer: 2,400 without biases."""
    text = "assignment: a\nspec: lenet5\nquestions: [{ask: C3.parameters, tolerance: 1%}]"
    [blank] = read(form, handout_of_assignment(read_key(Source("key", text)))).questions[0].blanks
    assert blank.right == ("2416",) and "24.16" in blank.tolerances and "2400" not in blank.wrong


@pytest.mark.parametrize("form", PLATFORMS)
def test_a_tolerance_is_a_decimal_and_no_matter_of_shapes(form):
    asked = "[{ask: F6.output, tolerance: 5%}, {ask: C3.macs, tolerance: 1/7}]"
    key = read_key(Source("key", f"assignment: a\nspec: lenet5\nquestions: {asked}"))
    shape, count = read(form, handout_of_assignment(key)).questions
    assert shape.blanks[0].right == ("84",) and shape.blanks[0].tolerances == {"0"}
    assert count.blanks[0].right == ("240000",) and "34285.7143" in count.blanks[0].tolerances


@pytest.mark.parametrize("form", PLATFORMS)
def test_an_assignment_of_ones_own_is_a_quiz_too(form):
    quiz = read(form, handout_of_assignment(read_key(Source("key", OWN))))
    found = {}
    for each in quiz.questions:
        found.setdefault(each.title[:2], []).append(each)
    rights = {number: [blank.right for each in asked for blank in each.blanks] for number, asked in found.items()}
    assert rights["01"] == [("10",), ("32",), ("32",)]
    assert rights["02"] == [("3",)] and rights["03"] == []  # a formula is marked by hand
    assert rights["04"] == [("1000",)] and found["04"][0].blanks[0].tolerances == {"50"}
    assert rights["05"] == [("6",), ("8",), ("12",), ("14",)]
    assert rights["06"] == [("5.1111",)] and found["06"][0].blanks[0].tolerances == {"0.0001"}
    [choice], [formula] = found["07"], found["08"]
    assert [is_right for is_right, _ in choice.choices.values()] == [True, False, False]
    assert choice.choices["750"][1].endswith("(par.no_bias)")
    assert formula.choices["(c + 1)*f"][0] and not formula.choices["c*f"][0]
    assert quiz.title == "Homework / 1"
    if form != "gift":
        points = [each.points for each in quiz.questions]
        assert [Fraction(point, points[1]) for point in points] == [2, 1, 1, 1, 4, 1, Fraction(1, 2), 1]


PARTIAL = """spec: lenet5
questions:
- {ask: C3.parameters, points: 2, partial: {par.no_bias: 1, par.no_cin: 2/3}}
- {ask: C1.parameters, points: 3, partial: {par.no_bias: 1}, choices: [150, 156, 151]}
"""


@pytest.mark.parametrize("form", ["moodle", "gift", "qti"])
def test_a_mistake_has_the_points_that_the_key_gives_it(form):
    handout = handout_of_assignment(read_key(Source("key", PARTIAL)))
    number, choice = read(form, handout).questions
    shares = {text: round(share, 5) for text, share in (*number.partial.items(), *choice.partial.items())}
    assert shares == {"2400": Fraction(1, 2), "416": round(Fraction(1, 3), 5), "150": round(Fraction(1, 3), 5)}
    assert choice.choices["156"][0] and not choice.choices["150"][0]


def test_shares_that_moodle_does_not_have_are_refused(convcalc, tmp_path):
    text = PARTIAL.replace("points: 2, partial: {par.no_bias: 1,", "points: 7, partial: {par.no_bias: 3,")
    (tmp_path / "key.yaml").write_text(text)
    code, out, err = convcalc("quiz", tmp_path / "key.yaml", "--format", "moodle", "-o", tmp_path / "out")
    assert code == 3 and not out and "Moodle gives no 3/7 of the points, which 2400 has" in err
    assert not any((tmp_path / "out").glob("*"))
    assert convcalc("quiz", tmp_path / "key.yaml", "--format", "qti", "-o", tmp_path / "out")[0] == 0


@pytest.mark.parametrize("form", PLATFORMS)
@pytest.mark.parametrize("level", LEVELS)
def test_arrays_are_asked_number_by_number(form, level):
    handout = handout_of(array_exercise(level, "1"))
    key = handout.key
    quiz = read(form, handout)
    blanks = [blank for each in quiz.questions for blank in each.blanks]
    for item in key.asked:
        count = len(item.right.numbers)
        mine, blanks = blanks[:count], blanks[count:]
        rows = mine
        numbers = [blank.right[0] for blank in rows]
        assert verdict(key, item, nested(numbers, item.right.shape)).state == "correct"
        for place, blank in enumerate(mine):
            for wrong, said in blank.wrong.items():
                changed = [*numbers[:place], wrong, *numbers[place + 1 :]]
                found = verdict(key, item, nested(changed, item.right.shape))
                assert found.state == "wrong" and codes_in(said)[0].startswith("arr.")
    assert not blanks


def nested(numbers, shape):
    """Numbers as lists in lists."""
    if len(shape) == 1:
        return f"[{', '.join(numbers)}]"
    size = len(numbers) // shape[0]
    return f"[{', '.join(nested(numbers[n * size : (n + 1) * size], shape[1:]) for n in range(shape[0]))}]"


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "resnet18", "unet", "vit", "gpt2", "keras_mobilenet", "capsnet"])
def test_bundled_networks_are_quizzes(convcalc, name, tmp_path):
    for form, file in PLATFORMS.items():
        code, _, err = convcalc("quiz", name, "--format", form, "-o", tmp_path)
        assert code == 0, err
        data = (tmp_path / file).read_bytes()
        assert READERS[form](data if form in BINARY else data.decode()).questions


# Files


@pytest.mark.parametrize("form", sorted(BINARY))
def test_a_package_has_the_same_bytes_always(form, tmp_path):
    line = ["quiz", "--topic", "everything", "--format", form, "--choices", "3"]
    outputs = {
        subprocess.run(
            [sys.executable, "-m", "convcalc", *line], capture_output=True, check=True, cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }  # fmt: skip
    [data] = outputs
    infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}
    assert not any(info.filename.startswith("/") or ".." in info.filename for info in infos)


@pytest.mark.parametrize(("form", "ending"), [("moodle", "xml"), ("gift", "txt"), ("qti", "zip"), ("canvas", "zip")])
def test_every_student_has_a_file(convcalc, form, ending, tmp_path):
    students = ["--student", "Ada Lovelace", "--student", "../Bob"]
    code, _, err = convcalc("quiz", "--topic", "sizes", *students, "--format", form, "-o", tmp_path)
    assert code == 0 and "wrote 2 files into" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"Ada Lovelace.{ending}", f"_Bob.{ending}"]
    data = {path.stem: path.read_bytes() for path in tmp_path.iterdir()}
    quizzes = {name: READERS[form](one if form in BINARY else one.decode()) for name, one in data.items()}
    assert quizzes["Ada Lovelace"].title == "Sizes, level 1 for Ada Lovelace"
    assert quizzes["_Bob"].title == "Sizes, level 1 for ../Bob"
    one, other = quizzes.values()
    assert not {each.ident for each in one.questions if each.ident} & {each.ident for each in other.questions}
    assert one.questions[0].text != other.questions[0].text


def test_a_package_is_not_written_to_a_terminal(convcalc, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    code, out, err = convcalc("quiz", "--topic", "sizes", "--format", "qti")
    assert code == 2 and not out and "-o DIR" in err


def test_the_file_of_one_quiz_says_what_it_is(convcalc, tmp_path):
    code, _, err = convcalc("quiz", "--topic", "sizes", "--format", "moodle", "-o", tmp_path)
    assert code == 0 and "wrote 1 file into" in err and [path.name for path in tmp_path.iterdir()] == ["quiz.xml"]
    assert convcalc("quiz", "--topic", "sizes", "--format", "moodle")[1] == (tmp_path / "quiz.xml").read_text()


def test_papers_do_not_load_the_platforms():
    script = (
        "import sys; from convcalc.cli import run; run(['quiz', '--topic', 'sizes']);"
        "print([name for name in sys.modules if 'exercises.lms' in name or 'multiple_choice' in name])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.endswith("[]\n")


def test_the_reader_sees_what_is_wrong():
    """A tolerance, a second right answer or a missing feedback would not pass."""
    handout = handout_of(exercise("parameters", 1, "1"))
    text = written("moodle", handout)
    assert words_of("a<b>b</b>") == "ab"
    number = re.search(r'<answer fraction="0"><text>(\d+)</text>', text)
    changed = text.replace(number[0], number[0].replace('"0"', '"100"'), 1)
    [asked] = [each for each in READERS["moodle"](changed).questions if any(len(b.right) > 1 for b in each.blanks)]
    assert number[1] in asked.blanks[0].right
