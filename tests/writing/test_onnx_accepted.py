"""What is written as ONNX is accepted by ONNX itself: its checker and its shape inference; ONNX Runtime computes it."""

import pytest
from onnx_files import CASES, row_source, written_file
from written import shapes

from convcalc.network.load import Choices, source_of
from convcalc.problem import Problem
from convcalc.readers.library import bundled_networks

# Of every family of operators one that is quick to run.
RUN = (
    "lenet5", "resnet18", "mobilenet_v2", "shufflenet_v2_x0_5", "squeezenet1_1", "efficientnet_b0", "crnn", "textcnn",
    "pointnet", "capsnet", "dcgan", "eegnet", "espcn", "convnext_tiny", "vit_b_32", "keras_mobilenet_v3",
)  # fmt: skip


def files_of(folder, sources):
    """The files of those that can be written, and the shapes of their outputs by name."""
    expected = {}
    for name, source in sources:
        try:
            data, report = written_file(source)
        except Problem:
            continue
        (folder / f"{name}.onnx").write_bytes(data)
        expected[name] = [list(map(int, shape)) for shape in shapes(report)]
    return expected


def check(found, expected, running):
    assert found["found"] == {
        name: {"inferred": sizes, "computed": sizes if name in running and found["onnxruntime"] else None}
        for name, sizes in expected.items()
    }


def test_layers_of_every_kind(run_there, tmp_path):
    expected = files_of(tmp_path, ((f"{kind}-{number}", row_source(row)) for number, (kind, row) in enumerate(CASES)))
    assert len(expected) > 100
    check(run_there("onnx_checks.py", tmp_path, *expected), expected, set(expected))


@pytest.mark.parametrize("start", [0, *(pytest.param(start, marks=pytest.mark.slow) for start in (1, 2, 3))])
def test_bundled_networks(start, run_there, tmp_path):
    names = sorted(bundled_networks())[start::4] if start else ["lenet5", "resnet18", "crnn", "vit_b_32"]
    expected = files_of(tmp_path, ((name, source_of(name, Choices())) for name in names))
    running = set(expected).intersection(RUN)
    check(run_there("onnx_checks.py", tmp_path, *running), expected, running)
