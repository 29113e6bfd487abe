"""How a tensor lies along the axes of the network's input, and what becomes of that in a layer.

An axis of a tensor is a product of factors, the outermost first: a flattened map is C·H·W.  Digit d of a factor lies
weight·d units along the axis of the input that the factor lies along, so that a patch is a factor of H and one of W;
channels lie along none.  What mixes the digits of a factor takes it out: every unit then sees all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import gcd
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import evaluate
from convcalc.layer.case import product, tree, uneven
from convcalc.network.field import multiple
from convcalc.network.step import Step, keeps_places, sees_one, turned
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.kinds.record import Shape
    from convcalc.layer.applied import Applied


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


class Course(NamedTuple):
    """The way through a layer: the steps along each axis of the input, and the layout of the output, None for a map."""

    steps: tuple[tuple[Step, ...], ...]
    layout: Layout | None


def course(layout: Layout, rank: int, applied: Applied, path: tuple[Step, ...], last: bool, source: int = 0) -> Course:
    """The way from input number `source` of a layer, so laid out; `last`: the text writes the channels last."""
    crossing = Crossing(layout, rank, applied, last)
    kind = applied.setting.kind
    output = applied.output
    if kind.window.type in MOVES:
        MOVES[kind.window.type](crossing)
    elif kind.takes == "features":
        seen = [0 if applied.features_first else -1]
        if kind.window.type == "whole" and (source or len(applied.input) == 1):
            seen = list(range(len(layout)))  # steps see all steps; a query of its own sees itself
        if source and len(applied.input[source]) == len(output):
            output = (
                (output[0], *applied.input[source][1:]) if seen[0] == 0 else (*applied.input[source][:-1], output[-1])
            )
        for axis in seen:
            crossing.mix(axis)
    else:
        crossing.mix_channels()
        for axis, step in enumerate(path, 1):
            crossing.step(axis, step)
    return crossing.course(output)


class Crossing:
    """A layer on a tensor; `axes` are at first those of its input and become those of its output."""

    def __init__(self, layout: Layout, rank: int, applied: Applied, last: bool):
        self.axes = [list(factors) for factors in layout]
        self.steps: list[list[Step]] = [[] for _ in range(rank)]
        self.applied, self.last = applied, last

    # The factors of an axis of the input.

    def factors(self, index: int) -> list[Factor]:
        return [factor for axis in self.axes for factor in axis if index in factor.along and factor.digits != 1]

    def extent(self, index: int) -> Any:
        """How many units of the field its factors number, gaps included; None where they are in no order."""
        factors = self.factors(index)
        if any(factor.weight is None for factor in factors):
            return None
        return sum(((factor.digits - 1) * factor.weight for factor in factors), 1)

    def change(self, index: int, **changes: Callable[[Any], Any]) -> None:
        for factors in self.axes:
            for place, factor in enumerate(factors):
                if index in factor.along:
                    factors[place] = factor._replace(
                        **{name: value(getattr(factor, name)) for name, value in changes.items()}
                    )

    def tighten(self, index: int) -> None:
        """Count only units that are there: weights without a common divisor, and nothing between the digits."""
        weights = [factor.weight for factor in self.factors(index)]
        shared = gcd(*weights) if all(isinstance(weight, int) for weight in weights) else 1
        if shared > 1:
            self.change(index, weight=lambda weight: weight // shared)
            self.steps[index].append(Step("slide", stride=shared, out=self.extent(index)))
        if len(weights) > 1:
            digits = tuple((factor.digits, factor.weight) for factor in self.factors(index))
            self.steps[index].append(Step("present", size=digits))

    # What a layer does.

    def mix(self, axis: int) -> None:
        """Every unit sees all along an axis."""
        while self.axes[axis]:
            factor = self.axes[axis].pop()
            for index in factor.along:
                alone = not self.factors(index)
                if factor.weight is None and not alone:
                    self.steps[index].append(Step("blended"))
                elif alone:
                    if factor.weight not in (1, None):
                        self.steps[index].append(Step("slide", stride=factor.weight))
                    self.steps[index].append(Step("whole", size=factor.digits))
                else:
                    span = (factor.digits - 1) * factor.weight + 1
                    self.steps[index].append(Step("slide", span, step=factor.weight, out=self.extent(index)))
                    self.tighten(index)

    def mix_channels(self) -> None:
        """Filters see every channel of their group, and groups that are normalised together every other."""
        known = self.applied.letters
        if not along(self.axes[0]) or not known.keys() & {"f", "g"}:
            return
        split = regrouped(self.axes[0], (known.get("g", 1), -1))
        if split is None:
            self.scatter(along(self.axes[0]), "gone")
        else:
            self.axes[0], inner = split
            self.axes.append(inner)
            self.mix(-1)
            self.axes.pop()

    def step(self, axis: int, step: Step) -> None:
        """A window along an axis."""
        inner = [factor for factor in self.axes[axis] if factor.digits != 1] or self.axes[axis]
        if not along(inner) or keeps_places(step):
            return
        factor = inner[0]
        if step.type == "whole":
            self.mix(axis)
        elif len(inner) > 1 or factor.weight is None:
            self.scatter(along(inner), "picked" if sees_one(step) else "gone", axis, step.out)
        else:
            self.slide(axis, factor, step)

    def slide(self, axis: int, factor: Factor, step: Step) -> None:
        """A window along an axis that is one factor: with others beside it, the step in units of the field."""
        (index,), weight = factor.along, factor.weight
        if step.type == "spread" and step.stride == 1:
            step = turned(step)
        alone = self.factors(index) in ([factor], [])
        if alone and weight == 1:
            self.axes[axis] = [Factor(step.out, (index,))]
            self.steps[index].append(step)
        elif step.type in LINEAR:
            # How far apart the windows are is for the weight to say.
            slides = step.type == "slide"
            self.axes[axis] = [Factor(step.out, (index,), weight * step.stride if slides else weight)]
            wider = step._replace(
                reach=(step.reach - 1) * weight + 1, before=step.before * weight, step=step.step * weight
            )
            self.steps[index].append(wider._replace(stride=1 if slides else step.stride, out=self.extent(index)))
            self.tighten(index)
        else:
            self.scatter((index,), "picked" if sees_one(step) else "gone", axis, step.out)

    def scatter(
        self, indices: Iterable[int], how: str = "scattered", axis: int | None = None, size: Any = None
    ) -> None:
        """Units are in no order that can be told along these axes of the input, which `axis` of this size may hold."""
        indices = tuple(sorted(indices))
        for index in indices:
            self.steps[index].append(Step(how, size=self.extent(index)))
            self.change(index, weight=lambda weight: None)
        if axis is not None:
            self.axes[axis] = [Factor(size, indices, None)]

    def forget(self) -> None:
        """Units in no order come to be in another one."""
        for index, steps in enumerate(self.steps):
            if any(factor.weight is None for factor in self.factors(index)):
                steps.append(Step("scattered"))

    def course(self, output: Shape) -> Course:
        """The whole way; an axis whose factors do not make up its size holds channels, or units in no order."""
        if len(self.axes) != len(output):
            lying = along(factor for axis in self.axes for factor in axis)
            self.scatter(lying, "gone")
            self.axes = [[Factor(size, lying, None)] if lying else [Factor(size)] for size in output]
        for axis, size in enumerate(output):
            held = product(factor.digits for factor in self.axes[axis])
            if held != size:
                lying = along(self.axes[axis])
                longer = isinstance(held, int) and isinstance(size, int) and held < size
                if lying:
                    self.scatter(lying, "scattered" if longer else "gone", axis, size)
                else:
                    self.axes[axis] = [Factor(size)]
        layout = tuple(map(tuple, self.axes))
        return Course(tuple(map(tuple, self.steps)), None if is_map(layout, len(self.steps)) else layout)

    # The axes as they are written.

    def written(self, axes: list[Any]) -> list[Any]:
        return [*axes[1:], axes[0]] if self.last else axes

    def write(self, axes: list[list[Factor]]) -> None:
        self.axes = [axes[-1], *axes[:-1]] if self.last else axes


LINEAR = frozenset(("slide", "shift"))


def along(factors: Iterable[Factor]) -> tuple[int, ...]:
    return tuple(sorted({index for factor in factors for index in factor.along}))


def regrouped(factors: Iterable[Factor], sizes: Sequence[Value]) -> list[list[Factor]] | None:
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


# What only moves numbers.


def reshaped(crossing: Crossing) -> None:
    """The numbers in the order in which they are written, on axes of other sizes."""
    output = crossing.written(list(crossing.applied.output))
    factors = [factor for axis in crossing.written(crossing.axes) for factor in axis]
    groups = regrouped(factors, output)
    if groups is None:
        crossing.scatter(along(factors))
        groups = [[Factor(size, along(factors), None)] for size in output]
    crossing.write(groups)


def permuted(crossing: Crossing) -> None:
    crossing.forget()
    axes = crossing.written(crossing.axes)
    crossing.write([axes[axis - 1] for axis in crossing.applied.values["order"]])


def extended(crossing: Crossing) -> None:
    """An axis more, written last."""
    crossing.write([*crossing.written(crossing.axes), []])


def interleaved(crossing: Crossing) -> None:
    """Channel i of group j becomes channel j of group i."""
    crossing.forget()
    split = regrouped(crossing.axes[0], (crossing.applied.letters["g"], -1))
    if split is None:
        lying = along(crossing.axes[0])
        crossing.scatter(lying, axis=0, size=crossing.applied.output[0])
    else:
        crossing.axes[0] = [*split[1], *split[0]]


def taken(crossing: Crossing) -> None:
    """Some of the channels, from the first that is taken."""
    applied, factors = crossing.applied, [factor for factor in crossing.axes[0] if factor.digits != 1]
    values, size = applied.values, applied.output[0]
    if len(factors) > 1 or any(factor.weight is None for factor in factors):
        crossing.scatter(along(factors), "picked", 0, size)
    elif along(factors):
        factor, first = factors[0], values["part"] * size if "part" in values else values["start"]
        crossing.axes[0] = [factor._replace(digits=size)]
        index = factor.along[0]
        crossing.steps[index].append(Step("shift", before=-first * factor.weight, out=crossing.extent(index)))


def unfolded(crossing: Crossing) -> None:
    """Windows as columns: the places of a window are channels, and the windows lie along one axis."""
    applied = crossing.applied
    cells, windows = list(crossing.axes[0]), list[Factor]()
    for factors, axis in zip(crossing.axes[1:], applied.axes, strict=True):
        inner = [factor for factor in factors if factor.along]
        count = evaluate(tree(applied.size, uneven(axis)), {**applied.letters, **axis})
        if len(factors) > 1 or any(factor.weight is None for factor in inner):
            crossing.scatter(along(inner), "gone")
            cells.append(Factor(axis["k"], along(inner), None))
            windows.append(Factor(count, along(inner), None))
        elif inner:
            index, weight = inner[0].along[0], inner[0].weight
            cell, window = Factor(axis["k"], (index,), axis["d"] * weight), Factor(count, (index,), axis["s"] * weight)
            reach = (cell.digits - 1) * cell.weight + (window.digits - 1) * window.weight + 1
            crossing.steps[index].append(Step("shift", before=axis["p_l"] * weight, out=reach))
            cells.append(cell)
            windows.append(window)
        else:
            cells.append(Factor(axis["k"]))
            windows.append(Factor(count))
    crossing.axes = [cells, windows]
    for index in along([*cells, *windows]):
        if crossing.extent(index) is not None:
            crossing.tighten(index)


def folded(crossing: Crossing) -> None:
    """Columns added back into their windows, as a transposed convolution does, once along each axis."""
    values, output = crossing.applied.values, crossing.applied.output
    lying = along(factor for axis in crossing.axes for factor in axis)
    windows = [factor for factor in crossing.axes[1] if factor.along]
    rows = list(zip(values["kernel"], values["stride"], values["padding"], values["dilation"], output[1:], strict=True))
    counts = [(o + 2 * p - d * (k - 1) - 1) // s + 1 for k, s, (p, _), d, o in rows]
    split = regrouped(crossing.axes[1], counts)
    if along(crossing.axes[0]) or split is None or any(len(group) > 1 for group in split):
        if windows or along(crossing.axes[0]):
            crossing.scatter(lying, "gone")
        crossing.axes = [[Factor(size, lying, None)] if lying else [] for size in output]
        return
    crossing.axes = [[], *split]
    for axis, (k, s, (p, _), d, o) in enumerate(rows, 1):
        crossing.step(axis, Step("spread", d * (k - 1) + 1, s, p, d, counts[axis - 1], o))


def normalised(crossing: Crossing) -> None:
    """The axes that are normalised together: those given, the last ones of a shape given, or the features."""
    applied = crossing.applied
    rank, values = len(crossing.axes), applied.values
    places = crossing.written(list(range(rank)))
    features = 0 if applied.on_map or applied.setting.dims or crossing.last else -1
    if values.get("axis") is not None:
        seen = [places[axis - 1 if axis > 0 else axis] for axis in values["axis"]]
    else:
        over = tuple(values.get("over") or ())
        ends = bool(over) and tuple(crossing.written(list(applied.input[0])))[-len(over) :] == over
        seen = places[-len(over) :] if ends else [features]
    for axis in seen:
        crossing.mix(axis)


MOVES: dict[str, Callable[[Crossing], None]] = {
    "reshape": reshaped, "permute": permuted, "extend": extended, "interleave": interleaved, "part": taken,
    "unfold": unfolded, "fold": folded, "normalise": normalised,
}  # fmt: skip
