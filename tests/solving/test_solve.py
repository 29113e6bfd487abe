"""What `convcalc solve` finds: nothing missed and nothing wrong against trying every value, and every inverse exercise."""

import json
import os
import subprocess
import sys
from itertools import product
from random import Random

import jsonschema
import pytest
import yaml
from places import DATA, ROOT

from convcalc.algebra.expr import ExprError, evaluate
from convcalc.algebra.parser import parse
from convcalc.algebra.poly import symbol
from convcalc.algebra.substitution import substitute
from convcalc.kinds import find
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.layers.applied import Setting, apply
from convcalc.network.load import Choices, summarise_text
from convcalc.problem import Problem
from convcalc.solving.answer import answer
from convcalc.solving.given import layer_shapes
from convcalc.solving.layer import question
from convcalc.solving.question import Bound, bound, is_target
from convcalc.solving.runs import ValueRun, as_runs


@pytest.fixture
def solved(convcalc):
    """The JSON of a question."""

    def call(*arguments):
        code, out, err = convcalc("solve", *arguments, "--json")
        assert not err, err
        found = json.loads(out)
        assert code == (0 if found["solved"] else 4)
        return found

    return call


# One layer against trying every value

NAMES = {"k": "kernel", "s": "stride", "p": "padding", "d": "dilation", "g": "groups", "op": "output_padding"}
LETTERS = {
    "conv": "k s p d g", "dwconv": "k s p d", "localconv": "k s p d", "tconv": "k s p d op", "maxpool": "k s p d",
    "avgpool": "k s p", "unfold": "k s p d",
}  # fmt: skip
FILTERED = ("conv", "tconv", "localconv")
LOW = {"p": 0, "op": 0}
HIGH = 40


class Case:
    """A random layer, applied with any one of its numbers changed."""

    def __init__(self, random):
        self.kind = random.choice(
            ["conv", "conv", "tconv", "tconv", "maxpool", "avgpool", "dwconv", "localconv", "unfold"]
        )
        values = {"k": random.randint(1, 6), "s": random.randint(1, 4), "p": random.randint(0, 3),
                  "d": random.choice([1, 1, 2, 3]), "op": random.randint(0, 2), "g": random.choice([1, 1, 2])}  # fmt: skip
        self.values = {letter: values[letter] for letter in LETTERS[self.kind].split()}
        self.ceil = self.kind.endswith("pool") and random.random() < 0.3
        self.channels, self.filters = random.choice([2, 4, 6]), random.choice([2, 4, 8])
        rank = random.choice([1, 1, 2, 2, 3]) if self.kind != "unfold" else 2
        self.sizes = [random.randint(1, 18) for _ in range(rank)]
        if random.random() < 0.6:
            self.sizes = [self.sizes[0]] * rank
        self.convention = random.choice(["pytorch", "pytorch", "textbook", "caffe", "onnx"])

    def text(self, *unknown):
        words = [self.kind]
        if self.kind in FILTERED:
            words.append("?" if "f" in unknown else str(self.filters))
        words += [f"{letter}?" if letter in unknown else f"{letter}{value}" for letter, value in self.values.items()]
        return " ".join(words + ["ceil=yes"] * self.ceil)

    def applied(self, **changed):
        """The layer with other values, None where there is none."""
        sizes = [changed.pop("n")] * len(self.sizes) if "n" in changed else self.sizes
        given = {NAMES[letter]: changed.get(letter, value) for letter, value in self.values.items()}
        if self.kind in FILTERED:
            given["filters"] = changed.get("f", self.filters)
        if self.ceil:
            given["ceil"] = True
        setting = Setting(find(self.kind).kind, tuple(given.items()))
        try:
            return apply(setting, ((self.channels, *sizes),), CONVENTIONS[self.convention], on_map=len(sizes) > 1)
        except (Problem, ExprError):
            return None


def wanted(case, random, unknown):
    """A target that mostly can be met, and bounds."""
    applied = case.applied()
    rank = len(case.sizes)
    if unknown == "f":
        most = random.randint(1, 4000)
        return None, (Bound("parameters", most if random.random() < 0.5 else None, most, ""),)
    if unknown == "g":
        return None, (Bound("parameters", None, random.randint(10, 3000), ""),)
    if applied is not None and len(applied.output) == rank + 1 and random.random() < 0.6:
        target = applied.output[1:]
    elif random.random() < 0.6:
        target = (random.randint(1, 18),) * rank
    else:
        target = tuple(random.randint(1, 18) for _ in range(rank))
    bounds = (Bound("macs", None, random.randint(10, 10**5), ""),) if random.random() < 0.15 else ()
    return ("?", *target) if case.kind != "unfold" else (random.choice([4, 8, 18, 36]), "?"), bounds


def meets(applied, target, bounds):
    if applied is None:
        return False
    sizes = applied.output if target is not None else ()
    return all(want in ("?", size) for want, size in zip(target or (), sizes, strict=True)) and all(
        bound.holds(getattr(applied, bound.quantity)) for bound in bounds
    )


@pytest.mark.seeds(2, 140)
def test_one_unknown_is_every_value_that_does(seed, quick_errors):
    """14,000 random layers: each unknown's values are those that applying the layer with every value up to 40 finds."""
    random = Random(seed)
    found_any = 0
    for _ in range(100):
        case = Case(random)
        unknown = random.choice([*case.values, "n", *(["f"] if case.kind in FILTERED else [])])
        if unknown == "n" and len(set(case.sizes)) > 1:
            continue
        target, bounds = wanted(case, random, unknown)
        low = LOW.get(unknown, 1)
        truth = [value for value in range(low, HIGH) if meets(case.applied(**{unknown: value}), target, bounds)]
        sides = ["?"] * len(case.sizes) if unknown == "n" else case.sizes
        asked = case.text(unknown), (case.channels, *sides), target, bounds, case.convention
        try:
            found = answer(question(asked[0], asked[1], target, False, bounds, case.convention))
        except Problem:
            assert not truth, asked
            continue
        runs = [run for each in found.runs.values() for run in each]
        ends = [(run.first, HIGH if run.last is None else min(run.last, HIGH - 1), run.step) for run in runs]
        values = sorted({value for first, last, step in ends for value in range(first, min(last, HIGH - 1) + 1, step)})
        assert values == truth, asked
        assert all(meets(solution.applied, target, bounds) for solution in found.solutions), asked
        found_any += bool(truth)
    assert found_any > 25


def is_sensible(case, values):
    """The rules of a table, written anew: with the padding free, no window in it alone, none larger than the input."""
    spread = {**case.values, **values}
    reach = spread.get("d", 1) * (spread["k"] - 1) + 1
    is_large = case.kind != "tconv" and any(reach > size for size in case.sizes)
    return "p" not in values or not (spread["p"] >= reach or is_large)


def is_idle(values):
    """Whether a dilation is looked for that does nothing: a single tap has no neighbours."""
    return {"d", "k"} <= values.keys() and values["k"] == 1 and values["d"] > 1


@pytest.mark.seeds(2, 8)
def test_several_unknowns_are_every_combination(seed, quick_errors):
    random = Random(seed)
    until, hits = 7, 0
    for _ in range(40):
        case = Case(random)
        if case.kind == "unfold":
            continue
        case.sizes = [random.randint(3, 12)] * len(case.sizes)
        unknown = random.sample([letter for letter in case.values if letter != "g"], random.choice([2, 2, 3]))
        target, _ = wanted(case, random, "k")
        ranges = [range(LOW.get(letter, 1), until + 1) for letter in unknown]
        truth, odd = set(), set()
        for values in product(*ranges):
            chosen = dict(zip(unknown, values, strict=True))
            if not is_idle(chosen) and meets(case.applied(**chosen), target, ()):
                (truth if is_sensible(case, chosen) else odd).add(values)
        try:
            found = answer(
                question(case.text(*unknown), (case.channels, *case.sizes), target, False, (), case.convention, until)
            )
            if not truth and not found.is_sensible:  # what is left out is shown where there is nothing else
                truth = odd
        except Problem:
            assert not truth
            continue
        rows = [tuple(solution.values[NAMES[letter]] for letter in unknown) for solution in found.solutions]
        assert all(len(set(map(type, row))) == 1 for row in rows)
        inside = {row for row in rows if not isinstance(row[0], tuple) and max(row) <= until}
        assert inside == truth, (case.text(*unknown), case.sizes, target, case.convention)
        assert len(rows) == len(set(rows))
        hits += bool(truth)
    assert hits > 4


@pytest.mark.seeds(2, 4)
def test_axes_that_differ_are_solved_apart(seed, quick_errors):
    """Padding, kernel or stride of a map that is not square: one value an axis, every combination."""
    random = Random(seed)
    hits = 0
    for _ in range(60):
        case = Case(random)
        if len(case.sizes) != 2 or case.kind == "unfold":
            continue
        case.sizes = [random.randint(4, 14), random.randint(4, 14)]
        letter = random.choice(["k", "s", "p"])
        parts = [random.randint(LOW.get(letter, 1), 4) for _ in range(2)]
        goal = case.applied(**{letter: tuple(parts)})
        if goal is None:
            continue
        found = answer(
            question(
                case.text(letter), (case.channels, *case.sizes), ("?", *goal.output[1:]), False, (), case.convention
            )
        )
        values = {solution.values[NAMES[letter]] for solution in found.solutions}
        values |= {(value, value) for value in values if isinstance(value, int)}
        shared = bool(found.runs)  # one value does along both
        assert tuple(parts) in values or shared, (case.text(letter), case.sizes, goal.output)
        assert all(solution.applied.output[1:] == goal.output[1:] for solution in found.solutions)
        hits += 1
    assert hits > 3


# What the issue and the lectures ask

WORKED = [
    ('3x224x224 "conv 64 k7 s2 p?" 64x112x112', {"padding": 3}),
    ('"conv 64 k7 s2 p3" 112x112', {"input": [223, 224]}),
    ('3x32x32 "conv 10 k? p2" --parameters 760', {"kernel": 5}),
    ('3x32x32 "conv ? k5 p2" --parameters 760', {"filters": 10}),
    ('?x32x32 "conv 10 k5 p2" --parameters 760', {"channels": 3}),
    ('3x32x32 "conv ? k5 p2" --macs 768000', {"filters": 10}),
    ('400 "linear ?" --parameters 48120', {"units": 120}),
    ('512x7x7 "conv 4096 k?" 1x1', {"kernel": 7}),
    ('3x7x7 "tconv 3 k3 s2 p1 op?" 14x14', {"output_padding": 1}),
    ('3x7x7 "tconv 3 k4 s2 p?" 14x14', {"padding": 1}),
    ('64x56x56 "maxpool ?" 28x28', {"kernel": 2}),
    ('16x28x28 "upsample scale=?" 56x56', {"scale": 2}),
    ('16x28x28 "conv 8 k3 padding_mode=?" same', None),
    ('784 "linear ?" --parameters "1e5..1.001e5"', {"units": []}),
    ('3x?x20 "conv 64 k3 p1" 64x8x20', {"input": (8, 20)}),
    ('10x400 "lstm ?" --parameters 1612', {"units": 1}),
    ('16x28x28 "pixelshuffle ?" 4x56x56', {"factor": 2}),
    ('16x50 "conv1d 8 k3 p?" same', {"padding": 1}),
    ('8x16x16x16 "conv3d 8 k3 s2 p?" 8x8x8', {"padding": 1}),
    ('3x32x32 "nn.Conv2d(3, 6, kernel_size=?, padding=2)" same', {"kernel": 5}),
    ('3x32x32 "Conv(C_out=20, K=5, P=?, S=1)" same', {"padding": 2}),
    ('1x15x13 "tconv 1 k16 s16 p7 op?" 240x200', {"output_padding": (14, 6)}),
]


def words(line):
    import shlex

    return shlex.split(line)


@pytest.mark.parametrize(("line", "values"), WORKED, ids=[line for line, _ in WORKED])
def test_layers_solved(convcalc, solved, line, values):
    if values is None:
        code, out, err = convcalc("solve", *words(line))
        assert code == 2 and "nothing that can be solved for" in err and not out
        return
    found = solved(*words(line))
    for name, expected in values.items():
        given = [solution["values"][name] for solution in found["solutions"]]
        assert given == (
            expected if isinstance(expected, list) else [list(expected) if isinstance(expected, tuple) else expected]
        )


def test_the_equation_is_worked_as_on_a_board(convcalc):
    code, out, _ = convcalc("solve", "3x224x224", "conv 64 k7 s2 p?", "64x112x112")
    assert code == 0
    assert "⌊(224 + 2p − 7)/2⌋ + 1 = 112  ⟺  222 ≤ 217 + 2p ≤ 223  ⟺  p = 3" in out
    assert "conv 64 k7 s2 p3: 3×224×224 → 64×112×112" in out


def test_the_table_has_the_simplest_first(solved, convcalc):
    found = solved("3x224x224", "conv 64 k? s? p?", "64x112x112")
    rows = [tuple(solution["values"].values()) for solution in found["solutions"]]
    assert rows[:3] == [(3, 2, 1), (5, 2, 2), (7, 2, 3)]
    assert found["tried"] == {"kernel": 40, "stride": 40}
    odd = [row[0] % 2 for row in rows]
    assert odd == sorted(odd, reverse=True)
    _, out, _ = convcalc("solve", "3x224x224", "conv 64 k? s? p?", "64x112x112", "--limit", 3)
    assert "… and 37 more: --limit 0 shows them" in out and "tried: kernel up to 40, stride up to 40" in out


def test_padding_that_fits_exactly_does_not_exist_where_the_top_is_odd(convcalc):
    """Lecture entry cnn4-fits: 27 + 2P is odd; floor sizes take any P, and 32 → 16 takes 2, or 1 before and 2 after."""
    code, out, _ = convcalc("solve", "3x32x32", "conv 6 k5 s2 p?", "--exact")
    assert code == 4
    assert "no solution: 27 + 2p is odd: an even step never lands" in out
    code, out, _ = convcalc("solve", "3x32x32", "conv 6 k5 s2 p?", "?x?")
    assert code == 0 and "padding = 0, 1, 2, …" in out
    code, out, _ = convcalc("solve", "3x32x32", "conv 6 k5 s2 p?", "16x16")
    assert code == 0
    assert "padding = 2" in out and "the last column of the padded input is not used" in out
    assert "1 before and 2 after, conv 6 k5 s2 p=[[1,2],[1,2]]: 3×32×32 → 6×16×16" in out
    code, out, _ = convcalc("solve", "3x32x32", "conv 6 k5 s2 p?", "16x16", "--exact")
    assert code == 4 and "27 + 2p = 30  ⟺  no whole p" in out and "1 before and 2 after" in out


SYMBOLIC = [
    ("conv 64 k3 p?", "1", {}),
    ("conv k=K p?", "(K - 1)/2", {}),
    ("conv k=K d=D p?", "D*(K - 1)/2", {}),
    ("conv k=F s=S p?", "(n*S - n + F - S)/2", {}),
    ("conv k=F s=1 p?", "(F - 1)/2", {}),
    ("conv 8 k? p=P", "2*P + 1", {}),
    ("conv 8 k3 d=D p?", "D", {}),
]


@pytest.mark.parametrize(("layer", "formula", "_"), SYMBOLIC, ids=[layer for layer, _, _ in SYMBOLIC])
def test_sizes_kept_symbolically(solved, layer, formula, _):
    found = solved(layer)
    names = {letter: symbol(letter) for letter in "KDFSPn"}
    assert evaluate(parse(found["formula"].replace("^", "**")), names) == evaluate(parse(formula), names)


def test_symbolic_answers_say_where_they_are_whole(convcalc):
    assert "padding = (K − 1)/2 for odd K" in convcalc("solve", "conv k=K p?")[1]
    assert "padding = D(K − 1)/2 where D(K − 1) is even" in convcalc("solve", "conv k=K d=D p?")[1]


@pytest.mark.parametrize("k", range(1, 12))
def test_a_symbolic_answer_is_the_numeric_one(k, solved):
    for d in (1, 2, 3):
        text = f"conv 8 k{k} d{d} p?"
        found = solved("4x40x40", text, "same")
        padding, odd = divmod(d * (k - 1), 2)
        if odd:
            assert not found["solved"]
            assert found["asymmetric"][0]["values"]["padding"] == [[padding, padding + 1]] * 2
        else:
            assert [solution["values"]["padding"] for solution in found["solutions"]] == [padding]


# The inverse exercises of the lectures and of the homework

LECTURES = {entry["id"]: entry for entry in yaml.safe_load((DATA / "lectures.yaml").read_text())["inverse"]}
HOMEWORK = {
    entry["id"]: entry
    for entry in map(json.loads, (DATA / "homework.jsonl").read_text().splitlines())
    if "inverse" in entry["category"]
}
TAKEN = set()


def takes(*names):
    """Says which exercises a test is for, so that none is forgotten."""
    TAKEN.update(names)
    return lambda test: test


def entry(name):
    assert name in TAKEN
    return LECTURES.get(name) or HOMEWORK[name]


@takes("cnn4-same-3", "cnn4-same-5", "cnn4-same-7")
@pytest.mark.parametrize("kernel", [3, 5, 7])
def test_lecture_same_padding(solved, kernel):
    assert solved(f"conv k{kernel} p?")["solutions"][0]["values"]["padding"] == entry(f"cnn4-same-{kernel}")["stated"]


@takes("cnn4-same-sym", "cs231n-samepad")
@pytest.mark.parametrize(("name", "field"), [("cnn4-same-sym", "stated"), ("cs231n-samepad", "published")])
def test_same_padding_in_letters(solved, name, field):
    assert entry(name)[field] in ("(F - 1)/2", "(F-1)/2")
    assert solved("conv k=F p?")["formula"] == "(F - 1)/2"


@takes("ng-same-stride-symbolic")
def test_same_padding_with_a_stride(solved):
    published = entry("ng-same-stride-symbolic")["published"]
    names = {letter: symbol(letter) for letter in "nfs"}
    ours = solved("conv k=f s=s p?")["formula"]
    assert evaluate(parse(ours), names) == evaluate(parse(published), names)


@takes("cnn4-fits")
def test_lecture_whatever_fits():
    assert "odd" in entry("cnn4-fits")["note"]  # test_padding_that_fits_exactly_… has all of it


PUBLISHED = [
    ("codeshala-same5", '32x121x121 "conv 32 k5 p?" same', "padding"),
    ("gaviki-pad2", '1x16x16 "conv 1 k5 p?" same', "padding"),
]


@takes("codeshala-same5", "gaviki-pad2")
@pytest.mark.parametrize(("name", "line", "key"), PUBLISHED, ids=[name for name, _, _ in PUBLISHED])
def test_homework_padding(solved, name, line, key):
    assert [solution["values"][key] for solution in solved(*words(line))["solutions"]] == [entry(name)["published"]]


@takes("cs231n-fc2conv")
def test_homework_fully_connected_as_convolution(solved):
    published = entry("cs231n-fc2conv")["published"]
    found = solved("512x7x7", "conv 4096 k?", "4096x1x1")
    assert [solution["values"]["kernel"] for solution in found["solutions"]] == [published["F"]]
    assert found["solutions"][0]["output"] == published["out"][0]


@takes("dil-discuss-30")
def test_homework_dilated(solved):
    size, padding = entry("dil-discuss-30")["published"]
    assert solved("1x32x32", "conv 1 k3 d2 p?", "same")["solutions"][0]["values"]["padding"] == padding
    assert solved("1x32x32", "conv 1 k3 d2 p?", f"{size}x{size}")["solutions"][0]["values"]["padding"] == 1


@takes("pytorch-75889")
def test_homework_framework_erratum(solved):
    """The framework returned 232×200 where 240×200 was asked: it takes 14 and 6 cells more."""
    right = entry("pytorch-75889")["recomputed"]
    found = solved("1x15x13", "tconv 1 k16 s16 p7 op?", "240x200")
    assert found["solutions"][0]["values"]["output_padding"] == right["op_needed"]
    assert solved("1x15x13", "tconv 1 k16 s16 p7 op?", "226x194")["solutions"][0]["values"]["output_padding"] == 0


@takes("chase2learn")
def test_homework_what_turns_224_into_222(solved):
    kernel, stride, padding = entry("chase2learn")["published"]
    assert solved("3x224x224", f"conv 8 k? s{stride} p{padding}", "222x222")["solutions"][0]["values"] == {
        "kernel": kernel
    }
    rows = [tuple(one["values"].values()) for one in solved("3x224x224", "conv 8 k? s? p?", "222x222")["solutions"]]
    assert rows[0] == (kernel, stride, padding)


@takes("unet-inverse")
def test_homework_unet_tiles(solved):
    """x = 16b + 60 for a bottom of b, so that every pooling sees an even size; the paper's 572 is one."""
    note = entry("unet-inverse")["recomputed"]
    assert "x mod 16 = 12" in note
    found = solved(
        "-e",
        "1x9x9 -> [conv 64 k3 -> conv 64 k3 -> maxpool 2]*4 -> conv 64 k3 -> conv 64 k3",
        "--exact",
        "--up-to",
        600,
    )
    assert found["runs"]["input"] == [{"first": 140, "last": 588, "step": 16}]


@takes("d2l-conv-pad-odd")
def test_homework_total_padding(solved):
    """k − 1 in all: an odd kernel splits it evenly, an even one puts one cell more after than before."""
    assert entry("d2l-conv-pad-odd")["published"] == "k - 1"
    for kernel in range(1, 12):
        found = solved(f"conv k{kernel} p?")
        if kernel % 2:
            assert 2 * found["solutions"][0]["values"]["padding"] == kernel - 1
        else:
            assert sum(found["asymmetric"][0]["values"]["padding"][0]) == kernel - 1


def test_every_inverse_exercise_is_a_test():
    assert {*LECTURES, *HOMEWORK} == TAKEN


# Networks

SMALLEST = {"alexnet": 63, "vgg16": 32, "densenet121": 29, "inception_v3": 75, "squeezenet1_0": 21, "lenet5": 32}


@pytest.mark.parametrize(("name", "side"), SMALLEST.items(), ids=SMALLEST)
def test_the_smallest_input(convcalc, solved, name, side):
    found = solved(name, "--smallest")
    assert [solution["values"] for solution in found["solutions"]] == [{"input": side}]
    out = convcalc("solve", name, "--smallest")[1]
    assert f"{side - 1} is too small: layer" in out


INPUTS = {"resnet50": (193, 224), "vgg16": (224, 255), "densenet121": (221, 252), "mobilenet_v2": (193, 224)}


@pytest.mark.parametrize(("name", "ends"), INPUTS.items(), ids=INPUTS)
def test_which_inputs_give_7x7(solved, name, ends):
    found = solved(name, "--output", "7x7")
    assert found["runs"] == {"input": [{"first": ends[0], "last": ends[1], "step": 1}]}
    assert found["count"] == 32 and found["complete"] and found["at"]


def test_axes_of_a_network_apart(solved):
    found = solved("resnet18", "--output", "7x10", "--at", "layer4")
    assert found["runs"] == {
        "height": [{"first": 193, "last": 224, "step": 1}], "width": [{"first": 289, "last": 320, "step": 1}],
    }  # fmt: skip


def test_width_under_a_budget(solved):
    chain = "3x64x64 -> conv 8*width k3 p1 -> conv 16*width k3 p1"
    found = solved("-e", chain, "--set", "width=?", "--parameters", "<= 1e6")
    assert found["runs"] == {"width": [{"first": 1, "last": 29, "step": 1}]}
    for width, fits in ((29, True), (30, False)):
        report = summarise_text(chain.replace("width", str(width)))
        assert (report.totals.parameters <= 10**6) == fits


def test_depth_for_a_receptive_field(solved):
    found = solved("-e", "3x64x64 -> [conv 8 k3 p1]*n -> maxpool 2", "--set", "n=?", "--receptive-field", ">= 100")
    assert found["runs"] == {"n": [{"first": 49, "last": None, "step": 1}]} and found["complete"]
    for depth, field in ((48, 98), (49, 100)):
        report = summarise_text(f"3x64x64 -> [conv 8 k3 p1]*{depth} -> maxpool 2")
        assert report.layers[-1].field[0].size == field


def test_kernel_for_a_receptive_field(solved):
    found = solved("-e", "3x64x64 -> conv 8 k3 p1 -> conv 8 k? -> conv 8 k3", "--receptive-field", ">= 20")
    assert found["runs"]["k"][0]["first"] == 16


def test_question_marks_inside_a_chain(solved):
    found = solved("-e", "3x224x224 -> conv 64 k? s? p3 -> relu? -> maxpool 3 s2 p1", "--output", "56x56")
    assert {tuple(solution["values"].values()) for solution in found["solutions"]} == {
        (7, 2), (8, 2), (9, 2), (10, 2), (119, 1), (120, 1),
    }  # fmt: skip


def test_input_under_a_budget(solved):
    found = solved("resnet18", "--macs", "<= 5e8")
    (run,) = found["runs"]["input"]
    for side, fits in ((run["last"], True), (run["last"] + 1, False)):
        from convcalc.network.load import summarise

        assert (summarise("resnet18", Choices({"": f"3x{side}x{side}"})).totals.macs <= 5 * 10**8) == fits


def random_chain(random):
    layers = []
    for _ in range(random.randint(1, 6)):
        k, s = random.randint(1, 5), random.choice([1, 1, 2, 3])
        p, d = random.randint(0, k // 2), random.choice([1, 1, 2])
        layers.append(
            random.choice(
                [f"conv 2 k{k} s{s} p{p} d{d}", f"maxpool {k} s{s} p{p}", f"maxpool {k} s{s} p{p} ceil=yes", f"tconv 2 k{k + 1} s{s}",
                 "upsample 2", "relu", f"zeropad {p}"]
            )
        )  # fmt: skip
    return " -> ".join(layers)


@pytest.mark.seeds(4, 12)
def test_networks_against_every_side_up_to_300(seed, solved, quick_errors):
    random = Random(seed)
    chain = random_chain(random)
    outputs = {}
    for side in range(1, 301):
        report = summarise_text(f"2x{side}x{side} -> {chain}")
        if not report.errors:
            outputs.setdefault(report.output[1], []).append(side)
    goals = [size for size, sides in outputs.items() if sides[-1] < 250]
    for size in [*random.sample(goals, min(3, len(goals))), random.randint(1, 60)]:
        found = solved("-e", f"2x8x8 -> {chain}", "--output", f"{size}x{size}")
        runs = found["runs"].get("input", [])
        values = [side for run in runs for side in range(run["first"], min(run["last"] or 300, 300) + 1, run["step"])]
        assert values == outputs.get(size, []), (chain, size)


@pytest.mark.seeds(3, 6)
def test_exact_fits_against_every_side(seed, solved, quick_errors):
    random = Random(100 + seed)
    chain = random_chain(random)
    fits = [side for side in range(1, 151)
            if not summarise_text(f"2x{side}x{side} -> {chain}", Choices(convention="textbook")).errors]  # fmt: skip
    found = solved("-e", f"2x8x8 -> {chain}", "--exact", "--up-to", 150)
    values = [
        side for run in found["runs"].get("input", []) for side in range(run["first"], run["last"] + 1, run["step"])
    ]
    assert values == fits, chain


# No solution, and questions that are none

NONE = [
    ('3x32x32 "conv 10 k5 p?" 27x27', "p would be −0.5", "conv 10 k5: 3×32×32 → 10×28×28"),
    ('3x32x32 "conv 10 k5 p?" 11x32x32', "10 channels whatever p is, not 11", ""),
    (
        '3x32x32 "conv ? k5 p2" --parameters 761',
        "f would be 761/76",
        "conv 10 k5 p2: 3×32×32 → 10×32×32, 760 parameters",
    ),
    ('3x32x32 "maxpool 2 p?" 18x18', "padding 2 is more than half the window 2", "maxpool 2 p1"),
    ('3x7x7 "conv 64 k9 s?" 1x1', "kernel 9 does not fit: the padded input is only 7 wide", ""),
    ('"conv 64 k4 p?"', "p would be 1.5", "1 before and 2 after"),
    ("resnet50 --output 7x7x7", "channels 2,048, not 7", ""),
    ("7x7 'embedding ? units=1' 2x2", "size 1 whatever v is", "length 7 whatever v is, not 2"),
    ('"conv k5 d?"', "d would be 0, but dilation is at least 1", "n − 4d = n  ⟺  d = 0"),
    ('CxHxW "conv k5 d?"', "d would be 0, but dilation is at least 1", "H − 4d = H"),
    ('mobilenet_v2 --set "width=?" --parameters "<= 1e6"', "none found", "width = 1: 1000, 3,504,872 parameters"),
]


@pytest.mark.parametrize(("line", "reason", "nearest"), NONE, ids=[line for line, _, _ in NONE])
def test_no_solution_says_why_and_what_is_nearest(convcalc, line, reason, nearest):
    code, out, err = convcalc("solve", *words(line))
    assert (code, err) == (4, "")
    assert reason in out and nearest in out


BAD = [
    ('"linear ?" --parameters 100', 2, "depends on the input"),
    ("", 2, "name a layer with a ? in it"),
    ("3x32x32", 2, "name a layer with a ? in it"),
    ('3x32x32 "conv 10 k5"', 2, "nothing is unknown"),
    ('3x32x32 "conv 10 k5 p?" 32x32 7x7', 2, "first the input, then the layer"),
    ('3x32x32 "conv 10 k5 p?" "relu now"', 2, "second layer"),
    ('"conv 10 k5 p?" 3x32x32 10x32x32', 2, 'convcalc solve 3x32x32 "conv 10 k5 p?" 10x32x32'),
    ('3x32x32 10x32x32 "conv 10 k5 p?"', 2, 'convcalc solve 3x32x32 "conv 10 k5 p?" 10x32x32'),
    ('3x32x32 "conv 10 k5 p?" 32', 2, "channels first: 10x32x32, or the axes alone: 32x32"),
    ('3x32x32 "conv ? k5 p2" x', 2, "channels first: 64x112x112, or the axes alone: 112x112"),
    ('3x32x32 "conv 10 q?"', 3, 'no key "q"'),
    ('3x32x32 "conv 10 k5 padding_mode=?" same', 2, "nothing that can be solved for"),
    ('3x32x32 "conv 10 k5 p=2*?" same', 2, "one whole value"),
    ('3x32x32 "conv 10 k5 p?" 1x2x3x4', 2, "4 sides, the layer's output has 3"),
    ('3x0x32 "conv 10 k5 p?" same', 3, "at least 1"),
    ('3x32x32 "conv 10 k5 p?" --parameters lots', 3, "no bound"),
    ('3x32x32 "conv 10 k5 p?" --parameters 9..3', 3, "above the second"),
    ('3x32x32 "conv 10 k5 p?" --parameters 1.5', 3, "not a whole number"),
    ('3x32x32 "linear ?" 10', 3, "flatten"),
    ('3x32x32 "conv ? k5 p2" same', 2, "has no effect on the size"),
    ('3x32x32 "conv 10 k5 p?" --at conv1', 2, "--at is for a network"),
    ('3x32x32 "conv 10 k5 p?" --exact --convention keras', 2, "textbook convention"),
    ("resnet50", 2, "what is wanted"),
    ("resnet50 --output 7x7 --at layer9", 3, 'did you mean "layer4"?'),
    ('resnet50 --output 7x7 --set "widht=?"', 3, "there is no name"),
    ("nosuch --output 7x7", 3, "no bundled network"),
    ("resnet50 7x7", 2, "one word too many"),
    ('"maxpool ? s3 ceil=yes"', 2, "numbers for the letters, or an input"),
]


@pytest.mark.parametrize(("line", "code", "message"), BAD, ids=[line or "nothing" for line, _, _ in BAD])
def test_a_bad_question_gets_an_error(convcalc, line, code, message):
    found, out, err = convcalc("solve", *words(line))
    assert (found, out) == (code, "")
    assert message in err


ABSURD = [
    f'3x{10**30}x{10**30} "conv 8 k3 s2 p?" {10**29}x{10**29}',
    f'3x224x224 "conv 8 k? s? p? d?" {10**40}x{10**40}',
    '3x224x224 "conv ? k? s? p? d? g?" --parameters "<= 1e9"',
    f'3x8x8 "conv ? k3" --parameters {10**50}',
    '3x8x8 "tconv 8 k? s? p? op? d?" 64x64',
    '3x224x224 "maxpool ? s? p? d? ceil=yes" 7x7',
    f"resnet18 --output {10**12}x{10**12}",
    'resnet18 --macs ">= 1e30"',
    '-e "3x9x9 -> [conv 8 k3 p1]*n" --set "n=?" --parameters ">= 1e12"',
]


@pytest.mark.parametrize("line", ABSURD)
def test_nothing_hangs(convcalc, line):
    code, out, _ = convcalc("solve", *words(line))
    assert code in (0, 4) and out


def test_json_errors_take_the_place_of_an_answer(convcalc):
    code, out, _ = convcalc("solve", "3x32x32", "conv 10 q?", "--json")
    assert code == 3 and json.loads(out)["error"]["code"] == "K002"


def test_json_follows_its_schema(convcalc):
    from convcalc.render.reference.schemas import SCHEMAS

    lines = (
        [line for line, values in WORKED if values is not None] + [line for line, _, _ in NONE] + ["alexnet --smallest"]
    )
    for line in [*lines, '"conv k=K d=D p?"', '3x224x224 "conv 64 k? s? p?" 112x112']:
        jsonschema.validate(json.loads(convcalc("solve", *words(line), "--json")[1]), SCHEMAS["solve"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema": "convcalc/solve/1"}, SCHEMAS["solve"])


def test_ascii_where_the_terminal_knows_no_more():
    done = subprocess.run(
        [sys.executable, "-m", "convcalc", "solve", "3x224x224", "conv 64 k7 s2 p?", "64x112x112"], capture_output=True,
        check=True, cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    out = done.stdout.decode("ascii")
    assert "floor((224 + 2p - 7)/2) + 1 = 112  <=>  222 <= 217 + 2p <= 223  <=>  p = 3" in out


def test_every_printed_layer_can_be_pasted_back(solved):
    for line, values in WORKED:
        if values is None or "--" in line or line.startswith('"'):
            continue
        found = solved(*words(line))
        for solution in found["solutions"]:
            shape_text = "x".join(map(str, solution["input"]))
            assert list(summarise_text(f"{shape_text} -> {solution['layer']}").output) == solution["output"]


# The small parts

RUNS = [
    ([], []),
    ([3], [ValueRun(3, 3)]),
    ([3, 4, 5], [ValueRun(3, 5)]),
    ([2, 4, 6], [ValueRun(2, 6, 2)]),
    ([1, 2, 4, 6, 8], [ValueRun(1, 2), ValueRun(4, 8, 2)]),
    ([4, 8, 16, 32], [ValueRun(4, 4), ValueRun(8, 8), ValueRun(16, 16), ValueRun(32, 32)]),
    ([1, 3, 4, 5], [ValueRun(1, 1), ValueRun(3, 5)]),
]


@pytest.mark.parametrize(("values", "runs"), RUNS, ids=[str(values) for values, _ in RUNS])
def test_values_as_runs(values, runs):
    assert as_runs(values) == runs


def test_runs_hold_the_same_values():
    random = Random(0)
    for _ in range(2000):
        values = sorted(random.sample(range(30), random.randint(0, 12)))
        runs = as_runs(values)
        assert sorted(value for run in runs for value in range(run.first, run.last + 1, run.step)) == values


LONG = [
    ('600x8x8 "conv ? k3 g300" --parameters "<= 1e9"', [{"first": 300, "last": 52631400, "step": 300}], True),
    ('14x8x8 "conv ? k3 g7" --parameters "<= 1e9"', [{"first": 7, "last": 52631572, "step": 7}], True),
    ('3000x8x8 "conv ? k3 g1500" --parameters "<= 1e9"', [{"first": 1500, "last": 1500, "step": 1}], False),
    ('3x?x? "conv 8 k5001" --macs "<= 1e12"', [{"first": 5001, "last": 5040, "step": 1}], True),
    ('3x?x? "conv 8 k3 s200" ?x? --exact', [{"first": 3, "last": None, "step": 200}], True),
    ('3x7x7 "conv 8 k7 s?" 1x1', [{"first": 1, "last": None, "step": 1}], True),
]


@pytest.mark.parametrize(("line", "runs", "complete"), LONG, ids=[line for line, _, _ in LONG])
def test_long_runs_of_values(solved, line, runs, complete):
    found = solved(*words(line))
    assert (found["runs"], found["complete"]) == (runs, complete)


BOUNDS = [
    ("760", 760, 760), ("= 760", 760, 760), ("<= 1e6", None, 10**6), ("≤ 1.5M", None, 1_500_000), ("< 10", None, 9),
    ("> 10", 11, None), (">=5M", 5_000_000, None), ("1e3..2e3", 1000, 2000), ("61,706", 61706, 61706), ("< 2.5", None, 2),
    (">= 2.5", 3, None), ("> 2.5", 3, None), ("<= 2.5", None, 2), ("0", 0, 0), ("1_000", 1000, 1000),
]  # fmt: skip


@pytest.mark.parametrize(("text", "low", "high"), BOUNDS, ids=[text for text, _, _ in BOUNDS])
def test_bounds_are_read(text, low, high):
    assert bound("parameters", text)[1:3] == (low, high)


@pytest.mark.parametrize("text", ["", "x", "1e", "--3", "<> 3", "1..", "..", "9" * 101, "1e1000", "nan", "0x10"])
def test_no_bounds_are_refused(text):
    with pytest.raises(Problem):
        bound("parameters", text)


SHAPES = [
    ("3x224x224", (3, 224, 224)), ("3×?×?", (3, "?", "?")), ("?x7x7", ("?", 7, 7)), ("(3, 32, 32)", (3, 32, 32)),
    ("6@28x28", (6, 28, 28)), ("3xHxW", (3, "H", "W")), ("500", (500,)), ("?", ("?",)), ("[3,?,9]", (3, "?", 9)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sides"), SHAPES, ids=[text for text, _ in SHAPES])
def test_shapes_are_read(text, sides):
    assert is_target(text) and layer_shapes("conv 1 k1", text, "", "pytorch").shape == sides


@pytest.mark.parametrize("text", ["conv 64 k3", "maxpool 2", "relu", "3x", "x3", "3x-1", "3xx3", "nn.ReLU()", "0x"])
def test_layers_are_no_shapes(text):
    assert not is_target(text)


def test_formulas_of_solutions_hold_for_numbers():
    """p = (K − 1)/2 put in, for every odd K."""
    found = answer(question("conv k=K d=D p?", None, None, True))
    for k, d in product(range(1, 12, 2), range(1, 5)):
        padding = substitute(found.symbolic, {"K": k, "D": d})
        assert padding == d * (k - 1) // 2


def test_nothing_heavy_is_imported():
    program = (
        "import sys\nfrom convcalc.cli import run\nrun(['solve', '3x224x224', 'conv 64 k7 s2 p?', '64x112x112'])\n"
        "print('\\nMODULES', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    names = set(done.stderr.split("MODULES")[-1].split())
    assert not names & {
        "rich",
        "sympy",
        "numpy",
        "yaml",
        "dataclasses",
        "convcalc.network.build",
    }
