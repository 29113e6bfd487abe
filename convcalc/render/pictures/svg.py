"""A picture as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.pictures.shapes import PAPER, Label, Rectangle, Stroke
from convcalc.render.script import printable

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Picture, Shape

FONT = "'DejaVu Sans', 'Segoe UI', Helvetica, Arial, sans-serif"


def svg(picture: Picture) -> Iterator[str]:
    width, height = number(picture.width), number(picture.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="{FONT}">\n<title>{escape(picture.title)}</title>\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n'
    )
    yield from (f"{element(shape)}\n" for shape in picture.shapes)
    yield "</svg>\n"


def element(shape: Shape) -> str:
    match shape:
        case Rectangle(x, y, width, height, fill, stroke, thickness):
            sides = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
            return f'<rect {sides} fill="{fill}" stroke="{stroke}" stroke-width="{number(thickness)}"/>'
        case Stroke(x1, y1, x2, y2, colour, thickness):
            ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
            return f'<line {ends} stroke="{colour}" stroke-width="{number(thickness)}"/>'
        case Label(x, y, text, size, anchor, colour, bold):
            weight = ' font-weight="bold"' if bold else ""
            look = f'font-size="{number(size)}" text-anchor="{anchor}" fill="{colour}"{weight}'
            return f'<text x="{number(x)}" y="{number(y)}" {look}>{escape(text)}</text>'


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def escape(text: str) -> str:
    from html import escape as escape_html

    return escape_html(printable(text))
