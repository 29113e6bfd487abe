"""`convcalc lint`: rules of thumb, and slips that the numbers of a network give away."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcalc.cli import WRONG, exit_code
from convcalc.commands import Command
from convcalc.commands.console import colours_on, complain, fail, speak, tell, width
from convcalc.commands.options import format_options, line_option, network_options, option_reader
from convcalc.linting.linter import Selection, lint
from convcalc.linting.table import known_code
from convcalc.network.load import graph_of, source_of, spec_of
from convcalc.network.walk import walk
from convcalc.problem import Problem
from convcalc.render.linting import FORMATS, LintRun, render

if TYPE_CHECKING:
    from convcalc.linting.record import Finding
    from convcalc.problem import Diagnostic, Source
    from convcalc.spec.choices import Choices


@option_reader
def codes(values: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of rules, one by one or several between commas."""
    return tuple(known_code(word) for value in values for word in value.replace(",", " ").split())


@click.command("lint", cls=Command)
@click.argument("specs", nargs=-1, metavar="SPEC…")
@line_option(True, "3x31x31 -> conv 8 k3 -> maxpool 2")
@format_options(FORMATS)
@click.option("--notes", is_flag=True, help="Also rules of thumb that good networks break.")
@click.option("--select", multiple=True, callback=codes, metavar="CODE,…", help="Only these rules, notes too.")
@click.option("--ignore", multiple=True, callback=codes, metavar="CODE,…", help="Without these rules.")
@network_options
def command(
    specs: tuple[str, ...], texts: tuple[Source, ...], form: str, notes: bool, select: tuple[str, ...],
    ignore: tuple[str, ...], choices: Choices,
) -> int:  # fmt: skip
    """Rules of thumb, and slips that the numbers give away; exit code 1 where something is found.

    SPEC is a file, a bundled name, or - for standard input.
    """
    networks: tuple[str | Source, ...] = (*specs, *texts)
    if not networks:
        raise click.UsageError("name a SPEC, for example `convcalc lint net.yaml`, or give a network with -e")
    wanted = Selection(notes, select, ignore)
    findings: list[Finding] = []
    errors: list[Diagnostic] = []
    told: list[Diagnostic] = []
    code = 0
    for network in networks:
        try:
            more, notes_of = findings_of(network, choices, wanted)
            findings += more
            told += notes_of
        except Problem as error:
            errors += error.diagnostics
            code = max(code, exit_code(error))
    if errors and len(networks) == 1:
        fail(tuple(errors), form)
        return code
    shown = LintRun(tuple(findings), tuple(errors), len(networks), colours_on(sys.stdout), width())
    write(shown, form)
    complain((*told, *(errors if form != "json" else ())))
    return code or (WRONG if findings else 0)


def findings_of(network: str | Source, choices: Choices, wanted: Selection) -> tuple[list[Finding], list[Diagnostic]]:
    """What is found in a network, and what was understood beyond its letter; a Problem where it is wrong."""
    graph = graph_of(spec_of(source_of(network, choices), choices), choices)
    report = walk(graph)
    if report.errors:
        raise Problem(*report.errors)
    return lint(graph, report, choices, wanted), [each for each in report.diagnostics if each.severity == "note"]


def write(run: LintRun, form: str) -> None:
    from convcalc.render.script import ASCII

    unicode = speak(form)
    tell((piece if unicode else ASCII.text(piece) for piece in render(run, form)), form)
