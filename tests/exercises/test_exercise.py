"""`convcalc quiz`: the same seed gives the same exercise, no common mistake hides in its numbers, its key marks it."""

import json
import subprocess
import sys

import pytest
from places import ROOT

from convcalc.exercises import random_networks
from convcalc.exercises.exercise import LEVELS, exercise, exercise_on, unseen_mistakes
from convcalc.exercises.random_networks import TOPICS
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.reference_network import ReferenceNetwork
from convcalc.marking.situation import right_situation
from convcalc.marking.wrong_values import absorbed_mistakes as absorbed
from convcalc.network.load import summarise_text
from convcalc.problem import Problem, Source
from convcalc.render.exercises import FORMATS
from convcalc.render.exercises.key import handout_of
from convcalc.render.exercises.sheet import SheetOptions


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.seeds(1, 5)
def test_no_common_mistake_is_invisible(topic, level, seed):
    made = exercise(topic, level, str(seed))
    assert made.asks and not made.report.errors
    assert not unseen_mistakes(made.report, made.asks, level, TOPICS[topic].beside)
    here = ReferenceNetwork(made.report)
    for ask in made.asks:
        if ask.layer in here.index:
            assert not absorbed(right_situation(here, here.index[ask.layer]), ask.quantity, level), ask


def wrong_size(layer, formula):
    """A size by a formula of one's own, written here once more so that the quiz is not its own judge."""
    values = layer.applied.values
    n, k, s = layer.applied.input[0][1], values["kernel"][0], values["stride"][0]
    p = values["padding"][0][0]
    return eval(formula, {"n": n, "k": k, "s": s, "p": p})


@pytest.mark.seeds(3, 10)
def test_that_is_so_by_hand_too(seed):
    made = exercise("sizes", 2, str(seed))
    for layer in made.report.layers:
        right = layer.applied.output[1]
        values = layer.applied.values
        assert wrong_size(layer, "(n + 2*p - k)//s + 1") == right
        assert wrong_size(layer, "(n + 2*p - k)//s") != right
        if values["padding"][0][0]:
            assert wrong_size(layer, "(n + p - k)//s + 1") != right
        if values["stride"][0] > 1:
            assert wrong_size(layer, "(n + 2*p - k)/s + 1") != right


def test_one_seed_a_student_gives_each_their_own():
    def spec(seed, student):
        return exercise("sizes", 2, seed, student).spec

    assert spec("1", "ada") == spec("1", "ada")
    assert len({spec(seed, student) for seed in "12" for student in ("ada", "bob", "cas")}) == 6


def test_the_numbers_do_not_depend_on_the_run(convcalc):
    line = ["quiz", "--topic", "everything", "--level", "1", "--seed", "spring", "--format", "key"]
    outputs = {
        subprocess.run(
            [sys.executable, "-m", "convcalc", *line], capture_output=True, text=True, check=True,
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert outputs == {convcalc(*line)[1]}


def answers(made):
    """The right answers, as the summary has them."""
    report = json.loads(made)
    found = {}
    for layer in report["layers"]:
        field = layer["receptive_field"]
        found[layer["name"]] = {
            "output": "x".join(map(str, layer["output"])),
            "parameters": layer["parameters"],
            "macs": layer["macs"],
            "receptive_field": "x".join(map(str, field["size"])) if len(set(field["size"])) > 1 else field["size"][0],
        }
    found["total"] = {"parameters": report["totals"]["parameters"]}
    return found


@pytest.mark.parametrize("topic", TOPICS)
def test_the_key_marks_what_the_template_asks(convcalc, topic, tmp_path):
    assert convcalc("quiz", "--topic", topic, "--level", 3, "--output", tmp_path)[0] == 0
    spec = exercise(topic, 3, "1").spec
    (tmp_path / "net.yaml").write_text(spec)
    right = answers(convcalc("summary", tmp_path / "net.yaml", "--json")[1])
    lines, layer = [], ""
    for line in (tmp_path / "answers.yaml").read_text().splitlines():
        key = line.strip().rstrip(":")
        if line.startswith("    "):
            line = f"{line} {right[layer][key]}"
        elif line.startswith("  "):
            layer = key
        lines.append(line)
    (tmp_path / "mine.yaml").write_text("\n".join(lines))
    code, out, err = convcalc("check", tmp_path / "key.yaml", tmp_path / "mine.yaml")
    assert code == 0, out + err
    assert "(100 %)" in out
    code, out, _ = convcalc("check", tmp_path / "key.yaml", tmp_path / "answers.yaml")
    assert code == 1 and "there is no answer in it" in out


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "vgg11", "dcgan"])
def test_a_network_can_be_asked_about(convcalc, name, tmp_path):
    code, out, _ = convcalc("quiz", name, "--level", 2, "--format", "key")
    (tmp_path / "key.yaml").write_text(out)
    (tmp_path / "a.yaml").write_text("answers: {total: {parameters: 1}}")
    assert code == 0 and convcalc("check", tmp_path / "key.yaml", tmp_path / "a.yaml")[0] == 1


def test_questions_on_a_network_hide_nothing():
    made = exercise_on(Source("net", "input: 1x32x32\nlayers: [C1: conv 6 k5 p2, conv 8 k3]\n"), 1, "1", count=99)
    asks = [ask.ask for ask in made.asks]
    assert "C1.parameters" not in asks  # with one input channel it does not matter whether they are counted
    assert "conv1.parameters" in asks
    with pytest.raises(Problem):
        exercise_on(Source("net", "input: 3x4x4\nlayers: [relu]\n"), 1, "1")


def test_every_student_of_a_roster_gets_a_folder(convcalc, tmp_path):
    (tmp_path / "roster.csv").write_text("name,email\nAda Lovelace,a@x\n../Bob,b@x\n")
    assert (
        convcalc("quiz", "--topic", "sizes", "--students", tmp_path / "roster.csv", "--output", tmp_path / "out")[0]
        == 0
    )
    found = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*"))
    assert found == [
        "Ada Lovelace/answers.yaml", "Ada Lovelace/sheet.md", "Ada Lovelace/sheet.tex",
        "_Bob/answers.yaml", "_Bob/sheet.md", "_Bob/sheet.tex", "keys/Ada Lovelace.yaml", "keys/_Bob.yaml",
        "solutions/Ada Lovelace.md", "solutions/Ada Lovelace.tex", "solutions/_Bob.md", "solutions/_Bob.tex",
    ]  # fmt: skip
    assert (tmp_path / "out/keys/_Bob.yaml").read_text() != (tmp_path / "out/keys/Ada Lovelace.yaml").read_text()


ALIKE = [
    ("signs that no file has", ["a/b", "a:b", "a?b"]),
    ("capitals", ["ada", "Ada", "ADA"]),
    ("the folders of keys and solutions", ["keys", "Keys", "solutions", "ada"]),
    ("the files themselves", ["sheet.md", "answers.yaml", "key.yaml"]),
    ("bytes that are no text", ["\udcff", "\udcfe"]),
    ("a language of wide letters", ["\U00020000" * 90, "\U00020000" * 91]),
]


@pytest.mark.parametrize("names", [case[1] for case in ALIKE], ids=[case[0] for case in ALIKE])
def test_no_student_gets_the_folder_of_another(convcalc, names, tmp_path):
    students = [word for name in (*names, names[0]) for word in ("--student", name)]
    assert convcalc("quiz", "--topic", "sizes", *students, "--output", tmp_path / "out")[:2] == (0, "")
    sheets = [path.read_text() for path in (tmp_path / "out").rglob("sheet.md") if path.is_file()]
    keys = [path.read_text().partition("spec:")[2] for path in (tmp_path / "out" / "keys").iterdir()]
    assert len(sheets) == len(names) == len(keys) == len(set(keys))
    assert not any(path.stem in ("sheet", "answers") for path in (tmp_path / "out" / "keys").iterdir())


def test_two_of_one_name_in_a_roster_get_exercises_of_their_own(convcalc, tmp_path):
    (tmp_path / "roster.csv").write_text("name,email\nAda,a@x\nBob,b@x\nAda,c@x\nAda,a@x\n")
    arguments = ["--students", tmp_path / "roster.csv", "--output", tmp_path / "out"]
    assert convcalc("quiz", "--topic", "sizes", *arguments)[0] == 0
    assert sorted(path.name for path in (tmp_path / "out" / "keys").iterdir()) == [
        "Ada _a@x_.yaml", "Ada _c@x_.yaml", "Bob.yaml",
    ]  # fmt: skip


def test_a_roster_without_anybody_is_said_to_be_one(convcalc, tmp_path):
    (tmp_path / "roster.csv").write_text("name,email\n")
    code, _, err = convcalc("quiz", "--topic", "sizes", "--students", tmp_path / "roster.csv", "-o", tmp_path / "out")
    assert code == 3 and "nobody" in err and not (tmp_path / "out").exists()


STRANGE = {
    "a document's beginning": "---\n# a comment\ninput: 3x32x32\nlayers: [conv 4 k3 p1, conv 8 k5 s2]\n",
    "a line break in the name": 'name: "a\\nb: c"\ninput: 3x32x32\nlayers:\n- conv 4 k3 p1\n- conv 8 k5 s2\n',
    "in one line": "3x32x32 -> conv 4 k3 p1 -> conv 8 k5 s2",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_what_is_written_can_be_read_whatever_the_spec_looks_like(convcalc, text, tmp_path):
    (tmp_path / "net.yaml").write_text(text)
    for form in ("key", "yaml"):
        code, out, _ = convcalc(
            "quiz", tmp_path / "net.yaml", "--format", form, "--student", "a\nb: c", "--questions", "99"
        )
        assert code == 0
        (tmp_path / f"{form}.yaml").write_text(out)
    answers = (tmp_path / "yaml.yaml").read_text().replace("output:", "output: 8x14x14")
    (tmp_path / "yaml.yaml").write_text(answers)
    code, out, _ = convcalc("check", tmp_path / "key.yaml", tmp_path / "yaml.yaml")
    assert code == 1 and ":) conv2.output is 8×14×14" in out and out.startswith("a·b: c, ")


@pytest.mark.parametrize(
    ("topic", "level", "layers"), [("everything", 3, 12), ("sizes", 2, 10), ("receptive-field", 1, 1)]
)
def test_a_network_is_found_or_not_in_bounded_work(topic, level, layers, monkeypatch):
    drawn = []
    found = random_networks.worth_asking
    monkeypatch.setattr(random_networks, "worth_asking", lambda *it: drawn.append(it) or found(*it))
    if layers == 1:  # nothing is to be worked out behind no window
        with pytest.raises(Problem, match="no network was found"):
            exercise(topic, level, "1", layers=layers)
    else:
        made = exercise(topic, level, "1", layers=layers)
        assert len(made.report.layers) == layers and "pool" in made.spec
    assert len({*drawn}) < 10_000


KEPT = [
    ('everything', 3, '1', 'input: 8x165x208\nlayers:\n- L1: conv 16 k3x1 s2 p0x0\n- L2: conv 32 k5 s1 p1 g4\n- L3: conv 12 k7 s2 p3\n- L4: conv 16 k7 s3 p2\n- L5: conv 20 k3 d4 p3\n'),
    ('sizes', 2, 'a', 'input: 2x120x120\nlayers:\n- L1: conv 12 k5 s2 p2\n- L2: avgpool 3 s2 p0\n- L3: conv 4 k3 s3\n- L4: conv 8 k5 p1\n'),
]  # fmt: skip


@pytest.mark.parametrize(("topic", "level", "seed", "spec"), KEPT, ids=[case[0] for case in KEPT])
def test_a_seed_keeps_its_exercise(topic, level, seed, spec):
    """What was handed out by version 1.0.0 is made again by later ones."""
    assert exercise(topic, level, seed).spec == spec


USAGE = [
    ("neither SPEC nor topic", []),
    ("both", ["lenet5", "--topic", "sizes"]),
    ("an unknown topic", ["--topic", "love"]),
    ("several students without a folder", ["--topic", "sizes", "--student", "a", "--student", "b"]),
]


@pytest.mark.parametrize("arguments", [case[1] for case in USAGE], ids=[case[0] for case in USAGE])
def test_wrong_usage_is_2(convcalc, arguments):
    assert convcalc("quiz", *arguments)[0] == 2


def test_the_sheet_tells_no_answer(convcalc):
    made = exercise("everything", 2, "1")
    for form in ("markdown", "latex", "yaml"):
        text = "".join(FORMATS[form](handout_of(made), SheetOptions()))
        for layer in made.report.layers:
            assert str(layer.applied.macs) not in text and f"{layer.applied.macs:,}" not in text


def test_a_sheet_in_latex_escapes_names(convcalc):
    out = convcalc("quiz", "--topic", "sizes", "--format", "latex", "--student", "Ada_{\\input{x}}")[1]
    assert "\\input{x}" not in out and out.count("{") == out.count("}") + out.count("\\{") - out.count("\\}")


def test_specs_of_the_quiz_are_specs():
    for topic in TOPICS:
        assert not summarise_text(exercise(topic, 1, "x").spec).diagnostics


def test_the_codes_that_the_quiz_names_are_mistakes():
    from convcalc.exercises.random_networks import STRIDES
    from convcalc.marking.wrong_values import ROUNDING

    assert {*ROUNDING, *STRIDES} <= set(MISTAKES)


@pytest.mark.parametrize("network", ["vit", "gpt2", "capsnet", "siamese-koch"])
def test_a_network_that_holds_numbers_of_its_own_is_an_exercise(convcalc, tmp_path, network):
    code, _, errors = convcalc("quiz", network, "--output", tmp_path / "out")
    assert (code, errors) == (0, f"wrote 6 files into {tmp_path / 'out'}\n")
    code, *_ = convcalc("check", tmp_path / "out" / "key.yaml", tmp_path / "out" / "answers.yaml")
    assert code in (0, 1)
