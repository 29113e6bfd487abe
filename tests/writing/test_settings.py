"""Settings that no size follows from are kept in every language, and the numbers that come out are the same."""

import json
from textwrap import dedent

import pytest
from setting_rows import PROGRAMS, ROWS
from written import written

from convcalc.network.load import summarise
from convcalc.problem import Source

NAMES = {"yaml": "net.yaml", "chain": "net.yaml", "pytorch": "net.py", "keras": "net.py", "onnx": "net.onnx"}
CASES = [
    pytest.param(row, language, id=f"{row.layer} on {row.input} in {language}")
    for row in ROWS
    for language in NAMES
    if language not in row.unsaid
]


def source_of(row):
    return Source("row.yaml", f"input: {row.input}\nlayers:\n  - {row.layer}\n")


def read_again(language, data):
    if language == "chain":
        return summarise(Source("-e", data))
    return summarise(Source(NAMES[language], "", data=data) if language == "onnx" else Source(NAMES[language], data))


def settings(applied):
    """The numbers and words of a layer, said or usual."""
    keys = applied.setting.kind.keys
    told = {key.name: applied.values.get(key.name, key.default) for key in keys if key.type in ("decimal", "flag")}
    return applied.setting.kind.name, told


@pytest.mark.parametrize(("row", "language"), CASES)
def test_a_setting_is_read_again(row, language):
    data, report = written(source_of(row), language)
    again = read_again(language, data)
    assert not again.errors
    if language not in row.changed:
        assert [settings(each.applied) for each in again.layers] == [settings(each.applied) for each in report.layers]


def test_the_numbers_are_those_of_pytorch(run_there, tmp_path):
    rows = []
    for number, row in enumerate(ROWS):
        files = {}
        for language in ("pytorch", "keras", "onnx"):
            if language not in row.unsaid:
                data, _ = written(source_of(row), language)
                files[language] = f"{language}{number}.{'onnx' if language == 'onnx' else 'py'}"
                (tmp_path / files[language]).write_bytes(data if language == "onnx" else data.encode())
        sizes = [*map(int, row.input.split("x"))]
        texts = {"layer": row.layer, "oracle": row.oracle, "average": row.average}
        rows.append({**texts, "input": sizes, "files": files})
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    found = run_there("values.py", tmp_path)["found"]
    assert len(found) == sum(3 - len(row.unsaid) for row in ROWS)
    wrong = {
        name: far for name, far in found.items() if not all(isinstance(each, float) and each < 1e-5 for each in far)
    }
    assert wrong == {}


def test_a_keras_layer_in_another_network_keeps_its_own_usual_settings():
    source = Source("net.yaml", "input: 2x3\nlayers:\n  - layers.LeakyReLU()\n  - leakyrelu\n")
    for language in ("yaml", "pytorch"):
        again = read_again(language, written(source, language)[0])
        assert [str(each.applied.number("slope")) for each in again.layers] == ["3/10", "1/100"]


def test_a_program_and_what_is_written_of_it_compute_the_same(run_there, tmp_path):
    for name, text in PROGRAMS.items():
        source = dedent(text)
        (tmp_path / f"{name}_source.py").write_text(source, encoding="utf-8")
        written_text, _ = written(Source("net.py", source), "pytorch")
        (tmp_path / f"{name}_written.py").write_text(written_text, encoding="utf-8")
    found = run_there("same_weights.py", tmp_path)["found"]
    assert found.keys() == PROGRAMS.keys()
    assert {name: far for name, far in found.items() if not isinstance(far, float) or far > 1e-5} == {}
