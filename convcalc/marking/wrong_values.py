"""What the wrong formulas give on the numbers of a layer: which give a student's number, and which the right one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, ExprError, Mul, evaluate, letters
from convcalc.algebra.notation import write
from convcalc.algebra.parser import parse
from convcalc.algebra.simplify import simplify
from convcalc.layers.case import product
from convcalc.marking.agreement import gives
from convcalc.marking.verdict import Diagnosis
from convcalc.marking.wrong_formulas import ways_to_go_wrong, wrong_formulas
from convcalc.questions.working import LayerWork
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.marking.reading import AnswerReading
    from convcalc.marking.situation import Situation
    from convcalc.marking.verdict import Work

ROUNDING = frozenset(("size.fraction", "size.round_up_conv", "size.floor_ceil_mixed"))
POSITIVE = frozenset(("size", "channels", "features", "receptive_field"))


class WrongValue(NamedTuple):
    """A wrong value, and how it comes about."""

    value: Any
    codes: tuple[str, ...]
    tree: Expr
    known: Mapping[str, Value]
    quantity: str


class WrongValues:
    """What the wrong formulas of a quantity give in a situation, along one axis, the commonest mistake first."""

    def __init__(self, situation: Situation, quantity: str, place: int):
        self.quantity = quantity
        self.known = known_letters(situation, quantity, place)
        self.right = right_value(situation, quantity, place)
        self.formulas = wrong_formulas(situation, quantity, self.known.get("p_l") != self.known.get("p_r"))
        self.known_values: dict[bool, list[Value | None]] = {}  # of one mistake, and of two
        self.other_axis = situation.applied.axes[1 - place] if len(situation.applied.axes) == 2 else {}

    def across(self) -> dict[str, Value]:
        """The numbers of the other axis, on the size of this one."""
        return {**self.known, **self.other_axis, "n": self.known["n"]}

    def values(self, in_twos: bool = False) -> list[Value | None]:
        """Of the formulas with one mistake, or with two; the right value may be among them, and None is no value."""
        if in_twos in self.known_values:
            return self.known_values[in_twos]
        formulas = self.formulas.doubles if in_twos else self.formulas.singles
        values = self.known_values[in_twos] = formulas.joint.values(self.known)
        if formulas.swapped:
            across = formulas.joint.values(self.across())
            for place in formulas.swapped:
                values[place] = across[place]
        return values

    def all(self) -> Iterator[WrongValue]:
        """Every wrong value that one mistake gives."""
        return self.select(range(len(self.values())))

    def of(self, codes: set[str]) -> Iterator[WrongValue]:
        """The wrong values that these mistakes give."""
        return (each for each in self.all() if not codes.isdisjoint(each.codes))

    def hidden_mistakes(self) -> set[str]:
        """The codes of the mistakes that, in one of their ways, give the right value."""
        places = [place for place, value in enumerate(self.values()) if value == self.right]
        return {code for place in places for code in self.formulas.singles.each[place].codes}

    def match(self, reading: AnswerReading, in_twos: bool = False) -> Iterable[WrongValue]:
        """The values of one mistake, or only of two together, that an answer can mean."""
        exact = reading.value
        if reading.unit:
            values = self.values(in_twos)
            places = [place for place, value in enumerate(values) if value is not None and gives(reading, value)]
            return self.select(places, in_twos)
        if isinstance(exact, tuple):
            return self.equal(exact[0], in_twos) if len(set(exact)) == 1 else ()
        return self.equal(exact, in_twos)

    def equal(self, number: Value, in_twos: bool = False) -> Iterable[WrongValue]:
        """The values that are this number."""
        values = self.values(in_twos)
        if number not in values:  # as nearly always
            return ()
        return self.select([place for place, value in enumerate(values) if value == number], in_twos)

    def select(self, places: Iterable[int], in_twos: bool = False) -> Iterator[WrongValue]:
        """Those of the formulas at these places that go wrong here, each value once for the same codes."""
        done = set()
        for place in places:
            value = self.values(in_twos)[place]
            if (
                value is None or value == self.right
                or (value == 0 and self.quantity in POSITIVE)
                or (in_twos and value in self.values())
            ):  # fmt: skip
                continue
            codes, tree, is_swapped = (self.formulas.doubles if in_twos else self.formulas.singles).each[place]
            if (codes, value) not in done:
                done.add((codes, value))
                yield WrongValue(value, codes, tree, self.across() if is_swapped else self.known, self.quantity)


def wrong_values(situation: Situation, quantity: str, place: int = 0) -> WrongValues:
    """The wrong values of a quantity of a layer."""
    found = situation.wrong.get((quantity, place))
    if found is None:
        found = situation.wrong[quantity, place] = WrongValues(situation, quantity, place)
    return found


def known_letters(situation: Situation, quantity: str, place: int) -> dict[str, Value]:
    """The numbers behind the letters, along one axis."""
    applied = situation.applied
    known: dict[str, Value] = dict(applied.letters)
    axes = applied.axes
    if axes:
        known.update(axes[min(place, len(axes) - 1)])
        known["E"] = product([each.get("d", 1) * (each["k"] - 1) + 1 for each in axes]) if "k" in axes[0] else 1
        if situation.positions:
            known["N"] = situation.positions
    if quantity == "weights":
        known["b"] = 0
    if situation.flat:
        known["C"], known["H"] = situation.flat[0], product(situation.flat[1:])
    if situation.unpooled:
        known["H_pool"] = product(situation.unpooled[1:])
    if len(applied.input) > 1:
        channels: list[Any] = [shape[0] for shape in applied.input]
        known["c_max"] = max(channels)
    if quantity in ("receptive_field", "rf_centre") and place < min(len(situation.field), len(situation.stride)):
        known.update(field_letters(situation, place))
        if place < len(situation.narrowest):
            known["r_min"] = situation.narrowest[place]
        known["r_right"] = right_value(situation, "receptive_field", place)
    return known


def field_letters(situation: Situation, place: int) -> dict[str, Value]:
    network, index = situation.network, situation.place
    source = network.sources[index][0]
    offset, shape = network.field(source, "offset"), next(iter(network.inputs.values()))
    return {
        "r_in": situation.field[place], "j_in": situation.stride[place],
        "a_in": offset[place] if place < len(offset) else 0,
        "n_net": (*shape[1:], *shape)[place],  # of a series without channels its steps
        **network.strides_before(index, place),
    }  # fmt: skip


def right_value(situation: Situation, quantity: str, place: int) -> Any:
    applied = situation.applied
    match quantity:
        case "size":
            return applied.output[1 + place] if 1 + place < len(applied.output) else None
        case "channels" | "features":
            return applied.output[0]
        case "parameters" | "trainable_parameters":
            return situation.network.amount(applied, quantity)
        case "weights":
            return applied.parameters - applied.biases
        case "macs" | "flops":
            macs = applied.macs
            if situation.positions:
                macs = evaluate(parse(situation.kind.macs), {**applied.letters, "N": situation.positions})
            return 2 * macs if quantity == "flops" else macs
        case "receptive_field":
            if place >= len(situation.field):
                return None
            network, index = situation.network, situation.place
            right, before = network.field(index), network.field(network.sources[index][0])
            return situation.field[place] + right[place] - before[place] if place < len(right) else None
    return None


# The worked line


def work(situation: Situation, found: WrongValue) -> Work | None:
    """The wrong formula with the layer's numbers, without what does nothing in it."""
    layer_work = LayerWork(situation.applied, situation.network.report.channels_last)
    trivial = {letter: value for letter, value in layer_work.trivial.items() if found.known.get(letter) == value}
    if found.known.get("d") == 1:
        trivial["d"] = 1
    tree = simplify(found.tree, trivial)
    bindings: dict[str, Any] = {}
    for letter in letters(tree):
        shown = layer_work.letters.get(letter)
        is_product = isinstance(shown, Mul) and evaluate(shown, {}) == found.known[letter]
        bindings[letter] = shown if is_product else found.known[letter]
    try:
        text = write(tree, "ascii")
        if evaluate(parse(text), {letter: found.known[letter] for letter in bindings}) == found.value:
            return parse(text), bindings
    except (ExprError, KeyError):
        pass
    return None


def diagnosis(situation: Situation, found: WrongValue) -> Diagnosis:
    """A wrong value as an explanation."""
    key = (found.codes, found.value, found.quantity)
    if key not in situation.diagnoses:
        situation.diagnoses[key] = Diagnosis(found.codes, (), work(situation, found))
    return situation.diagnoses[key]


# Mistakes that show in the numbers of a layer, and those that do not


def parts_of(quantity: str) -> tuple[str, ...]:
    """What a quantity is diagnosed as."""
    return ("size", "channels") if quantity == "output" else (quantity,)


def common_mistakes(at: Situation, quantity: str, level: int) -> set[str]:
    """The codes of the mistakes that many make with a quantity of such a layer: the rarer, the higher the level."""
    return {
        mistake.code
        for part in parts_of(quantity)
        for mistake, wrong in ways_to_go_wrong(at, part)
        if mistake.rank <= level and (wrong.formula or wrong.put)
    }


def values_of_row(at: Situation, quantity: str) -> Iterator[WrongValues]:
    """The wrong values of all that a quantity is diagnosed as, along every axis."""
    places = range(max(1, len(at.applied.output) - 1))
    return (wrong_values(at, part, place) for part in parts_of(quantity) for place in places)


def visible_mistakes(at: Situation, quantity: str) -> set[str]:
    """The codes of those that lead to a wrong number here."""
    return {code for values in values_of_row(at, quantity) for each in values.all() for code in each.codes}


def absorbed_mistakes(at: Situation, quantity: str, level: int) -> set[str]:
    """The mistakes that can be made in this layer and give the right number anyway."""
    return {
        code for code in common_mistakes(at, quantity, level) - visible_mistakes(at, quantity) if can_be_made(code, at)
    }


def can_be_made(code: str, at: Situation) -> bool:
    """Whether a layer gives occasion for a mistake: padding cannot be forgotten if there is none."""
    axes = at.applied.axes
    stride: Any = max((axis.get("s", 1) for axis in axes), default=1)  # type: ignore[type-var]  # no symbols get here
    if code == "size.pad_once":
        return any(axis.get("p_l", axis.get("p", 0)) for axis in axes)
    if code in ROUNDING:
        return bool(stride > 1)
    if code == "size.plus_one_inside":
        return bool(stride > 2)  # by 2 it leaves a rest in the one place or in the other
    if code == "mac.in_hw":
        return any(at.applied.output[1:] != shape[1:] for shape in at.applied.input[:1])
    return not code.startswith("rf.")  # these depend on the layers before
