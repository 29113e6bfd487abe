"""Reports as text: one module a format, one table of columns for them all; each is imported when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.quantity import Allowance
    from convcalc.network.walk import NetworkReport

# A format is a function of (report, options) that yields pieces of text: where it lives.
FORMATS = {
    "table": "convcalc.render.report.table:lines",
    "plain": "convcalc.render.report.plain:lines",
    "json": "convcalc.render.report.json:lines",
    "jsonl": "convcalc.render.report.json:one_line",
    "csv": "convcalc.render.report.csv:lines",
    "markdown": "convcalc.render.report.markdown:lines",
    "latex": "convcalc.render.report.latex:lines",
    "html": "convcalc.render.report.html:lines",
    "svg": "convcalc.render.report.picture:lines",
}
LECTURES = ("lenet", "vgg", "alexnet")  # styles with a table of their own
STYLES = (*LECTURES, "full")
ENDLESS = ("json", "jsonl", "csv")  # written row by row
MAX_ON_PAGE, MAX_PICTURED = 100_000, 5_000  # rows
MAX_PAINTED = 1_000  # rows that a person still reads on a terminal; longer tables are written plainly


class ReportOptions(NamedTuple):
    """How a report is to look."""

    columns: tuple[str, ...] = ()  # keys of convcalc.render.report.columns.COLUMNS; empty: the usual ones
    style: str = ""  # one of STYLES
    depth: int = 0  # blocks below it are folded into one row each; 0 folds none
    width: int = 0  # of the terminal; 0: as wide as it takes
    dtype: str = "float32"
    bits: int = 32  # of one number of that type
    batch: int = 1
    chosen: tuple[str, ...] = ()  # of dtype and batch what somebody chose: JSON then has it, and the memory
    allowances: tuple[Allowance, ...] = ()
    colour: bool = False
    terminal: bool = False
    unicode: bool = True  # False: x, - and floor(…) instead of ×, — and ⌊…⌋
    totals: bool = False  # a row of totals in CSV too
    wide: bool = False  # CSV with a column for each side
    header: bool = True  # the first row of CSV; without it reports can follow each other
    tools: str = ""  # a tool of convcalc.tools.counting whose count is shown, or all
    memory: str = ""  # a tool of convcalc.tools.memory whose figures are shown, or all
    counter: str = ""  # the tool whose count is shown instead of the MACs
    unit: str = "MAC"  # of that count
    bars: bool = False  # the shares are bars, too
    notation: str = ""  # of symbolic values, one of convcalc.algebra.notation.NOTATIONS; empty: as the format has it
    alone: bool = False  # of one network, so that HTML may be a page with a script
    sections: str = ""  # JSON text that follows the report's own parts


def render(report: NetworkReport, form: str, options: ReportOptions | None = None) -> Iterator[str]:
    """The pieces of a report's text; `form` is one of FORMATS.  A Problem where the options cannot be met."""
    chosen = options or ReportOptions()
    refuse_endless(report, form, chosen)
    if chosen.tools or chosen.memory or (chosen.chosen and form in ("json", "jsonl")):
        from convcalc.render.report.counts import report_with_counts

        return report_with_counts(report, form, chosen)
    if form == "table" and not (chosen.terminal and number_of_rows(report, chosen.depth, MAX_PAINTED) <= MAX_PAINTED):
        form = "plain"
    module, _, function = FORMATS[form].partition(":")
    pieces: Iterator[str] = getattr(import_module(module), function)(report, chosen)
    return pieces


def refuse_together(form: str, options: ReportOptions) -> None:
    """A Problem for options of which one has no say over what the other asks for."""
    asked = "--memory" if options.memory else "--count all" if options.tools == "all" else ""
    if asked and form not in ("table", "plain", "json", "jsonl"):
        raise problem("U010", f"{asked} is written as text or JSON, not as {form}")
    if options.bars and form not in ("table", "plain"):
        raise problem("U010", f"--bars is written as text, not as {form}", "convcalc draw --as bars has SVG and PDF")
    if options.bars and asked:
        raise problem("U010", f"--bars has no say over {asked}")
    if options.bars and options.columns and not any(name.startswith("share") for name in options.columns):
        raise problem("U010", "--bars has no say over columns without shares", "--columns layer,macs,share_macs")
    if options.wide and form != "csv":
        raise problem("U010", f"--wide is of CSV, not of {form}", "add --format csv")
    drawn = options.style in LECTURES
    over_style = [("--count", options.tools), ("--columns", options.columns), ("--bars", options.bars)]
    for option, is_given in (*over_style, *((f"--{name}", drawn) for name in options.chosen)):
        if is_given and drawn:
            raise problem("U010", f"{option} has no say over the {options.style} style")
    refuse_in_json(form, options, "style", "columns")


def refuse_in_json(form: str, options: ReportOptions, *names: str) -> None:
    """A Problem for options by these names that choose what is shown, where JSON has it all."""
    for name in names:
        if getattr(options, name) and form in ("json", "jsonl"):
            raise problem("U010", f"--{name} has no say over JSON, which has every quantity")


def number_of_rows(report: NetworkReport, depth: int, enough: int) -> int:
    """The rows of a table at this depth; an upper bound if there are few without folding."""
    if len(report.layers) <= enough or depth < 1:
        return len(report.layers)
    from convcalc.render.report.rows import parts

    return sum(1 for _ in parts(report, depth))


def refuse_endless(report: NetworkReport, form: str, options: ReportOptions) -> None:
    """A Problem for a page that nobody could open: its cells are laid out side by side, all of them at once."""
    most = MAX_PICTURED if form == "svg" else MAX_ON_PAGE
    found = number_of_rows(report, options.depth, most)
    if found > most and form not in ENDLESS and options.tools != "all":
        folds = report.groups and not options.depth and number_of_rows(report, 1, most) <= most
        message = f"{found:,} rows are more than a page has, {most:,}, as {form}"
        raise problem("U008", message, f"{'--depth 1, or ' if folds else ''}--format csv or jsonl, which have no end")
