"""Which layers the variables of pasted lines are: every line's tensors, once all lines are read, by their names.

A variable is what it was last assigned; one that nothing assigns is what comes before the line that uses it.  A layer
that a line calls, `self.conv1(x)`, is where it is called and not where it is written; called again, it has the weights
that it has already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from convcalc.problem import Diagnostic, Problem, problem
from convcalc.spec import PREVIOUS, BranchItem, BrokenItem, Item, Items, LayerItem, Place, RepeatItem, UseItem, reword
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.layers.values import Raw
    from convcalc.readers.line import LineReader

MARK = "\0"  # before the number of a flow, as the name of its item; twice, before a variable whose sides are meant
NAMELESS = "what goes into a repeat or a block has no name in it"


class Flow(NamedTuple):
    """What a line does with tensors: the variables, or the flows before it, that go in, and what its output is called.

    The item that has its mark for a name stands for it: a broken one for a layer that is written elsewhere, or none.
    """

    place: Place
    operands: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    name: str = ""  # that its layer has itself
    layer: str = ""  # the layer that it calls
    role: str = "layer"  # "input", "alias" and "output" make none
    shape: str = ""  # of an input
    lost: tuple[str, ...] = ()  # what else comes out, which is not read
    is_reused: bool = False  # a target is a variable that the line itself uses: no name for a layer


class Point:
    """Where a tensor comes from: an item of a list, or what goes into one; a name or a stem for one if it has none."""

    __slots__ = ("activations", "item", "name", "needed", "paths", "sides", "sources", "variables")

    def __init__(self, name: str = "", item: Item | None = None, activations: Items = ()):
        self.name, self.item, self.activations = name, item, activations
        self.sources: tuple[Point | str, ...] = ()
        self.sides: dict[Raw, Point] = {}  # of which layers its values are the sides
        self.paths: tuple[list[Point], ...] = ()  # those inside it
        self.variables: tuple[str, ...] = ()
        self.needed = False  # by its name


Known: TypeAlias = "dict[str, Point | None]"  # None: it is not read


class Connection:
    """The items of a network or of a block, and what every variable in its lines is.

    `inputs` are what goes into it by their names, none in a block.
    """

    def __init__(self, reader: LineReader, inputs: tuple[str, ...]):
        self.reader, self.flows = reader, reader.flows
        self.inputs = [Point(name) for name in inputs]
        self.given: list[tuple[str, str, Place]] = []  # inputs that lines make
        self.layers: dict[str, tuple[Item, Items]] = {}  # those that are called, where they are written
        self.calls: Counter[str] = Counter()
        self.called = {flow.layer for flow in self.flows.values() if flow.layer}
        self.points: dict[str, Point] = {}  # by the marks of their flows
        self.assigned = Counter(name for flow in self.flows.values() for name in flow.targets)
        self.reused = {name for flow in self.flows.values() if flow.is_reused for name in flow.targets}
        self.taken: set[str] = set()

    def connect(self, items: Items) -> Items:
        known: Known = {point.name: point for point in self.inputs} if len(self.inputs) > 1 else {}
        points = self.level(items, known, self.inputs[0] if self.inputs else Point())
        if items and not points and not self.reader.findings:
            self.reader.note(problem("L031", "these lines make no layer", "x = conv1(x)"), items[0].place)
        self.give_names(points)
        return tuple(self.items_of(points))

    # What comes from where

    def level(self, items: Items, known: Known, previous: Point) -> list[Point]:
        """The points of a list of items, behind one; what its lines assign joins what is known."""
        found: list[Point] = []
        for item, activations in with_activations(items):
            flow = self.flows.get(item.name)
            try:
                if flow is None:
                    point = self.plain(item, activations, known, previous)
                else:
                    point = self.flowing(flow, item, activations, known, previous)
            except Problem as error:
                self.reader.note(error, item.place)
                point = Point("", BrokenItem("", item.place))
            if point is not None:
                found.append(point)
                previous = point
        return found

    def plain(self, item: Item, activations: Items, known: Known, previous: Point) -> Point | None:
        """An item that no line of a program is; none where it is called by one further down."""
        name = item.name
        if name in self.called and name not in self.layers and not isinstance(item, BrokenItem) and not item.source:
            self.layers[name] = item, activations
            return None
        if self.reader.layers_assigned.get(name) and self.called:
            message = f"self.{name} is called nowhere: it is left out"
            mark = item.place.mark(self.reader.source)
            self.reader.notes.append(Diagnostic("W009", message, f"x = self.{name}(x)", mark, severity="note"))
            return None
        point = Point(name, item, activations)
        self.enter(point, known, previous)
        if name:
            known[name] = point
        return point

    def enter(self, point: Point, known: Known, previous: Point) -> None:
        """The items inside one: each of its paths goes out from what goes into it."""
        item = point.item
        if isinstance(item, RepeatItem):
            begin = previous if item.times == "1" and not item.source else Point()
            point.paths = (self.level(item.items, dict(known), begin),)
        elif isinstance(item, BranchItem):
            begin = Point() if item.source else previous
            paths = (path for _, path in item.paths if not isinstance(path, str))
            point.paths = tuple(self.level(path, dict(known), begin) for path in paths)

    def flowing(self, flow: Flow, item: Item, activations: Items, known: Known, previous: Point) -> Point | None:
        if flow.role == "input":
            (name,) = flow.targets or ("input",)
            self.given.append((name, flow.shape, flow.place))
            point = Point(name)
            known.update(dict.fromkeys(flow.targets, point))
            if not self.inputs:
                self.inputs.append(point)
            return None
        sources = [self.source(name, flow, known, previous) for name in flow.operands]
        known.update(dict.fromkeys(flow.lost))
        if flow.role != "layer":
            (source,) = sources
            if isinstance(source, str):
                raise self.unknown(source)
            if flow.role == "output" and source is not previous:
                message = f"{flow.operands[0]} is returned, and other layers come behind it"
                raise problem("N005", message, f"say it in the spec: outputs: [{flow.operands[0]}]")
            known.update(dict.fromkeys(flow.targets, source))
            return None
        point = self.layer_called(flow, known) if flow.layer else Point(flow.name, item, activations)
        kind = point.item.written.kind if isinstance(point.item, LayerItem) else None
        if flow.layer or point.item is item:
            self.enter(point, known, previous)
        point.sources = tuple(self.connected(sources, kind, point, previous))
        for raw in sides_named(point.item):
            side = self.source(raw[1:], flow._replace(operands=(raw[1:], "")), known, previous)
            if isinstance(side, str):
                raise self.unknown(side)
            point.sides[raw], side.needed = side, True
        point.variables = flow.targets
        self.points[item.name] = point
        known.update(dict.fromkeys(flow.targets, point))
        return point

    def source(self, name: str, flow: Flow, known: Known, previous: Point) -> Point | str:
        """What a variable is; one that nothing assigns is what comes before, where it is the only one."""
        if name in self.points:
            return self.points[name]
        if not name:
            return previous
        if name in known:
            found = known[name]
            if found is None:
                message = f'"{name}" is the state or the second output of a layer, which is not read'
                raise problem("N002", message, "the last step of the output is out[:, -1]")
            return found
        if len(set(flow.operands)) > 1:
            return name
        known[name] = previous
        return previous

    def connected(
        self, sources: list[Point | str], kind: Kind | None, point: Point, previous: Point
    ) -> Iterator[Point | str]:
        """The sources of an item, of which one that comes right before it has not to be said."""
        if kind is not None and kind.rules == "recurrent":
            sources = sources[:1]  # its state goes in, too
        if kind is not None and kind.inputs < 0 and len(set(map(id, sources))) == 1:
            sources = sources[:1]  # queries, keys and values alike
        if sources == [previous]:
            return
        for source in sources:
            if isinstance(source, Point) and not (source.item or source.name):
                if source is not previous:
                    raise problem("N002", NAMELESS, "name a layer in front of it: - identity name=a")
                source = PREVIOUS
            elif isinstance(source, Point):
                source.needed = True
            yield source

    def layer_called(self, flow: Flow, known: Known) -> Point:
        """A layer where a line calls it, with the weights that it has where that is not the first time."""
        if flow.layer not in self.layers:
            hint = f"write further up which layer it is, as - self.{flow.layer} = nn.Conv2d(3, 64, 3)"
            raise problem("N002", f'there is no layer "{flow.layer}" above', hint)
        item, activations = self.layers[flow.layer]
        self.calls[flow.layer] += 1
        if self.calls[flow.layer] == 1:
            return Point(flow.layer, item, activations)
        has_weights = not isinstance(item, LayerItem) or item.written.kind.parameters != "0"
        name = f"{flow.layer}_{self.calls[flow.layer]}"
        return Point(name, reword(item, weights=flow.layer) if has_weights else item, activations)

    def unknown(self, name: str) -> Problem:
        return problem("N002", f'there is no layer "{name[:60]}" above', f"{name} = … further up")

    # Names

    def give_names(self, points: list[Point]) -> None:
        """A name for every point: its own, or the variable that nothing else is called, or if it needs one."""
        every = list(all_points(points))
        self.taken = {point.name for point in every} | set(self.layers)
        counts: Counter[str] = Counter()
        for point in every:
            if not point.name:
                variable = next((name for name in point.variables if self.names(name)), "")
                if variable not in self.taken:
                    point.name = variable
                    self.taken.add(variable)
            if not point.name:
                stem = stem_of(point.item)
                counts[stem] += 1
                if point.needed:
                    point.name = self.fresh(stem, counts)

    def names(self, variable: str) -> bool:
        """Whether a variable is the name of what is assigned to it: once, and not from itself."""
        return self.assigned[variable] == 1 and variable not in self.reused

    def fresh(self, stem: str, counts: Counter[str]) -> str:
        separator = "_" if stem[-1:].isdigit() else ""
        while (name := f"{stem}{separator}{counts[stem]}") in self.taken:
            counts[stem] += 1
        self.taken.add(name)
        return name

    # The items as they are then

    def items_of(self, points: list[Point]) -> Iterator[Item]:
        for point in points:
            item = point.item
            assert item is not None
            paths = iter([tuple(self.items_of(path)) for path in point.paths])
            if isinstance(item, RepeatItem):
                item = item._replace(items=next(paths))
            elif isinstance(item, BranchItem):
                inner = tuple((label, path if isinstance(path, str) else next(paths)) for label, path in item.paths)
                item = item._replace(paths=inner)
            if point.sources:
                names = tuple(source if isinstance(source, str) else source.name for source in point.sources)
                item = reword(item, source=names)
            if point.sides:
                sides = {raw: side.name for raw, side in point.sides.items()}
                assert isinstance(item, LayerItem)
                args = tuple((key, sides.get(raw, raw)) for key, raw in item.written.args)
                item = item._replace(written=item.written._replace(args=args))
            yield item._replace(name=point.name)
            yield from point.activations


def with_activations(items: Items) -> Iterator[tuple[Item, Items]]:
    """Every item, and the activations that belong to it."""
    begin = 0
    for end in range(1, len(items) + 1):
        following = items[end] if end < len(items) else None
        if not (isinstance(following, LayerItem) and following.activates):
            yield items[begin], items[begin + 1 : end]
            begin = end


def sides_named(item: Item | None) -> list[str]:
    """The values of a layer that are the sides of another, each a mark and its variable."""
    args = item.written.args if isinstance(item, LayerItem) else ()
    return [raw for _, raw in args if isinstance(raw, str) and raw[:1] == MARK]


def all_points(points: list[Point]) -> Iterator[Point]:
    for point in points:
        yield point
        for path in point.paths:
            yield from all_points(path)


def stem_of(item: Item | None) -> str:
    """What an automatic name of an item begins with."""
    if isinstance(item, LayerItem):
        return item.written.kind.name
    if isinstance(item, UseItem):
        return item.block
    return item.join if isinstance(item, BranchItem) else "group"
