"""The page that explains a network, which `summary` and `draw` write: findings, closed forms and the picture of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.problem import Problem

if TYPE_CHECKING:
    from convcalc.network import Graph
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions
    from convcalc.spec.choices import Choices


def page_of(graph: Graph, report: NetworkReport, choices: Choices, options: ReportOptions) -> Iterator[str]:
    """The pieces of the page of a network; a Problem where it is too large for one."""
    from convcalc.render.page.forms import page_forms
    from convcalc.render.page.page import page_pieces
    from convcalc.render.pictures import PicturedNetwork

    network = PicturedNetwork(graph, linted_report(graph, report, choices))
    return page_pieces(network, page_forms(graph.spec, choices, report), options)


def linted_report(graph: Graph, report: NetworkReport, choices: Choices) -> NetworkReport:
    """A report with what the rules find, where nothing is wrong with the network itself, and a page has all layers."""
    from convcalc.render.page.outline import MOST

    if report.errors or len(report.layers) > MOST:
        return report
    from convcalc.linting.linter import with_findings

    try:
        return with_findings(graph, report, choices)
    except Problem:  # a rule to be ignored is none, which `lint` says
        return report
