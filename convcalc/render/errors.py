"""A diagnostic as a person reads it: what is wrong, where, the line itself with carets, and the cure last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcalc.problem import Diagnostic, Mark

WIDEST = 100  # characters of an excerpt; longer lines are cut around the place
RED, YELLOW, BLUE, BOLD, PLAIN = "\x1b[31;1m", "\x1b[33;1m", "\x1b[34;1m", "\x1b[1m", "\x1b[0m"


def paint(text: str, colour: str, colours: bool) -> str:
    return f"{colour}{text}{PLAIN}" if colours else text


def visible(text: str) -> str:
    """Control characters shown as such, so that a hostile file cannot drive the terminal."""
    return "".join(char if char.isprintable() else "·" if char == "\t" else f"\\x{ord(char):02x}" for char in text)


def written(finding: Diagnostic, colours: bool = False) -> str:
    """One diagnostic as text, several lines, without a newline at the end."""
    mark = finding.mark
    colour = RED if finding.severity == "error" else YELLOW
    head = paint(f"{finding.severity}[{finding.code}]", colour, colours)
    lines = [f"{head}: {paint(visible(finding.message), BOLD, colours)}"]
    layer = f'layer "{visible(finding.layer)}"' if finding.layer else ""
    where = ", ".join(part for part in (layer, finding.axis) if part)
    if mark:
        lines.extend(excerpt(mark, where, finding.note, colours))
    elif where:
        lines.append(f"  {paint('-->', BLUE, colours)} {where}")
    margin = " " * len(str(mark.line)) if mark else " "
    for word, text in (("work", finding.work), ("help", finding.hint)):
        if text:
            lines.append(f"{margin} {paint('=', BLUE, colours)} {word}: {visible(text)}")
    return "\n".join(lines)


def excerpt(mark: Mark, where: str, note: str, colours: bool) -> Iterator[str]:
    """The place, and its line with carets below."""
    number = str(mark.line)
    margin = " " * len(number)
    place = f"{mark.source.name}:{mark.line}:{mark.column}" + (f"  ({where})" if where else "")
    yield f"{margin} {paint('-->', BLUE, colours)} {visible(place)}"
    rows = mark.source.text.splitlines()
    if not 1 <= mark.line <= len(rows):
        return
    row = rows[mark.line - 1]
    start = min(mark.column - 1, len(row))
    length = max(1, min(mark.length, len(row) - start))
    if len(row) > WIDEST:
        cut = max(0, start - WIDEST // 4)
        row, start = ("…" if cut else "") + row[cut : cut + WIDEST] + "…", start - cut + bool(cut)
        length = min(length, max(1, WIDEST - start))
    bar = paint("|", BLUE, colours)
    carets = paint("^" * length, RED, colours)
    yield f"{margin} {bar}"
    yield f"{paint(number, BLUE, colours)} {bar} {visible(row)}"
    yield f"{margin} {bar} {' ' * start}{carets}{f' {visible(note)}' if note else ''}"


def all_written(findings: Iterable[Diagnostic], colours: bool = False) -> str:
    """Errors and warnings one after another, and how many there are."""
    findings = tuple(findings)
    errors = sum(finding.severity == "error" for finding in findings)
    texts = [written(finding, colours) for finding in findings]
    if errors > 1:
        texts.append(f"{errors} errors")
    return "\n\n".join(texts)
