"""Sorting, and the least and greatest, by keys of every origin."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

PLAIN = frozenset({int, float, bool})


def in_sorted_order(values: list[Any], key: Any, reverse: bool, run: Run, place: Place) -> list[Any]:
    keys = values if key is None else [run.call(key, [value], {}, place) for value in values]
    for one in keys:
        if isinstance(one, Opaque):
            raise run.unknown(one, "what is sorted", place)
    if all(type(one) in PLAIN for one in keys):
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
