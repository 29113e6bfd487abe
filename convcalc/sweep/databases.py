"""A sweep by a database, which also counts what becomes of the points: DuckDB in this process, or Spark on many."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.problem import Problem, problem
from convcalc.sweep.grid import part_of_grid
from convcalc.sweep.question import SweepAnswer, SweepQuestion, SweepTally
from convcalc.sweep.sql.dialects import DIALECTS
from convcalc.sweep.sql.layout import where, with_tables
from convcalc.sweep.sql.query import SweepQuery, sql, sql_of_file
from convcalc.sweep.sql.structure import StructureQuery
from convcalc.sweep.sql.tables import axis_table, grid_table
from convcalc.sweep.structures import programs

if TYPE_CHECKING:
    from convcalc.sweep.network import Swept
    from convcalc.sweep.program import SweepProgram

    Rows = Callable[[str], Iterable[Sequence[Any]]]  # of a query


MEMORY, THREADS = "1GB", 4  # of DuckDB while it writes a file
BLOCK = 20_000  # rows that are looked at together
WHOLE = "rows.parquet"
text = DIALECTS["duckdb"].text


class DuckDB:
    dialect = "duckdb"

    def __init__(self) -> None:
        self.connection = duckdb_module().connect()

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Its rows, some at a time."""
        found = self.connection.execute(query)
        while rows := found.fetchmany(100_000):
            yield from rows

    def query_of_file(self, structures: Sequence[SweepProgram], question: SweepQuestion, network: Swept) -> str:
        """The query whose rows are saved."""
        return sql_of_file(structures, question, network)

    def save(self, query: str, path: str) -> int:
        """The rows of a query as Parquet, and how many they are."""
        plain = without_end(query)
        described = self.connection.execute(f"DESCRIBE {plain}").fetchall()
        columns = ", ".join(parquet_column(name, type_) for name, type_, *_ in described)
        with written_aside(path) as folder:
            return copy_to(folder, f"SELECT {columns} FROM (\n{plain}\n)")


class Spark:
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
            message = f"Spark does not start: {first_line(error)}"
            raise problem("U010", message, "install Java 17 or later, or see --master") from None

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        for row in self.session.sql(without_end(query)).toLocalIterator():
            yield tuple(int(value) if hasattr(value, "as_integer_ratio") else value for value in row)

    def query_of_file(self, structures: Sequence[SweepProgram], question: SweepQuestion, network: Swept) -> str:
        return sql(structures, question, self.dialect, network)

    def save(self, query: str, path: str) -> int:
        """A folder with a file of each part."""
        if os.path.exists(path):
            raise problem("B040", f"{path} cannot be written: it is there", "name another folder")
        self.session.sql(without_end(query)).write.parquet(os.path.abspath(path))
        return int(self.session.read.parquet(os.path.abspath(path)).count())


Database: TypeAlias = DuckDB | Spark


def database(engine: str, master: str = "") -> Database:
    return DuckDB() if engine == "duckdb" else Spark(master)


def without_end(query: str) -> str:
    return query.rstrip().rstrip(";")


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
    return SweepAnswer(rows, tally_by(database, network, question, structures, len(rows)))


def save_by(database: Database, network: Swept, question: SweepQuestion, path: str) -> SweepTally:
    """The rows as Parquet without a row in this process, and what became of all points."""
    structures = list(programs(network, question))
    given = database.save(database.query_of_file(structures, question, network), path)
    return tally_by(database, network, question, structures, given)


def tally_by(
    database: Database, network: Swept, question: SweepQuestion, programs: Sequence[SweepProgram], given: int
) -> SweepTally:
    """How many points of a sweep do not fit, are excluded and kept, as a database counts them that gave some rows."""
    plain = question._replace(pareto=(), sort=(), limit=None)
    query = SweepQuery(
        tuple(program._replace(objectives=()) for program in programs), plain, DIALECTS[database.dialect], network
    )
    text = without_end(query.text())
    kept = given
    if question.pareto or question.limit is not None:
        kept = int(next(database.rows(f"SELECT COUNT(*) FROM (\n{text}\n) AS kept"))[0])
    unfit: Counter[str] = Counter()
    for program in programs:
        for words, number in unfit_in(query, program, database):
            unfit[words] += number
    points = len(part_of_grid(question))
    return SweepTally(points, unfit, points - kept - sum(unfit.values()), kept, worked=query.alone)


def unfit_in(query: SweepQuery, program: SweepProgram, database: Database) -> Iterator[tuple[str, int]]:
    """Why points of a structure do not fit, and how many of them."""
    structure = StructureQuery(program, query.dialect, {}, "grid", query.places(program))
    for _, becomes in query.outcomes_alone(structure, structure.alike):
        if isinstance(becomes, str):
            yield becomes, 1
    needs = [(found, need.words) for need in program.needs
             if (found := structure.open_part(need.requirement)) is not None]  # fmt: skip
    if not needs or program.is_worked_singly:
        return
    cases = [
        f"WHEN NOT ({structure.requirement(requirement, structure.there)}) THEN {number}"
        for number, (requirement, _) in enumerate(needs)
    ]
    conditions = [*(structure.requirement(each, structure.there) for each in structure.alike), *query.part(program)]
    axes = [axis for axis in query.axes if axis.axis in program.axes]
    tables = [*(axis_table(axis, query.dialect) for axis in axes), grid_table("grid", axes, query.dialect)]
    counted = [f"SELECT CASE {' '.join(cases)} ELSE -1 END AS reason", "FROM grid", *where(conditions)]
    lines = ["SELECT reason, COUNT(*) FROM (", *counted, ") AS told", "GROUP BY reason"]
    for reason, number in database.rows("\n".join(with_tables(tables, lines))):
        if int(reason) >= 0:
            yield needs[int(reason)][1], int(number)


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


def first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


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
        raise problem("B040", f"{path} cannot be written: {first_line(error)}", "name another folder") from None
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
