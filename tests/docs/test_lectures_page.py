"""docs/lectures.md has what the lectures work out and advise, which lectures.yaml collects."""

import re

import yaml
from pages import commands_of
from places import DATA, ROOT

PAGE = ROOT / "docs" / "lectures.md"


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
    examples = commands_of(PAGE.read_text("utf-8"))
    outputs = [" ".join(each.shown.split()) for each in examples if each.command.startswith("convcalc apply")]
    for entry in entries:
        for row in entry.get("stated") or [entry["stated_top_row"]]:
            assert any(" ".join(map(str, row)) in output for output in outputs), (entry["id"], row)
