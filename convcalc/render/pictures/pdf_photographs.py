"""Photographs in a PDF: JPEGs and most PNGs as they are; PNGs with transparency or interlacing decoded first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zlib import decompressobj
from zlib import error as ZlibError

from convcalc.problem import Problem, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.pdf import PdfFile

SPACES = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}  # by channels
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a PNG's types of colour
PALETTE = 3
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # markers of a JPEG that are followed by its sides
MOST = 4_000_000  # pixels that are decoded here, which takes a few seconds
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


class Png(NamedTuple):
    width: int
    height: int
    depth: int  # bits of a sample
    colour: int  # its type
    is_interlaced: bool
    palette: bytes
    transparency: bytes
    packed: bytes  # what its IDAT chunks hold

    @property
    def bits(self) -> int:
        return self.depth * CHANNELS[self.colour]


def embed_photograph(file: PdfFile, data: bytes, media: str) -> int:
    """The number of the object that a photograph becomes."""
    if media == "image/jpeg":
        return embed_jpeg(file, data)
    png = read_png(data)
    unpacked = unpack(png)
    if png.is_interlaced or png.transparency or png.colour > PALETTE:
        return embed_decoded(file, png, unpacked)
    space = SPACES[CHANNELS[png.colour]]
    if png.colour == PALETTE:
        space = f"[/Indexed/DeviceRGB {len(png.palette) // 3 - 1}<{png.palette.hex().upper()}>]"
    way = f"/Predictor 15/Colors {CHANNELS[png.colour]}/BitsPerComponent {png.depth}/Columns {png.width}"
    entries = f"{head(png.width, png.height, png.depth)}/ColorSpace{space}/Filter/FlateDecode/DecodeParms<<{way}>>"
    return file.add_stream(entries, png.packed, is_packed=True)


def head(width: int, height: int, depth: int) -> str:
    return f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/BitsPerComponent {depth}"


def damaged_photograph() -> Problem:
    return problem("U002", "the photograph is damaged, or not as its first bytes say", "save or download it again")


def embed_jpeg(file: PdfFile, data: bytes) -> int:
    place = 2
    while place + 10 <= len(data):
        marker = data[place + 1]
        if data[place] != 0xFF:
            break
        if marker in FRAMES:
            depth, channels = data[place + 4], data[place + 9]
            height, width = (int.from_bytes(data[at : at + 2], "big") for at in (place + 5, place + 7))
            if channels not in SPACES:
                break
            inverted = "/Decode[1 0 1 0 1 0 1 0]" if channels == 4 and b"Adobe" in data[:place] else ""
            entries = f"{head(width, height, depth)}/ColorSpace{SPACES[channels]}{inverted}/Filter/DCTDecode"
            return file.add_stream(entries, data, is_packed=True)
        is_bare = marker in (0x01, 0xFF) or 0xD0 <= marker <= 0xD8
        step = 1 if marker == 0xFF else 2
        place += step if is_bare else 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    raise damaged_photograph()


def read_png(data: bytes) -> Png:
    place, parts = 8, {b"PLTE": b"", b"tRNS": b"", b"IDAT": b"", b"IHDR": b""}
    packed: list[bytes] = []
    while place + 12 <= len(data):
        length, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + length]
        if kind == b"IDAT":
            packed.append(body)
        elif kind in parts:
            parts[kind] = body
        place += 12 + length
    header, palette = parts[b"IHDR"], parts[b"PLTE"]
    if len(header) != 13 or not packed or header[9] not in CHANNELS or header[8] not in (1, 2, 4, 8, 16):
        raise damaged_photograph()
    if header[9] == PALETTE and (not palette or len(palette) % 3):
        raise damaged_photograph()
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    return Png(width, height, header[8], header[9], header[12] == 1, palette, parts[b"tRNS"], b"".join(packed))


def grids(png: Png) -> list[tuple[int, int, int, int, int, int]]:
    """The first column and row of each pass, the steps to the next ones, and its width and height."""
    passes = PASSES if png.is_interlaced else ((0, 0, 1, 1),)
    found = [(x, y, dx, dy, -((x - png.width) // dx), -((y - png.height) // dy)) for x, y, dx, dy in passes]
    return [grid for grid in found if grid[4] > 0 and grid[5] > 0]


def unpack(png: Png) -> bytes:
    """The filtered rows of a PNG; a Problem where there are not as many as its header says."""
    size = sum(high * (1 + (wide * png.bits + 7) // 8) for *_, wide, high in grids(png))
    try:
        unpacked = decompressobj().decompress(png.packed, size)
    except ZlibError:
        raise damaged_photograph() from None
    if len(unpacked) < size or not size:
        raise damaged_photograph()
    return unpacked


def embed_decoded(file: PdfFile, png: Png, unpacked: bytes) -> int:
    """Colours, and what can be seen through them as a mask."""
    if png.width * png.height > MOST:
        hint = "make it smaller, or save it without transparency and interlacing"
        raise problem("U002", f"the photograph has {png.width} × {png.height} pixels, some of them transparent", hint)
    colours, opacities = bytearray(), bytearray()
    for row in pixel_rows(png, unpacked):
        for pixel in row:
            colours += pixel[:-1]
            opacities.append(pixel[-1])
    mask = file.add_stream(f"{head(png.width, png.height, 8)}/ColorSpace/DeviceGray", bytes(opacities))
    space = SPACES[len(colours) // len(opacities)]
    return file.add_stream(f"{head(png.width, png.height, 8)}/ColorSpace{space}/SMask {mask} 0 R", bytes(colours))


def pixel_rows(png: Png, unpacked: bytes) -> list[list[bytes]]:
    """The pixels of each row: their colour in eight bits a channel, then how opaque they are."""
    rows = [[b""] * png.width for _ in range(png.height)]
    start = 0
    meaning: dict[bytes, bytes] = {}
    for x, y, dx, dy, wide, high in grids(png):
        length = (wide * png.bits + 7) // 8
        previous = bytes(length)
        for index in range(high):
            line = unfilter(unpacked[start], unpacked[start + 1 : start + 1 + length], previous, max(1, png.bits // 8))
            start, previous = start + 1 + length, line
            samples = list(split(line, png.bits, wide))
            for sample in set(samples) - meaning.keys():
                meaning[sample] = pixel_of(png, sample)
            rows[y + index * dy][x::dx] = [meaning[sample] for sample in samples]
    return rows


def split(line: bytes, bits: int, count: int) -> Iterator[bytes]:
    """The samples of each pixel as bytes."""
    if bits >= 8:
        size = bits // 8
        return (line[at : at + size] for at in range(0, count * size, size))
    each, mask = 8 // bits, (1 << bits) - 1
    return (bytes([line[at // each] >> (8 - bits - at % each * bits) & mask]) for at in range(count))


def pixel_of(png: Png, sample: bytes) -> bytes:
    """What the samples of one pixel stand for."""
    if png.colour == PALETTE:
        index = sample[0]
        colour = png.palette[3 * index : 3 * index + 3].ljust(3, b"\0")
        return colour + (png.transparency[index : index + 1] or b"\xff")
    is_clear = png.colour < PALETTE and sample == (png.transparency if png.depth == 16 else png.transparency[1::2])
    if png.depth == 16:
        sample = sample[::2]
    elif png.depth < 8:
        sample = bytes([sample[0] * 255 // ((1 << png.depth) - 1)])
    return sample if png.colour > PALETTE else sample + (b"\0" if is_clear else b"\xff")


def unfilter(kind: int, line: bytes, above: bytes, size: int) -> bytes:
    """A row of a PNG from its differences to the pixel before and the row above."""
    if kind == 0:
        return line
    made = bytearray(line)
    if kind == 1:
        for at in range(size, len(made)):
            made[at] = (made[at] + made[at - size]) & 255
    elif kind == 2:
        return bytes([(a + b) & 255 for a, b in zip(made, above, strict=True)])
    elif kind == 3:
        for at in range(len(made)):
            left = made[at - size] if at >= size else 0
            made[at] = (made[at] + (left + above[at]) // 2) & 255
    elif kind == 4:
        for at in range(len(made)):
            left, corner = (made[at - size], above[at - size]) if at >= size else (0, 0)
            top = above[at]
            from_left, from_top = abs(top - corner), abs(left - corner)
            from_corner = abs(left + top - 2 * corner)
            if from_left <= from_top and from_left <= from_corner:
                near = left
            else:
                near = top if from_top <= from_corner else corner
            made[at] = (made[at] + near) & 255
    else:
        raise damaged_photograph()
    return bytes(made)
