"""A call of one of PyTorch's functions: its arguments bound to the names of its parameters, its tensors and axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from convcalc.kinds.rearranging import GATHER
from convcalc.readers import operations
from convcalc.readers.python.values import Opaque
from convcalc.readers.pytorch.tensor import TensorValue, known_size, no_tensor, on_trace, sizes_of
from convcalc.readers.tensors import Batch, factor_of, seen_sizes
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.problem import Problem
    from convcalc.readers.python.run import Run
    from convcalc.readers.pytorch.module import State
    from convcalc.readers.trace import Tensor
    from convcalc.spec import Place

Function = TypeVar("Function", bound=Callable[..., Any])


class FunctionCall(NamedTuple):
    """Where a function is called, and by which of its names."""

    run: Run
    place: Place
    name: str
    layer: str = ""  # what the layer is called, where the function is a module's
    module: Any = None  # whose function it is
    batch: int | None = None  # of a node of an exported graph: the number that is the batch in its sizes

    @property
    def state(self) -> State:
        """What the module holds."""
        found: State = self.module.state
        return found

    def on(self, tensors: Sequence[TensorValue], operation: Callable[..., Tensor]) -> TensorValue:
        """What an operation of (trace, nodes…) gives."""
        return on_trace(self.run, self.place, tensors, operation)

    def operate(self, operation: Callable[..., Tensor], tensor: TensorValue, *args: Any) -> TensorValue:
        """What one of convcalc.readers.operations makes of a tensor."""
        return self.on([tensor], lambda trace, node: operation(trace, node, *args, self.place))

    def error(self, kind: str, message: str) -> Problem:
        return self.run.error(kind, message, self.place)

    def number(self, value: Any, what: str) -> Any:
        return known_size(self.run, value, what, self.place)

    def axis_of(self, value: Any, rank: int) -> int:
        """An axis, counted from 0; an IndexError where there is none of this number."""
        axis = self.number(value, f"the axis of {self.name}")
        if not isinstance(axis, int) or not -rank <= axis < rank:
            raise self.error("IndexError", f"{self.name}: there is no axis {axis}, the tensor has {rank}")
        return axis % rank if rank else 0

    def axes(self, value: Any, rank: int) -> list[int]:
        """One axis or several, each counted from 0."""
        return [self.axis_of(axis, rank) for axis in (value if isinstance(value, (list, tuple)) else (value,))]

    def whole(self, value: Any, what: str) -> int:
        """A number that is known."""
        number = self.number(value, what)
        if not isinstance(number, int):
            raise self.error("TypeError", f"{what} of {self.name} must be a whole number")
        return number

    def tensors(self, values: Any) -> list[TensorValue]:
        """The tensors of a list; an error where one is none, or there is none."""
        found = [self.tensor(value) for value in self.run.iterate(values, self.place)]
        if not found:
            raise self.error("ValueError", f"{self.name} of no tensors")
        return found

    def tensor(self, value: Any) -> TensorValue:
        if isinstance(value, Opaque):
            self.run.known(value, f"a tensor of {self.name}", self.place)
        if not isinstance(value, TensorValue):
            raise no_tensor(self.run, value, self.name, self.place)
        return value

    def parts(self, tensor: TensorValue, axis: int, sizes: Sequence[Any]) -> tuple[TensorValue, ...]:
        """A tensor cut into pieces of these sizes."""
        found: list[TensorValue] = []
        start: Any = 0
        for size in sizes:
            stop = start + factor_of(size)
            ends = (Batch(start), Batch(stop)) if isinstance(size, Batch) else (start, stop)
            found.append(self.part(tensor, axis, *ends))
            start = stop
        return tuple(found)

    def part(self, tensor: TensorValue, axis: int, start: Any, stop: Any) -> TensorValue:
        return self.operate(operations.part, tensor, axis, start, stop, 1)

    def looked_up(self, tensor: TensorValue, shape: Sequence[Any]) -> TensorValue:
        """Numbers of a tensor in a shape that their places have."""
        args = {"shape": seen_sizes(shape)}
        return self.on([tensor], lambda trace, node: trace.layer(GATHER, args, (node,), self.place, shape=shape))


def table_of(table: dict[str, Callable[..., Any]]) -> Callable[[str], Callable[[Function], Function]]:
    """A decorator that puts a function under its names into a table."""

    def under(names: str) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            table.update(dict.fromkeys(names.split(), function))
            return function

        return register

    return under


METHODS: dict[str, Callable[..., Any]] = {}  # functions of torch that tensors have as methods, too
method = table_of(METHODS)
ONLY_METHODS: dict[str, Callable[..., Any]] = {}  # methods of tensors, of which no function has the name or the meaning


def call_bound(call: FunctionCall, function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
    """What a function of a table gives for these arguments; a TypeError of the program where they do not fit."""
    code = function.__code__
    names = code.co_varnames[1 : code.co_argcount]
    takes_more, takes_words = code.co_flags & 0x04, code.co_flags & 0x08
    if len(args) > len(names) and not takes_more:
        raise call.error(
            "TypeError",
            f"{call.name} takes at most {len(names)} value{'s' * (len(names) != 1)}, here it has {len(args)}",
        )
    if names[:1] == ("tensors",) and len(args) > 1 and isinstance(args[1], TensorValue):
        message, hint = f"{call.name} takes its tensors in a list", f"write: torch.{call.name}([a, b], dim=1)"
        raise call.run.error("TypeError", message, call.place, hint)
    only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    for name in kwargs:
        if not takes_words and name not in names and name not in only:
            raise call.error("TypeError", f"{call.name} has no parameter {name}")
        if name in names[: len(args)]:
            raise call.error("TypeError", f"{call.name}: {name} is given twice")
    required = names[: len(names) - len(function.__defaults__ or ())]
    missing = [name for name in required[len(args) :] if name not in kwargs]
    if missing:
        raise call.error("TypeError", f"{call.name} needs {missing[0]}")
    for name, value in (*zip(names, args, strict=False), *kwargs.items()):
        kind = function.__annotations__.get(name)
        if kind == "TensorValue" or (kind == "TensorValue | None" and value is not None):
            call.tensor(value)
        elif kind == "str" and type(call.run.known(value, f"{name} of {call.name}", call.place)) is not str:
            raise call.error("TypeError", f"{name} of {call.name} must be a text, not {call.run.type_name(value)}")
        elif name in ("input", "other") and isinstance(value, Opaque):
            call.tensor(value)
    return function(call, *args, **kwargs)


def constant(call: FunctionCall, *size: Any) -> TensorValue:
    """Numbers of this shape that are made on the spot."""
    return TensorValue(sizes_of(call.run, size, "a size", call.place))
