"""Tables of answers: every dialect of CSV and of Markdown, headings in the words of students, errors with their line."""

import pytest

from convcalc.handin import batch
from convcalc.handin.answer_forms import answer_form, read_answers
from convcalc.handin.answer_forms.table import columns_of
from convcalc.handin.keys import one_key
from convcalc.handin.submission import Submission, mark_submission, reason
from convcalc.marking.assignment import read_key
from convcalc.marking.verdict import Person
from convcalc.problem import Problem, Source

KEY = read_key(
    Source(
        "key.yaml",
        "assignment: A\nspec: lenet5\nquestions:\n"
        "  - {ask: C1.output}\n  - {ask: C1.parameters}\n  - {ask: C3.parameters}\n  - {ask: C3.macs}\n"
        "  - {ask: total.parameters}\n",
    )
)
RIGHT = {
    "C1.output": "6x28x28", "C1.parameters": "156", "C3.parameters": "2416", "C3.macs": "240000",
    "total.parameters": "61706",
}  # fmt: skip
TABLE = "layer{0}output{0}parameters{0}macs\nC1{0}6x28x28{0}156{0}\nC3{0}{0}2416{0}240000\ntotal{0}{0}61706{0}\n"
MARKDOWN = "| layer | output | parameters | macs |\n|---|---|---|---|\n| C1 | 6x28x28 | 156 | |\n| C3 | | 2416 | 240000 |\n| total | | 61706 | |\n"


def read(text, name="ada.csv", key=KEY):
    return read_answers(Source(name, text), key)


def told(text, name="ada.csv"):
    """What is told of a text: the findings, or why it is refused."""
    try:
        return [reason(Problem(finding)) for finding in read(text, name).findings]
    except Problem as error:
        return [reason(error)]


TABLES = {
    "commas": TABLE.format(","),
    "semicolons": TABLE.format(";"),
    "tabs": TABLE.format("\t"),
    "lines of Windows": TABLE.format(";").replace("\n", "\r\n"),
    "Excel's own first line": "sep=;\r\n" + TABLE.format(";"),
    "a byte order mark": "\ufeff" + TABLE.format(";"),
    "every cell in quotes": '"layer";"output";"parameters";"macs"\n"C1";"6x28x28";"156";""\n"C3";"";"2416";"240000"\n"total";"";"61706";""\n',
    "a line above": "Homework 3;;;\nName;Ada;;\n\n" + TABLE.format(";"),
    "blank lines and rows": TABLE.format(",").replace("\n", "\n\n,,,\n", 1),
    "formulas": TABLE.format(",").replace("2416", "=5*5*6*16+16"),
    "a line for each question": "question,answer\nC1.output,6x28x28\nC1 params,156\nC3.parameters,2416\nC3.macs,240000\ntotal.parameters,61706\n",
    "a line for each number": "layer,quantity,answer\nC1,output,6x28x28\nC1,params,156\nC3,parameters,2416\nC3,MACs,240000\ntotal,parameters,61706\n",
    "sides one by one": "layer,channels,height,width,params,macs\nC1,6,28,28,156,\nC3,,,,2416,240000\nSum,,,,61706,\n",
    "Markdown": MARKDOWN,
    "Markdown in prose": f"# Homework\n\n* some | thing\n\n{MARKDOWN}\nThat is all.\n",
    "Markdown with its own alignment": MARKDOWN.replace("|---|---|---|---|", "| :--- | :-: | ---: | - |"),
    "Markdown without outer pipes": "layer | output | parameters | macs\n--- | --- | --- | ---\nC1 | 6x28x28 | 156\nC3 | | 2416 | 240000\ntotal | | 61706\n",
    "Markdown with marks": MARKDOWN.replace("156", "**156**").replace("6x28x28", "`6x28x28`").replace("| C3", "| *C3*"),
    "Markdown with escapes": MARKDOWN.replace("2416", r"5\*5\*6\*16 + 16").replace("6x28x28", "6&times;28&times;28"),
    "Markdown of Org": MARKDOWN.replace("|---|---|---|---|", "|---+---+---+---|"),
    "several tables": "| layer | output |\n|---|---|\n| C1 | 6x28x28 |\n\n| layer | params | macs |\n|--|--|--|\n| C1 | 156 | |\n| C3 | 2416 | 240000 |\n| total | 61706 | |\n",
    "YAML between fences": "My answers:\n\n```yaml\nC1: {output: 6x28x28, parameters: 156}\nC3: {parameters: 2416, macs: 240000}\ntotal: {parameters: 61706}\n```\n",
}  # fmt: skip


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_table_is_read_in_every_dialect(text):
    name = "ada.md" if text.startswith(("My answers", "# ")) else "ada.txt"
    found = mark_submission(Submission(Person("ada", "ada"), name, Source(name, text)), one_key(KEY))
    assert [verdict.state for verdict in found.verdicts] == ["correct"] * 5
    assert found.remarks == ()


HEADINGS = {
    "output": ["Output", "output shape", "Output Size", "size", "Shape", "OUTPUT (C x H x W)", "**Output**", "volume"],
    "parameters": ["Parameters", "Params", "# Params", "Param #", "#params", "Number of parameters", "No. of params",
                   "parameter", "Parameters (with bias)", "Total params"],
    "macs": ["MACs", "Mult-Adds", "madds", "mac", "multiply adds"],
    "receptive_field": ["Receptive field", "RF", "rf size", "receptive-field", "Receptive field size", "Field [px]"],
    "output.height": ["height", "H", "Output height"],
    "kernel": ["kernel", "k"],
    "trainable_parameters": ["trainable", "Trainable params"],
}  # fmt: skip


@pytest.mark.parametrize(("asked", "head"), [(asked, head) for asked, heads in HEADINGS.items() for head in heads])
def test_a_heading_has_all_names_of_a_quantity(asked, head):
    columns = columns_of(["Layer", head])
    assert columns is not None
    assert columns.answers[1].asked in (asked, asked.rpartition(".")[2])


@pytest.mark.parametrize("heads", [["student", "C1.output"], ["Timestamp", "E-mail", "C1.output"], ["output"],
                                   ["layer"], ["layer", "notes"], ["epoch", "loss"], ["name", "age"], ["", "s."]])  # fmt: skip
def test_another_heading_is_that_of_no_answers(heads):
    assert columns_of(heads) is None


def test_a_unit_in_the_heading_is_that_of_bare_numbers():
    found = read("layer,params (k),MACs (M)\nC1,0.156,\nC3,2.416k,0.24\n").answers
    assert found == {"C1.parameters": "0.156 k", "C3.parameters": "2.416k", "C3.macs": "0.24 M"}


@pytest.mark.parametrize("head", ["kernel (k)", "Biases (b)", "groups (G)", "Receptive field (M)", "params (p)"])
def test_a_letter_in_the_heading_is_no_unit(head):
    assert columns_of(["layer", head]).answers[1].unit == ""


TOLD = {
    "a comma without quotes": ("layer,output,parameters\nC1,6,28,28,156\n", ["line 2: C1 has 5 cells and the heading 3: which is which cannot be told; put quotes around a cell that has a separator in it, or write \"6x28x28\""]),
    "no layer": ("layer,output,parameters\nC1,6x28x28,156\n,,7\n", ["line 3: this line names no layer, and was not read; write its name in the first column"]),
    "an open quote": ('layer,parameters\nC1,"156\nC3,2416\n', ["line 2: ada.txt is no table: a quote is not closed; close the quote, and write a quote inside a cell twice"]),
    "a quote that another line closes": ('layer,parameters\nC1,"156\nC3,2416"\n', ['line 2: a quote that is opened on this line is closed on another one; close it: "6x28x28"']),
    "a misspelt heading": ("layer,output,parmeters\nC1,6x28x28,156\n", ['not read: the column "parmeters"; did you mean "parameters"?']),
    "what nobody asks for": ("layer,output,kernel,stride\nC1,6x28x28,5,1\n", ['no question asks for the columns "kernel", "stride"']),
    "a layer twice": ("layer,output\nC1,6x28x28\nC1,6x27x27\n", ["line 3: C1.output has two answers, 6x28x28 on line 2 and 6x27x27; leave one of them"]),
    "the same twice is no matter": ("layer,output\nC1,6x28x28\nC1,6 x 28 x 28\n", []),
    "another table": ("epoch,loss\n1,2\n", ["this table has no answers: its heading names no layer and no quantity; its first line: layer,output,parameters"], "ada.csv"),
    "nothing below": ("layer,output\n", ["there are no answers below this heading; a line for each layer: C1,6x28x28,156"]),
    "Markdown without a layer": ("text\n\n| output | parameters |\n|---|---|\n| 6x28x28 | 156 |\n", ["line 3: this table has no answers: its heading names no layer and no quantity; begin it with | layer | output | parameters | and |---|---|---| in the line below"]),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD.values(), ids=TOLD)
def test_what_cannot_be_read_is_told_with_its_line(case):
    text, expected, *name = case
    assert told(text, *(name or ["ada.txt"])) == expected


def test_a_row_that_cannot_be_told_apart_costs_no_other():
    found = read("layer,output,parameters\nC1,6,28,28,156\nC3,16x10x10,2416\n").answers
    assert found["C3.parameters"] == "2416"
    assert " or " in found["C1.output"]


def test_a_layer_that_is_not_there_is_told_once():
    text = "layer,output,parameters\nC11,6x28x28,156\nC1,6x28x28,156\n"
    found = mark_submission(Submission(Person("a", "a"), "a.csv", Source("a.csv", text)), one_key(KEY))
    assert found.remarks == ('"C11.output" is no question of this assignment; did you mean "C1.output"?',)


def test_an_answer_that_nobody_asked_for_in_a_row_is_none():
    assert "S2.output" not in read("layer,output,parameters\nC1,6x28x28,156\nS2,6x14x14,0\n").answers


def test_the_row_of_sums_is_the_networks():
    for name in ("total", "Total", "Sum", "Σ", "Totals:"):
        assert read(f"layer,parameters\nC1,156\n{name},61706\n").answers["total.parameters"] == "61706"


def test_who_answers_may_stand_above_or_below():
    assert read("Name;Ada Lovelace;\nlayer;output\nC1;6x28x28\n").student == "Ada Lovelace"
    assert read("layer,output\nC1,6x28x28\nstudent,Ada\n").student == "Ada"
    assert read(f"**Name:** Ada L.\n\n{MARKDOWN}", "x.md").student == "Ada L."


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.yaml", "C1: {output: 6x28x28}\n", ""),
        ("a.yaml", "answers:\n  - {layer: C1, output: 6x28x28}\n", ""),
        ("a.txt", "layer: C1, output: 6x28x28\n", ""),
        ("a.json", '{"answers": {"C1": {"output": "6x28x28"}}}', ""),
        ("a.yaml", "---\nC1.output: 6x28x28\n---\n", ""),
        ("a.yaml", TABLE.format(","), "table"),
        ("answers", MARKDOWN, "markdown"),
        ("a.json", '{"nbformat": 4, "cells": []}', "notebook"),
        ("a.txt", "import torch.nn as nn\n", "code"),
        ("a.yaml", "note: |\n  import torch\nC1.output: 6x28x28\n", ""),
        ("a.txt", "answers:\n  C1: {output: 6x28x28}  # nn.Sequential(conv)\n", ""),
        ("a.yaml", "# layer, output, parameters\nC1: {output: 6x28x28, parameters: 156}\n", ""),
        ("a.yaml", "C1.output: 6x28x28\nnotes: |\n  | epoch | loss |\n  |---|---|\n  | 1 | 2 |\n", ""),
        ("a.csv", "epoch,loss\n1,2\n", "table"),
        ("a", "#,layer,output\n1,C1,6x28x28\n", "table"),
    ],
)
def test_a_form_is_recognised_by_its_content(name, text, form):
    assert answer_form(Source(name, text)) == form


@pytest.mark.parametrize("text", ["layer,output\n" + "C1,6x28x28\n" * 30_000, "layer,output" + "," * 500_000 + "\nC1,1\n",
                                  "| layer | output |\n|---|---|\n| C1 | " + "*" * 500_000 + " |\n",
                                  "|" + "-" * 300_000 + "|" + " " * 300_000 + "x\n", "-- " + " " * 500_000 + "x",
                                  "```yaml\n" * 60_000 + "--|--", "layer," * 150_000])  # fmt: skip
def test_large_and_strange_tables_are_bounded(text):
    told(text, "ada.md")
    told(text, "ada.csv")


# A table of one student, or the form of a class


def test_a_form_has_students_in_its_lines_and_a_table_of_answers_layers(tmp_path):
    (tmp_path / "ada.csv").write_text(TABLE.format(";"), encoding="utf-8-sig")
    (tmp_path / "class.csv").write_text("name,C1.output\nBob,6x28x28\nCara,6x27x27\n")
    for places in ([tmp_path], [tmp_path / "ada.csv", tmp_path / "class.csv"]):
        found = batch.hand_ins(list(map(str, places)), KEY.questions)
        assert [entry.person.name for entry in found] == ["ada", "Bob", "Cara"]
        sheets = [batch.open_hand_in(entry) for entry in found]
        assert [mark_submission(sheet, one_key(KEY)).score for sheet in sheets] == [5, 1, 0]


def test_a_question_of_the_key_makes_a_form_of_a_table():
    named = read_key(Source("k", "assignment: A\nspec: lenet5\nquestions:\n  - {ask: C1.output, name: output}\n"))
    from convcalc.handin.form import is_answer_table

    table = "name,output\nAda,6x28x28\n"
    assert is_answer_table(table, KEY.questions)
    assert not is_answer_table("name,C1.output,output\nAda,6x28x28,\n", named.questions)


@pytest.mark.parametrize(
    "data",
    [
        b"layer,output\nC1,6x\x0028\n",
        "layer;Gr\xf6\xdfe\x02\n".encode("latin-1"),
        b"layer,output\n" + b"C1,6\n" * 300_000,
    ],
)
def test_what_is_no_text_of_a_table_is_a_row_with_its_reason(data, tmp_path):
    (tmp_path / "ada.csv").write_bytes(data)
    (entry,) = batch.hand_ins([str(tmp_path / "ada.csv")], KEY.questions)
    assert batch.open_hand_in(entry).reason.startswith(str(tmp_path / "ada.csv"))
