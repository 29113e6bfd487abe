"""What follows from a slip, in networks with branches: an independent calculation says what does."""

import pytest
from carried_slips import draw, mark_class, written_out

from convcalc.marking.answers import Answers
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.problem import Source

WEIGHTED = 0.995  # of what follows is found to follow: a branch that was left out may leave it open which one they took


@pytest.mark.parametrize(("seed", "answered"), [(1, 0.9), (2, 1.0), (3, 0.55)])
def test_what_follows_from_any_slip_is_consistent_and_nothing_else_is(seed, answered):
    counts, odd = mark_class(150, seed, answered)
    wrongly = [each for each in odd if each[2:4] != ("consistent", "wrong")]
    assert not wrongly
    follows = counts["consistent", "consistent"]
    assert follows >= WEIGHTED * (follows + counts["consistent", "wrong"]) > 100


BRANCHES = """
input: 4x20x20
layers:
- a: conv 6 k3 p1
- b: conv 6 k5 p2 from=a
- c: conv 6 k3 p1 from=a
- j: {JOIN: {from: [b, c]}}
- d: maxpool 2
"""


def states(text, answers):
    verdicts = mark(read_key(Source("key.yaml", text)), Answers("", answers)).verdicts
    return [verdict.state for verdict in verdicts], verdicts


@pytest.mark.parametrize("side", [20, 16])
@pytest.mark.parametrize(("joins", "channels"), [("add", 6), ("concat", 12)])
def test_behind_branches_of_two_sizes_either_is_consistent(joins, channels, side):
    text = BRANCHES.replace("JOIN", joins)
    rows = {
        "b.output": "6x16x16",
        "j.output": f"{channels}x{side}x{side}",
        "d.output": f"{channels}x{side // 2}x{side // 2}",
    }
    good = "correct" if side == 20 else "consistent"
    assert states(text, rows)[0] == ["wrong", good, good]
    del rows["j.output"]
    assert states(text, rows)[0] == ["wrong", good]
    rows["d.output"] = f"{channels}x9x9"
    assert states(text, rows)[0] == ["wrong", "wrong"]


def test_channels_of_a_concatenation_that_were_not_added_are_found_behind_branches_of_two_sizes():
    text = BRANCHES.replace("JOIN", "concat").replace("b: conv 6", "b: conv 8")
    for answer in ("8x16x16", "8x20x20"):
        found, verdicts = states(text, {"b.output": "8x16x16", "j.output": answer})
        assert found == ["wrong", "wrong"]
        assert verdicts[1].diagnoses[0].codes == ("size.concat_add",)


def test_a_linear_layer_sees_all_of_the_map_that_the_student_has():
    text = "3x32x32 -> conv 8 k3 -> flatten -> linear 10"
    rows = {"conv1.output": "8x29x29", "linear1.receptive_field": "31"}  # 3 + 28, and not 3 + 29
    assert states(text, rows)[0] == ["wrong", "consistent"]
    assert states(text, {**rows, "linear1.receptive_field": "30"})[0] == ["wrong", "wrong"]


def test_a_channel_of_one_branch_is_no_shape_to_stretch():
    """Who has one channel in one branch of a sum may go on with one channel."""
    text = BRANCHES.replace("JOIN", "add")
    for answer in ("1x20x20", "6x20x20"):
        assert states(text, {"c.output": "1x20x20", "j.output": answer})[0][1] in ("consistent", "correct")


def test_drawn_networks_have_branches_and_both_ranks():
    import random

    rng = random.Random(5)
    texts = [written_out(*network) for network in (draw(rng) for _ in range(60)) if network]
    assert sum("concat" in text or "add" in text for text in texts) > 20
    assert {text.split("\n")[0].count("x") for text in texts} == {1, 2}
