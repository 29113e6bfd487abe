"""What `for` goes over, what `if` asks, and what may be a key."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.errors import Raised, exception_class
from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.instances import special
from convcalc.readers.python.limits import MAX_ELEMENTS
from convcalc.readers.python.values import Class, Cursor, Foreign, Instance, Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

FIXED = frozenset({list, tuple, str, range})
CHANGING_SIZE: tuple[Any, ...] = (dict, set, frozenset, deque, type({}.keys()), type({}.values()), type({}.items()))
UNHASHABLE = (list, dict, set, deque)


def iterate(run: Run, value: Any, place: Place) -> Iterator[Any]:
    kind = type(value)
    if kind in FIXED:
        return iter(value)
    if kind is Cursor:
        return checked_turns(value.iterator, run, place)
    if isinstance(value, CHANGING_SIZE):
        return checked_turns(iter(value), run, place)
    if kind is Opaque:
        raise run.unknown(value, "what is gone over here", place)
    if isinstance(value, Foreign):
        return value.iterate(run, place)
    if kind is Instance:
        return iterate_instance(value, run, place)
    if kind is Class and isinstance(value.attributes.get("__members__"), dict):
        return iter(list(value.attributes["__members__"].values()))
    raise run.error("TypeError", f"{run.type_name(value)} cannot be iterated over", place)


def checked_turns(iterator: Iterator[Any], run: Run, place: Place) -> Iterator[Any]:
    """The elements of what may change, or of a generator that asks for itself, while it is gone over."""
    while True:
        try:
            value = next(iterator)
        except StopIteration:
            return
        except RecursionError:
            raise
        except (RuntimeError, ValueError) as error:
            raise run.error("RuntimeError", str(error), place) from None
        yield value


def iterate_instance(value: Instance, run: Run, place: Place) -> Iterator[Any]:
    iterator = run.special(value, "__iter__", [], place)
    if iterator is not ABSENT:
        if not isinstance(iterator, Instance):
            return run.iterate(iterator, place)
        return turns_of(iterator, run, place)
    if special(value, "__next__", run) is not None:
        return turns_of(value, run, place)
    if value.payload is not None:
        return run.iterate(value.payload, place)
    method = special(value, "__getitem__", run)
    if method is not None:
        return results_until("IndexError", method, ([index] for index in range(MAX_ELEMENTS)), run, place)
    raise run.error("TypeError", f"an object of {value.cls.name} cannot be iterated over", place)


def turns_of(iterator: Instance, run: Run, place: Place) -> Iterator[Any]:
    """What `__next__` gives until it raises StopIteration."""
    return results_until("StopIteration", run.attribute(iterator, "__next__", place), repeat([]), run, place)


def results_until(end: str, method: Any, calls: Iterable[list[Any]], run: Run, place: Place) -> Iterator[Any]:
    """What a method gives for the arguments of each call, until it raises the error that ends it."""
    for args in calls:
        try:
            value = run.call(method, args, {}, place)
        except Raised as error:
            if exception_class(end) in error.kind.mro:
                return
            raise
        yield value


def collect(run: Run, iterator: Iterator[Any], place: Place) -> list[Any]:
    """All that an iterator gives, as far as the bounds allow."""
    found: list[Any] = []
    for value in iterator:
        found.append(value)
        if len(found) % 4096 == 0:
            run.spend(4096, place)
            if len(found) > MAX_ELEMENTS:
                run.spend(len(found), place)
    run.spend(len(found) % 4096, place)
    return found


def truth(run: Run, value: Any, place: Place) -> bool:
    """What `if` and `bool` make of a value."""
    if type(value) is bool:
        return value
    if type(value) is Opaque:
        raise run.unknown(value, "this condition", place)
    if isinstance(value, Foreign):
        return value.truth(run, place)
    if isinstance(value, Instance):
        for name in ("__bool__", "__len__"):
            found = run.special(value, name, [], place)
            if found is not ABSENT:
                return run.truth(found, place)
        return value.payload is None or bool(value.payload)
    return bool(value)


def key(run: Run, value: Any, place: Place) -> Any:
    """A value as the key of a dict or the element of a set: hashed without surprises."""
    kind = type(value)
    if kind is tuple:
        return tuple([run.key(one, place) for one in value]) if has_nested(value, run, place) else value
    if isinstance(value, UNHASHABLE):
        raise run.error("TypeError", f"{run.type_name(value)} cannot be a key: it can change", place)
    if kind is Opaque:
        raise run.unknown(value, "this key", place)
    if kind is Instance and value.payload is not None:
        return run.key(value.payload, place)
    return value


def has_nested(value: tuple[Any, ...], run: Run, place: Place) -> bool:
    """Whether a tuple's elements have to be looked at, each a step: a short program can nest them deeply."""
    run.step(place, 3 + len(value) // 8)
    return any(type(one) not in (int, str, float, bool) for one in value)


def mapping(run: Run, value: Any, place: Place) -> dict[Any, Any]:
    """A mapping, for `**` and `dict()`, as a dict."""
    if isinstance(value, Instance):
        if isinstance(value.payload, dict):
            value = value.payload
        elif special(value, "keys", run) is not None:
            keys = run.elements_of(run.call(run.attribute(value, "keys", place), [], {}, place), place)
            return {run.key(one, place): run.item(value, one, place) for one in keys}
    if isinstance(value, dict):
        run.spend(len(value), place)
        return value
    if isinstance(value, Opaque):
        raise run.unknown(value, "what ** takes", place)
    if isinstance(value, Foreign):
        return value.mapping(run, place)
    raise run.error("TypeError", f"{run.type_name(value)} is no mapping", place)
