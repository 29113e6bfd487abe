"""Exercises: seeded random networks whose numbers let no common mistake pass unseen, and what to ask of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.language.names import Choices
from convcalc.marking.diagnose import Situation, applying, wrong_values
from convcalc.marking.following import Network
from convcalc.network.summary import report as reported
from convcalc.problem import Problem, Source, problem
from convcalc.questions.explain import is_plain
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from random import Random

    from convcalc.network.walk import NetworkReport

LEVELS = (1, 2, 3)
DRAWS = 60  # of one layer
ATTEMPTS = 60  # at a network
SMALLEST, LARGEST = 3, 400  # sides of a map worth asking for
QUANTITIES = ("output", "parameters", "macs", "receptive_field")
# What each quantity is diagnosed as.
PARTS = {
    "output": ("size", "channels"),
    "parameters": ("parameters",),
    "macs": ("macs",),
    "receptive_field": ("receptive_field",),
}
RANKS = {1: 1, 2: 2, 3: 3}  # how common a mistake must be to be looked after, by level
ROUNDING = frozenset(("size.fraction", "size.round_up_conv", "size.floor_ceil_mixed"))
# Mistakes with a full convolution, which a depthwise one gives no occasion for.
FULL = frozenset(
    ("par.no_cin", "par.bias_per_channel", "par.bias_once", "par.times_hw", "mac.no_cin", "mac.params",
     "size.channels_mult", "size.channels_unchanged")
)  # fmt: skip
STRIDES = ("rf.cur_stride", "rf.no_stride", "rf.last_stride_only")

Maker = Callable[["Random", int], str]


class Topic(NamedTuple):
    """What is practised: the layers that are drawn, and what is asked of them."""

    doc: str
    makers: tuple[Maker, ...]
    quantities: tuple[str, ...]
    beside: tuple[str, ...] = ()  # mistakes that it is not about


class Ask(NamedTuple):
    ask: str  # C1.output
    layer: str
    quantity: str
    points: int = 1


class Exercise(NamedTuple):
    """A network and the questions on it."""

    title: str
    seed: str
    spec: str  # the network as YAML
    report: NetworkReport
    asks: tuple[Ask, ...]


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
    kind = random.choice(("maxpool", "avgpool"))
    return f"{kind} {random.choice((2, 3))}" if level == 1 else f"{kind} 3 s2 p{random.choice((0, 1))}"


def dilated(random: Random, level: int) -> str:
    return f"conv {filters(random, level)} k{odd(random, level)} d{random.choice((3, 4))} p{random.choice((1, 2, 3))}"


def transposed(random: Random, level: int) -> str:
    kernel, stride = random.choice((3, 4, 5)), random.choice((2, 3))
    more = f" op{random.randrange(1, stride)}" if level > 1 and random.random() < 0.5 else ""
    return f"tconv {filters(random, level)} k{kernel} s{stride} p1{more}"


def grouped(random: Random, level: int) -> str:
    sizes = f"k{odd(random, level)} s{random.choice((1, 2))} p1"
    return f"conv {random.choice((16, 24, 32, 48))} {sizes} g{random.choice((2, 4))}"


def depthwise(random: Random, level: int) -> str:
    return f"dwconv k{odd(random, level)} s{random.choice((1, 2))} p1"


ALL = (conv, conv, pool, dilated, grouped)
TOPICS = {
    "sizes": Topic("Output sizes of convolutions and poolings.", (conv, conv, pool), ("output",)),
    "parameters": Topic("Weights and biases.", (conv,), ("output", "parameters")),
    "macs": Topic("Multiply–accumulates.", (conv,), ("output", "macs")),
    "receptive-field": Topic("What an output sees.", (conv, conv, pool), ("receptive_field",)),
    "dilation": Topic("Kernels with holes.", (dilated, dilated, conv), ("output", "receptive_field"), STRIDES),
    "transposed": Topic("Convolutions that enlarge.", (transposed, transposed, conv), ("output", "parameters")),
    "groups": Topic("Grouped and depthwise convolutions.", (grouped, depthwise, conv), ("parameters", "macs")),
    "everything": Topic("All of it.", ALL, QUANTITIES),
}
COUNTS = {1: 3, 2: 4, 3: 5}  # layers
SIDES = {1: (28, 64), 2: (60, 128), 3: (96, 240)}  # of the input
SMALL = (7, 20)  # of one that is going to be enlarged


def seeded(*parts: object) -> Random:
    """The same numbers for the same words on every machine."""
    from random import Random

    words = "\0".join(map(str, parts))
    return Random(int.from_bytes(hashlib.sha256(words.encode()).digest(), "big"))


def exercise(topic: str, level: int, seed: str, student: str = "", layers: int = 0) -> Exercise:
    """A random network with questions; the same seed and student give the same one."""
    drawn, random = TOPICS[topic], seeded(topic, level, seed, student)
    best: tuple[int, str, NetworkReport, tuple[Ask, ...]] | None = None
    for _ in range(ATTEMPTS):
        found = network(drawn, level, random, layers or COUNTS[level])
        if found is None:
            continue
        text, report = found
        asks = tuple(asked(report, drawn.quantities, level))
        missed = len(unseen(report, asks, level, drawn.beside))
        if asks and (best is None or missed < best[0]):
            best = (missed, text, report, asks)
        if asks and not missed:
            break
    if best is None or best[0]:
        hint = "another seed, more --layers, or another --level"
        raise problem("G001", f"no network was found in which every mistake on {topic} shows", hint)
    _, text, report, asks = best
    return Exercise(f"{topic.replace('-', ' ').capitalize()}, level {level}", seed, text, report, asks)


def network(topic: Topic, level: int, random: Random, count: int) -> tuple[str, NetworkReport] | None:
    """A chain drawn layer by layer, each with numbers that hide nothing; None where there is no way on."""
    low, high = SIDES[level] if transposed not in topic.makers else SMALL
    height = random.randrange(low, high)
    width = height if level < 3 else random.randrange(low, high)
    channels = random.choice((2, 3)) if grouped not in topic.makers else 8
    head = f"input: {channels}x{height}x{width}\nlayers:\n"
    lines: list[str] = []
    report: NetworkReport | None = None
    makers = [*topic.makers]
    random.shuffle(makers)
    for place in range(count):
        maker = makers[place % len(makers)]
        if place == 0 and maker is pool:
            maker = conv
        for _ in range(DRAWS):
            line = f"- L{place + 1}: {maker(random, level)}\n"
            try:
                made = reported(Source("quiz", head + "".join(lines) + line))
            except Problem:
                continue
            if is_worth_asking(made, topic.quantities, level):
                lines.append(line)
                report = made
                break
        else:
            return None
    return (head + "".join(lines), report) if report else None


def is_worth_asking(report: NetworkReport, quantities: Iterable[str], level: int) -> bool:
    """Whether the last layer works out, on maps of a decent size, and absorbs no mistake that can be made in it."""
    last: Any = report.layers[-1].applied
    if report.errors or last is None or not all(SMALLEST <= side <= LARGEST for side in last.output[1:]):
        return False
    here = Network(report)
    index = len(report.layers) - 1
    return not any(absorbed(situation(here, index), quantity, level) for quantity in quantities)


# Mistakes


def situation(network: Network, index: int) -> Situation:
    """A layer as somebody sees it who has everything before it right."""
    applied = network.applied(index)
    source = network.sources[index][0]
    flat = network.flattened(index)
    flattened = network.applied(flat).input[0] if flat is not None else ()
    return Situation(network, index, applied, network.field(source), network.field(source, "stride"), flat=flattened)


def common(at: Situation, quantity: str, level: int) -> set[str]:
    """The codes of the mistakes that many make with a quantity of such a layer."""
    return {
        mistake.code
        for part in PARTS[quantity]
        for mistake, wrong in applying(at, part)
        if mistake.rank <= RANKS[level] and (wrong.formula or wrong.put)
    }


def visible(at: Situation, quantity: str) -> set[str]:
    """The codes of those that lead to a wrong number here."""
    places = range(max(1, len(at.applied.output) - 1))
    found = (each for part in PARTS[quantity] for place in places for each in wrong_values(at, part, place))
    return {code for each in found for code in each.codes}


def absorbed(at: Situation, quantity: str, level: int) -> set[str]:
    """The mistakes that can be made in this layer, and lead to the right number all the same."""
    return {code for code in common(at, quantity, level) - visible(at, quantity) if can_be_made(code, at)}


def can_be_made(code: str, at: Situation) -> bool:
    """Whether there is anything in a layer to make a mistake with: no padding can be forgotten where there is none."""
    axes = at.applied.axes
    stride: Any = max((axis.get("s", 1) for axis in axes), default=1)  # type: ignore[type-var]  # no symbols get here
    if at.kind.name == "dwconv" and code in FULL:
        return False
    if code == "size.pad_once":
        return any(axis.get("p_l", axis.get("p", 0)) for axis in axes)
    if code in ROUNDING:
        return bool(stride > 1)
    if code == "size.plus_one_inside":
        return bool(stride > 2)  # by 2 it leaves a rest in the one place or in the other
    if code == "mac.in_hw":
        return bool(at.applied.output[1:] != at.applied.input[0][1:])
    return not code.startswith("rf.")  # these depend on the layers before


def asked(report: NetworkReport, quantities: Iterable[str], level: int) -> Iterator[Ask]:
    """The questions on a network: a quantity of a layer where it is not the same for everybody."""
    here = Network(report)
    for index, layer in enumerate(report.layers):
        if layer.applied is None or is_plain(layer):
            continue
        kind = layer.applied.setting.kind
        for quantity in quantities:
            if quantity in ("parameters", "macs") and kind.parameters == "0":
                continue
            if quantity == "receptive_field" and not (kind.window.type == "slide" and here.windows(index)):
                continue  # behind the first window there is nothing to work out
            yield Ask(f"{layer.name}.{quantity}", layer.name, quantity)
    if "parameters" in quantities and len(report.layers) > 1:
        yield Ask("total.parameters", "total", "parameters")


def unseen(report: NetworkReport, asks: Iterable[Ask], level: int, beside: Iterable[str] = ()) -> set[str]:
    """The common mistakes that show in no answer to what is asked; but those that a topic is not about."""
    here = Network(report)
    possible: set[str] = set()
    shown: set[str] = set()
    for ask in asks:
        if ask.layer in here.index:
            at = situation(here, here.index[ask.layer])
            full = FULL if at.kind.name == "dwconv" else frozenset[str]()
            possible |= common(at, ask.quantity, min(level, 2)) - full
            shown |= visible(at, ask.quantity)
    if not any(layer.applied and layer.applied.setting.kind.family == "pool" for layer in report.layers):
        possible.discard("rf.skip_pool")
    return possible - shown - {"rf.gt_input_clip", *beside}


# On a given network


def on_network(
    source: Source, level: int, seed: str, student: str = "", count: int = 0, choices: Choices | None = None
) -> Exercise:
    """Questions on a network that there is already: those in which no common mistake is hidden."""
    report = reported(source, choices)
    if report.errors:
        raise Problem(*report.errors)
    if not all(isinstance(side, int) for shape in report.inputs.values() for side in shape):
        raise problem(
            "G003", f"{source.name} has letters for sizes: answers would not be numbers", "give the sides numbers"
        )
    random, here = seeded(source.text, level, seed, student), Network(report)
    found = [
        ask
        for ask in asked(report, QUANTITIES, level)
        if ask.layer == "total" or not absorbed(situation(here, here.index[ask.layer]), ask.quantity, level)
    ]
    wanted = min(len(found), count or 4 * level)
    chosen = sorted(random.sample(range(len(found)), wanted))
    if not chosen:
        raise problem(
            "G002", f"there is nothing to ask of {source.name}", "a network with convolutions has more to ask"
        )
    return Exercise(report.name or source.name, seed, source.text, report, tuple(found[index] for index in chosen))


def total(exercise: Exercise) -> Any:
    return sum(ask.points for ask in exercise.asks)
