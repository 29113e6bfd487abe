"""Of bundled and of random networks every engine has the rows that `summary --set` has, in every quantity."""

import random
from contextlib import suppress
from fractions import Fraction

import pytest
from databases import DATABASES, rows_of
from test_sweep_against_summary import BUNDLED, NAMES, QUICK, random_network, summary_at, values

from convcalc.network.load import source_of, spec_of
from convcalc.problem import Problem, Source
from convcalc.spec.choices import Choices
from convcalc.sweep.answers import answer
from convcalc.sweep.network import swept
from convcalc.sweep.question import Axis, SweepQuestion
from convcalc.sweep.sql.query import sql
from convcalc.sweep.structures import programs

POINTS = 100  # of each network
MEMORY = {"batch": (1, 64), "act_bits": (1, 32), "weight_bits": (1, 32)}


def compare(source, ranges, generator, run):
    """Questions at random until so many points have been compared."""
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
        done += run(source, sweep, question, expected)
        refused += 1
    assert done >= POINTS


def of_summary(source, sweep, question, rows):
    """The engine of our own against single networks."""
    points = [question.point(place) for place in range(question.size)]
    found = [(point, summary_at(source, sweep, point)) for point in points]
    assert rows == [
        (*point.values(), *(summary.get(name) for name in question.columns)) for point, summary in found if summary
    ]
    return question.size


def in_database(dialect):
    def run(_source, sweep, question, rows):
        try:
            query = sql(programs(sweep, question), question, dialect, sweep)
        except Problem as error:  # a field's stride after a layer that enlarges; the peak at one of many layers
            refusals = ("would round it", *(["does not work the maximum"] if dialect == "sqlite" else []))
            assert any(words in str(error) for words in refusals)
            return 0
        assert rows_of(dialect, query) == [tuple(map(in_query, row)) for row in rows], query
        return question.size

    return run


def in_query(value):
    """A value as a query has it: words stay words, also those of digits only."""
    text = str(value) if isinstance(value, (Fraction, str)) else value
    with suppress(ValueError, TypeError):
        return int(text)
    return text


def marked(cases, quick):
    return [case if case in quick else pytest.param(case, marks=pytest.mark.slow) for case in cases]


@pytest.mark.parametrize("name", marked(BUNDLED, QUICK))
def test_a_bundled_network_has_the_rows_of_the_summary(name):
    compare(source_of(name), BUNDLED[name], random.Random(name), of_summary)


@pytest.mark.parametrize("seed", marked(range(30), range(3)))
def test_a_random_network_has_the_rows_of_the_summary(seed):
    generator = random.Random(f"duckdb {seed}")
    text, ranges = random_network(generator)
    compare(Source("<text>", text), ranges, generator, of_summary)


@pytest.mark.parametrize("dialect", DATABASES)
@pytest.mark.parametrize("name", marked(BUNDLED, QUICK[:2]))
def test_a_bundled_network_has_the_same_rows(name, dialect):
    compare(source_of(name), BUNDLED[name], random.Random(name), in_database(dialect))


@pytest.mark.parametrize("dialect", DATABASES)
@pytest.mark.parametrize("seed", marked(range(30), range(1)))
def test_a_random_network_has_the_same_rows(seed, dialect):
    generator = random.Random(f"duckdb {seed}")
    text, ranges = random_network(generator)
    compare(Source("<text>", text), ranges, generator, in_database(dialect))
