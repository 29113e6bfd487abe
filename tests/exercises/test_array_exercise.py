"""Exercises on arrays hide no mistake: each gives a wrong array, and no two the same one."""

import pytest
import yaml

from convcalc.arrays.array import array_line
from convcalc.exercises.arrays import COUNTS, LEVELS, Draft, array_exercise, draw_task, hides_nothing
from convcalc.exercises.random_networks import seeded_random
from convcalc.marking.answers import Answers
from convcalc.marking.array_questions import array_task
from convcalc.marking.array_slips import SLIPS, wrong_arrays
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.problem import Problem, Source
from convcalc.render.exercises import FORMATS
from convcalc.render.exercises.key import handout_of
from convcalc.render.exercises.sheet import SheetOptions
from convcalc.spec.choices import Choices

SEEDS = [(level, seed) for level in LEVELS for seed in "123"]


def written(form, drawn):
    return "".join(FORMATS[form](handout_of(drawn), SheetOptions()))


def key_of(drawn):
    return read_key(Source("key", written("key", drawn)))


@pytest.mark.parametrize(("level", "seed"), SEEDS)
def test_every_mistake_shows_and_is_told_from_the_others(level, seed):
    drawn = array_exercise(level, seed)
    assert len(drawn.tasks) == COUNTS[level]
    key = key_of(drawn)
    for task, asked in zip(drawn.tasks, key.asked, strict=True):
        assert asked.right == task.task.right
        for wrong in wrong_arrays(task.task.chain):
            shown = task.task.chain.shown(wrong.output)
            assert shown != task.task.right, (task.layer, wrong.codes)
            marked = mark(key, Answers("", {task.name: array_line(shown)}))
            (found,) = [each for each in marked.verdicts if each.question.ask == task.name]
            assert found.state == "wrong" and found.diagnoses[0].codes == wrong.codes, (task.layer, wrong)


def test_every_mistake_has_an_occasion():
    met = {wrong.codes[0] for level, seed in SEEDS for task in array_exercise(level, seed).tasks
           for wrong in wrong_arrays(task.task.chain)}  # fmt: skip
    assert met == set(SLIPS)


def test_numbers_that_hide_a_mistake_are_seen():
    for layer, given, own in (
        ("conv 1 k2", "1 2; 3 4", {"weights": ("1 2; 2 1",)}),  # flipped and exchanged, the kernel is the same
        ("conv 1 k2", "0 0 0; 0 0 0; 0 0 0", {"weights": ("1 2; 3 4",)}),
        ("maxpool 2", "7 7 7 7; 7 7 7 7; 7 7 7 7; 7 7 7 7", {}),
        ("conv 1 k2 -> relu", "1 2 3; 4 5 6; 7 8 9", {"weights": ("1 2; 3 4",)}),  # nothing is below 0
    ):
        assert not hides_nothing(array_task(layer, (given,), own, Choices(), False))


def test_what_cannot_be_drawn_is_an_error_with_a_cure():
    with pytest.raises(Problem, match="no numbers were found"):
        draw_task("A1", Draft("maxpool 2", (2, 2), lowest=9), seeded_random("x"))


def test_the_right_answers_get_all_points():
    for level in LEVELS:
        drawn = array_exercise(level, "5", "ann")
        answers = {task.name: array_line(task.task.right) for task in drawn.tasks}
        marked = mark(key_of(drawn), Answers("", answers))
        assert marked.score == marked.out_of == sum(task.points for task in drawn.tasks)


def test_students_have_numbers_of_their_own_and_a_seed_gives_the_same_again():
    sheets = [written("markdown", array_exercise(2, "1", name)) for name in ("ann", "bob", "ann")]
    assert sheets[0] == sheets[2] != sheets[1]


def test_the_command(convcalc, tmp_path):
    for form in ("markdown", "latex", "yaml", "key"):
        code, out, _ = convcalc("quiz", "--topic", "arrays", "--level", "2", "--format", form)
        assert code == 0 and "A1" in out
        right = array_line(array_exercise(2, "1").tasks[0].task.right)
        assert right not in out  # no paper has the answers
    code, _, _ = convcalc("quiz", "--topic", "arrays", "--student", "ann", "--student", "bob", "-o", str(tmp_path))
    assert code == 0
    sheet, key, blank = tmp_path / "ann" / "sheet.md", tmp_path / "keys" / "ann.yaml", tmp_path / "ann" / "answers.yaml"
    assert sheet.exists() and yaml.safe_load(key.read_text())["questions"][0]["name"] == "A1"
    assert convcalc("check", str(key), str(blank))[0] == 1
    filled = "".join(f"  {task.name}: {array_line(task.task.right)}\n" for task in array_exercise(1, "1", "ann").tasks)
    blank.write_text(f"student: ann\nanswers:\n{filled}")
    code, out, _ = convcalc("check", str(key), str(blank))
    assert code == 0 and "100 %" in out
    assert convcalc("quiz", "--topic", "arrays", "--layers", "6")[1].count("## A") == 6
