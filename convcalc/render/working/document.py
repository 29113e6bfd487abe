"""Worked lines as a page of its own: one file, typeset, with pictures, which asks for nothing from elsewhere."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from convcalc.render.pictures.themes import page_colours
from convcalc.render.web_page import page_head, safe
from convcalc.render.working.page import Heading, Title
from convcalc.render.working.web import WORKED_STYLE, html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.render.working.page import Item

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
body { max-width: 62rem; }
h2 code { font-size: .95em; }
figure { margin: .8em 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; }
math { font-size: 1.08em; }
@media print { h2 { break-after: avoid; } figure, dd { break-inside: avoid; } }
"""


def document(items: Iterable[Item]) -> Iterator[str]:
    """A page with the name of the network, or of the only layer, as its title."""
    rest = iter(items)
    first = next(rest, None)
    named = [] if first is None else [first]
    yield from document_head(safe(title_of(first)))
    yield from html(chain(named, rest))
    yield "</body>\n</html>\n"


def document_head(title: str, style: str = "", language: str = "en") -> Iterator[str]:
    """Up to what the page shows; the title is HTML already."""
    yield from page_head(title, f"{page_colours(in_print=True)}{WORKED_STYLE}{STYLE}{style}", POLICY, language)
    yield "<body>\n"


def title_of(item: Item | None) -> str:
    match item:
        case Title(words):
            return words
        case Heading(name, spelled, _, _):
            return name or spelled
    return "convcalc"
