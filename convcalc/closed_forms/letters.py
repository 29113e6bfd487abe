"""Which names of a network can be letters, and the network with as many of them as it can have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.limits import TooInvolved, budget
from convcalc.network.build import Builder
from convcalc.network.walk import LayerReport, NetworkReport, Walk, layers_without_fields
from convcalc.problem import Diagnostic, Problem
from convcalc.spec import RepeatItem, Spec, UseItem, items_within
from convcalc.spec.choices import NAME, Choices
from convcalc.spec.names import declare
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.algebra.sizes import Sizes
    from convcalc.layers import Shape
    from convcalc.network import Graph
    from convcalc.network.axes import Axes

MAX_STEPS_OF_FORMS = 200_000  # of all attempts to build a network in letters


class Lettered(NamedTuple):
    """A network in letters: its graph, its layers, how its inputs are seen, and the sizes with which it fits."""

    graph: Graph
    layers: list[LayerReport]
    origins: Mapping[str, Axes]
    fitting: Mapping[str, Sizes]
    projected: Iterable[tuple[Shape, Shape]]  # which are taken to be different


def free_names(spec: Spec, choices: Choices) -> dict[str, int]:
    """The names that stand for a number, not for other names, and by which nothing is chosen or repeated."""
    try:
        values = declare(spec, choices).values
    except Problem:
        return {}
    chosen = [name for variant in spec.variants for _, pairs in variant.choices for name, _ in pairs]
    plain = {name for name, text, _ in spec.let if text.isdecimal()} | choices.sets.keys() | set(chosen)
    built = structural_names(spec).union(variant.name for variant in spec.variants)
    names = dict.fromkeys([*(name for name, _, _ in spec.let), *chosen])
    found = {name: values.get(name) for name in names if name in plain and name not in built}
    return {name: number for name, number in found.items() if isinstance(number, int) and number > 0}


def structural_names(spec: Spec) -> set[str]:
    """The names that how often something is repeated follows from."""
    items = list(items_within(spec.items, spec.blocks))
    wanted = {word for item in items if isinstance(item, RepeatItem) for word in re.findall(NAME, item.times)}
    given: list[tuple[str, str]] = [(name, text) for name, text, _ in spec.let]
    given += [pair for variant in spec.variants for _, pairs in variant.choices for pair in pairs]
    given += [pair for item in items if isinstance(item, UseItem) for pair in arguments(item, spec)]
    given += [(name, raw) for block in spec.blocks.values() for name, raw in block.params if raw]
    found: set[str] = set()
    while wanted:
        found |= wanted
        wanted = {word for name, text in given if name in wanted for word in re.findall(NAME, text)} - found
    return found


def arguments(item: UseItem, spec: Spec) -> Iterator[tuple[str, str]]:
    """The arguments of a block with the names that they may have in it, where a variant chooses which block it is."""
    blocks = [spec.blocks[item.block]] if item.block in spec.blocks else list(spec.blocks.values())
    for place, (given, raw) in enumerate(item.args):
        names = [given] if given else [block.params[place][0] for block in blocks if place < len(block.params)]
        yield from ((name, str(raw)) for name in names)


def in_letters(spec: Spec, choices: Choices, report: NetworkReport, names: tuple[str, ...]) -> Lettered | None:
    """The network with its sides and these names as letters, or with those of them with which it can be built."""
    found = build_with(spec, choices._replace(symbolic=True, symbols=names), report)
    if found is not None or not names:
        return found
    for symbolic in (True, False):
        found = build_with(spec, choices._replace(symbolic=True), report) if symbolic else None
        kept: tuple[str, ...] = ()
        for name in names if found or not symbolic else ():
            more = build_with(spec, choices._replace(symbolic=symbolic, symbols=(*kept, name)), report)
            if more is not None:
                found, kept = more, (*kept, name)
        if found is not None:
            return found
    return None


def differs(one: LayerReport, other: LayerReport) -> bool:
    """Whether layers are not the same, but for their sizes."""
    if (one.name, one.kind, one.inputs) != (other.name, other.kind, other.inputs):
        return True
    applied, present = one.applied, other.applied
    return applied is not None and present is not None and len(applied.output) != len(present.output)


def build_with(spec: Spec, choices: Choices, report: NetworkReport) -> Lettered | None:
    """The network with letters; None where it has other layers than it has in numbers, or no form."""
    found = build_in_letters(spec, choices)
    return found if isinstance(found, Lettered) and is_of(found, report) else None


def is_of(lettered: Lettered, report: NetworkReport) -> bool:
    """Whether a network in letters has the layers that it has in numbers."""
    return len(lettered.layers) == len(report.layers) and not any(map(differs, lettered.layers, report.layers))


def build_in_letters(
    spec: Spec, choices: Choices, instead: Mapping[str, Value] | None = None, fields: bool = True,
    steps: int = MAX_STEPS_OF_FORMS // 2,
) -> Lettered | tuple[Diagnostic, ...]:  # fmt: skip
    """The network with letters, some of them instead of others; where it has no form what is wrong, if that is known.

    Without receptive fields where these are not needed.
    """
    try:
        with budget(steps):
            builder = Builder(spec, choices, instead, cured=False)
            graph = builder.build()
            if graph.diagnostics:
                return tuple(graph.diagnostics)
            walker = Walk(graph)
            layers = list(walker.layers() if fields else layers_without_fields(graph))
    except Problem as error:
        return error.diagnostics
    except (TooInvolved, RecursionError):
        return ()
    fitting = builder.assumed.left if builder.assumed else {}
    return Lettered(graph, layers, walker.origins, fitting, builder.projected)
