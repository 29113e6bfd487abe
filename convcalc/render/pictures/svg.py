"""A picture as SVG 1.1: no script, no font and nothing else from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import PAPER, Collection, Frames, Label, Path, Photograph, Rectangle
from convcalc.render.pictures.themes import COLOURS, LINE, Hatch, hatches_of
from convcalc.render.web_page import safe

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Picture, Segment, Shape

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"


def svg_pieces(picture: Picture, theme: str = "light", width: float = 0) -> Iterator[str]:
    """The text of a picture, its colours those of a theme or of a page; `width` in millimetres, 0 for its pixels."""
    box = f"{number(picture.width)} {number(picture.height)}"
    size = f'width="{number(picture.width)}" height="{number(picture.height)}"'
    if width:
        size = f'width="{number(width)}mm" height="{number(width * picture.height / picture.width)}mm"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" {size} '
        f'viewBox="0 0 {box}" font-family="{FONT}">\n<title>{safe(picture.title)}</title>\n'
    )
    if picture.about:
        yield f"<desc>{safe(picture.about)}</desc>\n"
    hatches = sorted({hatch for shape in leaves(picture.shapes) for hatch in hatches_of(shape, theme)})
    if hatches:
        yield f"<defs>{''.join(pattern(hatch, theme) for hatch in hatches)}</defs>\n"
    yield f'<rect width="{number(picture.width)}" height="{number(picture.height)}" fill="{COLOURS[theme][PAPER]}"/>\n'
    yield from elements(picture.shapes, theme)
    yield "</svg>\n"


def leaves(shapes: Iterable[Shape]) -> Iterator[Rectangle | Path]:
    """What is filled, in all frames."""
    for shape in shapes:
        if isinstance(shape, (Collection, Frames)):
            yield from leaves(shape.shapes if isinstance(shape, Collection) else shape.frames)
        elif isinstance(shape, (Rectangle, Path)):
            yield shape


def elements(shapes: Iterable[Shape], theme: str) -> Iterator[str]:
    for shape in shapes:
        yield from element(shape, theme)


def element(shape: Shape, theme: str) -> Iterator[str]:
    match shape:
        case Rectangle(x, y, width, height):
            yield from paint(f"rect {sides(x, y, width, height, shape.radius)}", shape, theme)
        case Path(segments):
            yield from paint(f'path d="{path_data(segments)}"', shape, theme)
        case Label(x, y, text, size, anchor, colour, bold):
            look = f'font-size="{number(size)}" text-anchor="{anchor}" fill="{COLOURS[theme][colour]}"'
            look += ' font-weight="bold"' if bold else ""
            look += (
                f' textLength="{number(text_width(text, size, bold))}" lengthAdjust="spacingAndGlyphs"' if text else ""
            )
            look += ' xml:space="preserve"' if text != " ".join(text.split()) else ""
            yield f'<text x="{number(x)}" y="{number(y)}" {look}{rotation(shape)}>{safe(text)}</text>\n'
        case Photograph(x, y, width, height, data, media):
            from base64 import b64encode

            link = f"data:{media};base64,{b64encode(data).decode()}"
            yield f'<image {sides(x, y, width, height)} preserveAspectRatio="none" xlink:href="{link}"/>\n'
        case Collection(shapes, title, name):
            found = f' class="{safe(name)}"' if name else ""
            yield f"<g{found}>\n"
            if title:
                lines = "\n".join(map(safe, title.split("\n")))
                yield f"<title>{lines}</title>\n"
            yield from elements(shapes, theme)
            yield "</g>\n"
        case Frames(frames, seconds):
            last = len(frames) - 1
            for index, frame in enumerate(frames):
                seen = "hidden" if index < last else "visible"
                yield f'<g visibility="{seen}">\n'
                yield from elements((frame,), theme)
                yield f"{animation(index, len(frames), seconds)}</g>\n"


def sides(x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    corners = f' rx="{number(radius)}"' if radius else ""
    return f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"{corners}'


def rotation(label: Label) -> str:
    return f' transform="rotate({number(label.angle)} {number(label.x)} {number(label.y)})"' if label.angle else ""


def paint(element: str, shape: Rectangle | Path, theme: str) -> Iterator[str]:
    fill = COLOURS[theme][shape.fill] if shape.fill else "none"
    look = f'fill="{fill}"'
    if shape.opacity != 1:
        look += f' fill-opacity="{shape.opacity:g}"'
    if shape.stroke:
        look += f' stroke="{COLOURS[theme][shape.stroke]}" stroke-width="{number(shape.thickness)}"'
        look += ' stroke-dasharray="4 3"' if shape.dashed else ""
    yield f"<{element} {look}/>\n"
    for hatch in hatches_of(shape, theme):
        yield f'<{element} fill="url(#{pattern_name(hatch)})"/>\n'


def pattern_name(hatch: Hatch) -> str:
    return f"hatch-{hatch.colour}-{number(hatch.angle)}-{number(hatch.pitch)}"


def pattern(hatch: Hatch, theme: str) -> str:
    pitch = number(hatch.pitch)
    return (
        f'<pattern id="{pattern_name(hatch)}" width="{pitch}" height="{pitch}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({number(hatch.angle)})"><path d="M0 0V{pitch}" '
        f'stroke="{COLOURS[theme][hatch.colour]}" stroke-width="{2 * LINE}"/></pattern>'
    )  # a tile shows half of a line on its edge


def animation(index: int, count: int, seconds: float) -> str:
    """A frame is seen in its turn, over and over."""
    values = ";".join("visible" if place == index else "hidden" for place in range(count))
    return (
        f'<animate attributeName="visibility" calcMode="discrete" values="{values}" dur="{number(count * seconds)}s" '
        'repeatCount="indefinite"/>'
    )


def path_data(segments: Iterable[Segment]) -> str:
    return "".join(command + " ".join(map(number, numbers)) for command, *numbers in segments)


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") if abs(value) >= 0.05 else "0"
