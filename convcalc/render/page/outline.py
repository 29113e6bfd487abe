"""A network as the rows of one table, blocks above what they hold, with buttons to choose each row and to fold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.kinds.categories import category
from convcalc.problem import problem
from convcalc.render.report import ReportOptions
from convcalc.render.report.columns import COLUMNS, Column, View, column_texts, view
from convcalc.render.report.rows import ReportRow, block, levels, row
from convcalc.render.report.text_table import head, total_text
from convcalc.render.script import UNICODE
from convcalc.render.web_page import safe
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import Group, NetworkReport

MOST = 2_000  # rows of a page that can be unfolded, sorted and recomputed while a slider moves
MANY = 70  # rows that are open at first
SHOWN = ("kind", "output", "rf", "parameters", "macs", "activations")


class PageRow(NamedTuple):
    row: ReportRow
    label: str  # the name without that of the block around
    level: int = 0  # blocks around it
    layer: int = -1  # its place in the report
    group: Group | None = None
    is_open: bool = True  # whether what the block holds is on the page
    is_within: bool = True  # whether its whole name is its label behind the name of the block around, if there is one


class PageOutline(NamedTuple):
    rows: tuple[PageRow, ...]
    unfolded: int  # blocks of a lower level are open at first
    deepest: int = 0  # the levels of blocks that can be open
    left_out: int = 0  # layers inside blocks that are one row each


def outline(report: NetworkReport, depth: int = 0) -> PageOutline:
    """The rows of a report; blocks that would make too many have only a row of their own.

    A Problem where even the outermost blocks are too many.
    """
    blocks = blocks_of(report)
    counts = rows_by_depth(report, blocks)
    if counts[0] > MOST:
        message = f"{counts[0]:,} rows are more than a page that explains a network has, {MOST:,}"
        raise problem("U008", message, "put what repeats into blocks; `convcalc summary --format csv` writes them all")
    deepest = max(depth for depth, count in enumerate(counts) if count <= MOST)
    rows = [PageRow(ReportRow("input", name, output=shape), name) for name, shape in report.inputs.items()]
    rows += layer_rows(report, blocks, deepest)
    unfolded = max((level for level in range(deepest + 1) if counts[level] <= MANY), default=0)
    return PageOutline(tuple(rows), min(depth - 1, deepest) if depth else unfolded, deepest, left_out(rows))


def blocks_of(report: NetworkReport) -> list[tuple[Group, int]]:
    """Blocks of several layers with the number of blocks around them, themselves included."""
    return list(levels(tuple(group for group in report.groups if group.stop - group.start > 1)))


def is_small_enough(report: NetworkReport) -> bool:
    """Whether a page can hold a network, its blocks folded if need be."""
    return len(report.layers) <= MOST or rows_by_depth(report, blocks_of(report))[0] <= MOST


def rows_by_depth(report: NetworkReport, blocks: list[tuple[Group, int]]) -> list[int]:
    """How many rows there are where blocks are open that have fewer than 0, 1, 2 … others around them."""
    deepest = max((level for _, level in blocks), default=0)
    counts = []
    for depth in range(deepest + 1):
        hidden = sum(group.stop - group.start for group, level in blocks if level == depth + 1)
        counts.append(len(report.layers) - hidden + sum(level <= depth + 1 for _, level in blocks))
    return counts


def left_out(rows: list[PageRow]) -> int:
    return sum(each.group.stop - each.group.start for each in rows if each.group and not each.is_open)


def layer_rows(report: NetworkReport, blocks: list[tuple[Group, int]], deepest: int) -> list[PageRow]:
    """Layers and blocks in order."""
    starts: dict[int, list[tuple[Group, int]]] = {}
    for group, level in blocks:
        starts.setdefault(group.start, []).append((group, level))
    found: list[PageRow] = []
    around: list[Group] = []
    index = 0
    while index < len(report.layers):
        while around and around[-1].stop <= index:
            around.pop()
        closed = None
        for group, _ in starts.get(index, ()):
            is_open = len(around) < deepest
            found.append(page_row(block(report, group), around)._replace(group=group, is_open=is_open))
            if not is_open:
                closed = group
                break
            around.append(group)
        if closed:
            index = closed.stop
            continue
        layer = report.layers[index]
        found.append(page_row(row(layer), around)._replace(layer=index))
        index += 1
    return found


def page_row(each: ReportRow, around: list[Group]) -> PageRow:
    """A row with the name that it has inside a block."""
    before = f"{around[-1].name}." if around else ""
    label = each.name.removeprefix(before) or each.name
    return PageRow(each, label, len(around), is_within=each.name == before + label)


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
