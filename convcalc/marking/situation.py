"""A layer as a student sees it, and the conditions on it under which a mistake can be made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.layers.case import letters_of, product

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Kind, Shape
    from convcalc.layers.applied import Applied
    from convcalc.marking.carry_forward import StudentNumbers
    from convcalc.marking.reference_network import ReferenceNetwork, Sides
    from convcalc.marking.verdict import Diagnosis
    from convcalc.marking.wrong_values import WrongValues

FIELDS = frozenset(("receptive_field", "rf_centre"))
COUNTED = frozenset(("macs", "flops", "parameters"))  # on an output that a student has given, too


class Situation:
    """A layer as a student sees it; what the wrong formulas give there is kept with it."""

    def __init__(
        self, network: ReferenceNetwork, place: int, applied: Applied, field: Sides, stride: Sides, positions: Value,
        flat: Shape, unpooled: Shape, narrowest: Sides,
    ):  # fmt: skip
        self.network, self.place = network, place
        self.applied = applied  # on the inputs that they believe it has
        self.field, self.stride = field, stride  # of its input
        self.positions = positions  # of the output that they count on; 0: its own
        self.flat = flat  # the map that was flattened into its input
        self.unpooled = unpooled  # that map before its last pooling
        self.narrowest = narrowest  # of the fields of several inputs
        self.wrong: dict[tuple[str, int], WrongValues] = {}  # by quantity and axis
        self.diagnoses: dict[tuple[tuple[str, ...], object, str], Diagnosis] = {}

    @property
    def kind(self) -> Kind:
        return self.applied.setting.kind


def shared_situation(
    network: ReferenceNetwork, place: int, field: Sides = (), stride: Sides = (), applied: Applied | None = None,
    positions: Value = 0, flat: Shape = (), unpooled: Shape = (), narrowest: Sides = (),
) -> Situation:  # fmt: skip
    """The situation of a layer, shared by every student in it; by default the layer is as the key has it."""
    layer = applied or network.applied(place)
    seen = (field, stride, positions, flat, unpooled, narrowest)
    return network.recall(("situation", place, layer.input, *seen), lambda: Situation(network, place, layer, *seen))


def right_situation(network: ReferenceNetwork, place: int) -> Situation:
    """A layer as somebody sees it who has everything before it right."""
    source = network.sources[place][0]
    flatten = network.flatten_before(place)
    flat = network.applied(flatten).input[0] if flatten is not None else ()
    return shared_situation(network, place, network.field(source), network.field(source, "stride"), flat=flat)


def situations(own: StudentNumbers, index: int, quantity: str) -> list[Situation]:
    """The layer on the student's own inputs, then on the right ones; counted on their own output, then on its own."""
    is_field, is_counted = quantity in FIELDS, quantity in COUNTED
    key = (index, is_field, is_counted)
    if key not in own.situations:
        own.situations[key] = list(dict.fromkeys(different_situations(own, index, is_field, is_counted)))
    return own.situations[key]


def different_situations(own: StudentNumbers, index: int, is_field: bool, is_counted: bool) -> Iterator[Situation]:
    network = own.network
    right = network.applied(index)
    source = network.sources[index][0]
    flatten = network.flatten_before(index) if right.setting.kind.takes == "features" else None
    if right.setting.kind.flattens:
        flatten = index
    pooling = network.pooling_before(flatten) if flatten is not None and flatten == index else None
    given = own.shapes[index]
    mine: tuple[Sides, ...] = ((),) * 3
    true: tuple[Sides, ...] = ((),) * 3
    if is_field:
        sources = network.sources[index]
        mine = own.field_before(index), own.stride_before(index), narrowest([own.field_of(each) for each in sources])
        true = network.field(source), network.field(source, "stride"), narrowest(list(map(network.field, sources)))
    unfit = None if own.applied_ways(index) else network.unfit_layer(index, own.input(index))
    for shapes, (field, stride, narrow), applied in (
        *((own.shapes, mine, layer) for layer in own.applied_ways(index) or (unfit,)),
        (network.right, true, right),
    ):
        if applied is None:
            continue
        flat = network.shapes_before(flatten, shapes)[0] if flatten is not None else ()
        unpooled = network.shapes_before(pooling, shapes)[0] if pooling is not None else ()
        is_given = is_counted and index in own.written and len(given) == len(applied.output)
        if is_given and applied.axes and given[1:] != applied.output[1:]:
            yield shared_situation(network, index, field, stride, applied, product(given[1:]), flat, unpooled, narrow)
        yield shared_situation(network, index, field, stride, applied, 0, flat, unpooled, narrow)


def narrowest(fields: list[Sides]) -> Sides:
    """The least of several fields along each axis."""
    return tuple(map(min, zip(*fields, strict=False))) if len(fields) > 1 else ()


# Conditions


def setting_value(applied: Applied, key: str) -> Any:
    return dict(applied.setting.values).get(key)


def is_same(applied: Applied) -> bool:
    word = setting_value(applied, "padding") or setting_value(applied, "auto_pad")
    return isinstance(word, str) and word.startswith("same")


def first_axis(applied: Applied) -> Mapping[str, Any]:
    return applied.axes[0] if applied.axes else {}


OF_SETTINGS: dict[str, Callable[[Applied], object]] = {
    "same": is_same,
    "numeric": lambda layer: not is_same(layer),
    "padded": lambda layer: first_axis(layer).get("p_l", 0) != 0 or first_axis(layer).get("p_r", 0) != 0,
    "unpadded": lambda layer: first_axis(layer).get("p_l", 0) == 0 == first_axis(layer).get("p_r", 0),
    "strided": lambda layer: first_axis(layer).get("s", 1) != 1,
    "own-stride": lambda layer: first_axis(layer).get("s", 1) not in (1, first_axis(layer).get("k")),
    "dilated": lambda layer: first_axis(layer).get("d", 1) != 1,
    "half": lambda layer: (
        2 * first_axis(layer).get("p", 0) in (first_axis(layer).get("k", 0) - 1, first_axis(layer).get("k", 1))
        and first_axis(layer).get("s") == 1
    ),
    "even": lambda layer: first_axis(layer).get("k", 1) % 2 == 0,
    "floors": lambda layer: not layer.values.get("ceil") and not is_same(layer),
    "ceil": lambda layer: layer.values.get("ceil"),
    "default stride": lambda layer: first_axis(layer).get("s") == first_axis(layer).get("k"),
    "biased": lambda layer: layer.letters.get("b") == 1,
    "unbiased": lambda layer: layer.letters.get("b") == 0,
    "grouped": lambda layer: layer.letters.get("g", 1) != 1,
    "depthwise": lambda layer: layer.letters.get("g", 1) == layer.letters.get("c") != 1,
    "multiplied": lambda layer: layer.letters.get("m", 1) != 1,
    "shared": lambda layer: "N" not in letters_of(layer.setting.kind.parameters),
    "c3": lambda layer: (layer.letters.get("c"), layer.letters.get("f")) == (6, 16),
    "pointwise": lambda layer: layer.letters.get("K") == 1,
    "other axis": lambda layer: len(layer.axes) == 2,
    "vgg16": lambda layer: False,  # of a total, see `totals`
}
OF_PLACE: dict[str, Callable[[Situation], object]] = {
    "pooled": lambda at: at.unpooled,
    "flattened": lambda at: at.flat,
    "deep": lambda at: bool(at.network.windows(at.place)),
}


@lru_cache(maxsize=64)
def conditions(when: str) -> tuple[str, ...]:
    """The names of the conditions on a wrong formula."""
    return (when,) if when in OF_SETTINGS else tuple(when.split())


def settings_meet(applied: Applied, when: str) -> bool:
    """Whether a layer by itself, outside any network, meets the conditions."""
    return all(word in OF_SETTINGS and OF_SETTINGS[word](applied) for word in conditions(when))


def conditions_met(situation: Situation, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the named conditions that hold."""
    applied = situation.applied
    met = [name for name in names if (OF_PLACE[name](situation) if name in OF_PLACE else OF_SETTINGS[name](applied))]
    return tuple(met)
