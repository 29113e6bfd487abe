"""The names that Python itself binds: its types, its functions, and a few constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python import builtin_functions
from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.hashed_methods import from_keys, pairs
from convcalc.readers.python.limits import MAX_BITS
from convcalc.readers.python.values import (
    ClassMethod,
    Cursor,
    Foreign,
    Instance,
    Native,
    Opaque,
    Property,
    StaticMethod,
    Super,
    Type,
    mover,
)

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

MAX_DIGITS = MAX_BITS * 3 // 10


def whole_number(run: Run, place: Place, value: Any = 0, base: Any = None) -> Any:
    if isinstance(value, Instance):
        value = special_value(value, ("__int__", "__index__"), run, place)
    if type(value) is str:
        if len(value) > MAX_DIGITS:
            raise run.too_large("a whole number", place)
        return int(value) if base is None else int(value, base)
    return int(value)


def float_number(run: Run, place: Place, value: Any = 0.0) -> Any:
    if isinstance(value, Instance):
        value = special_value(value, ("__float__",), run, place)
    return float(value)


def special_value(value: Instance, names: tuple[str, ...], run: Run, place: Place) -> Any:
    for name in names:
        found = run.special(value, name, [], place)
        if found is not ABSENT:
            return found
    return value.payload


def tuple_of(run: Run, place: Place, source: Any = ()) -> tuple[Any, ...]:
    return source if type(source) is tuple else tuple(run.elements_of(source, place))


def set_of(run: Run, place: Place, source: Any = ()) -> set[Any]:
    return {run.key(value, place) for value in run.elements_of(source, place)}


def dict_of(run: Run, place: Place, source: Any = None, /, **more: Any) -> dict[Any, Any]:
    return {**({} if source is None else pairs(run, place, source)), **more}


def range_of(run: Run, place: Place, *bounds: Any) -> Any:
    return range(*(bound.index(run, place) if isinstance(bound, Foreign) else bound for bound in bounds))


def type_of(run: Run, place: Place, *args: Any) -> Any:
    if len(args) != 1:
        raise run.unread("a class made by type()", place)
    return run.type_of(args[0])


def bytes_of(run: Run, place: Place, *args: Any) -> Any:
    return Opaque("bytes are not read", place)


def property_of(run: Run, place: Place, getter: Any = None, setter: Any = None, *more: Any, **named: Any) -> Property:
    return Property(named.get("fget", getter), named.get("fset", setter))


TYPES = [
    Type("bool", lambda run, place, value=False: run.truth(value, place), (bool,)),
    Type("int", whole_number, (int,), members={"from_bytes": Native("from_bytes", bytes_of)}),
    Type("float", float_number, (float,)),
    Type("str", lambda run, place, value="", *encoding: run.text(value), (str,)),
    Type("list", lambda run, place, source=(): run.elements_of(source, place), (list,), moves=True),
    Type("tuple", tuple_of, (tuple,), moves=True),
    Type("dict", dict_of, (dict,), moves=True, members={"fromkeys": mover("fromkeys", from_keys)}),
    Type("set", set_of, (set,), moves=True),
    Type("frozenset", lambda run, place, source=(): frozenset(set_of(run, place, source)), (frozenset,), moves=True),
    Type("range", range_of, (range,)),
    Type("slice", lambda run, place, *bounds: slice(*bounds), (slice,), moves=True),
    Type("complex", bytes_of, (complex,)),
    Type("bytes", bytes_of, (bytes,)),
    Type("bytearray", bytes_of, (bytearray,)),
    Type("object", lambda run, place: Opaque("a bare object says nothing", place), ()),
    Type("type", type_of, (), moves=True),
    Type("super", builtin_functions.super_of, (Super,), moves=True, needs_frame=True),
    Type("property", property_of, (Property,), moves=True),
    Type("staticmethod", lambda run, place, function: StaticMethod(function), (StaticMethod,), moves=True),
    Type("classmethod", lambda run, place, function: ClassMethod(function), (ClassMethod,), moves=True),
    Type("enumerate", builtin_functions.enumerate_values, (Cursor,), moves=True),
    Type("zip", builtin_functions.zip_values, (Cursor,), moves=True),
    Type("map", builtin_functions.map_values, (Cursor,), moves=True),
    Type("filter", builtin_functions.filter_values, (Cursor,), moves=True),
    Type("reversed", builtin_functions.backwards, (Cursor,), moves=True),
]
BUILTINS: dict[str, Any] = {
    **{kind.name: kind for kind in TYPES},
    **builtin_functions.FUNCTIONS,
    "globals": Native("globals", builtin_functions.globals_of, moves=True, needs_frame=True),
    "locals": Native("locals", builtin_functions.locals_of, moves=True, needs_frame=True),
    "NotImplemented": NotImplemented,
    "Ellipsis": ...,
    "__debug__": True,
}
TYPE_NAMES = {kind.hosts[0]: kind.name for kind in TYPES if kind.hosts and kind.hosts[0] is not Cursor}
