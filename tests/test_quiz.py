"""`convcalc quiz`: the same seed gives the same exercise, no common mistake hides in its numbers, its key marks it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from convcalc.cli import run
from convcalc.marking.following import Network
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.quiz import LEVELS, TOPICS, absorbed, exercise, on_network, situation, unseen
from convcalc.network.summary import summarise_text
from convcalc.problem import Problem, Source
from convcalc.render.quiz import FORMATS

ROOT = Path(__file__).parent.parent


@pytest.fixture
def convcalc(capsys):
    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.seeds(1, 5)
def test_no_common_mistake_is_invisible(topic, level, seed):
    made = exercise(topic, level, str(seed))
    assert made.asks and not made.report.errors
    assert not unseen(made.report, made.asks, level, TOPICS[topic].beside)
    here = Network(made.report)
    for ask in made.asks:
        if ask.layer in here.index:
            assert not absorbed(situation(here, here.index[ask.layer]), ask.quantity, level), ask


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
    made = on_network(Source("net", "input: 1x32x32\nlayers: [C1: conv 6 k5 p2, conv 8 k3]\n"), 1, "1", count=99)
    asks = [ask.ask for ask in made.asks]
    assert "C1.parameters" not in asks  # with one input channel it does not matter whether they are counted
    assert "conv1.parameters" in asks
    with pytest.raises(Problem):
        on_network(Source("net", "input: 3x4x4\nlayers: [relu]\n"), 1, "1")


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
    ]  # fmt: skip
    assert (tmp_path / "out/keys/_Bob.yaml").read_text() != (tmp_path / "out/keys/Ada Lovelace.yaml").read_text()


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
        text = "".join(FORMATS[form](made))
        for layer in made.report.layers:
            assert str(layer.applied.macs) not in text and f"{layer.applied.macs:,}" not in text


def test_a_sheet_in_latex_escapes_names(convcalc):
    out = convcalc("quiz", "--topic", "sizes", "--format", "latex", "--student", "Ada_{\\input{x}}")[1]
    assert "\\input{x}" not in out and out.count("{") == out.count("}") + out.count("\\{") - out.count("\\}")


def test_specs_of_the_quiz_are_specs():
    for topic in TOPICS:
        assert not summarise_text(exercise(topic, 1, "x").spec).diagnostics


def test_the_codes_that_the_quiz_names_are_mistakes():
    from convcalc.marking import quiz

    assert {*quiz.FULL, *quiz.ROUNDING, *quiz.STRIDES} <= set(MISTAKES)
