"""`convcalc summary`: reports of one or more networks, in the format asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click
from click.core import ParameterSource

from convcalc.algebra.limits import ExprError
from convcalc.algebra.parser import amount
from convcalc.cli import INVALID, WRONG, exit_code
from convcalc.commands.console import colours_on, complain, say, speak, tell, width
from convcalc.commands.options import LAYOUT
from convcalc.language import library
from convcalc.language.names import Choices
from convcalc.network.allowance import budgets
from convcalc.network.load import graph_of
from convcalc.network.walk import walk
from convcalc.problem import Diagnostic, Problem, Source
from convcalc.render.report import FORMATS, STYLES, Options, render
from convcalc.tuples import NamedTuple

CHOSEN = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
MAX_PARTIAL = 1_000  # layers of a network that is wrong somewhere and is shown all the same
DTYPES = {
    "float64": 64, "float32": 32, "float16": 16, "bfloat16": 16, "float8": 8, "int64": 64, "int32": 32, "int16": 16,
    "int8": 8, "uint8": 8, "int4": 4, "bool": 8,
}  # fmt: skip


def pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`name=value` options as a mapping; --input may leave the name out."""
    found: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            if param.name != "inputs":
                raise click.BadParameter(f'"{value}" is not NAME=VALUE', ctx, param)
            name, text = "", value
        if not text.strip():
            raise click.BadParameter(f'"{value}" is empty: give a value', ctx, param)
        found[name.strip()] = text.strip()
    return found


def a_tool(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """The name of a tool as convcalc.tools.counting has it, or all."""
    if value is None:
        return ""
    from convcalc.problem import did_you_mean
    from convcalc.tools.counts import ALIASES, COUNTS

    plain = value.strip().lower().replace("_", "-")
    name = ALIASES.get(plain, plain)
    if name not in (*COUNTS, "all"):
        hint = did_you_mean(plain, COUNTS) or f"one of {', '.join(COUNTS)}, all"
        raise click.BadParameter(f'there is no tool "{value[:40]}"; {hint}', ctx, param)
    return name


def known_columns(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    """The names of columns, each of which exists; `help` by itself lists them."""
    names = tuple((value or "").replace(",", " ").split())
    if value is not None and not names:
        raise click.BadParameter(f'"{value}" names no column', ctx, param)
    if names not in ((), ("help",)):
        from convcalc.render.report.columns import named

        try:
            named(names)
        except Problem as error:
            raise click.BadParameter(f"{error}; {error.diagnostics[0].hint}", ctx, param) from None
    return names


def check_together(options: Options, form: str) -> None:
    """What cannot be shown together is wrong usage."""
    asked = "--memory" if options.memory else "--count all" if options.tools == "all" else ""
    if asked and form not in ("table", "plain", "json", "jsonl"):
        raise click.UsageError(f"{asked} is written as text or JSON, not as {form}")
    drawn = options.style in ("lenet", "vgg", "alexnet")
    over_style = [("--count", options.tools), ("--columns", options.columns)]
    for option, is_given in (*over_style, *((f"--{name}", drawn) for name in options.chosen)):
        if is_given and drawn:
            raise click.UsageError(f"{option} has no say over the {options.style} style")
    for option, is_given in (("--style", options.style), ("--columns", options.columns)):
        if is_given and form in ("json", "jsonl"):
            raise click.UsageError(f"{option} has no say over JSON, which has every quantity")


@click.command("summary")
@click.argument("specs", nargs=-1, metavar="SPEC…")
@click.option(
    "-e", "texts", multiple=True, metavar="TEXT", help='A network in one line: "3x32x32 -> conv 8 k3 -> relu".'
)
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), help="table on a terminal, plain when piped.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--style", type=click.Choice(STYLES), help="The tables of the lectures, or every column.")
@click.option(
    "--columns",
    callback=known_columns,
    metavar="A,B,…",
    help="The columns to show, in order; `--columns help` lists them.",
)
@click.option(
    "--depth", type=click.IntRange(1), metavar="N", help="Fold blocks below this depth, with their subtotals."
)
@click.option("--input", "inputs", multiple=True, callback=pairs, metavar="[NAME=]SHAPE", help="Another input shape.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    callback=pairs,
    metavar="NAME=VALUE",
    help="Another value for a name of `let`, or for a symbol.",
)
@click.option(
    "--convention", type=click.Choice(("pytorch", "keras", "caffe", "onnx", "textbook")), help="Another convention."
)
@LAYOUT
@click.option(
    "--without", multiple=True, metavar="NAME", help="Leave out items marked with ? (a name, a kind, or all)."
)
@click.option("--symbolic", is_flag=True, help="Take the sides of the input as letters: H and W.")
@click.option(
    "--notation", type=click.Choice(("text", "ascii", "python", "sql", "latex")),
    help="How symbolic values are written, for example to paste them.",
)  # fmt: skip
@click.option(
    "--batch", type=click.IntRange(1), help="Examples at a time, for the memory: 1, or as many as the input says."
)
@click.option(
    "--dtype", type=click.Choice(tuple(DTYPES)), default="float32", show_default=True, help="Of numbers in memory."
)
@click.option(
    "--count",
    callback=a_tool,
    metavar="TOOL",
    help="Count as torchvision, torchinfo, fvcore, ptflops, thop, … do; `all` sets them side by side.",
)
@click.option(
    "--memory",
    type=click.Choice(("torchinfo", "torchsummary", "all")),
    help="The memory: ours, and what this tool prints.",
)
@click.option("--max-parameters", type=str, metavar="N", help="Exit with 1 when there are more parameters (1e6, 5M).")
@click.option("--max-macs", type=str, metavar="N", help="Exit with 1 when there are more MACs.")
@click.pass_context
def command(
    ctx: click.Context, specs: tuple[str, ...], texts: tuple[str, ...], form: str | None, as_json: bool,
    style: str | None, columns: tuple[str, ...], depth: int | None, inputs: dict[str, str], sets: dict[str, str],
    convention: str | None, layout: str | None, without: tuple[str, ...], symbolic: bool, notation: str | None,
    batch: int | None, dtype: str, count: str, memory: str | None, max_parameters: str | None, max_macs: str | None,
) -> int:  # fmt: skip
    """Output size, parameters, MACs and receptive field of every layer.

    SPEC is a file, a bundled name (`convcalc specs` lists them), or - for standard input.
    """
    if columns == ("help",):
        from convcalc.render.report.columns import described

        tell(f"{name:18} {doc}\n" for name, doc in described())
        return 0
    if not specs and not texts:
        raise click.UsageError("name a SPEC, for example `convcalc summary lenet5`, or give a network with -e")
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other")
    form = "json" if as_json else form or ("table" if sys.stdout.isatty() else "plain")
    allowed = {"parameters": most("--max-parameters", max_parameters), "macs": most("--max-macs", max_macs)}
    options = Options(
        columns=columns,
        style=style or "",
        depth=depth or 0,
        width=width(),
        dtype=dtype,
        bits=DTYPES[dtype],
        batch=batch or 0,
        chosen=tuple(name for name in ("batch", "dtype") if ctx.get_parameter_source(name) in CHOSEN),
        colour=colours_on(sys.stdout),
        terminal=sys.stdout.isatty(),
        unicode=speak(form),
        tools=count,
        memory=memory or "",
        notation=notation or "",
    )
    check_together(options, form)
    choices = Choices(inputs, sets, convention or "", without, symbolic, layout or "")
    several = len(specs) + len(texts) > 1
    code = 0
    if several and form == "json":
        tell("[", form)
    for index, name in enumerate((*specs, *texts)):
        if index:
            tell(",\n" if form == "json" else "" if form in ("jsonl", "csv") else "\n", form)
        found = outcome(name, index >= len(specs), choices, options, form, allowed)
        options = options._replace(header=False)  # of one CSV
        tell(found.pieces, form)
        if found.findings:
            complain(found.findings)
        for message in found.overruns:
            say(message)
        code = max(code, found.code or (WRONG if found.overruns else 0))
    if form == "json":
        tell("]\n" if several else "\n", form)
    return code


class Outcome(NamedTuple):
    """What is to be shown of one network: its report in pieces, then what is wrong with it."""

    pieces: Iterable[str]
    findings: tuple[Diagnostic, ...] = ()
    overruns: tuple[str, ...] = ()
    code: int = 0


def outcome(
    name: str, is_text: bool, choices: Choices, options: Options, form: str, allowed: dict[str, int | None]
) -> Outcome:
    """A network's report; in JSON an error in its place."""
    is_json = form in ("json", "jsonl")
    try:
        graph = graph_of(Source(library.LINE, name) if is_text else library.find(name), choices)
        if graph.diagnostics:
            from convcalc.network.smallest import with_cures

            graph.diagnostics[:] = with_cures(graph, choices)
        report = walk(graph)
        found = budgets(report, allowed)
        if report.errors and (is_json or len(report.layers) > MAX_PARTIAL):
            raise Problem(*report.errors)
        if report.batch and not options.batch:
            options = options._replace(batch=report.batch, chosen=("batch", *options.chosen))
        options = options._replace(batch=options.batch or 1, budgets=found)
        pieces = render(report, form, options) if report.layers else ()
    except Problem as error:
        if not is_json:
            return Outcome((), error.diagnostics, code=exit_code(error))
        from convcalc.render.report import json

        return Outcome((json.error(error.diagnostics), "\n" if form == "jsonl" else ""), code=exit_code(error))
    told = () if is_json else tuple(each for each in report.diagnostics if each.severity != "condition")
    return Outcome(
        pieces, told, tuple(each.overrun(report.name) for each in found if each.over), INVALID if report.errors else 0
    )


def most(option: str, text: str | None) -> int | None:
    """The number of a budget, rounded down."""
    if text is None:
        return None
    try:
        number = amount(text)
    except ExprError as error:
        raise click.UsageError(f"{option}: {error}") from None
    if number is None:
        raise click.UsageError(f'{option}: "{text[:40]}" is not a number, such as 1000000, 1e6 or 5M')
    return int(number)
