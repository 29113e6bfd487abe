"""Functions of a Keras program that make tensors: inputs, numbers of a shape, and what other functions give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.readers.keras.graph import (
    SymbolicTensor,
    call_function,
    constant_tensor,
    input_tensor,
    library_of,
    plain_value,
    symbolic_tensors,
)
from convcalc.readers.keras.objects import class_of_name
from convcalc.readers.keras.operations import is_size
from convcalc.readers.keras.records import array_shape
from convcalc.readers.python.values import Foreign, Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


def make_input(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`Input(shape=(28, 28, 1))`: without the batch, which `batch_shape` has in front."""
    library = library_of(run)
    whole = kwargs.get("batch_shape") or kwargs.get("batch_input_shape")
    given = whole or kwargs.get("shape", kwargs.get("input_shape", args[0] if args else None))
    given = run.known(given, "the shape of an input", place)
    listed = list(run.iterate(given, place)) if not isinstance(given, (int, type(None))) else [given]
    sizes = [size_of_input(size, run, place) for size in listed]
    if not sizes[1 if whole else 0 :]:
        raise run.error("ValueError", "an input without axes is not read", place, "shape=(1,)")
    number = len(library.inputs)
    shape = library.shapes.get(number, tuple(sizes[1:] if whole else sizes))
    name = kwargs.get("name")
    title = name if isinstance(name, str) else library.title("InputLayer")
    found = input_tensor(run, title, (None, *shape), place)
    library.inputs.append(found.end.layer)
    return found


def size_of_input(size: Any, run: Run, place: Place) -> Any:
    size = plain_value(run.known(size, "a size of an input", place), run, place)
    if size is not None and not is_size(size):
        raise run.error("TypeError", f"a size of an input is a whole number, not {run.text(size)[:40]}", place)
    return size


def merge_of(name: str) -> Callable[..., Any]:
    def merge(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        cls = class_of_name(name.capitalize())
        assert cls is not None
        if not args and "inputs" not in kwargs:
            raise run.error("TypeError", f"{name} needs the tensors that it joins", place)
        inputs = args[0] if args else kwargs.pop("inputs")
        return run.call(cls.call(run, [], kwargs, place), [inputs], {}, place)

    return merge


def make_numbers(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`tf.zeros((2, 3))`: only the shape is of interest."""
    given = kwargs.get("shape", kwargs.get("size", args[0] if args else ()))
    if isinstance(given, SymbolicTensor):
        return given
    listed = [given] if isinstance(given, int) else list(run.iterate(run.known(given, "a shape", place), place))
    sizes = [plain_value(size, run, place) for size in listed]
    return constant_tensor(run, sizes, place) if sizes else 0.0


def set_layout(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
    """`keras.config.set_image_data_format("channels_first")`, which was looked for before: see `layout_set`."""


def layout_of(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> str:
    """`keras.config.image_data_format()`."""
    layout: str = library_of(run).layout
    return layout


def make_listed(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`tf.range(10)`, `ops.arange(0, n, 2)`."""
    given = dict(zip(("start", "stop", "step"), args, strict=False))
    names = {"limit": "stop", "delta": "step"}
    given.update((names.get(name, name), value) for name, value in kwargs.items())
    start, stop, step = given.get("start", 0), given.get("stop"), given.get("step", 1)
    start, stop = (0, start) if stop is None else (start, stop)
    for each in (start, stop, step):
        if isinstance(each, SymbolicTensor):
            raise run.refusal("P021", "how many numbers there are depends on numbers", place)
    length = run.binary("-", stop, start, place) if start != 0 else stop
    length = length if step == 1 else run.binary("//", run.binary("+", length, step - 1, place), step, place)
    return constant_tensor(run, [plain_value(length, run, place)], place)


def make_spaced(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`tf.linspace(0.0, 1.0, 10)`."""
    return constant_tensor(run, [plain_value(args[2] if len(args) > 2 else kwargs.get("num", 50), run, place)], place)


def make_constant(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`tf.constant([1, 2])`: a number stays one."""
    given = args[0] if args else kwargs.get("value")
    shape = array_shape(given)
    return constant_tensor(run, shape, place) if shape else given


def make_variable(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`tf.Variable(tf.zeros((2, 3)))`: numbers that are learnt."""
    given = run.known(args[0] if args else kwargs.get("initial_value", kwargs.get("initializer")), "a variable", place)
    shape = kwargs.get("shape")
    if shape is None:
        made = make_constant(run, [given], {}, place)
        shape = made.sizes(run, place) if isinstance(made, SymbolicTensor) else (1,)
    learnt = kwargs.get("trainable") is not False
    name = "learnt_numbers" if learnt else "kept_numbers"
    return call_function(run, name, [[plain_value(size, run, place) for size in shape]], {}, place)


class Initializer(Foreign):
    """`keras.initializers.HeNormal()`: made, and called with a shape, it gives numbers."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name

    def description(self) -> str:
        return f"the initializer {self.name}"

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        shape = kwargs.get("shape", args[0] if args and isinstance(args[0], (list, tuple)) else None)
        return self if shape is None else make_numbers(run, [], {"shape": shape}, place)


def function_of(name: str) -> Callable[..., Any]:
    def function(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        for each in (*args, *kwargs.values()):
            if isinstance(each, Opaque):
                run.known(each, f"an argument of {name}", place)
        if not any(True for _ in symbolic_tensors((args, kwargs))):
            return Opaque(f"{name} of numbers is not read", place)
        return call_function(run, name, args, kwargs, place)

    return function
