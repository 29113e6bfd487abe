"""Every layer that was measured in PyTorch and in Keras: the same output and counts, and what they refuse is refused.

`CONVCALC_TORCH_ROWS` and `CONVCALC_KERAS_ROWS` name other files of rows, as tests/data/regenerate_layers.py writes them.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from convcalc.problem import Diagnostic, Problem
from convcalc.summary import summarise_text

DATA = Path(__file__).parent / "data"
FILES = {
    "torch": os.environ.get("CONVCALC_TORCH_ROWS") or str(DATA / "layers_torch.jsonl"),
    "keras": os.environ.get("CONVCALC_KERAS_ROWS") or str(DATA / "layers_keras.jsonl"),
}
MEASURED = all(path.startswith(str(DATA)) for path in FILES.values())
ROWS = {"torch": 4874, "keras": 1514}

Row = dict[str, Any]

# PyTorch computes these; a layer without any output is a mistake all the same, and refused here.
ZERO_SIZED = {
    "ConvTranspose3d 8×13×6×3": "kernel 4 on 3 cells gives 6, and the padding of 3 takes them all",
    "ConvTranspose2d 5×4×3": "kernel 1 on 4 cells gives 4, and the padding of 2 takes them all",
}


class Verdict(NamedTuple):
    row: Row
    state: str  # right, refused, zero-sized or wrong
    message: str = ""


def spec(framework: str, row: Row) -> str:
    """The row as a network of one layer, in the language's class form."""
    arguments = dict(row["args"])
    if "forward_args" in row:
        arguments["output"] = row["forward_args"]["output_size"]
    network: Row = {"input": row["input"], "layers": [{row["layer"]: arguments}]}
    if "input2" in row:
        network["input"] = {"a": row["input"], "b": row["input2"]}
        arguments["from"] = ["a", "b"]
    if "key_len" in row:
        wide = row["args"]["embed_dim"]
        network["input"] = {
            "q": row["input"],
            "k": [row["key_len"], row["args"].get("kdim", wide)],
            "v": [row["key_len"], row["args"].get("vdim", wide)],
        }
        arguments["from"] = ["q", "k", "v"]
    network["convention"] = {"torch": "pytorch", "keras": "keras"}[framework]
    network["layout"] = layout(framework, row)
    return json.dumps(network)


def layout(framework: str, row: Row) -> str:
    if framework == "torch":
        return "channels_first"
    said = row["args"].get("data_format")
    return said if said in ("channels_first", "channels_last") else "channels_last"


def counted_buffers(row: Row) -> int:
    """PyTorch's without the batch counter of a layer that tracks its mean and variance."""
    buffers: int = row["buffers"]
    return buffers - 1 if buffers and row["layer"].startswith(("BatchNorm", "InstanceNorm")) else buffers


def expected(framework: str, row: Row) -> Row:
    numbers = {"output": row["output"], "parameters": row["trainable"]}
    numbers["buffers"] = row["non_trainable"] if framework == "keras" else counted_buffers(row)
    if row["macs"] is not None:
        numbers["macs"] = row["macs"]
    return numbers


def computed(framework: str, row: Row) -> Row | Diagnostic:
    try:
        report = summarise_text(spec(framework, row))
    except Problem as error:
        return error.diagnostics[0]
    if report.errors:
        return report.errors[0]
    assert report.output is not None
    output = list(report.output)
    if report.channels_last:
        output = output[1:] + output[:1]
    totals = report.totals
    numbers = {"output": output, "parameters": totals.parameters, "buffers": totals.buffers}
    if row["macs"] is not None:
        numbers["macs"] = totals.macs
    return numbers


def judge(framework: str, row: Row) -> Verdict:
    found = computed(framework, row)
    if isinstance(found, Diagnostic):
        if row["output"] is None:
            if found.message and found.hint:
                return Verdict(row, "refused")
            return Verdict(row, "wrong", f"refused without a cure: {found.code} {found.message}")
        if 0 in row["output"]:
            return Verdict(row, "zero-sized", title(row))
        return Verdict(row, "wrong", f"refused: {found.code} {found.message}; it gives {row['output']}")
    if row["output"] is None:
        return Verdict(row, "wrong", f"not refused, but {found['output']}; {framework}: {row['error']}")
    wanted = expected(framework, row)
    if found != wanted:
        return Verdict(row, "wrong", f"{found}, not {wanted}")
    return Verdict(row, "right")


def title(row: Row) -> str:
    return f"{row['layer']} {'×'.join(map(str, row['input']))}"


@lru_cache
def rows(framework: str) -> dict[str, list[Row]]:
    """The rows of a file by class."""
    listed: dict[str, list[Row]] = {}
    with open(FILES[framework]) as file:
        for line in file:
            row = json.loads(line)
            listed.setdefault(row["layer"], []).append(row)
    return listed


@lru_cache
def verdicts(framework: str, layer: str) -> list[Verdict]:
    return [judge(framework, row) for row in rows(framework)[layer]]


@pytest.mark.parametrize(
    ("framework", "layer"), [(framework, layer) for framework in FILES for layer in rows(framework)]
)
def test_a_class_is_as_its_framework_has_it(framework: str, layer: str) -> None:
    wrong = [verdict for verdict in verdicts(framework, layer) if verdict.state == "wrong"]
    shown = [
        f"{title(verdict.row)} {verdict.row['args']} {verdict.row.get('forward_args', '')}\n      {verdict.message}"
        for verdict in wrong
    ]
    count = len(verdicts(framework, layer))
    assert not wrong, f"{len(wrong)} of {count} rows of {layer} are wrong:\n   " + "\n   ".join(shown)


@pytest.mark.parametrize("framework", FILES)
def test_every_row_was_tried(framework: str, record_property: Any) -> None:
    counts = Counter(verdict.state for layer in rows(framework) for verdict in verdicts(framework, layer))
    counts["inexpressible"] = 0  # every row has a spec: `spec` leaves none out
    print(f"{framework}: {counts.total()} rows, {dict(counts)}")
    for state, count in counts.items():
        record_property(f"{framework} {state}", count)
    assert counts.total() == sum(map(len, rows(framework).values()))
    if MEASURED:
        assert counts.total() == ROWS[framework]


@pytest.mark.skipif(not MEASURED, reason="other rows have other exceptions")
def test_the_rows_that_torch_takes_and_convcalc_refuses_are_listed() -> None:
    found = [
        verdict.message
        for layer in rows("torch")
        for verdict in verdicts("torch", layer)
        if verdict.state == "zero-sized"
    ]
    assert sorted(found) == sorted(ZERO_SIZED)


KERAS_FORMAT = '{"convention": "keras", "layout": "%s", "input": %s, "layers": [{"Conv2D": {"filters": 2, "kernel_size": 3, "data_format": "%s"}}]}'


def test_a_data_format_that_is_not_the_layout_is_refused() -> None:
    report = summarise_text(KERAS_FORMAT % ("channels_last", "[9, 8, 3]", "channels_first"))
    assert report.errors[0].code == "C018"
    assert "layout: channels_first" in report.errors[0].hint


@pytest.mark.parametrize(
    ("layer", "refused"),
    [
        ('nn.Conv2d(3, 4, 3, padding="same")', False),
        ('nn.Conv2d(3, 4, 3, padding="SAME")', True),
        ('nn.Conv2d(3, 4, 3, padding="causal")', True),
        ('nn.Conv2d(3, 4, 3, padding_mode="Zeros")', True),
        ('nn.ConvTranspose2d(3, 4, 3, padding="valid")', True),
        ('nn.MaxPool2d(3, padding="valid")', True),
        ("conv 4 k3 p=SAME", False),
        ("Conv 4 k3 p=same", False),
        ('layers.Conv2D(4, 3, padding="SAME")', False),
        ('layers.MaxPooling2D(2, padding="SAME")', True),
        ("layers.Conv2D(4, 3, padding=1)", True),
    ],
)
def test_a_pasted_class_takes_the_words_that_its_framework_takes(layer: str, refused: bool) -> None:
    convention = "keras" if layer.startswith("layers") else "pytorch"
    network = json.dumps({"input": [3, 16, 16], "convention": convention, "layers": [layer]})
    try:
        errors = summarise_text(network).errors
    except Problem as error:
        errors = error.diagnostics
    assert bool(errors) == refused, errors
