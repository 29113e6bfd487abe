"""The receptive field worked: r ← r + (k̂ − 1)·j and j ← j·s, with j taken before this layer's own stride."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Extremum, Mul, Neg, Ratio, Sum
from convcalc.algebra.notation import to_tree
from convcalc.layers.case import AXES, product
from convcalc.layers.window import ENTIRE, POINTWISE, SLIDING, Step
from convcalc.network.axes import Axes, keeps_map, passage_to_places, steps
from convcalc.network.crossing import map_layout
from convcalc.network.moves import course
from convcalc.questions.work import Remark, Worked, group_axes, without_work, work_out
from convcalc.questions.working import LayerWork, light_formula

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.layers.field import Field
    from convcalc.network.walk import LayerReport, NetworkReport


class Sights:
    """The fields along a network: what each layer's input sees, and the strides on the way to it."""

    def __init__(self, report: NetworkReport):
        self.channels_last = report.channels_last
        self.fields: dict[str, dict[str, Axes]] = {name: {name: axes} for name, axes in report.origins.items()}
        self.strides: dict[str, tuple[int, ...]] = dict.fromkeys(report.inputs, ())
        own: dict[int, tuple[int, ...]] = {}  # by the id of an application, which equal layers often share
        for layer in report.layers:
            self.fields.setdefault(layer.name, layer.fields)
            before = self.strides.get(layer.inputs[0], ()) if layer.inputs else ()
            if id(layer.applied) not in own:
                own[id(layer.applied)] = own_strides(layer)
            self.strides[layer.name] = before + own[id(layer.applied)]

    def before(self, layer: LayerReport, name: str) -> list[tuple[str, Axes]]:
        """The fields of a layer's inputs on one input of the network."""
        return [(source, self.fields[source][name]) for source in layer.inputs if name in self.fields.get(source, {})]


def own_strides(layer: LayerReport) -> tuple[int, ...]:
    if layer.applied is None or layer.applied.setting.kind.window.type is not SLIDING:
        return ()
    first: Any = next((step.stride for step in steps(layer.applied)), 1)
    return (first,) if first != 1 else ()


def fields_worked(
    layer: LayerReport, layer_work: LayerWork, sights: Sights, is_placed: bool = True
) -> Iterator[Worked]:
    """Size and stride on every network input that reaches a layer, and offset and centre, equal axes once."""
    applied = layer.applied
    assert applied is not None
    several = len(layer.fields) > 1
    for name, axes in layer.fields.items():
        branches = sights.before(layer, name)
        if not axes.fields or not branches:  # without branches another layer has taken the name of its input
            continue
        names = AXES.get(len(axes.fields), ())
        way = only_steps(applied, branches[0][1], sights.channels_last)
        found = []
        for index, after in enumerate(axes.fields):
            before = [(source, each.fields[index]) for source, each in branches]
            found.append((before, after, way[index], applied.axes[index] if index < len(applied.axes) else {}))
        for which, (before, after, step, axis) in group_axes(names, found):
            whole = which if len(which) < len(names) else ()
            strides = sights.strides.get(layer.inputs[0], ())
            for each in axis_works(layer_work, before, after, step, axis, strides, is_placed):
                source = (Remark("on input", {"name": name}),) if several and each.name == "receptive_field" else ()
                yield each._replace(axes=whole, remarks=(*source, *each.remarks))


def only_steps(applied: Applied, axes: Axes, channels_last: bool) -> tuple[Step | None, ...]:
    """The one step that a layer takes along each axis of the input, None where it takes several."""
    path, rank = steps(applied), len(axes.fields)
    if axes.layout is None and keeps_map(applied):
        return path or (Step(POINTWISE),) * rank
    layout = axes.layout or map_layout(applied.input[0])
    if path and applied.setting.kind.takes != "features" and passage_to_places(layout, rank).layout is None:
        return path
    way = course(layout, rank, applied, path, channels_last)
    return tuple([taken[0] if len(taken) == 1 else None if taken else Step(POINTWISE) for taken in way.steps])


def axis_works(
    layer_work: LayerWork, before: list[tuple[str, Field]], after: Field, step: Step | None, axis: Mapping[str, Any],
    strides: tuple[int, ...], is_placed: bool,
) -> Iterator[Worked]:  # fmt: skip
    """The works of one axis; its offset and centre only if it is to be placed."""
    fields = [field for _, field in before]
    if after.lost:
        from convcalc.algebra.poly import symbol

        size = symbol("?") if after.size is None else after.size
        yield without_work("receptive_field", size, (), (Remark("lost"),))
        return
    if any(field.lost for field in fields):
        remarks = tuple(field_remarks("whole" if after.stride == 0 else "", after))
        yield without_work("receptive_field", after.size, (), remarks)
        for name in ("stride", "offset", "centre"):
            yield without_work(f"rf_{name}", getattr(after, name))
        return
    if any(field != fields[0] for field in fields):
        yield from union(before, after, is_placed)
        return
    field = fields[0]
    type = step.type if step else POINTWISE
    known: dict[str, Any] = {**axis, "r_in": field.size, "j_in": field.stride, "a_in": field.offset}
    if step and (type is ENTIRE or "n" not in known):
        known["n"] = step.size if step.size is not None else 1
    remarks = tuple(field_remarks(type.remark, after))
    if field == after:
        same = (Remark("field unchanged"),)
        yield without_work("receptive_field", after.size, (), same)
        for name in ("stride", "offset", "centre"):
            yield without_work(f"rf_{name}", getattr(after, name), (), same)
        return
    if step and step.out is not None:
        known.setdefault("o", step.out)
    yield follow_step(layer_work, "receptive_field", type.size, step, after.size, known, remarks)
    if step and len(strides) > 1 and step.type is SLIDING and product(strides) == field.stride:
        yield work_out("rf_jump", Mul(strides), {}, field.stride)
    still = (Remark("still"),) if after.stride == 0 else ()
    yield follow_step(layer_work, "rf_stride", type.stride, step, after.stride, known, still)
    if not is_placed:
        return
    yield follow_step(layer_work, "rf_offset", type.offset, step, after.offset, known, ())
    yield centre(after)


def field_remarks(remark: str, after: Field) -> Iterator[Remark]:
    """Why the largest field is given, or that it is the whole input."""
    if after.period > 1 and remark != "whole":
        yield Remark("positions", {"period": after.period})
    elif remark:
        yield Remark(remark, {})


def follow_step(
    layer_work: LayerWork, name: str, text: str, step: Step | None, wanted: Any, known: Mapping[str, Any],
    remarks: tuple[Remark, ...],
) -> Worked:  # fmt: skip
    """A formula of a step worked, or that nothing changes; only the value where it does not lead there."""
    unchanged = {"receptive_field": "r_in", "rf_stride": "j_in", "rf_offset": "a_in"}[name]
    trivial = {"d": 1} if known.get("d") == 1 else {}
    padded = {"p": 0, "p_l": 0} if known.get("p_l") == 0 and name == "rf_offset" else {}
    formula = light_formula(layer_work.applied.window.filled(text, step), tuple({**trivial, **padded}.items()))
    found = layer_work.work(name, formula, wanted, known, remarks=remarks)
    if found.formula is None and wanted == known[unchanged]:
        found = layer_work.work(name, unchanged, wanted, known, remarks=remarks)
    return found if found.formula is not None else without_work(name, wanted, (), remarks or (Remark("followed"),))


def centre(field: Field) -> Worked:
    bindings = {"a_out": field.offset, "r_out": field.size}
    formula: Expr = Sum(("a_out", Ratio(Sum(("r_out", Neg(1))), 2, "")))
    return work_out("rf_centre", formula, bindings, field.centre)


def union(before: list[tuple[str, Field]], after: Field, is_placed: bool) -> Iterator[Worked]:
    """A sum or concatenation sees all that its branches see: from the first pixel of any to the last of any."""
    fields = [field for _, field in before]
    facts = [
        {"name": name, "size": field.size, "first": field.offset, "last": field.offset + field.size - 1,
         "stride": field.stride}
        for name, field in before
    ]  # fmt: skip
    remarks = (Remark("union", {"branches": facts, "aligned": after.aligned}),)
    lasts = dict.fromkeys(to_tree(field.offset + field.size - 1) for field in fields)
    firsts = dict.fromkeys(to_tree(field.offset) for field in fields)
    formula = Sum((extreme("max", tuple(lasts)), Neg(extreme("min", tuple(firsts))), 1))
    yield work_out("receptive_field", formula, {}, after.size, (), remarks)
    strides = {field.stride for field in fields}
    yield without_work("rf_stride", after.stride, (), (Remark("shared" if strides == {after.stride} else "followed"),))
    if is_placed:
        yield work_out("rf_offset", extreme("min", tuple(firsts)), {}, after.offset)
        yield centre(after)


def extreme(name: str, options: tuple[Expr, ...]) -> Expr:
    return Extremum(name, options) if len(options) > 1 else options[0]
