"""A picture as PDF: one page of its size, drawn with the standard fonts, with no date and nothing else that changes."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians, sin

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.pdf_letters import FONTS, boxed_signs, placed_letters
from convcalc.render.pictures.shapes import ARC, PAPER, Label, Path, Photograph, Picture, Rectangle, Segment, flatten
from convcalc.render.pictures.themes import LINE, THEMES, hatch_lines, hatches_of
from convcalc.render.script import printable

POINT, MILLIMETRE = 0.75, 72 / 25.4  # points in a pixel and in a millimetre
LARGEST = 14_400  # points that a page may have on a side, before its unit grows
ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}


def pdf_pieces(picture: Picture, theme: str = "light", width: float = 0) -> Iterator[bytes]:
    """The bytes of a picture; `width` is in millimetres, 0 for three quarters of a point a unit."""
    scale = width * MILLIMETRE / picture.width if width else POINT
    page = PdfPage(theme)
    page.draw(picture)
    unit = max(1, scale * max(picture.width, picture.height) / LARGEST)
    scale /= unit
    wide, high = picture.width * scale, picture.height * scale
    content = f"{real(scale)} 0 0 {real(-scale)} 0 {real(high)} cm 4 M\n{page.content}".encode("ascii")
    file = PdfFile()
    catalogue, pages, leaf = file.reserve(), file.reserve(), file.reserve()
    resources = page.resources(file)
    file.fill(catalogue, f"<</Type/Catalog/Pages {pages} 0 R/ViewerPreferences<</DisplayDocTitle true>>>>")
    file.fill(pages, f"<</Type/Pages/Kids[{leaf} 0 R]/Count 1>>")
    user = f"/UserUnit {real(unit)}" if unit > 1 else ""
    file.fill(
        leaf,
        f"<</Type/Page/Parent {pages} 0 R/MediaBox[0 0 {real(wide)} {real(high)}]{user}/Resources<<{resources}>>"
        f"/Contents {file.add_stream('', content)} 0 R>>",
    )
    about = f"/Subject {utf16(picture.about)}" if picture.about else ""
    info = file.add(f"<</Title {utf16(picture.title)}{about}/Creator(convcalc)>>")
    yield from file.pieces(catalogue, info)


def notes(picture: Picture) -> Iterator[str]:
    """What the standard fonts of a PDF lack."""
    signs = dict.fromkeys(
        sign
        for shape in flatten(picture.shapes)
        if isinstance(shape, Label)
        for sign in boxed_signs(printable(shape.text))
    )
    if signs:
        some = " ".join(list(signs)[:12]) + (" …" if len(signs) > 12 else "")
        yield f"the standard fonts of a PDF lack {some}: boxes with their code points stand for them; SVG has them"


class PdfFile:
    """Objects by their numbers, counted from 1."""

    def __init__(self) -> None:
        self.objects: list[bytes] = []

    def reserve(self) -> int:
        self.objects.append(b"")
        return len(self.objects)

    def fill(self, number: int, text: str) -> None:
        self.objects[number - 1] = text.encode("ascii")

    def add(self, text: str) -> int:
        number = self.reserve()
        self.fill(number, text)
        return number

    def add_stream(self, entries: str, data: bytes, is_packed: bool = False) -> int:
        """A stream of bytes, packed unless it is already; its entries say how."""
        if not is_packed:
            from zlib import compress

            entries, data = f"{entries}/Filter/FlateDecode", compress(data, 9)
        number = self.reserve()
        head = f"<<{entries}/Length {len(data)}>>\nstream\n".encode("ascii")
        self.objects[number - 1] = head + data + b"\nendstream"
        return number

    def pieces(self, catalogue: int, info: int) -> Iterator[bytes]:
        """The header, the objects, and where each begins."""
        piece = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"
        yield piece
        place, places = len(piece), []
        for number, text in enumerate(self.objects, 1):
            places.append(place)
            piece = b"%d 0 obj\n%b\nendobj\n" % (number, text)
            yield piece
            place += len(piece)
        count = len(places) + 1
        table = "".join(f"{start:010} 00000 n \n" for start in places)
        yield (
            f"xref\n0 {count}\n0000000000 65535 f \n{table}"
            f"trailer\n<</Size {count}/Root {catalogue} 0 R/Info {info} 0 R>>\nstartxref\n{place}\n%%EOF\n"
        ).encode("ascii")


class PdfPage:
    """The content of a page, and the opacities, fonts and photographs that it names."""

    def __init__(self, theme: str):
        self.theme = theme
        self.lines: list[str] = []
        self.opacities: dict[float, str] = {}
        self.photographs: dict[tuple[bytes, str], str] = {}

    @property
    def content(self) -> str:
        return "\n".join(self.lines)

    def resources(self, file: PdfFile) -> str:
        fonts = "".join(f"/{name} {file.add(font)} 0 R" for name, font in FONTS.items())
        found = f"/Font<<{fonts}>>"
        if self.opacities:
            states = "".join(f"/{name}<</ca {real(value)}>>" for value, name in self.opacities.items())
            found += f"/ExtGState<<{states}>>"
        if self.photographs:
            from convcalc.render.pictures.pdf_photographs import embed_photograph

            images = "".join(
                f"/{name} {embed_photograph(file, *image)} 0 R" for image, name in self.photographs.items()
            )
            found += f"/XObject<<{images}>>"
        return found

    def draw(self, picture: Picture) -> None:
        self.paint(Rectangle(0, 0, picture.width, picture.height, PAPER, ""))
        for shape in flatten(picture.shapes):
            match shape:
                case Label():
                    self.write(shape)
                case Photograph(x, y, width, height, data, media):
                    name = self.photographs.setdefault((data, media), f"I{len(self.photographs)}")
                    corner = f"{real(width)} 0 0 {real(-height)} {real(x)} {real(y + height)}"
                    self.lines.append(f"q {corner} cm /{name} Do Q")
                case _:
                    self.paint(shape)

    def paint(self, shape: Rectangle | Path) -> None:
        drawn = outline(shape)
        look = self.colour(shape.fill, "rg") + self.colour(shape.stroke, "RG")
        if shape.stroke:
            look += f"{real(shape.thickness)} w "
            look += "[4 3] 0 d " if shape.dashed else ""
        if shape.fill and shape.opacity != 1:
            look += f"/{self.opacities.setdefault(shape.opacity, f'O{len(self.opacities)}')} gs "
        painting = "B" if shape.fill and shape.stroke else "f" if shape.fill else "S" if shape.stroke else ""
        if painting:
            self.lines.append(f"q {look}{drawn}{painting} Q")
        for hatch in hatches_of(shape, self.theme):
            ends = ([real(each) for each in ends] for ends in hatch_lines(shape, hatch))
            lines = "".join(f"{x1} {y1} m {x2} {y2} l " for x1, y1, x2, y2 in ends)
            self.lines.append(f"q {drawn}W n {self.colour(hatch.colour, 'RG')}{LINE} w {lines}S Q")

    def colour(self, name: str, operator: str) -> str:
        if not name:
            return ""
        code = THEMES[self.theme][name]
        parts = (real(int(code[at : at + 2], 16) / 255) for at in (1, 3, 5))
        return f"{' '.join(parts)} {operator} "

    def write(self, label: Label) -> None:
        """A label in a system of its own: its baseline is the axis, and up is up."""
        text, size = printable(label.text), label.size
        turn = radians(label.angle)
        across, down = cos(turn), sin(turn)
        left = -text_width(label.text, size, label.bold) * ANCHORS[label.anchor]
        system = f"{real(across)} {real(down)} {real(down)} {real(-across)} {real(label.x)} {real(label.y)} cm"
        self.lines.append(f"q {system} {self.colour(label.colour, 'rg')}{self.colour(label.colour, 'RG')}BT")
        self.lines += placed_letters(text, size, label.bold, left)
        self.lines.append("ET Q")


def outline(shape: Rectangle | Path) -> str:
    """The operators that go round a shape."""
    if isinstance(shape, Path):
        return "".join(segment_operators(shape.segments))
    x, y, width, height = shape[:4]
    r = min(shape.radius, width / 2, height / 2)
    if not r:
        return f"{real(x)} {real(y)} {real(width)} {real(height)} re "
    right, low, a = x + width, y + height, r * (1 - ARC)
    segments: tuple[Segment, ...] = (
        ("M", x + r, y), ("L", right - r, y), ("C", right - a, y, right, y + a, right, y + r),
        ("L", right, low - r), ("C", right, low - a, right - a, low, right - r, low),
        ("L", x + r, low), ("C", x + a, low, x, low - a, x, low - r),
        ("L", x, y + r), ("C", x, y + a, x + a, y, x + r, y), ("Z",),
    )  # fmt: skip
    return "".join(segment_operators(segments))


def segment_operators(segments: tuple[Segment, ...]) -> Iterator[str]:
    operators = {"M": "m", "L": "l", "C": "c", "Z": "h"}
    for command, *numbers in segments:
        yield "".join(f"{real(each)} " for each in numbers) + f"{operators[command]} "


def real(value: float) -> str:
    """A number as PDF has it, without an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) >= 0.00005 else "0"


def utf16(text: str) -> str:
    return f"<FEFF{printable(text).encode('utf-16-be').hex().upper()}>"
