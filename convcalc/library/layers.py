"""The layers of a network as values: what each gives, holds and sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from convcalc.library.arguments import short_repr
from convcalc.library.counts import CountedThing
from convcalc.library.frozen import FrozenMapping, FrozenValue, entry_point, fill
from convcalc.library.symbolic import Number, public
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.layers.field import Field
    from convcalc.library.drawing import Drawing
    from convcalc.library.explanation import Explanation
    from convcalc.library.network import Network
    from convcalc.network.walk import LayerReport

    Shape: TypeAlias = tuple[Number, ...]


class ReceptiveField(NamedTuple):
    """What one unit sees of the input, a number along each axis in pixels; never cut off at the border.

    `stride` lies between the fields of neighbours, `offset` is the left edge of the first unit's field (below 0 in
    the padding), `centre` the middle of that.  None is a number that cannot be told.

    >>> convcalc.load("vgg16").layers["stage5.conv3"].receptive_field
    ReceptiveField(size=(196, 196), stride=(16, 16), offset=(-90, -90), centre=(Fraction(15, 2), Fraction(15, 2)), \
whole_input=False, aligned=True)
    """

    size: tuple[Number | None, ...]
    stride: tuple[Number | None, ...]
    offset: tuple[Number | None, ...]
    centre: tuple[Number | None, ...]
    whole_input: bool  # along an axis at least, all units see the same
    aligned: bool  # False: branches have met whose fields differ in stride or centre


def field_of(fields: tuple[Field, ...]) -> ReceptiveField:
    """The field along all axes."""
    size, stride, offset, centre = (
        tuple([public(getattr(field, name)) for field in fields]) for name in ("size", "stride", "offset", "centre")
    )
    whole, aligned = any(field.advance == 0 for field in fields), all(field.aligned for field in fields)
    return ReceptiveField(size, stride, offset, centre, whole, aligned)


class Layer(CountedThing):
    """One layer of a network: what it takes and gives, how many numbers it holds, what it sees.

    Shapes are in the order of the network's layout, without the batch; sizes are exact, with letters where the input
    has some.

    >>> conv = convcalc.layer("conv 10 k5 p2", "3x32x32")
    >>> conv.output, conv.parameters, conv.macs, conv.settings["kernel"]
    ((10, 32, 32), 760, 768000, (5, 5))
    >>> conv
    <conv1: conv 10 k5 p2, 3×32×32 → 10×32×32, 760 parameters, 768,000 MACs>
    """

    __slots__ = ("_network", "_place")
    _network: Network
    _place: int

    @property
    def _report(self) -> LayerReport:
        return self._network._report.layers[self._place]

    @property
    def network(self) -> Network:
        """The network that it is part of."""
        return self._network

    @property
    def index(self) -> int:
        """Its place in the network, counted from 0."""
        return self._place

    @property
    def name(self) -> str:
        """Its name in the network, `stage1.conv2`."""
        return self._report.name

    @property
    def kind(self) -> str:
        """The kind, `conv`: one of `convcalc kinds`."""
        return self._report.kind

    @property
    def text(self) -> str:
        """The layer as a spec has it, `conv 64 k7 s2 p3`."""
        from convcalc.render.spelling import spell_layer

        known = self._report.known
        return spell_layer(known.setting, self._network.convention) if known else self.kind

    @property
    def settings(self) -> FrozenMapping[Any]:
        """Its keys with their values, a number along each axis; padding has two, before and after."""
        known = self._report.known
        return FrozenMapping(public(known.values)) if known else FrozenMapping()

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the layers or inputs that it is applied to."""
        return self._report.inputs

    @property
    def inputs(self) -> tuple[Shape, ...]:
        """The shapes that it is applied to, one for each of `sources`; a Problem where its source does not tell."""
        return tuple([self._network._shape(shape) for shape in self._applied.input])

    @property
    def input(self) -> Shape:
        """The shape that it is applied to, the first of several."""
        return self.inputs[0]

    @property
    def output(self) -> Shape:
        """The shape of its output; a Problem where its source does not tell."""
        return self._network._shape(self._applied.output)

    @property
    @entry_point
    def _applied(self) -> Applied:
        if self._report.applied is None:
            self._network._report.demand_shapes()
            raise problem("T003", f"what {self.name} gives is not known")
        return self._report.applied

    @property
    def _known(self) -> Any:
        return self._report.known

    @property
    @entry_point
    def receptive_field(self) -> ReceptiveField:
        """What a unit sees of the network's first input that reaches here; without sizes where that has no axes."""
        return field_of(self._report.field)

    @property
    @entry_point
    def receptive_fields(self) -> FrozenMapping[ReceptiveField]:
        """What a unit sees of each input that reaches here."""
        return FrozenMapping({name: field_of(axes.fields) for name, axes in self._report.fields.items()})

    @property
    def line(self) -> int | None:
        """The line of the source that it is written in."""
        return self._report.line

    def explain(self, **asked: Any) -> Explanation:
        """Its arithmetic, worked; see `Network.explain` for what may be asked."""
        return self._network.explain(self.name, **asked)

    def draw(self, **options: Any) -> Drawing:
        """Its windows over the padded input, with their arithmetic; see `Network.draw` for what may be asked."""
        from convcalc.library.drawing import Drawing

        drawing = self._network.draw(**{"subject": "arithmetic", "layers": self.name, **options})
        assert isinstance(drawing, Drawing)
        return drawing

    def _facts(self) -> tuple[Any, ...]:
        applied = self._report.applied
        shapes = (applied.input, applied.output) if applied else ()
        return self.name, self.text, self.settings, self.sources, shapes, self.counts, self.receptive_fields

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Layer):
            return False
        one, two = (layer._report._replace(line=None) for layer in (self, other))
        return one == two or self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash((self.name, self.kind, self.sources))

    def __repr__(self) -> str:
        from convcalc.render.errors import visible

        change = ""
        if self._report.applied:
            change = f", {' + '.join(map(shape_text, self.inputs))} → {shape_text(self.output)}"
        macs = f", {number_text(self.counts['macs'])} MACs" if self._report.applied else ""
        return f"<{visible(self.name)}: {self.text}{change}, {number_text(self.counts['parameters'])} parameters{macs}>"

    def _repr_html_(self) -> str:
        from convcalc.library.html import layer_html

        return layer_html(self)


class Layers(FrozenValue, Sequence[Layer]):
    """The layers of a network in order: by index, slice or name.

    >>> layers = convcalc.load("lenet5").layers
    >>> len(layers), layers["C3"].parameters, layers[-1].name, [layer.name for layer in layers[:2]]
    (12, 2416, 'linear1', ['C1', 'tanh1'])
    >>> "C3" in layers, "C4" in layers
    (True, False)
    """

    __slots__ = ("_network", "_places")
    _network: Network
    _places: range

    def __init__(self, network: Network, places: range | None = None):
        fill(self, _network=network, _places=range(len(network._report.layers)) if places is None else places)

    @overload
    def __getitem__(self, key: int | str) -> Layer: ...
    @overload
    def __getitem__(self, key: slice) -> Layers: ...
    @entry_point
    def __getitem__(self, key: int | str | slice) -> Layer | Layers:
        """A layer by its name or place, or some in order; a Problem with the nearest name where there is none."""
        if isinstance(key, slice):
            return Layers(self._network, self._places[key])
        if isinstance(key, str):
            return Layer(self._network, self._place(key))
        if not isinstance(key, int):
            raise TypeError(f"a layer has a name or a place, not a {type(key).__name__}")
        try:
            return Layer(self._network, self._places[key])
        except IndexError:
            raise IndexError(f"there are {len(self)} layers, none at {short_repr(key)}") from None

    def _place(self, name: str) -> int:
        place = self._network._places.get(name)
        if place is None or place not in self._places:
            from convcalc.network.selection import layers_called, unknown_layer

            report = self._network._report
            is_block = any(group.name == name for group in report.groups) and layers_called(report, name)
            raise unknown_layer(report, name, f'it is a block: layers.block("{name}")' if is_block else "")
        return place

    @entry_point
    def block(self, name: str) -> Layers:
        """The layers of a block or a repeat; a Problem with the nearest name where there is none.

        >>> convcalc.load("resnet18").layers.block("layer1.0").names[:2]
        ('layer1.0.conv1', 'layer1.0.bn1')
        """
        from convcalc.network.selection import find_layers

        places = find_layers(self._network._report, name)
        return Layers(self._network, range(places[0], places[-1] + 1))

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in order."""
        layers = self._network._report.layers
        return tuple([layers[place].name for place in self._places])

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Layer]:
        return (Layer(self._network, place) for place in self._places)

    def __contains__(self, item: object) -> bool:
        if isinstance(item, str):
            place = self._network._places.get(item)
            return place is not None and place in self._places
        return any(item == layer for layer in self)

    def _facts(self) -> tuple[Any, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        from convcalc.problem import first_names
        from convcalc.render.errors import visible

        return f"<{len(self)} layers: {visible(first_names(self.names, 6))}>"

    def _repr_html_(self) -> str:
        from convcalc.library.html import layers_html

        return layers_html(self)


def number_text(value: Number | None) -> str:
    """138,357,544, or a formula; unknown where there is no number."""
    return f"{value:,}" if isinstance(value, int) else "unknown" if value is None else str(value)


def shape_text(shape: Shape) -> str:
    """3×224×224, or 8×(H − 2)×W."""
    from convcalc.algebra.notation import write_shape
    from convcalc.library.symbolic import private

    return write_shape([private(size) for size in shape])
