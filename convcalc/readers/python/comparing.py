"""Comparisons of values, and their order: element by element and in counted steps, as lists can be nested deeply."""

from __future__ import annotations

from collections import deque
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.instances import special
from convcalc.readers.python.operators import HOST, NAMES, NUMBERS, SETS, payload
from convcalc.readers.python.values import Foreign, Instance, Method, Opaque, Type

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
SCALARS = NUMBERS | {str, type(None)}
MAX_NESTED = 100  # containers in one another that are compared


def compare(run: Run, sign: str, left: Any, right: Any, place: Place) -> Any:
    """`left sign right`; not known where an operand is not."""
    if sign in ("is", "is not"):
        if isinstance(left, Opaque) or isinstance(right, Opaque):
            return left if isinstance(left, Opaque) else right
        return identical(left, right) == (sign == "is")
    if sign in ("in", "not in"):
        found = right if isinstance(right, Opaque) else contains(right, left, run, place)
        return found if isinstance(found, Opaque) else found == (sign == "in")
    return in_order(sign, left, right, run, place)


def identical(left: Any, right: Any) -> bool:
    """`is`: small numbers and short texts are one object each, as in CPython."""
    return bool(left == right) if type(left) is type(right) and type(left) in SCALARS else left is right


def in_order(sign: str, left: Any, right: Any, run: Run, place: Place, depth: int = 0) -> Any:
    """`==`, `<` …"""
    for value in (left, right):
        if type(value) is Opaque:
            return value
    for value, other, its_sign in ((left, right, sign), (right, left, MIRRORED[sign])):
        result = by_operand(its_sign, value, other, run, place)
        if result is not NotImplemented:
            return result
    if sign in ("==", "!="):
        same = equal(payload(left), payload(right), run, place, depth)
        return same if isinstance(same, Opaque) else same == (sign == "==")
    left, right = payload(left), payload(right)
    if type(left) in (list, tuple) and type(left) is type(right):
        for one, two in zip(left, right, strict=False):
            same = in_order("==", one, two, run, place, depth + 1)
            if isinstance(same, Opaque):
                return same
            if not run.truth(same, place):
                return in_order(sign, one, two, run, place, depth + 1)
        return HOST[sign](len(left), len(right))
    try:
        if type(left) in SCALARS | SETS and type(right) in SCALARS | SETS:
            return HOST[sign](left, right)
    except TypeError:
        pass
    names = f"{run.type_name(left)} and {run.type_name(right)}"
    raise run.error("TypeError", f"{sign} is not defined between {names}", place)


def by_operand(sign: str, value: Any, other: Any, run: Run, place: Place) -> Any:
    if isinstance(value, Foreign):
        return value.compare(sign, other, run, place)
    if isinstance(value, Instance):
        if sign == "!=" and special(value, "__ne__", run) is None:
            same = run.special(value, "__eq__", [other], place, NotImplemented)
            return same if same is NotImplemented or isinstance(same, Opaque) else not run.truth(same, place)
        return run.special(value, f"__{NAMES[sign]}__", [other], place, NotImplemented)
    return NotImplemented


def equal(left: Any, right: Any, run: Run, place: Place, depth: int) -> Any:
    """Whether two values are equal: True, False or, where an element is not known, Opaque."""
    if type(left) in SCALARS and type(right) in SCALARS:
        return left == right
    if left is right:
        return True
    run.step(place, 3)
    if depth > MAX_NESTED:
        raise run.too_deep(place)
    if isinstance(left, (list, tuple, deque)) and isinstance(right, (list, tuple, deque)):
        if family(left) is not family(right) or len(left) != len(right):
            return False
        return all_equal(zip(left, right, strict=True), run, place, depth)
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return all_equal(((value, right[key]) for key, value in left.items()), run, place, depth)
    if isinstance(left, Method) and isinstance(right, Method):
        return left.function is right.function and left.receiver is right.receiver
    if type(left) in SETS | {range, slice} and type(right) in SETS | {range, slice}:
        return left == right
    if isinstance(left, Type) and isinstance(right, Type):
        return left.name == right.name
    return False


def family(value: Any) -> type:
    return next(kind for kind in (list, tuple, deque) if isinstance(value, kind))


def all_equal(pairs: Any, run: Run, place: Place, depth: int) -> Any:
    for one, two in pairs:
        same = True if one is two else in_order("==", one, two, run, place, depth + 1)
        if isinstance(same, Opaque):
            return same
        if not run.truth(same, place):
            return False
    return True


def contains(container: Any, value: Any, run: Run, place: Place) -> Any:
    """`value in container`."""
    if isinstance(container, Foreign):
        return container.contains(value, run, place)
    if isinstance(container, Instance):
        found = run.special(container, "__contains__", [value], place)
        if found is not ABSENT:
            return run.truth(found, place)
        container = payload(container)
    if isinstance(container, (dict, set, frozenset)):
        return value if isinstance(value, Opaque) else run.key(value, place) in container
    if type(container) is str:
        if type(value) is not str:
            raise run.error("TypeError", f"only a text is in a text, not {run.type_name(value)}", place)
        run.spend(len(container) // 16, place)
        return value in container
    if type(container) is range and type(value) in (int, bool):
        return value in container
    unknown = None
    for element in run.iterate(container, place):
        run.step(place)
        same = element is value or in_order("==", element, value, run, place)
        if isinstance(same, Opaque):
            unknown = same
        elif run.truth(same, place):
            return True
    return False if unknown is None else unknown


def in_sorted_order(values: list[Any], key: Any, reverse: bool, run: Run, place: Place) -> list[Any]:
    keys = values if key is None else [run.call(key, [value], {}, place) for value in values]
    for one in keys:
        if isinstance(one, Opaque):
            raise run.unknown(one, "what is sorted", place)
    if all(type(one) in NUMBERS for one in keys):
        order = sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)
    else:

        def rank(one: int, two: int) -> int:
            if is_less(keys[one], keys[two], run, place):
                return -1
            return 1 if is_less(keys[two], keys[one], run, place) else 0

        order = sorted(range(len(keys)), key=cmp_to_key(rank), reverse=reverse)
    run.spend(len(order), place)
    return [values[index] for index in order]


def is_less(one: Any, two: Any, run: Run, place: Place) -> bool:
    run.step(place)
    return run.truth(run.compare("<", one, two, place), place)


def extreme(sign: str, values: list[Any], key: Any, run: Run, place: Place) -> Any:
    """The first value of which none is less (`<`), or greater (`>`), by its key."""
    best, best_key = None, None
    for index, value in enumerate(values):
        its_key = value if key is None else run.call(key, [value], {}, place)
        if isinstance(its_key, Opaque):
            return its_key
        if index == 0:
            best, best_key = value, its_key
            continue
        closer = run.compare(sign, its_key, best_key, place)
        if isinstance(closer, Opaque):
            return closer
        if run.truth(closer, place):
            best, best_key = value, its_key
    return best
