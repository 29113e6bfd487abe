"""An author's own assignment on paper: every form of question has its sentence, its line to fill in and its solution."""

import pytest
import yaml

from convcalc.exercises.exercise import exercise
from convcalc.exercises.handout import parts_of
from convcalc.exercises.random_networks import TOPICS
from convcalc.marking.answers import read_answers
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.problem import Source
from convcalc.render.exercises import FORMATS
from convcalc.render.exercises.key import handout_of, handout_of_assignment
from convcalc.render.exercises.languages import ENGLISH, GERMAN
from convcalc.render.exercises.phrases import right_answer
from convcalc.render.exercises.sheet import SheetOptions
from convcalc.render.exercises.wordings import WORDINGS

HOMEWORK = """\
assignment: Homework 3
course: Vision
due: Monday, 9 o'clock
about: |
  Show your work.

  Name the units.
spec:
  input: 3x32x32
  layers: [A: conv 6 k5 s2, B: maxpool 3, C: conv 8 k3 p1]
questions:
  - {ask: A.output, choices: [6x15x15, 6x14x14]}
  - {ask: [A.parameters, C.macs], points: 2, tolerance: 1%}
  - {ask: total.parameters, group: all}
  - {ask: C.output.height, group: all}
  - {ask: "*.receptive_field"}
  - {ask: conv.output, form: symbolic, points: 3}
  - {ask: linear.parameters, form: symbolic}
  - {ask: padding, layer: conv 64 k7 s2 p?, input: 3x224x224, output: 64x112x112, points: 1.5}
  - {ask: stride, layer: conv 4 k3 s?, input: 3x9x9, output: 4x3x3}
  - {ask: output, layer: avgpool 2, input: 3x8x8}
  - {name: mine, ask: parameters, layer: conv 2 k3, input: 3x8x8, text: How many numbers does this layer learn?}
  - {ask: "How many eyes has an *octopus*?", answer: 1+1}
  - {ask: eyes, text: "How many eyes has a scallop,\\n at most?", answer: 200}
  - {name: T, apply: conv 1 k2 -> relu, input: 1 2 3; 4 5 6; 7 8 9, weights: 1 2; 3 -4, bias: 3, text: By hand.}
  - {apply: maxpool 2, input: [[1, 2], [3, 4]]}
"""
ANSWERS = {
    "A.output": "b", "A.parameters": "456", "C.macs": "8*6*9*16", "total.parameters": "896", "C.output.height": "4",
    "A.receptive_field": "5", "B.receptive_field": "9", "C.receptive_field": "21", "conv.output": "(n+2p-d*(k-1)-1)/s+1",
    "linear.parameters": "c*f + f", "Q8.padding": "3", "Q9.stride": "3", "Q10.output": "3x4x4", "mine.parameters": "56",
    "How many eyes has an *octopus*?": "2", "eyes": "200", "T": "0 2; 6 8", "Q15": "4",
}  # fmt: skip


def handout(text=HOMEWORK):
    return handout_of_assignment(read_key(Source("key.yaml", text)))


def written(form, made, **options):
    return "".join(FORMATS[form](made, SheetOptions(**options)))


def filled(blank, answers):
    """The file with an answer behind every colon, by the names of its layers and quantities."""
    lines, layer = [], ""
    for line in blank.splitlines():
        name = line.strip().removesuffix(":").strip('"')
        if line.startswith("    "):
            line = f'{line} "{answers[f"{layer}.{name}"]}"'
        elif line.startswith("  "):
            layer = name
            line = f'{line} "{answers[name]}"' if name in answers else line
        lines.append(line)
    return "\n".join(lines) + "\n"


def right_answers(made):
    """Right answers by name, as a student types them."""
    found = {}
    for asked in made.key.asked:
        text = right_answer(asked, GERMAN) if asked.arrays is None else right_answer(asked, ENGLISH)
        found[asked.question.ask] = text.partition(" (")[0]
    return found


def test_the_file_of_every_form_of_question_is_marked_when_it_is_filled_in():
    made = handout()
    marked = mark(made.key, read_answers(Source("a.yaml", filled(written("yaml", made), ANSWERS))))
    assert [each.question.ask for each in marked.verdicts if each.state != "correct"] == []
    assert len(marked.verdicts) == len(ANSWERS) == len(made.key.asked)


@pytest.mark.parametrize("topic", TOPICS)
def test_what_the_solutions_call_right_is_marked_right(topic):
    made = handout_of(exercise(topic, 3, "2"))
    answers = right_answers(made)
    marked = mark(made.key, read_answers(Source("a.yaml", filled(written("yaml", made), answers))))
    assert marked.score == marked.out_of > 0
    solutions = written("markdown", made, solved=True)
    for asked in made.key.asked:
        assert f"**{right_answer(asked, ENGLISH)}**" in solutions


SAID = [
    "# Homework 3", "Course: Vision", "Due: Monday, 9 o'clock", "Show your work.\n\nName the units.",
    "| 1 | output size of A | 1 | a) 6×15×15 <br> b) 6×14×14 |", "| 2 | parameters of A (within 1 %) | 2 |  |",
    "| 5 | output size of C: height only | 1 |  |", "| 8 | receptive field of C | 1 |  |",
    "| 9 | a formula for the output size of a layer of the type convolution, along one axis (n input size, ",
    "| 10 | a formula for the parameters of a layer of the type fully connected (c input channels, b bias (1 or 0), f filters)",
    "| 11 | the padding with which `conv 64 k7 s2 p?` turns 3×224×224 into 64×112×112 | 1.5 |  |",
    "| 13 | output size: `avgpool 2 s2`, on an input of 3×8×8 | 1 |  |",
    "| 14 | How many numbers does this layer learn? (parameters: `conv 2 k3`, on an input of 3×8×8) | 1 |  |", "| 15 | How many eyes has an \\*octopus\\*? | 1 |  |",
    "| 16 | How many eyes has a scallop, at most? | 1 |  |", "## T: `conv 1 k2 -> relu` (1 point)\n\nBy hand.",
    "weights\n  1   2\n  3  -4\nbias\n  3\noutput\n  ____", "Questions 4, 5 count only if all of them are right.",
]  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_the_sheet_says_every_form_of_question(said):
    assert said in written("markdown", handout())


SOLVED = [
    "Answer: **b) 6×14×14**", "$\\left(K \\cdot c + 1\\right) \\cdot f = \\left(5 \\cdot 5 \\cdot 3 + 1\\right) \\cdot 6",
    "= 896$\n\nAnswer: **896**", "- Answer: $\\left(c + b\\right) \\cdot f$", "Answer: **3**", "Answer: **3×4×4**", "Answer: **2**",
    "- relu1 [0, 0]: $\\max\\left(0, ", "output\n  0  2\n  6  8", "Letters: n input size, p padding on each side, k kernel",
]  # fmt: skip


@pytest.mark.parametrize("said", SOLVED)
def test_the_solutions_show_the_work(said):
    assert said in written("markdown", handout(), solved=True)


def test_questions_on_two_networks_stand_below_each():
    made = handout("assignment: x\nspec: lenet5\nquestions: [C1.output, {ask: total.macs, spec: alexnet}, C3.output]\n")
    assert [part.network and part.network.report.name for part in parts_of(made.key)] == [
        "LeNet-5",
        "AlexNet",
        "LeNet-5",
    ]
    sheet = written("markdown", made)
    assert sheet.index("## Network LeNet-5") < sheet.index("## Network AlexNet") < sheet.rindex("## Network LeNet-5")


FOREIGN = {
    "net.py": "import torch\nfrom torch import nn\nnet = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.MaxPool2d(2), nn.Conv2d(8, 4, 3))\n"
    "print(net(torch.randn(1, 3, 32, 32)).shape)\n",
    "net_keras.py": "import keras\nfrom keras import layers\nnet = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(8, 3, strides=2), "
    "layers.MaxPooling2D(2), layers.Conv2D(4, 3)])\n",
    "net.prototxt": 'input: "data"\ninput_dim: [1, 3, 32, 32]\nlayer { name: "c1" type: "Convolution" bottom: "data" top: "c1"\n'
    "convolution_param { num_output: 8 kernel_size: 3 stride: 2 } }\n",
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_a_network_in_another_language_is_asked_about(convcalc, name, tmp_path):
    (tmp_path / name).write_text(FOREIGN[name])
    for wording in WORDINGS:
        code, sheet, err = convcalc("quiz", tmp_path / name, "--questions", "99", "--wording", wording)
        assert code == 0, err
        assert sheet.startswith("# ") and str(tmp_path) not in sheet
    key = convcalc("quiz", tmp_path / name, "--questions", "99", "--format", "key")[1]
    blank = convcalc("quiz", tmp_path / name, "--questions", "99", "--format", "yaml")[1]
    made = handout_of_assignment(read_key(Source("key.yaml", key)))
    marked = mark(made.key, read_answers(Source("a.yaml", filled(blank, right_answers(made)))))
    assert marked.score == marked.out_of > 2


@pytest.mark.parametrize(
    ("convention", "said"),
    [
        ("keras", "as in Keras."),
        ("onnx", "as in ONNX."),
        ("textbook", "as in the lectures: "),
        ("caffe", "as in Caffe."),
    ],
)
def test_a_sheet_says_which_convention_it_follows(convention, said):
    text = f"assignment: x\nspec: {{convention: {convention}, layout: channels_first, input: 3x9x9, layers: [conv 4 k3, maxpool 2 s1]}}\nquestions: [conv1.output]\n"
    assert said in written("markdown", handout(text)) and said not in written("markdown", handout())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (ENGLISH, "parameters of the whole network: at most 1,000,000"),
        (GERMAN, "Parameter des ganzen Netzes: höchstens 1000000"),
    ],
    ids=["en", "de"],
)
def test_what_any_network_must_keep_is_asked_in_words(language, said):
    text = "assignment: x\nquestions:\n- {ask: parameters, at_most: 1M}\n- {ask: C1.output, answer: 6x28x28}\n- {ask: mine, answer: 3}\n"
    made = handout(text)
    assert said in written("markdown", made, language=language)
    answers = {"total.parameters": "61,706", "c1.output": "6x28x28", "mine": "3"}
    marked = mark(made.key, read_answers(Source("a.yaml", filled(written("yaml", made), answers))))
    assert marked.score == marked.out_of == 3
    assert written("markdown", made, language=language, solved=True).count("6×28×28") == 1


def test_a_table_says_what_its_cells_cannot():
    sheet = written(
        "markdown",
        handout(HOMEWORK.replace("points: 2, tolerance", "text: Count twice!, points: 2, tolerance")),
        wording="table",
    )
    assert "\nCount twice! (within 1 %)\n" in sheet and "| ____ (2 points) |" in sheet


@pytest.mark.parametrize("wording", ["words", "table"])
def test_what_a_language_has_no_words_for_is_a_line_that_is_explained(wording):
    text = "assignment: x\nspec: {input: 3x9x9, layers: [conv 4 k3 norm=spectral, groupnorm 2]}\nquestions: [conv1.output]\n"
    sheet = written("markdown", handout(text), wording=wording)
    assert (
        "`conv 4 k3 norm=spectral`" in sheet
        and "Letters: k kernel. A number without a letter: filters of conv, groups of groupnorm." in sheet
    )


def test_layers_that_branch_say_what_they_take():
    net = "input: 3x8x8\nlayers: [A: conv 4 k1, B: {conv: 4 k1, from: input}, {add: [A, B], name: S}]\n"
    text = f"assignment: x\nspec:\n  {net.strip().replace(chr(10), chr(10) + '  ')}\nquestions: [S.output]\n"
    assert "| S | A, B | `add` |" in written("markdown", handout(text))
    assert "| S | A, B | the sum of its inputs |" in written("markdown", handout(text), wording="words")


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("form", ["markdown", "latex"])
@pytest.mark.parametrize("language", [ENGLISH, GERMAN], ids=["en", "de"])
def test_all_of_it_is_written_in_every_wording(wording, form, language):
    for solved in (False, True):
        sheet = written(form, handout(), wording=wording, language=language, solved=solved)
        assert "Homework 3" in sheet and "octopus" in sheet and "How many numbers does this layer learn?" in sheet


# The command


@pytest.fixture
def key(tmp_path):
    (tmp_path / "key.yaml").write_text(HOMEWORK)
    return tmp_path / "key.yaml"


def test_the_command_makes_sheet_file_and_solutions(convcalc, key, tmp_path):
    code, out, err = convcalc("quiz", key, "-o", tmp_path / "out")
    assert (code, out, err) == (0, "", f"wrote 5 files into {tmp_path / 'out'}\n")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "answers.yaml", "sheet.md", "sheet.tex", "solutions.md", "solutions.tex",
    ]  # fmt: skip
    assert "**896**" in (tmp_path / "out" / "solutions.md").read_text()
    assert "**896**" not in (tmp_path / "out" / "sheet.md").read_text()


def test_each_student_has_a_folder_without_solutions(convcalc, key, tmp_path):
    code, _, err = convcalc("quiz", key, "--student", "Ada", "--student", "Bob", "-o", tmp_path / "out")
    assert code == 0 and err.startswith("wrote 10 files")
    assert sorted(path.name for path in (tmp_path / "out" / "Ada").iterdir()) == [
        "answers.yaml",
        "sheet.md",
        "sheet.tex",
    ]
    assert (tmp_path / "out" / "Bob" / "sheet.md").read_text().startswith("# Homework 3\n\nName: Bob\n")
    assert sorted(path.name for path in (tmp_path / "out" / "solutions").iterdir()) == [
        "Ada.md", "Ada.tex", "Bob.md", "Bob.tex",
    ]  # fmt: skip


def test_the_template_of_a_key_is_its_file(convcalc, key):
    code, template, _ = convcalc("check", key, "--template")
    assert code == 0 and template == convcalc("quiz", key, "--format", "yaml")[1]
    assert convcalc("check", key, "answers.yaml", "--template")[0] == 2
    code, template, _ = convcalc("check", "lenet5", "--template")
    assert code == 0 and {*yaml.safe_load(template)["answers"]["C1"]} == {
        "output",
        "parameters",
        "macs",
        "receptive_field",
    }


USAGE = [
    ("a level of what is not drawn", ["--level", "2"], "--level is for exercises that are drawn"),
    ("a seed of what is not drawn", ["--seed", "2"], "--seed is for"),
    ("choices that its author did not give", ["--choices", "3"], "--choices is for"),
    ("its own key", ["--format", "key"], "the key is the assignment itself"),
    ("solutions of a file to fill in", ["--format", "yaml", "--solutions"], "--solutions is for markdown, latex, html and json"),
    ("a language that there is not", ["--language", "tlh"], "'tlh' is not one of 'en', 'de'"),
    ("a wording that there is not", ["--wording", "poem"], "'shorthand', 'words', 'pytorch', 'keras', 'table'"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), [case[1:] for case in USAGE], ids=[case[0] for case in USAGE])
def test_what_an_assignment_has_no_use_for_is_wrong_usage(convcalc, key, arguments, said):
    code, out, err = convcalc("quiz", key, *arguments)
    assert (code, out) == (2, "") and said in " ".join(err.split())


def test_a_key_with_an_error_is_told_where_it_is(convcalc, tmp_path):
    (tmp_path / "key.yaml").write_text("assignment: x\nspec: lenet5\nquestions: [C1.otput]\n")
    code, _, err = convcalc("quiz", tmp_path / "key.yaml")
    assert code == 3 and "key.yaml:3" in err and "output" in err


def test_letters_for_sizes_have_a_cure_in_the_words_of_a_key(convcalc, tmp_path):
    text = "assignment: a\nspec:\n  input: 3xHxW\n  layers: [conv 3 k3]\nquestions: [conv1.parameters]\n"
    (tmp_path / "key.yaml").write_text(text)
    code, _, err = convcalc("quiz", tmp_path / "key.yaml", "--wording", "pytorch")
    assert code == 2 and "write input: 3x224x224, or --wording shorthand says it" in err
    (tmp_path / "key.yaml").write_text(text.replace("3xHxW", "3x224x224"))
    assert convcalc("quiz", tmp_path / "key.yaml", "--wording", "pytorch")[0] == 0
    (tmp_path / "key.yaml").write_text(text)
    assert convcalc("quiz", tmp_path / "key.yaml")[0] == 0


def test_what_keras_cannot_say_has_a_cure_that_works(convcalc, tmp_path):
    (tmp_path / "net.yaml").write_text("input: 4x8x8\nlayers: [conv 4 k3 p1, tconv 4 k3 s2 g2]\n")
    code, out, err = convcalc("quiz", tmp_path / "net.yaml", "--wording", "keras", "--questions", "99")
    assert (code, out) == (3, "") and "groups" in err and "= help: groups=1, or --wording shorthand says it" in err
    code, out, _ = convcalc("quiz", tmp_path / "net.yaml", "--wording", "shorthand", "--questions", "99")
    assert code == 0 and "`tconv 4 k3 s2 g2`" in out


def test_a_sheet_of_keras_says_that_all_numbers_count_and_works_them(convcalc, tmp_path):
    path = tmp_path / "key.yaml"
    path.write_text(
        "assignment: K\nconvention: keras\nspec: {input: 3x8x8, layers: [b: batchnorm]}\nquestions: [{ask: b.parameters}]\n"
    )
    assert "learnt or not" in convcalc("quiz", path)[1]
    worked = convcalc("quiz", path, "--solutions")[1]
    assert "$6 + 6 = 12$" in worked and "**12**" in worked
