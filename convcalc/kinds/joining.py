"""Where branches meet: sums, products and concatenations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.keys import AXIS
from convcalc.layer.record import Kind
from convcalc.layer.window import APPENDING, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layer.case import Case
    from convcalc.layer.record import Shape


def check_count(case: Case) -> None:
    count = len(case.shapes)
    if count < 2:
        raise problem(
            "C030", f"{case.kind.name} takes at least two inputs, here it has {count}", "name them: from: [a, b]"
        )


def check_ranks(case: Case) -> None:
    if len(set(map(len, case.shapes))) > 1:
        shown = " and ".join(map(case.show, case.shapes))
        raise problem("C011", f"cannot {case.kind.name} {shown}: they differ in rank")


def broadcast_shape(case: Case) -> Shape:
    """Equal shapes, or sizes of 1 stretched: (C, H, W) with (C, 1, 1)."""
    check_ranks(case)
    result: list[Value] = []
    for axis, sizes in enumerate(zip(*case.shapes, strict=True)):
        size = case.agreed(set(sizes) - {1} or {1})
        if size is None:
            raise unequal_sizes(case, axis)
        result.append(size)
    return tuple(result)


def unequal_sizes(case: Case, axis: int) -> Exception:
    """The error of branches that do not fit, with what would mend it."""
    shapes = case.shapes
    sizes = [shape[axis] for shape in shapes]
    where = "channels" if axis == 0 else "sizes"
    numbers = [size for size in sizes if isinstance(size, int)]
    hint = "give every branch the same number of filters" if axis == 0 else "pad, stride or crop the branches alike"
    if axis and len(numbers) == len(sizes):
        hint = f"crop the larger to {min(numbers)}, or pad the smaller by {max(numbers) - min(numbers)} in all"
    shown = " and ".join(map(case.show, shapes))
    return problem(
        "C011", f"cannot {case.kind.name} {shown}: their {where} differ, {' and '.join(map(str, sizes))}", hint
    )


def joined_shape(case: Case) -> Shape:
    """Sizes add up along one axis (channels unless told otherwise) and are equal on the others."""
    check_ranks(case)
    index, shapes = case.place_or_channels(case.values["axis"]), [case.to_layout(shape) for shape in case.shapes]
    result: list[Value] = []
    for axis, sizes in enumerate(zip(*shapes, strict=True)):
        size = sum(sizes) if axis == index else case.agreed(set(sizes))
        if size is None:
            raise unequal_sizes(case, case.axis_of(axis))
        result.append(size)
    case.along = case.axis_of(index)
    return case.from_layout(tuple(result))


ADD = Kind(
    "add",
    "The sum of its inputs, number by number.",
    aliases=("sum", "plus", "residual_add"),
    shape=broadcast_shape,
    inputs=0,
    check=check_count,
    keras=(("Add", ""),),
    counted_as="free",
    operator=True,
    block="residual",
    example=("add", "64x28x28", "64x28x28"),
)
MULTIPLY = ADD._replace(
    name="multiply",
    doc="The product of its inputs, number by number.",
    aliases=("mul", "times"),
    keras=(("Multiply", ""),),
    onnx=(("Mul", ""),),
    derivative="input",
    block="gate",
    stretches=True,
    example=("multiply", "64x28x28", "64x1x1"),
)
SUBTRACT, MAXIMUM, MINIMUM, AVERAGE = (
    ADD._replace(
        name=name,
        doc=f"The {what} of its inputs, number by number.",
        aliases=(),
        keras=((name.capitalize(), ""),),
        onnx=((operator, ""),),
        derivative=derivative,
        block="",
        example=(name, *ADD.example[1:]),
    )
    for name, what, operator, derivative in (
        ("subtract", "difference", "Sub", ""),
        ("maximum", "largest", "Max", "input"),
        ("minimum", "smallest", "Min", "input"),
        ("average", "mean", "Mean", ""),
    )
)


CONCAT = ADD._replace(
    name="concat",
    doc="Its inputs joined along the channels; a single one stays as it is.",
    check=None,
    keys=(AXIS._replace(doc="the axis they are joined along, with the batch as 0", aliases=("dim",)),),
    aliases=("cat", "concatenate", "filterconcat", "depthconcat"),
    shape=joined_shape,
    outputs={"channels": "c_1 + c_2"},  # of two inputs
    window=Window(APPENDING),
    keras=(("Concatenate", "axis"),),
    onnx=(("Concat", "axis*"),),
    block="concat",
    label="Concat",
    example=("concat", "64x28x28", "128x28x28", "32x28x28", "32x28x28"),
)

KINDS = (ADD, MULTIPLY, CONCAT, SUBTRACT, MAXIMUM, MINIMUM, AVERAGE)
