"""A network with several outputs, of which some may be left out."""

import json
import re

import pytest

from convcalc.network.liveness import peak_numbers
from convcalc.network.load import Choices, summarise, summarise_text
from convcalc.problem import Source

NETWORK = """
input: 3x32x32
let: {extra: 1}
layers:
  - stem: conv 8 k3 p1
  - body: conv 16 k3 s2 p1
  - globalavgpool
  - flatten
  - head: linear 10
  - aux?: [globalavgpool from=stem, flatten, linear 7]
  - depth: extra x conv 1 k1 from=body
outputs: OUTPUTS
"""
SHAPES = {"head": (10,), "aux": (7,), "depth": (1, 16, 16), "stem": (8, 32, 32)}


def summary(outputs, **choices):
    return summarise(Source("<text>", NETWORK.replace("OUTPUTS", outputs)), Choices(**choices))


@pytest.mark.parametrize("names", [("head",), ("head", "aux"), ("aux", "head"), ("depth", "stem", "aux", "head")])
def test_outputs_are_named_and_the_first_is_the_main_one(names):
    report = summary(f"[{', '.join(names)}]")
    assert not report.errors
    assert [(name, layer.applied.output) for name, layer in report.outputs] == [(name, SHAPES[name]) for name in names]
    assert report.output == SHAPES[names[0]]
    assert report.last.applied.output == SHAPES[names[0]]


@pytest.mark.parametrize(
    "side", ["extra x head 7 from=stem", "head 7 from=stem", "{repeat: {times: extra, layers: [head 7]}, from: stem}"]
)
def test_a_head_begins_where_it_says(side):
    text = f"""
        input: 3x32x32
        let: {{extra: 1}}
        blocks: {{head: {{params: {{n: required}}, layers: [globalavgpool, flatten, linear n]}}}}
        layers: [stem: conv 8 k3 p1, body: conv 16 k3, classes: head 10, side: {side}]
        outputs: [classes, side]
    """
    report = summarise_text(text)
    assert not report.errors
    assert [layer.applied.output for _, layer in report.outputs] == [(10,), (7,)]
    assert report.outputs[1][1].applied.parameters == 8 * 7 + 7


def test_without_outputs_the_last_layer_is_the_output():
    report = summarise_text("input: 3x8x8\nlayers: [conv 4 k3, flatten]")
    assert (report.outputs, report.output) == ((), (144,))


def test_an_output_may_have_another_name():
    report = summary("{classes: head, of_the_stem: aux}")
    assert [(name, layer.applied.output) for name, layer in report.outputs] == [
        ("classes", (10,)),
        ("of_the_stem", (7,)),
    ]


PARAMETERS = {"aux": 8 * 7 + 7, "depth": 17}
LEFT_OUT = [
    ({"without": ("aux",)}, ["head", "depth"]),
    ({"without": ("all",)}, ["head", "depth"]),
    ({"sets": {"extra": "0"}}, ["head", "aux"]),
    ({"without": ("aux",), "sets": {"extra": "0"}}, ["head"]),
]


@pytest.mark.parametrize(("choices", "names"), LEFT_OUT)
def test_an_output_that_is_left_out_leaves_nothing_dangling(choices, names):
    whole, report = summary("[head, aux, depth]"), summary("[head, aux, depth]", **choices)
    assert not report.errors
    assert [name for name, _ in report.outputs] == names
    fewer = whole.totals.parameters - report.totals.parameters
    assert fewer == sum(count for name, count in PARAMETERS.items() if name not in names)


def test_a_network_that_has_no_named_output_left_says_so():
    report = summary("[aux]", without=("aux",))
    assert [note.code for note in report.diagnostics] == ["W006"]
    assert not report.outputs


def test_what_is_left_out_is_not_further_down():
    text = "input: 8x9x9\nlayers: [stem?: conv 8 k3, conv 8 k3 weights=stem]"
    first, *_ = summarise(Source("<text>", text), Choices(without=("stem",))).errors
    assert (first.code, first.message) == ("N002", '"stem" is left out')


WRONG = {
    "[]": "L002: outputs name no layer",
    "[head, tail]": 'N002: there is no layer "tail" above',
    "[head, head]": 'N004: the output "head" stands twice',
    "[input]": "N002: input is an input, and no layer's output",
    "[head, {aux: 1}]": "L002: an output must be a text",
}


@pytest.mark.parametrize(("outputs", "message"), WRONG.items())
def test_outputs_that_are_none(outputs, message):
    first, *_ = summary(outputs).errors
    assert f"{first.code}: {first.message}" == message
    assert (first.mark.line, bool(first.hint)) == (12, True)


def test_outputs_in_json_and_below_the_table(convcalc, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(NETWORK.replace("OUTPUTS", "[head, aux]"), encoding="utf-8")
    found = json.loads(convcalc("summary", path, "--json")[1])
    assert (found["output"], found["outputs"]) == ([10], {"head": [10], "aux": [7]})
    for form in ("table", "markdown", "latex"):
        table = convcalc("summary", path, "--format", form)[1]
        assert re.search(r"Output head:? *10", table)
        assert re.search(r"Output aux:? *7", table)


def test_an_output_is_explained_by_its_name(convcalc, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(NETWORK.replace("OUTPUTS", "{classes: head, of_the_stem: aux}"), encoding="utf-8")
    code, text, _ = convcalc("explain", path, "of_the_stem")
    assert (code, "aux.linear1: linear 7" in text) == (0, True)


def test_the_peak_of_memory_keeps_every_output():
    """When c's 100 numbers come the input's 16 are there, and the 64 of each output."""
    text = "input: 16\nlayers: [a: linear 64, b: linear 64 from=input, c: linear 100 from=input]\noutputs: [c{}]"
    assert [peak_numbers(summarise_text(text.format(more))) for more in ("", ", a", ", a, b")] == [116, 180, 244]


def test_an_heir_with_layers_of_its_own_has_outputs_of_its_own(tmp_path):
    (tmp_path / "base.yaml").write_text(NETWORK.replace("OUTPUTS", "[head, aux]"), encoding="utf-8")
    heir, other = tmp_path / "heir.yaml", tmp_path / "other.yaml"
    heir.write_text("base: base.yaml\nlet: {extra: 2}\n", encoding="utf-8")
    other.write_text("base: base.yaml\nlayers: [conv 4 k3]\n", encoding="utf-8")
    assert [name for name, _ in summarise(str(heir)).outputs] == ["head", "aux"]
    assert summarise(str(other)).outputs == ()


REPEATED = "input: 8x16x16\nlet: {n: 1}\nblocks: {unit: [conv 4 k3]}\nlayers: [a: conv 8 k3, gap, b: 'n x ITEM']"


# One turn leaves 12 of a's 14; of two, the second takes what the first gives, unless its own layers say otherwise.
TURNS = {
    ("unit from=a", "1"): 12,
    ("unit from=a", "2"): 10,
    ("conv 4 k3 from=a", "1"): 12,
    ("conv 4 k3 from=a", "2"): 10,
    ("[unit from=a -> relu]", "1"): 12,
    ("[unit from=a -> relu]", "2"): 12,
}


@pytest.mark.parametrize(("item", "times"), TURNS)
def test_a_named_repeat_takes_the_input_that_from_names(item, times):
    report = summarise_text(REPEATED.replace("ITEM", item), Choices(sets={"n": times}))
    assert not report.errors
    side = TURNS[item, times]
    assert report.output == (4, side, side)
