"""Glyphs: one for each tensor whose shape changes, in slabs for the layers that keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.categories import category
from convcalc.render.pictures.volumes.forms import Dimensions, channels_place, form_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.algebra.expr import Value
    from convcalc.layer.record import Shape
    from convcalc.render.pictures.volumes.tracks import Tracks
    from convcalc.render.pictures.volumes.units import UnitGraph

INPUT, FAILED = "input", "alarm"


class Slab(NamedTuple):
    """What one layer or block makes, and what follows it without another shape."""

    unit: int
    category: str
    followers: tuple[int, ...] = ()
    stripes: tuple[str, ...] = ()  # their categories
    join: str = ""  # the sign of the sum or product in which ways meet here


class SlabRepeat(NamedTuple):
    """Slabs from `start` on, so many at a time, that come so often."""

    start: int
    length: int
    times: int


class Glyph(NamedTuple):
    """A tensor, drawn once."""

    shape: Shape | None  # None: it could not be computed
    form: Dimensions
    channels: int  # which axis of the shape holds them
    slabs: tuple[Slab, ...]
    track: int = 0
    repeats: tuple[SlabRepeat, ...] = ()
    parts: tuple[tuple[str, int], ...] = ()  # of what is joined: category and channels of each
    lead: tuple[int, ...] = ()  # units without a glyph of their own, on the way from the glyph before

    @property
    def units(self) -> tuple[int, ...]:
        return tuple(unit for slab in self.slabs for unit in (slab.unit, *slab.followers))


class SlabPlace(NamedTuple):
    """A slab of a glyph."""

    glyph: int
    slab: int


class SlabArc(NamedTuple):
    """A link between slabs that are drawn."""

    start: SlabPlace
    end: SlabPlace
    via: tuple[int, ...] = ()
    times: int = 1


class Gallery(NamedTuple):
    """All that is drawn of a network, before it has a place."""

    glyphs: tuple[Glyph, ...]
    arcs: tuple[SlabArc, ...]


def gallery(wiring: UnitGraph, tracks: Tracks, number: Callable[[Value], int]) -> Gallery:
    """The glyphs of all tracks, and the arcs between them."""
    targets = {link.end for link in tracks.links}
    glyphs: list[Glyph] = []
    places: dict[int, SlabPlace] = {}
    for track, path in enumerate(tracks.paths):
        for glyph in glyphs_of(wiring, path, targets, track, number):
            for index, slab in enumerate(glyph.slabs):
                for unit in (slab.unit, *slab.followers):
                    places[unit] = SlabPlace(len(glyphs), index)
            glyphs.append(glyph)
    arcs = [
        SlabArc(places[link.start], places[link.end], link.via)
        for link in tracks.links
        if link.end in places and link.start in places
    ]
    return Gallery(tuple(glyphs), tuple(arcs))


def glyphs_of(
    wiring: UnitGraph, path: tuple[int, ...], targets: set[int], track: int, number: Callable[[Value], int]
) -> list[Glyph]:
    found: list[Glyph] = []
    for unit in path:
        shape = wiring.graph.shape(wiring.units[unit].last)
        before = found[-1] if found else None
        if shape is None:
            if before and before.shape is None:
                found[-1] = with_follower(before, unit, "")
            else:
                found.append(Glyph(None, before.form if before else Dimensions((), 1), 0, (Slab(unit, FAILED),), track))
            continue
        applied = wiring.applied(unit)
        if before and before.shape == shape and not (applied and joined_parts(wiring, unit)):
            if wiring.is_follower(unit):
                found[-1] = with_follower(before, unit, category_of(wiring, unit))
                continue
            if before.parts == () or not is_join(wiring, unit):
                slab = Slab(unit, category_of(wiring, unit), join=join_sign(wiring, unit))
                if is_join(wiring, unit):
                    found[-1] = before._replace(
                        slabs=(*before.slabs[:-1], with_join(before.slabs[-1], unit, slab.join))
                    )
                else:
                    found[-1] = before._replace(slabs=(*before.slabs, slab))
                continue
        channels = channels_place(wiring.graph, wiring.units[unit].last)
        slab = Slab(unit, category_of(wiring, unit), join=join_sign(wiring, unit))
        form = form_of(shape, channels, number)
        if (
            before
            and before.shape is not None
            and is_same_column(before.form, form)
            and wiring.sources[unit] == before.units[-1:]
            and is_view(wiring, unit)
        ):
            found[-1] = with_follower(before, unit, "")
            continue
        parts = joined_parts(wiring, unit)
        lead: tuple[int, ...] = ()
        if parts and before and is_raised(found) and feeds_only(wiring, before, unit):
            lead = before.units  # up-sampled, and seen as a part of what it is joined to
            found.pop()
        found.append(Glyph(shape, form, channels, (slab,), track, parts=parts, lead=lead))
    return found


def is_same_column(one: Dimensions, other: Dimensions) -> bool:
    """Whether a vector is another with its axes of one cell left out."""
    return one.is_column and other.is_column and one.channels == other.channels


def is_view(wiring: UnitGraph, unit: int) -> bool:
    applied = wiring.applied(unit)
    return not wiring.units[unit].is_block and applied is not None and applied.setting.kind.view


def is_raised(found: list[Glyph]) -> bool:
    """Whether the last glyph has one slab, and more sides than the one before it."""
    if len(found) < 2 or len(found[-1].slabs) > 1 or None in (found[-1].shape, found[-2].shape):
        return False
    return max(found[-1].form.face) > max(found[-2].form.face)


def feeds_only(wiring: UnitGraph, glyph: Glyph, unit: int) -> bool:
    """Whether a glyph of one layer is there for one unit, and no input."""
    own = glyph.units
    return wiring.units[own[0]].start >= len(wiring.graph.inputs) and all(
        set(wiring.consumers[each]) <= {*own, unit} for each in own
    )


def with_follower(glyph: Glyph, unit: int, stripe: str) -> Glyph:
    *others, last = glyph.slabs
    stripes = (*last.stripes, stripe) if stripe else last.stripes
    return glyph._replace(slabs=(*others, last._replace(followers=(*last.followers, unit), stripes=stripes)))


def with_join(slab: Slab, unit: int, sign: str) -> Slab:
    return slab._replace(followers=(*slab.followers, unit), join=sign)


def is_join(wiring: UnitGraph, unit: int) -> bool:
    """Whether ways meet in it number by number."""
    applied = wiring.applied(unit)
    return (
        not wiring.units[unit].is_block
        and applied is not None
        and len(applied.input) > 1
        and applied.setting.kind.broadcasts
        and applied.setting.kind.block != "concat"
    )


def join_sign(wiring: UnitGraph, unit: int) -> str:
    if not is_join(wiring, unit):
        return ""
    applied = wiring.applied(unit)
    assert applied
    return "×" if applied.setting.kind.block == "gate" else "+"


def joined_parts(wiring: UnitGraph, unit: int) -> tuple[tuple[str, int], ...]:
    """Of what a layer joins one behind another: the category and channels of each."""
    applied = wiring.applied(unit)
    if (
        wiring.units[unit].is_block
        or applied is None
        or applied.setting.kind.block != "concat"
        or len(applied.input) < 2
    ):
        return ()
    place = applied.along if applied.along is not None else applied.channels
    if place != applied.channels:
        return ()
    sizes = [shape[place] for shape in applied.input]
    makers = [category_of(wiring, maker_behind(wiring, source)) for source in sources_in_order(wiring, unit)]
    return tuple((name, size) for name, size in zip(makers, sizes, strict=True) if isinstance(size, int))


def maker_behind(wiring: UnitGraph, unit: int) -> int:
    """The unit that made what another only passes on."""
    while wiring.is_follower(unit):
        unit = wiring.sources[unit][0]
    return unit


def sources_in_order(wiring: UnitGraph, unit: int) -> list[int]:
    """The units that a layer takes, as it takes them."""
    holder = {unit.last: index for index, unit in enumerate(wiring.units)}
    node = wiring.graph.nodes[wiring.units[unit].last]
    return [holder.get(source, unit) for source in node.inputs]


def category_of(wiring: UnitGraph, unit: int) -> str:
    """The category of a layer; of a block, of the layer in it that works the most."""
    what = wiring.units[unit]
    if what.start < len(wiring.graph.inputs):
        return INPUT
    layers = [node.applied for node in wiring.graph.nodes[what.start : what.stop] if node.applied]
    if not layers:
        return FAILED
    heaviest = max(
        layers,
        key=lambda layer: (
            layer.macs if isinstance(layer.macs, int) else layer.parameters if isinstance(layer.parameters, int) else 0
        ),
    )
    return category(heaviest.setting.kind)
