"""Networks as values that a notebook shows with their picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcalc.network.load import graph_of, source_of, spec_of
from convcalc.network.walk import walk
from convcalc.problem import LINE, Problem, Source, problem
from convcalc.spec.choices import Choices
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.record import Shape
    from convcalc.network.graph import Graph
    from convcalc.network.walk import NetworkReport, Totals
    from convcalc.spec.model import Spec


class Network(NamedTuple):
    """A network as it was computed: its graph, and the report of every layer."""

    graph: Graph
    report: NetworkReport

    @property
    def name(self) -> str:
        return self.report.name

    @property
    def output(self) -> Shape | None:
        """The shape of the main output, channels first and without the batch."""
        return self.report.output

    @property
    def totals(self) -> Totals:
        """Parameters, multiply-accumulates and activations, in numbers."""
        return self.report.totals

    def draw(self, subject: str = "volumes", form: str = "svg", theme: str = "light", **options: Any) -> str | bytes:
        """A picture, as `convcalc draw --as SUBJECT --format FORM` has it; a Problem where that cannot be drawn.

        `options` are the fields of convcalc.render.pictures.PictureOptions: layers, depth, steps, budget, …
        """
        from convcalc.render.pictures import (
            BINARY,
            DRAWN,
            SUBJECTS,
            PicturedNetwork,
            PictureOptions,
            draw,
            write_picture,
        )
        from convcalc.render.pictures.themes import THEMES

        for word, known in ((subject, SUBJECTS), (form, DRAWN), (theme, THEMES)):
            if word not in known:
                raise problem("U010", f'there is no "{word[:40]}"', f"one of {', '.join(known)}")
        picture = draw(subject, (PicturedNetwork(self.graph, self.report),), PictureOptions(**options))
        pieces = list(write_picture(picture, form, theme))
        return b"".join(pieces) if form in BINARY else "".join(pieces)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        from convcalc.algebra.notation import write_shape

        shapes = [write_shape(shape) for shape in self.report.inputs.values()]
        output = f" → {write_shape(self.output)}" if self.output else ""
        totals = self.totals
        return (
            f"<{self.name or 'network'}: {', '.join(shapes)}{output}, {count(totals.parameters)} parameters, "
            f"{count(totals.macs)} MACs>"
        )

    def _repr_html_(self) -> str:
        """Its volumes and its table; of a single layer its windows and its arithmetic."""
        return one_layer_html(self) if len(self.report.layers) == 1 else network_html(self)


STYLE = ".convcalc .n { text-align: right; } .convcalc :is(th, td, caption):not(.n) { text-align: left; }"
MOST_ROWS = 60  # of a table whose blocks are not folded


def network_html(network: Network) -> str:
    from convcalc.render.report import ReportOptions
    from convcalc.render.report.html import HTML, table
    from convcalc.render.report.text_table import text_table

    folds = len(network.report.layers) > MOST_ROWS and network.report.groups
    rows = "".join(table(text_table(network.report, ReportOptions(depth=1 if folds else 0), HTML)))
    return f'<div class="convcalc"><style>{STYLE}</style>\n{svg(network, "volumes")}\n{rows}</div>'


def one_layer_html(network: Network) -> str:
    from convcalc.questions.explain import ExplanationRequest, explain_layers
    from convcalc.render.working.web import html
    from convcalc.render.working.works import WorkedOptions, items

    worked = "".join(html(items(explain_layers(network.report, ExplanationRequest()), WorkedOptions())))
    try:
        return f"{svg(network, 'arithmetic')}\n{worked}"
    except Problem:  # it has no windows
        return worked


def svg(network: Network, subject: str) -> str:
    text = network.draw(subject)
    assert isinstance(text, str)
    return text


def count(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else "unknown" if value is None else str(value)


def load(
    name: str = "", *, text: str = "", input: str | Mapping[str, str] = "", convention: str = "",
    symbolic: bool = False, **sets: Any,
) -> Network:  # fmt: skip
    """A network by a bundled name, the path of a file, a line or a text; a Problem where anything in it is wrong.

    `input` is the shape of its input, or those of its inputs by name; further names are those of `let`:
    `load("resnet50", width=32)`.
    """
    inputs = {"": input} if isinstance(input, str) and input else dict(input or {})
    choices = Choices(inputs, {key: str(value) for key, value in sets.items()}, convention, symbolic=symbolic)
    if "->" in name:
        name, text = "", name
    source = Source(LINE, text) if text else source_of(name, choices)
    return network_of(spec_of(source, choices), choices)


def network_of(spec: Spec, choices: Choices) -> Network:
    graph = graph_of(spec, choices)
    report = walk(graph)
    if report.errors:
        raise Problem(*report.errors)
    return Network(graph, report)
