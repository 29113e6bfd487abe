"""The command line: it finds the command, and turns what went wrong into an exit code."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import Any, NoReturn

# A run is short and makes no cycles worth collecting; without the collector large specs take half the time.
gc.disable()

import click  # noqa: E402

from convcalc import __version__  # noqa: E402
from convcalc.problem import Problem  # noqa: E402

COMMANDS = {
    "summary": "The table: output, parameters, MACs and receptive field, layer by layer.",
    "layer": "One layer, every quantity, worked.",
    "explain": "The worked arithmetic of a network.",
    "solve": "The inverse question: a layer's or network's unknown from what it should give.",
    "compare": "Networks side by side: totals, ratios, and the layers that differ.",
    "check": "Marks homework, and says which mistake was made.",
    "quiz": "Makes exercises, one a student, with their key.",
    "specs": "The bundled networks.",
    "kinds": "The layer kinds, their keys and formulas.",
    "formulas": "The formulas, their letters and sources, with examples worked.",
    "schema": "The JSON schema of a format.",
}
WRONG, USAGE, INVALID, NO_SOLUTION, BUG, INTERRUPTED = 1, 2, 3, 4, 70, 130


class Commands(click.Group):
    """Commands by name; a module is imported when its command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = import_module(f"convcalc.commands.{name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from convcalc.problem import did_you_mean

            hint = did_you_mean(args[0], COMMANDS) or f"the commands are {', '.join(COMMANDS)}"
            raise click.UsageError(f'there is no command "{args[0]}"; {hint}', ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="convcalc")
def cli() -> None:
    """A calculator for the shapes of neural networks: exact, symbolic, and without running a tensor."""


def main(args: list[str] | None = None) -> NoReturn:
    """Run a command and leave with its exit code."""
    code = run(args)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (BrokenPipeError, ValueError):
        pass
    # Nothing is left to tidy up: without the interpreter's own farewell a run is a tenth shorter.
    os._exit(code)


def run(args: list[str] | None = None) -> int:
    """The exit code of a command line, as the table above names them."""
    try:
        result = cli.main(args=args, prog_name="convcalc", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Problem as problem:
        from convcalc.render.errors import all_written

        click.echo(all_written(problem.diagnostics, colours_on(sys.stderr)), err=True)
        return INVALID
    except BrokenPipeError:
        # Whoever read us has gone: no more output, and no complaint when Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError:
        click.echo("error: not enough memory", err=True)
        return INVALID
    except Exception as error:
        if os.environ.get("CONVCALC_DEBUG"):
            raise
        click.echo(f"error: a bug in convcalc: {type(error).__name__}: {error}", err=True)
        click.echo("Set CONVCALC_DEBUG=1 for the traceback, and report it with the command and the spec.", err=True)
        return BUG


def colours_on(stream: Any) -> bool:
    """Colour on a terminal, unless NO_COLOR asks for none (no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()
