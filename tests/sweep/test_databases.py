"""Sweeps by databases: the answers of the engine, Parquet with every digit, and what is said where there is none."""

import os
import signal
import subprocess
import sys
import time
from decimal import Decimal

import pytest
from databases import duckdb
from test_structures import LENET, axis

from convcalc.closed_forms.table import SizeTest
from convcalc.network.load import source_of, spec_of
from convcalc.problem import Problem
from convcalc.spec.choices import Choices
from convcalc.sweep.answers import answer
from convcalc.sweep.databases import answer_by, database, save_by, save_rows, write_parquet
from convcalc.sweep.network import swept
from convcalc.sweep.question import Axis, Objective, SweepQuestion
from convcalc.sweep.sql.query import sql_of_file
from convcalc.sweep.structures import programs

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
    question = SweepQuestion((axis("C", 10**9), axis("F", 10**15), axis("H", 100_000)), ("macs",))
    save_by(database("duckdb"), network, question, path)
    assert [tuple(map(int, row)) for row in read(path)] == answer(network, question).rows != []


FILES = {  # whether the query sorts, the network, its axes, and what else is asked
    "values of all kinds": (False, LENET, (axis("C", 9, 4, 2), axis("F", 10, 21), axis("H", 14, 33, 15, 16)), {}),
    "one that stays": (False, LENET, (axis("C", 4), axis("F", *range(10, 90, 8)), axis("H", 28)), {}),
    "names together": (False, LENET, (Axis(("C", "F"), ((7, 3), (2, 40), (5, 9))), axis("H", 20, 28)), {}),
    "one part": (False, LENET, (axis("C", 4, 9, 2), axis("F", 10, 21), axis("H", 14, 15, 33)), {"shard": (2, 3)}),
    "a condition": (False, LENET, (axis("C", 4, 9, 2), axis("F", 10, 21), axis("H", 28, 32)),
                    {"where": (SizeTest("macs", "<=", 300_000),)}),
    "in 128 bits": (False, LENET, (axis("C", 10**9, 3), axis("F", 10**15, 7), axis("H", 99_999, 28)), {}),
    "structures": (True, "resnet", (axis("depth", "18", "34"), axis("H", 96, 64)), {}),
    "too large": (None, LENET, (axis("C", 10**18, 1), axis("F", 9 * 10**18, 3), axis("H", 10**10, 32)), {}),
    "a sample": (None, LENET, AXES, {"sample": 20}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_the_rows_of_the_engine_in_their_order(tmp_path, name):
    sorts, source, axes, more = FILES[name]
    network = swept(spec_of(source if source is LENET else source_of(source)), Choices(), names_of(axes))
    question = SweepQuestion(axes, ("parameters", "macs"), **more)
    expected, path = answer(network, question).rows, str(tmp_path / "rows.parquet")
    if sorts is None:
        with pytest.raises(Problem):
            sql_of_file(programs(network, question), question, network)
    else:
        assert ("ORDER BY" in sql_of_file(programs(network, question), question, network)) is sorts
    save_rows(network, question, path, expected)
    words = {number for number, each in enumerate(names_of(axes)) if each == "depth"}
    assert [tuple(cell if place in words else int(cell) for place, cell in enumerate(row)) for row in read(path)] == [
        tuple(str(cell) if place in words else cell for place, cell in enumerate(row)) for row in expected
    ]
    assert expected and [each.name for each in tmp_path.iterdir()] == ["rows.parquet"]


def names_of(axes):
    return tuple(name for each in axes for name in each.names)


@pytest.mark.parametrize("depths", [("18",), ("18", "34")])
def test_many_rows_come_in_order_from_several_threads(tmp_path, depths):
    network = swept(spec_of(source_of("resnet")), Choices(), ("depth", "width", "batch"))
    axes = (axis("depth", *depths), axis("width", *range(1, 801)), axis("batch", *range(1, 801)))
    question = SweepQuestion(axes, ("parameters",), (SizeTest("batch", "!=", 7),))
    path = str(tmp_path / "rows.parquet")
    tally = save_by(database("duckdb"), network, question, path)
    found = f"SELECT depth, width, batch, file_row_number AS number FROM read_parquet('{path}', file_row_number = true)"
    structure, skipped = "CASE depth WHEN '18' THEN 0 ELSE 1 END", "CASE WHEN batch < 7 THEN 1 ELSE 2 END"
    place = f"{structure} * 639200 + (width - 1) * 799 + batch - {skipped}"
    wrong = duckdb().execute(f"SELECT COUNT(*) FROM ({found}) WHERE number <> {place}").fetchone()[0]
    assert duckdb().execute(f"SELECT COUNT(*) FROM '{path}'").fetchone()[0] == tally.kept == 639_200 * len(depths)
    assert (tally.excluded, wrong) == (800 * len(depths), 0)


LONG = ("sweep", "-e", "3xHxH -> conv C k3 -> conv D k3", "--over", "C=1..1000", "--over", "D=1..1000", "--over",
        "H=9..208", "--columns", "parameters,macs", "-o")  # fmt: skip


def test_a_run_that_is_broken_off_leaves_nothing(tmp_path):
    duckdb()
    path = tmp_path / "rows.parquet"
    path.write_text("before")
    for number in (signal.SIGINT, signal.SIGTERM):
        with subprocess.Popen([sys.executable, "-m", "convcalc", *LONG, str(path)], stderr=subprocess.PIPE) as run:
            until = time.monotonic() + 60
            while not list(tmp_path.glob(".convcalc-*/*.parquet")) and time.monotonic() < until:
                time.sleep(0.05)
            assert list(tmp_path.glob(".convcalc-*"))
            run.send_signal(number)
            _, err = run.communicate(timeout=60)
        assert run.returncode not in (0, 70) and b"wrote" not in err and b"Traceback" not in err, err
        assert os.listdir(tmp_path) == ["rows.parquet"] and path.read_text() == "before"


def test_a_full_disk_leaves_nothing(tmp_path):
    duckdb()
    path = tmp_path / "rows.parquet"
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20));"
        "from convcalc.__main__ import main; sys.exit(main())"
    )
    run = subprocess.run([sys.executable, "-c", limited, *LONG, str(path)], capture_output=True, text=True, timeout=120)
    assert run.returncode == 3 and f"{path} cannot be written" in run.stderr, run.stderr
    assert os.listdir(tmp_path) == []


def test_a_place_that_is_no_file_stays(tmp_path):
    os.mkfifo(tmp_path / "rows.parquet")
    with pytest.raises(Problem, match="it is there, and no file"):
        write_parquet(["a"], [(1,)], str(tmp_path / "rows.parquet"))
    assert [each.is_fifo() for each in tmp_path.iterdir()] == [True]


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
