"""A spec upon another one: what it says itself holds, everything else is as in its base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.spec.model import map_items

if TYPE_CHECKING:
    from collections.abc import Container

    from convcalc.problem import Source
    from convcalc.spec.model import Items, Place, Spec, Variant


def upon(base: Spec, spec: Spec) -> Spec:
    """A spec over its base: what it says itself holds, names of let and defaults one by one."""
    own = {name: (name, text, place) for name, text, place in spec.let}
    inherited = [own.pop(name, (name, text, elsewhere(place, base.source))) for name, text, place in base.let]
    blocks = {
        name: block._replace(items=relocate(block.items, base.source), place=elsewhere(block.place, base.source))
        for name, block in base.blocks.items()
        if block is spec.blocks.get(name)
    }
    return spec._replace(
        name=spec.name or base.name,
        about=spec.about or base.about,
        inputs=spec.inputs or tuple((name, shape, elsewhere(place, base.source)) for name, shape, place in base.inputs),
        let=(*inherited, *own.values()),
        variants=(*inherited_variants(base, spec), *spec.variants),
        symbols=(*base.symbols, *(name for name in spec.symbols if name not in base.symbols)),
        defaults={
            kind: tuple({**dict(base.defaults.get(kind, ())), **dict(spec.defaults.get(kind, ()))}.items())
            for kind in {**base.defaults, **spec.defaults}
        },
        blocks={**spec.blocks, **blocks},
        items=relocate(spec.items, base.source) if spec.items is base.items else spec.items,
        outputs=spec.outputs or inherited_outputs(base, spec),
        family=base.family or base.source.name,
        budget=(*((name, text, elsewhere(place, base.source)) for name, text, place in base.budget), *spec.budget),
        ignored=(*((code, elsewhere(place, base.source)) for code, place in base.ignored), *spec.ignored),
    )


def inherited_outputs(base: Spec, spec: Spec) -> tuple[tuple[str, str, Place], ...]:
    """The outputs of a base whose layers are the heir's too."""
    outputs = base.outputs if spec.items is base.items else ()
    return tuple((name, layer, elsewhere(place, base.source)) for name, layer, place in outputs)


def inherited_variants(base: Spec, spec: Spec) -> list[Variant]:
    """The variants of a base, but for what its heir lets itself."""
    own = {variant.name for variant in spec.variants}
    let = {name for name, _, _ in spec.let}
    return [
        variant._replace(
            choices=tuple(
                (choice, tuple(pair for pair in names if pair[0] not in let)) for choice, names in variant.choices
            ),
            place=elsewhere(variant.place, base.source),
        )
        for variant in base.variants
        if variant.name not in own
    ]


def block_roles(variants: tuple[Variant, ...], blocks: Container[str]) -> set[str]:
    """The names that stand for one block or another, as a variant chooses."""
    return {name for variant in variants for _, names in variant.choices for name, value in names if value in blocks}


def elsewhere(place: Place, source: Source) -> Place:
    """A place in a base, which says so itself."""
    return place if place.source else place._replace(source=source, values=tuple)


def relocate(items: Items, source: Source) -> Items:
    return map_items(items, lambda item: item._replace(place=elsewhere(item.place, source)))
