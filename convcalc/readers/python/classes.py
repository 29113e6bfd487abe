"""A user's class: its body run, and the order in which it and those that it inherits from are searched."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.frame import Frame
from convcalc.readers.python.values import (
    Class,
    ClassMethod,
    Foreign,
    Function,
    LibraryClass,
    Method,
    Opaque,
    Property,
    StaticMethod,
    Type,
)

if TYPE_CHECKING:
    from convcalc.spec import Place

SUBCLASS_HOOK = "__init_subclass__"


def build_class(node: ast.ClassDef, frame: Frame) -> Any:
    """The class of a `class` statement, before its decorators."""
    run, place = frame.run, frame.place(node)
    bases = class_bases(node, frame)
    settings: dict[str, Any] = {}
    for keyword in node.keywords:
        value = run.evaluate(keyword.value, frame)
        if keyword.arg == "metaclass":
            if isinstance(value, Class):
                raise run.unread("a metaclass", frame.place(keyword.value))
        elif keyword.arg:
            settings[keyword.arg] = value
    inner = Frame(run, frame.module, {"__module__": frame.module.name}, frame.closure(), is_class=True)
    run.execute_block(node.body, inner)
    annotations = inner.names.pop("__annotations__", {})
    cls = Class(node.name, bases, inner.names, place)
    cls.annotations = annotations
    link(cls, run, place)
    hook = next((base.find(SUBCLASS_HOOK) for base in bases if isinstance(base, Class)), None)
    if hook is not None:
        run.call(Method(hook.function if isinstance(hook, ClassMethod) else hook, cls), [], settings, place)
    return cls if cls.library is None else cls.library.created(cls, run, place)


def class_bases(node: ast.ClassDef, frame: Frame) -> tuple[Any, ...]:
    """The classes in a class's brackets, without those that say nothing (`object`, `ABC`, `Generic[T]`)."""
    run = frame.run
    found = []
    for base in node.bases:
        value = run.evaluate(base, frame)
        if isinstance(value, Type) and not value.hosts:
            continue
        if isinstance(value, (Class, LibraryClass, Type, Opaque)):
            found.append(value)
        elif not isinstance(value, Foreign):
            message = f"a class cannot inherit from {run.type_name(value)}"
            raise run.error("TypeError", message, frame.place(base))
    return tuple(found)


def link(cls: Class, run: Any, place: Place | None) -> None:
    """Give a class its order of search, and its functions the class that they are in."""
    orders = [list(order_of(base)) for base in cls.bases]
    order = merge([*orders, list(cls.bases)])
    if order is None:
        raise run.error("TypeError", f"the bases of {cls.name} cannot be put in one order", place)
    cls.mro = (cls, *order)
    cls.library = next((base for base in order if isinstance(base, LibraryClass)), None)
    for value in cls.attributes.values():
        for function in functions_in(value):
            if function.owner is None and isinstance(function.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                function.owner = cls


def functions_in(value: Any) -> Iterable[Function]:
    """The functions of which an attribute of a class is made."""
    if isinstance(value, Function):
        return (value,)
    if isinstance(value, (StaticMethod, ClassMethod)):
        return functions_in(value.function)
    if isinstance(value, Property):
        return (*functions_in(value.getter), *functions_in(value.setter))
    return ()


def order_of(cls: Any) -> tuple[Any, ...]:
    """A class and those that it inherits from, in the order in which they are searched."""
    if isinstance(cls, Class):
        return cls.mro
    if isinstance(cls, LibraryClass):
        bases = cls.bases()
        return (cls, *(merge([*(list(order_of(base)) for base in bases), list(bases)]) or ()))
    return (cls,)


def merge(orders: list[list[Any]]) -> list[Any] | None:
    """The C3 linearisation: every order is kept, and a class comes before those that it inherits from."""
    orders = [order for order in orders if order]
    merged: list[Any] = []
    while orders:
        for order in orders:
            head = order[0]
            if not any(head in other[1:] for other in orders):
                break
        else:
            return None
        merged.append(head)
        orders = [rest for order in orders if (rest := [cls for cls in order if cls is not head])]
    return merged
