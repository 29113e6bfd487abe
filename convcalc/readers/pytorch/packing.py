"""einops' functions of several tensors: `einsum`, and `pack`, `unpack`, which join and part along one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.readers import operations
from convcalc.readers.pytorch.calls import FunctionCall
from convcalc.readers.pytorch.joining import cat, split
from convcalc.readers.pytorch.shaping import product_of, view
from convcalc.readers.pytorch.sizes import size_value
from convcalc.readers.pytorch.tensor import TensorValue, known_size

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def einsum(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """Tensors and then a pattern whose axes have names of any length."""
    call = FunctionCall(run, place, "einsum")
    *tensors, pattern = args
    found = call.tensors(tensors)
    left, arrow, right = text_of(call, pattern).partition("->")
    letters: dict[str, str] = {}
    sides = [
        [
            "..." if name in ("...", "…") else letters.setdefault(name, LETTERS[len(letters) % 26])
            for name in term.split()
        ]
        for term in (*left.split(","), right)
    ]
    if not arrow or len(letters) > len(LETTERS) or len(sides) != len(found) + 1:
        raise call.error("ValueError", f"{pattern} is no pattern for {len(found)} tensors")
    *terms, output = map("".join, sides)
    return call.on(found, lambda trace, *nodes: operations.einsum(trace, f"{','.join(terms)}->{output}", nodes, place))


def pack(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """(the tensors joined along the axis of the star, what the star stood for in each)."""
    call = FunctionCall(run, place, "pack")
    tensors, (before, after) = call.tensors(args[0]), star_of(call, args[1])
    stars: list[tuple[Any, ...]] = []
    views = []
    for tensor in tensors:
        end = len(tensor.shape) - after
        if end < before:
            raise call.error("ValueError", f"{args[1]} has more axes than {tensor.description()}")
        star = tensor.shape[before:end]
        stars.append(tuple(map(size_value, star)))
        views.append(with_shape(call, tensor, (*tensor.shape[:before], product_of(star), *tensor.shape[end:])))
    return (views[0] if len(views) == 1 else cat(call, views, before)), stars


def unpack(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """The tensors that were joined, each with its own axes in the place of the star."""
    call = FunctionCall(run, place, "unpack")
    tensor, (before, after) = call.tensor(args[0]), star_of(call, args[2])
    stars = [
        tuple(known_size(run, size, "a size", place) for size in run.iterate(each, place))
        for each in run.iterate(args[1], place)
    ]
    if len(tensor.shape) != before + after + 1:
        raise call.error("ValueError", f"{args[2]} is no pattern for {tensor.description()}")
    sizes: list[Any] = [product_of(star) for star in stars]
    for index, size in enumerate(sizes):
        if isinstance(size, int) and size < 0:  # the rest, of whose axes one is −1
            sizes[index] = tensor.shape[before] - sum(sizes[:index] + sizes[index + 1 :])
    parts = [tensor] if len(sizes) == 1 else split(call, tensor, sizes, before)
    return [
        with_shape(call, part, (*tensor.shape[:before], *star, *tensor.shape[before + 1 :]))
        for part, star in zip(parts, stars, strict=True)
    ]


def with_shape(call: FunctionCall, tensor: TensorValue, shape: Sequence[Any]) -> Any:
    return view(call, tensor, tuple(map(size_value, shape)))


def star_of(call: FunctionCall, pattern: Any) -> tuple[int, int]:
    """How many axes are before the star of a pattern, and how many behind it."""
    names = text_of(call, pattern).split()
    if names.count("*") != 1:
        raise call.error("ValueError", f"{pattern} must have one star")
    return names.index("*"), len(names) - 1 - names.index("*")


def text_of(call: FunctionCall, pattern: Any) -> str:
    found = call.run.known(pattern, f"the pattern of {call.name}", call.place)
    if not isinstance(found, str):
        raise call.error("TypeError", f"{call.name} needs a pattern")
    return found


FUNCTIONS = {"einsum": einsum, "pack": pack, "unpack": unpack}
