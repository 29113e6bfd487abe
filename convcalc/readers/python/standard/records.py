"""Named tuples, `dataclasses` and `enum`: classes made of what their bodies bind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.classes import link
from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.instances import set_plainly
from convcalc.readers.python.values import (
    Class,
    ClassMethod,
    Foreign,
    Function,
    Instance,
    LibraryClass,
    Native,
    Property,
    RecordMaker,
    StaticMethod,
    Type,
    mover,
    movers,
)

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


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
    cls.attributes |= movers(_replace=replaced, _asdict=as_dict, __repr__=written_record(fields))
    cls.attributes["_make"] = ClassMethod(mover("_make", from_values))
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


class RecordField(Foreign):
    """A field of a dataclass: how it gets its value."""

    __slots__ = ("by_keyword", "default", "factory", "initial", "name")

    def __init__(self, default: Any = ABSENT, factory: Any = ABSENT, initial: bool = True, by_keyword: bool = False):
        self.name = ""
        self.default = default
        self.factory = factory
        self.initial = initial  # whether the constructor takes it
        self.by_keyword = by_keyword

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        return self.name if name == "name" else super().attribute(name, run, place)


def data_class(run: Run, place: Place, cls: Any = None, **settings: Any) -> Any:
    """`@dataclass`, with brackets or without."""
    if cls is None:
        return mover("dataclass", lambda run, place, cls: data_class(run, place, cls, **settings))
    if not isinstance(cls, Class):
        raise run.error("TypeError", f"dataclass is of classes, not of {run.type_name(cls)}", place)
    fields: dict[str, RecordField] = {}
    for base in reversed(cls.mro[1:]):
        if isinstance(base, Class):
            fields |= base.attributes.get("__dataclass_fields__", {})
    by_keyword = bool(settings.get("kw_only"))
    for name, annotation in cls.annotations.items():
        words = annotation_words(annotation)
        if "ClassVar" in words:
            continue
        value = cls.attributes.get(name, ABSENT)
        field = value if isinstance(value, RecordField) else RecordField(value, by_keyword=by_keyword)
        field.name = name
        by_keyword = by_keyword or "KW_ONLY" in words
        if "KW_ONLY" in words:
            continue
        fields[name] = field
        if isinstance(value, RecordField):
            del cls.attributes[name]
            if value.default is not ABSENT:
                cls.attributes[name] = value.default
    cls.attributes["__dataclass_fields__"] = fields
    cls.attributes["__match_args__"] = tuple(fields)
    cls.attributes.setdefault("__init__", mover("__init__", constructor(cls.name, fields)))
    cls.attributes.setdefault("__repr__", mover("__repr__", written_record(list(fields))))
    cls.attributes.setdefault("__eq__", mover("__eq__", equality(list(fields))))
    if settings.get("frozen"):
        cls.attributes.setdefault("__setattr__", mover("__setattr__", refuse_change))
    return cls


def annotation_words(annotation: Any) -> set[str]:
    """The names in an annotation, which may be a text."""
    import ast
    import re

    text = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
    return set(re.findall(r"\w+", str(text)))


def constructor(name: str, fields: dict[str, RecordField]) -> Callable[..., None]:
    def start(run: Run, place: Place, instance: Instance, *args: Any, **kwargs: Any) -> None:
        taken = [field for field in fields.values() if field.initial and not field.by_keyword]
        if len(args) > len(taken):
            raise run.error("TypeError", f"{name} takes {len(taken)} arguments but {len(args)} were given", place)
        values = {field.name: value for field, value in zip(taken, args, strict=False)}
        for key, value in kwargs.items():
            if key not in fields or key in values or not fields[key].initial:
                raise run.error("TypeError", f"{name} has no parameter {key}, or got it twice", place)
            values[key] = value
        for field in fields.values():
            value = values[field.name] if field.name in values else initial_value(field, name, run, place)
            if value is not ABSENT:
                set_plainly(instance, field.name, value, run, place)
        after = instance.cls.find("__post_init__")
        if after is not None:
            run.call(after, [instance], {}, place)

    return start


def initial_value(field: RecordField, name: str, run: Run, place: Place) -> Any:
    if field.default is not ABSENT:
        return field.default
    if field.factory is not ABSENT:
        return run.call(field.factory, [], {}, place)
    if not field.initial:
        return ABSENT
    value = run.argument(field.name, ABSENT)
    if value is ABSENT:
        hint = f"--arg {field.name}=VALUE"
        raise run.error("TypeError", f"{name}() needs a value for {field.name}", place, hint, code="P003")
    return value


def equality(fields: Sequence[str]) -> Callable[..., Any]:
    def equal(run: Run, place: Place, one: Instance, two: Any) -> Any:
        if not isinstance(two, Instance) or two.cls is not one.cls:
            return NotImplemented
        mine, other = (tuple(value.attributes.get(field) for field in fields) for value in (one, two))
        return run.compare("==", mine, other, place)

    return equal


def refuse_change(run: Run, place: Place, instance: Instance, name: str, value: Any) -> None:
    raise run.error("AttributeError", f"an object of {instance.cls.name} is frozen: {name} cannot be set", place)


def field_of(run: Run, place: Place, **settings: Any) -> RecordField:
    return RecordField(
        settings.get("default", ABSENT),
        settings.get("default_factory", ABSENT),
        bool(settings.get("init", True)),
        bool(settings.get("kw_only")),
    )


def fields_of(run: Run, place: Place, value: Any) -> tuple[RecordField, ...]:
    if not is_data_class(run, place, value):
        raise run.error("TypeError", f"{run.type_name(value)} is no dataclass", place)
    cls = value.cls if isinstance(value, Instance) else value
    return tuple(cls.find("__dataclass_fields__").values())


def as_dict(run: Run, place: Place, value: Any) -> Any:
    if isinstance(value, Instance) and value.cls.find("__dataclass_fields__") is not None:
        return {field.name: as_dict(run, place, value.attributes[field.name]) for field in fields_of(run, place, value)}
    run.step(place)
    return [as_dict(run, place, one) for one in value] if isinstance(value, list) else value


def replace(run: Run, place: Place, value: Instance, **changes: Any) -> Any:
    before = {field.name: value.attributes[field.name] for field in fields_of(run, place, value) if field.initial}
    return run.call(value.cls, [], {**before, **changes}, place)


def is_data_class(run: Run, place: Place, value: Any) -> bool:
    cls = value.cls if isinstance(value, Instance) else value
    return isinstance(cls, Class) and cls.find("__dataclass_fields__") is not None


DATACLASSES = movers(
    dataclass=data_class, field=field_of, fields=fields_of, asdict=as_dict, replace=replace, is_dataclass=is_data_class
)


NO_MEMBERS = (ClassMethod, Function, Native, Property, StaticMethod)  # of what the body of an enumeration binds


class Enumeration(LibraryClass):
    """`enum.Enum`: what the body binds becomes the members."""

    def __init__(self, name: str):
        self.name = name

    def created(self, cls: Class, run: Run, place: Place) -> Class:
        members: dict[str, Instance] = {}
        for name, value in list(cls.attributes.items()):
            if name.startswith("_") or isinstance(value, NO_MEMBERS):
                continue
            if isinstance(value, Automatic):
                value = 1 + max((one.attributes["value"] for one in members.values()), default=0)
            same = next((one for one in members.values() if one.attributes["value"] == value), None)
            members[name] = cls.attributes[name] = same or self.member(cls, name, value)
        cls.attributes |= {"__members__": members, "__new__": mover(cls.name, member_of)}
        cls.attributes.setdefault("__repr__", mover("__repr__", represent_member))
        return cls

    def member(self, cls: Class, name: str, value: Any) -> Instance:
        found = Instance(cls)
        found.attributes = {"name": name, "value": value, "_name_": name, "_value_": value}
        if self.name != "Enum" or any(isinstance(base, Type) for base in cls.mro):
            found.payload = value
        return found


class Automatic(Foreign):
    """`enum.auto()`."""


def member_of(run: Run, place: Place, cls: Class, value: Any) -> Instance:
    for member in cls.attributes["__members__"].values():
        if run.truth(run.compare("==", member.attributes["value"], value, place), place):
            found: Instance = member
            return found
    raise run.error("ValueError", f"{run.representation(value)} is no {cls.name}", place)


def represent_member(run: Run, place: Place, member: Instance) -> str:
    return f"{member.cls.name}.{member.attributes['name']}"


ENUM = {
    **{name: Enumeration(name) for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")},
    **movers(auto=lambda run, place: Automatic(), unique=lambda run, place, cls: cls),
}
