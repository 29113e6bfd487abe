"""Counts by their formulas are the counts multiplied out, and products stay products."""

from convcalc.algebra.expr import evaluate, letters
from convcalc.closed_forms.counts import place_of_count
from convcalc.closed_forms.table import FormTable
from convcalc.network.load import graph_of, spec_of
from convcalc.problem import Source

COUNTED = ("parameters", "biases", "buffers", "macs", "connections", "activations")


def test_a_count_is_what_it_is_multiplied_out():
    graph = graph_of(spec_of(Source("<text>", "input: CxHxH\nlayers: [conv 8 k5 g2, maxpool 2, flatten, linear 10]")))
    table = FormTable({"C": 4, "H": 30})
    for node in graph.nodes[1:]:
        for name in COUNTED:
            place = place_of_count(table, node.applied, name)
            value = getattr(node.applied, name)
            assert table.number(place) == (value if isinstance(value, int) else evaluate_at(value, C=4, H=30))


def evaluate_at(value, **numbers):
    from convcalc.algebra.notation import to_tree

    return evaluate(to_tree(value), numbers)


def test_a_product_is_not_multiplied_out():
    graph = graph_of(spec_of(Source("<text>", "input: 3xHxH\nlayers: [conv 8 k5]")))
    table = FormTable({"H": 30})
    tree = table.tree_at(place_of_count(table, graph.nodes[1].applied, "macs"))
    side = table.place(graph.nodes[1].applied.output[1])
    outputs = next(place for place in letters(tree) if place != str(side))
    assert list(letters(table.tree_at(int(outputs)))) == [str(side), str(side)]
