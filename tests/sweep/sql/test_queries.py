"""The rows of a query are those of the engine, in their order, in every database that is here."""

import random
import re
from fractions import Fraction

import pytest
from databases import DATABASES, rows_of

from convcalc.algebra.expr import Mul, Neg, Ratio, Sum
from convcalc.closed_forms.table import SizeTest
from convcalc.network.load import source_of, spec_of
from convcalc.problem import Problem, Source
from convcalc.spec.choices import Choices
from convcalc.sweep.answers import answer
from convcalc.sweep.network import swept
from convcalc.sweep.question import Axis, Objective, SweepQuestion
from convcalc.sweep.sql.query import sql
from convcalc.sweep.structures import programs

LENET = Source("<text>", """
input: 3x64x64
let: {C: 6, F: 120}
layers: [conv C k5, relu, maxpool 2, conv 16 k5, maxpool 2, flatten, linear F, linear 10]
""")  # fmt: skip
STRIDED = Source("<text>", """
input: 3x64x64
let: {select: 8, S: 2}
layers:
  - conv select k7 sS p1
  - {conv: 2*select, kernel: 4, stride: 3}
  - maxpool 3 s2 ceil
  - conv 12 k2 s2
""")  # fmt: skip


def axis(name, *values):
    return Axis((name,), tuple((value,) for value in values))


GRID = (axis("F", 10, 21), axis("C", 9, 4, 14), axis("H", *range(2, 64, 4)))
CASES = {
    "all rows": (LENET, GRID, {}),
    "what is below zero where it does not fit": (STRIDED, (axis("select", 3, 8), axis("S", 1, 2, 3), axis("H", *range(1, 90, 3))), {}),
    "conditions": (LENET, GRID, {"where": (SizeTest("macs", "<=", 3_000_000), SizeTest("parameters", "!=", 2_474), SizeTest("H", "%", 8))}),
    "a condition over what is not shown": (LENET, GRID, {"columns": ("parameters",), "where": (SizeTest("C", "<=", "F"), SizeTest("H", "==", 34))}),
    "what is left over": (LENET, GRID[:2], {"columns": ("macs",), "where": (SizeTest(Sum(("activations", Neg(Mul((3, Ratio("activations", 3, "floor")))))), "==", 1),)}),
    "the front of two": (LENET, GRID, {"pareto": (Objective("max", "H", ""), Objective("min", "macs", ""))}),
    "the front of three": (LENET, GRID, {"pareto": (Objective("max", "F", ""), Objective("max", "C", ""), Objective("min", "macs", ""))}),
    "the front of one": (LENET, GRID, {"pareto": (Objective("min", "parameters", ""),)}),
    "the best first": (LENET, GRID, {"sort": (Objective("max", "parameters", ""), Objective("min", "macs", "")), "limit": 7}),
    "one part": (LENET, GRID, {"shard": (2, 3)}),
    "falling values": (LENET, (axis("H", 60, 40, 20), axis("C", 3, 2, 1)), {}),
    "names together": (LENET, (Axis(("C", "F"), ((4, 9), (2, 30), (7, 1))), axis("H", 20, 28)), {}),
    "structures": ("resnet", (axis("depth", 34, 18), axis("H", 64, 96, 128), axis("classes", 64, 7)), {"columns": ("parameters", "macs", "receptive_field")}),
    "only structures": ("resnet", (axis("depth", 18, 34),), {"limit": 1}),
    "nothing is left": (LENET, (axis("H", 2, 3), axis("C", 4, 5)), {}),
    "a name without a place": (LENET, (axis("C", 4, 5), axis("H", 33)), {"where": (SizeTest("H", "<=", 32),)}),
}  # fmt: skip
WIDE = {
    "beyond 64 bits": (axis("F", 10**6, 10**9), axis("C", 9, 10**8), axis("H", 16, 99_999)),
    "beyond 53 bits": (axis("F", 10**6, 10**9), axis("C", 9, 10**5), axis("H", 16, 9_999)),
    "a few more": (axis("F", 10**16, 10**12), axis("C", 10**13, 14), axis("H", 20, 101)),
}


def asked(network, axes, more):
    spec = spec_of(network if isinstance(network, Source) else source_of(network))
    sweep = swept(spec, Choices(), tuple(name for each in axes for name in each.names))
    return sweep, SweepQuestion(axes, **{"columns": ("parameters", "macs"), **more})


def compare(dialect, network, axes, more):
    sweep, question = asked(network, axes, more)
    found = rows_of(dialect, sql(programs(sweep, question), question, dialect, sweep))
    expected = [tuple(str(value) if isinstance(value, Fraction) else value for value in row)
                for row in answer(sweep, question).rows]  # fmt: skip
    assert found == expected
    return found


@pytest.mark.parametrize("dialect", DATABASES)
@pytest.mark.parametrize("case", CASES)
def test_rows_are_those_of_the_engine(dialect, case):
    compare(dialect, *CASES[case])


@pytest.mark.parametrize("dialect", [each for each in DATABASES if each != "sqlite"])
@pytest.mark.parametrize("case", WIDE)
def test_large_numbers_are_exact(dialect, case):
    rows = compare(dialect, LENET, WIDE[case], {})
    assert max(row[-1] for row in rows) > 1 << 53


def test_numbers_that_no_type_holds_are_refused():
    sweep, question = asked(LENET, WIDE["beyond 64 bits"], {})
    with pytest.raises(Problem, match=r"may be as large as [0-9,]+, and SQLite has none above INTEGER"):
        sql(programs(sweep, question), question, "sqlite", sweep)
    sweep, question = asked(LENET, (axis("F", 10**40), axis("C", 10**40), axis("H", 20)), {})
    for dialect in ("duckdb", "spark", "trino", "clickhouse"):
        with pytest.raises(Problem, match=r"has none above|are too large"):
            sql(programs(sweep, question), question, dialect, sweep)


@pytest.mark.parametrize("dialect", DATABASES)
@pytest.mark.parametrize("seed", range(4))
def test_random_questions(dialect, seed):
    draw = random.Random(seed)
    network = draw.choice([LENET, STRIDED])
    names = ("C", "F") if network is LENET else ("select", "S")
    limits = (40, 40) if network is LENET else (9, 5)
    axes = [axis(name, *draw.sample(range(1, most), 3)) for name, most in zip(names, limits, strict=True)]
    axes.append(axis("H", *sorted(draw.sample(range(1, 120), 12))))
    draw.shuffle(axes)
    more = {}
    if draw.random() < 0.7:
        more["where"] = (SizeTest(draw.choice(["macs", "parameters"]), "<=", draw.randrange(10**4, 10**6)),)
    if draw.random() < 0.5:
        more["pareto"] = (Objective("max", "H", ""), Objective("min", draw.choice(["macs", "parameters"]), ""))
    if draw.random() < 0.5:
        more["sort"] = (Objective(draw.choice(["min", "max"]), "macs", ""),)
    compare(dialect, network, tuple(axes), more)


def test_what_no_query_has_is_refused():
    for more in ({"sample": 3}, {"keep_invalid": True}):
        sweep, question = asked(LENET, GRID, more)
        with pytest.raises(Problem):
            sql(programs(sweep, question), question, "duckdb", sweep)


@pytest.mark.parametrize("more", [
    {"pareto": (Objective("min", "width", "min width"), Objective("min", "macs", ""))},
    {"sort": (Objective("max", Mul(("width", "macs")), "max width*macs"),)},
    {"sort": (Objective("min", Ratio("macs", "parameters", ""), "min macs/parameters"),)},
], ids=["a name with fractions", "times a fraction", "a quotient"])  # fmt: skip
def test_what_a_query_would_round_is_refused(more):
    sweep, question = asked("mobilenet_v2", (axis("width", Fraction(1, 2), Fraction(3, 4)), axis("H", 64)), more)
    with pytest.raises(Problem, match="a query would round it"):
        sql(programs(sweep, question), question, "duckdb", sweep)


def test_fractions_are_words_of_a_query():
    compare("sqlite", "mobilenet_v2", (axis("width", Fraction(3, 4), 1), axis("H", 64, 96)), {})


def test_a_query_of_trino():
    sweep, question = asked(
        LENET, (axis("C", 4, 9), axis("H", *range(32, 64, 4))), {"where": (SizeTest("macs", "<=", 10**6),)}
    )
    text = sql(programs(sweep, question), question, "trino", sweep)
    assert 'SELECT sequential_number AS "H" FROM TABLE(sequence(start => 32, stop => 60, step => 4))' in text
    assert '"H" / 4 - 3 AS maxpool2_h' in text
    assert "WHERE macs <= 1000000" in text
    wide = (axis("F", 10**16, 10**12), axis("C", 10**13, 14), axis("H", 20, 101))
    sweep, question = asked(LENET, wide, {})
    assert "CAST(" in (text := sql(programs(sweep, question), question, "trino", sweep)) and "DECIMAL(38, 0)" in text


@pytest.mark.parametrize(("network", "swept_axis"), [
    ("mobilenet_v3", axis("H", 64, 96)), ("densenet", axis("growth", 16, 4)), ("resnet", axis("H", 64, 96)),
])  # fmt: skip
def test_what_sqlite_does_not_work_right_is_refused(network, swept_axis):
    more = {"columns": ("memory_peak", "biases")}
    with pytest.raises(Problem, match=r"SQLite does not work the maximum of \d+ numbers right"):
        compare("sqlite", network, (swept_axis,), more)
    assert compare("duckdb", network, (swept_axis,), more)


@pytest.mark.parametrize("more", [(axis("growth", 4, 16),), ()])
def test_what_has_to_be_set_for_many_tables_is_said(more):
    sweep, question = asked("densenet", (axis("H", 64, 96), *more), {})
    query = sql(programs(sweep, question), question, "spark", sweep)
    assert ("SET spark.sql.analyzer.maxIterations" in query) == bool(more)


def test_no_condition_is_said_twice():
    sweep, question = asked("lenet5", (axis("H", *range(1, 65)),), {"columns": ("macs", "receptive_field")})
    _, _, results = sql(programs(sweep, question), question, "duckdb", sweep).partition("FROM totals")
    conditions = re.findall(r"(?:WHERE|AND) (.*)", results.partition("UNION ALL")[0])
    assert len(set(conditions)) == len(conditions) > 1, conditions
