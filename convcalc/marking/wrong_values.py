"""Which mistakes give exactly a student's number: every wrong formula on the layer's values, alone and in twos."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import Expr, ExprError, Mul, Ratio, Sum, evaluate, letters, rebuild, substitute
from convcalc.algebra.formula import Formula, Work
from convcalc.algebra.notation import write
from convcalc.algebra.parser import parse
from convcalc.algebra.simplify import simplify
from convcalc.kinds.pooling import undilated
from convcalc.layer.case import SIDED, product
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.verdict import Diagnosis
from convcalc.questions.working import LayerWork
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from convcalc.algebra.expr import Value
    from convcalc.layer.applied import Applied
    from convcalc.layer.record import Kind, Shape
    from convcalc.marking.following import Network, Sides
    from convcalc.marking.mistakes import Mistake, Wrong

WHOLE = "_"  # in a wrong formula: the right one


class Situation(NamedTuple):
    """A layer as a student sees it: on what inputs, behind what receptive field, with what output to count on."""

    network: Network
    place: int  # the layer's
    applied: Applied
    field: Sides = ()  # of its input
    stride: Sides = ()
    positions: Value = 0  # of the output that they count on; 0: its own
    flat: Shape = ()  # the map that was flattened into its input
    unpooled: Shape = ()  # that map before its last pooling

    @property
    def kind(self) -> Kind:
        return self.applied.setting.kind

    @property
    def is_right(self) -> bool:
        """Whether this is what the key has."""
        network, source = self.network, self.network.sources[self.place][0]
        fields = not self.field or (self.field, self.stride) == (network.field(source), network.field(source, "stride"))
        return fields and not self.positions and self.applied is network.layers[self.place].applied

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.place, self.applied.input, self.field, self.stride, self.positions, self.flat, self.unpooled)


class Found(NamedTuple):
    """A wrong value, and how it comes about."""

    value: Any
    codes: tuple[str, ...]
    tree: Expr
    known: Mapping[str, Any]
    formula: str


# Conditions on a layer


def given(situation: Situation, key: str) -> Any:
    return dict(situation.applied.setting.values).get(key)


def is_same(situation: Situation) -> bool:
    word = given(situation, "padding") or given(situation, "auto_pad")
    return isinstance(word, str) and word.startswith("same")


def axis(situation: Situation) -> Mapping[str, Any]:
    return situation.applied.axes[0] if situation.applied.axes else {}


WHEN: dict[str, Callable[[Situation], Any]] = {
    "same": is_same,
    "padded": lambda at: axis(at).get("p_l", 0) != 0 or axis(at).get("p_r", 0) != 0,
    "strided": lambda at: axis(at).get("s", 1) != 1,
    "dilated": lambda at: axis(at).get("d", 1) != 1,
    "half": lambda at: (
        2 * axis(at).get("p", 0) in (axis(at).get("k", 0) - 1, axis(at).get("k", 1)) and axis(at).get("s") == 1
    ),
    "even": lambda at: axis(at).get("k", 1) % 2 == 0,
    "floors": lambda at: not at.applied.values.get("ceil") and not is_same(at),
    "ceil": lambda at: at.applied.values.get("ceil"),
    "default stride": lambda at: axis(at).get("s") == axis(at).get("k"),
    "pooled": lambda at: at.unpooled,
    "flattened": lambda at: at.flat,
    "biased": lambda at: at.applied.letters.get("b") == 1,
    "unbiased": lambda at: at.applied.letters.get("b") == 0,
    "grouped": lambda at: at.applied.letters.get("g", 1) != 1,
    "depthwise": lambda at: at.applied.letters.get("g", 1) == at.applied.letters.get("c") != 1,
    "c3": lambda at: (at.applied.letters.get("c"), at.applied.letters.get("f")) == (6, 16),
    "pointwise": lambda at: at.applied.letters.get("K") == 1,
    "deep": lambda at: bool(at.network.windows(at.place)),
    "other axis": lambda at: len(at.applied.axes) == 2,
    "vgg16": lambda at: False,  # of a total, see `totals`
}


def matches(kinds: str, kind: Kind) -> bool:
    names = {"any", kind.name, kind.rules, kind.window.type if kind.window.type in ("slide", "resample") else ""}
    if not kind.storage and not kind.flattens:
        names.add("activation")
    return not names.isdisjoint(kinds.split())


@lru_cache(maxsize=1024)
def possible(kind: Kind, quantity: str) -> tuple[tuple[Mistake, Wrong], ...]:
    """The ways to go wrong with a quantity of a kind, the commonest first."""
    quantity = {"weights": "parameters", "flops": "macs"}.get(quantity, quantity)
    found = [
        (mistake, wrong)
        for mistake in sorted(MISTAKES.values(), key=lambda mistake: mistake.rank)
        for wrong in mistake.wrongs
        if (wrong.quantity or mistake.quantity) == quantity and matches(wrong.kinds, kind)
    ]
    return tuple(found)


# Trees


@lru_cache(maxsize=4096)
def rewritten(right: Expr, wrong: str, put: tuple[tuple[str, str], ...]) -> Expr:
    """The wrong formula instead of the right one."""
    made = substitute(parse(wrong), {WHOLE: right}) if wrong else right
    return whole(substitute(made, {parse(old): parse(new) for old, new in put})) if put else made


def whole(tree: Expr) -> Expr:
    """The tree without roundings of whole numbers: ⌊n/1⌋ is n."""
    if isinstance(tree, Ratio) and tree.bottom == 1:
        return whole(tree.top)
    return rebuild(tree, whole)


@lru_cache(maxsize=4096)
def sided(tree: Expr) -> Expr:
    return substitute(tree, {**SIDED, Mul((4, "p")): Mul((2, Sum(("p_l", "p_r"))))})


def right_text(situation: Situation, quantity: str) -> str:
    """The formula of the record for a quantity."""
    kind = situation.kind
    match quantity:
        case "size":
            return kind.sizes.get("ceil", "") if situation.applied.values.get("ceil") else kind.sizes.get("", "n")
        case "channels":
            return kind.channels
        case "features":
            return "C*H" if kind.flattens else "f"
        case "parameters" | "weights":
            return kind.parameters
        case "macs":
            return kind.macs
        case "flops":
            return f"2*({kind.macs})"
        case "receptive_field":
            if kind.window.type == "slide":
                reach = kind.window.reach
                return f"r_in + ({reach.removesuffix(' + 1') if reach.endswith(' + 1') else f'{reach} - 1'})*j_in"
            return "r_right"
        case "rf_centre":
            return "a_in"
    return "0"


def plain(situation: Situation, text: str) -> str:
    """A formula without the dilation where there is none: k instead of d(k − 1) + 1."""
    return undilated(text) if text and axis(situation).get("d") == 1 else text


def right_tree(situation: Situation, quantity: str) -> Expr:
    return parse(plain(situation, right_text(situation, quantity)))


# Values


def known_letters(situation: Situation, quantity: str, place: int) -> dict[str, Any]:
    """The numbers behind the letters, along one axis."""
    applied = situation.applied
    known: dict[str, Any] = dict(applied.letters)
    axes = applied.axes
    if axes:
        known.update(axes[min(place, len(axes) - 1)])
        known["E"] = product(each.get("d", 1) * (each["k"] - 1) + 1 for each in axes) if "k" in axes[0] else 1
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
    if quantity in ("receptive_field", "rf_centre") and place < len(situation.field):
        known.update(field_letters(situation, place))
        known["r_right"] = right_value(situation, "receptive_field", place)
    return known


def field_letters(situation: Situation, place: int) -> dict[str, Any]:
    network, index = situation.network, situation.place
    source = network.sources[index][0]
    offset = network.field(source, "offset")
    return {
        "r_in": situation.field[place], "j_in": situation.stride[place],
        "a_in": offset[place] if place < len(offset) else 0,
        "n_net": next(iter(network.inputs.values()))[1 + place],
        **network.strides_before(index, place),
    }  # fmt: skip


def wrong_values(situation: Situation, quantity: str, place: int = 0) -> tuple[Found, ...]:
    """Every wrong value that one mistake gives here, the commonest first; the right one is not among them."""
    key = ("one", quantity, place, situation.key)
    found: tuple[Found, ...] = situation.network.remembered(
        key, lambda: tuple(evaluated(situation, quantity, place, singles))
    )
    return found


def paired_values(situation: Situation, quantity: str, place: int = 0) -> tuple[Found, ...]:
    """Every wrong value that two mistakes give together, and none alone."""

    def pairs() -> tuple[Found, ...]:
        alone = {each.value for each in wrong_values(situation, quantity, place)}
        return tuple(each for each in evaluated(situation, quantity, place, doubles) if each.value not in alone)

    if not situation.is_right:  # hundreds, and nobody else will have the same numbers
        return pairs()
    found: tuple[Found, ...] = situation.network.remembered(("two", quantity, place, situation.key), pairs)
    return found


def evaluated(
    situation: Situation, quantity: str, place: int, make: Callable[[Situation, str], Iterator[Way]]
) -> Iterator[Found]:
    """The ways whose value is not the right one, each value once for the same codes."""
    known = known_letters(situation, quantity, place)
    right = right_value(situation, quantity, place)
    done = set()
    for codes, tree, swapped in ways(situation, quantity, make, known.get("p_l") != known.get("p_r")):
        numbers = known
        if swapped:
            numbers = {**known, **situation.applied.axes[1 - place], "n": known["n"]}
        try:
            value = evaluate(tree, numbers)
        except (ExprError, TypeError, ZeroDivisionError):
            continue
        if value == right or (codes, value) in done or (value == 0 and quantity in POSITIVE):
            continue
        done.add((codes, value))
        yield Found(value, codes, tree, numbers, quantity)


POSITIVE = frozenset(("size", "channels", "features", "receptive_field"))


def ways(
    situation: Situation, quantity: str, make: Callable[[Situation, str], Iterator[Way]], is_sided: bool
) -> tuple[Way, ...]:
    """The wrong formulas that a layer admits; they depend on its settings, hardly on its input."""
    at, first = situation.applied, axis(situation)
    key = (
        make, quantity, situation.place, is_sided, bool(situation.flat), bool(situation.unpooled), at.letters.get("c"),
        first.get("p_l"), first.get("p_r"),
    )  # fmt: skip

    def made() -> tuple[Way, ...]:
        found = make(situation, quantity)
        return tuple((codes, sided(tree) if is_sided else tree, swapped) for codes, tree, swapped in found)

    found: tuple[Way, ...] = situation.network.remembered(key, made)
    return found


Way: TypeAlias = "tuple[tuple[str, ...], Expr, bool]"  # codes, the wrong formula, whether the other axis is meant


def singles(situation: Situation, quantity: str) -> Iterator[Way]:
    """Every single mistake."""
    right = right_tree(situation, quantity)
    for mistake, wrong in applying(situation, quantity):
        tree = rewritten(right, plain(situation, wrong.formula), tuple(wrong.put.items()))
        yield (mistake.code,), tree, wrong.when == "other axis"


def doubles(situation: Situation, quantity: str) -> Iterator[Way]:
    """Every two, where the second changes what is put into the first, or its result."""
    right = right_tree(situation, quantity)
    applicable = [(mistake, wrong) for mistake, wrong in applying(situation, quantity) if wrong.when != "other axis"]
    seen = set()
    for first, one in applicable:
        inner = rewritten(right, plain(situation, one.formula), tuple(one.put.items()))
        for second, two in applicable:
            if first.code == second.code or not (two.put or WHOLE in two.formula):
                continue
            both = rewritten(inner, plain(situation, two.formula), tuple(two.put.items()))
            codes = tuple(sorted((first.code, second.code)))
            if both != inner and (codes, both) not in seen:
                seen.add((codes, both))
                yield codes, both, False


def applying(situation: Situation, quantity: str) -> Iterator[tuple[Mistake, Wrong]]:
    for mistake, wrong in possible(situation.kind, quantity):
        if all(WHEN[word](situation) for word in conditions(wrong.when)):
            yield mistake, wrong


@lru_cache(maxsize=64)
def conditions(when: str) -> tuple[str, ...]:
    return (when,) if when in WHEN else tuple(when.split())


def right_value(situation: Situation, quantity: str, place: int) -> Any:
    applied = situation.applied
    match quantity:
        case "size":
            return applied.output[1 + place] if 1 + place < len(applied.output) else None
        case "channels" | "features":
            return applied.output[0]
        case "parameters":
            return applied.parameters
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
            right, before = (
                situation.network.field(situation.place),
                situation.network.field(situation.network.sources[situation.place][0]),
            )
            return situation.field[place] + right[place] - before[place] if place < len(right) else None
    return None


# The worked line


def work(situation: Situation, found: Found) -> Work | None:
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
        made = Work(found.formula, Formula(found.codes[0], text), bindings, found.value)
        return (
            made if evaluate(parse(text), {letter: found.known[letter] for letter in bindings}) == found.value else None
        )
    except (ExprError, KeyError):
        return None


def diagnosis(situation: Situation, found: Found) -> Diagnosis:
    key = ("said", situation.key, found.codes, found.value, found.formula)
    made: Diagnosis = situation.network.remembered(key, lambda: Diagnosis(found.codes, (), work(situation, found)))
    return made
