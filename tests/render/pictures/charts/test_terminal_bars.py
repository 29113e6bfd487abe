"""Bars as text: what a terminal has room for, what it is told that it lacks, and nothing that steers it."""

import re

import pytest
from chart_networks import QUICK, pictured
from terminal import in_terminal

from convcalc.render.pictures import PictureOptions, Screen, draw_text
from convcalc.render.pictures.charts.breakdown import breakdown


def lines(network, width=0, unicode=True, **options):
    pieces = draw_text("bars", (pictured(network),), PictureOptions(**options), Screen(width, False, unicode))
    return "".join(pieces).splitlines()


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 160])
@pytest.mark.parametrize("name", QUICK)
def test_it_fits_and_says_what_is_missing(name, columns):
    shown = lines(name, columns)
    assert all(len(line) <= columns for line in shown)
    text = " ".join(" ".join(shown).split())
    heads = next(line for line in shown if line.startswith("Layer"))
    if "Activations" not in heads:
        assert f"not shown in {columns} columns:" in text and "bars of activations" in text
    rows = breakdown(pictured(name), PictureOptions()).rows
    first, last = shown.index(heads) + 1, shown.index("", shown.index(heads))
    assert last - first == len(rows)


def test_piped_it_has_all_numbers_and_shares():
    shown = "\n".join(lines("lenet5"))
    assert re.search(r"C5 +120×1×1 +██████████ 78\.0 % +48,120 +██ +11\.5 % +48,000 +▎ +1\.5 % +120 +32×32", shown)
    assert "  Parameters: 61,706 (61.7 k)" in shown
    assert "note: 5 layers without parameters, MACs or activations are left out" in shown


def test_letters_are_drawn_at_sizes_that_are_told():
    shown = "\n".join(lines("3xHxW -> conv 8 k3 -> relu"))
    assert "216·(H − 2)·(W − 2)" in shown
    assert "note: bars, shares and long formulas are shown at H = W = 224" in shown
    assert f"MACs: {216 * 222 * 222:,} (10.6 M) at H = W = 224" in shown


def test_a_terminal_has_bars_and_a_pipe_has_svg(convcalc):
    shown = in_terminal(100, "draw", "lenet5", "--as", "bars")
    assert "█" in shown and "<svg" not in shown and "\x1b[" in shown
    assert "\x1b[" not in in_terminal(100, "draw", "lenet5", "--as", "bars", NO_COLOR="1")
    assert "<svg" in in_terminal(100, "draw", "lenet5", "--as", "bars", "--format", "svg")
    assert convcalc("draw", "lenet5", "--as", "bars")[1].startswith("<svg")
    plain = in_terminal(80, "draw", "lenet5", "--as", "bars", NO_COLOR="1", PYTHONIOENCODING="ascii")
    assert plain.isascii() and "---------- 78.0 %" in plain


def test_a_file_has_what_its_ending_says(convcalc, tmp_path):
    convcalc("draw", "lenet5", "--as", "bars", "-o", str(tmp_path / "a.txt"))
    convcalc("draw", "lenet5", "--as", "bars", "-o", str(tmp_path / "a.svg"))
    assert "█" in (tmp_path / "a.txt").read_text("utf-8")
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<svg")


def test_several_networks_follow_each_other(convcalc):
    out = convcalc("draw", "lenet5", "vgg11", "--as", "bars", "--format", "text")[1]
    assert out.index("LeNet-5: parameters") < out.index("\n\nVGG-11: parameters")


def test_a_name_does_not_steer_the_terminal():
    shown = lines('name: "a\\x1b[31mb"\ninput: 3x8x8\nlayers:\n- "c\\x1b[2Jd": conv 4 k3\n', 80)
    assert not any("\x1b" in line for line in shown)


def test_what_could_not_be_computed_has_a_dash_and_a_note():
    shown = lines("name: Bad\ninput: 3x8x8\nlayers:\n- conv 4 k3\n- conv 4 k99\n")
    assert any(re.match("conv2 +—", line) for line in shown)
    assert "note: — stands for what could not be computed: no total has it" in shown
