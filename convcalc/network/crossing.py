"""A layer on a tensor that is laid out in any way: the steps it takes along each axis of the network's input.

An axis of a tensor is a product of factors, the outermost first: a flattened map is C·H·W.  Digit d of a factor lies
weight·d units along the axis of the input that the factor lies along, so that a patch is a factor of H and one of W;
channels lie along none.  What mixes the digits of a factor takes it out: every unit then sees all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import gcd
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import evaluate
from convcalc.layers import window
from convcalc.layers.case import product, tree
from convcalc.layers.field import multiple
from convcalc.layers.window import Step, Window, WindowType, keeps_places, turned_step
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape


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


class Passage(NamedTuple):
    """The way through a layer: the steps along each axis of the input, and the layout of the output, None for a map."""

    steps: tuple[tuple[Step, ...], ...]
    layout: Layout | None


class Crossing:
    """A layer on a tensor; `axes` are at first those of its input and become those of its output."""

    def __init__(self, layout: Layout, rank: int, applied: Any = None, last: bool = False, source: int = 0):
        self.axes = [list(factors) for factors in layout]
        self.steps: list[list[Step]] = [[] for _ in range(rank)]
        self.applied, self.last, self.source = applied, last, source

    # The factors of an axis of the input.

    def factors(self, index: int) -> list[Factor]:
        """Those that number its units; a single one may still be some way from where the next would be."""
        return [
            factor for axis in self.axes for factor in axis
            if index in factor.along and (factor.digits != 1 or factor.weight not in (1, None))
        ]  # fmt: skip

    def extent(self, index: int) -> Any:
        return count_units(self.axes, index)

    def reweigh(self, index: int, weigh: Callable[[Any], Any]) -> None:
        for factors in self.axes:
            factors[:] = [
                factor._replace(weight=weigh(factor.weight)) if index in factor.along else factor for factor in factors
            ]

    def tighten(self, index: int) -> None:
        """Count only units that are there: weights without a common divisor, and nothing between the digits."""
        weights = [factor.weight for factor in self.factors(index)]
        shared = gcd(*weights) if all(isinstance(weight, int) for weight in weights) else 1
        if shared > 1:
            self.reweigh(index, lambda weight: weight and max(weight // shared, 1))
            self.steps[index].append(Step(window.SLIDING, stride=shared, out=self.extent(index)))
        digits = tuple((factor.digits, factor.weight) for factor in self.factors(index))
        if len(digits) > 1 or (digits and isinstance(digits[0][0], int)):
            self.steps[index].append(Step(window.PRESENT, size=digits))

    # What a layer does.

    def mix(self, axis: int) -> None:
        """Every unit sees all along an axis."""
        while self.axes[axis]:
            factor = self.axes[axis].pop()
            for index in factor.along:
                alone = not self.factors(index)
                if factor.weight is None and not alone:
                    self.steps[index].append(Step(window.BLENDED))
                elif alone:
                    if factor.weight not in (1, None):
                        self.steps[index].append(Step(window.SLIDING, stride=factor.weight))
                    self.steps[index].append(Step(window.ENTIRE, size=factor.digits))
                else:
                    span = (factor.digits - 1) * factor.weight + 1
                    self.steps[index].append(Step(window.SLIDING, span, step=factor.weight, out=self.extent(index)))
                    self.tighten(index)

    def look(self, axis: int, looking: Window) -> None:
        """Every step along an axis sees all, or those of its window, or itself and all before it."""
        if looking.type is window.ENTIRE:
            self.mix(axis)
        elif looking.type is window.SLIDING:
            known, size = self.applied.letters, product(factor.digits for factor in self.axes[axis])
            reach = evaluate(tree(looking.reach), known)
            self.step(axis, Step(window.SLIDING, reach, before=known["p"], size=size, out=size))
        else:
            self.run(axis, looking.type)

    def run(self, axis: int, how: WindowType) -> None:
        """Steps one after another, of which the last sees all: what lies outermost along them is in order."""
        inner = [factor for factor in self.axes[axis] if factor.digits != 1]
        lying = axes_along(inner)
        first = inner[0] if inner else Factor(1)
        if how is window.GROWING and len(first.along) == 1 and first.weight and self.factors(first.along[0]) == [first]:
            (index,) = first.along
            if first.weight != 1:
                self.steps[index].append(Step(window.SLIDING, stride=first.weight))
            self.steps[index].append(Step(window.GROWING, size=first.digits))
            self.reweigh(index, lambda weight: 1)
            lying = tuple(other for other in lying if other != index)
        for index in lying:
            here = all(factor in inner for factor in self.factors(index))
            self.scatter((index,), window.GATHERED if here else window.BLENDED)

    def mix_channels(self) -> None:
        """Filters see every channel of their group, and groups that are normalised together every other."""
        known = self.applied.letters
        if not axes_along(self.axes[0]) or not known.keys() & {"f", "g"}:
            return
        split = regroup(self.axes[0], (known.get("g", 1), -1))
        if split is None:
            self.scatter(axes_along(self.axes[0]), window.GONE)
        else:
            self.axes[0], inner = split
            self.axes.append(inner)
            self.mix(-1)
            self.axes.pop()

    def split(self, factors: list[Factor], sizes: Sequence[Value]) -> list[list[Factor]]:
        """These factors on axes of these sizes, in no order where one of them would be torn."""
        groups = regroup(factors, sizes)
        if groups is None:
            lying = axes_along(factors)
            self.scatter(lying)
            groups = [[Factor(size, lying, None)] for size in sizes]
        return groups

    def gather(self) -> None:
        """Take the channels of a place together: what lies among channels, along an axis that has places elsewhere."""
        is_map = len(self.axes) == len(self.steps) + 1
        places: dict[int, list[Factor]] = {}
        for axis, factors in enumerate(self.axes):
            if (is_map and not axis) or any(factor.digits != 1 and not factor.along for factor in factors):
                elsewhere = axes_along(factor for other in self.axes if other is not factors for factor in other)
                self.axes[axis] = [
                    factor for factor in factors if factor.weight is not None and {*factor.along} <= {*elsewhere}
                ]
                places[axis] = [factor for factor in factors if factor not in self.axes[axis]]
                self.mix(axis)
        for axis, factors in places.items():
            self.axes[axis] = factors

    def interleave(self, axis: int) -> None:
        """Channels inside a place are places of their own, side by side, that see the same."""
        place, *inside = [factor for factor in self.axes[axis] if factor.digits != 1] or [Factor(1)]
        count = product(factor.digits for factor in inside)
        if count == 1 or not isinstance(count, int) or axes_along(inside) or place.weight != 1 or len(place.along) != 1:
            return
        if self.factors(place.along[0]) == [place]:
            size = place.digits * count
            self.axes[axis] = [place._replace(digits=size)]
            self.steps[place.along[0]].append(Step(window.NEAREST, size=place.digits, out=size, ratio=(count, 1)))

    def step(self, axis: int, step: Step) -> None:
        """A window along an axis."""
        inner = [factor for factor in self.axes[axis] if factor.digits != 1] or self.axes[axis]
        if not axes_along(inner) or keeps_places(step):
            return
        factor = inner[0]
        if step.type is window.ENTIRE:
            self.mix(axis)
        elif len(inner) > 1 or factor.weight is None:
            self.scatter(axes_along(inner), window.PICKED if step.type.sees_one(step) else window.GONE, axis, step.out)
        else:
            self.slide(axis, factor, step)

    def slide(self, axis: int, factor: Factor, step: Step) -> None:
        """A window along an axis that is one factor: with others beside it, the step in units of the field."""
        (index,), weight = factor.along, factor.weight
        if step.type is window.SPREADING and step.stride == 1:
            step = turned_step(step)
        alone = self.factors(index) in ([factor], [])
        if alone and weight == 1:
            self.axes[axis] = [Factor(step.out, (index,))]
            self.steps[index].append(step)
        elif step.type in LINEAR:
            # How far apart the windows are is for the weight to say.
            slides = step.type is window.SLIDING
            self.axes[axis] = [Factor(step.out, (index,), weight * step.stride if slides else weight)]
            wider = step._replace(
                reach=(step.reach - 1) * weight + 1, before=step.before * weight, step=step.step * weight
            )
            self.steps[index].append(wider._replace(stride=1 if slides else step.stride, out=self.extent(index)))
            self.tighten(index)
        elif step.type is window.ADAPTIVE and step.out == 1:
            self.mix(axis)
        elif not self.resample(axis, factor, step):
            self.scatter((index,), window.PICKED if step.type.sees_one(step) else window.GONE, axis, step.out)

    def resample(self, axis: int, factor: Factor, step: Step) -> bool:
        """A window that makes more places, or fewer, inside larger ones and around smaller ones; whether it can be."""
        (index,), weight = factor.along, factor.weight
        others = [other for other in self.factors(index) if other is not factor]
        out, size = (step.stride, 1) if step.type is window.SPREADING else step.ratio
        numbers = (weight, size, *(number for other in others for number in (other.digits, other.weight)))
        if not (step.numbers and all(isinstance(number, int) for number in numbers)):
            return False
        smaller = sum((other.digits - 1) * other.weight for other in others if other.weight < weight)
        larger = [other for other in others if other.weight >= weight]
        if smaller >= weight or any(other.weight % (weight * size) for other in larger):
            return False
        if step.size == 1 and step.type is not window.SPREADING:  # the place has no neighbours, though blocks have
            step = step._replace(type=window.NEAREST)
        before = self.extent(index)
        self.reweigh(index, lambda each: each if each < weight else max(each // size * out, 1))
        self.axes[axis] = [Factor(step.out, (index,), weight)]
        self.steps[index].append(step._replace(inside=weight, size=before, out=self.extent(index)))
        return True

    def scatter(
        self, indices: Iterable[int], how: WindowType = window.SCATTERED, axis: int | None = None, size: Any = None
    ) -> None:
        """Units are in no order that can be told along these axes of the input, which `axis` of this size may hold."""
        indices = tuple(sorted(indices))
        for index in indices:
            self.steps[index].append(Step(how, size=self.extent(index)))
            self.reweigh(index, lambda weight: None)
        if axis is not None:
            self.axes[axis] = [Factor(size, indices, None)]

    def forget(self) -> None:
        """Units in no order come to be in another one."""
        for index, steps in enumerate(self.steps):
            if any(factor.weight is None for factor in self.factors(index)):
                steps.append(Step(window.SCATTERED))

    def course(self, output: Shape) -> Passage:
        """The whole way; an axis whose factors do not make up its size holds channels, or units in no order."""
        if len(self.axes) != len(output):
            lying = axes_along(factor for axis in self.axes for factor in axis)
            self.scatter(lying, window.GONE)
            self.axes = [[Factor(size, lying, None)] if lying else [Factor(size)] for size in output]
        for axis, size in enumerate(output):
            held = product(factor.digits for factor in self.axes[axis])
            if held != size:
                lying = axes_along(self.axes[axis])
                longer = isinstance(held, int) and isinstance(size, int) and held < size
                if lying:
                    self.scatter(lying, window.SCATTERED if longer else window.GONE, axis, size)
                else:
                    self.axes[axis] = [Factor(size)]
        self.axes = [merge_factors(factors) for factors in self.axes]
        if len(output) == len(self.steps) + 1:
            for axis in range(1, len(output)):
                self.interleave(axis)
        return self.passage

    @property
    def passage(self) -> Passage:
        layout = tuple(map(tuple, self.axes))
        return Passage(tuple(map(tuple, self.steps)), None if is_map(layout, len(self.steps)) else layout)

    # The axes as they are written.

    def in_layout(self, axes: list[Any]) -> list[Any]:
        return [*axes[1:], axes[0]] if self.last else axes

    def write(self, axes: list[list[Factor]]) -> None:
        self.axes = [axes[-1], *axes[:-1]] if self.last else axes


LINEAR = (window.SLIDING, window.SHIFTING, window.CUTTING)
