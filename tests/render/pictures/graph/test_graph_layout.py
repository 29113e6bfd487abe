"""Where nodes and edges lie: none over another, edges from border to border, over no node and no word."""

import random

import pytest
from families import FAMILIES, SAMPLED
from graph_geometry import faults, laid_out, outline, pieces_of

from convcalc.render.pictures.graph import placing
from convcalc.render.pictures.graph.outline import blocks_of, nodes_of


@pytest.mark.parametrize("is_right", [False, True], ids=["down", "right"])
@pytest.mark.parametrize("name", SAMPLED)
def test_nothing_lies_over_anything_else(name, is_right):
    assert faults(outline(name), is_right) == []


@pytest.mark.parametrize("name", FAMILIES[::5])
@pytest.mark.parametrize("depth", [1, 2])
def test_nor_does_it_when_folded(name, depth):
    assert faults(outline(name, depth)) == []


@pytest.mark.parametrize("name", FAMILIES)
def test_the_lines_are_the_edges(name):
    """The pieces of lines from frame to frame make up every edge, and no others."""
    found = outline(name)
    layout = laid_out(found)
    assert pieces_of(layout) == set(found.edges)
    assert {placed.box.node.number for placed in layout.nodes} == {node.number for node in nodes_of(found.items)}
    assert len(layout.nodes) == len(list(nodes_of(found.items)))
    assert len(layout.blocks) == len(list(blocks_of(found.items)))


def random_network(seed):
    """Layers that take any of those above, in blocks of blocks."""
    draw = random.Random(seed)
    known, lines = (["a", "b"], ["input: {a: 4x8x8, b: 4x8x8}"]) if seed % 3 == 0 else (["input"], ["input: 4x8x8"])
    lines.append("layers:")
    around: list[str] = []
    for place in range(draw.randrange(3, 26)):
        if draw.random() < 0.2 and len(around) < 3:
            around.append(f"g{place}")
            lines.append(f"{'  ' * (2 * len(around) - 1)}- g{place}:")
        elif draw.random() < 0.25 and around and not lines[-1].endswith(":"):
            around.pop()
        sources = draw.sample(known[-draw.choice((2, 6, 40)) :], min(len(known), draw.choice((1, 2))))
        layer = f"conv: {{filters: 4, kernel: 1, from: .{draw.choice(known[-4:])}}}"
        if len(sources) > 1:
            layer = f"add: {{from: [{', '.join(f'.{source}' for source in sources)}]}}"
        lines.append(f"{'  ' * (2 * len(around) + 1)}- x{place}: {{{layer}}}")
        known.append(".".join([*around, f"x{place}"]))
    return "\n".join(lines) + "\n"


@pytest.mark.seeds(40, 160)
def test_random_graphs(seed):
    found = outline(random_network(seed))
    assert not found.network.report.errors
    assert faults(found, seed % 2 == 1) == []
    assert pieces_of(laid_out(found)) == set(found.edges)


def test_a_fault_would_be_seen(monkeypatch):
    monkeypatch.setattr(placing, "BETWEEN", -60)
    monkeypatch.setattr(placing, "FORK", -60)
    seen = "\n".join(faults(outline("unet")) + faults(outline("resnet50")) + faults(outline("googlenet")))
    assert "nodes" in seen and "over node" in seen and "words" in seen


def test_it_is_the_same_every_time():
    assert laid_out(outline("keras_nasnet_mobile")) == laid_out(outline("keras_nasnet_mobile"))
