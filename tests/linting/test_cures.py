"""Cures that are values: the network is built with them, and the rule finds nothing there any more."""

from random import Random

import pytest

from convcalc.linting.linter import RULES, Selection, groups, lint
from convcalc.linting.network import LintedNetwork
from convcalc.network.load import Choices, graph_and_report
from convcalc.problem import LINE, Problem, Source

LAYERS = (
    "conv {f} k{k} s{s} p{p}", "conv {f} k{k} p{p} d{d}", "conv {f} k{k} p{p} g{g}", "dwconv k{k} p{p} s{s}", "maxpool {k} s{s}",
    "avgpool {k} s{s} p{p} ceil={yes}", "tconv {f} k{k} s{s} p{p}", "zeropad {p}", "crop {p}", "batchnorm", "relu", "sigmoid",
    "upsample 2", "instancenorm", "dropout 0", "conv {f} k{k} p=same", "maxpool {k}", "conv {f} k{k} bias=no", "identity",
)  # fmt: skip


def random_network(random):
    """A network in one line that fits, of some layers that make little sense together."""
    rank, channels = random.choice((1, 2, 2, 3)), random.choice((4, 8, 16))
    side = random.randint(1, 40 if rank < 3 else 12)
    text = "x".join(map(str, (channels, *(side + random.randint(0, 1) for _ in range(rank)))))
    for _ in range(random.randint(1, 7)):
        values = {
            "f": random.choice((4, 8, 12, 16)), "k": random.randint(1, 7), "s": random.randint(1, 3), "p": random.randint(0, 4),
            "d": random.randint(1, 4), "g": random.choice((1, 2, 4)), "yes": random.choice(("yes", "no")),
        }  # fmt: skip
        longer = f"{text} -> {random.choice(LAYERS).format(**values)}"
        if fits(longer):
            text = longer
    return text


def fits(text):
    try:
        return not graph_and_report(Source(LINE, text))[1].errors
    except Problem:
        return False


@pytest.mark.seeds(25, 400)
def test_a_cure_in_values_works(seed):
    random = Random(f"cures {seed}")
    for _ in range(4):
        text = random_network(random)
        if " -> " not in text:
            continue
        graph, report = graph_and_report(Source(LINE, text))
        network = LintedNetwork(graph, Choices(), report)
        for finding in lint(graph, report, Choices(), Selection(notes=True)):
            values, code = finding.remedy.values, finding.rule.code
            assert finding.remedy.text, (text, finding)
            if not values:
                continue
            rebuilt = network.rebuilt_with(finding.node, values)
            assert rebuilt is not None, (text, finding)
            again = LintedNetwork(rebuilt, Choices())
            left = [trait.node for rule, _, traits in groups(again, Selection(select=(code,))) for trait in traits]
            assert finding.node not in left, (text, finding)
            assert again.warnings <= network.warnings, (text, finding)


CODES = tuple(rule.code for rule in RULES if rule.level == "warning" or rule.code == "not-powers")
PAIRS = "  - conv 20 k3 p1\n  - relu\n"
BOUNDED = [
    "8x64x64 -> conv 8 k3 p2 d2 -> conv 8 k3 p2 d2 -> [conv 8 k1 -> relu]*1500",
    "1x1500000x1500000 -> conv 1 k1000000 s1000000",
    "64x8x8 -> tconv 32 k3 s65536",
    "64x8x9 -> tconv 32 k3x4 s1000x7",
    "input: 3x63x63\nlayers:\n" + "  - maxpool 2 from=input\n" * 1000,
    "input: 3x63x63\nlayers:\n" + "  - maxpool 1 s2 from=input\n" * 1000,
    f"input: 3x63x63\nlayers:\n{PAIRS * 60}",
]


@pytest.mark.parametrize("text", BOUNDED, ids=[text[:50] for text in BOUNDED])
def test_findings_and_their_cures_take_a_bounded_number_of_steps(text, calls):
    graph, report = graph_and_report(Source(LINE, text))
    found = []
    made = calls(lambda: found.extend(lint(graph, report, Choices(), Selection(select=CODES))))
    assert found and made < 12_000_000
