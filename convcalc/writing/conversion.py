"""A network in another language: a spec that says itself what was asked beside it, other inputs, values and letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.algebra.substitution import symbols
from convcalc.network.load import graph_of
from convcalc.problem import Diagnostic, Problem, problem
from convcalc.readers.forms import form_of
from convcalc.spec import Items, Place, Spec, Variant, block_roles
from convcalc.spec.choices import Choices, declared_names, leaves_out, names_used
from convcalc.spec.inputs import letters_of_sides, read_inputs
from convcalc.spec.layout import settle, written_order
from convcalc.spec.names import declare
from convcalc.spec.shapes import read_shape
from convcalc.tuples import NamedTuple
from convcalc.writing import TARGETS
from convcalc.writing.naming import with_inner

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.network import Graph

NOWHERE = Place(1, 1)


class Conversion(NamedTuple):
    """A network as text or bytes in pieces, what its reader has to know beside it, and what was understood in it."""

    pieces: Iterator[Any]
    remarks: Iterable[str]
    notes: tuple[Diagnostic, ...]


def conversion(spec: Spec, choices: Choices, target: str, depth: int = 0) -> Conversion:
    """A spec in one of TARGETS, with what was asked beside it; a Problem where that cannot say it."""
    language = TARGETS[target]
    if depth and not language.folds:
        folding = " and ".join(each.name for each in TARGETS.values() if each.folds)
        raise problem("U010", f"depth has no say over {target}", f"leave it out: it is for {folding}")
    graph = graph_of(spec, choices)
    if wrong := (*graph.diagnostics, *spec.gaps):
        raise Problem(*wrong)
    refuse_unknown(graph)
    spec = with_choices(spec, choices, graph)
    if form_of(spec.source) is not None and not spec.blocks:
        from convcalc.writing.folding import in_few_words

        spec, graph = in_few_words(spec, graph)
    pieces = language.pieces(spec, graph, depth)
    return Conversion(pieces, language.remarks(spec, graph), tuple(graph.notes))


def refuse_unknown(graph: Graph) -> None:
    """A Problem where it is not known what a layer takes or gives."""
    if graph.spec.unjoined:
        raise Problem(graph.spec.unjoined._replace(severity="error"))
    for node in graph.nodes[len(graph.inputs) :]:
        if node.applied is None:
            raise problem("T003", f"what {node.name} gives is not known", "", graph.mark(node.place), layer=node.name)


# What was asked


def with_choices(spec: Spec, choices: Choices, graph: Graph) -> Spec:
    """The spec of which a run without choices has the graph that this run has."""
    letters = letters_of_sides(spec) if choices.symbolic else frozenset()
    values = declare(spec, choices, letters.union(choices.symbols)).values
    inputs = read_inputs(spec, choices, values)
    changed = {name for name, _, _ in spec.inputs if choices.symbolic or name in choices.inputs}
    if "" in choices.inputs or not spec.inputs:
        changed.add(next((name for name, _, _ in spec.inputs), "input"))
    sets, free = dict(choices.sets), list(choices.symbols)
    used = names_used(spec).union(declared_names(spec)) if changed else frozenset()
    for name, raw, _ in spec.inputs:
        for part in settle(read_shape(raw), spec.channels_last).parts if name in changed else ():
            if part in used and part in values and part not in sets:
                if str(values[part]) == part:
                    free.append(part)
                else:
                    sets[part] = str(values[part])
    known = [*inputs.shapes.values(), *(values[name] for name in sets if name in values)]
    if changed:
        free += sorted(letters_in(known).difference(sets))
    return spec._replace(
        inputs=tuple(
            (name, tuple(map(str, written_order(shape, spec.channels_last))) if name in changed else raw, place)
            for (name, shape), (_, raw, place) in zip(
                inputs.shapes.items(), spec.inputs or (("input", "", NOWHERE),), strict=True
            )
        ),
        let=let_with(spec, sets, free),
        variants=tuple(variant_with(variant, sets, free, spec) for variant in spec.variants),
        symbols=tuple(dict.fromkeys((*spec.symbols, *free))),
        blocks={name: block._replace(items=items_kept(block.items, choices)) for name, block in spec.blocks.items()},
        items=items_kept(spec.items, choices),
        outputs=tuple(each for each in spec.outputs if not choices.without or each[0] in dict(graph.outputs)),
        convention=choices.convention or spec.convention,
    )


def letters_in(values: list[Value | Shape]) -> set[str]:
    """The letters of numbers and shapes."""
    sizes = [size for value in values for size in (value if isinstance(value, tuple) else (value,))]
    return {letter for size in sizes if is_symbolic(size) for letter in symbols(size)}


def let_with(spec: Spec, sets: dict[str, str], letters: Sequence[str]) -> tuple[tuple[str, str, Place], ...]:
    """The names of `let` with what a run sets, but for letters and roles of blocks."""
    roles = block_roles(spec.variants, spec.blocks)
    own = {name: (name, sets.get(name, text), place) for name, text, place in spec.let}
    more = {name: (name, text, NOWHERE) for name, text in sets.items() if name not in own and name not in roles}
    return tuple(one for name, one in (own | more).items() if name in sets or name not in letters)


def variant_with(variant: Variant, sets: dict[str, str], letters: Sequence[str], spec: Spec) -> Variant:
    """A variant whose choices leave to others what a run says itself."""
    roles = block_roles((variant,), spec.blocks)
    choices = []
    for choice, names in variant.choices:
        kept = [
            (name, sets.get(name, value) if name in roles else value)
            for name, value in names
            if name in roles or not (name in sets or name in letters)
        ]
        choices.append((choice, tuple(kept)))
    return variant._replace(choices=tuple(choices))


def items_kept(items: Items, choices: Choices) -> Items:
    """Items without those that a run leaves out."""
    kept = (item for item in items if not leaves_out(choices, item))
    return tuple(with_inner(item, lambda inner: items_kept(inner, choices)) for item in kept)
