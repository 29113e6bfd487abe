"""Networks drawn at random, layer by layer, in whose numbers every common mistake shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.marking.reference_network import ReferenceNetwork
from convcalc.marking.situation import right_situation
from convcalc.marking.wrong_values import absorbed_mistakes
from convcalc.network.load import summarise
from convcalc.problem import Problem, Source
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from random import Random

DRAWS = 60  # of one layer
ATTEMPTS = 60  # at a network
MAX_DRAWS = 8_000  # of different layers at a place, in all attempts that go back where there is no way on
SMALLEST, LARGEST = 3, 400  # sides of a map worth asking for
QUANTITIES = ("output", "parameters", "macs", "receptive_field")
STRIDES = ("rf.cur_stride", "rf.no_stride", "rf.last_stride_only")

Maker = Callable[["Random", int], str]


class Topic(NamedTuple):
    """What is practised: the layers that are drawn, and what is asked of them."""

    makers: tuple[Maker, ...]
    quantities: tuple[str, ...]
    beside: tuple[str, ...] = ()  # mistakes that it is not about


# Layers


def odd(random: Random, level: int) -> int:
    return random.choice((3, 5) if level < 3 else (3, 5, 7))


def filters(random: Random, level: int) -> int:
    return random.choice((4, 6, 8, 10, 12, 16) if level < 3 else (12, 16, 20, 24, 32, 48))


def conv(random: Random, level: int) -> str:
    kernel = odd(random, level)
    stride = random.choice((1, 1, 2) if level == 1 else (1, 2, 3))
    padding = random.choice(range(1, kernel // 2 + 1) if stride == 1 else range(kernel // 2 + 1))
    text = f"conv {filters(random, level)} k{kernel}"
    if level == 3 and random.random() < 0.4:
        other = random.choice([each for each in (1, 3, 5) if each != kernel])
        return f"{text}x{other} s{stride} p{padding}x{other // 2}"
    return text + (f" s{stride}" if stride > 1 else "") + (f" p{padding}" if padding else "")


def pool(random: Random, level: int) -> str:
    text = random.choice(("maxpool {}", "avgpool {}"))
    return text.format(random.choice((2, 3)) if level == 1 else f"3 s2 p{random.choice((0, 1))}")


def dilated_conv(random: Random, level: int) -> str:
    return f"conv {filters(random, level)} k{odd(random, level)} d{random.choice((3, 4))} p{random.choice((1, 2, 3))}"


def transposed_conv(random: Random, level: int) -> str:
    kernel, stride = random.choice((3, 4, 5)), random.choice((2, 3))
    more = f" op{random.randrange(1, stride)}" if level > 1 and random.random() < 0.5 else ""
    return f"tconv {filters(random, level)} k{kernel} s{stride} p1{more}"


def grouped_conv(random: Random, level: int) -> str:
    sizes = f"k{odd(random, level)} s{random.choice((1, 2))} p1"
    return f"conv {random.choice((16, 24, 32, 48))} {sizes} g{random.choice((2, 4))}"


def depthwise_conv(random: Random, level: int) -> str:
    return f"dwconv k{odd(random, level)} s{random.choice((1, 2))} p1"


ALL = (conv, conv, pool, dilated_conv, grouped_conv)
TOPICS = {
    "sizes": Topic((conv, conv, pool), ("output",)),
    "parameters": Topic((conv,), ("output", "parameters")),
    "macs": Topic((conv,), ("output", "macs")),
    "receptive-field": Topic((conv, conv, pool), ("receptive_field",)),
    "dilation": Topic((dilated_conv, dilated_conv, conv), ("output", "receptive_field"), STRIDES),
    "transposed": Topic((transposed_conv, transposed_conv, conv), ("output", "parameters")),
    "groups": Topic((grouped_conv, depthwise_conv, conv), ("parameters", "macs")),
    "everything": Topic(ALL, QUANTITIES),
}
COUNTS = {1: 3, 2: 4, 3: 5}  # layers
SIDES = {1: (28, 64), 2: (60, 128), 3: (96, 240)}  # of the input
SMALL = (7, 20)  # of one that is going to be enlarged


def seeded_random(*parts: object) -> Random:
    """The same numbers for the same words on every machine."""
    from random import Random

    words = "\0".join(map(str, parts))
    return Random(int.from_bytes(hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest(), "big"))


def networks(topic: Topic, level: int, random: Random, count: int) -> Iterator[str]:
    """Chains drawn layer by layer, each with numbers that hide nothing.

    First come those that are drawn without ever going back, and hide nothing even of what is not asked: a seed of
    which one comes has always had it.
    """
    for _ in range(ATTEMPTS):
        if text := ChainDraft(topic, level, random, count, topic.quantities).draw(0):
            yield text
    draws = MAX_DRAWS
    for _ in range(ATTEMPTS):
        chain = ChainDraft(topic, level, random, count)
        if draws > 0 and (text := chain.draw(min(draws, MAX_DRAWS // 4))):
            yield text
        draws -= chain.draws


class ChainDraft:
    """A network that is being drawn."""

    def __init__(self, topic: Topic, level: int, random: Random, count: int, quantities: tuple[str, ...] = ()):
        self.topic, self.level, self.random = topic, level, random
        self.quantities = quantities  # that are to hide nothing, where it is not those that are asked
        low, high = SIDES[level] if transposed_conv not in topic.makers else SMALL
        height = random.randrange(low, high)
        width = height if level < 3 else random.randrange(low, high)
        channels = random.choice((2, 3)) if grouped_conv not in topic.makers else 8
        self.shapes: list[tuple[int, ...]] = [(channels, height, width)]
        self.lines: list[str] = []
        makers = [*topic.makers]
        random.shuffle(makers)
        self.makers = [makers[place % len(makers)] for place in range(count)]
        if self.makers[0] is pool:
            self.makers[0] = conv
        self.draws = 0  # of different layers at a place

    def draw(self, most: int) -> str:
        """The network as YAML; at a dead end some of the layers are drawn again, in at most so many draws."""
        ends = 0
        while len(self.lines) < len(self.makers):
            if not self.grow(bool(most)):
                ends += 1
                if not self.lines or self.draws >= most:
                    return ""
                back = 1 + ends % len(self.lines)
                del self.lines[-back:], self.shapes[-back:]
        head = f"input: {'x'.join(map(str, self.shapes[0]))}\nlayers:\n"
        return head + "".join(f"- L{number}: {line}\n" for number, line in enumerate(self.lines, 1))

    def grow(self, looks_ahead: bool) -> bool:
        """Another layer, if one that is worth asking about is drawn."""
        maker, *ahead = self.makers[len(self.lines) :]
        low, high = room_ahead(ahead, self.level) if looks_ahead else (SMALLEST, LARGEST)
        without = ("parameters", "macs") if maker is pool else ()
        quantities = self.quantities or tuple(each for each in self.topic.quantities if each not in without)
        tried = set()
        for _ in range(DRAWS):
            line = maker(self.random, self.level)
            self.draws += line not in tried
            tried.add(line)
            after = worth_asking(line, self.shapes[-1], quantities, self.level)
            if after and all(low <= side <= high for side in after[1:]):
                self.lines.append(line)
                self.shapes.append(after)
                return True
        return False


def room_ahead(ahead: list[Maker], level: int) -> tuple[int, int]:
    """Between which sides a map must be, so that those of the layers ahead can be of a decent size.

    A pooling takes at least every second cell, n → ⌈n/2⌉; a transposed convolution gives at least 2n − 1; an ordinary
    one can keep n or divide it by its largest stride.
    """
    halved, doubled = ahead.count(pool), ahead.count(transposed_conv)
    divided = (2 if level == 1 else 3) ** (len(ahead) - halved - doubled)
    return (SMALLEST - 1) * 2**halved + 1, LARGEST * divided * 4**halved // 2**doubled + 1


@lru_cache(maxsize=4096)
def worth_asking(line: str, before: tuple[int, ...], quantities: tuple[str, ...], level: int) -> tuple[int, ...]:
    """The output of a layer that is valid, has maps of a decent size and hides no mistake; () for any other."""
    try:
        report = summarise(Source("quiz", f"{'x'.join(map(str, before))} -> {line}"))
    except Problem:
        return ()
    output: Any = report.output
    if report.errors or not output or not all(SMALLEST <= side <= LARGEST for side in output[1:]):
        return ()
    at = right_situation(ReferenceNetwork(report), 0)
    return () if any(absorbed_mistakes(at, quantity, level) for quantity in quantities) else output
