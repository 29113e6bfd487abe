"""What a run asks for beside a spec; what the spec does not have is wrong usage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from convcalc.kinds import find
from convcalc.problem import Diagnostic, Mark, Problem, Source, did_you_mean, problem
from convcalc.spec import LayerItem, RepeatItem, UseItem, items_within
from convcalc.spec.brackets import texts
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.spec import Item, Spec

MAX_NAMES = 20
NAME = r"[^\W\d]\w*"


class Choices(NamedTuple):
    """What a run asks for beside a spec: other inputs, values and rules, and what is left out."""

    inputs: Mapping[str, str] = {}  # by name; "" is the first
    sets: Mapping[str, str] = {}
    convention: str = ""
    without: tuple[str, ...] = ()
    symbolic: bool = False
    layout: str = ""
    symbols: tuple[str, ...] = ()  # names that stay letters
    defaults: Mapping[str, str] = {}  # by kind, the text of what its layers have where they say nothing else
    args: Mapping[str, str] = {}  # of a program: arguments of its constructor, and values from outside the file
    train: bool = False  # of a program: as in training, not as in inference
    in_order: bool = False  # of a printed model: its layers one after another, as they are registered

    @property
    def left_out(self) -> frozenset[str]:
        """The words of --without, in small letters."""
        return frozenset(map(str.lower, self.without))


def leaves_out(choices: Choices, item: Item) -> bool:
    """Whether an item is marked with ? and left out."""
    return item.optional and any(is_meant(item, word) for word in choices.left_out)


def is_meant(item: Item, word: str) -> bool:
    """Whether a word of --without is an item's name, its kind, or all."""
    if word in ("all", item.name.lower()):
        return True
    named = find(word) if isinstance(item, LayerItem) else None
    return named is not None and named.kind is item.written.kind  # type: ignore[union-attr]  # of a layer


def check_without(spec: Spec, choices: Choices) -> list[Diagnostic]:
    """Notes where --without names what is not optional; a Problem where nothing is called so."""
    notes: list[Diagnostic] = []
    words = () if spec.diagnostics else sorted(choices.left_out - {"all"})
    items = list(items_within(spec.items, spec.blocks)) if words else []
    for word in words:
        if not word.strip():
            raise misuse("U005", "--without", "''", "it is empty", "name an item marked with ?, a kind, or all")
        meant = [item for item in items if is_meant(item, word)]
        if not meant:
            names = [item.name for item in items if item.optional]
            names += [item.written.kind.name for item in items if item.optional and isinstance(item, LayerItem)]
            known = f"optional are {few(filter(None, names))}" if names else "nothing in the network is marked with ?"
            raise misuse("U005", "--without", word, "nothing is called so", did_you_mean(word, names) or known)
        if not any(item.optional for item in meant):
            message = f"--without {word[:60]}: it stays, for it is not optional"
            hint = "mark what may be left out with ?"
            notes.append(Diagnostic("W004", message, hint, meant[0].place.mark(spec.source), severity="note"))
    return notes


def check_sets(spec: Spec, choices: Choices, letters: Iterable[str]) -> None:
    """A Problem where --set or --symbol names what nothing in the spec declares or uses."""
    names = declared_names(spec, letters)
    given = {**dict.fromkeys(choices.symbols, "--symbol"), **dict.fromkeys(choices.sets, "--set")}
    unknown = [name for name in given if name not in names and not spec.diagnostics]
    used = names_used(spec) if unknown else frozenset()
    for name in unknown:
        if name not in used:
            known = f"the names are {few(names)}" if names else "the network has no names"
            raise misuse("U004", given[name], name, "there is no such name", did_you_mean(name, names) or known)


def declared_names(spec: Spec, letters: Iterable[str] = ()) -> list[str]:
    """The names of `let`, the symbols and letters, the variants and what they choose."""
    names = [*(name for name, _, _ in spec.let), *spec.symbols, *sorted(letters)]
    for variant in spec.variants:
        names += [variant.name, *(name for _, chosen in variant.choices for name, _ in chosen)]
    return names


def names_used(spec: Spec) -> frozenset[str]:
    """The words in the values of a network's layers, repeats, blocks, defaults and names."""
    values: list[Raw] = [raw for block in spec.blocks.values() for _, raw in block.params if raw is not None]
    values += [raw for pairs in spec.defaults.values() for _, raw in pairs] + [text for _, text, _ in spec.let]
    values += [text for variant in spec.variants for _, chosen in variant.choices for _, text in chosen]
    for item in items_within(spec.items, spec.blocks):
        if isinstance(item, LayerItem):
            values += [raw for _, raw in item.written.args]
        elif isinstance(item, RepeatItem):
            values.append(item.times)
        elif isinstance(item, UseItem):
            values += [raw for _, raw in item.args]
    words = (word for raw in values for text in texts(raw) for word in re.findall(NAME, text))
    return frozenset(name for word in words for name in (word, *word.split("x")))  # 3xQ is 3 and Q


def few(names: Iterable[str], mark: str = ", ") -> str:
    """The first names of a list, for a message."""
    unique = [name[:40] for name in dict.fromkeys(names)]
    return mark.join(unique[:MAX_NAMES]) + (f"{mark}…" if len(unique) > MAX_NAMES else "")


def misuse(
    code: str, option: str, text: str, message: str, hint: str = "", part: tuple[int, int] | None = None
) -> Problem:
    """An option that cannot be used, with its text as the source; `part` is where in it, and how long."""
    shown = text if len(text) <= 60 else f"{text[:57]}…"
    start, length = part or (0, len(shown))
    return problem(code, f"{option} {shown}: {message}", hint, Mark(Source(option, text), 1, start + 1, length))
