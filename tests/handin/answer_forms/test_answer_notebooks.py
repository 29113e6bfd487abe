"""Answers in the cells of a notebook and in dicts of Python: read as they are written, never executed."""

import json

import pytest

from convcalc.handin.answer_forms import read_answers
from convcalc.handin.submission import reason
from convcalc.marking.assignment import read_key
from convcalc.problem import Problem, Source
from convcalc.readers.python.notebook import MAX_BRACKETS

KEY = read_key(
    Source("key.yaml", "assignment: A\nspec: lenet5\nquestions:\n  - {ask: C1.output}\n  - {ask: C3.parameters}\n")
)
EXPECTED = {"C1.output": "(6, 28, 28)", "C3.parameters": "5*5*6*16 + 16"}


def notebook(*cells):
    """The text of a notebook: of each cell its type and its text."""
    made = [{"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)} for kind, text in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def read(*cells):
    return read_answers(Source("ada.ipynb", notebook(*cells)), KEY)


CELLS = {
    "a dict": [("code", 'answers = {"C1": {"output": (6, 28, 28)}, "C3": {"parameters": 5*5*6*16 + 16}}')],
    "among a program's lines": [("code", "%matplotlib inline\nimport numpy as np\nx = np.zeros(3)\nanswers = {'C1.output': (6, 28, 28),\n  'C3.parameters': 5*5*6*16 + 16}\nprint(answers)\n!ls")],
    "keywords": [("code", "my_answers = dict(C1=dict(output=(6, 28, 28)), C3=dict(parameters=5*5*6*16 + 16))")],
    "part by part": [("code", "answers = {}\nanswers['C1'] = {'output': (6, 28, 28)}\nanswers['C3']['parameters'] = 5*5*6*16 + 16")],
    "a dict alone": [("code", "{'C1': {'output': (6, 28, 28)}, 'C3': {'parameters': 5*5*6*16 + 16}}")],
    "with an annotation": [("code", "answers: dict = {'C1': {'output': (6, 28, 28)}, 'C3': {'parameters': 5*5*6*16 + 16}}")],
    "YAML in a raw cell": [("raw", "answers:\n  C1: {output: '(6, 28, 28)'}\n  C3: {parameters: 5*5*6*16 + 16}\n")],
    "YAML in a cell of code": [("code", "student: ada\nanswers:\n  C1: {output: '(6, 28, 28)'}\n  C3: {parameters: 5*5*6*16 + 16}\n")],
    "YAML that a magic writes": [("code", "%%writefile answers.yaml\nanswers:\n  C1: {output: '(6, 28, 28)'}\n  C3: {parameters: 5*5*6*16 + 16}\n")],
    "YAML in a text": [("markdown", "Here they are:\n\nanswers:\n  C1: {output: '(6, 28, 28)'}\n  C3: {parameters: 5*5*6*16 + 16}\n")],
    "YAML between fences": [("markdown", "```yaml\nC1: {output: '(6, 28, 28)'}\nC3: {parameters: 5*5*6*16 + 16}\n```")],
    "YAML in a text of Python": [("code", 'answers = """\n  C1: {output: "(6, 28, 28)"}\n  C3: {parameters: 5*5*6*16 + 16}\n"""')],
    "a table": [("markdown", "|layer|output|params|\n|-|-|-|\n|C1|(6, 28, 28)||\n|C3||5\\*5\\*6\\*16 + 16|")],
    "several cells": [("markdown", "# Homework"), ("code", "answers = {'C1': {'output': (6, 28, 28)}}"), ("code", "print(1)"), ("markdown", "|layer|params|\n|-|-|\n|C3|5\\*5\\*6\\*16 + 16|")],
}  # fmt: skip


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_answers_are_found_in_every_sort_of_cell(cells):
    found = read(*cells)
    assert found.answers == EXPECTED
    assert found.findings == ()


def test_a_file_of_python_may_hold_the_dict_too():
    text = 'import torch\nanswers = {"C1": {"output": (6, 28, 28)}, "C3": {"parameters": 5*5*6*16 + 16}}\n'
    assert read_answers(Source("ada.py", text), KEY).answers == EXPECTED


def test_nothing_is_computed_but_what_an_answer_may_be():
    found = read(
        ("code", "w = 28\nanswers = {'C1': {'output': (6, w, w)}, 'C3': {'parameters': __import__('os').getpid()}}")
    )
    assert found.answers == {"C1.output": "(6, w, w)", "C3.parameters": "__import__('os').getpid()"}


def test_what_is_left_open_is_no_answer():
    found = read(
        (
            "code",
            "answers = {'C1': {'output': None}, 'C3': {'parameters': ...}, 'S2.output': ''}\nanswers['C1']['output'] = 5",
        )
    )
    assert found.answers == {"C1.output": "5"}


def test_two_answers_to_one_question_are_told_with_their_cells():
    found = read(
        ("code", "answers = {'C1': {'output': 5}}"), ("markdown", "hi"), ("code", "\nanswers['c1']['Output'] = 6")
    )
    assert found.answers == {"C1.output": "5 or 6"}
    assert [reason(Problem(each)) for each in found.findings] == [
        "cell 2, line 2: c1.Output has two answers, 5 in cell 1 and 6; leave one of them"
    ]


def test_a_cell_that_is_no_yaml_is_told_with_its_place_and_costs_no_other():
    found = read(("raw", "answers:\n  ]: [\n"), ("code", "answers = {'C1': {'output': 5}}"))
    assert found.answers == {"C1.output": "5"}
    assert reason(Problem(found.findings[0])).startswith("raw cell 1, line 2: ")


@pytest.mark.parametrize("line", ["STUDENT = 'Ada'", "NAME = 'Ada'", "answers = {'student': 'Ada'}"])
def test_who_answers(line):
    assert read(("code", line), ("code", "answers = {'C1': {'output': 5}}")).student == "Ada"


def test_the_name_of_something_else_is_nobodys():
    assert read(("code", "name = 'mnist'\nanswers = {'C1': {'output': 5}}")).student == ""


REFUSED = {
    "no JSON": ("{", "is no notebook"),
    "a list": ("[]", "is no notebook"),
    "a text": ('"x"', "is no notebook"),
    "no cells": ('{"nbformat": 4}', "is no notebook"),
    "cells that are none": ('{"nbformat": 4, "cells": [1, null, "x"]}', "is no notebook"),
    "no answers": (notebook(("markdown", "# hi"), ("code", "print(1)")), "no cell of this notebook has answers in it"),
    "lists in lists": ('{"nbformat": 4, "cells": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deep"),
    "many brackets": ('{"nbformat": 4, "cells": [' + "[]," * MAX_BRACKETS + "[]]}", "brackets, and is not read"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_notebook_is_refused_with_the_reason(text, words):
    with pytest.raises(Problem, match=words) as caught:
        read_answers(Source("ada.ipynb", text), KEY)
    assert caught.value.diagnostics[0].hint


@pytest.mark.parametrize("text", ["answers = " + "{1:" * 100 + "1" + "}" * 100, "answers = {" + "'C1.output': 1," * 25_000 + "}",
                                  "answers" + "[1]" * 90 + " = 5", "answers = {**{'C1.output': 1}, None: 2}"])  # fmt: skip
def test_strange_dicts_are_bounded(text):
    try:
        read_answers(Source("ada.py", text), KEY)
    except Problem as error:
        assert error.diagnostics
