"""What goes into a network: as the run says, as the file shows, or in letters with the channels of its first layer."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.problem import Diagnostic, Problem, problem
from convcalc.readers.python.values import Instance
from convcalc.readers.pytorch.module import state_of
from convcalc.readers.pytorch.parameters import modules_in
from convcalc.readers.pytorch.tensor import TensorValue, library_of
from convcalc.readers.trace import BATCH
from convcalc.spec.layout import SIDES, Evidence, settle
from convcalc.spec.names import symbol
from convcalc.spec.shapes import read_shape, shape_of

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.readers.python.namespace import ModuleNames
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place
    from convcalc.spec.choices import Choices

MAKERS = frozenset(("randn", "rand", "zeros", "ones", "empty", "randint", "Tensor", "FloatTensor"))


def inputs_of(run: Run, module: ModuleNames, network: Any, choices: Choices, place: Place) -> list[TensorValue]:
    """The tensors that the network's forward is called with."""
    trace = library_of(run).trace
    parameters = parameters_of_forward(network) or [("input", True)]
    given = dict(choices.inputs)
    first = first_layer(network)
    seen = shapes_in_file(module.code.tree, library_of(run).batch_axis)
    found: list[TensorValue] = []
    supposed: dict[str, tuple[Any, ...]] = {}
    for index, (name, is_required) in enumerate(parameters):
        if f"input{index + 1}" in given:
            name = f"input{index + 1}"
        text = given.pop(name, "") or (given.pop("", "") if index == 0 else "")
        if text:
            shape = shape_given(text, first, trace.names)
        elif not is_required:
            continue
        elif index < len(seen) and not choices.symbolic:
            shape = seen[index]
        else:
            other = [size for size in found[0].shape if size != BATCH] if found else ()
            shape = shape_in_letters(first, trace.names) if index == 0 else tuple(other)
            supposed[name] = shape
        if choices.symbolic:
            shape = sides_as_letters(shape, choices, trace.names)
        place_of_batch = library_of(run).batch_axis
        whole = (*shape[:place_of_batch], BATCH, *shape[place_of_batch:])
        node = trace.input("input" if len(parameters) == 1 else name, whole, place)
        found.append(TensorValue(node.shape, node))
    if given:
        known = ", ".join(name for name, _ in parameters)
        raise problem("U007", f"--input {next(iter(given))}: there is no such input", f"the inputs are {known}")
    if len(found) > 1:
        library_of(run).supposed = supposed
    return found


def inputs_in_question(run: Run, supposed: Mapping[str, Any], place: Place, errors: Sequence[Diagnostic]) -> Problem:
    """What to say of a network that takes several inputs, which are not as they were supposed to be.

    Sizes that do not fit come of that; what else is wrong is told too.
    """
    hint = " ".join(f"--input {name}=…" for name in supposed)
    message = f"what goes into the network is not known: {' and '.join(supposed)}"
    others = (each for each in errors if each.severity == "error" and each.code[0] != "C")
    return Problem(*run.refusal("P032", message, place, hint).diagnostics, *others)


def supposed_inputs(supposed: Mapping[str, tuple[Any, ...]], first: str) -> Iterator[Diagnostic]:
    """Notes on inputs that are taken to be like the first, for nothing says what they are."""
    for name, shape in supposed.items():
        if name == first:
            continue
        shown = "x".join(map(str, shape))
        message = f"nothing says what goes into {name}: {shown} is assumed, as {first} is"
        yield Diagnostic("W008", message, f"--input {name}={shown}, or what it is", None, severity="note")


def parameters_of_forward(network: Any) -> list[tuple[str, bool]]:
    """(name, whether it has to be given) of the parameters of forward, without its self."""
    node = getattr(network.cls.find("forward"), "node", None) if isinstance(network, Instance) else None
    if node is None:
        return []
    names = [each.arg for each in node.args.args[1:]]
    required = len(names) - len(node.args.defaults)
    return [(name, index < required) for index, name in enumerate(names)]


def first_layer(network: Any) -> Any:
    """The layer that is registered first among those that say what goes in."""
    for _, module in modules_in(network):
        state = state_of(module)
        if state is not None and state.written is not None and any(
            key in state.settings for key in ("in_channels", "in_features", "num_embeddings", "input_size", "d_model")
        ):  # fmt: skip
            return state
    return None


def shape_given(text: Any, first: Any, names: dict[str, Value]) -> tuple[Value, ...]:
    """The shape that a run gives, without a batch in front of it."""
    axes = first.written.dims if first is not None and first.written.dims else 0
    settled = settle(read_shape(text), False, Evidence(axes=axes, is_map=bool(axes)))
    parts = settled.parts
    if axes and len(parts) > axes + 2 and parts[0] == "1":  # of frames, say, which have a batch of their own
        parts = parts[1:]
    for part in parts:
        if part.isidentifier():
            names.setdefault(part, symbol(part))
    return shape_of(parts, names, f"input {text}")


def shape_in_letters(first: Any, names: dict[str, Value]) -> tuple[Value, ...]:
    """The channels of the first layer, and letters for the sides."""
    if first is None:
        raise problem("P032", "what goes into the network is not known", "--input 3x224x224")
    settings, dims = first.settings, first.written.dims
    for name in ("in_features", "d_model"):
        if not dims and settings.get(name) is not None:
            return (settings[name],)

    def letter(name: str) -> Value:
        return names.setdefault(name, symbol(name))

    if settings.get("input_size") is not None:
        return letter("L"), settings["input_size"]
    if settings.get("num_embeddings") is not None:
        return (letter("L"),)
    channels = settings.get("in_channels")
    if not isinstance(channels, int) or not dims:
        raise problem("P032", "what goes into the network is not known", "--input 3x224x224")
    return (channels, *map(letter, SIDES[dims]))


def sides_as_letters(shape: tuple[Any, ...], choices: Choices, names: dict[str, Value]) -> tuple[Any, ...]:
    letters = SIDES.get(len(shape) - 1, ())
    return (*shape[:1], *(size if not isinstance(size, int) or letter in choices.sets
                          else names.setdefault(letter, symbol(letter))
                          for letter, size in zip(letters, shape[1:], strict=False)))  # fmt: skip


def shapes_in_file(tree: ast.Module, batch_axis: int = 0) -> list[tuple[int, ...]]:
    """The shapes that a file shows for its inputs: `net(torch.randn(1, 3, 32, 32))`, `summary(net, (3, 32, 32))`."""
    found: dict[str, list[tuple[int, ...]]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in MAKERS and (sizes := literal_sizes(node.args)) and len(sizes) >= 2:
            found.setdefault("made", []).append((*sizes[:batch_axis], *sizes[batch_axis + 1 :]))
        elif name == "summary":
            listed = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "input_size")]
            if listed and (sizes := literal_sizes(listed)):
                found.setdefault("summary", []).append(sizes[1:] if len(sizes) > 3 else sizes)
    for kind in ("summary", "made"):
        shapes = list(dict.fromkeys(found.get(kind, ())))
        if len(shapes) == 1 and len(shapes[0]) > 1:
            return found[kind]
    return []


def literal_sizes(nodes: list[ast.expr]) -> tuple[int, ...]:
    """Whole numbers that are written out, one by one or in a list; nothing where any is no number."""
    if len(nodes) == 1 and isinstance(nodes[0], (ast.Tuple, ast.List)):
        nodes = nodes[0].elts
    values = [node.value if isinstance(node, ast.Constant) else None for node in nodes]
    return tuple(values) if values and all(type(value) is int and value > 0 for value in values) else ()  # type: ignore[arg-type]
