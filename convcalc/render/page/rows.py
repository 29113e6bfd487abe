"""The rows of the layers of a page: where their numbers are among its forms, and what must hold for these."""

from __future__ import annotations

from itertools import chain
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
        self.layers = {layer.name: layer for layer in lettered.report.layers}

    def rows(self) -> tuple[list[list[Any]], list[tuple[str, str]]]:
        first = len(self.report.inputs)
        nodes = self.lettered.graph.nodes[first:]
        found = [
            [[source - first for source in node.inputs if source >= first], *self.row(layer, known)]
            for node, layer, known in zip(nodes, self.lettered.report.layers, self.report.layers, strict=True)
        ]
        return found, list(self.tests)

    def test(self, text: str, words: str = "") -> int:
        return self.tests.setdefault((text, words), len(self.tests))

    def row(self, layer: LayerReport, known: LayerReport) -> list[Any]:
        """What a layer needs and the places of its numbers; only of those that are what the report has."""
        if layer.applied is None:
            return [[], [], *[UNKNOWN] * 4, [], [], [], 0]
        needs, *counts, stores = self.kept(self.counts, layer.applied, known.applied)
        axes, present = (next(iter(each.fields.values()), None) for each in (layer, known))
        sights, *fields = self.kept(self.fields, axes, present)
        sees = [self.test(text) for text in dict.fromkeys([*sights, *self.sights(layer)])]
        return [needs, sees, *counts, *fields, stores]

    def kept(self, work: Callable[[Any, Any], list[Any]], in_letters: Any, known: Any) -> list[Any]:
        """What was worked of the same records before: equal layers share theirs."""
        key = (work.__name__, id(in_letters), id(known))
        if key not in self.known:
            self.known[key] = work(in_letters, known)
        return self.known[key]

    def counts(self, applied: Applied, present: Applied | None) -> list[Any]:
        """What a layer needs, its output and what is counted of it, and whether its output is stored."""
        table = self.table
        needs = [self.test(table.test(each), words_of(each)) for each in applied.conditions]
        output = [table.place(size) for size in applied.output]
        activations = table.place_of_product(applied.activations, applied.output)
        counts = [table.place(applied.parameters), table.place(applied.macs), activations]
        if present is not None:
            output = places_of_known(table, output, present.output)
            counts = places_of_known(table, counts, (present.parameters, present.macs, present.activations))
        return [needs, output, *counts, int(applied.setting.kind.storage)]

    def fields(self, axes: Axes | None, present: Axes | None) -> list[Any]:
        """A test that fails where the field is another in numbers; its size, stride and centre along each axis."""
        found, seen = [], []
        for what in SEEN:
            found.append([self.table.place_of_fraction(getattr(field, what)) for field in axes.fields] if axes else [])
            seen.append([exact_number(getattr(field, what)) for field in present.fields] if present else [])
        numbers = [[self.table.number(place) for place in places] for places in found]
        return [["false"] if present is not None and numbers != seen else [], *found]

    def sights(self, layer: LayerReport) -> Iterator[str]:
        """Without what the field in letters is not that in numbers.

        One cell has no neighbours, few units need not see the most; and what all units of a branch see alike is taken
        for the whole input.
        """
        table, applied = self.table, layer.applied
        assert applied is not None
        least = max([2, *(field.period for field in layer.field)])
        for shape in (*applied.input, applied.output):
            for size in shape[len(shape) == len(layer.field) + 1 :]:
                if is_symbolic(size):
                    yield f"v({table.place(size)}) >= {least}n"
        if "p" in applied.letters and is_symbolic(applied.letters.get("w")):
            yield "false"  # whether a window of attention takes in all steps
        name = next(iter(layer.fields), "")
        if name and (layout := layer.fields[name].layout):
            for factor in chain.from_iterable(layout):
                if is_symbolic(factor.digits):
                    yield f"v({table.place(factor.digits)}) >= {least}n"
        branches = [self.fields_of(source)[name] for source in layer.inputs if name in self.fields_of(source)]
        if len(branches) > 1:
            sides = self.lettered.report.sides(name)
            for met, pixels in zip(zip(*(axes.fields for axes in branches), strict=False), sides, strict=False):
                yield from map(table.test, shared_sights(met, pixels))

    def fields_of(self, source: str) -> Mapping[str, Axes]:
        """The fields of a layer, or of an input of the network."""
        return self.layers[source].fields if source in self.layers else {source: self.lettered.report.origins[source]}


def shared_sights(met: tuple[Field, ...], pixels: Value) -> Iterator[Condition]:
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
