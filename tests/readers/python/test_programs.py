"""What the interpreter makes of a program is what Python itself makes of it."""

import pytest
from programs import PROGRAMS

from convcalc.problem import Source
from convcalc.readers.python.run import Run


class NoPackages:
    """A library that has nothing."""

    def usual(self, name):
        return None

    def lookup(self, dotted):
        return None


def evaluate(code, expression, **arguments):
    run = Run(Source("net.py", code), NoPackages(), arguments)
    return run.expression(expression, run.module())


def by_python(code, expression):
    names = {"__name__": "net"}
    exec(compile(code, "net.py", "exec"), names)
    return eval(expression, names)


@pytest.mark.parametrize(("code", "expression"), PROGRAMS)
def test_a_program_means_what_it_means_to_python(code, expression):
    if "numpy" in code:
        pytest.importorskip("numpy")
    expected = by_python(code, expression)
    found = evaluate(code, expression)
    assert found == expected
    assert repr(found) == repr(expected) or isinstance(expected, (dict, set))
