"""A sweep by a database: DuckDB in this process, Spark on one machine or many."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, problem
from convcalc.sweep.question import SweepAnswer
from convcalc.sweep.sql.query import sql
from convcalc.sweep.sql.tally import tally_by
from convcalc.sweep.structures import programs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from convcalc.sweep.question import SweepQuestion, SweepTally
    from convcalc.sweep.structures import Swept

ENGINES = ("duckdb", "spark")
SPARK_OPTIONS = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.ansi.enabled": "true"}


class Database:
    """Runs queries of a dialect."""

    dialect = ""

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        raise NotImplementedError

    def save(self, query: str, path: str) -> int:
        """The rows of a query as Parquet, and how many they are."""
        raise NotImplementedError


class DuckDB(Database):
    dialect = "duckdb"

    def __init__(self) -> None:
        self.connection = duckdb_module().connect()

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Its rows, some at a time."""
        found = self.connection.execute(query)
        while rows := found.fetchmany(100_000):
            yield from rows

    def save(self, query: str, path: str) -> int:
        plain = query.rstrip().rstrip(";")
        described = self.connection.execute(f"DESCRIBE {plain}").fetchall()
        columns = ", ".join(parquet_column(name, type_) for name, type_, *_ in described)
        return self.copy(f"SELECT {columns} FROM (\n{plain}\n)", path)

    def copy(self, query: str, path: str) -> int:
        with written_aside(path) as beside:
            place = beside.replace("'", "''")
            done = self.connection.execute(f"COPY ({query}) TO '{place}' (FORMAT parquet, COMPRESSION zstd)")
            return int(done.fetchone()[0])


class Spark(Database):
    dialect = "spark"

    def __init__(self, master: str = "") -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            hint = '`pip install "convcalc[spark]"`; it needs Java, too'
            raise problem("U010", "Spark is run by PySpark, which is not installed", hint) from None
        builder: Any = SparkSession.builder.appName("convcalc")
        options = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.ansi.enabled": "true",
        }
        for name, value in options.items():
            builder = builder.config(name, value)
        try:
            self.session = (builder.master(master) if master else builder).getOrCreate()
        except Exception as error:
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise problem(
                "U010", f"Spark does not start: {first}", "install Java 17 or later, or see --master"
            ) from None

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        for row in self.session.sql(query.rstrip().rstrip(";")).toLocalIterator():
            yield tuple(int(value) if hasattr(value, "as_integer_ratio") else value for value in row)

    def save(self, query: str, path: str) -> int:
        """A folder with a file of each part."""
        if os.path.exists(path):
            raise problem("B040", f"{path} cannot be written: it is there", "name another folder")
        self.session.sql(query.rstrip().rstrip(";")).write.parquet(os.path.abspath(path))
        return int(self.session.read.parquet(os.path.abspath(path)).count())


def database(engine: str, master: str = "") -> Database:
    return DuckDB() if engine == "duckdb" else Spark(master)


def answer_by(database: Database, network: Swept, question: SweepQuestion) -> SweepAnswer:
    """The rows that are asked for and what became of all points, by a database."""
    structures = list(programs(network, question))
    query = sql(structures, question, database.dialect, network)
    values = [value for axis in question.axes for value in zip(*axis.points, strict=True)]
    words = [{str(value): value for value in each} for each in values]
    rows = []
    for row in database.rows(query):
        names = (known[str(value)] for known, value in zip(words, row, strict=False))
        rows.append((*names, *row[len(words) :]))
    return SweepAnswer(rows, tally_by(structures, question, database.dialect, network, database.rows, len(rows)))


def save_by(database: Database, network: Swept, question: SweepQuestion, path: str) -> SweepTally:
    """The rows as Parquet without a row in this process, and what became of all points."""
    structures = list(programs(network, question))
    given = database.save(sql(structures, question, database.dialect, network), path)
    return tally_by(structures, question, database.dialect, network, database.rows, given)


# Parquet


def write_parquet(names: Sequence[str], rows: Iterable[Sequence[object]], path: str) -> None:
    """Rows as Parquet, by DuckDB: a column in 64 bits where its numbers allow it, as decimals where they do not."""
    import csv
    import tempfile

    connection = DuckDB()
    widest = [0] * len(names)
    words = [False] * len(names)
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            for place, value in enumerate(row):
                if type(value) is int:
                    size = value.bit_length()
                    if size > widest[place]:
                        widest[place] = size
                elif value is not None:
                    words[place] = True
            writer.writerow(row)
        file.flush()
        types = {name: type_of(bits, is_word) for name, bits, is_word in zip(names, widest, words, strict=True)}
        listed = ", ".join(f"{text(name)}: {text(type_)}" for name, type_ in types.items())
        connection.copy(f"SELECT * FROM read_csv({text(file.name)}, header = false, columns = {{{listed}}})", path)


def type_of(bits: int, is_word: bool) -> str:
    if is_word or bits > 126:
        return "VARCHAR"
    return "BIGINT" if bits < 64 else "DECIMAL(38, 0)"


def parquet_column(name: str, type_: str) -> str:
    """A column as Parquet has it: whole numbers of 128 bits would become fractions with 53."""
    quoted = '"' + name.replace('"', '""') + '"'
    return f"CAST({quoted} AS DECIMAL(38, 0)) AS {quoted}" if type_ == "HUGEINT" else quoted


def text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


@contextmanager
def written_aside(path: str) -> Iterator[str]:
    """A name for a file that gets its own when it is whole; a Problem where it cannot be written."""
    beside = os.path.join(os.path.dirname(os.path.realpath(path)), f".convcalc-{os.getpid()}.parquet")
    try:
        yield beside
        os.replace(beside, os.path.realpath(path))
    except Problem:
        raise
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise problem("B040", f"{path} cannot be written: {reason}", "name another folder") from None
    finally:
        if os.path.lexists(beside):
            os.unlink(beside)


def duckdb_module() -> Any:
    try:
        import duckdb
    except ImportError:
        message = "Parquet is written by DuckDB, which is not installed"
        raise problem("U010", message, '`pip install "convcalc[sweep]"`') from None
    return duckdb
