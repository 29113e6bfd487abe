"""Glyphs: one for each tensor whose shape changes, with sides and channels, in slabs for the layers that keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from convcalc.kinds.categories import category
from convcalc.network.axes import channel_axis
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.network import Graph
    from convcalc.render.pictures.volumes.units import Tracks, UnitGraph

INPUT, FAILED = "input", "alarm"
MAX_TRACKS = 9  # that are drawn


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
    last: tuple[int, ...] = ()  # the units of the last ones


class JoinedPart(NamedTuple):
    """Channels that a concatenation takes from one of its inputs."""

    category: str
    channels: int
    is_copied: bool  # from elsewhere than the glyph before


class Glyph(NamedTuple):
    """A tensor, drawn once."""

    shape: Shape | None  # None: it could not be computed
    form: Dimensions
    channels: int  # which axis of the shape holds them
    slabs: tuple[Slab, ...]
    track: int = 0
    repeats: tuple[SlabRepeat, ...] = ()
    parts: tuple[JoinedPart, ...] = ()  # of what is joined one behind another
    lead: tuple[int, ...] = ()  # units without a glyph of their own, on the way from the glyph before
    last: int = 0  # the node that gives it

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
    builder = GlyphBuilder(wiring, number)
    everything = {unit for path in tracks.paths for unit in path}
    for track, path in enumerate(tracks.paths[:MAX_TRACKS]):
        builder.elsewhere = everything.difference(path)
        builder.add_track(track, path)
    places = {
        unit: SlabPlace(number, index)
        for number, glyph in enumerate(builder.glyphs)
        for index, slab in enumerate(glyph.slabs)
        for unit in (*(glyph.lead if not index else ()), slab.unit, *slab.followers)
    }
    arcs = [
        SlabArc(places[link.start], places[link.end], link.via)
        for link in tracks.links
        if link.start in places and link.end in places
    ]
    return Gallery(tuple(builder.glyphs), tuple(arcs))


class GlyphBuilder:
    """Units, one after another, become glyphs, slabs of a glyph, or stripes of a slab."""

    def __init__(self, wiring: UnitGraph, number: Callable[[Value], int]):
        self.wiring, self.number = wiring, number
        self.glyphs: list[Glyph] = []
        self.elsewhere: set[int] = set()  # units of other tracks
        self.colours: dict[int, str] = {}  # by the last node of a unit, the category of its slab

    def add_track(self, track: int, path: tuple[int, ...]) -> None:
        first = len(self.glyphs)
        for unit in path:
            before = self.glyphs[-1] if len(self.glyphs) > first else None
            shape = self.wiring.graph.shape(self.wiring.units[unit].last)
            if before is None or not self.is_added(unit, before, shape):
                self.begin(unit, before, shape, track)
            self.colours[self.wiring.units[unit].last] = self.glyphs[-1].slabs[-1].category

    def is_added(self, unit: int, before: Glyph, shape: Shape | None) -> bool:
        """Add a unit to the glyph before it, where it leaves the shape; False where it does not."""
        wiring = self.wiring
        if before.shape is None or shape is None:
            return before.shape is shape and self.follow(before, unit)
        if before.shape == shape and before.slabs[0].category == INPUT and not wiring.is_follower(unit):
            return False
        if before.shape != shape:
            return is_unrolled(wiring, unit, before, self.form(unit, shape)) and self.follow(before, unit)
        if wiring.is_follower(unit):
            return self.follow(before, unit, category_of(wiring, unit))
        if is_concatenation(wiring, unit) or any(source in self.elsewhere for source in wiring.sources[unit]):
            return False
        sign = join_sign(wiring, unit)
        if sign:
            return self.follow(before, unit, "", sign)
        self.glyphs[-1] = before._replace(
            slabs=(*before.slabs, Slab(unit, category_of(wiring, unit))), last=wiring.units[unit].last
        )
        return True

    def follow(self, before: Glyph, unit: int, stripe: str = "", sign: str = "") -> bool:
        """Add a unit to the last slab."""
        *others, last = before.slabs
        stripes = (*last.stripes, stripe) if stripe else last.stripes
        slab = last._replace(followers=(*last.followers, unit), stripes=stripes, join=sign or last.join)
        self.glyphs[-1] = before._replace(slabs=(*others, slab), last=self.wiring.units[unit].last)
        return True

    def begin(self, unit: int, before: Glyph | None, shape: Shape | None, track: int) -> None:
        """Begin a glyph; what was up-sampled only to be joined to another is a part of it, and not drawn before."""
        if shape is None:
            form = before.form if before else Dimensions((), 1)
            self.glyphs.append(Glyph(None, form, 0, (Slab(unit, FAILED),), track))
            return
        parts = self.parts(unit, before)
        lead: tuple[int, ...] = ()
        if parts and before and self.is_raised() and feeds_only(self.wiring, before, unit):
            lead = self.glyphs.pop().units
        slab = Slab(unit, category_of(self.wiring, unit), join=join_sign(self.wiring, unit))
        last = self.wiring.units[unit].last
        place = channels_place(self.wiring.graph, last)
        form = form_of(shape, place, self.number)
        self.glyphs.append(Glyph(shape, form, place, (slab,), track, parts=parts, lead=lead, last=last))

    def form(self, unit: int, shape: Shape) -> Dimensions:
        return form_of(shape, channels_place(self.wiring.graph, self.wiring.units[unit].last), self.number)

    def is_raised(self) -> bool:
        """Whether the last glyph has one slab, and larger sides than the one before it."""
        if len(self.glyphs) < 2:
            return False
        before, last = self.glyphs[-2:]
        if before.track != last.track or before.shape is None or len(last.slabs) > 1:
            return False
        return max(last.form.face) > max(before.form.face)

    def parts(self, unit: int, before: Glyph | None) -> tuple[JoinedPart, ...]:
        """What a layer joins one behind another."""
        applied = self.wiring.applied(unit)
        if applied is None or not is_concatenation(self.wiring, unit):
            return ()
        sizes = [self.number(shape[applied.channels]) for shape in applied.input]
        node = self.wiring.graph.nodes[self.wiring.units[unit].last]
        own = self.wiring.units[before.units[-1]].last if before else -1
        return tuple(
            JoinedPart(self.colour_of(source), size, source != own)
            for source, size in zip(node.inputs, sizes, strict=True)
        )

    def colour_of(self, node: int) -> str:
        """The category of what made a node's output, whatever passed it on."""
        nodes = self.wiring.graph.nodes
        while node not in self.colours:
            if not nodes[node].inputs:
                return INPUT
            node = nodes[node].inputs[0]
        return self.colours[node]


def is_unrolled(wiring: UnitGraph, unit: int, before: Glyph, form: Dimensions) -> bool:
    """Whether a unit only leaves out the axes of one cell of a vector."""
    applied = wiring.applied(unit)
    is_view = applied is not None and applied.setting.kind.view and not wiring.units[unit].is_block
    is_same = before.form.is_column and form.is_column and before.form.channels == form.channels
    return is_view and is_same and wiring.sources[unit] == before.units[-1:]


def feeds_only(wiring: UnitGraph, glyph: Glyph, unit: int) -> bool:
    """Whether a glyph of one layer is there for one unit, and no input."""
    own = glyph.units
    return wiring.units[own[0]].start >= len(wiring.graph.inputs) and all(
        set(wiring.consumers[each]) <= {*own, unit} for each in own
    )


def join_sign(wiring: UnitGraph, unit: int) -> str:
    """+ or × for a layer in which ways meet number by number."""
    applied = wiring.applied(unit)
    if wiring.units[unit].is_block or applied is None or len(applied.input) < 2:
        return ""
    kind = applied.setting.kind
    return "" if not kind.broadcasts or kind.block == "concat" else "×" if kind.block == "gate" else "+"


def is_concatenation(wiring: UnitGraph, unit: int) -> bool:
    """Whether a layer lays the channels of several tensors one behind another."""
    applied = wiring.applied(unit)
    if wiring.units[unit].is_block or applied is None or len(applied.input) < 2:
        return False
    return applied.setting.kind.block == "concat" and applied.along in (None, applied.channels)


def category_of(wiring: UnitGraph, unit: int) -> str:
    """The category of a layer; of a block, of the layer in it that works the most."""
    what = wiring.units[unit]
    if what.start < len(wiring.graph.inputs):
        return INPUT
    layers = [node.applied for node in wiring.graph.nodes[what.start : what.stop] if node.applied]
    return category(max(layers, key=work_of).setting.kind) if layers else FAILED


def work_of(layer: Applied) -> tuple[int, int]:
    return tuple(number if isinstance(number, int) else 0 for number in (layer.macs, layer.parameters))  # type: ignore[return-value]


class Dimensions(NamedTuple):
    """What is drawn of a tensor, in numbers."""

    sides: tuple[int, ...]  # empty for a vector
    channels: int

    @property
    def is_column(self) -> bool:
        return max(self.sides, default=1) == 1

    @property
    def face(self) -> tuple[int, int]:
        """Height and width of the face, of three sides the last two; 1 across a sequence."""
        height, width = (*self.sides, 1)[:2] if len(self.sides) == 1 else (1, 1, *self.sides)[-2:]
        return height, width


def channels_place(graph: Graph, node: int) -> int:
    """Which axis of a node's output holds its channels."""
    shape = graph.shape(node) or ()
    applied = graph.nodes[node].applied
    place = applied.channels if applied else channel_axis(graph, node, shape) if len(shape) > 1 else 0
    return min(place or 0, len(shape) - 1)


def form_of(shape: Shape, channels: int, number: Callable[[Value], int]) -> Dimensions:
    sizes = tuple(map(number, shape))
    return Dimensions((*sizes[:channels], *sizes[channels + 1 :]), sizes[channels])
