"""A sweep by a database: DuckDB in this process, Spark on one machine or many."""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import islice
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, problem
from convcalc.sweep.question import SweepAnswer
from convcalc.sweep.sql.query import sql, sql_of_file
from convcalc.sweep.sql.tally import tally_by
from convcalc.sweep.structures import programs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from convcalc.sweep.program import SweepProgram
    from convcalc.sweep.question import SweepQuestion, SweepTally
    from convcalc.sweep.structures import Swept

MEMORY, THREADS = "1GB", 4  # of DuckDB while it writes a file
BLOCK = 20_000  # rows that are looked at together
WHOLE = "rows.parquet"


class Database:
    """Runs queries of a dialect."""

    dialect = ""

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        raise NotImplementedError

    def query_of_file(self, structures: Sequence[SweepProgram], question: SweepQuestion, network: Swept) -> str:
        """The query whose rows are saved."""
        return sql(structures, question, self.dialect, network)

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

    def query_of_file(self, structures: Sequence[SweepProgram], question: SweepQuestion, network: Swept) -> str:
        return sql_of_file(structures, question, network)

    def save(self, query: str, path: str) -> int:
        plain = query.rstrip().rstrip(";")
        described = self.connection.execute(f"DESCRIBE {plain}").fetchall()
        columns = ", ".join(parquet_column(name, type_) for name, type_, *_ in described)
        with written_aside(path) as folder:
            return copy_to(folder, f"SELECT {columns} FROM (\n{plain}\n)")


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
            "spark.sql.analyzer.maxIterations": "10000",  # tables one on another, one a layer
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
    given = database.save(database.query_of_file(structures, question, network), path)
    return tally_by(structures, question, database.dialect, network, database.rows, given)


# Parquet


def save_rows(network: Swept, question: SweepQuestion, path: str, rows: Iterable[Sequence[object]]) -> None:
    """The rows of a question as Parquet: by its query where it has one, else these, which are the same."""
    try:
        query = sql_of_file(programs(network, question), question, network)
    except Problem:
        write_parquet(question.shown, rows, path)
    else:
        DuckDB().save(query, path)


def write_parquet(names: Sequence[str], rows: Iterable[Sequence[object]], path: str) -> None:
    """Rows as Parquet, by DuckDB: a column in 64 bits where its numbers allow it, as decimals where they do not."""
    import csv

    duckdb_module()
    widest = [0] * len(names)
    words = [False] * len(names)
    left = iter(rows)
    with written_aside(path) as folder:
        table = os.path.join(folder, "rows.csv")
        with open(table, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            while block := list(islice(left, BLOCK)):
                for place, column in enumerate(zip(*block, strict=True)):
                    kinds = set(map(type, column)) - {type(None)}
                    words[place] |= not kinds <= {int}
                    if kinds == {int}:
                        whole: Any = filter(None, column)
                        widest[place] = max(widest[place], *map(int.bit_length, whole), 0)
                writer.writerows(block)
        types = {name: type_of(bits, is_word) for name, bits, is_word in zip(names, widest, words, strict=True)}
        listed = ", ".join(f"{text(name)}: {text(type_)}" for name, type_ in types.items())
        signs = "delim = ',', quote = '\"', escape = '\"'"
        source = f"read_csv({text(table)}, header = false, auto_detect = false, {signs}, columns = {{{listed}}})"
        copy_to(folder, f"SELECT * FROM {source}")


def copy_to(folder: str, query: str) -> int:
    """The rows of a query, in their order, as a file in a folder, which has what there is no memory for, too."""
    connection = duckdb_module().connect()
    settings = {
        "memory_limit": text(MEMORY),
        "threads": min(THREADS, os.cpu_count() or 1),
        "temp_directory": text(os.path.join(folder, "aside")),
        "preserve_insertion_order": "true",
    }
    try:
        for name, value in settings.items():
            connection.execute(f"SET {name} = {value}")
        target = text(os.path.join(folder, WHOLE))
        return int(connection.execute(f"COPY ({query}) TO {target} (FORMAT parquet, COMPRESSION zstd)").fetchone()[0])
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # by a signal
            raise KeyboardInterrupt from None
        raise
    finally:
        connection.close()


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
    """A folder beside a file, whose WHOLE becomes the file in the end; a Problem where it cannot be written."""
    real = os.path.realpath(path)
    folder = ""
    try:
        if os.path.lexists(real) and not os.path.isfile(real):
            raise OSError("it is there, and no file")
        folder = mkdtemp(prefix=".convcalc-", dir=os.path.dirname(real))
        yield folder
        os.replace(os.path.join(folder, WHOLE), real)
    except Problem:
        raise
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise problem("B040", f"{path} cannot be written: {reason}", "name another folder") from None
    finally:
        if folder:
            rmtree(folder, ignore_errors=True)


def duckdb_module() -> Any:
    try:
        import duckdb
    except ImportError:
        message = "Parquet is written by DuckDB, which is not installed"
        raise problem("U010", message, '`pip install "convcalc[sweep]"`') from None
    return duckdb
