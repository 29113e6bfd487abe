"""What differs between dialects of SQL for a sweep: whole numbers, their division, series, names and texts."""

from __future__ import annotations

from convcalc.algebra.notation import ATOM, POWER, PRODUCT, SUM, Notation, Rule
from convcalc.algebra.sql import DIALECTS as NOTATIONS
from convcalc.tuples import NamedTuple

WIDE = "wide"  # the rounding of a truncated quotient of numbers for which the usual division is not


class WholeType(NamedTuple):
    """A type of whole numbers, and the first number above 0 that it has not; None where it has all."""

    name: str
    limit: int | None
    quotients: int | None = None  # the first above 0 that a quotient cannot be, where that is less


class SqlDialect(NamedTuple):
    """Series and values are templates of the query of a table: of its first and last number, its step, its rows."""

    title: str
    notation: Notation
    types: tuple[WholeType, ...]  # from the one in which all is counted that is small enough
    series: str
    values: str
    folds: bool = False  # names that are not quoted lose their capitals
    quote: str = '"'
    has_escapes: bool = False  # a backslash in a text is none
    null: str = "CAST(NULL AS BIGINT)"
    options: int = 10_000  # of a maximum that it works right

    def name(self, name: str) -> str:
        """A name as it is written in a query."""
        plain = name.isascii() and name.isidentifier() and name.lower() not in RESERVED
        return name if plain and not (self.folds and name != name.lower()) else self.quote + name + self.quote

    def text(self, words: str) -> str:
        escaped = words.replace("\\", "\\\\") if self.has_escapes else words
        return "'" + escaped.replace("'", "''") + "'"

    def cast(self, text: str, level: int) -> str:
        return f"CAST({text} AS {self.types[level].name})"


def with_wide(name: str, wide: Rule) -> Notation:
    notation = NOTATIONS[f"sql:{name}"]
    return notation._replace(ratio={**notation.ratio, WIDE: wide})


BITS_64 = 1 << 63
DECIMAL = 10**38
VALUES = "SELECT {casts} FROM (VALUES {rows}) AS listed({names})"

DIALECTS = {
    "duckdb": SqlDialect(
        "DuckDB", NOTATIONS["sql:duckdb"], (WholeType("BIGINT", BITS_64), WholeType("HUGEINT", 1 << 127)),
        "SELECT range AS {name} FROM range({first}, {after}, {step})", VALUES,
    ),
    # A quotient of decimals keeps six decimal places, which leaves 32 digits before them.
    "spark": SqlDialect(
        "Spark",
        with_wide("spark", Rule("CAST((%(a)s - %(a)s %% %(b)s) / %(b)s AS DECIMAL(38, 0))", PRODUCT, POWER, ATOM)),
        (WholeType("BIGINT", BITS_64), WholeType("DECIMAL(38, 0)", DECIMAL, 10**32)),
        "SELECT id AS {name} FROM range({first}, {after}, {step})", VALUES,
        quote="`", has_escapes=True,
    ),
    # A quotient of decimals is rounded to the nearest.
    "trino": SqlDialect(
        "Trino", with_wide("trino", Rule("(%(a)s - %(a)s %% %(b)s) / %(b)s", PRODUCT, POWER, PRODUCT)),
        (WholeType("BIGINT", BITS_64), WholeType("DECIMAL(38, 0)", DECIMAL)),
        "SELECT sequential_number AS {name}"
        " FROM TABLE(sequence(start => {first}, stop => {last}, step => {step}))", VALUES, folds=True,
    ),
    # Numbers wrap without a word; only what is proved keeps them from it.
    "clickhouse": SqlDialect(
        "ClickHouse", NOTATIONS["sql:clickhouse"],
        (WholeType("Int64", BITS_64), WholeType("Int128", 1 << 127), WholeType("Int256", 1 << 255)),
        "SELECT toInt64({first} + {step} * toInt64(number)) AS {name} FROM numbers({count})",
        "SELECT {names} FROM values('{typed}', {rows})",
        quote="`", has_escapes=True, null="CAST(NULL AS Nullable(Int64))",
    ),
    "postgres": SqlDialect(
        "PostgreSQL", with_wide("postgres", Rule("div(%(a)s, %(b)s)", SUM, SUM, ATOM)),
        (WholeType("BIGINT", BITS_64), WholeType("NUMERIC", None)),
        "SELECT {name} FROM generate_series(CAST({first} AS BIGINT), {last}, {step}) AS series({name})", VALUES,
        folds=True,
    ),
    # Beyond 64 bits its numbers are no whole ones any more.
    "sqlite": SqlDialect(
        "SQLite", NOTATIONS["sql:sqlite"], (WholeType("INTEGER", BITS_64),),
        "WITH RECURSIVE series AS (SELECT {first} AS {name} UNION ALL SELECT {name} + {step} FROM series"
        " WHERE {name} <> {last}) SELECT {name} FROM series",
        "SELECT {columns} FROM (VALUES {rows})", options=8,  # 3.40 is wrong from some thirty on, nested ones too
    ),
}  # fmt: skip

# Words that are no names, in one of them at least.
WORDS = """
    all alter analyse analyze and anti any array as asc asymmetric at authorization begin between binary both by
    call case cast check collate collation column commit constraint create cross cube current current_catalog
    current_date current_path current_role current_schema current_time current_timestamp current_user database
    deallocate default deferrable delete desc describe distinct div do drop else end escape except execute
    exists explain extract false fetch filter final first for foreign format freeze from full function global
    grant group grouping groups having if ilike in index initially inner insert intersect interval into is
    isnull join json key lambda last lateral leading left like limit local localtime localtimestamp match minus
    mod natural not notnull null offset on only or order outer over overlaps partition pivot placing prewhere
    primary qualify range references replace returning right rollup row rows sample select semi session_user set
    settings show similar skip some start summarize symmetric table tablesample then time timestamp to top
    trailing trim true uescape union unique unnest unpivot update user using values variadic verbose view when
    where window with
"""
RESERVED = frozenset(WORDS.split())
