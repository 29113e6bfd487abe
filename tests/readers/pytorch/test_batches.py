"""What a program does to the batch is read as PyTorch does it, and said where it fits one example only."""

import pytest

from convcalc.network.load import summarise_spec
from convcalc.problem import Source
from convcalc.readers.program import read_spec
from convcalc.spec.choices import Choices

HEAD = """import torch
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
    assert (note.code, note.message, note.mark.line, note.hint) == ("W013", FLAT, 9, f"write: {cure}")
    mended = flattening.replace(note.mark.source.text.split("\n")[8][note.mark.column - 1 :][: note.mark.length], cure)
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
    ],
)
def test_what_keeps_the_examples_apart_is_not_said_to_mix_them(forward):
    assert not report_of([FC], forward).diagnostics
