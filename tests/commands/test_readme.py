"""What the README says is so: its examples run, its specs load, its limits are those of the code."""

import re
import shlex

import pytest
from places import ROOT

from convcalc.cli import run
from convcalc.commands import COMMANDS as COMMANDS_THERE_ARE
from convcalc.network.load import summarise_text
from convcalc.readers import files
from convcalc.readers.yaml import tree as yamlmap
from convcalc.render.report import FORMATS
from convcalc.render.report.columns import COLUMNS
from convcalc.spec import blocks as limits

README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


COMMANDS = [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("line", COMMANDS)
def test_an_example_runs(line, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(line, comments=True)
    assert program == "convcalc"
    assert run(arguments) == 0
    captured = capsys.readouterr()
    said = "".join(f"wrote {path.name}\n" for path in tmp_path.iterdir())
    assert captured.out or said
    assert "".join(line for line in captured.err.splitlines(True) if not line.startswith("note: ")) == said


def test_the_first_spec_is_one():
    report = summarise_text(blocks("yaml")[0])
    assert report.totals.parameters == 61706 and not report.diagnostics


def test_the_ways_to_write_a_layer_mean_the_same():
    lines = blocks("yaml")[1].strip().splitlines()
    reports = [summarise_text(f"input: 3x224x224\nlayers:\n  {line}\n") for line in lines]
    assert len(lines) >= 5
    assert len({(report.output, report.totals) for report in reports}) == 1


def test_the_limits_are_those_of_the_code():
    for text in (f"{limits.MAX_LAYERS:,} layers", f"{yamlmap.MAX_DEPTH} levels", f"{files.MAX_BYTES // 10**6} MB"):
        assert text in README


def test_the_first_two_commands_are_what_ci_runs():
    setup, tests = blocks("sh")
    assert "convcalc summary lenet5 vgg16" in setup and "test" not in setup
    assert "[test]" in tests and "pytest" in tests
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_every_command_and_format_is_on_the_page():
    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in COMMANDS_THERE_ARE if f"convcalc {name}" not in " ".join(text.split())] == []
    assert [name for name in FORMATS if name not in text] == []


def test_every_column_is_on_the_page():
    words = set(re.findall(r"\w+", README))
    assert [column.key for column in COLUMNS if column.key not in words] == []


def test_every_column_is_listed(convcalc):
    listed = [line.split()[0] for line in convcalc("summary", "--columns", "help")[1].splitlines()]
    assert listed == [column.key for column in COLUMNS]
