"""The bundled networks: a table by families, and a page with the spec and the table of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.network.load import Choices, spec_of, summarise
from convcalc.problem import BUNDLED
from convcalc.readers import library
from convcalc.render.report import ReportOptions, render
from writers.markdown import block, code, leaf, page, plain, prose, section, table
from writers.running import shortened

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport

LINES = 60  # of a network's table


def pages() -> dict[str, str]:
    names = list(library.bundled_networks())
    specs = {name: spec_of(library.find(name)) for name in names}
    roots = {name: spec.family.removeprefix(BUNDLED).removesuffix(".yaml") or name for name, spec in specs.items()}
    found, rows = {}, []
    for name in sorted(names, key=lambda name: (roots[name], name != roots[name], name)):
        report = summarise(name, Choices())
        field = [axis.size for axis in report.last.field] if report.last else []
        shapes = [by("×", shape) for shape in report.inputs.values()]
        numbers = [count(number) for number in (report.totals.parameters, report.totals.macs)]
        rows.append(
            (f"[{code(name)}]({name}.md)", plain(specs[name].name), ", ".join(shapes), *numbers, by("×", field))
        )
        found[f"{name}.md"] = network_page(name, report, specs[name].about)
    index = page(
        "Bundled networks",
        f"{len(names)} networks whose names may stand wherever a SPEC may: `convcalc summary {names[0]}`.",
        table(("name", "network", "input", "parameters", "MACs", "receptive field"), rows),
    )
    return {"index.md": index, **found}


def by(sign: str, numbers: object) -> str:
    return sign.join(map(str, numbers))  # type: ignore[call-overload]


def count(number: object) -> str:
    return f"{number:,}" if isinstance(number, int) else str(number)


def network_page(name: str, report: NetworkReport, about: str) -> str:
    source = library.find_bundled(name)
    assert source is not None
    text = "".join(render(report, "plain", ReportOptions(depth=2)))
    return leaf(
        "Bundled networks",
        name,
        f"{prose(report.name)}. {prose(about)}",
        section("Table", block("console", f"$ convcalc summary {name} --depth 2\n{shortened(text, LINES)}")),
        section("Spec", block("yaml", source.text)),
    )
