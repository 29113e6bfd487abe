"""Python's own functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from convcalc.readers.python import description
from convcalc.readers.python.comparing import extreme, in_sorted_order
from convcalc.readers.python.errors import Raised, exception_class
from convcalc.readers.python.frame import ABSENT, Frame
from convcalc.readers.python.instances import special
from convcalc.readers.python.limits import MAX_BITS
from convcalc.readers.python.own_names import OwnNames
from convcalc.readers.python.values import Class, Cursor, Foreign, Instance, Native, Opaque, Super, mover, movers

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


def length(run: Run, place: Place, value: Any) -> Any:
    if isinstance(value, Foreign):
        return value.length(run, place)
    if isinstance(value, Instance):
        found = run.special(value, "__len__", [], place)
        if found is not ABSENT:
            return found
        value = value.payload
    if isinstance(value, Class) and isinstance(value.attributes.get("__members__"), dict):
        value = value.attributes["__members__"]
    if not hasattr(value, "__len__"):
        raise run.error("TypeError", f"{run.type_name(value)} has no length", place)
    return len(value)


def absolute(run: Run, place: Place, value: Any) -> Any:
    if isinstance(value, Instance):
        return run.call(run.attribute(value, "__abs__", place), [], {}, place)
    return abs(value)


def round_number(run: Run, place: Place, value: Any, digits: Any = None) -> Any:
    if digits is not None and abs(digits) > MAX_BITS:
        raise run.too_large("a rounded number", place)
    return round(value, digits) if digits is not None else round(value)


def total(run: Run, place: Place, values: Any, start: Any = 0) -> Any:
    result = start
    for value in run.iterate(values, place):
        run.step(place)
        if isinstance(value, Opaque):
            return value
        plain = type(value) is int and type(result) is int
        result = result + value if plain and abs(result) < 1 << 100 else run.binary("+", result, value, place)
    return result


def extreme_function(sign: str) -> Callable[..., Any]:
    def call(run: Run, place: Place, *args: Any, key: Any = None, default: Any = ABSENT) -> Any:
        values = run.elements_of(args[0], place) if len(args) == 1 else list(args)
        if not values and default is not ABSENT:
            return default
        if not values:
            raise run.error("ValueError", "there is no value to choose from", place)
        return extreme(sign, values, key, run, place)

    return call


def decide(run: Run, place: Place, values: Any, decisive: bool) -> Any:
    unknown = None
    for value in run.iterate(values, place):
        run.step(place)
        if isinstance(value, Opaque):
            unknown = value
        elif run.truth(value, place) == decisive:
            return decisive
    return not decisive if unknown is None else unknown


def has_attribute(run: Run, place: Place, value: Any, name: Any) -> Any:
    if isinstance(value, Opaque) or isinstance(name, Opaque):
        return value if isinstance(value, Opaque) else name
    missing = object()
    return get_attribute(run, place, value, name, default=missing) is not missing


def attribute_name(run: Run, place: Place, name: Any) -> str:
    if type(run.known(name, "the name of the attribute", place)) is not str:
        raise run.error("TypeError", f"an attribute's name is a text, not {run.type_name(name)}", place)
    return str(name)


def get_attribute(run: Run, place: Place, value: Any, name: Any, default: Any = ABSENT) -> Any:
    if isinstance(name, Opaque):
        return name
    name = attribute_name(run, place, name)
    if default is ABSENT or isinstance(value, Opaque):
        return run.attribute(value, name, place)
    try:
        return run.attribute(value, name, place)
    except Raised as error:
        if exception_class("AttributeError") in error.kind.mro:
            return default
        raise


def is_callable(run: Run, place: Place, value: Any) -> Any:
    if isinstance(value, Opaque):
        return value
    if isinstance(value, Instance):
        return special(value, "__call__", run) is not None
    return isinstance(value, (Class, Native, Foreign, *description.FUNCTIONS))


def following(run: Run, place: Place, value: Any, default: Any = ABSENT) -> Any:
    if isinstance(value, Opaque):
        return value
    if isinstance(value, Instance):
        return run.call(run.attribute(value, "__next__", place), [], {}, place)
    turns = value.turns(run, place) if isinstance(value, Foreign) else run.iterate(value, place)
    if not isinstance(value, (Cursor, Foreign)):
        raise run.error("TypeError", f"{run.type_name(value)} is no iterator", place)
    for one in turns:
        return one
    if default is ABSENT:
        raise run.error("StopIteration", "there is no further value", place)
    return default


def variables(run: Run, place: Place, value: Any = ABSENT) -> Any:
    if value is ABSENT:
        raise run.refused("vars() of names", place)
    return run.attribute(value, "__dict__", place)


def unopened_file(run: Run, place: Place, path: Any = "", *more: Any, **settings: Any) -> Any:
    """`open`: no file is; what is read from it is not known, and nothing is written."""
    name = path if type(path) is str else "a file"
    return Opaque(f"what is in {name[:60]} is not read", place)


def unknown_number(run: Run, place: Place, value: Any) -> Any:
    return Opaque("identities and hashes are not read", place)


def format_value(run: Run, place: Place, value: Any, spec: str = "") -> Any:
    from convcalc.readers.python.formatting import format_value as format_in

    return format_in(value, spec, run, place)


def map_values(run: Run, place: Place, function: Any, *sources: Any) -> Any:
    turns = [run.iterate(source, place) for source in sources]

    def results() -> Iterator[Any]:
        for args in zip(*turns, strict=False):
            run.step(place)
            yield run.call(function, list(args), {}, place)

    return Cursor(results(), "map")


def filter_values(run: Run, place: Place, function: Any, source: Any) -> Any:
    turns = run.iterate(source, place)

    def results() -> Iterator[Any]:
        for value in turns:
            run.step(place)
            if run.truth(value if function is None else run.call(function, [value], {}, place), place):
                yield value

    return Cursor(results(), "filter")


def zip_values(run: Run, place: Place, *sources: Any, strict: Any = False) -> Any:
    turns = [run.iterate(source, place) for source in sources]
    if not run.truth(strict, place):
        return Cursor(tuples(zip(*turns, strict=False), run, place), "zip")
    columns = [run.collect(turn, place) for turn in turns]
    if len({len(column) for column in columns}) > 1:
        raise run.error("ValueError", "zip() has arguments of different lengths", place)
    return Cursor(iter(list(zip(*columns, strict=True))), "zip")


def enumerate_values(run: Run, place: Place, source: Any, start: int = 0) -> Any:
    return Cursor(tuples(enumerate(run.iterate(source, place), start), run, place), "enumerate")


def tuples(turns: Iterator[tuple[Any, ...]], run: Run, place: Place) -> Iterator[tuple[Any, ...]]:
    for one in turns:
        run.spend(len(one), place)
        yield one


def backwards(run: Run, place: Place, source: Any) -> Any:
    if isinstance(source, Foreign):
        return source.backwards(run, place)
    if isinstance(source, (Cursor, set)):
        raise run.error("TypeError", f"{run.type_name(source)} has no last element", place)
    if type(source) is range:
        return Cursor(reversed(source), "reversed")
    return Cursor(iter(run.elements_of(source, place)[::-1]), "reversed")


def super_of(run: Run, place: Place, frame: Frame, cls: Any = None, receiver: Any = None) -> Any:
    """`super()` takes the class from where it stands, and the receiver from the function's first parameter."""
    if cls is None:
        inner: Frame | None = frame
        while inner is not None and (inner.function is None or inner.function.owner is None):
            inner = inner.parent
        if inner is None or inner.function is None:
            raise run.error("RuntimeError", "super() is called outside of a class", place)
        cls = inner.function.owner
        receiver = inner.names[run.scopes[inner.function.node][1].names[0]]
    if isinstance(cls, Opaque) or isinstance(receiver, Opaque):
        return cls if isinstance(cls, Opaque) else receiver
    mine = receiver.mro if isinstance(receiver, Class) else getattr(getattr(receiver, "cls", None), "mro", ())
    if cls not in mine:
        raise run.error("TypeError", f"super() of {run.type_name(cls)} does not fit {run.type_name(receiver)}", place)
    return Super(cls, receiver)


def refusal(name: str) -> Native:
    def call(run: Run, place: Place, *args: Any, **kwargs: Any) -> NoReturn:
        raise run.refused(f"{name}()", place)

    return mover(name, call)


def locals_of(run: Run, place: Place, frame: Frame) -> Any:
    """The names of the function that is running, as they stand; at the top level those of the module."""
    return globals_of(run, place, frame) if frame.home().is_top() else dict(frame.home().names)


def globals_of(run: Run, place: Place, frame: Frame) -> Any:
    return OwnNames(frame.module)


REFUSED_NAMES = "breakpoint compile delattr eval exec exit input quit __import__ memoryview"
REFUSED = REFUSED_NAMES.split()
PURE: dict[str, Callable[..., Any]] = {
    "abs": absolute,
    "chr": lambda run, place, code: chr(code),
    "max": extreme_function(">"),
    "min": extreme_function("<"),
    "sum": total,
    "divmod": lambda run, place, one, two: (run.binary("//", one, two, place), run.binary("%", one, two, place)),
    "format": format_value,
    "len": length,
    "ord": lambda run, place, letter: ord(letter),
    "pow": lambda run, place, base, exponent, modulus=None: (
        run.binary("**", base, exponent, place) if modulus is None else pow(base, exponent, modulus)
    ),
    "round": round_number,
    "bin": lambda run, place, value: bin(value),
    "hex": lambda run, place, value: hex(value),
    "oct": lambda run, place, value: oct(value),
}
MOVING: dict[str, Callable[..., Any]] = {
    "all": lambda run, place, values: decide(run, place, values, False),
    "any": lambda run, place, values: decide(run, place, values, True),
    "callable": is_callable,
    "delattr": lambda run, place, value, name: run.delete_attribute(value, attribute_name(run, place, name), place),
    "dir": lambda run, place, value=None: Opaque("what dir() lists is not read", place),
    "getattr": get_attribute,
    "hasattr": has_attribute,
    "hash": unknown_number,
    "id": unknown_number,
    "isinstance": lambda run, place, value, cls: run.is_instance(value, cls),
    "issubclass": lambda run, place, cls, parent: (
        cls if isinstance(cls, Opaque) else description.is_subclass(cls, parent, run)
    ),
    "iter": lambda run, place, value: (
        value if isinstance(value, (Cursor, Opaque)) else Cursor(run.iterate(value, place))
    ),
    "next": following,
    "open": unopened_file,
    "print": lambda run, place, *values, **options: None,
    "repr": lambda run, place, value: value if isinstance(value, Opaque) else run.representation(value),
    "setattr": lambda run, place, value, name, new: run.set_attribute(
        value, attribute_name(run, place, name), new, place
    ),
    "sorted": lambda run, place, values, key=None, reverse=False: in_sorted_order(
        run.elements_of(values, place), key, run.truth(reverse, place), run, place
    ),
    "vars": variables,
}
FUNCTIONS = {
    **{name: refusal(name) for name in REFUSED},
    **{name: Native(name, function) for name, function in PURE.items()},
    **movers(**MOVING),
}
