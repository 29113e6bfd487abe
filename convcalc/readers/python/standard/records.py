"""Named tuples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.classes import link
from convcalc.readers.python.values import Class, ClassMethod, Instance, LibraryClass, RecordMaker, mover

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place


def record_class(name: str, fields: Sequence[str], defaults: dict[str, Any], run: Run, place: Place) -> Class:
    """A class of named tuples."""

    def make(run: Run, place: Place, cls: Class, *args: Any, **kwargs: Any) -> Instance:
        values = {**defaults, **dict(zip(fields, args, strict=False)), **kwargs}
        missing = [field for field in fields if field not in values]
        if len(args) > len(fields) or missing or len(values) > len(fields):
            raise run.error("TypeError", f"{name} takes {', '.join(fields)}", place)
        return filled(Instance(cls), [values[field] for field in fields])

    def filled(instance: Instance, values: list[Any]) -> Instance:
        instance.payload = tuple(values)
        instance.attributes = dict(zip(fields, values, strict=True))
        return instance

    def replaced(run: Run, place: Place, instance: Instance, **changes: Any) -> Instance:
        return filled(Instance(instance.cls), [changes.get(field, instance.attributes[field]) for field in fields])

    def as_dict(run: Run, place: Place, instance: Instance) -> dict[str, Any]:
        return dict(instance.attributes)

    def from_values(run: Run, place: Place, cls: Class, values: Any) -> Instance:
        return make(run, place, cls, *run.elements_of(values, place))

    maker = RecordMaker("__new__", make, moves=True)
    maker.fields, maker.defaults = tuple(fields), defaults
    cls = Class(name, (), {"_fields": tuple(fields), "__match_args__": tuple(fields), "__new__": maker}, place)
    cls.attributes |= {
        "_replace": mover("_replace", replaced),
        "_asdict": mover("_asdict", as_dict),
        "_make": ClassMethod(mover("_make", from_values)),
        "__repr__": mover("__repr__", written_record(fields)),
    }
    return cls


def written_record(fields: Sequence[str]) -> Callable[..., str]:
    def represent(run: Run, place: Place, instance: Instance) -> str:
        values = (f"{field}={run.representation(instance.attributes[field])}" for field in fields)
        return f"{instance.cls.name}({', '.join(values)})"

    return represent


class NamedTupleBase(LibraryClass):
    """`typing.NamedTuple`, as a base or called."""

    name = "NamedTuple"

    def created(self, cls: Class, run: Run, place: Place) -> Class:
        fields = list(cls.annotations)
        defaults = {field: cls.attributes.pop(field) for field in fields if field in cls.attributes}
        record = record_class(cls.name, fields, defaults, run, place)
        found = Class(cls.name, (record,), cls.attributes, place)
        link(found, run, place)
        return found

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Class:
        if not args:
            raise run.error("TypeError", "NamedTuple needs a name", place)
        names = (
            [run.item(pair, 0, place) for pair in run.elements_of(args[1], place)] if len(args) > 1 else list(kwargs)
        )
        return record_class(args[0], names, {}, run, place)
