"""What is drawn of a network: every layer once, every edge, blocks folded and repeated, and sums that agree."""

from __future__ import annotations

import pytest
from families import FAMILIES, SAMPLED
from graph_geometry import outline, pictured

from convcalc.algebra.expr import sum_of
from convcalc.render.pictures.graph.folding import MAX_ASKED, MAX_ITEMS, MAX_NODES
from convcalc.render.pictures.graph.outline import (
    FAILED,
    FOLD,
    INPUT,
    LAYER,
    OUTPUT,
    REST,
    GraphBlock,
    blocks_of,
    nodes_of,
)

BASIC = """
name: Basic
input: 3x32x32
blocks:
  basic:
    params: {c: required, s: 1}
    layers:
      - residual:
          main: [conv c k3 s=s p1 bias=no, batchnorm, relu, conv c k3 p1 bias=no, batchnorm]
          shortcut: auto
      - relu
layers:
  - 'layer1': [4 x basic c=16]
  - 'layer2': [basic c=32 s=2, 2 x basic c=32]
  - gap
  - linear 10
"""


def shown_names(outline):
    """By the name of every layer and input, the name of the node that shows it."""
    names = {node.number: node.name for node in nodes_of(outline.items)}
    return {outline.network.graph.nodes[layer].name: names[owner] for layer, owner in outline.owners.items()}


def counted(items, times=1):
    """The nodes, each with how often the blocks around it are there."""
    for item in items:
        if isinstance(item, GraphBlock):
            yield from counted(item.items, times * item.times)
        else:
            yield item, times


def sums(found, quantity):
    parts = []
    for node, times in counted(found.items):
        numbers = found.subtotals(node.layers) if node.layers else None
        if numbers is not None and node.mark != INPUT:
            parts.append(times * getattr(numbers, quantity))
    return sum_of(parts)


@pytest.mark.parametrize("name", SAMPLED)
@pytest.mark.parametrize("depth", [0, 1, 99])
def test_the_numbers_of_all_nodes_are_those_of_the_network(name, depth):
    found = outline(name, depth)
    totals = found.network.report.totals
    assert sums(found, "parameters") == totals.parameters
    assert sums(found, "macs") == totals.macs


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("depth", [0, 1, 2, 99])
def test_every_layer_is_shown_once(name, depth):
    found = outline(name, depth)
    nodes = found.network.graph.nodes
    layers = [layer for node in nodes_of(found.items) for layer in node.layers]
    hidden = {layer for layer in range(len(nodes)) if layer not in layers}
    repeated = {
        place
        for block in blocks_of(found.items)
        for place in range(block.stop, block.start + block.times * (block.stop - block.start))
    }
    assert len(layers) == len(set(layers)) and hidden == repeated - set(layers)
    assert set(shown_names(found)) == {node.name for node in nodes}
    numbers = [item.number for item in (*nodes_of(found.items), *blocks_of(found.items))]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("depth", [0, 1, 99])
def test_every_edge_of_the_network_is_drawn_or_within_a_node(name, depth):
    """Also those of the layers that another is drawn for: as that one's."""
    found = outline(name, depth)
    graph = found.network.graph
    drawn = {(edge.source, edge.target) for edge in found.edges}
    for place, node in enumerate(graph.nodes):
        for source in node.inputs:
            ends = found.owners[source], found.owners[place]
            assert ends[0] == ends[1] or ends in drawn or follows(found, source, place)
    for edge in found.edges:
        target = next(node for node in nodes_of(found.items) if node.number == edge.target)
        sources = {found.owners[source] for layer in target.layers for source in graph.nodes[layer].inputs}
        assert target.mark == OUTPUT or edge.source in sources


def follows(found, source, place):
    """Whether an edge leads from one of the equal blocks to the next."""
    for block in blocks_of(found.items):
        size = block.stop - block.start
        copies = [(layer - block.start) // size for layer in (source, place)]
        if 0 <= copies[0] < copies[1] < block.times and copies[1] == copies[0] + 1:
            return True
    return False


@pytest.mark.parametrize("name", FAMILIES)
def test_a_page_holds_it(name):
    assert len(list(nodes_of(outline(name).items))) <= MAX_NODES
    assert len(list(nodes_of(outline(name, 99).items))) <= MAX_ASKED


def titles(found):
    return [
        (block.name, block.times, block.last, [node.name for node in nodes_of(block.items)])
        for block in blocks_of(found.items)
    ]


def test_equal_blocks_are_drawn_once():
    found = titles(outline(BASIC))
    conv = ["conv1", "conv2", "add1"]
    assert [(name, times, last) for name, times, last, _ in found] == [
        ("layer1", 1, ""),
        ("layer1.0", 1, ""),
        ("layer1.1", 3, "layer1.3"),
        ("layer2", 1, ""),
        ("layer2.0", 1, ""),
        ("layer2.1", 2, "layer2.2"),
    ]
    assert [name.rpartition(".")[2] for name in found[2][3]] == conv


def test_folded_blocks_that_are_equal_are_one_node():
    found = [node for node in nodes_of(outline(BASIC, 2).items) if node.mark == FOLD]
    assert [(node.name, node.times, node.last, len(node.layers)) for node in found] == [
        ("layer1.0", 1, "", 9),
        ("layer1.1", 3, "layer1.3", 21),
        ("layer2.0", 1, "", 9),
        ("layer2.1", 2, "layer2.2", 14),
    ]


def test_what_another_takes_from_is_not_drawn_for_others():
    """The second of three equal layers is taken from elsewhere: nothing may stand for it."""
    spec = """
input: 8x8x8
layers:
  - 'a': [conv 8 k3 p1]
  - 'b': [conv 8 k3 p1]
  - 'c': [conv 8 k3 p1]
  - 'd': [conv 8 k3 p1]
  - add: {from: [b, d]}
"""
    found = [node for node in nodes_of(outline(spec).items) if node.title]
    assert [(node.title, node.times, node.last) for node in found] == [("a", 2, "b"), ("c", 2, "d")]


def test_a_block_of_one_node_has_no_frame():
    """Nor is it folded: it takes no more room as it is."""
    spec = "input: 3x8x8\nlayers:\n  - 'stem': [conv 4 k3, batchnorm]\n  - relu\n  - 'two': [conv 4 k3, conv 4 k3]\n"
    for depth in (1, 2):
        first = list(nodes_of(outline(spec, depth).items))[1]
        assert (first.name, first.title, first.layers, first.mark) == ("stem.conv1", "stem", (1, 2, 3), LAYER)
    assert [name for name, *_ in titles(outline(spec, 2))] == ["two"]
    assert shown_names(outline(spec))["stem.batchnorm1"] == "stem.conv1"


def test_weights_that_are_used_again_are_counted_once():
    found = outline("siamese_koch")
    assert all(block.times == 1 for block in blocks_of(found.items))


def merged(spec):
    found = outline(spec)
    names = [node.name for node in found.network.graph.nodes]
    return [[names[layer] for layer in node.layers] for node in nodes_of(found.items) if node.mark == LAYER]


def test_normalisations_and_activations_are_merged():
    assert merged("3x8x8 -> conv 4 k3 -> batchnorm -> relu -> maxpool 2 -> dropout -> flatten -> linear 2") == [
        ["conv1", "batchnorm1", "relu1"],
        ["maxpool1", "dropout1"],
        ["flatten1"],
        ["linear1"],
    ]


def test_what_others_take_as_well_is_not_merged():
    spec = """
input: 3x8x8
layers:
  - stem: conv 3 k3 p1
  - relu
  - add: {from: [stem, relu1]}
  - sigmoid
"""
    assert merged(spec) == [["stem"], ["relu1"], ["add1", "sigmoid1"]]


def test_an_output_is_not_merged_over():
    spec = "input: 3x8x8\nlayers:\n  - logits: linear 4\n  - softmax\noutputs: [softmax1, logits]\n"
    spec = spec.replace("3x8x8", "12")
    assert merged(spec) == [["logits"], ["softmax1"]]
    found = [node.name for node in nodes_of(outline(spec).items) if node.mark == OUTPUT]
    assert found == ["softmax1", "logits"]


def test_an_activation_of_the_input_is_a_node():
    assert merged("8 -> relu -> linear 2") == [["relu1"], ["linear1"]]


@pytest.mark.parametrize(
    "layers, marks, left_out",
    [
        ("[conv 8 k3 p1 -> relu]*2000", [INPUT, LAYER, OUTPUT], 0),
        (" -> ".join(f"conv {8 + place % 200} k1" for place in range(1000)), [INPUT, *[LAYER] * 30, REST], 941),
    ],
    ids=["equal", "different"],
)
def test_a_long_network_without_blocks_is_cut_short(layers, marks, left_out):
    found = outline(f"8x8x8 -> {layers}")
    nodes = list(nodes_of(found.items))
    assert [node.mark for node in nodes][: len(marks)] == marks
    assert found.left_out == left_out and len(nodes) <= MAX_ITEMS + 2
    assert sums(found, "parameters") == found.network.report.totals.parameters


def test_runs_of_several_layers_are_drawn_once():
    found = outline("8x8x8 -> [conv 8 k3 p1 -> relu -> maxpool 3 s1 p1 -> conv 8 k1]*300")
    assert [(block.name, block.times, len(block.items)) for block in blocks_of(found.items)] == [("", 300, 3)]


def test_a_network_in_one_block_is_unfolded_until_there_is_something_to_see():
    layers = ", ".join(f"conv {8 + place % 200} k1" for place in range(300))
    found = outline(f"input: 8x8x8\nlayers:\n  - 'model': [{layers}]\n")
    assert len(list(nodes_of(found.items))) > 3 and found.left_out


def test_layers_that_failed_are_marked():
    found = outline("3x8x8 -> conv 4 k3 -> relu -> conv 8 k9 -> relu -> linear 3")
    assert [node.mark for node in nodes_of(found.items)] == [INPUT, LAYER, FAILED, FAILED, FAILED, OUTPUT]


def test_it_is_the_same_every_time():
    assert outline("googlenet")[1:] == outline("googlenet")[1:]
    assert pictured("lenet5").report.name == "LeNet-5"
