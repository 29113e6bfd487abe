"""Whatever a text holds, it is read as an array, or refused at a place of it, soon."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.arrays.reading import read_array
from convcalc.problem import Problem, Source

TOKENS = st.sampled_from(
    ["1", "2", "-3", "0.5", "1/9", "1/0", "1e5", "1e999999", "9" * 120, "nan", "x", "[", "]", "(", ")", "{", ";", "|", "||", ",", "\n",
     "\n\n", " ", "..", ":", "zeros:3x3", "1..9:3x3", "np.array(", "tensor(", "dtype=x)", "\0", "−", "·", "é", "*", "/9", "\t", "٣"]
)  # fmt: skip


def read(text):
    """The array of a text, or what is wrong with it, whose place is in the text."""
    try:
        found = read_array(Source("array", text)).array
    except Problem as error:
        (finding,) = error.diagnostics
        assert finding.hint and finding.mark
        lines = text.split("\n")
        assert (
            1 <= finding.mark.line <= len(lines) and 1 <= finding.mark.column <= len(lines[finding.mark.line - 1]) + 1
        )
        return None
    size = 1
    for side in found.shape:
        size *= side
    assert size == len(found.numbers) > 0
    return found


@given(st.lists(TOKENS, max_size=25).map("".join))
def test_a_text_of_what_arrays_are_made_of(text):
    read(text)


@given(st.text(max_size=40))
def test_any_text(text):
    read(text)


@given(st.lists(st.lists(st.fractions(), min_size=2, max_size=2), min_size=1, max_size=4))
def test_exact_numbers_are_read_exactly(rows):
    text = "; ".join(" ".join(map(str, row)) for row in rows) + ";"
    assert read(text).numbers == tuple(number for row in rows for number in row)


# Texts at which a reader could hang, run out of memory, or give up in itself.
HOSTILE = {
    "brackets": "[" * 100_000, "closed brackets": "[" * 50_000 + "]" * 50_000, "a long number": "9" * 1_000_000,
    "many numbers": "1 " * 300_000, "many rows": "1\n" * 30_000 + "x", "a huge range": "1..999999999:3x3",
    "huge sides": "zeros:" + "9" * 100_000, "many sides": "zeros:" + "x".join("1" * 5_000), "powers": "10**9:3x3",
    "an exponent": "1e" + "9" * 50, "NULs": "\0" * 10_000, "commas": "," * 300_000, "a call that never ends": "np.array(" * 20_000,
    "arguments": "np.array([1]" + ", a=b" * 50_000, "factors": "1/9 * " * 20_000, "quotes": "np.array([1], '" + "a" * 100_000,
    "spaces in short": "1..9:" + " " * 20_000 + "!", "a long number with an end": "5" * 100_000, "digits and a comma": "5" * 50_000 + "," + "5" * 40_000,
    "a long factor": "9" * 120 + "[1]", "a long divisor": "[1]/" + "9" * 120, "a wrong range after a line": "\n1..9:3x31",
    "blank lines": "\n" * 300_000, "blank rows": " \n \n" * 50_000 + "x",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_refused(text, calls):
    assert calls(lambda: read(text)) < 3_000_000
