"""Formulas in SQL have the same whole numbers in databases, beyond what a fraction of 53 bits holds, too."""

import random

import pytest
from databases import rows_of

from convcalc.algebra.expr import evaluate
from convcalc.algebra.notation import write
from convcalc.algebra.parser import parse

LARGE = 1_239_850_262  # six times its square is just below 2^63
FORMULAS = [
    "floor(A/2)", "ceil(A/3)", "floor((A - 5)/2) + 1", "floor((B - A)/3)", "ceil((B - A)/7)", "A*B - floor(A*B/6)",
    "floor(floor((A + 1)/2)/3)", "floor(A*B/7)*3 - 2*floor(A/B)", "-floor(A/2)", "B - floor(A/2) - 1",
    "max(floor(A/2), B)", "min(A, B, 7)", "floor(A/2)*floor(A/2)", "floor(A/2)**2 + 1", "6*A*B/3", "A*B/B", "floor((A/2 - 3)/4)",
]  # fmt: skip
EXACT = [  # the notation, and a database that reads it
    ("sql", "sqlite"), ("sql", "postgres"), ("sql:sqlite", "sqlite"), ("sql:postgres", "postgres"), ("sql:duckdb", "duckdb"),
    pytest.param("sql:clickhouse", "clickhouse", marks=pytest.mark.slow), pytest.param("sql:spark", "spark", marks=pytest.mark.slow),
]  # fmt: skip
TYPES = {"sqlite": "INTEGER", "clickhouse": "Int64"}


def values_of(formulas, notation, database, points):
    type_ = TYPES.get(database, "BIGINT")
    columns = ", ".join(f"{write(parse(formula), notation)} AS c{place}" for place, formula in enumerate(formulas))
    tables = " UNION ALL ".join(
        f"SELECT {place} AS place, CAST({a} AS {type_}) AS A, CAST({b} AS {type_}) AS B"
        for place, (a, b) in enumerate(points)
    )
    return rows_of(database, f"SELECT {columns} FROM ({tables}) AS numbers ORDER BY place")


def points():
    draw = random.Random(3)
    return [
        (LARGE, LARGE),
        (LARGE - 4, LARGE - 1),
        (1, 1),
        (1, LARGE),
        (7, 2),
        *((draw.randrange(1, LARGE), draw.randrange(1, LARGE)) for _ in range(20)),
    ]


@pytest.mark.parametrize(("notation", "database"), EXACT)
def test_whole_numbers_are_exact(notation, database):
    found = values_of(FORMULAS, notation, database, points())
    for (a, b), row in zip(points(), found, strict=True):
        assert list(row) == [evaluate(parse(formula), {"A": a, "B": b}) for formula in FORMULAS]


def test_the_plain_notation_is_right_where_a_division_gives_a_fraction():
    small = [(a % 10**5 + 1, b % 10**5 + 1) for a, b in points()]
    found = values_of(FORMULAS, "sql", "duckdb", small)
    for (a, b), row in zip(small, found, strict=True):
        assert list(map(float, row)) == [evaluate(parse(formula), {"A": a, "B": b}) for formula in FORMULAS]


@pytest.mark.parametrize("notation", ["sql:duckdb", "sql:postgres", "sql:sqlite"])
def test_what_is_no_whole_number_is_null_in_a_dialect(notation):
    assert [value in (None, "") for value, _ in values_of(["A/2", "B"], notation, notation[4:], [(4, 1), (5, 1)])] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("formula", "notation", "text"),
    [
        ("floor(H/2) - 6", "sql", "(H - H % 2) / 2 - 6"),
        ("floor((H - 5)/2) + 1", "sql:duckdb", "(H - 1) // 2 - 1"),
        ("ceil(H/2)", "sql:clickhouse", "intDiv(H + 1, 2)"),
        ("floor(H/2)*C", "sql:spark", "H DIV 2 * C"),
        ("max(H, W)", "sql:sqlite", "MAX(H, W)"),
        ("K**2*C", "sql:trino", "K * K * C"),
        ("floor((H - K)/S)", "sql:postgres", "((H - K) - ((H - K) % S + S) % S) / S"),
    ],
)
def test_a_formula_in_a_dialect(formula, notation, text):
    assert write(parse(formula), notation) == text


def test_an_unknown_dialect_is_a_key_error():
    with pytest.raises(KeyError):
        write("H", "sql:oracle")
