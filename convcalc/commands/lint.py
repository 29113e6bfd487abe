"""`convcalc lint`: rules of thumb, and slips that the numbers of a network give away."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from convcalc.cli import WRONG, exit_code
from convcalc.commands import Command
from convcalc.commands.console import colours_on, complain, speak, tell, width
from convcalc.commands.options import format_options, line_option, network_options, option_reader
from convcalc.linting.linter import BY_CODE, RULES, Selection, known_code, lint, unknown_comments
from convcalc.network.load import graph_and_report, source_of
from convcalc.network.quantity import with_budget
from convcalc.problem import LINE, Diagnostic, Problem, Source
from convcalc.readers.folders import expand_names
from convcalc.render.linting import FORMATS, LintRun
from convcalc.spec.choices import Choices

if TYPE_CHECKING:
    from convcalc.linting.record import Finding

SEVERAL = "P031"  # the code of that question


@option_reader
def codes(values: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of rules, one by one or several between commas."""
    return tuple(known_code(word) for value in values for word in value.replace(",", " ").split())


@option_reader
def one_code(value: str) -> str:
    return known_code(value)


@click.command("lint", cls=Command)
@click.argument("specs", nargs=-1, metavar="SPEC…")
@line_option(True, "3x31x31 -> conv 8 k3 -> maxpool 2")
@format_options(FORMATS)
@click.option("--notes", is_flag=True, help="Also rules of thumb that good networks break.")
@click.option("--select", multiple=True, callback=codes, metavar="CODE,…", help="Only these rules, notes too.")
@click.option("--ignore", multiple=True, callback=codes, metavar="CODE,…", help="Without these rules.")
@click.option("--fix", "fixes", is_flag=True, help="Rewrite a YAML file where the cure is a change of one value.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--rules", is_flag=True, help="List the rules.")
@click.option("--explain", callback=one_code, metavar="CODE", help="The page of a rule, with an example worked.")
@network_options
def command(
    specs: tuple[str, ...], texts: tuple[Source, ...], form: str, notes: bool, select: tuple[str, ...],
    ignore: tuple[str, ...], fixes: bool, diff: bool, rules: bool, explain: str | None, choices: Choices,
) -> int:  # fmt: skip
    """Rules of thumb, and slips that the numbers give away; exit code 1 where something is found.

    SPEC is a file, a folder, a pattern such as nets/*.yaml, a bundled name, or - for standard input.
    """
    if form != "text" and (rules or explain):
        raise click.UsageError(f"--{'rules' if rules else 'explain'} is shown as text, not as {form}")
    if rules or explain:
        write(reference(explain), "text")
        return 0
    if (fixes or diff) and form != "text":
        raise click.UsageError(f"--{'diff' if diff else 'fix'} is shown as text, not as {form}")
    wanted, linter = Selection(notes, select, ignore), Linter(choices)
    networks: list[str | Source] = [*linter.readable(expand_names(specs)), *texts]
    if not networks and not linter.errors:
        raise click.UsageError("name a SPEC, for example `convcalc lint net.yaml`, or give a network with -e")
    for network in networks:
        linter.add(network, wanted, fixes, diff)
    is_alone = linter.errors and not linter.findings and linter.count <= 1 and linter.code != WRONG
    if is_alone and form in ("text", "json"):
        raise Problem(*linter.errors)
    colours = colours_on(sys.stdout)
    run = LintRun(tuple(linter.findings), tuple(linter.errors), linter.count, linter.fixed, colours, width())
    write(FORMATS[form](run), form)
    complain((*linter.notes, *(linter.errors if form in ("text", "github") else ())))
    return linter.code or (WRONG if linter.findings else 0)


class Linter:
    """Networks linted one after another; one that is wrong does not keep the next from being so."""

    def __init__(self, choices: Choices):
        self.choices = choices
        self.findings: list[Finding] = []
        self.errors: list[Diagnostic] = []
        self.notes: list[Diagnostic] = []
        self.fixed = 0
        self.count = 0  # of networks that were read
        self.code = 0

    def readable(self, found: Iterable[str | Problem]) -> Iterator[str]:
        """The networks that there are; what a name stands for none of is taken down."""
        for each in found:
            if isinstance(each, Problem):
                self.take(each)
            else:
                yield each

    def take(self, error: Problem) -> None:
        self.errors += error.diagnostics
        self.code = max(self.code, exit_code(error))

    def add(self, network: str | Source, wanted: Selection, fixes: bool, diff: bool) -> None:
        """Lint a network; of a program that holds several each, one after another."""
        try:
            source = source_of(network, self.choices)
        except Problem as error:
            self.take(error)
            return
        self.count += 1
        try:
            if fixes or diff:
                self.fix(source, wanted, fixes and not diff)
                return
            graph, report = graph_and_report(source, self.choices)
            if report.errors:
                raise Problem(*report.errors)
            report, found = with_budget(graph.spec, report, {}, 32, report.batch or 1)
            over = [each.finding(report.name) for each in found if each.over]
            self.errors += over
            self.code = max(self.code, WRONG if over else 0)
            self.findings += lint(graph, report, self.choices, wanted)
            self.notes += [each for each in report.diagnostics if each.severity == "note"]
            self.notes += unknown_comments(graph.spec.source, BY_CODE)
        except Problem as error:
            entries = () if source.entry else networks_named(error)
            self.count -= bool(entries)
            for entry in entries:
                self.add(source._replace(entry=entry), wanted, fixes, diff)
            if not entries:
                self.take(error)

    def fix(self, source: Source, wanted: Selection, writes: bool) -> None:
        """Cures written into a file, and shown first; what is no file of convcalc's own has no cure of its text."""
        from convcalc.linting.fixing import findings_of, fix, may_be_fixed

        if not may_be_fixed(source):
            self.findings += findings_of(source, self.choices, wanted)[1]
            return
        found = fix(source, self.choices, wanted)
        if found.fixed:
            show_difference(source, found.source)
            if writes:
                rewrite(source.name, found.source.text)
        self.fixed += len(found.fixed) if writes else 0
        self.findings += found.left if writes else found.found


def networks_named(error: Problem) -> tuple[str, ...]:
    """The networks of a program that has several, as the question which one is meant names them."""
    (first, *_) = error.diagnostics
    return tuple(first.message.rpartition(": ")[2].split(", ")) if first.code == SEVERAL else ()


def show_difference(before: Source, after: Source) -> None:
    from difflib import unified_diff

    old, new = (source.text.splitlines(keepends=True) for source in (before, after))
    shown = unified_diff(old, new, before.name, before.name)
    tell([line if line.endswith("\n") else f"{line}\n" for line in shown] + ["\n"])


def rewrite(path: str, text: str) -> None:
    """A file with another text, under its own permissions, and with the mark of UTF-8 where it begins with that."""
    from codecs import BOM_UTF8

    from convcalc.whole_file import file_to_write

    target = os.path.realpath(path)
    with open(target, "rb") as file:
        mark = BOM_UTF8 if file.read(len(BOM_UTF8)) == BOM_UTF8 else b""
    mode = os.stat(target).st_mode
    with file_to_write(target, is_binary=True) as file:
        file.write(mark + text.encode())
    os.chmod(target, mode)


def reference(code: str | None) -> Iterator[str]:
    """The table of the rules, or the page of one with its example linted."""
    from convcalc.render.linting import finding_lines, rule_lines, rule_page

    if not code:
        return rule_lines(RULES)
    rule, chosen = BY_CODE[code], Choices()
    source = Source(LINE, rule.example)
    return rule_page(rule, finding_lines(lint(*graph_and_report(source), chosen, Selection(select=(code,)))))


def write(pieces: Iterator[str], form: str) -> None:
    from convcalc.render.script import ASCII

    unicode = speak(form)
    tell((piece if unicode else ASCII.text(piece) for piece in pieces), form)
