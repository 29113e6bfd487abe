"""The forms of layers: where their numbers are in a table, and what must hold for these to be theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.closed_forms.table import UNKNOWN, FormTable, Requirement, SizeTest
from convcalc.layers.case import product
from convcalc.layers.field import Field, Half
from convcalc.network.build import shortcut_strides
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.condition import Condition
    from convcalc.algebra.expr import Value
    from convcalc.closed_forms.letters import Lettered
    from convcalc.layers.applied import Applied
    from convcalc.network.axes import Axes
    from convcalc.network.walk import LayerReport, NetworkReport

SEEN = ("size", "stride", "middle")  # of a field


class LayerForms(NamedTuple):
    """A layer: the tests it has to pass, by their number, and the places of its numbers."""

    needs: list[int]  # to fit
    alike: list[int]  # to have the shapes that it has in letters
    sees: list[int]  # for its receptive field to be the one that it has in letters
    output: list[int]
    counts: list[int]  # of the counts asked for; UNKNOWN where a form is not what the layer has in numbers
    size: list[int]  # of the receptive field, along each axis
    stride: list[int]
    middle: list[int]
    stores: bool = False  # whether its output needs memory of its own


NOTHING = LayerForms([], [], [], [], [], [], [], [])


class NetworkForms:
    """The forms of a network's layers, and the tests by their number, each with what it says in words."""

    def __init__(
        self, table: FormTable, lettered: Lettered, report: NetworkReport, counts: tuple[str, ...],
        seen: tuple[str, ...] = SEEN,
    ):  # fmt: skip
        self.table, self.lettered, self.report, self.counted, self.seen = table, lettered, report, counts, seen
        self.tests: dict[tuple[Requirement, str], int] = {}
        self.known: dict[tuple[str, int, int], list[Any]] = {}
        self.layers = {layer.name: layer for layer in lettered.layers}

    def demands(self) -> list[int]:
        """Without what it is another network: a shortcut that leads to another shape is a layer, of that stride."""
        found = []
        for before, after in self.lettered.projected:
            pairs = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
            if any(map(is_symbolic, (size for pair in pairs for size in pair))):
                found.append(self.test(*(self.compared(one, "!=", other) for one, other in pairs)))
            strides = shortcut_strides(before, after) or ()
            for size, stride, left in zip(before[1:], strides, after[1:], strict=False):
                strided = (size - 1) // stride + 1
                if strided != left:
                    found.append(self.test(self.compared(strided, "==", left)))
        return found

    def rows(self) -> list[LayerForms]:
        return list(map(self.row, self.lettered.layers, self.report.layers))

    def test(self, *any_of: SizeTest, words: str = "") -> int:
        return self.tests.setdefault((Requirement(any_of), words), len(self.tests))

    def compared(self, left: Value, operator: str, right: Value) -> SizeTest:
        return SizeTest(str(self.table.place(left)), operator, str(self.table.place(right)))

    def row(self, layer: LayerReport, known: LayerReport) -> LayerForms:
        """What a layer needs and the places of its numbers; only of those that are what the report has."""
        if layer.applied is None:
            return NOTHING._replace(counts=[UNKNOWN] * len(self.counted))
        needs, alike, output, counts = self.share(self.counts, layer.applied, known.applied)
        axes, present = (next(iter(each.fields.values()), None) for each in (layer, known))
        different, size, stride, middle = self.share(self.fields, axes, present)
        sees = [*different, *self.share(self.sights, layer.applied, axes)]
        if len(layer.inputs) > 1:
            sees += self.shared_sights(layer)
        stores = layer.applied.setting.kind.storage
        return LayerForms(needs, alike, sorted(set(sees)), output, counts, size, stride, middle, stores)

    def share(self, work: Callable[[Any, Any], list[Any]], in_letters: Any, known: Any) -> list[Any]:
        """What was worked of the same records before: equal layers share theirs."""
        key = (work.__name__, id(in_letters), id(known))
        if key not in self.known:
            self.known[key] = work(in_letters, known)
        return self.known[key]

    def counts(self, applied: Applied, present: Applied | None) -> list[Any]:
        """What a layer needs, its output and what is counted of it."""
        table = self.table
        needs = [self.need(applied, condition) for condition in applied.conditions]
        alike = [self.test(*tests) for tests in self.stretching(applied)]
        output = [self.size(size, applied) for size in applied.output]
        counts = [
            table.place_of_product(value, applied.output) if name == "activations" else table.place(value)
            for name, value in ((name, getattr(applied, name)) for name in self.counted)
        ]
        if present is not None:
            output = places_of_known(table, output, present.output)
            counts = places_of_known(table, counts, tuple(getattr(present, name) for name in self.counted))
        return [needs, alike, output, counts]

    def size(self, size: Value, applied: Applied) -> int:
        """The place of a size of the output; where a map is flattened, as a product."""
        for shape in applied.input:
            if is_symbolic(size) and len(shape) > 1 and product(shape) == size:
                return self.table.place_of_product(size, shape)
        return self.table.place(size)

    def need(self, applied: Applied, condition: Condition) -> int:
        """The test of a condition; where branches are stretched, sizes of which one is 1 fit, and go on as another."""
        words = words_of(condition)
        if condition.operator != "==" or not applied.setting.kind.broadcasts:
            return self.test(self.table.size_test(condition), words=words)
        one, _, other = condition
        same = self.compared(one, "==", other)
        return self.test(same, *(SizeTest(size, "==", 1) for size in same[::2]), words=words)

    def stretching(self, applied: Applied) -> Iterator[tuple[SizeTest, ...]]:
        """Where a size of 1 is stretched to meet another, what follows has not the shapes in letters."""
        for condition in applied.conditions if applied.setting.kind.broadcasts else ():
            if condition.operator == "==":
                same = self.compared(*condition)
                yield from ((same, SizeTest(size, "!=", 1)) for size in same[::2] if not isinstance(size, int))

    def fields(self, axes: Axes | None, present: Axes | None) -> list[Any]:
        """A test that fails where the field is another in numbers; its size, stride and centre along each axis."""
        found, seen = [], []
        for what in SEEN:
            found.append([self.table.place_of_fraction(getattr(field, what)) for field in axes.fields] if axes else [])
            seen.append([exact_number(getattr(field, what)) for field in present.fields] if present else [])
        different = present is not None and any(
            [self.table.number(place) for place in places] != numbers
            for what, places, numbers in zip(SEEN, found, seen, strict=True)
            if what in self.seen
        )
        if axes and any(field.lost for field in axes.fields):  # what is told of it is not the same for all letters
            found = [[UNKNOWN] * len(axes.fields)] * len(SEEN)
        return [[self.test()] if different else [], *found]

    def sights(self, applied: Applied, axes: Axes | None) -> list[int]:
        """Without what the field in letters is not that in numbers: one cell has no neighbours, few units see less."""
        if axes is None:
            return []
        found = [
            size for shape in (*applied.input, applied.output) for size in shape[len(shape) == len(axes.fields) + 1 :]
        ]
        found += [factor.digits for factors in axes.layout or () for factor in factors]
        least = max(2, *(field.period for field in axes.fields), 0)
        tests = [self.test(SizeTest(least, "<=", str(self.table.place(size)))) for size in found if is_symbolic(size)]
        if "p" in applied.letters and is_symbolic(applied.letters.get("w")):
            tests.append(self.test())  # whether a window of attention takes in all steps
        return tests

    def shared_sights(self, layer: LayerReport) -> Iterator[int]:
        """What must hold where branches meet: what all units of one see alike is taken for the whole input."""
        name = next(iter(layer.fields), "")
        branches = [self.fields_of(source)[name] for source in layer.inputs if name in self.fields_of(source)]
        if len(branches) > 1:
            sides = self.lettered.origins[name].sides(self.lettered.graph.inputs[name])
            for met, pixels in zip(zip(*(axes.fields for axes in branches), strict=False), sides, strict=False):
                for condition in whole_inputs(met, pixels):
                    yield self.test(self.table.size_test(condition))

    def fields_of(self, source: str) -> Mapping[str, Axes]:
        """The fields of a layer, or of an input of the network."""
        return self.layers[source].fields if source in self.layers else {source: self.lettered.origins[source]}


def whole_inputs(met: tuple[Field, ...], pixels: Value) -> Iterator[Condition]:
    """When branches that meet see the whole input, where all units of one see the same and those of others do not."""
    from convcalc.algebra.condition import Condition

    if all(field == met[0] for field in met):
        return
    still = [field for field in met if field.advance == 0 and field.period == 1 and not field.lost]
    for field in still:
        if field.lows[0] is not None:
            yield Condition(field.lows[0], "<=", 0)
            yield Condition(pixels - 1, "<=", field.highs[0])
            for other in met:
                if other not in still and other.size is not None:
                    yield Condition(other.size, "<=", field.size)


def places_of_known(table: FormTable, places: list[int], known: tuple[Any, ...]) -> list[int]:
    """The places where there is what is known; UNKNOWN for the others."""
    if len(places) != len(known):
        return [UNKNOWN] * len(places)
    return [
        place if table.number(place) == exact_number(number) else UNKNOWN
        for place, number in zip(places, known, strict=True)
    ]


def exact_number(value: Any) -> Any:
    if isinstance(value, Half):
        from fractions import Fraction

        return Fraction(value.top, 2)
    return value


def words_of(condition: Condition) -> str:
    """What a condition says of its letters."""
    from convcalc.algebra.condition import sizes
    from convcalc.algebra.substitution import symbols

    names = symbols(condition.difference)
    found = sizes(condition) if len(names) == 1 else None
    return str(condition) if found is None else found.in_words(names[0])
