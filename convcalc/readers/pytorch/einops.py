"""einops: axes rearranged, repeated and reduced by a pattern, `b c (h p) w -> b (h w) (p c)`; tensors packed by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, problem
from convcalc.readers import operations
from convcalc.readers.python.values import LibraryFunction, LibraryModule, Opaque
from convcalc.readers.pytorch.calls import FunctionCall
from convcalc.readers.pytorch.joining import cat, split, stack
from convcalc.readers.pytorch.module import ModuleClass, module_state
from convcalc.readers.pytorch.shaping import product_of, view
from convcalc.readers.pytorch.sizes import size_value
from convcalc.readers.pytorch.tensor import TensorValue, known_size, on_trace
from convcalc.readers.tensors import Batch, factor_of

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.readers.trace import Size, Tensor, Trace
    from convcalc.spec import Place

TOKEN = re.compile(r"\(|\)|[A-Za-z_]\w*|\d+|\.\.\.")
MAX_AXES = 40
LETTERS = "abcdefghijklmnopqrstuvwxyz"
INNER_DOTS = "(...)"  # all axes that have no name, as one


class Einops(LibraryModule):
    """The module, or `einops.layers.torch`."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name in CLASSES:
            return CLASSES[name]
        if name in FUNCTIONS:
            return LibraryFunction(f"einops.{name}", FUNCTIONS[name])
        if name in ("layers", "torch", "einops"):
            return Einops(f"{self.name}.{name}")
        return Opaque(f"einops.{name} is not read", place, name)


class PatternLayer(ModuleClass):
    """`Rearrange` and `Reduce` as layers."""

    __slots__ = ("operation",)

    def __init__(self, name: str, operation: str):
        super().__init__(name)
        self.operation = operation

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        module_state(module).settings.update(args=args, kwargs=kwargs)

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        settings = module_state(module).settings
        return FUNCTIONS[self.operation](run, [args[0], *settings["args"]], dict(settings["kwargs"]), place)


def rearrange(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    return apply_pattern(run, args, "", kwargs, place)


def reduce(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    how = kwargs.pop("reduction", args[2] if len(args) > 2 else None)
    if not isinstance(run.known(how, "the reduction of reduce", place), str):
        raise run.error("TypeError", "reduce needs a reduction, 'mean' or 'max'", place)
    return apply_pattern(run, args[:2], how, kwargs, place)


def apply_pattern(run: Run, args: list[Any], how: str, kwargs: Mapping[str, Any], place: Place) -> Any:
    if len(args) != 2:
        raise run.error("TypeError", "einops needs a tensor and a pattern", place)
    tensor, pattern = (run.known(each, "an argument of einops", place) for each in args)
    if isinstance(tensor, (list, tuple)):
        tensor = stack(FunctionCall(run, place, "rearrange"), tensor)
    if not isinstance(tensor, TensorValue) or not isinstance(pattern, str):
        raise run.error("TypeError", "einops needs a tensor and a pattern", place)
    given = {name: known_size(run, value, f"{name} of einops", place) for name, value in kwargs.items()}
    try:
        return on_trace(run, place, [tensor], lambda trace, node: by_pattern(trace, node, pattern, given, how, place))
    except Problem as error:
        if error.diagnostics[0].mark:
            raise
        raise run.error("ValueError", error.diagnostics[0].message, place) from None


def by_pattern(trace: Trace, node: Tensor, pattern: str, given: Mapping[str, Size], how: str, place: Place) -> Tensor:
    """The tensor's axes taken apart, put in another order, reduced or repeated, and put together."""
    left, arrow, right = pattern.partition("->")
    if not arrow:
        raise problem("C016", f"the pattern {pattern[:60]} has no ->")
    before, after = (side_of(each) for each in (left, right))
    before, after = with_dots(before, after, len(node.shape))
    if len(before) != len(node.shape):
        raise problem("C016", f"the pattern {pattern[:60]} names {len(before)} axes, the tensor has {len(node.shape)}")
    sizes = sizes_by_name(before, node.shape, given)
    names = [name for group in before for name in group]
    kept = [name for group in after for name in group]
    node = trace.reshape(node, [sizes[name] for name in names], place)
    gone = [name for name in names if name not in kept]
    if gone and how:
        node = operations.reduce(trace, node, how, [names.index(name) for name in gone], False, place)
    elif any(sizes[name] != 1 for name in gone):
        raise problem("C016", f"{gone[0]} is not on the right of {pattern[:60]}")
    else:
        node = trace.reshape(node, [sizes[name] for name in names if name not in gone], place)
    names = [name for name in names if name not in gone]
    node = trace.permute(node, [names.index(name) for name in kept if name in names], place)
    new = [name for name in kept if name not in names]
    for name in new:
        if name.isdecimal() or name.startswith("_"):
            sizes[name] = 1 if name.startswith("_") else int(name)
        elif name not in given and name not in sizes:
            raise problem("C016", f"how long {name} is in {pattern[:60]} is not said")
        sizes.setdefault(name, given.get(name, 1))
    if new:
        wide = [sizes[name] for name in kept]
        thin = [1 if name in new else sizes[name] for name in kept]
        node = operations.expand(trace, trace.reshape(node, thin, place), wide, place)
    return trace.reshape(node, [product_of([sizes[name] for name in group]) for group in after], place)


def side_of(text: str) -> list[list[str]]:
    """The axes of one side of a pattern, each with the names that it is made of; a 1 has a name of its own."""
    groups: list[list[str]] = []
    inside = False
    for token in TOKEN.findall(text.replace("…", "...")):
        if token == "(":
            groups.append([])
        elif token != ")":
            name = f"_{len(groups)}_{sum(map(len, groups))}" if token == "1" else token
            if inside:
                groups[-1].append(INNER_DOTS if name == "..." else name)
            else:
                groups.append([name])
        inside = token == "(" or (inside and token != ")")
    if len(groups) > MAX_AXES:
        raise problem("C016", f"a pattern of more than {MAX_AXES} axes")
    return groups


def with_dots(before: list[list[str]], after: list[list[str]], rank: int) -> tuple[list[list[str]], list[list[str]]]:
    """Both sides with names for `...`."""
    dots = [f"dots{index}" for index in range(rank - len(before) + 1)]

    def spread(groups: list[list[str]]) -> list[list[str]]:
        found: list[list[str]] = []
        for group in groups:
            if group == ["..."]:
                found += [[dot] for dot in dots]
            else:
                found.append([name for part in group for name in (dots if part == INNER_DOTS else [part])])
        return found

    return spread(before), spread(after)


def sizes_by_name(groups: Sequence[Sequence[str]], shape: Sequence[Size], given: Mapping[str, Size]) -> dict[str, Size]:
    """The size of every name on the left; of one in each pair of brackets it follows."""
    found: dict[str, Size] = dict(given)
    for group, size in zip(groups, shape, strict=True):
        for name in group:
            if name.startswith("_"):
                found[name] = 1
        unknown = [name for name in group if name not in found]
        known = product_of([found[name] for name in group if name in found])
        if len(unknown) > 1:
            raise problem("C016", f"which of {' and '.join(unknown)} is how long is not said")
        if unknown:
            found[unknown[0]] = rest_of(size, known, group)
        elif len(group) == 1:
            found[group[0]] = size
        elif group and known != size:
            raise problem("C016", f"({' '.join(group)}) holds {known}, the tensor has {size}")
    return found


def rest_of(size: Size, known: Size, group: Sequence[str]) -> Size:
    if known == 1:
        return size
    whole, part = factor_of(size), factor_of(known)
    if isinstance(whole, int) and isinstance(part, int) and whole % part:
        raise problem("C016", f"{whole} of ({' '.join(group)}) cannot be divided by {part}")
    left = whole // part
    return Batch(left) if isinstance(size, Batch) and not isinstance(known, Batch) else left


# Of several tensors


def einsum(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """Tensors and then a pattern whose axes have names of any length."""
    call = FunctionCall(run, place, "einsum")
    *tensors, pattern = args
    found = call.tensors(tensors)
    left, arrow, right = text_of(call, pattern).replace("…", "...").partition("->")
    letters: dict[str, str] = {}
    sides = [
        [name if name == "..." else letters.setdefault(name, LETTERS[len(letters) % 26]) for name in term.split()]
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


FUNCTIONS: dict[str, Callable[[Run, list[Any], dict[str, Any], Place], Any]] = {
    "rearrange": rearrange, "repeat": rearrange, "reduce": reduce, "einsum": einsum, "pack": pack, "unpack": unpack,
}  # fmt: skip
CLASSES = {"Rearrange": PatternLayer("Rearrange", "rearrange"), "Reduce": PatternLayer("Reduce", "reduce")}
