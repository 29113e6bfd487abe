"""Sweeps by databases: the answers of the engine, Parquet with every digit, and what is said where there is none."""

import sys
from decimal import Decimal

import pytest
from databases import duckdb
from test_structures import LENET, axis

from convcalc.closed_forms.table import SizeTest
from convcalc.network.load import source_of, spec_of
from convcalc.problem import Problem
from convcalc.spec.choices import Choices
from convcalc.sweep.databases import answer_by, database, save_by, write_parquet
from convcalc.sweep.question import Objective, SweepQuestion
from convcalc.sweep.run import answer
from convcalc.sweep.structures import swept

ENGINES = ["duckdb", pytest.param("spark", marks=pytest.mark.slow)]
AXES = (axis("C", 4, 9, 2), axis("F", 10, 21), axis("H", 14, 15, 16, 33))
QUESTIONS = {
    "all rows": {},
    "conditions": {"where": (SizeTest("macs", "<=", 300_000),)},
    "a front": {"pareto": (Objective("max", "H", ""), Objective("min", "macs", ""))},
    "a few": {"limit": 3},
    "one part": {"shard": (2, 2)},
}


def lenet(**more):
    network = swept(spec_of(LENET), Choices(), ("C", "F", "H"))
    return network, SweepQuestion(AXES, ("parameters", "macs"), **more)


def read(path):
    return duckdb().execute(f"SELECT * FROM '{path}'").fetchall()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_is_that_of_the_engine(engine, name):
    if engine == "spark":
        pytest.importorskip("pyspark")
    network, question = lenet(**QUESTIONS[name])
    found, expected = answer_by(database(engine, "local[1]"), network, question), answer(network, question)
    assert found.rows == expected.rows
    assert found.tally[:4] == expected.tally[:4]


def test_words_stay_words():
    network = swept(spec_of(source_of("resnet")), Choices(), ("depth", "H"))
    question = SweepQuestion((axis("depth", "34", "18"), axis("H", 64, 96)), ("parameters", "macs"))
    assert answer_by(database("duckdb"), network, question).rows == answer(network, question).rows


def test_parquet_has_every_row(tmp_path):
    network, question = lenet()
    path = str(tmp_path / "it's.parquet")
    tally = save_by(database("duckdb"), network, question, path)
    assert read(path.replace("'", "''")) == answer(network, question).rows
    assert tally.kept == 12 and [each.name for each in tmp_path.iterdir()] == ["it's.parquet"]


def test_parquet_has_every_digit(tmp_path):
    rows = [("a", 2**53 + 1, 3 * 10**30 + 1, 2**130), ("b,\n'c'", -5, 7, None)]
    path = str(tmp_path / "rows.parquet")
    write_parquet(["word", "whole", "wide", "huge"], rows, path)
    assert read(path) == [("a", 2**53 + 1, Decimal(3 * 10**30 + 1), str(2**130)), ("b,\n'c'", -5, Decimal(7), None)]
    network = swept(spec_of(LENET), Choices(), ("C", "F", "H"))
    question = SweepQuestion((axis("C", 10**9), axis("F", 10**15), axis("H", 99_999)), ("macs",))
    save_by(database("duckdb"), network, question, path)
    assert [tuple(map(int, row)) for row in read(path)] == answer(network, question).rows


def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(Problem, match="cannot be written"):
        write_parquet(["a"], [(1,)], str(tmp_path / "none" / "rows.parquet"))


@pytest.mark.parametrize(
    ("engine", "module", "extra"), [("duckdb", "duckdb", "sweep"), ("spark", "pyspark.sql", "spark")]
)
def test_a_missing_engine_names_its_extra(monkeypatch, engine, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Problem) as found:
        database(engine)
    assert f'pip install "convcalc[{extra}]"' in found.value.diagnostics[0].hint


def test_a_command_prints_the_query_or_runs_it(convcalc, tmp_path):
    line = ("sweep", "lenet5", "--over", "H=32..64:8", "--columns", "macs", "--format", "csv")
    code, out, _ = convcalc(*line)
    assert code == 0 and convcalc(*line, "--engine", "duckdb")[1] == out
    code, query, _ = convcalc("sweep", "lenet5", "--over", "H=32..64:8", "--columns", "macs", "--sql", "duckdb")
    rows = [",".join(map(str, row)) for row in duckdb().execute(query).fetchall()]
    assert code == 0 and rows == out.split()[1:]
    convcalc(
        "sweep", "lenet5", "--over", "H=32..64:8", "--columns", "macs", "--sql", "duckdb", "-o", str(tmp_path / "q.sql")
    )
    assert (tmp_path / "q.sql").read_text() == query
