"""Every layer kind, by every name that people know it by."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from convcalc.kinds import convolution, dense, elementwise, pooling, rearranging, resampling
from convcalc.kinds.record import Key, Kind

KINDS: tuple[Kind, ...] = (
    *convolution.KINDS,
    *pooling.KINDS,
    *resampling.KINDS,
    *dense.KINDS,
    *rearranging.KINDS,
    *elementwise.KINDS,
)


class Named(NamedTuple):
    """A kind as one of its names means it: `conv2d` is conv, checked to be 2-D."""

    kind: Kind
    dims: int = 0  # number of axes demanded, 0 for any


def plain(name: str) -> str:
    """A name without case, `_` and `-`."""
    return name.lower().replace("_", "").replace("-", "")


def names(kind: Kind) -> dict[str, Named]:
    """Every plain name of a kind."""
    named = {plain(name): Named(kind) for name in (kind.name, *kind.aliases)}
    for stem in kind.dims.split():
        named[plain(stem)] = Named(kind)
        for dims in (1, 2, 3):
            named[f"{plain(stem)}{dims}d"] = Named(kind, dims)
    return named


NAMES: dict[str, Named] = {}
for _kind in KINDS:
    NAMES.update(names(_kind))


def find(name: str) -> Named | None:
    return NAMES.get(plain(name))


class Signature(NamedTuple):
    """How a framework's class takes its arguments: parameter names in order, each with the key that it sets."""

    kind: Kind
    dims: int
    order: tuple[str, ...]
    sets: dict[str, str]  # parameter → key; "" where it changes values only
    fixed: dict[str, str]  # key → text, settings that the class implies


@lru_cache(maxsize=4)
def classes(framework: str) -> dict[str, tuple[Kind, int, str]]:
    """A framework's class names ("torch" or "keras"), as it spells them: kind, number of axes, parameters."""
    return {
        stem.replace("{n}", str(dims)): (kind, dims, parameters)
        for kind in KINDS
        for stem, parameters in (kind.torch if framework == "torch" else kind.keras)
        for dims in ((1, 2, 3) if "{n}" in stem else (0,))
    }


@lru_cache(maxsize=512)
def signature(framework: str, name: str) -> Signature | None:
    """How a class takes its arguments: `padding:sides` sets another key, `eps:_` none, `mode=reflect` is implied."""
    known = classes(framework).get(name)
    if known is None:
        return None
    kind, dims, parameters = known
    order, sets, fixed = [], {}, {}
    for word in parameters.split():
        parameter, colon, key = word.partition(":")
        parameter, equals, value = parameter.partition("=")
        key, default_equals, default = key.partition("=")
        if default_equals:
            fixed[key] = default
        if equals:
            fixed[parameter] = value
            continue
        order.append(parameter)
        if colon:
            sets[parameter] = "" if key == "_" else key
        elif parameter == "_":
            sets[parameter] = ""
    return Signature(kind, dims, tuple(order), sets, fixed)


@lru_cache(maxsize=1024)
def key_names(kind: Kind) -> dict[str, Key]:
    """The keys of a kind by every name and alias; single letters as symbols, in either case."""
    table: dict[str, Key] = {}
    for key in reversed(kind.keys):
        for name in (key.symbol, key.symbol.upper(), *key.aliases, key.name):
            if name:
                table[name] = key
    for key in kind.keys:  # a key's own name beats another's alias
        table[key.name] = key
    return table
