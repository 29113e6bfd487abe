"""The memory of a network: what the textbook needs, and what torchinfo and torchsummary print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from convcalc.layers.case import product
from convcalc.network.liveness import kept_numbers, peak_numbers
from convcalc.network.quantity import bytes_of
from convcalc.tools.counting import own_parameters
from convcalc.tools.torchvision import code_of, places_of, roles_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.network.walk import NetworkReport


class Item(NamedTuple):
    """One figure of a memory table, in bytes; None where it cannot be told."""

    key: str
    title: str
    bytes: Value | None
    doc: str


class Memory(NamedTuple):
    """A memory table: ours, or one that a tool prints."""

    name: str
    doc: str
    unit: int  # bytes of what the tool calls an MB
    items: tuple[Item, ...]  # none where the tool fails
    known_errors: tuple[str, ...] = ()


# Ours.


def own_memory(report: NetworkReport, bits: int = 32, batch: int = 1) -> Memory:
    """What is stored, what must exist at once at inference, and what training keeps until the backward pass."""
    report.demand_shapes()
    report.demand_single_layers()
    totals, outputs = report.totals, cast("Value", report.totals.activations)
    given: Value = sum((product(shape) for shape in report.inputs.values()), 0)
    most, kept = peak_numbers(report), kept_numbers(report)
    figures = (
        ("parameters", "parameters", totals.parameters, "learnable numbers"),
        ("buffers", "buffers", totals.buffers, "state that is not learnt"),
        ("input", "input", given * batch, "the network's input"),
        ("activations", "activations", outputs * batch, "outputs of all layers, but of those in place"),
        (
            "peak_inference", "peak at inference", None if most is None else most * batch,
            "the most that exists at once: each tensor until its last use, activations in place; no workspace",
        ),
        (
            "kept_for_backward", "kept for backward", None if kept is None else kept * batch,
            "what derivatives need of the forward pass, each tensor once; no masks, indices or gradients",
        ),
    )  # fmt: skip
    return Memory(
        "ours",
        "one MB is 1,000,000 bytes",
        10**6,
        tuple(
            Item(key, title, None if numbers is None else bytes_of(numbers, bits), doc)
            for key, title, numbers, doc in figures
        ),
    )


# As the tools have it.

STORAGE_OBJECT = 56  # bytes of the Python object around a tensor's storage, that torchinfo adds to the input


def torchinfo(report: NetworkReport, bits: int = 32, batch: int = 1) -> Memory:
    """torchinfo's table: twice the outputs of the modules that have parameters."""
    given: Value = sum((bytes_of(product(shape) * batch, bits) + STORAGE_OBJECT for shape in report.inputs.values()), 0)
    passed: Value = 0
    parameters: Value = 0
    layers = [applied for _, applied in computed_layers(report)]
    modules = [applied for applied in layers if applied.setting.kind.name != "scale"]
    for applied in modules:
        if (own := own_parameters(applied)) != 0:
            passed = passed + 2 * bytes_of(applied.activations * batch, bits)
            parameters = parameters + bytes_of(own, bits)
    errors = [
        f"adds the {STORAGE_OBJECT} bytes of a Python object to every input",
        "leaves out outputs of modules without parameters: poolings, sums, concatenations",
    ]
    if len(modules) < len(layers):
        errors.append("leaves out parameters that belong to no leaf module: layer scale")
    doc = "one MB is 1,000,000 bytes"
    return Memory("torchinfo", doc, 10**6, items(given, passed, parameters), tuple(errors))


def torchsummary(report: NetworkReport, bits: int = 32, batch: int = 1) -> Memory:
    """torchsummary's table: twice the outputs of all modules, blocks among them, at four bytes a number."""
    code = code_of(report)
    doc = "one MB is 1,048,576 bytes"
    crash = dict(code.crashes).get("torchsummary")
    if crash:
        return Memory("torchsummary", doc, 2**20, (), (f"fails on this network: {crash}",))
    given = 4 * batch * product(map(product, report.inputs.values()))
    called = roles_of(report, code)
    listed = Counter(
        index
        for index, applied in computed_layers(report)
        if not applied.setting.kind.operator and called.get(index) not in ("function", "mean")
    )
    for place in code.ends:
        listed.update(places_of(report, place))
    passed: Value = 0
    parameters: Value = 0
    missed = False
    for index, applied in computed_layers(report):
        passed = passed + 8 * batch * listed[index] * applied.activations
        kind = applied.setting.kind
        if kind.counted_as == "recurrent" or kind.name in ("attention", "scale"):
            missed = True
        else:
            parameters = parameters + 4 * own_parameters(applied)
    errors = ["counts outputs of activations that work in place, and those of blocks once more"]
    if bits != 32:
        errors.append("takes every number to have four bytes")
    if len(report.inputs) > 1:
        errors.append("multiplies the sizes of several inputs with each other")
    if missed:
        errors.append("misses parameters that are not called weight or bias")
    return Memory("torchsummary", doc, 2**20, items(given, passed, parameters), tuple(errors))


def items(given: Value, passed: Value, parameters: Value) -> tuple[Item, ...]:
    return (
        Item("input", "Input size", given, ""),
        Item("forward_backward", "Forward/backward pass size", passed, "outputs, twice: for their gradients"),
        Item("parameters", "Params size", parameters, ""),
        Item("total", "Estimated Total Size", given + passed + parameters, ""),
    )


def computed_layers(report: NetworkReport) -> Iterator[tuple[int, Applied]]:
    for index, layer in enumerate(report.layers):
        if layer.applied is not None:
            yield index, layer.applied


MEMORIES: dict[str, Callable[[NetworkReport, int, int], Memory]] = {
    "torchinfo": torchinfo,
    "torchsummary": torchsummary,
}
