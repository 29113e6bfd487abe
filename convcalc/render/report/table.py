"""The table painted with rich, on a terminal; rich is imported only here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from rich.color import Color

from convcalc.render.layout import fill, pad, width
from convcalc.render.report.columns import USUAL
from convcalc.render.report.plain import GAP, move_formulas_below, note_lines, room
from convcalc.render.report.text_table import Head, TextTable, text_table
from convcalc.render.script import ASCII, UNICODE

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions
    from convcalc.render.script import Script

    Line: TypeAlias = list[tuple[str, str]]  # texts, each with the name of its paint

PAINTS = {
    "": "", "title": "bold", "head": "bold", "rule": "bright_black", "name": "cyan", "block": "bold cyan",
    "input": "bright_black", "quiet": "bright_black", "failed": "red", "total": "bold",
}  # fmt: skip
LEAST, MOST = 12, 24  # cells that a column of words keeps, and that its settings may ask for
STRIDE = re.compile(r"\S+(?: \S+)*? s\d\S*(?= )")  # a layer's settings up to its stride, where more follow


def lines(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    """The report as it fits the terminal, and what to type for what does not."""
    script = UNICODE if options.unicode else ASCII
    yield from colour_lines(paint(report, options, script), options.colour)


def colour_lines(painted: Iterable[Line], colour: bool) -> Iterator[str]:
    """A rich Table takes 0.4 ms a row, its console 8 ms to import, its styles 4; lines of known widths need colours."""
    for line in painted:
        yield "".join(in_colour(text, PAINTS[paint]) if colour else text for text, paint in line)
        yield "\n"


def in_colour(text: str, words: str) -> str:
    """A text in `bold cyan`, or in any other colour of a terminal; without words as it is."""
    return f"\x1b[{colour_codes(words)}m{text}\x1b[0m" if words and text else text


@lru_cache(maxsize=64)
def colour_codes(words: str) -> str:
    """The numbers that a terminal takes for `bold cyan`: 1;36."""
    return ";".join(
        code for word in words.split() for code in (("1",) if word == "bold" else Color.parse(word).get_ansi_codes())
    )


def paint(report: NetworkReport, options: ReportOptions, script: Script) -> Iterator[Line]:
    limit = options.width
    whole = text_table(report, options, script, is_roomy=limit > 0)
    made, missing, cut, gap = fit(whole, limit, "…" if options.unicode else "...")
    yield from paint_table(made, limit, gap, options.unicode)
    if missing:
        keys = ",".join(head.key for head in missing)
        yield from aside(not_shown(missing, limit), f"--columns {'layer,' if 'layer' not in keys else ''}{keys}")
    if cut:
        yield from aside(f"shortened to {limit} columns: {', '.join(head.title for head in cut)}", "--format plain")
    if (cut or (missing and not made.asked)) and report.groups and not options.depth:
        yield [("  --depth 1 folds the blocks", "quiet")]


def painted_table(whole: TextTable, limit: int, colour: bool, unicode: bool) -> Iterator[str]:
    """A table of its own as it fits the terminal, and what that has no room for."""
    made, missing, cut, gap = fit(whole, limit, "…" if unicode else "...")
    yield from colour_lines(paint_table(made, limit, gap, unicode), colour)
    if missing:
        yield from colour_lines(aside(not_shown(missing, limit), "--format plain"), colour)
    elif cut:
        yield from colour_lines(aside(f"shortened to {limit} columns", "--format plain"), colour)


def not_shown(missing: list[Head], limit: int) -> str:
    return f"not shown in {limit} columns: {', '.join(head.title for head in missing)}"


def aside(words: str, option: str) -> Iterator[Line]:
    """What a terminal has no room for, and the option that shows it."""
    yield from ([], [(words, "quiet")], [(f"  {option}", "quiet")])


def paint_table(fitted: TextTable, limit: int, gap: str, unicode: bool) -> Iterator[Line]:
    """A table that fits, under its title, the notes below it."""
    made, formulas = move_formulas_below(fitted)
    yield [(made.title, "title")]
    yield []
    if made.prose:
        yield from ([(made.prose.format(*row), "")] for row in made.rows)
    else:
        yield from grid(made, "─" if unicode else "-", gap)
    for notes in filter(None, (formulas, made.notes)):
        yield []
        yield from ([(text, "")] for text in note_lines(notes, limit))


def grid(made: TextTable, rule: str, gap: str) -> Iterator[Line]:
    """Heads in as many lines as they need, a rule, the rows, and the total behind another rule."""
    totals = [[cell] for cell in made.total] or [[]] * len(made.heads)
    bodies = [[*cells, *total] for cells, total in zip(made.cells, totals, strict=True)]
    heads = [wrap(head.title, max(map(width, body))) for head, body in zip(made.heads, bodies, strict=True)]
    tall = max(map(len, heads))
    columns = [
        pad([*[""] * (tall - len(head)), *head, *body], column.is_left)
        for head, body, column in zip(heads, bodies, made.heads, strict=True)
    ]
    rows = list(zip(*columns, strict=True))
    line = (rule * (sum(map(width, rows[0])) + len(gap) * (len(heads) - 1)), "rule")
    for row in rows[:tall]:
        yield [(gap.join(row).rstrip(), "head")]
    yield [line]
    for mark, row in zip(made.marks, rows[tall:], strict=False):
        yield painted_row(mark, row, gap)
    if any(made.total):
        yield [line]
        yield [(gap.join(rows[-1]).rstrip(), "total")]


def painted_row(mark: str, row: tuple[str, ...], gap: str) -> Line:
    """A name in colour, zeros held back; runs of one paint are one piece."""
    if mark in ("input", "failed"):
        return [(gap.join(row).rstrip(), mark)]
    line: Line = [(row[0] + gap, "block" if mark == "block" else "name")]
    for cell in row[1:]:
        bare = cell.strip()
        is_aside = bare[:1] == "(" and ", " not in bare  # and no point, such as (-1, -1)
        paint = "quiet" if is_aside or bare in ("0", "0.0 %") else ""
        if line[-1][1] == paint:
            line[-1] = (line[-1][0] + cell + gap, paint)
        else:
            line.append((cell + gap, paint))
    line[-1] = (line[-1][0].rstrip(), line[-1][1])
    return line


def wrap(title: str, wide: int) -> list[str]:
    """A title in lines no wider than its column has to be."""
    return fill(title, max(wide, *map(width, title.split())))


def fit(made: TextTable, limit: int, ellipsis: str) -> tuple[TextTable, list[Head], list[Head], str]:
    """As many columns as the width holds, those missed, those cut, and the gap between.

    Names are shortened first, then words, numbers never.
    """
    if not limit or made.prose:
        return made, [], [], GAP
    totals = made.total or [""] * len(made.heads)
    natural = [
        max(max(map(width, wrap(head.title, 0))), *(room(head, text) for text in (*cells, total)))
        for head, cells, total in zip(made.heads, made.cells, totals, strict=True)
    ]
    kept = list(range(len(made.heads)))
    while True:
        over = sum(natural[index] for index in kept) + len(GAP) * (len(kept) - 1) - limit
        give = {
            index: max(0, natural[index] - least(made.heads[index], made.cells[index], ellipsis))
            for index in kept
            if made.heads[index].may_shrink
        }
        loosest = max(kept, key=lambda index: (made.heads[index].rank, index))
        if over <= 0 or not made.heads[loosest].rank:
            break
        if made.heads[loosest].rank <= USUAL and over <= sum(give.values()):
            break
        kept.remove(loosest)
    cells = dict(enumerate(made.cells))
    cut: list[Head] = []
    for index in sorted(give, key=lambda index: (made.heads[index].key == "layer", give[index]), reverse=True):
        less = min(max(over, 0), give[index])
        if less:
            cut_text = shorten_name if made.heads[index].key == "layer" else shorten
            cells[index] = [cut_text(text, natural[index] - less, ellipsis) for text in cells[index]]
            over -= natural[index] - max(map(width, [made.heads[index].title, *cells[index]]))
            cut.append(made.heads[index])
    missed = [head for index, head in enumerate(made.heads) if index not in kept and (made.asked or head.rank <= USUAL)]
    narrowed = made._replace(
        heads=tuple(made.heads[index] for index in kept),
        cells=[cells[index] for index in kept],
        total=[made.total[index] for index in kept] if made.total else [],
    )
    return narrowed, missed, cut, GAP if over <= 0 else " "


def least(head: Head, texts: list[str], ellipsis: str) -> int:
    """The width below which a column says too little: a name's first block stays, and a layer's stride."""
    kept: Iterable[str] = ()
    if head.key == "layer":
        kept = (f"{name.partition('.')[0]}{ellipsis}{name.rpartition('.')[2]}" for name in texts if "." in name)
    elif head.key == "kind":
        kept = (f"{match[0]} {ellipsis}" for text in texts if (match := STRIDE.match(text)))
    return min(max(LEAST, *map(width, kept), LEAST), MOST)


@lru_cache(maxsize=4096)
def shorten_name(name: str, wide: int, ellipsis: str) -> str:
    """`layer1.0…batchnorm` for layer1.0.shortcut.batchnorm: of the blocks around it as many as there is room for."""
    if width(name) <= wide:
        return name
    *around, own = name.split(".")
    count = len(around)
    kept = (
        ".".join(around[:start]) + ellipsis + ".".join((*around[stop:], own))
        for start in range(count)
        for stop in range(start + 1, count + 1)
    )
    last = f"{(ellipsis + own if around else own)[: max(wide - len(ellipsis), 1)]}{ellipsis}"
    return max((short for short in kept if width(short) <= wide), key=width, default=last)


@lru_cache(maxsize=4096)
def shorten(text: str, wide: int, ellipsis: str) -> str:
    """The text without its last words, so that no number is cut in two."""
    if width(text) <= wide:
        return text
    words = text.split(" ")
    kept = (f"{' '.join(words[:count])} {ellipsis}" for count in range(len(words) - 1, 0, -1))
    return next((short for short in kept if width(short) <= wide), ellipsis)
