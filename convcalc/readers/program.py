"""A network that is a program: its class is found, made, and followed with tensors of which only shapes are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.kinds.activating import IDENTITY
from convcalc.problem import Problem, Source, is_usage
from convcalc.readers.entry import check_arguments, network_of, no_network
from convcalc.readers.python.run import Run
from convcalc.readers.python.values import Class, Instance
from convcalc.readers.pytorch.inputs import inputs_in_question, inputs_of, supposed_inputs
from convcalc.readers.pytorch.library import Torch
from convcalc.readers.pytorch.module import ModuleClass, state_of
from convcalc.readers.pytorch.parameters import add_unused, frozen_parameters, modules_in, name_modules
from convcalc.readers.pytorch.pasted import NAME, plain_source
from convcalc.readers.pytorch.tensor import OVER_BATCH, STATE, TensorValue, shown_size
from convcalc.readers.trace import Batch, Stopped, Tensor, Trace
from convcalc.spec import Place, Spec

if TYPE_CHECKING:
    from convcalc.readers.pytorch.bundled import Bundled
    from convcalc.spec.choices import Choices

IMPORTED = r'^\s*"?\s*(?:>>> )?(?:import|from)\s+'  # in a notebook, a line is a text
LIBRARIES = rf"{IMPORTED}(torch|torchvision|timm|tensorflow|tf_keras|keras)\b"
KERAS = r"^(?!\s*(?:from|import)\s).*?\b(?:tf|keras|layers|models)\.[A-Z\w]|\bSequential\(\s*(?:\[|\)|$)"
TORCH = r"(?<![\w.])nn\.\w+\("


def read_spec(source: Source, choices: Choices, bundled: Bundled | None = None) -> Spec:
    """The network that a program defines, as its `forward` computes it.

    Where nobody says what goes in, its sides are letters, or the size for which the layers fit if there is only one.
    """
    if is_keras(source.text):
        from convcalc.readers.keras.source import read_spec as read_keras

        return read_keras(source, choices, bundled)
    spec, library = follow(source, choices, bundled)
    if library.trace.conditions and not (choices.inputs or choices.symbolic or choices.symbols):
        from convcalc.readers.pytorch.fitting import fitting_input

        found = fitting_input(library.trace)
        if found is not None:
            text, note = found
            spec, _ = follow(source, choices._replace(inputs={"": text}), bundled)
            spec = spec._replace(notes=(*spec.notes, note))
    return spec


def is_keras(text: str) -> bool:
    """Whether Keras makes the network of a program, or PyTorch."""
    if re.search(TORCH, text):
        return False
    libraries = set(re.findall(LIBRARIES, text, re.MULTILINE))
    return (
        not libraries <= {"torch", "torchvision", "timm"}
        if libraries
        else re.search(KERAS, text, re.MULTILINE) is not None
    )


def follow(source: Source, choices: Choices, bundled: Bundled | None) -> tuple[Spec, Torch]:
    """The Spec of a program, with the library whose trace it is of.

    Where layers would take examples for steps, the batch may be the second axis of what goes in: it is that if the
    network then keeps its examples apart.
    """
    source = plain_source(source)
    library = Torch(source, choices.train, bundled)
    try:
        spec, _ = followed_spec(library, choices)
    except Problem as error:
        found = steps_first(source, choices, bundled, library) if library.mixed else None
        if found is None:
            raise Problem(*error.diagnostics, *library.mixed.values()) from None
        return found
    return (library.mixed and steps_first(source, choices, bundled, library)) or (spec, library)


def steps_first(source: Source, choices: Choices, bundled: Bundled | None, mixing: Torch) -> tuple[Spec, Torch] | None:
    """The reading with the batch as the second axis of what goes in; None where that does not fit either."""
    library = Torch(source, choices.train, bundled)
    library.batch_axis = 1
    try:
        spec, keeps_examples = followed_spec(library, choices)
    except Problem:
        return None
    if library.mixed or library.trace.is_broken or not keeps_examples or max(map(len, library.inputs)) > 3:
        return None
    what, note = next(iter(mixing.mixed.items()))
    shown = " and ".join(" × ".join(map(shown_size, shape)) for shape in library.inputs)
    note = note._replace(message=f"{what}: the input is read as {shown}", hint=f"if the batch comes first, {note.hint}")
    return spec._replace(notes=(note, *spec.notes)), library


def followed_spec(library: Torch, choices: Choices) -> tuple[Spec, bool]:
    """The Spec of a program, and whether every output of it has an axis for the batch."""
    source = library.source
    run = Run(source, library, choices.args)
    module = run.module()
    library.source = library.trace.source = module.source
    try:
        network = network_of(run, module, source.entry)
    except Problem as error:
        if library.errors:
            raise Problem(*(finding for each in (*library.errors, error) for finding in each.diagnostics)) from None
        raise
    state = state_of(network)
    if state is None:
        raise no_network(run, network)
    name_modules(network)
    library.begin()
    place = place_of(network)
    tensors = inputs_of(run, module, network, choices, place)
    library.inputs = [tensor.shape for tensor in tensors]
    outputs: list[tuple[str, Tensor]] = []
    try:
        result = run.call(network, tensors, {}, place)
        outputs = list(named_outputs(run, result, "output", place))
        if not outputs:
            raise no_output(run, result, place)
    except Stopped:
        pass
    except Problem as error:
        if is_usage(error.diagnostics) or not (library.trace.is_broken or library.errors or library.supposed):
            raise
        library.trace.findings += error.diagnostics
    if library.supposed and (library.trace.is_broken or library.trace.findings):
        raise inputs_in_question(run, library.supposed, place, library.trace.findings)
    for _, each in modules_in(network):
        library.note(state.error if (state := state_of(each)) else None)
    outputs = [(name, output_layer(library.trace, tensor, place)) for name, tensor in outputs]
    check_arguments(run, network)
    notes = [*run.assumed.values(), *library.remarks, *add_unused(run, network, outputs)]
    if library.supposed:
        notes += supposed_inputs(library.supposed, library.trace.inputs[0][0])
    library.trace.notes += [*notes, *(frozen_parameters(network, place) if library.freezes else ())]
    keeps_examples = all(any(isinstance(size, Batch) for size in tensor.shape) for _, tensor in outputs)
    return library.trace.spec(outputs, name=name_of(network)), keeps_examples


def no_output(run: Run, result: Any, place: Place) -> Problem:
    """Why a network gives nothing that a layer of it gives."""
    if isinstance(result, TensorValue) and result.held == OVER_BATCH:
        message = "what forward gives depends on all examples of a batch, as a loss does"
        return run.refusal("P022", message, place, "return what it is computed from beside it")
    hint = "put `return` before what forward computes last" if result is None else ""
    return run.error("TypeError", f"forward gives no tensor, but {run.text(result)[:60]}", place, hint)


def output_layer(trace: Trace, tensor: Tensor, place: Place) -> Tensor:
    """The layer of an output; one that changes nothing where the output is an input."""
    is_input = tensor.name in [name for name, _, _ in trace.inputs]
    return trace.layer(IDENTITY, {}, (tensor,), place, shape=tensor.shape) if is_input else tensor


def named_outputs(run: Run, value: Any, name: str, place: Place) -> Iterator[tuple[str, Tensor]]:
    """Every tensor of what a network gives, by its place or its key."""
    if isinstance(value, TensorValue):
        if value.node is not None or value.held == STATE:
            yield name, value.in_trace(run, place)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from named_outputs(run, each, str(key) if str(key).isidentifier() else name, place)
    elif isinstance(value, (list, tuple)):
        for index, each in enumerate(value):
            yield from named_outputs(run, each, name if index == 0 else f"{name}{index + 1}", place)
    elif isinstance(value, Instance):
        for key, each in value.attributes.items():
            yield from named_outputs(run, each, key, place)


def name_of(network: Any) -> str:
    cls = network.cls
    return cls.name if isinstance(cls, (Class, ModuleClass)) and cls.name != NAME else ""


def place_of(network: Any) -> Place:
    cls, state = network.cls, state_of(network)
    return (isinstance(cls, Class) and cls.place) or (state and state.place) or Place(1, 1)
