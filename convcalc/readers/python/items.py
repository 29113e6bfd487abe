"""Items of values: `value[index]`, read, set and deleted."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.errors import HOST_ERRORS
from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.values import Class, Foreign, Instance, Opaque, Type

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

SEQUENCES = (list, tuple, str, range, deque)


def item(run: Run, value: Any, index: Any, place: Place) -> Any:
    """`value[index]`; of a type, as in an annotation, the type itself."""
    if type(value) is Opaque:
        return run.opaque(value.reason, place, index if type(index) is str else value.name)
    if type(index) is Opaque:
        return index
    if isinstance(value, Foreign):
        return value.item(index, run, place)
    if isinstance(value, Instance):
        found = run.special(value, "__getitem__", [index], place)
        if found is not ABSENT:
            return found
        value = value.payload
    if isinstance(value, dict):
        return dict_item(value, index, run, place)
    if isinstance(value, SEQUENCES):
        return sequence_item(value, index, run, place)
    if isinstance(value, (Type, Class)):
        return class_item(value, index, run, place)
    raise run.error("TypeError", f"{run.type_name(value)} has no items", place)


def class_item(cls: Any, index: Any, run: Run, place: Place) -> Any:
    """`list[int]`, and `Colour["RED"]`."""
    if isinstance(cls, Class) and isinstance(cls.attributes.get("__members__"), dict):
        return dict_item(cls.attributes["__members__"], index, run, place)
    method = cls.find("__class_getitem__") if isinstance(cls, Class) else None
    return cls if method is None else run.call(method, [index], {}, place)


def dict_item(value: dict[Any, Any], index: Any, run: Run, place: Place) -> Any:
    key = run.key(index, place)
    if key in value:
        return value[key]
    factory = getattr(value, "factory", None)
    if factory is not None:
        made = value[key] = run.call(factory, [], {}, place)
        run.spend(1, place)
        return made
    answer = run.argument(key, ABSENT) if type(key) is str else ABSENT
    if answer is not ABSENT:
        return answer
    keys = ", ".join(run.representation(known) for known in list(value)[:20])
    more = " …" if len(value) > 20 else ""
    hint = f"its keys are {keys}{more}" if value else "it is empty"
    raise run.error("KeyError", f"there is no key {run.representation(key)}", place, hint, args=(key,))


def sequence_item(value: Any, index: Any, run: Run, place: Place) -> Any:
    if type(index) is slice:
        index = whole_slice(index, run, place)
        if type(value) is not range:
            run.spend(len(range(*index.indices(len(value)))), place)
    elif isinstance(index, Foreign):
        index = index.index(run, place)
    try:
        return value[index]
    except IndexError:
        message = f"there is no item {index}: {run.type_name(value)} has {len(value)}"
        raise run.error("IndexError", message, place) from None
    except TypeError:
        what = f"{run.type_name(value)} is indexed by whole numbers, not by {run.type_name(index)}"
        raise run.error("TypeError", what, place) from None
    except HOST_ERRORS as error:
        raise run.error(type(error).__name__, str(error), place) from None


def whole_slice(index: slice, run: Run, place: Place) -> slice:
    parts = []
    for part in (index.start, index.stop, index.step):
        if isinstance(part, Opaque):
            raise run.unknown(part, "a slice's bound", place)
        parts.append(part.index(run, place) if isinstance(part, Foreign) else part)
    return slice(*parts)


def set_item(run: Run, target: Any, index: Any, value: Any, place: Place) -> None:
    """`target[index] = value`."""
    if type(target) is Opaque:
        return
    if isinstance(target, Foreign):
        target.set_item(index, value, run, place)
        return
    if isinstance(target, Instance):
        if run.special(target, "__setitem__", [index, value], place) is not ABSENT:
            return
        target = target.payload
    if type(index) is Opaque:
        raise run.unknown(index, "the item that is set", place)
    if isinstance(target, dict):
        run.spend(1, place)
        target[run.key(index, place)] = value
    elif isinstance(target, (list, deque)):
        set_in_sequence(target, index, value, run, place)
    else:
        raise run.error("TypeError", f"items of {run.type_name(target)} cannot be set", place)


def set_in_sequence(target: Any, index: Any, value: Any, run: Run, place: Place) -> None:
    try:
        if type(index) is slice:
            run.spend(len(target) // 16, place)
            target[whole_slice(index, run, place)] = run.collect(run.iterate(value, place), place)
        else:
            target[index.index(run, place) if isinstance(index, Foreign) else index] = value
    except IndexError:
        raise run.error("IndexError", f"there is no item {index}: the list has {len(target)}", place) from None
    except HOST_ERRORS as error:
        raise run.error(type(error).__name__, str(error), place) from None


def delete_item(run: Run, target: Any, index: Any, place: Place) -> None:
    """`del target[index]`."""
    if type(target) is Opaque:
        return
    if isinstance(target, Foreign):
        target.delete_item(index, run, place)
        return
    if isinstance(target, Instance):
        if run.special(target, "__delitem__", [index], place) is not ABSENT:
            return
        target = target.payload
    if isinstance(target, dict):
        if run.key(index, place) not in target:
            raise run.error("KeyError", f"there is no key {run.representation(index)}", place, args=(index,))
        del target[index]
        return
    try:
        run.spend(len(target) // 16, place)
        del target[whole_slice(index, run, place) if type(index) is slice else index]
    except HOST_ERRORS as error:
        raise run.error(type(error).__name__, str(error), place) from None
