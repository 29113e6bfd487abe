"""Texts in the standard fonts of PDF: Helvetica, for its signs Symbol, and boxes for what neither has."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import normalize

from convcalc.render.pictures.lettering import LOWERED, RAISED, SYMBOL, sign_width

# What the fonts have and WinAnsiEncoding has not, at the codes from 1 on.
GLYPHS = ("Lslash", "lslash", "breve", "dotaccent", "ring", "hungarumlaut", "ogonek", "caron", "dotlessi",
          "minus", "fraction")  # fmt: skip
OWN = {"Ł": 1, "ł": 2, "ı": 9, "−": 10, "⁄": 11}
ACCENTS = {  # by their combining signs, as codes
    "\u0300": 96, "\u0301": 180, "\u0302": 136, "\u0303": 152, "\u0304": 175, "\u0306": 3, "\u0307": 4, "\u0308": 168,
    "\u030a": 5, "\u030b": 6, "\u030c": 8, "\u0327": 184, "\u0328": 7,
}  # fmt: skip
BELOW = "\u0327\u0328"
ACCENT_WIDTH, CAPITAL = 333, 200  # in thousandths: how wide an accent is, how much higher it is on a capital
# Halves of brackets: where the stem and the end of the foot are, whether that is on top, and the code in Symbol.
STEMS = {"⌊": (0.13, 0.32, 0, 235), "⌈": (0.13, 0.32, 1, 233), "⌋": (0.26, 0.07, 0, 251), "⌉": (0.26, 0.07, 1, 249)}
SMALL_SIZE, RAISE, LOWER = 0.6, 0.36, -0.12  # of small digits, in sizes of the text
DIGITS = {**dict(zip(RAISED, "0123456789+-n", strict=True)), **dict(zip(LOWERED, "0123456789", strict=True))}


def font(name: str) -> str:
    names = "".join(f"/{glyph}" for glyph in GLYPHS)
    encoding = f"<</Type/Encoding/BaseEncoding/WinAnsiEncoding/Differences[1{names}]>>"
    return f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding{encoding}>>"


PLAIN_FONT, BOLD_FONT, SYMBOL_FONT = "F0", "F1", "F2"
FONTS = {
    PLAIN_FONT: font("Helvetica"),
    BOLD_FONT: font("Helvetica-Bold"),
    SYMBOL_FONT: "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>",
}


def placed_letters(text: str, size: float, bold: bool, left: float) -> Iterator[str]:
    """The operators that write a text from `left` on along the axis; runs of one font are one."""
    name = BOLD_FONT if bold else PLAIN_FONT
    run, start, place = b"", left, left
    for sign in text:
        code = usual_code(sign)
        if code is None:
            if run:
                yield show(name, size, start, 0, run)
            yield from special(sign, size, bold, place)
            run, start = b"", place + sign_width(sign, bold) * size / 1000
        else:
            run += code
        place += sign_width(sign, bold) * size / 1000
    if run:
        yield show(name, size, start, 0, run)


def usual_code(sign: str) -> bytes | None:
    """A sign's code in WinAnsiEncoding."""
    if sign in OWN:
        return bytes([OWN[sign]])
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        return None


def special(sign: str, size: float, bold: bool, left: float) -> Iterator[str]:
    """A sign that needs another font or size, or a box; whoever copies it gets the sign."""
    paths: list[str] = []
    yield f"ET /Span<</ActualText<FEFF{sign.encode('utf-16-be').hex().upper()}>>>BDC BT"
    yield from letters(sign, size, bold, left, paths)
    yield " ".join(("ET", *paths, "EMC BT"))


def letters(sign: str, size: float, bold: bool, left: float, paths: list[str]) -> Iterator[str]:
    name = BOLD_FONT if bold else PLAIN_FONT
    if sign in SYMBOL:
        yield show(SYMBOL_FONT, size, left, 0, bytes([SYMBOL[sign][0]]))
    elif sign in DIGITS:
        rise = RAISE if sign in RAISED else LOWER
        yield show(name, size * SMALL_SIZE, left, rise * size, DIGITS[sign].replace("-", "\u2013").encode("cp1252"))
    elif letter_and_accent(sign):
        base, accent = list(letter_and_accent(sign))
        wide = sign_width(sign, bold)
        rise = CAPITAL * size / 1000 if base.isupper() and accent not in BELOW else 0
        bare = bytes([OWN["ı"]]) if base == "i" and accent not in BELOW else base.encode("cp1252")
        yield show(name, size, left, 0, bare)
        yield show(name, size, left + (wide - ACCENT_WIDTH) / 2 * size / 1000, rise, bytes([ACCENTS[accent]]))
    elif sign in STEMS:
        paths.append(bracket(sign, size, bold, left))
        yield f"3 Tr {show(SYMBOL_FONT, size, left, 0, bytes([STEMS[sign][3]]))} 0 Tr"  # to be copied, unseen
    elif sign_width(sign, bold):
        paths.append(frame(sign, size, left))
        yield from code_point(sign, size, left)


def letter_and_accent(sign: str) -> str:
    """A letter and the sign on or below it, where the fonts have both; else nothing."""
    parts = normalize("NFD", sign)
    return parts if len(parts) == 2 and parts[1] in ACCENTS and usual_code(parts[0]) else ""


def bracket(sign: str, size: float, bold: bool, left: float) -> str:
    """Half a bracket; those of Symbol are pieces of tall ones."""
    stem, foot, is_on_top, _ = STEMS[sign]
    top, low = 0.74 * size, -0.2 * size
    start, end = (low, top) if is_on_top else (top, low)
    x = left + stem * size
    line = f"{x:.3f} {start:.3f} m {x:.3f} {end:.3f} l {left + foot * size:.3f} {end:.3f} l"
    return f"{(0.1 if bold else 0.06) * size:.3f} w {line} S"


def frame(sign: str, size: float, left: float) -> str:
    wide = sign_width(sign) * size / 1000
    return f"0.4 w {left + 0.05 * size:.3f} {-0.08 * size:.3f} {wide - 0.1 * size:.3f} {0.84 * size:.3f} re S"


def code_point(sign: str, size: float, left: float) -> Iterator[str]:
    """The digits of a sign's code point in two rows."""
    digits = f"{ord(sign):04X}"
    digits = digits.zfill(len(digits) + len(digits) % 2)
    half, wide = len(digits) // 2, sign_width(sign) * size / 1000
    small = min(0.42 * size, (wide - 0.16 * size) / (0.6 * half))
    inset = (wide - 0.556 * half * small) / 2
    for row, height in ((digits[:half], 0.38), (digits[half:], 0.0)):
        yield show(PLAIN_FONT, small, left + inset, height * size, row.encode("ascii"))


def boxed_signs(text: str) -> Iterator[str]:
    """The signs of a text that only a box with their code point can stand for."""
    for sign in text:
        is_known = usual_code(sign) or sign in SYMBOL or sign in DIGITS or sign in STEMS or letter_and_accent(sign)
        if not is_known and sign_width(sign):
            yield sign


def show(name: str, size: float, x: float, y: float, code: bytes) -> str:
    text = code.decode("latin-1")
    text = "".join(char if " " <= char <= "~" and char not in "()\\" else f"\\{ord(char):03o}" for char in text)
    return f"/{name} {size:.3f} Tf 1 0 0 1 {x:.3f} {y:.3f} Tm ({text}) Tj"
