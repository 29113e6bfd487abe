"""`dataclasses`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.instances import set_plainly
from convcalc.readers.python.standard.records import written_record
from convcalc.readers.python.values import Class, Foreign, Instance, mover

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place


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


DATACLASSES = {
    "dataclass": mover("dataclass", data_class),
    "field": mover("field", field_of),
    "fields": mover("fields", fields_of),
    "asdict": mover("asdict", as_dict),
    "replace": mover("replace", replace),
    "is_dataclass": mover("is_dataclass", is_data_class),
}
