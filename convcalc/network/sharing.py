"""Layers that use the weights of others, and what is left of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate
from convcalc.layers.applied import biases_of
from convcalc.layers.case import letters_of, product, tree
from convcalc.problem import Problem, problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.network.assembly import Assembly


def share(assembly: Assembly, of: str | range, own: range, place: Any) -> None:
    """Nodes of a graph use the weights of others, one by one; what does not fit is noted at its place."""
    nodes = assembly.graph.nodes
    try:
        held = nodes_of(assembly, of, own[0]) if isinstance(of, str) else of
        if len(held) != len(own):
            message = f"{len(own)} layers cannot use the weights of {len(held)}"
            raise problem("C050", message, "the same block, used again, has the same layers")
        for index, other in zip(own, held, strict=True):
            mine, theirs = nodes[index].applied, nodes[other].applied
            if mine and theirs and (len(own) == 1 or has_weights(mine) or has_weights(theirs)):
                name = theirs.values.get("weights", nodes[other].name)  # those that it uses itself
                nodes[index] = nodes[index]._replace(applied=with_weights_of(mine, theirs, name))
    except Problem as error:
        assembly.note(error, place, nodes[own[-1]].name)


def nodes_of(assembly: Assembly, name: str, before: int) -> range:
    """The nodes before another that a name stands for: a layer, or all of a block."""
    is_whole = name[:1] == "."
    for prefix in ("",) if is_whole else [scope.prefix for scope in reversed(assembly.scopes)]:
        full = prefix + name.removeprefix(".")
        if assembly.named.get(full, before) < before:
            group = next((group for group in assembly.graph.groups if group[0] == full), None)
            if group:
                return range(*group[1:])
            index = assembly.named[full]
            while index and assembly.graph.nodes[index].name != full:
                index -= 1  # the activation of a layer goes by its name
            return range(index, index + 1)
    raise assembly.unknown_source(name, before)


def has_weights(applied: Applied) -> bool:
    return applied.setting.kind.parameters != "0"


def weight_sizes(applied: Applied) -> tuple[Value, ...]:
    """The sizes of a layer's weights, filters first; for a kind without them, the letters of its parameters."""
    kind = applied.setting.kind
    if not kind.tensor:
        return tuple(number for _, number in counted_letters(applied))
    found: list[Value] = []
    for text in kind.tensor.split(" x "):
        found += [axis["k"] for axis in applied.axes] if text == "k" else [evaluate(tree(text), applied.letters)]
    return tuple(found)


def counted_letters(applied: Applied) -> list[tuple[str, Value]]:
    """The letters of a layer's parameters but for its biases, with their numbers."""
    return [(letter, applied.letters[letter]) for letter in sorted(letters_of(applied.setting.kind.parameters) - {"b"})]


def in_words(applied: Applied) -> str:
    if applied.setting.kind.tensor:
        return "×".join(map(str, weight_sizes(applied)))
    return f"of {', '.join(f'{letter} = {number}' for letter, number in counted_letters(applied))}"


def with_weights_of(applied: Applied, other: Applied, name: str) -> Applied:
    """The layer with the weights of another, called `name`; its own are only the biases that the other lacks.

    Of a layer that has none, what it gives is the weights.  A Problem (C050) where these differ in size.
    """
    kind, held = applied.setting.kind, other.setting.kind
    if kind.constant and product(applied.output) in (product(weight_sizes(other)), other.biases):
        return using(applied, name, 0)
    is_computed = has_weights(applied) and (held.constant or not has_weights(other))
    if is_computed and product(weight_sizes(applied)) == product(other.output):
        return using(applied, name, applied.biases)
    for each, one in ((applied, kind), (other, held)):
        if not has_weights(each):
            raise problem("C050", f"{one.name} has no weights to share", "leave `weights` out")
    if kind is not held and not (kind.tensor and held.tensor):
        message = f"{kind.name} cannot use the weights of {name}, which is {held.name}"
        raise problem("C050", message, f"another {held.name}, or leave `weights` out")
    own, shared = weight_sizes(applied), weight_sizes(other)
    if len(own) != len(shared):  # a kernel along an axis more, in which it is one cell wide, is the same
        own, shared = (tuple(size for size in sizes if size != 1) for sizes in (own, shared))
    if own != shared:
        message = f"the weights of {kind.name} are {in_words(applied)}, those of {name} ({held.name}) {in_words(other)}"
        raise problem("C050", message, "give both the same sizes, or leave `weights` out")
    formula = other.formulas[0]  # its own count may be without what it uses of a third
    theirs = biases_of(held, formula, evaluate(tree(formula), other.letters), other.letters)
    biases = applied.biases
    if theirs != 0 and biases not in (0, theirs):
        message = f"{kind.name} has {biases} biases, {name} has {theirs}"
        raise problem("C050", message, "give both the same, or leave `weights` out")
    return using(applied, name, biases if theirs == 0 else 0)


def using(applied: Applied, name: str, own: Value) -> Applied:
    """The layer with the weights of another, and so many biases of its own."""
    setting = applied.setting._replace(values=(*applied.setting.values, ("weights", name)))
    values = {**applied.values, "weights": name}
    return applied._replace(setting=setting, values=values, parameters=own, biases=own, buffers=0)
