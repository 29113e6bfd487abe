"""The words of a layer that has a slip, one by one: its kind, and its values each in a form that its key takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from convcalc.kinds import NAMES, plain
from convcalc.layers import REQUIRED, Key, Kind, key_names
from convcalc.layers.values import read
from convcalc.problem import Problem, Source, nearest
from convcalc.readers import shorthand
from convcalc.readers.code import called_name
from convcalc.readers.line import LineReader
from convcalc.readers.readings import possible
from convcalc.spec import Place, WrittenLayer
from convcalc.spec.brackets import Chain, chain, is_chain
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.values import Raw
    from convcalc.readers.shorthand import Resolved

WORD = re.compile(r"(?:\([^()]*\)|\[[^\[\]]*\]|[^\s,;()\[\]])+")  # commas count as spaces
NUMBER = re.compile(r"[-+x]?(\d+(?:\.\d+)?(?:x\d+)*)(?:x|px)?")
PRODUCT = re.compile(r"(\d+)((?!x\d)[A-Za-z_]\w*)")
TUPLE = re.compile(r"(?<=[\w]=)\d+(?:,\d+)+(?![\w.])")  # k=3,3 without its brackets
NAMED = re.compile(r"([A-Za-z_]\w*)[=:]+(.+)")
LETTERED = re.compile(r"([A-Za-z]{1,2})[_:]?([-+]?[\d(\[].*)")
BACKWARDS = re.compile(r"(\d+)([A-Za-z])")  # 2s
AXES = re.compile(r"[(\[]\s*\d+(?:\s*[,;x*]\s*\d+)+\s*[)\]]|\d+(?:[*X]\d+)+")  # (5, 5), 5*5
GLUED = re.compile(r"(?<=[a-z=]\d)(?=[a-wyz]\d|[a-z]{2,}=)")  # s2p1, p3bias=no
COUNTED = re.compile(r"[cnf](\d+)")  # c64
EXAMPLES = {"filters": "64", "units": "10", "kernel": "3", "groups": "4"}  # of what nobody can guess; else 2


class Reading(NamedTuple):
    """What a text is read with."""

    framework: str  # whose classes come first
    names: Mapping[str, Value]  # that it may use
    defaults: Mapping[str, tuple[tuple[str, Raw], ...]]  # by kind
    own: frozenset[str]  # blocks and kinds of the spec
    labels: bool = False  # whether `C1: conv 6 k5` is a layer with a name, as in YAML
    axes: int = 0  # of the layer's input, 0 where nobody can tell
    tried: dict[tuple[str, bool, int], list[str]] | None = None  # what each part of the text may mean

    def layer(self, text: str) -> WrittenLayer | None:
        """The layer that a text is, with values that can be; else None."""
        try:
            written = shorthand.layer(text, self.framework)
        except Problem:
            return None
        usual = () if written.framework else self.defaults.get(written.kind.name, ())
        wrong = shorthand.values_of(written.kind, {**dict(usual), **dict(written.args)}, self.names)[1]
        return None if wrong else written

    def reads(self, text: str) -> bool:
        """Whether a text is a layer, a repeat, a chain, or one of these with a name."""
        label, colon, rest = text.partition(": ")
        if colon and self.labels and label.isidentifier():
            return self.reads(rest)
        times, _, rest = text.partition(" x ")
        if rest and (times.isdecimal() or times in self.names):
            return self.reads(rest)
        if is_chain(text):
            try:
                return all(map(self.reads, layers_of(chain(text))))
            except Problem:
                return False
        return text.partition(" ")[0] in self.own or self.layer(text) is not None or self.wraps(text)

    def wraps(self, text: str) -> bool:
        """Whether a text is a call around layers."""
        reader = LineReader(Source("", text))
        reader.framework = self.framework
        if "(" not in text or not reader.is_wrapper(text[: text.index("(")]):
            return False
        reader.line(text, Place(1, 1))
        return not reader.findings


def layers_of(links: Chain) -> Iterator[str]:
    for item in links.items:
        yield from layers_of(item) if isinstance(item, Chain) else (item[1],)


def layer_of_words(text: str, reading: Reading) -> list[str]:
    """The words of a layer one by one: `max pool 2`, `conv 6, k5`, `conv 6 kernal 5`, `conv 6 k=5x`, `conv k5`."""
    text = GLUED.sub(" ", text)
    text = TUPLE.sub(lambda found: found[0].replace(",", "x"), text)
    words = WORD.findall(re.sub(r"(?<=\d)\s*@\s*(?=\d)", " ", re.sub(r"(?<=\d) x (?=\d)", "x", text)))
    if not words or words[0] in reading.own or called_name(text):
        return []
    if len(words) == 1 and text.count("-") > 1:
        words = text.split("-")
    head, resolved, words = split_head(words, reading)
    return Words(head, resolved, reading).lines(words) if resolved else []


def split_head(words: list[str], reading: Reading) -> tuple[str, Resolved | None, list[str]]:
    """The kind at the beginning, perhaps in several words, glued to its first value, or misspelt; and what follows."""
    for count in (3, 2, 1):
        head = "".join(words[:count])
        fits = count <= len(words) and all(re.fullmatch(r"[A-Za-z.]+|[123][dD]", word) for word in words[1:count])
        found = shorthand.known_name(head, reading.framework) if fits else None
        if found:
            return head, found, words[count:]
    glued = re.fullmatch(r"([A-Za-z_]+?)[-_]?(\d.*)", words[0])
    found = shorthand.known_name(glued[1], reading.framework) if glued else None
    if glued and found:
        return glued[1], found, [glued[2], *words[1:]]
    for count in (2, 1):
        close = nearest(plain("".join(words[:count])), NAMES, 0.75)
        if close and len(words) >= count and all(map(str.isalpha, words[:count])):
            return close, shorthand.known_name(close, reading.framework), words[count:]
    return "", None, []


def swaps(axes: list[str], known: int) -> list[str]:
    """`transpose 1 2` as PyTorch has it, two axes to exchange and the batch is 0: for inputs of two and of three."""
    found = []
    for rank in (known,) if known else (2, 3):
        order = list(range(rank + 1))
        try:
            first, second = (order[int(axis)] for axis in axes)
        except (ValueError, IndexError):
            continue
        if first and second and first != second:
            order[first], order[second] = second, first
            found.append(f"permute {'x'.join(map(str, order[1:]))}")
    return found


class Words:
    """The values behind a kind, each brought into a form that its key takes."""

    def __init__(self, head: str, resolved: Resolved, reading: Reading):
        self.head, self.resolved, self.reading = head, resolved, reading
        self.kind: Kind = resolved.kind
        self.table = key_names(self.kind)
        self.bare: list[str] = []
        self.named: list[tuple[Key, str]] = []  # with the whole word

    def lines(self, words: list[str]) -> list[str]:
        while words:
            taken = self.take(words)
            if not taken:
                return []
            words = words[taken:]
        main = shorthand.main_key(self.kind)
        if self.resolved.is_swap and len(self.named) == 1 and not self.bare:  # transpose order=1x2
            self.bare = [self.value(self.named.pop()[1])]
        given = {key.name for key, _ in self.named}
        usual = () if self.resolved.framework else self.reading.defaults.get(self.kind.name, ())
        is_reversed = len(self.bare) == 2 and "x" in self.bare[0] and "x" not in self.bare[1]
        if is_reversed and main is not None and main.type == "count":  # conv3x3 64
            self.bare.reverse()
        if main is None:
            if any(word in self.reading.names for word in self.bare) or (self.bare and self.named):
                return []
            self.bare = []
        elif main.type in ("shape", "output") and len(axes := "x".join(self.bare).split("x")) > 1:
            if plain(self.head) == "transpose":
                return swaps(axes, self.reading.axes)
            if main.name == "order" and axes[0] == "0":  # the batch stays first
                axes = axes[1:]
            if main.name == "order" and self.reading.axes not in (0, len(axes)):
                return []
            self.bare = ["x".join(axes)]
        elif len(self.bare) > 1 and "x" in self.bare[1] and "kernel" in self.table and "kernel" not in given:
            self.named.insert(0, (self.table["kernel"], f"k{self.bare.pop(1)}"))
            given.add("kernel")
        if len(self.bare) > 1:
            parts = [*self.bare, *(f"{key.name}={self.value(word)}" for key, word in self.named)]
            return [line for _, line in possible(self.resolved, self.head, parts).values()]
        return [" ".join([self.head, *self.with_examples(main, given | dict(usual).keys())])]

    def with_examples(self, main: Key | None, given: set[str]) -> list[str]:
        """The words, with an example for every key that cannot do without a value."""
        words = [*self.bare, *(word for _, word in self.named)]
        for key in self.kind.keys:
            if key.default is REQUIRED and key.name not in given and not (key is main and self.bare):
                example = "2" if key is main and key.name == "kernel" else EXAMPLES.get(key.name, "2")
                if key is main:
                    words.insert(0, example)
                else:
                    words.append(f"{key.symbol}{example}" if len(key.symbol) == 1 else f"{key.name}={example}")
        return words

    def take(self, words: list[str]) -> int:
        """Read the first word, or the first two; how many, 0 where it means nothing."""
        word = words[0]
        if AXES.fullmatch(word):
            word = "x".join(re.findall(r"\d+", word))
        is_value = self.bare and word not in self.reading.names
        if is_value and (back := BACKWARDS.fullmatch(word)) and self.symbol(back[2]):
            word = f"{back[2]}{back[1]}"
        elif (counted := COUNTED.fullmatch(word)) and not (self.bare or self.symbol(word[0])):
            word = counted[1]
        if (named := NAMED.fullmatch(word)) and (key := self.key(named[1])):
            return self.keep(key, named[1], "=", named[2])
        lettered = LETTERED.fullmatch(word)
        key = self.table.get(lettered[1]) if lettered else None
        if lettered and key and key.symbol.lower() == lettered[1].lower():
            return self.keep(key, lettered[1], "", lettered[2])
        for each in self.kind.keys:
            if word.lower() in each.words:
                self.named.append((each, word))
                return 1
        if len(words) > 1 and word in ("no", "without") and (key := self.key(words[1])) and key.type == "flag":
            self.named.append((key, f"{words[1]}=no"))
            return 2
        word = word.rstrip("=:")
        if self.bare and self.table.get(word) is shorthand.main_key(self.kind):  # 6 filters
            return 1
        key = self.key(word) if len(words) > 1 and word.isidentifier() else None
        if key and self.keep(key, word, "=", words[1].lstrip("=:")):
            return 2
        number, product = NUMBER.fullmatch(word.strip("()")), PRODUCT.fullmatch(word)
        if product and product[2] in self.reading.names:
            if number:  # 2x, where x is a name
                return 0
            word = f"{product[1]}*{product[2]}"
        elif number:
            main = shorthand.main_key(self.kind)
            word = word if main and main.type == "shape" and word.startswith("-") else number[1]
        elif word not in self.reading.names:
            return 0
        if self.bare and self.named:  # a second bare value behind a named one: nobody can tell what it is
            return 0
        self.bare.append(word)
        return 1

    def keep(self, key: Key, name: str, sign: str, value: str) -> bool:
        """Add a value with its name, as its key takes it; whether it does."""
        value = self.clean(key, value)
        if value:
            self.named.append((key, f"{name if name in self.table else key.name}{sign}{value}"))
        return bool(value)

    def symbol(self, letter: str) -> bool:
        """Whether a letter is that of a key."""
        key = self.table.get(letter)
        return key is not None and key.symbol == letter

    def key(self, name: str) -> Key | None:
        found = self.table.get(name) or self.table.get(name.lower())
        if found is None and len(name) > 2 and not shorthand.known_name(name):
            close = nearest(name.lower(), [each for each in self.table if len(each) > 2], 0.6)
            found = self.table.get(close)
        return found

    def clean(self, key: Key, value: str) -> str:
        """A value as its key takes it: `5x`, `2px`, `-1` and `(5, 5)` without what is too much."""
        value = re.sub(r"(?<=\d)X(?=\d)", "x", value)
        number = NUMBER.fullmatch(value)
        numbers = re.findall(r"\d+", value) if re.fullmatch(r"[(\[][\s\d,x]+[)\]]", value) else []
        for attempt in (value, number[1] if number else "", "x".join(numbers)):
            try:
                read(key, attempt, self.reading.names)
            except Problem:
                continue
            return attempt if attempt and " " not in attempt else ""
        return ""

    @staticmethod
    def value(word: str) -> str:
        return re.sub(r"^[A-Za-z_]+=?", "", word) or word
