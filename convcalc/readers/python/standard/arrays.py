"""numpy, as far as it computes sizes: plain numbers, and small arrays of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.builtin_names import BUILTINS
from convcalc.readers.python.values import Foreign, Native, Opaque, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

LISTS = (list, tuple, range)


class NumberArray(Foreign):
    """An array of numbers, as nested lists."""

    __slots__ = ("values",)

    def __init__(self, values: list[Any]):
        self.values = values

    def description(self) -> str:
        return "an array"

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        match name:
            case "shape":
                return shape_of(self.values)
            case "ndim":
                return len(shape_of(self.values))
            case "size":
                return math.prod(shape_of(self.values))
        rule = METHODS.get(name)
        if rule is None:
            return run.opaque(f"{name} of an array is not read", place, name)
        return Native(name, lambda run, place, *args, **kwargs: rule(run, place, self, *args, **kwargs))

    def item(self, index: Any, run: Run, place: Place) -> Any:
        if type(index) is tuple and index:
            first = self.item(index[0], run, place)
            return run.item(first, index[1:], place) if index[1:] else first
        if type(index) in (int, slice):
            return as_value(run.item(self.values, index, place))
        return Opaque("this choice of an array's elements is not read", place)

    def set_item(self, index: Any, value: Any, run: Run, place: Place) -> None:
        run.set_item(self.values, index, plain(value), place)

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        return map(as_value, self.values)

    def length(self, run: Run, place: Place) -> int:
        return len(self.values)

    def truth(self, run: Run, place: Place) -> bool:
        if math.prod(shape_of(self.values)) != 1:
            raise run.error("ValueError", "an array of several values is neither true nor false", place)
        return run.truth(self.only(run, place), place)

    def only(self, run: Run, place: Place) -> Any:
        """The value of an array of one."""
        flat = list(elements(self.values))
        if len(flat) != 1:
            raise run.error("TypeError", "only an array of one value is a number", place)
        return flat[0]

    def binary(self, operator: str, other: Any, reflected: bool, run: Run, place: Place) -> Any:
        one, two = (plain(other), self.values) if reflected else (self.values, plain(other))
        return as_value(elementwise(lambda left, right: run.binary(operator, left, right, place), one, two))

    def compare(self, operator: str, other: Any, run: Run, place: Place) -> Any:
        def rule(left: Any, right: Any) -> Any:
            return run.compare(operator, left, right, place)

        return as_value(elementwise(rule, self.values, plain(other)))

    def unary(self, operator: str, run: Run, place: Place) -> Any:
        return self.binary("*", -1 if operator == "-" else 1, False, run, place)

    def function(self, name: str, args: list[Any], kwargs: dict[str, Any], run: Run, place: Place) -> Any:
        if name in ("int", "float", "bool") and len(args) == 1:
            return run.call(BUILTINS[name], [self.only(run, place)], {}, place)
        return NotImplemented

    def copy(self, run: Run) -> NumberArray:
        return NumberArray([plain(as_value(value)) for value in self.values])

    def text(self, run: Run) -> str:
        return run.text(self.values).replace(",", "")


def as_value(value: Any) -> Any:
    return NumberArray(value) if type(value) is list else value


def plain(value: Any) -> Any:
    """An array, or what one is made of, as nested lists; a number as it is."""
    if isinstance(value, NumberArray):
        return value.values
    return [plain(one) for one in value] if isinstance(value, LISTS) else value


def shape_of(values: Any) -> tuple[int, ...]:
    shape = []
    while type(values) is list:
        shape.append(len(values))
        values = values[0] if values else None
    return tuple(shape)


def elements(values: Any) -> Iterator[Any]:
    """The numbers of nested lists, one after another."""
    if type(values) is list:
        for value in values:
            yield from elements(value)
    else:
        yield values


def elementwise(rule: Callable[[Any, Any], Any], one: Any, two: Any) -> Any:
    if type(one) is list and type(two) is list:
        if len(one) != len(two):
            return Opaque("arrays of different sizes are not combined", None)
        return [elementwise(rule, left, right) for left, right in zip(one, two, strict=True)]
    if type(one) is list:
        return [elementwise(rule, left, two) for left in one]
    if type(two) is list:
        return [elementwise(rule, one, right) for right in two]
    return rule(one, two)


def over_elements(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A function of one number, of each number of an array."""

    def call(run: Run, place: Place, value: Any, *settings: Any, **more: Any) -> Any:
        def each(one: Any) -> Any:
            return [each(inner) for inner in one] if type(one) is list else rule(run, place, one, *settings)

        return as_value(each(plain(value)))

    return call


def of_math(name: str) -> Callable[..., Any]:
    host = getattr(math, name)

    def rule(run: Run, place: Place, value: Any) -> Any:
        if isinstance(value, Foreign):
            return value.function(f"math.{name}", [value], {}, run, place)
        return float(host(value))

    return over_elements(rule)


def of_two(sign: str) -> Callable[..., Any]:
    def call(run: Run, place: Place, one: Any, two: Any, **settings: Any) -> Any:
        def combine(left: Any, right: Any) -> Any:
            return run.binary(sign, left, right, place)

        return as_value(elementwise(combine, plain(one), plain(two)))

    return call


def larger_of_two(sign: str) -> Callable[..., Any]:
    def call(run: Run, place: Place, one: Any, two: Any) -> Any:
        def larger(left: Any, right: Any) -> Any:
            return left if run.truth(run.compare(sign, left, right, place), place) else right

        return as_value(elementwise(larger, plain(one), plain(two)))

    return call


def fold(sign: str, start: Any) -> Callable[..., Any]:
    """`np.prod`, `np.sum` of all numbers."""

    def call(run: Run, place: Place, values: Any, axis: Any = None, **settings: Any) -> Any:
        values = plain(values)
        if axis is not None and len(shape_of(values)) > 1:
            return Opaque("sums along an axis of an array are not read", place)
        result = start
        for value in elements(values):
            result = run.binary(sign, result, value, place)
        return float(result) if values == [] else result

    return call


def extreme(name: str) -> Callable[..., Any]:
    def call(run: Run, place: Place, values: Any, **settings: Any) -> Any:
        return run.call(BUILTINS[name], [list(elements(plain(values)))], {}, place)

    return call


def mean(run: Run, place: Place, values: Any, **settings: Any) -> Any:
    flat = list(elements(plain(values)))
    return run.binary("/", run.call(BUILTINS["sum"], [flat], {}, place), len(flat), place)


def running_totals(run: Run, place: Place, values: Any, **settings: Any) -> Any:
    totals: list[Any] = []
    for value in elements(plain(values)):
        totals.append(run.binary("+", totals[-1], value, place) if totals else value)
    return NumberArray(totals)


def array(run: Run, place: Place, values: Any, dtype: Any = None, **settings: Any) -> Any:
    values = plain(values if isinstance(values, (NumberArray, int, float)) else run.elements_of(values, place))
    found = as_value(values)
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
    return NumberArray([value for part in run.elements_of(parts, place) for value in plain(part)])


def round_to(run: Run, place: Place, value: Any, digits: int = 0) -> Any:
    return value if type(value) is int else float(round(value, digits))


def clip(run: Run, place: Place, value: Any, low: Any, high: Any) -> Any:
    value = low if low is not None and value < low else value
    return high if high is not None and value > high else value


def to_list(run: Run, place: Place, values: NumberArray) -> Any:
    return values.copy(run).values


def flat(run: Run, place: Place, values: NumberArray, *settings: Any) -> Any:
    return NumberArray(list(elements(values.values)))


FLOATS = "sqrt exp log log2 log10 ceil floor trunc sin cos tan"
EVERYWHERE: dict[str, Callable[..., Any]] = {
    "prod": fold("*", 1),
    "sum": fold("+", 0),
    "max": extreme("max"),
    "min": extreme("min"),
    "mean": mean,
    "cumsum": running_totals,
    "round": over_elements(round_to),
    "clip": over_elements(clip),
    "copy": lambda run, place, values: plain_copy(values, run),
}
METHODS: dict[str, Callable[..., Any]] = {
    **EVERYWHERE,
    "astype": cast,
    "tolist": to_list,
    "flatten": flat,
    "ravel": flat,
    "item": lambda run, place, values: values.only(run, place),
}


def plain_copy(values: Any, run: Run) -> Any:
    return values.copy(run) if isinstance(values, NumberArray) else NumberArray(plain(values))


SIGNED = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "//": "floor_divide", "%": "mod", "**": "power"}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **EVERYWHERE,
    **{name: of_math(name) for name in FLOATS.split()},
    **{name: of_two(sign) for sign, name in SIGNED.items()},
    "maximum": larger_of_two(">"),
    "minimum": larger_of_two("<"),
    "abs": over_elements(lambda run, place, value: abs(value)),
    "absolute": over_elements(lambda run, place, value: abs(value)),
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


def scalar_types() -> dict[str, Any]:
    whole, real = BUILTINS["int"], BUILTINS["float"]
    return {
        **{name: Type(name, whole.function, (int,)) for name in INTEGERS.split()},
        **{name: Type(name, real.function, (float,)) for name in REALS.split()},
        "bool_": BUILTINS["bool"],
        "int": whole,
        "float": real,
        "bool": BUILTINS["bool"],
        "ndarray": Type("ndarray", array, (NumberArray,), moves=True),
        "number": Type("number", whole.function, (int, float)),
    }


def names_of(module: str) -> dict[str, Any]:
    return {
        **{name: Native(f"np.{name}", function, moves=True) for name, function in FUNCTIONS.items()},
        **scalar_types(),
        "pi": math.pi,
        "e": math.e,
        "inf": math.inf,
        "nan": math.nan,
        "newaxis": None,
    }
