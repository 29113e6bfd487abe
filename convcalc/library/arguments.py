"""What a caller may give: each argument is checked by its annotation, and one of another type is told by its name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from convcalc.tuples import NamedTuple

SIZED = (list, tuple, set, frozenset)  # what can be looked through without using it up


class ArgumentType(NamedTuple):
    """What an annotation allows, in words, and whether a value is that."""

    words: str
    holds: Callable[[Any], bool]


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_path(value: object) -> bool:
    return isinstance(value, (str, os.PathLike))


def is_source(value: object) -> bool:
    return is_path(value) or isinstance(value, Mapping)


def is_network_or_source(value: object) -> bool:
    from convcalc.library.network import Network

    return isinstance(value, Network) or is_source(value)


def is_whole(value: object) -> bool:
    """Whether it is an int, or one of NumPy's: no bool."""
    return hasattr(value, "__index__") and not isinstance(value, bool)


def is_size(value: object) -> bool:
    """Whether it may be a side of a shape; None is one that is open, as Keras prints it."""
    from convcalc.library.symbolic import SymbolicNumber

    return value is None or is_whole(value) or isinstance(value, (str, Fraction, SymbolicNumber))


def is_shape(value: object) -> bool:
    if isinstance(value, (bytes, bytearray, Mapping)) or not isinstance(value, Iterable):
        return is_whole(value)
    return isinstance(value, str) or not isinstance(value, SIZED) or all(map(is_size, value))


def are_shapes(value: object) -> bool:
    return is_mapping(value, is_shape) if isinstance(value, Mapping) else is_shape(value)


def are_names(value: object) -> bool:
    if isinstance(value, (bytes, bytearray, Mapping)) or not isinstance(value, Iterable):
        return False
    return not isinstance(value, SIZED) or all(map(is_text, value))


def is_setting(value: object) -> bool:
    from convcalc.library.symbolic import SymbolicNumber

    return is_whole(value) or isinstance(value, (str, bool, float, Fraction, SymbolicNumber))


def is_mapping(value: object, holds: Callable[[Any], bool]) -> bool:
    return isinstance(value, Mapping) and all(map(is_text, value)) and all(map(holds, value.values()))


def is_line_or_network(value: object) -> bool:
    return is_text(value) or (is_network_or_source(value) and not is_source(value))


def or_none(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or holds(value)


NAMES = ArgumentType("names, in a text or one by one", are_names)
SHAPE = 'a shape, such as "3x32x32" or (3, 32, 32)'
TYPES = {
    "str": ArgumentType("a text", is_text),
    "int": ArgumentType("a whole number", is_whole),
    "str | int": ArgumentType("a number or a text", lambda value: is_text(value) or is_whole(value)),
    "str | os.PathLike[str]": ArgumentType("a path", is_path),
    "NetworkSource": ArgumentType("a name, a path or a dict", is_source),
    "Network | NetworkSource": ArgumentType("a network, a name, a path or a dict", is_network_or_source),
    "Key": ArgumentType("a network, a path, a text or a dict", is_network_or_source),
    "AnswerSheet": ArgumentType("a path, a text or a dict", is_source),
    "str | Network": ArgumentType("a text or a network", is_line_or_network),
    "Names": NAMES,
    "str | Iterable[str]": NAMES,
    "InputShape": ArgumentType(SHAPE, is_shape),
    "InputShape | Mapping[str, InputShape]": ArgumentType(f"{SHAPE}, or a dict of them", are_shapes),
    "Mapping[str, str] | None": ArgumentType("a dict of texts", or_none(lambda value: is_mapping(value, is_text))),
    "Mapping[str, object] | None": ArgumentType("a dict", or_none(lambda value: is_mapping(value, lambda _: True))),
    "Mapping[str, Setting] | None": ArgumentType(
        "a dict of numbers and texts", or_none(lambda value: is_mapping(value, is_setting))
    ),
    "Setting": ArgumentType("a number, a text or a bool", is_setting),
}


def types_of(function: Callable[..., Any]) -> dict[str, ArgumentType]:
    """The arguments of a public function that are checked, by name."""
    if function.__name__.startswith("_"):
        return {}
    annotations: dict[str, str] = function.__annotations__
    return {name: TYPES[text] for name, text in annotations.items() if text in TYPES and name != "return"}


def check_arguments(
    function: Callable[..., Any], types: dict[str, ArgumentType], args: tuple[Any, ...], values: dict[str, Any]
) -> None:
    """A TypeError with the name of the first argument that is none of what its annotation says."""
    code = function.__code__
    count, keywords = code.co_argcount, code.co_kwonlyargcount
    names = code.co_varnames
    more = names[count + keywords] if len(args) > count and code.co_flags & 0x04 else ""
    rest = names[count + keywords + bool(code.co_flags & 0x04)] if code.co_flags & 0x08 else ""
    given = [*zip((*names[:count], *(more,) * (len(args) - count)), args, strict=False)]
    given += [(name if name in names[: count + keywords] else rest, value) for name, value in values.items()]
    for (name, value), said in zip(given, (*[name for name, _ in given[: len(args)]], *values), strict=False):
        if name in types and not types[name].holds(value):
            raise TypeError(f"{function.__name__}(): {said} has to be {types[name].words}, not {short_repr(value)}")


def short_repr(value: object) -> str:
    """A value in few signs."""
    import reprlib

    try:
        return reprlib.repr(value)
    except ValueError:  # a number of thousands of digits
        return f"a long {type(value).__name__}"
