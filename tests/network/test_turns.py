"""Repeats whose number is a letter: closed forms that are the network written out, for every number; else a question."""

import json

import pytest

from convcalc.algebra.poly import symbol
from convcalc.algebra.substitution import substitute
from convcalc.algebra.summation import sum_of_powers, sum_over
from convcalc.network.load import Choices, summarise_text

SIZES = {"H": 50, "W": 43, "K": 3, "D": 2}


def facts(report):
    """Everything that is summed, the output, and the field of it."""
    field = [report.last.extents(what) for what in ("size", "stride", "offset", "centre")]
    return report.output, list(report.totals), field


def put_in(value, numbers):
    if isinstance(value, (list, tuple)):
        return [put_in(each, numbers) for each in value]
    found = substitute(value, numbers)
    return found.numerator if getattr(found, "denominator", 0) == 1 else found


def listed(value):
    return [listed(each) for each in value] if isinstance(value, (list, tuple)) else value


LINES = [
    "3xHxW -> [conv 8 k3 -> relu]*L",
    "3xHxH -> [conv 8 k3 p1 -> batchnorm -> relu]*L -> globalavgpool",
    "3xHxH -> conv 4 k3 s2 p1 -> [conv 8 k3 -> conv 4 k5 p1]*L -> conv 2 k3",
    "3xHxH -> [conv 8 k3 d2]*L",
    "3xHxH -> [conv 8 k3 p3]*L",
    "3xHxW -> [dwconv k3x1 p1x0 -> conv 16 k1]*L",
    "3xHxH -> maxpool 2 -> [maxpool 3 s1]*L -> conv 4 k2",
    "3xHxH -> [tconv 4 k3]*L",
    "3xHxH -> [conv L k1]*L",
    "3xHxH -> [conv 8 k3]*2*L",
    "3xHxH -> [[conv 8 k3]*L -> maxpool 3 s1]*M",
    "3x40x40 -> [conv 8 k3 -> relu]*L -> maxpool 2 -> flatten -> linear 5",
    "10 -> [linear 20 -> relu]*L -> linear 3",
    "1x60 -> [conv 4 k5]*L",
]
SPECS = [
    "{residual: [conv 8 k3 p1, batchnorm, relu, conv 8 k3 p1]}, relu",
    "{concat: [identity, [conv 12 k3 p1, relu]]}",
    "conv 8 k3 p1, {gate: [globalavgpool, conv 4 k1, relu, conv 8 k1, sigmoid]}",
]
TEXTS = [
    *LINES,
    *(f"input: 3xHxW\nlayers: [conv 8 k3 p1, {{repeat: {{times: L, layers: [{body}]}}}}, conv 4 k1]" for body in SPECS),
    "input: 3xHxW\nlayers: [stage: L x conv 8 k3]",
    "input: 3xHxW\nblocks: {b: {params: {c: required}, layers: [conv c k3, relu]}}\nlayers: [L x b c=16]",
    "input: [196, 32]\nlayers: [{repeat: {times: L, layers: [{residual: [layernorm, attention heads=4]}]}}, linear 5]",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_closed_form_is_the_network_written_out_for_every_number(text):
    letters = ("L", "M") if "*M" in text else ("L",)
    report = summarise_text(text, Choices(symbols=letters))
    assert not report.errors
    symbolic = facts(report)
    tried = 0
    for turns in (1, 2, 3, 4, 7):
        for more in (1, 3) if "M" in letters else (1,):
            numbers = {"L": turns, "M": more, **SIZES}
            shape = "x".join(str(put_in(side, numbers)) for side in report.inputs["input"])
            sets = {name: str(numbers[name]) for name in letters}
            right = summarise_text(text, Choices(sets=sets, inputs={"input": shape}))
            if not right.errors:
                assert put_in(symbolic, numbers) == listed(facts(right)), numbers
                tried += 1
    assert tried >= 4


def test_the_field_and_the_sizes_of_the_lecture():
    """1 + L·(K − 1), and H − L·(K − 1) without padding (EECS 498)."""
    report = summarise_text("1xHxH -> [conv 1 k=K]*L", Choices(symbols=("L", "K")))
    high, kernel, turns = symbol("H"), symbol("K"), symbol("L")
    assert report.last.extents() == (1 + turns * (kernel - 1),) * 2
    assert report.output == (1, *(high - turns * (kernel - 1),) * 2)
    assert report.totals.parameters == turns * (kernel**2 + 1)
    same = summarise_text("8xHxH -> [conv 8 k3 p1]*L", Choices(symbols=("L",)))
    assert same.output == (8, high, high)
    assert same.totals.parameters == 584 * turns and same.totals.macs == 576 * high**2 * turns


def test_it_is_printed_and_in_json(convcalc):
    args = ("-e", "1xHxH -> [conv 1 k=K]*L", "--symbol", "L", "--symbol", "K")
    out = convcalc("summary", *args)[1]
    assert "Receptive field  (L·(K − 1) + 1)×(L·(K − 1) + 1)" in out and "1×(H − L·(K − 1))×(H − L·(K − 1))" in out
    found = json.loads(convcalc("summary", *args, "--json")[1])
    assert found["totals"]["receptive_field"]["size"] == ["L*(K - 1) + 1"] * 2
    assert found["totals"]["parameters"] == "(K^2 + 1)*L"
    assert found["layers"][1]["kind"] == "repeat" and found["layers"][1]["values"] == {"times": "L - 2"}


def test_the_layers_are_counted(convcalc):
    out = convcalc("summary", "-e", "3xHxH -> [conv 8 k3 -> relu]*L -> flatten", "--symbol", "L")[1]
    assert "Total      2·L + 1 layers" in " ".join(out.split()).replace("Total 2·L", "Total      2·L")


@pytest.mark.parametrize(
    ("bound", "solution"),
    [(("--receptive-field", "15"), "L = 7"), (("--output", "8x20x20"), "L = 6"), (("--parameters", "2560"), "L = 5")],
)
def test_solve_finds_the_number(convcalc, bound, solution):
    text = "3x32x32 -> [conv 8 k3]*L"
    assert f"\n{solution}\n" in convcalc("solve", "-e", text, "--set", "L=?", *bound)[1]


def test_solve_has_the_closed_form(convcalc):
    out = convcalc(
        "solve", "-e", "1x32x32 -> [conv 1 k=K]*L", "--set", "L=?", "--set", "K=3", "--receptive-field", "15"
    )[1]
    assert "receptive field  2L + 1 = 15" in out and "\nL = 7\n" in out


OPEN = [
    ("3xHxH -> [conv 8 k3 s2]*L", "its turns do not change the sizes alike"),
    ("3x64x64 -> [conv 8 k3 s2 p1 -> relu]*L", "its turns do not change the sizes alike"),
    ("3x64x64 -> [maxpool 2]*L", "its turns do not change the sizes alike"),
    ("3x32x32 -> [conv 8 k3 s2 p1 -> upsample 2]*L", "its counts or its receptive field do not grow alike"),
    ("3x4x4 -> [conv 8 k3]*L", "of a turn by itself, kernel 3 does not fit"),
    ("3x16 -> [lstm 8]*L", "its counts or its receptive field do not grow alike"),
    ("input: 3x9x9\nlayers: [a: conv 3 k1, {repeat: {times: L, layers: [conv 3 k3 p1, b: relu, {add: [a, b]}]}}]",
     "of a turn by itself"),
    ("input: 3x9x9\nlayers: [{repeat: {times: L, shared: yes, layers: [conv 3 k3 p1]}}]", "share their weights"),
    ("3x9x9 -> [[[[[conv 3 k3 p1]*L]*L]*L]*L]*L", "more than 4 such repeats are in one another"),
    ("input: 3x9x9\nlayers: [{repeat: {times: L, layers: [{concat: [identity, conv 3 k1]}, conv 3 k1 g=3]}}]", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), OPEN)
def test_what_has_no_closed_form_is_a_question_whose_cure_works(text, why):
    errors = summarise_text(text, Choices(symbols=("L",))).errors
    if not why:
        assert not errors
        return
    assert errors[0].code == "V001" and errors[0].message.startswith("repeat L times has no closed form: ")
    assert why in errors[0].message
    option, cure = errors[0].hint.split()
    name, value = cure.split("=")
    assert option == "--set" and name == "L"
    assert not summarise_text(text, Choices(sets={name: value})).errors


def test_the_cure_can_be_pasted_behind_the_letter(convcalc):
    args = ("summary", "-e", "3x64x64 -> [conv 8 k3 s2 p1]*L", "--symbol", "L")
    code, _, errors = convcalc(*args)
    assert code == 3 and "= help: --set L=3" in errors
    assert convcalc(*args, "--set", "L=3")[0] == 0


@pytest.mark.parametrize(
    "args", [("summary", "--memory", "all"), ("convert", "--to", "pytorch"), ("convert", "--to", "chain")]
)
def test_what_needs_every_layer_is_refused(convcalc, args):
    code, _, errors = convcalc(args[0], "-e", "3x32x32 -> [conv 8 k3]*L", "--symbol", "L", *args[1:])
    assert code in (2, 3) and "error[" in errors and "help" in errors


def test_a_spec_keeps_its_letter(convcalc):
    out = convcalc("convert", "-e", "3xHxH -> [conv 8 k3 -> relu]*L", "--symbol", "L", "--to", "yaml")[1]
    assert "symbols: [L]" in out and "[conv 8 k3 -> relu]*L" in out


def test_sums_of_powers():
    n, t = symbol("n"), symbol("t")
    for degree in range(8):
        closed = sum_of_powers(degree, n)
        assert all(substitute(closed, {"n": last}) == sum(i**degree for i in range(1, last + 1)) for last in range(7))
    closed = sum_over((n - 2 * t) ** 2 * 3 + t, "t", 2, n - 1)
    for last in range(1, 9):
        summed = sum(3 * (last - 2 * i) ** 2 + i for i in range(2, last))
        assert substitute(closed, {"n": last}) == (summed if last > 1 else -(3 * (last - 2) ** 2 + 1))
    assert sum_over(n // (t + 1), "t", 1, n) is None and sum_over((n + t) // 2, "t", 1, n) is None


def test_it_is_worked_without_a_false_equation(convcalc):
    """Counts of all the turns between are sums, told without the work of one."""
    out = convcalc("explain", "-e", "3xHxH -> [conv 8 k3 -> relu]*L", "--symbol", "L")[1]
    middle = out.split("repeat1: ")[1].split("conv2: ")[0]
    assert "Parameters               584·L − 1,168 (of 2·L − 4 layers)" in middle
    assert "8·(H − 2·L + 2)·(H − 2·L + 2)" not in middle and "(of 2·L − 4 layers)" in middle
    assert "r_in + (k − 1)·j_in = 3 + ((2·L − 3) − 1)·1 = 2·L − 1" in middle
    assert "n + p_l + p_r − k + 1 = (H − 2) + 0 + 0 − (2·L − 3) + 1 = H − 2·L + 2" in middle


@pytest.mark.parametrize("words", [("[conv 1 k=K]*L", "1xHxH"), ("L x conv 1 k=K", "1xHxH")])
def test_one_layer_of_a_command_line_may_be_repeated_by_a_letter(convcalc, words):
    code, out, _ = convcalc("layer", *words)
    assert code == 0 and "= L·(K − 1) + 1" in out and "→ 1×(H − L·(K − 1))×(H − L·(K − 1))" in out
