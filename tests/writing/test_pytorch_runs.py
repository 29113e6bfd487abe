"""What is written as a program of PyTorch runs there, and is exported: it learns, keeps and gives what the report says."""

import re

import pytest
from written import shapes, written

from convcalc.network.load import source_of, summarise
from convcalc.readers.library import bundled_networks

HALVES = [pytest.param(start, marks=pytest.mark.slow) for start in (0, 1)]  # one for each of two processes


def shape_of(sizes):
    return list(map(int, sizes))


@pytest.mark.parametrize("start", HALVES)
def test_every_bundled_network(start, run_there, tmp_path):
    expected = {}
    for name in sorted(bundled_networks())[start::2]:
        text, report = written(name, "pytorch")
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        expected[name] = [report.totals.parameters, report.totals.buffers, list(map(shape_of, shapes(report)))]
    assert run_there("pytorch_programs.py", tmp_path)["found"] == expected


EXPORTED = [
    "alexnet", "densenet121", "efficientnet_b0", "googlenet", "inception_v3", "lenet5", "mobilenet_v2", "regnet_x_400mf",
    "resnet18", "resnet50", "squeezenet1_1", "unet",
]  # fmt: skip


def counts(report):
    """What a report says of its layers with products, in the order of their sizes, and of their number of parameters."""
    layers = sorted(
        (layer.applied.macs, *map(int, layer.applied.output)) for layer in report.layers if layer.applied.macs
    )
    folded = [int(each.replace(",", "")) for note in report.diagnostics for each in FOLDED.findall(note.message)]
    return [report.output, report.totals.macs, layers, report.totals.parameters + sum(folded)]


FOLDED = re.compile(r"([\d,]+) parameters more")  # than the file has, whose batch normalisations are folded


@pytest.mark.slow
@pytest.mark.parametrize("exporter", ["dynamo", "legacy"])
def test_an_export_to_onnx_is_read_again(exporter, run_there, folder):
    expected = {}
    for name in EXPORTED:
        text, report = written(name, "pytorch")
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
        expected[name] = counts(report)
    run_there("onnx_exports.py", folder, exporter)
    found = {name: counts(summarise(source_of(str(folder / f"{name}.onnx")))) for name in EXPORTED}
    assert found == expected
