"""A column is defined once for every format: its exact value, how that is written, its total, when it is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from convcalc.network.quantity import QUANTITIES, Quantity
from convcalc.problem import did_you_mean, problem
from convcalc.render.report.rows import ReportRow, total
from convcalc.render.script import Aside, Script, Share, Sources, Untold, Whole
from convcalc.render.spelling import spell_layer
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.axes import Axes
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions


class View(NamedTuple):
    """What a column may need besides its row."""

    report: NetworkReport
    bits: int
    batch: int
    total: ReportRow

    def shape(self, shape: Any) -> Any:
        return written_order(shape, self.report.channels_last) if shape else shape


def view(report: NetworkReport, options: ReportOptions) -> View:
    return View(report, options.bits, options.batch, total(report))


NEVER = 100  # the rank of a column that appears when it is asked for


class Column(NamedTuple):
    key: str  # its name under --columns and in CSV
    title: str
    doc: str
    value: Callable[[ReportRow, View], Any]  # exact; None where there is none
    type: str = "number"  # the method of Script that writes it
    rests_on: str = ""  # the field of a row that fixes the value: equal ones are written once
    total: bool = False  # the sum of the column is in the row of totals
    rank: int = NEVER  # on a narrow terminal the highest are left out first; 0 never is
    unit: str = ""  # appended to the name in CSV
    aliases: tuple[str, ...] = ()

    @property
    def header(self) -> str:
        return f"{self.key}_{self.unit}" if self.unit else self.key

    @property
    def is_left(self) -> bool:
        return self.type not in ("number", "bytes", "share")

    @property
    def may_shrink(self) -> bool:
        """Whether a narrow terminal may replace words, or the blocks in the middle of a name, by …"""
        return self.key in ("layer", "kind", "from", "error")


def kind(row: ReportRow, view: View) -> str:
    return spell_layer(row.known.setting, view.report.convention) if row.known else row.kind


def sources(row: ReportRow, view: View) -> Sources | None:
    return Sources(row.name, row.sources) if row.sources else None


def quantity_value(quantity: Quantity) -> Callable[[ReportRow, View], Any]:
    """A count of the row, set aside where it is of an output that needs no memory of its own."""

    def value(row: ReportRow, view: View) -> Any:
        if row.numbers is None:
            return None
        found = quantity.amount(row.numbers, view.bits, view.batch)
        stored = not quantity.of_outputs or row.layer is None or row.layer.setting.kind.storage
        return found if stored else Aside(found)

    return value


def setting_of(*names: str) -> Callable[[ReportRow, View], Any]:
    """The first of these settings that the layer has, one value per axis."""

    def value(row: ReportRow, view: View) -> Any:
        values = row.known.values if row.known else {}
        return next(
            (value for value in map(values.get, names) if value is not None and not isinstance(value, str)), None
        )

    return value


def share(name: str) -> Callable[[ReportRow, View], Any]:
    """The share of the network's total; none if the total is 0 or symbolic."""

    count = QUANTITIES[name].value
    assert count is not None

    def value(row: ReportRow, view: View) -> Any:
        part = None if row.numbers is None else count(row.numbers)
        whole = count(view.report.totals)
        return Share(part, whole) if isinstance(part, int) and isinstance(whole, int) and whole else None

    return value


def field_measure(measure: Callable[[Any], Any]) -> Callable[[ReportRow, View], Any]:
    """A quantity of the receptive field per axis, for each network input that reaches the row."""

    def value(row: ReportRow, view: View) -> Any:
        return of_inputs(row, view, lambda name, axes: tuple([known_or_not(measure(field)) for field in axes.fields]))

    return value


def of_inputs(row: ReportRow, view: View, value: Callable[[str, Axes], Any]) -> dict[str, Any] | None:
    """A value for each network input that reaches the row, by its name, or "" where there is only one."""
    several = len(view.report.inputs) > 1
    fields = (row.fields or {}).items()
    return {name if several else "": value(name, axes) for name, axes in fields if axes.fields} or None


def known_or_not(value: Any) -> Any:
    return Untold() if value is None else value


def sizes(row: ReportRow, view: View) -> dict[str, Any] | None:
    def value(name: str, axes: Axes) -> Any:
        size = tuple([known_or_not(field.size) for field in axes.fields])
        return Whole(size) if sees_all(axes, row.output, view.report.sides(name)) else size

    return of_inputs(row, view, value)


def sees_all(axes: Axes, output: Any, sides: Any) -> bool:
    """Whether every unit's receptive field covers the whole input, which has these sides."""
    fields = axes.fields
    for index, field in enumerate(fields):
        if field.lost or (field.advance != 0 and axes.units(index, output) != 1):
            return False
    for field, side in zip(fields, sides, strict=True):
        before, after = field.offset, field.offset + field.size - side
        if not (isinstance(before, int) and isinstance(after, int) and before <= 0 <= after):
            return False
    return bool(fields)


def sees_all_inputs(row: ReportRow, view: View) -> Any:
    found = sizes(row, view)
    return None if found is None else all(isinstance(size, Whole) for size in found.values())


def quantity_column(name: str, **own: Any) -> Column:
    """The column of a quantity, but for what is its own."""
    quantity = QUANTITIES[name]
    usual: dict[str, Any] = {"key": name, "title": quantity.title, "doc": quantity.doc, "aliases": quantity.aliases}
    if quantity.measure is not None:
        usual |= {"value": field_measure(quantity.measure), "rests_on": "fields", "aliases": (name, *quantity.aliases)}
    else:
        usual |= {"value": quantity_value(quantity), "rests_on": "numbers", "total": True}
        usual |= {"unit": "bytes", "type": "bytes"} if quantity.in_bytes else {}
    return Column(**{**usual, **own})


COLUMNS = (
    Column("network", "Network", "the network's name", lambda row, view: view.report.name, "text"),
    Column("layer", "Layer", "the layer's name", lambda row, view: row.name, "text", rank=0, aliases=("name",)),
    Column("kind", "Kind", "the layer as a spec writes it", kind, "text", "known", rank=3),
    Column("from", "From", "where its inputs come from", sources, "sources", rank=7),
    Column("input", "Input", "shape of its input",
           lambda row, view: tuple(map(view.shape, row.input)) or None, "shapes", "layer"),
    Column("output", "Output", "shape of its output",
           lambda row, view: view.shape(row.output), "shape", "layer", rank=1, aliases=QUANTITIES["output"].aliases),
    Column("kernel", "Kernel", "sides of the window",
           setting_of("kernel"), "shape", "known", aliases=("kernel_size", "k")),
    Column("stride", "Stride", "step from window to window",
           setting_of("stride"), "shape", "known", aliases=("s",)),
    Column("padding", "Padding", "cells added on each side",
           setting_of("padding", "amount"), "sides", "known", aliases=("p",)),
    Column("dilation", "Dilation", "distance between taps",
           setting_of("dilation"), "shape", "known", aliases=("d",)),
    Column("groups", "Groups", "groups of channels",
           setting_of("groups"), "number", "known", aliases=("g",)),
    Column("filters", "Filters", "filters or units",
           setting_of("filters", "units"), "number", "known", aliases=("units", "f")),
    quantity_column("parameters", rank=0),
    quantity_column("weights"),
    quantity_column("biases"),
    quantity_column("buffers"),
    Column("share_parameters", "Share", "share of the network's parameters",
           share("parameters"), "share", "numbers", True, 11, "percent"),
    quantity_column("macs", rank=4),
    quantity_column("flops"),
    Column("share_macs", "Share", "share of the network's MACs",
           share("macs"), "share", "numbers", True, 10, "percent"),
    quantity_column("connections"),
    quantity_column(
        "activations", doc="numbers in the output; in brackets where they need no memory of their own", rank=8
    ),
    quantity_column("memory", title="Memory", doc="of the activations", rank=12),
    Column("stored", "Stored", "whether the output needs memory of its own",
           lambda row, view: row.layer.setting.kind.storage if row.layer else None, "flag", "layer"),
    quantity_column("receptive_field", key="rf", doc="sides of the receptive field; all: the whole input",
                value=sizes, type="extents", rank=5),
    quantity_column("rf_stride", title="RF stride", type="strides", rank=9),
    quantity_column("rf_offset", title="RF offset", type="points"),
    quantity_column("rf_centre", title="RF centre", value=field_measure(lambda field: field.middle), type="points"),
    Column("rf_whole", "RF whole", "whether it sees the whole input", sees_all_inputs, "flag", "fields"),
    Column("line", "Line", "where the spec has it", lambda row, view: row.line),
    Column("error", "Error", "why it could not be computed", lambda row, view: row.error or None, "text", rank=2),
)  # fmt: skip

NAMED = {name: column for column in COLUMNS for name in (*column.aliases, column.header, column.key)}
USUAL = 5  # columns of a higher rank appear where there is room
BARS = 1  # the rank of bars


def named_columns(names: Iterable[str]) -> tuple[Column, ...]:
    """The columns of these names in this order, each once; a Problem for an unknown name."""
    found = []
    for name in names:
        column = NAMED.get(name.strip().lower().replace("-", "_"))
        if column is None:
            known = [column.key for column in COLUMNS]
            raise problem("U001", f'there is no column "{name[:60]}"', did_you_mean(name, NAMED) or ", ".join(known))
        found.append(column)
    return tuple(dict.fromkeys(found))


def known_columns(text: str) -> tuple[str, ...]:
    """The names in `A,B,…`, each that of a column; `help` by itself stays."""
    names = tuple(text.replace(",", " ").split())
    if not names:
        raise problem("U001", f'"{text}" names no column', "--columns help lists them")
    if names != ("help",):
        named_columns(names)
    return names


def chosen_columns(
    report: NetworkReport, options: ReportOptions, rows: list[ReportRow], is_roomy: bool
) -> tuple[Column, ...]:
    """The columns to show, before a terminal's width is considered."""
    if options.columns:
        return named_columns(options.columns)
    if options.style == "full":
        return COLUMNS[1:]
    shown = {
        "rf": any(row.fields and any(axes.fields for axes in row.fields.values()) for row in rows),
        "error": any(row.error for row in rows),
        "from": is_roomy and has_branches(report),
        "share_parameters": is_roomy or options.depth > 0 or options.bars,
        "share_macs": is_roomy or options.depth > 0 or options.bars,
    }
    return tuple(
        column for column in COLUMNS if column.rank < NEVER and shown.get(column.key, is_roomy or column.rank <= USUAL)
    )


def rank(column: Column, place: int, options: ReportOptions) -> int:
    """When a column is left out: the last of those asked for first; shares late beside folded blocks, or as bars."""
    if options.columns:
        return place
    if options.bars and column.type == "share":
        return BARS
    return USUAL + 1 if options.depth and column.type == "share" else column.rank


def has_branches(report: NetworkReport) -> bool:
    """Whether some layer takes anything but the output of the one above it."""
    above = [next(reversed(report.inputs), ""), *(layer.name for layer in report.layers)]
    return any(layer.inputs != (name,) for layer, name in zip(report.layers, above, strict=False))


def column_texts(column: Column, rows: list[ReportRow], view: View, script: Script) -> list[str]:
    """The texts of a column, one for each row."""
    value_of, write = column.value, script.writer(column.type)
    unknown = script.missing if column.key not in ("error", "from", "line") else ""
    texts: list[str] = []
    seen: dict[int, str] = {}
    position = ReportRow._fields.index(column.rests_on) if column.rests_on else -1
    for row in rows:
        base = row[position] if position >= 0 else None
        text = seen.get(id(base)) if base is not None else None
        if text is None:
            value = value_of(row, view)
            text = write(value) if value is not None else unknown if row.mark == "failed" else ""
            if base is not None:
                seen[id(base)] = text
        texts.append(text)
    return texts
