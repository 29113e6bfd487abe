"""A diagnostic as a person reads it: what is wrong, where, the line itself with carets, and the cure last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcalc.problem import Diagnostic, Mark
from convcalc.problem import lines as source_lines
from convcalc.render.layout import fold, width

LONGEST_NAME = 80  # characters of a layer's name in a message
WIDEST, LEAST = 100, 20  # characters of an excerpt; longer lines are cut around the place
RED, YELLOW, BLUE, BOLD, PLAIN = "\x1b[31;1m", "\x1b[33;1m", "\x1b[34;1m", "\x1b[1m", "\x1b[0m"


def paint(text: str, colour: str, colours: bool) -> str:
    return f"{colour}{text}{PLAIN}" if colours else text


def visible(text: str) -> str:
    """Control characters shown as such, so that a hostile file cannot drive the terminal."""
    return "".join(char if char.isprintable() else "·" if char == "\t" else f"\\x{ord(char):02x}" for char in text)


def short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def diagnostic_text(finding: Diagnostic, colours: bool = False, limit: int = 0) -> str:
    """One diagnostic as text, several lines, without a newline at the end; no wider than a limit that is not 0."""
    mark = finding.mark
    colour = RED if finding.severity == "error" else YELLOW
    head = paint(f"{finding.severity}[{finding.code}]", colour, colours)
    lines = fold(f"{head}: {paint(visible(finding.message), BOLD, colours)}", limit)
    layer = f'layer "{short(visible(finding.layer))}"' if finding.layer else ""
    where = ", ".join(part for part in (layer, finding.axis) if part)
    if mark:
        lines.extend(excerpt(mark, where, finding.note, colours, limit))
        if finding.also:
            lines.extend(excerpt(finding.also, "used here", "", colours, limit))
    elif where:
        lines.append(f"  {paint('-->', BLUE, colours)} {where}")
    margin = " " * len(str(mark.line)) if mark else " "
    for word, text in (("work", finding.work), ("help", finding.hint)):
        if text:
            lines += fold(f"{margin} {paint('=', BLUE, colours)} {word}: {visible(text)}", limit)
    return "\n".join(lines)


def excerpt(mark: Mark, where: str, note: str, colours: bool, limit: int = 0) -> Iterator[str]:
    """The place, and its line with carets below."""
    number = str(mark.line)
    margin = " " * len(number)
    place = f"{mark.source.name}:{mark.line}:{mark.column}" + (f"  ({where})" if where else "")
    yield from fold(f"{margin} {paint('-->', BLUE, colours)} {visible(place)}", limit)
    rows = source_lines(mark.source.text)
    if not 1 <= mark.line <= len(rows):
        return
    row = rows[mark.line - 1]
    start = min(mark.column - 1, len(row))
    length = max(1, min(mark.length, len(row) - start))
    room = max(limit - len(margin) - len(" | ") - len("……"), LEAST) if limit else WIDEST
    if len(row) > room:
        cut = max(0, start - room // 4)
        row, start = ("…" if cut else "") + row[cut : cut + room] + "…", start - cut + bool(cut)
        length = min(length, max(1, room - start))
    bar = paint("|", BLUE, colours)
    margin, below = f"{margin} {bar} ", " " * width(visible(row[:start]))
    carets = paint("^" * length, RED, colours)
    yield margin.rstrip()
    yield f"{paint(number, BLUE, colours)} {bar} {visible(row)}"
    if not limit or len(below) + length + 1 + width(note) <= room:
        yield f"{margin}{below}{carets}{f' {visible(note)}' if note else ''}"
    else:
        yield f"{margin}{below}{carets}"
        yield from (f"{margin}{line}" for line in fold(visible(note), room))


def diagnostics_text(findings: Iterable[Diagnostic], colours: bool = False, limit: int = 0) -> str:
    """Errors and warnings one after another, and how many there are."""
    findings = tuple(findings)
    errors = sum(finding.severity == "error" for finding in findings)
    texts = [diagnostic_text(finding, colours, limit) for finding in findings]
    if errors > 1:
        texts.append(f"{errors} errors")
    return "\n\n".join(texts)
