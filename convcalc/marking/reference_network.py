"""The right network, which can be asked what a layer gives on other inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from operator import add
from typing import TYPE_CHECKING, Any, TypeVar

from convcalc.algebra.expr import ExprError, evaluate
from convcalc.algebra.parser import parse
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.layers.applied import Applied, apply, lettered_case
from convcalc.layers.case import product
from convcalc.layers.field import START
from convcalc.layers.window import SLIDING, Step
from convcalc.network.axes import all_through, steps
from convcalc.network.load import NOTHING
from convcalc.network.quantity import QUANTITIES, counts_of, of_known
from convcalc.problem import Problem, Source
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.held import Held
    from convcalc.network.quantity import Counts
    from convcalc.network.walk import NetworkReport
    from convcalc.readers.yaml import Node
    from convcalc.spec.choices import Choices

    Sides = tuple[Any, ...]  # one value per axis

Made = TypeVar("Made")
MAX_KEPT = 20_000  # layers on other inputs that are remembered, and findings on them
BITS = 32
TRAINABLE = "trainable_parameters"


def plain_name(name: str) -> str:
    """A name as it is compared: without case, - and spaces as _."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def squeezed_name(name: str) -> str:
    """A name without case, blanks, - and _: Conv_2 and conv2 are one."""
    return plain_name(name).replace("_", "")


class NetworkSource(NamedTuple):
    """What a network was read from."""

    source: Source
    choices: Choices = NOTHING
    root: Node | None = None  # the part of the source that it is


class ReferenceNetwork:
    """A report that can be asked what if: layers by index, network inputs as negative indices."""

    def __init__(self, report: NetworkReport, origin: NetworkSource | None = None):
        self.report, self.origin = report, origin
        self.layers = report.layers
        self.convention = CONVENTIONS[report.convention]
        self.counts_state = report.convention == "keras"  # parameters are those that are not learnt, too
        self.index = {layer.name: index for index, layer in enumerate(report.layers)}
        self.names = {plain_name(name): index for name, index in self.index.items()}
        inputs = {name: -1 - place for place, name in enumerate(report.inputs)}
        self.inputs = {-1 - place: shape for place, shape in enumerate(report.inputs.values())}
        self.sources = [  # what the network holds itself stands, as it were, at its first input
            tuple(self.index.get(name, inputs.get(name, -1)) for name in layer.inputs) or (-1,)
            for layer in report.layers
        ]
        self.is_chain = all(len(sources) == 1 for sources in self.sources) and len(self.inputs) == 1
        self.right: list[Shape] = [layer.applied.output if layer.applied else () for layer in report.layers]
        self.has_shapes = not any(layer.held for layer in report.layers)  # without them no mistake can be told
        self.memo: dict[object, Any] = {}  # for the next student
        self.fields = {
            what: [layer.extents(what) for layer in report.layers] for what in ("size", "stride", "offset", "centre")
        }

    def applied(self, index: int) -> Applied:
        applied = self.layers[index].applied
        assert applied is not None
        return applied

    def shapes_before(self, index: int, outputs: list[Shape]) -> tuple[Shape, ...]:
        """The shapes of a layer's inputs, where the layers give these outputs."""
        return tuple([outputs[source] if source >= 0 else self.inputs[source] for source in self.sources[index]])

    def layer_on(self, index: int, shapes: tuple[Shape, ...], free: bool = False) -> Applied | None:
        """The layer on other inputs; None where it cannot be. A `free` one need not fit them, if it gives sizes."""
        layer = self.layers[index].applied
        if layer is None or layer.input == shapes:
            return layer

        def apply_layer() -> Applied | None:
            are_sizes = all(isinstance(side, int) and side > 0 for shape in shapes for side in shape)
            return self.attempt(apply, index, layer, shapes, free) if are_sizes else None

        return self.recall((index, shapes, free), apply_layer)

    def layers_on(self, index: int, shapes: tuple[Shape, ...]) -> list[Applied]:
        """The layer on other inputs; where it joins branches that differ, also as if all were like each of them."""
        applied, right = self.layer_on(index, shapes), self.layers[index].applied
        if right is None or right.setting.kind.inputs != 0 or len(set(shapes)) < 2:
            applied = applied or self.layer_on(index, shapes, free=True)
            return [applied] if applied else []
        found = [applied] if applied else []
        for model, true in zip(shapes, right.input, strict=True):
            if true[1:] == right.output[1:]:
                alike = (model,) * len(shapes) if true == right.output else sized_alike(shapes, model)
                branch = self.layer_on(index, alike)
                if branch and all(branch.output != other.output for other in found):
                    found.append(branch)
        return found

    def recall(self, key: object, make: Callable[[], Made]) -> Made:
        """What `make` gives, made once; all is forgotten now and then, so that a batch may have any length."""
        memo: dict[Any, Made] = self.memo
        try:
            return memo[key]
        except KeyError:
            made = make()
            if len(memo) >= MAX_KEPT:
                memo.clear()
            memo[key] = made
            return made

    def attempt(
        self, make: Callable[..., Made], index: int, layer: Applied, shapes: tuple[Shape, ...], *free: bool
    ) -> Made | None:
        """What `make` gives for a layer on other inputs; None if it cannot be computed."""
        source = self.sources[index][0]
        on_map = len(shapes[0]) > 1 and (self.applied(source).on_map if source >= 0 else True)
        channels = self.applied(source).channels if source >= 0 else 0
        convention = CONVENTIONS[layer.setting.convention] if layer.setting.convention else self.convention
        try:
            return make(layer.setting, shapes, convention, self.report.channels_last, on_map, False, channels, *free)
        except (Problem, ExprError, ArithmeticError, TypeError, IndexError, KeyError):
            return None

    def unfit_layer(self, index: int, shapes: tuple[Shape, ...]) -> Applied | None:
        """The layer on inputs that it does not fit: with letters, and without an output."""
        right = self.applied(index)
        shape = shapes[0]
        if (
            len(shapes) > 1
            or len(right.input) != 1
            or len(shape) != len(right.input[0])
            or len(right.axes) != len(shape) - 1
        ):
            return None
        case = self.attempt(lettered_case, index, right, shapes)
        if case is None:
            return None
        output = (right.output[0], *(0,) * (len(right.output) - 1))
        return right._replace(input=shapes, output=output, axes=case.axes, letters={**right.letters, **case.letters})

    # Receptive fields, a number per axis.

    def field(self, index: int, what: str = "size") -> Sides:
        """Of the output of a layer, or of an input of the network."""
        if index < 0:
            start = {"size": 1, "stride": 1, "offset": 0, "centre": 0}[what]
            return (start,) * (len(self.inputs[index]) - 1)
        return self.fields[what][index]

    def path(self, index: int) -> Iterator[int]:
        """The layers before one, the nearest first, along first inputs."""
        while index >= 0:
            index = self.sources[index][0]
            if index >= 0:
                yield index

    def flatten_before(self, index: int) -> int | None:
        """The flatten whose output reaches a layer unchanged."""
        for before in self.path(index):
            kind = self.applied(before).setting.kind
            if kind.flattens:
                return before
            if kind.window.type.along_axes or kind.takes == "features":
                return None
        return None

    def pooling_before(self, index: int) -> int | None:
        """The last pooling before a flatten."""
        for before in self.path(index):
            applied = self.applied(before)
            if applied.setting.kind.pools:
                return before
            if applied.input[:1] != (applied.output,):
                return None
        return None

    def windows(self, index: int) -> list[tuple[int, tuple[Step, ...]]]:
        """The sliding layers before one, first to last, each with its steps along the axes."""

        def find_windows() -> list[tuple[int, tuple[Step, ...]]]:
            sliding = [before for before in self.path(index) if self.slides(before)]
            return [(before, self.steps(before)) for before in reversed(sliding)]

        return self.recall(("windows", index), find_windows)

    def strides_before(self, index: int, place: int) -> dict[str, Value]:
        """j_conv and s_prev along an axis: the product of the convolutions' strides, and the last stride."""

        def multiply_strides() -> dict[str, Value]:
            windows = [(before, each[place]) for before, each in self.windows(index) if place < len(each)]
            convolutions = [step for before, step in windows if not self.applied(before).setting.kind.pools]
            last = windows[-1][1].stride if windows else 1
            return {"j_conv": product(step.stride for step in convolutions), "s_prev": last}

        return self.recall(("strides", index, place), multiply_strides)

    def amount(self, counts: Counts, quantity: str) -> Any:
        """A number of a layer or of all of them; the parameters of Keras are all that its `summary` prints."""
        if quantity == TRAINABLE:
            return counts.parameters
        if quantity == "parameters" and self.counts_state:
            return of_known(add, counts.parameters, counts.buffers)
        if quantity in QUANTITIES and QUANTITIES[quantity].value:
            return QUANTITIES[quantity].amount(counts, BITS)
        return setting_of(counts, quantity)  # type: ignore[arg-type]  # totals have neither

    def held_numbers(self, index: int) -> tuple[Any, Any]:
        """The numbers of a layer, or of all where there is none, that are learnt, and those that are not."""
        layer = self.layers[index]
        counts = self.report.totals if index < 0 else layer.applied or layer.held
        return (counts.parameters, counts.buffers) if counts else (0, 0)

    def loose_name(self, row: str) -> str:
        """The plain name of the only layer that a row means, blanks and hyphens aside; else the row's own."""

        def squeezed() -> dict[str, str]:
            found = Counter(map(squeezed_name, self.names))
            return {short: name for name in self.names if found[short := squeezed_name(name)] == 1}

        return row if row in self.names else self.recall("squeezed", squeezed).get(squeezed_name(row), row)

    def columns(self, index: int) -> dict[str, Value]:
        """The numbers in a layer's row of a table, or in that of the totals, which is before the first, by quantity.

        No table has weights and buffers beside the parameters: mistakes of their own lead to these.
        """

        def count() -> dict[str, Value]:
            counts = counts_of(self.applied(index) if index >= 0 else self.report.totals)
            return {name: value for name, value in counts.items() if name not in ("weights", "buffers")}

        return self.recall(("columns", index), count)

    def steps(self, index: int) -> tuple[Step, ...]:
        """Of a layer's window, along its axes."""
        return self.recall(("steps", index), lambda: steps(self.applied(index)))

    def cells_seen(self, index: int, applied: Applied) -> Sides:
        """How many cells of its input a layer sees along each axis, on whichever input it is."""
        path = steps(applied)
        return tuple(field.size for field in all_through((START,) * len(path), path)) if path else ()

    def follows_recurrence(self, index: int) -> bool:
        """Whether r + (k̂ − 1)·j is the field: behind an up-sampling neighbours see different intervals."""
        source = self.sources[index][0]
        sides = zip(
            self.field(index), self.field(source), self.field(source, "stride"), self.steps(index), strict=False
        )
        return all(after == before + (step.reach - 1) * stride for after, before, stride, step in sides)

    def slides(self, index: int) -> bool:
        return self.applied(index).setting.kind.window.type is SLIDING


def sized_alike(shapes: tuple[Shape, ...], model: Shape) -> tuple[Shape, ...]:
    """The shapes with channels of their own, and otherwise the sides of one."""
    return tuple((*shape[:1], *model[1:]) for shape in shapes)


def setting_of(applied: Applied | Held, quantity: str) -> Any:
    """A shape of a layer, or a setting."""
    if quantity in ("input", "output"):
        return applied.output if quantity == "output" else next(iter(applied.input), ())
    value = applied.values.get(quantity)
    if isinstance(value, tuple):
        flat = [side for each in value for side in (each if isinstance(each, tuple) else (each,))]
        return flat[0] if len(set(flat)) == 1 else tuple(value)
    return int(value) if isinstance(value, bool) else value


def count_on_output(applied: Applied, output: Shape, quantity: str) -> Any:
    """A number of a layer, counted on a different output."""
    if quantity in ("activations", "memory"):
        return product(output) * (BITS // 8 if quantity == "memory" else 1)
    if len(output) < 2 or not applied.axes:
        return None
    kind, known = applied.setting.kind, {**applied.letters, "N": product(output[1:])}
    if quantity in ("parameters", TRAINABLE, "weights"):  # of a kernel for every place
        return evaluate(parse(applied.formulas[0]), {**known, "b": 0} if quantity == "weights" else known)
    if quantity not in ("macs", "flops", "connections"):
        return None
    macs: Value = evaluate(parse(kind.macs), known)
    if quantity == "connections":
        return macs + (product(output) if known.get("b") else 0) if not kind.connections else None
    return 2 * macs if quantity == "flops" else macs
