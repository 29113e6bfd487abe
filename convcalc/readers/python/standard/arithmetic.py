"""`math` and `operator`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.limits import MAX_BITS
from convcalc.readers.python.operators import NAMES
from convcalc.readers.python.values import Native, Opaque, mover, movers

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

PLAIN_NAMES = (
    "acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh degrees erf erfc exp expm1 fabs floor fmod frexp "
    "gamma gcd hypot isclose isfinite isinf isnan isqrt lcm ldexp log log10 log1p log2 modf radians remainder sin sinh "
    "sqrt tan tanh trunc cbrt exp2"
)
MAX_FACTORIAL = 300


def plain(name: str) -> Native:
    host = getattr(math, name)

    def call(run: Run, place: Place, *args: Any, **kwargs: Any) -> Any:
        return host(*args, **kwargs)

    return Native(f"math.{name}", call)


def factorial(run: Run, place: Place, number: Any) -> int:
    if number > MAX_FACTORIAL:
        raise run.too_large("a factorial", place)
    return math.factorial(number)


def number_of_ways(name: str) -> Native:
    """`math.comb` and `math.perm`, of numbers whose result is within the bounds."""
    host = getattr(math, name)

    def call(run: Run, place: Place, total: int, chosen: Any = None) -> Any:
        if not isinstance(total, int):
            raise run.error("TypeError", f"math.{name} takes whole numbers, not {run.type_name(total)}", place)
        few = total if chosen is None else min(chosen, total - chosen) if name == "comb" else chosen
        if total.bit_length() * max(few, 0) > MAX_BITS:
            raise run.too_large("a number of ways", place)
        return host(total, chosen)

    return Native(f"math.{name}", call)


def product(run: Run, place: Place, values: Any, start: Any = 1) -> Any:
    result = start
    for value in run.elements_of(values, place):
        result = run.binary("*", result, value, place)
    return result


def exact_sum(run: Run, place: Place, values: Any) -> Any:
    numbers = run.elements_of(values, place)
    unknown = next((value for value in numbers if isinstance(value, Opaque)), None)
    return math.fsum(numbers) if unknown is None else unknown


def of_operator(sign: str) -> Callable[..., Any]:
    return lambda run, place, left, right: run.binary(sign, left, right, place)


def of_comparison(sign: str) -> Callable[..., Any]:
    return lambda run, place, left, right: run.compare(sign, left, right, place)


def item_getter(run: Run, place: Place, *indices: Any) -> Native:
    def call(run: Run, place: Place, value: Any) -> Any:
        found = [run.item(value, index, place) for index in indices]
        return found[0] if len(found) == 1 else tuple(found)

    return mover("itemgetter", call)


def attribute_getter(run: Run, place: Place, *names: str) -> Native:
    def field(value: Any, name: str) -> Any:
        for part in name.split("."):
            value = run.attribute(value, part, place)
        return value

    def call(run: Run, place: Place, value: Any) -> Any:
        found = [field(value, name) for name in names]
        return found[0] if len(found) == 1 else tuple(found)

    return mover("attrgetter", call)


def method_caller(run: Run, place: Place, name: str, *args: Any, **kwargs: Any) -> Native:
    def call(run: Run, place: Place, value: Any) -> Any:
        return run.call(run.attribute(value, name, place), list(args), kwargs, place)

    return mover("methodcaller", call)


MATH = {
    **{name: plain(name) for name in PLAIN_NAMES.split() if hasattr(math, name)},
    **{name: number_of_ways(name) for name in ("comb", "perm")},
    "factorial": Native("math.factorial", factorial),
    "pow": Native("math.pow", lambda run, place, base, exponent: math.pow(base, exponent)),
    "prod": Native("math.prod", product),
    "fsum": Native("math.fsum", exact_sum),
    "pi": math.pi,
    "e": math.e,
    "tau": math.tau,
    "inf": math.inf,
    "nan": math.nan,
}
SIGNS = ("+", "-", "*", "/", "//", "%", "**", "@")
COMPARED = ("==", "!=", "<", "<=", ">", ">=")
OPERATOR = movers(
    **{NAMES[sign]: of_operator(sign) for sign in SIGNS},
    **{NAMES[sign]: of_comparison(sign) for sign in COMPARED},
    iadd=of_operator("+"),
    imul=of_operator("*"),
    neg=lambda run, place, value: run.binary("-", 0, value, place),
    getitem=lambda run, place, value, index: run.item(value, index, place),
    itemgetter=item_getter,
    attrgetter=attribute_getter,
    methodcaller=method_caller,
)
