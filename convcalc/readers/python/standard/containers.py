"""`collections`."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.builtin_names import BUILTINS, dict_of
from convcalc.readers.python.hashed_methods import DefaultDict, OrderedDict
from convcalc.readers.python.standard.records import record_class
from convcalc.readers.python.values import Class, Native, Type, mover

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


def default_dict(run: Run, place: Place, factory: Any = None, source: Any = None, /, **more: Any) -> DefaultDict:
    found = DefaultDict(dict_of(run, place, source, **more))
    found.factory = factory
    return found


def double_ended(run: Run, place: Place, source: Any = (), maxlen: Any = None) -> deque[Any]:
    return deque(run.elements_of(source, place), maxlen)


def counter(run: Run, place: Place, source: Any = ()) -> DefaultDict:
    """`collections.Counter`, which has 0 of what is not in it."""
    found = DefaultDict()
    found.factory = Native("zero", lambda run, place: 0)
    for value in run.elements_of(source, place):
        key = run.key(value, place)
        found[key] = found.get(key, 0) + 1
    return found


def named_tuple(run: Run, place: Place, name: str, fields: Any, *, defaults: Any = (), **settings: Any) -> Class:
    names = fields.replace(",", " ").split() if type(fields) is str else run.elements_of(fields, place)
    values = run.elements_of(defaults, place)
    return record_class(name, names, dict(zip(names[len(names) - len(values) :], values, strict=True)), run, place)


COLLECTIONS = {
    "OrderedDict": Type(
        "OrderedDict",
        lambda run, place, source=None, /, **more: OrderedDict(dict_of(run, place, source, **more)),
        (OrderedDict,),
        moves=True,
        members=BUILTINS["dict"].members,
    ),
    "defaultdict": Type("defaultdict", default_dict, (DefaultDict,), moves=True),
    "deque": Type("deque", double_ended, (deque,), moves=True),
    "Counter": Type("Counter", counter, (DefaultDict,), moves=True),
    "namedtuple": mover("namedtuple", named_tuple),
    "UserDict": BUILTINS["dict"],
    "UserList": BUILTINS["list"],
}
