"""A tensor as a program sees it: its shape, its operators, its items; what it is applied to becomes layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from convcalc.algebra.expr import is_number
from convcalc.algebra.parser import float_text
from convcalc.kinds.arithmetic import ELEMENTWISE, number_args
from convcalc.kinds.constant import BUFFER, GENERATED, PARAMETER
from convcalc.kinds.joining import ADD, MULTIPLY, SUBTRACT
from convcalc.problem import Problem
from convcalc.readers import operations
from convcalc.readers.python.limits import STEPS_OF_LAYER
from convcalc.readers.python.values import Foreign, Opaque
from convcalc.readers.pytorch.numbers import compute_numbers, nested_shape
from convcalc.readers.pytorch.sizes import plain_size, size_value
from convcalc.readers.tensors import Batch, seen_sizes
from convcalc.readers.trace import BATCH, Stopped, Tensor, Trace

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.readers.python.run import Run
    from convcalc.readers.pytorch.library import Torch
    from convcalc.spec import Place

JOINS = {"+": ADD, "-": SUBTRACT, "*": MULTIPLY}
# By an operator with a number, or with two tensors that have no join of their own: a function of each number.
FUNCTIONS = {
    "+": "shift", "-": "shift", "*": "scale", "/": "divide", "//": "divide", "%": "remainder", "**": "power",
    "&": "logic", "|": "logic", "^": "logic", "<<": "scale", ">>": "scale",
}  # fmt: skip
OVER_BATCH = "batch"  # what depends on all examples, as a loss does: it has a shape, and no layer gives it
STATE = "state"  # what a layer gives beside its output, and no layer picks out before something uses it
HELD = {"parameter": PARAMETER, "buffer": BUFFER, "": GENERATED}


class TensorValue(Foreign):
    """A tensor of the program: what a layer gives, or numbers that the network holds or makes on the spot."""

    __slots__ = ("frozen", "held", "name", "node", "numbers", "owner", "place", "shape")

    def __init__(self, shape: Sequence[Any], node: Tensor | None = None, held: str = "", numbers: Any = None):
        self.shape = tuple(shape)  # of sizes, as a trace has them
        self.node = node  # None as long as no layer needs it
        self.held = held  # "parameter", "buffer", "" where it is made on the spot, or OVER_BATCH
        self.numbers = numbers  # of a small constant: what is in it
        self.frozen = False  # of a parameter: that it is not trained
        self.name = ""  # of a parameter or a buffer: its path in the network
        self.owner: Any = None  # the layer that learns it as its weights
        self.place: Place | None = None

    def description(self) -> str:
        if not self.shape:
            return "a tensor of one number"
        return f"a tensor of {' × '.join(map(shown_size, self.shape))}"

    @property
    def is_constant(self) -> bool:
        """Whether no input has part in it."""
        return self.node is None or self.node.constant

    def in_trace(self, run: Run, place: Place) -> Tensor:
        """The tensor in the trace, where what the network holds has a layer from its first use on."""
        if self.held == OVER_BATCH:
            message = f"{self.description()} depends on all examples of the batch"
            raise run.refusal("P022", message, place, "leave the batch as it is: name the other axes")
        if self.node is None:
            library = library_of(run)
            node = self.node = library.trace.layer(
                HELD[self.held], {"shape": seen_sizes(self.shape)}, (), self.place or place,
                library.trace.local(self.name), shape=self.shape, weights=library.first_use(self),
            )  # fmt: skip
            node.constant = True
        return self.node

    def copy(self, run: Run, inner: Callable[[Any], Any] | None) -> TensorValue:
        """Of what the network holds, other numbers; what layers give is as good as a copy."""
        if self.node is not None or not self.held:
            return self
        found = TensorValue(self.shape, held=self.held, numbers=self.numbers)
        found.owner, found.place, found.frozen = self.owner, self.place, self.frozen
        return found

    # As Python sees it

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name == "shape":
            return tuple(map(size_value, self.shape))
        if name in ("T", "mT", "H", "mH"):
            rank = len(self.shape)
            order = [*range(rank - 2), rank - 1, rank - 2] if name[0] == "m" else list(range(rank))[::-1]
            return on_trace(run, place, [self], lambda trace, node: trace.permute(node, order, place))
        if name in ("data", "real", "imag"):
            return self
        if name in ("is_cuda", "is_sparse", "is_quantized", "is_nested"):
            return False
        if name == "requires_grad":
            return self.held == "parameter" and not self.frozen
        if name == "ndim":
            return len(self.shape)
        from convcalc.readers.pytorch.functions import method_of

        found = method_of(self, name)
        return Opaque(f"tensor.{name} is not read", place, name) if found is None else found

    def set_attribute(self, name: str, value: Any, run: Run, place: Place) -> None:
        """Numbers are set, whose shape stays; or that they are not trained."""
        if name == "requires_grad":
            self.freeze(run, value is False)

    def freeze(self, run: Run, frozen: bool) -> None:
        self.frozen = frozen
        library_of(run).freezes = True

    def binary(self, operator: str, other: Any, reflected: bool, run: Run, place: Place) -> Any:
        if isinstance(other, Opaque):
            return other
        if not isinstance(other, (TensorValue, float)) and plain_size(other) is None:
            return NotImplemented
        if operator == "@":
            return multiply_matrices(run, self, other, place) if isinstance(other, TensorValue) else NotImplemented
        pair = (other, self) if reflected else (self, other)
        return elementwise(run, operator, pair, place)

    def unary(self, operator: str, run: Run, place: Place) -> Any:
        return self if operator == "+" else elementwise(run, "*", (self, -1), place, "neg")

    def compare(self, operator: str, other: Any, run: Run, place: Place) -> Any:
        if operator in ("is", "is not") or other is None:
            return NotImplemented
        if self.numbers is not None and not isinstance(other, TensorValue) and not isinstance(self.numbers, list):
            return run.compare(operator, self.numbers, other, place)
        return elementwise(run, "<", (self, other), place, "compare")

    def truth(self, run: Run, place: Place) -> bool:
        if self.numbers is not None and not isinstance(self.numbers, list):
            return bool(self.numbers)
        raise run.refusal("P021", f"{self.description()} decides what is computed: its numbers are not known", place)

    def function(self, name: str, args: list[Any], kwargs: dict[str, Any], run: Run, place: Place) -> Any:
        """`abs(x)`; `int(x)`, `math.sqrt(x)` of one number."""
        if name == "abs":
            return run.call(run.attribute(self, name, place), [], {}, place)
        if name not in ("int", "float", "round") and not name.startswith("math."):
            return NotImplemented
        if name in ("int", "float") and isinstance(self.numbers, (int, float)):
            return {"int": int, "float": float}[name](self.numbers)
        return Opaque(f"the numbers of {self.description()} are not known", place)

    def length(self, run: Run, place: Place) -> Any:
        if not self.shape:
            raise run.error("TypeError", "len() of a tensor without axes", place)
        return size_value(self.shape[0])

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        if not self.shape or not isinstance(self.shape[0], int):
            raise run.refusal("P021", f"{self.description()} cannot be gone through: its length is not known", place)
        return iter([self.item(index, run, place) for index in range(self.shape[0])])

    def item(self, index: Any, run: Run, place: Place) -> Any:
        from convcalc.readers.pytorch.indexing import item_of

        return item_of(run, self, index, place)

    def set_item(self, index: Any, value: Any, run: Run, place: Place) -> None:
        """Numbers are set, whose shape stays: from now on it depends on where they come from."""
        if not isinstance(value, TensorValue) or (value.node is None and not value.held):
            return
        from convcalc.readers.pytorch.calls import FunctionCall

        put = FunctionCall(run, place, "item").looked_up(value, self.shape)
        is_made = self.node is None and not self.held
        self.become(put if is_made else elementwise(run, "<", (self, put), place, "where"))

    def become(self, other: TensorValue) -> TensorValue:
        """The tensor itself is changed into what an operation in place gives."""
        if other is not self and other.node is not None:
            self.shape, self.node, self.numbers = other.shape, other.node, None
        return self


def shown_size(size: Any) -> str:
    if isinstance(size, Batch):
        return "batch" if size == BATCH else f"{size.factor}·batch"
    return str(size)


def no_tensor(run: Run, value: Any, what: str, place: Place) -> Exception:
    """The error of what is no tensor; a layer was perhaps to be called."""
    is_layer = hasattr(value, "state")
    hint = "call it on a tensor, as self.fc1(x)" if is_layer else ""
    return run.error("TypeError", f"{what} needs a tensor, not {run.text(value)[:60]}", place, hint)


def library_of(run: Run) -> Torch:
    """The evaluation's library, which has the trace."""
    return cast("Torch", run.library)


def on_trace(run: Run, place: Place, tensors: Sequence[TensorValue], operation: Callable[..., Tensor]) -> TensorValue:
    """What an operation of (trace, nodes…) gives; of numbers made on the spot only the shape is of interest."""
    run.step(place, STEPS_OF_LAYER)
    library = library_of(run)
    is_made = all(tensor.node is None and not tensor.held for tensor in tensors)
    held = next((OVER_BATCH for tensor in tensors if tensor.held == OVER_BATCH), "")
    if library.making or is_made or held or any(0 in tensor.shape for tensor in tensors):
        trace = library.scratch()
        nodes = [trace.input("x", tensor.shape, place) for tensor in tensors]
        return TensorValue(operation_at(run, place, lambda: operation(trace, *nodes)).shape, held=held)
    nodes = [tensor.in_trace(run, place) for tensor in tensors]
    node = operation_at(run, place, lambda: operation(library.trace, *nodes))
    found = TensorValue(node.shape, node if node.name else None)
    return tensors[0] if len(tensors) == 1 and node is nodes[0] else found


def operation_at(run: Run, place: Place, operation: Callable[[], Any]) -> Any:
    try:
        return operation()
    except Stopped:
        raise
    except Problem as error:
        mark = place.mark(library_of(run).trace.source)
        raise Problem(*(found if found.mark else found._replace(mark=mark) for found in error.diagnostics)) from None


def elementwise(run: Run, operator: str, pair: tuple[Any, Any], place: Place, function: str = "") -> Any:
    """An operator between tensors, or of a tensor and a number."""
    tensors = [one for one in pair if isinstance(one, TensorValue)]
    numbers = compute_numbers(run, operator, pair, function)
    if numbers is not None:
        return TensorValue(nested_shape(numbers), numbers=numbers)
    # Numbers that nobody learns, and that stretch nothing, are as a factor or a summand that is written out.
    moving = [one for one in tensors if one.node is not None or one.held not in ("", OVER_BATCH)]
    shapes = [operations.broadcast_shape([one.shape for one in group]) for group in (tensors, moving or tensors)]
    if moving and shapes[0] == shapes[1]:
        tensors = moving
    kind, args = JOINS.get(operator), {}
    if len(tensors) == 1 or function or kind is None:
        told = number_args(operator, number_of(pair), not isinstance(pair[0], TensorValue)) if not function else {}
        kind, args = ELEMENTWISE, {"function": function or FUNCTIONS[operator], **told}
    return on_trace(run, place, tensors, lambda trace, *nodes: join_nodes(trace, kind, args, nodes, place))


def number_of(pair: tuple[Any, ...]) -> str | None:
    """The number beside a tensor; None where there is none, or where it is not known."""
    values = [one.numbers if isinstance(one, TensorValue) else one for one in pair]
    numbers = [value for value in values if not isinstance(value, bool) and is_number(plain_size(value))]
    return float_text(numbers[0]) if len(numbers) == 1 else None


def join_nodes(trace: Trace, kind: Kind, args: dict[str, Any], nodes: Sequence[Tensor], place: Place) -> Tensor:
    if len(nodes) == 1:
        return trace.layer(kind, args, nodes, place, shape=nodes[0].shape)
    return operations.join(trace, kind, args, nodes, place)


def multiply_matrices(
    run: Run, first: TensorValue, second: TensorValue, place: Place, factor: str | None = None
) -> TensorValue:
    """A matrix product."""
    return on_trace(run, place, [first, second], lambda trace, a, b: operations.matmul(trace, a, b, place, factor))


def known_size(run: Run, value: Any, what: str, place: Place) -> Any:
    """A size as the trace has it."""
    value = run.known(value, what, place)
    if isinstance(value, TensorValue) and value.numbers is not None and not isinstance(value.numbers, list):
        value = value.numbers
    found = plain_size(value)
    if found is None:
        raise run.error("TypeError", f"{what} must be a number, not {run.text(value)}", place)
    return found


def sizes_of(run: Run, values: Sequence[Any], what: str, place: Place) -> list[Any]:
    """Sizes that are given one by one, or in one list."""
    if len(values) == 1 and isinstance(values[0], (list, tuple)):
        values = values[0]
    return [known_size(run, value, what, place) for value in values]
