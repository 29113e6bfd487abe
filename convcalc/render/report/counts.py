"""What tools count and what they print for the memory, side by side: as text, and as sections of the JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.render.json_text import json_text
from convcalc.render.layout import paragraphs, width
from convcalc.render.report import render
from convcalc.render.report.plain import GAP, align, note_lines
from convcalc.render.report.rows import layers_in_words
from convcalc.render.report.sums import Note, bytes_in_words
from convcalc.render.report.text_table import Head, TextTable, heading, table_of_rows
from convcalc.render.script import ASCII, UNICODE, Script
from convcalc.tools.counting import Counted, recounted_report, tool_count
from convcalc.tools.counts import COUNTS
from convcalc.tools.memory import MEMORIES, Memory, own_memory

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions

TEXTS = ("table", "plain")
JSONS = ("json", "jsonl")
ALL = "all"
MARK = "*"  # at a count that known errors have a part in


def report_with_counts(report: NetworkReport, form: str, options: ReportOptions) -> Iterator[str]:
    """The pieces of a report with the counts and the memory that the options ask for."""
    report.demand_shapes()
    wanted = COUNTS if options.tools == ALL else filter(None, (options.tools,))
    counts = [tool_count(report, COUNTS[name]) for name in wanted]
    tables = memories(report, options) if options.memory or (options.chosen and form in JSONS) else []
    plain = options._replace(tools="", memory="", chosen=())
    if form in JSONS:
        said = "".join(f',\n "{name}": {json_text(getattr(options, name))}' for name in options.chosen)
        yield from render(report, form, plain._replace(sections=said + sections(counts, tables)))
        return
    script = UNICODE if options.unicode else ASCII
    blocks: list[Iterable[str]] = []
    if options.tools == ALL:
        blocks.append(lines(count_table(report, counts, script), options))
    elif options.tools:
        (found,) = counts
        shown = plain._replace(counter=found.by.name, unit=found.by.unit)
        blocks.append(render(recounted_report(report, found), form, shown))
    if form in TEXTS:
        notes = remarks(counts, script)
        blocks += [[f"{line}\n" for line in note_lines(notes, options.width)]] if notes else []
        blocks += [lines(memory_table(report, table, options, script), options) for table in tables]
    for index, block in enumerate(blocks):
        yield "\n" if index else ""
        yield from block


def memories(report: NetworkReport, options: ReportOptions) -> list[Memory]:
    """Ours, and those of the chosen tools; ours also in JSON where a type or a batch was chosen."""
    wanted = MEMORIES if options.memory == ALL else tuple(filter(None, (options.memory,)))
    return [tell(report, options.bits, options.batch) for tell in (own_memory, *(MEMORIES[name] for name in wanted))]


def lines(made: TextTable, options: ReportOptions) -> Iterator[str]:
    """A table as aligned text, its notes below; on a narrow terminal its last column of words goes there too."""
    made = narrow(made, options.width)
    table = align(made, options.unicode) if made.marks else []
    return (f"{line}\n" for line in paragraphs([made.title], table, note_lines(made.notes, options.width)))


def narrow(made: TextTable, limit: int) -> TextTable:
    """The table with its last column among the notes, where the terminal does not hold it."""
    wide = sum(
        max(map(width, [head.title, *cells])) + len(GAP) for head, cells in zip(made.heads, made.cells, strict=True)
    )
    if not limit or wide - len(GAP) <= limit:
        return made
    *_, last = made.cells
    said = [Note(name, text) for name, text in zip(made.cells[0], last, strict=True) if text]
    return made._replace(heads=made.heads[:-1], cells=made.cells[:-1], notes=[*said, *made.notes])


def count_table(report: NetworkReport, counts: list[Counted], script: Script) -> TextTable:
    """One row for each tool."""
    heads = (
        Head("Tool", "tool"), Head("Count", "count", False), Head("Unit", "unit"),
        Head("Beyond the products", "beyond", False), Head("What is counted", "counts"),
    )  # fmt: skip
    rows = [
        (
            found.by.name,
            script.number(found.value) + (MARK if found.known_errors else " "),
            f"{found.by.unit}s",
            script.text(count_beyond(report, found, script)),
            script.text(found.by.counts),
        )
        for found in counts
    ]
    products = script.number(report.totals.macs)
    notes = [Note("Products", products, "of weights and inputs: one is one MAC, or two FLOPs"), *failures(report)]
    return table_of_rows(f"{heading(report, script)}: what tools count, for one example", heads, rows, notes)


def failures(report: NetworkReport) -> list[Note]:
    failed = sum(layer.known is None for layer in report.layers)
    return [Note("Not counted", layers_in_words(failed), "that could not be computed")] if failed else []


def count_beyond(report: NetworkReport, found: Counted, script: Script) -> str:
    """How much more a tool counts than the multiply-accumulates; a FLOP count than twice as many."""
    times = {"MAC": 1, "FLOP": 2}.get(found.by.unit)
    if times is None:
        return ""
    products: Any = report.totals.macs
    more: Any = found.value - times * products
    return f"+{script.number(more)}" if isinstance(more, int) and more > 0 else script.number(more)


def remarks(counts: list[Counted], script: Script) -> list[Note]:
    """Known errors that show in these counts, and what is assumed where a tool's rule is not known."""
    found = []
    for each in counts:
        said = [f"{MARK} known error: {error}" for error in each.known_errors]
        if each.unknown:
            said.append(f"? stands for what it counts for {', '.join(each.unknown)}: not known")
        found += [Note("" if index else each.by.name, script.text(line)) for index, line in enumerate(said)]
    return found


def memory_table(report: NetworkReport, memory: Memory, options: ReportOptions, script: Script) -> TextTable:
    """One row for each figure: exact, as the tool prints it, and what it is."""
    own = memory.name == "ours"
    rows = [
        (
            item.title,
            script.missing if item.bytes is None else script.number(item.bytes),
            readable(item.bytes, script) if own else printed_megabytes(item.bytes, memory.unit),
            script.text(item.doc),
        )
        for item in memory.items
    ]
    heads = (
        Head("Figure", "figure"), Head("Bytes", "bytes", False), Head("Readable" if own else "MB", "shown", False),
        Head("What it is", "doc"),
    )  # fmt: skip
    whose = "memory" if own else f"memory as {memory.name} prints it"
    batch = f"batch of {options.batch:,}" if options.batch > 1 else "one example"
    notes = [
        *([] if own else [Note(memory.name, memory.doc)]),
        *(Note(f"{MARK} known error", script.text(error)) for error in memory.known_errors),
        *failures(report),
    ]
    return table_of_rows(f"{heading(report, script)}: {whose}, {options.dtype}, {batch}", heads, rows, notes)


def readable(value: Any, script: Script) -> str:
    return bytes_in_words(value, script) if isinstance(value, int) and value >= 1000 else ""


def printed_megabytes(value: Any, unit: int) -> str:
    """Megabytes with two decimals, as the tools print them; empty for a symbolic size."""
    try:
        return f"{value / unit:.2f}" if isinstance(value, int) else ""
    except OverflowError:
        return f"{value // unit}.00"


def sections(counts: list[Counted], tables: list[Memory]) -> str:
    """What JSON has beyond the report: "counts" by tool, and "memory", ours and the tools'."""
    found = ""
    if counts:
        shown = {
            each.by.name: {
                "value": each.value, "unit": each.by.unit, "counts": each.by.counts,
                "known_errors": each.known_errors, "assumed": each.unknown,
            }
            for each in counts
        }  # fmt: skip
        found += f',\n "counts": {json_text(shown)}'
    if tables:
        found += f',\n "memory": {json_text({table.name: memory_object(table) for table in tables})}'
    return found


def memory_object(table: Memory) -> dict[str, Any]:
    sizes: dict[str, Any] = {item.key: item.bytes for item in table.items}
    if table.name == "ours":
        return sizes
    shown = {item.key: printed_megabytes(item.bytes, table.unit) for item in table.items}
    return {**sizes, "printed": shown, "unit": table.unit, "known_errors": table.known_errors}
