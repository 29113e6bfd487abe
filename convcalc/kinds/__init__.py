"""Every layer kind, by every name that people know it by."""

from __future__ import annotations

from convcalc.kinds import (
    activating,
    arithmetic,
    attention,
    axes,
    constant,
    convolution,
    dense,
    joining,
    map_attention,
    normalising,
    pooling,
    rearranging,
    recurrent,
    resampling,
    transformer,
    turns,
)
from convcalc.layer.record import Kind
from convcalc.tuples import NamedTuple

FAMILIES = (
    convolution, pooling, resampling, dense, recurrent, attention, map_attention, transformer, rearranging, axes,
    normalising, activating, joining, arithmetic, constant,
)  # fmt: skip
KINDS: tuple[Kind, ...] = tuple(kind for family in FAMILIES for kind in family.KINDS)


class Named(NamedTuple):
    """A kind as one of its names means it: `conv2d` is conv, checked to be 2-D."""

    kind: Kind
    dims: int = 0  # number of axes demanded, 0 for any


def plain(name: str) -> str:
    """A name without case, `_` and `-`."""
    return name.lower().replace("_", "").replace("-", "")


def names(kind: Kind) -> dict[str, Named]:
    """Every plain name of a kind."""
    named = dict.fromkeys(plain(" ".join((kind.name, *kind.aliases, kind.dims))).split(), Named(kind))
    stems = plain(kind.dims).split()
    return named | {f"{stem}{dims}d": Named(kind, dims) for dims in (1, 2, 3) for stem in stems} if stems else named


NAMES = {name: named for kind in KINDS for name, named in names(kind).items()}

# What a network gets without saying so: before a fully connected layer of a pattern, in a shortcut, and between the
# first and the last turn of a repeat.
FLATTEN = rearranging.FLATTEN
PROJECTION, NORMALISATION = convolution.CONV, normalising.BATCHNORM
TURNS, STILL_TURNS = turns.TURNS, turns.STILL_TURNS
JOINS = {kind.block: kind for kind in KINDS if kind.block}


def find(name: str) -> Named | None:
    return NAMES.get(plain(name))
