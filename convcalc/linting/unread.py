"""What is computed or held for nothing: layers whose output nothing reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.linting.record import WARNING, LintRule, Remedy, Trait
from convcalc.linting.words import count, one_of
from convcalc.network.load import graph_of, spec_of
from convcalc.problem import Problem

if TYPE_CHECKING:
    from convcalc.linting.network import LintedNetwork

MAX_NAMES = 4  # layers that are all named


def unused_layers(network: LintedNetwork) -> Iterator[Trait]:
    if network.graph.spec.unjoined is not None:
        return
    yield from unused_numbers(network)
    for index, applied in network.layers():
        if network.readers[index] or index in network.outputs or applied.setting.kind.constant:
            continue
        if network.is_foreign and (applied.parameters == 0 or applied.setting.kind.operator):
            continue  # what a program does with numbers that are no layer's is not all in the graph
        wasted = wasted_layers(network, index)
        held: Any = sum(network.layer(each).parameters for each in wasted)
        learnt = f": {count(held, 'parameter')} for nothing" if held != 0 else ""
        branch = f", nor what leads to it alone, from {network.nodes[wasted[-1]].name} on" if len(wasted) > 1 else ""
        yield Trait(index, f"nothing reads it{branch}, and it is no output{learnt}", output_remedy)


def unused_numbers(network: LintedNetwork) -> Iterator[Trait]:
    """What a program's modules learn and never use, in inference or training, and that is named nowhere else in it."""
    if not network.framework:
        return
    unread = {
        network.nodes[index].name: index for index, applied in network.layers()
        if applied.setting.kind.constant and applied.parameters != 0 and not network.readers[index]
        and is_named_once(network, network.nodes[index].name)
    }  # fmt: skip
    for name in sorted(unread.keys() & unread_in_training(network) if unread else ()):
        numbers = network.layer(unread[name]).parameters
        module = name.removesuffix(".parameters")
        message = f"nothing uses what {module} learns: {count(numbers, 'parameter')} for nothing"
        yield Trait(unread[name], message, f"leave {module} out, or use it")


def is_named_once(network: LintedNetwork, name: str) -> bool:
    """Whether an attribute on the way to a module is only written where it is made: a method or a caller may use it."""
    text = network.graph.spec.source.text
    words = [word for word in name.removesuffix(".parameters").split(".") if word.isidentifier()]
    return any(len(re.findall(rf"\.{word}\b", text)) == 1 for word in words)


def unread_in_training(network: LintedNetwork) -> set[str]:
    """The layers that nothing reads in training; none where that cannot be told."""
    choices = network.choices._replace(train=True)
    try:
        graph = graph_of(spec_of(network.graph.spec.source, choices), choices)
    except Problem:
        return set()
    read = {source for node in graph.nodes for source in node.inputs}
    return {node.name for index, node in enumerate(graph.nodes) if index not in read}


def wasted_layers(network: LintedNetwork, index: int) -> list[int]:
    """A layer that nothing reads, and those before it that only lead there."""
    found = {index: None}
    waiting = [index]
    for each in waiting:
        for source in network.nodes[each].inputs:
            only_here = source not in network.outputs and all(reader in found for reader in network.readers[source])
            if only_here and source >= network.first and source not in found and network.applied(source):
                found[source] = None
                waiting.append(source)
    return waiting


def output_remedy(network: LintedNetwork, index: int) -> Remedy:
    main = [name for name, _ in network.graph.outputs] or [network.nodes[network.graph.main].name]
    names = [network.nodes[each].name for each in sorted(wasted_layers(network, index))]
    shown = one_of(names, "and") if len(names) <= MAX_NAMES else f"{names[0]} to {names[-1]}"
    given = "return it" if network.framework else f"name it: outputs: [{', '.join((*main, names[-1]))}]"
    return Remedy(f"leave {shown} out, or {given}")


RULES = (
    LintRule(
        "unused",
        WARNING,
        "a layer whose output nothing reads",
        "The last layer is the output, and those that `outputs` names. What else nothing reads is computed, counted "
        "and learnt for nothing.",
        "Leave it out, or name it among the outputs.",
        "the graph of the network",
        "input: 3x8x8\nlayers:\n  - a: conv 4 k3\n  - b: conv 4 k3 from=input\n  - relu",
        unused_layers,
    ),
)  # fmt: skip
