"""Groups of layers that are alike become blocks; what differs between them are the parameters of the block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.kinds import NAMES, plain
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.layers import REQUIRED, Key, key_names
from convcalc.readers.line import BODY_WORDS, WRAPPER_NAMES
from convcalc.spec import Block, BranchItem, LayerItem, Place, RepeatItem, UseItem, items_within, map_items
from convcalc.tuples import NamedTuple
from convcalc.writing.naming import free_name, with_inner
from convcalc.writing.shorthand import value_text

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.spec import Item, Items, Spec, WrittenLayer

NOWHERE = Place(1, 1)
PLAIN = frozenset(("Sequential", "ModuleList", "ModuleDict"))  # classes that say nothing of what is in them
LARGEST_MULTIPLE = 8
WORDS = re.compile(r"(?<=[a-z0-9A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")  # where BasicBlock and SEBlock are split
CHANNELS = frozenset(("f", "g"))  # letters of numbers of channels: of filters, and of the groups of a depthwise one


class Slot(NamedTuple):
    """A number of a layer, or of a use of a block, that may differ between groups."""

    name: str  # of a parameter that stands for it
    raw: Raw
    value: str  # as a text
    usual: str  # what it is where nothing is said; "" where something has to be

    @property
    def is_number(self) -> bool:
        return self.value.isdecimal() or self.value in ("yes", "no")


class Blocks:
    """The blocks of a spec that says none."""

    def __init__(self, spec: Spec, items: Items):
        self.convention = CONVENTIONS[spec.convention]
        self.found: dict[str, Block] = {}
        self.families: dict[Any, list[RepeatItem]] = {}
        for group in (item for item in items_within(items, {}) if isinstance(item, RepeatItem) and is_group(item)):
            self.families.setdefault(self.signature(group), []).append(group)
        self.uses: dict[Any, list[UseItem]] = {}  # by signature, those of all its groups

    def with_uses(self, items: Items) -> Items:
        """Items in which groups that are alike are uses of blocks."""
        return tuple(map(self.with_use, items))

    def with_use(self, item: Item) -> Item:
        if not isinstance(item, RepeatItem) or not is_group(item) or not self.is_block(item):
            return with_inner(item, self.with_uses)
        signature = self.signature(item)
        if signature not in self.uses:
            self.define(signature)
        place = next(index for index, each in enumerate(self.families[signature]) if each is item)
        return self.uses[signature][place]

    def is_block(self, group: RepeatItem) -> bool:
        """Whether there are more groups like it, all of whose layers take what is inside."""
        family = self.families.get(self.signature(group), [])
        layers = sum(1 for _ in leaves(group.items))
        return len(family) > 1 and layers > 1 and group.of_class not in PLAIN and stands_alone(group.items)

    # What groups have in common

    def signature(self, group: RepeatItem) -> Any:
        return (group.of_class, tuple(map(self.shape, group.items)))

    def shape(self, item: Item) -> Any:
        """An item without its numbers."""
        if isinstance(item, LayerItem):
            written = item.written
            slots = tuple((slot.name, "" if slot.is_number else slot.value) for slot in self.slots(item))
            more = written.source, written.weights, written.activation, item.activates, item.optional
            return (written.kind.name, written.framework, written.dims, slots, item.name, more)
        if isinstance(item, RepeatItem):
            inner = tuple(map(self.shape, item.items))
            return ("repeat", item.times, item.name, item.source, item.shared, item.of_class, item.weights, inner)
        if isinstance(item, BranchItem):
            paths = tuple(path if isinstance(path, str) else tuple(map(self.shape, path)) for _, path in item.paths)
            return ("branch", item.join, item.name, item.source, item.axis, paths)
        assert isinstance(item, UseItem)
        return ("use", item.block, item.name, item.source, tuple(name for name, _ in item.args))

    def slots(self, item: Item) -> list[Slot]:
        """The values of a layer or of a use, those that go without saying among them."""
        if isinstance(item, UseItem):
            given = dict(item.args)
            pairs = [(name, str(given.get(name, usual)), usual or "") for name, usual in self.found[item.block].params]
            return [Slot(name, text, text, usual) for name, text, usual in pairs]
        if not isinstance(item, LayerItem):
            return []
        args = dict(item.written.args)
        found = []
        for key in item.written.kind.settings:
            usual = self.usual(item.written, key)
            if key.name not in args and not usual:
                continue
            if key.hidden or key.type in ("check", "ignored") or (key.quiet and key.name not in args):
                continue
            raw = args.get(key.name, usual)
            found.append(Slot(key.symbol or key.name, raw, value_text(key, raw), usual))
        return found

    def usual(self, written: WrittenLayer, key: Key) -> str:
        """The default of a key where that is a number; "" where it is none."""
        default = self.convention.defaults.get((written.kind.rules, key.name), key.default)
        if isinstance(default, str) and default[:1] == "=":
            other = key_names(written.kind)[default[1:]]
            raw = dict(written.args).get(other.name)
            return value_text(other, raw) if raw is not None else ""
        if isinstance(default, bool):
            return "yes" if default else "no"
        return str(default) if isinstance(default, int) and default is not REQUIRED else ""

    # Blocks

    def define(self, signature: Any) -> None:
        """The block of a family, and how each of its groups uses it."""
        groups = self.families[signature]
        bodies = [self.with_uses(group.items) for group in groups]
        listed = [[slot for leaf in leaves(body) for slot in self.slots(leaf)] for body in bodies]
        columns = list(zip(*listed, strict=True))
        params = Params(len(groups))
        texts = iter([params.text(column) for column in columns])
        items = map_items(bodies[0], lambda item: self.with_values(item, texts))
        name = self.block_name(groups)
        declared = tuple((param, params.default(param)) for param in params.values)
        self.found[name] = Block(name, declared, items, NOWHERE)
        self.uses[signature] = [
            UseItem(name, params.args(index), group.name, NOWHERE, group.optional, group.source, group.weights)
            for index, group in enumerate(groups)
        ]

    def with_values(self, item: Item, texts: Iterator[Raw]) -> Item:
        """A layer or a use with other texts for its values."""
        if isinstance(item, UseItem):
            pairs = [(name, next(texts), usual) for name, usual in self.found[item.block].params]
            return item._replace(args=tuple((name, text) for name, text, usual in pairs if text != usual))
        if not isinstance(item, LayerItem):
            return item
        names = {}
        for slot in self.slots(item):
            names[slot.name] = next(texts)
        args = []
        for key in item.written.kind.settings:
            if (key.symbol or key.name) in names and not (key.hidden or key.type in ("check", "ignored")):
                args.append((key.name, names.pop(key.symbol or key.name)))
        return item._replace(written=item.written._replace(args=tuple(args)))

    def block_name(self, groups: list[RepeatItem]) -> str:
        """The class of groups, or what their names have in common, as the name of a block."""
        stem = WORDS.sub("_", groups[0].of_class).lower() or common_stem([group.name for group in groups])
        if plain(stem) in NAMES or stem in BODY_WORDS or stem in WRAPPER_NAMES:
            stem = f"{stem}_block"
        return free_name(stem, self.found)


class Params:
    """The parameters of one block, found as its values are gone through."""

    def __init__(self, count: int):
        self.count = count
        self.values: dict[str, tuple[str, ...]] = {}  # one for each group
        self.usual: dict[str, str] = {}

    def text(self, column: tuple[Slot, ...]) -> Raw:
        """What is written for values that stand at the same place in all groups."""
        values = tuple(slot.value for slot in column)
        if len(set(values)) == 1:
            return column[0].raw
        slot = column[0]
        for name, known in self.values.items():
            if known == values and (stem_of(name) == slot.name or {stem_of(name), slot.name} <= CHANNELS):
                return name
            times = multiple(values, known) if stem_of(name) == slot.name == "f" else 0
            if times:
                return f"{times}*{name}"
            if slot.name == "p" and stem_of(name) == "k" and values == tuple(str(int(each) // 2) for each in known):
                return f"{name}//2"
        name = free_name(slot.name, self.values, "_")  # f2 is 2 filters
        self.values[name], self.usual[name] = values, slot.usual
        return name

    def default(self, name: str) -> str | None:
        usual = self.usual[name]
        return usual if usual in self.values[name] else None

    def args(self, index: int) -> tuple[tuple[str, str], ...]:
        pairs = ((name, values[index]) for name, values in self.values.items())
        return tuple((name, value) for name, value in pairs if value != self.default(name))


def multiple(values: tuple[str, ...], known: tuple[str, ...]) -> int:
    """How many times others all values are; 0 where they are not."""
    if not all(value.isdecimal() for value in (*values, *known)) or "0" in known:
        return 0
    quotients = {int(value) / int(other) for value, other in zip(values, known, strict=True)}
    times = quotients.pop() if len(quotients) == 1 else 0
    return int(times) if times == int(times) and 1 < times <= LARGEST_MULTIPLE else 0


def stem_of(name: str) -> str:
    return name.rstrip("0123456789").rstrip("_")


def common_stem(names: list[str]) -> str:
    """What most names begin with, without their numbers; `block` where that is nothing."""
    stems = Counter(re.sub(r"[\W\d_]+\w?$", "", re.sub(r"\W", "_", name)) for name in names)
    stem, _ = stems.most_common(1)[0]
    return stem if stem.replace("_", "").isidentifier() else "block"


def is_group(item: Item) -> bool:
    return isinstance(item, RepeatItem) and item.times == "1" and bool(item.name) and not item.shared


def leaves(items: Items) -> Iterator[Item]:
    """The layers and uses in items, in order."""
    return (item for item in items_within(items, {}) if not isinstance(item, (RepeatItem, BranchItem)))


def stands_alone(items: Items) -> bool:
    """Whether layers take nothing from outside but what their list begins at."""
    known: set[str] = set()

    def names(listed: Items, prefix: str) -> None:
        for item in listed:
            known.add(prefix + item.name)
            if isinstance(item, RepeatItem):
                names(item.items, f"{prefix}{item.name}." if item.name else prefix)
            elif isinstance(item, BranchItem):
                for _, path in item.paths:
                    names(() if isinstance(path, str) else path, prefix)

    names(items, "")
    sources = [name for item in items_within(items, {}) for name in getattr(item, "source", ())]
    suffixes = {name[place:] for name in known for place in range(len(name)) if place == 0 or name[place - 1] == "."}
    return all(name in suffixes for name in sources)
