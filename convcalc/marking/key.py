"""What can be asked: a quantity of a layer, along an axis or all, a total, a bound; and what an answer's name means."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.layers.case import AXES
from convcalc.marking.reading import read_answer
from convcalc.marking.reference_network import TRAINABLE, ReferenceNetwork, plain_name
from convcalc.marking.verdict import KeyQuestion
from convcalc.network.quantity import NAMES, QUANTITIES
from convcalc.problem import Problem, did_you_mean, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from fractions import Fraction

    from convcalc.marking.array_questions import ArrayTask
    from convcalc.solving.answer import Answer

TOTAL = "total"
# How the row of a network is called, where no layer is called so.
TOTALS = frozenset(
    (TOTAL, "totals", "sum", "σ", "total_sum", "overall", "all", "network", "whole_network", "model", "gesamt",
     "insgesamt", "summe")
)  # fmt: skip
STANDARD = ("output", "parameters", "macs", "receptive_field")  # of every layer, where the key is a spec
ENDS = ("output", "receptive_field")  # of a network: those of its last layer
SETTINGS = ("padding", "kernel", "stride", "dilation", "filters", "units", "groups", "output_padding")
# What may be asked for beside the quantities.
OTHERS = {
    **{name: name for name in ("input", *SETTINGS)}, "p": "padding", "k": "kernel", "s": "stride", "d": "dilation",
    **dict.fromkeys(("trainable", "trainable_params", TRAINABLE), TRAINABLE),
    **dict.fromkeys(("non_trainable", "non_trainable_params", "non_trainable_parameters"), "buffers"),
    "input_shape": "input", "input_size": "input", "in": "input",
}  # fmt: skip
PARTS = {
    "h": "height", "w": "width", "c": "channels", "d": "depth", "l": "length", "rows": "height", "columns": "width",
    "height": "height", "width": "width", "channels": "channels", "depth": "depth", "length": "length", "size": "size",
    "features": "channels",
}  # fmt: skip
PER_AXIS = frozenset((*SETTINGS, *(name for name, quantity in QUANTITIES.items() if quantity.measure)))
SUMMED = frozenset((TRAINABLE, *(name for name, quantity in QUANTITIES.items() if quantity.value)))
MAX_LISTED = 8  # layers that a finding names
MAX_NAME = 300  # characters of the name of an answer that are looked at


class KeyItem(NamedTuple):
    """A question with what its answer is looked up in."""

    question: KeyQuestion
    network: ReferenceNetwork | None  # None: a formula, or a layer that is to be solved
    index: int = -1  # type: ignore[assignment]  # the layer's; -1 the whole network
    right: Any = None  # expected, channels first
    form: str = "number"  # what is to be read: number, side, shape, symbolic, open or array
    names: tuple[str, ...] = ()  # under which it is answered, beside its own
    open: Answer | None = None  # the layer with its question marks
    arrays: ArrayTask | None = None  # the chain of layers whose output it asks for

    def is_whole_quantity(self, network: ReferenceNetwork) -> bool:
        """Whether it is about a layer of this network, and not about one axis only."""
        return self.network is network and self.index >= 0 and not self.question.part

    @property
    def is_on_layer(self) -> bool:
        """Whether it is about a layer, and not about one axis only, where mistakes can be told."""
        network = self.network
        return bool(
            network and self.is_whole_quantity(network) and network.has_shapes and network.layers[self.index].applied
        )

    @property
    def learnt_and_fixed(self) -> tuple[Any, Any] | tuple[()]:
        """The learnt numbers and the others where parameters are both, as Keras counts; () where they are not."""
        if self.network is None or self.question.quantity != "parameters" or not self.network.counts_state:
            return ()
        learnt, fixed = self.network.held_numbers(self.index)
        return (learnt, fixed) if fixed != 0 else ()

    @property
    def at_main_layer(self) -> KeyItem:
        """A question on the output of a network, or its field, as one on the layer of that; any other as it is."""
        if self.network is None or self.index >= 0 or self.question.quantity not in ENDS:
            return self
        return self._replace(index=self.network.report.main)


class AnswerKey(NamedTuple):
    """What is asked and what is right."""

    name: str
    asked: tuple[KeyItem, ...]
    hash: str
    memo: dict[tuple[str, str, str], KeyItem | None]  # by canonical name, what is asked: filled as it is needed
    is_open: bool = False  # a spec: what a submission answers is what is asked
    all_or_nothing: bool = False
    network: ReferenceNetwork | None = None
    head: Mapping[str, str] = {}  # what else a sheet says first: course, due, about
    inputs: Mapping[str, str] = {}  # by name, what goes into a program, where there is no network that says it
    program: str = ""  # which network of a program is meant; "no" where none is wanted
    counts_state: bool = False  # parameters are those that are not learnt too, where there is no network

    @property
    def questions(self) -> tuple[KeyQuestion, ...]:
        return tuple(each.question for each in self.asked)

    def find(self, name: str) -> KeyItem | None:
        """What an answer of this name answers; a spec is asked whatever it can answer."""
        memo = self.memo
        if not memo:
            for each in self.asked:
                for known in (each.question.ask, *each.names):
                    memo.setdefault(canonical_name(known), each)
        key = canonical_name(name[:MAX_NAME])
        network = self.network
        row = TOTAL if is_total(key[0], network) else network.loose_name(key[0]) if network else key[0]
        if key not in memo and row != key[0]:
            key = (row, *key[1:])
            name = ".".join(filter(None, key))
        found = memo.get(key)
        if found is None and self.is_open and key[1] and key not in memo and network is not None:
            if key[0] != TOTAL and key[0] not in network.names:
                return None
            try:
                found = memo[key] = network_item(network, name, {})
            except Problem:
                return None
        return found


def is_total(row: str, network: ReferenceNetwork | None) -> bool:
    """Whether a row, by its plain name, is that of the whole network."""
    return row.strip("_:") in TOTALS and not (network and row in network.names)


class Rows:
    """The questions on the layers of one network, by their right answers."""

    def __init__(self, asked: Iterable[KeyItem]):
        self.by_right: dict[object, list[tuple[int, KeyItem]]] = {}
        for place, each in enumerate(asked):
            if each.index >= 0:
                self.by_right.setdefault(each.right, []).append((place, each))
        self.layers = sorted({each.index for found in self.by_right.values() for _, each in found})

    def rows_with(self, values: Iterable[object]) -> list[KeyItem]:
        """Those to which one of the values is right, in the order in which they were asked."""
        found = [row for value in {*values} for row in self.by_right.get(value, ())]
        return [each for _, each in sorted(found, key=itemgetter(0))]

    def are_next(self, one: KeyItem, other: KeyItem) -> bool:
        """Whether no other layer between two was asked about."""
        low, high = sorted((one.index, other.index))
        return bisect_right(self.layers, low) >= bisect_left(self.layers, high)


@lru_cache(maxsize=65536)
def canonical_name(name: str) -> tuple[str, str, str]:
    """(layer, quantity, part) of a name, in plain spelling; a part that is not a quantity belongs to the layer."""
    layer, _, quantity = name.strip().partition(" ")
    if "." not in name and quantity_named(plain_name(quantity)):  # C1 output
        name = f"{layer}.{quantity}"
    tokens = [plain_name(token) for token in name.split(".")]
    part = ""
    if len(tokens) > 2 and tokens[-1] in PARTS and quantity_named(tokens[-2]):
        part = PARTS[tokens.pop()]
    if len(tokens) > 1 and quantity_named(tokens[-1]):
        return ".".join(tokens[:-1]), quantity_named(tokens[-1]), part
    if len(tokens) > 1 and tokens[-1] in PARTS:
        return ".".join(tokens[:-1]), "output", PARTS[tokens[-1]]
    return ".".join(tokens), "", ""


def quantity_named(token: str) -> str:
    """The full name of a quantity; "" if it is not one."""
    return NAMES[token].name if token in NAMES else OTHERS.get(token, "")


# Questions


def standard_items(network: ReferenceNetwork) -> Iterator[KeyItem]:
    """What a spec is asked: the usual quantities of every layer, and the totals, where they are numbers."""
    asks = [f"{layer.name}.{name}" for layer in network.layers if layer.known for name in STANDARD]
    for ask in (*asks, f"{TOTAL}.parameters", f"{TOTAL}.macs"):
        try:
            yield network_item(network, ask, {})
        except Problem:
            continue


def network_item(network: ReferenceNetwork, ask: str, more: dict[str, Any]) -> KeyItem:
    """A question about a layer of a network, or about all of it."""
    name, what, part = canonical_name(ask)
    names = network.names
    if not what:
        known = [*network.index, TOTAL]
        if name in names or name == TOTAL:
            hint = f"{ask[:60]}.output, .parameters, .macs, .receptive_field …"
            raise problem("H010", f'"{ask[:60]}" names no quantity', hint)
        row = ask.rpartition(".")[0]
        hint = did_you_mean(ask, [f"{row}.{what}" for what in (*NAMES, *OTHERS)] if row else known)
        raise problem("H010", f'"{ask[:60]}" is no question', hint or "C1.output, total.parameters …")
    if name == TOTAL and name not in names:
        right = total_of(network, what)
        index, layer = -1, TOTAL
    elif name in names:
        index = names[name]
        layer = network.layers[index].name
        right = layer_value(network, index, what)
    else:
        layer = ask.rpartition(".")[0][:60]
        some = ", ".join(list(network.index)[:MAX_LISTED])
        hint = did_you_mean(name, names) or f"there are {some}{', …' if len(names) > MAX_LISTED else ''}"
        raise problem("H011", f'there is no layer "{layer}"', hint)
    if right is None or right == ():
        network.report.demand_shapes()
        raise problem("H012", f"{layer} has no {what.replace('_', ' ')}", "ask for another quantity")
    if any(map(is_symbolic, right if isinstance(right, tuple) else (right,))):
        shape = "x".join(str(side) if isinstance(side, int) else "224" for side in next(iter(network.inputs.values())))
        message = f"{layer} has letters in its {what.replace('_', ' ')}: an answer would be no number"
        raise problem("H012", message, f"input: {shape}")
    form = form_of(what, part)
    if part:
        right = side_named(right, part, what, ask)
    elif form == "side" and isinstance(right, tuple) and len(set(right)) == 1:
        right = right[0]
    shown = right
    if form == "shape" and network.report.channels_last:
        shown = (*right[1:], right[0])
    question = KeyQuestion(f"{layer}.{what}{f'.{part}' if part else ''}", layer, what, part, expected=shown, **more)
    return KeyItem(question, network, index, right, form)


def form_of(what: str, part: str) -> str:
    """What an answer on a quantity, or on one side of it, is read as."""
    if part:
        return "number"
    return "shape" if what in ("output", "input") else "side" if what in PER_AXIS else "number"


def side_named(value: Any, part: str, what: str, ask: str) -> Any:
    """One side of a shape, or the value along one axis."""
    is_shape = what in ("output", "input")
    if not isinstance(value, tuple):
        if not is_shape and part != "channels":
            return value
        value = (value,)
    names = AXES.get(len(value) - is_shape, ())
    if is_shape and part == "channels":
        return value[0]
    if part == "size" and len(set(value[is_shape:])) == 1:
        return value[is_shape]
    if part not in names:
        known = ("channels", *names) if is_shape else names
        raise problem("H013", f"{ask[:60]}: there is no {part} here", f"one of {', '.join(known)}")
    return value[names.index(part) + is_shape]


def layer_value(network: ReferenceNetwork, index: int, what: str) -> Any:
    layer = network.layers[index]
    if layer.applied is None:
        return layer.held and network.amount(layer.held, what)
    if what in QUANTITIES and QUANTITIES[what].measure:
        return network.field(index, {"receptive_field": "size"}.get(what, what.removeprefix("rf_")))
    return network.amount(layer.applied, what)


def total_of(network: ReferenceNetwork, what: str) -> Any:
    made = network.report
    if what == "output":
        return made.output
    if what == "receptive_field":
        return made.last.extents() if made.last else ()
    return network.amount(made.totals, what) if what in SUMMED else None


# Questions that any network answers, or many numbers


class AnswerBound(NamedTuple):
    """The least and the most that is right; None where there is no such limit."""

    least: int | Fraction | None
    most: int | Fraction | None

    def holds(self, value: Any) -> bool:
        """Whether a number is within it; of sides every one."""
        if isinstance(value, tuple):
            return all(map(self.holds, value))
        return not (
            (self.least is not None and value < self.least) or (self.most is not None and value > self.most)
        )  # fmt: skip

    def __str__(self) -> str:
        if self.least is None:
            return f"at most {self.most:,}"
        return f"at least {self.least:,}" if self.most is None else f"from {self.least:,} to {self.most:,}"


def requirement_name(ask: str) -> tuple[str, str, str]:
    """(layer, quantity, part) of what is required of any network: `parameters` is that of the whole."""
    layer, what, part = canonical_name(ask)
    if not what and (alone := quantity_named(plain_name(ask))):
        return TOTAL, alone, part
    return layer, what, part


def bound_item(
    network: ReferenceNetwork | None, ask: str, bound: AnswerBound, name: str, more: dict[str, Any]
) -> KeyItem:
    """`{ask: total.parameters, at_most: 1M}`: any number within the bound is right."""
    if bound.least is not None and bound.most is not None and not bound.holds(bound.least):
        raise problem("H018", f"nothing is {bound}", "at_least is the smaller one")
    if network is not None and "." in ask:
        network_item(network, ask, {})  # it is refused if the network has nothing of the kind
    _, what, part = requirement_name(ask)
    if form_of(what, part) == "shape":
        raise problem("H018", f"{ask[:60]}: a shape has no bound", f"ask: {ask[:60]}.height")
    return required_item(ask, bound, str(bound), name, {**more, "form": "bound"})


def answer_item(ask: str, text: str, name: str, more: dict[str, Any], channels_last: bool) -> KeyItem:
    """`{ask: total.output, answer: 10}`: what is right is written in the key."""
    _, what, part = requirement_name(ask)
    form = form_of(what, part)
    right = read_answer(text, form)[0].value
    shown = right
    if form == "shape" and channels_last and len(right) > 1:
        right = (right[-1], *right[:-1])
    return required_item(ask, right, shown, name, more)


def required_item(ask: str, right: Any, shown: Any, name: str, more: dict[str, Any]) -> KeyItem:
    layer, what, part = requirement_name(ask)
    full = f"{layer}.{what}{f'.{part}' if part else ''}" if what and layer == TOTAL else ask
    question = KeyQuestion(full, layer if what else ask, what, part, expected=shown, **more)
    return KeyItem(question, None, right=right, form=form_of(what, part), names=(name, ask))
