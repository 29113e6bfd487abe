"""Sweeps as text: for people with what became of the points in sentences, and row by row for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.algebra.expr import is_fraction
from convcalc.algebra.parser import numeral_text
from convcalc.network.quantity import word_of
from convcalc.render.json_text import json_text
from convcalc.render.layout import clip
from convcalc.render.report.csv import csv_lines
from convcalc.render.report.sums import Note
from convcalc.render.report.text_table import Head, TextTable, table_of_rows
from convcalc.render.script import ASCII, UNICODE, Script
from convcalc.sweep.names import TITLES
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.sweep.answers import NearMiss
    from convcalc.sweep.question import SweepQuestion, SweepTally

WITH_TALLY = ("table", "plain", "json", "markdown")  # formats that have room for what became of the points
SCHEMA = "convcalc/sweep/1"
FEW = 5  # reasons that are told one by one
MANY = 100_000  # points of a grid of which it is said how many were not looked at
REASON = "error"  # the key of a column of sentences


class AnsweredSweep(NamedTuple):
    """The rows of a sweep as they are shown, and what there is to say of them."""

    network: str
    question: SweepQuestion
    conditions: tuple[str, ...]  # as they were written
    rows: Iterable[tuple[object, ...]]  # which may be there once only
    tally: SweepTally
    front: int = 0  # points that no other beats, where these were asked for
    has_one_best: bool = False  # all of these have the same numbers
    notes: tuple[str, ...] = ()  # in sentences
    commands: tuple[str, ...] = ()  # that have `summary` work each row, where these were asked for
    nearest: tuple[NearMiss, ...] = ()  # where no point is left: what would leave some

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.question.shown, *(("command",) if self.commands else ()))

    def whole_rows(self) -> Iterator[tuple[object, ...]]:
        """The rows with their commands, if they have any; fractions as they are written."""
        if self.commands:
            for row, command in zip(self.rows, self.commands, strict=True):
                yield (*map(exact, row), command)
        else:
            for row in self.rows:
                yield tuple(map(exact, row))


class SweepLook(NamedTuple):
    """What text is written to."""

    width: int = 0  # columns; 0: as many as it takes
    colour: bool = False
    unicode: bool = True


def exact(value: object) -> object:
    """A value as a program reads it: whole numbers, words, and 0.25 or 1/3 as text."""
    return numeral_text(value) if is_fraction(value) else value


# For programs


def csv(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    return csv_lines(chain((sweep.columns,), sweep.whole_rows()))


def jsonl(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    columns = sweep.columns
    for row in sweep.whole_rows():
        yield f"{json_text(dict(zip(columns, row, strict=True)))}\n"


def near_miss_record(each: NearMiss) -> dict[str, object]:
    values = {name: exact(value) for name, value in {**each.nearest, **each.found}.items()}
    return {"without": each.condition, "points": each.points, "is_sample": each.is_sample, "nearest": values}


def json(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    """Row by row: a long answer is never there as one text."""
    question, tally, columns = sweep.question, sweep.tally, sweep.columns
    asked = {
        "schema": SCHEMA, "convcalc": __version__, "network": sweep.network,
        "axes": [{"names": axis.names, "values": [list(map(exact, point)) for point in axis.points]}
                 for axis in question.axes],
        "where": sweep.conditions, "pareto": [each.text for each in question.pareto],
        "sort": [each.text for each in question.sort], "sample": question.sample, "seed": question.seed,
        "shard": question.shard, "columns": columns,
    }  # fmt: skip
    yield f'{json_text(asked)[:-1]}, "rows": ['
    for place, row in enumerate(sweep.whole_rows()):
        yield f"{',' if place else ''}\n{json_text(dict(zip(columns, row, strict=True)))}"
    told = {
        "tally": {
            "points": tally.points, "unfit": tally.unfit, "excluded": tally.excluded, "kept": tally.kept,
            "unvisited": tally.unvisited, "worked": tally.worked,
        },
        "notes": sweep.notes, "nearest": list(map(near_miss_record, sweep.nearest)),
    }  # fmt: skip
    yield f"\n], {json_text(told)[1:]}\n"


# For people


def sentences(sweep: AnsweredSweep, shown: int, script: Script) -> Iterator[str]:
    """How many points there are, why some do not fit, how many a condition excludes, and what is left and shown."""
    yield from tally_sentences(sweep, script)
    tally, question = sweep.tally, sweep.question
    aims = ", ".join(each.text for each in question.pareto)
    if sweep.front:
        yield f"{sweep.front:,} of {points(tally.kept)} {'is' if sweep.front == 1 else 'are'} on the front of {aims}"
        if sweep.has_one_best and tally.kept > sweep.front:
            hint = "a front has more where objectives pull apart: min macs, max receptive_field"
            told = "the best in one of these is the best in all" if len(question.pareto) > 1 else "it is one objective"
            yield f"{told}; {hint}"
    whole = sweep.front or tally.kept
    if shown < whole:
        yield f"the first {shown:,} of {whole:,} rows; --limit 0 shows all"
    yield from map(script.text, sweep.notes)
    yield from (script.text(near_miss(each, script)) for each in sweep.nearest)
    if not tally.kept and tally.excluded and not sweep.nearest and len(sweep.conditions) > 1:
        yield "no condition is to blame by itself: without any one of them no point is left either"


def tally_sentences(sweep: AnsweredSweep, script: Script) -> Iterator[str]:
    tally, question = sweep.tally, sweep.question
    whole = points(tally.points)
    if question.sample is not None and tally.points < question.size:
        whole += f", drawn from {question.size:,} with --seed {question.seed}"
    if question.shard[1] > 1:
        whole += f", part {question.shard[0]} of {question.shard[1]}"
    unfit = sum(tally.unfit.values())
    if not tally.points:
        yield whole
    elif not unfit and not tally.excluded:
        yield f"{whole}, and the network fits at all of them"
    else:
        yield f"{whole}, of which {tally.kept:,} {'is' if tally.kept == 1 else 'are'} left"
    if unfit:
        reasons = sorted(tally.unfit.items(), key=lambda pair: -pair[1])
        if len(reasons) == 1:
            yield f"{unfit:,} {do_not(unfit)} fit: {script.text(reasons[0][0])}"
        else:
            yield f"{unfit:,} {do_not(unfit)} fit:"
            yield from (f"  {number:,}: {script.text(reason)}" for reason, number in reasons[:FEW])
            if len(reasons) > FEW:
                rest = sum(number for _, number in reasons[FEW:])
                yield f"  {rest:,}: {len(reasons) - FEW:,} other reasons, in --format json"
    if tally.excluded:
        each = "the condition" if len(sweep.conditions) == 1 else "a condition"
        yield f"{tally.excluded:,} {do_not(tally.excluded)} meet {each}: {script.text(' and '.join(sweep.conditions))}"
    if tally.unvisited and tally.points >= MANY:
        yield f"{tally.unvisited:,} of these were decided without a look at each"


def near_miss(each: NearMiss, script: Script) -> str:
    """Without a condition so many points, and the one that misses it least."""
    there = ", ".join(f"{name}={exact(value)}" for name, value in each.nearest.items())
    numbers = " and ".join(
        f"{script.number(value)} {word}"
        if (word := word_of(name)).endswith("s")
        else f"{name} = {script.number(value)}"
        for name, value in each.found.items()
    )
    sample = " of a sample" if each.is_sample else ""
    return (
        f"without {each.condition}: {points(each.points)}{sample}; the nearest is {there}"
        f"{f' with {numbers}' if numbers else ''}"
    )


def points(number: int) -> str:
    return f"{number:,} point{'' if number == 1 else 's'}"


def do_not(number: int) -> str:
    return "does not" if number == 1 else "do not"


def text_table(sweep: AnsweredSweep, script: Script) -> TextTable:
    """The rows, exact, a column for each name and quantity."""
    question = sweep.question
    rows = list(sweep.rows)
    swept = len(question.names)
    heads = [Head(script.text(name), name, is_left(rows, place)) for place, name in enumerate(question.names)]
    heads += [Head(TITLES[name], name, False, place + 1) for place, name in enumerate(question.columns)]
    if question.keep_invalid:
        heads.append(Head("Does not fit", REASON, may_shrink=True))
    cells = [[cell(value, script, place < swept) for place, value in enumerate(row)] for row in rows]
    marks = ["failed" if question.keep_invalid and row[-1] else "layer" for row in rows]
    notes = [Note(text, "") for text in sentences(sweep, len(rows), script)]
    return table_of_rows(title(sweep, script), tuple(heads), cells, notes, marks)


def title(sweep: AnsweredSweep, script: Script) -> str:
    axes = " × " if script.times == "×" else " x "
    sizes = axes.join(f"{len(axis.points):,} {'+'.join(axis.names)}" for axis in sweep.question.axes)
    return f"{script.text(sweep.network)}: {script.text(sizes)}"


def is_left(rows: list[tuple[object, ...]], place: int) -> bool:
    """Whether a column has words."""
    return any(isinstance(row[place], str) for row in rows)


def cell(value: object, script: Script, is_swept: bool) -> str:
    if value is None:
        return script.missing
    shown = exact(value)
    if isinstance(shown, int) and not isinstance(shown, bool):
        return str(shown) if is_swept else script.number(shown)
    return clip(script.text(str(shown)))


def plain_lines(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    from convcalc.render.report.plain import plain_table

    made = text_table(sweep, UNICODE if look.unicode else ASCII)
    yield plain_table(made, look.unicode) if made.cells[0] else "\n".join((made.title, "", *labels(made), ""))
    yield from command_lines(sweep)


def painted_table(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    """As wide as a terminal; what it has no room for is named."""
    from convcalc.render.report.table import painted_table as paint

    whole = text_table(sweep, UNICODE if look.unicode else ASCII)
    if not whole.cells[0]:
        yield from plain_lines(sweep, look)
        return
    yield from paint(whole, look.width, look.colour, look.unicode)
    yield from command_lines(sweep)


def labels(made: TextTable) -> list[str]:
    return [note.label for note in made.notes]


def command_lines(sweep: AnsweredSweep) -> Iterator[str]:
    """The commands below a table, one a row."""
    if sweep.commands:
        yield "\n"
    yield from (f"{command}\n" for command in sweep.commands)


def markdown_lines(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    from convcalc.render.report.markdown import escape, markdown_table

    script = UNICODE if look.unicode else ASCII
    yield from markdown_table(text_table(sweep, script._replace(text=escape)))
    if sweep.commands:
        yield from ("\n```sh\n", *(f"{command}\n" for command in sweep.commands), "```\n")


FORMATS: dict[str, Callable[[AnsweredSweep, SweepLook], Iterator[str]]] = {
    "table": painted_table, "plain": plain_lines, "csv": csv, "jsonl": jsonl, "json": json, "markdown": markdown_lines,
}  # fmt: skip
