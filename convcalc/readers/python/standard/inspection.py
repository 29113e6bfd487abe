"""`inspect`: what a function takes, and which sort of thing a value is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.namespace import ModuleNames
from convcalc.readers.python.scope import parameters_of
from convcalc.readers.python.standard.records import record_class
from convcalc.readers.python.values import (
    Class,
    Foreign,
    Function,
    LibraryClass,
    LibraryModule,
    Method,
    Opaque,
    Type,
    movers,
)

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

KINDS = {
    name: kind
    for kind, name in enumerate(
        ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")
    )
}


class Empty(Foreign):
    """What stands for a default that a parameter does not have."""


EMPTY = Empty()
CONSTANTS = {**KINDS, "empty": EMPTY}


class Parameter(Foreign):
    """A parameter of a function: its name, its kind and its default."""

    __slots__ = ("fields",)

    def __init__(self, name: str, kind: str, default: Any = ABSENT):
        default = EMPTY if default is ABSENT else default
        self.fields = {**CONSTANTS, "name": name, "kind": KINDS[kind], "default": default}

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        return self.fields[name] if name in self.fields else super().attribute(name, run, place)


class FunctionSignature(Foreign):
    """All that a function takes."""

    __slots__ = ("parameters",)

    def __init__(self, parameters: dict[str, Parameter]):
        self.parameters = parameters

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        return dict(self.parameters) if name == "parameters" else super().attribute(name, run, place)


def signature(run: Run, place: Place, value: Any) -> Any:
    """What `value(…)` takes: of a decorated function what that takes which it wraps."""
    function, bound = function_of(value)
    while function is not None and function.attributes and "__wrapped__" in function.attributes:
        function = function_of(function.attributes["__wrapped__"])[0]
    if function is None:
        return Opaque(f"what {run.type_name(value)} takes is not read", place)
    return FunctionSignature({each.fields["name"]: each for each in parameters(function)[bound:]})


def function_of(value: Any) -> tuple[Function | None, int]:
    """The user's function that a call of a value runs, and how many of its arguments are given already."""
    if isinstance(value, Method):
        return function_of(value.function)[0], 1
    if isinstance(value, Class):
        return function_of(value.find("__init__"))[0], 1
    return (value if isinstance(value, Function) else None), 0


def parameters(function: Function) -> list[Parameter]:
    names, only, by_keyword, rest, keywords = parameters_of(function.node)
    defaults = [ABSENT] * (len(names) - len(function.defaults)) + function.defaults
    found = [
        Parameter(name, "POSITIONAL_ONLY" if index < only else "POSITIONAL_OR_KEYWORD", default)
        for index, (name, default) in enumerate(zip(names, defaults, strict=True))
    ]
    found += [Parameter(rest, "VAR_POSITIONAL")] if rest else []
    for name, default in zip(by_keyword, function.keyword_defaults, strict=True):
        found.append(Parameter(name, "KEYWORD_ONLY", default))
    return found + ([Parameter(keywords, "VAR_KEYWORD")] if keywords else [])


def getfullargspec(run: Run, place: Place, value: Any) -> Any:
    function = function_of(value)[0]
    if function is None:
        return Opaque(f"what {run.type_name(value)} takes is not read", place)
    names, _, by_keyword, rest, keywords = parameters_of(function.node)
    fields = {
        "args": list(names), "varargs": rest or None, "varkw": keywords or None,
        "defaults": tuple(function.defaults) or None, "kwonlyargs": list(by_keyword),
    }  # fmt: skip
    return run.call(record_class("FullArgSpec", tuple(fields), {}, run, place), [], fields, place)


SORTS: dict[str, tuple[type, ...]] = {
    "isclass": (Class, Type, LibraryClass), "isfunction": (Function,), "ismethod": (Method,),
    "ismodule": (ModuleNames, LibraryModule),
}  # fmt: skip


def is_of_sort(sort: tuple[type, ...]) -> Any:
    return lambda run, place, value: value if isinstance(value, Opaque) else isinstance(value, sort)


INSPECT = {
    **movers(signature, getfullargspec),
    "Parameter": Type("Parameter", lambda run, place, *args: None, (Parameter,), members=CONSTANTS),
    **movers(**{name: is_of_sort(sort) for name, sort in SORTS.items()}),
}
