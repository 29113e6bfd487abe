"""A comparison as text, Markdown, CSV, JSON or a page: ratios as exact fractions, and rounded where it says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.algebra.expr import Expr, Mul, Ratio, is_number
from convcalc.algebra.notation import to_tree, write
from convcalc.algebra.substitution import symbols
from convcalc.network.quantity import word_of
from convcalc.render.json_text import library_text
from convcalc.render.layout import clip, pad, width
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import ASCII, UNICODE, Script
from convcalc.render.spelling import spell_layer
from convcalc.render.web_page import POLICY, page_head, safe
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.network.walk import LayerReport, NetworkReport
    from convcalc.questions.compare import Comparison, Total

SCHEMA = "convcalc/compare/1"
MAX_FORMULA = 44  # characters of a ratio; of a cell of the table, half as many more
SHORT = 10_000  # numbers of a fraction that a person still reads
STYLE = """
.soft, caption { color: var(--soft); }
.scroll { overflow-x: auto; }
td, th { white-space: nowrap; }
td { background: linear-gradient(var(--k), var(--k)) right / var(--part, 0) 100% no-repeat; }
td.ratio { padding-left: 2em; }
td:not(.n) { font-variant-numeric: normal; }
.base { font-weight: 600; }
details { margin: 1.2rem 0; }
summary { cursor: pointer; font-weight: 600; font-size: 1.1em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
@media (max-width: 40rem) { body { margin: 1rem; } td, th { padding: .15em .5em; } .layers td { white-space: normal; } }
@media print { body { margin: 0; font-size: 10pt; } tr { break-inside: avoid; } }
"""


def names(found: Comparison) -> list[str]:
    """A name for each network, no two the same; a letter if the name is a whole network on one line."""
    shown: list[str] = []
    for place, report in enumerate(found.reports):
        is_line = not report.name or "->" in report.name or "→" in report.name
        name = chr(ord("A") + place % 26) if is_line else report.name
        shown.append(name if name not in shown else f"{name} ({place + 1})")
    return shown


def legend(found: Comparison, script: Script) -> Iterator[str]:
    """What the letters stand for."""
    for name, report in zip(names(found), found.reports, strict=True):
        if report.name and not name.startswith(report.name):
            yield f"{name}  {script.text(report.name)}"


def rows(found: Comparison, script: Script) -> Iterator[list[str]]:
    """The table: a row for each quantity, and how every other network compares with the base."""
    titles, rest = names(found), [difference.place for difference in found.differences]
    versus = [f"{titles[place]} against {titles[found.base]}" for place in rest]
    yield ["", *map(script.text, titles), *map(script.text, versus)]
    inputs = [[layout_text(report, shape, script) for shape in report.inputs.values()] for report in found.reports]
    yield ["input", *map(", ".join, inputs), *("" for _ in rest)]
    outputs = (layout_text(report, report.output, script) for report in found.reports)
    yield ["output", *outputs, *("" for _ in rest)]
    for total in found.totals:
        is_compared = sum(value is not None for value in total.values) > 1
        if is_compared and any(value not in (0, None) for value in total.values):
            compared = [versus_base(total, place, found.base, script) for place in rest]
            values = [script.missing if value is None else script.number(value) for value in total.values]
            yield [row_label(total.name), *values, *compared]
    if (
        not any(total.name == "receptive_field" for total in found.totals)
        and any(found.fields)
        and not any(report.table for report in found.reports)
    ):
        sizes = [script.shape(field) if field else script.missing for field in found.fields]
        yield ["receptive field", *sizes, *("" for _ in rest)]


def row_label(name: str) -> str:
    """A quantity as the table names it."""
    return word_of(name).replace("_", " ")


def layout_text(report: NetworkReport, shape: Shape | None, script: Script) -> str:
    """A shape in the order of the network's layout."""
    return script.missing if shape is None else script.shape(written_order(shape, report.channels_last))


def versus_base(total: Total, place: int, base: int, script: Script) -> str:
    """`equal`, `3,025 times`, `≈ 75,425.5 times fewer`, `49/27 ≈ 1.815 times (+81.5 %)`."""
    ratio = total.ratios[place]
    if ratio is None:
        return script.missing
    if ratio == 1:
        return "equal"
    if not is_number(ratio):
        tree = quotient(total.values[place], total.values[base])
        text = f"{write(tree, script.notation, thousands=script.thousands)} times"
        letters = sorted({letter for each in (place, base) for letter in symbols(total.values[each] or 0)})
        return text if len(text) <= MAX_FORMULA else f"depends on {', '.join(letters)}"
    if ratio == 0:
        return "none"
    exact = Fraction(ratio)
    less = exact < 1
    turned = 1 / exact if less else exact
    word = ("times smaller" if total.name == "receptive_field" else "times fewer") if less else "times"
    return f"{times(turned, script)} {word}{percent(exact, script)}"


def quotient(value: Any, base: Any) -> Expr:
    """A fraction, without the factors that are both above and below it."""
    top, bottom = (list(tree.factors) if isinstance(tree := to_tree(one), Mul) else [tree] for one in (value, base))
    for factor in list(top):
        if factor in bottom:
            top.remove(factor)
            bottom.remove(factor)
    return Mul(tuple(top)) if not bottom else Ratio(Mul(tuple(top)), Mul(tuple(bottom)), "")


def times(ratio: Any, script: Script) -> str:
    """A ratio of 1 or more: whole, or as a fraction a person can read, or rounded, which ≈ says."""
    about = "≈" if script.notation == "text" else "~"
    if ratio.denominator == 1:
        return f"{ratio.numerator:,}"
    places = 1 if ratio >= 1000 else 2 if ratio >= 100 else 3
    scaled = round(ratio * 10**places)
    text = f"{scaled // 10**places:,}.{scaled % 10**places:0{places}}".rstrip("0").rstrip(".")
    if scaled == ratio * 10**places:
        return text
    if ratio.numerator < SHORT:
        return f"{ratio.numerator}/{ratio.denominator} {about} {text}"
    return f"{about} {text}"


def percent(ratio: Any, script: Script) -> str:
    """`(+81.5 %)`, where a ratio is near enough to 1 for a percentage to say anything."""
    if not 1 < 10 * ratio < 100:
        return ""
    tenths = round((ratio - 1) * 1000)
    sign = "+" if tenths > 0 else "−" if script.notation == "text" else "-"
    return f" ({sign}{abs(tenths) // 10}.{abs(tenths) % 10} %)" if tenths else ""


def sections(
    found: Comparison, titles: list[str], script: Script, limit: int
) -> Iterator[tuple[str, list[list[str]], int]]:
    """For every network but the base how it differs, what each has instead below their titles, how many more do."""
    base = found.reports[found.base]
    for difference in found.differences:
        other, changed = found.reports[difference.place], len(difference.changes)
        heads = [titles[found.base], titles[difference.place]]
        rows = [[cell(a, base, script), cell(b, other, script)] for a, b in difference.changes[: limit or None]]
        differ = f"{changed:,} {'differs' if changed == 1 else 'differ'}" if changed else "none differs"
        said = f"{heads[1]} against {heads[0]}: {layers_in_words(difference.same)} the same, {differ}"
        if difference.silent:
            said += f"; {layers_in_words(difference.silent)} without parameters or row"
        yield said, [heads, *rows] if rows else [], changed - len(rows)


def cell(layer: LayerReport | None, report: NetworkReport, script: Script) -> str:
    if layer is None:
        return script.missing
    known = layer.known
    if known is None:
        return f"{script.text(layer.name)}: {layer.reason}"
    parts = [script.text(spell_layer(known.setting, report.convention))]
    if known.output is not None:
        parts.append(layout_text(report, known.output, script))
    if known.parameters:
        parts.append(f"{script.number(known.parameters)} parameters")
    return clip(f"{script.text(layer.name)}: {', '.join(parts)}")


def align(table: list[list[str]], room: int = 0) -> Iterator[str]:
    """Columns side by side; those that do not fit follow in tables below, each with the first column again."""
    labels, *columns = [pad(list(column), True) for column in zip(*table, strict=True)]
    start = 0
    while start < len(columns) or not start:
        used, stop = width(labels[0]), start
        while stop < len(columns) and (stop == start or not room or used + 2 + width(columns[stop][0]) <= room):
            used += 2 + width(columns[stop][0])
            stop += 1
        if start:
            yield "\n"
        for label, *cells in zip(labels, *columns[start:stop], strict=True):
            if not start or "".join(cells).strip():
                yield f"{'  '.join((label, *cells)).rstrip()}\n"
        start = max(stop, 1)


def pair_columns(table: list[list[str]], room: int) -> Iterator[str]:
    """Two columns; where they are too wide, the second below the first."""
    lines = list(align(table))
    if not room or max(map(width, lines)) <= room:
        yield from lines
    else:
        yield from (line for base, other in table for line in (f"{base}\n", f"  {other}\n"))


def text(found: Comparison, unicode: bool = True, limit: int = 20, room: int = 0) -> Iterator[str]:
    """For people; `room` is the width of their terminal, or 0."""
    script = UNICODE if unicode else ASCII
    titles = list(map(script.text, names(found)))
    if lines := list(legend(found, script)):
        yield "\n".join(lines) + "\n\n"
    table = list(rows(found, script))
    wide = [row for row in table if max(map(len, row)) > MAX_FORMULA * 3 // 2]
    yield from align([row for row in table if row not in wide], room)
    for label, *cells in wide:
        yield f"\n{label}\n"
        named = [list(pair) for pair in zip(table[0][1:], cells, strict=True) if pair[1]]
        yield from (f"  {line}" for line in align(named))
    for said, shown, more in sections(found, titles, script, limit):
        yield f"\n{said}\n"
        if shown:
            yield from (f"  {line}" for line in pair_columns(shown, room - 2 if room else 0))
        if more:
            yield f"  and {more:,} more: --limit 0 shows them\n"


def markdown(found: Comparison, unicode: bool = True, limit: int = 20) -> Iterator[str]:
    from convcalc.render.report.markdown import escape, row

    script = (UNICODE if unicode else ASCII)._replace(text=escape)
    head, *body = rows(found, script)
    yield row(head)
    yield row("---" if not place else "---:" for place in range(len(head)))
    yield from map(row, body)
    for line in legend(found, script):
        yield f"\n{line}\n"
    for said, shown, _ in sections(found, list(map(escape, names(found))), script, limit):
        yield f"\n{said}\n"
        if shown:
            yield "\n" + row(shown[0]) + row(["---", "---"])
            yield from map(row, shown[1:])


def csv(found: Comparison, unicode: bool = True, limit: int = 20) -> Iterator[str]:
    from convcalc.render.report.csv import BARE, csv_lines

    titles, rest = list(map(BARE.text, names(found))), [difference.place for difference in found.differences]
    table: list[list[Any]] = [["quantity", *titles, *(f"{titles[place]}/{titles[found.base]}" for place in rest)]]
    table += [[total.name, *total.values, *(total.ratios[place] for place in rest)] for total in found.totals]
    yield from csv_lines(table)


def json(found: Comparison, unicode: bool = True, limit: int = 0) -> Iterator[str]:
    """Exact: whole numbers are integers, fractions and symbolic values strings."""
    titles = names(found)
    networks = [
        {
            "name": title, "about": report.name, "convention": report.convention,
            "inputs": {name: written_order(shape, report.channels_last) for name, shape in report.inputs.items()},
            "output": None if report.output is None else written_order(report.output, report.channels_last),
            "totals": {total.name: total.values[place] for total in found.totals},
        }
        for place, (title, report) in enumerate(zip(titles, found.reports, strict=True))
    ]  # fmt: skip
    ratios = {total.name: total.ratios for total in found.totals}
    differences = [
        {
            "network": titles[difference.place], "same": difference.same,
            "changes": [{"base": layer(base), "other": layer(other)} for base, other in difference.changes],
        }
        for difference in found.differences
    ]  # fmt: skip
    whole = {
        "schema": SCHEMA, "convcalc": __version__, "networks": networks, "base": titles[found.base], "ratios": ratios,
        "differences": differences,
    }  # fmt: skip
    yield library_text(whole, ensure_ascii=False) + "\n"


def layer(of: LayerReport | None) -> dict[str, Any] | None:
    if of is None:
        return None
    known = of.known
    found: dict[str, Any] = {"name": of.name, "kind": of.kind}
    if known is not None:
        found.update(output=known.output, parameters=known.parameters, macs=known.macs)
    return found


# A page


def html(found: Comparison, unicode: bool = True, limit: int = 20) -> Iterator[str]:
    """The totals with bars, and the layers that differ, network by network."""
    script = UNICODE._replace(text=safe)
    titles = list(map(safe, names(found)))
    yield from page_head(" and ".join(titles), STYLE, POLICY)
    yield f"<main>\n<h1>{', '.join(titles[:-1])} and {titles[-1]}</h1>\n"
    for line in legend(found, script):
        yield f"<p class=soft>{line}</p>\n"
    yield from total_table(found, titles)
    for said, shown, more in sections(found, titles, script, limit):
        yield from differing_layers(said, shown, more)
    yield "</main>\n</html>\n"


def total_table(found: Comparison, titles: list[str]) -> Iterator[str]:
    """Every quantity of every network, with a bar for its share of the largest, and the ratios."""
    head, *body = rows(found, UNICODE)
    count = len(titles)
    amounts = {row_label(total.name): total.values for total in found.totals}
    yield '<div class="scroll" tabindex="0" role="region" aria-label="totals">\n<table>\n'
    yield f"<caption>Totals; the others are compared with {titles[found.base]}</caption>\n<thead>\n<tr><td>"
    for place, title in enumerate(titles):
        yield f'<th scope="col" class="n{" base" if place == found.base else ""}">{title}'
    yield "".join(f'<th scope="col">{safe(title)}' for title in head[count + 1 :])
    yield "\n</thead>\n<tbody>\n"
    for label, *cells in body:
        values = amounts.get(label, ())
        numbers = [value for value in values if isinstance(value, int)]
        most = max(numbers) if numbers and len(numbers) == count else 0
        yield f'<tr><th scope="row">{safe(label)}'
        for place, text in enumerate(cells[:count]):
            part = f' style="--part:{100 * numbers[place] / most:.1f}%"' if most else ""
            yield f'<td class="n"{part}>{safe(text)}'
        yield "".join(f'<td class="ratio">{safe(text)}' for text in cells[count:]) + "\n"
    yield "</tbody>\n</table>\n</div>\n"


def differing_layers(said: str, shown: list[list[str]], more: int) -> Iterator[str]:
    """What two networks have in each other's place, behind a line that opens."""
    if not shown:
        yield f"<p>{said}.</p>\n"
        return
    heads, *body = shown
    yield f"<details open>\n<summary>{said}</summary>\n"
    yield '<div class="scroll" tabindex="0" role="region" aria-label="layers that differ">\n<table class="layers">\n'
    yield f'<thead><tr>{"".join(f"""<th scope="col">{title}""" for title in heads)}</thead>\n<tbody>\n'
    yield from (f"<tr>{''.join(f'<td>{text}' for text in row)}\n" for row in body)
    yield "</tbody>\n</table>\n</div>\n"
    yield f"<p class=soft>and {layers_in_words(more)} more, which --limit 0 shows</p>\n" if more else ""
    yield "</details>\n"


FORMATS: dict[str, Callable[[Comparison, bool, int], Iterator[str]]] = {
    "text": text, "json": json, "markdown": markdown, "csv": csv, "html": html,
}  # fmt: skip
