"""PNG: as many pixels as asked, the same each time, and a message where what draws it is missing."""

import struct
import sys
import zlib

import pytest
from every_shape import every_shape

from convcalc.problem import Problem
from convcalc.render.pictures.png import png_pieces
from convcalc.render.pictures.shapes import Picture, Rectangle
from convcalc.render.pictures.themes import THEMES


def pixels(picture, theme="light", width=0):
    """Width, height, dots a metre, and the colours of the pixels, row by row."""
    pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed: no PNG was drawn")
    data = b"".join(png_pieces(picture, theme, width))
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, place = {}, 8
    while place < len(data):
        size, kind = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + size]
        assert struct.unpack(">I", data[place + 8 + size : place + 12 + size])[0] == zlib.crc32(kind + body)
        chunks[kind], place = body, place + 12 + size
    wide, high, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    rows = zlib.decompress(chunks[b"IDAT"])
    assert (depth, colour) == (8, 2) and len(rows) == high * (1 + 3 * wide)
    lines = [rows[at + 1 : at + 1 + 3 * wide] for at in range(0, len(rows), 1 + 3 * wide)]
    return wide, high, struct.unpack(">I", chunks[b"pHYs"][:4])[0], lines


@pytest.mark.parametrize("theme", THEMES)
def test_a_unit_has_two_pixels_and_its_colours_are_the_themes(theme):
    wide, high, dots, lines = pixels(every_shape(), theme)
    assert (wide, high, dots) == (1400, 920, 7559)
    assert f"#{lines[446][3 * 40 : 3 * 41].hex()}" == THEMES[theme]["convolution"]
    assert f"#{lines[-1][-3:].hex()}" == THEMES[theme]["paper"]


def test_a_width_has_300_dots_an_inch():
    wide, high, dots, _ = pixels(every_shape(), width=86)
    assert wide == pytest.approx(86 / 25.4 * 300, abs=1.5) and high == pytest.approx(wide * 460 / 700, abs=1.5)
    assert dots == pytest.approx(300 / 0.0254, rel=0.002)


def test_it_is_the_same_each_time():
    pytest.importorskip("pypdfium2")
    assert b"".join(png_pieces(every_shape())) == b"".join(png_pieces(every_shape()))


def test_letters_are_drawn_wherever_it_runs():
    picture = every_shape()
    *_, with_letters = pixels(picture)
    *_, without = pixels(picture._replace(shapes=picture.shapes[2:]))
    assert with_letters[:30] != without[:30] and with_letters[-30:] == without[-30:]


def test_a_picture_too_large_for_memory_is_refused_with_a_width_that_works():
    pytest.importorskip("pypdfium2")
    picture = Picture("large", 20_000, 8_000, (Rectangle(0, 0, 9, 9),))
    with pytest.raises(Problem, match="40,000 × 16,000 pixels") as caught:
        list(png_pieces(picture))
    width = float(caught.value.diagnostics[0].hint.partition("mm")[0].removeprefix("--width "))
    assert width >= 1 and (width / 25.4 * 300) ** 2 * 0.4 <= 100_000_000


def test_where_nothing_draws_it_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(Problem, match="not installed") as caught:
        list(png_pieces(every_shape()))
    assert 'pip install "convcalc[png]"' in caught.value.diagnostics[0].hint
