"""The same answers in every form are given the same marks, byte for byte."""

import csv
import io
import json
import random

import pytest
import yaml

from convcalc.handin.keys import one_key
from convcalc.handin.submission import Submission, mark_submission
from convcalc.marking.assignment import read_key
from convcalc.marking.verdict import Person
from convcalc.problem import Source
from convcalc.render.marks import MarkingRun, marks_writer

LAYERS = ("C1", "S2", "C3", "S4", "C5", "F6", "total")
QUANTITIES = ("output", "parameters", "macs", "receptive_field")
KEY = read_key(
    Source("key.yaml", "assignment: LeNet-5\nspec: lenet5\nquestions:\n" + "".join(
        f"  - {{ask: {layer}.{quantity}}}\n" for layer in LAYERS for quantity in QUANTITIES
    ))
)  # fmt: skip
CELLS = (
    "", "6x28x28", "(6, 28, 28)", "28×28×6", "156", "2,416", "2.416", "61.7k", "5*5*6*16 + 16", "5·5·6·16", "ten", "6@14x14",
    "120", "10164 (with bias)", "=1+1", "-", "?", "1e3", "6;28;28", "a | b", '"6x28x28"', "#156", "no", "010", "28:28", "[6, 28, 28]",
    "{6: 1}", "& 5", "*5", "ü", "'6x28x28", "100%", "6, 28, 28", "@6", "<b>6</b>", "$6$", "6\\*5", "__5__",
)  # fmt: skip


def answers_of(seed):
    chance = random.Random(seed)
    return {
        layer: {quantity: text for quantity in QUANTITIES if (text := chance.choice(CELLS))} for layer in LAYERS
    }  # fmt: skip


def rows(answers):
    return [
        ["layer", *QUANTITIES],
        *([layer, *(given.get(each, "") for each in QUANTITIES)] for layer, given in answers.items()),
    ]


def table(answers, **dialect):
    held = io.StringIO()
    csv.writer(held, **dialect).writerows(rows(answers))
    return held.getvalue()


def escaped(cell):
    signs = "\\`*_{}[]()#+-.!|<>&~$"
    return "".join(f"\\{sign}" if sign in signs else sign for sign in cell) if cell else " "


def markdown(answers):
    head, *body = rows(answers)
    lines = [head, ["---"] * len(head), *([layer, *map(escaped, cells)] for layer, *cells in body)]
    return "My answers\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n\nThat is all.\n"


def notebook(*cells):
    made = [{"cell_type": kind, "source": text.splitlines(keepends=True)} for kind, text in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


FORMS = {
    "YAML": lambda answers: yaml.safe_dump({"answers": answers}, allow_unicode=True),
    "JSON": lambda answers: json.dumps({"answers": answers}),
    "CSV": table,
    "CSV with semicolons": lambda answers: "\ufeff" + table(answers, delimiter=";", lineterminator="\r\n"),
    "CSV with tabs": lambda answers: table(answers, delimiter="\t"),
    "CSV in quotes": lambda answers: table(answers, quoting=csv.QUOTE_ALL),
    "Markdown": markdown,
    "a notebook with a dict": lambda answers: notebook(("markdown", "# Homework"), ("code", f"answers = {answers!r}")),
    "a notebook with a table": lambda answers: notebook(("code", "print(1)"), ("markdown", markdown(answers))),
    "a notebook with YAML": lambda answers: notebook(("raw", yaml.safe_dump({"answers": answers}))),
    "a notebook with a dict in parts": lambda answers: notebook(
        *(("code", f"answers[{layer!r}] = {given!r}") for layer, given in answers.items())
    ),
    "Python": lambda answers: f"answers = {answers!r}\n",
}
SUFFIXES = {"Python": ".py"}


def report(form, text):
    name = f"ada{'.ipynb' if 'notebook' in form else SUFFIXES.get(form, '')}"
    found = mark_submission(Submission(Person("ada", "ada"), "ada", Source(name, text)), one_key(KEY))
    run = MarkingRun("LeNet-5", "", KEY.questions, len(KEY.questions))
    return [marks_writer(each, run).body(found) for each in ("text", "json", "csv")]


@pytest.mark.parametrize("seed", range(40))
def test_the_same_answers_have_the_same_marks_in_every_form(seed):
    answers = answers_of(seed)
    expected = report("JSON", FORMS["JSON"](answers))
    for form, write in FORMS.items():
        assert report(form, write(answers)) == expected, form
