"""Which numbers a number of a layer's output sees, those of its padding too: by the window of its receptive field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, product
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import evaluate
from convcalc.arrays.array import Array, whole_shape
from convcalc.layers.case import tree
from convcalc.layers.values import exact
from convcalc.layers.window import APPENDING, NORMALISING, POINTWISE, RESHAPING, Step
from convcalc.network.axes import steps
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.array import Place
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied

    Groups: TypeAlias = "list[list[Seen]]"  # what is seen, channel by channel
    # Along one axis: the number that is seen (None: a zero), where on the kernel, its share, where on the padded axis.
    SeenOnAxis: TypeAlias = "tuple[int | None, int, Any, int]"


FILL = "value"  # the setting that says what a padding holds
MAX_TERMS = 2_000_000  # of all the sums of an output together, some 7 microseconds each


class Seen(NamedTuple):
    """A number of an input that an output sees."""

    place: Place | None  # None: a zero of the padding
    weight: Place = ()  # where on the tensor of weights the two meet
    share: Any = 1  # of an interpolation
    input: int = 0  # of several, which
    beyond: Place = ()  # where it is on the padded map, counted from the first number inside

    @property
    def spot(self) -> Place:
        return self.beyond or self.place or ()


class Sight(NamedTuple):
    """What each number of a layer's output sees, and which of the input is in its own place, where there is one."""

    groups: Callable[[Place], Groups]
    own: Callable[[Place], Seen] | None = None


def sight_of(applied: Applied) -> Sight:
    """What the outputs of a layer see; a Problem for a kind whose numbers are not computed."""
    kind, window = applied.setting.kind, applied.window
    if kind.takes == "features":
        return Sight(features_seen(applied))
    if window.type.pattern is not None and not window.apart:
        return Sight(windows_seen(applied), Seen if kind.own_statistics else None)
    sight = {APPENDING: joined_sight, RESHAPING: reshaped_sight, POINTWISE: place_sight, NORMALISING: place_sight}.get(
        window.type
    )
    if sight is None:
        raise problem("A010", f"apply cannot compute {kind.name}", "convcalc layer tells its shapes")
    return sight(applied)


def windows_seen(applied: Applied) -> Callable[[Place], Groups]:
    """Of a map: the channels of its group, and along each axis what the pattern of its window says."""
    kind, channels, filters = applied.setting.kind, first_size(applied.input[0]), first_size(applied.output)
    axes = [axis_seen(applied, index, step) for index, step in enumerate(steps(applied))]
    (groups,) = whole_shape((evaluate(tree(kind.groups), applied.letters),))
    inputs, outputs = channels // groups, filters // groups
    *layout, _ = kind.tensor.split(" x ") if kind.tensor else ("",)
    positions = Array(whole_shape(applied.output)[1:], ())

    def seen(at: Place) -> Groups:
        channel, *units = at
        group, mine = divmod(channel, outputs)
        along = [axis[unit] for axis, unit in zip(axes, (*units, *(0,) * (len(axes) - len(units))), strict=True)]
        met = list(map(together_on_axes, product(*along)))
        found: Groups = []
        for local in range(inputs):
            source = group * inputs + local
            # What the sizes of a tensor of weights count, see `Kind.tensor`.
            places = {"f": channel, "c*m": channel, "c/g": local, "c": source, "f/g": mine}
            weight = tuple(positions.number_of_place(at[1:]) if name == "N" else places[name] for name in layout)
            found.append([
                Seen((source, *cells) if cells is not None else None, (*weight, *taps), share, 0, (source, *spots))
                for cells, taps, share, spots in met
            ])  # fmt: skip
        return found

    return seen


def together_on_axes(cells: Iterable[SeenOnAxis]) -> tuple[Place | None, Place, Any, Place]:
    """What an output sees on each axis as one place (None: a zero), where on the kernel, its share, and its spot."""
    places, taps, shares, spots = zip(*cells, strict=True)
    return None if None in places else places, taps, prod(shares), spots


def first_size(shape: Shape) -> int:
    return whole_shape(shape)[0]


def axis_seen(applied: Applied, index: int, step: Step) -> list[list[SeenOnAxis]]:
    """For each output along an axis, what it sees."""
    axis = applied.axes[index] if applied.axes else {}
    before, after, size = whole_shape((axis.get("p_l", 0), axis.get("p_r", 0), step.size))
    beyond, type = applied.setting.kind.beyond(applied), step.type
    assert type.pattern is not None
    pattern = type.pattern(step)
    found = []
    output = whole_shape(applied.output)
    low, high = (0, size) if beyond == "nothing" else (-before, size + after)
    count = 0
    for unit in range(output[1 + index] if index + 1 < len(output) else 1):
        taps, shares = pattern.taps(unit), type.shares(step, unit) if type.shares else None
        if shares is None:
            taps = taps_between(taps, low, high)
        count += len(taps)
        if count > MAX_TERMS:
            raise problem("A006", f"the windows see more than {MAX_TERMS:,} numbers along an axis", "a smaller window")
        seen = []
        for place, cell in enumerate(taps):
            inside = cell if 0 <= cell < size else EDGES[beyond](cell, size)
            tap = type.tap(step, unit, cell) if type.tap else 0
            seen.append((inside, tap, shares[place] if shares else 1, cell))
        found.append(seen if shares is None else together(seen))
    return found


def taps_between(taps: range, low: int, high: int) -> range:
    """Those that lie from one end to below another."""
    start = taps.start + max(0, -((taps.start - low) // taps.step)) * taps.step
    return range(start, max(start, min(taps.stop, high)), taps.step)


def together(seen: list[SeenOnAxis]) -> list[SeenOnAxis]:
    """Shares of one number, which counts several times at an edge, as one."""
    whole: dict[int | None, Any] = {}
    for cell, _, share, _ in seen:
        whole[cell] = whole.get(cell, 0) + share
    return [(cell, 0, share, cell or 0) for cell, share in whole.items()]


# What lies beyond an edge; None is a zero.
EDGES: dict[str, Callable[[int, int], int | None]] = {
    "zeros": lambda cell, size: None,
    "constant": lambda cell, size: None,
    "replicate": lambda cell, size: min(max(cell, 0), size - 1),
    "reflect": lambda cell, size: -cell if cell < 0 else 2 * (size - 1) - cell,
    "circular": lambda cell, size: cell % size,
}


def features_seen(applied: Applied) -> Callable[[Place], Groups]:
    """Every feature of the last axis, or of the first where that has them."""
    first = applied.features_first
    features = whole_shape(applied.input[0])[0 if first else -1]

    def seen(at: Place) -> Groups:
        unit, rest = (at[0], at[1:]) if first else (at[-1], at[:-1])
        return [[Seen((each, *rest) if first else (*rest, each), (unit, each)) for each in range(features)]]

    return seen


def joined_sight(applied: Applied) -> Sight:
    """The number of the input that its place along the joined axis falls to."""
    along = applied.along or 0
    starts = [0, *accumulate(whole_shape(shape)[along] for shape in applied.input)]

    def own(at: Place) -> Seen:
        number = max(index for index, start in enumerate(starts[:-1]) if start <= at[along])
        return Seen((*at[:along], at[along] - starts[number], *at[along + 1 :]), input=number)

    return Sight(lambda at: [[own(at)]], own)


def reshaped_sight(applied: Applied) -> Sight:
    """The number that is as far from the first one, row by row."""
    given, output = whole_shape(applied.input[0]), Array(whole_shape(applied.output), ())

    def own(at: Place) -> Seen:
        index, place = output.number_of_place(at), []
        for size in reversed(given):
            index, coordinate = divmod(index, size)
            place.append(coordinate)
        return Seen(tuple(reversed(place)))

    return Sight(lambda at: [[own(at)]], own)


def place_sight(applied: Applied) -> Sight:
    """The same place of each input, which one of size 1 has everywhere; of one input, all that are summed over."""
    shapes = [whole_shape(shape) for shape in applied.input]
    if len(shapes) > 1:

        def everywhere(at: Place) -> Groups:
            places = [tuple(min(one, size - 1) for one, size in zip(at, shape, strict=True)) for shape in shapes]
            return [[Seen(place, input=number) for number, place in enumerate(places)]]

        return Sight(everywhere)
    shape, axes = shapes[0], summed_axes(applied)

    def together(at: Place) -> Groups:
        ranges = [range(size) if axis in axes else (at[axis],) for axis, size in enumerate(shape)]
        return [[Seen(place) for place in product(*ranges)]]

    return Sight(together, Seen)


def summed_axes(applied: Applied) -> set[int]:
    """The axes that a softmax sums over: those it names, else the channels of a map, else the features."""
    rank, said = len(applied.input[0]), applied.values.get("axis")
    over = applied.values.get("over")
    if over and applied.input[0][-len(over) :] == tuple(over):
        return set(range(rank - len(over), rank))
    named = [axis for axis in (said if isinstance(said, tuple) else ()) if axis not in (0, -rank - 1)]
    if named:
        return {axis - 1 if axis > 0 else axis + rank for axis in named}
    return {0 if applied.on_map or applied.setting.dims or applied.features_first else rank - 1}


def all_seen(groups: Groups) -> Iterator[Seen]:
    for group in groups:
        yield from group


# The padding


def fill_number(applied: Applied) -> Any:
    """What the cells of a padding hold that does not repeat the map; a Problem where that is infinite."""
    text = applied.values.get(FILL, "0")
    if text.endswith("inf"):
        raise problem("A010", f"{FILL}={text} is no number to compute with", f"{FILL}=0, or any other number")
    return exact(text)


def padded_size(applied: Applied) -> int:
    """How many numbers the input has with its padding; 0 where nothing of that is seen."""
    if applied.setting.kind.beyond(applied) not in EDGES or not applied.axes:
        return 0
    sides = (whole_shape((axis["n"], axis.get("p_l", 0), axis.get("p_r", 0))) for axis in applied.axes)
    return whole_shape(applied.input[0])[0] * prod(size + max(0, low) + max(0, high) for size, low, high in sides)


class Padded(NamedTuple):
    """A map, and the cells of padding that it has before and after along each axis."""

    array: Array
    before: Place
    after: Place


def padded_map(applied: Applied, array: Array) -> Padded:
    """The input of a layer with the padding that its windows see; as it is where they see nothing of it."""
    kind = applied.setting.kind
    fill = EDGES.get(kind.beyond(applied)) if applied.axes else None
    ends = [whole_shape((axis.get("p_l", 0), axis.get("p_r", 0))) for axis in applied.axes]
    if fill is None or not any(size > 0 for end in ends for size in end):
        return Padded(array, (0,) * len(ends), (0,) * len(ends))
    before, after = (tuple(max(0, end[side]) for end in ends) for side in (0, 1))
    channels, *sizes = array.shape
    ranges = [range(-low, size + high) for low, size, high in zip(before, sizes, after, strict=True)]
    numbers = []
    for channel, *cells in product(range(channels), *ranges):
        inside = tuple(cell if 0 <= cell < size else fill(cell, size) for cell, size in zip(cells, sizes, strict=True))
        numbers.append(fill_number(applied) if None in inside else array.at((channel, *inside)))  # type: ignore[arg-type]
    return Padded(Array((channels, *map(len, ranges)), tuple(numbers)), before, after)
