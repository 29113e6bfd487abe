"""`NamedTuple` as typing has it, defined in a fifth of the time: start-up is counted in milliseconds here.

typing's compiles the annotation of every field, and a constructor for every class.  This one leaves annotations to
the type checker, and all records of as many fields share one constructor, in which the fields have other names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple, TypeVar

    Record = TypeVar("Record")
else:
    from collections import _tuplegetter
    from operator import itemgetter
    from types import FunctionType

    new = tuple.__new__
    USUAL = (
        lambda _cls: new(_cls, ()),
        lambda _cls, a: new(_cls, (a,)),
        lambda _cls, a, b: new(_cls, (a, b)),
        lambda _cls, a, b, c: new(_cls, (a, b, c)),
        lambda _cls, a, b, c, d: new(_cls, (a, b, c, d)),
        lambda _cls, a, b, c, d, e: new(_cls, (a, b, c, d, e)),
        lambda _cls, a, b, c, d, e, f: new(_cls, (a, b, c, d, e, f)),
        lambda _cls, a, b, c, d, e, f, g: new(_cls, (a, b, c, d, e, f, g)),
        lambda _cls, a, b, c, d, e, f, g, h: new(_cls, (a, b, c, d, e, f, g, h)),
        lambda _cls, a, b, c, d, e, f, g, h, i: new(_cls, (a, b, c, d, e, f, g, h, i)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j: new(_cls, (a, b, c, d, e, f, g, h, i, j)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k: new(_cls, (a, b, c, d, e, f, g, h, i, j, k)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m: new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n: new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m, n)),
    )

    class _Meta(type):
        def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            make = long_constructor if len(fields) >= len(USUAL) else short_constructor
            new = make(fields, defaults)
            new.__qualname__ = f"{name}.__new__"
            places = {field: index for index, field in enumerate(fields)}
            getters = {field: _tuplegetter(index, "") for field, index in places.items()}
            record = {"__slots__": (), "__match_args__": fields, "_fields": fields, "_places": places, "__new__": new}
            return super().__new__(mcs, name, bases, {**body, **record, **getters})

    def short_constructor(fields: tuple[str, ...], defaults: dict[str, Any]) -> FunctionType:
        shared = USUAL[len(fields)]
        code = shared.__code__.replace(co_varnames=("_cls", *fields))
        return FunctionType(code, shared.__globals__, "__new__", tuple(defaults.values()))

    def long_constructor(fields: tuple[str, ...], defaults: dict[str, Any]) -> FunctionType:
        """Of the few records with more fields than that: to compile one for each takes up to 0.3 ms of every start."""
        count, in_order = len(fields), itemgetter(*fields)

        def __new__(_cls: type, *values: Any, **named: Any) -> tuple:
            if len(values) == count and not named:
                return new(_cls, values)
            record = {**defaults, **dict(zip(fields, values)), **named}  # noqa: B905 - more values are refused below
            try:
                if len(record) == count >= len(values):
                    return new(_cls, in_order(record))
            except KeyError:  # one is missing, and another is none of its fields
                pass
            raise TypeError(f"{_cls.__name__} has the fields {', '.join(fields)}")

        return __new__

    class NamedTuple(tuple, metaclass=_Meta):
        """A tuple with named fields, written as a class with annotations."""

        def _replace(self, /, **changes: Any) -> tuple:
            values, places = [*self], self._places
            try:
                for name, value in changes.items():
                    values[places[name]] = value
            except KeyError:
                strange = ", ".join(name for name in changes if name not in places)
                raise TypeError(f"{type(self).__name__} has no field {strange}") from None
            return new(type(self), values)

        def __repr__(self) -> str:
            return f"{type(self).__name__}({', '.join(map('{}={!r}'.format, self._fields, self))})"

        def __getnewargs__(self) -> tuple:
            return tuple(self)


def by_identity(record: type[Record]) -> type[Record]:
    """The class of records that are themselves and no others: they are looked up by identity, in caches too."""
    record.__eq__, record.__hash__ = object.__eq__, object.__hash__  # type: ignore[method-assign]
    return record


__all__ = ["NamedTuple", "by_identity"]
