"""How wide a text is: Helvetica's widths, from its Adobe Font Metrics, which Arial and Liberation Sans share."""

from __future__ import annotations

from functools import lru_cache

from convcalc.render.script import printable

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
# Of what else Helvetica has in a PDF and no accent explains; the bold ones only where they differ.
OTHERS = {
    167: "⁄", 222: "‚‘’ł", 260: "¦", 278: "·ı", 333: "ˆ‹˜›¡¨¯²³´¸¹“”„", 350: "•", 365: "º", 370: "ª", 384: "⌈⌉⌊⌋",
    400: "°", 556: "Ł€ƒ†‡–¢£¤¥§«»¶µðþ", 584: "−¬±×÷", 611: "¿ßø", 667: "Þ", 722: "Ð", 737: "©®", 778: "Ø", 834: "¼½¾",
    889: "æ", 944: "œ", 1000: "…‰Œ—™Æ",
}  # fmt: skip
BOLD_OTHERS = {278: "‚‘’ł", 280: "¦", 500: "“”„", 611: "Łµðþ"}
# The signs of the standard font Symbol: each with its code there and its width.
SYMBOLS = """
    ∀ 34 713  ∃ 36 549  ∋ 39 439  ∗ 42 500  ≅ 64 549  Α 65 722  Β 66 667  Χ 67 722  Δ 68 612  Ε 69 611
    Φ 70 763  Γ 71 603  Η 72 722  Ι 73 333  ϑ 74 631  Κ 75 722  Λ 76 686  Μ 77 889  Ν 78 722  Ο 79 722  Π 80 768
    Θ 81 741  Ρ 82 556  Σ 83 592  Τ 84 611  Υ 85 690  ς 86 439  Ω 87 768  Ξ 88 645  Ψ 89 795  Ζ 90 611  ∴ 92 863
    ⊥ 94 658  α 97 631  β 98 549  χ 99 549  δ 100 494  ε 101 439  φ 102 521  γ 103 411  η 104 603  ι 105 329
    ϕ 106 603  κ 107 549  λ 108 549  μ 109 576  ν 110 521  ο 111 549  π 112 549  θ 113 521  ρ 114 549  σ 115 603
    τ 116 439  υ 117 576  ϖ 118 713  ω 119 686  ξ 120 493  ψ 121 686  ζ 122 494  ∼ 126 549  ϒ 161 620  ′ 162 247
    ≤ 163 549  ∞ 165 713  ♣ 167 753  ♦ 168 753  ♥ 169 753  ♠ 170 753  ↔ 171 1042  ← 172 987  ↑ 173 603
    → 174 987  ↓ 175 603  ″ 178 411  ≥ 179 549  ∝ 181 713  ∂ 182 494  ≠ 185 549  ≡ 186 549  ≈ 187 549  ↵ 191 658
    ℵ 192 823  ⊗ 196 768  ⊕ 197 768  ∅ 198 823  ∩ 199 768  ∪ 200 768  ⊃ 201 713  ⊇ 202 713  ⊄ 203 713  ⊂ 204 713
    ⊆ 205 713  ∈ 206 713  ∉ 207 713  ∠ 208 768  ∇ 209 713  ∏ 213 823  √ 214 549  ⋅ 215 250  ∧ 217 603  ∨ 218 603
    ⇔ 219 1042  ⇐ 220 987  ⇑ 221 603  ⇒ 222 987  ⇓ 223 603  ◊ 224 494  ⟨ 225 329  ∑ 229 713
    ⟩ 241 329  ∫ 242 274
"""
RAISED, LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "₀₁₂₃₄₅₆₇₈₉"  # small digits, which are as wide as a raised 2
DOTLESS = "ìíîïıĩīĭ"  # wider than an i
UNKNOWN, UNKNOWN_SMALL, WIDE, SMALL = 700, 580, 1000, 333
ELLIPSIS = "…"
SYMBOL = {
    sign: (int(code), int(width)) for sign, code, width in zip(*[iter(SYMBOLS.split())] * 3, strict=True)
}  # fmt: skip
WIDTHS = {
    **dict.fromkeys(RAISED + LOWERED, SMALL),
    **{sign: width for sign, (_, width) in SYMBOL.items()},
    **{sign: width for width, signs in OTHERS.items() for sign in signs},
}
BOLD_WIDTHS = {**WIDTHS, **{sign: width for width, signs in BOLD_OTHERS.items() for sign in signs}}


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in the unit of its size, with what cannot be printed as it will be written."""
    return sum(sign_width(sign, bold) for sign in printable(text)) * size / 1000


def sign_width(sign: str, bold: bool = False) -> int:
    """In thousandths of the size; of what Helvetica lacks about what another font has."""
    table, others = (BOLD, BOLD_WIDTHS) if bold else (PLAIN, WIDTHS)
    place = ord(sign) - 32
    if 0 <= place < len(table):
        return table[place]
    if sign in others:
        return others[sign]
    from unicodedata import category, east_asian_width, normalize

    base = ord(normalize("NFD", sign)[0]) - 32  # é is as wide as e, but for the dots over an i
    if 0 <= base < len(table):
        return table[base] if sign not in DOTLESS else 278
    if category(sign) in ("Mn", "Me", "Cf"):
        return 0
    if east_asian_width(sign) in "WF":
        return WIDE
    return UNKNOWN_SMALL if sign.islower() else UNKNOWN


def shorten(text: str, room: float, size: float, bold: bool = False) -> str:
    """The text, or as much of it as there is room for, with an ellipsis in its middle."""
    most = int(room * 1000 / (min(PLAIN) * size))  # letters that may fit, of however long a text
    if len(text) <= most and text_width(text, size, bold) <= room:
        return text
    for kept in range(min(len(text) - 1, most), 1, -1):
        head = (kept + 1) // 2
        short = f"{text[:head].rstrip()}{ELLIPSIS}{text[len(text) - (kept - head) :].lstrip()}"
        if text_width(short, size, bold) <= room:
            return short
    return ELLIPSIS


def wrap(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """The text in lines, each as long as there is room for; a word that is too long is shortened."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else ""
        if lines and text_width(longer, size, bold) <= room:
            lines[-1] = longer
        else:
            lines.append(shorten(word, room, size, bold))
    return lines
