"""Methods of dicts and sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.methods import copy, simple
from convcalc.readers.python.values import Cursor, Native, mover, movers

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


class OrderedDict(dict[Any, Any]):
    """`collections.OrderedDict`: a dict that can be put in another order."""


class DefaultDict(dict[Any, Any]):
    """`collections.defaultdict`: `factory` makes what is not in it."""

    factory: Any = None


def get(run: Run, place: Place, values: dict[Any, Any], key: Any, default: Any = None) -> Any:
    key = run.key(key, place)
    if key in values:
        return values[key]
    return run.argument(key, default) if type(key) is str else default


def setdefault(run: Run, place: Place, values: dict[Any, Any], key: Any, default: Any = None) -> Any:
    run.spend(1, place)
    return values.setdefault(run.key(key, place), default)


def pop(run: Run, place: Place, values: dict[Any, Any], key: Any, default: Any = ABSENT) -> Any:
    key = run.key(key, place)
    if key not in values and default is ABSENT:
        raise run.error("KeyError", f"there is no key {run.representation(key)}", place, args=(key,))
    return values.pop(key, default)


def popitem(run: Run, place: Place, values: dict[Any, Any], last: Any = True) -> Any:
    if not values:
        raise run.error("KeyError", "the dict is empty", place)
    key = next(reversed(values)) if run.truth(last, place) else next(iter(values))
    return key, values.pop(key)


def move_to_end(run: Run, place: Place, values: dict[Any, Any], key: Any, last: Any = True) -> None:
    value = pop(run, place, values, key)
    others = {} if run.truth(last, place) else dict(values)
    if others:
        run.spend(len(others), place)
        values.clear()
    values[key] = value
    values.update(others)


def update(run: Run, place: Place, values: dict[Any, Any], *args: Any, **kwargs: Any) -> None:
    for more in args:
        values.update(pairs(run, place, more))
    run.spend(len(kwargs), place)
    values.update(kwargs)


def pairs(run: Run, place: Place, source: Any) -> dict[Any, Any]:
    """What `dict(source)` takes: a mapping, or pairs."""
    if isinstance(source, (list, tuple, Cursor, set)) or type(source) is type({}.items()):
        found = {}
        for pair in run.elements_of(source, place):
            both = run.elements_of(pair, place)
            if len(both) != 2:
                raise run.error("ValueError", f"a dict is made of pairs, not of {len(both)} values", place)
            found[run.key(both[0], place)] = both[1]
        return found
    return run.mapping(source, place)


def from_keys(run: Run, place: Place, keys: Any, value: Any = None) -> dict[Any, Any]:
    return {run.key(key, place): value for key in run.elements_of(keys, place)}


def add(run: Run, place: Place, values: set[Any], value: Any) -> None:
    run.spend(1, place)
    values.add(run.key(value, place))


def discard(run: Run, place: Place, values: set[Any], value: Any) -> None:
    values.discard(run.key(value, place))


def remove(run: Run, place: Place, values: set[Any], value: Any) -> None:
    if run.key(value, place) not in values:
        raise run.error("KeyError", f"{run.representation(value)} is not in the set", place, args=(value,))
    values.remove(value)


def set_method(name: str, kind: type) -> Native:
    """A method of sets that takes others."""
    host = getattr(kind, name)

    def call(run: Run, place: Place, value: Any, *others: Any) -> Any:
        run.spend(len(value), place)
        return host(value, *({run.key(one, place) for one in run.elements_of(other, place)} for other in others))

    return mover(name, call)


DICT = {
    **movers(get, setdefault, pop, popitem, update, copy, move_to_end),
    **{name: simple(name, dict) for name in ("keys", "values", "items", "clear")},
    "fromkeys": mover("fromkeys", lambda run, place, values, *args: from_keys(run, place, *args)),
}
COMPARED = ["difference", "intersection", "isdisjoint", "issubset", "issuperset", "symmetric_difference", "union"]
FROZENSET = {name: set_method(name, frozenset) for name in COMPARED}
CHANGED = ["difference_update", "intersection_update", "symmetric_difference_update", "update"]
SET = {
    **{name: set_method(name, set) for name in (*COMPARED, *CHANGED)},
    **movers(add, copy, discard, remove),
    **{name: simple(name, set) for name in ("clear", "pop")},
}


def hashed_methods(kind: type) -> dict[str, Native]:
    if issubclass(kind, dict):
        return DICT
    if kind is set:
        return SET
    return FROZENSET if kind is frozenset else {}
