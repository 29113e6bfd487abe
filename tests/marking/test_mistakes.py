"""Every common mistake is found from its number, with the line of working that leads there; so are published errata."""

import re
from fractions import Fraction

import pytest
from mistake_examples import EXAMPLES, WRITTEN

from convcalc.algebra.expr import evaluate
from convcalc.algebra.formula import steps, values_of
from convcalc.kinds import find
from convcalc.marking.answers import Answers
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.situation import right_situation
from convcalc.marking.wrong_formulas import possible
from convcalc.marking.wrong_values import wrong_values
from convcalc.problem import Source
from convcalc.readers import library

KERAS = "convention: keras\n"


def key_of(spec, *asks, convention=""):
    """An assignment that asks these of a network: a bundled name, or a chain."""
    network = f"spec: {spec}" if "->" not in spec else f'spec: "{spec}"'
    questions = "".join(f"\n  - {{ask: {ask}}}" for ask in asks)
    head = f"convention: {convention}\n" if convention else ""
    return read_key(Source("key", f"assignment: test\n{head}{network}\nquestions:{questions}\n"))


def diagnoses(spec, answers, convention=""):
    """The diagnoses of the last of these answers; the others are those of rows before it."""
    key = key_of(spec, *answers, convention=convention)
    marked = mark(key, Answers("", {ask: str(answer) for ask, answer in answers.items()}))
    verdict = marked.verdicts[-1]
    assert verdict.state == "wrong" or verdict.charged, verdict
    return verdict.diagnoses


ELSEWHERE = {"size.concat_add", "rf.residual_sum", "rf.residual_none"}  # below: they need a graph


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0])
def test_the_example_of_the_list_is_explained(example):
    code, spec, ask, answer, *convention = example
    found = diagnoses(spec, {ask: answer}, *convention)
    assert (code,) in [each.codes for each in found]


@pytest.mark.parametrize("example", WRITTEN, ids=lambda example: example[0])
def test_a_slip_of_the_pen_is_explained(example):
    code, spec, ask, answer = example
    assert (code,) in [each.codes for each in diagnoses(spec, {ask: answer})]


def test_every_code_of_the_list_has_an_example_or_a_test_of_its_own():
    listed = {
        code for code in MISTAKES if not code.startswith(("slip.", "arr.", "code."))
    }  # test_array_questions.py, answer_forms
    assert listed == {example[0] for example in EXAMPLES} | ELSEWHERE


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0])
def test_the_working_shown_gives_the_students_number(example):
    _, spec, ask, answer, *convention = example
    for each in diagnoses(spec, {ask: answer}, *convention):
        if each.work is not None:
            tree, bindings = each.work
            assert evaluate(tree, values_of(bindings)) in map(Fraction, re.findall(r"-?[\d./]+", str(answer)))
            assert steps(tree, bindings)


# One mistake in the formulas of several kinds: code, network, question, and by hand the wrong answer.
SPREAD = [
    ("par.no_bias", "8x9x9 -> tconv 6 k3", "tconv1.parameters", 9 * 8 * 6),
    ("par.no_bias", "8x9x9 -> dwconv k3 m2", "dwconv1.parameters", 9 * 8 * 2),
    ("par.no_bias", "8x9x9 -> sepconv 6 k3", "sepconv1.parameters", 9 * 8 + 8 * 6),
    ("par.no_bias", "8x9x9 -> localconv 6 k3", "localconv1.parameters", 49 * 9 * 8 * 6),
    ("par.bias_once", "8x9x9 -> tconv 6 k3", "tconv1.parameters", 9 * 8 * 6 + 1),
    ("par.bias_once", "8x9x9 -> dwconv k3 m2", "dwconv1.parameters", 9 * 8 * 2 + 1),
    ("par.bias_once", "8x9x9 -> sepconv 6 k3", "sepconv1.parameters", 9 * 8 + 8 * 6 + 1),
    ("par.bias_once", "8x9x9 -> localconv 6 k3", "localconv1.parameters", 49 * 9 * 8 * 6 + 1),
    ("par.bias_per_channel", "8x9x9 -> tconv 6 k3", "tconv1.parameters", 10 * 8 * 6),
    ("par.bias_per_channel", "8x9x9 -> sepconv 6 k3", "sepconv1.parameters", 10 * 8 + 9 * 6),
    ("par.no_cin", "8x9x9 -> tconv 6 k3", "tconv1.parameters", 10 * 6),
    ("par.no_cin", "8x9x9 -> localconv 6 k3", "localconv1.parameters", 49 * 10 * 6),
    ("par.channels_swapped", "8x9x9 -> tconv 6 k3", "tconv1.parameters", (9 * 6 + 1) * 8),
    ("par.channels_swapped", "8x9x9 -> sepconv 6 k3", "sepconv1.parameters", 9 * 6 + (6 + 1) * 8),
    ("par.one_k", "8x9x9 -> dwconv k3", "dwconv1.parameters", (3 + 1) * 8),
    ("par.one_k", "8x9x9 -> sepconv 6 k3", "sepconv1.parameters", 3 * 8 + 9 * 6),
    ("par.one_k", "8x9x9 -> conv 6 k3", "conv1.macs", 49 * 3 * 8 * 6),
    ("par.times_hw", "8x9x9 -> dwconv k3", "dwconv1.parameters", 9 * 8 * 49),
    ("par.times_hw", "8x9x9 -> sepconv 6 k3", "sepconv1.parameters", (9 * 8 + 9 * 6) * 49),
    ("par.times_hw", "8x9x9 -> tconv 6 k3", "tconv1.parameters", 9 * 8 * 6 * 121),
    ("par.input_size", "8x9x9 -> tconv 6 k3", "tconv1.parameters", 81 * 8 * 6),
    ("par.input_size", "8x9x9 -> dwconv k3", "dwconv1.parameters", (81 + 1) * 8),
    ("par.bn_bias_kept", "8x9x9 -> sepconv 6 k3 bias=no", "sepconv1.parameters", 9 * 8 + 9 * 6),
    ("par.groups_ignored", "8x9x9 -> tconv 6 k3 g2", "tconv1.parameters", (9 * 8 + 1) * 6),
    ("par.groups_ignored", "8x9x9 -> conv 6 k3 g2", "conv1.macs", 49 * 9 * 8 * 6),
    ("par.groups_div_both", "8x9x9 -> localconv 6 k3 g2", "localconv1.parameters", 49 * (9 * 4 + 1) * 3),
    ("par.groups_div_both", "8x9x9 -> conv 6 k3 g2", "conv1.parameters", 9 * 4 * 3 + 6),
    ("par.depthwise_full", "8x9x9 -> sepconv 6 k3", "sepconv1.parameters", 9 * 8 * 8 + 9 * 6),
    ("par.dw_cout", "8x9x9 -> dwconv k3 m2", "dwconv1.parameters", 10 * 8),
    ("par.dilated_more", "8x9x9 -> tconv 6 k3 d2", "tconv1.parameters", (25 * 8 + 1) * 6),
    ("par.dilated_more", "8x9x9 -> dwconv k3 d2", "dwconv1.macs", 25 * 25 * 8),
    ("mac.bias", "8x9x9 -> tconv 6 k3", "tconv1.macs", 81 * 9 * 8 * 6 + 6 * 11 * 11),
    ("mac.bias", "400 -> linear 120", "linear1.macs", 48_000 + 120),
    ("mac.bias", "3x8x8 -> sepconv 4 k3", "sepconv1.macs", 1404 + 4 * 36),
    ("mac.no_cin", "8x9x9 -> tconv 6 k3", "tconv1.macs", 81 * 9 * 6),
    ("mac.no_cin", "8x9x9 -> localconv 6 k3", "localconv1.macs", 49 * 9 * 6),
    ("mac.in_hw", "8x9x9 -> sepconv 6 k3", "sepconv1.macs", 81 * (9 * 8 + 8 * 6)),
    ("mac.params", "8x9x9 -> tconv 6 k3", "tconv1.macs", (9 * 8 + 1) * 6),
    ("mac.params", "8x9x9 -> dwconv k3", "dwconv1.macs", 10 * 8),
    ("mac.params", "8x9x9 -> sepconv 6 k3", "sepconv1.macs", 9 * 8 + 8 * 6),
    ("mac.dw", "8x9x9 -> sepconv 6 k3", "sepconv1.macs", 49 * (9 * 8 * 8 + 8 * 6)),
    ("size.no_stride", "8x9x9 -> tconv 6 k3 s2", "tconv1.output.height", 11),
    ("size.no_stride", "8x9x9 -> maxpool 3 s2", "maxpool1.output.height", 7),
    ("size.no_padding", "8x9x9 -> maxpool 3 s2 p1", "maxpool1.output.height", 4),
    ("size.channels_unchanged", "8x9x9 -> sepconv 6 k3", "sepconv1.output.channels", 8),
    ("size.channels_unchanged", "8x9x9 -> dwconv k3 m2", "dwconv1.output.channels", 8),
    ("size.channels_mult", "8x9x9 -> localconv 6 k3", "localconv1.output.channels", 48),
]  # fmt: skip


@pytest.mark.parametrize("example", SPREAD, ids=lambda example: f"{example[0]} {example[2]}")
def test_a_mistake_is_one_in_every_kind_that_has_the_part_it_changes(example):
    code, spec, ask, answer = example
    found = diagnoses(spec, {ask: answer})
    assert (code,) in [each.codes for each in found]
    assert all(evaluate(each.work[0], values_of(each.work[1])) == answer for each in found if each.work)


@pytest.mark.parametrize(
    ("kind", "quantity", "codes"),
    [
        ("dwconv", "parameters", "par.no_cin par.bias_per_channel par.channels_swapped par.groups_ignored par.tc_swap"),
        ("dwconv", "macs", "mac.no_cin par.groups_ignored mac.tc"),
        ("dwconv", "channels", "size.channels_mult"),
        ("sepconv", "parameters", "par.no_cin par.groups_div_both"),
        ("linear", "parameters", "par.no_bias par.no_cin par.one_k par.times_hw par.input_size"),
        ("conv", "macs", "mac.tc mac.dw"),
        ("tconv", "macs", "mac.in_hw"),
        ("maxpool", "channels", "size.channels_unchanged size.channels_mult"),
        ("batchnorm", "parameters", "par.no_bias par.bias_once par.bn_bias_kept"),
        ("lstm", "parameters", "par.no_bias par.no_cin"),
    ],
)
def test_a_mistake_is_not_offered_where_there_is_nothing_to_mistake(kind, quantity, codes):
    at = find(kind).kind
    offered = {mistake.code for mistake, wrong in possible(at, quantity) if wrong.when != "depthwise"}
    assert offered.isdisjoint(codes.split())


DEEP = "1x64x64 -> conv 4 k3 p1 -> conv 4 k5 -> maxpool 2 -> conv 8 k3 -> conv 8 k3 s2"


@pytest.mark.parametrize(
    ("ask", "answer", "code"),
    [
        ("conv4.output", "8x11x11", "size.no_plus_one"),  # 63, 58, 28, 25, 11
        ("conv4.macs", 11 * 11 * 9 * 8 * 8, "size.no_plus_one"),
        ("conv4.parameters", (9 * 128 + 1) * 8, "size.channels_mult"),
    ],
)
def test_a_mistake_in_every_layer_is_found_from_the_last_row_alone(ask, answer, code):
    found = diagnoses(DEEP, {ask: answer})
    assert ((code,), ("*",)) in [(each.codes, each.layers) for each in found]


def test_the_weights_of_a_local_convolution_are_at_every_position():
    """What is a mistake elsewhere is right there."""
    (layer,) = key_of("8x9x9 -> localconv 6 k3", "localconv1.parameters").asked
    assert "par.times_hw" not in {
        code for each in wrong_values(right_situation(layer.network, 0), "parameters").all() for code in each.codes
    }


INCEPTION = """
assignment: a
spec:
  input: 192x28x28
  layers:
    - concat:
        a: [conv 64 k1]
        b: [conv 128 k1]
        c: [conv 32 k1]
        d: [conv 32 k1]
questions: [{ask: concat1.output}]
"""
BLOCK = """
assignment: a
spec:
  input: 1x64x64
  layers:
    - residual: {main: [conv 1 k3 s2 p1, conv 1 k3 p1], shortcut: [conv 1 k1 s2]}
    - conv 1 k3 p1
questions: [{ask: conv4.receptive_field}]
"""


@pytest.mark.parametrize(
    ("text", "answer", "code"),
    [
        (INCEPTION, "128x28x28", "size.concat_add"),
        (BLOCK, "15", "rf.residual_sum"),
        (BLOCK, "3", "rf.residual_none"),
    ],
)
def test_mistakes_where_branches_meet(text, answer, code):
    key = read_key(Source("key", text))
    (verdict,) = mark(key, Answers("", {key.questions[0].ask: answer})).verdicts
    assert (code,) in [each.codes for each in verdict.diagnoses]


# Published answers that are wrong, by their id in homework.jsonl.
CONV_LENET = (
    "3x32x32 -> conv 8 k5 -> maxpool 2 -> conv 16 k5 -> maxpool 2 -> flatten -> linear 120 -> linear 84 -> linear 10"
)
ZFNET = "3x224x224 -> conv 96 k7 s2 -> maxpool 3 s2 -> conv 256 k5 s2 -> maxpool 3 s2"
UNET = "1x572x572 -> conv 1 k3 -> conv 1 k3 -> maxpool 2 -> conv 1 k3 -> conv 1 k3 -> maxpool 2 -> conv 1 k3 -> conv 1 k3 -> maxpool 2 -> conv 1 k3 -> conv 1 k3 -> maxpool 2 -> conv 1 k3 -> conv 1 k3"
ERRATA = [
    ("ng-lenet-slide-original conv1", CONV_LENET, {"conv1.parameters": 208}, "par.no_cin"),
    ("ng-lenet-slide-original conv2", CONV_LENET, {"conv2.parameters": 416}, "par.no_cin"),
    ("ng-lenet-slide-original fc3", CONV_LENET, {"linear1.parameters": 48_001}, "par.bias_once"),
    ("ng-lenet-slide-original fc4", CONV_LENET, {"linear2.parameters": 10_081}, "par.bias_once"),
    ("ng-lenet-slide-original softmax", CONV_LENET, {"linear3.parameters": 841}, "par.bias_once"),
    ("anvith-576", "3x32x32 -> conv 64 k3 bias=no", {"conv1.parameters": 576}, "par.no_cin"),
    ("ccmath-midterm-pad2", "1x5x5 -> conv 1 k3 p2", {"conv1.output": "1x5x5"}, "size.pad_once"),
    ("cs231n-vgg-memory", "vgg16", {"total.activations": "24M"}, "mem.vgg24M"),
    ("alexnet-224-vs-227", "3x224x224 -> conv 96 k11 s4", {"conv1.output": "96x55x55"}, "size.round_up_conv"),
    ("scutan-zfnet-sizes conv1", ZFNET, {"conv1.output": "96x110x110"}, "size.round_up_conv"),
    ("scutan-zfnet-sizes pool1", ZFNET, {"conv1.output": "96x110x110", "maxpool1.output": "96x55x55"}, "size.floor_ceil_mixed"),
    ("scutan-zfnet-sizes pool2", ZFNET, {"conv1.output": "96x110x110", "maxpool1.output": "96x55x55", "conv2.output": "256x26x26",
                                         "maxpool2.output": "256x13x13"}, "size.floor_ceil_mixed"),
    ("sidesshmore-c3", "6x14x14 -> conv 16 k5", {"conv1.parameters": "5*5*6*10+16"}, "par.lenet_c3"),
    ("vgg16-rf-arith", "vgg16", {"stage1.conv2.receptive_field": 5, "stage1.maxpool1.receptive_field": "5+(2-1)*2"}, "rf.cur_stride"),
    ("kaggle-pool-14", "1x32x32 -> conv 1 k3 -> conv 1 k3 -> conv 1 k3 -> maxpool 2", {"maxpool1.receptive_field": 14}, "rf.mult_k"),
    ("studymate-1.5", "1x3x3 -> maxpool 2", {"maxpool1.output": "1x2x2"}, "size.pool_default_stride1"),
    ("mbadry-76typo", "3x32x32 -> conv 10 k5 p2", {"conv1.parameters": 76}, "slip.digits"),
    ("codelabs-28", "1x28x28 -> conv 4 k5 p=same", {"conv1.output": "28x28x14"}, "slip.digits"),
    ("doubled", "1x32x32 -> conv 6 k5", {"conv1.parameters": 312}, "slip.doubled"),
    ("halved", "1x32x32 -> conv 6 k5", {"conv1.parameters": 78}, "slip.doubled"),
    ("another digit", "1x32x32 -> conv 6 k5", {"conv1.parameters": 186}, "slip.digit_changed"),
    ("fields summed", "lenet5", {"S4.receptive_field": 14}, "rf.sum_k"),
    ("tds-unet-64", UNET, {"conv8.output": "1x64x64", "conv10.output": "1x64x64"}, "slip.neighbour"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "spec", "answers", "code"), ERRATA, ids=[each[0] for each in ERRATA])
def test_a_published_erratum_is_explained(name, spec, answers, code):
    assert (code,) in [each.codes for each in diagnoses(spec, answers)]


def test_a_published_erratum_of_two_mistakes_is_explained():
    found = diagnoses("3x28x28 -> conv 5 k3", {"conv1.parameters": 45})  # mcai-45
    assert ("par.no_bias", "par.no_cin") in [each.codes for each in found]


def test_biases_left_out_everywhere_give_the_total_of_the_course_notes():
    assert (("par.no_bias",)) in [each.codes for each in diagnoses("vgg16", {"total.parameters": 138_344_128})]


@pytest.mark.parametrize(
    ("ask", "answer", "code"),
    [
        ("flops", 416_520, "mac.factor2"),
        ("macs", 833_040, "mac.factor2"),
        ("flops", 61_706, "mac.params"),
        ("macs", 171_520, "mac.no_cin"),
        ("weights", 61_706, "slip.column"),
        ("connections", 416_520, "slip.column"),
        ("memory", 8094, "slip.unit"),
        ("memory", "32.4 KiB", "slip.unit"),  # 32,376 bytes are 32.4 kB, or 31.6 KiB
        ("memory", "31.6 kB", "slip.unit"),
        ("parameters", "60.3k", "slip.unit"),
    ],
)
def test_a_wrong_total_is_explained(ask, answer, code):
    assert (code,) in [each.codes for each in diagnoses("lenet5", {f"total.{ask}": answer})]


def test_sentences_are_whole_and_short():
    for mistake in MISTAKES.values():
        assert mistake.slip and mistake.cure, mistake.code
        assert not re.search(r"[.;]$", mistake.slip + mistake.cure), mistake.code
        assert len(mistake.sentence) < 140, mistake.code


def test_nothing_is_claimed_of_a_number_that_no_mistake_gives():
    assert diagnoses("lenet5", {"C3.parameters": 123_457}) == ()
    assert library.find("lenet5").text


def test_a_number_that_was_rounded_to_two_digits_is_too_vague_to_explain():
    assert diagnoses("lenet5", {"total.parameters": "60k"}) == ()
    assert ("par.no_bias",) in [each.codes for each in diagnoses("lenet5", {"C5.parameters": "48.00k"})]


def test_a_mistake_in_a_row_that_was_not_asked_is_found():
    found = diagnoses("lenet5", {"S4.output": "16x4x4"})
    assert (("size.no_plus_one",), ("C1",)) in [(each.codes, each.layers) for each in found]
