"""The course of every kind of layer, above all of those that only move numbers: a row for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from convcalc.algebra.expr import evaluate, floor_divide
from convcalc.layers import window
from convcalc.layers.case import is_uneven, tree
from convcalc.layers.window import Step, Window, WindowType
from convcalc.network.crossing import Crossing, Factor, Layout, Passage, axes_along, regroup

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied


def course(layout: Layout, rank: int, applied: Applied, path: tuple[Step, ...], last: bool, source: int = 0) -> Passage:
    """The way from input number `source` of a layer, so laid out; `last`: the text writes the channels last."""
    crossing = Crossing(layout, rank, applied, last, source)
    kind = applied.setting.kind
    output = applied.output
    if kind.window.type in MOVES:
        MOVES[kind.window.type](crossing)
    elif kind.takes == "features":
        given = applied.input[source]
        if source and len(given) == len(output):
            output = (output[0], *given[1:]) if applied.features_first else (*given[:-1], output[-1])
        crossing.mix(0 if applied.features_first else -1)
        look(crossing)
    elif kind.window.type is window.SHUFFLING:
        shuffle(crossing)
    elif kind.window.apart:
        unshuffle(crossing)
    else:
        crossing.mix_channels()
        for axis, step in enumerate(path, 1):
            crossing.step(axis, step)
    return crossing.course(output)


def look(crossing: Crossing) -> None:
    """Steps look at steps; a query of its own sees itself, and what is not decoded is seen entirely."""
    applied, source = crossing.applied, crossing.source
    kind = applied.setting.kind
    if kind.window.type is not window.ENTIRE or (not source and len(applied.input) > 1 and kind.inputs < 0):
        return
    looking = kind.window if kind.inputs > 1 and source != kind.decodes else applied.window
    for axis in steps_of(crossing):
        crossing.look(axis, looking)


def steps_of(crossing: Crossing) -> list[int]:
    """The axes along which a layer of features looks: all but theirs, or those that it names."""
    axes, rank = crossing.applied.values.get("axes"), len(crossing.axes)
    if axes is None:
        return [*range(1, rank)] if crossing.applied.features_first else [*range(rank - 1)]
    places = crossing.in_layout(list(range(rank)))
    return [places[axis - 1 if axis > 0 else axis] for axis in axes]


def reshape(crossing: Crossing) -> None:
    """The numbers in the order in which they are written, on axes of other sizes."""
    output = crossing.in_layout(list(crossing.applied.output))
    factors = [factor for axis in crossing.in_layout(crossing.axes) for factor in axis]
    crossing.write(crossing.split(factors, output))


def permute(crossing: Crossing) -> None:
    crossing.forget()
    axes = crossing.in_layout(crossing.axes)
    crossing.write([axes[axis - 1] for axis in crossing.applied.values["order"]])


def swap(crossing: Crossing) -> None:
    crossing.forget()
    axes = crossing.in_layout(crossing.axes)
    first, second = (axis - 1 if axis > 0 else axis for axis in crossing.applied.values["axes"])
    axes[first], axes[second] = axes[second], axes[first]
    crossing.write(axes)


def extend(crossing: Crossing) -> None:
    """An axis more, written last."""
    crossing.write([*crossing.in_layout(crossing.axes), []])


def prepend(crossing: Crossing) -> None:
    """An axis more, written first."""
    crossing.write([[], *crossing.in_layout(crossing.axes)])


def interleave(crossing: Crossing) -> None:
    """Channel i of group j becomes channel j of group i."""
    crossing.forget()
    split = regroup(crossing.axes[0], (crossing.applied.letters["g"], -1))
    if split is None:
        lying = axes_along(crossing.axes[0])
        crossing.scatter(lying, axis=0, size=crossing.applied.output[0])
    else:
        crossing.axes[0] = [*split[1], *split[0]]


def unshuffle(crossing: Crossing) -> None:
    """The cells of a block become channels, those along the last axis innermost."""
    factor = crossing.applied.values["factor"]
    for axis, size in enumerate(crossing.applied.output[1:], 1):
        places, cells = crossing.split(crossing.axes[axis], (size, factor))
        if size == 1 and len(cells) == 1:  # a single block is still as large as any other
            places = [cells[0]._replace(digits=1, weight=cells[0].weight and cells[0].weight * factor)]
        crossing.axes[axis] = places
        crossing.axes[0] += cells


def shuffle(crossing: Crossing) -> None:
    """Channels become the cells of a block, innermost those along the last axis."""
    factor, channels = crossing.applied.values["factor"], crossing.applied.output[0]
    crossing.axes[0], *cells = crossing.split(crossing.axes[0], (channels, *(factor,) * (len(crossing.axes) - 1)))
    for axis, inside in enumerate(cells, 1):
        crossing.axes[axis] += inside


def take(crossing: Crossing) -> None:
    """Some along an axis, from the first that is taken."""
    axis, values = crossing.applied.along or 0, crossing.applied.values
    if axis or values.get("step", 1) != 1:
        before, stride = -values["start"], values.get("step", 1)
        sizes = crossing.applied.input[0][axis], crossing.applied.output[axis]
        crossing.step(axis, Step(window.SLIDING, 1, stride, before, 1, *sizes))
    else:
        take_channels(crossing)


def take_channels(crossing: Crossing) -> None:
    """Some of the channels, from the first that is taken."""
    applied, factors = crossing.applied, [factor for factor in crossing.axes[0] if factor.digits != 1]
    values, size = applied.values, applied.output[0]
    if len(factors) > 1 or any(factor.weight is None for factor in factors):
        crossing.scatter(axes_along(factors), window.PICKED, 0, size)
    elif axes_along(factors):
        factor, first = factors[0], values["part"] * size if "part" in values else values["start"]
        crossing.axes[0] = [factor._replace(digits=size)]
        index = factor.along[0]
        crossing.steps[index].append(Step(window.SHIFTING, before=-first * factor.weight, out=crossing.extent(index)))


def unfold(crossing: Crossing) -> None:
    """Windows as columns: the places of a window are channels, and the windows lie along one axis."""
    applied = crossing.applied
    cells, windows = list(crossing.axes[0]), list[Factor]()
    starts: dict[int, Value] = {}
    for factors, axis, size in zip(crossing.axes[1:], applied.axes, applied.sizes, strict=True):
        lying = axes_along(factors)
        count = evaluate(tree(size, is_uneven(axis)), {**applied.letters, **axis})
        if lying and (len(factors) > 1 or factors[0].weight is None):
            crossing.scatter(lying, window.GONE)
            weight = None
        else:
            weight = factors[0].weight if lying else 1
            starts.update((index, axis["p_l"] * weight) for index in lying)
        cells.append(Factor(axis["k"], lying, weight and axis["d"] * weight))
        windows.append(Factor(count, lying, weight and axis["s"] * weight))
    crossing.axes = [cells, windows]
    for index, before in starts.items():
        crossing.steps[index].append(Step(window.SHIFTING, before=before, out=crossing.extent(index)))
        if crossing.extent(index) is not None:
            crossing.tighten(index)


def fold(crossing: Crossing) -> None:
    """Columns added back into their windows, as a transposed convolution does, once along each axis."""
    values, output = crossing.applied.values, crossing.applied.output
    lying = axes_along(factor for axis in crossing.axes for factor in axis)
    windows = [factor for factor in crossing.axes[1] if factor.along]
    rows = list(zip(values["kernel"], values["stride"], values["padding"], values["dilation"], output[1:], strict=True))
    counts = [(o + 2 * p - d * (k - 1) - 1) // s + 1 for k, s, (p, _), d, o in rows]
    split = regroup(crossing.axes[1], counts)
    if axes_along(crossing.axes[0]) or split is None or any(len(group) > 1 for group in split):
        if windows or axes_along(crossing.axes[0]):
            crossing.scatter(lying, window.GONE)
        crossing.axes = [[Factor(size, lying, None)] if lying else [] for size in output]
        return
    crossing.axes = [[], *split]
    for axis, (k, s, (p, _), d, o) in enumerate(rows, 1):
        crossing.step(axis, Step(window.SPREADING, d * (k - 1) + 1, s, p, d, counts[axis - 1], o))


def halve(crossing: Crossing) -> None:
    """Every unit sees its own, and the one half an axis further on."""
    applied = crossing.applied
    shape, output, axis = applied.input[0], applied.output, applied.along
    assert axis is not None
    half = output[axis]
    crossing.step(axis, Step(window.SLIDING, half + 1, step=half, size=shape[axis], out=half))


def normalise(crossing: Crossing) -> None:
    """The axes that are normalised together: those given, the last ones of a shape given, or the features."""
    applied = crossing.applied
    rank, values = len(crossing.axes), applied.values
    places = crossing.in_layout(list(range(rank)))
    features = 0 if applied.on_map or applied.setting.dims or crossing.last else -1
    if values.get("axis") is not None:
        seen = [places[axis - 1 if axis > 0 else axis] for axis in values["axis"]]
    else:
        over = tuple(values.get("over") or ())
        ends = bool(over) and tuple(crossing.in_layout(list(applied.input[0])))[-len(over) :] == over
        seen = places[-len(over) :] if ends else [features]
    for axis in seen:
        crossing.mix(axis)


def recur(crossing: Crossing) -> None:
    """Channels mixed, every step behind those before it, windows along the other axes that grow with every step;
    maybe no steps behind it: only the last.
    """
    applied, steps = crossing.applied, 1 if crossing.last else 0
    kind, keeps_steps = applied.setting.kind, len(applied.output) == len(crossing.axes)
    crossing.mix(1 - steps)
    crossing.look(steps, Window(window.GROWING) if keeps_steps else window.WHOLE)
    for axis, known in enumerate(applied.axes, 2):
        letters = {**applied.letters, **known}
        reach, stride = (evaluate(tree(text), letters) for text in (kind.window.reach, kind.window.stride))
        out = applied.output[axis - len(applied.input[0])]
        before = known["p_l"] + (applied.letters["t"] - 1) * floor_divide(known["k"] - 1, 2) * stride
        crossing.step(axis, Step(window.SLIDING, reach, stride, before, 1, known["n"], out))
    if not keeps_steps:
        del crossing.axes[steps]


def multiply(crossing: Crossing) -> None:
    """A row of the first matrix and a column of the second meet: each sees all of its own."""
    axes = crossing.in_layout(crossing.axes)
    places = crossing.in_layout(list(range(len(axes))))
    is_turned = bool(crossing.source) and crossing.applied.values["transpose"]
    crossing.mix(places[-2 if crossing.source and not is_turned else -1])
    if is_turned:
        axes[-2:] = axes[:-3:-1]
    crossing.write([*([] for _ in range(len(crossing.applied.output) - len(axes))), *axes])


def reduce(crossing: Crossing) -> None:
    """What is left sees all along the axes that are gone."""
    values, rank = crossing.applied.values, len(crossing.axes)
    places = crossing.in_layout(list(range(rank)))
    reduced = [axis - 1 if axis > 0 else axis for axis in values["axes"]] if "axes" in values else range(rank)
    gone = {places[axis] for axis in reduced}
    for axis in gone:
        crossing.mix(axis)
    if not values["keep"] and len(gone) < rank:
        crossing.write([crossing.axes[axis] for axis in places if axis not in gone])


def contract(crossing: Crossing) -> None:
    """What is left sees all along the letters that are gone, and keeps its own place along the others."""
    left, _, right = crossing.applied.values["equation"].partition("->")
    letters = left.split(",")[crossing.source]
    places = dict(zip(letters, crossing.in_layout(list(range(len(crossing.axes)))), strict=True))
    for letter, axis in places.items():
        if letter not in right:
            crossing.mix(axis)
    crossing.write([crossing.axes[places[letter]] if letter in places else [] for letter in right] or [[]])


def pick(crossing: Crossing) -> None:
    """One along an axis, which is gone."""
    axis = crossing.applied.along
    assert axis is not None
    index, size = crossing.applied.values["index"], crossing.applied.input[0][axis]
    crossing.step(axis, Step(window.SLIDING, 1, 1, -index if index >= 0 else -(size + index), 1, size, 1))
    places = crossing.in_layout(list(range(len(crossing.axes))))
    if len(places) > 1:
        crossing.write([crossing.axes[place] for place in places if place != axis])


def tile(crossing: Crossing) -> None:
    """Axes of one cell made longer see the same everywhere; others are repeated, in no order."""
    axes = crossing.in_layout(crossing.axes)
    crossing.write([*([] for _ in range(len(crossing.applied.output) - len(axes))), *axes])


def look_up(crossing: Crossing) -> None:
    """Units picked out, in no order that can be told."""
    lying = axes_along(factor for axis in crossing.axes for factor in axis)
    crossing.scatter(lying, window.GONE)
    crossing.axes = [[Factor(size, lying, None)] if lying else [Factor(size)] for size in crossing.applied.output]


MOVES: dict[WindowType, Callable[[Crossing], None]] = {
    window.RESHAPING: reshape, window.PERMUTING: permute, window.EXTENDING: extend,
    window.INTERLEAVING: interleave, window.PARTING: take, window.UNFOLDING: unfold, window.FOLDING: fold,
    window.HALVING: halve, window.NORMALISING: normalise, window.RECURRING: recur,
    window.PREPENDING: prepend, window.MULTIPLYING: multiply, window.REDUCING: reduce, window.CONTRACTING: contract,
    window.PICKING: pick, window.TILED: tile, window.SWAPPING: swap,
    window.GATHERING: look_up,
}  # fmt: skip
