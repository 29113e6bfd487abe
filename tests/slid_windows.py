"""Windows that are really slid: layers as functions of cells that know which pixels they see."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple


class Cell(NamedTuple):
    pixels: frozenset[int]
    whole: bool = True  # False where a window reached over an edge: then only an outer bound is known

    def __or__(self, other: Any) -> Cell:
        return Cell(self.pixels | other.pixels, self.whole and other.whole)


NOTHING, EDGE = Cell(frozenset()), Cell(frozenset(), False)


Cells = list[Cell]


def joined(cells: Cells) -> Cell:
    return Cell(frozenset().union(*(cell.pixels for cell in cells)), all(cell.whole for cell in cells))


def at(cells: Cells, index: int) -> Cell:
    return cells[index] if 0 <= index < len(cells) else EDGE


def clamped(cells: Cells, index: int) -> Cell:
    inside = min(max(index, 0), len(cells) - 1)
    return cells[inside] if inside == index else Cell(cells[inside].pixels, False)


def slide(cells: Cells, k: int, s: int = 1, p: int = 0, d: int = 1, out: int | None = None) -> Cells:
    count = (len(cells) + 2 * p - d * (k - 1) - 1) // s + 1 if out is None else out
    return [joined([at(cells, unit * s - p + tap * d) for tap in range(k)]) for unit in range(count)]


def spread(cells: Cells, k: int, s: int = 1, p: int = 0, d: int = 1, op: int = 0) -> Cells:
    span = d * (k - 1) + 1
    made = [NOTHING] * ((len(cells) - 1) * s + span + op)
    for source in range(-span, len(cells) + span):  # those outside would reach over the edge
        for tap in range(k):
            place = source * s + tap * d
            if 0 <= place < len(made):
                made[place] = made[place] | at(cells, source)
    return made[p : len(made) - p]


def sampled(cells: Cells, scale: Fraction, reach: int) -> Cells:
    """Half-pixel interpolation, `reach` taps on either side."""
    made = []
    for unit in range(floor(len(cells) * scale)):
        place = (unit + Fraction(1, 2)) / scale - Fraction(1, 2)
        first = floor(place)
        taps = [first] if place == first else range(first - reach + 1, first + reach + 1)
        made.append(joined([clamped(cells, tap) for tap in taps]))
    return made


def cornered(cells: Cells, out: int) -> Cells:
    made = []
    for unit in range(out):
        place = Fraction(unit * (len(cells) - 1), out - 1)
        made.append(joined([cells[floor(place)], cells[ceil(place)]]))
    return made


def adaptive(cells: Cells, out: int) -> Cells:
    n = len(cells)
    return [joined(cells[floor(Fraction(u * n, out)) : ceil(Fraction((u + 1) * n, out))]) for u in range(out)]


def tile(cells: Cells, side: int, shift: int) -> Cells:
    """Every unit sees the tile that it is in, the first of which may stand out over the edge."""
    firsts = [shift + (unit - shift) // side * side for unit in range(len(cells))]
    return [joined([at(cells, first + place) for place in range(side)]) for first in firsts]


def grid(cells: Cells, side: int) -> Cells:
    """Every unit sees those of `side` in all that lie evenly over the axis, itself among them."""
    gap = len(cells) // side
    return [joined([at(cells, unit % gap + place * gap) for place in range(side)]) for unit in range(len(cells))]


def grow(cells: Cells) -> Cells:
    """Every step sees itself and all before it."""
    return [joined(cells[: step + 1]) for step in range(len(cells))]


class Made(NamedTuple):
    text: str  # in the language; channels are 4 before and after
    run: Callable[[Cells], Cells]


def random_step(dice: random.Random, n: int) -> Made | None:
    """A layer that fits on n cells."""
    k, s, d, p = dice.randint(1, 4), dice.randint(1, 3), dice.randint(1, 3), dice.randint(0, 2)
    r = dice.choice([Fraction(2), Fraction(3), Fraction(3, 2), Fraction(5, 2)])
    reach = d * (k - 1) + 1
    match dice.choice(STEPS):
        case "conv" if reach <= n + 2 * p:
            return Made(f"conv 4 k{k} s{s} p{p} d{d}", lambda cells: slide(cells, k, s, p, d))
        case "dwconv" if reach <= n:
            return Made(f"dwconv k{k} s{s} d{d}", lambda cells: slide(cells, k, s, 0, d))
        case "maxpool" if k <= n:
            return Made(f"maxpool {k} s{s}", lambda cells: slide(cells, k, s))
        case "ceil" if k <= n:
            out = -(-(n - k) // s) + 1
            out -= (out - 1) * s >= n
            return Made(f"avgpool {k} s{s} ceil=yes", lambda cells: slide(cells, k, s, out=out))
        case "tconv" if (n - 1) * s + reach - 2 * p > 0:
            return Made(f"tconv 4 k{k} s{s} p{p} d{d}", lambda cells: spread(cells, k, s, p, d))
        case "nails":
            return Made(
                f"unpool {s} mode=bed_of_nails",
                lambda cells: [cell for one in cells for cell in (one, *[NOTHING] * (s - 1))],
            )
        case "unpool":
            return Made(f"unpool {s}", lambda cells: spread(cells, s, s))
        case "nearest":
            return Made(f"upsample {r}", lambda cells: [cells[floor(u / r)] for u in range(floor(len(cells) * r))])
        case "exact":
            return Made(
                f"upsample {r} mode=nearest_exact",
                lambda cells: [cells[floor((u + Fraction(1, 2)) / r)] for u in range(floor(len(cells) * r))],
            )
        case "linear":
            return Made(f"upsample {r} mode=linear", lambda cells: sampled(cells, r, 1))
        case "lanczos":
            return Made(f"upsample {r} mode=lanczos3", lambda cells: sampled(cells, r, 3))
        case "corners":
            out = dice.randint(2, 12)
            return Made(f"upsample size={out} mode=linear corners=yes", lambda cells: cornered(cells, out))
        case "size":
            out = dice.randint(1, 12)
            return Made(f"upsample size={out}", lambda cells: [cells[u * len(cells) // out] for u in range(out)])
        case "adaptive":
            out = dice.randint(1, 9)
            return Made(f"adaptiveavgpool {out}", lambda cells: adaptive(cells, out))
        case "shuffle":
            return Made("pixelshuffle 2 -> conv 4 k1", lambda cells: [cell for cell in cells for _ in range(2)])
        case "unshuffle" if n % 2 == 0:
            return Made("pixelunshuffle 2 -> conv 4 k1", lambda cells: slide(cells, 2, 2))
        case "pad":
            return Made(f"zeropad {p}", lambda cells: [EDGE] * p + cells + [EDGE] * p)
        case "crop" if 2 * p < n:
            return Made(f"crop {p}", lambda cells: cells[p : len(cells) - p])
        case "tile":
            shift = dice.randrange(k)
            return Made(f"windowattention {k} heads=2 shift={shift}", lambda cells: tile(cells, k, shift))
        case "grid" if n % k == 0:
            return Made(f"windowattention {k} heads=2 mode=grid", lambda cells: grid(cells, k))
        case "steps":
            text = dice.choice(("lstm 4", "gru 4 layers=2", "attention 2 causal=yes", "encoderlayer 2 f3 causal=yes"))
            return Made(f"permute 2x1 -> {text} -> permute 2x1", grow)
        case "window" if k < n:
            width = 2 * k - 1
            text = f"permute 2x1 -> attention 2 window={width} -> permute 2x1"
            return Made(text, lambda cells: slide(cells, width, 1, k - 1))
        case "window before" if k < n:
            text = f"permute 2x1 -> attention 2 window={k} causal=yes -> permute 2x1"
            return Made(text, lambda cells: slide([EDGE] * (k - 1) + cells, k))
        case "relu":
            return Made("relu", lambda cells: cells)
    return None


STEPS = (
    "conv", "conv", "conv", "dwconv", "maxpool", "ceil", "tconv", "tconv", "nails", "unpool", "nearest", "exact",
    "linear", "lanczos", "corners", "size", "adaptive", "shuffle", "unshuffle", "pad", "crop", "tile", "grid", "relu",
    "steps", "steps", "steps", "window", "window before",
)  # fmt: skip


def random_chain(dice: random.Random) -> tuple[int, list[Made], Cells]:
    n = dice.randint(6, 24)
    cells, chain = [Cell(frozenset([pixel])) for pixel in range(n)], []
    while len(chain) < dice.randint(1, 5):
        made = random_step(dice, len(cells))
        if made is None:
            continue
        after = made.run(cells)
        if not 1 <= len(after) <= 80:
            continue
        chain.append(made)
        cells = after
    return n, chain, cells
