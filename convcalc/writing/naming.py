"""Names that layers have by themselves are not said, and what stands several times behind itself is said once."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from itertools import chain, count

from convcalc.kinds import find
from convcalc.network.assembly import Scope
from convcalc.spec import BranchItem, BrokenItem, Item, Items, LayerItem, RepeatItem, UseItem, items_within, map_items

MAX_PERIOD = 64  # layers that are repeated together


def free_name(stem: str, taken: Container[str], between: str = "") -> str:
    """A name that is not taken: the stem itself, or with a number from 2 on."""
    numbered = (f"{stem}{between}{number}" for number in count(2))
    return next(name for name in chain((stem,), numbered) if name not in taken)


def with_inner(item: Item, change: Callable[[Items], Items]) -> Item:
    """An item with a change to the lists in it: the turn of a repeat, the paths of a branch."""
    if isinstance(item, RepeatItem):
        return item._replace(items=change(item.items))
    if isinstance(item, BranchItem):
        paths = ((label, path if isinstance(path, str) else change(path)) for label, path in item.paths)
        return item._replace(paths=tuple(paths))
    return item


def with_few_names(items: Items, numbered: bool | None = False) -> Items:
    """Items without the names that their layers get anyway, list by list.

    Blocks without a name are `numbered` in it, or called by what they are; None: one or the other.
    """
    items = tuple(map(inner_names_dropped, items))
    kept: set[str] = set()
    while True:
        wrong = first_wrong(items, kept, numbered)
        if not wrong:
            return tuple(nameless(item, kept, numbered) for item in items)
        kept.add(wrong)


def inner_names_dropped(item: Item) -> Item:
    """A group whose own lists have few names."""
    if isinstance(item, RepeatItem) and item.name:
        return item._replace(items=with_few_names(item.items, item.times == "1"))
    return with_inner(item, lambda inner: tuple(map(inner_names_dropped, inner)))


def stem_of_item(item: Item) -> str:
    """What an item without a name is called by: its kind, its join, its block."""
    if isinstance(item, LayerItem):
        return item.written.kind.name
    return item.join if isinstance(item, BranchItem) else item.block if isinstance(item, UseItem) else ""


def may_drop(item: Item, kept: set[str], numbered: bool | None) -> bool:
    stem = stem_of_item(item)
    if not item.name or not stem or item.name in kept:
        return False
    if isinstance(item, UseItem) and numbered is not False:
        return bool(numbered) and item.name.isdecimal()
    return re.fullmatch(rf"{re.escape(stem)}_?\d+", item.name) is not None


def first_wrong(items: Items, kept: set[str], numbered: bool | None) -> str:
    """The first name that would be another if it were dropped, with all others that may be; "" where there is none."""
    taken = frozenset(item.name for item in items if item.name and not may_drop(item, kept, numbered))
    scope = Scope("", {}, taken, bool(numbered))
    named: dict[str, int] = {}
    for item in in_order(items):
        stem = stem_of_item(item)
        if not stem or (item.name and not may_drop(item, kept, numbered)):
            name = item.name
        elif isinstance(item, UseItem) and numbered:
            name = scope.next_number()
        else:
            name = scope.fresh(stem, named)
        if item.name and name != item.name:
            return item.name
        named[name] = 1
    return ""


def in_order(items: Items) -> Iterator[Item]:
    """The items that are named in one scope, in the order in which they are."""
    for item in items:
        if isinstance(item, RepeatItem) and not item.name:
            for _ in range(int(item.times) if item.times.isdecimal() else 1):
                yield from in_order(item.items)
            continue
        yield item
        if isinstance(item, BranchItem):
            for label, path in item.paths:
                if not label and not isinstance(path, str):
                    yield from in_order(path)


def nameless(item: Item, kept: set[str], numbered: bool | None) -> Item:
    if may_drop(item, kept, numbered):
        item = item._replace(name="")
    if isinstance(item, BranchItem):
        paths = (
            (label, path if isinstance(path, str) or label else tuple(nameless(each, kept, numbered) for each in path))
            for label, path in item.paths
        )
        return item._replace(paths=tuple(paths))
    if isinstance(item, RepeatItem) and not item.name:
        return item._replace(items=tuple(nameless(each, kept, numbered) for each in item.items))
    return item


def best_run(texts: Sequence[object], start: int) -> tuple[int, int]:
    """(period, times) of the repetition from a place on that saves the most; (1, 1) where there is none."""
    best = (1, 1)
    for period in range(1, min(MAX_PERIOD, (len(texts) - start) // 2) + 1):
        times, unit = 1, texts[start : start + period]
        while texts[start + times * period : start + (times + 1) * period] == unit:
            times += 1
        if period * (times - 1) > best[0] * (best[1] - 1):
            best = period, times
    return best


def folded_runs(texts: Sequence[str]) -> list[str]:
    """The items of a chain: `3 x relu`, `[conv 64 k3 -> relu]*2`."""
    found: list[str] = []
    place = 0
    while place < len(texts):
        period, times = best_run(texts, place)
        unit = texts[place : place + period]
        if times == 1:
            found.append(unit[0])
        elif period == 1:
            found.append(f"{times} x {unit[0]}")
        else:
            found.append(f"[{' -> '.join(folded_runs(unit))}]*{times}")
        place += period * times
    return found


def repeats_of(items: Items) -> Items:
    """Items with repeats for those that stand several times behind themselves, all without names."""
    listed = [repeats_within(item) for item in items]
    found: list[Item] = []
    place = 0
    keys = [comparable(item, place) for place, item in enumerate(listed)]
    while place < len(listed):
        period, times = best_run(keys, place)
        unit = tuple(listed[place : place + period])
        if times == 1:
            found += unit
        else:
            found.append(RepeatItem(str(times), unit, "", unit[0].place))
        place += period * times
    return tuple(found)


def with_labels(items: Items) -> Items:
    """Items in which paths that are groups with names have these as their labels."""
    found: list[Item] = []
    for item in (with_inner(each, with_labels) for each in items):
        if isinstance(item, BranchItem):
            groups = [path[0] for _, path in item.paths if not isinstance(path, str) and len(path) == 1]
            may = [group for group in groups if isinstance(group, RepeatItem) and is_plain_group(group)]
            if not item.name and len(may) == len(item.paths) > 1 and find_block(item.join) == "concat":
                item = item._replace(paths=tuple((group.name, group.items) for group in may))
        found.append(item)
    return tuple(found)


def is_plain_group(group: RepeatItem) -> bool:
    has_uses = any(isinstance(each, UseItem) and not each.name for each in group.items)
    return group.times == "1" and bool(group.name) and not (group.source or group.weights or group.shared or has_uses)


def repeats_within(item: Item) -> Item:
    item = with_inner(item, repeats_of)
    only = item.items[0] if isinstance(item, RepeatItem) and len(item.items) == 1 else None
    if isinstance(item, RepeatItem) and item.times == "1" and item.name and isinstance(only, RepeatItem):
        is_of_use = len(only.items) == 1 and isinstance(only.items[0], UseItem)
        if is_of_use and not (only.name or only.source or item.shared):
            return only._replace(name=item.name, source=item.source)
    return item


def comparable(item: Item, place: int) -> object:
    """What two items have in common that may be a repeat: they are alike, without names, and take what is before."""
    if isinstance(item, BrokenItem) or item.source or any(each.name for each in items_within((item,), {})):
        return place
    return map_items((item,), lambda each: each._replace(place=None))  # type: ignore[arg-type]


def find_block(join: str) -> str:
    """The block of the language whose paths a kind joins."""
    named = find(join)
    return named.kind.block if named else ""


def uses_of(name: str, lists: list[Items]) -> Iterator[UseItem]:
    """Every use of a block; one that alone is repeated under a name has one too."""
    for items in lists:
        for item in items:
            if isinstance(item, UseItem) and item.block == name:
                yield item
            elif isinstance(item, RepeatItem):
                only = item.items[0] if len(item.items) == 1 else None
                if item.name and item.times != "1" and isinstance(only, UseItem) and only.block == name:
                    yield only._replace(name=item.name)
                else:
                    yield from uses_of(name, [item.items])
            elif isinstance(item, BranchItem):
                yield from uses_of(name, [path for _, path in item.paths if not isinstance(path, str)])
