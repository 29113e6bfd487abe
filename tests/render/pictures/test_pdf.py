"""PDF: read back by other programs where they are installed, and by its own tables where not."""

import re
import shutil
import subprocess
import zlib

import pytest
from every_shape import HOSTILE, SIGNS, every_shape

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.pdf import notes, pdf_pieces
from convcalc.render.pictures.shapes import Label, Picture, Rectangle
from convcalc.render.pictures.themes import THEMES
from convcalc.render.script import printable


def bytes_of(picture, theme="light", width=0):
    return b"".join(pdf_pieces(picture, theme, width))


def objects(data):
    """The objects that the table of a file points at, by their numbers."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", data)[1])
    table = re.match(rb"xref\n0 (\d+)\n0000000000 65535 f \n((?:\d{10} 00000 n \n)*)trailer\n", data[start:])
    places = [int(line[:10]) for line in table[2].splitlines()]
    assert len(places) == int(table[1]) - 1
    found = {}
    for number, place in enumerate(places, 1):
        assert data[place:].startswith(b"%d 0 obj\n" % number)
        found[number] = data[place : data.index(b"\nendobj\n", place)].partition(b" obj\n")[2]
    return found


def content(data):
    """The operators of the page."""
    streams = [each for each in objects(data).values() if each.startswith(b"<</Filter")]
    return zlib.decompress(streams[0].partition(b"stream\n")[2].removesuffix(b"\nendstream")).decode("ascii")


def run(*command, **options):
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed: the PDF was read by no other program")
    return subprocess.run(command, capture_output=True, **options)


def box_of(data):
    return [float(number) for number in re.search(rb"/MediaBox\[0 0 ([\d.]+) ([\d.]+)\]", data).groups()]


@pytest.mark.parametrize("theme", THEMES)
def test_every_object_is_where_the_table_says_and_all_that_is_named_is_there(theme):
    data = bytes_of(every_shape(), theme)
    found = objects(data)
    named = {
        int(number) for each in found.values() for number in re.findall(rb"(\d+) 0 R", each.partition(b"stream")[0])
    }
    assert named <= set(found) and len(found) - len(named) <= 2  # the trailer names the catalogue and the information
    operators = content(data)
    page = next(each for each in found.values() if b"/Type/Page/" in each).decode()
    for name in re.findall(r"/([A-Z]\d+) (?:Tf|gs|Do)", operators):
        assert f"/{name}" in page
    words = re.sub(r"\((?:[^()\\]|\\.)*\)", "", operators).split()
    assert words.count("q") == words.count("Q") > 20
    assert words.count("BT") == words.count("ET") > 20 and operators.count("BDC") == words.count("EMC") > 20


def test_the_same_picture_gives_the_same_bytes():
    assert bytes_of(every_shape()) == bytes_of(every_shape())
    assert b"Date" not in bytes_of(every_shape())


def test_a_page_is_as_large_as_the_picture():
    assert box_of(bytes_of(every_shape())) == [525, 345]
    wide, high = box_of(bytes_of(every_shape(), width=86))
    assert (wide, high) == pytest.approx((86 / 25.4 * 72, 86 / 25.4 * 72 * 460 / 700), abs=0.01)


def test_a_page_too_long_for_a_page_has_larger_units():
    data = bytes_of(Picture("long", 100, 100_000, (Rectangle(0, 0, 100, 100_000),)))
    unit = float(re.search(rb"/UserUnit ([\d.]+)", data)[1])
    wide, high = box_of(data)
    assert high <= 14_400 and (wide * unit, high * unit) == pytest.approx((75, 75_000), rel=1e-3)


def test_the_title_is_in_unicode():
    data = bytes_of(every_shape())
    title = bytes.fromhex(re.search(rb"/Title <FEFF([0-9A-F]*)>", data)[1].decode()).decode("utf-16-be")
    assert title == printable(every_shape().title)


def test_letters_follow_each_other_as_wide_as_they_were_computed():
    text, size = f"conv {SIGNS}⊕ end", 12
    operators = content(bytes_of(Picture("", 900, 50, (Label(10, 30, text, size, "start"),))))
    places = {shown: float(x) for x, shown in re.findall(r"1 0 0 1 (-?[\d.]+) -?[\d.]+ Tm \((.*?)\) Tj", operators)}
    assert places[" end"] == pytest.approx(text_width(text[:-4], size), abs=0.01)
    operators = content(bytes_of(Picture("", 900, 50, (Label(10, 30, text, size, "end"),))))
    assert float(re.search(r"1 0 0 1 (\S+) 0.000 Tm \(conv ", operators)[1]) == pytest.approx(
        -text_width(text, size), abs=0.01
    )


def test_what_no_standard_font_has_is_told_and_stays_a_box():
    (note,) = notes(Picture("", 10, 10, (Label(0, 0, f"漢字 {SIGNS}"), Label(0, 0, "😀 漢"))))
    assert " lack 漢 字 😀: " in note
    (note,) = notes(every_shape())
    assert " …: " in note
    assert list(notes(Picture("", 10, 10, (Label(0, 0, SIGNS),)))) == []
    operators = content(bytes_of(Picture("", 90, 50, (Label(10, 30, "漢"),))))
    assert "(6F)" in operators and "(22)" in operators and "<FEFF6F22>" in operators


def test_other_programs_find_no_fault(tmp_path):
    (tmp_path / "every.pdf").write_bytes(bytes_of(every_shape()))
    done = run("qpdf", "--check", tmp_path / "every.pdf", text=True)
    assert done.returncode == 0 and "WARNING" not in done.stdout + done.stderr, done.stdout + done.stderr


def test_the_text_can_be_copied(tmp_path):
    (tmp_path / "every.pdf").write_bytes(bytes_of(every_shape()))
    done = run("pdftotext", "-raw", tmp_path / "every.pdf", "-", encoding="utf-8")
    text = re.sub(r"\s+", "", done.stdout)
    assert done.stderr == "" and re.sub(r"\s+", "", SIGNS) in text
    assert all(re.sub(r"\s+", "", printable(name)) in text for name in (*HOSTILE[:6], HOSTILE[8]))
    assert "漢字" in text and "last" in text and "first" not in text


def test_it_looks_as_the_svg_does_where_fills_are(tmp_path):
    (tmp_path / "every.pdf").write_bytes(bytes_of(every_shape()))
    done = run("pdftoppm", "-r", "96", tmp_path / "every.pdf")
    assert done.stderr == b""
    head, _, pixels = done.stdout.partition(b"\n255\n")
    width, height = map(int, head.split()[1:])
    assert (width, height) == (700, 460)

    def colour(x, y):
        return pixels[3 * (y * width + x) : 3 * (y * width + x) + 3].hex()

    light = THEMES["light"]
    assert f"#{colour(20, 223)}" == light["convolution"] and f"#{colour(80, 223)}" == light["pooling"]
    assert f"#{colour(690, 450)}" == light["paper"]
    mixed = [round(255 + 0.4 * (int(light["alarm"][at : at + 2], 16) - 255)) for at in (1, 3, 5)]
    assert [*bytes.fromhex(colour(330, 290))] == pytest.approx(mixed, abs=2)
    assert bytes.fromhex(colour(11, 341)) == pytest.approx(
        bytes(range(0, 60, 20)), abs=3
    )  # the photograph's first pixel
