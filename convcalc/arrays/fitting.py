"""Arrays fitted to what they are for: the input of a network, the weights of a layer, its numbers per channel."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.arrays.array import Array, mean_and_variance, shape_text, stack, whole_shape
from convcalc.arrays.cells import sums_features
from convcalc.arrays.short import find_kernel
from convcalc.kinds import Named
from convcalc.network.sharing import weight_sizes
from convcalc.problem import Mark, Problem, Source, problem
from convcalc.spec import Items, LayerItem, items_within
from convcalc.spec.layout import NAMES, values_per_axis

if TYPE_CHECKING:
    from convcalc.arrays.array import Place
    from convcalc.arrays.reading import ArrayText
    from convcalc.layers.applied import Applied


def with_channels(text: ArrayText, items: Items) -> Array:
    """The input as channels and axes: rows and columns are one channel, unless a layer says that they are not."""
    array, first = text.array, deciding_kind(items)
    rank, dims = len(array.shape), first.dims if first else 0
    takes = first.kind.takes if first else "any"
    if text.stacked or (dims and rank == dims + 1):
        return array
    if rank == dims + 2 and dims and array.shape[0] == 1:  # a batch of one
        return array.reshaped(*array.shape[1:])
    if rank == 4 and array.shape[0] == 1 and takes == "map" and not dims and first:
        stem = (*first.kind.dims.split(), first.kind.name)[0]
        message = f"is the first axis of {shape_text(array.shape)} a batch of one, or the one channel of a volume?"
        hint = f"{stem}2d takes it as a batch, {stem}3d as a channel"
        raise problem("A011", message, hint, mark_of(text.source))
    is_bare = takes == "map" and (rank == 1 or rank == dims)
    if is_bare or (rank == 2 and takes != "features" and not (first and sums_features(first.kind))):
        return array.reshaped(1, *array.shape)
    return array


def deciding_kind(items: Items) -> Named | None:
    """The first kind that tells rows from channels, and the number of axes that its name or its settings say."""
    for item in items_within(items, {}):
        if isinstance(item, LayerItem):
            written = item.written
            if written.kind.takes != "any" or written.kind.flattens or sums_features(written.kind):
                return Named(written.kind, written.dims or values_per_axis(written.kind, dict(written.args)))
    return None


def fitted_weights(applied: Applied, name: str, given: Sequence[ArrayText]) -> Array:
    """The tensor of a layer's weights from one array, or from one for each filter; a Problem where they do not fit."""
    kind = applied.setting.kind
    wanted = whole_shape(weight_sizes(applied))
    rank, layout = len(applied.axes), kind.tensor.split(" x ")
    if len(given) == 1:
        array = given[0].array
        in_order = given[0].stacked and array.shape[-rank:] == wanted[-rank:] and prod(array.shape) == prod(wanted)
        if in_order or array.shape in shorter_shapes(wanted, rank):
            return array.reshaped(*wanted)
        message, hint = f"the weights of {name} are {shape_text(wanted)}", same_for_each_filter(given[0], wanted, rank)
        raise misfit(applied, name, wanted, given[0], message, hint)
    filters = 1 if layout[:2] == ["c", "f/g"] else 0
    each = (*wanted[:filters], *wanted[filters + 1 :])
    if len(given) != wanted[filters]:
        message = f"{len(given)} arrays of weights for the {wanted[filters]} filters of {name}"
        raise misfit(applied, name, wanted, None, message)
    parts = []
    for number, text in enumerate(given, 1):
        if text.array.shape not in shorter_shapes(each, rank):
            raise misfit(applied, name, wanted, text, f"filter {number} of {name} is {shape_text(each)}")
        parts.append(text.array.reshaped(*each))
    return stack(parts, filters)


def shorter_shapes(shape: tuple[int, ...], rank: int) -> set[tuple[int, ...]]:
    """A shape as it may be written: without axes of size 1 before its last ones, of one row without its height."""
    ahead, behind = shape[: len(shape) - rank], shape[len(shape) - rank :]
    found = {
        (*(size for size, kept in zip(ahead, keeps, strict=True) if kept or size != 1), *behind)
        for keeps in product((True, False), repeat=len(ahead))
    }
    if rank > 1 and all(size == 1 for size in shape[:-1]):
        found.add(shape[-1:])
    return found | ({(1,)} if prod(shape) == 1 else set())


def same_for_each_filter(text: ArrayText, wanted: tuple[int, ...], rank: int) -> str:
    """The cure of one kernel for several filters: the same for each, as long as each sees one channel."""
    if text.array.shape not in shorter_shapes(wanted[1:], rank) or not 1 < wanted[0] < 10:
        return ""
    shown = " ".join(text.source.text.split())
    return " ".join([f'--weights "{shown}"'] * wanted[0]) + ", one for each filter" if len(shown) < 30 else ""


def misfit(
    applied: Applied, name: str, wanted: tuple[int, ...], text: ArrayText | None, message: str, hint: str = ""
) -> Problem:
    if text:
        which = text.source.text.strip() if find_kernel(text.source.text) else "this array"
        message += f", {which} is {shape_text(text.array.shape)}"
    mark = mark_of(text.source) if text else None
    return problem("A002", message, hint or weights_hint(applied, wanted), mark, layer=name)


def weights_hint(applied: Applied, wanted: tuple[int, ...]) -> str:
    """What to write for weights of these sizes, to be pasted."""
    kind = applied.setting.kind
    meant = [WORDS.get(size, "") for size in kind.tensor.split(" x ")]
    words = " × ".join(filter(None, meant[:-1] if meant[-1] == "sides" else meant))
    sides = NAMES[len(applied.axes)].replace("x", "×") if applied.axes else ""
    said = f"{words} × {sides}" if meant[-1] == "sides" and words else words
    short = [*wanted]
    while len(short) > max(len(applied.axes), 1) and short[0] == 1:
        short.pop(0)
    return f'--weights "1..{prod(wanted)}:{"x".join(map(str, short))}", which is {said or "one number each"}'


WORDS = {"f": "filters", "f/g": "filters", "c": "channels", "c/g": "channels", "c*m": "channels", "k": "sides"}


def fitted_channels(given: Sequence[ArrayText], count: int, option: str, applied: Applied, name: str) -> Array:
    """One number per channel, in one array or in several; a single one for all where the layer has one."""
    numbers = tuple(number for text in given for number in text.array.numbers)
    if applied.parameters == 1 and len(numbers) == 1:
        numbers *= count
    if len(numbers) != count:
        message = f"{name} takes {count} number{'s' * (count != 1)} as {option}, one per channel, here {len(numbers)}"
        raise problem("A003", message, f'--{option} "1..{count}"', mark_of(given[-1].source), layer=name)
    if option == "variance" and min(numbers) < 0:
        message = f"{name}: a variance is never below 0, here {min(numbers)}"
        raise problem("A003", message, "0 or more", mark_of(given[-1].source))
    return Array((count,), numbers)


def fitted_places(name: str, given: Sequence[ArrayText], shape: Place, plane: Place) -> Array:
    """Where an unpooling puts its numbers: for each one the place in the output, counted row by row from 0."""
    text, last = given[0], prod(plane) - 1
    array = text.array
    if len(given) > 1 or array.shape not in shorter_shapes(shape, len(plane)):
        raise missing_places(name, shape, plane, mark_of(given[-1].source))
    if not all(isinstance(number, int) and 0 <= number <= last for number in array.numbers):
        message = f"{name}: places are numbers from 0 to {last}, row by row"
        raise problem("A003", message, places_hint(shape, plane), mark_of(text.source), layer=name)
    return array.reshaped(*shape)


def missing_places(name: str, shape: Place, plane: Place, mark: Mark | None = None) -> Problem:
    message = f"{name} needs {shape_text(shape)} places of its output, counted row by row from 0"
    hint = f"a maxpool of these sizes before it, or {places_hint(shape, plane)}"
    return problem("A003", message, hint, mark, layer=name)


def places_hint(shape: Place, plane: Place) -> str:
    short = shape[1:] if shape[0] == 1 else shape
    return f'--places "zeros:{"x".join(map(str, short))}", each of them from 0 to {prod(plane) - 1}'


def mark_of(source: Source) -> Mark:
    """The first line of an array's text."""
    return Mark(source, 1, 1, max(len(source.text.strip("\n").partition("\n")[0]), 1))


def missing_weights(applied: Applied, name: str) -> Problem:
    wanted = whole_shape(weight_sizes(applied))
    return problem("A002", f"{name} needs weights of {shape_text(wanted)}", weights_hint(applied, wanted), layer=name)


def missing_statistics(name: str, array: Array, axis: int) -> Problem:
    """Of a batch normalisation: the cure is what this array itself has."""
    channels: list[list[Any]] = [[] for _ in range(array.shape[axis])]
    for place, number in zip(array.places(), array.numbers, strict=True):
        channels[place[axis]].append(number)
    means, variances = (" ".join(map(str, found)) for found in zip(*map(mean_and_variance, channels), strict=True))
    hint = f'--mean "{means}" --variance "{variances}", of this array itself'
    return problem("A003", f"{name} needs the mean and the variance of each channel", hint, layer=name)
