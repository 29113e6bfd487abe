"""The receptive field worked: r ← r + (k̂ − 1)·j and j ← j·s, with j taken before this layer's own stride."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Extremum, Mul, Neg, Ratio, Sum, parse
from convcalc.algebra.lighter import lightened
from convcalc.algebra.notation import to_tree
from convcalc.layer.binding import AXES
from convcalc.network.field import START, steps
from convcalc.questions.working import Bench, Remark, Worked, grouped, stated, worked

if TYPE_CHECKING:
    from convcalc.network.field import Axes, Field, Step
    from convcalc.network.walk import LayerReport, NetworkReport

# The extent and the stride behind a layer by the type of its window: the first formula that gives the value holds.
# r_in and j_in are those of its input; {reach} and {stride} the window's own formulas, {gap} reach less 1.
SIZES = {
    "slide": ("r_in + {gap}*j_in",),
    "spread": ("r_in + (ceil({reach}/{stride}) - 1)*j_in",),
    "whole": ("r_in + (n - 1)*j_in",),
    "adaptive": ("r_in + (n/o - 1)*j_in",),
    "linear": ("r_in + j_in",),
    "cubic": ("r_in + 3*j_in",),
}
STRIDES = {
    "slide": ("j_in*{stride}",),
    "spread": ("j_in/{stride}",),
    "shuffle": ("j_in/{stride}",),
    "adaptive": ("j_in*n/o",),
    "resampled": ("j_in/r", "j_in*n/o"),
}
OFFSETS = {"slide": ("a_in - p*j_in", "a_in - p_l*j_in"), "shift": ("a_in - p_l*j_in", "a_in + p_l*j_in")}
RESAMPLED = frozenset(("nearest", "centred", "linear", "cubic"))


class Sights:
    """The fields along a network: what each layer's input sees, and the strides on the way to it."""

    def __init__(self, report: NetworkReport):
        from convcalc.network.field import Axes

        self.fields: dict[str, dict[str, Axes]] = {
            name: {name: Axes((START,) * (len(shape) - 1))} for name, shape in report.inputs.items()
        }
        self.strides: dict[str, tuple[int, ...]] = dict.fromkeys(report.inputs, ())
        for layer in report.layers:
            self.fields[layer.name] = layer.fields
            before = self.strides.get(layer.inputs[0], ()) if layer.inputs else ()
            self.strides[layer.name] = before + own_strides(layer)

    def before(self, layer: LayerReport, name: str) -> list[tuple[str, Axes]]:
        """The fields of a layer's inputs on one input of the network."""
        return [(source, self.fields[source][name]) for source in layer.inputs if name in self.fields.get(source, {})]


def own_strides(layer: LayerReport) -> tuple[int, ...]:
    if layer.applied is None or layer.applied.setting.kind.window.type != "slide":
        return ()
    first: Any = next((step.stride for step in steps(layer.applied)), 1)
    return (first,) if first != 1 else ()


def fields_worked(layer: LayerReport, bench: Bench, sights: Sights) -> Iterator[Worked]:
    """Size, stride, offset and centre on every network input that reaches a layer, equal axes once."""
    assert layer.applied is not None
    several = len(layer.fields) > 1
    for name, axes in layer.fields.items():
        branches = sights.before(layer, name)
        names = AXES.get(len(axes.fields), ())
        path: tuple[Step, ...] = steps(layer.applied)
        found = []
        for index, after in enumerate(axes.fields):
            before = [(source, each.fields[index]) for source, each in branches if index < len(each.fields)]
            found.append((before, after, entering(layer, branches, path, index), axis_of(layer, index)))
        for which, (before, after, step, axis) in grouped(names, found):
            whole = which if len(which) < len(names) else ()
            for each in one(bench, before, after, step, axis, sights.strides.get(layer.inputs[0], ())):
                source = (Remark("on input", {"name": name}),) if several and each.name == "receptive_field" else ()
                yield each._replace(axes=whole, remarks=(*source, *each.remarks))


def axis_of(layer: LayerReport, index: int) -> Mapping[str, Any]:
    assert layer.applied is not None
    return layer.applied.axes[index] if index < len(layer.applied.axes) else {}


def entering(layer: LayerReport, branches: list[tuple[str, Axes]], path: tuple[Step, ...], index: int) -> Any:
    """The type of a layer's window on an axis, and the units along it that a whole window takes in."""
    assert layer.applied is not None
    kind, shape = layer.applied.setting.kind, layer.applied.input[0]
    if kind.takes == "features" and kind.name != "embedding" and branches:
        sides = branches[0][1].sides  # a linear layer on a flattened map sees all of it
        if sides is not None:
            return "whole", sides[index] if index < len(sides) else 1
        return ("whole", shape[1 + index]) if 1 + index < len(shape) else ("point", 1)
    if index < len(path):
        return path[index].type, path[index].size
    return "point", 1


def one(
    bench: Bench, before: list[tuple[str, Field]], after: Field, entered: tuple[str, Any], axis: Mapping[str, Any],
    strides: tuple[int, ...],
) -> Iterator[Worked]:  # fmt: skip
    """The works of one axis."""
    fields = [field for _, field in before]
    type, units = entered
    if not fields:
        return
    if any(field != fields[0] for field in fields):
        yield from union(before, after)
        return
    field = fields[0]
    known: dict[str, Any] = {**axis, "r_in": field.size, "j_in": field.stride, "a_in": field.offset}
    known.setdefault("n", units)
    if type == "whole":
        known["n"] = units
    remarks = tuple(said(type, field, after))
    if field == after:
        same = (Remark("field unchanged"),)
        yield stated("receptive_field", after.size, (), same)
        for name in ("stride", "offset", "centre"):
            yield stated(f"rf_{name}", getattr(after, name), (), same)
        return
    yield tried(bench, "receptive_field", SIZES.get(type, ()), after.size, known, remarks, "r_in")
    if len(strides) > 1 and type == "slide" and product(strides) == field.stride:
        yield worked("rf_jump", Mul(strides), {}, field.stride)
    resampled = "resampled" if type in RESAMPLED else type
    still = (Remark("still"),) if after.stride == 0 else ()
    yield tried(bench, "rf_stride", STRIDES.get(resampled, ()), after.stride, known, still, "j_in")
    yield tried(bench, "rf_offset", OFFSETS.get(type, ()), after.offset, known, (), "a_in")
    yield centre(after)


def said(type: str, before: Field, after: Field) -> Iterator[Remark]:
    if type == "whole":
        yield Remark("whole", {})
    elif after.period > 1:
        yield Remark("positions", {"period": after.period})
    elif type in RESAMPLED or type in ("spread", "adaptive"):
        yield Remark("resampled", {})


def tried(
    bench: Bench, name: str, texts: Iterable[str], wanted: Any, known: Mapping[str, Any], remarks: tuple[Remark, ...],
    same: str,
) -> Worked:  # fmt: skip
    """The first formula that gives the value; the value alone where none does."""
    window = bench.kind.window
    spots = {"reach": f"({window.reach})", "stride": f"({window.stride})", "gap": less_one(window.reach)}
    trivial = {"d": 1} if known.get("d") == 1 else {}
    padded = {"p": 0, "p_l": 0} if known.get("p_l") == 0 else {}
    for text in (*texts, same):
        formula = lightened(parse(text.format(**spots)), {**trivial, **padded} if name == "rf_offset" else trivial)
        found = bench.work(name, formula, wanted, known, remarks=remarks)
        if found.formula is not None:
            return found
    return stated(name, wanted, (), remarks)


def less_one(text: str) -> str:
    return f"({text.removesuffix(' + 1')})" if text.endswith(" + 1") else f"({text} - 1)"


def centre(field: Field) -> Worked:
    bindings = {"a_out": field.offset, "r_out": field.size}
    formula: Expr = Sum(("a_out", Ratio(Sum(("r_out", Neg(1))), 2, "")))
    return worked("rf_centre", formula, bindings, field.centre)


def union(before: list[tuple[str, Field]], after: Field) -> Iterator[Worked]:
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
    yield worked("receptive_field", formula, {}, after.size, (), remarks)
    yield stated("rf_stride", after.stride)
    yield stated("rf_offset", after.offset)
    yield centre(after)


def extreme(name: str, options: tuple[Expr, ...]) -> Expr:
    return Extremum(name, options) if len(options) > 1 else options[0]


def product(numbers: tuple[int, ...]) -> int:
    total = 1
    for number in numbers:
        total *= number
    return total
