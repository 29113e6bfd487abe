"""What is written as a program of PyTorch runs there: it learns, keeps and gives what the report says."""

import pytest
from written import written

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
        shapes = [layer.applied.output for _, layer in report.outputs] or [report.output]
        expected[name] = [report.totals.parameters, report.totals.buffers, list(map(shape_of, shapes))]
    assert run_there("pytorch_programs.py", tmp_path)["found"] == expected
