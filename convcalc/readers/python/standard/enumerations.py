"""`enum`: what a class's body binds becomes its members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import Class, ClassMethod, Foreign, Instance, LibraryClass, Native, Type, mover

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place


class Enumeration(LibraryClass):
    """`enum.Enum`: what the body binds becomes the members."""

    def __init__(self, name: str):
        self.name = name

    def created(self, cls: Class, run: Run, place: Place) -> Class:
        members: dict[str, Instance] = {}
        for name, value in list(cls.attributes.items()):
            if name.startswith("_") or isinstance(value, (Native, ClassMethod)) or type(value).__name__ in DESCRIPTORS:
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


DESCRIPTORS = frozenset({"Function", "Property", "StaticMethod"})


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
    "auto": mover("auto", lambda run, place: Automatic()),
    "unique": mover("unique", lambda run, place, cls: cls),
}
