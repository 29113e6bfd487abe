"""Code in lines no longer than 88 columns, as black leaves it: what does not fit has each part in a line of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from convcalc.tuples import NamedTuple

WIDTH = 88


class Brackets(NamedTuple):
    """Parts between brackets, behind a head; a comprehension has no comma at its end."""

    head: str  # with the opening bracket
    parts: tuple[Code, ...]
    tail: str  # with the closing bracket
    comma: bool = True


class Remarked(NamedTuple):
    """A part that is followed by a remark, for which it has a line of its own."""

    code: Code
    remark: str


class Joined(NamedTuple):
    """A text before a part: a keyword, a star."""

    before: str
    code: Code


Code: TypeAlias = "str | Brackets | Remarked | Joined"


def flat(code: Code) -> str:
    """The code in one line."""
    if isinstance(code, str):
        return code
    if isinstance(code, Joined):
        return code.before + flat(code.code)
    if isinstance(code, Remarked):
        return flat(code.code)
    between = ", " if code.comma else " "
    return f"{code.head}{between.join(map(flat, code.parts))}{code.tail}"


def has_remarks(code: Code) -> bool:
    if isinstance(code, Remarked):
        return True
    if isinstance(code, Joined):
        return has_remarks(code.code)
    return isinstance(code, Brackets) and any(map(has_remarks, code.parts))


def lines(code: Code, indent: str = "", before: str = "", behind: str = "", remark: str = "") -> Iterator[str]:
    """The lines of a statement, with texts before and behind it, and a remark at its end."""
    end = f"  # {remark}" if remark else ""
    text = f"{indent}{before}{flat(code)}{behind}"
    if isinstance(code, Joined):
        yield from lines(code.code, indent, before + code.before, behind, remark)
    elif isinstance(code, Remarked):
        yield from lines(code.code, indent, before, behind, code.remark)
    elif isinstance(code, str) or not code.parts or (not has_remarks(code) and len(text + end) <= WIDTH):
        yield text + end
    elif ")(" in code.tail:
        yield from called_lines(code, indent, before, end)
    else:
        yield f"{indent}{before}{code.head}"
        yield from part_lines(code, indent + "    ")
        yield f"{indent}{code.tail}{behind}{end}"


def part_lines(code: Brackets, indent: str) -> Iterator[str]:
    """What is between brackets: in one line, if it is no list and there is room."""
    whole = indent + (", " if code.comma else " ").join(map(flat, code.parts))
    if not has_remarks(code) and len(whole) <= WIDTH and not (code.head in "([" and code.comma):
        yield whole
        return
    for part in code.parts:
        yield from lines(part, indent, "", "," if code.comma else "")


def called_lines(code: Brackets, indent: str, before: str, end: str) -> Iterator[str]:
    """What is called as soon as it is made: its remark stands where black leaves it, behind an opening bracket."""
    made, _, given = code.tail.partition(")(")
    whole = f"{indent}{before}{flat(code._replace(tail=''))}{made})({end}"
    if len(whole) <= WIDTH:
        yield from (whole, f"{indent}    {given[:-1]}", f"{indent})")
    else:
        yield f"{indent}{before}{code.head}{end}"
        yield from part_lines(code, indent + "    ")
        yield f"{indent}{code.tail}"
