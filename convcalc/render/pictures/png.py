"""A picture as PNG, of its PDF by pypdfium2, which brings its own fonts: the same pixels on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zlib import compress, crc32

from convcalc.problem import problem
from convcalc.render.pictures.pdf import notes, pdf_pieces

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Picture

__all__ = ["notes", "png_pieces"]

PIXELS_OF_A_UNIT, DOTS = 2, 300  # per inch, where a width in millimetres is asked for
MOST = 100_000_000  # pixels
INCH = 25.4


def png_pieces(picture: Picture, theme: str = "light", width: float = 0) -> Iterator[bytes]:
    """The bytes of a picture: two pixels a unit, or 300 an inch of a width in millimetres."""
    try:
        from pypdfium2 import PdfDocument
    except ImportError:
        hint = '`pip install "convcalc[png]"`, or --format svg or pdf'
        raise problem("U010", "PNG is drawn by pypdfium2, which is not installed", hint) from None
    wide = width / INCH * DOTS if width else picture.width * PIXELS_OF_A_UNIT
    high = wide * picture.height / picture.width
    if wide * high > MOST:
        fitting = int((MOST * picture.width / picture.height) ** 0.5 * INCH / DOTS)
        message = f"the picture would have {round(wide):,} × {round(high):,} pixels"
        raise problem("U010", message, f"--width {fitting}mm, or --format svg or pdf")
    document = PdfDocument(b"".join(pdf_pieces(picture, theme, width)))
    page = document[0]
    bitmap = page.render(scale=wide / page.get_width(), rev_byteorder=True)
    pixels, step, size = bytes(bitmap.buffer), bitmap.stride, bitmap.width * bitmap.n_channels
    rows = b"".join(b"\0" + pixels[at : at + size] for at in range(0, step * bitmap.height, step))
    metres = (width or picture.width / 96 * INCH) / 1000
    dots = round(bitmap.width / metres)
    yield b"\x89PNG\r\n\x1a\n"
    yield chunk(b"IHDR", bitmap.width.to_bytes(4, "big") + bitmap.height.to_bytes(4, "big") + b"\x08\x02\0\0\0")
    yield chunk(b"pHYs", dots.to_bytes(4, "big") * 2 + b"\x01")
    yield chunk(b"IDAT", compress(rows, 9))
    yield chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + crc32(kind + body).to_bytes(4, "big")
