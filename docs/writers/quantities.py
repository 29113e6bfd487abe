"""A page for every quantity: what it is, its names, and its formula in every kind that has one."""

from __future__ import annotations

from convcalc.kinds import KINDS
from convcalc.network.quantity import BUDGETED, OF_NETWORKS, TABLE, Quantity
from convcalc.render.reference.formulas import entries
from convcalc.render.report.columns import COLUMNS
from writers.markdown import code, codes, formula, leaf, link, page, plain, prose, section, table
from writers.running import console

ALL = (*TABLE, *OF_NETWORKS)
COLUMN_KEYS = {column.key for column in COLUMNS} - {"output"}


def pages() -> dict[str, str]:
    return {"index.md": index(), **{f"{quantity.name}.md": quantity_page(quantity) for quantity in ALL}}


def index() -> str:
    rows = ((link(each.name), prose(each.doc), codes(each.aliases), "yes" if is_budget(each) else "") for each in ALL)
    said = (
        "What is counted of a layer or a network. A quantity has the same name in `--columns`, `explain -q`, the "
        "questions of `check`, the conditions of `sweep` and the bounds of `solve`."
    )
    return page("Quantities", said, table(("quantity", "what it is", "also called", "has a budget"), rows))


def is_budget(quantity: Quantity) -> bool:
    return quantity.name in BUDGETED


def quantity_page(quantity: Quantity) -> str:
    kinds: dict[tuple[str, str], list[str]] = {}
    for kind in KINDS:
        for entry in entries(kind):
            if entry.quantity == quantity.name:
                kinds.setdefault((entry.label.strip(), entry.text), []).append(kind.name)
    several = len({label for label, _ in kinds}) > 1
    rows = (
        (
            formula(text),
            plain(label) if several else "",
            ", ".join(f"[{code(name)}](../kinds/{name}.md)" for name in names),
        )
        for (label, text), names in kinds.items()
    )
    budget = f"--max-{quantity.name.replace('_', '-')}"
    return leaf(
        "Quantities",
        quantity.title,
        f"{prose(quantity.doc[0].upper() + quantity.doc[1:])}.",
        f"Its name is {code(quantity.name)}{f', or {codes(quantity.aliases)}' if quantity.aliases else ''}.",
        f"`convcalc summary {budget} N` is a budget of it." if is_budget(quantity) else "",
        section("Worked", console(f"convcalc explain lenet5 C3 -q {quantity.name}")) if quantity in TABLE else "",
        section("In a table", console(f"convcalc summary lenet5 --columns layer,output,{quantity.name}"))
        if quantity.name in COLUMN_KEYS
        else "",
        section("Formulas", table(("formula", "of", "kinds"), rows)),
    )
