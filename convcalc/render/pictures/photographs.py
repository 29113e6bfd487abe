"""Photographs that a picture is drawn on: PNG and JPEG, taken as they are; only their headers are read."""

from __future__ import annotations

from convcalc.problem import Problem, problem
from convcalc.render.pictures.shapes import Photograph

MAX_BYTES = 20_000_000
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
END_OF_PNG, END_OF_JPEG = b"IEND", b"\xff\xd9"
# Of a JPEG, the markers of a frame, which has the sides; what has no length; and where its cells begin.
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
BARE = {0x01, *range(0xD0, 0xD9)}
SCAN, EXIF, ORIENTATION = 0xDA, 0xE1, 0x0112


def open_photograph(path: str) -> Photograph:
    """A file as a photograph that has no place yet, with as many units as it has pixels; a Problem where it is none."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise problem("U001", f"{path}: {getattr(error, 'strerror', '') or error}", "name a PNG or JPEG") from None
    if len(data) > MAX_BYTES:
        raise problem("U002", f"{path} has more than {MAX_BYTES // 10**6} MB", "make it smaller")
    if data.startswith(PNG):
        return Photograph(0, 0, *png_sides(path, data), data, "image/png")
    if data.startswith(JPEG):
        return Photograph(0, 0, *jpeg_sides(path, data), data, "image/jpeg")
    raise problem("U002", f"{path} is no PNG and no JPEG", "convert it to one of them")


def cut_short(path: str) -> Problem:
    return problem("U002", f"{path} is cut short, or not as its first bytes say", "save or download it again")


def png_sides(path: str, data: bytes) -> tuple[int, int]:
    """Width and height of a PNG, all of whose chunks are there."""
    width, height = number(data[16:20]), number(data[20:24])
    place = len(PNG)
    if data[place + 4 : place + 8] != b"IHDR" or not width or not height:
        raise cut_short(path)
    while data[place + 4 : place + 8] != END_OF_PNG:
        place += 12 + number(data[place : place + 4])
        if place + 12 > len(data):
            raise cut_short(path)
    return width, height


def jpeg_sides(path: str, data: bytes) -> tuple[int, int]:
    """Width and height of a JPEG that has an end."""
    place, sides = 2, (0, 0)
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF or marker in BARE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == SCAN:
            if not all(sides) or END_OF_JPEG not in data[place:]:
                break
            return sides
        length = number(data[place + 2 : place + 4])
        segment = data[place + 4 : place + 2 + length]
        if marker in FRAMES:
            sides = number(segment[3:5]), number(segment[1:3])
        elif marker == EXIF and turn(segment) > 1:
            hint = "save it upright: `magick IN.jpg -auto-orient OUT.jpg`"
            raise problem("U002", f"{path} lies on its side or is mirrored, and only a remark in it says so", hint)
        place += 2 + length
    raise cut_short(path)


def turn(segment: bytes) -> int:
    """How Exif says that a photograph is to be turned: 1 for not at all, as where it does not say."""
    body = segment.removeprefix(b"Exif\0\0")
    if body == segment or body[:2] not in (b"II", b"MM"):
        return 1
    order = body[:2] == b"II"
    first = number(body[4:8], order)
    for entry in range(first + 2, first + 2 + 12 * number(body[first : first + 2], order), 12):
        if number(body[entry : entry + 2], order) == ORIENTATION:
            return number(body[entry + 8 : entry + 10], order) or 1
        if entry > len(body):
            break
    return 1


def number(data: bytes, is_little: bool = False) -> int:
    return int.from_bytes(data, "little" if is_little else "big")
