"""The order of the axes is settled over all shapes of a submission, and said once."""

import pytest

from convcalc.handin.course_folders import Person
from convcalc.handin.keys import one_key
from convcalc.handin.submission import Submission, mark_submission
from convcalc.marking.answers import Answers
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.problem import Source

WAVE = "4x64 -> conv 8 k3 p1 -> maxpool 2 -> conv 32 k3 p1 s2 -> conv 64 k3 p1"  # 8x64, 8x32, 32x16, 64x16
SQUARE = "1x32x32 -> conv 6 k5 -> maxpool 2 -> conv 16 k5"
OBLONG = "3x8x12 -> conv 8 k3 p1 -> conv 12 k3 p1 -> conv 12 k3 p1"


def result(text, shapes):
    key = read_key(Source("key.yaml", text))
    names = [layer.name for layer in key.network.layers]
    return mark(key, Answers("ann", {f"{name}.output": shape for name, shape in zip(names, shapes, strict=False)}))


ROWS = {
    "one row, either order": (WAVE, ["64x8"], ["correct"], "channels_last"),
    "all channels last": (WAVE, ["64x8", "32x8", "16x32", "16x64"], ["correct"] * 4, "channels_last"),
    "all channels first": (WAVE, ["8x64", "8x32", "32x16", "64x16"], ["correct"] * 4, ""),
    "the last one only right in the order of no other": (WAVE, ["8x64", "8x32", "32x16", "16x64"], ["correct"] * 3 + ["wrong"], ""),
    "half of them in each order": (WAVE, ["8x64", "32x8", "16x32", "64x16"], ["correct"] * 4, ""),
    "a slip is read in the order of the others": (WAVE, ["64x8", "30x8", "15x32", "15x64"], ["correct", "wrong", "consistent", "consistent"], "channels_last"),
    "the key's numbers do not tell the order of a wrong row": (WAVE, ["64x8", "16x32", "8x32", "8x64"], ["correct", "wrong", "consistent", "consistent"], "channels_last"),
    "square maps tell of themselves": (SQUARE, ["6x28x28", "14x14x6", "16x10x10"], ["correct"] * 3, ""),
    "square maps of a slip too": (SQUARE, ["27x27x6", "13x13x6", "9x9x16"], ["wrong", "consistent", "consistent"], "channels_last"),
    "square maps of a slip in both orders": (SQUARE, ["27x27x6", "6x13x13", "9x9x16"], ["wrong", "consistent", "consistent"], ""),
    "oblong maps": (OBLONG, ["8x12x8", "8x12x12", "8x12x12"], ["correct"] * 3, "channels_last"),
    "with a batch": (WAVE, ["(7, 64, 8)", "(7, 32, 8)"], ["correct"] * 2, "channels_last"),
    "marked channels say nothing of others": (SQUARE, ["6@28x28", "14x14x6", "16@10x10"], ["correct"] * 3, "channels_last"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "shapes", "states", "order"), ROWS.values(), ids=ROWS)
def test_shapes_are_read_in_the_order_of_the_submission(text, shapes, states, order):
    found = result(text, shapes)
    assert [verdict.state for verdict in found.verdicts][: len(shapes)] == states
    assert found.axis_order == order


def test_a_shape_in_the_other_order_is_told_so():
    last = result(WAVE, ["8x64", "8x32", "32x16", "16x64"]).verdicts[-1]
    assert ("slip.layout",) in [each.codes for each in last.diagnoses]


KERAS = (
    "convention: keras\nlayout: channels_last\ninput: 64x4\nlayers: [conv 8 k3 p=same, maxpool 2, conv 32 k3 p=same]"
)


@pytest.mark.parametrize(
    ("shapes", "order"), [(["64x8", "32x8", "32x32"], ""), (["8x64", "8x32", "32x32"], "channels_first")]
)
def test_what_differs_from_the_key_is_said_and_not_what_is_as_it_has_it(shapes, order):
    found = result(KERAS, shapes)
    assert {verdict.state for verdict in found.verdicts} == {"correct"}
    assert found.axis_order == order and not any(verdict.note for verdict in found.verdicts)


def test_a_row_in_another_order_than_the_rest_is_remarked_there():
    found = result(SQUARE, ["28x28x6", "6x14x14", "10x10x16"])
    assert [verdict.note for verdict in found.verdicts] == ["read.layout", "", "read.layout"]
    assert not found.axis_order


def test_a_report_says_the_order_once():
    text = "".join(f"{name}: {shape}\n" for name, shape in (("conv1.output", "64x8"), ("maxpool1.output", "32x8")))
    sheet = Submission(Person("ann", "ann"), "ann.yaml", Source("ann.yaml", text))
    found = mark_submission(sheet, one_key(read_key(Source("key.yaml", WAVE))))
    assert found.remarks == ("shapes were read with the channels last",)
