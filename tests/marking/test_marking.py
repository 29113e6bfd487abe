"""Marks: right, right on the student's own numbers, or wrong and why; one slip is charged once."""

from fractions import Fraction

import pytest

from convcalc.handin.submission import Submission, settle_key
from convcalc.marking import upstream as hidden
from convcalc.marking.answers import Answers
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.marking.verdict import Person
from convcalc.problem import Problem, Source
from convcalc.readers import library


def key(text):
    return read_key(Source("key.yaml", text))


def marked(key, carry_forward=True, **answers):
    return mark(
        key, Answers("alice", {name.replace("__", "."): str(text) for name, text in answers.items()}), carry_forward
    )


def states(result):
    return {verdict.question.ask: verdict.state for verdict in result.verdicts}


LENET = read_key(library.find("lenet5"))
HOMEWORK = """
assignment: Homework 3
spec: lenet5
questions:
  - {ask: C1.output, points: 1}
  - {ask: C3.parameters, points: 2, partial: {par.no_bias: 1}}
  - {ask: total.macs, points: 2, tolerance: 1%}
  - {ask: conv.output, form: symbolic, points: 2}
"""


def test_a_spec_is_a_key_of_whatever_is_answered():
    result = marked(
        LENET, C1__output="6x28x28", C1__params="156", total__parameters="61,706", C1__rf="5x5", F6__weights=10080
    )
    assert set(states(result).values()) == {"correct"}
    assert (result.score, result.out_of) == (5, 5)


def test_the_assignment_of_the_contract():
    result = marked(
        key(HOMEWORK),
        C1__output="28x28x6",
        C3__parameters="5*5*6*16",
        total__macs="420,000",
        conv__output="(W - K + 2P)/S + 1",
    )
    assert [verdict.score for verdict in result.verdicts] == [1, 1, 2, 2]
    assert [verdict.note for verdict in result.verdicts] == ["", "", "read.tolerance", "read.no_floor"]
    assert result.axis_order == "channels_last"
    assert result.out_of == 7


def test_every_quantity_of_a_layer_by_axis_and_in_total_can_be_asked():
    asks = {
        "C1.output.height": 28, "C1.output.channels": 6, "C1.weights": 150, "C1.biases": 6, "C1.connections": 122_304,
        "C1.activations": 4704, "C1.memory": 18_816, "C1.flops": 235_200, "C3.rf_stride": 2, "C3.receptive_field.width": 14,
        "C1.kernel": 5, "C1.padding": 0, "C1.input": "1x32x32", "total.activations": 8094, "total.receptive_field": 32,
        "total.output": 10, "total.flops": 833_040, "total.memory": 32_376, "C1.rf_centre": 2,
    }  # fmt: skip
    questions = "".join(f"\n  - {{ask: {ask}}}" for ask in asks)
    result = mark(
        key(f"assignment: all\nspec: lenet5\nquestions:{questions}\n"),
        Answers("", {ask: str(value) for ask, value in asks.items()}),
    )
    assert set(states(result).values()) == {"correct"}, [v for v in result.verdicts if v.state != "correct"]


def test_one_slip_is_charged_once():
    answers = {
        "C1__output": "6x27x27",
        "S2__output": "6x13x13",
        "C3__output": "16x9x9",
        "C3__macs": 5 * 5 * 6 * 16 * 81,
    }
    result = marked(LENET, **answers)
    assert states(result) == {
        "C1.output": "wrong",
        "S2.output": "consistent",
        "C3.output": "consistent",
        "C3.macs": "consistent",
    }
    assert result.score == 3
    assert result.verdicts[1].own == (6, 13, 13)


def test_the_output_of_a_network_is_its_main_one_in_the_students_numbers_too():
    """Of 9 a window of 3 leaves 7; who has 8 has 4 behind the pooling, whatever a second output is written below."""
    text = "input: 1x9x9\nlayers: [a: conv 4 k3, head: maxpool 2, aux: conv 2 k3 from=input]\noutputs: [head, aux]"
    result = mark(key(text), Answers("", {"a.output": "4x8x8", "total.output": "4x4x4"}))
    assert states(result) == {"a.output": "wrong", "total.output": "consistent"}
    assert states(mark(key(text), Answers("", {"total.output": "4x3x3"}))) == {"total.output": "correct"}


def test_carrying_forward_can_be_turned_off_and_the_origin_is_named():
    result = marked(LENET, False, C1__output="6x27x27", S2__output="6x13x13")
    assert states(result) == {"C1.output": "wrong", "S2.output": "wrong"}
    assert result.verdicts[1].diagnoses[0].layers == ("C1",)
    assert "size.no_plus_one" in result.verdicts[1].diagnoses[0].codes


def test_a_right_answer_stays_right_whatever_was_before_it():
    result = marked(LENET, C1__output="6x27x27", S2__output="6x14x14", C3__output="16x10x10")
    assert states(result) == {"C1.output": "wrong", "S2.output": "correct", "C3.output": "correct"}


def test_a_field_that_is_not_square_is_explained_side_by_side(convcalc, tmp_path):
    """conv2 behind conv1 (3×3, stride 2) sees 3 + (3 − 1)·2 by 3 + (5 − 1)·2 pixels."""
    (tmp_path / "key.yaml").write_text(
        "spec: '3x40x40 -> conv 4 k3 s2 -> conv 5 k3x5 s2'\nquestions: [conv2.receptive_field]\n"
    )
    for text, said in (
        ("7x11", ":) conv2.receptive_field is 7×11"),
        ("5x7", "(rf.no_stride)"),
        ("11x19", "(rf.cur_stride)"),
        ("8x12", "8×12 is not right"),
    ):
        (tmp_path / "mine.yaml").write_text(f"answers: {{conv2: {{receptive_field: {text}}}}}\n")
        out = convcalc("check", tmp_path / "key.yaml", tmp_path / "mine.yaml")[1]
        assert said in out and out.count("(rf.") == said.count("(rf."), (text, out)


def test_a_receptive_field_goes_on_from_the_students_own():
    result = marked(LENET, S2__receptive_field=7, C3__receptive_field=15, S4__receptive_field=17)
    assert states(result) == {
        "S2.receptive_field": "wrong",
        "C3.receptive_field": "consistent",
        "S4.receptive_field": "consistent",
    }


def test_a_total_is_the_sum_of_the_students_own_rows():
    result = marked(LENET, C1__parameters=150, total__parameters=61_700)
    assert states(result) == {"C1.parameters": "wrong", "total.parameters": "consistent"}


def test_the_smallest_set_of_mistakes_comes_first():
    """For 224, k7, s2, p3 both a forgotten 2 and a forgotten + 1 give 111; the next row decides."""
    network = key(
        'assignment: a\nspec: "3x224x224 -> conv 64 k7 s2 p3 -> conv 64 k5 p2"\nquestions: [{ask: conv1.output}, {ask: conv2.output}]'
    )
    alone = marked(network, conv1__output="64x111x111").verdicts[0]
    assert {("size.pad_once",), ("size.no_plus_one",)} <= {each.codes for each in alone.diagnoses}
    both = marked(network, conv1__output="64x111x111", conv2__output="64x109x109")
    assert both.verdicts[0].diagnoses[0].codes == both.verdicts[1].diagnoses[0].codes == ("size.pad_once",)


def test_states_of_what_is_not_there_or_not_readable():
    result = marked(LENET, C1__output="", C1__parameters="?", C1__macs="__import__('os')", C1__rf="a" * 10**6)
    assert list(states(result).values()) == ["missing", "missing", "unreadable", "unreadable"]
    assert [verdict.note for verdict in result.verdicts[2:]] == ["read.arithmetic", "read.too_long"]
    assert result.score == 0


def test_a_stray_answer_is_said():
    result = marked(LENET, C1__output="6x28x28", C9__output="1")
    assert [finding.code for finding in result.findings] == ["H004"]


def test_a_layer_without_its_quantity_is_told_how_it_is_answered():
    answers = {"C1.output": "6x28x28", "S2": "6x14x14", "C3": "2416", "total": "61706"}
    hints = [finding.hint for finding in mark(LENET, Answers("", answers)).findings]
    assert hints == [
        f"an answer names a quantity too, write {line}"
        for line in ("S2.output: 6x14x14", "C3.parameters: 2416", "total.parameters: 61706")
    ]


@pytest.mark.parametrize("name", ["C3 params", "c3  parameters", "C3.params"])
def test_a_name_may_have_a_space_for_its_dot(name):
    (verdict,) = mark(LENET, Answers("", {name: "2416"})).verdicts
    assert (verdict.question.ask.lower().split(".")[0], verdict.state) == ("c3", "correct")


def test_all_or_nothing():
    text = "assignment: a\nspec: lenet5\nquestions:\n  - {ask: [C1.output, C1.parameters], points: 2, all_or_nothing: yes}\n  - {ask: C3.output}\n"
    result = marked(key(text), C1__output="6x28x28", C1__parameters=150, C3__output="16x10x10")
    assert [verdict.score for verdict in result.verdicts] == [0, 0, 1]
    whole = marked(
        key(text.replace("spec:", "all_or_nothing: yes\nspec:", 1)),
        C1__output="6x28x28",
        C1__parameters=156,
        C3__output="1x1x1",
    )
    assert whole.score == 0


def test_partial_points_and_fractions_of_them():
    text = "assignment: a\nspec: lenet5\nquestions: [{ask: C1.output, points: 1.5, partial: {size.no_plus_one: 0.5}}]"
    assert marked(key(text), C1__output="6x27x27").score == Fraction(1, 2)
    assert marked(key(text), C1__output="6x28x28").score == Fraction(3, 2)
    assert marked(key(text), C1__output="6x30x30").score == 0


INVERSE = """
assignment: inverse
questions:
  - {name: Q1, ask: padding, layer: conv 64 k7 s2 p?, input: 3x224x224, output: 64x112x112}
  - {name: Q2, ask: output, layer: conv 10 k5 p2, input: 3x32x32}
  - {ask: parameters, layer: conv 10 k5 p2, input: 3x32x32}
  - {name: Q4, ask: stride, layer: maxpool 2 s?, input: 6x28x28, output: 6x14x14}
"""


@pytest.mark.parametrize(
    ("padding", "state"), [(3, "correct"), (2, "wrong"), ("3x3", "unreadable"), ("1+2", "correct")]
)
def test_an_inverse_question_takes_whatever_gives_the_output(padding, state):
    assert states(marked(key(INVERSE), Q1=padding))["Q1.padding"] in (state, "wrong")


def test_an_inverse_question_answered_wrong_is_explained():
    text = (
        "assignment: a\nquestions: [{name: Q1, ask: padding, layer: conv 8 k3 d6 p?, input: 3x32x32, output: 8x32x32}]"
    )
    verdict = marked(key(text), Q1=1).verdicts[0]
    assert verdict.diagnoses[0].codes == ("size.dil_same_pad",)
    assert marked(key(text), Q1=6).score == 1


def test_sides_answered_one_by_one_make_a_shape():
    result = marked(key(HOMEWORK), C1__output__height=28, C1__output__width=28, C1__output__channels=6)
    assert result.verdicts[0].state == "correct"
    assert not result.findings


def test_questions_about_one_layer_need_no_spec():
    result = marked(key(INVERSE), Q2="10x32x32", Q3__parameters=760, Q4=2)
    assert list(states(result).values()) == ["missing", "correct", "correct", "correct"]
    wrong = marked(key(INVERSE), Q3=750).verdicts[2]
    assert wrong.diagnoses[0].codes == ("par.no_bias",)


@pytest.mark.parametrize(
    ("text", "state", "note"),
    [
        ("(W - K + 2P)/S + 1", "correct", "read.no_floor"), ("floor((W - K + 2P)/S) + 1", "correct", ""),
        ("⌊(n + 2p − f)/s⌋ + 1", "correct", ""), ("(W-F+2P)/S+1", "correct", "read.no_floor"),
        ("floor((H_in + 2*padding - kernel_size)/stride + 1)", "correct", ""), ("(W - K + 2P)//S + 1", "correct", ""),
        ("1 + floor((2*P + W - K)/S)", "correct", ""), ("floor((n + 2p - k + s)/s)", "correct", ""),
        ("floor((n + 2p - d(k - 1) - 1)/s) + 1", "correct", ""), ("o = floor((i + 2p - k)/s) + 1", "correct", ""),
        ("(W - K + P)/S + 1", "wrong", ""), ("(W - K + 2P)/S", "wrong", ""), ("W/S", "wrong", ""), ("28", "wrong", ""),
        ("__import__('os')", "unreadable", "read.formula"), ("((((", "unreadable", "read.formula"), ("W +* 2", "unreadable", "read.formula"),
        ("zebra + 1", "unreadable", "read.letter"),
    ],
)  # fmt: skip
def test_a_formula_in_letters_of_their_own(text, state, note):
    verdict = marked(key(HOMEWORK), conv__output=text).verdicts[3]
    assert (verdict.state, verdict.note) == (state, note)


FLOORS = "floor((" * 40 + "W+K" + ")/S)+K" * 39 + ")/S)"
INVOLVED = {
    "forty floors in one another": (FLOORS, "unreadable", "read.involved"),
    "a continued fraction": ("(W+K)/(P+" * 30 + "S" + ")" * 30, "unreadable", "read.involved"),
    "a product of many sums": ("*".join(["(W+K+P+S)"] * 90), "unreadable", "read.involved"),
    "a thousand brackets": ("(" * 450 + "W" + ")" * 450, "unreadable", ""),
    "a power of a sum": ("(W+K+P+S)**20", "unreadable", "read.involved"),
    "a tower of powers": ("((((1/3)**1000)**1000)**1000)**1000 + W", "wrong", ""),
    "a right one that is long": ("(W - K + 2P)/S + 1" + " + W - W" * 60, "correct", "read.no_floor"),
    "a right one of unusual letters": ("floor((nin + pad + pad - ks)/stride) + 1", "correct", ""),
}


@pytest.mark.parametrize(("text", "state", "note"), INVOLVED.values(), ids=INVOLVED)
def test_a_formula_costs_bounded_work_and_is_wrong_only_where_that_is_known(text, state, note):
    result = marked(key("assignment: a\nquestions: [{ask: conv.output, form: symbolic}]"), conv__output=text)
    (verdict,) = result.verdicts
    assert verdict.state == state and (verdict.note == note or not note)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("floor((W - K + P)/S) + 1", "size.pad_once"),
        ("floor((W - K + 2P)/S)", "size.no_plus_one"),
        ("ceil((W - K + 2P)/S) + 1", "size.round_up_conv"),
    ],
)
def test_a_wrong_formula_is_named(text, code):
    verdict = marked(key(HOMEWORK), conv__output=text).verdicts[3]
    assert verdict.diagnoses[0].codes == (code,)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("(K*K*C + 1)*F", "correct"),
        ("F(k^2 C_in + 1)", "correct"),
        ("K*K*C*F", "wrong"),
        ("C_out*(k*k*C_in + 1)", "correct"),
    ],
)
def test_a_formula_of_parameters(text, state):
    asked = key("assignment: a\nquestions: [{ask: conv.parameters, form: symbolic}]")
    assert marked(asked, conv__parameters=text).verdicts[0].state == state


def test_the_missing_floor_may_be_charged():
    asked = key(
        "assignment: a\nquestions: [{ask: conv.output, form: symbolic, points: 2, partial: {size.fraction: 1}}]"
    )
    verdict = marked(asked, conv__output="(W - K + 2P)/S + 1").verdicts[0]
    assert (verdict.state, verdict.score, verdict.diagnoses[0].codes) == ("wrong", 1, ("size.fraction",))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("assignment: a\nspec: lenet5\nquestions: [{ask: C9.output}]", "H011"), ("assignment: a\nspec: lenet5\nquestions: [{ask: C1.colour}]", "H010"),
        ("assignment: a\nspec: lenet5\nquestions: [{ask: C1.output, partial: {par.nobias: 1}}]", "H020"),
        ("assignment: a\nspec: lenet5\nquestions: [{ask: C1.output, pionts: 1}]", "H014"), ("assignment: a\nquestions: [{ask: C1.output}]", "H019"),
        ("assignment: a\nspec: lenet55\nquestions: [{ask: C1.output}]", "Y030"), ("assignment: a\nspec: lenet5\nquestions: [{ask: C1.output, points: many}]", "H017"),
        ("assignment: a\nspec: lenet5\nquestions: [{ask: C1.output}, {ask: C1.output}]", "H016"), ("assignment: a\n", "H015"),
        ("assignment: a\nquestions: [{ask: padding, layer: conv 6 k5 p?, input: 3x8x8, output: 6x100x99}]", "H021"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_key_is_said(text, code):
    with pytest.raises(Problem) as caught:
        key(text)
    assert [finding.code for finding in caught.value.diagnostics] == [code]
    assert caught.value.diagnostics[0].mark is not None


HEAD = "assignment: a\nspec: lenet5\n"
OPTIONS = [  # (a line of an assignment, code, column of what is wrong, a word of the cure)
    ("convention: torch", "H018", 13, "pytorch"),
    ("convention: [keras]", "H018", 13, ""),
    ("all_or_nothing: maybe", "H018", 17, "yes"),
    ("points: many", "H017", 9, ""),
    ("points: -1", "H018", 9, ""),
    ("tolerance: 100%", "H018", 12, "1%"),
    ("tolerance: 1", "H018", 12, "1%"),
    ("tolerance: -1%", "H018", 12, ""),
    ("tolerance: some", "H017", 12, ""),
    ("partial: 1", "H018", 10, "par.no_bias"),
    ("partial: {par.nobias: 1}", "H020", 11, "par.no_bias"),
    ("partial: {xyzzy: 1}", "H020", 11, "size.no_plus_one"),
    ("partial: {par.no_bias: 2}", "H018", 24, ""),
    ("partial: {par.no_bias: much}", "H017", 24, ""),
    ("set: 10", "H018", 6, "set: {"),
    ("set: {classes: [}", "Y", 0, ""),
    ("set: {nothing: 10}", "H018", 6, "no names"),
    ("input: 3xHx", "V", 0, ""),
    ("input: 64x5x5", "C", 0, ""),
    ("sepc: lenet5", "H014", 1, "spec"),
    ("questions: {ask: C1.output}", "H015", 12, "[{ask"),
    ("questions: C1.output", "H015", 12, "[{ask"),
    ("questions: [{ask: C1.output, form: symbol}]", "H018", 36, "symbolic"),
    ("questions: [{ask: C1.output, all_or_nothing: perhaps}]", "H018", 46, "yes"),
    ("questions: [{ask: C1.output, points: 1, tolerance: 3}]", "H018", 52, "1%"),
    ("questions: [{ask: C1.output, input: 3x32x32}]", "H018", 37, "leave input out"),
    ("questions: [{ask: output, layer: conv 6 k5, input: 3x8x8, output: 6x4x4}]", "H018", 67, "leave output out"),
    ("questions: [{ask: output, layer: conv 6 k5, input: 3x8x8, answer: 6}]", "H018", 67, "leave answer out"),
    ("questions: [{ask: output, layer: conv 6 k5, input: 3x8x8, spec: vgg16}]", "H018", 65, "leave spec out"),
    ("questions: [{ask: conv.output, form: symbolic, layer: conv 6 k5}]", "H018", 55, "leave layer out"),
    ("questions: [{ask: kernel, layer: conv 6 k7 p?, input: 3x8x8, output: same}]", "H012", 13, "ask: padding"),
    ("questions: [{ask: 'Z*.output'}]", "H011", 13, "summary"),
    ("questions: [{ask: 'C*.colour'}]", "H011", 13, "summary"),
    ("questions: [{ask: C3.output, form: symbolic}]", "H011", 13, "ask: conv.output"),
    ("questions: [{ask: []}]", "H015", 13, "C1.output"),
    ("questions: [{ask: }]", "H015", 13, "C1.output"),
    ("questions: [{ask: C1.output, answer: many}]", "H017", 13, ""),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "column", "cure"), OPTIONS, ids=[case[0] for case in OPTIONS])
def test_no_option_of_a_key_is_passed_over(line, code, column, cure):
    text = HEAD + line + ("\nquestions: [{ask: C1.output}]" if "questions" not in line else "")
    with pytest.raises(Problem) as caught:
        key(text)
    found = caught.value.diagnostics[0]
    assert found.code.startswith(code) and cure in found.hint and found.mark is not None
    assert column == 0 or (found.mark.line, found.mark.column) == (3, column)


APPLIED = [
    ("a convention", "spec: {input: 3x8x8, layers: [maxpool 3 s2]}\nconvention: caffe", "maxpool1.output", (3, 4, 4)),
    ("names set", "spec: {input: 3x8x8, let: {f: 4}, layers: [conv f k3]}\nset: {f: 7}", "conv1.output", (7, 6, 6)),
    ("another input", "spec: {input: 3x8x8, layers: [conv 4 k3]}\ninput: 3x9x9", "conv1.output", (4, 7, 7)),
    ("an input in a list", "spec: {input: 3x8x8, layers: [conv 4 k3]}\ninput: [3, 9, 9]", "conv1.output", (4, 7, 7)),
    ("an input by name", "spec: {input: 3x8x8, layers: [conv 4 k3]}\ninput: {input: 3x9x9}", "conv1.output", (4, 7, 7)),
    ("sizes for letters", "spec: {input: 3xHxW, layers: [conv 4 k3]}\ninput: 3x9x9", "conv1.output", (4, 7, 7)),
]


@pytest.mark.parametrize(("text", "ask", "expected"), [case[1:] for case in APPLIED], ids=[case[0] for case in APPLIED])
def test_what_an_assignment_asks_for_is_done(text, ask, expected):
    (question,) = key(f"assignment: a\n{text}\nquestions: [{{ask: {ask}}}]").questions
    assert question.expected == expected


def test_a_spec_inside_an_assignment_is_wrong_where_it_stands():
    with pytest.raises(Problem, match="kernel 55 does not fit") as caught:
        key("assignment: a\nspec:\n  input: 3x32x32\n  layers:\n    - conv 6 k5\n    - conv 8 k55\n")
    (found,) = caught.value.diagnostics
    assert (found.mark.source.name, found.mark.line, found.mark.column) == ("key.yaml", 6, 7)


LETTERS = "spec: {input: 3xHxW, layers: [conv 4 k3]}"


def test_an_answer_with_letters_in_it_is_not_asked_for():
    """A student's number could only be wrong."""
    with pytest.raises(Problem, match="letters in its output") as caught:
        key(f"assignment: a\n{LETTERS}\nquestions: [{{ask: conv1.output}}]")
    (found,) = caught.value.diagnostics
    cured = key(f"assignment: a\n{LETTERS}\n{found.hint}\nquestions: [{{ask: conv1.output}}]")
    assert cured.questions[0].expected == (4, 222, 222)
    asks = [question.ask for question in key("input: 3xHxW\nlayers: [conv 4 k3]").questions]
    assert asks == ["conv1.parameters", "conv1.receptive_field", "total.parameters"]


WRONG_ENDS = [
    ("an output", {"total.output": 11}, "slip.off_by_one"),
    ("an output of another rank", {"total.output": "10x1x3"}, ""),
    ("a field", {"total.receptive_field": 30}, "rf.skip_pool"),
    ("channels", {"total.output.channels": 11}, "slip.off_by_one"),
    ("a sum", {"total.parameters": 61470}, "par.no_bias"),
]


@pytest.mark.parametrize(("answers", "code"), [case[1:] for case in WRONG_ENDS], ids=[case[0] for case in WRONG_ENDS])
def test_a_wrong_total_is_explained_and_spoils_nothing_else(answers, code):
    result = marked(LENET, C1__output="6x28x28", **{name.replace(".", "__"): value for name, value in answers.items()})
    assert [verdict.state for verdict in result.verdicts] == ["correct", "wrong"]
    assert code in " ".join(code for each in result.verdicts[1].diagnoses for code in each.codes)


def test_a_wrong_output_of_the_last_layer_is_charged_once():
    assert states(marked(LENET, linear1__output=11, total__output=11)) == {
        "linear1.output": "wrong",
        "total.output": "consistent",
    }


def test_a_pattern_asks_of_every_layer():
    asked = key('assignment: a\nspec: lenet5\nquestions: [{ask: "C*.parameters"}]')
    assert [question.ask for question in asked.questions] == ["C1.parameters", "C3.parameters", "C5.parameters"]


def test_a_spec_may_be_narrowed_to_what_a_class_was_asked():
    source = Source("ann.yaml", "C1.output: 6x28x28\nc1.params: 156\nnothing: 1")
    narrow = settle_key(LENET, [Submission(Person("ann", "ann"), "ann.yaml", source)])
    assert [question.ask for question in narrow.questions] == ["C1.output", "C1.parameters"]
    assert list(states(marked(narrow, C1__output="6x28x28")).values()) == ["correct", "missing"]


def test_the_hash_is_that_of_key_and_spec():
    assert key(HOMEWORK).hash == key(HOMEWORK).hash != key(HOMEWORK.replace("lenet5", "lenet5-1998")).hash


def test_marking_twice_gives_the_same():
    answers = {"C1__output": "6x27x27", "C3__parameters": 2400, "total__macs": "1"}
    assert marked(LENET, **answers) == marked(LENET, **answers)


def test_a_deep_network_is_gone_through_once_and_not_for_every_layer(monkeypatch):
    """Sixty wrong fields behind one another: eleven habits in each layer, and not in each layer before each."""
    calls = []
    found = hidden.wrong_values
    monkeypatch.setattr(hidden, "wrong_values", lambda *place: calls.append(place) or found(*place))
    deep = key("3x64x64 -> [conv 4 k3 p1]*60")
    answers = {f"conv{number}__receptive_field": 10_000 + 7 * number for number in range(1, 61)}
    assert set(states(marked(deep, **answers)).values()) == {"wrong"}
    assert len(calls) < 60 * 30


def test_an_unexplained_answer_costs_little(calls):
    answers = {
        f"{layer.name}.{what}": str(1000 + 7 * place)
        for place, layer in enumerate(LENET.network.layers)
        for what in ("parameters", "macs")
    }
    assert calls(lambda: mark(LENET, Answers("", answers))) < 100_000


# (kind of network, question, what is written, verdict, remark)
READ = [
    ("1x32x32 -> conv 6 k5", "conv1.parameters", "156 (150+6)", "correct", ""),
    ("1x32x32 -> conv 6 k5", "conv1.parameters", "156 (150 weights + 6 biases)", "correct", ""),
    ("1x32x32 -> conv 6 k5", "conv1.parameters", "150 weights + 6 biases", "correct", ""),
    ("1x32x32 -> conv 6 k5", "conv1.parameters", "6 (5*5 + 1)", "correct", "read.product"),
    ("1x32x32 -> conv 6 k5", "conv1.parameters", "156 (150+8)", "unreadable", "read.contradiction"),
    ("1x32x32 -> conv 6 k5", "conv1.parameters", "156 (150 weights + 8 biases)", "unreadable", "read.contradiction"),
    ("1x32x32 -> conv 6 k5", "conv1.parameters", "150 (150+6)", "unreadable", "read.contradiction"),
    ("84 -> linear 120 -> linear 84", "linear2.parameters", "10164 (with bias)", "correct", "read.remark"),
    ("1x32x32 -> conv 6 k5", "conv1.output", "6×28×28 = 4704", "correct", ""),
    ("1x32x32 -> conv 6 k5", "conv1.output", "6x28x28 (4705)", "unreadable", "read.contradiction"),
    ("1x32x32 -> conv 6 k5", "conv1.output", "28x28 (6 maps)", "correct", ""),
    ("1x32x32 -> conv 6 k5", "conv1.output", "28 × 28, 6 channels", "correct", ""),
    ("1x32x32 -> conv 6 k5", "conv1.output", "28x28 pixels with 6 filters", "correct", ""),
    ("1x32x32 -> conv 6 k5", "conv1.output", "28x28, 5 channels", "wrong", ""),
    ("1x32x32 -> conv 6 k5", "conv1.output", "28x28 (6)", "unreadable", "read.contradiction"),
    ("1x32x32 -> conv 6 k5", "conv1.output", "6×28²", "correct", ""),
    ("1x32x32 -> conv 6 k5", "conv1.output", "28²×6", "correct", ""),
    ("1x32x32 -> conv 6 k5", "conv1.output", "6×27²", "wrong", ""),
    ("1x32x32 -> conv 6 k5", "conv1.activations", "6×28²", "correct", ""),
    ("1x28x28 -> conv 32 k3", "conv1.output", "(64, 32, 26, 26)", "correct", "read.batch"),
    ("1x28x28 -> conv 32 k3", "conv1.output", "(64, 26, 26, 32)", "correct", "read.batch"),
    ("1x28x28 -> conv 32 k3", "conv1.output", "(32, 64, 26, 26)", "wrong", ""),
    ("16x6x6 -> flatten -> linear 10", "flatten1.output", "6x6x16 = 576", "correct", ""),
    ("16x6x6 -> flatten -> linear 10", "flatten1.output", "576 features", "correct", ""),
    ("16x6x6 -> flatten -> linear 10", "flatten1.output", "16·6²", "correct", ""),
    ("16x6x6 -> flatten -> linear 10", "linear1.output", "10 classes", "correct", ""),
    ("16x6x6 -> flatten -> linear 10", "linear1.output", "64x10", "wrong", ""),
    ("1x32x32 -> conv 6 k5", "conv1.receptive_field", "5×5 pixels", "correct", "read.sides"),
    ("1x32x32 -> conv 6 k5", "conv1.receptive_field", "25 pixels", "wrong", ""),
    ("1x32x32 -> conv 6 k5", "conv1.macs", "235200 FLOPs", "correct", "read.multiple"),
    ("1x32x32 -> conv 6 k5", "conv1.macs", "117600 FLOPs", "wrong", ""),
    ("1x32x32 -> conv 6 k5", "conv1.macs", "235200", "wrong", ""),
    ("1x32x32 -> conv 6 k5", "conv1.flops", "117,600 MACs", "correct", "read.multiple"),
    ("1x32x32 -> conv 6 k5", "conv1.flops", "235200 FLOPs", "correct", ""),
    ("1x32x32 -> conv 6 k5", "conv1.macs", "0.2352 MFLOPs", "correct", "read.multiple"),
]  # fmt: skip


@pytest.mark.parametrize(("network", "asked", "text", "state", "note"), READ)
def test_an_answer_is_read_as_a_person_would(network, asked, text, state, note):
    (verdict,) = marked(key(network), **{asked.replace(".", "__"): text}).verdicts
    assert (verdict.state, verdict.note) == (state, note)


@pytest.mark.parametrize(
    "text",
    [
        '{"assignment": "a", "spec": "1x32x32 -> conv 6 k5 -> relu", "questions": [{"ask": "conv1.parameters"}]}',
        '\n{"assignment":"a","spec":"1x32x32->conv 6 k5","questions":[{"ask":"conv1.parameters"}]}',
        "{spec: 1x32x32 -> conv 6 k5 -> relu, questions: [conv1.parameters]}",
    ],
)
def test_an_assignment_on_one_line_may_have_an_arrow_in_its_spec(text):
    assert states(marked(key(text), conv1__parameters="156")) == {"conv1.parameters": "correct"}


# What model.summary() of keras.applications prints: all parameters, and those that are not trained.
PRINTED = [
    ("keras_mobilenet", 4_253_864, 21_888),
    ("keras_mobilenet_v2", 3_538_984, 34_112),
    ("keras_resnet50", 25_636_712, 53_120),
]


@pytest.mark.parametrize(("name", "total", "fixed"), PRINTED)
def test_under_keras_the_parameters_are_those_that_its_summary_prints(name, total, fixed):
    asked = read_key(library.find(name))
    right = {"total.parameters": total, "total.trainable_params": total - fixed, "total.non_trainable_params": fixed}
    for ask, number in right.items():
        (verdict,) = mark(asked, Answers("", {ask: f"{number:,}"})).verdicts
        assert verdict.state == "correct", ask
    (verdict,) = mark(asked, Answers("", {"total.parameters": str(total - fixed)})).verdicts
    assert (verdict.state, verdict.diagnoses[0].codes) == ("wrong", ("par.bn2",))


@pytest.mark.parametrize(
    ("convention", "parameters", "trainable"), [("keras", 128, 64), ("pytorch", 64, 64)], ids=["keras", "pytorch"]
)
def test_a_row_of_batchnorm_counts_what_the_framework_prints(convention, parameters, trainable):
    asked = key(f"convention: {convention}\nlayout: channels_first\ninput: 3x28x28\nlayers: [conv 32 k3, batchnorm]\n")
    answers = {"batchnorm1__parameters": str(parameters), "batchnorm1__trainable": str(trainable)}
    assert set(states(marked(asked, **answers)).values()) == {"correct"}
    (verdict,) = marked(asked, batchnorm1__parameters=str(192 - parameters)).verdicts
    assert verdict.diagnoses[0].codes == ("par.bn2",)


@pytest.mark.parametrize("row", ["total", "Gesamt", "sum", "whole network"])
def test_the_row_of_totals_may_be_called_so(row):
    assert states(mark(LENET, Answers("alice", {f"{row}.parameters": "61706"}))) == {"total.parameters": "correct"}


def test_weights_are_no_column_beside_the_parameters():
    (verdict,) = marked(LENET, C3__parameters=2400).verdicts
    assert [each.codes for each in verdict.diagnoses] == [("par.no_bias",)]


@pytest.mark.parametrize("row", ["C_3", "c 3", "C-3"])
def test_a_layer_is_found_without_its_separators(row):
    assert states(mark(LENET, Answers("alice", {f"{row}.parameters": "2416"}))) == {"C3.parameters": "correct"}


def test_two_layers_that_differ_in_separators_only_are_not_taken_for_each_other():
    two = key(
        "assignment: a\nspec: {input: 3x8x8, layers: [c_1: conv 2 k1, c1: conv 3 k1]}\nquestions: [{ask: c1.output}, {ask: c_1.output}]"
    )
    answered = mark(two, Answers("alice", {"c-1.output": "2x8x8", "c1.output": "3x8x8"}))
    assert states(answered) == {"c1.output": "correct", "c_1.output": "correct"}
    assert mark(two, Answers("alice", {"c__1.output": "2x8x8"})).findings


def test_right_answers_that_do_not_count_alone_are_told():
    group = key(
        "assignment: a\nspec: lenet5\nquestions: [{ask: C1.output, group: a}, {ask: C1.parameters, group: a}, {ask: S2.output}]"
    )
    spoilt = marked(group, C1__output="6x28x28", C1__parameters=150, S2__output="6x14x14")
    assert spoilt.score == 1 and [each.code for each in spoilt.findings] == ["H005"]
    assert not marked(group, C1__output="6x28x28", C1__parameters=156).findings


def test_answers_in_place_of_a_key_are_told_so():
    with pytest.raises(Problem) as caught:
        key("student: alice\nanswers: {C1.output: 6x28x28}")
    assert caught.value.diagnostics[0].code == "H023"
