"""Receptive fields through whatever moves numbers, against tensors whose numbers know which pixels they come from."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import product
from math import prod
from operator import or_
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from convcalc.kinds import KINDS as CATALOGUE
from convcalc.kinds.resampling import MODE, UPSAMPLE
from convcalc.layers.window import APPENDING, RESAMPLING
from convcalc.network.axes import Axes
from convcalc.network.crossing import map_layout
from convcalc.network.load import graph_of, spec_of, summarise, summarise_text
from convcalc.network.moves import MOVES
from convcalc.network.walk import Walk
from convcalc.problem import Source
from convcalc.readers.library import bundled_networks

Shape = tuple[int, ...]
Seen = tuple[int, ...]  # for each axis of the input, a bit for each pixel along it


class Tensor(NamedTuple):
    shape: Shape
    seen: dict[Shape, Seen]

    def made(self, shape: Iterable[int], sources: Callable[[Shape], Iterable[Shape]]) -> Tensor:
        """A tensor of this shape, each number of which is made of those numbers of this one."""
        shape = tuple(shape)
        return Tensor(shape, {at: joined(self.seen[source] for source in sources(at)) for at in indices(shape)})

    def among(self, axes: Iterable[int]) -> Tensor:
        """Every number made of all along these axes."""
        axes = [axis % len(self.shape) for axis in axes]
        return self.made(self.shape, lambda at: indices_with(self.shape, at, axes))

    def looking(self, back: int, ahead: int) -> Tensor:
        """Every step made of so many before it and behind it, with all their features."""
        steps, features = self.shape
        around = lambda step: range(max(0, step - back), min(steps, step + ahead + 1))  # noqa: E731
        return self.made(self.shape, lambda at: product(around(at[0]), range(features)))

    def resized(self, axis: int, size: int) -> Tensor:
        """An axis along which all numbers are alike, of another size."""
        axis %= len(self.shape)
        shape = (*self.shape[:axis], size, *self.shape[axis + 1 :])
        return self.made(shape, lambda at: [(*at[:axis], 0, *at[axis + 1 :])])


def indices(shape: Shape) -> Iterable[Shape]:
    return product(*map(range, shape))


def indices_with(shape: Shape, at: Shape, axes: Sequence[int]) -> Iterable[Shape]:
    return product(*(range(size) if axis in axes else (at[axis],) for axis, size in enumerate(shape)))


def joined(many: Iterable[Seen]) -> Seen:
    return tuple(reduce(or_, bits) for bits in zip(*many, strict=True))


def image(shape: Shape, channels: int = 0) -> Tensor:
    """Every pixel sees itself, along all axes but that of the channels."""
    return Tensor(shape, {at: tuple(1 << x for axis, x in enumerate(at) if axis != channels) for at in indices(shape)})


def interval(bits: int) -> tuple[int | None, int | None]:
    if not bits:
        return None, None
    return (bits & -bits).bit_length() - 1, bits.bit_length() - 1


def constant(shape: Shape, axes: int) -> Tensor:
    """Numbers that the network holds, which see nothing."""
    return Tensor(shape, dict.fromkeys(indices(shape), (0,) * axes))


def product_of(one: Tensor, other: Tensor, turned: bool = False) -> Tensor:
    """Matrices multiplied: a row of one and a column of the other, or a row of it."""
    *rows, size = one.shape
    columns = other.shape[-2 if turned else -1]

    def seen(at: Shape) -> Seen:
        row = [one.seen[(*at[:-1], k)] for k in range(size)]
        column = [other.seen[(*at[:-2], at[-1], k) if turned else (*at[:-2], k, at[-1])] for k in range(size)]
        return joined([*row, *column])

    return Tensor((*rows, columns), {at: seen(at) for at in indices((*rows, columns))})


class Layer(NamedTuple):
    written: Any  # in the language: a text, a block, or a list of them
    after: Tensor


def reshaped(tensor: Tensor, shape: Shape) -> Tensor:
    return Tensor(shape, dict(zip(indices(shape), tensor.seen.values(), strict=True)))


def windows(tensor: Tensor, k: int, s: int, filters: int = 0, groups: int = 1) -> Tensor:
    """Windows along every axis but the first; with filters, over the channels of a group."""
    c, *space = tensor.shape
    out = filters or c

    def sources(at: Shape) -> Iterable[Shape]:
        each = at[0] * groups // out * (c // groups)
        channels = range(each, each + c // groups) if filters else (at[0],)
        return product(channels, *(range(x * s, x * s + k) for x in at[1:]))

    return tensor.made((out, *((n - k) // s + 1 for n in space)), sources)


def random_shape(dice: random.Random, numbers: int) -> Shape:
    """Sizes that hold so many numbers."""
    shape = []
    while numbers > 1 and len(shape) < 3:
        size = dice.choice([each for each in range(1, numbers + 1) if not numbers % each])
        shape.append(size)
        numbers //= size
    return (*shape, numbers)[:4] if numbers > 1 else tuple(shape) or (1,)


def sizes(shape: Iterable[int]) -> str:
    return f"[{', '.join(map(str, shape))}]"


def blocks_as_channels(tensor: Tensor) -> Layer:
    """Space to depth in 2 × 2 × … blocks, by hand."""
    c, *space = tensor.shape
    rank = len(space)
    split = (c, *(size for n in space for size in (n // 2, 2)))
    order = (1, *range(3, 2 * rank + 2, 2), *range(2, 2 * rank + 1, 2))
    shape = (c * 2**rank, *(n // 2 for n in space))

    def sources(at: Shape) -> Iterable[Shape]:
        channel, *block = unravelled(at[0], (c, *(2,) * rank))
        return [(channel, *(2 * x + inside for x, inside in zip(at[1:], block, strict=True)))]

    text = f"reshape {sizes(split)} -> permute {sizes(order)} -> reshape {sizes(shape)}"
    return Layer(text, tensor.made(shape, sources))


def channels_as_blocks(tensor: Tensor) -> Layer:
    """Depth to space in 2 × 2 × … blocks, by hand."""
    c, *space = tensor.shape
    rank = len(space)
    split = (c // 2**rank, *(2,) * rank, *space)
    order = (1, *(axis for place in range(rank) for axis in (rank + 2 + place, 2 + place)))
    shape = (c // 2**rank, *(2 * n for n in space))

    def sources(at: Shape) -> Iterable[Shape]:
        channel = reduce(lambda total, x: 2 * total + x % 2, at[1:], at[0])
        return [(channel, *(x // 2 for x in at[1:]))]

    text = f"reshape {sizes(split)} -> permute {sizes(order)} -> reshape {sizes(shape)}"
    return Layer(text, tensor.made(shape, sources))


def pixels_as_channels(tensor: Tensor, r: int) -> Layer:
    """A pixel-unshuffle, which is space to depth in r × r × … blocks."""
    c, *space = tensor.shape
    cells = (r,) * len(space)

    def sources(at: Shape) -> Iterable[Shape]:
        channel, *inside = unravelled(at[0], (c, *cells))
        return [(channel, *(r * x + cell for x, cell in zip(at[1:], inside, strict=True)))]

    return Layer(f"pixelunshuffle {r}", tensor.made((c * prod(cells), *(n // r for n in space)), sources))


def channels_as_pixels(tensor: Tensor, r: int) -> Layer:
    """A pixel-shuffle, which is depth to space in r × r × … blocks."""
    c, *space = tensor.shape

    def sources(at: Shape) -> Iterable[Shape]:
        return [(reduce(lambda total, x: r * total + x % r, at[1:], at[0]), *(x // r for x in at[1:]))]

    shape = (c // r ** len(space), *(r * n for n in space))
    return Layer(f"pixelshuffle {r}", tensor.made(shape, sources))


def joined_by_name(dice: random.Random, tensor: Tensor, place: int) -> Layer:
    """A layer that joins what is named: products, and numbers that the network holds before the steps."""
    *rows, steps, features = tensor.shape
    x, p, q, scores = (f"{name}{place}" for name in "xpqs")
    held = lambda *shape: constant(shape, len(next(iter(tensor.seen.values()))))  # noqa: E731
    match dice.choice(("right", "left", "scores", "attention", "token")):
        case "right":
            size, after = f"{features}x3", product_of(tensor, held(*rows, features, 3))
            return Layer([{x: "relu"}, {p: f"parameter {size}"}, {"matmul": {"from": [x, p]}}], after)
        case "left":
            size, after = f"2x{steps}", product_of(held(*rows, 2, steps), tensor)
            return Layer([{x: "relu"}, {p: f"parameter {size}"}, {"matmul": {"from": [p, x]}}], after)
        case "scores":
            return Layer(
                [{x: "relu"}, {"matmul": {"from": [x, x], "transpose": True}}], product_of(tensor, tensor, True)
            )
        case "attention":
            after = product_of(product_of(tensor, tensor, True), tensor)
            written = [{x: "relu"}, {q: f"linear {features} in_features={features}"}]
            written += [{scores: {"matmul": {"from": [q, x], "transpose": True}}}, {"matmul": {"from": [scores, x]}}]
            return Layer(written, after)
        case _:
            first = held(*rows, 1, features)
            behind = {(*at[:-2], at[-2] + 1, at[-1]): seen for at, seen in tensor.seen.items()}
            seen = first.seen | behind
            after = Tensor((*rows, steps + 1, features), {at: seen[at] for at in sorted(seen)})
            written = [{x: "relu"}, {p: f"parameter {'x'.join(map(str, first.shape))}"}]
            return Layer([*written, {"concat": {"from": [p, x], "axis": len(rows) + 1}}], after)


def random_layer(dice: random.Random, tensor: Tensor, place: int = 0) -> Layer | None:
    shape = tensor.shape
    rank, c = len(shape), shape[0]
    match dice.choice(KINDS):
        case "conv" if 2 <= rank <= 4:
            k, s, f = dice.choice([1, 2, 3]), dice.choice([1, 2]), dice.choice([2, 4])
            g = 2 if dice.random() < 0.4 and c % 2 == 0 else 1
            if min(shape[1:]) >= k:
                return Layer(f"conv {f} k{k} s{s} g{g}", windows(tensor, k, s, f, g))
        case "dwconv" if 2 <= rank <= 4 and min(shape[1:]) >= 2:
            return Layer("dwconv k2", windows(tensor, 2, 1))
        case "pool" if 2 <= rank <= 4 and min(shape[1:]) >= 2:
            return Layer("maxpool 2", windows(tensor, 2, 2))
        case "upsample" if 2 <= rank <= 4 and prod(shape[1:]) <= 24:
            bigger = (c, *(2 * n for n in shape[1:]))
            return Layer("upsample 2", tensor.made(bigger, lambda at: [(at[0], *(x // 2 for x in at[1:]))]))
        case "global" if 2 <= rank <= 4:
            mixed = tensor.among(range(1, rank))
            return Layer("adaptiveavgpool 1", mixed.made((c, *(1,) * (rank - 1)), lambda at: [at]))
        case "linear" if shape[-1] > 1:
            return Layer(f"linear 3 in_features={shape[-1]}", tensor.among([-1]).resized(-1, 3))
        case "layernorm":
            return Layer(f"layernorm [{shape[-1]}]", tensor.among([-1]))
        case "groupnorm" if rank >= 2 and c % 2 == 0 and prod(shape) > 2:
            half = c // 2
            normed = tensor.made(
                shape,
                lambda at: product(range(at[0] // half * half, at[0] // half * half + half), *map(range, shape[1:])),
            )
            return Layer("groupnorm 2", normed)
        case "attention" if rank == 2:
            return Layer("attention 1", tensor.among([0, 1]))
        case "lstm" if rank == 2:
            return Layer("lstm 2", tensor.looking(shape[0], 0).resized(-1, 2))
        case "causal" if rank == 2:
            return Layer("attention 1 causal=yes", tensor.looking(shape[0], 0))
        case "named" if 2 <= rank <= 3 and prod(shape) <= 200:
            return joined_by_name(dice, tensor, place)
        case "windowed" if rank == 2 and shape[0] > 2:
            return Layer("attention 1 window=1", tensor.looking(0, 0))
        case "permute" if rank > 1:
            order = dice.sample(range(rank), rank)
            moved = tensor.made(
                (shape[axis] for axis in order), lambda at: [tuple(at[order.index(axis)] for axis in range(rank))]
            )
            return Layer(f"permute [{', '.join(str(axis + 1) for axis in order)}]", moved)
        case "flatten" if rank > 1:
            start = dice.randint(1, rank - 1)
            return Layer(f"flatten start={start}", reshaped(tensor, (*shape[: start - 1], prod(shape[start - 1 :]))))
        case "reshape":
            sizes = random_shape(dice, prod(shape))
            return Layer(f"reshape [{', '.join(map(str, sizes))}]", reshaped(tensor, sizes))
        case "split" if c % 2 == 0:
            part = dice.randint(0, 1)
            half = tensor.made((c // 2, *shape[1:]), lambda at: [(at[0] + part * c // 2, *at[1:])])
            return Layer(f"split 2 part={part}", half)
        case "slice" if c > 2:
            return Layer(f"slice {c - 1} start=1", tensor.made((c - 2, *shape[1:]), lambda at: [(at[0] + 1, *at[1:])]))
        case "unshuffled" if rank > 1 and all(n % 2 == 0 for n in shape[1:]):
            return blocks_as_channels(tensor)
        case "shuffled" if rank > 1 and c % 2 ** (rank - 1) == 0 and prod(shape) <= 400:
            return channels_as_blocks(tensor)
        case "pixelunshuffle" if 2 <= rank <= 4:
            r = dice.choice([2, 3, 4])
            return None if any(n % r for n in shape[1:]) else pixels_as_channels(tensor, r)
        case "pixelshuffle" if 2 <= rank <= 4 and prod(shape) <= 400:
            r = dice.choice([2, 3, 4])
            return channels_as_pixels(tensor, r) if c % r ** (rank - 1) == 0 else None
        case "shuffle" if rank > 1 and c % 2 == 0:
            mixed = tensor.made(shape, lambda at: [(at[0] % 2 * (c // 2) + at[0] // 2, *at[1:])])
            return Layer("shuffle 2", mixed)
        case "unfold" if rank in (2, 3) and min(shape[1:]) >= 2:
            counts = tuple(n - 1 for n in shape[1:])
            cells = 2 ** (rank - 1)

            def columns(at: Shape) -> list[Shape]:
                place, tap = unravelled(at[1], counts), unravelled(at[0] % cells, (2,) * (rank - 1))
                return [(at[0] // cells, *map(sum, zip(place, tap, strict=True)))]

            return Layer("unfold 2", tensor.made((c * cells, prod(counts)), columns))
        case "gate" if 2 <= rank <= 4:
            pooled = tensor.among(range(rank))
            gated = Tensor(shape, {at: joined((one, pooled.seen[at])) for at, one in tensor.seen.items()})
            return Layer({"gate": ["adaptiveavgpool 1", f"conv {c} k1"]}, gated)
        case "turned" if rank > 1 and shape[-1] == shape[-2]:
            turn = [*range(rank - 2), rank - 1, rank - 2]
            order = ", ".join(str(axis + 1) for axis in turn)
            both = tensor.made(shape, lambda at: [at, tuple(at[axis] for axis in turn)])
            return Layer({"residual": {"main": [f"permute [{order}]"], "shortcut": "identity"}}, both)
        case "doubled" if rank > 1:
            axis = dice.randint(1, rank)
            size = shape[axis - 1]
            longer = (*shape[: axis - 1], 2 * size, *shape[axis:])
            twice = tensor.made(longer, lambda at: [(*at[: axis - 1], at[axis - 1] % size, *at[axis:])])
            return Layer({"concat": {"a": ["relu"], "b": ["relu"], "axis": axis}}, twice)
        case "glu" if shape[-1] % 2 == 0:
            half = shape[-1] // 2
            gated = tensor.made((*shape[:-1], half), lambda at: [at, (*at[:-1], at[-1] + half)])
            return Layer("glu axis=-1", gated)
        case "relu":
            return Layer("relu", tensor)
    return None


KINDS = (
    "conv", "conv", "conv", "dwconv", "pool", "upsample", "global", "linear", "linear", "layernorm", "groupnorm",
    "attention", "lstm", "causal", "windowed", "named", "permute", "permute", "permute", "flatten", "reshape", "reshape", "reshape", "split", "slice",
    "shuffle", "unshuffled", "unshuffled", "shuffled", "shuffled", "pixelunshuffle", "pixelunshuffle", "pixelshuffle",
    "pixelshuffle", "unfold", "gate", "turned", "doubled", "glu", "relu",
)  # fmt: skip


def unravelled(number: int, sizes: Shape) -> list[int]:
    places = []
    for size in reversed(sizes):
        number, place = divmod(number, size)
        places.append(place)
    return places[::-1]


def unit(axes: Axes, shape: Shape, at: Shape, index: int) -> int:
    """The number of the unit, along an axis of the input, that a number of a tensor is."""
    total = 0
    for factors, place in zip(axes.layout or map_layout(shape), at, strict=True):
        digits = unravelled(place, tuple(factor.digits for factor in factors))
        total += sum(
            digit * factor.weight
            for digit, factor in zip(digits, factors, strict=True)
            if index in factor.along and factor.digits != 1
        )
    return total


def check(axes: Axes, tensor: Tensor, what: str) -> int:
    """Every number of a tensor sees what its field says; along how many axes it could be told."""
    told = 0
    for index, field in enumerate(axes.fields):
        seen = {at: interval(bits[index]) for at, bits in tensor.seen.items()}
        size = field.of_units(1 + max(unit(axes, tensor.shape, at, index) for at in seen) if not field.lost else 0).size
        extents = [last - first + 1 for first, last in seen.values() if first is not None and last is not None]
        if size is not None and extents:
            largest = max(extents)
            assert size == largest, f"{what}: {index}, {field}"
        if field.lost:
            continue
        told += 1
        for at, pixels in seen.items():
            if pixels[0] is None:  # numbers of the network are said to see what lies along another axis beside them
                continue
            place = 0 if field.advance == 0 and not field.table else unit(axes, tensor.shape, at, index)
            assert field.at(place) == pixels, f"{what}: {index}, {at}, {field}"
    return told


INPUTS = ((2, 6, 6), (4, 5, 8), (1, 12, 12), (2, 16), (6, 12), (2, 4, 4, 6))


@pytest.mark.seeds(12, 400)
def test_a_field_is_what_every_number_is_made_of(seed: int) -> None:
    dice = random.Random(seed)
    told = 0
    for _ in range(12):
        shape = dice.choice(INPUTS)
        tensor = windows(image(shape), 1, 1, 2)
        layers: list[Any] = ["conv 2 k1"]
        while len(layers) < 7:
            layer = random_layer(dice, tensor, len(layers))
            if layer and prod(layer.after.shape) <= 1500 and len(layer.after.shape) <= 4:
                written = layer.written.split(" -> ") if isinstance(layer.written, str) else layer.written
                layers += written if isinstance(written, list) else [written]
                tensor = layer.after
        text = json.dumps({"input": shape, "layers": layers})
        walk = Walk(graph_of(spec_of(Source("<text>", text))))
        *_, last = walk.layers()
        assert last.applied and last.applied.output == tensor.shape, text
        told += check(walk.fields[-1]["input"], tensor, text)
    assert told


def map_of_places(dice: random.Random) -> tuple[list[str], Tensor]:
    """A map that blocks have been moved in, and convolved between."""
    tensor = windows(image(dice.choice(((4, 8, 12), (4, 16)))), 1, 1, 4)
    layers = ["conv 4 k1"]
    for _ in range(dice.randint(1, 3)):
        moved = dice.choice((blocks_as_channels, channels_as_blocks))
        if (moved is channels_as_blocks and tensor.shape[0] % 4) or any(n % 2 for n in tensor.shape[1:]):
            continue
        text, tensor = moved(tensor)
        layers += text.split(" -> ")
        if dice.random() < 0.4 and min(tensor.shape[1:]) > 2:
            layers.append("conv 4 k2")
            tensor = windows(tensor, 2, 1, 4)
    return layers, tensor


@pytest.mark.seeds(2, 20)
def test_the_channels_of_a_place_count_together(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(10):
        layers, tensor = map_of_places(dice)
        together = tensor.among([0])
        text = json.dumps({"input": [4, *([8, 12] if len(tensor.shape) == 3 else [16])], "layers": layers})
        report = summarise_text(text)
        assert report.output == tensor.shape, text
        for index, field in enumerate(report.layers[-1].field):
            for at in indices(tensor.shape):
                assert field.at(at[1 + index]) == interval(together.seen[at][index]), (text, index, at)


SHORT_AND_LONG = {
    "space to depth": ("pixelunshuffle 2", "reshape 8x16x2x16x2 -> permute 1x3x5x2x4 -> reshape 32x16x16"),
    "depth to space": ("pixelshuffle 2", "reshape 2x2x2x32x32 -> permute 1x4x2x5x3 -> reshape 2x64x64"),
    "nothing, by way of the other end": ("identity", "permute 2x3x1 -> permute 3x1x2"),
    "nothing, by way of both axes": ("identity", "permute 1x3x2 -> relu -> permute 1x3x2"),
    "nothing, by way of blocks": (
        "identity",
        "reshape 8x16x2x16x2 -> permute 1x3x5x2x4 -> reshape 32x16x16"
        " -> reshape 8x2x2x16x16 -> permute 1x4x2x5x3 -> reshape 8x32x32",
    ),
    "nothing, by way of pixels as channels": ("identity", "pixelunshuffle 2 -> pixelshuffle 2"),
    "blocks as blocks of another size": (
        "pixelunshuffle 4 -> pixelshuffle 2",
        "reshape 8x8x4x8x4 -> permute 1x3x5x2x4 -> reshape 128x8x8"
        " -> reshape 32x2x2x8x8 -> permute 1x4x2x5x3 -> reshape 32x16x16",
    ),
    "blocks, enlarged": (
        "pixelunshuffle 2 -> conv 8 k1 -> upsample 2",
        "reshape 8x16x2x16x2 -> permute 1x3x5x2x4 -> reshape 32x16x16 -> upsample 2 -> conv 8 k1",
    ),
}


@pytest.mark.parametrize(
    "after", ["relu", "conv 4 k3", "dwconv k3 -> maxpool 2", "conv 4 k1 -> upsample 2 -> conv 4 k3 s2"]
)
@pytest.mark.parametrize("before", ["relu", "conv 8 k3 p1", "avgpool 2 -> upsample 2"])
@pytest.mark.parametrize(("short", "long"), SHORT_AND_LONG.values(), ids=SHORT_AND_LONG)
def test_moves_written_out_are_the_same_as_in_one_word(short: str, long: str, before: str, after: str) -> None:
    one, other = (
        [
            (field.size, field.stride, field.offset)
            for field in summarise_text(f"8x32x32 -> {before} -> {way} -> {after}").layers[-1].field
        ]
        for way in (short, long)
    )
    assert one == other


# Known ones.

SQUEEZE = """
input: 3x32x32
layers:
- trunk: conv 8 k3 s2 p1
- {pool}
- conv 2 k1
- factors: conv 8 k1
- multiply: {{from: [trunk, factors]}}
- conv 8 k3 s2 p1
"""
BLOCK = "dwconv k7 p3 -> permute 2x3x1 -> layernorm -> linear 32 -> gelu -> linear 8 -> permute 3x1x2"
ROWS = {
    "a token sees its patch": ("3x224x224 -> conv 768 k16 s16 -> flatten start=2 -> permute 2x1", 16, 16),
    "patches become tokens without a convolution": (
        "3x224x224 -> reshape 3x14x16x14x16 -> permute 2x4x1x3x5 -> reshape 196x768 -> linear 64", 16, 16
    ),
    "tokens become a map again": (
        "3x32x32 -> conv 8 k4 s4 -> flatten start=2 -> permute 2x1 -> linear 6 -> permute 2x1 -> reshape 6x8x8"
        " -> conv 8 k3",
        12, 4,
    ),
    "channels are shuffled as view, transpose, view": (
        "3x16x16 -> conv 8 k3 p1 -> reshape 2x4x16x16 -> permute 2x1x3x4 -> reshape 8x16x16 -> conv 8 k3 p1", 5, 1
    ),
    "a ConvNeXt block as it is computed": (f"3x224x224 -> conv 8 k4 s4 -> {BLOCK}", 28, 4),
    "height and width change places": ("3x20x20 -> conv 4 k3 s2 -> permute 1x3x2 -> conv 4 k3", 7, 2),
    "steps see all steps": ("100x16 -> attention 4", 100, 0),
    "the last step of a recurrent layer has read them all": ("100x16 -> lstm 4", 100, 1),
    "a recurrent layer of which only the last step is kept": ("100x16 -> lstm 4 sequences=no", 100, 0),
    "a recurrent layer that reads in both directions": ("100x16 -> lstm 4 bidirectional=yes", 100, 0),
    "steps that see those before them": ("100x16 -> attention 4 causal=yes -> attention 4 causal=yes", 100, 1),
    "steps that see those around them": ("100x16 -> attention 4 window=5 -> attention 4 window=5", 9, 1),
    "steps of a window before them": ("100x16 -> attention 4 k5 causal=yes -> encoderlayer 4 k9 causal=yes", 13, 1),
    "a window as large as all steps": ("100x16 -> attention 4 window=199", 100, 0),
    "the first step of those that see what lies before": ("100x16 -> lstm 4 -> slice 1", 1, 1),
    "a step in the middle of them": ("100x16 -> lstm 4 -> slice 10 start=6", 10, 1),
    "indices are steps": ("1024 -> embedding 500 f16", 1, 1),
    "indices that all look at each other": ("1024 -> embedding 500 f16 -> attention 4", 1024, 0),
    "indices that see those before them": ("8192 -> embedding 500 f16 -> encoderlayer 4 causal=yes", 8192, 1),
    "indices convolved": ("100 -> embedding 500 f16 -> permute 2x1 -> conv 8 k3 -> relu", 3, 1),
    "indices convolved and pooled": ("100 -> embedding 500 f16 -> permute 2x1 -> conv 8 k3 -> globalmaxpool", 100, 0),
    "a bag of indices": ("100 -> embeddingbag 500 f16 -> linear 3", 100, 0),
    "the vectors of all indices in a row": ("100 -> embedding 500 f16 -> flatten -> linear 3", 100, 0),
    "several axes of indices": ("6x10 -> embedding 100 f8", 1, 1),
    "a linear layer acts on each step": ("100x16 -> linear 5", 1, 1),
    "steps of features are made channels": ("100x16 -> permute 2x1 -> conv 4 k3 -> maxpool 2", 4, 2),
    "a map is written channels last by hand": ("20x20x3 -> permute 3x1x2 -> conv 4 k3", 3, 1),
    "a column sees its window": ("3x9x9 -> unfold 3", 3, 1),
    "columns of windows are mixed": ("3x9x9 -> unfold 3 -> conv 4 k1", 3, 1),
    "columns of windows are mixed and added back": ("3x9x9 -> unfold 3 -> conv 27 k1 -> fold 9x9 k3", 5, 1),
    "one cell is enlarged": ("3x33x33 -> conv 4 k3 p1 s2 -> adaptiveavgpool 1 -> upsample 17 mode=bilinear", 35, 0),
    "one cell is what convolutions left": ("3x7x7 -> conv 4 k7 -> upsample 4 mode=bilinear -> conv 4 k3", 7, 0),
    "cells out of order are all seen by a linear layer": ("6x7x7 -> reshape 14x21 -> flatten -> linear 2", 7, 0),
    "cells in no order see as much as before": ("6x9x9 -> conv 4 k3 -> reshape 14x14", 3, None),
    "cells in no order, mixed": ("6x9x9 -> conv 4 k3 -> reshape 14x14 -> linear 3", None, None),
    "pixels become channels and pixels again": ("16x8x8 -> pixelunshuffle 2 -> pixelshuffle 2", 1, 1),
    "pixels of several blocks become a larger one": ("16x8x8 -> pixelunshuffle 2 -> pixelshuffle 4", 1, 1),
    "the channels of a block are enlarged together": (
        "16x8x8 -> reshape 16x4x2x4x2 -> permute 1x3x5x2x4 -> reshape 64x4x4 -> upsample 2", 2, 1
    ),
    "the channels of a block are interpolated together": ("1x16 -> pixelunshuffle 2 -> upsample 2 mode=linear", 4, 1),
    "a place without neighbours is enlarged inside larger blocks": (
        "2x6x6 -> conv 2 k1 -> reshape 36x2 -> unfold 2 -> upsample 2 -> maxpool 2 -> groupnorm 2", 6, 0
    ),
    "a single place beside others that are further apart": (
        "2x16 -> conv 2 k1 -> reshape 16x1x1x2 -> reshape 4x4x1x2 -> permute 4x2x1x3 -> layernorm [1]"
        " -> split 2 part=0 -> reshape 8x2 -> upsample 2", 7, 4
    ),
    "a single block is as large as any": ("4x2x2 -> pixelunshuffle 2 -> conv 3 k3 p1", 6, 2),
    "what lies in no order meets what sees everything": (
        "{input: 1x6x6, layers: [conv 4 k1, pixelshuffle 2, permute 1x3x2, flatten start=2,"
        " gate: [globalavgpool, conv 1 k1]]}",
        6, 0
    ),
    "units that are not all the numbers up to the last meet what sees everything": (
        "{input: 2x6x6, layers: [conv 4 k1 s2, unfold 2, reshape 16x2x2, permute 1x3x2, reshape 32x2,"
        " linear 3 in_features=2, gate: [adaptiveavgpool 1, conv 32 k1]]}",
        5, 0
    ),
    "windows of several sizes, flattened with their channels": ("2x12x12 -> maxpool 4 -> adaptiveavgpool 4 -> flatten", 8, 3),
    "one number sees the same on every step": ("4x1x26 -> reshape 4x26 -> permute 2x1 -> linear 3", 1, 1),
}  # fmt: skip


@pytest.mark.parametrize(("network", "size", "stride"), ROWS.values(), ids=ROWS)
def test_a_known_field(network: str, size: int | None, stride: int | None) -> None:
    report = summarise_text(network)
    assert not report.errors
    assert [(field.size, field.stride) for field in report.layers[-1].field][-1] == (size, stride)
    assert not report.diagnostics


@pytest.mark.parametrize("pool", ["globalavgpool", "adaptiveavgpool 1", "avgpool 16", "conv 8 k16"])
def test_one_cell_is_the_same_everywhere_however_it_was_made(pool: str) -> None:
    report = summarise_text(SQUEEZE.format(pool=pool))
    assert not report.diagnostics
    assert [field.size for field in report.layers[-1].field] == [33, 33]
    assert all(field.advance == 0 for field in report.layers[-1].field)


@pytest.mark.parametrize(("name", "size"), [("efficientnet", 229), ("deeplabv3_resnet50", 939)])
@pytest.mark.parametrize("pool", ["globalavgpool", "AdaptiveAvgPool2d(1)"])
def test_a_bundled_network_is_the_same_as_pytorch_writes_it(name: str, size: int, pool: str, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(Path(bundled_networks()[name]).read_text().replace("globalavgpool", pool))
    report = summarise(str(spec))
    assert [field.size for field in report.layers[-1].field] == [size, size]
    assert not report.diagnostics


def test_a_gate_sees_no_less_than_what_it_weighs() -> None:
    report = summarise_text(
        "input: 1x32\nlayers:\n- conv 1 k81 p40\n- gate: [{globalavgpool: {from: input}}, conv 1 k1, sigmoid]"
    )
    (field,) = report.layers[-1].field
    assert (field.size, field.advance) == (81, 0)
    assert not report.diagnostics


@pytest.mark.parametrize(
    ("network", "size"),
    [
        ("1xL -> upsample 2 -> globalavgpool", "L"),
        ("1xL -> upsample 3 mode=linear -> globalavgpool", "L + 2"),
        ("1xL -> maxpool 3 -> adaptiveavgpool 4 -> globalavgpool", "3*floor(L/3)"),
        ("1xL -> adaptiveavgpool 3", None),
        ("1xL -> upsample size=5", None),
        ("1xL -> upsample size=5 -> globalavgpool", None),
        ("4xL -> reshape 2x2x-1 -> flatten start=2 -> conv 4 k1", 1),
        ("4xL -> pixelunshuffle 4 -> pixelshuffle 4", 1),
        ("4xL -> pixelunshuffle 2 -> upsample 2", 2),
        ("CxL -> pixelunshuffle 2 -> pixelshuffle 2", 1),
        ("3xL -> reshape 8x9 -> linear 4", None),
        ("Lx16 -> attention 4 causal=yes -> encoderlayer 4 causal=yes", "L"),
        ("Lx16 -> attention 4 window=5 -> attention 4 window=3", 7),
        ("Lx16 -> lstm 4 -> slice 2 start=1", 2),
        ("L -> embedding 500 f16 -> lstm 4 -> permute 2x1 -> conv 4 k3", "L"),
        ("{input: 4xL, layers: [conv 4 k3 s2, concat: {a: [conv 4 k3 s2 p1], b: [maxpool 2]}]}", 7),
    ],
)
def test_letters_claim_no_more_than_can_be_told(network: str, size: Any) -> None:
    report = summarise_text(network)
    assert not report.errors
    (field,) = report.layers[-1].field
    assert (None if field.size is None else str(field.size)) == (None if size is None else str(size))


def test_a_padding_with_letters_may_hide_what_is_seen() -> None:
    report = summarise_text(
        "{convention: keras, layout: channels_first, input: 8xHxW, layers: ["
        "pixelshuffle 2, avgpool kernel=4 padding=same, conv 2 k5, globalavgpool]}"
    )
    assert not report.errors
    assert all(field.size is None or "H" in str(field.size) for field in report.layers[-1].field[:1])


@pytest.mark.parametrize(
    ("layer", "size"),
    [("tconv 4 k=K", "K"), ("tconv 4 k4 s=S", "floor(3/S) + 1"), ("tconv 4 k=K s2", "floor((K + 1)/2)")],
)
def test_a_transposed_convolution_with_letters_sees_its_kernel(layer: str, size: str) -> None:
    report = summarise_text(json.dumps({"input": [3, 20], "symbols": ["K", "S"], "layers": [layer]}))
    assert not report.errors
    (field,) = report.layers[-1].field
    assert str(field.size) == size


@pytest.mark.parametrize(
    ("layer", "size"),
    [
        ("tconv 4 k2 d100000000", 10**8 + 1),
        (f"tconv 4 k9 d={10**30 - 1}", 8 * (10**30 - 1) + 1),
        (f"nn.ConvTranspose1d(3, 4, 3, dilation={10**30})", 2 * 10**30 + 1),
        (f"tconv 4 k3 s={10**20} d={10**18}", 1),
        (f"tconv 4 k{10**6} s2 d3", 1499998),
    ],
)
def test_the_taps_of_a_transposed_convolution_are_counted_not_searched(layer: str, size: int) -> None:
    (field,) = summarise_text(json.dumps({"input": [3, 26], "layers": [layer]})).layers[-1].field
    assert field.size == size


def test_every_window_has_a_way_through_it() -> None:
    """A type that is misspelt is no name; one without a way is met here."""
    for kind in CATALOGUE:
        type = kind.window.type
        assert type.through or type in (*MOVES, APPENDING, RESAMPLING), kind.name
        assert not (type.through and type in MOVES), kind.name
    assert UPSAMPLE.modes.keys() == set(MODE.words)
    assert all(window.type.through for window in UPSAMPLE.modes.values())


def test_a_vector_that_becomes_a_row_is_laid_out_as_one():
    """A constant stretches it to several rows, and the axes are exchanged."""
    found = summarise_text("input: 6\nlayers: [reshape 1x6, buffer 4x6, add: {from: [reshape1, buffer1]}, permute 2x1]")
    assert found.layers[-1].applied.output == (6, 4)
    assert not found.errors


CACHED = """
input: {q: 4x24, k: 6x24, v: 6x24, mask: 4x18, past_k: 3x12x8, past_v: 3x12x8}
layers:
  - {reshape: 4x3x8, from: q}
  - permute: 2x1x3
    name: queries
  - {reshape: 6x3x8, from: k}
  - permute 2x1x3
  - concat: {axis: 2, from: [past_k, permute1]}
  - permute: 1x3x2
    name: keys
  - {reshape: 6x3x8, from: v}
  - permute: 2x1x3
    name: new
  - concat: {axis: 2, from: [past_v, new], name: values}
  - matmul: {from: [queries, keys], name: scores}
  - {reshape: 1x4x18, from: mask}
  - add: {from: [scores, reshape4], name: masked}
  - matmul: {from: [masked, values]}
  - permute 2x1x3
"""


def test_inputs_of_different_ranks_go_through_one_layer_each_in_its_own_way():
    """Attention with keys and values that are kept: of three axes, the queries of two."""
    found = summarise_text(CACHED)
    assert {name: len(axes.fields) for name, axes in found.layers[-1].fields.items()} == {
        "q": 1, "k": 1, "v": 1, "mask": 1, "past_k": 2, "past_v": 2,
    }  # fmt: skip
