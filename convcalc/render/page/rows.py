"""The rows of the layers of a page: where their numbers are among its forms, and what must hold for these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.layer.field import Half
from convcalc.render.page.entries import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from convcalc.algebra.condition import Condition
    from convcalc.algebra.expr import Value
    from convcalc.layer.applied import Applied
    from convcalc.layer.field import Field
    from convcalc.network.axes import Axes
    from convcalc.network.walk import LayerReport, NetworkReport
    from convcalc.render.page.entries import FormTable
    from convcalc.render.page.letters import Lettered

SEEN = ("size", "stride", "middle")  # of a field


class LiveRows:
    """The rows of the layers, and the tests by their place: what a layer needs to fit, and to see what is told."""

    def __init__(self, table: FormTable, lettered: Lettered, report: NetworkReport):
        self.table, self.lettered, self.report = table, lettered, report
        self.tests: dict[tuple[str, str], int] = {}
        self.known: dict[tuple[str, int, int], list[Any]] = {}
        self.layers = {layer.name: layer for layer in lettered.layers}

    def demands(self) -> list[int]:
        """Without what it is another network: a shortcut that leads to another shape is a layer."""
        found = []
        for before, after in self.lettered.projected:
            pairs = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
            if any(map(is_symbolic, (size for pair in pairs for size in pair))):
                alike = [f"v({self.table.place(one)}) === v({self.table.place(other)})" for one, other in pairs]
                found.append(self.test(f"!({' && '.join(alike)})"))
        return found

    def rows(self) -> list[list[Any]]:
        first = len(self.report.inputs)
        nodes = self.lettered.graph.nodes[first:]
        return [
            [[source - first for source in node.inputs if source >= first], *self.row(layer, known)]
            for node, layer, known in zip(nodes, self.lettered.layers, self.report.layers, strict=True)
        ]

    def test(self, text: str, words: str = "") -> int:
        return self.tests.setdefault((text, words), len(self.tests))

    def row(self, layer: LayerReport, known: LayerReport) -> list[Any]:
        """What a layer needs and the places of its numbers; only of those that are what the report has."""
        if layer.applied is None:
            return [[], [], [], *[UNKNOWN] * 4, [], [], [], 0]
        needs, alike, *counts, stores = self.share(self.counts, layer.applied, known.applied)
        axes, present = (next(iter(each.fields.values()), None) for each in (layer, known))
        different, *fields = self.share(self.fields, axes, present)
        sees = [*different, *self.share(self.sights, layer.applied, axes)]
        if len(layer.inputs) > 1:
            sees += map(self.test, self.shared_sights(layer))
        return [needs, alike, sorted(set(sees)), *counts, *fields, stores]

    def share(self, work: Callable[[Any, Any], list[Any]], in_letters: Any, known: Any) -> list[Any]:
        """What was worked of the same records before: equal layers share theirs."""
        key = (work.__name__, id(in_letters), id(known))
        if key not in self.known:
            self.known[key] = work(in_letters, known)
        return self.known[key]

    def counts(self, applied: Applied, present: Applied | None) -> list[Any]:
        """What a layer needs, its output and what is counted of it, and whether its output is stored."""
        table = self.table
        needs = [self.need(applied, condition) for condition in applied.conditions]
        alike = list(map(self.test, stretching(table, applied)))
        output = [table.place(size) for size in applied.output]
        activations = table.place_of_product(applied.activations, applied.output)
        counts = [table.place(applied.parameters), table.place(applied.macs), activations]
        if present is not None:
            output = places_of_known(table, output, present.output)
            counts = places_of_known(table, counts, (present.parameters, present.macs, present.activations))
        return [needs, alike, output, *counts, int(applied.setting.kind.storage)]

    def need(self, applied: Applied, condition: Condition) -> int:
        """The test of a condition; where branches are stretched, sizes of which one is 1 fit, and go on as another."""
        if condition.operator != "==" or not applied.setting.kind.broadcasts:
            return self.test(self.table.test(condition), words_of(condition))
        one, other = (f"v({self.table.place(size)})" for size in condition[::2])
        return self.test(f"{one} === {other} || {one} === 1n || {other} === 1n", words_of(condition))

    def fields(self, axes: Axes | None, present: Axes | None) -> list[Any]:
        """A test that fails where the field is another in numbers; its size, stride and centre along each axis."""
        found, seen = [], []
        for what in SEEN:
            found.append([self.table.place_of_fraction(getattr(field, what)) for field in axes.fields] if axes else [])
            seen.append([exact_number(getattr(field, what)) for field in present.fields] if present else [])
        numbers = [[self.table.number(place) for place in places] for places in found]
        different = present is not None and numbers != seen
        if axes and any(field.lost for field in axes.fields):  # what is told of it is not the same for all letters
            found = [[UNKNOWN] * len(axes.fields)] * len(SEEN)
        return [[self.test("false")] if different else [], *found]

    def sights(self, applied: Applied, axes: Axes | None) -> list[int]:
        """Without what the field in letters is not that in numbers: one cell has no neighbours, few units see less."""
        if axes is None:
            return []
        found = [
            size for shape in (*applied.input, applied.output) for size in shape[len(shape) == len(axes.fields) + 1 :]
        ]
        found += [factor.digits for factors in axes.layout or () for factor in factors]
        least = max(2, *(field.period for field in axes.fields), 0)
        tests = [f"v({self.table.place(size)}) >= {least}n" for size in found if is_symbolic(size)]
        if "p" in applied.letters and is_symbolic(applied.letters.get("w")):
            tests.append("false")  # whether a window of attention takes in all steps
        return list(map(self.test, tests))

    def shared_sights(self, layer: LayerReport) -> Iterator[str]:
        """What must hold where branches meet: what all units of one see alike is taken for the whole input."""
        name = next(iter(layer.fields), "")
        branches = [self.fields_of(source)[name] for source in layer.inputs if name in self.fields_of(source)]
        if len(branches) > 1:
            sides = self.lettered.origins[name].sides(self.lettered.graph.inputs[name])
            for met, pixels in zip(zip(*(axes.fields for axes in branches), strict=False), sides, strict=False):
                yield from map(self.table.test, whole_inputs(met, pixels))

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


def stretching(table: FormTable, applied: Applied) -> Iterator[str]:
    """Tests that fail where sizes of 1 are stretched to meet others: what follows has not the shapes in letters."""
    for condition in applied.conditions if applied.setting.kind.broadcasts else ():
        if condition.operator == "==":
            one, other = (f"v({table.place(size)})" for size in condition[::2])
            yield f"{one} === {other}"


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
