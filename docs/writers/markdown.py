"""Pieces of Markdown: tables, blocks, lists of pages, formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.algebra.expr import ExprError, letters
from convcalc.algebra.notation import write
from convcalc.algebra.parser import parse
from convcalc.render.working.page import is_word

if TYPE_CHECKING:
    from collections.abc import Iterable

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def plain(text: str) -> str:
    """A text in which no sign is Markdown."""
    return SPECIAL.sub(r"\\\1", text)


def prose(text: str) -> str:
    """A sentence of a record, in which `…` stays code."""
    pieces = re.split(r"(`[^`]+`)", text)
    return "".join(piece if piece.startswith("`") else plain(piece) for piece in pieces)


def code(text: str) -> str:
    """A text as code, in a table too."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}".replace("|", "\\|") if text else ""


def link(name: str) -> str:
    """A link from an index to the page of that name beside it."""
    return f"[{code(name)}]({name}.md)"


def codes(texts: Iterable[str]) -> str:
    return ", ".join(map(code, texts))


def cell(text: str) -> str:
    return " ".join(text.split())


def table(heading: Iterable[str], rows: Iterable[Iterable[str]], right: Iterable[str] = ()) -> str:
    """A table of cells that are Markdown; nothing where it has no rows. A column without any cell is left out."""
    titles = list(heading)
    found = [list(map(cell, row)) for row in rows]
    if not found:
        return ""
    kept = [place for place in range(len(titles)) if any(row[place] for row in found)]
    lines = [titles, ["---:" if title in right else "---" for title in titles], *found]
    return "".join(f"| {' | '.join(line[place] for place in kept)} |\n" for line in lines)


def block(language: str, text: str) -> str:
    """A fenced block, longer fenced than what is in it."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`{3,}", text)), 3)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def page(title: str, *parts: str) -> str:
    """A page, without the parts that are empty."""
    return "\n\n".join([f"# {title}", *(part.strip("\n") for part in parts if part.strip())]) + "\n"


def leaf(above: str, title: str, *parts: str) -> str:
    """A page that its index links to; the navigation leaves it out, which every page carries."""
    return f"---\norphan: true\n---\n\n[{above}](index.md)\n\n{page(title, *parts)}"


def section(title: str, *parts: str) -> str:
    """A section; nothing where nothing is in it."""
    found = [part.strip("\n") for part in parts if part.strip()]
    return "\n\n".join([f"## {title}", *found]) if found else ""


def formula(text: str) -> str:
    """A formula as MathML, which needs no script and no font."""
    try:
        tree = parse(text)
    except ExprError:
        return code(text)
    names = {name: f"<mi>{name}</mi>" for name in letters(tree) if is_word(name)}
    return f"<math>{write(tree, 'mathml', names=names)}</math>"


def letter(name: str) -> str:
    return formula(name) if name else ""


def picture(name: str, alt: str) -> str:
    """A picture that was drawn in both themes: NAME.svg and NAME-dark.svg."""
    said = plain(alt)
    return f"![{said}]({name}.svg){{.only-light}}\n![{said}]({name}-dark.svg){{.only-dark}}\n"
