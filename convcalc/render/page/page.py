"""The page that explains a network: one file, which asks for nothing from elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.questions.explain import OF_A_LAYER, Explainer, ExplanationRequest
from convcalc.render.page.geometry import page_data
from convcalc.render.page.graph import page_graphs
from convcalc.render.page.outline import PageOutline, outline, table_pieces
from convcalc.render.pictures.themes import page_colours
from convcalc.render.report.sums import amount, notes
from convcalc.render.report.text_table import heading
from convcalc.render.script import UNICODE
from convcalc.render.web_page import STYLE, digest, json_text, page_head, safe
from convcalc.render.working.web import html
from convcalc.render.working.works import WorkedOptions, rows
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.network.walk import LayerReport, NetworkReport
    from convcalc.problem import Diagnostic
    from convcalc.questions.work import Worked
    from convcalc.render.page.forms import PageForms, Slider
    from convcalc.render.pictures import PicturedNetwork
    from convcalc.render.report import ReportOptions

STYLES = ("page.css",)
SCRIPTS = ("table.js", "panel.js", "drawings.js", "sliders.js", "graph.js", "start.js")
SCRIPT = UNICODE._replace(less="&lt;", text=safe)
IN_SUMS = ("condition", "remark")  # findings that the page has among its totals
WORDS = {"error": "Error", "warning": "Warning", "note": "Note"}
FIELD = frozenset(("receptive_field", "rf_jump", "rf_stride"))
QUANTITIES = tuple(name for name in OF_A_LAYER if name not in ("memory", "rf_offset", "rf_centre"))


def page_pieces(network: PicturedNetwork, forms: PageForms, options: ReportOptions) -> Iterator[str]:
    """The pieces of a page; a Problem where the network is too large for one."""
    report = network.report
    shown = outline(report, options.depth)
    findings = Findings(report)
    works = PageWorks(report, shown)
    graphs = page_graphs(network, shown.unfolded + 1, shown.deepest + 1)
    style = f"{page_colours()}{file_text(*STYLES)}"
    script = f'"use strict";\nconst recompute = {forms.script or "null"};\n{file_text(*SCRIPTS)}'
    policy = f"default-src 'none'; style-src {digest(STYLE + style)}; script-src {digest(script)}"
    yield from page_head(heading(report, SCRIPT), style, policy)
    yield f"<header>\n<h1>{safe(report.name or 'network')}</h1>\n"
    yield f"<p class=about>{about(report)}</p>\n"
    yield from figures(report)
    yield from sliders(forms)
    yield from findings.general()
    yield "</header>\n<main>\n"
    yield '<section id="graph" aria-label="graph" tabindex="0">\n'
    yield from (graph.svg for graph in graphs)
    yield "</section>\n"
    yield '<section id="layers" aria-label="layers" tabindex="0">\n'
    yield from tools(shown)
    yield from table_pieces(report, shown, findings.marks)
    yield "</section>\n"
    yield '<section id="panel" aria-label="the chosen layer" tabindex="0">\n<div id="chosen"></div>\n'
    yield '<div id="works">\n<h2>Worked arithmetic</h2>\n'
    yield from works.pieces()
    yield from findings.pieces()
    yield "</div>\n</section>\n</main>\n"
    yield from sums(report, options)
    data = page_data(report, shown, works.of_layer, findings.of_layer, forms, graphs)
    yield f'<script type="application/json" id="data">{json_text(data)}</script>\n'
    yield f"<script>{script}</script>\n</html>\n"


def file_text(*names: str) -> str:
    """The text of files beside this one."""
    texts = []
    for name in names:
        with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
            texts.append(file.read())
    return "\n".join(texts)


def about(report: NetworkReport) -> str:
    """What it is, in the words of its spec."""
    words = [report.about, f"Sizes and counts as {report.convention} has them."]
    return safe(" ".join(word for word in words if word))


def figures(report: NetworkReport) -> Iterator[str]:
    """The totals; those that sliders change have a name for the script."""
    totals = report.totals

    def sizes(shape: tuple[object, ...]) -> str:
        return SCRIPT.shape(written_order(shape, report.channels_last))

    inputs = ", ".join(
        f"{safe(name) + ' ' if len(report.inputs) > 1 else ''}{sizes(shape)}" for name, shape in report.inputs.items()
    )
    output = sizes(report.output) if report.output is not None else SCRIPT.missing
    shown = [("input", "Input", inputs), ("output", "Output", output)]
    for key in ("parameters", "macs", "activations"):
        value = getattr(totals, key)
        title = {"parameters": "Parameters", "macs": "MACs", "activations": "Activations"}[key]
        shown.append((key, title, SCRIPT.missing if value is None else amount(value, SCRIPT)))
    yield '<dl class="figures" id="totals">\n'
    for key, title, value in shown:
        exact, bracket, rest = value.partition(" (")
        behind = f" <small>{rest.removesuffix(')')}</small>" if bracket else ""
        yield f"<div><dt>{title}<dd data-total={key}>{exact}{behind}</div>\n"
    yield "</dl>\n"


def sliders(forms: PageForms) -> Iterator[str]:
    """What can be moved; without a script it is not shown."""
    if not forms.sliders:
        yield f"<p class=about>{safe(forms.reason)}</p>\n" if forms.reason else ""
        return
    yield '<form id="sliders" class="tools" hidden aria-label="sizes that can be changed">\n'
    for index, slider in enumerate(forms.sliders):
        yield from slider_pieces(index, slider)
    yield '<button type="reset" disabled>Reset</button>\n<output id="fits" role="status"></output>\n</form>\n'


def slider_pieces(index: int, slider: Slider) -> Iterator[str]:
    """A slider that goes on below what fits, and a field for any number."""
    name, meaning = safe(slider.name), safe(slider.about)
    lowest = slider.value - (slider.value - 1) // slider.step * slider.step
    yield f'<span class="slider"><label for="s{index}" title="{meaning}">{name}</label>'
    yield f'<input type="range" id="s{index}" min="{lowest}" max="{slider.high}" step="{slider.step}" '
    yield f'value="{slider.value}">'
    yield f'<input type="number" min="1" value="{slider.value}" aria-label="{name}: {meaning}"></span>\n'


def tools(shown: PageOutline) -> Iterator[str]:
    """Buttons over the table."""
    if any(each.group and each.is_open for each in shown.rows):
        yield '<p class="tools" hidden>'
        yield '<button type="button" id="unfold">Unfold all</button> <button type="button" id="fold">Fold all</button>'
        yield "</p>\n"
    if shown.left_out:
        yield f'<p class="left-out">{shown.left_out:,} layers are in blocks that this page has as one row each. '
        yield "What rules find in them <code>convcalc lint</code> tells.</p>\n"


def sums(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    """The totals again, in full."""
    yield '<footer id="sums">\n<h2>In full</h2>\n<dl>\n'
    for note in notes(report, options, SCRIPT):
        yield f"<dt>{note.label}<dd>{note.value}{f' <span>{note.remark}</span>' if note.remark else ''}\n"
    yield "</dl>\n</footer>\n"


class Findings:
    """Diagnostics by the layers that they are about."""

    def __init__(self, report: NetworkReport):
        places = {layer.name: place for place, layer in enumerate(report.layers)}
        self.texts: list[str] = []
        self.of_layer: dict[int, list[int]] = {}
        self.marks: dict[int, str] = {}
        self.others: list[str] = []
        self.layers: list[str] = []
        for finding in dict.fromkeys(each for each in report.diagnostics if each.severity not in IN_SUMS):
            place = places.get(finding.layer)
            text = finding_text(finding)
            if place is None:
                self.others.append(text)
                continue
            self.of_layer.setdefault(place, []).append(len(self.texts))
            self.texts.append(text)
            self.layers.append(finding.layer)
            if not self.marks.get(place) or finding.severity == "error":
                word = WORDS[finding.severity].lower()
                self.marks[place] = f'<span class="mark {finding.severity}" role="img" aria-label="{word}">!</span>'

    def general(self) -> Iterator[str]:
        """What is about no single layer."""
        if self.others:
            yield f'<ul class="findings">{"".join(f"<li>{text}" for text in self.others)}</ul>\n'

    def pieces(self) -> Iterator[str]:
        for number, (text, layer) in enumerate(zip(self.texts, self.layers, strict=True)):
            yield f'<section class="finding" id="f{number}"><h3>{safe(layer)}</h3>{text}</section>\n'


def finding_text(finding: Diagnostic) -> str:
    """A finding as a paragraph, with what helps."""
    mark = finding.mark
    place = f" <small>line {mark.line}</small>" if mark else ""
    axis = f" ({safe(finding.axis)})" if finding.axis else ""
    text = f'<p class="{finding.severity}"><b>{WORDS[finding.severity]} {finding.code}</b>{place}: '
    text += safe(finding.message) + axis
    text += f'<br><span class="soft">{safe(finding.work)}</span>' if finding.work else ""
    text += f'<br><span class="soft">Cure: {safe(finding.hint)}</span>' if finding.hint else ""
    return f"{text}</p>"


# The worked arithmetic


class PageWorks:
    """Works by their HTML, and which of them every layer has."""

    def __init__(self, report: NetworkReport, shown: PageOutline):
        self.explainer = Explainer(report, ExplanationRequest(), QUANTITIES, False)
        self.numbers: dict[str, int] = {}
        self.names: list[list[str]] = []  # of the layers that have a work
        self.of_layer: dict[int, tuple[int, ...]] = {}
        self.fields = {name: {name: axes.fields} for name, axes in report.origins.items()}
        shared: dict[int, int] = {}  # by likeness, the works that do not tell of the field
        first: dict[object, str] = {}
        for each in shown.rows:
            if each.layer < 0 or each.row.known is None:
                continue
            layer = report.layers[each.layer]
            likeness = self.explainer.likeness(layer)
            works: tuple[Worked, ...] = ()
            if self.changes_fields(layer) or likeness not in shared:
                works = self.explainer.section(layer, first).works
            if likeness not in shared:
                shared[likeness] = self.number([work for work in works if work.name not in FIELD], layer.name)
            of_field = self.number([work for work in works if work.name in FIELD], layer.name)
            self.of_layer[each.layer] = tuple(number for number in (shared[likeness], of_field) if number >= 0)

    def changes_fields(self, layer: LayerReport) -> bool:
        """Whether a layer sees anything but what its one input does."""
        found = self.fields[layer.name] = {name: axes.fields for name, axes in layer.fields.items()}
        return len(layer.inputs) != 1 or self.fields.get(layer.inputs[0]) != found

    def number(self, works: list[Worked], name: str) -> int:
        """The number of these works, which layers have in common; −1 where there are none."""
        if not works:
            return -1
        lines = short_html(tuple(works))
        number = self.numbers.setdefault(lines, len(self.numbers))
        if number == len(self.names):
            self.names.append([])
        self.names[number].append(name)
        return number

    def pieces(self) -> Iterator[str]:
        for lines, number in self.numbers.items():
            yield f'<section class="work" id="w{number}">\n<h3>{safe(", ".join(self.names[number]))}</h3>\n'
            yield f"{lines}</section>\n"
        totals = short_html(tuple(self.explainer.totals()))
        yield f'<section class="work" id="total"><h3>Total</h3>\n{totals}</section>\n'


SINGLE = re.compile(r"<mrow>(<m[in]>[^<]*</m[in]>)</mrow>")  # a row of one


def short_html(works: tuple[Worked, ...]) -> str:
    """Worked lines without the tags that HTML can do without."""
    lines = "".join(html(rows(works, WorkedOptions()))).replace("</dt>\n", "").replace("</dd>\n", "\n")
    return SINGLE.sub(r"\1", lines)
