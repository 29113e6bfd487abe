"""Where branches meet: sums, products and concatenations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.keys import AXIS, DECIMAL
from convcalc.layers import Key, Kind
from convcalc.layers.case import product
from convcalc.layers.window import APPENDING, MULTIPLYING, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.case import Case


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
    cells={"": "sum(x)"},
    inputs=0,
    check=check_count,
    keras=(("Add", ""), ("CustomScaleLayer", "scale:_")),
    counted_as="free",
    operator=True,
    block="residual",
    example=("add", "64x28x28", "64x28x28"),
)
MULTIPLY = ADD._replace(
    name="multiply",
    doc="The product of its inputs, number by number.",
    aliases=("mul", "times"),
    cells={"": "prod(x)"},
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
        cells={"": cell},
        keras=((name.capitalize(), ""),),
        onnx=((operator, ""),),
        derivative=derivative,
        block="",
        example=(name, *ADD.example[1:]),
    )
    for name, what, operator, derivative, cell in (
        ("subtract", "difference", "Sub", "", "difference(x)"),
        ("maximum", "largest", "Max", "input", "max(x)"),
        ("minimum", "smallest", "Min", "input", "min(x)"),
        ("average", "mean", "Mean", "", "sum(x)/m"),
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
    cells={"": "x"},
    keras=(("Concatenate", "axis"),),
    onnx=(("Concat", "axis*"),),
    block="concat",
    label="Concat",
    example=("concat", "64x28x28", "128x28x28", "32x28x28", "32x28x28"),
)


def factors(case: Case) -> tuple[Shape, Shape]:
    """Both matrices as they are multiplied, their axes as they are written."""
    first, second = map(case.to_layout, case.shapes)
    if len(first) < 2 or len(second) < 2:
        shown = " and ".join(map(case.show, case.shapes))
        raise problem("C010", f"matmul takes matrices, (…, rows × columns), its inputs are {shown}", "use `linear`")
    return first, (*second[:-2], second[-1], second[-2]) if case.values["transpose"] else second


def matrix_product(case: Case) -> Shape:
    """(…, t, e) times (…, e, f) is (…, t, f); the axes before are equal, or 1 and stretched (NumPy's matmul)."""
    first, second = factors(case)
    if not case.holds(first[-1], "==", second[-2]):
        shown = " and ".join(map(case.show, case.shapes))
        hint = "transpose=yes multiplies by the second one transposed" if first[-1] == second[-1] else "permute one"
        raise problem("C011", f"cannot multiply {shown}: {first[-1]} columns meet {second[-2]} rows", hint)
    rank = max(len(first), len(second)) - 2
    stacks = [(*(1,) * (rank + 2 - len(shape)), *shape[:-2]) for shape in (first, second)]
    found: list[Value] = []
    for sizes in zip(*stacks, strict=True):
        size = case.agreed(set(sizes) - {1} or {1})
        if size is None:
            raise problem(
                "C011", f"cannot multiply {sizes[0]} matrices by {sizes[1]}", "as many of one as of the other"
            )
        found.append(size)
    case.channels = 0
    return case.from_layout((*found, first[-2], second[-1]))


def product_letters(case: Case) -> dict[str, Value]:
    """v matrices of t rows, e columns that meet as many rows, f columns of the product."""
    *stack, rows, columns = case.to_layout(matrix_product(case))
    return {"v": product(stack), "t": rows, "e": factors(case)[0][-1], "f": columns}


MATMUL = Kind(
    "matmul",
    "The matrix product of its two inputs, along their last two axes: the scores and the sums of attention by hand.",
    keys=(
        Key("transpose", "", "multiply by the second input transposed", "flag", False),
        DECIMAL._replace(name="factor", doc="of every number of it, as the 1/√e of scores", default="1"),
    ),
    aliases=("matrixproduct", "bmm", "batchmatmul"),
    shape=matrix_product,
    letters=product_letters,
    macs="v*t*e*f",
    inputs=2,
    makes="features",
    window=Window(MULTIPLYING),
    operator=True,
    derivative="input",
    meanings={
        "v": ("matrices side by side", ""), "t": ("rows of the product", ""), "f": ("columns of the product", ""),
        "e": ("columns of the first, rows of the second", ""),
    },
    label="MatMul",
    example=("matmul transpose=yes", "12x197x64", "12x197x64"),
)  # fmt: skip

KINDS = (ADD, MULTIPLY, CONCAT, SUBTRACT, MAXIMUM, MINIMUM, AVERAGE, MATMUL)
BLOCKS = {kind.block: kind for kind in KINDS if kind.block}  # by the block of the language that each joins
