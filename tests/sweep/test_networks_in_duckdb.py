"""DuckDB has of bundled and of random networks the rows that the engine has, in every quantity."""

import random
from contextlib import suppress
from fractions import Fraction

import pytest
from databases import duckdb, rows_of
from test_sweep_against_summary import BUNDLED, NAMES, QUICK, random_network, values

from convcalc.network.load import source_of, spec_of
from convcalc.problem import Problem, Source
from convcalc.spec.choices import Choices
from convcalc.sweep.question import Axis, SweepQuestion
from convcalc.sweep.run import answer
from convcalc.sweep.sql.query import sql
from convcalc.sweep.structures import programs, swept

POINTS = 100  # of each network
MEMORY = {"batch": (1, 64), "act_bits": (1, 32), "weight_bits": (1, 32)}


def compare(source, ranges, generator):
    """Questions at random until so many points have been compared."""
    duckdb()
    spec, done, refused = spec_of(source), 0, 0
    while done < POINTS and refused < 99:
        chosen = generator.sample(sorted(ranges), min(len(ranges), generator.choice((1, 2, 2, 3))))
        chosen += [generator.choice(sorted(MEMORY))] if generator.random() < 0.4 else []
        axes = tuple(
            Axis((name,), tuple((value,) for value in values(ranges.get(name) or MEMORY[name], generator, 4)))
            for name in chosen
        )
        sweep = swept(spec, Choices(), tuple(chosen))
        question = SweepQuestion(axes, tuple(generator.sample(NAMES, generator.randint(2, 8))))
        try:
            expected = answer(sweep, question).rows
        except Problem:  # a quantity that it has not, or a value that none of its names can have
            refused += 1
            continue
        if any(isinstance(value, Fraction) for row in expected for value in row[len(chosen) :]):
            with pytest.raises(Problem, match="would round it"):  # a field's stride after a layer that enlarges
                sql(programs(sweep, question), question, "duckdb", sweep)
            refused += 1
            continue
        query = sql(programs(sweep, question), question, "duckdb", sweep)
        assert rows_of("duckdb", query) == [tuple(map(in_query, row)) for row in expected], query
        done += question.size
    assert done >= POINTS


def in_query(value):
    """A value as a query has it: words stay words, also those of digits only."""
    text = str(value) if isinstance(value, (Fraction, str)) else value
    with suppress(ValueError, TypeError):
        return int(text)
    return text


@pytest.mark.parametrize("name", [
    name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in BUNDLED
])  # fmt: skip
def test_a_bundled_network_has_the_same_rows(name):
    compare(source_of(name), BUNDLED[name], random.Random(name))


@pytest.mark.parametrize(
    "seed", [seed if seed < 3 else pytest.param(seed, marks=pytest.mark.slow) for seed in range(30)]
)
def test_a_random_network_has_the_same_rows(seed):
    generator = random.Random(f"duckdb {seed}")
    text, ranges = random_network(generator)
    compare(Source("<text>", text), ranges, generator)
