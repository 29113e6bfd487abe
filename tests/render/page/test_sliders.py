"""What can slide in a network: which letters, from where to where, and why nothing where there is none."""

import json

import pytest
from live_numbers import Live, slid

from convcalc.network.load import spec_of, summarise_spec
from convcalc.problem import Source
from convcalc.render.page.forms import MAX_LAYERS, page_forms
from convcalc.spec.choices import Choices


def live(choices=None, name="<text>", **document):
    return Live(Source(name, json.dumps(document)), choices=choices)


def names(network):
    return [slider.name for slider in network.forms.sliders]


def test_sides_and_names_slide_but_for_those_that_say_how_often():
    network = live(
        let={"width": 8, "turns": 2, "count": "turns", "kernel": 3, "unused": 5},
        input="3x20x30",
        layers=["conv width k=kernel", {"repeat": {"times": "count", "layers": ["conv width k1"]}}],
    )
    assert names(network) == ["H", "W", "width", "kernel"]
    assert network.forms.fixed == ("unused",)
    assert [slider.about for slider in network.forms.sliders[:2]] == ["height of the input", "width of the input"]


def test_a_slider_begins_where_the_network_fits_and_goes_in_steps_with_which_it_does():
    network = live(input="3x64x48", layers=[{"residual": ["maxpool 16", "upsample 16"]}, "conv 4 k20"])
    height, width = network.forms.sliders
    assert (height.low, height.step, width.low, width.step) == (32, 16, 32, 16)
    assert height.low <= height.value <= height.high


def test_the_first_layer_that_does_not_fit_says_why():
    network = live(input="3x64x48", layers=["conv 4 k3", "maxpool 20", "conv 4 k2"])
    network.cases = [{"H": 41, "W": 48}, {"H": 42, "W": 21}, {"H": 2, "W": 2}]
    (found,) = slid([(network.forms, network.cases)])
    assert [each["broken"] for each in found] == [
        {"layer": 2, "why": "H is at least 42"},
        {"layer": 1, "why": "W is at least 22"},
        {"layer": 0, "why": "H is at least 3"},
    ]
    network.check(found)


def test_a_network_that_does_not_fit_can_be_moved_to_where_it_does():
    network = live(input="3x15x15", layers=[{"residual": ["maxpool 2", "upsample 2"]}, "conv 4 k3"])
    assert network.report.errors
    network.cases = [{"H": 15, "W": 15}, {"H": 16, "W": 18}]
    (found,) = slid([(network.forms, network.cases)])
    network.check(found)
    assert [bool(each["broken"]) for each in found] == [True, False]


def test_names_of_every_kind_are_names():
    odd = {"constructor": 4, "π": 5, "__proto__": 6, "new": 7, "v": 8, "names": 9}
    network = live(let=odd, input="3x20x30", layers=[f"conv {name} k1" for name in odd])
    assert names(network) == ["H", "W", *odd]
    network.cases = [{**network.cases[0], **dict.fromkeys(odd, 3)}]
    (found,) = slid([(network.forms, network.cases)])
    network.check(found)


def test_nothing_ends_the_element_of_a_script():
    network = live(let={"w": 4}, input="3x20x30", layers=[{"</script><!--": "conv w k3"}, "maxpool 2"])
    assert "</" not in network.forms.script and "<!--" not in network.forms.script


@pytest.mark.parametrize(
    "choices",
    [
        Choices(inputs={"": "3x97x65"}),
        Choices(sets={"width": "32"}, convention="keras"),
        Choices(layout="channels_last"),
    ],
)
@pytest.mark.parametrize("network", ["resnet18", "unet", "dcgan"])
def test_what_a_run_asks_for_is_kept(network, choices):
    if network != "resnet18" and choices.inputs:
        choices = Choices(inputs={"": "1x300x300" if network == "unet" else "20x1x1"})
    found = Live(network, choices=choices)
    found.check(slid([(found.forms, found.cases)])[0])


def test_several_inputs_slide_together_where_they_are_alike():
    network = live(
        input={"left": "3x20x30", "right": "3x20x30", "other": "3x8x8"},
        layers=[{"a": "conv 4 k3 from=left"}, {"b": "conv 4 k3 from=right"}, "add from=[a,b]", "conv 2 k3 from=other"],
    )
    assert names(network) == ["H", "W", "H2", "W2"]
    network.check(slid([(network.forms, network.cases)])[0])


@pytest.mark.parametrize(
    ("text", "choices", "reason"),
    [
        ('{"input": "3xHxW", "layers": ["conv 4 k3"]}', Choices(), "has letters already"),
        ('{"input": "3x8x8", "layers": ["conv 4 k3"]}', Choices(symbolic=True), "has letters already"),
        (
            "import torch.nn as nn\nnet = nn.Sequential(nn.Conv2d(3, 4, 3))",
            Choices(inputs={"": "3x8x8"}),
            "for one size",
        ),
        (json.dumps({"input": "3x8x8", "layers": [f"{MAX_LAYERS + 1} x relu"]}), Choices(), "too many"),
        ('{"input": "3x8x8", "layers": ["conv 4 k3 g2"]}', Choices(), "no closed form"),
    ],
)
def test_where_nothing_slides_a_sentence_says_why(text, choices, reason):
    spec = spec_of(Source("<text>", text), choices)
    forms = page_forms(spec, choices, summarise_spec(spec, choices))
    assert not forms.sliders and not forms.script
    assert reason in forms.reason and forms.reason.endswith(".")


def test_the_same_network_gives_the_same_script():
    assert Live("googlenet").forms == Live("googlenet").forms
