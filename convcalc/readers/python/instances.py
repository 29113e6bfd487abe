"""Objects of a user's class: how they come to be, and where their attributes are looked up."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.problem import did_you_mean
from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.values import (
    Class,
    ClassMethod,
    Cursor,
    Function,
    Instance,
    LibraryClass,
    Method,
    Native,
    Opaque,
    Property,
    StaticMethod,
    Super,
    Type,
    mover,
    movers,
)

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


def instantiate(cls: Class, args: list[Any], kwargs: dict[str, Any], run: Run, place: Place) -> Any:
    """`cls(*args, **kwargs)`: an object, and its `__init__` run."""
    make = cls.find("__new__")
    if make is not None:
        make = make.function if isinstance(make, StaticMethod) else make
        instance = run.call(make, [cls, *args], kwargs, place)
        if not isinstance(instance, Instance) or cls not in instance.cls.mro:
            return instance
    else:
        instance = new_object(cls, run, args, kwargs, place)
        if not isinstance(instance, Instance):
            return instance
    start = special(instance, "__init__", run)
    if start is not None:
        run.call(start, args, kwargs, place)
    elif make is None and (args or kwargs) and not any(isinstance(base, (Opaque, Type)) for base in cls.mro):
        raise run.error("TypeError", f"{cls.name}() takes no arguments", place)
    return instance


def new_object(cls: Class, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """An object before its `__init__`, which a library's class or a type of Python's own may make."""
    if cls.library is not None:
        return cls.library.instantiate(cls, run, args, kwargs, place)
    instance = Instance(cls)
    for base in cls.mro:
        if isinstance(base, Type) and base.hosts:
            immutable = base.hosts[0] in (int, float, str, tuple, frozenset)
            instance.payload = run.call(base, args if immutable else [], {}, place)
            break
        if isinstance(base, Class) and base.name == "BaseException":
            instance.attributes["args"] = tuple(args)
    return instance


def find(classes: Iterable[Any], name: str) -> Any:
    """What the first of the classes that has a name has by it, a library's methods as a Native; else ABSENT."""
    for cls in classes:
        kind = type(cls)
        if kind is Class:
            if name in cls.attributes:
                return cls.attributes[name]
        elif kind is Opaque:
            return cls
        elif isinstance(cls, LibraryClass):
            method = cls.method(name)
            if method is not None:
                return library_method(cls, name, method)
        elif isinstance(cls, Type):
            found = type_method(cls, name)
            if found is not None:
                return found
    return ABSENT


def library_method(cls: LibraryClass, name: str, method: Any) -> Native:
    def call(run: Run, place: Place, receiver: Any, *args: Any, **kwargs: Any) -> Any:
        return method(receiver, run, list(args), kwargs, place)

    return mover(f"{cls.name}.{name}", call)


def type_method(cls: Type, name: str) -> Native | None:
    """A method of a type of Python's own, for an object of a class that inherits from it."""
    from convcalc.readers.python.methods import methods_of

    if name == "__init__" and cls.hosts and cls.hosts[0] in (list, dict, set):
        return mover("__init__", fill_payload)
    native = methods_of(cls.hosts[0]).get(name) or PAYLOAD_METHODS.get(name) if cls.hosts else None
    if native is None:
        return cls.members.get(name)

    def call(run: Run, place: Place, receiver: Any, *args: Any, **kwargs: Any) -> Any:
        value = receiver.payload if isinstance(receiver, Instance) else receiver
        return native.function(run, place, value, *args, **kwargs)

    return Native(native.name, call, native.moves)


def fill_payload(run: Run, place: Place, receiver: Instance, *args: Any, **kwargs: Any) -> None:
    """`dict.__init__`, `list.__init__` of an object that is one."""
    payload = receiver.payload
    if isinstance(payload, dict):
        payload.update(run.mapping(args[0], place) if args else {}, **kwargs)
    elif args:
        more = run.collect(run.iterate(args[0], place), place)
        if isinstance(payload, list):
            payload[:] = more
        else:
            payload.update(run.key(value, place) for value in more)


def special(instance: Instance, name: str, run: Run) -> Any:
    """A method that Python itself looks for (`__call__`), bound to the object; None where its classes have none."""
    value = find(instance.cls.mro, name)
    return (
        None if value is ABSENT or value is None or isinstance(value, Opaque) else bind(value, instance, instance.cls)
    )


def bind(value: Any, receiver: Any, cls: Any) -> Any:
    """What a class's attribute is as an attribute of one of its objects."""
    kind = type(value)
    if kind is Function or kind is Native:
        return Method(value, receiver)
    if kind is StaticMethod:
        return value.function
    if kind is ClassMethod:
        return Method(value.function, cls)
    return value


def attribute(instance: Instance, name: str, run: Run, place: Place) -> Any:
    own = instance.attributes.get(name, ABSENT)
    if own is not ABSENT:
        return own
    cls = instance.cls
    value = find(cls.mro, name)
    if type(value) is Property:
        return property_value(value, instance, name, run, place)
    if cls.library is not None and type(value) is not Function:  # a layer of one's own may be called `keys`
        result = cls.library.missing(instance, name, run, place)
        if result is not NotImplemented:
            return result
    if value is not ABSENT and type(value) is not Opaque:
        return bind(value, instance, cls)
    if name in ("__class__", "__dict__", "__doc__", "__module__"):
        return {"__class__": cls, "__dict__": instance.attributes}.get(name)
    fallback = cls.find("__getattr__")
    if fallback is not None:
        return run.call(Method(fallback, instance), [name], {}, place)
    if type(value) is Opaque:
        return run.opaque(value.reason, place, name)
    return absent(instance, name, run, place)


def absent(instance: Instance, name: str, run: Run, place: Place) -> Any:
    value = run.argument(name, ABSENT)
    if value is not ABSENT:
        return value
    message = f"an object of {instance.cls.name} has no attribute {name}"
    hint = cure_of_local(instance.cls, name, run) or did_you_mean(name, names_of(instance))
    raise run.error("AttributeError", message, place, hint)


def names_of(instance: Instance) -> Iterator[str]:
    """The attributes that an object has, of its own, of its library and of its classes."""
    yield from instance.attributes
    if instance.cls.library is not None:
        yield from instance.cls.library.names(instance)
    for cls in instance.cls.mro:
        if type(cls) is Class:
            yield from cls.attributes


def cure_of_local(cls: Class, name: str, run: Run) -> str:
    """`self.` for what `__init__` assigns to a name of its own instead of to the object."""
    start = cls.find("__init__")
    for node in ast.walk(start.node) if isinstance(start, Function) else ():
        if isinstance(node, ast.Assign) and any(
            isinstance(each, ast.Name) and each.id == name for each in node.targets
        ):
            place = start.frame.code.place(node)
            return f"line {place.line} assigns to a name of __init__ alone, write: self.{run.text_at(place)}"
    return ""


def property_value(prop: Property, instance: Instance, name: str, run: Run, place: Place) -> Any:
    value = run.call(prop.getter, [instance], {}, place)
    if prop.cached:
        instance.attributes[name] = value
    return value


def set_attribute(instance: Instance, name: str, value: Any, run: Run, place: Place) -> None:
    setter = instance.cls.find("__setattr__")
    if setter is not None:
        run.call(bind(setter, instance, instance.cls), [name, value], {}, place)
    else:
        set_plainly(instance, name, value, run, place)


def set_plainly(instance: Instance, name: str, value: Any, run: Run, place: Place) -> None:
    """What `object.__setattr__` does."""
    prop = instance.cls.find(name)
    if type(prop) is Property and not prop.cached:
        if prop.setter is None:
            raise run.error("AttributeError", f"the property {name} cannot be set", place)
        run.call(prop.setter, [instance, value], {}, place)
        return
    library = instance.cls.library
    if library is not None and library.assigned(instance, name, value, run, place):
        return
    instance.attributes[name] = value


def delete_attribute(instance: Instance, name: str, run: Run, place: Place) -> None:
    library = instance.cls.library
    if name in instance.attributes:
        del instance.attributes[name]
    elif library is None or not library.deleted(instance, name, run, place):
        raise run.error("AttributeError", f"an object of {instance.cls.name} has no attribute {name}", place)


def super_attribute(value: Super, name: str, run: Run, place: Place) -> Any:
    """`super().name`: from the class after the one in which it stands."""
    receiver = value.receiver
    cls = receiver if isinstance(receiver, Class) else receiver.cls
    after = cls.mro[cls.mro.index(value.cls) + 1 :]
    found = find(after, name)
    if type(found) is Property:
        return property_value(found, receiver, name, run, place)
    if found is not ABSENT:
        if type(found) is Opaque:
            return run.opaque(found.reason, place, name)
        return found if name == "__new__" else bind(found, receiver, cls)
    native = OBJECT_METHODS.get(name)
    if native is not None:
        return native if name == "__new__" else Method(native, receiver)
    if cls.library is not None and isinstance(receiver, Instance):
        result = cls.library.missing(receiver, name, run, place)
        if result is not NotImplemented:
            return result
    raise run.error("AttributeError", f"no class that {value.cls.name} inherits from has an attribute {name}", place)


def look_up_missing(run: Run, place: Place, instance: Instance, name: str) -> Any:
    """`super().__getattr__(name)`."""
    library = instance.cls.library
    result = NotImplemented if library is None else library.missing(instance, name, run, place)
    return absent(instance, name, run, place) if result is NotImplemented else result


# What the types of Python's own have by names with two underscores, of an object that is one.
PAYLOAD_METHODS = movers(
    __getitem__=lambda run, place, value, index: run.item(value, index, place),
    __setitem__=lambda run, place, value, index, new: run.set_item(value, index, new, place),
    __delitem__=lambda run, place, value, index: run.delete_item(value, index, place),
    __contains__=lambda run, place, value, one: run.compare("in", one, value, place),
    __iter__=lambda run, place, value: Cursor(run.iterate(value, place)),
    __len__=lambda run, place, value: len(value),
)
OBJECT_METHODS = movers(
    __init__=lambda run, place, receiver, *args, **kwargs: None,
    __init_subclass__=lambda run, place, cls, **kwargs: None,
    __new__=lambda run, place, cls, *args, **kwargs: new_object(cls, run, list(args), kwargs, place),
    __getattr__=look_up_missing,
    __getattribute__=lambda run, place, receiver, name: attribute(receiver, name, run, place),
    __setattr__=lambda run, place, receiver, name, value: set_plainly(receiver, name, value, run, place),
)
