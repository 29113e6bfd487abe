"""`convcalc compare`: networks side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from convcalc.cli import exit_code
from convcalc.commands.console import complain, fail, speak, tell, width
from convcalc.commands.options import LAYOUT
from convcalc.commands.summary import pairs
from convcalc.language import library
from convcalc.language.names import Choices
from convcalc.network.load import graph_of
from convcalc.network.walk import walk
from convcalc.problem import Problem, Source
from convcalc.questions.compare import compare
from convcalc.render.comparing.compared import FORMATS, text

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport


@click.command("compare")
@click.argument("specs", nargs=-1, metavar="A B…")
@click.option("-e", "texts", multiple=True, metavar="TEXT", help='A network in one line: "Cx8x8 -> conv C k3 bias=no".')
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--input", "inputs", multiple=True, callback=pairs, metavar="[NAME=]SHAPE", help="Another input, for all."
)
@click.option("--set", "sets", multiple=True, callback=pairs, metavar="NAME=VALUE", help="Another value for a name.")
@click.option(
    "--convention", type=click.Choice(("pytorch", "keras", "caffe", "onnx", "textbook")), help="Another convention."
)
@LAYOUT
@click.option(
    "--without", multiple=True, metavar="NAME", help="Leave out items marked with ? (a name, a kind, or all)."
)
@click.option("--symbolic", is_flag=True, help="Take the sides of the inputs as letters: H and W.")
@click.option(
    "--against",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="The network that the others are compared with: the first, the second …",
)
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="Layers shown that differ; 0: all."
)
@click.pass_context
def command(
    ctx: click.Context, specs: tuple[str, ...], texts: tuple[str, ...], form: str, as_json: bool,
    inputs: dict[str, str], sets: dict[str, str], convention: str | None, layout: str | None,
    without: tuple[str, ...], symbolic: bool, against: int, limit: int,
) -> int:  # fmt: skip
    """Totals, their ratios to those of one of the networks, and the layers that differ.

    A and B are files, bundled names, or - for standard input; networks given with -e come after them.
    """
    if len(specs) + len(texts) < 2:
        raise click.UsageError("name two networks or more, for example `convcalc compare vgg16 resnet50`")
    if against > len(specs) + len(texts):
        raise click.UsageError(f"--against {against}: there are {len(specs) + len(texts)} networks")
    if as_json and form not in ("text", "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other")
    form = "json" if as_json else form
    if limit and form in ("json", "csv") and ctx.get_parameter_source("limit") is ParameterSource.COMMANDLINE:
        raise click.UsageError(f"--limit has no say over {form.upper()}: JSON has every layer that differs, CSV none")
    choices = Choices(inputs, sets, convention or "", without, symbolic, layout or "")
    reports: list[NetworkReport] = []
    for place, name in enumerate((*specs, *texts)):
        try:
            reports.append(checked(name, place >= len(specs), choices))
        except Problem as error:
            fail(error.diagnostics, form)
            return exit_code(error)
    unicode = speak(form)
    found = compare(tuple(reports), against - 1)
    tell(text(found, unicode, limit, width()) if form == "text" else FORMATS[form](found, unicode, limit), form)
    return 0


def checked(name: str, is_text: bool, choices: Choices) -> NetworkReport:
    """The report of a network; a Problem where anything in it is wrong."""
    source = Source(library.LINE, name) if is_text else library.find(name)
    report = walk(graph_of(source, choices))
    if report.errors:
        raise Problem(*report.errors)
    notes = tuple(finding for finding in report.diagnostics if finding.severity == "note")
    if notes:
        complain(notes)
    return report._replace(name=report.name or name) if source.name == library.LINE else report
