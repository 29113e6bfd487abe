"""A manual page in the language of man: sections of paragraphs, examples and items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TypeAlias

from convcalc.tuples import NamedTuple

LINE = 78  # signs


class ManualItem(NamedTuple):
    """An option, a command or a code, and what it means."""

    name: str
    text: str


class Verbatim(NamedTuple):
    """Lines as they stand."""

    text: str


class SubHeading(NamedTuple):
    """The title of a part of a section."""

    text: str


Block: TypeAlias = "str | ManualItem | Verbatim | SubHeading"


class ManualPage(NamedTuple):
    """A page: what it is called, its line in an index, and sections with their titles."""

    name: str
    about: str
    synopsis: tuple[str, ...]
    sections: tuple[tuple[str, tuple[Block, ...]], ...]


def roff(page: ManualPage, version: str, date: str) -> Iterator[str]:
    yield f'.TH {page.name.upper()} 1 {date} "convcalc {version}" convcalc\n.ad l\n.nh\n'
    yield f".SH NAME\n{escape(page.name)} \\- {escape(page.about.rstrip('.'))}\n"
    yield ".SH SYNOPSIS\n"
    yield "\n.br\n".join(map(breakable, page.synopsis)) + "\n"
    for title, blocks in page.sections:
        yield f".SH {title}\n"
        before: Block = SubHeading("")
        for block in blocks:
            yield from lines_of(block, before)
            before = block


def lines_of(block: Block, before: Block) -> Iterator[str]:
    if isinstance(block, SubHeading):
        yield f".SS {escape(block.text)}\n"
    elif isinstance(block, ManualItem):
        yield f".TP\n{breakable(block.name)}\n{fill_lines(block.text)}\n"
    else:
        if not isinstance(before, SubHeading):
            yield ".PP\n"
        if isinstance(block, Verbatim):
            yield f".nf\n.RS 4\n{verbatim(block.text)}\n.RE\n.fi\n"
        else:
            yield f"{fill_lines(block)}\n"


def fill_lines(text: str) -> str:
    """A paragraph in lines that a person can read, none of which looks like an order."""
    lines = wrap(highlight_words(text), LINE, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines)


def verbatim(text: str) -> str:
    return "\n".join(escape(line) for line in text.splitlines())


def highlight_words(text: str) -> str:
    """A text with its options and what is between backquotes in bold, and words in capitals in italics."""
    parts = re.split(r"(`[^`]+`|(?<![\w-])--?[a-zA-Z][\w-]*|\b[A-Z]{2,}\b(?=[^a-z]|$))", text)
    return "".join(highlight(part) if place % 2 else escape(part, not place) for place, part in enumerate(parts))


def breakable(text: str) -> str:
    """A text in which a line may break between values."""
    return highlight_words(text).replace("|", "|\\:")


def highlight(part: str) -> str:
    if part.startswith("`"):
        return f"\\fB{escape(part[1:-1])}\\fR"
    return f"\\fB{escape(part)}\\fR" if part.startswith("-") else f"\\fI{escape(part)}\\fR"


def escape(text: str, at_start: bool = True) -> str:
    """A text as it is shown: no sign is an order, and every sign is there whatever encoding the page is read in."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = "".join(sign if sign.isascii() else f"\\[u{ord(sign):04X}]" for sign in text)
    return f"\\&{text}" if at_start and text.startswith((".", "'")) else text


def blocks_of(text: str) -> Iterator[Block]:
    """The blocks of a help text: paragraphs between blank lines; what begins with \\b is verbatim."""
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        lines = paragraph.splitlines()
        if lines and lines[0].strip() == "\b":
            yield Verbatim("\n".join(lines[1:]))
        elif paragraph.strip():
            yield " ".join(paragraph.split())


def page_text(page: ManualPage, version: str, date: str) -> str:
    return "".join(roff(page, version, date))


def see_also(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`(1)" for name in names)
