"""numpy, as far as it computes sizes: plain numbers, and small arrays of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.builtin_names import BUILTINS
from convcalc.readers.python.standard.arrays import (
    NumberArray,
    as_value,
    copy_of,
    elements,
    over_elements,
    over_pairs,
    plain,
    shape_of,
)
from convcalc.readers.python.values import Foreign, Opaque, Type, mover

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


def of_math(name: str) -> Callable[..., Any]:
    host = getattr(math, name)

    def rule(run: Run, place: Place, value: Any) -> Any:
        if isinstance(value, Foreign):
            return value.function(f"math.{name}", [value], {}, run, place)
        return float(host(value))

    return over_elements(rule)


def operation(sign: str) -> Callable[..., Any]:
    return over_pairs(lambda run, place, left, right: run.binary(sign, left, right, place))


def choice(name: str) -> Callable[..., Any]:
    return over_pairs(lambda run, place, left, right: run.call(BUILTINS[name], [left, right], {}, place))


def of_all(rule: Callable[[Run, Place, list[Any]], Any]) -> Callable[..., Any]:
    """A function of all numbers of an array, or of those along its only axis."""

    def call(run: Run, place: Place, values: Any, axis: Any = None, **settings: Any) -> Any:
        values = plain(values, run, place)
        if axis is not None and len(shape_of(values)) > 1:
            return Opaque("sums along an axis of an array are not read", place)
        return rule(run, place, list(elements(values)))

    return call


def fold(sign: str, start: Any) -> Callable[..., Any]:
    """`np.prod`, `np.sum`."""

    def rule(run: Run, place: Place, numbers: list[Any]) -> Any:
        result = start
        for value in numbers:
            result = run.binary(sign, result, value, place)
        return result if numbers else float(result)

    return of_all(rule)


def extreme(name: str) -> Callable[..., Any]:
    return of_all(lambda run, place, numbers: run.call(BUILTINS[name], [numbers], {}, place))


def mean(run: Run, place: Place, numbers: list[Any]) -> Any:
    return run.binary("/", run.call(BUILTINS["sum"], [numbers], {}, place), len(numbers), place)


def running_totals(run: Run, place: Place, numbers: list[Any]) -> Any:
    totals: list[Any] = []
    for value in numbers:
        totals.append(run.binary("+", totals[-1], value, place) if totals else value)
    return NumberArray(totals)


def array(run: Run, place: Place, values: Any, dtype: Any = None, **settings: Any) -> Any:
    values = values if isinstance(values, (NumberArray, int, float)) else run.elements_of(values, place)
    found = as_value(plain(values, run, place))
    return found if dtype is None or not isinstance(found, NumberArray) else cast(run, place, found, dtype)


def cast(run: Run, place: Place, values: NumberArray, kind: Any, **settings: Any) -> Any:
    name = kind if type(kind) is str else getattr(kind, "name", "")
    target = next((BUILTINS[known] for known in ("int", "float", "bool") if known in name), None)
    if target is None:
        return Opaque("arrays of this type are not read", place)
    return over_elements(lambda run, place, value: run.call(target, [value], {}, place))(run, place, values)


def arange(run: Run, place: Place, *bounds: Any, dtype: Any = None) -> Any:
    first, last, step = (0, *bounds, 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    number = max(0, math.ceil((last - first) / step))
    run.spend(number, place)
    return array(run, place, [first + index * step for index in range(number)], dtype)


def linspace(
    run: Run, place: Place, first: Any, last: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None
) -> Any:
    run.spend(num, place)
    gaps = max(num - 1 if endpoint else num, 1)
    return array(run, place, [first + (last - first) * index / gaps for index in range(num)], dtype)


def array_of(value: float) -> Callable[..., Any]:
    def call(run: Run, place: Place, shape: Any, *settings: Any, **more: Any) -> Any:
        shape = [shape] if type(shape) is int else list(shape)
        run.spend(math.prod(shape), place)

        def build(sizes: list[int]) -> Any:
            return [build(sizes[1:]) for _ in range(sizes[0])] if sizes else value

        return as_value(build(shape))

    return call


def concatenate(run: Run, place: Place, parts: Any, axis: Any = 0) -> Any:
    if axis != 0:
        return Opaque("arrays are only joined along their first axis", place)
    return NumberArray([value for part in run.elements_of(parts, place) for value in plain(part, run, place)])


def round_to(run: Run, place: Place, value: Any, digits: int = 0) -> Any:
    return value if type(value) is int else float(round(value, digits))


def clip(run: Run, place: Place, value: Any, low: Any, high: Any) -> Any:
    value = low if low is not None and value < low else value
    return high if high is not None and value > high else value


def flat(run: Run, place: Place, values: NumberArray, *settings: Any) -> Any:
    return NumberArray(list(elements(values.values)))


FLOATS = "sqrt exp log log2 log10 ceil floor trunc sin cos tan"
EVERYWHERE: dict[str, Callable[..., Any]] = {
    "prod": fold("*", 1),
    "sum": fold("+", 0),
    "max": extreme("max"),
    "min": extreme("min"),
    "mean": of_all(mean),
    "cumsum": of_all(running_totals),
    "round": over_elements(round_to),
    "clip": over_elements(clip),
    "copy": lambda run, place, values: as_value(copy_of(plain(values, run, place))),
}
METHODS: dict[str, Callable[..., Any]] = {
    **EVERYWHERE,
    "astype": cast,
    "tolist": lambda run, place, values: values.copy(run).values,
    "flatten": flat,
    "ravel": flat,
    "item": lambda run, place, values: values.only(run, place),
}


SIGNED = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "//": "floor_divide", "%": "mod", "**": "power"}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **EVERYWHERE,
    **{name: of_math(name) for name in FLOATS.split()},
    **{name: operation(sign) for sign, name in SIGNED.items()},
    "maximum": choice("max"),
    "minimum": choice("min"),
    **dict.fromkeys(("abs", "absolute"), over_elements(lambda run, place, value: abs(value))),
    "around": over_elements(round_to),
    "array": array,
    "asarray": array,
    "arange": arange,
    "linspace": linspace,
    "zeros": array_of(0.0),
    "ones": array_of(1.0),
    "concatenate": concatenate,
}
INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64 int_ intp integer"
REALS = "float16 float32 float64 float_ floating"


NUMPY = {
    **{name: mover(f"np.{name}", function) for name, function in FUNCTIONS.items()},
    **{name: Type(name, BUILTINS["int"].function, (int,)) for name in INTEGERS.split()},
    **{name: Type(name, BUILTINS["float"].function, (float,)) for name in REALS.split()},
    **{name: BUILTINS[name] for name in ("int", "float", "bool")},
    "bool_": BUILTINS["bool"],
    "ndarray": Type("ndarray", array, (NumberArray,), moves=True),
    "number": Type("number", BUILTINS["int"].function, (int, float)),
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
    "newaxis": None,
}
