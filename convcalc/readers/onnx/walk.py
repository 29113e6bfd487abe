"""The operations of a graph one after another: of held numbers they are computed, all others become layers.

What an exporter changed is remarked on the way: the file is not quite the network that was trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.kinds.constant import BUFFER, PARAMETER
from convcalc.kinds.rearranging import GATHER
from convcalc.problem import Diagnostic, Mark, Problem, Source, did_you_mean, problem
from convcalc.readers.groups import GroupPath
from convcalc.readers.onnx.batches import shape_in_file
from convcalc.readers.onnx.folding import fold
from convcalc.readers.onnx.held import HeldTensor, held_list, held_of, numbers_in, whole_product
from convcalc.readers.onnx.naming import FUSED, RULES, GivenName, is_nameless, source_of
from convcalc.readers.onnx.records import OnnxGraph, Operation, StoredTensor, note_of
from convcalc.readers.onnx.wire import FLOAT_TYPES, Wire
from convcalc.readers.trace import BATCH, Batch, Size, Stopped, Tensor, Trace
from convcalc.spec import Place, WrittenLayer

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.readers.onnx.weighted import Owner

    Operand: TypeAlias = "Tensor | HeldTensor | None"  # None where one that may be left out is left out
    Operands: TypeAlias = Sequence[Operand]
    Function: TypeAlias = "Callable[[GraphWalk, Operation, Operands], list[Operand]]"  # what reads an operator

INPUT_CURE = "--input with the shape that goes in"
UNNAMED = GivenName((), "")
# What is raised where an attribute is of another type, or an input is missing: nobody has checked the file before.
MISFITS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
MEASURING = ("Shape", "Size")  # what they give depends on nothing but sizes


class GraphTrace(Trace):
    """A trace whose next layer has the name of the node that is read."""

    next_name = ""

    def add(
        self, written: WrittenLayer, inputs: Sequence[Tensor], place: Place, name: str = "",
        shape: Sequence[Size] | None = None, activates: bool = False, unread: bool = False,
    ) -> Tensor:  # fmt: skip
        if not written.kind.constant:  # the numbers that a layer is applied to have no name
            name, self.next_name = name or self.next_name, ""
        return super().add(written, inputs, place, name, shape, activates, unread)


class GraphWalk:
    """A graph on its way to layers: the values that are known so far, and the trace that the layers are added to."""

    def __init__(self, graph: OnnxGraph, wire: Wire, trace: GraphTrace, batch: int | None, checked: bool):
        self.graph, self.wire, self.trace = graph, wire, trace
        self.batch = batch  # the number that stands for it in the file; None where it is a letter
        self.checked = checked  # whether shapes are as the file declares them
        self.values: dict[str, Operand] = {"": None}
        for name, stored in graph.stored.items():
            source = source_of(graph, wire, name)
            self.values[name] = held_of(stored._replace(name=source), stored.type in FLOAT_TYPES)
        self.users: dict[str, list[Operation]] = {}
        for node in graph.operations:
            for name in node.inputs:
                self.users.setdefault(name, []).append(node)
        self.outputs = {each.name for each in graph.outputs}
        self.names: dict[int, GivenName] = {}
        self.groups = GroupPath(self.trace)
        self.node: Operation = None  # type: ignore[assignment]  # the one that is being read
        self.owners: dict[tuple[Any, ...], Owner] = {}  # of weights: which layer uses them first
        self.plain: set[str] = set()  # tensors that nodes hold, which no training changes
        self.remarks = Remarks()
        self.lost: dict[str, str] = {}  # values that could not be computed, and why
        self.depth = 0  # of branches within branches
        self.held: dict[Any, Tensor] = {}  # what became a layer of its own, by what it is

    # Nodes

    def run(self, nodes: Sequence[Operation]) -> None:
        for node in nodes:
            self.node = node
            if lost := next((name for name in node.inputs if name in self.lost), ""):
                self.lost.update(dict.fromkeys(node.outputs, self.lost[lost]))
                continue
            try:
                self.read_node(node)
            except Stopped:  # its layer says itself what is wrong
                self.lose(node)
            except Problem as error:
                self.fail(node, Problem(*(each._replace(mark=each.mark or self.mark) for each in error.diagnostics)))
            except MISFITS:
                message = f"{node.full_operator} has other inputs or attributes than ONNX gives it"
                self.fail(node, problem("Y047", message, "export the network again", self.mark))
        self.groups.enter((), self.place)

    def fail(self, node: Operation, error: Problem) -> None:
        self.trace.findings += error.diagnostics
        self.lose(node)

    def lose(self, node: Operation) -> None:
        self.lost.update(dict.fromkeys(filter(None, node.outputs), node.name or node.operator))

    def read_node(self, node: Operation) -> None:
        self.node = node
        inputs = [self.value(name) for name in node.inputs]
        found: Sequence[Operand] | None = None
        if node.operator in MEASURING:
            found = [self.measure(inputs)]
        elif all(each is None or isinstance(each, HeldTensor) for each in inputs):
            found = fold(node, inputs)  # type: ignore[arg-type]
        if found is None:
            from convcalc.readers.onnx.operators import apply

            given = self.names.get(node.line, UNNAMED)
            self.groups.enter(given.groups, self.place)
            self.trace.next_name = given.own
            found = apply(self, node, inputs)
        for name, value in zip(node.outputs, found, strict=False):
            if name:
                self.values[name] = value
                self.remarks.normalised += node.operator == "BatchNormalization"
                if isinstance(value, Tensor):
                    self.check_declared(name, value)

    def value(self, name: str) -> Operand:
        if name not in self.values:
            hint = did_you_mean(name, self.values) or "export the network again"
            raise problem("Y045", f'nothing gives "{name[:60]}": no node, no input and no initialiser', hint)
        return self.values[name]

    def measure(self, inputs: Sequence[Operand]) -> HeldTensor:
        """The sizes of a value, as the file knows them."""
        (value,) = inputs
        assert value is not None
        shape = list(value.shape if isinstance(value, HeldTensor) else self.sizes(value))
        if self.node.operator == "Size":
            return HeldTensor((), (whole_product(shape),))
        start, end = self.node.attributes.get("start", 0), self.node.attributes.get("end")
        return held_list(shape[start:end])

    def sizes(self, tensor: Tensor) -> tuple[Any, ...]:
        """The shape of a tensor with the batch as the file has it."""
        return shape_in_file(tensor.shape, self.batch)

    @property
    def place(self) -> Place:
        return Place(self.node.line, 1, len(self.node.text))

    @property
    def mark(self) -> Any:
        return self.place.mark(self.trace.source)

    # Layers

    def layer(self, kind: Kind, args: dict[str, Any], *inputs: Tensor, **more: Any) -> Tensor:
        return self.trace.layer(kind, args, inputs, self.place, **more)

    def tensor(self, value: Operand) -> Tensor:
        """A value that goes into a layer; what is held becomes a layer that takes no input."""
        if isinstance(value, Tensor):
            return value
        assert value is not None
        key = (value.shape, value.part, tuple(each.name for each in value.stored) or id(value))
        if key not in self.held:
            self.held[key] = self.constant(value)
        return self.held[key]

    def constant(self, value: HeldTensor) -> Tensor:
        """What is held as a layer: its weights count as they are stored."""
        is_learnt = self.is_learnt(value)
        if value.is_float and value.stored and not is_learnt and not self.is_given(value):
            self.remarks.computed += value.total
        shape = tuple(size for size in value.shape if size != BATCH)
        if shape == value.shape and len(shape) > 1 and shape[0] in (1, self.batch):
            shape = shape[1:]
        own = value.stored[0].name.rpartition(".")[2] if value.stored else ""
        name, self.trace.next_name = self.trace.next_name, own if own.isidentifier() else ""
        stored = value.stored[0].dims if is_learnt and len(value.stored) == 1 else shape
        if numbers_in(stored) < numbers_in(shape):  # some are looked up several times
            found = self.layer(PARAMETER, {"shape": stored})
            found = self.layer(GATHER, {"shape": shape}, found, shape=shape)
        else:
            found = self.layer(PARAMETER if is_learnt else BUFFER, {"shape": shape or (1,)})
        self.trace.next_name = name
        return self.trace.same(found, value.shape) if BATCH in value.shape else found

    def is_learnt(self, held: HeldTensor) -> bool:
        """Whether numbers beside the layers' own are learnt, as far as the file tells."""
        return held.is_float and any(self.is_parameter(each, held.total) for each in held.stored)

    def is_given(self, held: Operand) -> bool:
        """Whether the file says that nobody trains these numbers: they are among its buffers, or a node makes them."""
        return (
            isinstance(held, HeldTensor)
            and bool(self.graph.signature)
            and all(self.graph.signature.get(each.name) == "BUFFER" for each in held.stored)
        )

    def is_parameter(self, stored: StoredTensor, total: Any) -> bool:
        """Exporters leave parameters their names.

        What has none was computed: factors or shifts of an axis of parameters, what has several axes of anything; and a
        single number is a setting.
        """
        if self.graph.signature:
            return self.graph.signature.get(stored.name) == "PARAMETER"
        if not is_nameless(stored.name):
            return not stored.is_mask and (total != 1 or "." in stored.name)
        is_constant = stored.name in self.plain and stored.distinct == 1
        return total != 1 and sum(size > 1 for size in stored.dims) == 1 and not is_constant

    # What the file says of itself

    def check_declared(self, name: str, tensor: Tensor) -> None:
        """A Problem where the file declares another shape of a value."""
        declared = self.graph.values.get(name) or next((each for each in self.graph.outputs if each.name == name), None)
        if not self.checked or declared is None or not declared.shape or tensor.broken:
            return
        actual = self.sizes(tensor)
        pairs = list(zip(declared.shape, actual, strict=False))
        if len(actual) != len(declared.shape) or any(
            isinstance(one, int) and isinstance(other, int) and one != other for one, other in pairs
        ):
            shown = "×".join("batch" if isinstance(size, Batch) else str(size) for size in actual)
            said = "×".join("?" if size is None else str(size) for size in declared.shape)
            self.trace.findings.append(
                Diagnostic("Y046", f"{name} is {shown}, the file declares {said}", INPUT_CURE, self.mark)
            )
            self.checked = False  # what follows from it differs too


class Remarks:
    """What is seen of an exporter's changes while the nodes are read."""

    def __init__(self) -> None:
        self.fused: list[int] = []  # parameters fewer of each convolution that says it took in a normalisation
        self.made: list[int] = []  # filters of those whose weights the exporter made of others
        self.biased: list[int] = []  # filters of those with biases, of which nobody knows
        self.normalised = 0  # batch normalisations in the file
        self.left_out = 0  # layers whose biases, all of them zeros, are not in the file
        self.computed = 0  # numbers that the exporter made of others, learnt ones maybe
        self.quantised = 0  # nodes of numbers that are kept as small whole ones

    def convolution(self, walk: GraphWalk, filters: int, weights: HeldTensor, bias: bool) -> None:
        """Take note of a convolution."""
        from convcalc.readers.onnx.weighted import has_own_bias

        if FUSED in note_of(walk.wire, walk.node.notes, RULES):
            self.fused.append(filters * (2 + has_own_bias(walk, weights) - bias))
        elif bias and not walk.graph.signature and weights.stored:
            if walk.graph.producer.startswith("pytorch"):
                self.made += [filters] * is_nameless(weights.stored[0].name)
            else:
                self.biased.append(filters)

    def notes(self, source: Source) -> tuple[Diagnostic, ...]:
        mark = Mark(source, 1, 1)
        return tuple(Diagnostic("W010", text, "", mark, severity="note") for text in self.texts())

    def texts(self) -> Iterator[str]:
        if self.fused:
            yield (
                f"batch normalisation is folded into {several(len(self.fused), 'convolution')}, as the exporter notes: "
                f"the network that was trained has {sum(self.fused):,} parameters more"
            )
        if self.made:
            yield (
                f"{several(len(self.made), 'convolution')} of this file took in the batch normalisation behind: "
                f"{sum(self.made):,} parameters more were trained, if {'it' if len(self.made) == 1 else 'they'} had no "
                "biases of their own"
            )
        if self.biased and not self.normalised:
            yield (
                "there is no batch normalisation in this file: if the network had any, the exporter folded it into "
                f"its {several(len(self.biased), 'convolution')} with biases, and at least {sum(self.biased):,} "
                "parameters more were trained"
            )
        if self.left_out:
            yield f"the biases of {several(self.left_out, 'layer')} are all 0 and not in the file; they are counted"
        if self.computed:
            yield f"{self.computed:,} numbers that the exporter computed, of parameters maybe, count as buffers"
        if self.quantised:
            yield "layers whose numbers are kept as small whole ones count as those that they stand for"


def several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
