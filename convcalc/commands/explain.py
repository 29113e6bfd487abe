"""`convcalc explain`: the worked arithmetic of a network, or of some of its layers."""

from __future__ import annotations

from typing import Any

import click

from convcalc.cli import INVALID
from convcalc.commands import asking
from convcalc.commands.console import complain
from convcalc.commands.options import LAYOUT
from convcalc.commands.summary import pairs
from convcalc.language import library
from convcalc.language.names import Choices
from convcalc.network.load import graph_of
from convcalc.network.walk import walk
from convcalc.problem import Problem, Source
from convcalc.questions.explain import explain


@click.command("explain")
@click.argument("names", nargs=-1, metavar="SPEC [LAYER…]")
@click.option("-e", "text", metavar="TEXT", help='A network in one line, in the place of SPEC: "3x32x32 -> conv 8 k3".')
@asking.options
@click.option("--input", "inputs", multiple=True, callback=pairs, metavar="[NAME=]SHAPE", help="Another input shape.")
@click.option(
    "--set", "sets", multiple=True, callback=pairs, metavar="NAME=VALUE", help="Another value for a name of `let`."
)
@click.option(
    "--convention", type=click.Choice(("pytorch", "keras", "caffe", "onnx", "textbook")), help="Another convention."
)
@LAYOUT
@click.option("--without", multiple=True, metavar="NAME", help="Leave out items marked with ?.")
@click.option("--symbolic", is_flag=True, help="Take the sides of the input as letters: H and W.")
def command(
    names: tuple[str, ...], text: str | None, inputs: dict[str, str], sets: dict[str, str], convention: str | None,
    layout: str | None, without: tuple[str, ...], symbolic: bool, **how: Any,
) -> int:  # fmt: skip
    """Every layer worked, what repeats only once, and the totals; with LAYERs these alone.

    LAYER is a name as `summary` shows it, a block, or `total`.
    """
    if text is None and not names:
        raise click.UsageError("name a SPEC, for example `convcalc explain lenet5`, or give a network with -e")
    spec, layers = (Source(library.LINE, text), names) if text is not None else (library.find(names[0]), names[1:])
    choices = Choices(inputs, sets, convention or "", without, symbolic, layout or "")
    graph = graph_of(spec, choices)
    if graph.diagnostics:
        from convcalc.network.smallest import with_cures

        graph.diagnostics[:] = with_cures(graph, choices)
    report = walk(graph)
    if not report.layers:  # nothing is there to be worked but what is wrong
        raise Problem(*report.diagnostics)
    try:
        found = explain(report, asking.question(layers, report, **how))
    except Problem as error:
        raise click.UsageError(f"{error}; {error.diagnostics[0].hint}") from None
    asking.show(found, **how)
    if report.diagnostics:
        complain(report.diagnostics)
    return INVALID if report.errors else 0
