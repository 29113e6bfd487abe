"""Where branches meet: a sum, a product or a concatenation sees all that its branches see, however each is laid out."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import extremum
from convcalc.layers.field import MAX_PERIOD, NOTHING, Field, enclosure, lost_field, seen_together
from convcalc.network.axes import Axes
from convcalc.network.crossing import Factor, Layout, axes_along, count_units, is_map, map_layout

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape


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
                    field.still() if size == 1 != wanted else field
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
            field == NOTHING or place == ([(longer, Factor(size, (index,)))] if size != 1 else [])
            for field, place, size in zip(met, places, sizes, strict=True)
        )
        if in_order:
            return append_fields(met, sizes)
        return scatter_fields(met, [count_units(layout, index) for layout in layouts])
    if any(place != used[0] for place in used):
        return lost_field(met[0])
    alike = [field.still() if used and not place else field for field, place in zip(met, places, strict=True)]
    layout = next((layout for layout, place in zip(layouts, places, strict=True) if place), ())
    return union(alike, count_units(layout, index), pixels, apart)


def places_of(layout: Layout, index: int) -> list[tuple[int, Factor]]:
    """Where the units along an axis of the input are, by axis; one cell is everywhere."""
    return [
        (axis, factor) for axis, factors in enumerate(layout) for factor in factors
        if index in factor.along and factor.digits != 1
    ]  # fmt: skip


# Along one axis


def union(fields: list[Field], size: Value, pixels: Value, apart: bool = False) -> Field:
    """The field of `size` units, None where they are in no order, along an axis with so many pixels of the input.

    A join sees what any branch sees.  Where one sees the whole input, the others differ from it only in how far they
    see into the padding: a sum or product is as wide as the widest, a concatenation, whose channels stay apart, is told
    as the one that sees the whole input.  (One rule for both would make DeepLab's 939 1,227, the union at a corner.)
    """
    first = fields[0]
    if all(field == first for field in fields):
        return first
    aligned = all(field.aligned for field in fields)
    if size == 1 and any(field.stride != first.stride for field in fields):  # one cell lies nowhere else
        fields = [field.still() for field in fields]
    fixed: list[Field] = []
    moving: list[Field] = []
    for field in fields:
        (fixed if field.advance == 0 and field.period == 1 and not field.lost else moving).append(field)
    if fixed:  # branches whose units all see the same: mostly the whole input, pooled or flattened
        together = hulls(fixed, 0, aligned)
        if not moving:
            return together
        if covers(together, pixels):
            return together if apart else widest_field(together, moving, size)
        spans = [together, *(field.whole(size) if size is not None else lost_field(field) for field in moving)]
        if not any(span.lost for span in spans) and hulls(spans, 0, aligned) == together:
            return together
    if any(field.lost for field in fields):
        spans = [field.whole(size) for field in fields] if size is not None else fields
        return lost_field(
            Field((), (), 0, aligned, lost=1) if any(span.lost for span in spans) else hulls(spans, 0, aligned), 1
        )
    # Units between which there are gaps may all see the same, and then lie nowhere else than others.
    strides = [field.stride for field in moving if field.stride != 0] or [0]
    aligned = aligned and agree([field for field in moving if field.stride != 0] or moving)
    if not fixed and (growing := grown_field(moving, aligned)):
        return growing
    if fixed or any(field.table or field.grows or field.stride != strides[0] for field in moving):
        if isinstance(size, int) and size <= MAX_PERIOD and not any(field.rough for field in moving):
            return merge_fields(fields, size, strides[0], aligned)._replace(table=True)
        return lost_field(first._replace(aligned=aligned))
    period = lcm(*(field.period for field in fields))
    if period > MAX_PERIOD or any(field.rough for field in moving):
        return hulls(fields, first.stride, aligned)
    return merge_fields(fields, period, first.stride, aligned).shortest_pattern()


def grown_field(moving: list[Field], aligned: bool) -> Field | None:
    """What grows, where it sees all that others see: they begin no further left; None where it cannot be told."""
    growing = [field for field in moving if field.grows]
    simple = all(field.period == 1 and field.stride == moving[0].stride and not field.rough for field in moving)
    lows = [field.lows[0] for field in (*growing, *moving)]
    if not growing or not simple or any(low is None for low in lows) or any(field.table for field in moving):
        return None
    if any(low != lows[0] for low in lows):
        if not all(isinstance(low, int) for low in lows):
            return None
        if min(lows) < min(lows[: len(growing)]):
            return None
    low, high = seen_together((field.lows[0], field.highs[0]) for field in moving)
    return Field((low,), (high,), moving[0].advance, aligned, grows=True)


def agree(moving: list[Field]) -> bool:
    """Whether branches have the same stride and, where every unit sees alike much, the same centre."""
    first = moving[0]
    if any(field.table or field.stride != first.stride for field in moving):
        return len(moving) == 1
    if any(field.period > 1 or field.rough or field.grows for field in moving):
        return True
    return len({field.lows[0] + field.highs[0] for field in moving if field.lows[0] is not None}) <= 1


def covers(field: Field, pixels: Value) -> bool:
    """Whether a field that all units share is the whole input."""
    low, high = field.lows[0], field.highs[0]
    if not (isinstance(low, int) and isinstance(high, int) and isinstance(pixels, int)):
        return low is not None  # with symbols, what all units see alike is the whole input
    return low <= 0 and pixels - 1 <= high


def widest_field(together: Field, moving: list[Field], size: Value) -> Field:
    """A field that is the whole input, beside branches that may see further beyond its edges: as far as the widest."""
    wider = [field for field in moving if not field.lost and sees_more(field.of_units(size), together)]
    if not (wider and isinstance(size, int)):
        return together
    spans = [seen_together(field.at(unit) for field in (together, *wider)) for unit in (0, size - 1)]
    low, high = max(spans, key=lambda span: span[1] - span[0])
    return together._replace(lows=(low,), highs=(high,))


def sees_more(field: Field, other: Field) -> bool:
    mine, theirs = field.size, other.size
    return isinstance(mine, int) and isinstance(theirs, int) and mine > theirs


def hulls(fields: list[Field], stride: Value, aligned: bool) -> Field:
    """A field of period 1 that encloses every phase of all of these."""
    low, high = seen_together((one.lows[0], one.highs[0]) for one in map(Field.hull, fields))
    return Field((None,), (None,), stride, aligned) if low is None else enclosure(low, high, stride, aligned)


def merge_fields(fields: list[Field], units: int, stride: Value, aligned: bool) -> Field:
    """The fields of so many units together."""
    lows, highs = zip(*(seen_together(field.at(unit) for field in fields) for unit in range(units)), strict=True)
    return Field(lows, highs, stride * units, aligned)


def append_fields(fields: list[Field], sizes: list[Value]) -> Field:
    """The field along an axis on which branches lie one after another."""
    total = sum(sizes)
    first, aligned = fields[0], all(field.aligned for field in fields)
    if all(field == first and field.advance == 0 and not field.lost for field in fields):
        return first
    if any(field.lost or field.rough for field in fields) or not isinstance(total, int) or total > MAX_PERIOD:
        return Field((), (), None, aligned, lost=1, extent=largest(fields))
    seen = (field.at(unit) for field, size in zip(fields, sizes, strict=True) for unit in range(size))  # type: ignore[arg-type]  # their sum is a number
    lows, highs = zip(*seen, strict=True)
    stride = next((field.stride for field in fields if field.stride != 0), 1)  # 0 would say that all see the same
    return Field(lows, highs, stride * total, aligned, table=True)


def scatter_fields(fields: list[Field], sizes: list[Value]) -> Field:
    """The field of branches whose units are told apart no longer: at most that of the largest, and all they see."""
    spans = [field.whole(size) for field, size in zip(fields, sizes, strict=True) if size is not None]
    if len(spans) < len(fields) or any(span.lost for span in spans):
        return lost_field(fields[0], extent=largest(fields))
    low, high = seen_together(span.at(0) for span in spans)
    aligned = all(field.aligned for field in fields)
    return Field((low,), (high,), None, aligned, lost=1, extent=largest(fields))


def largest(fields: list[Field]) -> Any:
    """The largest extent of any unit; None where one of them cannot be told."""
    sizes = [field.size for field in fields]
    return None if any(size is None for size in sizes) else extremum("max", *sizes)
