"""Programs evaluated without any package."""

from convcalc.problem import Problem, Source
from convcalc.readers.python.run import Run


class NoPackages:
    """A library that has nothing."""

    def lookup(self, dotted):
        return None

    def usual(self, name):
        return None


def run_of(code, name="net.py", **arguments):
    return Run(Source(name, code), NoPackages(), arguments)


def evaluate(code, expression, **arguments):
    run = run_of(code, **arguments)
    return run.expression(expression, run.module())


def problem_of(run, expression):
    """What is wrong with an expression."""
    try:
        value = run.expression(expression, run.module())
    except Problem as error:
        return error.diagnostics[0]
    raise AssertionError(f"nothing is wrong, it is {value!r}")


def marked_text(diagnostic):
    """The text that a diagnostic points at."""
    mark = diagnostic.mark
    return mark.source.text.split("\n")[mark.line - 1][mark.column - 1 : mark.column - 1 + mark.length]
