"""The command line as the system sees it: what went wrong becomes a message and an exit code."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # typing's own, and all that it imports, would be loaded before the collector is off
if TYPE_CHECKING:
    from typing import NoReturn

    from convcalc.problem import Problem

WRONG, USAGE, INVALID, NO_SOLUTION, BUG, UNWRITTEN, INTERRUPTED = 1, 2, 3, 4, 70, 74, 130


def main() -> NoReturn:
    """Run a command and leave with its exit code."""
    # A run is short and makes no cycles worth collecting; without the collector large specs take half the time.
    gc.disable()
    code = 0
    try:
        from convcalc.commands import console

        console.attend()
        code = run()
        if code != INTERRUPTED:
            sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        pass  # the reader has closed the pipe
    except OSError as error:
        code = unwritten(error)
    # Nothing is left to tidy up: without the interpreter's own shutdown a run is a tenth shorter.
    os._exit(code)


def unwritten(error: OSError) -> int:
    try:
        sys.stderr.write(f"error: {error.filename or 'standard output'}: {error.strerror or error}\n")
        sys.stderr.flush()
    except OSError:
        pass
    return UNWRITTEN


def exit_code(problem: Problem) -> int:
    """What a Problem ends in."""
    from convcalc.problem import is_usage

    return USAGE if is_usage(problem.diagnostics) else INVALID


def run(args: list[str] | None = None) -> int:
    """The exit code of a command line, as the table above names them; an OSError where nothing can be written."""
    import click

    from convcalc.commands import COMPLETION, cli
    from convcalc.problem import Problem

    if args is None and os.environ.get(COMPLETION):
        from convcalc.commands.shells import complete

        return complete()
    try:
        result = cli.main(args=args, prog_name="convcalc", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        from convcalc.commands.failure import fail_usage

        fail_usage(error, args)
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Problem as problem:
        from convcalc.commands.failure import fail

        fail(problem.diagnostics, args)
        return exit_code(problem)
    except OSError:
        raise
    except MemoryError:
        from convcalc.commands.failure import fail_without_memory

        fail_without_memory(args)
        return INVALID
    except Exception as error:
        if os.environ.get("CONVCALC_DEBUG"):
            raise
        from convcalc.commands.failure import fail_by_bug

        fail_by_bug(error, args)
        return BUG
