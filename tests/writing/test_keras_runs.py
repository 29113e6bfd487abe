"""What is written as a program of Keras runs there: it learns, keeps and gives what the report says.

The order of the axes of what it gives is in the program, which holds it itself.
"""

import pytest
from test_keras import REFUSED
from written import shapes, written

from convcalc.readers.library import bundled_networks

QUARTERS = [pytest.param(start, marks=pytest.mark.slow) for start in range(4)]  # one for each of four processes


def counts(report):
    return [report.totals.parameters, report.totals.buffers, [sorted(map(int, shape)) for shape in shapes(report)]]


@pytest.mark.parametrize("start", QUARTERS)
def test_every_bundled_network(start, run_there, tmp_path):
    expected = {}
    for name in sorted(set(bundled_networks()) - set(REFUSED))[start::4]:
        text, report = written(name, "keras")
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        expected[name] = counts(report)
    assert run_there("keras_programs.py", tmp_path)["found"] == expected
