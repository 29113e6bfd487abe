"""Attributes of values: a function for each type, and which names with two underscores are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python import instances
from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.imports import module_member
from convcalc.readers.python.methods import methods_of
from convcalc.readers.python.namespace import ModuleNames
from convcalc.readers.python.own_names import OwnNames
from convcalc.readers.python.values import (
    Class,
    Foreign,
    Function,
    Instance,
    Method,
    Native,
    Opaque,
    Property,
    RecordMaker,
    Super,
    Type,
    mover,
)

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

# Names with two underscores that a program may read: they lead to nothing but its own objects.
SAFE_NAMES = (
    "__class__ __name__ __qualname__ __doc__ __module__ __dict__ __init__ __call__ __len__ __getitem__ "
    "__setitem__ __iter__ __next__ __contains__ __enter__ __exit__ __new__ __getattr__ __setattr__ "
    "__getattribute__ __repr__ __str__ __version__ __eq__ __lt__ __le__ __gt__ __ge__ __hash__ __add__ __mul__ "
    "__sub__ __radd__ __rmul__ __neg__ __bool__ __post_init__ __init_subclass__ __file__ __all__ __delattr__ "
    "__dataclass_fields__ __members__ __constants__ __version_info__ __path__ __func__ __self__ __wrapped__"
)
SAFE = frozenset(SAFE_NAMES.split())
NAMED = frozenset({Class, Function, Native, Type})


def is_dunder(name: str) -> bool:
    return name[:2] == "__" and name[-2:] == "__" and len(name) > 4


def attribute(run: Run, value: Any, name: str, place: Place) -> Any:
    """`value.name`."""
    if name[:2] == "__" and is_dunder(name) and name not in SAFE:
        raise run.refused(f"the attribute {name}", place)
    kind = type(value)
    if name == "__class__" and kind is not Instance:
        return run.type_of(value)
    if name in ("__name__", "__qualname__") and kind in NAMED:
        return value.name
    rule = ATTRIBUTES.get(kind)
    if rule is not None:
        return rule(value, name, run, place)
    if isinstance(value, Foreign):
        return value.attribute(name, run, place)
    return method(value, name, run, place)


def method(value: Any, name: str, run: Run, place: Place) -> Any:
    """A method of one of Python's own values, or a field of a named tuple."""
    native = methods_of(type(value)).get(name)
    if native is not None:
        return Method(native, value)
    if name in ("real", "numerator") and type(value) in (int, float, bool):
        return value
    if type(value) is slice and name in ("start", "stop", "step"):
        return getattr(value, name)
    fallback = run.argument(name, ABSENT) if value is None else ABSENT
    if fallback is not ABSENT:
        return fallback
    raise run.error("AttributeError", f"{run.type_name(value)} has no attribute {name}", place)


def class_attribute(cls: Class, name: str, run: Run, place: Place) -> Any:
    """`Net.expansion`: a function as it is, a class method bound to the class."""
    value = instances.find(cls.mro, name)
    if value is ABSENT:
        match name:
            case "__dict__":
                return dict(cls.attributes)
            case "__doc__" | "__module__":
                return None
            case "__init__" | "__new__" | "__setattr__" | "__getattr__" | "__init_subclass__":
                return instances.OBJECT_METHODS[name]
            case "mro":
                return Native("mro", lambda run, place: list(cls.mro))
        raise run.error("AttributeError", f"the class {cls.name} has no attribute {name}", place)
    if type(value) is Opaque:
        return run.opaque(value.reason, place, name)
    return value if type(value) in (Function, Native, RecordMaker) else instances.bind(value, None, cls)


def function_attribute(function: Function, name: str, run: Run, place: Place) -> Any:
    if function.attributes and name in function.attributes:
        return function.attributes[name]
    if name in ("__doc__", "__module__"):
        return function.frame.module.name if name == "__module__" else None
    raise run.error("AttributeError", f"the function {function.name} has no attribute {name}", place)


def method_attribute(bound: Method, name: str, run: Run, place: Place) -> Any:
    if name == "__self__":
        return bound.receiver
    if name == "__func__":
        return bound.function
    return run.attribute(bound.function, name, place)


def type_attribute(kind: Type, name: str, run: Run, place: Place) -> Any:
    """`str.join`, `dict.fromkeys`, `object.__setattr__`."""
    if name in kind.members:
        return kind.members[name]
    found = instances.type_method(kind, name) or (instances.OBJECT_METHODS.get(name) if not kind.hosts else None)
    if found is None:
        raise run.error("AttributeError", f"the type {kind.name} has no attribute {name} that is read", place)
    return found


def native_attribute(native: Native, name: str, run: Run, place: Place) -> Any:
    raise run.error("AttributeError", f"{native.name} has no attribute {name} that is read", place)


def property_attribute(prop: Property, name: str, run: Run, place: Place) -> Any:
    """`@size.setter`."""
    if name == "setter":
        return mover("setter", lambda run, place, setter: Property(prop.getter, setter))
    if name == "getter":
        return mover("getter", lambda run, place, getter: Property(getter, prop.setter))
    raise run.error("AttributeError", f"a property has no attribute {name} that is read", place)


def module_attribute(module: ModuleNames, name: str, run: Run, place: Place) -> Any:
    if name == "__dict__":
        return OwnNames(module)
    return module_member(module, name, run, place)


ATTRIBUTES: dict[type, Callable[[Any, str, Run, Place], Any]] = {
    Instance: instances.attribute,
    Super: instances.super_attribute,
    Class: class_attribute,
    Function: function_attribute,
    Method: method_attribute,
    Type: type_attribute,
    Native: native_attribute,
    Property: property_attribute,
    ModuleNames: module_attribute,
    Opaque: lambda value, name, run, place: run.opaque(value.reason, place, name),
}


def set_attribute(run: Run, target: Any, name: str, value: Any, place: Place) -> None:
    """`target.name = value`."""
    maker = target.function if isinstance(target, Method) else target
    if name == "__defaults__" and isinstance(maker, RecordMaker) and isinstance(value, tuple):
        last = maker.fields[len(maker.fields) - len(value) :]
        maker.defaults.clear()
        maker.defaults.update(zip(last, value, strict=True))
        return
    if is_dunder(name) and name not in SAFE:
        raise run.refused(f"the attribute {name}", place)
    if isinstance(target, Instance):
        instances.set_attribute(target, name, value, run, place)
    elif isinstance(target, Foreign):
        target.set_attribute(name, value, run, place)
    elif isinstance(target, Class) and target.place is not None:
        target.attributes[name] = value
    elif isinstance(target, Function):
        target.attributes = {**(target.attributes or {}), name: value}
    elif isinstance(target, ModuleNames):
        target.bind(name, value)
    elif isinstance(target, Method):
        run.set_attribute(target.function, name, value, place)
    elif not isinstance(target, Opaque):
        raise run.error("AttributeError", f"{run.type_name(target)} has no attribute {name} that can be set", place)


def delete_attribute(run: Run, target: Any, name: str, place: Place) -> None:
    if isinstance(target, Instance):
        instances.delete_attribute(target, name, run, place)
    elif isinstance(target, Foreign):
        target.delete_attribute(name, run, place)
    elif isinstance(target, Class) and name in target.attributes:
        del target.attributes[name]
    elif not isinstance(target, Opaque):
        raise run.error("AttributeError", f"{run.type_name(target)} has no attribute {name}", place)
