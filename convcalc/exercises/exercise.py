"""Exercises: networks with questions, chosen so that every common mistake shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os.path import basename
from typing import TYPE_CHECKING

from convcalc.exercises.random_networks import COUNTS, QUANTITIES, TOPICS, networks, seeded_random
from convcalc.layers.window import SLIDING
from convcalc.marking.reference_network import ReferenceNetwork
from convcalc.marking.situation import right_situation
from convcalc.marking.wrong_values import absorbed_mistakes, common_mistakes, visible_mistakes
from convcalc.network.load import graph_of, sound_report, spec_of, summarise
from convcalc.problem import Source, problem
from convcalc.questions.explain import is_plain
from convcalc.readers.forms import form_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport

LEVELS = (1, 2, 3)
MOST_CHOICES = 10  # to a question


class Ask(NamedTuple):
    ask: str  # C1.output
    layer: str
    quantity: str
    points: int = 1
    choices: tuple[str, ...] = ()  # answers to choose from


class Exercise(NamedTuple):
    """A network and the questions on it."""

    title: str
    seed: str
    spec: str  # the network as YAML
    report: NetworkReport
    asks: tuple[Ask, ...]
    topic: str = ""  # that it was drawn for, and at which level
    level: int = 0


def exercise(topic: str, level: int, seed: str, student: str = "", layers: int = 0) -> Exercise:
    """A random network with questions; the same seed and student give the same one."""
    drawn = TOPICS[topic]
    best: tuple[int, str, NetworkReport, tuple[Ask, ...]] | None = None
    for text in networks(drawn, level, seeded_random(topic, level, seed, student), layers or COUNTS[level]):
        report = summarise(Source("quiz", text))
        asks = tuple(questions_on(report, drawn.quantities))
        missed = len(unseen_mistakes(report, asks, level, drawn.beside))
        if asks and (best is None or missed < best[0]):
            best = (missed, text, report, asks)
        if asks and not missed:
            break
    if best is None or best[0]:
        hint = "another --seed, another number of --layers, or another --level"
        raise problem("G001", f"no network was found in which every mistake on {topic} shows", hint)
    _, text, report, asks = best
    title = f"{topic.replace('-', ' ').capitalize()}, level {level}"
    return Exercise(title, seed, text, report, asks, topic, level)


def questions_on(report: NetworkReport, quantities: Iterable[str]) -> Iterator[Ask]:
    """The questions on a network: the quantities of each layer that have to be worked out."""
    here = ReferenceNetwork(report)
    for index, layer in enumerate(report.layers):
        if layer.applied is None or is_plain(layer):
            continue
        kind = layer.applied.setting.kind
        for quantity in quantities:
            if quantity in ("parameters", "macs") and kind.parameters == "0":
                continue
            if quantity == "receptive_field" and not (kind.window.type is SLIDING and here.windows(index)):
                continue  # behind the first window there is nothing to work out
            yield Ask(f"{layer.name}.{quantity}", layer.name, quantity)
    if "parameters" in quantities and len(report.layers) > 1:
        yield Ask("total.parameters", "total", "parameters")


def unseen_mistakes(report: NetworkReport, asks: Iterable[Ask], level: int, beside: Iterable[str] = ()) -> set[str]:
    """The common mistakes that show in none of the answers, except those that the topic is not about."""
    here = ReferenceNetwork(report)
    possible: set[str] = set()
    shown: set[str] = set()
    for ask in asks:
        if ask.layer in here.index:
            at = right_situation(here, here.index[ask.layer])
            possible |= common_mistakes(at, ask.quantity, min(level, 2))
            shown |= visible_mistakes(at, ask.quantity)
    if not any(layer.applied and layer.applied.setting.kind.pools for layer in report.layers):
        possible.discard("rf.skip_pool")
    return possible - shown - {"rf.gt_input_clip", *beside}


# On a given network


def exercise_on(source: Source, level: int, seed: str, student: str = "", count: int = 0) -> Exercise:
    """Questions on a given network: those in which no common mistake is hidden."""
    report = sound_report(source)
    report.demand_shapes()
    if not all(isinstance(side, int) for shape in report.inputs.values() for side in shape):
        message = f"{source.name} has letters for sizes: answers would not be numbers"
        raise problem("G003", message, "give the sides numbers")
    random, here = seeded_random(source.text, level, seed, student), ReferenceNetwork(report)
    found = [
        ask
        for ask in questions_on(report, QUANTITIES)
        if ask.layer == "total"
        or not absorbed_mistakes(right_situation(here, here.index[ask.layer]), ask.quantity, level)
    ]
    wanted = min(len(found), count or 4 * level)
    chosen = sorted(random.sample(range(len(found)), wanted))
    if not chosen:
        hint = "a network with convolutions has more to ask"
        raise problem("G002", f"there is nothing to ask of {source.name}", hint)
    asks = tuple(found[index] for index in chosen)
    return Exercise(report.name or basename(source.name), seed, own_text(source), report, asks)


def own_text(source: Source) -> str:
    """A network as its key holds it: in the language of convcalc, whatever it was written in."""
    if form_of(source) is None:
        return source.text
    from convcalc.writing import TARGETS
    from convcalc.writing.folding import in_few_words

    spec = spec_of(source)
    graph = graph_of(spec)
    if not spec.blocks:
        spec, graph = in_few_words(spec, graph)
    return "".join(TARGETS["yaml"].pieces(spec, graph))
