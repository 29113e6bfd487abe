"""Photographs in a PDF: every kind of PNG gives the pixels that it was made of."""

import random
import re
import struct
import zlib
from itertools import product

import pytest
from every_shape import png_bytes

from convcalc.problem import Problem
from convcalc.render.pictures.pdf import PdfFile
from convcalc.render.pictures.pdf_photographs import embed_photograph

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
WIDTH, HEIGHT = 11, 9


def near(a, b, c):
    """The one of left, above and corner that a + b - c is nearest to."""
    return min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]


def filtered(rows, size, choose):
    """Rows with the filters that are chosen for them, as a writer of PNG has them."""
    above = bytes(len(rows[0])) if rows else b""
    for row in rows:
        kind = choose()
        line = bytearray()
        for at, value in enumerate(row):
            a, c = (row[at - size], above[at - size]) if at >= size else (0, 0)
            b = above[at]
            line.append((value - (0, a, b, (a + b) // 2, near(a, b, c))[kind]) & 255)
        yield bytes([kind]) + bytes(line)
        above = row


def packed(samples, depth):
    """Samples of one row in as few bytes as they need."""
    if depth == 16:
        return struct.pack(f">{len(samples)}H", *samples)
    bits = "".join(f"{each:0{depth}b}" for each in samples)
    return bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))


def made(colour, depth, interlaced, extra, seed=1):
    """A PNG of random pixels, and the samples of each row."""
    draw = random.Random(seed)
    channels = CHANNELS[colour]
    pixels = [[[draw.randrange(1 << depth) for _ in range(channels)] for _ in range(WIDTH)] for _ in range(HEIGHT)]
    body = b""
    for x, y, dx, dy in PASSES if interlaced else ((0, 0, 1, 1),):
        rows = [packed([each for pixel in row[x::dx] for each in pixel], depth) for row in pixels[y::dy] if row[x::dx]]
        body += b"".join(filtered(rows, max(1, channels * depth // 8), lambda: draw.randrange(5)))
    data = png_bytes(WIDTH, HEIGHT, b"\0" * HEIGHT, depth, colour, extra)
    start, end = data.index(b"IDAT") - 4, data.index(b"IEND") - 4
    stream = zlib.compress(body)
    chunk = struct.pack(">I", len(stream)) + b"IDAT" + stream + struct.pack(">I", zlib.crc32(b"IDAT" + stream))
    data = bytearray(data[:start] + chunk + data[end:])
    data[28] = interlaced
    return bytes(data), pixels


def image(data, media="image/png"):
    """The entries of the object that a photograph becomes, its bytes, and those of its mask."""
    file = PdfFile()
    number = embed_photograph(file, data, media)
    head, _, stream = file.objects[number - 1].partition(b">>\nstream\n")
    mask = re.search(rb"/SMask (\d+)", head)
    seen = file.objects[int(mask[1]) - 1].partition(b">>\nstream\n")[2] if mask else b""
    return head.decode(), stream.removesuffix(b"\nendstream"), seen.removesuffix(b"\nendstream")


CASES = [
    (colour, depth, interlaced) for colour, depths in DEPTHS.items() for depth, interlaced in product(depths, (0, 1))
]
PALETTE = bytes(random.Random(2).randrange(256) for _ in range(3 * 256))


@pytest.mark.parametrize(("colour", "depth", "interlaced"), CASES)
@pytest.mark.parametrize("clear", (False, True))
def test_a_png_has_the_pixels_that_it_was_made_of(colour, depth, interlaced, clear):
    extra = [(b"PLTE", PALETTE[: 3 << depth])] if colour == 3 else []
    opacities = bytes(range(0, 1 << depth, 2)) if colour == 3 else b""
    _, pixels = made(colour, depth, interlaced, ())
    if clear and colour in (0, 2):
        extra.append((b"tRNS", struct.pack(f">{CHANNELS[colour]}H", *pixels[3][4])))
    elif clear and colour == 3:
        extra.append((b"tRNS", opacities))
    data, pixels = made(colour, depth, interlaced, extra)
    head, stream, mask = image(data)
    if not interlaced and colour < 4 and not (clear and extra and extra[-1][0] == b"tRNS"):
        size = CHANNELS[colour] * depth
        assert f"/Predictor 15/Colors {CHANNELS[colour]}/BitsPerComponent {depth}/Columns {WIDTH}" in head
        assert data.find(stream) > 0 and len(zlib.decompress(stream)) == HEIGHT * (1 + (WIDTH * size + 7) // 8)
        return

    def eight(sample):
        return sample >> 8 if depth == 16 else sample * 255 // ((1 << depth) - 1)

    flat = [pixel for row in pixels for pixel in row]
    if colour == 3:
        colours = [[*PALETTE[3 * index : 3 * index + 3]] for (index,) in flat]
        opaque = [opacities[index] if clear and index < len(opacities) else 255 for (index,) in flat]
    elif colour > 3:
        colours, opaque = [[*map(eight, pixel[:-1])] for pixel in flat], [eight(pixel[-1]) for pixel in flat]
    else:
        colours = [[*map(eight, pixel)] for pixel in flat]
        opaque = [0 if clear and pixel == pixels[3][4] else 255 for pixel in flat]
    assert zlib.decompress(stream) == bytes(each for pixel in colours for each in pixel)
    assert zlib.decompress(mask) == bytes(opaque)
    assert ("/DeviceGray" in head) == (colour in (0, 4))


def test_a_jpeg_is_passed_on_with_its_sides():
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, 480, 640, 3) + b"\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    data = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9) + frame + b"\xff\xda"
    head, stream, _ = image(data, "image/jpeg")
    assert "/Width 640/Height 480/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode" in head and stream == data


GOOD, _ = made(2, 8, 0, ())


@pytest.mark.parametrize(
    ("data", "media"),
    (
        (GOOD[:40] + b"\xff" * (len(GOOD) - 60) + GOOD[-20:], "image/png"),
        (GOOD[:16] + struct.pack(">I", 4000) + GOOD[20:], "image/png"),
        (GOOD[:8], "image/png"),
        (GOOD[:24] + b"\x07" + GOOD[25:], "image/png"),
        (made(3, 8, 0, ())[0], "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\xff\xd8\xff\xe0\x00\x00" + bytes(50), "image/jpeg"),
    ),
)
def test_a_damaged_one_is_told(data, media):
    with pytest.raises(Problem, match="damaged"):
        image(data, media)


def test_what_would_take_long_is_refused_with_a_cure():
    rows = b"".join(bytes(4 * 2001) for _ in range(2000))
    with pytest.raises(Problem, match="pixels, some of them transparent"):
        image(png_bytes(2001, 2000, rows, 8, 6))
