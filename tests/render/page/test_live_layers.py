"""Layers of every kind, by themselves and in chains at random, slide exactly: their numbers are the summary's."""

import json
import random
import re

import pytest
from kind_rows import ROWS
from live_numbers import Live, slid

from convcalc.problem import Problem, Source

# Numbers of a layer's line: a key's, one behind its letter, or a bare one.
NUMBER = re.compile(r"(?<= )(?:([a-z_]+=)|([kspdgmf]))?(\d+)(?= |$)")


def with_names(line, names):
    """The line with a name for every number, which is added to the names."""

    def name(match):
        found = f"n{len(names)}"
        names[found] = int(match[3])
        return f"{match[1] or (f'{match[2]}=' if match[2] else '')}{found}"

    return NUMBER.sub(name, line)


def live(seed, cases, **document):
    """The network of a document; None where it is refused, or nothing of it can slide."""
    try:
        found = Live(Source("<text>", json.dumps({"layout": "channels_first", **document})), seed, cases)
    except Problem:
        return None
    return found if found.forms.sliders and not found.report.errors else None


def check(networks):
    for network, found in zip(networks, slid([(each.forms, each.cases) for each in networks]), strict=True):
        network.check(found)


@pytest.mark.parametrize("has_names", [False, True])
def test_every_kind_slides_exactly(has_names):
    networks = []
    for kind, rows in ROWS.items():
        for number, row in enumerate(rows):
            shapes, names = row.input.split(), {}
            layer = with_names(row.layer, names) if has_names else row.layer
            inputs = {f"i{place}": shape for place, shape in enumerate(shapes)} if len(shapes) > 1 else row.input
            source = f" from={','.join(inputs)}" if len(shapes) > 1 else ""
            said = {"let": names} if names else {}
            if names or not has_names:
                more = {"convention": row.convention, **said}
                networks.append(live(f"{kind} {number}", 8, input=inputs, layers=[f"{layer}{source}"], **more))
    found = list(filter(None, networks))
    assert len(found) > (80 if has_names else 120)
    check(found)


# `squeeze` is left out: of an axis of one cell, and of no other, it makes another network.
LINES = [
    row.layer for kind, rows in ROWS.items() for row in rows
    if " " not in row.input and row.convention == "pytorch" and kind != "squeeze"
]  # fmt: skip


@pytest.mark.parametrize(
    ("seed", "count"), [(0, 25), *(pytest.param(seed, 120, marks=pytest.mark.slow) for seed in range(1, 9))]
)
def test_chains_of_layers_slide_exactly(seed, count):
    generator, networks = random.Random(seed), []
    for number in range(20 * count):
        names = {}

        def line(names=names):
            chosen = generator.choice(LINES)
            return with_names(chosen, names) if generator.random() < 0.2 else chosen

        layers = [line() for _ in range(generator.randint(2, 5))]
        if generator.random() < 0.5:
            layers.insert(
                generator.randrange(len(layers)), {"residual": [line() for _ in range(generator.randint(1, 2))]}
            )
        shape = generator.choice(["4x24x24", "4x40", "2x12x12x12", "6x32x16"])
        networks.append(live(f"{seed} {number}", 8, input=shape, layers=layers, **({"let": names} if names else {})))
        if len(networks) - networks.count(None) == count:
            break
    check(list(filter(None, networks)))
