"""`convcalc explain`: the worked arithmetic of a network, or of some of its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from convcalc.cli import INVALID
from convcalc.commands import Command, asking
from convcalc.commands.options import line_option, network_options, usage
from convcalc.network.load import summarise
from convcalc.problem import Problem, Source
from convcalc.questions.explain import WITHOUT_INPUT, explain

if TYPE_CHECKING:
    from convcalc.spec.choices import Choices


@click.command("explain", cls=Command)
@click.argument("names", nargs=-1, metavar="SPEC [LAYER…]")
@line_option(False, "3x32x32 -> conv 8 k3 -> relu")
@asking.options
@network_options
def command(names: tuple[str, ...], text: Source | None, form: str, asked: asking.Request, choices: Choices) -> int:
    """Every layer worked, repeats only once, and the totals; with LAYERs, only those.

    LAYER is a name as `summary` shows it, a block, or `total`.
    """
    if text is None and not names:
        raise click.UsageError("name a SPEC, for example `convcalc explain lenet5`, or give a network with -e")
    network, layers = (text, names) if text is not None else (names[0], names[1:])
    report = summarise(network, choices)
    if not report.layers:  # nothing is there to be worked but what is wrong
        raise Problem(*report.diagnostics)
    if not WITHOUT_INPUT.issuperset(asked.quantities):
        report.demand_shapes()
    with usage():
        found = explain(report, asking.question(asked, report, layers))
    asking.show(found, asked, form)
    return INVALID if report.errors else 0
