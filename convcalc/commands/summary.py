"""`convcalc summary`: reports of one or more networks, in the format asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import click

from convcalc.cli import INVALID, WRONG, colours_on
from convcalc.language import library
from convcalc.language.names import Choices
from convcalc.network.summary import graph_of
from convcalc.network.walk import NetworkReport, walk
from convcalc.problem import Diagnostic, Problem, Source, problem
from convcalc.render import FORMATS, STYLES, Options, render

BLOCK = 1 << 16  # characters written at a time
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
        found[name.strip()] = text.strip()
    return found


def a_tool(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """The name of a tool as convcalc.counting has it, or all."""
    if value is None:
        return ""
    from convcalc.network.counting import ALIASES, COUNTS
    from convcalc.problem import did_you_mean

    plain = value.strip().lower().replace("_", "-")
    name = ALIASES.get(plain, plain)
    if name not in (*COUNTS, "all"):
        hint = did_you_mean(plain, COUNTS) or f"one of {', '.join(COUNTS)}, all"
        raise click.BadParameter(f'there is no tool "{value[:40]}"; {hint}', ctx, param)
    return name


def check_tools(options: Options, form: str) -> None:
    """What cannot be shown together is wrong usage."""
    asked = "--memory" if options.memory else "--count all" if options.tools == "all" else ""
    if asked and form not in ("table", "plain", "json", "jsonl"):
        raise click.UsageError(f"{asked} is written as text or JSON, not as {form}")
    if options.tools and options.style in ("lenet", "vgg", "alexnet"):
        raise click.UsageError(f"--count has no say over the {options.style} style")


@click.command("summary")
@click.argument("specs", nargs=-1, metavar="SPEC…")
@click.option(
    "-e", "texts", multiple=True, metavar="TEXT", help='A network in one line: "3x32x32 -> conv 8 k3 -> relu".'
)
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), help="table on a terminal, plain when piped.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--style", type=click.Choice(STYLES), help="The tables of the lectures, or every column.")
@click.option("--columns", metavar="A,B,…", help="The columns to show, in order; `--columns help` lists them.")
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
@click.option(
    "--without", multiple=True, metavar="NAME", help="Leave out items marked with ? (a name, a kind, or all)."
)
@click.option("--symbolic", is_flag=True, help="Take the sides of the input as letters: H and W.")
@click.option(
    "--notation", type=click.Choice(("text", "ascii", "python", "sql", "latex")),
    help="How symbolic values are written, for example to paste them.",
)  # fmt: skip
@click.option(
    "--batch", type=click.IntRange(1), default=1, show_default=True, help="Examples at a time, for the memory."
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
def command(
    specs: tuple[str, ...], texts: tuple[str, ...], form: str | None, as_json: bool, style: str | None,
    columns: str | None, depth: int | None, inputs: dict[str, str], sets: dict[str, str], convention: str | None,
    without: tuple[str, ...], symbolic: bool, notation: str | None, batch: int, dtype: str, count: str,
    memory: str | None, max_parameters: str | None, max_macs: str | None,
) -> int:  # fmt: skip
    """Output size, parameters, MACs and receptive field of every layer.

    SPEC is a file, a bundled name (`convcalc specs` lists them), or - for standard input.
    """
    if columns == "help":
        from convcalc.render.columns import described

        for name, doc in described():
            click.echo(f"{name:18} {doc}")
        return 0
    if not specs and not texts:
        raise click.UsageError("name a SPEC, for example `convcalc summary lenet5`, or give a network with -e")
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other")
    terminal = sys.stdout.isatty()
    form = "json" if as_json else form or ("table" if terminal else "plain")
    budgets = {"parameters": amount("--max-parameters", max_parameters), "macs": amount("--max-macs", max_macs)}
    options = Options(
        columns=tuple(columns.replace(",", " ").split()) if columns else (),
        style=style or "",
        depth=depth or 0,
        width=terminal_width() if terminal else 0,
        dtype=dtype,
        bits=DTYPES[dtype],
        batch=batch,
        colour=colours_on(sys.stdout),
        terminal=terminal,
        unicode=speaks_unicode(sys.stdout),
        tools=count,
        memory=memory or "",
        notation=notation or "",
    )
    check_tools(options, form)
    choices = Choices(inputs, sets, convention or "", without, symbolic)
    several = len(specs) + len(texts) > 1
    code = 0
    write = sys.stdout.write
    if several and form == "json":
        write("[")
    for index, name in enumerate((*specs, *texts)):
        if index:
            write(",\n" if form == "json" else "" if form in ("jsonl", "csv") else "\n")
        found, failed, over = one(name, index >= len(specs), choices, options, form, budgets)
        options = options._replace(header=False)  # of one CSV
        write_all(found)
        code = max(code, INVALID if failed else WRONG if over else 0)
    if form == "json":
        write("]\n" if several else "\n")
    sys.stdout.flush()
    return code


def one(
    name: str, is_text: bool, choices: Choices, options: Options, form: str, budgets: dict[str, int | None]
) -> tuple[Iterator[str], bool, bool]:
    """The pieces of one report, whether it failed, and whether it is over budget; errors go to standard error."""
    try:
        graph = graph_of(Source("-e", name) if is_text else library.find(name), choices)
        if graph.diagnostics:
            from convcalc.network.smallest import with_cures

            graph.diagnostics[:] = with_cures(graph, choices)
        report = walk(graph)
    except Problem as error:
        return failure(error.diagnostics, form), True, False
    errors = report.errors
    if errors and form in ("json", "jsonl"):
        return failure(errors, form), True, False
    warnings = [finding for finding in report.diagnostics if finding.severity == "warning"]
    if errors:
        complain(tuple(finding for finding in report.diagnostics if finding.severity != "condition"))
    elif warnings and form not in ("json", "jsonl"):
        complain(tuple(warnings))
    over = bool(over_budget(report, budgets))
    for message in over_budget(report, budgets):
        click.echo(message, err=True)
    return render(report, form, options) if report.layers else iter(()), bool(errors), over


def write_all(pieces: Iterator[str]) -> None:
    """Write in blocks: a line at a time is slow where output is not buffered."""
    block: list[str] = []
    size = 0
    for piece in pieces:
        block.append(piece)
        size += len(piece)
        if size > BLOCK:
            sys.stdout.write("".join(block))
            block.clear()
            size = 0
    sys.stdout.write("".join(block))


def failure(findings: tuple[Diagnostic, ...], form: str) -> Iterator[str]:
    """An error in the place of a report."""
    if form not in ("json", "jsonl"):
        complain(findings)
        return iter(())
    from convcalc.render import json

    return iter((json.error(findings) + ("\n" if form == "jsonl" else ""),))


def complain(findings: tuple[Diagnostic, ...]) -> None:
    from convcalc.render.errors import all_written

    sys.stdout.flush()
    click.echo(all_written(findings, colours_on(sys.stderr)), err=True)


def over_budget(report: NetworkReport, budgets: dict[str, int | None]) -> list[str]:
    messages = []
    for what, most in budgets.items():
        total: Any = getattr(report.totals, what)
        if most is None:
            continue
        if not isinstance(total, int):
            raise problem("U002", f"--max-{what}: the total is symbolic, {total}", "--set or --input gives it a value")
        if total > most:
            name = report.name or "the network"
            shown = "MACs" if what == "macs" else what
            messages.append(f"{name}: {total:,} {shown} are {total - most:,} over the budget of {most:,}")
    return messages


def amount(option: str, text: str | None) -> int | None:
    """`1000000`, `1_000_000`, `1e6`, `5M`, `1.5G` as a whole number."""
    if text is None:
        return None
    units = {"k": 3, "m": 6, "g": 9, "b": 9, "t": 12}
    from fractions import Fraction

    digits = text.strip().replace(",", "").replace("_", "")
    power = units.get(digits[-1:].lower(), 0)
    try:
        value = Fraction(digits[: -1 if power else None]) * 10**power if len(digits) < 40 else None
    except (ValueError, ZeroDivisionError):
        value = None
    if value is None or value < 0:
        raise click.UsageError(f'{option}: "{text[:40]}" is not a number, such as 1000000, 1e6 or 5M')
    return int(value)


def terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def speaks_unicode(stream: Any) -> bool:
    """Whether × and — can be written; where they cannot, x and - stand for them."""
    try:
        "×—⌊".encode(getattr(stream, "encoding", None) or os.device_encoding(1) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
