"""The worked arithmetic of every layer of a page, once for layers whose work is the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.questions.explain import OF_A_LAYER, Explainer, ExplanationRequest
from convcalc.render.web_page import safe
from convcalc.render.working.web import html
from convcalc.render.working.works import WorkedOptions, rows

if TYPE_CHECKING:
    from convcalc.network.walk import LayerReport, NetworkReport
    from convcalc.questions.work import Worked
    from convcalc.render.page.outline import PageOutline

FIELD = frozenset(("receptive_field", "rf_jump", "rf_stride"))
QUANTITIES = tuple(name for name in OF_A_LAYER if name not in ("memory", "rf_offset", "rf_centre"))


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
