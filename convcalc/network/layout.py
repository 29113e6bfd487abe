"""How a tensor lies along the axes of the network's input.

An axis of a tensor is a product of factors, the outermost first: a flattened map is C·H·W.  Digit d of a factor lies
weight·d units along the axis of the input that the factor lies along, so that a patch is a factor of H and one of W;
channels lie along none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.layers.field import multiple
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.record import Shape


class Factor(NamedTuple):
    digits: Any
    along: tuple[int, ...] = ()  # axes of the input; several where it cannot be told apart what lies along which
    weight: Any = 1  # units from one digit to the next; None where they are in no order that can be told


Layout: TypeAlias = tuple[tuple[Factor, ...], ...]  # by axis, channels first


def map_layout(shape: Shape) -> Layout:
    """Channels, and then the axes of the input in their order."""
    return tuple((Factor(size, (axis - 1,) if axis else ()),) for axis, size in enumerate(shape))


def is_map(layout: Layout, rank: int) -> bool:
    return len(layout) == rank + 1 and all(
        not axis if not factor.along else (axis - 1,) == factor.along and factor.weight == 1 and len(factors) == 1
        for axis, factors in enumerate(layout)
        for factor in factors
    )


def axes_along(factors: Iterable[Factor]) -> tuple[int, ...]:
    return tuple(sorted({index for factor in factors for index in factor.along}))


def count_units(layout: Iterable[Iterable[Factor]], index: int) -> Any:
    """How many units along an axis of the input are numbered, gaps included; None where they are in no order."""
    factors = [factor for axis in layout for factor in axis if index in factor.along and factor.digits != 1]
    if any(factor.weight is None for factor in factors):
        return None
    return sum(((factor.digits - 1) * factor.weight for factor in factors), 1)


def regroup(factors: Iterable[Factor], sizes: Sequence[Value]) -> list[list[Factor]] | None:
    """The factors of one axis as several of these sizes, −1 for the rest; None where a factor would be torn."""
    rest = list(factors)
    groups: list[list[Factor]] = []
    for size in sizes:
        if size == -1:
            groups.append(rest)
            rest = []
            continue
        group: list[Factor] = []
        while size != 1:
            if not rest:
                return None
            factor = rest.pop(0)
            left, more = multiple(size, factor.digits), multiple(factor.digits, size)
            if left is not None:
                group.append(factor)
                size = left
            elif more is not None:
                weight = None if factor.weight is None else factor.weight * more
                group.append(factor._replace(digits=size, weight=weight))
                rest.insert(0, factor._replace(digits=more))
                size = 1
            else:
                return None
        groups.append(group)
    groups[-1] += rest
    return groups


def merge_factors(factors: Iterable[Factor]) -> list[Factor]:
    """The same factors, those that number an unbroken row of units as one."""
    found: list[Factor] = []
    for factor in factors:
        outer = found[-1] if found else None
        row = outer and outer.along == factor.along != () and None not in (outer.weight, factor.weight)
        if outer and row and outer.weight == factor.digits * factor.weight:
            found[-1] = factor._replace(digits=outer.digits * factor.digits)
        else:
            found.append(factor)
    return found
