"""What the tests of all languages share: a network written, and what must be the same when it is read again."""

from convcalc.network.load import Choices, graph_of, source_of, spec_of
from convcalc.network.walk import walk
from convcalc.writing import TARGETS
from convcalc.writing.asked import with_choices

COUNTED = ("output", "values", "parameters", "biases", "buffers", "macs", "connections", "activations")


def written(network, target, choices=Choices(), **options):  # noqa: B008 - it never changes
    """The text of a network in a language, and its report."""
    spec = spec_of(source_of(network, choices), choices)
    graph = graph_of(spec, choices)
    assert not graph.diagnostics
    asked = with_choices(spec, choices, graph)
    return "".join(TARGETS[target].pieces(asked, graph, **options)), walk(graph)


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
