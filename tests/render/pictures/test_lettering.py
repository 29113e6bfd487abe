"""Widths of texts: Helvetica's, of what a file may be called at all; and texts cut to the room that there is."""

import time

import pytest
from browser import measured
from every_shape import HOSTILE, SIGNS

from convcalc.render.pictures.lettering import BOLD, PLAIN, SYMBOL, WIDTHS, shorten, sign_width, text_width

# In thousandths of the size, as the font metrics of Helvetica, its bold and Symbol have them.
KNOWN = {
    "A": (667, 722), "i": (222, 278), "0": (556, 556), "@": (1015, 975), "~": (584, 584), "é": (556, 556),
    "ï": (278, 278), "Ž": (611, 611), "×": (584, 584), "−": (584, 584), "…": (1000, 1000), "½": (834, 834),
    "‘": (222, 278), "“": (333, 500), "ß": (611, 611), "Ł": (556, 611), "⊕": (768, 768), "√": (549, 549),
    "→": (987, 987), "α": (631, 631), "漢": (1000, 1000), "\u0301": (0, 0), "\u200d": (0, 0),
}  # fmt: skip


@pytest.mark.parametrize("sign", KNOWN)
def test_a_sign_is_as_wide_as_the_metrics_say(sign):
    assert (sign_width(sign), sign_width(sign, True)) == KNOWN[sign]


def test_the_tables_are_complete():
    assert len(PLAIN) == len(BOLD) == 95
    assert all(0 < code < 256 and 0 < width < 1100 for code, width in SYMBOL.values()) and len(SYMBOL) > 100
    assert len({code for code, _ in SYMBOL.values()}) == len(SYMBOL)
    assert all(sign_width(sign) == width for sign, width in WIDTHS.items())


def test_what_cannot_be_printed_is_as_wide_as_what_is_written_for_it():
    assert text_width("\x07", 10) == text_width("\\x07", 10)
    assert all(text_width(text, 10) >= 0 for text in HOSTILE)


FONT = "Liberation Sans"
LENGTHS = "[...document.querySelectorAll('text')].map(each => each.getComputedTextLength())"


@pytest.mark.slow
def test_a_browser_measures_the_same_where_it_has_such_a_font(tmp_path):
    signs = [*map(chr, range(33, 127)), *"×−–—…²³½éüß°±§«»Łł€™"]
    texts = "".join(
        f'<text font-size="100" font-weight="{weight}">&#{ord(sign)};</text>'
        for sign in signs
        for weight in ("normal", "bold")
    )
    page = f'<!doctype html><html><body><svg font-family="{FONT}">{texts}</svg></body></html>'
    widths = measured(tmp_path, page, f"document.fonts.check('12px {FONT}') ? {LENGTHS} : []")
    if widths[: 2 * len('!"#')] != pytest.approx([27.8, 33.3, 35.5, 47.4, 55.6, 55.6], abs=0.1):
        pytest.skip(f"{FONT} is not installed")
    computed = [text_width(sign, 100, bold) for sign in signs for bold in (False, True)]
    differing = [sign for sign, one, two in zip("".join(s * 2 for s in signs), widths, computed, strict=True)
                 if abs(one - two) > 4]  # fmt: skip
    assert differing == []


def test_a_text_is_cut_in_its_middle_to_what_there_is_room_for():
    assert shorten("conv", 100, 12) == "conv"
    short = shorten("encoder.layer1.conv", 80, 12)
    assert "…" in short and short[0] == "e" and short[-1] == "v" and text_width(short, 12) <= 80
    assert shorten("conv", 1, 12) == "…"
    assert shorten(SIGNS, 90, 12, True) != SIGNS


def test_a_name_as_long_as_a_book_is_cut_at_once():
    start = time.perf_counter()
    assert len(shorten("name" * 250_000, 200, 12)) < 60
    assert time.perf_counter() - start < 2
