"""`convcalc summary`: reports of one or more networks, in the format asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from convcalc.cli import INVALID, WRONG, exit_code
from convcalc.commands import Command
from convcalc.commands.console import colours_on, complain, object_to, say, speak, tell, width
from convcalc.commands.options import (
    BATCH,
    CHOSEN,
    DTYPE,
    DTYPES,
    LINT,
    amount,
    format_options,
    line_option,
    network_options,
    option_reader,
    record,
    size_in_bytes,
    usage,
)  # fmt: skip
from convcalc.network.load import graph_and_report
from convcalc.network.quantity import BUDGETED, with_budget
from convcalc.problem import Diagnostic, Mark, Problem, Source
from convcalc.render.report import ENDLESS, FORMATS, STYLES, ReportOptions, refuse_together, render
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.spec.choices import Choices

EXAMPLES = {"parameters": " (1e6, 5M)", "memory": " (320KiB, 2GB)"}
SQL = tuple(f"sql:{name}" for name in ("duckdb", "postgres", "sqlite", "clickhouse", "spark", "trino"))
MAX_PARTIAL = 1_000  # layers of a network that is wrong somewhere and is shown all the same


@option_reader
def tool(text: str) -> str:
    from convcalc.tools.counts import known_tool

    return known_tool(text)


@option_reader
def columns(text: str) -> tuple[str, ...]:
    from convcalc.render.report.columns import known_columns

    return known_columns(text)


look_options = record(
    "options", ReportOptions,
    ("style", "columns", "depth", "notation", "batch", "dtype", "tools", "memory", "bars", "wide"),
    click.option("--style", type=click.Choice(STYLES), help="The tables of the lectures, or every column."),
    click.option("--columns", callback=columns, metavar="A,B,…",
                 help="The columns to show, in order; `--columns help` lists them."),
    click.option("--depth", type=click.IntRange(1), metavar="N",
                 help="Fold blocks below this depth, with their subtotals."),
    click.option("--wide", is_flag=True, help="CSV with a column for each side: kernel_h, kernel_w, input_c, …"),
    click.option("--bars", is_flag=True, help="Shares of the parameters and MACs as bars beside the numbers."),
    click.option("--notation", type=click.Choice(("text", "ascii", "python", "latex", "sql", *SQL)), metavar="NOTATION",
                 help="How symbolic values are written, for example to paste them: text, ascii, python, latex, sql, "
                      "or of one database: sql:duckdb, postgres, sqlite, clickhouse, spark, trino."),
    BATCH,
    DTYPE,
    click.option("--count", "tools", callback=tool, metavar="TOOL",
                 help="Count as torchvision, torchinfo, fvcore, ptflops, thop, … do; `all` sets them side by side."),
    click.option("--memory", type=click.Choice(("torchinfo", "torchsummary", "all")),
                 help="Memory: our own figures, and those that this tool prints."),
)  # fmt: skip
MOST = {f"max_{name}": each for name, each in BUDGETED.items()}
allowance_options = record(
    "allowed", lambda **most: {MOST[option].name: number for option, number in most.items()}, MOST,
    *(
        click.option(f"--{option.replace('_', '-')}", option,
                     callback=size_in_bytes if each.in_bytes else amount, metavar="BYTES" if each.in_bytes else "N",
                     help=f"Exit with 1 when there are more {each.word}{EXAMPLES.get(each.name, '')}.")
        for option, each in MOST.items()
    ),
)  # fmt: skip


@click.command("summary", cls=Command)
@click.argument("specs", nargs=-1, metavar="SPEC…")
@line_option(True, "3x32x32 -> conv 8 k3 -> relu")
@format_options(FORMATS, lambda: "table" if sys.stdout.isatty() else "plain", "table on a terminal, plain when piped.")
@network_options
@look_options
@allowance_options
@LINT
@click.option("--totals", is_flag=True, help="One row for each network, in every format but svg.")
@click.pass_context
def command(
    ctx: click.Context, specs: tuple[str, ...], texts: tuple[Source, ...], form: str, choices: Choices,
    options: ReportOptions, allowed: dict[str, int], lints: bool, totals: bool,
) -> int:  # fmt: skip
    """Output size, parameters, MACs and receptive field of every layer.

    SPEC is a file, a folder, a pattern such as nets/*.yaml, a bundled name (`convcalc specs` lists them), or - for
    standard input.
    """
    if options.columns == ("help",):
        from convcalc.render.report.columns import COLUMNS

        tell(f"{column.key:18} {column.doc}\n" for column in COLUMNS)
        return 0
    networks: tuple[str | Source | Problem, ...] = (*specs, *texts)
    is_many = any(map(may_stand_for_many, specs))
    if is_many:
        from convcalc.readers.folders import expand_names, stands_for_many

        is_many = any(map(stands_for_many, specs))
        networks = (*expand_names(specs), *texts)
        if len(networks) == 1 and isinstance(networks[0], Problem):
            raise networks[0]
    if not networks:
        raise click.UsageError("name a SPEC, for example `convcalc summary lenet5`, or give a network with -e")
    chosen = tuple(name for name in ("batch", "dtype") if ctx.get_parameter_source(name) in CHOSEN)
    options = options._replace(
        width=width(), bits=DTYPES[options.dtype], chosen=chosen, colour=colours_on(sys.stdout),
        terminal=sys.stdout.isatty(), unicode=speak(form),
    )  # fmt: skip
    with usage():
        refuse_together(form, options)
    code = 0
    if totals:
        from convcalc.commands.summary_totals import tell_totals

        return tell_totals(networks, choices, form, options, allowed)
    is_list = form == "json" and (is_many or len(networks) > 1)
    if is_list:
        tell("[", form)
    for index, network in enumerate(networks):
        if index:
            tell(",\n" if form == "json" else "" if form in ENDLESS else "\n", form)
        found = outcome(network, choices, form, options._replace(alone=len(networks) == 1 != is_list), allowed, lints)
        options = options._replace(header=False)  # of one CSV
        tell(found.pieces, form)
        if found.remark:
            tell(("\n", found.remark, "\n"), form)
        complain(found.findings)
        for over in found.overruns:
            object_to(over)
        code = max(code, found.code or (WRONG if found.overruns else 0))
    if form == "json":
        tell("]\n" if is_list else "\n", form)
    return code


def may_stand_for_many(name: str) -> bool:
    """Whether a SPEC looks like a folder or a pattern, without what tells for certain."""
    return os.path.isdir(name) or any(sign in name for sign in "*?[")


def explains(report: NetworkReport, options: ReportOptions) -> bool:
    """Whether HTML is the page that explains a network: of one that it can hold, no table asked for."""
    if not (options.alone and report.layers) or options.style or options.columns or options.notation or options.tools:
        return False
    from convcalc.render.page.outline import MOST, is_small_enough

    if not is_small_enough(report):
        say(f"note: a page that explains a network has up to {MOST:,} rows; this is the table of all layers")
        return False
    return True


IN_TABLE = ("condition", "remark")  # findings that the report has below its table


class Outcome(NamedTuple):
    """What is to be shown of one network: its report in pieces, then what is wrong with it."""

    pieces: Iterable[str]
    findings: tuple[Diagnostic, ...] = ()
    overruns: tuple[Diagnostic, ...] = ()
    code: int = 0
    remark: str = ""  # a line below the report


def outcome(
    network: str | Source | Problem,
    choices: Choices,
    form: str,
    options: ReportOptions,
    allowed: dict[str, int],
    lints: bool,
) -> Outcome:
    """A network's report; in JSON of several an error in its place."""
    is_json = form in ("json", "jsonl")
    try:
        if isinstance(network, Problem):
            raise network
        graph, report = graph_and_report(network, choices)
        if lints and not report.errors:
            from convcalc.linting.linter import with_findings

            report = with_findings(graph, report, choices)
        batch = options.batch or report.batch or 1
        report, found = with_budget(graph.spec, report, allowed, options.bits, batch)
        if report.errors and (is_json or len(report.layers) > MAX_PARTIAL):
            raise Problem(*report.errors)
        if report.batch and "batch" not in options.chosen:
            options = options._replace(batch=report.batch, chosen=("batch", *options.chosen))
        options = options._replace(allowances=found)
        if form == "html" and explains(report, options):
            from convcalc.commands.page import page_of

            pieces: Iterable[str] = page_of(graph, report, choices, options)
        else:
            pieces = render(report, form, options) if report.layers else ()
    except Problem as error:
        if is_json and options.alone:
            raise
        if not is_json:
            return Outcome((), error.diagnostics, code=exit_code(error))
        from convcalc.render.report import json

        return Outcome((json.error(error.diagnostics), "\n" if form == "jsonl" else ""), code=exit_code(error))
    told = () if is_json else tuple(each for each in report.diagnostics if each.severity not in IN_TABLE)
    remark = ""
    if form == "table" and options.terminal and report.layers and not (lints or report.errors):
        from convcalc.commands.lint_line import lint_line

        remark = lint_line(graph, report, choices)
    name = report.name or (network if isinstance(network, str) and network != "-" else "")
    top = Mark(graph.spec.source, 1, 1)
    overruns = tuple(each._replace(mark=top).finding(name) for each in found if each.over and not each.mark)
    over = tuple(each.finding(report.name) for each in found if each.over and each.mark)
    return Outcome(pieces, (*told, *over), overruns, INVALID if report.errors else WRONG if over else 0, remark)
