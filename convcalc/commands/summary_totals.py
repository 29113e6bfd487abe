"""`convcalc summary --totals`: a row for each network, also where one of them is broken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from convcalc.cli import INVALID, WRONG, exit_code
from convcalc.commands.console import complain, object_to, tell
from convcalc.commands.options import usage
from convcalc.network.load import graph_and_report
from convcalc.network.quantity import with_budget
from convcalc.problem import LINE, Diagnostic, Mark, Problem, Source
from convcalc.render.report.totals import TotalsRow, refuse_beside, render_totals

if TYPE_CHECKING:
    from convcalc.render.report import ReportOptions
    from convcalc.spec.choices import Choices


def tell_totals(
    networks: Iterable[str | Source | Problem], choices: Choices, form: str, options: ReportOptions,
    allowed: dict[str, int],
) -> int:  # fmt: skip
    """Write the table, then what is wrong with networks; the exit code."""
    with usage():
        refuse_beside(form, options)
    rows, code = [], 0
    overruns: list[Diagnostic] = []
    is_json = form in ("json", "jsonl")
    for network in networks:
        name = spec_name(network)
        try:
            if isinstance(network, Problem):
                raise network
            graph, report = graph_and_report(network, choices)
            if report.errors:
                raise Problem(*report.errors)
            batch = options.batch or report.batch or 1
            report, found = with_budget(graph.spec, report, allowed, options.bits, batch)
            rows.append(TotalsRow(name, report, (), options._replace(batch=batch)))
            top = Mark(graph.spec.source, 1, 1)
            called = report.name or name
            over = [each._replace(mark=each.mark or top).finding(called) for each in found if each.over]
            overruns += over
            code = max(code, WRONG if over else 0)
        except Problem as error:
            rows.append(TotalsRow(name, None, error.diagnostics))
            code = max(code, exit_code(error))
    if len(rows) == 1 and code >= INVALID:
        raise Problem(*rows[0].errors)
    tell(render_totals(rows, form, options, options.wide), form)
    if not is_json:
        complain(tuple(finding for row in rows for finding in row.errors))
    for each in overruns:
        object_to(each)
    return code


def spec_name(network: str | Source | Problem) -> str:
    """How a network was named."""
    if isinstance(network, Problem):
        return ""
    if isinstance(network, str):
        return network
    return network.text if network.name == LINE else network.name
