"""The table of a page: a row for each input, block and layer, with buttons to choose it and to fold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.kinds.categories import category
from convcalc.render.report import ReportOptions
from convcalc.render.report.columns import COLUMNS, Column, View, column_texts, view
from convcalc.render.report.text_table import head, total_text
from convcalc.render.script import UNICODE
from convcalc.render.web_page import safe

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.page.outline import PageOutline, PageRow
    from convcalc.render.report.rows import ReportRow

SHOWN = ("kind", "output", "rf", "parameters", "macs", "activations")


def field_sizes(row: ReportRow, seen: View) -> tuple[object, ...] | None:
    """The sides of the receptive field on the first input that reaches a row."""
    axes = next(iter((row.fields or {}).values()), None)
    sizes = tuple(field.size for field in axes.fields) if axes else ()
    return sizes if sizes and None not in sizes else None


def shown_columns(report: NetworkReport) -> tuple[Column, ...]:
    found = {column.key: column for column in COLUMNS if column.key in SHOWN}
    if not any(layer.field for layer in report.layers):
        found.pop("rf")
    else:
        found["rf"] = found["rf"]._replace(value=field_sizes, type="shape", title="Field")
    return tuple(found[key] for key in SHOWN if key in found)


def table_pieces(report: NetworkReport, shown: PageOutline, marks: dict[int, str]) -> Iterator[str]:
    """The table; `marks` are signs at the layers that something is said of."""
    seen, options = view(report, ReportOptions()), ReportOptions()
    script = UNICODE._replace(less="&lt;", text=safe)
    columns = shown_columns(report)
    rows = [each.row for each in shown.rows]
    cells = [column_texts(column, rows, seen, script) for column in columns]
    texts = sum(column.is_left for column in columns)
    yield f'<table id="table" class="texts{texts}">\n<caption class="away">Layers of the network</caption>\n'
    yield '<thead>\n<tr><th scope="col" data-key="layer">Layer'
    for column in columns:
        title = head(column, 0, options).title
        yield f'<th scope="col" data-key="{column.key}" title="{safe(column.doc)}">{title}'
    yield "\n</thead>\n<tbody>\n"
    for place, each in enumerate(shown.rows):
        shown_cells = [column_cells[place] for column_cells in cells]
        if each.row.mark == "failed" and each.row.error:
            shown_cells[0] = safe(each.row.error)
        yield f"<tr{attributes(each)}><th scope=row>{name_cell(each, shown, marks)}<td>{'<td>'.join(shown_cells)}\n"
    yield "</tbody>\n<tfoot>\n<tr><th scope=row><button class=pick>Total</button>"
    yield "".join(f"<td>{total_text(column, seen, script)}" for column in columns)
    yield "\n</tfoot>\n</table>\n"


def attributes(each: PageRow) -> str:
    """What the script and the style know a row by."""
    mark = "" if each.row.mark == "layer" else f" class={each.row.mark}"
    level = f" data-level={each.level}" if each.level else ""
    if each.group:
        return f"{mark}{level} data-start={each.group.start} data-stop={each.group.stop}"
    return f"{mark}{level} data-layer={each.layer}" if each.layer >= 0 else mark


def name_cell(each: PageRow, shown: PageOutline, marks: dict[int, str]) -> str:
    """The name, which chooses the row, and before that of a block what folds it."""
    name = safe(each.label)
    whole = "" if each.is_within else f' data-name="{safe(each.row.name)}"'
    if each.row.mark == "input":
        return f'<i class="chip input"></i>{name}'
    if each.group is None:
        known = each.row.known
        colour = category(known.setting.kind) if known else "failed"
        mark = marks.get(each.layer, "")
        return f'<i class="chip {colour}"></i><button class=pick{whole}>{name}</button>{mark}'
    if not each.is_open:
        return f"<i class=chip></i><button class=pick{whole}>{name}</button>"
    is_open = str(each.level < shown.unfolded).lower()
    label = f'aria-label="layers of {safe(each.row.name)}"'
    fold = f"<button class=fold aria-expanded={is_open} {label}></button>"
    return f"{fold}<button class=pick{whole}>{name}</button>"
