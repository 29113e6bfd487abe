"""Photographs: sides from the headers, and what is none is refused."""

from __future__ import annotations

from struct import pack
from zlib import compress, crc32

import pytest

from convcalc.problem import Problem
from convcalc.render.pictures.photographs import MAX_BYTES, open_photograph


def chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", crc32(name + data))


def png(width: int, height: int) -> bytes:
    head = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = compress(b"".join(b"\0" + bytes(width) for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + pack(">H", len(data) + 2) + data


def jpeg(width: int, height: int, *before: bytes) -> bytes:
    frame = segment(0xC0, pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    return b"\xff\xd8" + b"".join(before) + frame + segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\x34\xff\xd9"


def exif(turn: int, order: str) -> bytes:
    mark = b"II" if order == "<" else b"MM"
    entries = pack(f"{order}HHHIHHHHIHHI", 2, 0x010F, 3, 1, 7, 0, 0x0112, 3, 1, turn, 0, 0)
    return segment(0xE1, b"Exif\0\0" + mark + pack(f"{order}HI", 42, 8) + entries)


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (png(31, 7), "image/png"),
        (jpeg(31, 7), "image/jpeg"),
        (jpeg(31, 7, segment(0xE0, b"JFIF\0" + b"\xff\xd9" * 3), segment(0xC4, b"\0" * 20)), "image/jpeg"),
        (jpeg(31, 7, exif(1, "<")), "image/jpeg"),
        (jpeg(31, 7, b"\xff", segment(0xFE, b"a remark")), "image/jpeg"),
    ],
    ids=("png", "jpeg", "jpeg with other segments", "jpeg upright", "jpeg with a filling byte"),
)
def test_the_sides_are_read_and_nothing_is_changed(tmp_path, data: bytes, media: str) -> None:
    path = tmp_path / "photograph"
    path.write_bytes(data)
    found = open_photograph(str(path))
    assert (found.width, found.height, found.media, found.data) == (31, 7, media, data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"GIF89a" + b"\0" * 30, "no PNG and no JPEG"),
        (b"", "no PNG and no JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(MAX_BYTES), "more than 20 MB"),
        (png(0, 7), "cut short"),
        (jpeg(0, 7), "cut short"),
        (jpeg(31, 7)[:-2], "cut short"),
        (jpeg(31, 7, exif(6, "<")), "lies on its side"),
        (jpeg(31, 7, exif(8, ">")), "lies on its side"),
    ],
)
def test_what_is_none_is_refused_with_a_cure(tmp_path, data: bytes, message: str) -> None:
    path = tmp_path / "photograph"
    path.write_bytes(data)
    with pytest.raises(Problem) as caught:
        open_photograph(str(path))
    assert message in caught.value.diagnostics[0].message and caught.value.diagnostics[0].hint


@pytest.mark.parametrize("whole", (png(31, 7), jpeg(31, 7, exif(1, ">"))), ids=("png", "jpeg"))
def test_one_cut_short_anywhere_is_refused(tmp_path, whole: bytes) -> None:
    path = tmp_path / "photograph"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(Problem):
            open_photograph(str(path))


def test_a_file_that_is_not_there_is_told(tmp_path) -> None:
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(Problem, match=r"none\.png|directory"):
            open_photograph(str(path))
