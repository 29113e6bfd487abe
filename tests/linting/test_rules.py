"""Every rule with its figures: what it finds, and where it is silent."""

import pytest

from convcalc.linting.linter import Selection, lint
from convcalc.linting.table import BY_CODE, RULES
from convcalc.network.load import Choices, graph_of, spec_of
from convcalc.network.walk import walk
from convcalc.problem import LINE, Source


def findings(text, *codes, choices=None, notes=True):
    chosen = choices or Choices()
    graph = graph_of(spec_of(Source(LINE, text), chosen), chosen)
    assert not graph.diagnostics
    return lint(graph, walk(graph), chosen, Selection(notes, codes))


# (rule, network, what is said of it, in its message and in its cure)
ROWS = [
    ("dropped-input", "1x31x31 -> maxpool 2", "row 31 and column 31 of 31 are not read", "ceil=yes reads all (16 instead of 15)"),
    ("dropped-input", "3x224x224 -> conv 64 k7 s2", "row 224 and column 224 of 224", "p1 reads all (110 instead of 109)"),
    ("dropped-input", "3x45x60 -> maxpool 2", "row 45 of 45×60 is not read", "ceil=yes reads all (23×30 instead of 22×30)"),
    ("dropped-input", "1x10 -> conv 4 k3 s4", "", ""),
    ("dropped-input", "1x12 -> conv 4 k5 s5", "positions 11 to 12 of 12 are not read: 2 windows of 5, 5 apart, end at 10", "p2 reads all"),
    ("dropped-input", "3xHxW -> maxpool 2", "unless H is even and W is even", "an input of such a size"),
    ("dropped-input", "3xHx32 -> maxpool 2 -> maxpool 2", "unless H = 0 or 1 mod 4", ""),
    ("never-seen", "64x56x56 -> conv 128 k1 s2", "3 of 4 cells are not read", "k3 p1 reads all and gives the same size"),
    ("never-seen", "64x56 -> conv 128 k2 s3", "1 of 3 cells are not read", "k3"),
    ("dead-taps", "512x1x1 -> conv 512 k3 p1", "8 of 9 taps only ever meet padding, on a map of 1: 2,097,152 of 2,359,296 weights", "k1 p0 gives the same with 262,656"),
    ("dead-taps", "64x2x2 -> conv 64 k4 s2 p1", "12 of 16 taps", "k2 p0 gives the same"),
    ("dead-taps", "8x33x33 -> conv 8 k3 p36 d36", "8 of 9 taps", "k1 p0"),
    ("dead-taps", "8x1x1 -> zeropad 1 -> conv 8 k3", "8 of 9 taps", ""),
    ("padding-only", "1x8x8 -> conv 4 k3 p3", "44 of 144 outputs see nothing but padding", "p2 (10 instead of 12)"),
    ("padding-only", "1x8x8 -> conv 4 k1 p1", "36 of 100 outputs", "p0 (8 instead of 10)"),
    ("checkerboard", "64x8x8 -> tconv 32 k3 s2", "sums of 1 or 2 products along an axis (1, 2 or 4 on the map): kernel 3 is no multiple of stride 2", "k4"),
    ("checkerboard", "64x8x8 -> tconv 32 k3 s2 p1 op1", "1 or 2 products", "k4 op0: as many products everywhere, and the same size"),
    ("checkerboard", "64x8x8 -> tconv 32 k5 s2", "2 or 3 products", "k6"),
    ("bias-before-norm", "3x32x32 -> conv 64 k3 p1 -> batchnorm -> relu", "64 biases", "bias=no: 1,728 parameters instead of 1,792"),
    ("bias-before-norm", "3x32x32 -> conv 64 k3 p1 -> maxpool 2 -> batchnorm", "64 biases", "bias=no"),
    ("bias-before-norm", "784 -> linear 100 -> batchnorm", "100 biases", "bias=no"),
    ("bias-before-norm", "3x8x8 -> conv 4 k3 -> instancenorm", "4 biases", "bias=no"),
    ("norm-on-one", "64x8x8 -> globalavgpool keep=yes -> conv 16 k1 -> batchnorm", "one value of each channel and example", "leave batchnorm1 out"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "message", "cure"), ROWS, ids=[f"{code}: {text}" for code, text, *_ in ROWS])
def test_a_rule_finds(code, text, message, cure):
    found = findings(text, code)
    assert [finding.rule.code for finding in found[:1]] == ([code] if message else [])
    assert not message or any(message in each.message and cure in each.remedy.text for each in found)


SILENT = [
    ("dropped-input", "3x224x224 -> conv 64 k3 s2 p1"),  # what is left over is padding
    ("dropped-input", "3x224x224 -> zeropad 1 -> conv 64 k3 s2"),
    ("dropped-input", "1x31x31 -> maxpool 2 ceil=yes"),
    ("never-seen", "64x1x1 -> conv 128 k1 s2"),  # one cell, one window
    ("dead-taps", "512x1x1 -> conv 512 k3 p1 padding_mode=replicate"),
    ("dead-taps", "512x1x1 -> maxpool 3 s1 p1"),  # nothing is learnt
    ("dead-taps", "512x7x7 -> conv 8 k3 p1"),
    ("padding-only", "1x8x8 -> conv 4 k3 p2"),
    ("checkerboard", "64x8x8 -> tconv 32 k4 s2 p1"),
    ("checkerboard", "64x8x8 -> tconv 32 k2 s2"),
    ("checkerboard", "64x1x1 -> tconv 32 k3 s2"),  # one input, nothing overlaps
    ("bias-before-norm", "3x32x32 -> conv 64 k3 bias=no -> batchnorm"),
    ("bias-before-norm", "3x32x32 -> conv 64 k3 -> relu -> batchnorm"),
    ("bias-before-norm", "3x32x32 -> conv 64 k3 -> groupnorm 32"),  # the mean of a group keeps what differs in it
    ("bias-before-norm", "3x32x32 -> conv 64 k3 -> layernorm"),
    ("bias-before-norm", "3x32x32 -> conv 64 k3 -> avgpool 3 s1 p1 -> batchnorm"),  # at the edge less of it is added
    ("norm-on-one", "784 -> linear 100 bias=no -> batchnorm"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), SILENT, ids=[f"{code}: {text}" for code, text in SILENT])
def test_a_rule_is_silent(code, text):
    assert [finding for finding in findings(text, code) if finding.level == "warning"] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_example_of_a_rule_is_one(rule):
    assert any(finding.level == rule.level for finding in findings(rule.example, rule.code))
    assert rule.code in {code for code, *_ in ROWS}


def test_codes_are_told_apart():
    assert len(BY_CODE) == len(RULES)
