"""Calls that people paste give what their framework gives, measured in PyTorch 2.13 and Keras 3.15."""

import json

import pytest
from places import DATA

from convcalc.network.load import summarise_text
from convcalc.problem import Problem

ROWS = [json.loads(line) for line in (DATA / "pasted_layers.jsonl").read_text("utf-8").splitlines()]


def joined_call(call, names):
    """The call with the layers that it takes its inputs from."""
    return f"{call[:-1].removesuffix(' ')}{', ' * (call[-2] != '(')}from=[{', '.join(names)}])"


def report_of(row):
    is_keras = row["call"].startswith("layers")
    names = [f"input{place}" for place, _ in enumerate(row["inputs"], 1)]
    network = {
        "convention": "keras" if is_keras else "pytorch", "layout": "channels_last" if is_keras else "channels_first",
        "input": dict(zip(names, row["inputs"], strict=True)),
        "layers": [row["call"] if len(names) == 1 else joined_call(row["call"], names)],
    }  # fmt: skip
    return summarise_text(json.dumps(network))


def numbers_of(row):
    """What convcalc gives, or the codes of its errors."""
    try:
        report = report_of(row)
    except Problem as error:
        return {"error": [finding.code for finding in error.diagnostics]}
    if report.errors:
        return {"error": [finding.code for finding in report.errors]}
    output = list(report.output)
    if report.channels_last:
        output = output[1:] + output[:1]
    totals = report.totals
    return {"output": output, "parameters": totals.parameters, "buffers": totals.buffers, "macs": totals.macs}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['call']} of {row['inputs']}")
def test_a_call_gives_what_its_framework_gives(row):
    found = numbers_of(row)
    if "error" in row:
        assert "error" in found, found
    else:
        assert found == {name: row[name] for name in ("output", "parameters", "buffers", "macs")}
