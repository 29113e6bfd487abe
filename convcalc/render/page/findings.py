"""What is said of a network on its page: at its layers, and of the whole at the top."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.web_page import safe

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.problem import Diagnostic

IN_SUMS = ("condition", "remark")  # findings that the page has among its totals
WORDS = {"error": "Error", "warning": "Warning", "note": "Note"}


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
