"""Databases that run queries, each in its own way; a test that needs one which is not here is skipped with the reason."""

import csv
import io
import os
import shutil
import sqlite3
import subprocess
import tempfile
from functools import lru_cache
from glob import glob

import pytest

DATABASES = [
    "sqlite", "duckdb", "postgres", pytest.param("clickhouse", marks=pytest.mark.slow),
    pytest.param("spark", marks=pytest.mark.slow),
]  # fmt: skip


def rows_of(dialect, query):
    """The rows of a query, whole numbers as such; psql and ClickHouse write what is not known as nothing and as \\N."""
    return [tuple(map(plain, row)) for row in RUN[dialect](query)]


def plain(value):
    text = str(value)
    return None if text in ("", "\\N") else int(text) if text.lstrip("-").isdigit() else value


def in_sqlite(query):
    with sqlite3.connect(":memory:") as connection:
        connection.create_function("GREATEST", -1, max)  # as every larger database has them
        connection.create_function("LEAST", -1, min)
        return connection.execute(query).fetchall()


def in_duckdb(query):
    return duckdb().execute(query).fetchall()


@lru_cache
def duckdb():
    return pytest.importorskip("duckdb").connect()


def in_clickhouse(query):
    chdb = pytest.importorskip("chdb", reason="ClickHouse in this process, chdb, is not installed")
    text = str(chdb.query(query.rstrip().rstrip(";"), "CSV"))
    return list(csv.reader(io.StringIO(text)))


def in_spark(query):
    return [tuple(row) for row in spark().sql(query.rstrip().rstrip(";")).collect()]


@lru_cache
def spark():
    pytest.importorskip("pyspark")
    if not shutil.which("java"):
        pytest.skip("there is no Java for Spark")
    from convcalc.sweep.databases import Spark

    return Spark("local[1]").session


def in_postgres(query):
    binaries, folder = server()
    command = [
        f"{binaries}/psql",
        "-X",
        "-q",
        "--csv",
        "-t",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        folder,
        "-U",
        "test",
        "postgres",
    ]
    done = subprocess.run(command, input=query, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return list(csv.reader(io.StringIO(done.stdout)))


@lru_cache
def server():
    """A PostgreSQL of our own, by a user that it lets run it; ended with the tests."""
    import atexit

    found = sorted(glob("/usr/lib/postgresql/*/bin/initdb")) or [shutil.which("initdb")]
    if not found[-1]:
        pytest.skip("PostgreSQL is not installed")
    binaries = os.path.dirname(found[-1])
    folder = tempfile.mkdtemp(prefix="convcalc-postgres-")
    as_user = {}
    if os.getuid() == 0:
        import pwd

        user = next(name for name in ("postgres", "nobody") if name in {each.pw_name for each in pwd.getpwall()})
        shutil.chown(folder, user)
        as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    data = f"{folder}/data"

    def run(*command):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)

    def end():
        run(f"{binaries}/pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    run(f"{binaries}/initdb", "-D", data, "-U", "test", "-A", "trust", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    run(f"{binaries}/pg_ctl", "-D", data, "-l", f"{folder}/log", "-o", options, "-w", "start")
    atexit.register(end)
    return binaries, folder


RUN = {
    "sqlite": in_sqlite,
    "duckdb": in_duckdb,
    "clickhouse": in_clickhouse,
    "postgres": in_postgres,
    "spark": in_spark,
}
