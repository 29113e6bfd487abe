"""Output sizes that are those of another layer, and channels that are padded."""

import pytest

from convcalc.network.load import Choices, sound_report, summarise_text

U_NET = """
input: 1x{0}x{0}
layers:
  - down: conv 4 k3
  - maxpool 2
  - conv 4 k3
  - up: tconv 4 k2 s2
  - crop output=up from=down
  - concat: {{from: [crop1, up]}}
"""
# A layer behind `a: conv 8 k5` on 8×11×10, which leaves 8×7×6.
LAYERS = {
    "crop output=a from=input": (8, 7, 6),
    "crop to=a from=input": (8, 7, 6),
    "crop output=a offset=1 from=input": (8, 7, 6),
    "pad output=input": (8, 11, 10),
    "zeropad output=input channels=2": (12, 11, 10),
    "upsample size=input": (8, 11, 10),
    "upsample size=input mode=bilinear": (8, 11, 10),
    "adaptiveavgpool a from=input": (8, 7, 6),
    "crop: {output: a, from: input}": (8, 7, 6),
    "zeropad channels=8": (24, 7, 6),
    "zeropad channels=[0, 16]": (24, 7, 6),
    "zeropad 1 channels=4": (16, 9, 8),
    "zeropad multiple=4": (8, 8, 8),
    "zeropad multiple=2x3 from=input": (8, 12, 12),
}


@pytest.mark.parametrize(("layer", "output"), LAYERS.items())
def test_a_size_is_that_of_another_layer(layer, output):
    assert sound_report_of(f"input: 8x11x10\nlayers:\n  - a: conv 8 k5\n  - {layer}\n").output == output


def sound_report_of(text):
    report = summarise_text(text)
    assert not report.errors, report.errors
    return report


def test_a_crop_is_centred_unless_it_says_otherwise():
    text = "input: 1x20\nlayers: [a: conv 1 k6, crop output=a{} from=input]"
    offsets = [sound_report_of(text.format(more)).last.field[0].offset for more in ("", " offset=0", " offset=5")]
    assert offsets == [2, 0, 5]


@pytest.mark.parametrize("side", [10, 11, 12, 31, 64])
def test_a_skip_takes_every_size(side):
    """Two of the paper's path by hand: a convolution, a pooling, another convolution, doubled."""
    up = 2 * ((side - 2) // 2 - 2)
    assert sound_report_of(U_NET.format(side)).output == (8, up, up)


def test_sizes_of_layers_stay_letters():
    report = sound_report_of(
        "input: 8xHxW\nlayers: [a: conv 8 k5, crop output=a from=input, zeropad channels=C]\nsymbols: [C]"
    )
    assert list(map(str, report.output)) == ["2*C + 8", "H - 4", "W - 4"]


# U-Net, 188: 188 184 92 88 44 40 20 16 8 4 | 8 4 8 4 8 4 8 4; FCN-32s gives back every picture; 3D U-Net by hand alike.
INPUTS = {
    ("unet", "1x572x572"): (2, 388, 388),
    ("unet", "1x188x188"): (2, 4, 4),
    ("unet", "1x204x236"): (2, 20, 52),
    ("unet3d", "3x132x132x116"): (3, 44, 44, 28),
    ("unet3d", "3x92x100x108"): (3, 4, 12, 20),
    ("fcn32s", "3x500x500"): (21, 500, 500),
    ("fcn32s", "3x375x500"): (21, 375, 500),
    ("fcn32s", "3x33x47"): (21, 33, 47),
}


@pytest.mark.parametrize(("network", "shape"), INPUTS)
def test_bundled_networks_with_skips_take_the_inputs_of_their_papers(network, shape):
    assert sound_report(network, Choices(inputs={"": shape})).output == INPUTS[network, shape]


WRONG = {
    "crop output=b": 'N005: "b" stands further down: a layer may only use what stands above it',
    "crop output=zz": 'N001: output: unknown name "zz"',
    "crop output=inputt": 'N002: there is no layer "inputt" above',
    "crop output=input": "C032: cannot crop 7 to 11",
    "pad output=a from=input": "C032: cannot pad 11 to 7",
    "crop output=a offset=5 from=input": "C032: an offset of 5 leaves less than 7 of 11",
    "pad 1 output=input": "V010: give the cells on each side, the output size or a multiple, one of them",
    "zeropad 1 multiple=4": "V010: give the cells on each side, the output size or a multiple, one of them",
    "zeropad channels=4 mode=reflect": "V011: mode reflect pads the map and not its channels",
    "zeropad channels=-1": "V002: channels takes one number, or two: before and after",
    "upsample 2 size=a": "V010: give the scale or the output size, one of the two",
}


@pytest.mark.parametrize(("layer", "message"), WRONG.items())
def test_a_size_that_cannot_be_taken(layer, message):
    report = summarise_text(f"input: 8x11x10\nlayers:\n  - a: conv 8 k5\n  - {layer}\n  - b: relu\n")
    first, *_ = report.errors
    assert f"{first.code}: {first.message}" == message
    assert first.mark.line == 4


def test_a_multiple_is_reached_by_cells_at_the_end():
    report = sound_report_of("input: 8x5xW\nlayers: [zeropad multiple=4, conv 8 k4 s4]")
    assert list(map(str, report.output)) == ["8", "2", "floor((W + 3)/4)"]
    assert report.layers[0].field[0].offset == 0


def test_a_layer_whose_size_is_unknown_stops_those_that_take_it():
    report = summarise_text("input: 8x8x8\nlayers: [a: conv 8 k9, crop output=a from=input]")
    assert [error.code for error in report.errors] == ["C001"]
    assert report.layers[1].reason == "the layer whose size it takes could not be computed"
