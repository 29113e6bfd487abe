"""`typing`, `abc`, `numbers`, `types`: what says of which type something is, and does nothing."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.builtin_names import BUILTINS
from convcalc.readers.python.standard.records import NamedTupleBase
from convcalc.readers.python.values import Class, Cursor, Foreign, Function, Instance, Method, Type, mover

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


class Annotation(Foreign):
    """A type that only says something: `Optional`, `TypeVar("T")`, `ABC`."""

    harmless = True

    def __init__(self, name: str):
        self.name = name

    def description(self) -> str:
        return f"the annotation {self.name}"

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        return self

    def item(self, index: Any, run: Run, place: Place) -> Any:
        return self

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        return self

    def binary(self, operator: str, other: Any, reflected: bool, run: Run, place: Place) -> Any:
        return self if operator == "|" else NotImplemented

    def is_instance_of(self, value: Any, run: Run) -> Any:
        if self.name == "Callable":
            from convcalc.readers.python.builtin_functions import is_callable

            return is_callable(run, None, value)  # type: ignore[arg-type]  # it raises nothing
        return run.opaque(f"which values are {self.name} is not read", None)


def fill(run: Run, place: Place, instance: Instance, *args: Any, **kwargs: Any) -> None:
    for mapping in args:
        instance.attributes.update(run.mapping(mapping, place))
    instance.attributes.update(kwargs)


def same(run: Run, place: Place, value: Any, *more: Any) -> Any:
    return value


def type_of(name: str, *hosts: type) -> Type:
    return Type(name, lambda run, place, *args, **kwargs: None, hosts)


SIZED = (list, tuple, str, dict, set, frozenset, range, deque)
KINDS = {
    "Iterable": type_of("Iterable", *SIZED, Cursor),
    "Iterator": type_of("Iterator", Cursor),
    "Generator": type_of("Generator", Cursor),
    "Collection": type_of("Collection", *SIZED),
    "Container": type_of("Container", *SIZED),
    "Sized": type_of("Sized", *SIZED),
    "Sequence": type_of("Sequence", list, tuple, str, range, deque),
    "MutableSequence": type_of("MutableSequence", list, deque),
    "Mapping": type_of("Mapping", dict),
    "MutableMapping": type_of("MutableMapping", dict),
    "Callable": Annotation("Callable"),
    "Hashable": Annotation("Hashable"),
}
ALIASES = {"List": "list", "Tuple": "tuple", "Dict": "dict", "Set": "set", "FrozenSet": "frozenset", "Type": "type"}
MARKS = (
    "Any Optional Union Literal Final ClassVar TypeVar ParamSpec Generic Protocol Annotated Self NoReturn Never "
    "NewType TypeAlias Concatenate Required NotRequired AnyStr Text IO SupportsFloat SupportsInt SupportsIndex "
    "LiteralString TypedDict Unpack TypeVarTuple"
)
TYPING = {
    **{name: Annotation(name) for name in MARKS.split()},
    **KINDS,
    **{name: BUILTINS[plain] for name, plain in ALIASES.items()},
    "NamedTuple": NamedTupleBase(),
    "TYPE_CHECKING": False,
    "cast": mover("cast", lambda run, place, kind, value: value),
    **{name: mover(name, same) for name in ("overload", "final", "runtime_checkable", "no_type_check")},
}
NUMBERS = {
    "Number": type_of("Number", int, float),
    "Real": type_of("Real", int, float),
    "Integral": type_of("Integral", int),
    "Rational": type_of("Rational", int),
}
ABSTRACT = {
    "ABC": Annotation("ABC"),
    "ABCMeta": Annotation("ABCMeta"),
    **{name: mover(name, same) for name in ("abstractmethod", "abstractproperty")},
}
NAMESPACE = Class("SimpleNamespace", (), {"__init__": mover("__init__", fill)})
TYPES = {
    "SimpleNamespace": NAMESPACE,
    "FunctionType": type_of("FunctionType", Function),
    "LambdaType": type_of("LambdaType", Function),
    "MethodType": mover("MethodType", lambda run, place, function, receiver: Method(function, receiver)),
    "GeneratorType": type_of("GeneratorType", Cursor),
    "NoneType": type_of("NoneType", type(None)),
}
