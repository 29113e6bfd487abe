"""How other tools of the field count: a page for each, with its rules and its known errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.tools.counting import PRODUCTS
from convcalc.tools.counts import COUNTS
from writers.markdown import code, formula, leaf, link, page, plain, prose, section, table
from writers.running import console

if TYPE_CHECKING:
    from convcalc.tools.counts import Count

LETTERS = {
    "I": "numbers of the layer's (first) input", "O": "numbers of its output", "N": "positions of its output",
    "K": "product of the kernel's sides", "macs": "MACs as convcalc counts them",
    "parameters": "parameters as convcalc counts them", "buffers": "state that is not learnt",
}  # fmt: skip


def pages() -> dict[str, str]:
    rows = ((link(each.name), prose(each.doc), prose(each.counts), each.unit) for each in COUNTS.values())
    index = page(
        "How other tools count",
        "No two tools count alike. `--count NAME` gives what a tool prints for a network, with its known errors "
        "marked; `--count all` puts them side by side, and `--memory torchinfo` or `torchsummary` does the same for "
        "memory.",
        table(("tool", "what it is", "what it counts", "in"), rows),
        section("Side by side", console("convcalc summary resnet18 --count all --depth 1")),
    )
    return {"index.md": index, **{f"{name}.md": tool_page(count) for name, count in COUNTS.items()}}


def tool_page(count: Count) -> str:
    rules = [(code(kind), said(text)) for kind, text in count.rules.items()]
    rest = [("all others", said(count.rest))] if count.rest is not None or count.knows_all else []
    functions = [(code(kind), said(text)) for kind, text in (count.functions or {}).items()]
    used = " ".join(filter(None, (*count.rules.values(), count.rest, *(count.functions or {}).values())))
    letters = [(formula(name), plain(text)) for name, text in LETTERS.items() if name in used]
    letters += [
        (formula(name), f"the product over the axes of {formula(text)}")
        for name, text in PRODUCTS.items()
        if name in used
    ]
    return leaf(
        "How other tools count",
        count.name,
        prose(count.doc),
        f"It counts {prose(count.counts)}; the unit is a {count.unit}.",
        section(
            "Rules",
            table(("layers", "counted for one"), [*rules, *rest]),
            lettered(letters),
        ),
        section(
            "Of functions",
            "Where a layer is called as a function (`F.relu(x)`) and is no module:",
            table(("layers", "counted for one"), functions),
        )
        if functions
        else "",
        section("Known errors", "".join(f"* {prose(flaw.text)} ({', '.join(flaw.kinds)})\n" for flaw in count.flaws)),
        section("Example", console(f"convcalc summary resnet18 --count {count.name} --depth 1")),
    )


def said(text: str | None) -> str:
    return "not known, or not one number" if text is None else formula(text)


def lettered(letters: list[tuple[str, str]]) -> str:
    said = "Letters are those of [the layer's kind](../kinds/index.md), and besides:"
    return f"{said}\n\n{table(('letter', 'is'), letters)}" if letters else ""
