"""A network with a student's own numbers: what each layer gives on the inputs that they believe it has.

Theirs are compared with what follows from them; what does not follow is explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice, product
from operator import eq
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import divide
from convcalc.marking.agreement import agreement, shapes_of_rank
from convcalc.marking.diagnosis import explanations
from convcalc.marking.key import KeyItem, Rows, side_named
from convcalc.marking.reference_network import ReferenceNetwork, count_on_output
from convcalc.marking.situation import Situation, shared_situation
from convcalc.marking.totals import own_totals
from convcalc.marking.upstream import view_of, wrong_outputs
from convcalc.marking.verdict import Diagnosis, Response
from convcalc.marking.wrong_values import wrong_values
from convcalc.problem import Problem

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.marking.reading import AnswerReading
    from convcalc.marking.reference_network import Sides

MAX_WAYS = 8  # to go on where a student's own branches differ in size


class StudentNumbers:
    """The outputs and receptive fields that one student continues with, layer by layer."""

    def __init__(
        self,
        network: ReferenceNetwork,
        written: Mapping[int, tuple[Shape, ...]],
        fields: Mapping[int, Sides],
        strides: Mapping[int, Sides],
        rows: Rows,
        habit: str = "",
    ):
        self.network = network
        self.habit = habit  # a mistake that they make in every row that is not there
        self.rows = rows  # what was asked
        self.written = written  # the outputs that they gave, in every layout that may be meant
        self.outputs: dict[int, Shape] = {}  # those of them that are not the key's
        self.fields, self.strides = fields, strides
        self.known: dict[tuple[int, str], list[Any]] = {}  # what `values` has found
        self.unanswered: dict[int, tuple[int, ...]] = {}  # layers before each, see convcalc.marking.upstream
        self.situations: dict[tuple[int, bool, bool], list[Situation]] = {}
        self.layers: dict[int, tuple[Applied, ...]] = {}  # on these outputs: in several ways where branches differ
        is_wrong = bool(habit) or any(shapes != (network.right[index],) for index, shapes in written.items())
        self.shapes: list[Shape] = self.follow_shapes() if is_wrong else network.right

    def follow_shapes(self) -> list[Shape]:
        """Their own output where there is one, else what follows from their inputs, else the right one."""
        network = self.network
        ways: dict[int, tuple[Shape, ...]] = {place: (shape,) for place, shape in network.inputs.items()}
        for index, right in enumerate(network.right):
            sources = network.sources[index]
            found = [
                (inputs, layer)
                for inputs in islice(product(*(ways[source] for source in sources)), MAX_WAYS)
                for layer in network.layers_on(index, inputs)
            ]
            follows = tuple(dict.fromkeys(layer.output for _, layer in found))[:MAX_WAYS] or (right,)
            if index not in self.written:
                follows = tuple([self.unseen_output(index, layer) for _, layer in found[:MAX_WAYS]]) or follows
            else:
                given = likeliest_shape(self.written[index], *follows, right)
                if given != right:
                    self.outputs[index] = given
                if len(found) > 1 and given in follows:  # that says which way they went
                    found = [way for way in found if way[1].output == given]
                    for place, source in enumerate(sources):
                        ways[source] = tuple(dict.fromkeys(inputs[place] for inputs, _ in found))
                follows = (given,)
            self.layers[index] = tuple([layer for _, layer in found])
            ways[index] = follows
        return [ways[index][0] for index in range(len(network.right))]

    def unseen_output(self, index: int, layer: Applied) -> Shape:
        """The output of a layer in a row that is not there: with their habit, if it shows in it."""
        if not self.habit:
            return layer.output
        found = wrong_outputs(shared_situation(self.network, index, applied=layer))
        return next((shape for shape, code in found if code == self.habit), layer.output)

    def unseen_field(self, index: int, known: Mapping[int, Sides]) -> Sides:
        """The field behind a layer in a row that is not there, if their habit shows in it."""
        network, source = self.network, self.network.sources[index][0]
        before = known.get(source, network.field(source))
        if not self.habit or network.layers[index].applied is None or len(before) != len(network.field(index)):
            return ()
        view = view_of(network, index, before)
        made = [wrong_values(view, "receptive_field", place).of({self.habit}) for place in range(len(before))]
        sides = tuple([each.value for values in made for each in islice(values, 1)])
        return sides if len(sides) == len(before) else ()

    @cached_property
    def sizes(self) -> dict[int, Sides]:
        """The receptive fields that are not the key's."""
        network = self.network
        is_wrong = any(sides != network.field(index) for index, sides in self.fields.items())
        return self.carry_fields() if self.habit or self.outputs or is_wrong else {}

    def carry_fields(self) -> dict[int, Sides]:
        found: dict[int, Sides] = {}
        for index in range(len(self.network.layers)):
            given = self.fields.get(index)
            follows = given if given is not None else self.unseen_field(index, found) or self.field_after(index, found)
            if follows is not None and follows != self.network.field(index):
                found[index] = follows
        return found

    def field_after(self, index: int, known: Mapping[int, Sides]) -> Sides | None:
        """The field that follows from their own before it; None where that is the right one."""
        network = self.network
        sources = network.sources[index]
        more = self.further_growth(index)
        if not more and known.keys().isdisjoint(sources):
            return None
        right = network.field(index)
        own = [known.get(source, network.field(source)) for source in sources]
        true = [network.field(source) for source in sources]
        if any(len(each) != len(right) for each in (*own, *true)):
            return None
        sides = zip(right, zip(*own, strict=True), zip(*true, strict=True), more or (0,) * len(right), strict=True)
        return tuple(side + max(mine) - max(key) + further for side, mine, key, further in sides)

    def further_growth(self, index: int) -> Sides:
        """By how much more a field grows in a layer that sees all of a map, if that is of another size to them."""
        network = self.network
        own, right = self.applied(index), network.layers[index].applied
        if own is None or right is None or own is right or network.slides(index):
            return ()
        flatten = network.flatten_before(index) if right.setting.kind.takes == "features" else None
        source = network.sources[index if flatten is None else flatten][0]
        strides = network.field(source, "stride")
        if flatten is not None:
            (mine,), (true,) = self.input(flatten), network.shapes_before(flatten, network.right)
            mine, true = mine[1:], true[1:]
        else:
            mine, true = network.cells_seen(index, own), network.cells_seen(index, right)
        if mine == true or not len(mine) == len(true) == len(strides) or None in (*mine, *true):
            return ()
        return tuple((one - other) * stride for one, other, stride in zip(mine, true, strides, strict=True))

    def with_habit(self, code: str) -> StudentNumbers:
        """The same rows, with a mistake in every row that is not there."""
        return StudentNumbers(self.network, self.written, self.fields, self.strides, self.rows, code)

    # What a layer depends on

    def input(self, index: int) -> tuple[Shape, ...]:
        return self.network.shapes_before(index, self.shapes)

    def field_of(self, index: int) -> Sides:
        return self.sizes.get(index) or self.network.field(index)

    def field_before(self, index: int) -> Sides:
        return self.field_of(self.network.sources[index][0])

    def stride_before(self, index: int) -> Sides:
        source = self.network.sources[index][0]
        return self.strides.get(source) or self.network.field(source, "stride")

    def applied(self, index: int) -> Applied | None:
        """The layer on their own inputs, in the likeliest way."""
        return next(iter(self.applied_ways(index)), None)

    def applied_ways(self, index: int) -> tuple[Applied, ...]:
        """The layer on their own inputs: on those of either branch where these differ in size."""
        if self.layers:
            return self.layers[index]
        applied = self.network.layers[index].applied
        return (applied,) if applied else ()

    def values(self, index: int, quantity: str) -> list[Any]:
        """Every value of a quantity that is right on this student's own numbers."""
        if (index, quantity) not in self.known:
            self.known[index, quantity] = self.following_values(index, quantity)
        return self.known[index, quantity]

    def following_values(self, index: int, quantity: str) -> list[Any]:
        network = self.network
        if quantity in ("receptive_field", "rf_stride"):
            return self.field_values(index, quantity)
        if self.shapes is network.right:
            return []
        found = []
        given = self.shapes[index]
        for applied in self.applied_ways(index) or (network.applied(index),):
            found.append(network.amount(applied, quantity))
            if self.habit and quantity == "output":
                found.append(self.unseen_output(index, applied))
            is_other = (index in self.written or self.habit) and given != applied.output
            if is_other and len(given) == len(applied.output):
                found.append(count_on_output(applied, given, quantity))
        return [value for value in dict.fromkeys(found) if value is not None]

    def field_values(self, index: int, quantity: str) -> list[Any]:
        network = self.network
        source = network.sources[index][0]
        if quantity == "rf_stride":
            if source not in self.strides:
                return []
            after, before = network.field(index, "stride"), network.field(source, "stride")
            strides = zip(after, before, self.strides[source], strict=False)
            return [tuple(divide(new * own, old) for new, old, own in strides if old)]
        follows = self.field_after(index, self.sizes)
        found = [] if follows is None else [follows]
        if source in self.strides and network.slides(index):
            growth = [step.reach - 1 for step in network.steps(index)]
            pairs = zip(self.field_before(index), growth, self.strides[source], strict=False)
            found.append(tuple(r + grown * j for r, grown, j in pairs))
        if made := self.unseen_field(index, self.sizes):
            found.append(made)
        return found


def likeliest_shape(shapes: tuple[Shape, ...], *models: Shape) -> Shape:
    """The layout of a shape that agrees most with what is expected."""
    return max(shapes, key=lambda shape: [sum(map(eq, shape, model)) for model in models])


# Answers among one another


def own_numbers(network: ReferenceNetwork, responses: Iterable[Response]) -> StudentNumbers:
    """A student's own outputs and fields; right ones are among them, since they end a mistake."""
    outputs: dict[int, tuple[Shape, ...]] = {}
    fields: dict[int, Sides] = {}
    strides: dict[int, Sides] = {}
    for response in responses:
        asked = response.asked
        what = asked.question.quantity
        if not asked.is_whole_quantity(network) or response.state not in ("wrong", "correct"):
            continue
        if what == "output":
            right = network.right[asked.index]
            shapes = (right,) if response.state == "correct" else usable(response.readings, len(right))
            if shapes:
                outputs[asked.index] = shapes
        elif what in ("receptive_field", "rf_stride"):
            sides = network.field(asked.index, "size" if what == "receptive_field" else "stride")
            if response.state == "wrong":
                value = response.readings[0].value
                sides = value if isinstance(value, tuple) and len(value) == len(sides) else (value,) * len(sides)
            if all(isinstance(side, int) and 0 < side < 10**12 for side in sides):
                (fields if what == "receptive_field" else strides)[asked.index] = sides
    rows = Rows(response.asked for response in responses if response.asked.network is network)
    return StudentNumbers(network, outputs, fields, strides, rows)


def usable(readings: tuple[AnswerReading, ...], rank: int) -> tuple[Shape, ...]:
    """The shapes, channels first, that later layers can be computed from."""
    shapes = shapes_of_rank(readings, rank)
    return tuple(shape for shape in shapes if all(isinstance(side, int) and 0 < side < 10**30 for side in shape))


def second_look(response: Response, own: StudentNumbers, carry_forward: bool, responses: list[Response]) -> Response:
    """A wrong answer compared with what follows from the student's own numbers, and explained where it does not."""
    asked = response.asked
    values = own_values(response, own, responses)
    for reading in response.readings:
        for value in values:
            note = agreement(asked, reading, value)
            if note is not None:
                if carry_forward:
                    return response._replace(readings=(reading,), state="consistent", note=note, own=value)
                return response._replace(own=value, diagnoses=carried_mistakes(asked, own, responses))
    return response._replace(own=values[0] if values else None, diagnoses=explanations(response, own))


def own_values(response: Response, own: StudentNumbers, responses: list[Response]) -> list[Any]:
    asked = response.asked
    what = asked.question.quantity
    values = own_totals(own, what, responses) if asked.index < 0 else own.values(asked.index, what)
    if asked.question.part or asked.form == "side":
        values = [narrow_to_side(asked, value) for value in values]
    return [value for value in values if value is not None and value != asked.right]


def narrow_to_side(asked: KeyItem, value: Any) -> Any:
    """The side that is asked for; one number for equal sides."""
    question = asked.question
    try:
        if question.part:
            return side_named(value, question.part, question.quantity, question.ask)
    except Problem:
        return None
    if isinstance(value, tuple) and not isinstance(asked.right, tuple):
        return value[0] if len(set(value)) == 1 else None
    return value


def carried_mistakes(asked: KeyItem, own: StudentNumbers, responses: list[Response]) -> tuple[Diagnosis, ...]:
    """For an answer that follows from earlier ones: what went wrong in those, and where."""
    origins = []
    for response in responses:
        other = response.asked
        if other is asked:
            break
        is_before = other.network is own.network and other.question.quantity in ("output", asked.question.quantity)
        if response.state == "wrong" and is_before:
            codes = response.diagnoses[0].codes if response.diagnoses and not response.diagnoses[0].layers else ()
            if codes or not response.diagnoses:
                origins.append((other.question.layer, codes))
    codes = tuple(dict.fromkeys(code for _, each in origins for code in each))
    layers = tuple(dict.fromkeys(layer for layer, _ in origins))
    return (Diagnosis(codes or ("slip.carried",), layers),) if origins else ()
