"""What a program does to the batch is read as PyTorch does it, and said where it fits one example only."""

import pytest

from convcalc.network.load import summarise_spec
from convcalc.problem import Problem, Source
from convcalc.readers.program import read_spec
from convcalc.spec.choices import Choices

HEAD = """import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
import torch.nn as nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super().__init__()
"""


def report_of(made, forward, **inputs):
    lines = "".join(f"        {line}\n" for line in made)
    body = "".join(f"        {line}\n" for line in forward)
    source = Source("net.py", f"{HEAD}{lines}    def forward(self, x):\n{body}", "Net()")
    choices = Choices(inputs={"": "3x8x8", **inputs})
    return summarise_spec(read_spec(source, choices), choices)


FC, FLAT = "self.fc = nn.Linear(192, 10)", "this flattens the batch too, and fits one example only"


@pytest.mark.parametrize(
    ("flattening", "cure", "output"),
    [
        ("x = torch.flatten(x)", "torch.flatten(x, 1)", (10,)),
        ("x = x.flatten()", "torch.flatten(x, 1)", (10,)),
        ("x = x.view(-1)", "torch.flatten(x, 1)", (10,)),
        ("x = F.relu(x.reshape(192))", "torch.flatten(x, 1)", (10,)),
        ("x = (2 * x).ravel()", "torch.flatten(2 * x, 1)", (10,)),
        ("x = nn.Flatten(0)(x)", "nn.Flatten()", (10,)),
        ("x = x.view(1, -1)", "torch.flatten(x, 1)", (10,)),
        ("x = x.view(1, 192)", "torch.flatten(x, 1)", (10,)),
        ("x = x.flatten().unsqueeze(0)", "torch.flatten(x, 1)", (10,)),
    ],
)
def test_the_batch_is_flattened_too(flattening, cure, output):
    report = report_of([FC], [flattening, "return self.fc(x)"])
    assert (report.totals.parameters, report.totals.macs, report.output) == (1930, 1920, output)
    (note,) = report.diagnostics
    assert (note.code, note.message, note.mark.line, note.hint) == ("W013", FLAT, 10, f"write: {cure}")
    mended = flattening.replace(note.mark.source.text.split("\n")[9][note.mark.column - 1 :][: note.mark.length], cure)
    mended = f"x = {cure}(x)" if cure.startswith("nn.") else mended
    assert not report_of([FC], [mended, "return self.fc(x)"]).diagnostics


@pytest.mark.parametrize(
    "forward",
    [
        ["return self.fc(x.view(x.size(0), -1))"],
        ["return self.fc(x.flatten().view(-1, 192))"],
        ["return self.fc(x.flatten(1)).view(-1)"],
        ["return self.fc(x.view(-1, 192)).flatten()"],
        ["return torch.sigmoid(self.fc(x.flatten(1)).view(-1))"],
        ["x = x.permute(1, 2, 3, 0).reshape(1, 192, -1)", "return self.fc(x[0].t())"],
        ["return self.fc(x.view(1, -1, 192)[0])"],
    ],
)
def test_what_keeps_the_examples_apart_is_not_said_to_mix_them(forward):
    assert not report_of([FC], forward).diagnostics


STEPS = "{} takes (steps, batch, features) without batch_first=True"
LSTM, ENCODER = "nn.LSTM(28, 64)", "nn.TransformerEncoderLayer(28, 4)"
SERIES = "the input is read as 20 × batch × 28"
EXAMPLES = "gets batch × 20 × 28: examples are its steps"
# (the layer, forward, the output for one example, how the axes are read, the cure), as torch has them.
SEQUENCES = {
    "the last step of axis 1": (LSTM, "return self.fc(self.layer(x)[0][:, -1])", (5,), EXAMPLES),
    "the last step of axis 0": (LSTM, "return self.fc(self.layer(x)[0][-1])", (5,), SERIES),
    "the last state": (LSTM, "return self.fc(self.layer(x)[1][0][-1])", (5,), SERIES),
    "every step": (LSTM, "return self.fc(self.layer(x)[0])", (20, 5), SERIES),
    "states of the second axis": (
        LSTM, "h = torch.zeros(1, x.size(1), 64); return self.fc(self.layer(x, (h, h))[0][-1])", (5,), SERIES
    ),
    "axes that are turned before": (LSTM, "return self.fc(self.layer(x.transpose(0, 1))[0][-1])", (5,), ""),
    "packed with the batch first": (
        LSTM,
        "p = pack_padded_sequence(x, torch.tensor([20]), batch_first=True); out, (h, c) = self.layer(p); "
        "out, _ = pad_packed_sequence(out); return self.fc(out[-1])",
        (5,), "",
    ),
    "batch_first": (
        "nn.LSTM(28, 64, batch_first=True)",
        "h = torch.zeros(1, x.size(0), 64); out, (h, c) = self.layer(x, (h, h)); return self.fc(out[:, -1] + h[-1])",
        (5,), "",
    ),
    "a mean over axis 1": (ENCODER, "return self.layer(x).mean(1)", (28,), EXAMPLES),
    "a mean over axis 0": (ENCODER, "return self.layer(x).mean(0)", (28,), SERIES),
    "attention": ("nn.MultiheadAttention(28, 4)", "return self.layer(x, x, x)[0][:, 0]", (28,), EXAMPLES),
    "one state for all": (
        LSTM, "h = torch.zeros(1, 1, 64); return self.fc(self.layer(x, (h, h))[0][-1])", (5,), SERIES
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SEQUENCES)
def test_which_axis_is_the_steps(case):
    layer, forward, output, reading = SEQUENCES[case]
    made = [f"self.layer = {layer}", "self.fc = nn.Linear(64, 5)"][: 1 + ("self.fc" in forward)]
    report = report_of(made, forward.split("; "), **{"": "20x28"})
    assert report.output == output
    assert [each.code for each in report.diagnostics] == ["W016"] * bool(reading)
    for note in report.diagnostics:
        assert STEPS.format(layer.partition("(")[0]) in note.message and note.message.endswith(reading)
        assert note.mark.line == 8
        cure = note.hint.partition("write: ")[2]
        assert cure == f"{layer[:-1]}, batch_first=True)"
    if reading == EXAMPLES:
        mended = report_of([f"self.layer = {cure}", *made[1:]], forward.split("; "), **{"": "20x28"})
        assert not mended.diagnostics and mended.totals == report.totals


@pytest.mark.parametrize(
    ("layer", "forward", "message"),
    [
        (
            LSTM, "h = torch.zeros(1, x.size(0), 64); return self.layer(x, (h, h))[0]",
            "the states of nn.LSTM must be a tensor of 1 × 20 × 64, here a tensor of 1 × batch × 64 is given",
        ),
        (
            "nn.GRU(28, 64, 2, batch_first=True)", "return self.layer(x, torch.zeros(1, x.size(0), 64))[0]",
            "the states of nn.GRU must be a tensor of 2 × batch × 64, here a tensor of 1 × batch × 64 is given",
        ),
    ],
)  # fmt: skip
def test_the_states_that_a_series_begins_with(layer, forward, message):
    with pytest.raises(Problem) as found:
        report_of([f"self.layer = {layer}"], forward.split("; "), **{"": "20x28"})
    first = found.value.diagnostics[0]
    assert first.message == message
    assert first.hint == ("write: nn.LSTM(28, 64, batch_first=True)" if layer == LSTM else "")


def test_two_axes_are_one_series():
    report = report_of(["self.layer = nn.LSTM(28, 64)"], ["return self.layer(x)[0]"], **{"": "28"})
    (note,) = report.diagnostics
    message = "nn.LSTM takes two axes for (steps, features), and gets batch × 28: examples are its steps"
    assert note.message == message and report.output == (64,)
