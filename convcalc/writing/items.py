"""The entries of a list of layers, as a person writes them: lines, named layers, repeats, branches and blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from convcalc.kinds import FLATTEN, find, plain
from convcalc.kinds.classes import classes, signature
from convcalc.layers import key_names
from convcalc.problem import Problem, Source
from convcalc.readers.arguments import settings_of_name
from convcalc.readers.line import BODY_WORDS
from convcalc.readers.shorthand import shorthand
from convcalc.readers.yaml import Mapping, Node, Scalar, Sequence
from convcalc.readers.yaml.items import LayerReader
from convcalc.spec import BranchItem, BrokenItem, LayerItem, RepeatItem, UseItem, block_roles
from convcalc.writing.shorthand import PLAIN, names_text, spelled_args, value_text, words_of

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.spec import Item, Items, Spec, WrittenLayer
    from convcalc.writing.facts import Facts, Needs

Entry: TypeAlias = "str | list[Entry] | dict[str, Entry]"
WIDTH = 100  # of a chain in one line
PREFIXES = {"torch": "nn", "keras": "keras.layers", "onnx": "onnx"}
IDENTITY = "identity"
# Of a mapping whose key may be taken for a name: the shortest body that it can have.
STUBS: dict[str, Entry] = {
    "residual": [IDENTITY], "gate": [IDENTITY], "concat": [[IDENTITY]], "repeat": {"times": "1", "layers": [IDENTITY]},
}  # fmt: skip


class ItemWriter:
    """Writes the items of a spec; what an entry would be read as is asked of the reader itself."""

    def __init__(self, spec: Spec, facts: Facts):
        self.spec, self.facts = spec, facts
        self.reader = LayerReader(Source("", ""), spec.convention)
        self.reader.block_names.update(spec.blocks, block_roles(spec.variants, spec.blocks))
        self.reader.kinds.update(spec.kinds)
        self.heads: dict[object, str] = {}  # of layers that were written before

    def entries(self, items: Items) -> list[Entry]:
        found: list[Entry] = []
        for index, item in enumerate(items):
            if isinstance(item, LayerItem):
                is_said = index and item.activates and self.belongs(items[index - 1], item)
                found += () if is_said else self.layer(item, items[index + 1 : index + 2])
            elif isinstance(item, RepeatItem):
                found += self.repeat(item)
            elif isinstance(item, BranchItem):
                found.append(self.branch(item))
            else:
                assert isinstance(item, UseItem)
                found.append(self.use(item))
        return found

    # Layers

    def belongs(self, item: Item, following: LayerItem) -> bool:
        """Whether the name of an activation behind a layer says it all."""
        if not (following.activates and isinstance(item, LayerItem)):
            return False
        written, is_keras = following.written, "keras" in (item.written.framework, self.reader.framework)
        usual = settings_of_name(written.kind.name) if is_keras else ()
        return spelled_args(written, self.spec) == spelled_args(written._replace(args=usual), self.spec)

    def layer(self, item: LayerItem, following: Items) -> list[Entry]:
        """A layer with the activation that belongs to it; before it the flattening that a pattern has."""
        written = item.written._replace(activation="")
        if following and isinstance(following[0], LayerItem) and self.belongs(item, following[0]):
            written = written._replace(activation=following[0].written.kind.name)
        flattens = self.facts.flattens(item)
        first: list[Entry] = []
        if flattens == (True,):
            first = [f"{FLATTEN.name} from={names_text(written.source)}" if written.source else FLATTEN.name]
            written = written._replace(source=())
        text = self.text(written, self.facts.needs(item))
        if text:
            return [*first, self.with_name(item, f"INPUT -> {text}" if len(flattens) == 2 else text, {})]
        given = dict(written.args)
        args = spelled_args(written, self.spec, self.facts.needs(item).checked)
        body: dict[str, Entry] = {key: entry(given.get(key, text)) for key, text in args.items()}
        for key, value in (("activation", written.activation), ("weights", written.weights)):
            if value:
                body[key] = value
        if written.source:
            body["from"] = list(written.source)
        return [*first, self.with_name(item, {self.word(written): body}, {})]

    def text(self, written: WrittenLayer, needs: Needs, name: str = "") -> str:
        """A layer in one line; "" where its values or names cannot be said in one."""
        head = self.head(written, needs)
        source = names_text(written.source)
        names = (written.weights, name, *written.source)
        if not head or not all(PLAIN.fullmatch(each) for each in names if each):
            return ""
        said = {"activation": written.activation, "name": name, "from": source, "weights": written.weights}
        suffix = "".join(f" {key}={text}" for key, text in said.items() if text)
        return f"{head[:-1]}{suffix.replace(' ', ', ')})" if head[-1] == ")" and suffix else head + suffix

    def head(self, written: WrittenLayer, needs: Needs) -> str:
        """The kind and its values in one line; "" where that would not be read as what they are."""
        key = (written.kind, written.args, written.framework, needs)
        if key not in self.heads:
            self.heads[key] = self.call(written) if needs.of_class else self.line(written, needs)
        return self.heads[key]

    def line(self, written: WrittenLayer, needs: Needs) -> str:
        args, word = spelled_args(written, self.spec, needs.checked), self.word(written)
        try:
            text = " ".join(words_of(written.kind, args))
            read = shorthand(self.reader.resolve(word), text)
        except Problem:
            return ""
        return f"{word} {text}".rstrip() if read.kind is written.kind and self.texts(read) == args else ""

    def texts(self, written: WrittenLayer) -> dict[str, str]:
        table = key_names(written.kind)
        return {name: value_text(table[name], raw) for name, raw in written.args}

    def word(self, written: WrittenLayer) -> str:
        """A name of the kind that means it in this spec, where a block or a kind of its own may have the first."""
        kind = written.kind
        names = (kind.name, *kind.aliases, *(f"{stem}{dims}d" for stem in kind.dims.split() for dims in (1, 2, 3)))
        return next((name for name in names if self.means(name, written)), kind.name)

    def means(self, name: str, written: WrittenLayer) -> bool:
        if name in self.reader.block_names or (name.lower() in BODY_WORDS and name != written.kind.name):
            return False
        return not self.reader.kinds.get(plain(name)) or self.reader.kinds[plain(name)].kind is written.kind

    def call(self, written: WrittenLayer) -> str:
        """A layer as a call of its class, whose rules are not those of the network."""
        given = dict(written.args)
        for name, (kind, dims, _) in classes(written.framework).items():
            signed = signature(written.framework, name)
            if signed is None or kind is not written.kind or dims != written.dims:
                continue
            if any(given.get(key) != value for key, value in signed.fixed.items()):
                continue
            said = {signed.sets.get(parameter, parameter): parameter for parameter in (*signed.order, *signed.sets)}
            table = key_names(kind)
            parts = [
                f"{said.get(key, key)}={value_text(table[key], raw)}"
                for key, raw in given.items()
                if key not in signed.fixed
            ]
            return f"{PREFIXES[written.framework]}.{name}({', '.join(parts)})"
        return ""

    # Structures

    def repeat(self, item: RepeatItem) -> list[Entry]:
        inner = self.entries(item.items)
        alters = item.weights or item.shared or item.optional or item.source
        if item.times == "1" and not (item.name or alters):
            return inner
        more = said_beside(item)
        if item.times == "1" and item.name and not item.shared:
            return [self.with_name(item, inner, more)]
        texts = [each for each in inner if isinstance(each, str) and " -> " not in each]
        if len(inner) == 1 and not (item.shared or item.weights) and self.may_follow_count(item.items[0]):
            if texts and (names_text(item.source) or not item.source):
                source = f" from={names_text(item.source)}" if item.source else ""
                return [self.with_name(item, f"{item.times} x {texts[0]}{source}", {})]
            if isinstance(inner[0], dict) and len(inner[0]) == 1 and not item.source:
                ((head, body),) = inner[0].items()
                return [self.with_name(item, {f"{item.times} x {head}": body}, {})]
        chain = f"[{' -> '.join(texts)}]*{item.times}"
        if len(texts) == len(inner) and len(chain) <= WIDTH and not (item.name or alters):
            return [chain]
        repeated: dict[str, Entry] = {"times": item.times, "layers": inner}
        if item.shared:
            repeated["shared"] = "yes"
        return [self.with_name(item, {"repeat": repeated}, more)]

    def may_follow_count(self, item: Item) -> bool:
        """Whether `3 x` may stand before an item: nothing but the repeat itself has a name or takes an input."""
        return not (item.name or item.optional or isinstance(item, BrokenItem) or item.source)

    def branch(self, item: BranchItem) -> Entry:
        named = find(item.join)
        assert named is not None
        word = named.kind.block
        more = said_beside(item)
        paths = [(label, path if isinstance(path, str) else self.entries(path)) for label, path in item.paths]
        body: Entry
        if word == "concat":
            axis = {key: entry(raw) for key, raw in item.axis}
            if any(label for label, _ in paths) or axis:
                body = {**{label: path if path != [] else IDENTITY for label, path in paths}, **axis}
            else:
                body = [[] if isinstance(path, str) else only(path) for _, path in paths]
        else:
            (_, main), (_, shortcut) = paths
            body = main if shortcut in (IDENTITY, []) else {"main": main, "shortcut": shortcut}
        return self.with_name(item, {word: body}, more)

    def use(self, item: UseItem) -> Entry:
        texts = [(name, value_of_argument(raw)) for name, raw in item.args]
        words = [item.block, *(f"{name}={text}" if name else text for name, text in texts)]
        source = names_text(item.source)
        if source:
            words.append(f"from={source}")
        if item.weights:
            words.append(f"weights={item.weights}")
        more: dict[str, Entry] = {"from": list(item.source)} if item.source and not source else {}
        return self.with_name(item, " ".join(words), more)

    # Names

    def with_name(self, item: Item, value: Entry, more: dict[str, Entry]) -> Entry:
        """An entry with its name, and a question mark where it may be left out."""
        name = item.name
        if name and self.takes_name(name, value):
            return {f"{name}{'?' * item.optional}": value, **more}
        found: dict[str, Entry]
        if isinstance(value, str):
            if not name and not more:
                return f"{value}?" if item.optional else value
            times, repeated, text = value.partition(" x ")
            word, _, rest = (text if repeated else value).partition(" ")
            found = {f"{times} x {word}" if repeated else word: rest}
        elif isinstance(value, list):
            found = {"repeat": {"times": "1", "layers": value}}
        else:
            found = dict(value)
        (head, body), *others = found.items()
        found = {f"{head}{'?' * item.optional}": body, **dict(others)}
        if name:
            found["name"] = name
        return {**found, **more}

    def takes_name(self, name: str, value: Entry) -> bool:
        """Whether `name: value` is read as what is called so, and not as a layer or a block of that name."""
        stub: Entry
        if isinstance(value, str):
            stub = value
        elif isinstance(value, list):
            stub = [IDENTITY]
        else:
            head = next(iter(value))
            stub = {head: STUBS.get(head.rpartition(" x ")[2].rstrip("?"), {})}
        self.reader.findings.clear()
        try:
            read = self.reader.item(node({name: stub}))
        except Problem:
            return False
        if self.reader.findings or name[-1:] == "?" or not read:
            return False
        is_group = isinstance(value, list) == (isinstance(read[0], RepeatItem) and read[0].times == "1")
        return read[0].name == name and is_group and (len(read) == 1 or isinstance(value, str))


def said_beside(item: RepeatItem | BranchItem) -> dict[str, Entry]:
    """Whose weights a group uses and what it takes, as entries beside its own."""
    said: tuple[tuple[str, Entry], ...] = (("weights", item.weights), ("from", list(item.source)))
    return {key: value for key, value in said if value}


def value_of_argument(raw: Raw) -> str:
    return "".join(raw.split()) if isinstance(raw, str) else f"[{','.join(map(value_of_argument, raw))}]"


def only(path: Entry) -> Entry:
    """The one entry of a path, where it is a line."""
    return path[0] if isinstance(path, list) and len(path) == 1 and isinstance(path[0], str) else path


def entry(raw: Raw) -> Entry:
    """A value as it stands in a mapping."""
    return raw if isinstance(raw, str) else [entry(part) for part in raw]


def node(value: Entry) -> Node:
    """An entry as the reader of YAML sees it."""
    if isinstance(value, str):
        return Scalar(value, 1, 1)
    if isinstance(value, list):
        return Sequence([node(part) for part in value], 1, 1)
    return Mapping(tuple(Scalar(key, 1, 1) for key in value), tuple(map(node, value.values())), 1, 1)
