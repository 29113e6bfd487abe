"""A picture with every shape, and with texts that would break what a format says around them."""

import struct
import zlib

from convcalc.kinds.categories import CATEGORIES
from convcalc.render.pictures.shapes import (
    Collection,
    Frames,
    Label,
    Path,
    Photograph,
    Picture,
    Rectangle,
    circle,
    line,
    polygon,
)

SIGNS = "⌊(32 + 2·1 − 3)/2⌋ × ⌈½⌉ ≥ ≤ √2 Σ ∑ ⊕ ⊗ α μ σ → ² ³ 10⁻⁶ x₁₂ é ü ß Łódź Škoda ığ “quoted” ‘so’ – — …"
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'&amp;<>]]>",
    "\\end{tikzpicture}\\input{/etc/passwd} % # $ _ { } ~ ^ & \\",
    ") Tj ET (\\",
    "\x00\x07\x1b[31m\n\r\t",
    "\ud800 lone \udfff",
    "\u202eright to left\u202c שלום سلام",
    "漢字 한글 😀 e\u0301",
    "  two  spaces  ",
    "",
)


def png_bytes(width, height, pixels, depth=8, colour=2, chunks=()):
    """A PNG of unfiltered rows."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    size = len(pixels) // height
    rows = b"".join(b"\0" + pixels[at : at + size] for at in range(0, len(pixels), size))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    extra = b"".join(chunk(*each) for each in chunks)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def every_shape():
    photograph = png_bytes(2, 2, bytes(range(0, 240, 20)))
    shapes = [Label(10, 20, SIGNS, 13, "start"), Label(10, 40, SIGNS, 13, "start", "soft", True)]
    shapes += [Label(10, 60 + 15 * index, text, 11, "start") for index, text in enumerate(HOSTILE)]
    shapes += [
        Rectangle(10 + 60 * index, 215, 50, 30, name, radius=index) for index, name in enumerate((*CATEGORIES, "other"))
    ]
    shapes += [
        Rectangle(10, 260, 80, 60, "padding", hatch="faint"),
        Rectangle(110, 260, 80, 60, "window-fill", "window", 2, 100, "window", True),
        Rectangle(200, 260, 80, 60, "", "", hatch="unused"),
        Rectangle(290, 260, 80, 60, "alarm", "", opacity=0.4),
        circle(420, 290, 25, "result-fill", "result", 2)._replace(hatch="ink", opacity=0.5),
        polygon([(460, 260), (520, 270), (500, 320)], "good"),
        line(530, 260, 600, 320, "ink", 0.5),
        Path((("M", 610, 260), ("C", 620, 240, 660, 340, 670, 300)), "", "result", 2, "", True),
        Photograph(10, 340, 60, 40, photograph, "image/png"),
        Collection(tuple(Label(200, 400, f"turned {turn}°", 11, "end", "ink", False, turn) for turn in (0, 45, -90)),
                   HOSTILE[0], HOSTILE[1]),
        Frames((Collection((Label(400, 400, "first"),)), Collection((Label(400, 400, "last"),), "the last one")), 0.5),
    ]  # fmt: skip
    return Picture(f"{HOSTILE[0]} & {HOSTILE[5]} 漢", 700, 460, tuple(shapes), " ".join(HOSTILE[1:5]))
