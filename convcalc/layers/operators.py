"""A layer written out as operators: the nodes that compute it, and the tensors that they need beside its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.layers import REQUIRED
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.situation import LayerSituation

MAX_NAME = 80  # letters of a list that is called as it is


class OperatorNode(NamedTuple):
    """An operator on values that are known by their names; "" is an input that is left out."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]


class WeightTensor(NamedTuple):
    """Numbers that a layer learns or keeps, all alike: of them only the sizes matter."""

    sizes: tuple[Any, ...]
    is_learnt: bool
    number: float = 0.0


class NumberTensor(NamedTuple):
    """Settings that an operator takes as an input: whole numbers or numbers with a point, in a row or one alone."""

    dims: tuple[int, ...]
    numbers: tuple[Any, ...]


class LayerOperators:
    """One layer on its way to operators; a call adds a node, and gives the name of what it computes."""

    def __init__(
        self, name: str, situation: LayerSituation, inputs: tuple[str, ...], owner: str = "",
        known: Mapping[str, WeightTensor] | None = None,
    ):  # fmt: skip
        self.name, self.situation, self.inputs = name, situation, inputs
        self.known = known or {}  # the weights of the layers before
        self.owner = owner or name  # the layer that has the weights
        self.nodes: list[OperatorNode] = []
        self.weights: dict[str, WeightTensor] = {}
        self.numbers: dict[str, NumberTensor] = {}
        self.kept: dict[str, tuple[Any, ...]] = {}
        usual = {key.name: key.default for key in situation.applied.setting.kind.keys if key.default is not REQUIRED}
        self.values, self.letters = {**usual, **situation.values}, situation.letters

    def __call__(self, operator: str, *inputs: str, **attributes: Any) -> str:
        return self.several(operator, 1, *inputs, **attributes)[0]

    def several(self, operator: str, count: int, *inputs: str, **attributes: Any) -> tuple[str, ...]:
        """A node with so many outputs; attributes of None are left out."""
        first = sum(len(node.outputs) for node in self.nodes)
        outputs = tuple(f"{self.name}/{operator}_output_{first + index}" for index in range(count))
        while inputs and not inputs[-1]:
            inputs = inputs[:-1]
        known = {key: value for key, value in attributes.items() if value is not None}
        self.nodes.append(OperatorNode(operator, inputs, outputs, known))
        return outputs

    # What goes in

    @property
    def x(self) -> str:
        return self.inputs[0]

    @property
    def shape(self) -> Shape:
        return self.situation.shape

    @property
    def output(self) -> Shape:
        return self.situation.applied.output

    @property
    def channels(self) -> Any:
        return self.shape[0]

    @property
    def rank(self) -> int:
        """The number of axes beside the channels."""
        return len(self.shape) - 1

    def along(self, letter: str) -> tuple[Any, ...]:
        """A letter of every axis."""
        return tuple(axis[letter] for axis in self.situation.applied.axes)

    def number(self, key: str) -> float:
        """A setting that is a number, as an operator takes it."""
        return float(self.situation.applied.number(key))

    def axes_of(self, name: str) -> list[int]:
        """The axes that a setting names, with the batch as 0."""
        said = self.values.get(name)
        return [self.situation.dim(axis) for axis in ((said,) if isinstance(said, int) else said or ())]

    # What else the nodes need

    def weight(self, role: str, *sizes: Value, is_learnt: bool = True, number: float = 0.0) -> str:
        """A tensor of the layer's own, or of the one whose weights it uses."""
        name = f"{self.owner}.{role}"
        self.weights[name] = WeightTensor(sizes, is_learnt and self.values.get("trainable") is not False, number)
        return name

    def bias(self, *sizes: Value, role: str = "bias") -> str:
        """Its biases, "" where it has none; of a layer with the weights of another they may be its own."""
        if not self.letters.get("b"):
            return ""
        if self.owner == self.name or not self.situation.applied.biases:
            return self.weight(role, *sizes)
        name = f"{self.name}.{role}"
        self.weights[name] = WeightTensor(sizes, True)
        return name

    def keep(self, role: str, value: str, *sizes: Value) -> str:
        """A value that is computed of settings, and kept beside the weights."""
        name = f"{self.owner}.{role}"
        if self.owner == self.name:
            self.kept[name] = sizes
            self.nodes.append(OperatorNode("Identity", (value,), (name,), {}))
        return name

    def list_of(self, *numbers: Any) -> str:
        """Numbers in a row, as an input."""
        return self.held((len(numbers),), numbers)

    def scalar(self, number: Any) -> str:
        return self.held((), (number,))

    def held(self, dims: tuple[int, ...], numbers: tuple[Any, ...]) -> str:
        sizes = "x".join(map(str, dims))
        name = f"/numbers/{'_'.join(map(str, numbers))}{f'_as_{sizes}' if len(dims) != 1 else ''}"
        if len(name) > MAX_NAME:
            name = f"/numbers/{self.name}/{len(self.numbers)}"
        self.numbers[name] = NumberTensor(dims, numbers)
        return name

    def filled(self, number: float, *sizes: Value) -> str:
        """A tensor of one number, which nobody learns and nobody keeps."""
        return self("ConstantOfShape", self.list_of(*sizes), value=NumberTensor((1,), (float(number),)))

    # What many layers need

    def reshaped(self, x: str, *sizes: Value) -> str:
        """The value with other sizes behind the batch."""
        return self("Reshape", x, self.list_of(0, *sizes))

    def moved(self, x: str, *axes: int) -> str:
        """The value with its axes in this order, the batch being 0."""
        return x if list(axes) == sorted(axes) else self("Transpose", x, perm=axes)

    def dense(self, x: str, features: Value, units: Value, role: str = "", rank: int = 2) -> str:
        """A fully connected layer on the last of so many axes."""
        weight, bias = f"{role}weight", f"{role}bias"
        stored = self.known.get(f"{self.owner}.{weight}")
        is_turned = rank > 1 if stored is None else stored.sizes == (features, units)
        if rank == 1:
            sizes = (features, units) if is_turned else (units, features)
            return self("Gemm", x, self.weight(weight, *sizes), self.bias(units, role=bias), transB=int(not is_turned))
        if is_turned:
            matrix = self.weight(weight, features, units)
        else:  # as a layer without steps, or an embedding, has them
            matrix = self("Transpose", self.weight(weight, units, features), perm=(1, 0))
        return self.shifted(self("MatMul", x, matrix), self.bias(units, role=bias))

    def shifted(self, x: str, bias: str) -> str:
        return self("Add", x, bias) if bias else x

    def behind_channels(self, rank: int, channels: Value) -> tuple[Value, ...]:
        """The sizes of a number for each channel that meets a map of so many axes."""
        return (channels, *(1,) * rank)

    def refuse(self, why: str) -> Any:
        """A Problem: the layer cannot be written."""
        return problem("T002", f"{self.name} is {self.situation.applied.setting.kind.name}, {why}", "")
