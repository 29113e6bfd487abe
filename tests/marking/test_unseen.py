"""What follows from rows that are not there is carried with the mistake that a student makes elsewhere."""

from convcalc.marking.answers import Answers
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.problem import Source

CHAIN = "3x64x64 -> conv 4 k5 -> maxpool 2 -> conv 6 k3 -> conv 6 k3 -> conv 8 k5"
FIELDS = "1x64x64 -> conv 4 k3 -> maxpool 2 -> conv 4 k3 -> conv 4 k5 -> maxpool 2 -> conv 4 k3"


def marked(text, answers):
    return mark(read_key(Source("key.yaml", text)), Answers("ann", answers)).verdicts


def test_sizes_of_rows_that_are_not_there_have_the_habit_too():
    """Without the + 1: 64 − 5 = 59, ⌊57/2⌋ = 28, 28 − 3 = 25, 25 − 3 = 22, 22 − 5 = 17; three rows are left out."""
    found = marked(
        CHAIN, {"conv1.output": "4x59x59", "conv4.output": "8x17x17", "conv4.macs": str(17 * 17 * 25 * 6 * 8)}
    )
    assert [verdict.state for verdict in found] == ["wrong", "consistent", "consistent"]
    assert found[1].charged == "conv1.output" and found[1].diagnoses[0].codes == ("size.no_plus_one",)


def test_a_number_that_no_habit_leads_to_is_wrong():
    found = marked(CHAIN, {"conv1.output": "4x59x59", "conv4.output": "8x16x16"})
    assert [verdict.state for verdict in found] == ["wrong", "wrong"]


def test_fields_of_rows_that_are_not_there_have_the_habit_too():
    """Strides left out: 3, 4, 6, 10, 11, 13."""
    rows = {"conv2.receptive_field": "6", "maxpool2.receptive_field": "11", "conv4.receptive_field": "13"}
    assert [verdict.state for verdict in marked(FIELDS, rows)] == ["wrong", "consistent", "consistent"]


def test_where_only_counts_are_asked_a_slip_in_a_size_is_charged_once():
    """The + 1 is left out in the first layer alone, or in all of them."""
    key = "3x64x64 -> conv 4 k5 -> conv 6 k3 -> conv 6 k3"
    rows = {"conv1.macs": str(59 * 59 * 300), "conv2.macs": str(57 * 57 * 216), "conv3.macs": str(55 * 55 * 324)}
    assert [verdict.state for verdict in marked(key, rows)] == ["wrong", "consistent", "consistent"]
    every = {"conv1.macs": str(59 * 59 * 300), "conv2.macs": str(56 * 56 * 216), "conv3.macs": str(53 * 53 * 324)}
    assert [verdict.state for verdict in marked(key, every)] == ["wrong", "consistent", "consistent"]
