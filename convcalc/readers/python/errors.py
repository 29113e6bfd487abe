"""Errors as Python raises them, which the user's `except` catches; the classes of exceptions.

| code | what it says |
|---|---|
| P001 | a text that is not Python, or larger or deeper than is read |
| P002 | a construct that is not read |
| P003 | a name or argument that comes from outside the file |
| P004 | a value that is not known where it is needed |
| P005 | more steps, levels, elements or digits than are evaluated |
| P006 | an error that the program itself raises |
| P007 | what is refused: files, commands, code from a text |
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from convcalc.problem import Diagnostic, Problem
from convcalc.readers.python.values import Class, Instance, mover

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

# What Python's own operations raise: the user may catch these.  None of them raises an AttributeError, which is ours.
HOST_ERRORS = (TypeError, ValueError, LookupError, ArithmeticError, StopIteration)

PARENTS = {
    "BaseException": "Exception GeneratorExit KeyboardInterrupt SystemExit",
    "Exception": "ArithmeticError AssertionError AttributeError BufferError EOFError ImportError LookupError "
    "MemoryError NameError OSError ReferenceError RuntimeError StopAsyncIteration StopIteration SyntaxError "
    "SystemError TypeError ValueError Warning",
    "ArithmeticError": "FloatingPointError OverflowError ZeroDivisionError",
    "ImportError": "ModuleNotFoundError",
    "LookupError": "IndexError KeyError",
    "NameError": "UnboundLocalError",
    "OSError": "ConnectionError FileExistsError FileNotFoundError PermissionError TimeoutError",
    "RuntimeError": "NotImplementedError RecursionError",
    "ValueError": "UnicodeError",
    "Warning": "DeprecationWarning FutureWarning RuntimeWarning UserWarning",
}
EXCEPTIONS = {"BaseException": "", **{name: parent for parent, names in PARENTS.items() for name in names.split()}}
ALIASES = {"IOError": "OSError", "EnvironmentError": "OSError"}


class Raised(Problem):
    """An exception on its way through the user's program; nothing catches it: a Problem like any other."""

    def __init__(self, kind: Class, value: Instance, diagnostic: Diagnostic):
        super().__init__(diagnostic)
        self.kind = kind
        self.value = value


@cache
def exception_class(name: str) -> Class:
    """A class of Python's own exceptions."""
    parent = EXCEPTIONS[name]
    cls = Class(name, (exception_class(parent),) if parent else (), {})
    cls.mro = (cls, *(exception_class(parent).mro if parent else ()))
    if not parent:
        cls.attributes["__init__"] = mover("__init__", keep_arguments)
    return cls


def keep_arguments(run: Run, place: Place, exception: Instance, *args: Any, **kwargs: Any) -> None:
    exception.attributes["args"] = args


def python_error(kind: str, message: str, place: Place | None, hint: str, code: str, args: Any = None) -> Raised:
    """An exception of Python's own; the mark is where it arose."""
    cls = exception_class(kind)
    value = Instance(cls)
    value.attributes["args"] = (message,) if args is None else args
    return Raised(cls, value, Diagnostic(code, message, hint, mark_of(place)))


def mark_of(place: Place | None) -> Any:
    return place.mark(place.source) if place is not None and place.source is not None else None


def is_exception(cls: Any) -> bool:
    return isinstance(cls, Class) and any(parent.name == "BaseException" for parent in cls.mro if type(parent) is Class)
