"""`NamedTuple` as typing has it, defined in a fifth of the time: start-up is counted in milliseconds here.

typing's compiles the annotation of every field, and a constructor for every class.  This one leaves annotations to
the type checker, and all records of as many fields share one constructor, in which the fields have other names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import _tuplegetter
    from functools import cache
    from types import FunctionType

    @cache
    def constructor(count: int) -> FunctionType:
        values = "".join(f"field{index}, " for index in range(count))
        return eval(f"lambda _cls, {values}: new(_cls, ({values}))", {"new": tuple.__new__})

    class _Meta(type):
        def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            fields = tuple(body.get("__annotations__", ()))
            shared = constructor(len(fields))
            new = FunctionType(
                shared.__code__.replace(co_varnames=("_cls", *fields)), shared.__globals__, "__new__",
                tuple(body[field] for field in fields if field in body),
            )  # fmt: skip
            new.__qualname__ = f"{name}.__new__"
            getters = {field: _tuplegetter(index, "") for index, field in enumerate(fields)}
            record = {"__slots__": (), "__match_args__": fields, "_fields": fields, "__new__": new}
            return super().__new__(mcs, name, bases, {**body, **record, **getters})

    class NamedTuple(tuple, metaclass=_Meta):
        """A tuple with named fields, written as a class with annotations."""

        def _replace(self, /, **changes: Any) -> tuple:
            values = tuple.__new__(type(self), map(changes.pop, self._fields, self))
            if changes:
                raise TypeError(f"{type(self).__name__} has no field {', '.join(changes)}")
            return values

        def __repr__(self) -> str:
            return f"{type(self).__name__}({', '.join(map('{}={!r}'.format, self._fields, self))})"

        def __getnewargs__(self) -> tuple:
            return tuple(self)


__all__ = ["NamedTuple"]
