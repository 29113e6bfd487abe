"""`convcalc sweep`: every combination of some values of a network's names, and what is best among them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from convcalc.cli import NO_SOLUTION
from convcalc.commands import Command
from convcalc.commands.console import colours_on, say, speak, tell, width
from convcalc.commands.destination import into
from convcalc.commands.options import (
    BATCH,
    DTYPE,
    DTYPES,
    file_option,
    format_options,
    limit_option,
    line_option,
    option_reader,
    record,
    swept_options,
    together,
)
from convcalc.problem import Source, problem
from convcalc.render.sweep import FORMATS, WITH_TALLY, AnsweredSweep, SweepLook
from convcalc.sweep.asked import USUAL, AskedSweep

if TYPE_CHECKING:
    from convcalc.spec.choices import Choices
    from convcalc.sweep.network import Swept
    from convcalc.sweep.question import SweepAnswer, SweepQuestion

EPILOG = """
\b
Examples:
  convcalc sweep resnet --over depth=18,34,50 --over H=160..320:32
  convcalc sweep mobilenet_v2 --over width=0.25..1.5:0.25 --where "macs <= 100M"
  convcalc sweep lenet5 --over H=16..64:4 --pareto "max receptive_field, min macs"

`convcalc help sweeps` tells how values, conditions and objectives are written.
"""
ENDINGS = {"csv": "csv", "jsonl": "jsonl", "json": "json", "md": "markdown", "txt": "plain"}
PARQUET = "parquet"
DIALECTS = ("duckdb", "spark", "trino", "clickhouse", "postgres", "sqlite")
SHOWN = 20  # rows of a table where nobody says how many
PATIENCE = 2  # seconds
MOST_ROWS = 10**9
ENDLESS = ("csv", "jsonl", PARQUET)  # written row by row


@option_reader
def part(text: str) -> tuple[int, int]:
    """3/16 is the third of sixteen."""
    first, slash, last = (word.strip() for word in text.partition("/"))
    if not (slash and first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last)):
        raise problem("U002", f'"{text[:40]}" is no part', "3/16 is the third of sixteen")
    return int(first), int(last)


asked_options = record(
    "asked", AskedSweep, AskedSweep._fields,
    click.option("--over", multiple=True, metavar="NAME=VALUES",
                 help="A name and its values: 18,34,50, or 8..128:8 with a step, or 8..1024*2 with a factor."),
    click.option("--zip", "zips", multiple=True, metavar="A,B", help="Names whose values go together, one by one."),
    click.option("--where", multiple=True, metavar="CONDITION",
                 help='What has to hold: "parameters <= 5M and macs/parameters >= 10".'),
    click.option("--pareto", metavar="OBJECTIVES", help='Only what no other beats: "max receptive_field, min macs".'),
    click.option("--sort", metavar="QUANTITIES", help='The order of the rows: "macs", or "max parameters, macs".'),
    click.option("--columns", metavar="A,B,…", help=f"The quantities to show.  [default: {','.join(USUAL)}]"),
    limit_option(None, f"Rows to show: {SHOWN} in a table, in CSV and JSON all, if nothing is said"),
    click.option("--sample", type=click.IntRange(1), metavar="N", help="So many points at random instead of all."),
    click.option("--seed", type=int, metavar="N", help="Of the sample.  [default: 0]"),
    click.option("--shard", callback=part, metavar="I/N", help="One of N parts, for several machines: 3/16."),
    click.option("--keep-invalid", is_flag=True, help="Also where the network does not fit, with the reason."),
)  # fmt: skip
engine_options = together(
    click.option("--sql", "dialect", type=click.Choice(DIALECTS),
                 help="Print a query for a database that has these rows."),
    click.option("--engine", type=click.Choice(("duckdb", "spark")),
                 help="Run that query: in this process, or on Spark, one machine or many."),
    click.option("--master", metavar="URL", default="", help="The Spark to use: local[4], spark://host:7077."),
)  # fmt: skip
file_options = together(
    click.option("--commands", is_flag=True, help="With each row the command that works it, to verify it."),
    file_option("Write to a file, as .csv, .jsonl, .json, .md, .txt or .parquet."),
    click.option("--draw", "picture", metavar="FILE", help="Also a picture of the points: .svg, .pdf, .png or .tex."),
)  # fmt: skip


@click.command("sweep", cls=Command, epilog=EPILOG)
@click.argument("specs", nargs=-1, metavar="SPEC")
@line_option(True, "3xHxH -> conv C k3 -> relu")
@asked_options
@engine_options
@file_options
@format_options((*FORMATS, PARQUET), None, "table on a terminal, plain when piped; with -o that of FILE's ending.",
                file=None)  # fmt: skip
@BATCH
@DTYPE
@swept_options
@click.pass_context
def command(
    ctx: click.Context, specs: tuple[str, ...], texts: tuple[Source, ...], form: str | None, choices: Choices,
    asked: AskedSweep, path: str | None, picture: str | None, commands: bool, batch: int | None, dtype: str,
    dialect: str | None, engine: str | None, master: str,
) -> int:  # fmt: skip
    """Every combination of some values of a network's names, and what each comes to.

    NAME is one of `let`, a symbol, a variant, or a side of the input: H, W.  Where the network does not fit, the
    combination is left out and counted.  Exit code 4 where none is left.
    """
    spec = one_network(specs, texts)
    others = (("--draw", picture), ("--commands", commands), ("--engine", engine), ("--format", form))
    for option, is_given in others if dialect else ():
        if is_given:
            raise click.UsageError(f"--sql prints a query, over which {option} has no say: leave one of them out")
    if master and engine != "spark":
        raise click.UsageError("--master is of Spark: add --engine spark")
    form = form or ("sql" if dialect else format_of(path))
    if form == PARQUET and path is None:
        raise problem("U010", "Parquet is not for a terminal or a pipe", "-o FILE.parquet")
    if picture is not None:
        picture_format(picture)
    if asked.limit is None and form in ("table", "plain", "markdown"):
        asked = asked._replace(limit=SHOWN)
    if not asked.over:
        raise click.UsageError("say what is swept: --over NAME=VALUES, for example --over H=160..320:32")
    from convcalc.commands.progress import interruptible
    from convcalc.sweep.answers import near_misses, rows
    from convcalc.sweep.network import refuse_broken, summary_commands, swept_network
    from convcalc.sweep.scatter import has_one_best
    from convcalc.sweep.structures import notes_on

    question, conditions = asked._replace(limit=asked.limit or None).read()
    if not (dialect or engine):
        refuse_endless(question)
    network = swept_network(spec, choices, question, DTYPES[dtype], batch or 0)
    if dialect:
        write_query(network, question, dialect, path)
        return 0
    with interruptible():
        if engine:
            from convcalc.sweep.databases import answer_by, database, save_by

            runs = database(engine, master)
            if form == PARQUET and path is not None:  # it writes its rows itself
                tally = save_by(runs, network, question, path)
                say(f"wrote {path}: {tally.kept:,} of {tally.points:,} combinations")
                return 0 if tally.kept else NO_SOLUTION
        # A front is told whole, and then shown in part.
        whole = question._replace(limit=None) if question.pareto else question
        is_ordered = question.objectives or commands or engine
        streams = form in ENDLESS and question.limit is None and not is_ordered
        if streams:  # what became of the points first, then row after row
            whole = question._replace(limit=0)
        found = answer_by(runs, network, whole) if engine else answer_in_sight(network, whole)
        shown: Iterable[tuple[object, ...]] = found.rows[: question.limit]
        tally = found.tally
        if streams:
            shown = rows(network, question)
            tally = tally._replace(unvisited=max(0, tally.unvisited - tally.kept))
        if not found.tally.kept and not found.tally.excluded:
            refuse_broken(network, question)
        misses = () if found.tally.kept else tuple(near_misses(network, question, conditions))
        sweep = AnsweredSweep(
            network.spec.name or (spec.text if isinstance(spec, Source) else spec), question,
            tuple(each.text for each in conditions), shown, tally, len(found.rows) if question.pareto else 0,
            bool(question.pareto) and has_one_best(question, found.rows),
            (*notes_on(network, question), *found.notes),
            tuple(summary_commands(spec, network, question, found.rows[: question.limit])) if commands else (), misses,
        )  # fmt: skip
        write(sweep, form, path, network if streams else None)
        if picture is not None and found.tally.kept:
            draw_front(network, sweep, picture)
    return 0 if found.tally.kept else NO_SOLUTION


def write_query(network: Swept, question: SweepQuestion, dialect: str, path: str | None) -> None:
    from convcalc.sweep.sql.query import sql
    from convcalc.sweep.structures import programs

    query = sql(programs(network, question), question, dialect, network)
    with into(path):
        tell([query], "sql")


def one_network(specs: tuple[str, ...], texts: tuple[Source, ...]) -> str | Source:
    networks: tuple[str | Source, ...] = (*specs, *texts)
    if not networks:
        raise click.UsageError(
            "name a SPEC, for example `convcalc sweep lenet5 --over H=16..64:4`, or give one with -e"
        )
    if len(networks) > 1:
        raise click.UsageError("a sweep is of one network; variants of one are swept too: --over depth=18,34,50")
    return networks[0]


def format_of(path: str | None) -> str:
    """The format that the ending of a file's name stands for; without a file one for people."""
    if path is None:
        return "table" if sys.stdout.isatty() else "plain"
    ending = os.path.splitext(path)[1][1:].lower()
    form = PARQUET if ending == PARQUET else ENDINGS.get(ending, "")
    if not form:
        raise problem("U010", f"a sweep is not written as .{ending[:40]}", f"--format {', '.join((*FORMATS, PARQUET))}")
    return form


def refuse_endless(question: SweepQuestion) -> None:
    """A Problem for more rows than anybody can keep, before any work is done for them."""
    size = question.size // question.shard[1]
    is_bounded = question.where or question.pareto or question.sample or question.limit is not None
    if size > MOST_ROWS and not is_bounded:
        message = (
            f"{question.size:,} combinations would have as many rows, and there are no conditions to leave any out"
        )
        raise problem("U008", message, '--where "macs <= 100M", --sample 100000, or --limit 20')


def answer_in_sight(network: Swept, question: SweepQuestion) -> SweepAnswer:
    """The answer; on a terminal with how far it is, where it takes long."""
    from convcalc.commands.progress import Progress
    from convcalc.sweep.answers import answer

    progress = Progress(question.size, "sweeping", True, PATIENCE)

    def advance(done: int, total: int) -> None:
        progress.total = total
        progress.advance(done)

    try:
        return answer(network, question, advance)
    finally:
        progress.wipe()


def write(sweep: AnsweredSweep, form: str, path: str | None, streamed: Swept | None) -> None:
    """To a file, which is said, or to standard output; what the format has no room for is said beside it.

    Rows that stream from a network are all that there are.
    """
    if form == PARQUET and path is not None:
        from convcalc.sweep.databases import save_rows, write_parquet

        if streamed:
            save_rows(streamed, sweep.question, path, sweep.whole_rows())
        else:
            write_parquet(sweep.columns, sweep.whole_rows(), path)
        say(f"wrote {path}")
    else:
        with into(path):
            tell(FORMATS[form](sweep, SweepLook(width(), colours_on(sys.stdout), speak(form))), form)
    if form not in WITH_TALLY:
        say_tally(sweep)


def draw_front(network: Swept, sweep: AnsweredSweep, path: str) -> None:
    """The picture of a sweep, in a file."""
    from convcalc.commands.draw import write as write_file
    from convcalc.render.pictures import notes_of, write_picture
    from convcalc.render.pictures.charts.scatter import scatter_chart
    from convcalc.sweep.scatter import scatter

    form = picture_format(path)
    picture = scatter_chart(sweep.network, scatter(network, sweep.question, sweep.tally))
    for note in notes_of(picture, form):
        say(f"note: {note}")
    write_file(write_picture(picture, form, "light"), form, path)


def picture_format(path: str) -> str:
    """The format of a picture by its file's ending; a Problem where it is none that is drawn."""
    from convcalc.commands.draw import format_of as ending_of
    from convcalc.render.pictures import DRAWN

    form = ending_of(path)
    if form not in DRAWN:
        raise problem("U010", f"a picture of a sweep is not written as {form}", "--draw front.svg, .pdf, .png or .tex")
    return form


def say_tally(sweep: AnsweredSweep) -> None:
    from convcalc.render.script import UNICODE
    from convcalc.render.sweep import sentences

    shown = len(sweep.rows) if isinstance(sweep.rows, list) else sweep.tally.kept
    for sentence in sentences(sweep, shown, UNICODE):
        say(f"note: {sentence}")
