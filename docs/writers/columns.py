"""The columns of a table, with what each is."""

from __future__ import annotations

from convcalc.render.report.columns import COLUMNS
from writers.markdown import code, codes, page, prose, table
from writers.running import console


def pages() -> dict[str, str]:
    rows = ((code(each.key), each.title, prose(each.doc), codes(each.aliases), code(each.unit)) for each in COLUMNS)
    return {
        "index.md": page(
            "Columns",
            "`--columns A,B,…` chooses what a table has, in every format; CSV appends the unit to a column's name.",
            table(("column", "heading", "what it is", "also called", "unit"), rows),
            console("convcalc summary lenet5 --columns layer,kernel,stride,output,parameters,share_parameters"),
        )
    }
