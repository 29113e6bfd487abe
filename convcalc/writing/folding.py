"""A network that a program or a file has written out, as a person would say it: its branches, its blocks, its repeats.

Nothing that is computed changes: layers keep their names, their order and what they take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.joining import BLOCKS
from convcalc.network.load import graph_of
from convcalc.spec import BranchItem, Item, Items, LayerItem, Place, RepeatItem, Spec, UseItem, map_items, reword
from convcalc.tuples import NamedTuple
from convcalc.writing.blocks import Blocks
from convcalc.writing.facts import outcomes
from convcalc.writing.naming import repeats_of, uses_of, with_few_names, with_labels
from convcalc.writing.program.elements import ListRun, Wiring, record_items

if TYPE_CHECKING:
    from convcalc.network import Graph


class Segment(NamedTuple):
    """Items that belong together, and the nodes that they add."""

    items: Items
    start: int
    stop: int

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.stop


def in_few_words(spec: Spec, graph: Graph) -> tuple[Spec, Graph]:
    """A spec that was written elsewhere with branches, blocks and repeats, and its graph, which is the same."""
    folded = folded_spec(spec)
    again = graph_of(folded)
    return (folded, again) if outcomes(again) == outcomes(graph) else (spec, graph)


def folded_spec(spec: Spec) -> Spec:
    """The spec with branches for what is joined, blocks for groups that are alike, and repeats."""
    graph, run = record_items(spec)
    folder = Folder(graph)
    folder.find_groups(run)
    items = folder.items(run, len(graph.inputs) - 1)
    blocks = Blocks(spec, items)
    items = blocks.with_uses(items)
    items = with_labels(repeats_of(with_few_names(items)))
    lists = [items]
    found = {}
    for name, block in reversed(blocks.found.items()):  # those that use others first
        is_named = all(use.name for use in uses_of(name, lists))
        inner = with_labels(repeats_of(with_few_names(block.items, True if is_named else None)))
        lists.append(inner)
        found[name] = block._replace(items=with_places(inner))
    return spec._replace(items=with_places(items), blocks=dict(reversed(found.items())))


class Folder:
    """Folds the lists of one graph."""

    def __init__(self, graph: Graph):
        self.graph, self.wiring = graph, Wiring(graph)
        self.groups: dict[int, str] = {}  # the outermost group that ends with a node

    def find_groups(self, run: ListRun) -> None:
        for part in run.parts:
            if isinstance(part.item, RepeatItem) and part.item.name and len(part.runs) == 1:
                self.groups.setdefault(part.stop - 1, run.prefix + part.item.name)
            for inner in part.runs:
                self.find_groups(inner)

    def items(self, run: ListRun, begin: int) -> Items:
        """A list of layers that begins behind a node, with its branches."""
        segments: list[Segment] = []
        current = begin
        for part in run.parts:
            item = part.item
            assert item is not None
            if isinstance(item, LayerItem) and item.activates and segments:
                last = segments.pop()
                segments.append(Segment((*last.items, item), last.start, part.stop))
            else:
                segments.append(
                    Segment((self.item(item, part.runs, run, part.start, part.stop, current),), part.start, part.stop)
                )
            current = part.stop - 1
            self.fold_join(segments, begin)
        return tuple(item for segment in segments for item in segment.items)

    def item(self, item: Item, runs: list[ListRun], run: ListRun, start: int, stop: int, current: int) -> Item:
        if isinstance(item, LayerItem):
            return reword(item, source=self.names(start, current, run)) if item.source else item
        if isinstance(item, RepeatItem) and len(runs) == 1 and item.times == "1":
            group = self.group(item, runs[0], run, start, current)
            other = self.whose_weights(range(start, stop), f"{run.prefix}{item.name}.") if item.name else ""
            if other:
                return group._replace(weights=other.removeprefix(run.prefix), items=with_own_weights(group.items))
            return group
        return item

    def group(self, item: RepeatItem, inside: ListRun, run: ListRun, start: int, current: int) -> RepeatItem:
        inputs = self.wiring.inputs((start, start + 1))
        begin = inputs[0] if len(inputs) == 1 and not item.source else current
        inner = self.items(inside, begin)
        if begin != current and self.takes_only(inside, begin):
            return item._replace(items=begun(inner), source=(self.name(begin, run.prefix, start),))
        return item._replace(items=inner if begin == current else self.items(inside, current))

    def whose_weights(self, nodes: range, prefix: str) -> str:
        """The group whose weights all layers of another one use, each those of the layer of its name; "" if none."""
        groups = set()
        for node in map(self.graph.nodes.__getitem__, nodes):
            assert node.applied
            weights, name = node.applied.values.get("weights") or "", f".{node.name[len(prefix) :]}"
            if weights.endswith(name):
                groups.add(weights.removesuffix(name))
            elif weights or node.applied.setting.kind.parameters != "0":
                return ""
        return groups.pop() if len(groups) == 1 else ""

    def takes_only(self, run: ListRun, node: int) -> bool:
        span = run.parts[0].start, run.parts[-1].stop
        return self.wiring.inputs(span) == (node,) and self.wiring.exports(span) in ((span[1] - 1,), ())

    # Names

    def names(self, node: int, current: int, run: ListRun) -> tuple[str, ...]:
        """What a layer takes, in the shortest names from where it is; none where that is the layer before."""
        inputs = self.graph.nodes[node].inputs
        return () if inputs == (current,) else tuple(self.name(index, run.prefix, node) for index in inputs)

    def name(self, index: int, prefix: str, user: int) -> str:
        """The name of a node for another one in the groups of a prefix: within the innermost of them that has it."""
        full = self.groups.get(index) or self.graph.nodes[index].name
        around = prefix
        while True:
            if full.startswith(around):
                short = full[len(around) :]
                if short and not self.is_shadowed(short, around, prefix, user):
                    return short
            if not around:
                return f".{full}"
            around = around[:-1].rpartition(".")[0]
            around = f"{around}." if around else ""

    def is_shadowed(self, short: str, around: str, prefix: str, user: int) -> bool:
        """Whether a group further in has something of that name above."""
        inner = prefix
        while len(inner) > len(around):
            if any(f"{node.name}.".startswith(f"{inner}{short}.") for node in self.graph.nodes[:user]):
                return True
            inner = inner[:-1].rpartition(".")[0]
            inner = f"{inner}." if inner else ""
        return False

    # Branches

    def fold_join(self, segments: list[Segment], begin: int) -> None:
        """Make a branch of the last segment and of those before it, where that joins them."""
        join = segments[-1]
        item = join.items[0]
        if not isinstance(item, LayerItem) or len(join.items) > 1 or join.stop - join.start != 1:
            return
        kind, inputs = item.written.kind, self.graph.nodes[join.start].inputs
        if not kind.block or len(inputs) < 2 or len(set(inputs)) < len(inputs) or item.written.weights:
            return
        if item.written.args:
            return  # paths without labels have no place for an axis
        found = self.paths(segments[:-1], inputs, join.start, begin)
        if found is None:
            return
        count, explicit = found
        paths: list[Items | str] = [explicit.get(index, "identity") for index in inputs]
        if kind is BLOCKS["concat"]:
            if max(map(concat_depth, explicit.values())) > (len(explicit) == len(inputs)):
                return  # skips that lie around each other are said by their names
            if [index for index in inputs if index in explicit] != sorted(explicit):
                return  # they would be run in another order
        else:
            paths = [*(explicit[index] for index in sorted(explicit)), *["identity"] * (len(inputs) - len(explicit))]
            if len(paths) != 2 or (kind is BLOCKS["gate"] and paths[1] != "identity"):
                return
        start = segments[len(segments) - 1 - count].start
        labelled = tuple(("", path) for path in paths)
        branch = BranchItem(kind.name, labelled, item.name, item.place)
        del segments[len(segments) - 1 - count :]
        segments.append(Segment((branch,), start, join.stop))

    def paths(
        self, segments: list[Segment], inputs: tuple[int, ...], join: int, begin: int
    ) -> tuple[int, dict[int, Items]] | None:
        """How many segments lie on the paths to a join, and the paths by their last nodes; None if they do not nest.

        The paths lie one behind the other, and all begin at what is before the first of them.
        """
        ends = {segment.stop - 1: place for place, segment in enumerate(segments)}
        places = sorted(ends[index] for index in inputs if index in ends)
        outside = [index for index in inputs if index not in ends]
        if not places or places[-1] != len(segments) - 1 or len(outside) > 1:
            return None
        forks: list[tuple[int, list[int]]] = []  # what all begin at, and the places at which paths end
        if outside == [begin]:
            forks.append((-1, places))
        elif not outside:
            forks.append((places[0], places[1:]))
            inside = self.wiring.inputs((segments[places[-2]].stop, join)) if len(places) > 1 else ()
            if len(inside) == 1 and (inside[0] == begin or inside[0] in ends):
                forks.append((ends.get(inside[0], -1), places))
        for place, explicit in forks:
            fork = segments[place].stop - 1 if place >= 0 else begin
            found = self.paths_from(segments, place, fork, explicit, join)
            if found is not None:
                return len(segments) - 1 - place, found
        return None

    def paths_from(
        self, segments: list[Segment], place: int, fork: int, explicit: list[int], join: int
    ) -> dict[int, Items] | None:
        """The paths by their last nodes, each of which takes the fork only, and gives its end to the join only."""
        found: dict[int, Items] = {}
        for end in explicit:
            if end <= place:
                return None
            inside = segments[place + 1 : end + 1]
            span = inside[0].start, inside[-1].stop
            last = span[1] - 1
            if self.wiring.inputs(span) != (fork,) or self.wiring.users[last] != [join]:
                return None
            if self.wiring.exports(span) != (last,) or last in self.wiring.outputs:
                return None
            found[last] = begun(tuple(item for segment in inside for item in segment.items))
            place = end
        return found or None


def concat_depth(items: Items) -> int:
    """How many concatenations lie in each other."""
    depths = [0]
    for item in items:
        if isinstance(item, RepeatItem):
            depths.append(concat_depth(item.items))
        elif isinstance(item, BranchItem):
            paths = (path for _, path in item.paths if not isinstance(path, str))
            depths.append((item.join == BLOCKS["concat"].name) + max(map(concat_depth, paths)))
    return max(depths)


def begun(items: Items) -> Items:
    """Items whose first one takes what the list begins at, without saying so."""
    first, *others = items
    if isinstance(first, RepeatItem) and not first.source and first.items:
        return (first._replace(items=begun(first.items)), *others)
    if isinstance(first, (LayerItem, RepeatItem, BranchItem, UseItem)) and len(first.source) == 1:
        return (reword(first, source=()), *others)
    return items


def with_own_weights(items: Items) -> Items:
    """Items that do not say whose weights they use, for the group around them does."""

    def own(item: Item) -> Item:
        return reword(item, weights="") if isinstance(item, (LayerItem, RepeatItem)) else item

    return map_items(items, own)


def with_places(items: Items) -> Items:
    """Items each with a place of its own, by which its layers are known."""
    return map_items(items, lambda each: each._replace(place=Place(1, 1)))
