"""The values of the interpreter: Python's own numbers, texts and containers stand for themselves, all else is here.

An operator is named by its sign: "+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>"; of one operand
"-", "+", "~"; a comparison "==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place


class Opaque:
    """A value that is not known, and why: whatever is done with it is as unknown, until it is needed."""

    __slots__ = ("name", "place", "reason")

    def __init__(self, reason: str, place: Place | None, name: str = ""):
        self.reason = reason
        self.place = place  # where it became unknown
        self.name = name  # its last name, by which `--arg` gives it a value


class Foreign:
    """An object that a library supplies; what a subclass does not override is a located error that names the thing."""

    __slots__ = ()

    def description(self) -> str:
        """What it is, in words, as the subject of an error's sentence."""
        return type(self).__name__.lower()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        raise run.error("AttributeError", f"{self.description()} has no attribute {name} that is read", place)

    def set_attribute(self, name: str, value: Any, run: Run, place: Place) -> None:
        self.refuse(f"its attribute {name} cannot be set", run, place)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        self.refuse("it cannot be called", run, place)

    def item(self, index: Any, run: Run, place: Place) -> Any:
        self.refuse("it has no items", run, place)

    def set_item(self, index: Any, value: Any, run: Run, place: Place) -> None:
        self.refuse("its items cannot be set", run, place)

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        self.refuse("it cannot be iterated over", run, place)

    def truth(self, run: Run, place: Place) -> bool:
        return True

    def binary(self, operator: str, other: Any, reflected: bool, run: Run, place: Place) -> Any:
        """`self operator other`; `other operator self` where reflected. NotImplemented leaves it to the other."""
        return NotImplemented

    def unary(self, operator: str, run: Run, place: Place) -> Any:
        self.refuse(f"it has no {operator}", run, place)

    def compare(self, operator: str, other: Any, run: Run, place: Place) -> Any:
        """NotImplemented: "==" and "!=" compare identities, and the others are an error."""
        return NotImplemented

    def contains(self, value: Any, run: Run, place: Place) -> bool:
        self.refuse("it cannot be searched", run, place)

    def length(self, run: Run, place: Place) -> Any:
        self.refuse("it has no length", run, place)

    def copy(self, run: Run) -> Any:
        """For `copy.copy` and `copy.deepcopy`."""
        return self

    def text(self, run: Run) -> str:
        """For `str`, f-strings and messages."""
        return f"<{self.description()}>"

    def refuse(self, what: str, run: Run, place: Place) -> NoReturn:
        raise run.error("TypeError", f"{self.description()}: {what}", place)


class LibraryFunction(Foreign):
    """A function of a library: `function(run, args, kwargs, place)`."""

    __slots__ = ("function", "name")

    def __init__(self, name: str, function: Callable[[Run, list[Any], dict[str, Any], Place], Any]):
        self.name = name
        self.function = function

    def description(self) -> str:
        return self.name

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        return self.function(run, args, kwargs, place)


class LibraryClass(Foreign):
    """A class of a library, from which a user's class may inherit; it stands last in the order of its methods."""

    __slots__ = ()

    name: str = ""

    def description(self) -> str:
        return self.name

    def bases(self) -> tuple[LibraryClass, ...]:
        """The classes of the library that it inherits from."""
        return ()

    def instantiate(self, cls: Class, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        """A new object of a user's class that inherits from this one, before `__init__`: mostly `Instance(cls)`."""
        return Instance(cls)

    def method(self, name: str) -> Callable[[Any, Run, list[Any], dict[str, Any], Place], Any] | None:
        """A method, `__init__` and `__call__` among them, as a function of (self, run, args, kwargs, place)."""
        return None

    def assigned(self, instance: Instance, name: str, value: Any, run: Run, place: Place) -> bool:
        """Sees `instance.name = value`; whether that was all, so that the attribute is not set in the usual way."""
        return False

    def missing(self, instance: Instance, name: str, run: Run, place: Place) -> Any:
        """An attribute that neither the instance nor its classes have; NotImplemented where this has none either."""
        return NotImplemented

    def is_instance(self, value: Any) -> bool:
        """Whether an object of the library, not of a user's class, is one of these."""
        return False


class Class:
    """A user's class: its bases, some of which may be a library's, and what its body binds."""

    __slots__ = ("attributes", "bases", "mro", "name", "place")

    name: str
    bases: tuple[Any, ...]
    mro: tuple[Any, ...]
    attributes: dict[str, Any]
    place: Place

    def find(self, name: str) -> Any:
        """What the class or one that it inherits from binds to a name (a LibraryClass is not asked), else None."""
        return next(
            (cls.attributes[name] for cls in self.mro if isinstance(cls, Class) and name in cls.attributes), None
        )

    def foreign(self) -> LibraryClass | None:
        """The first class of a library that it inherits from."""
        return next((cls for cls in self.mro if isinstance(cls, LibraryClass)), None)


class Instance:
    """An object of a user's class; `state` is for the library whose class that inherits from."""

    __slots__ = ("attributes", "cls", "payload", "state")

    def __init__(self, cls: Class):
        self.cls = cls
        self.attributes: dict[str, Any] = {}
        self.payload: Any = None  # the dict, list, str … that it is, where its class inherits from that type
        self.state: Any = None
