"""Methods of Python's own values: a table for each type, and nothing that is not in it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.limits import MAX_ELEMENTS
from convcalc.readers.python.values import Foreign, Native, Opaque, mover, movers

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

# Of texts, those whose result is no longer than the text itself by more than a constant.
PLAIN_NAMES = (
    "capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit isidentifier islower "
    "isnumeric isspace istitle isupper lower lstrip partition removeprefix removesuffix rfind rindex rpartition "
    "rsplit rstrip split splitlines startswith strip swapcase title upper"
)
PLAIN = PLAIN_NAMES.split()
PADDED = ("center", "ljust", "rjust", "zfill")


def plain_text_method(name: str) -> Native:
    host = getattr(str, name)

    def call(run: Run, place: Place, value: str, *args: Any, **kwargs: Any) -> Any:
        run.spend(len(value) // 16, place)
        result = host(value, *args, **kwargs)
        if isinstance(result, list):
            run.spend(2 * len(result), place)
        return result

    return Native(name, call)


def padded_text_method(name: str) -> Native:
    host = getattr(str, name)

    def call(run: Run, place: Place, value: str, width: int, *fill: str) -> str:
        run.spend(max(width, len(value)), place)
        return str(host(value, width, *fill))

    return Native(name, call)


def join(run: Run, place: Place, separator: str, parts: Any) -> Any:
    values = run.elements_of(parts, place)
    for value in values:
        if isinstance(value, Opaque):
            return value
        if type(value) is not str:
            raise run.error("TypeError", f"only texts are joined, not {run.type_name(value)}", place)
    run.spend(sum(map(len, values)) + len(separator) * len(values), place)
    return separator.join(values)


def replace(run: Run, place: Place, value: str, old: str, new: str, count: int = -1) -> str:
    run.spend(len(value) + max(value.count(old), 0) * len(new), place)
    return value.replace(old, new, count)


def expand_tabs(run: Run, place: Place, value: str, size: int = 8) -> str:
    run.spend(len(value) + value.count("\t") * max(size, 0), place)
    return value.expandtabs(size)


def format_text(run: Run, place: Place, template: str, *args: Any, **kwargs: Any) -> Any:
    from convcalc.readers.python.formatting import braces

    return braces(run, place, template, *args, **kwargs)


def format_map(run: Run, place: Place, template: str, values: Any) -> Any:
    return format_text(run, place, template, **run.mapping(values, place))


def append(run: Run, place: Place, items: Any, value: Any) -> None:
    run.spend(1, place)
    items.append(value)


def appendleft(run: Run, place: Place, items: deque[Any], value: Any) -> None:
    run.spend(1, place)
    items.appendleft(value)


def extend(run: Run, place: Place, items: Any, more: Any) -> None:
    if isinstance(more, Opaque):
        raise run.unknown(more, "what the list is extended by", place)
    items.extend(run.elements_of(more, place))
    if len(items) > MAX_ELEMENTS:
        run.spend(len(items), place)


def insert(run: Run, place: Place, items: Any, index: Any, value: Any) -> None:
    run.spend(1 + len(items) // 16, place)
    items.insert(whole(index, run, place), value)


def pop(run: Run, place: Place, items: Any, index: Any = -1) -> Any:
    run.spend(len(items) // 16, place)
    return items.pop() if isinstance(items, deque) else items.pop(whole(index, run, place))


def whole(index: Any, run: Run, place: Place) -> Any:
    if isinstance(index, Opaque):
        raise run.unknown(index, "the place in the list", place)
    return index.index(run, place) if isinstance(index, Foreign) else index


def position(run: Run, place: Place, items: Any, value: Any, start: int = 0, stop: int = MAX_ELEMENTS) -> Any:
    for index in range(*slice(start, stop).indices(len(items))):
        same = is_equal(items[index], value, run, place)
        if isinstance(same, Opaque):
            return same
        if same:
            return index
    raise run.error("ValueError", f"{run.representation(value)} is not in the list", place)


def count(run: Run, place: Place, items: Any, value: Any) -> Any:
    total = 0
    for one in items:
        same = is_equal(one, value, run, place)
        if isinstance(same, Opaque):
            return same
        total += same
    return total


def is_equal(one: Any, two: Any, run: Run, place: Place) -> Any:
    run.step(place)
    same = one is two or run.compare("==", one, two, place)
    return same if isinstance(same, Opaque) else run.truth(same, place)


def remove(run: Run, place: Place, items: Any, value: Any) -> None:
    index = position(run, place, items, value)
    del items[run.known(index, "what is removed from the list", place)]


def copy(run: Run, place: Place, value: Any) -> Any:
    run.spend(len(value), place)
    return value.copy()


def sort(run: Run, place: Place, items: list[Any], key: Any = None, reverse: Any = False) -> None:
    from convcalc.readers.python.comparing import in_sorted_order

    items[:] = in_sorted_order(list(items), key, run.truth(reverse, place), run, place)


def simple(name: str, kind: type) -> Native:
    """A method that neither makes anything large nor looks at its values."""
    host = getattr(kind, name)

    def call(run: Run, place: Place, value: Any, *args: Any) -> Any:
        return host(value, *args)

    return mover(name, call)


def rotate(run: Run, place: Place, items: deque[Any], steps: int = 1) -> None:
    run.spend(len(items) // 16, place)
    items.rotate(steps)


TEXT = {
    **{name: plain_text_method(name) for name in PLAIN},
    **{name: padded_text_method(name) for name in PADDED},
    **movers(join, format_map),
    "replace": Native("replace", replace),
    "expandtabs": Native("expandtabs", expand_tabs),
    "format": mover("format", format_text),
    "encode": Native("encode", lambda run, place, value, *args: Opaque("bytes are not read", place)),
}
SEQUENCE = {"index": mover("index", position), "count": mover("count", count)}
LIST = {
    **SEQUENCE,
    **movers(append, extend, insert, pop, remove, copy, sort),
    **{name: simple(name, list) for name in ("clear", "reverse")},
}
DEQUE = {
    **{name: LIST[name] for name in ("append", "extend", "insert", "pop", "remove", "copy", "index", "count")},
    **movers(appendleft, rotate),
    **{name: simple(name, deque) for name in ("popleft", "clear", "reverse")},
}
NUMBER = {
    "is_integer": Native("is_integer", lambda run, place, value: float(value).is_integer()),
    "bit_length": Native("bit_length", lambda run, place, value: int.bit_length(value)),
    "conjugate": Native("conjugate", lambda run, place, value: value),
    "item": Native("item", lambda run, place, value: value),  # of numpy's own numbers
}
TABLES: dict[type, dict[str, Native]] = {
    str: TEXT,
    list: LIST,
    tuple: SEQUENCE,
    range: SEQUENCE,
    deque: DEQUE,
    int: NUMBER,
    bool: NUMBER,
    float: NUMBER,
}


def methods_of(kind: type) -> dict[str, Native]:
    """The methods that values of a type have."""
    table = TABLES.get(kind)
    if table is None:
        from convcalc.readers.python.hashed_methods import hashed_methods

        table = TABLES[kind] = hashed_methods(kind)
    return table
