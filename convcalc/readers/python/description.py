"""What a value is and how it is written: `type`, `isinstance`, `repr` and `str`."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.classes import order_of
from convcalc.readers.python.errors import is_exception
from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.limits import MAX_ELEMENTS
from convcalc.readers.python.values import (
    Class,
    ClassMethod,
    Cursor,
    Foreign,
    Function,
    Instance,
    LibraryClass,
    Method,
    Native,
    Opaque,
    StaticMethod,
    Super,
    Type,
)

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run

HOSTS: dict[str, type] = {host.__name__: host for host in (int, float, bool, str, tuple, list, dict)}
PLAIN_NAMES = {type(None): "None", bool: "a truth value", int: "a whole number", float: "a float", str: "a text"}
FUNCTIONS = (Function, Native, Method, StaticMethod, ClassMethod)
MAX_NESTED = 50  # containers in one another that are written


def type_name(value: Any) -> str:
    """What an error calls a value: `a list`, `None`, `an object of Net`."""
    if isinstance(value, Foreign):
        return value.description()
    if isinstance(value, Instance):
        return f"an object of {value.cls.name}"
    if isinstance(value, (Class, Type)):
        return f"the class {value.name}"
    if isinstance(value, FUNCTIONS):
        return "a function"
    if isinstance(value, Cursor):
        return f"a {value.name}"
    if type(value) in PLAIN_NAMES:
        return PLAIN_NAMES[type(value)]
    name = type(value).__name__.lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name.replace('_', ' ')}"


def type_of(run: Run, value: Any) -> Any:
    """`type(value)`."""
    from convcalc.readers.python.builtin_names import BUILTINS, TYPE_NAMES

    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, Opaque):
        return run.opaque(value.reason, value.place)
    if isinstance(value, Foreign):
        return value.class_of(run)
    if isinstance(value, (Class, Type)):
        return BUILTINS["type"]
    name = TYPE_NAMES.get(type(value))
    return BUILTINS[name] if name else Type(type(value).__name__.lower(), lambda run, place: None, (type(value),))


def is_instance(run: Run, value: Any, cls: Any) -> Any:
    """`isinstance(value, cls)`; Opaque where the value or one of the classes is not known."""
    if isinstance(cls, tuple):
        unknown = None
        for one in cls:
            run.step(None)
            result = run.is_instance(value, one)
            if isinstance(result, Opaque):
                unknown = result
            elif result:
                return True
        return False if unknown is None else unknown
    if isinstance(value, Opaque):
        return value
    if isinstance(cls, Class):
        return isinstance(value, Instance) and cls in value.cls.mro
    if isinstance(cls, Opaque):
        bases = value.cls.mro if isinstance(value, Instance) else ()
        return cls if any(isinstance(base, Opaque) for base in bases) or isinstance(value, Foreign) else False
    if isinstance(cls, Type):
        return is_of_type(value, cls)
    if isinstance(cls, LibraryClass):
        return cls in value.cls.mro if isinstance(value, Instance) else cls.is_instance(value)
    if isinstance(cls, Foreign):
        return cls.is_instance_of(value, run)
    if cls is None:
        return value is None
    raise run.error("TypeError", f"isinstance takes classes, not {type_name(cls)}", None)


def is_of_type(value: Any, cls: Type) -> bool:
    if cls.name == "object":
        return True
    if cls.name == "type":
        return isinstance(value, (Class, Type, LibraryClass))
    if isinstance(value, Foreign) and value.passes_for:
        return issubclass(HOSTS[value.passes_for], cls.hosts)
    if isinstance(value, Instance):
        return cls in value.cls.mro or isinstance(value.payload, cls.hosts)
    return isinstance(value, cls.hosts)


def is_subclass(cls: Any, parent: Any, run: Run) -> bool:
    """`issubclass(cls, parent)`."""
    if isinstance(parent, tuple):
        return any(is_subclass(cls, one, run) for one in parent)
    if isinstance(parent, Type) and parent.name == "object":
        return True
    if isinstance(cls, Class):
        return parent in cls.mro
    if isinstance(cls, Type) and isinstance(parent, Type):
        return bool(cls.hosts) and all(issubclass(host, parent.hosts) for host in cls.hosts)
    if isinstance(cls, LibraryClass):
        return parent in order_of(cls)
    return cls is parent


def text(run: Run, value: Any) -> str:
    """`str(value)`."""
    if type(value) is str:
        return value
    if isinstance(value, Instance):
        found = run.special(value, "__str__", [], None) if value.cls.find("__str__") is not None else ABSENT
        if found is not ABSENT:
            return run.text(found)
        if is_exception(value.cls):
            args = value.attributes.get("args", ())
            return run.text(args[0]) if len(args) == 1 else run.representation(args) if args else ""
        if type(value.payload) is str:
            return value.payload
    return run.representation(value)


def representation(run: Run, value: Any, depth: int = 0) -> str:
    """`repr(value)`."""
    run.step(None)
    if value is None or type(value) in (bool, int, float):
        return repr(value)
    if type(value) is str:
        run.spend(len(value), None)
        return repr(value)
    if depth > MAX_NESTED:
        return "..."
    if isinstance(value, (list, tuple, set, frozenset, dict, deque)):
        return container_representation(value, run, depth)
    if isinstance(value, Instance):
        return instance_representation(value, run, depth)
    if isinstance(value, Foreign):
        return value.text(run)
    if isinstance(value, (Class, Type)):
        return f"<class '{value.name}'>" if isinstance(value, Type) else f"<class '__main__.{value.name}'>"
    if isinstance(value, FUNCTIONS):
        return f"<function {getattr(value, 'name', '')}>"
    if isinstance(value, Opaque):
        return f"<not known: {value.reason}>"
    if isinstance(value, (Cursor, Super)):
        return f"<{type_name(value)}>"
    return repr(value) if type(value) in (range, slice, type(...)) else f"<{type_name(value)}>"


def container_representation(value: Any, run: Run, depth: int) -> str:
    if isinstance(value, dict):
        pairs = (
            f"{run.representation(key, depth + 1)}: {run.representation(one, depth + 1)}"
            for key, one in list(value.items())
        )
        return within_bounds(["{", ", ".join(pairs), "}"], run)
    inner = [run.representation(one, depth + 1) for one in value]
    if isinstance(value, (set, frozenset)):
        braces = "{" + ", ".join(sorted(inner)) + "}" if inner else "set()"
        return within_bounds([braces if isinstance(value, set) else f"frozenset({braces})"], run)
    if isinstance(value, list):
        return within_bounds(["[", ", ".join(inner), "]"], run)
    if isinstance(value, deque):
        return within_bounds(["deque([", ", ".join(inner), "])"], run)
    return within_bounds(["(", ", ".join(inner), ",)" if len(inner) == 1 else ")"], run)


def within_bounds(parts: list[str], run: Run) -> str:
    run.spend(sum(map(len, parts)), None)
    return "".join(parts)[:MAX_ELEMENTS]


def instance_representation(value: Instance, run: Run, depth: int) -> str:
    if value.cls.find("__repr__") is not None:
        return run.text(run.special(value, "__repr__", [], None))
    if is_exception(value.cls):
        args = ", ".join(run.representation(one, depth + 1) for one in value.attributes.get("args", ()))
        return f"{value.cls.name}({args})"
    if value.payload is not None:
        return run.representation(value.payload, depth + 1)
    return f"<{value.cls.name} object>"
