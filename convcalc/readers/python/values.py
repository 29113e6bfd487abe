"""The values of the interpreter: Python's own numbers, texts and containers stand for themselves, all else is here.

An operator is named by its sign: "+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>"; of one operand
"-", "+", "~"; a comparison "==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from convcalc.readers.python.frame import Frame
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


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

    called: str = ""  # what it is, in words
    passes_for: str = ""  # the built-in type that `isinstance` takes it for: "int", "float", "tuple" …
    harmless: bool = False  # a call of it changes nothing that is known: it may stand in a branch that is skipped

    def description(self) -> str:
        """The subject of an error's sentence."""
        return self.called or type(self).__name__.lower()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        raise run.error("AttributeError", f"{self.description()} has no attribute {name} that is read", place)

    def set_attribute(self, name: str, value: Any, run: Run, place: Place) -> None:
        self.refuse(f"its attribute {name} cannot be set", run, place)

    def delete_attribute(self, name: str, run: Run, place: Place) -> None:
        self.refuse(f"its attribute {name} cannot be deleted", run, place)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        self.refuse("it cannot be called", run, place)

    def item(self, index: Any, run: Run, place: Place) -> Any:
        self.refuse("it has no items", run, place)

    def set_item(self, index: Any, value: Any, run: Run, place: Place) -> None:
        self.refuse("its items cannot be set", run, place)

    def delete_item(self, index: Any, run: Run, place: Place) -> None:
        self.refuse("its items cannot be deleted", run, place)

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        self.refuse("it cannot be iterated over", run, place)

    def turns(self, run: Run, place: Place) -> Iterator[Any]:
        """For `next`, of an iterator."""
        self.refuse("it is no iterator", run, place)

    def backwards(self, run: Run, place: Place) -> Any:
        """`reversed(self)`."""
        self.refuse("it cannot be reversed", run, place)

    def mapping(self, run: Run, place: Place) -> dict[Any, Any]:
        """For `**` and `dict()`."""
        self.refuse("it is no mapping", run, place)

    def truth(self, run: Run, place: Place) -> bool:
        return True

    def class_of(self, run: Run) -> Any:
        """`type(value)`."""
        return Opaque(f"the type of {self.description()} is not read", None)

    def binary(self, operator: str, other: Any, reflected: bool, run: Run, place: Place) -> Any:
        """`self operator other`; `other operator self` where reflected. NotImplemented leaves it to the other."""
        return NotImplemented

    def in_place(self, operator: str, other: Any, run: Run, place: Place) -> Any:
        """`self operator= other` where it changes itself; else NotImplemented."""
        return NotImplemented

    def unary(self, operator: str, run: Run, place: Place) -> Any:
        self.refuse(f"it has no {operator}", run, place)

    def compare(self, operator: str, other: Any, run: Run, place: Place) -> Any:
        """NotImplemented: "==" and "!=" compare identities, and the others are an error."""
        return NotImplemented

    def function(self, name: str, args: list[Any], kwargs: dict[str, Any], run: Run, place: Place) -> Any:
        """`int`, `max`, `range`, `math.floor` … with it among the arguments; NotImplemented is a TypeError."""
        return NotImplemented

    def index(self, run: Run, place: Place) -> int:
        """The whole number that it is, where a sequence is indexed or repeated by it."""
        self.refuse("it is not a whole number", run, place)

    def contains(self, value: Any, run: Run, place: Place) -> bool:
        self.refuse("it cannot be searched", run, place)

    def enter(self, run: Run, place: Place) -> Any:
        """What `with … as` binds."""
        return self

    def length(self, run: Run, place: Place) -> Any:
        self.refuse("it has no length", run, place)

    def is_instance_of(self, value: Any, run: Run) -> Any:
        """`isinstance(value, self)`."""
        return False

    def copy(self, run: Run, inner: Callable[[Any], Any] | None) -> Any:
        """For `copy.deepcopy`, whose `inner` copies what it holds; for `copy.copy`, which has none."""
        return self

    def text(self, run: Run) -> str:
        """For `str`, f-strings and messages."""
        return f"<{self.description()}>"

    def refuse(self, what: str, run: Run, place: Place) -> NoReturn:
        raise run.error("TypeError", f"{self.description()}: {what}", place)


class LibraryModule(Foreign):
    """A module of a library by its dotted name, `torch.nn`; a subclass says what is in it."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name

    def description(self) -> str:
        return self.name


class LibraryFunction(Foreign):
    """A function of a library, as a rule of (run, args, kwargs, place)."""

    __slots__ = ("name", "rule")

    def __init__(self, name: str, rule: Callable[[Run, list[Any], dict[str, Any], Place], Any]):
        self.name, self.rule = name, rule

    def description(self) -> str:
        return self.name

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        return self.rule(run, args, kwargs, place)


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

    def created(self, cls: Class, run: Run, place: Place) -> Any:
        """What a user's class that inherits from this one is, when its body has run: itself, as a rule."""
        return cls

    def method(self, name: str) -> Callable[[Any, Run, list[Any], dict[str, Any], Place], Any] | None:
        """A method, `__init__` and `__call__` among them, as a function of (self, run, args, kwargs, place)."""
        return None

    def assigned(self, instance: Instance, name: str, value: Any, run: Run, place: Place) -> bool:
        """Sees `instance.name = value`; whether that was all, so that the attribute is not set in the usual way."""
        return False

    def deleted(self, instance: Instance, name: str, run: Run, place: Place) -> bool:
        """Sees `del instance.name` of what the instance does not have itself; whether the library had it."""
        return False

    def copy_state(self, instance: Instance, copy: Instance, run: Run, inner: Callable[[Any], Any] | None) -> None:
        """Give a copy of an instance what the library keeps of it: `inner` copies a value for a deep copy."""

    def missing(self, instance: Instance, name: str, run: Run, place: Place) -> Any:
        """An attribute that neither the instance nor its classes have; NotImplemented where this has none either."""
        return NotImplemented

    def names(self, instance: Instance) -> Iterable[str]:
        """The attributes of an instance that the library keeps."""
        return ()

    def is_instance(self, value: Any) -> bool:
        """Whether an object of the library, not of a user's class, is one of these."""
        return False


class Class:
    """A user's class: its bases, some of which may be a library's, and what its body binds."""

    __slots__ = ("annotations", "attributes", "bases", "library", "mro", "name", "place")

    def __init__(self, name: str, bases: tuple[Any, ...], attributes: dict[str, Any], place: Place | None = None):
        self.name, self.bases, self.attributes, self.place = name, bases, attributes, place
        self.mro: tuple[Any, ...] = (self,)
        self.library: LibraryClass | None = None  # the first class of a library that it inherits from
        self.annotations: dict[str, Any] = {}  # nodes, by the name that its body annotates

    def find(self, name: str) -> Any:
        """What the class or one that it inherits from binds to a name (a LibraryClass is not asked), else None."""
        for cls in self.mro:
            if type(cls) is Class and name in cls.attributes:
                return cls.attributes[name]
        return None


class Instance:
    """An object of a user's class; `state` is for the library whose class that inherits from."""

    __slots__ = ("attributes", "cls", "payload", "state")

    def __init__(self, cls: Class):
        self.cls = cls
        self.attributes: dict[str, Any] = {}
        self.payload: Any = None  # the dict, list, text … that it is, where its class inherits from that type
        self.state: Any = None


class Function:
    """A function that the user wrote: its node, and where its names are looked up."""

    __slots__ = ("attributes", "defaults", "frame", "keyword_defaults", "name", "node", "owner")

    def __init__(self, node: Any, name: str, frame: Frame, defaults: list[Any], keyword_defaults: list[Any]):
        self.node, self.name = node, name
        self.frame = frame  # of the code around it
        self.defaults, self.keyword_defaults = defaults, keyword_defaults
        self.owner: Class | None = None  # the class whose body it is in
        self.attributes: dict[str, Any] | None = None


class Method:
    """A function with its first argument."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Any, receiver: Any):
        self.function, self.receiver = function, receiver


class Native:
    """A function of Python's own, as `function(run, place, *args, **kwargs)`.

    Of arguments that are not known the result is not known, unless it only moves them.  One that needs the frame in
    which it is called takes that before the arguments.
    """

    __slots__ = ("function", "moves", "name", "needs_frame")

    def __init__(self, name: str, function: Callable[..., Any], moves: bool = False, needs_frame: bool = False):
        self.name, self.function = name, function
        self.moves, self.needs_frame = moves, needs_frame


def mover(name: str, function: Callable[..., Any]) -> Native:
    return Native(name, function, moves=True)


def movers(*functions: Callable[..., Any], **named: Callable[..., Any]) -> dict[str, Native]:
    """Functions that move their arguments, by their own names or by others."""
    named |= {function.__name__: function for function in functions}
    return {name: mover(name, function) for name, function in named.items()}


class RecordMaker(Native):
    """The `__new__` of a named tuple, whose defaults may be set afterwards."""

    __slots__ = ("defaults", "fields")

    fields: tuple[str, ...]
    defaults: dict[str, Any]


class Type(Native):
    """A type of Python's own: called it makes a value, and values are instances of it."""

    __slots__ = ("hosts", "members")

    def __init__(
        self, name: str, function: Callable[..., Any], hosts: tuple[type, ...], moves: bool = False,
        members: dict[str, Any] | None = None, needs_frame: bool = False,
    ):  # fmt: skip
        super().__init__(name, function, moves, needs_frame)
        self.hosts = hosts  # the types of the values that are instances of it
        self.members = members or {}


class Property:
    __slots__ = ("cached", "getter", "setter")

    def __init__(self, getter: Any, setter: Any = None, cached: bool = False):
        self.getter, self.setter, self.cached = getter, setter, cached


class StaticMethod:
    __slots__ = ("function",)

    def __init__(self, function: Any):
        self.function = function


class ClassMethod:
    __slots__ = ("function",)

    def __init__(self, function: Any):
        self.function = function


class Super:
    """`super()`: the attributes of a receiver, looked up from the class after `cls` on."""

    __slots__ = ("cls", "receiver")

    def __init__(self, cls: Class, receiver: Any):
        self.cls, self.receiver = cls, receiver


class Cursor:
    """An iterator: what `iter`, `zip`, `map`, a generator … give, used up as it is read."""

    __slots__ = ("iterator", "name")

    def __init__(self, iterator: Iterator[Any], name: str = "iterator"):
        self.iterator, self.name = iterator, name
