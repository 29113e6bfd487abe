"""A network as a value: loaded, asked, changed, compared, written and drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.library.counts import NetworkTotals
from convcalc.library.frozen import FrozenMapping, entry_point, fill
from convcalc.library.layers import Layers, ReceptiveField, number_text, shape_text
from convcalc.library.symbolic import public
from convcalc.library.writing import WritableNetwork
from convcalc.network.load import graph_of
from convcalc.network.walk import NetworkReport, walk
from convcalc.problem import Diagnostic, Problem, problem
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.layers import Shape as PrivateShape
    from convcalc.library.comparison import NetworkComparison
    from convcalc.library.explanation import Explanation
    from convcalc.library.findings import LintReport
    from convcalc.library.layers import Shape
    from convcalc.library.loading import InputShape, Names, NetworkOrigin, NetworkSource, Setting
    from convcalc.network import Graph
    from convcalc.spec.choices import Choices


class Network(WritableNetwork):
    """A network as it was computed, layer by layer: what `convcalc.load` gives.

    It cannot be changed; `at` and `symbolic` give others.  Two are equal where they have the same layers on the same
    inputs.  In a notebook it shows its picture and its table.

    >>> vgg = convcalc.load("vgg16")
    >>> vgg
    <VGG-16: 3×224×224 → 1000, 138,357,544 parameters, 15,470,264,320 MACs>
    >>> vgg.layers["stage1.conv1"].output, vgg.totals.parameters
    ((64, 224, 224), 138357544)
    """

    __slots__ = ("_choices", "_graph", "_origin", "_places", "_report")
    _origin: NetworkOrigin
    _choices: Choices
    _graph: Graph
    _report: NetworkReport
    _places: dict[str, int]  # of layers, by name

    def __init__(self, origin: NetworkOrigin, choices: Choices):
        graph = graph_of(origin.spec(choices), choices)
        report = walk(graph)
        if report.errors:
            raise Problem(*report.errors)
        places = {layer.name: place for place, layer in enumerate(report.layers)}
        fill(self, _origin=origin, _choices=choices, _graph=graph, _report=report, _places=places)

    # What it is

    @property
    def name(self) -> str:
        """The name that its source gives it; empty where there is none."""
        return self._report.name

    @property
    def about(self) -> str:
        """What its source says of it, as a citation."""
        return self._report.about

    @property
    def convention(self) -> str:
        """Whose rules hold: pytorch, keras, caffe, onnx or textbook."""
        return self._report.convention

    @property
    def layout(self) -> str:
        """The order of its shapes: channels_first or channels_last."""
        return "channels_last" if self._report.channels_last else "channels_first"

    @property
    def settings(self) -> FrozenMapping[Any]:
        """The names of its `let` and its letters with their values, which `at` takes others for."""
        return FrozenMapping(public(dict(self._graph.names)))

    @property
    def symbols(self) -> tuple[str, ...]:
        """The letters that its sizes and counts depend on, sorted."""
        from convcalc.writing.conversion import letters_in

        numbers = [number for number in self._report.totals if number is not None]
        return tuple(sorted(letters_in([*self._report.inputs.values(), *numbers])))

    # What it computes

    @property
    def inputs(self) -> FrozenMapping[Shape]:
        """The shapes of its inputs by name, without the batch."""
        return FrozenMapping({name: self._shape(shape) for name, shape in self._report.inputs.items()})

    @property
    @entry_point
    def input(self) -> Shape:
        """The shape of its first input; a Problem where its source does not tell."""
        for shape in self.inputs.values():
            return shape
        self._report.demand_shapes()
        raise problem("T003", "what goes into the network is not known")

    @property
    @entry_point
    def output(self) -> Shape:
        """The shape of its main output; a Problem where its source does not tell."""
        if self._report.output is None:
            self._report.demand_shapes()
            raise problem("T003", "what the network gives is not known")
        return self._shape(self._report.output)

    @property
    def outputs(self) -> FrozenMapping[Shape]:
        """The shapes of its outputs by name; of one that the source does not name, by that of its layer."""
        report = self._report
        named = report.outputs or (((report.last.name, report.last),) if report.last else ())
        return FrozenMapping({name: self._shape(layer.applied.output) for name, layer in named if layer.applied})

    @property
    def layers(self) -> Layers:
        """Its layers in order: `layers["conv1"]`, `layers[0]`, `layers[2:5]`."""
        return Layers(self)

    @property
    def totals(self) -> NetworkTotals:
        """The sums over its layers; the network has each of them, too."""
        return NetworkTotals(self)

    @property
    def _known(self) -> Any:
        return self._report.totals

    @property
    def _network(self) -> Network:
        return self

    @property
    def receptive_field(self) -> ReceptiveField:
        """What a unit of the main output sees of the first input that reaches it; without sizes if that has no axes."""
        return self.layers[self._report.main].receptive_field

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What was understood beyond the letter, for which letters the network fits, and what is odd about it.

        >>> [warning.message for warning in convcalc.load("vgg16").symbolic().warnings]
        ['the network fits when H and W are at least 32']
        """
        from convcalc.library.wording import finding_in_python

        return tuple(finding_in_python(each) for each in self._report.diagnostics if each.severity != "error")

    def _shape(self, shape: PrivateShape) -> Shape:
        """A shape in the order of the layout."""
        return tuple([public(size) for size in written_order(shape, self._report.channels_last)])

    # Others like it

    @entry_point
    def at(self, input: InputShape | Mapping[str, InputShape] = "", **values: Setting) -> Network:
        """The network with other values for names of its `let` or its letters, or on another input.

        The letters of an input's sides are H and W (L of one side, D before them of three).  A Problem for a name that
        it does not have, and where it does not fit.

        >>> convcalc.load("resnet50").at(H=256, W=256, width=32).output
        (1000,)
        >>> convcalc.load("3xHxW -> conv 8 k3").at(H=32).output
        (8, 30, W − 2)
        """
        from convcalc.library.loading import choices_with

        return Network(self._origin, choices_with(self._choices, self._graph, self._report, input, values))

    @entry_point
    def symbolic(self) -> Network:
        """The network with letters for the sides of its inputs, H and W: every size and count is a formula.

        >>> convcalc.load("vgg16").symbolic().layers["stage5.conv1"].output
        (512, ⌊H/16⌋, ⌊W/16⌋)
        """
        from convcalc.library.loading import without_sides

        return Network(self._origin, without_sides(self._choices, self._graph.spec)._replace(symbolic=True))

    # Questions

    @entry_point
    def explain(
        self, *layers: str, quantities: str | Iterable[str] = (), work: str = "full", notation: str = "",
    ) -> Explanation:  # fmt: skip
        """Its arithmetic, worked: of layers or blocks by name, of `"total"`, or of all.

        `quantities` are names of what `convcalc explain --quantity` takes, `work` is full, substituted, result or
        blank, `notation` the letters of a source: pytorch, cs231n, eecs498, dumoulin, keras.

        >>> print(convcalc.load("lenet5").explain("C3", quantities="parameters").splitlines()[3])
          Parameters  (K·c + 1)·f = (5·5·6 + 1)·16 = 151·16 = 2,416
        """
        from convcalc.library.explanation import explanation

        return explanation(self, layers, quantities, work, notation)

    @entry_point
    def compare(self, *others: Network | NetworkSource) -> NetworkComparison:
        """It beside others, or what `load` takes: totals with exact ratios to its own, and the layers that differ.

        >>> convcalc.load("vgg16").compare("vgg19").totals["parameters"].ratios
        (1, Fraction(17958405, 17294693))
        """
        from convcalc.library.comparison import comparison

        return comparison(self, others)

    @entry_point
    def lint(self, *, notes: bool = False, select: Names = (), ignore: Names = ()) -> LintReport:
        """What the rules of thumb find, in the order of the layers; with `notes` those that good networks break too.

        >>> [finding.code for finding in convcalc.load("3x31x31 -> conv 8 k3 -> maxpool 2").lint()]
        ['dropped-input']
        """
        from convcalc.library.findings import lint_report
        from convcalc.library.loading import names_of

        return lint_report(self, notes, names_of(select), names_of(ignore))

    # As a value

    def __hash__(self) -> int:
        return hash((self.name, self.inputs, self.counts))

    def _facts(self) -> tuple[Any, ...]:
        return self.name, self.convention, self.inputs, self.outputs, tuple(self.layers)

    def __reduce__(self) -> tuple[Any, ...]:
        return restore, (self._origin, self._choices, self.counts)

    def __repr__(self) -> str:
        from convcalc.render.errors import visible

        shapes = ", ".join(map(shape_text, self.inputs.values()))
        output = f" → {shape_text(self.output)}" if self._report.output else ""
        parameters, macs = (number_text(self.counts[name]) for name in ("parameters", "macs"))
        return f"<{visible(self.name) or 'network'}: {shapes}{output}, {parameters} parameters, {macs} MACs>"

    def _repr_html_(self) -> str:
        from convcalc.library.html import network_html

        return network_html(self)


@entry_point
def restore(origin: NetworkOrigin, choices: Choices, counts: FrozenMapping[Any]) -> Network:
    """A network that was pickled, computed anew; a Problem where the files that it is read from have changed."""
    network = Network(origin, choices)
    if network.counts != counts:
        raise problem("Y030", f"{origin.source.name} is another network than when it was pickled", "load it anew")
    return network
