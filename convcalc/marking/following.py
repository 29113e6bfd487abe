"""A network followed with somebody's own numbers: what each layer gives on the inputs that they believe it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from convcalc.algebra.expr import ExprError, evaluate
from convcalc.algebra.parser import parse
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.layer.applied import Applied, apply, lettered_case
from convcalc.layer.case import product
from convcalc.layer.window import SLIDING
from convcalc.network.quantity import QUANTITIES
from convcalc.network.step import steps
from convcalc.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from convcalc.algebra.expr import Value
    from convcalc.layer.record import Shape
    from convcalc.layer.window import Step
    from convcalc.marking.key import Rows
    from convcalc.marking.situation import Situation
    from convcalc.network.walk import NetworkReport

    Sides = tuple[Any, ...]  # one value per axis

Made = TypeVar("Made")
MAX_KEPT = 20_000  # layers on other inputs that are remembered, and findings on them
BITS = 32


def plain(name: str) -> str:
    """A name as it is compared: without case, - and spaces as _."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


class Network:
    """A report that can be asked what if: layers by index, network inputs as negative indices."""

    def __init__(self, report: NetworkReport):
        self.report = report
        self.layers = report.layers
        self.convention = CONVENTIONS[report.convention]
        self.index = {layer.name: index for index, layer in enumerate(report.layers)}
        self.names = {plain(name): index for name, index in self.index.items()}
        inputs = {name: -1 - place for place, name in enumerate(report.inputs)}
        self.inputs = {-1 - place: shape for place, shape in enumerate(report.inputs.values())}
        self.sources = [
            tuple(self.index.get(name, inputs.get(name, -1)) for name in layer.inputs) for layer in report.layers
        ]
        self.is_chain = all(len(sources) == 1 for sources in self.sources) and len(self.inputs) == 1
        self.right: list[Shape] = [layer.applied.output if layer.applied else () for layer in report.layers]
        self.memo: dict[Any, Any] = {}  # for the next student
        self.stepped: dict[int, tuple[Step, ...]] = {}
        self.fields = {
            what: [layer.extents(what) for layer in report.layers] for what in ("size", "stride", "offset", "centre")
        }

    def applied(self, index: int) -> Applied:
        applied = self.layers[index].applied
        assert applied is not None
        return applied

    def shape(self, index: int) -> Shape:
        return self.inputs[index] if index < 0 else self.right[index]

    def before(self, index: int) -> tuple[Shape, ...]:
        """The right shapes of a layer's inputs."""
        return tuple(map(self.shape, self.sources[index]))

    def at(self, index: int, shapes: tuple[Shape, ...]) -> Applied | None:
        """The layer on other inputs; None where it cannot be."""
        layer = self.layers[index].applied
        if layer is None or layer.input == shapes:
            return layer
        found: Applied | None = self.remembered((index, shapes), lambda: self.tried(index, layer, shapes))
        return found

    def remembered(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives, made once; all is forgotten now and then, so that a batch may have any length."""
        memo = self.memo
        if key not in memo:
            made = make()
            if len(memo) >= MAX_KEPT:
                memo.clear()
            memo[key] = made
        return memo[key]

    def tried(self, index: int, layer: Applied, shapes: tuple[Shape, ...]) -> Applied | None:
        if not all(isinstance(side, int) and side > 0 for shape in shapes for side in shape):
            return None
        return self.attempt(apply, index, layer, shapes)

    def attempt(self, make: Callable[..., Made], index: int, layer: Applied, shapes: tuple[Shape, ...]) -> Made | None:
        """What is made of a layer on other inputs, where that can be."""
        source = self.sources[index][0]
        on_map = len(shapes[0]) > 1 and (self.applied(source).on_map if source >= 0 else True)
        channels = self.applied(source).channels if source >= 0 else 0
        convention = CONVENTIONS[layer.setting.convention] if layer.setting.convention else self.convention
        try:
            return make(layer.setting, shapes, convention, self.report.channels_last, on_map, channels=channels)
        except (Problem, ExprError, ArithmeticError, TypeError, IndexError, KeyError):
            return None

    def loosely(self, index: int, shapes: tuple[Shape, ...]) -> Applied | None:
        """The layer on inputs that it does not fit: with letters, and without an output."""
        right = self.applied(index)
        shape = shapes[0]
        if len(shapes) > 1 or len(shape) != len(right.input[0]) or len(right.axes) != len(shape) - 1:
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
            index = self.sources[index][0] if self.sources[index] else -1
            if index >= 0:
                yield index

    def flattened(self, index: int) -> int | None:
        """The flatten whose output reaches a layer unchanged."""
        for before in self.path(index):
            kind = self.applied(before).setting.kind
            if kind.flattens:
                return before
            if kind.window.type.along_axes or kind.takes == "features":
                return None
        return None

    def pooled(self, index: int) -> int | None:
        """The last pooling before a flatten."""
        for before in self.path(index):
            applied = self.applied(before)
            if applied.setting.kind.pools:
                return before
            if applied.output != applied.input[0]:
                return None
        return None

    def windows(self, index: int) -> list[tuple[int, tuple[Any, ...]]]:
        """The sliding layers before one, first to last, each with its steps along the axes."""

        def found() -> Any:
            sliding = [before for before in self.path(index) if self.slides(before)]
            return [(before, self.steps(before)) for before in reversed(sliding)]

        kept: list[tuple[int, tuple[Any, ...]]] = self.remembered(("windows", index), found)
        return kept

    def strides_before(self, index: int, place: int) -> dict[str, Any]:
        """j_conv and s_prev of a layer along an axis: the strides of convolutions only, and the last of any."""

        def found() -> dict[str, Any]:
            windows = [(before, each[place]) for before, each in self.windows(index) if place < len(each)]
            convolutions = [step for before, step in windows if not self.applied(before).setting.kind.pools]
            last = windows[-1][1].stride if windows else 1
            return {"j_conv": product(step.stride for step in convolutions), "s_prev": last}

        kept: dict[str, Any] = self.remembered(("strides", index, place), found)
        return kept

    def steps(self, index: int) -> tuple[Step, ...]:
        """Of a layer's window, along its axes."""
        if index not in self.stepped:
            self.stepped[index] = steps(self.applied(index))
        return self.stepped[index]

    def slides(self, index: int) -> bool:
        return self.applied(index).setting.kind.window.type is SLIDING


class Own:
    """The outputs and receptive fields that one student goes on with, layer by layer."""

    def __init__(
        self,
        network: Network,
        written: Mapping[int, tuple[Shape, ...]],
        fields: Mapping[int, Sides],
        strides: Mapping[int, Sides],
        rows: Rows,
    ):
        self.network = network
        self.rows = rows  # what was asked
        self.written = written  # the outputs that they gave, in every layout that may be meant
        self.outputs: dict[int, Shape] = {}  # those of them that are not the key's
        self.fields, self.strides = fields, strides
        self.situations: dict[tuple[int, bool, bool], list[Situation]] = {}
        is_wrong = any(shapes != (network.right[index],) for index, shapes in written.items())
        self.shapes: list[Shape] = self.followed() if is_wrong else network.right
        self.sizes: dict[int, Sides] = {}  # receptive fields that are not the key's
        if any(sides != network.field(index) for index, sides in fields.items()):
            self.sizes = self.carried()

    def followed(self) -> list[Shape]:
        """Their own output where there is one, else what follows from their inputs, else the right one."""
        network, shapes = self.network, list[Any]()
        for index, right in enumerate(network.right):
            sources = network.sources[index]
            inputs = tuple(shapes[source] if source >= 0 else network.inputs[source] for source in sources)
            applied = network.at(index, inputs)
            follows = applied.output if applied else right
            if index in self.written:
                follows = likeliest(self.written[index], follows, right)
                if follows != right:
                    self.outputs[index] = follows
            shapes.append(follows)
        return shapes

    def carried(self) -> dict[int, Sides]:
        found: dict[int, Sides] = {}
        for index in range(len(self.network.layers)):
            given = self.fields.get(index)
            follows = given if given is not None else self.field_after(index, found)
            if follows is not None and follows != self.network.field(index):
                found[index] = follows
        return found

    def field_after(self, index: int, known: Mapping[int, Sides]) -> Sides | None:
        """The field that follows from their own before it; None where that is the right one."""
        network = self.network
        sources = network.sources[index]
        if not any(source in known for source in sources):
            return None
        right = network.field(index)
        own = [known.get(source, network.field(source)) for source in sources]
        true = [network.field(source) for source in sources]
        if any(len(each) != len(right) for each in (*own, *true)):
            return None
        return tuple(
            max(each[axis] for each in own) + right[axis] - max(each[axis] for each in true)
            for axis in range(len(right))
        )

    # What a layer depends on

    def input(self, index: int) -> tuple[Shape, ...]:
        network = self.network
        return tuple(
            self.shapes[source] if source >= 0 else network.inputs[source] for source in network.sources[index]
        )

    def field_before(self, index: int) -> Sides:
        source = self.network.sources[index][0]
        return self.sizes.get(source) or self.network.field(source)

    def stride_before(self, index: int) -> Sides:
        source = self.network.sources[index][0]
        return self.strides.get(source) or self.network.field(source, "stride")

    def applied(self, index: int) -> Applied | None:
        return self.network.at(index, self.input(index))

    def values(self, index: int, quantity: str) -> list[Any]:
        """Every value of a quantity that is right on this student's own numbers."""
        network = self.network
        if quantity in ("receptive_field", "rf_stride"):
            return self.field_values(index, quantity)
        found: list[Any] = []
        if self.shapes is network.right:
            return found
        applied = self.applied(index) or network.applied(index)
        found.append(quantity_of(applied, quantity))
        given = self.shapes[index]
        if index in self.written and len(given) == len(applied.output) and given != applied.output:
            found.append(on_output(applied, given, quantity))
        return [value for value in dict.fromkeys(found) if value is not None]

    def field_values(self, index: int, quantity: str) -> list[Any]:
        network, found = self.network, list[Any]()
        source = network.sources[index][0]
        if quantity == "rf_stride":
            if source in self.strides:
                pairs = zip(
                    network.field(index, "stride"), network.field(source, "stride"), self.strides[source], strict=False
                )
                found.append(
                    tuple(
                        after * own / before if after * own % before else after * own // before
                        for after, before, own in pairs
                        if before
                    )
                )
            return found
        follows = self.field_after(index, self.sizes)
        if follows is not None:
            found.append(follows)
        if source in self.strides and network.slides(index):
            growth = [step.reach - 1 for step in network.steps(index)]
            before = self.field_before(index)
            found.append(
                tuple(r + grown * j for r, grown, j in zip(before, growth, self.strides[source], strict=False))
            )
        return found


def likeliest(shapes: tuple[Shape, ...], *models: Shape) -> Shape:
    """Of the layouts of a shape the one of which most is as expected."""
    return max(shapes, key=lambda shape: [sum(a == b for a, b in zip(shape, model, strict=False)) for model in models])


def quantity_of(applied: Applied, quantity: str) -> Any:
    """A number of a layer; its input and output are shapes."""
    if quantity in ("input", "output"):
        return applied.output if quantity == "output" else applied.input[0]
    if quantity in QUANTITIES and QUANTITIES[quantity].value:
        return QUANTITIES[quantity].amount(applied, BITS)
    value = applied.values.get(quantity)
    if isinstance(value, tuple):
        flat = [side for each in value for side in (each if isinstance(each, tuple) else (each,))]
        return flat[0] if len(set(flat)) == 1 else tuple(value)
    return int(value) if isinstance(value, bool) else value


def on_output(applied: Applied, output: Shape, quantity: str) -> Any:
    """A number of a layer, counted on another output than its own."""
    if quantity in ("activations", "memory"):
        return product(output) * (BITS // 8 if quantity == "memory" else 1)
    if quantity not in ("macs", "flops", "connections") or len(output) < 2 or not applied.axes:
        return None
    kind = applied.setting.kind
    macs: Value = evaluate(parse(kind.macs), {**applied.letters, "N": product(output[1:])})
    if quantity == "connections":
        return macs + (product(output) if applied.letters.get("b") else 0) if not kind.connections else None
    return 2 * macs if quantity == "flops" else macs
