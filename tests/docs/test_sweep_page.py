"""The table of published networks in docs/sweep.md, counted again."""

import re

from places import ROOT

from convcalc.network.liveness import is_depthwise, operands
from convcalc.network.load import Choices, summarise

PAGE = ROOT / "docs" / "sweep.md"
MCUNETS = [
    ("mcunet_mbv2", Choices(sets={"width": "0.3"}, inputs={"input": "3x80x80"})),
    ("mcunet_mbv2", Choices()),
    ("mcunet_proxyless", Choices(sets={"width": "0.25"}, inputs={"input": "3x112x112"})),
    ("mcunet_proxyless", Choices()),
    *((f"mcunet_{name}", Choices()) for name in ("in0", "in1", "in2", "in3", "in4", "vww0", "vww1", "vww2")),
]


def table_of_mcunets():
    """The rows of the page's table of published networks, by MACs and parameters in millions."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text("utf-8").splitlines()
            if re.match(r"\| .+ M \| .+ M \|", line)]  # fmt: skip
    return {(macs, parameters): rest for _, macs, parameters, *rest in rows}


def in_place(report):
    """The most numbers at once where a depthwise convolution overwrites its input."""
    multiplying = [layer for layer in report.layers if layer.applied and layer.applied.setting.kind.macs != "0"]
    return max(
        max(read, written) + sum(waiting) if is_depthwise(layer.applied) else read + written
        for layer, (read, written, *waiting) in zip(multiplying, operands(report), strict=True)
    )


def counted_mcunets():
    """The published networks by MACs and parameters in millions, with KiB by the rule and in place."""
    found = {}
    for name, choices in MCUNETS:
        report = summarise(name, choices)
        row = f"{report.totals.macs / 1e6:.1f} M", f"{report.totals.parameters / 1e6:.2f} M"
        found[row] = max(map(sum, operands(report))) / 1024, in_place(report) / 1024
    return found


def test_mcunets_rule_gives_what_is_published():
    table, counted = table_of_mcunets(), counted_mcunets()
    assert table.keys() == counted.keys()
    for row, (published, here, overwriting, measured, _) in table.items():
        rule, least = counted[row]
        assert (float(here), float(overwriting)) == (rule, least)
        assert not published or int(published) in (int(rule), round(rule + 0.001))
        assert not measured or 3 <= int(measured.removesuffix(" kB")) - least <= 18
