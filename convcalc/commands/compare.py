"""`convcalc compare`: networks side by side."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING

import click

from convcalc.commands import Command
from convcalc.commands.console import complain, speak, tell, width
from convcalc.commands.options import CHOSEN, format_options, limit_option, line_option, network_options
from convcalc.network.load import sound_report, source_of
from convcalc.problem import LINE, Source
from convcalc.questions.compare import compare
from convcalc.readers.folders import networks_in
from convcalc.readers.forms import TABLE, form_of
from convcalc.render.comparing.comparison import FORMATS, text

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.spec.choices import Choices


@click.command("compare", cls=Command)
@click.argument("specs", nargs=-1, metavar="A B…")
@line_option(True, "Cx8x8 -> conv C k3 bias=no")
@format_options(FORMATS)
@network_options
@click.option(
    "--against",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="The network that the others are compared with: the first, the second …",
)
@limit_option(20, "Layers shown that differ")
@click.pass_context
def command(
    ctx: click.Context, specs: tuple[str, ...], texts: tuple[Source, ...], form: str, choices: Choices, against: int,
    limit: int,
) -> int:  # fmt: skip
    """Totals, their ratios to those of one of the networks, and the layers that differ.

    A and B are files, folders, patterns such as nets/*.yaml, bundled names, or - for standard input; networks given
    with -e come after them.
    """
    networks: tuple[str | Source, ...] = (*chain.from_iterable(map(networks_in, specs)), *texts)
    if len(networks) < 2:
        raise click.UsageError("name two networks or more, for example `convcalc compare vgg16 resnet50`")
    if against > len(networks):
        raise click.UsageError(f"--against {against}: there are {len(networks)} networks")
    if limit and form in ("json", "csv") and ctx.get_parameter_source("limit") in CHOSEN:
        raise click.UsageError(f"--limit has no say over {form.upper()}: JSON has every layer that differs, CSV none")
    found = compare(tuple(named_report(network, choices) for network in networks), against - 1)
    unicode = speak(form)
    tell(text(found, unicode, limit, width()) if form == "text" else FORMATS[form](found, unicode, limit), form)
    return 0


def named_report(network: str | Source, choices: Choices) -> NetworkReport:
    """The report of a network, its notes told; one without a name is called by its text."""
    source = source_of(network, choices)
    if form_of(source) is TABLE:
        from convcalc.questions.table_rows import report_of_table
        from convcalc.readers.printed.table import read_table

        return report_of_table(read_table(source), os.path.basename(source.name))
    report = sound_report(source, choices)
    complain(tuple(finding for finding in report.diagnostics if finding.severity == "note"))
    return report._replace(name=report.name or source.text) if source.name == LINE else report
