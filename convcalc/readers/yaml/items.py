"""From the entries of a list to layers, repeats, branches and uses of blocks, however they are written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from convcalc.kinds import plain
from convcalc.layers.values import NO, YES
from convcalc.problem import MAX_ERRORS, Problem, did_you_mean, problem
from convcalc.readers import shorthand
from convcalc.readers.line import BODIES, BODY_WORDS, BRANCHES, LineReader, branch_meant, is_count, list_cure, repeat_of
from convcalc.readers.yaml import Mapping, Scalar, Sequence
from convcalc.spec import BranchItem, BrokenItem, Item, Items, RepeatItem, WrittenLayer, reword
from convcalc.spec.brackets import as_list, is_chain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.layers.values import Raw
    from convcalc.readers.yaml import Node


REPEAT_KEYS = {
    "times": "How often: a number, or an expression over names.",
    "layers": "What is repeated.",
    "name": "What the repeat is called; its layers are named behind it.",
    "shared": "yes: every turn uses the weights of the first, which are counted once.",
    "weights": "Another repeat or block, whose weights it uses.",
}


def raw(node: Node) -> Raw:
    """A node as the texts that it is made of."""
    if isinstance(node, Scalar):
        return node.text if node.quoted else as_list(node.text) if node.text[:1] == "(" else node.text
    if isinstance(node, Sequence):
        return tuple(raw(item) for item in node.items)
    return tuple(f"{key.text}={show(value)}" for key, value in node.pairs)


def text_of(node: Node) -> str:
    """A node as a text of one line."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return f"[{', '.join(map(text_of, node.items))}]"
    return ", ".join(f"{key.text}: {text_of(value)}" for key, value in node.pairs)


def show(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else "{…}" if isinstance(node, Mapping) else "[…]"


class LayerReader(LineReader):
    """Reads the entries of one document, in lines and mappings."""

    def mapping(self, node: Node | None, what: str, example: str) -> Mapping:
        """The node where it is a mapping, else an empty one."""
        if isinstance(node, Mapping):
            return node
        if node is not None and not (isinstance(node, Scalar) and not node.text):
            self.refuse(node.place, "L001", f"{what} must be a mapping", example)
        return Mapping((), (), 1, 1)

    def text(self, node: Node | None, what: str) -> str:
        if node is None:
            return ""
        if isinstance(node, Scalar):
            return node.text
        self.refuse(node.place, "L002", f"{what} must be a text", "put it on one line")
        return ""

    def problem(self, node: Node, code: str, message: str, hint: str = "") -> Problem:
        return problem(code, message, hint, node.place.mark(self.source))

    def refuse_word(self, key: Scalar, code: str, message: str, known: Iterable[str], hint: str = "") -> None:
        """Refuse a key that is none of those known, and may be a slip of one."""
        self.refuse(key.place, code, message, did_you_mean(key.text, known) or hint)

    # Layers

    def items(self, node: Node) -> Items:
        if isinstance(node, Scalar):
            return self.line(node.text, node.place) if node.text else ()
        if isinstance(node, Mapping):
            self.refuse(node.place, "L009", "layers are a list: put `- ` before each", "layers: [conv 64 k3, relu]")
            return ()
        found: list[Item] = []
        for item in node.items:
            if len(self.findings) >= MAX_ERRORS:
                break
            try:
                found.extend(self.item(item))
            except Problem as error:
                self.note(error, item.place)
                found.append(BrokenItem("", item.place))
        return tuple(found)

    def item(self, node: Node, name: str = "") -> Items:
        """The items that one entry of a list stands for."""
        if isinstance(node, Scalar):
            return self.chained(node.text, node.place, name)
        if isinstance(node, Sequence):
            return (RepeatItem("1", self.items(node), name, node.place),) if name else self.items(node)
        if len(node.keys) == 1:
            return self.entry(node.keys[0], node.values[0], name)
        if not node.keys:
            raise self.problem(node, "L013", "an empty layer", "- conv 64 k3")
        return self.several_keys(node, name)

    def several_keys(self, node: Mapping, name: str) -> Items:
        """`{conv: 64 k3, name: C1, from: stem}`: one kind, and keys that every layer has."""
        heads = [(key, value) for key, value in node.pairs if key.text not in ("name", "from", "weights")]
        if len(heads) != 1:
            raise self.problem(heads[1][0] if heads else node, "L013", *self.several(heads))
        (item, *rest) = self.entry(*heads[0], name)
        if node.get("name") is not None:
            item = item._replace(name=self.text(node.get("name"), "name"))
        sources = node.get("from")
        if sources is not None:
            item = reword(item, source=shorthand.named_sources(raw(sources)))
        if node.get("weights") is not None:
            item = reword(item, weights=self.text(node.get("weights"), "weights"))
        return (item, *rest)

    def several(self, heads: list[tuple[Scalar, Node]]) -> tuple[str, str]:
        """What to say of an entry with several keys: a kind and its own in one text, or entries of their own."""
        message = f"an entry of {len(heads)} keys: {', '.join(key.text[:20] for key, _ in heads[:4])}"
        if not heads:
            return message, "one layer an entry: `- conv 64 k3`"
        (first, _), (second, held), *_ = heads
        kind = shorthand.known_name(first.text, self.framework)
        own = kind and all(shorthand.takes(kind.kind, key.text) for key, _ in heads[1:])
        if own and second.line > first.line and show(heads[0][1]) == "":
            begin, last = first.line + 1, heads[-1][0].line
            which = f"line {begin}" if last == begin else f"lines {begin} to {last}"
            return message, f"indent {which} by two more spaces"
        texts = [value.text for _, value in heads if isinstance(value, Scalar) and " " not in value.text]
        if own and len(texts) == len(heads):
            words = [f"{key.text}={text}" for (key, _), text in zip(heads[1:], texts[1:], strict=True)]
            return message, f"write: {' '.join(filter(None, [first.text, texts[0], *words]))}"
        if second.line > first.line and isinstance(held, Scalar):
            message = f"line {second.line} continues line {first.line}: begin it with `- `"
            return message, f"write: - {second.text}: {held.text}"
        if first.text.lower() == "repeat" and second.text == "layers":
            return message, f"both stand below it: repeat: {{times: {show(heads[0][1]) or 2}, layers: […]}}"
        if self.is_layer(first.text):
            return message, f"indent the keys of {first.text} below it, or write {first.text}: {{…}}"
        return message, "one layer an entry: `- conv 64 k3`"

    def entry(self, key: Scalar, value: Node, name: str = "") -> Items:
        """`kind: values`, `block: values`, `repeat: …`, `residual: …`, or `name: layer`."""
        word = key.text
        if word[-1:] == "?" and len(word) > 1:
            items = self.entry(Scalar(word[:-1], key.line, key.column), value, name)
            if len(items) > 1:
                return (RepeatItem("1", items, name, key.place, optional=True),)
            return tuple(item._replace(optional=True) for item in items)
        times, _, rest = word.partition(" x ")
        if rest and self.is_layer(rest):
            inner = self.entry(Scalar(rest, key.line, key.column), value)
            return (repeat_of(times.strip(), inner, name, key.place),)
        lower = word.lower()
        if not name and lower in BODY_WORDS and isinstance(value, Scalar) and value.text and is_chain(value.text):
            message = f"{word} needs its layers in a list"  # one layer may have such a name
            raise self.problem(key, "L017", message, list_cure(lower, value.text))
        if self.is_wrapper(word):
            return self.wrapped(key, value, name)
        if not name and self.names_layer(word, value):
            return self.called(value, word)
        if word in self.block_names:
            if isinstance(value, Scalar):
                return (self.use_text(word, value.text, name, key.place),)
            if isinstance(value, Sequence):  # a list that is called like a block
                return self.called(value, word)
            name = name or self.text(value.get("name"), "name")
            return (self.use(word, [(inner.text, raw(held)) for inner, held in value.pairs], name, key.place),)
        if lower == "repeat":
            return (self.repeat(key, value, name),)
        if lower in BODIES and isinstance(value, Scalar) and not is_chain(value.text):
            raise self.problem(key, "L017", f"{word} needs its layers", f"{word}: {BODIES[lower]}")
        if lower == "shortcut" and isinstance(value, Scalar) and value.text in ("auto", "identity"):
            told = f"residual: {{main: [conv 64 k3 p1, relu], shortcut: {value.text}}}"
            raise self.problem(key, "L017", "a shortcut stands in a residual, beside its main path", told)
        names_paths = lower == "concat" and isinstance(value, Mapping) and value.get("from") is not None
        if lower in BRANCHES and not (names_paths or isinstance(value, Scalar)):
            return (self.branches(BRANCHES[lower], key, value, name),)
        known = plain(word)
        if known in self.unread_kinds:
            return (BrokenItem(name, key.place),)
        if known in self.kinds or self.resolves(word):
            try:
                place = key.place_of(value.places) if isinstance(value, Mapping) else key.place
                return self.with_activation(self.entry_layer(word, value), name, place)
            except Problem as error:
                self.note(error, self.blame(error, value, key).place)
                return (BrokenItem(name, key.place),)
        heads = [inner.text for inner in value.keys] if isinstance(value, Mapping) and not name else None
        lacks_layer = heads is not None and not any(self.is_layer(head) or " x " in head for head in heads)
        if lacks_layer or show(value) == "":
            raise self.unknown(word, key)
        if lower == "from" and isinstance(value, Scalar) and not self.is_layer(value.text.partition(" ")[0]):
            hint = f"write it with its layer, as in add: {{from: [a, {value.text[:40]}]}}"
            raise self.problem(key, "L013", "`from` belongs to a layer", hint)
        if (meant := branch_meant(word)) and meant not in self.block_names:
            raise self.problem(key, "K001", f'unknown kind "{word[:60]}"', f'did you mean "{meant}"?')
        if name:
            raise self.problem(key, "L014", f"two names for one layer: {name} and {word[:40]}", "name: layer")
        return self.called(value, word)

    def wrapped(self, key: Scalar, value: Node, name: str) -> Items:
        """A wrapper with its layers as values: `nn.Sequential: [conv 6 k3, relu]`, `TimeDistributed: dense 10`."""
        from convcalc.readers.calls.call import Argument, Call
        from convcalc.readers.calls.wrappers import items_of_call, parameters_of

        word, parts = key.text.rpartition(".")[2], []
        parameters = parameters_of(word)
        if isinstance(value, Mapping) and value.get("layers") is not None and not parameters:
            value = value.get("layers") or value
        if isinstance(value, Sequence):
            parts = [("", item, partial(self.item, item)) for item in value.items]
        elif isinstance(value, Mapping) and not parameters:  # layers, or their names
            parts = [("", held, partial(self.entry, inner, held)) for inner, held in value.pairs]
        elif isinstance(value, Mapping) and any(inner.text in parameters for inner in value.keys):
            parts = [(inner.text, held, partial(self.item, held)) for inner, held in value.pairs]
        elif show(value):
            parts = [("", value, partial(self.item, value))]
        read = (Argument(label, text_of(node), node.place, reading) for label, node, reading in parts)
        return items_of_call(self, Call(key.text, tuple(read), name, key.place))

    def called(self, value: Node, name: str) -> Items:
        """A layer with a name before it; what is wrong with it is marked at the layer."""
        return self.readable(value.place, name, self.item, value, name)

    def names_layer(self, word: str, value: Node) -> bool:
        """Whether `fc: linear 10` or `fc: {linear: 10}` is a layer called fc, although fc is a kind too."""
        found = shorthand.known_name(word, self.framework)
        if isinstance(value, Mapping):
            heads = [key.text for key in value.keys if key.text not in shorthand.SPECIAL]
            is_other = found is not None and len(heads) == 1 and not shorthand.takes(found.kind, heads[0])
            return is_other and self.is_layer(heads[0])
        if isinstance(value, Sequence):
            return False
        times, _, rest = value.text.partition(" x ")
        first = (rest if rest and is_count(times) else value.text).replace("(", " ", 1).partition(" ")[0]
        if not first or not self.is_layer(first):
            return False
        return found is None or not any(first.lower() in key.words for key in found.kind.keys)

    def unknown(self, word: str, key: Scalar) -> Problem:
        more = (*self.block_names, *self.kinds, "residual", "gate", "repeat")
        error = shorthand.unknown_kind(word, more)
        return Problem(error.diagnostics[0]._replace(mark=key.place.mark(self.source)))

    def blame(self, error: Problem, value: Node, key: Scalar) -> Node:
        """The key or value that an error names, where it stands in a mapping."""
        if isinstance(value, Mapping):
            message = error.diagnostics[0].message
            for inner, held in value.pairs:
                if f'"{inner.text}"' in message:
                    return inner
                if message.startswith(f"{inner.text}:"):
                    return held
        return value if isinstance(value, Scalar) and value.text else key

    def entry_layer(self, word: str, value: Node) -> WrittenLayer:
        """`conv: 64 k7`, `conv: {filters: 64}`, `conv:`; equal texts are read once."""
        if isinstance(value, Mapping):
            pairs, name = [], ""
            for key, held in zip(value.keys, value.values, strict=True):
                text = raw(held)
                if key.text == "name" and isinstance(text, str) and text:
                    name = text
                else:
                    pairs.append((key.text, text))
            said = (word, tuple(pairs))
            found = self.seen.get(said)
            if found is None:
                found = self.seen[said] = shorthand.keywords(self.resolve(word), pairs)
            return found._replace(name=name) if name else found
        if isinstance(value, Sequence):  # `zeropad: [4, 2]`, `add: [a, b]`
            resolved = self.resolve(word)
            main = "from" if resolved.kind.inputs == 0 else resolved.kind.keys[0].name if resolved.kind.keys else ""
            if not main:
                raise self.problem(value, "L015", f"{word} takes no values, here it has a list", f"- {word}")
            return shorthand.keywords(resolved, [(main, raw(value))])
        try:
            return shorthand.shorthand(self.resolve(word), value.text)
        except Problem:
            if plain(word) in self.kinds:
                raise
            return shorthand.layer(f"{word} {value.text}", self.framework)  # `conv: 100 filters of size 3x3`

    # Structures

    def repeat(self, key: Scalar, value: Node, name: str) -> Item:
        body = value if isinstance(value, Mapping) else Mapping((), (), 1, 1)
        times, layers = body.get("times"), body.get("layers")
        if times is None or layers is None:
            raise self.problem(key, "L016", "repeat needs times and layers", "repeat: {times: 3, layers: [conv 64 k3]}")
        for inner in body.keys:
            if inner.text not in REPEAT_KEYS:
                self.refuse_word(inner, "K002", f'repeat has no key "{inner.text[:60]}"', REPEAT_KEYS)
        often, items = self.text(times, "times"), self.items(layers)
        name, weights = name or self.text(body.get("name"), "name"), self.text(body.get("weights"), "weights")
        shared = self.text(body.get("shared"), "shared").lower()
        if shared not in ("", *YES, *NO):
            raise self.problem(key, "V005", f"shared is yes or no, not {shared[:40]}", "shared: yes")
        return RepeatItem(often, items, name, key.place, False, weights, shared in YES)

    def branches(self, word: str, key: Scalar, value: Node, name: str) -> Item:
        from convcalc.kinds.joining import BLOCKS

        join = BLOCKS[word].name
        axis: tuple[tuple[str, Raw], ...] = ()
        source: tuple[str, ...] = ()
        paths: list[tuple[str, Items | str]] = []
        if word == "gate" or (word == "residual" and isinstance(value, Sequence)):
            return BranchItem(join, (("", self.items(value)), ("", "identity")), name, key.place)
        if isinstance(value, Sequence):
            for item in value.items:
                chain = Sequence([item], item.line, item.column) if isinstance(item, Mapping) else item
                paths.append(("", self.items(chain)))
            return BranchItem(join, tuple(paths), name, key.place)
        assert isinstance(value, Mapping)
        for label, inner in value.pairs:
            if label.text == "from":
                source = shorthand.named_sources(raw(inner))
            elif label.text == "name":
                name = name or self.text(inner, "name")
            elif word == "concat" and label.text in ("axis", "dim"):
                axis = (("axis", raw(inner)),)
            elif word == "residual" and label.text not in ("main", "shortcut"):
                message, known = f'residual has no path "{label.text[:60]}"', ("main", "shortcut")
                self.refuse_word(label, "K002", message, known, "its paths are main and shortcut")
            elif isinstance(inner, Scalar) and (
                inner.text in ("identity", "") or (inner.text == "auto" and word == "residual")
            ):
                paths.append((label.text, inner.text or "identity"))
            else:
                paths.append((label.text, self.items(inner)))
        if word == "residual":
            labels = dict(paths)
            if "main" not in labels:
                raise self.problem(key, "L017", "residual needs a main path", "residual: {main: [conv 64 k3 p1]}")
            paths = [("", labels["main"]), ("", labels.get("shortcut", "identity"))]
        if not paths:
            raise self.problem(key, "L017", f"{word} needs at least two paths")
        return BranchItem(join, tuple(paths), name, key.place, False, source, axis)
