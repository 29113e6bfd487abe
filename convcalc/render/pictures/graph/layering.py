"""What is neither series nor parallel in layers, as Sugiyama, Tagawa and Toda have it: by the longest way from the
beginning, ordered by barycentres, with a lane through every layer that a link passes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.outline import BEGIN, END, Port
from convcalc.render.pictures.graph.placing import BETWEEN, LANE, STRAIGHT, End, Extents, PlacedLink, Placing
from convcalc.render.pictures.graph.series_parallel import Decomposition, Link, Tangle, Vertex, is_loose

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Point

SWEEPS, PASSES = 4, 16
STIFF, STEADY = 1e6, 8  # the weights of the longest way and of lanes, that of other cells being 1
STEP, STEEP = 26, 0.08  # along between two layers, and more of it for every unit that a link goes across there


class LayerCell:
    """What takes up room in a layer: a vertex, what has been reduced to an edge, or a lane of a link that passes."""

    def __init__(self, extents: Extents, inner: Decomposition | None = None):
        self.extents, self.inner = extents, inner
        self.before: list[LayerCell] = []
        self.behind: list[LayerCell] = []
        self.layer = 0
        self.across = 0.0
        self.is_last = self.is_loose = self.is_lane = False

    def precede(self, other: LayerCell) -> None:
        if other not in self.behind:
            self.behind.append(other)
            other.before.append(self)


class GraphLayers:
    """A tangle in layers, before it has a place."""

    def __init__(self, tangle: Tangle, placing: Placing):
        self.placing = placing
        self.cells: dict[Vertex, LayerCell] = {}
        self.ties: list[tuple[LayerCell, LayerCell, Vertex, Decomposition | None]] = []
        for edge in tangle.edges:
            self.add(edge.source, edge.target, edge.inner)
        self.rank()
        self.layers: list[list[LayerCell]] = [[] for _ in range(1 + max(cell.layer for cell in self.all()))]
        for cell in self.all():
            self.layers[cell.layer].append(cell)
        self.lanes: dict[tuple[int, int], list[LayerCell]] = {}  # by the cells at its ends, those that a tie passes
        self.pass_layers()
        self.order()
        self.spread()
        self.steps = [max([0.0, *(cell.extents.along for cell in layer)]) for layer in self.layers]
        self.gaps = [self.gap(layer) for layer in self.layers[:-1]]
        self.extents = Extents(
            max(cell.extents.left - cell.across for layer in self.layers for cell in layer),
            max(cell.extents.right + cell.across for layer in self.layers for cell in layer),
            sum(self.steps) + sum(self.gaps),
        )

    def all(self) -> list[LayerCell]:
        return [*self.cells.values()]

    def cell(self, vertex: Vertex) -> LayerCell:
        found = self.cells.get(vertex)
        if found is None:
            found = self.cells[vertex] = LayerCell(self.placing.size(vertex).extents)
            found.is_last = isinstance(vertex, Port) and not vertex.is_entry
        return found

    def add(self, source: Vertex, target: Vertex, inner: Decomposition) -> None:
        """An edge of the tangle: a tie between two cells, or a cell of its own between them."""
        if isinstance(inner, Link):
            if source != BEGIN and target != END:
                self.tie(self.cell(source), self.cell(target), (source, inner.tensor), inner)
            elif source == BEGIN and target != END:
                self.cell(target).is_loose = inner.is_loose
            elif target == END:
                self.cell(source)
            return
        name = ("edge", len(self.cells))
        found = self.cells[name] = LayerCell(self.placing.extents(inner), inner)
        if source != BEGIN:
            self.tie(self.cell(source), found, (source, name), None)
        else:
            found.is_loose = is_loose(inner, False)
        if target != END:
            self.tie(found, self.cell(target), (name, target), None)
        else:
            found.is_last = not is_loose(inner, True)

    def tie(self, before: LayerCell, behind: LayerCell, lane: Vertex, link: Decomposition | None) -> None:
        before.precede(behind)
        self.ties.append((before, behind, lane, link))

    def rank(self) -> None:
        """The layer of each cell: behind all that it takes; what only begins here lies before what takes it."""
        waiting = {id(cell): len(cell.before) for cell in self.all()}
        ready = [cell for cell in self.all() if not cell.before]
        for cell in ready:
            for behind in cell.behind:
                behind.layer = max(behind.layer, cell.layer + 1)
                waiting[id(behind)] -= 1
                if not waiting[id(behind)]:
                    ready.append(behind)
        for cell in ready:
            if cell.is_loose and not cell.before and cell.behind:
                cell.layer = min(behind.layer for behind in cell.behind) - 1
        last = max(cell.layer for cell in ready)
        for cell in ready:
            if cell.is_last and not cell.behind:
                cell.layer = last

    def pass_layers(self) -> None:
        """Lanes through the layers between the ends of ties; ties of one output share theirs."""
        passed: dict[tuple[Vertex, int], LayerCell] = {}
        for cell in self.all():
            cell.before, cell.behind = [], []
        for before, behind, lane, _ in self.ties:
            cells = []
            last = before
            for layer in range(before.layer + 1, behind.layer):
                if (lane, layer) not in passed:
                    passed[lane, layer] = LayerCell(Extents(LANE / 2, LANE / 2, 0))
                    passed[lane, layer].is_lane = True
                    self.layers[layer].append(passed[lane, layer])
                last.precede(passed[lane, layer])
                last = passed[lane, layer]
                cells.append(last)
            last.precede(behind)
            self.lanes[id(before), id(behind)] = cells

    def order(self) -> None:
        """The cells of each layer in the order of the middles of what they are tied to, with the fewest crossings."""
        best, fewest = [list(layer) for layer in self.layers], self.crossings()
        for sweep in range(SWEEPS):
            downwards = sweep % 2 == 0
            for layer in self.layers if downwards else reversed(self.layers):
                places = {id(cell): place for other in self.layers for place, cell in enumerate(other)}
                middles = {
                    id(cell): middle([places[id(each)] for each in (cell.before if downwards else cell.behind)], place)
                    for place, cell in enumerate(layer)
                }
                layer.sort(key=lambda cell, middles=middles: middles[id(cell)])  # type: ignore[misc]
            found = self.crossings()
            if found < fewest:
                best, fewest = [list(layer) for layer in self.layers], found
        self.layers = best

    def crossings(self) -> int:
        count = 0
        for layer, following in pairwise(self.layers):
            places = {id(cell): place for place, cell in enumerate(following)}
            ends = [sorted(places[id(behind)] for behind in cell.behind) for cell in layer]
            flat = [end for each in ends for end in each]
            count += sum(one > other for place, one in enumerate(flat) for other in flat[place + 1 :])
        return count

    def spread(self) -> None:
        """Where each cell lies across: in the middle of what it is tied to, as far as its neighbours let it."""
        spine = self.spine()
        for layer in self.layers:
            pack(layer, [0.0] * len(layer), spine)
        for number in range(PASSES):
            downwards = number % 2 == 0
            for layer in self.layers if downwards else reversed(self.layers):
                wanted = [
                    0.0
                    if id(cell) in spine
                    else middle([each.across for each in (cell.before if downwards else cell.behind)], cell.across)
                    for cell in layer
                ]
                pack(layer, wanted, spine)

    def spine(self) -> set[int]:
        """The cells of the longest way, which stays straight."""
        length: dict[int, float] = {}
        following: dict[int, LayerCell | None] = {}
        for layer in reversed(self.layers):
            for cell in layer:
                best = max(cell.behind, key=lambda each: length[id(each)], default=None)
                following[id(cell)] = best
                length[id(cell)] = cell.extents.along + (length[id(best)] if best else 0)
        cells = [cell for layer in self.layers for cell in layer]
        place: LayerCell | None = max(cells, key=lambda each: length[id(each)])
        found = set()
        while place:
            found.add(id(place))
            place = following[id(place)]
        return found

    def gap(self, layer: list[LayerCell]) -> float:
        """Between a layer and the next one: more where a link goes far across."""
        far = max([abs(cell.across - behind.across) for cell in layer for behind in cell.behind], default=0)
        return STEP + STEEP * far

    def place(self, across: float, start: float) -> None:
        starts, along = [], start
        for step, gap in zip(self.steps, [*self.gaps, 0], strict=True):
            starts.append(along)
            along += step + gap
        stops = [begin + step for begin, step in zip(starts, self.steps, strict=True)]

        def corners(before: LayerCell, behind: LayerCell) -> tuple[Point, ...]:
            lanes = enumerate(self.lanes[id(before), id(behind)], before.layer + 1)
            return tuple((across + cell.across, end) for layer, cell in lanes for end in (starts[layer], stops[layer]))

        for vertex, cell in self.cells.items():
            begin, end = starts[cell.layer], stops[cell.layer]
            if cell.inner is None:
                self.placing.places[vertex] = (across + cell.across, begin)
                continue
            heads = [End(corners(tie, cell), clear=stops[tie.layer], is_far=True) for tie in self.ends(cell, True)]
            tails = [End(corners(cell, tie), is_far=True) for tie in self.ends(cell, False)]
            head, tail = next(iter(heads), STRAIGHT), next(iter(tails), STRAIGHT)
            self.placing.place(cell.inner, across + cell.across, begin, end, head, tail, is_curved=True)
        for before, behind, _, link in self.ties:
            if isinstance(link, Link):
                self.placing.links.append(
                    PlacedLink(link, corners(before, behind), is_curved=True, clear=stops[before.layer])
                )

    def ends(self, cell: LayerCell, is_head: bool) -> list[LayerCell]:
        """The vertex at which a cell of an edge begins, or ends."""
        found = [
            before if is_head else behind
            for before, behind, _, _ in self.ties
            if cell is (behind if is_head else before)
        ]
        return found[:1]


def middle(places: list[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def pack(layer: list[LayerCell], wanted: list[float], spine: set[int]) -> None:
    """Put the cells of a layer as near as can be to where they are wanted, in their order and none over another.

    Cells that would overlap become one cluster, which lies where the sum of the squares is least.
    """
    clusters: list[tuple[float, float, int]] = []  # sums of what is wanted, less the offsets, and of weights; how many
    offsets, offset = [], 0.0
    for place, cell in enumerate(layer):
        if place:
            before = layer[place - 1]
            gap = LANE / 2 if before.is_lane and cell.is_lane else BETWEEN
            offset += before.extents.right + gap + cell.extents.left
        offsets.append(offset)
        weight, number = STIFF if id(cell) in spine else STEADY if cell.is_lane else 1.0, 1
        total = (wanted[place] - offset) * weight
        while clusters and clusters[-1][0] / clusters[-1][1] >= total / weight:
            other, more, count = clusters.pop()
            total, weight, number = total + other, weight + more, number + count
        clusters.append((total, weight, number))
    place = 0
    for total, weight, number in clusters:
        for index in range(place, place + number):
            layer[index].across = total / weight + offsets[index]
        place += number
