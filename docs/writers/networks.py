"""The bundled networks: a table by families, and a page with the spec and the table of each."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from convcalc.network.load import Choices, spec_of, summarise
from convcalc.problem import BUNDLED
from convcalc.readers import library
from convcalc.render.report import ReportOptions, render
from writers.markdown import block, leaf, link, page, plain, prose, section, table
from writers.running import shortened

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport

LINES = 60  # of a network's table


class NetworkPage(NamedTuple):
    """A network's row in the table, and its page."""

    row: tuple[str, ...]
    text: str


def pages() -> dict[str, str]:
    names = library.bundled_networks()
    families = {name: spec_of(library.find(name)).family for name in names}
    roots = {name: family.removeprefix(BUNDLED).removesuffix(".yaml") or name for name, family in families.items()}
    ordered = sorted(names, key=lambda name: (roots[name], name != roots[name], name))
    with ProcessPoolExecutor() as pool:
        found = dict(zip(ordered, pool.map(network, ordered, chunksize=8), strict=True))
    heading = ("name", "network", "input", "parameters", "MACs", "receptive field")
    index = page(
        "Bundled networks",
        f"{len(names)} networks whose names may stand wherever a SPEC may: `convcalc summary {ordered[0]}`.",
        table(heading, (each.row for each in found.values()), right=heading[3:5]),
    )
    return {"index.md": index, **{f"{name}.md": each.text for name, each in found.items()}}


def network(name: str) -> NetworkPage:
    report, about = summarise(name, Choices()), spec_of(library.find(name)).about
    field = [axis.size for axis in report.last.field] if report.last else []
    shapes = [by("×", shape) for shape in report.inputs.values()]
    numbers = [count(number) for number in (report.totals.parameters, report.totals.macs)]
    seen = by("×", field) if None not in field else "—"
    row = link(name), plain(report.name), ", ".join(shapes), *numbers, seen
    return NetworkPage(row, network_page(name, report, about))


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
