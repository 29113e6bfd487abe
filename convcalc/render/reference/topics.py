"""The pages of `convcalc help`, a topic each: texts in `pages`, with tables that follow from the records.

A page is plain text for a terminal and Markdown at the same time. An indented block whose first line is `# NAME` is a
file, a line behind `$` is a command that works on these files, and any other indented block is a table.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from convcalc.tuples import NamedTuple

PAGES = Path(__file__).parent / "pages"
WIDTH = 80
INDENT = "    "


class HelpPage(NamedTuple):
    """One page: its name, what it is about, and other words for it."""

    name: str
    about: str
    aliases: tuple[str, ...]

    @property
    def text(self) -> str:
        """What its file holds: the tables are names in braces."""
        return (PAGES / f"{self.name}.md").read_text("utf-8")


TOPICS = (
    HelpPage("language", "How a network is written.", ("spec", "networks", "network", "yaml", "blocks")),
    HelpPage("shapes", "How shapes are written.", ("shape", "input", "size", "sizes")),
    HelpPage("answers", "How an answer file is written.", ("answer", "submission", "submissions", "homework")),
    HelpPage("keys", "How a key is written: what is asked, and what it is worth.", ("key", "assignment")),
    HelpPage("gradebooks", "How marks get into Moodle, Canvas and others.", ("gradebook", "grades", "marks")),
    HelpPage(
        "counting",
        "What is counted, and what other tools count instead.",
        ("count", "counts", "tools", "parameters", "macs", "flops"),
    ),
    HelpPage(
        "conventions",
        "Where frameworks compute sizes differently.",
        ("convention", "frameworks", "pytorch", "keras", "caffe", "onnx", "textbook"),
    ),
    HelpPage("quantities", "What can be counted and asked, by name.", ("quantity",)),
    HelpPage("columns", "The columns of the table.", ("column", "table", "style", "styles")),
    HelpPage("pictures", "How networks are drawn, and what each picture shows.", ("picture", "figures", "drawing")),
    HelpPage(
        "formats", "JSON, CSV, files and pipelines: what programs read.", ("json", "csv", "format", "github", "sarif")
    ),
    HelpPage("sweeps", "How values, conditions and objectives of a sweep are written.", ("sweeping", "grid")),
)
NAMES = {name: topic for topic in TOPICS for name in (topic.name, *topic.aliases)}


def page(topic: HelpPage) -> str:
    """The text of a topic with its tables, at most 80 columns wide but for commands."""
    text = topic.text
    for name, table in TABLES.items():
        if f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", "\n".join(f"{INDENT}{line}" if line else "" for line in table()))
    return text


def entries(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names, each with what is said of it in a column beside them, folded within the width of a page."""
    listed = list(rows)
    wide = max(len(name) for name, _ in listed) + 2
    for name, words in listed:
        yield from textwrap.wrap(
            words,
            WIDTH - len(INDENT),
            initial_indent=name.ljust(wide),
            subsequent_indent=" " * wide,
            break_on_hyphens=False,
        )


def with_aliases(words: str, aliases: Sequence[str]) -> str:
    return f"{words} ({', '.join(aliases)})" if aliases else words


def quantity_lines() -> Iterator[str]:
    """Each quantity with what it is and its aliases."""
    from convcalc.network.quantity import QUANTITIES

    return entries((name, with_aliases(known.doc, known.aliases)) for name, known in QUANTITIES.items())


def column_lines() -> Iterator[str]:
    """Each column with what it holds and its aliases."""
    from convcalc.render.report.columns import COLUMNS

    return entries(
        (column.key, with_aliases(column.doc, [name for name in column.aliases if name != column.key]))
        for column in COLUMNS
    )


def picture_lines() -> Iterator[str]:
    """Each picture with what it shows."""
    from convcalc.render.pictures import SUBJECTS

    return entries((f"--as {name}", subject.doc) for name, subject in SUBJECTS.items())


def tool_lines() -> Iterator[str]:
    """Each tool with its unit and what it counts."""
    from convcalc.tools.counts import COUNTS

    return entries(
        (name, count.counts if count.counts.startswith(count.unit) else f"{count.unit}s of {count.counts}")
        for name, count in COUNTS.items()
    )


def flaw_lines() -> Iterator[str]:
    """Each known error with the tools that have it."""
    from convcalc.tools.counts import COUNTS

    found: dict[str, list[str]] = {}
    for name, count in COUNTS.items():
        for flaw in count.flaws:
            found.setdefault(flaw.text, []).append(name)
    for text, names in found.items():
        yield from textwrap.wrap(f"{', '.join(names)}: {text}", WIDTH - len(INDENT), subsequent_indent="  ")


def convention_lines() -> Iterator[str]:
    """Each convention with what it is in a sentence."""
    from convcalc.kinds.conventions import CONVENTIONS

    return entries((name, known.doc.partition(": ")[2] or known.doc) for name, known in CONVENTIONS.items())


EXAMPLES = """\
conv 4 k3, conv 4 k3 s2, conv 4 k3 s2 p=same, maxpool 3, maxpool 3 s2, maxpool 3 s2 p=same, tconv 4 k3 s2 p=same,
globalavgpool, linear 5"""


def difference_lines() -> Iterator[str]:
    """What layers give of 3×8×8 under each convention: computed, not told."""
    from convcalc.kinds.conventions import CONVENTIONS
    from convcalc.network.load import summarise_text
    from convcalc.render.script import UNICODE

    def output(layer: str, convention: str) -> str:
        top = f"input: 3x8x8, layout: channels_first, convention: {convention}"
        report = summarise_text(f"{{{top}, layers: [{layer}]}}")
        return UNICODE.shape(report.output) if report.output and not report.diagnostics else "error"

    layers = [layer.strip() for layer in EXAMPLES.split(",")]
    rows = [("3×8×8", *CONVENTIONS), *((layer, *(output(layer, name) for name in CONVENTIONS)) for layer in layers)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def default_lines() -> Iterator[str]:
    """What layers have under each convention where they say nothing."""
    from convcalc.kinds.conventions import CONVENTIONS

    def setting(rules: str, key: str, value: object) -> str:
        return f"{rules} {key}={'yes' if value is True else 'no' if value is False else value}"

    return entries(
        (name, ", ".join(setting(*place, value) for place, value in known.defaults.items() if value is not None))
        for name, known in CONVENTIONS.items()
        if known.defaults
    )


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "quantities": quantity_lines,
    "columns": column_lines,
    "pictures": picture_lines,
    "tools": tool_lines,
    "flaws": flaw_lines,
    "conventions": convention_lines,
    "differences": difference_lines,
    "defaults": default_lines,
}
