"""Calls: arguments evaluated, bound to parameters, and the body run; every callable thing has a row in CALLS."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.errors import EXCEPTIONS, HOST_ERRORS
from convcalc.readers.python.frame import ABSENT, Frame
from convcalc.readers.python.instances import instantiate, special
from convcalc.readers.python.limits import MAX_LEVELS
from convcalc.readers.python.scope import parameters_of, scope_of
from convcalc.readers.python.values import (
    Class,
    ClassMethod,
    Cursor,
    Foreign,
    Function,
    Instance,
    Method,
    Native,
    Opaque,
    RecordMaker,
    StaticMethod,
    Type,
)

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


def evaluate_arguments(node: ast.Call, frame: Frame) -> tuple[list[Any], dict[str, Any]]:
    """The values of a call's arguments; an argument written twice is an error, as in Python."""
    run = frame.run
    args: list[Any] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            turns = run.iterate(run.evaluate(argument.value, frame), frame.place(argument))
            args += run.collect(turns, None)  # type: ignore[arg-type]  # too many are an error of the statement
        else:
            args.append(run.evaluate(argument, frame))
    kwargs: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is not None:
            more = {keyword.arg: run.evaluate(keyword.value, frame)}
        else:
            more = run.mapping(run.evaluate(keyword.value, frame), frame.place(keyword.value))
        for name, value in more.items():
            if name in kwargs:
                raise run.error("TypeError", f"the argument {name} is given twice", frame.place(node))
            if type(name) is not str:
                raise run.error("TypeError", "keywords must be texts", frame.place(node))
            kwargs[name] = value
    return args, kwargs


def call(run: Run, function: Any, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    rule = CALLS.get(type(function))
    if rule is not None:
        return rule(function, args, kwargs, run, place)
    if isinstance(function, Foreign):
        return function.call(run, args, kwargs, place)
    hint = "call what is in it one after another" if isinstance(function, (list, tuple)) else ""
    raise run.error("TypeError", f"{run.type_name(function)} cannot be called", place, hint)


def call_function(function: Function, args: list[Any], kwargs: dict[str, Any], run: Run, place: Place) -> Any:
    """Run the body of a user's function."""
    node = function.node
    cached = run.scopes.get(node)
    if cached is None:
        cached = run.scopes[node] = scope_of(node), parameters_of(node)
    scope, parameters = cached
    names = dict(zip(parameters.names, args, strict=False))
    if len(names) != len(parameters.names) or len(args) != len(names) or kwargs or parameters[2:] != ((), "", ""):
        bind_rest(function, names, args, kwargs, run, place)
    frame = Frame(run, function.frame.module, names, function.frame.closure(), scope, function)
    frame.caller = run.frame, run.node
    if run.level >= MAX_LEVELS:
        raise run.too_deep(place)
    run.level += 1
    try:
        if isinstance(node, ast.Lambda):
            return run.evaluate(node.body, frame)
        if isinstance(node, ast.AsyncFunctionDef):
            raise run.unread("async def", place)
        if not scope.yields:
            return run.result(node.body, frame)
        frame.items = []
        run.result(node.body, frame)
        return Cursor(iter(frame.items), "generator")
    except RecursionError:
        raise run.too_deep(place) from None
    finally:
        run.level -= 1


def bind_rest(
    function: Function, names: dict[str, Any], args: list[Any], kwargs: dict[str, Any], run: Run, place: Place
) -> None:
    """Bind what is not simply one argument for each parameter: keywords, defaults, `*args`, `**kwargs`."""
    positional, only, by_keyword, rest, keywords = run.scopes[function.node][1]
    if rest:
        names[rest] = tuple(args[len(positional) :])
    elif len(args) > len(positional):
        takes = f"takes {len(positional)} positional arguments but {len(args)} were given"
        is_method = function.owner is not None and positional[:1] not in (("self",), ("cls",))
        hint = f"write: def {function.name}({', '.join(('self', *positional))})" if is_method else ""
        raise run.error("TypeError", f"{title(function)} {takes}", place, hint)
    more: dict[str, Any] = {}
    for name, value in kwargs.items():
        if name in by_keyword or (name in positional and positional.index(name) >= only):
            if name in names:
                raise run.error("TypeError", f"{title(function)} got two values for the argument {name}", place)
            names[name] = value
        elif keywords:
            more[name] = value
        else:
            known = ", ".join((*positional, *by_keyword))
            message = f"{title(function)} has no parameter {name}"
            raise run.error("TypeError", message, place, f"it takes {known}" if known else "")
    if keywords:
        names[keywords] = more
    defaults = dict(zip(positional[len(positional) - len(function.defaults) :], function.defaults, strict=True))
    defaults |= zip(by_keyword, function.keyword_defaults, strict=True)
    for name in (*positional, *by_keyword):
        if name not in names:
            default = defaults.get(name, ABSENT)
            names[name] = absent_argument(function, name, run, place) if default is ABSENT else default


def absent_argument(function: Function, name: str, run: Run, place: Place) -> Any:
    """What `--arg` says for a parameter without a value."""
    value = run.argument(name, ABSENT)
    if value is not ABSENT:
        return value
    message = f"{title(function)} needs a value for {name}"
    raise run.error("TypeError", message, place, f"--arg {name}=VALUE", code="P003")


def title(function: Function) -> str:
    """`Net.__init__()`: as Python's errors name it."""
    return f"{function.owner.name}.{function.name}()" if function.owner else f"{function.name}()"


def call_native(native: Native, args: list[Any], kwargs: dict[str, Any], run: Run, place: Place) -> Any:
    """A function of Python's own: an error in it is the user's, at the call."""
    if not native.moves:
        for value in (*args, *kwargs.values()):
            if isinstance(value, Opaque):
                return run.opaque(value.reason, place, value.name)
            if isinstance(value, Foreign):
                result = value.function(native.name, args, kwargs, run, place)
                if result is not NotImplemented:
                    return result
                break
    try:
        return native.function(run, place, *args, **kwargs)
    except RecursionError:
        raise run.too_deep(place) from None
    except HOST_ERRORS as error:
        message = str(error.args[0]) if error.args else type(error).__name__
        if type(error) is TypeError and message.startswith(f"{native.function.__name__}()"):
            message = f"{native.name}() does not take these arguments"
        kind = next(cls.__name__ for cls in type(error).__mro__ if cls.__name__ in EXCEPTIONS)
        raise run.error(kind, message, place) from None


def call_instance(instance: Instance, args: list[Any], kwargs: dict[str, Any], run: Run, place: Place) -> Any:
    method = special(instance, "__call__", run)
    if method is None:
        raise run.error("TypeError", f"an object of {instance.cls.name} cannot be called", place)
    return run.call(method, args, kwargs, place)


CALLS: dict[type, Callable[[Any, list[Any], dict[str, Any], Run, Place], Any]] = {
    Function: call_function,
    Method: lambda method, args, kwargs, run, place: call(
        run, method.function, [method.receiver, *args], kwargs, place
    ),
    Native: call_native,
    RecordMaker: call_native,
    Type: call_native,
    Class: instantiate,
    Instance: call_instance,
    StaticMethod: lambda method, args, kwargs, run, place: call(run, method.function, args, kwargs, place),
    ClassMethod: lambda method, args, kwargs, run, place: call(run, method.function, args, kwargs, place),
    Opaque: lambda value, args, kwargs, run, place: run.opaque(value.reason, place, value.name),
}
