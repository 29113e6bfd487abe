"""How a run that went wrong says so: in words, or in the format that its command line asks for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from io import StringIO
from itertools import pairwise

import click

from convcalc.commands.console import complain, runner_reads, say, tell
from convcalc.problem import Diagnostic, Problem

WRONG_USAGE, NO_MEMORY, BUG = "U013", "X005", "X006"  # codes of what is no Problem


def asked_format(args: Sequence[str] | None) -> str:
    """The format of errors that a command line asks for, whether it can be read or not; "" for words."""
    words = list(sys.argv[1:] if args is None else args)
    words = words[: words.index("--")] if "--" in words else words
    if "--json" in words:
        return "json"
    asked = [after for word, after in pairwise(words) if word == "--format"]
    asked += [word.partition("=")[2] for word in words if word.startswith("--format=")]
    return next((form for form in asked if form in ("json", "jsonl", "github", "sarif")), "")


def fail(findings: tuple[Diagnostic, ...], args: Sequence[str] | None, words: str = "") -> None:
    """Say what is wrong, in these words where it is said in words and there are any."""
    form = asked_format(args)
    if form not in ("json", "jsonl"):  # a log is read by people, too
        with runner_reads() if form == "github" else nullcontext():
            say(words) if words else complain(findings)
    if form in ("json", "jsonl"):
        from convcalc.render.report.json import error

        tell((error(findings), "\n"), form)
    elif form:
        from convcalc.render.annotations import FORMATS, of_diagnostic

        tell(FORMATS[form](map(of_diagnostic, findings)), form)


def fail_usage(error: click.UsageError, args: Sequence[str] | None) -> None:
    """Say that a command line is wrong: as click has it, or with the code of the Problem that was the cause."""
    words = StringIO()
    error.show(words)
    cause = error.__cause__
    if isinstance(cause, Problem):
        findings = cause.diagnostics
    else:
        command = error.ctx.command_path if error.ctx else "convcalc"
        findings = (Diagnostic(WRONG_USAGE, error.format_message(), f"{command} --help"),)
    fail(findings, args, words.getvalue().rstrip())


def fail_by_bug(error: Exception, args: Sequence[str] | None) -> None:
    message = f"a bug in convcalc: {type(error).__name__}: {error}"
    hint = "Set CONVCALC_DEBUG=1 for the traceback, and report it with the command and the spec."
    fail((Diagnostic(BUG, message, hint),), args, f"error: {message}\n{hint}")


def fail_without_memory(args: Sequence[str] | None) -> None:
    fail((Diagnostic(NO_MEMORY, "not enough memory"),), args, "error: not enough memory")
