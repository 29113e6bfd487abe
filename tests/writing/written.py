"""What the tests of all languages share: a network written, and what must be the same when it is read again."""

from random import Random

from convcalc.network.load import Choices, graph_of, source_of, spec_of
from convcalc.network.walk import walk
from convcalc.writing import TARGETS
from convcalc.writing.conversion import with_choices

COUNTED = ("output", "values", "parameters", "biases", "buffers", "macs", "connections", "activations")


def written(network, target, choices=Choices(), **options):  # noqa: B008 - it never changes
    """The text of a network in a language, the bytes of its file, and its report."""
    spec = spec_of(source_of(network, choices), choices)
    graph = graph_of(spec, choices)
    assert not graph.diagnostics
    asked = with_choices(spec, choices, graph)
    pieces = TARGETS[target].pieces(asked, graph, **options)
    return (b"" if target == "onnx" else "").join(pieces), walk(graph)


def shapes(report):
    """The shapes of all that a network gives."""
    return [layer.applied.output for _, layer in report.outputs] or [report.output]


def facts(report, names=True):
    """All that a report says but for places in the text, and the order of axes in which it is shown."""
    layers = [
        (
            (layer.name, layer.inputs) if names else (),
            layer.kind,
            layer.fields,
            *[getattr(layer.applied, what) for what in COUNTED],
        )
        for layer in report.layers
    ]
    named = (report.name, report.about, report.groups, report.places) if names else ()
    return [*layers, named, report.convention, report.inputs, report.totals]


BLOCK = """blocks:
  b:
    params: {c: required, k: 3, s: 1, n: 1}
    layers:
      - residual: {main: [conv c k=k p=k//2 s=s, batchnorm, "[conv c k3 p1 -> relu]*n"], shortcut: auto}
      - n x residual: [conv 2*c k1, relu, conv c k1]
      - concat: {a: [conv c k1], b: [conv c//2 k=k p=k//2, relu]}
"""


def random_uses(seed):
    """The block, used with numbers at random."""
    random = Random(seed)
    return [
        f"b c={random.choice((2, 4, 6))} k={random.choice((1, 3))} s={random.choice((1, 2))} n={random.randrange(3)}"
        for _ in range(random.randrange(1, 5))
    ]
