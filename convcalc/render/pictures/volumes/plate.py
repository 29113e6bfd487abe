"""What layouts have in common: the drawn part of a picture, what it says of a glyph, and the sign where ways meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.shapes import Collection
from convcalc.render.pictures.volumes.texts import title_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.render.pictures.shapes import Shape
    from convcalc.render.pictures.volumes.glyphs import Gallery, Glyph, SlabArc
    from convcalc.render.pictures.volumes.units import UnitGraph

MAX_TITLES = 12  # layers that are listed where the pointer rests


class Plate(NamedTuple):
    """The drawn part of a picture, between its title and its caption."""

    shapes: tuple[Shape, ...]
    width: float
    height: float  # from the top of the picture
    has_windows: bool
    remark: str = ""  # for the caption


def titled_glyph(shapes: Iterable[Shape], glyph: Glyph, wiring: UnitGraph) -> Collection:
    """A glyph's shapes, with what its layers are."""
    units = (*glyph.lead, *glyph.units)
    lines = [title_of(unit, wiring) for unit in units[:MAX_TITLES]]
    if len(units) > MAX_TITLES:
        lines.append(f"and {len(units) - MAX_TITLES:,} more")
    return Collection(tuple(shapes), "\n".join(lines), wiring.units[glyph.slabs[0].unit].name)


def sign_at(found: Gallery, arc: SlabArc) -> str:
    """The sign of what happens where an arc ends: + or × of numbers, | of channels; empty where it only goes in."""
    glyph = found.glyphs[arc.end.glyph]
    return glyph.slabs[arc.end.slab].join or ("|" if glyph.parts else "")
