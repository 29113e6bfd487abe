"""What the README and the pages say of specs, limits and the first two commands is so."""

import re

import pytest
from pages import blocks_of
from places import ROOT

from convcalc.network.load import summarise_text
from convcalc.readers import files
from convcalc.readers.yaml import tree
from convcalc.spec import blocks as limits

README = (ROOT / "README.md").read_text("utf-8")
TEXTS = [README, *(path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md")))]
SPECS = [block.body for text in TEXTS for block in blocks_of(text) if block.language == "yaml"]


def test_the_readme_is_read_in_a_minute():
    assert len(README.splitlines()) <= 120


def test_the_first_spec_is_one():
    report = summarise_text(SPECS[0])
    assert report.totals.parameters == 61706 and not report.diagnostics


def test_the_ways_to_write_a_layer_mean_the_same():
    (ways,) = (spec for spec in SPECS if spec.startswith("- conv 64 k7 s2 p3"))
    lines = ways.strip().splitlines()
    reports = [summarise_text(f"input: 3x224x224\nlayers:\n  {line}\n") for line in lines]
    assert len(lines) >= 5
    assert len({(report.output, report.totals) for report in reports}) == 1


@pytest.mark.parametrize(
    "limit", [f"{limits.MAX_LAYERS:,} layers", f"{tree.MAX_DEPTH} levels", f"{files.MAX_BYTES // 10**6} MB"]
)
def test_a_limit_is_that_of_the_code(limit):
    assert any(limit in " ".join(text.split()) for text in TEXTS)


def test_the_first_two_commands_are_what_ci_runs():
    setup, tests = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[:2]
    assert "convcalc summary lenet5 vgg16" in setup and "test" not in setup
    assert "[test]" in tests and "pytest" in tests
    assert "README.md" in (ROOT / ".ci" / "run").read_text("utf-8")
