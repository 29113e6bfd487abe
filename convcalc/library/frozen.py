"""Values that cannot be changed, and the entry point of all work in the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from threading import RLock
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

from convcalc.algebra.limits import ExprError
from convcalc.library.arguments import check_arguments, types_of
from convcalc.problem import Problem, problem

if TYPE_CHECKING:
    P = ParamSpec("P")
    Self = TypeVar("Self")
R = TypeVar("R")
V_co = TypeVar("V_co", covariant=True)

LOCK = RLock()  # what bounds the work of one computation is shared by all


def entry_point(function: Callable[P, R]) -> Callable[P, R]:
    """The function, one thread at a time, with arguments of its types; a Problem that it raises says where it is."""
    types = types_of(function)

    @wraps(function)
    def work(*args: P.args, **values: P.kwargs) -> R:
        if types:
            check_arguments(function, types, args, values)
        with LOCK:
            try:
                return function(*args, **values)
            except Problem as error:
                with_places(error)
                raise
            except ExprError as error:
                raise with_places(problem("V001", str(error))) from None

    return work


def with_places(error: Problem) -> Problem:
    """A Problem whose text says where it is, and whose cures a program can follow."""
    if not error.located:
        from convcalc.library.wording import finding_in_python
        from convcalc.render.errors import diagnostics_text

        error.diagnostics = tuple(map(finding_in_python, error.diagnostics))
        error.located = diagnostics_text(error.diagnostics)
    return error


def require_known(what: str, word: object, known: Iterable[str]) -> None:
    """A Problem for a word that is none of those known."""
    words = list(known)
    if word not in words:
        raise problem("U010", f'there is no {what} "{str(word)[:40]}"', f"one of {', '.join(filter(None, words))}")


class Frozen:
    """What cannot be changed: a copy is itself."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __copy__(self: Self) -> Self:
        return self

    def __deepcopy__(self: Self, memo: object) -> Self:
        return self


class FrozenValue(Frozen):
    """What is made of the values of its slots, in their order, and equal to another where their facts are."""

    __slots__: tuple[str, ...] = ()

    def __init__(self, *values: Any):
        fill(self, **dict(zip(self.__slots__, values, strict=True)))

    def _facts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, type(self)) and self._facts() == other._facts())

    def __hash__(self) -> int:
        return hash(self._facts())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), FrozenValue._facts(self)


def fill(value: Frozen, **fields: Any) -> None:
    """Give a new value its fields."""
    for name, field in fields.items():
        object.__setattr__(value, name, field)


class FrozenMapping(Frozen, Mapping[str, V_co]):
    """Values by name, in order, as a dict that cannot be changed: hashable, and equal to a dict of the same items.

    >>> convcalc.load("lenet5").inputs
    {'input': (1, 32, 32)}
    """

    __slots__ = ("_items",)
    _items: dict[str, V_co]

    def __init__(self, items: Mapping[str, V_co] | None = None):
        fill(self, _items=dict(items or {}))

    def __getitem__(self, name: str) -> V_co:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._items,)
