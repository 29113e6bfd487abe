"""How wide a text is: Helvetica's widths, from its Adobe Font Metrics, which Arial and Liberation Sans share."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import east_asian_width, normalize

# Of the signs from the space to the tilde, in thousandths of the size.
PLAIN = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
)  # fmt: skip
BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
)  # fmt: skip
OTHERS = {"×": 584, "−": 584, "·": 278, "–": 556, "—": 1000, "…": 1000, "²": 333, "³": 333, "½": 834, "→": 1000}
UNKNOWN, WIDE = 700, 1000
ELLIPSIS = "…"


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in the unit of its size."""
    return sum(sign_width(sign, bold) for sign in text) * size / 1000


def sign_width(sign: str, bold: bool) -> int:
    table = BOLD if bold else PLAIN
    place = ord(sign) - 32
    if 0 <= place < len(table):
        return table[place]
    if sign in OTHERS:
        return OTHERS[sign]
    base = ord(normalize("NFD", sign)[0]) - 32  # é is as wide as e
    if 0 <= base < len(table):
        return table[base]
    return WIDE if east_asian_width(sign) in "WF" else UNKNOWN


def shorten(text: str, room: float, size: float, bold: bool = False) -> str:
    """The text, or as much of it as there is room for, with an ellipsis in its middle."""
    if text_width(text, size, bold) <= room:
        return text
    for kept in range(len(text) - 1, 1, -1):
        head = (kept + 1) // 2
        short = f"{text[:head].rstrip()}{ELLIPSIS}{text[len(text) - (kept - head) :].lstrip()}"
        if text_width(short, size, bold) <= room:
            return short
    return ELLIPSIS
