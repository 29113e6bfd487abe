"""Every command of docs/lectures.md prints what the page says; `pytest --renew` writes it anew."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from pages import commands_of, renew
from places import DATA

PAGE = Path(__file__).parents[2] / "docs" / "lectures.md"
COMMANDS = commands_of(PAGE.read_text("utf-8"))


def printed(convcalc, command):
    code, out, errors = convcalc(*shlex.split(command))
    assert code in (0, 1, 3), errors
    return out + errors


@pytest.mark.parametrize(("command", "output"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_a_command_of_the_page_prints_what_the_page_says(convcalc, command, output, request):
    found = printed(convcalc, command)
    if request.config.getoption("--renew"):
        renew(PAGE, command, output, found)
    else:
        assert found == output


def test_the_page_has_the_slides_and_the_rules_of_the_lectures():
    """Twelve slides of arrays, and as many rules of thumb as lectures.yaml has."""
    text = PAGE.read_text("utf-8")
    arrays, rules = text.split("## Arrays by hand")[1].split("## Rules of thumb")
    rules = rules.split("\n## ")[0]
    known = yaml.safe_load((DATA / "lectures.yaml").read_text("utf-8"))["rules_of_thumb"]
    assert re.findall(r"^### (\d+)\.", arrays, re.MULTILINE) == [str(number) for number in range(1, 13)]
    assert re.findall(r"^### (\d+)\.", rules, re.MULTILINE) == [str(number) for number in range(1, len(known) + 1)]
    assert len(known) == 9


def test_the_slides_of_the_page_have_the_figures_of_the_lectures():
    """Whatever the page says now: the arrays of lectures.yaml stand in it, row by row."""
    entries = yaml.safe_load((DATA / "lectures.yaml").read_text("utf-8"))["numeric"]
    outputs = [" ".join(output.split()) for command, output in COMMANDS if command.startswith("apply")]
    for entry in entries:
        for row in entry.get("stated") or [entry["stated_top_row"]]:
            assert any(" ".join(map(str, row)) in output for output in outputs), (entry["id"], row)
