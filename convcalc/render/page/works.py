"""The worked arithmetic of every layer of a page, once for layers whose work is the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.questions.explain import OF_A_LAYER, Explainer, ExplanationRequest
from convcalc.render.web_page import safe
from convcalc.render.working.web import html
from convcalc.render.working.works import WorkedOptions, rows

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
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
        seen: dict[int, int] = {}
        first: dict[object, str] = {}
        for each in shown.rows:
            if each.layer < 0 or each.row.known is None:
                continue
            layer = report.layers[each.layer]
            likeness = self.explainer.likeness(layer)
            section = self.explainer.section(layer, first)
            works = section.works
            if not section.like:
                shared = tuple(work for work in works if work.name not in FIELD)
                seen[likeness] = self.number(shared, layer.name) if shared else -1
                works = tuple(work for work in works if work.name in FIELD)
            numbers = [seen[likeness]]
            if works:
                numbers.append(self.number(works, layer.name))
            self.of_layer[each.layer] = tuple(number for number in numbers if number >= 0)

    def number(self, works: tuple[Worked, ...], name: str) -> int:
        lines = "".join(html(rows(works, WorkedOptions())))
        number = self.numbers.setdefault(lines, len(self.numbers))
        if number == len(self.names):
            self.names.append([])
        self.names[number].append(name)
        return number

    def pieces(self) -> Iterator[str]:
        for lines, number in self.numbers.items():
            yield f'<section class="work" id="w{number}">\n<h3>{safe(", ".join(self.names[number]))}</h3>\n'
            yield f"{lines}</section>\n"
        totals = "".join(html(rows(tuple(self.explainer.totals()), WorkedOptions())))
        yield f'<section class="work" id="total"><h3>Total</h3>\n{totals}</section>\n'
