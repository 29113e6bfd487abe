"""`functools` and `itertools`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import Cursor, Foreign, Function, Property, Type, mover, movers

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


class Partial(Foreign):
    """`functools.partial`: a function with some of its arguments."""

    __slots__ = ("args", "kwargs", "value")
    called = "a function with some of its arguments"

    def __init__(self, value: Any, args: list[Any], kwargs: dict[str, Any]):
        self.value = value
        self.args = args
        self.kwargs = kwargs

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        return run.call(self.value, [*self.args, *args], {**self.kwargs, **kwargs}, place)

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        match name:
            case "func":
                return self.value
            case "args":
                return tuple(self.args)
            case "keywords":
                return self.kwargs
        return super().attribute(name, run, place)


def partial(run: Run, place: Place, value: Any, *args: Any, **kwargs: Any) -> Any:
    return Partial(value, list(args), kwargs)


def partial_method(run: Run, place: Place, value: Any, *args: Any, **kwargs: Any) -> Any:
    """`functools.partialmethod`: a method with some of its arguments."""

    def call(run: Run, place: Place, receiver: Any, *more: Any, **others: Any) -> Any:
        return run.call(value, [receiver, *args, *more], {**kwargs, **others}, place)

    return mover("partialmethod", call)


def reduce(run: Run, place: Place, function: Any, values: Any, *start: Any) -> Any:
    turns = iter([*start, *run.elements_of(values, place)])
    result = next(turns, None)
    for value in turns:
        result = run.call(function, [result, value], {}, place)
    return result


def return_value(run: Run, place: Place, value: Any) -> Any:
    return value


def caching(run: Run, place: Place, value: Any = None, **settings: Any) -> Any:
    """`lru_cache`, with brackets or without: what a function gives does not depend on being remembered."""
    return mover("lru_cache", return_value) if value is None or isinstance(value, int) else value


def wraps(run: Run, place: Place, value: Any, *more: Any, **settings: Any) -> Any:
    """`@wraps(value)`: a function that passes for the one that it calls."""

    def passing(run: Run, place: Place, function: Any) -> Any:
        if isinstance(function, Function):
            function.attributes = {**(function.attributes or {}), "__wrapped__": value}
            function.name = value.name if isinstance(value, Function) else function.name
        return function

    return mover("wraps", passing)


def count_turns(turns: Iterator[Any], run: Run, place: Place) -> Iterator[Any]:
    for value in turns:
        run.step(place)
        if type(value) is tuple:
            run.spend(len(value), place)
        yield value


def over_lists(host: Callable[..., Any], lists: int = 1) -> Callable[..., Any]:
    """A function of itertools over what is collected before, with whole numbers after it."""

    def call(run: Run, place: Place, *args: Any, **kwargs: Any) -> Any:
        values = [run.elements_of(value, place) for value in args[: lists or None]]
        return Cursor(count_turns(host(*values, *args[len(values) :], **kwargs), run, place))

    return call


def over_turns(host: Callable[..., Any]) -> Callable[..., Any]:
    """A function of itertools over iterators, taken as they come."""

    def call(run: Run, place: Place, *sources: Any, **kwargs: Any) -> Any:
        return Cursor(count_turns(host(*(run.iterate(source, place) for source in sources), **kwargs), run, place))

    return call


def flat(run: Run, place: Place, sources: Any) -> Any:
    turns = run.iterate(sources, place)
    return Cursor(count_turns((value for source in turns for value in run.iterate(source, place)), run, place))


def count(run: Run, place: Place, start: Any = 0, step: Any = 1) -> Any:
    return Cursor(count_turns(itertools.count(start, step), run, place))


def repeat(run: Run, place: Place, value: Any, times: Any = None) -> Any:
    turns = itertools.repeat(value) if times is None else itertools.repeat(value, times)
    return Cursor(count_turns(turns, run, place))


def slice_of(run: Run, place: Place, source: Any, *bounds: Any) -> Any:
    return Cursor(itertools.islice(count_turns(run.iterate(source, place), run, place), *bounds))


def accumulate(run: Run, place: Place, source: Any, function: Any = None, *, initial: Any = None) -> Any:
    results: list[Any] = [] if initial is None else [initial]
    for value in run.elements_of(source, place):
        if not results:
            results.append(value)
        elif function is None:
            results.append(run.binary("+", results[-1], value, place))
        else:
            results.append(run.call(function, [results[-1], value], {}, place))
    run.spend(len(results), place)
    return Cursor(iter(results))


def call_with_each(run: Run, place: Place, function: Any, source: Any) -> Any:
    turns = run.iterate(source, place)
    return Cursor((run.call(function, run.elements_of(args, place), {}, place) for args in turns), "map")


def take_while(run: Run, place: Place, function: Any, source: Any) -> Any:
    def turns() -> Iterator[Any]:
        for value in run.iterate(source, place):
            if not run.truth(run.call(function, [value], {}, place), place):
                return
            yield value

    return Cursor(turns())


def copies(run: Run, place: Place, source: Any, number: int = 2) -> Any:
    values = run.elements_of(source, place)
    run.spend(number, place)
    return tuple(Cursor(iter(values)) for _ in range(number))


def groups(run: Run, place: Place, source: Any, key: Any = None) -> Any:
    found: list[tuple[Any, list[Any]]] = []
    for value in run.elements_of(source, place):
        its_key = value if key is None else run.call(key, [value], {}, place)
        if found and run.truth(run.compare("==", found[-1][0], its_key, place), place):
            found[-1][1].append(value)
        else:
            found.append((its_key, [value]))
    return Cursor(iter([(its_key, Cursor(iter(values))) for its_key, values in found]))


FUNCTOOLS = {
    "partial": Type("partial", partial, (Partial,), moves=True),
    **movers(
        reduce,
        wraps,
        partialmethod=partial_method,
        lru_cache=caching,
        cache=caching,
        cached_property=lambda run, place, getter: Property(getter, cached=True),
        total_ordering=return_value,
        singledispatch=return_value,
    ),
}
LISTS = (itertools.combinations, itertools.combinations_with_replacement, itertools.permutations)
TURNS = (itertools.cycle, itertools.zip_longest, itertools.pairwise)
CHAIN = Type(
    "chain", over_turns(itertools.chain), (Cursor,), moves=True, members={"from_iterable": mover("chain", flat)}
)
ITERTOOLS = {
    "chain": CHAIN,
    **movers(
        accumulate,
        count,
        repeat,
        product=over_lists(itertools.product, lists=0),
        islice=slice_of,
        starmap=call_with_each,
        takewhile=take_while,
        tee=copies,
        groupby=groups,
        **{host.__name__: over_lists(host) for host in LISTS},
        **{host.__name__: over_turns(host) for host in TURNS},
    ),
}
