"""Recurrent layers: ONNX gives the two directions an axis of their own, which others take away again behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.kinds.rearranging import SELECT
from convcalc.problem import problem
from convcalc.readers.onnx.weighted import class_layer, frozen, operand, own, owner_of, weights_among
from convcalc.readers.trace import BATCH, Tensor

if TYPE_CHECKING:
    from convcalc.readers.onnx.records import Operation
    from convcalc.readers.onnx.walk import GraphWalk, Operand, Operands


class States(Tensor):
    """States of a recurrent layer as ONNX has them: the directions, which are side by side in the layer's own output,
    have an axis of their own."""

    __slots__ = ("axes", "flat", "flat_axes")

    def __init__(self, flat: Tensor, directions: Any, axes: str, flat_axes: str):
        self.flat, self.axes, self.flat_axes = flat, axes, flat_axes  # a letter for each axis
        sizes: dict[str, Any] = dict(zip(flat_axes, flat.shape, strict=True))
        sizes |= {"d": directions, "h": sizes["h"] // directions}
        super().__init__(flat.name, tuple(sizes[axis] for axis in axes))
        self.broken = flat.broken

    def moved(self, node: Operation, inputs: Operands) -> Tensor | None:
        """The states behind an operator that only moves the directions; None where it does something else."""
        directions = self.shape[self.axes.index("d")]
        if node.operator == "Transpose":
            order = node.attributes.get("perm") or range(len(self.axes))[::-1]
            return States(self.flat, directions, "".join(self.axes[axis] for axis in order), self.flat_axes)
        if node.operator == "Squeeze" and directions == 1:
            return self.flat if self.axes.replace("d", "") == self.flat_axes else None
        if node.operator == "Reshape" and self.axes == f"{self.flat_axes[:-1]}dh":
            wanted = getattr(operand(inputs, 1), "numbers", None)
            return self.flat if wanted and len(wanted) == len(self.flat_axes) else None
        return None

    def laid_out(self, walk: GraphWalk) -> Tensor:
        """The states in the shape that ONNX gives them."""
        shape = (*self.flat.shape[:-1], self.shape[self.axes.index("d")], self.shape[self.axes.index("h")])
        apart = walk.trace.reshape(self.flat, shape, walk.place)
        own_axes = f"{self.flat_axes[:-1]}dh"
        return walk.trace.permute(apart, [own_axes.index(axis) for axis in self.axes], walk.place)


def recurrent(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """Every step, and the state after the last one."""
    tensor, weights = walk.tensor(inputs[0]), weights_among(walk, node, operand(inputs, 1))
    directions, _, features = weights.shape
    again = weights_among(walk, node, operand(inputs, 2))
    units = again.shape[2]
    batch_first = node.attributes.get("layout", 0)
    if tensor.batch != 1 - batch_first or len(tensor.shape) != 3:
        order = "batch, steps" if batch_first else "steps, batch"
        raise problem("C011", f"{node.operator} takes {order} and features", "export it with its batch in that place")
    named = {"hidden_size": units, "direction": node.attributes.get("direction", "forward")}
    bias = operand(inputs, 3)
    asked = [bool(name) and (name in walk.users or name in walk.outputs) for name in (*node.outputs, "", "", "")[:3]]
    more: dict[str, Any] = {"in_features": features, "bias": bias is not None, "weights": owner_of(walk, again, bias),
                            **frozen(walk, again)}  # fmt: skip
    width = directions * units
    if not asked[0] and any(asked):
        found = last = class_layer(walk, named, [tensor], shape=(BATCH, width), sequences=False, **more)
    else:
        found = last = class_layer(walk, named, [tensor], shape=(*tensor.shape[:2], width), **more)
        if any(asked[1:]):
            args = {"index": -1, "axis": tensor.axis(batch_first)}
            last = walk.layer(SELECT, args, found, shape=(BATCH, width))
    own(walk, found, again, bias)
    every = States(found, directions, *(("bsdh", "bsh") if batch_first else ("sdbh", "sbh"))) if asked[0] else None
    state = States(last, directions, "bdh" if batch_first else "dbh", "bh") if any(asked[1:]) else None
    return [every, state, state]
