"""What is asked of a sweep, from the texts of its options to a question.

The axes are written `width=8..128:8`, `depth=18,34,50`, `C=8..1024*2`, `alpha=1/4,0.5`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide
from convcalc.algebra.limits import ExprError, lowest_terms
from convcalc.algebra.parser import amount, numeral_text
from convcalc.problem import Problem, did_you_mean
from convcalc.spec.choices import misuse
from convcalc.sweep.conditions import WrittenCondition, read_conditions, read_objectives
from convcalc.sweep.names import SweepNames, read_columns
from convcalc.sweep.question import Axis, SweepQuestion
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number


USUAL = ("parameters", "macs", "memory_peak", "receptive_field")  # quantities that are shown where nobody says which
MAX_VALUES = 100_000  # of one name
EXAMPLES = "values are a list 18,34,50, a range 8..128:8 with its step, or 8..1024*2 with a factor"
WORD = re.compile(r"[^\W\d][\w.-]*")


class AskedSweep(NamedTuple):
    """The options of a sweep as they are written."""

    over: tuple[str, ...] = ()
    zips: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    pareto: str | None = None
    sort: str | None = None
    columns: str | None = None
    limit: int | None = None
    sample: int | None = None
    seed: int = 0
    shard: tuple[int, int] = (1, 1)
    keep_invalid: bool = False

    def read(self) -> tuple[SweepQuestion, tuple[WrittenCondition, ...]]:
        """The question, and its conditions one by one; a Problem where a text cannot be read."""
        names = SweepNames(read_axes(self.over, self.zips))
        conditions = read_conditions(self.where, names)
        tests = tuple(test for condition in conditions for test in condition.tests)
        pareto = read_objectives("--pareto", self.pareto, names) if self.pareto is not None else ()
        sort = read_objectives("--sort", self.sort, names) if self.sort is not None else ()
        question = SweepQuestion(
            names.axes, (), tests, pareto, sort, self.limit, self.sample, self.seed, self.shard, self.keep_invalid
        )
        usual = (name for name in dict.fromkeys((*USUAL, *question.compared)) if name in names.quantities)
        columns = tuple(usual) if self.columns is None else read_columns(self.columns, names)
        return question._replace(columns=columns), conditions


def read_axes(over: Sequence[str], zips: Sequence[str] = ()) -> tuple[Axis, ...]:
    """An axis for each name, or for those that a --zip joins, in the order of --over; a Problem where one is bad."""
    axes: dict[str, Axis] = {}
    for text in over:
        name, values = read_values(text)
        if name in axes:
            hint = f"write all its values in one: --over {name}=A,B,…"
            raise misuse("U010", "--over", text, f"{name} is swept twice", hint, (0, len(name)))
        axes[name] = Axis((name,), tuple((value,) for value in values))
    for text in zips:
        joined = zip_axes(text, axes)
        first = min(joined.names, key=list(axes).index)
        axes = {name: joined if name == first else axis for name, axis in axes.items()
                if name == first or name not in joined.names}  # fmt: skip
    return tuple(axis._replace(points=tuple(dict.fromkeys(axis.points))) for axis in axes.values())


def zip_axes(text: str, axes: dict[str, Axis]) -> Axis:
    """One axis for the names of a --zip; a Problem where their numbers of values differ."""
    names = tuple(name.strip() for name in text.split(","))
    joined = {name: axis.names for axis in axes.values() for name in axis.names if len(axis.names) > 1}
    for name in names:
        part = (max(text.find(name), 0), max(len(name), 1))
        if name in joined:
            hint = f"write all that go together once: --zip {','.join(dict.fromkeys((*joined[name], *names)))}"
            raise misuse("U010", "--zip", text, f"{name} goes with others already", hint, part)
        if name not in axes:
            swept = ", ".join(axes) or "none"
            hint = did_you_mean(name, axes) or f"the names swept are {swept}"
            raise misuse("U004", "--zip", text, f"no --over has the values of {name or 'an empty name'}", hint, part)
    if len(set(names)) < 2 or len(set(names)) < len(names):
        raise misuse("U010", "--zip", text, "it takes two names or more, each once", "such as --zip width,depth")
    counts = [len(axes[name].points) for name in names]
    if len(set(counts)) > 1:
        lengths = " and ".join(f"{name} has {count:,}" for name, count in zip(names, counts, strict=True))
        hint = "names that go together have equally many values"
        raise misuse("U010", "--zip", text, f"{lengths} values", hint)
    rows = zip(*(axes[name].points for name in names), strict=True)
    return Axis(names, tuple(tuple(value for (value,) in row) for row in rows))


def read_values(text: str) -> tuple[str, list[object]]:
    """A name and its values, in their order; a Problem where they cannot be read, or are too many."""
    name, equals, listed = text.partition("=")
    start = len(name) + 1
    if not equals or not name.strip().isidentifier():
        raise misuse("U002", "--over", text, "it is not NAME=VALUES", f"for example width=8..128:8; {EXAMPLES}")
    values: list[object] = []
    for item in listed.split(","):
        written = WrittenValues(text, start, item)
        try:
            for value in written.values():
                values.append(value)
                if len(values) > MAX_VALUES:
                    raise written.too_many()
        except ExprError as error:
            raise written.slip(str(error), EXAMPLES) from None
        start += len(item) + 1
    return name.strip(), values


class WrittenValues(NamedTuple):
    """One item of a list: a value, or a range of them; `start` is where it stands in the text."""

    text: str
    start: int
    item: str

    def slip(self, message: str, hint: str) -> Problem:
        return misuse("U002", "--over", self.text, message, hint, (self.start, max(len(self.item), 1)))

    def too_many(self) -> Problem:
        return self.slip(f"one name takes at most {MAX_VALUES:,} values", "a larger step, or a factor: 8..1024*2")

    def cure(self, item: str) -> str:
        """The option with another item in the place of this one."""
        return f"--over {self.text[: self.start]}{item}{self.text[self.start + len(self.item) :]}"

    def values(self) -> Iterator[object]:
        first, dots, rest = self.item.partition("..")
        if not dots:
            plain = first.strip()
            yield plain if WORD.fullmatch(plain) else self.number(first)
            return
        if rest.startswith("."):
            raise self.slip("a range has two dots", f"{self.cure(f'{first}..{rest[1:]}')}, or 0{rest} at its end")
        last, sign, by = re.split("([:*])", f"{rest}:1" if not re.search("[:*]", rest) else rest, maxsplit=1)
        start, stop, step = self.number(first), self.number(last), self.number(by)
        if last == rest and start < stop and (stop - start) % 1:
            raise self.slip("a range of fractions takes its step", self.cure(f"{self.item}:1/4"))
        yield from (self.geometric if sign == "*" else self.steps)(start, stop, step)

    def steps(self, start: Number, stop: Number, step: Number) -> Iterator[Number]:
        """start, start + step, … up to stop, downwards where the step is below 0."""
        low, high, wide = numeral_text(start), numeral_text(stop), numeral_text(max(step, -step))
        if step == 0:
            raise self.slip("a step of 0 leads nowhere", self.cure(f"{low}..{high}{'' if start <= stop else ':-1'}"))
        if (stop - start) * step < 0:
            message = f"it is empty: steps of {numeral_text(step)} do not lead from {low} to {high}"
            raise self.slip(message, self.cure(f"{high}..{low}:{wide}" if step > 0 else f"{low}..{high}:{wide}"))
        count = int((stop - start) // step) + 1
        if count > MAX_VALUES:
            raise self.too_many()
        for place in range(count):
            yield lowest_terms(start + place * step)

    def geometric(self, start: Number, stop: Number, factor: Number) -> Iterator[Number]:
        """start, start·factor, … up to stop."""
        if factor <= 1 or start <= 0:
            raise self.slip("a factor has to be above 1, and what it multiplies above 0", "for example 8..1024*2")
        if stop < start:
            low, high, times = numeral_text(start), numeral_text(stop), numeral_text(factor)
            message = f"it is empty: factors of {times} do not lead from {low} to {high}"
            raise self.slip(message, self.cure(f"{high}..{low}*{times}"))
        while start <= stop:
            yield start
            start = lowest_terms(start * factor)

    def number(self, text: str) -> Number:
        """10, 5k, 0.25, 1/2, -1."""
        plain = text.strip()
        sign, plain = (-1, plain[1:]) if plain[:1] in ("-", "−") else (1, plain)
        top, slash, bottom = plain.partition("/")
        number, divisor = amount(top), amount(bottom) if slash else 1
        if number is None or not divisor:
            raise self.slip(f'"{plain[:40]}" is no value' if plain else "a value is missing", EXAMPLES)
        return sign * (number if divisor == 1 else divide(number, divisor))
