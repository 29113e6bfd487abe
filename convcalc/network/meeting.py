"""Where branches meet: the fields of a sum, a product or a concatenation, however each branch is laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.layer.field import Field, lost_field, still
from convcalc.network.axes import Axes
from convcalc.network.layout import Factor, Layout, axes_along, count_units, is_map, map_layout
from convcalc.network.union import append_fields, largest, union

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layer.record import Shape


def meet(branches: list[Axes], shapes: list[Shape], output: Shape, sides: Shape, place: int, appends: bool) -> Axes:
    """What any of the branches of these shapes sees, of an input with these sides.

    An axis of one cell is the same everywhere along that of the output, whatever made it one cell.  `appends`: the
    branches follow one another along the axis that becomes longer.
    """
    longer = 0
    if appends:
        longer = next((axis for axis, size in enumerate(output) if size != shapes[0][axis]), 0)
    if not longer and all(branch.layout is None for branch in branches):
        met = [branch.fields for branch in branches]
        for place_of, shape in enumerate(shapes):
            if shape[1:] != output[1:]:
                met[place_of] = tuple([
                    still(field) if size == 1 != wanted else field
                    for field, size, wanted in zip(met[place_of], shape[1:], output[1:], strict=True)
                ])  # fmt: skip
        columns = zip(zip(*met, strict=True), output[1:], sides, strict=True)
        return Axes(tuple([union(list(fields), size, pixels, appends) for fields, size, pixels in columns]))
    layouts = [
        (*(branch.layout or map_layout(shape)), *((),) * len(shape))[: len(shape)]  # a vector may be seen as C×1×1
        for branch, shape in zip(branches, shapes, strict=True)
    ]
    held = [
        axes_along([factor for layout in layouts for factor in layout[axis] if factor.digits != 1])
        for axis in range(len(output))
    ]
    fields = [
        field_of(index, [branch.fields[index] for branch in branches], layouts, pixels, appends, longer,
                 [shape[longer] for shape in shapes] if appends and held[longer] else [])
        for index, pixels in enumerate(sides)
    ]  # fmt: skip
    loose = {index for index, field in enumerate(fields) if field.lost == 1}
    fixed = {index for index, field in enumerate(fields) if field.advance == 0 and not field.lost}
    while more := {index for axis in held if loose.intersection(axis) for index in axis} - loose - fixed:
        loose |= more  # what shares an axis with units in no order is in none
    for index in loose:
        field = fields[index]
        fields[index] = (field if field.lost else lost_field(field, extent=field.size))._replace(lost=place)
    layout: list[tuple[Factor, ...]] = []
    for axis, size in enumerate(output):
        lying = tuple(index for index in held[axis] if index not in fixed)
        fitting = [one[axis] for one, shape in zip(layouts, shapes, strict=True) if shape[axis] == size]
        if not lying or loose.issuperset(lying):
            layout.append((Factor(size, lying, None if lying else 1),))
        elif fitting:
            layout.append(max(fitting, key=lambda factors: len(axes_along(factors))))
        else:
            layout.append((Factor(size, lying),))
    return Axes(tuple(fields), None if is_map(tuple(layout), len(sides)) else tuple(layout))


def field_of(
    index: int, met: list[Field], layouts: list[Layout], pixels: Value, apart: bool, longer: int, sizes: list[Value]
) -> Field:
    """The field along one axis of the input; with sizes, the branches are so long and follow one another."""
    places = [places_of(layout, index) for layout in layouts]
    used = [place for place in places if place]
    if sizes and (any(field != met[0] for field in met) or any(axis == longer for place in used for axis, _ in place)):
        in_order = all(
            place == ([(longer, Factor(size, (index,)))] if size != 1 else [])
            for place, size in zip(places, sizes, strict=True)
        )
        return append_fields(met, sizes) if in_order else lost_field(met[0], extent=largest(met))
    if any(place != used[0] for place in used):
        return lost_field(met[0])
    alike = [still(field) if used and not place else field for field, place in zip(met, places, strict=True)]
    layout = next((layout for layout, place in zip(layouts, places, strict=True) if place), ())
    return union(alike, count_units(layout, index), pixels, apart)


def places_of(layout: Layout, index: int) -> list[tuple[int, Factor]]:
    """Where the units along an axis of the input are, by axis; one cell is everywhere."""
    return [
        (axis, factor) for axis, factors in enumerate(layout) for factor in factors
        if index in factor.along and factor.digits != 1
    ]  # fmt: skip
