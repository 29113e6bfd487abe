"""`convcalc watch`: the table of a file, again whenever it changes, and what has changed in the network since."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from convcalc.cli import INVALID, WRONG, exit_code
from convcalc.commands import Command
from convcalc.commands.console import colours_on, complain, say, speak, tell, width
from convcalc.commands.options import CHOSEN, DTYPES, LINT, format_options, network_options
from convcalc.commands.summary import MAX_PARTIAL, allowance_options, look_options
from convcalc.linting.linter import with_findings
from convcalc.network.load import graph_and_report, source_of
from convcalc.network.quantity import Allowance, with_budget
from convcalc.problem import Diagnostic, Problem
from convcalc.readers.library import ENTRY, PACKAGE
from convcalc.render.comparing.changes import change_lines
from convcalc.render.report import ReportOptions, render

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.spec.choices import Choices

CLEAR = "\x1b[H\x1b[2J"  # what was shown before can still be scrolled to
IN_TABLE = ("condition", "remark")


@click.command("watch", cls=Command)
@click.argument("spec", metavar="SPEC")
@network_options
@look_options
@allowance_options
@LINT
@format_options(("text", "json"), help="json has a report, or an error, on one line for each change.", file=None)
@click.option("--times", type=click.IntRange(1), metavar="N", help="End after N tables, with the last one's exit code.")
@click.pass_context
def command(
    ctx: click.Context, spec: str, choices: Choices, options: ReportOptions, allowed: dict[str, int], lints: bool,
    form: str, times: int | None,
) -> int:  # fmt: skip
    """The table of a file, printed again whenever the file changes, with what has changed since.

    SPEC is a file in any form; its base and the files that a program imports are watched too.  A file that is broken,
    missing or half written is reported, and the next table is compared with the last network that was right.  Ctrl-C
    ends it.
    """
    path = file_of(spec, choices)
    if options.columns == ("help",):
        raise click.UsageError("`convcalc summary --columns help` lists the columns")
    chosen = tuple(name for name in ("batch", "dtype") if ctx.get_parameter_source(name) in CHOSEN)
    watch = Watch(spec, choices, options._replace(bits=DTYPES[options.dtype], chosen=chosen), allowed, lints, form)
    files = WatchedFiles(path)
    code, left = 0, times
    while True:
        with files.reading():
            found = watch.look()
        if found is not None:
            code = found
            left = None if left is None else left - 1
        if left == 0:
            return code
        files.wait()


def file_of(spec: str, choices: Choices) -> str:
    """The path of a SPEC; wrong usage where it is none that could change, a Problem where it is missing."""
    entry = None if os.path.exists(spec) else re.match(ENTRY, spec)
    path = entry[1] if entry else spec
    if os.path.isfile(path):
        return path
    if spec != "-" and not os.path.exists(path):
        source_of(spec, choices)
    raise click.UsageError(f'"{spec[:60]}" is no file that could change; name one, for example net.yaml')


class Watch:
    """A network looked at again and again."""

    def __init__(
        self, spec: str, choices: Choices, options: ReportOptions, allowed: dict[str, int], lints: bool, form: str
    ):
        self.form = form
        self.spec, self.choices, self.options, self.allowed, self.lints = spec, choices, options, allowed, lints
        self.shown: list[str] = []  # the last time
        self.sound: NetworkReport | None = None  # the last that nothing was wrong with
        self.since = ""  # when that was
        self.allowances: tuple[Allowance, ...] = ()  # what it has beside its budgets

    def look(self) -> int | None:
        """Read the network and show it; its exit code, or None where it is as it was."""
        report = error = None
        pieces: list[str] = []
        try:
            graph, report = graph_and_report(self.spec, self.choices)
            if self.lints and not report.errors:
                report = with_findings(graph, report, self.choices)
            bits, batch = self.options.bits, self.options.batch or report.batch or 1
            report, self.allowances = with_budget(graph.spec, report, self.allowed, bits, batch)
            pieces = self.table(report)
        except Problem as problem:
            error = problem
        if self.form == "json":
            return self.tell_json(report, error)
        findings = error.diagnostics if error else report.diagnostics if report else ()
        shown = [*pieces, *map(gist, findings)]
        if shown == self.shown:
            return None
        now = time.strftime("%H:%M:%S")
        self.begin(now)
        self.shown = shown
        tell(pieces)
        complain(tuple(each for each in findings if each.severity not in IN_TABLE))
        if error or report is None or report.errors:
            if self.sound:
                tell((f"\nThe last that was right is of {self.since}; what comes next is compared with it.\n",))
            return exit_code(error) if error else INVALID
        over = [each for each in self.allowances if each.over]
        complain(tuple(each.finding(report.name) for each in over if each.mark))
        for each in over:
            if not each.mark:
                say(each.overrun(report.name))
        self.compare(report, now)
        return WRONG if over else 0

    def tell_json(self, report: NetworkReport | None, error: Problem | None) -> int | None:
        """A line of JSON, by the schema of `summary`; the exit code, or None where the line is as it was."""
        error = error or (Problem(*report.errors) if report and report.errors else None)
        options = ReportOptions() if error or report is None else self.options_of(report)
        if error or report is None:
            from convcalc.render.report import json

            pieces = [json.error(error.diagnostics if error else ()), "\n"]
        else:
            pieces = list(render(report, "jsonl", options))
        if pieces == self.shown:
            return None
        self.shown = pieces
        tell(pieces, self.form)
        return exit_code(error) if error else WRONG if any(each.over for each in options.allowances) else 0

    def begin(self, now: str) -> None:
        """A new page on a terminal, elsewhere a blank line between two tables."""
        if sys.stdout.isatty():
            tell((CLEAR, f"{self.spec}, {now}; Ctrl-C ends\n\n"))
        else:
            tell(("\n" * bool(self.shown), f"{self.spec}, {now}\n\n"))

    def options_of(self, report: NetworkReport) -> ReportOptions:
        batch = report.batch if report.batch and "batch" not in self.options.chosen else 0
        options = self.options._replace(
            allowances=self.allowances,
            width=width(),
            colour=colours_on(sys.stdout),
            terminal=sys.stdout.isatty(),
            unicode=speak(),
        )
        return options._replace(batch=batch, chosen=("batch", *options.chosen)) if batch else options

    def table(self, report: NetworkReport) -> list[str]:
        if not report.layers or (report.errors and len(report.layers) > MAX_PARTIAL):
            return []
        return list(render(report, "table", self.options_of(report)))

    def compare(self, report: NetworkReport, now: str) -> None:
        """What has changed since the last network that was right, which this one is now."""
        before, since = self.sound, self.since
        self.sound, self.since = report, now
        if before is None:
            return
        lines = list(change_lines(before, report, speak()))
        tell((f"\nSince {since}:\n" if lines else f"\nAs it was at {since}.\n", *lines))


def gist(finding: Diagnostic) -> str:
    """What of a finding is new where it is shown again: not the rest of the file that it is in."""
    line = finding.mark.line if finding.mark else 0
    return f"{finding.code} {finding.message} {finding.layer} {line}"


# The files that are read

PAUSE = 0.3  # seconds between two looks
SETTLED = 0.05  # seconds in which nothing more is written
OWN = tuple(os.path.join(place, "") for place in (PACKAGE, sys.prefix, sys.base_prefix) if place != os.sep)


class WatchedFiles:
    """Files, whoever opens them: a spec and its base, a program and what it imports.

    Their folders are watched too, for what is missing may come.
    """

    def __init__(self, path: str):
        self.path = os.path.abspath(path)
        self.states: dict[str, tuple[int, ...]] = {}
        self.is_recording = False
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Python tells of every file before it is opened."""
        if self.is_recording and event == "open" and isinstance(arguments[0], str):
            path = os.path.abspath(arguments[0])
            if not path.startswith(OWN):
                self.add(path)

    def add(self, path: str) -> None:
        for each in (path, os.path.dirname(path)):
            if each not in self.states:
                self.states[each] = state(each)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What is opened meanwhile is watched from then on."""
        self.states = {}
        self.add(self.path)
        self.is_recording = True
        try:
            yield
        finally:
            self.is_recording = False

    def now(self) -> dict[str, tuple[int, ...]]:
        return {path: state(path) for path in self.states}

    def wait(self) -> None:
        """Until one has changed, and is written to its end."""
        while self.now() == self.states:
            time.sleep(PAUSE)
        last = self.states
        while (found := self.now()) != last:
            last = found
            time.sleep(SETTLED)


def state(path: str) -> tuple[int, ...]:
    """What tells that a file is another one; of a folder, that something came or went."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (found.st_mtime_ns,) if os.path.isdir(path) else (found.st_mtime_ns, found.st_size, found.st_ino)
