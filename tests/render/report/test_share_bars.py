"""Shares as bars beside the numbers: as long as they are large, on every console."""

import json
import re

import pytest
from terminal import in_terminal

from convcalc.render.report.bars import LONG, SHORT, bar_length, bar_text, share_texts
from convcalc.render.script import Share

EIGHTHS = " ▏▎▍▌▋▊▉"


def eighths(bar):
    """How many eighths of a cell a bar has."""
    return 8 * bar.count("█") + max(EIGHTHS.index(sign) if sign in EIGHTHS else 0 for sign in f" {bar}")


@pytest.mark.parametrize("length", [SHORT, LONG])
def test_a_bar_is_as_long_as_its_share(length):
    for part in range(98):
        bar = bar_text(Share(part, 97), length)
        assert (len(bar), eighths(bar)) == (length, 8 * length * part // 97)
        plain = bar_text(Share(part, 97), length, unicode=False)
        assert (len(plain), plain.count("-")) == (length, length * part // 97)


def test_very_large_numbers_have_bars():
    assert eighths(bar_text(Share(10**400, 4 * 10**400), 10)) == 20


def test_the_longest_bar_is_the_largest_share():
    texts = share_texts([Share(1, 8), None, Share(2, 8), Share(0, 8)], 80)
    assert texts == ["█████      12.5 %", "", "██████████ 25.0 %", "            0.0 %"]
    assert (bar_length(0), bar_length(80), bar_length(160)) == (SHORT, SHORT, LONG)


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_a_table_with_bars_fits_its_terminal(columns):
    shown = in_terminal(columns, "summary", "vgg11", "--bars", NO_COLOR="1")
    assert all(len(line) <= columns for line in shown.splitlines())
    assert "\x1b[" not in shown
    assert re.search("fc1 .*█ 77.3 %", shown)


def test_bars_are_piped_too(convcalc):
    code, out, _ = convcalc("summary", "lenet5", "--bars")
    assert code == 0
    assert re.search("C5 +conv 120 k5 +120×1×1 +48,120 +██████████ 78.0 % +48,000 +██ +11.5 %", out)
    assert "Share of MACs" in out


def test_a_console_without_blocks_has_hyphens():
    shown = in_terminal(80, "summary", "lenet5", "--bars", NO_COLOR="1", PYTHONIOENCODING="ascii")
    assert shown.isascii()
    assert re.search("C5 +.*---------- 78.0 %", shown)


REFUSED = [
    (["--json"], "--bars is written as text, not as json"),
    (["--format", "csv"], "--bars is written as text, not as csv"),
    (["--style", "vgg"], "--bars has no say over the vgg style"),
    (["--columns", "layer,macs"], "--bars has no say over columns without shares"),
    (["--count", "all"], "--bars has no say over --count all"),
    (["--memory", "all"], "--bars has no say over --memory"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED, ids=[row[1] for row in REFUSED])
def test_bars_are_refused_where_they_would_be_nothing(convcalc, options, message):
    code, out, err = convcalc("summary", "lenet5", "--bars", *options)
    assert code == 2 and (not out or json.loads(out)["error"]["message"] == message)
    assert message in (err or out)


def test_columns_with_a_share_have_its_bars(convcalc):
    out = convcalc("summary", "lenet5", "--bars", "--columns", "layer,share_macs")[1]
    assert "C3        ██████████ 57.6 %" in out
